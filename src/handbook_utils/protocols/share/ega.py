"""Samples for the European Genome-phenome Archive, which gives data of people on a committee's decision.

Its names are those of the Submitter Portal's API (as the package Rega of Bioconductor, read in 2026, has them): of each
sample the donor, biological sex and phenotype are asked. What is written about a sample is public there, too; only the
files wait for a decision. Therefore nothing but what is asked stands here. Study, experiments and runs follow the same
schemas as ENA's; a data access committee, its policy and the data set are made in the portal.
"""

from __future__ import annotations

import pandas as pd

_SEXES = ("female", "male")


def ega_samples(samples: pd.DataFrame) -> pd.DataFrame:
    """Write samples for the European Genome-phenome Archive.

    Parameters
    ----------
    samples : pandas.DataFrame
        ENA's sample sheet: ``alias``, ``title``, ``host subject id``, ``host sex``.

    Returns
    -------
    pandas.DataFrame
        alias, title, description, biological_sex (unknown where it is withheld), subject_id, phenotype, organism_part.
        The phenotype is left to fill in: what people have, or that they are healthy, is the study's to say.

    Examples
    --------
    >>> one = {"alias": "A-1", "title": "stool", "host subject id": "A", "host sex": "missing: human-identifiable"}
    >>> ega_samples(pd.DataFrame([one])).loc[0, ["subject_id", "biological_sex"]].tolist()
    ['A', 'unknown']
    """
    sex = samples["host sex"].astype(str)
    return pd.DataFrame(
        {
            "alias": samples["alias"],
            "title": samples["title"],
            "description": samples["title"],
            "biological_sex": sex.where(sex.isin(_SEXES), "unknown"),
            "subject_id": samples["host subject id"],
            "phenotype": "",
            "organism_part": ["feces" if subject else "" for subject in samples["host subject id"]],
        }
    )

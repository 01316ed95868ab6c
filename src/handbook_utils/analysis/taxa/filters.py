"""Leaving out rare taxa and shallow samples by rules that do not look at groups."""

from __future__ import annotations

import numpy as np
import pandas as pd

from handbook_utils.analysis.diversity.alpha import sample_coverage
from handbook_utils.errors import InputError
from handbook_utils.study import Study


def keep_taxa(study: Study, *, prevalence: float = 0.0, share: float = 0.0) -> Study:
    """Keep taxa that enough samples have and that make up enough of them.

    Parameters
    ----------
    study : Study
        Counts or proportions.
    prevalence : float
        Least part of the samples that have the taxon, 0 to 1.
    share : float
        Least mean share of a sample's reads, 0 to 1.

    Returns
    -------
    Study
        All samples, fewer features. Counts are not made up for what left.

    Raises
    ------
    InputError
        No taxon is left.

    Examples
    --------
    >>> table = pd.DataFrame([[1, 9, 0], [0, 9, 1]], index=["s1", "s2"], columns=["a", "b", "c"])
    >>> keep_taxa(Study.from_frame(table), prevalence=0.6).features.tolist()
    ['b']
    """
    mean = np.asarray(study.proportions().table.mean(axis=0)).ravel()
    kept = (study.prevalence.to_numpy(dtype=float) >= prevalence) & (mean >= share)
    if not kept.any():
        raise InputError(
            f"None of the {study.features_are} passes the filter.",
            where="least part of the samples" + (", and least mean share" if share else ""),
            expected=f"one in {100 * prevalence:g} % of samples"
            + (f" with a mean share of {100 * share:g} %" if share else ""),
            found=f"at most {100 * study.prevalence.max():.0f} % of samples"
            + (f", a mean share of {100 * mean.max():.2g} %" if share else ""),
            remedy="Ask for a smaller part" + (", or for a smaller share." if share else "."),
        )
    return study.choose_features(list(study.features[kept]))


def depth_table(study: Study, depths: list[int]) -> pd.DataFrame:
    """Say what each least depth would cost and what it would show.

    Parameters
    ----------
    study : Study
        Counts.
    depths : list of int
        Candidates, in reads.

    Returns
    -------
    pandas.DataFrame
        By depth: ``samples`` kept, and the ``lowest`` and ``median`` coverage (0 to 1) that the kept samples have at
        this depth (Chao and Jost 2012); NaN where no sample is left.

    Examples
    --------
    >>> table = pd.DataFrame([[4, 4, 2], [40, 40, 20]], index=["s1", "s2"], columns=["a", "b", "c"])
    >>> depth_table(Study.from_frame(table), [5, 50]).round(2).to_dict("index")
    {5: {'samples': 2, 'lowest': 0.87, 'median': 0.87}, 50: {'samples': 1, 'lowest': 1.0, 'median': 1.0}}
    """
    rows = {}
    dense = study.table.toarray().astype(np.int64)
    total = study.depth.to_numpy()
    for depth in depths:
        covered = [sample_coverage(row[row > 0], depth) for row in dense[total >= depth]]
        rows[depth] = {
            "samples": len(covered),
            "lowest": min(covered, default=np.nan),
            "median": float(np.median(covered)) if covered else np.nan,
        }
    return pd.DataFrame(rows).T.astype({"samples": int})

"""Leaving out rare taxa and shallow samples by rules that do not look at groups; a part of a large study, by lot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from handbook_utils.analysis.design import Design, design_of
from handbook_utils.analysis.diversity.alpha import sample_coverage
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.study import Study
from handbook_utils.study.lineages import readable

#: Cells of the table of a large study's part, the fewest samples and features that it keeps, and units of a group.
_CELLS, _KEPT, _UNITS = 40_000, 200, 8


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


def some_of(study: Study, design: Design, seed: int) -> tuple[Study, Design]:
    """Return a part of a large study, drawn by lot, from which hundreds of studies can be simulated within minutes.

    Parameters
    ----------
    study : Study
        At least the samples of the design.
    design : Design
        Of the study.
    seed : int
        Of the lot.

    Returns
    -------
    study : Study
        As many whole people (or units that samples lie in) and as many features as make a table of about 40,000 cells:
        of each group the same part; a study that is no larger is as it was.
    design : Design
        The same question of these samples.
    """
    features = len(study.features)
    most = max(_KEPT, _CELLS // min(features, _KEPT))
    if design.n * features <= _CELLS or (design.n <= most and features <= _KEPT):
        return study, design
    generator = np.random.default_rng(seed)
    nests = design.asked["nested_in"]
    units = (design.frame[nests] if nests else design.people).astype(str)
    # A unit counts with the group of its first sample.
    first = units[~units.duplicated()]
    groups = design.labels[first.index].astype(str) if design.groups else pd.Series("", index=first.index)
    share = min(1.0, most / design.n)
    drawn: list[str] = []
    for name in dict.fromkeys(groups):
        own = first[(groups == name).to_numpy()].to_numpy()
        drawn += [*generator.choice(own, min(len(own), max(_UNITS, round(share * len(own)))), replace=False)]
    rows = units.index[units.isin(drawn).to_numpy()]
    few = min(features, max(_KEPT, _CELLS // len(rows)))
    places = np.sort(generator.choice(features, few, replace=False))
    part = study.choose_samples(list(rows)).choose_features(list(study.features[places]))
    part = part.choose_samples((part.depth > 0).to_numpy())
    try:
        return part, design_of(design.frame.loc[list(part.samples)], **design.asked)
    except (InputError, InputErrors):  # in this part a covariate follows from the groups
        return study, design


def named_for_people(study: Study) -> Study:
    """Give features whose ids are hashes or sequences the names of their taxa, with a short id.

    Parameters
    ----------
    study : Study
        With a taxonomy or not.

    Returns
    -------
    Study
        The same where no id is a hash; else without its tree, whose tips have the ids.

    Examples
    --------
    >>> hashed = "0cc175b9c0f1b6a831c399e269772661"
    >>> genus = pd.DataFrame({"genus": ["Blautia", "Dorea"]}, index=[hashed, "f2"])
    >>> study = Study.from_frame(pd.DataFrame([[1, 2]], ["s"], [hashed, "f2"]), taxonomy=genus)
    >>> named_for_people(study).features.tolist()
    ['Blautia 0cc175', 'f2']
    """
    names = readable(map(str, study.features), study.taxonomy)
    features = list(names.values())
    if features == list(names):
        return study
    taxonomy = None if study.taxonomy is None else study.taxonomy.set_axis(pd.Index(features, dtype=object))
    made = Study.from_sparse(
        study.table,
        study.samples,
        features,
        study.metadata,
        taxonomy=taxonomy,
        quantity=study.quantity,
        name=study.name,
    )
    return replace(made, notes=study.notes, doubts=study.doubts, features_are=study.features_are)


def with_ids(table: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Put the ids of a study beside the names that :func:`named_for_people` made of them.

    Parameters
    ----------
    table : pandas.DataFrame
        By feature.
    study : Study
        With the ids.

    Returns
    -------
    pandas.DataFrame
        With a column ``id`` at the end, where a name is not the id.

    Examples
    --------
    >>> hashed = "0cc175b9c0f1b6a831c399e269772661"
    >>> study = Study.from_frame(pd.DataFrame([[1, 2]], ["s"], [hashed, "f2"]))
    >>> with_ids(pd.DataFrame({"p": [0.5]}, index=["unassigned 0cc175"]), study)["id"].tolist()
    ['0cc175b9c0f1b6a831c399e269772661']
    >>> list(with_ids(pd.DataFrame({"p": [0.5]}, index=["f2"]), study))
    ['p']
    """
    ids = {name: feature for feature, name in readable(map(str, study.features), study.taxonomy).items()}
    of_rows = [ids.get(str(name), str(name)) for name in table.index]
    return table if of_rows == list(map(str, table.index)) else table.assign(id=of_rows)

"""Depth: whether samples that are compared were read equally deeply, and drawing them down where they were not.

What is rare is only seen in deep samples, so a difference in depth between groups makes differences out of nothing, in
richness most of all, and in any distance that looks at presence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import scipy
from scipy import sparse

from handbook_utils.analysis.design import Design
from handbook_utils.errors import InputError, listed
from handbook_utils.study import Study

#: Medians of two groups whose ratio is larger are called different, however many samples there are.
RATIO = 1.5
#: Medians whose ratio is smaller are called alike, however sure it is that they differ: many samples show anything.
ALIKE = 1.1
#: Below this p, depth goes with what is asked about.
LEVEL = 0.01


def deep_enough(study: Study, reads: int) -> Study:
    """Leave out the samples with fewer reads, and tell which.

    Parameters
    ----------
    study : Study
        Of shares, nothing is left out: how deeply they were read is not known.
    reads : int
        How many a sample needs.

    Returns
    -------
    Study
        The others; a note says which were left out.

    Raises
    ------
    InputError
        No sample has as many.

    Examples
    --------
    >>> counts = pd.DataFrame({"a": [5, 50], "b": [5, 150]}, index=["s1", "s2"])
    >>> deep_enough(Study.from_frame(counts), 100).notes
    ('Left out, with fewer than 100 reads: 1 of 2 samples (s1).',)
    """
    if study.quantity != "counts":
        return study
    shallow = list(study.samples[(study.depth < reads).to_numpy()])
    if not shallow:
        return study
    if len(shallow) == len(study.samples):
        raise InputError(
            f"No sample has {reads} reads.",
            where="parameter least_depth",
            expected="at most the reads of the deepest sample",
            found=f"{study.depth.min():,.0f} to {study.depth.max():,.0f} reads",
            remedy=f"Lower it: least_depth {max(1, int(study.depth.quantile(0.1)))} keeps nine of ten samples.",
        )
    told = (
        f"Left out, with fewer than {reads} reads: {len(shallow)} of {len(study.samples)} samples "
        f"({listed(shallow, most=50)})."
    )
    kept = study.choose_samples((study.depth >= reads).to_numpy())
    return replace(kept, notes=(*kept.notes, told))


def depth_by_group(study: Study, design: Design) -> pd.DataFrame:
    """Return how deeply samples were read: a row a group, or one for all where the question is about a number.

    Parameters
    ----------
    study : Study
        Of counts, with at least the samples of the design.
    design : Design
        Whose groups, or whose number, are looked at.

    Returns
    -------
    pandas.DataFrame
        ``samples``, and ``least``, ``median`` and ``most`` reads, by group.

    Examples
    --------
    >>> from handbook_utils.analysis.design import design_of
    >>> counts = pd.DataFrame({"a": [100, 90, 110, 1000]}, index=list("uvwx"))
    >>> frame = pd.DataFrame({"arm": list("pprr")}, index=list("uvwx"))
    >>> depth_by_group(Study.from_frame(counts), design_of(frame, group="arm"))["median"].to_dict()
    {'p': 95.0, 'r': 555.0}
    """
    groups = design.labels.astype(str) if design.groups else pd.Series("all", index=design.samples)
    found = study.depth.loc[design.samples].groupby(groups).describe()[["count", "min", "50%", "max"]]
    order = [*design.groups] or ["all"]
    return found.set_axis(["samples", "least", "median", "most"], axis=1).loc[order].rename_axis("reads")


def depth_warning(study: Study, design: Design) -> str:
    """Return a sentence where depth goes with what a design asks about; otherwise nothing.

    Parameters
    ----------
    study : Study
        At least the samples of the design.
    design : Design
        Whose groups, or whose number, are looked at.

    Returns
    -------
    str
        Where a rank test finds a difference, or the medians of groups differ more than :data:`RATIO` times; empty
        where not, and for shares.

    Examples
    --------
    >>> from handbook_utils.analysis.design import design_of
    >>> counts = pd.DataFrame({"a": [100, 90, 110, 1000, 900, 1100]}, index=list("uvwxyz"))
    >>> frame = pd.DataFrame({"arm": list("ppprrr")}, index=list("uvwxyz"))
    >>> depth_warning(Study.from_frame(counts), design_of(frame, group="arm"))
    'Depth differs between the groups: median reads 100 (p), 1,000 (r)'
    """
    if study.quantity != "counts":
        return ""
    if design.groups:
        return depth_apart(study, design.labels.astype(str), design.groups)
    depth, values = study.depth.loc[design.samples], design.block(design.focus).iloc[:, 0]
    if depth.nunique() == 1:
        return ""
    found = scipy.stats.spearmanr(depth, values)
    ends = depth.groupby(np.where(values.rank(pct=True) <= 0.5, "low", "high")).median()
    if found.pvalue >= LEVEL or ends.max() <= ALIKE * ends.min():
        return ""
    return f"Depth goes with {design.focus}: rank correlation {found.statistic:.2f}"


def depth_apart(study: Study, labels: pd.Series, groups: Sequence[str]) -> str:
    """Return a sentence where samples of one group were read more deeply than those of another; otherwise nothing.

    Parameters
    ----------
    study : Study
        Of shares, nothing is said: how deeply they were read is not known.
    labels : pandas.Series of str
        By sample.
    groups : sequence of str
        In the order in which they are told.

    Returns
    -------
    str
        A sentence without its full stop, or "".

    Examples
    --------
    >>> counts = pd.DataFrame({"a": [100, 101, 102, 103] * 9}, index=[f"s{row}" for row in range(36)])
    >>> depth_apart(Study.from_frame(counts), pd.Series(list("pprr") * 9, index=counts.index), ["p", "r"])
    ''
    """
    if study.quantity != "counts":
        return ""
    depth = study.depth.loc[labels.index]
    by_group = depth.groupby(labels)
    medians = by_group.median().loc[list(groups)]
    ratio = float(medians.max() / medians.min())
    if ratio <= ALIKE or (ratio <= RATIO and scipy.stats.kruskal(*(own for _, own in by_group)).pvalue >= LEVEL):
        return ""
    told = ", ".join(f"{value:,.0f} ({name})" for name, value in medians.items())
    return f"Depth differs between the groups: median reads {told}"


def rarefied(study: Study, *, reads: int = 0, seed: int = 1) -> Study:
    """Draw the same number of reads from every sample, without putting them back.

    Parameters
    ----------
    study : Study
        Of counts.
    reads : int
        How many; 0: as many as the shallowest sample has.
    seed : int
        Of the draw.

    Returns
    -------
    Study
        With the metadata, taxonomy and tree that it had.

    Raises
    ------
    InputError
        Samples with fewer reads.

    Examples
    --------
    >>> counts = pd.DataFrame({"a": [5, 50], "b": [5, 150]}, index=["s1", "s2"])
    >>> rarefied(Study.from_frame(counts)).depth.to_list()
    [10.0, 10.0]
    """
    least = int(study.depth.min())
    if reads > least:
        raise InputError(
            f"There are samples with fewer than {reads} reads.",
            where="parameter reads",
            found=f"{int((study.depth < reads).sum())} samples, the shallowest with {least}",
            remedy="Leave them out, or draw fewer.",
        )
    generator = np.random.default_rng(seed)
    rows = []
    for row in range(len(study.samples)):
        counts = np.zeros(len(study.features), dtype=np.int64)
        own = slice(study.table.indptr[row], study.table.indptr[row + 1])
        there = study.table.indices[own]
        counts[there] = generator.multivariate_hypergeometric(study.table.data[own].astype(np.int64), reads or least)
        rows.append(sparse.csr_array(counts[None, :]))
    return Study.from_sparse(
        sparse.vstack(rows, format="csr"),
        study.samples,
        study.features,
        study.metadata,
        taxonomy=study.taxonomy,
        tree=study.tree,
        name=study.name,
    )

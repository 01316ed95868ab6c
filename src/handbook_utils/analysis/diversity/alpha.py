"""Diversity within a sample: Hill numbers that can be compared across depths, with intervals.

The number of taxa seen depends on how many reads were spent. Two remedies are here: to compare at equal depth (the
exact expectation of rarefaction; nothing is drawn at random) and, better, at equal *sample coverage*, the share of the
community's individuals that belong to taxa already seen.

Sources: Hill 1973 (10.2307/1934352); Heck et al. 1975 (10.2307/1934716) for the variance of rarefied richness; Chao
1984, 1987 for unseen taxa; Chao & Jost 2012 (10.1890/11-1952.1) for coverage; Chao, Wang & Jost 2013
(10.1111/2041-210X.12108) for entropy; Chao et al. 2014 (10.1890/13-0133.1) for rarefaction and extrapolation of Hill
numbers and the bootstrap. Estimates follow version 3 of the R package iNEXT.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from handbook_utils.analysis.diversity.estimates import Counts, Order, Sample, share_without
from handbook_utils.errors import InputError, listed
from handbook_utils.study import Study

ORDERS: tuple[Order, ...] = (0, 1, 2)


def sample_coverage(counts: npt.ArrayLike, size: float | None = None) -> float:
    """Estimate the share of the community's individuals whose taxon is in a sample of this size (0 to 1).

    Parameters
    ----------
    counts : array_like of int, shape (taxa,)
        The sample.
    size : float, optional
        Reads; fewer than there are: interpolated exactly, more: extrapolated. By default the sample's own.

    Returns
    -------
    float
        0 to 1.

    References
    ----------
    Chao & Jost 2012, Ecology 93:2533, equations 4a and 6 and appendix.

    Examples
    --------
    >>> round(sample_coverage([46, 22, 17, 15, 15, 9, 8, 6, 6, 4, 2, 2, 2, 2] + [1] * 12), 4)
    0.9289
    """
    return Sample(counts).coverage(size)


def hill_at_size(counts: npt.ArrayLike, order: Order, size: float) -> float:
    """Return the expected Hill number of a sample of this size from the same community.

    Up to the sample's own depth this is the exact expectation over all ways to draw ``size`` reads without
    replacement, of the abundance-frequency counts; beyond it, an extrapolation towards the asymptotic estimate, which
    is not to be trusted beyond twice the depth (for order 0), as Chao et al. 2014 warn.

    Parameters
    ----------
    counts : array_like of int, shape (taxa,)
        The sample.
    order : {0, 1, 2}
        Order of the Hill number.
    size : float
        Number of reads, 1 or more. Between two whole numbers the line between their values is taken.

    Returns
    -------
    float
        Effective number of taxa.

    Raises
    ------
    InputError
        A size below 1.

    References
    ----------
    Chao et al. 2014, Ecological Monographs 84:45. Beyond the depth, order 1 follows iNEXT 3, where the number
    itself approaches the asymptote exponentially (as in Chao et al. 2021, 10.1111/2041-210X.13682), rather than the
    entropies being weighted.

    Examples
    --------
    >>> girdled = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4, 2, 2, 2, 2] + [1] * 12
    >>> [round(hill_at_size(girdled, q, 100), 3) for q in (0, 1, 2)]
    [20.459, 11.267, 7.628]
    """
    if size < 1:
        raise InputError("A sample has at least one read.", where="size", expected="1 or more", found=f"{size:g}")
    return Sample(counts).hill(order, size)


def asymptotic_hill(counts: npt.ArrayLike, order: Order) -> float:
    """Estimate the Hill number of the whole community from a sample.

    Order 0 is Chao1, a lower bound; order 1 the estimator of Chao, Wang & Jost; order 2 the unbiased one of Simpson's
    concentration.

    Parameters
    ----------
    counts : array_like of int, shape (taxa,)
        The sample.
    order : {0, 1, 2}
        Order of the Hill number.

    Returns
    -------
    float
        Effective number of taxa, unseen ones included.

    Examples
    --------
    >>> girdled = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4, 2, 2, 2, 2] + [1] * 12
    >>> [round(asymptotic_hill(girdled, q), 3) for q in (0, 1, 2)]
    [43.893, 13.826, 8.175]
    """
    return Sample(counts).asymptote(order)


def size_at_coverage(counts: npt.ArrayLike, coverage: float) -> float:
    """Find the sample size at which the sample coverage is this.

    Parameters
    ----------
    counts : array_like of int, shape (taxa,)
        The sample.
    coverage : float
        Above 0, at most 1.

    Returns
    -------
    float
        Reads; not a whole number in general. Infinite where even an endless sample would not get there, by the
        estimate.

    Raises
    ------
    InputError
        A coverage that is no share.

    Examples
    --------
    >>> girdled = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4, 2, 2, 2, 2] + [1] * 12
    >>> round(size_at_coverage(girdled, 0.9072004), 2)
    100.0
    """
    if not 0 < coverage <= 1:
        raise InputError(
            "Coverage is a share.", where="coverage", expected="more than 0, at most 1", found=f"{coverage:g}"
        )
    return Sample(counts).size_at(coverage)


def rarefied_richness(counts: npt.ArrayLike, size: int) -> tuple[float, float]:
    """Return expectation and variance of the taxa among ``size`` reads drawn without replacement.

    Nothing is drawn: both are exact, over all possible draws. The variance is that of the drawing only, not of the
    sampling of the community; at the full depth it is 0.

    Parameters
    ----------
    counts : array_like of int, shape (taxa,)
        The sample.
    size : int
        At most the sample's depth.

    Returns
    -------
    expectation, variance : float

    Raises
    ------
    InputError
        A size that the sample does not have.

    References
    ----------
    Hurlbert 1971; Heck, van Belle & Simberloff 1975, Ecology 56:1459.

    Examples
    --------
    >>> expectation, variance = rarefied_richness([2, 1], 2)     # 3 draws: aa, ab, ab
    >>> round(expectation, 6), round(variance, 6)
    (1.666667, 0.222222)
    """
    sample = Sample(counts)
    if not 1 <= size <= sample.n:
        raise InputError(
            "Rarefaction draws at most the reads there are.",
            where="size",
            expected=f"1 to {sample.n}",
            found=str(size),
            remedy="Choose a smaller size, or extrapolate with hill_at_size.",
        )
    x, f = sample.values, sample.frequencies
    absent = share_without(sample.n, x, size)
    both = share_without(sample.n, x[:, None] + x[None, :], size)
    covariance = both - np.outer(absent, absent)
    # Pairs of different taxa: f_i f_j of them for two values, f_i (f_i - 1) within one.
    pairs = np.outer(f, f) - np.diag(f)
    variance = float(np.sum(f * absent * (1 - absent)) + np.sum(pairs * covariance))
    return float(np.sum(f * (1 - absent))), max(variance, 0.0)


def hill_curve(
    counts: npt.ArrayLike,
    sizes: Sequence[float] | None = None,
    *,
    orders: Sequence[Order] = ORDERS,
    resamples: int = 100,
    confidence: float = 0.95,
    seed: int = 1,
) -> pd.DataFrame:
    """Rarefaction and extrapolation curve of a sample, with bootstrap intervals.

    Parameters
    ----------
    counts : array_like of int, shape (taxa,)
        The sample.
    sizes : sequence of float, optional
        Reads; by default 20 from 1 to twice the depth, with the depth among them.
    orders : sequence of {0, 1, 2}
        Orders of the Hill numbers.
    resamples : int
        Samples drawn from the estimated community, for the standard errors; 0: no intervals.
    confidence : float
        Of the intervals (normal approximation, as in iNEXT).
    seed : int
        Of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        Columns size, method (rarefaction, observed, extrapolation), order, coverage, diversity, se, low, high.

    Examples
    --------
    >>> hill_curve([5, 3, 1, 1], [5, 10], orders=[0], resamples=0)[["size", "method", "diversity"]].round(3)
       size       method  diversity
    0   5.0  rarefaction      2.913
    1  10.0     observed      4.000

    References
    ----------
    Chao et al. 2014, Ecological Monographs 84:45, appendix G for the bootstrap.
    """
    sample = Sample(counts)
    at = _default_sizes(sample.n) if sizes is None else [float(size) for size in sizes]
    values = np.array([[sample.hill(order, size) for order in orders] for size in at])
    spread = np.full(values.shape, np.nan)
    if resamples:
        drawn = [Sample(row) for row in sample.resampled(resamples, np.random.default_rng(seed))]
        spread = np.array(
            [[np.std([one.hill(order, size) for one in drawn], ddof=1) for order in orders] for size in at]
        )
    rows = [
        (size, _method(size, sample.n), order, sample.coverage(size), values[i, j], spread[i, j])
        for i, size in enumerate(at)
        for j, order in enumerate(orders)
    ]
    return _with_interval(
        pd.DataFrame(rows, columns=["size", "method", "order", "coverage", "diversity", "se"]), confidence
    )


# ---------------------------------------------------------------------- a study


def alpha_table(study: Study) -> pd.DataFrame:
    """Depth, coverage and observed Hill numbers of every sample.

    Parameters
    ----------
    study : Study
        Of counts; every sample has reads.

    Returns
    -------
    pandas.DataFrame
        One row a sample: depth (reads), coverage (0 to 1), q0, q1, q2 (effective numbers of taxa), and faith_pd (the
        tree's branch length unit) where the study has a tree.

    Examples
    --------
    >>> import pandas as pd
    >>> study = Study.from_frame(pd.DataFrame([[8, 1, 1], [4, 4, 2]], index=["s1", "s2"], columns=["a", "b", "c"]))
    >>> alpha_table(study).round(3)
        depth  coverage   q0     q1     q2
    s1   10.0     0.836  3.0  1.895  1.515
    s2   10.0     1.000  3.0  2.872  2.778
    """
    _counts_only(study)
    # All samples at once: a simulation asks for thousands of tables, and a loop over samples would be most of its time.
    cells = study.table
    begin, depth = cells.indptr[:-1], study.depth.to_numpy(dtype=float)
    shares = cells.data / np.repeat(depth, np.diff(cells.indptr))
    richness = np.diff(cells.indptr).astype(float)
    f1, f2 = (np.add.reduceat((cells.data == times).astype(float), begin) for times in (1, 2))
    unseen = np.where(f2 > 0, 2 * f2, 2.0)
    others = (depth - 1) * np.where(f2 > 0, f1, np.maximum(f1 - 1, 0))
    singleton = unseen / (others + unseen)
    table = pd.DataFrame(
        {
            "depth": depth,
            "coverage": 1 - f1 / depth * (1 - singleton),
            "q0": richness,
            "q1": np.exp(-np.add.reduceat(shares * np.log(shares), begin)),
            "q2": 1 / np.add.reduceat(shares**2, begin),
        },
        index=study.samples,
    )
    if study.tree is not None:
        table["faith_pd"] = faith_pd(study)
    return table


def faith_pd(study: Study) -> pd.Series:
    """Total branch length that connects a sample's taxa to the root (Faith 1992), by scikit-bio.

    It grows with depth as richness does: rarefy first where depths differ.

    Parameters
    ----------
    study : Study
        Of counts, with a rooted tree.

    Returns
    -------
    pandas.Series
        By sample, in the tree's unit of branch length.

    Raises
    ------
    InputError
        The study has no tree, or is not of counts.

    Examples
    --------
    >>> import io, pandas as pd
    >>> from skbio import TreeNode
    >>> tree = TreeNode.read(io.StringIO("((a:1,b:1):1,c:2);"))
    >>> counts = pd.DataFrame([[1, 1, 0], [1, 0, 1]], index=["s1", "s2"], columns=["a", "b", "c"])
    >>> faith_pd(Study.from_frame(counts, tree=tree)).tolist()
    [3.0, 4.0]
    """
    if study.tree is None:
        raise InputError("Faith's PD needs a tree, and this study has none.", where=study.name)
    from skbio.diversity import alpha_diversity  # dear to import, and only where there is a tree

    _counts_only(study)
    values = alpha_diversity(
        "faith_pd",
        study.table.toarray().astype(int),
        ids=list(study.samples),
        taxa=list(study.features),
        tree=study.tree,
        validate=False,
    )
    return pd.Series(values.to_numpy(dtype=float), index=study.samples, name="faith_pd")


def common_coverage(study: Study) -> float:
    """Return the coverage to compare all samples at: the lowest one that they reach at twice their depth.

    Beyond twice its depth a sample's extrapolated richness is not reliable (Chao et al. 2014); this is the default of
    iNEXT's ``estimateD`` too.

    Parameters
    ----------
    study : Study
        Of counts.

    Returns
    -------
    float
        0 to 1.
    """
    _counts_only(study)
    return min(Sample(counts, name).coverage(2 * counts.sum()) for name, counts in _samples(study))


def hill_at_coverage(
    study: Study,
    coverage: float | None = None,
    *,
    orders: Sequence[Order] = ORDERS,
    resamples: int = 0,
    confidence: float = 0.95,
    seed: int = 1,
) -> pd.DataFrame:
    """Hill numbers of every sample at the same sample coverage: the fair comparison of diversities.

    Parameters
    ----------
    study : Study
        Counts.
    coverage : float, optional
        Between 0 and 1; by default :func:`common_coverage`.
    orders, resamples, confidence, seed
        As in :func:`hill_curve`. Every resample looks for its own size of that coverage.

    Returns
    -------
    pandas.DataFrame
        Columns sample, size (reads at which the coverage is reached), method, order, coverage, diversity, se, low,
        high. A sample that would need more than twice its depth has the method "beyond twice the depth".

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame([[8, 1, 1], [4, 4, 2]], index=["s1", "s2"], columns=["a", "b", "c"])
    >>> hill_at_coverage(Study.from_frame(counts), 0.7, orders=[0])[["sample", "size", "diversity"]].round(3)
      sample   size  diversity
    0     s1  1.500      1.189
    1     s2  3.203      2.266
    """
    _counts_only(study)
    target = common_coverage(study) if coverage is None else coverage
    rng = np.random.default_rng(seed)
    rows = []
    for name, counts in _samples(study):
        sample = Sample(counts, name)
        size = sample.size_at(target)
        drawn = [Sample(row) for row in sample.resampled(resamples, rng)] if resamples else []
        for order in orders:
            again = [one.hill(order, one.size_at(target)) for one in drawn]
            spread = float(np.std(again, ddof=1)) if again else math.nan
            method = _method(size, sample.n)
            rows.append((name, size, method, order, target, sample.hill(order, size), spread))
    columns = ["sample", "size", "method", "order", "coverage", "diversity", "se"]
    return _with_interval(pd.DataFrame(rows, columns=columns), confidence)


# ---------------------------------------------------------------------- the work


def _default_sizes(n: int) -> list[float]:
    within = np.unique(np.linspace(1, n, min(11, n)).round())
    beyond = np.unique(np.linspace(n, 2 * n, 10).round())
    return [float(size) for size in np.union1d(within, beyond)]


def _method(size: float, n: int) -> str:
    if size == n:
        return "observed"
    if size < n:
        return "rarefaction"
    return "extrapolation" if size <= 2 * n else "beyond twice the depth"


def _with_interval(table: pd.DataFrame, confidence: float) -> pd.DataFrame:
    if not 0 < confidence < 1:
        raise InputError("Confidence is a share.", expected="between 0 and 1", found=f"{confidence:g}")
    half = scipy.stats.norm.isf((1 - confidence) / 2) * table["se"]
    # A Hill number of a sample with reads is at least 1.
    return table.assign(low=(table["diversity"] - half).clip(lower=1.0), high=table["diversity"] + half)


def _samples(study: Study) -> Iterator[tuple[str, Counts]]:
    for position, name in enumerate(study.samples):
        start, end = study.table.indptr[position : position + 2]
        yield name, study.table.data[start:end].astype(np.int64)


def _counts_only(study: Study) -> None:
    if study.quantity != "counts":
        raise InputError(
            "Coverage and rarefaction need the raw counts.",
            where=study.name,
            expected="counts",
            found=study.quantity,
            remedy="Use the study before it was made into proportions.",
        )
    empty = study.depth.index[study.depth == 0]
    if len(empty):
        raise InputError(
            f"{len(empty)} samples have no reads, so they have no diversity.",
            where=study.name,
            found=listed(list(empty)),
            remedy="Leave them out first: study.choose_samples(study.depth > 0).",
        )

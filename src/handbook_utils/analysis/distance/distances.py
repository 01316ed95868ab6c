"""Distances between samples, each on the scale it is defined for.

Bray–Curtis and Jaccard are taken on proportions and on presence; Aitchison distances on log-ratios, as relative
abundances are compositional; UniFrac on the tree. scikit-bio computes what it has; generalised UniFrac (Chen 2012) is
written here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import numpy.typing as npt
import scipy
from scipy import sparse

from handbook_utils.errors import InputError, listed, nearest
from handbook_utils.study import Study

if TYPE_CHECKING:
    from skbio import DistanceMatrix, TreeNode

Metric = Literal[
    "bray-curtis",
    "jaccard",
    "aitchison",
    "robust-aitchison",
    "unweighted-unifrac",
    "weighted-unifrac",
    "generalised-unifrac",
]
METRICS: tuple[str, ...] = get_args(Metric)

#: Differences to be added up from which on compiled threads are faster than SciPy.
_WORTH_COMPILING = 1_000_000_000

#: Log-ratios from which on inner products are taken, how many are dense at once, and the part of two squares below
#: which a difference is taken by itself.
_MANY, _AT_ONCE, _NEAR = 1_000_000, 5_000_000, 1e-4
#: Metrics that need a tree.
ON_A_TREE = ("unweighted-unifrac", "weighted-unifrac", "generalised-unifrac")
#: Metrics of presence and absence.
_PRESENCE = ("jaccard", "unweighted-unifrac")
#: Shares that differ by less are the same.
_ROUNDING = 1e-12


def distances(study: Study, metric: str, *, alpha: float = 0.5) -> DistanceMatrix:
    """Compute the distances between all samples.

    Parameters
    ----------
    study : Study
        Counts or proportions; no empty samples.
    metric : str
        One of :data:`METRICS`.

        - ``bray-curtis``: on proportions, so that depth alone makes no distance.
        - ``jaccard``: on presence and absence.
        - ``aitchison``: Euclidean on centred log-ratios, zeros replaced multiplicatively (Martín-Fernández 2003) by
          1/D² of the D features.
        - ``robust-aitchison``: Euclidean on robust centred log-ratios, in which zeros stay 0 (Martino 2019, without
          its matrix completion).
        - ``unweighted-unifrac``, ``weighted-unifrac``: Lozupone 2005, 2007; the weighted one normalised.
        - ``generalised-unifrac``: Chen 2012.
    alpha : float
        Of generalised UniFrac: weight of abundant lineages, 0 to 1.

    Returns
    -------
    skbio.DistanceMatrix
        With the samples' ids.

    Raises
    ------
    InputError
        An unknown metric, samples without reads, or no tree where one is needed.

    Examples
    --------
    >>> import pandas as pd
    >>> study = Study.from_frame(pd.DataFrame([[5, 5, 0], [0, 50, 50]], index=["a", "b"], columns=["x", "y", "z"]))
    >>> float(distances(study, "bray-curtis")["a", "b"])
    0.5
    """
    if metric not in METRICS:
        close = nearest(metric, METRICS)
        raise InputError(
            f"There is no distance '{metric}'.",
            expected=f"one of {', '.join(METRICS)}",
            found=metric,
            remedy=f"Did you mean '{close}'?" if close else None,
        )
    empty = study.depth.index[study.depth == 0]
    if len(empty):
        raise InputError(
            "Samples without a single read have no distance to others.",
            found=listed(list(empty)),
            remedy="Leave them out.",
        )
    from skbio import DistanceMatrix
    from skbio.stats.composition import rclr

    table = study.proportions().table
    if metric in ON_A_TREE:
        square = _unifrac(table, study, metric, alpha)
    elif metric == "bray-curtis":
        square = _bray_curtis(table)
    elif metric == "jaccard":
        square = _jaccard(table)
    elif table.shape[0] * table.shape[1] >= _MANY:
        square = _between_log_ratios(table, robust=metric == "robust-aitchison")
    elif metric == "aitchison":
        square = _pairwise(centred_log_ratios(study), "euclidean")
    else:
        square = _pairwise(np.nan_to_num(rclr(table.toarray())), "euclidean")
    return DistanceMatrix(square, ids=[str(name) for name in study.samples])


def _pairwise(points: npt.NDArray[np.float64], metric: str) -> npt.NDArray[np.float64]:
    # By its whole name, scipy loads this part when it is asked for; who only reads a table never does.
    apart: npt.NDArray[np.float64] = scipy.spatial.distance.squareform(scipy.spatial.distance.pdist(points, metric))
    return apart


def _between_log_ratios(shares: sparse.csr_array, *, robust: bool) -> npt.NDArray[np.float64]:
    """Return Euclidean distances of log-ratios, from inner products; only some features at a time are made dense.

    Where a share is 0, Aitchison's log-ratio is the same for all features of a sample: what is kept of the others is
    their difference to it, and less the mean of these differences is the log-ratio. The robust one is 0 there.
    """
    samples, features = shares.shape
    logs, filled = shares.copy(), np.diff(shares.indptr)
    logs.data = np.log(logs.data)
    if robust:
        logs.data -= np.repeat(np.asarray(logs.sum(axis=1)).ravel() / filled, filled)
        less = np.zeros((samples, 1))
    else:
        replaced = 1 / features**2
        logs.data += np.repeat(np.log1p(-replaced * (features - filled)) - np.log(replaced), filled)
        less = np.asarray(logs.mean(axis=1)).reshape(-1, 1)
    inner = np.zeros((samples, samples))
    by_feature, width = logs.tocsc(), max(1, _AT_ONCE // samples)
    for start in range(0, features, width):
        some = by_feature[:, start : start + width].toarray() - less
        some -= some.mean(axis=0)
        inner += some @ some.T
    own = np.diag(inner).copy()
    squares = own[:, None] + own - 2 * inner
    # What is small beside what it is the difference of has lost its digits, and is found as such.
    near = np.argwhere(np.triu(squares < _NEAR * (own[:, None] + own), 1))
    for one, other in near:
        apart = (logs[[one]] - logs[[other]]).toarray() - (less[one] - less[other])
        squares[one, other] = squares[other, one] = (apart**2).sum()
    np.fill_diagonal(squares, 0.0)
    return np.asarray(np.sqrt((squares + squares.T) / 2))


def tells_apart(study: Study, metric: str) -> bool:
    """Tell whether any two samples differ by a metric; where none do, nothing can be compared by it.

    Parameters
    ----------
    study : Study
        Counts or proportions.
    metric : str
        One of :data:`METRICS`.

    Returns
    -------
    bool
        False where all distances are 0 but for rounding.

    Examples
    --------
    >>> import pandas as pd
    >>> study = Study.from_frame(pd.DataFrame([[1, 9], [5, 5]], index=["a", "b"], columns=["x", "y"]))
    >>> tells_apart(study, "jaccard"), tells_apart(study, "bray-curtis")
    (False, True)
    """
    table = sparse.csc_array(study.proportions().table)
    there = np.diff(table.indptr)
    if ((there > 0) & (there < table.shape[0])).any():
        return True
    return metric not in _PRESENCE and bool(np.ptp(table[:, there > 0].toarray(), axis=0).max() > _ROUNDING)


def usable(study: Study) -> tuple[str, ...]:
    """Return the metrics that these data allow: a tree where one is needed, and samples that differ.

    Parameters
    ----------
    study : Study
        Counts or proportions.

    Returns
    -------
    tuple of str
        Of :data:`METRICS`, in their order.
    """
    return tuple(metric for metric in _possible(study) if tells_apart(study, metric))


def unused(study: Study) -> list[str]:
    """Return a sentence for each metric by which all samples are the same.

    Parameters
    ----------
    study : Study
        Counts or proportions.

    Returns
    -------
    list of str
        English; none where every metric tells samples apart.
    """
    same = [metric for metric in _possible(study) if not tells_apart(study, metric)]
    return [f"By {metric} all samples are the same, so it was left out." for metric in same]


def _possible(study: Study) -> list[str]:
    return [metric for metric in METRICS if study.tree is not None or metric not in ON_A_TREE]


def centred_log_ratios(study: Study) -> npt.NDArray[np.float64]:
    """Return centred log-ratios, zeros replaced multiplicatively.

    Parameters
    ----------
    study : Study
        Counts or proportions.

    Returns
    -------
    numpy.ndarray
        Samples × features; each row has mean 0.

    Examples
    --------
    >>> import pandas as pd
    >>> study = Study.from_frame(pd.DataFrame([[1, 1, 0], [2, 4, 8]], columns=["x", "y", "z"], index=["a", "b"]))
    >>> centred_log_ratios(study).round(3).tolist()[1]
    [-0.693, 0.0, 0.693]
    """
    from skbio.stats.composition import multi_replace

    shares = study.proportions().table.toarray()
    logs = np.log(multi_replace(shares))
    centred: npt.NDArray[np.float64] = logs - logs.mean(axis=1, keepdims=True)
    return centred


def _large(rows: sparse.csr_matrix) -> bool:
    # Compiling takes seconds and the import half of one, so only large tables pay for it.
    return bool(rows.shape[0] ** 2 * rows.shape[1] >= _WORTH_COMPILING)


def _bray_curtis(table: sparse.csr_matrix) -> npt.NDArray[np.float64]:
    if not _large(table):
        return _pairwise(table.toarray(), "braycurtis")
    from handbook_utils.analysis.distance.kernels import overlaps

    square: npt.NDArray[np.float64] = np.subtract(1.0, overlaps(table))
    np.fill_diagonal(square, 0.0)
    return np.maximum(square, 0.0, out=square)  # two equal rows may share a little over 1, by rounding


def _jaccard(table: sparse.csr_matrix) -> npt.NDArray[np.float64]:
    samples, features = table.shape
    shared = np.zeros((samples, samples), dtype=np.float32)  # holds whole numbers up to 16 million as they are
    by_feature, width = (table > 0).tocsc(), max(1, _AT_ONCE // samples)
    for start in range(0, features, width):
        some = by_feature[:, start : start + width].toarray().astype(np.float32)
        shared += some @ some.T
    own = np.diag(shared).astype(float)
    union = own[:, None] + own[None, :] - shared
    apart: npt.NDArray[np.float64] = union - shared
    apart /= union
    return apart


def _unifrac(table: sparse.csr_matrix, study: Study, metric: str, alpha: float) -> npt.NDArray[np.float64]:
    if study.tree is None:
        raise InputError(
            f"The distance '{metric}' needs a tree of the features.",
            remedy="Give a Newick file, or choose bray-curtis or aitchison.",
        )
    lengths, below = branches(study.tree, [str(name) for name in study.features])
    reached = (table @ below.T).tocsr()  # samples × branches: the share of each sample below a branch
    if metric == "unweighted-unifrac":
        return _unweighted(reached.toarray() > 0, lengths)
    if metric == "weighted-unifrac":
        return _weighted(reached, lengths)
    return _generalised(reached, lengths, alpha)


def branches(tree: TreeNode, features: list[str]) -> tuple[npt.NDArray[np.float64], sparse.csr_matrix]:
    """Return the branches of a tree and the features below each.

    Parameters
    ----------
    tree : skbio.TreeNode
        Rooted; its tips hold all features.
    features : list of str
        In the order of the table's columns.

    Returns
    -------
    lengths : numpy.ndarray
        One a branch; branches without features below them are left out.
    below : scipy.sparse.csr_matrix
        Branches × features: 1 where the feature is below the branch.
    """
    place = {name: number for number, name in enumerate(features)}
    rows: list[npt.NDArray[np.intp]] = []
    lengths: list[float] = []
    reached: dict[int, npt.NDArray[np.intp]] = {}
    for node in tree.postorder(include_self=False):
        if node.is_tip():
            row = np.array([place[node.name]] if node.name in place else [], dtype=np.intp)
        else:
            row = np.concatenate([reached.pop(id(child)) for child in node.children])
        reached[id(node)] = row
        if len(row) and node.length:
            rows.append(row)
            lengths.append(float(node.length))
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    columns = np.concatenate(rows)
    below = sparse.csr_matrix((np.ones(len(columns)), columns, starts), shape=(len(rows), len(features)))
    return np.array(lengths), below


def _unweighted(present: npt.NDArray[np.bool_], lengths: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    here = present.astype(float)
    weighted = here * lengths
    shared = weighted @ here.T
    own = weighted.sum(axis=1)
    union = own[:, None] + own[None, :] - shared
    square = 1.0 - shared / union
    np.fill_diagonal(square, 0.0)
    return _clean(square)


def _weighted(reached: sparse.csr_matrix, lengths: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    scaled = reached.multiply(lengths).tocsr()
    own = np.asarray(scaled.sum(axis=1)).ravel()
    both = own[:, None] + own[None, :]
    if not _large(scaled):
        return _clean(_pairwise(scaled.toarray(), "cityblock") / both)
    from handbook_utils.analysis.distance.kernels import overlaps

    square = 1.0 - 2.0 * overlaps(scaled) / both
    np.fill_diagonal(square, 0.0)
    return _clean(square)


def _generalised(reached: sparse.csr_matrix, lengths: npt.NDArray[np.float64], alpha: float) -> npt.NDArray[np.float64]:
    # d = sum b (pA + pB)^alpha |pA - pB| / (pA + pB) over sum b (pA + pB)^alpha, branches with pA + pB = 0 left out.
    if _large(reached):
        return _generalised_by_overlaps(reached, lengths, alpha)
    rows = reached.toarray()
    count = len(rows)
    square = np.zeros((count, count))
    for number in range(count - 1):
        total = rows[number + 1 :] + rows[number]
        difference = np.abs(rows[number + 1 :] - rows[number])
        with np.errstate(divide="ignore", invalid="ignore"):
            above = np.where(total > 0, lengths * total ** (alpha - 1) * difference, 0.0).sum(axis=1)
            under = np.where(total > 0, lengths * total**alpha, 0.0).sum(axis=1)
        square[number, number + 1 :] = above / under
    return _clean(square + square.T)


def _generalised_by_overlaps(
    reached: sparse.csr_matrix, lengths: npt.NDArray[np.float64], alpha: float
) -> npt.NDArray[np.float64]:
    from handbook_utils.analysis.distance.kernels import generalised_overlaps

    powers = reached.copy()
    powers.data **= alpha
    own = np.asarray(powers @ lengths).ravel()
    alone = own[:, None] + own[None, :]
    above, under = generalised_overlaps(reached, lengths, alpha)
    square = (alone - above) / (alone - under)
    np.fill_diagonal(square, 0.0)
    return _clean(square)


def _clean(square: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Make a matrix exactly symmetric and non-negative, which rounding may have spoilt."""
    return np.maximum((square + square.T) / 2, 0.0)

"""Loops that are compiled when they are first used; import this where a table is large enough to repay it.

Rows of feature tables are mostly zeros, and two of them meet in few places. So each pair of rows is worked out from the
places they share: ``sum |a - b| = sum a + sum b - 2 sum min(a, b)``, and the minimum is 0 wherever one of them is.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import prange
from scipy import sparse

from handbook_utils.reads.kernels import compiled

Matrix = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int32]
Places = npt.NDArray[np.intp]


def _overlaps(values: Matrix, places: Indices, starts: Indices, width: int) -> Matrix:
    count = len(starts) - 1
    shared = np.empty((count, count))
    # The longest rows of pairs come with the last samples; mirrored turns give every thread as much to do.
    for turn in prange(count):
        first = turn // 2 if turn % 2 == 0 else count - 1 - turn // 2
        row = np.zeros(width)
        for at in range(starts[first], starts[first + 1]):
            row[places[at]] = values[at]
        for second in range(first + 1):
            total = 0.0
            for at in range(starts[second], starts[second + 1]):
                total += min(row[places[at]], values[at])
            shared[first, second] = total
            shared[second, first] = total
    return shared


def _generalised(
    values: Matrix, places: Indices, starts: Indices, lengths: Matrix, alpha: float
) -> tuple[Matrix, Matrix]:
    count = len(starts) - 1
    above = np.zeros((count, count))
    under = np.zeros((count, count))
    for turn in prange(count):
        first = turn // 2 if turn % 2 == 0 else count - 1 - turn // 2
        row = np.zeros(len(lengths))
        for at in range(starts[first], starts[first + 1]):
            row[places[at]] = values[at]
        for second in range(first):
            excess = weight = 0.0
            for at in range(starts[second], starts[second + 1]):
                place, here = places[at], values[at]
                there = row[place]
                if there > 0.0:
                    total = there + here
                    root = np.sqrt(total) if alpha == 0.5 else total**alpha
                    alone = np.sqrt(there) + np.sqrt(here) if alpha == 0.5 else there**alpha + here**alpha
                    excess += lengths[place] * (alone - root / total * abs(there - here))
                    weight += lengths[place] * (alone - root)
            above[first, second] = above[second, first] = excess
            under[first, second] = under[second, first] = weight
    return above, under


_compiled_overlaps = compiled(_overlaps, parallel=True, fastmath={"reassoc", "nsz", "contract"})
_compiled_generalised = compiled(_generalised, parallel=True, fastmath={"reassoc", "nsz", "contract"})


def overlaps(rows: sparse.csr_matrix) -> Matrix:
    """Add up the smaller of both values between every two rows, on all cores.

    Parameters
    ----------
    rows : scipy.sparse.csr_matrix
        n rows of values that are not negative.

    Returns
    -------
    numpy.ndarray
        n × n, symmetric; each row's sum on the diagonal. Of proportions, 1 less these are Bray–Curtis dissimilarities.

    Examples
    --------
    >>> overlaps(sparse.csr_matrix([[0.0, 1.0, 2.0], [2.0, 0.0, 1.0]])).tolist()
    [[3.0, 1.0], [1.0, 3.0]]
    """
    values, places, starts = _parts(rows)
    shared: Matrix = _compiled_overlaps(values, places, starts, rows.shape[1])
    return shared


def generalised_overlaps(rows: sparse.csr_matrix, lengths: Matrix, alpha: float) -> tuple[Matrix, Matrix]:
    """Compute what branches that two samples share take off both sums of generalised UniFrac (Chen 2012).

    Were no branch shared, its numerator and its denominator would both be the sum over the branches of either sample of
    length × share to the power of `alpha`.

    Parameters
    ----------
    rows : scipy.sparse.csr_matrix
        Samples × branches: the share of a sample's reads below each.
    lengths : numpy.ndarray
        Of the branches.
    alpha : float
        Weight of abundant lineages, 0 to 1.

    Returns
    -------
    above, under : numpy.ndarray
        Samples × samples, symmetric, 0 on the diagonal: taken off the numerator and off the denominator.
    """
    found: tuple[Matrix, Matrix] = _compiled_generalised(*_parts(rows), np.asarray(lengths, dtype=float), float(alpha))
    return found


def _parts(rows: sparse.csr_matrix) -> tuple[Matrix, Indices, Indices]:
    kept = rows.tocsr()
    return kept.data.astype(float), kept.indices.astype(np.int32), kept.indptr.astype(np.int64)


@compiled
def lengths(points: Matrix, rows: Places, columns: Places) -> Matrix:
    """Return the distances on a map of pairs of points.

    Parameters
    ----------
    points : numpy.ndarray
        Points × axes.
    rows, columns : numpy.ndarray of int
        Of each pair the one point and the other.

    Returns
    -------
    numpy.ndarray
        One a pair.

    Examples
    --------
    >>> pair = np.array([0]), np.array([1])
    >>> lengths(np.array([[0.0, 0.0], [3.0, 4.0]]), *pair).tolist()
    [5.0]
    """
    apart = np.empty(len(rows))
    for pair in range(len(rows)):
        square = 0.0
        for axis in range(points.shape[1]):
            gap = points[rows[pair], axis] - points[columns[pair], axis]
            square += gap * gap
        apart[pair] = np.sqrt(square)
    return apart


@compiled
def pulls(points: Matrix, rows: Places, columns: Places, each: Matrix) -> Matrix:
    """Add up what pairs of points on a map pull at each point.

    Parameters
    ----------
    points : numpy.ndarray
        Points × axes.
    rows, columns : numpy.ndarray of int
        Of each pair the one point and the other.
    each : numpy.ndarray
        How strongly each pair pulls, for each unit of its gap along an axis.

    Returns
    -------
    numpy.ndarray
        Points × axes.

    Examples
    --------
    >>> pair = np.array([0]), np.array([1])
    >>> pulls(np.array([[0.0, 0.0], [3.0, 4.0]]), *pair, np.array([2.0])).tolist()
    [[-6.0, -8.0], [6.0, 8.0]]
    """
    total = np.zeros_like(points)
    for pair in range(len(rows)):
        one, other = rows[pair], columns[pair]
        for axis in range(points.shape[1]):
            pull = each[pair] * (points[one, axis] - points[other, axis])
            total[one, axis] += pull
            total[other, axis] -= pull
    return total

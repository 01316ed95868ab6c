"""Loops that are compiled when they are first used; import this where a table is large enough to repay it.

Rows of feature tables are mostly zeros, and two of them meet in few places. So each pair of rows is worked out from the
places they share: ``sum |a - b| = sum a + sum b - 2 sum min(a, b)``, and the minimum is 0 wherever one of them is.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit, prange
from scipy import sparse

Matrix = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int32]


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


_compiled_overlaps = njit(parallel=True, fastmath={"reassoc", "nsz", "contract"})(_overlaps)
_compiled_generalised = njit(parallel=True, fastmath={"reassoc", "nsz", "contract"})(_generalised)


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

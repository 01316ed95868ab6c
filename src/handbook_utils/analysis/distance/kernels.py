"""Loops that are compiled when they are first used; import this where a table is large enough to repay it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit, prange

Matrix = npt.NDArray[np.float64]


def _manhattan(rows: Matrix) -> Matrix:
    count, width = rows.shape
    apart = np.zeros((count, count))
    for first in prange(count):
        for second in range(first):
            total = 0.0
            for place in range(width):
                total += abs(rows[first, place] - rows[second, place])
            apart[first, second] = total
    return apart + apart.T


_compiled = njit(parallel=True, fastmath={"reassoc", "nsz", "contract"})(_manhattan)


def manhattan(rows: Matrix) -> Matrix:
    """Add up absolute differences between every two rows, on all cores.

    Parameters
    ----------
    rows : numpy.ndarray
        n rows, contiguous.

    Returns
    -------
    numpy.ndarray
        n × n, symmetric, 0 on the diagonal.

    Examples
    --------
    >>> manhattan(np.array([[0.0, 1.0], [2.0, 0.0]])).tolist()
    [[0.0, 3.0], [3.0, 0.0]]
    """
    apart: Matrix = _compiled(rows)
    return apart

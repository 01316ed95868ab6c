"""The median of all differences between two groups, and its interval, without listing the differences."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats

from handbook_utils.reads.kernels import compiled

__all__ = ["shifts"]

Array = npt.NDArray[np.float64]
_EPSILON = float(np.finfo(float).eps)


def shifts(one: Array, two: Array, confidence: float = 0.95) -> Array:
    """Return how far a second group lies above a first, by column (Hodges and Lehmann's estimate).

    The differences of all pairs are never held: the one of a given rank is found by halving an interval and counting,
    in time of n log n and memory of n.

    Parameters
    ----------
    one, two : array of float, shape (samples, columns)
        Values of the two groups; the same columns.
    confidence : float
        Of the interval, which is that of Wilcoxon's rank sum test (normal approximation).

    Returns
    -------
    numpy.ndarray, shape (columns, 3)
        Median of all differences, and the ends of its interval.

    References
    ----------
    Hodges and Lehmann 1963, The Annals of Mathematical Statistics 34:598.

    Examples
    --------
    >>> shifts(np.array([[1.0], [2], [3], [4]]), np.array([[2.0], [4], [6], [9]])).tolist()
    [[2.5, -1.0, 7.0]]
    """
    pairs = len(one) * len(two)
    spread = np.sqrt(pairs * (len(one) + len(two) + 1) / 12)
    cut = max(int(pairs / 2 - stats.norm.ppf(0.5 + confidence / 2) * spread), 0)
    made = np.empty((one.shape[1], 3))
    lows, highs = (np.ascontiguousarray(np.sort(group, axis=0).T) for group in (one, two))
    for column, (low, high) in enumerate(zip(lows, highs, strict=True)):
        middle = [_ranked(low, high, rank) for rank in ((pairs - 1) // 2, pairs // 2)]
        made[column] = np.mean(middle), _ranked(low, high, cut), _ranked(low, high, pairs - 1 - cut)
    return made


@compiled
def _up_to(x: Array, y: Array, most: float) -> int:
    """Count the differences ``y - x`` of two sorted groups that are at most a number."""
    count = place = 0
    for own in x:
        while place < len(y) and y[place] <= own + most:
            place += 1
        count += place
    return count


@compiled
def _ranked(x: Array, y: Array, rank: int) -> float:
    """Return the difference ``y - x`` of a rank, from 0, of two sorted groups."""
    # Every difference up to low has a lower rank; that many or more are up to high.
    low, high = y[0] - x[-1], y[-1] - x[0]
    if _up_to(x, y, low) > rank:
        return float(low)
    finest = 4 * _EPSILON * max(abs(x[0]), abs(x[-1]), abs(y[0]), abs(y[-1]))
    while high - low > finest:
        middle = low + (high - low) / 2
        if _up_to(x, y, middle) > rank:
            high = middle
        else:
            low = middle
    # Differences inside so short an interval are one: what is wanted is the least above its lower end.
    after = np.searchsorted(y, x + low, side="right")
    inside = after < len(y)
    return float((y[after[inside]] - x[inside]).min())

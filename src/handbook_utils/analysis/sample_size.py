"""How many participants find an effect, by the closed form of the t test.

The power of statsmodels is not a number where a tail is too small for SciPy, as for an effect of 1 in 150 and 150.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy import stats

from handbook_utils.errors import InputError


def t_power(effect: float, first: int, second: int, alpha: float = 0.05) -> float:
    """Return the power of the two-sided t test of two groups with normal values and equal spread.

    Parameters
    ----------
    effect : float
        Difference of the means in standard deviations (Cohen's d).
    first, second : int
        People of each group.
    alpha : float
        Type I error.

    Returns
    -------
    float
        0 to 1.

    Examples
    --------
    >>> round(t_power(0.5, 64, 64), 3), round(t_power(1.0, 150, 150), 3)
    (0.801, 1.0)
    """
    free = first + second - 2
    return _noncentral(effect * math.sqrt(first * second / (first + second)), free, alpha)


def paired_t_power(effect: float, pairs: int, alpha: float = 0.05) -> float:
    """Return the power of the two-sided paired t test.

    Parameters
    ----------
    effect : float
        Mean change in standard deviations of the change.
    pairs : int
        People with both samples.
    alpha : float
        Type I error.

    Returns
    -------
    float
        0 to 1.

    Examples
    --------
    >>> round(paired_t_power(0.5, 34), 3)
    0.808
    """
    return _noncentral(effect * math.sqrt(pairs), pairs - 1, alpha)


def _noncentral(shift: float, free: int, alpha: float) -> float:
    beyond = stats.t.isf(alpha / 2, free)
    # A tail too small for SciPy comes as not a number.
    return float(stats.nct.sf(beyond, free, shift) + np.nan_to_num(stats.nct.cdf(-beyond, free, shift)))


def t_size(effect: float, power: float = 0.8, alpha: float = 0.05, ratio: float = 1.0) -> int:
    """Return how many people the first group needs for the t test of two groups.

    Parameters
    ----------
    effect : float
        Difference in standard deviations, not 0.
    power, alpha : float
        What is wanted.
    ratio : float
        People of the second group for each of the first.

    Returns
    -------
    int
        The smallest that reaches the power; above 200 in steps of 1 %.

    Raises
    ------
    InputError
        An effect of 0: no number of people finds what is not there.

    Examples
    --------
    >>> t_size(0.5), t_size(0.5, ratio=2)
    (64, 48)
    """
    if effect == 0:
        raise InputError("No number of participants finds an effect of 0.", where="effect", expected="another number")
    size = 2
    while t_power(effect, size, max(2, round(ratio * size)), alpha) < power:
        size += 1 if size < 200 else size // 100
    return size


def size_reaching(curve: pd.DataFrame, power: float) -> int | None:
    """Return the smallest size from which on the lower limit of the simulated power reaches what is wanted.

    Parameters
    ----------
    curve : pandas.DataFrame
        ``first`` (people of the first group) and ``low`` (lower limit of the power), a row a size.
    power : float
        Wanted, 0 to 1.

    Returns
    -------
    int or None
        None where no size of the curve does.

    Examples
    --------
    >>> curve = pd.DataFrame({"first": [10, 20, 40], "low": [0.4, 0.81, 0.95]})
    >>> size_reaching(curve, 0.8)
    20
    """
    enough = curve.sort_values("first")
    short = np.flatnonzero((enough["low"] < power).to_numpy())
    start = int(short[-1]) + 1 if len(short) else 0
    return int(enough["first"].iloc[start]) if start < len(enough) else None

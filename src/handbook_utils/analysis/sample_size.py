"""How many participants find an effect, by the closed form of the t test.

The power of statsmodels is not a number where a tail is too small for SciPy, as for an effect of 1 in 150 and 150.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

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


def design_effect(size: float, icc: float, spread: float = 0.0) -> float:
    """Return how many times more people a comparison of clusters needs than one of people by themselves.

    Parameters
    ----------
    size : float
        People of a cluster, on average.
    icc : float
        Correlation of two people of one cluster (intraclass correlation), 0 to 1.
    spread : float
        By how much clusters differ in size: standard deviation over mean.

    Returns
    -------
    float
        1 or more: 1 + ((1 + spread²) size - 1) icc (Eldridge, Ashby and Kerry 2006; with equal sizes that of Kish).

    Examples
    --------
    >>> round(design_effect(12, 0.02), 2), round(design_effect(12, 0.02, 0.6), 2), design_effect(1, 0.5)
    (1.22, 1.31, 1.0)
    """
    return max(1.0, 1 + ((1 + spread**2) * size - 1) * icc)


def cluster_t_power(
    effect: float, clusters: tuple[int, int], size: float, icc: float, spread: float = 0.0, alpha: float = 0.05
) -> float:
    """Return the power of the t test of two groups of clusters, of which each counts as one.

    Parameters
    ----------
    effect : float
        Difference of the means in standard deviations of people.
    clusters : tuple of int
        Of each group.
    size, icc, spread : float
        As of :func:`design_effect`.
    alpha : float
        Type I error.

    Returns
    -------
    float
        0 to 1.

    Examples
    --------
    >>> round(cluster_t_power(0.5, (8, 8), 12, 0.02), 3)
    0.83
    """
    first, second = clusters
    people = size * first * second / (first + second) / design_effect(size, icc, spread)
    return _noncentral(effect * math.sqrt(people), first + second - 2, alpha)


def visits_worth(stopped: Sequence[float], correlation: float) -> float:
    """Return how much a person tells who is sampled before and at several visits, in people who give one sample each.

    The difference between groups is the same at each visit, samples of a person correlate equally, and the sample of
    before is a covariate (Frison and Pocock 1992); who stops tells what they told until then.

    Parameters
    ----------
    stopped : sequence of float
        Share of people who have stopped by each visit, in order.
    correlation : float
        Of two samples of one person.

    Returns
    -------
    float
        Inverse variance, where one sample without any before is 1.

    Examples
    --------
    >>> round(visits_worth([0.0], 0.5), 3), round(visits_worth([0.05, 0.15], 0.5), 3)
    (1.333, 1.833)
    """
    stay = 1 - np.asarray(stopped, dtype=float)
    exactly = stay - np.append(stay[1:], 0.0)
    visits = np.arange(1, len(stay) + 1)
    tells = visits / (1 + (visits - 1) * correlation - visits * correlation**2)
    return float((exactly * tells).sum())


def visits_power(
    effect: float, first: int, second: int, stopped: Sequence[float], correlation: float, alpha: float = 0.05
) -> float:
    """Return the power of a mixed model of several visits, adjusted for the sample of before.

    Parameters
    ----------
    effect : float
        Difference at each visit, in standard deviations of people.
    first, second : int
        People of each group who begin.
    stopped, correlation : sequence of float, float
        As of :func:`visits_worth`.
    alpha : float
        Type I error.

    Returns
    -------
    float
        0 to 1.

    Examples
    --------
    >>> round(visits_power(0.5, 40, 40, [0.05, 0.15], 0.5), 3)
    0.848
    """
    people = first * second / (first + second) * visits_worth(stopped, correlation)
    free = round((first + second) * (1 - stopped[0])) - 3
    return _noncentral(effect * math.sqrt(people), free, alpha)


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

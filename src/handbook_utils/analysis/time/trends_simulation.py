"""Synthetic search interest with a known truth: what ``data/synthetic-trends`` holds, and what tests the method."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.signal import lfilter

from handbook_utils import datasets
from handbook_utils.analysis.time.trends import BELOW_ONE, interrupted

__all__ = ["CAMPAIGN", "TERMS", "SyntheticTrends", "bundled_interest", "coverage", "synthetic_trends"]

#: The first week of the campaign.
CAMPAIGN = pd.Timestamp("2023-03-05")
#: The terms; the campaign changes only the first.
TERMS = ("darmen", "prikkelbare darm", "microbioom")
# Illustrative: level, trend a year, height of the seasons, spread of the noise.
_SHAPE = {
    "darmen": (40.0, 2.0, 6.0, 3.0),
    "prikkelbare darm": (22.0, 0.5, 2.0, 2.0),
    "microbioom": (0.8, 0.4, 0.2, 0.8),
}
_JUMP, _MEMORY = 14.0, 0.4


@dataclass(frozen=True)
class SyntheticTrends:
    """Synthetic interest, and the jump that was put in.

    Parameters
    ----------
    interest : pandas.DataFrame
        By week (Sundays of 2020 to 2023) and term, scaled so that the highest value is 100, rounded as an export is.
    jump : float
        The true jump of the first term at :data:`CAMPAIGN`, on that scale.
    """

    interest: pd.DataFrame
    jump: float


def synthetic_trends(seed: int = 2023) -> SyntheticTrends:
    """Make weekly search interest with trend, seasons, autocorrelated noise and one campaign.

    Parameters
    ----------
    seed : int
        Of the random numbers.

    Returns
    -------
    SyntheticTrends

    Examples
    --------
    >>> made = synthetic_trends()
    >>> made.interest.shape, float(made.interest.max().max())
    ((209, 3), 100.0)
    """
    random = np.random.default_rng(seed)
    weeks, years = _weeks()
    raw = {}
    for term, (level, trend, season, spread) in _SHAPE.items():
        news = np.full(len(weeks), spread * np.sqrt(1 - _MEMORY**2))
        news[0] = spread
        noise = lfilter([1.0], [1.0, -_MEMORY], random.normal(0, news))
        after = _JUMP * (weeks >= CAMPAIGN) if term == TERMS[0] else 0.0
        raw[term] = np.maximum(level + trend * years + season * np.cos(2 * np.pi * years) + after + noise, 0)
    values = np.column_stack(list(raw.values()))
    scale = 100 / values.max()
    scaled = values * scale
    shown = np.where((scaled > 0) & (scaled < 1), BELOW_ONE, scaled.round())
    return SyntheticTrends(pd.DataFrame(shown, index=weeks, columns=list(raw)), _JUMP * scale)


@lru_cache(maxsize=1)
def _weeks() -> tuple[pd.DatetimeIndex, npt.NDArray[np.float64]]:
    weeks = pd.date_range("2020-01-05", "2023-12-31", freq="W-SUN", name="week")
    return weeks, np.asarray((weeks - weeks[0]).days, dtype=float) / 365.25


def coverage(series: int, *, seed: int = 0) -> pd.Series:
    """Tell how often the interval holds the true jump, with and without allowing for autocorrelation.

    Parameters
    ----------
    series : int
        Synthetic series to make, at least 1.
    seed : int
        Of the first; the others follow.

    Returns
    -------
    pandas.Series
        Shares ``robust`` and ``plain`` (lag 0) of 95% intervals that hold the truth, and ``bias`` (mean error).

    Raises
    ------
    ValueError
        There are no series to make.

    Examples
    --------
    >>> list(coverage(2).index)
    ['robust', 'plain', 'bias']
    """
    if series < 1:
        raise ValueError("at least one series")
    held = []
    for number in range(series):
        made = synthetic_trends(seed + number)
        robust, plain = (interrupted(made.interest[TERMS[0]], CAMPAIGN, lags=lags) for lags in (None, 0))
        held.append(
            (
                robust.level_low <= made.jump <= robust.level_high,
                plain.level_low <= made.jump <= plain.level_high,
                robust.level - made.jump,
            )
        )
    return pd.Series(np.mean(held, axis=0), index=["robust", "plain", "bias"])


def bundled_interest() -> pd.DataFrame:
    """Read the data set ``synthetic-trends``: interest by week, a column a term.

    Examples
    --------
    >>> list(bundled_interest().columns) == list(TERMS)
    True
    """
    interest = datasets.frame("synthetic-trends").set_index("week").rename(columns=lambda name: name.replace("_", " "))
    return interest.set_axis(pd.DatetimeIndex(interest.index))

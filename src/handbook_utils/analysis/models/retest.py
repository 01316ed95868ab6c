"""What a second test of the same person would say: on another day, or with other reads of the same stool."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from handbook_utils.analysis.effects import Effect
from handbook_utils.errors import InputError


def other_verdict(
    values: npt.ArrayLike, cut_off: float, *, block: int = 14, resamples: int = 1000, seed: int = 1
) -> Effect:
    """Compute how often two days of one person fall on different sides of a cut-off.

    Parameters
    ----------
    values : array_like of float, shape (days,)
        A score of one person, in the order of the days.
    cut_off : float
        A score of this or more gets one verdict, a lower one the other.
    block : int
        Days that stay together when days are drawn anew, since days that follow one another are alike.
    resamples, seed : int
        Of the bootstrap (circular blocks), from which the 95 % percentile interval comes.

    Returns
    -------
    Effect
        Share (0 to 1) of all pairs of different days. At most a little over one half.

    Raises
    ------
    InputError
        Fewer than two days, or a block that is longer than the series.

    References
    ----------
    Politis & Romano 1992, in Exploring the Limits of Bootstrap (Wiley), for the circular block bootstrap.

    Examples
    --------
    >>> round(other_verdict([1, 1, 3, 3], 2, block=1, resamples=10).size, 2)
    0.67
    """
    above = np.asarray(values, dtype=float) >= cut_off
    days = len(above)
    if days < 2 or not 1 <= block <= days:
        raise InputError(
            "There are too few days.", expected=f"2 or more, and no fewer than a block of {block}", found=str(days)
        )
    generator = np.random.default_rng(seed)
    starts = generator.integers(days, size=(resamples, -(-days // block)))
    drawn = ((starts[:, :, None] + np.arange(block)) % days).reshape(resamples, -1)[:, :days]
    found = _different(np.count_nonzero(above[drawn], axis=1), days)
    low, high = np.quantile(found, [0.025, 0.975])
    return Effect(float(_different(np.array([above.sum()]), days)[0]), float(low), float(high))


def _different(above: npt.NDArray[np.intp], days: int) -> npt.NDArray[np.float64]:
    return 2.0 * above * (days - above) / (days * (days - 1))


def typical_fold(values: npt.ArrayLike) -> float:
    """Compute how many times as large the larger of two days is, for the middle one of all pairs of days.

    Parameters
    ----------
    values : array_like of float, shape (days,)
        Above 0; missing values are left out.

    Returns
    -------
    float
        1 or more.

    Raises
    ------
    InputError
        Fewer than two days, or values that are not above 0.

    Examples
    --------
    >>> typical_fold([1.0, 2.0, 4.0])
    2.0
    """
    given = np.asarray(values, dtype=float)
    given = given[~np.isnan(given)]
    if len(given) < 2 or (given <= 0).any():
        raise InputError("A ratio of days needs two days or more, with values above 0.", found=f"{len(given)} days")
    logs = np.log(given)
    first, second = np.triu_indices(len(logs), 1)
    return float(np.exp(np.median(np.abs(logs[first] - logs[second]))))


def share_by_reads(
    counts: npt.ArrayLike, taxon: int, reads: Sequence[int], *, times: int = 500, seed: int = 1
) -> pd.DataFrame:
    """Read less of one sample, many times, and see what share of a taxon is found.

    Parameters
    ----------
    counts : array_like of int, shape (taxa,)
        A deeply read sample.
    taxon : int
        Position of the taxon.
    reads : sequence of int
        Reads that are drawn without replacement; no more than the sample has.
    times : int
        Draws for each number of reads.
    seed : int
        Of the random numbers.

    Returns
    -------
    pandas.DataFrame
        By number of reads: the ``median`` share, between which shares 95 of 100 draws lie (``low``, ``high``), and
        in which part of the draws the taxon was not seen at all (``missed``); all from 0 to 1.

    Raises
    ------
    InputError
        More reads than the sample has.

    Examples
    --------
    >>> share_by_reads([990, 10], 1, [10, 1000]).round(2).loc[1000].to_dict()
    {'median': 0.01, 'low': 0.01, 'high': 0.01, 'missed': 0.0}
    """
    given = np.asarray(counts, dtype=np.int64)
    total, own = int(given.sum()), int(given[taxon])
    if max(reads) > total or min(reads) < 1:
        raise InputError("The sample has not so many reads.", expected=f"1 to {total}", found=f"{max(reads)}")
    generator = np.random.default_rng(seed)
    rows = []
    for number in reads:
        seen = generator.hypergeometric(own, total - own, number, size=times) / number
        low, median, high = np.quantile(seen, [0.025, 0.5, 0.975])
        rows.append({"median": median, "low": low, "high": high, "missed": float((seen == 0).mean())})
    return pd.DataFrame(rows, index=pd.Index(list(reads), name="reads"))


def changes_between(values: pd.Series, person: pd.Series, day: pd.Series, apart: tuple[float, float]) -> pd.Series:
    """Compute how much a value of one person changes between two days, as a share of the earlier day.

    Parameters
    ----------
    values, person, day : pandas.Series
        One entry a sample, on one index: the value (above 0), whose it is, and when it was taken.
    apart : tuple of float
        The fewest and the most days between the two samples.

    Returns
    -------
    pandas.Series
        One change for each pair of samples of one person, by person; −0.2 where a fifth was lost.

    Examples
    --------
    >>> values = pd.Series([10.0, 8.0, 9.0])
    >>> changes_between(values, pd.Series(["A", "A", "B"]), pd.Series([0, 3, 5]), (2, 4)).round(2).to_dict()
    {'A': -0.2}
    """
    samples = pd.DataFrame({"value": values, "person": person, "day": day})
    pairs = samples.merge(samples, on="person", suffixes=("_first", "_second"))
    pairs = pairs[(pairs["day_second"] - pairs["day_first"]).between(*apart)]
    return (pairs["value_second"] / pairs["value_first"] - 1).set_axis(pairs["person"])


def majority_of_three(above: npt.ArrayLike, *, draws: int = 20_000, seed: int = 1) -> float:
    """Compute how often two verdicts differ when each is the majority of three days.

    Parameters
    ----------
    above : array_like of bool, shape (days,)
        The verdict of each day of one person; 6 or more.
    draws, seed : int
        How often six different days are drawn by lot.

    Returns
    -------
    float
        Share (0 to 1) of the draws.

    Examples
    --------
    >>> majority_of_three([True] * 9)
    0.0
    """
    generator = np.random.default_rng(seed)
    days = np.asarray(above, dtype=bool)
    drawn = np.array([generator.permutation(days)[:6] for _ in range(draws)]).reshape(-1, 2, 3)
    majority = drawn.sum(axis=2) >= 2
    return float((majority[:, 0] != majority[:, 1]).mean())

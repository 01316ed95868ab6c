"""Repeated samples over time: mixed models, how far people move, and when they jump."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats
from skbio import DistanceMatrix

from handbook_utils.analysis.distance.ordination import gower_centred
from handbook_utils.analysis.distance.permanova import columns_of
from handbook_utils.analysis.time.mixed import fit_mixed
from handbook_utils.errors import InputError

Matrix = npt.NDArray[np.float64]

__all__ = ["MixedModel", "SeriesCorrelation", "change_points", "mixed_model", "pairs_in_time", "series_correlation"]


@dataclass(frozen=True)
class MixedModel:
    """A model in which each person has a level of their own.

    Attributes
    ----------
    table : pandas.DataFrame
        A row a column of the model but the level: estimate, error, df, low, high, p.
    between, within : float
        Variance between people (of their levels, at 0 of the column of slopes) and within a person.
    samples, people : int
        How many were used.
    """

    table: pd.DataFrame
    between: float
    within: float
    samples: int
    people: int

    @property
    def same_person(self) -> float:
        """Correlation of two samples of one person beside the model (intraclass correlation, 0 to 1)."""
        return self.between / (self.between + self.within)


def mixed_model(
    frame: pd.DataFrame,
    value: str,
    terms: Sequence[str],
    person: str,
    *,
    slopes: str | None = None,
    confidence: float = 0.95,
) -> MixedModel:
    """Fit a line with a level, and perhaps a slope, of each person's own, by restricted maximum likelihood.

    Intervals and p rest on Satterthwaite's degrees of freedom; see
    :func:`handbook_utils.analysis.time.mixed.fit_mixed`.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a sample; rows with something missing are left out.
    value : str
        Column of the number that is explained.
    terms : sequence of str
        Columns that explain; words are groups, numbers are taken as linear.
    person : str
        Column that names the person.
    slopes : str, optional
        Column (a number) along which each person has a slope of their own. Where people differ in their pace, a model
        without it takes their differences for chance within people and finds too much.
    confidence : float
        Of the intervals.

    Returns
    -------
    MixedModel

    Raises
    ------
    InputError
        Too few people or samples, columns that say the same, or no finite fit.

    References
    ----------
    Pinheiro and Bates 2000, Mixed-Effects Models in S and S-PLUS.

    Examples
    --------
    >>> frame = pd.DataFrame({"who": list("aabbccdd"), "time": [0.0, 1] * 4, "y": [1, 2.1, 3, 3.9, 0, 1.2, 2, 2.8]})
    >>> round(float(mixed_model(frame, "y", ["time"], "who").table.loc["time", "estimate"]), 3)
    1.0
    """
    used = frame[list(dict.fromkeys([value, *terms, person, *([slopes] if slopes else [])]))].dropna()
    columns = {"": np.ones(len(used))}
    for term in terms:
        words = not pd.api.types.is_numeric_dtype(used[term])
        levels = sorted(used[term].astype(str).unique())[1:] if words else [""]
        made = columns_of(used[term])
        columns |= {f"{term}: {level}" if level else term: made[:, at] for at, level in enumerate(levels)}
    model = pd.DataFrame(columns, index=used.index)
    along = used[slopes].to_numpy(dtype=float) if slopes else None
    fit = fit_mixed(used[value].to_numpy(dtype=float), model, used[person].to_numpy(), slope=along)
    return MixedModel(fit.table(confidence).iloc[1:], float(fit.random[0, 0]), fit.residual, fit.samples, fit.people)


def pairs_in_time(distance: DistanceMatrix, person: pd.Series, time: pd.Series) -> pd.DataFrame:
    """List every two samples of one person, with their distance and how far apart in time they are.

    Parameters
    ----------
    distance : skbio.DistanceMatrix
        Between samples.
    person, time : pandas.Series
        By sample id; time is a number.

    Returns
    -------
    pandas.DataFrame
        A row a pair: ``person``, ``gap``, ``distance``, and whether it is ``next`` (no sample of theirs between).

    Examples
    --------
    >>> apart = DistanceMatrix([[0, 0.2, 0.9], [0.2, 0, 0.5], [0.9, 0.5, 0]], ids=list("abc"))
    >>> day = pd.Series({"a": 0.0, "b": 1.0, "c": 5.0})
    >>> pairs_in_time(apart, pd.Series("Ann", index=day.index), day).to_dict("list")["next"]
    [True, False, True]
    """
    square = np.asarray(distance.data)
    who = person.reindex(list(distance.ids)).to_numpy(dtype=object)
    when = time.reindex(list(distance.ids)).to_numpy(dtype=float)
    parts = []
    for name in pd.unique(who):
        rows = np.flatnonzero(who == name)
        rows = rows[np.argsort(when[rows], kind="stable")]
        first, second = np.triu_indices(len(rows), 1)
        parts.append(
            pd.DataFrame(
                {
                    "person": name,
                    "gap": when[rows[second]] - when[rows[first]],
                    "distance": square[rows[first], rows[second]],
                    "next": second == first + 1,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


@dataclass(frozen=True)
class SeriesCorrelation:
    """How two series of one person go together.

    Attributes
    ----------
    estimate : float
        Spearman's correlation, -1 to 1.
    low, high : float
        Its interval from blocks of days.
    naive_low, naive_high : float
        The interval that takes every day for independent (from blocks of one day).
    days : int
        How many were used.
    """

    estimate: float
    low: float
    high: float
    naive_low: float
    naive_high: float
    days: int


def series_correlation(
    first: pd.Series,
    second: pd.Series,
    *,
    block: float = 14,
    changes: bool = False,
    resamples: int = 999,
    confidence: float = 0.95,
    seed: int = 1,
) -> SeriesCorrelation:
    """Correlate two series of one person, with an interval that knows that neighbouring days are alike.

    Blocks of days are drawn, and not days (moving-block bootstrap). A block is what was measured within so many days of
    the calendar, so that gaps do not put distant days side by side in it.

    The interval is still too narrow where the series holds few blocks: with six to thirteen, one of 95 % left 0 out in
    13 to 14 % of pairs of unrelated series (tests/unit/test_series_correlation.py).

    Parameters
    ----------
    first, second : pandas.Series
        By day (a number), one value a day; days that one of them lacks are left out.
    block : float
        Days in a block.
    changes : bool
        Correlate the changes from one day to the next instead; only pairs of days that follow each other.
    resamples, seed : int
        Bootstrap samples; seed of the random numbers.
    confidence : float
        Of the percentile interval.

    Returns
    -------
    SeriesCorrelation

    Raises
    ------
    InputError
        Fewer than 20 days, fewer than 3 blocks of them, or a series that does not vary.

    References
    ----------
    Künsch 1989, The Annals of Statistics 17:1217.

    Examples
    --------
    >>> day = np.arange(60)
    >>> found = series_correlation(pd.Series(day % 7, day), pd.Series((day % 7) ** 2, day), resamples=99)
    >>> round(found.estimate, 6), found.days
    (1.0, 60)
    """
    both = pd.concat([first, second], axis=1, keys=["first", "second"]).dropna().sort_index()
    if changes:
        follows = np.diff(both.index.to_numpy(dtype=float)) == 1
        both = both.diff().iloc[1:][follows]
    days = both.index.to_numpy(dtype=float)
    if len(both) < 20 or days[-1] - days[0] + 1 < 3 * block or (both.nunique() < 2).any():
        raise InputError(
            "The two series cannot be correlated.",
            expected="20 days or more that cover three blocks, and values that vary",
            found=f"{len(both)} days, blocks of {block} days",
        )
    values = both.to_numpy(dtype=float)
    ends = np.searchsorted(days, days + block)
    tails = [50 * (1 - confidence), 50 * (1 + confidence)]
    bounds = []
    for stops in (ends, np.arange(1, len(days) + 1)):
        drawn = _blocks(stops, resamples, np.random.default_rng(seed))
        bounds.append(np.nanpercentile(_spearman(values, drawn), tails))
    (low, high), (naive_low, naive_high) = bounds
    estimate = float(_spearman(values, np.arange(len(both))[np.newaxis])[0])
    return SeriesCorrelation(estimate, float(low), float(high), float(naive_low), float(naive_high), len(both))


def _blocks(ends: npt.NDArray[np.intp], resamples: int, generator: np.random.Generator) -> npt.NDArray[np.intp]:
    """Draw blocks of days until there are as many days as were measured; a row a resample."""
    days = len(ends)
    starts = generator.integers(days, size=resamples * days)
    upto = np.cumsum(ends[starts] - starts)
    firsts, block = [], 0
    for _ in range(resamples):
        firsts.append(block)
        # The first block of the next resample: the one after that with which the days are enough.
        block = int(np.searchsorted(upto, (upto[block - 1] if block else 0) + days)) + 1
    starts, upto = starts[:block], upto[:block]
    lengths = ends[starts] - starts
    flat = np.arange(upto[-1]) + np.repeat(starts - upto + lengths, lengths)
    begins = (upto - lengths)[firsts]
    drawn: npt.NDArray[np.intp] = flat[begins[:, np.newaxis] + np.arange(days)]
    return drawn


def _spearman(pairs: Matrix, drawn: npt.NDArray[np.intp]) -> Matrix:
    """Return the correlation of the ranks of each row of days drawn; none where a series does not vary in them."""
    first, second = (stats.rankdata(values[drawn], axis=1) for values in pairs.T)
    # The mean of ranks is the same with and without ties.
    middle = (drawn.shape[1] + 1) / 2
    first, second = first - middle, second - middle
    together, one, other = ((a * b).sum(axis=1) for a, b in ((first, second), (first, first), (second, second)))
    with np.errstate(invalid="ignore"):
        return np.asarray(together / np.sqrt(one * other))


def change_points(
    distance: DistanceMatrix,
    *,
    minimum: int = 10,
    block: int = 7,
    permutations: int = 499,
    threshold: float = 0.05,
    seed: int = 1,
) -> pd.DataFrame:
    """Find where a series of samples jumps from one composition to another.

    The split with the largest share of the squared distances between its two sides is kept if blocks of neighbouring
    samples, put in random order, seldom give as large a share; then each side is split in turn. Blocks are exchanged
    and not samples, since samples of neighbouring days are alike.

    Parameters
    ----------
    distance : skbio.DistanceMatrix
        Between the samples of one person, in the order of time.
    minimum : int
        Least number of samples on each side.
    block : int
        Samples in a block.
    permutations : int
        Random orders of the blocks.
    threshold : float
        Largest p that is kept.
    seed : int
        Of the random orders.

    Returns
    -------
    pandas.DataFrame
        By id of the first sample after a jump, in the order of time: ``share`` (0 to 1, of the part of the series that
        was split) and ``p``.

    References
    ----------
    Matteson and James 2014, Journal of the American Statistical Association 109:334, for splitting in turn.

    Examples
    --------
    >>> place = np.r_[np.zeros(30), np.ones(30)] + np.linspace(0, 0.1, 60)
    >>> apart = DistanceMatrix(np.abs(place[:, None] - place), ids=[f"d{n}" for n in range(60)])
    >>> change_points(apart).index.tolist()
    ['d30']
    """
    generator = np.random.default_rng(seed)
    square = np.asarray(distance.data)
    found: list[tuple[int, float, float]] = []
    parts = [np.arange(len(square))]
    while parts:
        rows = parts.pop()
        if len(rows) < 2 * minimum:
            continue
        gower = gower_centred(square[np.ix_(rows, rows)])
        if np.trace(gower) <= 1e-12 * square.max() ** 2:
            continue  # samples that are all alike have no jump, and no share of a variation
        blocks = np.array_split(np.arange(len(rows)), max(2, round(len(rows) / block)))
        adds = _Added.of(gower / np.trace(gower), blocks)
        place, share = _best_split(adds.in_order(np.arange(len(blocks))), minimum)
        beaten = 0
        for _ in range(permutations):
            beaten += _best_split(adds.in_order(generator.permutation(len(blocks))), minimum)[1] >= share - 1e-12
        p = (beaten + 1) / (permutations + 1)
        if p <= threshold:
            found.append((int(rows[place]), share, p))
            parts += [rows[:place], rows[place:]]
    found.sort()
    return pd.DataFrame(
        {"share": [share for _, share, _ in found], "p": [p for _, _, p in found]},
        index=[distance.ids[place] for place, _, _ in found],
    )


@dataclass(frozen=True)
class _Added:
    """What each sample adds to the sum over all pairs of samples up to it, when blocks of them change places.

    Attributes
    ----------
    members : list of numpy.ndarray
        Rows of each block.
    alone : numpy.ndarray, shape (samples,)
        What a sample adds with itself and with those before it in its block, which stays as it is.
    others : numpy.ndarray, shape (samples, blocks)
        What it adds with the samples of each other block, where that lies before its own.
    """

    members: list[npt.NDArray[np.intp]]
    alone: Matrix
    others: Matrix

    @classmethod
    def of(cls, gower: Matrix, blocks: list[npt.NDArray[np.intp]]) -> _Added:
        own = np.repeat(np.arange(len(blocks)), [len(rows) for rows in blocks])
        before = np.tril(own[:, None] == own, -1)
        others = 2 * np.add.reduceat(gower, [rows[0] for rows in blocks], axis=1)
        return cls(blocks, gower.diagonal() + 2 * np.where(before, gower, 0.0).sum(axis=1), others)

    def in_order(self, order: npt.NDArray[np.intp]) -> Matrix:
        """Return what samples add, in the order that blocks then have."""
        place = np.argsort(order)
        sizes = [len(rows) for rows in self.members]
        before = np.repeat(place[:, None] > place, sizes, axis=0)
        added: Matrix = self.alone + (self.others * before).sum(axis=1)
        in_turn: Matrix = added[np.concatenate([self.members[number] for number in order])]
        return in_turn


def _best_split(added: Matrix, minimum: int) -> tuple[int, float]:
    """Return where a series is split best, and the share of its variation between both sides."""
    count = len(added)
    # Rows of Gower's matrix add up to 0, so the sums of both sides' blocks are equal.
    inside = added.cumsum()[:-1]
    sizes = np.arange(1, count)
    between = inside * (1 / sizes + 1 / (count - sizes))
    allowed = slice(minimum - 1, count - minimum)
    place = int(np.argmax(between[allowed])) + minimum
    return place, float(between[place - 1])

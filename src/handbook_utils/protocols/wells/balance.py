"""How far a plate layout is from balanced: one number, its parts, and the rules it breaks.

All is computed on *grids*, integer arrays of shape (..., plates, rows, columns), so that many layouts are scored at
once. ``content`` says what is in a well (the codes below), ``source`` which sample: its position, or -1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Grid = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]

#: What a well can hold; the position in this tuple is the code in a grid. All after "sample" are controls.
CONTENTS = ("empty", "sample", "blank", "mock", "ntc", "duplicate")
EMPTY, SAMPLE, BLANK, MOCK, NTC, DUPLICATE = range(len(CONTENTS))
PARTS = ("plate", "row", "column", "neighbours")

#: Steps to half of a well's eight neighbours; the other half are the same pairs seen from the other side.
_STEPS = ((0, 1), (1, 0), (1, 1), (1, -1))
#: A covariate of numbers with more different values than this is a quantity, with fewer a category.
_MOST_NUMERIC_LEVELS = 8


@dataclass(frozen=True)
class Score:
    """How well a layout keeps what is compared apart from where it lies.

    Attributes
    ----------
    total : float
        Mean of the four parts; 0 is best.
    plate, row, column : float
        Share (0 to 1) of the covariates' variation that lies between plates, between rows within plates and between
        columns within plates: eta squared of a quantity, Cramér's V squared of a category, mean over covariates.
    neighbours : float
        How much more alike, or less, neighbouring wells are than chance would have it: size of Moran's I over the
        eight neighbours, mean over covariates.
    by_covariate : pandas.DataFrame
        The same, one row a covariate. Here the neighbours' value keeps its sign: above 0, like lies beside like.
    split_series : int
        Participants whose samples lie on more than one plate.
    adjacent_series : int
        Pairs of neighbouring wells with samples of one participant.
    adjacent_controls : int
        Pairs of neighbouring wells that both hold a control.
    crowded_controls : int
        Quadrants of plates with more than their share of the plate's controls, a quarter rounded up.
    """

    total: float
    plate: float
    row: float
    column: float
    neighbours: float
    by_covariate: pd.DataFrame
    split_series: int
    adjacent_series: int
    adjacent_controls: int
    crowded_controls: int

    @property
    def broken(self) -> int:
        """How often a rule is broken: 0 for a layout that may be used."""
        return self.split_series + self.adjacent_series + self.adjacent_controls + self.crowded_controls


@dataclass(frozen=True)
class Features:
    """Covariates as columns of numbers, such that shares of variation are sums of squares.

    A quantity becomes one standardised column. A category with L levels of shares p becomes L columns
    (x - p) / sqrt(p): their sum of squares between groups, divided by the number of samples, is Pearson's chi squared
    over n, which Cramér's V squared divides by min(L, groups) - 1.

    Attributes
    ----------
    values : numpy.ndarray
        Samples x columns, and one more row of zeros: the one that index -1 finds, for wells without a sample.
    names : tuple of str
        The covariates.
    of : numpy.ndarray
        Which covariate each column belongs to.
    levels : numpy.ndarray
        Of each covariate: levels of a category, 2 for a quantity (which V squared and eta squared treat alike).
    """

    values: Floats
    names: tuple[str, ...]
    of: Grid
    levels: Grid

    @classmethod
    def of_samples(cls, samples: pd.DataFrame, covariates: Sequence[str]) -> Features:
        """Turn covariates into columns. A missing quantity counts as the mean, a missing category as a level.

        Parameters
        ----------
        samples : pandas.DataFrame
            A row a sample.
        covariates : sequence of str
            Columns of it.

        Returns
        -------
        Features
            A row a sample, and a last one of zeros for a well without.
        """
        columns: list[Floats] = []
        of: list[int] = []
        levels: list[int] = []
        for number, name in enumerate(covariates):
            quantity = as_quantity(samples[name])
            if quantity is not None:
                centred = quantity - np.nanmean(quantity)
                made = np.nan_to_num(centred / np.sqrt(np.nanmean(centred**2)))[:, np.newaxis]
                levels.append(2)
            else:
                codes, names = pd.factorize(samples[name].astype("object").fillna(""), sort=True)
                belongs = codes[:, np.newaxis] == np.arange(len(names))
                shares = belongs.mean(axis=0)
                made = (belongs - shares) / np.sqrt(shares)
                levels.append(len(names))
            columns.append(made)
            of += [number] * made.shape[1]
        values = np.concatenate([np.empty((len(samples), 0)), *columns], axis=1)
        zeros = np.zeros((1, values.shape[1]))
        return cls(np.concatenate([values, zeros]), tuple(covariates), np.array(of, int), np.array(levels, int))

    def divisor(self, groups: int) -> Floats:
        """Return what Cramér's V squared divides chi squared over n by, for every covariate.

        Parameters
        ----------
        groups : int
            Plates, rows or columns.

        Returns
        -------
        numpy.ndarray, shape (covariates,)
            The fewer of levels and groups, less 1; at least 1.
        """
        divisor: Floats = np.maximum(np.minimum(self.levels, groups) - 1, 1).astype(float)
        return divisor

    def joined(self, columns: Floats) -> Floats:
        """Add up the columns (last axis) of each covariate.

        Parameters
        ----------
        columns : numpy.ndarray, shape (..., columns)
            Of these features.

        Returns
        -------
        numpy.ndarray, shape (..., covariates)
            Sums.
        """
        joined: Floats = columns @ (self.of[:, np.newaxis] == np.arange(len(self.names))).astype(float)
        return joined

    def parts(self, grid: Grid) -> Floats:
        """Score every covariate: shares of plate, row and column, and Moran's I with its sign.

        Parameters
        ----------
        grid : numpy.ndarray
            Samples (their positions) in wells, -1 elsewhere: shape (..., plates, rows, columns).

        Returns
        -------
        numpy.ndarray
            Shape (..., covariates, 4).
        """
        values = self.values[grid]
        filled = (grid >= 0).astype(float)
        total = filled.sum(axis=(-3, -2, -1))[..., np.newaxis]
        found = []
        for axes in ((-3, -2), (-2,), (-3,)):  # of values, whose last axis is columns of features: plate, row, column
            count = filled.sum(axis=tuple(axis + 1 for axis in axes))[..., np.newaxis]
            squares = values.sum(axis=axes) ** 2 / np.maximum(count, 1)
            groups = int(np.prod(count.shape[grid.ndim - 3 : -1]))
            between = squares.sum(axis=tuple(range(grid.ndim - 3, squares.ndim - 1)))
            found.append(self.joined(between) / total / self.divisor(groups))
        products, pairs = np.zeros((*grid.shape[:-3], values.shape[-1])), np.zeros(grid.shape[:-3])
        for here, there in _neighbours(grid):
            products += (values[*here, :] * values[*there, :]).sum(axis=(-4, -3, -2))
            pairs += (filled[here] * filled[there]).sum(axis=(-3, -2, -1))
        spread = self.joined((self.values**2).sum(axis=0)) / max(len(self.values) - 1, 1)
        found.append(self.joined(products) / np.maximum(pairs, 1)[..., np.newaxis] / np.where(spread > 0, spread, 1))
        return np.stack(found, axis=-1)


def as_quantity(column: pd.Series) -> Floats | None:
    """Return a covariate as numbers where it is a quantity, or None where it is a category.

    Parameters
    ----------
    column : pandas.Series
        A covariate, by sample.

    Returns
    -------
    numpy.ndarray, shape (samples,), or None
        NaN where it is missing; a few numbers that return count as levels of a category.

    Examples
    --------
    >>> as_quantity(pd.Series(["1", "2", "1"])) is None
    True
    """
    at, values = pd.factorize(column)
    told = pd.Series([str(value).strip() for value in values], dtype=object)
    numbers = pd.to_numeric(told.where(told != "", None), errors="coerce")
    known = numbers[told != ""]
    if known.isna().any() or known.nunique() <= _MOST_NUMERIC_LEVELS:
        return None
    # What is missing has the place -1: the one after the last.
    return np.append(numbers.to_numpy(dtype=float), np.nan)[at]


def part_means(parts: Floats) -> Floats:
    """Return each part's mean over covariates, neighbours by their size: shape (..., 4).

    Parameters
    ----------
    parts : numpy.ndarray, shape (..., covariates, 4)
        As of :meth:`Features.parts`.

    Returns
    -------
    numpy.ndarray, shape (..., 4)
        0 where there are no covariates.
    """
    return np.abs(parts).mean(axis=-2) if parts.shape[-2] else np.zeros((*parts.shape[:-2], len(PARTS)))


def totals(parts: Floats) -> Floats:
    """Return the mean over covariates and parts, neighbours by their size: shape (...).

    Parameters
    ----------
    parts : numpy.ndarray, shape (..., covariates, 4)
        As of :meth:`Features.parts`.

    Returns
    -------
    numpy.ndarray, shape (...)
        The score; 0 is best.
    """
    mean: Floats = part_means(parts).mean(axis=-1)
    return mean


def broken_rules(content: Grid, source: Grid, person: Grid) -> npt.NDArray[np.int64]:
    """Count how often each rule is broken.

    Parameters
    ----------
    content, source : numpy.ndarray
        Grids of shape (..., plates, rows, columns).
    person : numpy.ndarray
        The participant (a number) of every sample.

    Returns
    -------
    numpy.ndarray
        Shape (..., 4): split series, adjacent wells of a series, adjacent controls, crowded quadrants.
    """
    who = np.where(source >= 0, person[source], -1)
    control = content > SAMPLE
    series = np.zeros(content.shape[:-3], np.int64)
    controls = np.zeros(content.shape[:-3], np.int64)
    for here, there in _neighbours(content):
        series += ((who[here] == who[there]) & (who[here] >= 0)).sum(axis=(-3, -2, -1))
        controls += (control[here] & control[there]).sum(axis=(-3, -2, -1))
    plates, rows, columns = content.shape[-3:]
    people = int(person.max()) + 1 if len(person) else 0
    on = np.zeros((int(np.prod(content.shape[:-3])), people, plates), bool)
    flat = who.reshape(-1, plates, rows * columns)
    layouts, places, wells = np.nonzero(flat >= 0)
    on[layouts, flat[layouts, places, wells], places] = True
    split = (on.sum(axis=2) > 1).sum(axis=1).reshape(content.shape[:-3])
    quarters = control.reshape(*content.shape[:-2], 2, rows // 2, 2, columns // 2).sum(axis=(-3, -1))
    share = -(-control.sum(axis=(-2, -1)) // 4)[..., np.newaxis, np.newaxis]
    crowded = (quarters > share).sum(axis=(-3, -2, -1))
    return np.stack([split, series, controls, crowded], axis=-1)


def score_of(features: Features, content: Grid, source: Grid, person: Grid) -> Score:
    """Score one layout, given as grids of shape (plates, rows, columns).

    Parameters
    ----------
    features : Features
        Of the samples.
    content : numpy.ndarray of int
        What each well holds: a place in :data:`CONTENTS`.
    source : numpy.ndarray of int
        The sample's number; -1 for none.
    person : numpy.ndarray of int, shape (samples,)
        Whose sample it is.

    Returns
    -------
    Score
        With the rules that are broken.
    """
    parts = features.parts(np.where(content == SAMPLE, source, -1))
    frame = pd.DataFrame(parts, index=pd.Index(features.names, name="covariate", dtype=object), columns=list(PARTS))
    plate, row, column, neighbours = map(float, part_means(parts))
    split, series, controls, crowded = map(int, broken_rules(content, source, person))
    return Score(float(totals(parts)), plate, row, column, neighbours, frame, split, series, controls, crowded)


def _neighbours(grid: Grid) -> list[tuple[Any, Any]]:
    """Slices of a grid's rows and columns that hold each pair of neighbouring wells once."""
    rows, columns = grid.shape[-2:]
    found = []
    for down, right in _STEPS:
        here = (..., slice(0, rows - down), slice(max(0, -right), columns - max(0, right)))
        there = (..., slice(down, rows), slice(max(0, right), columns + min(0, right)))
        found.append((here, there))
    return found

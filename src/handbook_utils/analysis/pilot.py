"""What a pilot study gives a simulation of power: a value a person, and the noise left without its groups."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from handbook_utils.analysis.diversity.alpha import hill_at_size
from handbook_utils.errors import InputError
from handbook_utils.study import Study

Array = npt.NDArray[np.float64]


def first_of_each(study: Study, person: str, time: str = "") -> Study:
    """Return the first sample of every person; in the order of a column where one is named.

    Parameters
    ----------
    study : Study
        Samples of people.
    person : str
        Metadata column that says whose; empty: every sample is another person's.
    time : str
        Metadata column of the order; empty: the order of the table.

    Returns
    -------
    Study
        A sample a person.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [1, 2, 3]}, index=["x", "y", "z"])
    >>> study = Study.from_frame(table, pd.DataFrame({"who": ["p", "p", "q"], "day": [5, 1, 2]}, index=["x", "y", "z"]))
    >>> list(first_of_each(study, "who", "day").samples)
    ['y', 'z']
    """
    if not person:
        return study
    ordered = _in_time(study, time)
    return study.choose_samples(list(ordered.index[~ordered[person].duplicated()]))


def pairs_of(study: Study, person: str, time: str = "") -> list[tuple[str, str]]:
    """Return the first two samples of every person who has two.

    Parameters
    ----------
    study : Study
        Samples of people.
    person : str
        Metadata column that says whose; empty: there are no pairs.
    time : str
        Metadata column of the order; empty: the order of the table.

    Returns
    -------
    list of tuple of str
        First and second sample of each.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [1, 2, 3]}, index=["x", "y", "z"])
    >>> study = Study.from_frame(table, pd.DataFrame({"who": ["p", "p", "q"], "day": [5, 1, 2]}, index=["x", "y", "z"]))
    >>> pairs_of(study, "who", "day")
    [('y', 'x')]
    """
    if not person:
        return []
    rows = [list(names.index[:2]) for _, names in _in_time(study, time).groupby(person, sort=False)]
    return [(row[0], row[1]) for row in rows if len(row) == 2]


def _in_time(study: Study, time: str) -> pd.DataFrame:
    frame = study.metadata
    return frame.sort_values(time, kind="stable") if time else frame


def shannon_at(study: Study, reads: int) -> pd.Series:
    """Return the Shannon entropy (natural logarithm) of each sample, expected at one and the same depth.

    Parameters
    ----------
    study : Study
        Of counts.
    reads : int
        The depth.

    Returns
    -------
    pandas.Series
        By sample; the logarithm of the expected Hill number of order 1.

    Raises
    ------
    InputError
        A sample has fewer reads.

    Examples
    --------
    >>> study = Study.from_frame(pd.DataFrame([[50, 50]], index=["x"], columns=["a", "b"]))
    >>> round(float(shannon_at(study, 100)["x"]), 4)
    0.6931
    """
    shallow = int((study.depth < reads).sum())
    if shallow:
        raise InputError(f"{shallow} samples have fewer than {reads} reads.", where="reads", expected="a lower depth")
    table = study.table.tocsr()
    spans = zip(table.indptr[:-1], table.indptr[1:], strict=True)
    made = [math.log(hill_at_size(table.data[start:end].astype(int), 1, reads)) for start, end in spans]
    return pd.Series(made, index=study.samples, name="shannon")


def residuals(values: npt.ArrayLike, groups: Sequence[object] | None = None) -> Array:
    """Take the means of the pilot's groups away, and scale what is left to a standard deviation of 1.

    Parameters
    ----------
    values : array_like of float
        A value a person.
    groups : sequence, optional
        The pilot's groups: their difference is not noise, and is taken away.

    Returns
    -------
    numpy.ndarray, shape (people,)
        Without a unit, with mean 0 and root mean square 1.

    Examples
    --------
    >>> residuals([1, 3, 11, 13], ["a", "a", "b", "b"]).round(3).tolist()
    [-1.0, 1.0, -1.0, 1.0]
    """
    numbers = pd.Series(np.asarray(values, dtype=float))
    labels = pd.Series(["all"] * len(numbers) if groups is None else list(groups))
    left = (numbers - numbers.groupby(labels.to_numpy()).transform("mean")).to_numpy()
    # Drawn with replacement, their spread is that of a population: the root of the mean square.
    made: Array = left / math.sqrt(float((left**2).mean()))
    return made


def changes(pairs: npt.ArrayLike) -> tuple[Array, float]:
    """Return the scaled residuals of the change of each person, and the size of an effect of 1 SD in their spread.

    Parameters
    ----------
    pairs : array_like of float, shape (people, 2)
        Before and after.

    Returns
    -------
    residuals : numpy.ndarray
        As :func:`residuals`.
    factor : float
        Spread between people over spread of the change: above 1, looking at changes helps.

    Examples
    --------
    >>> _, factor = changes([[0, 0.1], [5, 5.2], [9, 8.9]])
    >>> factor > 10
    True
    """
    values = np.asarray(pairs, dtype=float)
    change = values[:, 1] - values[:, 0]
    return residuals(change), float(_pooled(values) / change.std(ddof=1))


def baseline_residuals(pairs: npt.ArrayLike) -> tuple[Array, float]:
    """Return what the baseline leaves unexplained of each person's second value, scaled, and its factor.

    Parameters
    ----------
    pairs : array_like of float, shape (people, 2)
        The value at baseline, and the later one.

    Returns
    -------
    tuple of numpy.ndarray and float
        Residuals of the line through the pairs, scaled to a root mean square of 1; and the spread of people at one
        moment as a multiple of the spread of these.

    Examples
    --------
    >>> _, factor = baseline_residuals([[0, 0.1], [5, 5.2], [9, 8.9], [4, 4.4]])
    >>> factor > 10
    True
    """
    values = np.asarray(pairs, dtype=float)
    line = np.polyfit(values[:, 0], values[:, 1], 1)
    left = values[:, 1] - np.polyval(line, values[:, 0])
    return residuals(left), float(_pooled(values) / (left.std() * math.sqrt(len(left) / (len(left) - 2))))


def _pooled(values: Array) -> float:
    return float(math.sqrt(values.var(axis=0, ddof=1).mean()))

"""Are people of one group more alike than people of two? Means over pairs, with an interval over people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from handbook_utils.errors import InputError


@dataclass(frozen=True)
class Alike:
    """How alike pairs of people are.

    Attributes
    ----------
    people : int
        People compared.
    same, other : float
        Mean similarity of two people of one group, and of two people of different groups.
    difference, low, high : float
        ``same`` less ``other``, with its interval.
    """

    people: int
    same: float
    other: float
    difference: float
    low: float
    high: float


def alike_by_group(
    similarity: pd.DataFrame, group: pd.Series, *, resamples: int = 1000, seed: int = 1, level: float = 0.95
) -> Alike:
    """Compare pairs of people of one group with pairs of two groups.

    Pairs are not independent, since a person is in many of them: people are drawn, within their groups, and a person
    drawn twice makes no pair with their own copy.

    Parameters
    ----------
    similarity : pandas.DataFrame, shape (people, people)
        Symmetric, one sample a person.
    group : pandas.Series
        Group of each person, by sample id.
    resamples, seed : int
        Number of bootstrap samples; seed of the random numbers.
    level : float
        Of the percentile interval, between 0 and 1.

    Returns
    -------
    Alike

    Raises
    ------
    InputError
        There is one group, or a group of one person.

    Examples
    --------
    >>> square = pd.DataFrame([[1, 0.8, 0.5, 0.5], [0.8, 1, 0.5, 0.5], [0.5, 0.5, 1, 0.6], [0.5, 0.5, 0.6, 1]],
    ...                       index=list("wxyz"), columns=list("wxyz"))
    >>> found = alike_by_group(square, pd.Series(["a", "a", "b", "b"], index=list("wxyz")), resamples=20)
    >>> round(found.same, 2), found.other, round(found.difference, 2)
    (0.7, 0.5, 0.2)
    """
    codes, names = pd.factorize(group.loc[similarity.index])
    members = [np.flatnonzero(codes == code) for code in range(len(names))]
    if len(members) < 2 or min(map(len, members)) < 2:
        raise InputError(
            "Pairs within and between groups cannot both be made.",
            expected="two groups or more, each of two people or more",
            found=", ".join(f"{name}: {len(rows)}" for name, rows in zip(names, members, strict=True)),
        )
    values = similarity.to_numpy(dtype=float)
    apart = ~np.eye(len(codes), dtype=bool)
    together = (codes[:, None] == codes[None, :]) & apart

    def means(pairs: npt.NDArray[np.bool_], times: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return, for each row of `times`, the mean over the pairs, each as often as both its people were drawn."""
        weight = ((times @ pairs) * times).sum(axis=1)
        total = ((times @ np.where(pairs, values, 0.0)) * times).sum(axis=1)
        found: npt.NDArray[np.float64] = np.divide(total, weight, out=np.full(len(times), np.nan), where=weight > 0)
        return found

    random = np.random.default_rng(seed)
    drawn = [np.concatenate([random.choice(rows, len(rows)) for rows in members]) for _ in range(resamples)]
    times = np.array([np.bincount(one, minlength=len(codes)) for one in drawn], dtype=float)
    low, high = np.nanquantile(
        means(together, times) - means(apart & ~together, times), [(1 - level) / 2, (1 + level) / 2]
    )
    once = np.ones((1, len(codes)))
    same, other = float(means(together, once)[0]), float(means(apart & ~together, once)[0])
    return Alike(len(codes), same, other, same - other, float(low), float(high))

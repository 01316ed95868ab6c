"""A model of what a course of antibiotics does to a community, and of who comes back. Its output is simulated.

Generalised Lotka-Volterra. Species i has N_i cells, a share of the room it would fill by itself K_i:

    dN_i/dt = g N_i (1 - (1 - c) N_i / K_i - c sum(N) / sum(K)) - k_i N_i during the course

g is growth a day, c how much species compete for one room (0: each has its own), k_i how fast the drug kills species i.
At rest N_i = K_i. A species that falls below one cell is lost; only cells from elsewhere (other people, food) can bring
it back, which arrive at random at a mean rate a day. No parameter was fitted to data: all are illustrative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from handbook_utils.errors import InputError

Array = npt.NDArray[np.float64]

#: Cells of all species together at rest, and the step of the integration in days.
ROOM = 1e13
STEP = 0.05


@dataclass(frozen=True)
class Course:
    """A course of antibiotics, in the model.

    Attributes
    ----------
    days : float
        How long it lasts (days); it begins on day 0.
    strength : float
        Kill rate of the most sensitive species (a day); the others get a random part of it, and one species none.
    """

    days: float
    strength: float


def simulate_recovery(
    course: Course,
    *,
    species: int = 40,
    growth: float = 1.0,
    competition: float = 0.7,
    arrivals: float = 0.01,
    last_day: float = 180.0,
    seed: int = 1,
) -> pd.DataFrame:
    """Simulate a community before, during and after a course.

    Parameters
    ----------
    course : Course
        The antibiotics.
    species : int
        Species at the start; their sizes fall off geometrically over four powers of ten.
    growth, competition : float
        g (a day) and c (0 to 1) of the model.
    arrivals : float
        Mean number of arrivals of a thousand cells, for each species, a day.
    last_day : float
        How long to follow (days).
    seed : int
        Of the species' sensitivities and of the arrivals.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``day``, a column a species, in cells. Simulated.

    Raises
    ------
    InputError
        A parameter outside its range.

    Examples
    --------
    >>> cells = simulate_recovery(Course(days=0, strength=10.0), arrivals=0, last_day=10)
    >>> bool(np.allclose(cells.iloc[0], cells.iloc[-1]))
    True
    """
    return _simulate_recoveries(
        course,
        [seed],
        species=species,
        growth=growth,
        competition=competition,
        arrivals=arrivals,
        last_day=last_day,
    )[0]


def _simulate_recoveries(
    course: Course,
    seeds: Sequence[int],
    *,
    species: int = 40,
    growth: float = 1.0,
    competition: float = 0.7,
    arrivals: float = 0.01,
    last_day: float = 180.0,
) -> list[pd.DataFrame]:
    """Simulate several communities, each as :func:`simulate_recovery` does with its seed.

    Parameters
    ----------
    course, species, growth, competition, arrivals, last_day
        As of :func:`simulate_recovery`.
    seeds : sequence of int
        One a community.

    Examples
    --------
    >>> one, other = _simulate_recoveries(Course(days=5, strength=10.0), [1, 2], last_day=10)
    >>> one.equals(simulate_recovery(Course(days=5, strength=10.0), last_day=10, seed=1)), one.equals(other)
    (True, False)
    """
    if not 0 <= competition < 1 or growth <= 0 or species < 2 or arrivals < 0:
        raise InputError(
            "The model cannot run with these parameters.",
            expected="growth above 0, competition from 0 to below 1, 2 species or more, arrivals 0 or more",
            found=f"growth {growth}, competition {competition}, {species} species, arrivals {arrivals}",
        )
    room = np.geomspace(1.0, 1e-4, species)
    room *= ROOM / room.sum()
    steps, a_day = round(last_day / STEP), round(1 / STEP)
    killed = np.empty((len(seeds), species))
    came = np.empty((steps, len(seeds), species))
    for place, seed in enumerate(seeds):
        sensitivity, came[:, place] = chances_of(seed, species=species, arrivals=arrivals, last_day=last_day)
        killed[place] = course.strength * sensitivity
    cells = np.tile(room, (len(seeds), 1))
    kept = [cells]
    # What a step adds to the logarithm of the cells: growth, less what one's own cells and everybody's take from it.
    grows, by_own, by_all = growth * STEP, growth * STEP * (1 - competition) / room, growth * STEP * competition / ROOM
    came *= 1000.0
    for step in range(steps):
        rate = grows - by_own * cells - by_all * cells.sum(axis=1, keepdims=True)
        if step * STEP < course.days:
            rate -= killed * STEP
        cells = cells * np.exp(rate)
        cells[cells < 1] = 0.0
        cells += came[step]
        if (step + 1) % a_day == 0:
            kept.append(cells)
    days = pd.RangeIndex(len(kept), name="day")
    return [pd.DataFrame(of_one, index=days) for of_one in np.stack(kept, axis=1)]


def chances_of(
    seed: int, *, species: int = 40, arrivals: float = 0.01, last_day: float = 180.0
) -> tuple[Array, npt.NDArray[np.int64]]:
    """Draw what is left to chance in one simulated community.

    Parameters
    ----------
    seed, species, arrivals, last_day
        As of :func:`simulate_recovery`.

    Returns
    -------
    tuple of (array, shape (species,), array of int, shape (steps, species))
        The part (0 to 1) of the strength of the drug by which it kills each species, and how often cells of each arrive
        in each step.

    Examples
    --------
    >>> sensitivity, came = chances_of(1, species=3, last_day=1)
    >>> float(sensitivity.min()), came.shape
    (0.0, (20, 3))
    """
    generator = np.random.default_rng(seed)
    sensitivity = generator.uniform(0.0, 1.0, species)
    sensitivity[generator.integers(species)] = 0.0  # there is always somebody whom the drug does not touch
    return sensitivity, generator.poisson(arrivals * STEP, size=(round(last_day / STEP), species))


def compared_with_before(cells: pd.DataFrame, least_share: float = 1e-5) -> pd.DataFrame:
    """Compare each day with the first.

    Parameters
    ----------
    cells : pandas.DataFrame
        A row a day, a column a species.
    least_share : float
        A species of a smaller share of all cells is not seen.

    Returns
    -------
    pandas.DataFrame
        By day: ``cells`` (all of them, as a share of the first day's), ``shared`` (Renkonen similarity of the shares,
        0 to 1), ``seen`` (species seen, of those seen on the first day, as a number), ``largest`` (share of the largest
        species).

    Examples
    --------
    >>> compared_with_before(pd.DataFrame([[60.0, 40.0], [10.0, 0.0]])).round(2).to_dict("list")
    {'cells': [1.0, 0.1], 'shared': [1.0, 0.6], 'seen': [2, 1], 'largest': [0.6, 1.0]}
    """
    values = cells.to_numpy(dtype=float)
    total = values.sum(axis=1)
    shares = values / np.where(total > 0, total, 1.0)[:, None]
    first = shares[0]
    known = first >= least_share
    return pd.DataFrame(
        {
            "cells": total / total[0],
            "shared": np.minimum(shares, first).sum(axis=1),
            "seen": (shares[:, known] >= least_share).sum(axis=1),
            "largest": shares.max(axis=1),
        },
        index=cells.index,
    )


def middle_of_recoveries(course: Course, seeds: Sequence[int], **rules: Any) -> pd.DataFrame:
    """Return the middle of several simulated communities, each compared with its first day.

    Parameters
    ----------
    course : Course
        Of antibiotics.
    seeds : sequence of int
        One a community.
    **rules : float
        As :func:`simulate_recovery` takes them, but for the seed.

    Returns
    -------
    pandas.DataFrame
        Medians by day, columns as :func:`compared_with_before` returns them.
    """
    found = [compared_with_before(cells) for cells in _simulate_recoveries(course, seeds, **rules)]
    return pd.concat(found).groupby(level=0).median()

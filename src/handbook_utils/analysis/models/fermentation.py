"""A small model of what gut bacteria make of fibre: for learning, not for predicting.

Two amounts are followed in the colon, which is taken for one well-mixed vessel. Sugar units of fermentable fibre, F
(mmol), come in with meals, are fermented, or leave with the stool; short-chain fatty acids, S (mmol), are made from
them, are absorbed, or leave with the stool::

    dF/dt = meals - (k + 1/T) F        meals in mmol: grams x fermentable share x 1000 / 162
    dS/dt = y k F - (a + 1/T) S

k and a are rates (per hour, ln 2 divided by a half-time), T is the mean time in the colon (hours), and y the acids
made of one sugar unit. Between meals the equations are linear, so they are solved exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.linalg import expm

from handbook_utils.errors import InputError

__all__ = ["SUGAR_UNIT", "acids_a_day", "acids_of_a_sugar", "fermentation"]

#: Grams in a mole of sugar units bound in a polysaccharide (C6H10O5).
SUGAR_UNIT = 162.14


def acids_of_a_sugar(acetate: float, propionate: float, butyrate: float, *, growth: float = 0.0) -> float:
    """Compute how many molecules of acid are made of one six-carbon sugar, by the carbon that the pathways keep.

    One sugar gives two acetates (and two carbon dioxides), or two propionates, or one butyrate (and two carbon
    dioxides). For acetate, propionate and butyrate as 60 : 22 : 18 that is 100 acids of 59 sugars.

    Parameters
    ----------
    acetate, propionate, butyrate : float
        In what ratio they are made, in moles.
    growth : float
        Share of the sugar that bacteria build themselves with, from 0 to 1; it makes no acid.

    Returns
    -------
    float
        Moles of acid a mole of sugar.

    Raises
    ------
    InputError
        A ratio without acids, a negative part, or a share outside 0 to 1.

    Examples
    --------
    >>> round(acids_of_a_sugar(60, 22, 18), 4) == round(100 / 59, 4)
    True
    """
    parts = (acetate, propionate, butyrate)
    if min(parts) < 0 or sum(parts) <= 0 or not 0 <= growth < 1:
        raise InputError(
            "The acids made of a sugar cannot be computed.",
            expected="parts of 0 or more that are not all 0, and a share for growth from 0 to less than 1",
            found=f"{acetate} : {propionate} : {butyrate}, growth {growth}",
        )
    return (1 - growth) * sum(parts) / (acetate / 2 + propionate / 2 + butyrate)


def acids_a_day(fibre: float, *, fermentable: float, half_time: float, transit: float, acids: float) -> float:
    """Compute the acids made a day when every day is alike.

    Parameters
    ----------
    fibre : float
        Grams of fibre a day.
    fermentable : float
        Share of it that bacteria can ferment, 0 to 1.
    half_time : float
        Hours in which half of it would be fermented, if it stayed.
    transit : float
        Mean hours in the colon.
    acids : float
        Moles of acid a mole of sugar units, as of :func:`acids_of_a_sugar`.

    Returns
    -------
    float
        In mmol: y x grams x share x 1000/162 x k / (k + 1/T).

    Examples
    --------
    >>> round(acids_a_day(16.214, fermentable=1, half_time=1e-9, transit=40, acids=1))
    100
    """
    rate = np.log(2) / half_time
    return float(acids * fibre * fermentable * 1000 / SUGAR_UNIT * rate / (rate + 1 / transit))


def fermentation(
    fibre: Sequence[float],
    *,
    meals: Sequence[float] = (8.0, 13.0, 18.0),
    fermentable: float,
    half_time: float,
    transit: float,
    acids: float,
    absorption: float,
    step: float = 0.25,
) -> pd.DataFrame:
    """Follow fibre and acids in the colon over days, from an empty colon.

    Parameters
    ----------
    fibre : sequence of float
        Grams of fibre of each day, spread evenly over its meals.
    meals : sequence of float
        Hours of the day at which a meal's fibre comes into the colon; multiples of the step.
    fermentable, half_time, transit, acids : float
        As in :func:`acids_a_day`.
    absorption : float
        Hours in which half of the acids would be absorbed.
    step : float
        Hours between two rows.

    Returns
    -------
    pandas.DataFrame
        By hour: ``sugar`` and ``acid`` in the colon (mmol), and what was ``made`` of acid and ``lost`` of sugar with
        the stool until then (mmol).

    Raises
    ------
    InputError
        A negative amount, a time that is not positive, or no meal.

    Examples
    --------
    >>> course = fermentation([20.0] * 20, fermentable=0.7, half_time=6, transit=40, acids=1.2, absorption=1)
    >>> day = course["made"].loc[20 * 24] - course["made"].loc[19 * 24]
    >>> steady = acids_a_day(20, fermentable=0.7, half_time=6, transit=40, acids=1.2)
    >>> bool(abs(day - steady) < 0.01 * steady)
    True
    """
    if not meals or min(fibre, default=-1.0) < 0 or min(half_time, transit, absorption, step) <= 0:
        raise InputError(
            "The model of fibre cannot run.",
            expected="one day or more of 0 grams or more, one meal or more, and times above 0",
            found=f"{len(fibre)} days, {len(meals)} meals, times {half_time}, {transit}, {absorption}, {step}",
        )
    rate, taken_up, out = np.log(2) / half_time, np.log(2) / absorption, 1 / transit
    # Rows: sugar, acid, acid made so far, sugar lost so far.
    flows = np.array(
        [
            [-(rate + out), 0, 0, 0],
            [acids * rate, -(taken_up + out), 0, 0],
            [acids * rate, 0, 0, 0],
            [out, 0, 0, 0],
        ]
    )
    forward = expm(flows * step)
    rows = round(24 * len(fibre) / step)
    state = np.zeros((rows + 1, 4))
    eaten = np.zeros(rows + 1)
    for day, grams in enumerate(fibre):
        for hour in meals:
            eaten[round((24 * day + hour) / step)] += grams / len(meals) * fermentable * 1000 / SUGAR_UNIT
    state[0, 0] = eaten[0]
    for row in range(1, rows + 1):
        state[row] = forward @ state[row - 1]
        state[row, 0] += eaten[row]
    return pd.DataFrame(
        state, columns=["sugar", "acid", "made", "lost"], index=pd.Index(np.arange(rows + 1) * step, name="hour")
    )


def simulated_week(before: float, after: float, **settings: Any) -> pd.DataFrame:
    """Follow a week of which the first three days have other grams of fibre than the last four, after a week like them.

    Parameters
    ----------
    before, after : float
        Grams of fibre a day.
    **settings : float
        As :func:`fermentation` takes them.

    Returns
    -------
    pandas.DataFrame
        ``day`` (from 0 to 7), ``sugar`` and ``acid`` in the colon (mmol).

    Examples
    --------
    >>> settings = {"fermentable": 0.7, "half_time": 6, "transit": 40, "acids": 1.2, "absorption": 1}
    >>> week = simulated_week(15, 30, **settings)
    >>> bool(week["acid"].iloc[-96:].max() > week["acid"].iloc[:96].max())
    True
    """
    course = fermentation([before] * 10 + [after] * 4, **settings).loc[7 * 24 :]
    return course[["sugar", "acid"]].assign(day=(course.index - 7 * 24) / 24)

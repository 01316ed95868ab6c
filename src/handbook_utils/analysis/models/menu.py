"""Fibre and cost of what is eaten: foods with grams of fibre and prices, and a week made of them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from handbook_utils.errors import InputError, InputErrors, listed, nearest


def priced(foods: pd.DataFrame, prices: Mapping[str, str]) -> pd.DataFrame:
    """Return foods with other prices, and what 100 g that is eaten and 10 g of fibre cost.

    Parameters
    ----------
    foods : pandas.DataFrame
        One row a food: ``food``, ``fibre`` (g per 100 g that is eaten), ``refuse`` (% thrown away), ``price`` (euro per
        kg as bought).
    prices : mapping of str to str
        Prices of some foods in euros per kg, as text.

    Returns
    -------
    pandas.DataFrame
        By food, with ``cost`` (euro per 100 g that is eaten) and ``fibre_cost`` (euro per 10 g of fibre).

    Raises
    ------
    InputErrors
        A food that is not in the table, or a price that is no number above 0.

    Examples
    --------
    >>> foods = pd.DataFrame({"food": ["oats"], "fibre": [10.0], "refuse": [0.0], "price": [2.0]})
    >>> priced(foods, {"oats": "1.50"})["fibre_cost"].round(2).tolist()
    [0.15]
    """
    made = foods.set_index("food").copy()
    errors = []
    for food, text in prices.items():
        if food not in made.index:
            close = nearest(food, made.index)
            errors.append(
                InputError(
                    f"There is no food '{food}'.",
                    where="prices",
                    expected=f"one of {listed(list(made.index))}",
                    remedy=f"Did you mean '{close}'?" if close else None,
                )
            )
            continue
        number = pd.to_numeric(text.strip().replace(",", "."), errors="coerce")
        if not 0 < number < float("inf"):
            errors.append(InputError(f"The price of {food} is no price.", where="prices", expected="1.80", found=text))
            continue
        made.loc[food, "price"] = number
    if errors:
        raise InputErrors(errors)
    made["cost"] = made["price"] / 10 / (1 - made["refuse"] / 100)
    made["fibre_cost"] = 10 * made["cost"] / made["fibre"]
    return made


def by_day(week: pd.DataFrame, foods: pd.DataFrame, instead: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Add up fibre, energy and cost of each day.

    Parameters
    ----------
    week : pandas.DataFrame
        One row a food eaten: ``day``, ``food``, ``grams``.
    foods : pandas.DataFrame
        As :func:`priced` returns.
    instead : mapping of str to str, optional
        Foods that are eaten in the place of others, as many grams.

    Returns
    -------
    pandas.DataFrame
        Columns ``fibre`` (g), ``energy`` (kcal) and ``cost`` (euro), by day.
    """
    eaten = week.assign(food=week["food"].replace(dict(instead or {})))
    each = foods.loc[eaten["food"], ["fibre", "energy", "cost"]].mul(eaten["grams"].to_numpy() / 100, axis=0)
    return each.groupby(eaten["day"].to_numpy()).sum().rename_axis("day")


def check(parameters: dict[str, object]) -> None:
    """Hold the reader's prices against the table of foods, before anything runs.

    Parameters
    ----------
    parameters : dict of str to object
        Of the chapter: ``prices``, by food.

    Raises
    ------
    InputErrors
        As :func:`priced`.
    """
    from handbook_utils import datasets

    prices = parameters.get("prices")
    priced(datasets.frame("foods"), prices if isinstance(prices, dict) else {})

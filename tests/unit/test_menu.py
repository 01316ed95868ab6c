"""Fibre and cost of a week: what the table of foods says, with the reader's own prices."""

import pandas as pd
import pytest

from handbook_utils import datasets
from handbook_utils.analysis.models.menu import by_day, check, priced
from handbook_utils.errors import InputErrors

FOODS = pd.DataFrame(
    {
        "food": ["oats", "banana"],
        "fibre": [10.0, 2.0],
        "energy": [400.0, 90.0],
        "refuse": [0.0, 50.0],
        "price": [2.0, 1.0],
    }
)


def test_what_is_thrown_away_is_paid_for():
    assert priced(FOODS, {})["cost"].round(3).to_dict() == {"oats": 0.2, "banana": 0.2}


def test_prices_of_the_reader_are_used_with_a_comma_or_a_point():
    assert priced(FOODS, {"oats": "1,50"})["cost"]["oats"] == priced(FOODS, {"oats": "1.50"})["cost"]["oats"] == 0.15
    assert priced(FOODS, {"oats": "0,80"})["cost"]["oats"] == pytest.approx(0.08)


@pytest.mark.parametrize(
    ("prices", "problem"),
    [({"oat": "1"}, "no food 'oat'"), ({"oats": "cheap"}, "no price"), ({"oats": "0"}, "no price")],
)
def test_a_price_that_cannot_be_is_told_before_anything_runs(prices, problem):
    with pytest.raises(InputErrors, match=problem):
        check({"prices": prices})


def test_a_day_adds_up_and_one_food_can_take_the_place_of_another():
    week = pd.DataFrame({"day": [1, 1, 2], "food": ["oats", "banana", "oats"], "grams": [50, 100, 200]})
    foods = priced(FOODS, {})
    assert by_day(week, foods)["fibre"].tolist() == [7.0, 20.0]
    assert by_day(week, foods, {"oats": "banana"})["fibre"].tolist() == [3.0, 4.0]


def test_the_example_week_eats_foods_of_the_table_and_reaches_what_women_and_men_are_advised():
    foods = priced(datasets.frame("foods"), {})
    days = by_day(datasets.frame("foods", "week"), foods)
    assert len(days) == 7
    assert days["fibre"].min() > 30

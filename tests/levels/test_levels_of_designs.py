"""A seeded part of the grid of how often each test cries wolf; ``grid.py`` measures all of it on demand."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest
from scipy import stats

sys.path.insert(0, str(Path(__file__).parent))

import grid

STUDIES = 30
SITUATIONS = {situation.words: situation for situation in grid.SITUATIONS}


@pytest.mark.parametrize(
    ("family", "situation"),
    [
        ("composition", "8 people against 60"),
        ("composition", "repeated samples of people"),
        ("composition", "strata and a confounded covariate"),
        ("change", "each moment is like the one before"),
        ("arms", "8 people against 60"),
    ],
)
def test_a_difference_that_is_not_there_is_found_as_seldom_as_promised(family, situation):
    found = grid.cell(grid.FAMILIES[family], SITUATIONS[situation], STUDIES)
    held = found[found["warned"] < found["looked"]]  # an age that goes with the group spreads it, too, and is told
    assert len(held)
    assert (held["rejected"] <= stats.binom.ppf(0.9995, STUDIES, 0.05)).all()
    assert not held["refused"].any()


def test_a_difference_that_is_there_is_found():
    found = grid.power(grid.FAMILIES["composition"], SITUATIONS["equal groups"], 10)
    assert found["PERMANOVA (Bray-Curtis)"] >= 5


def test_unequal_depth_is_warned_of_and_two_samples_at_one_moment_are_refused():
    deep = grid.cell(grid.FAMILIES["composition"], SITUATIONS["one group read ten times as deeply"], 1)
    assert (deep["warned"] == 1).all()
    twice = grid.cell(grid.FAMILIES["change"], SITUATIONS["repeated samples of people"], 2)
    assert (twice["refused"] == 2).all()


def test_every_test_of_the_grid_has_a_row_for_every_design_in_the_table():
    rows = pd.read_csv(grid.TABLE)
    assert {*zip(rows["test"], rows["design"], strict=True)} == {
        (test, words) for family in grid.FAMILIES.values() for test in family.tests for words in SITUATIONS
    }
    measured = rows[rows["studies"].notna()]
    assert (measured["studies"] >= 400).all()
    assert measured[["version", "date"]].notna().all().all()

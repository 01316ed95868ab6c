"""A seeded part of the grid of how often each test cries wolf; ``grid.py`` measures all of it on demand."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

sys.path.insert(0, str(Path(__file__).parent))

import grid

from handbook_utils.analysis.diversity.comparison import compared

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


def caged(generator: np.random.Generator) -> pd.DataFrame:
    """Four moments of four animals in each of ten cages; cages and animals have levels and paces of their own."""
    cage, who = np.repeat(np.arange(10), 16), np.repeat(np.arange(40), 4)
    week = np.tile(np.arange(4.0), 40)
    y = generator.normal(0, 0.5, 10)[cage] + generator.normal(0, 0.3, 10)[cage] * week
    y += generator.normal(0, 0.5, 40)[who] + generator.normal(0, 0.2, 40)[who] * week + generator.normal(0, 0.5, 160)
    columns = {"y": y, "arm": np.array(list("ab"))[cage % 2], "cage": cage.astype(str), "who": who.astype(str)}
    return pd.DataFrame({**columns, "week": week}, index=[f"s{n}" for n in range(160)])


def test_a_treatment_of_whole_cages_cries_wolf_as_seldom_as_promised_where_the_cages_are_told():
    wrong = {"cage": 0, "": 0}
    studies = 20
    for seed in range(studies):
        rows = caged(np.random.default_rng([seed, 11]))
        for nest in wrong:
            asked = {"group": "arm", "person": "who", "time": "week", "interactions": "arm:week", "nested_in": nest}
            design = grid.design_of(rows, **asked)
            unit = rows["cage"] if nest else None
            fit = grid.fit_mixed(rows["y"], design.matrix, design.people, slope=rows["week"], unit=unit)
            wrong[nest] += fit.table()["p"].iloc[-1] <= grid.LEVEL
    most = stats.binom.ppf(0.9995, studies, 0.05)
    assert wrong["cage"] <= most < wrong[""]


@pytest.mark.parametrize("formula", ["~ arm + poly(age, 2)", "~ arm + age + I(age**2)", "~ arm + np.log(age)"])
def test_arms_by_a_formula_cry_wolf_as_seldom_as_promised(formula):
    wrong = 0
    for seed in range(40):
        generator = np.random.default_rng([seed, 12])
        rows = pd.DataFrame({"arm": np.repeat(["a", "b"], [12, 20]), "age": generator.uniform(20, 70, 32)})
        values = pd.Series(0.001 * (rows["age"] - 45) ** 2 + generator.normal(size=32)).rename(index=str)
        wrong += compared(values, grid.design_of(rows, formula=formula))["p"].iloc[0] <= grid.LEVEL
    assert wrong <= stats.binom.ppf(0.9995, 40, 0.05)


def test_every_test_of_the_grid_has_a_row_for_every_design_in_the_table():
    rows = pd.read_csv(grid.TABLE)
    assert {*zip(rows["test"], rows["design"], strict=True)} == {
        (test, words) for family in grid.FAMILIES.values() for test in family.tests for words in SITUATIONS
    }
    measured = rows[rows["studies"].notna()]
    assert (measured["studies"] >= 400).all()
    assert measured[["version", "date"]].notna().all().all()

"""Depth: what is called unequal, and which recipes say so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from handbook_utils.analysis.depth import depth_apart, depth_warning
from handbook_utils.analysis.design import design_of
from handbook_utils.recipes.compare_before_and_after import change_in
from handbook_utils.recipes.follow_over_time import people_over_time
from handbook_utils.study import Study


def read(depths, **columns) -> Study:
    """Samples of two taxa, read as deeply as is said."""
    names = [f"s{number}" for number in range(len(depths))]
    halves = np.asarray(depths) // 2
    table = pd.DataFrame({"a": halves, "b": np.asarray(depths) - halves}, index=names)
    return Study.from_frame(table, pd.DataFrame(columns, index=names))


@pytest.mark.parametrize(("ratio", "told"), [(1.02, False), (1.09, False), (1.2, True), (10, True)])
def test_however_sure_a_few_per_cent_are_alike(ratio, told):
    depths = np.tile(np.linspace(1000, 1010, 20), 2) * np.repeat([1, ratio], 20)
    study = read(depths.astype(int), arm=["p"] * 20 + ["r"] * 20)
    assert bool(depth_warning(study, design_of(study.metadata, group="arm"))) == told


@pytest.mark.parametrize(("slope", "told"), [(0.01, False), (1.0, True)])
def test_a_depth_that_hardly_goes_with_a_number_is_alike(slope, told):
    dose = np.arange(40)
    study = read((1000 * (1 + slope * dose / 40)).astype(int), dose=dose.astype(float))
    assert bool(depth_warning(study, design_of(study.metadata, exposure="dose"))) == told


def test_large_differences_of_few_samples_are_told_and_small_ones_are_not():
    study = read([1000, 1010, 1600, 1610], arm=list("pprr"))
    assert depth_apart(study, study.metadata["arm"], ["p", "r"]).endswith("1,005 (p), 1,605 (r)")
    study = read([1000, 1010, 1300, 1310], arm=list("pprr"))
    assert depth_apart(study, study.metadata["arm"], ["p", "r"]) == ""


def over_time(deep: int) -> Study:
    """Eight people, two samples each, the second read so many times as deeply."""
    generator = np.random.default_rng(2)
    rows = [{"who": f"p{n}", "week": week, "arm": "ab"[n % 2]} for n in range(8) for week in (0, 1, 2)]
    depth = [3000 if row["week"] == 0 else 3000 * deep for row in rows]
    counts = [generator.multinomial(d, generator.dirichlet(np.full(6, 20.0))) for d in depth]
    names = [f"s{n}" for n in range(len(rows))]
    return Study.from_frame(pd.DataFrame(counts, names, list("uvwxyz")), pd.DataFrame(rows, index=names))


ASKED = {
    **dict.fromkeys(("group", "exposure", "treatment", "nested_in", "contrast", "formula", "series"), ""),
    **{name: [] for name in ("levels", "covariates", "strata", "interactions")},
    "person": "who",
    "moment": "week",
    "before": "0",
    "after": "1",
    "time": "week",
    "outcome": "shannon",
    "missing": "drop",
    "least_depth": 100,
    "minimum": 3,
    "assigned": False,
    "permutations": 99,
    "seed": 1,
}


@pytest.mark.parametrize("deep", [1, 4])
def test_recipes_of_change_say_that_a_moment_was_read_more_deeply(deep):
    change = change_in(over_time(deep), ASKED)
    assert ("median reads 3,000 (0), 12,000 (1)" in " ".join(change.answer["rests_on"])) == (deep == 4)
    assert any("depth is not in the model" in limit for limit in change.limits) == (deep == 4)
    course = people_over_time(over_time(deep), ASKED)
    assert ("Depth goes with week" in " ".join(course.answer["rests_on"])) == (deep == 4)
    assert any(limit.startswith("Depth goes with week") for limit in course.limits) == (deep == 4)

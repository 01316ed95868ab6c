"""Depth: what is called unequal, and which recipes say so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from handbook_utils.analysis.depth import deep_enough, depth_apart, depth_by_group, depth_warning, rarefied
from handbook_utils.analysis.design import design_of
from handbook_utils.errors import InputError
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
    assert any(limit.startswith("Depth goes with what is asked") for limit in course.limits) == (deep == 4)


@pytest.mark.parametrize(
    ("first", "second", "many", "told"),
    [
        (1000, 1500, 1, False),  # one and a half times, of a few samples
        (1000, 1502, 1, True),
        (1000, 1100, 20, False),  # a tenth more, of many
        (1000, 1102, 20, True),
    ],
)
def test_where_medians_are_called_apart(first, second, many, told):
    depths = [depth + step for depth in (first, second) for step in (-2, 0, 2) for _ in range(many)]
    study = read(depths, arm=["p"] * 3 * many + ["r"] * 3 * many)
    assert bool(depth_apart(study, study.metadata["arm"], ["p", "r"])) == told


def test_depth_that_differs_at_one_in_a_hundred_is_chance():
    """Medians 1,300 and 1,100. Kruskal and Wallis of 5 and 5: one overlap less, and p falls below 0.01."""
    apart = [1300, 1301, 1302, 1303, 1304], [1100, 1101, 1102, 1103, 1104]  # H = 6.82, p = 0.009
    mixed = [1300, 1301, 1302, 1303, 1099], [1100, 1101, 1102, 1103, 1104]
    for groups, told in ((apart, True), (mixed, False)):
        study = read([*groups[0], *groups[1]], arm=list("pppppqqqqq"))
        assert bool(depth_apart(study, study.metadata["arm"], ["p", "q"])) == told


@pytest.mark.parametrize(("more", "told"), [(1100, False), (1104, True)])
def test_depth_that_rises_with_a_number_by_a_tenth_is_alike(more, told):
    study = read([1000] * 20 + [more] * 20, dose=np.arange(40.0))
    assert bool(depth_warning(study, design_of(study.metadata, exposure="dose"))) == told


def test_depth_that_does_not_go_with_a_number_or_is_the_same_for_all_is_not_told():
    for depths in (np.tile([1000, 3000], 20), np.full(40, 1000)):
        study = read(depths, dose=np.arange(40.0))
        assert depth_warning(study, design_of(study.metadata, exposure="dose")) == ""
    four = read([1000, 1090, 1100, 1300], dose=np.arange(4.0))  # halves of two and two: medians 1,045 and 1,200
    assert depth_warning(four, design_of(four.metadata, exposure="dose")).startswith("Depth goes with dose")
    rising = read(1000 + 100 * np.arange(40), dose=np.arange(40.0))
    told = depth_warning(rising, design_of(rising.metadata, exposure="dose"))
    assert told == "Depth goes with dose: rank correlation 1.00"


def test_of_shares_nothing_is_said_of_depth():
    shares = Study.from_frame(
        pd.DataFrame({"a": [0.2, 0.4, 0.6, 0.8]}, index=list("wxyz")).assign(b=lambda own: 1 - own["a"]),
        pd.DataFrame({"arm": list("ppqq")}, index=list("wxyz")),
        quantity="abundances",
    )
    assert depth_warning(shares, design_of(shares.metadata, group="arm")) == ""
    assert depth_apart(shares, shares.metadata["arm"], ["p", "q"]) == ""
    assert deep_enough(shares, 100) is shares


def test_as_many_reads_as_are_needed_are_enough():
    study = read([100, 200, 300])
    assert deep_enough(study, 100) is study
    assert list(deep_enough(study, 200).samples) == ["s1", "s2"]
    with pytest.raises(InputError, match="No sample has 301 reads") as told:
        deep_enough(study, 301)
    assert "least_depth 120" in str(told.value.remedy)


def test_depth_is_told_by_group_or_of_all():
    study = read([100, 200, 600, 50], arm=list("ppqq"), dose=[1.0, 2, 3, 5])
    by_arm = depth_by_group(study, design_of(study.metadata, group="arm"))
    assert by_arm.loc["q"].to_dict() == {"samples": 2, "least": 50, "median": 325, "most": 600}
    whole = depth_by_group(study, design_of(study.metadata, exposure="dose"))
    assert whole.loc["all"].to_dict() == {"samples": 4, "least": 50, "median": 150, "most": 600}


def test_drawing_down_takes_reads_that_are_there_as_often_as_they_are():
    names = [f"s{n}" for n in range(300)]
    study = Study.from_frame(pd.DataFrame({"a": [60], "b": [40], "c": [0]}).loc[[0] * 300].set_axis(names))
    drawn = rarefied(study, reads=10)
    assert drawn.depth.eq(10).all()
    # Hypergeometric: mean 6, variance 10 * 0.6 * 0.4 * 90 / 99.
    assert drawn.to_frame()["a"].mean() == pytest.approx(6, abs=4 * np.sqrt(2.18 / 300))
    assert drawn.to_frame()["a"].var() == pytest.approx(2.18, rel=0.35)
    assert rarefied(study, reads=100).to_frame().equals(study.to_frame())
    with pytest.raises(InputError, match="fewer than 101"):
        rarefied(study, reads=101)


def test_two_depths_of_many_samples_are_compared_and_one_depth_has_no_difference():
    for more, told in ((1200, True), (1000, False)):
        study = read([1000] * 20 + [more] * 20, arm=["p"] * 20 + ["r"] * 20)
        assert bool(depth_warning(study, design_of(study.metadata, group="arm"))) == told

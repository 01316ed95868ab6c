"""People over time: who is followed, what is said of their paces, and of who is missing."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.time.course import attendance, from_the_beginning
from handbook_utils.errors import InputError
from handbook_utils.recipes.follow_over_time import People, people_over_time
from handbook_utils.study import Study

ASKED: dict[str, Any] = {
    **dict.fromkeys(("group", "exposure", "contrast", "formula", "series", "nested_in"), ""),
    **{name: [] for name in ("levels", "covariates", "interactions", "strata")},
    "person": "who",
    "time": "week",
    "outcome": "shannon",
    "missing": "drop",
    "least_depth": 100,
    "minimum": 3,
    "assigned": False,
    "permutations": 99,
    "seed": 1,
}


def cohort(*, shares: bool = False, people: int = 15, weeks: int = 4) -> Study:
    """People of three arms, one of which loses evenness with time; the last three leave early."""
    generator = np.random.default_rng(5)
    rows, counts = [], []
    for number in range(people):
        own = generator.dirichlet(np.full(10, 4.0))
        for week in range(weeks if number < people - 3 else 2):
            arm = "abc"[number % 3]
            now = own.copy()
            now[0] += 0.25 * week * (arm == "c")
            rows.append({"who": f"p{number:02d}", "week": week, "arm": arm, "age": 20 + number % 7})
            counts.append(generator.multinomial(3000, generator.dirichlet(200 * now / now.sum())))
    names = [f"s{number}" for number in range(len(rows))]
    frame = pd.DataFrame(counts, names, [f"f{number}" for number in range(10)])
    metadata = pd.DataFrame(rows, index=names)
    if shares:
        return Study.from_frame(frame.div(frame.sum(axis=1), axis=0), metadata, quantity="abundances")
    return Study.from_frame(frame, metadata)


def over_time(study: Study, **asked: Any) -> People:
    return people_over_time(study, {**ASKED, **asked})


def test_the_models_told_are_those_that_were_fitted():
    """In a real cohort two samples of one person bore one time: no model of neighbours was fitted, but it was told."""
    study = cohort()
    whole = over_time(study, group="arm")
    assert "samples near in time are alike" in whole.methods
    assert not any("near in time" in limit for limit in whole.limits)
    twice = over_time(
        study.with_metadata(study.metadata.assign(week=study.metadata["week"].replace(3, 2))), group="arm"
    )
    assert "near in time" not in twice.methods
    assert "12 people gave several samples at one time" in " ".join(twice.limits)


def test_the_pace_of_each_group_and_their_differences_are_told():
    found = over_time(cohort(), group="arm", covariates=["age"])
    assert list(found.paces.index) == ["a", "b", "c", "b - a", "c - a"]
    paces = found.paces["estimate"]
    assert paces["c - a"] == pytest.approx(paces["c"] - paces["a"])
    assert paces["c"] < -0.05 < paces["a"]
    assert "more than chance would give" in found.reading
    assert "GEE" in found.reading


def test_contrasts_of_paces_are_those_that_were_asked_for():
    found = over_time(cohort(), group="arm", contrast="c - 0.5 a - 0.5 b")
    assert list(found.paces.index) == ["a", "b", "c", "c - 0.5 a - 0.5 b"]


def test_a_formula_says_the_same():
    plain = over_time(cohort(), group="arm", covariates=["age"]).paces
    same = over_time(cohort(), group="arm", formula="~ arm * week + age").paces
    pd.testing.assert_frame_equal(plain, same, rtol=1e-3)


def test_who_is_missing_at_the_end_is_counted_by_group():
    found = over_time(cohort(), group="arm")
    assert found.attendance.loc[3].to_dict() == {"a": 4, "b": 4, "c": 4}
    assert found.dropout.startswith("3 of 15 people (a: 1, b: 1, c: 1) have no sample at the last time, week 3")
    assert found.dropout in " ".join(found.limits)


def test_where_all_came_to_the_end_nobody_is_said_to_stay_away():
    study = cohort()
    ends = study.metadata.groupby("who")["week"].transform("max")
    found = over_time(study.choose_samples((ends == ends.max()).to_numpy()), group="arm")
    assert found.gone == {}
    assert not any("stay away" in limit for limit in found.limits)


def test_the_samples_that_distances_are_from_are_named():
    found = over_time(cohort(), outcome="distance")
    told = " ".join(found.answer["left_out"])
    assert "from which distances are measured: s0" in told
    assert found.counted == f"15 people ({found.design.n} samples)"


@pytest.mark.parametrize(
    ("outcome", "asked", "shares"),
    [("shannon", {}, True), ("distance", {"group": "arm"}, True), ("f3", {"exposure": "age"}, False)],
)
def test_every_question_has_an_answer_of_counts_and_of_shares(outcome, asked, shares):
    found = over_time(cohort(shares=shares), outcome=outcome, **asked)
    assert "nan" not in found.answer["found"]
    assert found.composition()[1].index[0] == "week"
    assert found.methods.endswith("Seed 1.")


def test_times_that_are_no_numbers_and_times_that_are_missing():
    study = cohort()
    words = study.metadata.assign(week=study.metadata["week"].map("week {}".format))
    with pytest.raises(InputError, match="Times must be numbers"):
        over_time(study.with_metadata(words))
    gap = study.metadata.assign(week=study.metadata["week"].astype(float).where(study.samples != "s1"))
    assert over_time(study.with_metadata(gap)).design.left_out == {"week missing": ["s1"]}


def test_of_many_times_people_are_counted_in_parts():
    rows = pd.DataFrame({"person": np.repeat(list("abcd"), 10), "time": np.linspace(0, 9, 40), "group": "all"})
    assert len(attendance(rows, "day")) == 6


def test_a_series_lies_at_distances_from_its_beginning():
    study = cohort()
    own = study.metadata.loc[study.metadata["who"] == "p00", "week"].astype(float)
    far = from_the_beginning(study, own, first=1)
    assert far.index.to_list() == [0, 1, 2, 3]
    assert far.iloc[0] == 0


def test_slopes_and_neighbours_together_need_four_samples_a_person():
    def models(weeks):
        return set(over_time(cohort(weeks=weeks), group="arm").course.others.index.get_level_values("model"))

    together = "people have levels and slopes of their own, and samples near in time are alike"
    assert together in models(5)
    assert together not in models(4)


@pytest.mark.parametrize("asked", [{"group": "arm"}, {}])
def test_composition_is_tested_beside_the_covariates_too(asked):
    caption, test = over_time(cohort(), covariates=["age"], **asked).composition()
    assert "age: " in caption
    assert {"age", "week"} <= set(test.index)


def with_cages(study: Study, cages: int = 9) -> Study:
    """Put people of one arm together into cages, and people of all arms into two centres."""
    number = study.metadata["who"].str[1:].astype(int)
    cage, centre = "k" + (number % cages).astype(str), np.where(number // 3 % 2, "north", "south")
    return study.with_metadata(study.metadata.assign(cage=cage, centre=centre))


def test_cages_have_levels_and_paces_of_their_own():
    study = with_cages(cohort())
    found, alone = (over_time(study, group="arm", nested_in=nest) for nest in ("cage", ""))
    assert found.course.fit.units == 9
    assert found.course.fit.between.shape == (2, 2)
    assert "people and units of cage have levels and slopes" in found.methods
    assert "9 units of cage" not in " ".join(found.limits)
    assert "15 people in 9 units of cage" in found.design.who
    # These differ in nothing, so the course is that without them; tests/peers/nested.R has cages that do.
    pd.testing.assert_frame_equal(found.course.table, alone.course.table, rtol=1e-3)
    assert "whole units of cage" in found.composition()[0]


def test_few_cages_are_told_and_need_no_average_over_them():
    found = over_time(with_cages(cohort(), cages=6), group="arm", nested_in="cage")
    assert "There are too few units of cage for an average over them (GEE)." in found.reading
    assert "6 units of cage are few: how much they differ is hardly known." in found.limits


def test_two_centres_are_refused_as_units_and_taken_as_strata():
    study = with_cages(cohort())
    with pytest.raises(InputError) as told:
        _ = over_time(study, group="arm", nested_in="centre").course
    assert "strata" in told.value.remedy
    found = over_time(study, group="arm", strata=["centre"])
    assert "centre[south]" in found.course.table.index
    assert "within centre" in found.composition()[0]
    terms = over_time(study, group="arm", formula="~ arm * week", strata=["centre"]).course.table
    pd.testing.assert_frame_equal(terms, found.course.table.loc[terms.index], rtol=1e-3)
    for formula in ("~ arm * week + centre", "~ arm * week + C(centre)"):  # strata that are terms already
        same = over_time(study, group="arm", formula=formula, strata=["centre"]).course.table
        np.testing.assert_allclose(same["estimate"].sort_values(), terms["estimate"].sort_values(), rtol=1e-3)


def test_paces_differ_between_cages_and_between_those_in_one():
    generator = np.random.default_rng(4)
    cage, who, week = np.repeat(np.arange(12), 16), np.repeat(np.arange(48), 4), np.tile(np.arange(4.0), 48)
    y = generator.normal(0, 0.6, 12)[cage] * week + generator.normal(0, 0.1, 192)
    rows = pd.DataFrame({"week": week, "cage": cage.astype(str), "who": who.astype(str)}, [f"s{n}" for n in range(192)])
    asked = {**ASKED, "nested_in": "cage"}
    design = design_of(rows, exposure="week", person="who", nested_in="cage")
    study = Study.from_frame(pd.DataFrame({"f": 9}, rows.index), rows)
    told = People(study, design, pd.Series(y, rows.index), "y", "week", asked, {}).spread
    whole, within, between = map(float, re.findall(r"\d+\.?\d*(?:e-?\d+)?", told))
    assert whole == pytest.approx(between, rel=0.1) and 0.3 < between < 1 and within < 0.05


def test_where_paces_differ_by_something_else_it_is_told_whose_they_are():
    study = cohort()
    number = study.metadata["who"].str[1:].astype(int)
    study = study.with_metadata(study.metadata.assign(sex=np.where(number // 3 % 2, "m", "f")))
    asked = {"group": "arm", "covariates": ["sex"], "interactions": ["sex:week"]}
    found = over_time(study, **asked)
    assert list(found.paces.index) == ["a, at sex f", "b, at sex f", "c, at sex f", "b - a", "c - a"]
    of_age = over_time(study, **{**asked, "covariates": ["age"], "interactions": ["age:week"]})
    assert of_age.paces.index[0] == "a, at age 0"
    assert over_time(study, exposure="age").paces.index[0] == "at age 0"


@pytest.mark.parametrize(
    "formula", ["~ arm + poly(week, 2)", "~ arm + log(late)", "~ arm * week + I(week**2)", "~ arm"]
)
def test_a_pace_is_the_slope_of_a_line(formula):
    study = cohort()
    study = study.with_metadata(study.metadata.assign(late=study.metadata["week"] + 1))
    with pytest.raises(InputError) as told:
        over_time(study, group="arm", formula=formula, time="late" if "late" in formula else "week")
    assert "by itself" in told.value.remedy


def test_of_many_times_the_end_is_their_last_sixth_and_all_there_are_told_as_all():
    study = cohort(people=9)
    jitter = np.random.default_rng(1).uniform(0, 0.4, len(study.samples)).round(3)
    jittered = study.with_metadata(study.metadata.assign(week=study.metadata["week"] + jitter))
    assert "3 of 9 people have no sample in the last sixth of the time" in over_time(jittered).dropout
    whole = study.choose_samples(~study.metadata["who"].isin(["p06", "p07", "p08"]).to_numpy())
    assert over_time(whole).dropout == "All 6 people have a sample at the last time, week 3"

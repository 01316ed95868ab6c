"""One number a person, compared between groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.diversity.comparison import compared, one_row_a_person, ratios
from handbook_utils.errors import InputError

PEOPLE = pd.DataFrame(
    {"arm": ["a"] * 4 + ["b"] * 4, "q1": [9.0, 10, 11, 12, 18, 20, 22, 24], "age": [1.0, 2, 3, 4, 1, 2, 3, 5]}
)


def test_type_one_error_with_unequal_groups_and_spreads():
    generator = np.random.default_rng(1)
    groups = np.repeat(["a", "b"], [15, 35])
    spread = np.where(groups == "a", 1.0, 0.4)
    studies = 600
    significant = sum(
        ratios(pd.DataFrame({"g": groups, "v": np.exp(spread * generator.normal(size=50))}), "v", "g")["p"].iloc[0]
        <= 0.05
        for _ in range(studies)
    )
    low, high = stats.binom.interval(0.999, studies, 0.05)
    assert low <= significant <= high


@settings(max_examples=25, deadline=None)
@given(st.floats(0.01, 100))
def test_unit_does_not_matter(unit):
    scaled = PEOPLE.assign(q1=PEOPLE["q1"] * unit)
    pd.testing.assert_frame_equal(ratios(scaled, "q1", "arm"), ratios(PEOPLE, "q1", "arm"))


def test_reference_turns_the_ratio_over():
    one = ratios(PEOPLE, "q1", "arm", covariates=["age"]).iloc[0]
    other = ratios(PEOPLE, "q1", "arm", covariates=["age"], reference="b").iloc[0]
    assert other["ratio"] == pytest.approx(1 / one["ratio"])
    assert other["low"] == pytest.approx(1 / one["high"])
    assert other["p"] == pytest.approx(one["p"])


def test_people_without_a_value_are_left_out_and_counted():
    frame = PEOPLE.assign(age=[np.nan, *PEOPLE["age"][1:]])
    assert ratios(frame, "q1", "arm", covariates=["age"])["people"].iloc[0] == 7


@pytest.mark.parametrize(
    ("frame", "options", "message"),
    [
        (PEOPLE, {"reference": "c"}, "no group 'c'"),
        (PEOPLE.assign(q1=0.0), {}, "above 0"),
        (PEOPLE.assign(site=PEOPLE["arm"]), {"covariates": ["site"]}, "cannot be told"),
        (PEOPLE.iloc[[0, 4]], {}, "too few people"),
    ],
)
def test_what_cannot_be_compared_is_refused(frame, options, message):
    with pytest.raises(InputError, match=message):
        ratios(frame, "q1", "arm", **options)


def test_a_word_that_changes_within_a_person_is_refused():
    frame = pd.DataFrame({"who": ["p", "p"], "arm": ["a", "b"], "q1": [1.0, 2.0]})
    with pytest.raises(InputError, match="changes within a person"):
        one_row_a_person(frame, "who")
    assert one_row_a_person(frame, "") is frame


def test_one_value_for_all_is_no_difference():
    assert ratios(PEOPLE.assign(q1=4.0), "q1", "arm")["p"].tolist() == [1.0]


def test_a_difference_that_goes_with_something_else_is_told_where_it_holds():
    rows = pd.DataFrame({"arm": list("ab") * 12, "site": list("nnss") * 6, "age": np.arange(24.0)}).rename(index=str)
    values = pd.Series(np.random.default_rng(1).normal(size=24), index=rows.index)
    told = compared(values, design_of(rows, formula="~ arm * site + arm:age + age"))
    assert list(told.index) == ["b to a, at site n and age 0", "arm[b]:site[s]", "arm[b]:age"]
    assert (
        compared(values, design_of(rows, exposure="age", interactions="age:site")).index[0]
        == "age, one more, at site n"
    )


@pytest.mark.parametrize(
    ("formula", "at"),
    [
        ("~ arm * log(age)", "log(age) 0"),
        ("~ arm * poly(age, 2)", "all columns of poly(age, 2) 0"),
        ("~ arm + arm:sex", "sex f"),
        ("~ arm * C(visit)", "visit 1"),
    ],
)
def test_a_difference_is_told_at_the_factor_as_it_is_written(formula, at):
    rows = pd.DataFrame(
        {"arm": np.repeat(["a", "b"], 12), "sex": list("fm") * 12, "age": np.tile(np.arange(20.0, 32), 2)},
        index=[f"s{n}" for n in range(24)],
    ).assign(visit=[1, 1, 2] * 8)
    values = pd.Series(np.random.default_rng(1).normal(size=24), index=rows.index)
    assert compared(values, design_of(rows, formula=formula)).index[0] == f"b to a, at {at}"


def test_every_cage_counts_once_however_many_animals_it_holds():
    cage = np.repeat([0, 1, 2, 3, 4, 5], [1, 2, 3, 4, 2, 3])
    frame = pd.DataFrame({"arm": np.where(cage < 3, "x", "y"), "cage": [f"c{one}" for one in cage]})
    frame.index = pd.Index([f"s{number}" for number in range(len(frame))])
    values = pd.Series(np.random.default_rng(2).normal(size=len(frame)), index=frame.index)
    means = values.groupby(cage).mean()
    found = compared(values, design_of(frame, group="arm", nested_in="cage")).iloc[0]
    assert found["estimate"] == pytest.approx(means[3:].mean() - means[:3].mean())
    assert (found["units"], found["samples"]) == (6, 15)


def test_only_the_difference_of_two_groups_is_called_one_to_the_other():
    frame = pd.DataFrame({"arm": list("aabbcc") * 3}, index=[f"s{number}" for number in range(18)])
    values = pd.Series(np.arange(18.0) ** 1.5, index=frame.index)
    found = compared(values, design_of(frame, group="arm", contrast="b - a; 0.5 c - 0.5 a"))
    assert found.index[0] == "b to a"
    assert " to " not in found.index[1]
    whole = compared(values, design_of(frame, group="arm", contrast="c - a"))
    assert found["estimate"].iloc[1] == pytest.approx(whole["estimate"].iloc[0] / 2)

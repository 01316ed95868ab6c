"""One number a person, compared between groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.regression.linear_model import OLS

from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.diversity.comparison import compared, one_row_a_person, pace, ratios, ratios_by
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


def hc3(values, model, confidence=0.95):
    """Estimates, ends and p by statsmodels."""
    fit = OLS(values, model).fit(cov_type="HC3", use_t=True)
    return np.column_stack([fit.params, fit.conf_int(1 - confidence), fit.pvalues])


@pytest.mark.parametrize("confidence", [None, 0.8])
def test_errors_are_those_of_statsmodels(confidence):
    generator = np.random.default_rng(3)
    rows = pd.DataFrame(
        {"arm": list("aabbbcc") * 3, "age": generator.normal(40, 9, 21), "sex": list("fmm") * 7},
        index=[f"s{n}" for n in range(21)],
    )
    values = pd.Series(np.exp(generator.normal(size=21)), index=rows.index)
    model = np.column_stack(
        [np.ones(21), rows["arm"] == "b", rows["arm"] == "c", rows["age"] - rows["age"].mean(), rows["sex"] == "m"]
    ).astype(float)
    asked = {"confidence": confidence} if confidence else {}
    theirs = hc3(np.log(values), model, confidence or 0.95)
    found = ratios(rows.assign(q=values), "q", "arm", covariates=["age", "sex"], **asked)
    assert found.loc["b", ["ratio", "low", "high"]].to_list() == pytest.approx(np.exp(theirs[1, :3]).tolist())
    assert found["p"].to_list() == pytest.approx(theirs[1:3, 3].tolist())
    design = design_of(rows, group="arm", covariates="age, sex")
    ours = compared(np.log(values), design, **asked)
    assert ours.loc["c to a", ["estimate", "low", "high", "p"]].to_list() == pytest.approx(theirs[2].tolist())
    both = ratios_by(pd.DataFrame({"q": values, "again": values[::-1].to_numpy()}, index=rows.index), design, **asked)
    assert both.loc[("q", "c to a"), ["ratio", "low", "high"]].to_list() == pytest.approx(
        np.exp(theirs[2, :3]).tolist()
    )
    assert both["p, corrected"].to_list() == pytest.approx(stats.false_discovery_control(both["p"]).tolist())


def test_the_slope_of_a_number_has_the_error_of_statsmodels():
    generator = np.random.default_rng(5)
    rows = pd.DataFrame({"dose": generator.uniform(1, 9, 15)}, index=[f"s{n}" for n in range(15)])
    values = pd.Series(generator.normal(size=15), index=rows.index)
    theirs = hc3(values, np.column_stack([np.ones(15), rows["dose"]]))
    found = compared(values, design_of(rows, exposure="dose")).loc["dose, one more"]
    assert found[["estimate", "low", "high", "p"]].to_list() == pytest.approx(theirs[1].tolist())


def test_an_interaction_has_a_row_of_its_own():
    generator = np.random.default_rng(6)
    rows = pd.DataFrame({"arm": list("ab") * 10, "age": generator.normal(size=20)}, index=[f"s{n}" for n in range(20)])
    values = pd.Series(generator.normal(size=20), index=rows.index)
    arm = (rows["arm"] == "b").astype(float)
    theirs = hc3(values, np.column_stack([np.ones(20), arm, rows["age"], arm * rows["age"]]))
    found = compared(values, design_of(rows, formula="~ arm * age"))
    assert found["estimate"].to_list() == pytest.approx([theirs[1, 0], theirs[3, 0]])
    assert found["p"].to_list() == pytest.approx([theirs[1, 3], theirs[3, 3]])


@pytest.mark.parametrize(("people", "refused"), [(3, True), (4, False)])
def test_a_model_needs_more_people_than_columns(people, refused):
    rows = pd.DataFrame({"dose": [1.0, 2, 4, 8], "age": [2.0, 1, 5, 3]}, index=list("wxyz")).iloc[:people]
    values = pd.Series([1.0, 3, 2, 5], index=list("wxyz"))
    frame = rows.assign(arm=["a", "b", "a", "b"][:people], q=values[:people])
    if refused:
        with pytest.raises(InputError, match="too few"):
            ratios(frame, "q", "arm", covariates=["age"])
    else:
        assert compared(values, design_of(rows, exposure="dose", covariates="age"))["units"].to_list() == [4]
        assert np.isfinite(ratios(frame, "q", "arm", covariates=["age"])["ratio"]).all()


@pytest.mark.parametrize(("arms", "gone"), [("xyxxyy", 2), ("xyxyxx", 0), ("xxxxyy", 0)])
def test_where_half_of_the_people_or_more_change_all_stay(arms, gone):
    rows = pd.DataFrame({"who": list("aabbcc"), "arm": list(arms)}, index=list("uvwxyz"))
    found = design_of(rows, group="arm", person="who")
    assert found.n == 6 - gone
    four = pd.DataFrame({"who": list("aabbccdd"), "arm": list("xyxyxxyy")}, index=list("stuvwxyz"))
    assert design_of(four, group="arm", person="who").n == 8


def test_people_have_a_pace_where_there_is_one_sample_more_than_two_of_each():
    rows = pd.DataFrame({"who": list("aabbccc"), "week": [0, 1, 0, 1, 0, 1, 2]}, index=list("tuvwxyz"))
    assert pace(design_of(rows, exposure="week", person="who")) == "week"
    two = rows.iloc[:6].assign(week=[0, 1, 0, 2, 1, 2])
    assert pace(design_of(two, exposure="week", person="who")) == ""

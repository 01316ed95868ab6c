"""One number a sample, compared by a design: what counts once, which model, and how often it is wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.regression.linear_model import OLS

from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.diversity.comparison import (
    compared,
    one_row_a_person,
    pace,
    ratios,
    ratios_by,
    units_of,
    within,
)
from handbook_utils.errors import InputError


def repeated(generator: np.random.Generator, people: int = 20, times: int = 3) -> tuple[pd.DataFrame, pd.Series]:
    """People with levels of their own, in two arms that do not differ, and an age."""
    who = np.repeat([f"p{n:02d}" for n in range(people)], times)
    rows = pd.DataFrame(
        {
            "who": who,
            "arm": np.repeat(np.resize(["a", "b"], people), times),
            "week": np.tile(np.arange(times, dtype=float), people),
            "age": np.repeat(generator.normal(40, 9, people), times),
        },
        index=[f"s{n}" for n in range(len(who))],
    )
    level = np.repeat(generator.normal(0, 1, people), times)
    return rows, pd.Series(level + generator.normal(0, 0.4, len(who)), index=rows.index)


def test_people_count_once_as_in_the_plain_comparison_of_means():
    rows, values = repeated(np.random.default_rng(1))
    design = design_of(rows, group="arm", covariates="age", person="who")
    people = one_row_a_person(rows.assign(value=values), "who")
    plain = ratios(people.assign(value=np.exp(people["value"])), "value", "arm", covariates=["age"]).loc["b"]
    ours = ratios_by(pd.DataFrame({"v": np.exp(values)}), design).loc[("v", "b to a")]
    assert ours[["ratio", "low", "high", "p"]].to_numpy() == pytest.approx(
        plain[["ratio", "low", "high", "p"]], rel=1e-9
    )
    assert (ours["units"], ours["samples"], units_of(design), within(design)) == (20, 60, "people", "")


def test_what_changes_within_people_is_compared_within_them():
    rows, values = repeated(np.random.default_rng(2), times=2)
    design = design_of(rows.assign(when=rows["week"].map({0: "early", 1: "late"})), group="when", person="who")
    ours = compared(values, design).loc["early to late" if design.groups[0] == "late" else "late to early"]
    wide = values.to_numpy().reshape(-1, 2)
    plain = stats.ttest_rel(wide[:, 1], wide[:, 0])
    # With everybody seen at both moments, the mixed model is the paired test.
    assert ours["estimate"] == pytest.approx((wide[:, 1] - wide[:, 0]).mean(), rel=1e-9)
    assert ours["p"] == pytest.approx(plain.pvalue, rel=1e-4)


def test_contrasts_and_a_number_are_what_least_squares_say():
    generator = np.random.default_rng(3)
    rows = pd.DataFrame(
        {"arm": list("abc") * 10, "dose": generator.normal(size=30)}, index=[f"s{n}" for n in range(30)]
    )
    values = pd.Series(generator.normal(size=30), index=rows.index)
    found = compared(values, design_of(rows, group="arm", contrast="c - 0.5 a - 0.5 b"))
    means = values.groupby(rows["arm"]).mean()
    assert found["estimate"].to_list() == pytest.approx([means["c"] - 0.5 * means["a"] - 0.5 * means["b"]])
    slope = compared(values, design_of(rows, exposure="dose")).loc["dose, one more"]
    assert slope["estimate"] == pytest.approx(stats.linregress(rows["dose"], values).slope)


def test_strata_are_in_the_model():
    generator = np.random.default_rng(4)
    site = np.repeat(["x", "y"], 20)
    arm = np.where(np.r_[np.arange(20) < 15, np.arange(20) < 5], "a", "b")
    rows = pd.DataFrame({"arm": arm, "site": site}, index=[f"s{n}" for n in range(40)])
    values = pd.Series((site == "y") * 5.0 + generator.normal(0, 0.1, 40), index=rows.index)
    inside = compared(values, design_of(rows, group="arm", strata="site")).loc["b to a"]
    assert abs(inside["estimate"]) < 0.2 < abs(compared(values, design_of(rows, group="arm")).loc["b to a", "estimate"])


def matched(generator: np.random.Generator, pairs: int, effect: float = 0.0) -> tuple[pd.DataFrame, pd.Series]:
    """A case and a control a pair; pairs differ far more than the two of one do."""
    rows = pd.DataFrame(
        {"status": ["case", "well"] * pairs, "pair": np.repeat([f"k{n:02d}" for n in range(pairs)], 2)},
        index=[f"s{n}" for n in range(2 * pairs)],
    )
    values = np.repeat(generator.normal(0, 3, pairs), 2) + generator.normal(0, 1, 2 * pairs)
    return rows, pd.Series(values + effect * (rows["status"] == "well").to_numpy(), index=rows.index)


@pytest.mark.parametrize("pairs", [6, 22])
def test_matched_pairs_are_compared_as_their_differences(pairs):
    rows, values = matched(np.random.default_rng(pairs), pairs, effect=1.0)
    ours = compared(values, design_of(rows, group="status", strata="pair")).loc["well to case"]
    apart = values.to_numpy().reshape(-1, 2) @ [-1, 1]
    # HC3 of one mean: each difference is held against the mean of the others.
    error = np.sqrt(((apart - apart.mean()) ** 2).sum()) / (pairs - 1)
    assert ours["estimate"] == pytest.approx(apart.mean(), rel=1e-9)
    assert ours["high"] - ours["low"] == pytest.approx(2 * stats.t.ppf(0.975, pairs - 1) * error, rel=1e-9)
    assert ours["p"] == pytest.approx(2 * stats.t.sf(abs(apart.mean()) / error, pairs - 1), rel=1e-9)
    # Who has lost the other of the pair changes nothing but the number of samples.
    short = compared(values.iloc[:-1], design_of(rows.iloc[:-1], group="status", strata="pair")).loc["well to case"]
    whole = compared(values.iloc[:-2], design_of(rows.iloc[:-2], group="status", strata="pair")).loc["well to case"]
    assert short[["estimate", "low", "high", "p"]].to_list() == pytest.approx(
        whole[["estimate", "low", "high", "p"]].to_list(), rel=1e-9
    )
    assert (short["units"], whole["units"]) == (2 * pairs - 1, 2 * pairs - 2)


def test_own_slopes_only_where_there_are_samples_enough():
    rows, _ = repeated(np.random.default_rng(6), times=3)
    asked = {"group": "arm", "person": "who"}
    assert pace(design_of(rows, **asked, time="week", interactions="arm:week")) == "week"
    assert pace(design_of(rows, **asked, time="week")) == ""
    assert pace(design_of(rows[rows["week"] < 2], **asked, time="week", interactions="arm:week")) == ""


@pytest.mark.parametrize(("question", "studies"), [("arm", 200), ("week", 40)])
def test_repeated_samples_are_wrong_no_more_often_than_they_should(question, studies):
    generator, found = np.random.default_rng(7), 0
    for _ in range(studies):
        rows, values = repeated(generator, people=16)
        asked = {"group": "arm"} if question == "arm" else {"exposure": "week"}
        found += compared(values, design_of(rows, person="who", **asked))["p"].iloc[0] <= 0.05
    low, high = stats.binom.interval(0.999, studies, 0.05)
    assert low <= found <= high


def test_too_few_people_for_the_model_are_refused():
    rows, values = repeated(np.random.default_rng(8), people=2, times=4)
    with pytest.raises(InputError, match="too few of them are independent"):
        compared(values, design_of(rows, group="arm", person="who"))


def test_a_bend_is_the_square_beside_the_line():
    generator = np.random.default_rng(6)
    rows = pd.DataFrame(
        {"dose": generator.uniform(5, 55, 60), "sex": np.resize(["f", "m"], 60)}, index=[f"s{n}" for n in range(60)]
    )
    values = pd.Series(-(((rows["dose"] - 30) / 25) ** 2) + generator.normal(0, 0.2, 60), index=rows.index)
    design = design_of(rows, exposure="dose", covariates="sex")
    ours = compared(values, design, bend=True).loc["bend"]
    dose = rows["dose"].to_numpy()
    model = np.column_stack([np.ones(60), dose, dose**2, (rows["sex"] == "m").to_numpy(dtype=float)])
    plain = OLS(values.to_numpy(), model).fit(cov_type="HC3", use_t=True)
    assert ours["estimate"] == pytest.approx(plain.params[2], rel=1e-6)
    assert ours["p"] == pytest.approx(plain.pvalues[2], rel=1e-4)
    assert ours["p"] < 1e-6 < 0.05 < compared(values, design)["p"].iloc[0]

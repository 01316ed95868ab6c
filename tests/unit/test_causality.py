"""Simulated causes: what a study finds, held against the truth that the simulation was given."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.sandbox.regression.gmm import IV2SLS

from handbook_utils.analysis.models.causality import (
    followed_until_ill,
    many_studies,
    measured_badly,
    simulate_people,
    slope,
    slope_by_gene,
)
from handbook_utils.errors import InputError
from handbook_utils.figures.plain.diagram import diagram

ARROWS = {
    ("age", "medicine"): 0.8,
    ("age", "bacteria"): -0.3,
    ("age", "complaints"): 0.3,
    ("medicine", "bacteria"): -0.8,
    ("medicine", "complaints"): 0.6,
    ("bacteria", "complaints"): 0.0,
}
BOTH = ["age", "medicine"]


@settings(deadline=None, max_examples=15)
@given(truth=st.floats(-1, 1), seed=st.integers(0, 10_000))
def test_adjusting_for_every_confounder_finds_the_truth(truth, seed):
    drawn = simulate_people(ARROWS | {("bacteria", "complaints"): truth}, 4000, seed=seed, yes_no=["medicine"])
    found = slope(drawn, "bacteria", "complaints", BOTH, confidence=0.9999)
    assert found.low < truth < found.high


def test_not_adjusting_is_off_in_the_direction_the_arrows_say():
    drawn = simulate_people(ARROWS, 4000, seed=1, yes_no=["medicine"])
    # Medicine and age lower the bacteria and raise the complaints: together they look like a harm of few bacteria.
    assert slope(drawn, "bacteria", "complaints").high < -0.1
    assert slope(drawn, "bacteria", "complaints", ["age"]).high < 0


def test_the_naive_slope_of_a_linear_model_is_known():
    # Var(bacteria) = 1 + 1; Cov(bacteria, complaints) = 1 * 2: slope 1.
    drawn = simulate_people({("age", "bacteria"): 1.0, ("age", "complaints"): 2.0}, 100_000, seed=3)
    assert slope(drawn, "bacteria", "complaints").size == pytest.approx(1.0, abs=0.02)


def test_slope_is_that_of_statsmodels():
    drawn = simulate_people(ARROWS, 300, seed=2, yes_no=["medicine"])
    theirs = sm.OLS(drawn["complaints"], sm.add_constant(drawn[["bacteria", *BOTH]])).fit()
    ours = slope(drawn, "bacteria", "complaints", BOTH)
    assert ours.size == pytest.approx(theirs.params["bacteria"])
    assert [ours.low, ours.high] == pytest.approx(list(theirs.conf_int().loc["bacteria"]))


def test_an_interval_of_95_holds_the_truth_in_95_of_100_studies():
    arrows = ARROWS | {("bacteria", "complaints"): 0.3}
    held = []
    for seed in range(400):
        drawn = simulate_people(arrows, 100, seed=seed, yes_no=["medicine"])
        found = slope(drawn, "bacteria", "complaints", BOTH)
        held.append(found.low < 0.3 < found.high)
    low, high = stats.binom.interval(0.999, 400, 0.95)
    assert low <= sum(held) <= high


def test_a_changed_arrow_changes_nothing_that_it_does_not_point_to():
    one = simulate_people(ARROWS, 50, seed=5, yes_no=["medicine"])
    other = simulate_people(ARROWS | {("bacteria", "complaints"): 1.0}, 50, seed=5, yes_no=["medicine"])
    unchanged = ["age", "medicine", "bacteria"]
    pd.testing.assert_frame_equal(one[unchanged], other[unchanged])
    assert (one["complaints"] != other["complaints"]).all()


def test_yes_or_no_is_the_logistic_model():
    drawn = simulate_people({("age", "medicine"): 1.0}, 20_000, seed=1, yes_no=["medicine"])
    fit = sm.Logit(drawn["medicine"], sm.add_constant(drawn["age"])).fit(disp=0)
    assert fit.params["age"] == pytest.approx(1.0, abs=0.07)
    assert fit.params["const"] == pytest.approx(0.0, abs=0.06)


def test_arrows_in_a_circle_are_refused_and_named():
    with pytest.raises(InputError, match="circle") as caught:
        simulate_people({("bacteria", "illness"): 1.0, ("illness", "bacteria"): 1.0}, 10, seed=1)
    assert "bacteria → illness" in str(caught.value) or "illness → bacteria" in str(caught.value)


def test_nobody_is_refused():
    with pytest.raises(InputError, match="Nobody"):
        simulate_people(ARROWS, 0, seed=1)


def test_a_column_that_is_not_there_is_named_with_the_nearest():
    drawn = simulate_people(ARROWS, 20, seed=1)
    with pytest.raises(InputError, match="medicin") as caught:
        slope(drawn, "bacteria", "complaints", ["medicin"])
    assert "'medicine'" in str(caught.value)


def test_columns_that_say_the_same_are_refused():
    drawn = simulate_people(ARROWS, 20, seed=1)
    with pytest.raises(InputError, match="told apart"):
        slope(drawn.assign(copy=drawn["age"]), "bacteria", "complaints", ["age", "copy"])


GENETIC = {
    ("gene", "bacteria"): 0.5,
    ("hidden", "bacteria"): 1.0,
    ("hidden", "complaints"): 1.0,
    ("bacteria", "complaints"): 0.0,
}


def test_a_gene_finds_the_truth_that_a_hidden_confounder_hides():
    for truth in (0.0, 0.4):
        drawn = simulate_people(GENETIC | {("bacteria", "complaints"): truth}, 40_000, seed=1, genes=["gene"])
        assert slope(drawn, "bacteria", "complaints").low > truth + 0.2
        found = slope_by_gene(drawn, "gene", "bacteria", "complaints")
        assert found.low < truth < found.high
        assert found.high - found.low < 0.2


def test_a_gene_that_points_to_the_outcome_itself_misleads():
    drawn = simulate_people(GENETIC | {("gene", "complaints"): 0.3}, 40_000, seed=1, genes=["gene"])
    assert slope_by_gene(drawn, "gene", "bacteria", "complaints").size == pytest.approx(0.6, abs=0.1)


def test_the_interval_of_a_weak_gene_is_wide():
    strong = simulate_people(GENETIC, 2000, seed=1, genes=["gene"])
    weak = simulate_people(GENETIC | {("gene", "bacteria"): 0.15}, 2000, seed=1, genes=["gene"])
    widths = [
        (effect := slope_by_gene(drawn, "gene", "bacteria", "complaints")).high - effect.low for drawn in (strong, weak)
    ]
    assert widths[1] > 2 * widths[0]


def test_a_gene_that_says_nothing_is_refused():
    frame = pd.DataFrame({"gene": [1.0] * 4, "bacteria": [1.0, 2, 3, 4], "complaints": [1.0, 2, 1, 2]})
    with pytest.raises(InputError, match="nothing"):
        slope_by_gene(frame, "gene", "bacteria", "complaints")


@given(quality=st.floats(0, 1))
def test_measured_badly_keeps_spread_and_loses_the_rest(quality):
    true = simulate_people(ARROWS, 4000, seed=1, yes_no=["medicine"])
    poor = measured_badly(true, ["age", "medicine"], quality, seed=2)
    assert poor["age"].std() == pytest.approx(true["age"].std(), rel=0.06)
    assert np.corrcoef(poor["age"], true["age"])[0, 1] == pytest.approx(np.sqrt(quality), abs=0.06)
    assert (poor["medicine"] == true["medicine"]).mean() == pytest.approx((1 + quality) / 2, abs=0.03)
    pd.testing.assert_series_equal(poor["bacteria"], true["bacteria"])


@pytest.mark.parametrize("quality", [-0.1, 1.1])
def test_a_quality_that_is_no_share_is_refused(quality):
    with pytest.raises(InputError, match="share"):
        measured_badly(pd.DataFrame({"age": [1.0, 2.0]}), ["age"], quality, seed=1)


def test_poorly_measured_confounders_are_adjusted_for_in_part():
    found = many_studies(ARROWS, 400, BOTH, [0.0, 0.5, 1.0], yes_no=["medicine"], studies=60)
    medians = found["median"].abs()
    assert medians[0.0] > medians[0.5] + 0.03 > medians[1.0] + 0.06
    assert found.loc[1.0, "low"] < 0 < found.loc[1.0, "high"]
    exact = many_studies(ARROWS, 400, BOTH, [0.0], exact=BOTH, yes_no=["medicine"], studies=60)
    assert abs(exact.loc[0.0, "median"]) < 0.03


def test_illness_that_changes_bacteria_shows_no_difference_before_it():
    drawn = followed_until_ill(20_000, 4, illness_on_bacteria=-0.8)
    means = drawn.groupby(["year", "falls_ill"])["bacteria"].mean().unstack()
    difference = means[True] - means[False]
    assert difference[0] == pytest.approx(0, abs=0.05)
    assert difference[4] == pytest.approx(-0.8, abs=0.05)
    assert not drawn.loc[drawn["year"] == 0, "ill"].any()
    never = drawn.groupby("person")["ill"].agg(lambda now: (now.astype(int).diff() < 0).any())
    assert not never.any()


def test_bacteria_that_bring_illness_show_the_difference_before_it():
    drawn = followed_until_ill(20_000, 4, illness_on_bacteria=0.0, bacteria_on_illness=-1.0)
    first = drawn[drawn["year"] == 0].groupby("falls_ill")["bacteria"].mean()
    assert first[True] < first[False] - 0.3


def test_diagram_draws_every_box_and_arrow():
    places = {"bacteria": (0.0, 0.0), "illness": (1.0, 0.0), "genes": (0.0, 1.0)}
    arrows = {("bacteria", "illness"): "?", ("genes", "bacteria"): "", ("genes", "illness"): ""}
    drawn = diagram(places, arrows, title="Why?", asked=[("bacteria", "illness")], barred=[("genes", "illness")])
    [axes] = drawn.figure.axes
    assert [text.get_text() for text in axes.texts] == ["bacteria", "illness", "genes", "?"]
    assert len(axes.patches) == 3
    assert len(axes.lines) == 1
    assert "In question, dashed: from bacteria to illness. Crossed out: from genes to illness." in drawn.alt
    with pytest.raises(KeyError):
        diagram(places, {("bacteria", "cure"): ""}, title="Why?")


def test_one_person_can_be_drawn_and_of_a_variant_half_of_all_copies_are():
    assert len(simulate_people(ARROWS, 1, seed=1)) == 1
    copies = simulate_people({("gene", "bacteria"): 1.0}, 8000, seed=1, genes=["gene"])["gene"]
    assert copies.value_counts(normalize=True).sort_index().to_dict() == pytest.approx(
        {0: 0.25, 1: 0.5, 2: 0.25}, abs=0.02
    )


def test_three_people_have_one_degree_of_freedom_and_two_have_none():
    three = pd.DataFrame({"x": [0.0, 1, 2], "y": [0.0, 1, 1]})
    found = slope(three, "x", "y")  # slope 1/2; residuals -1/6, 1/3, -1/6; t(1) = 12.7062
    assert (found.size, found.high) == pytest.approx((0.5, 0.5 + 12.7062 * np.sqrt(1 / 6 / 2)), rel=1e-5)
    with pytest.raises(InputError, match="told apart"):
        slope(three[:2], "x", "y")


@pytest.mark.parametrize("confidence", [0.95, 0.5])
def test_a_gene_gives_two_stage_least_squares(confidence):
    drawn = simulate_people(GENETIC, 60, seed=3, genes=["gene"])
    ours = slope_by_gene(drawn, "gene", "bacteria", "complaints", **({"confidence": 0.5} if confidence == 0.5 else {}))
    x, g = (sm.add_constant(drawn[name].to_numpy()) for name in ("bacteria", "gene"))
    theirs = IV2SLS(drawn["complaints"].to_numpy(), x, g).fit()
    half = stats.norm.ppf((1 + confidence) / 2) * theirs.bse[1]
    assert [ours.size, ours.low, ours.high] == pytest.approx([theirs.params[1], *(theirs.params[1] + [-half, half])])
    assert ours.confidence == confidence


def test_many_studies_scatter_as_one_study_is_unsure():
    arrows = {("age", "bacteria"): 1.0, ("age", "complaints"): 1.0}
    found = many_studies(arrows, 102, ["age"], [1.0], studies=400).loc[1.0]
    # The error of a coefficient of two independent standard normal deviates is about 1 over the root of 100.
    assert found.to_list() == pytest.approx([0, -0.196, 0.196], abs=0.035)


def test_illness_comes_by_the_odds_that_were_given_and_bacteria_are_alike_from_year_to_year():
    drawn = followed_until_ill(20_000, 2, illness_on_bacteria=0.5, bacteria_on_illness=-0.7, risk=0.2, seed=2)
    assert drawn.columns.to_list() == ["person", "year", "ill", "falls_ill", "bacteria"]
    wide = drawn.pivot(index="person", columns="year", values=["ill", "bacteria"]).astype(float)
    fit = sm.Logit(wide["ill", 1], sm.add_constant(wide["bacteria", 0].to_numpy())).fit(disp=0)
    assert fit.params.to_list() == pytest.approx([np.log(0.2 / 0.8), -0.7], abs=0.07)
    # What stays makes up three quarters of a variance of 1; the illness adds one half from the year it begins.
    assert wide["bacteria", 0].std() == pytest.approx(1, abs=0.02)
    after = wide["bacteria", 1] - 0.5 * wide["ill", 1]
    assert np.corrcoef(wide["bacteria", 0], after)[0, 1] == pytest.approx(0.75, abs=0.02)
    assert after.std() == pytest.approx(1, abs=0.02)
    both = drawn.groupby("person")["ill"].max() == drawn.groupby("person")["falls_ill"].max()
    assert both.all()
    # By default one in ten falls ill in a year, whatever the bacteria.
    plain = followed_until_ill(20_000, 1, illness_on_bacteria=0.0).query("year == 1")
    assert plain["ill"].mean() == pytest.approx(0.1, abs=0.009)
    assert plain.groupby("ill")["bacteria"].mean().diff().iloc[-1] == pytest.approx(0, abs=0.1)


def test_a_bad_measurement_keeps_mean_and_spread_and_answers_stay_yes_or_no():
    true = pd.DataFrame({"weight": np.random.default_rng(1).normal(80, 5, 4000), "medicine": [0.0, 1.0] * 2000})
    poor = measured_badly(true, ["weight", "medicine"], 0.36, seed=2)
    assert (poor["weight"].mean(), poor["weight"].std()) == pytest.approx((80, 5), abs=0.3)
    assert np.polyfit(true["weight"], poor["weight"], 1)[0] == pytest.approx(0.6, abs=0.08)
    assert set(poor["medicine"]) == {0.0, 1.0}

"""Simulated trials and cross-over studies: the truth that was put in comes out where the method can find it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from handbook_utils.analysis.models.interventions import (
    DIETS,
    RAISE,
    by_baseline,
    crossovers_with_carry_over,
    significant_in_one_arm_only,
    simulated_trial,
    three_ways,
)
from handbook_utils.study import Study


def baseline(people: int, evenness: float = 3.0) -> Study:
    """People with genera, some of which the diets raise."""
    generator = np.random.default_rng(1)
    genera = [*DIETS["fibre"], *DIETS["fermented"], "Bacteroides", "Alistipes"]
    shares = generator.dirichlet(np.full(len(genera), evenness), people)
    return Study.from_frame(
        pd.DataFrame([generator.multinomial(4000, one) for one in shares], [f"p{n}" for n in range(people)], genera)
    )


def test_thirds_of_the_beginning_regress_to_the_mean():
    """Two measurements with a correlation of one half: the expected change is half of the distance from the mean."""
    generator = np.random.default_rng(2)
    own = generator.normal(3, 1, 3000)
    start, end = (pd.Series(np.exp(own + generator.normal(0, 1, 3000))) for _ in range(2))
    found = by_baseline(start, end)
    assert found.index.to_list() == ["lowest third", "middle", "highest third"]
    assert found["people"].to_list() == [1000] * 3
    # Mean of the upper third of a normal deviate: density at its limit, times three.
    third = 3 * stats.norm.pdf(stats.norm.ppf(2 / 3)) * np.sqrt(2) / 2
    assert np.log(found["ratio"].to_numpy(dtype=float)) == pytest.approx([third, 0, -third], abs=0.15)


def test_a_simulated_trial_puts_people_into_arms_of_one_size_and_changes_what_its_arm_eats():
    before = baseline(60)
    trial = simulated_trial(before, {"nothing": {}, "one": {"Bacteroides": 1e6}}, seed=1, number=0)
    assert trial["arm"].value_counts().to_dict() == {"nothing": 30, "one": 30}
    shares = before.proportions().to_frame()
    hill = np.exp(-(shares * np.log(shares.where(shares > 0, 1))).sum(axis=1))
    np.testing.assert_allclose(trial["before"], hill[trial.index], rtol=1e-9)
    np.testing.assert_allclose(trial["log_before"], np.log(hill[trial.index]), rtol=1e-9)
    np.testing.assert_allclose(trial["change"], trial["after"] / trial["before"])
    # A million times as much of one genus leaves one.
    assert trial.loc[trial["arm"] == "one", "after"].max() < 1.01
    assert trial.loc[trial["arm"] == "nothing", "after"].min() > 1.5
    assert not trial["arm"].equals(simulated_trial(before, {"nothing": {}, "one": {}}, seed=1, number=1)["arm"])


def test_three_ways_of_comparing_are_those_of_the_logarithms():
    trial = simulated_trial(baseline(40), {"a": {}, "b": {"Bacteroides": 2.0}}, seed=1, number=0)
    found = three_ways(trial, "a").set_index("method")
    assert found.index.to_list() == ["after only", "change", "after beside before"]
    second = (trial["arm"] == "b").to_numpy()
    for method, column in (("after only", "after"), ("change", "change")):
        logs = np.log(trial[column])
        assert np.log(found.loc[method, "ratio"]) == pytest.approx(logs[second].mean() - logs[~second].mean())
    x = np.column_stack([np.ones(40), second, trial["log_before"]])
    assert np.log(found.loc["after beside before", "ratio"]) == pytest.approx(
        np.linalg.lstsq(x, np.log(trial["after"]), rcond=None)[0][1]
    )
    np.testing.assert_allclose(found["width"], found["high"] / found["low"])


def test_what_is_carried_over_is_taken_from_the_effect():
    """Of a part c that is carried over, A looks as if it raised by the power 1 - c / 2 of what it does."""
    generator = np.random.default_rng(3)
    own = generator.normal(2, 0.01, 40)
    start, end = (pd.Series(np.exp(own + generator.normal(0, 0.02, 40))) for _ in range(2))
    found = crossovers_with_carry_over(start, end, trials=400, seed=1)
    assert found.index.to_list() == ["0 %", "50 %", "100 %"]
    estimate, test = (found[column].to_numpy() for column in found)
    assert RAISE == 1.2 and str(RAISE) in found.columns[0]
    assert estimate == pytest.approx(1.2 ** np.array([1, 0.75, 0.5]), rel=0.002)
    low, high = stats.binom.interval(0.999, 400, 0.05)
    assert low <= 4 * test[0] <= high
    assert test[2] == 100
    np.testing.assert_allclose(4 * test, (4 * test).round(), atol=1e-9)  # per cent of 400


def test_simulated_people_change_as_much_as_those_they_were_made_from():
    generator = np.random.default_rng(4)
    start = pd.Series(np.exp(generator.normal(2, 0.3, 400)))
    end = start * np.exp(generator.normal(0, 0.4, 400))
    made = [np.log(crossovers_with_carry_over(start, end, trials=1, seed=seed).iloc[0, 0]) for seed in range(150)]
    # Half the difference of two means of twelve changes: the standard error is that of a change over the root of 24.
    change = np.log(end / start).std()
    assert np.std(made) == pytest.approx(change / np.sqrt(24), rel=0.2)


def test_where_nothing_is_done_few_trials_find_something_beside_the_baseline():
    one_only, beside = significant_in_one_arm_only(baseline(16, 0.3), trials=40, seed=1)
    # Of two arms of the same power, one alone is significant in half of the trials at most.
    assert 0 < one_only <= stats.binom.ppf(0.999, 40, 0.5)
    assert beside <= stats.binom.ppf(0.999, 40, 0.05)

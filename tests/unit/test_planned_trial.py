"""A planned trial: its numbers follow from what is asked, and its answer says them."""

from dataclasses import replace

import pandas as pd
import pytest

from handbook_utils.analysis import stored
from handbook_utils.analysis.sample_size import t_power
from handbook_utils.figures.procedures.power import power_curves
from handbook_utils.protocols.plan.inputs import pilot_of
from handbook_utils.protocols.plan.trial import PlannedTrial


@pytest.fixture(scope="module")
def trial():
    pilot = pilot_of({"pilot": "throat", "table": "", "metadata": "", "reads": 500})
    return PlannedTrial(
        pilot, "throat", "", "", ["a", "b"], ["once"], 40, "shannon", 0.8, "", 0.8, 0.05, 0, 0.1, 1.0, [10, 30], 200, 1
    )


def test_a_plan_without_a_number_of_comparisons_has_one(trial):
    assert trial.level == 0.05
    assert replace(trial, comparisons=2).level == 0.025
    assert trial.plan["comparison"] == trial.plan["study"] == "not stated"
    assert "the comparison is not stated" in trial.answer["asked"]


def test_the_answer_says_the_power_of_the_number_planned_with_its_interval(trial):
    low, high = 100 * trial.planned["low"], 100 * trial.planned["high"]
    assert trial.planned["low"] < trial.planned["power"] < trial.planned["high"]
    assert f"({low:.0f} to {high:.0f} %): {trial.verdict}" in trial.answer["found"]
    assert trial.verdict == "too few"
    assert trial.answer["left_out"], "throats were sampled once, so designs with two samples are left out"
    assert list(trial.designs) == ["one sample each, two groups"]


def test_what_can_be_found_has_the_power_wanted_and_a_little_less_has_not(trial):
    left, least = trial.detectable(2)
    assert left == 18
    assert t_power(least, left, left, 0.05) >= 0.8 > t_power(least - 0.01, left, left, 0.05)


def test_power_is_drawn_with_the_numbers_it_has(trial):
    drawn = power_curves(trial.designs, 0.8, "Power", formula=trial.formula)
    first = trial.shannon.iloc[0]
    assert f"one sample each, two groups: {first['power']:.2f} at 10" in drawn.alt
    assert {line.get_label() for line in drawn.figure.axes[0].get_lines()} >= {"closed form (t test)"}


@pytest.mark.parametrize("new", ["", "permanova-0", "permanova-0.03", "permanova-0.09", "taxon-2", "taxon-4"])
def test_trials_are_told_as_stored_only_where_all_of_them_are(trial, monkeypatch, new):
    table = pd.DataFrame({"power": [0.5, 0.5]})
    monkeypatch.setattr(stored, "_settled", lambda name, *_: None if name == f"power-{new}" else table)
    assert replace(trial, ladder=[10]).made.startswith("made in this run" if new else "made once and stored")

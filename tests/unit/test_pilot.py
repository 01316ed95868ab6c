"""What is taken from a pilot: whose samples, at which depth, and how much of the spread a design gets rid of."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from handbook_utils.analysis.pilot import baseline_residuals, changes, first_of_each, pairs_of, residuals, shannon_at
from handbook_utils.errors import InputError
from handbook_utils.study import Study

NAMES = list("uvwxyz")
STUDY = Study.from_frame(
    pd.DataFrame({"a": [10, 20, 30, 10, 40, 50], "b": [40, 30, 20, 40, 10, 10]}, index=NAMES),
    pd.DataFrame({"who": list("pqpqpr"), "day": [3, 2, 1, 1, 2, 0]}, index=NAMES),
)


def test_the_first_and_the_first_two_samples_of_everybody():
    assert list(first_of_each(STUDY, "who").samples) == ["u", "v", "z"]
    assert set(first_of_each(STUDY, "who", "day").samples) == {"w", "x", "z"}
    assert first_of_each(STUDY, "") is STUDY
    assert pairs_of(STUDY, "who") == [("u", "w"), ("v", "x")]
    assert sorted(pairs_of(STUDY, "who", "day")) == [("w", "y"), ("x", "v")]
    assert pairs_of(STUDY, "") == []


def test_shannon_at_the_depth_of_the_sample_is_that_of_its_shares_and_less_depth_has_less():
    found = shannon_at(STUDY.choose_samples(["u", "v"]), 50)
    assert found.to_dict() == pytest.approx({"u": stats.entropy([10, 40]), "v": stats.entropy([20, 30])})
    # Of two reads, one group or two are seen: two with the chance that they differ.
    chance = 2 * 10 * 40 / (50 * 49)
    assert shannon_at(STUDY, 2)["u"] == pytest.approx(chance * np.log(2))
    with pytest.raises(InputError, match="5 samples have fewer than 51 reads"):
        shannon_at(STUDY, 51)


def test_residuals_without_groups_are_standard_scores():
    values = [1.0, 2.0, 6.0]
    assert residuals(values) == pytest.approx(stats.zscore(values))


def test_what_changes_and_a_baseline_are_worth_by_hand():
    """Variances 4 and 7, so people at one moment have the root of 5.5; changes 1, 0, 2 have 1."""
    pairs = [[0, 1], [2, 2], [4, 6]]
    left, factor = changes(pairs)
    assert factor == pytest.approx(np.sqrt(5.5))
    assert left == pytest.approx(np.array([0, -1, 1]) / np.sqrt(2 / 3))
    # The line is 0.5 + 1.25 x and leaves 0.5, -1, 0.5: a sum of squares of 1.5 with one degree of freedom.
    left, factor = baseline_residuals(pairs)
    assert factor == pytest.approx(np.sqrt(5.5 / 1.5))
    assert left == pytest.approx(np.array([0.5, -1, 0.5]) / np.sqrt(0.5))

"""Data with a known truth: they have the truth that they are said to have."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from handbook_utils.analysis.models.simulation import (
    groups_with_known_difference,
    groups_with_one_mean,
    repeated_samples,
    samples_afterwards,
    samples_as_people,
)
from handbook_utils.errors import InputError
from handbook_utils.study import Study

REAL = Study.from_frame(
    pd.DataFrame([[3000, 1000, 0], [200, 200, 400]], index=["p", "q"], columns=["a", "b", "c"]),
    pd.DataFrame({"age": [30, 40]}, index=["p", "q"]),
)


def test_repeated_samples_are_drawn_anew_from_each_persons_shares_at_their_depth():
    made = repeated_samples(REAL, 50, seed=1)
    assert list(made.samples[[0, 49, 50]]) == ["p-1", "p-50", "q-1"]
    assert made.metadata["participant"].to_list() == ["p"] * 50 + ["q"] * 50
    assert made.metadata["age"].to_list() == [30] * 50 + [40] * 50
    assert made.depth.to_list() == [4000] * 50 + [800] * 50
    counts = made.to_frame()
    assert (counts["c"][:50] == 0).all()
    # Binomial: 3 of 4 parts of 4,000 are 3,000, and the variance is 750.
    assert counts["a"][:50].mean() == pytest.approx(3000, abs=4 * np.sqrt(750 / 50))
    assert counts["a"][:50].var() == pytest.approx(750, rel=0.6)
    assert counts["c"][50:].mean() == pytest.approx(400, abs=4 * np.sqrt(200 / 50))


def test_groups_have_one_mean_and_the_spread_of_their_precision():
    made = groups_with_one_mean(REAL, {"alike": (300, 400.0), "apart": (200, 4.0)}, reads=1000, seed=1)
    assert list(made.samples[[0, -1]]) == ["simulated-1", "simulated-500"]
    group = made.column("group")
    assert group.to_list() == ["alike"] * 300 + ["apart"] * 200
    assert (made.depth == 1000).all()
    shares = made.to_frame() / 1000
    mean = np.array([0.5, 0.25, 0.25])  # of 3/4, 1/4, 0 and of 1/4, 1/4, 1/2
    for label, count, precision in (("alike", 300, 400.0), ("apart", 200, 4.0)):
        own = shares[group == label]
        # Dirichlet-multinomial: m (1 - m) / n (n + precision) / (1 + precision).
        variance = mean * (1 - mean) / 1000 * (1000 + precision) / (1 + precision)
        assert own.mean().to_numpy() == pytest.approx(mean, abs=4 * np.sqrt(variance.max() / count))
        assert own.var().to_numpy() == pytest.approx(variance, rel=0.35)


def test_a_taxon_that_nobody_has_is_not_drawn():
    empty = Study.from_frame(REAL.to_frame().assign(d=0), REAL.metadata)
    assert list(groups_with_one_mean(empty, {"one": (3, 10.0)}, reads=100, seed=1).features) == ["a", "b", "c"]


@pytest.mark.parametrize(("asked", "spread"), [({}, 0.5), ({"spread": 0.2}, 0.2)])
def test_a_second_sample_changes_by_the_factors_and_by_as_much_chance_as_was_asked(asked, spread):
    deep = Study.from_frame(pd.DataFrame(10**8, index=[f"p{n}" for n in range(800)], columns=list("ab")))
    after = samples_afterwards(deep, {"a": 3.0}, **asked)
    assert after.depth.eq(2 * 10**8).all()
    assert list(after.samples) == list(deep.samples)
    counts = after.to_frame()
    ratio = np.log(counts["a"] / counts["b"])
    # The logarithm of a ratio of two taxa has the variance of both.
    assert ratio.mean() == pytest.approx(np.log(3), abs=4 * spread * np.sqrt(2 / 800))
    assert ratio.std() == pytest.approx(spread * np.sqrt(2), rel=0.1)


def test_people_are_put_into_two_groups_once_and_only_one_is_multiplied():
    names = [f"p{n}" for n in range(20)]
    real = Study.from_frame(pd.DataFrame(10_000, index=names, columns=list("abcd")))
    made = groups_with_known_difference(real, 8, ["a"], 5.0, seed=1)
    assert made.column("group").to_list() == ["multiplied"] * 8 + ["untouched"] * 8
    assert made.samples.is_unique and set(made.samples) < set(names)
    shares = made.proportions().to_frame()
    # Five times one of four equal parts is 5/8 of all, and each other 1/8.
    np.testing.assert_allclose(shares.iloc[:8], [[5 / 8] + [1 / 8] * 3] * 8, atol=0.02)
    np.testing.assert_allclose(shares.iloc[8:], 0.25, atol=0.02)
    assert len(groups_with_known_difference(real, 10, [], 1.0, seed=1).samples) == 20
    with pytest.raises(InputError, match="too few people"):
        groups_with_known_difference(real, 11, [], 1.0, seed=1)


def test_samples_taken_for_people_find_what_is_not_there():
    found = samples_as_people(studies=300, seed=1)
    low, high = stats.binom.interval(0.999, 300, 0.05)
    assert low <= found["right: a mean of each person"] <= high
    # Half of the variance is between people: six samples count as 6 / 3.5, so z is the root of 3.5 times too large.
    wrong = 2 * stats.norm.sf(stats.norm.ppf(0.975) / np.sqrt(3.5))
    low, high = stats.binom.interval(0.999, 300, wrong)
    assert low <= found["wrong: every sample"] <= high

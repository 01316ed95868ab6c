"""The median of all differences and its interval are those of the listed differences."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from handbook_utils.analysis.design import Orders
from handbook_utils.analysis.taxa.shifts import _ranked, shifts


@pytest.mark.parametrize(("first", "second"), [(2, 2), (3, 3), (4, 4), (5, 7), (12, 9), (20, 21)])
def test_the_ends_are_the_same_number_of_differences_from_either_end(first, second):
    generator = np.random.default_rng(first)
    one, two = generator.normal(size=(first, 3)), generator.normal(size=(second, 3))
    pairs = first * second
    # Of very few, the interval has all differences.
    below = max(int(pairs / 2 - stats.norm.ppf(0.975) * np.sqrt(pairs * (first + second + 1) / 12)), 0)
    for column, found in enumerate(shifts(one, two)):
        listed = np.sort((two[:, column][:, None] - one[:, column]).ravel())
        assert found == pytest.approx([np.median(listed), listed[below], listed[-1 - below]])


def test_the_observed_order_counts_among_those_drawn():
    drawn = Orders(np.zeros((99, 3), dtype=np.intp), exact=False)
    assert [drawn.p(0), drawn.p(4), drawn.p(99)] == [0.01, 0.05, 1.0]


@pytest.mark.parametrize("scale", [1.0, 1 / 7, 1e-9, 1e9])
def test_every_difference_of_every_rank_is_found_with_ties_and_without(scale):
    generator = np.random.default_rng(3)
    for _ in range(60):
        sizes = generator.integers(1, 6, 2)
        x, y = (np.sort(generator.integers(-4, 5, size) * scale) for size in sizes)
        listed = np.sort((y[:, None] - x).ravel())
        found = [_ranked(x, y, rank) for rank in range(len(listed))]
        assert found == pytest.approx(listed.tolist(), abs=1e-12 * scale)


def test_the_interval_has_the_confidence_that_is_asked_for():
    """Of 8 and 8, 32 - z √(64 · 17 / 12) of the 64 differences are cut off each end."""
    one, two = np.arange(8.0)[:, None], (np.arange(8.0) * 10)[:, None]
    listed = np.sort((two - one.T).ravel())
    for confidence, cut in ((0.95, 13), (0.9, 16), (0.99, 7)):
        assert shifts(one, two, confidence)[0].tolist() == [31.5, listed[cut], listed[63 - cut]]
    assert shifts(one, two)[0].tolist() == shifts(one, two, 0.95)[0].tolist()

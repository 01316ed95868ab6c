"""The median of all differences and its interval are those of the listed differences."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from handbook_utils.analysis.design import Orders
from handbook_utils.analysis.taxa.shifts import shifts


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

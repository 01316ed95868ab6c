"""A seeded part of the grid of how often each test cries wolf; ``grid.py`` measures all of it on demand."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from scipy import stats

SPEC = importlib.util.spec_from_file_location("grid", Path(__file__).with_name("grid.py"))
assert SPEC is not None
assert SPEC.loader is not None
grid = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(grid)

STUDIES = 30


@pytest.mark.parametrize("design", ["eight_against_sixty", "repeated_samples", "strata_with_a_confounded_covariate"])
def test_a_difference_that_is_not_there_is_found_as_seldom_as_promised(design):
    found = grid.cell(getattr(grid, design), STUDIES).set_index("test")["rejected"]
    assert found["PERMANOVA"] <= stats.binom.ppf(0.9995, STUDIES, 0.05)
    if design != "strata_with_a_confounded_covariate":  # an age that goes with the group spreads it, too
        assert found["dispersion"] <= stats.binom.ppf(0.9995, STUDIES, 0.05)


def test_unequal_depth_is_warned_of():
    found = grid.cell(grid.ten_times_the_depth, 4)
    assert (found["warned"] == 4).all()

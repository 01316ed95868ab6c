"""Two arms of a trial: known answers, and what stopping early does."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from handbook_utils.analysis.models.trials import Arm, compare, trials_with_a_look
from handbook_utils.errors import InputError


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17:873, table II, method 10.
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((10, 10, 0, 20), 0.6791, 1.0),
    ],
)
def test_the_interval_of_the_difference_is_newcombes(counts, low, high):
    found = compare(Arm(*counts[:2]), Arm(*counts[2:]))
    assert (found.low, found.high) == pytest.approx((low, high), abs=6e-5)


def test_fisher_by_hand():
    # Both arms have all margins of 13/16 and 4/13: sum the tables that are no likelier than the one seen.
    likely = hypergeom(29, 17, 16).pmf(np.arange(4, 17))
    by_hand = likely[likely <= hypergeom(29, 17, 16).pmf(13) * (1 + 1e-7)].sum()
    assert compare(Arm(13, 16), Arm(4, 13)).p == pytest.approx(by_hand)


def test_the_number_needed_is_the_reciprocal_with_its_interval():
    found = compare(Arm(13, 16), Arm(4, 13))
    assert found.needed == pytest.approx(1 / (13 / 16 - 4 / 13))
    assert (found.needed_low, found.needed_high) == pytest.approx((1 / found.high, 1 / found.low))


def test_an_interval_with_zero_has_no_upper_number_needed():
    found = compare(Arm(6, 10), Arm(5, 10))
    assert found.low < 0 < found.high
    assert found.needed_high == inf
    assert found.needed_low == pytest.approx(1 / found.high)


def test_no_difference_and_harm():
    assert compare(Arm(5, 10), Arm(5, 10)).needed == inf
    assert compare(Arm(1, 40), Arm(30, 40)).needed < 0


arms = st.integers(1, 60).flatmap(lambda treated: st.builds(Arm, st.integers(0, treated), st.just(treated)))


@given(arms, arms)
def test_the_interval_holds_the_difference_and_turns_round(first, second):
    found, turned = compare(first, second), compare(second, first)
    assert -1 - 1e-9 <= found.low <= found.difference + 1e-9
    assert found.difference - 1e-9 <= found.high <= 1 + 1e-9
    assert (found.low, found.high) == pytest.approx((-turned.high, -turned.low), abs=1e-9)
    assert found.p == pytest.approx(turned.p)


@pytest.mark.parametrize(("cured", "treated"), [(-1, 5), (6, 5), (0, 0)])
def test_arms_that_cannot_be(cured, treated):
    with pytest.raises(InputError):
        Arm(cured, treated)


def test_trials_that_stop_early_overstate_and_all_trials_do_less():
    found = trials_with_a_look((0.75, 0.4), planned=40, look=16, limit=0.01, trials=4000, seed=1)
    stopped = found[found["stopped"]]
    assert 0 < len(stopped) < len(found)
    assert stopped["reported"].mean() > 0.35 + 0.1
    assert found["full"].mean() == pytest.approx(0.35, abs=0.01)
    assert (found.loc[~found["stopped"], "reported"] == found.loc[~found["stopped"], "full"]).all()


def test_a_look_at_the_end_changes_nothing():
    found = trials_with_a_look((0.75, 0.4), planned=20, look=20, limit=0.01, trials=200, seed=1)
    assert (found["reported"] == found["full"]).all()


@pytest.mark.parametrize("look", [0, 41])
def test_a_look_outside_the_trial(look):
    with pytest.raises(InputError):
        trials_with_a_look((0.5, 0.5), planned=40, look=look, limit=0.01, trials=2, seed=1)

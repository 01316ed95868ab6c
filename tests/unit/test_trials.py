"""Two arms of a trial: known answers, and what stopping early does."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, fisher_exact, hypergeom

from handbook_utils.analysis.models.trials import VAN_NOOD, Arm, against_peers, compare, outcomes, trials_with_a_look
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


def test_where_all_of_the_interval_is_harm_so_is_that_of_the_number_needed():
    found = compare(Arm(1, 40), Arm(30, 40))
    assert found.low < found.high < 0
    assert (found.needed_low, found.needed_high) == pytest.approx((1 / found.high, 1 / found.low))


def test_a_lower_confidence_narrows_the_interval_by_the_formula_of_newcombe():
    (a, b), z = (13 / 16, 4 / 13), 1.6448536

    def wilson(share, n):
        centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
        width = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
        return centre - width, centre + width

    (low_a, high_a), (low_b, high_b) = wilson(a, 16), wilson(b, 13)
    assert Arm(13, 16).interval(0.9) == pytest.approx((low_a, high_a))
    found = compare(Arm(13, 16), Arm(4, 13), 0.9)
    assert found.low == pytest.approx(a - b - np.hypot(a - low_a, high_b - b))
    assert found.high == pytest.approx(a - b + np.hypot(high_a - a, b - low_b))


def test_as_many_trials_stop_as_the_binomial_says():
    found = trials_with_a_look((0.8, 0.3), planned=12, look=8, limit=0.05, trials=6000, seed=2)
    cured = np.arange(9)
    one, other = binom.pmf(cured, 8, 0.8), binom.pmf(cured, 8, 0.3)
    stop = sum(one[a] * other[b] for a in cured for b in cured[:a] if fisher_exact([[a, 8 - a], [b, 8 - b]])[1] < 0.05)
    assert found["stopped"].mean() == pytest.approx(stop, abs=4 * np.sqrt(stop * (1 - stop) / 6000))
    ended = found["reported"] * np.where(found["stopped"], 8, 12)
    np.testing.assert_allclose(ended, ended.round(), atol=1e-9)
    assert found["full"].std() == pytest.approx(np.sqrt((0.8 * 0.2 + 0.3 * 0.7) / 12), rel=0.04)


def test_a_trial_can_be_looked_at_after_its_first_patient_and_not_stopped_where_it_does_worse():
    assert not trials_with_a_look((0.5, 0.5), planned=4, look=1, limit=0.01, trials=50, seed=1)["stopped"].any()
    assert not trials_with_a_look((0.0, 1.0), planned=40, look=20, limit=0.05, trials=50, seed=1)["stopped"].any()


def test_the_trial_of_stool_agrees_with_its_paper_and_every_patient_has_a_cell():
    once, arms = VAN_NOOD["stool"], VAN_NOOD
    compared = {
        f"{first}-{second}": compare(arms["stool" if first == "once" else first], arms[second])
        for first, second in (("once", "vancomycin"), ("twice", "vancomycin"), ("twice", "lavage"))
    }
    assert against_peers(compared)["verdict"].eq("agrees").all()
    assert 100 * arms["twice"].share == pytest.approx(94, abs=0.5)  # abstract: 15 of 16 (94 %)
    cells = outcomes({"stool": once, "lavage": arms["lavage"]})
    assert cells.columns.to_list() == list(range(1, 17))
    assert cells.loc["stool"].value_counts().to_dict() == {"cured": 13, "not": 3}
    assert cells.loc["lavage"].dropna().to_list() == ["cured"] * 3 + ["not"] * 10

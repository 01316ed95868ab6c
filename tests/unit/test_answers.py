import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from handbook_utils.analysis.models.answers import compare_answers, mcnemar_exact, score_change, simulated_class


@pytest.mark.parametrize(
    ("gained", "lost", "p"),
    [
        (9, 1, 22 / 1024),  # R: binom.test(1, 10)$p.value is 0.02148438
        (5, 5, 1.0),
        (0, 6, 2 / 64),
        (0, 0, 1.0),
        (10, 2, 2 * (1 + 12 + 66) / 4096),
    ],
)
def test_mcnemar_by_hand(gained, lost, p):
    assert mcnemar_exact(gained, lost) == pytest.approx(p)


@given(st.integers(0, 40), st.integers(0, 40))
def test_mcnemar_as_statsmodels_has_it(gained, lost):
    assert mcnemar_exact(gained, lost) == pytest.approx(min(mcnemar([[3, gained], [lost, 5]], exact=True).pvalue, 1))


def test_negative_numbers():
    with pytest.raises(ValueError, match="not negative"):
        mcnemar_exact(-1, 2)


def test_difference_and_interval_by_hand():
    """50 people: 12 gained, 3 lost. Agresti and Min: 12.5 and 3.5 of 52."""
    before = pd.DataFrame({"q": [False] * 12 + [True] * 3 + [True] * 20 + [False] * 15})
    after = pd.DataFrame({"q": [True] * 12 + [False] * 3 + [True] * 20 + [False] * 15})
    found = compare_answers(before, after).loc["q"]
    assert found["difference"] == pytest.approx(9 / 50)
    width = 1.959964 * math.sqrt(16 - 81 / 52) / 52
    assert found["low"] == pytest.approx(9 / 52 - width, abs=1e-6)
    assert found["high"] == pytest.approx(9 / 52 + width, abs=1e-6)
    assert (found["before"], found["after"]) == (23 / 50, 32 / 50)


def test_holm_as_statsmodels_has_it():
    before, after = simulated_class(30, (0.2, 0.5, 0.8, 0.4), (0.6, 0.3, 0.1, 0.0), seed=2)
    found = compare_answers(before, after)
    np.testing.assert_allclose(found["p_holm"], multipletests(found["p"], method="holm")[1])


def test_only_people_who_answered_both_times_count():
    before = pd.DataFrame({"q": [False, False, True]}, index=["a", "b", "c"])
    after = pd.DataFrame({"q": [True, True, True]}, index=["b", "c", "d"])
    assert compare_answers(before, after).loc["q", "gained"] == 1
    assert score_change(before, after).people == 2
    with pytest.raises(ValueError, match="both times"):
        compare_answers(before, after.loc[["d"]])
    with pytest.raises(ValueError, match="two people"):
        score_change(before, after.loc[["b"]])


def test_score_change_by_hand():
    before = pd.DataFrame(np.zeros((4, 3), bool), columns=list("abc"))
    after = before.copy()
    after.loc[0, :] = True
    after.loc[1, "a"] = True
    change = score_change(before, after)  # 3, 1, 0, 0: mean 1, sd sqrt(2), t(3) = 3.182446
    assert change.difference == 1
    assert change.high - 1 == pytest.approx(3.182446 * math.sqrt(2) / 2, abs=1e-5)


def test_a_class_that_learns_nothing_is_seldom_found_to_learn():
    small = 0
    for seed in range(200):
        before, after = simulated_class(30, (0.5,), (0.3,), forget=0.3, seed=seed)
        small += compare_answers(before, after)["p"].iloc[0] < 0.05
    assert small / 200 < 0.05 + 3 * math.sqrt(0.05 * 0.95 / 200)


def test_a_class_must_fit():
    with pytest.raises(ValueError, match="as many questions"):
        simulated_class(5, (0.5,), (0.5, 0.5))


def test_score_change_and_its_interval_of_90_per_cent():
    before = pd.DataFrame(np.zeros((4, 3), bool), columns=list("abc"))
    after = before.copy()
    after.loc[0, :] = True
    after.loc[1, "a"] = True
    change = score_change(before, after, confidence=0.9)  # t(3) = 2.353363
    width = 2.353363 * math.sqrt(2) / 2
    assert (change.people, change.low, change.high) == pytest.approx((4, 1 - width, 1 + width), abs=1e-5)


def test_ends_beyond_all_and_nobody_are_cut_there_and_a_confidence_can_be_asked():
    right, wrong = (pd.DataFrame({"q": [answer]}) for answer in (True, False))
    # One person who gained: (1.5 - 0.5) / 3, and 1.959964 times the root of 2 - 1 / 3, over 3.
    gained, lost = compare_answers(wrong, right).loc["q"], compare_answers(right, wrong).loc["q"]
    low = 1 / 3 - 1.959964 * math.sqrt(5 / 3) / 3
    assert (gained["low"], gained["high"]) == pytest.approx((low, 1), abs=1e-6)
    assert (lost["low"], lost["high"]) == pytest.approx((-1, -low), abs=1e-6)
    some = compare_answers(wrong, right, confidence=0.5).loc["q"]  # z = 0.674490
    width = 0.674490 * math.sqrt(5 / 3) / 3
    assert (some["low"], some["high"]) == pytest.approx((1 / 3 - width, 1 / 3 + width), abs=1e-6)


def test_questions_must_be_the_same_too():
    with pytest.raises(ValueError, match="no people or no questions"):
        compare_answers(pd.DataFrame({"q": [True]}), pd.DataFrame({"r": [True]}))


def test_a_class_knows_learns_and_forgets_as_often_as_it_is_told():
    before, after = simulated_class(40_000, (0.2, 0.6), (0.5, 0.1), forget=0.3, seed=1)
    assert before.columns.to_list() == after.columns.to_list() == ["q1", "q2"]
    assert before.mean().to_list() == pytest.approx([0.2, 0.6], abs=0.012)
    assert after[~before].mean().to_list() == pytest.approx([0.5, 0.1], abs=0.015)
    assert after[before].mean().to_list() == pytest.approx([0.7, 0.7], abs=0.025)
    before, after = simulated_class(40_000, (1.0,), (0.0,), seed=1)
    assert before["q1"].all() and after["q1"].mean() == pytest.approx(0.95, abs=0.005)


def test_nobody_is_no_class():
    with pytest.raises(ValueError, match="at least one person"):
        simulated_class(0, (0.5,), (0.5,))
    assert len(simulated_class(1, (0.5,), (0.5,))[0]) == 1

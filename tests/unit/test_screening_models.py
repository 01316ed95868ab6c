"""What a test says about people, against a published example and against Bayes' rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handbook_utils.analysis.models.screening import tested as count

SHARES = st.floats(0.01, 0.99)


def test_the_mammography_example_in_natural_frequencies():
    women = count(1000, 0.01, 0.9, 0.91)
    assert (women.found, women.missed) == pytest.approx((9, 1))
    assert (women.alarmed, women.cleared) == pytest.approx((89.1, 900.9))
    assert women.right_when_positive == pytest.approx(9 / 98.1)


@given(SHARES, SHARES, SHARES)
def test_nobody_is_lost_and_bayes_rule_holds(share, sensitivity, specificity):
    people = count(500, share, sensitivity, specificity)
    assert people.found + people.missed + people.alarmed + people.cleared == pytest.approx(500)
    bayes = share * sensitivity / (share * sensitivity + (1 - share) * (1 - specificity))
    assert people.right_when_positive == pytest.approx(bayes)
    bayes = (1 - share) * specificity / ((1 - share) * specificity + share * (1 - sensitivity))
    assert people.right_when_negative == pytest.approx(bayes)

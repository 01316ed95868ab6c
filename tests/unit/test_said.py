"""Numbers in sentences: rounding makes neither a nothing nor an all of what is neither."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handbook_utils.results import Results


@pytest.mark.parametrize(
    ("value", "digits", "en", "nl"),
    [
        (99.5, 0, "99.5", "99,5"),
        (99.96, 0, "99.96", "99,96"),
        (100, 0, "100", "100"),
        (100.4, 0, "100", "100"),
        (0.4, 0, "0.4", "0,4"),
        (0, 0, "0", "0"),
        (-0.2, 0, "−0.2", "−0,2"),
        (0.998, 2, "0.998", "0,998"),
        (1, 2, "1.00", "1,00"),
        (0.7, 0, "1", "1"),
        (1e-9, 2, "less than 0.00001", "minder dan 0,00001"),
        (-1e-9, 2, "between −0.00001 and 0", "tussen −0,00001 en 0"),
        (99.99999, 0, "more than 99.999", "meer dan 99,999"),
        (1234.5, 1, "1,234.5", "1.234,5"),
    ],
)
def test_what_is_said_is_never_more_certain_than_the_number(value: float, digits: int, en: str, nl: str) -> None:
    assert Results("en").said(value, digits) == en
    assert Results("nl").said(value, digits) == nl


@given(st.floats(0, 100), st.integers(0, 3))
def test_only_nothing_is_0_and_only_all_is_100(value: float, digits: int) -> None:
    said = Results("en").said(value, digits)
    plain = said.rpartition(" ")[2]
    assert (float(plain) == 0) == (value == 0)
    assert (float(plain) == 100) == (value == 100)
    if plain == said:
        assert math.isclose(float(plain), value, abs_tol=0.5 * 10.0**-digits + 1e-12)


def test_what_is_not_a_number_is_said_so() -> None:
    assert Results("en").said(math.nan) == "nan"
    assert Results("en").said(math.inf) == "inf"

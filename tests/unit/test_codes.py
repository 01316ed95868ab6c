"""Study codes: every single substitution and adjacent swap is caught; nothing of the person is in them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handbook_utils.errors import InputError
from handbook_utils.protocols.people.codes import ALPHABET, check_character, checked, draw_codes, is_code, tube_code

CODES = draw_codes(60, seed=7)


@pytest.mark.parametrize("code", CODES)
def test_every_single_substitution_is_caught(code):
    for place in range(len(code)):
        for other in ALPHABET:
            if other != code[place]:
                assert not is_code(code[:place] + other + code[place + 1 :])


@pytest.mark.parametrize("code", CODES)
def test_every_swap_of_neighbours_is_caught(code):
    for place in range(len(code) - 1):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        if swapped != code:
            assert not is_code(swapped)


def test_the_check_is_exhaustive_over_all_pairs_of_neighbours_and_places():
    for length in (3, 6, 12):
        for first in ALPHABET:
            for second in ALPHABET:
                if first == second:
                    continue
                body = first + second + "0" * (length - 3)
                good = body + check_character(body)
                assert is_code(good)
                assert not is_code(second + first + good[2:])


@given(st.text(ALPHABET, min_size=2, max_size=29))
def test_every_body_has_one_check_character(body):
    right = [character for character in ALPHABET if is_code(body + character)]
    assert right == [check_character(body)]


@given(st.text(max_size=40))
def test_any_text_is_judged_without_an_exception(text):
    assert is_code(text) in (True, False)


def test_codes_are_unique_and_avoid_those_in_use():
    taken = frozenset(CODES)
    more = draw_codes(500, taken=taken, seed=7)
    assert len(set(more)) == 500
    assert not taken & set(more)
    assert draw_codes(5, seed=3) == draw_codes(5, seed=3)
    assert draw_codes(5) != draw_codes(5)


def test_no_code_is_a_word():
    assert not set(ALPHABET) & set("AEIOU")


def test_too_many_codes_for_their_length():
    with pytest.raises(InputError, match="easy to guess") as found:
        draw_codes(200, length=3)
    assert "at most 96 codes" in str(found.value)


def test_a_mistyped_code_says_what_to_do():
    code = CODES[0]
    assert checked(f" {code[:3]}-{code[3:].lower()}", "scan log, row 3") == code
    wrong = code[1] + code[0] + code[2:]
    with pytest.raises(InputError, match="not a study code") as found:
        checked(wrong, "scan log, row 3")
    assert "scan log, row 3" in str(found.value)


def test_no_code_looks_like_a_postal_code_or_another_number():
    codes = draw_codes(20_000, seed=7)
    assert not any(re.fullmatch(r"[1-9]\d{3}(?!SA|SD|SS)[A-Z]{2}|\d+", code) for code in codes)
    # Such codes are drawn, and passed over: about one in two hundred is one.
    assert is_code("7756XH")
    assert "7756XH" not in codes


def test_a_code_may_begin_with_0_and_keeps_it():
    codes = [code for code in draw_codes(2000, seed=7) if code[0] == "0"]
    assert len(codes) > 20
    for code in codes[:20]:
        assert len(code) == 6
        assert checked(code, "scan log") == code
        assert tube_code(f"{code}-02", "scan log") == f"{code}-2"


def test_every_character_comes_at_every_place_of_a_code():
    codes = draw_codes(2000, seed=7)
    assert [len({code[place] for code in codes}) for place in range(6)] == [len(ALPHABET)] * 6


def test_the_length_of_a_code_has_limits():
    assert is_code("B" + check_character("B"))
    assert not is_code("0")
    longest = "0" * 28 + "B"
    assert is_code(longest + check_character(longest))
    assert not is_code("0" * len(ALPHABET))
    assert len(draw_codes(1, length=3, seed=1)[0]) == 3
    assert len(draw_codes(1, length=30, seed=1)[0]) == 30
    for length in (2, 31):
        with pytest.raises(InputError, match="cannot be so long"):
            draw_codes(1, length=length)
    assert len(draw_codes(96, length=3, seed=1)) == 96
    with pytest.raises(InputError, match="easy to guess"):
        draw_codes(97, length=3)

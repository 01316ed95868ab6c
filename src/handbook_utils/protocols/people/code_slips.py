"""What the check of a study code notices: every slip of a kind, tried on every code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pandas as pd

from handbook_utils.protocols.people.codes import ALPHABET, is_code


def slips_caught(codes: Sequence[str]) -> pd.DataFrame:
    """Try every slip of the pen on some codes, and count which the check notices.

    Parameters
    ----------
    codes : sequence of str
        Codes of one study.

    Returns
    -------
    pandas.DataFrame
        By kind of slip: ``tried`` (slips that change the code), ``caught`` (by this check), ``plain sum`` (that a check
        by the mere sum of the characters would catch, to compare) and ``no check`` (that make no other code of these,
        and would so be noticed without any check), as numbers.

    Examples
    --------
    >>> slips_caught(["7K3PXP"]).loc["one character wrong"].to_dict()
    {'tried': 180, 'caught': 180, 'plain sum': 180, 'no check': 180}
    """
    known = frozenset(codes)
    rows = {}
    for kind, slips in _SLIPS.items():
        made = [(code, slip) for code in codes for slip in slips(code) if slip != code]
        rows[kind] = (
            len(made),
            sum(not is_code(slip) for _, slip in made),
            sum((_plain_sum(code) - _plain_sum(slip)) % len(ALPHABET) != 0 for code, slip in made),
            sum(slip not in known for _, slip in made),
        )
    return pd.DataFrame.from_dict(rows, orient="index", columns=["tried", "caught", "plain sum", "no check"])


def _plain_sum(code: str) -> int:
    return sum(ALPHABET.index(character) for character in code)


def _wrong_one(code: str) -> Iterator[str]:
    for place in range(len(code)):
        for other in ALPHABET:
            yield code[:place] + other + code[place + 1 :]


def _swapped(code: str, apart: int) -> Iterator[str]:
    for place in range(len(code) - apart):
        letters = list(code)
        letters[place], letters[place + apart] = letters[place + apart], letters[place]
        yield "".join(letters)


def _moved(code: str) -> Iterator[str]:
    for place in range(1, len(code)):
        yield code[place:] + code[:place]


_SLIPS: dict[str, Callable[[str], Iterator[str]]] = {
    "one character wrong": _wrong_one,
    "two neighbours swapped": lambda code: _swapped(code, 1),
    "two swapped over one": lambda code: _swapped(code, 2),
    "begun in the middle": _moved,
}

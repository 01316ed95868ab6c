"""Study codes: pseudonyms that say nothing about a person, and that a slip of the pen cannot turn into another's.

The CCMO's rule for codes (WMO art. 12): unique and fictitious; initials and dates of birth in a code are not
acceptable. So a code is drawn at random. Its alphabet is the ten digits and the 21 consonants: without vowels no code
is a word, and 31 is prime, which makes the check character simple.

The check is that of ISBN-10 with 31 for 11: the sum of value times place, counted from the right, is a multiple of 31.
As 31 is prime and codes are shorter than 31, every single wrong character and every swap of two characters is caught.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Sequence

import numpy as np

from handbook_utils.errors import InputError, listed

ALPHABET = "0123456789BCDFGHJKLMNPQRSTVWXYZ"
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_PRIME = len(ALPHABET)


def check_character(body: str) -> str:
    """Return the character that completes a code.

    Parameters
    ----------
    body : str
        The drawn part: at most 29 characters of :data:`ALPHABET`.

    Returns
    -------
    str
        One of :data:`ALPHABET`.

    Examples
    --------
    >>> check_character("7K3PX")
    'P'
    """
    total = sum(place * _VALUE[character] for place, character in enumerate(reversed(body), start=2))
    return ALPHABET[-total % _PRIME]


def is_code(text: str) -> bool:
    """Say whether a text is a code: characters of the alphabet, of which the check holds.

    Parameters
    ----------
    text : str
        With or without hyphens; small letters count as capitals, since people write them.

    Returns
    -------
    bool
        A text of one character is none.

    Examples
    --------
    >>> is_code("7K3PXP"), is_code("7k3-pxp"), is_code("7K3XPP")
    (True, True, False)
    """
    plain = text.replace("-", "").upper()
    if len(plain) < 2 or len(plain) >= _PRIME or any(character not in _VALUE for character in plain):
        return False
    return sum(place * _VALUE[character] for place, character in enumerate(reversed(plain), start=1)) % _PRIME == 0


def draw_codes(
    count: int, *, length: int = 6, taken: frozenset[str] = frozenset(), seed: int | None = None
) -> list[str]:
    """Draw codes at random, without repetition.

    Parameters
    ----------
    count : int
        How many.
    length : int
        Characters of a code, the check character included; 6 gives 28 million codes.
    taken : frozenset of str
        Codes that are in use already: replacement labels must not repeat one.
    seed : int, optional
        Only for examples and tests. Without it the system's source of randomness is used, so that nobody can draw the
        same codes again.

    Returns
    -------
    list of str
        Each satisfies :func:`is_code`, and none looks like a postal code or another number that the privacy guard
        refuses. The order says nothing.

    Raises
    ------
    InputError
        More codes than a tenth of what there is: guessing one must not be easy.

    Examples
    --------
    >>> codes = draw_codes(3, seed=1)
    >>> len(set(codes)), all(is_code(code) for code in codes)
    (3, True)
    """
    if length < 3 or length >= _PRIME:
        raise InputError("A code cannot be so long.", expected=f"3 to {_PRIME - 1} characters", found=str(length))
    room = _PRIME ** (length - 1)
    if count < 0 or (count + len(taken)) * 10 > room:
        raise InputError(
            "Codes of this length would be easy to guess.",
            expected=f"at most {room // 10} codes of {length} characters",
            found=f"{count + len(taken)}",
            remedy="Take longer codes.",
        )
    generator = np.random.default_rng(seed if seed is not None else secrets.randbits(128))
    found: dict[str, None] = {}
    while len(found) < count:
        body = "".join(ALPHABET[value] for value in generator.integers(_PRIME, size=length - 1))
        code = body + check_character(body)
        if code not in taken and not _looks_personal(code):
            found[code] = None
    return list(found)


def _looks_personal(code: str) -> bool:
    """Say whether a code could be taken for a number of another kind, which the privacy guard would then refuse."""
    # Only who draws codes needs these; who opens a key is told of a wrong passphrase before they are loaded.
    import pandas as pd

    from handbook_utils.protocols.privacy.examine import examine

    return code.isdigit() or bool(examine(pd.DataFrame({"code": [code]})))


def checked(text: str, where: str) -> str:
    """Return a code as it is stored, or say what is wrong with it.

    Parameters
    ----------
    text : str
        As scanned or typed.
    where : str
        Named in the message.

    Returns
    -------
    str
        Capitals without hyphens.

    Raises
    ------
    InputError
        It is not a code: a character is wrong, or two are swapped.
    """
    plain = text.replace("-", "").strip().upper()
    if not is_code(plain):
        raise InputError(
            f"'{text}' is not a study code.",
            where=where,
            expected="a code whose check character agrees",
            found=text,
            remedy="Read or scan the label once more: a character is wrong, or two are swapped.",
        )
    return plain


def tube_code(text: str, where: str) -> str:
    """Return the code on a tube as it is stored: a study code, or one followed by the number of the visit.

    Parameters
    ----------
    text : str
        As scanned or typed.
    where : str
        Named in the message.

    Returns
    -------
    str
        Capitals; the number of the visit after a hyphen.

    Raises
    ------
    InputError
        The study code in it is not one.

    Examples
    --------
    >>> tube_code(" 7k3pxp-2 ", "scans.csv, line 2"), tube_code("7K3-PXP", "scans.csv, line 3")
    ('7K3PXP-2', '7K3PXP')
    """
    body, hyphen, visit = text.strip().rpartition("-")
    if hyphen and visit.isdecimal() and is_code(body):
        return f"{checked(body, where)}-{int(visit)}"
    return checked(text, where)


def same_person(ids: Sequence[str]) -> list[InputError]:
    """Find screening ids that differ only in how they are written, which would give one person two codes.

    Parameters
    ----------
    ids : sequence of str
        Screening ids.

    Returns
    -------
    list of InputError
        One at most.

    Examples
    --------
    >>> print(same_person(["P1", "P2", "p1"])[0].found)
    P1 and p1
    """
    folded: dict[str, dict[str, None]] = {}
    for name in ids:
        plain = unicodedata.normalize("NFKC", name).casefold()
        folded.setdefault(re.sub(r"[\W_]+", "", plain), {})[name] = None
    several = [" and ".join(names) for names in folded.values() if len(names) > 1]
    if not several:
        return []
    return [
        InputError(
            f"{len(several)} screening ids are written in two ways.",
            expected="one way for each person, that of the first list",
            found=listed(several),
            remedy="Are they one person? Write them alike. Are they two? Give one another screening id.",
        )
    ]

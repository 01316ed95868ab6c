"""Ids that should be the same in two files: what has become of those that are not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from handbook_utils.errors import InputError, listed

_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            *("jan january januari", "feb febr february februari", "mar mrt march maart", "apr april", "may mei"),
            *("jun june juni", "jul july juli", "aug august augustus", "sep sept september"),
            *("oct okt october oktober", "nov november", "dec december"),
        ),
        start=1,
    )
    for name in names.split()
}
_NUMBER = re.compile(r"^[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?$")
_ISO = re.compile(r"^\d{4}-(\d{2})-(\d{2})(?:[ T]00:00:00)?$")
_WORD_FIRST = re.compile(r"^([a-z]{3,9})[-\s.]?(\d{1,2})$")
_WORD_LAST = re.compile(r"^(\d{1,2})[-\s.]([a-z]{3,9})\.?(?:[-\s]\d{2,4})?$")
_DIGITS = re.compile(r"^(\d{1,2})[-/.](\d{1,2})(?:[-/.]\d{2,4})?$")


def _trimmed(name: str) -> set[str]:
    # Also the blanks that do not look like blanks: no-break space, zero width space, byte order mark.
    return {re.sub(r"[\s\u00a0\u200b\ufeff]+", " ", name).strip()}


def _capitals(name: str) -> set[str]:
    return {name.strip().casefold()}


def _spreadsheet(name: str) -> set[str]:
    """Return what a spreadsheet may take an id for: the same number, or the same day of a month."""
    text = name.strip().casefold()
    keys = set()
    if _NUMBER.match(text):
        value = float(text.replace(",", "."))
        keys.add(f"number {value!r}")
        if abs(value) >= 1e11:  # shown as 1.23457E+18
            keys.add(f"number {value:.5e}")
    if found := _ISO.match(text):
        keys.add(f"day {int(found[1])}-{int(found[2])}")
    if (found := _WORD_FIRST.match(text)) and found[1] in _MONTHS:
        keys.add(f"day {_MONTHS[found[1]]}-{int(found[2])}")
    if (found := _WORD_LAST.match(text)) and found[2] in _MONTHS:
        keys.add(f"day {_MONTHS[found[2]]}-{int(found[1])}")
    if found := _DIGITS.match(text):
        one, two = int(found[1]), int(found[2])
        keys |= {f"day {a}-{b}" for a, b in ((one, two), (two, one)) if 1 <= a <= 12 and 1 <= b <= 31}
    return keys


def _in_r(name: str) -> set[str]:
    """Return what R makes of a name when it must be a variable: ``1-a`` becomes ``X1.a``."""
    made = re.sub(r"[^\w.]|_", ".", name.strip())
    return {made, made.removeprefix("X")}


_CHANGES: list[tuple[str, Callable[[str], set[str]], str]] = [
    ("blanks before, after or within them", _trimmed, "Remove the blanks."),
    (
        "what a spreadsheet makes of numbers and dates",
        _spreadsheet,
        "Take the ids from the original file, format the column as Text, and export it again.",
    ),
    ("capitals", _capitals, "Write them alike."),
    ("what R makes of names", _in_r, "Read the table in R with check.names = FALSE, and export it again."),
]


def loose_keys(name: str) -> set[str]:
    """Return all forms under which a changed id may be known again.

    Examples
    --------
    >>> loose_keys("1.10") & loose_keys("1.1") != set(), loose_keys("MARCH1") & loose_keys("1-Mar")
    (True, {'day 3-1'})
    """
    return {key for _, keys, _ in _CHANGES for key in keys(name)}


def changed_ids(
    left: Sequence[str], right: Iterable[str], what: str, places: tuple[str, str], where: str
) -> list[InputError]:
    """Explain ids that differ between two files and are probably meant to be the same.

    Parameters
    ----------
    left, right : sequence of str
        The ids that have no equal on the other side.
    what : str
        "sample" or "feature".
    places : tuple of str
        What to call the two sides.
    where : str
        For the message.

    Returns
    -------
    list of InputError
        One for each kind of change.

    Examples
    --------
    >>> print(changed_ids(["1.10"], ["1.1"], "sample", ("the table", "the metadata"), "a.tsv, b.xlsx")[0])
    1 sample ids match only but for what a spreadsheet makes of numbers and dates.
      where:    a.tsv, b.xlsx
      expected: the same ids in the table and the metadata
      found:    '1.10' and '1.1'
      remedy:   Take the ids from the original file, format the column as Text, and export it again.
    """
    errors = []
    rest, others = list(left), list(right)
    for kind, keys, remedy in _CHANGES:
        known = {key: name for name in reversed(others) for key in keys(name)}
        pairs = [(name, known[key]) for name in rest for key in sorted(keys(name)) if key in known]
        pairs = list(dict(pairs).items())
        if pairs:
            explained = dict(pairs)
            rest = [name for name in rest if name not in explained]
            errors.append(
                InputError(
                    f"{len(pairs)} {what} ids match only but for {kind}.",
                    where=where,
                    expected=f"the same ids in {places[0]} and {places[1]}",
                    found=listed([f"{one!r} and {other!r}" for one, other in pairs], most=4),
                    remedy=remedy,
                )
            )
    return errors

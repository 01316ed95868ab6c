"""Dates and times as each standard has them, to the letter: what is written, and that there was such a day.

ENA's is the pattern of ERC000015 (a T between day and time, an offset in hours, a range with a slash); NCBI takes days
with the month's English name as well (BioSample, "collection_date").
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from handbook_utils.protocols.metadata.standards import Field


@dataclass(frozen=True)
class Problem:
    """What is wrong with one value.

    Parameters
    ----------
    rule : str
        The rule it breaks.
    remedy : str
        What to do.
    """

    rule: str
    remedy: str


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ISO = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?)?)?"
)
_ENA = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2}))?Z?(?:[+-]\d{1,2})?)?)?)?")
_NCBI = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2}))?Z?)?)?)?")
_QIITA = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?: (\d{2})(?::(\d{2})(?::(\d{2}))?)?)?)?)?")
_MOMENT = re.compile(r"(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2}))?")
#: A day as NCBI takes it too: 02-Mar-2026, Mar-2026.
_NAMED = re.compile(rf"(?:(\d{{2}})-)?({'|'.join(_MONTHS)})-(\d{{4}})")
_SERIAL = re.compile(r"[34]\d{4}(?:[.,]\d+)?")


def as_iso(value: str) -> str:
    """Return a date with the month's name as one in numbers, and of a range its later end.

    Parameters
    ----------
    value : str
        As it stands in a file.

    Returns
    -------
    str
        Such as 2026-03-02; anything else as it was.

    Examples
    --------
    >>> as_iso("02-Mar-2026"), as_iso("Mar-2026"), as_iso("2026-01/2026-03"), as_iso("soon")
    ('2026-03-02', '2026-03', '2026-03', 'soon')
    """
    last = value.rpartition("/")[2]
    if named := _NAMED.fullmatch(last):
        day, month, year = named.groups()
        last = f"{year}-{_MONTHS.index(month) + 1:02d}" + (f"-{day}" if day else "")
    return last


def _date_problem(value: str, wanted: str, example: str) -> Problem:
    if _SERIAL.fullmatch(value):
        day = dt.date(1899, 12, 30) + dt.timedelta(days=int(float(value.replace(",", "."))))
        return Problem(wanted, f"This is a spreadsheet's day number; if of Excel for Windows, write {day.isoformat()}.")
    if found := re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", value):
        return Problem(wanted, f"Write year, month, day; is it {found[3]}-{found[2]:0>2}-{found[1]:0>2}?")
    return Problem(wanted, f"Write it like {example}.")


def _real_date(parts: tuple[str | None, ...]) -> bool:
    year, month, day, hour, minute, second = (*(int(part) if part else None for part in parts), *[None] * 6)[:6]
    date = (1 if part is None else part for part in (year, month, day))
    try:
        dt.datetime(next(date), next(date), next(date), hour or 0, minute or 0, second or 0)
    except ValueError:
        return False
    return True


def _dated(pattern: re.Pattern[str], wanted: str, *, ranges: bool = False) -> Callable[[str, Field], Problem | None]:
    def rule(value: str, field: Field) -> Problem | None:
        ends = value.split("/") if ranges and value.count("/") == 1 else [value]
        if pattern is _ENA and value[:1] not in ("1", "2"):
            return _date_problem(value, wanted, str(field.example))
        for end in ends:
            found = pattern.fullmatch(as_iso(end) if pattern is _NCBI else end)
            # Five digits can be a year to a pattern; to a spreadsheet they are a day.
            if not found:
                return _date_problem(value, wanted, str(field.example))
            if not _real_date(found.groups()):
                return Problem(wanted, "There is no such day or time.")
        return None

    return rule


_CUT = "cut off from the right where less is known"
#: Rules of dates, by name.
DATES: Mapping[str, Callable[[str, Field], Problem | None]] = {
    "iso": _dated(_ISO, f"a date in ISO 8601, {_CUT}"),
    "ena_date": _dated(_ENA, f"a date in ISO 8601 with T before a time, {_CUT}; two with / between", ranges=True),
    "ncbi_date": _dated(_NCBI, f"YYYY-MM-DD, DD-Mmm-YYYY or Mmm-YYYY, {_CUT}; two with / between", ranges=True),
    "qiita_time": _dated(_QIITA, f"yyyy-mm-dd hh:mm, {_CUT}"),
    "moment": _dated(_MOMENT, "a date and a time: YYYY-MM-DD HH:MM"),
}

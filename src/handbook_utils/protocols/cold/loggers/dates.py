"""Dates and times as loggers write them: which number is the day is found in the file, or asked, and never guessed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from handbook_utils.errors import InputError, listed

ORDERS = ("day-month-year", "month-day-year", "year-month-day")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "januari", "january"), ("feb", "februari", "february"), ("mar", "mrt", "maart", "march", "mär"),
            ("apr", "april"), ("may", "mei", "mai"), ("jun", "juni", "june"), ("jul", "juli", "july"),
            ("aug", "augustus", "august"), ("sep", "sept", "september"), ("oct", "okt", "oktober", "october"),
            ("nov", "november"), ("dec", "dez", "december"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip
_DATE = re.compile(r"(?P<a>\d{1,4}|[^\W\d]{3,9})(?P<sign>[-/. ])(?P<b>\d{1,2}|[^\W\d]{3,9})[-/. ],?\s*(?P<c>\d{1,4})")
_TIME = re.compile(
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d\d)([:.](?P<second>\d\d)([.,]\d+)?)?\s*(?P<half>[ap]\.?\s?m\.?|[fe]m)?", re.I
)
_OFFSET = re.compile(r"\s*(?P<zone>Z|(UTC|GMT)?\s?[+-]\d\d:?\d\d|UTC|GMT)$", re.I)
_AFTERNOON = ("p", "e")  # pm, em


@dataclass(frozen=True)
class Moment:
    """A date and time as it is written: three parts of a date, whose order is not known yet, and the rest.

    Attributes
    ----------
    parts : tuple of str
        Of the date, as they follow each other.
    sign : str
        Between them.
    time : datetime.time
        Of the day.
    offset : datetime.tzinfo or None
        Where the text names one.
    """

    parts: tuple[str, str, str]
    sign: str
    time: dt.time
    offset: dt.tzinfo | None = None

    def in_order(self, order: str) -> dt.datetime | None:
        """Return the date and time, parts read in an order; None where there is no such day.

        Parameters
        ----------
        order : str
            Such as ``day-month-year``.

        Returns
        -------
        datetime.datetime or None
            Without a zone; a year of two digits is of this century.

        Examples
        --------
        >>> written("03/04/26 1:05:00 PM").in_order("month-day-year")
        datetime.datetime(2026, 3, 4, 13, 5)
        """
        named = dict(zip(order.split("-"), self.parts, strict=True))
        month = _MONTHS.get(named["month"].lower().rstrip("."))
        if month is None and not named["month"].isdecimal():
            return None
        if not named["day"].isdecimal() or not named["year"].isdecimal() or len(named["year"]) not in (2, 4):
            return None
        year = int(named["year"]) + (2000 if len(named["year"]) == 2 else 0)
        if len(named["day"]) > 2 or not 1990 <= year <= 2100:
            return None
        try:
            return dt.datetime.combine(dt.date(year, month or int(named["month"]), int(named["day"])), self.time)
        except ValueError:
            return None


def written(text: str) -> Moment:
    """Take a date and time apart.

    Parameters
    ----------
    text : str
        Date first, then the time, with a blank, a comma or a T between them.

    Returns
    -------
    Moment
        Its parts, of which the order of day and month is not yet known.

    Raises
    ------
    ValueError
        What would have been one.

    Examples
    --------
    >>> written("2026-03-03T09:00:00+01:00").offset.utcoffset(None)
    datetime.timedelta(seconds=3600)
    >>> written("3 mrt 2026 09:00").in_order("day-month-year").month
    3
    """
    plain = text.strip()
    offset = None
    if zone := _OFFSET.search(plain):
        offset = fixed_zone(zone["zone"])
        plain = plain[: zone.start()].rstrip()
    date = _DATE.match(plain)
    rest = plain[date.end() :].lstrip("Tt, ") if date else ""
    time = _TIME.fullmatch(rest)
    if not date or not time:
        raise ValueError("a time such as 2026-03-29 01:30 or 29-03-2026 01:30")
    hour = int(time["hour"])
    if time["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("an hour from 1 to 12 before AM or PM")
        hour = hour % 12 + (12 if time["half"][0].lower() in _AFTERNOON else 0)
    try:
        clock = dt.time(hour, int(time["minute"]), int(time["second"] or 0))
    except ValueError:
        raise ValueError("a time of the day, to 23:59:59") from None
    return Moment((date["a"], date["b"], date["c"]), date["sign"], clock, offset)


def fixed_zone(text: str) -> dt.tzinfo | None:
    """Return the distance from UTC that a text names, such as ``GMT+01:00``; None where it names none.

    Parameters
    ----------
    text : str
        A heading or the end of a time.

    Returns
    -------
    datetime.tzinfo or None
        UTC itself where no distance is named beside it.

    Examples
    --------
    >>> fixed_zone("Date Time, GMT-05:00").utcoffset(None).total_seconds() / 3600
    -5.0
    >>> fixed_zone("Time (UTC)") is dt.UTC, fixed_zone("Time") is None
    (True, True)
    """
    found = re.search(r"(?:UTC|GMT|^)\s?(?P<sign>[+-])(?P<hours>\d{1,2})(:?(?P<minutes>\d\d))?\b", text, re.I)
    if found:
        minutes = int(found["hours"]) * 60 + int(found["minutes"] or 0)
        return dt.timezone(dt.timedelta(minutes=minutes if found["sign"] == "+" else -minutes))
    return dt.UTC if re.search(r"\b(UTC|GMT)\b|^Z$", text, re.I) else None


def found_order(moments: Sequence[Moment], where: str, asked: str = "auto") -> tuple[str, str]:
    """Find the order of day, month and year that a file's dates are written in.

    Parameters
    ----------
    moments : sequence of Moment
        All of a file, in its order.
    where : str
        The file, for messages.
    asked : str
        Of :data:`ORDERS`, where somebody said it; or ``auto``.

    Returns
    -------
    order : str
        Of :data:`ORDERS`.
    why : str
        How it was found.

    Raises
    ------
    InputError
        No order fits every date, or two do and nothing tells them apart.

    Examples
    --------
    >>> found_order([written("03/04/2026 23:50"), written("04/04/2026 00:00")], "box.csv")
    ('day-month-year', 'dates are day-month-year: so the readings follow each other')
    """
    possible: dict[str, list[dt.datetime]] = {}
    for order in ORDERS if asked == "auto" else (asked,):
        read = [moment.in_order(order) for moment in moments]
        if all(read):
            possible[order] = [moment for moment in read if moment]
    if not possible:
        seen = list(dict.fromkeys(f"{moment.sign.join(moment.parts)}" for moment in moments))
        raise InputError(
            "The dates are not in one order." if asked == "auto" else f"The dates are not {asked}.",
            where=where,
            expected="day, month and year in the same order in every line",
            found=listed([seen[0], *seen[-2:]] if len(seen) > 3 else seen),
        )
    if len(possible) == 1:
        order = next(iter(possible))
        return order, f"dates are {order}: {'as was said' if asked != 'auto' else 'no other order fits'}"
    if len({tuple(read) for read in possible.values()}) == 1:
        order = next(iter(possible))
        return order, "day and month are the same number: their order does not matter"
    points = {order for order in possible if order == "day-month-year"}
    if moments[0].sign == "." and points:
        return "day-month-year", "dates are day-month-year: with points between them, months never come first"
    jumps = {order: max(abs(later - sooner) for sooner, later in pairwise(read)) for order, read in possible.items()}
    smallest = min(jumps.values())
    best = [order for order, jump in jumps.items() if jump == smallest]
    if len(best) == 1:
        return best[0], f"dates are {best[0]}: so the readings follow each other"
    first = {order: f"{possible[order][0]:%-d %B %Y}" for order in best}
    raise InputError(
        "It cannot be told which number is the day and which the month.",
        where=where,
        expected="dates that can be read in one way only, or the order that was asked for",
        found=f"{moments[0].sign.join(moments[0].parts)}: {' or '.join(first.values())}",
        remedy=f"Say which: date_order {' or '.join(best)}; in a study file under cold:",
    )

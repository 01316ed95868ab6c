"""Days as people write them."""

from __future__ import annotations

from datetime import date

_MONTHS: dict[str, str] = {
    "en": "January February March April May June July August September October November December",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
}


def spelled(day: date, lang: str) -> str:
    """Write a day as people write it.

    Parameters
    ----------
    day : datetime.date
        The day.
    lang : {"en", "nl"}
        Language of the month.

    Returns
    -------
    str
        Day, month in letters, year.

    Examples
    --------
    >>> spelled(date(2026, 11, 29), "nl")
    '29 november 2026'
    """
    return f"{day.day} {_MONTHS[lang].split()[day.month - 1]} {day.year}"

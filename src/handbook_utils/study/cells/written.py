"""How people write cells: signs that mean one thing only, units behind numbers, days and words in several styles."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence

from handbook_utils.errors import InputError, listed
from handbook_utils.study.matching import MONTHS

#: What is typeset for a minus sign: the sign itself, which Swedish spreadsheets and R print, and a dash.
_MINUS = re.compile(r"^[\u2212\u2013](?=[\d.,])")
#: Blanks and apostrophes separate thousands, and nothing else.
_GROUPED = re.compile(
    r"^[+-]?[1-9]\d{0,2}(?P<sign>[ '\u2019\u00a0\u2009\u202f])\d{3}(?:(?P=sign)\d{3})*(?:[.,]\d+)?$", re.ASCII
)
_WITH_UNIT = re.compile(
    r"^[+-]?\d[\d.,]*(?P<blank>\s?)(?P<unit>%|°\s?[CFcf]|[^\W\d_]{1,12}(?:[/·][^\W\d_]{1,6}|/m[2²]|[²³])*\.?)$"
)
#: Units that stand behind a number without a blank; any longer word may stand there with one.
_UNITS = {
    *("kg", "g", "mg", "µg", "μg", "ug", "ng", "lb", "lbs", "cm", "mm", "m", "km", "ft", "l", "ml", "dl", "%", "mmol"),
    *("y", "yr", "yrs", "year", "years", "yo", "j", "jr", "jaar", "jaren", "mo", "months", "month", "mnd", "maanden"),
    *("w", "wk", "weeks", "week", "weken", "d", "days", "day", "dagen", "dag", "h", "hr", "hrs", "uur", "min", "s"),
    *("°c", "°f", "c", "bpm", "mmhg", "kcal", "kj", "ppm", "bp", "kb", "mb"),
}
_TIME = r"(?:[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z| ?[AaPp][Mm])?)?"
_MONTH = f"(?:{'|'.join(sorted(MONTHS, key=len, reverse=True))})"
#: How a day is written: the year first, the year last, the month as a word.
_DAYS = [
    re.compile(rf"^\d{{4}}(?P<sign>[-/.])\d{{1,2}}(?P=sign)\d{{1,2}}{_TIME}$", re.ASCII),
    re.compile(rf"^\d{{1,2}}(?P<sign>[-/.])\d{{1,2}}(?P=sign)(?:\d{{4}}|\d{{2}}){_TIME}$", re.ASCII),
    re.compile(
        rf"^(?:\d{{1,2}}[-. ]+{_MONTH}|{_MONTH}\.?[- ]+\d{{1,2}}),?[-. ]+(?:\d{{4}}|\d{{2}}){_TIME}$",
        re.ASCII | re.IGNORECASE,
    ),
]
#: Words of fewer kinds are groups: 6 months and 12 months.
_GROUPS = 5
#: So large a part of a column must be alike for the rest to be a slip of the pen.
_NEARLY_ALL = 0.8


def plain(text: str) -> str:
    """Return a number as programs write it; any other text as it is.

    Parameters
    ----------
    text : str
        A cell, without blanks around it.

    Returns
    -------
    str
        With a hyphen for a minus sign, and nothing between thousands where a blank or an apostrophe separates them.

    Examples
    --------
    >>> [plain(text) for text in ("\u22121.5", "1'276", "1 234 567,8", "12 34", "1,234")]
    ['-1.5', '1276', '1234567,8', '12 34', '1,234']
    """
    text = _MINUS.sub("-", text)
    found = _GROUPED.match(text)
    return text.replace(found["sign"], "") if found else text


def unit_of(cells: Sequence[str]) -> str:
    """Return the unit that stands behind nearly all numbers of a column of words.

    Parameters
    ----------
    cells : sequence of str
        Without those that are missing.

    Returns
    -------
    str
        Empty where there is none, or so few different cells that they are groups.

    Examples
    --------
    >>> unit_of([f"{n} kg" for n in range(60, 70)]), unit_of(["6 months", "12 months"]), unit_of(["101B", "102B"])
    ('kg', '', '')
    """
    found = [_WITH_UNIT.match(plain(cell)) for cell in cells]
    units = Counter(
        one["unit"]
        for one in found
        if one and (one["unit"].casefold() in _UNITS or "/" in one["unit"] or (one["blank"] and len(one[0]) > 3))
    )
    unit, many = units.most_common(1)[0] if units else ("", 0)
    return unit if many >= _NEARLY_ALL * len(cells) and len(set(cells)) > _GROUPS else ""


def day_styles(cells: Sequence[str]) -> list[str]:
    """Return how the days of a column are written, an example of each style; none where it holds other things.

    Parameters
    ----------
    cells : sequence of str
        Without those that are missing.

    Returns
    -------
    list of str
        Empty where fewer than three cells, or not nearly all of them, are days; a cell that is no day is a style, too.

    Examples
    --------
    >>> day_styles(["2023-03-01", "2 mrt 2023", "03/04/2023", "2023-03-04"])
    ['2023-03-01', '2 mrt 2023', '03/04/2023']
    >>> day_styles(["a", "b", "2023-03-04"])
    []
    """
    styles: dict[str, str] = {}
    days = 0
    for cell in cells:
        style = next(
            (
                f"{n}{cell[found.end('sign') - 1]}" if n < 2 else "2"
                for n, form in enumerate(_DAYS)
                if (found := form.match(cell))
            ),
            "none",
        )
        styles.setdefault(style, cell)
        days += style != "none"
    return list(styles.values()) if days >= 3 and days >= _NEARLY_ALL * len(cells) else []


def days_of(cells: Sequence[str]) -> tuple[list[dt.date | None], list[int]]:
    """Return the days that cells are, and the places of cells that are none.

    Parameters
    ----------
    cells : sequence of str
        Empty where they are missing. With the year last, a number above 12 must say which is the month.

    Returns
    -------
    tuple of list
        A day a cell, or None; and the places (from 0) of what is not missing and no day.

    Examples
    --------
    >>> days_of(["2024-05-31", "", "31-05-2024", "31 May"])
    ([datetime.date(2024, 5, 31), None, datetime.date(2024, 5, 31), None], [3])
    """
    split = [re.split(r"[-/.T ]", cell) for cell in cells]
    last = [part for part in split if len(part) > 2 and len(part[0]) <= 2]
    american = any(part[1].isdigit() and int(part[1]) > 12 for part in last)
    european = any(part[0].isdigit() and int(part[0]) > 12 for part in last)
    dates: list[dt.date | None] = []
    wrong = []
    for place, (cell, parts) in enumerate(zip(cells, split, strict=True)):
        day = None
        if cell:
            try:
                one, two, three = (int(part) for part in parts[:3])
                if len(parts[0]) == 4:
                    day = dt.date(one, two, three)
                elif american != european:
                    day = dt.date(three, one, two) if american else dt.date(three, two, one)
                else:
                    wrong.append(place)
            except ValueError:
                wrong.append(place)
        dates.append(day)
    return dates, wrong


def doubt_of(name: str, cells: Sequence[str], where: str) -> InputError | None:
    """Return what a column of words is asked about before it is used: units, days in several styles, capitals.

    Parameters
    ----------
    name : str
        Of the column.
    cells : sequence of str
        Without those that are missing.
    where : str
        The file, for the message.

    Returns
    -------
    InputError or None
        To be raised where the column is used.

    Examples
    --------
    >>> print(doubt_of("bmi", [f"{n} kg/m2" for n in range(19, 29)], "my.tsv").problem)
    The column 'bmi' holds numbers with a unit.
    """
    words = f"or say that these are words: types '{name} categorical'."
    if unit := unit_of(cells):
        return InputError(
            f"The column {name!r} holds numbers with a unit.",
            where=f"{where}, column {name!r}",
            expected="numbers alone, so that they can be reckoned with",
            found=listed([repr(cell) for cell in dict.fromkeys(cells)], most=4),
            remedy=f"Take the unit {unit!r} out of the cells, into the name of the column; {words}",
        )
    styles = day_styles(cells)
    if len(styles) > 1:
        return InputError(
            f"The column {name!r} holds days that are written in {len(styles)} ways.",
            where=f"{where}, column {name!r}",
            expected="one way of writing, such as 2024-05-31, in every cell",
            found=listed([repr(cell) for cell in styles], most=4),
            remedy=f"Write them alike, as 2024-05-31; {words}",
        )
    if alike := spelled_alike(cells):
        return InputError(
            f"The column {name!r} holds words that differ in capitals or blanks alone.",
            where=f"{where}, column {name!r}",
            expected="one way of writing a word, so that a group is one",
            found=listed([" and ".join(f"{word!r} ({cells.count(word)})" for word in one) for one in alike], most=4),
            remedy=f"Write them alike; or say that they are different words: types '{name} categorical'.",
        )
    return None


def spelled_alike(cells: Sequence[str]) -> list[list[str]]:
    """Return the words that differ in nothing but capitals and blanks, those that are one together.

    Parameters
    ----------
    cells : sequence of str
        Of a column of words.

    Returns
    -------
    list of list of str
        Two spellings or more each.

    Examples
    --------
    >>> spelled_alike(["sham", "Sham", "fibre", "low  dose", "low dose", "sham"])
    [['sham', 'Sham'], ['low  dose', 'low dose']]
    """
    alike: dict[str, list[str]] = {}
    for cell in dict.fromkeys(cells):
        alike.setdefault(" ".join(cell.casefold().split()), []).append(cell)
    return [words for words in alike.values() if len(words) > 1]

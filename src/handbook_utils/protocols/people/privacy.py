"""The privacy guard: what must not leave in a shared file, found before it leaves.

A guard of patterns finds what has a form: citizen service numbers (BSN), e-mail addresses, telephone numbers, postal
codes, dates of birth, exact coordinates, and names that follow initials or words such as *mevrouw*. It cannot find a
name that stands alone in free text: a person must read free text before it leaves.

Sources: AVG (GDPR) art. 4(1) on what is personal data; UAVG art. 46 on the BSN, whose eleven-test is in its logical
design; INSDC's missing value terms for what to write instead.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

#: What to write where a value must not be shared (INSDC controlled vocabulary).
WITHHELD = "missing: human-identifiable"

#: Decimals of a degree that may be shared: two are about a kilometre.
DECIMALS = 2


@dataclass(frozen=True)
class Finding:
    """One value that must not leave.

    Attributes
    ----------
    row : int
        Row of the table, from 1; 0 where the whole column is meant.
    column : str
        Its column.
    what : str
        What kind of personal data it looks like.
    shown : str
        The value with its middle hidden, so that the message itself gives nothing away.
    remedy : str
        What to do.
    """

    row: int
    column: str
    what: str
    shown: str
    remedy: str


def is_bsn(text: str) -> bool:
    """Say whether nine digits satisfy the eleven-test of the Dutch citizen service number.

    Parameters
    ----------
    text : str
        Eight or nine digits; dots, blanks and hyphens between them do not count.

    Returns
    -------
    bool
        True where 9a + 8b + … + 2h − i is a multiple of 11, and the digits are not all 0.

    Examples
    --------
    >>> is_bsn("111222333")
    True
    >>> is_bsn("111222334")
    False
    """
    digits = re.sub(r"[ .\-]", "", text)
    if not re.fullmatch(r"\d{8,9}", digits):
        return False
    numbers = [int(digit) for digit in digits.zfill(9)]
    total = sum(weight * number for weight, number in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), numbers, strict=True))
    return any(numbers) and total % 11 == 0


_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w")
_PHONE = re.compile(r"(?<![\w.])(?:\+31[ -]?(?:\(0\))?|0031[ -]?|0)(?:6[ -]?)?(?:\d[ -]?){7,8}\d(?![\w.])")
_POSTCODE = re.compile(r"(?<!\w)[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2}(?!\w)")
_DIGITS = re.compile(r"(?<![\w.,])\d(?:[ .\-]?\d){7,8}(?![ .\-]?\d|\w)")
_NAME = re.compile(
    r"\b(?:mevr(?:ouw)?|mw|dhr|meneer|de heer|mrs?|ms|miss|drs?|prof|naam|name|heet|genaamd)\b[.:]?\s+"
    r"(?:(?:van|de|der|den|ter|ten|von|el)\s+)*[A-Z][\w'-]+",
)
_INITIALS = re.compile(r"\b(?:[A-Z]\.){1,4}\s*(?:(?:van|de|der|den|ter|ten)\s+)*[A-Z][a-z][\w'-]+")
_COORDINATE = re.compile(r"[-+]?\d{1,3}\.(\d+)")
_DATE = re.compile(r"\b(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}))\b")
#: One date in eleven satisfies the eleven-test by chance.
_A_DATE = re.compile(
    r"(?:19|20)\d{2}[-.](?:0[1-9]|1[0-2])[-.](?:0[1-9]|[12]\d|3[01])|"
    r"(?:0[1-9]|[12]\d|3[01])[-.](?:0[1-9]|1[0-2])[-.](?:19|20)\d{2}"
)
#: The numbers of ontologies' terms are long, and some satisfy the eleven-test, too.
_A_TERM = re.compile(r"\b(?:ENVO|UBERON|DOID|EFO|OBI|PATO|CHEBI|FMA|GAZ|MIXS|NCBITaxon)[:_]\d+")
_BIRTH = re.compile(r"birth|geboort|geb[._ ]?dat|\bdob\b", re.IGNORECASE)
_PLACE = re.compile(r"\blat|\blon|lat_lon|coord|latitude|longitude", re.IGNORECASE)
_PERSONAL = re.compile(
    r"^(?:(?:first|last|sur|full|voor|achter|participant|patient)[ _-]?(?:name|naam)|naam|initialen|initials|"
    r"address|adres|street|straat|huisnummer|house[ _-]?number|e-?mail|phone|telefoon.*|bsn|zip|postcode|postal.*)$",
    re.IGNORECASE,
)


def examine(table: pd.DataFrame, *, today: dt.date | None = None) -> list[Finding]:
    """Look for personal data in every cell of a table.

    Parameters
    ----------
    table : pandas.DataFrame
        Values as they stand in the file, best read as text; the index is looked at as a column, too.
    today : datetime.date, optional
        A complete date that is neither of this age nor of the last two centuries is no date of birth.

    Returns
    -------
    list of Finding
        By row and column; columns whose name says what they hold come first.

    Examples
    --------
    >>> import pandas as pd
    >>> for found in examine(pd.DataFrame({"note": ["fine", "call 06-12345678"]})):
    ...     print(found.row, found.column, found.what, found.shown)
    2 note telephone number 06…78
    """
    frame = table.reset_index() if table.index.name else table
    year = (today or dt.date.today()).year
    return [*_columns(frame), *_cells(frame, year)]


def _columns(frame: pd.DataFrame) -> Iterator[Finding]:
    for column in frame.columns:
        if _PERSONAL.match(str(column).strip()) and _filled(frame[column]):
            yield Finding(
                0, str(column), "column of personal data", "", f"Leave the column out, or write {WITHHELD} in it."
            )


def _filled(values: pd.Series) -> bool:
    return any(_text(value) not in ("", WITHHELD) for value in values)


def _text(value: object) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value).strip()


def _cells(frame: pd.DataFrame, year: int) -> Iterator[Finding]:
    for number, row in enumerate(frame.itertuples(index=False, name=None), start=1):
        for column, value in zip(frame.columns, row, strict=True):
            text = _text(value)
            if not text or text == WITHHELD:
                continue
            for what, shown, remedy in _looks_like(text, str(column), year):
                yield Finding(number, str(column), what, _hidden(shown), remedy)


@lru_cache(maxsize=20_000)
def _looks_like(text: str, column: str, year: int) -> tuple[tuple[str, str, str], ...]:
    """Remembered, for most values stand in a table many times."""
    return tuple(_likenesses(text, column, year))


def _likenesses(text: str, column: str, year: int) -> Iterator[tuple[str, str, str]]:
    plain = _A_TERM.sub("", text)
    if match := _first(_DIGITS, plain, lambda digits: is_bsn(digits) and not _A_DATE.fullmatch(digits)):
        yield "citizen service number (BSN)", match, "Take it out: outside care a BSN may not be used (UAVG art. 46)."
    elif match := _first(_PHONE, plain):
        yield "telephone number", match, "Take it out; keep it with the key file."
    if match := _first(_EMAIL, text):
        yield "e-mail address", match, "Take it out; keep it with the key file."
    if match := _first(_POSTCODE, text):
        yield "postal code", match, "Keep the four digits at most, better the province."
    if match := _first(_NAME, text) or _first(_INITIALS, text):
        yield "name", match, f"Take the name out, or write {WITHHELD}."
    if _BIRTH.search(column):
        for found in _DATE.finditer(text):
            born = int(found[1] or found[6])
            if year - 120 <= born <= year:
                yield "date of birth", found[0], f"Write the year of birth, {born}: that is enough as a rule."
    if _PLACE.search(column):
        exact = [found[0] for found in _COORDINATE.finditer(text) if len(found[1].rstrip("0")) > DECIMALS]
        if exact:
            yield "exact coordinate", exact[0], f"Round to {DECIMALS} decimals (about 1 km), or write {WITHHELD}."


def _first(pattern: re.Pattern[str], text: str, also: Callable[[str], bool] = bool) -> str:
    return next((found[0] for found in pattern.finditer(text) if also(found[0])), "")


def _hidden(text: str) -> str:
    return text[:2] + "…" + text[-2:] if len(text) > 5 else "…"

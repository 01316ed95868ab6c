"""The privacy guard: what must not leave in a shared file, found before it leaves.

A guard of patterns finds what has a form, however it was written: citizen service numbers (BSN), bank accounts (IBAN),
telephone numbers, e-mail and street addresses, postal codes, dates of birth, patient numbers, exact coordinates, and
names behind titles, initials or common first names. The column and the value are weighed together: nine digits are a
number of reads in one column and a BSN in another. It cannot find a name that stands alone in free text: a person must
read free text before it leaves. How much it finds and how often it is wrong is measured on two lists in its tests.

Sources: AVG (GDPR) art. 4(1) on what is personal data; UAVG art. 46 on the BSN, whose eleven-test is in its logical
design; ISO 13616 and ISO 7064 for IBAN; INSDC's missing value terms for what to write instead.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from handbook_utils.protocols.privacy import births, columns, identifiers, names, places

#: What to write where a value must not be shared (INSDC controlled vocabulary).
WITHHELD = "missing: human-identifiable"
_BARE = re.compile(r"\d{8,9}")


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


@lru_cache(maxsize=20_000)
def _normalised(text: str) -> str:
    """Return a value as it is looked at: Unicode's twins, odd blanks and dashes, and a spreadsheet's ``.0`` made plain.

    Examples
    --------
    >>> _normalised("０６–12345678\u200b"), _normalised("111222333.0"), _normalised("6.12345678E+08")
    ('06-12345678', '111222333', '612345678')
    """
    plain = text
    if not text.isascii():
        plain = unicodedata.normalize("NFKC", text)
        plain = "".join(character for character in plain if unicodedata.category(character) != "Cf")
        plain = re.sub(r"[\u2010-\u2015\u2212]", "-", re.sub(r"[\u2018\u2019\u201b\u02bc]", "'", plain))
    plain = " ".join(plain.split())
    if re.fullmatch(r"\d\.\d+E\+\d{1,2}", plain):
        plain = str(int(float(plain)))
    return re.sub(r"^(\d{6,})\.0+$", r"\1", plain)


def number_form(form: str) -> str:
    """Return the regular expression of a hospital's patient numbers: 9 stands for a digit, A for a letter.

    Parameters
    ----------
    form : str
        As the study file gives it, such as ``A999.999``.

    Returns
    -------
    str
        Anything else stands for itself.

    Examples
    --------
    >>> [bool(re.search(number_form("A999.999"), text)) for text in ("seen as P123.456", "P1234.56")]
    [True, False]
    """
    parts = {"9": r"\d", "A": "[A-Za-z]"}
    return rf"(?<![\w.])(?:{''.join(parts.get(sign, re.escape(sign)) for sign in form)})(?!\w|\.\d)"


def examine(table: pd.DataFrame, *, today: dt.date | None = None, patient_numbers: Sequence[str] = ()) -> list[Finding]:
    """Look for personal data in every cell of a table.

    Parameters
    ----------
    table : pandas.DataFrame
        Values as they stand in the file, best read as text; the index is looked at as a column, too.
    today : datetime.date, optional
        A complete date that is neither of this age nor of the last two centuries is no date of birth.
    patient_numbers : sequence of str
        Forms of the hospitals' own patient numbers, as :func:`number_form` reads them.

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
    return [*_columns(frame), *_cells(frame, year, "|".join(map(number_form, patient_numbers)))]


def _columns(frame: pd.DataFrame) -> Iterator[Finding]:
    for column in frame.columns:
        if columns.PERSONAL.search(columns.plain(_normalised(str(column)))) and _filled(frame[column]):
            yield Finding(
                0, str(column), "column of personal data", "", f"Leave the column out, or write {WITHHELD} in it."
            )


def _filled(values: pd.Series) -> bool:
    return any(_text(value) not in ("", WITHHELD) for value in values.tolist())


def _text(value: object) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value).strip()


def _cells(frame: pd.DataFrame, year: int, numbers: str) -> Iterator[Finding]:
    names = [str(column) for column in frame.columns]
    texts = [[_text(value) for value in frame.iloc[:, place].to_numpy(dtype=object)] for place in range(len(names))]
    chance = [_by_chance(column) for column in texts]
    for number, row in enumerate(zip(*texts, strict=True), start=1):
        for column, text, by_chance in zip(names, row, chance, strict=True):
            if not text or text == WITHHELD:
                continue
            for what, shown, remedy in _looks_like(text, column, year, by_chance, numbers):
                yield Finding(number, column, what, hidden(shown), remedy)


def _by_chance(texts: list[str]) -> bool:
    """Tell whether a column of bare numbers satisfies the eleven-test as seldom as numbers do by chance."""
    bare = [text for text in map(_normalised, texts) if _BARE.fullmatch(text)]
    return len(bare) >= 5 and sum(map(identifiers.is_bsn, bare)) < 0.5 * len(bare)


@lru_cache(maxsize=20_000)
def _looks_like(text: str, column: str, year: int, chance: bool, numbers: str) -> tuple[tuple[str, str, str], ...]:
    """Remembered, for most values stand in a table many times."""
    return tuple(_likenesses(_normalised(text), columns.plain(_normalised(column)), year, chance, numbers))


def _likenesses(text: str, column: str, year: int, chance: bool, forms: str) -> Iterator[tuple[str, str, str]]:
    harmless = columns.bare_numbers(column)
    bare = bool(re.fullmatch(r"[\d.,\s-]+", text))
    plain = identifiers.without_terms(text)
    yield from identifiers.numbers(plain, column, harmless=harmless and bare, chance=chance and bare)
    yield from identifiers.others(text, column, forms, harmless=harmless and bare)
    if match := places.postal_code(text, column, bare=harmless):
        yield "postal code", match, "Keep the four digits at most, better the province."
    if not harmless and (match := places.address(text, column)):
        yield "address", match, "Keep the province at most."
    if match := names.name(text, column):
        yield "name", match, f"Take the name out, or write {WITHHELD}."
    yield from births.dates_of_birth(text, column, year)
    if match := places.coordinate(text, column, harmless=harmless):
        yield "exact coordinate", match, f"Round to {places.DECIMALS} decimals (about 1 km), or write {WITHHELD}."


def hidden(text: str) -> str:
    """Return a value by its ends, so that a message gives nothing away.

    Parameters
    ----------
    text : str
        What stands in a cell.

    Returns
    -------
    str
        Two characters of each end; of five or fewer none.

    Examples
    --------
    >>> hidden("06-12345678"), hidden("Ada")
    ('06…78', '…')
    """
    return text[:2] + "…" + text[-2:] if len(text) > 5 else "…"

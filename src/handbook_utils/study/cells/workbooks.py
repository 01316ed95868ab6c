"""Excel workbooks (.xlsx), read by openpyxl as cells of text."""

from __future__ import annotations

import datetime
import io
import re
import warnings
from collections.abc import Collection, Iterator
from typing import Any

from handbook_utils.errors import InputError, listed
from handbook_utils.study.cells.delimited import Sheet

#: The rows of a worksheet, as Excel has them.
_MOST_ROWS = 1_048_576


def is_workbook(names: list[str]) -> bool:
    """Whether a zip archive with these members is an Excel workbook.

    Parameters
    ----------
    names : list of str
        Members of the archive.

    Returns
    -------
    bool
        By the names.
    """
    return "xl/workbook.xml" in names


def sheet(content: bytes, where: str, wanted: str = "", known: Collection[str] = ()) -> Sheet:
    """Return the rows of a worksheet: the one that is wanted, or the first that holds a table.

    A worksheet of one column (a title, a README) is passed over, and so are title rows above a table; both are noted.
    Numbers become text as they are shown without format (``1.0`` as ``1``); dates become ISO dates, so that an id that
    Excel made a date of can be told. Of formulas the last computed value is taken.

    Parameters
    ----------
    content : bytes
        An ``.xlsx``.
    where : str
        The file, for messages.
    wanted : str
        Name of a worksheet; empty: the first that holds a table.
    known : collection of str
        Names of columns that are looked for: of several tables the one that has most of them is read.

    Returns
    -------
    Sheet
        With notes on what was passed over.

    Raises
    ------
    InputError
        Damaged, locked or empty; no such worksheet; a formula whose value was never computed is an empty cell.
    """
    import openpyxl
    from openpyxl.utils import get_column_letter

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions that openpyxl does not know do not matter here
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            names = list(book.sheetnames)
            filled = [(sheet.title, rows) for sheet in book.worksheets if (rows := list(_rows(sheet)))]
    except (InputError, MemoryError):
        raise
    except Exception as error:  # what is damaged fails anywhere inside openpyxl and the XML below it
        raise InputError(
            "This Excel workbook could not be read.",
            where=where,
            expected="a workbook (.xlsx) without a password",
            found=f"{type(error).__name__}: {error}",
            remedy="Save it again from the spreadsheet program, or export it as TSV.",
        ) from None
    if wanted and wanted not in names:
        raise InputError(
            "This workbook has no such worksheet.",
            where=where,
            expected=listed(names),
            found=wanted,
            remedy="Give the name of one of them as worksheet.",
        )
    asked = [(name, rows) for name, rows in filled if len(rows) > 1 and wanted in ("", name)]
    below = [(name, _from_header(rows)) for name, rows in asked]
    tables = [(name, rows) for name, rows in below if len(rows) > 1] or asked
    if not tables:
        raise InputError(
            f"The worksheet {wanted!r} has no table." if wanted else "This workbook has no table.",
            where=where,
            expected="a header and rows below it",
            found=f"sheets {names}",
            remedy="Was another worksheet meant?" if wanted else "Was another workbook meant?",
        )
    name, rows = max(tables, key=lambda one: sum(cell.strip().lstrip("*") in known for cell in one[1][0][1]))
    notes = [f"Format: Excel workbook, worksheet {name!r}."]
    titles = [next(filter(None, cells)) for line, cells in dict(filled)[name] if line < rows[0][0]]
    if titles:
        notes.append(f"Skipped before the header: {'; '.join(repr(title[:60]) for title in titles)}.")
    others = [other for other, _ in filled if other != name]
    if others:
        notes.append(f"Other worksheets were not read: {', '.join(others)}.")

    def place(line: int, column: int) -> str:
        return f"cell {get_column_letter(column)}{line} of worksheet {name!r}"

    width = max(len(rows[0][1]), 1)
    padded = ((line, [*cells, *[""] * (width - len(cells))]) for line, cells in rows[1:])
    return Sheet(rows[0][1], padded, place, where, "Excel workbook", "", notes)


def tables(content: bytes) -> list[str]:
    """Return the names of the worksheets that hold a table, of a workbook that :func:`sheet` has read.

    Parameters
    ----------
    content : bytes
        An ``.xlsx``.

    Returns
    -------
    list of str
        In their order.
    """
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        filled = [(sheet.title, list(_rows(sheet))) for sheet in book.worksheets]
    return [name for name, rows in filled if len(rows) > 1 and len(_from_header(rows)) > 1]


def _from_header(rows: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Return the rows from the header on: the first of several cells that names no groups of columns; [] for none."""
    widths = [len(cells) for _, cells in rows]
    if max(widths) < 2:
        return []
    at = next(n for n, width in enumerate(widths) if width > 1 or n == len(widths) - 1)
    while at + 2 < len(rows) and _over_several(rows[at][1], rows[at + 1][1]):
        at += 1
    return rows[at:]


def _over_several(cells: list[str], below: list[str]) -> bool:
    """Say whether a row names groups of columns (its cells were merged), and the row below it the columns."""
    names = [name for name in below if name]
    numbers = [name for name in below[1:] if re.fullmatch(r"[\d.,\s]+", name)]
    # Merged cells leave gaps; without one, it is the columns behind that have no name.
    return not all(cells) and 2 * sum(map(bool, cells)) < len(names) and len(names) >= len(below) - 1 and not numbers


def _rows(worksheet: Any) -> Iterator[tuple[int, list[str]]]:
    # A stray cell in the last corner must not make every row as wide as the whole worksheet.
    worksheet.reset_dimensions()
    # Rows that are not there are given as empty ones: without a limit, one in the last line takes a minute.
    for line, cells in enumerate(worksheet.iter_rows(values_only=True, max_row=_MOST_ROWS), start=1):
        texts = [_text(cell) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            yield line, texts


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    return str(value)

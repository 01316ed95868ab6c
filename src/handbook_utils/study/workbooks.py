"""Excel workbooks (.xlsx), read by openpyxl as cells of text."""

from __future__ import annotations

import datetime
import io
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from handbook_utils.errors import InputError
from handbook_utils.study.delimited import Sheet


def is_workbook(names: list[str]) -> bool:
    """Whether a zip archive with these members is an Excel workbook."""
    return "xl/workbook.xml" in names


def sheet(content: bytes, where: str) -> Sheet:
    """Return the rows of the first worksheet that has any.

    Numbers become text as they are shown without format (``1.0`` as ``1``); dates become ISO dates, so that an id that
    Excel made a date of can be told. Of formulas the last computed value is taken.

    Raises
    ------
    InputError
        Damaged, locked or empty; a formula whose value was never computed is an empty cell.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions that openpyxl does not know do not matter here
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            names = list(book.sheetnames)
            filled = [(sheet.title, rows) for sheet in book.worksheets if (rows := list(_rows(sheet)))]
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError, TypeError, AttributeError) as error:
        raise InputError(
            "This Excel workbook could not be read.",
            where=where,
            expected="a workbook (.xlsx) without a password",
            found=f"{type(error).__name__}: {error}",
            remedy="Save it again from the spreadsheet program, or export it as TSV.",
        ) from None
    if not filled or len(filled[0][1]) < 2:
        raise InputError(
            "This workbook has no table.", where=where, expected="a header and rows below it", found=f"sheets {names}"
        )
    name, rows = filled[0]
    notes = [f"Format: Excel workbook, worksheet {name!r}."]
    others = [other for other, _ in filled[1:]]
    if others:
        notes.append(f"Other worksheets were not read: {', '.join(others)}.")

    def place(line: int, column: int) -> str:
        return f"cell {get_column_letter(column)}{line} of worksheet {name!r}"

    width = max(len(rows[0][1]), 1)
    padded = ((line, [*cells, *[""] * (width - len(cells))]) for line, cells in rows[1:])
    return Sheet(rows[0][1], padded, place, where, "Excel workbook", "", notes)


def _rows(worksheet: Any) -> Iterator[tuple[int, list[str]]]:
    # A stray cell in the last corner must not make every row as wide as the whole worksheet.
    worksheet.reset_dimensions()
    for line, cells in enumerate(worksheet.iter_rows(values_only=True), start=1):
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

"""What a validation found, as an Excel workbook: the cells in question marked, and a sheet with what to do."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import IllegalCharacterError

from handbook_utils.protocols.metadata.validation import Validation

_FILL = PatternFill("solid", fgColor="FFE699")
_MOMENT = (2020, 1, 1, 0, 0, 0)


def workbook(validation: Validation) -> bytes:
    """Write the table and its findings as a workbook.

    Parameters
    ----------
    validation : Validation
        Of a file; personal data that was found is shown as it stands in the reader's own table only.

    Returns
    -------
    bytes
        An .xlsx: the sheet ``metadata`` (row 1 the header), where cells in question have a fill, bold letters and a
        comment that says why; the sheet ``errors``, a row a finding. All cells are text, none is a formula; the same
        bytes for the same input.
    """
    book = openpyxl.Workbook()
    del book["Sheet"]
    sheet = book.create_sheet("metadata")
    table = validation.table
    _write(sheet, 1, list(table.columns))
    for number, row in enumerate(table.itertuples(index=False, name=None), start=2):
        _write(sheet, number, list(row))
    at = {line: number for number, line in enumerate(table.index, start=2)}
    columns = {name: number for number, name in enumerate(table.columns, start=1)}
    notes: dict[tuple[int, int], list[str]] = {}
    for one in validation.errors:
        if one.column in columns:
            notes.setdefault((at.get(one.row, 1), columns[one.column]), []).append(f"{one.rule}. {one.remedy}")
    for (line, place), said in notes.items():
        cell = sheet.cell(line, place)
        cell.fill, cell.font = _FILL, Font(bold=True)
        cell.comment = Comment("\n".join(said), "handbook validate", width=320, height=120)
    sheet.freeze_panes = "B2"
    errors = book.create_sheet("errors")
    _write(errors, 1, ["cell", "row of the file", "sample", "column", "value", "rule", "remedy", "level"])
    for number, one in enumerate(validation.findings, start=2):
        where = f"{get_column_letter(columns[one.column])}{at.get(one.row, 1)}" if one.column in columns else ""
        row_of_file = str(one.row) if one.row else ""
        _write(errors, number, [where, row_of_file, one.sample, one.column, one.value, one.rule, one.remedy, one.level])
    for letter, width in zip("ABCDEFGH", (8, 14, 16, 28, 28, 48, 64, 9), strict=True):
        errors.column_dimensions[letter].width = width
    errors.freeze_panes = "A2"
    stream = io.BytesIO()
    book.save(stream)
    return _without_time(stream.getvalue())


def _write(sheet: Any, row: int, values: list[str]) -> None:
    for column, value in enumerate(values, start=1):
        if value == "":
            continue  # an empty cell is none; written as a text of nothing it makes Excel complain
        cell = sheet.cell(row, column)
        try:
            cell.value = value
        except IllegalCharacterError:
            cell.value = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "?", value)
        # A text that begins with = would be a formula to whoever opens the workbook.
        cell.data_type = "s"
        cell.quotePrefix = True
        if row == 1:
            cell.font = Font(bold=True)


def _without_time(content: bytes) -> bytes:
    stream = io.BytesIO()
    stamp = re.compile(rb"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = stamp.sub(b"2020-01-01T00:00:00Z", data)
            new.writestr(zipfile.ZipInfo(name, _MOMENT), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()

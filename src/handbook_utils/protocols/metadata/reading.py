"""Metadata files as each standard has them, read as text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.protocols.metadata.standards import Standard
from handbook_utils.study import formats
from handbook_utils.study.cells.delimited import Sheet, sheet_of
from handbook_utils.study.content import Content
from handbook_utils.study.metadata import QIIME_ID_HEADERS

#: What ENA's template says below the name of a column.
_ADVICE = re.compile(r"\((?:Mandatory|Recommended|Optional)\) ")
#: What Webin's spreadsheets call fields that ERC000015's templates call otherwise.
_ENA_NAMES = {"tax_id": "taxon_id", "sample_alias": "alias", "sample_title": "title"}


def read_metadata(path: Path, asked: Standard) -> pd.DataFrame:
    """Read a file as a standard has it: Webin's first line and names, QIIME 2's ids and row of types, a row of units.

    Parameters
    ----------
    path : pathlib.Path
        CSV, TSV or workbook.
    asked : Standard
        Whose files have such lines.

    Returns
    -------
    pandas.DataFrame
        Cells as text, a row a sample; the index, named ``line``, is the line in the file.

    Raises
    ------
    InputError, InputErrors
        No table of metadata; columns without or with the same name, rows longer than the header, types and units that
        are others; no rows.
    """
    content = formats.opened(path)
    if not content.codec and not content.workbook:
        raise InputError(
            "This file is not a table of metadata.",
            where=str(path),
            expected="CSV, TSV or an Excel workbook",
            found="a feature table (BIOM)",
        )
    sheet = _sheet(content, asked)
    header, rows = _webin(sheet) if asked.key == "ena" else (sheet.header, list(sheet.rows))
    header = [name.strip().lstrip("*") for name in header]
    while header and not header[-1]:
        header.pop()
    if asked.key == "qiime2" and header:
        # Case matters for none of the names QIIME 2 takes for the ids.
        header[0] = "sample-id" if header[0].casefold() in QIIME_ID_HEADERS else header[0]
    errors = []
    nameless = [str(number) for number, name in enumerate(header, start=1) if not name]
    if nameless:
        errors.append(InputError("Columns have no name.", where=str(path), found=f"column {listed(nameless)}"))
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        errors.append(InputError("Columns have the same name.", where=str(path), found=listed(twice)))
    lines, kept, ragged = [], [], []
    for line, cells in rows:
        filled = list(cells)
        while len(filled) > len(header) and not filled[-1].strip():
            filled.pop()
        if filled and filled[0].strip().casefold().startswith("#q2:types") and asked.key == "qiime2":
            errors += _types(filled, line, str(path))
            continue
        if filled and _ADVICE.match(filled[0]) and asked.key == "ena":
            continue
        if filled and filled[0].strip().casefold() == "#units":
            errors += _units(header, filled, line, asked, str(path))
            continue
        if len(filled) > len(header):
            ragged.append(str(line))
        lines.append(line)
        kept.append([*filled[: len(header)], *[""] * (len(header) - len(filled))])
    if ragged:
        errors.append(
            InputError(
                "Rows have more cells than the header.",
                where=f"{path}, line {listed(ragged)}",
                expected=f"{len(header)} cells",
                remedy="Does a value hold the separator? Put quotation marks around it.",
            )
        )
    if not kept and not errors:
        errors.append(InputError("This file has no samples.", where=str(path), expected="a row for every sample"))
    if errors:
        raise InputErrors(errors)
    return pd.DataFrame(kept, index=pd.Index(lines, name="line"), columns=header, dtype=object)


def _sheet(content: Content, asked: Standard) -> Sheet:
    """Return the table of samples of an archive's template: a sheet among others, or what is below lines of advice."""
    if content.workbook or not asked.starred:
        return formats.sheet(content, known={field.name for field in asked.fields})
    lines = list(content.lines())
    head = next((number for number, line in enumerate(lines) if not line.startswith("#")), 0)
    return sheet_of(["\n"] * head + lines[head:], content.where, note=content.encoding)


def _webin(sheet: Sheet) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Take off the line that names the checklist, as Webin's own spreadsheets have it, and use its templates' names."""
    rows = list(sheet.rows)
    header = sheet.header
    if header and header[0].strip().casefold() == "checklist" and rows:
        header, rows = rows[0][1], rows[1:]
    return [_ENA_NAMES.get(name.strip(), name) for name in header], rows


def _types(cells: Sequence[str], line: int, where: str) -> list[InputError]:
    wrong = [cell for cell in cells[1:] if cell.strip().casefold() not in ("", "categorical", "numeric")]
    if not wrong:
        return []
    return [
        InputError(
            "The row #q2:types names types that QIIME 2 does not know.",
            where=f"{where}, line {line}",
            expected="categorical, numeric or nothing",
            found=listed(wrong),
        )
    ]


def _units(header: Sequence[str], cells: Sequence[str], line: int, asked: Standard, where: str) -> list[InputError]:
    wrong = []
    for name, unit in zip(header, cells, strict=False):
        field = asked.field(name)
        if field and field.units and unit.strip() and not unit.startswith("#") and unit.strip() not in field.units:
            wrong.append(f"{name} in {unit.strip()}, where {field.units[0]} is meant")
    if not wrong:
        return []
    return [
        InputError(
            "The row #units has other units than the checklist.", where=f"{where}, line {line}", found=listed(wrong)
        )
    ]

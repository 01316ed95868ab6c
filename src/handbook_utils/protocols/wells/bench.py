"""What a layout becomes at the bench: sheets to work from, and the file a robot reads.

The sheets do not show the groups: who fills a plate need not know who ate what.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import cast

import pandas as pd
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from handbook_utils.protocols.fonts import BOLD, FONT, register_fonts
from handbook_utils.protocols.wells.plates import Layout
from handbook_utils.protocols.wells.requests import SHAPES
from handbook_utils.text.spreadsheets import safe_for_spreadsheets

#: What stands large in a control's well; the letters of :mod:`~handbook_utils.protocols.wells.maps` are the same.
MARKS = {"blank": "B", "mock": "M", "ntc": "N", "duplicate": "D"}
#: What a mark means, for the foot of a sheet.
MEANINGS = {
    "blank": "extraction blank: no stool, all reagents",
    "mock": "mock community",
    "ntc": "no-template control: stays empty at extraction, gets water at the PCR",
    "duplicate": "second extraction of the sample named",
}
#: Fonts of everything printed: DejaVu Sans.
_MARGIN = 30.0  # points (10.6 mm): what office printers leave white
_HEAD, _FOOT, _LABEL = 44.0, 96.0, 16.0
_LARGEST, _SMALLEST = 8.0, 3.5


def bench_pdf(layout: Layout, *, study: str = "", version: str = "", date: str = "") -> bytes:
    """Draw the sheets to fill plates from: A4, landscape, one plate a page.

    Parameters
    ----------
    layout : Layout
        What to draw.
    study, version, date : str
        Printed at the head; where one is empty there is a line to write it on.

    Returns
    -------
    bytes
        A PDF, the same bytes for the same arguments.

    Examples
    --------
    >>> from handbook_utils.protocols.example.people import example_samples
    >>> from handbook_utils.protocols.wells.plates import layout
    >>> bench_pdf(layout(example_samples(), candidates=1), study="Example")[:5]
    b'%PDF-'
    """
    register_fonts()
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=landscape(A4), invariant=1)
    canvas.setTitle(f"Plate layout {layout.id}" + (f", {study}" if study else ""))
    canvas.setSubject("Bench sheets")
    for number, wells in layout.wells.groupby("plate"):
        _page(canvas, layout, cast("int", number), wells, study or "_" * 24, version or "_" * 6, date or "_" * 12)
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def robot_csv(layout: Layout) -> bytes:
    """Write a layout as the table a pipetting robot or a LIMS imports.

    Parameters
    ----------
    layout : Layout
        Of all plates.

    Returns
    -------
    bytes
        CSV (RFC 4180, UTF-8): plate, well ("A1"), position (from 1, down the columns), row, column, content, sample
        (the id of what the well will hold), source (the tube a sample or duplicate comes from). No cell is taken for a
        formula by a spreadsheet.

    Examples
    --------
    >>> from handbook_utils.protocols.example.people import example_samples
    >>> from handbook_utils.protocols.wells.plates import layout
    >>> robot_csv(layout(example_samples(), candidates=1)).decode().splitlines()[0]
    'plate,well,position,row,column,content,sample,source'
    """
    frame = layout.wells[["plate", "well", "row", "column", "content", "sample", "source"]].copy()
    rows = SHAPES[layout.plate][0]
    within = (frame["column"] - 1) * rows + frame["row"].map(lambda letter: ord(letter) - ord("A")) + 1
    frame.insert(2, "position", within)
    return safe_for_spreadsheets(frame, index=False).to_csv(index=False, lineterminator="\r\n").encode()


def _page(
    canvas: Canvas, layout: Layout, number: int, wells: pd.DataFrame, study: str, version: str, date: str
) -> None:
    width, height = landscape(A4)
    rows, columns = SHAPES[layout.plate]
    canvas.setFont(BOLD, 14)
    canvas.drawString(_MARGIN, height - _MARGIN - 12, f"Plate {number} of {layout.plates}")
    canvas.setFont(FONT, 9)
    canvas.drawString(_MARGIN + 130, height - _MARGIN - 12, f"Study: {study}")
    canvas.drawRightString(width - _MARGIN, height - _MARGIN - 12, f"page {number} of {layout.plates}")
    canvas.drawString(
        _MARGIN,
        height - _MARGIN - 27,
        f"Layout {layout.id}   seed {layout.seed}   {layout.plate} wells   version {version}   date {date}",
    )
    left, top = _MARGIN + _LABEL, height - _MARGIN - _HEAD - _LABEL
    wide = (width - left - _MARGIN) / columns
    tall = (top - _MARGIN - _FOOT) / rows
    canvas.setFont(BOLD, 9)
    for column in range(columns):
        canvas.drawCentredString(left + (column + 0.5) * wide, top + 4, str(column + 1))
    for row in range(rows):
        canvas.drawCentredString(_MARGIN + _LABEL / 2 - 2, top - (row + 0.5) * tall - 3, chr(ord("A") + row))
    for well in wells.itertuples():
        x = left + (cast("int", well.column) - 1) * wide
        y = top - (ord(str(well.row)) - ord("A") + 1) * tall
        _well(canvas, str(well.content), str(well.sample), x, y, wide, tall)
    _foot(canvas, wells, width)


def _well(canvas: Canvas, content: str, sample: str, x: float, y: float, wide: float, tall: float) -> None:
    control = content in MARKS
    canvas.setLineWidth(1.6 if control else 0.5)
    canvas.setFillGray(0.85 if control else 1)
    inset = 0.8 if control else 0
    canvas.rect(x + inset, y + inset, wide - 2 * inset, tall - 2 * inset, fill=1)
    canvas.setFillGray(0)
    canvas.setLineWidth(0.5)
    if content == "empty":
        canvas.line(x, y, x + wide, y + tall)
        return
    room = tall
    if control:
        large = min(14.0, tall * 0.38)
        canvas.setFont(BOLD, large)
        canvas.drawCentredString(x + wide / 2, y + tall - large - 1, MARKS[content])
        room = tall - large - 1
    size, lines = fitted(sample, wide - 4, room - 2)
    canvas.setFont(FONT, size)
    above = y + (room + len(lines) * size) / 2
    for turn, line in enumerate(lines, start=1):
        canvas.drawCentredString(x + wide / 2, above - turn * size + size * 0.2, line)


def fitted(text: str, wide: float, tall: float) -> tuple[float, list[str]]:
    """Find the largest font size (points) at which a text fits into a well, on as few lines as that takes.

    Parameters
    ----------
    text : str
        An id; it is broken after a hyphen, dot or underscore where that serves, else anywhere.
    wide, tall : float
        Room, in points.

    Returns
    -------
    size : float
    lines : list of str
        Joined they are the text: nothing is left out.

    Examples
    --------
    >>> fitted("AB-1", 60, 40)
    (8.0, ['AB-1'])
    """
    register_fonts()
    size = _LARGEST
    while True:
        lines = list(_broken(text, wide, size))
        if len(lines) * size <= tall or size <= _SMALLEST:
            return size, lines
        size -= 0.5


def _broken(text: str, wide: float, size: float) -> Iterator[str]:
    while text:
        end = len(text)
        while end > 1 and pdfmetrics.stringWidth(text[:end], FONT, size) > wide:
            end -= 1
        if end < len(text):
            seam = max(text.rfind(mark, 0, end) for mark in "-._")
            end = seam + 1 if seam > 0 else end
        yield text[:end]
        text = text[end:]


def _foot(canvas: Canvas, wells: pd.DataFrame, width: float) -> None:
    there = [f"{mark} {MEANINGS[content]}" for content, mark in MARKS.items() if (wells["content"] == content).any()]
    half = -(-len(there) // 2)
    canvas.setFont(FONT, 7)
    for turn, line in enumerate((there[:half], there[half:])):
        canvas.drawString(_MARGIN, _MARGIN + _FOOT - 12 - turn * 10, "     ".join(line))
    counted = wells["content"].value_counts()
    canvas.drawString(
        _MARGIN,
        _MARGIN + _FOOT - 32,
        f"Samples {counted.get('sample', 0)}, controls {sum(counted.get(content, 0) for content in MARKS)}, "
        f"empty {counted.get('empty', 0)} (crossed out). Tick a well when it is filled. "
        "Write every exchange of wells under deviations; do not correct the sheet.",
    )
    labels = ("Extraction kit and lot", "Mock, lot", "Filled by, date, time", "Checked by, date", "Deviations (wells)")
    wide = (width - 2 * _MARGIN) / len(labels)
    for turn, label in enumerate(labels):
        canvas.rect(_MARGIN + turn * wide, _MARGIN, wide, 48)
        canvas.drawString(_MARGIN + turn * wide + 4, _MARGIN + 38, label)

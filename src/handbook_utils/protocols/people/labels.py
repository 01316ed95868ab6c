"""Sheets of labels for tubes: a QR code, and beside it the same code for people.

A QR code holds error correction of its own, so that a scratched label still reads; the letters beside it have the check
character of :mod:`~handbook_utils.protocols.people.codes`. No label says the group.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import segno
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from handbook_utils.protocols.fonts import BOLD, FONT, register_fonts
from handbook_utils.protocols.label_formats import LabelFormat

#: Light modules around a QR code, as ISO/IEC 18004 wants them.
QUIET = 4
_INSIDE = 1.0  # mm left free at a label's edge, since no printer hits it exactly
_LARGEST, _SMALLEST = 9.0, 4.0
_LARGEST_TEXT = 11.0  # of a label that is text alone


@dataclass(frozen=True)
class Label:
    """What stands on one label.

    Attributes
    ----------
    code : str
        Read by the scanner, and printed large; "" on a label that is text alone, such as an address.
    below : tuple of str
        Lines under it, of which as many are printed as fit.
    """

    code: str
    below: tuple[str, ...] = ()


def label_sheets(labels: Sequence[Label], form: LabelFormat, *, title: str, first: int = 1) -> bytes:
    """Draw labels on sheets, column after column of the paper being filled row by row.

    Parameters
    ----------
    labels : sequence of Label
        In the order of printing.
    form : LabelFormat
        As of :func:`~handbook_utils.protocols.label_formats.label_format`.
    title : str
        Of the document; it is not printed, since a sheet of labels has no room beside them.
    first : int
        Number of the first label that is still on the first sheet, from 1: sheets are used up.

    Returns
    -------
    bytes
        A PDF, the same bytes for the same arguments. It is printed at its own size ("100 %", not "fit to page").

    Examples
    --------
    >>> from handbook_utils.protocols.label_formats import FORMATS
    >>> label_sheets([Label("7K3PXP-1", ("baseline",))], FORMATS["a4-25x10"], title="Example")[:5]
    b'%PDF-'
    """
    register_fonts()
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=A4, invariant=1, pageCompression=1)
    canvas.setTitle(title)
    for page in _pages(labels, form.labels, first):
        for place, label in page:
            row, column = divmod(place, form.columns)
            x = (form.left + column * form.across) * mm
            y = A4[1] - (form.top + row * form.down + form.height) * mm
            _label(canvas, label, x, y, form)
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def sheets_needed(labels: int, form: LabelFormat, first: int = 1) -> int:
    """Return how many sheets that is.

    Parameters
    ----------
    labels : int
        How many.
    form : LabelFormat
        Of the sheets.
    first : int
        Number of the first label that is still on the first sheet, from 1.

    Returns
    -------
    int
        Sheets.

    Examples
    --------
    >>> from handbook_utils.protocols.label_formats import FORMATS
    >>> sheets_needed(65, FORMATS["a4-38x21"]), sheets_needed(65, FORMATS["a4-38x21"], first=2)
    (1, 2)
    """
    return -(-(labels + first - 1) // form.labels)


def _pages(labels: Sequence[Label], most: int, first: int) -> Iterator[list[tuple[int, Label]]]:
    placed = list(enumerate(labels, start=first - 1))
    for start in range(0, first - 1 + len(labels), most):
        page = [(place - start, label) for place, label in placed if start <= place < start + most]
        if page:
            yield page


def _label(canvas: Canvas, label: Label, x: float, y: float, form: LabelFormat) -> None:
    middle = y + form.height * mm / 2
    if not label.code:
        _text(canvas, label.below, x + 4 * _INSIDE * mm, middle, (form.width - 8 * _INSIDE) * mm)
        return
    size = min(form.height - 2 * _INSIDE, 0.45 * form.width) * mm
    left = x + _INSIDE * mm
    _qr(canvas, label.code, left, middle - size / 2, size)
    beside = left + size + 0.5 * mm
    wide = x + (form.width - _INSIDE) * mm - beside
    lines = [(BOLD, label.code, _fitting(label.code, BOLD, wide))]
    room = (form.height - 2 * _INSIDE) * mm - lines[0][2] * 1.15
    for text in label.below:
        # Smaller than the code, which is what counts.
        points = min(_fitting(text, FONT, wide), lines[0][2] * 0.8)
        if room < points * 1.15:
            break
        room -= points * 1.15
        lines.append((FONT, text, points))
    below = middle + sum(points for _, _, points in lines) * 1.15 / 2
    for font, text, points in lines:
        below -= points * 1.15
        canvas.setFont(font, points)
        canvas.drawString(beside, below + points * 0.25, _cut(text, font, points, wide))


def _text(canvas: Canvas, lines: Sequence[str], x: float, middle: float, wide: float) -> None:
    """Write lines of one size below each other, around the middle of a label."""
    points = min(_LARGEST_TEXT, *(wide / max(pdfmetrics.stringWidth(text, FONT, 1.0), 1e-6) for text in lines))
    points = max(points, _LARGEST * 0.7)
    below = middle + len(lines) * points * 1.25 / 2
    canvas.setFont(FONT, points)
    for text in lines:
        below -= points * 1.25
        canvas.drawString(x, below + points * 0.3, _cut(text, FONT, points, wide))


def _fitting(text: str, font: str, wide: float) -> float:
    return max(_SMALLEST, min(_LARGEST, float(wide / max(pdfmetrics.stringWidth(text, font, 1.0), 1e-6))))


def _cut(text: str, font: str, points: float, wide: float) -> str:
    while len(text) > 1 and pdfmetrics.stringWidth(text, font, points) > wide + 0.01:
        text = text[:-1]
    return text


def modules(code: str) -> list[list[bool]]:
    """Return the modules of a code's QR symbol, dark ones true, without the light border.

    The level of error correction is Q, a quarter of the symbol, or higher where that costs no room.

    Parameters
    ----------
    code : str
        Of a tube.

    Returns
    -------
    list of list of bool
        Row by row.

    Examples
    --------
    >>> len(modules("7K3PXP-1"))
    21
    """
    return [[bool(cell) for cell in row] for row in segno.make_qr(code, error="q").matrix]


def _qr(canvas: Canvas, code: str, x: float, y: float, size: float) -> None:
    matrix = modules(code)
    # The paper's white around it counts as border as well; two modules of it lie inside the symbol's place.
    module = size / (len(matrix) + QUIET)
    path = canvas.beginPath()
    for number, row in enumerate(matrix):
        bottom = y + size - (number + 1 + QUIET / 2) * module
        start = None
        for place, dark in enumerate([*row, False]):
            if dark and start is None:
                start = place
            elif not dark and start is not None:
                path.rect(x + (start + QUIET / 2) * module, bottom, (place - start) * module, module)
                start = None
    canvas.drawPath(path, stroke=0, fill=1)

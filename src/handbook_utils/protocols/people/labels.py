"""Sheets of labels for tubes: a QR code, and beside it the same code for people.

A QR code holds error correction of its own, so that a scratched label still reads; the letters beside it have the check
character of :mod:`~handbook_utils.protocols.people.codes`. No label says the group.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import segno
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.protocols.fonts import BOLD, FONT, register_fonts
from handbook_utils.protocols.label_formats import LabelFormat

#: Light modules around a QR code, as ISO/IEC 18004 wants them.
QUIET = 4
_INSIDE = 1.0  # mm left free at a label's edge, since no printer hits it exactly
_LARGEST, _SMALLEST = 9.0, 4.0
_LARGEST_TEXT, _SMALLEST_TEXT = 11.0, 8.0  # of a label that is text alone


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

    Raises
    ------
    InputError, InputErrors
        A text alone is too long for its label; there are letters that the font has not.

    Examples
    --------
    >>> from handbook_utils.protocols.label_formats import FORMATS
    >>> label_sheets([Label("7K3PXP-1", ("baseline",))], FORMATS["a4-25x10"], title="Example")[:5]
    b'%PDF-'
    """
    register_fonts()
    _check_letters(labels)
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
        wide, high = (form.width - 8 * _INSIDE) * mm, (form.height - 4 * _INSIDE) * mm
        _text(canvas, label.below, x + 4 * _INSIDE * mm, middle, wide, high)
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


def _text(canvas: Canvas, lines: Sequence[str], x: float, middle: float, wide: float, high: float) -> None:
    """Write lines of one size below each other, around the middle of a label; what is too long goes on below.

    An address of which the end is lost is a kit that is lost, so nothing is cut off: what fits in no readable size is
    refused.
    """
    for points in np.arange(_LARGEST_TEXT, _SMALLEST_TEXT - 0.1, -0.5):
        broken = [part for text in lines for part in simpleSplit(text, FONT, points, wide)]
        widest = max((pdfmetrics.stringWidth(part, FONT, points) for part in broken), default=0.0)
        if widest <= wide and len(broken) * points * 1.25 <= high:
            break
    else:
        raise InputError(
            "A text is too long for its label.",
            found=", ".join(lines),
            expected=f"what fits in letters of {_SMALLEST_TEXT:g} points",
            remedy="Shorten it, or write this label by hand.",
        )
    below = middle + len(broken) * points * 1.25 / 2
    canvas.setFont(FONT, points)
    for part in broken:
        below -= points * 1.25
        canvas.drawString(x, below + points * 0.3, part)


def _check_letters(labels: Sequence[Label]) -> None:
    known = pdfmetrics.getFont(FONT).face.charToGlyph
    strange = {
        text: sorted({letter for letter in text if ord(letter) not in known}) for one in labels for text in one.below
    }
    errors = [
        InputError(
            "The labels cannot be printed in these letters.",
            found=f"{listed(letters)} in {text}",
            remedy="Write it in Latin letters, or this label by hand.",
        )
        for text, letters in strange.items()
        if letters
    ]
    if errors:
        raise InputErrors(errors)


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

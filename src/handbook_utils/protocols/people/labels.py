"""Sheets of labels for tubes: a QR code, and beside it the same code for people.

A QR code holds error correction of its own, so that a scratched label still reads; the letters beside it have the check
character of :mod:`~handbook_utils.protocols.people.codes`. No label says the group.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import segno
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from handbook_utils.errors import InputError, InputErrors, nearest
from handbook_utils.protocols.fonts import BOLD, FONT, register_fonts

#: Light modules around a QR code, as ISO/IEC 18004 wants them.
QUIET = 4


@dataclass(frozen=True)
class LabelFormat:
    """A sheet of labels on A4.

    Attributes
    ----------
    title : str
        What it is, in words.
    width, height : float
        Of a label (mm).
    columns, rows : int
        Labels across and down.
    left, top : float
        From the edge of the paper to the first label (mm).
    across, down : float
        From a label's left (upper) edge to the next one's (mm).
    """

    title: str
    width: float
    height: float
    columns: int
    rows: int
    left: float
    top: float
    across: float
    down: float

    @property
    def labels(self) -> int:
        """Labels on a sheet."""
        return self.columns * self.rows


#: Formats by name. Sizes and pitches as makers of sheets publish them for these grids (65 labels: the layout of
#: Avery L7651 and Label Planet LP65/38; 189 labels: that of Avery L4731), or as programs that print on them have them
#: (48 and 64 labels: Avery L7636 and 3667, in QR Magic; 80 labels: Avery L4732, in gLabels); margins are what is left,
#: halved. Whether material and glue hold at -80 °C is for the maker to say, and for a test tube of water to show.
FORMATS: dict[str, LabelFormat] = {
    "a4-38x21": LabelFormat(
        "38.1 × 21.2 mm, 65 on A4 (vials of 5 ml and boxes)", 38.1, 21.2, 5, 13, 4.75, 10.7, 40.6, 21.2
    ),
    "a4-25x10": LabelFormat("25.4 × 10 mm, 189 on A4 (cryo vials of 2 ml)", 25.4, 10.0, 7, 27, 8.6, 13.5, 27.9, 10.0),
    "a4-36x17": LabelFormat("35.6 × 16.9 mm, 80 on A4", 35.6, 16.9, 5, 16, 11.0, 13.3, 38.1, 16.9),
    "a4-46x21": LabelFormat("45.7 × 21.2 mm, 48 on A4", 45.7, 21.2, 4, 12, 9.4, 21.3, 48.5, 21.2),
    "a4-49x17": LabelFormat("48.5 × 16.9 mm, 64 on A4", 48.5, 16.9, 4, 16, 8.0, 13.3, 48.5, 16.9),
}
#: The name of a format whose grid a study gives itself, and what must be said of it, in mm but for the first two.
OWN = "own"
GRID = ("columns", "rows", "width_mm", "height_mm", "left_mm", "top_mm", "gap_across_mm", "gap_down_mm")
#: Smallest label (mm) on which a code of a tube still scans from an office printer (300 dots an inch).
SMALLEST_LABEL = (18.0, 9.0)
_PAPER = (A4[0] / mm, A4[1] / mm)
_ROUNDING = 0.1  # mm, of A4 in points and of makers' figures

_INSIDE = 1.0  # mm left free at a label's edge, since no printer hits it exactly
_LARGEST, _SMALLEST = 9.0, 4.0


def label_format(name: str, grid: Mapping[str, str] | None = None) -> LabelFormat:
    """Return a format by name, or the one whose grid a study gives itself.

    Parameters
    ----------
    name : str
        Of :data:`FORMATS`, or :data:`OWN`.
    grid : mapping of str to str, optional
        With ``own``: each of :data:`GRID` with its value.

    Raises
    ------
    InputErrors
        All at once: a name that is none; of a grid, what lacks, is unknown or no number, labels that are too small, and
        a grid that does not fit on A4.

    Examples
    --------
    >>> sheet = {"columns": "4", "rows": "12", "width_mm": "45.7", "height_mm": "21.2", "left_mm": "9.4"}
    >>> label_format("own", sheet | {"top_mm": "21.3", "gap_across_mm": "2.8", "gap_down_mm": "0"}).across
    48.5
    """
    if name != OWN:
        errors = []
        if name not in FORMATS:
            close = nearest(name, [*FORMATS, OWN])
            errors.append(
                InputError(
                    f"There is no label format '{name}'.",
                    where="label_format",
                    expected=f"one of {', '.join(FORMATS)}, or {OWN} with a label_grid",
                    remedy=f"Did you mean '{close}'?" if close else None,
                )
            )
        if grid:
            errors.append(
                InputError(
                    "A grid of labels is given that is not used.",
                    where="label_grid",
                    expected=f"label_format {OWN}",
                    found=f"label_format {name}",
                )
            )
        if errors:
            raise InputErrors(errors)
        return FORMATS[name]
    given = _grid(grid or {})
    form = LabelFormat(
        f"{given['width_mm']:g} × {given['height_mm']:g} mm, {given['columns'] * given['rows']:g} on A4 (own grid)",
        given["width_mm"],
        given["height_mm"],
        int(given["columns"]),
        int(given["rows"]),
        given["left_mm"],
        given["top_mm"],
        round(given["width_mm"] + given["gap_across_mm"], 6),
        round(given["height_mm"] + given["gap_down_mm"], 6),
    )
    ends = (
        ("across", "width", form.left + (form.columns - 1) * form.across + form.width, _PAPER[0]),
        ("down", "height", form.top + (form.rows - 1) * form.down + form.height, _PAPER[1]),
    )
    errors = [
        InputError(
            f"The labels do not fit {way} on A4.",
            where="label_grid",
            expected=f"at most {paper:.0f} mm from the edge of the paper to the end of the last label",
            found=f"{end:g} mm",
            remedy=f"Measure the sheet: margin, {side} of a label, gap between two labels.",
        )
        for way, side, end, paper in ends
        if end > paper + _ROUNDING
    ]
    if errors:
        raise InputErrors(errors)
    return form


def _grid(said: Mapping[str, str]) -> dict[str, float]:
    """Read what is said of a grid, each part by name."""
    errors, given = [], {}
    for name, value in said.items():
        if name not in GRID:
            close = nearest(name, GRID)
            errors.append(
                InputError(
                    f"A grid has no '{name}'.",
                    where="label_grid",
                    expected=", ".join(GRID),
                    remedy=f"Did you mean '{close}'? The unit is part of the name." if close else None,
                )
            )
            continue
        given[name] = _measure(name, value, errors)
    lacking = [name for name in GRID if name not in given]
    if lacking:
        errors.append(
            InputError(
                "The grid of labels is not complete.",
                where="label_grid",
                expected=", ".join(GRID),
                found=f"no {', '.join(lacking)}",
                remedy="Measure the sheet, or look in the maker's template; a gap that is not there is 0.",
            )
        )
    if errors:
        raise InputErrors(errors)
    return given


def _measure(name: str, text: str, errors: list[InputError]) -> float:
    lowest = dict(zip(("width_mm", "height_mm"), SMALLEST_LABEL, strict=True)).get(name, 0.0)
    whole = name in ("columns", "rows")
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (value >= 1 and value == int(value) if whole and math.isfinite(value) else lowest <= value < math.inf):
        errors.append(
            InputError(
                "A measure of the grid of labels cannot be that.",
                where=f"label_grid, {name}",
                expected="a whole number, at least 1" if whole else f"a number of mm, at least {lowest:g}",
                found=text or "nothing",
                remedy="A smaller code does not scan." if value < lowest and lowest else None,
            )
        )
    return value


@dataclass(frozen=True)
class Label:
    """What stands on one label.

    Attributes
    ----------
    code : str
        Read by the scanner, and printed large.
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
        Of :data:`FORMATS`.
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

    Examples
    --------
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
    size = min(form.height - 2 * _INSIDE, 0.45 * form.width) * mm
    left, middle = x + _INSIDE * mm, y + form.height * mm / 2
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


def _fitting(text: str, font: str, wide: float) -> float:
    return max(_SMALLEST, min(_LARGEST, float(wide / max(pdfmetrics.stringWidth(text, font, 1.0), 1e-6))))


def _cut(text: str, font: str, points: float, wide: float) -> str:
    while len(text) > 1 and pdfmetrics.stringWidth(text, font, points) > wide + 0.01:
        text = text[:-1]
    return text


def modules(code: str) -> list[list[bool]]:
    """Return the modules of a code's QR symbol, dark ones true, without the light border.

    The level of error correction is Q, a quarter of the symbol, or higher where that costs no room.

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

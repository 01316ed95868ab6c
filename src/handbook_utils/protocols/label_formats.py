"""Sheets of labels by name: the grid of each on A4, and the grid that a study gives itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from handbook_utils.errors import InputError, InputErrors, nearest


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
_PAPER = (210.0, 297.0)  # A4, mm
_ROUNDING = 0.1  # mm, of makers' figures


def label_format(name: str, grid: Mapping[str, str] | None = None) -> LabelFormat:
    """Return a format by name, or the one whose grid a study gives itself.

    Parameters
    ----------
    name : str
        Of :data:`FORMATS`, or :data:`OWN`.
    grid : mapping of str to str, optional
        With ``own``: each of :data:`GRID` with its value.

    Returns
    -------
    LabelFormat
        In mm.

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

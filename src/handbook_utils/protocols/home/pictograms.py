"""Pictograms for people who collect at home, drawn here, as shapes that a PDF and a figure both draw.

A drawing is a list of shapes in a square of 100 by 100, from below on the left. Lines are dark and fills light, so that
a sheet from an office printer without colour says the same.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

INK = "#1a1a1a"
PALE = "#dce6ee"
WHITE = "#ffffff"
BROWN = "#a9743a"
Point = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    """A line through points, open or closed.

    Attributes
    ----------
    points : tuple of (float, float)
        In a square of 100 by 100.
    closed : bool
        Whether the last point is joined to the first.
    fill : str
        Colour inside, or "" for none.
    width : float
        Of the line, in hundredths of the square; 0 for no line.
    """

    points: tuple[Point, ...]
    closed: bool = True
    fill: str = ""
    width: float = 3.0


Drawing = tuple[Shape, ...]


def line(*points: Point, width: float = 3.0) -> Shape:
    """Return an open line.

    Parameters
    ----------
    *points : tuple of float
        From 0 to 100 across and up.
    width : float
        Of the stroke, of 100.

    Returns
    -------
    Shape
        Not filled.

    Examples
    --------
    >>> line((0, 0), (10, 10)).closed
    False
    """
    return Shape(points, closed=False, width=width)


def shape(*points: Point, fill: str = WHITE, width: float = 3.0) -> Shape:
    """Return a closed line with what it is filled with.

    Parameters
    ----------
    *points : tuple of float
        From 0 to 100 across and up.
    fill : str
        A colour as ``#RRGGBB``.
    width : float
        Of the stroke, of 100.

    Returns
    -------
    Shape
        Closed.
    """
    return Shape(points, True, fill, width)


def box(
    x: float, y: float, wide: float, tall: float, *, fill: str = WHITE, round_: float = 0, width: float = 3
) -> Shape:
    """Return a rectangle, its corners cut round with a radius.

    Parameters
    ----------
    x, y : float
        Its corner below on the left, of 100.
    wide, tall : float
        Its sides.
    fill : str
        A colour as ``#RRGGBB``.
    round_ : float
        Radius of the corners; 0: none.
    width : float
        Of the stroke.

    Returns
    -------
    Shape
        Closed.

    Examples
    --------
    >>> box(0, 0, 10, 20).points
    ((0.0, 0.0), (10.0, 0.0), (10.0, 20.0), (0.0, 20.0))
    """
    if not round_:
        return shape(
            (float(x), float(y)),
            (float(x + wide), float(y)),
            (float(x + wide), float(y + tall)),
            (float(x), float(y + tall)),
            fill=fill,
            width=width,
        )
    corners = (
        (x + wide - round_, y + round_, -90),
        (x + wide - round_, y + tall - round_, 0),
        (x + round_, y + tall - round_, 90),
        (x + round_, y + round_, 180),
    )
    points = [point for a, b, turn in corners for point in arc_points(a, b, round_, round_, turn, turn + 90, 7)]
    return shape(*points, fill=fill, width=width)


def arc_points(x: float, y: float, wide: float, tall: float, start: float, end: float, count: int = 25) -> list[Point]:
    """Return points on an arc about (x, y), from one angle to another (degrees).

    Parameters
    ----------
    x, y : float
        The middle.
    wide, tall : float
        Radii across and up.
    start, end : float
        Angles (degrees), against the clock from the right.
    count : int
        How many points, both ends among them.

    Returns
    -------
    list of tuple of float
        In the order of the angles.
    """
    turns = np.radians(np.linspace(start, end, count))
    return [(float(x + wide * np.cos(turn)), float(y + tall * np.sin(turn))) for turn in turns]


def oval(x: float, y: float, wide: float, tall: float, *, fill: str = WHITE, width: float = 3.0) -> Shape:
    """Return an ellipse about (x, y) with two radii.

    Parameters
    ----------
    x, y : float
        The middle, of 100.
    wide, tall : float
        Radii across and up.
    fill : str
        A colour as ``#RRGGBB``.
    width : float
        Of the stroke.

    Returns
    -------
    Shape
        Closed, of 36 points.
    """
    return shape(*arc_points(x, y, wide, tall, 0, 350, 36), fill=fill, width=width)


def _arc(x: float, y: float, radius: float, start: float, end: float, width: float = 3.0) -> Shape:
    """Return a part of a circle's line."""
    return line(*arc_points(x, y, radius, radius, start, end), width=width)


def _drop(x: float, y: float, size: float) -> Shape:
    """Return a drop of water with its tip above."""
    return shape((x, y + 2 * size), *arc_points(x, y, size, size, 30, -210, 20), fill=PALE, width=2)


def _moved(drawing: Iterable[Shape], x: float, y: float, scale: float = 1.0) -> Drawing:
    """Return a drawing that is smaller or larger, and elsewhere: for one drawing within another."""
    return tuple(
        Shape(tuple((x + a * scale, y + b * scale) for a, b in one.points), one.closed, one.fill, one.width * scale)
        for one in drawing
    )


def _snowflake(x: float, y: float, size: float) -> Drawing:
    found = []
    for turn in np.radians([30, 90, 150, 210, 270, 330]):
        along = np.array([np.cos(turn), np.sin(turn)])
        aside = np.array([-along[1], along[0]])
        middle = np.array([x, y])
        found.append(line((x, y), _at(middle + size * along)))
        tips = [middle + size * (0.9 * along + side * 0.3 * aside) for side in (-1, 1)]
        found.append(line(_at(tips[0]), _at(middle + size * 0.6 * along), _at(tips[1]), width=2.4))
    return tuple(found)


def _at(point: np.ndarray) -> Point:
    return float(point[0]), float(point[1])


def _hand(x: float, y: float) -> Drawing:
    fingers = [box(x, y + 8 * number, 34, 7, fill=WHITE, round_=3.4, width=2.4) for number in range(4)]
    palm = box(x + 22, y - 1, 32, 34, fill=WHITE, round_=8, width=2.4)
    cover = box(x + 20, y + 2, 14, 28, fill=WHITE, width=0)
    thumb = box(x + 28, y + 27, 9, 18, fill=WHITE, round_=4.4, width=2.4)
    return (thumb, *fingers, palm, cover)


def _tube(x: float, y: float, *, liquid: str = "", capped: bool = True) -> Drawing:
    body = shape((x, y + 62), (x, y + 12), *arc_points(x + 12, y + 12, 12, 12, 180, 360, 15), (x + 24, y + 62))
    parts = [body]
    if liquid:
        parts.append(
            shape((x + 2, y + 36), (x + 2, y + 12), *arc_points(x + 12, y + 12, 10, 10, 180, 360, 15),
                  (x + 22, y + 36), fill=liquid, width=0)
        )  # fmt: skip
    if capped:
        parts.append(box(x - 4, y + 62, 32, 15, fill=INK, round_=3))
    return tuple(parts)


_PAPER = (
    box(20, 8, 56, 84),
    *(line((30, height), (66, height), width=2.4) for height in (78, 66, 54, 42, 30)),
)
_PENCIL = (
    shape((52, 28), (84, 74), (93, 68), (61, 22), fill=PALE),
    shape((52, 28), (61, 22), (49, 15), fill=INK),
)
_LABEL = tuple(box(x, 30, wide, 20, fill=INK, width=0) for x, wide in ((41, 2), (45, 3), (50, 1.5), (53, 3), (58, 1.5)))

#: What can be drawn, by name.
PICTOGRAMS: Mapping[str, Drawing] = {
    "wash": (
        shape((6, 92), (48, 92), (58, 84), (58, 74), (48, 74), (46, 80), (6, 80), fill=PALE),
        box(20, 92, 14, 6, fill=INK),
        *_hand(20, 4),
        _drop(53, 58, 4), _drop(40, 52, 4), _drop(66, 50, 4),
    ),
    "toilet": (
        box(8, 40, 18, 52, fill=PALE, round_=3),
        shape((28, 8), (66, 8), (60, 22), *arc_points(56, 46, 34, 26, -60, 0, 10), (26, 46), (26, 24), fill=WHITE),
        box(24, 46, 70, 7, fill=WHITE, round_=3),
        line((30, 62), (36, 55), *arc_points(60, 56, 24, 20, 180, 360, 20), (90, 62), width=5),
        oval(60, 44, 10, 6, fill=BROWN),
        line((60, 92), (60, 74), width=4), shape((52, 76), (68, 76), (60, 65), fill=INK),
    ),
    "spoon": (
        *_tube(12, 8, capped=False),
        box(58, 72, 32, 15, fill=INK, round_=3),
        line((74, 72), (74, 34), width=4),
        oval(74, 24, 9, 13, fill=WHITE), oval(74, 25, 6, 7, fill=BROWN, width=2),
        line((62, 50), (42, 58), width=3), shape((47, 62), (38, 59), (44, 52), fill=INK, width=2),
    ),
    "liquid": (
        *_tube(12, 8, liquid=PALE, capped=False),
        box(58, 72, 32, 15, fill=INK, round_=3),
        line((74, 72), (74, 34), width=4),
        oval(74, 24, 9, 13, fill=WHITE), oval(74, 25, 6, 7, fill=BROWN, width=2),
        line((62, 50), (42, 58), width=3), shape((47, 62), (38, 59), (44, 52), fill=INK, width=2),
    ),
    "stick": (
        box(10, 8, 30, 66, fill=PALE, round_=6), line((18, 60), (32, 60), width=2.4),
        box(62, 74, 24, 16, fill=INK, round_=3), line((74, 74), (74, 26), width=4),
        *(line((70, height), (78, height + 3), width=2.4) for height in (28, 34, 40)),
        oval(72, 14, 20, 9, fill=BROWN),
    ),
    "close": (
        *_tube(38, 8),
        *_LABEL,
        _arc(50, 68, 30, 30, 160), shape((81, 75), (70, 90), (67, 76), fill=INK, width=1),
    ),
    "shake": (
        *_tube(38, 12, liquid=PALE),
        _arc(50, 50, 30, 150, 210), _arc(50, 50, 42, 150, 210), _arc(50, 50, 30, -30, 30), _arc(50, 50, 42, -30, 30),
    ),
    "bag": (
        box(20, 6, 60, 78, fill=PALE, round_=3), box(20, 78, 60, 8, fill=INK),
        *_moved(_tube(38, 8), 12, 9, 0.72),
    ),
    "freezer": (
        box(24, 6, 52, 88, fill=WHITE, round_=4), line((24, 44), (76, 44)),
        line((32, 84), (32, 70), width=4), line((32, 36), (32, 22), width=4),
        *_snowflake(54, 69, 19),
    ),
    "clock": (
        oval(50, 50, 42, 42), line((50, 50), (50, 80), width=4), line((50, 50), (70, 40), width=4),
        *(line(_at(np.array([50, 50]) + 36 * np.array([np.cos(t), np.sin(t)])),
               _at(np.array([50, 50]) + 41 * np.array([np.cos(t), np.sin(t)]))) for t in np.radians(range(0, 360, 30))),
    ),
    "form": (*_PAPER, *_PENCIL),
    "leaflet": (
        shape((50, 84), (14, 92), (14, 18), (50, 10)), shape((50, 84), (86, 92), (86, 18), (50, 10), fill=PALE),
        *(line((22, height), (42, height - 4), width=2.4) for height in (76, 62, 48, 34)),
        oval(68, 68, 4.5, 4.5, fill=INK, width=0), box(64.5, 30, 7, 28, fill=INK, width=0),
    ),
    "no-fire": (
        shape((50, 88), (66, 64), (72, 40), *arc_points(50, 34, 22, 22, 0, -180, 20), (32, 54), (40, 62), (44, 76),
              fill=PALE),
        oval(50, 50, 43, 43, fill="", width=5), line((20, 80), (80, 20), width=5),
    ),
    "cool-bag": (
        box(12, 8, 76, 58, fill=PALE, round_=4), line((12, 54), (88, 54)),
        line(*arc_points(50, 66, 24, 24, 0, 180)), *_snowflake(50, 31, 17),
    ),
    "envelope": (
        box(8, 22, 84, 56), line((8, 78), (50, 44), (92, 78)), line((8, 22), (38, 53)), line((92, 22), (62, 53)),
    ),
    "bin": (
        shape((24, 70), (30, 6), (70, 6), (76, 70), fill=PALE), box(18, 70, 64, 9, fill=INK, round_=2),
        box(42, 79, 16, 7), *(line((x, 60), (x, 16), width=2.4) for x in (40, 50, 60)),
    ),
    "phone": (
        box(28, 4, 44, 92, fill=WHITE, round_=7), box(34, 20, 32, 62, fill=PALE), oval(50, 12, 3.5, 3.5, fill=INK),
    ),
    "warning": (
        shape((50, 92), (94, 12), (6, 12), fill=PALE, width=4),
        box(46.5, 38, 7, 32, fill=INK, width=0), oval(50, 26, 4.5, 4.5, fill=INK, width=0),
    ),
}  # fmt: skip


def draw_in_pdf(canvas: Canvas, drawing: Iterable[Shape], x: float, y: float, size: float) -> None:
    """Draw shapes on a page, in a square of `size` points with (x, y) below on the left.

    Parameters
    ----------
    canvas : reportlab.pdfgen.canvas.Canvas
        The page.
    drawing : iterable of Shape
        From the back to the front.
    x, y : float
        Where (points).
    size : float
        Side of the square (points).
    """
    canvas.saveState()
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    canvas.setStrokeColor(HexColor(INK))
    for one in drawing:
        path = canvas.beginPath()
        path.moveTo(x + one.points[0][0] * size / 100, y + one.points[0][1] * size / 100)
        for a, b in one.points[1:]:
            path.lineTo(x + a * size / 100, y + b * size / 100)
        if one.closed:
            path.close()
        if one.fill:
            canvas.setFillColor(HexColor(one.fill))
        canvas.setLineWidth(one.width * size / 100)
        canvas.drawPath(path, stroke=int(one.width > 0), fill=int(bool(one.fill)))
    canvas.restoreState()


def draw_in_figure(axes: Axes, drawing: Iterable[Shape], x: float, y: float, size: float, points: float) -> None:
    """Draw shapes in a figure, in a square of `size` data units.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        On which they are drawn.
    drawing : iterable of Shape
        Each over the one before it.
    x, y : float
        The corner of the square where both are least, in data units.
    size : float
        Side of the square, in data units.
    points : float
        How many points (1/72 inch) `size` takes on paper, on which the width of lines hangs.
    """
    for order, one in enumerate(drawing, start=2):
        axes.add_patch(
            Polygon(
                [(x + a * size / 100, y + b * size / 100) for a, b in one.points],
                closed=one.closed,
                facecolor=one.fill or "none",
                edgecolor=INK if one.width else "none",
                linewidth=one.width * points / 100,
                capstyle="round",
                joinstyle="round",
                zorder=order,
            )
        )


def step_figure(steps: Sequence[tuple[str, str]]) -> Figure:
    """Draw pictograms in order, each with its number and what it asks.

    Parameters
    ----------
    steps : sequence of (str, str)
        A name in :data:`PICTOGRAMS`, and words.

    Returns
    -------
    matplotlib.figure.Figure
        Three pictures a row.
    """
    rows = -(-len(steps) // 3)
    figure, axes = plt.subplots(figsize=(6.2, 2.1 * rows))
    for number, (name, words) in enumerate(steps):
        x, y = number % 3 * 30.0, -(number // 3) * 30.0
        draw_in_figure(axes, PICTOGRAMS[name], x + 7, y - 18, 16, points=82)
        axes.text(x + 1, y - 1, str(number + 1), fontsize=14, fontweight="bold", va="top")
        axes.text(x + 15, y - 20, "\n".join(textwrap.wrap(words, 17)), fontsize=12, ha="center", va="top")
    axes.set(xlim=(0, 90), ylim=(-30.0 * rows, 0), aspect="equal")
    axes.axis("off")
    return figure

"""The seven types of the Bristol stool form scale (Lewis & Heaton 1997), in drawings and words of our own."""

from __future__ import annotations

import textwrap

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from handbook_utils.protocols.home.pictograms import (
    BROWN,
    INK,
    Drawing,
    Point,
    Shape,
    arc_points,
    draw_in_figure,
    line,
    oval,
    shape,
)

#: What each type looks like, in plain words.
TYPES: dict[str, tuple[str, ...]] = {
    "nl": (
        "Losse, harde bolletjes.",
        "Een harde worst met veel bobbels.",
        "Een worst met barsten aan de buitenkant.",
        "Een gladde, zachte worst.",
        "Zachte stukjes met een gladde rand.",
        "Stukjes als dikke pap, met een rafelige rand.",
        "Zo dun als water. Er zitten geen stukjes in.",
    ),
    "en": (
        "Hard little balls that lie apart.",
        "A hard sausage with many bumps.",
        "A sausage with cracks on the outside.",
        "A smooth, soft sausage.",
        "Soft pieces with a smooth edge.",
        "Pieces like thick porridge, with a ragged edge.",
        "As thin as water. There are no pieces in it.",
    ),
}


def _blob(x: float, y: float, wide: float, tall: float, waves: int, depth: float, turn: float = 0) -> Shape:
    """Return a rounded piece; many deep waves make its edge ragged."""
    angles = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    radius = 1 + depth * np.sin(waves * angles + turn) + depth * 0.6 * np.sin((waves + 3) * angles + 2 * turn)
    points: list[Point] = [
        (float(x + wide * r * np.cos(a)), float(y + tall * r * np.sin(a))) for a, r in zip(angles, radius, strict=True)
    ]
    return shape(*points, fill=BROWN, width=2.4)


def _sausage(bend: float, thick: float) -> Shape:
    """Return a bent sausage, its ends round."""
    along = np.linspace(14, 86, 40)
    middle = 50 - bend * np.cos((along - 14) / 72 * 2 * np.pi)  # level at both ends
    upper = [(float(x), float(y + thick)) for x, y in zip(along, middle, strict=True)]
    lower = [(float(x), float(y - thick)) for x, y in zip(along, middle, strict=True)][::-1]
    right = arc_points(86, float(middle[-1]), thick * 0.8, thick, 80, -80, 12)
    left = arc_points(14, float(middle[0]), thick * 0.8, thick, -100, -260, 12)
    return shape(*upper, *right, *lower, *left, fill=BROWN, width=2.4)


def _lumps() -> Drawing:
    places = [(16, 50), (29, 58), (30, 43), (43, 51), (56, 59), (56, 43), (70, 51), (83, 57), (82, 44)]
    outlines = [oval(x, y, 13, 13, fill=BROWN, width=5) for x, y in places]
    insides = [oval(x, y, 12, 12, fill=BROWN, width=0) for x, y in places]
    dents = [line(*arc_points(x, y, 9, 9, 200, 300, 9), width=2) for x, y in places]
    return (*outlines, *insides, *dents)


def _cracks() -> Drawing:
    found = []
    for number, x in enumerate((22, 34, 46, 58, 70, 82)):
        top = number % 2 == 0
        y, step = (65, -5) if top else (35, 5)
        found.append(line((x, y), (x + 3, y + step), (x - 2, y + 2 * step), (x + 2, y + 3 * step), width=2.2))
    return tuple(found)


#: Drawings of the types 1 to 7.
DRAWINGS: tuple[Drawing, ...] = (
    tuple(
        oval(x, y, wide, tall, fill=BROWN, width=2.4)
        for x, y, wide, tall in ((18, 42, 10, 9), (40, 60, 9, 10), (47, 32, 11, 9), (68, 52, 9, 9), (84, 34, 10, 10),
                                 (85, 66, 8, 8), (18, 70, 8, 7))
    ),
    _lumps(),
    (_sausage(0, 16), *_cracks()),
    (_sausage(11, 11),),
    (
        _blob(22, 58, 15, 11, 3, 0.05), _blob(52, 66, 14, 10, 2, 0.07, 1), _blob(80, 56, 14, 11, 3, 0.06, 2),
        _blob(36, 36, 15, 10, 2, 0.06, 3), _blob(68, 32, 15, 10, 3, 0.05, 4),
    ),
    (
        _blob(30, 56, 22, 15, 11, 0.10), _blob(66, 60, 21, 14, 13, 0.10, 1), _blob(46, 36, 24, 13, 12, 0.10, 2),
        _blob(78, 36, 15, 11, 10, 0.12, 3),
    ),
    (
        _blob(48, 44, 40, 16, 5, 0.07, 0.6), Shape(tuple(arc_points(48, 44, 24, 8, 0, 350, 36)), True, "", 1.6),
        Shape(tuple(arc_points(48, 44, 11, 3.5, 0, 350, 36)), True, "", 1.6),
        oval(93, 62, 4, 4, fill=BROWN, width=2.4), oval(14, 70, 5, 4, fill=BROWN, width=2.4),
        oval(82, 76, 3, 3, fill=BROWN, width=2.4),
    ),
)  # fmt: skip


def bristol_figure(title: str, lang: str = "en") -> Figure:
    """Draw the seven types with their numbers and words, as on the participant's sheet.

    Parameters
    ----------
    title : str
        Stands above.
    lang : {"en", "nl"}
        Of the words.

    Returns
    -------
    matplotlib.figure.Figure
    """
    wide, tall = 6.4, 7.4
    figure, axes = plt.subplots(figsize=(wide, tall))
    step = 10.0
    for number, (drawing, words) in enumerate(zip(DRAWINGS, TYPES[lang], strict=True), start=1):
        base = -number * step
        axes.text(2, base + step / 2, str(number), fontsize=17, fontweight="bold", va="center", ha="center", color=INK)
        draw_in_figure(axes, drawing, 5, base + 0.2, step - 0.4, points=66)
        axes.text(17, base + step / 2, textwrap.fill(words, 34), fontsize=13, va="center")
        if number > 1:
            axes.axhline(base + step, color="0.8", lw=0.8)
    axes.set(xlim=(0, 62), ylim=(-7 * step, 0), aspect="equal", title=title)
    axes.axis("off")
    return figure

"""What all plain charts have: the message above, the letters, and rows that are named above their bar."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from handbook_utils.figures.style import INK, TEXT, WIDTH, use_style, wrapped

#: Letters of a title on a line, of a line below the axes, and inches that a line is high.
TITLE, LINE, HIGH = 48, 52, 0.23
#: Marks and lines of kinds that are told apart in black and white, too.
DASHES = ("-", "--", "-.", ":")
#: What the message is not about: 3 to 1 against white, and against the dark with the colours turned over.
PALE = "#8C8C8C"
#: The ground of a range, on which marks are seen; its edge is drawn.
GROUND = "#E4E4E4"
_BEHIND = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 0.5}
#: A white chip behind a number: turned over in the dark, it is dark behind light letters.
_CHIP = {"facecolor": "white", "edgecolor": "none", "pad": 1.2}
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_DARK = {"#D55E00": "#A34700", "#009E73": "#00694D", "#CC79A7": "#94476F", "#E69F00": "#8A5F00"}


def upon(colour: str) -> dict[str, Any]:
    """Return how letters are written upon a colour, to be read by day and, with the colours turned over, at night.

    White upon what is dark, ink upon what is light; upon what is neither, ink on a white chip.

    Parameters
    ----------
    colour : str
        As ``#D55E00``.

    Returns
    -------
    dict
        What ``Axes.text`` takes.

    Examples
    --------
    >>> upon("#0072B2"), upon("#E69F00")["color"], "bbox" in upon("#D55E00")
    ({'color': 'white'}, '#1b1b1b', True)
    """
    light = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    luminance = 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]
    if luminance < 0.17:
        return {"color": "white"}
    return {"color": INK} if luminance > 0.42 else {"color": INK, "bbox": _CHIP}


def chart(title: str, heights: Sequence[float], *, shared: bool = True) -> tuple[Figure, list[Axes]]:
    """Return a figure with its message and a panel a height.

    Parameters
    ----------
    title : str
        The message: a sentence.
    heights : sequence of float
        Of each panel, in inches; the title comes on top.
    shared : bool
        Panels have one horizontal axis.

    Returns
    -------
    tuple of (Figure, list of Axes)
    """
    use_style()
    lines = _balanced(title, TITLE)
    high = sum(heights) + HIGH * (lines.count("\n") + 1) + 0.1
    figure = Figure(figsize=(WIDTH, high))
    figure.suptitle(lines, x=0.01, ha="left", fontsize=TEXT, fontweight="bold")
    panels = figure.subplots(len(heights), 1, sharex=shared, squeeze=False, height_ratios=[*heights])
    return figure, [*panels[:, 0]]


def _balanced(text: str, width: int) -> str:
    r"""Break a text into as few lines as fit, all of about one length.

    Examples
    --------
    >>> _balanced("one two three four five", 20)
    'one two three\nfour five'
    """
    fewest = wrapped(text, width).count("\n")
    narrower = range(8, width)
    least = bisect_left(narrower, True, key=lambda letters: wrapped(text, letters).count("\n") == fewest)
    return wrapped(text, [*narrower, width][least])


def above(axes: Axes, text: str) -> None:
    """Write what the vertical axis measures above it, where it can be read without turning one's head.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where.
    text : str
        What is measured, with its unit.
    """
    axes.set_title(_balanced(text, LINE - 8), loc="left", fontsize=TEXT)


def below(axes: Axes, text: str, width: int = LINE) -> None:
    """Write what the horizontal axis measures below it, in so many letters a line.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where.
    text : str
        What is measured, with its unit.
    width : int
        Letters a line, at most.
    """
    axes.set_xlabel(_balanced(text, width))


def rows(axes: Axes, names: Iterable[str]) -> list[float]:
    """Name a row each, from top to bottom, above the place where its bar goes.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Without a vertical axis afterwards.
    names : iterable of str
        One row each.

    Returns
    -------
    list of float
        The middle of each row.
    """
    places, at = [], 0.0
    for name in names:
        text = _balanced(name, LINE)
        at += 0.45 * text.count("\n")
        axes.text(0, at - 0.23, text, transform=axes.get_yaxis_transform(), va="bottom", zorder=5, bbox=_BEHIND)
        places.append(at)
        at += 1
    axes.set_ylim(at - 0.65, -0.75)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    return places


def rows_high(names: Iterable[object]) -> float:
    """Return how high rows with these names are, in inches.

    Parameters
    ----------
    names : iterable
        What stands above each row; a long name takes more lines.

    Returns
    -------
    float
        Inches.

    Examples
    --------
    >>> round(rows_high(["one", "two"]), 2)
    1.05
    """
    return sum(0.5 + HIGH * wrapped(name, LINE).count("\n") for name in names) + 0.05


def without_axis(axes: Axes) -> None:
    """Take the horizontal axis away, where every number is spoken.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Whose.
    """
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)


def inked(colour: str) -> str:
    """Return a colour that can be read as letters on white, at least 4.5 to 1 (WCAG 2.2).

    Parameters
    ----------
    colour : str
        A colour of the charts, as ``#RRGGBB``.

    Returns
    -------
    str
        A darker one of the same hue where that is needed, otherwise the same.

    Examples
    --------
    >>> inked("#E69F00")
    '#8A5F00'
    """
    return _DARK.get(colour, colour)


def power_of_ten(value: float, _place: int | None = None) -> str:
    """Write a power of ten in letters of full size, which a formula's exponent has not.

    Parameters
    ----------
    value : float
        Above 0.

    Returns
    -------
    str
        From 0.001 to below 10,000 the number itself; otherwise 10 and its exponent, rounded to a whole one.

    Examples
    --------
    >>> power_of_ten(1e11), power_of_ten(100)
    ('10¹¹', '100')
    """
    if 0.001 <= value < 10_000:
        return f"{value:g}"
    return "10" + str(round(math.log10(value))).translate(_RAISED)


def said(lang: str, en: str, nl: str) -> str:
    """Choose between two languages.

    Parameters
    ----------
    lang : {"en", "nl"}
        Language.
    en, nl : str
        The words in each.

    Returns
    -------
    str
        One of them.

    Examples
    --------
    >>> said("nl", "bars", "balken")
    'balken'
    """
    return nl if lang == "nl" else en


def sentence(title: str) -> str:
    """End a title as a sentence ends.

    Parameters
    ----------
    title : str
        With or without an end.

    Returns
    -------
    str
        With a full stop, unless it ended already.

    Examples
    --------
    >>> sentence("More fibre, more acids"), sentence("Why?")
    ('More fibre, more acids.', 'Why?')
    """
    return title if title.endswith((".", "?", "!")) else f"{title}."

"""A grid: a mark where a row and a column meet."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from handbook_utils.figures.plain.chart import GROUND, PALE, chart, inked, said, sentence
from handbook_utils.figures.style import INK, OKABE_ITO, Drawn, legend_below, wrapped

_LOOKS = (("o", OKABE_ITO[0], OKABE_ITO[0]), ("D", OKABE_ITO[1], inked(OKABE_ITO[1])), ("X", "white", INK))
#: How the kind "other" is drawn: it is not what the message is about.
_OTHER = ("s", PALE, PALE)


def _longest(name: str) -> int:
    """Return how many letters the longest part of a name has that is not broken.

    Examples
    --------
    >>> _longest("gene study"), _longest("self-test")
    (5, 4)
    """
    return max(map(len, re.split(r"[\s-]", name)))


def marks(
    table: pd.DataFrame,
    *,
    title: str,
    kinds: Mapping[str, str] | None = None,
    upright: bool = False,
    counts: str = "",
    lang: str = "en",
) -> Drawn:
    """Draw a mark in each cell that has one, by its kind.

    Parameters
    ----------
    table : pandas.DataFrame
        A kind in each cell, or nothing. Columns that are numbers count something: the text tells how many.
    title : str
        The message.
    kinds : mapping of str to str, optional
        What each kind is called, in the order of the key; by default kinds are called what they are. At most 3, and
        ``other``, which is grey.
    upright : bool
        Names of columns are turned, where there are many.
    counts : str
        What columns that are numbers count, written above them.
    lang : {"en", "nl"}
        Language of the text.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> grid = pd.DataFrame({"pain": ["x", "x"], "bloating": ["x", None]}, index=["IBS", "cancer"])
    >>> print(marks(grid, title="Pain goes with many conditions", kinds={"x": "listed"}).alt)
    Pain goes with many conditions. A grid of 2 rows. IBS: pain, bloating; cancer: pain.
    """
    named = (
        dict(kinds)
        if kinds is not None
        else {kind: kind for kind in dict.fromkeys(table.to_numpy().ravel()) if pd.notna(kind)}
    )
    counted = all(isinstance(name, (int, np.integer)) for name in table.columns)
    figure, [axes] = chart(title, [0.36 * len(table) + 0.9 + (0.9 if upright else 0.25 if counts else 0)])
    width = len(table.columns)
    looks = iter(_LOOKS)
    for kind, word in named.items():
        mark, face, edge = _OTHER if kind == "other" else next(looks)
        down, across = np.nonzero((table == kind).to_numpy())
        axes.plot(across, down, mark, ms=min(13, 150 / width), mfc=face, mec=edge, label=word, ls="")
    axes.set_yticks(range(len(table)), [wrapped(name, 26) for name in table.index])
    axes.xaxis.tick_top()
    if counted:
        shown = [0, *range(4, width, 5)]
        axes.set_xticks(shown, [str(table.columns[place]) for place in shown])
        axes.set_xlabel(counts)
        axes.xaxis.set_label_position("top")
    else:
        columns = [wrapped(name, 30 if upright else max(36 // width, _longest(str(name)))) for name in table.columns]
        axes.set_xticks(range(width), columns, rotation=90 if upright else 0)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set(xlim=(-0.6, width - 0.4), ylim=(len(table) - 0.4, -0.6))
    axes.grid(color=GROUND)
    axes.set_axisbelow(True)
    if len(named) > 1:
        legend_below(figure, axes, columns=1 if max(map(len, named.values())) > 16 else 2)
    told = []
    for name, row in table.iterrows():
        if counted:
            numbers = [(int((row == kind).sum()), word) for kind, word in named.items()]
            said_of = ", ".join(f"{number} {word}" for number, word in numbers if number)
        else:
            found = [(column, named[kind]) for column, kind in row.items() if pd.notna(kind)]
            said_of = ", ".join(str(column) if len(named) == 1 else f"{column} ({word})" for column, word in found)
        told.append(f"{name}: {said_of or '–'}")
    grid = said(lang, f"A grid of {len(table)} rows.", f"Een rooster van {len(table)} rijen.")
    return Drawn(figure, f"{sentence(title)} {grid} {'; '.join(told)}.".replace("-\n", "").replace("\n", " "))

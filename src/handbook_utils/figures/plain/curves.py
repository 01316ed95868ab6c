"""Lines, named at their end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from handbook_utils.figures.plain.chart import (
    DASHES,
    GROUND,
    HIGH,
    LINE,
    PALE,
    above,
    below,
    chart,
    inked,
    said,
    sentence,
)
from handbook_utils.figures.style import GREY, INK, OKABE_ITO, TEXT, Drawn, wrapped
from handbook_utils.text.numbers import spoken


def curves(
    table: pd.DataFrame,
    label: str,
    *,
    title: str,
    dots: pd.DataFrame | None = None,
    moments: Sequence[tuple[float, str]] = (),
    level: tuple[float, str] | None = None,
    shaded: tuple[float, float] | None = None,
    ticks: Sequence[tuple[float, str]] = (),
    zero: bool = True,
    log: bool = False,
    digits: int = 0,
    lang: str = "en",
) -> Drawn:
    """Draw lines, a panel for each thing that is measured, and name each line where it ends.

    Parameters
    ----------
    table : pandas.DataFrame
        A row a point: ``panel`` (what is measured, with its unit), ``line`` (its name; "" where there is one that needs
        none), ``x``, ``y``, and ``low`` and ``high`` where there is a band.
    label : str
        What the horizontal axis is, with its unit.
    title : str
        The message.
    dots : pandas.DataFrame, optional
        ``panel``, ``x``, ``y``: single measurements behind the lines.
    moments : sequence of (float, str)
        Where something begins, and what.
    level : (float, str), optional
        A horizontal line, and what it is.
    shaded : (float, float), optional
        A stretch of the horizontal axis that the title or the label tells of.
    ticks : sequence of (float, str)
        What is spoken on the horizontal axis, where these are no plain numbers.
    zero : bool
        Vertical axes begin at 0.
    log : bool
        The horizontal axis is logarithmic.
    digits : int
        Decimals in the text.
    lang : {"en", "nl"}
        Language of the text.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> table = pd.DataFrame({"panel": "acids (mmol)", "line": "", "x": [0, 1, 2], "y": [3.0, 5.0, 4.0]})
    >>> print(curves(table, "day", title="Acids rise").alt)
    Acids rise. acids (mmol), by day: from 3 to 4, lowest 3, highest 5.
    """
    names = [*dict.fromkeys(table["panel"])]
    tall = 2.2 if len(names) > 1 else 2.9
    figure, panels = chart(title, [tall] * len(names))
    lines = [*dict.fromkeys(table["line"])]
    looks = {name: (OKABE_ITO[(0, 5, 2, 3, 1)[n % 5]], DASHES[n % 4]) for n, name in enumerate(lines)}
    told = []
    for axes, panel in zip(panels, names, strict=True):
        part = table[table["panel"] == panel]
        if dots is not None:
            seen = dots[dots["panel"] == panel]
            axes.plot(seen["x"], seen["y"], ".", color=GREY, alpha=0.6, ms=5)
        ends, of_lines = [], []
        for name, points in part.groupby("line", sort=False):
            colour, dash = looks[name]
            axes.plot(points["x"], points["y"], dash, color=colour, lw=2.2)
            if "low" in points and points["low"].notna().any():
                axes.fill_between(points["x"], points["low"], points["high"], color=colour, alpha=0.22, lw=0)
            ends.append((float(points["y"].iloc[-1]), str(name), colour))
            said_of = [spoken(float(v), digits, lang) for v in points["y"].iloc[[0, -1]]]
            most = [spoken(float(v), digits, lang) for v in (points["y"].min(), points["y"].max())]
            of_lines.append(
                (f"{name} " if name else "")
                + said(
                    lang,
                    f"from {said_of[0]} to {said_of[1]}, lowest {most[0]}, highest {most[1]}",
                    f"van {said_of[0]} naar {said_of[1]}, laagst {most[0]}, hoogst {most[1]}",
                )
            )
        told.append(f"{panel}, {said(lang, 'by', 'tegen')} {label}: {'; '.join(of_lines)}")
        above(axes, panel)
        if log:
            axes.set_xscale("log")
        if zero:
            axes.set_ylim(bottom=0)
        if level:
            axes.axhline(level[0], color=INK, lw=1.5, ls=":")
            ends.append((level[0], level[1], INK))
        for at, _ in moments:
            axes.axvline(at, color=INK, lw=1.5)
        if shaded:
            axes.axvspan(*shaded, facecolor=GROUND, edgecolor=PALE, zorder=0)
        axes.margins(x=0.01)
        _name_ends(axes, [end for end in ends if end[1]], tall)
    if moments:
        # Room for the words, above where the axis ends: an index that ends at 100 is not drawn up to 125.
        low, high = panels[0].get_ylim()
        panels[0].set_yticks([tick for tick in panels[0].get_yticks() if low <= tick <= high])
        panels[0].set_ylim(low, high + 0.25 * (high - low))
        panels[0].spines["left"].set_bounds(low, high)
    for at, word in moments:
        right = at < float(np.mean(panels[0].get_xlim()))
        panels[0].annotate(
            wrapped(word, 24), (at, 0.99), xycoords=("data", "axes fraction"), xytext=(4 if right else -4, 0),
            textcoords="offset points", ha="left" if right else "right", va="top",
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1},
        )  # fmt: skip
        told.append(f"{said(lang, 'a line marks', 'een lijn geeft aan')}: {word}")
    if level:
        told.append(f"{said(lang, 'a line at', 'een lijn bij')} {spoken(level[0], digits, lang)}: {level[1]}")
    if ticks:
        for axes in panels:
            axes.set_xticks([at for at, _ in ticks], [word for _, word in ticks])
            axes.minorticks_off()
    below(panels[-1], label, LINE if lines == [""] and not level else LINE - 16)
    return Drawn(figure, f"{sentence(title)} {'. '.join(told)}.")


def _name_ends(axes: Axes, ends: Sequence[tuple[float, str, str]], tall: float) -> None:
    """Write names of lines to the right of where they end, moved apart where they would cover one another."""
    if not ends:
        return
    low, high = axes.get_ylim()
    apart = HIGH / (tall - 0.8) * (high - low)
    texts = [(value, wrapped(name, 11), colour) for value, name, colour in sorted(ends)]
    places: list[float] = []
    lines = [text.count("\n") + 1 for _, text, _ in texts]
    for row, (value, _, _) in enumerate(texts):
        least = places[-1] + apart * (lines[row - 1] + lines[row]) / 2 if places else low
        places.append(max(value, least))
    over = max(0.0, places[-1] - high)
    for place, (_, text, colour) in zip(places, texts, strict=True):
        axes.annotate(
            text, (1.02, place - over), xycoords=("axes fraction", "data"), va="center", color=inked(colour),
            fontsize=TEXT, fontweight="bold",
        )  # fmt: skip

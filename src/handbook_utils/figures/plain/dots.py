"""Single measurements: a dot each."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.ticker import FuncFormatter

from handbook_utils.figures.plain.chart import HIGH, LINE, above, below, chart, power_of_ten, said, sentence
from handbook_utils.figures.style import INK, MARKERS, OKABE_ITO, Drawn, legend_below, wrapped
from handbook_utils.text.numbers import spoken, written


def dots(
    table: pd.DataFrame,
    label: str,
    *,
    title: str,
    level: tuple[float, str] | None = None,
    middles: pd.Series | None = None,
    middle: str = "",
    joined: str | None = None,
    ticks: Sequence[tuple[float, str]] = (),
    values: Sequence[float] = (),
    log: bool = False,
    digits: int = 0,
    lang: str = "en",
) -> Drawn:
    """Draw a dot for each measurement, a panel for each thing or person, with the middle of each kind in the text.

    Parameters
    ----------
    table : pandas.DataFrame
        A row a measurement: ``panel`` (what is measured, with its unit), ``x``, ``y``, and ``kind`` where there are
        several: at most 7.
    label : str
        What the horizontal axis is, with its unit.
    title : str
        The message.
    level : (float, str), optional
        A horizontal line, and what it is.
    middles : pandas.Series, optional
        A thick line over all dots, by ``x``.
    middle : str
        What that line is.
    joined : str, optional
        A column: dots of the same person are joined by a thin line.
    ticks : sequence of (float, str)
        What is spoken on the horizontal axis, where these are no plain numbers.
    values : sequence of float
        What is spoken on the vertical axis.
    log : bool
        The vertical axis is logarithmic; give ``values``, too.
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
    >>> table = pd.DataFrame({"panel": "score", "x": [0, 1, 2], "y": [9.0, 11.0, 7.0], "kind": ["good", "good", "bad"]})
    >>> print(dots(table, "day", title="It jumps").alt)
    It jumps. score, 3 dots by day: good, 2 dots, the middle one 10; bad, 1 dots, the middle one 7.
    """
    names = [*dict.fromkeys(table["panel"])]
    table = table if "kind" in table else table.assign(kind="")
    kinds = [*dict.fromkeys(table["kind"])]
    named = [str(kind) for kind in kinds if kind] + ([middle] if middles is not None else [])
    columns = 1 if any(len(name) > 18 for name in named) else 2
    key = HIGH * -(-len(named) // columns)
    figure, panels = chart(title, [(2.0 if len(names) > 1 else 2.8) + key / len(names)] * len(names))
    looks = {kind: (OKABE_ITO[(0, 5, 2, 1, 3, 4, 6)[n]], MARKERS[n]) for n, kind in enumerate(kinds)}
    told = []
    for axes, panel in zip(panels, names, strict=True):
        part = table[table["panel"] == panel]
        of_kinds = []
        if joined:
            for _, one in part.sort_values("x").groupby(joined):
                axes.plot(one["x"], one["y"], color=OKABE_ITO[4], lw=0.8, alpha=0.7)
        for kind, points in part.groupby("kind", sort=False):
            colour, mark = looks[kind]
            axes.scatter(
                points["x"], points["y"], s=16, alpha=0.75, lw=0, zorder=3, color=colour, marker=mark,
                label=str(kind) or None,
            )  # fmt: skip
            number = spoken(float(points["y"].median()), digits, lang)
            many = said(lang, f"{len(points)} dots, the middle one", f"{len(points)} stippen, de middelste")
            of_kinds.append(f"{f'{kind}, ' if kind else ''}{many} {number}")
        told.append(
            f"{panel}, {len(part)} {said(lang, 'dots by', 'stippen tegen')} {label}: {'; '.join(of_kinds)}"
            if any(kinds)
            else f"{panel}, {said(lang, 'by', 'tegen')} {label}: {of_kinds[0]}"
        )
        above(axes, panel)
        if log:
            axes.set_yscale("log")
            axes.minorticks_off()
            if not values:
                axes.yaxis.set_major_formatter(FuncFormatter(power_of_ten))
        else:
            axes.set_ylim(bottom=0)
        if values:
            # Each is named: a logarithmic axis would leave out some.
            axes.set_yticks(values, [written(at, len(f"{at:g}".partition(".")[2]), lang) for at in values])
        if middles is not None:
            axes.plot(middles.index, middles, color=INK, lw=3, zorder=4, label=middle)
        if level:
            axes.axhline(level[0], color=INK, lw=1.5, ls="--")
            axes.annotate(wrapped(level[1], 11), (1.01, level[0]), xycoords=("axes fraction", "data"), va="center")
    if middles is not None:
        ends = [spoken(float(middles.iloc[place]), digits, lang) for place in (0, -1)]
        told.append(f"{middle}: {said(lang, 'from', 'van')} {ends[0]} {said(lang, 'to', 'naar')} {ends[1]}")
    if level:
        told.append(f"{said(lang, 'a line at', 'een lijn bij')} {spoken(level[0], digits, lang)}: {level[1]}")
    if ticks:
        panels[-1].set_xticks([at for at, _ in ticks], [wrapped(word, max(6, 44 // len(ticks))) for _, word in ticks])
    below(panels[-1], label, LINE - 12 if level else LINE)
    if named:
        legend_below(figure, *panels, columns=columns)
    return Drawn(figure, f"{sentence(title)} {'. '.join(told)}.")

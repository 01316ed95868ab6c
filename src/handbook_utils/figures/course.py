"""Values over time, a line each."""

from __future__ import annotations

import pandas as pd

from handbook_utils.figures.style import GREY, Drawn, colours_or_grey, legend_above, sheet, wrapped
from handbook_utils.text.numbers import written


def course(
    data: pd.DataFrame,
    label: str,
    *,
    time: str = "time",
    value: str = "value",
    line: str = "line",
    group: str | None = None,
    time_label: str = "",
    digits: int = 2,
    log: bool = False,
    lang: str = "en",
) -> Drawn:
    """Draw lines over time, with the mean of each group drawn thick.

    Parameters
    ----------
    data : pandas.DataFrame
        A row a measurement; rows without a value are not drawn.
    label : str
        What is measured, with its unit.
    time, value, line : str
        Columns: when, what, and whose line it is.
    group : str, optional
        Column that gives a line its colour.
    time_label : str
        Name of the axis of time, with its unit; by default the column's.
    digits : int
        Decimals in the text.
    log : bool
        A logarithmic axis of values.
    lang : {"en", "nl"}
        Language of the text.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> data = pd.DataFrame({"time": [0, 1, 0, 1], "value": [1.0, 2.0, 3.0, 5.0], "line": list("aabb")})
    >>> print(course(data, "genera").alt)
    genera over time, 2 lines with 4 measurements from 0 to 1. Mean at the start 2.00, at the end 3.50.
    """
    nl = lang == "nl"
    data = data.dropna(subset=[value, time])
    figure, axes = sheet(4.2)
    named = data[group].astype(str) if group else pd.Series("", index=data.index)
    colours = colours_or_grey(named) if group else {"": GREY}
    told = []
    for name, colour in colours.items():
        part = data[(named == name).to_numpy()]
        for _, one in part.groupby(line, sort=False):
            ordered = one.sort_values(time)
            axes.plot(ordered[time], ordered[value], color=colour, lw=0.9, alpha=0.45, marker="o", ms=2.5)
        mean = part.groupby(time)[value].mean()
        axes.plot(mean.index, mean, color=colour, lw=2.8, label=f"{name} (n = {part[line].nunique()})")
        first, last = (written(float(mean.iloc[place]), digits, lang) for place in (0, -1))
        who = f"{name}: " if group else ""
        told.append(f"{who}{first} {'naar' if nl else 'to'} {last}" if group else f"{first}|{last}")
    if log:
        axes.set_yscale("log")
    axes.set(xlabel=time_label or time)
    axes.set_ylabel(wrapped(label, 34))
    if group:
        legend_above(figure, axes)
    begin, end = (f"{float(data[time].agg(how)):g}" for how in ("min", "max"))
    lines, count = data[line].nunique(), len(data)
    if nl:
        alt = f"{label} in de tijd, {lines} lijnen met {count} metingen van {begin} tot {end}."
    else:
        alt = f"{label} over time, {lines} lines with {count} measurements from {begin} to {end}."
    if group:
        return Drawn(figure, f"{alt} {'Gemiddelde' if nl else 'Mean'}, {'; '.join(told)}.")
    first, _, last = told[0].partition("|")
    means = f"Gemiddeld {first} aan het begin, {last} aan het eind." if nl else ""
    return Drawn(figure, f"{alt} {means or f'Mean at the start {first}, at the end {last}.'}")

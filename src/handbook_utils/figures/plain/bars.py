"""A number each: a bar with its name above it and its number behind it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from handbook_utils.figures.plain.chart import below, chart, rows, rows_high, said, sentence, without_axis
from handbook_utils.figures.style import INK, OKABE_ITO, Drawn, spoken


def bars(
    values: pd.Series,
    label: str,
    *,
    title: str,
    notes: Mapping[str, str] | None = None,
    marked: Collection[str] = (),
    aim: float | None = None,
    ends: pd.DataFrame | None = None,
    digits: int = 0,
    lang: str = "en",
) -> Drawn:
    """Draw a bar for each number, in the order given.

    Parameters
    ----------
    values : pandas.Series
        By name, 0 or more.
    label : str
        What is counted, with its unit.
    title : str
        The message.
    notes : mapping of str to str, optional
        By name: what stands behind its number.
    marked : collection of str
        Bars that the message is about.
    aim : float, optional
        A dashed line: where the bars should end.
    ends : pandas.DataFrame, optional
        By name, ``low`` and ``high``: the interval of its number; rows without one are missing.
    digits : int
        Decimals.
    lang : {"en", "nl"}
        Language of the text.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> counted = pd.Series({"bacteria": 38.0, "cells of your own": 30.0})
    >>> print(bars(counted, "trillion", title="About as many bacteria", notes={"bacteria": "more or less"}).alt)
    About as many bacteria. Bars, trillion: bacteria 38 (more or less); cells of your own 30.
    """
    figure, [axes] = chart(title, [rows_high(values.index) + 0.4])
    names = [str(name) for name in values.index]
    places = rows(axes, names)
    colours = [OKABE_ITO[5] if name in marked else OKABE_ITO[0] for name in names]
    axes.barh(places, values, height=0.36, color=colours)
    reach = float(values.max())
    told = []
    for place, name, value in zip(places, names, values, strict=True):
        value = float(value)
        number, end = spoken(value, digits, lang), value
        note = (notes or {}).get(name, "")
        if ends is not None and name in ends.index:
            low, end = (float(ends[side][name]) for side in ("low", "high"))
            axes.hlines(place, low, end, color=INK, lw=2)
            between = f"{spoken(low, digits, lang)} {said(lang, 'to', 'tot')} {spoken(end, digits, lang)}"
            note = f"{note}; {between}" if note else between
            reach = max(reach, end)
        shown = f"{number} ({note})" if note else number
        inside = note and value > 0.55 * reach
        axes.annotate(
            shown, (value if inside else end, place), xytext=(-5 if inside else 5, 0), textcoords="offset points",
            ha="right" if inside else "left", va="center", color="white" if inside and name not in marked else INK,
        )  # fmt: skip
        told.append(f"{name} {shown}")
    if aim is not None:
        axes.axvline(aim, color=INK, ls="--", lw=1.5)
        reach = max(reach, aim)
    axes.set_xlim(0, 1.14 * reach)
    without_axis(axes)
    below(axes, label)
    alt = f"{sentence(title)} {said(lang, 'Bars', 'Balken')}, {label}: {'; '.join(told)}."
    if aim is not None:
        alt += said(lang, " A dashed line at ", " Een streepjeslijn bij ") + f"{spoken(aim, digits, lang)}."
    return Drawn(figure, alt)

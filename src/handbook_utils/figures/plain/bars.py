"""A number each: a bar with its name above it and its number behind it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from handbook_utils.figures.plain.chart import below, chart, inked, rows, rows_high, said, sentence, upon, without_axis
from handbook_utils.figures.style import INK, OKABE_ITO, Drawn
from handbook_utils.text.numbers import spoken


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
    names = [str(name) for name in values.index]
    shown = [_shown(name, float(value), notes or {}, ends, digits, lang) for name, value in values.items()]
    # Beside an interval there is no room for words: they stand behind the name.
    above = [f"{name}: {text}" for name, text in zip(names, shown, strict=True)] if ends is not None else names
    figure, [axes] = chart(title, [rows_high(above) + 0.4])
    places = rows(axes, above)
    # Dark enough for white letters: a chip behind them would cut the bar in two.
    colours = [inked(OKABE_ITO[5]) if name in marked else OKABE_ITO[0] for name in names]
    axes.barh(places, values, height=0.36, color=colours)
    reach = float(values.max())
    for place, name, value, text, colour in zip(places, names, values.astype(float), shown, colours, strict=True):
        if ends is not None:
            if name in ends.index:
                low, high = (float(ends[side][name]) for side in ("low", "high"))
                axes.hlines(place, low, high, color=INK, lw=2)
                reach = max(reach, high)
            continue
        # A number just before the line of the aim would be crossed by it.
        crossed = aim is not None and 0 <= aim - value < 0.12 * aim
        inside = (name in (notes or {}) or crossed) and value > 0.55 * reach
        axes.annotate(
            text, (value, place), xytext=(-5 if inside else 5, 0), textcoords="offset points",
            ha="right" if inside else "left", va="center", **(upon(colour) if inside else {"color": INK}),
        )  # fmt: skip
    if aim is not None:
        axes.axvline(aim, color=INK, ls="--", lw=1.5)
        reach = max(reach, aim)
    axes.set_xlim(0, 1.14 * reach)
    without_axis(axes)
    below(axes, label)
    told = "; ".join(f"{name} {text}" for name, text in zip(names, shown, strict=True))
    alt = f"{sentence(title)} {said(lang, 'Bars', 'Balken')}, {label}: {told}."
    if aim is not None:
        alt += said(lang, " A dashed line at ", " Een streepjeslijn bij ") + f"{spoken(aim, digits, lang)}."
    return Drawn(figure, alt)


def _shown(
    name: object, value: float, notes: Mapping[str, str], ends: pd.DataFrame | None, digits: int, lang: str
) -> str:
    behind = [notes[str(name)]] if notes.get(str(name)) else []
    if ends is not None and name in ends.index:
        low, high = (spoken(float(ends[side][str(name)]), digits, lang) for side in ("low", "high"))
        behind.append(f"{low} {said(lang, 'to', 'tot')} {high}")
    number = spoken(value, digits, lang)
    return f"{number} ({'; '.join(behind)})" if behind else number

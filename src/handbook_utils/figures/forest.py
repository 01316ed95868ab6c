"""Effects with their intervals, a row each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from handbook_utils.figures.plain.chart import below, chart, rows, rows_high, sentence
from handbook_utils.figures.style import GREY, INK, OKABE_ITO, Drawn, sheet, wrapped
from handbook_utils.text.numbers import spoken, written


def forest(
    effects: pd.DataFrame,
    label: str,
    *,
    title: str = "",
    null: float | None = 0.0,
    digits: int = 2,
    log: bool = False,
    lang: str = "en",
) -> Drawn:
    """Draw effects with their intervals.

    Parameters
    ----------
    effects : pandas.DataFrame
        A row an effect, named by the index: ``size``, ``low``, ``high``.
    label : str
        What the axis measures, with the unit and the interval.
    title : str
        The message, on a page for everyone: names and numbers then stand above each row, and the text tells them all.
    null : float or None
        No effect; drawn as a line. An interval that does not hold it is drawn in colour.
    digits : int
        Decimals in the text.
    log : bool
        A logarithmic axis, for ratios.
    lang : {"en", "nl"}
        Language of the text.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> table = pd.DataFrame({"size": [0.1, 0.0], "low": [0.05, -0.1], "high": [0.2, 0.1]}, index=["a", "b"])
    >>> print(forest(table, "difference").alt)
    Effects with intervals (difference), 2 rows. Largest: a, 0.10 (0.05 to 0.20); smallest: b, 0.00 (−0.10 to 0.10). \
1 of 2 intervals lie on one side of 0.
    >>> print(forest(table, "difference", title="Only a differs").alt)
    Only a differs. Numbers with intervals, difference: a, 0.10 (0.05 to 0.20); b, 0.00 (−0.10 to 0.10). A line at 0.
    """
    nl = lang == "nl"
    to = "tot" if nl else "to"
    if effects.empty:
        return Drawn(sheet(1.2)[0], "Geen effecten om te tekenen." if nl else "There are no effects to draw.")
    number = spoken if title else written
    numbers = [
        "{} ({} {to} {})".format(*(number(float(row[key]), digits, lang) for key in ("size", "low", "high")), to=to)
        for _, row in effects.iterrows()
    ]
    if title:
        names = [f"{name}: {one}" for name, one in zip(effects.index, numbers, strict=True)]
        figure, [axes] = chart(title, [rows_high(names) + 0.75])
        places = np.array(rows(axes, names))
        for text in axes.texts:  # the line of no effect goes behind the words
            text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.5})
        below(axes, label)
    else:
        figure, axes = sheet(1.2 + 0.42 * len(effects))
        places = np.arange(len(effects))[::-1]
        axes.set(yticks=places, yticklabels=[wrapped(name) for name in effects.index], xlabel=label)
        axes.set_ylim(-0.6, len(effects) - 0.4)
    beside = pd.Series(False, index=effects.index)
    if null is not None:
        beside = (effects["low"] > null) | (effects["high"] < null)
        axes.axvline(null, color=INK, lw=1, ls="--", zorder=0)
    colours = [OKABE_ITO[0] if found else GREY for found in beside]
    axes.hlines(places, effects["low"], effects["high"], color=colours, lw=2.5)
    axes.scatter(effects["size"], places, color=colours, s=42, zorder=3)
    if log:
        axes.set_xscale("log")
    told = [f"{name}, {one}" for name, one in zip(effects.index, numbers, strict=True)]
    if title:
        alt = f"{sentence(title)} {'Getallen met intervallen' if nl else 'Numbers with intervals'}, {label}: "
        line = "" if null is None else f" {'Een lijn bij' if nl else 'A line at'} {_plain(null, lang)}."
        return Drawn(figure, f"{alt}{'; '.join(told)}.{line}")
    most, least = told[int(effects["size"].argmax())], told[int(effects["size"].argmin())]
    count, total = int(beside.sum()), len(effects)
    if total == 1:
        alt = f"{'Een effect met interval' if nl else 'One effect with its interval'} ({label}): {most}."
        side = ("ligt" if count else "ligt niet") if nl else ("lies" if count else "does not lie")
        line = f" Het {side} geheel aan één kant van " if nl else f" It {side} on one side of "
    elif nl:
        alt = f"Effecten met intervallen ({label}), {total} regels. Het grootst: {most}; het kleinst: {least}."
        line = f" Van de {total} intervallen liggen er {count} geheel aan één kant van "
    else:
        alt = f"Effects with intervals ({label}), {total} rows. Largest: {most}; smallest: {least}."
        line = f" {count} of {total} intervals lie on one side of "
    return Drawn(figure, alt if null is None else f"{alt}{line}{_plain(null, lang)}.")


def _plain(number: float, lang: str) -> str:
    return written(number, len(f"{number:g}".partition(".")[2]), lang)

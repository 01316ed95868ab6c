"""Effects with their intervals, a row each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from handbook_utils.figures.style import GREY, INK, OKABE_ITO, Drawn, sheet, wrapped, written


def forest(
    effects: pd.DataFrame, label: str, *, null: float | None = 0.0, digits: int = 2, log: bool = False, lang: str = "en"
) -> Drawn:
    """Draw effects with their intervals.

    Parameters
    ----------
    effects : pandas.DataFrame
        A row an effect, named by the index: ``size``, ``low``, ``high``.
    label : str
        What the axis measures, with the unit and the interval.
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
    Effects with intervals (difference), 2 rows. Largest: a, 0.10 (0.05 to 0.20); smallest: b, 0.00 (-0.10 to 0.10). \
1 of 2 intervals lie on one side of 0.
    """
    figure, axes = sheet(1.2 + 0.42 * len(effects))
    places = np.arange(len(effects))[::-1]
    beside = pd.Series(False, index=effects.index)
    if null is not None:
        beside = (effects["low"] > null) | (effects["high"] < null)
        axes.axvline(null, color=INK, lw=1, ls="--", zorder=0)
    colours = [OKABE_ITO[0] if found else GREY for found in beside]
    axes.hlines(places, effects["low"], effects["high"], color=colours, lw=2.5)
    axes.scatter(effects["size"], places, color=colours, s=42, zorder=3)
    if log:
        axes.set_xscale("log")
    axes.set(yticks=places, yticklabels=[wrapped(name) for name in effects.index], xlabel=wrapped(label, 44))
    axes.set_ylim(-0.6, len(effects) - 0.4)

    def told(place: int) -> str:
        row = effects.iloc[place]
        size, low, high = (written(float(row[key]), digits, lang) for key in ("size", "low", "high"))
        return f"{effects.index[place]}, {size} ({low} {'tot' if lang == 'nl' else 'to'} {high})"

    if effects.empty:
        return Drawn(figure, "Geen effecten om te tekenen." if lang == "nl" else "There are no effects to draw.")
    most, least = told(int(effects["size"].argmax())), told(int(effects["size"].argmin()))
    count, total = int(beside.sum()), len(effects)
    if lang == "nl":
        alt = f"Effecten met intervallen ({label}), {total} regels. Het grootst: {most}; het kleinst: {least}."
        line = f" Van de {total} intervallen liggen er {count} geheel aan één kant van "
    else:
        alt = f"Effects with intervals ({label}), {total} rows. Largest: {most}; smallest: {least}."
        line = f" {count} of {total} intervals lie on one side of "
    return Drawn(figure, alt if null is None else f"{alt}{line}{null:g}.")

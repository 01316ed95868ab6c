"""Values before and after, a line each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from handbook_utils.figures.style import GREY, INK, OKABE_ITO, Drawn, sheet, wrapped
from handbook_utils.text.numbers import written


def paired(
    pairs: pd.DataFrame,
    label: str,
    *,
    groups: pd.Series | None = None,
    digits: int = 2,
    log: bool = False,
    lang: str = "en",
) -> Drawn:
    """Draw how each unit changed between two moments: a rise in blue, a fall in orange, the median in black.

    Parameters
    ----------
    pairs : pandas.DataFrame
        A row a unit (a person), two columns, the moments in order; rows with a missing value are not drawn.
    label : str
        What is measured, with its unit.
    groups : pandas.Series, optional
        The group (arm) of each row; the groups are drawn side by side.
    digits : int
        Decimals in the text.
    log : bool
        A logarithmic axis.
    lang : {"en", "nl"}
        Language of the text.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> table = pd.DataFrame({"before": [1.0, 2.0, 3.0], "after": [2.0, 1.0, 5.0]}, index=list("abc"))
    >>> print(paired(table, "genera").alt)
    genera, before to after, 3 lines: 2 rise and 1 fall; median 2.00 to 2.00.
    """
    nl = lang == "nl"
    first, second = pairs.columns[:2]
    whole = pairs[[first, second]].dropna()
    named = groups.loc[whole.index].astype(str) if groups is not None else pd.Series("", index=whole.index)
    names = sorted(named.unique())
    figure, axes = sheet(4.2)
    ticks, told = [], []
    for number, name in enumerate(names):
        left, right = 3 * number, 3 * number + 1
        part = whole[(named == name).to_numpy()]
        before, after = part[first].to_numpy(dtype=float), part[second].to_numpy(dtype=float)
        for one, other in zip(before, after, strict=True):
            colour = OKABE_ITO[0] if other > one else OKABE_ITO[1] if other < one else GREY
            axes.plot([left, right], [one, other], color=colour, lw=1.1, alpha=0.7, marker="o", ms=3)
        middle = float(np.median(before)), float(np.median(after))
        axes.plot([left, right], middle, color=INK, lw=3, marker="o", ms=6)
        ticks += [(left, f"{first}\n{wrapped(name, 12)}" if name else str(first)), (right, str(second))]
        rise, fall = int((after > before).sum()), int((after < before).sum())
        low, high = (written(value, digits, lang) for value in middle)
        who = f"{name}, " if name else ""
        told.append(
            f"{who}{len(part)} lijnen: {rise} omhoog en {fall} omlaag; mediaan {low} naar {high}"
            if nl
            else f"{who}{len(part)} lines: {rise} rise and {fall} fall; median {low} to {high}"
        )
    if log:
        axes.set_yscale("log")
    axes.set_xticks([place for place, _ in ticks], [text for _, text in ticks])
    axes.set_xlim(-0.6, 3 * len(names) - 1.4)
    axes.set_ylabel(wrapped(label, 34))
    gone = len(pairs) - len(whole)
    alt = f"{label}, {first} {'naar' if nl else 'to'} {second}, {'. '.join(told)}."
    if gone:
        alt += f" {gone} zonder beide metingen." if nl else f" {gone} without both measurements are not drawn."
    return Drawn(figure, alt)

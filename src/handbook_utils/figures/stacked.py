"""Shares of a whole, a bar each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from handbook_utils.figures.style import GREY, OKABE_ITO, Drawn, legend_above, sheet, wrapped
from handbook_utils.text.numbers import written

#: How many parts have a colour of their own; the rest is one grey part.
MOST = len(OKABE_ITO)


def stacked(
    shares: pd.DataFrame, groups: pd.Series | None = None, *, rest: str = "", unit: str = "", lang: str = "en"
) -> Drawn:
    """Draw what each sample (or group) is made of.

    Parameters
    ----------
    shares : pandas.DataFrame
        A row a bar, a column a part, each row adding up to 1 or less. The parts that are largest on average keep their
        colour; what is left of a row, with the smaller parts, is one grey part.
    groups : pandas.Series, optional
        The group of each row; the bars are then drawn group by group, with the name of the group below them.
    rest : str
        What the grey part is called; by default "other taxa".
    unit : str
        What a bar is, for the text: by default samples.
    lang : {"en", "nl"}
        Language of the text.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> table = pd.DataFrame({"A": [0.7, 0.5], "B": [0.2, 0.3]}, index=["s1", "s2"])
    >>> print(stacked(table).alt)
    Shares of 2 samples, a bar each. On average: A 60 % (50 to 70), B 25 % (20 to 30), other taxa 15 %.
    """
    nl = lang == "nl"
    rest, unit = rest or ("overige taxa" if nl else "other taxa"), unit or ("monsters" if nl else "samples")
    parts = shares.mean().sort_values(ascending=False, kind="stable").index[:MOST]
    drawn = shares[parts]
    if groups is not None:
        named = groups.loc[shares.index].astype(str)
        order = np.lexsort((-drawn[parts[0]].to_numpy(), named.to_numpy()))
        drawn, named = drawn.iloc[order], named.iloc[order]
    left = (1 - drawn.sum(axis=1)).clip(lower=0)
    figure, axes = sheet(4.6)
    places, base = np.arange(len(drawn)), np.zeros(len(drawn))
    edges = np.append(places, len(drawn)) - 0.5
    for name, colour in [*zip(parts, OKABE_ITO, strict=False), (rest, GREY)]:
        height = (left if name is rest else drawn[name]).to_numpy(dtype=float)
        if height.max(initial=0) > 0:
            low, high = (np.append(100 * edge, 100 * edge[-1:]) for edge in (base, base + height))
            # One shape: hundreds of bars take as many times as long to draw.
            axes.fill_between(edges, low, high, step="post", color=colour, lw=0, label=wrapped(name, 24))
        base = base + height
    axes.set(ylim=(0, 100), ylabel="aandeel (%)" if nl else "share (%)", xlim=(-0.5, len(drawn) - 0.5))
    if groups is not None:
        names = list(dict.fromkeys(named))
        middles = [float(places[(named == name).to_numpy()].mean()) for name in names]
        axes.set_xticks(middles, [wrapped(name, max(8, 44 // len(names))) for name in names])
        for name in names[1:]:
            axes.axvline(int(places[(named == name).to_numpy()][0]) - 0.5, color="white", lw=3)
    elif len(drawn) <= 12:
        axes.set_xticks(places, [wrapped(name, 10) for name in drawn.index])
    else:
        axes.set_xticks([])
    legend_above(figure, axes)
    told = [_told(str(name), 100 * drawn[name], lang) for name in parts]
    if left.mean() > 0.0005:
        told.append(f"{rest} {written(100 * float(left.mean()), 0, lang)} %")
    start = f"Aandelen van {len(drawn)} {unit}, elk een balk. Gemiddeld: " if nl else ""
    return Drawn(figure, (start or f"Shares of {len(drawn)} {unit}, a bar each. On average: ") + ", ".join(told) + ".")


def _told(name: str, percent: pd.Series, lang: str) -> str:
    mean, low, high = (written(float(value), 0, lang) for value in (percent.mean(), percent.min(), percent.max()))
    return f"{name} {mean} % ({low} {'tot' if lang == 'nl' else 'to'} {high})"

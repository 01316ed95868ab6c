"""One number of each sample against another."""

from __future__ import annotations

from collections.abc import Hashable

import pandas as pd

from handbook_utils.figures.style import GREY, Drawn, colours_or_grey, legend_above, marked, sheet, wrapped
from handbook_utils.text.numbers import written


def scatter(
    x: pd.Series,
    y: pd.Series,
    labels: tuple[str, str],
    *,
    groups: pd.Series | None = None,
    log: str = "",
    digits: tuple[int, int] = (0, 0),
    unit: str = "samples",
    lang: str = "en",
) -> Drawn:
    """Draw one number against another, groups by colour and marker.

    Parameters
    ----------
    x, y : pandas.Series
        By the same index; what lacks one of the two is not drawn.
    labels : tuple of str
        Of the axes, with units.
    groups : pandas.Series, optional
        The group of each, by the same index.
    log : {"", "x", "y", "xy"}
        Logarithmic axes.
    digits : tuple of int
        Decimals of x and y in the text.
    unit : str
        What a point is, in the language of the text.
    lang : {"en", "nl"}
        Language of the text.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> reads, taxa = pd.Series([100, 900, 400]), pd.Series([10, 30, 20])
    >>> print(scatter(reads, taxa, ("reads", "taxa seen")).alt)
    taxa seen against reads of 3 samples. reads from 100 to 900, taxa seen from 10 to 30; rank correlation 1.00.
    """
    nl = lang == "nl"
    both = pd.concat([x, y], axis=1, keys=["x", "y"]).dropna()
    named = groups.loc[both.index].astype(str) if groups is not None else pd.Series("", index=both.index)
    colours: dict[Hashable, str] = colours_or_grey(named) if groups is not None else {"": GREY}
    figure, axes = sheet(4.2)
    for name, (colour, marker) in marked(colours).items():
        part = both[(named == name).to_numpy()]
        label = f"{name} (n = {len(part)})"
        axes.scatter(part["x"], part["y"], color=colour, marker=marker, s=22, alpha=0.85, label=label)
    if groups is not None:
        legend_above(figure, axes)
    for axis, put in (("x", axes.set_xscale), ("y", axes.set_yscale)):
        if axis in log:
            put("log")
    axes.set_xlabel(wrapped(labels[0], 44))
    axes.set_ylabel(wrapped(labels[1], 34))

    def runs(name: str, places: int) -> str:
        low, high = (written(float(end), places, lang) for end in (both[name].min(), both[name].max()))
        return f"van {low} tot {high}" if nl else f"from {low} to {high}"

    varies = both["x"].nunique() > 1 and both["y"].nunique() > 1
    rank = float(both["x"].corr(both["y"], method="spearman")) if varies else 0.0
    how = "" if not varies else f"; {'rangcorrelatie' if nl else 'rank correlation'} {written(rank, 2, lang)}"
    head = (
        f"{labels[1]} tegen {labels[0]} van {len(both)} {unit}."
        if nl
        else f"{labels[1]} against {labels[0]} of {len(both)} {unit}."
    )
    ends = f"{labels[0]} {runs('x', digits[0])}, {labels[1]} {runs('y', digits[1])}"
    return Drawn(figure, f"{head} {ends}{how}.")

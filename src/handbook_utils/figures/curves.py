"""Curves that rise with the number of reads, with a band."""

from __future__ import annotations

import pandas as pd

from handbook_utils.figures.style import OKABE_ITO, Drawn, legend_above, sheet, wrapped
from handbook_utils.text.numbers import written


def curves(data: pd.DataFrame, label: str, *, log: bool = False, beyond: str = "", lang: str = "en") -> Drawn:
    """Draw what a sample would show in more and more reads, a line a sample.

    Parameters
    ----------
    data : pandas.DataFrame
        A row a point: ``line``, ``size`` (reads), ``value``, ``low``, ``high``, ``read`` (how many reads the sample
        has; beyond these the line is dotted).
    label : str
        Of the values, with what the band is.
    log : bool
        A logarithmic axis of reads.
    beyond : str
        What the dotted part is, for the legend; empty where there is none.
    lang : {"en", "nl"}
        Language of the text.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> points = {"line": "s1", "size": [1, 10], "value": [1.0, 4], "low": [1.0, 3], "high": [1.0, 5], "read": 10}
    >>> print(curves(pd.DataFrame(points), "expected taxa").alt)
    expected taxa against reads, a curve a sample: s1 4 in 10 reads.
    """
    nl = lang == "nl"
    figure, axes = sheet(4.2)
    told = []
    for (name, own), colour in zip(data.groupby("line", sort=False), OKABE_ITO, strict=False):
        read = int(own["read"].iloc[0])
        inside, outside = own[own["size"] <= read], own[own["size"] >= read]
        reads = f"{written(read, 0, lang)} reads"
        axes.plot(inside["size"], inside["value"], color=colour, label=f"{name} ({reads})")
        if len(outside) > 1:
            axes.plot(outside["size"], outside["value"], color=colour, ls=":")
        axes.fill_between(own["size"], own["low"], own["high"], color=colour, alpha=0.2, lw=0)
        told.append(f"{name} {written(float(inside['value'].iloc[-1]), 0, lang)} in {reads}")
    if log:
        axes.set_xscale("log")
    axes.set_xlabel(("reads, logaritmisch" if nl else "reads, log scale") if log else "reads")
    axes.set_ylabel(wrapped(label, 34))
    if beyond:
        axes.plot([], [], color="0.3", ls=":", label=beyond)
    legend_above(figure, axes, columns=1)
    head = f"{label} tegen reads, een lijn per monster" if nl else f"{label} against reads, a curve a sample"
    return Drawn(figure, f"{head}: {', '.join(told)}.")

"""Power by the number of participants, one curve a design."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy.typing as npt
import pandas as pd

from handbook_utils.figures.style import MARKERS, OKABE_ITO, Drawn, use_style

__all__ = ["power_curves"]


def power_curves(
    curves: Mapping[str, pd.DataFrame],
    wanted: float,
    title: str,
    *,
    formula: npt.ArrayLike | None = None,
    label: str = "participants included in the first group",
) -> Drawn:
    """Plot simulated power by group size, with its intervals, each curve with its own mark.

    Parameters
    ----------
    curves : mapping of str to pandas.DataFrame
        By name: ``first`` (size), ``power``, ``low``, ``high``, all from 0 to 1; the same sizes in all.
    wanted : float
        Power wanted, from 0 to 1.
    title, label : str
        Of the figure and of its horizontal axis.
    formula : array_like, optional
        Power of the closed form at the same sizes, drawn as a line.

    Returns
    -------
    Drawn
        The figure, and a text with the first and the last power of each curve.
    """
    use_style()
    figure, axes = plt.subplots(figsize=(7.0, 4.4))
    told = []
    for number, (name, curve) in enumerate(curves.items()):
        spread = [curve["power"] - curve["low"], curve["high"] - curve["power"]]
        mark, colour = MARKERS[number % len(MARKERS)], OKABE_ITO[number % len(OKABE_ITO)]
        axes.errorbar(
            curve["first"], curve["power"], yerr=spread, marker=mark, ms=5, capsize=3, color=colour, label=name
        )
        first, last = curve.iloc[0], curve.iloc[-1]
        told.append(f"{name}: {first['power']:.2f} at {first['first']:g}, {last['power']:.2f} at {last['first']:g}.")
    if formula is not None:
        axes.plot(next(iter(curves.values()))["first"], formula, color="0.2", lw=1.2, label="closed form (t test)")
        told.append("A line for the closed form goes with them.")
    axes.axhline(wanted, color="0.4", lw=1, ls="--")
    axes.annotate(
        "wanted", (1, wanted), xycoords=("axes fraction", "data"), ha="right", va="bottom", color="0.25", fontsize=10
    )
    axes.set(xlabel=label, ylabel="power", ylim=(0, 1.03), title=title)
    axes.legend(loc="lower right")
    return Drawn(figure, f"{title}: power by {label}. " + " ".join(told))

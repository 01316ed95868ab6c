"""Figure of what became of the tubes: who lost how many, before any plate is filled."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from handbook_utils.figures.style import OKABE_ITO, Drawn
from handbook_utils.protocols.tubes import VERDICTS


def fates(tubes: pd.DataFrame, verdicts: pd.DataFrame, by: str) -> pd.DataFrame:
    """Count verdicts by a column of the list of tubes.

    Parameters
    ----------
    tubes : pandas.DataFrame
        The list of tubes, with ``sample``.
    verdicts : pandas.DataFrame
        ``tube`` and ``verdict``.
    by : str
        Column of the list.

    Returns
    -------
    pandas.DataFrame
        A row a level, in the order of the list, a column a verdict, counts.

    Examples
    --------
    >>> tubes = pd.DataFrame({"sample": ["a", "b"], "arm": ["x", "y"]})
    >>> fates(tubes, pd.DataFrame({"tube": ["a", "b"], "verdict": ["accept", "missing"]}), "arm").loc["y"].tolist()
    [0, 0, 0, 1]
    """
    said = verdicts.set_index("tube")["verdict"]
    counted = pd.crosstab(tubes[by], tubes["sample"].map(said))
    order = list(dict.fromkeys(tubes[by]))  # as in the file: time points are not in alphabetical order
    return counted.reindex(index=pd.Index(order, name=by), columns=list(VERDICTS), fill_value=0)


def fates_figure(counts: pd.DataFrame, by: str, title: str) -> Drawn:
    """Draw what became of the tubes of each level, as shares, with the numbers in the bars.

    Parameters
    ----------
    counts : pandas.DataFrame
        As :func:`fates` returns them.
    by : str
        What the rows are.
    title : str
        Stands above.

    Returns
    -------
    Drawn
        The figure, and a text with the same numbers.
    """
    figure, axes = plt.subplots(figsize=(6.4, 0.62 * len(counts) + 1.9))
    shares = counts.div(counts.sum(axis=1), axis=0) * 100
    hatches = ("", "//", "xx", "..")
    left = np.zeros(len(counts))
    for (name, share), colour, hatch in zip(shares.items(), OKABE_ITO, hatches, strict=False):
        if not counts[name].any():
            continue
        axes.barh(counts.index, share, left=left, color=colour, hatch=hatch, edgecolor="white", label=name)
        left += share.to_numpy()
    told = []
    for place, (level, row) in enumerate(counts.iterrows()):
        words = ", ".join(f"{count} {name}" for name, count in row.items() if count)
        told.append(f"{level}: {words}")
        axes.text(
            1, place, words, va="center", fontsize=9.5, bbox={"facecolor": "white", "alpha": 0.85, "lw": 0, "pad": 2}
        )
    axes.set(xlim=(0, 100), xlabel="tubes given out (%)", ylabel=by.replace("_", " "))
    axes.invert_yaxis()
    figure.suptitle(title, fontsize=12)
    figure.legend(loc="outside lower center", ncols=4, fontsize=10)
    return Drawn(figure, f"{title}, by {by.replace('_', ' ')}. {'; '.join(told)}.")

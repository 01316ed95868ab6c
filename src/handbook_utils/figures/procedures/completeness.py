"""How often each question was answered."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd

from handbook_utils.figures.style import OKABE_ITO, Drawn, use_style

__all__ = ["answered"]


def answered(filled: pd.Series, title: str, label: str) -> Drawn:
    """Plot the share of forms in which each question has an answer, the least answered at the bottom.

    Parameters
    ----------
    filled : pandas.Series
        By question, 0 to 1.
    title, label : str
        Of the figure and of its axis.

    Returns
    -------
    Drawn
        The figure, and a text with the question answered least often.
    """
    use_style()
    ordered = filled.sort_values(kind="stable")
    figure, axes = plt.subplots(figsize=(6.6, 4.6))
    axes.hlines(ordered.index, 0, ordered * 100, color="0.8", lw=1)
    for name, share in zip(map(str, ordered.index), ordered, strict=True):
        whole = share == 1
        axes.plot(share * 100, name, "o" if whole else "D", color=OKABE_ITO[0] if whole else OKABE_ITO[5])
        axes.annotate(f"{share:.0%}", (share * 100, name), xytext=(9, -4), textcoords="offset points", fontsize=9)
    axes.set(xlim=(0, 114), xlabel=label, title=title)
    axes.set_xticks(range(0, 101, 25))
    alt = (
        f"{title}: share of forms with an answer, by question. Least often answered: {ordered.index[0]}, "
        f"{ordered.iloc[0]:.0%}. {int((ordered == 1).sum())} of {len(ordered)} were always answered (round marks)."
    )
    return Drawn(figure, alt)

"""Sizes of files by kind."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd

from handbook_utils.figures.style import MARKERS, OKABE_ITO, Drawn, use_style

__all__ = ["file_sizes"]


def file_sizes(sizes: pd.Series, kinds: Mapping[str, str], title: str) -> Drawn:
    """Plot the sizes of files, marks by kind, the smallest at the bottom.

    Parameters
    ----------
    sizes : pandas.Series
        In bytes, by name; folders are not written out.
    kinds : mapping of str to str
        What each kind is called, by the folder that its files lie in; "" is any other.
    title : str
        Of the figure.

    Returns
    -------
    Drawn
        The figure, and a text with the number of each kind and the largest file.
    """
    use_style()
    ordered = (sizes / 1000).sort_values()
    folder = [name.split("/")[0] if name.split("/")[0] in kinds and "/" in name else "" for name in ordered.index]
    figure, axes = plt.subplots(figsize=(7.2, 0.32 * len(ordered) + 1.4))
    for number, (kind, words) in enumerate(kinds.items()):
        places = [place for place, one in enumerate(folder) if one == kind]
        axes.plot(ordered.iloc[places], places, MARKERS[number], color=OKABE_ITO[number], label=words)
    axes.set_yticks(range(len(ordered)), [name.rpartition("/")[2] for name in ordered.index])
    axes.set(xscale="log", xlabel="size (kB)", title=title)
    axes.legend(loc="lower right", fontsize=9)
    told = "; ".join(f"{words}: {folder.count(kind)}" for kind, words in kinds.items())
    alt = (
        f"{title}: sizes of {len(ordered)} files, in kilobytes. {told}. The largest is "
        f"{ordered.index[-1].rpartition('/')[2]}, {ordered.iloc[-1]:.0f} kB."
    )
    return Drawn(figure, alt)

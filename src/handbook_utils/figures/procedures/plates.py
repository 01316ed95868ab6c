"""Plots of plates: wells coloured by a number, and what controls hold beside what they should."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from handbook_utils.figures.style import MARKERS, OKABE_ITO, Drawn, use_style

__all__ = ["expected_and_found", "plates_coloured"]


def expected_and_found(shares: pd.DataFrame, title: str, label: str) -> Drawn:
    """Plot what a control should hold as bars, and what each of several held as marks.

    Parameters
    ----------
    shares : pandas.DataFrame
        By taxon: ``expected`` and a column a well (%).
    title, label : str
        Of the figure and of its axis.

    Returns
    -------
    Drawn
        The figure, and a text with the largest difference of each well.
    """
    use_style()
    figure, axes = plt.subplots(figsize=(7.0, 4.2))
    places = np.arange(len(shares))
    axes.barh(places, shares["expected"], color="0.85", edgecolor="0.4", label="expected")
    told = []
    for number, (name, seen) in enumerate(shares.drop(columns="expected").items()):
        mark, colour = MARKERS[number % len(MARKERS)], OKABE_ITO[number % len(OKABE_ITO)]
        axes.plot(seen, places, mark, color=colour, label=name)
        off = (seen - shares["expected"]).abs().to_numpy()
        most = int(off.argmax())
        wanted = float(shares["expected"].iloc[most])
        told.append(f"Well {name} is furthest off at {shares.index[most]}: {seen.iloc[most]:.1f} % for {wanted:.1f} %.")
    axes.set(yticks=places, yticklabels=shares.index, xlabel=label, title=title)
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    alt = f"{title}: expected and found shares of {len(shares)} taxa in {len(told)} wells. " + " ".join(told)
    return Drawn(figure, alt)


def plates_coloured(
    wells: pd.DataFrame, values: Mapping[int, pd.Series], letters: Mapping[str, str], title: str, label: str
) -> Drawn:
    """Draw plates as grids of wells, coloured by a number; wells of other contents bear a letter.

    Parameters
    ----------
    wells : pandas.DataFrame
        ``plate``, ``row`` (letter), ``column``, ``content``.
    values : mapping of int to pandas.Series
        The number of each well, by plate, in the order in which plates are drawn.
    letters : mapping of str to str
        By content.
    title, label : str
        Of each plate, after its number; of the colours.

    Returns
    -------
    Drawn
        The figure, and a text that names the well of the largest number on each plate.
    """
    use_style()
    figure, panels = plt.subplots(len(values), 1, figsize=(7.0, 3.6 * len(values)), squeeze=False)
    top = max(1.0, *(float(one.max()) for one in values.values()))
    told, images = [], []
    for axes, (number, numbers) in zip(panels[:, 0], values.items(), strict=True):
        part = wells[wells["plate"] == number]
        tall = 16 if (part["row"] > "H").any() else 8
        grid = np.full((tall, 24 if part["column"].max() > 12 or tall == 16 else 12), np.nan)
        there = part.loc[numbers.index]
        grid[there["row"].map(ord) - ord("A"), there["column"] - 1] = numbers
        images.append(axes.imshow(grid, vmin=0, vmax=top, aspect="auto"))
        for row, column, content in zip(part["row"], part["column"], part["content"], strict=True):
            if content in letters:
                axes.text(
                    column - 1, ord(row) - ord("A"), letters[content], ha="center", va="center", fontweight="bold"
                )
        axes.set(xticks=range(grid.shape[1]), yticks=range(tall), title=f"Plate {number}{title}")
        axes.set_xticklabels(range(1, grid.shape[1] + 1))
        axes.set_yticklabels([chr(ord("A") + row) for row in range(tall)])
        axes.spines[:].set_visible(False)
        told.append(f"On plate {number} most, {numbers.max():.1f}, in {numbers.idxmax()}.")
    figure.colorbar(images[0], ax=panels[:, 0].tolist(), label=label)
    kinds = ", ".join(f"{letter} {content}" for content, letter in letters.items())
    return Drawn(
        figure, f"Maps of {len(values)} plate(s){title}, wells coloured by {label}; {kinds}. " + " ".join(told)
    )

"""Figures of plate layouts: maps of wells, and scores against chance. Never by colour alone: letters say the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from handbook_utils.errors import InputError
from handbook_utils.figures.style import OKABE_ITO, Drawn, colours_for
from handbook_utils.protocols.wells.balance import PARTS
from handbook_utils.protocols.wells.bench import MARKS
from handbook_utils.protocols.wells.plates import Layout
from handbook_utils.protocols.wells.requests import SHAPES

#: More plates than this do not fit on one figure; all of them are on the bench sheets.
MOST_PLATES = 4
#: Of the palette, the colour on which white letters are read better than black ones.
_DARK = "#0072B2"


def letters_for(levels: Iterable[str]) -> dict[str, str]:
    """Give every level a letter of its own: one from its name where there is one left, else a number.

    Parameters
    ----------
    levels : iterable of str
        In the order in which they choose.

    Returns
    -------
    dict of str to str
        A letter or a number by level.

    Examples
    --------
    >>> letters_for(["fibre", "fermented", "usual"])
    {'fibre': 'f', 'fermented': 'e', 'usual': 'u'}
    """
    found: dict[str, str] = {}
    for number, level in enumerate(levels, start=1):
        free = [letter for letter in level.casefold() if letter.isalpha() and letter not in found.values()]
        found[level] = free[0] if free else str(number)
    return found


def drawable(layout: Layout) -> str:
    """Return the first covariate whose levels can be told apart in a map, or "" where there is none.

    Parameters
    ----------
    layout : Layout
        Of all plates.

    Returns
    -------
    str
        Name of the covariate: it has at most as many levels as there are colours.
    """
    wells = layout.wells[layout.wells["content"] == "sample"]
    return next((name for name in layout.covariates if wells[name].astype(str).nunique() <= len(OKABE_ITO)), "")


def in_words(layout: Layout, by: str) -> str:
    """Say what a map shows, for who cannot see it: controls of each plate, and samples of each level.

    Parameters
    ----------
    layout : Layout
        Of all plates.
    by : str
        The covariate that is coloured; empty for none.

    Returns
    -------
    str
        English sentences.

    Examples
    --------
    >>> from handbook_utils.protocols.example.people import example_samples
    >>> from handbook_utils.protocols.wells.plates import in_order
    >>> in_words(in_order(example_samples(10)), "").split(". ")[1]
    'Plate 1 holds 30 samples; controls in wells D12, E12, F12, G12, H12.'
    """
    said = [f"Map of {min(layout.plates, MOST_PLATES)} of {layout.plates} plates of {layout.plate} wells"]
    for number, wells in layout.wells.groupby("plate"):
        if cast("int", number) > MOST_PLATES:
            break
        samples, controls = wells[wells["content"] == "sample"], wells[wells["content"].isin(list(MARKS))]
        levels = samples[by].astype(str) if by else samples["content"]
        kinds = ", ".join(f"{count} {level}" for level, count in levels.value_counts().sort_index().items() if by)
        holds = f"{len(samples)} samples" + (f" ({kinds})" if kinds else "")
        said.append(f"Plate {number} holds {holds}; controls in wells {', '.join(controls['well'])}")
    return ". ".join(said) + "."


def plate_map(layout: Layout, by: str = "", *, plates: Sequence[int] | None = None, title: str = "") -> Drawn:
    """Draw what is in every well, samples by the levels of a covariate.

    Parameters
    ----------
    layout : Layout
        What to draw.
    by : str
        A covariate with at most 7 levels; "" draws all samples alike.
    plates : sequence of int, optional
        Which; by default the first :data:`MOST_PLATES`.
    title : str
        Stands above.

    Returns
    -------
    Drawn
        Circles are samples, in the colour and with the letter of their level; squares are controls, with the mark they
        have on the bench sheet. The text is that of :func:`in_words`.

    Raises
    ------
    InputError
        The covariate has too many levels to be told apart.
    """
    wells = layout.wells if by else layout.wells.assign(**{"": "sample"})
    levels = sorted(wells.loc[wells["content"] == "sample", by].astype(str).unique())
    if len(levels) > len(OKABE_ITO):
        raise InputError(
            f"The levels of '{by}' cannot be told apart in one figure.",
            expected=f"at most {len(OKABE_ITO)} levels",
            found=str(len(levels)),
            remedy="Name a covariate with fewer levels first.",
        )
    chosen = list(plates or range(1, layout.plates + 1))[:MOST_PLATES]
    across = 1 if layout.plate == 384 else min(2, len(chosen))
    down = -(-len(chosen) // across)
    size = (9.5, 6.6 * down + 0.6) if layout.plate == 384 else (4.9 * across + 0.2, 3.5 * down + 0.8)
    figure, axes = plt.subplots(down, across, figsize=size, squeeze=False)
    colours, letters = colours_for(levels), letters_for(levels)
    for place, number in zip(axes.flat, chosen, strict=False):
        _draw_plate(place, layout, wells[wells["plate"] == number], by, colours, letters)
        place.set_title(f"plate {number}", fontsize=10)
    for unused in axes.flat[len(chosen) :]:
        unused.set_visible(False)
    shown = [
        Line2D([], [], marker="o", ls="", ms=9, color=colours[level], label=f"{letters[level]}  {level}")
        for level in levels
    ]
    shown += [
        Line2D([], [], marker="s", ls="", ms=9, color="#333333", label=f"{mark}  {content}")
        for content, mark in MARKS.items()
        if (wells["content"] == content).any()
    ]
    figure.legend(handles=shown, loc="outside lower center", ncols=min(7, len(shown)), fontsize=9, handletextpad=0.2)
    if title:
        figure.suptitle(f"{title}\n", x=0.01, ha="left", fontsize=12)
    return Drawn(figure, in_words(layout, by))


def _draw_plate(
    axes: Axes, layout: Layout, wells: pd.DataFrame, by: str, colours: dict[object, str], letters: dict[str, str]
) -> None:
    rows, columns = SHAPES[layout.plate]
    size, font = (190, 8) if layout.plate == 96 else (150, 7)
    # Wells alike are drawn at once, and letters as markers: hundreds of single texts take ten times as long.
    wells = wells.assign(x=wells["column"], y=[ord(row) - ord("A") for row in wells["row"]])

    def draw(alike: pd.DataFrame, shape: str, colour: str, mark: str, ink: str, weight: str) -> None:
        x, y = alike["x"].to_numpy(), alike["y"].to_numpy()
        axes.scatter(x, y, s=size, marker=shape, color=colour)
        written = f"$\\{weight}{{{mark}}}$"
        axes.scatter(x, y, s=font**2 * 0.8, marker=written, color=ink, linewidth=0, label=mark)

    empty = wells[wells["content"] == "empty"]
    axes.scatter(empty["x"], empty["y"], s=size, marker="o", facecolor="none", edgecolor="#B5B5B5", linewidth=0.7)
    for content, mark in MARKS.items():
        draw(wells[wells["content"] == content], "s", "#333333", mark, "white", "mathbf")
    samples = wells[wells["content"] == "sample"]
    for level, alike in samples.groupby(samples[by].astype(str), sort=True):
        colour = colours[level]
        draw(alike, "o", colour, letters[str(level)], "white" if colour == _DARK else "black", "mathrm")
    axes.set(xlim=(0.4, columns + 0.6), ylim=(rows - 0.4, -0.6), aspect="equal")
    axes.set_xticks(range(1, columns + 1))
    axes.set_yticks(range(rows), [chr(ord("A") + row) for row in range(rows)])
    axes.tick_params(length=0, labelsize=8)
    axes.xaxis.tick_top()
    for spine in axes.spines.values():
        spine.set_visible(False)


def score_figure(plain: pd.DataFrame, ours: pd.DataFrame) -> Drawn:
    """Draw the distribution of scores of plain randomisation, and ours, as a whole and by part.

    Parameters
    ----------
    plain : pandas.DataFrame
        As :func:`~handbook_utils.protocols.wells.plates.plain_scores` returns it.
    ours : pandas.DataFrame
        The same columns of layouts made with rules, one row a seed.

    Returns
    -------
    Drawn
        Histograms of chance, and a line for each of ours; the text gives the range of both.
    """
    names = ["total", *PARTS]
    figure, axes = plt.subplots(1, len(names), figsize=(10.5, 3.1), sharey=True)
    for place, name in zip(axes, names, strict=True):
        edges = np.linspace(0, max(plain[name].max(), ours[name].max()) * 1.02 or 1, 41)
        place.hist(plain[name], bins=edges, color=OKABE_ITO[1], label="plain randomisation")
        place.vlines(ours[name], 0, 1, transform=place.get_xaxis_transform(), color=OKABE_ITO[0], lw=1, label="ours")
        place.set_xlim(0)
        place.set_title(name, fontsize=10)
        place.tick_params(labelsize=8)
        place.locator_params(axis="x", nbins=4)
    axes[0].set_ylabel("draws (count)")
    figure.supxlabel("score (0 is balanced)", fontsize=10)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper right", ncols=2, fontsize=9)
    alt = (
        f"Histograms of the score and its four parts over {len(plain)} plain randomisations, with lines for "
        f"{len(ours)} layouts made "
        f"with rules. The total of plain randomisation has median {plain['total'].median():.3f}, from "
        f"{plain['total'].min():.3f} to "
        f"{plain['total'].max():.3f}; ours lie between {ours['total'].min():.3f} and {ours['total'].max():.3f}."
    )
    return Drawn(figure, alt)

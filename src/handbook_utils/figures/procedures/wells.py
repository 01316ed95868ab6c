"""Plots of wells and of what came into them."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from handbook_utils.figures.style import OKABE_ITO

__all__ = ["depth_and_taxa", "prevalence_by_kind", "share_and_concentration", "share_removed"]

_KINDS = ((False, "samples", OKABE_ITO[0], "o"), (True, "blanks", OKABE_ITO[1], "D"))


def depth_and_taxa(wells: pd.DataFrame) -> Figure:
    """Plot taxa seen against reads of each well.

    Parameters
    ----------
    wells : pandas.DataFrame
        By well: ``depth`` (reads), ``taxa`` (number seen), ``blank`` (bool).
    """
    figure, axes = plt.subplots(figsize=(6.5, 3.8))
    for is_blank, label, colour, marker in _KINDS:
        part = wells[wells["blank"] == is_blank]
        axes.scatter(part["depth"], part["taxa"], color=colour, marker=marker, s=28, label=f"{label} (n = {len(part)})")
    axes.set(xscale="log", xlabel="reads in the well (log scale)", ylabel="taxa seen")
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def prevalence_by_kind(table: pd.DataFrame, blanks: int, samples: int) -> Figure:
    """Plot the share of blanks against the share of samples in which each taxon is seen.

    Parameters
    ----------
    table : pandas.DataFrame
        By taxon: ``in_blanks``, ``in_samples`` (wells), ``contaminant`` (bool).
    blanks, samples : int
        How many wells there are of each.
    """
    figure, axes = plt.subplots(figsize=(5.6, 5))
    x, y = 100 * table["in_samples"] / samples, 100 * table["in_blanks"] / blanks
    places = pd.DataFrame({"x": x, "y": y, "called": table["contaminant"]}).value_counts().reset_index()
    for called, label, colour, marker in (
        (False, "not called", "0.6", "o"),
        (True, "called a contaminant", OKABE_ITO[1], "D"),
    ):
        part = places[places["called"] == called]
        size = 8 + 10 * np.log10(part["count"].to_numpy())
        axes.scatter(part["x"], part["y"], s=size, color=colour, marker=marker, label=label)
    axes.plot([0, 100], [0, 100], color="0.3", lw=1, ls="--")
    axes.set(
        xlabel="samples in which the taxon is seen (%)", ylabel="blanks in which the taxon is seen (%)", aspect="equal"
    )
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), title="larger: more taxa at this place")
    return figure


def share_removed(removed: pd.Series, blanks: pd.Series, seed: int) -> Figure:
    """Plot the part of each well's reads that is called contaminants.

    Parameters
    ----------
    removed : pandas.Series
        By well, per cent.
    blanks : pandas.Series of bool
        By well.
    seed : int
        Of the heights of the points, which say nothing.
    """
    figure, axes = plt.subplots(figsize=(6.5, 3))
    generator = np.random.default_rng(seed)
    shown = [kind for kind in _KINDS if (blanks == kind[0]).any()]
    for place, (is_blank, _, colour, marker) in enumerate(shown):
        part = removed[blanks == is_blank]
        axes.scatter(part, place + generator.uniform(-0.15, 0.15, len(part)), color=colour, marker=marker, s=18)
        axes.vlines(part.median(), place - 0.3, place + 0.3, color="black", lw=2)
    axes.set(
        yticks=range(len(shown)),
        yticklabels=[label for _, label, _, _ in shown],
        xlabel="reads in taxa called contaminants (%)",
        ylim=(-0.6, len(shown) - 0.4),
    )
    return figure


def share_and_concentration(shares: pd.DataFrame, concentration: pd.Series, labels: list[str], title: str) -> Figure:
    """Plot shares of a few taxa against the DNA concentration of the samples that have them.

    Parameters
    ----------
    shares : pandas.DataFrame
        By sample and taxon, 0 to 1.
    concentration : pandas.Series
        By sample, above 0.
    labels : list of str
        Of the taxa, for the legend.
    title : str
        What the axes are headed with; may be empty.
    """
    figure, axes = plt.subplots(figsize=(6.2, 4))
    for taxon, label, colour, marker in zip(shares.columns, labels, OKABE_ITO[1::-1], "Do", strict=True):
        there = shares[taxon] > 0
        axes.scatter(concentration[there], 100 * shares[taxon][there], color=colour, marker=marker, s=22, label=label)
    axes.set(xscale="log", yscale="log", title=title)
    axes.set(xlabel="DNA concentration (log scale)", ylabel="share of the reads (%, log scale)")
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure

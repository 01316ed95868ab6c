"""Plots of taxa that are compared."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from handbook_utils.figures.style import OKABE_ITO

__all__ = ["agreement", "effects", "false_and_found"]


def effects(table: pd.DataFrame, rate: float, label: str) -> Figure:
    """Plot estimates with intervals, the first row at the top; filled where q is at most the rate.

    Parameters
    ----------
    table : pandas.DataFrame
        By taxon: ``log2_fold``, ``low``, ``high``, ``q``.
    rate : float
        False discovery rate asked for.
    label : str
        Of the axis.
    """
    shown = table.iloc[::-1]
    figure, axes = plt.subplots(figsize=(6.8, max(2.4, 0.28 * len(shown) + 0.8)))
    places = np.arange(len(shown))
    axes.hlines(places, shown["low"], shown["high"], color="0.6", lw=2)
    filled = np.where(shown["q"] <= rate, OKABE_ITO[0], "white")
    axes.scatter(shown["log2_fold"], places, color=filled, edgecolor=OKABE_ITO[0], zorder=3)
    axes.axvline(0, color="0.3", lw=1, ls="--")
    axes.set(yticks=places, yticklabels=shown.index, xlabel=label)
    return figure


def agreement(folds: pd.DataFrame, found: pd.DataFrame, label: str) -> Figure:
    """Plot estimates by taxon and method as colours, with a dot where a method calls the taxon different.

    Parameters
    ----------
    folds, found : pandas.DataFrame, shape (taxa, methods)
        Estimates, and whether they are called.
    label : str
        Of the colours.
    """
    figure, axes = plt.subplots(figsize=(6.6, max(3.2, 0.28 * len(folds) + 1.6)))
    values = folds.to_numpy(dtype=float)
    limit = float(np.nanmax(np.abs(values))) if np.isfinite(values).any() else 1.0
    image = axes.imshow(values, cmap="PuOr_r", vmin=-limit, vmax=limit, aspect="auto")
    for row, column in np.argwhere(found.to_numpy(dtype=bool)):
        axes.plot(column, row, "o", color="black", ms=5)
    axes.set(xticks=range(folds.shape[1]), yticks=range(len(folds)), yticklabels=folds.index)
    axes.set_xticklabels(folds.columns, rotation=30, ha="right")
    axes.grid(visible=False)
    figure.colorbar(image, label=label)
    return figure


def false_and_found(judged: pd.DataFrame, rate: float) -> Figure:
    """Plot false discoveries against what was found, by method, with standard errors.

    Parameters
    ----------
    judged : pandas.DataFrame
        By method, per cent: ``false``, ``false_error``, ``found``, ``found_error``.
    rate : float
        False discovery rate asked for.
    """
    figure, axes = plt.subplots(figsize=(6.6, 4.2))
    for colour, (name, row) in zip(OKABE_ITO, judged.iterrows(), strict=False):
        bars = {"xerr": row["false_error"], "yerr": row["found_error"]}
        axes.errorbar(row["false"], row["found"], fmt="o", color=colour, ecolor="0.75", label=name, **bars)
    axes.axvline(100 * rate, color="0.3", lw=1, ls="--")
    axes.set(xlim=(-3, None), ylim=(-3, 103), title="Simulated", ylabel="found of what differs (%)")
    axes.set_xlabel("false discoveries (%; bars are standard errors; dashed: asked for)")
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure

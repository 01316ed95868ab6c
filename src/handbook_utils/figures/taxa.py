"""Plots of features that are compared, and of methods that compare them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from handbook_utils.figures.style import INK, MARKERS, OKABE_ITO, Drawn, legend_above, sheet, use_style, wrapped

__all__ = ["agreement", "amounts_and_shares", "false_and_found"]


def agreement(folds: pd.DataFrame, found: pd.DataFrame, label: str, rate: float) -> Drawn:
    """Draw estimates by feature and method as colours, with a dot where a method calls the feature different.

    Parameters
    ----------
    folds, found : pandas.DataFrame, shape (features, methods)
        Estimates, and whether they are called.
    label : str
        Of the colours.
    rate : float
        False discovery rate asked for.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> folds = pd.DataFrame({"linda": [1.0, -0.2], "deseq2": [1.2, 0.1]}, index=["A", "B"])
    >>> print(agreement(folds, folds > 1.1, "log2 fold", 0.05).alt)
    log2 fold of 2 features by 2 methods, as colours; a dot marks q at most 0.05. 1 have a dot, 1 of them from one \
method only.
    """
    figure, axes = sheet(max(3.4, 0.3 * len(folds) + 2.4))
    values = folds.to_numpy(dtype=float)
    limit = float(np.nanmax(np.abs(values))) if np.isfinite(values).any() else 1.0
    image = axes.imshow(values, cmap="PuOr_r", vmin=-limit, vmax=limit, aspect="auto")
    called = found.to_numpy(dtype=bool)
    for row, column in np.argwhere(called):
        axes.plot(column, row, "o", color="black", ms=5)
    axes.set_xticks(range(folds.shape[1]), list(folds.columns), rotation=90)
    axes.set_yticks(range(len(folds)), [wrapped(name, 24).split("\n")[0] for name in folds.index])
    axes.grid(visible=False)
    figure.colorbar(image, ax=axes, location="top", shrink=0.7, aspect=30, label=wrapped(label, 40))
    votes = called.sum(axis=1)
    return Drawn(
        figure,
        f"{label} of {len(folds)} features by {folds.shape[1]} methods, as colours; a dot marks q at most {rate:g}. "
        f"{int((votes > 0).sum())} have a dot, {int((votes == 1).sum())} of them from one method only.",
    )


def false_and_found(judged: pd.DataFrame, rate: float) -> Drawn:
    """Draw false discoveries against what was found in simulated studies, by method, with standard errors.

    Parameters
    ----------
    judged : pandas.DataFrame
        By method, per cent: ``false``, ``false_error``, ``found``, ``found_error``.
    rate : float
        False discovery rate asked for.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> table = pd.DataFrame({"false": [4.0], "false_error": [1.0], "found": [30.0], "found_error": [5.0]}, ["linda"])
    >>> print(false_and_found(table, 0.05).alt)
    Simulated: false discoveries against what was found of what differs, by method: linda 4 % false and 30 % found. \
The line marks the rate asked for, 5 %.
    """
    figure, axes = sheet(5)
    for place, (name, row) in enumerate(judged.iterrows()):
        bars = {"xerr": row["false_error"], "yerr": row["found_error"]}
        colour, marker = OKABE_ITO[place % len(OKABE_ITO)], MARKERS[(place + place // len(OKABE_ITO)) % len(MARKERS)]
        axes.errorbar(row["false"], row["found"], fmt=marker, ms=8, color=colour, ecolor="0.75", label=name, **bars)
    axes.axvline(100 * rate, color=INK, lw=1, ls="--")
    axes.set(xlim=(-3, None), ylim=(-3, 103), title="Simulated", ylabel="found of what differs (%)")
    axes.set_xlabel("false discoveries (%)\nbars: standard errors; dashed: asked for")
    legend_above(figure, axes)
    told = "; ".join(
        f"{name} {row['false']:.0f} % false and {row['found']:.0f} % found" for name, row in judged.iterrows()
    )
    return Drawn(
        figure,
        f"Simulated: false discoveries against what was found of what differs, by method: {told}. The line marks the "
        f"rate asked for, {100 * rate:g} %.",
    )


def amounts_and_shares(amounts: pd.DataFrame) -> Drawn:
    """Draw simulated amounts of taxa at two moments, and the shares that a sequencer sees.

    Parameters
    ----------
    amounts : pandas.DataFrame
        Taxon × moment (two).

    Returns
    -------
    Drawn
        The figure and its text.
    """
    use_style()
    figure, _ = sheet(4)
    figure.clear()
    axes = figure.subplots(1, 2)
    shares = 100 * amounts / amounts.sum()
    for panel, values, label in zip(axes, (amounts, shares), ("amount (simulated)", "share of reads (%)"), strict=True):
        bottom = np.zeros(amounts.shape[1])
        for colour, name in zip(OKABE_ITO, values.index, strict=False):
            height = values.loc[name].to_numpy(dtype=float)
            panel.bar(list(values.columns), height, bottom=bottom, color=colour, width=0.6, label=name)
            bottom = bottom + height
        panel.set_ylabel(label)
    legend_above(figure, axes[0], columns=4)
    first, second = amounts.columns
    told = [
        f"{name} goes from {amounts.loc[name, first]:.0f} to {amounts.loc[name, second]:.0f}, its share from "
        f"{shares.loc[name, first]:.0f} to {shares.loc[name, second]:.0f} %"
        for name in amounts.index
    ]
    return Drawn(figure, f"Simulated. Left amounts, right shares: {'; '.join(told)}.")

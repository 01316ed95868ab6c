"""Plots of composition: shares by taxon and group, a clustered heat map, and the size of a core."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.ticker import MaxNLocator
from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
from scipy.spatial.distance import pdist

from handbook_utils.figures.style import (
    INK,
    MARKERS,
    OKABE_ITO,
    Drawn,
    colours_or_grey,
    legend_above,
    sheet,
    wrapped,
)

__all__ = ["clustered", "core_sizes", "shares_by_group"]

#: With more groups than this a row each would be too thin to read: they are drawn as one.
_GROUPS = 7


def shares_by_group(shares: pd.DataFrame, groups: pd.Series | None, floor: float, unit: str = "samples") -> Drawn:
    """Draw the share of each feature in every sample, group by group, on a logarithmic axis with medians.

    Parameters
    ----------
    shares : pandas.DataFrame
        Sample × feature, 0 to 1; the first column is drawn at the top.
    groups : pandas.Series, optional
        The group of each sample, by the same index.
    floor : float
        Where a share of 0 is drawn: below all others.
    unit : str
        What a point is: samples, people.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> shares = pd.DataFrame({"A": [0.7, 0.5], "B": [0.0, 0.3]}, index=["s1", "s2"])
    >>> print(shares_by_group(shares, None, 0.001).alt)
    Share in each of 2 samples, on a logarithmic scale with medians. B is not seen in 50 % of them, more than any other.
    """
    named = pd.Series("all", index=shares.index) if groups is None else groups.loc[shares.index]
    together = named.nunique() if named.nunique() > _GROUPS else 0
    if together:
        named = pd.Series("all", index=shares.index)
    colours = colours_or_grey(named)
    figure, axes = sheet(1.4 + (0.3 + 0.24 * len(colours)) * shares.shape[1])
    generator = np.random.default_rng(1)
    for number, feature in enumerate(shares.columns[::-1]):
        for place, (name, colour) in enumerate(colours.items()):
            values = 100 * shares[feature][(named == name).to_numpy()].clip(lower=floor)
            height = number - (place - (len(colours) - 1) / 2) * 0.8 / max(len(colours), 2)
            scattered = height + generator.uniform(-0.07, 0.07, len(values))
            marker, label = MARKERS[place % len(MARKERS)], str(name) if number == 0 else None
            axes.scatter(values, scattered, s=9, alpha=0.55, color=colour, marker=marker, label=label)
            axes.vlines(values.median(), height - 0.13, height + 0.13, color=INK, lw=2.5)
    axes.set(xscale="log", yticks=range(shares.shape[1]), xlabel="share (%, log scale; left edge: none seen)")
    axes.set_yticklabels([wrapped(name, 18) for name in shares.columns[::-1]])
    if len(colours) > 1:
        legend_above(figure, axes, columns=3)
    unseen = 100 * (shares == 0).mean()
    by = f" and {len(colours)} groups" if len(colours) > 1 else ""
    if together:
        axes.set_title(wrapped(f"all {together} groups together: too many to draw apart", 40))
        by = f", all {together} groups together"
    least = (
        f"{unseen.idxmax()} is not seen in {unseen.max():.0f} % of them, more than any other"
        if unseen.max() > 0
        else "All of these are seen in all of them"
    )
    return Drawn(figure, f"Share in each of {len(shares)} {unit}{by}, on a logarithmic scale with medians. {least}.")


def clustered(shares: pd.DataFrame, floor: float, unit: str = "samples", kinds: str = "taxa") -> Drawn:
    """Draw shares as colours, samples and features in the order of a clustering.

    Parameters
    ----------
    shares : pandas.DataFrame
        Sample × feature, 0 to 1.
    floor : float
        What is drawn for a share of 0.
    unit, kinds : str
        What a column and a row are.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> shares = pd.DataFrame({"A": [0.7, 0.5, 0.6], "B": [0.0, 0.3, 0.2]}, index=["s1", "s2", "s3"])
    >>> print(clustered(shares, 0.001).alt)
    Heat map of the shares of 2 taxa in 3 samples, both in the order of an average-linkage clustering of logarithmic \
shares. 1 of these taxa are seen in all 3.
    """
    values = np.log10(100 * np.maximum(shares.to_numpy(dtype=float), floor)).T
    rows, columns = _in_order(values), _in_order(values.T)
    figure, axes = sheet(1.8 + 0.24 * len(rows))
    mesh = axes.pcolormesh(values[np.ix_(rows, columns)], cmap="viridis", rasterized=True)
    axes.set(
        yticks=np.arange(len(rows)) + 0.5, xticks=[], xlabel=f"{len(columns)} {unit}, in the order of a clustering"
    )
    axes.set_yticklabels([wrapped(shares.columns[row], 24).split("\n")[0] for row in rows])
    bar = figure.colorbar(mesh, ax=axes, location="top", shrink=0.7, aspect=30, label="share (%)")
    ticks = [power for power in range(-6, 3) if values.min() <= power <= values.max()]
    bar.set_ticks(ticks, labels=[f"{10.0**power:g}" for power in ticks])
    everywhere = int((shares > 0).all().sum())
    return Drawn(
        figure,
        f"Heat map of the shares of {len(rows)} {kinds} in {len(columns)} {unit}, both in the order of an "
        f"average-linkage clustering of logarithmic shares. {everywhere} of these {kinds} are seen in all "
        f"{len(columns)}.",
    )


def core_sizes(sizes: pd.DataFrame, share: float, unit: str = "samples", kinds: str = "taxa") -> Drawn:
    """Draw how many features are core against the least share, a line a least prevalence.

    Parameters
    ----------
    sizes : pandas.DataFrame
        Least share (0 to 1) × least prevalence (0 to 1): number of features.
    share : float
        The least share that was chosen; marked.
    unit, kinds : str
        What is counted in, and what is counted.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> print(core_sizes(pd.DataFrame({0.5: [9, 2], 1.0: [4, 0]}, index=[0.001, 0.1]), 0.01).alt)
    Number of taxa in the core against the least share, for 2 least prevalences. At a share of 0.1 % in 50 % of \
samples the core has 9 taxa, at 10 % in 100 % of them 0. The line marks the chosen share of 1 %.
    """
    figure, axes = sheet(4)
    for number, part in enumerate(sizes.columns.astype(float)):
        column = sizes.iloc[:, number]
        style = ("-", "--", "-.", ":")[number % 4]
        label = f"in {100 * part:.0f} % of {unit}"
        axes.plot(100 * sizes.index, column, ls=style, lw=2, color=OKABE_ITO[number], label=label)
    axes.axvline(100 * share, color=INK, lw=1)
    axes.set(xscale="log", xlabel="least share (%, log scale)", ylabel=f"{kinds} in the core")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    legend_above(figure, axes)
    parts, shares, counts = sizes.columns.to_numpy(float), sizes.index.to_numpy(float), sizes.to_numpy(int)
    return Drawn(
        figure,
        f"Number of {kinds} in the core against the least share, for {len(parts)} least prevalences. At a share of "
        f"{100 * shares[0]:g} % in {100 * parts[0]:.0f} % of {unit} the core has {counts[0, 0]} {kinds}, at "
        f"{100 * shares[-1]:g} % in {100 * parts[-1]:.0f} % of them {counts[-1, -1]}. The line marks the chosen share "
        f"of {100 * share:g} %.",
    )


def _in_order(values: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    """Return the order of rows in which neighbours are alike."""
    if len(values) < 3:
        return np.arange(len(values))
    apart = pdist(values)
    return np.asarray(leaves_list(optimal_leaf_ordering(linkage(apart, "average"), apart)))

"""Plots of wells and of what came into them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from handbook_utils.figures.style import INK, OKABE_ITO, Drawn, legend_above, sheet, wrapped

__all__ = [
    "dilution_curve",
    "power_curves",
    "prevalence_by_kind",
    "share_and_concentration",
]


def prevalence_by_kind(table: pd.DataFrame, blanks: int, samples: int, kinds: str = "taxa") -> Drawn:
    """Draw the share of blanks against the share of samples in which each feature is seen.

    Parameters
    ----------
    table : pandas.DataFrame
        By feature: ``in_blanks``, ``in_samples`` (wells), ``contaminant`` (bool).
    blanks, samples : int
        How many wells there are of each.
    kinds : str
        What a feature is.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> table = pd.DataFrame({"in_blanks": [4, 0], "in_samples": [1, 9], "contaminant": [True, False]})
    >>> print(prevalence_by_kind(table, 4, 10).alt)
    Share of 4 blanks against share of 10 samples in which each of 2 taxa is seen. 1 are called contaminants, 1 of \
them seen in a blank.
    """
    figure, axes = sheet(5.4)
    x, y = 100 * table["in_samples"] / samples, 100 * table["in_blanks"] / blanks
    places = pd.DataFrame({"x": x, "y": y, "called": table["contaminant"]}).value_counts().reset_index()
    for called, label, colour, marker in (
        (False, "not called", "0.6", "o"),
        (True, "called a contaminant", OKABE_ITO[1], "D"),
    ):
        part = places[places["called"] == called]
        size = 8 + 10 * np.log10(part["count"].to_numpy())
        axes.scatter(part["x"], part["y"], s=size, color=colour, marker=marker, label=label)
    axes.plot([0, 100], [0, 100], color=INK, lw=1, ls="--")
    axes.set(xlabel="samples in which it is seen (%)", ylabel="blanks in which it is seen (%)", aspect="equal")
    legend_above(figure, axes)
    called_ones = table[table["contaminant"]]
    return Drawn(
        figure,
        f"Share of {blanks} blanks against share of {samples} samples in which each of {len(table)} {kinds} is seen. "
        f"{len(called_ones)} are called contaminants, {int((called_ones['in_blanks'] > 0).sum())} of them seen in a "
        "blank.",
    )


def share_and_concentration(shares: pd.DataFrame, concentration: pd.Series, labels: list[str], title: str) -> Drawn:
    """Draw shares of a few features against the DNA concentration of the samples that have them.

    Parameters
    ----------
    shares : pandas.DataFrame
        By sample and feature, 0 to 1.
    concentration : pandas.Series
        By sample, above 0.
    labels : list of str
        Of the features, for the legend and the text.
    title : str
        What the axes are headed with; may be empty.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> shares = pd.DataFrame({"dust": [0.8, 0.1], "gut": [0.2, 0.9]}, index=["a", "b"])
    >>> print(share_and_concentration(shares, pd.Series({"a": 1.0, "b": 8.0}), ["dust", "gut"], "").alt)
    Share against DNA concentration of 2 features in the samples that have them: dust in 2, gut in 2. In samples above \
the median concentration their median shares are 10 % (dust), 90 % (gut), in the others 80 %, 20 %.
    """
    figure, axes = sheet(4.4)
    high = concentration > concentration.median()
    told, above, below = [], [], []
    for feature, label, colour, marker in zip(shares.columns, labels, OKABE_ITO[1::-1], "Do", strict=True):
        there = shares[feature] > 0
        axes.scatter(concentration[there], 100 * shares[feature][there], color=colour, marker=marker, s=22, label=label)
        told.append(f"{label} in {int(there.sum())}")
        above.append(f"{100 * shares[feature][high].median():.2g} % ({label})")
        below.append(f"{100 * shares[feature][~high].median():.2g} %")
    axes.set(xscale="log", yscale="log", title=title)
    axes.set(xlabel="DNA concentration (log scale)", ylabel="share (%, log scale)")
    legend_above(figure, axes, columns=1)
    return Drawn(
        figure,
        f"{title + '. ' if title else ''}Share against DNA concentration of {shares.shape[1]} features in the samples "
        f"that have them: {', '.join(told)}. In samples above the median concentration their median shares are "
        f"{', '.join(above)}, in the others {', '.join(below)}.",
    )


def power_curves(power: pd.DataFrame, threshold: float) -> Drawn:
    """Draw the calculated chance to find a contaminant against the number of blanks.

    Parameters
    ----------
    power : pandas.DataFrame
        Number of blanks × part of the samples that have the contaminant (0 to 1): the chance, 0 to 1.
    threshold : float
        The largest p that is called.

    Returns
    -------
    Drawn
        The figure and its text.
    """
    figure, axes = sheet(4.2)
    told = []
    for (part, chances), colour, style in zip(power.items(), OKABE_ITO, ("-", "--", ":"), strict=False):
        label = f"in {100 * float(str(part)):.0f} % of samples"
        axes.plot(power.index, 100 * chances, color=colour, ls=style, lw=2, label=label)
        first, last = float(chances.iloc[0]), float(chances.iloc[-1])
        told.append(
            f"{label}: {100 * first:.0f} % with {power.index[0]} blank, {100 * last:.0f} % with {power.index[-1]}"
        )
    axes.set(xlabel="number of blanks", ylabel=f"chance that p ≤ {threshold:g} (%)", ylim=(-2, 102))
    legend_above(figure, axes)
    return Drawn(figure, f"Calculated chance to find one contaminant, by number of blanks. If it is {'; '.join(told)}.")


def dilution_curve(series: Mapping[int, float]) -> Drawn:
    """Draw the calculated part of reads from outside in a positive control, by dilutions.

    Parameters
    ----------
    series : mapping of int to float
        Tenfold dilutions to the part, 0 to 1.

    Returns
    -------
    Drawn
        The figure and its text.
    """
    figure, axes = sheet(3.6)
    axes.plot(list(series), [100 * share for share in series.values()], "o-", color=OKABE_ITO[0])
    axes.axhline(50, color=INK, lw=1, ls="--")
    axes.set_xlabel(wrapped("tenfold dilutions of the positive control", 44))
    axes.set(ylabel="reads from outside (%)", title="Calculated, not measured")
    half = next((step for step, share in series.items() if share >= 0.5), None)
    first = next(iter(series))
    return Drawn(
        figure,
        f"Calculated share of reads from outside by number of tenfold dilutions: {100 * series[first]:.1f} % "
        f"undiluted, half or more from dilution {half} on.",
    )

"""Series of one person, or of several, over time: what a line leaves, what a gap does, and where a series jumps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from handbook_utils.figures.style import GREY, INK, OKABE_ITO, Drawn, legend_above, sheet

__all__ = ["gaps", "jumps", "residuals"]


def residuals(time: pd.Series, left: pd.Series, time_label: str, *, parts: int = 6) -> Drawn:
    """Draw what a line leaves within each, with the means of parts of the samples: a bend shows in these.

    Parameters
    ----------
    time, left : pandas.Series of float
        By sample.
    time_label : str
        Of the axis.
    parts : int
        Of equally many samples.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> import numpy as np
    >>> made = residuals(pd.Series(np.arange(12.0)), pd.Series(np.tile([-1.0, 1.0], 6)), "week")
    >>> made.alt.startswith("What the line leaves within each against week, with means of 6 parts")
    True
    """
    figure, axes = sheet(3.8)
    axes.scatter(time, left, s=14, color=GREY, alpha=0.7)
    few = time.nunique() <= parts  # then each time is a part of its own
    bins = time if few else pd.qcut(time.rank(method="first"), min(parts, len(time)), labels=False)
    means = pd.DataFrame({"x": time, "y": left}).groupby(bins.to_numpy()).mean()
    axes.plot(means["x"], means["y"], "D-", color=OKABE_ITO[5], label=f"means of {len(means)} parts")
    axes.axhline(0, color=INK, lw=1, ls="--")
    axes.set(xlabel=time_label, ylabel="what the line leaves")
    legend_above(figure, axes)
    return Drawn(
        figure,
        f"What the line leaves within each against {time_label}, with means of {len(means)} parts of the samples, "
        f"from {means['y'].min():.2f} to {means['y'].max():.2f}. A bend would mean that a line is too simple.",
    )


def gaps(pairs: pd.DataFrame, at: Sequence[float], unit: str) -> Drawn:
    """Draw how far two samples of one person lie apart, against the time between them.

    Parameters
    ----------
    pairs : pandas.DataFrame
        As :func:`handbook_utils.analysis.time.longitudinal.pairs_in_time`.
    at : sequence of float
        Gaps at which medians and quartiles are drawn, of pairs within a quarter of each.
    unit : str
        Of the gaps.

    Returns
    -------
    Drawn
        The figure and its text.
    """
    figure, axes = sheet(4.2)
    told = []
    for (name, mine), colour, marker in zip(pairs.groupby("person"), OKABE_ITO, "os^Dv", strict=False):
        near = [mine["distance"][mine["gap"].between(gap * 0.8, gap * 1.25)] for gap in at]
        middle = [own.median() for own in near]
        axes.plot(at, middle, marker=marker, color=colour, label=f"person {name}")
        low, high = ([own.quantile(share) for own in near] for share in (0.25, 0.75))
        axes.fill_between(at, low, high, color=colour, alpha=0.15, lw=0)
        told.append(f"person {name} {middle[0]:.2f} after {at[0]:g} and {middle[-1]:.2f} after {at[-1]:g}")
    axes.set(xscale="log", xlabel=f"{unit} between two samples (log scale)", ylim=(0, None))
    axes.set_ylabel("Bray-Curtis distance\n(median, middle half)")
    legend_above(figure, axes)
    return Drawn(
        figure, f"Distance between two samples of one person against the {unit} between them: {'; '.join(told)}."
    )


def jumps(
    far: Mapping[str, pd.Series],
    found: Mapping[str, Sequence[float]],
    time_label: str,
    *,
    spans: Mapping[str, tuple[float, float]] | None = None,
) -> Drawn:
    """Draw how far each sample of a series lies from its beginning, with the jumps that were found.

    Parameters
    ----------
    far : mapping of str to pandas.Series
        By name of the series: distance by time.
    found : mapping of str to sequence of float
        By name: times of the jumps.
    time_label : str
        Of the axis.
    spans : mapping of str to tuple of float, optional
        By name: when something is known to have happened, in grey.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> print(jumps({"Ann": pd.Series([0.1, 0.1, 0.5], index=[0, 1, 2])}, {"Ann": [2.0]}, "day").alt)
    Mean distance to the beginning of the series by day, with jumps found as lines: Ann day 2.
    """
    figure, first = sheet(2.6 * len(far))
    first.remove()
    panels = figure.subplots(len(far), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    told = []
    for axes, (name, own) in zip(panels, far.items(), strict=True):
        axes.scatter(own.index, own, s=10, color=OKABE_ITO[0])
        if spans and name in spans:
            axes.axvspan(*spans[name], color="0.85", zorder=0)
        for when in found[name]:
            axes.axvline(when, color=OKABE_ITO[5], lw=1.5)
        axes.set_ylabel(name)
        times = ", ".join(f"{when:g}" for when in found[name])
        told.append(f"{name} {f'{time_label} {times}' if times else 'none'}")
    panels[-1].set_xlabel(time_label)
    figure.supylabel("mean distance to the beginning")
    grey = ", and what is known to have happened in grey" if spans else ""
    return Drawn(
        figure,
        f"Mean distance to the beginning of the series by {time_label}, with jumps found as lines{grey}: "
        f"{'; '.join(told)}.",
    )

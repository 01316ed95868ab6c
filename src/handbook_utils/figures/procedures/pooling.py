"""Plots for a pool: coverage by depth, volume by concentration, and how many wells light each cycle of an index."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd

from handbook_utils.figures.style import MARKERS, OKABE_ITO, Drawn, use_style

__all__ = ["channels_lit", "coverage_by_depth", "volume_by_concentration"]

_KINDS = {"sample": "o", "duplicate": "D", "mock": "s", "blank": "^", "ntc": "v"}
_LINES = ("-", "--", ":", "-.")


def coverage_by_depth(curves: pd.DataFrame, coverage: float, reads: int, title: str) -> Drawn:
    """Plot the estimated coverage of samples by reads, with what is wanted of both.

    Parameters
    ----------
    curves : pandas.DataFrame
        Coverage, 0 to 1, reads × samples.
    coverage : float
        Wanted.
    reads : int
        Wanted.
    title : str
        Of the figure.

    Returns
    -------
    Drawn
        The figure, and a text with the least coverage at the reads wanted.
    """
    use_style()
    figure, axes = plt.subplots()
    for number, (name, line) in enumerate(curves.items()):
        colour, style = OKABE_ITO[number % len(OKABE_ITO)], _LINES[number % len(_LINES)]
        axes.plot(curves.index, line, style, color=colour, label=str(name))
    axes.axhline(coverage, color="0.5", lw=1)
    axes.axvline(reads, color="0.5", lw=1)
    low = float(curves.to_numpy().min())
    axes.annotate("reads wanted", (reads, low), xytext=(-4, 2), ha="right", textcoords="offset points", color="0.25")
    axes.set(xscale="log", xlabel="reads", ylabel="coverage (estimated)", title=title)
    axes.legend(loc="lower right")
    place = min(int(curves.index.searchsorted(reads)), len(curves) - 1)
    least = float(curves.iloc[place].min())
    alt = (
        f"{title}: estimated coverage of {curves.shape[1]} samples by reads, on a logarithmic axis. At {reads:,} reads "
        f"the least is about {least:.3f}; {coverage:g} is wanted."
    )
    return Drawn(figure, alt)


def volume_by_concentration(pool: pd.DataFrame, detection: float, unit: str, title: str) -> Drawn:
    """Plot the volume pooled of each well by its concentration, marks by kind of well.

    Parameters
    ----------
    pool : pandas.DataFrame
        By well: ``content``, ``concentration``, ``volume`` (µl).
    detection : float
        Concentration below which nothing was detected.
    unit, title : str
        Of the amount; of the figure.

    Returns
    -------
    Drawn
        The figure, and a text with the range of volumes.
    """
    use_style()
    figure, axes = plt.subplots()
    for (kind, mark), colour in zip(_KINDS.items(), OKABE_ITO, strict=False):
        part = pool[pool["content"] == kind]
        shown = part["concentration"].clip(lower=detection / 30 or 1e-3)
        axes.plot(shown, part["volume"], mark, color=colour, ms=5, alpha=0.8, label=kind)
    axes.axvline(detection, color="0.5", lw=1, ls="--")
    top = axes.get_ylim()[1]
    axes.annotate("detection", (detection, top), xytext=(4, -12), textcoords="offset points", color="0.25")
    axes.set(xscale="log", xlabel=f"concentration ({unit} per µl)", ylabel="volume pooled (µl)", title=title)
    axes.legend(ncols=2)
    alt = (
        f"{title}: volume pooled by concentration of {len(pool)} wells, both by kind of well. Volumes fall from "
        f"{pool['volume'].max():.1f} to {pool['volume'].min():.1f} µl as concentrations rise; blanks and no-template "
        "controls have a fixed volume."
    )
    return Drawn(figure, alt)


def channels_lit(light: Mapping[str, pd.DataFrame], least: float) -> Drawn:
    """Plot the share of wells that light each channel, by cycle, a panel an index.

    Parameters
    ----------
    light : mapping of str to pandas.DataFrame
        By title of the panel: shares from 0 to 1, cycles × channels.
    least : float
        The least share that is wanted.

    Returns
    -------
    Drawn
        The figure, and a text with the least share and the number of cycles below the limit.
    """
    use_style()
    figure, panels = plt.subplots(1, len(light), sharey=True, figsize=(7.0, 3.8))
    for axes, (title, frame) in zip(panels, light.items(), strict=True):
        for number, (channel, shares) in enumerate(frame.items()):
            mark, colour = MARKERS[number % len(MARKERS)], OKABE_ITO[number % len(OKABE_ITO)]
            axes.plot(frame.index, shares, marker=mark, color=colour, label=channel)
        axes.axhline(least, color="0.5", lw=1, ls="--")
        axes.set(xlabel="cycle", title=title, ylim=(0, 1))
    panels[0].set_ylabel("share of wells lit")
    panels[-1].legend(title="channel", ncols=2)
    dark = sum(int((frame.min(axis=1) < least).sum()) for frame in light.values())
    dimmest = min(float(frame.to_numpy().min()) for frame in light.values())
    alt = (
        f"Share of wells that light each channel, by cycle of {' and '.join(light)}, as read forwards. The least is "
        f"{dimmest:.2f}; {dark} cycles lie below {least:g}."
    )
    return Drawn(figure, alt)

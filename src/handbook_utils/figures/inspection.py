"""Plots of data as they came: qualities of reads, totals of samples, where features occur, how far down names go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from handbook_utils.figures.style import GREY, OKABE_ITO, Drawn, legend_above, sheet, wrapped

__all__ = ["depth_by_sample", "named_by_confidence", "named_by_rank", "occurrence", "quality_by_base"]

#: More samples than this are not named along the axis.
_NAMED = 40
#: Bars at most: more of them are thinner than a line.
_BARS = 120


def depth_by_sample(depth: pd.Series, what: str = "reads") -> Drawn:
    """Draw the total of every sample, sorted.

    Parameters
    ----------
    depth : pandas.Series
        By sample.
    what : str
        What was added up.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> print(depth_by_sample(pd.Series({"s1": 100.0, "s2": 2000.0, "s3": 900.0})).alt)
    Total reads of 3 samples, sorted, from 100 (s1) to 2,000 (s2); the median is 900.
    """
    ordered = depth.sort_values(kind="stable")
    named = len(ordered) <= _NAMED
    figure, axes = sheet(1.4 + 0.22 * len(ordered) if named else 4.2)
    axes.plot(ordered.to_numpy(), np.arange(len(ordered)), "o", color=OKABE_ITO[0], ms=5)
    axes.axvline(ordered.median(), color=GREY, ls="--", lw=1)
    axes.set_xscale("log" if ordered.min() > 0 else "symlog")
    axes.set_xlabel(wrapped(f"{what} in a sample (log scale); dashed: median", 44))
    axes.set_yticks(range(len(ordered)) if named else [], [str(name) for name in ordered.index] if named else [])
    axes.set_ylabel("" if named else f"{len(ordered)} samples, sorted")
    return Drawn(
        figure,
        f"Total {what} of {len(ordered)} samples, sorted, from {ordered.iloc[0]:,.0f} ({ordered.index[0]}) to "
        f"{ordered.iloc[-1]:,.0f} ({ordered.index[-1]}); the median is {ordered.median():,.0f}.",
    )


def occurrence(samples: pd.Series, of: int) -> Drawn:
    """Draw how many features occur in so many samples.

    Parameters
    ----------
    samples : pandas.Series
        By feature, in how many samples it occurs.
    of : int
        How many samples there are.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> print(occurrence(pd.Series([1, 1, 3, 0]), 3).alt)
    Histogram of the number of samples in which a feature occurs, of 3. 2 of 4 features occur in one sample only, 1 in \
all of them and 1 in none.
    """
    step = -(-(of + 1) // _BARS)
    counted = (samples // step).value_counts().reindex(range(of // step + 1), fill_value=0)
    figure, axes = sheet(3.4)
    axes.bar(counted.index * step + (step - 1) / 2, counted.to_numpy(), color=OKABE_ITO[0], width=0.9 * step)
    by = f" (a bar: {step} numbers)" if step > 1 else ""
    axes.set(xlabel=wrapped(f"number of samples in which a feature occurs{by}", 44), ylabel="features")
    once, everywhere, nowhere = (int((samples == number).sum()) for number in (1, of, 0))
    return Drawn(
        figure,
        f"Histogram of the number of samples in which a feature occurs, of {of}. {once} of {len(samples)} features "
        f"occur in one sample only, {everywhere} in all of them and {nowhere} in none.",
    )


def named_by_rank(named: pd.Series, what: str = "reads") -> Drawn:
    """Draw which part has a name, by rank.

    Parameters
    ----------
    named : pandas.Series
        By rank, from broad to narrow, 0 to 1.
    what : str
        What it is a part of.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> print(named_by_rank(pd.Series({"phylum": 1.0, "genus": 0.5})).alt)
    Part of all reads that has a name, in per cent, by rank: phylum 100, genus 50.
    """
    figure, axes = sheet(1.2 + 0.36 * len(named))
    axes.barh(list(named.index)[::-1], 100 * named.to_numpy()[::-1], color=OKABE_ITO[0])
    axes.set(xlabel=f"{what} with a name at this rank (%)", xlim=(0, 100))
    told = ", ".join(f"{rank} {100 * part:.0f}" for rank, part in named.items())
    return Drawn(figure, f"Part of all {what} that has a name, in per cent, by rank: {told}.")


def quality_by_base(quality: Mapping[str, pd.DataFrame], cut: Sequence[int] = ()) -> Drawn:
    """Draw the quality of reads along them, a panel a direction.

    Parameters
    ----------
    quality : mapping of str to pandas.DataFrame
        By direction: a row a base, columns "median" and "lowest tenth" (Phred).
    cut : sequence of int
        Of each direction where reads are cut; 0: not.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> table = pd.DataFrame({"median": [38.0, 30.0], "lowest tenth": [30.0, 12.0]}, index=[1, 2])
    >>> print(quality_by_base({"forward": table}, [1]).alt)
    Quality of forward reads along their bases: the median is 38 at the first and 30 at base 2, the lowest tenth 30 \
and 12; reads are cut at base 1.
    """
    figure, _ = sheet(1.6 + 1.9 * len(quality))
    figure.clear()
    panels = np.atleast_1d(figure.subplots(len(quality), 1, sharex=True, sharey=True))
    told = []
    for axes, (name, table), end in zip(panels, quality.items(), [*cut, *[0] * len(quality)], strict=False):
        axes.fill_between(table.index, table["lowest tenth"], table["median"], color=OKABE_ITO[4], alpha=0.5, lw=0)
        axes.plot(table.index, table["median"], color=OKABE_ITO[0])
        axes.set(ylabel=f"quality,\n{name}", ylim=(0, None))
        if end:
            axes.axvline(end, color=GREY, ls="--", lw=1)
        first, last = table.iloc[0], table.iloc[-1]
        told.append(
            f"Quality of {name} reads along their bases: the median is {first['median']:.0f} at the first and "
            f"{last['median']:.0f} at base {table.index[-1]}, the lowest tenth {first['lowest tenth']:.0f} and "
            f"{last['lowest tenth']:.0f}{f'; reads are cut at base {end}' if end else ''}."
        )
    panels[-1].set_xlabel(wrapped("base; line: median, band: down to the lowest tenth; dashed: cut", 44))
    return Drawn(figure, " ".join(told))


def named_by_confidence(named: pd.DataFrame, least: float, what: str = "features") -> Drawn:
    """Draw which part has a name at a rank, by the confidence that is asked for.

    Parameters
    ----------
    named : pandas.DataFrame
        A row a confidence (0 to 1), a column a rank; parts, 0 to 1. The lowest four ranks are drawn.
    least : float
        The confidence that is used.
    what : str
        What it is a part of.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> parts = pd.DataFrame({"family": [1.0, 0.9], "genus": [1.0, 0.5]}, index=[0.0, 0.8])
    >>> print(named_by_confidence(parts, 0.8).alt)
    Part of all features that has a name, in per cent, by the confidence asked for: family from 100 to 90, genus from \
100 to 50; at 80 % family 90, genus 50.
    """
    figure, axes = sheet(4.0)
    drawn = named[list(named.columns[-4:])]
    for (rank, parts), colour in zip(drawn.items(), OKABE_ITO, strict=False):
        axes.plot(100 * drawn.index.to_numpy(dtype=float), 100 * parts.to_numpy(), color=colour, label=str(rank))
    axes.axvline(100 * least, color=GREY, ls="--", lw=1)
    axes.set_xlabel(wrapped("confidence asked for (%); dashed: used here", 44))
    axes.set_ylabel(wrapped(f"{what} with a name (%)", 34))
    axes.set_ylim(0, 103)
    legend_above(figure, axes)
    ends = ", ".join(f"{rank} from {100 * one.iloc[0]:.0f} to {100 * one.iloc[-1]:.0f}" for rank, one in drawn.items())
    near = drawn.iloc[int(np.abs(drawn.index.to_numpy(dtype=float) - least).argmin())]
    here = ", ".join(f"{rank} {100 * part:.0f}" for rank, part in near.items())
    return Drawn(
        figure,
        f"Part of all {what} that has a name, in per cent, by the confidence asked for: {ends}; "
        f"at {100 * least:.0f} % {here}.",
    )

"""Values by group: every sample a point, with the mean or the median of its group."""

from __future__ import annotations

import numpy as np
import pandas as pd

from handbook_utils.figures.style import INK, Drawn, colours_or_grey, sheet, wrapped
from handbook_utils.text.numbers import written


def distribution(
    values: pd.Series,
    groups: pd.Series,
    label: str,
    *,
    middle: str = "median",
    digits: int = 2,
    log: bool = False,
    unit: str = "samples",
    seed: int = 1,
    lang: str = "en",
) -> Drawn:
    """Draw every value as a point beside the others of its group.

    Parameters
    ----------
    values : pandas.Series
        A value a sample (or person); missing ones are not drawn, and counted in the text.
    groups : pandas.Series
        The group of each, by the same index.
    label : str
        What is measured, with its unit.
    middle : {"median", "mean"}
        What the line across a group is.
    digits : int
        Decimals in the text.
    log : bool
        A logarithmic axis.
    unit : str
        What a point is, in the language of the text: samples, people, monsters.
    seed : int
        Of the sideways scatter, which means nothing.
    lang : {"en", "nl"}
        Language of the text.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> values = pd.Series([1.0, 3.0, 5.0], index=["s1", "s2", "s3"])
    >>> print(distribution(values, pd.Series(["a", "a", "b"], index=values.index), "depth").alt)
    depth by group, every point one of 3 samples. Median: a 2.00 (n = 2, from 1.00 to 3.00), b 5.00 (n = 1, from 5.00 \
to 5.00).
    """
    nl = lang == "nl"
    groups = groups.loc[values.index]
    colours = colours_or_grey(groups)
    names = list(colours)
    figure, axes = sheet(3.8)
    generator = np.random.default_rng(seed)
    told = []
    for place, name in enumerate(names):
        points = values[(groups == name).to_numpy()].dropna().to_numpy(dtype=float)
        axes.scatter(place + generator.uniform(-0.16, 0.16, len(points)), points, color=colours[name], s=22, alpha=0.85)
        if not len(points):
            told.append(f"{name} {'geen waarden' if nl else 'no values'}")
            continue
        centre = float(np.median(points) if middle == "median" else points.mean())
        axes.hlines(centre, place - 0.32, place + 0.32, color=INK, lw=2.5)
        low, high, at = (written(float(value), digits, lang) for value in (points.min(), points.max(), centre))
        between = f"van {low} tot {high}" if nl else f"from {low} to {high}"
        told.append(f"{name} {at} (n = {len(points)}, {between})")
    if log:
        axes.set_yscale("log")
    axes.set(xticks=range(len(names)), xticklabels=[wrapped(name, max(8, 44 // len(names))) for name in names])
    axes.set_ylabel(wrapped(label, 34))
    axes.set_xlim(-0.6, len(names) - 0.4)
    number, gone = int(values.notna().sum()), int(values.isna().sum())
    if nl:
        word = {"median": "Mediaan", "mean": "Gemiddelde"}[middle]
        alt = f"{label} per groep, elk punt een van {number} {unit}. {word}: {', '.join(told)}."
        alt += f" {gone} zonder waarde zijn niet getekend." if gone else ""
    else:
        alt = f"{label} by group, every point one of {number} {unit}. {middle.title()}: {', '.join(told)}."
        alt += f" {gone} without a value are not drawn." if gone else ""
    return Drawn(figure, alt)

"""A map of samples with their groups and the centres of those."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from handbook_utils.figures.style import GREY, INK, Drawn, colours_or_grey, legend_above, marked, sheet
from handbook_utils.text.numbers import written

#: Cosine of the angle from which arrows go nearly the same way.
_ALIKE = 0.9


def ordination(
    coordinates: pd.DataFrame,
    groups: pd.Series | None = None,
    *,
    shares: Mapping[str, float] | None = None,
    arrows: pd.DataFrame | None = None,
    what: str = "",
    lang: str = "en",
) -> Drawn:
    """Draw samples on two axes.

    Parameters
    ----------
    coordinates : pandas.DataFrame
        A row a sample; its first two columns are drawn and name the axes.
    groups : pandas.Series, optional
        The group of each sample, by the same index. More groups than there are colours are drawn grey, all but the
        largest ones, and differ by their shapes.
    shares : mapping of str to float, optional
        Share of each axis in the variation, 0 to 1; told in the name of the axis.
    arrows : pandas.DataFrame, optional
        A row a taxon or a measure: the ends of the arrows, in the same two columns; scaled to the map.
    what : str
        What the distances are, for the text: ``Bray-Curtis``.
    lang : {"en", "nl"}
        Language of the text.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> points = pd.DataFrame({"PC1": [0.0, 1.0], "PC2": [0.0, 2.0]}, index=["s1", "s2"])
    >>> print(ordination(points, pd.Series({"s1": "a", "s2": "b"}), shares={"PC1": 0.6, "PC2": 0.3}).alt)
    Map of 2 samples. PC1 runs from 0.00 to 1.00 and shows 60 % of the variation, PC2 from 0.00 to 2.00, 30 %. \
Centres of the groups on PC1: a 0.00 (n = 1), b 1.00 (n = 1).
    """
    first, second = (str(name) for name in coordinates.columns[:2])
    nl = lang == "nl"
    figure, axes = sheet(5.2)
    told: list[str] = []
    if groups is None:
        axes.scatter(coordinates[first], coordinates[second], color=GREY, s=30)
    else:
        groups = groups.loc[coordinates.index]
        for name, (colour, marker) in marked(colours_or_grey(groups)).items():
            points = coordinates[(groups == name).to_numpy()]
            axes.scatter(
                points[first], points[second], color=colour, marker=marker, s=34, label=f"{name} (n = {len(points)})"
            )
            middle = points[[first, second]].mean()
            x, y = middle[first], middle[second]
            axes.scatter(x, y, 220, color=colour, marker=marker, edgecolor=INK, linewidth=1.5, zorder=3)
            told.append(f"{name} {written(middle[first], 2, lang)} (n = {len(points)})")
        legend_above(figure, axes)
    if arrows is not None and len(arrows):
        _draw_arrows(figure, axes, arrows[[first, second]], float(coordinates[[first, second]].abs().to_numpy().max()))
    seen = [f"{written(100 * shares[name], 0, lang)} %" for name in (first, second)] if shares is not None else []
    axes.set_xlabel(f"{first} ({seen[0]})" if seen else first)
    axes.set_ylabel(f"{second} ({seen[1]})" if seen else second)
    axes.set_aspect("equal", adjustable="datalim")

    def runs(name: str) -> str:
        low, high = (written(float(end), 2, lang) for end in (coordinates[name].min(), coordinates[name].max()))
        return f"van {low} tot {high}" if nl else f"from {low} to {high}"

    of = f" ({what})" if what else ""
    if nl:
        alt = f"Kaart van {len(coordinates)} monsters{of}. {first} loopt {runs(first)}"
        alt += (f" en toont {seen[0]} van de variatie" if seen else "") + f", {second} {runs(second)}"
        centres = " Middelpunten van de groepen op "
    else:
        alt = f"Map of {len(coordinates)} samples{of}. {first} runs {runs(first)}"
        alt += (f" and shows {seen[0]} of the variation" if seen else "") + f", {second} {runs(second)}"
        centres = " Centres of the groups on "
    alt += f", {seen[1]}." if seen else "."
    return Drawn(figure, alt + (f"{centres}{first}: {', '.join(told)}." if told else ""))


def _draw_arrows(figure: Figure, axes: Axes, ends: pd.DataFrame, reach: float) -> None:
    """Draw numbered arrows, with their names in a key: beside the arrows names would lie on each other, and take room.

    Numbers of arrows that go nearly the same way stand one behind the other.
    """
    ends = ends * 0.85 * reach / float(ends.abs().to_numpy().max())
    keys: list[Line2D] = []
    numbered: list[npt.NDArray[np.float64]] = []
    for number, (name, (x, y)) in enumerate(ends.iterrows(), start=1):
        axes.annotate("", (x, y), (0, 0), arrowprops={"arrowstyle": "->", "color": INK})
        length = float(np.hypot(x, y))
        way = np.array([x, y]) / (length or 1.0)
        before = [float(np.hypot(*other)) for other in numbered if way @ other > _ALIKE * np.hypot(*other)]
        place = way * max([length + 0.07 * reach, *(far + 0.14 * reach for far in before)])
        numbered.append(place)
        axes.update_datalim([place])
        axes.text(place[0], place[1], str(number), ha="center", va="center", weight="bold")
        short = textwrap.shorten(str(name), 40, placeholder="…") if " " in str(name) else str(name)[:40]
        keys.append(Line2D([], [], linestyle="none", marker=f"${number}$", color=INK, label=short))
    figure.legend(handles=keys, loc="outside lower left", handletextpad=0.2)

"""Causal diagrams: boxes with names, and arrows from cause to effect."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch

from handbook_utils.figures.style import OKABE_ITO


def draw_diagram(
    axes: Axes,
    places: Mapping[str, tuple[float, float]],
    arrows: Mapping[tuple[str, str], str],
    *,
    asked: Collection[tuple[str, str]] = (),
    barred: Collection[tuple[str, str]] = (),
    filled: Collection[str] = (),
) -> None:
    """Draw a diagram of causes into axes that show nothing else.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Its frame is taken away.
    places : mapping of str to (float, float)
        By the text of each box: its middle, from 0 to 1 in both directions.
    arrows : mapping of (str, str) to str
        By cause and effect: what to write on the arrow ("" for nothing).
    asked : collection of (str, str)
        Arrows that are in question: dashed.
    barred : collection of (str, str)
        Arrows that may not be there: dotted, with a cross on them.
    filled : collection of str
        Boxes that stand out.

    Raises
    ------
    KeyError
        An arrow from or to a box that has no place.
    """
    axes.set(xlim=(-0.12, 1.12), ylim=(-0.12, 1.12), xticks=[], yticks=[])
    for side in axes.spines.values():
        side.set_visible(False)
    boxes = {}
    for name, place in places.items():
        boxes[name] = axes.text(
            *place,
            name,
            ha="center",
            va="center",
            zorder=3,
            bbox={
                "boxstyle": "round,pad=0.45",
                "facecolor": "#DCEBF5" if name in filled else "white",
                "edgecolor": "black",
                "linewidth": 1.4,
            },
        )
    for (cause, effect), label in arrows.items():
        start, end = places[cause], places[effect]
        kind = "barred" if (cause, effect) in barred else "asked" if (cause, effect) in asked else "plain"
        colour = {"plain": "#444444", "asked": OKABE_ITO[5], "barred": "#777777"}[kind]
        axes.add_patch(
            FancyArrowPatch(
                start,
                end,
                patchA=boxes[cause].get_bbox_patch(),
                patchB=boxes[effect].get_bbox_patch(),
                arrowstyle="-|>",
                mutation_scale=16,
                linewidth=1.8,
                linestyle={"plain": "-", "asked": (0, (4, 2)), "barred": ":"}[kind],
                color=colour,
                shrinkA=2,
                shrinkB=2,
                zorder=1,
            )
        )
        middle = (0.45 * start[0] + 0.55 * end[0], 0.45 * start[1] + 0.55 * end[1])
        if kind == "barred":
            axes.plot(*middle, marker="x", ms=15, mew=3, color=OKABE_ITO[5], zorder=4)
        if label:
            axes.text(
                *middle,
                label,
                ha="center",
                va="center",
                color=colour,
                fontweight="bold",
                zorder=2,
                bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"},
            )

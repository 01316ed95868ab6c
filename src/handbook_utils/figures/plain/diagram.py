"""What leads to what: boxes with names, and arrows between them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from matplotlib.patches import FancyArrowPatch

from handbook_utils.figures.plain.chart import chart, said, sentence
from handbook_utils.figures.style import INK, OKABE_ITO, Drawn

_COLOURS = {"plain": "#444444", "asked": OKABE_ITO[5], "barred": "#777777"}


def diagram(
    places: Mapping[str, tuple[float, float]],
    arrows: Mapping[tuple[str, str], str],
    *,
    title: str,
    asked: Collection[tuple[str, str]] = (),
    barred: Collection[tuple[str, str]] = (),
    filled: Collection[str] = (),
    both: Collection[tuple[str, str]] = (),
    height: float = 3.4,
    lang: str = "en",
) -> Drawn:
    """Draw a diagram of causes, or of ways.

    Parameters
    ----------
    places : mapping of str to (float, float)
        By the text of each box: its middle, from 0 to 1 in both directions.
    arrows : mapping of (str, str) to str
        By cause and effect: what to write on the arrow ("" for nothing).
    title : str
        The message.
    asked : collection of (str, str)
        Arrows that are in question: dashed.
    barred : collection of (str, str)
        Arrows that may not be there: dotted, with a cross on them.
    filled : collection of str
        Boxes that stand out.
    both : collection of (str, str)
        Arrows with a head at both ends.
    height : float
        In inches, without the title.
    lang : {"en", "nl"}
        Language of the text.

    Returns
    -------
    Drawn
        The figure and its text.

    Raises
    ------
    KeyError
        An arrow from or to a box that has no place.

    Examples
    --------
    >>> drawn = diagram({"age": (0, 1), "illness": (1, 0)}, {("age", "illness"): ""}, title="Age leads to illness")
    >>> print(drawn.alt)
    Age leads to illness. A diagram of 2 boxes. Arrows: from age to illness.
    """
    figure, [axes] = chart(title, [height])
    axes.set(xlim=(-0.12, 1.12), ylim=(-0.12, 1.12))
    axes.set_axis_off()
    boxes = {
        name: axes.text(
            *place, name, ha="center", va="center", zorder=3,
            bbox={
                "boxstyle": "round,pad=0.45", "facecolor": "#DCEBF5" if name in filled else "white", "edgecolor": INK,
                "linewidth": 1.4,
            },
        )
        for name, place in places.items()
    }  # fmt: skip
    told: dict[str, list[str]] = {kind: [] for kind in _COLOURS}
    for (cause, effect), label in arrows.items():
        start, end = places[cause], places[effect]
        two = (cause, effect) in both
        kind = "barred" if (cause, effect) in barred else "asked" if (cause, effect) in asked else "plain"
        colour = _COLOURS[kind]
        axes.add_patch(
            FancyArrowPatch(
                start, end, patchA=boxes[cause].get_bbox_patch(), patchB=boxes[effect].get_bbox_patch(),
                arrowstyle="<|-|>" if two else "-|>", mutation_scale=16, linewidth=1.8, color=colour, shrinkA=2,
                shrinkB=2, zorder=1, linestyle={"plain": "-", "asked": (0, (4, 2)), "barred": ":"}[kind],
            )
        )  # fmt: skip
        middle = (0.45 * start[0] + 0.55 * end[0], 0.45 * start[1] + 0.55 * end[1])
        if kind == "barred":
            axes.plot(*middle, marker="x", ms=15, mew=3, color=OKABE_ITO[5], zorder=4)
        if label:
            axes.text(
                *middle, label, ha="center", va="center", color=colour, fontweight="bold", zorder=2,
                bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"},
            )  # fmt: skip
        words = said(lang, f"from {cause} to {effect}", f"van {cause} naar {effect}")
        if two:
            words = said(lang, f"between {cause} and {effect}", f"tussen {cause} en {effect}")
        told[kind].append(f"{words} ({label})" if label and label != "?" else words)
    boxed = said(lang, f"A diagram of {len(places)} boxes.", f"Een schema van {len(places)} vakjes.")
    alt = f"{sentence(title)} {boxed}"
    for kind, (en, nl) in {
        "plain": ("Arrows", "Pijlen"),
        "asked": ("In question, dashed", "De vraag, met streepjes"),
        "barred": ("Crossed out", "Doorgestreept"),
    }.items():
        if told[kind]:
            alt += f" {said(lang, en, nl)}: {'; '.join(told[kind])}."
    return Drawn(figure, alt.replace("-\n", "").replace("\n", " "))

"""How often each value comes: a panel each, with the line that the message is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from handbook_utils.figures.plain.chart import LINE, above, below, chart, said, sentence
from handbook_utils.figures.style import INK, OKABE_ITO, Drawn, wrapped
from handbook_utils.text.numbers import spoken


def histogram(
    values: Mapping[str, Sequence[float]],
    label: str,
    *,
    title: str,
    bins: Sequence[float] | Mapping[str, Sequence[float]],
    lines: Mapping[str, tuple[float, str]] | None = None,
    counted: str = "",
    band: tuple[float, float, str] | None = None,
    digits: int = 0,
    lang: str = "en",
) -> Drawn:
    """Draw how often each value comes, in per cent, a panel for each group.

    Parameters
    ----------
    values : mapping of str to sequence of float
        By the name of the panel; "" where there is one that needs no name.
    label : str
        What the values are, with their unit.
    title : str
        The message.
    bins : sequence of float, or mapping of str to it
        Edges of the bars, for all panels or by panel.
    lines : mapping of str to (float, str), optional
        By panel: where a line stands, and what it is.
    counted : str
        What is counted in per cent: comparisons, studies.
    band : (float, float, str), optional
        From, to and what it is: a shaded band in all panels.
    digits : int
        Decimals in the text.
    lang : {"en", "nl"}
        Language of the text.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> print(histogram({"": [1, 2, 2, 3]}, "finds", title="Two are usual", bins=[0.5, 1.5, 2.5, 3.5]).alt)
    Two are usual. Histogram of finds: 4 values, the middle one 2, from 1 to 3.
    """
    figure, panels = chart(title, [1.75 if len(values) > 1 else 2.4 + (0.3 if band else 0)] * len(values))
    told = []
    for axes, (name, given), colour in zip(panels, values.items(), (*OKABE_ITO[::5], *OKABE_ITO[1:5]), strict=False):
        numbers = np.asarray(given, dtype=float)
        edges = bins[name] if isinstance(bins, Mapping) else bins
        axes.hist(numbers, edges, weights=np.full(len(numbers), 100 / max(len(numbers), 1)), color=colour, ec="white")
        above(axes, f"{name}: {counted} (%)" if name and counted else name or (f"{counted} (%)" if counted else ""))
        axes.margins(y=0.25)
        if band:
            axes.axvspan(band[0], band[1], color=OKABE_ITO[4], alpha=0.3, zorder=0)
        middle, low, high = (
            spoken(float(value), digits, lang) for value in (np.median(numbers), numbers.min(), numbers.max())
        )
        of = f"{name}: " if name else ""
        told.append(
            said(
                lang,
                f"{of}{len(numbers)} values, the middle one {middle}, from {low} to {high}",
                f"{of}{len(numbers)} waarden, de middelste {middle}, van {low} tot {high}",
            )
        )
        if lines and name in lines:
            at, word = lines[name]
            axes.axvline(at, color=INK, lw=2.5)
            right = at < float(np.mean(axes.get_xlim()))
            axes.annotate(
                wrapped(word, 24), (at, 0.98), xycoords=("data", "axes fraction"), va="top",
                xytext=(5 if right else -5, 0), textcoords="offset points", ha="left" if right else "right",
            )  # fmt: skip
            told[-1] += f"; {said(lang, 'a line at', 'een lijn bij')} {spoken(at, digits, lang)}: {word}"
    if band:
        figure.supxlabel(wrapped(f"{said(lang, 'blue band', 'blauwe band')}: {band[2]}", LINE), fontsize=12)
        ends = f"{spoken(band[0], digits, lang)} {said(lang, 'to', 'tot')} {spoken(band[1], digits, lang)}"
        told.append(f"{said(lang, 'a band from', 'een band van')} {ends}: {band[2]}")
    seen = [float(end) for given in values.values() for end in (np.min(given), np.max(given))]
    seen += [at for at, _ in (lines or {}).values()] + ([*band[:2]] if band else [])
    room = 0.05 * (max(seen) - min(seen))
    panels[-1].set_xlim(min(seen) - room, max(seen) + room)
    panels[-1].locator_params(axis="x", nbins=6)  # more decimals would touch each other on a telephone
    below(panels[-1], label)
    kind = said(lang, "Histogram of", "Histogram van")
    return Drawn(figure, f"{sentence(title)} {kind} {label}: {'. '.join(told)}.")

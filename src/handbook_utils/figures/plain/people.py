"""So many of so many: a mark each."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from handbook_utils.figures.plain.chart import HIGH, LINE, PALE, chart, inked, said, sentence
from handbook_utils.figures.style import OKABE_ITO, TEXT, WIDTH, Drawn, wrapped
from handbook_utils.text.numbers import spoken

_LOOKS = (("X", OKABE_ITO[5]), ("D", OKABE_ITO[0]), ("^", inked(OKABE_ITO[1])))


def people(counts: Mapping[str, int], *, title: str, across: int = 20, lang: str = "en") -> Drawn:
    """Draw a mark for each of a number of people, or of other things that are counted.

    Parameters
    ----------
    counts : mapping of str to int
        How many there are of each kind, in the order of the message; the last kind is all others. At most 4 kinds.
    title : str
        The message.
    across : int
        Marks in a row.
    lang : {"en", "nl"}
        Language of the text.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> print(people({"slowed down": 24, "not": 76}, title="24 of 100 medicines slow a gut bacterium").alt)
    24 of 100 medicines slow a gut bacterium. A mark for each of 100: 24 slowed down; 76 not.
    """
    total = sum(counts.values())
    down, step = -(-total // across), (WIDTH - 0.2) / across
    lines = [wrapped(f"{spoken(number, 0, lang)} {name}", LINE - 2) for name, number in counts.items()]
    words = sum(line.count("\n") + 1 for line in lines)
    figure, [drawing, key] = chart(title, [down * step, HIGH * words + 0.1], shared=False)
    start, size = 0, 72 * step
    looks = [*_LOOKS[: len(counts) - 1], ("o", PALE)]
    line = 0.5
    for (_, number), text, (mark, colour) in zip(counts.items(), lines, looks, strict=True):
        places = np.arange(start, start + number)
        share = 0.62 if mark != "o" else 0.3
        drawing.scatter(places % across, places // across, s=(share * size) ** 2, color=colour, marker=mark, lw=0)
        key.scatter(0.5, line, s=70, color=colour, marker=mark, lw=0)
        key.text(1.1, line, text.split("\n")[0], va="center", fontsize=TEXT)
        for more in text.split("\n")[1:]:
            line += 1
            key.text(1.1, line, more, va="center", fontsize=TEXT)
        start, line = start + number, line + 1
    drawing.set(xlim=(-0.6, across - 0.4), ylim=(down - 0.4, -0.6))
    key.set(xlim=(0, 20), ylim=(words, 0))
    for axes in (drawing, key):
        axes.set_axis_off()
    told = "; ".join(f"{spoken(number, 0, lang)} {name}" for name, number in counts.items())
    each = said(lang, "A mark for each of", "Een teken voor elk van de")
    return Drawn(figure, f"{sentence(title)} {each} {spoken(total, 0, lang)}: {told}.")

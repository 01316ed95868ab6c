"""What a whole is made of: a bar each, divided."""

from __future__ import annotations

import numpy as np
import pandas as pd

from handbook_utils.figures.plain.chart import (
    GROUND,
    HIGH,
    PALE,
    below,
    chart,
    rows,
    rows_high,
    said,
    sentence,
    upon,
    without_axis,
)
from handbook_utils.figures.style import OKABE_ITO, Drawn, legend_below
from handbook_utils.text.numbers import spoken

#: Share of the longest bar from which a number fits into a part.
_FITS = 0.07
#: Numbers up to which the text tells each one.
_TOLD = 24


def parts(
    table: pd.DataFrame,
    label: str,
    *,
    title: str,
    grey: int = 0,
    digits: int = 0,
    lang: str = "en",
) -> Drawn:
    """Draw a bar for each row, divided into its parts, each with its number where that fits.

    Parameters
    ----------
    table : pandas.DataFrame
        A row a bar, a column a part; 0 or more. At most 7 parts have a colour.
    label : str
        What is counted, with its unit.
    title : str
        The message.
    grey : int
        The last so many parts are grey: others, and what has no name.
    digits : int
        Decimals.
    lang : {"en", "nl"}
        Language of the text.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> table = pd.DataFrame({"found": [11, 8], "missed": [9, 12]}, index=["glucose", "lactulose"])
    >>> print(parts(table, "people", title="A breath test misses many").alt)
    A breath test misses many. Divided bars, people: glucose: found 11, missed 9; lactulose: found 8, missed 12.
    """
    columns = 1 if max(len(str(name)) for name in table) > 18 else 2
    figure, [axes] = chart(title, [rows_high(table.index) + 0.6 + HIGH * -(-len(table.columns) // columns)])
    places = rows(axes, [str(name) for name in table.index])
    coloured = len(table.columns) - grey
    colours = [*OKABE_ITO[:coloured], *(PALE, GROUND)[:grey]]
    left, longest = np.zeros(len(table)), float(table.sum(axis=1).max())
    for (name, values), colour in zip(table.items(), colours, strict=True):
        edge = PALE if colour == GROUND else "white"
        axes.barh(places, values, left=left, height=0.42, color=colour, edgecolor=edge, label=str(name))
        for place, start, value in zip(places, left, values, strict=True):
            if value >= _FITS * longest:
                number = spoken(float(value), digits, lang)
                axes.text(start + value / 2, place, number, ha="center", va="center", **upon(colour))
        left = left + values.to_numpy(dtype=float)
    axes.set_xlim(0, longest)
    without_axis(axes)
    below(axes, label)
    legend_below(figure, axes, columns=columns)
    numbers = table.map(lambda value: spoken(float(value), digits, lang))
    if table.size <= _TOLD:
        told = "; ".join(
            f"{name}: {', '.join(f'{part} {number}' for part, number in row.items())}"
            for name, row in numbers.iterrows()
        )
    else:
        to = said(lang, "to", "tot")
        ends = {
            part: [spoken(float(end), digits, lang) for end in (values.min(), values.max())]
            for part, values in table.items()
        }
        told = said(lang, f"{len(table)} bars, ", f"{len(table)} balken, ")
        told += ", ".join(f"{part} {low} {to} {high}" for part, (low, high) in ends.items())
    return Drawn(figure, f"{sentence(title)} {said(lang, 'Divided bars', 'Verdeelde balken')}, {label}: {told}.")

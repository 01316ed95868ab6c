"""Before and after, a row each."""

from __future__ import annotations

import pandas as pd

from handbook_utils.figures.plain.chart import PALE, below, chart, rows, rows_high, said, sentence
from handbook_utils.figures.style import INK, OKABE_ITO, Drawn, legend_below
from handbook_utils.text.numbers import spoken


def change(table: pd.DataFrame, label: str, *, title: str, digits: int = 0, lang: str = "en") -> Drawn:
    """Draw two moments of each row, with a line between them.

    Parameters
    ----------
    table : pandas.DataFrame
        By name, two columns: the moments in order, named as the reader calls them.
    label : str
        What is measured, with its unit.
    title : str
        The message.
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
    >>> table = pd.DataFrame({"before": [50, 40], "after": [80, 45]}, index=["question 1", "question 2"])
    >>> print(change(table, "right (%)", title="The class learnt").alt)
    The class learnt. From before to after, right (%): question 1 from 50 to 80; question 2 from 40 to 45.
    """
    figure, [axes] = chart(title, [rows_high(table.index) + 0.95])
    places = rows(axes, [str(name) for name in table.index])
    first, second = (table[column] for column in table.columns[:2])
    axes.hlines(places, first, second, color=PALE, lw=3)
    axes.plot(first, places, "o", ms=9, mfc="white", mec=INK, ls="", label=str(first.name))
    axes.plot(second, places, "D", ms=9, color=OKABE_ITO[0], ls="", label=str(second.name))
    legend_below(figure, axes)
    below(axes, label)
    of = said(lang, "from {} to {}", "van {} naar {}")
    told = [
        f"{name} {of.format(*(spoken(float(value), digits, lang) for value in row.iloc[:2]))}"
        for name, row in table.iterrows()
    ]
    when = said(lang, f"From {first.name} to {second.name}", f"Van {first.name} naar {second.name}")
    return Drawn(figure, f"{sentence(title)} {when}, {label}: {'; '.join(told)}.")

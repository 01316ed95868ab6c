"""From here to there: a bar each, with its name above it and its ends beside it."""

from __future__ import annotations

import pandas as pd

from handbook_utils.figures.plain.chart import GROUND, below, chart, rows, rows_high, said, sentence
from handbook_utils.figures.style import GREY, INK, OKABE_ITO, Drawn, legend_below
from handbook_utils.text.numbers import spoken


def spans(
    table: pd.DataFrame,
    label: str,
    *,
    title: str,
    span: str = "",
    point: str = "",
    digits: int = 0,
    lang: str = "en",
) -> Drawn:
    """Draw a bar from start to end for each row, and a point with its interval where it has one.

    Parameters
    ----------
    table : pandas.DataFrame
        By name: ``start`` and ``end``, the same where it is one moment; ``at``, a point, with ``low`` and ``high``
        where it has an interval. Points and intervals may be missing.
    label : str
        What the axis measures, with its unit.
    title : str
        The message.
    span, point : str
        What a bar and a point are, where rows have both.
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
    >>> table = pd.DataFrame({"start": [0, 4], "end": [4, 46]}, index=["antibiotics", "coming back"])
    >>> print(spans(table, "days", title="It takes weeks").alt)
    It takes weeks. Bars from start to end, days: antibiotics 0 to 4; coming back 4 to 46.
    """
    pointed = "at" in table
    figure, [axes] = chart(title, [rows_high(table.index) + (1.4 if pointed else 0.75)])
    places = rows(axes, [str(name) for name in table.index])
    told = []
    to = said(lang, "to", "tot")

    def between(low: float, high: float) -> str:
        ends = [spoken(float(end), digits, lang) for end in (low, high)]
        return ends[0] if low == high else f"{ends[0]} {to} {ends[1]}"

    for place, (name, row) in zip(places, table.iterrows(), strict=True):
        first = place == places[0]
        if row["start"] == row["end"]:
            axes.plot(row["start"], place, "D", color=OKABE_ITO[5], ms=9)
        else:
            colour, edge = (GROUND, GREY) if pointed else (OKABE_ITO[0], OKABE_ITO[0])
            word, long = span if first else None, row["end"] - row["start"]
            axes.barh(place, long, left=row["start"], height=0.34, color=colour, edgecolor=edge, label=word)
        text = between(row["start"], row["end"])
        if not pointed:
            axes.annotate(text, (row["end"], place), xytext=(9, 0), textcoords="offset points", va="center")
        if pointed and pd.notna(row["at"]):
            if "low" in table:
                axes.hlines(place, row["low"], row["high"], color=OKABE_ITO[0], lw=2.5)
            colour = OKABE_ITO[0] if "low" in table else INK
            axes.plot(row["at"], place, "D", color=colour, ms=8, label=point if first else None, ls="")
            number = spoken(float(row["at"]), digits, lang)
            own = f" ({between(row['low'], row['high'])})" if "low" in table else ""
            text = f"{point} {number}{own}, {span} {text}"
        told.append(f"{name} {text}")
    axes.margins(x=0.05 if pointed else 0.2)
    if (table["start"] >= 0).all():
        axes.set_xlim(left=0)
    if pointed:
        legend_below(figure, axes, columns=1 if len(span) + len(point) > 36 else 2)
    below(axes, label)
    drawn = said(lang, "Bars from start to end", "Balken van begin tot eind")
    return Drawn(figure, f"{sentence(title)} {drawn}, {label}: {'; '.join(told)}.")

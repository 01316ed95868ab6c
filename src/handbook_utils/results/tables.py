"""A table as it stands on a page: counts whole, measures with decimals, and no p-value of nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd

#: Columns of p-values: "p", "q", "p, corrected", "p_rank".
_CHANCES = re.compile(r"[pq]\b|p_")


def table_page(
    frame: pd.DataFrame, name: str, caption: str, digits: int, index: bool, number: Callable[[float, int], str]
) -> str:
    """Return a table in HTML.

    Parameters
    ----------
    frame : pandas.DataFrame
        What it holds.
    name, caption : str
        Its id, and what stands above it.
    digits : int
        Decimals of what is measured. A p-value that these would make 0 is said to be below the least they can say.
    index : bool
        Whether the row labels are shown.
    number : callable
        Writes a number with so many decimals in the reader's language.

    Returns
    -------
    str
        With every text escaped.

    Examples
    --------
    >>> page = table_page(pd.DataFrame({"F": [52.1], "p": [1e-9]}), "t", "T", 2, False, "{:.{}f}".format)
    >>> re.findall("<td>(.*?)</td>", page)
    ['52.10', '&lt;0.01']
    """

    def written(value: Any, whole: bool, chance: bool = False) -> str:
        if isinstance(value, (float, np.floating)):
            if chance and digits > 1 and value < 10.0**-digits / 2:
                return f"&lt;{number(10.0**-digits, digits)}"
            return "" if np.isnan(value) else number(float(value), 0 if whole else digits)
        if isinstance(value, (int, np.integer)) and not isinstance(value, (bool, np.bool_)):
            return number(int(value), 0)
        return html.escape(str(value))

    names = [*([frame.index.name or ""] if index else []), *frame.columns]
    # A corner without a name heads nothing: an empty heading would be read out as one.
    head = [f'<th scope="col">{html.escape(str(name))}</th>' if name != "" else "<td></td>" for name in names]
    rows = []
    # Counts are written as such, though pandas keeps them as floats beside what is missing or measured.
    whole = [_are_counts(frame.iloc[:, place]) for place in range(frame.shape[1])]
    chances = [bool(_CHANCES.match(str(name))) for name in frame.columns]
    for label, row in zip(frame.index, frame.itertuples(index=False, name=None), strict=True):
        counts = _are_counts(row)
        cells = "".join(
            f"<td>{written(value, counts or one, chance)}</td>"
            for value, one, chance in zip(row, whole, chances, strict=True)
        )
        rows.append("<tr>" + (f'<th scope="row">{written(label, False)}</th>' if index else "") + cells + "</tr>")
    return (
        f'<table class="table results" id="table-{html.escape(name)}"><caption>{html.escape(caption)}</caption>'
        f"<thead><tr>{''.join(head)}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _are_counts(values: Iterable[Any]) -> bool:
    """Tell whether all numbers among these are whole, and one of them at least is more than a share could be."""
    numbers = [float(value) for value in values if isinstance(value, (int, float, np.number)) and not np.isnan(value)]
    return any(abs(number) > 1 for number in numbers) and all(number.is_integer() for number in numbers)

"""Which character separates the cells of a text."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools

_ROWS = 12
_HEAD = 200_000
#: More cells than this in a row count no more for a separator than these.
_MOST = 500


def separator(text: str, among: str = "\t;,") -> str:
    r"""Find the separator of a table: the one by which the first rows have several cells, and the same number.

    Parameters
    ----------
    text : str
        Beginning with the header; quotation marks are obeyed.
    among : str
        What it may be. A blank is taken only where nothing else fits and all rows agree, as R's ``write.table`` makes
        them: names with blanks are quoted then.

    Returns
    -------
    str
        One character, or "" where there is one column only.

    Examples
    --------
    >>> separator("id;weight\nS1;70,5\n"), separator("id\n007\n"), separator('"a;b",c\n"d;e",f\n')
    (';', '', ',')
    """
    head = text[:_HEAD]
    first = head.partition("\n")[0]
    best, most = "", 0.0
    for candidate in among:
        if candidate not in first:
            continue
        widths: list[int] = []
        with contextlib.suppress(csv.Error):  # whoever reads the table tells it, with the line
            widths.extend(
                len(cells)
                for cells in itertools.islice(csv.reader(io.StringIO(head, newline=""), delimiter=candidate), _ROWS)
                if cells
            )
        if len(text) >= _HEAD and len(widths) > 1:
            widths.pop()  # it may be cut
        if not widths or widths[0] < 2:
            continue
        agree = sum(abs(width - widths[0]) <= 1 for width in widths) / len(widths)
        if candidate == " " and (best or agree < 1):
            continue
        score = agree * 1000 + min(widths[0], _MOST)
        if score > most:
            best, most = candidate, score
    return best

"""Tables and outputs of a page: what is too wide scrolls by itself; rows of sentences are blocks on a phone.

A table with a sentence in a cell has columns of a word's width on a phone, and one of many columns leaves its screen.
There each row is a block instead: its first cell, and under it the others with the heading of their column.
"""

from __future__ import annotations

import html
import re
from itertools import zip_longest

_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
_HEAD = re.compile(r"<thead\b.*?</thead>", re.DOTALL)
_BODY = re.compile(r"<tbody\b.*?</tbody>", re.DOTALL)
_ROW = re.compile(r"<tr\b([^>]*)>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<(t[dh])\b([^>]*)>(.*?)</\1>", re.DOTALL)
_OUTPUT = re.compile(r'(<div class="output [^"]*">\s*(?:<div class="highlight">)?<pre)>')
#: What Sphinx says of the sign behind a heading, a term or a table, in English only.
_HERE = re.compile(r'title="(?:Link|Permalink) to this [a-z]+"')
_NAMED = re.compile(r'(<[a-z][^<>]*?) id="([^"]+)"')
_BACKLINKS = re.compile(r'<span class="backrefs">.*?</span>', re.DOTALL)
_MENDED = {
    '<th scope="col"></th>': "<td></td>",  # an empty corner heads nothing
    'role="doc-biblioentry"': 'role="listitem"',  # a role that ARIA has given up
    ' aria-label="Toggle hidden content"': "",  # is not what the box says
}
_NUMBER = re.compile(r"[\d.,–]+")
#: Letters in a cell from which a table of three columns or more is one of sentences.
_SENTENCE = 30
#: In pixels: how wide a table can be on a telephone, what a letter takes at most, and what is between two columns.
_PHONE, _LETTER, _BETWEEN = 356, 9, 14.4


def _plain(cell: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", "", cell).split()))


def _narrowest(rows: list[list[str]]) -> float:
    """Return how wide a table is at least, in pixels of a phone: the longest word of each column."""
    columns = zip_longest(*rows, fillvalue="")
    longest = [max((len(word) for cell in column for word in cell.split()), default=0) for column in columns]
    return sum(_LETTER * letters + _BETWEEN for letters in longest)


def stacked(table: str) -> str:
    """Prepare a table of sentences, or one that is too wide, for a phone, where its rows stand under each other.

    Other tables stay as they are, and so do forms, which have rows that nobody has filled in yet. A row that is one
    cell across the table heads the rows below it.

    Blocks are no table to a screen reader, so what is what is said by roles.

    Parameters
    ----------
    table : str
        HTML, from ``<table`` to ``</table>``.

    Returns
    -------
    str
        HTML, with the class ``stacks`` where it is one of sentences.

    Examples
    --------
    >>> head = "<thead><tr><th>Who</th><th>What</th><th>How sure?</th></tr></thead>"
    >>> short = f"<table>{head}<tbody><tr><td>1</td><td>2</td><td>3</td></tr></tbody></table>"
    >>> stacked(short) == short
    True
    >>> stacked(f"<table>{head}<tbody></tbody></table>") == f"<table>{head}<tbody></tbody></table>"
    True
    >>> sentences = short.replace("2", "a cell with all of a sentence, to its end")
    >>> stacked(sentences).split("<td")[2]
    ' role="cell" data-label="What:">a cell with all of a sentence, to its end</td>'
    >>> stacked(sentences.replace("<th>Who</th>", "<td></td>")).split("<tr")[1].split("<th")[0]
    ' role="row"><td role="cell"></td>'
    >>> stacked(sentences).split("<td")[1]
    ' role="cell" data-label="Who:">1</td>'
    >>> stacked(short.replace("2", "Ruminococcaceae_incertae_sedis")).count('class="stacks"')
    1
    """
    head, bodies = _HEAD.search(table), _BODY.findall(table)
    if head is None or "rowspan" in table or "colspan" in head[0]:
        return table
    labels = [_plain(cell[3]) for cell in _CELL.finditer(head[0])]
    found = [[_plain(cell[3]) for cell in _CELL.finditer(row[2])] for body in bodies for row in _ROW.finditer(body)]
    rows = [row for row in found if len(row) == len(labels)]
    if len(labels) < 2 or not all(row and row[0] for row in found) or (len(rows) < len(found) and len(bodies) < 2):
        return table
    longest = max((len(cell) for row in rows for cell in row), default=0)
    if (len(labels) < 3 or longest < _SENTENCE) and _narrowest([labels, *rows]) <= _PHONE:
        return table
    labels = [label if not label or label[-1] in "?:" else f"{label}:" for label in labels]
    # A first cell is the title of its row; a bare number says nothing without the heading of its column.
    bare = all(_NUMBER.fullmatch(row[0]) for row in rows)

    def cells(match: re.Match[str], heads: bool) -> str:
        place = iter(range(len(labels)))

        def cell(found: re.Match[str]) -> str:
            number = next(place, 0)
            # An empty corner heads nothing.
            heading = "columnheader" if heads else "rowheader" if found[1] == "th" else "cell"
            role = heading if _plain(found[3]) else "cell"
            named = labels[number] if number or bare else ""
            label = f' data-label="{html.escape(named)}"' if named and not heads else ""
            return f'<{found[1]}{found[2]} role="{role}"{label}>{found[3]}</{found[1]}>'

        return f'<tr{match[1]} role="row">{_CELL.sub(cell, match[2])}</tr>'

    made = _ROW.sub(lambda row: cells(row, heads=True), head[0]).replace("<thead", '<thead role="rowgroup"', 1)
    table = table.replace(head[0], made, 1)
    for body in bodies:
        made = _ROW.sub(lambda row: cells(row, heads=False), body).replace("<tbody", '<tbody role="rowgroup"', 1)
        table = table.replace(body, made, 1)
    opened = table[: table.index(">")]
    classed = opened.replace('class="', 'class="stacks ', 1) if 'class="' in opened else f'{opened} class="stacks"'
    return f'{classed} role="table"{table[len(opened) :]}'


def named_once(body: str) -> str:
    """Let a name of a place be that of its first place only: a translation repeats names, and so do two exercises.

    Parameters
    ----------
    body : str
        HTML of a page.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> named_once('<p id="a">One</p><p class="x" id="a">Two</p>')
    '<p id="a">One</p><p class="x">Two</p>'
    """
    seen: set[str] = set()

    def first(match: re.Match[str]) -> str:
        known = match[2] in seen
        seen.add(match[2])
        return match[1] if known else match[0]

    return _NAMED.sub(first, body)


def framed(body: str, words: dict[str, str]) -> str:
    """Let wide tables and outputs scroll by themselves, by keyboard too, and mend what a screen reader stumbles on.

    Parameters
    ----------
    body : str
        HTML of a page.
    words : dict of str to str
        Words of its language.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> framed("<table><caption>Two</caption></table>", {"table": "Table", "output": "Output", "here": "Link"})
    '<div class="scroll" role="region" tabindex="0" aria-label="Two"><table><caption>Two</caption></table></div>'
    """
    count = 0

    def frame(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        caption = re.search(r"<caption>(.*?)</caption>", match[0], re.DOTALL)
        plain = re.sub(r"<[^>]+>", "", caption[1]).strip().replace('"', "&quot;") if caption else ""
        label = plain or f"{words['table']} {count}"
        return f'<div class="scroll" role="region" tabindex="0" aria-label="{label}">{stacked(match[0])}</div>'

    def output(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return f'{match[1]} role="region" tabindex="0" aria-label="{words["output"]} {count}">'

    for found, put in _MENDED.items():
        body = body.replace(found, put)
    body = _HERE.sub(f'title="{words["here"]}"', body)
    return named_once(_OUTPUT.sub(output, _TABLE.sub(frame, _BACKLINKS.sub("", body))))

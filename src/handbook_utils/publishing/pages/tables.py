"""Tables and outputs of a page: what is too wide scrolls by itself; rows of sentences are blocks on a phone.

A table with a sentence in a cell has columns of a word's width on a phone. There each row is a block instead: its first
cell, and under it the others with the heading of their column. A table of numbers stays a table, which scrolls.
"""

from __future__ import annotations

import html
import re

_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
_HEAD = re.compile(r"<thead\b.*?</thead>", re.DOTALL)
_BODY = re.compile(r"<tbody\b.*?</tbody>", re.DOTALL)
_ROW = re.compile(r"<tr\b([^>]*)>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<(t[dh])\b([^>]*)>(.*?)</\1>", re.DOTALL)
_OUTPUT = re.compile(r'(<div class="output [^"]*">\s*(?:<div class="highlight">)?<pre)>')
#: What Sphinx says of the sign behind a heading, a term or a table, in English only.
_HERE = re.compile(r'title="(?:Link|Permalink) to this [a-z]+"')
_BACKLINKS = re.compile(r'<span class="backrefs">.*?</span>', re.DOTALL)
_MENDED = {
    '<th scope="col"></th>': "<td></td>",  # an empty corner heads nothing
    'role="doc-biblioentry"': 'role="listitem"',  # a role that ARIA has given up
    ' aria-label="Toggle hidden content"': "",  # is not what the box says
}
_NUMBER = re.compile(r"[\d.,–]+")
#: Letters in a cell from which a table of three columns or more is one of sentences.
_SENTENCE = 30


def _plain(cell: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", "", cell).split()))


def stacked(table: str) -> str:
    """Prepare a table of sentences for a phone, where its rows stand under each other; other tables stay as they are.

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
    """
    head, body = _HEAD.search(table), _BODY.search(table)
    if head is None or body is None or "colspan" in table or "rowspan" in table:
        return table
    labels = [_plain(cell[3]) for cell in _CELL.finditer(head[0])]
    labels = [label if not label or label[-1] in "?:" else f"{label}:" for label in labels]
    rows = [[_plain(cell[3]) for cell in _CELL.finditer(row[2])] for row in _ROW.finditer(body[0])]
    # A form has rows that nobody has filled in yet.
    if len(labels) < 3 or not all(row and row[0] for row in rows):
        return table
    # A first cell is the title of its row; a bare number says nothing without the heading of its column.
    bare = all(_NUMBER.fullmatch(row[0]) for row in rows)
    if max((len(cell) for row in rows for cell in row), default=0) < _SENTENCE:
        return table

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
    made = _ROW.sub(lambda row: cells(row, heads=False), body[0]).replace("<tbody", '<tbody role="rowgroup"', 1)
    table = table.replace(body[0], made, 1)
    opened = table[: table.index(">")]
    classed = opened.replace('class="', 'class="stacks ', 1) if 'class="' in opened else f'{opened} class="stacks"'
    return f'{classed} role="table"{table[len(opened) :]}'


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
    return _OUTPUT.sub(output, _TABLE.sub(frame, _BACKLINKS.sub("", body)))

"""The order of a page for everyone, made of a chapter's cells: the answer first, how it was computed last.

A researcher's chapter keeps its order.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from handbook_utils.publishing.parts import box_of, pieces

#: Sections that come right behind the answer, and those that tell how it was computed.
FIRST = ("What you can do", "When to call your doctor")
COMPUTED = ("Parameters", "Check")

_NAME = re.compile(r"^(?:\([\w-]+\)=\n+)?## (?P<name>.+?)\s*$", re.MULTILINE)


def parted(cells: Sequence[Any]) -> list[Any]:
    """Part Markdown cells where a section begins, and the first one where its boxes do, so that each can be moved.

    Parameters
    ----------
    cells : sequence of nbformat.NotebookNode
        Of a chapter.

    Returns
    -------
    list of nbformat.NotebookNode
        Code cells as they were; Markdown cells copied, one a part.
    """
    made: list[Any] = []
    for place, cell in enumerate(cells):
        if cell.cell_type != "markdown":
            made.append(cell)
            continue
        starts = [match.start() for match in _NAME.finditer(cell.source)]
        for begin, end in pairwise([0, *starts, len(cell.source)]):
            part = cell.source[begin:end]
            for piece in pieces(part) if place == 0 and not _NAME.match(part) else [part.strip("\n")]:
                if piece:
                    one = copy.deepcopy(cell)
                    one.source = piece
                    made.append(one)
    return made


def answer_first(cells: Sequence[Any]) -> list[int]:
    """Say in which order a page for everyone shows the cells of an explainer.

    Parameters
    ----------
    cells : sequence of notebook cells
        As :func:`parted` gives them.

    Returns
    -------
    list of int
        Places: title, answer and drawing, what to do, when to call, what a reader can move, everything else in its
        order, how it was computed.

    Examples
    --------
    >>> from types import SimpleNamespace as Cell
    >>> texts = ["# Q?", "Answer.", "## Parameters", "## Why", "## What you can do", "## Check", "## References"]
    >>> [texts[place] for place in answer_first([Cell(cell_type="markdown", source=text) for text in texts])]
    ['# Q?', 'Answer.', '## What you can do', '## Why', '## References', '## Parameters', '## Check']
    """
    name = ""
    ranked: list[tuple[int, int]] = []
    for place, cell in enumerate(cells):
        if cell.cell_type == "markdown" and (match := _NAME.match(cell.source)):
            name = match["name"]
        if not name:
            box = box_of(cell.source) if cell.cell_type == "markdown" else None
            rank = 0
            if box is not None and box.name == "explorable":
                rank = 1 + len(FIRST)
            elif box is not None and "at-a-glance" in box.classes:
                rank = 2 + len(FIRST)
        elif name in FIRST:
            rank = 1 + FIRST.index(name)
        else:
            rank = 4 + len(FIRST) if name in COMPUTED else 3 + len(FIRST)
        ranked.append((rank, place))
    return [place for _, place in sorted(ranked)]

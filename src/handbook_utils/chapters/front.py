"""What a chapter's text says of itself: its front matter, its title, its parameters cell.

jupytext makes a notebook of a chapter where one is run. To know what a chapter asks, its text is enough, and read in a
hundredth of the time; a test holds the two ways against each other on every chapter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from handbook_utils.text import yaml_text

_FRONT = re.compile(r"\A---\n(?P<front>.*?)^---\n", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"^(?P<fence>`{3,})\{code-cell\}[^\n]*\n(?P<cell>.*?)^(?P=fence)[ \t]*$", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"\A---\n(?P<options>.*?)^---\n(?P<source>.*)", re.MULTILINE | re.DOTALL)
_LINES = re.compile(r"\A(?P<options>(?::[^\n]*\n)*)(?P<source>.*)", re.DOTALL)
_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Front:
    """What stands in a chapter's text.

    Attributes
    ----------
    matter : dict
        ``handbook:`` of the front matter.
    title : str or None
        The first heading, before the first code cell.
    cells : tuple of str
        Code cells that carry the tag ``parameters``.
    """

    matter: dict[str, Any]
    title: str | None
    cells: tuple[str, ...]


def read_front(text: str, where: str) -> Front:
    r"""Read what a chapter's text says of itself.

    Parameters
    ----------
    text : str
        MyST Markdown with code cells.
    where : str
        The file, for messages.

    Returns
    -------
    Front
        Empty where there is nothing.

    Raises
    ------
    InputError
        Front matter, or options of a cell, that are not YAML.

    Examples
    --------
    >>> fence = "`" * 3
    >>> source = f"{fence}{{code-cell}} python\n:tags: [parameters]\ndepth: int = 10  # reads\n{fence}\n"
    >>> read_front(f"---\nhandbook: {{minutes: 5}}\n---\n\n# Count reads\n\n{source}", "x.md")
    Front(matter={'minutes': 5}, title='Count reads', cells=('depth: int = 10  # reads',))
    """
    front = _FRONT.match(text)
    matter = yaml_text.typed(front["front"], where) if front else None
    body = text[front.end() :] if front else text
    first = body.find("{code-cell}")
    title = _TITLE.search(body if first < 0 else body[:first])
    found = [_cell(match["cell"], where) for match in _CODE.finditer(body) if "parameters" in match["cell"]]
    told = matter.get("handbook") if isinstance(matter, dict) else None
    return Front(
        told if isinstance(told, dict) else {},
        title[1].strip() if title else None,
        tuple(source.strip("\n") for tags, source in found if "parameters" in tags),
    )


def _cell(text: str, where: str) -> tuple[list[str], str]:
    """Part the tags of a cell from its code."""
    block = _BLOCK.match(text)
    if block:
        options = yaml_text.typed(block["options"], where)
        return (options or {}).get("tags", []), block["source"]
    lines = _LINES.match(text)
    assert lines is not None  # noqa: S101 - it fits any text
    told = [line[1:] for line in lines["options"].splitlines() if line.startswith(":tags:")]
    return (yaml_text.typed(told[0], where)["tags"] if told else []), lines["source"]

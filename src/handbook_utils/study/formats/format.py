"""What a format is: a program's own idea of a table, how it is known, and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content
from handbook_utils.study.tables import Table


@dataclass(frozen=True)
class Format:
    r"""One format, as data: a module of this package holds one (or a few that belong together) in ``FORMATS``.

    Parameters
    ----------
    name : str
        What people call it.
    program, versions : str
        What writes it.
    sign : str
        By what it is known, in words.
    source : str
        The document that says so.
    sample : str
        How such a file begins; "" where it is not text. It is read by this format and no other.
    fits : callable
        Whether a content is of this format.
    read : callable
        Reads one file.
    join : callable, optional
        Reads several files, of a sample each.
    order : int
        0 for what cannot be anything else, 1 for a program's own, 9 for what fits any table.
    """

    name: str
    program: str
    versions: str
    sign: str
    source: str
    sample: str
    fits: Callable[[Content], bool]
    read: Callable[[Content, Choices], Table]
    join: Callable[[Sequence[Content], Choices], Table] | None = None
    order: int = 1


def first_line(content: Content) -> str:
    """Return the first line that is not blank.

    Parameters
    ----------
    content : Content
        Text.

    Returns
    -------
    str
        Empty where there is none.
    """
    return next((line for line in content.head.splitlines() if line.strip()), "")


def header_of(content: Content, separator: str = "\t") -> list[str]:
    """Return the cells of the first line that has two or more, without quotation marks and in lower case.

    Parameters
    ----------
    content : Content
        Text.
    separator : str
        Of the cells.

    Returns
    -------
    list of str
        Empty where the first 40 lines have no such line.
    """
    for line in content.head.splitlines()[:40]:
        cells = line.split(separator)
        if len(cells) > 1:
            return [cell.strip().strip('"').lstrip("#").strip().casefold() for cell in cells]
    return []

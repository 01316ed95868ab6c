"""References: the stored outputs of a chapter's check cells, and how new outputs are held against them.

A reference is a small YAML file a person can read in a diff: per check cell the printed text. A cell may state a
relative tolerance for its numbers (``handbook: {tolerance: 1e-6}``); without one the text must be equal.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from handbook_utils.chapters.catalogue import tagged
from handbook_utils.errors import InputError
from handbook_utils.text import yaml_text

if TYPE_CHECKING:
    from handbook_utils.chapters.catalogue import Chapter

_NUMBER = re.compile(r"[-+−]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_HEAD = "# Outputs of the check cells of {slug}; renewed by: handbook accept {slug}\n"


@dataclass(frozen=True)
class Difference:
    """A check cell whose output is not what its reference says.

    Attributes
    ----------
    cell : int
        Number of the check cell, from 1.
    expected, found : str
        The stored text, and today's.
    """

    cell: int
    expected: str
    found: str

    def __str__(self) -> str:
        lines = difflib.unified_diff(
            self.expected.splitlines(), self.found.splitlines(), "reference", "today", lineterm="", n=1
        )
        return f"check cell {self.cell}\n" + "\n".join(f"    {line}" for line in lines)


def reference_path(root: Path, slug: str) -> Path:
    """Return where a chapter's reference is kept.

    Parameters
    ----------
    root : pathlib.Path
        The handbook's folder.
    slug : str
        Of the chapter.

    Returns
    -------
    pathlib.Path
        Whether it is there or not.
    """
    return root / "tests" / "reference" / f"{slug}.yml"


def checks_of(notebook: Any) -> list[Any]:
    """Return the check cells of a notebook.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        A chapter.

    Returns
    -------
    list of nbformat.NotebookNode
        In their order.
    """
    return tagged(notebook, "nbval-check-output")


def printed(cell: Any) -> str:
    """Return what a cell printed.

    Parameters
    ----------
    cell : nbformat.NotebookNode
        Executed.

    Returns
    -------
    str
        Without what was warned.
    """
    return "".join(output.text for output in cell.outputs if output.output_type == "stream" and output.name == "stdout")


def tolerance_of(cell: Any) -> float:
    """Return the relative tolerance a check cell states; 0 where its text must be equal.

    Parameters
    ----------
    cell : nbformat.NotebookNode
        A check cell.

    Returns
    -------
    float
        0 or more.
    """
    return float(cell.metadata.get("handbook", {}).get("tolerance", 0))


def read_reference(root: Path, chapter: Chapter) -> list[str]:
    """Read the stored outputs of a chapter's check cells, in order.

    Parameters
    ----------
    root : pathlib.Path
        The handbook's folder.
    chapter : Chapter
        Whose reference it is.

    Returns
    -------
    list of str
        What each check cell printed.

    Raises
    ------
    InputError
        There is none, or not one text for each check cell.
    """
    path = reference_path(root, chapter.slug)
    where = path.relative_to(root).as_posix()
    remedy = f"handbook accept {chapter.slug}"
    if not path.is_file():
        raise InputError(f"Chapter {chapter.slug} has no reference.", where=where, remedy=remedy)
    stored = yaml_text.typed(path.read_text(encoding="utf-8"), where)
    expected = len(checks_of(chapter.notebook()))
    if not isinstance(stored, list) or len(stored) != expected or not all(isinstance(text, str) for text in stored):
        raise InputError(
            f"The reference of {chapter.slug} does not belong to its check cells.",
            where=where,
            expected=f"a list of {expected} texts",
            found=f"{len(stored)} entries" if isinstance(stored, list) else type(stored).__name__,
            remedy=remedy,
        )
    return stored


class _Block(yaml.SafeDumper):
    """Writes texts as blocks, so that a diff shows lines."""


def _block(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Block.add_representer(str, _block)


def write_reference(root: Path, chapter: Chapter, executed: Any) -> Path:
    """Store the outputs of an executed chapter's check cells as its reference.

    Parameters
    ----------
    root : pathlib.Path
        The handbook's folder.
    chapter : Chapter
        Whose reference it is.
    executed : nbformat.NotebookNode
        Of a run that ended well.

    Returns
    -------
    pathlib.Path
        The file, below ``tests/reference``.
    """
    # A block in YAML cannot keep blanks at the ends of lines.
    texts = [_stripped(printed(cell)) for cell in checks_of(executed)]
    path = reference_path(root, chapter.slug)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = yaml.dump(texts, Dumper=_Block, allow_unicode=True, width=10_000)
    path.write_text(_HEAD.format(slug=chapter.slug) + content, encoding="utf-8")
    return path


def differences(root: Path, chapter: Chapter, executed: Any) -> list[Difference]:
    """Hold an executed chapter against its reference.

    Parameters
    ----------
    root : pathlib.Path
        The handbook's folder.
    chapter : Chapter
        Whose reference it is.
    executed : nbformat.NotebookNode
        Of a run of today.

    Returns
    -------
    list of Difference
        Empty where every check cell agrees within its tolerance.
    """
    expected = read_reference(root, chapter)
    return [
        Difference(number, stored, _stripped(printed(cell)))
        for number, (stored, cell) in enumerate(zip(expected, checks_of(executed), strict=True), start=1)
        if not agrees(stored, printed(cell), tolerance_of(cell))
    ]


def agrees(expected: str, found: str, tolerance: float = 0) -> bool:
    """Say whether two texts are equal, their numbers within a relative tolerance.

    Parameters
    ----------
    expected, found : str
        The stored text, and today's. Blanks at the ends of lines do not count.
    tolerance : float
        Relative to the stored number; a stored 0 takes it as absolute.

    Returns
    -------
    bool
        Whether they agree.

    Examples
    --------
    >>> agrees("F = 2.99497", "F = 2.99498", 1e-5)
    True
    >>> agrees("F = 2.99497", "F = 2.99498")
    False
    >>> agrees("F = 2.99497", "G = 2.99497", 1e-5)
    False
    """
    expected, found = _stripped(expected), _stripped(found)
    if expected == found:
        return True
    if not tolerance or _NUMBER.split(expected) != _NUMBER.split(found):
        return False
    pairs = zip(_NUMBER.findall(expected), _NUMBER.findall(found), strict=True)
    return all(_close(_float(old), _float(new), tolerance) for old, new in pairs)


def _float(text: str) -> float:
    return float(text.replace("−", "-"))


def _close(old: float, new: float, tolerance: float) -> bool:
    return abs(new - old) <= tolerance * (abs(old) or 1)


def _stripped(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())

"""A chapter in its parts: sections, and in them paragraphs, tables and boxes, for what shows only some of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handbook_utils.errors import InputError
from handbook_utils.publishing.dutch import catalogue_of
from handbook_utils.runs.methods import Reference, read_references
from handbook_utils.runs.page import Page
from handbook_utils.runs.report import recorded_values
from handbook_utils.runs.words import Language

if TYPE_CHECKING:
    from handbook_utils.chapters import Chapter

_FENCE = re.compile(r"^(?P<marks>:{3,}|`{3,})(?P<info>.*)$")
_TARGET = re.compile(r"^\([\w-]+\)=$")
_DIRECTIVE = re.compile(r"^[:`]{3,}\{(?P<name>[^}]+)\}[ \t]*(?P<argument>[^\n]*)\n(?P<body>.*?)\n?[:`]{3,}$", re.DOTALL)
_OPTION = re.compile(r"^:(?P<name>[\w-]+):[ \t]*(?P<value>[^\n]*)\n?")
_FIGURE = re.compile(r'<img class="figure" id="figure-(?P<name>[^"]*)" alt="(?P<alt>[^"]*)"')


@dataclass
class Part:
    """A section of a chapter.

    Attributes
    ----------
    name : str
        Its English heading; empty for what stands before the first.
    target : str
        What links to it name; empty where nothing does.
    blocks : list
        Pieces of Markdown (str) and executed code cells, in their order.
    """

    name: str
    target: str = ""
    blocks: list[Any] = field(default_factory=list)

    @property
    def prose(self) -> list[str]:
        """The pieces of Markdown."""
        return [block for block in self.blocks if isinstance(block, str)]


@dataclass(frozen=True)
class Box:
    """A directive: its name, what stands behind it, its classes, and what is in it."""

    name: str
    title: str
    classes: tuple[str, ...]
    body: str


def check_explainer(chapter: Chapter, lang: str) -> None:
    """Refuse what is not an explainer in that language; best asked before it is run.

    Parameters
    ----------
    chapter : Chapter
        What is asked for.
    lang : str
        As given with ``--lang``.

    Raises
    ------
    InputError
        The chapter is of another kind, or not written in the language.
    """
    if chapter.part != "explainers":
        raise InputError(
            "Only an explainer has a short answer and a quiz to make slides and handouts from.",
            where=chapter.slug,
            expected="a chapter that begins with explainers/",
            found=f"a chapter of {chapter.part}",
            remedy="handbook list",
        )
    if lang not in chapter.languages:
        raise InputError(
            f"The chapter is not written in the language {lang!r}.",
            where="--lang",
            expected=" or ".join(chapter.languages),
        )


def check_new_file(target: Path, ending: str, *, force: bool) -> None:
    """Refuse a file that has another ending, is there already, or cannot be written; best asked before the run.

    Parameters
    ----------
    target : pathlib.Path
        Where it is to be written.
    ending : str
        With its dot.
    force : bool
        Whether a file that is there may be replaced.

    Raises
    ------
    InputError
        The file cannot be written there.
    """
    if target.suffix != ending:
        raise InputError(
            "The file's ending is not right.", where="-o", expected=f"a name on {ending}", found=target.name
        )
    if target.is_dir() or not target.absolute().parent.is_dir():
        raise InputError(
            "The file cannot be written there.", where=str(target), expected="a file in a folder that is there"
        )
    if target.exists() and not force:
        raise InputError(
            "The file is already there, and is not overwritten.",
            where=str(target),
            expected="a new name",
            remedy="Name another file with -o, or replace this one with --force.",
        )


def page_of(chapter: Chapter, notebook: Any, root: Path) -> Page:
    """Return what renders an executed chapter, in the language it was executed in.

    Parameters
    ----------
    chapter : Chapter
        Whose notebook it is.
    notebook : nbformat.NotebookNode
        Executed.
    root : pathlib.Path
        The handbook's folder.

    Returns
    -------
    Page
        With the numbers that were recorded, the bibliography, and for Dutch its translation.
    """
    lang: Language = "nl" if notebook.metadata["handbook_run"]["parameters"].get("lang") == "nl" else "en"
    works = root / "book" / "references.bib"
    return Page(
        lang=lang,
        values=recorded_values(notebook),
        references=_references(works, works.stat().st_mtime_ns, lang),
        source=chapter.path,
        translations=catalogue_of(root / "locale", f"notebooks/{chapter.slug}") if lang == "nl" else {},
    )


@lru_cache(maxsize=4)
def _references(path: Path, _changed: int, lang: str) -> Mapping[str, Reference]:
    return read_references(path, lang)


def parts_of(notebook: Any, expanded: Callable[[str], str] = str) -> list[Part]:
    """Part a notebook by its headings of level 2.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Executed or not.
    expanded : callable, optional
        Puts what stands elsewhere into the Markdown of a cell (:meth:`Page.expanded`).

    Returns
    -------
    list of Part
        The first one has no name: what stands before the first heading.
    """
    parts = [Part("")]
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            parts[-1].blocks.append(cell)
            continue
        target = ""
        for piece in pieces(expanded(cell.source)):
            if _TARGET.match(piece):
                target = piece[1:-2]
            elif piece.startswith("## "):
                parts.append(Part(piece[3:].strip(), target))
                target = ""
            elif not piece.startswith("# "):
                parts[-1].blocks.append(piece)
    return parts


def pieces(text: str) -> Iterator[str]:
    r"""Part Markdown into paragraphs, lists, tables, headings and targets; a directive stays whole.

    Parameters
    ----------
    text : str
        MyST Markdown.

    Yields
    ------
    str
        A piece, without empty lines around it.

    Examples
    --------
    >>> list(pieces("(a)=\n## One\n\nTwo\nlines.\n\n:::{tip} Three\n\nStill.\n:::\n"))
    ['(a)=', '## One', 'Two\nlines.', ':::{tip} Three\n\nStill.\n:::']
    """
    gathered: list[str] = []
    closing = ""
    for line in text.split("\n"):
        fence = _FENCE.match(line)
        alone = not closing and (bool(_TARGET.match(line)) or line.startswith("#"))
        starts = not closing and fence is not None
        if gathered and not closing and (not line.strip() or alone or starts):
            yield "\n".join(gathered)
            gathered = []
        if line.strip() or closing:
            gathered.append(line)
        if alone:
            yield gathered.pop()
        elif starts and fence is not None:
            closing = fence["marks"]
        elif closing and line.strip() == closing:
            closing = ""
            yield "\n".join(gathered)
            gathered = []
    if gathered:
        yield "\n".join(gathered)


def box_of(piece: str) -> Box | None:
    r"""Read a piece as a directive.

    Parameters
    ----------
    piece : str
        As :func:`pieces` gives it.

    Returns
    -------
    Box or None
        None where it is no directive.

    Examples
    --------
    >>> box_of(":::{admonition} Pitfall\n:class: warning\n\nMind.\n:::")
    Box(name='admonition', title='Pitfall', classes=('warning',), body='Mind.')
    >>> box_of("A paragraph.")
    """
    match = _DIRECTIVE.match(piece)
    if match is None:
        return None
    body, classes = match["body"], ""
    while option := _OPTION.match(body):
        classes = option["value"] if option["name"] == "class" else classes
        body = body[option.end() :]
    return Box(match["name"], match["argument"].strip(), tuple(classes.split()), body.strip("\n"))


def table_rows(piece: str) -> list[str]:
    r"""Return the lines of a piece that is a table, its head and the line under it first; of another piece nothing.

    Parameters
    ----------
    piece : str
        As :func:`pieces` gives it.

    Returns
    -------
    list of str
        Markdown.

    Examples
    --------
    >>> table_rows("| a |\n|---|\n| 1 |")
    ['| a |', '|---|', '| 1 |']
    >>> table_rows("No | table")
    []
    """
    lines = piece.split("\n")
    return lines if len(lines) > 2 and all(line.startswith("|") for line in lines) else []


def cells_of(row: str) -> list[str]:
    r"""Part a row of a table into its cells; a bar in code or after a backslash parts nothing.

    Parameters
    ----------
    row : str
        A line of a table in Markdown.

    Returns
    -------
    list of str
        Markdown of each.

    Examples
    --------
    >>> cells_of(r"| a | {cite:p}`b` | c \| d |")
    ['a', '{cite:p}`b`', 'c | d']
    """
    return [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", row.strip().strip("|"))]


def figures_in(cell: Any) -> Iterator[tuple[str, str, str]]:
    """Yield name, alt text (as HTML) and HTML of each figure among a cell's outputs.

    Parameters
    ----------
    cell : nbformat.NotebookNode
        Executed.

    Yields
    ------
    tuple of str
        Of one figure.
    """
    for output in cell.get("outputs", []):
        shown = "".join(output.get("data", {}).get("text/html", ""))
        if match := _FIGURE.search(shown):
            yield match["name"], match["alt"], shown


def is_lesson(notebook: Any) -> bool:
    """Tell whether a chapter has a short answer, and so can be taught with.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        A chapter.

    Returns
    -------
    bool
        Whether there is one.
    """
    try:
        answer_of(parts_of(notebook))
    except InputError:
        return False
    return True


def answer_of(parts: Sequence[Part]) -> Box:
    """Return the box with the short answer: the first tip before the first section.

    Parameters
    ----------
    parts : sequence of Part
        Of a chapter.

    Returns
    -------
    Box
        Title and body.

    Raises
    ------
    InputError
        There is none.
    """
    for piece in parts[0].prose:
        box = box_of(piece)
        if box is not None and "tip" in box.classes:
            return box
    raise InputError("The chapter has no short answer.", expected="a box with `:class: tip` before its first section")

"""Lesson and analysis: a chapter holds both, and marks which is which.

The book shows all of a chapter. A run on somebody's own data executes and shows the analysis only: nothing of a bundled
study, no exercise, no wrong way beside the right one. What is the lesson:

- the sections named in :data:`LESSON`, and the *At a glance* box;
- a section whose heading stands in a Markdown cell with the tag ``lesson`` (``+++ {"tags": ["lesson"]}`` before it);
- a single cell, of code or Markdown, with that tag. A plain ``+++`` ends a Markdown cell.

The study that stands for the reader's (``open_study(table, …, bundled="throat")``) is the lesson's, too: the argument
is taken out of the code, which then cannot fall back on it.

The prose of *Parameters* says how a run is made, so it is the lesson too; the parameters cell is not.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator
from typing import Any

from handbook_utils.chapters.code import parsed

TAG = "lesson"
#: Sections that are the lesson in every chapter.
LESSON = ("What you will learn", "Check", "Exercise", "Quiz", "Key takeaways")
_HEADING = re.compile(r"## (?P<name>.+?)\s*$")
_LABEL = re.compile(r"\([\w-]+\)=\s*$")
_FENCE = re.compile(r"(?P<fence>`{3,}|:{3,}|~{3,})(?P<info>.*)$")
_GLANCE = re.compile(r"^(:{3,})\{admonition\} At a glance\n.*?^\1[ \t]*(?:\n|\Z)", re.MULTILINE | re.DOTALL)
_BUNDLED = re.compile(r"(open_study\(table,[^()]*?),\s*bundled=\"[\w-]+\"")
_GLUE = re.compile(r"\{glue:text\}`([^`:]+)")


def analysis(notebook: Any) -> Any:
    r"""Return the analysis of a chapter: its notebook without the lesson.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        As :meth:`handbook_utils.chapters.Chapter.notebook` returns it; it is not changed.

    Returns
    -------
    nbformat.NotebookNode
        The cells that a run on somebody's own data executes and shows.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
    >>> cells = [new_markdown_cell("# Count\n\n## Test\n\nA claim.\n\n## Quiz\n\nWhy?"), new_code_cell("1")]
    >>> [cell.source for cell in analysis(new_notebook(cells=cells)).cells]
    ['# Count\n\n## Test\n\nA claim.']
    """
    kept = copy.copy(notebook)
    kept.metadata, kept.cells = copy.deepcopy(notebook.metadata), []
    kept.metadata.get("handbook", {}).pop("data", None)
    for cell, source, is_lesson in parts(notebook):
        if not is_lesson and source:
            cell = copy.deepcopy(cell)
            cell.source = source
            kept.cells.append(cell)
    return kept


def parts(notebook: Any) -> Iterator[tuple[Any, str, bool]]:
    """Yield every cell with its source, once for the analysis and once for the lesson where a Markdown cell has both.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        A chapter.

    Yields
    ------
    cell : nbformat.NotebookNode
        The cell.
    source : str
        What of it belongs to this part.
    is_lesson : bool
        Whether that is the lesson.
    """
    lesson = parameters = False
    for cell in notebook.cells:
        tagged = TAG in cell.metadata.get("tags", [])
        if cell.cell_type != "markdown":
            is_lesson = lesson or tagged
            yield cell, cell.source if is_lesson else _BUNDLED.sub(r"\1", cell.source), is_lesson
            continue
        sorted_pieces: dict[bool, list[str]] = {False: [], True: []}
        for name, piece in pieces(cell.source):
            if name is not None:
                lesson, parameters = tagged or name in LESSON, name == "Parameters"
            sorted_pieces[lesson or parameters or tagged].append(piece)
        for is_lesson, texts in sorted_pieces.items():
            if texts:
                text = "\n\n".join(texts)
                yield cell, text if is_lesson else _GLANCE.sub("", text).strip(), is_lesson


def pieces(markdown: str) -> list[tuple[str | None, str]]:
    r"""Part Markdown at its headings of level 2; a label before a heading goes with it, and fences are left whole.

    Parameters
    ----------
    markdown : str
        The source of a cell.

    Returns
    -------
    list of tuple
        Name of the section that begins there, or None for what goes before the first heading; and the text.

    Examples
    --------
    >>> pieces("Text.\n\n(a-b)=\n## One\n\n```\n## not one\n```")
    [(None, 'Text.'), ('One', '(a-b)=\n## One\n\n```\n## not one\n```')]
    """
    found: list[tuple[str | None, list[str]]] = [(None, [])]
    fences: list[str] = []
    for line in markdown.split("\n"):
        if match := _FENCE.match(line):
            if fences and not match["info"].strip() and match["fence"].startswith(fences[-1]):
                fences.pop()
            elif match["info"].strip() or not fences:
                fences.append(match["fence"])
        heading = None if fences else _HEADING.match(line)
        if heading:
            before = found[-1][1]
            label = [before.pop()] if before and _LABEL.match(before[-1]) else []
            found.append((heading["name"], label))
        found[-1][1].append(line)
    return [(name, text) for name, lines in found if (text := "\n".join(lines).strip())]


def lesson_violations(notebook: Any) -> Iterator[str]:
    """Yield where the analysis cannot do without the lesson: names and values that only the lesson makes.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        A chapter.

    Returns
    -------
    iterator of str
        Nothing where all is well.
    """
    made: dict[bool, set[str]] = {False: set(), True: set()}
    recorded: dict[bool, set[str]] = {False: set(), True: set()}
    glued: set[str] = set()
    number = 0
    for cell, source, is_lesson in parts(notebook):
        if cell.cell_type == "markdown":
            if TAG in cell.metadata.get("tags", []) and len(found := pieces(cell.source)) > 1 and found[0][0] is None:
                yield f"a Markdown cell tagged {TAG} has prose before its heading: put +++ between: {found[0][1][:60]}"
            if not is_lesson:
                glued |= {name.strip() for name in _GLUE.findall(source)}
            continue
        number += 1
        if "lesson" in cell.metadata.get("tags", []) and "parameters" in cell.metadata.get("tags", []):
            yield "the parameters cell is tagged lesson"
        tree = parsed(source)
        if not is_lesson:
            for name in sorted(_asked(tree) & (made[True] - made[False])):
                yield f"code cell {number} of the analysis uses '{name}', which only the lesson makes"
        made[is_lesson] |= _made(tree)
        recorded[is_lesson] |= _recorded(tree)
    for name in sorted(glued & (recorded[True] - recorded[False])):
        yield f"the analysis tells the value '{name}', which only the lesson records"


def _asked(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)} - {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _made(tree: ast.AST) -> set[str]:
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
    return names


def code_share(markdown: str) -> float:
    r"""Return the share of a chapter's lines that stand in code cells, their fences counted.

    Parameters
    ----------
    markdown : str
        The chapter's source.

    Returns
    -------
    float
        From 0 to 1.

    Examples
    --------
    >>> code_share("Text.\n\n```{code-cell} python\n1\n```\n")
    0.6
    """
    lines = markdown.splitlines()
    inside, count = False, 0
    for line in lines:
        inside = inside or line.startswith("```{code-cell}")
        count += inside
        inside = inside and line != "```"
    return count / len(lines)


def _recorded(tree: ast.AST) -> set[str]:
    """Return the names that ``out.value("name", …)`` and ``out.values({"name": …})`` record."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            first = node.args[0]
            if node.func.attr == "value" and isinstance(first, ast.Constant):
                names.add(str(first.value))
            elif node.func.attr == "values" and isinstance(first, ast.Dict):
                names |= {str(key.value) for key in first.keys if isinstance(key, ast.Constant)}
    return names

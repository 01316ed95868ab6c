"""What a chapter's outcome hangs on in this package: the modules its code imports, and those that these import.

The graph is read from the source, so nothing is run to know it. Where a module finds others by looking into a folder
(``pkgutil``), all modules of its package belong to it; files beside a module that are no code (texts, tables) do, too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from handbook_utils.chapters.code import parsed

PACKAGE = Path(__file__).resolve().parents[1]
#: What executes chapters is part of every outcome; the kernel and what is loaded into it early change none.
_ALWAYS = ("engine", "normalise")


def files_used(code: Iterable[str]) -> list[Path]:
    """Return the files of this package that code hangs on.

    Parameters
    ----------
    code : iterable of str
        Python, a chapter's cells.

    Returns
    -------
    list of pathlib.Path
        Sorted: modules, and what lies beside them that is no code.

    Examples
    --------
    >>> found = files_used(["from handbook_utils.analysis.peers import held_against"])
    >>> [path.name for path in found if path.parent.name == "analysis" and path.name != "__init__.py"]
    ['peers.py']
    """
    waiting = {path for source in code for path in _imported(source)}
    waiting |= {PACKAGE / "execution" / f"{name}.py" for name in _ALWAYS}
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        found.add(path)
        # The machinery is no part of an outcome, but for the two modules that make it.
        waiting |= set() if path.stem in _ALWAYS else _leads_to(path) - found
    beside = {other for folder in {path.parent for path in found} for other in folder.iterdir() if other.is_file()}
    return sorted(found | {path for path in beside if path.suffix not in (".py", ".pyc")})


@lru_cache(maxsize=1024)
def _leads_to(path: Path) -> frozenset[Path]:
    source = path.read_text(encoding="utf-8")
    found = set(_imported(source))
    if "pkgutil." in source:
        found |= {other for other in path.parent.rglob("*.py") if "__pycache__" not in other.parts}
    return frozenset(found)


def _imported(source: str) -> Iterator[Path]:
    for node in _statements(parsed(python_of(source))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            yield from _modules(name)


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield all statements, which have the imports among them; expressions, most of a tree, have none."""
    for block in ("body", "orelse", "handlers", "finalbody", "cases"):
        held = getattr(tree, block, None)
        if isinstance(held, list):  # the branches of a conditional expression are called so, too
            for node in held:
                yield node
                yield from _statements(node)


def python_of(source: str) -> str:
    r"""Leave out of a cell what is a notebook's and no Python's: lines for the shell and for IPython.

    Parameters
    ----------
    source : str
        Of a cell.

    Returns
    -------
    str
        With as many lines.

    Examples
    --------
    >>> python_of("!ls\nx = 1")
    'pass\nx = 1'
    """
    return "\n".join("pass" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines())


def _modules(name: str) -> Iterator[Path]:
    """Yield the module of a dotted name and the packages above it, as far as they are of this package."""
    first, *rest = name.split(".")
    if first != PACKAGE.name:
        return
    place = PACKAGE
    yield place / "__init__.py"
    for part in rest:
        if (place / f"{part}.py").is_file():
            yield place / f"{part}.py"
            return
        place = place / part
        if not (place / "__init__.py").is_file():
            return
        yield place / "__init__.py"

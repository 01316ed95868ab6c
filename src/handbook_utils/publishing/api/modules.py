"""The modules a notebook can import, read from their sources: what they hold, how it is called, what is said of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from handbook_utils.chapters.code import parsed
from handbook_utils.execution.used import PACKAGE, python_of

#: Decorators of what is not called: it reads like an attribute.
_PROPERTIES = ("property", "cached_property")
#: Letters of a value that is shown beside its name.
_SHORT = 70
_CONSTANT = re.compile(r"^[A-Z][A-Z0-9_]*$")


@dataclass(frozen=True)
class Member:
    """A function, a class, or what a class has.

    Attributes
    ----------
    name : str
        Its own; of what a class has, after the class and a dot.
    kind : {"function", "class", "property"}
        What it is.
    signature : str
        How it is called; empty for a property.
    said : str
        Its docstring.
    line : int
        Where it begins.
    members : tuple of Member
        What a class has.
    """

    name: str
    kind: str
    signature: str
    said: str
    line: int
    members: tuple[Member, ...] = ()


@dataclass(frozen=True)
class Constant:
    """A value with a name: its value where that is short, and what the comment above it says."""

    name: str
    value: str
    said: str


@dataclass(frozen=True)
class Module:
    """A module.

    Attributes
    ----------
    name : str
        Dotted, without the package's own name: ``analysis.distance.permanova``.
    path : pathlib.Path
        Its file.
    said : str
        Its docstring.
    members : tuple of Member
        Functions and classes that are public.
    constants : tuple of Constant
        Public ones that a comment tells of.
    names : frozenset of str
        All that are given a value in it.
    imports : tuple of str
        Modules of the package it imports, dotted in the same way, and the names it takes from them.
    """

    name: str
    path: Path
    said: str
    members: tuple[Member, ...]
    constants: tuple[Constant, ...]
    names: frozenset[str]
    imports: tuple[str, ...]


def modules_for(code: Iterable[str]) -> list[Module]:
    """Read every public module of the rooms that code imports from, and of the rooms that these import from in turn.

    Parameters
    ----------
    code : iterable of str
        Python, such as the cells of all chapters.

    Returns
    -------
    list of Module
        In the order of their names.

    Examples
    --------
    >>> [one.name for one in modules_for(["from handbook_utils import readability"])]
    ['readability']
    """
    waiting = {_room(name) for source in code for name in taken(parsed(python_of(source)))}
    found: dict[str, list[Module]] = {}
    while waiting:
        room = waiting.pop()
        found[room] = [read_module(path) for path in _files(room)]
        waiting |= {_room(name) for module in found[room] for name in module.imports} - found.keys()
    return [module for room in sorted(found) for module in found[room]]


def taken(tree: ast.AST) -> Iterator[str]:
    r"""Yield what code takes from this package on its outermost lines, dotted, without the package's own name.

    Parameters
    ----------
    tree : ast.AST
        Parsed.

    Yields
    ------
    str
        A module, or a name in one.

    Examples
    --------
    >>> list(taken(parsed("import numpy\nfrom handbook_utils.analysis.peers import Peer, held_against")))
    ['analysis.peers.Peer', 'analysis.peers.held_against']
    """
    own = f"{PACKAGE.name}."
    # A function's own imports are its affair, and looking through all of them takes longer than reading the file.
    for node in (tree, *ast.iter_child_nodes(tree)):
        if isinstance(node, ast.Import):
            yield from (alias.name.removeprefix(own) for alias in node.names if alias.name.startswith(own))
        elif isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith(own):
            yield from (f"{node.module}.{alias.name}".removeprefix(own) for alias in node.names)


def _room(name: str) -> str:
    return name.partition(".")[0]


def _files(room: str) -> list[Path]:
    if (single := PACKAGE / f"{room}.py").is_file():
        return [single]
    found = [path.relative_to(PACKAGE) for path in (PACKAGE / room).rglob("*.py")]
    return [PACKAGE / path for path in sorted(found, key=_dotted) if "._" not in f".{_dotted(path)}"]


def _dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def read_module(path: Path) -> Module:
    """Read a module's source.

    Parameters
    ----------
    path : pathlib.Path
        In this package.

    Returns
    -------
    Module
        What is public in it.
    """
    source = path.read_text(encoding="utf-8")
    tree = parsed(source)
    return Module(
        name=_dotted(path.relative_to(PACKAGE)),
        path=path,
        said=ast.get_docstring(tree) or "",
        members=tuple(_members(tree.body)),
        constants=tuple(_constants(tree.body, source.splitlines())),
        names=frozenset(name for node in tree.body for name in _assigned(node)),
        imports=tuple(dict.fromkeys(name for node in tree.body for name in taken(node))),
    )


def _members(body: Iterable[ast.stmt], above: str = "") -> Iterator[Member]:
    for node in body:
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)) or node.name.startswith("_"):
            continue
        decorated = {ast.unparse(one).rpartition(".")[2] for one in node.decorator_list}
        if "overload" in decorated or "setter" in decorated:
            continue
        said, name = ast.get_docstring(node) or "", f"{above}{node.name}"
        if isinstance(node, ast.ClassDef):
            yield Member(name, "class", _made(node), said, node.lineno, tuple(_members(node.body, f"{name}.")))
        elif decorated & set(_PROPERTIES):
            yield Member(name, "property", "", said, node.lineno)
        else:
            yield Member(name, "function", _called(node, method=bool(above)), said, node.lineno)


def _called(node: ast.FunctionDef, *, method: bool = False) -> str:
    """Write how a function is called, without types, which its docstring tells."""
    given = node.args
    for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg):
        if argument is not None:
            argument.annotation = None
    static = any(ast.unparse(one) == "staticmethod" for one in node.decorator_list)
    if method and not static:
        (given.posonlyargs or given.args).pop(0)
    return f"({ast.unparse(given)})"


def _made(node: ast.ClassDef) -> str:
    """Write how something of a class is made: by its own ``__init__``, or by the fields of a dataclass."""
    for one in node.body:
        if isinstance(one, ast.FunctionDef) and one.name == "__init__":
            return _called(one, method=True)
    if not any("dataclass" in ast.unparse(one) for one in node.decorator_list):
        return ""
    fields = []
    for one in node.body:
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and not one.target.id.startswith("_"):
            default = (
                "" if one.value is None else "=…" if "(" in ast.unparse(one.value) else f"={ast.unparse(one.value)}"
            )
            fields.append(f"{one.target.id}{default}")
    return f"({', '.join(fields)})"


def _constants(body: Iterable[ast.stmt], lines: list[str]) -> Iterator[Constant]:
    for node in body:
        names = list(_assigned(node))
        told: list[str] = []
        place = node.lineno - 2
        while names and place >= 0 and lines[place].startswith("#:"):
            told.insert(0, lines[place].removeprefix("#:").strip())
            place -= 1
        if told and all(map(_CONSTANT.match, names)):
            value = ast.unparse(getattr(node, "value", node))
            yield Constant(", ".join(names), value if len(value) <= _SHORT else "", " ".join(told))


def _assigned(node: ast.stmt) -> Iterator[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    yield from (one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name))

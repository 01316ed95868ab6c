"""Public functions say what they take, what they give back and what they raise, as CONTRIBUTING.md promises."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import handbook_utils

PACKAGE = Path(handbook_utils.__file__).parent
#: What is called by a framework, which knows its arguments, or reads like an attribute.
SPHINX_CALLS = "setup"
#: A method that does what another's docstring says names that one.
DOES_AS = re.compile(r"\bas :(?:class|meth):`[\w.]+` says")
DECORATED = ("command", "property", "validator", "overload")


def caught(function: ast.FunctionDef) -> set[ast.Raise]:
    """Find errors that a function raises only to catch them itself."""
    return {
        one
        for block in ast.walk(function)
        if isinstance(block, ast.Try)
        for handler in block.handlers
        for one in (node for line in block.body for node in ast.walk(line) if isinstance(node, ast.Raise))
        if handler.type and one.exc and ast.unparse(one.exc).partition("(")[0] in ast.unparse(handler.type)
    }


def public(body: list[ast.stmt]) -> Iterator[ast.FunctionDef]:
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public(node.body)
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.name != SPHINX_CALLS:
            decorated = " ".join(ast.unparse(one) for one in node.decorator_list)
            yield from [] if any(word in decorated for word in DECORATED) else [node]


def lacking(function: ast.FunctionDef) -> list[str]:
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    if not [one for one in arguments if one.arg not in ("self", "cls")]:
        return []
    said = inspect.cleandoc(ast.get_docstring(function) or "")
    if DOES_AS.search(said):
        return []
    given_back = function.returns is not None and ast.unparse(function.returns) != "None"
    wanted = {
        ("Parameters",): True,
        ("Returns", "Yields"): given_back and "contextmanager" not in map(ast.unparse, function.decorator_list),
        ("Raises",): any(
            isinstance(node, ast.Raise) and node.exc and node not in caught(function) for node in ast.walk(function)
        ),
    }
    return [
        heads[0]
        for heads, needed in wanted.items()
        if needed and not any(f"{head}\n{'-' * len(head)}\n" in said for head in heads)
    ]


def entries(said: str) -> dict[str, str]:
    """Return what is said under each name of Parameters or Attributes; several may stand in one entry."""
    section = re.search(
        r"^(?:Parameters|Attributes)\n-+\n(.*?)(?=\n\n?[A-Z]\w+\n-+$|\Z)", said, re.DOTALL | re.MULTILINE
    )
    found = re.findall(r"^(\S.*)\n((?:(?: +\S.*)?(?:\n|\Z))*)", f"{section[1]}\n" if section else "", re.MULTILINE)
    return {name: text.strip() for head, text in found for name in head.partition(" : ")[0].split(", ")}


def arguments(function: ast.FunctionDef) -> list[str]:
    """Name the arguments of a function, but for those that a framework gives and nobody uses (_name)."""
    given = function.args
    plain = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs) if one.arg not in ("self", "cls")]
    starred = [f"*{given.vararg.arg}"] if given.vararg else []
    starred += [f"**{given.kwarg.arg}"] if given.kwarg else []
    return [name for name in (*plain, *starred) if not name.strip("*").startswith("_")]


def undescribed(node: ast.FunctionDef | ast.ClassDef) -> list[str]:
    """Find what is only named, arguments and fields of a dataclass that are not, and names that are no arguments."""
    told = entries(inspect.cleandoc(ast.get_docstring(node) or ""))
    bare = [name for name, text in told.items() if not text]
    if not told:
        return bare
    if isinstance(node, ast.ClassDef):
        held = any("dataclass" in ast.unparse(one) for one in node.decorator_list)
        fields = [ast.unparse(one.target) for one in node.body if isinstance(one, ast.AnnAssign)] if held else []
        return [*bare, *(name for name in fields if name not in told and not name.startswith("_"))]
    return [*bare, *sorted(set(arguments(node)) ^ set(told))]


MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("name", MODULES)
def test_public_functions_say_what_they_take_give_back_and_raise(name):
    functions = public(ast.parse((PACKAGE / name).read_text(encoding="utf-8")).body)
    assert {function.name: missing for function in functions if (missing := lacking(function))} == {}


@pytest.mark.parametrize("name", MODULES)
def test_every_parameter_has_a_description(name):
    tree = ast.parse((PACKAGE / name).read_text(encoding="utf-8"))
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
    found = {node.name: bare for node in [*classes, *public(tree.body)] if (bare := undescribed(node))}
    assert found == {}


def test_parameters_that_are_bare_missing_or_none_are_found():
    source = """
def f(bare, missing, told, **more):
    \"\"\"Do.

    Parameters
    ----------
    bare : int
    told, gone : int
        Seconds.
    **more : int
        Seconds.

    Returns
    -------
    int
    \"\"\"
"""
    assert undescribed(next(public(ast.parse(source).body))) == ["bare", "gone", "missing"]


def test_fields_that_are_bare_or_missing_are_found():
    source = """
@dataclass
class Held:
    \"\"\"Held.

    Attributes
    ----------
    bare : int
    told : int
        Seconds.
    \"\"\"

    bare: int
    told: int
    missing: int
"""
    (held,) = ast.parse(source).body
    assert isinstance(held, ast.ClassDef)
    assert undescribed(held) == ["bare", "missing"]


def test_no_sentence_of_several_pieces_lacks_the_f_of_one():
    """``f"{n} tubes on " "{plates} plates"`` would print its braces; no linter sees a piece among others."""
    written = re.compile(r"\{[A-Za-z_]\w*[.(\[]")
    told = [
        f"{path.name}, line {node.lineno}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr)
        for piece in node.values
        if isinstance(piece, ast.Constant) and written.search(piece.value)
    ]
    assert told == []

"""Public functions say what they take, what they give back and what they raise, as CONTRIBUTING.md promises."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import handbook_utils

PACKAGE = Path(handbook_utils.__file__).parent
#: Modules that came while the others were written, and are to follow.
TO_FOLLOW = (
    "analysis/controls/mock.py",
    "protocols/forms/export.py",
    "protocols/forms/mapping.py",
    "protocols/noted.py",
    "protocols/people/key_desk.py",
    "protocols/progress.py",
    "protocols/sequencing/inputs.py",
    "protocols/wells/extracted.py",
    "reads/denoising/engine.py",
    "recipes/lessons/name_the_taxa.py",
    "recipes/lessons/reads.py",
    "recipes/reads/check_with_a_mock.py",
    "recipes/reads/name_the_taxa.py",
)
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


MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("name", [name for name in MODULES if name not in TO_FOLLOW])
def test_public_functions_say_what_they_take_give_back_and_raise(name):
    functions = public(ast.parse((PACKAGE / name).read_text(encoding="utf-8")).body)
    assert {function.name: missing for function in functions if (missing := lacking(function))} == {}

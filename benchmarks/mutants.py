"""Do the tests notice when a statistic is changed? Small changes of code, one at a time, and the tests of that module.

``make mutants`` prints every change that no test noticed, and the share that was (``MODULES=...``, ``EACH=...`` changes
a module, drawn with a seed). The package is copied, so the checkout is never touched. Much work: on demand, and weekly.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src/handbook_utils"
COMPARED = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
RECKONED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult}
JOINED = {ast.And: ast.Or, ast.Or: ast.And}
#: A test that runs this long (seconds) hangs; a mutant that makes a loop endless has been noticed.
PATIENCE = 600


def changed(node: ast.AST) -> Iterator[ast.AST]:
    """Yield changed copies of a node, each in one way."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARED:
        other = copy.copy(node)
        other.ops = [COMPARED[type(node.ops[0])]()]
        yield other
    elif isinstance(node, ast.BinOp) and type(node.op) in RECKONED:
        other = copy.copy(node)
        other.op = RECKONED[type(node.op)]()
        yield other
    elif isinstance(node, ast.BoolOp):
        other = copy.copy(node)
        other.op = JOINED[type(node.op)]()
        yield other
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
        yield node.operand
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield ast.copy_location(ast.Constant(node.value + 1), node)
    elif isinstance(node, ast.Constant) and type(node.value) is bool:
        yield ast.copy_location(ast.Constant(not node.value), node)


def told(node: ast.AST) -> bool:
    """Tell whether a node is only what a message says, or a cast of types: no statistic."""
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", "") in ("InputError", "cast")
    return isinstance(node, (ast.Raise, ast.JoinedStr))


def places(tree: ast.AST) -> list[tuple[ast.AST, str, int | None, ast.AST]]:
    """Return where a module can be changed: parent, field, index in a list, and what to put there."""
    found: list[tuple[ast.AST, str, int | None, ast.AST]] = []

    def walk(node: ast.AST) -> None:
        for field, value in ast.iter_fields(node):
            if field in ("annotation", "returns", "decorator_list"):
                continue
            for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if not isinstance(child, ast.AST) or told(child):
                    continue
                found.extend((node, field, index, other) for other in changed(child))
                walk(child)

    walk(tree)
    return found


def mutants(path: Path, each: int, seed: int) -> Iterator[tuple[str, str]]:
    """Yield changed sources of a module, each with what was changed."""
    source = path.read_text(encoding="utf-8")
    count = len(places(ast.parse(source)))
    for number in sorted(random.Random(seed).sample(range(count), min(each, count))):
        tree = ast.parse(source)
        parent, field, index, other = places(tree)[number]
        before = getattr(parent, field) if index is None else getattr(parent, field)[index]
        what = f"line {before.lineno}: {ast.unparse(before)} -> {ast.unparse(other)}"
        if index is None:
            setattr(parent, field, other)
        else:
            getattr(parent, field)[index] = other
        yield what, ast.unparse(ast.fix_missing_locations(tree))


def tests_of(module: Path) -> list[str]:
    """Return the files of tests that import a module."""
    name = ".".join(module.relative_to(ROOT / "src").with_suffix("").parts)
    parent, _, leaf = name.rpartition(".")
    spellings = (f"from {name} import", f"import {name}", f"from {parent} import {leaf}")
    return [
        str(path)
        for folder in ("unit", "peers", "levels")
        for path in sorted((ROOT / "tests" / folder).glob("test_*.py"))
        if any(text in path.read_text(encoding="utf-8") for text in spellings)
    ]


def noticed(module: Path, source: str, tests: list[str]) -> bool:
    """Tell whether a test fails once the module has this source."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as name:
        copied = Path(name, "handbook_utils")
        shutil.copytree(PACKAGE, copied, ignore=shutil.ignore_patterns("__pycache__"))
        (copied / module.relative_to(PACKAGE)).write_text(source, encoding="utf-8")
        environment = os.environ | {"PYTHONPATH": name, "HANDBOOK_DATA": str(ROOT / "data"), "HANDBOOK_ROOT": str(ROOT)}
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
        doctests = str(copied / module.relative_to(PACKAGE))
        try:
            ended = subprocess.run(
                [*command, doctests], cwd=ROOT, env=environment, capture_output=True, timeout=PATIENCE
            )
            return ended.returncode == 1
        except subprocess.TimeoutExpired:
            return True


def main() -> None:
    """Change, test, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="files; by default all of analysis/")
    parser.add_argument("--each", type=int, default=10, help="changes a module")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    modules = [Path(name).resolve() for name in given.modules] or sorted((PACKAGE / "analysis").rglob("[!_]*.py"))
    killed = total = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for module in modules:
            tests = tests_of(module)
            if noticed(module, module.read_text(encoding="utf-8"), tests):
                raise SystemExit(f"{module.name}: its tests fail without any change")
            changes = list(mutants(module, given.each, given.seed))
            results = list(pool.map(partial(noticed, module, tests=tests), [source for _, source in changes]))
            killed, total = killed + sum(results), total + len(results)
            print(f"{module.relative_to(PACKAGE)}: {sum(results)} of {len(results)} noticed", flush=True)
            for (what, _), seen in zip(changes, results, strict=True):
                if not seen:
                    print(f"    not noticed: {what}", flush=True)
    print(f"{killed} of {total} noticed" + (f" ({100 * killed / total:.0f} %)" if total else ""))


if __name__ == "__main__":
    main()

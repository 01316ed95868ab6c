"""Do the tests notice when a statistic is changed? Small changes of code, one at a time, and the tests that come there.

``make mutants`` prints every change that no test noticed, and the share that was (``MODULES=...``, ``EACH=...`` changes
a module, drawn with ``SEED=...``). Tests are run once as they are, to see which of them call what: every function of
``analysis/`` notes that it was called, which costs a test next to nothing. That map is kept in ``_build/``, a file of
tests at a time, until the file or what it imports is another. Then each change is tried in a fork that has imported all
but the module and what depends on it. The tests that call the changed function are run, the quickest first, until one
fails. A test that fails without the change, too, has noticed nothing. The changed module is put in place as it is
imported: no file is touched. What was found of each module stands in ``benchmarks/mutants.csv`` with seed and day.
"""

from __future__ import annotations

import argparse
import ast
import copy
import csv
import datetime
import gc
import importlib
import os
import random
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache, partial
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from itertools import accumulate, count
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from reached import (
    COMPILER,
    PACKAGE,
    ROOT,
    SOURCES,
    Calls,
    Marked,
    dotted,
    forked,
    imported,
    importers,
    pytest_of,
    spec_of,
    tests_near,
    watched,
)

#: What was found of each module: changes tried and noticed, with which seed, on which day.
SCORES = ROOT / "benchmarks/mutants.csv"
COMPARED = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
RECKONED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult}
JOINED = {ast.And: ast.Or, ast.Or: ast.And}
#: A test that takes so many times the processor it took before, and so many seconds, hangs: that has been noticed.
PATIENCE = (10, 20)


def changed(node: ast.AST, allowances: set[str]) -> Iterator[ast.AST]:
    """Yield changed copies of a node, each in one way."""
    compared = isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARED
    if compared and not tied(node, allowances):
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


def tied(node: ast.AST, allowances: set[str]) -> bool:
    """Tell whether a comparison has an allowance for rounding: whether its very edge counts makes no difference."""
    parts = list(ast.walk(node))
    constants = [part.value for part in parts if isinstance(part, ast.Constant)]
    named = allowances & {part.id for part in parts if isinstance(part, ast.Name)}
    return bool(named) or any(isinstance(value, float) and 0 < value <= 1e-6 for value in constants)


def constants_of(tree: ast.AST) -> Iterator[tuple[str, ast.Constant]]:
    """Yield the names of a module that stand for one value, each with it."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            pair = node.targets[0], node.value
            names, values = (part.elts if isinstance(part, ast.Tuple) else [part] for part in pair)
            for name, value in zip(names, values, strict=False):
                if isinstance(name, ast.Name) and isinstance(value, ast.Constant):
                    yield name.id, value


def amount(value: object) -> bool:
    """Tell whether a module's own constant is an amount of work: samples done at once, or that repay a compiler."""
    return type(value) is int and value >= 100


def allowances_of(tree: ast.AST) -> set[str]:
    """Return the names of a module at whose very edge nothing changes: allowances for rounding, amounts of work."""
    return {name for name, node in constants_of(tree) if tied(node, set()) or amount(node.value)}


def work(node: ast.AST) -> set[ast.AST]:
    """Return what is a seed or an amount of work: defaults such as 999 permutations, and most steps of a search.

    Nor is it a statistic that lists that are walked together are held to be of one length, or that sums are reckoned
    in their quickest order.
    """
    if isinstance(node, ast.Module):
        return {value for _, value in constants_of(node) if amount(value.value)}
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        quick = {part for part in node.keywords if (name, part.arg) in (("zip", "strict"), ("einsum", "optimize"))}
        numbers = [part for part in node.args if name == "range" and isinstance(part, ast.Constant)]
        return quick | {part for part in numbers if part.value > 9}
    if not isinstance(node, ast.arguments):
        return set()
    named = node.posonlyargs + node.args
    pairs = [*zip(named[::-1], node.defaults[::-1], strict=False), *zip(node.kwonlyargs, node.kw_defaults, strict=True)]
    return {
        default
        for name, default in pairs
        if isinstance(default, ast.Constant)
        and type(default.value) is int
        and (name.arg == "seed" or default.value > 9)
    }


def told(node: ast.AST) -> bool:
    """Tell whether a node is only what a message says, a cast of types, or zip's look at lengths: no statistic."""
    if isinstance(node, ast.keyword):
        return node.arg == "strict"
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", "") in ("InputError", "cast")
    return isinstance(node, (ast.Raise, ast.JoinedStr))


def places(tree: ast.AST) -> list[tuple[ast.AST, str, int | None, ast.AST]]:
    """Return where a module can be changed: parent, field, index in a list, and what to put there."""
    found: list[tuple[ast.AST, str, int | None, ast.AST]] = []
    allowances = allowances_of(tree)

    amounts = work(tree)

    def walk(node: ast.AST) -> None:
        passed = work(node) | amounts
        for field, value in ast.iter_fields(node):
            if field in ("annotation", "returns", "decorator_list"):
                continue
            for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if not isinstance(child, ast.AST) or told(child) or child in passed:
                    continue
                found.extend((node, field, index, other) for other in changed(child, allowances))
                walk(child)

    walk(tree)
    return found


def mutants(path: Path, each: int, seed: int) -> Iterator[tuple[str, int, ast.Module]]:
    """Yield changed modules, each with what was changed and the line."""
    source = path.read_text(encoding="utf-8")
    size = len(places(ast.parse(source)))
    for number in sorted(random.Random(f"{seed} {path.name}").sample(range(size), min(each, size))):
        tree = ast.parse(source)
        parent, field, index, other = places(tree)[number]
        before = getattr(parent, field) if index is None else getattr(parent, field)[index]
        what = f"line {before.lineno}, column {before.col_offset + 1}: {ast.unparse(before)} -> {ast.unparse(other)}"
        if index is None:
            setattr(parent, field, other)
        else:
            getattr(parent, field)[index] = other
        yield what, before.lineno, ast.fix_missing_locations(tree)


class Judge:
    """A plugin of pytest that tells which test noticed a change, and ends one that hangs."""

    def __init__(self, seconds: dict[str, float], told: Path) -> None:
        self._seconds, self._told = seconds, told

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """The signal ends the process: a loop without an end, compiled or not, has been noticed."""
        times, more = PATIENCE
        signal.setitimer(signal.ITIMER_VIRTUAL, times * self._seconds.get(item.nodeid, 0) + more)
        return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """What failed is read by the process that waits."""
        if report.failed:
            self._told.write_text(report.nodeid, encoding="utf-8")


class Changed(MetaPathFinder):
    """Finds one module, and gives it another source."""

    def __init__(self, path: Path, tree: ast.Module) -> None:
        self._name, self._path, self._code = dotted(path), path, compile(tree, str(path), "exec")

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """Return the changed module, and none of the others."""
        return spec_of(name, self._path, self._code) if name == self._name else None


def preloaded(files: Iterable[str]) -> None:
    """Import what tests import, once for every fork."""
    for file in (*files, "tests/conftest.py"):
        for name in imported(ROOT / file):
            with suppress(ModuleNotFoundError):  # a name in a module is none
                importlib.import_module(name)
    gc.freeze()  # what is here stays, and no fork looks through it again


def forgotten(module: Path) -> None:
    """Forget a module, and all that was imported with it, so that they are imported anew."""
    found = {module}
    while more := importers(found):
        found |= more
    for path in found:
        sys.modules.pop(dotted(path), None)


def tests_at(module: Path, line: int, calls: Calls, seconds: dict[str, float], most: float) -> list[str]:
    """Return the tests that come to a line of a module: the quickest first, until they take too many seconds."""

    def reaching(fits: Callable[[str, int, int], bool]) -> set[str]:
        return {test for test, spots in calls.items() if any(fits(*spot) for spot in spots)}

    here = module.relative_to(PACKAGE).as_posix()
    callers = {path.relative_to(PACKAGE).as_posix() for path in importers({module})}
    keys = (
        reaching(lambda path, first, last: path == here and first <= line <= last)
        # Outside all functions, where what is named may only be read by who imports it; or compiled.
        or reaching(lambda path, *_: path == here or path in callers)
    )
    if COMPILER in imported(module):  # nor is it known who comes to what is compiled: its own tests do
        files = {test.partition("::")[0] for test in seconds}
        near = {file for file in files if ROOT / file == module or dotted(module) in imported(ROOT / file)}
        keys |= {test for test in seconds if test.partition("::")[0] in near}
    chosen = [test for test in seconds if test in keys or test.partition("::")[0] in keys]
    chosen.sort(key=lambda test: (test not in keys, seconds[test]))
    return [
        test for test, total in zip(chosen, accumulate(seconds[test] for test in chosen), strict=True) if total <= most
    ]


class Trials:
    """Tries changes of a module by tests, in a folder for what is written meanwhile."""

    def __init__(self, module: Path, seconds: dict[str, float], folder: Path) -> None:
        self._module, self._seconds, self._folder = module, seconds, folder
        self._numbers = count()
        self._fails_as_it_is = cache(lambda test: bool(self._failing(ast.parse(module.read_text("utf-8")), [test])))

    def noticed(self, tree: ast.Module, tests: list[str]) -> bool:
        """Tell whether a test fails once the module is this, and does not fail as it was."""
        while tests and (by := self._failing(tree, tests)):
            if by not in tests or not self._fails_as_it_is(by):
                return True
            tests = tests[tests.index(by) + 1 :]
        return False

    def _failing(self, tree: ast.Module, tests: list[str]) -> str:
        """Return the first test that fails with this module, or what else happens; nothing where all is well."""
        told = self._folder / f"{dotted(self._module)}-{next(self._numbers)}"
        times, more = PATIENCE

        def run() -> int:
            if COMPILER in imported(self._module):  # what was compiled before may look the same to numba
                importlib.import_module("numba").config.CACHE_DIR = tempfile.mkdtemp(dir=self._folder)
            signal.setitimer(signal.ITIMER_VIRTUAL, 10 * more)  # until the first test begins
            sys.meta_path.insert(0, Changed(self._module, tree))
            forgotten(self._module)
            importlib.import_module(dotted(self._module))
            return pytest_of(tests, Judge(self._seconds, told))

        ended = forked(run, 10 * times * (sum(self._seconds[test] for test in tests) + more))
        if ended == 0:
            return ""
        return told.read_text(encoding="utf-8") if told.is_file() else "it does not run, or does not end"


def kept(scores: Path, module: str, seed: int, tried: int, seen: int) -> None:
    """Write what was found of a module into the table of all, in the place of what was found before."""
    rows = {}
    if scores.is_file():
        with scores.open(encoding="utf-8", newline="") as file:
            rows = {row["module"]: row for row in csv.DictReader(file)}
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    rows[module] = {"module": module, "changes": str(tried), "noticed": str(seen), "seed": str(seed), "date": today}
    with scores.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[module]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows[name] for name in sorted(rows))


def main() -> None:
    """Change, test, print; ends with 1 where fewer were noticed than asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="files; by default all of analysis/")
    parser.add_argument("--each", type=int, default=10, help="changes a module")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=20, help="pass over tests that take more of a processor")
    parser.add_argument("--most", type=float, default=60, help="seconds of tests for one change, the quickest first")
    parser.add_argument("--steps", type=int, default=3, help="how many imports a test may be away from a module")
    parser.add_argument("--least", type=float, default=0, help="percent that must be noticed")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="changes tried at the same time")
    given = parser.parse_args()
    os.chdir(ROOT)
    alone = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "NUMBA")}
    os.environ |= {"HANDBOOK_DATA": str(ROOT / "data"), "HANDBOOK_ROOT": str(ROOT), **alone}
    sys.path.insert(0, str(SOURCES))
    sys.meta_path.insert(0, Marked())
    modules = [Path(name).resolve() for name in given.modules] or sorted((PACKAGE / "analysis").rglob("[!_]*.py"))
    killed = total = 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(given.jobs) as pool:
        watch = cache(partial(watched, folder=Path(folder), patience=given.seconds))
        preloaded(sorted({file for module in modules for file in tests_near(module, given.steps)}))
        for module in modules:
            changes = list(mutants(module, given.each, given.seed))
            calls, seconds = Calls(), dict[str, float]()
            for more, times in pool.map(watch, tests_near(module, given.steps)):
                calls |= more
                seconds |= times
            tests = [tests_at(module, line, calls, seconds, given.most) for _, line, _ in changes]
            trying = Trials(module, seconds, Path(folder))
            trials = [
                pool.submit(trying.noticed, tree, chosen) for (*_, tree), chosen in zip(changes, tests, strict=True)
            ]
            left = [
                (what, len(chosen))
                for (what, *_), chosen, trial in zip(changes, tests, trials, strict=True)
                if not trial.result()
            ]
            name, seen = module.relative_to(PACKAGE).as_posix(), len(changes) - len(left)
            print(f"{name}: {seen} of {len(changes)} noticed", flush=True)
            kept(SCORES, name, given.seed, len(changes), seen)
            killed, total = killed + seen, total + len(changes)
            for what, number in left:
                print(f"    not noticed by {number} tests: {what}", flush=True)
    print(f"{killed} of {total} noticed" + (f" ({100 * killed / total:.0f} %)" if total else ""))
    sys.exit(int(100 * killed < given.least * total))


if __name__ == "__main__":
    main()

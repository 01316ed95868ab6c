"""Do the tests notice when a statistic is changed? Small changes of code, one at a time, and the tests that come there.

``make mutants`` prints every change that no test noticed, and the share that was (``MODULES=...``, ``EACH=...`` changes
a module, drawn with ``SEED=...``). Tests are run once as they are, to see which of them call what; then each change is
tried in a fork that has imported all but the module and what depends on it. The tests that call the changed function
are run, the quickest first, until one fails: those that import the module, and then those that import what imports it.
The changed module is put in place as it is imported: no file is touched. What was found of each module stands in
``benchmarks/mutants.csv`` with the seed and the day.
"""

from __future__ import annotations

import argparse
import ast
import copy
import csv
import datetime
import gc
import importlib
import importlib.abc
import importlib.util
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache, partial
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, FrameType

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "src"
PACKAGE = SOURCES / "handbook_utils"
#: What was found of each module: changes tried and noticed, with which seed, on which day.
SCORES = ROOT / "benchmarks/mutants.csv"
#: Which calls (module, first and last line) each test makes, and how long it takes.
Calls = dict[str, set[tuple[str, int, int]]]
COMPARED = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
RECKONED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult}
JOINED = {ast.And: ast.Or, ast.Or: ast.And}
#: Tests that take this many times as long as before, and so many seconds, hang: an endless loop has been noticed.
PATIENCE = (20, 60)


def changed(node: ast.AST) -> Iterator[ast.AST]:
    """Yield changed copies of a node, each in one way."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARED and not tied(node):
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


def tied(node: ast.Compare) -> bool:
    """Tell whether a comparison has an allowance for rounding: whether its very edge counts makes no difference."""
    constants = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
    return any(isinstance(value, float) and 0 < value <= 1e-6 for value in constants)


def work(node: ast.AST) -> set[ast.expr]:
    """Return what is a seed or an amount of work: defaults such as 999 permutations, and most steps of a search."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "range":
        return {part for part in node.args if isinstance(part, ast.Constant) and part.value > 9}
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
    """Tell whether a node is only what a message says, or a cast of types: no statistic."""
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", "") in ("InputError", "cast")
    return isinstance(node, (ast.Raise, ast.JoinedStr))


def places(tree: ast.AST) -> list[tuple[ast.AST, str, int | None, ast.AST]]:
    """Return where a module can be changed: parent, field, index in a list, and what to put there."""
    found: list[tuple[ast.AST, str, int | None, ast.AST]] = []

    def walk(node: ast.AST) -> None:
        passed = work(node)
        for field, value in ast.iter_fields(node):
            if field in ("annotation", "returns", "decorator_list"):
                continue
            for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if not isinstance(child, ast.AST) or told(child) or child in passed:
                    continue
                found.extend((node, field, index, other) for other in changed(child))
                walk(child)

    walk(tree)
    return found


def mutants(path: Path, each: int, seed: int) -> Iterator[tuple[str, int, ast.Module]]:
    """Yield changed modules, each with what was changed and the line."""
    source = path.read_text(encoding="utf-8")
    count = len(places(ast.parse(source)))
    for number in sorted(random.Random(f"{seed} {path.name}").sample(range(count), min(each, count))):
        tree = ast.parse(source)
        parent, field, index, other = places(tree)[number]
        before = getattr(parent, field) if index is None else getattr(parent, field)[index]
        what = f"line {before.lineno}, column {before.col_offset + 1}: {ast.unparse(before)} -> {ast.unparse(other)}"
        if index is None:
            setattr(parent, field, other)
        else:
            getattr(parent, field)[index] = other
        yield what, before.lineno, ast.fix_missing_locations(tree)


def dotted(path: Path) -> str:
    """Return the name by which a module of the package is imported."""
    return ".".join(path.relative_to(SOURCES).with_suffix("").parts).removesuffix(".__init__")


@cache
def imported(path: Path) -> frozenset[str]:
    """Return every name that a file imports, or imports from."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def importers(modules: set[Path]) -> set[Path]:
    """Return the modules of the package that import one of these."""
    names = {dotted(path) for path in modules}
    return {path for path in PACKAGE.rglob("*.py") if names & imported(path)} - modules


def tests_near(module: Path, steps: int) -> Iterator[list[str]]:
    """Yield files of tests and of examples: those that import a module, then those that import what imports it."""
    tests = [path for folder in ("unit", "peers", "levels") for path in (ROOT / "tests" / folder).glob("test_*.py")]
    near, before = {module}, set[Path]()
    for _ in range(steps):
        names = {dotted(path) for path in near}
        examples = {path for path in near if PACKAGE / "analysis" in path.parents and path.name != "__init__.py"}
        found = {path for path in tests if names & imported(path)} | examples
        yield sorted(str(path.relative_to(ROOT)) for path in found - before)
        before |= found
        near |= importers(near)


class Watch:
    """A plugin of pytest that notes which functions of analysis/ each test calls, and how long it takes."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self.calls: Calls = defaultdict(set)
        self.seconds: dict[str, float] = {}
        self._spots: dict[CodeType, tuple[str, int, int] | None] = {}
        self._now = ""

    def _called(self, frame: FrameType, *_: object) -> None:
        code = frame.f_code
        if code not in self._spots:
            inside = code.co_filename.startswith(str(PACKAGE / "analysis"))
            lines = [line for _, _, line in code.co_lines() if line]
            self._spots[code] = (code.co_filename, code.co_firstlineno, max(lines)) if inside and lines else None
        if spot := self._spots[code]:
            self.calls[self._now].add(spot)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        """What a fixture calls may serve every test of the file."""
        self._now = item.nodeid.partition("::")[0]
        sys.settrace(self._called)
        try:
            yield
        finally:
            sys.settrace(None)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """What a test calls is its own; one that takes too long is left, and not tried."""
        self._now = item.nodeid
        signal.signal(signal.SIGVTALRM, _left)
        signal.setitimer(signal.ITIMER_VIRTUAL, self._patience)
        sys.settrace(self._called)
        before = time.process_time()
        try:
            yield
            self.seconds[item.nodeid] = time.process_time() - before
        finally:
            sys.settrace(None)
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _left(*_: object) -> None:
    pytest.skip("takes too long")


class Changed(importlib.abc.MetaPathFinder):
    """Finds one module, and gives it another source."""

    def __init__(self, path: Path, tree: ast.Module) -> None:
        code = compile(tree, str(path), "exec")

        class Loader(SourceFileLoader):
            def get_code(self, _: str) -> CodeType:
                return code

        self._name, self._path, self._loader = dotted(path), str(path), Loader(dotted(path), str(path))

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """Return the changed module, and none of the others."""
        if name != self._name:
            return None
        return importlib.util.spec_from_file_location(name, self._path, loader=self._loader)


def forked(work: Callable[[], int], patience: float | None = None) -> int | None:
    """Return what work gives back in a process of its own that says nothing, or None where it does not end."""

    def silent() -> None:
        quiet = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(quiet, stream)
        try:
            ended = work()
        except BaseException:  # a module that cannot even be imported has been noticed
            ended = 1
        os._exit(ended)

    process = multiprocessing.get_context("fork").Process(target=silent)
    process.start()
    process.join(patience)
    if process.is_alive():
        process.kill()
        process.join()
        return None
    return process.exitcode


def pytest_of(arguments: list[str], *plugins: object) -> int:
    """Run tests here, and return how they ended."""
    # A file of examples is named here, so that functions in it that are called "tested" are no tests.
    options = ["-x", "-q", "-p", "no:cacheprovider", "-o", "python_functions=test_*", "-o", "python_classes=Test_*"]
    return int(pytest.main([*options, *arguments], list(plugins)))


def watched(file: str, folder: Path, patience: float) -> tuple[Calls, dict[str, float]]:
    """Run a file of tests as it is; return what each test calls, and how long it takes."""
    told = folder / file.replace("/", "+")

    def run() -> int:
        watch = Watch(patience)
        ended = pytest_of(["--maxfail=0", file], watch)
        calls = {test: sorted(spots) for test, spots in watch.calls.items()}
        told.write_text(json.dumps([calls, watch.seconds]), encoding="utf-8")
        return ended

    ended = forked(run)
    if ended not in (0, 1, 5):
        raise SystemExit(f"{file} cannot be run without any change")
    if ended == 1:
        print(f"{file}: what fails in it without any change, or is too slow, is not used", flush=True)
    calls, seconds = json.loads(told.read_text(encoding="utf-8"))
    return {test: {tuple(spot) for spot in spots} for test, spots in calls.items()}, seconds


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


def tests_at(module: Path, line: int, calls: Calls, seconds: dict[str, float]) -> list[str]:
    """Return the tests that come to a line of a module, the quickest first."""

    def reaching(fits: Callable[[str, int, int], bool]) -> set[str]:
        return {test for test, spots in calls.items() if any(fits(*spot) for spot in spots)}

    callers = {str(path) for path in importers({module})}
    keys = (
        reaching(lambda path, first, last: path == str(module) and first <= line <= last)
        or reaching(lambda path, *_: path == str(module))  # outside all functions, or compiled
        or reaching(lambda path, *_: path in callers)
    )
    chosen = [test for test in seconds if test in keys or test.partition("::")[0] in keys]
    return sorted(chosen, key=lambda test: (test not in keys, seconds[test]))


def noticed(module: Path, tree: ast.Module, tests: list[str], took: float) -> bool:
    """Tell whether a test fails once the module is this."""

    def run() -> int:
        os.environ["NUMBA_CACHE_DIR"] = tempfile.mkdtemp(prefix="mutant-")
        sys.meta_path.insert(0, Changed(module, tree))
        forgotten(module)
        importlib.import_module(dotted(module))
        return pytest_of(tests)

    times, more = PATIENCE
    return bool(tests) and forked(run, times * took + more) in (1, 2, None)


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
    parser.add_argument("--seconds", type=float, default=600, help="pass over tests that take more of a processor")
    parser.add_argument("--steps", type=int, default=3, help="how many imports a test may be away from a module")
    parser.add_argument("--least", type=float, default=0, help="percent that must be noticed")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="changes tried at the same time")
    given = parser.parse_args()
    os.chdir(ROOT)
    os.environ |= {"HANDBOOK_DATA": str(ROOT / "data"), "HANDBOOK_ROOT": str(ROOT)}
    sys.path.insert(0, str(SOURCES))
    modules = [Path(name).resolve() for name in given.modules] or sorted((PACKAGE / "analysis").rglob("[!_]*.py"))
    killed = total = 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(given.jobs) as pool:
        watch = cache(partial(watched, folder=Path(folder), patience=given.seconds))
        preloaded(sorted({file for module in modules for ring in tests_near(module, given.steps) for file in ring}))
        for module in modules:
            changes = list(mutants(module, given.each, given.seed))
            tried: dict[str, int] = {what: 0 for what, *_ in changes}
            left = changes
            for number, files in enumerate(tests_near(module, given.steps)):
                # Only what no test has come to yet is worth the tests of what is far.
                here = left if number < 2 else [change for change in left if not tried[change[0]]]
                if not here:
                    break
                calls, seconds = Calls(), dict[str, float]()
                for more, times in pool.map(watch, files):
                    calls |= more
                    seconds |= times
                tests = [tests_at(module, line, calls, seconds) for _, line, _ in here]
                trials = [
                    pool.submit(noticed, module, tree, chosen, sum(seconds[test] for test in chosen))
                    for (*_, tree), chosen in zip(here, tests, strict=True)
                ]
                for (what, *_), chosen in zip(here, tests, strict=True):
                    tried[what] += len(chosen)
                found = {what for (what, *_), trial in zip(here, trials, strict=True) if trial.result()}
                left = [change for change in left if change[0] not in found]
            name, seen = module.relative_to(PACKAGE).as_posix(), len(changes) - len(left)
            print(f"{name}: {seen} of {len(changes)} noticed", flush=True)
            kept(SCORES, name, given.seed, len(changes), seen)
            killed, total = killed + seen, total + len(changes)
            for what, *_ in left:
                print(f"    not noticed by {tried[what]} tests: {what}", flush=True)
    print(f"{killed} of {total} noticed" + (f" ({100 * killed / total:.0f} %)" if total else ""))
    sys.exit(int(100 * killed < given.least * total))


if __name__ == "__main__":
    main()

"""Which tests come to which functions of analysis/: each function notes that it was called, and the map is kept.

A test is run once as it is. A module of ``analysis/`` is imported with one more line in each function, which costs a
test next to nothing; loops that are compiled have none. The map is kept in ``_build/``, a file of tests at a time,
until that file, or what it imports of the package, is another.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.abc
import importlib.util
import json
import multiprocessing
import os
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import ClassVar

import pytest
from hypothesis import Phase, settings

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "src"
PACKAGE = SOURCES / "handbook_utils"
#: What was measured, by file of tests.
MAP = ROOT / "_build/mutants.json"
#: Which functions (module, first and last line) each test calls.
Calls = dict[str, set[tuple[str, int, int]]]
#: What makes loops that are compiled: they cannot note that they were called.
COMPILER = "handbook_utils.reads.kernels"
_WRITING = threading.Lock()


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


def tests_near(module: Path, steps: int) -> list[str]:
    """Return files of tests and of examples that import a module, or what imports it, in so many steps."""
    near = {module}
    for _ in range(steps - 1):
        near |= importers(near)
    # A package that hands on what is in its modules is no step further: tests import from it.
    near |= {path for path in importers(near) if path.name == "__init__.py"}
    names = {dotted(path) for path in near}
    tests = [path for folder in ("unit", "peers", "levels") for path in (ROOT / "tests" / folder).glob("test_*.py")]
    examples = {path for path in near if PACKAGE / "analysis" in path.parents and path.name != "__init__.py"}
    found = {path for path in tests if names & imported(path)} | examples
    return sorted(str(path.relative_to(ROOT)) for path in found)


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
    # Few cases, always the same: what is tried is the test and not its luck.
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("mutants", max_examples=20, deadline=None, derandomize=True, database=None, phases=phases)
    return int(pytest.main([*options, "--hypothesis-profile=mutants", *arguments], list(plugins)))


class Watch:
    """A plugin of pytest that notes which functions of analysis/ each test calls, and how long it takes."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self.calls: Calls = defaultdict(set)
        self.seconds: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        """What a fixture calls may serve every test of the file."""
        Marked.noted = self.calls[item.nodeid.partition("::")[0]]
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """What a test calls is its own; one that takes too long is left, and not tried."""
        Marked.noted = self.calls[item.nodeid]
        before = time.process_time()
        signal.signal(signal.SIGVTALRM, _left)
        signal.setitimer(signal.ITIMER_VIRTUAL, self._patience)
        try:
            yield
            self.seconds[item.nodeid] = time.process_time() - before
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _left(*_: object) -> None:
    pytest.fail("takes too long")


class Marked(importlib.abc.MetaPathFinder):
    """Finds modules of analysis/, and lets each function of them note that it was called."""

    #: What was called in the test that runs now.
    noted: ClassVar[set[tuple[str, int, int]]] = set()

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """Return a module with marks, where it is one of analysis/ that is not compiled."""
        path = SOURCES.joinpath(*name.split(".")).with_suffix(".py")
        if not path.is_relative_to(PACKAGE / "analysis") or not path.is_file() or COMPILER in imported(path):
            return None
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                spot = (path.relative_to(PACKAGE).as_posix(), node.lineno, node.end_lineno)
                mark = ast.parse(f"_called({spot!r})").body[0]
                described = ast.get_docstring(node, clean=False) is not None
                node.body.insert(int(described), ast.increment_lineno(mark, node.lineno - 1))
        return spec_of(name, path, compile(tree, str(path), "exec"), lambda spot: Marked.noted.add(spot))


def spec_of(name: str, path: Path, code: CodeType, called: Callable[..., None] | None = None) -> ModuleSpec | None:
    """Return how a module is imported whose code is this."""

    class Loader(SourceFileLoader):
        def get_code(self, _: str) -> CodeType:
            return code

        def exec_module(self, module: ModuleType) -> None:
            vars(module).update({"_called": called} if called else {})
            super().exec_module(module)

    return importlib.util.spec_from_file_location(name, str(path), loader=Loader(name, str(path)))


def resting_on(file: str) -> str:
    """Return a hash of a file of tests and of all of the package that it imports."""
    found, new = set[Path](), {ROOT / file}
    while new:
        found |= new
        names = {name for path in new for name in imported(path) if name.startswith(PACKAGE.name)}
        near = {SOURCES.joinpath(*name.split(".")) for name in names}
        files = {path.with_suffix(".py") for path in near} | {path / "__init__.py" for path in near}
        new = {path for path in files if path.is_file()} - found
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(found))).hexdigest()


def watched(file: str, folder: Path, patience: float) -> tuple[Calls, dict[str, float]]:
    """Return what each test of a file calls, and how long it takes: as it is kept, or as it runs now."""
    key = f"{resting_on(file)} {patience}"
    known = json.loads(MAP.read_text(encoding="utf-8")) if MAP.is_file() else {}
    if known.get(file, {}).get("key") != key:
        told = folder / file.replace("/", "+")

        def run() -> int:
            watch = Watch(patience)
            ended = pytest_of(["--maxfail=0", file], watch)
            calls = {test: sorted(spots) for test, spots in watch.calls.items() if spots}
            told.write_text(json.dumps({"key": key, "calls": calls, "seconds": watch.seconds}), encoding="utf-8")
            return ended

        ended = forked(run)
        if ended not in (0, 1, 5):
            raise SystemExit(f"{file} cannot be run without any change")
        if ended == 1:
            print(f"{file}: what fails in it without any change, or is too slow, is not used", flush=True)
        with _WRITING:
            known = json.loads(MAP.read_text(encoding="utf-8")) if MAP.is_file() else {}
            known[file] = json.loads(told.read_text(encoding="utf-8"))
            MAP.parent.mkdir(exist_ok=True)
            MAP.write_text(json.dumps(known), encoding="utf-8")
    calls, seconds = known[file]["calls"], known[file]["seconds"]
    return {test: {tuple(spot) for spot in spots} for test, spots in calls.items()}, seconds

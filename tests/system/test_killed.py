"""A build and a run, killed at any step on the disk: what stands under a name is whole, and the next start clears up.

``HANDBOOK_CRASHES=500`` kills each of them so often; without it a few times.
"""

from __future__ import annotations

import importlib.util
import os
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import psutil
import pytest

from handbook_utils.cli import main
from handbook_utils.publishing import book, build_book
from handbook_utils.runs.folder import being_made, is_complete
from handbook_utils.session import PREFIX, session
from handbook_utils.text import durable

#: One edition, which is killed as well as two, and sooner.
LANGUAGES = ("en",)
UNIT = Path(__file__).parents[1] / "unit"
SMALL = Path(__file__).parents[1] / "data" / "small-handbook"
POINTS = int(os.environ.get("HANDBOOK_CRASHES", "3"))
#: After so many kills a build is built to its end; after each other it is looked at, and what was left is cleared.
EACH = 10 if POINTS > 50 else 3


def loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, UNIT / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


crashes, publishing = loaded("crashes"), loaded("test_publishing")


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder of its own for temporary files."""
    with tempfile.TemporaryDirectory(prefix="hb-test-") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        monkeypatch.setattr(tempfile, "tempdir", folder)  # Python tries a folder by a file of four bytes: not ours
        monkeypatch.delenv("HANDBOOK_KERNEL")  # a single run has no fork server
        yield Path(folder)


def killed_at_some(
    work: Callable[[], object], told: Path, marks: str, again: Callable[[int], object], whole: Callable[[bool], None]
) -> None:
    """Kill a work at steps drawn by chance: half of all, and half of those on what stands under its name."""
    again(0)
    lines = crashes.steps(work, told)
    whole(True)
    near = [number for number, line in enumerate(lines, start=1) if re.search(marks, line)]
    assert near and len(near) < len(lines)
    dice, kills = random.Random(POINTS), 0  # noqa: S311 - the same points every time
    for count in range(POINTS):
        step = dice.choice(near) if count % 2 else dice.randint(1, len(lines))
        again(count + 1)
        dead = crashes.killed(work, step, after=dice.random() < 0.5)
        kills += dead
        whole(not dead)
    print(f"killed {kills} times of {POINTS}; {len(lines)} steps, {len(near)} of them near")
    assert kills > 0.9 * POINTS


def nobody_at(folder: Path) -> None:
    """Wait until no process has anything to do with a folder: those whose parent was killed end by themselves."""
    while alive := [one for one in psutil.process_iter() if str(folder) in " ".join(_said(one))]:
        psutil.wait_procs(alive)


def _said(process: psutil.Process) -> list[str]:
    try:
        return [*process.cmdline(), process.cwd()]
    except psutil.Error:
        return []


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_build_that_is_killed_leaves_the_book_of_before_or_the_new_one(tmp_path: Path) -> None:
    root = publishing.sample(tmp_path / "sums")
    build = root / "_build"
    site, now, config = build / "html", {"kills": 0}, (root / "_config.yml").read_text(encoding="utf-8")
    build_book(root, LANGUAGES)  # the chapters are in the cache from here on
    kept = len(list((build / "cache").rglob("*.sealed")))

    def again(number: int) -> None:
        now["old"], now["title"] = tree(site), f"Sums {number} "
        (root / "_config.yml").write_text(
            re.sub(r"(handbook_titles: \{en: ).*?,", rf"\g<1>{now['title']},", config), encoding="utf-8"
        )

    def is_new(found: dict[str, bytes]) -> bool:
        pages = [text for name, text in found.items() if re.fullmatch(r"en/(book|notebooks)/.*\.html", name)]
        title = now["title"].strip().encode()
        return set(found) == set(now["old"]) and all(title + b"</title>" in page for page in pages)

    def whole(done: bool) -> None:
        if site.exists():  # before anything is put right: what stands under the name is whole
            found = tree(site)
            assert is_new(found) if done else found == now["old"] or is_new(found)
        nobody_at(root)
        durable.mend(site)
        assert is_new(tree(site)) or tree(site) == now["old"]
        book._clear_leftovers(build)  # with which a build begins
        now["kills"] += not done
        if not done and now["kills"] % EACH == 0:
            report = build_book(root, LANGUAGES)  # nothing stands in its way
            assert report.failures == () and all(outcome.cached for outcome in report.outcomes)
            assert is_new(tree(site)) and build_book(root, LANGUAGES).unchanged
        assert {path.name for path in build.iterdir()} - {"book.json"} == {"html", "cache", ".placing.lock"}
        assert len(list((build / "cache").rglob("*.sealed"))) == kept

    near = rf"{re.escape(str(build))}/(html|\.html\.[^/]*|\.?book\.json[^/]*|\.placing\.lock)$"
    killed_at_some(lambda: build_book(root, LANGUAGES), tmp_path / "steps", near, again, whole)


def test_a_run_that_is_killed_leaves_no_result_folder_or_a_whole_one(
    tmp_path: Path, short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, target, table = tmp_path / "handbook", tmp_path / "here" / "out", tmp_path / "table.csv"
    shutil.copytree(SMALL, root)
    (root / "requirements.lock").write_text("")
    monkeypatch.setenv("HANDBOOK_ROOT", str(root))

    def run() -> None:
        with session():
            main(["run", "recipes/count-things", "-p", "table", str(table), "-o", str(target)])

    def again(number: int) -> None:
        table.write_text("line\n" * (number + 1), encoding="utf-8")

    def whole(done: bool) -> None:
        nobody_at(short)
        assert not done or target.exists()
        assert not target.exists() or is_complete(target)
        with being_made(target):  # what the next run begins with
            pass
        durable.clear_folders(short, PREFIX)
        assert list(short.iterdir()) == []
        if target.exists():
            rows = (target / "tables" / "all-lines.csv").read_text(encoding="utf-8").count("line\n")
            assert rows == len(table.read_text(encoding="utf-8").splitlines()) + 1
            assert b"report" in (target / "ro-crate-metadata.json").read_bytes()
            assert {path.name for path in target.parent.iterdir()} == {"out"}
            shutil.rmtree(target)
        if target.parent.exists():
            target.parent.rmdir()  # empty, or this fails
        assert {path.name for path in tmp_path.iterdir()} <= {"handbook", "table.csv", "steps"}

    killed_at_some(run, tmp_path / "steps", rf"{re.escape(str(target.parent))}", again, whole)

"""Killed at any step on the disk, nothing is lost and nothing is half-made: file, cache, folders, key, ledger.

``HANDBOOK_CRASHES=500`` kills each of them so often; without it 60 times. Whole commands, a build and a run, are killed
in ``tests/system/test_killed.py``.
"""

import importlib.util
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from handbook_utils.execution.cache import Cache
from handbook_utils.protocols.ledger import Event, Ledger
from handbook_utils.protocols.people import key_file
from handbook_utils.protocols.people.key_file import Key, changed, generations, read_key
from handbook_utils.runs import folder as results
from handbook_utils.runs.folder import being_made, failed_folder
from handbook_utils.text import durable

_spec = importlib.util.spec_from_file_location("crashes", Path(__file__).with_name("crashes.py"))
crashes = importlib.util.module_from_spec(_spec)
sys.modules["crashes"] = crashes
_spec.loader.exec_module(crashes)

POINTS = int(os.environ.get("HANDBOOK_CRASHES", "60"))


def each_point(work: Callable[[], object], again: Callable[[int], object], whole: Callable[[bool], None]) -> None:
    """Kill a work at every step, before and after it, and then at steps drawn by chance until there were enough."""
    steps, number = [], 0
    while True:
        number += 1
        again(number)
        if not crashes.killed(work, number, after=False):
            whole(True)
            break
        whole(False)
        steps.append(number)
    dice = random.Random(len(steps))  # noqa: S311 - the same points every time
    points = [(step, True) for step in steps]
    points += [(dice.choice(steps), dice.random() < 0.5) for _ in range(POINTS - 2 * len(steps))]
    kills = len(steps)
    for count, (step, after) in enumerate(points):
        again(number + count + 1)
        dead = crashes.killed(work, step, after=after)
        kills += dead
        whole(not dead)
    # What is made for the first time may take a step more than later, and then comes to its end.
    print(f"killed {kills} times, at {len(steps)} steps")
    assert kills > 0.8 * (len(steps) + len(points))


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def notebook(text: str) -> nbformat.NotebookNode:
    made = new_notebook(cells=[new_code_cell(text)])
    made.cells[0].id = "one"
    return made


def test_a_file_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    path, now = tmp_path / "a.txt", {}

    def again(number: int) -> None:
        durable.clear(tmp_path)
        durable.write(path, b"old" * number, replace=True)
        now["old"], now["new"] = b"old" * number, b"new" * number

    def whole(done: bool) -> None:
        assert path.read_bytes() == now["new"] if done else path.read_bytes() in now.values()
        durable.clear(tmp_path)
        assert [one.name for one in tmp_path.iterdir()] == ["a.txt"]

    each_point(lambda: durable.write(path, now["new"], replace=True), again, whole)


def test_an_entry_of_the_cache_is_whole_or_not_there(tmp_path: Path) -> None:
    cache, old, new = Cache(tmp_path), "a" * 64, "a" * 63 + "b"  # in one folder
    number = [0]

    def again(count: int) -> None:
        number[0] = count
        cache.put(old, notebook("of before"))
        for left in tmp_path.glob(f"*/{new}*"):
            left.unlink()

    def work() -> None:
        cache.put(old, notebook("of now"))
        cache.put(new, notebook(f"{number[0]}"))

    def whole(done: bool) -> None:
        found = [cache.get(key) for key in (old, new)]
        texts = [None if one is None else one.cells[0].source for one in found]
        assert texts[0] in ("of before", "of now") and texts[1] in (None, str(number[0]))
        assert not done or texts == ["of now", str(number[0])]
        cache.put(new, notebook("again"))
        assert cache.get(new).cells[0].source == "again"
        assert [one.suffix for one in (tmp_path / "aa").iterdir()] == [".sealed", ".sealed"]

    each_point(work, again, whole)


@pytest.mark.parametrize("replaced", [False, True], ids=["new", "replaced"])
@pytest.mark.parametrize("kind", ["result folder", "site"])
def test_a_folder_is_the_old_one_or_the_new_one(tmp_path: Path, kind: str, replaced: bool) -> None:
    target, now = tmp_path / "out", {}

    def fill(folder: Path, text: str) -> None:
        (folder / "tables").mkdir(parents=True)
        (folder / "tables" / "a.csv").write_text(text, encoding="utf-8")
        (folder / "index.html").write_text(text, encoding="utf-8")

    def place(text: str) -> None:
        if kind == "site":
            made = tmp_path / ".book-1" / "html"
            fill(made, text)
            durable.place(made, target, replace=True)
            made.parent.rmdir()
        else:
            with being_made(target), results._moved_whole(target) as folder:
                fill(folder, text)

    def mended() -> None:
        if kind == "site":
            durable.mend(target)
            for left in tmp_path.glob(".book-*"):
                for path in sorted(left.rglob("*"), reverse=True):
                    path.rmdir() if path.is_dir() else path.unlink()
                left.rmdir()
        else:
            with being_made(target):
                pass

    def again(number: int) -> None:
        mended()
        if replaced:
            place(f"old {number}")
            now["old"] = tree(target)
        elif target.exists():
            durable.place(target, tmp_path / f".out.{number}.old")
            mended_away = tmp_path / f".out.{number}.old"
            for path in sorted(mended_away.rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
            mended_away.rmdir()
        now["text"] = f"new {number}"
        now["new"] = {name: now["text"].encode() for name in ("tables/a.csv", "index.html")}

    def whole(done: bool) -> None:
        if target.exists():  # before anything is put right: what stands under the name is whole
            assert tree(target) in ([now["new"]] if done else [now.get("old"), now["new"]])
        mended()
        assert target.exists() or (not replaced and not done)
        assert not target.exists() or tree(target) in (now.get("old"), now["new"])
        assert [one.name for one in tmp_path.iterdir()] == (["out"] if target.exists() else [])
        assert not failed_folder(target).exists()

    each_point(lambda: place(now["text"]), again, whole)


SECRET = "correct horse battery staple"  # noqa: S105 - of keys that the tests make


def test_a_key_has_every_code_it_had_and_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_file, "_COST", 2)  # scrypt at its real cost is the business of test_assignment
    path, codes = tmp_path / "key" / "key.enc", {"P1": "7K3PXP"}

    def with_all(before: Key | None) -> Key:
        return Key("X", simulated=False, codes={**(before.codes if before else {}), **codes})

    def again(number: int) -> None:
        codes[f"P{number + 1}"] = f"K-{number}"

    def whole(done: bool) -> None:
        key = read_key(path, SECRET)
        found = {} if key is None else dict(key.codes)
        before = dict(list(codes.items())[:-1])
        # Of the first key there may be nothing yet; after that it is the one of before or the one of now.
        assert found == codes if done else found in ([{}] if len(codes) == 2 else []) + [before, codes]
        changed(path, SECRET, with_all)
        assert dict(read_key(path, SECRET).codes) == codes
        copies = {one.name for one in generations(path)}
        left = {one.name for one in path.parent.iterdir()} - copies
        assert left == {path.name, f".{path.name}.lock"} and copies

    each_point(lambda: changed(path, SECRET, with_all), again, whole)


def test_a_ledger_has_all_events_of_a_step_or_none_and_agrees_with_its_checksums(tmp_path: Path) -> None:
    ledger, now = Ledger(tmp_path / "ledger.sqlite"), [0]

    def events() -> list[Event]:
        return [Event("collected", f"tube {now[0]}-{tube}", {"time": "08:00"}) for tube in range(3)]

    def again(number: int) -> None:
        now[0] = number

    def whole(done: bool) -> None:
        found = list(ledger.events()["subject"])  # which refuses a ledger that was changed
        before = [f"tube {number}-{tube}" for number in range(1, now[0]) for tube in range(3)]
        mine = [event.subject for event in events()]
        assert found == before + mine if done else found in (before, before + mine)
        ledger.append(events(), step="home sheet 1.0")
        assert list(ledger.events()["subject"]) == before + mine
        names = {one.name for one in tmp_path.iterdir()} - {"ledger.sqlite-wal", "ledger.sqlite-shm"}
        assert names <= {"ledger.sqlite", ".ledger.sqlite.lock"} | {one for one in names if one.endswith(durable.PART)}

    each_point(lambda: ledger.append(events(), step="home sheet 1.0"), again, whole)

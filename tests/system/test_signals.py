"""A command that is asked to end takes its kernels along and leaves nothing; what a killed one left is cleared.

``HANDBOOK_STOPS=50`` stops commands so often, at moments drawn by chance; without it a few times.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from handbook_utils.session import PREFIX
from handbook_utils.text.durable import clear_folders

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests/data/small-handbook"
CODE = "from handbook_utils.cli import main; main()"


def started(folder: Path, stderr: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """Start a run that takes a minute, and wait until its kernel has begun to work."""
    environment = os.environ | {"HANDBOOK_ROOT": str(folder / "handbook"), "TMPDIR": str((folder / "tmp").resolve())}
    command = [sys.executable, "-c", CODE, "run", "recipes/slow", "-p", "seconds", "60", "-o", str(folder / "out")]
    process = subprocess.Popen(command, cwd=folder, env=environment, stderr=stderr)
    while not list((folder / "tmp").rglob("begun")):
        assert process.poll() is None, "the run ended by itself"
        time.sleep(0.05)
    return process


@pytest.fixture
def handbook(tmp_path: Path) -> Iterator[Path]:
    """Return a folder with a handbook whose one chapter says that it has begun, and then sleeps."""
    folder = tmp_path / "handbook"
    (folder / "notebooks/recipes").mkdir(parents=True)
    (folder / "_toc.yml").write_text("format: jb-book\nroot: book/index\nchapters: [{file: notebooks/recipes/slow}]\n")
    (folder / "book").mkdir()
    (folder / "book/index.md").write_text("# Book\n")
    (folder / "requirements.lock").write_text("")
    (folder / "notebooks/recipes/slow.md").write_text(CHAPTER)
    # Not below pytest's deep folder: there would be no room for the fork server's sockets.
    with tempfile.TemporaryDirectory(prefix="hb-test-") as short:
        (tmp_path / "tmp").symlink_to(short, target_is_directory=True)
        yield tmp_path


STOPS = int(os.environ.get("HANDBOOK_STOPS", "4"))
COMMANDS = {
    "run": ["run", "recipes/slow", "-p", "seconds", "60", "-o", "out"],
    "build": ["build", "--lang", "en"],
    "batch": ["batch", "plan.csv", "-o", "all"],
    "check": ["check", "recipes/slow"],
}


@pytest.mark.parametrize("number", range(STOPS))
def test_stopped_at_any_moment_nobody_and_nothing_is_left(handbook: Path, number: int) -> None:
    dice = random.Random(number)  # noqa: S311 - the same moments every time
    name = list(COMMANDS)[number % len(COMMANDS)]
    signal_ = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT][number // len(COMMANDS) % 3]
    for file in ("_config.yml", "book/references.bib"):
        shutil.copyfile(ROOT / file, handbook / "handbook" / file)
    chapter = handbook / "handbook/notebooks/recipes/slow.md"  # which takes a minute where it is not said
    chapter.write_text(chapter.read_text().replace("seconds: int = 1 ", "seconds: int = 60 "))
    (handbook / "plan.csv").write_text("name,chapter\na,recipes/slow\nb,recipes/slow\n")
    tmp = (handbook / "tmp").resolve()
    environment = os.environ | {"HANDBOOK_ROOT": str(handbook / "handbook"), "TMPDIR": str(tmp)}
    process = subprocess.Popen(
        [sys.executable, "-c", CODE, *COMMANDS[name]],
        cwd=handbook,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    while not list(tmp.iterdir()):  # before that, nothing listens for signals, and nothing is there to be left
        assert process.poll() is None, process.stderr.read().decode()
        time.sleep(0.005)
    time.sleep(dice.choice([0.0, 0.3, 1.0, 3.0, 8.0]) * dice.random())
    children = psutil.Process(process.pid).children(recursive=True)
    assert process.poll() is None, process.stderr.read().decode()
    process.send_signal(signal_)
    told = process.communicate()[1].decode()
    assert process.returncode == 128 + signal_, told
    psutil.wait_procs(children)  # or this test does not end
    assert [one for one in psutil.process_iter(["environ"]) if _of(one, str(tmp))] == []
    assert list(tmp.iterdir()) == [], told
    assert "Traceback" not in told
    left = {path.name for path in handbook.iterdir()} - {"handbook", "plan.csv", "tmp", "all"}
    assert left == set()
    build = handbook / "handbook/_build"
    assert {path.name for path in build.glob("*")} <= {"cache", ".placing.lock"}
    assert {path.name for path in (handbook / "all").glob("*")} <= {".lock"}


def _of(process: psutil.Process, folder: str) -> bool:
    # What was started by the command has its folder for temporary files, or one within it.
    return str((process.info["environ"] or {}).get("TMPDIR", "")).startswith(folder)


CHAPTER = """---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, language: python, name: python3}
handbook:
  part: recipes
  question: How long does it take?
  audience: [researchers]
  minutes: 1
  data: []
  languages: [en]
  needs: Nothing.
---

# Sleep

```{code-cell} python
:tags: [parameters]

seconds: int = 1  # how long [0..100]
```

```{code-cell} python
import time
from pathlib import Path

Path("begun").write_text("yes")
time.sleep(seconds)
```
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_all_processes_and_leaves_no_file(handbook: Path, number: int) -> None:
    process = started(handbook)
    children = psutil.Process(process.pid).children(recursive=True)
    assert children
    process.send_signal(number)
    assert process.wait() == 128 + number
    assert psutil.wait_procs(children)[1] == []
    assert list((handbook / "tmp").iterdir()) == []
    assert not (handbook / "out").exists()


def test_a_run_that_is_stopped_says_what_it_was_doing(handbook: Path) -> None:
    process = started(handbook, stderr=subprocess.PIPE)
    process.send_signal(signal.SIGTERM)
    told = process.communicate()[1].decode()
    assert re.search(r"Stopped while recipes/slow was at cell 3 of 3, \d+ s: import time", told)


def test_what_a_killed_command_left_is_cleared_by_the_next(handbook: Path) -> None:
    process = started(handbook)
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    psutil.wait_procs(children)
    left = list((handbook / "tmp").glob(f"{PREFIX}*"))
    assert left
    assert clear_folders(handbook / "tmp", PREFIX) == left
    assert not left[0].exists()


def test_folders_without_a_lock_and_of_the_living_are_left_alone(tmp_path: Path) -> None:
    import fcntl

    (tmp_path / f"{PREFIX}mine" / "something").mkdir(parents=True)
    (tmp_path / "handbook-other").mkdir()
    living = tmp_path / f"{PREFIX}living"
    living.mkdir()
    with (living / ".lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert clear_folders(tmp_path, PREFIX) == []
    assert clear_folders(tmp_path, PREFIX) == [living]
    assert (tmp_path / f"{PREFIX}mine").is_dir() and (tmp_path / "handbook-other").is_dir()


def test_a_folder_of_one_that_was_killed_at_once_is_cleared(tmp_path: Path) -> None:
    (tmp_path / f"{PREFIX}empty").mkdir()
    assert clear_folders(tmp_path, PREFIX) == [tmp_path / f"{PREFIX}empty"]
    assert list(tmp_path.iterdir()) == []


def test_no_room_for_temporary_files_is_told(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    code = f"import tempfile; tempfile.tempdir = {str(file)!r}; {CODE}"
    ended = subprocess.run([sys.executable, "-c", code, "list"], capture_output=True, text=True)
    assert ended.returncode == 2
    assert "no room for temporary files" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_for_what_is_printed_is_told() -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run([sys.executable, "-c", CODE, "list"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert ended.returncode == 2
    assert "could not be printed" in ended.stderr
    assert "Traceback" not in ended.stderr and "Exception ignored" not in ended.stderr


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp1252"])
def test_a_terminal_without_some_letters_shows_the_others(encoding: str) -> None:
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    command = [sys.executable, "-c", CODE, "describe", "recipes/describe-composition"]
    ended = subprocess.run(command, env=environment, capture_output=True)
    assert ended.returncode == 0, ended.stderr
    assert "sample" in ended.stdout.decode(encoding)


def test_closed_streams_are_no_obstacle() -> None:
    for closed in ("1>&-", "2>&-", "0<&-", "0<&- 1>&- 2>&-"):
        ended = subprocess.run(
            ["/bin/sh", "-c", f'"$0" -c "$1" list {closed}', sys.executable, CODE], capture_output=True, text=True
        )
        assert ended.returncode == 0, ended.stderr
        assert "Traceback" not in ended.stderr


def test_a_deep_folder_for_temporary_files_is_no_obstacle(handbook: Path) -> None:
    deep = handbook.joinpath(*["a-rather-long-name-of-a-folder"] * 5)
    deep.mkdir(parents=True)
    environment = os.environ | {"HANDBOOK_ROOT": str(handbook / "handbook"), "TMPDIR": str(deep)}
    command = [sys.executable, "-c", CODE, "run", "recipes/slow", "-p", "seconds", "0", "-o", str(handbook / "out")]
    ended = subprocess.run(command, cwd=handbook, env=environment, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert list(deep.iterdir()) == []

"""A stranger's file is read in a child: what it does there is told, and the parent lives."""

from pathlib import Path

import pytest

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.execution.kernel import start_here
from handbook_utils.text.untrusted import Limits, allowed_memory, apart, forked

FORKED = start_here()


def in_child(code: str, tmp_path: Path, limits: Limits | None = None, start=FORKED):
    """Let a child do what a file would make a reader do."""
    (tmp_path / "read.py").write_text(code, encoding="utf-8")
    return apart("runpy:run_path", str(tmp_path / "read.py"), files=["my.biom"], limits=limits, start=start)


@pytest.mark.parametrize("number", ["SIGSEGV", "SIGABRT", "SIGBUS"])
def test_a_crash_is_a_message(number: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="crashed the program") as told:
        in_child(f"import os, signal; os.kill(os.getpid(), signal.{number})", tmp_path)
    assert told.value.where == "my.biom" and told.value.found == number


def test_a_kill_is_told_as_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ended from outside"):
        in_child("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", tmp_path)
    with pytest.raises(InputError, match="crashed") as told:
        in_child("import os; os._exit(3)", tmp_path)
    assert told.value.found == "exit code 3"


def test_memory_is_limited_and_told(tmp_path: Path) -> None:
    hungry = "kept = []\nwhile True:\n    kept.append(bytearray(b'1') * 20_000_000)"
    with pytest.raises(InputError, match="more memory than is allowed") as told:
        in_child(hungry, tmp_path, Limits(1.0, 600))
    assert told.value.expected == "at most 1 GB" and "HANDBOOK_MEMORY=2 " in (told.value.remedy or "")
    with pytest.raises(InputError, match="more memory than is allowed"):
        in_child("raise MemoryError", tmp_path)


def test_time_is_limited_and_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="takes too long") as told:
        in_child("while True: pass", tmp_path, Limits(8.0, 0.2))
    assert told.value.expected == "at most 0.2 s"


def test_what_is_wrong_comes_back_as_it_was_said(tmp_path: Path) -> None:
    one = InputError("A.", where="b", expected="c", found="d", remedy="e")
    said = (
        "from handbook_utils.errors import InputError, InputErrors\n"
        "one = InputError('A.', where='b', expected='c', found='d', remedy='e')\n"
    )
    with pytest.raises(InputError) as told:
        in_child(f"{said}raise one", tmp_path)
    assert vars(told.value) == vars(one)
    with pytest.raises(InputErrors) as both:
        in_child(f"{said}raise InputErrors([one, InputError('F.')])", tmp_path)
    assert [error.problem for error in both.value.errors] == ["A.", "F."]
    with pytest.raises(InputError, match="could not be read") as broken:
        in_child("1 / 0", tmp_path)
    assert broken.value.found == "ZeroDivisionError: division by zero (read.py, line 1)"


def test_a_child_has_the_folder_and_the_environment_of_its_parent(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HANDBOOK_SAID", "here")
    for start in (FORKED, forked):
        assert apart("os:getcwd", files=[], start=start) == str(tmp_path)
        assert apart("os:getenv", "HANDBOOK_SAID", files=[], start=start) == "here"


def test_what_is_allowed_can_be_said(monkeypatch) -> None:
    monkeypatch.delenv("HANDBOOK_MEMORY", raising=False)
    assert allowed_memory() is None
    assert 0 < Limits.here().memory <= 8
    monkeypatch.setenv("HANDBOOK_MEMORY", "16.5")
    assert Limits.here(30) == Limits(16.5, 30)
    assert Limits.here(30, memory=2) == Limits(2, 30)  # what is given to a command wins
    for wrong in ("much", "0", "-1", "inf", "nan"):
        monkeypatch.setenv("HANDBOOK_MEMORY", wrong)
        with pytest.raises(InputError, match="not a number"):
            Limits.here()
        with pytest.raises(InputError, match="not a number") as told:
            allowed_memory(wrong)
        assert told.value.where == "--memory"

"""A process that is killed before or after any step on the disk, so that nothing is cleared up."""

from __future__ import annotations

import builtins
import io
import itertools
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: What changes a disk. ``open`` counts where it writes; after it, a file is there and empty.
_STEPS = ("open", "write", "sendfile", "fsync", "replace", "rename", "link", "symlink", "unlink", "mkdir", "rmdir")
_KILLED = 9
#: Instructions of SQLite's own machine between two places at which a statement is cut off.
_INSTRUCTIONS = 5


def killed(work: Callable[[], object], step: int, *, after: bool) -> bool:
    """Do some work in a fork that dies at its n-th step on the disk.

    Parameters
    ----------
    work : callable
        Without arguments; it may end by ``SystemExit(0)``, as a command does.
    step : int
        From 1.
    after : bool
        Whether the step is done before it dies.

    Returns
    -------
    bool
        False where the work came to its end before that step.
    """

    def die(number: int, at: str, done: bool) -> None:
        if number == step and done == after:
            os._exit(_KILLED)

    code = _forked(work, die)
    assert code in (0, _KILLED), "the work failed by itself"
    return code == _KILLED


def steps(work: Callable[[], object], told: Path) -> list[str]:
    """Do some work in a fork, and return what it does to the disk, a line a step.

    Parameters
    ----------
    work : callable
        As above.
    told : pathlib.Path
        A file for these lines.

    Returns
    -------
    list of str
        The step, and what it was given first.
    """
    handle = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    write = os.write

    def note(_number: int, at: str, done: bool) -> None:
        if not done:
            write(handle, f"{at}\n".encode())

    assert _forked(work, note) == 0, "the work failed by itself"
    os.close(handle)
    return told.read_text(encoding="utf-8").splitlines()


def _forked(work: Callable[[], object], seen: Callable[[int, str, bool], None]) -> int:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _look(seen)
            work()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _look(seen: Callable[[int, str, bool], None]) -> None:
    """Have every step on the disk of this process seen, before it is done and after."""
    numbers = itertools.count(1)  # whose next is one step, also for threads

    def counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def done(*given: Any, **named: Any) -> Any:
            number, at = next(numbers), f"{name} {given[0] if given else ''}"
            seen(number, at, False)
            try:
                return real(*given, **named)
            finally:
                seen(number, at, True)

        return done

    real_open = builtins.open
    writing = counted("open", real_open)

    def opened(file: Any, mode: str = "r", *given: Any, **named: Any) -> Any:
        return (real_open if set("wax+").isdisjoint(mode) else writing)(file, mode, *given, **named)

    for name in _STEPS:
        setattr(os, name, counted(name, getattr(os, name)))
    builtins.open = io.open = opened  # type: ignore[assignment]

    class Connection(sqlite3.Connection):
        """Whose statements are steps, and so is all that SQLite does within one."""

        execute = counted("sqlite", sqlite3.Connection.execute)  # type: ignore[assignment]

    real_connect = sqlite3.connect

    def connected(*given: Any, **named: Any) -> sqlite3.Connection:
        made = real_connect(*given, **named, factory=Connection)
        made.set_progress_handler(counted("within sqlite", lambda: 0), _INSTRUCTIONS)
        return made

    sqlite3.connect = connected  # type: ignore[assignment]

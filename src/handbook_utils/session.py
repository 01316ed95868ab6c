"""What a command holds while it runs, and gives back however it ends: processes, and a folder for what is temporary.

Everything temporary of one command, its kernels' files too, lies in one folder that is locked as long as the command
lives. It goes with the command; what a killed one left is found unlocked by the next, and cleared. A signal that asks
the command to end (SIGTERM, SIGHUP, and SIGINT from a terminal) ends its kernels first, so that nothing of a reader's
data goes on being worked on, or stays.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from handbook_utils.errors import InputError
from handbook_utils.text import durable

#: How the folders of commands are named, in the system's folder for temporary files.
#: No other folder is named so.
PREFIX = "handbook."
#: Seconds after which a command that was asked to end does so, whatever it is waiting for.
_PATIENCE = 4.0


@dataclass(frozen=True)
class Doing:
    """What a run is at: the code cell, from 1, of how many, and its code."""

    cell: int
    of: int
    source: str
    since: float = field(default_factory=time.monotonic)

    def __str__(self) -> str:
        first = next((line.strip() for line in self.source.splitlines() if line.strip()), "")
        return f"cell {self.cell} of {self.of}, {time.monotonic() - self.since:.0f} s: {first[:60]}"


#: What each chapter that runs in this process is at, by slug.
doing: dict[str, Doing] = {}

#: Set once the command has been asked to end: nothing is begun or tried again.
ending = threading.Event()


@contextmanager
def session() -> Iterator[Path]:
    """Hold a folder for what is temporary, and end well when asked to; once, around all that a process does.

    Yields
    ------
    pathlib.Path
        The folder; ``tempfile`` and the processes that are started use it by themselves.

    Raises
    ------
    InputError
        There is no room for temporary files, or they may not be written.
    """
    with _signals() as asked, _folder() as folder:
        asked.begin(folder)
        try:
            yield folder
        finally:
            asked.pause()


@contextmanager
def _folder() -> Iterator[Path]:
    before = os.environ.get("TMPDIR")
    work = ExitStack()
    try:
        above = Path(tempfile.gettempdir())
        durable.clear_folders(above, PREFIX)
        folder = work.enter_context(durable.working_folder(above, PREFIX))
    except OSError as error:
        raise no_room(error, before) from None
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
    try:
        yield folder
    finally:
        # At a signal, threads are still at work when this folder goes: what they begin must find no other.
        if not ending.is_set():
            tempfile.tempdir = None
            if before is None:
                del os.environ["TMPDIR"]
            else:
                os.environ["TMPDIR"] = before
        # The fork server's sockets lie there, too, and multiprocessing would look for them when Python ends.
        if "multiprocessing.util" in sys.modules:
            sys.modules["multiprocessing.util"]._exit_function()
        work.close()


def no_room(error: OSError, above: str | None) -> InputError:
    """Return what is told where temporary files cannot be written.

    Parameters
    ----------
    error : OSError
        Of writing one.
    above : str or None
        Where they lie, or None for the system's folder.

    Returns
    -------
    InputError
        With the remedy.
    """
    return InputError(
        "There is no room for temporary files, or they may not be written.",
        where=above or "the system's folder for temporary files",
        found=str(error.strerror or error),
        remedy="Make room there, or name a folder on another disk: TMPDIR=/a/folder handbook …",
    )


class _Asked:
    """What is done at a signal: at once, but while the folder is made or removed, when that is done."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self.waiting = 0

    def begin(self, folder: Path) -> None:
        self._folder = folder
        if self.waiting:
            self(self.waiting, None)

    def pause(self) -> None:
        self._folder = None
        if ending.is_set():
            _end_processes()  # whatever was started meanwhile

    def __call__(self, number: int, _frame: object) -> None:
        if ending.is_set():
            return
        if self._folder is None:
            self.waiting = number
            return
        ending.set()
        for slug, at in list(doing.items()):
            with suppress(OSError, ValueError, RuntimeError):  # a closed or busy stream must not keep it from ending
                os.write(2, f"Stopped while {slug} was at {at}\n".encode(errors="replace"))
        with suppress(AttributeError, ImportError):  # it came while psutil was imported: then it is done at the end
            _end_processes()
        last = threading.Timer(_PATIENCE, _leave, args=(self._folder, 128 + number))
        last.daemon = True
        last.start()
        sys.exit(128 + number)


@contextmanager
def _signals() -> Iterator[_Asked]:
    asked = _Asked()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    names = [name for name in ("SIGTERM", "SIGHUP", "SIGINT") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), asked) for name in names}
    try:
        yield asked
    finally:
        if not ending.is_set():
            for name, handler in before.items():
                signal.signal(getattr(signal, name), handler)
    if asked.waiting and not ending.is_set():  # it came when there was nothing left to end
        sys.exit(128 + asked.waiting)


def _end_processes() -> None:
    import psutil  # a command that is not asked to end does without

    # What keeps account of shared locks ends by itself with this process, and would be begun again.
    tracker = getattr(sys.modules.get("multiprocessing.resource_tracker"), "_resource_tracker", None)
    for process in psutil.Process().children(recursive=True):
        if tracker is not None and process.pid == tracker._pid:
            continue
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue


def _leave(folder: Path, code: int) -> None:
    _end_processes()
    durable.remove(folder)
    os._exit(code)

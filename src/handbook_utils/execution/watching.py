"""A look at a kernel while a cell runs: how much memory it takes, and an end where that is more than it may."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

GB = 1000**3
#: Seconds between two looks.
_LOOK = 0.1


class MemoryLimitError(RuntimeError):
    """A kernel took more memory than it may, and was ended."""


@dataclass
class Watched:
    """A kernel that is looked at.

    Attributes
    ----------
    pid : int
        Its process.
    most : float
        GB that it may take, with what it starts.
    taken : float or None
        GB that it had when it was ended; None where it was not.
    """

    pid: int
    most: float
    taken: float | None = None

    def look(self) -> None:
        """End the kernel, and what it started, where they take too much."""
        try:
            kernel = psutil.Process(self.pid)
            family = [kernel, *kernel.children(recursive=True)]
            taken = sum(one.memory_info().rss for one in family) / GB
        except psutil.Error:  # it, or what it started, has just ended
            return
        if taken > self.most:
            self.taken = taken
            for one in family:
                one.kill()


@contextmanager
def watched(pid: int, most: float) -> Iterator[Watched]:
    """Look at a kernel again and again.

    Parameters
    ----------
    pid : int
        Its process.
    most : float
        GB that it may take.

    Yields
    ------
    Watched
        Which says whether it was ended.
    """
    kernel, over = Watched(pid, most), threading.Event()

    def look() -> None:
        kernel.look()
        while kernel.taken is None and not over.wait(_LOOK):
            kernel.look()

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield kernel
    finally:
        over.set()
        looking.join()

"""Samples side by side in processes of their own, from anywhere.

A chapter's kernel is a daemon of the process that executes it, and daemons may have no children by ``multiprocessing``;
so each worker is a Python started by its name, is given its share of the items at once, and ends when it has done them.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

_In = TypeVar("_In")
_Out = TypeVar("_Out")
#: Seconds after which a worker looks again whether anybody waits for it.
_LOOK = 0.5


class Processes:
    """Workers that do the same to many items.

    Parameters
    ----------
    workers : int
        How many at once.

    Examples
    --------
    >>> Processes(2).map(abs, [-1, 2, -3])
    [1, 2, 3]
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def map(self, function: Callable[[_In], _Out], items: Iterable[_In]) -> list[_Out]:
        """Do the same to every item.

        Parameters
        ----------
        function : callable
            Of one item; it, what it takes and what it gives can be pickled.
        items : iterable
            What it is done to.

        Returns
        -------
        list
            In the order of the items.

        Raises
        ------
        Exception
            The first that an item raised; RuntimeError where a worker was killed.
        """
        todo = list(items)
        shares = [todo[at :: self.workers] for at in range(min(self.workers, len(todo)))]
        with ThreadPoolExecutor(max(1, len(shares))) as threads:
            done = list(threads.map(lambda share: _worked(function, share), shares))
        found: list[Any] = [None] * len(todo)
        for at, results in enumerate(done):
            found[at :: self.workers] = results
        return found


def _worked(function: Callable[[Any], Any], share: list[Any]) -> list[Any]:
    command = [sys.executable, "-m", "handbook_utils.reads.processes"]
    done = subprocess.run(command, input=pickle.dumps((function, share)), stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise RuntimeError(f"a worker ended with {done.returncode}, perhaps for want of memory: try fewer workers")
    error, results = pickle.loads(done.stdout)  # noqa: S301 - from the process started here
    if error is not None:
        raise error
    return list(results)


def _end_with(parent: int) -> None:
    """End this process when the one that started it was killed: it would work on for nobody, beside the next run."""
    while os.getppid() == parent:
        time.sleep(_LOOK)
    os._exit(1)


def _work() -> None:
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    function, share = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started this one
    told: tuple[Exception | None, list[Any]]
    try:
        told = (None, [function(item) for item in share])
    except Exception as error:
        told = (error, [])
    sys.stdout.buffer.write(pickle.dumps(told))


if __name__ == "__main__":
    _work()

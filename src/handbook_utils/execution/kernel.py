"""How the process of a kernel is started: forked from one that has the imports done, from this one, or anew.

A chapter names the ordinary ``python3`` kernel, so that it opens in JupyterLab and on Binder. Our executor runs its
cells in a shell of its own (:mod:`.shell`), in a process that the standard library's fork server forks. Where there is
none (Windows) it is started anew: slower, with the same results.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import threading
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from typing import Any

from handbook_utils.text import untrusted

#: What may say ``ordinary``: Jupyter's own kernels, with which tests compare ours; ``spawned``: processes that are
#: started anew, as on Windows; or ``forked``: the fork server also for a single run.
VARIABLE = "HANDBOOK_KERNEL"

_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
_PRELOAD = ["handbook_utils.execution.preload"]
_starting = threading.Lock()
#: Bytes of a folder in which the fork server's socket, in a folder of its own, can still have its name.
_DEEPEST = 70


def room_for_sockets() -> bool:
    """Tell whether sockets can have names in the folder for temporary files.

    A socket's path is short by force (108 bytes on Linux, 104 on macOS). Where folders lie deeper there is no fork
    server.
    """
    return len(os.fsencode(tempfile.gettempdir())) < _DEEPEST


def start_here(*, alone: bool = False) -> untrusted.Start:
    """Return how processes are started on this platform and in these folders.

    Parameters
    ----------
    alone : bool
        For one run in this process. Its kernel imports what its chapter needs, and nobody holds the rest: the fork
        server, which has it all, would be half of the memory of the run.

    Returns
    -------
    callable
        As :func:`handbook_utils.text.untrusted.forked`.
    """
    said = os.environ.get(VARIABLE)
    served = "forkserver" in multiprocessing.get_all_start_methods() and room_for_sockets()
    if said in ("ordinary", "spawned") or not served:
        return spawned
    return untrusted.forked if alone and said != "forked" else forked


def make_available(workers: int = 1) -> None:
    """Bound what kernels may use.

    Parameters
    ----------
    workers : int
        How many kernels run at once. They share the cores: two kernels that both use every core for linear algebra
        are many times slower than one (measured).
    """
    for name in _THREADS:
        os.environ.setdefault(name, str(max(1, (os.cpu_count() or 1) // workers)))
    # A kernel is ended at once, and a lock that numba made in it is then cleared up after it: nobody needs to be told.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker:UserWarning")


def prepare(workers: int = 1) -> None:
    """Start the process that kernels are forked from, without waiting for its imports.

    A build that will execute chapters calls it first, so that these imports and the reading of the chapters are done
    side by side. Where there is no fork server it does nothing.

    Parameters
    ----------
    workers : int
        How many kernels will run at once. Linear algebra counts its threads when it is imported, which is here.
    """
    make_available(workers)
    if start_here() is forked:
        with _starting, _without_main():
            multiprocessing.get_context("forkserver").set_forkserver_preload(_PRELOAD)
            forkserver.ensure_running()


def forked(target: Callable[..., None], arguments: tuple[Any, ...]) -> BaseProcess:
    """Start a process that has the imports done.

    Parameters
    ----------
    target : callable
        Of a module.
    arguments : tuple
        What it takes; it is pickled.

    Returns
    -------
    multiprocessing.process.BaseProcess
        It ends with this one.
    """
    return _started("forkserver", target, arguments)


def spawned(target: Callable[..., None], arguments: tuple[Any, ...]) -> BaseProcess:
    """Start a process that has nothing of this one.

    Parameters
    ----------
    target : callable
        Of a module.
    arguments : tuple
        What it takes; it is pickled.

    Returns
    -------
    multiprocessing.process.BaseProcess
        It ends with this one.
    """
    return _started("spawn", target, arguments)


def _started(method: str, target: Callable[..., None], arguments: tuple[Any, ...]) -> BaseProcess:
    with _starting, _without_main():
        context: Any = multiprocessing.get_context(method)
        if method == "forkserver":
            context.set_forkserver_preload(_PRELOAD)
        process: BaseProcess = context.Process(target=target, args=arguments, daemon=True)
        process.start()
    return process


@contextmanager
def _without_main() -> Iterator[None]:
    # multiprocessing re-imports the parent's main module in every child; a kernel needs none of it, and the command
    # line's or pytest's would cost more than the fork.
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main

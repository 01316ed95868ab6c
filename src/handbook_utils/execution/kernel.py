"""The preloaded kernel: a ``jupyter_client`` provisioner over the standard library's fork server.

A chapter names the ordinary ``python3`` kernel, so that it opens in JupyterLab and on Binder. Our executor and our
tests choose the kernelspec ``handbook`` of this package, whose kernels are forked from a process that has done the
imports. Where there is no fork server (Windows), :data:`KERNEL` is the ordinary kernel: slower, with the same results.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
import tempfile
import threading
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from handbook_utils.text.untrusted import end_with_parent

#: What may say ``ordinary``: such kernels everywhere; or ``forked``: such kernels also for a single run.
_VARIABLE = "HANDBOOK_KERNEL"
_FORKS = "forkserver" in multiprocessing.get_all_start_methods() and os.environ.get(_VARIABLE) != "ordinary"
#: The kernel to choose on this platform.
KERNEL = "handbook" if _FORKS else "python3"

_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
_PRELOAD = ["handbook_utils.execution.preload"]
_starting = threading.Lock()
#: Bytes of a folder in which the fork server's socket, in a folder of its own, can still have its name.
_DEEPEST = 70


def room_for_sockets() -> bool:
    """Tell whether sockets can have names in the folder for temporary files.

    A socket's path is short by force (108 bytes on Linux, 104 on macOS). Where folders lie deeper there is no fork
    server, and a kernel speaks by ports.
    """
    return len(os.fsencode(tempfile.gettempdir())) < _DEEPEST


def kernel_here(*, alone: bool = False) -> str:
    """Return the kernel to choose on this platform and in these folders.

    Parameters
    ----------
    alone : bool
        For one run in this process. Its kernel (:mod:`.alone`) imports what its chapter needs, and nobody holds the
        rest: the fork server, which has it all, would be half of the memory of the run.

    Returns
    -------
    str
        Name of a kernelspec.
    """
    said = os.environ.get(_VARIABLE)
    if alone and said not in ("forked", "ordinary"):
        return "handbook-alone"
    return KERNEL if room_for_sockets() else "python3"


def make_available(workers: int = 1) -> None:
    """Make the kernelspec ``handbook`` known in this process, and bound what its kernels may use.

    Parameters
    ----------
    workers : int
        How many kernels run at once. They share the cores: two kernels that both use every core for linear algebra
        are many times slower than one (measured).
    """
    share = str(Path(__file__).parent / "share" / "jupyter")
    known = os.environ.get("JUPYTER_PATH", "").split(os.pathsep)
    if share not in known:
        os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [share, *known]))
    for name in _THREADS:
        os.environ.setdefault(name, str(max(1, (os.cpu_count() or 1) // workers)))
    # Debugger warnings about frozen modules are of no use in a chapter.
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
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
    if kernel_here() == "handbook":
        with _starting, _without_main():
            multiprocessing.get_context("forkserver").set_forkserver_preload(_PRELOAD)
            forkserver.ensure_running()


def forked(target: Callable[..., None], arguments: tuple[Any, ...]) -> ForkServerProcess:
    """Start a process that has the imports done.

    Parameters
    ----------
    target : callable
        Of a module.
    arguments : tuple
        What it takes; it is pickled.

    Returns
    -------
    multiprocessing.context.ForkServerProcess
        It ends with this one.
    """
    with _starting, _without_main():
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(_PRELOAD)
        process = context.Process(target=target, args=arguments, daemon=True)
        process.start()
    return process


class ForkedKernel(LocalProvisioner):
    """Start a kernel by a fork of the preloaded process; everything else is as for a local kernel."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel.

        Parameters
        ----------
        cmd : list of str
            Of this, only the connection file's name is used.
        **kwargs
            `env` and `cwd` as for a process.

        Returns
        -------
        dict
            How to connect.
        """
        connection_file = cmd[cmd.index("-f") + 1]
        environment = {key: str(value) for key, value in (kwargs.get("env") or os.environ).items()}
        folder = str(kwargs.get("cwd") or Path.cwd())
        process = _Process(forked(serve, (connection_file, environment, folder)))
        self.process = process  # type: ignore[assignment]
        self.pid = process.pid
        self.pgid = None
        self.cwd = folder
        return self.connection_info

    async def wait(self) -> int | None:
        """Wait until the kernel has ended, looking more often than for a kernel of minutes."""
        while self.process is not None and await self.poll() is None:
            await asyncio.sleep(0.01)
        return await super().wait()


class _Process:
    """A forked process with the face of a ``subprocess.Popen``, which a local provisioner expects."""

    stdin = stdout = stderr = None

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process
        self.pid = process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        self._process.join(timeout)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.pid is not None and self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self._process.kill()

    def terminate(self) -> None:
        self._process.terminate()


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


def serve(connection_file: str, environment: dict[str, str], folder: str) -> None:
    """Be a kernel until told to stop; runs in the forked process.

    Parameters
    ----------
    connection_file : str
        Written by the kernel manager.
    environment : dict of str to str
        The whole environment of the kernel.
    folder : str
        Its working directory.
    """
    from ipykernel.kernelapp import IPKernelApp

    class Quiet(IPKernelApp):
        """A kernel that does not print how to connect to it."""

        def log_connection_info(self) -> None: ...

    os.setsid()  # an interrupt at the terminal is for the executor, which then stops its kernels
    end_with_parent()
    os.environ.clear()
    os.environ.update(environment)
    # ipykernel watches this process by its number; the fork server is not the one to watch.
    os.environ.pop("JPY_PARENT_PID", None)
    os.chdir(folder)
    app = Quiet.instance()
    # No history file: it is most of an empty kernel's start, and kernels that run side by side would share it.
    app.initialize(["-f", connection_file, "--HistoryManager.enabled=False", "--log-level=ERROR"])  # type: ignore[no-untyped-call]
    app.start()  # type: ignore[no-untyped-call]

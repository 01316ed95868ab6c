"""Cells in an IPython shell of a process beside this one, with a pipe between them: a kernel without sockets.

What a chapter needs of a kernel is little: its cells run one after another, and what they print and show is kept. The
ordinary kernel does that over five sockets with heartbeats and an event loop on both sides, which was a third of an
average chapter's time in the process that executes it, and 17 MB of its kernel (measured). The parent takes JSON from
the pipe, and no pickle.
"""

from __future__ import annotations

import base64
import contextlib
import gc
import io
import json
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from itertools import takewhile
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import psutil

from handbook_utils.execution import lean
from handbook_utils.text.untrusted import GB, Start, begin_child

#: Seconds between two looks at how much memory a kernel has, and at the time.
_LOOK = 0.1


class CellTimeoutError(TimeoutError):
    """A cell was not done when the chapter's time was over."""


class DeadKernelError(RuntimeError):
    """The process in which cells run has ended."""


class MemoryLimitError(RuntimeError):
    """A kernel took more memory than it may, and was ended."""


class Shell:
    """The hold on a process in which cells run.

    Parameters
    ----------
    start : callable
        How the process is started.
    environment : dict of str to str
        Its whole environment.
    folder : pathlib.Path
        Its working directory.
    sparing : bool
        Whether it is to take as little memory as it can.
    """

    def __init__(self, start: Start, environment: dict[str, str], folder: Path, *, sparing: bool = False) -> None:
        self._here, there = multiprocessing.Pipe()
        self._process = start(serve, (there, environment, str(folder), sparing))
        there.close()

    def __enter__(self) -> Shell:
        return self

    def __exit__(self, *_: object) -> None:
        self._here.close()
        self._end()
        self._process.join()

    def run(self, source: str, deadline: float, memory: float | None) -> tuple[list[dict[str, Any]], bool]:
        """Execute a cell.

        Parameters
        ----------
        source : str
            Its code.
        deadline : float
            By ``time.monotonic()``.
        memory : float or None
            GB that the process may take, with what it starts; None is as much as there is.

        Returns
        -------
        list of dict
            Its outputs, as a notebook has them.
        bool
            Whether it ran to its end.

        Raises
        ------
        CellTimeoutError
            It was not done by the deadline.
        DeadKernelError
            The process ended.
        MemoryLimitError
            It was ended, since it took more than it may.
        """
        try:
            self._here.send_bytes(source.encode("utf-8", "surrogatepass"))
            ready = None
            while not ready:
                if memory and (taken := self._taken()) > memory:
                    self._end()
                    raise MemoryLimitError(f"{taken:.2f} GB, of at most {memory:.3g} GB")
                ready = wait([self._here, self._process.sentinel], timeout=_LOOK)
                if not ready and time.monotonic() > deadline:
                    raise CellTimeoutError("The time is over.")
            if not self._here.poll():  # it has ended, and a child of it holds the pipe
                raise EOFError
            outputs, done = json.loads(self._here.recv_bytes())
        except (EOFError, ConnectionError):
            raise DeadKernelError("Kernel died") from None
        return outputs, done

    def _taken(self) -> float:
        """Return how many GB the process and what it started have."""
        try:
            return float(sum(one.memory_info().rss for one in self._family())) / GB
        except psutil.Error:  # one has just ended
            return 0.0

    def _end(self) -> None:
        """End the process, and what it started: its children, and all of its session where it has ended before them."""
        if self._process.is_alive():
            with contextlib.suppress(psutil.Error):
                for one in self._family():
                    with contextlib.suppress(psutil.NoSuchProcess):
                        one.kill()
        if sys.platform != "win32" and self._process.pid is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _family(self) -> list[psutil.Process]:
        process = psutil.Process(self._process.pid)
        return [process, *process.children(recursive=True)]


# ---------------------------------------------------------------------- in the process itself


def serve(cells: Connection, environment: dict[str, str], folder: str, sparing: bool) -> None:
    """Run cells until the pipe is closed.

    Parameters
    ----------
    cells : multiprocessing.connection.Connection
        The code of each comes in; its outputs go out, and whether it ran to its end.
    environment : dict of str to str
        The whole environment of the process.
    folder : str
        Its working directory.
    sparing : bool
        Whether it is to take as little memory as it can.
    """
    if hasattr(os, "setsid"):
        os.setsid()  # an interrupt at the terminal is for the executor, which then ends this
    begin_child(environment, folder)
    # A chapter may have children by multiprocessing, which a daemon may not. They end with it.
    vars(multiprocessing.current_process())["_config"]["daemon"] = False
    if sparing:
        lean.import_pandas()
    with _Kept() as kept:
        shell = _shell(kept)
        while True:
            try:
                source = cells.recv_bytes().decode("utf-8", "surrogatepass")
            except EOFError:
                return
            ended = shell.run_cell(source, store_history=True)
            if sparing:
                gc.collect()  # a figure is a circle of some MB, which the collector would come to much later
            told = json.dumps([kept.taken(), ended.success], default=_encoded, ensure_ascii=False)
            cells.send_bytes(told.encode("utf-8", "replace"))


def _encoded(value: object) -> object:
    """Write what JSON cannot: pictures are bytes, and numbers may be numpy's."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.item() if hasattr(value, "item") else str(value)


class _Kept:
    """What a cell has written and shown, in the order it did so; then what came past Python, by programs it started."""

    def __init__(self) -> None:
        self._outputs: list[dict[str, Any]] = []
        self._clear = False

    def __enter__(self) -> _Kept:
        self._files = {"stdout": tempfile.TemporaryFile(), "stderr": tempfile.TemporaryFile()}
        for number, (name, file) in enumerate(self._files.items(), start=1):
            os.dup2(file.fileno(), number)
            setattr(sys, name, _Stream(name, self, number))
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.close()

    def add(self, output: dict[str, Any]) -> None:
        if self._clear:
            self._outputs.clear()
            self._clear = False
        self._outputs.append(output)

    def write(self, name: str, text: str) -> None:
        """Keep a text; between two things that are shown each stream is whole, standard output first, as in Jupyter."""
        if not text:
            return
        before = [] if self._clear else reversed(self._outputs)
        last = list(takewhile(lambda output: output["output_type"] == "stream", before))
        for output in last:
            if output["name"] == name:
                output["text"].append(text)
                return
        self.add({"output_type": "stream", "name": name, "text": [text]})
        if last and name == "stdout":
            self._outputs[-2:] = reversed(self._outputs[-2:])

    def clear(self, wait: bool) -> None:
        self._clear = True
        if not wait:
            self._outputs.clear()
            self._clear = False

    def taken(self) -> list[dict[str, Any]]:
        """Return all of it, and begin anew."""
        for name, file in self._files.items():
            file.seek(0)
            self.write(name, file.read().decode(errors="replace"))
            file.seek(0)
            file.truncate()
        outputs, self._outputs, self._clear = self._outputs, [], False
        for output in outputs:
            if output["output_type"] == "stream":
                output["text"] = "".join(output["text"])
        return outputs


class _Stream(io.TextIOBase):
    """Standard output, or standard error, of cells."""

    encoding = "utf-8"

    def __init__(self, name: str, kept: _Kept, number: int) -> None:
        self._name, self._kept, self._number, self._process = name, kept, number, os.getpid()

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._number

    def write(self, text: str) -> int:
        if os.getpid() == self._process:
            self._kept.write(self._name, text)
        else:  # a fork of it has a copy of what is kept, and the same file
            os.write(self._number, text.encode("utf-8", "replace"))
        return len(text)


def _shell(kept: _Kept) -> Any:
    """Make the shell, whose outputs are kept."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Publisher(DisplayPublisher):
        """What ``display`` gives its pictures and tables to."""

        def publish(self, data: Any, metadata: Any = None, *_: Any, **__: Any) -> None:
            kept.add({"output_type": "display_data", "data": data, "metadata": metadata or {}})

        def clear_output(self, wait: bool = False) -> None:
            kept.clear(wait)

    class Hook(DisplayHook):
        """What the value of a cell's last line goes to."""

        def write_output_prompt(self) -> None: ...

        def finish_displayhook(self) -> None: ...

        def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
            result = {"data": format_dict, "metadata": md_dict or {}, "execution_count": self.prompt_count}
            kept.add({"output_type": "execute_result", **result})

    class Kernel(InteractiveShell):
        """A shell without a terminal."""

        display_pub_class: Any = Publisher
        displayhook_class: Any = Hook

        def _showtraceback(self, etype: type[BaseException], evalue: BaseException | None, stb: list[str]) -> None:
            kept.add({"output_type": "error", "ename": etype.__name__, "evalue": str(evalue), "traceback": stb})

        def enable_gui(self, gui: str | None = None) -> None: ...

    # No history file: kernels that run side by side would share it.
    config = Config()
    config.HistoryManager.enabled = False
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    shell = Kernel.instance(config=config)
    if "matplotlib" in sys.modules:  # imported before this process was forked, with the choice made by then
        shell.enable_matplotlib("inline")  # type: ignore[no-untyped-call]
    return shell

"""papermill's engine with what it does not pass on: environment and folder of a kernel, a deadline for a whole chapter.

papermill would change the working directory of the whole process instead, and other chapters run beside this one.
A kernel is taken as ready when it has answered and fallen idle, not after a fifth of a second of silence: with small
chapters that silence would be half of the time.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines

from handbook_utils.execution.kernel import room_for_sockets
from handbook_utils.execution.watching import MemoryLimitError, Watched, watched
from handbook_utils.session import Doing, doing

NAME = "handbook"


class PromptClient(AsyncKernelClient):
    """A client that knows at once when its kernel is ready."""

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        deadline = time.monotonic() + (timeout if timeout is not None else float("inf"))
        while time.monotonic() < deadline:
            asked = self.kernel_info()
            try:
                await self.get_shell_msg(timeout=1)
                # What the kernel says on IOPub comes in order: after its idle for this request the channel is empty.
                while True:
                    said = await self.get_iopub_msg(timeout=0.2)
                    idle = said["content"].get("execution_state") == "idle"
                    if idle and said["parent_header"].get("msg_id") == asked:
                        return
            except Empty:
                if not await self._async_is_alive():
                    break
        raise RuntimeError("Kernel died before replying to kernel_info")

    wait_for_ready = _async_wait_for_ready


class PromptManager(AsyncKernelManager):
    """A kernel manager whose clients are prompt, and that speaks by files where it can.

    A port that was free when it was chosen may be taken when the kernel binds it; a name in a folder of its own cannot.
    """

    _sockets: tempfile.TemporaryDirectory[str] | None = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if os.name == "posix" and room_for_sockets():
            self._sockets = tempfile.TemporaryDirectory(prefix="hb-")
            self.transport = "ipc"
            self.connection_file = str(Path(self._sockets.name) / "k.json")
            self.ip = str(Path(self._sockets.name) / "k")

    def client(self, **kwargs: Any) -> Any:
        """Return a prompt client; nbclient sets another class just before it asks for one."""
        self.client_factory = PromptClient
        return super().client(**kwargs)

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        await super()._async_cleanup_resources(restart=restart)
        if not restart and self._sockets is not None:
            self._sockets.cleanup()

    cleanup_resources = _async_cleanup_resources

    async def _async_wait(self, pollinterval: float = 0.1) -> None:
        await super()._async_wait(min(pollinterval, 0.01))


class CellStoppedError(RuntimeError):
    """A cell did not end: its kernel died, or the chapter's time was over.

    Parameters
    ----------
    number : int
        Of the code cell, from 1, the cell of injected parameters counted.
    source : str
        The cell's code.
    """

    def __init__(self, number: int, source: str) -> None:
        super().__init__(number, source)
        self.number, self.source = number, source


class NamingClient(PapermillNotebookClient):  # type: ignore[misc]
    """A client that says which cell it is at, and in which a kernel died, took too much memory, or time ran out."""

    #: What runs, for :data:`handbook_utils.session.doing`; GB its kernel may take, or None.
    slug: str = ""
    memory: float | None = None

    def execute_cell(self, cell: Any, index: int, **given: Any) -> Any:
        """Execute one cell.

        Parameters
        ----------
        cell : nbformat.NotebookNode
            A code cell.
        index : int
            Its place among all cells, from 0.
        **given : object
            What nbclient takes besides.

        Returns
        -------
        nbformat.NotebookNode
            With its outputs.

        Raises
        ------
        CellStoppedError
            The kernel died, or was ended for its memory, or the time was over.
        """
        code = [one.cell_type == "code" for one in self.nb.cells]
        number = sum(code[: index + 1])
        doing[self.slug] = Doing(number, sum(code), cell.source)
        kernel = None
        try:
            with contextlib.ExitStack() as stack:
                if self.memory is not None and self.km.provisioner.pid is not None:
                    kernel = stack.enter_context(watched(self.km.provisioner.pid, self.memory))
                done = super().execute_cell(cell, index, **given)
        except (DeadKernelError, TimeoutError) as error:
            raise CellStoppedError(number, cell.source) from (_over(kernel) or error)
        finally:
            doing.pop(self.slug, None)
        if reason := _over(kernel):  # ended just when the cell was done: the next would find no kernel, and no reason
            raise CellStoppedError(number, cell.source) from reason
        return done


def _over(kernel: Watched | None) -> MemoryLimitError | None:
    """Return that a kernel took too much, where it did."""
    if kernel is None or kernel.taken is None:
        return None
    return MemoryLimitError(f"{kernel.taken:.2f} GB, of at most {kernel.most:.3g} GB")


class HandbookEngine(NBClientEngine):  # type: ignore[misc]
    """Execute a managed notebook in a kernel of its own environment and folder."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        environment: dict[str, str],
        folder: Path,
        deadline: float,
        slug: str,
        memory: float | None,
        start_timeout: int = 60,
        **_: Any,
    ) -> Any:
        """Execute all cells.

        Parameters
        ----------
        nb_man : papermill.engines.NotebookExecutionManager
            papermill's hold on the notebook.
        kernel_name : str
            The kernelspec.
        environment : dict of str to str
            The kernel's whole environment.
        folder : pathlib.Path
            The kernel's working directory.
        deadline : float
            By ``time.monotonic()``.
        slug : str
            Of the chapter.
        memory : float or None
            GB that the kernel may take; None is as much as there is.
        start_timeout : int
            Seconds a kernel may take to answer.

        Returns
        -------
        nbformat.NotebookNode
            With its outputs.

        Raises
        ------
        CellStoppedError
            A cell's kernel died, or the deadline passed.
        """
        client = NamingClient(
            nb_man,
            kernel_name=kernel_name,
            startup_timeout=start_timeout,
            timeout_func=lambda _cell: max(1, int(deadline - time.monotonic())),
            record_timing=False,
            store_widget_state=False,
            kernel_manager_class=PromptManager,
            shutdown_kernel="immediate",  # a chapter leaves nothing that a kernel would have to finish
        )
        client.slug, client.memory = slug, memory
        return client.execute(env=environment, cwd=str(folder))


def register() -> None:
    """Make the engine known to papermill by :data:`NAME`."""
    papermill_engines.register(NAME, HandbookEngine)

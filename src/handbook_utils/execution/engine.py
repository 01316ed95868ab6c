"""papermill's engines: cells in a shell of a process beside this one (:mod:`.shell`), or in the ordinary kernel.

The second is the reference for the first: tests execute chapters by both and compare. papermill would change the
working directory of the whole process instead of a kernel's, and other chapters run beside this one.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import nbformat
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines

from handbook_utils.execution.shell import CellTimeoutError, DeadKernelError, MemoryLimitError, Shell
from handbook_utils.session import Doing, doing

#: Names by which papermill is asked for them.
NAME, ORDINARY = "handbook", "handbook-ordinary"


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


class ShellEngine(Engine):  # type: ignore[misc]
    """Execute a managed notebook in a process of its own environment and folder."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        _kernel_name: str,
        *,
        shell: Shell,
        deadline: float,
        slug: str,
        memory: float | None,
        **_: Any,
    ) -> None:
        """Execute all cells, up to one that fails.

        Parameters
        ----------
        nb_man : papermill.engines.NotebookExecutionManager
            papermill's hold on the notebook.
        shell : Shell
            What holds the process, in which nothing has run yet.
        deadline : float
            By ``time.monotonic()``.
        slug : str
            Of the chapter.
        memory : float or None
            GB that the process may take; None is as much as there is.

        Raises
        ------
        CellStoppedError
            The process died, or was ended for its memory, or the deadline passed.
        """
        code = [(index, cell) for index, cell in enumerate(nb_man.nb.cells) if cell.cell_type == "code"]
        for number, (index, cell) in enumerate(code, start=1):
            nb_man.cell_start(cell, index)
            doing[slug] = Doing(number, len(code), cell.source)
            try:
                outputs, done = shell.run(cell.source, deadline, memory)
            except (DeadKernelError, CellTimeoutError, MemoryLimitError) as reason:
                raise CellStoppedError(number, cell.source) from reason
            finally:
                doing.pop(slug, None)
            cell.outputs, cell.execution_count = nbformat.from_dict(outputs), number
            if not done:
                nb_man.cell_exception(cell, index)
                break
            nb_man.cell_complete(cell, index)


class OrdinaryEngine(Engine):  # type: ignore[misc]
    """Execute a managed notebook as Jupyter does; nothing looks at its kernel's memory, or names its cell."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, _kernel_name: str, *, environment: dict[str, str], folder: Path, deadline: float, **_: Any
    ) -> None:
        """Execute all cells.

        Parameters
        ----------
        nb_man : papermill.engines.NotebookExecutionManager
            papermill's hold on the notebook.
        environment : dict of str to str
            The kernel's whole environment.
        folder : pathlib.Path
            Its working directory.
        deadline : float
            By ``time.monotonic()``.
        """
        client = PapermillNotebookClient(
            nb_man,
            kernel_name="python3",
            timeout_func=lambda _cell: max(1, int(deadline - time.monotonic())),
            record_timing=False,
            store_widget_state=False,
        )
        client.execute(env=environment, cwd=str(folder))


def register() -> None:
    """Make the engines known to papermill."""
    papermill_engines.register(NAME, ShellEngine)
    papermill_engines.register(ORDINARY, OrdinaryEngine)

"""papermill's engine with what it does not pass on: environment and folder of a kernel, a deadline for a whole chapter.

papermill would change the working directory of the whole process instead, and other chapters run beside this one.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines

NAME = "handbook"


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
        start_timeout : int
            Seconds a kernel may take to answer.

        Returns
        -------
        nbformat.NotebookNode
            With its outputs.
        """
        client = PapermillNotebookClient(
            nb_man,
            kernel_name=kernel_name,
            startup_timeout=start_timeout,
            timeout_func=lambda _cell: max(1, int(deadline - time.monotonic())),
            record_timing=False,
            store_widget_state=False,
        )
        return client.execute(env=environment, cwd=str(folder))


def register() -> None:
    """Make the engine known to papermill by :data:`NAME`."""
    papermill_engines.register(NAME, HandbookEngine)

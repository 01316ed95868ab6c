"""One attempt at a chapter: a kernel is started, and papermill executes the cells in it."""

from __future__ import annotations

import json
import os
import re
import tempfile
import time
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from handbook_utils.asking import Value, reading
from handbook_utils.asking.kept import VARIABLE as KEPT
from handbook_utils.asking.kept import kept_in
from handbook_utils.execution import lean
from handbook_utils.execution.asked import Failure, Request
from handbook_utils.execution.kernel import VARIABLE
from handbook_utils.execution.shell import MemoryLimitError, Shell
from handbook_utils.text import untrusted
from handbook_utils.text.untrusted import Start

_DIED = "its process was ended from outside, as a machine does that has no memory left, or crashed"


def attempt(
    request: Request, effective: dict[str, Value], timeout: float, memory: float | None, start: Start, alone: bool
) -> tuple[Any | None, Failure | None, set[str]]:
    """Execute a chapter, once.

    Parameters
    ----------
    request : Request
        What to run.
    effective : dict
        All its parameters.
    timeout : float
        Seconds it may take.
    memory : float or None
        GB that its kernel may take.
    start : callable
        How the kernel's process is started.
    alone : bool
        Whether it is to take as little memory as it can.

    Returns
    -------
    nbformat.NotebookNode or None
        As papermill left it, however far it came.
    Failure or None
        Why it did not end.
    set of str
        The bundled files that were opened.
    """
    environment = dict(os.environ)
    environment["HANDBOOK_RESULTS"] = str(request.results) if request.results else ""
    read = {name: effective[name] for name in reading.NAMES if effective.get(name)}
    environment[reading.VARIABLE] = json.dumps(read)
    environment[KEPT] = str(kept_in() or "")
    deadline = time.monotonic() + timeout
    with tempfile.TemporaryDirectory(prefix="handbook-") as scratch:
        work = Path(scratch) / "work"
        work.mkdir()
        record = Path(scratch) / "opened.txt"
        environment["HANDBOOK_OPENED"] = str(record)
        ordinary = os.environ.get(VARIABLE) == "ordinary"
        # Begun before this process imports what a kernel has no use for, which a fork of it would have as well.
        with nullcontext() if ordinary else Shell(start, environment, work, sparing=alone) as shell:
            kernel = {"environment": environment, "folder": work} if shell is None else {"shell": shell}
            written = Path(scratch) / "executed.ipynb"
            notebook, failure = _by_papermill(request, effective, written, timeout, deadline, memory, kernel, alone)
        opened = set(record.read_text(encoding="utf-8").splitlines()) if record.is_file() else set()
    return notebook, failure, opened


def _by_papermill(
    request: Request,
    effective: dict[str, Value],
    written: Path,
    timeout: float,
    deadline: float,
    memory: float | None,
    kernel: Mapping[str, Any],
    alone: bool,
) -> tuple[Any | None, Failure | None]:
    with lean.without_pyarrow():  # papermill takes a file system of Hadoop from it: 18 MB, and a quarter of a second
        import papermill
    import nbformat
    from papermill.exceptions import PapermillExecutionError

    from handbook_utils.execution import engine

    engine.register()
    chapter = request.chapter
    # What the cell holds may be an example, which stands for nobody's answer but the book's.
    cell = chapter.defaults
    given = {
        name: value
        for name, value in effective.items()
        if name in cell and (name in request.parameters or value != cell[name])
    }
    failure, notebook = None, request.notebook()
    if alone:
        lean.be_lean()
    try:
        papermill.execute_notebook(
            notebook,
            written,
            given,
            engine_name=engine.NAME if "shell" in kernel else engine.ORDINARY,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            deadline=deadline,
            slug=chapter.slug,
            memory=untrusted.allowed_memory() if memory is None else memory,
            **kernel,
        )
    except PapermillExecutionError as error:
        # The cell papermill injects where parameters are given is none of the chapter's.
        number = int(error.exec_count or 0) - bool(given)
        failure = Failure(chapter.slug, number, error.source, error.ename, _plain(error.evalue), effective)
    except engine.CellStoppedError as stopped:
        reason = stopped.__cause__
        late = f"not done within {timeout:g} s; give it more: --timeout {10 * timeout:g}"
        text = late if isinstance(reason, TimeoutError) else _DIED
        if isinstance(reason, MemoryLimitError):
            text = f"it took {reason}; more is allowed by {untrusted.OPTION}"
        number = stopped.number - bool(given)
        failure = Failure(chapter.slug, number, stopped.source, type(reason).__name__, text, effective)
    except (RuntimeError, TimeoutError) as error:  # of the ordinary kernel, which does not say at which cell
        failure = Failure(chapter.slug, 0, "", type(error).__name__, str(error), effective)
    notebook = nbformat.reads(written.read_text(encoding="utf-8"), as_version=4) if written.is_file() else None
    return notebook, failure


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)

"""Run chapters: one, or many at once, from the cache where nothing has changed."""

from __future__ import annotations

import errno
import importlib
import importlib.metadata
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Literal

from handbook_utils import __version__
from handbook_utils.asking import Answers
from handbook_utils.asking.kept import keeping
from handbook_utils.asking.paths import without_folders
from handbook_utils.chapters.catalogue import Chapter
from handbook_utils.chapters.parameters import answers
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.execution import lean
from handbook_utils.execution.asked import Outcome, Request
from handbook_utils.execution.cache import Cache, key_of
from handbook_utils.home import build_folder
from handbook_utils.session import ending, no_room
from handbook_utils.text import untrusted
from handbook_utils.text.hash import sha256_of
from handbook_utils.text.moment import moment

State = Literal["queued", "done", "cached", "failed"]
Progress = Callable[[str, State], None]

#: How many chapters a build runs at once: one more than there are cores, since a kernel that starts mostly waits.
AT_ONCE = (os.cpu_count() or 1) + 1

#: Distributions whose versions a result depends on; those a chapter's numbers come from.
SHOWN = (
    "handbook-utils",
    "numpy",
    "pandas",
    "scipy",
    "scikit-bio",
    "statsmodels",
    "scikit-learn",
    "matplotlib",
    "biom-format",
)


def execute(
    requests: Sequence[Request],
    *,
    root: Path,
    workers: int = 2,
    executor: Executor | None = None,
    timeout: float = 600,
    memory: float | None = None,
    cache: bool = True,
    progress: Progress | None = None,
    arrived: Callable[[int, Outcome], None] | None = None,
    alone: bool = False,
) -> list[Outcome]:
    """Run chapters, several at once.

    Parameters
    ----------
    requests : sequence of Request
        What to run.
    root : pathlib.Path
        The handbook's folder; the cache lies in its ``_build``.
    workers : int
        How many at once.
    executor : concurrent.futures.Executor, optional
        Where to run them instead of in this process' own pool.
    timeout : float
        Seconds a chapter may take.
    memory : float, optional
        GB that reading its files, and its kernel, may take.
    cache : bool
        Whether earlier outcomes may be used.
    progress : callable, optional
        Told the slug and the state of each run.
    arrived : callable, optional
        Given each outcome as soon as it is there, and its place in `requests`.
    alone : bool
        Nothing else will run in this process: least memory, instead of least time for many.

    Returns
    -------
    list of Outcome
        In the order of `requests`; a chapter that fails does not stop the others.

    Raises
    ------
    InputError, InputErrors
        Before anything is executed: parameters or data files that are not right.
    """
    from handbook_utils import datasets

    requests = [checked(request) for request in requests]
    datasets.verify(sorted({name for request in requests for name in request.chapter.data}))
    tell: Progress = progress or (lambda _slug, _state: None)
    with _pool(_InThisThread() if alone else executor, workers) as pool:
        running: dict[Future[Outcome], int] = {}
        for place, request in enumerate(requests):
            tell(request.chapter.slug, "queued")
            one = partial(run_one, root=root, timeout=timeout, memory=memory, cache=cache, workers=workers, alone=alone)
            running[pool.submit(one, request)] = place
        outcomes: dict[int, Outcome] = {}
        try:
            for future in as_completed(running):
                outcome = future.result()
                outcomes[running[future]] = outcome
                if arrived is not None:
                    arrived(running[future], outcome)
                state: State = "failed" if outcome.failure else "cached" if outcome.cached else "done"
                tell(outcome.request.chapter.slug, state)
        except BaseException:
            for future in running:
                future.cancel()
            raise
    return [outcomes[place] for place in range(len(requests))]


def checked(request: Request) -> Request:
    """Return a request whose parameters are completed and checked, once for all that follows.

    Parameters
    ----------
    request : Request
        As somebody asks it.

    Returns
    -------
    Request
        The same, with its answers.

    Raises
    ------
    InputErrors
        As :func:`handbook_utils.chapters.parameters.answers`.
    """
    return request if request.answers else replace(request, answers=answers(request.chapter, request.parameters))


class _InThisThread(Executor):
    """Do each work when it is given: without another thread, this process can be forked."""

    def submit(self, work: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(work(*given, **named))
        except Exception as error:
            future.set_exception(error)
        return future


class _pool:  # noqa: N801 - a context manager, used as a function
    def __init__(self, executor: Executor | None, workers: int) -> None:
        self._given = executor
        self._executor = executor or ThreadPoolExecutor(max_workers=workers, thread_name_prefix="chapter")

    def __enter__(self) -> Executor:
        return self._executor

    def __exit__(self, kind: object, *_: object) -> None:
        if self._given is None:
            self._executor.shutdown(wait=kind is None, cancel_futures=True)


def run_one(
    request: Request,
    *,
    root: Path,
    timeout: float = 600,
    memory: float | None = None,
    cache: bool = True,
    workers: int = 1,
    alone: bool = False,
) -> Outcome:
    """Run one chapter in this process; what a pool or a cluster calls.

    A kernel that dies without an error of its own (killed, out of memory) is tried once more.

    Parameters
    ----------
    request : Request
        What to run.
    root : pathlib.Path
        The handbook's folder.
    timeout : float
        Seconds it may take.
    memory : float, optional
        GB that reading its files may take, and its kernel; by default what ``HANDBOOK_MEMORY`` says there.
    cache : bool
        Whether an earlier outcome may be used.
    workers : int
        How many runs share this machine.
    alone : bool
        As for :func:`execute`.

    Returns
    -------
    Outcome
        Never an exception for what a chapter does.

    Raises
    ------
    InputError, InputErrors
        What the reader gave does not fit; in a run on own data also where a cell finds that out.
    """
    from handbook_utils import datasets

    chapter = request.chapter
    found = request.answers or answers(chapter, request.parameters)
    effective = found.values
    data = datasets.checksums(chapter.data)
    store = Cache(build_folder(root) / "cache") if cache and request.results is None else None
    if store is not None:
        key = key_of(chapter, effective, data, root)
        if (kept := store.get(key)) is not None:
            _refresh_prose(kept, request)
            return Outcome(request, kept, None, True, effective)
    from handbook_utils.execution.attempt import attempt  # not before: a build with nothing to do is quick
    from handbook_utils.execution.checking import check_apart
    from handbook_utils.execution.kernel import make_available, start_here

    make_available(workers)
    start = start_here(alone=alone)
    if alone:
        lean.be_lean()
    with _room(), tempfile.TemporaryDirectory(prefix="handbook-read-") as folder, keeping(Path(folder)):
        if request.parameters:
            check_apart(chapter, effective, Path(folder), untrusted.Limits.here(timeout, memory), start, alone)
        notebook, failure, opened = attempt(request, effective, timeout, memory, start, alone)
        if failure is not None and failure.error == "DeadKernelError" and not ending.is_set():
            notebook, failure, opened = attempt(request, effective, timeout, memory, start, alone)
    if failure is not None and request.own and failure.error in _OF_INPUT:
        raise InputError(failure.message)  # its text has crossed the kernel's border, with where and remedy in it
    if notebook is not None:
        from handbook_utils.execution.normalise import normalised

        notebook = normalised(notebook, chapter, found, root, own=request.own)
        # Of a run on somebody's own data, a bundled file is named where it was opened, and nowhere else.
        told = {name: digest for name, digest in data.items() if name in opened} if request.own else data
        notebook.metadata["handbook_run"] = _provenance(request, found, told)
        if failure is None and store is not None:
            store.put(key, notebook)
    return Outcome(request, notebook, failure, False, effective)


@contextmanager
def _room() -> Iterator[None]:
    """Tell a full disk: what is written here lies in the folder for temporary files."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise no_room(error, tempfile.gettempdir()) from None


#: What a kernel calls mistakes in the reader's input that no look at the files beforehand can find.
_OF_INPUT = (InputError.__name__, InputErrors.__name__)


def _refresh_prose(executed: Any, request: Request) -> None:
    """Put the chapter's prose of today around the outputs of an earlier run of the same code."""
    chapter, fresh = request.chapter, request.notebook()
    outputs = iter([cell for cell in executed.cells if cell.cell_type == "code"])
    cells = []
    for cell in fresh.cells:
        if cell.cell_type == "code":
            ran = next(outputs)
            cell.outputs, cell.execution_count = ran.outputs, ran.execution_count
        cells.append(cell)
    executed.cells = cells
    run = executed.metadata["handbook_run"]
    executed.metadata.update(fresh.metadata)
    executed.metadata["handbook_run"] = {**run, "title": chapter.title, "source": _source(chapter)}


def _source(chapter: Chapter) -> str:
    return sha256_of(chapter.path)


def _provenance(request: Request, found: Answers, data: dict[str, str]) -> dict[str, Any]:
    import platform

    kinds = {question.name: question.kind for question in request.chapter.questions}
    return {
        "slug": request.chapter.slug,
        "title": request.chapter.title,
        "own": request.own,
        "parameters": (named := without_folders(kinds, found.values)),
        "answers": found.states,
        "given": {name: named[name] for name in request.parameters},
        "versions": _versions(),
        "python": platform.python_version(),
        "data": data,
        "source": _source(request.chapter),
        "executed": moment().isoformat(),
    }


@lru_cache(maxsize=1)
def _versions() -> dict[str, str]:
    # After a pull, what pip noted of an editable install is the version of before.
    return {name: importlib.metadata.version(name) for name in SHOWN} | {"handbook-utils": __version__}

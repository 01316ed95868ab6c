"""Many runs: a plan goes in, a result folder a run comes out, and one table of everything that was recorded.

Runs go to a ``concurrent.futures.Executor``: processes of this machine, or a ``dask.distributed`` cluster, whose
workers see the same files. A worker writes the result folder itself and moves it into place whole, so a folder that is
there is complete, and a batch that was killed goes on from the folders that are there. Nothing of a run stays in memory
but its name, and its failure where it failed.
"""

from __future__ import annotations

import csv
import importlib
import importlib.util
import io
import json
import multiprocessing
import os
import shutil
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from handbook_utils.asking import Question, Value, written
from handbook_utils.asking.paths import found_from, joined, paths_of
from handbook_utils.asking.values import PATHS, none_of
from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.execution.asked import Failure, Outcome, Request
from handbook_utils.execution.run import Progress, run_one
from handbook_utils.runs.folder import (
    check_target,
    explained,
    failed_folder,
    is_complete,
    write_result_folder,
)
from handbook_utils.runs.plan import Run
from handbook_utils.text import durable, yaml_text
from handbook_utils.text.guard import inert
from handbook_utils.text.untrusted import end_with_parent


@dataclass(frozen=True)
class Failed:
    """A run of a batch that did not end well."""

    run: Run
    failure: Failure


@dataclass(frozen=True)
class BatchReport:
    """What a batch left.

    Attributes
    ----------
    out : pathlib.Path
        Its folder, with a folder for each run.
    done, skipped : int
        How many runs ended well now, and how many were there from before.
    failed : tuple of Failed
        In the order of the plan; also in ``failures.csv``.
    summary, failures : pathlib.Path
        ``summary.csv`` (beside it ``summary.parquet`` where pyarrow is there) and ``failures.csv``.
    """

    out: Path
    done: int
    skipped: int
    failed: tuple[Failed, ...]
    summary: Path
    failures: Path


def run_batch(
    plan: Sequence[Run],
    out: Path,
    *,
    root: Path,
    workers: int = 2,
    scheduler: str | None = None,
    resume: bool = False,
    timeout: float = 600,
    memory: float | None = None,
    progress: Progress | None = None,
) -> BatchReport:
    """Run a plan.

    Parameters
    ----------
    plan : sequence of Run
        What :func:`handbook_utils.runs.plan.read_plan` returned.
    out : pathlib.Path
        The folder for the results; a run called ``a`` leaves ``out/a``, or ``out/a-failed``.
    root : pathlib.Path
        The handbook's folder.
    workers : int
        Processes of this machine; of no meaning with a scheduler.
    scheduler : str, optional
        Address of a dask.distributed scheduler, ``tcp://host:8786``. Its workers need this package and see `out`,
        `root` and the plan's files under the same paths; one thread a worker is best.
    resume : bool
        Run only what is missing; what failed before is tried again.
    timeout : float
        Seconds a run may take.
    memory : float, optional
        GB that reading a run's files, and its kernel, may take.
    progress : callable, optional
        Told the name and the state of each run: queued, then done, failed, or cached (was there from before).

    Returns
    -------
    BatchReport
        A run that fails does not stop the others. One whose worker is killed is tried once more, on its own.

    Raises
    ------
    InputError, InputErrors
        Results are there already and `resume` is not given, or they are of other parameters; dask is not installed, or
        the scheduler does not answer; the disk is full.
    """
    tell: Progress = progress or (lambda _name, _state: None)
    out = out.absolute()
    check_target(out / "run")
    try:
        return _run_batch(plan, out, root, workers, scheduler, resume, timeout, memory, tell)
    except OSError as error:
        raise explained(error, out) from error


def _run_batch(
    plan: Sequence[Run],
    out: Path,
    root: Path,
    workers: int,
    scheduler: str | None,
    resume: bool,
    timeout: float,
    memory: float | None,
    tell: Progress,
) -> BatchReport:
    out.mkdir(parents=True, exist_ok=True)
    with (
        durable.locked(out / ".lock", "Another batch is at work in this folder."),
        _executors(workers, scheduler) as (executors, at_once, share),
    ):
        there = _already_there(plan, out, resume)
        _clear_leftovers(plan, out)
        for run in plan:
            tell(run.name, "queued")
        for name in there:
            tell(name, "cached")
        before = set(there)
        missing = [run for run in plan if run.name not in before]
        failed = {}
        try:
            for run, failure in _finished(missing, executors, at_once, (out, root, timeout, memory, share)):
                tell(run.name, "failed" if failure else "done")
                if failure is not None:
                    failed[run.name] = failure
        finally:
            _clear_leftovers(plan, out)  # also where it is stopped, and its workers with it
        failures = tuple(Failed(run, failed[run.name]) for run in plan if run.name in failed)
        _write_summary(plan, out)
        _write_failures(failures, out)
    return BatchReport(out, len(missing) - len(failed), len(there), failures, out / "summary.csv", out / "failures.csv")


# ------------------------------------------------------------------------------------------------------------ one run


def _do(run: Run, out: Path, root: Path, timeout: float, memory: float | None, workers: int) -> Failure | None:
    """Run one run and write its folder; what a worker is given."""
    target = out / run.name
    if is_complete(target):  # by a worker that was lost before it could say so
        return None
    # Python lets no daemonic process start others, lest they stay behind; dask's workers are daemonic, and a kernel
    # ends with its worker by itself.
    vars(multiprocessing.current_process())["_config"]["daemon"] = False
    results = Path(tempfile.mkdtemp(prefix=f".{run.name}.results-", dir=out))
    try:
        try:
            # Checked anew: this may be hours after the plan was read, and on another machine.
            request = Request(run.chapter, run.parameters, results=results)
            outcome = run_one(request, root=root, timeout=timeout, memory=memory, workers=workers)
        except (InputError, InputErrors) as error:
            # The reader's file does not fit; among 200 cohorts that is one failure, not the end of the batch.
            parameters = run.effective
            failure = Failure(run.chapter.slug, 0, "", type(error).__name__, str(error), parameters)
            outcome = Outcome(request, None, failure, False)
        try:
            write_result_folder(outcome, target, root=root)
        except InputError:
            # A cluster may give a run to a second worker when it takes the first for lost, and that one was not.
            if outcome.failure is not None or not is_complete(target):
                raise
        return outcome.failure
    finally:
        shutil.rmtree(results, ignore_errors=True)


# ---------------------------------------------------------------------------------------------------------- executors

#: So many share a machine of dask that each has one core: that is what one thread of a worker stands for, and what a
#: job of SLURM was given, whatever else the machine has.
_A_CORE_EACH = 1_000_000

_Open = Callable[[], Executor]
_Given = tuple[Path, Path, float, float | None, int]


def _finished(
    runs: Sequence[Run], executors: _Open, at_once: int, given: _Given
) -> Iterator[tuple[Run, Failure | None]]:
    """Yield each run as it ends.

    No more runs are handed over than are worked on: a plan of 100,000 runs is not 100,000 futures, and when a worker
    is killed only the runs at work are suspect. Those are tried once more one at a time, so that the run that kills
    its worker is found, and its neighbours are not blamed.
    """
    waiting, suspects = deque(runs), deque[Run]()
    executor = executors()
    running: dict[Future[Failure | None], Run] = {}
    retried: set[str] = set()
    try:
        while waiting or suspects or running:
            queue, most = (suspects, 1) if suspects else (waiting, at_once)
            broken = False
            while queue and len(running) < most and not broken:
                try:
                    running[executor.submit(_do, queue[0], *given)] = queue[0]
                except BrokenProcessPool:  # a moment ago; what is running will say so
                    broken = True
                else:
                    if queue is suspects:
                        retried.add(queue[0].name)
                    queue.popleft()
            ended = wait(running, return_when=FIRST_COMPLETED).done if running else set()
            for future in ended:
                run = running.pop(future)
                error = future.exception()
                if error is None:
                    yield run, future.result()
                    continue
                if not _is_death(error):
                    raise error
                broken |= isinstance(error, BrokenProcessPool)
                if run.name in retried:
                    yield run, _killed(run, error)
                else:
                    suspects.append(run)
            if broken:
                # A pool of processes that lost one is lost as a whole.
                suspects.extend(running.values())
                running.clear()
                _end(executor)
                executor = executors()
    except CancelledError as error:
        raise InputError(
            "The cluster was lost.", found=str(error) or None, remedy="Start it again, and go on with --resume."
        ) from error
    finally:
        _end(executor)


def _end(executor: Executor) -> None:
    if isinstance(executor, ProcessPoolExecutor):
        executor.shutdown(wait=False, cancel_futures=True)
    else:
        executor.shutdown(wait=False)  # dask's cancels so, and knows no other way


def _is_death(error: BaseException) -> bool:
    # dask's error is known by its name: dask need not be installed.
    return isinstance(error, BrokenProcessPool) or type(error).__name__ == "KilledWorker"


def _killed(run: Run, error: BaseException) -> Failure:
    message = "the process that ran it was killed twice, perhaps for want of memory"
    parameters = run.effective
    return Failure(run.chapter.slug, 0, "", type(error).__name__, message, parameters)


@contextmanager
def _executors(workers: int, scheduler: str | None) -> Iterator[tuple[_Open, int, int]]:
    """Give what opens an executor, how many runs it works on at once, and how many of them share a machine."""
    if scheduler is None:
        yield lambda: _processes(workers), workers, workers
        return
    if importlib.util.find_spec("distributed") is None:
        raise InputError(
            "A cluster needs dask.distributed, which is not installed.",
            where="--scheduler",
            remedy="Install it: pip install 'handbook-utils[cluster]', here and on every worker.",
        )
    # dask has types here and none there; as a whole it is taken as untyped.
    distributed: Any = importlib.import_module("distributed")
    try:
        client = distributed.Client(scheduler, timeout=10)
    except (OSError, ValueError) as error:
        raise InputError(
            "The scheduler does not answer.",
            where="--scheduler",
            expected="the address that dask-scheduler prints, such as tcp://host:8786",
            found=f"{scheduler}: {error}",
        ) from error
    with client:
        # One at work and one in hand for each thread, so that no worker waits for us. Not pure: two runs
        # are never the same.
        at_once = 2 * max(1, sum(client.nthreads().values()))
        yield lambda: client.get_executor(pure=False), at_once, _A_CORE_EACH


def _processes(workers: int) -> ProcessPoolExecutor:
    # Fresh processes: what this one has open and running (progress bars, threads) is not for them. A worker ends when
    # the batch is killed; it would wait for work for ever.
    try:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(workers, mp_context=context, initializer=end_with_parent)
    except OSError as error:
        raise InputError(
            "This machine gives no locks that processes share, which a batch needs.",
            where="/dev/shm" if sys.platform == "linux" else None,  # noqa: S108 - its name
            found=error.strerror,
            remedy="Have it mounted so that it can be written, or run the rows one by one: handbook run …",
        ) from None


# ------------------------------------------------------------------------------------------------------ what is there


def _already_there(plan: Sequence[Run], out: Path, resume: bool) -> list[str]:
    there = [run for run in plan if is_complete(out / run.name)]
    if there and not resume:
        raise InputError(
            "Results of this plan are already there, and are not overwritten.",
            where=str(out),
            found=listed([run.name for run in there]),
            remedy="Run only what is missing with --resume, or name another folder with -o.",
        )
    errors = []
    for run in there:
        kept = yaml_text.typed((out / run.name / "params.yml").read_text(encoding="utf-8"), "params.yml")
        known = [question for question in run.chapter.questions if question.name in kept]
        again = {question.name: _again(question, kept[question.name], out / run.name) for question in known}
        before, now = {**kept, **again}, run.effective
        if before != now:
            differ = [name for name in now if before.get(name) != now[name]] or sorted(before.keys() - now.keys())
            errors.append(
                InputError(
                    f"The result folder {run.name} is of another run.",
                    where=str(out / run.name),
                    expected=f"the parameters of the plan: {_pairs(now, differ)}",
                    found=_pairs(before, differ),
                    remedy="Name another folder with -o, or delete this one.",
                )
            )
    if errors:
        raise InputErrors(errors)
    return [run.name for run in there]


def _again(question: Question, value: Any, folder: Path) -> Any:
    """Return a value from a file of parameters as it was in the run."""
    if value is None:
        return none_of(question.kind)
    return found_from(folder, question.kind, value)


def _pairs(parameters: dict[str, Any], names: Sequence[str]) -> str:
    return listed([f"{name}={parameters.get(name)!r}" for name in names])


def _clear_leftovers(plan: Sequence[Run], out: Path) -> None:
    """Delete what a worker that was killed had in hand; nothing complete has such a name."""
    names = {name[:100]: name for run in plan for name in (run.name, failed_folder(out / run.name).name)}
    for path in [entry for entry in out.iterdir() if entry.name.startswith(".") and entry.is_dir()]:
        if path.suffix in (durable.PART, durable.OLD):
            if (name := Path(path.stem).stem[1:]) in names:
                durable.mend(out / names[name])
        elif path.name[1:].rpartition(".results")[0][:100] in names:
            shutil.rmtree(path, ignore_errors=True)


# -------------------------------------------------------------------------------------------------------------- tables


def _write_summary(plan: Sequence[Run], out: Path) -> None:
    """Write what all runs recorded, tidy: a row a recorded number, in the order of the plan.

    It is made from the result folders alone and holds no times, so that a batch that was killed and resumed gives the
    same bytes as one that was not.
    """
    columns = list(dict.fromkeys(name for run in plan for name in run.parameters))
    with _replacing(out / "summary.csv") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("run", "chapter", *columns, "name", "value"))
        for run in plan:
            if not is_complete(out / run.name):
                continue
            paths = {entry.name for entry in run.chapter.parameters if entry.kind in PATHS}
            given = [
                inert(_beside(value, out) if column in paths else value)
                for column in columns
                for value in [_cell(run.effective.get(column))]
            ]
            with (out / run.name / "values.csv").open(encoding="utf-8", newline="") as values:
                lines = csv.reader(values)
                next(lines)
                writer.writerows((run.name, run.chapter.slug, *given, *line) for line in lines)
    if importlib.util.find_spec("pyarrow") is not None:
        _write_parquet(out / "summary.csv", out / "summary.parquet")


def _cell(value: Value) -> str:
    return str(value) if isinstance(value, float) else written(value)


def _beside(paths: str, out: Path) -> str:
    """Name files by their way from the batch's folder: where that lies on one machine is of no use on another."""
    return joined(Path(os.path.relpath(path, out)).as_posix() for path in paths_of(paths))


def _write_parquet(source: Path, target: Path) -> None:
    """Write the summary as Parquet: everything as text, and ``number`` beside ``value`` where it is one."""
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    with source.open(encoding="utf-8", newline="") as file:
        names = next(csv.reader(file))
    text = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    part = target.with_name(f".{target.name}.part")
    reader = pyarrow.csv.open_csv(
        source, parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True), convert_options=text
    )
    schema = pa.schema([*((name, pa.string()) for name in names), ("number", pa.float64())])
    with reader, pyarrow.parquet.ParquetWriter(part, schema) as writer:
        for batch in reader:
            numbers = [_number(value) for value in batch.column(len(names) - 1).to_pylist()]
            columns = [*batch.columns, pa.array(numbers, pa.float64())]
            writer.write_batch(pa.record_batch(columns, schema=schema))
    part.replace(target)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _write_failures(failures: Sequence[Failed], out: Path) -> None:
    with _replacing(out / "failures.csv") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("run", "cell", "error", "message", "parameters"))
        for failed in failures:
            failure = failed.failure
            parameters = json.dumps(failure.parameters, ensure_ascii=False)
            message = inert(" | ".join(line.strip() for line in failure.message.splitlines()))
            writer.writerow((failed.run.name, failure.cell, inert(failure.error), message, parameters))


@contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    made = io.StringIO(newline="")
    yield made
    durable.write(path, made.getvalue().encode("utf-8"), replace=True)

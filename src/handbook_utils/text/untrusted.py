"""What a stranger's file may do, it does to a child: with limits of memory and time, and its crash is a message.

The parent never takes more than JSON from it, and no pickle. What is larger, the child writes as a file
(:mod:`handbook_utils.study.kept`), which the parent or a kernel reads by itself.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import psutil

from handbook_utils.errors import InputError, InputErrors, listed

#: How many GB reading and kernels may take, by the reader's word: the option of commands that run chapters, which wins,
#: and what all commands go by.
OPTION, VARIABLE = "--memory", "HANDBOOK_MEMORY"
GB = 1000**3
#: What is allowed where nobody says more: so many GB, and no more than this share of the machine.
_USUAL, _SHARE = 8.0, 0.75
#: Seconds between two looks at how much memory a child has, and bytes of its answer.
_LOOK, _MOST = 0.05, 256 * 1024**2


@dataclass(frozen=True)
class Limits:
    """What reading may take.

    Attributes
    ----------
    memory : float
        GB.
    seconds : float
        By the clock.
    """

    memory: float
    seconds: float

    @classmethod
    def here(cls, seconds: float = 600, memory: float | None = None) -> Limits:
        """Return the limits of this machine, or what the reader allows.

        Parameters
        ----------
        seconds : float
            How long it may take.
        memory : float, optional
            GB that the reader allows.

        Returns
        -------
        Limits
            Without `memory` what ``HANDBOOK_MEMORY`` says, else 8 GB, or three quarters of what the machine has where
            that is less.

        Raises
        ------
        InputError
            ``HANDBOOK_MEMORY`` is no number above zero.
        """
        allowed = allowed_memory() if memory is None else memory
        return cls(min(_USUAL, _SHARE * psutil.virtual_memory().total / GB) if allowed is None else allowed, seconds)


def allowed_memory(said: str = "") -> float | None:
    """Return what the reader allows, for reading and for each kernel.

    Parameters
    ----------
    said : str
        What was given as ``--memory``; empty for what ``HANDBOOK_MEMORY`` says.

    Returns
    -------
    float or None
        GB; None where nothing is said.

    Raises
    ------
    InputError
        It is no number above zero.

    Examples
    --------
    >>> allowed_memory("16")
    16.0
    >>> allowed_memory("much")
    Traceback (most recent call last):
        ...
    handbook_utils.errors.InputError: How much memory may be taken is not a number.
      where:    --memory
      expected: GB, such as 16
      found:    much
    """
    where = OPTION if said else f"the environment variable {VARIABLE}"
    said = said or os.environ.get(VARIABLE, "")
    if not said:
        return None
    try:
        memory = float(said)
    except ValueError:
        memory = 0.0
    if not 0 < memory < float("inf"):
        raise InputError(
            "How much memory may be taken is not a number.", where=where, expected="GB, such as 16", found=said
        )
    return memory


#: Starts a process that calls a function with arguments.
Start = Callable[[Callable[..., None], tuple[Any, ...]], BaseProcess]


def forked(target: Callable[..., None], arguments: tuple[Any, ...]) -> BaseProcess:
    """Start a process that has all that this one has; a new one where that is not possible, or not safe.

    Parameters
    ----------
    target : callable
        Of a module.
    arguments : tuple
        What it takes.

    Returns
    -------
    multiprocessing.process.BaseProcess
        It ends with this one.
    """
    # A fork copies the locks that other threads hold, and not the threads.
    forks = sys.platform == "linux" and threading.active_count() == 1
    context: Any = multiprocessing.get_context("fork" if forks else "spawn")
    process: BaseProcess = context.Process(target=target, args=arguments, daemon=True)
    process.start()
    return process


def apart(
    call: str,
    *given: Any,
    files: Sequence[str | Path],
    limits: Limits | None = None,
    start: Start = forked,
) -> Any:
    """Call a function in a child, and return what it returns.

    Parameters
    ----------
    call : str
        ``package.module:function``, which this process need not have imported.
    *given
        What it takes.
    files : sequence of str or pathlib.Path
        The reader's, for messages.
    limits : Limits, optional
        By default those of this machine.
    start : callable
        How the child is started.

    Returns
    -------
    object
        What JSON can write; a dataclass becomes a dictionary.

    Raises
    ------
    InputError, InputErrors
        What the function raises of these; and where it raises anything else, crashes, takes more than it may, or ends
        without a word.

    Examples
    --------
    >>> apart("math:hypot", 3, 4, files=["sides.csv"])
    5.0
    >>> apart("os:_exit", 3, files=["broken.biom"])
    Traceback (most recent call last):
        ...
    handbook_utils.errors.InputError: Reading this file crashed the program that reads it.
      where:    broken.biom
      found:    exit code 3
      remedy:   It is damaged, or made to do harm. Export it again. If it is whole, report it: it is not read.
    """
    limits = limits or Limits.here()
    where = listed([str(file) for file in files], most=3) or None
    receiver, sender = multiprocessing.Pipe(duplex=False)
    with receiver:
        process = start(_serve, (sender, call, given, str(Path.cwd()), dict(os.environ)))
        sender.close()
        try:
            told = _answer(process, receiver, limits, where)
        finally:
            process.kill()
            process.join()
    if told is None:
        raise _ended(process.exitcode, where)
    if "errors" in told:
        errors = [InputError(error.pop("problem"), **error) for error in told["errors"]]
        raise InputErrors(errors) if told["several"] else errors[0]
    if "memory" in told:
        raise _too_much(where, limits, "more than the machine gives")
    if "broke" in told:
        raise InputError(
            "This file could not be read.",
            where=where,
            found=told["broke"],
            remedy="Export it again. If it is whole, report it as a file that is not read, with what was found.",
        )
    return told["value"]


def _answer(process: BaseProcess, receiver: Connection, limits: Limits, where: str | None) -> Mapping[str, Any] | None:
    """Wait for what a child says; None where it ended without a word."""
    until = time.monotonic() + limits.seconds
    while not wait([receiver, process.sentinel], timeout=_LOOK):
        taken = _memory(process.pid)
        if taken > limits.memory * GB:
            raise _too_much(where, limits, f"{taken / GB:.2f} GB, and it was not done")
        if time.monotonic() > until:
            raise InputError(
                "Reading this file takes too long, and was stopped.",
                where=where,
                expected=f"at most {limits.seconds:g} s",
                found=f"not done by then, with {taken / GB:.2f} GB of memory",
                remedy="Is the right file named? Choose its samples first, or allow more time by --timeout.",
            )
    try:
        told: dict[str, Any] = json.loads(receiver.recv_bytes(_MOST))
    except (EOFError, OSError):
        process.join(5)
        return None
    return told


def _memory(pid: int | None) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:  # it has just ended
        return 0


def _too_much(where: str | None, limits: Limits, found: str) -> InputError:
    return InputError(
        "Reading this file takes more memory than is allowed, and was stopped.",
        where=where,
        expected=f"at most {limits.memory:.3g} GB",
        found=found,
        remedy=f"Allow more, in GB: {OPTION} {2 * limits.memory:.2g} where chapters are run, else {VARIABLE}="
        f"{2 * limits.memory:.2g} before the command. Or give BIOM 2.1, which takes least.",
    )


def _ended(code: int | None, where: str | None) -> InputError:
    number = -(code or 0)
    name = signal.Signals(number).name if number in set(signal.Signals) else f"exit code {code}"
    if name == "SIGKILL":
        return InputError(
            "Reading this file was ended from outside.",
            where=where,
            found="a kill, as a machine does that has no memory left",
            remedy="Close other programs, or read it on a larger machine.",
        )
    return InputError(
        "Reading this file crashed the program that reads it.",
        where=where,
        found=name,
        remedy="It is damaged, or made to do harm. Export it again. If it is whole, report it: it is not read.",
    )


# ---------------------------------------------------------------------- in the child


def _serve(sender: Connection, call: str, given: tuple[Any, ...], folder: str, environment: dict[str, str]) -> None:
    begin_child(environment, folder)
    module, _, function = call.partition(":")
    told: dict[str, Any]
    try:
        found = getattr(importlib.import_module(module), function)(*given)
        plain = dataclasses.asdict(found) if dataclasses.is_dataclass(found) and not isinstance(found, type) else found
        told = {"value": plain}
    except InputErrors as errors:
        told = {"errors": [vars(error) for error in errors.errors], "several": True}
    except InputError as error:
        told = {"errors": [vars(error)], "several": False}
    except MemoryError:
        told = {"memory": None}
    except Exception as error:  # the outer net: no input ends in a traceback
        last = traceback.extract_tb(error.__traceback__)[-1]
        told = {"broke": f"{type(error).__name__}: {error} ({Path(last.filename).name}, line {last.lineno})"}
    sender.send_bytes(json.dumps(told).encode())
    sender.close()


def begin_child(environment: dict[str, str], folder: str) -> None:
    """Begin a child: its own environment and folder, the system's answers to signals, and an end with its parent.

    Parameters
    ----------
    environment : dict of str to str
        The whole environment.
    folder : str
        The working directory.
    """
    for name in ("SIGTERM", "SIGHUP", "SIGINT"):  # what the parent does at these is its own affair
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash leaves nothing of the reader's data behind
    end_with_parent()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)


def end_with_parent() -> None:
    """Let this process end when its parent has ended, however that was."""
    parent = multiprocessing.parent_process()
    wait_for = psutil.Process(os.getppid()).wait if parent is None else parent.join
    threading.Thread(target=_die_with, args=(wait_for,), daemon=True).start()


def _die_with(wait_for: Callable[[], object]) -> None:
    wait_for()
    os._exit(1)

"""A process that is killed before or after any step on the disk, so that nothing is cleared up."""

from __future__ import annotations

import builtins
import io
import os
from collections.abc import Callable
from typing import Any

#: What changes a disk. ``open`` counts where it writes; after it, a file is there and empty.
_STEPS = ("open", "write", "fsync", "replace", "rename", "link", "unlink", "mkdir", "rmdir")
_KILLED = 9


def killed(work: Callable[[], object], step: int, *, after: bool) -> bool:
    """Do some work in a fork that dies at its n-th step on the disk.

    Parameters
    ----------
    work : callable
        Without arguments.
    step : int
        From 1.
    after : bool
        Whether the step is done before it dies.

    Returns
    -------
    bool
        False where the work came to its end before that step.
    """
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _die_at(step, after=after)
            work()
            code = 0
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, _KILLED), "the work failed by itself"
    return code == _KILLED


def _die_at(step: int, *, after: bool) -> None:
    count = 0

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def done(*given: Any, **named: Any) -> Any:
            nonlocal count
            count += 1
            mine = count == step
            if mine and not after:
                os._exit(_KILLED)
            try:
                return real(*given, **named)
            finally:
                if mine:
                    os._exit(_KILLED)

        return done

    real_open = builtins.open

    def opened(file: Any, mode: str = "r", *given: Any, **named: Any) -> Any:
        writes = not set("wax+").isdisjoint(mode)
        return (counted(real_open) if writes else real_open)(file, mode, *given, **named)

    for name in _STEPS:
        setattr(os, name, counted(getattr(os, name)))
    builtins.open = io.open = opened  # type: ignore[assignment]

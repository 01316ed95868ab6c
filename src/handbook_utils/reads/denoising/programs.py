"""Other programs: found before anything runs, started with fixed arguments, their last words told where they fail."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import lru_cache

from handbook_utils.errors import InputError


def needed(program: str, how: str) -> str:
    """Return where a program is, or say how to install it.

    Parameters
    ----------
    program : str
        Its command.
    how : str
        How it is installed.

    Returns
    -------
    str

    Raises
    ------
    InputError
        It is not on the path.
    """
    found = shutil.which(program)
    if found is None:
        raise InputError(
            f"The program {program} is not installed on this machine.",
            where="parameter engine",
            expected=f"{program} on the path",
            remedy=f"{how} Or use the engine that comes with the handbook: -p engine embedded.",
        )
    return found


@lru_cache(maxsize=8)
def said(*command: str) -> str:
    """Return what a command writes, of a program that is there.

    Parameters
    ----------
    *command : str
        Program and arguments.

    Returns
    -------
    str
        Both of its streams, together.
    """
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def run(command: Sequence[str], *, threads: int = 1) -> None:
    """Run a program to its end.

    Parameters
    ----------
    command : sequence of str
        Program and arguments.
    threads : int
        Threads of the libraries in it.

    Raises
    ------
    InputError
        It failed; with its last lines.
    """
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        last = " / ".join((done.stderr or done.stdout).strip().splitlines()[-4:])
        raise InputError(
            f"The program {command[0].rpartition('/')[2]} failed.",
            where="parameter engine",
            found=last[:500] or f"exit code {done.returncode}",
            remedy="Run it again with -p engine embedded, which needs no other program.",
        )

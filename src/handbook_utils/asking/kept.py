"""Where a run keeps what the check of its input has read, so that its kernel need not read it again.

The check runs in the process that starts the run, the chapter in a kernel. Both ask here for the folder: the one is
told by :func:`keeping`, the other by the environment.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

#: By this variable a run tells its kernel the folder.
VARIABLE = "HANDBOOK_KEPT"
_folder: ContextVar[Path | None] = ContextVar("kept", default=None)


@contextmanager
def keeping(folder: Path) -> Iterator[None]:
    """Keep what is read within, in this thread.

    Parameters
    ----------
    folder : pathlib.Path
        Of this run alone; who made it clears it.
    """
    token = _folder.set(folder)
    try:
        yield
    finally:
        _folder.reset(token)


def kept_in() -> Path | None:
    """Return the folder of the run that this code serves, or None outside of one.

    Examples
    --------
    >>> with keeping(Path("run")):
    ...     kept_in().name
    'run'
    """
    named = os.environ.get(VARIABLE)
    return _folder.get() or (Path(named) if named else None)

"""A single run takes as little memory as it can: what its processes share stays shared, and what is freed goes back."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import sys
from collections.abc import Iterator

#: What GNU's C library calls, in malloc.h, the number of pools, and the bytes from which memory is given back.
_ARENA_MAX, _MMAP_THRESHOLD, _TRIM_THRESHOLD = -8, -3, -1


def be_lean() -> None:
    """Give back at once what is freed, and let forks share what there is: the collector no longer looks at it.

    The first is done where the C library is GNU's.
    """
    gc.collect()
    for what, value in ((_ARENA_MAX, 1), (_MMAP_THRESHOLD, 65536), (_TRIM_THRESHOLD, 65536)):
        _of_the_c_library("mallopt", what, value)
    _of_the_c_library("malloc_trim", 0)
    gc.freeze()


def import_pandas() -> None:
    """Import it without pyarrow, which it takes wherever it is installed: 12 MB that no chapter uses."""
    with without_pyarrow():
        importlib.import_module("pandas")  # which remembers that there is none


def _of_the_c_library(function: str, *given: int) -> None:
    with contextlib.suppress(AttributeError, OSError, TypeError):  # another one, or none (Windows)
        getattr(ctypes.CDLL(None), function)(*given)


@contextlib.contextmanager
def without_pyarrow() -> Iterator[None]:
    """Let pyarrow be what Python takes for not installed, where it is not imported yet.

    Only so long: scikit-learn looks for what is imported, and would take what stands there for pyarrow itself.
    """
    if "pyarrow" in sys.modules:
        yield
        return
    sys.modules["pyarrow"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["pyarrow"]

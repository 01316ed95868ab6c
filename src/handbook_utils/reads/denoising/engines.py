"""The engines by name."""

from __future__ import annotations

from handbook_utils.errors import InputError, nearest
from handbook_utils.reads.denoising.dada2 import Dada2
from handbook_utils.reads.denoising.embedded import Embedded
from handbook_utils.reads.denoising.engine import Engine
from handbook_utils.reads.denoising.vsearch import Vsearch

ENGINES: dict[str, Engine] = {engine.name: engine for engine in (Embedded(), Vsearch(), Dada2())}


def engine_named(name: str) -> Engine:
    """Return an engine, where its program is there.

    Parameters
    ----------
    name : str
        Of :data:`ENGINES`.

    Returns
    -------
    Engine

    Raises
    ------
    InputError
        There is no such engine, or its program is not installed.

    Examples
    --------
    >>> engine_named("embedded").version()
    "the handbook's embedded engine 2"
    """
    engine = ENGINES.get(name)
    if engine is None:
        raise InputError(
            "There is no such engine.",
            where="parameter engine",
            expected=" | ".join(ENGINES),
            found=name,
            remedy=nearest(name, list(ENGINES)),
        )
    engine.version()
    return engine

"""What an engine is: prepared reads go in, sequences with their reads in each sample come out, losses counted."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from handbook_utils.reads.preparing import Prepared

#: A sequence needs one read a thousand that pass, between these: errors that repeat become frequent with depth.
_LEAST, _MOST_LEAST = 2, 8
#: A read has more errors than so many times those expected at most about once in two hundred (2 expected, Poisson).
_BEYOND = 3

_In = TypeVar("_In")
_Out = TypeVar("_Out")


class Pool(Protocol):
    """Whatever works on several items at once: Processes, an executor of ``concurrent.futures`` or of Dask."""

    def map(self, function: Callable[[_In], _Out], items: Iterable[_In], /) -> Iterable[_Out]:
        """Do the same to every item, and give the results in their order.

        Parameters
        ----------
        function : callable
            Of one item.
        items : iterable
            What it is done to.

        Returns
        -------
        iterable
            One result an item.
        """


@dataclass(frozen=True)
class Denoising:
    """How reads are denoised.

    Attributes
    ----------
    least : int
        Reads, of all samples together, that a sequence has at least to be taken for real.
    alpha : float
        How much rarer an error must be for each base by which it differs (UNOISE2, Edgar 2016).
    overlap : int
        Bases by which the two reads of a pair overlap at least.
    differ : float
        Share of the overlap that may differ at most.
    near : float
        Edits a base at which a read is still counted with a sequence.
    most : int
        Edits at which it is, however long it is: more than filtered reads have errors is another bacterium.
    fold : float
        How many times the reads of a chimera its parents have at least.
    full_length : bool
        Whether reads are PacBio's, from primer to primer: DADA2 learns their errors in another way.
    ends_alike : bool
        Whether sequences end at a primer, or where a pair ends, and not where they were cut.
    workers : int
        Processes, where a program makes its own.
    """

    least: int = _MOST_LEAST
    alpha: float = 2.0
    overlap: int = 12
    differ: float = 0.2
    near: float = 0.03
    most: int = 12
    fold: float = 2.0
    full_length: bool = False
    ends_alike: bool = True
    workers: int = 1

    @classmethod
    def fitting(cls, passing: int, expected_errors: float, *, paired: bool) -> Denoising:
        """Return what suits so many reads: of few a sequence needs fewer, and how far a read may be from one.

        Parameters
        ----------
        passing : int
            Reads (or pairs) of all samples together that passed the filters.
        expected_errors : float
            Errors that a read was let through with at most.
        paired : bool
            Whether it was pairs.

        Returns
        -------
        Denoising

        Examples
        --------
        >>> few, many = (Denoising.fitting(number, 2.0, paired=False) for number in (1_200, 50_000))
        >>> few.least, many.least, many.most
        (2, 8, 6)
        """
        least = min(max(round(passing / 1_000), _LEAST), _MOST_LEAST)
        return cls(least=least, most=(1 + paired) * math.ceil(_BEYOND * expected_errors))


@dataclass(frozen=True)
class Denoised:
    """What an engine found.

    Attributes
    ----------
    counts : dict of str to dict of str to int
        Of each sample the reads of each sequence.
    losses : dict of str to dict of str to int
        Of each sample the reads lost at each step of the engine.
    """

    counts: dict[str, dict[str, int]]
    losses: dict[str, dict[str, int]]


class Engine(Protocol):
    """A way to tell errors from differences.

    Attributes
    ----------
    name : str
        As it is chosen.
    """

    name: str

    def version(self) -> str:
        """Return the program and its version.

        Raises
        ------
        InputError
            The program is not there; with how to install it.
        """

    def told(self, how: Denoising, paired: bool) -> str:
        """Return the sentences for a paper's methods, but for the version.

        Parameters
        ----------
        how : Denoising
            What was asked.
        paired : bool
            Whether reads were of two directions.

        Returns
        -------
        str
            English.
        """

    def cites(self) -> list[str]:
        """Return the keys of the works that it rests on."""

    def denoise(self, samples: Sequence[Prepared], how: Denoising, folder: Path, pool: Pool | None) -> Denoised:
        """Denoise prepared reads.

        Parameters
        ----------
        samples : sequence of Prepared
            One at least with reads.
        how : Denoising
            What is asked.
        folder : pathlib.Path
            Where what is done of each sample is kept, so that a killed run goes on.
        pool : Pool, optional
            Where samples are worked on side by side.

        Returns
        -------
        Denoised
        """


def each(pool: Pool | None, function: Callable[[_In], _Out], items: Iterable[_In]) -> list[_Out]:
    """Do the same to every item, side by side where there is a pool.

    Parameters
    ----------
    pool : Pool, optional
        What works on several items at once; one after another without it.
    function : callable
        Of one item; it and what it takes and gives must be able to travel to another process.
    items : iterable
        What it is done to.

    Returns
    -------
    list
        In the order of the items.

    Examples
    --------
    >>> each(None, abs, [-1, 2])
    [1, 2]
    """
    return [function(item) for item in items] if pool is None else list(pool.map(function, items))

"""What a permutation test may exchange, and in which orders: drawn by chance, or all of them where they are few.

Only what would be alike if the term did not matter may change places: whole people where the term belongs to the
person, samples of one person where it changes within people, and always within a stratum only. Permute and vegan call
these whole plots, within plots and blocks.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Order = npt.NDArray[np.intp]
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Orders:
    """Orders of units.

    Attributes
    ----------
    orders : numpy.ndarray
        Orders × units: which unit stands in the place of each.
    exact : bool
        Whether these are all there are, the observed one among them; otherwise they were drawn by chance, without it.
    """

    orders: Order
    exact: bool

    def p(self, as_much: int) -> float:
        """Return the p-value of so many orders that gave as much as the observed one; never 0.

        Parameters
        ----------
        as_much : int
            Orders that gave as much; of a listing, the observed one among them.

        Returns
        -------
        float
            Above 0, at most 1.

        Examples
        --------
        >>> Orders(np.zeros((999, 4), dtype=np.intp), exact=False).p(0)
        0.001
        """
        if self.exact:
            return as_much / len(self.orders)
        return (1 + as_much) / (1 + len(self.orders))


@dataclass(frozen=True, eq=False)
class Exchange:
    """What is exchanged for one term.

    Attributes
    ----------
    units : numpy.ndarray
        Of each sample, the number of the unit that moves as a whole.
    blocks : numpy.ndarray
        Of each unit, the number of the block within which it moves.
    whole : bool
        Whether units are of several samples.
    words : str
        For the methods: "whole people within clinic".

    Examples
    --------
    Two people of two samples, and two others in another clinic:

    >>> pairs = Exchange(np.repeat(np.arange(4), 2), np.array([0, 0, 1, 1]), True, "whole people within clinic")
    >>> pairs.arrangements(np.array([[0.0], [1.0], [0.0], [1.0]]))
    4
    """

    units: Order
    blocks: Order
    whole: bool
    words: str

    @property
    def first(self) -> Order:
        """The first sample of each unit."""
        return np.asarray(np.unique(self.units, return_index=True)[1], dtype=np.intp)

    def arrangements(self, rows: Matrix | None = None) -> int:
        """Return how many different arrangements there are of units, or of their rows where some are alike.

        Parameters
        ----------
        rows : numpy.ndarray, shape (units, columns), optional
            What moves; by default all units differ.

        Returns
        -------
        int
            1 or more.
        """
        count = 1
        for alike in self._alike(rows):
            count *= math.factorial(len(alike)) // math.prod(
                math.factorial(int(times)) for times in np.unique(alike, return_counts=True)[1]
            )
        return count

    def orders(self, permutations: int, seed: int, rows: Matrix | None = None) -> Orders:
        """Return orders of the units within their blocks.

        Parameters
        ----------
        permutations : int
            How many are drawn; all are listed instead where there are no more than these.
        seed : int
            Of the draws; without effect where all are listed.
        rows : numpy.ndarray, optional
            Units × columns of what moves, where only that moves: arrangements that look the same are then one.

        Returns
        -------
        Orders
            All of them, or as many as were drawn.
        """
        if self.arrangements(rows) <= permutations + 1:
            return Orders(np.array(list(self._all(rows)), dtype=np.intp), exact=True)
        return Orders(drawn(self.blocks, permutations, np.random.default_rng(seed)), exact=False)

    def _alike(self, rows: Matrix | None) -> list[Order]:
        """Of each block, a number for each of its units, the same where their rows are."""
        same = np.arange(len(self.blocks)) if rows is None else np.unique(rows, axis=0, return_inverse=True)[1].ravel()
        return [np.asarray(same[self.blocks == block], dtype=np.intp) for block in np.unique(self.blocks)]

    def _all(self, rows: Matrix | None) -> Iterator[Order]:
        places = [np.flatnonzero(self.blocks == block) for block in np.unique(self.blocks)]
        begun = np.arange(len(self.blocks), dtype=np.intp)

        def further(block: int, order: Order) -> Iterator[Order]:
            if block == len(places):
                yield order.copy()
                return
            for inside in _arranged(self._alike(rows)[block]):
                order[places[block]] = places[block][inside]
                yield from further(block + 1, order)

        return further(0, begun)


def drawn(blocks: Order, permutations: int, generator: np.random.Generator) -> Order:
    """Draw orders that exchange units within their block; one a row.

    Parameters
    ----------
    blocks : numpy.ndarray of int, shape (units,)
        The block of each unit, from 0.
    permutations : int
        How many.
    generator : numpy.random.Generator
        Of the draw.

    Returns
    -------
    numpy.ndarray of int, shape (permutations, units)
        Which unit stands in each place.

    Examples
    --------
    >>> orders = drawn(np.array([0, 0, 1]), 5, np.random.default_rng(1))
    >>> bool((orders[:, 2] == 2).all())
    True
    """
    count = len(blocks)
    if not blocks.any():
        orders: Order = generator.permuted(np.tile(np.arange(count), (permutations, 1)), axis=1)
        return orders
    # Sorted by block and, within it, by chance: the place of a unit goes to another unit of its block.
    sorted_by_block = np.argsort(blocks, kind="stable")
    orders = np.empty((permutations, count), dtype=np.intp)
    orders[:, sorted_by_block] = np.argsort(blocks + generator.random((permutations, count)), axis=1)
    return orders


def _arranged(alike: Order) -> Iterator[list[int]]:
    """Every arrangement of units of which some are alike: for each place, a unit; alike ones keep their order."""
    left = {int(kind): list(np.flatnonzero(alike == kind)) for kind in np.unique(alike)}
    taken = dict.fromkeys(left, 0)
    chosen: list[int] = []

    def further() -> Iterator[list[int]]:
        if len(chosen) == len(alike):
            yield list(chosen)
            return
        for kind, members in left.items():
            if taken[kind] < len(members):
                chosen.append(int(members[taken[kind]]))
                taken[kind] += 1
                yield from further()
                taken[kind] -= 1
                chosen.pop()

    return further()

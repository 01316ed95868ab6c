"""What each word says for each lineage, and which lineages can be best for some words.

Of hundreds of thousands of lineages few come near to a sequence. Lineages stand in order, so neighbours are alike: of
every sixteen the highest gain of each word is kept, and a sum of those is a bound that none of the sixteen exceeds.
Sixteen whose bound is below what another lineage has are not looked at, which changes no answer (branch and bound).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from handbook_utils.reads.kernels import compiled

Array = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]

#: Lineages that share a bound.
_GROUP = 16
#: Groups that are made at once, so that memory does not grow with their number.
_GROUPS = 128
#: What sums in single precision may be off, and more.
_SLACK = 1e-2


@dataclass(frozen=True)
class Lot:
    """Draws of words of a sequence, with the bounds of their scores.

    Attributes
    ----------
    own : numpy.ndarray of int
        The different words of the sequence.
    place : numpy.ndarray of int
        Of each word of the sequence its place among those.
    highest : numpy.ndarray of float, words x groups
        How far the highest gain of each group lies above the group's best base.
    draws : numpy.ndarray of int, draws x words
        What each draw has: places among the different words.
    bounds : numpy.ndarray of float, draws x groups
        What no lineage of a group exceeds.
    """

    own: Numbers
    place: Numbers
    highest: Array
    draws: Numbers
    bounds: Array


class Gains:
    """Logarithms of likelihoods, by word and lineage.

    Parameters
    ----------
    parts : iterator of scipy.sparse.csc_array
        How many sequences of a lineage have a word (words x lineages): some lineages after others.
    entries : int
        Numbers other than 0 in all parts together, at most.
    sizes : numpy.ndarray of int
        Sequences of each lineage.

    Notes
    -----
    With m of M sequences of a lineage, and n of all N, that have a word, and P = (n + 0.5) / (N + 1), the logarithm of
    (m + P) / (M + 1) is a gain log(1 + m / P), 0 for most, and a base -log(M + 1), but for log(P), which all share.
    """

    def __init__(self, parts: Iterator[sparse.csc_array], entries: int, sizes: Numbers) -> None:
        # Memory is taken as it is filled: of whole genes this is gigabytes, and must not stand there twice.
        self._words = np.empty(entries, dtype=np.uint16)  # of eight bases there are 65,536
        self._gain = np.empty(entries, dtype=np.float32)
        self._begins = np.zeros(len(sizes) + 1, dtype=np.int64)
        end, lineage, counts = 0, 0, []
        for part in parts:
            some = slice(end, end + part.nnz)
            self._words[some], self._gain[some] = part.indices, part.data
            self._begins[lineage + 1 : lineage + 1 + part.shape[1]] = end + part.indptr[1:]
            counts.append(np.bincount(part.indices, weights=part.data, minlength=part.shape[0]))
            end, lineage = some.stop, lineage + part.shape[1]
        prior = ((np.sum(counts, axis=0) + 0.5) / (sizes.sum() + 1)).astype(np.float32)
        self._base: Array = -np.log(sizes + 1.0).astype(np.float32)
        self._top: Array = np.maximum.reduceat(self._base, np.arange(0, len(sizes), _GROUP))
        self._highest = sparse.vstack(list(self._pooled(prior)), format="csr").T.tocsr()

    def _pooled(self, prior: Array) -> Iterator[sparse.csr_array]:
        """Turn counts into gains, and keep the highest of each group: how far it lies above the group's best base."""
        for first in range(0, len(self._top), _GROUPS):
            top = self._top[first : first + _GROUPS]
            highest = np.zeros((len(top), len(prior)), dtype=np.float32)
            _pool(highest, self._gain, self._words, self._begins, prior, self._base, top, first * _GROUP)
            found = np.flatnonzero(highest)  # much quicker than in two dimensions
            begins = np.searchsorted(found, np.arange(len(top) + 1) * len(prior))
            values = highest.ravel()[found]
            yield sparse.csr_array((values, (found % len(prior)).astype(np.int32), begins), shape=highest.shape)

    def lot(self, words: Numbers) -> Lot:
        """Bound the scores of a sequence.

        Parameters
        ----------
        words : numpy.ndarray of int
            Its words; one that stands twice counts twice.

        Returns
        -------
        Lot
            Of one draw, which has all words.
        """
        own, place = np.unique(words, return_inverse=True)
        rows = self._highest
        highest = _rows(own, rows.indptr, rows.indices, rows.data, len(self._top))
        return self._bounded(own, place, highest, place[None, :])

    def drawn(self, lot: Lot, draws: Numbers) -> Lot:
        """Bound the scores of draws of the words of a sequence.

        Parameters
        ----------
        lot : Lot
            Of :meth:`lot`.
        draws : numpy.ndarray of int, draws x words
            Places of words in the sequence.

        Returns
        -------
        Lot
        """
        return self._bounded(lot.own, lot.place, lot.highest, lot.place[draws])

    def _bounded(self, own: Numbers, place: Numbers, highest: Array, draws: Numbers) -> Lot:
        return Lot(own, place, highest, draws, _summed(draws, highest) + draws.shape[1] * self._top)

    def best(self, lot: Lot, floor: float = -np.inf) -> tuple[Numbers, Array]:
        """Return every lineage that may be the best of a draw, or as good as it.

        Parameters
        ----------
        lot : Lot
            Of :meth:`lot` or :meth:`drawn`.
        floor : float
            Scores below are of no interest.

        Returns
        -------
        tuple of numpy.ndarray
            Numbers of lineages, in order; and scores (draws x lineages). Empty where none reaches `floor`.
        """
        if lot.bounds.max() < floor - _SLACK:
            return np.empty(0, dtype=np.int64), np.empty((len(lot.draws), 0), dtype=np.float32)
        _, some = self._scores(lot.own, lot.draws, np.unique(lot.bounds.argmax(axis=1)))
        least = np.maximum(some.max(axis=1), floor)[:, None] - _SLACK  # of each draw a score that some lineage has
        return self._scores(lot.own, lot.draws, np.flatnonzero((lot.bounds >= least).any(axis=0)))

    def _scores(self, own: Numbers, draws: Numbers, groups: Numbers) -> tuple[Numbers, Array]:
        lineages = (groups[:, None] * _GROUP + np.arange(_GROUP)).ravel()
        lineages = lineages[lineages < len(self._base)]
        gain = _of_words(own, lineages, self._begins, self._words, self._gain)
        return lineages, _summed(draws, np.ascontiguousarray(gain.T)) + draws.shape[1] * self._base[lineages]


@compiled
def _pool(
    highest: Array, gain: Array, words: npt.NDArray[np.uint16], begins: Numbers, prior: Array, base: Array, top: Array,
    first: int,
) -> None:  # fmt: skip
    """Turn counts of some groups' lineages, from `first` on, into gains, and keep the highest (groups x words)."""
    for lineage in range(first, min(len(base), first + len(top) * _GROUP)):
        group = (lineage - first) // _GROUP
        above = base[lineage] - top[group]
        for at in range(begins[lineage], begins[lineage + 1]):
            word = words[at]
            gain[at] = np.log1p(gain[at] / prior[word])
            highest[group, word] = max(highest[group, word], gain[at] + above)


@compiled
def _summed(draws: Numbers, rows: Array) -> Array:
    """Add up the rows that each draw has: of the words of a sequence a draw has few, so no product of matrices."""
    made = np.zeros((len(draws), rows.shape[1]))  # in double precision: of a gene a thousand are added up
    for number in range(len(draws)):
        for row in draws[number]:
            for column in range(rows.shape[1]):
                made[number, column] += rows[row, column]
    return made.astype(np.float32)


@compiled
def _of_words(own: Numbers, lineages: Numbers, begins: Numbers, words: npt.NDArray[np.uint16], gain: Array) -> Array:
    """Return the gains of some lineages (rows) for some words (columns)."""
    columns = np.full(2**16, len(own), dtype=np.uint32)  # all other words have one more, and no branch is needed
    for column, word in enumerate(own):
        columns[word] = column
    made = np.zeros((len(lineages), len(own) + 1), dtype=np.float32)
    for row, lineage in enumerate(lineages):
        for at in range(begins[lineage], begins[lineage + 1]):
            made[row, columns[words[at]]] = gain[at]
    return made[:, :-1]


@compiled
def _rows(own: Numbers, begins: Any, places: Any, values: Array, width: int) -> Array:
    """Return some rows of a sparse matrix, whole."""
    made = np.zeros((len(own), width), dtype=np.float32)
    for row, word in enumerate(own):
        for at in range(begins[word], begins[word + 1]):
            made[row, places[at]] = values[at]
    return made

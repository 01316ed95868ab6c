"""Names by the words of eight bases that a sequence has: the naive Bayes classifier of the RDP.

Source: Wang and others 2007 (doi:10.1128/AEM.00062-07), with the choices of R's dada2 (assignTaxonomy): a taxon is a
whole lineage of the reference; the probability of a word in it is (m + P) / (M + 1), with m of its M sequences that
have the word, P = (n + 0.5) / (N + 1) and n of all N that have it. A hundred times an eighth of the words of the
sequence is drawn, and the share of draws that give the same name at a rank is its confidence. scikit-learn has no such
model (its Bernoulli model weighs absent words, its multinomial one counts repeats), so it is written out; the sum over
absent words is the same for all taxa but for their size, which keeps the matrix sparse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from handbook_utils.analysis.naming.names import Names
from handbook_utils.analysis.naming.reference import Reference, bundled_reference
from handbook_utils.reads.kernels import compiled
from handbook_utils.reads.sequences import reverse_complement

Array = npt.NDArray[np.float32]
Words = npt.NDArray[np.int64]

#: Bases of a word.
WORD = 8
#: Draws of words, and the part of the words of a sequence that each takes.
DRAWS, PART = 100, 8
#: Bases of the shortest sequence that is named: dada2's.
SHORTEST = 50
#: Sequences of the reference, and words, that are worked on at once, so that memory does not grow with their number.
_AT_ONCE = 4_000
#: Lineages whose scores are added up at once: their gains then stay in the processor's cache.
_LINEAGES = 512
#: Sums of logarithms in single precision that are nearer than this are the same.
_TIE = 1e-3
_CODES = np.full(256, -1, dtype=np.int64)
_CODES[[ord(base) for base in "ACGT"]] = range(4)


def words(sequence: str) -> Words:
    """Return the words of a sequence as numbers, one for each place, without those with ambiguous letters.

    Parameters
    ----------
    sequence : str
        Bases in capitals.

    Returns
    -------
    numpy.ndarray of int
        In the order of the sequence; a word of bases read as a number to base 4.

    Examples
    --------
    >>> words("AAAAAAAAC").tolist(), words("ACGTNACGT").tolist()
    ([0, 1], [])
    """
    made: Words = _spelt(_CODES[np.frombuffer(sequence.encode("ascii"), dtype=np.uint8)])
    return made


@compiled
def _spelt(codes: Words) -> Words:
    """Return the number of the word that begins at each place, without those with a letter that is no base."""
    made = np.empty(len(codes), dtype=np.int64)
    count = clear = word = 0
    for code in codes:
        word = (4 * word + code) % 4**WORD if code >= 0 else 0
        clear = clear + 1 if code >= 0 else 0
        if clear >= WORD:
            made[count] = word
            count += 1
    return made[:count].copy()


@compiled
def _different(own: Words, seen: Words, turn: int) -> Words:
    """Return each word once; `seen` says at which turn a word was met last."""
    made = np.empty(len(own), dtype=np.int64)
    count = 0
    for word in own:
        if seen[word] != turn:
            seen[word] = turn
            made[count] = word
            count += 1
    return made[:count].copy()


class NaiveBayes:
    """A classifier trained on a reference.

    Parameters
    ----------
    reference : Reference
        Genes with their lineages, which it learns from.
    """

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        units, self.lineages = reference.unit_of
        self._units = np.asarray(units)
        size = np.bincount(self._units, minlength=len(self.lineages))
        counts = sparse.hstack(list(self._parts()), format="csc").tocsr()
        prior = (np.asarray(counts.sum(axis=1)).ravel() + 0.5) / (len(reference) + 1)
        for word in range(0, 4**WORD, _AT_ONCE):  # in its place: of whole genes this is gigabytes
            begins = counts.indptr[word : word + _AT_ONCE + 1]
            some = slice(begins[0], begins[-1])
            counts.data[some] = np.log1p(counts.data[some] / np.repeat(prior[word : word + _AT_ONCE], np.diff(begins)))
        self._gain = counts
        self._base = -np.log(size + 1.0).astype(np.float32)

    def _parts(self) -> Iterator[sparse.csc_array]:
        """Count words, a lot of lineages at once: each lineage stands in one lot, so lots are put side by side."""
        order = np.argsort(self._units, kind="stable")
        ends = np.cumsum(np.bincount(self._units, minlength=len(self.lineages)))
        first, seen = 0, np.full(4**WORD, -1, dtype=np.int64)
        while first < len(ends):
            begin = int(ends[first - 1]) if first else 0
            last = max(first + 1, int(np.searchsorted(ends, begin + _AT_ONCE, side="right")))
            some = order[begin : int(ends[last - 1])]
            own = [_different(words(self.reference.sequences[place]), seen, place) for place in some]
            columns = np.repeat(self._units[some] - first, [len(one) for one in own]).astype(np.int32)
            rows = np.concatenate(own).astype(np.int32)
            ones = np.ones(len(rows), dtype=np.float32)
            yield sparse.coo_array((ones, (rows, columns)), shape=(4**WORD, last - first)).tocsc()
            first = last

    @cached_property
    def _codes(self) -> npt.NDArray[np.int64]:
        """For each lineage and rank, the number of its names down to there."""
        known: dict[tuple[str, ...], int] = {}
        rows = [
            [known.setdefault(names[: rank + 1], len(known)) for rank in range(len(names))] for names in self.lineages
        ]
        return np.asarray(rows, dtype=np.int64).reshape(len(self.lineages), -1)

    def names(self, sequences: Mapping[str, str], seed: int = 1, draws: int = DRAWS) -> Names:
        """Name sequences.

        Parameters
        ----------
        sequences : mapping of str to str
            Id to bases, in capitals; either strand.
        seed : int
            Of the draws; each sequence has draws of its own, whatever else is named with it.
        draws : int
            How many.

        Returns
        -------
        Names
        """
        best = np.full((len(sequences), len(self.reference.ranks)), "", dtype=object)
        sure = np.zeros((len(sequences), len(self.reference.ranks)))
        turned, short = [], []
        for row, (name, bases) in enumerate(sequences.items()):
            if len(bases) < SHORTEST:
                short.append(name)
                continue
            generator = np.random.default_rng([seed, *bases[:40].encode("ascii"), len(bases)])
            strands = [words(bases), words(reverse_complement(bases))]
            if not len(strands[0]):
                short.append(name)
                continue
            scores = np.concatenate([self._scores(own, np.arange(len(own))[None]) for own in strands])
            turn = int(scores[1].max() > scores[0].max() + _TIE)
            turned += [name] * turn
            own, winner = strands[turn], _winners(scores[[turn]], generator)[0]
            size = max(1, len(own) // PART)
            drawn = _winners(self._scores(own, generator.integers(0, len(own), (draws, size))), generator)
            agree = self._codes[drawn] == self._codes[winner]
            best[row] = self.lineages[winner]
            sure[row] = agree.mean(axis=0)
        notes = [f"Too short to be named, or without a whole word: {len(short)}."] if short else []
        index, ranks = pd.Index(list(sequences), dtype=object), self.reference.ranks
        return Names(
            pd.DataFrame(best, index=index, columns=ranks),
            pd.DataFrame(sure, index=index, columns=ranks),
            f"a naive Bayes classifier on words of {WORD} bases ({draws} draws)",
            self.reference.name,
            tuple(turned),
            tuple(notes),
        )

    def _scores(self, own: Words, lots: Words) -> Array:
        """Return the score of every lineage for each lot of words: the logarithm of its likelihood, but for a term."""
        gain = self._gain
        return _added(own, lots, gain.indptr, gain.indices, gain.data, lots.shape[1] * self._base)


def trained(reference: Reference) -> NaiveBayes:
    """Return the classifier of a reference; that of the bundled one is trained once.

    Parameters
    ----------
    reference : Reference
        Genes with their lineages.

    Returns
    -------
    NaiveBayes
        Of these genes.
    """
    return _bundled() if reference is bundled_reference() else NaiveBayes(reference)


@lru_cache(maxsize=1)
def _bundled() -> NaiveBayes:
    return NaiveBayes(bundled_reference())


@compiled
def _added(
    own: Words, lots: Words, starts: npt.NDArray[np.int32], places: npt.NDArray[np.int32], gain: Array, base: Array
) -> Array:
    """Add up what the words of each lot gain in every lineage; a lot holds places among the words of the sequence.

    Some lineages at once, whose gains are laid out in full: most words of a gene are in many of its relatives, and rows
    without gaps are added eight numbers at a time.
    """
    made = np.empty((len(lots), len(base)), dtype=np.float32)
    at = starts[own]
    for begin in range(0, len(base), _LINEAGES):
        end = min(begin + _LINEAGES, len(base))
        full = np.zeros((len(own), end - begin), dtype=np.float32)
        for row in range(len(own)):
            while at[row] < starts[own[row] + 1] and places[at[row]] < end:
                full[row, places[at[row]] - begin] = gain[at[row]]
                at[row] += 1
        for lot in range(len(lots)):
            total = np.zeros(end - begin, dtype=np.float32)
            for word in lots[lot]:
                total += full[word]
            made[lot, begin:end] = total + base[begin:end]
    return made


def _winners(scores: Array, generator: np.random.Generator) -> Words:
    """Return the best lineage of each row; among equals one by chance, or the first would always seem sure."""
    first: Words = scores.argmax(axis=1)
    equal = scores >= scores.max(axis=1, keepdims=True) - _TIE
    for row in np.flatnonzero(equal.sum(axis=1) > 1):
        first[row] = generator.choice(np.flatnonzero(equal[row]))
    return first

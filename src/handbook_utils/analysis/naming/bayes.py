"""Names by the words of eight bases that a sequence has: the naive Bayes classifier of the RDP.

Source: Wang and others 2007 (doi:10.1128/AEM.00062-07), with the choices of R's dada2 (assignTaxonomy): a taxon is a
whole lineage of the reference; the probability of a word in it is (m + P) / (M + 1), with m of its M sequences that
have the word, P = (n + 0.5) / (N + 1) and n of all N that have it. A hundred times an eighth of the words of the
sequence is drawn, and the share of draws that give the same name at a rank is its confidence. scikit-learn has no such
model (its Bernoulli model weighs absent words, its multinomial one counts repeats), so it is written out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from handbook_utils.analysis.naming.gains import Array, Gains, Lot
from handbook_utils.analysis.naming.names import Names
from handbook_utils.analysis.naming.reference import BUNDLED, Reference, bundled_reference
from handbook_utils.reads.kernels import compiled
from handbook_utils.reads.sequences import reverse_complement

Words = npt.NDArray[np.int64]

#: Bases of a word.
WORD = 8
#: Draws of words, and the part of the words of a sequence that each takes.
DRAWS, PART = 100, 8
#: Bases of the shortest sequence that is named: dada2's.
SHORTEST = 50
#: Sequences of the reference that are worked on at once, so that memory does not grow with their number.
_AT_ONCE = 4_000
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
    made, clear = _read(sequence)
    return made[clear]


def _read(sequence: str) -> tuple[Words, npt.NDArray[np.bool_]]:
    """Return the word that begins at each place, and whether it has no ambiguous letter."""
    codes = _CODES[np.frombuffer(sequence.encode("ascii"), dtype=np.uint8)]
    length = max(0, len(codes) - WORD + 1)
    made = np.zeros(length, dtype=np.int64)
    clear = np.ones(length, dtype=bool)
    for step in range(WORD):
        place = codes[step : step + length]
        made = 4 * made + place
        clear &= place >= 0
    return made, clear


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
        most = sum(max(0, len(bases) - WORD + 1) for bases in reference.sequences)
        self._gains = Gains(self._parts(), most, size)

    def _parts(self) -> Iterator[sparse.csc_array]:
        """Count words, a lot of lineages at once: each lineage stands in one lot, so lots are put side by side."""
        order = np.argsort(self._units, kind="stable")
        ends = np.cumsum(np.bincount(self._units, minlength=len(self.lineages)))
        first = 0
        while first < len(ends):
            begin = int(ends[first - 1]) if first else 0
            last = max(first + 1, int(np.searchsorted(ends, begin + _AT_ONCE, side="right")))
            some = order[begin : int(ends[last - 1])]
            joined = "N".join(self.reference.sequences[place] for place in some)  # no word reaches over an N
            stops = np.cumsum([len(self.reference.sequences[place]) + 1 for place in some])
            counts, rows, starts = _counted(
                np.frombuffer(joined.encode("ascii"), dtype=np.uint8), stops, self._units[some] - first, _CODES
            )
            yield sparse.csc_array((counts, rows, starts), shape=(4**WORD, last - first))
            first = last

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
            turn, lot, first, scores = self._strand(strands)
            turned += [name] * turn
            winner = first[_winners(scores, generator)[0]]
            size = max(1, len(lot.place) // PART)
            near, scores = self._gains.best(
                self._gains.drawn(lot, generator.integers(0, len(lot.place), (draws, size)))
            )
            drawn = near[_winners(scores, generator)]
            best[row] = self.lineages[winner]
            for lineage, times in zip(*np.unique(drawn, return_counts=True), strict=True):
                same = np.array(self.lineages[lineage]) == np.array(self.lineages[winner])
                sure[row] += np.logical_and.accumulate(same) * times
        notes = [f"Too short to be named, or without a whole word: {len(short)}."] if short else []
        index, ranks = pd.Index(list(sequences), dtype=object), self.reference.ranks
        return Names(
            pd.DataFrame(best, index=index, columns=ranks),
            pd.DataFrame(sure / draws, index=index, columns=ranks),
            f"a naive Bayes classifier on words of {WORD} bases ({draws} draws)",
            self.reference.name,
            tuple(turned),
            tuple(notes),
        )

    def _strand(self, strands: list[Words]) -> tuple[int, Lot, Words, Array]:
        """Return the strand that is read, its words, and the lineages that may be its best with their scores."""
        lots = [self._gains.lot(own) for own in strands]
        likely = int(lots[1].bounds.max() > lots[0].bounds.max())
        found = {likely: self._gains.best(lots[likely])}
        found[1 - likely] = self._gains.best(lots[1 - likely], float(found[likely][1].max()) - 2 * _TIE)
        top = [found[strand][1].max(initial=-np.inf) for strand in (0, 1)]
        turn = int(top[1] > top[0] + _TIE)
        return turn, lots[turn], *found[turn]


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
    # The name is looked at first: the bundled reference is not opened in the run of a reader who has one.
    bundled = reference.name == BUNDLED and reference is bundled_reference()
    return _bundled() if bundled else NaiveBayes(reference)


@lru_cache(maxsize=1)
def _bundled() -> NaiveBayes:
    return NaiveBayes(bundled_reference())


@compiled
def _counted(bases: npt.NDArray[np.uint8], stops: Words, units: Words, codes: Words) -> tuple[Array, Words, Words]:
    """Count the sequences of each lineage that have a word: a sparse matrix by columns, words x lineages.

    Sequences lie one behind another, those of a lineage together; `stops` tells where each ends, `units` of which
    lineage it is.
    """
    counts = np.empty(len(bases), dtype=np.float32)
    rows = np.empty(len(bases), dtype=np.int64)
    starts = np.zeros(units[-1] + 2, dtype=np.int64)
    of_sequence = np.full(4**WORD, -1, dtype=np.int64)  # the last sequence that had a word
    place = np.full(4**WORD, -1, dtype=np.int64)  # where the word is counted
    end = begin = at = 0
    for sequence in range(len(stops)):
        if sequence and units[sequence] != units[sequence - 1]:
            begin = end
        word = clear = 0
        for base in bases[at : stops[sequence]]:
            code = codes[base]
            clear = clear + 1 if code >= 0 else 0
            word = (4 * word + max(code, 0)) % 4**WORD
            if clear < WORD or of_sequence[word] == sequence:
                continue
            of_sequence[word] = sequence
            if place[word] < begin:
                place[word], rows[end], counts[end] = end, word, 0
                end += 1
            counts[place[word]] += 1
        at = stops[sequence]
        starts[units[sequence] + 1] = end
    return counts[:end], rows[:end], starts


def _winners(scores: Array, generator: np.random.Generator) -> Words:
    """Return the best lineage of each row; among equals one by chance, or the first would always seem sure."""
    first: Words = scores.argmax(axis=1)
    equal = scores >= scores.max(axis=1, keepdims=True) - _TIE
    for row in np.flatnonzero(equal.sum(axis=1) > 1):
        first[row] = generator.choice(np.flatnonzero(equal[row]))
    return first

"""Reads that are not what was copied: phiX, which sequencers are given as a control, and the host."""

from __future__ import annotations

from pathlib import Path

from handbook_utils.reads.sequences import fasta_records, reverse_complement

#: Bases of a word, and words that make a read phiX's: those of DADA2's isPhiX.
_WORD, _PHIX = 16, 2
#: Share of a read's words from which on it is the host's: words of few genes are shared by all life.
_HOST = 0.5


def words_of(path: Path) -> frozenset[str]:
    r"""Collect the words of 16 bases of sequences, on both strands.

    Parameters
    ----------
    path : pathlib.Path
        FASTA.

    Returns
    -------
    frozenset of str

    Raises
    ------
    InputError
        As :func:`handbook_utils.reads.sequences.fasta_records`.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.fasta"
    >>> _ = path.write_text(">a\nACGTACGTACGTACGTA\n")
    >>> sorted(words_of(path))
    ['ACGTACGTACGTACGT', 'CGTACGTACGTACGTA', 'TACGTACGTACGTACG']
    """
    return frozenset(
        strand[at : at + _WORD]
        for _, sequence in fasta_records(path)
        for strand in (sequence, reverse_complement(sequence))
        for at in range(len(strand) - _WORD + 1)
    )


def is_phix(sequence: str, words: frozenset[str]) -> bool:
    """Tell whether a read is phiX's: two of its words, taken end to end, are.

    Parameters
    ----------
    sequence : str
        Bases of a read.
    words : frozenset of str
        Of phiX, as :func:`words_of`.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_phix("A" * 32, frozenset(["A" * 16])), is_phix("A" * 16 + "C" * 16, frozenset(["A" * 16]))
    (True, False)
    """
    taken = _words(sequence)
    return not words.isdisjoint(taken) and sum(word in words for word in taken) >= _PHIX


def is_host(sequence: str, words: frozenset[str]) -> bool:
    """Tell whether a read is the host's: half of its words, taken end to end, are.

    Parameters
    ----------
    sequence : str
        Bases of a read.
    words : frozenset of str
        Of the host, as :func:`words_of`.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_host("A" * 32, frozenset(["A" * 16])), is_host("A" * 16 + "C" * 48, frozenset(["A" * 16]))
    (True, False)
    """
    taken = _words(sequence)
    return bool(taken) and sum(word in words for word in taken) >= _HOST * len(taken)


def _words(sequence: str) -> list[str]:
    return [sequence[at : at + _WORD] for at in range(0, len(sequence) - _WORD + 1, _WORD)]

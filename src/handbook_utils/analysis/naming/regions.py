"""The piece of each reference gene that a pair of primers copies."""

from __future__ import annotations

import re

from handbook_utils.analysis.naming.reference import Reference
from handbook_utils.errors import InputError, nearest
from handbook_utils.reads.fastq import BASES
from handbook_utils.reads.primers import PRIMERS
from handbook_utils.reads.sequences import reverse_complement

#: Wrong bases a base of primer, as where primers are looked for in reads.
_ERRORS = 0.12
#: A reference of which fewer have the region is not one of this gene, or the primers are others.
_LEAST = 0.1


def primer_of(asked: str, direction: str, parameter: str) -> str:
    """Return a primer's bases, by its name or as they are given.

    Parameters
    ----------
    asked : str
        A name such as 515F, or bases with IUPAC's letters.
    direction : {"forward", "reverse"}
        Along the gene.
    parameter : str
        Which the message names.

    Returns
    -------
    str

    Raises
    ------
    InputError
        It is neither.

    Examples
    --------
    >>> primer_of("515f", "forward", "forward")
    'GTGYCAGCMGCCGCGGTAA'
    """
    known = {one.name: one.sequence for one in PRIMERS if one.direction == direction}
    if asked.upper() in known:
        return known[asked.upper()]
    bases = asked.upper().replace("U", "T")
    if len(bases) >= 10 and set(bases) <= BASES:
        return bases
    close = nearest(asked, known)
    raise InputError(
        f"'{asked}' is no {direction} primer.",
        where=f"parameter {parameter}",
        expected=f"one of {', '.join(known)}, or its bases, 5' to 3' (10 or more)",
        found=asked,
        remedy=f"Did you mean {close}?" if close else "Write the bases as the laboratory ordered them.",
    )


def region(reference: Reference, forward: str, reverse: str) -> Reference:
    """Cut the region between two primers out of every sequence of a reference.

    Parameters
    ----------
    reference : Reference
        Whole genes, or pieces that hold the region.
    forward, reverse : str
        Bases of the primers, each 5' to 3'.

    Returns
    -------
    Reference
        Of the sequences that have both primers, what is between them.

    Raises
    ------
    InputError
        Fewer than a tenth have the region.

    Examples
    --------
    >>> import pandas as pd
    >>> gene = "TT" + "GTGCCAGCAGCCGCGGTAA" + "ACGTACGTAC" * 6 + "ATTAGAAACCCGTGTAGTCC" + "GG"
    >>> whole = Reference("one", ("a",), (gene,), pd.DataFrame({"kingdom": ["Bacteria"]}, index=["a"]))
    >>> region(whole, "GTGYCAGCMGCCGCGGTAA", "GGACTACNVGGGTWTCTAAT").sequences[0] == "ACGTACGTAC" * 6
    True
    """
    from cutadapt.adapters import BackAdapter, FrontAdapter

    first = FrontAdapter(forward, max_errors=_ERRORS, min_overlap=len(forward), indels=False)
    last = BackAdapter(reverse_complement(reverse), max_errors=_ERRORS, min_overlap=len(reverse), indels=False)
    ends = (_pattern(forward), _pattern(reverse_complement(reverse)))
    cut: dict[int, str] = {}
    for number, bases in enumerate(reference.sequences):
        begin = _found(ends[0], first, bases, 0)
        end = None if begin is None else _found(ends[1], last, bases, begin[1])
        if begin is not None and end is not None and end[0] > begin[1]:
            cut[number] = bases[begin[1] : end[0]]
    if len(cut) < _LEAST * len(reference):
        raise InputError(
            "The primers are not in the reference.",
            where="parameters forward and reverse",
            expected=f"both in at least {_LEAST:.0%} of its sequences",
            found=f"both in {len(cut):,} of {len(reference):,} sequences of {reference.name}",
            remedy="Check the primers; or leave both empty, and whole genes are used. Genes in most references begin "
            "after 27F and end before 1492R.",
        )
    return reference.with_sequences(
        cut, f"Region between the primers: {len(cut):,} of {len(reference):,} sequences of {reference.name} have it."
    )


_MEANINGS = ("A", "C", "G", "T", "AG", "CT", "GC", "AT", "GT", "AC", "CGT", "AGT", "ACT", "ACG", "ACGT")
_LETTERS = {letter: f"[{bases}]" for letter, bases in zip("ACGTRYSWKMBDHVN", _MEANINGS, strict=True)}


def _pattern(primer: str) -> re.Pattern[str]:
    return re.compile("".join(_LETTERS[letter] for letter in primer))


def _found(exact: re.Pattern[str], adapter: object, bases: str, after: int) -> tuple[int, int] | None:
    """Return where a primer begins and ends: first as it is, which most genes have, then with errors."""
    if match := exact.search(bases, after):
        return match.start(), match.end()
    found = adapter.match_to(bases[after:])  # type: ignore[attr-defined]
    return None if found is None else (after + int(found.rstart), after + int(found.rstop))

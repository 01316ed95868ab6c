"""Primers of the 16S gene that gut studies use, and how to see them at the beginning of reads.

Names and sequences: 27F and 1492R, Lane 1991 with the ambiguities of Frank and others (2008,
doi:10.1128/AEM.02272-07); 341F and 805R, Klindworth and others (2013, doi:10.1093/nar/gks808); 515F, Parada and others
(2016, doi:10.1111/1462-2920.13023); 806R, Apprill and others (2015, doi:10.3354/ame01753); 926R, Parada and others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, NamedTuple

from handbook_utils.errors import InputError, listed, nearest
from handbook_utils.reads.sequences import reverse_complement

Direction = Literal["forward", "reverse"]

#: How far a primer may stand from the beginning: spacers that shift the frame of a run are this long at most.
_SPACER = 10
#: Bases of a short primer, and share of the reads that begin with the same ones where it is still on.
_SHORT, _NEARLY_ALL = 16, 0.95
#: Wrong bases a base of primer.
_ERRORS = 0.12


class Primer(NamedTuple):
    """A primer.

    Attributes
    ----------
    name : str
        As it is called.
    direction : {"forward", "reverse"}
        Along the gene.
    sequence : str
        5' to 3', in IUPAC's letters.
    """

    name: str
    direction: Direction
    sequence: str


PRIMERS = (
    Primer("27F", "forward", "AGRGTTYGATYMTGGCTCAG"),
    Primer("341F", "forward", "CCTACGGGNGGCWGCAG"),
    Primer("515F", "forward", "GTGYCAGCMGCCGCGGTAA"),
    Primer("805R", "reverse", "GACTACHVGGGTATCTAATCC"),
    Primer("806R", "reverse", "GGACTACNVGGGTWTCTAAT"),
    Primer("926R", "reverse", "CCGYCAATTYMTTTRAGTTT"),
    Primer("1492R", "reverse", "RGYTACCTTGTTACGACTT"),
)


def primers_seen(sequences: Iterable[str]) -> dict[Primer, float]:
    """Count the reads that begin with a primer.

    Parameters
    ----------
    sequences : iterable of str
        Bases of reads, 5' to 3'.

    Returns
    -------
    dict of Primer to float
        Share of the reads (0 to 1), the most frequent first; each read counts for one primer.

    Examples
    --------
    >>> seen = primers_seen(["GTGCCAGCAGCCGCGGTAATACGGAGG", "ACGTACGTACGTACGTACGTACGTACG"])
    >>> {primer.name: share for primer, share in seen.items()}
    {'515F': 0.5}
    """
    from cutadapt.adapters import FrontAdapter

    adapters = {
        primer: FrontAdapter(primer.sequence, max_errors=_ERRORS, min_overlap=len(primer.sequence), indels=False)
        for primer in PRIMERS
    }
    matches = []
    for sequence in sequences:
        there = {
            primer: adapter.match_to(sequence[: _SPACER + len(primer.sequence)].upper())
            for primer, adapter in adapters.items()
        }
        matches.append({primer: match.errors for primer, match in there.items() if match is not None})
    # 805R stands within what 806R binds to: where both fit, the one was used that fits most reads, with fewest errors.
    fits = {primer: [errors[primer] for errors in matches if primer in errors] for primer in PRIMERS}
    order = sorted(PRIMERS, key=lambda primer: (-len(fits[primer]), sum(fits[primer])))
    counts = Counter(next(primer for primer in order if primer in errors) for errors in matches if errors)
    return {primer: count / len(matches) for primer, count in counts.most_common()}


def common_beginning(sequences: Sequence[str]) -> str:
    """Return the bases with which nearly all reads begin, as behind no primer they do.

    Parameters
    ----------
    sequences : sequence of str
        Bases of reads, 5' to 3'.

    Returns
    -------
    str
        As long as a short primer; empty where reads begin in different ways.

    Examples
    --------
    >>> common_beginning(["CTTGGTCATTTAGAGGAAGTAAA", "CTTGGTCATTTAGAGGAAGTAAC"] * 10)
    'CTTGGTCATTTAGAGG'
    >>> common_beginning(["TACGTAGGGTGCAAGCGTTA", "TACGGAGGATCCGAGCGTTA"] * 10)
    ''
    """
    same = []
    for column in zip(*(one[:_SHORT].ljust(_SHORT) for one in sequences), strict=True):
        base, times = Counter(column).most_common(1)[0]
        if base not in "ACGT" or times < _NEARLY_ALL * len(column):
            return ""
        same.append(base)
    return "".join(same)


#: Bases and qualities of a read.
Read = tuple[str, str]
#: Of a read through to the other end of what was copied, bases of the other primer that tell it.
_THROUGH = 10
#: Bases that may be missing of a primer at the end of a read that spans the gene.
_MISSING = 2


def primer_of(text: str, direction: Direction, parameter: str) -> str:
    """Return the bases of a primer that is given by name or by its bases.

    Parameters
    ----------
    text : str
        A name of :data:`PRIMERS`, or IUPAC's letters, 5' to 3'.
    direction : {"forward", "reverse"}
        Which of a pair it is.
    parameter : str
        What it was asked as.

    Returns
    -------
    str

    Raises
    ------
    InputError
        It is neither.

    Examples
    --------
    >>> primer_of("515F", "forward", "forward_primer"), primer_of("acgtn", "forward", "forward_primer")
    ('GTGYCAGCMGCCGCGGTAA', 'ACGTN')
    """
    known = {primer.name.upper(): primer for primer in PRIMERS}
    primer = known.get(text.strip().upper())
    if primer is not None and primer.direction == direction:
        return primer.sequence
    bases = text.strip().upper().replace("U", "T").replace("I", "N")
    if primer is None and bases and not set(bases) - set("ACGTRYSWKMBDHVN"):
        return bases
    names = [one.name for one in PRIMERS if one.direction == direction]
    raise InputError(
        f"This is no {direction} primer.",
        where=f"parameter {parameter}",
        expected=f"one of {listed(names, most=12)}, or its bases from 5' to 3'",
        found=text,
        remedy=nearest(text, names),
    )


def cutters(forward: str, reverse: str, *, whole: bool) -> Callable[[list[Read]], list[Read] | None]:
    """Make the function that takes primers off a read or a pair, and turns it to the forward strand.

    Parameters
    ----------
    forward, reverse : str
        Primers, 5' to 3'; empty where reads begin behind them.
    whole : bool
        Whether single reads span what was copied: then both primers must be there, and either strand will do.

    Returns
    -------
    callable
        Takes one read or two (bases and qualities), and returns them without primers, or None where a primer is
        missing. A pair that begins with the primers the other way round is exchanged.

    Examples
    --------
    >>> cut = cutters("GTGYCAGCMGCCGCGGTAA", "GGACTACNVGGGTWTCTAAT", whole=False)
    >>> cut([("GTGCCAGCAGCCGCGGTAATACGG", 24 * "I"), ("GGACTACAGGGGTTTCTAATCCTG", 24 * "I")])
    [('TACGG', 'IIIII'), ('CCTG', 'IIII')]
    >>> cut([("ACGTACGTACGTACGTACGTACGT", 24 * "I"), ("GGACTACAGGGGTTTCTAATCCTG", 24 * "I")]) is None
    True
    """
    if not forward and not reverse:
        return lambda ends: ends
    fronts = {primer: _front(primer, whole) for primer in (forward, reverse) if primer}
    backs = {primer: _back(primer, whole) for primer in (forward, reverse) if primer}

    def one(read: Read, first: str, last: str) -> Read | None:
        bases, signs = read
        if first:
            match = fronts[first].match_to(bases if whole else bases[: _SPACER + len(first)])
            if match is None or _too_far(match, first):
                return None
            bases, signs = bases[match.rstop :], signs[match.rstop :]
        if last:
            match = backs[last].match_to(bases)
            if whole and (match is None or _too_far(match, last)):
                return None
            if match is not None:
                bases, signs = bases[: match.rstart], signs[: match.rstart]
        return bases, signs

    def cut(ends: list[Read]) -> list[Read] | None:
        if len(ends) == 1:
            found = one(ends[0], forward, reverse)
            if found is None and whole:
                bases, signs = ends[0]
                found = one((reverse_complement(bases), signs[::-1]), forward, reverse)
            return None if found is None else [found]
        for first, second in (ends, ends[::-1]):
            both = one(first, forward, reverse), one(second, reverse, forward)
            if both[0] is not None and both[1] is not None:
                return [both[0], both[1]]
        return None

    return cut


def _too_far(match: Any, primer: str) -> bool:
    """Tell whether so many bases of a primer are wrong, or missing at the end of the read, that it is none."""
    missing = len(primer) - (match.astop - match.astart)
    return bool(match.errors + missing > _ERRORS * len(primer))


def _front(primer: str, whole: bool) -> Any:
    from cutadapt.adapters import FrontAdapter

    least = len(primer) - _MISSING if whole else len(primer)
    return FrontAdapter(primer, max_errors=_ERRORS, min_overlap=max(1, least), indels=False)


def _back(primer: str, whole: bool) -> Any:
    from cutadapt.adapters import BackAdapter

    least = len(primer) - _MISSING if whole else min(_THROUGH, len(primer))
    return BackAdapter(reverse_complement(primer), max_errors=_ERRORS, min_overlap=max(1, least), indels=False)

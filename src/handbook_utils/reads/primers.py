"""Primers of the 16S gene that gut studies use, and how to see them at the beginning of reads.

Names and sequences: 27F and 1492R, Lane 1991 with the ambiguities of Frank and others (2008,
doi:10.1128/AEM.02272-07); 341F and 805R, Klindworth and others (2013, doi:10.1093/nar/gks808); 515F, Parada and others
(2016, doi:10.1111/1462-2920.13023); 806R, Apprill and others (2015, doi:10.3354/ame01753); 926R, Parada and others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal, NamedTuple

Direction = Literal["forward", "reverse"]

#: How far a primer may stand from the beginning: spacers that shift the frame of a run are this long at most.
_SPACER = 10
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
        Share of the reads (0 to 1), the most frequent first; each read counts for the primer that fits best.

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
    counts: Counter[Primer] = Counter()
    total = 0
    for sequence in sequences:
        total += 1
        best: tuple[int, Primer] | None = None
        for primer, adapter in adapters.items():
            match = adapter.match_to(sequence[: _SPACER + len(primer.sequence)].upper())
            if match is not None and (best is None or match.score > best[0]):
                best = (match.score, primer)
        if best is not None:
            counts[best[1]] += 1
    return {primer: count / total for primer, count in counts.most_common()}

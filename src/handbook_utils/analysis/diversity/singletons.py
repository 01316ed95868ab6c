"""Whether taxa seen once can be believed, and Hill numbers of samples made comparable with or without them.

Coverage rests on the taxa seen once in a sample. Denoisers (DADA2, Deblur, UNOISE) remove these, wholly or in part, and
a table without them looks completely covered at any depth: richness "at equal coverage" is then richness at whatever
depth a sample happened to have. The taxa seen two and three times tell how many there should be; where these are too
few to tell, samples are compared at equal depth as well, and no cause is named.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from handbook_utils.analysis.diversity.alpha import common_coverage, hill_at_coverage, hill_at_size
from handbook_utils.study import Study
from handbook_utils.text.numbers import spoken

__all__ = ["Comparable", "Singletons", "comparable_hill", "hill_of_shares", "seen_twice", "singletons"]

#: Singletons within this factor of what is expected are believed. In six bundled tables that were not denoised the
#: factor is 0.88 to 1.11 for reads of bacteria (2.0 for a table of single reads left unfiltered).
_FACTOR = 2.0
#: With fewer taxa seen two or three times there is nothing to expect from.
_FEWEST = 10
#: A cause is named where chance would give so few, or so many, less often than this.
_CHANCE = 0.01


@dataclass(frozen=True)
class Singletons:
    """Taxa seen once, over all samples.

    Attributes
    ----------
    found : int
        How often a taxon was seen once in a sample.
    expected : float
        How often that is to be expected from those seen two and three times; NaN where these are too few.
    unsure : float
        Standard error of the logarithm of what is expected; NaN, too.
    """

    found: int
    expected: float
    unsure: float

    @property
    def believable(self) -> bool:
        """Whether coverage can be estimated from them."""
        if np.isnan(self.expected):
            return self.found > 0
        return self.expected / _FACTOR <= self.found <= self.expected * _FACTOR

    @property
    def reading(self) -> str:
        """One sentence."""
        counted = f"{self.found:,} times a feature was seen once in a sample" if self.found else "Nothing was seen once"
        if not np.isnan(self.expected):
            counted += f", where {self.expected:,.0f} are expected from those seen two and three times"
        if self.believable:
            return f"{counted}: coverage can be estimated"
        return f"{counted}: {self._cause}, so coverage cannot be estimated"

    @property
    def _cause(self) -> str:
        """Why they cannot be believed; a cause is named only where chance does not give as few or as many.

        No community whose reads are drawn by chance gives fewer than half of what is expected, since
        (2 f2)² <= f1 · 6 f3 for any mixture of Poisson numbers. A community seen whole has few or none, too: its rarest
        features are read many times.
        """
        if np.isnan(self.expected):
            return "too few are seen two and three times to tell a community seen whole from rare features left out"
        least, most = (self.expected * _FACTOR**side * np.exp(side * self.unsure) for side in (-1, 1))
        if scipy.special.pdtr(self.found, least) < _CHANCE:
            return "as after denoising (DADA2, Deblur, UNOISE)"
        if self.found and scipy.special.pdtrc(self.found - 1, most) < _CHANCE:
            return "as where errors of reading were left in"
        return "too few are seen to tell chance from features left out or read wrongly"


def singletons(study: Study) -> Singletons:
    """Count the taxa seen once, and how many to expect.

    Parameters
    ----------
    study : Study
        Of counts.

    Returns
    -------
    Singletons
        The expectation is 4·f2²/(3·f3), exact where taxa seen k times are as many as in Fisher's series.

    References
    ----------
    Chiu and Chao 2016, PeerJ 4:e1634, who estimate true singletons from f2, f3 and f4.

    Examples
    --------
    >>> counts = pd.DataFrame([[2] * 30 + [3] * 20], ["s"], [f"t{n}" for n in range(50)])
    >>> print(singletons(Study.from_frame(counts)).reading)
    Nothing was seen once, where 60 are expected from those seen two and three times: as after \
denoising (DADA2, Deblur, UNOISE), so coverage cannot be estimated
    """
    once, twice, thrice = (int((study.table.data == times).sum()) for times in (1, 2, 3))
    known = twice >= _FEWEST and thrice >= _FEWEST
    if not known:
        return Singletons(once, float("nan"), float("nan"))
    return Singletons(once, 4 * twice**2 / (3 * thrice), float(np.sqrt(4 / twice + 1 / thrice)))


def seen_twice(counts: npt.ArrayLike, reads: int) -> float:
    """Return the expected number of taxa seen at least twice in so many reads drawn from a sample.

    The shallowest sample of a denoised table has lost its own singletons, so those of draws from deeper ones must not
    count either: with them, the deeper samples look richer.

    Parameters
    ----------
    counts : array_like of int
        The sample.
    reads : int
        At most its depth.

    Returns
    -------
    float
        Exact, over all draws without putting back.

    Examples
    --------
    >>> seen_twice([2, 3, 1], 6), round(seen_twice([2, 2], 2), 3)
    (2.0, 0.333)
    """
    own = np.asarray(counts, dtype=np.int64)
    total = int(own.sum())
    less = scipy.stats.hypergeom.pmf(0, total, own, reads) + scipy.stats.hypergeom.pmf(1, total, own, reads)
    return float((1 - less).sum())


def hill_of_shares(study: Study) -> pd.DataFrame:
    """Return Hill numbers of order 1 and 2 and the evenness of every sample, which need no number of reads.

    Parameters
    ----------
    study : Study
        Of shares, or of counts, whose shares are taken.

    Returns
    -------
    pandas.DataFrame
        Sample × ``q1``, ``q2`` and ``evenness``: Hill's ratio q2/q1, 1 where all features are equally common.

    References
    ----------
    Hill 1973, Ecology 54:427.

    Examples
    --------
    >>> shares = pd.DataFrame([[0.5, 0.5, 0], [0.8, 0.1, 0.1]], ["s1", "s2"], ["a", "b", "c"])
    >>> hill_of_shares(Study.from_frame(shares, quantity="abundances")).round(3).loc["s2"].to_list()
    [1.895, 1.515, 0.8]
    """
    cells = study.proportions().table
    begin, shares = cells.indptr[:-1], cells.data
    q1 = np.exp(-np.add.reduceat(shares * np.log(shares), begin))
    q2 = 1 / np.add.reduceat(shares**2, begin)
    return pd.DataFrame({"q1": q1, "q2": q2, "evenness": q2 / q1}, index=study.samples)


@dataclass(frozen=True)
class Comparable:
    """Hill numbers of samples that may be compared.

    Attributes
    ----------
    hill : pandas.DataFrame
        Sample × q0, q1, q2; of shares q1, q2 and evenness.
    singletons : Singletons or None
        None of shares.
    level : float
        The coverage (0 to 1), or the number of reads, at which they are; NaN of shares.
    """

    hill: pd.DataFrame
    singletons: Singletons | None
    level: float

    @property
    def reading(self) -> str:
        """One sentence: what lets these samples be compared, or what cannot be."""
        if self.singletons is None:
            return (
                "These are shares, not counts of reads: richness, coverage and curves need the number of reads, and "
                "are left out"
            )
        return self.singletons.reading

    @property
    def how(self) -> str:
        """At what they are compared."""
        if self.singletons is None:
            return "by the shares given, however deeply they were read"
        if self.singletons.believable:
            return f"at a common sample coverage of {spoken(100 * self.level, 1, 'en')} %"
        return (
            f"at {self.level:,.0f} reads a sample (the exact expectation of drawing so many, not one draw; of order 0, "
            "features seen at least twice in them)"
        )


def comparable_hill(study: Study) -> Comparable:
    """Return Hill numbers at equal coverage where singletons can be believed, and at equal depth where not.

    Parameters
    ----------
    study : Study
        Of counts; or of shares, whose Hill numbers are compared as they are.

    Returns
    -------
    Comparable
        Of orders 0, 1 and 2, and how they were made comparable.

    Examples
    --------
    >>> counts = pd.DataFrame([[50, 30, 20], [500, 300, 200]], index=["a", "b"], columns=["x", "y", "z"])
    >>> found = comparable_hill(Study.from_frame(counts))
    >>> found.how
    'at 100 reads a sample (the exact expectation of drawing so many, not one draw; of order 0, features seen at least \
twice in them)'
    """
    if study.quantity != "counts":
        return Comparable(hill_of_shares(study), None, float("nan"))
    seen = singletons(study)
    if seen.believable:
        level = common_coverage(study)
        long = hill_at_coverage(study, level)
        hill = long.pivot(index="sample", columns="order", values="diversity").loc[list(study.samples)]
        return Comparable(hill.set_axis([f"q{order}" for order in hill.columns], axis=1), seen, level)
    least = int(study.depth.min())
    rows = {
        name: {
            "q0": seen_twice(counts, least),
            **{f"q{order}": hill_at_size(counts, order, least) for order in (1, 2)},
        }
        for name, counts in zip(study.samples, np.split(study.table.data, study.table.indptr[1:-1]), strict=True)
    }
    return Comparable(pd.DataFrame.from_dict(rows, orient="index"), seen, float(least))

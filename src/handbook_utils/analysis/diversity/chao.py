"""How many taxa there are at least: Chao1."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy.typing as npt
from scipy import stats

from handbook_utils.analysis.diversity.estimates import Sample


@dataclass(frozen=True)
class Estimate:
    """An estimate with its standard error and interval."""

    estimate: float
    se: float
    low: float
    high: float


# ---------------------------------------------------------------------- one sample


def chao1(counts: npt.ArrayLike, *, bias_corrected: bool = False, confidence: float = 0.95) -> Estimate:
    """Estimate a lower bound of richness from the taxa seen once and twice, with a log-normal interval.

    Reads that denoising has removed singletons from (DADA2, Deblur) have no honest number of singletons, so this
    estimate means nothing for them.

    Parameters
    ----------
    counts : array_like of int, shape (taxa,)
        The sample.
    bias_corrected : bool
        False: the classic form of iNEXT. True: the form of vegan's ``estimateR`` and scikit-bio's default.
    confidence : float
        Of the interval.

    Returns
    -------
    Estimate
        In taxa; without taxa that were seen once, the number seen and no interval around it.

    References
    ----------
    Chao 1984; Chao 1987, Biometrics 43:783 (the interval); Colwell 2013, EstimateS 9 user's guide, appendix B.

    Examples
    --------
    >>> girdled = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4, 2, 2, 2, 2] + [1] * 12
    >>> found = chao1(girdled)
    >>> round(found.estimate, 3), round(found.se, 3), round(found.low, 3), round(found.high, 3)
    (43.893, 14.306, 30.511, 96.971)
    """
    sample = Sample(counts)
    seen, f1, f2, n = sample.richness, sample.f1, sample.f2, sample.n
    if bias_corrected:
        unseen = f1 * (f1 - 1) / (2 * (f2 + 1))
        variance = (
            unseen + f1 * (2 * f1 - 1) ** 2 / (4 * (f2 + 1) ** 2) + f1**2 * f2 * (f1 - 1) ** 2 / (4 * (f2 + 1) ** 4)
        )
    else:
        unseen, a = sample.unseen, (n - 1) / n
        if f2 > 0:
            ratio = f1 / f2
            variance = f2 * (a**2 * ratio**4 / 4 + a**2 * ratio**3 + a * ratio**2 / 2)
        else:
            variance = a * f1 * (f1 - 1) / 2 + a**2 * f1 * (2 * f1 - 1) ** 2 / 4 - a**2 * f1**4 / (4 * (seen + unseen))
    estimate = seen + unseen
    if unseen == 0:
        # Nothing suggests unseen taxa; the log-normal interval does not exist, and no other is claimed.
        return Estimate(float(estimate), 0.0, float(estimate), float(estimate))
    width = math.exp(stats.norm.isf((1 - confidence) / 2) * math.sqrt(math.log1p(variance / unseen**2)))
    return Estimate(estimate, math.sqrt(variance), seen + unseen / width, seen + unseen * width)

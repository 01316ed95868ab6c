"""The numbers behind Hill numbers of one sample: interpolated, extrapolated, and with bootstrap intervals."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt
import scipy

from handbook_utils.errors import InputError, listed

Order = Literal[0, 1, 2]
Counts = npt.NDArray[np.int64]
#: The largest number whose factorial is looked up: 16 MB of tables at most. Deeper samples are worked out.
_MOST_LOOKED_UP = 2**20 - 1


class Sample:
    """A sample of counts, with what all estimators share. Taxa with equal counts are worked on once."""

    def __init__(self, counts: npt.ArrayLike, name: str | None = None) -> None:
        raw = np.asarray(counts)
        whole = np.asarray(raw, dtype=float)
        if whole.ndim != 1 or not np.isfinite(whole).all() or (whole < 0).any() or (whole != np.round(whole)).any():
            raise InputError(
                "Coverage and rarefaction need the raw counts of one sample.",
                where=name,
                expected="a row of whole numbers of 0 or more",
                found=f"an array of shape {whole.shape} with values such as {listed(whole.ravel()[:3].tolist())}",
            )
        self.counts: Counts = np.asarray(whole[whole > 0], dtype=np.int64)
        if not len(self.counts):
            raise InputError("A sample has no reads, so it has no diversity.", where=name, remedy="Leave it out first.")
        self.n = int(self.counts.sum())
        self.richness = len(self.counts)
        self.values, self.frequencies = np.unique(self.counts, return_counts=True)
        self.f1 = int(np.sum(self.counts == 1))
        self.f2 = int(np.sum(self.counts == 2))
        factor = (self.n - 1) / self.n
        #: Chao1's number of taxa not seen.
        self.unseen = factor * (self.f1**2 / (2 * self.f2) if self.f2 else self.f1 * (self.f1 - 1) / 2)
        #: Estimated mean share of the taxa seen once, "A" of Chao & Jost 2012.
        if self.f2:
            self.mean_singleton = 2 * self.f2 / ((self.n - 1) * self.f1 + 2 * self.f2)
        elif self.f1:
            self.mean_singleton = 2 / ((self.n - 1) * (self.f1 - 1) + 2)
        else:
            self.mean_singleton = 1.0
        self._asymptotes: dict[Order, float] = {}

    def coverage(self, size: float | None = None) -> float:
        """Return the expected coverage (0 to 1) of so many reads; without a size that of the sample.

        Parameters
        ----------
        size : float, optional
            Reads; more than there are: extrapolated.

        Returns
        -------
        float
            0 to 1.
        """
        if size is None or size >= self.n:
            more = 0.0 if size is None else size - self.n
            return float(1 - self.f1 / self.n * (1 - self.mean_singleton) ** (more + 1))
        return self._between(size, self._coverage_within)

    def _coverage_within(self, size: int) -> float:
        if size == self.n:
            return self.coverage()
        # C(n - x, m) / C(n - 1, m): the chance that m of the others hold none of a taxon with x reads.
        x = self.values
        absent = share_without(self.n - 1, x - 1, size)
        return float(1 - np.sum(self.frequencies * x / self.n * absent))

    def hill(self, order: Order, size: float) -> float:
        """Return the Hill number expected of so many reads.

        Parameters
        ----------
        order : {0, 1, 2}
            Order of the Hill number.
        size : float
            Reads, 1 or more; may be infinite.

        Returns
        -------
        float
            Effective number of taxa.
        """
        if size == self.n:
            return hill(self.counts, order)
        if order == 2:
            # Closed at any size, within and beyond the depth.
            if self.n == 1:
                return 1.0
            both = float(np.sum(self.counts * (self.counts - 1.0)) / (self.n * (self.n - 1)))
            if math.isinf(size):
                return self.asymptote(2)
            return 1 / (1 / size + (size - 1) / size * both)
        if size < self.n:
            return self._between(size, self._richness_within if order == 0 else self._shannon_within)
        observed, asymptote = hill(self.counts, order), self.asymptote(order)
        if self.n == 1 or asymptote <= observed:
            return observed
        before = self._richness_within(self.n - 1) if order == 0 else self._shannon_within(self.n - 1)
        rate = (observed - before) / (asymptote - before)
        return float(observed + (asymptote - observed) * (1 - (1 - rate) ** (size - self.n)))

    def _richness_within(self, size: int) -> float:
        return float(np.sum(self.frequencies * (1 - share_without(self.n, self.values, size))))

    def _shannon_within(self, size: int) -> float:
        # The reads of each taxon in the draw are hypergeometric; all but a tail below 1e-19 (Bernstein) is summed.
        mean = size * self.values / self.n
        reach = 10 * np.sqrt(mean) + 30
        first = np.maximum.reduce([np.ones_like(self.values), size - self.n + self.values, np.floor(mean - reach)])
        last = np.minimum.reduce([self.values, np.full_like(self.values, size), np.ceil(mean + reach)])
        lengths = (last - first + 1).astype(np.int64)
        x, frequency = np.repeat(self.values, lengths), np.repeat(self.frequencies, lengths)
        k = np.arange(len(x)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + np.repeat(first, lengths)
        chance = np.exp(_log_choose(x, k) + _log_choose(self.n - x, size - k) - _log_choose(self.n, size))
        share = k / size
        return math.exp(-float(np.sum(frequency * chance * share * np.log(share))))

    def _between(self, size: float, function: Callable[[int], float]) -> float:
        if size < 1:
            # No reads, no coverage: the line from there to one read.
            return size * function(1)
        low = math.floor(size)
        if low == size:
            return function(low)
        part = size - low
        return (1 - part) * function(low) + part * function(low + 1)

    def asymptote(self, order: Order) -> float:
        """Return the Hill number of the whole community, estimated.

        Parameters
        ----------
        order : {0, 1, 2}
            Order of the Hill number.

        Returns
        -------
        float
            Effective number of taxa.
        """
        if order not in self._asymptotes:
            self._asymptotes[order] = self._asymptote(order)
        return self._asymptotes[order]

    def _asymptote(self, order: Order) -> float:
        if order == 0:
            return self.richness + self.unseen
        if order == 2:
            pairs = float(np.sum(self.counts * (self.counts - 1.0)))
            return self.n * (self.n - 1) / pairs if pairs else math.inf
        x = self.values
        seen = np.sum(self.frequencies * x / self.n * (scipy.special.digamma(self.n) - scipy.special.digamma(x)))
        return math.exp(float(seen) + self._entropy_of_unseen())

    def _entropy_of_unseen(self) -> float:
        a = self.mean_singleton
        if self.f1 == 0 or a == 1:
            return 0.0
        # f1/n (1 - A)^(1 - n) [-log A - sum_{r < n} (1 - A)^r / r] of Chao, Wang & Jost 2013 (equation 3c). The
        # difference in the brackets cancels for deep samples; it is the tail of the logarithm's series, which
        # as an integral is exact to rounding: sum_{j >= 0} b^(j + 1) / (n + j), with b = 1 - A.
        tail, _ = scipy.integrate.quad(
            lambda u: math.exp(-u) / (a - (1 - a) * math.expm1(-u / self.n)),
            0,
            math.inf,
            epsabs=0,
            epsrel=1e-11,
            limit=200,
        )
        return float(self.f1 / self.n * (1 - a) * tail / self.n)

    def size_at(self, target: float) -> float:
        """Return how many reads reach this coverage (0 to 1); infinite where none do.

        Parameters
        ----------
        target : float
            Coverage.

        Returns
        -------
        float
            1 or more; not a whole number in general.
        """
        here = self.coverage()
        if target >= here:
            if target == here:
                return float(self.n)
            if target >= 1:
                return math.inf
            reads = math.log(self.n * (1 - target) / self.f1) / math.log1p(-self.mean_singleton) - 1
            return float(self.n + reads)
        low, high = 0, self.n
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._coverage_within(middle) <= target else (low, middle)
        below = self._coverage_within(low) if low else 0.0
        above = self._coverage_within(high)
        # No smaller than one read, however low the coverage asked for.
        return max(low + (target - below) / (above - below), 1.0)

    def resampled(self, times: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
        """Draw samples of the same depth from the estimated community, unseen taxa included.

        Parameters
        ----------
        times : int
            How many samples.
        rng : numpy.random.Generator
            Of the draw.

        Returns
        -------
        numpy.ndarray of int, shape (times, taxa)
            Reads; unseen taxa come last.
        """
        missing = 1 - self.coverage()
        shares = self.counts / self.n
        rare = shares * (1 - shares) ** self.n
        unseen = math.ceil(self.unseen)
        if unseen and rare.sum() > 0:
            shares = shares - missing * rare / rare.sum()
            shares = np.append(shares, np.full(unseen, missing / unseen))
        return rng.multinomial(self.n, shares / shares.sum(), size=times)


def _log_choose(n: npt.ArrayLike, k: npt.ArrayLike) -> npt.NDArray[np.float64]:
    above, below = np.asarray(n, dtype=float), np.asarray(k, dtype=float)
    return np.asarray(_log_factorial(above) - _log_factorial(below) - _log_factorial(above - below), dtype=float)


def _log_factorial(numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Look the logarithms of factorials of whole numbers up, which are asked for again and again."""
    most = int(numbers.max(initial=0))
    if most > _MOST_LOOKED_UP:
        return np.asarray(scipy.special.gammaln(numbers + 1))
    return _log_factorials(1 << most.bit_length())[numbers.astype(np.intp)]


@cache
def _log_factorials(count: int) -> npt.NDArray[np.float64]:
    return np.asarray(scipy.special.gammaln(np.arange(1.0, count + 1)))


def share_without(n: int, x: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.float64]:
    """Return C(n - x, size) / C(n, size): the chance that ``size`` of ``n`` reads hold none of x given ones.

    Parameters
    ----------
    n : int
        Reads there are.
    x : numpy.ndarray of int
        Given ones, 0 or more.
    size : int
        Reads that are drawn, without putting them back.

    Returns
    -------
    numpy.ndarray of float
        0 to 1, of the shape of x.
    """
    possible = n - x >= size
    logs = _log_choose(np.where(possible, n - x, size), size) - _log_choose(n, size)
    return np.where(possible, np.exp(logs), 0.0)


def hill(counts: npt.ArrayLike, order: float) -> float:
    """Hill number of the observed proportions: the effective number of taxa.

    Parameters
    ----------
    counts : array_like, shape (taxa,)
        Non-negative counts or abundances.
    order : float
        0: richness, 1: exponential of Shannon entropy, 2: inverse Simpson; any number of 0 or more.

    Returns
    -------
    float
        Effective number of taxa; 0 of a sample without any.

    Raises
    ------
    InputError
        Something below 0, infinite or missing.

    References
    ----------
    Hill 1973, Ecology 54:427.

    Examples
    --------
    >>> [round(hill([5, 5, 5, 5, 0], q), 6) for q in (0, 1, 2)]
    [4.0, 4.0, 4.0]
    """
    values = np.asarray(counts, dtype=float)
    if (values < 0).any() or not np.isfinite(values).all():
        raise InputError("Diversity needs counts or abundances of 0 or more.", found=f"{values.min():g}")
    values = values[values > 0]
    if not len(values):
        return 0.0
    shares = values / values.sum()
    if order == 1:
        return float(np.exp(-np.sum(shares * np.log(shares))))
    return float(np.sum(shares**order) ** (1 / (1 - order)))

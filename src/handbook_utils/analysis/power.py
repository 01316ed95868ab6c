"""How many participants a comparison needs: by simulation from a pilot study, beside the closed form of the t test.

Every simulation draws people of the pilot, with replacement, and puts an effect into the draw whose true size is known:
a shift of a diversity, a tilt of the weights with which samples are drawn (for distances of any kind), a factor on one
taxon. The share of simulations in which the test finds it is the power; its interval is that of Clopper and Pearson.
All of it hangs on the seed alone.

Source: Cohen 1988 (ISBN 0-8058-0283-5) for the t test's power; Clopper and Pearson 1934 (doi:10.1093/biomet/26.4.404)
for the interval; Kelly and others 2015 (doi:10.1093/bioinformatics/btv183), who simulate power for PERMANOVA from
distances and state the effect as ω². They draw distances; here real samples are drawn, so no distance is invented.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize, special, stats

from handbook_utils.errors import InputError

Array = npt.NDArray[np.float64]

#: Simulations of one matrix of draws: few enough for memory, many enough to be fast.
_BATCH = 250


# ---------------------------------------------------------------------- one number a person


def parallel_power(
    noise: npt.ArrayLike,
    effect: float,
    sizes: Sequence[int],
    *,
    ratio: float = 1.0,
    dropout: float = 0.0,
    paired: bool = False,
    alpha: float = 0.05,
    simulations: int = 1000,
    seed: int = 1,
) -> pd.DataFrame:
    """Simulate the power of Welch's t test between two groups, or of the paired t test.

    Parameters
    ----------
    noise : array_like of float
        Scaled residuals of a pilot, from which people are drawn with replacement.
    effect : float
        Added to everyone in the second group, in standard deviations; in a paired design, to every change.
    sizes : sequence of int
        People included in the first group (or pairs).
    ratio : float
        People of the second group for each of the first.
    dropout : float
        Probability that a person who was included cannot be analysed, the same for all.
    paired : bool
        One group, whose changes are held against 0.
    alpha : float
        Type I error.
    simulations : int
        Of each size.
    seed : int
        Of the draws.

    Returns
    -------
    pandas.DataFrame
        A row a size: ``first``, ``second``, ``hits``, ``simulations``, ``power``, ``low``, ``high``.

    Examples
    --------
    >>> from handbook_utils.analysis.pilot import residuals
    >>> from handbook_utils.analysis.sample_size import t_power
    >>> normal = np.random.default_rng(1).normal(size=2000)
    >>> curve = parallel_power(residuals(normal), 0.5, [64], simulations=400)
    >>> abs(float(curve["power"].iloc[0]) - t_power(0.5, 64, 64)) < 0.06
    True
    """
    drawn_from = np.asarray(noise, dtype=float)
    rows = []
    for number, first in enumerate(sizes):
        generator = np.random.default_rng([seed, number])
        second = 0 if paired else max(2, round(ratio * first))
        hits = 0
        for count in _batches(simulations):
            values = drawn_from[generator.integers(len(drawn_from), size=(count, first + second))]
            stays = generator.random(values.shape) >= dropout
            if paired:
                hits += _found(*_one_sample(values + effect, stays), alpha)
            else:
                hits += _found(*_welch(values[:, :first], values[:, first:] + effect, stays, first), alpha)
        rows.append((first, second, hits, simulations))
    return with_power(rows)


def _batches(simulations: int) -> list[int]:
    whole, rest = divmod(simulations, _BATCH)
    return [_BATCH] * whole + ([rest] if rest else [])


def _moments(values: Array, stays: npt.NDArray[np.bool_]) -> tuple[Array, Array, Array]:
    """Return number, mean and variance of the people who stay, a row at a time."""
    number = stays.sum(axis=1).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(stays, values, 0.0).sum(axis=1) / number
        variance = np.where(stays, (values - mean[:, None]) ** 2, 0.0).sum(axis=1) / (number - 1)
    return number, mean, variance


def _one_sample(values: Array, stays: npt.NDArray[np.bool_]) -> tuple[Array, Array]:
    number, mean, variance = _moments(values, stays)
    with np.errstate(invalid="ignore", divide="ignore"):
        return mean / np.sqrt(variance / number), number - 1


def _welch(one: Array, other: Array, stays: npt.NDArray[np.bool_], first: int) -> tuple[Array, Array]:
    n, mean, variance = _moments(one, stays[:, :first])
    m, mean_other, variance_other = _moments(other, stays[:, first:])
    with np.errstate(invalid="ignore", divide="ignore"):
        a, b = variance / n, variance_other / m
        free = (a + b) ** 2 / (a**2 / (n - 1) + b**2 / (m - 1))
        return (mean_other - mean) / np.sqrt(a + b), free


def _p_of(statistic: Array, free: Array) -> Array:
    # Groups that lost everyone give no statistic, and find nothing.
    with np.errstate(invalid="ignore"):
        p: Array = np.nan_to_num(2 * special.stdtr(free, -np.abs(statistic)), nan=1.0)
    return p


def _found(statistic: Array, free: Array, alpha: float) -> int:
    return int((_p_of(statistic, free) <= alpha).sum())


def with_power(rows: Sequence[tuple[int, int, int, int]]) -> pd.DataFrame:
    """Return the power of each size of a trial, with the interval of a share that was counted.

    Parameters
    ----------
    rows : sequence of (int, int, int, int)
        People of the first and the second group, studies that found the effect, and studies.

    Returns
    -------
    pandas.DataFrame
        ``first``, ``second``, ``hits``, ``simulations``, and 0 to 1 ``power``, with ``low`` and ``high`` by Clopper and
        Pearson.

    Examples
    --------
    >>> with_power([(20, 20, 8, 10)])[["power", "low", "high"]].round(4).to_numpy().tolist()
    [[0.8, 0.4439, 0.9748]]
    """
    made = pd.DataFrame(rows, columns=["first", "second", "hits", "simulations"])
    made["power"] = made["hits"] / made["simulations"]
    counted = made[["hits", "simulations"]].to_numpy()
    limits = [stats.binomtest(hits, trials).proportion_ci() for hits, trials in counted]
    made["low"], made["high"] = [one.low for one in limits], [one.high for one in limits]
    return made


# ---------------------------------------------------------------------- distances


def separation(squared: npt.ArrayLike, one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """Return the true share of variation between two populations that consist of the pilot's samples.

    The populations are equally large and hold the same samples in other proportions. Half the mean squared distance
    between two draws is a population's variation, for any distance (Huygens); what the populations together have more
    than each by itself lies between them. That is what ω² estimates without bias, and R² with.

    Parameters
    ----------
    squared : array_like of float, shape (samples, samples)
        Squared distances.
    one, other : array_like of float, shape (samples,)
        The share of each sample in the two populations; each adds up to 1.

    Returns
    -------
    float
        0 to 1.

    Examples
    --------
    >>> separation([[0, 1], [1, 0]], [1, 0], [0, 1]), separation([[0, 1], [1, 0]], [0.5, 0.5], [0.5, 0.5])
    (1.0, 0.0)
    """
    square, first, second = (np.asarray(part, dtype=float) for part in (squared, one, other))
    both = (first + second) / 2
    whole = float(both @ square @ both)
    within = float(first @ square @ first + second @ square @ second) / 2
    return (whole - within) / whole


def tilted(squared: npt.ArrayLike, wanted: float) -> tuple[Array, Array]:
    """Weight the pilot's samples in two opposite ways, such that the true effect is what is wanted.

    Weights rise and fall exponentially along the axis on which the pilot's samples differ most (the first principal
    coordinate), so every sample stays a real one and every distance a real one.

    Parameters
    ----------
    squared : array_like of float, shape (samples, samples)
        Squared distances of the pilot.
    wanted : float
        The effect, ω² of the two populations: from 0 to what opposite ends of the axis give.

    Returns
    -------
    one, other : numpy.ndarray
        Weights that add up to 1.

    Raises
    ------
    InputError
        The pilot does not hold that much difference.

    Examples
    --------
    >>> points = np.arange(20.0)
    >>> square = (points[:, None] - points) ** 2
    >>> round(separation(square, *tilted(square, 0.1)), 6)
    0.1
    """
    square = np.asarray(squared, dtype=float)
    centred = square - square.mean(axis=0) - square.mean(axis=1)[:, None] + square.mean()
    axis = np.linalg.eigh(-centred / 2)[1][:, -1]
    # Which end is which is arbitrary in an eigenvector; the larger end is made positive so that a seed decides alone.
    axis = axis * np.sign(axis[np.argmax(np.abs(axis))]) / axis.std()

    def weights(strength: float) -> tuple[Array, Array]:
        up, down = np.exp(strength * (axis - axis.max())), np.exp(-strength * (axis - axis.min()))
        return up / up.sum(), down / down.sum()

    most = 4.0
    largest = separation(square, *weights(most))
    if not 0 <= wanted < largest:
        raise InputError(
            "The pilot does not hold so large an effect.",
            where="effect for PERMANOVA (share of the variation)",
            expected=f"0 or more and less than {largest:.2f}",
            found=f"{wanted:g}",
            remedy="A share of 0.01 to 0.1 is what studies of people usually look for.",
        )
    if wanted == 0:
        return weights(0.0)
    found = optimize.brentq(lambda strength: separation(square, *weights(strength)) - wanted, 0.0, most, xtol=1e-12)
    return weights(float(found))


def permanova_power(
    squared: npt.ArrayLike,
    one: npt.ArrayLike,
    other: npt.ArrayLike,
    sizes: Sequence[int],
    *,
    ratio: float = 1.0,
    dropout: float = 0.0,
    alpha: float = 0.05,
    permutations: int = 199,
    simulations: int = 200,
    seed: int = 1,
) -> pd.DataFrame:
    """Simulate the power of PERMANOVA between two groups.

    Parameters
    ----------
    squared : array_like of float
        Squared distances of the pilot's samples.
    one, other : array_like of float
        The weights with which each group's samples are drawn, as :func:`tilted` gives them.
    sizes, ratio, dropout, alpha, simulations, seed
        As of :func:`parallel_power`.
    permutations : int
        Of each test.

    Returns
    -------
    pandas.DataFrame
        As of :func:`parallel_power`, and ``R2``, the mean R² seen, which is larger than the truth in small groups.

    Notes
    -----
    With two groups and no other terms F rises with the sum of squares between groups, so that is what is compared; it
    equals that of :func:`handbook_utils.analysis.distance.permanova.permanova` (a test holds it to that).

    Examples
    --------
    >>> points = np.arange(40.0)
    >>> square = (points[:, None] - points) ** 2
    >>> curve = permanova_power(square, *tilted(square, 0.3), [20], simulations=20, permutations=99)
    >>> float(curve["power"].iloc[0]) > 0.8
    True
    """
    square, rows, seen = np.asarray(squared, dtype=float), [], []
    bounds = [np.cumsum(np.asarray(weights, dtype=float)) for weights in (one, other)]
    for number, first in enumerate(sizes):
        generator = np.random.default_rng([seed, number])
        second = max(2, round(ratio * first))
        hits, shares = 0, []
        for _ in range(simulations):
            left = [int(generator.binomial(size, 1 - dropout)) for size in (first, second)]
            if min(left) < 2:
                continue
            drawn = np.concatenate(
                [
                    np.searchsorted(bound / bound[-1], generator.random(size))
                    for bound, size in zip(bounds, left, strict=True)
                ]
            )
            share, p = two_groups(square, left[0], permutations, generator, drawn)
            hits += p <= alpha
            shares.append(share)
        rows.append((first, second, int(hits), simulations))
        seen.append(float(np.mean(shares)) if shares else float("nan"))
    return with_power(rows).assign(R2=seen)


def two_groups(
    square: Array,
    first: int,
    permutations: int,
    generator: np.random.Generator,
    drawn: npt.NDArray[np.intp] | None = None,
) -> tuple[float, float]:
    """Return R² and p of PERMANOVA for two groups, the first of which are the first samples.

    Parameters
    ----------
    square : array of float
        Squared distances.
    first : int
        Samples of the first group.
    permutations : int
        Of the test.
    generator : numpy.random.Generator
        Of the permutations.
    drawn : array of int, optional
        Row of each sample in the distances, where samples were drawn from them with replacement.

    Returns
    -------
    tuple of float
        R², and the part of the permutations (the one seen among them) with at least as much.

    Examples
    --------
    >>> points = np.array([0.0, 1, 2, 10, 11, 12])
    >>> share, p = two_groups((points[:, None] - points) ** 2, 3, 99, np.random.default_rng(1))
    >>> round(share, 3)
    0.974
    """
    row_of = np.arange(len(square)) if drawn is None else drawn
    size = len(row_of)
    # How often each row of the distances is in the first group, and in both: fewer numbers than there are samples.
    order = np.argsort(row_of, kind="stable")
    rows, starts, every = np.unique(row_of[order], return_index=True, return_counts=True)
    # The samples with the smallest of random numbers are a random choice, made faster than by shuffling.
    lots = generator.random((permutations, size))
    inside = np.empty((permutations + 1, size))
    inside[0] = order < first
    inside[1:] = lots <= np.partition(lots, first - 1, axis=1)[:, first - 1 : first]
    times, square = np.add.reduceat(inside, starts, axis=1), square[np.ix_(rows, rows)]
    # The sum within the second group follows from that within the first, the row sums and the total.
    own = np.einsum("ij,ij->i", times @ square, times)
    towards = times @ (square @ every)
    total = float(every @ square @ every)
    within = own / (2 * first) + (total - 2 * towards + own) / (2 * (size - first))
    share = 1 - within / (total / (2 * size))
    as_much = int((share[1:] >= share[0] - 1e-9).sum())
    return float(share[0]), (1 + as_much) / (1 + permutations)


# ---------------------------------------------------------------------- one taxon


def taxon_power(
    counts: npt.ArrayLike,
    taxon: int,
    bystander: int,
    fold: float,
    sizes: Sequence[int],
    *,
    reads: int = 2000,
    ratio: float = 1.0,
    dropout: float = 0.0,
    alpha: float | Sequence[float] = 0.05,
    simulations: int = 200,
    seed: int = 1,
) -> pd.DataFrame:
    """Simulate the power to find that one taxon has been multiplied, where only shares of reads are seen.

    A person of the second group has `fold` times as much of the taxon and as much of all others as a person of the
    pilot; then all is scaled to shares and `reads` reads are drawn. So every other taxon's share falls without having
    changed.

    Parameters
    ----------
    counts : array_like of int, shape (people, taxa)
        The pilot.
    taxon, bystander : int
        Columns: the taxon that changes, and one that does not.
    fold : float
        Factor, above 0.
    sizes, ratio, dropout, simulations, seed
        As of :func:`parallel_power`.
    alpha : float or sequence of float
        Type I error; several are tried on the same simulated trials.
    reads : int
        Of each simulated sample.

    Returns
    -------
    pandas.DataFrame
        As of :func:`parallel_power`, a row a size and type I error, of the t test of centred log-ratios (0.5 added to
        every count); and ``alpha``, ``by_share``, the power with the logarithm of the share, ``false_clr`` and
        ``false_share``: how often either test calls the bystander changed.

    Examples
    --------
    >>> pilot = np.random.default_rng(1).poisson([[400, 100, 300, 200]], size=(30, 4))
    >>> curve = taxon_power(pilot, 0, 2, 2.0, [15], simulations=50)
    >>> float(curve["power"].iloc[0]), float(curve["false_share"].iloc[0])
    (1.0, 1.0)
    """
    pilot = np.asarray(counts, dtype=float)
    levels = np.atleast_1d(np.asarray(alpha, dtype=float))
    log_of = np.log(np.arange(reads + 1) + 0.5)
    rows, others = [], []
    for number, first in enumerate(sizes):
        generator = np.random.default_rng([seed, number])
        second = max(2, round(ratio * first))
        hits = {name: np.zeros(len(levels), dtype=int) for name in ("clr", "share", "false_clr", "false_share")}
        for count in [min(50, simulations - done) for done in range(0, simulations, 50)]:
            people = pilot[generator.integers(len(pilot), size=(count, first + second))]
            people[:, first:, taxon] *= fold
            drawn = log_of[generator.multinomial(reads, people / people.sum(axis=2, keepdims=True))]
            stays = generator.random(drawn.shape[:2]) >= dropout
            middle = drawn.mean(axis=2)
            for place, (clr, share) in ((taxon, ("clr", "share")), (bystander, ("false_clr", "false_share"))):
                for name, values in ((clr, drawn[:, :, place] - middle), (share, drawn[:, :, place])):
                    p = _p_of(*_welch(values[:, :first], values[:, first:], stays, first))
                    hits[name] += (p[:, None] <= levels).sum(axis=0)
        rows += [(first, second, int(found), simulations) for found in hits["clr"]]
        shares = [hits[name] / simulations for name in ("share", "false_clr", "false_share")]
        others += list(zip(levels, *shares, strict=True))
    names = ("alpha", "by_share", "false_clr", "false_share")
    return with_power(rows).assign(**dict(zip(names, np.array(others).T, strict=True)))

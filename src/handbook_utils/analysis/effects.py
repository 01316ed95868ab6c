"""How large a difference is, with an interval.

The share of variation a group explains is biased upwards: with no difference at all R² is (groups − 1)/(n − 1) on
average. ω² takes that out (Kelly 2015, doi:10.1093/bioinformatics/btv183). Here ω² is made of mean squared distances
between *different people*: half of them is the variance, within a group or of everybody. Where groups are equal in
size this is the ω² of the PERMANOVA table; where they differ in size and spread it stays unbiased, which the other
does not.

The interval is a bootstrap over people (percentiles). An ordinary bootstrap of distances is wrong: it draws a person
twice, at distance 0 from the copy, and so sees groups that are tighter than they are. So copies are not compared with
each other. In simulations (tests/unit/test_effects.py) the interval of 95 % covers the truth in about 93 to 99 % of
studies, and in nearly all where there is no difference: there it is too wide.

Beside covariates, or for a number instead of groups, the size is the partial ω² of PERMANOVA, over people: a person's
samples are first put together. Its interval leaves out each person in turn (a jackknife).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy
from scipy import sparse

from handbook_utils.analysis.design import Design
from handbook_utils.analysis.design.terms import as_words
from handbook_utils.analysis.distance.ordination import gower_centred
from handbook_utils.analysis.distance.permanova import basis, distances_of, sums_along
from handbook_utils.errors import InputError

if TYPE_CHECKING:
    from skbio import DistanceMatrix

Matrix = npt.NDArray[np.float64]

#: With fewer people in a group the spread within it is not known.
FEWEST = 3
#: Sets of people left out in turn, at most.
_MOST = 200
#: Models whose columns go through a matrix at once.
_AT_ONCE = 20


@dataclass(frozen=True)
class Effect:
    """A size with its interval.

    Attributes
    ----------
    size : float
        The estimate.
    low, high : float
        Ends of the interval.
    confidence : float
        Its nominal coverage.
    """

    size: float
    low: float
    high: float
    confidence: float = 0.95


def group_effect(
    distance: DistanceMatrix, design: Design, *, resamples: int = 1999, confidence: float = 0.95, seed: int = 1
) -> dict[str, Effect]:
    """Return how much groups differ, each size with a bootstrap interval over people.

    Parameters
    ----------
    distance : skbio.DistanceMatrix
        Between at least the samples of the design.
    design : Design
        Of groups; its other terms are not looked at. Where it names people (or cages), these and not samples are
        drawn, and two samples of one are not compared: how much a person varies is another question.
    resamples : int
        Draws of people, within their groups.
    confidence : float
        Of the interval.
    seed : int
        Of the draws.

    Returns
    -------
    dict of str to Effect
        ``omega2``: share of the variation that lies between groups; below 0 where groups differ less than chance lets
        them. ``within``, ``between``: mean distance between two people of one group, and of two groups.
        ``difference``: between less within.

    Raises
    ------
    InputError
        Fewer than 2 groups, or than 3 people in a group.

    Examples
    --------
    >>> import pandas as pd
    >>> from handbook_utils.analysis.design import design_of
    >>> points = np.array([0.0, 1.0, 2.0, 10.0, 11.0, 12.0])
    >>> from skbio import DistanceMatrix
    >>> distance = DistanceMatrix(np.abs(points[:, None] - points), ids=list("abcdef"))
    >>> design = design_of(pd.DataFrame({"arm": list("xxxyyy")}, index=list("abcdef")), group="arm")
    >>> found = group_effect(distance, design)
    >>> round(found["omega2"].size, 3), round(found["difference"].size, 3)
    (0.961, 8.667)
    """
    names = list(design.groups)
    codes = design.codes
    widest = design.asked["nested_in"] or design.asked["person"]
    people = np.asarray(
        pd.factorize(as_words(design.frame[widest]))[0] if widest else np.arange(design.n), dtype=np.intp
    )
    member = np.zeros((people.max() + 1, len(names)))  # samples of each person in each group
    np.add.at(member, (people, codes), 1.0)
    counts = (member > 0).sum(axis=0)
    if len(names) < 2 or counts.min() < FEWEST:
        raise InputError(
            f"An interval needs two groups or more, of {FEWEST} people or more.",
            where=f"column {design.focus}",
            found=", ".join(f"{name}: {count}" for name, count in zip(names, counts, strict=True)),
        )
    weights = np.vstack([np.ones(len(member)), _draws(member, resamples, seed)])
    plain = distances_of(distance, design)
    shares = member.sum(axis=0) / member.sum()
    squared = _means(plain**2, codes, people, member, weights)
    linear = _means(plain, codes, people, member, weights)
    pairs = np.outer(shares, shares)
    apart = pairs * (1 - np.eye(len(names)))
    within = np.einsum("bgg,g->b", linear, shares)
    between = np.einsum("bgh,gh->b", linear, apart) / apart.sum()
    omega2 = 1 - np.einsum("bgg,g->b", squared, shares) / np.einsum("bgh,gh->b", squared, pairs)
    sizes = {"omega2": omega2, "within": within, "between": between, "difference": between - within}
    tail = (1 - confidence) / 2
    effects = {}
    for name, values in sizes.items():
        # A draw in which a group is one person again and again has no spread; with few people it happens.
        low, high = np.nanquantile(values[1:], [tail, 1 - tail])
        effects[name] = Effect(float(values[0]), float(low), float(high), confidence)
    return effects


def partial_effect(distance: DistanceMatrix, design: Design, *, confidence: float = 0.95) -> Effect:
    """Return the partial ω² of what a design asks about, beside its other terms, with a jackknife interval over people.

    Parameters
    ----------
    distance : skbio.DistanceMatrix
        Between at least the samples of the design.
    design : Design
        Of groups or a number. Samples of a person, or a cage, are put together at their centre where the term is the
        person's; where it changes within people, people are taken out of the model first.
    confidence : float
        Of the interval.

    Returns
    -------
    Effect
        NaN ends where too few people are left to say.

    References
    ----------
    Efron and Stein 1981, Annals of Statistics 9:586, for the jackknife's variance, which is too large rather than too
    small.

    Notes
    -----
    The ends are Student's. In 240 simulated studies of 40 people beside an age, a 95 % interval covered
    the truth in 98 % where there was no difference and in 90 % where ω² was 0.05: with so few people it is a little
    too short.

    Examples
    --------
    >>> import pandas as pd
    >>> from handbook_utils.analysis.design import design_of
    >>> points = np.array([0.0, 1.0, 2.0, 10.0, 11.0, 12.0])
    >>> from skbio import DistanceMatrix
    >>> distance = DistanceMatrix(np.abs(points[:, None] - points), ids=list("abcdef"))
    >>> frame = pd.DataFrame({"arm": list("xxxyyy"), "age": [30, 40, 50, 32, 41, 55]}, index=list("abcdef"))
    >>> round(partial_effect(distance, design_of(frame, group="arm", covariates="age")).size, 3)
    0.999
    """
    gower = gower_centred(distances_of(distance, design))
    own, others = design.block(design.focus).to_numpy(), design.block(design.taken_out).to_numpy()
    holding = design.block([name for name in design.beside if name not in design.taken_out]).to_numpy()
    exchange = design.exchange(design.focus)
    units = exchange.units
    if exchange.whole:
        many = len(exchange.blocks)
        join = sparse.csr_array((1 / np.bincount(units)[units], (units, np.arange(design.n))), shape=(many, design.n))
        gower = gower if many == design.n else join @ (join @ gower).T
        own, others, holding = join @ own, join @ others, join @ holding
        blocks, units = exchange.blocks, np.arange(len(gower))
    else:
        blocks = exchange.blocks
        if design.asked["person"]:
            units = np.asarray(pd.factorize(design.people)[0], dtype=np.intp)
    others = np.hstack([others, (blocks[:, None] == np.unique(blocks)[1:]).astype(float)])
    people = np.unique(units)
    # Of very many people, so many sets as are enough to know the spread are left out in turn.
    sets = np.arange(len(people)) if len(people) <= _MOST else np.arange(len(people)) % _MOST
    sets = np.random.default_rng(1).permutation(sets)
    kept = [np.ones(len(gower), dtype=bool), *(~np.isin(units, people[sets == one]) for one in np.unique(sets))]
    models = [_Model.of(own, others, holding, rows) for rows in kept]
    found = [
        size for start in range(0, len(models), _AT_ONCE) for size in _partial(gower, models[start : start + _AT_ONCE])
    ]
    size, without = found[0], np.array(found[1:])
    times = len(without)
    error = float(np.sqrt((times - 1) / times * ((without - without.mean()) ** 2).sum()))
    width = float(scipy.stats.t.ppf(0.5 + confidence / 2, times - 1)) * error
    return Effect(size, size - width, size + width, confidence)


@dataclass(frozen=True, eq=False)
class _Model:
    """What is compared in some of the rows: those, then orthonormal columns that are 0 in the others.

    Interactions that hold the term are in the model after it: it is not tested beside them.
    """

    kept: npt.NDArray[np.bool_]
    columns: Matrix  # the mean, what stands beside the term, the term, what holds it
    term: slice

    @classmethod
    def of(cls, own: Matrix, others: Matrix, holding: Matrix, kept: npt.NDArray[np.bool_]) -> _Model:
        beside = basis(others[kept] - others[kept].mean(axis=0))
        block = basis(own[kept] - own[kept].mean(axis=0), beside)
        model = np.hstack([beside, block])
        model = np.hstack([model, basis(holding[kept] - holding[kept].mean(axis=0), model)])
        columns = np.zeros((1 + model.shape[1], len(kept)))
        columns[0, kept], columns[1:, kept] = kept.sum() ** -0.5, model.T
        return cls(kept, columns, slice(1 + beside.shape[1], 1 + beside.shape[1] + block.shape[1]))


def _partial(gower: Matrix, models: list[_Model]) -> list[float]:
    """Partial ω² of some rows, for each model; NaN where nothing is left to compare with.

    Centring the rows that are kept takes their mean out, which is a column of the model like any other.
    """
    found, start = [], 0
    sums = sums_along(gower, np.vstack([model.columns for model in models]))
    own = np.diag(gower)
    for model in models:
        along = sums[start : start + len(model.columns)]
        start += len(model.columns)
        freedom, free = len(along[model.term]), int(model.kept.sum()) - len(along)
        if freedom == 0 or free < 1:
            found.append(float("nan"))
            continue
        left = float(own[model.kept].sum() - along.sum())
        surplus = freedom * (float(along[model.term].sum()) / freedom / (left / free) - 1)
        found.append(float(surplus / (surplus + model.kept.sum())))
    return found


def _draws(member: Matrix, resamples: int, seed: int) -> Matrix:
    """Draw people with replacement among those who were sampled in the same groups: how often each is drawn."""
    generator = np.random.default_rng(seed)
    drawn = np.zeros((resamples, len(member)))
    for pattern in np.unique(member > 0, axis=0):
        those = np.flatnonzero(((member > 0) == pattern).all(axis=1))
        drawn[:, those] = generator.multinomial(len(those), np.full(len(those), 1 / len(those)), size=resamples)
    return drawn


def _means(
    values: Matrix,
    codes: npt.NDArray[np.intp],
    people: npt.NDArray[np.intp],
    member: Matrix,
    weights: Matrix,
) -> Matrix:
    """Mean of values between samples of different people, by pair of groups, for each row of weights of the people."""
    groups = member.shape[1]
    means = np.empty((len(weights), groups, groups))
    for one, other in combinations_with_replacement(range(groups), 2):
        rows, columns = np.flatnonzero(codes == one), np.flatnonzero(codes == other)
        different = people[rows][:, None] != people[columns][None, :]
        block = np.where(different, values[np.ix_(rows, columns)], 0.0)
        left, right = weights[:, people[rows]], weights[:, people[columns]]
        sums = np.einsum("bi,bi->b", left @ block, right)
        same = (weights**2) @ (member[:, one] * member[:, other])
        pairs = left.sum(axis=1) * right.sum(axis=1) - same
        with np.errstate(invalid="ignore"):
            means[:, one, other] = means[:, other, one] = sums / np.where(pairs > 0, pairs, np.nan)
    return means

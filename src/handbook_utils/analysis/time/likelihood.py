"""The restricted likelihood of linear mixed models: cross-products, weighted by the covariance of samples.

People have levels, and may have slopes, of their own; what they lie in (cages, centres) may have such, too; samples of
one person near in time may be alike. All of it is added up person by person and unit by unit, so no matrix is larger
than the samples of one person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["sums_of"]

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.intp]
#: From the factors of people's and of units' effects (none: no units) and the correlation to sums and log-determinant.
Sums = Callable[[Array, Array | None, float], tuple[Array, float]]


def sums_of(together: Array, random: Array, who: Whole, when: Array | None, unit: Whole | None) -> Sums:
    """Return what computes the weighted cross-products of model and values for given variances.

    Parameters
    ----------
    together : array of float, shape (samples, columns + 1)
        The model, and the values last.
    random : array of float, shape (samples, effects)
        What people have effects of their own of: a level, and perhaps a slope. Units have the same.
    who : array of int
        Number of the person of each sample, from 0.
    when : array of float or None
        Time of each sample, where samples of one person near in time are alike.
    unit : array of int or None
        Number of the unit of each person, from 0.

    Returns
    -------
    callable
        From the Cholesky factors of the covariances of people's and of units' effects (relative to the residual
        variance; none: no units) and the correlation one unit of time apart, to the cross-products (columns + 1 square)
        and the log-determinant of the relative covariance of all samples.

    Examples
    --------
    >>> numbers = np.column_stack([np.ones(4), [1.0, 2, 4, 6]])
    >>> made = sums_of(numbers, np.ones((4, 1)), np.array([0, 0, 1, 1]), None, None)
    >>> products, log_determinant = made(np.array([[1.0]]), None, 0.0)
    >>> products.round(3).tolist(), round(log_determinant, 3)
    ([[1.333, 4.333], [4.333, 20.667]], 2.197)
    """
    alone = _crossed(together, random, who) if when is None else None
    blocks = [] if when is None else _stacked(together, random, who, when)

    def sums(factor: Array, outer: Array | None, correlation: float) -> tuple[Array, float]:
        found = (
            _independent(alone, factor, inside=unit is not None)
            if alone
            else _neighbours(blocks, factor, correlation, inside=unit is not None)
        )
        if outer is None or unit is None:
            return found.products, found.log_determinant
        # The same identity once more: units lie around people as people lie around samples.
        units = int(unit.max()) + 1
        random, mixed = np.zeros((units, *found.random.shape[1:])), np.zeros((units, *found.mixed.shape[1:]))
        np.add.at(random, unit[found.people], found.random)
        np.add.at(mixed, unit[found.people], found.mixed)
        root = np.linalg.cholesky(outer.T @ random @ outer + np.eye(len(outer)))
        taken = np.linalg.solve(root, outer.T @ mixed).reshape(-1, together.shape[1])
        more = 2 * float(np.log(np.diagonal(root, axis1=1, axis2=2)).sum())
        return found.products - taken.T @ taken, found.log_determinant + more

    return sums


#: People, random and mixed of :class:`_Weighted` where nobody asks for them.
_NOBODY = np.array([], dtype=np.intp), np.array([]), np.array([])


@dataclass(frozen=True)
class _Weighted:
    """Cross-products, weighted by the covariance of the samples of one person."""

    products: Array  # (columns + 1, columns + 1), of all samples
    log_determinant: float
    people: Whole  # whose the following are
    random: Array  # (people, effects, effects)
    mixed: Array  # (people, effects, columns + 1)


@dataclass(frozen=True)
class _CrossProducts:
    """All that the likelihood needs of people whose residuals are independent, whatever their number of samples."""

    random: Array  # (people, effects, effects)
    mixed: Array  # (people, effects, columns + 1)
    together: Array  # (columns + 1, columns + 1), of all samples


def _crossed(together: Array, random: Array, who: Whole) -> _CrossProducts:
    people = int(who.max()) + 1
    own, mixed = (
        np.zeros((people, random.shape[1], random.shape[1])),
        np.zeros((people, random.shape[1], together.shape[1])),
    )
    np.add.at(own, who, random[:, :, None] * random[:, None, :])
    np.add.at(mixed, who, random[:, :, None] * together[:, None, :])
    return _CrossProducts(own, mixed, together.T @ together)


def _independent(people: _CrossProducts, factor: Array, *, inside: bool) -> _Weighted:
    """Weigh where the correlation is 0, by matrices of the size of the random effects.

    Of I + Z F F' Z' the inverse is I - Z F (I + F' Z'Z F)^-1 F' Z', and both have the same determinant.
    """
    root = np.linalg.cholesky(factor.T @ people.random @ factor + np.eye(len(factor)))
    each = np.linalg.solve(root, factor.T @ people.mixed)
    taken = each.reshape(-1, people.together.shape[1])
    products = people.together - taken.T @ taken
    log_determinant = 2 * float(np.log(np.diagonal(root, axis1=1, axis2=2)).sum())
    if not inside:
        return _Weighted(products, log_determinant, *_NOBODY)
    turned = np.linalg.solve(root, factor.T @ people.random).transpose(0, 2, 1)
    random, mixed = people.random - turned @ turned.transpose(0, 2, 1), people.mixed - turned @ each
    return _Weighted(products, log_determinant, np.arange(len(random)), random, mixed)


@dataclass(frozen=True)
class _Blocks:
    """People with the same number of samples, stacked; those with the same times and slopes share a covariance."""

    people: Whole
    together: Array  # (people, samples, columns + 1): the model, and the values last
    random: Array  # (patterns, samples, effects)
    apart: Array  # (patterns, samples, samples): time between samples
    pattern: Whole  # (people,)


def _stacked(together: Array, random: Array, who: Whole, when: Array) -> list[_Blocks]:
    order = np.argsort(who, kind="stable")
    counts = np.bincount(who)
    starts = np.cumsum(counts) - counts
    made = []
    for size in np.unique(counts[counts > 0]):
        people = np.flatnonzero(counts == size)
        rows = order[starts[people][:, None] + np.arange(size)]
        looks = np.column_stack([random[rows].reshape(len(rows), -1), when[rows]])
        _, first, pattern = np.unique(looks, axis=0, return_index=True, return_inverse=True)
        some = rows[first]
        apart = np.abs(when[some][:, :, None] - when[some][:, None, :])
        made.append(_Blocks(people, together[rows], random[some], apart, pattern.ravel()))
    return made


def _neighbours(blocks: list[_Blocks], factor: Array, correlation: float, *, inside: bool) -> _Weighted:
    columns, log_determinant = blocks[0].together.shape[2], 0.0
    products = np.zeros((columns, columns))
    people, random, mixed = [], [], []
    for block in blocks:
        loaded = block.random @ factor
        root = np.linalg.cholesky(loaded @ loaded.transpose(0, 2, 1) + correlation**block.apart)
        inverse = np.linalg.inv(root)
        each = inverse[block.pattern] @ block.together
        white = each.reshape(-1, columns)
        products += white.T @ white
        logs = np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
        log_determinant += 2 * float(logs[block.pattern].sum())
        if inside:
            turned = (inverse @ block.random)[block.pattern].transpose(0, 2, 1)
            people.append(block.people)
            random.append(turned @ turned.transpose(0, 2, 1))
            mixed.append(turned @ each)
    if not inside:
        return _Weighted(products, log_determinant, *_NOBODY)
    return _Weighted(products, log_determinant, np.concatenate(people), np.concatenate(random), np.concatenate(mixed))

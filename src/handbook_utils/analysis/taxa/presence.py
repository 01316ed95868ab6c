"""Whether samples have a taxon at all: logistic regression that separation does not break."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats

__all__ = ["firth", "presence"]

Array = npt.NDArray[np.float64]
#: Steps of the fit, and cells of a table that are fitted at once.
_MOST, _AT_ONCE = 100, 500_000


def presence(there: npt.NDArray[np.bool_], model: Array) -> Array:
    """Model by Firth's penalised logistic regression whether samples have each taxon.

    Parameters
    ----------
    there : array of bool, shape (samples, taxa)
        Whether a sample has the taxon.
    model : array of float, shape (samples, columns)
        The constant first, what is asked about last.

    Returns
    -------
    numpy.ndarray, shape (taxa, 4)
        Logarithm to base 2 of the odds ratio of the last column, its interval (Wald's, 95 %), and p of the penalised
        likelihood ratio. Missing for a taxon that all samples have, or none.

    References
    ----------
    Firth 1993, Biometrika 80:27; Heinze and Schemper 2002, Statistics in Medicine 21:2409.

    Examples
    --------
    >>> model = np.column_stack([np.ones(8), [0, 0, 0, 0, 1, 1, 1, 1]])
    >>> presence(np.array([[0, 0, 0, 0, 1, 1, 1, 1]], dtype=bool).T, model).round(3).tolist()
    [[6.34, -0.325, 13.005, 0.007]]
    """
    made = np.full((there.shape[1], 4), np.nan)
    some = np.flatnonzero(there.any(axis=0) & ~there.all(axis=0))
    # Many at once, and few enough for the memory of a small machine.
    for lot in np.array_split(some, -(-len(there) * len(some) // _AT_ONCE)) if len(some) else []:
        seen = there[:, lot].astype(float)
        estimate, whole, covariance = _firth(seen, model, model.shape[1])
        _, without, _ = _firth(seen, model, model.shape[1] - 1)
        width = stats.norm.ppf(0.975) * np.sqrt(covariance[:, -1, -1])
        slope = estimate[:, -1]
        made[lot, :3] = np.column_stack([slope, slope - width, slope + width]) / np.log(2)
        made[lot, 3] = stats.chi2.sf(np.maximum(2 * (whole - without), 0.0), 1)
    return made


def firth(seen: Array, model: Array) -> Array:
    """Return the coefficients of Firth's logistic regression of what is 0 or 1 on the columns of a model.

    Parameters
    ----------
    seen : numpy.ndarray, shape (samples,)
        0 or 1.
    model : numpy.ndarray, shape (samples, columns)
        The constant among them.

    Returns
    -------
    numpy.ndarray, shape (columns,)
        Logarithms of odds ratios.

    Examples
    --------
    >>> firth(np.array([0.0, 0, 1, 1]), np.column_stack([np.ones(4), [0, 0, 1, 1]])).round(2).tolist()
    [-1.61, 3.22]
    """
    estimate: Array = _firth(seen[:, None], model, model.shape[1])[0][0]
    return estimate


def _firth(seen: Array, model: Array, free: int) -> tuple[Array, Array, Array]:
    """Return estimates, the penalised log-likelihood, and the covariance; columns after the free ones stay at 0.

    Of all taxa at once: those that have settled are left out of the next step.
    """
    taxa, columns = seen.shape[1], model.shape[1]
    squares = (model[:, :, None] * model[:, None, :]).reshape(len(model), -1)

    def at(beta: Array, of: Array) -> tuple[Array, Array, Array, Array]:
        eta = np.clip(model @ beta.T, -30, 30)
        odds = np.exp(eta)
        chance = odds / (1 + odds)
        weight = chance / (1 + odds)
        information = (weight.T @ squares).reshape(-1, columns, columns)
        likelihood = (of * eta).sum(axis=0) - np.log1p(odds).sum(axis=0)
        return likelihood + 0.5 * np.linalg.slogdet(information)[1], information, chance, weight

    left, beta = np.arange(taxa), np.zeros((taxa, columns))
    found, likelihood, covariance = np.empty((taxa, columns)), np.empty(taxa), np.empty((taxa, columns, columns))
    value, information, chance, weight = at(beta, seen)
    for turn in range(_MOST):
        leverage = weight * (squares @ np.linalg.inv(information).reshape(len(left), -1).T)
        score = (seen[:, left] - chance + leverage * (0.5 - chance)).T @ model
        step = np.zeros_like(beta)
        step[:, :free] = np.linalg.solve(information[:, :free, :free], score[:, :free, None])[..., 0]
        # By what it moves and not by its own size: that hangs on the unit of a column.
        step *= np.minimum(1.0, 5 / np.maximum(np.abs(step @ model.T).max(axis=1, keepdims=True), 1e-12))
        after = at(beta + step, seen[:, left])
        for _halved in range(30):
            worse = np.flatnonzero(after[0] < value - 1e-12)
            if not len(worse):
                break
            step[worse] /= 2
            again = at(beta[worse] + step[worse], seen[:, left[worse]])
            after[0][worse], after[1][worse] = again[:2]
            after[2][:, worse], after[3][:, worse] = again[2:]
        beta = beta + step
        value, information, chance, weight = after
        settled = (np.abs(step @ model.T).max(axis=1) < 1e-9) | (turn == _MOST - 1)
        if settled.any():
            own = left[settled]
            found[own], likelihood[own] = beta[settled], value[settled]
            covariance[own] = np.linalg.inv(information[settled])
            on = ~settled
            left, beta, value, information = left[on], beta[on], value[on], information[on]
            chance, weight = chance[:, on], weight[:, on]
        if not len(left):
            break
    return found, likelihood, covariance

"""Whether samples have a taxon at all: logistic regression that separation does not break."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats

__all__ = ["firth", "presence"]

Array = npt.NDArray[np.float64]


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
    for taxon, seen in enumerate(there.T.astype(float)):
        if not 0 < seen.sum() < len(seen):
            continue
        estimate, whole, covariance = _firth(seen, model, model.shape[1])
        _, without, _ = _firth(seen, model, model.shape[1] - 1)
        width = float(stats.norm.ppf(0.975) * np.sqrt(covariance[-1, -1]))
        slope = float(estimate[-1])
        p = float(stats.chi2.sf(max(2 * (whole - without), 0.0), 1))
        made[taxon] = [*(np.array([slope, slope - width, slope + width]) / np.log(2)), p]
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
    return _firth(seen, model, model.shape[1])[0]


def _firth(seen: Array, model: Array, free: int) -> tuple[Array, float, Array]:
    """Return estimates, the penalised log-likelihood, and the covariance; columns after the free ones stay at 0."""
    estimate: Array = np.zeros(model.shape[1])

    def at(beta: Array) -> tuple[float, Array, Array]:
        eta = np.clip(model @ beta, -30, 30)
        chance = 1 / (1 + np.exp(-eta))
        information = (model * (chance * (1 - chance))[:, None]).T @ model
        penalty = 0.5 * float(np.linalg.slogdet(information)[1])
        return float(seen @ eta - np.logaddexp(0, eta).sum()) + penalty, chance, information

    value, chance, information = at(estimate)
    for _ in range(100):
        weight = chance * (1 - chance)
        root = model * np.sqrt(weight)[:, None]
        leverage = (root @ np.linalg.inv(information) * root).sum(axis=1)
        score = model.T @ (seen - chance + leverage * (0.5 - chance))
        step = np.zeros_like(estimate)
        step[:free] = np.linalg.solve(information[:free, :free], score[:free])
        step *= min(1.0, 5 / max(float(np.abs(step).max()), 1e-12))
        for _halved in range(30):
            after, next_chance, next_information = at(estimate + step)
            if after >= value - 1e-12:
                break
            step /= 2
        estimate, value, chance, information = estimate + step, after, next_chance, next_information
        if float(np.abs(step).max()) < 1e-9:
            break
    return estimate, value, np.asarray(np.linalg.inv(information), dtype=float)

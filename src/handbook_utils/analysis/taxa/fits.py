"""One linear model fitted to many taxa at once: by least squares, or with a level of each person's own.

The mixed model is that of :mod:`handbook_utils.analysis.time.mixed` with a random level only, whose likelihood needs
the sums of each person's samples and no matrix of them; so all taxa are fitted together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Fits", "fit_levels", "fit_many", "least_squares"]

Array = npt.NDArray[np.float64]
_GOLDEN = (np.sqrt(5) - 1) / 2
#: Eigenvalues of the Hessian below this say nothing of the variances (they lie at the edge of what is possible).
_FLAT = 1e-8


@dataclass(frozen=True)
class Fits:
    """Fitted models, one a taxon.

    Attributes
    ----------
    estimate : numpy.ndarray, shape (taxa, columns)
        Coefficients of the model's columns.
    covariance : numpy.ndarray, shape (taxa, columns, columns)
        Of the coefficients.
    gradients : numpy.ndarray, shape (taxa, parameters, columns, columns)
        How the covariance changes with the parameters of the variances.
    variance : numpy.ndarray, shape (taxa, parameters, parameters)
        How unsure these are.
    left : int
        Samples less columns.
    """

    estimate: Array
    covariance: Array
    gradients: Array
    variance: Array
    left: int

    def of(self, contrast: npt.ArrayLike) -> tuple[Array, Array, Array]:
        """Return estimate, standard error and degrees of freedom (Satterthwaite's) of a contrast, a number a taxon.

        Parameters
        ----------
        contrast : array_like of float, shape (columns,)
            Weights of the coefficients.

        Returns
        -------
        tuple of numpy.ndarray, shape (taxa,)
            In that order.
        """
        row = np.asarray(contrast, dtype=float)
        square = np.einsum("i,mij,j->m", row, self.covariance, row)
        gradient = np.einsum("i,mkij,j->mk", row, self.gradients, row)
        unsure = np.einsum("mk,mkl,ml->m", gradient, self.variance, gradient)
        with np.errstate(divide="ignore", invalid="ignore"):
            free = np.where(unsure > 0, 2 * square**2 / unsure, float(self.left))
        return self.estimate @ row, np.sqrt(square), free


def fit_many(values: Array, model: Array, person: npt.NDArray[np.intp] | None) -> Fits:
    """Fit by least squares, or with a level of each person's own where people are given.

    Parameters
    ----------
    values : numpy.ndarray, shape (samples, taxa)
        What is explained.
    model : numpy.ndarray, shape (samples, columns)
        The constant among them.
    person : numpy.ndarray of int, shape (samples,), or None
        Whose sample it is, from 0.

    Returns
    -------
    Fits
        Of all taxa.
    """
    return least_squares(values, model) if person is None else fit_levels(values, model, person)


def least_squares(values: Array, model: Array) -> Fits:
    """Fit a linear model to each column of values.

    Parameters
    ----------
    values : numpy.ndarray, shape (samples, taxa)
        What is explained.
    model : numpy.ndarray, shape (samples, columns)
        Of full rank, with fewer columns than samples.

    Returns
    -------
    Fits
        Of all taxa.

    Examples
    --------
    >>> model = np.column_stack([np.ones(4), [0, 0, 1, 1]])
    >>> estimate, error, free = least_squares(np.array([[1.0], [3], [5], [7]]), model).of([0, 1])
    >>> estimate.round(6).tolist(), error.round(3).tolist(), free.tolist()
    ([4.0], [1.414], [2.0])
    """
    left = len(model) - model.shape[1]
    inverse = np.linalg.inv(model.T @ model)
    estimate = inverse @ model.T @ values
    variance = ((values - model @ estimate) ** 2).sum(axis=0) / left
    taxa = values.shape[1]
    covariance = variance[:, None, None] * inverse
    nothing = np.zeros((taxa, 1, *inverse.shape))
    return Fits(estimate.T, covariance, nothing, np.zeros((taxa, 1, 1)), left)


class _Levels:
    """The likelihood of a random level, for all taxa; the parameter is its standard deviation over the residual's."""

    def __init__(self, values: Array, model: Array, person: npt.NDArray[np.intp]) -> None:
        self.sizes = np.bincount(person).astype(float)
        people, columns = len(self.sizes), model.shape[1]
        self.free = len(values) - columns
        members = np.zeros((people, len(person)))
        members[person, np.arange(len(person))] = 1.0
        self.x, self.y = members @ model, members @ values
        self.xx, self.xy, self.yy = model.T @ model, model.T @ values, (values**2).sum(axis=0)
        self.outer = np.einsum("gi,gj->gij", self.x, self.x).reshape(people, -1)

    def solved(self, theta: Array) -> tuple[Array, Array, Array, Array]:
        """Return estimates, the inverse of the model's part, residual squares, and the sum of log-determinants."""
        square = theta[:, None] ** 2
        weight = square / (1 + square * self.sizes)
        columns = self.x.shape[1]
        model = self.xx - (weight @ self.outer).reshape(-1, columns, columns)
        right = self.xy.T - (weight * self.y.T) @ self.x
        inverse = np.linalg.inv(model)
        estimate = np.einsum("mij,mj->mi", inverse, right)
        squares = self.yy - (weight * self.y.T**2).sum(axis=1) - (right * estimate).sum(axis=1)
        determinants = np.log1p(square * self.sizes).sum(axis=1) + np.linalg.slogdet(model)[1]
        return estimate, inverse, np.maximum(squares, 1e-300), determinants

    def deviance(self, theta: Array) -> Array:
        """Return the restricted deviance but for a constant, with the residual variance at its best."""
        _, _, squares, determinants = self.solved(theta)
        return np.asarray(self.free * np.log(squares) + determinants)

    def best(self, taxa: int) -> Array:
        """Return the parameter with the least deviance, of each taxon: a grid, and then golden sections."""
        grid = np.linspace(0, 0.995, 40)
        on = np.array([self.deviance(np.full(taxa, one / (1 - one))) for one in grid])
        place = on.argmin(axis=0)
        low, high = grid[np.maximum(place - 1, 0)], grid[np.minimum(place + 1, len(grid) - 1)]
        high = np.where(place == len(grid) - 1, 1 - 1e-6, high)

        def at(part: Array) -> Array:
            return self.deviance(part / (1 - part))

        one, two = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        first, second = at(one), at(two)
        for _ in range(45):
            left = first <= second
            high, low = np.where(left, two, high), np.where(left, low, one)
            one, two = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
            first, second = at(one), at(two)
        found = (low + high) / 2
        # At the edge: no variance between people.
        found = np.where(self.deviance(np.zeros(taxa)) <= at(found), 0.0, found)
        return np.asarray(found / (1 - found))


def fit_levels(values: Array, model: Array, person: npt.NDArray[np.intp]) -> Fits:
    """Fit a linear model with a random level of each person to each column of values, by REML.

    Parameters
    ----------
    values : array of float, shape (samples, taxa)
        What is modelled, such as logarithms of shares.
    model : array of float, shape (samples, columns)
        The design matrix.
    person : array of int, shape (samples,)
        From 0, every number there.

    Returns
    -------
    Fits
        With the degrees of freedom of lmerTest.

    Examples
    --------
    >>> model = np.column_stack([np.ones(6), [0, 1] * 3])
    >>> fits = fit_levels(np.array([[1.0], [2], [3], [4.2], [0], [1.1]]), model, np.array([0, 0, 1, 1, 2, 2]))
    >>> estimate, error, free = fits.of([0, 1])
    >>> estimate.round(3).tolist(), free.round(2).tolist()
    ([1.1], [2.0])
    """
    likelihood = _Levels(values, model, person)
    theta = likelihood.best(values.shape[1])
    estimate, inverse, squares, _ = likelihood.solved(theta)
    sigma = np.sqrt(squares / likelihood.free)
    step = 1e-3 * np.maximum(theta, 0.05)
    moved = {k: likelihood.solved(theta + k * step) for k in (-2, -1, 1, 2)}

    def first(of: dict[int, Array]) -> Array:
        wide = step.reshape(-1, *[1] * (of[1].ndim - 1))
        return np.asarray((8 * (of[1] - of[-1]) - (of[2] - of[-2])) / (12 * wide))

    def second(of: dict[int, Array], here: Array) -> Array:
        return np.asarray((16 * (of[1] + of[-1]) - (of[2] + of[-2]) - 30 * here) / (12 * step**2))

    residual = {k: made[2] for k, made in moved.items()}
    whole = {k: made[2] / sigma**2 + made[3] for k, made in moved.items()}
    here = squares / sigma**2 + likelihood.solved(theta)[3]
    hessian = np.empty((len(theta), 2, 2))
    hessian[:, 0, 0] = second(whole, here)
    hessian[:, 0, 1] = hessian[:, 1, 0] = -2 * first(residual) / sigma**3
    hessian[:, 1, 1] = 4 * likelihood.free / sigma**2
    values_of, vectors = np.linalg.eigh(hessian)
    with np.errstate(divide="ignore"):
        weight = np.where(values_of > _FLAT, 2 / values_of, 0.0)
    variance = np.einsum("mik,mk,mjk->mij", vectors, weight, vectors)
    covariance = sigma[:, None, None] ** 2 * inverse
    by_theta = sigma[:, None, None] ** 2 * first({k: made[1] for k, made in moved.items()})
    gradients = np.stack([by_theta, 2 * covariance / sigma[:, None, None]], axis=1)
    return Fits(estimate, covariance, gradients, variance, likelihood.free)

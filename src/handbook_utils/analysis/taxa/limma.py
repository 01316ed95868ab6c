"""Moderated t: variances of taxa learn from each other, along a trend with how much of a taxon there is (limma-trend).

Source: Smyth 2004, Statistical Applications in Genetics and Molecular Biology 3:3, doi:10.2202/1544-6115.1027, for the
moderated t; Law and others 2014, Genome Biology 15:R29, doi:10.1186/gb-2014-15-2-r29, for logarithms of counts per
million and the trend. Held against the authors' program in tests/peers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, polygamma

from handbook_utils.analysis.taxa.fits import least_squares

__all__ = [
    "Moderated",
    "log_per_million",
    "moderated",
]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Moderated:
    """A coefficient of each taxon with its moderated standard error.

    Attributes
    ----------
    slope, error : numpy.ndarray, shape (taxa,)
        The coefficient, in units of the values, and its standard error.
    free : float
        Degrees of freedom, of the residuals and of what was learnt from the other taxa.
    prior_free : float
        Of what was learnt; infinite where all taxa vary alike.
    """

    slope: Array
    error: Array
    free: float
    prior_free: float


def log_per_million(counts: Array) -> Array:
    """Return logarithms to base 2 of counts per million reads, with half a read added to every count.

    Parameters
    ----------
    counts : array of float, shape (samples, taxa)
        Of reads; not yet shares.

    Returns
    -------
    numpy.ndarray, shape (samples, taxa)
        Base 2.

    Examples
    --------
    >>> log_per_million(np.array([[0.0, 999999.0]])).round(2).tolist()
    [[-1.0, 19.93]]
    """
    return np.asarray(np.log2((counts + 0.5) / (counts.sum(axis=1, keepdims=True) + 1) * 1e6))


def _trigamma_inverse(value: float) -> float:
    """Return the number whose trigamma is this, by Newton's method on its reciprocal, which is nearly straight.

    Examples
    --------
    >>> round(_trigamma_inverse(float(polygamma(1, 3.5))), 9)
    3.5
    """
    x = 0.5 + 1 / value
    for _ in range(50):
        trigamma = float(polygamma(1, x))
        step = trigamma * (1 - trigamma / value) / float(polygamma(2, x))
        x += step
        if -step / x < 1e-10:
            break
    return x


def _natural_spline(x: Array, columns: int) -> Array:
    """Return a basis of natural cubic splines with so many columns, inner knots at equal parts of the values."""
    knots = np.quantile(x, np.linspace(0, 1, columns))
    scaled = (x - knots[0]) / (knots[-1] - knots[0])
    at = (knots - knots[0]) / (knots[-1] - knots[0])
    last = np.clip(scaled - at[-1], 0, None) ** 3

    def bent(knot: float) -> Array:
        return np.asarray((np.clip(scaled - knot, 0, None) ** 3 - last) / (at[-1] - knot))

    return np.column_stack([np.ones_like(x), scaled, *(bent(knot) - bent(at[-2]) for knot in at[:-2])])


def moderated(values: Array, model: Array) -> Moderated:
    """Fit a linear model to each taxon, and moderate the variances by their trend with the mean of the taxon.

    Parameters
    ----------
    values : array of float, shape (samples, taxa)
        Logarithms; two taxa or more.
    model : array of float, shape (samples, columns)
        What is asked about last.

    Returns
    -------
    Moderated
        Of the last column of the model.

    Examples
    --------
    >>> values = np.array([[1.0, 5.0, 3.0], [1.2, 5.5, 2.0], [3.1, 5.1, 2.5], [2.9, 5.6, 2.7]])
    >>> found = moderated(values, np.column_stack([np.ones(4), [0, 0, 1, 1]]))
    >>> found.slope.round(2).tolist(), round(found.free, 2)
    ([1.9, 0.1, 0.1], 4.29)
    """
    fits = least_squares(values, model)
    last = np.eye(model.shape[1])[-1]
    slope, error, _ = fits.of(last)
    unscaled = np.sqrt(float(np.linalg.inv(model.T @ model)[-1, -1]))
    variance = (error / unscaled) ** 2
    prior, prior_free = _learnt(variance, float(fits.left), values.mean(axis=0))
    own = 0.0 if np.isinf(prior_free) else fits.left / (fits.left + prior_free)
    after = own * variance + (1 - own) * prior
    # What all taxa together know is the most that one can learn.
    free = min(fits.left + prior_free, float(fits.left * values.shape[1]))
    return Moderated(slope, np.sqrt(after) * unscaled, free, prior_free)


def _learnt(variance: Array, left: float, mean: Array) -> tuple[Array, float]:
    """Return what the variances are expected to be, and how many degrees of freedom that knowledge is worth."""
    taxa = len(variance)
    middle = float(np.median(variance)) or 1.0
    logs = np.log(np.maximum(variance, 1e-5 * middle)) - float(digamma(left / 2)) + np.log(left / 2)
    columns = min(1 + (taxa >= 3) + (taxa >= 6) + (taxa >= 30), len(np.unique(mean)))
    basis = _natural_spline(mean, columns) if columns > 1 else np.ones((taxa, 1))
    fitted = basis @ np.linalg.lstsq(basis, logs, rcond=None)[0]
    scatter = float(((logs - fitted) ** 2).sum()) / (taxa - columns) if taxa > columns else 0.0
    scatter -= float(polygamma(1, left / 2))
    if scatter <= 0:
        return np.exp(fitted) if columns > 1 else np.full(taxa, variance.mean()), np.inf
    free = 2 * _trigamma_inverse(scatter)
    return np.asarray(np.exp(fitted + float(digamma(free / 2)) - np.log(free / 2))), free

"""LinDA: linear models of centred log-ratios, moved so that the commonest difference is none.

Source: Zhou and others (2022), Genome Biology 23:95, doi:10.1186/s13059-022-02655-5; held against the authors' program
in tests/peers. Where the reads of a sample go with a column of the model, a pseudocount makes differences of depth into
differences of taxa; zeros are then replaced in proportion to the reads (the adaptive step of the paper).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from handbook_utils.analysis.taxa.fits import Fits, fit_many

__all__ = ["Linda", "linda", "log_ratios", "mode_of", "zeros_replaced"]

Array = npt.NDArray[np.float64]
#: A p-value of the reads beside a column of the model, up to which zeros are replaced in proportion to the reads.
GOES_WITH_READS = 0.1
_PRECISE = np.sqrt(np.finfo(float).eps)


@dataclass(frozen=True)
class Linda:
    """Fitted models of centred log-ratios, on the logarithm to base 2.

    Attributes
    ----------
    fits : Fits
        Before they are moved.
    bias : numpy.ndarray, shape (columns,)
        The commonest coefficient of each column, which is taken for none.
    zeros : str
        How zeros were replaced: ``pseudocount``, ``reads`` (in proportion to them), ``half the least`` or ``none``.
    """

    fits: Fits
    bias: Array
    zeros: str

    def of(self, contrast: npt.ArrayLike) -> tuple[Array, Array, Array]:
        """Return estimate, standard error and degrees of freedom of a contrast, a number a taxon.

        Parameters
        ----------
        contrast : array_like of float, shape (columns,)
            Weights of the coefficients.

        Returns
        -------
        tuple of numpy.ndarray, shape (taxa,)
            In that order; logarithms to base 2, with the bias taken away.
        """
        row = np.asarray(contrast, dtype=float)
        estimate, error, free = self.fits.of(row)
        return estimate - float(row @ self.bias), error, free


def mode_of(values: Array) -> float:
    """Return where numbers are densest: the top of a Gaussian kernel density that a mean shift climbs.

    It starts at the mean of the shortest interval that holds half of them (the shorth), as LinDA's program does.

    Parameters
    ----------
    values : array of float
        Two or more. The bandwidth is Silverman's (R's ``bw.nrd0``).

    Returns
    -------
    float
        In the unit of the numbers.

    Examples
    --------
    >>> round(mode_of(np.array([-0.1, 0.0, 0.1, 0.05, 3.0, 4.0])), 2)
    0.03
    """
    quartiles = np.subtract(*np.quantile(values, [0.75, 0.25]))
    spread = np.std(values, ddof=1)
    width = 0.9 * (min(spread, quartiles / 1.34) or spread or 1.0) * len(values) ** -0.2
    ordered = np.sort(values)
    half = -(-len(values) // 2)
    lengths = ordered[half - 1 :] - ordered[: len(values) - half + 1]
    shortest = np.flatnonzero(lengths == lengths.min())
    start = int(shortest[len(shortest) // 2])
    place = float(ordered[start : start + half].mean())
    for _ in range(1000):
        weight = np.exp(-0.5 * ((values - place) / width) ** 2)
        moved = float(values @ weight / weight.sum())
        if moved == place or (place != 0 and abs(moved / place - 1) < _PRECISE):
            break
        place = moved
    return place


def log_ratios(values: Array) -> Array:
    """Return centred log-ratios to base 2 of values without zeros, a row a sample.

    Parameters
    ----------
    values : numpy.ndarray, shape (samples, taxa)
        Above 0.

    Returns
    -------
    numpy.ndarray, shape (samples, taxa)
        Each row adds up to 0.
    """
    logs = np.log2(values)
    return np.asarray(logs - logs.mean(axis=1, keepdims=True))


def zeros_replaced(
    values: Array, model: Array, person: npt.NDArray[np.intp] | None, *, counts: bool
) -> tuple[Array, str]:
    """Replace zeros as LinDA does.

    Parameters
    ----------
    values : array of float, shape (samples, taxa)
        Counts, or shares.
    model : array of float, shape (samples, columns)
        The constant first.
    person : array of int, optional
        Of each sample, from 0.
    counts : bool
        Whether these are counts; zeros of shares become half of the least share of the taxon.

    Returns
    -------
    numpy.ndarray, str
        Values without zeros, and what was done (see :class:`Linda`).
    """
    zero = values == 0
    if not zero.any():
        return values, "none"
    if not counts:
        least = np.where(zero, np.inf, values).min(axis=0)
        return np.where(zero, least / 2, values), "half the least"
    reads = values.sum(axis=1)
    fit = fit_many(np.log(reads)[:, None], model, person)
    # As many reads in each sample go with nothing, whatever rounding leaves of their differences.
    columns = np.eye(model.shape[1])[1:] if np.ptp(reads) else np.empty((0, model.shape[1]))
    p = [2 * float(stats.t.sf(abs(one / error), free)[0]) for one, error, free in map(fit.of, columns)]
    if min(p, default=1.0) > GOES_WITH_READS:
        return values + 0.5, "pseudocount"
    most = np.where(zero, reads[:, None], 0.0).max(axis=0)
    return values + np.where(zero, reads[:, None] / np.where(most > 0, most, 1.0), 0.0), "reads"


def linda(values: Array, model: Array, person: npt.NDArray[np.intp] | None = None, *, counts: bool = True) -> Linda:
    """Fit LinDA.

    Parameters
    ----------
    values : array of float, shape (samples, taxa)
        Counts, or shares; every taxon in one sample or more.
    model : array of float, shape (samples, columns)
        The constant first.
    person : array of int, optional
        Of each sample, from 0: people then have levels of their own.
    counts : bool
        Whether these are counts.

    Returns
    -------
    Linda
        The fits, their bias, and how zeros were filled.

    Examples
    --------
    >>> counts = np.array([[9, 50, 70], [8, 60, 60], [7, 70, 50], [70, 55, 60], [80, 60, 55], [90, 65, 65]])
    >>> model = np.column_stack([np.ones(6), [0, 0, 0, 1, 1, 1]])
    >>> float(linda(counts, model).of([0, 1])[0][0].round(1))
    3.3
    """
    filled, how = zeros_replaced(values, model, person, counts=counts)
    fits = fit_many(log_ratios(filled), model, person)
    root = np.sqrt(len(model))
    bias = np.array([mode_of(root * column) / root for column in fits.estimate.T])
    return Linda(fits, bias, how)

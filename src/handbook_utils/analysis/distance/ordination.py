"""Ordination: samples on a map whose distances are those between them, as far as two axes can.

scikit-bio's ``pcoa`` gives proportions that hang on how many axes were asked for; here the denominator is stated once:
the sum of the positive eigenvalues, with the negative share told beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.linalg import eigh

if TYPE_CHECKING:
    from skbio import DistanceMatrix


@dataclass(frozen=True)
class Ordination:
    """A principal coordinates analysis.

    Attributes
    ----------
    coordinates : pandas.DataFrame
        Samples × axes of positive eigenvalue, PC1 first; a second of zeros where samples lie on one line.
    proportions : pandas.Series
        Share of each axis in the sum of the positive eigenvalues.
    negative_share : float
        Sum of the negative eigenvalues over the sum of the absolute ones: how far the distances are from Euclidean.
    imaginary : pandas.DataFrame
        Samples × axes of negative eigenvalue: coordinates whose squares are subtracted.
    """

    coordinates: pd.DataFrame
    proportions: pd.Series
    negative_share: float
    imaginary: pd.DataFrame


def gower_centred(distance: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return Gower's centred matrix −½·C·D²·C, whose trace is the total sum of squares.

    Parameters
    ----------
    distance : numpy.ndarray, shape (samples, samples)
        Symmetric.

    Returns
    -------
    numpy.ndarray, shape (samples, samples)
        In squared units of the distance.

    Examples
    --------
    >>> import numpy as np
    >>> gower_centred(np.array([[0.0, 2.0], [2.0, 0.0]])).tolist()
    [[1.0, -1.0], [-1.0, 1.0]]
    """
    centred = np.square(distance, dtype=float)  # in place from here on: of many samples it is the most that is held
    centred *= -0.5
    rows, columns, mean = centred.mean(axis=0), centred.mean(axis=1)[:, None], centred.mean()
    centred -= rows
    centred -= columns
    centred += mean
    return centred


def pcoa(distance: DistanceMatrix) -> Ordination:
    """Principal coordinates analysis (Gower 1966), exact, with every axis.

    Parameters
    ----------
    distance : skbio.DistanceMatrix
        Between samples.

    Returns
    -------
    Ordination
        The sign of an axis is chosen so that its largest coordinate is positive: it has no meaning, and would differ
        between machines.

    Examples
    --------
    >>> from skbio import DistanceMatrix
    >>> found = pcoa(DistanceMatrix([[0, 3, 4], [3, 0, 5], [4, 5, 0]], ids=["a", "b", "c"]))
    >>> found.proportions.round(3).to_dict()
    {'PC1': 0.778, 'PC2': 0.222}
    """
    values, vectors = np.linalg.eigh(gower_centred(np.asarray(distance.data)))
    order = np.argsort(values)[::-1]
    values, vectors = values[order], vectors[:, order]
    keep = _there(values)
    values, vectors = values[keep], vectors[:, keep]
    scaled = _upright(vectors) * np.sqrt(np.abs(values))
    positive = values > 0
    ids = pd.Index(distance.ids)
    names = [f"PC{number}" for number in range(1, positive.sum() + 1)]
    total = values[positive].sum()
    coordinates = pd.DataFrame(scaled[:, positive], index=ids, columns=pd.Index(names))
    proportions = pd.Series(values[positive] / total, index=pd.Index(names))
    if len(names) == 1:
        coordinates["PC2"], proportions["PC2"] = 0.0, 0.0
    return Ordination(
        coordinates=coordinates,
        proportions=proportions,
        negative_share=float(np.abs(values[~positive]).sum() / np.abs(values).sum()),
        imaginary=pd.DataFrame(scaled[:, ~positive], index=ids),
    )


def first_axes(distance: DistanceMatrix, axes: int) -> npt.NDArray[np.float64]:
    """Return the first principal coordinates alone, in a third of the time that all take.

    Parameters
    ----------
    distance : skbio.DistanceMatrix
        Between samples.
    axes : int
        How many; fewer come out where fewer are there.

    Returns
    -------
    numpy.ndarray
        Samples × axes, as :func:`pcoa` gives them.

    Examples
    --------
    >>> from skbio import DistanceMatrix
    >>> first_axes(DistanceMatrix([[0, 2], [2, 0]], ids=["a", "b"]), 2).round(6).tolist()
    [[1.0], [-1.0]]
    """
    gower = gower_centred(np.asarray(distance.data))
    count = len(gower)
    values, vectors = eigh(gower, subset_by_index=(max(0, count - axes), count - 1))
    keep = _there(values, count) & (values > 0)
    made: npt.NDArray[np.float64] = (_upright(vectors[:, keep]) * np.sqrt(values[keep]))[:, ::-1]
    return made


def shares_of_axes(distance: DistanceMatrix) -> tuple[npt.NDArray[np.float64], float]:
    """Return what :func:`pcoa` tells of its axes, without the coordinates, in a third of the time.

    Parameters
    ----------
    distance : skbio.DistanceMatrix
        Between samples.

    Returns
    -------
    proportions : numpy.ndarray
        Of each axis of positive eigenvalue, the largest first.
    negative_share : float
        Of the negative eigenvalues.

    Examples
    --------
    >>> from skbio import DistanceMatrix
    >>> shares, negative = shares_of_axes(DistanceMatrix([[0, 3, 4], [3, 0, 5], [4, 5, 0]], ids=["a", "b", "c"]))
    >>> shares.round(3).tolist(), negative
    ([0.778, 0.222], 0.0)
    """
    values: npt.NDArray[np.float64] = eigh(gower_centred(np.asarray(distance.data)), eigvals_only=True)[::-1]
    values = values[_there(values)]
    positive = values > 0
    return values[positive] / values[positive].sum(), float(np.abs(values[~positive]).sum() / np.abs(values).sum())


def _there(values: npt.NDArray[np.float64], samples: int | None = None) -> npt.NDArray[np.bool_]:
    """Tell axes from what rounding leaves of axes that are not there."""
    found: npt.NDArray[np.bool_] = np.abs(values) > np.abs(values).max() * 1e-12 * (samples or len(values))
    return found


def _upright(vectors: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Turn each axis so that its largest coordinate is positive."""
    tallest = vectors[np.abs(vectors).argmax(axis=0), np.arange(vectors.shape[1])]
    turned: npt.NDArray[np.float64] = vectors * np.sign(tallest)
    return turned

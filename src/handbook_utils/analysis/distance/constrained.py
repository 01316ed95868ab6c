"""Ordinations beside principal coordinates: constrained by metadata (RDA, dbRDA), and by ranks only (NMDS).

scikit-bio's ``rda`` returns singular values where eigenvalues are asked for, so its proportions are wrong; here they
are shares of the total sum of squares.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import isotonic_regression, minimize
from skbio import DistanceMatrix

from handbook_utils.analysis.design import Design
from handbook_utils.analysis.distance.ordination import first_axes, gower_centred
from handbook_utils.analysis.distance.permanova import basis, centred, distances_of

Matrix = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

#: Stress below this is nothing but a map that fell apart; from the other on, single points are not to be read.
_NOTHING, _FAIR = 1e-3, 0.15
#: Pairs of samples in all starts of a search together, and the change of stress at which it ends: exactly, and of many.
_PAIRS = 2_000_000
_EXACT, _NEAR = 1e-13, 3e-7
#: Pairs from which a compiled loop repays the import of what compiles.
_WORTH_COMPILING = 100_000

__all__ = ["Constrained", "Nmds", "constrained", "hellinger_distance", "nmds", "taxon_arrows"]


@dataclass(frozen=True)
class Constrained:
    """An ordination of what metadata explain.

    Attributes
    ----------
    coordinates : pandas.DataFrame
        Samples × constrained axes, where the metadata put each sample.
    sums : pandas.Series
        Sum of squares of each axis.
    total : float
        Total sum of squares of the distances.
    r2, adjusted_r2 : float
        Share of the total explained, and with what chance explains taken off (Ezekiel).
    """

    coordinates: pd.DataFrame
    sums: pd.Series
    total: float
    r2: float
    adjusted_r2: float


@dataclass(frozen=True)
class Nmds:
    """A non-metric map.

    Attributes
    ----------
    coordinates : pandas.DataFrame
        Samples × axes, centred; the first axis is the longest.
    stress : float
        Kruskal's stress 1: 0 where the ranks of the distances are those on the map.
    distances, fitted : numpy.ndarray
        Of each pair, the distance on the map and the nearest one that keeps the ranks.
    again : int
        How many of the starts ended within 0.001 of the least stress.
    starts : int
        How many were made; fewer than were asked for where there are many samples.
    """

    coordinates: pd.DataFrame
    stress: float
    distances: Matrix
    fitted: Matrix
    again: int
    starts: int

    @property
    def reading(self) -> str:
        """How far the map may be read."""
        if self.stress < _NOTHING:
            return (
                "A stress of 0 is a warning: samples fall into parts with no distances between them to keep in order, "
                "or are too few, and the map shows nothing but that"
            )
        if self.stress < _FAIR:
            return "With this stress the map keeps the order of the distances well"
        return "With a stress near 0.2 or more single pairs may lie quite wrong, so do not read single points"


def hellinger_distance(shares: pd.DataFrame) -> DistanceMatrix:
    """Euclidean distances of the square roots of shares, for which dbRDA is the RDA of Legendre and Gallagher (2001).

    Parameters
    ----------
    shares : pandas.DataFrame
        Samples × taxa; rows add up to 1.

    Returns
    -------
    skbio.DistanceMatrix
        0 to √2.

    Examples
    --------
    >>> import pandas as pd
    >>> shares = pd.DataFrame([[1.0, 0.0], [0.0, 1.0]], index=["a", "b"])
    >>> round(float(hellinger_distance(shares)["a", "b"]), 3)
    1.414
    """
    roots = np.sqrt(shares.to_numpy(dtype=float))
    inner = roots @ roots.T
    own = np.diag(inner)
    square = np.maximum(own[:, None] + own - 2 * inner, 0.0)
    np.fill_diagonal(square, 0.0)
    return DistanceMatrix(np.sqrt((square + square.T) / 2), ids=[str(name) for name in shares.index])


def constrained(distance: DistanceMatrix, design: Design, *, terms: Sequence[str] | None = None) -> Constrained:
    """Ordinate what a design asks about, after taking out what its other terms explain.

    For Euclidean distances this is redundancy analysis (RDA); for others distance-based RDA that keeps negative
    eigenvalues, as vegan's ``dbrda``, with the other terms as ``Condition``. The test of it is PERMANOVA of the same
    design.

    Parameters
    ----------
    distance : skbio.DistanceMatrix
        Between at least the samples of the design.
    design : Design
        Whose terms constrain the axes, or are taken out before.
    terms : sequence of str, optional
        Terms of the design that constrain together; without them, what it asks about.

    Returns
    -------
    Constrained

    References
    ----------
    McArdle and Anderson 2001, Ecology 82:290; Legendre and Legendre 2012, Numerical Ecology, chapter 11.

    Examples
    --------
    >>> from handbook_utils.analysis.design import design_of
    >>> found = constrained(DistanceMatrix([[0, 3, 4], [3, 0, 5], [4, 5, 0]], ids=list("abc")),
    ...                     design_of(pd.DataFrame({"arm": ["x", "x", "y"]}, index=list("abc")), group="arm"))
    >>> round(found.r2, 3)
    0.73
    """
    gower = gower_centred(distances_of(distance, design))
    total = float(np.trace(gower))
    asked = [design.focus] if terms is None else list(terms)
    before = basis(centred(design.block([name for name in design.terms if name not in asked])))
    made = basis(centred(design.block(asked)), before)
    values, vectors = np.linalg.eigh(made.T @ gower @ made)
    order = [number for number in np.argsort(values)[::-1] if values[number] > 1e-12 * total]
    axes = made @ vectors[:, order]
    tallest = axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])]
    names = [f"axis {number}" for number in range(1, len(order) + 1)]
    points = axes * np.sign(tallest) * np.sqrt(values[order])
    explained = float(values.sum())
    left = total - float(np.trace(before.T @ gower @ before)) - explained
    # Ezekiel's adjustment; with conditions, of the whole model less that of the conditions.
    whole = _adjusted(1 - left / total, made.shape[1] + before.shape[1], design.n)
    partly = _adjusted(1 - (left + explained) / total, before.shape[1], design.n)
    return Constrained(
        coordinates=pd.DataFrame(points, index=design.samples, columns=names),
        sums=pd.Series(values[order], index=names),
        total=total,
        r2=explained / total,
        adjusted_r2=whole - partly,
    )


def nmds(distance: DistanceMatrix, *, axes: int = 2, starts: int = 10, seed: int = 1) -> Nmds:
    """Put samples on a map whose distances keep the ranks of those given, as well as can be (Kruskal 1964).

    Parameters
    ----------
    distance : skbio.DistanceMatrix
        Between samples.
    axes : int
        Of the map.
    starts : int
        Principal coordinates first, then random ones; the least stress is kept. Of many samples fewer are made
        (of 1,000 at most 4, of 2,000 one), and the search ends a little earlier.
    seed : int
        Of the random starts.

    Returns
    -------
    Nmds

    Examples
    --------
    >>> line = DistanceMatrix([[0, 1, 2, 4], [1, 0, 1.5, 3], [2, 1.5, 0, 1.2], [4, 3, 1.2, 0]], ids=list("abcd"))
    >>> nmds(line, starts=2).stress < 1e-3
    True
    """
    # By name, so that the map does not hang on the order in which samples stand in the table.
    given, distance = list(distance.ids), distance.filter(sorted(distance.ids))
    count = len(given)
    rows, columns = np.triu_indices(count, 1)
    order = np.argsort(np.asarray(distance.data)[rows, columns], kind="stable")
    rows, columns = rows[order], columns[order]
    generator = np.random.default_rng(seed)
    first = first_axes(distance, axes)
    scale = np.std(first) or 1.0
    padded = np.hstack([first, generator.normal(0, 0.01 * scale, (count, axes - first.shape[1]))])
    lengths, pulls = _loops(len(rows))

    def stress(flat: Matrix) -> tuple[float, Matrix]:
        points = flat.reshape(count, axes)
        apart = lengths(points, rows, columns)
        off = apart - _rising(apart)
        size = float(apart @ apart)
        value = float(off @ off) / size
        # The fitted distances are a projection, so the slope needs no derivative of theirs.
        slope = 2 * (off - value * apart) / size
        return value, pulls(points, rows, columns, slope / np.maximum(apart, 1e-12)).ravel()

    # Of a large study every start takes minutes, and all end nearly alike.
    starts = max(1, min(starts, _PAIRS // max(len(rows), 1)))
    near = _NEAR if len(rows) > _PAIRS // 8 else _EXACT
    ends = []
    for number in range(starts):
        begin = padded if number == 0 else generator.normal(0, scale, (count, axes))
        ends.append(
            minimize(stress, begin.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 1000, "ftol": near})
        )
    best = min(ends, key=lambda end: float(end.fun))
    points = best.x.reshape(count, axes)
    points = points - points.mean(axis=0)
    _, _, turn = np.linalg.svd(points, full_matrices=False)
    points = points @ turn.T
    tallest = points[np.abs(points).argmax(axis=0), np.arange(axes)]
    points *= np.sign(tallest)
    apart = lengths(points, rows, columns)
    least = np.sqrt(best.fun)
    square = np.zeros((2, count, count))
    for layer, values in enumerate((apart, _rising(apart))):
        square[layer, rows, columns] = square[layer, columns, rows] = values
    place = [distance.ids.index(name) for name in given]
    upper = np.triu_indices(count, 1)
    return Nmds(
        coordinates=pd.DataFrame(points[place], index=given, columns=[f"NMDS{n + 1}" for n in range(axes)]),
        stress=float(least),
        distances=square[0][np.ix_(place, place)][upper],
        fitted=square[1][np.ix_(place, place)][upper],
        again=sum(bool(np.sqrt(end.fun) <= least + 1e-3) for end in ends),
        starts=starts,
    )


def taxon_arrows(shares: pd.DataFrame, coordinates: pd.DataFrame, count: int) -> pd.DataFrame:
    """Correlate the square roots of shares with two axes, and keep the taxa that go with them most.

    Parameters
    ----------
    shares : pandas.DataFrame
        Samples × taxa.
    coordinates : pandas.DataFrame
        Samples × at least two axes.
    count : int
        How many taxa.

    Returns
    -------
    pandas.DataFrame
        Taxon × two axes: Pearson correlations, from the longest arrow.

    Examples
    --------
    >>> import pandas as pd
    >>> shares = pd.DataFrame({"up": [0.1, 0.2, 0.3], "same": [0.5, 0.5, 0.5]})
    >>> taxon_arrows(shares, pd.DataFrame({"x": [0.0, 1, 2], "y": [1.0, 0, 1]}), 1).round(2).to_dict("index")
    {'up': {'x': 1.0, 'y': -0.08}}
    """
    roots = np.sqrt(shares.to_numpy(dtype=float))
    roots = roots - roots.mean(axis=0)
    varies = np.linalg.norm(roots, axis=0) > 1e-12
    axes = coordinates.iloc[:, :2]
    centred = axes.to_numpy() - axes.to_numpy().mean(axis=0)
    found = (roots[:, varies] / np.linalg.norm(roots[:, varies], axis=0)).T @ (
        centred / np.linalg.norm(centred, axis=0)
    )
    table = pd.DataFrame(found, index=shares.columns[varies], columns=axes.columns)
    return table.loc[(table**2).sum(axis=1).sort_values(ascending=False, kind="stable").index[:count]]


def _loops(pairs: int) -> tuple[Callable[..., Matrix], Callable[..., Matrix]]:
    """Return what measures pairs on a map, and what adds up their pulls: compiled where there are many."""
    if pairs < _WORTH_COMPILING:
        return _lengths, _pulls
    from handbook_utils.analysis.distance import kernels

    return kernels.lengths, kernels.pulls


def _lengths(points: Matrix, rows: Places, columns: Places) -> Matrix:
    gap = points[rows] - points[columns]
    return np.asarray(np.sqrt((gap**2).sum(axis=1)))


def _pulls(points: Matrix, rows: Places, columns: Places, each: Matrix) -> Matrix:
    pull = each[:, None] * (points[rows] - points[columns])
    count = len(points)
    return np.column_stack([np.bincount(rows, one, count) - np.bincount(columns, one, count) for one in pull.T])


def _rising(apart: Matrix) -> Matrix:
    """Return the nearest distances that keep the ranks, of pairs in the order of those given."""
    return np.asarray(isotonic_regression(apart).x)


def _adjusted(r2: float, columns: int, samples: int) -> float:
    return 1 - (1 - r2) * (samples - 1) / (samples - 1 - columns)

"""Dispersion of groups: whether samples of one group lie farther from their centre than those of another.

A difference in dispersion makes PERMANOVA significant without a difference in location, so both are asked. Written here
because scikit-bio's ``permdisp`` drops the axes of negative eigenvalue (0.7.4), and so is off by up to a tenth.

Source: Anderson 2006 (doi:10.1111/j.1541-0420.2005.00440.x), as vegan's ``betadisper`` does it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from handbook_utils.analysis.design import Design, Exchange
from handbook_utils.analysis.distance.ordination import pcoa
from handbook_utils.analysis.distance.permanova import basis, centred, distances_of
from handbook_utils.errors import InputError, listed

if TYPE_CHECKING:
    from skbio import DistanceMatrix

Matrix = npt.NDArray[np.float64]
Order = npt.NDArray[np.intp]

#: Steps towards the spatial median in a permutation; the sum of distances is flat there, so few are enough.
_STEPS = 15
#: Distances to the centre that are so much smaller than the map are rounding.
_NOTHING = 1e-6
#: Units from which on exchanges are worked out in single precision: fewer often give two that are equally far apart.
_MANY = 500
#: F that is smaller by so small a part is as large: in double precision, and in single.
_ALIKE, _ALIKE_SINGLE = 1e-9, 1e-5
#: Permutations computed at once.
_ROWS = 256


@dataclass(frozen=True)
class Dispersion:
    """The test of equal dispersion.

    Attributes
    ----------
    to_centre : pandas.Series
        Distance of each sample to the centre of its group.
    means : pandas.Series
        Mean distance of each group, over what was exchanged: people, where samples are repeated.
    df : tuple of int
        Degrees of freedom of F.
    statistic, p : float
        F of the distances, and its permutation p (NaN without permutations).
    """

    to_centre: pd.Series
    means: pd.Series
    df: tuple[int, int]
    statistic: float
    p: float


def betadisper(
    distance: DistanceMatrix,
    design: Design,
    *,
    centre: Literal["median", "centroid"] = "median",
    bias_adjust: bool = True,
    permutations: int = 999,
    seed: int = 1,
) -> Dispersion:
    """Compare the distances of samples to the centre of their group.

    Parameters
    ----------
    distance : skbio.DistanceMatrix
        Between at least the samples of the design.
    design : Design
        Of groups. Distances of one person's samples (or one cage's) to the centre are averaged where the group is the
        person's; where exchange is restricted, groups are compared beside the blocks, and within them.
    centre : {"median", "centroid"}
        Spatial median (hardier, vegan's default) or mean.
    bias_adjust : bool
        Whether distances are multiplied by √(n/(n − 1)) of their group (Stier 2013): the centre of few samples lies
        nearer to them than that of many.
    permutations : int
        Of the residuals; 0 gives no p.
    seed : int
        Of the permutations.

    Returns
    -------
    Dispersion
        Squares along axes of negative eigenvalue are subtracted, as they must be.

    Raises
    ------
    InputError
        No groups, or a group of one.

    References
    ----------
    Stier and others 2013, Ecology 94:1057, for the adjustment.

    Examples
    --------
    >>> from handbook_utils.analysis.design import design_of
    >>> points = np.array([0.0, 1.0, 2.0, 10.0, 20.0, 30.0])
    >>> from skbio import DistanceMatrix
    >>> distance = DistanceMatrix(np.abs(points[:, None] - points), ids=list("abcdef"))
    >>> design = design_of(pd.DataFrame({"arm": list("xxxyyy")}, index=list("abcdef")), group="arm")
    >>> betadisper(distance, design, bias_adjust=False, permutations=0).means.round(2).to_dict()
    {'x': 0.67, 'y': 6.67}
    """
    if not design.groups or design.labels.value_counts().min() < 2:
        raise InputError(
            "Dispersion needs two groups or more, of two samples or more.",
            where=f"column {design.focus}",
            found=design.what,
        )
    from skbio import DistanceMatrix

    labels = design.codes
    sizes = np.bincount(labels)
    scale = np.sqrt(sizes / (sizes - 1))[labels] if bias_adjust else np.ones(design.n)
    found = pcoa(DistanceMatrix(distances_of(distance, design), ids=design.samples))
    parts = [found.coordinates.to_numpy(), found.imaginary.to_numpy()]
    around = [_around(points, labels, centre) for points in parts]
    squares = [(points**2).sum(axis=1) for points in around]
    # Distances far from Euclidean can leave a square below 0; vegan takes it for 0, too.
    lengths = scale * np.sqrt(np.maximum(squares[0] - squares[1], 0.0))
    exchange = design.exchange(design.focus)
    compare = _Comparison.of(exchange, labels)
    if lengths.max() < _NOTHING * float(found.coordinates.abs().to_numpy().max()):
        # All samples of a group are the same: nothing is scattered, and no exchange changes that.
        lengths, statistic, p = np.zeros(design.n), 0.0, 1.0 if permutations else float("nan")
    else:
        statistic, p = float(compare.f(lengths[None, :], labels[None, :])[0]), float("nan")
    if permutations and statistic > 0:
        # What is left around the centres changes places, and centres are found anew: few samples pull their centre
        # towards them, and all share it. The spread of each group is first made what it would be without that.
        units = np.bincount(labels[exchange.first])
        whole = np.sqrt(units / np.maximum(units - 1, 1))[labels, None]
        kernels = [points @ points.T for points in (part * whole for part in around)]
        single = len(exchange.blocks) >= _MANY
        if single:
            kernels = [kernel.astype(np.float32) for kernel in kernels]
        drawn = exchange.orders(permutations, seed, labels[exchange.first][:, None].astype(float))
        moved: Order = labels[exchange.first][drawn.orders][:, exchange.units]
        steps = 0 if centre == "centroid" else _STEPS
        batches = np.array_split(moved, -(-len(moved) // _ROWS))
        f = np.concatenate([compare.f(_lengths(kernels, one, steps, bias_adjust), one) for one in batches])
        f[_same_groups(moved, labels)] = statistic
        p = drawn.p(int((f >= statistic - (_ALIKE_SINGLE if single else _ALIKE) * max(1.0, statistic)).sum()))
    means = compare.means(lengths, labels)
    return Dispersion(
        pd.Series(lengths, design.frame.index, name="to_centre"),
        pd.Series(means, index=pd.Index(design.groups, name=design.focus)),
        (len(sizes) - 1, compare.free),
        statistic,
        p,
    )


def unadjusted(design: Design) -> str:
    """Return a sentence where a design has other terms, which the test of dispersion leaves out; otherwise nothing.

    Parameters
    ----------
    design : Design
        Of the test.

    Returns
    -------
    str
        A sentence without its full stop, or "".

    Examples
    --------
    >>> from handbook_utils.analysis.design import design_of
    >>> rows = pd.DataFrame({"arm": list("xyxyxy"), "age": [30, 40, 50, 35, 45, 55]}, index=list("abcdef"))
    >>> unadjusted(design_of(rows, group="arm", covariates="age"))
    'The test of dispersion leaves age out: what goes with the groups and moves samples spreads them, too'
    """
    others = design.taken_out
    if not others:
        return ""
    return (
        f"The test of dispersion leaves {listed(others)} out: what goes with the groups and moves samples spreads "
        "them, too"
    )


@dataclass(frozen=True, eq=False)
class _Comparison:
    """Means of groups of what was exchanged, beside blocks, for many labellings at once."""

    member: Matrix  # units × samples: weights of a mean
    blocks: Matrix  # units × columns: orthonormal
    groups: int
    first: Order

    @classmethod
    def of(cls, exchange: Exchange, labels: Order) -> _Comparison:
        member = (exchange.units == np.arange(len(exchange.blocks))[:, None]).astype(float)
        blocks = pd.get_dummies(pd.Series(exchange.blocks), dtype=float)
        return cls(
            member / member.sum(axis=1, keepdims=True), basis(centred(blocks)), int(labels.max()) + 1, exchange.first
        )

    @property
    def free(self) -> int:
        return int(len(self.member) - self.groups - self.blocks.shape[1])

    def means(self, lengths: Matrix, labels: Order) -> Matrix:
        values, codes = self.member @ lengths, labels[self.first]
        return np.asarray(np.bincount(codes, values) / np.bincount(codes))

    def f(self, lengths: Matrix, labels: Order) -> Matrix:
        """F of each row of lengths, with the labels of that row."""
        values = lengths @ self.member.T
        values = values - values.mean(axis=1, keepdims=True)
        values = values - (values @ self.blocks) @ self.blocks.T
        own = (labels[:, self.first, None] == np.arange(1, self.groups)).astype(float)
        own = own - own.mean(axis=1, keepdims=True)
        own = own - np.einsum("ub,kb,rkg->rug", self.blocks, self.blocks, own, optimize=True)
        vectors, sizes = np.linalg.qr(own)
        vectors = vectors * (np.abs(np.diagonal(sizes, axis1=1, axis2=2)) > 1e-9)[:, None, :]
        explained = (np.einsum("ru,rug->rg", values, vectors) ** 2).sum(axis=1)
        rest = (values**2).sum(axis=1) - explained
        statistics: Matrix = (explained / (self.groups - 1)) / (rest / self.free)
        return statistics


def _same_groups(moved: Order, labels: Order) -> npt.NDArray[np.bool_]:
    """Whether the same samples are together in each labelling, whatever their group is called: then F is the same."""
    groups = int(labels.max()) + 1
    met = np.zeros((len(moved), groups**2), dtype=bool)
    met[np.arange(len(moved))[:, None], moved * groups + labels] = True
    return np.asarray(met.sum(axis=1) == groups)


def _around(points: Matrix, labels: Order, centre: str) -> Matrix:
    """Points less the centre of their group."""
    moved = np.empty_like(points)
    for group in np.unique(labels):
        own = points[labels == group]
        if own.shape[1]:
            moved[labels == group] = own - (own.mean(axis=0) if centre == "centroid" else spatial_median(own))
    return moved


def _lengths(kernels: list[Matrix], labels: Order, steps: int, bias_adjust: bool) -> Matrix:
    """Distances to the centre of the group for many labellings at once, from inner products alone (Weiszfeld)."""
    squares = np.zeros(labels.shape)
    for kernel, sign in zip(kernels, (1.0, -1.0), strict=True):
        if not kernel.any():
            continue
        own = np.diag(kernel)
        floor = 1e-12 * own.max()
        for group in range(int(labels.max()) + 1):
            inside = (labels == group).astype(kernel.dtype)
            weights = inside / inside.sum(axis=1, keepdims=True)
            for step in range(steps + 1):
                towards = weights @ kernel
                apart = own - 2 * towards + (weights * towards).sum(axis=1, keepdims=True)
                if step < steps:
                    weights = inside / np.sqrt(np.maximum(apart, floor))
                    weights /= weights.sum(axis=1, keepdims=True)
            squares += sign * inside * np.maximum(apart, 0.0)
    lengths = np.sqrt(np.maximum(squares, 0.0))
    if bias_adjust:
        for group in range(int(labels.max()) + 1):
            inside = labels == group
            size = inside.sum(axis=1, keepdims=True)
            lengths = np.where(inside, lengths * np.sqrt(size / np.maximum(size - 1, 1)), lengths)
    return lengths


def spatial_median(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the point whose summed distance to all points is least.

    Newton's steps where they help, and those of Weiszfeld, as mended by Vardi and Zhang (2000,
    doi:10.1073/pnas.97.4.1423), where they do not.

    Parameters
    ----------
    points : numpy.ndarray, shape (points, axes)
        Coordinates.

    Returns
    -------
    numpy.ndarray, shape (axes,)
        In the unit of the coordinates.

    Examples
    --------
    >>> import numpy as np
    >>> spatial_median(np.array([[0.0, 0.0], [2.0, 0.0], [1.0, 1.0], [1.0, -1.0]])).round(6).tolist()
    [1.0, 0.0]
    """
    middle: npt.NDArray[np.float64] = points.mean(axis=0)
    size = float(np.linalg.norm(points - middle, axis=1).max())
    if size == 0:
        return middle
    for _ in range(1000):
        moved = _newton_step(points, middle)
        if moved is None or _summed(points, moved) >= _summed(points, middle):
            moved = _weiszfeld_step(points, middle)
        step = float(np.linalg.norm(moved - middle))
        middle = moved
        if step <= 1e-12 * size:
            break
    return middle


def _summed(points: npt.NDArray[np.float64], middle: npt.NDArray[np.float64]) -> float:
    return float(np.linalg.norm(points - middle, axis=1).sum())


def _newton_step(points: npt.NDArray[np.float64], middle: npt.NDArray[np.float64]) -> npt.NDArray[np.float64] | None:
    towards = points - middle
    away = np.linalg.norm(towards, axis=1)
    if away.min() <= 1e-9 * away.max():
        return None  # the sum has a corner there
    units = towards / away[:, None]
    curvature = (1 / away).sum() * np.eye(points.shape[1]) - (units / away[:, None]).T @ units
    try:
        step: npt.NDArray[np.float64] = np.linalg.solve(curvature, units.sum(axis=0))
    except np.linalg.LinAlgError:  # all points on one line with the middle
        return None
    return middle + step


def _weiszfeld_step(points: npt.NDArray[np.float64], middle: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    away = np.linalg.norm(points - middle, axis=1)
    there = away <= 1e-14 * away.max()
    weights = 1.0 / away[~there]
    target = (points[~there] * weights[:, None]).sum(axis=0) / weights.sum()
    pull = float(np.linalg.norm((points[~there] - middle).T @ weights))
    kept = min(1.0, there.sum() / pull) if there.any() and pull > 0 else 0.0
    moved: npt.NDArray[np.float64] = (1 - kept) * target + kept * middle
    return moved

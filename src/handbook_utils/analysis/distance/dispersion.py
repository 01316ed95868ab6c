"""Dispersion of groups: whether samples of one group lie farther from their centre than those of another.

A difference in dispersion makes PERMANOVA significant without a difference in location, so both are asked. Written here
because scikit-bio's ``permdisp`` drops the axes of negative eigenvalue (0.7.4), and so is off by up to a tenth.

Source: Anderson 2006 (doi:10.1111/j.1541-0420.2005.00440.x), as vegan's ``betadisper`` does it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from skbio import DistanceMatrix

from handbook_utils.analysis.distance.ordination import pcoa
from handbook_utils.analysis.distance.permanova import aligned
from handbook_utils.errors import InputError, listed


@dataclass(frozen=True)
class Dispersion:
    """The test of equal dispersion.

    Attributes
    ----------
    to_centre : pandas.Series
        Distance of each sample to the centre of its group.
    means : pandas.Series
        Mean distance of each group, over people.
    df : tuple of int
        Degrees of freedom of F: groups − 1, and people (samples, where nobody has more) − groups.
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
    metadata: pd.DataFrame,
    group: str,
    *,
    centre: Literal["median", "centroid"] = "median",
    participant: str | None = None,
    permutations: int = 999,
    seed: int = 1,
) -> Dispersion:
    """Compare the distances of samples to the centre of their group.

    Parameters
    ----------
    distance : skbio.DistanceMatrix
        Between samples.
    metadata : pandas.DataFrame
        A row a sample.
    group : str
        Column with two groups or more.
    centre : {"median", "centroid"}
        Spatial median (hardier, vegan's default) or mean.
    participant : str, optional
        Column that joins the samples of one person. Their distances to the centre of a group are averaged, so that a
        person counts once in each group he or she was sampled in.
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
        No such column, samples without a group, fewer than two groups, or a group of one.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from skbio import DistanceMatrix
    >>> points = np.array([0.0, 1.0, 2.0, 10.0, 20.0, 30.0])
    >>> distance = DistanceMatrix(np.abs(points[:, None] - points), ids=list("abcdef"))
    >>> groups = pd.DataFrame({"arm": list("xxxyyy")}, index=list("abcdef"))
    >>> betadisper(distance, groups, "arm", permutations=0).means.round(2).to_dict()
    {'x': 0.67, 'y': 6.67}
    """
    frame = aligned(metadata, distance)
    labels = _labels(frame, group)
    found = pcoa(distance)
    real, imaginary = found.coordinates.to_numpy(), found.imaginary.to_numpy()
    squares = np.empty(len(frame))
    for _, rows in labels.groupby(labels, sort=False):
        place = frame.index.get_indexer(rows.index)
        squares[place] = _squares(real[place], centre) - _squares(imaginary[place], centre)
    # Distances far from Euclidean can leave a square below 0; vegan takes it for 0, too.
    to_centre = pd.Series(np.sqrt(np.maximum(squares, 0.0)), index=frame.index, name="to_centre")
    values, groups = to_centre, labels
    if participant is not None:
        people = frame[participant].astype(str).rename("participant")
        mean = to_centre.groupby([labels.rename("group"), people]).mean()
        values, groups = mean, mean.index.get_level_values("group").to_series()
    codes, names = pd.factorize(groups.to_numpy(dtype=object), sort=True)
    lengths = np.asarray(values, dtype=np.float64)
    statistic = float(_f(lengths[None, :], codes, len(names))[0])
    means = np.bincount(codes, lengths) / np.bincount(codes)
    p = float("nan")
    if permutations:
        generator = np.random.default_rng(seed)
        residuals = lengths - means[codes]
        shuffled = generator.permuted(np.tile(residuals, (permutations, 1)), axis=1)
        equal = 1e-9 * max(1.0, statistic)
        p = (1 + int((_f(shuffled, codes, len(names)) >= statistic - equal).sum())) / (permutations + 1)
    series = pd.Series(means, index=pd.Index(names, name=group))
    return Dispersion(to_centre, series, (len(names) - 1, len(lengths) - len(names)), statistic, p)


def _labels(frame: pd.DataFrame, group: str) -> pd.Series:
    if group not in frame.columns:
        raise InputError(f"The metadata has no column '{group}'.", found=listed(list(frame.columns), most=12))
    gaps = frame.index[frame[group].isna()]
    if len(gaps):
        raise InputError(f"{len(gaps)} samples belong to no group.", where=f"column {group}", found=listed(list(gaps)))
    labels = frame[group].astype(str)
    sizes = labels.value_counts().sort_index()
    if len(sizes) < 2 or sizes.min() < 2:
        raise InputError(
            "Dispersion needs two groups or more, of two samples or more.",
            where=f"column {group}",
            found=", ".join(f"{name}: {size}" for name, size in sizes.items()),
        )
    return labels


def _squares(points: npt.NDArray[np.float64], centre: str) -> npt.NDArray[np.float64]:
    if not points.shape[1]:
        return np.zeros(len(points))
    middle = points.mean(axis=0) if centre == "centroid" else spatial_median(points)
    squares: npt.NDArray[np.float64] = ((points - middle) ** 2).sum(axis=1)
    return squares


def spatial_median(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the point whose summed distance to all points is least.

    Newton's steps where they help, and those of Weiszfeld, as mended by Vardi and Zhang (2000,
    doi:10.1073/pnas.97.4.1423), where they do not.

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


def _f(values: npt.NDArray[np.float64], codes: npt.NDArray[np.intp], groups: int) -> npt.NDArray[np.float64]:
    """One-way F of each row of values."""
    member = np.eye(groups)[codes]
    sizes = member.sum(axis=0)
    means = values @ member / sizes
    between = (sizes * (means - values.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    within = ((values - means[:, codes]) ** 2).sum(axis=1)
    statistics: npt.NDArray[np.float64] = (between / (groups - 1)) / (within / (values.shape[1] - groups))
    return statistics

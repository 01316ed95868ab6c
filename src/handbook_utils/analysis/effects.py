"""How large a difference is, with an interval.

The share of variation a group explains is biased upwards: with no difference at all R² is (groups − 1)/(n − 1) on
average. ω² takes that out (Kelly 2015, doi:10.1093/bioinformatics/btv183). Its interval is the jackknife's: leaving one
participant out at a time keeps distances between real samples, whereas a bootstrap draws copies of a sample, and
copies lie at distance 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats
from skbio import DistanceMatrix

from handbook_utils.analysis.permanova import aligned
from handbook_utils.errors import InputError


@dataclass(frozen=True)
class Effect:
    """A size with its interval.

    Attributes
    ----------
    size : float
        The estimate.
    low, high : float
        Ends of the interval.
    confidence : float
        Its nominal coverage.
    """

    size: float
    low: float
    high: float
    confidence: float = 0.95


def group_effect(
    distance: DistanceMatrix,
    metadata: pd.DataFrame,
    group: str,
    *,
    participant: str | None = None,
    confidence: float = 0.95,
) -> dict[str, Effect]:
    """Return R² and ω² of a grouping, each with a jackknife interval.

    Parameters
    ----------
    distance : skbio.DistanceMatrix
        Between samples.
    metadata : pandas.DataFrame
        A row a sample.
    group : str
        Column of the groups.
    participant : str, optional
        Column that joins repeated samples of one person; a person is then left out as a whole, since samples of one
        person are not independent.
    confidence : float
        Of the interval, by Student's t with (participants − 1) degrees of freedom.

    Returns
    -------
    dict of str to Effect
        ``R2`` and ``omega2``.

    Raises
    ------
    InputError
        Fewer than 3 participants in a group: leaving one out would leave one.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from skbio import DistanceMatrix
    >>> points = np.array([0.0, 1.0, 2.0, 10.0, 11.0, 12.0])
    >>> distance = DistanceMatrix(np.abs(points[:, None] - points), ids=list("abcdef"))
    >>> groups = pd.DataFrame({"arm": list("xxxyyy")}, index=list("abcdef"))
    >>> round(group_effect(distance, groups, "arm")["R2"].size, 3)
    0.974
    """
    frame = aligned(metadata, distance)
    codes, names = pd.factorize(frame[group].astype(str), sort=True)
    people = np.arange(len(frame)) if participant is None else pd.factorize(frame[participant].astype(str))[0]
    counts = [len(np.unique(people[codes == code])) for code in range(len(names))]
    if min(counts) < 3:
        raise InputError(
            "An interval needs three participants or more in each group.",
            where=f"column {group}",
            found=", ".join(f"{name}: {count}" for name, count in zip(names, counts, strict=True)),
        )
    squares = np.asarray(distance.data, dtype=float) ** 2
    member = np.eye(len(names))[codes]
    whole = _sizes(squares, member)
    left = np.array([_sizes(squares[np.ix_(keep, keep)], member[keep]) for keep in _leave_one_out(people)])
    return {name: _jackknife(whole[place], left[:, place], confidence) for place, name in enumerate(("R2", "omega2"))}


def _leave_one_out(people: npt.NDArray[np.intp]) -> list[npt.NDArray[np.intp]]:
    return [np.flatnonzero(people != person) for person in np.unique(people)]


def _sizes(squares: npt.NDArray[np.float64], member: npt.NDArray[np.float64]) -> tuple[float, float]:
    count, groups = member.shape
    total = squares.sum() / (2 * count)
    within = (np.einsum("ig,ij,jg->g", member, squares, member, optimize=True) / (2 * member.sum(axis=0))).sum()
    between = total - within
    error = within / (count - groups)
    return float(between / total), float((between - (groups - 1) * error) / (total + error))


def _jackknife(whole: float, left: npt.NDArray[np.float64], confidence: float) -> Effect:
    count = len(left)
    pseudo = count * whole - (count - 1) * left
    half = stats.t.ppf((1 + confidence) / 2, count - 1) * pseudo.std(ddof=1) / np.sqrt(count)
    return Effect(whole, float(whole - half), float(whole + half), confidence)

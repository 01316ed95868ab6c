"""What clusters and repeated visits do to a number of participants: asked, checked, and put into tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from handbook_utils.analysis.sample_size import cluster_t_power, design_effect, visits_power, visits_worth
from handbook_utils.errors import InputError, InputErrors

#: Fewer clusters in an arm than this tell little of how much clusters differ; a choice of this handbook.
FEW_CLUSTERS = 8


@dataclass(frozen=True)
class Clusters:
    """People who are assigned to an arm as one.

    Attributes
    ----------
    size : float
        People of each, on average; 1 where everybody is assigned alone.
    icc : float
        Correlation of two people of one cluster.
    spread : float
        By how much clusters differ in size: standard deviation over mean.
    """

    size: float = 1.0
    icc: float = 0.0
    spread: float = 0.0

    @property
    def effect(self) -> float:
        """How many times more people a comparison of them needs."""
        return design_effect(self.size, self.icc, self.spread)

    @property
    def told(self) -> str:
        """The assignment, in a sentence."""
        if self.size <= 1:
            return "Everybody is assigned by themselves."
        return (
            f"People are assigned in clusters of {self.size:g} on average (coefficient of variation {self.spread:g}), "
            f"with an intraclass correlation of {self.icc:g}: a design effect of {self.effect:.2f}."
        )


def clusters_of(parameters: Mapping[str, Any]) -> Clusters:
    """Return the clusters that a study assigns.

    Parameters
    ----------
    parameters : mapping of str to object
        ``cluster_size``, ``cluster_icc``, ``cluster_spread``.

    Returns
    -------
    Clusters

    Raises
    ------
    InputError
        Clusters of several people, and nobody says how alike they are.

    Examples
    --------
    >>> clusters_of({"cluster_size": 2.0, "cluster_icc": 0.3, "cluster_spread": 0.0}).effect
    1.3
    """
    size, icc = float(parameters["cluster_size"]), parameters["cluster_icc"]
    if size > 1 and icc is None:
        raise InputError(
            "How alike people of one cluster are is not said.",
            where="parameter cluster_icc",
            expected="their intraclass correlation, 0 to 1, from a study like yours",
            found="nothing",
            remedy="Without clusters leave cluster_size at 1. Households and wards share food, people and bacteria.",
        )
    return Clusters(size, float(icc or 0.0), float(parameters["cluster_spread"]))


def stopped_of(said: Sequence[str], moments: Sequence[str], dropout: float) -> list[float]:
    """Return the share of people who have stopped by each visit after the first.

    Parameters
    ----------
    said : sequence of str
        A share for each; none: nobody until the last visit, at which `dropout` have.
    moments : sequence of str
        Visits of the study.
    dropout : float
        Share that stops in all.

    Returns
    -------
    list of float
        One for each visit after the first; at least one.

    Raises
    ------
    InputErrors
        Another number of shares; some that are none; people who come back.

    Examples
    --------
    >>> stopped_of(["0.05", "0.15"], ["start", "week 6", "week 12"], 0.1), stopped_of([], ["start", "end"], 0.1)
    ([0.05, 0.15], [0.1])
    """
    later = max(1, len(moments) - 1)
    if not said:
        return [0.0] * (later - 1) + [dropout]
    errors, where = [], "parameter dropout_by_visit"
    numbers = [float(one) if one.replace(".", "", 1).isdecimal() else np.nan for one in said]
    if len(said) != later:
        wanted = f"a share for each visit after the first: {', '.join(moments[1:])}"
        errors.append(
            InputError("Shares and visits differ in number.", where=where, expected=wanted, found=f"{len(said)}")
        )
    if not all(0 <= number < 0.95 for number in numbers):
        errors.append(
            InputError("These are no shares.", where=where, expected="0 to 0.95, such as 0.1", found=", ".join(said))
        )
    elif sorted(numbers) != numbers:
        errors.append(
            InputError(
                "Fewer have stopped than at the visit before.",
                where=where,
                expected="of all who began, those who have stopped by then: it rises",
                found=", ".join(said),
            )
        )
    if errors:
        raise InputErrors(errors)
    return numbers


def clusters_table(clusters: Clusters, effect: float, level: float, power: float, dropout: float) -> pd.DataFrame:
    """Return how many clusters, and people, each arm needs as clusters are more alike within.

    Parameters
    ----------
    clusters : Clusters
        Of the study.
    effect : float
        In standard deviations of people.
    level, power, dropout : float
        Of the comparison; wanted; share of people lost, from all clusters alike.

    Returns
    -------
    pandas.DataFrame
        By intraclass correlation: ``design effect``, ``clusters an arm``, ``people an arm`` included.
    """
    left = max(1.0, clusters.size * (1 - dropout))
    rows = []
    for icc in sorted({0.0, 0.01, 0.05, 0.1, 0.3, clusters.icc}):
        counts = range(2, 2001)
        needed = next(
            (k for k in counts if cluster_t_power(effect, (k, k), left, icc, clusters.spread, level) >= power), 0
        )
        people = round(needed * clusters.size) if needed else "never"
        rows.append(
            (f"{icc:g}", round(design_effect(left, icc, clusters.spread), 2), needed or "more than 2,000", people)
        )
    made = pd.DataFrame(rows, columns=["intraclass correlation", "design effect", "clusters an arm", "people an arm"])
    return made.set_index("intraclass correlation")


def visits_table(
    moments: Sequence[str], stopped: Sequence[float], correlation: float, effect: float, level: float, power: float
) -> pd.DataFrame:
    """Return how many people each arm needs by how many visits are analysed together.

    Parameters
    ----------
    moments : sequence of str
        Visits of the study; the first is before.
    stopped : sequence of float
        Of :func:`stopped_of`.
    correlation : float
        Of two samples of one person.
    effect : float
        At each visit, in standard deviations of people.
    level, power : float
        Of the comparison; wanted.

    Returns
    -------
    pandas.DataFrame
        By the visits analysed beside that of before: ``stopped by then (%)``, ``worth of a person`` in people with one
        sample each, and ``people an arm`` included.
    """
    rows = []
    names = list(moments[1:]) or ["the only one"]
    for number in range(1, len(stopped) + 1):
        some = stopped[:number]
        counts = range(3, 5001)
        needed = next((n for n in counts if visits_power(effect, n, n, some, correlation, level) >= power), 0)
        worth = round(visits_worth(some, correlation), 2)
        rows.append((", ".join(names[:number]), 100 * some[-1], worth, needed or "more than 5,000"))
    columns = ["visits after the first", "stopped by then (%)", "worth of a person", "people an arm"]
    return pd.DataFrame(rows, columns=columns).set_index("visits after the first")

"""Two arms of a trial that count who is cured: the difference, how sure it is, and what stopping early does to it.

The interval of the difference is Newcombe's hybrid score interval (his method 10: Newcombe 1998, doi:10.1002/
(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I), made of the Wilson intervals of the two arms. It holds its
coverage with few patients, where the textbook interval does not. The number needed to treat is its reciprocal (Altman
1998, doi:10.1136/bmj.317.7168.1309).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from handbook_utils.analysis.peers import held_against
from handbook_utils.errors import InputError


@dataclass(frozen=True)
class Arm:
    """Patients of one arm.

    Attributes
    ----------
    cured, treated : int
        Patients with the outcome, and all patients of the arm.
    """

    cured: int
    treated: int

    def __post_init__(self) -> None:
        if self.treated < 1 or not 0 <= self.cured <= self.treated:
            raise InputError(
                "An arm has from 0 patients cured to as many as it treated.",
                expected="0 <= cured <= treated, and one patient or more",
                found=f"cured {self.cured}, treated {self.treated}",
            )

    @property
    def share(self) -> float:
        """Share of the patients who were cured."""
        return self.cured / self.treated

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Wilson's interval of the share.

        Parameters
        ----------
        confidence : float
            Between 0 and 1.

        Returns
        -------
        tuple of float
            Lower and upper limit, 0 to 1.

        Examples
        --------
        >>> low, high = Arm(13, 16).interval()
        >>> round(low, 2), round(high, 2)
        (0.57, 0.93)
        """
        low, high = proportion_confint(self.cured, self.treated, alpha=1 - confidence, method="wilson")
        return float(low), float(high)


@dataclass(frozen=True)
class Comparison:
    """What two arms say about each other.

    Attributes
    ----------
    difference, low, high : float
        Share cured in the first arm less that in the second, with its interval.
    p : float
        Of Fisher's exact test, two-sided.
    needed : float
        Number needed to treat: patients to treat with the first instead of the second for one more to be cured;
        infinite without a difference, negative where the first arm does worse.
    needed_low, needed_high : float
        Its interval. Where that of the difference holds 0, the number has no upper limit (infinite): treating anybody
        might help nobody.
    """

    difference: float
    low: float
    high: float
    p: float
    needed: float
    needed_low: float
    needed_high: float


def compare(first: Arm, second: Arm, confidence: float = 0.95) -> Comparison:
    """Compare the shares cured in two independent arms.

    Parameters
    ----------
    first, second : Arm
        The new treatment, and what it is compared with.
    confidence : float
        Of the intervals.

    Returns
    -------
    Comparison
        Risk difference (Newcombe), Fisher's exact test, number needed to treat.

    Examples
    --------
    Newcombe's example (a), 56 of 70 against 48 of 80: 0.20, from 0.0524 to 0.3339.

    >>> found = compare(Arm(56, 70), Arm(48, 80))
    >>> round(found.difference, 2), round(found.low, 4), round(found.high, 4), round(found.needed, 1)
    (0.2, 0.0524, 0.3339, 5.0)
    """
    counts = (first.cured, first.treated, second.cured, second.treated)
    low, high = (
        float(end)
        for end in confint_proportions_2indep(*counts, method="newcomb", compare="diff", alpha=1 - confidence)
    )
    difference = first.share - second.share
    table = [[arm.cured, arm.treated - arm.cured] for arm in (first, second)]
    apart = low > 0 or high < 0
    ends = sorted((1 / low, 1 / high)) if apart else [1 / high if high > 0 else inf, inf]
    return Comparison(
        difference=difference,
        low=low,
        high=high,
        p=float(fisher_exact(table)[1]),
        needed=1 / difference if difference else inf,
        needed_low=ends[0],
        needed_high=ends[1],
    )


def trials_with_a_look(
    truth: tuple[float, float], *, planned: int, look: int, limit: float, trials: int, seed: int
) -> pd.DataFrame:
    """Simulate trials that are stopped early when the difference at the look is large enough.

    Parameters
    ----------
    truth : (float, float)
        True shares cured in the two arms.
    planned, look : int
        Patients an arm at the end, and at the look.
    limit : float
        The trial stops at the look where Fisher's p, two-sided, is below this and the first arm does better.
    trials : int
        Simulated trials.
    seed : int
        Of the draws.

    Returns
    -------
    pandas.DataFrame
        A row a simulated trial: ``stopped`` (bool), ``reported`` (difference of the shares when it ended), ``full``
        (difference had all patients been treated).

    Raises
    ------
    InputError
        The look comes after the end, or before the first patient.

    Examples
    --------
    >>> found = trials_with_a_look((0.8, 0.4), planned=40, look=16, limit=0.01, trials=500, seed=1)
    >>> bool(found.loc[found["stopped"], "reported"].mean() > 0.4)
    True
    """
    if not 1 <= look <= planned:
        raise InputError(
            "A trial is looked at after its first patient and not after its last.",
            expected=f"from 1 to {planned} patients an arm",
            found=str(look),
        )
    generator = np.random.default_rng(seed)
    shares = np.asarray(truth)
    early = generator.binomial(look, shares, size=(trials, 2))
    later = early + generator.binomial(planned - look, shares, size=(trials, 2))
    pairs, place = np.unique(early, axis=0, return_inverse=True)
    stops = np.array([a > b and fisher_exact([[a, look - a], [b, look - b]])[1] < limit for a, b in pairs.tolist()])
    stopped = stops[place.ravel()]
    full = (later[:, 0] - later[:, 1]) / planned
    reported = np.where(stopped, (early[:, 0] - early[:, 1]) / look, full)
    return pd.DataFrame({"stopped": stopped, "reported": reported, "full": full})


#: van Nood 2013, abstract: cured without relapse after 10 weeks, and treated. The last counts a second infusion.
VAN_NOOD = {"stool": Arm(13, 16), "vancomycin": Arm(4, 13), "lavage": Arm(3, 13), "twice": Arm(15, 16)}


def outcomes(arms: Mapping[str, Arm]) -> pd.DataFrame:
    """Return a cell for each patient: cured or not.

    Parameters
    ----------
    arms : mapping of str to Arm
        By name.

    Returns
    -------
    pandas.DataFrame
        A row an arm, a column a patient, counted from 1: ``cured``, ``not``, or missing where there are no more.

    Examples
    --------
    >>> outcomes({"stool": Arm(1, 2)})
               1    2
    stool  cured  not
    """
    most = max(arm.treated for arm in arms.values())
    rows = {
        name: ["cured"] * arm.cured + ["not"] * (arm.treated - arm.cured) + [None] * (most - arm.treated)
        for name, arm in arms.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=range(1, most + 1))


def against_peers(compared: Mapping[str, Comparison]) -> pd.DataFrame:
    """Hold the trial of stool against its paper and against Newcombe's example.

    Parameters
    ----------
    compared : mapping of str to Comparison
        ``once-vancomycin``, ``twice-vancomycin`` and ``twice-lavage`` of :data:`VAN_NOOD`.

    Returns
    -------
    pandas.DataFrame
        As :func:`handbook_utils.analysis.peers.held_against`.
    """
    example, once, (low, high) = (
        compare(Arm(56, 70), Arm(48, 80)),
        compared["once-vancomycin"],
        VAN_NOOD["stool"].interval(),
    )
    return held_against(
        "explainers/treat-through-the-microbiome",
        {
            "van Nood 2013: cured after the first infusion (%)": 100 * VAN_NOOD["stool"].share,
            "van Nood 2013: cured with vancomycin (%)": 100 * VAN_NOOD["vancomycin"].share,
            "van Nood 2013: cured with vancomycin and lavage (%)": 100 * VAN_NOOD["lavage"].share,
            "van Nood 2013: P, second infusion counted, against vancomycin": compared["twice-vancomycin"].p,
            "van Nood 2013: P, second infusion counted, against vancomycin and lavage": compared["twice-lavage"].p,
            "56 of 70 against 48 of 80: lower end": example.low,
            "56 of 70 against 48 of 80: upper end": example.high,
            "van Nood 2013: 13 of 16, lower end": low,
            "van Nood 2013: 13 of 16, upper end": high,
            "van Nood 2013: first infusion less vancomycin, lower end": once.low,
            "van Nood 2013: first infusion less vancomycin, upper end": once.high,
            "van Nood 2013: P, first infusion against vancomycin": once.p,
        },
    )

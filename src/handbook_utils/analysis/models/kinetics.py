"""A model of a medicine that gut bacteria break down before it is taken up. Its output is simulated.

Amounts in mg, time in minutes: S in the stomach, G in the small bowel, A taken up into the blood, B broken down by
bacteria, P passed on to the colon.

    dS/dt = -e S
    dG/dt = e S - a G - t G - v(G)          v(G) = Vmax (G / V) / (Km + G / V)      (Michaelis and Menten)
    dA/dt = a G      dB/dt = v(G)      dP/dt = t G

Nothing is made or lost: S + G + A + B + P is the dose at all times. Km and Vmax of the bacterial tyrosine decarboxylase
for levodopa were not found in the papers the handbook rests on; every parameter is illustrative.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np
import pandas as pd
from scipy.integrate import odeint

from handbook_utils.errors import InputError

COMPARTMENTS = ("stomach", "bowel", "absorbed", "broken", "passed")


@dataclass(frozen=True)
class Gut:
    """Parameters of the model, all illustrative.

    Attributes
    ----------
    dose : float
        Medicine swallowed (mg).
    emptying : float
        Half-life of leaving the stomach (min).
    uptake : float
        Half-life of uptake from the small bowel, were there nothing else (min).
    transit : float
        Mean stay in the small bowel, were there nothing else (min).
    vmax : float
        Fastest breakdown by the bacteria (mg/min): the more enzyme, the higher.
    km : float
        Concentration at which they reach half of it (mg/mL).
    volume : float
        Fluid in the small bowel (mL).
    """

    dose: float = 100.0
    emptying: float = 30.0
    uptake: float = 20.0
    transit: float = 180.0
    vmax: float = 1.0
    km: float = 0.2
    volume: float = 100.0

    def __post_init__(self) -> None:
        values = {name: getattr(self, name) for name in ("dose", "emptying", "uptake", "transit", "km", "volume")}
        wrong = [f"{name} {value}" for name, value in values.items() if not value > 0]
        if wrong or self.vmax < 0:
            raise InputError(
                "The model cannot run with these parameters.",
                expected="all above 0 (vmax: 0 or more)",
                found=", ".join(wrong) or f"vmax {self.vmax}",
            )


def follow_dose(gut: Gut, minutes: float = 720.0, points: int = 241) -> pd.DataFrame:
    """Follow one dose.

    Parameters
    ----------
    gut : Gut
        Parameters.
    minutes : float
        How long (min).
    points : int
        Moments returned, equally spaced.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``minute``; columns ``stomach``, ``bowel``, ``absorbed``, ``broken``, ``passed`` (mg). Simulated.

    Raises
    ------
    InputError
        Fewer than two moments, or no time.

    Examples
    --------
    Without bacteria, uptake and transit share the dose by their rates:

    >>> end = follow_dose(Gut(vmax=0, transit=180, uptake=20), minutes=5000).iloc[-1]
    >>> round(float(end["absorbed"]), 1), round(float(end.sum()), 6)
    (86.2, 100.0)
    """
    if minutes <= 0 or points < 2:
        raise InputError("Following a dose takes time and two moments or more.", found=f"{minutes} min, {points}")
    empty, absorb, leave = log(2) / gut.emptying, log(2) / gut.uptake, 1 / gut.transit

    def change(amounts: np.ndarray, _: float) -> list[float]:
        stomach, bowel = float(amounts[0]), max(float(amounts[1]), 0.0)  # numbers of numpy are slow one by one
        concentration = bowel / gut.volume
        broken = gut.vmax * concentration / (gut.km + concentration)
        return [
            -empty * stomach,
            empty * stomach - (absorb + leave) * bowel - broken,
            absorb * bowel,
            broken,
            leave * bowel,
        ]

    moments = np.linspace(0, minutes, points)
    start = [gut.dose, 0.0, 0.0, 0.0, 0.0]
    solved = odeint(change, start, moments, rtol=1e-8, atol=1e-9 * gut.dose, mxstep=10_000)
    return pd.DataFrame(solved, columns=list(COMPARTMENTS), index=pd.Index(moments, name="minute"))


def share_absorbed(gut: Gut, minutes: float = 2880.0) -> float:
    """Share of the dose that was taken up in the end.

    Parameters
    ----------
    gut : Gut
        What takes up the dose.
    minutes : float
        When it ends.

    Returns
    -------
    float
        0 to 1.

    Examples
    --------
    >>> share_absorbed(Gut(vmax=0)) > share_absorbed(Gut(vmax=1))
    True
    """
    return float(follow_dose(gut, minutes, 2)["absorbed"].iloc[-1]) / gut.dose

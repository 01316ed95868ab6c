"""How much of every well goes into the pool, and how many runs the pool takes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

#: What brings DNA of its own and is pooled by its concentration; blanks and no-template controls are not.
MEASURED = ("sample", "duplicate", "mock")


@dataclass(frozen=True)
class Pipetting:
    """What the pipette can do, and what is wanted.

    Attributes
    ----------
    target : float
        Of every well: ng, or copies where copies are pooled.
    least, most : float
        Smallest volume that is pipetted exactly, and largest there is (µl).
    detection : float
        Below it a concentration is not told from none (ng or copies per µl).
    blank : float
        Volume of blanks and no-template controls (µl); 0: the median of the samples.
    """

    target: float
    least: float = 1.0
    most: float = 15.0
    detection: float = 0.1
    blank: float = 0.0


def pooled(wells: pd.DataFrame, concentration: pd.Series, pipetting: Pipetting) -> pd.DataFrame:
    """Compute the volume of every well that goes into the pool.

    Samples, duplicates and mocks give the same amount, as far as the pipette can; blanks and no-template controls
    give a fixed volume: to pool a blank to the same amount would make its contaminants look like a sample.

    Parameters
    ----------
    wells : pandas.DataFrame
        ``plate``, ``well``, ``content``, ``sample``; empty wells left out.
    concentration : pandas.Series
        Of each well, per µl; same index.
    pipetting : Pipetting
        What is wanted and can be done.

    Returns
    -------
    pandas.DataFrame
        The wells, with ``concentration``, ``volume`` (µl, rounded to 0.1), ``amount`` (concentration × volume),
        ``share`` of the pool and ``flag``: "" or what is unusual.

    Examples
    --------
    >>> wells = pd.DataFrame({"plate": 1, "well": ["A1", "B1", "C1"], "content": ["sample", "sample", "blank"],
    ...                       "sample": ["a", "b", "blank-1"]})
    >>> pooled(wells, pd.Series([20.0, 4.0, 0.01]), Pipetting(target=40.0))[["volume", "flag"]].to_numpy().tolist()
    [[2.0, ''], [10.0, ''], [6.0, 'fixed volume']]
    """
    made = wells.copy()
    values = concentration.to_numpy(dtype=float)
    measured = made["content"].isin(MEASURED).to_numpy()
    seen = values >= pipetting.detection
    with np.errstate(divide="ignore", over="ignore"):
        ideal = np.where(values > 0, pipetting.target / np.where(values > 0, values, 1.0), np.inf)
    volume = np.clip(ideal, pipetting.least, pipetting.most)
    usual = volume[measured & seen & (made["content"] != "mock").to_numpy()]
    middle = float(np.median(usual)) if len(usual) else pipetting.most
    volume = np.where(measured, volume, pipetting.blank or middle)
    flags = np.full(len(made), "", dtype=object)
    flags[measured & (ideal > pipetting.most)] = "less than wanted: largest volume"
    flags[measured & (ideal < pipetting.least)] = "more than wanted: dilute first"
    flags[measured & ~seen] = "below detection: largest volume"
    flags[~measured] = "fixed volume"
    flags[~measured & seen] = "fixed volume; DNA in a control"
    made["concentration"], made["volume"] = values, volume.round(1)
    made["amount"] = made["concentration"] * made["volume"]
    made["share"] = made["amount"] / made["amount"].sum()
    made["flag"] = flags
    return made


def runs_needed(
    wells: int, reads: float, *, host: float, phix: float, passing: float, yielded: float
) -> dict[str, float]:
    """Compute what a run must yield, and how many runs that is.

    Parameters
    ----------
    wells : int
        Wells that are sequenced.
    reads : float
        Reads that are wanted of each, without host.
    host, phix : float
        Share of a well's reads that is human, and of a run's that is PhiX.
    passing : float
        Share of reads that survive quality control and are assigned to a well.
    yielded : float
        Reads of one run.

    Returns
    -------
    dict of str to float
        ``sequenced`` (reads a well, host and losses included), ``total`` (reads of all runs, PhiX included), ``runs``,
        ``wells_a_run``, ``reads_a_well`` (what each gets of these runs, without host).

    Examples
    --------
    >>> runs_needed(100, 10_000, host=0.0, phix=0.1, passing=0.9, yielded=1_000_000)["runs"]
    2
    """
    sequenced = reads / (1 - host) / passing
    total = wells * sequenced / (1 - phix)
    runs = max(1, math.ceil(total / yielded - 1e-9))
    return {
        "sequenced": sequenced,
        "total": total,
        "runs": runs,
        "wells_a_run": math.floor(yielded * (1 - phix) / sequenced + 1e-9),
        "reads_a_well": runs * yielded * (1 - phix) / wells * passing * (1 - host),
    }

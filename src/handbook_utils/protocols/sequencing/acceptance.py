"""What the controls of a run say: mock, blanks, duplicates, leakage between wells, depth, and a verdict."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial.distance import braycurtis

from handbook_utils.analysis.controls.crosstalk import Leakage
from handbook_utils.analysis.controls.mock import mock_deviation


@dataclass(frozen=True)
class Limits:
    """What a plate must show; beyond a limit it is flagged, beyond `reject` times the limit rejected.

    Attributes
    ----------
    mock_percent : float
        Mean relative deviation of the mock community from its expectation (%).
    blank_reads : float
        Reads of a blank or no-template control.
    duplicate : float
        Bray-Curtis distance between two extractions of a sample.
    depth : int
        Reads of a sample.
    shallow_percent : float
        Samples that may have fewer (%).
    leakage_percent : float
        Share of a neighbour's reads that reaches a control (%), where the test finds leakage.
    alpha : float
        Of that test.
    reject : float
        Factor.
    foreign_percent : float
        Reads of a mock that are of nothing in it (%).
    """

    mock_percent: float = 20.0
    blank_reads: float = 500.0
    duplicate: float = 0.2
    depth: int = 2000
    shallow_percent: float = 5.0
    leakage_percent: float = 0.2
    alpha: float = 0.01
    reject: float = 2.0
    foreign_percent: float = 1.0


def bray_curtis(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """Return the Bray-Curtis distance of two wells' shares.

    Parameters
    ----------
    one, other : array_like of float, shape (features,)
        Reads or shares of each well, not all 0.

    Returns
    -------
    float
        0 to 1, of the shares.

    Examples
    --------
    >>> bray_curtis([8, 2], [40, 60])
    0.4
    """
    first, second = (np.asarray(well, dtype=float) for well in (one, other))
    return float(np.round(braycurtis(first / first.sum(), second / second.sum()), 12))


def duplicate_distances(table: pd.DataFrame, wells: pd.DataFrame) -> pd.DataFrame:
    """Return how far each duplicate lies from its sample, and from the nearest other person's.

    Parameters
    ----------
    table : pandas.DataFrame
        Wells × features.
    wells : pandas.DataFrame
        ``plate``, ``content``, ``sample``, ``source``, same index.

    Returns
    -------
    pandas.DataFrame
        By well of the duplicate: ``plate``, ``source``, ``distance``, ``others`` (median distance to other samples of
        the plate).
    """
    rows = []
    samples = wells[wells["content"] == "sample"]
    place = dict(zip(samples["sample"], samples.index.astype(str), strict=True))
    repeats = wells[wells["content"] == "duplicate"]
    profiles = dict(zip(table.index.astype(str), table.to_numpy(dtype=float), strict=True))
    for name, number, source in zip(repeats.index.astype(str), repeats["plate"], repeats["source"], strict=True):
        well, twin = profiles[name], profiles[place[source]]
        if well.sum() == 0 or twin.sum() == 0:
            rows.append((name, number, source, 1.0, float("nan")))
            continue
        others = [str(one) for one in samples.index[(samples["plate"] == number) & (samples["sample"] != source)]]
        far = [bray_curtis(well, profiles[other]) for other in others if profiles[other].sum() > 0]
        rows.append((name, number, source, bray_curtis(well, twin), float(np.median(far)) if far else float("nan")))
    return pd.DataFrame(rows, columns=["place", "plate", "source", "distance", "others"]).set_index("place")


# ---------------------------------------------------------------------- the verdict


def judge_plate(
    table: pd.DataFrame, wells: pd.DataFrame, expected: pd.Series, limits: Limits, leaks: Leakage
) -> tuple[str, pd.DataFrame]:
    """Give one plate its verdict.

    Parameters
    ----------
    table : pandas.DataFrame
        Wells × features of the plate.
    wells : pandas.DataFrame
        ``plate``, ``content``, ``sample``, ``source``; same index.
    expected : pandas.Series
        Shares of the mock.
    limits : Limits
        Written down before.
    leaks : Leakage
        Of the plate.

    Returns
    -------
    verdict : {"accept", "flag", "reject"}
        The worst of all lines.
    lines : pandas.DataFrame
        By criterion: ``limit``, ``found``, ``verdict``, ``reason`` ("" where accepted).
    """
    depth = table.sum(axis=1)
    of = {kind: wells.index[wells["content"] == kind] for kind in ("sample", "blank", "mock", "ntc", "duplicate")}
    mocks = pd.DataFrame([mock_deviation(table.loc[name], expected) for name in of["mock"]])
    worst_mock, foreign = (mocks[name].max() if len(mocks) else np.nan for name in ("deviation", "foreign"))
    twins = duplicate_distances(table, wells)["distance"]
    shallow = 100 * float((depth[of["sample"]] < limits.depth).mean())
    found = bool(leaks.p <= limits.alpha)
    rate = 100 * float(leaks.rates.median()) if found and len(leaks.rates) else 0.0
    lines = [
        ("mock: mean relative deviation (%)", limits.mock_percent, worst_mock, len(mocks) > 0),
        ("mock: reads not expected (%)", limits.foreign_percent, foreign, True if len(mocks) else None),
        ("blank: most reads", limits.blank_reads, depth[of["blank"]].max(), len(of["blank"]) > 0),
        (
            "no-template control: most reads",
            limits.blank_reads,
            depth[of["ntc"]].max(),
            None if not len(of["ntc"]) else True,
        ),
        ("duplicate: Bray-Curtis", limits.duplicate, twins.max(), None if not len(twins) else True),
        (f"samples below {limits.depth} reads (%)", limits.shallow_percent, shallow, True),
        ("leakage from neighbours (%)", limits.leakage_percent, rate, not np.isnan(leaks.p)),
    ]
    rows = []
    for name, limit, value, known in lines:
        if known is None:
            continue
        if not known:
            rows.append((name, limit, float("nan"), "reject", f"{name.split(':')[0]}: nothing to judge by"))
            continue
        verdict = "accept" if value <= limit else "flag" if value <= limits.reject * limit else "reject"
        reason = "" if verdict == "accept" else f"{name}: {value:.3g}, limit {limit:g}"
        rows.append((name, limit, float(value), verdict, reason))
    made = pd.DataFrame(rows, columns=["criterion", "limit", "found", "verdict", "reason"]).set_index("criterion")
    worst = next((verdict for verdict in ("reject", "flag") if (made["verdict"] == verdict).any()), "accept")
    return worst, made

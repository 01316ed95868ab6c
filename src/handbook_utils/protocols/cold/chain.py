"""The cold chain: from a temperature logger's file and a scan log to a verdict on each sample.

Loggers write semicolons or commas, decimal commas or points, local or universal time; the layout is found from the
content and said. Mean kinetic temperature is that of USP <1079.2>, with the usual 83.144 kJ/mol: the one constant
temperature that would have done the same harm.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from handbook_utils.protocols.cold.reading import Log
from handbook_utils.protocols.cold.storage import Freezers
from handbook_utils.protocols.kits.limits import Limits

Verdict = Literal["accept", "flag", "reject", "missing"]

#: Activation energy over the gas constant, kelvin (83.144 kJ/mol over 8.3144 J/(mol K)).
_DELTA_H_OVER_R = 10_000.0
_KELVIN = 273.15


@dataclass(frozen=True)
class Judged:
    """One sample's verdict.

    Attributes
    ----------
    code : str
        The tube.
    verdict : {"accept", "flag", "reject", "missing"}
        What the rules say; missing is a tube that was given out and never received.
    reasons : tuple of str
        Why, in words; empty where accepted.
    minutes_outside : float
        Time warmer or colder than the limits (minutes); nan where no log covers the sample.
    kinetic : float
        Mean kinetic temperature (°C); nan likewise.
    hours : float
        From collection to the freezer, or to receipt where a stabiliser keeps it.
    shipment : str
        With which it was sent; "" where none is told.
    """

    code: str
    verdict: Verdict
    reasons: tuple[str, ...]
    minutes_outside: float
    kinetic: float
    hours: float
    shipment: str = ""


def mean_kinetic_temperature(celsius: npt.ArrayLike, minutes: npt.ArrayLike | None = None) -> float:
    """Return the mean kinetic temperature.

    Parameters
    ----------
    celsius : array_like
        Temperatures (°C).
    minutes : array_like, optional
        How long each lasted; equal where left out.

    Returns
    -------
    float
        °C; never below the arithmetic mean.

    Examples
    --------
    >>> round(mean_kinetic_temperature([-20, -20, -20]), 2)
    -20.0
    >>> round(mean_kinetic_temperature([20, 30]), 2)
    26.26
    """
    kelvin = np.asarray(celsius, dtype=float) + _KELVIN
    weights = np.ones_like(kelvin) if minutes is None else np.asarray(minutes, dtype=float)
    # Subtracting the largest exponent keeps exp() from vanishing at -80 °C.
    exponents = -_DELTA_H_OVER_R / kelvin
    largest = exponents.max()
    mean = np.average(np.exp(exponents - largest), weights=weights)
    return float(_DELTA_H_OVER_R / -(np.log(mean) + largest) - _KELVIN)


def minutes_above(log: Log, limit: float, start: dt.datetime | None = None, end: dt.datetime | None = None) -> float:
    """Return how long a logger was above a limit.

    Between two readings the temperature is taken as a straight line.

    Parameters
    ----------
    log : Log
        Readings.
    limit : float
        °C.
    start, end : datetime.datetime, optional
        Only between these moments (aware).

    Returns
    -------
    float
        Minutes.
    """
    moments, heat = _between(log, start, end)
    if len(moments) < 2:
        return 0.0
    first, second = heat[:-1] - limit, heat[1:] - limit
    lengths = np.diff(moments) / 60.0
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(first * second < 0, np.maximum(first, second) / np.abs(first - second), 0.0)
    share = np.where((first > 0) & (second > 0), 1.0, share)
    share = np.where(first * second == 0, (np.maximum(first, second) > 0).astype(float), share)
    return float((share * lengths).sum())


def minutes_outside(
    log: Log, limits: Limits, start: dt.datetime | None = None, end: dt.datetime | None = None
) -> float:
    """Return how long a logger was warmer or colder than a study's limits (minutes); no limit counts nothing.

    Parameters
    ----------
    log : Log
        Of one logger.
    limits : Limits
        Of the study.
    start, end : datetime.datetime, optional
        Looked at between these; by default the whole log.

    Returns
    -------
    float
        Minutes.
    """
    warm = 0.0 if limits.warmest is None else minutes_above(log, limits.warmest, start, end)
    if limits.coldest is None:
        return warm
    return warm + minutes_above(Log(log.name, -log.celsius), -limits.coldest, start, end)


def longest_gap(log: Log, start: dt.datetime | None = None, end: dt.datetime | None = None) -> float:
    """Return the longest time without a reading (minutes).

    Parameters
    ----------
    log : Log
        Of one logger.
    start, end : datetime.datetime, optional
        Looked at between these; by default the whole log.

    Returns
    -------
    float
        Minutes; infinite where there are fewer than two readings.
    """
    moments = _between(log, start, end)[0]
    return float(np.diff(moments).max() / 60.0) if len(moments) > 1 else float("inf")


def _between(
    log: Log, start: dt.datetime | None, end: dt.datetime | None
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    moments = pd.DatetimeIndex(log.celsius.index).as_unit("ns").asi8 / 1e9
    heat = log.celsius.to_numpy(dtype=float)
    low = start.timestamp() if start else moments[0]
    high = end.timestamp() if end else moments[-1]
    low, high = max(low, moments[0]), min(high, moments[-1])
    if high < low:
        return np.empty(0), np.empty(0)
    inside = (moments > low) & (moments < high)
    ends = np.array([low, high]) if high > low else np.array([low])
    grid = np.unique(np.concatenate([ends, moments[inside]]))
    return grid, np.interp(grid, moments, heat)


def judge(
    tubes: pd.DataFrame, logs: Mapping[str, Log], limits: Limits, freezers: Freezers | None = None
) -> list[Judged]:
    """Judge every tube by the rules of the study.

    Parameters
    ----------
    tubes : pandas.DataFrame
        Journeys, of :class:`handbook_utils.protocols.cold.scans.Scans`.
    logs : mapping of str to Log
        By shipment.
    limits : Limits
        The rules.
    freezers : Freezers, optional
        What happened to tubes in freezers.

    Returns
    -------
    list of Judged
        In the order of `tubes`. A tube is rejected for time outside the limits only; what is not known is flagged,
        since a missing log does not make a sample bad. A tube that was not received is missing: nothing is judged.
    """

    @cache  # tubes of one shipment arrive together
    def travel(shipment: str, packed: pd.Timestamp, received: pd.Timestamp) -> _Travel:
        start = None if pd.isna(packed) else packed.to_pydatetime()
        return _travelled(logs[shipment], start, received.to_pydatetime(), limits)

    judged = [
        _judge(str(code), row, partial(travel, str(row["shipment"])) if str(row["shipment"]) in logs else None, limits)
        for code, row in tubes.iterrows()
    ]
    if freezers is None:
        return judged
    return [
        _with_storage(one, received, freezers, limits) for one, received in zip(judged, tubes["received"], strict=True)
    ]


def _with_storage(one: Judged, received: pd.Timestamp, freezers: Freezers, limits: Limits) -> Judged:
    if one.verdict == "missing":
        return one
    flags, rejects = freezers.judged(one.code, received, limits)
    verdict: Verdict = "reject" if rejects or one.verdict == "reject" else "flag" if flags else one.verdict
    return replace(one, verdict=verdict, reasons=(*one.reasons, *rejects, *flags))


def verdict_table(judged: Sequence[Judged]) -> pd.DataFrame:
    """Return verdicts as the table that the next steps read.

    Parameters
    ----------
    judged : sequence of Judged
        A tube each.

    Returns
    -------
    pandas.DataFrame
        Index ``tube``; ``shipment``, ``verdict``, ``minutes outside``, ``kinetic °C``, ``hours``, ``reasons``.

    Examples
    --------
    >>> verdict_table([Judged("7K3PXP", "flag", ("no log", "late"), 1.0, -70.0, 0.2)]).loc["7K3PXP", "reasons"]
    'no log; late'
    """
    return pd.DataFrame(
        [
            (one.code, one.shipment, one.verdict, one.minutes_outside, one.kinetic, one.hours, "; ".join(one.reasons))
            for one in judged
        ],
        columns=["tube", "shipment", "verdict", "minutes outside", "kinetic °C", "hours", "reasons"],
    ).set_index("tube")


class _Travel(NamedTuple):
    """What a log says of a journey: minutes outside the limits, kinetic °C, longest gap; and what it does not say."""

    outside: float
    kinetic: float
    gap: float
    unknown: tuple[str, ...]


def _travelled(log: Log, start: dt.datetime | None, end: dt.datetime, limits: Limits) -> _Travel:
    """Look at the readings from packing to receipt; those of before packing are of the room the logger lay in."""
    moments, heat = _between(log, start, end)
    unknown = list(log.unsure)
    first, last = log.celsius.index[0].to_pydatetime(), log.celsius.index[-1].to_pydatetime()
    if len(moments) < 2:
        said = f"the log is of other days: {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC"
        return _Travel(float("nan"), float("nan"), 0.0, (*unknown, said))
    allowed = dt.timedelta(minutes=limits.gap_minutes)
    if start is None:
        unknown.append("not known when it was packed, so not whether the log covers the journey")
    elif first - start > allowed:
        unknown.append(f"the log begins {(first - start).total_seconds() / 3600:.1f} h after it was packed")
    if end - last > allowed:
        unknown.append(f"the log ends {(end - last).total_seconds() / 3600:.1f} h before it was received")
    kinetic = mean_kinetic_temperature((heat[:-1] + heat[1:]) / 2, np.diff(moments) / 60)
    return _Travel(minutes_outside(log, limits, start, end), kinetic, longest_gap(log, start, end), tuple(unknown))


def _judge(
    code: str, row: pd.Series, travel: Callable[[pd.Timestamp, pd.Timestamp], _Travel] | None, limits: Limits
) -> Judged:
    reasons: list[str] = []
    verdict: Verdict = "accept"
    collected, frozen, packed, received = (row[name] for name in ("collected", "frozen", "packed", "received"))
    hours = float("nan")
    if pd.isna(received):
        steps = [name for name, moment in (("collected", collected), ("frozen", frozen)) if not pd.isna(moment)]
        reason = f"{' and '.join(steps)}, but not received" if steps else "given out, and not scanned since"
        return Judged(code, "missing", (reason,), float("nan"), float("nan"), hours)
    kept = frozen if limits.frozen_at_home else received
    if pd.isna(collected) or pd.isna(kept):
        reasons.append(f"time from collection to {limits.place} is not known")
    else:
        hours = (kept - collected).total_seconds() / 3600
        if limits.hours is not None and hours > limits.hours:
            reasons.append(f"{hours:.1f} h from collection to {limits.place}, more than {limits.hours:g} h")
    if "hours" in limits.unknown:
        reasons.append("how many hours its kit keeps it is not known")
    outside = kinetic = float("nan")
    if travel is None:
        reasons.append("no temperature log for its shipment")
    else:
        outside, kinetic, gap, unknown = travel(packed, received)
        reasons += unknown
        if gap > limits.gap_minutes:
            reasons.append(f"the log has a gap longer than {limits.gap_minutes:g} min")
        if "warmest_celsius" in limits.unknown:
            reasons.append("how warm its kit may be is not known")
        if limits.reject_minutes is not None and outside > limits.reject_minutes:
            verdict = "reject"
            reasons.append(f"{outside:.0f} min {outside_words(limits)}, more than {limits.reject_minutes:g} min")
        elif limits.flag_minutes is not None and outside > limits.flag_minutes:
            reasons.append(f"{outside:.0f} min {outside_words(limits)}, more than {limits.flag_minutes:g} min")
    if reasons and verdict == "accept":
        verdict = "flag"
    return Judged(code, verdict, tuple(reasons), outside, kinetic, hours, str(row["shipment"]))


def outside_words(limits: Limits) -> str:
    """Say what is outside a study's limits, in words.

    Parameters
    ----------
    limits : Limits
        Of the study.

    Returns
    -------
    str
        The end of a sentence.

    Examples
    --------
    >>> from handbook_utils.protocols.kits.limits import limits_of
    >>> from handbook_utils.protocols.kits import kit_of
    >>> outside_words(limits_of(kit_of("none"))), outside_words(limits_of(kit_of("fit")))
    ('above -10 °C', 'outside limits that nobody gave')
    """
    sides = []
    if limits.warmest is not None:
        sides.append(f"above {limits.warmest:g} °C")
    if limits.coldest is not None:
        sides.append(f"below {limits.coldest:g} °C")
    return " or ".join(sides) or "outside limits that nobody gave"

"""A freezer's own log: what was too warm in it becomes an alarm, and is judged for every tube that stood in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.cold.reading import Log, read_log
from handbook_utils.protocols.cold.scans import ALARM, PLACE, Scans
from handbook_utils.protocols.kits.limits import Limits

#: An alarm that somebody scanned and one that the log has are one where they begin so close together.
_TOGETHER = pd.Timedelta(hours=1)


class Excursion(NamedTuple):
    """A stretch of a log above a limit: from, until (None: the log ends in it), and the warmest it was (°C)."""

    start: pd.Timestamp
    end: pd.Timestamp | None
    celsius: float


def read_freezers(folder: Path, zone: str, sensor: str = "", date_order: str = "auto") -> dict[str, Log]:
    """Read the logs of freezers: a file each, or a folder each with one file after another.

    Parameters
    ----------
    folder : pathlib.Path
        Files and folders in it are named after the freezer, as the scans name it.
    zone : str
        Of clocks that do not name theirs.
    sensor, date_order : str
        What files do not tell, as :func:`~handbook_utils.protocols.cold.reading.read_log` asks it.

    Returns
    -------
    dict of str to Log
        By freezer, in alphabetical order; files of one freezer joined.

    Raises
    ------
    InputErrors
        Everything that is wrong in all files, or there is none.
    """
    errors: list[InputError] = []
    parts: dict[str, list[Log]] = {}
    for entry in sorted(path for path in folder.iterdir() if not path.name.startswith(".")):
        name = entry.name if entry.is_dir() else entry.stem
        files = sorted(path for path in entry.rglob("*") if path.is_file()) if entry.is_dir() else [entry]
        for path in files:
            try:
                read = read_log(path, zone=zone, name=name, sensor=sensor, date_order=date_order)
                parts.setdefault(name, []).append(read)
            except InputErrors as found:
                errors.extend(found.errors)
            except InputError as found:
                errors.append(found)
    if not parts and not errors:
        errors.append(
            InputError("The folder holds no logs of freezers.", where=str(folder), expected="a file a freezer")
        )
    if errors:
        raise InputErrors(errors)
    return {name: _joined(name, logs) for name, logs in sorted(parts.items())}


def _joined(name: str, logs: list[Log]) -> Log:
    celsius = pd.concat([log.celsius for log in logs])
    # Where files overlap, a moment stands in both; of two readings the warmer counts.
    celsius = celsius.groupby(level=0).max().sort_index()
    notes = tuple(dict.fromkeys(note for log in logs for note in log.notes))
    return Log(name, celsius, notes, tuple(dict.fromkeys(said for log in logs for said in log.unsure)))


def excursions(log: Log, warmest: float) -> list[Excursion]:
    """Return when a freezer was warmer than a limit; between two readings the temperature is taken as a straight line.

    Parameters
    ----------
    log : Log
        Of the freezer.
    warmest : float
        The limit (°C).

    Returns
    -------
    list of Excursion
        In order.

    Examples
    --------
    >>> moments = pd.date_range("2026-03-02", periods=5, freq="h", tz="UTC")
    >>> [found] = excursions(Log("F1", pd.Series([-80.0, -70, 10, -50, -80], index=moments)), -10)
    >>> f"{found.start:%H:%M} {found.end:%H:%M} {found.celsius:g}"
    '01:45 02:20 10'
    """
    heat, moments = log.celsius.to_numpy(dtype=float), log.celsius.index
    above = heat > warmest
    edges = np.flatnonzero(np.diff(above.astype(int)))
    starts = [*([-1] if above[0] else []), *edges[~above[edges]]]
    ends = [*edges[above[edges]], *([len(heat) - 1] if above[-1] else [])]
    return [
        Excursion(
            moments[0] if first < 0 else _crossed(log.celsius, int(first), warmest),
            _crossed(log.celsius, int(last), warmest) if last < len(heat) - 1 else None,
            float(heat[first + 1 : last + 1].max()),
        )
        for first, last in zip(starts, ends, strict=True)
    ]


def _crossed(celsius: pd.Series, before: int, limit: float) -> pd.Timestamp:
    """Return when the line between a reading and the next met a limit."""
    (one, other), (start, end) = celsius.iloc[before : before + 2], celsius.index[before : before + 2]
    return pd.Timestamp(start + (end - start) * ((limit - one) / (other - one)))


def with_logs(scans: Scans, logs: Mapping[str, Log], limits: Limits) -> Scans:
    """Add to what was scanned the alarms that freezers' own logs hold.

    Parameters
    ----------
    scans : Scans
        With alarms that somebody scanned; of those that do not say how warm or how long, the log's take the place.
    logs : mapping of str to Log
        By freezer.
    limits : Limits
        How warm a tube may be; where nobody knows, a log holds no alarm.

    Returns
    -------
    Scans
        With a row of storage for each stretch above the limit.
    """
    if limits.warmest is None or not logs:
        return scans
    found: list[dict[str, Any]] = []
    storage = scans.storage
    replaced = pd.Series(data=False, index=storage.index)
    for name, log in logs.items():
        for one in excursions(log, limits.warmest):
            until = one.end if one.end is not None else _known_so_far(log, one, limits)
            found.append({"code": name, "event": ALARM, "time": one.start, "until": until, "celsius": one.celsius})
            vague = storage["until"].isna() | storage["celsius"].isna()
            same = (storage["event"] == ALARM) & (storage["code"] == name)
            replaced |= same & vague & ((pd.to_datetime(storage["time"], utc=True) - one.start).abs() <= _TOGETHER)
    if not found:
        return scans
    empty = dict.fromkeys((*PLACE, "aliquot"), "")
    rows = [*storage[~replaced].to_dict("records"), *({**empty, **row} for row in found)]
    made = pd.DataFrame(rows, columns=storage.columns)
    made["time"], made["until"] = (pd.to_datetime(made[name], utc=True) for name in ("time", "until"))
    return scans._replace(storage=made.sort_values("time", kind="stable").reset_index(drop=True))


def _known_so_far(log: Log, one: Excursion, limits: Limits) -> pd.Timestamp:
    """Return until when it was too warm, where the log ends in it: its end if that rejects, else unknown."""
    last = pd.Timestamp(log.celsius.index[-1])
    enough = limits.reject_minutes is not None and (last - one.start).total_seconds() / 60 > limits.reject_minutes
    return last if enough else pd.NaT  # type: ignore[return-value]


def uncovered(log: Log, start: pd.Timestamp, end: pd.Timestamp | None, gap_minutes: float) -> tuple[str, ...]:
    """Say what a freezer's log does not tell of the time that a tube stood in it.

    Parameters
    ----------
    log : Log
        Of the freezer.
    start, end : pandas.Timestamp
        The tube's time in it; None where it stands there still, and the log goes on.
    gap_minutes : float
        Minutes without a reading that are too many; of a freezer that is read seldom, twice its usual interval.

    Returns
    -------
    tuple of str
        Empty where the log covers it all.

    Examples
    --------
    >>> moments = pd.date_range("2026-03-02 10:00", periods=9, freq="10min", tz="UTC")
    >>> uncovered(Log("F1", pd.Series(-80.0, index=moments)), moments[0] - pd.Timedelta(hours=5), None, 30)
    ('the log of F1 begins 5.0 h after this tube came in',)
    """
    moments = pd.DatetimeIndex(log.celsius.index)
    told = list(log.unsure)
    steps = np.diff(moments.as_unit("s").asi8) / 60
    allowed = pd.Timedelta(minutes=max(gap_minutes, 2 * float(np.median(steps))))
    if moments[0] - start > allowed:
        told.append(f"the log of {log.name} begins {_hours(moments[0] - start)} after this tube came in")
    if end is not None and end - moments[-1] > allowed:
        told.append(f"the log of {log.name} ends {_hours(end - moments[-1])} before this tube went out")
    inside = (moments[1:] > start) & ((moments[:-1] < end) if end is not None else True)
    longest = pd.Timedelta(minutes=float(steps[inside].max())) if inside.any() else pd.Timedelta(0)
    if longest > allowed:
        told.append(f"the log of {log.name} has a gap of {_hours(longest)} with this tube in it")
    return tuple(told)


def _hours(length: pd.Timedelta) -> str:
    return f"{length.total_seconds() / 3600:.1f} h"


def freezers_table(logs: Mapping[str, Log], storage: pd.DataFrame, limits: Limits) -> pd.DataFrame:
    """Return what the log of each freezer recorded; freezers of the scans without one are told as such.

    Parameters
    ----------
    logs : mapping of str to Log
        By freezer.
    storage : pandas.DataFrame
        Of :func:`~handbook_utils.protocols.cold.scans.read_scans`.
    limits : Limits
        Of the study.

    Returns
    -------
    pandas.DataFrame
        By freezer: ``tubes`` that were scanned into it, ``readings``, ``from``, ``to`` (UTC), ``warmest (°C)``,
        ``alarms``.
    """
    stood = storage[storage["freezer"] != ""].groupby("freezer")["code"].nunique()
    rows = {}
    for name in sorted({*stood.index, *logs}):
        row: dict[str, object] = {"tubes": int(stood.get(name, 0)), "readings": 0}
        if name in logs:
            celsius = logs[name].celsius
            row |= {
                "readings": len(celsius),
                "from": f"{celsius.index[0]:%Y-%m-%d}",
                "to": f"{celsius.index[-1]:%Y-%m-%d}",
            }
            row["warmest (°C)"] = f"{celsius.max():.1f}"
            row["alarms"] = "" if limits.warmest is None else len(excursions(logs[name], limits.warmest))
        rows[name] = row
    made = pd.DataFrame.from_dict(
        rows, orient="index", columns=["tubes", "readings", "from", "to", "warmest (°C)", "alarms"]
    )
    return made.astype(object).where(made.notna(), "no log").rename_axis("freezer")

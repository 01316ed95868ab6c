"""The cold chain: from a temperature logger's file and a scan log to a verdict on each sample.

Loggers write semicolons or commas, decimal commas or points, local or universal time; the layout is found from the
content and said. Mean kinetic temperature is that of USP <1079.2>, with the usual 83.144 kJ/mol: the one constant
temperature that would have done the same harm.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from handbook_utils.errors import InputError, InputErrors, nearest
from handbook_utils.protocols.people.codes import tube_code
from handbook_utils.text import sniff
from handbook_utils.text.decode import read_text

Verdict = Literal["accept", "flag", "reject", "missing"]
#: What is scanned of a tube, in order.
EVENTS = ("collected", "frozen", "packed", "received")

#: Activation energy over the gas constant, kelvin (83.144 kJ/mol over 8.3144 J/(mol K)).
_DELTA_H_OVER_R = 10_000.0
_KELVIN = 273.15
_TIME_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
)
_TIME_NAMES = ("time", "date", "tijd", "datum", "timestamp")
_HEAT_NAMES = ("temp", "celsius", "°c", "temperatuur")
#: Colder than liquid nitrogen or hotter than a car in the sun: the logger is broken, or the unit is not Celsius.
_POSSIBLE = (-200.0, 90.0)


@dataclass(frozen=True)
class Log:
    """What a temperature logger recorded.

    Attributes
    ----------
    name : str
        The shipment, by default the file's name.
    celsius : pandas.Series
        Temperatures (°C) by moment (UTC), in order.
    notes : tuple of str
        How the file was read: separator, decimal sign, zone.
    """

    name: str
    celsius: pd.Series
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Limits:
    """The rules of a study.

    Attributes
    ----------
    warmest : float
        Above this (°C) a sample thaws or grows.
    flag_minutes, reject_minutes : float
        Time above `warmest` from which a sample is flagged, and rejected.
    freezer_hours : float
        From collection to the freezer; longer is flagged.
    gap_minutes : float
        Longer without a reading is unknown, and flagged.
    stabilised : bool
        Whether a stabiliser keeps the sample: then nobody freezes it at home, and `freezer_hours` counts to receipt.
    """

    warmest: float = -10.0
    flag_minutes: float = 30.0
    reject_minutes: float = 240.0
    freezer_hours: float = 1.0
    gap_minutes: float = 30.0
    stabilised: bool = False


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
    minutes_above : float
        Time above the limit (minutes); nan where no log covers the sample.
    kinetic : float
        Mean kinetic temperature (°C); nan likewise.
    hours_to_freezer : float
        From collection to the freezer.
    """

    code: str
    verdict: Verdict
    reasons: tuple[str, ...]
    minutes_above: float
    kinetic: float
    hours_to_freezer: float
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


def longest_gap(log: Log, start: dt.datetime | None = None, end: dt.datetime | None = None) -> float:
    """Return the longest time without a reading (minutes)."""
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


def read_log(path: Path, *, zone: str = "Europe/Amsterdam", name: str = "") -> Log:
    """Read the CSV a temperature logger wrote.

    Lines before the header are passed over; the header is the first line that names a time and a temperature.

    Parameters
    ----------
    path : pathlib.Path
        UTF-8, UTF-16 or Windows-1252; commas, semicolons or tabs.
    zone : str
        The zone of the logger's clock, where the file does not say UTC or an offset. Readings in the hour that daylight
        saving repeats are put in order as they follow each other; those in the hour it skips are errors.
    name : str
        The shipment; by default the file's name.

    Returns
    -------
    Log
        Readings in UTC, in order.

    Raises
    ------
    InputError, InputErrors
        All lines that cannot be read at once, with their numbers.
    """
    where = str(path)
    text, encoding = read_text(path)
    lines = text.splitlines()
    start, separator = _header(lines, where)
    names = [cell.strip() for cell in next(csv.reader([lines[start]], delimiter=separator))]
    when, heat = _column(names, _TIME_NAMES), _column(names, _HEAT_NAMES)
    rows = [
        (number, row)
        for number, row in enumerate(
            csv.reader(io.StringIO("\n".join(lines[start + 1 :])), delimiter=separator), start + 2
        )
        if any(cell.strip() for cell in row)
    ]
    utc = "utc" in names[when].lower() or "gmt" in names[when].lower()
    errors: list[InputError] = []
    moments: list[dt.datetime] = []
    values: list[float] = []
    clock = _Clock(dt.UTC if utc else ZoneInfo(zone))
    for number, row in rows:
        at = f"{where}, line {number}"
        if len(row) <= max(when, heat):
            errors.append(
                InputError(
                    "A line is too short.", where=at, found=separator.join(row), expected="a time and a temperature"
                )
            )
            continue
        try:
            moment = clock.read(row[when].strip())
            value = _celsius(row[heat].strip())
        except ValueError as error:
            errors.append(
                InputError("A reading cannot be read.", where=at, found=separator.join(row), expected=str(error))
            )
            continue
        moments.append(moment)
        values.append(value)
    if errors:
        raise InputErrors(errors)
    if len(values) < 2:
        raise InputError("The log holds fewer than two readings.", where=where, found=str(len(values)))
    index = pd.DatetimeIndex(moments).tz_convert("UTC")
    celsius = pd.Series(values, index=index, name="celsius")
    if not index.is_monotonic_increasing:
        celsius = celsius.sort_index(kind="stable")
    repeated = celsius.index[celsius.index.duplicated()]
    if len(repeated):
        raise InputError(
            "Two readings have the same time.", where=where, found=str(repeated[0]), remedy="Keep one of them."
        )
    signs = "decimal comma" if any("," in row[heat] for _, row in rows) else "decimal point"
    written = {",": "commas", ";": "semicolons", "\t": "tabs"}[separator]
    notes = (
        f"{len(values)} readings, separated by {written}, {signs}, {encoding}",
        f"times in {'UTC' if utc else zone}",
    )
    return Log(name or path.stem, celsius, notes)


def _header(lines: Sequence[str], where: str) -> tuple[int, str]:
    for number, line in enumerate(lines[:50]):
        for separator in (";", "\t", ","):
            cells = [cell.strip().lower() for cell in line.split(separator)]
            named = [any(word in cell for cell in cells for word in words) for words in (_TIME_NAMES, _HEAT_NAMES)]
            if len(cells) > 1 and all(named):
                return number, separator
    raise InputError(
        "The log has no header.",
        where=where,
        expected="a line that names a time and a temperature, such as  Time;Temperature (°C)",
        found=lines[0][:80] if lines else "nothing",
    )


def _column(names: Sequence[str], words: Sequence[str]) -> int:
    return next(place for place, name in enumerate(names) if any(word in name.lower() for word in words))


def _celsius(text: str) -> float:
    plain = re.sub(r"\s*°?\s*C$", "", text).replace("−", "-").replace(",", ".")
    try:
        value = float(plain)
    except ValueError:
        raise ValueError("a temperature such as -18,5") from None
    if not _POSSIBLE[0] <= value <= _POSSIBLE[1]:
        raise ValueError(f"°C from {_POSSIBLE[0]:g} to {_POSSIBLE[1]:g}; is this Fahrenheit, or an error code?")
    return value


class _Clock:
    """Reads local times in order, so that the hour which daylight saving repeats is told apart."""

    def __init__(self, zone: dt.tzinfo) -> None:
        self._zone = zone
        self._last: dt.datetime | None = None

    def read(self, text: str) -> dt.datetime:
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            moment = self._other(text)
        if moment.tzinfo is None:
            moment = self._placed(moment)
        self._last = moment.astimezone(dt.UTC)
        return self._last

    def _other(self, text: str) -> dt.datetime:
        for form in _TIME_FORMATS:
            try:
                return dt.datetime.strptime(text, form)
            except ValueError:
                continue
        raise ValueError("a time such as 2026-03-29 01:30 or 29-03-2026 01:30")

    def _placed(self, moment: dt.datetime) -> dt.datetime:
        first = moment.replace(tzinfo=self._zone)
        if first.astimezone(dt.UTC).astimezone(self._zone).replace(tzinfo=None) != moment:
            raise ValueError(f"a time that exists: {moment} was skipped when summer time began")
        # The second pass through the repeated hour: the first reading would lie before the one just read.
        again = first.replace(fold=1)
        repeated = again.utcoffset() != first.utcoffset()
        if repeated and self._last is not None and first.astimezone(dt.UTC) <= self._last:
            return again
        return first


def read_scans(path: Path, *, known: Sequence[str], zone: str = "Europe/Amsterdam") -> pd.DataFrame:
    """Read the log of scans: which tube was collected, frozen, packed and received when, in which shipment.

    Parameters
    ----------
    path : pathlib.Path
        Columns ``code``, ``event`` (of :data:`EVENTS`) and ``time``; ``shipment`` where received.
    known : sequence of str
        The codes that were given out.
    zone : str
        Of times without an offset.

    Returns
    -------
    pandas.DataFrame
        A row a tube: index ``code``, columns :data:`EVENTS` (UTC) and shipment.

    Raises
    ------
    InputErrors
        All at once: codes that are not right or were never given out, tubes scanned twice, times before collection.
    """
    where = str(path)
    text = read_text(path)[0]
    separator = sniff.separator(text) or ","
    rows = list(csv.DictReader(io.StringIO(text), delimiter=separator))
    columns = [str(name).strip() for name in (rows[0] if rows else {})]
    missing = [name for name in ("code", "event", "time") if name not in columns]
    if missing:
        raise InputError(
            "The scan log lacks columns.", where=where, expected="code, event, time", found=", ".join(columns) or "none"
        )
    errors: list[InputError] = []
    found: dict[str, dict[str, object]] = {}
    given_out = set(known)
    zone_info = ZoneInfo(zone)
    for number, row in enumerate(rows, start=2):
        at = f"{where}, line {number}"
        try:
            code = tube_code(row["code"] or "", at)
        except InputError as error:
            errors.append(error)
            continue
        event = (row["event"] or "").strip().lower()
        if code not in given_out:
            close = nearest(code, known)
            errors.append(
                InputError(
                    f"Tube {code} was never given out.",
                    where=at,
                    expected="a code of this study",
                    remedy=f"Is it {close}? If it is new, add it to the key file." if close else None,
                )
            )
            continue
        if event not in EVENTS:
            errors.append(InputError("Unknown event.", where=at, expected=", ".join(EVENTS), found=event))
            continue
        if event in found.get(code, {}):
            errors.append(
                InputError(f"Tube {code} was scanned twice as {event}.", where=at, remedy="Keep the right one.")
            )
            continue
        try:
            moment = _Clock(zone_info).read((row["time"] or "").strip())
        except ValueError as error:
            errors.append(InputError("A time cannot be read.", where=at, found=row["time"], expected=str(error)))
            continue
        entry = found.setdefault(code, {})
        entry[event] = moment
        if event == "received":
            entry["shipment"] = (row.get("shipment") or "").strip()
            if not entry["shipment"]:
                errors.append(
                    InputError(
                        f"Tube {code} was received without a shipment.",
                        where=at,
                        expected="the name of the shipment, which is that of its logger's file",
                        remedy="Which box was it in? Without it nobody knows how warm it was.",
                    )
                )
    for code, entry in found.items():
        order = [name for name in EVENTS if name in entry]
        for before, after in pairwise(order):
            if entry[after] < entry[before]:  # type: ignore[operator]
                errors.append(
                    InputError(f"Tube {code} was {after} before it was {before}.", where=where, found=f"{entry[after]}")
                )
    if errors:
        raise InputErrors(errors)
    table = pd.DataFrame.from_dict(found, orient="index").reindex(columns=[*EVENTS, "shipment"])
    table.index.name = "code"
    for name in EVENTS:
        table[name] = pd.to_datetime(table[name], utc=True)
    table["shipment"] = table["shipment"].fillna("")
    return table.sort_index()


def judge(scans: pd.DataFrame, logs: Mapping[str, Log], limits: Limits) -> list[Judged]:
    """Judge every tube by the rules of the study.

    Parameters
    ----------
    scans : pandas.DataFrame
        What :func:`read_scans` returned.
    logs : mapping of str to Log
        By shipment.
    limits : Limits
        The rules.

    Returns
    -------
    list of Judged
        In the order of `scans`. A tube is rejected for time above the limit only; what is not known is flagged, since
        a missing log does not make a sample bad. A tube that was not received is missing: there is nothing to judge.
    """

    @cache  # tubes of one shipment arrive together
    def travel(shipment: str, packed: pd.Timestamp, received: pd.Timestamp) -> _Travel:
        start = None if pd.isna(packed) else packed.to_pydatetime()
        return _travelled(logs[shipment], start, received.to_pydatetime(), limits)

    return [
        _judge(str(code), row, partial(travel, str(row["shipment"])) if str(row["shipment"]) in logs else None, limits)
        for code, row in scans.iterrows()
    ]


def verdict_table(judged: Sequence[Judged]) -> pd.DataFrame:
    """Return verdicts as the table that the next steps read.

    Returns
    -------
    pandas.DataFrame
        Index ``tube``; ``shipment``, ``verdict``, ``minutes above``, ``kinetic °C``, ``hours to freezer``, ``reasons``.

    Examples
    --------
    >>> verdict_table([Judged("7K3PXP", "flag", ("no log", "late"), 1.0, -70.0, 0.2)]).loc["7K3PXP", "reasons"]
    'no log; late'
    """
    return pd.DataFrame(
        [
            (
                one.code,
                one.shipment,
                one.verdict,
                one.minutes_above,
                one.kinetic,
                one.hours_to_freezer,
                "; ".join(one.reasons),
            )
            for one in judged
        ],
        columns=["tube", "shipment", "verdict", "minutes above", "kinetic °C", "hours to freezer", "reasons"],
    ).set_index("tube")


class _Travel(NamedTuple):
    """What a log says of a journey: minutes above the limit, kinetic °C, longest gap; and what it does not say."""

    above: float
    kinetic: float
    gap: float
    unknown: tuple[str, ...]


def _travelled(log: Log, start: dt.datetime | None, end: dt.datetime, limits: Limits) -> _Travel:
    """Look at the readings from packing to receipt; those of before packing are of the room the logger lay in."""
    moments, heat = _between(log, start, end)
    unknown = []
    first, last = log.celsius.index[0].to_pydatetime(), log.celsius.index[-1].to_pydatetime()
    if len(moments) < 2:
        said = f"the log is of other days: {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC"
        return _Travel(float("nan"), float("nan"), 0.0, (said,))
    allowed = dt.timedelta(minutes=limits.gap_minutes)
    if start is None:
        unknown.append("not known when it was packed, so not whether the log covers the journey")
    elif first - start > allowed:
        unknown.append(f"the log begins {(first - start).total_seconds() / 3600:.1f} h after it was packed")
    if end - last > allowed:
        unknown.append(f"the log ends {(end - last).total_seconds() / 3600:.1f} h before it was received")
    kinetic = mean_kinetic_temperature((heat[:-1] + heat[1:]) / 2, np.diff(moments) / 60)
    return _Travel(
        minutes_above(log, limits.warmest, start, end), kinetic, longest_gap(log, start, end), tuple(unknown)
    )


def _judge(
    code: str, row: pd.Series, travel: Callable[[pd.Timestamp, pd.Timestamp], _Travel] | None, limits: Limits
) -> Judged:
    reasons: list[str] = []
    verdict: Verdict = "accept"
    collected, frozen, packed, received = (row[name] for name in EVENTS)
    hours = float("nan")
    if pd.isna(received):
        steps = [name for name, moment in (("collected", collected), ("frozen", frozen)) if not pd.isna(moment)]
        reason = f"{' and '.join(steps)}, but not received" if steps else "given out, and not scanned since"
        return Judged(code, "missing", (reason,), float("nan"), float("nan"), hours)
    kept, place = (received, "receipt") if limits.stabilised else (frozen, "freezer")
    if pd.isna(collected) or pd.isna(kept):
        reasons.append(f"time from collection to {place} is not known")
    else:
        hours = (kept - collected).total_seconds() / 3600
        if hours > limits.freezer_hours:
            reasons.append(f"{hours:.1f} h from collection to {place}, more than {limits.freezer_hours:g} h")
    above = kinetic = float("nan")
    if travel is None:
        reasons.append("no temperature log for its shipment")
    else:
        above, kinetic, gap, unknown = travel(packed, received)
        reasons += unknown
        if gap > limits.gap_minutes:
            reasons.append(f"the log has a gap longer than {limits.gap_minutes:g} min")
        if above > limits.reject_minutes:
            verdict = "reject"
            reasons.append(f"{above:.0f} min above {limits.warmest:g} °C, more than {limits.reject_minutes:g} min")
        elif above > limits.flag_minutes:
            reasons.append(f"{above:.0f} min above {limits.warmest:g} °C, more than {limits.flag_minutes:g} min")
    if reasons and verdict == "accept":
        verdict = "flag"
    return Judged(code, verdict, tuple(reasons), above, kinetic, hours, str(row["shipment"]))

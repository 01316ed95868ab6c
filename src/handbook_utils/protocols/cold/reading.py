"""Logs of temperature loggers, as they come from devices and from people's spreadsheets."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.text.decode import read_text

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
    clock = Clock(dt.UTC if utc else ZoneInfo(zone))
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


class Clock:
    """Reads local times in order, so that the hour which daylight saving repeats is told apart.

    Parameters
    ----------
    zone : datetime.tzinfo
        Of times that do not name theirs.
    """

    def __init__(self, zone: dt.tzinfo) -> None:
        self._zone = zone
        self._last: dt.datetime | None = None

    def read(self, text: str) -> dt.datetime:
        """Return the moment (UTC) that a text means.

        Parameters
        ----------
        text : str
            As a logger or a scanner wrote it.

        Returns
        -------
        datetime.datetime
            In UTC.

        Raises
        ------
        ValueError
            What would have been a time.
        """
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

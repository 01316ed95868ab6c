"""Logs of temperature loggers, as they come from devices and from people's spreadsheets."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.cold.loggers.dates import Moment, fixed_zone, found_order, written
from handbook_utils.protocols.cold.loggers.forms import Form, form_of
from handbook_utils.protocols.cold.loggers.table import Table, chosen_heat, read_table, unit_of
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
#: Colder than liquid nitrogen or hotter than a car in the sun: the logger is broken, or the unit is not Celsius.
_POSSIBLE = (-200.0, 90.0)
#: What loggers write where they read nothing: a gap, which is judged as one.
_NOTHING = frozenset(["", "-", "--", "---", "nan", "n/a", "#n/a", "null", "no data", "error", "err", "open", "logged"])
_BINARY = {
    b"%PDF": "a PDF report",
    b"PK\x03\x04": "a workbook or a packed file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
}


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
        How the file was read: form, separator, decimal sign, order of dates, zone.
    unsure : tuple of str
        What the file does not say, for which its tubes are flagged.
    """

    name: str
    celsius: pd.Series
    notes: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()


def read_log(
    path: Path, *, zone: str = "Europe/Amsterdam", name: str = "", sensor: str = "", date_order: str = "auto"
) -> Log:
    """Read the text file that a temperature logger's program wrote.

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
    sensor : str
        Where a file has several columns of temperature: part of the name of one, or ``warmest``.
    date_order : str
        Of day, month and year, where the file does not tell; ``auto`` finds it.

    Returns
    -------
    Log
        Readings in UTC and °C, in order.

    Raises
    ------
    InputError, InputErrors
        It is no text, or no table; it can be read in two ways; all lines that cannot be read at once, with their
        numbers.
    """
    where = str(path)
    _check_text(path, where)
    text, encoding = read_text(path)
    form, table = form_of(text), read_table(text, where)
    columns, chosen = chosen_heat(table, sensor, where)
    unit = unit_of(table, columns[0])
    readings, gaps = _readings(table, columns, unit, where)
    if len(readings) < 2:
        raise InputError("The log holds fewer than two readings.", where=where, found=str(len(readings)))
    asked = form.order if form and form.order and date_order == "auto" else date_order
    order, why = found_order([moment for _, moment, _ in readings], where, asked)
    offset = _offset(table)
    celsius = _in_utc(readings, order, offset or ZoneInfo(zone), where)
    if offset is None and all(moment.offset is not None for _, moment, _ in readings):
        said = "times with their offset"
    else:
        said = f"times in {_zone_name(offset) if offset else zone}"
    notes = [
        f"{_named(form)}{len(celsius)} readings, separated by {_SIGNS[table.separator]}, "
        f"{_decimal(table, columns)}, {encoding}",
        said,
        why if min(len(part) for part in readings[0][1].parts) < 3 and "year-month-day" not in why else "",
        chosen,
        "°F turned into °C" if unit == "F" else "" if unit else "the file does not say its unit: read as °C",
        f"{gaps} lines without a reading" if gaps else "",
        f"{table.left_out} lines below the table left out" if table.left_out else "",
    ]
    unsure = () if unit else ("the logger's file does not say whether it is °C or °F",)
    return Log(name or path.stem, celsius, tuple(filter(None, notes)), unsure)


_SIGNS = {",": "commas", ";": "semicolons", "\t": "tabs"}


def _check_text(path: Path, where: str) -> None:
    try:
        with path.open("rb") as file:
            begins = file.read(4)
    except OSError:
        return  # read_text says why
    if begins in _BINARY:
        raise InputError(
            "The logger's file is no text.",
            where=where,
            expected="the readings as CSV or text",
            found=_BINARY[begins],
            remedy="Export the readings from the logger's program, or save the sheet as CSV.",
        )


def _named(form: Form | None) -> str:
    return f"{form.make} ({form.program}), " if form else ""


def _decimal(table: Table, columns: tuple[int, ...]) -> str:
    cells = [row[column] for _, row in table.rows for column in columns if len(row) > column]
    return "decimal comma" if any("," in cell for cell in cells) else "decimal point"


def _readings(
    table: Table, columns: tuple[int, ...], unit: str, where: str
) -> tuple[list[tuple[int, Moment, float]], int]:
    """Read every line, and count those in which nothing was measured."""
    errors: list[InputError] = []
    found: list[tuple[int, Moment, float]] = []
    gaps = 0
    for number, row in table.rows:
        at = f"{where}, line {number}"
        if len(row) <= max(*table.when, *columns):
            errors.append(
                InputError(
                    "A line is too short.",
                    where=at,
                    found=table.separator.join(row),
                    expected="a time and a temperature",
                )
            )
            continue
        cells = [row[column].strip() for column in columns]
        cells = [cell for cell in cells if cell.lower() not in _NOTHING]
        try:
            moment = written(table.time_of(row))
            if cells:
                found.append((number, moment, max(_celsius(cell, unit) for cell in cells)))
            else:
                gaps += 1
        except ValueError as error:
            errors.append(
                InputError("A reading cannot be read.", where=at, found=table.separator.join(row), expected=str(error))
            )
    if errors:
        raise InputErrors(errors)
    return found, gaps


def _celsius(text: str, unit: str) -> float:
    plain = re.sub(r"\s*°?\s*[CF]$", "", text, flags=re.IGNORECASE).replace("−", "-").replace(",", ".")
    try:
        value = float(plain)
    except ValueError:
        raise ValueError("a temperature such as -18,5") from None
    if unit == "F":
        value = (value - 32) * 5 / 9
    if not _POSSIBLE[0] <= value <= _POSSIBLE[1]:
        raise ValueError(f"°C from {_POSSIBLE[0]:g} to {_POSSIBLE[1]:g}; is this Fahrenheit, or an error code?")
    return value


def _offset(table: Table) -> dt.tzinfo | None:
    """Return the zone that the header, or a line above it, names as a distance from UTC."""
    for column in table.when:
        if zone := fixed_zone(table.names[column]):
            return zone
    lines = [
        line for line in table.head.splitlines() if re.search(r"time ?zone|tijdzone|zeitzone|utc offset", line, re.I)
    ]
    return next((zone for line in lines if (zone := fixed_zone(line))), None)


def _zone_name(offset: dt.tzinfo) -> str:
    return "UTC" if offset is dt.UTC else str(offset)


def _in_utc(readings: list[tuple[int, Moment, float]], order: str, zone: dt.tzinfo, where: str) -> pd.Series:
    local = [moment.in_order(order) for _, moment, _ in readings]
    known = [moment for moment in local if moment]
    if 2 * sum(sooner > later for sooner, later in pairwise(known)) > len(known) - 1:
        local, readings = local[::-1], readings[::-1]  # the newest stands first
    clock, errors, moments = Clock(zone), [], []
    for (number, moment, _), naive in zip(readings, local, strict=True):
        try:
            moments.append(clock.placed((naive or dt.datetime.min).replace(tzinfo=moment.offset)))
        except ValueError as error:
            errors.append(
                InputError(
                    "A reading cannot be read.", where=f"{where}, line {number}", found=str(naive), expected=str(error)
                )
            )
    if errors:
        raise InputErrors(errors)
    index = pd.DatetimeIndex(moments).tz_convert("UTC")
    celsius = pd.Series([value for _, _, value in readings], index=index, name="celsius")
    if not index.is_monotonic_increasing:
        celsius = celsius.sort_index(kind="stable")
    repeated = celsius.index[celsius.index.duplicated()]
    if len(repeated):
        raise InputError(
            "Two readings have the same time.", where=where, found=str(repeated[0]), remedy="Keep one of them."
        )
    return celsius


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
        """Return the moment (UTC) that a text means, days before months.

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
        return self.placed(moment)

    def placed(self, moment: dt.datetime) -> dt.datetime:
        """Return a moment in UTC; one without a zone is of the clock's.

        Parameters
        ----------
        moment : datetime.datetime
            As a file has it.

        Returns
        -------
        datetime.datetime
            In UTC.

        Raises
        ------
        ValueError
            It did not exist.
        """
        if moment.tzinfo is None:
            moment = self._of_zone(moment)
        self._last = moment.astimezone(dt.UTC)
        return self._last

    def _other(self, text: str) -> dt.datetime:
        for form in _TIME_FORMATS:
            try:
                return dt.datetime.strptime(text, form)
            except ValueError:
                continue
        raise ValueError("a time such as 2026-03-29 01:30 or 29-03-2026 01:30")

    def _of_zone(self, moment: dt.datetime) -> dt.datetime:
        first = moment.replace(tzinfo=self._zone)
        if first.astimezone(dt.UTC).astimezone(self._zone).replace(tzinfo=None) != moment:
            raise ValueError(f"a time that exists: {moment} was skipped when summer time began")
        # The second pass through the repeated hour: the first reading would lie before the one just read.
        again = first.replace(fold=1)
        repeated = again.utcoffset() != first.utcoffset()
        if repeated and self._last is not None and first.astimezone(dt.UTC) <= self._last:
            return again
        return first

"""The table in a logger's file: where it begins, and which column is the time, and which the temperature."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from handbook_utils.errors import InputError, listed, nearest

#: A word of each of two columns that begin a table. Words stand alone or at the beginning: "timestamp", "Tempf".
_DATE_WORDS = r"^date$|^datum$|^day$|^dag$"
_TIME_WORDS = r"time|date|tijd|datum|uhrzeit|zeit|tiempo|heure|fecha"
_HEAT_WORDS = r"temp|celsius|fahrenheit|°\s?[cf]\b|℃|℉|\[°?[cf]\]|\(\s?[cf]\s?\)|^value$"
#: Temperatures that no sensor measured, or that are of something else.
_OTHER = r"dew|dauw|humid|rh\b|alarm|limit|min\b|max\b|lowest|highest|average|mkt|mean|set ?point|ambient pressure"
_NOT_TIME = r"elapsed|interval|duration"
_SEPARATORS = (";", "\t", ",")
_FIRST_LINES = 80


@dataclass(frozen=True)
class Table:
    """A table of readings.

    Attributes
    ----------
    rows : list of (int, list of str)
        Line in the file, and cells.
    when : tuple of int
        The column of the time, or those of date and time.
    heat : tuple of int
        Columns of temperature.
    names : list of str
        Of all columns.
    unit : int or None
        The column of the unit.
    separator : str
        Between cells.
    head : str
        What stands above the table.
    left_out : int
        Lines below the table that are no readings.
    """

    rows: list[tuple[int, list[str]]]
    when: tuple[int, ...]
    heat: tuple[int, ...]
    names: list[str]
    unit: int | None
    separator: str
    head: str
    left_out: int = 0

    def time_of(self, row: Sequence[str]) -> str:
        """Return date and time of a row.

        Parameters
        ----------
        row : sequence of str
            Its cells.

        Returns
        -------
        str
            With a blank between the two.
        """
        return " ".join(row[column].strip() for column in self.when)


def read_table(text: str, where: str) -> Table:
    """Find the table of readings in a logger's file.

    Parameters
    ----------
    text : str
        The file's.
    where : str
        Its name, for messages.

    Returns
    -------
    Table
        Its rows with their lines; what stands after an empty line and is no reading is left out.

    Raises
    ------
    InputError
        There is none.
    """
    lines = text.splitlines()
    start, separator = _header(lines, where)
    names = [cell.strip() for cell in next(csv.reader([lines[start]], delimiter=separator))]
    when = _when(names)
    heat = tuple(
        place
        for place, name in enumerate(names)
        if re.search(_HEAT_WORDS, name, re.I) and not re.search(_OTHER, name, re.I) and place not in when
    )
    unit = next((place for place, name in enumerate(names) if re.fullmatch(r"units?|eenheid", name, re.I)), None)
    reader = csv.reader(io.StringIO("\n".join(lines[start + 1 :])), delimiter=separator)
    rows = [(number, row) for number, row in enumerate(reader, start + 2) if any(cell.strip() for cell in row)]
    rows = [(number, _whole(row, names, separator)) for number, row in rows]
    gaps = [number for number, line in enumerate(lines[start + 1 :], start + 2) if not line.strip(f" \t{separator}")]
    end = next((gap for gap in gaps if rows and gap > rows[0][0]), None)
    kept = [(number, row) for number, row in rows if end is None or number < end or _like(row, when)]
    return Table(kept, when, heat, names, unit, separator, "\n".join(lines[:start]), left_out=len(rows) - len(kept))


def _like(row: Sequence[str], when: Sequence[int]) -> bool:
    return len(row) > max(when) and any(sign.isdigit() for sign in row[when[0]])


def _whole(row: list[str], names: Sequence[str], separator: str) -> list[str]:
    """Join what a decimal comma has parted in a file that is separated by commas."""
    cut = separator == "," and len(row) == len(names) + 1
    if cut and re.fullmatch(r"\s*[-−]?\d+", row[-2]) and re.fullmatch(r"\d+\s*", row[-1]):
        return [*row[:-2], f"{row[-2]}.{row[-1]}"]
    return row


def _header(lines: Sequence[str], where: str) -> tuple[int, str]:
    for number, line in enumerate(lines[:_FIRST_LINES]):
        for separator in _SEPARATORS:
            cells = [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
            named = [
                any(re.search(words, cell, re.I) and not _is_reading(cell) for cell in cells)
                for words in (_TIME_WORDS, _HEAT_WORDS)
            ]
            if len(cells) > 1 and all(named) and not any(map(_is_reading, cells)) and _when(cells):
                return number, separator
    raise InputError(
        "The log has no header.",
        where=where,
        expected="a line that names a time and a temperature, such as  Time;Temperature (°C)",
        found=lines[0][:80] if lines else "nothing",
    )


def _is_reading(cell: str) -> bool:
    return bool(re.search(r"\d[:/.-]\d\d?[:/.-]\d|^[-−]?\d+([.,]\d+)?$", cell))


def _when(names: Sequence[str]) -> tuple[int, ...]:
    """Return the columns of the time: one, or one of the date and one of the time of the day."""
    said = [
        place
        for place, name in enumerate(names)
        if re.search(_TIME_WORDS, name, re.I) and not re.search(_NOT_TIME, name, re.I)
    ]
    date = [place for place in said if re.fullmatch(r"date|datum|day|dag|fecha", names[place].partition(",")[0], re.I)]
    time = [place for place in said if place not in date and not re.search("date|datum", names[place], re.I)]
    if date and time:
        return date[0], time[0]
    return tuple(said[:1])


def chosen_heat(table: Table, sensor: str, where: str) -> tuple[tuple[int, ...], str]:
    """Return the column of temperature that is read, of several the one that was asked for.

    Parameters
    ----------
    table : Table
        Of a file.
    sensor : str
        Part of the column's name; ``warmest`` for the warmest of all in every line; "" where there is one.
    where : str
        The file, for messages.

    Returns
    -------
    columns : tuple of int
        More than one where the warmest is wanted.
    note : str
        Which was taken; "" where there is one.

    Raises
    ------
    InputError
        There are several and none was chosen, or none of that name.
    """
    names = [table.names[place] for place in table.heat]
    if not names:
        raise InputError(
            "No column is a temperature.", where=where, expected="one such as Temperature (°C)",
            found=listed(table.names),
        )  # fmt: skip
    if len(names) == 1 and (not sensor or sensor == "warmest"):
        return table.heat, ""
    if sensor == "warmest":
        return table.heat, f"the warmest of {listed(names)}"
    meant = [place for place, name in zip(table.heat, names, strict=True) if sensor and sensor.lower() in name.lower()]
    if len(meant) == 1:
        return (meant[0],), f"sensor {table.names[meant[0]]}"
    if len(names) == 1:
        return table.heat, ""  # this logger has one sensor; others of the study have several
    close = nearest(sensor, names) if sensor else None
    raise InputError(
        f"The file has {len(names)} columns of temperature, and "
        + ("none was chosen." if not sensor else f"{len(meant) or 'none'} of them is '{sensor}'."),
        where=where,
        expected="the name of one, or warmest, as sensor; in a study file under cold:",
        found=listed(names),
        remedy=f"Is it '{close}'?" if close else "Which of them was among the tubes?",
    )


def unit_of(table: Table, column: int) -> str:
    r"""Return the unit of a column of temperature, as the file says it: "C", "F", or "" where it does not.

    Parameters
    ----------
    table : Table
        Of the file.
    column : int
        From 0.

    Returns
    -------
    str
        From the heading, a column of units, the cells, or what stands above the table, the first that says it.

    Examples
    --------
    >>> made = read_table("Time;Temp (°F)\n2026-03-03 09:00;1\n2026-03-03 09:10;1\n", "box.csv")
    >>> unit_of(made, 1)
    'F'
    """
    found = _unit(table.names[column])
    if not found and table.unit is not None:
        found = "".join({_unit(f"({row[table.unit]})") for _, row in table.rows if len(row) > table.unit})
    if not found:
        cells = {_unit(row[column]) for _, row in table.rows if len(row) > column and row[column].strip()}
        found = cells.pop() if len(cells) == 1 else ""
    if not found:
        lines = [line for line in table.head.splitlines() if re.search(r"unit|temp|eenheid", line, re.I)]
        said = {unit for line in lines if (unit := _unit(line))}
        found = said.pop() if len(said) == 1 else ""
    return found if found in ("C", "F") else ""


def _unit(text: str) -> str:
    if re.search(r"celsius|°\s?c\b|℃|[(\[]\s?°?c\s?[)\]]|\d\s?c$", text, re.I):
        return "C"
    if re.search(r"fahrenheit|[°?]\s?f\b|℉|[(\[]\s?°?f\s?[)\]]|\d\s?f$", text, re.I):
        return "F"
    return ""

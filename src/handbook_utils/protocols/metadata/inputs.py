"""What record-metadata is given, read and put together before the chapter runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from handbook_utils import datasets
from handbook_utils.errors import InputError, listed
from handbook_utils.protocols.disclosure.guard import guard_of
from handbook_utils.protocols.example.questionnaire import example_questionnaire
from handbook_utils.protocols.kits import kit_of
from handbook_utils.protocols.metadata.exports import all_standards
from handbook_utils.protocols.metadata.records import (
    Circumstances,
    controls,
    read_questionnaire,
    read_rejected,
    read_scanned,
    read_tubes,
    records,
)
from handbook_utils.protocols.metadata.standards import QUESTIONNAIRE
from handbook_utils.protocols.metadata.validation import Validation, validate_table
from handbook_utils.protocols.wells.extraction import Extraction, chosen


def coordinates(north: Mapping[str, str], east: Mapping[str, str]) -> dict[str, tuple[float, float]]:
    """Read the coordinates of the centres' towns, of at most two decimals.

    Parameters
    ----------
    north, east : mapping of str to str
        Latitude and longitude (decimal degrees, WGS 84) by centre, as text.

    Returns
    -------
    dict of str to tuple of float
        Latitude and longitude by centre.

    Raises
    ------
    InputError
        Not numbers, too exact, or of different centres.

    Examples
    --------
    >>> coordinates({"Groningen": "53.22"}, {"Groningen": "6.57"})
    {'Groningen': (53.22, 6.57)}
    """
    if set(north) != set(east):
        raise InputError(
            "Latitudes and longitudes are of different centres.", found=f"{listed(list(north))}; {listed(list(east))}"
        )
    made = {}
    for centre in north:
        try:
            made[centre] = float(north[centre]), float(east[centre])
        except ValueError:
            raise InputError(
                "A coordinate is not a number.",
                where=centre,
                expected="decimal degrees, such as 53.22",
                found=f"{north[centre]}, {east[centre]}",
            ) from None
        if any(len(text.partition(".")[2].rstrip("0")) > 2 for text in (north[centre], east[centre])):
            raise InputError(
                "A coordinate is too exact to leave.",
                where=centre,
                expected="at most 2 decimals (about 1 km)",
                found=f"{north[centre]}, {east[centre]}",
                remedy="Round it: it is the town that is meant, not a home.",
            )
    return made


def record_metadata(parameters: Mapping[str, Any]) -> None:
    """Check what the chapter ``protocols/record-metadata`` is given.

    Parameters
    ----------
    parameters : mapping of str to object
        Of the chapter.

    Raises
    ------
    InputError, InputErrors
        Everything that is wrong with its files and parameters.
    """
    found, tubes, _, study = gathered(parameters)
    table = records(found.table, tubes, planned_controls(tubes, parameters), study)
    all_standards(table, study, guard_of(parameters))


def planned_controls(tubes: pd.DataFrame, parameters: Mapping[str, Any]) -> pd.DataFrame:
    """Name the controls of as many plates as the tubes need, a person's tubes staying together.

    Parameters
    ----------
    tubes : pandas.DataFrame
        With a column participant.
    parameters : mapping
        plate (wells), plates (0: as few as will do), blanks, mocks, ntc, duplicates.

    Returns
    -------
    pandas.DataFrame
        As :func:`controls`.

    Raises
    ------
    InputError
        A plate has no room for one person's tubes.

    Examples
    --------
    >>> wanted = {"plate": 96, "plates": 0, "blanks": 2, "mocks": 1, "ntc": 1, "duplicates": 1}
    >>> len(planned_controls(pd.DataFrame({"participant": ["A", "A", "B", "B"]}), wanted))
    4
    """
    number = {name: parameters[name] for name in ("plate", "plates", "blanks", "mocks", "ntc", "duplicates")}
    series = int(tubes["participant"].value_counts().max()) if len(tubes) else 1
    room = number["plate"] - sum(number[name] for name in ("blanks", "mocks", "ntc", "duplicates"))
    if room < series:
        raise InputError(
            "A plate has no room for one person's tubes beside the controls.",
            where="the parameters plate, blanks, mocks, ntc, duplicates",
            expected=f"room for {series}",
            found=f"room for {max(room, 0)}",
        )
    plates = number["plates"] or -(-tubes["participant"].nunique() // (room // series))
    return controls(plates, number["blanks"], number["mocks"], number["ntc"])


def gathered(parameters: Mapping[str, Any]) -> tuple[Validation, pd.DataFrame, list[str], Circumstances]:
    """Read what the chapter is given, or the example study where it is given nothing.

    Parameters
    ----------
    parameters : mapping of str to object
        Of the chapter ``protocols/record-metadata``.

    Returns
    -------
    validation : Validation
        Of the questionnaires, which stand in its table.
    tubes : pandas.DataFrame
        The tubes that were not rejected.
    rejected : list of str
    study : Circumstances

    Raises
    ------
    InputError, InputErrors
    """
    given = {name: str(parameters.get(name, "")) for name in ("questionnaire", "tubes", "verdicts", "collected")}
    tubes = read_tubes(Path(given["tubes"])) if given["tubes"] else datasets.frame("example-study")
    rejected, came = read_rejected(Path(given["verdicts"])) if given["verdicts"] else ([], [])
    if given["questionnaire"]:
        scanned = read_scanned(Path(given["collected"])) if given["collected"] else None
        found = read_questionnaire(
            Path(given["questionnaire"]),
            tubes,
            out=rejected,
            came=came,
            scanned=scanned,
            guard=guard_of(parameters),
        )
    else:
        if given["tubes"]:
            raise InputError(
                "A list of tubes is given, and no questionnaires.",
                where="the parameter questionnaire",
                remedy="Give both, or neither for the example study.",
            )
        answers = example_questionnaire()
        lines = answers.set_axis(pd.RangeIndex(2, len(answers) + 2, name="line"))
        found = validate_table(lines, QUESTIONNAIRE, "the simulated questionnaires")
    study = Circumstances(
        project=parameters["project"],
        country=parameters["country"],
        regions=parameters["regions"],
        coordinates=coordinates(parameters["latitudes"], parameters["longitudes"]),
        broad=parameters["broad"],
        local=parameters["local"],
        medium=parameters["medium"],
        instrument=parameters["instrument"],
        forward=parameters["forward"],
        reverse=parameters["reverse"],
        store_celsius=parameters["store_celsius"],
        precision=parameters["precision"],
        location=parameters["location"],
        blank=parameters["blank"],
        extraction=_extraction(parameters),
        detail=parameters["detail"],
        kit=kit_of(parameters["kit"], parameters["kit_file"]) if parameters["kit"] or parameters["kit_file"] else None,
        method=parameters["method"],
    )
    kept = tubes[~tubes["sample"].isin(rejected) & ~tubes["participant"].isin(rejected)]
    return found, kept, rejected, study


def _extraction(parameters: Mapping[str, Any]) -> Extraction | None:
    """Return the way of extraction, where all of it is said."""
    said = {name: parameters[name] for name in ("bead_mm", "sample_mg")}
    said |= {name: parameters[f"extraction_{name}"] for name in ("kit", "protocol")}
    return chosen(said) if all(said.values()) else None

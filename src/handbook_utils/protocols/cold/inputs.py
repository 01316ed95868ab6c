"""The shipments a chapter is given: a folder of logger files and a scan log, read and checked before it runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.cold.freezers import read_freezers
from handbook_utils.protocols.cold.reading import Log, read_log
from handbook_utils.protocols.cold.scans import Scans, read_scans, scanned_code
from handbook_utils.protocols.kits.limits import kit_with
from handbook_utils.protocols.tubes import read_tubes
from handbook_utils.text import sniff
from handbook_utils.text.decode import read_text


def read_shipments(
    loggers: Path,
    scans: Path,
    zone: str,
    tubes: Path | None = None,
    sensor: str = "",
    date_order: str = "auto",
) -> tuple[dict[str, Log], Scans]:
    """Read all logger files of a folder, the scan log, and the list of tubes that were given out.

    Parameters
    ----------
    loggers : pathlib.Path
        A folder; each file in it is a shipment's, named after it.
    scans : pathlib.Path
        The scan log.
    zone : str
        Of clocks that do not name theirs.
    tubes : pathlib.Path, optional
        The list, as :func:`~handbook_utils.protocols.tubes.read_tubes` reads it. Without it codes count as given
        out where their check character agrees, and nobody can say which tubes never came.
    sensor, date_order : str
        What files of loggers do not tell, as :func:`~handbook_utils.protocols.cold.reading.read_log` asks it.

    Returns
    -------
    logs : dict of str to Log
        By shipment, in alphabetical order.
    scans : Scans
        As :func:`handbook_utils.protocols.cold.scans.read_scans` returns it; with a list of tubes, a row for each
        tube of the list, in its order.

    Raises
    ------
    InputErrors
        Everything that is wrong in all files.
    """
    errors: list[InputError] = []
    logs: dict[str, Log] = {}
    for path in sorted(path for path in loggers.iterdir() if path.is_file() and not path.name.startswith(".")):
        try:
            logs[path.stem] = read_log(path, zone=zone, sensor=sensor, date_order=date_order)
        except InputErrors as found:
            errors.extend(found.errors)
        except InputError as found:
            errors.append(found)
    if not logs and not errors:
        errors.append(
            InputError("The folder holds no logger files.", where=str(loggers), expected="a CSV file a shipment")
        )
    read = Scans(pd.DataFrame(), pd.DataFrame())
    try:
        given_out = list(read_tubes(tubes)["sample"]) if tubes else []
        read = read_scans(scans, known=given_out or _codes(scans), zone=zone)
        if given_out:
            table = read.tubes.reindex(pd.Index(given_out, name="code"))
            read = read._replace(tubes=table.assign(shipment=table["shipment"].fillna("")))
    except InputErrors as found:
        errors.extend(found.errors)
    except InputError as found:
        errors.append(found)
    if errors:
        raise InputErrors(errors)
    return logs, read


def _codes(scans: Path) -> list[str]:
    text = read_text(scans)[0]
    separator = sniff.separator(text) or ","
    rows = csv.DictReader(io.StringIO(text), delimiter=separator)
    found: dict[str, None] = {}
    for row in rows:
        try:
            found[scanned_code(str(row.get("code") or ""), str(scans))] = None
        except InputError:
            continue  # read_scans names it, with its line
    return list(found)


def keep_it_cold(parameters: Mapping[str, Any]) -> None:
    """Check the files of ``protocols/keep-it-cold`` before it runs.

    Parameters
    ----------
    parameters : mapping of str to object
        Of the chapter.

    Raises
    ------
    InputError, InputErrors
        There is no such kit, one of the two is missing, or something in them is wrong.
    """
    kit_with(parameters)
    loggers, scans, tubes = (parameters.get(name, "") for name in ("loggers", "scans", "tubes"))
    if bool(loggers) != bool(scans):
        raise InputError(
            "Loggers and scans belong together.",
            expected="both parameters, or neither for the simulated shipments",
            found="only loggers" if loggers else "only scans",
        )
    if tubes and not scans:
        raise InputError(
            "A list of tubes needs the log of their scans.",
            expected="the parameters loggers and scans, too",
            found="only tubes",
        )
    if loggers:
        read_shipments(
            Path(loggers),
            Path(scans),
            parameters["zone"],
            Path(tubes) if tubes else None,
            str(parameters.get("sensor") or ""),
            str(parameters.get("date_order") or "auto"),
        )
    if freezers := str(parameters.get("freezers") or ""):
        if not scans:
            raise InputError(
                "Logs of freezers need the log of scans, which says what stood in each.",
                expected="the parameters loggers and scans, too",
                found="only freezers",
            )
        read_freezers(
            Path(freezers),
            parameters["zone"],
            str(parameters.get("sensor") or ""),
            str(parameters.get("date_order") or "auto"),
        )

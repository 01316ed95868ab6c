"""The shipments a chapter is given: a folder of logger files and a scan log, read and checked before it runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.codes import is_code
from handbook_utils.protocols.coldchain import Log, decoded, read_log, read_scans


def read_shipments(loggers: Path, scans: Path, zone: str) -> tuple[dict[str, Log], pd.DataFrame]:
    """Read all logger files of a folder, and the scan log.

    Parameters
    ----------
    loggers : pathlib.Path
        A folder; each file in it is a shipment's, named after it.
    scans : pathlib.Path
        The scan log. Its codes count as given out where their check character agrees.
    zone : str
        Of clocks that do not name theirs.

    Returns
    -------
    logs : dict of str to Log
        By shipment, in alphabetical order.
    scans : pandas.DataFrame
        As :func:`handbook_utils.protocols.coldchain.read_scans` returns it.

    Raises
    ------
    InputErrors
        Everything that is wrong in all files.
    """
    errors: list[InputError] = []
    logs: dict[str, Log] = {}
    for path in sorted(path for path in loggers.iterdir() if path.is_file() and not path.name.startswith(".")):
        try:
            logs[path.stem] = read_log(path, zone=zone)
        except InputErrors as found:
            errors.extend(found.errors)
        except InputError as found:
            errors.append(found)
    if not logs and not errors:
        errors.append(
            InputError("The folder holds no logger files.", where=str(loggers), expected="a CSV file a shipment")
        )
    table = pd.DataFrame()
    try:
        table = read_scans(scans, known=_codes(scans), zone=zone)
    except InputErrors as found:
        errors.extend(found.errors)
    except InputError as found:
        errors.append(found)
    if errors:
        raise InputErrors(errors)
    return logs, table


def _codes(scans: Path) -> list[str]:
    text = decoded(scans)[0]
    separator = max(";,\t", key=text.splitlines()[0].count)
    rows = csv.DictReader(io.StringIO(text), delimiter=separator)
    plain = [str(row.get("code") or "").replace("-", "").strip().upper() for row in rows]
    return list(dict.fromkeys(code for code in plain if is_code(code)))


def keep_it_cold(parameters: Mapping[str, object]) -> None:
    """Check the files of ``protocols/keep-it-cold`` before it runs.

    Raises
    ------
    InputError, InputErrors
        One of the two is missing, or something in them is wrong.
    """
    loggers, scans = str(parameters["loggers"]), str(parameters["scans"])
    if bool(loggers) != bool(scans):
        raise InputError(
            "Loggers and scans belong together.",
            expected="both parameters, or neither for the simulated shipments",
            found="only loggers" if loggers else "only scans",
        )
    if loggers:
        read_shipments(Path(loggers), Path(scans), str(parameters["zone"]))

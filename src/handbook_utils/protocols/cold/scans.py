"""The log of scans: what happened to each tube and when, from the toilet to the freezer of the laboratory."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd

from handbook_utils.errors import InputError, InputErrors, nearest
from handbook_utils.protocols.cold.reading import Clock
from handbook_utils.protocols.people.codes import tube_code
from handbook_utils.text import sniff
from handbook_utils.text.decode import read_text

#: What happens to a tube once.
ONCE = ("collected", "packed", "shipped", "received")
#: What may happen to it often; of a freezer there is its alarm.
OFTEN = ("frozen", "thawed", "moved", "aliquoted")
ALARM = "alarm"
#: Columns of a tube's journey: the first time of each.
EVENTS = ("collected", "frozen", "packed", "shipped", "received")
#: Where a tube stands, from the largest to the smallest.
PLACE = ("freezer", "rack", "box", "position")
_ORDER = (("collected", "packed"), ("packed", "shipped"), ("shipped", "received"), ("packed", "received"))
_STORAGE = ("code", "event", "time", *PLACE, "aliquot", "until", "celsius")


class Scans(NamedTuple):
    """What a log of scans says.

    Attributes
    ----------
    tubes : pandas.DataFrame
        A row a tube: index ``code``, columns :data:`EVENTS` (UTC) and ``shipment``.
    storage : pandas.DataFrame
        Everything that was done to tubes and aliquots in freezers, and alarms of freezers, in order of time: ``code``
        (of an alarm the freezer), ``event``, ``time``, :data:`PLACE`, ``aliquot``, ``until``, ``celsius``.
    """

    tubes: pd.DataFrame
    storage: pd.DataFrame


def scanned_code(text: str, where: str) -> str:
    """Return the code of a tube, or of an aliquot of it: the tube's, a point and a number.

    Parameters
    ----------
    text : str
        As scanned or typed.
    where : str
        Named in the message.

    Returns
    -------
    str
        As it is stored.

    Examples
    --------
    >>> scanned_code("7k3pxp-2.1", "scans.csv, line 2"), scanned_code("7K3PXP-2", "scans.csv, line 3")
    ('7K3PXP-2.1', '7K3PXP-2')
    """
    tube, point, number = text.strip().rpartition(".")
    if point and number.isdecimal():
        return f"{tube_code(tube, where)}.{int(number)}"
    return tube_code(text, where)


def read_scans(path: Path, *, known: Sequence[str], zone: str = "Europe/Amsterdam") -> Scans:
    """Read the log of scans.

    Parameters
    ----------
    path : pathlib.Path
        Columns ``code``, ``event`` (of :data:`ONCE`, :data:`OFTEN`, or alarm) and ``time``; ``shipment`` where
        received; where it is kept of :data:`PLACE`; ``aliquot`` where aliquoted; of an alarm, whose code is the
        freezer's name, ``until`` and ``celsius``, the warmest it was.
    known : sequence of str
        The codes that were given out.
    zone : str
        Of times without an offset.

    Returns
    -------
    Scans
        Tubes in order of their codes.

    Raises
    ------
    InputErrors
        All at once: codes that are not right or were never given out, tubes scanned twice, times before collection, two
        tubes in one place, alarms of freezers in which nothing ever was.
    """
    where = str(path)
    text = read_text(path)[0]
    rows = list(csv.DictReader(io.StringIO(text), delimiter=sniff.separator(text) or ","))
    columns = [str(name).strip() for name in (rows[0] if rows else {})]
    if not {"code", "event", "time"} <= set(columns):
        raise InputError(
            "The scan log lacks columns.", where=where, expected="code, event, time", found=", ".join(columns) or "none"
        )
    errors: list[InputError] = []
    found: dict[str, dict[str, object]] = {}
    stored: list[dict[str, object]] = []
    given_out = set(known)
    given_out |= {code for row in rows if (code := _aliquot(row, where)) and code.rpartition(".")[0] in given_out}
    freezers = {_said(row, "freezer") for row in rows} - {""}
    for number, row in enumerate(rows, start=2):
        try:
            entry = _read_row(row, f"{where}, line {number}", given_out, freezers, ZoneInfo(zone))
        except InputError as error:
            errors.append(error)
            continue
        code, event = str(entry["code"]), str(entry["event"])
        if event in ONCE and event in found.get(code, {}):
            errors.append(
                InputError(
                    f"Tube {code} was scanned twice as {event}.",
                    where=f"{where}, line {number}",
                    remedy="Keep the right one.",
                )
            )
            continue
        if event in (*OFTEN, ALARM):
            stored.append(entry)
        if event in EVENTS:
            mine = found.setdefault(code, {})
            moments = [mine.get(event, entry["time"]), entry["time"]]
            mine[event] = min(moments)  # type: ignore[type-var]
            if event == "received":
                mine["shipment"] = entry["shipment"]
    errors += _out_of_order(found, where)
    storage = pd.DataFrame(stored, columns=[*_STORAGE]).sort_values("time", kind="stable").reset_index(drop=True)
    errors += _places_wrong(storage, where)
    if errors:
        raise InputErrors(errors)
    of_tubes = {code: entry for code, entry in found.items() if "." not in code}
    table = pd.DataFrame.from_dict(of_tubes, orient="index").reindex(columns=[*EVENTS, "shipment"])
    table.index.name = "code"
    for name in EVENTS:
        table[name] = pd.to_datetime(table[name], utc=True)
    table["shipment"] = table["shipment"].fillna("")
    return Scans(table.sort_index(), storage)


def _said(row: Mapping[str, str | None], name: str) -> str:
    return (row.get(name) or "").strip()


def _aliquot(row: Mapping[str, str | None], where: str) -> str:
    if _said(row, "event").lower() != "aliquoted":
        return ""
    try:
        return scanned_code(_said(row, "aliquot"), where)
    except InputError:
        return ""  # told with its line


def _read_row(
    row: Mapping[str, str | None], at: str, given_out: Collection[str], freezers: Collection[str], zone: dt.tzinfo
) -> dict[str, object]:
    event = _said(row, "event").lower()
    code = _said(row, "code")
    if event != ALARM:
        code = scanned_code(code, at)
        if code not in given_out:
            close = nearest(code, given_out)
            raise InputError(
                f"Tube {code} was never given out.",
                where=at,
                expected="a code of this study",
                remedy=f"Is it {close}? If it is new, add it to the key file." if close else None,
            )
    elif code not in freezers:
        close = nearest(code, freezers)
        raise InputError(
            f"There is an alarm of {code or 'no freezer'}, in which nothing ever was.",
            where=at,
            expected="the name of a freezer, as in the column freezer",
            found=code or "nothing",
            remedy=f"Is it {close}?" if close else "Scan tubes into freezers first.",
        )
    if event not in (*ONCE, *OFTEN, ALARM):
        raise InputError("Unknown event.", where=at, expected=", ".join([*ONCE, *OFTEN, ALARM]), found=event)
    entry: dict[str, object] = {name: _said(row, name) for name in (*PLACE, "aliquot", "shipment")}
    entry |= {"code": code, "event": event, "time": _moment(_said(row, "time"), at, zone)}
    entry["until"] = _moment(_said(row, "until"), at, zone) if _said(row, "until") else pd.NaT
    entry["celsius"] = _number(_said(row, "celsius"), at)
    lacking = {"received": "shipment", "moved": "freezer", "aliquoted": "aliquot"}.get(event)
    if lacking and not entry[lacking]:
        raise InputError(
            f"Tube {code} was {event} without {'an' if lacking == 'aliquot' else 'a'} {lacking}.",
            where=at,
            expected={
                "shipment": "the name of the shipment, which is that of its logger's file",
                "freezer": "the name of the freezer it went to",
                "aliquot": "the code of the aliquot: that of its tube, a point and a number",
            }[lacking],
            remedy="Which box was it in? Without it nobody knows how warm it was." if lacking == "shipment" else None,
        )
    if event == "aliquoted" and not str(entry["aliquot"]).upper().startswith(f"{code}."):
        raise InputError(
            f"An aliquot of {code} does not bear its code.", where=at, expected=f"{code}.1", found=str(entry["aliquot"])
        )
    return entry


def _moment(text: str, at: str, zone: dt.tzinfo) -> dt.datetime:
    try:
        return Clock(zone).read(text)
    except ValueError as error:
        raise InputError("A time cannot be read.", where=at, found=text, expected=str(error)) from None


def _number(text: str, at: str) -> float:
    try:
        return float(text.replace(",", ".")) if text else float("nan")
    except ValueError:
        raise InputError("A temperature cannot be read.", where=at, expected="°C, such as -18.5", found=text) from None


def _out_of_order(found: Mapping[str, Mapping[str, object]], where: str) -> list[InputError]:
    pairs = (*_ORDER, ("collected", "frozen"), ("collected", "received"))
    return [
        InputError(f"Tube {code} was {after} before it was {before}.", where=where, found=f"{entry[after]}")
        for code, entry in found.items()
        for before, after in pairs
        if before in entry and after in entry and entry[after] < entry[before]  # type: ignore[operator]
    ]


def _places_wrong(storage: pd.DataFrame, where: str) -> list[InputError]:
    """Find two tubes in one position of a box at one time."""
    errors = []
    stands: dict[str, tuple[str, ...]] = {}
    for row in storage[storage["event"].isin(["frozen", "moved", "thawed"])].to_dict("records"):
        code, place = str(row["code"]), tuple(str(row[name]) for name in PLACE)
        stands.pop(code, None)
        if row["event"] == "thawed" or not place[-1]:
            continue
        other = next((name for name, at in stands.items() if at == place), None)
        if other:
            errors.append(
                InputError(
                    f"Tubes {other} and {code} stand in one position.",
                    where=where,
                    expected="a position for each",
                    found=", ".join(filter(None, place)),
                    remedy="Look into the box: which of them is there?",
                )
            )
        stands[code] = place
    return errors

"""What happened to tubes in freezers: where each stands, how often it thawed, and which alarms it stood through."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

import pandas as pd

from handbook_utils.protocols.cold.freezers import uncovered
from handbook_utils.protocols.cold.reading import Log
from handbook_utils.protocols.cold.scans import ALARM, PLACE
from handbook_utils.protocols.kits.limits import Limits


class Stay(NamedTuple):
    """Where a tube stood: from, until (None: it is there now), and the place."""

    start: pd.Timestamp
    end: pd.Timestamp | None
    place: tuple[str, ...]

    @property
    def freezer(self) -> str:
        """The freezer's name; "" of a freezer at home."""
        return self.place[0]


@dataclass
class History:
    """What happened to one tube or aliquot after it was frozen for the first time.

    Attributes
    ----------
    stays : list of Stay
        In order.
    thawed : list of pandas.Timestamp
        Each time it thawed.
    aliquots : list of str
        Taken from it.
    """

    stays: list[Stay] = field(default_factory=list)
    thawed: list[pd.Timestamp] = field(default_factory=list)
    aliquots: list[str] = field(default_factory=list)

    @property
    def now(self) -> Stay | None:
        """Where it stands; None where it was taken out and not put back."""
        return self.stays[-1] if self.stays and self.stays[-1].end is None else None


class Found(NamedTuple):
    """What storage says of a tube: why it is flagged, and why it is rejected."""

    flags: tuple[str, ...] = ()
    rejects: tuple[str, ...] = ()


def histories(storage: pd.DataFrame) -> dict[str, History]:
    """Follow every tube and aliquot through the freezers.

    Parameters
    ----------
    storage : pandas.DataFrame
        Of :func:`handbook_utils.protocols.cold.scans.read_scans`.

    Returns
    -------
    dict of str to History
        By code.
    """
    made: dict[str, History] = {}
    for row in storage[storage["event"] != ALARM].to_dict("records"):
        history, at = made.setdefault(str(row["code"]), History()), row["time"]
        if row["event"] == "aliquoted":
            history.aliquots.append(str(row["aliquot"]))
            made.setdefault(str(row["aliquot"]).upper(), History())
            continue
        if history.now:
            history.stays[-1] = history.stays[-1]._replace(end=at)
        if row["event"] == "thawed":
            history.thawed.append(at)
        else:
            history.stays.append(Stay(at, None, tuple(str(row[name]) for name in PLACE)))
    return made


class Freezers:
    """The freezers of a study, with all that was done to tubes in them.

    Parameters
    ----------
    storage : pandas.DataFrame
        Of :func:`handbook_utils.protocols.cold.scans.read_scans`.
    logs : mapping of str to Log, optional
        Of freezers that keep one, by their names.
    """

    def __init__(self, storage: pd.DataFrame, logs: Mapping[str, Log] = MappingProxyType({})) -> None:
        self._logs = logs
        self._histories = histories(storage)
        self._alarms = storage[storage["event"] == ALARM].to_dict("records")
        self._in_use = bool((storage.loc[storage["event"] != ALARM, "freezer"] != "").any())

    def judged(self, code: str, received: pd.Timestamp, limits: Limits) -> Found:
        """Judge what happened to a tube in freezers.

        Parameters
        ----------
        code : str
            The tube.
        received : pandas.Timestamp
            By the laboratory.
        limits : Limits
            The rules.

        Returns
        -------
        Found
            Rejected only where an alarm says how warm and how long; what is not known is flagged.
        """
        history = self._histories.get(code, History())
        flags, rejects = _thaws(history, limits), []
        if self._in_use and not any(stay.freezer and stay.start >= received for stay in history.stays):
            flags.append("received, and scanned into no freezer of the laboratory since")
        elif history.stays and history.now is None:
            flags.append(f"taken out on {history.stays[-1].end:%Y-%m-%d}, and not frozen since")
        for stay in history.stays:
            if stay.freezer in self._logs:
                flags += uncovered(self._logs[stay.freezer], stay.start, stay.end, limits.gap_minutes)
        for alarm in self._alarms:
            until = None if pd.isna(alarm["until"]) else alarm["until"]
            for stay in history.stays:
                if stay.freezer == alarm["code"]:
                    flagged, rejected = _alarmed(stay, alarm["time"], until, alarm["celsius"], limits)
                    flags += flagged
                    rejects += rejected
        return Found(tuple(flags), tuple(rejects))


def _thaws(history: History, limits: Limits) -> list[str]:
    times, most = len(history.thawed), limits.freeze_thaws
    if times and "freeze_thaws" in limits.unknown:
        return [f"thawed {times} time(s); how often is allowed for its kit is not known"]
    if most is not None and times > most:
        return [f"thawed {times} time(s), more than {most:g}"]
    return []


def _alarmed(
    stay: Stay, began: pd.Timestamp, until: pd.Timestamp | None, celsius: float, limits: Limits
) -> tuple[list[str], list[str]]:
    if (stay.end is not None and stay.end <= began) or (until is not None and stay.start >= until):
        return [], []
    said = f"{stay.freezer} failed on {began:%Y-%m-%d %H:%M} UTC"
    if until is None or math.isnan(celsius):
        return [f"{said}; how warm or how long is not known"], []
    if limits.warmest is None:
        return ([f"{said}; how warm its kit may be is not known"] if "warmest_celsius" in limits.unknown else []), []
    if celsius <= limits.warmest:
        return [], []
    ends = [moment for moment in (until, stay.end) if moment is not None]
    minutes = (min(ends) - max(began, stay.start)).total_seconds() / 60
    told = f"{said}, {celsius:g} °C at most, for {minutes:.0f} min with this tube in it"
    if limits.reject_minutes is not None and minutes > limits.reject_minutes:
        return [], [told]
    return ([told] if limits.flag_minutes is None or minutes > limits.flag_minutes else []), []


def places(storage: pd.DataFrame) -> pd.DataFrame:
    """Say where every tube and aliquot stands.

    Parameters
    ----------
    storage : pandas.DataFrame
        Of all tubes and freezers.

    Returns
    -------
    pandas.DataFrame
        Index ``code``: ``freezer``, ``rack``, ``box``, ``position`` ("" where it was taken out), ``since``, ``thaws``,
        ``aliquots``.
    """
    rows = {}
    for code, history in histories(storage).items():
        at = history.now
        rows[code] = {
            **dict(zip(PLACE, at.place if at else ("",) * len(PLACE), strict=True)),
            "since": f"{at.start:%Y-%m-%dT%H:%MZ}" if at else "",
            "thaws": len(history.thawed),
            "aliquots": len(history.aliquots),
        }
    made = pd.DataFrame.from_dict(rows, orient="index", columns=[*PLACE, "since", "thaws", "aliquots"])
    made.index.name = "code"
    return made.sort_index()

"""What the cold chain says of a study's tubes: the table of shipments, verdicts counted, and the sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from handbook_utils.protocols.cold.chain import (
    Judged,
    mean_kinetic_temperature,
    minutes_outside,
    outside_words,
    verdict_table,
)
from handbook_utils.protocols.cold.reading import Log
from handbook_utils.protocols.cold.scans import ALARM, PLACE, Scans
from handbook_utils.protocols.kits import LIMITS, Kit
from handbook_utils.protocols.kits.limits import Limits
from handbook_utils.protocols.ledger import Event, Ledger
from handbook_utils.protocols.tubes import VERDICTS


def limits_table(kit: Kit) -> pd.DataFrame:
    """Return the limits of a study's kit, and whose each is.

    Parameters
    ----------
    kit : Kit
        With the study's own limits.

    Returns
    -------
    pandas.DataFrame
        ``value``, ``whose`` and ``why``, by limit.

    Examples
    --------
    >>> from handbook_utils.protocols.kits import kit_of
    >>> limits_table(kit_of("omnigene")).loc["hours to the freezer or to receipt", "value"]
    '1440'
    """
    rows = {
        words: (limit.said, limit.whose, limit.why) for name, words in LIMITS.items() for limit in [kit.limits[name]]
    }
    made = pd.DataFrame.from_dict(rows, orient="index", columns=["value", "whose", "why"])
    made.index.name = "limit"
    return made


def shipments_table(logs: Mapping[str, Log], limits: Limits) -> pd.DataFrame:
    """Return what the logger of each shipment recorded.

    Parameters
    ----------
    logs : mapping of str to Log
        By shipment.
    limits : Limits
        Of the study.

    Returns
    -------
    pandas.DataFrame
        By shipment: readings, warmest, minutes outside the limits, kinetic and arithmetic mean, and how it was read.
    """
    rows = {}
    for name, log in logs.items():
        celsius = log.celsius.to_numpy()
        minutes = np.diff(pd.DatetimeIndex(log.celsius.index).as_unit("s").asi8) / 60
        middle = (celsius[:-1] + celsius[1:]) / 2
        rows[name] = {
            "readings": len(log.celsius),
            "warmest (°C)": log.celsius.max(),
            "minutes outside the limits": minutes_outside(log, limits),
            "mean kinetic temperature (°C)": mean_kinetic_temperature(middle, minutes),
            "arithmetic mean (°C)": np.average(middle, weights=minutes),
            "how it was read": "; ".join(log.notes),
        }
    return pd.DataFrame(rows).T.infer_objects().rename_axis("shipment")


def verdicts_by_shipment(judged: Sequence[Judged]) -> pd.DataFrame:
    """Count the verdicts of each shipment; tubes of no shipment are a row of their own.

    Parameters
    ----------
    judged : sequence of Judged
        Every tube given out.

    Returns
    -------
    pandas.DataFrame
        Tubes, a row a shipment, a column a verdict that occurs.
    """
    table = verdict_table(judged)
    counts = table.assign(shipment=table["shipment"].replace("", "none")).groupby(["shipment", "verdict"]).size()
    return counts.unstack(fill_value=0).reindex(columns=[name for name in VERDICTS if name in set(table["verdict"])])


def verdict_counts(judged: Sequence[Judged]) -> dict[str, int]:
    """Count the verdicts of all tubes, those that nobody got too.

    Parameters
    ----------
    judged : sequence of Judged
        Every tube given out.

    Returns
    -------
    dict of str to int
        Tubes by verdict, 0 too.
    """
    return {name: sum(one.verdict == name for one in judged) for name in VERDICTS}


def answer(judged: Sequence[Judged], logs: Mapping[str, Log], limits: Limits) -> dict[str, Any]:
    """Return what :meth:`handbook_utils.results.Results.answer` shows.

    Parameters
    ----------
    judged : sequence of Judged
        Every tube given out.
    logs : mapping of str to Log
        By shipment.
    limits : Limits
        Of the study.

    Returns
    -------
    dict of str to object
        Its arguments.
    """
    counts = verdict_counts(judged)
    uncovered = sum(bool(np.isnan(one.minutes_outside)) for one in judged if one.verdict != "missing")
    return {
        "asked": "Did each tube stay cold enough to be analysed, and why not?",
        "found": f"Of {len(judged)} tubes given out {counts['accept']} are accepted, {counts['flag']} flagged and "
        f"{counts['reject']} rejected; {counts['missing']} never came.",
        "rests_on": [
            f"{len(logs)} shipment(s) with a logger.",
            rules(limits),
        ],
        "left_out": [f"{uncovered} tubes that came without a log of their journey: nobody knows how warm they were."]
        if uncovered
        else [],
    }


def methods(judged: Sequence[Judged], logs: Mapping[str, Log], limits: Limits) -> str:
    """Return the methods paragraph; arguments as of :func:`answer`.

    Parameters
    ----------
    judged : sequence of Judged
        Every tube given out.
    logs : mapping of str to Log
        By shipment.
    limits : Limits
        Of the study.

    Returns
    -------
    str
        English.
    """
    counts = verdict_counts(judged)
    return (
        f"{len(judged)} tubes were given out, and shipped in {len(logs)} box(es) with temperature loggers. "
        f"{rules(limits)} {counts['accept']} tubes were accepted, {counts['flag']} flagged, {counts['reject']} "
        f"rejected; {counts['missing']} were not received."
    )


def rules(limits: Limits) -> str:
    """Say by which rules tubes are judged.

    Parameters
    ----------
    limits : Limits
        Of the study.

    Returns
    -------
    str
        English sentences.

    Examples
    --------
    >>> from handbook_utils.protocols.kits.limits import limits_of
    >>> from handbook_utils.protocols.kits import kit_of
    >>> rules(limits_of(kit_of("ethanol"))).split("; ")[0]
    'Tubes were flagged for any of: more than 240 minutes above 30 °C'
    """
    flags = []
    if limits.flag_minutes is not None:
        flags.append(f"more than {limits.flag_minutes:g} minutes {outside_words(limits)}")
    if limits.hours is not None:
        flags.append(f"more than {limits.hours:g} h from collection to {limits.place}")
    flags.append(f"a gap of more than {limits.gap_minutes:g} minutes in a log")
    if limits.freeze_thaws is not None:
        flags.append(f"thawed more than {limits.freeze_thaws:g} times")
    said = f"Tubes were flagged for any of: {'; '.join(flags)}; or what is not known."
    if limits.reject_minutes is None:
        return f"{said} None was rejected for its temperature without a person's decision."
    return f"{said} More than {limits.reject_minutes:g} minutes {outside_words(limits)} was rejected."


def collected(scans: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Return when each tube was filled, as it was scanned: what the forms are held against.

    Parameters
    ----------
    scans : pandas.DataFrame
        As :func:`handbook_utils.protocols.cold.reading.read_scans` returns them.
    zone : str
        Of the clock that people at home read.

    Returns
    -------
    pandas.DataFrame
        ``tube`` and ``collected`` (local time), of those that were scanned.
    """
    moments = pd.to_datetime(scans["collected"], utc=True).dropna().dt.tz_convert(zone)
    return pd.DataFrame({"tube": moments.index, "collected": moments.dt.strftime("%Y-%m-%d %H:%M").to_numpy()})


def without_withdrawn(judged: Sequence[Judged], ledger: Ledger) -> list[Judged]:
    """Reject the tubes of who withdrew consent, whatever their journey: they are destroyed and not analysed.

    Parameters
    ----------
    judged : sequence of Judged
        Every tube given out.
    ledger : Ledger
        Where withdrawals stand, and whose each tube is.

    Returns
    -------
    list of Judged
        In the same order.
    """
    labels = ledger.events("label")
    owner = {
        tube: detail.get("participant", "") for tube, detail in zip(labels["subject"], labels["detail"], strict=True)
    }
    gone = ledger.subjects("withdrawn")
    return [
        replace(one, verdict="reject", reasons=("consent was withdrawn",)) if owner.get(one.code) in gone else one
        for one in judged
    ]


def events(judged: Sequence[Judged], scans: Scans) -> list[Event]:
    """Return what a study's ledger is to remember of its tubes: what happened to each, and its verdict.

    Parameters
    ----------
    judged : sequence of Judged
        Every tube given out; one that never came has no event, since it may still come.
    scans : Scans
        As :func:`handbook_utils.protocols.cold.scans.read_scans` returns them.

    Returns
    -------
    list of Event
        In the order of the tubes.
    """
    came = {one.code: one for one in judged if one.verdict != "missing"}
    made = []
    for code, one in came.items():
        for kind in ("collected", "packed", "shipped", "received"):
            moment = scans.tubes[kind].get(code) if kind in scans.tubes else None
            if pd.notna(moment):
                made.append(Event(kind, code, {"time": f"{moment:%Y-%m-%dT%H:%M}Z", "shipment": one.shipment}))
    made += _stored(scans.storage, set(came))
    made += [
        Event("judged", one.code, {"verdict": one.verdict, "reason": "; ".join(one.reasons)}) for one in came.values()
    ]
    return made


def _stored(storage: pd.DataFrame, came: Collection[str]) -> list[Event]:
    made = []
    turns: Counter[tuple[str, str]] = Counter()
    for row in storage.to_dict("records"):
        code, kind = str(row["code"]), str(row["event"])
        if kind != ALARM and code.partition(".")[0] not in came:
            continue
        turns[code, kind] += 1
        detail = {"time": f"{row['time']:%Y-%m-%dT%H:%M}Z"}
        detail |= {name: str(row[name]) for name in (*PLACE, "aliquot") if row[name]}
        if pd.notna(row["until"]):
            detail["until"] = f"{row['until']:%Y-%m-%dT%H:%M}Z"
        if pd.notna(row["celsius"]):
            detail["celsius"] = f"{row['celsius']:g}"
        # The second time that something happens is no correction of the first.
        if turns[code, kind] > 1:
            detail["turn"] = str(turns[code, kind])
        made.append(Event(kind, code, detail))
    return made

"""What the cold chain says of a study's tubes: the table of shipments, verdicts counted, and the sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from handbook_utils.protocols.cold.chain import (
    Judged,
    Limits,
    mean_kinetic_temperature,
    minutes_above,
    verdict_table,
)
from handbook_utils.protocols.cold.reading import Log
from handbook_utils.protocols.ledger import Event, Ledger
from handbook_utils.protocols.tubes import VERDICTS


def shipments_table(logs: Mapping[str, Log], warmest: float) -> pd.DataFrame:
    """Return what the logger of each shipment recorded.

    Parameters
    ----------
    logs : mapping of str to Log
        By shipment.
    warmest : float
        The limit (°C).

    Returns
    -------
    pandas.DataFrame
        By shipment: readings, warmest, minutes above the limit, kinetic and arithmetic mean, and how it was read.
    """
    rows = {}
    for name, log in logs.items():
        celsius = log.celsius.to_numpy()
        minutes = np.diff(pd.DatetimeIndex(log.celsius.index).as_unit("s").asi8) / 60
        middle = (celsius[:-1] + celsius[1:]) / 2
        rows[name] = {
            "readings": len(log.celsius),
            "warmest (°C)": log.celsius.max(),
            "minutes above the limit": minutes_above(log, warmest),
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
    uncovered = sum(bool(np.isnan(one.minutes_above)) for one in judged if one.verdict != "missing")
    return {
        "asked": "Did each tube stay cold enough to be analysed, and why not?",
        "found": f"Of {len(judged)} tubes given out {counts['accept']} are accepted, {counts['flag']} flagged and "
        f"{counts['reject']} rejected; {counts['missing']} never came.",
        "rests_on": [
            f"{len(logs)} shipment(s) with a logger.",
            f"Flagged above {limits.flag_minutes:g}, rejected above {limits.reject_minutes:g} minutes warmer than "
            f"{limits.warmest:g} °C; flagged too after more than {limits.freezer_hours:g} h "
            f"{'to receipt' if limits.stabilised else 'to the freezer'}, or with a gap of more than "
            f"{limits.gap_minutes:g} minutes.",
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
        f"{len(judged)} tubes were given out, and shipped in {len(logs)} box(es) with temperature loggers. Tubes above "
        f"{limits.warmest:g} °C for more than {limits.flag_minutes:g} minutes were flagged and for more than "
        f"{limits.reject_minutes:g} minutes rejected; more than {limits.freezer_hours:g} h from collection to "
        f"{'receipt' if limits.stabilised else 'freezer'} and gaps of more than {limits.gap_minutes:g} minutes in a "
        "log were "
        f"flagged. {counts['accept']} tubes were accepted, {counts['flag']} flagged, {counts['reject']} rejected; "
        f"{counts['missing']} were not received."
    )


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


def events(judged: Sequence[Judged], scans: pd.DataFrame) -> list[Event]:
    """Return what a study's ledger is to remember of its tubes: when each was filled and came, and its verdict.

    Parameters
    ----------
    judged : sequence of Judged
        Every tube given out; one that never came has no event, since it may still come.
    scans : pandas.DataFrame
        As :func:`handbook_utils.protocols.cold.reading.read_scans` returns them.

    Returns
    -------
    list of Event
        In the order of the tubes.
    """
    made = []
    for one in judged:
        if one.verdict == "missing":
            continue
        for kind in ("collected", "frozen", "received"):
            moment = scans[kind].get(one.code) if kind in scans else None
            if pd.notna(moment):
                made.append(Event(kind, one.code, {"time": f"{moment:%Y-%m-%dT%H:%M}Z", "shipment": one.shipment}))
        made.append(Event("judged", one.code, {"verdict": one.verdict, "reason": "; ".join(one.reasons)}))
    return made

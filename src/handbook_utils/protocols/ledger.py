"""What a study remembers: what was given out, what came back, what was done to it, by whom; nothing is ever taken back.

One SQLite file a study, in WAL mode. Rows are only added (triggers refuse anything else), and each carries the SHA-256
of itself and of the row before, so that a changed or lost row is found out. It holds codes, never a person.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.text import durable
from handbook_utils.text.hash import sha256

#: What can be remembered. Of the first ones each subject has one, for ever.
ONCE = ("visit", "code", "spare", "label", "allocated", "well")
KINDS = (
    *ONCE,
    "allocation sealed",
    "kit",
    "collected",
    "not collected",
    "packed",
    "shipped",
    "received",
    "frozen",
    "thawed",
    "moved",
    "aliquoted",
    "alarm",
    "judged",
    "placed",
    "extracted",
    "pooled",
    "sequenced",
    "shared",
    "spare used",
    "decision",
    "deviation",
    "training",
    "approval",
    "key opened",
    "key handed over",
    "withdrawn",
    "destroyed",
)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
  number INTEGER PRIMARY KEY, at TEXT NOT NULL, by TEXT NOT NULL, step TEXT NOT NULL, kind TEXT NOT NULL,
  subject TEXT NOT NULL, detail TEXT NOT NULL, hash TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS of_subject ON events (kind, subject);
CREATE TRIGGER IF NOT EXISTS no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER IF NOT EXISTS no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'append only'); END;
"""
_COLUMNS = ("at", "by", "step", "kind", "subject", "detail")
_PATIENCE = 30.0
#: Each event is on the disk before a label is printed.
_SYNCHRONOUS = "FULL"


@dataclass(frozen=True)
class Event:
    """One thing that happened.

    Attributes
    ----------
    kind : str
        Of :data:`KINDS`.
    subject : str
        The code, tube, visit or file it happened to.
    detail : mapping of str to str
        What else is known of it.
    """

    kind: str
    subject: str
    detail: Mapping[str, str] = field(default_factory=dict)


def _empty() -> bytes:
    """Return a ledger without events: whole before it has its name, since readers do not wait for the writer's lock."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(_SCHEMA)
        return connection.serialize()


class Ledger:
    """A study's ledger.

    Parameters
    ----------
    path : pathlib.Path
        Made with the first event; reading one that is not there finds no events.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        connection = None
        try:
            connection = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None)
            connection.execute(f"PRAGMA synchronous={_SYNCHRONOUS}")
            yield connection
        except sqlite3.Error as error:
            raise InputError(
                "The ledger cannot be used.",
                where=str(self.path),
                expected="the study's ledger, on a disk of this machine that can be written",
                found=str(error),
                remedy="Put back the last copy; never make a new one beside printed labels.",
            ) from None
        finally:
            if connection is not None:
                connection.close()

    def append(self, events: Iterable[Event], *, step: str, by: str = "", at: dt.datetime | None = None) -> int:
        """Add what happened, all of it or nothing; what is known already is not added again.

        Parameters
        ----------
        events : iterable of Event
            In order.
        step : str
            The procedure, with its version.
        by : str
            Initials; "" where it was not said.
        at : datetime.datetime, optional
            The moment of writing (aware); by default now.

        Returns
        -------
        int
            How many were new.

        Raises
        ------
        InputError, InputErrors
            An event that contradicts one of before: a code, visit or label that would mean something else.
        """
        written = (at or dt.datetime.now(dt.UTC)).isoformat(timespec="seconds")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        busy, beside = "Somebody else is writing into the ledger.", self.path.with_name(f".{self.path.name}.lock")
        with durable.locked(beside, busy, patience=_PATIENCE):
            if not self.path.exists():
                durable.write(self.path, _empty())
            with self._open() as connection:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("BEGIN IMMEDIATE")
                try:
                    new = self._added(connection, events, written, by, step)
                except BaseException:
                    connection.execute("ROLLBACK")
                    raise
                connection.execute("COMMIT")
        return new

    def _added(self, connection: sqlite3.Connection, events: Iterable[Event], written: str, by: str, step: str) -> int:
        last = connection.execute("SELECT hash FROM events ORDER BY number DESC LIMIT 1").fetchone()
        before, new, errors = (last[0] if last else ""), 0, []
        for event in events:
            if event.kind not in KINDS:
                raise ValueError(event.kind)
            detail = json.dumps(dict(event.detail), ensure_ascii=False, sort_keys=True)
            # What happens to a tube a second time is no correction of the first.
            known = connection.execute(
                "SELECT detail FROM events WHERE kind = ? AND subject = ?"
                " AND COALESCE(json_extract(detail, '$.turn'), '') = ? ORDER BY number DESC LIMIT 1",
                (event.kind, event.subject, event.detail.get("turn", "")),
            ).fetchone()
            if known and known[0] == detail:
                continue
            if known and event.kind in ONCE:
                errors.append(
                    InputError(
                        f"The {event.kind} {event.subject} is in the ledger already, and means something else.",
                        where=str(self.path),
                        expected=known[0],
                        found=detail,
                        remedy="What was printed or given out is never changed: give a new one.",
                    )
                )
                continue
            row = (written, by, step, event.kind, event.subject, detail)
            before = _hash(before, row)
            connection.execute(
                f"INSERT INTO events ({', '.join(_COLUMNS)}, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                (*row, before),
            )
            new += 1
        if errors:
            raise InputErrors(errors)
        return new

    def events(self, *kinds: str) -> pd.DataFrame:
        """Return what happened, in order.

        Parameters
        ----------
        *kinds : str
            Only these; all where none is named.

        Returns
        -------
        pandas.DataFrame
            Columns ``at``, ``by``, ``step``, ``kind``, ``subject``, ``detail`` (a dict).

        Raises
        ------
        InputError
            The ledger was changed behind the handbook's back.
        """
        if not self.path.is_file():
            return pd.DataFrame([], columns=list(_COLUMNS))
        with self._open() as connection:
            rows = connection.execute(
                f"SELECT {', '.join(_COLUMNS)}, hash FROM events ORDER BY number"  # noqa: S608 - our own names
            ).fetchall()
        before = ""
        for number, (*row, found) in enumerate(rows, start=1):
            before = _hash(before, row)
            if before != found:
                raise InputError(
                    "The ledger has been changed.",
                    where=f"{self.path}, row {number}",
                    expected="rows of which each carries the checksum of the one before",
                    remedy="Put back the last copy, and find out who wrote into it.",
                )
        told = pd.DataFrame([row[:-1] for row in rows], columns=list(_COLUMNS), dtype=object)
        told["detail"] = [json.loads(text) for text in told["detail"]]
        return told[told["kind"].isin(kinds)].reset_index(drop=True) if kinds else told

    def subjects(self, *kinds: str) -> set[str]:
        """Return the subjects of all events of these kinds."""
        return set(self.events(*kinds)["subject"])


def _hash(before: str, row: Sequence[str]) -> str:
    return sha256(json.dumps([before, *row], ensure_ascii=False).encode("utf-8"))


def visit_numbers(ledger: Ledger | None, time_points: Sequence[str]) -> dict[str, int]:
    """Return the numbers of a study's visits: a printed one keeps its number, wherever others are put between.

    Parameters
    ----------
    ledger : Ledger or None
        Where the numbers that were given stand; None where nothing was printed.
    time_points : sequence of str
        In order.

    Returns
    -------
    dict of str to int
        From 1; a new visit gets the next number that was never given.

    Examples
    --------
    >>> visit_numbers(None, ["T0", "T1"])
    {'T0': 1, 'T1': 2}
    """
    known: dict[str, int] = {}
    if ledger is not None:
        events = ledger.events("visit")
        known = {
            detail["time_point"]: int(number)
            for number, detail in zip(events["subject"], events["detail"], strict=True)
        }
    free = max(known.values(), default=0) + 1
    numbers: dict[str, int] = {}
    for point in time_points:
        if point not in known:
            known[point], free = free, free + 1
        numbers[point] = known[point]
    return numbers


#: What is known of a tube, from the first to the last: it is as far as the furthest of these.
STATES = (
    *("label", "collected", "not collected", "packed", "shipped", "frozen", "received", "judged"),
    *("placed", "extracted", "pooled", "sequenced", "shared", "withdrawn", "destroyed"),
)
#: Where it stands: by the last of these.
_PUT, _TAKEN = ("frozen", "moved"), ("thawed", "extracted", "destroyed")
_WHERE = ("freezer", "rack", "box", "position")


def status(ledger: Ledger) -> pd.DataFrame:
    """Tell where every tube is: the furthest that it came, and the place it stands in.

    Parameters
    ----------
    ledger : Ledger
        Of the study.

    Returns
    -------
    pandas.DataFrame
        Index ``tube``; ``participant``, ``time_point``, ``state``, ``since``, ``detail``, ``freezer``, ``rack``,
        ``box``, ``position``, ``plate``, ``well``. A withdrawal holds for all tubes of the participant; a tube that was
        used and is rejected now says so in its detail.
    """
    events = ledger.events(*STATES, "moved", "thawed")
    tubes: dict[str, dict[str, str]] = {}
    rank: dict[str, int] = {}
    for at, kind, subject, detail in zip(
        events["at"], events["kind"], events["subject"], events["detail"], strict=True
    ):
        if kind == "label":
            tubes[subject] = dict.fromkeys(_COLUMNS_OF_STATUS, "") | {
                "participant": detail.get("participant", ""),
                "time_point": detail.get("time_point", ""),
                "state": "given out",
                "since": at,
            }
            continue
        owned = [name for name, tube in tubes.items() if kind == "withdrawn" and tube["participant"] == subject]
        for name in owned or [subject]:
            if name in tubes:
                _happened(tubes[name], kind, detail, at, rank.get(name, 0))
                if kind in STATES:
                    rank[name] = max(rank.get(name, 0), STATES.index(kind))
    made = pd.DataFrame.from_dict(tubes, orient="index", columns=list(_COLUMNS_OF_STATUS))
    made.index.name = "tube"
    return made


_COLUMNS_OF_STATUS = ("participant", "time_point", "state", "since", "detail", *_WHERE, "plate", "well")


def _happened(tube: dict[str, str], kind: str, detail: Mapping[str, str], at: str, rank: int) -> None:
    """Note what happened to a tube that had come as far as `rank` of :data:`STATES`."""
    if kind in _PUT and detail.get("freezer"):
        tube |= {name: detail.get(name, "") for name in _WHERE}
    elif kind in _TAKEN:
        tube |= dict.fromkeys(_WHERE, "")
    if kind in ("placed", "extracted", "pooled", "sequenced"):
        tube |= {name: detail[name] for name in ("plate", "well") if name in detail}
    if kind not in STATES:
        return
    if kind == "placed" and not detail.get("plate"):
        tube["state"] = "taken off the plates"
        return
    if STATES.index(kind) >= rank:
        said = detail.get("verdict", "") if kind == "judged" else ""
        tube |= {"state": said or kind, "since": detail.get("time", at), "detail": detail.get("reason", "")}
    elif kind == "judged" and detail.get("verdict") == "reject":
        tube["detail"] = f"rejected since: {detail.get('reason', '')}"


def check_known(ledger: Ledger, codes: Iterable[str], where: str) -> None:
    """Refuse codes that were never given out.

    Parameters
    ----------
    ledger : Ledger
        Of the study.
    codes : iterable of str
        As they were read.
    where : str
        What they stand in, for the message.

    Raises
    ------
    InputError
        All of them in one message.
    """
    unknown = sorted(set(codes) - ledger.subjects("code", "spare", "label"))
    if unknown:
        raise InputError(
            f"{len(unknown)} codes were never given out.",
            where=where,
            expected="codes of the study's ledger",
            found=listed(unknown),
            remedy="Read the labels once more; codes of before are taken over by: handbook key import",
        )

"""Who withdraws consent: what is destroyed, what may stay, every file and record that holds the code, and a report."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from handbook_utils.errors import InputError, listed
from handbook_utils.protocols.ledger import Event, Ledger, status
from handbook_utils.protocols.people import key_file as keys
from handbook_utils.protocols.people.key_desk import Desk, plain
from handbook_utils.protocols.people.key_file import Key
from handbook_utils.study.files import GZIP, MOST, ZIP, Archive, gunzip

_STEP = "handbook key"
#: Archives within archives are looked into so deep.
_DEEPEST = 3
#: What is said of a file that is damaged, locked, too deep or too large.
_UNSEEN = "(cannot be opened: look yourself)"
#: Files by which an archive was told of a sample.
_ARCHIVE = re.compile(r"(?:^|/)(?:ena|ega|metadata)-[\w-]+\.tsv$")


@dataclass(frozen=True)
class Withdrawal:
    """What is known of a participant who withdrew.

    Attributes
    ----------
    code : str
        The study code, which is never given again.
    keep : bool
        Whether the consent lets stay what was analysed before.
    files : pandas.DataFrame
        ``file``, from the study's folder, with the member of an archive; ``times`` it holds the code; ``records``, the
        names under which an archive knows the samples.
    tubes : pandas.DataFrame
        By tube: ``state`` and ``since``, as the ledger knows them.
    """

    code: str
    keep: bool
    files: pd.DataFrame
    tubes: pd.DataFrame

    @property
    def waiting(self) -> list[str]:
        """Tubes that nobody has said to be destroyed."""
        return [str(tube) for tube in self.tubes.index[self.tubes["state"] != "destroyed"]]


def withdraw(desk: Desk, code: str, *, keep: bool) -> Withdrawal:
    """Cut the link from a code to a person, and list every file of the study that still holds the code.

    Parameters
    ----------
    desk : Desk
        Open.
    code : str
        Of the participant.
    keep : bool
        Whether the consent lets stay what was analysed before; then only tubes and what is identifying go.

    Returns
    -------
    Withdrawal

    Raises
    ------
    InputError
        Nobody has this code.
    """
    exact = next((one for one in desk.key().codes.values() if plain(one) == plain(code)), code)
    tubes = _tubes(desk.ledger, exact)
    keys.changed(desk.key_file, desk.secret, lambda key: keys.withdrawn(key or Key("", False), exact))
    keys.forget_generations(desk.key_file)
    desk.remember(Event("withdrawn", exact, {"keep": "what was analysed" if keep else "nothing"}))
    return Withdrawal(exact, keep, files_with(desk.folder, exact, skip={desk.key_file, desk.ledger.path}), tubes)


def destroyed(
    folder: Path, ledger: Ledger, code: str, tubes: Sequence[str], by: str, *, skip: Path | None = None
) -> Withdrawal:
    """Write down which tubes of a withdrawn participant were destroyed, and look through the files once more.

    Parameters
    ----------
    folder : pathlib.Path
        The study's.
    ledger : Ledger
        Of the study; what was destroyed is written into it.
    code : str
        Of somebody who withdrew.
    tubes : sequence of str
        What was destroyed.
    by : str
        Initials.
    skip : pathlib.Path, optional
        The key file.

    Returns
    -------
    Withdrawal

    Raises
    ------
    InputError
        Nobody of this code withdrew, or a tube is not of it.
    """
    events = ledger.events("withdrawn")
    told = {plain(name): (name, detail) for name, detail in zip(events["subject"], events["detail"], strict=True)}
    if plain(code) not in told:
        raise InputError(
            "Nobody of this code has withdrawn.",
            found=code,
            remedy="First: handbook key withdraw, with the passphrase.",
        )
    exact, detail = told[plain(code)]
    strange = sorted(set(tubes) - set(_tubes(ledger, exact).index))
    if strange:
        raise InputError("These are no tubes of that code.", where=exact, found=listed(strange))
    ledger.append([Event("destroyed", tube, {"reason": "withdrawn"}) for tube in tubes], step=_STEP, by=by)
    found = files_with(folder, exact, skip={ledger.path, *([skip] if skip else [])})
    return Withdrawal(exact, detail.get("keep") != "nothing", found, _tubes(ledger, exact))


def _tubes(ledger: Ledger, code: str) -> pd.DataFrame:
    every = status(ledger)
    return every.loc[every["participant"] == code, ["time_point", "state", "since"]]


def report(found: Withdrawal, ledger: Ledger, by: str, today: dt.date | None = None) -> str:
    """Write the deletion report: what is to be destroyed, what may stay, and what a person signs.

    Parameters
    ----------
    found : Withdrawal
        What is known of who withdrew.
    ledger : Ledger
        Of the study; it knows the day of the withdrawal.
    by : str
        Initials of who writes it.
    today : datetime.date, optional
        The day on the report; without it, that on which this is called.

    Returns
    -------
    str
        Markdown.
    """
    events = ledger.events("withdrawn")
    since = next((at for at, name in zip(events["at"], events["subject"], strict=True) if name == found.code), "")
    files = found.files
    may = (
        "may stay, by the consent: it can be traced to nobody now"
        if found.keep
        else "destroy, or make it again without"
    )
    records = sorted({name for names in files["records"] for name in names})
    lines = [
        f"# Deletion report: {found.code}",
        "",
        f"Withdrawn on {since[:10]}; written on {today or dt.date.today()} by {by or '________'}.",
        "",
        "The link from the code to the person is cut, in the key and in every generation of it beside the key. The "
        "code means nobody, and is never given again.",
        "",
        f"By the consent, what was analysed before {'may stay' if found.keep else 'does not stay'}. What was done "
        "before the withdrawal remains lawful (AVG, article 7(3)); what stays is what the consent form said.",
        "",
        "## Tubes",
        "",
        "| Tube | Visit | State | Destroyed on, by |",
        "|---|---|---|---|",
        *(
            f"| {tube} | {visit} | {state} | {str(at)[:10] if state == 'destroyed' else ''} |"
            for tube, visit, state, at in found.tubes.itertuples(name=None)
        ),
        *(["| none was given out | | | |"] if found.tubes.empty else []),
        "",
        "Aliquots and extracted DNA of these tubes go with them.",
        "",
        "## Files in the study's folder that hold the code",
        "",
        "| File | Times | What is done |",
        "|---|---|---|",
        *(f"| {row.file} | {row.times} | {may} |" for row in files.itertuples()),
        *(["| none | | |"] if files.empty else []),
        "",
        "## Records in archives",
        "",
        *(
            [f"- {name}: ask the archive to suppress it. Accession: ______________" for name in records]
            or ["No sheet for an archive holds the code."]
        ),
        "",
        "## What this page cannot see",
        "",
        "- [ ] the paper form, the letter and the address",
        "- [ ] copies and backups, and until when they are kept: ______________",
        "- [ ] the key's copies in other places, and with whom it was handed over",
        "- [ ] everybody who was given data: told on ______________",
        "- [ ] the reads at the sequencing facility",
        "",
        "| Done | Date | Name | Signature |",
        "|---|---|---|---|",
        "| all of the above | | | |",
        "| seen by the data manager | | | |",
        "",
    ]
    return "\n".join(lines)


def files_with(folder: Path, code: str, skip: set[Path] = frozenset()) -> pd.DataFrame:  # type: ignore[assignment]
    """Find every file that holds a code, in its name or its content, also within workbooks and archives.

    Parameters
    ----------
    folder : pathlib.Path
        All that lies in it is looked at.
    code : str
        As on the labels; small letters count, too.
    skip : set of pathlib.Path
        Files that are not looked at: the key and the ledger.

    Returns
    -------
    pandas.DataFrame
        ``file``, from the folder, with the member of an archive; ``times`` it holds the code; ``records``.
    """
    pattern = re.compile(rb"(?<![0-9A-Za-z])" + re.escape(code.encode()) + rb"(?![0-9A-Za-z])", re.IGNORECASE)
    rows: list[tuple[str, int, tuple[str, ...]]] = []
    for path in sorted(folder.rglob("*")):
        own = any(path == one or path.name.startswith((f"{one.name}.", f"{one.name}-")) for one in skip)
        if path.is_file() and not own and not path.name.startswith("withdrawn-"):
            name = path.relative_to(folder).as_posix()
            small = path.stat().st_size <= MOST
            rows += _holding(name, path.read_bytes(), pattern, 0) if small else [(f"{name} {_UNSEEN}", 0, ())]
    return pd.DataFrame(rows, columns=["file", "times", "records"])


def _holding(
    name: str, content: bytes, pattern: re.Pattern[bytes], depth: int
) -> list[tuple[str, int, tuple[str, ...]]]:
    try:
        if content.startswith(ZIP):
            if depth >= _DEEPEST:
                return [(f"{name} {_UNSEEN}", 0, ())]
            archive = Archive(content, name)
            inside = (one for one in archive.names if not one.endswith("/"))
            return [row for one in inside for row in _holding(f"{name}/{one}", archive.read(one), pattern, depth + 1)]
        if content.startswith(GZIP):
            content = gunzip(content, name)
    except InputError:  # damaged, locked, or a bomb
        return [(f"{name} {_UNSEEN}", 0, ())]
    times = len(pattern.findall(content)) + len(pattern.findall(name.encode()))
    return [(name, times, _records(name, content, pattern))] if times else []


def _records(name: str, content: bytes, pattern: re.Pattern[bytes]) -> tuple[str, ...]:
    """Return the names in the first column of a sheet for an archive, of the rows that hold the code."""
    if not _ARCHIVE.search(name):
        return ()
    rows = content.decode("utf-8", "replace").splitlines()[1:]
    return tuple(row.split("\t")[0] for row in rows if pattern.search(row.encode()))

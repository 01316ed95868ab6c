"""Who gets which code, and which tubes follow from it.

A code once given stays: it is on tubes, in freezers and in other people's files. So a second run reads the key file and
gives everybody the code of before; only who is new gets a new one, and a code of somebody who left is never given
again. Codes come from the system's source of randomness; from a seed only where the people are invented.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from handbook_utils import datasets
from handbook_utils.errors import InputError, InputErrors, listed, nearest
from handbook_utils.protocols.inputs import read_samples
from handbook_utils.protocols.label_formats import label_format
from handbook_utils.protocols.ledger import Event, Ledger, visit_numbers
from handbook_utils.protocols.people import key_file as keys
from handbook_utils.protocols.people.codes import draw_codes, same_person
from handbook_utils.protocols.people.key_file import Key
from handbook_utils.protocols.people.rules import rules_of
from handbook_utils.protocols.people.screening import decide, included_people, read_screening
from handbook_utils.protocols.study_file import read_study_file

INCLUDED_COLUMNS = ("screening_id", "centre", "sex", "age_band", "arm")
#: What is known of a participant beside the code.
KNOWN = ("arm", "sex", "age_band", "centre")
TUBE_COLUMNS = ("sample", "participant", *KNOWN, "time_point")


@dataclass(frozen=True)
class Assignment:
    """Codes, and how they came about.

    Attributes
    ----------
    people : pandas.DataFrame
        One row a participant, sorted by code so that the order tells nothing: ``participant``, :data:`KNOWN`.
    spares : tuple of str
        Codes of replacement labels.
    kept, new, left : int
        People who had a code already, who got one now, and who have one and are no longer included.
    key : str
        What was done with the key: ``written``, ``unchanged``, or ``not kept`` (only of invented people).
    imported : frozenset of str
        Codes that were taken over from before; they need no check character.
    """

    people: pd.DataFrame
    spares: tuple[str, ...]
    kept: int
    new: int
    left: int
    key: str
    imported: frozenset[str] = frozenset()


def read_included(path: Path) -> pd.DataFrame:
    """Read who is included, as ``include-participants`` writes it.

    Parameters
    ----------
    path : pathlib.Path
        CSV, TSV or workbook.

    Returns
    -------
    pandas.DataFrame
        With the columns :data:`INCLUDED_COLUMNS`, all text.

    Raises
    ------
    InputErrors
        Columns missing or unknown, cells empty, people who stand twice: everything at once.
    """
    table = read_samples(path)
    errors = []
    for name in INCLUDED_COLUMNS:
        if name not in table.columns:
            close = nearest(name, table.columns)
            errors.append(
                InputError(
                    f"The list of included people has no column {name}.",
                    where=f"{path.name}, header",
                    expected=", ".join(INCLUDED_COLUMNS),
                    found=", ".join(table.columns),
                    remedy=f"Is it '{close}'?" if close else None,
                )
            )
    unknown = [name for name in table.columns if name not in INCLUDED_COLUMNS]
    if unknown:
        errors.append(
            InputError(
                "The list of included people has columns that are not asked for.",
                where=f"{path.name}, header",
                expected=", ".join(INCLUDED_COLUMNS),
                found=listed(unknown),
                remedy="Take them out: what is not needed must not travel.",
            )
        )
    if errors:
        raise InputErrors(errors)
    for name in INCLUDED_COLUMNS:
        empty = [str(line) for line in table.index[table[name] == ""]]
        if empty:
            errors.append(InputError(f"{name} is empty.", where=f"{path.name}, line {listed(empty)}, {name}"))
    twice = sorted(set(table.loc[table["screening_id"].duplicated(), "screening_id"]) - {""})
    if twice:
        errors.append(InputError("People stand twice in the list.", where=path.name, found=listed(twice)))
    if table.empty:
        errors.append(InputError("Nobody is included.", where=path.name, expected="a row a person"))
    if errors:
        raise InputErrors(errors)
    return table.loc[:, list(INCLUDED_COLUMNS)].reset_index(drop=True)


def example_included() -> pd.DataFrame:
    """Return who is included in the example study, whose people are invented."""
    study = read_study_file(datasets.path("example-study", "study.yml")).values
    rules = rules_of(study)
    log = read_screening(datasets.path("example-study", "screening.csv"), rules)
    return included_people(log, decide(log, rules))


def spares_needed(tubes: int, percent: float) -> int:
    """Return how many replacement labels that is, rounded up.

    Parameters
    ----------
    tubes : int
        Labels that are given out.
    percent : float
        Replacements of 100 labels.

    Returns
    -------
    int
        Labels.

    Examples
    --------
    >>> spares_needed(180, 10), spares_needed(181, 10)
    (18, 19)
    """
    return math.ceil(round(tubes * percent / 100, 6))


def assign_codes(
    included: pd.DataFrame,
    *,
    study: str,
    length: int,
    spares: int,
    seed: int | None,
    key_file: Path | None,
    secret: str | None,
    ledger: Ledger | None = None,
) -> Assignment:
    """Give every included person a code, and keep who has which in the key file.

    Parameters
    ----------
    included : pandas.DataFrame
        What :func:`read_included` returned.
    study : str
        Its acronym.
    length : int
        Characters of a code, check character included.
    spares : int
        Replacement labels to have in all.
    seed : int or None
        Of invented people; None draws from the system's source of randomness.
    key_file : pathlib.Path or None
        Where the key is kept; it is read if it is there.
    secret : str or None
        Its passphrase.
    ledger : Ledger or None
        It knows which codes were given out: without their key nothing is drawn.

    Returns
    -------
    Assignment
        The key is written before this returns, so that no label can be printed of which nobody knows whose it is.

    Raises
    ------
    InputError
        Real people without a place for the key or without a passphrase; a key of another study, or of invented people;
        a key that is not there or too old, where codes were given out; one person under two screening ids.

    Examples
    --------
    >>> one = pd.DataFrame([("S1", "Utrecht", "female", "18-39", "usual")], columns=INCLUDED_COLUMNS)
    >>> made = assign_codes(one, study="X", length=6, spares=1, seed=1, key_file=None, secret=None)
    >>> len(made.people["participant"][0]), len(made.spares), made.key
    (6, 1, 'not kept')
    """
    simulated = seed is not None
    if not simulated and (key_file is None or secret is None):
        raise _no_key(key_file)
    ids = [str(name) for name in included["screening_id"]]

    def completed(before: Key | None) -> Key:
        _check_owner(before, key_file, study, simulated=simulated)
        _check_printed(before, ledger, key_file, simulated=simulated)
        key = before or Key(study, simulated)
        errors = same_person([*key.codes, *(name for name in ids if name not in key.codes)])
        if errors:
            raise InputErrors(errors)
        taken = frozenset(key.codes.values()) | frozenset(key.spares) | frozenset(key.withdrawn)
        missing = [name for name in ids if name not in key.codes]
        fresh = draw_codes(len(missing), length=length, taken=taken, seed=seed)
        more = max(0, spares - len(key.spares))
        # Another stream than the participants', so that one person more does not change the spares.
        drawn = draw_codes(more, length=length, taken=taken | frozenset(fresh), seed=None if seed is None else seed + 1)
        codes = {**key.codes, **dict(zip(missing, fresh, strict=True))}
        return replace(key, codes=codes, spares=(*key.spares, *drawn))

    if key_file is not None and secret is not None:
        before, made = keys.changed(key_file, secret, completed)
        state = "unchanged" if made == before else "written"
    else:
        before, made, state = None, completed(None), "not kept"
    known = before.codes if before else {}
    people = included.loc[:, list(KNOWN)].copy()
    people.insert(0, "participant", [made.codes[name] for name in ids])
    people = people.sort_values("participant", kind="stable").reset_index(drop=True)
    kept = sum(name in known for name in ids)
    left = len(set(known) - set(ids))
    shown = tuple(sorted(made.spares[:spares]))
    return Assignment(people, shown, kept, len(ids) - kept, left, state, frozenset(made.imported))


def _read_key_of(key_file: Path | None, secret: str | None, study: str, *, simulated: bool) -> Key | None:
    """Read a study's key, or return None where there is none or no passphrase to open it.

    Raises
    ------
    InputError
        It is of another study, or of invented people where these are not, or the other way round.
    """
    key = keys.read_key(key_file, secret) if key_file is not None and secret is not None else None
    _check_owner(key, key_file, study, simulated=simulated)
    return key


def check_key(values: Mapping[str, object], secret: str) -> None:
    """Open a study's key before its first step runs, so that a wrong passphrase is told at once.

    Parameters
    ----------
    values : mapping of str to object
        What the study file holds, by ``section.key``.
    secret : str
        The passphrase; the steps find it in the environment from now on.

    Raises
    ------
    InputError
        Another passphrase, another study's key, or none where codes were given out.
    """
    key_file, ledger = Path(str(values["codes.key_file"])), Ledger(Path(str(values["codes.ledger"])))
    simulated = bool(values.get("study.simulated"))
    key = _read_key_of(key_file, secret, str(values.get("study.acronym", "")), simulated=simulated)
    _check_printed(key, ledger, key_file, simulated=simulated)
    os.environ[keys.PASSPHRASE] = secret


def _check_owner(key: Key | None, key_file: Path | None, study: str, *, simulated: bool) -> None:
    if key is not None and (key.study, key.simulated) != (study, simulated):
        words = {True: "invented people, whose codes anybody can draw again", False: "real people"}
        raise InputError(
            "The key file belongs to another study.",
            where=str(key_file),
            expected=f"{study}, of {words[simulated]}",
            found=f"{key.study}, of {words[key.simulated]}",
            remedy="Name another file as codes.key_file.",
        )


def _check_printed(key: Key | None, ledger: Ledger | None, key_file: Path | None, *, simulated: bool) -> None:
    """Refuse to go on without the key of codes that are on tubes already; the ledger knows which were given out."""
    if ledger is None or (simulated and key is None):
        return
    given = ledger.subjects("code", "spare")
    held = {*key.codes.values(), *key.spares, *key.withdrawn} if key else set()
    lost = sorted(given - held)
    if lost:
        raise InputError(
            "Codes that were given out are in no key." if key else "The key file is gone, and codes were given out.",
            where=str(key_file),
            expected=f"the key file with the {len(given)} codes of the ledger",
            found=f"a key without {len(lost)} of them" if key else "no file",
            remedy="Is its disk mounted? Put back the copy of the key: new codes would make printed labels nobody's.",
        )


def remember(made: Assignment, tubes: pd.DataFrame, numbers: Mapping[str, int], ledger: Ledger, step: str) -> int:
    """Write into the ledger which codes, visits and labels are given out, before anything is printed.

    Parameters
    ----------
    made : Assignment
        Of people whose key was kept.
    tubes : pandas.DataFrame
        What :func:`tubes_of` returned.
    numbers : mapping of str to int
        The number of each visit.
    ledger : Ledger
        Of the study.
    step : str
        The procedure, with its version.

    Returns
    -------
    int
        How many events are new.

    Raises
    ------
    InputErrors
        A code or label would come to mean something else.
    """
    events = [Event("visit", str(number), {"time_point": point}) for point, number in numbers.items()]
    events += [Event("code", code) for code in made.people["participant"]]
    events += [Event("spare", code) for code in made.spares]
    events += [
        Event("label", tube, {"participant": code, "time_point": point})
        for tube, code, point in zip(tubes["sample"], tubes["participant"], tubes["time_point"], strict=True)
    ]
    return ledger.append(events, step=step)


def _no_key(key_file: Path | None) -> InputError:
    if key_file is None:
        return InputError(
            "There is no place for the key.",
            where="parameter key_file",
            expected="a file outside every result folder, codes.key_file of the study file",
            found="nothing",
            remedy="Without a key nobody knows whose tube it is. Run the step with --study.",
        )
    return InputError(
        "There is no passphrase for the key file.",
        where=f"the environment variable {keys.PASSPHRASE}",
        expected=f"at least {keys.SHORTEST} characters",
        found="nothing",
        remedy=f"In the shell: read -rs {keys.PASSPHRASE} && export {keys.PASSPHRASE}",
    )


def tubes_of(
    people: pd.DataFrame, time_points: Sequence[str], numbers: Mapping[str, int] | None = None
) -> pd.DataFrame:
    """List the tubes of a study: one for each participant and time point.

    Parameters
    ----------
    people : pandas.DataFrame
        With ``participant`` and :data:`KNOWN`.
    time_points : sequence of str
        In order.
    numbers : mapping of str to int, optional
        The number of each visit, as the ledger knows it; by default its place, from 1.

    Returns
    -------
    pandas.DataFrame
        :data:`TUBE_COLUMNS`; ``sample``, on the tube, is the participant's code, a hyphen and the number of the visit.
    """
    rows = people.loc[people.index.repeat(len(time_points))].reset_index(drop=True)
    rows["time_point"] = list(time_points) * len(people)
    numbers = numbers or visit_numbers(None, time_points)
    visits = [str(numbers[point]) for point in time_points] * len(people)
    rows.insert(0, "sample", [f"{code}-{visit}" for code, visit in zip(rows["participant"], visits, strict=True)])
    return rows.loc[:, list(TUBE_COLUMNS)]


def kits_of(people: pd.DataFrame, tubes: pd.DataFrame) -> pd.DataFrame:
    """List what goes into each participant's kit; the arm is not on it, since who packs need not know it.

    Parameters
    ----------
    people : pandas.DataFrame
        ``participant`` and ``centre``.
    tubes : pandas.DataFrame
        ``sample`` and ``participant``.

    Returns
    -------
    pandas.DataFrame
        One row a kit: ``participant``, ``centre``, ``tubes`` (how many), ``samples`` (codes, separated by blanks), and
        empty columns to sign: ``packed_on``, ``packed_by``, ``checked_by``.
    """
    samples = tubes.groupby("participant", sort=False)["sample"].agg([len, " ".join])
    kits = people[["participant", "centre"]].join(samples, on="participant")
    kits.columns = pd.Index(["participant", "centre", "tubes", "samples"])
    return kits.assign(packed_on="", packed_by="", checked_by="")


def assign_codes_and_labels(parameters: Mapping[str, Any]) -> None:
    """Check what ``protocols/assign-codes-and-labels`` is given, before it runs.

    Parameters
    ----------
    parameters : mapping of str to object
        Of the chapter.

    Raises
    ------
    InputError, InputErrors
        Everything that is wrong with the list, the names, the label format, and the key.
    """
    errors: list[InputError] = []
    path, key_path = parameters["included"], parameters["key_file"]
    if path:
        try:
            read_included(Path(path))
        except InputErrors as found:
            errors.extend(found.errors)
        except InputError as found:
            errors.append(found)
    try:
        label_format(parameters["label_format"], parameters.get("label_grid", {}))
    except InputErrors as found:
        errors.extend(found.errors)
    points = parameters["time_points"]
    if not points or len(set(points)) < len(points):
        errors.append(
            InputError(
                "Time points are missing or stand twice.", where="parameter time_points", found=", ".join(points)
            )
        )
    simulated = parameters["simulated"] or not path
    try:
        secret = keys.passphrase()
        key_file = Path(key_path) if key_path else None
        if not simulated and (key_file is None or secret is None):
            raise _no_key(key_file)
        key = _read_key_of(key_file, secret, parameters["acronym"], simulated=simulated)
        remembered = parameters.get("ledger", "")
        _check_printed(key, Ledger(Path(remembered)) if remembered else None, key_file, simulated=simulated)
    except InputError as found:
        errors.append(found)
    if errors:
        raise InputErrors(errors)

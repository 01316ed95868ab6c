"""Who gets which code, and which tubes follow from it.

A code once given stays: it is on tubes, in freezers and in other people's files. So a second run reads the key file and
gives everybody the code of before; only who is new gets a new one, and a code of somebody who left is never given
again. Codes come from the system's source of randomness; from a seed only where the people are invented.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from handbook_utils import datasets
from handbook_utils.errors import InputError, InputErrors, listed, nearest
from handbook_utils.protocols.inputs import read_samples
from handbook_utils.protocols.people import key_file as keys
from handbook_utils.protocols.people.codes import draw_codes
from handbook_utils.protocols.people.key_file import Key
from handbook_utils.protocols.people.labels import label_format
from handbook_utils.protocols.people.screening import decide, included_people, read_screening, rules_from

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
    """

    people: pd.DataFrame
    spares: tuple[str, ...]
    kept: int
    new: int
    left: int
    key: str


def read_included(path: Path) -> pd.DataFrame:
    """Read who is included, as ``include-participants`` writes it.

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
    from handbook_utils.protocols.study_file import read_study_file

    study = read_study_file(datasets.path("example-study", "study.yml")).values
    rules = rules_from({name: study[key] for name, key in _RULES.items()})
    log = read_screening(datasets.path("example-study", "screening.csv"), rules)
    return included_people(log, decide(log, rules))


_RULES = {
    "conditions": "eligibility.excluded_conditions",
    "age_bands": "eligibility.age_bands",
    "centres": "design.centres",
    "arms": "design.arms",
    "age_min": "eligibility.age_min",
    "age_max": "eligibility.age_max",
    "antibiotics_days": "eligibility.antibiotics_washout_days",
    "probiotics_days": "eligibility.probiotics_washout_days",
    "exclude_pregnant": "eligibility.exclude_pregnant",
}


def spares_needed(tubes: int, percent: float) -> int:
    """Return how many replacement labels that is, rounded up.

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

    Returns
    -------
    Assignment
        The key is written before this returns, so that no label can be printed of which nobody knows whose it is.

    Raises
    ------
    InputError
        Real people without a place for the key or without a passphrase; a key of another study, or of invented people.

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
    before = read_key_of(key_file, secret, study, simulated=simulated)
    key = before or Key(study, simulated)
    taken = frozenset(key.codes.values()) | frozenset(key.spares)
    ids = [str(name) for name in included["screening_id"]]
    missing = [name for name in ids if name not in key.codes]
    fresh = draw_codes(len(missing), length=length, taken=taken, seed=seed)
    codes = {**key.codes, **dict(zip(missing, fresh, strict=True))}
    more = max(0, spares - len(key.spares))
    # Another stream than the participants', so that one person more does not change the spares.
    drawn = draw_codes(more, length=length, taken=taken | frozenset(fresh), seed=None if seed is None else seed + 1)
    made = Key(study, simulated, codes, (*key.spares, *drawn))
    state = "not kept"
    if key_file is not None and secret is not None:
        state = "unchanged" if made == before else "written"
        if state == "written":
            keys.write_key(key_file, made, secret)
    people = included.loc[:, list(KNOWN)].copy()
    people.insert(0, "participant", [codes[name] for name in ids])
    people = people.sort_values("participant", kind="stable").reset_index(drop=True)
    left = len(set(key.codes) - set(ids))
    return Assignment(people, tuple(sorted(made.spares[:spares])), len(ids) - len(missing), len(missing), left, state)


def read_key_of(key_file: Path | None, secret: str | None, study: str, *, simulated: bool) -> Key | None:
    """Read a study's key, or return None where there is none or no passphrase to open it.

    Raises
    ------
    InputError
        It is of another study, or of invented people where these are not, or the other way round.
    """
    key = keys.read_key(key_file, secret) if key_file is not None and secret is not None else None
    if key is not None and (key.study, key.simulated) != (study, simulated):
        words = {True: "invented people, whose codes anybody can draw again", False: "real people"}
        raise InputError(
            "The key file belongs to another study.",
            where=str(key_file),
            expected=f"{study}, of {words[simulated]}",
            found=f"{key.study}, of {words[key.simulated]}",
            remedy="Name another file as codes.key_file.",
        )
    return key


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


def tubes_of(people: pd.DataFrame, time_points: Sequence[str]) -> pd.DataFrame:
    """List the tubes of a study: one for each participant and time point.

    Parameters
    ----------
    people : pandas.DataFrame
        With ``participant`` and :data:`KNOWN`.
    time_points : sequence of str
        In order; the number of a visit is its place, from 1.

    Returns
    -------
    pandas.DataFrame
        :data:`TUBE_COLUMNS`; ``sample``, on the tube, is the participant's code, a hyphen and the number of the visit.
    """
    rows = people.loc[people.index.repeat(len(time_points))].reset_index(drop=True)
    rows["time_point"] = list(time_points) * len(people)
    visits = [str(number) for number in range(1, len(time_points) + 1)] * len(people)
    rows.insert(0, "sample", [f"{code}-{visit}" for code, visit in zip(rows["participant"], visits, strict=True)])
    return rows.loc[:, list(TUBE_COLUMNS)]


def kits_of(people: pd.DataFrame, tubes: pd.DataFrame) -> pd.DataFrame:
    """List what goes into each participant's kit; the arm is not on it, since who packs need not know it.

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
        read_key_of(key_file, secret, parameters["acronym"], simulated=simulated)
    except InputError as found:
        errors.append(found)
    if errors:
        raise InputErrors(errors)

"""Who may take part: a screening log, held against rules that were written down before.

A person is included if nothing speaks against it, and every reason that does is kept, not only the first. What is not
known is a reason, too: an empty cell is not a no.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pandas as pd

from handbook_utils import datasets
from handbook_utils.errors import InputError, InputErrors, listed, nearest
from handbook_utils.protocols.inputs import read_samples
from handbook_utils.protocols.people.conditions import EXCLUDES, decided, folded
from handbook_utils.protocols.people.rules import Rules, rules_from
from handbook_utils.protocols.privacy.identifiers import is_bsn

COLUMNS = (
    "screening_id",
    "screened",
    "centre",
    "sex",
    "year_of_birth",
    "age",
    "antibiotics_days",
    "probiotics_days",
    "pregnant",
    "conditions",
    "ses",
    "consent",
    "arm",
)
SEXES = ("female", "male", "other")
POSITIONS = ("low", "middle", "high")
_PREGNANT = ("yes", "no", "unknown")
#: What a cell of days or conditions says where there was none; an empty cell says that nobody asked.
NONE = "none"
#: Conditions of one person are separated by this, since commas and semicolons separate columns.
_BETWEEN = "|"

INCLUDED, NOT_INCLUDED, WAITING = "included", "not included", "eligible, no arm yet"
#: A condition that nobody knows waits: whoever decides writes ``word (allowed)`` or ``word (excludes)`` into the log.
UNDECIDED = "waits for a decision"
UNKNOWN = "condition not recognised"


# ------------------------------------------------------------------------------------------------------ reading the log


def read_screening(path: Path, rules: Rules) -> pd.DataFrame:
    r"""Read a screening log and check every cell.

    Encoding and separator are found from the content. A date is 2026-03-31 or, as Dutch spreadsheets write it,
    31-3-2026; ``none`` says that there were no antibiotics, probiotics or conditions, an empty cell that it is not
    known.

    Parameters
    ----------
    path : pathlib.Path
        CSV, TSV or the first sheet of a workbook, with the columns :data:`COLUMNS`.
    rules : Rules
        Names of centres, arms and conditions.

    Returns
    -------
    pandas.DataFrame
        One row a person: ``screened`` and ``consent`` are dates or None, ``age`` and ``year_of_birth`` whole numbers
        or None, days whole numbers, ``math.inf`` where there were none, or None; ``conditions`` a tuple or None.

    Raises
    ------
    InputErrors
        Everything that is wrong, by line and column: columns missing, unknown or twice; ids that are empty or stand
        twice; dates that are none; ages that do not fit the year of birth; words that the study does not know.

    Examples
    --------
    >>> import tempfile
    >>> rules = Rules(18, 79, 180, 28, True, ("coeliac disease",), ("18-79",), ("Utrecht",), ("one",))
    >>> path = Path(tempfile.mkdtemp(), "log.csv")
    >>> _ = path.write_text(
    ...     ";".join(COLUMNS) + "\nS1;2-3-2026;Utrecht;female;1980;45;none;30,0;no;none;low;1-3-2026;one\n"
    ... )
    >>> read_screening(path, rules)[["age", "antibiotics_days", "probiotics_days"]].to_dict("list")
    {'age': [45], 'antibiotics_days': [inf], 'probiotics_days': [30]}
    """
    table = read_samples(path)
    _check_columns(table, path)
    reader = _Reader(path.name)
    rows = [dict(zip(table.columns, map(str, cells), strict=True)) for cells in table.to_numpy()]
    people = [reader.person(line, row, rules) for line, row in zip(table.index, rows, strict=True)]
    if not people:
        reader.errors.append(InputError("The log holds nobody.", where=path.name, expected="a row a person"))
    ids = [person["screening_id"] for person in people]
    for name in dict.fromkeys(name for name in ids if name and ids.count(name) > 1):
        lines = [str(line) for line, other in zip(table.index, ids, strict=True) if other == name]
        reader.errors.append(
            InputError(
                "A screening id stands twice.",
                where=f"{path.name}, lines {listed(lines)}, screening_id",
                expected="one row a person",
                found=str(name),
                remedy="Somebody screened again gets one row, of the last time.",
            )
        )
    if reader.errors:
        raise InputErrors(reader.errors)
    return pd.DataFrame(people, columns=list(COLUMNS), index=table.index, dtype=object)


def _check_columns(table: pd.DataFrame, path: Path) -> None:
    errors = []
    for name in table.columns:
        if name not in COLUMNS:
            # A name or an address must not be taken for a slip of the pen in a column's name.
            unused = [known for known in COLUMNS if known not in table.columns]
            close = next(iter(difflib.get_close_matches(name.casefold(), unused, n=1, cutoff=0.75)), None)
            errors.append(
                InputError(
                    f"The log has a column that is not asked for: {name}",
                    where=f"{path.name}, header",
                    expected=", ".join(COLUMNS),
                    remedy=f"Did you mean '{close}'?" if close else "Take it out: a log holds no more than is needed.",
                )
            )
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        errors.append(InputError("The log lacks columns.", where=f"{path.name}, header", expected=", ".join(missing)))
    if errors:
        raise InputErrors(errors)


class _Reader:
    """Reads cells, and keeps what is wrong."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.errors: list[InputError] = []

    def person(self, line: int, row: Mapping[str, str], rules: Rules) -> dict[str, object]:
        def wrong(column: str, problem: str, expected: str, remedy: str | None = None) -> None:
            where = f"{self._name}, line {line}, {column}"
            self.errors.append(
                InputError(problem, where=where, expected=expected, found=row[column] or "nothing", remedy=remedy)
            )

        def word(column: str, known: Sequence[str], *, empty: bool) -> str:
            text = row[column]
            folded = {entry.casefold(): entry for entry in known}
            if text.casefold() in folded:
                return folded[text.casefold()]
            if text or not empty:
                close = nearest(text, known)
                wrong(
                    column,
                    f"'{text}' is not a known {column}." if text else f"{column} is empty.",
                    "one of " + ", ".join(known),
                    f"Did you mean '{close}'?" if close else None,
                )
            return ""

        if not row["screening_id"]:
            wrong("screening_id", "A row has no screening id.", "an id, which is no name")
        elif said := _no_id(row["screening_id"]):
            hidden = f"line {line}"
            where = f"{self._name}, {hidden}, screening_id"
            remedy = "Number the log, and keep who is who in the hospital's own system."
            expected = "an id that says nothing: a letter or two and a number, such as S001"
            self.errors.append(InputError(f"A screening id {said}.", where=where, expected=expected, remedy=remedy))
        screened = _date(row["screened"], lambda *told: wrong("screened", *told))
        if not row["screened"]:
            wrong("screened", "The day of screening is missing.", "a date, 2026-03-31")
        consent = _date(row["consent"], lambda *told: wrong("consent", *told))
        sex = word("sex", SEXES, empty=False)
        pregnant = word("pregnant", _PREGNANT, empty=True)
        if sex == "male" and pregnant == "yes":
            wrong("pregnant", "Sex and pregnancy do not go together.", "no, for sex male")
        born = _year(row["year_of_birth"], lambda *told: wrong("year_of_birth", *told))
        age = _whole(row["age"], lambda *told: wrong("age", *told), "years")
        if age is not None and not 0 <= age <= 120:
            wrong("age", "Nobody is of that age.", "0 to 120 years")
        elif age is not None and born is not None and screened is not None and screened.year - born - age not in (0, 1):
            wrong(
                "age",
                "Age and year of birth do not go together.",
                f"{screened.year - born - 1} or {screened.year - born}, for somebody born in {born}",
            )
        return {
            "screening_id": row["screening_id"],
            "screened": screened,
            "centre": word("centre", rules.centres, empty=False),
            "sex": sex,
            "year_of_birth": born,
            "age": age,
            "antibiotics_days": _days(row["antibiotics_days"], lambda *told: wrong("antibiotics_days", *told)),
            "probiotics_days": _days(row["probiotics_days"], lambda *told: wrong("probiotics_days", *told)),
            "pregnant": pregnant,
            "conditions": _conditions(row["conditions"], rules, lambda *told: wrong("conditions", *told)),
            "ses": word("ses", POSITIONS, empty=True),
            "consent": consent,
            "arm": word("arm", rules.arms, empty=True),
        }


def _no_id(text: str) -> str:
    """Say what of a person an id gives away; "" where nothing."""
    if is_bsn(text) and len(re.sub(r"\D", "", text)) == 9:
        return "may be a citizen service number (BSN)"
    if "@" in text:
        return "is an e-mail address"
    if re.search(r"[^\W\d_]{2,}[ ,.'-]+[^\W\d_]{2,}", text) or not re.search(r"\d", text):
        return "may be a name"
    if re.fullmatch(r"(?:19|20)\d{2}[-/. ]?\d{2}[-/. ]?\d{2}|\d{1,2}[-/. ]\d{1,2}[-/. ](?:19|20)\d{2}", text):
        return "may be a date of birth"
    return ""


_Wrong = Callable[..., None]


def _date(text: str, wrong: _Wrong) -> dt.date | None:
    if not text:
        return None
    # A workbook's date comes with a time of midnight.
    plain = re.sub(r"[T ]00:00(:00)?$", "", text)
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", plain)
    dutch = re.fullmatch(r"(\d{1,2})-(\d{1,2})-(\d{4})", plain)
    parts = found.groups() if found else dutch.groups()[::-1] if dutch else None
    if parts is None:
        wrong(
            "This is not read as a date.", "2026-03-31, or 31-3-2026", "Slashes leave open which number is the month."
        )
        return None
    try:
        return dt.date(*map(int, parts))
    except ValueError:
        wrong("There is no such day.", "a day of the calendar")
        return None


def _year(text: str, wrong: _Wrong) -> int | None:
    if not text:
        return None
    if re.fullmatch(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}", text):
        wrong("A date of birth stands where a year is enough.", "the year alone", "Take day and month out of the file.")
        return None
    if not re.fullmatch(r"\d{4}", text) or not 1900 <= int(text) <= 2100:
        wrong("This is not a year of birth.", "four digits, from 1900")
        return None
    return int(text)


def _whole(text: str, wrong: _Wrong, unit: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"-?\d{1,6}([.,]0+)?", text):
        wrong(f"This is not a whole number of {unit}.", f"a whole number of {unit}")
        return None
    return int(re.split(r"[.,]", text)[0])


def _days(text: str, wrong: _Wrong) -> float | None:
    if text.casefold() == NONE:
        return float("inf")
    days = _whole(text, wrong, f"days (or {NONE}; empty where nobody asked)")
    if days is not None and days < 0:
        wrong("Days since cannot be negative.", "0 or more")
        return None
    return days


def _conditions(text: str, rules: Rules, wrong: _Wrong) -> tuple[str, ...] | None:
    if not text:
        return None
    if text.casefold() == NONE:
        return ()
    parts = tuple(part for part in map(str.strip, text.split(_BETWEEN)) if part)
    for word, decision in map(decided, parts):
        excluded, unknown = rules.against(word)
        if unknown and not decision and not excluded:
            # A slip of the pen must not let somebody in; another condition is not a slip.
            known = {folded(name): name for name in rules.conditions}
            close = difflib.get_close_matches(folded(word), known, n=1, cutoff=0.85)
            if close:
                wrong("A condition is almost one that excludes.", f"'{known[close[0]]}', or another word")
    return parts


# ------------------------------------------------------------------------------------------------------------- deciding


def decide(log: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Hold every person of a log against the rules.

    Parameters
    ----------
    log : pandas.DataFrame
        As :func:`read_screening` returns it.
    rules : Rules
        Of the study.

    Returns
    -------
    pandas.DataFrame
        One row a person, in the order of the log: ``screening_id``, ``decision`` (included; not included; waits for a
        decision; eligible, no arm yet), ``reasons`` (a tuple of all, empty for who is included), ``age_band``,
        ``deviation`` (something that must be reported, or "").
    """
    rows = []
    for person in log.to_dict("records"):
        reasons = tuple(_reasons(person, rules))
        undecided = bool(reasons) and all(reason.startswith(UNKNOWN) for reason in reasons)
        eligible = INCLUDED if person["arm"] else WAITING
        decision = UNDECIDED if undecided else NOT_INCLUDED if reasons else eligible
        late = reasons and any(reason.startswith("consent dated after") for reason in reasons)
        deviation = (
            f"given the arm {person['arm']} without being eligible"
            if reasons and person["arm"]
            else "screened before consent"
            if late
            else ""
        )
        band = rules.band(int(person["age"])) if person["age"] is not None else ""
        rows.append((person["screening_id"], decision, reasons, band, deviation))
    return pd.DataFrame(rows, columns=["screening_id", "decision", "reasons", "age_band", "deviation"], index=log.index)


def _reasons(person: Mapping[Hashable, object], rules: Rules) -> list[str]:
    reasons = []
    consent, screened = person["consent"], person["screened"]
    if consent is None:
        reasons.append("no consent")
    elif isinstance(consent, dt.date) and isinstance(screened, dt.date) and consent > screened:
        reasons.append("consent dated after screening")
    age = person["age"]
    if age is None:
        reasons.append("age not recorded")
    elif cast("int", age) < rules.age_min:
        reasons.append(f"younger than {rules.age_min} years")
    elif cast("int", age) > rules.age_max:
        reasons.append(f"older than {rules.age_max} years")
    for what, least in (("antibiotics", rules.antibiotics_days), ("probiotics", rules.probiotics_days)):
        days = person[f"{what}_days"]
        if days is None:
            reasons.append(f"{what} not recorded")
        elif cast("float", days) < least:
            reasons.append(f"{what} less than {least} days ago")
    if rules.exclude_pregnant and person["sex"] != "male":
        if person["pregnant"] == "yes":
            reasons.append("pregnant")
        elif person["pregnant"] != "no":
            reasons.append("pregnancy not recorded")
    conditions = person["conditions"]
    if conditions is None:
        reasons.append("conditions not recorded")
    elif isinstance(conditions, tuple):
        reasons += _of_conditions(conditions, rules)
    return reasons


def _of_conditions(conditions: Sequence[str], rules: Rules) -> list[str]:
    """Return what speaks against somebody with these conditions: no decision lets in whom the rules exclude."""
    excluded, by_decision, undecided = set(), [], []
    for word, decision in map(decided, conditions):
        named, unknown = rules.against(word)
        excluded |= set(named)
        if decision == EXCLUDES and not named:
            by_decision.append(f"excluded by decision: {word}")
        elif unknown and not decision:
            pieces = ", ".join(unknown)
            undecided.append(f"{UNKNOWN}: {pieces}" + (f", in: {word}" if pieces != word else ""))
    return [*(name for name in rules.conditions if name in excluded), *by_decision, *undecided]


def included_people(log: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """Return who is included, with no more than the next step needs.

    Parameters
    ----------
    log : pandas.DataFrame
        The screening log.
    decisions : pandas.DataFrame
        What was decided, by row of the log.

    Returns
    -------
    pandas.DataFrame
        ``screening_id``, ``centre``, ``sex``, ``age_band``, ``arm``, in the order of the log.
    """
    kept = decisions["decision"] == INCLUDED
    made = log.loc[kept, ["screening_id", "centre", "sex"]].copy()
    made["age_band"] = decisions.loc[kept, "age_band"]
    made["arm"] = log.loc[kept, "arm"]
    return made.reset_index(drop=True)


def reasons_count(decisions: pd.DataFrame) -> pd.Series:
    """Count how often each reason was given; a person may have several.

    Parameters
    ----------
    decisions : pandas.DataFrame
        With ``reasons``, a list a person.

    Returns
    -------
    pandas.Series
        Persons by reason, the most frequent first, then in alphabetical order.
    """
    counts: dict[str, int] = {}
    for reasons in decisions["reasons"]:
        for reason in reasons:
            counts[reason] = counts.get(reason, 0) + 1
    ordered = dict(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))
    return pd.Series(ordered, name="persons", dtype=int)


def chapter_log(parameters: Mapping[str, Any], rules: Rules) -> pd.DataFrame:
    """Read the log a chapter is given, or the example study's where it is given none.

    Parameters
    ----------
    parameters : mapping of str to object
        Of the chapter: ``screening``.
    rules : Rules
        Of the study.

    Returns
    -------
    pandas.DataFrame
        As of :func:`read_screening`.
    """
    path = parameters["screening"]
    return read_screening(Path(path) if path else datasets.path("example-study", "screening.csv"), rules)


def include_participants(parameters: Mapping[str, Any]) -> None:
    """Check what ``protocols/include-participants`` is given, before it runs.

    Parameters
    ----------
    parameters : mapping of str to object
        Of the chapter.

    Raises
    ------
    InputError, InputErrors
        Everything that is wrong with the rules, or else with the log.
    """
    chapter_log(parameters, rules_from(parameters))

"""Hold a metadata file against a standard: every mistake at once, each with row, column, value, rule and remedy."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pandas as pd

from handbook_utils.errors import InputError, InputErrors, listed, nearest
from handbook_utils.protocols.disclosure.guard import ANSWERABLE, Guard
from handbook_utils.protocols.metadata.dates import DATES, Problem, as_iso
from handbook_utils.protocols.metadata.reading import read_metadata
from handbook_utils.protocols.metadata.rules import check, missing_remedy
from handbook_utils.protocols.metadata.standards import Field, Standard, standard

#: Words that people and programs write for a missing value, and that no standard knows.
_LOOSE = {
    "na",
    "n/a",
    "nan",
    "none",
    "null",
    "missing",
    "unknown",
    "not available",
    "?",
    "-",
    "onbekend",
    "nvt",
    "n.v.t.",
}
_GUARD = Guard()


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or worth knowing.

    Parameters
    ----------
    row : int
        Line of the file, from 1; 0 where the whole column or file is meant.
    sample : str
        The id in that row.
    column : str
        "" where the whole row or file is meant.
    value : str
        What stands there; of personal data only its ends.
    rule : str
        What is asked.
    remedy : str
        What to do.
    level : {"error", "advice"}
        Whether it stops the file, or does not.
    """

    row: int
    sample: str
    column: str
    value: str
    rule: str
    remedy: str
    level: str = "error"


@dataclass(frozen=True)
class Validation:
    """What was found in a file.

    Parameters
    ----------
    where : str
        The file.
    standard : Standard
        What the file was held against.
    table : pandas.DataFrame
        Its cells as text; the index, named ``line``, is the line in the file.
    findings : tuple of Finding
        Errors by line and column, then advice.
    """

    where: str
    standard: Standard
    table: pd.DataFrame
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> list[Finding]:
        """Findings for which the file would be refused."""
        return [one for one in self.findings if one.level == "error"]

    @property
    def advice(self) -> list[Finding]:
        """Findings that stop nothing."""
        return [one for one in self.findings if one.level == "advice"]

    def frame(self) -> pd.DataFrame:
        """Return the findings as a table: row, sample, column, value, rule, remedy, level."""
        columns = ["row", "sample", "column", "value", "rule", "remedy", "level"]
        return pd.DataFrame([asdict(one) for one in self.findings], columns=columns)

    def as_input_errors(self) -> InputErrors:
        """Return the errors in the form in which the handbook tells of mistakes: one for each cause, with a count."""
        causes: dict[tuple[bool, str, str], list[Finding]] = {}
        for one in self.errors:
            causes.setdefault((one.row > 0, one.column, one.rule), []).append(one)
        return InputErrors(self._told(alike) for alike in causes.values())

    def _told(self, alike: Sequence[Finding]) -> InputError:
        first, several = alike[0], len(alike) > 1
        lines = f"lines {listed([one.row for one in alike])}" if several else f"line {first.row}" if first.row else ""
        at = ", ".join(filter(None, [lines, first.column, "" if several else first.sample]))
        values = list(dict.fromkeys(one.value for one in alike if one.value))
        what = "This value is refused." if first.column and first.row else "This file is refused."
        return InputError(
            f"{len(alike)} values are refused for one cause." if several else what,
            where=f"{self.where}, {at}" if at else self.where,
            expected=first.rule,
            found=listed(values) or None,
            remedy=f"{first.remedy} (of line {first.row})" if len({one.remedy for one in alike}) > 1 else first.remedy,
        )


def validate(path: Path, key: str, *, today: dt.date | None = None, guard: Guard = _GUARD) -> Validation:
    r"""Hold a file against a standard.

    Parameters
    ----------
    path : pathlib.Path
        CSV, TSV (UTF-8, UTF-16, Windows-1252) or an Excel workbook, of which the first sheet with rows is read.
    key : str
        A standard's: see :data:`handbook_utils.protocols.metadata.standards.STANDARDS`.
    today : datetime.date, optional
        Dates of sampling after it are refused.
    guard : Guard
        What looks for personal data, with what was answered to it.

    Returns
    -------
    Validation
        All that is wrong.

    Raises
    ------
    InputError, InputErrors
        No such standard; the file cannot be read as a table.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "metadata.tsv")
    ...     _ = path.write_text("sample-id\tarm\nS 1\tfibre\nS 1\tusual\n", encoding="utf-8")
    ...     [(one.row, one.value, one.rule) for one in validate(path, "qiime2").errors]
    [(3, 'S 1', 'every id once')]
    """
    asked = standard(key)
    table = read_metadata(path, asked)
    return validate_table(table, asked, str(path), today=today, guard=guard)


def validate_table(
    table: pd.DataFrame,
    asked: Standard,
    where: str = "the table",
    *,
    today: dt.date | None = None,
    guard: Guard = _GUARD,
) -> Validation:
    """Hold a table of text cells against a standard, as :func:`validate` does with a file.

    Parameters
    ----------
    table : pandas.DataFrame
        Cells as text; the index is the line in the file.
    asked : Standard
        What the table is held against.
    where : str
        What messages call it.
    today : datetime.date, optional
        Dates of sampling after it are refused; without it, the day on which this is called.
    guard : Guard
        What looks for personal data.

    Returns
    -------
    Validation
    """
    day = today or dt.date.today()
    named = asked.fields[0].name
    ids = table[named].tolist() if named in table.columns else [""] * len(table)
    findings = [*_columns(table, asked), *_ids(table, asked, ids)]
    for field in asked.fields:
        if field.name in table.columns:
            findings += _cells(table, field, asked, ids, day)
    findings += _lost_zeros(table, asked, ids)
    seen = personal(table, ids, day, guard)
    findings = [*(_hidden(one, seen) for one in findings), *seen]
    order = {name: number for number, name in enumerate(table.columns)}
    findings.sort(key=lambda one: (one.level == "advice", one.row, order.get(one.column, -1)))
    return Validation(where, asked, table, tuple(dict.fromkeys(findings)))


# ---------------------------------------------------------------------- what is looked at


def _columns(table: pd.DataFrame, asked: Standard) -> list[Finding]:
    findings = []
    present = list(table.columns)
    unknown = [name for name in present if asked.field(name) is None]
    for field in asked.fields:
        if field.name in present or field.need == "optional":
            continue
        close = nearest(field.name, unknown)
        hint = f" Is it the column {close!r}? Names must be exact." if close else ""
        required = field.need == "required"
        findings.append(
            Finding(
                0,
                "",
                field.name,
                "",
                "a required column" if required else "a recommended column",
                f"Add it: {field.help} Such as {field.example}.{hint}",
                "error" if required else "advice",
            )
        )
    if not asked.others:
        for name in unknown:
            close = nearest(name, [one.name for one in asked.fields if one.name not in present])
            remedy = (
                f"Did you mean {close!r}?"
                if close
                else "Archives keep it as an attribute of your own; look at its name."
            )
            findings.append(Finding(0, "", name, "", f"a field of {asked.title}", remedy, "advice"))
    return findings


def _ids(table: pd.DataFrame, asked: Standard, ids: list[str]) -> list[Finding]:
    name = asked.fields[0].name
    if name not in table.columns:
        return []
    findings: list[Finding] = []
    seen: dict[str, int] = {}
    for line, text in zip(table.index, ids, strict=True):
        plain = text.strip()
        if not plain:
            continue
        if plain in seen:
            findings.append(
                Finding(
                    line,
                    plain,
                    name,
                    plain,
                    "every id once",
                    f"It stands in line {seen[plain]}, too: give each its own.",
                )
            )
        seen.setdefault(plain, line)
        if text != plain:
            findings.append(
                Finding(
                    line, plain, name, repr(text), "no blanks around an id", "Take them out: ids must match exactly."
                )
            )
        if asked.key == "qiime2" and not re.fullmatch(r"[A-Za-z0-9.\-]{1,36}", plain):
            findings.append(
                Finding(
                    line,
                    plain,
                    name,
                    plain,
                    "at most 36 letters, digits, full stops and hyphens, as QIIME 2 recommends",
                    "Shorten it, and write - for other characters.",
                    "advice",
                )
            )
    return findings


def _cells(table: pd.DataFrame, field: Field, asked: Standard, ids: list[str], today: dt.date) -> list[Finding]:
    findings = []
    for line, sample, cell in zip(table.index, ids, table[field.name].tolist(), strict=True):
        value = cell.strip()
        problem = _cell(value, field, asked, today)
        if problem:
            findings.append(Finding(line, sample.strip(), field.name, value, problem.rule, problem.remedy))
    return findings


def _cell(value: str, field: Field, asked: Standard, today: dt.date) -> Problem | None:
    first = field is asked.fields[0]
    if not value:
        if field.need != "required" or (asked.empty and not first):
            return None
        return Problem("a value in every row", f"{field.help} Such as {field.example}.")
    if not first and value in asked.missing:
        return None
    if not first and value.casefold() in {*_LOOSE, *asked.missing} and value not in field.choices:
        return Problem("a value, or a known word for a missing one", missing_remedy(asked.missing))
    problem = check(value, field)
    if problem is None and field.rule in DATES and as_iso(value)[:10] > today.isoformat():
        return Problem("a time that has been", "The sample would have been taken in the future: look at the year.")
    return problem


def _lost_zeros(table: pd.DataFrame, asked: Standard, ids: list[str]) -> list[Finding]:
    """Ids such as 1.10, of which a spreadsheet makes 1.1: seen where the others have more decimals."""
    name = asked.fields[0].name
    found = {
        line: match
        for line, text in zip(table.index, ids, strict=True)
        if (match := re.fullmatch(r"\d+\.(\d+)", text.strip()))
    }
    if len(found) < 2 or len(found) < len(table) / 2:
        return []
    digits = [len(match[1]) for match in found.values()]
    usual = max(set(digits), key=digits.count)
    findings = []
    for line, match in found.items():
        if usual > len(match[1]):
            longer = match[0] + "0" * (usual - len(match[1]))
            remedy = f"Was it {longer}? A spreadsheet takes zeros off the end: make the column Text."
            rule = f"{usual} digits after the full stop, as the other ids have"
            findings.append(Finding(line, match[0], name, match[0], rule, remedy))
    return findings


def personal(table: pd.DataFrame, ids: list[str], today: dt.date, guard: Guard = _GUARD) -> list[Finding]:
    """Let the privacy guard look at every cell.

    Parameters
    ----------
    table : pandas.DataFrame
        Cells as text; the index is the line in the file.
    ids : list of str
        What each row is called in messages.
    today : datetime.date
        By which it is told whether a date may be one of birth.
    guard : Guard
        What looks for personal data.

    Returns
    -------
    list of Finding
        Values are shown by their ends only.
    """
    lines = list(table.index)
    findings = []
    for found in guard.findings(table.reset_index(drop=True), today):
        line = lines[found.row - 1] if found.row else 0
        sample = ids[found.row - 1].strip() if found.row else ""
        rule = f"no personal data, which this looks like: {found.what}"
        findings.append(Finding(line, sample, found.column, found.shown, rule, f"{found.remedy} {ANSWERABLE}"))
    return findings


def _hidden(finding: Finding, seen: list[Finding]) -> Finding:
    """Let no other message repeat what the guard found."""
    found = next((one for one in seen if (one.row, one.column) == (finding.row, finding.column)), None)
    if found is None or not finding.value or not finding.row:
        return finding
    return replace(finding, value=found.value, remedy="Take out what is personal first: see there.")


def completeness(table: pd.DataFrame, missing: Sequence[str]) -> pd.Series:
    """Return for each column the share of rows that hold a value (0 to 1): neither empty nor a word for a missing one.

    Parameters
    ----------
    table : pandas.DataFrame
        Metadata, a row a sample.
    missing : sequence of str
        Words for a missing value.

    Returns
    -------
    pandas.Series
        By column.

    Examples
    --------
    >>> completeness(pd.DataFrame({"a": ["1", ""], "b": ["x", "not collected"]}), ["not collected"]).to_dict()
    {'a': 0.5, 'b': 0.5}
    """
    words = {"", *missing}
    return pd.Series({name: float((~table[name].astype(str).str.strip().isin(words)).mean()) for name in table.columns})


def summary(validation: Validation) -> Mapping[str, object]:
    """Return a validation as plain data, for JSON.

    Parameters
    ----------
    validation : Validation
        Of one file.

    Returns
    -------
    mapping
        file, standard, title, samples, valid, errors, advice.
    """
    return {
        "file": validation.where,
        "standard": validation.standard.key,
        "title": validation.standard.title,
        "samples": len(validation.table),
        "valid": not validation.errors,
        "errors": [_plain(one) for one in validation.errors],
        "advice": [_plain(one) for one in validation.advice],
    }


def _plain(finding: Finding) -> dict[str, object]:
    return {name: value for name, value in asdict(finding).items() if name != "level"}

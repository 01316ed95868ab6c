"""What a person decided about findings of the privacy guard: which are none, why, and who says so."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.inputs import check_columns, read_samples
from handbook_utils.protocols.ledger import Event
from handbook_utils.protocols.privacy.examine import Finding, hidden

#: Columns of a file of answers.
COLUMNS = ("column", "what", "value", "reason", "by", "date")
#: Kinds with a check or a form that chance seldom meets: a whole column of them is never harmless.
_ONE_BY_ONE = ("citizen service number (BSN)", "bank account (IBAN)", "e-mail address")
#: Letters that a reason needs to say something.
_SHORTEST = 10


@dataclass(frozen=True)
class Answer:
    """One decision of a person.

    Attributes
    ----------
    column, what : str
        As the finding names them.
    value : str
        As it stands in the cell; "" holds for the whole column.
    reason, by, date : str
        Why it is none, initials, and the day in ISO 8601.
    """

    column: str
    what: str
    value: str
    reason: str
    by: str
    date: str

    def fits(self, finding: Finding, cell: str) -> bool:
        """Whether this answers a finding in a cell.

        Parameters
        ----------
        finding : Finding
            Of the guard.
        cell : str
            What stands in the cell.

        Returns
        -------
        bool
            Whether column and kind are the same, and the value, where the answer names one.
        """
        same = self.column.casefold() == finding.column.casefold() and self.what == finding.what
        return same and (not self.value or _plain(self.value) == _plain(cell))


def read_answers(path: Path) -> tuple[Answer, ...]:
    r"""Read what was decided about findings.

    Parameters
    ----------
    path : pathlib.Path
        CSV, TSV or Excel with the columns :data:`COLUMNS`.

    Returns
    -------
    tuple of Answer
        In the order of the file.

    Raises
    ------
    InputErrors
        Columns are missing; an answer without reason, initials or day, or for a whole column of what has a check.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "answers.csv")
    ...     answer = "box,name,Mr. Frosty,a brand of ice box,AB,2026-03-01"
    ...     _ = path.write_text(f"column,what,value,reason,by,date\n{answer}\n", encoding="utf-8")
    ...     read_answers(path)[0].value
    'Mr. Frosty'
    """
    table = read_samples(path)
    check_columns(table, COLUMNS, path, "The file of answers to findings lacks columns.")
    errors = []
    rows = [Answer(*map(str, row)) for row in table.loc[:, list(COLUMNS)].itertuples(index=False, name=None)]
    for line, row in zip(table.index, rows, strict=True):
        where = f"{path}, line {line}"
        if not row.column or not row.what:
            errors.append(InputError("An answer names no finding.", where=where, expected="column and what, as told"))
        if len(row.reason) < _SHORTEST or not row.by or pd.isna(pd.to_datetime(row.date, errors="coerce")):
            errors.append(
                InputError(
                    "An answer to a finding is not signed.",
                    where=where,
                    expected=f"a reason of {_SHORTEST} letters or more, initials in by, and a date such as 2026-03-31",
                    found=f"reason {row.reason!r}, by {row.by!r}, date {row.date!r}",
                )
            )
        if row.what in _ONE_BY_ONE and not row.value:
            errors.append(
                InputError(
                    f"A whole column cannot be cleared of: {row.what}.",
                    where=where,
                    expected="one line for each value",
                )
            )
    if errors:
        raise InputErrors(errors)
    return tuple(rows)


def unanswered(findings: Sequence[Finding], table: pd.DataFrame, answers: Sequence[Answer]) -> list[Finding]:
    """Return the findings that nobody has answered.

    Parameters
    ----------
    findings : sequence of Finding
        Of the guard, in this table.
    table : pandas.DataFrame
        What it looked at.
    answers : sequence of Answer
        What was decided about findings, each for what it fits.

    Returns
    -------
    list of Finding
        In their order.
    """
    if not answers:
        return list(findings)
    return [one for one in findings if not any(answer.fits(one, _cell(one, table)) for answer in answers)]


def _cell(finding: Finding, table: pd.DataFrame) -> str:
    return str(table.iloc[finding.row - 1][finding.column]) if finding.row else ""


def shown(answers: Sequence[Answer]) -> pd.DataFrame:
    """Return answers for a report: values by their ends only.

    Parameters
    ----------
    answers : sequence of Answer
        As they were read.

    Returns
    -------
    pandas.DataFrame
        With :data:`COLUMNS`.
    """
    rows = [
        (one.column, one.what, hidden(one.value) if one.value else "all", one.reason, one.by, one.date)
        for one in answers
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def decisions(answers: Sequence[Answer]) -> list[Event]:
    """Return answers as the ledger remembers them: values by their ends only.

    Parameters
    ----------
    answers : sequence of Answer
        As they were read.

    Returns
    -------
    list of Event
        An event an answer.
    """
    return [
        Event(
            "decision",
            f"{row['what']} in {row['column']}: {row['value']}",
            {"reason": row["reason"], "by": row["by"], "date": row["date"]},
        )
        for row in shown(answers).to_dict("records")
    ]


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()

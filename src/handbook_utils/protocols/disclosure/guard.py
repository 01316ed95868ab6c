"""The privacy guard as a study uses it: with its hospitals' forms of patient numbers, and what was answered."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from handbook_utils.protocols.disclosure.answers import Answer, read_answers, unanswered
from handbook_utils.protocols.people.codes import is_code
from handbook_utils.protocols.privacy import examine as privacy

#: What a person can do where a finding is none.
ANSWERABLE = "Is it none? Write why into the file of answers (sharing.answers): column, what, value, reason, by, date."


@dataclass(frozen=True)
class Guard:
    """How a study looks for personal data.

    Attributes
    ----------
    answers : tuple of Answer
        What was decided about findings of before.
    patient_numbers : tuple of str
        Forms of the hospitals' numbers: 9 for a digit, A for a letter.
    """

    answers: tuple[Answer, ...] = ()
    patient_numbers: tuple[str, ...] = ()

    def findings(self, table: pd.DataFrame, today: dt.date) -> list[privacy.Finding]:
        """Return what looks personal in a table and was not answered; study codes that look like postal codes are none.

        Parameters
        ----------
        table : pandas.DataFrame
            Cells as text, rows numbered from 0.
        today : datetime.date
            By which it is told whether a date may be one of birth.

        Returns
        -------
        list of Finding
            In the order of the table.
        """
        found = [
            one
            for one in privacy.examine(table, today=today, patient_numbers=self.patient_numbers)
            if not (one.row and one.what == "postal code" and is_study_code(str(table.iloc[one.row - 1][one.column])))
        ]
        return unanswered(found, table, self.answers)


def guard_of(parameters: Mapping[str, Any]) -> Guard:
    """Return the guard that a chapter's parameters ask for: ``answers`` (a file) and ``patient_numbers``.

    Parameters
    ----------
    parameters : mapping of str to object
        Of a chapter.

    Returns
    -------
    Guard
        Ready to look at tables.

    Raises
    ------
    InputError, InputErrors
        As :func:`handbook_utils.protocols.disclosure.answers.read_answers`.
    """
    path = str(parameters.get("answers", ""))
    return Guard(read_answers(Path(path)) if path else (), tuple(parameters.get("patient_numbers", ())))


def is_study_code(text: str) -> bool:
    """Whether a text is a participant's code, with or without a visit; some look like postal codes.

    Parameters
    ----------
    text : str
        What stands in a cell.

    Returns
    -------
    bool
        Whether its check character holds.

    Examples
    --------
    >>> is_study_code("0VKMB4-1"), is_study_code("9713GZ")
    (True, False)
    """
    return is_code(re.split(r"[-.]", text.strip())[0])

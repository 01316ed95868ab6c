"""How files are to be read where they can be read in two ways: the answers to :mod:`handbook_utils.asking.reading`."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handbook_utils.asking import answered
from handbook_utils.asking.reading import NAMES, QUESTIONS, VARIABLE
from handbook_utils.errors import InputError


@dataclass(frozen=True)
class Choices:
    """What was answered; the fields are the questions, and their defaults take only what is certain.

    Examples
    --------
    >>> Choices.of({"keep_matched": "yes", "group": "smoking"}).keep_matched
    True
    """

    match_ids: str = "exact"
    keep_matched: bool = False
    samples_in: str = "auto"
    table_format: str = ""
    rank: str = ""
    functions: str = "totals"
    decimal_sign: str = "auto"
    empty_cells: str = "stop"
    values: str = "auto"
    leave_out: str = ""
    types: str = ""
    missing_words: str = ""
    present_words: str = ""
    worksheet: str = ""
    phylum_names: str = "as-written"

    @classmethod
    def of(cls, given: Mapping[str, object]) -> Choices:
        """Take the answers from among parameters; names that are none are passed over.

        Parameters
        ----------
        given : mapping of str to object
            Answers, some of them of these questions.

        Returns
        -------
        Choices
            Defaults where nothing is said.

        Raises
        ------
        InputErrors
            A value that is not among those of its question.
        """
        own = {name: given[name] for name in NAMES if name in given}
        # A chapter's own rank may also be its features as they are.
        rank = str(own.get("rank") or "").casefold()
        own |= {"rank": {"taxon": "", "feature": "", "domain": "kingdom"}.get(rank, rank)} if "rank" in own else {}
        values: dict[str, Any] = answered(QUESTIONS, own, asked_by="reading").values
        return cls(**values)

    @classmethod
    def of_this_run(cls) -> Choices:
        """Return what was answered for the run that this kernel serves; the defaults outside of one."""
        return cls.of(json.loads(os.environ.get(VARIABLE) or "{}"))

    @property
    def left_out(self) -> tuple[str, ...]:
        """The names in ``leave_out``."""
        return tuple(part.strip() for part in self.leave_out.split(",") if part.strip())

    def type_of(self, column: str) -> str:
        """Return the type that is said of a metadata column: categorical, numeric, date or "".

        Parameters
        ----------
        column : str
            Of the metadata.

        Returns
        -------
        str
            Empty where nothing is said of it.

        Raises
        ------
        InputError
            The type is another word.

        Examples
        --------
        >>> Choices(types="clinic categorical, visit 1 date").type_of("visit 1")
        'date'
        """
        for part in self.types.split(","):
            name, _, kind = part.strip().replace("=", " ").rpartition(" ")
            if name.strip() == column:
                if kind not in ("categorical", "numeric", "date"):
                    raise InputError(
                        f"The type '{kind}' of column '{column}' is not known.",
                        where="parameter types",
                        expected="categorical, numeric or date",
                        found=part.strip(),
                        remedy="Write: types 'clinic categorical, bmi numeric'.",
                    )
                return kind
        return ""

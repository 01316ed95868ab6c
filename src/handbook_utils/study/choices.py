"""How files are to be read where they can be read in two ways: what a reader of the handbook may say, in one place."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from handbook_utils.errors import InputError, nearest

#: By this variable a run tells its kernel what was chosen: reading is no part of a chapter's code.
VARIABLE = "HANDBOOK_READING"


def _choice(default: Any, meaning: str, *values: str) -> Any:
    return field(default=default, metadata={"help": meaning, "choices": values})


@dataclass(frozen=True)
class Choices:
    """What is asked where a file has two readings; the defaults take what is certain, and stop at the rest.

    Every field is a parameter of every chapter that takes a table, under the same name.

    Examples
    --------
    >>> Choices.of({"keep_matched": "yes", "group": "smoking"}).keep_matched
    True
    """

    match_ids: str = _choice(
        "exact",
        "how sample ids of table and metadata are matched; other than exact: ids that differ by that only",
        *("exact", "suffix", "prefix", "blanks", "capitals", "spreadsheet", "r"),
    )
    keep_matched: bool = _choice(False, "go on with the samples that have metadata, and leave the others out")
    samples_in: str = _choice("auto", "where the samples are in a table that does not say", "auto", "rows", "columns")
    table_format: str = _choice("", "name of the format, where a file fits two (handbook formats)")
    rank: str = _choice("", "rank at which a table of all ranks is read; empty: species")
    functions: str = _choice("totals", "rows of a table of functions", "totals", "by-species")
    decimal_sign: str = _choice("auto", "decimal sign of the files", "auto", "point", "comma")
    empty_cells: str = _choice("stop", "what an empty cell of the feature table is", "stop", "zero")
    leave_out: str = _choice("", "columns or rows that are no samples or features, separated by commas; or: none")
    types: str = _choice("", "types of metadata columns, as in: clinic categorical, bmi numeric, visit date")
    missing_words: str = _choice("", "further words for a missing value in the metadata, separated by commas")
    worksheet: str = _choice("", "worksheet of an Excel workbook; empty: the first that holds a table")
    phylum_names: str = _choice(
        "as-written", "whether phyla with an old and a new name are joined", "as-written", "joined"
    )

    @classmethod
    def of(cls, given: Mapping[str, object]) -> Choices:
        """Take the choices from among parameters; names that are none are passed over.

        Raises
        ------
        InputError
            A value that is not among those of the choice.
        """
        values: dict[str, Any] = {}
        for item in fields(cls):
            if item.name not in given or given[item.name] is None:
                continue
            value = given[item.name]
            if isinstance(item.default, bool):
                value = value if isinstance(value, bool) else str(value).strip().casefold() in ("true", "yes", "1")
            else:
                value = str(value).strip() or item.default
            allowed = item.metadata["choices"]
            if allowed and value not in allowed:
                close = nearest(str(value), allowed)
                raise InputError(
                    f"Parameter '{item.name}' cannot be '{value}'.",
                    where=f"parameter {item.name}",
                    expected="one of " + ", ".join(allowed),
                    found=str(value),
                    remedy=f"Did you mean '{close}'?" if close else None,
                )
            values[item.name] = value
        return cls(**values)

    @classmethod
    def of_this_run(cls) -> Choices:
        """Return what was chosen for the run that this kernel serves; the defaults outside of one."""
        return cls.of(json.loads(os.environ.get(VARIABLE) or "{}"))

    @property
    def left_out(self) -> tuple[str, ...]:
        """The names in ``leave_out``."""
        return tuple(part.strip() for part in self.leave_out.split(",") if part.strip())

    def type_of(self, column: str) -> str:
        """Return the type that is said of a metadata column: categorical, numeric, date or "".

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

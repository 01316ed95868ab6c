"""Sample metadata: which column names the samples, what is a number, what is missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.study.delimited import Sheet
from handbook_utils.study.matching import loose_keys
from handbook_utils.study.tables import duplicates

#: The names that QIIME 2 accepts for the id column, and so for no other (docs, "Metadata in QIIME 2").
QIIME_ID_HEADERS = {
    *("id", "sampleid", "sample id", "sample-id", "featureid", "feature id", "feature-id"),
    *("#sampleid", "#sample id", "#otuid", "#otu id", "sample_name"),
}
_ID_WORDS = QIIME_ID_HEADERS | {"sample", "samples", "sample_id", "sample name"}
#: An empty cell, what R and spreadsheets write for it, and the INSDC's words for a missing value.
_MISSING = {
    *("", "na", "n/a", "nan", "#n/a", "missing", "not applicable", "not collected", "not provided", "not available"),
    "restricted access",
}
_NUMBER = re.compile(r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$")
_COMMA = re.compile(r"^[+-]?\d+,\d+$")
_CODE = re.compile(r"^[+-]?0\d")
_BROKEN = re.compile(r"^#(?:REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!)$")
#: No study describes its samples in so many ways; a feature table given as metadata has them.
MOST_COLUMNS = 10_000


@dataclass
class Metadata:
    """Cells of a metadata file, before it is known which column names the samples.

    Parameters
    ----------
    header : list of str
    lines : list of int
        The line of each row in the file, from 1.
    rows : list of list of str
    types : list of str
        "categorical", "numeric" or "" for each column (QIIME 2's ``#q2:types``).
    source : Sheet
        For places and notes.
    """

    header: list[str]
    lines: list[int]
    rows: list[list[str]]
    types: list[str]
    source: Sheet
    notes: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, source: Sheet) -> Metadata:
        """Read all rows of a sheet.

        Raises
        ------
        InputErrors
            Lines with too many or too few cells, columns without a name or with the same name.
        """
        header = [name.strip() for name in source.header]
        while header and not header[-1]:
            header.pop()
        if len(header) > MOST_COLUMNS:
            raise InputError(
                "This metadata has too many columns.",
                where=source.where,
                expected=f"at most {MOST_COLUMNS}",
                found=f"{len(header)}",
                remedy="Was the feature table given as metadata?",
            )
        lines, rows, ragged = [], [], []
        types = [""] * len(header)
        for line, cells in source.rows:
            filled = [cell.strip() for cell in cells]
            while len(filled) > len(header) and not filled[-1]:
                filled.pop()
            if filled[0] == "#q2:types":
                types = [kind.casefold() for kind in filled[: len(header)]] + [""] * (len(header) - len(filled))
            elif filled[0].startswith("#") and source.separator and not filled[0].startswith("#N/A"):
                continue  # a comment, as QIIME 2 has it
            elif len(filled) > len(header):
                ragged.append(f"{source.place(line, len(header) + 1)} and further")
            else:
                # Blanks around an id are kept: they may be the reason that it does not match.
                lines.append(line)
                rows.append([*cells[: len(filled)], *[""] * (len(header) - len(filled))])
        errors = []
        if ragged:
            errors.append(
                InputError(
                    f"{len(ragged)} rows of the metadata have more cells than the header.",
                    where=source.where,
                    expected=f"at most {len(header)}",
                    found=listed(ragged),
                    remedy="Does a value hold the separator? Put quotation marks around it.",
                )
            )
        nameless = [source.place(1, n) for n, name in enumerate(header, start=1) if n > 1 and not name]
        if nameless:
            errors.append(
                InputError(
                    f"{len(nameless)} columns of the metadata have no name.",
                    where=source.where,
                    expected="a name in the first row for each",
                    found=listed(nameless),
                )
            )
        errors += duplicates(header, "column", (source.place(1, n) for n in range(1, len(header) + 1)), source.where)
        if not rows:
            errors.append(
                InputError("This metadata has no samples.", where=source.where, expected="a row for every sample")
            )
        if errors:
            raise InputErrors(errors)
        return cls(header, lines, rows, types, source, list(source.notes))

    def candidates(self) -> set[str]:
        """Return all cells that may be sample ids: those of the column that names them, as far as known by its name."""
        named = self._named()
        if named is not None:
            return {row[named] for row in self.rows}
        return {row[n] for row in self.rows for n in range(min(len(self.header), 50))}

    def _named(self) -> int | None:
        words = [name.casefold() for name in self.header]
        return next((n for n, word in enumerate(words) if word in _ID_WORDS), None)

    def frame(self, known: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the metadata, one row a sample, numbers as numbers.

        Parameters
        ----------
        known : sequence of str, optional
            The ids of the table, to find the column that names the samples.

        Raises
        ------
        InputErrors
            Empty or double ids; cells that are not numbers in a column that QIIME 2's types call numeric; cells in
            which a spreadsheet reports an error.
        """
        at = self._id_column(known)
        ids = [row[at] for row in self.rows]
        places = [self.source.place(line, at + 1) for line in self.lines]
        errors = duplicates(ids, "sample", places, self.source.where)
        empty = [place for name, place in zip(ids, places, strict=True) if not name.strip()]
        if empty:
            errors.append(
                InputError(
                    f"{len(empty)} rows of the metadata have no sample id.",
                    where=self.source.where,
                    expected=f"an id in the column {self.header[at]!r}",
                    found=listed(empty),
                    remedy="Fill in the id, or delete the row.",
                )
            )
        columns: dict[str, pd.Series] = {}
        index = pd.Index(ids, dtype=object, name=None)
        for n, name in enumerate(self.header):
            if n != at:
                columns[name] = self._column(n, errors).set_axis(index)
        if errors:
            raise InputErrors(errors)
        return pd.DataFrame(columns, index=index)

    def _id_column(self, known: Sequence[str] | None) -> int:
        named = self._named()
        guess = named if named is not None else 0
        if known is None:
            return guess
        wanted = set(known)

        def matches(column: int) -> int:
            return len(wanted.intersection(row[column] for row in self.rows))

        best = max(range(len(self.header)), key=lambda n: (matches(n), n == guess))
        if matches(best) == 0:
            loose: set[str] = set().union(*map(loose_keys, wanted))
            best = max(
                range(len(self.header)),
                key=lambda n: (sum(not loose.isdisjoint(loose_keys(row[n])) for row in self.rows), n == guess),
            )
        if best != guess or (named is None and self.header[best]):
            self.notes.append(f"The metadata column {self.header[best] or best + 1!r} names the samples.")
        return best

    def _column(self, n: int, errors: list[InputError]) -> pd.Series:
        name, cells = self.header[n], [row[n].strip() for row in self.rows]
        present = [cell for cell in cells if cell.casefold() not in _MISSING]
        words = sorted({cell for cell in cells if cell and cell.casefold() in _MISSING})
        if words:
            self.notes.append(f"Taken as missing in the metadata column {name!r}: {listed([repr(w) for w in words])}.")
        broken = [k for k, cell in enumerate(cells) if _BROKEN.match(cell)]
        if broken:
            errors.append(self._wrong(n, broken, f"A spreadsheet reports errors in the column {name!r}.", "values"))
        # 007 is a code: as a number it would lose its zeros.
        codes = any(_CODE.match(cell) for cell in present)
        numeric = bool(present) and not codes and all(_NUMBER.match(cell) for cell in present)
        commas = any("," in cell for cell in present) and not codes and not any("." in cell for cell in present)
        if commas and self.types[n] != "categorical" and all(_COMMA.match(c) or _NUMBER.match(c) for c in present):
            self.notes.append(f"Decimal commas were read as such in the metadata column {name!r}.")
            cells, numeric = [cell.replace(",", ".") for cell in cells], True
        if self.types[n] == "numeric" and not numeric and present:
            wrong = [k for k, cell in enumerate(cells) if cell.casefold() not in _MISSING and not _NUMBER.match(cell)]
            errors.append(self._wrong(n, wrong, f"The column {name!r} is numeric by #q2:types and is not.", "numbers"))
        if numeric and self.types[n] != "categorical":
            values = pd.Series([float(c) if c.casefold() not in _MISSING else float("nan") for c in cells])
            whole = values.notna().all() and all("." not in c and "e" not in c.casefold() for c in cells)
            return values.astype("int64") if whole and values.abs().max() < 2**53 else values
        return pd.Series([c if c.casefold() not in _MISSING else None for c in cells], dtype="str")

    def _wrong(self, column: int, rows: Sequence[int], problem: str, expected: str) -> InputError:
        cells = [f"{self.rows[k][column]!r} at {self.source.place(self.lines[k], column + 1)}" for k in rows]
        return InputError(problem, where=self.source.where, expected=expected, found=listed(cells))

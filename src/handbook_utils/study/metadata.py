"""Sample metadata: which column names the samples, what is a number, what is missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.study.cells.delimited import Sheet
from handbook_utils.study.cells.numbers import MISSING
from handbook_utils.study.cells.written import days_of, doubt_of, plain
from handbook_utils.study.choices import Choices
from handbook_utils.study.matching import loose_keys
from handbook_utils.study.tables import duplicates

#: The names that QIIME 2 accepts for the id column, and so for no other (docs, "Metadata in QIIME 2").
QIIME_ID_HEADERS = {
    *("id", "sampleid", "sample id", "sample-id", "featureid", "feature id", "feature-id"),
    *("#sampleid", "#sample id", "#otuid", "#otu id", "sample_name"),
}
_ID_WORDS = QIIME_ID_HEADERS | {"sample", "samples", "sample_id", "sample name"}
#: Also answers, so among words they stay words; among numbers nothing else can be meant.
_ONLY_AMONG_NUMBERS = {"none", "no", "geen", "x", "nb", "niet"}
#: Also values: "na" is the Dutch for after, "-" of what was tested.
_AMBIGUOUS = {"na", "nd", "nil", "-", "--", ".", "*"}
#: The INSDC says why a value is missing: "missing: control sample", "not applicable: …".
_INSDC = re.compile(r"(?i)^(?:missing|not applicable|not collected|not provided|restricted access): ")
_NUMBER = re.compile(r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$", re.ASCII)
#: A decimal comma, or point, with or without the other sign between thousands; and what may be written either way.
_COMMA = re.compile(r"^[+-]?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+),\d+$", re.ASCII)
_POINT = re.compile(r"^[+-]?[1-9]\d{0,2}(?:,\d{3})+\.\d+$", re.ASCII)
_FIGURES = re.compile(r"^[+-]?\d[\d.,' ]*$", re.ASCII)
_GROUPED = {sign: re.compile(rf"^[+-]?[1-9]\d{{0,2}}(?:{re.escape(sign)}\d{{3}})+$") for sign in ".,"}
_CODE = re.compile(r"^[+-]?0\d", re.ASCII)
#: What programs of statistics and questionnaires write for a missing number.
_CODES = {-9.0, -99.0, -999.0, -9999.0}
_DATE = re.compile(r"^(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})(?:[T ]\d{2}:\d{2}(?::\d{2})?)?$")
#: What a spreadsheet reports, in any language: #DIV/0!, #NAAM?, #¡VALOR!.
_BROKEN = re.compile(r"^#[¡¿]?[^\sa-z]{2,10}[!?]$")
#: No study describes its samples in so many ways; a feature table given as metadata has them.
MOST_COLUMNS = 10_000


@dataclass
class Metadata:
    """Cells of a metadata file, before it is known which column names the samples.

    Parameters
    ----------
    header : list of str
        Names of the columns.
    lines : list of int
        The line of each row in the file, from 1.
    rows : list of list of str
        Cells as text.
    types : list of str
        "categorical", "numeric" or "" for each column (QIIME 2's ``#q2:types``).
    source : Sheet
        For places and notes.
    notes : list of str
        What was found out while it was read.
    choices : Choices
        What was answered about the file.
    doubts : dict of str to InputError
        Columns that cannot be used before something is said of them, and what.
    """

    header: list[str]
    lines: list[int]
    rows: list[list[str]]
    types: list[str]
    source: Sheet
    notes: list[str] = field(default_factory=list)
    choices: Choices = field(default_factory=Choices)
    doubts: dict[str, InputError] = field(default_factory=dict)

    @classmethod
    def read(cls, source: Sheet, choices: Choices | None = None) -> Metadata:
        """Read all rows of a sheet.

        Parameters
        ----------
        source : Sheet
            Header and rows.
        choices : Choices, optional
            What is asked where a file has two readings.

        Returns
        -------
        Metadata
            Cells as text, with their places.

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
        comments: list[str] = []
        types = [""] * len(header)
        for line, cells in source.rows:
            filled = [cell.strip() for cell in cells]
            while len(filled) > len(header) and not filled[-1]:
                filled.pop()
            if filled[0] == "#q2:types":
                types = [kind.casefold() for kind in filled[: len(header)]] + [""] * (len(header) - len(filled))
            elif filled[0].startswith("#") and source.separator and filled[0].casefold() not in MISSING:
                comments.append(filled[0])  # a comment, as QIIME 2 has it
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
        bare = [n for n, name in enumerate(header) if n and not name]
        empty = [n for n in bare if rows and not any(row[n].strip() for row in rows)]
        nameless = [source.place(1, n + 1) for n in bare if n not in empty]
        if nameless:
            errors.append(
                InputError(
                    f"{len(nameless)} columns of the metadata have no name.",
                    where=source.where,
                    expected="a name in the first row for each",
                    found=listed(nameless),
                    remedy="Give each a name, or delete it.",
                )
            )
        named = [(name, source.place(1, n + 1)) for n, name in enumerate(header) if n not in empty]
        doubled = duplicates([name for name, _ in named], "column", (place for _, place in named), source.where)
        for error in doubled:
            error.remedy = "Give each a name of its own, or delete what is there twice."
        errors += doubled
        if not rows:
            errors.append(
                InputError(
                    "This metadata has no samples.",
                    where=source.where,
                    expected="a row for every sample",
                    remedy="Was it saved before it was filled in?",
                )
            )
        if errors:
            raise InputErrors(errors)
        notes = list(source.notes)
        if comments:
            notes.append(f"Comments in the metadata were not read: {listed([repr(text[:30]) for text in comments])}.")
        return cls(header, lines, rows, types, source, notes, choices or Choices())

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

        Returns
        -------
        pandas.DataFrame
            By sample id.

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
            if n != at and not name:
                what = f"column {n + 1}, which is empty" if n else "the first column"
                self.notes.append(f"Left out of the metadata, because it has no name: {what}.")
            elif n != at:
                columns[name] = self._column(n, errors).set_axis(index)
        if errors:
            raise InputErrors(errors)
        made = pd.DataFrame(columns, index=index)
        bare = [str(name) for name in made.index[made.isna().all(axis=1)]] if len(columns) > 1 else []
        if bare:
            self.notes.append(f"Rows of the metadata without a value in any column: {listed(bare)}.")
        return made

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

    def _missing(self, cell: str, *, among_numbers: bool = False) -> bool:
        text = cell.casefold()
        if not among_numbers and text in _words(self.choices.present_words):
            return False
        more = _words(self.choices.missing_words)
        return (
            text in MISSING
            or text in more
            or bool(_INSDC.match(cell))
            or (among_numbers and text in _ONLY_AMONG_NUMBERS)
        )

    @cached_property
    def _signs(self) -> tuple[str, str]:
        """Return the decimal sign of the file, and what separates its thousands ("" for nothing, "?" for not known)."""
        if self.choices.decimal_sign != "auto":
            return (",", ".") if self.choices.decimal_sign == "comma" else (".", ",")
        cells = {plain(cell.strip()) for row in self.rows for cell in row if cell and cell.strip()[-1:].isdigit()}
        comma = any(_COMMA.match(cell) and not _GROUPED[","].match(cell) for cell in cells)
        bare = any(_NUMBER.match(cell) and "." in cell and not _GROUPED["."].match(cell) for cell in cells)
        point = bare or any(map(_POINT.match, cells))
        if comma and not point:
            return ",", "."
        if point and not comma:
            return ".", ","
        return (".", "") if not comma else ("?", "")

    def _number(self, cell: str) -> float | None:
        """Return the number that a cell is, by the decimal sign of the file; None for no number."""
        sign, thousands = self._signs
        text = plain(cell)
        if thousands and _GROUPED[thousands].match(text.split(sign)[0]):
            text = text.replace(thousands, "")
        elif sign == "," and "." in text:
            return None
        if sign == ",":
            text = text.replace(",", ".")
        return float(text) if _NUMBER.match(text) else None

    def _column(self, n: int, errors: list[InputError]) -> pd.Series:
        name, cells = self.header[n], [row[n].strip() for row in self.rows]
        kind = self.choices.type_of(name) or self.types[n]
        broken = [k for k, cell in enumerate(cells) if _BROKEN.match(cell) and cell.casefold() not in MISSING]
        if broken:
            errors.append(self._wrong(n, broken, f"A spreadsheet reports errors in the column {name!r}.", "values"))
        if kind == "date":
            return self._days(n, cells, errors)
        present = [cell for cell in cells if not self._missing(cell, among_numbers=True)]
        # 007 is a code: as a number it would lose its zeros.
        codes = any(_CODE.match(cell) for cell in present) and kind != "numeric"
        if self._unsure(n, [plain(cell) for cell in present], codes, kind):
            codes = True
        values = [None if codes else self._number(cell) for cell in present]
        numeric = bool(present) and all(value is not None for value in values)
        if kind == "numeric" and not numeric and present:
            wrong = [
                k for k, c in enumerate(cells) if not self._missing(c, among_numbers=True) and self._number(c) is None
            ]
            errors.append(
                self._wrong(n, wrong, f"The column {name!r} is numeric by #q2:types or types, and is not.", "numbers")
            )
        if not numeric and kind != "categorical":
            self._doubt(n, present, [] if codes else values)
        numeric = numeric and kind != "categorical"
        if numeric and not kind:
            self._codes(n, present, [value for value in values if value is not None])
        words = sorted({cell for cell in cells if cell and self._missing(cell, among_numbers=numeric)})
        if words:
            self.notes.append(f"Taken as missing in the metadata column {name!r}: {listed([repr(w) for w in words])}.")
        if not numeric:
            self._perhaps_present(n, cells, words)
            return pd.Series([None if self._missing(c) else c for c in cells], dtype="str")
        self._told_signs(name, present)
        numbers = [None if self._missing(c, among_numbers=True) else self._number(c) for c in cells]
        made = pd.Series([float("nan") if value is None else value for value in numbers], dtype=float)
        whole = made.notna().all() and all(plain(cell).lstrip("+-").isdigit() for cell in cells)
        return made.astype("int64") if whole and made.abs().max() < 2**53 else made

    def _unsure(self, n: int, present: Sequence[str], codes: bool, kind: str) -> bool:
        """Whether a comma or a point in this column may be either sign; the column is not used before that is said."""
        name = self.header[n]
        if codes or kind == "categorical" or self.choices.decimal_sign != "auto" or not present:
            return False
        plain = [cell for cell in present if cell.lstrip("+-").isdigit()]
        for sign, other in ((",", "point"), (".", "comma")):
            odd = [cell for cell in present if sign in cell]
            only = odd and len(odd) + len(plain) == len(present) and all(_GROUPED[sign].match(cell) for cell in odd)
            # A point is read as one unless the file is of a country that writes semicolons between cells.
            if only and self._signs == (".", "") and (sign == "," or self.source.separator == ";"):
                self.doubts[name] = InputError(
                    f"Numbers in the column {name!r} have a sign that may separate decimals or thousands.",
                    where=f"{self.source.where}, column {name!r}",
                    expected="1234.5 or 1234,5 throughout, and no separator between thousands",
                    found=listed([repr(cell) for cell in odd], most=3),
                    remedy=f"Say which: decimal_sign comma, or decimal_sign point ({other} then separates thousands in "
                    f"{odd[0]!r}).",
                )
                self.notes.append(f"Not used before decimal_sign is said: the metadata column {name!r} ({odd[0]}).")
                return True
        if self._signs[0] == "?" and any(re.fullmatch(r"[+-]?[\d.]*,\d+|[+-]?\d+\.\d+", cell) for cell in present):
            numbers = [cell for cell in present if re.fullmatch(r"[+-]?[\d.,]*\d", cell)]
            if len(numbers) == len(present):
                signs = {sign for cell in present for sign in ".," if sign in cell}
                if len(signs) > 1:
                    self.doubts[name] = InputError(
                        f"Numbers in the column {name!r} have two decimal signs.",
                        where=f"{self.source.where}, column {name!r}",
                        expected="one decimal sign in a file",
                        found=listed([repr(cell) for cell in present if "," in cell or "." in cell], most=4),
                        remedy="Say which: decimal_sign comma or decimal_sign point; or write them alike.",
                    )
                    self.notes.append(f"Not used before decimal_sign is said: the metadata column {name!r}.")
                    return True
        return False

    def _told_signs(self, name: str, present: Sequence[str]) -> None:
        sign, thousands = self._signs
        typeset = next((cell for cell in present if plain(cell) != cell), "")
        if typeset:
            self.notes.append(
                "Minus signs, and blanks or apostrophes between thousands, were read as such in the metadata column "
                f"{name!r}: {typeset} is {plain(typeset)}."
            )
        if sign == "," and any("," in cell for cell in present):
            self.notes.append(f"Decimal commas were read as such in the metadata column {name!r}.")
        grouped = [cell for cell in present if thousands and _GROUPED[thousands].match(cell.split(sign)[0])]
        if grouped:
            value = self._number(grouped[0])
            self.notes.append(
                f"The sign {thousands!r} was read as one between thousands in the metadata column {name!r}: "
                f"{grouped[0]} is {value:g}, since decimals have {sign!r} in this file."
            )

    def _doubt(self, n: int, present: Sequence[str], values: Sequence[float | None]) -> None:
        """Keep apart a column of numbers but for few cells: as words it would have as many levels as values.

        Of codes there are no `values`: they are words, but may be days.
        """
        name = self.header[n]
        if (doubt := doubt_of(name, present, self.source.where)) is not None:
            self.doubts[name] = doubt
            self.notes.append(f"{doubt.problem.rstrip('.')} ({doubt.found}): analyses of it stop.")
            return
        dates = sum(bool(_DATE.match(cell)) for cell in present)
        if dates == len(present) and present:
            self.notes.append(
                f"The metadata column {name!r} holds dates, read as words; types '{name} date' makes days of them."
            )
        if not values:
            return
        wrong = [cell for cell, value in zip(present, values, strict=True) if value is None]
        numbers = len(present) - len(wrong)
        two_ways = 0 < numbers < len(present) and not dates and all(map(_FIGURES.match, present))
        if not two_ways and (not wrong or numbers < 3 or not (len(wrong) == 1 or len(wrong) <= 0.2 * len(present))):
            return
        rows = [k for k, row in enumerate(self.rows) if row[n].strip() in set(wrong)]
        found = self._wrong(n, rows, "", "")
        self.doubts[name] = InputError(
            f"The column {name!r} holds numbers but for {len(rows)} cells."
            if len(rows) > 1
            else f"The column {name!r} holds numbers but for 1 cell.",
            where=f"{self.source.where}, column {name!r}",
            expected="a number in every cell, or an empty one",
            found=found.found,
            remedy=f"Mend the cell; or say that it is missing: missing_words '{wrong[0]}'; or that these are words: "
            f"types '{name} categorical'.",
        )
        self.notes.append(
            f"Numbers but for {len(rows)} cells in the metadata column {name!r} ({found.found}): analyses of it stop."
        )

    def _codes(self, n: int, present: Sequence[str], values: Sequence[float]) -> None:
        """Keep apart a column of numbers in which -999 or the like stands among others that are never below zero."""
        name = self.header[n]
        codes = sorted({cell for cell, value in zip(present, values, strict=True) if value in _CODES})
        if not codes or any(value < 0 and value not in _CODES for value in values):
            return
        self.doubts[name] = InputError(
            f"The column {name!r} holds what may be a code for a missing value.",
            where=f"{self.source.where}, column {name!r}",
            expected="a number in every cell, or an empty one",
            found=f"{listed(codes)}, where all others are zero or more",
            remedy=f"Is it missing? missing_words '{codes[0]}'. Is it a number? types '{name} numeric'.",
        )
        self.notes.append(
            f"Perhaps a code for missing in the metadata column {name!r}: {codes[0]}: analyses of it stop."
        )

    def _perhaps_present(self, n: int, cells: Sequence[str], missing: Sequence[str]) -> None:
        """Keep apart a column of which one word is left beside one that reads as missing: voor and na, + and -."""
        name, left = self.header[n], {cell for cell in cells if not self._missing(cell)}
        other = [word for word in missing if word in _AMBIGUOUS - _words(self.choices.missing_words)]
        if not other or not (len(left) == 1 or (other == ["na"] and "voor" in {word.casefold() for word in left})):
            return
        count = sum(cell in other for cell in cells)
        self.doubts[name] = InputError(
            f"The column {name!r} holds a word that may be missing, or a value like the others.",
            where=f"{self.source.where}, column {name!r}",
            expected="values, and empty cells where they are missing",
            found=f"{listed([repr(word) for word in other])} in {count} cells, beside {listed(sorted(left), most=6)}",
            remedy=f"Is it a value? present_words '{other[0]}'. Is it missing? missing_words '{other[0]}'.",
        )
        self.notes.append(
            f"Perhaps a value in the metadata column {name!r}: {listed([repr(word) for word in other])} ({count} "
            "cells): analyses of it stop."
        )

    def _days(self, n: int, cells: Sequence[str], errors: list[InputError]) -> pd.Series:
        """Return days since the first date of the column."""
        name = self.header[n]
        dates, wrong = days_of(["" if self._missing(cell) else cell for cell in cells])
        if wrong:
            errors.append(
                self._wrong(
                    n,
                    wrong,
                    f"The column {name!r} is to be dates, and is not.",
                    "2024-05-31; of 04-05-2024 it is not known which is the month",
                )
            )
        first = min((date for date in dates if date), default=None)
        if first:
            self.notes.append(f"Dates in the metadata column {name!r} were made days since {first.isoformat()}.")
        return pd.Series(
            [float("nan") if date is None or first is None else float((date - first).days) for date in dates]
        )

    def _wrong(self, column: int, rows: Sequence[int], problem: str, expected: str) -> InputError:
        cells = [f"{self.rows[k][column]!r} at {self.source.place(self.lines[k], column + 1)}" for k in rows]
        return InputError(
            problem,
            where=self.source.where,
            expected=expected,
            found=listed(cells),
            remedy="Mend these cells, or empty them where nothing is known.",
        )


def _words(text: str) -> set[str]:
    """Return the words of a list with commas between them, in small letters."""
    return {word.strip().casefold() for word in text.split(",") if word.strip()}

"""Tables of text cells: TSV, CSV and semicolons, and the cells of an Excel sheet, turned into a sparse matrix.

A row is turned into numbers as soon as it is read, and only what is not zero is kept, so that a wide table does not
need memory for its zeros.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.study.matching import loose_keys
from handbook_utils.study.tables import RANKS, Axis, Table, are_sequences, duplicates, lineages, name_of
from handbook_utils.text import sniff

#: How the first cell of the header names what the rows are.
_FEATURE_WORDS = {
    *(
        "otu id",
        "otu",
        "otus",
        "otuid",
        "asv",
        "asv id",
        "asvid",
        "feature",
        "feature id",
        "featureid",
        "features",
        "taxon",
    ),
    *("taxa", "taxonomy", "species", "genus", "family", "sequence", "clade name", "zotu", "#name", "observation"),
}
_SAMPLE_WORDS = {
    *(
        "sample",
        "samples",
        "sample id",
        "sampleid",
        "sample name",
        "samplename",
        "sample-id",
        "run",
        "subject",
        "group",
    ),
    *("monster", "patient", "patient id", "participant", "participant id"),
}
_LINEAGE_WORDS = {"taxonomy", "taxon", "lineage", "consensus lineage", "consensuslineage"}
_ANNOTATION_WORDS = {*_LINEAGE_WORDS, *RANKS, "domain", "confidence", "sequence"}

_COMMA_NUMBER = re.compile(r"^[+-]?\d*,\d+(?:[eE][+-]?\d+)?$")
_THOUSANDS = re.compile(r"^[+-]?[1-9]\d{0,2}(?:,\d{3})+$")
#: How many mistakes of a file are told before reading stops.
_ENOUGH = 100


@dataclass
class Sheet:
    """Rows of text cells, read one by one.

    Parameters
    ----------
    header : list of str
    rows : iterator of (int, list of str)
        The number of the line (from 1) and its cells.
    place : callable
        Turns line and column (both from 1) into words.
    where : str
        The file, for messages.
    format : str
        What the file is, for people.
    separator : str
        "" for a spreadsheet.
    notes : list of str
    """

    header: list[str]
    rows: Iterator[tuple[int, list[str]]]
    place: Callable[[int, int], str]
    where: str
    format: str
    separator: str = ""
    notes: list[str] = field(default_factory=list)


def _in_text(line: int, column: int) -> str:
    return f"line {line}, column {column}"


def sheet(text: str, where: str, *, note: str = "", alone: bool = False) -> Sheet:
    r"""Find the header and the separator of a text table.

    Comment lines before the header (``#`` and no separator) are skipped, as is Excel's ``sep=;``. Where rows have one
    cell more than the header, as R's ``write.table`` makes them, the first column is taken for the ids. With `alone` a
    single column is a table, too: metadata may be a list of sample ids.

    Raises
    ------
    InputError
        No separator, or no rows below the header.

    Examples
    --------
    >>> made = sheet("# a comment\n#OTU ID;S1;S2\nf1;0;3\n", "a.csv")
    >>> made.header, made.separator, next(made.rows)
    (['#OTU ID', 'S1', 'S2'], ';', (3, ['f1', '0', '3']))
    """
    stated = re.match(r"sep=(.)\r?\n", text)
    start, skipped = (stated.end(), 1) if stated else (0, 0)
    separator = stated[1] if stated else ""
    while True:
        end = text.find("\n", start)
        line = text[start : end if end >= 0 else len(text)].rstrip("\r")
        blank = not line.strip()
        if not blank and not (line.startswith("#") and not re.search(r"[\t,;]", line)):
            break
        if end < 0:
            raise InputError(
                "This table has no header.",
                where=where,
                expected="a line with the names of the columns",
                found=f"{skipped + 1} lines, blank or starting with #",
            )
        start, skipped = end + 1, skipped + 1
    separator = separator or _separator(text[start : start + 200_000], line, where, alone)
    source = csv.reader(io.StringIO(text[start:], newline=""), delimiter=separator)
    names = {
        "\t": "tab-separated text (TSV)",
        ",": "comma-separated text (CSV)",
        ";": "text separated by semicolons (CSV)",
        " ": "text separated by blanks, as by R's write.table",
    }
    rows = _rows(source, skipped, where)
    try:
        _, header = next(rows)
        first = [next(rows), *itertools.islice(rows, 20 if len(header) < 10_000 else 1)]
    except StopIteration:
        raise InputError(
            "This table has a header and no rows.",
            where=where,
            expected="a row for every feature or sample",
            found=f"{skipped + 1} lines",
            remedy="Export it again.",
        ) from None
    longer = header[0].strip() and all(len(cells) == len(header) + 1 for _, cells in first)
    if longer and (len(first) > 1 or _word(header[0]) not in {"id", *_FEATURE_WORDS, *_SAMPLE_WORDS}):
        header = ["", *header]
    notes = [f"Format: {names.get(separator, 'separated text')}{note}."]
    return Sheet(
        header,
        itertools.chain(first, rows),
        _in_text,
        where,
        names.get(separator, "separated text"),
        separator,
        notes,
    )


def _rows(source: Iterator[list[str]], skipped: int, where: str) -> Iterator[tuple[int, list[str]]]:
    line = skipped
    while True:
        begins = line + 1
        try:
            cells = next(source)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(
                "This table could not be split into cells.",
                where=f"{where}, line {begins}",
                found=str(error),
                remedy="Look for a quotation mark that is not closed.",
            ) from None
        line = skipped + source.line_num  # type: ignore[attr-defined]
        if any(cell.strip() for cell in cells):
            yield begins, cells


def _separator(head: str, first: str, where: str, alone: bool) -> str:
    found = sniff.separator(head, "\t;, ")
    if not found and not alone:
        raise InputError(
            "The columns of this table could not be told apart.",
            where=where,
            expected="cells separated by tabs, commas or semicolons",
            found=f"a first line that reads {first[:60]!r}",
            remedy="Export it as TSV (tab-separated text).",
        )
    return found or "\t"


# ---------------------------------------------------------------------- numbers


def feature_table(source: Sheet) -> Table:
    """Turn a sheet into a matrix; ids in the first column and the header, everything else numbers.

    Columns of lineages or ranks are taken off as taxonomy, and the columns "confidence" and "sequence" are left out.
    Numbers may have a decimal comma; where commas may as well separate thousands, that is refused.

    Raises
    ------
    InputErrors
        Every cell that is not a number, every line with too few or too many cells, every double id: with its place.
    """
    header = [name.strip() if number == 0 else name for number, name in enumerate(source.header)]
    annotations = [n for n, name in enumerate(header) if n > 0 and _word(name) in _ANNOTATION_WORDS]
    kept = [n for n in range(1, len(header)) if n not in set(annotations)]
    # One cut is far faster than picking cells, and annotation columns are nearly always the last ones.
    cut = slice(1, 1 + len(kept)) if kept == list(range(1, 1 + len(kept))) else None
    numbers = _Numbers(source, kept, [header[n] for n in kept])
    ids, places, notes_of_rows = [], [], []
    indices, values, pointers = [], [], [0]
    ragged: list[str] = []
    for line, cells in source.rows:
        if len(cells) > len(header) and not any(cell.strip() for cell in cells[len(header) :]):
            cells = cells[: len(header)]
        if len(cells) != len(header):
            ragged.append(f"line {line} has {len(cells)}")
            if len(ragged) >= _ENOUGH:
                break
            continue
        at, found = numbers.row(line, cells[cut] if cut else [cells[n] for n in kept])
        ids.append(cells[0])
        places.append(f"line {line}")
        notes_of_rows.append([cells[n] for n in annotations])
        indices.append(at)
        values.append(found)
        pointers.append(pointers[-1] + len(at))
        if len(numbers.wrong) >= _ENOUGH:
            break
    columns = [header[n] for n in kept]
    errors = []
    if ragged:
        comma = (
            " Decimal commas in a file separated by commas? Then separate by tabs." if source.separator == "," else ""
        )
        errors.append(
            InputError(
                f"{len(ragged)} lines do not have as many cells as the header.",
                where=source.where,
                expected=f"{len(header)} cells a line",
                found=listed(ragged),
                remedy=f"Look at these lines: is the file cut off, or does a name hold the separator?{comma}",
            )
        )
    errors += numbers.errors()
    if not errors:
        errors += duplicates(ids, "row", places, source.where)
        errors += duplicates(columns, "column", (f"column {n + 1}" for n in kept), source.where)
    if errors:
        raise InputErrors(errors)
    matrix = sparse.csr_array(
        (np.concatenate([*values, np.empty(0)]), np.concatenate([*indices, np.empty(0, int)]).astype(int), pointers),
        shape=(len(ids), len(columns)),
    )
    table = Table(source.format, matrix, ids, columns, None, notes=[*source.notes, *numbers.notes()])
    if annotations:
        named = [_word(header[n]) for n in annotations]
        table.taxonomy = _taxonomy(named, notes_of_rows, ids)
        table.rows_are, table.how = "features", f"the column {header[annotations[0]]!r} describes features"
        left = [header[n] for n, name in zip(annotations, named, strict=True) if name in {"confidence", "sequence"}]
        if left:
            table.notes.append(f"Left out, because not abundances: the columns {listed(left)}.")
    else:
        table.rows_are, table.how = _from_words(header[0], ids, columns)
    if are_sequences(columns) or are_sequences(ids):
        table.format = "DADA2 sequence table"
        table.notes.insert(0, "Format: DADA2 sequence table.")
    return table


def _word(name: str) -> str:
    return name.strip().lstrip("#").replace("_", " ").replace(".", " ").strip().casefold()


def _from_words(corner: str, rows: Sequence[str], columns: Sequence[str]) -> tuple[Axis | None, str]:
    if are_sequences(columns):
        return "samples", "the columns are named by DNA sequences"
    if are_sequences(rows):
        return "features", "the rows are named by DNA sequences"
    if _word(corner) in _FEATURE_WORDS:
        return "features", f"the first cell reads {corner!r}"
    if _word(corner) in _SAMPLE_WORDS:
        return "samples", f"the first cell reads {corner!r}"
    return None, ""


def _taxonomy(names: Sequence[str], rows: Sequence[Sequence[str]], ids: Sequence[str]) -> pd.DataFrame | None:
    lineage = [n for n, name in enumerate(names) if name in _LINEAGE_WORDS]
    if lineage:
        return lineages([row[lineage[0]] for row in rows], ids)
    ranks = {("kingdom" if name == "domain" else name): n for n, name in enumerate(names) if name in (*RANKS, "domain")}
    if not ranks:
        return None
    columns = [rank for rank in RANKS if rank in ranks]
    cells = [[name_of(row[ranks[rank]]) for rank in columns] for row in rows]
    return pd.DataFrame(cells, index=pd.Index(list(ids), dtype=object), columns=columns, dtype=object)


def taxonomy(source: Sheet) -> pd.DataFrame:
    """Read a taxonomy: the first column holds the features, others a lineage or a rank each.

    Raises
    ------
    InputErrors
        No such column, or features that occur twice.
    """
    header = source.header
    rows = [(line, [*cells, *[""] * (len(header) - len(cells))]) for line, cells in source.rows]
    ids = [cells[0] for _, cells in rows]
    errors = duplicates(ids, "feature", (source.place(line, 1) for line, _ in rows), source.where)
    found = _taxonomy([_word(name) for name in header], [cells for _, cells in rows], ids)
    if found is None:
        errors.append(
            InputError(
                "This file is not a taxonomy.",
                where=source.where,
                expected="a column 'Taxon' with lineages, or columns 'Kingdom' to 'Species'",
                found=f"columns {listed(header, most=8)}",
            )
        )
    if errors or found is None:
        raise InputErrors(errors)
    return found


class _Numbers:
    """Turns cells into numbers, and remembers what was odd about them."""

    def __init__(self, source: Sheet, kept: Sequence[int], columns: Sequence[str]) -> None:
        self._source, self._kept, self._columns = source, kept, columns
        self.wrong: list[str] = []
        self._commas: list[str] = []
        self._plain: list[npt.NDArray[np.float64]] = []
        self._certain = self._thousands = self._point = False

    def row(self, line: int, cells: Sequence[str]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
        """Return the positions and values that are not zero."""
        try:
            values = np.array(cells, dtype=float)
            # Not a number is not equal to zero, so it is kept and refused with the other values that are not counts.
            at = np.flatnonzero(values)
            self._plain.append(values[at])
        except ValueError:
            values = np.array([self._cell(line, n, cell) for n, cell in enumerate(cells)], dtype=float)
            at = np.flatnonzero(values)
        return at, values[at]

    def _cell(self, line: int, column: int, text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            return self._odd(line, column, text)
        self._point = self._point or not value.is_integer()
        return value

    def _odd(self, line: int, column: int, text: str) -> float:
        place = f"{self._source.place(line, self._kept[column] + 1)} ({self._columns[column]!r})"
        if _COMMA_NUMBER.match(text.strip()) or _THOUSANDS.match(text.strip()):
            self._commas.append(f"{text.strip()!r} at {place}")
            if not _THOUSANDS.match(text.strip()):
                self._certain = True
            elif text.count(",") > 1:
                self._thousands = True
            return float(text.strip().replace(",", ".")) if text.count(",") == 1 else 1.0
        if len(self.wrong) < _ENOUGH:
            self.wrong.append(f"{text[:40]!r} at {place}" if text.strip() else f"an empty cell at {place}")
        return 0.0

    def errors(self) -> list[InputError]:
        errors = []
        if self.wrong:
            several = "at least " if len(self.wrong) >= _ENOUGH else ""
            errors.append(
                InputError(
                    f"{several}{len(self.wrong)} cells of the feature table are not numbers.".capitalize(),
                    where=self._source.where,
                    expected="a number in every cell but those of the ids",
                    found=listed(self.wrong),
                    remedy="Write 0 for a feature that was not seen; keep columns about samples in the metadata file.",
                )
            )
        plain = np.concatenate([*self._plain, np.empty(0)])
        point = self._point or not np.array_equal(plain, np.round(plain))
        if self._commas and (point or self._thousands or not self._certain):
            errors.append(
                InputError(
                    "Numbers have a comma that may separate decimals or thousands.",
                    where=self._source.where,
                    expected="1234.5 or 1234,5 throughout, and no separator between thousands",
                    found=listed(self._commas, most=3),
                    remedy="Set the number format to 'General' before you export the table.",
                )
            )
        return errors

    def notes(self) -> list[str]:
        return [f"Decimal commas were read as such: {self._commas[0]}."] if self._commas else []


# ---------------------------------------------------------------------- which way round


def orient(table: Table, known: set[str] | None) -> None:
    """Decide what the rows of a table are, and note how that was decided.

    With metadata, the side on which more of its sample ids stand is the samples. Without, what the format or the
    table's own words say; failing that, the longer side is taken for the features, for nearly every study has more
    features than samples.
    """
    if known is not None and table.how != "the format says so":
        rows, columns = (sum(name in known for name in side) for side in (table.rows, table.columns))
        if rows == columns == 0:
            # Perhaps a spreadsheet changed the ids: that still tells which side the samples are on.
            loose = set().union(*map(loose_keys, known))
            rows, columns = (
                sum(not loose.isdisjoint(loose_keys(name)) for name in side) for side in (table.rows, table.columns)
            )
        if rows != columns:
            side = "rows" if rows > columns else "columns"
            table.rows_are = "samples" if rows > columns else "features"
            table.how = f"{max(rows, columns)} ids of the metadata are names of {side}"
    if table.rows_are is None:
        longer = len(table.rows) >= len(table.columns)
        table.rows_are = "features" if longer else "samples"
        table.how = (
            f"guessed: of the {len(table.rows)} rows and {len(table.columns)} columns the longer side is taken for the "
            "features; metadata would decide it"
        )
    table.notes.append(f"Rows are {table.rows_are} ({table.how}).")

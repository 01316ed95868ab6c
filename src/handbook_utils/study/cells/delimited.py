"""Text split into cells: where the table begins, what separates its columns, and quotation marks that are none."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from handbook_utils.errors import InputError, listed

_NAMES = {
    "\t": "tab-separated text (TSV)",
    ",": "comma-separated text (CSV)",
    ";": "text separated by semicolons (CSV)",
    " ": "text separated by blanks, as by R's write.table",
}
_NUMBER = re.compile(r"^\s*[+-]?(?:\d[\d.,_]*|\.\d+|nan|inf|na)?(?:[eE][+-]?\d+)?\s*$", re.IGNORECASE)
#: Lines in which the header is looked for, and rows by which a separator is judged.
_TOP, _JUDGED = 60, 12
#: A quoted cell may go on over so many lines; a mark that is closed later than that is a character.
_LONGEST = 200


@dataclass
class Sheet:
    """Rows of text cells, read one by one.

    Parameters
    ----------
    header : list of str
        Names of the columns.
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
        Grows while the rows are read.
    """

    header: list[str]
    rows: Iterator[tuple[int, list[str]]]
    place: Callable[[int, int], str]
    where: str
    format: str
    separator: str = ""
    notes: list[str] = field(default_factory=list)


def in_text(line: int, column: int) -> str:
    """Say where a cell of a text is.

    Parameters
    ----------
    line, column : int
        From 1.

    Returns
    -------
    str
        English.
    """
    return f"line {line}, column {column}"


def word(name: str) -> str:
    """Return a column's name as it is compared: without case, ``#``, ``_`` and ``.``.

    Parameters
    ----------
    name : str
        A column's name.

    Returns
    -------
    str
        Small letters, with blanks.

    Examples
    --------
    >>> word("#OTU_ID"), word("Tax.ID")
    ('otu id', 'tax id')
    """
    return name.strip().lstrip("#").replace("_", " ").replace(".", " ").strip().casefold()


def ragged_lines(found: Sequence[str], where: str, width: int, separator: str = "") -> list[InputError]:
    """Return what is wrong with lines that have more or fewer cells than the header.

    Parameters
    ----------
    found : sequence of str
        A line and how many cells it has, in words; nothing is wrong where there are none.
    where : str
        The file.
    width : int
        Cells of the header.
    separator : str
        Of the cells, for the remedy; "" where it does not matter.

    Returns
    -------
    list of InputError
        One at most.

    Examples
    --------
    >>> ragged_lines([], "a.tsv", 3)
    []
    >>> ragged_lines(["line 4 has 2"], "a.tsv", 3)[0].expected
    '3 cells a line'
    """
    if not found:
        return []
    comma = " Decimal commas in a file separated by commas? Then separate by tabs." if separator == "," else ""
    return [
        InputError(
            f"{len(found)} lines do not have as many cells as the header.",
            where=where,
            expected=f"{width} cells a line",
            found=listed(found),
            remedy=f"Look at these lines: is the file cut off, or does a name hold the separator?{comma}",
        )
    ]


def sheet(text: str, where: str, *, note: str = "", alone: bool = False) -> Sheet:
    r"""Find the header and the separator of a text table.

    Title rows and comments before the header are skipped, as is Excel's ``sep=;``. Where rows have one cell more than
    the header, as R's ``write.table`` makes them, the first column is taken for the ids. With `alone` a single column
    is a table, too: metadata may be a list of sample ids.

    Parameters
    ----------
    text : str
        The whole text.
    where : str
        The file, for messages.
    note : str
        What is added to the name of the format, such as an encoding.
    alone : bool
        Whether one column will do.

    Returns
    -------
    Sheet
        Its header, and its rows as they are asked for.

    Raises
    ------
    InputError
        No separator, or no rows below the header.

    Examples
    --------
    >>> made = sheet("# Exported on Tuesday, 4 May\n#OTU ID;S1;S2\nf1;0;3\n", "a.csv")
    >>> made.header, made.separator, next(made.rows)
    (['#OTU ID', 'S1', 'S2'], ';', (3, ['f1', '0', '3']))
    """
    return sheet_of(io.StringIO(text, newline=""), where, note=note, alone=alone)


def sheet_of(source: Iterable[str], where: str, *, note: str = "", alone: bool = False) -> Sheet:
    """Do as :func:`sheet`, with a text that comes line by line.

    Parameters
    ----------
    source : iterable of str
        Lines.
    where : str
        The file, for messages.
    note : str
        What is added to the name of the format, such as an encoding.
    alone : bool
        Whether one column will do.

    Returns
    -------
    Sheet
        Its header, and its rows as they are asked for.

    Raises
    ------
    InputError
        No separator, or no rows below the header.
    """
    numbered = enumerate(source, start=1)
    top = list(itertools.islice(numbered, _TOP))
    stated = re.fullmatch(r"sep=(.)", _bare(top[0][1])) if top else None
    if stated:
        top = top[1:]
    filled = [(number, _bare(line)) for number, line in _whole(top) if line.strip()]
    separator, at = _layout([line for _, line in filled], stated[1] if stated else "", where, alone)
    if at >= len(filled):
        raise InputError(
            "This table has no header.",
            where=where,
            expected="a line with the names of the columns",
            found=f"{len(top)} lines, blank or starting with #",
            remedy="Export it again, with the names of the columns in the first row.",
        )
    titles = [line for _, line in filled[:at] if not line.startswith("#")]
    name = _NAMES.get(separator, "separated text")
    notes = [f"Format: {name}{note}."]
    if titles:
        notes.append(f"Skipped before the header: {'; '.join(repr(_short(title)) for title in titles)}.")
    first_line = filled[at][0]
    after = itertools.chain(((n, line) for n, line in top if n >= first_line), numbered)
    rows = _Rows(after, separator, where, notes)
    try:
        _, header = next(rows)
        rows.width = len(header)
        first = [next(rows), *itertools.islice(rows, 20 if len(header) < 10_000 else 1)]
    except StopIteration:
        raise InputError(
            "This table has a header and no rows.",
            where=where,
            expected="a row for every feature or sample",
            found=f"{first_line} lines",
            remedy="Export it again.",
        ) from None
    header = _header(header, [cells for _, cells in first])
    whole = itertools.chain(first, rows)
    # Of metadata it is the ids of the table that tell which column names the samples; so all of them are kept.
    if not alone and counts_the_rows(header, [cells for _, cells in first]):
        notes.append("Left out, because it numbers the rows: the first column.")
        unnumbered = ((line, cells[1:]) for line, cells in whole)
        return Sheet(header[1:], unnumbered, lambda n, k: in_text(n, k + 1), where, name, separator, notes)
    return Sheet(header, whole, in_text, where, name, separator, notes)


def counts_the_rows(header: Sequence[str], first: Sequence[list[str]]) -> bool:
    """Whether a first column without a name counts the rows, and the ids stand in the second, as pandas and R write.

    Parameters
    ----------
    header : sequence of str
        Names of the columns.
    first : sequence of list of str
        The first rows.

    Returns
    -------
    bool
        Only where the name of the second column can mean nothing but ids, and they are all different.

    Examples
    --------
    >>> counts_the_rows(["", "OTU", "S1"], [["0", "a", "5"], ["1", "b", "7"]])
    True
    >>> counts_the_rows(["", "patient", "S1"], [["0", "a", "5"], ["1", "b", "7"]])
    False
    """
    named = word(header[1]) if len(header) > 2 and not header[0].strip() else ""
    counted = [cells[0].strip() for cells in first]
    ids = [cells[1].strip() for cells in first if len(cells) > 1]
    if named not in {*FEATURE_WORDS, *_SAMPLE_IDS} or len(set(ids)) < len(first):
        return False
    # A column of numbers called Bacteria holds those of a taxon.
    if named not in _SAMPLE_IDS and not re.search("id|otu|asv", named) and all(map(_NUMBER.match, ids)):
        return False
    return counted in ([str(n) for n in range(start, start + len(first))] for start in (0, 1))


def _whole(lines: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Join the lines of a quoted cell that goes on over a few of them."""
    made: list[tuple[int, str]] = []
    at = 0
    while at < len(lines):
        number, text = lines[at]
        end = at + 1
        while text.count('"') % 2 and end < min(len(lines), at + 12):
            text += lines[end][1]
            end += 1
        if text.count('"') % 2:
            text, end = lines[at][1], at + 1
        made.append((number, text))
        at = end
    return made


def _bare(line: str) -> str:
    """Take off the end of a line, once: a carriage return before it may belong to a quoted cell."""
    return line[:-2] if line.endswith("\r\n") else line[:-1] if line.endswith(("\n", "\r")) else line


def _header(header: list[str], first: Sequence[list[str]]) -> list[str]:
    """Put a name before a header that is one cell short, and take off names that no column has."""
    filled = list(header)
    while len(filled) > 1 and not filled[-1].strip():
        filled.pop()
    spare = len(header) - len(filled)
    if spare and all(not any(cell.strip() for cell in cells[len(filled) :]) for cells in first):
        return filled
    longer = header[0].strip() and all(len(cells) == len(header) + 1 and cells[-1].strip() for cells in first)
    # One row alone that is longer may be a mistake, unless the header begins with a sample at once.
    word = header[0].strip().lstrip("#").replace("_", " ").replace(".", " ").strip().casefold()
    if longer and (len(first) > 1 or word not in {"id", *FEATURE_WORDS, *SAMPLE_WORDS}):
        return ["", *header]
    return header


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


# ---------------------------------------------------------------------- where the table begins


def _layout(lines: Sequence[str], stated: str, where: str, alone: bool) -> tuple[str, int]:
    """Return the separator, and which of the lines is the header.

    The header is the first line after which the rows are as wide as it is; what stands before it has no columns, or
    begins with ``#``.
    """
    best: tuple[int, float, str] | None = None
    for separator in [stated] if stated else ["\t", ";", ",", " "]:
        widths = [_width(line, separator) for line in lines]
        at = _begins(lines, widths, separator)
        # The blank is what R's write.table separates by; names with blanks are quoted then.
        if at is None or (separator == " " and (best is not None or at > 0)):
            continue
        below = widths[at + 1 : at + 1 + _JUDGED] or [widths[at]]
        agree = sum(abs(width - widths[at]) <= 1 for width in below) / len(below)
        if separator == " " and agree < 1:
            continue
        score = agree * 1000 + min(widths[at], 500)
        if best is None or (at, -score) < (best[0], -best[1]):
            best = (at, score, separator)
    if best is not None:
        return best[2], best[0]
    # A header without a separator still says what is wrong below it, or that there are no rows.
    first = next((n for n, line in enumerate(lines) if not line.startswith("#")), None)
    hashed = next((n for n, line in enumerate(lines) if re.search(r"[\t,;]", line)), None)
    at = hashed if hashed is not None else first
    if at is None:
        return "\t", len(lines)
    if hashed is not None:
        return stated or next(sign for sign in "\t;," if sign in lines[at]), at
    if not alone and not (len(lines) == 1 and stated):
        raise InputError(
            "The columns of this table could not be told apart.",
            where=where,
            expected="cells separated by tabs, commas or semicolons",
            found=f"a first line that reads {lines[at][:60]!r}",
            remedy="Export it as TSV (tab-separated text).",
        )
    return stated or "\t", at


def _begins(lines: Sequence[str], widths: Sequence[int], separator: str) -> int | None:
    for at, width in enumerate(widths):
        below = [
            other for line, other in zip(lines[at + 1 :], widths[at + 1 :], strict=True) if not line.startswith("#")
        ]
        below = below[:_JUDGED]
        if width > 1 and separator in lines[at]:
            fitting = [other for other in below if 1 < other <= width + 1]
            # A comment may hold a separator; the rows below it would be of another width, all of them.
            alike = not lines[at].startswith("#") or any(abs(other - width) <= 1 for other in below)
            if (not below and not lines[at].startswith("#")) or (2 * len(fitting) >= len(below) and alike):
                row = lines[at].split(separator)
                short = at > 0 and widths[at - 1] == 1 and width == 2 and not lines[at - 1].startswith("#")
                if short and all(_NUMBER.match(cell) for cell in row[1:]):
                    return at - 1  # R leaves the name of the first column out
                return at
            # Rows that are twice as wide belong to another header; otherwise this one is told to be wrong.
            if not lines[at].startswith("#") and below and 1 < max(below) < 2 * width:
                return at
    return None


def _width(line: str, separator: str) -> int:
    """Return how many cells a line has, without the empty ones at its end."""
    if '"' not in line or len(line) > 100_000:
        cells = line.split(separator)
    else:
        cells = next(iter(csv.reader(io.StringIO(line, newline=""), delimiter=separator)), [""])
    while len(cells) > 1 and not cells[-1].strip():
        cells.pop()
    return len(cells)


# ---------------------------------------------------------------------- rows


class _Rows:
    """The rows of a text, one by one; a quotation mark that is not closed is a character like others, which is told.

    ``width`` is how many cells a whole row has, as soon as that is known.
    """

    def __init__(self, lines: Iterator[tuple[int, str]], separator: str, where: str, notes: list[str]) -> None:
        self._lines, self._separator, self._where, self._notes = lines, separator, where, notes
        self._waiting: list[tuple[int, str]] = []
        self.width = 0

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        return self

    def __next__(self) -> tuple[int, list[str]]:
        while True:
            number, raw = self._next()
            line = _bare(raw)
            if '"' not in line:
                cells = line.split(self._separator)
            elif line.count('"') % 2 == 0:
                cells = self._quoted(line, number)
            else:
                cells = self._open(raw, number)
            if any(cell.strip() for cell in cells):
                return number, cells

    def _next(self) -> tuple[int, str]:
        return self._waiting.pop(0) if self._waiting else next(self._lines)

    def _quoted(self, text: str, number: int) -> list[str]:
        try:
            # A quoted cell may hold ends of lines, so the text is handed over as it is.
            return next(csv.reader(io.StringIO(text, newline=""), delimiter=self._separator), [""])
        except csv.Error as error:
            raise InputError(
                "This table could not be split into cells.",
                where=f"{self._where}, line {number}",
                found=str(error),
                remedy="Look for a quotation mark that is not closed.",
            ) from None

    def _open(self, raw: str, number: int) -> list[str]:
        """Read a row with a quotation mark that its line does not close."""
        line = _bare(raw)
        taken: list[tuple[int, str]] = []
        text = raw
        while text.count('"') % 2 and len(taken) < _LONGEST:
            try:
                taken.append(self._next())
            except StopIteration:
                break
            text += taken[-1][1]
        # Of the header it is not known how many cells it should have, so there the marks decide.
        whole = self.width or 10**9
        # A line that has all its cells, before lines that have all of theirs: the mark belongs to the cell.
        complete = line.count(self._separator) + 1 >= whole
        others = all(other.count(self._separator) + 1 >= whole for _, other in taken)
        if text.count('"') % 2 == 0 and not (complete and others):
            return self._quoted(_bare(text), number)
        self._waiting = taken + self._waiting
        if not complete:
            raise InputError(
                "A quotation mark is not closed.",
                where=f"{self._where}, line {number}",
                expected="a second mark at the end of the cell",
                found=_short(line),
                remedy="Close it, or take it out.",
            )
        self._notes.append(f"A quotation mark that is not closed was read as a character: line {number}.")
        return line.split(self._separator)


#: How the first cell of the header names what the rows are.
FEATURE_WORDS = {
    *("otu id", "otu", "otus", "otuid", "otu num", "asv", "asv id", "asvid", "asv num", "feature", "feature id"),
    *("featureid", "features", "taxon", "taxa", "tax", "taxonomy", "species", "genus", "family", "sequence"),
    *("clade name", "zotu", "#name", "observation", "name", "taxonomy id", "tax id", "taxid", "consensus taxonomy"),
    *("pathway", "pathways", "function", "functions", "gene", "gene id", "gene family", "ko", "ec", "ec number"),
    *("representative sequence", "lineage", "taxid taxname", "motu", "datasets", "class", "classification", "reaction"),
    *("taxon name", "taxname", "genera", "bacteria", "taxonomic classification"),
    *("superkingdom", "domain", "kingdom", "phylum", "order", "strain", "genome", "genome id", "bin", "mag", "contig"),
    *("protein", "module", "cazyme", "cazy", "pfam", "kegg", "ogu", "cluster", "unique id", "target"),
}
#: Those that name nothing but samples; a patient or a group may have several.
_SAMPLE_IDS = {"sample", "samples", "sample id", "sampleid", "sample name", "samplename", "sample-id"}
SAMPLE_WORDS = {
    *_SAMPLE_IDS,
    *("run", "subject", "group", "monster", "monsters", "patient", "patient id", "participant", "participant id"),
    *("run accession", "barcode", "library", "individual"),
}

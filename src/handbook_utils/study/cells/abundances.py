"""A table of text cells turned into a sparse matrix, and the columns and rows that are no samples and no features.

A row is turned into numbers as soon as it is read, and only what is not zero is kept, so that a wide table does not
need memory for its zeros.
"""

from __future__ import annotations

import array
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.study.cells.amounts import spread
from handbook_utils.study.cells.delimited import FEATURE_WORDS, Sheet, ragged_lines, word
from handbook_utils.study.cells.numbers import ENOUGH, Numbers
from handbook_utils.study.cells.orientation import by_words, lost_ids
from handbook_utils.study.cells.written import plain
from handbook_utils.study.choices import Choices
from handbook_utils.study.lineages import NOTHING, is_lineage, lineages, name_of
from handbook_utils.study.tables import KNOWN, RANKS, Axis, Table, are_sequences, duplicates

LINEAGE_WORDS = {"taxonomy", "taxon", "lineage", "consensus lineage", "consensuslineage", "taxpath", "tax", "lineages"}
RANK_WORDS = {**{rank: rank for rank in RANKS}, "domain": "kingdom", "superkingdom": "kingdom", "realm": "kingdom"}
#: Columns about features that hold numbers or words and are no samples.
ABOUT_FEATURES = {
    *("confidence", "sequence", "sequences", "seq", "length", "len", "size", "gc", "gc content", "taxid", "tax id"),
    *("taxonomy id", "ncbi tax id", "ncbi taxid", "ncbi taxonomy id", "clade taxid", "rank", "taxrank", "tax rank"),
    *("taxonomy lvl", "level", "name", "taxname", "taxon name", "description", "evalue", "e value", "bitscore"),
    *("identity", "pident", "percent identity", "score", "max", "tid", "rank lineage", "id lineage", "taxpathsn"),
    *("clade", "subspecies", "species group", "species subgroup", "repseq", "otu size", "blast identity", "group id"),
    *("best hit", "besthit", "comment", "comments", "notes", "source", "method", "database", "reference", "bootstrap"),
    *("16s rrna count", "metadata nsti", "nsti", "prevalence", "occurrence", "mean", "median", "average", "avg", "sd"),
    *("mean abundance", "avg length", "average length", "gc%", "%gc", "gc percent", "taxon id", "species id"),
    *("category", "namespace", "definition", "rank id", "rank code", "parent", "children", "genome length"),
    *("genome size", "coding length"),
}
#: How a row or column that adds up the others is called.
TOTALS = {
    *("total", "totals", "sum", "row sum", "totaal", "gesamt", "summe", "somme", "totale", "grand total"),
    *("all samples", "total reads", "eindtotaal", "subtotaal", "som", "gesamtergebnis", "total general"),
}
#: A line that is the sum of all others is only seen among so many others, of so many cells.
_SEEN_AMONG = 3
_WHAT_IT_IS = "Say what it is: leave_out '{}', or leave_out none if it is a sample or feature."
_UNMAPPED = re.compile(r"(?i)(?:reads_)?unmapped(?:_reads)?")


@dataclass
class Columns:
    """What the columns of a table are, by their place.

    Parameters
    ----------
    kept : list of int
        Columns of numbers: samples or features.
    lineage, ranks : list of int
        Columns that name features.
    left : list of int
        Left out.
    about : list of int
        Columns that describe samples, where the rows are samples.
    empty : list of int
        Columns without a name and without a cell.
    """

    kept: list[int]
    lineage: list[int] = field(default_factory=list)
    ranks: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    about: list[int] = field(default_factory=list)
    empty: list[int] = field(default_factory=list)


def feature_table(source: Sheet, choices: Choices | None = None, rows_are: Axis | None = None) -> Table:
    """Turn a sheet into a matrix; ids in the first column and the header, everything else numbers.

    Columns of lineages or ranks are taken off as taxonomy; columns and rows that are totals, and columns about features
    (length, confidence, taxon number), are left out, which is noted. Where it is not certain, it stops.

    Parameters
    ----------
    source : Sheet
        The rows, with ids in the first column.
    choices : Choices, optional
        What was answered about the file; by default only what is certain is taken.
    rows_are : {"samples", "features"}, optional
        Where the format says it.

    Returns
    -------
    Table
        As it lies in the sheet; not yet turned.

    Raises
    ------
    InputErrors
        Every cell that is not a number, every line with too few or too many cells, every double id: with its place.
    """
    choices = choices or Choices()
    header = [name.strip() if number == 0 else name for number, name in enumerate(source.header)]
    first = list(itertools.islice(source.rows, 30 if len(header) < 5000 else 2))
    columns = _columns(header, [cells for _, cells in first], choices, source.where, rows_are)
    kept = columns.kept
    # One cut is far faster than picking cells, and annotation columns are nearly always the first or last ones.
    cut = slice(kept[0], kept[-1] + 1) if kept and kept == list(range(kept[0], kept[-1] + 1)) else None
    numbers = Numbers(source, kept, [header[n] for n in kept], choices)
    taken = sorted({*columns.lineage, *columns.ranks, *columns.about})
    ids: list[str] = []
    lines: list[int] = []
    beside: list[list[str]] = []
    # Arrays, not lists: a number in a list takes five times its size.
    indices, values, pointers = array.array("i"), array.array("d"), array.array("q", [0])
    ragged: list[str] = []
    remarks: list[str] = []
    for line, cells in _without_remarks(itertools.chain(first, source.rows), choices, remarks):
        if len(cells) > len(header) and not any(cell.strip() for cell in cells[len(header) :]):
            cells = cells[: len(header)]
        if len(cells) != len(header):
            ragged.append(f"line {line} has {len(cells)}")
            if len(ragged) >= ENOUGH:
                break
            continue
        for n in columns.empty:
            if cells[n].strip():
                numbers.wrong.append(f"{cells[n][:40]!r} at {source.place(line, n + 1)}, in a column without a name")
        at, found = numbers.row(line, cells[cut] if cut else [cells[n] for n in kept])
        ids.append(cells[0])
        lines.append(line)
        if taken:
            beside.append([cells[n] for n in taken])
        indices.frombytes(at.astype(np.intc).tobytes())
        values.frombytes(found.tobytes())
        pointers.append(len(values))
        if len(numbers.wrong) >= ENOUGH:
            break
    names = [header[n] for n in kept]
    errors = [*ragged_lines(ragged, source.where, len(header), source.separator), *numbers.errors()]
    matrix = (
        sparse.csr_array(
            (np.frombuffer(values), np.frombuffer(indices, dtype=np.intc), np.array(pointers, dtype=np.intc)),
            shape=(len(ids), len(names)),
        )
        if values
        else sparse.csr_array((len(ids), len(names)), dtype=float)
    )
    table = Table(source.format, matrix, ids, names, rows_are, KNOWN if rows_are else "", notes=[])
    table.quantity = "abundances" if numbers.percent else None
    cells_of = {n: [row[k] for row in beside] for k, n in enumerate(taken)}
    errors += lost_ids(header[0], ids, names, source.where)
    if not errors:
        _name_rows(table, header, columns, cells_of)
        errors += duplicates(table.rows, "row", (f"line {line}" for line in lines), source.where)
        errors += duplicates(names, "column", (f"column {n + 1}" for n in kept), source.where)
    if errors:
        raise InputErrors(errors)
    table.remarks = remarks
    table.notes = [*source.notes, *numbers.notes(), *table.notes]
    if remarks:
        table.notes.append(f"Left out, lines of text: {listed([*map(repr, remarks)], most=3)}.")
    _annotate(table, header, columns, cells_of)
    _without_totals(table, choices, source.where)
    asked = set(choices.left_out)
    table.left_out += [header[n] for n in [*columns.left, *columns.about] if header[n].strip() in asked]
    if columns.empty:
        table.notes.append(f"Left out, because empty: {len(columns.empty)} columns without a name.")
    if columns.left:
        table.notes.append(
            f"Left out, because not abundances: the columns {listed([header[n] for n in columns.left])}."
        )
    return table


# ---------------------------------------------------------------------- what the columns are


def _without_remarks(
    rows: Iterable[tuple[int, list[str]]], choices: Choices, remarks: list[str]
) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows without the footnotes below the last row of numbers, which are added to ``remarks``."""
    waiting: list[tuple[int, list[str]]] = []
    for row in rows:
        if choices.empty_cells != "zero" and _is_remark(row[1]):
            waiting.append(row)
        else:
            yield from waiting
            yield row
            waiting = []
    remarks += [cells[0].strip() for _, cells in waiting]


def _is_remark(cells: Sequence[str]) -> bool:
    """Say whether a row is a footnote: a sentence, words behind a mark or a total, with nothing beside."""
    words = cells[0].split()
    if any(map(str.strip, cells[1:])):
        return False
    if word(cells[0]) in TOTALS:  # a workbook's formulas, which no program has worked out
        return True
    enough = 2 if re.match(r"\s*[*†‡§¶]", cells[0]) else 5
    return len(words) >= enough and ";" not in cells[0]


def _columns(
    header: Sequence[str], first: Sequence[Sequence[str]], choices: Choices, where: str, rows_are: Axis | None
) -> Columns:
    words = [word(name) for name in header]
    chosen = set(choices.left_out)
    made = Columns([])
    features = rows_are == "features" or words[0] in FEATURE_WORDS
    of_lineages = sum(is_lineage(name) for name in header[1:])
    samples = rows_are == "samples" or (not features and of_lineages > 0)
    wordy = {n for n in range(1, len(header)) if _is_wordy(n, first)} if len(header) < 5000 else set()
    for n, name in enumerate(words):
        if n == 0:
            if name in RANK_WORDS and any(other in RANK_WORDS for other in words[1:]):
                made.ranks.append(0)
            continue
        if not name and not any(cells[n].strip() for cells in first if n < len(cells)):
            made.empty.append(n)
        elif header[n].strip() in chosen and (n in wordy or samples):
            (made.about if samples else made.left).append(n)
        elif samples:
            (made.about if n in wordy else made.kept).append(n)
        elif name in LINEAGE_WORDS and (n in wordy or not _has_numbers(n, first)):
            made.lineage.append(n)
        elif name in RANK_WORDS and not _has_numbers(n, first):
            made.ranks.append(n)
        elif n in wordy and all(is_lineage(cells[n]) for cells in first if n < len(cells) and cells[n].strip()):
            made.lineage.append(n)  # whatever its name is
        else:
            made.kept.append(n)
    features = features or bool(made.lineage or made.ranks)
    if not samples:
        about = [n for n in made.kept if words[n] in ABOUT_FEATURES or (features and n in wordy)]
        if len(about) < len(made.kept) or not wordy:
            made.left += [n for n in about if "none" not in chosen or n in wordy]
            made.kept = [n for n in made.kept if n not in set(made.left)]
    if of_lineages and samples:
        _ask_about_samples(header, made, chosen, where)
    return made


def _is_wordy(n: int, first: Sequence[Sequence[str]]) -> bool:
    cells = [cells[n].strip() for cells in first if n < len(cells) and cells[n].strip()]
    return bool(cells) and not any(number_like(cell) for cell in cells)


def _has_numbers(n: int, first: Sequence[Sequence[str]]) -> bool:
    return any(number_like(cells[n]) for cells in first if n < len(cells) and cells[n].strip())


def number_like(text: str) -> bool:
    """Whether a cell may be a number, in any way of writing it.

    Parameters
    ----------
    text : str
        A cell.

    Returns
    -------
    bool
        Not of an empty one.

    Examples
    --------
    >>> [number_like(text) for text in ("1.234,5", "1'234", "12 %", "ND", "")]
    [True, True, True, False, False]
    """
    return bool(re.match(r"^\s*[+-]?[\d.,]*\d(?:[eE][+-]?\d+)?\s*%?\s*$", plain(text.strip())))


def _ask_about_samples(header: Sequence[str], made: Columns, chosen: set[str], where: str) -> None:
    """Stop at columns of numbers that may be taxa or describe the samples, in QIIME 2's table of one level."""
    odd = [header[n] for n in made.kept if not is_lineage(header[n]) and not NOTHING.match(header[n].split(";")[0])]
    if odd and "none" not in chosen:
        raise InputError(
            f"{len(odd)} columns of this table may be taxa, or describe the samples.",
            where=where,
            expected="columns that are named by lineages, as the others are",
            found=listed(odd),
            remedy=f"Which describe the samples? leave_out '{', '.join(odd[:4])}'; or leave_out none, if all are taxa.",
        )


# ---------------------------------------------------------------------- names


def _name_rows(table: Table, header: Sequence[str], columns: Columns, cells: dict[int, list[str]]) -> None:
    """Give rows that are named by ranks alone the name of the lowest, or the lineage where that is not one's own."""
    if 0 not in columns.ranks:
        nameless = [n for n, name in enumerate(table.rows) if not name.strip()]
        if len(nameless) == 1 and (columns.ranks or columns.lineage):
            table.rows[nameless[0]] = "unassigned"
            table.notes.append(_told_unnamed("a row without a name", table, nameless))
        return
    # The columns need not stand in the order of the ranks: emu's begins with the species.
    by_rank = sorted(columns.ranks, key=lambda n: RANKS.index(RANK_WORDS[word(header[n])]))
    rows = [[name_of(cells[n][k]) for n in by_rank] for k in range(len(table.rows))]
    lowest = [next((name for name in reversed(row) if name), "unassigned") for row in rows]
    twice = pd.Series(lowest).duplicated(keep=False)
    table.rows = [
        ";".join(row) if double and any(row) else name for name, row, double in zip(lowest, rows, twice, strict=True)
    ]
    nameless = [n for n, row in enumerate(rows) if not any(row)]
    if nameless:
        table.notes.append(_told_unnamed("a row without a name", table, nameless))


def _told_unnamed(what: str, table: Table, rows: Sequence[int]) -> str:
    values = table.matrix[list(rows)].sum(axis=0)
    shown = listed([f"{value:g}" for value in np.asarray(values).ravel()], most=6)
    return f"Abundance without a name: {what}, kept as a feature of that kind ({shown})."


def _annotate(table: Table, header: Sequence[str], columns: Columns, cells: dict[int, list[str]]) -> None:
    if columns.about:
        index = pd.Index(table.rows, dtype=object)
        table.metadata = pd.DataFrame(
            {header[n]: pd.Series([cell.strip() or None for cell in cells[n]], index=index) for n in columns.about}
        )
        table.notes.append(f"Sample metadata in the table: the columns {listed([header[n] for n in columns.about])}.")
    if columns.lineage:
        table.taxonomy = lineages(cells[columns.lineage[0]], table.rows)
    elif columns.ranks:
        by_rank = {RANK_WORDS[word(header[n])]: n for n in reversed(columns.ranks)}
        table.taxonomy = pd.DataFrame(
            {rank: [name_of(cell) for cell in cells[by_rank[rank]]] for rank in RANKS if rank in by_rank},
            index=pd.Index(table.rows, dtype=object),
            dtype=object,
        )
    if table.rows_are is None:
        if columns.lineage or columns.ranks:
            named = header[min([*columns.lineage, *columns.ranks])]
            table.rows_are, table.how = "features", f"the column {named!r} describes features"
        else:
            table.rows_are, table.how = by_words(header[0], table.rows, table.columns)
    if table.taxonomy is None:
        name_by_ids(table)
    if are_sequences(table.columns) or are_sequences(table.rows):
        table.format = "DADA2 sequence table"
        table.notes.insert(0, "Format: DADA2 sequence table.")


def name_by_ids(table: Table) -> None:
    """Take the taxonomy from ids that are lineages, on the side that has them.

    Parameters
    ----------
    table : Table
        It is changed, where one side's ids are lineages.
    """
    for side, ids in (("features", table.rows), ("samples", table.columns)):
        named = [name for name in ids if not NOTHING.match(name.split(";")[0])]
        if len(named) > 1 and table.rows_are in (None, side) and sum(map(is_lineage, named)) > 0.8 * len(named):
            table.taxonomy = lineages(ids, ids)
            if table.rows_are is None:
                table.rows_are = "features" if side == "features" else "samples"
                table.how = f"the {'rows' if side == 'features' else 'columns'} are named by lineages"
            table.notes.append("Taxonomy: from the ids of the features, which are lineages.")
            return


# ---------------------------------------------------------------------- totals


def _without_totals(table: Table, choices: Choices, where: str) -> None:
    """Leave out a row or column that adds up the others; stop at one that is called so and does not."""
    chosen = set(choices.left_out)
    _ask_about_sums(table, chosen, where)
    for axis, ids in ((0, table.rows), (1, table.columns)):
        at = [n for n, name in enumerate(ids) if word(name) in TOTALS and name.strip() not in chosen]
        if not at or "none" in chosen or len(ids) - len(at) < 1:
            continue
        kept = [n for n in range(len(ids)) if n not in set(at)]
        whole = table.matrix.sum(axis=axis)
        for n in at:
            own = _line(table, axis, n)
            others = np.asarray(whole).ravel() - sum(_line(table, axis, m) for m in at)
            if not np.allclose(own, others, rtol=1e-3):
                side = "row" if axis == 0 else "column"
                raise InputError(
                    f"The {side} {ids[n]!r} is not the total of the others.",
                    where=where,
                    expected="what its name says",
                    found=f"{own[0]:g}, where the others add up to {others[0]:g}",
                    remedy=_WHAT_IT_IS.format(ids[n]),
                )
        side = "rows" if axis == 0 else "columns"
        table.notes.append(f"Left out, because totals of the others: the {side} {listed([ids[n] for n in at])}.")
        table.matrix = sparse.csr_array(table.matrix[kept] if axis == 0 else table.matrix[:, kept])
        if axis == 0:
            table.rows = [ids[n] for n in kept]
            for name in ("taxonomy", "metadata"):
                frame = getattr(table, name)
                if frame is not None and len(frame) == len(ids):
                    setattr(table, name, frame.iloc[kept])
        else:
            table.columns = [ids[n] for n in kept]
            if table.taxonomy is not None and len(table.taxonomy) == len(ids) and list(table.taxonomy.index) == ids:
                table.taxonomy = table.taxonomy.iloc[kept]


def _line(table: Table, axis: int, n: int) -> npt.NDArray[np.float64]:
    """Return the numbers of a row (0) or a column (1)."""
    line: npt.NDArray[np.float64] = (table.matrix[[n]] if axis == 0 else table.matrix[:, [n]]).toarray().ravel()
    return line


def _ask_about_sums(table: Table, chosen: set[str], where: str) -> None:
    """Stop at a row or column that is the sum of all others, and is not called so.

    Raises
    ------
    InputError
        With its name.
    """
    if "none" in chosen or not np.isfinite(table.matrix.data).all():
        return
    down, across = (np.asarray(table.matrix.sum(axis=axis), dtype=float).ravel() for axis in (0, 1))
    for axis, ids, whole, each in ((0, table.rows, down, across), (1, table.columns, across, down)):
        if len(ids) <= _SEEN_AMONG:
            continue
        for n in np.flatnonzero(np.isclose(2 * each, each.sum(), rtol=1e-3)).tolist():
            name = ids[n].strip()
            own = _line(table, axis, n)
            if np.count_nonzero(own) < _SEEN_AMONG or name in chosen or word(name) in TOTALS:
                continue
            if np.allclose(2 * own, whole, rtol=1e-3):
                side = "row" if axis == 0 else "column"
                raise InputError(
                    f"The {side} {name!r} is the sum of all others: with it, everything would be counted twice.",
                    where=where,
                    expected="samples and features, and no totals of them",
                    found=f"{own[0]:g}, which the others of the first {'column' if axis == 0 else 'row'} add up to",
                    remedy=_WHAT_IT_IS.format(name),
                )


def without_unmapped(table: Table) -> Table:
    """Leave out the row of what was mapped to nothing, which is no feature (CoverM and others of genomes).

    Parameters
    ----------
    table : Table
        It is changed, where it has such a row and its rows may be features.

    Returns
    -------
    Table
        The same.
    """
    gone = [n for n, name in enumerate(table.rows) if _UNMAPPED.fullmatch(name.strip())]
    if gone and table.rows_are != "samples":
        for n in gone:
            amounts = spread(table.matrix[[n]].toarray().ravel())
            table.notes.append(f"Left out, mapped to nothing: {table.rows[n]} ({amounts}).")
        kept = [n for n in range(len(table.rows)) if n not in gone]
        table.matrix, table.rows = sparse.csr_array(table.matrix[kept]), [table.rows[n] for n in kept]
        table.taxonomy = None if table.taxonomy is None else table.taxonomy.iloc[kept]
        table.rows_are = table.rows_are or "features"
        table.how = table.how or "a row tells what was mapped to nothing"
    return table

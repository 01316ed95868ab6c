"""Tables of which some columns, known by their names, are the samples: the others are about features, or left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.study.cells.abundances import feature_table
from handbook_utils.study.cells.delimited import Sheet, ragged_lines
from handbook_utils.study.checks import Quantity
from handbook_utils.study.choices import Choices
from handbook_utils.study.lineages import lineages
from handbook_utils.study.tables import KNOWN, Table


def chosen(
    whole: Sheet,
    choices: Choices,
    name: str,
    id_of: Callable[[Sequence[str]], str],
    taken: Sequence[int],
    samples: Sequence[str],
    *,
    lineage: int | None = None,
    quantity: Quantity | None = "counts",
) -> Table:
    """Read the columns that hold samples, and name the features.

    Parameters
    ----------
    whole : Sheet
        A row a feature.
    choices : Choices
        What was answered about the file.
    name : str
        Of the format, for people.
    id_of : callable
        Makes a feature's id from the cells of its row.
    taken : sequence of int
        The columns (from 0) of the samples.
    samples : sequence of str
        Their names.
    lineage : int, optional
        The column that holds a lineage.
    quantity : {"counts", "abundances"}, optional
        None where only the values can tell.

    Returns
    -------
    Table
        Features are rows.

    Raises
    ------
    InputError, InputErrors
        No such column; lines that are cut off; cells that are not numbers.
    """
    if not taken:
        raise InputError(
            f"This {name} has no column of a sample.",
            where=whole.where,
            expected="columns of samples",
            found=listed(whole.header, most=8),
            remedy="Was the table cut off?",
        )
    rows, given, ragged = [], [], []
    for line, cells in whole.rows:
        if len(cells) <= max(taken):
            ragged.append(f"line {line} has {len(cells)}")
            continue
        rows.append((line, [id_of(cells), *(cells[n] for n in taken)]))
        given.append(cells[lineage] if lineage is not None and lineage < len(cells) else "")
    if errors := ragged_lines(ragged, whole.where, len(whole.header)):
        raise InputErrors(errors)
    places = dict(enumerate((0, *taken), start=1))
    source = Sheet(
        ["feature", *samples], iter(rows), lambda r, c: whole.place(r, places[c] + 1), whole.where, name, "\t"
    )
    before = [cells[0] for _, cells in rows]
    table = feature_table(source, choices, "features")
    table.rows_are, table.how, table.quantity, table.format = "features", KNOWN, quantity, name
    if lineage is not None and table.rows == before:
        table.taxonomy = lineages(given, table.rows)
    elif lineage is not None:
        by_id = dict(zip(before, given, strict=True))
        table.taxonomy = lineages([by_id.get(row, "") for row in table.rows], table.rows)
    table.notes = [f"Format: {name}.", *whole.notes[1:], *table.notes]
    return table

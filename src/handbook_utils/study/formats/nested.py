"""Tables that list every clade at every rank, one lineage a row: read at one rank, so that nothing is counted twice."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from handbook_utils.errors import InputError, listed
from handbook_utils.study.cells.abundances import feature_table
from handbook_utils.study.cells.amounts import spread
from handbook_utils.study.cells.delimited import Sheet
from handbook_utils.study.checks import Quantity
from handbook_utils.study.choices import Choices
from handbook_utils.study.lineages import lineages, parts_of, rank_of
from handbook_utils.study.tables import KNOWN, RANKS, Table

_UNNAMED = re.compile(r"(?i)^(?:unclassified|unknown|unassigned|unmapped|reads_unmapped|-1)$")


def _is_nested(ids: Sequence[str]) -> bool:
    """Whether some ids are lineages that go on in others.

    Examples
    --------
    >>> _is_nested(["k__B", "k__B|p__F"]), _is_nested(["k__B;p__F", "k__B;p__G"])
    (True, False)
    """
    whole = set(ids)
    if not any("|" in name or ";" in name for name in ids):
        return False
    return (
        sum(name[: max(name.rfind("|"), name.rfind(";"))] in whole for name in ids if rank_of(parts_of(name)[-1])) > 0
    )


def nested(source: Sheet, choices: Choices, name: str, *, shares: bool | None = None) -> Table:
    """Read a table of all ranks at one of them: species, or what ``rank`` asks for.

    Parameters
    ----------
    source : Sheet
        The first column holds the lineages.
    choices : Choices
        What was answered about the file.
    name : str
        Of the format, for people.
    shares : bool, optional
        Whether the format says that the values are shares (or counts); None where the values tell.

    Returns
    -------
    Table
        Features are rows, named by their last part where that is unique.

    Raises
    ------
    InputError, InputErrors
        No clade of the rank; cells that are not numbers; a clade that is there twice.
    """
    rank = choices.rank or "species"
    if rank not in RANKS:
        raise InputError(
            "There is no such rank.",
            where="parameter rank",
            expected=f"one of {', '.join(RANKS)}",
            found=rank,
            remedy="Choose one of these: rank species, for example.",
        )
    finer: dict[str, list[tuple[int, list[str]]]] = {name: [] for name in RANKS[RANKS.index(rank) :]}
    unnamed: list[tuple[int, list[str]]] = []
    others: dict[str, int] = {}
    for line, cells in source.rows:
        clade = cells[0].strip()
        if _UNNAMED.match(clade):
            unnamed.append((line, cells))
        elif clade and not clade.startswith("#"):
            last = rank_of(parts_of(clade)[-1])
            others[last or "none"] = others.get(last or "none", 0) + 1
            if last in finer and not (finer[rank] and last != rank):
                finer[last].append((line, cells))
    asked, rank = rank, next((name for name, held in finer.items() if held), rank)
    kept = finer[rank]
    others.pop(rank, None)
    if not kept:
        there = [name for name in RANKS if name in others]
        raise InputError(
            f"This table has no clade of the rank {rank}.",
            where=source.where,
            expected=f"lineages that end with {'s__…' if rank == 'species' else f'a {rank}'}",
            found=f"clades of other ranks: {listed([f'{name} ({count})' for name, count in others.items()], most=8)}",
            remedy=f"Ask for a rank that is there: rank {there[-1] if there else asked}. MetaPhlAn writes all with "
            "--tax_lev a.",
        )
    aside = []
    if unnamed:
        bare = feature_table(
            Sheet(source.header, iter(unnamed), source.place, source.where, name, "\t"), choices, "features"
        )
        for row, amounts in zip(bare.rows, bare.matrix.toarray(), strict=True):
            aside.append((row, amounts))
    table = feature_table(Sheet(source.header, iter(kept), source.place, source.where, name, "\t"), choices, "features")
    told = aside
    table.taxonomy = lineages(table.rows, table.rows)
    short = (
        table.taxonomy[rank].to_numpy(dtype=object) if rank in table.taxonomy else np.array(table.rows, dtype=object)
    )
    plain = [text or parts_of(row)[-1].split("__", 1)[-1] for text, row in zip(short, table.rows, strict=True)]
    twice = pd.Series(plain).duplicated(keep=False)
    table.rows = [row if double else text for text, row, double in zip(plain, table.rows, twice, strict=True)]
    table.taxonomy = table.taxonomy.set_axis(pd.Index(table.rows, dtype=object)).map(
        lambda text: str(text).replace("_", " ") if rank_of(str(text)) == "" else text
    )
    table.rows_are, table.how, table.format = "features", KNOWN, name
    table.quantity = _quantity(table, aside, shares)
    unit = " percent" if table.quantity == "abundances" and _near(table, aside, 100) else ""
    left = sum(others.values())
    table.notes = [
        f"Format: {name}; {len(kept)} clades of the rank {rank} kept, {left} rows of other ranks left out.",
        *source.notes[1:],
        *[note for note in table.notes if not note.startswith(("Format:", "Taxonomy:"))],
    ]
    for row, amounts in told:
        shown = spread(amounts, unit or _unit(table.quantity))
        table.notes.append(f"Left out, without a name: {row} ({shown}).")
    if rank != asked:
        table.notes.append(f"No clade of the rank {asked}: read at the rank {rank}, whose lineages say the {asked}.")
    _told_rest(table, others, rank)
    return table


def aside_of(rows: Sequence[tuple[int, Sequence[str]]], taken: Sequence[int], name: str) -> list[str]:
    """Say what was left out of rows that have no name, with their values.

    Parameters
    ----------
    rows : sequence of (int, sequence of str)
        Line and cells.
    taken : sequence of int
        Columns (from 0) of the samples.
    name : str
        What they are called.

    Returns
    -------
    list of str
        A note a row.
    """
    return [
        f"Left out, without a name: {name} ({listed([cells[n] for n in taken if n < len(cells)], most=6)})."
        for _, cells in rows
    ]


def _unit(quantity: Quantity | None) -> str:
    return " reads" if quantity == "counts" else ""


def _near(table: Table, aside: Sequence[tuple[str, np.ndarray]], total: float) -> bool:
    sums = np.asarray(table.matrix.sum(axis=0), dtype=float).ravel() + sum(amounts for _, amounts in aside)
    return bool(np.all(sums <= total * 1.02) and np.any(sums > total * 0.2))


def _quantity(table: Table, aside: Sequence[tuple[str, np.ndarray]], shares: bool | None) -> Quantity:
    """Return "counts" where all values are whole and samples do not add up to about 100 percent."""
    if shares is not None:
        return "abundances" if shares else "counts"
    values = table.matrix.data
    if not np.isfinite(values).all() or np.any(values != np.round(values)):
        return "abundances"
    sums = np.asarray(table.matrix.sum(axis=0), dtype=float).ravel() + sum(amounts for _, amounts in aside)
    return "abundances" if len(sums) > 1 and np.allclose(sums, 100, rtol=0, atol=3) else "counts"


def _told_rest(table: Table, others: dict[str, int], rank: str) -> None:
    empty = np.flatnonzero(np.asarray(table.matrix.sum(axis=0)).ravel() == 0)
    if len(empty):
        names = [table.columns[n] for n in empty]
        table.notes.append(f"Without any clade of the rank {rank}: {listed(names)}.")
    if others.get("none"):
        table.notes.append(f"{others['none']} rows are no lineages of a known rank, and were left out.")

"""Tables of one sample in which columns, known by their names, hold taxon, rank, lineage and amount."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from handbook_utils.errors import InputError, listed
from handbook_utils.study.checks import Quantity
from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content
from handbook_utils.study.formats.reports import Report, joined, sample_of
from handbook_utils.study.lineages import lineages
from handbook_utils.study.tables import RANKS, Table

_UNNAMED = {"unclassified", "unassigned", "unmapped", "unknown", "cannot be assigned to a (non-viral) species", ""}


@dataclass(frozen=True)
class Row:
    """What a row says of a taxon. ``rank`` is "" where all rows are of one; ``lineage`` is "" where there is none."""

    taxon: str
    name: str
    amount: str
    rank: str = ""
    lineage: str = ""
    sample: str = ""


def reports(
    contents: Sequence[Content],
    choices: Choices,
    name: str,
    rows_of: Callable[[Content], Sequence[tuple[int, Row]]],
    quantity: Quantity,
) -> Table:
    """Join tables of a sample each (or with a column of samples), at one rank.

    Parameters
    ----------
    contents : sequence of Content
        Files of one program.
    choices : Choices
        ``rank``; empty: species.
    name : str
        Of the format, for people.
    rows_of : callable
        Takes a content and gives its lines with their rows.
    quantity : {"counts", "abundances"}
        What the amounts are.

    Returns
    -------
    Table
        Samples are rows.

    Raises
    ------
    InputError, InputErrors
        Amounts that are not numbers; no taxa of the rank; a taxon that a sample has twice.
    """
    rank = choices.rank or "species"
    made: dict[str, Report] = {}
    for content in contents:
        for line, row in rows_of(content):
            sample = row.sample or sample_of(content.where)
            report = made.setdefault(sample, Report(sample, content.where))
            try:
                amount = float(row.amount.strip())
                if "_" in row.amount or not row.amount.isascii():
                    raise ValueError
            except ValueError:
                raise InputError(
                    "1 cells of the feature table are not numbers.",
                    where=f"{content.where}, line {line}",
                    expected="an amount of each taxon",
                    found=repr(row.amount[:40]),
                    remedy="Is the file cut off?",
                ) from None
            if row.name.strip().casefold() in _UNNAMED and row.taxon in ("0", "-", "NA", "", "unassigned", "unmapped"):
                report.unnamed += amount
                continue
            if row.rank and row.rank != rank:
                if row.rank in ("root", "no rank") and row.name == "root":
                    report.all = amount
                continue
            if row.taxon in report.amounts:
                raise InputError(
                    "A sample has a taxon twice.",
                    where=f"{content.where}, line {line}",
                    expected="one row for each taxon of a sample",
                    found=f"{row.name} ({row.taxon})",
                    remedy="Were two tables put together? Give each as a file of its own.",
                )
            report.amounts[row.taxon], report.names[row.taxon] = amount, row.name.strip()
            if row.lineage:
                frame = lineages([row.lineage], [row.taxon])
                report.lineages[row.taxon] = [*frame.iloc[0], *[""] * (len(RANKS) - len(frame.columns))]
    if not made:
        raise InputError(
            f"This {name} has no rows.",
            where=listed([content.where for content in contents]),
            expected="a row for each taxon",
            remedy="Run the program again.",
        )
    return joined(list(made.values()), name, rank, quantity)

"""CoverM's coverage of genomes or contigs: a column for each sample and method."""

from __future__ import annotations

import re

from handbook_utils.errors import InputError, listed
from handbook_utils.study.cells.abundances import without_unmapped
from handbook_utils.study.checks import Quantity
from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content, sheet
from handbook_utils.study.formats.columns import chosen
from handbook_utils.study.formats.format import Format, first_line
from handbook_utils.study.tables import Table

_NAME = "CoverM table"
#: Methods that are amounts, and whether they count reads; the others say how a genome is covered.
_AMOUNTS = {
    "Read Count": True,
    **dict.fromkeys(("Relative Abundance (%)", "Mean", "Trimmed Mean", "RPKM", "TPM"), False),
}
_OTHERS = ("Covered Fraction", "Covered Bases", "Variance", "Length", "Reads per base", "ANIr")
_METHOD = re.compile(rf"^(.+?) ({'|'.join(map(re.escape, (*sorted(_AMOUNTS, key=len, reverse=True), *_OTHERS)))})$")


def _fits(content: Content) -> bool:
    """Whether a text begins with Genome or Contig, and every column is a sample and a method."""
    first, *columns = first_line(content).rstrip("\t").split("\t")
    return first in ("Genome", "Contig") and bool(columns) and all(map(_METHOD.match, columns))


def _read(content: Content, choices: Choices) -> Table:
    """Read the amounts of one method; what is mapped to nothing is left out, and told.

    Source: CoverM manual, "coverm genome", Calculation methods.

    Raises
    ------
    InputError
        Several methods are amounts, and none of them was chosen; or none is.
    """
    whole = sheet(content, choices)
    columns = [(n, found[1], found[2]) for n, name in enumerate(whole.header) if (found := _METHOD.match(name.strip()))]
    there = list(dict.fromkeys(method for _, _, method in columns))
    amounts = [method for method in there if method in _AMOUNTS and method not in choices.left_out]
    if len(amounts) != 1:
        raise InputError(
            "This table has several amounts of each sample." if amounts else "This table has no amounts.",
            where=content.where,
            expected=f"one of {listed(list(_AMOUNTS), most=8)}",
            found=listed(there, most=12),
            remedy=f"Read one of them: leave_out '{', '.join(amounts[1:])}', for example."
            if amounts
            else "Run CoverM with --methods count or relative_abundance.",
        )
    taken = [n for n, _, method in columns if method == amounts[0]]
    names = [sample for _, sample, method in columns if method == amounts[0]]
    quantity: Quantity = "counts" if _AMOUNTS[amounts[0]] else "abundances"
    table = chosen(whole, choices, _NAME, lambda cells: cells[0].strip(), taken, names, quantity=quantity)
    table.shorter = {name: name.rpartition("/")[2].removesuffix(".bam") for name in names}
    table.notes.append(f"Read: {amounts[0]}.")
    left = [method for method in there if method != amounts[0]]
    if left:
        table.notes.append(f"Left out, because another method: {listed(left, most=12)}.")
    table.left_out = [name for name in choices.left_out if name in there]
    return without_unmapped(table)


FORMATS = [
    Format(
        _NAME,
        "CoverM",
        "0.4 to 0.7",
        "Genome or Contig in front, and columns of a sample and a method, such as Relative Abundance (%)",
        "CoverM manual, coverm genome",
        "Genome\tS1 Relative Abundance (%)\tS2 Relative Abundance (%)\nunmapped\t20.5\t30\nMAG_1\t79.5\t70\n",
        _fits,
        _read,
    )
]

"""ganon's report (.tre): one sample, clades with the numbers of their lineage."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handbook_utils.errors import InputError
from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content
from handbook_utils.study.formats.format import Format, first_line
from handbook_utils.study.formats.single import Row, reports
from handbook_utils.study.tables import Table

_RANKS = {"domain": "kingdom", "superkingdom": "kingdom"}
_LETTERS = {"kingdom": "k", "phylum": "p", "class": "c", "order": "o", "family": "f", "genus": "g", "species": "s"}


def _fits(content: Content) -> bool:
    """Whether a text has ganon's nine columns: rank, target, lineage, name, four numbers and a percentage."""
    cells = first_line(content).split("\t")
    return len(cells) == 9 and cells[0] in ("unclassified", "root") and all(re.fullmatch(r"\d+", c) for c in cells[4:8])


def _rows(content: Content) -> list[tuple[int, Row]]:
    names: dict[str, tuple[str, str]] = {}
    rows = []
    for number, raw in enumerate(content.lines(), start=1):
        cells = raw.rstrip("\r\n").split("\t")
        if not raw.strip():
            continue
        if len(cells) != 9:
            raise InputError(
                "A line of this report cannot be read.",
                where=f"{content.where}, line {number}",
                expected="9 cells",
                found=f"{len(cells)}",
                remedy="Is the file cut off?",
            )
        rank = _RANKS.get(cells[0], cells[0])
        if cells[0] == "unclassified":
            rows.append((number, Row("0", "unclassified", cells[7])))
            continue
        names[cells[1]] = (rank, cells[3])
        above = [names[taxon] for taxon in cells[2].split("|") if taxon in names]
        lineage = ";".join(f"{_LETTERS[at]}__{name}" for at, name in above if at in _LETTERS)
        rows.append((number, Row(cells[1], cells[3], cells[7], "no rank" if rank == "root" else rank, lineage)))
    return rows


def _join(contents: Sequence[Content], choices: Choices) -> Table:
    """Read the reads in the clades of one rank (the cumulative number).

    Source: ganon documentation, "Output files", report.
    """
    return reports(contents, choices, "ganon report", _rows, "counts")


FORMATS = [
    Format(
        "ganon report",
        "ganon (report)",
        "1.0 to 2.1",
        "nine columns: rank, number, lineage of numbers, name, four numbers, percentage",
        "ganon documentation, Output files",
        "unclassified\t-\t-\tunclassified\t0\t0\t0\t10\t10.0\nroot\t1\t1\troot\t0\t0\t90\t90\t90.0\n"
        "species\t40520\t1|40520\tBlautia obeum\t90\t0\t0\t90\t90.0\n",
        _fits,
        lambda content, choices: _join([content], choices),
        _join,
    )
]

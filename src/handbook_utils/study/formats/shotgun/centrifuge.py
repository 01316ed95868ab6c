"""Centrifuge's own summary; its Kraken-style report is read as Kraken's."""

from __future__ import annotations

from collections.abc import Sequence

from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content, sheet
from handbook_utils.study.formats.format import Format, header_of
from handbook_utils.study.formats.single import Row, reports
from handbook_utils.study.tables import Table

_HEADER = ["name", "taxid", "taxrank", "genomesize", "numreads", "numuniquereads", "abundance"]


def _rows(content: Content) -> list[tuple[int, Row]]:
    return [
        (line, Row(cells[1], cells[0], cells[4], cells[2])) for line, cells in sheet(content).rows if len(cells) > 4
    ]


def _join(contents: Sequence[Content], choices: Choices) -> Table:
    """Read the reads of each taxon of one rank (``numReads``).

    Source: Centrifuge manual, "Centrifuge summary output".
    """
    return reports(contents, choices, "Centrifuge summary", _rows, "counts")


FORMATS = [
    Format(
        "Centrifuge summary",
        "Centrifuge",
        "1.0",
        "the columns name, taxID, taxRank, genomeSize, numReads",
        "Centrifuge manual, Centrifuge summary output",
        "name\ttaxID\ttaxRank\tgenomeSize\tnumReads\tnumUniqueReads\tabundance\n"
        "Blautia obeum\t40520\tspecies\t3600000\t60\t50\t0.6\n",
        lambda content: header_of(content)[:7] == _HEADER,
        lambda content, choices: _join([content], choices),
        _join,
    )
]

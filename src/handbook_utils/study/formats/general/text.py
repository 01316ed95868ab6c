"""Any table as text or workbook: ids in the first column and row, numbers elsewhere."""

from __future__ import annotations

import itertools

from handbook_utils.errors import InputError, listed
from handbook_utils.study.cells.abundances import feature_table
from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content, sheet
from handbook_utils.study.describing import is_metadata
from handbook_utils.study.formats.format import Format
from handbook_utils.study.tables import Table

_NAME = "plain table"


def _read(content: Content, choices: Choices) -> Table:
    """Read a table whose format says nothing of itself.

    Raises
    ------
    InputError, InputErrors
        As :func:`~handbook_utils.study.cells.abundances.feature_table`; or it describes samples and counts nothing.
    """
    made = sheet(content, choices)
    if choices.table_format != _NAME:
        first = list(itertools.islice(made.rows, 30))
        if is_metadata(made.header, [cells for _, cells in first]) and len(made.header) < 200:
            raise InputError(
                "This looks like sample metadata, where a feature table is needed.",
                where=content.where,
                expected="features or samples with a number for each of the others; its cells are not numbers of reads",
                found=f"columns {listed(made.header, most=6)}",
                remedy=f"Give it as the metadata file. If it is a feature table after all: table_format '{_NAME}'.",
            )
        made.rows = itertools.chain(first, made.rows)
    return feature_table(made, choices)


FORMATS = [
    Format(
        _NAME,
        "any: QIIME, DADA2, phyloseq, LotuS2, ampliseq, spreadsheets",
        "all",
        "rows of as many cells as the header, tabs, commas, semicolons or blanks between them, or an Excel workbook",
        "QIIME, Classic OTU tables; R, write.table",
        "#OTU ID\tS1\tS2\ttaxonomy\nf1\t2\t3\tk__Bacteria; p__Firmicutes\n",
        lambda _: True,
        _read,
        order=9,
    )
]

"""Any table as text or workbook: ids in the first column and row, numbers elsewhere."""

from __future__ import annotations

import itertools
import re

from handbook_utils.errors import InputError, listed
from handbook_utils.study.cells.abundances import feature_table, number_like, without_unmapped
from handbook_utils.study.cells.numbers import MISSING
from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content, sheet
from handbook_utils.study.describing import is_metadata, is_taxonomy
from handbook_utils.study.formats.format import Format
from handbook_utils.study.tables import Table

_NAME = "plain table"
#: BLAST's tabular form, which SortMeRNA, vsearch, DIAMOND and others write, too.
_ALIGNMENT = re.compile(
    r"(?:#.*\n)*[^\t\n]+\t(?=[^\t\n]*[A-Za-z])[^\t\n]+\t\d{1,3}(?:\.\d+)?(?:\t\d+){7}(?:\t[\d.eE+-]+){2}(?:\t|\r?\n)"
)


def _read(content: Content, choices: Choices) -> Table:
    """Read a table whose format says nothing of itself.

    Raises
    ------
    InputError, InputErrors
        As :func:`~handbook_utils.study.cells.abundances.feature_table`; or it describes samples and counts nothing.
    """
    if _ALIGNMENT.match(content.head):
        raise InputError(
            "This is a list of alignments, not a feature table.",
            where=content.where,
            expected="a number for each feature of each sample",
            found="BLAST's columns: a read, what it is like, percent identity, length, …",
            remedy="Count the reads of each reference first: sortmerna --otu_map, or vsearch --otutabout.",
        )
    made = sheet(content, choices)
    if choices.table_format != _NAME:
        first = list(itertools.islice(made.rows, 30))
        _refuse_others(made.header, [cells for _, cells in first], content.where)
        made.rows = itertools.chain(first, made.rows)
    return without_unmapped(feature_table(made, choices))


def _refuse_others(header: list[str], first: list[list[str]], where: str) -> None:
    """Stop at a file that describes samples or features, and counts nothing.

    Raises
    ------
    InputError
        With what it looks like, and how to say that it is none.
    """
    if len(header) < 200 and is_metadata(header, first):
        what, needed, role = "sample metadata", "its cells are not numbers of reads", "metadata"
    elif len(header) < 200 and is_taxonomy(header, first):
        what, needed, role = "a taxonomy", "its columns name features", "taxonomy"
    else:
        _refuse_rows_of_words(header, first, where)
        return
    raise InputError(
        f"This looks like {what}, where a feature table is needed.",
        where=where,
        expected=f"features or samples with a number for each of the others; {needed}",
        found=f"columns {listed(header, most=6)}",
        remedy=f"Give it as {role}, beside the table of the counts. If it is a feature table after all: table_format "
        f"'{_NAME}'.",
    )


def _refuse_rows_of_words(header: list[str], first: list[list[str]], where: str) -> None:
    """Stop at rows above the numbers that describe the samples, as LEfSe's input has them.

    Raises
    ------
    InputError
        With the rows, and where they belong.
    """
    words = list(itertools.takewhile(lambda cells: _words_alone(cells[1:]), first))
    below = first[len(words) :]
    if words and below and all(number_like(cell) for cell in below[0][1:]):
        raise InputError(
            "Rows of this table describe the samples, and hold no numbers.",
            where=where,
            expected="the ids of the samples in the first row, and numbers below them",
            found=f"rows {listed([header[0], *(cells[0] for cells in words)], most=6)}, as LEfSe's input has them",
            remedy="Let the row of sample ids be the first, and put the others into a file of metadata.",
        )


def _words_alone(cells: list[str]) -> bool:
    """Say whether cells hold words, some of which do not stand for a missing number, and no numbers."""
    return not any(map(number_like, cells)) and any(cell.strip().casefold() not in MISSING for cell in cells)


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

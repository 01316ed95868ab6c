"""mothur's shared file: samples in rows, at one distance."""

from __future__ import annotations

import re

from handbook_utils.errors import InputError, listed
from handbook_utils.study.cells.abundances import feature_table
from handbook_utils.study.cells.delimited import Sheet
from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content, sheet
from handbook_utils.study.formats.format import Format
from handbook_utils.study.tables import KNOWN, Table


def _read(content: Content, choices: Choices) -> Table:
    """Read a mothur shared file.

    Source: mothur manual, "Shared file".

    Raises
    ------
    InputError
        Several distances (labels): one must be chosen.
    """
    whole = sheet(content, choices)
    header = [name.strip() for name in whole.header]
    rows, labels = [], set()
    for line, cells in whole.rows:
        labels.add(cells[0])
        rows.append((line, [*cells[1:2], *cells[3:]]))
    if len(labels) > 1:
        raise InputError(
            "This shared file holds several distances.",
            where=content.where,
            expected="one label",
            found=f"labels {listed(sorted(labels))}",
            remedy="Choose one in mothur: get.groups, or make.shared(list=…, label=0.03).",
        )
    # The two columns left out stand before the numbers: places count them.
    source = Sheet(
        [header[1], *header[3:]],
        iter(rows),
        lambda r, c: whole.place(r, c + 2),
        content.where,
        "mothur shared file",
        "\t",
    )
    table = feature_table(source, choices, "samples")
    table.format, table.how = "mothur shared file", KNOWN
    table.notes.insert(0, f"Format: mothur shared file, label {next(iter(labels), '')}.")
    return table


FORMATS = [
    Format(
        "mothur shared file",
        "mothur (make.shared)",
        "1.20 to 1.48",
        "label, Group and numOtus in front",
        "mothur manual, Shared file",
        "label\tGroup\tnumOtus\tOtu1\tOtu2\n0.03\tS1\t2\t5\t3\n0.03\tS2\t2\t0\t4\n",
        lambda content: bool(re.match(r"label\t[Gg]roup\t(?:numOtus|numASVs|num\w+)\t", content.head)),
        _read,
    )
]

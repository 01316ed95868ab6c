"""MEGAN's exported counts: taxa or their paths in rows, samples under #Datasets."""

from __future__ import annotations

import re

from handbook_utils.study.cells.abundances import feature_table
from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content, sheet
from handbook_utils.study.formats.format import Format
from handbook_utils.study.lineages import is_lineage, lineages, name_of
from handbook_utils.study.tables import KNOWN, Table

_NOT_TAXA = {"No hits", "Not assigned", "Low complexity", "Unassigned", "Contaminants"}


def _fits(content: Content) -> bool:
    """Whether a text has MEGAN's header of data sets."""
    return bool(re.search(r"(?m)^#Datasets?[\t,]", content.head[:5000]))


def _read(content: Content, choices: Choices) -> Table:
    """Read counts of taxa, as assigned (not summarised: then parents hold their children).

    Source: MEGAN 6 manual, "Export, CSV format: taxonName_to_count, taxonPath_to_count".
    """
    whole = sheet(content, choices)
    table = feature_table(whole, choices, "features")
    table.format, table.how = "MEGAN export", KNOWN
    aside = [n for n, row in enumerate(table.rows) if row.strip('"; ') in _NOT_TAXA]
    told = [
        f"{table.rows[n]} ({', '.join(f'{value:g}' for value in table.matrix[[n]].toarray().ravel()[:6])})"
        for n in aside
    ]
    kept = [n for n in range(len(table.rows)) if n not in set(aside)]
    rows = [table.rows[n].strip('"') for n in kept]
    table.matrix, table.rows = table.matrix[kept], rows
    if any(is_lineage(row) or ";" in row for row in rows):
        table.taxonomy = lineages([row.strip("; ") for row in rows], rows)
    elif table.taxonomy is not None:
        table.taxonomy = table.taxonomy.iloc[kept].map(name_of)
    table.notes.insert(0, "Format: MEGAN export.")
    table.notes += [f"Left out, without a name: {text}." for text in told]
    return table


FORMATS = [
    Format(
        "MEGAN export",
        "MEGAN",
        "5 and 6",
        "#Datasets in the first cell",
        "MEGAN 6 manual, Export: CSV format",
        '#Datasets\tS1\tS2\n"[D] Bacteria; [P] Firmicutes; [G] Blautia;"\t10\t12\nNot assigned\t3\t4\n',
        _fits,
        _read,
    )
]

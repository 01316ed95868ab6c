"""HUMAnN's tables of gene families, pathways and reactions: totals, or their parts by species; never both."""

from __future__ import annotations

import re

import numpy as np
from scipy import sparse

from handbook_utils.errors import InputError
from handbook_utils.study.cells.abundances import feature_table
from handbook_utils.study.cells.amounts import spread
from handbook_utils.study.cells.delimited import Sheet
from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content, sheet
from handbook_utils.study.formats.format import Format, first_line
from handbook_utils.study.tables import KNOWN, Table

_NAME = "HUMAnN table"
#: Rows that are no functions, also where a name was put to them (``UNMAPPED: NO_NAME``).
TOOL = re.compile(r"^(?:READS_UNMAPPED|UNMAPPED|UNINTEGRATED|UNGROUPED)(?=$|[:|])")
_ENDING = re.compile(r"_(?:Abundance|Coverage)(?:-(?:RPKs?|CPM|RELAB|cpm|relab|rpk|RPKM))?$")


def _fits(content: Content) -> bool:
    """Whether a text is a HUMAnN table: its header, its rows for what is unmapped, or parts by species."""
    head = content.head
    if re.match(r"#\s?(?:Gene Famil\w+|Pathway|Reaction|\w+ Family)\t|# ?[\w ]+ HUMAnN v", first_line(content)):
        return True
    return bool(re.search(r"(?m)^(?:READS_UNMAPPED|UNMAPPED|UNINTEGRATED|UNGROUPED)(?:[:|\t])", head))


def _read(content: Content, choices: Choices) -> Table:
    """Read a HUMAnN table, as totals or (``functions by-species``) as parts by species.

    Source: HUMAnN 3 and 4 user manuals, "Output files".
    """
    whole = sheet(content, choices)
    table = feature_table(
        Sheet(whole.header, whole.rows, whole.place, whole.where, _NAME, "\t", whole.notes), choices, "features"
    )
    table.shorter = {name: _ENDING.sub("", name) for name in table.columns}
    stated = re.search(r"HUMAnN (v[\w.]+)\s*([^\t]*)", whole.header[0])
    table.format, table.rows_are, table.how = _NAME, "features", KNOWN
    of = f" of {', '.join(filter(None, (stated[1], stated[2].strip())))}" if stated else ""
    table.notes = [f"Format: {_NAME}{of}.", *table.notes[1:]]
    return apart(table, choices)


def apart(table: Table, choices: Choices) -> Table:
    """Keep the totals of functions, or their parts by species, and leave out what is no function; both are told.

    Parameters
    ----------
    table : Table
        Of functions; it is changed.
    choices : Choices
        ``functions``: totals, or by-species.

    Returns
    -------
    Table
        The same, with samples as rows.

    Raises
    ------
    InputError
        Parts are asked for, and there are none.
    """
    features = table.oriented()[2]
    parts = np.array(["|" in name for name in features], dtype=bool)
    tool = np.array([bool(TOOL.match(name)) for name in features], dtype=bool)
    wanted = parts if choices.functions == "by-species" else ~parts
    if not (wanted & ~tool).any():
        raise InputError(
            "This table has no functions of this kind.",
            where="parameter functions",
            expected="rows with | for by-species, and rows without for totals",
            found=f"{int((~parts & ~tool).sum())} totals, {int((parts & ~tool).sum())} parts",
            remedy="Ask for the others: functions totals, or functions by-species.",
        )
    matrix = table.oriented()[0]
    totals = [(name, matrix[:, [n]].toarray().ravel()) for n, name in enumerate(features) if tool[n] and not parts[n]]
    kept = np.flatnonzero(wanted & ~tool)
    names = [features[n] for n in kept]
    table.matrix, table.rows, table.columns = sparse.csr_array(matrix[:, kept]), table.oriented()[1], names
    table.rows_are, table.how, table.quantity, table.taxonomy = "samples", KNOWN, "abundances", None
    table.features_are = "functions"
    other = "totals" if choices.functions == "by-species" else "parts by species"
    left = int((~wanted & ~tool).sum())
    table.notes.append(
        f"Functions: {len(names)} kept"
        + (f"; {left} {other} left out, so that nothing is counted twice." if left else ", all that the file has.")
    )
    for name, amounts in totals:
        table.notes.append(f"Left out, no function: {name} ({spread(amounts)}).")
    return table


FORMATS = [
    Format(
        _NAME,
        "HUMAnN",
        "3 and 4",
        "# Gene Family, # Pathway or # Reaction in front, or rows UNMAPPED and the like",
        "HUMAnN 3 and 4 user manuals, Output files",
        "# Gene Family HUMAnN v4.0.0.alpha.1 Adjusted CPMs\tS1_Abundance-CPM\nREADS_UNMAPPED\t70000.0\n"
        "UniRef90_A\t100.5\nUniRef90_A|g__G.s__G_one\t100.5\n",
        _fits,
        _read,
    )
]

"""PICRUSt2's predictions: functions or pathways, whole, by sequence, or as a long table of contributions."""

from __future__ import annotations

import itertools
import re

import numpy as np
from scipy import sparse

from handbook_utils.errors import InputError
from handbook_utils.study.cells.abundances import feature_table
from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content, sheet
from handbook_utils.study.formats.format import Format, first_line, header_of
from handbook_utils.study.formats.long import long_table
from handbook_utils.study.tables import KNOWN, Table

_NAME = "PICRUSt2 predictions"
_CONTRIB = {"sample", "function", "taxon", "taxon_function_abun"}


def _fits(content: Content) -> bool:
    """Whether a table begins with functions or pathways, also by sequence."""
    header = header_of(content)
    return header[:1] in (["function"], ["pathway"]) and len(header) > 1 and not first_line(content).startswith("#")


def _fits_contrib(content: Content) -> bool:
    """Whether a table is the long one of contributions."""
    return set(header_of(content)) >= _CONTRIB


def _read(content: Content, choices: Choices) -> Table:
    """Read ``pred_metagenome_unstrat`` or ``path_abun_unstrat``, or the same by sequence (``strat``), added up.

    Source: PICRUSt2 wiki, "Key output files".
    """
    whole = sheet(content, choices)
    by_sequence = len(whole.header) > 2 and whole.header[1].strip().casefold() == "sequence"
    if by_sequence:
        separate = choices.functions == "by-species"
        header = [whole.header[0], *whole.header[2:]]
        rows = ((line, [f"{cells[0]}|{cells[1]}", *cells[2:]]) for line, cells in whole.rows)
        whole.header, whole.rows = header, iter(list(rows))
        table = feature_table(whole, choices, "features")
        if not separate:
            table = _added(table, content.where)
    else:
        table = feature_table(whole, choices, "features")
    table.format, table.how, table.quantity, table.taxonomy = _NAME, KNOWN, "abundances", None
    table.features_are = "functions"
    table.notes.insert(0, f"Format: {_NAME}{', by sequence' if by_sequence else ''}; the rows are functions.")
    return table


def _added(table: Table, where: str) -> Table:
    """Add up the parts of each function.

    Raises
    ------
    InputError
        A part is below 0.
    """
    names = [row.partition("|")[0] for row in table.rows]
    whole = list(dict.fromkeys(names))
    if (table.matrix.data < 0).any():
        raise InputError(
            "A part of a function is negative.",
            where=where,
            expected="numbers of 0 or more",
            found=f"{int((table.matrix.data < 0).sum())} below 0",
            remedy="Was the table transformed (clr, log ratio)? Give it as PICRUSt2 wrote it.",
        )
    at = {name: n for n, name in enumerate(whole)}
    sums = sparse.csr_array((np.ones(len(names)), ([at[name] for name in names], range(len(names)))))
    table.matrix, table.rows = sparse.csr_array(sums @ table.matrix), whole
    table.notes.append(f"{len(names)} parts by sequence were added up to {len(whole)} functions.")
    return table


def _read_contrib(content: Content, choices: Choices) -> Table:
    """Read the table of contributions: what all taxa of a sample give of a function, added up."""
    whole = sheet(content, choices)
    words = [name.strip().casefold() for name in whole.header]
    places = words.index("sample"), words.index("function"), words.index("taxon_function_abun")
    totals: dict[tuple[str, str], float] = {}
    for line, cells in whole.rows:
        try:
            sample, function, amount = (cells[n] for n in places)
            if not re.fullmatch(r"[\d.eE+-]+", amount.strip(), re.ASCII) or float(amount) < 0:
                raise ValueError(amount)
            totals[sample, function] = totals.get((sample, function), 0.0) + float(amount)
        except (ValueError, IndexError):
            raise InputError(
                "A line of this table cannot be read.",
                where=f"{content.where}, line {line}",
                expected="a number of taxon_function_abun",
                found="; ".join(cells[:8]),
                remedy="Is the file cut off?",
            ) from None
    lines = itertools.chain(
        ["function\tsample\tabundance"],
        (f"{function}\t{sample}\t{amount!r}" for (sample, function), amount in totals.items()),
    )
    made = Content.of_text("\n".join(lines) + "\n", content.where)
    table = long_table(made, choices, (0, 1, 2), _NAME)
    table.quantity, table.features_are = "abundances", "functions"
    table.notes = [f"Format: {_NAME}, contributions; those of all taxa were added up."]
    return table


FORMATS = [
    Format(
        _NAME,
        "PICRUSt2",
        "2.3 to 2.6",
        "function or pathway in the first cell",
        "PICRUSt2 wiki, Key output files",
        "pathway\tS1\tS2\nPWY-1\t0.0\t1.5\nPWY-2\t10.0\t11.5\n",
        _fits,
        _read,
    ),
    Format(
        "PICRUSt2 contributions",
        "PICRUSt2",
        "2.3 to 2.6",
        "the columns sample, function, taxon and taxon_function_abun",
        "PICRUSt2 wiki, Key output files",
        "sample\tfunction\ttaxon\ttaxon_abun\ttaxon_rel_abun\tgenome_function_count\ttaxon_function_abun\t"
        "taxon_rel_function_abun\nS1\tK00001\tt1\t10\t50\t2\t20\t100\n",
        _fits_contrib,
        _read_contrib,
    ),
]

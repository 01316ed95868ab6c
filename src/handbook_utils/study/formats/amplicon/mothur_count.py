"""mothur's count_table: sequences in rows, their total beside the samples; full, or compressed."""

from __future__ import annotations

import re

import numpy as np
from scipy import sparse

from handbook_utils.errors import InputError, listed
from handbook_utils.study.cells.abundances import feature_table
from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content, sheet
from handbook_utils.study.formats.format import Format
from handbook_utils.study.tables import KNOWN, Table

_NAME = "mothur count table"


def _fits(content: Content) -> bool:
    """Whether a text is a count table: its header, also below the comments of the compressed form."""
    return bool(re.search(r"(?m)^Representative_Sequence\ttotal", content.head[:100_000]))


def _read(content: Content, choices: Choices) -> Table:
    """Read a count table; the column ``total`` is no sample.

    Source: mothur manual, "Count File".

    Raises
    ------
    InputError, InputErrors
        Only totals; a total that is not the sum of its row.
    """
    if content.head.startswith("#Compressed"):
        return _compressed(content)
    whole = sheet(content, choices)
    table = feature_table(whole, choices, "features")
    if not table.columns or table.columns == ["total"]:
        raise InputError(
            "This count table has no samples, only totals.",
            where=content.where,
            expected="a column for each sample",
            found=listed(whole.header),
            remedy="Make it with a group file: count.seqs(name=…, group=…).",
        )
    table.format, table.how = _NAME, KNOWN
    table.notes[0] = f"Format: {_NAME}."
    return table


def _compressed(content: Content) -> Table:
    samples: list[str] = []
    names: list[str] = []
    cells: list[tuple[int, int, float]] = []
    started = False
    for number, raw in enumerate(content.lines(), start=1):
        line = raw.rstrip("\r\n")
        parts = line.split("\t")
        try:
            if line.startswith("#") and not started:
                # #1,S1<tab>2,S2<tab>… names the samples.
                pairs = [
                    part.split(",", 1) for part in line.lstrip("#").split("\t") if re.fullmatch(r"\d+,[^,]+", part)
                ]
                if pairs and len(pairs) == len([part for part in line.split("\t") if part]):
                    samples = [name for _, name in pairs]
                continue
            if parts[0] == "Representative_Sequence":
                started = True
                samples = samples or [name for name in parts[2:] if name]
                continue
            if not line.strip():
                continue
            found = [(int(at) - 1, float(value)) for at, value in (part.split(",") for part in parts[2:] if part)]
            if any(not 0 <= at < len(samples) for at, _ in found) or sum(value for _, value in found) != float(
                parts[1]
            ):
                raise ValueError
            cells += [(len(names), at, value) for at, value in found]
            names.append(parts[0])
        except (ValueError, IndexError):
            raise InputError(
                "A line of this count table cannot be read.",
                where=f"{content.where}, line {number}",
                expected="a name, the total, and number,reads for each sample; the reads add up to the total",
                found=line[:60],
                remedy="Is the file cut off? mothur's count.seqs(count=…, compress=f) writes it whole.",
            ) from None
    if not names or not samples:
        raise InputError(
            "This count table has no samples.",
            where=content.where,
            expected="a line that names them",
            found="none",
            remedy="Make it with mothur's count.seqs and a group file.",
        )
    rows, columns, values = (np.array(part) for part in zip(*cells, strict=True))
    matrix = sparse.csr_array(
        sparse.coo_array((values.astype(float), (rows, columns)), shape=(len(names), len(samples)))
    )
    notes = [f"Format: {_NAME}, compressed.", "Left out, because totals of the others: the column total."]
    return Table(_NAME, matrix, names, samples, "features", KNOWN, notes=notes)


FORMATS = [
    Format(
        _NAME,
        "mothur (count.seqs, make.table)",
        "1.28 to 1.48",
        "Representative_Sequence and total in front",
        "mothur manual, Count File",
        "Representative_Sequence\ttotal\tS1\tS2\nseq1\t10\t4\t6\nseq2\t7\t3\t4\n",
        _fits,
        _read,
    )
]

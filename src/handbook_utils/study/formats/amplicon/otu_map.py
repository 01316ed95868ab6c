"""OTU maps: a line an OTU or reference, and the reads that belong to it."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
from scipy import sparse

from handbook_utils.errors import InputError, listed
from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content
from handbook_utils.study.formats.format import Format
from handbook_utils.study.formats.reports import named_by_files, sample_of
from handbook_utils.study.tables import KNOWN, Table

_NAME = "OTU map"
#: QIIME's form of a read's name: the sample, and the number of the read in it.
_READ = re.compile(r"(?P<sample>\S+)_\d+(?: .*)?")
#: A read's name as sequencers and archives write it, or with a number at its end.
_LIKE_A_READ = re.compile(r"\S+_\d+(?: .*)?|\S+:\d+:\S+|[SED]RR\d+\.\d+\S*|\S+/[12]")


def _fits(content: Content) -> bool:
    """Whether lines of unequal length hold nothing but names of reads behind the first cell."""
    rows = [line.split("\t") for line in content.head.splitlines()[:20] if line.strip()]
    if len({len(row) for row in rows}) < 2 and len(rows) != 1:
        return False
    reads = [cell.strip() for row in rows for cell in row[1:50] if cell.strip()]
    return bool(reads) and all(len(row) > 1 for row in rows) and all(map(_LIKE_A_READ.fullmatch, reads))


def _read(content: Content, _: Choices) -> Table:
    """Count the reads of each line. Where every read is called SAMPLE_NUMBER, the samples are told apart by it.

    Source: SortMeRNA user manual, ``--otu_map``; QIIME 1, "OTU mapping files".

    Raises
    ------
    InputError
        An OTU or a read stands twice.
    """
    otus: list[str] = []
    reads: list[list[str]] = []
    for line in content.lines():
        cells = [cell.strip() for cell in line.split("\t")]
        if any(cells):
            otus.append(cells[0])
            reads.append([cell for cell in cells[1:] if cell])
    for what, names in (("OTUs", otus), ("reads", [name for row in reads for name in row])):
        twice = [name for name, number in Counter(names).items() if number > 1]
        if twice:
            raise InputError(
                f"{len(twice)} {what} of this map stand in it more than once.",
                where=content.where,
                expected="each on one line",
                found=listed(twice),
                remedy="Were two maps put together? A read that is counted twice is not a read.",
            )
    found = [[_READ.fullmatch(name) for name in row] for row in reads]
    named = all(match for row in found for match in row)
    notes = [f"Format: {_NAME}: {sum(map(len, reads))} reads of {len(otus)} OTUs, counted."]
    if named:
        counts = [Counter(match["sample"] for match in row if match) for row in found]
        samples = sorted({sample for row in counts for sample in row})
        notes.append("Samples: by the names of the reads, which are called SAMPLE_NUMBER.")
    else:
        samples = [sample_of(content.where)]
        counts = [Counter({samples[0]: len(row)}) for row in reads]
        notes += named_by_files([content.where], samples)
        notes.append("The names of the reads do not say their samples: all are counted as one sample.")
    matrix = np.array([[row[sample] for sample in samples] for row in counts], dtype=float)
    return Table(_NAME, sparse.csr_array(matrix), otus, samples, "features", KNOWN, None, "counts", notes=notes)


FORMATS = [
    Format(
        _NAME,
        "SortMeRNA (--otu_map), QIIME 1",
        "SortMeRNA 2 to 4; QIIME 1",
        "a line an OTU with the names of its reads, of unequal length",
        "SortMeRNA user manual, otu_map; QIIME 1, OTU mapping files",
        "ref1\tS1_0\tS1_1\tS2_0\nref2\tS2_7\n",
        _fits,
        _read,
    )
]

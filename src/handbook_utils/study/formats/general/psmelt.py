"""Long tables of phyloseq and taxpasta: a row for each feature of each sample."""

from __future__ import annotations

from handbook_utils.study.cells.delimited import word
from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content, sheet
from handbook_utils.study.formats.format import Format
from handbook_utils.study.formats.long import long_table
from handbook_utils.study.tables import Table

_SAMPLE = ("sample", "sample id", "samplename", "sample name", "sample-id", "monster")
_FEATURE = (
    *("otu", "asv", "feature", "feature id", "featureid", "taxonomy id", "function", "pathway"),
    *("taxon", "species", "genus", "taxonomy", "lineage"),
)
_AMOUNT = ("abundance", "count", "counts", "reads", "coverage", "relative abundance", "percentage", "percent", "aantal")


def _places(header: list[str]) -> tuple[int, int, int] | None:
    words = [word(name.strip('"')) for name in header]
    found = [next((words.index(name) for name in names if name in words), -1) for names in (_FEATURE, _SAMPLE, _AMOUNT)]
    return (found[0], found[1], found[2]) if min(found) >= 0 else None


def _fits(content: Content) -> bool:
    """Whether a table has a column of features, one of samples and one of abundances."""
    line = next((line for line in content.head.splitlines() if line.strip()), "")
    return len(line) < 5000 and any(_places(line.split(sign)) is not None for sign in "\t,;" if sign in line)


def _read(content: Content, choices: Choices) -> Table:
    """Read what psmelt() or a long table of another program holds."""
    return long_table(content, choices, _places(sheet(content, choices).header) or (0, 0, 0), "long table")


FORMATS = [
    Format(
        "long table",
        "phyloseq (psmelt), taxpasta (long), SingleM",
        "phyloseq 1.20 and later; taxpasta 0.4 and later; SingleM 0.15 and later",
        "columns of features, samples and abundances",
        "phyloseq manual, psmelt; taxpasta documentation, Long format; SingleM documentation, taxonomic profile",
        '"","OTU","Sample","Abundance","group","Kingdom","Phylum"\n"1","a","S1",10,"x","Bacteria","Firmicutes"\n',
        _fits,
        _read,
    )
]

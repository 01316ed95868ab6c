"""KMCP's profile: reference genomes with their shares and reads; and profiles in CAMI's format."""

from __future__ import annotations

from collections.abc import Sequence

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.study.cells.delimited import ragged_lines
from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content, sheet
from handbook_utils.study.formats.format import Format, header_of
from handbook_utils.study.formats.reports import sample_of
from handbook_utils.study.formats.single import Row, reports
from handbook_utils.study.lineages import rank_of
from handbook_utils.study.tables import Table

_LETTERS = {
    "superkingdom": "k",
    "domain": "k",
    "kingdom": "k",
    "phylum": "p",
    "class": "c",
    "order": "o",
    "family": "f",
}
_LETTERS |= {"genus": "g", "species": "s", "strain": "t"}


def _kmcp(content: Content) -> list[tuple[int, Row]]:
    made = sheet(content)
    at = {name.strip().casefold(): n for n, name in enumerate(made.header)}
    rows: dict[str, tuple[int, Row]] = {}
    for line, cells in made.rows:
        if len(cells) != len(made.header):
            raise InputErrors(ragged_lines([f"line {line} has {len(cells)}"], made.where, len(made.header)))
        taxid, name = (cells[at[key]] if key in at else "" for key in ("taxid", "taxname"))
        taxon, label = taxid or cells[0], name or cells[0]
        amount = cells[at["reads"]]
        if taxon in rows:  # several genomes of a species: their reads are added up
            amount = repr(float(rows[taxon][1].amount) + float(amount))
        path = cells[at["taxpath"]] if "taxpath" in at else ""
        rows[taxon] = (line, Row(taxon, label, amount, "", path))
    return list(rows.values())


def _join_kmcp(contents: Sequence[Content], choices: Choices) -> Table:
    """Read the reads of each taxon.

    Source: KMCP documentation, "Profiling", output format.
    """
    return reports(contents, choices, "KMCP profile", _kmcp, "counts")


def _cami(content: Content) -> list[tuple[int, Row]]:
    rows, sample, columns = [], "", {"TAXID": 0, "RANK": 1, "TAXPATH": 2, "TAXPATHSN": 3, "PERCENTAGE": 4}
    for number, raw in enumerate(content.lines(), start=1):
        line = raw.rstrip("\r\n")
        if line.startswith("@SampleID"):
            sample = line.partition(":")[2].strip()
        elif line.startswith("@@"):
            columns = {name: n for n, name in enumerate(line[2:].split("\t"))}
        elif line.strip() and not line.startswith(("@", "#")):
            cells = line.split("\t")
            if len(cells) < 5:
                raise InputError(
                    "A line of this profile cannot be read.",
                    where=f"{content.where}, line {number}",
                    expected="TAXID, RANK, TAXPATH, TAXPATHSN and PERCENTAGE",
                    found=f"{len(cells)} cells",
                    remedy="Is the file cut off?",
                )
            names = cells[columns["TAXPATHSN"]].split("|")
            rank = cells[columns["RANK"]]
            letters = ["k", "p", "c", "o", "f", "g", "s", "t"]
            lineage = ";".join(f"{letter}__{name}" for letter, name in zip(letters, names, strict=False))
            rank = rank_of(f"{_LETTERS[rank]}__x") if rank in _LETTERS else rank
            rows.append(
                (
                    number,
                    Row(
                        cells[columns["TAXID"]],
                        names[-1],
                        cells[columns["PERCENTAGE"]],
                        rank,
                        lineage,
                        sample or sample_of(content.where),
                    ),
                )
            )
    return rows


def _join_cami(contents: Sequence[Content], choices: Choices) -> Table:
    """Read the percentages of one rank.

    Source: CAMI, "Bioboxes profiling format 0.9".
    """
    return reports(contents, choices, "CAMI profile", _cami, "abundances")


FORMATS = [
    Format(
        "KMCP profile",
        "KMCP (profile)",
        "0.8 and 0.9",
        "the columns ref, percentage, coverage and reads",
        "KMCP documentation, Profiling",
        "ref\tpercentage\tcoverage\tscore\tchunksFrac\tchunksRelDepth\tchunksRelDepthStd\treads\tureads\thicureads\t"
        "refsize\trefname\ttaxid\trank\ttaxname\ttaxpath\ttaxpathsn\n"
        "GCF_1\t100.0\t1.2\t100\t1.0\t1;1\t0\t60\t60\t60\t3600000\t\t40520\tspecies\tBlautia obeum\t"
        "Bacteria;Bacillota;Clostridia;Eubacteriales;Lachnospiraceae;Blautia;Blautia obeum\t2;1\n",
        lambda content: header_of(content)[:3] == ["ref", "percentage", "coverage"] and "reads" in header_of(content),
        lambda content, choices: _join_kmcp([content], choices),
        _join_kmcp,
    ),
    Format(
        "CAMI profile",
        "KMCP, MetaPhlAn (--CAMI_format_output), mOTUs (-C), ganon, Bracken by taxpasta",
        "0.9",
        "@SampleID and @@TAXID",
        "CAMI, Bioboxes profiling format 0.9",
        "@SampleID:S1\n@Version:0.9.1\n@@TAXID\tRANK\tTAXPATH\tTAXPATHSN\tPERCENTAGE\n"
        "40520\tspecies\t2|40520\tBacteria||||||Blautia obeum\t100.0\n",
        lambda content: "@@TAXID\t" in content.head[:3000],
        lambda content, choices: _join_cami([content], choices),
        _join_cami,
    ),
]

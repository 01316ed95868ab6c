"""Tables of profilers: mothur, MetaPhlAn, HUMAnN, Kraken 2 and Bracken. Each has its own idea of a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.study.delimited import Sheet, feature_table, sheet
from handbook_utils.study.tables import RANKS, Table, duplicates, lineages

_KNOWN = "the format says so"
_CLADES = re.compile(r"(?m)^#?(?:clade_name|ID|SampleID|Classification)\t")
_NO_SAMPLES = {
    "NCBI_tax_id",
    "clade_taxid",
    "additional_species",
    "coverage",
    "estimated_number_of_reads_from_the_clade",
}
_KRAKEN = re.compile(r"^\s*\d+(?:\.\d+)?\t\d+\t\d+(?:\t\d+\t\d+)?\t[A-Z]?\d*\t\d+\t *\S")
_CODES = {"D": "kingdom", "K": "kingdom", "P": "phylum", "C": "class", "O": "order", "F": "family", "G": "genus"}
_REPORT_ENDINGS = re.compile(
    r"(?:[._-](?:k2|kraken2?|bracken|species|kreport2?|report|output|S|txt|tsv|profile|metaphlan\d?))+$"
)


# ---------------------------------------------------------------------- mothur


def is_shared(text: str) -> bool:
    """Whether a text is a mothur shared file."""
    return bool(re.match(r"label\t[Gg]roup\t(?:numOtus|numASVs|num\w+)\t", text))


def shared(text: str, where: str) -> Table:
    """Read a mothur shared file: samples in rows, at one distance.

    Source: mothur manual, "Shared file".

    Raises
    ------
    InputError
        Several distances (labels): one must be chosen.
    """
    whole = sheet(text, where)
    header = [name.strip() for name in whole.header]
    while header and not header[-1]:
        header.pop()
    labels: set[str] = set()

    def rows() -> list[tuple[int, list[str]]]:
        kept = []
        for line, cells in whole.rows:
            labels.add(cells[0])
            kept.append((line, [*cells[1:2], *cells[3:]]))
        return kept

    body = rows()
    if len(labels) > 1:
        raise InputError(
            "This shared file holds several distances.",
            where=where,
            expected="one label",
            found=f"labels {listed(sorted(labels))}",
            remedy="Choose one in mothur: get.groups, or make.shared(list=…, label=0.03).",
        )
    # The two columns left out stand before the numbers: places count them.
    source = Sheet(
        [header[1], *header[3:]], iter(body), lambda r, c: whole.place(r, c + 2), where, "mothur shared file", "\t"
    )
    table = feature_table(source)
    table.rows_are, table.how, table.format = "samples", _KNOWN, "mothur shared file"
    table.notes.insert(0, f"Format: mothur shared file, label {next(iter(labels), '')}.")
    return table


# ---------------------------------------------------------------------- MetaPhlAn


def is_metaphlan(text: str) -> bool:
    """Whether a text is a MetaPhlAn profile, several of them merged, or a table in that form."""
    return text.startswith("#mpa_v") or (bool(_CLADES.search(text[:5000])) and "|p__" in text[:50_000])


def metaphlan(text: str, where: str) -> Table:
    """Read MetaPhlAn profiles at species level.

    Every clade is listed at every rank, so that adding all rows would count each organism eight times: only species
    are kept. What is unclassified is left out, and that is noted with its share.

    Source: MetaPhlAn 4 manual; ``merge_metaphlan_tables.py``.
    """
    lines = text.splitlines()
    headers = [n for n, line in enumerate(lines[:50]) if _CLADES.match(line)]
    if not headers:
        raise InputError(
            "This MetaPhlAn table has no header.", where=where, expected="a line that begins with clade_name"
        )
    start = headers[-1]
    header = lines[start].lstrip("#").split("\t")
    single = "relative_abundance" in header or header[-1].endswith("_Analysis")
    taken = [n for n, name in enumerate(header) if n and name not in _NO_SAMPLES]
    names = [sample_of(Path(where))] if single else [header[n].removesuffix("_profile") for n in taken]
    kept, rest, unclassified = [], 0, ""
    for number, line in enumerate(lines[start + 1 :], start=start + 2):
        cells = line.split("\t")
        clade = cells[0].split("|")
        if clade[0] in {"UNCLASSIFIED", "UNKNOWN"}:
            unclassified = f"{clade[0]} ({listed([cells[n] for n in taken], most=3)} percent)"
        elif clade[-1].startswith("s__"):
            kept.append((number, [cells[0], *(cells[n] if n < len(cells) else "" for n in taken)]))
        elif line.strip() and not line.startswith("#"):
            rest += 1
    if not kept:
        raise InputError(
            "This MetaPhlAn profile has no species.",
            where=where,
            expected="clades that end with s__…",
            found=f"{rest} clades of other ranks",
            remedy="Run MetaPhlAn with --tax_lev a (all ranks), or s.",
        )
    places = {n: m + 1 for n, m in enumerate(taken, start=2)}
    source = Sheet(
        ["clade_name", *names],
        iter(kept),
        lambda r, c: f"line {r}, column {places.get(c, c)}",
        where,
        "MetaPhlAn profile",
        "\t",
    )
    table = feature_table(source)
    lineage = lineages(table.rows, table.rows, separator="|")
    table.rows = [row.split("|")[-1].removeprefix("s__") for row in table.rows]
    errors = duplicates(table.rows, "species", (f"line {line}" for line, _ in kept), where)
    if errors:
        raise InputErrors(errors)
    table.taxonomy = lineage.set_axis(pd.Index(table.rows, dtype=object)).map(lambda name: str(name).replace("_", " "))
    table.rows_are, table.how, table.format = "features", _KNOWN, "MetaPhlAn profile"
    if header[0] != "Classification":  # Kraken's tools write this form too, with counts
        table.quantity = "abundances"
    table.notes = [
        f"Format: MetaPhlAn profile; {len(kept)} species kept, {rest} rows of other ranks left out.",
        *table.notes,
    ]
    if unclassified:
        table.notes.append(f"Left out: {unclassified}.")
    return table


# ---------------------------------------------------------------------- HUMAnN


def is_humann(text: str) -> bool:
    """Whether a text is a HUMAnN table."""
    return bool(re.match(r"# ?(?:Gene Family|Pathway|Reaction|Gene family|\w+ Family)\t", text))


def humann(text: str, where: str) -> Table:
    """Read a HUMAnN table of gene families or pathways: the totals, without their division over species.

    Rows with ``|`` say which species carries a part of the row above, so they would be counted twice. UNMAPPED,
    UNINTEGRATED and UNGROUPED are no functions. All are left out, and that is noted.

    Source: HUMAnN 3 user manual, "Output files".
    """
    whole = sheet(text, where)
    kept, stratified, special = [], 0, []
    for line, cells in whole.rows:
        if "|" in cells[0]:
            stratified += 1
        elif cells[0] in {"UNMAPPED", "UNINTEGRATED", "UNGROUPED"}:
            special.append(cells[0])
        else:
            kept.append((line, cells))
    ending = re.compile(r"_(?:Abundance|Coverage)(?:-(?:RPKs|CPM|RELAB|cpm|relab))?$")
    header = [whole.header[0], *(ending.sub("", name) for name in whole.header[1:])]
    table = feature_table(Sheet(header, iter(kept), whole.place, where, "HUMAnN table", "\t"))
    table.rows_are, table.how, table.quantity, table.taxonomy = "features", _KNOWN, "abundances", None
    said = f"Format: HUMAnN table; {stratified} rows by species"
    table.notes = [f"{said}{' and ' + ', '.join(special) if special else ''} left out.", *table.notes]
    return table


# ---------------------------------------------------------------------- Kraken 2 and Bracken


def is_bracken(text: str) -> bool:
    """Whether a text is Bracken's own table, of one sample or combined."""
    return text.startswith("name\ttaxonomy_id\ttaxonomy_lvl\t")


def bracken(text: str, where: str) -> Table:
    """Read Bracken's table: the estimated reads of each taxon.

    Source: Bracken manual; ``combine_bracken_outputs.py`` (columns that end in ``_num``).

    Raises
    ------
    InputError
        No column of reads; taxa of several levels, which would be counted twice.
    """
    whole = sheet(text, where)
    header = [name.strip() for name in whole.header]
    taken = [n for n, name in enumerate(header) if name.endswith("_num") or name == "new_est_reads"]
    rows = list(whole.rows)
    levels = sorted({cells[2] for _, cells in rows if len(cells) > 2})
    if not taken or len(levels) > 1:
        raise InputError(
            "This Bracken table cannot be read as counts.",
            where=where,
            expected="new_est_reads, or columns that end in _num; one taxonomic level",
            found=f"columns {listed(header, most=8)}; levels {listed(levels)}",
            remedy="Give the table that bracken -o wrote, or combine_bracken_outputs.py.",
        )
    single = header[taken[0]] == "new_est_reads"
    samples = [sample_of(Path(where))] if single else [sample_of(Path(header[n].removesuffix("_num"))) for n in taken]
    kept = [(line, [cells[0], *(cells[n] for n in taken)]) for line, cells in rows if len(cells) == len(header)]
    places = dict(enumerate((0, *taken), start=1))
    source = Sheet(
        ["taxon", *samples], iter(kept), lambda r, c: whole.place(r, places[c] + 1), where, "Bracken table", "\t"
    )
    table = feature_table(source)
    table.rows_are, table.how, table.quantity = "features", _KNOWN, "counts"
    table.notes = [f"Format: Bracken table, level {levels[0]}."]
    if len(kept) < len(rows):
        raise InputError(
            f"{len(rows) - len(kept)} lines do not have as many cells as the header.",
            where=where,
            expected=f"{len(header)} cells a line",
            remedy="Is the file cut off?",
        )
    return table


def is_kraken(text: str) -> bool:
    """Whether a text is a report of Kraken 2, or of Bracken in that form."""
    lines = [line for line in text[:5000].split("\n", 3)[:3] if line.strip()]
    return bool(lines) and all(_KRAKEN.match(line) for line in lines)


def sample_of(path: Path) -> str:
    """Return the sample a report is of: its file name without the endings of the programs.

    Examples
    --------
    >>> sample_of(Path("reports/S1.kraken2.report.txt")), sample_of(Path("S2_bracken_species.kreport"))
    ('S1', 'S2')
    """
    return _REPORT_ENDINGS.sub("", path.name.removesuffix(".gz")) or path.name


def kraken(reports: Sequence[tuple[str, str]]) -> Table:
    """Join reports of Kraken 2 (or Bracken), at species level: reads in the clade of each species.

    Reads that stop above the species are left out, and their share is noted: Bracken can divide them over species.

    Source: Kraken 2 manual, "Sample report output format"; Bracken manual.

    Parameters
    ----------
    reports : sequence of (str, str)
        Path and text of each.

    Raises
    ------
    InputErrors
        Lines that are not of a report, in any of the files; files of the same sample; a report without species.
    """
    samples = [sample_of(Path(where)) for where, _ in reports]
    errors = [
        InputError(
            "Two reports are of one sample.",
            where=error.where,
            expected="one report a sample; the sample is the file's name without the programs' endings",
            found=error.found,
            remedy="Leave one of them out, or rename it.",
        )
        for error in duplicates(samples, "sample", (where for where, _ in reports), str(Path(reports[0][0]).parent))
    ]
    counts: list[dict[str, int]] = []
    known: dict[str, list[str]] = {}
    above = []
    for where, text in reports:
        found, classified, wrong = _report(text, known)
        if wrong:
            errors.append(
                InputError(
                    f"{len(wrong)} lines are not of a Kraken 2 report.",
                    where=where,
                    expected="percentage, reads in the clade, reads of the taxon, rank, taxon id, name; tabs between",
                    found=listed(wrong, most=3),
                    remedy="Give the file that --report wrote, not the one that --output wrote.",
                )
            )
        elif not found:
            errors.append(InputError("This report has no species.", where=where, expected="lines of rank S"))
        counts.append(found)
        above.append(1 - sum(found.values()) / classified if classified else 0.0)
    if errors:
        raise InputErrors(errors)
    ids = sorted(known)
    # Two taxa may have one name; then the number tells them apart.
    named = pd.Series([known[taxid][-1] for taxid in ids])
    features = [
        f"{name} ({i})" if twice else name
        for i, name, twice in zip(ids, named, named.duplicated(keep=False), strict=True)
    ]
    at = {taxid: n for n, taxid in enumerate(ids)}
    cells = [(row, at[taxid], value) for row, held in enumerate(counts) for taxid, value in held.items()]
    rows, columns, values = (np.array(part) for part in zip(*cells, strict=True))
    matrix = sparse.csr_array(sparse.coo_array((values.astype(float), (rows, columns)), shape=(len(samples), len(ids))))
    taxonomy = pd.DataFrame(
        [known[i] for i in ids], index=pd.Index(features, dtype=object), columns=list(RANKS[:7]), dtype=object
    )
    notes = [f"Format: {len(reports)} Kraken 2 reports, at species level."]
    if max(above) > 0:
        notes.append(
            f"Left out: reads classified above the species, {min(above):.1%} to {max(above):.1%} of the classified."
        )
    return Table("Kraken 2 reports", matrix, samples, features, "samples", _KNOWN, taxonomy, "counts", notes=notes)


def _report(text: str, known: dict[str, list[str]]) -> tuple[dict[str, int], int, list[str]]:
    """Return reads by taxon id of the species, all classified reads, and the lines that do not fit."""
    found: dict[str, int] = {}
    path: list[tuple[int, str, str]] = []
    classified, wrong = 0, []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        if not _KRAKEN.match(line):
            wrong.append(f"line {number}: {line[:50]!r}")
            continue
        cells = line.split("\t")
        reads, (code, taxid, indented) = int(cells[1]), cells[-3:]
        name = indented.strip()
        depth = len(indented) - len(indented.lstrip(" "))
        while path and path[-1][0] >= depth:
            path.pop()
        path.append((depth, code, name))
        if taxid == "1" or (name == "root" and depth == 0):
            classified = reads
        if code == "S":
            found[taxid] = reads
            ranks: dict[str, str] = {}
            for _, letter, taxon in path:
                ranks.setdefault(_CODES.get(letter, ""), taxon)  # a domain comes before the kingdoms in it
            known.setdefault(taxid, [*(ranks.get(rank, "") for rank in RANKS[:6]), name])
    return found, classified, wrong

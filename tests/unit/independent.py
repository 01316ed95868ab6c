"""Readings of the files of ``tests/data/formats`` that know nothing of the handbook: other people's libraries, or a few
lines by hand of each program.

A reading takes a path and returns abundances by sample and feature, with the ids of the file. ``READINGS`` says by
patterns of names which file is read by which; a file that no pattern fits has no reading, and its test fails.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable
from fnmatch import fnmatch
from pathlib import Path

import biom
import h5py
import openpyxl
import pandas as pd
from skbio import Table as OfSkbio
from skbio import TreeNode

Values = dict[str, dict[str, float]]
Rows = list[list[str]]


def cells(path: Path, sign: str = "\t", encoding: str = "utf-8", *, quoted: bool = False) -> Rows:
    """Cells of the lines that are not empty."""
    text = path.read_bytes().decode(encoding)
    quoting = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    return [row for row in csv.reader(io.StringIO(text), delimiter=sign, quoting=quoting) if any(row)]


def wide(
    rows: Rows,
    columns: slice = slice(1, None),
    name: Callable[[list[str]], str] = lambda row: row[0],
    sample: Callable[[str], str] = str,
) -> Values:
    """A table whose first row has the samples."""
    head, *below = rows
    found: Values = {sample(one): {} for one in head[columns]}
    for row in below:
        for one, cell in zip(head[columns], row[columns], strict=True):
            assert name(row) not in found[sample(one)]
            found[sample(one)][name(row)] = float(cell)
    return found


def turned(values: Values) -> Values:
    """What lies the other way round."""
    frame = pd.DataFrame(values).T
    return {str(name): {str(k): float(v) for k, v in column.items()} for name, column in frame.items()}


def one(path: Path, pairs: Iterable[tuple[str, object]]) -> Values:
    """A file of one sample, which its name tells."""
    name = path.name.split(".")[0]
    for ending in ("_rel-abundance", "_profile", "-bracken", "-centrifuge"):
        name = name.removesuffix(ending)
    return {name: {feature: float(str(amount)) for feature, amount in pairs}}


# ---------------------------------------------------------------------- libraries


def by_biom_format(path: Path) -> Values:
    frame = biom.load_table(str(path)).to_dataframe(dense=True)
    return {str(s): {str(f): float(v) for f, v in column.items()} for s, column in frame.items()}


def by_biom_and_skbio(path: Path) -> Values:
    """HDF5, which scikit-bio reads, too."""
    read = OfSkbio.read(str(path), format="biom")
    frame = read.to_dataframe(dense=True)
    found = {str(s): {str(f): float(v) for f, v in column.items()} for s, column in frame.items()}
    assert found == by_biom_format(path)
    return found


def by_json(path: Path) -> Values:
    """Dense BIOM 1.0, of which biom-format refuses what biomformat (R) writes for lineages."""
    held = json.loads(path.read_text(encoding="utf-8"))
    features = [row["id"] for row in held["rows"]]
    by_sample = zip(held["columns"], zip(*held["data"], strict=True), strict=True)
    return {sample["id"]: dict(zip(features, map(float, values), strict=True)) for sample, values in by_sample}


def member(path: Path, name: str) -> bytes:
    """The data of an artifact of QIIME 2."""
    with zipfile.ZipFile(path) as opened:
        [found] = [other for other in opened.namelist() if other.endswith(f"/data/{name}")]
        return opened.read(found)


def of_artifact(path: Path) -> Values:
    with h5py.File(io.BytesIO(member(path, "feature-table.biom"))) as opened:
        frame = biom.Table.from_hdf5(opened).to_dataframe(dense=True)
    return {str(s): {str(f): float(v) for f, v in column.items()} for s, column in frame.items()}


def of_workbook(path: Path) -> Values:
    sheet = openpyxl.load_workbook(path)["counts"]
    return wide([[str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)])


def of_tree(path: Path) -> dict[tuple[str, str], float]:
    """Distances between the first tips and all others."""
    text = member(path, "tree.nwk").decode() if path.suffix == ".qza" else path.read_text(encoding="utf-8")
    return distances(TreeNode.read(io.StringIO(text), format="newick", convert_underscores=False))


def distances(tree: TreeNode) -> dict[tuple[str, str], float]:
    names = sorted(tip.name for tip in tree.tips())
    return {(a, b): tree.find(a).distance(tree.find(b)) for a in names[:3] for b in names}


# ---------------------------------------------------------------------- metadata and taxonomies


def described(path: Path) -> dict[str, dict[str, str]]:
    """Metadata, as text by sample and column."""
    if path.suffix == ".qza":
        rows = list(csv.reader(io.StringIO(member(path, "alpha-diversity.tsv").decode()), delimiter="\t"))
    else:
        rows = cells(path, "," if path.suffix == ".csv" else "\t", quoted=True)
    head, *below = rows
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in below if not row[0].startswith("#q2:")}


_LETTERS = dict(
    zip("dkpcofgs", ("kingdom", "kingdom", "phylum", "class", "order", "family", "genus", "species"), strict=True)
)


def ranks(lineage: str) -> dict[str, str]:
    parts = [part.strip().strip('"') for part in lineage.split(";") if part.strip().strip('"')]
    return {_LETTERS[part[0]]: part[3:] for part in parts if part[3:]}


def named(path: Path) -> dict[str, dict[str, str]]:
    """A taxonomy, as names by feature and rank."""
    if path.suffix == ".qza":
        rows = list(csv.reader(io.StringIO(member(path, "taxonomy.tsv").decode()), delimiter="\t"))
        return {row[0]: ranks(row[1]) for row in rows[1:]}
    if path.suffix == ".taxonomy":
        return {row[0]: ranks(row[2]) for row in cells(path)[1:]}
    head, *below = cells(path, ",", quoted=True)
    return {row[0]: {k.lower(): v for k, v in zip(head[1:], row[1:], strict=True) if v != "NA"} for row in below}


# ---------------------------------------------------------------------- programs


def of_kreport(path: Path) -> Values:
    return one(path, ((row[5].strip(), row[1]) for row in cells(path) if row[3].strip() == "S"))


def of_krakenuniq(path: Path) -> Values:
    rows = [row for row in cells(path) if not row[0].startswith(("#", "%"))]
    return one(path, ((row[8].strip(), row[1]) for row in rows if row[7] == "species"))


def of_ganon(path: Path) -> Values:
    return one(path, ((row[3], row[7]) for row in cells(path) if row[0] == "species"))


def of_bracken(path: Path) -> Values:
    return one(path, ((row[0], row[5]) for row in cells(path)[1:]))


def of_centrifuge(path: Path) -> Values:
    return one(path, ((row[0], row[4]) for row in cells(path)[1:] if row[2] == "species"))


def of_kmcp(path: Path) -> Values:
    return one(path, ((row[14], row[7]) for row in cells(path)[1:]))


def of_emu(path: Path) -> Values:
    return one(path, ((row[2], row[9]) for row in cells(path)[1:] if row[2]))


def of_cami(path: Path) -> Values:
    rows = [row for row in cells(path) if row[0][0] != "@" and row[1] == "species"]
    return one(path, ((row[3].split("|")[-1], row[4]) for row in rows))


def clades(rows: Rows, columns: slice = slice(1, None), sample: Callable[[str], str] = str, sign: str = "|") -> Values:
    """Species of a table that has all ranks: those whose lineage ends in one."""
    head, *below = rows
    kept = [row for row in below if row[0].split(sign)[-1].startswith("s__")]
    return wide([head, *kept], columns, lambda row: row[0].split(sign)[-1].removeprefix("s__"), sample)


def of_mpa(path: Path) -> Values:
    return clades([row for row in cells(path) if not row[0].startswith(("#mpa", "#SampleID"))], sample=no_profile)


def of_mpa_with_numbers(path: Path) -> Values:
    return clades([row for row in cells(path) if not row[0].startswith("#mpa")], slice(2, None), no_profile)


def of_mpa_semicolons(path: Path) -> Values:
    return clades([row for row in cells(path) if not row[0].startswith("#mpa")], sign=";")


def of_single_profile(path: Path) -> Values:
    species = [row for row in cells(path) if row[0].split("|")[-1].startswith("s__")]
    return one(path, ((row[0].split("|")[-1][3:], row[2]) for row in species))


def of_otu_map(path: Path) -> Values:
    """Reads are called SAMPLE.OTU_NUMBER here."""
    found: Values = {}
    for otu, *reads in cells(path):
        for read in reads:
            held = found.setdefault(read.rpartition("_")[0], {})
            held[otu] = held.get(otu, 0) + 1
    return found


def no_profile(name: str) -> str:
    return name.removesuffix("_profile")


def of_emu_counts(path: Path) -> Values:
    """What a sample does not have is empty here."""
    rows = [[*row[:7], *(cell or "0" for cell in row[7:])] for row in cells(path)]
    return wide(rows, slice(7, None), lambda row: row[0] or "unassigned")


def of_combined_kreports(path: Path) -> Values:
    rows = cells(path)
    # "#S1" and a file, or "#K1" where names were given.
    names = [row[1].split("/")[-1].split(".")[0] for row in rows if len(row) == 2 and row[0].startswith("#")]
    species = [row for row in rows if len(row) > 3 and row[-3] == "S"]
    return {name: {row[-1].strip(): float(row[3 + 2 * n]) for row in species} for n, name in enumerate(names)}


def of_combined_bracken(path: Path) -> Values:
    return wide(cells(path), slice(3, None, 2), sample=lambda name: name.split(".")[0].removesuffix("_num"))


def of_kaiju(path: Path) -> Values:
    found: Values = {}
    for file, _, reads, number, lineage in cells(path)[1:]:
        if number != "NA":
            found.setdefault(file.split(".")[0], {})[lineage.rstrip(";").split(";")[-1]] = float(reads)
    return found


def of_krona(path: Path) -> Values:
    return one(path, ((";".join(names), number) for number, *names in cells(path) if names != ["unclassified"]))


def of_tax_summary(path: Path) -> Values:
    """The species, which here are the seventh rank; a place holds those of all that is above it."""
    head, *below = cells(path)
    names = {row[1]: row[2] for row in below}
    lineage = {at: ";".join(names[at[: 2 * n + 1]] for n in range(1, 8)) for at in names if at.count(".") == 7}
    return wide([head, *(row for row in below if row[0] == "7")], slice(5, None), lambda row: lineage[row[1]])


def of_motus(path: Path) -> Values:
    rows = [row for row in cells(path) if not row[0].startswith(("# git", "# call", "unassigned"))]
    return wide(rows, slice(1 if rows[0][0].startswith("#consensus") else 2, None))


def of_coverm(path: Path) -> Values:
    rows = [row for row in cells(path) if row[0] != "unmapped"]
    return wide(rows, slice(1, None, 2), sample=lambda column: column.removesuffix(" Read Count").removesuffix(".bam"))


def of_pavian(path: Path) -> Values:
    head, *below = cells(path)
    return wide([head, *(row for row in below if row[1] == "S")], slice(4, -1))


def of_megan(path: Path) -> Values:
    return wide([[cell.strip('"') for cell in row] for row in cells(path) if row[0] != "Not assigned"])


def of_long(path: Path, feature: int, sample: int, amount: int, sign: str = "\t") -> Values:
    """Amounts that are added up."""
    found: Values = {}
    for row in cells(path, sign, quoted=True)[1:]:
        held = found.setdefault(row[sample], {})
        held[row[feature]] = held.get(row[feature], 0) + float(row[amount])
    return found


def of_humann(path: Path) -> Values:
    head, *below = cells(path)
    nothing = ("UNMAPPED", "READS_UNMAPPED", "UNINTEGRATED", "UNGROUPED")
    kept = [row for row in below if "|" not in row[0] and not row[0].startswith(nothing)]
    return wide([head, *kept], sample=lambda name: name.split("_Abundance")[0])


def of_stratified(path: Path) -> Values:
    frame = pd.read_csv(path, sep="\t").drop(columns="sequence").groupby("function").sum()
    return {str(s): {str(f): float(v) for f, v in column.items()} for s, column in frame.items()}


def of_mothur_shared(path: Path) -> Values:
    head, *below = cells(path)
    return {row[1]: dict(zip(head[3:], map(float, filter(None, row[3:])), strict=False)) for row in below}


def of_compressed_counts(path: Path) -> Values:
    _, names, head, *below = cells(path)
    samples = dict(cell.lstrip("#").split(",") for cell in names if cell)
    found: Values = {name: {} for name in head[2:]}
    for feature, _, *pairs in below:
        for pair in pairs:
            number, amount = pair.split(",")
            found[samples[number]][feature] = float(amount)
    return found


def of_write_table(path: Path) -> Values:
    head, *below = cells(path, " ", quoted=True)
    return wide([["", *head], *below])


def of_commas(path: Path) -> Values:
    return wide([[cell.replace(",", ".") for cell in row] for row in cells(path, ";")])


def with_title(path: Path) -> Values:
    return wide(cells(path)[1:], slice(1, -1))


def with_totals(path: Path) -> Values:
    return wide([row for row in cells(path) if row[0] != "Total"], slice(1, -1))


def of_level(path: Path) -> Values:
    """QIIME 2's table of one level, with a column of metadata at the end."""
    return turned(wide(cells(path, ","), slice(1, -1)))


def samples_in_rows(sign: str, encoding: str = "utf-8") -> Callable[[Path], Values]:
    return lambda path: turned(wide(cells(path, sign, encoding, quoted=True)))


def plain(path: Path) -> Values:
    """Ids in the first column, and nothing but samples beside it."""
    sign = "," if path.suffix == ".csv" else "\t"
    return wide([row for row in cells(path, sign, quoted=True) if not row[0].startswith("# ")])


def columns(*taken: int | None) -> Callable[[Path], Values]:
    """Some of the columns are samples."""
    return lambda path: wide(cells(path), slice(*taken))


#: Tables, the first pattern that fits.
TABLES: dict[str, Callable[[Path], Values]] = {
    "throat-biom-format.biom": by_biom_and_skbio,
    "throat-biomformat-r.biom": by_json,
    "taxpasta-bracken.biom": by_biom_and_skbio,
    "*.biom": by_biom_format,
    "throat-table.qza": of_artifact,
    "*.xlsx": of_workbook,
    "throat.tsv": columns(1, -1),
    "throat-samples-in-rows-semicolon.csv": samples_in_rows(";", "utf-16"),
    "throat-write-table.txt": of_write_table,
    "*.shared": of_mothur_shared,
    "dada2-seqtab.csv": samples_in_rows(","),
    "*.kreport": of_kreport,
    "*.krakenuniq.report.txt": of_krakenuniq,
    "*.tre": of_ganon,
    "*.bracken": of_bracken,
    "*.centrifuge.txt": of_centrifuge,
    "*.kmcp.profile": of_kmcp,
    "*.cami.profile": of_cami,
    "*_rel-abundance.tsv": of_emu,
    "metaphlan-single_profile.txt": of_single_profile,
    "metaphlan-semicolons.txt": of_mpa_semicolons,
    "metaphlan3-merged.txt": of_mpa_with_numbers,
    "metaphlan*merged.txt": of_mpa,
    "combine_mpa.txt": of_mpa,
    "kraken-mpa-merged.txt": of_mpa,
    "kreport2mpa-*.txt": of_mpa,
    "combine_kreports.txt": of_combined_kreports,
    "combine_bracken_outputs.txt": of_combined_bracken,
    "kaiju-summary.tsv": of_kaiju,
    "*.krona.txt": of_krona,
    "mothur.tax.summary": of_tax_summary,
    "motus2-names.tsv": lambda path: wide(cells(path)[2:-1], slice(2, None), lambda row: f"{row[1]} [{row[0]}]"),
    "coverm-genome.tsv": of_coverm,
    "motus3-*.tsv": of_motus,
    "taxpasta-merged.tsv": lambda path: wide(cells(path), slice(4, None), lambda row: row[1]),
    "taxpasta-long.tsv": lambda path: of_long(path, 0, 1, 2),
    "pavian.tsv": of_pavian,
    "megan-*.txt": of_megan,
    "emu-combined.tsv": columns(7, None),
    "wf-16s-*.tsv": columns(1, -1),
    "lotus2-*.txt": plain,
    "ampliseq-table-with-tax.tsv": columns(9, -1),
    "ampliseq-DADA2_table.tsv": columns(1, -1),
    "ampliseq-feature-table.tsv": plain,
    "qiime2-level-7.csv": of_level,
    "silva-root.tsv": columns(1, -1),
    "sintax.tsv": columns(1, -1),
    "usearch-otutab.txt": plain,
    "mothur.count_table": columns(2, None),
    "mothur-full.count_table": columns(2, None),
    "kraken-biom.tsv": plain,
    "krakentools-combine_mpa.txt": of_mpa,
    "krakentools-combine_kreports.txt": of_combined_kreports,
    "bracken-combine_bracken_outputs.txt": of_combined_bracken,
    "taxpasta-wide.tsv": lambda path: wide(cells(path), slice(4, None), lambda row: row[1] or "unassigned (0)"),
    "taxpasta-numbers.tsv": plain,
    "taxpasta-long.csv": lambda path: of_long(path, 0, 2, 1, ","),
    "sortmerna-otu_map.txt": of_otu_map,
    "vsearch-otutabout.txt": plain,
    "dada2-makeSequenceTable.csv": samples_in_rows(","),
    "phyloseq-write.table.tsv": lambda path: wide([["", *cells(path)[0]], *cells(path)[1:]]),
    "emu-combined-species-counts.tsv": of_emu_counts,
    "mothur-compressed.count_table": of_compressed_counts,
    "programs/phyloseq-otu_table.csv": samples_in_rows(","),
    "phyloseq-otu_table.csv": plain,
    "phyloseq-psmelt.csv": lambda path: of_long(path, 1, 2, 3, ","),
    "title-row-trailing-tabs.tsv": with_title,
    "total-row-and-column.tsv": with_totals,
    "german.csv": of_commas,
    "*humann*.tsv": of_humann,
    "functions-picrust2-contrib.tsv": lambda path: of_long(path, 1, 0, 6),
    "functions-picrust2-strat.tsv": of_stratified,
    "functions-picrust2-described.tsv": columns(2, None),
    "functions-picrust2-path_abun_unstrat.tsv": plain,
    "expected*.csv": plain,
}
METADATA = {"*metadata*.tsv": described, "*metadata*.csv": described, "throat-depth.qza": described}
TAXONOMIES = {
    "*-taxonomy.qza": named,
    "dada2-assignTaxonomy.csv": named,
    "*-tax_table.csv": named,
    "*.cons.taxonomy": named,
}
#: What is no table, and a word of why.
REFUSED = {"*blast*": lambda _: "list of alignments"}
TREES = {"*.nwk": of_tree, "*-tree.qza": of_tree}


def reading(path: Path) -> tuple[str, Callable[[Path], object]] | None:
    """Of what kind a file is, and what reads it; None where nothing does."""
    kinds = {"table": TABLES, "metadata": METADATA, "taxonomy": TAXONOMIES, "tree": TREES, "refusal": REFUSED}
    return next(
        (
            (kind, read)
            for kind, known in kinds.items()
            for sign, read in known.items()
            if fnmatch(path.name, sign) or fnmatch(f"{path.parent.name}/{path.name}", sign)
        ),
        None,
    )

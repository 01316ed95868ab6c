"""Write one small study in the formats of programs that are not run here, after their documentation.

Everything is invented. Four species, five samples; every file must be read back as ``expected.csv``, or, of functions,
as ``expected-functions.csv``. records.csv names the document that each form was written after.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import openpyxl
import pandas as pd

out = Path(sys.argv[1])
out.mkdir(exist_ok=True)

SAMPLES = ["D1", "D2", "D3", "D4", "D5"]
LINEAGES = {
    "Bacteroides uniformis": "Bacteria Bacteroidota Bacteroidia Bacteroidales Bacteroidaceae Bacteroides",
    "Prevotella copri": "Bacteria Bacteroidota Bacteroidia Bacteroidales Prevotellaceae Prevotella",
    "Blautia obeum": "Bacteria Bacillota Clostridia Eubacteriales Lachnospiraceae Blautia",
    "Methanobrevibacter smithii": "Archaea Methanobacteriota Methanobacteria Methanobacteriales Methanobacteriaceae "
    "Methanobrevibacter",
}
TAXID = dict(zip(LINEAGES, (820, 165179, 40520, 2173), strict=True))
COUNTS = pd.DataFrame(
    [[60, 0, 31, 7, 12], [0, 45, 9, 0, 3], [25, 30, 8, 90, 41], [1, 0, 0, 2, 0]], index=list(LINEAGES), columns=SAMPLES
)
NAMELESS = dict(zip(SAMPLES, (10, 20, 5, 4, 9), strict=True))
FUNCTIONS = pd.DataFrame([[10.5, 3.25, 0, 7], [0, 1.5, 2.75, 4]], index=["PWY-A", "PWY-B"], columns=SAMPLES[:4])
FULL = {name: [*lineage.split(), name] for name, lineage in LINEAGES.items()}
RANKS = ["Kingdom", "Phylum", "Class", "Order", "Family", "Genus", "Species"]


def put(name: str, lines: list[str]) -> None:
    (out / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def row(*cells: object, sign: str = "\t") -> str:
    return sign.join(map(str, cells))


def rows(name_of=lambda name: name, before=lambda name: (), after=lambda name: (), sign="\t", cell=str) -> list[str]:
    return [
        row(*before(name), name_of(name), *map(cell, values), *after(name), sign=sign)
        for name, values in COUNTS.iterrows()
    ]


def prefixed(name: str, letters: str, sign: str, blank: str = " ") -> str:
    return sign.join(f"{letter}__{part.replace(' ', blank)}" for letter, part in zip(letters, FULL[name], strict=False))


COUNTS.to_csv(out / "expected.csv", index_label="species")
FUNCTIONS.to_csv(out / "expected-functions.csv", index_label="function")

# ------------------------------------------------------------------ all ranks in one table
clades: dict[tuple[str, ...], pd.Series] = {}
for species, names in FULL.items():
    for depth in range(1, 8):
        clades.setdefault(tuple(names[:depth]), pd.Series(0, SAMPLES))
        clades[tuple(names[:depth])] = clades[tuple(names[:depth])] + COUNTS.loc[species]


def clade_rows(letters: str, sign: str = "|", blank: str = " ", factor: float = 1) -> list[str]:
    made = []
    for names, values in clades.items():
        parts = [f"{letter}__{name.replace(' ', blank)}" for letter, name in zip(letters, names, strict=False)]
        made.append(row(sign.join(parts), *(value * factor if factor != 1 else value for value in values)))
    return made


put("combine_mpa.txt", [row("#Classification", *SAMPLES), *clade_rows("dpcofgs")])
put("kraken-mpa-merged.txt", [row("ID", *SAMPLES), *clade_rows("dpcofgs")])
kingdoms = {"Bacteria": "Bacillati", "Archaea": "Methanobacteriati"}
put(
    "kreport2mpa-ncbi2025.txt",
    [
        row("#Classification", *SAMPLES),
        *(
            line.replace("d__Bacteria|", "d__Bacteria|k__Bacillati|").replace(
                "d__Archaea|", "d__Archaea|k__Methanobacteriati|"
            )
            for line in clade_rows("dpcofgs")
        ),
    ],
)
put(
    "metaphlan4-read-stats-merged.txt",
    [
        "#mpa_vJun23_CHOCOPhlAnSGB_202307",
        row("clade_name", *SAMPLES),
        row("UNCLASSIFIED", *NAMELESS.values()),
        *clade_rows("kpcofgs", blank="_"),
    ],
)
put(
    "metaphlan3-merged.txt",
    ["#mpa_v30_CHOCOPhlAn_201901", row("clade_name", "NCBI_tax_id", *(f"{s}_profile" for s in SAMPLES))]
    + [line.replace("\t", "\t2|1224\t", 1) for line in clade_rows("kpcofgs", blank="_", factor=0.5)],
)
put(
    "metaphlan2-merged.txt",
    [
        row("ID", *(f"{s}_profile" for s in SAMPLES)),
        row("#SampleID", *(["Metaphlan2_Analysis"] * 5)),
        *clade_rows("kpcofgs", blank="_", factor=0.5),
    ],
)
put("metaphlan-semicolons.txt", ["#mpa_vJan21", row("clade_name", *SAMPLES), *clade_rows("kpcofgs", ";", "_", 0.5)])

# ------------------------------------------------------------------ reports of a sample each
for sample in SAMPLES:
    held = COUNTS[sample]
    total = int(held.sum()) + NAMELESS[sample]

    def percent(value: float, total: int = total) -> str:
        return f"{100 * value / total:6.2f}"

    kraken = [row(percent(NAMELESS[sample]), NAMELESS[sample], NAMELESS[sample], "U", 0, "unclassified")]
    kraken += [row(percent(held.sum()), held.sum(), 0, "R", 1, "root")]
    kraken += [row(percent(held.sum()), held.sum(), 0, "R1", 131567, "  cellular organisms")]
    uniq = [
        "# KrakenUniq v1.0.4 DATE:2024-05-01T10:00:00Z DB:x",
        row("%", "reads", "taxReads", "kmers", "dup", "cov", "taxID", "rank", "taxName"),
    ]
    uniq += [
        row(percent(NAMELESS[sample]), NAMELESS[sample], NAMELESS[sample], 5, 1, "NA", 0, "no rank", "unclassified")
    ]
    uniq += [row(percent(held.sum()), held.sum(), 0, 900, 1, 0.1, 1, "no rank", "root")]
    ganon = [
        row("unclassified", "-", "-", "unclassified", 0, 0, 0, NAMELESS[sample], percent(NAMELESS[sample]).strip())
    ]
    ganon += [row("root", 1, 1, "root", 0, 0, held.sum(), held.sum(), percent(held.sum()).strip())]
    seen: dict[tuple[str, ...], int] = {}
    words = ["domain", "phylum", "class", "order", "family", "genus", "species"]
    for names, values in clades.items():
        if not values[sample]:
            continue
        number = TAXID.get(names[-1], {"Bacteria": 2, "Archaea": 2157}.get(names[-1], 9000 + len(seen)))
        seen[names] = number
        own = values[sample] if len(names) == 7 else 0
        code = "R2" if len(names) == 1 else " PCOFGS"[len(names) - 1]
        kraken.append(
            row(percent(values[sample]), values[sample], own, code, number, "  " * (len(names) + 1) + names[-1])
        )
        uniq.append(
            row(
                percent(values[sample]),
                values[sample],
                own,
                9,
                1,
                0.1,
                number,
                words[len(names) - 1].replace("domain", "superkingdom"),
                "  " * len(names) + names[-1],
            )
        )
        path = "|".join(["1", *(str(seen[names[:n]]) for n in range(1, len(names) + 1))])
        ganon.append(
            row(
                words[len(names) - 1],
                number,
                path,
                names[-1],
                own,
                0,
                values[sample] - own,
                values[sample],
                percent(values[sample]).strip(),
            )
        )
    for folder, lines, ending in (
        ("kraken2-r2", kraken, "kreport"),
        ("krakenuniq", uniq, "krakenuniq.report.txt"),
        ("ganon", ganon, "tre"),
    ):
        (out / folder).mkdir(exist_ok=True)
        put(f"{folder}/{sample}.{ending}", lines)
    here = {name: value for name, value in held.items() if value}
    for folder in ("bracken", "centrifuge", "kmcp", "emu", "cami"):
        (out / folder).mkdir(exist_ok=True)
    put(
        f"bracken/{sample}.bracken",
        [
            row(
                "name",
                "taxonomy_id",
                "taxonomy_lvl",
                "kraken_assigned_reads",
                "added_reads",
                "new_est_reads",
                "fraction_total_reads",
            )
        ]
        + [row(name, TAXID[name], "S", value, 0, value, round(value / held.sum(), 5)) for name, value in here.items()],
    )
    put(
        f"centrifuge/{sample}.centrifuge.txt",
        [
            row("name", "taxID", "taxRank", "genomeSize", "numReads", "numUniqueReads", "abundance"),
            row("root", 1, "no rank", 0, 3, 0, 0.0),
        ]
        + [row(name, TAXID[name], "species", 4_000_000, value, value, 0.0) for name, value in here.items()],
    )
    kmcp = "ref percentage coverage score chunksFrac chunksRelDepth chunksRelDepthStd reads ureads hicureads refsize "
    kmcp += "refname taxid rank taxname taxpath taxpathsn"
    put(
        f"kmcp/{sample}.kmcp.profile",
        [row(*kmcp.split())]
        + [
            row(
                f"GCF_{TAXID[name]}",
                25,
                1.1,
                100,
                1.0,
                "1.0;1.0",
                0,
                value,
                value,
                value,
                4_000_000,
                "",
                TAXID[name],
                "species",
                name,
                ";".join(FULL[name]),
                "2;3",
            )
            for name, value in here.items()
        ],
    )
    emu = ["tax_id", "abundance", "species", "genus", "family", "order", "class", "phylum", "superkingdom"]
    put(
        f"emu/{sample}_rel-abundance.tsv",
        [row(*emu, "estimated counts")]
        + [row(TAXID[name], value / held.sum(), *FULL[name][::-1], f"{value}.0") for name, value in here.items()]
        + [row("unassigned", "", *[""] * 7, f"{NAMELESS[sample]}.0")],
    )
    put(
        f"cami/{sample}.cami.profile",
        [
            f"@SampleID:{sample}",
            "@Version:0.9.1",
            "@Ranks:superkingdom|phylum|class|order|family|genus|species",
            "@@TAXID\tRANK\tTAXPATH\tTAXPATHSN\tPERCENTAGE",
        ]
        + [
            row(
                9000 + n,
                words[len(names) - 1].replace("domain", "superkingdom"),
                "1",
                "|".join(names),
                values[sample] / 2,
            )
            for n, (names, values) in enumerate(clades.items())
            if values[sample]
        ],
    )

perc = ["#Number of Samples: 5", f"#Total Number of Reads: {int(COUNTS.to_numpy().sum())}"]
perc += [row(f"#S{n}", f"{sample}.kreport") for n, sample in enumerate(SAMPLES, 1)]
perc += [
    row(
        "#perc",
        "tot_all",
        "tot_lvl",
        *(f"{n}_{what}" for n in range(1, 6) for what in ("all", "lvl")),
        "lvl_type",
        "taxid",
        "name",
    )
]
for indent, code, number, name, values, last in [
    (0, "U", 0, "unclassified", pd.Series(NAMELESS), True),
    (0, "R", 1, "root", COUNTS.sum(), False),
    *[
        (len(names), "DPCOFGS"[len(names) - 1], TAXID.get(names[-1], 7000 + n), names[-1], values, len(names) == 7)
        for n, (names, values) in enumerate(clades.items())
    ],
]:
    pairs = [cell for value in values for cell in (value, value if last else 0)]
    perc.append(row("1.0", values.sum(), values.sum() if last else 0, *pairs, code, number, "  " * indent + name))
put("combine_kreports.txt", perc)
put(
    "combine_bracken_outputs.txt",
    [row("name", "taxonomy_id", "taxonomy_lvl", *(f"{s}.bracken_{what}" for s in SAMPLES for what in ("num", "frac")))]
    + [
        row(
            name,
            TAXID[name],
            "S",
            *(cell for s in SAMPLES for cell in (values[s], round(values[s] / COUNTS[s].sum(), 5))),
        )
        for name, values in COUNTS.iterrows()
    ],
)
kaiju = [row("file", "percent", "reads", "taxon_id", "taxon_name")]
for sample in SAMPLES:
    kaiju += [
        row(f"{sample}.out", 1.0, value, TAXID[name], ";".join(FULL[name]) + ";")
        for name, value in COUNTS[sample].items()
        if value
    ]
    kaiju += [row(f"{sample}.out", 1.0, NAMELESS[sample], "NA", "unclassified")]
put("kaiju-summary.tsv", kaiju)

(out / "krona").mkdir(exist_ok=True)
for sample in SAMPLES:
    found = [row(value, *FULL[name]) for name, value in COUNTS[sample].items() if value]
    put(f"krona/{sample}.krona.txt", [*found, row(NAMELESS[sample], "unclassified")])

# ------------------------------------------------------------------ mothur: every rank, numbered from the root
everything = COUNTS.sum() + pd.Series(NAMELESS)
summary = [row("taxlevel", "rankID", "taxon", "daughterlevels", "total", *SAMPLES)]
summary += [row(0, 0, "Root", 3, everything.sum(), *everything)]
places = {(): "0"}
for names, values in sorted(clades.items()):
    below = [other for other in clades if len(other) == len(names) + 1 and other[: len(names)] == names]
    before = sum(1 for other in places if len(other) == len(names) and other[:-1] == names[:-1])
    places[names] = f"{places[names[:-1]]}.{before + 1}"
    summary.append(row(len(names), places[names], names[-1], len(below), values.sum(), *values))
summary.append(row(1, "0.3", "unknown", 0, sum(NAMELESS.values()), *NAMELESS.values()))
put("mothur.tax.summary", summary)

# ------------------------------------------------------------------ wide tables
put(
    "motus2-names.tsv",
    [
        "# git tag version 2.1.1 |  motus version 2.1.1 | map_tax 2.1.1 | gene database: nr2.1.1",
        "# call: python motus merge -i a,b,c",
        row("#mOTU", "consensus_taxonomy", *SAMPLES),
        *rows(lambda name: f"ref_mOTU_v2_{TAXID[name]:05d}\t{name}"),
        row("-1", "-1", *NAMELESS.values()),
    ],
)
put(
    "coverm-genome.tsv",
    [
        row("Genome", *(f"{sample}.bam Read Count\t{sample}.bam Covered Fraction" for sample in SAMPLES)),
        row("unmapped", *(f"{reads}\t0" for reads in NAMELESS.values())),
        *rows(cell=lambda value: f"{value}\t{min(value, 1)}"),
    ],
)
put(
    "motus3-merged.tsv",
    [
        "# git tag version 3.0.3 |  motus version 3.0.3 | map_tax 3.0.3 | gene database: nr3.0.3",
        "# call: motus merge -i a,b,c",
        row("#consensus_taxonomy", *SAMPLES),
        *rows(lambda name: f"{name} [ref_mOTU_v3_{TAXID[name]:05d}]"),
        row("unassigned", *NAMELESS.values()),
    ],
)
put(
    "motus3-lineages.tsv",
    [
        "# git tag version 3.0.3 |  motus version 3.0.3 | map_tax 3.0.3 | gene database: nr3.0.3",
        "# call: motus merge -d x -q",
        row("#mOTU", "consensus_taxonomy", *SAMPLES),
    ]
    + [row(name, prefixed(name, "kpcofgs", "|"), *values) for name, values in COUNTS.iterrows()]
    + [row("unassigned", "unassigned", *NAMELESS.values())],
)
put(
    "taxpasta-merged.tsv",
    [row("taxonomy_id", "name", "rank", "lineage", *SAMPLES)]
    + [row(TAXID[name], name, "species", ";".join(FULL[name]), *values) for name, values in COUNTS.iterrows()],
)
put(
    "pavian.tsv",
    [row("name", "rank", "TID", "Max", *SAMPLES, "lineage")]
    + [row("Bacteria", "D", 2, 99, *COUNTS.iloc[:3].sum(), "-_root>d_Bacteria")]
    + [
        row(
            name,
            "S",
            TAXID[name],
            values.max(),
            *values,
            "-_root>" + ">".join(f"{c}_{part}" for c, part in zip("dpcofgs", FULL[name], strict=True)),
        )
        for name, values in COUNTS.iterrows()
    ],
)
put(
    "megan-paths.txt",
    [row("#Datasets", *SAMPLES)]
    + [
        row('"' + " ".join(f"[{c}] {part};" for c, part in zip("DPCOFGS", FULL[name], strict=True)) + '"', *values)
        for name, values in COUNTS.iterrows()
    ]
    + [row("Not assigned", *NAMELESS.values())],
)
put("megan-names.txt", [row("#Datasets", *SAMPLES), *rows()])
put(
    "emu-combined.tsv",
    [row("species", "genus", "family", "order", "class", "phylum", "superkingdom", *SAMPLES)]
    + [row(*FULL[name][::-1], *values) for name, values in COUNTS.iterrows()],
)
put(
    "wf-16s-abundance_table_species.tsv",
    [
        row("tax", *SAMPLES, "total"),
        *rows(lambda name: ";".join(FULL[name]), after=lambda name: (COUNTS.loc[name].sum(),)),
    ],
)
put("lotus2-OTU.txt", [row("OTU", *SAMPLES), *rows()])
put("lotus2-species.txt", [row("Species", *SAMPLES), *rows(lambda name: ";".join(FULL[name]))])
put("ampliseq-DADA2_table.tsv", [row("ASV_ID", *SAMPLES, "sequence"), *rows(after=lambda name: ("ACGT" * 15,))])
put(
    "ampliseq-feature-table.tsv",
    ["# Constructed from biom file", row("#OTU ID", *SAMPLES), *rows(cell=lambda v: f"{v}.0")],
)
put(
    "ampliseq-table-with-tax.tsv",
    [row("ASV_ID", *RANKS, "confidence", *SAMPLES, "sequence")]
    + [row(name, *FULL[name], 0.98, *values, "ACGT" * 15) for name, values in COUNTS.iterrows()],
)
put(
    "qiime2-level-7.csv",
    [row("index", *(prefixed(name, "dpcofgs", ";") for name in COUNTS.index), "arm", sign=",")]
    + [row(sample, *COUNTS[sample], "ab"[n % 2], sign=",") for n, sample in enumerate(SAMPLES)],
)
put(
    "silva-root.tsv",
    [row("#OTU ID", *SAMPLES, "taxonomy"), *rows(after=lambda name: ("Root;" + prefixed(name, "dpcofgs", ";"),))],
)
put(
    "sintax.tsv",
    [
        row("#OTU ID", *SAMPLES, "taxonomy"),
        *rows(after=lambda name: (",".join(f"{c}:{p}(1.00)" for c, p in zip("dpcofgs", FULL[name], strict=True)),)),
    ],
)
put(
    "mothur.count_table",
    [row("Representative_Sequence", "total", *SAMPLES), *rows(lambda n: f"{n}\t{COUNTS.loc[n].sum()}")],
)
compressed = [
    "#Compressed Format: groupIndex,abundance. For example 1,6 means the read has an abundance of 6 for group D1."
]
compressed += [
    row(*(f"#{n},{s}" if n == 1 else f"{n},{s}" for n, s in enumerate(SAMPLES, 1))),
    row("Representative_Sequence", "total", *SAMPLES),
]
compressed += [
    row(name, values.sum(), *(f"{n},{v}" for n, v in enumerate(values, 1) if v)) for name, values in COUNTS.iterrows()
]
put("mothur-compressed.count_table", compressed)
put("usearch-otutab.txt", [row("#OTU ID", *SAMPLES), *rows()])
put("phyloseq-otu_table.csv", [row('""', *(f'"{s}"' for s in SAMPLES), sign=","), *rows(lambda n: f'"{n}"', sign=",")])
put(
    "title-row-trailing-tabs.tsv",
    [
        "Supplementary table 3. Reads of each species, all samples",
        "",
        row("Taxon", *SAMPLES, ""),
        *rows(after=lambda _: ("",)),
    ],
)
put(
    "total-row-and-column.tsv",
    [
        row("Species", *SAMPLES, "Total"),
        *rows(after=lambda n: (COUNTS.loc[n].sum(),)),
        row("Total", *COUNTS.sum(), COUNTS.to_numpy().sum()),
    ],
)
put("german.csv", [row("OTU", *SAMPLES, sign=";"), *rows(sign=";", cell=lambda v: f"{v},0")])
psmelt = ['"","OTU","Sample","Abundance","arm",' + ",".join(f'"{rank}"' for rank in RANKS)]
for name, values in COUNTS.iterrows():
    psmelt += [
        row(
            f'"{len(psmelt)}"',
            f'"{name}"',
            f'"{s}"',
            values[s],
            f'"{"ab"[n % 2]}"',
            *(f'"{p}"' for p in FULL[name]),
            sign=",",
        )
        for n, s in enumerate(SAMPLES)
    ]
put("phyloseq-psmelt.csv", psmelt)
put(
    "taxpasta-long.tsv",
    [
        row("taxonomy_id", "sample", "count"),
        *(row(name, s, COUNTS.loc[name, s]) for name in COUNTS.index for s in SAMPLES),
    ],
)
held = {
    "id": None,
    "format": "Biological Observation Matrix 1.0.0",
    "format_url": "biom-format.org",
    "type": "OTU table",
    "generated_by": "kraken-biom",
    "date": "2024-05-01T10:00:00",
    "matrix_type": "sparse",
    "matrix_element_type": "int",
    "shape": list(COUNTS.shape),
    "rows": [
        {"id": name, "metadata": {"taxonomy": prefixed(name, "kpcofgs", "|").split("|")}} for name in COUNTS.index
    ],
    "columns": [{"id": s, "metadata": {"arm": "ab"[n % 2], "age": str(30 + n)}} for n, s in enumerate(SAMPLES)],
    "data": [[r, c, int(v)] for r, values in enumerate(COUNTS.to_numpy()) for c, v in enumerate(values) if v],
}
(out / "kraken-biom-with-sample-metadata.biom").write_text(json.dumps(held), encoding="utf-8")
book = openpyxl.Workbook()
book.active.title = "README"
book.active.append(["This workbook holds the reads of the second sheet."])
sheet = book.create_sheet("counts")
for line in [["Species", *SAMPLES], *([name, *map(int, values)] for name, values in COUNTS.iterrows())]:
    sheet.append(line)
book.save(out / "first-sheet-a-readme.xlsx")

# ------------------------------------------------------------------ functions
F = FUNCTIONS.columns
parts = [row(f"{name}|g__G.s__G_a", *(v / 2 for v in values)) for name, values in FUNCTIONS.iterrows()]
totals = [row(name, *values) for name, values in FUNCTIONS.iterrows()]
mixed = [line for pair in zip(totals, parts, strict=True) for line in pair]
put(
    "functions-humann3-pathabundance.tsv",
    [
        row("# Pathway", *(f"{s}_Abundance" for s in F)),
        row("UNMAPPED", 5, 6, 7, 8),
        row("UNINTEGRATED", 1, 2, 3, 4),
        *mixed,
    ],
)
put(
    "functions-humann3-renamed.tsv",
    [row("# Pathway", *(f"{s}_Abundance" for s in F)), row("UNMAPPED: NO_NAME", 5, 6, 7, 8), *mixed],
)
put(
    "functions-humann4-genefamilies.tsv",
    [
        row("# Gene Family HUMAnN v4.0.0.alpha.1 Adjusted CPMs", *(f"{s}_Abundance-CPM" for s in F)),
        row("READS_UNMAPPED", 5, 6, 7, 8),
        *mixed,
    ],
)
put(
    "functions-humann-regrouped.tsv",
    [
        row("# Gene Family", *(f"{s}_Abundance-RPKs" for s in F)),
        row("UNMAPPED", 5, 6, 7, 8),
        row("UNGROUPED", 1, 2, 3, 4),
        *mixed,
    ],
)
put("functions-picrust2-path_abun_unstrat.tsv", [row("pathway", *F), *totals])
put(
    "functions-picrust2-described.tsv",
    [
        row("function", "description", *F),
        *(row(name, "a description", *values) for name, values in FUNCTIONS.iterrows()),
    ],
)
put(
    "functions-picrust2-strat.tsv",
    [
        row("function", "sequence", *F),
        *(row(name, f"asv{n}", *(v / 2 for v in values)) for name, values in FUNCTIONS.iterrows() for n in (1, 2)),
    ],
)
contrib = (
    "sample function taxon taxon_abun taxon_rel_abun genome_function_count taxon_function_abun taxon_rel_function_abun"
)
put(
    "functions-picrust2-contrib.tsv",
    [
        row(*contrib.split()),
        *(
            row(s, name, f"asv{n}", 1, 1, 1, FUNCTIONS.loc[name, s] / 2, 1)
            for s in F
            for name in FUNCTIONS.index
            for n in (1, 2)
            if FUNCTIONS.loc[name, s]
        ),
    ],
)

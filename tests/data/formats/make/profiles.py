"""Write what MetaPhlAn, HUMAnN and Kraken 2 are fed with. All organisms' sequences here are random."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

work = Path(sys.argv[1])
random = np.random.default_rng(7)

LINEAGES = {
    "Bacteroides uniformis": "Bacteria Bacteroidetes Bacteroidia Bacteroidales Bacteroidaceae Bacteroides",
    "Prevotella copri": "Bacteria Bacteroidetes Bacteroidia Bacteroidales Prevotellaceae Prevotella",
    "Faecalibacterium prausnitzii": "Bacteria Firmicutes Clostridia Eubacteriales Oscillospiraceae Faecalibacterium",
    "Escherichia coli": "Bacteria Proteobacteria Gammaproteobacteria Enterobacterales Enterobacteriaceae Escherichia",
}

# MetaPhlAn 4: a profile a sample, one line a clade of every rank.
(work / "mpa").mkdir(exist_ok=True)
for sample, shares in {"ERR1": [60, 0, 30, 10], "ERR2": [0, 75.5, 24.5, 0], "ERR3": [20, 20, 40, 20]}.items():
    totals: dict[str, float] = {}
    for (species, lineage), share in zip(LINEAGES.items(), shares, strict=True):
        names = [*lineage.split(), species.replace(" ", "_"), f"SGB{abs(len(species) * 97)}"]
        parts = [f"{letter}__{name}" for letter, name in zip("kpcofgst", names, strict=True)]
        for depth in range(1, 9):
            clade = "|".join(parts[:depth])
            totals[clade] = totals.get(clade, 0) + share * 0.9
    lines = [
        "#mpa_vJan21_CHOCOPhlAnSGB_202103",
        "#1000 reads processed",
        "#SampleID\tMetaphlan_Analysis",
        "#clade_name\tNCBI_tax_id\trelative_abundance\tadditional_species",
        "UNCLASSIFIED\t-1\t10.0\t",
        *[
            f"{clade}\t{'|'.join('0' * len(clade.split('|')))}\t{share:.5f}\t"
            for clade, share in totals.items()
            if share
        ],
    ]
    (work / "mpa" / f"{sample}_profile.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")

# HUMAnN 3: a table a sample, with unstratified and stratified pathways.
(work / "humann").mkdir(exist_ok=True)
for sample in ("H1", "H2", "H3"):
    lines = [f"# Pathway\t{sample}_Abundance", f"UNMAPPED\t{random.integers(1000, 2000)}"]
    for pathway in ("UNINTEGRATED", "PWY-1042: glycolysis IV", "PWY-5100: pyruvate fermentation to acetate II"):
        parts = random.gamma(2, 50, 2).round(4)
        lines.append(f"{pathway}\t{parts.sum():.4f}")
        lines.append(f"{pathway}|g__Bacteroides.s__Bacteroides_uniformis\t{parts[0]}")
        lines.append(f"{pathway}|unclassified\t{parts[1]}")
    (work / "humann" / f"{sample}_pathabundance.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")

# Kraken 2: taxonomy, genomes and reads.
taxonomy = work / "kraken" / "db" / "taxonomy"
taxonomy.mkdir(parents=True, exist_ok=True)
ids = {"root": (1, 1, "no rank")}
for species, lineage in LINEAGES.items():
    above = 1
    ranks = ("superkingdom", "phylum", "class", "order", "family", "genus", "species")
    for rank, name in zip(ranks, [*lineage.split(), species], strict=True):
        ids.setdefault(name, (len(ids) + 1, above, rank))
        above = ids[name][0]
nodes = [f"{i}\t|\t{above}\t|\t{rank}\t|\t-\t|" for i, above, rank in ids.values()]
names = [f"{i}\t|\t{name}\t|\t\t|\tscientific name\t|" for name, (i, _, _) in ids.items()]
(taxonomy / "nodes.dmp").write_text("\n".join(nodes) + "\n", encoding="utf-8")
(taxonomy / "names.dmp").write_text("\n".join(names) + "\n", encoding="utf-8")
genomes = {species: "".join(random.choice(list("ACGT"), 3000)) for species in LINEAGES}
shared = "".join(random.choice(list("ACGT"), 300))  # found in two genera: reads from it stop at their family or above
genomes["Bacteroides uniformis"] += shared
genomes["Prevotella copri"] += shared
records = [f">g{ids[name][0]}|kraken:taxid|{ids[name][0]}\n{text}" for name, text in genomes.items()]
(work / "kraken" / "genomes.fa").write_text("\n".join(records) + "\n", encoding="utf-8")
for sample, counts in {"K1": [30, 5, 20, 0], "K2": [0, 40, 10, 3], "K3": [12, 12, 12, 12]}.items():
    reads = []
    for (name, text), count in zip(genomes.items(), counts, strict=True):
        for number, start in enumerate(random.integers(0, len(text) - 100, count)):
            reads.append(f">{name.split()[0]}{number}\n{text[start : start + 100]}")
    reads += [f">unknown{n}\n{''.join(random.choice(list('ACGT'), 100))}" for n in range(4)]
    (work / "kraken" / f"{sample}.fa").write_text("\n".join(reads) + "\n", encoding="utf-8")

"""Write the part of the throat data that all files here hold, and what biom-format makes of it."""

from __future__ import annotations

import sys
from pathlib import Path

import biom
import h5py
import numpy as np

from handbook_utils import datasets

out, work = Path(sys.argv[1]), Path(sys.argv[2])
study = datasets.load("throat")
often = study.prevalence.sort_values(ascending=False, kind="stable").index[:100]
study = study.choose_features(sorted(often, key=int))
frame = study.to_frame().astype(int)
# The data has no lineages: these are invented, so that formats which carry them have some.
families = {"Firmicutes": ["Veillonella", "Streptococcus"], "Bacteroidota": ["Prevotella", "Porphyromonas"]}
phyla = list(families)
lineages = []
for number in range(len(frame.columns)):
    phylum = phyla[number % 2]
    genus = families[phylum][number // 2 % 2] if number % 5 else ""
    lineages.append(["Bacteria", phylum, *(["", "", "", genus] if genus else [])])
taxa = ["; ".join(f"{p}__{t}" for p, t in zip("kpcofg", row, strict=False)) for row in lineages]

table = frame.T
table.index.name = "#OTU ID"
table.to_csv(work / "plain.tsv", sep="\t")
with_taxa = table.assign(taxonomy=taxa)
with_taxa.to_csv(out / "throat.tsv", sep="\t")
transposed = frame.rename_axis("sample")
transposed.to_csv(out / "throat-samples-in-rows-semicolon.csv", sep=";", encoding="utf-16")
study.metadata.rename_axis("sample").to_csv(out / "throat-metadata.csv")
study.metadata.rename_axis("sample").to_csv(work / "metadata.tsv", sep="\t")
study.tree.write(str(out / "throat.nwk"))
(work / "taxonomy.tsv").write_text(
    "Feature ID\tTaxon\n" + "".join(f"{i}\t{t}\n" for i, t in zip(table.index, taxa, strict=True)), encoding="utf-8"
)
made = biom.Table(
    table.to_numpy(), list(table.index), list(table.columns), [{"taxonomy": text.split("; ")} for text in taxa]
)
with h5py.File(out / "throat-biom-format.biom", "w") as opened:
    made.to_hdf5(opened, "biom-format")
(work / "throat.biom").write_text(made.to_json("biom-format"), encoding="utf-8")

# DADA2 names features by their sequences; these are random. The same counts, first 12 features.
letters = np.random.default_rng(1).choice(list("ACGT"), (12, 60))
seqs = ["".join(row) for row in letters]
frame.iloc[:, :12].set_axis(seqs, axis=1).to_csv(work / "seqtab.tsv", sep="\t")

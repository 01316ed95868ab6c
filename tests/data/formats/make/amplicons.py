"""Write reads of an invented amplicon, as FASTA and FASTQ, with references and lineages; all sequences are random."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

work = Path(sys.argv[1]) / "amplicons"
work.mkdir(exist_ok=True)
random = np.random.default_rng(11)

LINEAGES = {
    "Bacteroides uniformis": "Bacteria Bacteroidota Bacteroidia Bacteroidales Bacteroidaceae Bacteroides",
    "Prevotella copri": "Bacteria Bacteroidota Bacteroidia Bacteroidales Prevotellaceae Prevotella",
    "Blautia obeum": "Bacteria Bacillota Clostridia Eubacteriales Lachnospiraceae Blautia",
    "Methanobrevibacter smithii": "Archaea Methanobacteriota Methanobacteria Methanobacteriales Methanobacteriaceae "
    "Methanobrevibacter",
}
COUNTS = {"A1": [40, 0, 25, 3], "A2": [0, 33, 30, 0], "A3": [12, 9, 18, 6]}

references = {name: "".join(random.choice(list("ACGT"), 240)) for name in LINEAGES}
known = [f">ref{n} {name}\n{text}\n" for n, (name, text) in enumerate(references.items(), 1)]
(work / "references.fa").write_text("".join(known), encoding="utf-8")
trained = [f">{';'.join([*LINEAGES[name].split(), name])};\n{text}\n" for name, text in references.items()]
(work / "trained.fa").write_text("".join(trained), encoding="utf-8")
everything, groups = [], []
for sample, counts in COUNTS.items():
    fasta, fastq = [], []
    for n, (text, count) in enumerate(zip(references.values(), counts, strict=True), 1):
        for k in range(count):
            name = f"{sample}.{n}_{k}"
            fasta.append(f">{name}\n{text}\n")
            fastq.append(f"@{name}\n{text}\n+\n{'I' * len(text)}\n")
            everything.append(f">{name};sample={sample};\n{text}\n")
            groups.append(f"{name}\t{sample}\n")
    (work / f"{sample}.fa").write_text("".join(fasta), encoding="utf-8")
    (work / f"{sample}.fastq").write_text("".join(fastq), encoding="utf-8")
(work / "all.fa").write_text("".join(everything), encoding="utf-8")
(work / "plain.fa").write_text(
    "".join(
        line.split(";")[0] + "\n" if line[0] == ">" else line
        for text in everything
        for line in text.splitlines(keepends=True)
    ),
    encoding="utf-8",
)
(work / "all.groups").write_text("".join(groups), encoding="utf-8")

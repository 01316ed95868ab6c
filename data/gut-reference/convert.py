"""Make table.csv.gz of qiime-default-reference 0.1.3: ``python convert.py <its gg_13_8_otus folder>``.

Of every lineage that has one, the longest sequence without ambiguous letters; of lineages whose genus is seen in stool,
six. Seen in stool: ten reads or more in the stool samples of ``globalpatterns`` (whose features bear Greengenes' ids),
or a genus of ``twins`` or ``david``. What is not of the gut must be there, too: a sequence is named by what it is most
like, and a reference of gut bacteria alone would give a gut bacterium's name to everything.
"""

import gzip
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd

from handbook_utils import datasets

GUT, OTHER = 6, 1

folder = Path(sys.argv[1])
with gzip.open(folder / "taxonomy" / "97_otu_taxonomy.txt.gz", "rt") as file:
    lineage = dict(line.rstrip("\n").split("\t") for line in file)
with gzip.open(folder / "rep_set" / "97_otus.fasta.gz", "rt") as file:
    lines = [line.strip() for line in file]
sequence = {header[1:]: bases for header, bases in zip(lines[::2], lines[1::2], strict=True)}

stool = datasets.load("globalpatterns").where("sample_type", "Feces")
reads = pd.Series(np.asarray(stool.table.sum(axis=0)).ravel(), index=stool.features)
seen = {name for name in stool.features if name in sequence and reads[name] >= 10}


def genus(text: str) -> str:
    """Return the genus of a lineage; Greengenes puts brackets around names it proposes."""
    return text.split("; ")[5].removeprefix("g__").strip("[]")


genera = {genus(lineage[name]) for name in seen} | {
    str(n) for d in ("twins", "david") for n in datasets.load(d).features
}
genera.discard("")

members = defaultdict(list)
for name, text in lineage.items():
    if set(sequence[name]) <= set("ACGT"):
        members[text].append(name)
rows = []
for text, names in sorted(members.items()):
    of_gut = genus(text) in genera or (not genus(text) and any(name in seen for name in names))
    best = sorted(names, key=lambda name: (name not in seen, -len(sequence[name]), int(name)))
    rows += [(name, text, sequence[name]) for name in best[: GUT if of_gut else OTHER]]
table = pd.DataFrame(rows, columns=["id", "lineage", "sequence"])
print(len(table), "sequences of", len(sequence), "in", len(members), "lineages")
with gzip.GzipFile(Path(__file__).with_name("table.csv.gz"), "wb", compresslevel=9, mtime=0) as packed:
    packed.write(table.to_csv(index=False, lineterminator="\n").encode())

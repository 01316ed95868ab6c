"""ECAM data of Debian's q2-sample-classifier, as plain files.

``python data/ecam/convert.py <q2_sample_classifier/tests/data of the unpacked package> data/ecam``
"""

import sys
import tempfile
import zipfile
from pathlib import Path

import biom
import pandas as pd

source, target = Path(sys.argv[1]), Path(sys.argv[2])
GZIP = {"method": "gzip", "compresslevel": 9, "mtime": 0}  # no time of day in the file: the same bytes at every run

# A QIIME 2 artifact is a zip file with the table (BIOM 2.1) in it.
with zipfile.ZipFile(source / "ecam-table-maturity.qza") as artifact, tempfile.TemporaryDirectory() as room:
    (inside,) = (name for name in artifact.namelist() if name.endswith("/data/feature-table.biom"))
    table = biom.load_table(artifact.extract(inside, room))

known = pd.read_csv(source / "ecam_map_maturity.txt", sep="\t", index_col=0, dtype=str).reindex(table.ids("sample"))
metadata = pd.DataFrame(
    {
        "child": pd.Index(table.ids("sample")).str.split(".").str[1],
        "day": known["day_of_life"],
        "month": known["month"],
        "delivery": known["delivery"].str.lower(),
        "diet": known["diet"].map({"bd": "breast", "fd": "formula"}),
        "antibiotics": known["antiexposedall"].map({"n": "no", "y": "yes"}),
        "sex": known["sex"].str.lower(),
    },
    index=pd.Index(table.ids("sample"), name="sample"),
)
metadata.to_csv(target / "metadata.csv", lineterminator="\n")
pd.DataFrame({"feature": table.ids("observation")}).to_csv(
    target / "features.csv.gz", index=False, lineterminator="\n", compression=GZIP
)
cells = table.matrix_data.T.tocsr().sorted_indices().tocoo()
pd.DataFrame(
    {
        "sample": table.ids("sample")[cells.row],
        "feature": table.ids("observation")[cells.col],
        "count": cells.data.astype(int),
    }
).to_csv(target / "table.csv.gz", index=False, lineterminator="\n", compression=GZIP)

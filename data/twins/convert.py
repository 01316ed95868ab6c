"""Twins data of the R package DirichletMultinomial, as plain files.

``python data/twins/convert.py <the package's extdata folder> data/twins``
"""

import sys
from pathlib import Path

import pandas as pd

source, target = Path(sys.argv[1]), Path(sys.argv[2])
GZIP = {"method": "gzip", "compresslevel": 9, "mtime": 0}  # no time of day in the file: the same bytes at every run

counts = pd.read_csv(source / "Twins.csv", index_col=0).T.rename(columns={"Uknown": "Unknown"})
# The order of the file is that of the samples; 0, 1, 2 are named so in the package's vignette.
codes = (source / "TwinStudy.t").read_text().split()
group = pd.Series(codes, index=counts.index).map({"0": "lean", "1": "obese", "2": "overweight"})
person = counts.index.str.split(".").str[0]
visit = counts.index.str.split(".").str[1].fillna("1")

metadata = pd.DataFrame({"sample": counts.index, "group": group.to_numpy(), "person": person, "visit": visit})
metadata.to_csv(target / "metadata.csv", index=False, lineterminator="\n")
pd.DataFrame({"feature": counts.columns}).to_csv(
    target / "features.csv.gz", index=False, lineterminator="\n", compression=GZIP
)
long = counts.rename_axis("sample").reset_index().melt("sample", var_name="feature", value_name="count")
# Melting goes by feature; a stable sort brings the samples together again, in their order.
long["sample"] = pd.Categorical(long["sample"], counts.index)
long = long[long["count"] > 0].sort_values("sample", kind="stable")
long.to_csv(target / "table.csv.gz", index=False, lineterminator="\n", compression=GZIP)

"""Daily stool data of the Python package tmap, as plain files.

``python data/david/convert.py <tmap/test/test_data of the unpacked source distribution> data/david``
"""

import sys
from pathlib import Path

import pandas as pd

source, target = Path(sys.argv[1]), Path(sys.argv[2])
GZIP = {"method": "gzip", "compresslevel": 9, "mtime": 0}  # no time of day in the file: the same bytes at every run
DIARY = {
    "NUTRITION_CALORIE_PRECEDING_DAY": "energy",
    "NUTRITION_CARB_PRECEDING_DAY": "carbohydrate",
    "NUTRITION_SUGAR_PRECEDING_DAY": "sugar",
    "NUTRITION_FIBER_PRECEDING_DAY": "fibre",
    "NUTRITION_PROTEIN_PRECEDING_DAY": "protein",
    "NUTRITION_FAT_PRECEDING_DAY": "fat",
    "NUTRITION_SATFAT_PRECEDING_DAY": "saturated_fat",
    "NUTRITION_CHOLESTEROL_PRECEDING_DAY": "cholesterol",
    "NUTRITION_SODIUM_PRECEDING_DAY": "sodium",
    "NUTRITION_CALCIUM_PRECEDING_DAY": "calcium",
}
# First and last day of what happened to each donor, as the paper gives them.
EVENTS = {"A": ("travel", 71, 122), "B": ("infection", 151, 159)}


def phase(donor: str, day: float) -> str:
    """Name the phase of a day; a sample without donor has none."""
    if donor not in EVENTS:
        return ""
    event, first, last = EVENTS[donor]
    return "pre" if day < first else "post" if day > last else event


counts = pd.read_csv(source / "Daily_stool_genus.csv", index_col=0).rename(
    columns={"unclassfied(f)": "unclassified(f)"}
)
diary = pd.read_csv(source / "Daily_metadata.csv", index_col=0).reindex(counts.index)
metadata = pd.DataFrame(
    {
        "donor": diary["HOST_SUBJECT_ID"].str.removeprefix("2202:Donor").fillna(""),
        "day": diary["COLLECTION_DAY"].astype("Int64"),
    }
)
metadata["phase"] = [phase(donor, day) for donor, day in zip(metadata["donor"], metadata["day"], strict=True)]
metadata[list(DIARY.values())] = diary[list(DIARY)].round(3).to_numpy()

number = counts.index.str.removeprefix("Stool").astype(int)
order = (
    metadata.assign(number=number, last=metadata["donor"] == "").sort_values(["last", "donor", "day", "number"]).index
)
counts, metadata = counts.loc[order].rename_axis("sample"), metadata.loc[order].rename_axis("sample")

metadata.to_csv(target / "metadata.csv", lineterminator="\n")
pd.DataFrame({"feature": counts.columns}).to_csv(
    target / "features.csv.gz", index=False, lineterminator="\n", compression=GZIP
)
long = counts.reset_index().melt("sample", var_name="feature", value_name="count")
# Melting goes by feature; a stable sort brings the samples together again, in their order.
long["sample"] = pd.Categorical(long["sample"], counts.index)
long = long[long["count"] > 0].sort_values("sample", kind="stable")
long.to_csv(target / "table.csv.gz", index=False, lineterminator="\n", compression=GZIP)

"""Make table.csv.gz of curatedmetagenomicdata3 0.1.4: ``python convert.py sampleMetadata.csv``."""

import gzip
import sys
from pathlib import Path

import pandas as pd

COLUMNS = {
    "study_name": "study",
    "country": "country",
    "age_category": "age_group",
    "age": "age",
    "gender": "sex",
    "BMI": "bmi",
    "study_condition": "condition",
    "antibiotics_current_use": "antibiotics",
    "DNA_extraction_kit": "kit",
    "sequencing_platform": "platform",
    "non_westernized": "non_westernised",
}

whole = pd.read_csv(sys.argv[1], low_memory=False)
stool = whole[whole["body_site"] == "stool"].sort_values(["study_name", "subject_id", "sample_id"], kind="stable")
people = stool.drop_duplicates(["study_name", "subject_id"])[list(COLUMNS)].rename(columns=COLUMNS)
samples = stool.groupby(["study_name", "subject_id"], sort=False).size().to_numpy()
people.insert(0, "person", [f"p{number:05d}" for number in range(1, len(people) + 1)])
people["samples"] = samples
text = people.to_csv(index=False, float_format="%.1f", lineterminator="\n")
with gzip.GzipFile(Path(__file__).with_name("table.csv.gz"), "wb", compresslevel=9, mtime=0) as file:
    file.write(text.encode())

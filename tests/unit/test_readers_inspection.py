"""What is said of a file before any analysis."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.study.inspection import inspect

FORMATS = Path(__file__).parents[1] / "data" / "formats"


@pytest.mark.parametrize(
    ("file", "what", "samples", "features"),
    [
        ("throat.tsv", "feature table", 60, 100),
        ("throat-biom-format.biom", "feature table", 60, 100),
        ("throat-table.qza", "feature table", 60, 100),
        ("throat-mothur.shared", "feature table", 60, 100),
        ("kraken2", "feature table", 3, 4),
        ("throat-metadata.csv", "sample metadata", 60, None),
        ("throat-metadata-qiime2.tsv", "sample metadata", 60, None),
        ("throat-depth.qza", "sample metadata", 60, None),
        ("throat-taxonomy.qza", "taxonomy", None, 100),
        ("throat-mothur.cons.taxonomy", "taxonomy", None, 100),
        ("throat-rooted-tree.qza", "tree", None, 100),
        ("throat.nwk", "tree", None, 100),
    ],
)
def test_every_kind_of_file_is_told_apart(file: str, what: str, samples: int | None, features: int | None) -> None:
    found = inspect(FORMATS / file)
    assert (found.what, found.samples, found.features) == (what, samples, features)
    assert json.loads(json.dumps(dataclasses.asdict(found)))["what"] == what


def test_a_table_is_described() -> None:
    found = inspect(FORMATS / "throat.tsv")
    assert found.quantity == "counts" and found.ranks[-1] == "genus" and not found.problems
    assert found.depth is not None and found.depth[0] <= found.depth[1] <= found.depth[2]
    assert found.density is not None and 0 < found.density < 1
    assert found.first_samples[0] == "ESC_1.1_OPL"
    assert found.orientation == "rows are features (the column 'taxonomy' describes features)"


def test_metadata_is_described_column_by_column() -> None:
    columns = inspect(FORMATS / "throat-metadata.csv").columns
    assert columns is not None
    assert columns["smoking"] == "2 different words: NonSmoker (32), Smoker (28)"
    assert columns["age"].startswith("numbers from ")


def test_what_would_stop_an_analysis_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_text("#OTU ID\tS1\tS2 \tS3\nf1\t0\t0.5\t-1\nf2\t0\t0\t1\nf3\t0\t0\t0\n", encoding="utf-8")
    said = "\n".join(inspect(path).problems)
    for part in ("1 values are negative", "have no reads: S1, S3", "1 features occur in no", "not counts", "'S2 '"):
        assert part in said


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_text("#OTU ID\tS1\tS2\nf1\tx\ty\tz\n", encoding="utf-8")
    with pytest.raises(InputErrors, match="as many cells"):
        inspect(path)
    with pytest.raises(InputError, match="no such file"):
        inspect(tmp_path / "none")

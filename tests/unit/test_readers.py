"""Text tables, BIOM and metadata: read as they are meant, and what was found out is said."""

from __future__ import annotations

import codecs
import gzip
import json
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest

from handbook_utils import datasets
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.study import Study
from handbook_utils.study.choices import Choices
from handbook_utils.study.readers import open_study, read_study, require_counts

TABLE = "#OTU ID\tS1\tS2\tS3\nf1\t0\t3\t1\nf2\t1\t2\t0\n"
METADATA = "sample-id\tgroup\tage\nS1\ta\t30\nS2\tb\t41.5\nS3\ta\t\n"
EXPECTED = [[0, 1], [3, 2], [1, 0]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "metadata.tsv").write_text(METADATA, encoding="utf-8")
    return tmp_path


def read(folder: Path, table: str | bytes, metadata: str | bytes | None = None) -> Study:
    def put(name: str, content: str | bytes) -> Path:
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return read_study(put("table", table), None if metadata is None else put("metadata", metadata)).study


def problem(folder: Path, table: str | bytes, metadata: str | bytes | None = None) -> str:
    with pytest.raises((InputError, InputErrors)) as raised:
        read(folder, table, metadata)
    return str(raised.value)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (TABLE.encode(), "tab-separated"),
        (TABLE.replace("\n", "\r\n").encode(), "tab-separated"),
        (TABLE.replace("\t", ",").encode(), "comma-separated"),
        (TABLE.replace("\t", ";").encode(), "semicolons"),
        (("sep=;\n" + TABLE.replace("\t", ";")).encode(), "semicolons"),
        (("# Constructed from biom file\n" + TABLE).encode(), "tab-separated"),
        (codecs.BOM_UTF8 + TABLE.encode(), "BOM"),
        (TABLE.encode("utf-16"), "UTF-16"),
        (TABLE.encode("utf-16-be"), "UTF-16"),
        (gzip.compress(TABLE.encode(), mtime=0), "tab-separated"),
        (TABLE.replace("#OTU ID\t", "").encode(), "tab-separated"),  # as R's write.table has it
        (b"sample\tf1\tf2\nS1\t0\t1\nS2\t3\t2\nS3\t1\t0\n", "Rows are samples"),
    ],
)
def test_text_tables_in_every_dress_are_the_same_study(folder: Path, table: bytes, said: str) -> None:
    study = read(folder, table, METADATA)
    assert study.to_frame().to_numpy().tolist() == EXPECTED
    assert list(study.samples) == ["S1", "S2", "S3"] and list(study.features) == ["f1", "f2"]
    assert study.quantity == "counts"
    assert any(said in note for note in study.notes)


def test_the_metadata_decides_which_way_round_a_table_is(folder: Path) -> None:
    table = "x\tS1\tS2\tS3\nf1\t0\t3\t1\nf2\t1\t2\t0\n"
    assert "samples_in rows (f1, f2) or samples_in columns (S1, S2 and 1 more)" in problem(folder, table)
    long = table + "".join(f"f{n}\t1\t1\t1\n" for n in range(3, 12))
    guessed = read(folder, long)
    assert guessed.shape == (3, 11)
    assert any("guessed" in note and "metadata would decide it" in note for note in guessed.notes)
    decided = read(folder, table, METADATA)
    assert decided.shape == (3, 2)
    assert "Rows are features (3 ids of the metadata are names of columns)." in decided.notes


def test_metadata_has_numbers_words_and_missing_values(folder: Path) -> None:
    rows = "S1;a;1,5;007;NA\nS2;b;2,25;012;3\nS3;;4;100;1e2\n"
    metadata = read(folder, TABLE, "id;group;ratio;code;dose\n" + rows).metadata
    assert metadata["ratio"].tolist() == [1.5, 2.25, 4.0]
    assert metadata["code"].tolist() == ["007", "012", "100"]
    assert np.isnan(metadata.loc["S1", "dose"]) and metadata.loc["S3", "dose"] == 100
    assert metadata["group"].isna().tolist() == [False, False, True]


def test_types_of_qiime_2_are_heeded(folder: Path) -> None:
    types = "id\tplate\tage\n#q2:types\tcategorical\tnumeric\n# a comment\nS1\t1\t30\nS2\t2\t31\nS3\t2\t\n"
    metadata = read(folder, TABLE, types).metadata
    assert metadata["plate"].tolist() == ["1", "2", "2"]
    assert metadata["age"].tolist()[:2] == [30.0, 31.0]
    message = problem(folder, TABLE, types.replace("31", "old"))
    assert "numeric by #q2:types" in message and "'old' at line 5, column 3" in message


def test_the_id_column_is_found_by_the_ids(folder: Path) -> None:
    study = read(folder, TABLE, "group,code\na,S1\nb,S2\na,S3\n")
    assert study.metadata["group"].tolist() == ["a", "b", "a"]
    assert "The metadata column 'code' names the samples." in study.notes


def test_samples_without_metadata_stop_unless_that_is_said_to_be_right(folder: Path) -> None:
    metadata = "id\tg\nS1\ta\nS2\tb\nS9\tb\n"
    with pytest.raises(InputErrors, match="1 of 3 samples of the table have no metadata") as raised:
        read(folder, TABLE, metadata)
    (error,) = raised.value.errors
    assert error.found == "none for S3; the metadata alone has S9"
    assert error.remedy == "Add them to the metadata. Or go on with the 2 that match: keep_matched true."
    study = read_study(folder / "table", folder / "metadata", choices=Choices(keep_matched=True)).study
    assert list(study.samples) == ["S1", "S2"]
    assert "Left out, because the metadata does not name them: 1 samples (S3)." in study.notes
    assert "The metadata names 1 samples that the table does not have (S9)." in study.notes


def test_a_lineage_column_becomes_taxonomy(folder: Path) -> None:
    table = "#OTU ID\tS1\tS2\ttaxonomy\nf1\t0\t3\tk__Bacteria; p__Firmicutes; g__\nf2\t1\t2\tUnassigned\n"
    study = read(folder, table)
    assert study.taxonomy is not None
    assert study.taxonomy.to_dict("list") == {"kingdom": ["Bacteria", ""], "phylum": ["Firmicutes", ""]}


def test_decimal_commas_are_read_and_said(folder: Path) -> None:
    study = read(folder, "taxon;S1;S2\nf1;0,5;3\nf2;1;2,125\n")
    assert study.to_frame().to_numpy().tolist() == [[0.5, 1], [3, 2.125]]
    assert study.quantity == "abundances"
    assert any("Decimal commas" in note for note in study.notes)


def test_sequences_as_columns_are_features(folder: Path) -> None:
    one, two = "ACGT" * 20, "TTGA" * 20
    study = read(folder, f'"","{one}","{two}"\n"S1",0,1\n"S2",3,2\n"S3",1,0\n')
    assert study.to_frame().to_numpy().tolist() == EXPECTED and list(study.features) == [one, two]
    assert "Rows are samples (the columns are named by DNA sequences)." in study.notes


def biom_2(study: Study, path: Path) -> Path:
    with h5py.File(path, "w") as opened:
        study.to_biom().to_hdf5(opened, "test")
    return path


def test_both_bioms_give_the_same_study(folder: Path) -> None:
    names = pd.DataFrame({"kingdom": ["Bacteria", "Archaea"], "phylum": ["Firmicutes", ""]}, index=["f1", "f2"])
    study = Study.from_sparse(np.array(EXPECTED), ["S1", "S2", "S3"], ["f1", "f2"], taxonomy=names)
    one = folder / "one.txt"
    one.write_text(study.to_biom().to_json("test"), encoding="utf-8")
    for path in (one, biom_2(study, folder / "two.tsv")):
        again = read_study(path).study
        pd.testing.assert_frame_equal(again.to_frame(), study.to_frame())
        pd.testing.assert_frame_equal(again.taxonomy, study.taxonomy)


def test_no_table_means_the_bundled_study() -> None:
    assert open_study("", "", bundled="throat").shape == datasets.load("throat").shape
    with pytest.raises(InputError, match="no feature table"):
        open_study("", "mine.tsv", bundled="throat")


def test_counts_are_demanded_where_they_are_needed(folder: Path) -> None:
    require_counts(read(folder, TABLE))
    shares = read(folder, "taxon\tS1\tS2\nf1\t0.25\t0.5\nf2\t0.75\t0.5\n")
    with pytest.raises(InputError) as raised:
        require_counts(shares)
    assert "proportions" in str(raised.value) and "sample S1, feature f1" in str(raised.value)
    with pytest.raises(InputError, match="needs counts"):
        require_counts(read(folder, "taxon\tS1\tS2\nf1\t25.5\t50\nf2\t74.5\t50\n"))


def test_json_that_is_cut_off_says_where(folder: Path) -> None:
    whole = json.dumps(json.loads(Study.from_sparse(np.eye(2), ["S1", "S2"], ["a", "b"]).to_biom().to_json("test")))
    message = problem(folder, whole[:-30])
    assert "cut off" in message and "line 1, column" in message
    assert "lacks" in problem(folder, '{"a": 1}')

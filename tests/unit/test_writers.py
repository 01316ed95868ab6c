"""What is written is read back as it was, by us and by others; and a failure leaves nothing behind."""

from __future__ import annotations

import csv
import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from skbio.metadata import SampleMetadata

from handbook_utils import datasets
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.metadata.validation import validate
from handbook_utils.study import Study
from handbook_utils.study.cells.abundances import ABOUT_FEATURES, LINEAGE_WORDS, RANK_WORDS, TOTALS
from handbook_utils.study.cells.delimited import word
from handbook_utils.study.choices import Choices
from handbook_utils.study.matching import loose_keys
from handbook_utils.study.readers import read_study
from handbook_utils.study.writers import as_files, write_csv, write_metadata, write_study

NASTY = [
    *("<script>alert(1)</script>", '"quoted"', "two\nlines", "carriage\rreturn", "=cmd()", "🦠", "a\tb", "a,b;c", "#1"),
    *("1.10", "MARCH1", "'", "NA", "é", "../../etc", "%s{}", "-1", "@x", "0x1F", "S 1"),
]


def nasty() -> Study:
    counts = np.arange(len(NASTY) * 3).reshape(len(NASTY), 3) + 1
    return Study.from_sparse(counts, NASTY, ["=f()", "b\nc", '<b>"'])


@pytest.mark.parametrize("form", ["biom", "tsv"])
def test_nasty_ids_come_back(form: Any, tmp_path: Path) -> None:
    write_study(nasty(), tmp_path / "x", form)
    metadata = tmp_path / "m.csv"
    with metadata.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([["sample", "g"], *([name, "x"] for name in NASTY if name != "#1")])
    again = read_study(tmp_path / "x").study
    pd.testing.assert_frame_equal(again.to_frame(), nasty().to_frame())
    chosen = read_study(tmp_path / "x", metadata, choices=Choices(keep_matched=True)).study
    assert list(chosen.samples) == [name for name in NASTY if name != "#1"]


#: Columns of these names are not taken for samples or features.
NO_IDS = {*ABOUT_FEATURES, *LINEAGE_WORDS, *RANK_WORDS, *TOTALS}
ids = st.lists(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=12).filter(
        lambda text: text.strip() and word(text) not in NO_IDS
    ),
    min_size=1,
    max_size=6,
    unique=True,
)


@given(samples=ids, features=ids, data=st.data(), form=st.sampled_from(["biom", "tsv"]))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_table_comes_back(samples: Any, features: Any, data: Any, form: Any, tmp_path: Path) -> None:
    cells = st.integers(0, 2**40) | st.just(0)
    rows = data.draw(st.lists(st.lists(cells, min_size=len(features), max_size=len(features)).filter(any),
                              min_size=len(samples), max_size=len(samples)))  # fmt: skip
    study = Study.from_sparse(np.array(rows), samples, features)
    write_study(study, tmp_path / "t", form)
    # Totals that are alike, or a sample that adds up the others, would be asked about.
    again = read_study(tmp_path / "t", choices=Choices(values="counts", leave_out="none")).study
    pd.testing.assert_frame_equal(again.to_frame(), study.to_frame())


def test_abundances_keep_every_digit(tmp_path: Path) -> None:
    study = Study.from_sparse(np.array([[0.1, 1 / 3], [1e-9, 0.7]]), ["a", "b"], ["x", "y"], quantity="abundances")
    for form in ("biom", "tsv"):
        write_study(study, tmp_path / "t", form)  # type: ignore[arg-type]
        again = read_study(tmp_path / "t").study
        assert (again.table != study.table).nnz == 0 and again.quantity == "abundances"


def test_taxonomy_comes_back_at_its_ranks(tmp_path: Path) -> None:
    names = pd.DataFrame({"family": ["F", ""], "genus": ["G", ""]}, index=["x", "y"])
    study = Study.from_sparse(np.eye(2), ["a", "b"], ["x", "y"], taxonomy=names)
    for form in ("biom", "tsv"):
        write_study(study, tmp_path / "t", form)  # type: ignore[arg-type]
        again = read_study(tmp_path / "t").study.taxonomy
        assert again is not None
        assert again["family"].tolist() == ["F", ""] and again["genus"].tolist() == ["G", ""]
        assert again["kingdom"].tolist() == ["", ""]


def test_biom_format_accepts_what_we_write(tmp_path: Path) -> None:
    write_study(datasets.load("throat"), tmp_path / "t.biom")
    program = Path(sys.executable).with_name("biom")
    done = subprocess.run([program, "validate-table", "-i", tmp_path / "t.biom"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "valid" in done.stdout.lower()


def test_metadata_comes_back_with_its_types(tmp_path: Path) -> None:
    metadata = pd.DataFrame(
        {
            "plate": ["1", "02"],
            "age": [30, 41],
            "bmi": [21.5, float("nan")],
            "note": ["two\nlines", '"é"'],
            "on": [True, False],
        },
        index=["S1", "S2"],
    )
    study = Study.from_sparse(np.eye(2), ["S1", "S2"], ["x", "y"], metadata)
    write_study(study, tmp_path / "t")
    write_metadata(study, tmp_path / "m.tsv")
    lines = (tmp_path / "m.tsv").read_text(encoding="utf-8").split("\n")
    assert lines[0] == "sample-id\tplate\tage\tbmi\tnote\ton"
    assert lines[1] == "#q2:types\tcategorical\tnumeric\tnumeric\tcategorical\tcategorical"
    again = read_study(tmp_path / "t", tmp_path / "m.tsv").study.metadata
    assert again["plate"].tolist() == ["1", "02"] and again["age"].tolist() == [30, 41]
    assert again["note"].tolist() == ["two\nlines", '"é"'] and again["on"].tolist() == ["True", "False"]
    assert again["bmi"].isna().tolist() == [False, True]


@pytest.mark.parametrize("name", ["throat", "twins", "ecam", "lung"])
def test_qiime_2s_own_reader_and_its_rules_accept_the_metadata(name: str, tmp_path: Path) -> None:
    """By scikit-bio, which took QIIME 2's reader over, and by the rules that Keemei holds a sheet against."""
    study = datasets.load(name)
    write_metadata(study, tmp_path / "m.tsv")
    made = SampleMetadata.load(str(tmp_path / "m.tsv"))
    assert (made.id_count, made.column_count) == study.metadata.shape
    assert validate(tmp_path / "m.tsv", "qiime2").errors == []


def test_metadata_that_qiime_2_would_refuse_is_refused(tmp_path: Path) -> None:
    metadata = pd.DataFrame({"id": [1, 2], " g": ["a", "b"], "x": [1.0, np.inf]}, index=["#S1", "S2 "])
    study = Study.from_sparse(np.eye(2), ["#S1", "S2 "], ["x", "y"], metadata)
    with pytest.raises(InputErrors) as raised:
        write_metadata(study, tmp_path / "m.tsv")
    said = str(raised.value)
    assert "'#S1', 'S2 '" in said and "'id', ' g'" in said and "no infinite numbers" in said
    assert not list(tmp_path.iterdir())


def test_a_spreadsheet_cannot_run_what_is_written(tmp_path: Path) -> None:
    write_study(nasty(), tmp_path / "t.csv", "csv")
    write_csv(pd.DataFrame({"=a": ["@b", "-1.5", "c"]}, index=["+x", "y", "é"]), tmp_path / "u.csv")
    for name in ("t.csv", "u.csv"):
        content = (tmp_path / name).read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        cells = [cell for row in csv.reader(content.decode("utf-8-sig").splitlines()) for cell in row]
        assert not [cell for cell in cells if cell[:1] in "=+@" and cell]
        assert [cell for cell in cells if cell.startswith("'=")]


@pytest.mark.parametrize("there", [True, False])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(there: bool, tmp_path: Path, monkeypatch: Any) -> None:
    target = tmp_path / "t.biom"
    if there:
        target.write_bytes(b"old")
    real = os.fdopen

    def full(*given: Any, **named: Any) -> Any:
        opened = real(*given, **named)
        opened.write(b"half")

        class Full:
            def __enter__(self) -> Full:
                return self

            def fileno(self) -> int:
                return int(opened.fileno())

            def __exit__(self, *_: object) -> None:
                opened.close()

            def write(self, content: bytes) -> int:
                raise OSError(errno.ENOSPC, "No space left on device")

        return Full()

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(InputError, match="could not be written") as raised:
        write_study(nasty(), target)
    assert "No space left" in str(raised.value) and "Make room" in str(raised.value)
    assert [path.name for path in tmp_path.iterdir()] == (["t.biom"] if there else [])
    assert not there or target.read_bytes() == b"old"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="could not be written") as raised:
        write_study(nasty(), tmp_path / "none" / "t.biom")
    assert raised.value.remedy == "Make the folder first."
    with pytest.raises(InputError, match="cannot be written") as raised:
        write_study(nasty(), tmp_path / "t", "xlsx")  # type: ignore[arg-type]
    assert raised.value.found == "'xlsx'"


@given(st.text(max_size=15), st.text(max_size=15))
def test_ids_known_again_are_known_from_both_sides(one: str, other: str) -> None:
    assert bool(loose_keys(one) & loose_keys(other)) == bool(loose_keys(other) & loose_keys(one))
    assert (
        loose_keys(one) & loose_keys(f" {one.upper()} ") if one.strip() and one.upper().lower() == one.lower() else True
    )


def test_a_study_as_files_is_read_back(tmp_path: Path) -> None:
    taxonomy = pd.DataFrame({"kingdom": ["B", "B"], "genus": ["G", ""]}, index=["x", "y"])
    study = Study.from_sparse(np.array([[1, 2], [0, 3]]), ["S1", "S2"], ["x", "y"], taxonomy=taxonomy)
    for name, content in as_files(study).items():
        (tmp_path / name).write_bytes(b"".join(content))
    for name in ("table.biom", "table.tsv"):
        again = read_study(tmp_path / name, taxonomy=tmp_path / "taxonomy.tsv").study
        assert again.to_frame().to_dict() == study.to_frame().to_dict()
        assert again.taxonomy["genus"].to_list() == ["G", ""]

"""Every way in which files go wrong ends in a message that says what, where, what was expected, and what to do."""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import sparse

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.study import Study, files
from handbook_utils.study.choices import Choices
from handbook_utils.study.inspection import inspect
from handbook_utils.study.readers import read_study, require_counts
from handbook_utils.study.writers import write_study

FORMATS = Path(__file__).parents[1] / "data" / "formats"
TABLE = "#OTU ID\tS1\tS2\tS3\nf1\t0\t3\t1\nf2\t1\t2\t0\n"
METADATA = "id\tgroup\nS1\ta\nS2\tb\nS3\ta\n"

Refuse = Callable[..., list[InputError]]


@pytest.fixture
def refuse(tmp_path: Path) -> Refuse:
    """Read files of these contents, and return the mistakes that were told."""

    def run(table: str | bytes, metadata: str | bytes | None = None, **others: str) -> list[InputError]:
        def put(name: str, content: str | bytes) -> Path:
            path = tmp_path / name
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            return path

        extra: dict[str, Any] = {name: put(name, content) for name, content in others.items()}
        with pytest.raises((InputError, InputErrors)) as raised:
            read_study(put("table", table), None if metadata is None else put("metadata", metadata), **extra)
        error = raised.value
        found = list(error.errors) if isinstance(error, InputErrors) else [error]
        assert all(mistake.where for mistake in found), "a message must say where"
        assert all(mistake.remedy or mistake.expected for mistake in found), "a message must say what would be right"
        return found

    return run


# ---------------------------------------------------------------------- files


@pytest.mark.parametrize("kept", [9, 600, 5_000, 40_000, 72_000])
def test_hdf5_that_is_cut_off(kept: int, refuse: Refuse) -> None:
    (error,) = refuse((FORMATS / "throat-biom-format.biom").read_bytes()[:kept])
    assert "cut off or damaged" in error.problem and "whole BIOM 2.1" in (error.expected or "")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(8, 72_000), by=st.integers(1, 255))
def test_damaged_files_never_end_in_another_error(at: int, by: int, tmp_path: Path) -> None:
    content = bytearray((FORMATS / "throat-biom-format.biom").read_bytes())
    content[at] ^= by
    (tmp_path / "t").write_bytes(content)
    try:
        assert read_study(tmp_path / "t").study.shape[0] > 0
    except (InputError, InputErrors) as error:
        assert str(tmp_path) in str(error) or "t" in str(error)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(min_size=1, max_size=200) | st.text(max_size=200).map(str.encode))
def test_noise_never_ends_in_another_error(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "t").write_bytes(content)
    for call in (read_study, inspect):
        try:
            call(tmp_path / "t")
        except (InputError, InputErrors) as error:
            assert str(error)


def test_hdf5_that_is_not_biom(refuse: Refuse, tmp_path: Path) -> None:
    with h5py.File(tmp_path / "x", "w") as opened:
        opened["other"] = [1]
    (error,) = refuse((tmp_path / "x").read_bytes())
    assert error.problem == "This HDF5 file is not a BIOM table." and "other" in (error.found or "")


@pytest.mark.parametrize(
    ("side", "columns", "values", "found"),
    [
        ("observation", [0, 0, 1, 1], [1.0, 1, 1, 1], "observation/matrix: a cell that is there twice"),
        ("sample", [0, 0, 1, 1], [1.0, 1, 1, 1], "sample/matrix: a cell that is there twice"),
        ("observation", [0, 1, 0, 1], [1.0, 1, 1, 2], "is not the table by features"),
    ],
)
def test_two_tables_of_one_file_that_are_not_the_same(
    refuse: Refuse, tmp_path: Path, side: str, columns: list[int], values: list[float], found: str
) -> None:
    """A cell that is there twice is refused though all sums are right, in either table."""
    write_study(Study.from_sparse(np.ones((2, 2)), ["S1", "S2"], ["a", "b"]), tmp_path / "x")
    with h5py.File(tmp_path / "x", "r+") as opened:
        opened[f"{side}/matrix/indices"][:] = columns
        opened[f"{side}/matrix/data"][:] = values
    (error,) = refuse((tmp_path / "x").read_bytes())
    assert found in (error.found or "")


def test_json_that_is_cut_off_or_is_not_biom(refuse: Refuse) -> None:
    whole = (FORMATS / "throat-biomformat-r.biom").read_text(encoding="utf-8")
    (error,) = refuse(whole[: len(whole) // 2])
    assert "cut off" in error.problem and ", line 1, column " in (error.where or "")
    held = json.loads(whole)
    held["rows"].pop()
    (error,) = refuse(json.dumps(held))
    assert "not as large as it says" in error.problem and error.found == "[99, 60] ids"
    (error,) = refuse('{"rows": []}')
    assert "not a BIOM table" in error.problem
    (error,) = refuse(whole.replace('"data":', '"data": [[0, 0, 7]], "data":', 1))
    assert error.found == "the key 'data' is there twice"


def artifact(change: Callable[[zipfile.ZipFile, str], None], leave_out: str = "") -> bytes:
    """Return the table artifact with a member left out, and changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(FORMATS / "throat-table.qza") as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        root = old.namelist()[0].split("/")[0]
        for name in old.namelist():
            if not (leave_out and name.endswith(leave_out)):
                new.writestr(name, old.read(name))
        change(new, root)
    return made.getvalue()


@pytest.mark.parametrize("name", ["../../evil", "/etc/evil", "..\\evil", "C:/evil", "a/../../evil"])
def test_an_artifact_with_a_path_that_climbs_out(name: str, refuse: Refuse) -> None:
    (error,) = refuse(artifact(lambda archive, root: archive.writestr(name, "x")))
    assert "lead out of it" in error.problem and "evil" in (error.found or "")


def test_an_artifact_that_is_a_bomb(refuse: Refuse) -> None:
    zeros = b"\0" * (files.HARMLESS + 1)
    (error,) = refuse(artifact(lambda archive, root: archive.writestr(f"{root}/data/x", zeros)))
    assert "unpacks to far more" in error.problem and "MiB from" in (error.found or "")
    (error,) = refuse(gzip.compress(zeros))
    assert "unpacks to far more" in error.problem


def test_a_size_beyond_the_absolute_limit(refuse: Refuse, monkeypatch: Any) -> None:
    monkeypatch.setattr(files, "MOST", 10_000)
    (error,) = refuse(artifact(lambda archive, root: None))
    assert "larger than can be read" in error.problem
    (error,) = refuse(gzip.compress(TABLE.encode() * 1000))
    assert "unpacks to far more" in error.problem


@pytest.mark.parametrize("member", ["feature-table.biom", "metadata.yaml"])
def test_an_artifact_that_lacks_a_member(member: str, refuse: Refuse) -> None:
    (error,) = refuse(artifact(lambda archive, root: None, leave_out=member))
    assert "lacks a member" in error.problem and (error.expected or "").endswith(member)


def test_archives_that_are_damaged_or_hold_something_else(refuse: Refuse) -> None:
    (error,) = refuse((FORMATS / "throat-table.qza").read_bytes()[:3000])
    assert "cut off or damaged" in error.problem
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("table.tsv", TABLE)
    (error,) = refuse(made.getvalue())
    assert "neither a QIIME 2 artifact nor an Excel workbook" in error.problem and "table.tsv" in (error.found or "")
    (error,) = refuse(gzip.compress(TABLE.encode() * 100)[:-20])
    assert "gzip file is cut off" in error.problem


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel"),
        (b"\x80\x04\x95", "pickled"),
        (b">seq1\nACGT\n", "FASTA"),
        (b"<html>", "web page"),
        (b"RDX3\n", "R object"),
        (gzip.compress(b"X\n\x00\x00", mtime=0), "R object"),
    ],
)
def test_files_that_are_something_else_are_named(content: bytes, found: str, refuse: Refuse) -> None:
    (error,) = refuse(content)
    assert error.problem == "This file is not a table." and found in (error.found or "")


@pytest.mark.parametrize("content", [b"", b" \n\n", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0)])
def test_an_empty_file(content: bytes, refuse: Refuse) -> None:
    (error,) = refuse(content)
    assert error.problem == "This file is empty." and "bytes" in (error.found or "")


def test_a_folder_a_missing_file_and_no_permission(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "table.tsv").write_text(TABLE, encoding="utf-8")
    with pytest.raises(InputError, match="This is a folder") as raised:
        read_study(tmp_path)
    assert "table.tsv" in str(raised.value)
    with pytest.raises(InputError, match="no such file") as raised:
        read_study(tmp_path / "tabel.tsv")
    assert raised.value.remedy == "Did you mean 'table.tsv'?"

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(InputError, match="may not be read by you") as raised:
        read_study(tmp_path / "table.tsv")
    assert "chmod u+r table.tsv" in str(raised.value)


def test_encodings_that_are_mixed(refuse: Refuse) -> None:
    content = TABLE.replace("f1", "é1").encode() + "ü\t1\t2\t3\n".encode("cp1252")
    (error,) = refuse(content)
    assert "mixes two text encodings" in error.problem
    assert (error.where or "").endswith("line 4") and "line 2" in (error.expected or "")


def test_a_windows_file_is_read_and_said(tmp_path: Path) -> None:
    (tmp_path / "t").write_bytes(TABLE.replace("f1", "é1").encode("cp1252"))
    study = read_study(tmp_path / "t").study
    assert study.features[0] == "é1" and "Windows-1252" in study.notes[0]


# ---------------------------------------------------------------------- cells


def test_all_mistakes_of_a_table_are_told_at_once(refuse: Refuse) -> None:
    errors = refuse("#OTU ID\tS1\tS2\nf1\tx\t1\nf2\t1\nf3\t1\t\nf4\t1\t2\t3\n")
    ragged, cells = errors
    assert ragged.found == "line 3 has 2, line 5 has 4" and ragged.expected == "3 cells a line"
    assert cells.found == "'x' at line 2, column 2 ('S1'), an empty cell at line 4, column 3 ('S2')"


def test_ids_that_occur_twice(refuse: Refuse) -> None:
    errors = refuse("#OTU ID\tS1\tS1\nf1\t1\t1\nf1\t1\t2\n")
    assert [error.found for error in errors] == ["'f1' (line 2 and line 3)", "'S1' (column 2 and column 3)"]
    (error,) = refuse(TABLE, METADATA + "S1\tb\n")
    assert error.problem == "1 sample ids occur more than once."
    assert error.found == "'S1' (line 2, column 1 and line 5, column 1)"
    (error,) = refuse(TABLE, "id\tgroup\n1.1\ta\n1.1\tb\n")
    assert "Did a spreadsheet turn 1.10 into 1.1?" in (error.remedy or "")


@pytest.mark.parametrize(
    ("table", "metadata", "why"),
    [
        ("S1 ", "S1", "blanks"),
        ("S1", "S1\u00a0", "blanks"),
        ("1.10", "1.1", "spreadsheet"),
        ("MARCH1", "1-Mar", "spreadsheet"),
        ("MARCH1", "2024-03-01", "spreadsheet"),
        ("SEPT2", "2-sep", "spreadsheet"),
        ("3-4", "04-mrt", "spreadsheet"),
        ("2E5", "200000", "spreadsheet"),
        ("007", "7", "spreadsheet"),
        ("12345678901234567", "1.23457E+16", "spreadsheet"),
        ("s1", "S1", "capitals"),
        ("X1.a", "1-a", "what R makes"),
    ],
)
def test_ids_that_were_changed_on_the_way(table: str, metadata: str, why: str, refuse: Refuse) -> None:
    (error,) = refuse(f"#OTU ID\t{table}\tB\nf1\t1\t2\n", f"id\tgroup\n{metadata}\tx\nB\ty\n")
    assert why in error.problem and error.found == f"{table!r} and {metadata!r}"
    (error,) = refuse(f"#OTU ID\t{table}\nf1\t1\n", f"id\tgroup\n{metadata}\tx\n")
    assert why in error.problem


def test_ids_that_excel_made_dates_are_told_from_the_workbook(tmp_path: Path, refuse: Refuse) -> None:
    import datetime

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["id", "group"], [datetime.datetime(2024, 3, 1), "a"], [1.1, "b"], ["S3", "a"]):
        sheet.append(row)
    book.save(tmp_path / "book")
    (error,) = refuse("#OTU ID\tMARCH1\t1.10\tS3\nf1\t1\t2\t3\n", (tmp_path / "book").read_bytes())
    assert error.found == "'MARCH1' and '2024-03-01', '1.10' and '1.1'"
    assert "format the column as Text" in (error.remedy or "")


def test_files_of_different_studies(refuse: Refuse) -> None:
    (error,) = refuse(TABLE, "id\tgroup\nP1\ta\nP2\tb\n")
    assert error.problem == "No sample of the feature table is in the metadata."
    assert "S1, S2, S3;" in (error.found or "") and "P1, P2" in (error.found or "")


def test_mistakes_of_metadata_are_told_at_once(refuse: Refuse) -> None:
    errors = refuse(TABLE, "id\tgroup\tgroup\t\tx\nS1\ta\ta\tb\tc\td\n")
    assert [error.problem for error in errors] == [
        "1 rows of the metadata have more cells than the header.",
        "1 columns of the metadata have no name.",
        "1 column ids occur more than once.",
        "This metadata has no samples.",
    ]
    errors = refuse(TABLE, "id\tgroup\nS1\t#REF!\n\ta\nS3\tb\n")
    assert [error.found for error in errors] == ["line 3, column 1", "'#REF!' at line 2, column 2"]


def test_cells_of_a_workbook_are_named_as_excel_names_them(tmp_path: Path, refuse: Refuse) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["id", "S1", "S2"], ["f1", 1, "many"], ["f2", 2, 3]):
        sheet.append(row)
    book.save(tmp_path / "book")
    (error,) = refuse((tmp_path / "book").read_bytes())
    assert error.found == "'many' at cell C2 of worksheet 'Sheet' ('S2')"


def test_a_stray_cell_in_the_last_corner_of_a_worksheet(tmp_path: Path, refuse: Refuse) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["id", "S1"], ["f1", 1]):
        sheet.append(row)
    sheet["XFD1048576"] = "stray"
    book.save(tmp_path / "book")
    (error,) = refuse((tmp_path / "book").read_bytes())
    assert error.found == "line 1048576 has 16384"


def test_samples_without_reads(refuse: Refuse, tmp_path: Path) -> None:
    (error,) = refuse("#OTU ID\tS1\tS2\nf1\t0\t3\nf2\t0\t1\n")
    assert error.problem == "1 samples have no reads at all." and error.found == "S1"
    (tmp_path / "m").write_text("id\tg\nS2\ta\n", encoding="utf-8")
    assert error.remedy == "Nothing can be said about them. Go on without: leave_out 'S1'."
    assert list(read_study(tmp_path / "table", choices=Choices(leave_out="S1")).study.samples) == ["S2"]


def test_values_that_are_not_counts(refuse: Refuse, tmp_path: Path) -> None:
    (error,) = refuse(TABLE.replace("3", "-3"))
    assert "negative" in error.problem and "sample S2, feature f1" in (error.found or "")
    (error,) = refuse(TABLE.replace("3", "nan"))
    assert "are not numbers" in error.problem and "empty_cells zero" in (error.remedy or "")
    (error,) = refuse(TABLE.replace("3", "inf"))
    assert "missing (NaN) or infinite" in error.problem
    for values, kind in (("0.25\t1\nf2\t0.75\t0", "add up to 1"), ("25\t40.5\nf2\t75\t59.5", "add up to 100")):
        (tmp_path / "t").write_text(f"#OTU ID\tS1\tS2\nf1\t{values}\n", encoding="utf-8")
        with pytest.raises(InputError, match="needs counts") as raised:
            require_counts(read_study(tmp_path / "t").study)
        assert kind in str(raised.value) and "feature f1" in str(raised.value)


def test_presence_is_no_count(tmp_path: Path) -> None:
    (tmp_path / "t").write_text("#OTU ID\tS1\tS2\nf1\t1\t0\nf2\t1\t1\n", encoding="utf-8")
    with pytest.raises(InputError, match="needs counts") as raised:
        require_counts(read_study(tmp_path / "t").study)
    assert raised.value.found == "presence and absence (0 and 1)"


def test_commas_that_may_be_decimals_or_thousands(refuse: Refuse) -> None:
    for cells in ("1,234\t2", "1,234,567\t2", "0,5\t2.5", "2.5\t0,5"):
        (error,) = refuse(f"#OTU ID\tS1\tS2\nf1\t{cells}\n")
        assert "decimals or thousands" in error.problem and "line 2, column" in (error.found or ""), cells
    errors = refuse("id,S1,S2\nf1,0,5,1,5\n")
    assert "Decimal commas in a file separated by commas?" in (errors[0].remedy or "")


def test_a_tree_or_taxonomy_that_does_not_fit(refuse: Refuse) -> None:
    (error,) = refuse(TABLE, tree="((f1:1,x:1):1,y:1);")
    assert error.problem == "1 of 2 features of the table are not in the tree." and "f2" in (error.found or "")
    (error,) = refuse(TABLE, tree="((f1:1,'F2':1):1,y:1);")
    assert "capitals" in error.problem
    for tree in ("((f1:1,f2:1)", "no tree"):
        (error,) = refuse(TABLE, tree=tree)
        assert error.problem == "This tree could not be read."
    errors = refuse(TABLE, tree="(f1,f1:1,f2:1);")
    assert [error.problem for error in errors] == [
        "1 tip ids occur more than once.",
        "This tree has no root.",
        "1 branches of this tree have no length, or a negative one.",
    ]
    (error,) = refuse(TABLE, taxonomy="Feature ID\tTaxon\nz\tk__Bacteria\n")
    assert error.problem == "No feature of the feature table is in the taxonomy."
    (error,) = refuse(TABLE, taxonomy="Feature ID\tcolour\nf1\tred\n")
    assert error.problem == "This file is not a taxonomy." and "colour" in (error.found or "")


def test_files_that_are_exchanged(refuse: Refuse) -> None:
    (error,) = refuse(METADATA, TABLE)
    assert error.problem.startswith("This looks like sample metadata") and "as metadata, beside" in (error.remedy or "")


# ---------------------------------------------------------------------- size


def test_a_million_columns(tmp_path: Path, refuse: Refuse) -> None:
    wide = 1_000_000
    names = "\t".join(f"f{n}" for n in range(wide))
    row = "0\t" * (wide - 1)
    (tmp_path / "t").write_text(f"sample\t{names}\nS1\t{row}1\nS2\t{row}2\n", encoding="utf-8")
    study = read_study(tmp_path / "t").study
    assert study.shape == (2, wide) and study.table.nnz == 2
    (error,) = refuse(TABLE, f"id\t{names}\nS1\t{row}1\n")
    assert error.problem == "This metadata has too many columns." and error.found == "1000001"


def test_a_table_too_large_to_be_dense(tmp_path: Path) -> None:
    # As a dense table this would take 16 GB, so reading it at all shows that it never is.
    shape = (40_000, 50_000)
    table = sparse.coo_array((np.ones(shape[0]), (range(shape[0]), np.arange(shape[0]) % shape[1])), shape=shape)
    study = Study.from_sparse(table, (f"s{n}" for n in range(shape[0])), (f"f{n}" for n in range(shape[1])))
    write_study(study, tmp_path / "t")
    again = read_study(tmp_path / "t").study
    assert again.shape == shape and (again.table != study.table).nnz == 0


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    pipe = tmp_path / "table.tsv"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="pipe or a device") as caught:
        inspect(pipe)
    assert "Save it as a file" in caught.value.remedy

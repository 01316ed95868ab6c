"""The bundled data are what the data package says they are, and what their papers' tables say."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from frictionless import Package

from handbook_utils import datasets
from handbook_utils.chapters import handbook_root
from handbook_utils.errors import InputError, InputErrors

PACKAGE = json.loads((datasets.root() / "datapackage.json").read_text(encoding="utf-8"))
STUDIES = [
    name
    for name in datasets.names()
    if any(r["part"] == "metadata" for r in PACKAGE["resources"] if r["dataset"] == name)
]
SHAPES = {
    "twins": (278, 130),
    "ecam": (875, 3117),
    "david": (502, 98),
    "globalpatterns": (26, 19216),
    "iquitos": (186, 310),
    "throat": (60, 856),
    "lung": (78, 51891),
}


def test_every_checksum():
    datasets.verify()


def test_the_package_is_a_data_package_of_version_2():
    assert PACKAGE["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    for resource in PACKAGE["resources"]:
        assert resource["hash"].startswith("sha256:")
        assert resource["licenses"], resource["name"]
        assert len(resource["sources"]) == 2, resource["name"]
        assert resource["changes"], resource["name"]
        for field in resource.get("schema", {}).get("fields", []):
            assert field.get("title"), (resource["name"], field["name"])


@pytest.mark.parametrize("resource", PACKAGE["resources"], ids=lambda resource: resource["path"])
def test_every_table_has_its_schema(resource):
    if "schema" not in resource:
        return
    frame = datasets.frame(resource["dataset"], resource["part"])
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    assert list(frame.columns) == list(fields)
    for name, field in fields.items():
        rules = field.get("constraints", {})
        column = frame[name].dropna()
        if rules.get("required"):
            assert frame[name].notna().all(), name
        if rules.get("unique"):
            assert column.is_unique, name
        if field["type"] in ("integer", "number"):
            assert pd.api.types.is_numeric_dtype(column) or column.empty, name
            if field["type"] == "integer":
                assert (column == np.round(column)).all(), name
            assert (column >= rules.get("minimum", -np.inf)).all(), name
            assert (column <= rules.get("maximum", np.inf)).all(), name
        if "enum" in rules:
            assert set(column) <= set(rules["enum"]), name
    key = resource["schema"]["primaryKey"]
    assert not frame.duplicated(key).any()


def test_frictionless_reads_the_small_tables():
    small = [r for r in PACKAGE["resources"] if "schema" in r and r["bytes"] < 30_000]
    package = Package({**PACKAGE, "resources": small}, basepath=str(datasets.root()))
    assert [error.message for error in package.validate().tasks for error in error.errors] == []


@pytest.mark.parametrize("name", STUDIES)
def test_every_study_loads(name):
    study = datasets.load(name)
    if name in SHAPES:
        assert study.shape == SHAPES[name]
    assert (study.depth > 0).all()
    assert datasets.load(name) is study
    assert datasets.describe(name).changes


def test_paths_are_of_checked_files(copy):
    assert datasets.path("throat", "metadata.csv").read_bytes()[:6] == b"sample"
    with pytest.raises(InputError, match="no file") as found:
        datasets.path("throat", "metadata.tsv")
    assert "Did you mean 'metadata.csv'?" in str(found.value)
    (copy / "throat" / "metadata.csv").write_text("changed\n", encoding="utf-8")
    with pytest.raises(InputError, match="checksum differs"):
        datasets.path("throat", "metadata.csv")


def test_every_file_is_small():
    assert max(path.stat().st_size for path in datasets.root().rglob("*") if path.is_file()) < 2_000_000


def test_known_numbers():
    twins = datasets.load("twins").metadata.iloc[:, 0].str.lower().value_counts().to_dict()
    assert {"lean": 61, "obese": 193, "overweight": 24}.items() <= twins.items()
    throat = datasets.load("throat").metadata["smoking"].value_counts().to_dict()
    assert throat == {"NonSmoker": 32, "Smoker": 28}
    infants = datasets.load("iquitos").metadata
    assert infants["age"].value_counts().to_dict() == {12: 94, 6: 92}
    assert infants["status"].value_counts().to_dict() == {"IDA": 70, "Normal": 44, "nIDA": 34, "ID": 31}
    assert infants["status_at"].value_counts()[["IDA at 12", "Normal at 12"]].to_list() == [42, 19]
    pattern = datasets.load("globalpatterns").choose_samples(["CL3"])
    assert int((pattern.table.toarray() > 0).sum()) == 6964
    prevalence = datasets.frame("dutch-prevalence").set_index("figure")["number"]
    assert prevalence["ibd"] == 167_200
    assert prevalence["parkinson"] == 52_000


def test_unknown_name_suggests_the_nearest():
    with pytest.raises(InputError, match="no data set") as found:
        datasets.load("twinz")
    assert "Did you mean 'twins'?" in str(found.value)
    with pytest.raises(InputError, match="plain table"):
        datasets.load("dutch-prevalence")
    with pytest.raises(InputError, match="no table"):
        datasets.frame("throat", "metadatas")


@pytest.fixture
def copy(tmp_path, monkeypatch):
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(datasets.root() / "datapackage.json", folder)
    shutil.copytree(datasets.root() / "throat", folder / "throat")
    monkeypatch.setenv("HANDBOOK_DATA", str(folder))
    return folder


def test_a_changed_file_is_named_before_it_is_read(copy):
    path = copy / "throat" / "table.csv.gz"
    path.write_bytes(b"not even gzip")
    with pytest.raises(InputError, match="checksum differs") as found:
        datasets.load("throat")
    assert str(path) in str(found.value)
    assert str(found.value).count("sha256") == 2


def test_all_changed_and_missing_files_at_once(copy):
    (copy / "throat" / "metadata.csv").write_text("changed\n", encoding="utf-8")
    (copy / "throat" / "tree.nwk.gz").unlink()
    with pytest.raises(InputErrors) as found:
        datasets.verify(["throat"])
    assert len(found.value.errors) == 2
    assert "git checkout" in str(found.value)


def test_a_folder_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.setenv("HANDBOOK_DATA", str(tmp_path))
    with pytest.raises(InputError, match="bundled data is not there"):
        datasets.names()


def test_published_numbers_have_a_source_in_the_bibliography_and_a_place():
    table = pd.read_csv(datasets.root() / "published.csv")
    assert not table.duplicated(["chapter", "name"]).any()
    assert table[["value", "digits"]].notna().all().all()
    assert table["note"].str.len().min() > 2
    known = (handbook_root() / "book" / "references.bib").read_text(encoding="utf-8")
    assert not [source for source in table["source"].unique() if f"{{{source}," not in known]
    assert all((handbook_root() / "notebooks" / f"{chapter}.md").is_file() for chapter in table["chapter"].unique())
    with pytest.raises(InputError, match="no published numbers"):
        datasets.published("explainers/nothing")


def test_a_study_that_this_process_has_read_is_told_to_the_run_again(tmp_path, monkeypatch):
    datasets.load("throat")
    monkeypatch.setenv("HANDBOOK_OPENED", str(tmp_path / "opened.txt"))
    datasets.load("throat")
    assert "throat/table.csv.gz" in (tmp_path / "opened.txt").read_text(encoding="utf-8").splitlines()


def test_a_table_that_somebody_changes_is_whole_for_the_next():
    for read in (lambda: datasets.frame("foods"), lambda: datasets.published("explainers/live-with-ibs")):
        changed = read()
        changed.iloc[0, 0] = changed.iloc[1, 0]
        changed["more"] = 1
        assert not read().equals(changed) and "more" not in read()

"""The same data in five formats, through the command a reader would type, give the same results, byte for byte."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from handbook_utils.cli import main

FORMATS = Path(__file__).parents[1] / "data" / "formats"
TABLES = {
    "biom-2.1": ("throat-biom-format.biom", "throat-metadata.csv"),
    "biom-1.0": ("throat-biomformat-r.biom", "throat-metadata.csv"),
    "tsv": ("throat.tsv", "throat-metadata.csv"),
    "csv with semicolons, samples in rows": ("throat-samples-in-rows-semicolon.csv", "throat-metadata.csv"),
    "qiime 2": ("throat-table.qza", "throat-metadata-qiime2.tsv"),
    "mothur": ("throat-mothur.shared", "throat-metadata.csv"),
}
FAST = ["-p", "permutations", "99"]


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["run", "recipes/compare-groups", *arguments])
    return int(ended.value.code or 0)


def test_the_same_data_in_any_format_give_the_same_statistics(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    values = {}
    for number, (name, (table, metadata)) in enumerate(TABLES.items()):
        given = [
            "-p",
            "table",
            str(FORMATS / table),
            "-p",
            "metadata",
            str(FORMATS / metadata),
            "-p",
            "group",
            "smoking",
        ]
        assert run(*given, *FAST, "-o", f"run-{number}") == 0, name
        folder = tmp_path / f"run-{number}"
        values[name] = (folder / "values.csv").read_bytes()
        assert (folder / "tables" / "permanova.csv").is_file()
        assert str(tmp_path) not in (folder / "report.html").read_text(encoding="utf-8")
    assert len(set(values.values())) == 1, values


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["-p", "group", "smokin"], "Did you mean"),
        (["-p", "group", "smoking", "-p", "minimum", "31"], "has 28"),
        (["-p", "group", "smoking", "-p", "metric", "weighted-unifrac"], "needs a tree"),
        (["-p", "group", "smoking", "-p", "covariates", "sexe"], "sex"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_runs(tmp_path, monkeypatch, capsys, given, said):
    monkeypatch.chdir(tmp_path)
    files = ["-p", "table", str(FORMATS / "throat.tsv"), "-p", "metadata", str(FORMATS / "throat-metadata.csv")]
    assert run(*files, *given, "-o", "kept") == 2
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told
    assert list(tmp_path.iterdir()) == []


def command(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


@pytest.fixture
def reports(tmp_path, monkeypatch):
    """Return a folder of three reports of Kraken 2, in the folder where the command is run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reports").mkdir()
    for number in (1, 2, 3):
        shutil.copy(FORMATS / "kraken2" / f"K{number}.kreport", tmp_path / "reports")
    return tmp_path / "reports"


@pytest.mark.parametrize("table", ["reports", "reports/*.kreport", "*/K[123].kreport"])
def test_reports_of_several_samples_are_one_table(reports, capsys, table):
    assert command("inspect", table, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["format"], found["samples"]) == ("Kraken 2 report", 3)
    assert command("run", "recipes/import-and-inspect", "-p", "table", table, "-o", "kept") == 0
    names = [f"K{number}.kreport" for number in (1, 2, 3)]
    recorded = yaml.safe_load(Path("kept/params.yml").read_text(encoding="utf-8"))["table"]
    assert recorded == [f"../reports/{name}" for name in names]  # from where params.yml lies
    assert command("run", "recipes/import-and-inspect", "-f", "kept/params.yml", "-o", "again") == 0
    assert Path("again/values.csv").read_bytes() == Path("kept/values.csv").read_bytes()
    crate = json.loads(Path("kept/ro-crate-metadata.json").read_text(encoding="utf-8"))
    given = [entity for entity in crate["@graph"] if str(entity.get("name", "")).startswith("table: ")]
    assert [entity["name"] for entity in given] == [f"table: {name}" for name in names]
    assert all(entity["sha256"] for entity in given)


@pytest.mark.parametrize(
    ("other", "table", "said"),
    [
        ("", "reports/*.report", "is a pattern that no file matches"),
        ("", "report/*.kreport", "Check folder and pattern"),
        ("notes.txt", "reports", "another format in 1 of 4 files"),
        ("K1.report", "reports", "Two reports are of one sample"),
        ("empty.kreport", "reports", "This file is empty"),
    ],
)
def test_reports_that_do_not_go_together(reports, capsys, other, table, said):
    if other:
        text = {"notes.txt": "mine", "K1.report": (reports / "K1.kreport").read_text(encoding="utf-8")}.get(other, "")
        (reports / other).write_text(text, encoding="utf-8")
    assert command("run", "recipes/import-and-inspect", "-p", "table", table, "-o", "kept") == 2
    told = capsys.readouterr().err
    assert said in told
    assert other in told
    assert [path.name for path in reports.parent.iterdir()] == ["reports"]


@pytest.mark.parametrize("metadata", ["", "ids.txt"])
def test_a_table_without_metadata_and_with_a_list_of_ids(tmp_path, monkeypatch, metadata):
    monkeypatch.chdir(tmp_path)
    Path("table.tsv").write_text("#OTU ID\tS1\tS2\tS3\nf1\t9\t0\t4\nf2\t1\t7\t5\nf3\t2\t3\t0\n", encoding="utf-8")
    Path("ids.txt").write_text("id\nS3\nS1\n", encoding="utf-8")
    given = ["-p", "table", "table.tsv", "-p", "metadata", metadata]
    if metadata:  # a sample that the list lacks is not lost in silence
        assert command("run", "recipes/import-and-inspect", *given, "-o", "kept") == 2
        given += ["-p", "keep_matched", "true"]
    assert command("run", "recipes/import-and-inspect", *given, "-o", "kept") == 0
    assert f"samples,{2 if metadata else 3}" in Path("kept/values.csv").read_text(encoding="utf-8")

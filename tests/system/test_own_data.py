"""The same data in five formats, through the command a reader would type, give the same results, byte for byte."""

from pathlib import Path

import pytest

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

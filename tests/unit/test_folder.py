"""The result folder of a run: complete or not there."""

import csv
import errno
import json
from dataclasses import replace
from pathlib import Path

import nbformat
import pandas as pd
import pytest
import yaml

from handbook_utils.asking.paths import found_from
from handbook_utils.chapters import Catalogue
from handbook_utils.chapters.parameters import check_parameters
from handbook_utils.errors import InputError
from handbook_utils.execution import Request, run_one
from handbook_utils.results import Results
from handbook_utils.runs import folder as module
from handbook_utils.runs.folder import check_target, failed_folder, is_complete, write_result_folder
from handbook_utils.runs.records import Told, read_values
from handbook_utils.study import Study

ROOT = Path(__file__).parents[1] / "data" / "small-handbook"
NASTY = '=cmd() <script>alert("1")</script> 🦠'


def ran(slug, folder, **parameters):
    chapter = Catalogue.read(ROOT).get(slug)
    return run_one(Request(chapter, parameters, results=folder / "results"), root=ROOT)


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    place = tmp_path_factory.mktemp("run")
    table = place / "my table.csv"
    table.write_text(f"{NASTY}\ntwo\n", encoding="utf-8")
    return ran("count-things", place, table=str(table), factor=2.5)


@pytest.fixture(scope="module")
def failed(tmp_path_factory):
    return ran("stumble", tmp_path_factory.mktemp("failed"), divisor=0)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_everything_is_there(outcome, tmp_path):
    folder = write_result_folder(outcome, tmp_path / "deep" / "out", root=ROOT)
    assert folder == tmp_path / "deep" / "out"
    assert names(folder) == [
        "chapter.md",
        "figures",
        "log.txt",
        "methods.md",
        "notebook.ipynb",
        "params.yml",
        "report.html",
        "ro-crate-metadata.json",
        "tables",
        "values.csv",
    ]
    assert names(folder.parent) == ["out"]
    assert is_complete(folder)
    assert names(folder / "figures") == ["bar.png", "bar.svg"]
    assert names(folder / "tables") == ["all-lines.csv"]
    assert folder.stat().st_mode & 0o777 == (tmp_path / "deep").stat().st_mode & 0o777


def test_values_read_back_as_the_same_numbers_and_are_no_formulas(outcome, tmp_path):
    folder = write_result_folder(outcome, tmp_path / "out", root=ROOT)
    with (folder / "values.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [["name", "value"], ["lines", "2.0"], ["first", "'" + NASTY], ["product", "5.0"]]


def test_the_report_shows_the_run_and_escapes_names(outcome, tmp_path):
    page = (write_result_folder(outcome, tmp_path / "out", root=ROOT) / "report.html").read_text(encoding="utf-8")
    assert "The file has 2 lines, and the first is =cmd() &lt;script&gt;" in page
    assert "<script" not in page
    assert 'alt="One bar, 2 high."' in page
    assert '(<a href="#ref-hill1973">Hill, 1973</a>)' in page
    assert "<math" in page
    assert '<table class="table parameters">' in page
    assert "my table.csv" in page
    assert "http" not in page.partition("<main")[0].partition("</title>")[2].replace("http-equiv", "")


def found_in(folder, chapter, text):
    kinds = {question.name: question.kind for question in chapter.parameters}
    return {name: found_from(folder, kinds[name], value) for name, value in yaml.safe_load(text).items()}


def test_the_parameters_repeat_the_run(outcome, tmp_path):
    folder = write_result_folder(outcome, tmp_path / "out", root=ROOT)
    text = (folder / "params.yml").read_text(encoding="utf-8")
    assert "handbook run recipes/count-things -f params.yml" in text
    assert str(tmp_path) not in text
    chapter = outcome.request.chapter
    given = found_in(folder, chapter, text)
    again = run_one(Request(chapter, given, results=tmp_path / "again"), root=ROOT)
    assert read_values(tmp_path / "again" / "values.jsonl") == read_values(outcome.request.results / "values.jsonl")
    assert again.parameters == outcome.parameters
    assert again.notebook.metadata["handbook_run"]["parameters"]["table"] == "my table.csv"


def test_methods_log_and_notebook(outcome, tmp_path):
    folder = write_result_folder(outcome, tmp_path / "out", root=ROOT)
    methods = (folder / "methods.md").read_text(encoding="utf-8")
    assert "We counted 2 lines and multiplied them by 2.5. (Hill, 1973)" in methods
    assert "| table: my table.csv |" in methods
    assert "10.2307/1934352" in methods
    log = (folder / "log.txt").read_text(encoding="utf-8")
    assert "code cell 3, stdout:\ncounted" in log
    assert log.endswith("All cells ran.\n")
    nbformat.validate(nbformat.read(folder / "notebook.ipynb", as_version=4))


def test_a_dutch_run_has_dutch_prose(tmp_path):
    outcome = ran("count-things", tmp_path, lang="nl")
    page = (write_result_folder(outcome, tmp_path / "out", root=ROOT) / "report.html").read_text(encoding="utf-8")
    assert '<html lang="nl">' in page
    assert "Wat er wordt geteld" in page
    assert "What is counted" not in page


def test_an_existing_folder_is_kept_without_force(outcome, tmp_path):
    target = write_result_folder(outcome, tmp_path / "out", root=ROOT)
    (target / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="already there") as caught:
        write_result_folder(outcome, target, root=ROOT)
    assert "--force" in caught.value.remedy
    assert (target / "mine.txt").exists()
    write_result_folder(outcome, target, root=ROOT, force=True)
    assert not (target / "mine.txt").exists()
    assert is_complete(target)
    assert names(tmp_path) == ["out"]


def test_force_replaces_result_folders_only(outcome, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "thesis.txt").write_text("years", encoding="utf-8")
    for place in (home, home / "thesis.txt"):
        with pytest.raises(InputError, match="not a result folder"):
            write_result_folder(outcome, place, root=ROOT, force=True)
    assert names(home) == ["thesis.txt"]


@pytest.mark.parametrize(
    ("number", "problem"),
    [(errno.ENOSPC, "disk is full"), (errno.EACCES, "cannot be written"), (errno.EROFS, "cannot")],
)
def test_a_failure_to_write_leaves_what_was_there(outcome, tmp_path, monkeypatch, number, problem):
    target = write_result_folder(outcome, tmp_path / "out", root=ROOT)
    before = {path: path.read_bytes() for path in target.rglob("*") if path.is_file()}

    def full(*_, **__):
        raise OSError(number, "no")

    monkeypatch.setattr(module, "write_crate", full)
    for place in (target, tmp_path / "new"):
        with pytest.raises(InputError, match=problem):
            write_result_folder(outcome, place, root=ROOT, force=True)
    assert names(tmp_path) == ["out"]
    assert {path: path.read_bytes() for path in target.rglob("*") if path.is_file()} == before


def test_a_move_that_fails_puts_the_old_folder_back(outcome, tmp_path, monkeypatch):
    target = write_result_folder(outcome, tmp_path / "out", root=ROOT)
    (target / "mine.txt").write_text("mine", encoding="utf-8")
    real, calls = Path.rename, []

    def second_fails(self, to):
        calls.append(self)
        if len(calls) == 2:
            raise OSError(errno.EIO, "broken")
        return real(self, to)

    monkeypatch.setattr(Path, "rename", second_fails)
    with pytest.raises(OSError, match="broken"):
        write_result_folder(outcome, target, root=ROOT, force=True)
    assert (target / "mine.txt").read_text(encoding="utf-8") == "mine"
    assert names(tmp_path) == ["out"]


def test_a_place_one_may_not_write_in(tmp_path, monkeypatch):
    monkeypatch.setattr(module.os, "access", lambda *_: False)
    with pytest.raises(InputError, match="cannot be made there"):
        check_target(tmp_path / "a" / "b")
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be made there"):
        check_target(tmp_path / "file" / "b")


def test_a_failed_run_leaves_what_helps_and_nothing_under_its_name(failed, tmp_path):
    target = tmp_path / "out"
    folder = write_result_folder(failed, target, root=ROOT)
    assert folder == failed_folder(target)
    assert names(tmp_path) == ["out-failed"]
    assert names(folder) == ["log.txt", "notebook.ipynb", "params.yml", "report.html"]
    log = (folder / "log.txt").read_text(encoding="utf-8")
    assert "ZeroDivisionError" in log
    assert "\x1b" not in log
    assert "divisor: 0" in (folder / "params.yml").read_text(encoding="utf-8")
    assert "ZeroDivisionError" in (folder / "report.html").read_text(encoding="utf-8")
    write_result_folder(failed, target, root=ROOT)
    assert names(tmp_path) == ["out-failed"]


def test_a_run_that_never_began_leaves_its_reason(failed, tmp_path):
    folder = write_result_folder(replace(failed, notebook=None), tmp_path / "out", root=ROOT)
    assert names(folder) == ["log.txt", "params.yml"]


def test_success_clears_the_failure_of_an_earlier_try(outcome, failed, tmp_path):
    write_result_folder(failed, tmp_path / "out", root=ROOT)
    write_result_folder(outcome, tmp_path / "out", root=ROOT)
    assert names(tmp_path) == ["out"]


def test_a_folder_of_somebody_else_is_not_taken_for_a_failed_run(outcome, failed, tmp_path):
    mine = tmp_path / "out-failed" / "thesis.txt"
    mine.parent.mkdir()
    mine.write_text("years", encoding="utf-8")
    for act in (
        lambda: check_target(tmp_path / "out"),
        lambda: write_result_folder(failed, tmp_path / "out", root=ROOT),
        lambda: write_result_folder(outcome, tmp_path / "out", root=ROOT),
    ):
        with pytest.raises(InputError, match="something else"):
            act()
    assert mine.read_text(encoding="utf-8") == "years"


def test_a_run_that_kept_no_results_has_no_folder(outcome, tmp_path):
    with pytest.raises(ValueError, match="kept its results"):
        write_result_folder(
            replace(outcome, request=replace(outcome.request, results=None)), tmp_path / "out", root=ROOT
        )
    assert names(tmp_path) == []


def test_a_value_recorded_twice_keeps_the_last(tmp_path):
    lines = [{"name": "a", "value": 0.1}, {"name": "b", "value": "x"}, {"name": "a", "value": 1e-12}]
    (tmp_path / "v").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert read_values(tmp_path / "v") == [("a", "1e-12"), ("b", "x")]
    assert read_values(tmp_path / "none") == []


def test_a_full_disk(outcome, small_disk):
    with pytest.raises(InputError, match="disk is full"):
        write_result_folder(outcome, small_disk / "out", root=ROOT)
    assert names(small_disk) == []


@pytest.fixture
def small_disk(tmp_path, monkeypatch):
    """A folder on which no file of more than 10,000 bytes fits; a real small disk needs rights that CI may not have."""
    real = module.shutil.copyfile

    def copy(source, target):
        if source.stat().st_size > 10_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(source, target)

    monkeypatch.setattr(module.shutil, "copyfile", copy)
    (tmp_path / "disk").mkdir()
    return tmp_path / "disk"


def test_several_files_are_a_list_that_reads_back(tmp_path):
    chapter = Catalogue.read(ROOT).get("count-things")
    for name in "ab":
        (tmp_path / name).write_text("x", encoding="utf-8")
    checked = check_parameters(chapter, {"table": str(tmp_path)})
    text = module.params_text(chapter, checked, {}, tmp_path)
    assert yaml.safe_load(text)["table"] == ["a", "b"]
    assert check_parameters(chapter, found_in(tmp_path, chapter, text)) == checked


def test_what_was_read_and_left_out_is_told_once_in_each_place(tmp_path, capsys):
    out = Results(folder=tmp_path)
    counts = pd.DataFrame({"a": [1, 2]}, index=["s1", "s2"])
    lost = "Left out, as asked: s3."
    out.data(replace(Study.from_frame(counts, name="my.tsv"), notes=("Format: text.", lost)))
    out.answer("A?", "B.", rests_on=["2."], left_out=[lost, "arm missing: s2."])
    assert capsys.readouterr().out.count(f"<li>{lost}") == 1
    told = Told.of(tmp_path)
    assert told.lines == [
        "my.tsv: 2 samples, 1 features; counts of reads.",
        "Format: text.",
        lost,
        "arm missing: s2.",
    ]
    assert json.loads(told.as_json())["read"][0]["samples"] == 2
    assert Told.of(tmp_path / "none").lines == []

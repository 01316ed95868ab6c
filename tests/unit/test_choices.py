"""How files are read is asked of every chapter that takes a table, in one place, and reaches its kernel."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from handbook_utils.asking import reading
from handbook_utils.chapters import handbook_root
from handbook_utils.chapters.catalogue import Catalogue
from handbook_utils.chapters.parameters import answers
from handbook_utils.errors import InputErrors
from handbook_utils.execution import Request, run_one
from handbook_utils.study.choices import Choices
from handbook_utils.study.readers import open_study

TABLE = "#OTU ID\tP1\tP2\tP3\tP4\nx\t1\t4\t2\t5\ny\t2\t1\t3\t3\nz\t7\t1\t1\t2\n"
METADATA = "sample-id\tarm\nP1_S1_L001\ta\nP2\tb\nP3_S3_L001\ta\nP4\tb\n"


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "t.tsv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "m.tsv").write_text(METADATA, encoding="utf-8")
    return {"table": str(tmp_path / "t.tsv"), "metadata": str(tmp_path / "m.tsv")}


def test_the_choices_are_the_questions() -> None:
    asked = {question.name: question.default for question in reading.QUESTIONS}
    assert asked == {field.name: field.default for field in dataclasses.fields(Choices)}
    assert all(question.help_nl for question in reading.QUESTIONS)


def test_every_chapter_with_a_table_asks_how_it_is_read(files: dict[str, str]) -> None:
    chapters = [c for c in Catalogue.read(handbook_root()).chapters if any(p.name == "table" for p in c.parameters)]
    assert len(chapters) >= 10
    for chapter in chapters:
        assert {question.name for question in chapter.questions} >= set(reading.NAMES)
    (chapter,) = [chapter for chapter in chapters if chapter.slug == "recipes/import-and-inspect"]
    found = answers(chapter, {**files, "match_ids": "suffix"})
    assert found.values["match_ids"] == "suffix" and "keep_matched" not in found.values
    with pytest.raises(InputErrors, match="'match_ids' cannot be 'sufix'"):
        answers(chapter, {**files, "match_ids": "sufix"})


def test_an_answer_reaches_the_kernel(files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputErrors, match="differ by a suffix, '_S1_L001', '_S3_L001'"):
        open_study(**files)
    monkeypatch.setenv(reading.VARIABLE, '{"match_ids": "suffix"}')
    study = open_study(**files)
    assert list(study.samples) == ["P1", "P2", "P3", "P4"] and study.metadata["arm"].to_list() == ["a", "b", "a", "b"]
    assert any("matched but for suffix, as asked: 2 (P1_S1_L001 is P1" in note for note in study.notes)


def test_a_run_reads_as_it_was_told(files: dict[str, str], tmp_path: Path) -> None:
    (chapter,) = [c for c in Catalogue.read(handbook_root()).chapters if c.slug == "recipes/import-and-inspect"]
    given = {**files, "match_ids": "suffix"}
    outcome = run_one(Request(chapter, given, results=tmp_path), root=handbook_root(), cache=False)
    assert outcome.failure is None, outcome.failure
    assert outcome.notebook.metadata["handbook_run"]["parameters"]["match_ids"] == "suffix"

"""Every chapter is what CONTRIBUTING.md says a chapter is."""

import re

import pytest
from papermill.translators import PythonTranslator

from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.chapters.catalogue import tagged
from handbook_utils.chapters.contract import violations
from handbook_utils.chapters.front import read_front
from handbook_utils.chapters.reference import reference_path

ROOT = handbook_root()
CATALOGUE = Catalogue.read(ROOT)


def test_every_notebook_is_in_the_table_of_contents_and_has_a_reference():
    there = {path.relative_to(ROOT / "notebooks").with_suffix("").as_posix() for path in ROOT.glob("notebooks/*/*.md")}
    assert there == set(CATALOGUE.slugs)
    assert [slug for slug in CATALOGUE.slugs if not reference_path(ROOT, slug).is_file()] == []


def test_every_reference_belongs_to_a_chapter():
    stored = ROOT / "tests" / "reference"
    assert {path.relative_to(stored).with_suffix("").as_posix() for path in stored.rglob("*.yml")} <= set(
        CATALOGUE.slugs
    )


@pytest.mark.parametrize("slug", CATALOGUE.slugs)
def test_chapter_meets_the_contract(slug):
    assert violations(CATALOGUE.get(slug), ROOT) == []


@pytest.mark.parametrize("slug", CATALOGUE.slugs)
def test_the_text_is_read_as_jupytext_and_papermill_read_it(slug):
    chapter = CATALOGUE.get(slug)
    notebook = chapter.notebook()
    [cell] = tagged(notebook, "parameters")
    read = read_front(chapter.path.read_text(encoding="utf-8"), slug)
    assert read.matter == notebook.metadata["handbook"]
    assert read.cells == (cell.source,)
    assert read.title == re.search("^# (.+)$", notebook.cells[0].source, re.MULTILINE)[1]
    inspected = [entry.name for entry in PythonTranslator.inspect(cell)]
    assert inspected == [question.name for question in chapter.parameters]

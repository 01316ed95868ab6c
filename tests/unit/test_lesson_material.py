"""What is taught with: a lesson taken from an explainer, its slides, and its sheets."""

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

import psutil
import pytest
from PIL import Image
from pypdf import PdfReader
from pypdfium2 import PdfDocument
from zxingcpp import read_barcode

from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.errors import InputError
from handbook_utils.execution import Request, execute
from handbook_utils.publishing import chromium as printing
from handbook_utils.publishing.chromium import chromium, files_of, remembered_files
from handbook_utils.publishing.teaching.lesson import Asked, Lesson, beginning, lesson_of
from handbook_utils.publishing.teaching.material import KINDS, file_of
from handbook_utils.publishing.teaching.qr import page_address
from handbook_utils.publishing.teaching.sheets import SHEETS, answers_html, fewer, handout_html, pupil_html, quiz_html
from handbook_utils.publishing.teaching.slides import MOST, slides_html, slides_of
from handbook_utils.publishing.teaching.words import WORDS

ROOT = handbook_root()
MODEL = "explainers/what-is-the-gut-microbiome"
ADDRESS = "https://example.org/handbook/nl/notebooks/explainers/what-is-the-gut-microbiome.html"


@pytest.fixture(scope="module", params=["en", "nl"])
def lesson(request: pytest.FixtureRequest) -> Lesson:
    chapter = Catalogue.read(ROOT).get(MODEL)
    [outcome] = execute([Request(chapter, {"lang": request.param})], root=ROOT)
    assert outcome.failure is None
    return lesson_of(chapter, outcome.notebook, ROOT)


def test_a_lesson_is_taken_whole_from_the_chapter_in_its_language(lesson: Lesson) -> None:
    assert lesson.title == {"en": "What is the gut microbiome?", "nl": "Wat is het darmmicrobioom?"}[lesson.lang]
    assert "38" in lesson.answer[1]  # computed by the chapter
    assert lesson.drawing is not None
    assert len(lesson.figures) > 2
    assert len(lesson.questions) >= 2
    assert lesson.works
    for figure in lesson.figures:
        assert len(figure.alt.split()) > 8
        assert 'id="' not in figure.picture


def test_there_are_few_slides_with_a_picture_each_and_no_professional(lesson: Lesson) -> None:
    slides = list(slides_of(lesson, ADDRESS))
    assert 5 < len(slides) <= MOST
    assert all("<svg" in slide.picture or "<img" in slide.picture for slide in slides)
    headings = {re.sub(r"<[^>]+>", "", slide.heading) for slide in slides}
    assert not headings & {"For the professional", "Voor professionals", "Parameters", "Exercise", "Opdracht"}
    assert slides[0].notes == lesson.notes
    assert "<table>" in slides[0].notes
    assert sum(bool(slide.later) for slide in slides) == len(lesson.questions[:4])


def test_slides_and_sheets_are_one_file_each_that_asks_nothing_of_another_host(lesson: Lesson) -> None:
    for make in (slides_html, *SHEETS.values()):
        made = make(lesson, ADDRESS)
        assert f'<html lang="{lesson.lang}">' in made
        assert "default-src 'none'" in made
        assert not re.search(r'<(?:link|img|script|iframe)\b[^>]*(?:src|href)="(?!data:)', made)
        assert "{{" not in made
        assert "glue:" not in made
        assert "cite" not in re.sub(r"<style>.*?</style>", "", made, flags=re.DOTALL)


def test_what_a_pupil_gets_has_no_answers_and_the_answer_sheet_has_all(lesson: Lesson) -> None:
    answers = [re.sub(r"<[^>]+>", "", asked.answer).strip() for asked in lesson.questions]
    for make in (pupil_html, quiz_html):
        text = re.sub(r"<[^>]+>", "", make(lesson, ADDRESS))
        assert not [answer for answer in answers if answer in text]
    text = re.sub(r"<[^>]+>", "", answers_html(lesson, ADDRESS))
    assert all(answer in text for answer in answers)
    assert WORDS[lesson.lang]["for_teacher"] in text


def test_what_can_be_chosen_stands_under_the_question_and_its_letter_on_the_answer_sheet(lesson: Lesson) -> None:
    from dataclasses import replace

    given = replace(lesson, questions=(Asked("Is it?", "<p>It is so.</p>", ("No", "Yes <3"), 1),))
    asked = pupil_html(given, ADDRESS)
    assert '<ol type="A"><li>No</li><li>Yes &lt;3</li></ol>' in asked
    assert "It is so." not in asked
    assert "B. Yes &lt;3" in answers_html(given, ADDRESS)
    assert "<strong>B.</strong>" in slides_html(given, ADDRESS)


def test_the_handout_is_one_page_with_structure_language_and_a_code_that_leads_to_the_page(
    lesson: Lesson, tmp_path: Path
) -> None:
    target = tmp_path / "page.pdf"
    files_of({target: handout_html(lesson, ADDRESS)})
    reader = PdfReader(target)
    assert len(reader.pages) == 1
    assert (round(reader.pages[0].mediabox.width), round(reader.pages[0].mediabox.height)) == (595, 842)
    catalogue = reader.trailer["/Root"]
    assert catalogue["/Lang"] == lesson.lang
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalogue
    drawn = PdfDocument(target)[0].render(scale=3).to_pil()
    assert isinstance(drawn, Image.Image)
    found = read_barcode(drawn)
    assert found is not None
    assert found.text == ADDRESS
    sizes: set[float] = set()
    reader.pages[0].extract_text(
        visitor_text=lambda text, _cm, tm, _font, size: (
            sizes.add(round(size * abs(tm[0] or 1), 1)) if text.strip() else None
        )
    )
    assert sizes


@pytest.mark.parametrize("slug", [one.slug for one in Catalogue.read(ROOT).chapters if one.part == "explainers"])
def test_every_explainer_has_notes_for_the_teacher_whose_minutes_add_up(slug: str) -> None:
    source = (ROOT / "notebooks" / f"{slug}.md").read_text(encoding="utf-8")
    notes = source.partition("\n## Teacher's notes\n")[2].partition("\n## ")[0]
    told = re.search(r"\*\*Time\.\*\* (.+)", notes)
    assert told
    assert sum(map(int, re.findall(r"^\| (\d+) \|", notes, re.MULTILINE))) == sum(map(int, re.findall(r"\d+", told[1])))
    assert "**Aims.**" in notes
    assert "**What often goes wrong.**" in notes


def test_where_the_site_is_published_nowhere_paper_has_no_code_and_names_the_handbook(lesson: Lesson) -> None:
    assert page_address(ROOT, MODEL, "nl") == ""
    for make in (slides_html, *SHEETS.values()):
        made = make(lesson, "")
        assert 'class="qr"' not in made
        assert WORDS[lesson.lang]["read_in"].format(book=lesson.book) in made
    assert all("<svg" in slide.picture or "<img" in slide.picture for slide in slides_of(lesson, ""))
    assert page_address(ROOT, MODEL, "nl", "https://example.org") == f"https://example.org/nl/notebooks/{MODEL}.html"


def test_a_page_is_printed_once_and_then_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printed: list[list[Path]] = []

    def once(pages: Mapping[Path, str]) -> None:
        printed.append(list(pages))
        for target, page in pages.items():
            target.write_text(page, encoding="utf-8")

    monkeypatch.setattr(printing, "files_of", once)
    one, two = tmp_path / "one.pdf", tmp_path / "two.pdf"
    remembered_files({one: "<p>One</p>"}, tmp_path / "cache")
    remembered_files({one: "<p>One</p>", two: "<p>Two</p>"}, tmp_path / "cache")
    assert [len(pages) for pages in printed] == [1, 1]
    assert (one.read_text(), two.read_text()) == ("<p>One</p>", "<p>Two</p>")


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put another program in the place of Chromium: it notes each start, and dies at as many as ``dies`` says."""
    script, notes = tmp_path / "browser", tmp_path / "notes"
    told = (
        f"echo start >> {notes}; [ $(wc -l < {notes}) -gt $(cat {tmp_path / 'dies'}) ] || {{ echo no luck; exit 3; }}"
    )
    script.write_text(f'#!/bin/sh\n{told}\nexec {chromium()} "$@"\n', encoding="utf-8")
    script.chmod(0o700)
    monkeypatch.setenv("HANDBOOK_CHROMIUM", str(script))
    return notes


def three(folder: Path) -> dict[Path, Path]:
    pages = {folder / f"{name}.pdf": folder / f"{name}.html" for name in ("one", "two", "three")}
    for page in pages.values():
        page.write_text(f"<html lang='en'><title>T</title><p>This is page {page.stem}.</p></html>", encoding="utf-8")
    return pages


@pytest.mark.parametrize("dies", [0, 1])
def test_one_browser_prints_all_pages_and_one_that_dies_is_followed_by_another(
    dies: int, tmp_path: Path, started: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dies").write_text(str(dies))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    pages, before = three(tmp_path), set(psutil.Process().children(recursive=True))
    at_hand = {tmp_path / "four.pdf": "<p>This is page four.", tmp_path / "five.png": "<body bgcolor='red'>"}
    files_of(pages | at_hand)
    assert len(started.read_text().splitlines()) == dies + 1
    for target in (*pages, tmp_path / "four.pdf"):
        assert PdfReader(target).pages[0].extract_text() == f"This is page {target.stem}."
    with Image.open(tmp_path / "five.png") as seen:
        assert (seen.size, seen.getpixel((600, 300))[:3]) == ((1200, 630), (255, 0, 0))  # type: ignore[index]
    assert not list((tmp_path / "temporary").iterdir())
    assert set(psutil.Process().children(recursive=True)) <= before


def test_what_a_browser_said_before_it_died_is_told(tmp_path: Path, started: Path) -> None:
    (tmp_path / "dies").write_text("9")
    with pytest.raises(InputError, match="could not print") as refused:
        files_of(three(tmp_path))
    assert refused.value.found == "no luck"
    assert len(started.read_text().splitlines()) == 2


def test_a_page_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="could not print") as refused:
        files_of({tmp_path / "a.pdf": tmp_path / "a.html"})
    assert "ERR_FILE_NOT_FOUND" in str(refused.value.found)


def test_without_chromium_the_handout_is_offered_as_html(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDBOOK_CHROMIUM", "")
    assert not chromium()
    assert {file_of("a", kind) for kind in KINDS} == {f"lessons/a-{kind}.html" for kind in KINDS}
    with pytest.raises(InputError, match="not on this machine") as refused:
        files_of({tmp_path / "a.pdf": tmp_path / "a.html"})
    assert "HANDBOOK_CHROMIUM" in str(refused.value.remedy)
    monkeypatch.setenv("HANDBOOK_CHROMIUM", "/nowhere/chromium")
    assert file_of("a", "handout") == "lessons/a-handout.pdf"
    with pytest.raises(InputError, match="could not print"):
        files_of({tmp_path / "a.pdf": tmp_path / "a.html"})


def test_rows_are_left_out_where_there_are_most() -> None:
    rows = [["a", "sure"], ["b", "sure, nearly"], ["c", "likely"], ["d", "unknown"]]
    rows = fewer(rows)
    assert [row[0] for row in rows] == ["a", "c", "d"]
    assert fewer([["a"]]) == []


def test_a_text_is_cut_between_sentences_and_leaves_no_mark_open() -> None:
    assert beginning("<p>One <em>two. Three</em> four five. Six.</p>", 3) == "<p>One two.</p>"
    assert beginning("<p>A very long sentence indeed.</p>", 2) == "<p>A very long sentence indeed.</p>"


def test_both_languages_say_the_same_things() -> None:
    assert set(WORDS["en"]) == set(WORDS["nl"])

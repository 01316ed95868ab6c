"""Slides of an explainer, and the parts of a chapter they are made from."""

import re

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.errors import InputError
from handbook_utils.execution import Request, execute
from handbook_utils.publishing.parts import (
    answer_of,
    box_of,
    cells_of,
    check_explainer,
    check_new_file,
    parts_of,
    pieces,
    table_rows,
)
from handbook_utils.publishing.teaching.slides import slides_html

ROOT = handbook_root()
MODEL = "explainers/what-is-the-gut-microbiome"


@pytest.fixture(scope="module", params=["en", "nl"])
def deck(request):
    chapter = Catalogue.read(ROOT).get(MODEL)
    [outcome] = execute([Request(chapter, {"lang": request.param})], root=ROOT)
    assert outcome.failure is None
    return request.param, slides_html(chapter, outcome.notebook, ROOT)


def slides_of(deck):
    body = deck.partition('<div class="slides">')[2].partition("<script>")[0]
    return re.findall(r"<section[^>]*>(?!\s*<section)(.*?)</section>", body, re.DOTALL)


def test_one_file_in_the_language_that_asks_nothing_of_another_host(deck):
    lang, made = deck
    assert f'<html lang="{lang}">' in made
    title = {"en": "What is the gut microbiome?", "nl": "Wat is het darmmicrobioom?"}[lang]
    assert f"<title>{title}</title>" in made
    page = re.sub(r"<script>.*?</script>", "", made, flags=re.DOTALL)
    assert "<script" not in page
    assert not re.search(r"<(link|img|iframe)\b[^>]*(src|href)=\"(?!data:)", page)
    assert not re.search(r"@import|url\((?!data:)", made.partition("</style>")[0])
    assert "MathJax" not in made


def test_the_short_answer_comes_first_and_what_is_not_for_a_room_is_left_out(deck):
    lang, made = deck
    slides = slides_of(made)
    assert {"en": "The short answer", "nl": "Het korte antwoord"}[lang] in slides[1]
    assert "38" in slides[1]  # computed by the chapter
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", made)
    left_out = {"en": ["Parameters", "Exercise", "Limits", "Check"], "nl": ["Parameters", "Opdracht", "Controle"]}[lang]
    assert not set(headings) & set(left_out)
    assert headings[-1] == {"en": "References", "nl": "Literatuur"}[lang]
    assert "out.figure" not in made


def test_each_figure_has_a_slide_of_its_own_with_its_alt_text(deck):
    _, made = deck
    with_figures = [slide for slide in slides_of(made) if "<img" in slide]
    assert len(with_figures) == 4
    for slide in with_figures:
        assert slide.count("<img") == 1
        alt = re.search(r'alt="([^"]+)"', slide)[1]
        assert len(alt.split()) > 8
        assert f'<aside class="notes">\n<p>{alt}</p>' in slide


def test_a_drawing_has_a_slide_with_its_words_in_the_language(deck):
    lang, made = deck
    [first, *_] = [slide for slide in slides_of(made) if 'class="drawing"' in slide]
    assert {"en": ">large intestine:<", "nl": ">dikke darm:<"}[lang] in first
    assert {"en": "dikke darm", "nl": "large intestine"}[lang] not in first
    assert "<figcaption>" in first


def test_each_question_has_a_slide_with_its_answer_as_a_fragment(deck):
    lang, made = deck
    asked = [slide for slide in slides_of(made) if re.search(r"<h2[^>]*>Quiz</h2>", slide)]
    assert len(asked) == 4
    for slide in asked:
        assert slide.count('<div class="fragment"') == 1
    assert {"en": "No.", "nl": "Nee."}[lang] in asked[0].partition('<div class="fragment"')[2]


def test_the_teachers_notes_are_the_speakers_notes(deck):
    lang, made = deck
    notes = re.search(r'<aside class="notes">(.*?)</aside>', made, re.DOTALL)[1]
    assert "<table>" in notes
    assert {"en": "Go further", "nl": "Verder"}[lang].lower()[:5] in notes.lower()


def test_citations_lead_to_the_works_on_the_last_slides(deck):
    _, made = deck
    cited = set(re.findall(r'href="#(ref-[^"]+)"', made))
    assert cited
    assert cited == set(re.findall(r'<li id="(ref-[^"]+)"', made))


def test_parts_keep_targets_with_the_section_they_name():
    cells = [
        new_markdown_cell("# T\n\n:::{admonition} A\n:class: tip\nYes.\n:::\n\n## One\n\ntext"),
        new_code_cell("1", outputs=[new_output("display_data", data={"text/html": "<p>x</p>"})]),
        new_markdown_cell("after\n\n(two)=\n## Two\n"),
    ]
    parts = parts_of(new_notebook(cells=cells))
    assert [(part.name, part.target) for part in parts] == [("", ""), ("One", ""), ("Two", "two")]
    assert parts[1].prose == ["text", "after"]
    assert answer_of(parts).body == "Yes."
    with pytest.raises(InputError, match="no short answer"):
        answer_of(parts[1:])


def test_a_directive_stays_whole_whatever_is_in_it():
    text = "::::{grid}\n:::{card} A\n\n## not a heading\n:::\n::::\nafter"
    assert list(pieces(text)) == ["::::{grid}\n:::{card} A\n\n## not a heading\n:::\n::::", "after"]
    assert box_of("::::{grid}\n:::{card} A\n:::\n::::").body == ":::{card} A\n:::"


def test_cells_and_rows_of_a_table():
    assert table_rows("| a |\n|---|") == []
    assert cells_of("| a | b |") == ["a", "b"]


def test_what_is_not_an_explainer_is_refused(tmp_path):
    catalogue = Catalogue.read(ROOT)
    with pytest.raises(InputError, match="Only an explainer"):
        check_explainer(catalogue.get("protocols/plate-layout"), "en")
    with pytest.raises(InputError, match="'fr'"):
        check_explainer(catalogue.get(MODEL), "fr")
    there = tmp_path / "a.html"
    there.touch()
    with pytest.raises(InputError, match="already there"):
        check_new_file(there, ".html", force=False)
    check_new_file(there, ".html", force=True)
    with pytest.raises(InputError, match="ending"):
        check_new_file(tmp_path / "a.pdf", ".html", force=False)
    with pytest.raises(InputError, match="cannot be written"):
        check_new_file(tmp_path / "none" / "a.html", ".html", force=False)

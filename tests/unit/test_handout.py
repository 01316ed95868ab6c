"""The handout of an explainer: one page that can be read."""

import io

import pytest
from pypdf import PdfReader

from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.execution import Request, run_one
from handbook_utils.publishing.teaching.handout import fewer, handout_pdf, printable

SAID = {
    "en": ["What is the gut microbiome?", "The short answer", "some 38 trillion", "Key takeaways", "no medical advice"],
    "nl": ["Wat is het darmmicrobioom?", "Het korte antwoord", "38 biljoen", "Onthoud dit", "geen medisch advies"],
}


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_one_page_with_the_answer_a_figure_and_letters_that_can_be_read(tmp_path, lang):
    root = handbook_root()
    chapter = Catalogue.read(root).get("explainers/what-is-the-gut-microbiome")
    outcome = run_one(Request(chapter, {"lang": lang}, tmp_path), root=root, timeout=120)
    assert outcome.failure is None
    reader = PdfReader(io.BytesIO(handout_pdf(chapter, outcome.notebook, tmp_path, root)))
    assert len(reader.pages) == 1
    [page] = reader.pages
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
    sizes = set()
    page.extract_text(visitor_text=lambda text, _cm, _tm, _font, size: text.strip() and sizes.add(size))
    assert min(sizes) >= 8
    text = " ".join(page.extract_text().split())
    for words in SAID[lang]:
        assert words in text
    assert "glue" not in text
    assert "cite" not in text
    assert len(page.images) == 1
    assert reader.trailer["/Root"]["/Lang"] == lang
    # Something of each verdict is left, however many rows were left out.
    for verdict in {"en": ["sure", "likely", "unknown"], "nl": ["zeker", "waarschijnlijk", "onbekend"]}[lang]:
        assert verdict in text


def test_what_is_printed_has_no_links_and_no_marks_of_its_own():
    assert printable('<p>1 &lt; 2 <strong>b</strong> <a href="x">c</a></p><p>d</p>') == "1 &lt; 2 <b>b</b> c d"


def test_rows_are_left_out_where_there_are_most():
    rows = [["a", "sure"], ["b", "sure, nearly"], ["c", "likely"], ["d", "unknown"]]
    rows = fewer(rows)
    assert [row[0] for row in rows] == ["a", "c", "d"]
    assert fewer([["a"]]) == []

"""A whole edition in one file: an EPUB and a PDF, made of finished pages."""

import json
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from handbook_utils.errors import InputError
from handbook_utils.publishing import build_book
from handbook_utils.publishing.whole.article import article_of
from handbook_utils.publishing.whole.epub import write_epub
from handbook_utils.publishing.whole.files import file_name
from handbook_utils.publishing.whole.pdf import whole_html, write_pdf

ONE = """<html><body><article lang="en">
<nav><a href="x">menu</a></nav><h1 id="one">One &amp; only<a class="headerlink" href="#one">#</a></h1>
<p>See <a href="../notebooks/two.html#there">two</a>, <a href="#one">here</a>, <a href="gone.html">gone</a>,
<a href="https://example.org/?a=1&amp;b=2">elsewhere</a>,
<a href="https://doi.org/10.1/0012(1)8[2:F]2<3::A>4">odd</a>.<br>Next &lt; line.</p>
<a class="figure" href="../figures/a.svg"><img src="../figures/a.svg" alt="A figure of three dots." loading="lazy"></a>
<svg viewBox="0 0 1 1"><path d="M0 0"/></svg><p id="twice">One</p><p id="twice">Two</p>
<details><summary><p class="title">Show</p><span class="sd-summary-state-marker"><svg></svg></span></summary></details>
<details class="sd-dropdown"><summary>Is it?</summary><p>It is.</p></details>
<script>alert(1 < 2)</script><div class="meanings"><span hidden>not said</span></div><p>Left open
</article></body></html>"""
TWO = '<html><body><article><h1>Twee</h1><p id="there"><math><mi>x</mi></math></p></article>'
FIGURE = """<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"
  "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg"/>"""
NAMES = {"book/one": 0, "notebooks/two": 1}


@pytest.fixture
def edition(tmp_path: Path) -> Path:
    for name, text in zip(NAMES, (ONE, TWO), strict=True):
        path = tmp_path / "nl" / f"{name}.html"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "nl" / "figures").mkdir()
    (tmp_path / "nl" / "figures" / "a.svg").write_text(FIGURE, encoding="utf-8")
    return tmp_path / "nl"


def test_a_page_becomes_well_formed_with_its_links_led(edition: Path) -> None:
    one = article_of(edition, "book/one", "nl", lambda page, place: f"{page}!{place}" if page in NAMES else "", str)
    ElementTree.fromstring(f"<body>{one.body}</body>")  # noqa: S314 - our own
    assert (one.title, one.lang, one.pictures) == ("One & only", "en", ("figures/a.svg",))
    assert 'href="notebooks/two!there"' in one.body
    assert "<a>gone</a>" in one.body
    assert 'href="https://example.org/?a=1&amp;b=2"' in one.body
    assert "viewBox" in one.body
    assert 'open="open"' in one.body
    for left_out in ("menu", "alert", "not said", "headerlink", "loading"):
        assert left_out not in one.body


def test_the_epub_is_one_that_readers_take(edition: Path, tmp_path: Path) -> None:
    target = tmp_path / "book.epub"
    write_epub(edition, target, NAMES, lang="nl", title="Boek & zo", author="A", day="2026-11-29")
    with zipfile.ZipFile(target) as book:
        first = book.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert book.read("mimetype") == b"application/epub+zip"
        pages = {
            name: book.read(name).decode() for name in book.namelist() if name.endswith((".xhtml", ".opf", ".xml"))
        }
        for text in pages.values():
            ElementTree.fromstring(text)  # noqa: S314 - our own
        listed = set(re.findall(r'<item [^>]*href="([^"]+)"', pages["book/content.opf"]))
        held = {name.removeprefix("book/") for name in book.namelist() if name.startswith("book/")}
        assert listed == held - {"content.opf"}
        assert 'properties="svg"' in pages["book/content.opf"]
        assert 'properties="mathml"' in pages["book/content.opf"]
        assert "Boek &amp; zo" in pages["book/content.opf"]
        for name, text in pages.items():
            for address in re.findall(r'href="([^":]+)"', text):
                file, _, place = address.partition("#")
                where = pages.get(f"book/{file}", "") if file.endswith("xhtml") else text
                assert not place or f'id="{place}"' in where, f"{name}: {address}"


def test_the_epub_has_nothing_that_its_standard_refuses(edition: Path, tmp_path: Path) -> None:
    """What epubcheck 4.2.6 said of the first whole edition: it needs Java, and this does not."""
    target = tmp_path / "book.epub"
    write_epub(edition, target, NAMES, lang="nl", title="Boek", author="A", day="2026-11-29")
    with zipfile.ZipFile(target) as book:
        assert b"DOCTYPE" not in book.read("book/figures/a.svg")
        one, two = (book.read(f"book/{name.replace('/', '-')}.xhtml").decode() for name in NAMES)
    for text in (one, two):
        places = re.findall(r'\bid="([^"]+)"', text)
        assert len(places) == len(set(places))
        assert not re.search(r'href="[^"]*[<>\[\]]', text.replace("&lt;", "<").replace("&gt;", ">"))
        assert not re.search(r"<summary>(?:(?!</summary>).)*<(?:p|div)\b", text, re.DOTALL)
    assert '<svg viewBox="0 0 1 1" xmlns="http://www.w3.org/2000/svg">' in one
    assert one.count("<svg") == 1  # and no arrow of a box that cannot be closed
    assert '<math xmlns="http://www.w3.org/1998/Math/MathML">' in two
    assert '<span class="title">Show</span>' in one


def test_what_can_be_chosen_stands_under_each_question(edition: Path, tmp_path: Path) -> None:
    box = '<details class="sd-dropdown"><summary>{}</summary><p>Because.</p></details>'
    asked = {"questions": [{"options": ["Yes & no", "No"], "right": 0}, {"options": ["Two", "Three"], "right": 1}]}
    quiz = f'<script type="application/json" class="quiz">{json.dumps(asked)}</script>'
    boxes = box.format("Is it?") + box.format("How many?")
    text = f'<article><h1>Why?</h1><section id="quiz">{boxes}{quiz}</section></article>'
    name = "notebooks/explainers/why"
    (edition / "notebooks" / "explainers").mkdir()
    (edition / f"{name}.html").write_text(text, encoding="utf-8")
    one = article_of(edition, name, "en", lambda page, place: place, str)
    assert one.kind == "public"
    assert re.findall(r"<ul class=.choices.>.*?</ul>|<summary>.*?</summary>", one.body) == [
        "<summary>Is it?</summary>",
        '<ul class="choices"><li>Yes &amp; no</li><li>No</li></ul>',
        "<summary>How many?</summary>",
        '<ul class="choices"><li>Two</li><li>Three</li></ul>',
    ]


def test_only_answers_that_come_last_are_hidden_where_they_are_asked(edition: Path, tmp_path: Path) -> None:
    """A recipe has no list of answers at its end, as a page for everyone has."""
    target = tmp_path / "book.epub"
    write_epub(edition, target, NAMES, lang="nl", title="Boek", author="A", day="2026-11-29")
    with zipfile.ZipFile(target) as book:
        assert '<body class="recipe">' in book.read("book/notebooks-two.xhtml").decode()
        assert re.findall(r"(.*)\{ display: none", book.read("book/style.css").decode()) == [
            ".public .sd-dropdown > :not(summary) "
        ]
        assert '<li><a href="book-one.xhtml">One &amp; only</a><ol><li>' in book.read("book/nav.xhtml").decode()


def test_in_one_page_every_place_is_one_and_links_lead_to_it(edition: Path) -> None:
    made = whole_html(edition, NAMES, lang="nl", title="Boek", made="Versie 1")
    ids = re.findall(r'\bid="([^"]+)"', made)
    assert len(ids) == len(set(ids))
    assert {address[1:] for address in re.findall(r'href="(#[^"]+)"', made)} <= set(ids)


def test_the_pdf_has_a_language_a_structure_and_an_outline(edition: Path, tmp_path: Path) -> None:
    target = tmp_path / "book.pdf"
    write_pdf(edition, target, NAMES, lang="nl", title="Boek", made="Versie 1")
    reader = PdfReader(target)
    assert reader.trailer["/Root"]["/Lang"] == "nl"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.outline
    assert len(reader.pages) >= 4
    assert not (edition / "whole.html").exists()


def test_a_pdf_without_chromium_is_refused_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/index\n", encoding="utf-8")
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "index.md").write_text("# One\n", encoding="utf-8")
    monkeypatch.setenv("HANDBOOK_CHROMIUM", "")
    with pytest.raises(InputError, match="not on this machine") as refused:
        build_book(tmp_path, whole=["pdf"])
    assert refused.value.where == "--pdf"
    assert not (tmp_path / "_build" / "html").exists()


def test_a_file_is_named_after_the_book() -> None:
    assert file_name("Gut Microbiome Handbook", "pdf") == "gut-microbiome-handbook.pdf"

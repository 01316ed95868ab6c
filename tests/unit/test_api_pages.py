"""The pages on what can be imported: all that is public is on them, as the sources have it, and links lead on."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest

from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.errors import InputErrors
from handbook_utils.publishing.api import pages as writing
from handbook_utils.publishing.api.docstring import in_html
from handbook_utils.publishing.api.modules import Module, read_module
from handbook_utils.publishing.api.pages import ApiPage, api_pages, page_of
from handbook_utils.publishing.search import sections_of

ROOT = handbook_root()
#: What a notebook may import (CONTRIBUTING.md), and what these rooms are made with.
FIELD = {
    "analysis",
    "datasets",
    "figures",
    "protocols",
    "readability",
    "reads",
    "recipes",
    "results",
    "study",
    "errors",
}
SHARED = {"asking", "home", "text"}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ApiPage]:
    cache = tmp_path_factory.mktemp("api")
    made = api_pages(Catalogue.read(ROOT).chapters, "https://example.org/src/", cache)
    kept = api_pages(Catalogue.read(ROOT).chapters, "https://example.org/src/", cache)
    assert kept == made
    assert len(list(cache.iterdir())) == 1
    return {page.name: page for page in made}


def test_the_field_is_there_and_the_machinery_is_not(pages: dict[str, ApiPage]) -> None:
    assert {page.package.partition(".")[0] for page in pages.values()} == FIELD | SHARED


def test_every_public_function_has_its_place_and_can_be_imported_as_it_says(pages: dict[str, ApiPage]) -> None:
    text = "".join(page.text for page in pages.values())
    package = Path(writing.PACKAGE)
    for room in sorted(FIELD):
        for path in [package / f"{room}.py", *(package / room).rglob("*.py")]:
            if path.is_file():
                module = ".".join(path.relative_to(package).with_suffix("").parts).removesuffix(".__init__")
                for node in ast.parse(path.read_text(encoding="utf-8")).body:
                    if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name[0] != "_":
                        assert f'<section id="api-{module.replace(".", "-")}-{node.name}">' in text
    lines = set(re.findall(r"<pre>from (\S+) import (\w+)", text))
    assert len(lines) > 1000
    for module, name in sorted(lines):
        assert hasattr(importlib.import_module(module), name)


def test_links_lead_to_a_place_that_is_there(pages: dict[str, ApiPage]) -> None:
    known = {name.rpartition("/")[2]: set(re.findall(r' id="([^"]+)"', page.text)) for name, page in pages.items()}
    for name, page in pages.items():
        known[name.rpartition("/")[2]] |= set(re.findall(r"^\((.+)\)=$", page.text, re.MULTILINE))
    chapters = {chapter.slug for chapter in Catalogue.read(ROOT).chapters}
    found = 0
    for name, page in pages.items():
        for address in re.findall(r'href="([^"]+)"', page.text):
            if address.startswith("../../notebooks/"):
                assert address.removeprefix("../../notebooks/").removesuffix(".html") in chapters
            elif not address.startswith("https://"):
                there, _, place = address.partition("#")
                assert not place or place in known[there.removesuffix(".html") or name.rpartition("/")[2]], address
                found += 1
    assert found > 1000


def test_a_function_says_what_it_takes_and_where_it_is_used(pages: dict[str, ApiPage]) -> None:
    page = pages[page_of("analysis.distance")].text
    section = page.partition('<section id="api-analysis-distance-permanova-permanova">')[2].partition("</section>")[0]
    assert "permanova(distance, design, *, by='margin', permutations=999, seed=1)" in section
    assert (
        "<dt><code>distance</code> skbio.DistanceMatrix</dt><dd><p>Between at least the samples of the design."
        in section
    )
    for head in ("Parameters", "Returns", "Raises", "Examples"):
        assert f'<p class="head">{head}</p>' in section
    assert '<a href="../../notebooks/recipes/compare-groups.html">' in section
    assert 'href="https://example.org/src/handbook_utils/analysis/distance/permanova.py#L' in section


def test_the_search_finds_the_name_and_the_first_sentence_only(pages: dict[str, ApiPage]) -> None:
    body = pages[page_of("analysis.distance")].text.partition("{raw} html\n")[2]
    found = {one.heading: one.text for one in sections_of(f"<article><h1>One</h1>{body}</article>")}
    assert found["permanova"] == "Test whether the centres of samples move with metadata, term by term."


def test_a_reference_that_leads_nowhere_is_named() -> None:
    module = read_module(writing.PACKAGE / "errors.py")
    broken = Module(**{**vars(module), "said": "As :func:`gone` says."})
    with pytest.raises(InputErrors) as told:
        list(writing._Writer([broken], {}, {}, "").pages())
    assert [str(one.where) for one in told.value.errors] == ["handbook_utils.errors"]
    assert "gone" in told.value.errors[0].problem


def test_marks_of_docstrings_are_written_as_html() -> None:
    said = "By **n** of x_i and y_i, `z` < 2.\n\n1. one\n   more\n2. two\n\n>>> 1 < 2\nTrue"
    assert in_html(said, lambda _role, _target: None) == (
        "<p>By <strong>n</strong> of x_i and y_i, <code>z</code> &lt; 2.</p><ol><li>one more</li><li>two</li></ol>"
        '<pre class="example" tabindex="0">&gt;&gt;&gt; 1 &lt; 2\nTrue</pre>'
    )

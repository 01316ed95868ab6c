"""The index of the search: sections of pages, and words that mean the same."""

from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.publishing.pages.staged import TERMS, staged_rows
from handbook_utils.publishing.search import asked, sections_of, synonyms


def test_code_tooltips_and_links_of_headings_are_no_text():
    page = (
        '<article><section id="a"><h1>Gut<a class="headerlink" href="#a">#</a></h1><p>A '
        '<a class="term">cell</a></p><pre>import this</pre></section>'
        '<div class="meanings"><span class="meaning">of a body</span></div></article>'
    )
    [section] = sections_of(page)
    assert (section.heading, section.text) == ("Gut", "A cell")


def test_a_term_of_the_glossary_is_a_section_of_its_own():
    page = '<article><section id="g"><h1>Words</h1><dl><dt id="term-x">X ray</dt><dd><p>Seen.</p></dd></dl></section>'
    sections = sections_of(page + "</article>")
    assert [(one.anchor, one.heading, one.text) for one in sections] == [
        ("", "Words", ""),
        ("term-x", "X ray", "Seen."),
    ]


def test_people_s_words_and_those_of_the_glossary_are_groups_without_repetition():
    groups = synonyms(handbook_root(), staged_rows(handbook_root(), TERMS)[1])
    assert set(groups) == {"en", "nl"}
    for lang, found in groups.items():
        for group in found:
            assert len(group) > 1, (lang, group)
            assert len(set(group)) == len(group), (lang, group)
    assert any({"poep", "ontlasting"} <= set(group) for group in groups["nl"])
    assert any("FMT" in group for group in groups["nl"])


def test_what_people_ask_is_asked_of_pages_that_are_there_in_both_languages():
    pages = {name.rpartition("/")[2] for name in Catalogue.read(handbook_root()).files}
    questions = asked(handbook_root())
    assert questions
    assert set(questions) <= pages
    assert all(set(told) == {"en", "nl"} and all(told.values()) for told in questions.values())

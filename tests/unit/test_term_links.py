"""Which words of a page become links to the glossary, and which stay as they are."""

import re

import pytest

from handbook_utils.publishing.pages.senses import senses_of
from handbook_utils.publishing.pages.terms import anchor_of, glossary_of, names_of, with_terms

ROWS = [
    {
        "en": en,
        "nl": nl,
        "nl_public": public,
        "plural_en": plural_en,
        "plural_nl": plural_nl,
        "definition_en": f"What {en} is.",
        "definition_nl": f"Wat {nl} is.",
    }
    for en, nl, public, plural_en, plural_nl in [
        ("microbiome", "microbioom", "", "", ""),
        ("gut microbiome", "darmmicrobioom", "alle bacteriën in je darmen samen", "", ""),
        ("bacterium", "bacterie", "bacterie", "bacteria", "bacteriën"),
        ("cause", "oorzaak", "", "", "oorzaken; achterliggende oorzaken"),
        ("faecal test (FIT)", "fecale test (FIT)", "poeptest", "", ""),
        ("taxon, taxa", "taxon, taxa", "", "", ""),
        ("well", "putje (well)", "", "", ""),
        ("R & D", "R & D", "", "", ""),
    ]
]


def linked(body, lang="en", **more):
    made = with_terms(body, glossary_of(ROWS, lang, senses_of({"never": ["well"]})), "../glossary.html", **more)
    # Nothing but links and tips is added.
    bare = re.sub(r'<div class="meanings">.*?</div>|</?a class="term"[^>]*>', "", made)
    assert re.sub(r"</?(a|span)\b[^>]*>", "", bare) == re.sub(r"</?(a|span)\b[^>]*>", "", body)
    return re.findall(r'<a class="term"[^>]*>([^<]*)</a>', made)


def test_the_longest_name_is_taken_and_each_term_once():
    assert linked("<p>Your gut microbiome, the gut microbiome, a microbiome.</p>") == ["gut microbiome", "microbiome"]
    assert linked("<p>A gut\nmicrobiome.</p>") == ["gut\nmicrobiome"]
    assert linked("<p>Many taxa, one taxon.</p>") == ["taxa"]


@pytest.mark.parametrize("text", ["microbiomed", "premicrobiome", "microbiome-wide", "fit", "Well", "meta-microbiome"])
def test_words_are_whole(text):
    assert linked(f"<p>So {text} it is.</p>") == []


def test_capitals_plurals_and_abbreviations():
    assert linked("<p>Microbiomes, by FIT.</p>") == ["Microbiomes", "FIT"]
    assert linked("<p>A poeptest, FIT, taxa en R &amp; D</p>", "nl") == ["poeptest", "taxa", "R &amp; D"]


def test_plurals_that_the_list_gives():
    assert linked("<p>Bacteria, a bacterium.</p>") == ["Bacteria"]
    assert linked("<p>Bacteriën en hun oorzaken</p>", "nl") == ["Bacteriën", "oorzaken"]
    assert linked("<p>bacteriënrijk, darmbacteriën</p>", "nl") == []


@pytest.mark.parametrize(
    "body",
    [
        "microbiome",
        "<h2>The microbiome</h2>",
        '<p><a href="x"><em>The microbiome</em></a></p>',
        "<p><code>microbiome</code></p>",
        "<table><tr><th><p>microbiome</p></th><td><p>microbiome</p></td></tr></table>",
        "<li><figure><figcaption><p>microbiome</p></figcaption></figure></li>",
        '<p class="admonition-title">Microbiome</p>',
        '<div class="cell_output docutils"><p>microbiome</p></div>',
        '<div class="citation" id="x"><p>The microbiome. Nature.</p></div>',
        '<p><img alt="microbiome" src="x"> <span class="pasted-text">microbiome</span></p>',
        "<details><summary><p>microbiome</p></summary></details>",
        "<p><!-- microbiome --></p>",
    ],
)
def test_what_is_not_a_sentence_is_left_alone(body):
    assert linked(body) == []
    assert linked(f"{body}<p>A microbiome.</p>") == ["microbiome"]


def test_a_page_is_not_filled_with_links():
    assert linked("<p>gut microbiome, FIT, taxa, microbiome</p>", most=2) == ["gut microbiome", "FIT"]


def test_a_link_is_described_by_its_definition_in_the_language_of_the_page():
    made = with_terms("<p>Het darmmicrobioom.</p>", glossary_of(ROWS, "nl"), "g.html")
    assert 'href="g.html#term-gut-microbiome" aria-describedby="tip-term-gut-microbiome"' in made
    assert 'role="tooltip" id="tip-term-gut-microbiome" hidden>Wat darmmicrobioom is.</span>' in made
    assert anchor_of(ROWS[1]) == "term-gut-microbiome"


def test_a_description_is_not_a_name():
    assert list(names_of(ROWS[1], "nl")) == ["darmmicrobioom"]
    assert glossary_of([], "en") is None

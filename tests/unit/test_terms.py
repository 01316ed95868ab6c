"""The reviewed term list, from which the glossary is made in both languages."""

import csv
import re
from pathlib import Path

import polib
import pytest

from handbook_utils.chapters import handbook_root
from handbook_utils.publishing.pages.terms import anchor_of, glossary_of

ROOT = handbook_root()
COLUMNS = ["en", "nl", "nl_public", "plural_en", "plural_nl", "definition_en", "definition_nl", "not_nl"]


def rows() -> list[dict[str, str]]:
    with (ROOT / "data" / "terms.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def forbidden() -> list[str]:
    return [word.strip() for row in rows() for word in row["not_nl"].split(";") if word.strip()]


def forbidden_in(text: str) -> list[str]:
    """Return the forbidden words of a text; whole words, since 'specie' stands in 'specifiek'."""
    return [word for word in forbidden() if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text, re.IGNORECASE)]


def dutch_of_chapter(path: Path) -> str:
    """Return what a chapter's code says in Dutch: strings given as nl=…, and the Dutch help of the parameters."""
    source = path.read_text(encoding="utf-8")
    strings = re.findall(r"\bnl\s*=\s*f?(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')", source)
    return "\n".join([*strings, *re.findall(r"help_nl:.*?(?=\n\S|\n  \w+:|\Z)", source, re.DOTALL)])


def test_columns_and_number():
    assert list(rows()[0]) == COLUMNS
    assert len(rows()) >= 90


@pytest.mark.parametrize("column", ["en", "nl"])
def test_every_term_once(column):
    terms = [row[column].casefold() for row in rows()]
    assert len(terms) == len(set(terms))
    assert all(terms)


def test_a_form_of_a_word_leads_to_one_term():
    glossary = {lang: glossary_of(rows(), lang) for lang in ("en", "nl")}
    for row in rows():
        for lang, plurals in (("en", row["plural_en"]), ("nl", row["plural_nl"])):
            for form in filter(None, (part.strip() for part in plurals.split(";"))):
                assert glossary[lang].terms[form.casefold()].anchor == anchor_of(row), form


def test_words_that_public_pages_use_most_lead_to_the_glossary():
    found = glossary_of(rows(), "nl").terms
    assert found["bacteriën"].anchor == "term-bacterium"
    assert found["darmbacteriën"].anchor == "term-gut-microbiome"


def test_every_definition_is_a_sentence():
    for row in rows():
        for column in ("definition_en", "definition_nl"):
            text = row[column]
            assert re.fullmatch(r"\S.*[.]", text), (row["en"], column)
            assert text[0].isupper() or text[0].isdigit(), (row["en"], column)


def test_no_space_around_a_cell_and_in_alphabetical_order():
    assert all(value == value.strip() for row in rows() for value in row.values())
    terms = [row["en"].casefold() for row in rows()]
    assert terms == sorted(terms)


def test_forbidden_words_are_found_as_whole_words():
    assert forbidden_in("de hersen-darm as") == ["hersen-darm as"]
    assert forbidden_in("een specifieke soort") == []


def test_own_definitions_hold_no_forbidden_word():
    dutch = "\n".join(row[column] for row in rows() for column in ("nl", "nl_public", "plural_nl", "definition_nl"))
    assert forbidden_in(dutch) == []


def test_dutch_pages_hold_no_forbidden_word():
    found = {
        f"{path.relative_to(ROOT)}: {entry.msgid[:40]}": words
        for path in sorted((ROOT / "locale" / "nl").rglob("*.po"))
        for entry in polib.pofile(str(path))
        if (words := forbidden_in(entry.msgstr))
    }
    assert found == {}


def test_dutch_in_code_holds_no_forbidden_word():
    found = {
        str(path.relative_to(ROOT)): words
        for path in sorted((ROOT / "notebooks").rglob("*.md"))
        if (words := forbidden_in(dutch_of_chapter(path)))
    }
    assert found == {}

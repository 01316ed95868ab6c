"""A word is linked to the glossary where it means what stands there, and nowhere else: labelled sentences."""

import csv
import html
import re
from pathlib import Path

import pytest

from handbook_utils.publishing.pages.senses import Senses, read_senses, senses_of
from handbook_utils.publishing.pages.staged import TERMS, staged_rows
from handbook_utils.publishing.pages.terms import Glossary, glossary_of, names_of, with_terms

ROOT = Path(__file__).resolve().parents[2]
with (ROOT / "tests/data/senses.csv").open(encoding="utf-8", newline="") as file:
    SENTENCES = list(csv.DictReader(file))


@pytest.fixture(scope="module")
def glossaries() -> dict[str, Glossary | None]:
    _, rows = staged_rows(ROOT, TERMS)
    senses = read_senses(ROOT)
    return {lang: glossary_of(rows, lang, senses[lang]) for lang in ("en", "nl")}


def test_there_are_enough_sentences_of_both_kinds_and_languages() -> None:
    text = " ".join(row["sentence"] for row in SENTENCES)
    assert len(SENTENCES) >= 60
    assert text.count("[") >= 25
    assert text.count("<") >= 25
    assert sum(row["lang"] == "nl" for row in SENTENCES) >= 15


@pytest.mark.parametrize("row", SENTENCES, ids=lambda row: row["sentence"][:40])
def test_a_word_is_linked_in_the_sense_of_the_glossary_only(
    row: dict[str, str], glossaries: dict[str, Glossary | None]
) -> None:
    plain = re.sub(r"[\[\]<>]", "", row["sentence"])
    glossary = glossaries[row["lang"]]
    assert glossary is not None
    made = with_terms(f"<p>{html.escape(plain, quote=False)}</p>", glossary, "g.html", page=row["page"])
    linked = {found.casefold() for found in re.findall(r'<a class="term"[^>]*>([^<]*)</a>', made)}
    assert {word.casefold() for word in re.findall(r"\[([^\]]*)\]", row["sentence"])} <= linked
    assert not {word.casefold() for word in re.findall(r"<([^>]*)>", row["sentence"])} & linked


def test_what_the_file_names_is_in_the_glossary() -> None:
    _, rows = staged_rows(ROOT, TERMS)
    for lang, senses in read_senses(ROOT).items():
        names = {name.casefold() for row in rows for name in names_of(row, lang)}
        named = senses.verbs | {other.word for other in senses.others}
        assert named <= names, named - names


def test_without_the_file_every_use_is_meant(tmp_path: Path) -> None:
    assert read_senses(tmp_path) == {}
    assert not Senses().is_other("cause", "they may ", " it")


def test_a_page_can_have_a_sense_of_its_own() -> None:
    senses = senses_of({"other": [{"word": "Prevalence", "pages": "notebooks/recipes/"}]})
    assert senses.is_other("prevalence", "", "", "notebooks/recipes/a")
    assert not senses.is_other("prevalence", "", "", "book/a")

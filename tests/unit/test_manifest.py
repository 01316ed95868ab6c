"""What the manifest speaks of: every item once, served by pages whose text speaks of it in both languages."""

import pytest

from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.chapters.advice import advice_in
from handbook_utils.chapters.claims import claims_of, read_claims
from handbook_utils.chapters.conditions import condition_text, read_conditions
from handbook_utils.chapters.manifest import KINDS, manifest_table, read_manifest, served, serves_of
from handbook_utils.errors import InputErrors
from handbook_utils.publishing.dutch import catalogue_of

ROOT = handbook_root()
ITEMS = read_manifest(ROOT)
SOURCES = {name: (ROOT / f"{name}.md").read_text(encoding="utf-8") for name in Catalogue.read(ROOT).files}
PAGES = served(ITEMS, SOURCES)
CLAIMS, CONDITIONS = read_claims(ROOT), read_conditions(ROOT)


def said_on(page: str, lang: str) -> str:
    """Return all that a page says in a language, with what it takes from the registers."""
    source = SOURCES[page]
    body = source.split("\n---\n", 1)[-1] if source.startswith("---\n") else source
    dutch = catalogue_of(ROOT / "locale", page)
    texts = [body] if lang == "en" or not dutch else list(dutch.values())
    texts += [claim.claim[lang] + claim.how[lang] for claim in claims_of(CLAIMS, page.removeprefix("notebooks/"))]
    name = page.removeprefix("book/conditions/")
    if name in CONDITIONS:
        texts.append(condition_text(ROOT, name, lang))
    return "\n".join([*texts, *advice_in(source, ROOT, lang)])


def test_every_item_of_the_manifest_has_a_page():
    assert [name for name, pages in PAGES.items() if not pages] == []


@pytest.mark.parametrize("name", ITEMS)
def test_a_page_that_serves_an_item_speaks_of_it_in_both_languages(name):
    item = ITEMS[name]
    for lang, words in item.words.items():
        texts = {page: said_on(page, lang) for page in PAGES[name]}
        silent = [page for page, text in texts.items() if not any(word.lower() in text.lower() for word in words)]
        # Protocols and recipes are in English; their word is asked of in that language.
        assert [page for page in silent if lang == "en" or not page.startswith(("notebooks/p", "notebooks/r"))] == []


def test_a_page_cannot_serve_what_the_register_does_not_have():
    with pytest.raises(InputErrors, match="not in the register: shcools"):
        served(ITEMS, {"book/a": "---\nhandbook:\n  serves: [shcools]\n---\n# A"})
    assert serves_of("# Title") == ()


def test_the_table_counts_and_links_and_names_what_is_missing():
    few = {name: ITEMS[name] for name in ("schools", "insurers")}
    table = manifest_table(few, {"schools": ["book/for-educators"], "insurers": []}, "nl")
    assert table.startswith("Van de 2 punten hebben er 1 een pagina")
    assert "| lessen over eten en darmen op school | {doc}`/book/for-educators` |" in table
    assert "nog geen pagina" in table
    assert all(words["nl"] in table for words in KINDS.values())

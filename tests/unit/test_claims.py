"""The register of claims: a claim lacks nothing, none contradicts another, and pages show what is due."""

import re
from datetime import date, timedelta

import pytest
import yaml
from typer.testing import CliRunner

from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.chapters.advice import ADVICE, advice_text, dated, read_advice, registered
from handbook_utils.chapters.claims import (
    claims_table,
    due,
    misplaced,
    read_claims,
    said,
    summary,
)
from handbook_utils.cli import app
from handbook_utils.errors import InputError, InputErrors

ROOT = handbook_root()
CLAIM = {
    "subject": "food/colour",
    "claim": {"en": "Green food is best.", "nl": "Groen eten is het best."},
    "pages": ["explainers/eat"],
    "verdict": "likely",
    "kind": ["trial"],
    "how": {"en": "one small trial", "nl": "één klein onderzoek"},
    "certainty": "low",
    "population": {"en": "9 adults", "nl": "9 volwassenen"},
    "sources": ["known2020"],
    "searched": {"what": "trials", "where": "a library", "date": date(2026, 1, 31)},
    "review": date(2027, 1, 31),
}


@pytest.fixture
def register(tmp_path):
    """Return what writes a register of these claims and reads it."""
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "references.bib").write_text("@misc{known2020,\n title = {T}\n}\n", encoding="utf-8")

    def read(*claims):
        text = yaml.safe_dump(list(claims), allow_unicode=True)
        (tmp_path / "book" / "claims.yml").write_text(text, encoding="utf-8")
        return read_claims(tmp_path)

    return read


def test_a_claim_is_read(register):
    (claim,) = register(CLAIM)
    assert claim.sources == ("known2020",)
    assert claim.review == date(2027, 1, 31)


@pytest.mark.parametrize("field", ["subject", "claim", "pages", "verdict", "kind", "how", "certainty", "population"])
def test_a_claim_that_lacks_a_field_fails(register, field):
    with pytest.raises(InputErrors, match=f"lacks its {field}"):
        register({name: value for name, value in CLAIM.items() if name != field})


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("sources", [], "sources is not a list of one or more"),
        ("sources", ["unheard1900"], "not in the bibliography"),
        ("kind", [], "kind is not a list of one or more"),
        ("kind", ["hearsay"], "No such kind of evidence"),
        ("verdict", "true", "No such verdict"),
        ("certainty", "great", "No such certainty"),
        ("claim", {"en": "Only English."}, "not said in both languages"),
        ("searched", {"what": "trials", "where": "a library"}, "not said what was looked up"),
        ("searched", {"what": "trials", "where": "a library", "date": "last year"}, "not a date"),
        ("review", date(2028, 1, 31), "within a year"),
        ("review", date(2026, 1, 31), "within a year"),
        ("verdicts", "likely", "no field 'verdicts'"),
    ],
)
def test_a_claim_that_is_not_right_fails(register, field, value, problem):
    with pytest.raises(InputErrors, match=problem):
        register({**CLAIM, field: value})


def test_a_claim_without_source_or_date_fails(register):
    with pytest.raises(InputErrors) as found:
        register({name: value for name, value in CLAIM.items() if name not in ("sources", "searched")})
    assert {error.problem for error in found.value.errors} == {
        "A claim lacks its sources.",
        "A claim lacks its searched.",
    }


def test_two_verdicts_of_one_subject_fail(register):
    with pytest.raises(InputErrors, match="contradict"):
        register(CLAIM, {**CLAIM, "verdict": "unknown", "pages": ["explainers/other"]})


def test_a_claim_is_due_on_its_day_and_the_page_says_so(register):
    claims = register(CLAIM, {**CLAIM, "subject": "food/size", "review": date(2026, 12, 31)})
    assert [claim.subject for claim in due(claims, date(2026, 12, 30))] == []
    assert [claim.subject for claim in due(claims, date(2027, 1, 31))] == ["food/size", "food/colour"]
    assert "newer research" not in claims_table(claims, "en", date(2026, 12, 30))
    assert "newer research may say something else: Green" in claims_table(claims, "en", date(2026, 12, 31))
    assert summary(claims, date(2026, 12, 31)).splitlines() == [
        "2 claims and pieces of advice, 1 due on 2026-12-31.",
        "  2026-12-31  food/size (explainers/eat): known2020",
        "The next is due on 2027-01-31.",
    ]


def test_the_table_says_all_in_the_language_of_the_page(register):
    claims = register({**CLAIM, "limit": {"en": "in spring", "nl": "in de lente"}})
    assert said(claims[0], "nl") == (
        "Groen eten is het best.",
        "waarschijnlijk; in de lente",
        "één klein onderzoek {cite:p}`known2020`. Bij wie: 9 volwassenen. Zekerheid volgens GRADE: laag.",
    )
    table = claims_table(claims, "nl")
    assert table.startswith("| Wat mensen zeggen | Hoe zeker? | Hoe weten we dat? |\n|---|---|---|\n| Groen")
    assert table.endswith("Opgezocht op 31 januari 2026. Uiterlijk 31 januari 2027 zoeken we het weer op.")


def test_a_page_shows_its_own_claims_where_it_says_so(register, tmp_path):
    register(CLAIM, {**CLAIM, "subject": "food/size", "pages": ["explainers/other"]})
    page = registered("Before.\n\n:::{claims}\n:::\n\nAfter.", tmp_path, "explainers/eat", "en")
    assert page.startswith("Before.\n\n| What people say")
    assert page.count("Green food") == 1
    assert page.endswith("After.")
    assert registered("No place.", tmp_path, "explainers/eat", "en") == "No place."


def test_places_without_claims_and_claims_without_place_are_told(register):
    claims = register(CLAIM)
    assert misplaced(claims, {"explainers/eat": "None.", "explainers/other": ":::{claims}\n:::"}) == [
        "explainers/eat has claims in the register and no {claims}",
        "explainers/other says {claims} and has none in the register",
    ]


def test_the_handbooks_own_register_is_right():
    claims = read_claims(ROOT)
    assert len(claims) > 60
    catalogue = Catalogue.read(ROOT)
    sources = {
        name.removeprefix("notebooks/"): (ROOT / f"{name}.md").read_text(encoding="utf-8") for name in catalogue.files
    }
    assert misplaced(claims, sources) == []


def test_the_command_lists_what_is_due():
    claims = dated(ROOT)
    first = min(claim.review for claim in claims)
    early = CliRunner().invoke(app, ["claims", "--by", str(first - timedelta(days=1))])
    assert early.exit_code == 0
    assert f"{len(claims)} claims and pieces of advice, 0 due" in early.stdout
    late = CliRunner().invoke(app, ["claims", "--by", str(first)])
    assert f"{len(due(claims, first))} due on {first}" in late.stdout


ADVISED = {
    "text": {"en": "The council says: rest {cite:p}`known2020`.", "nl": "De raad zegt: rust {cite:p}`known2020`."},
    "searched": CLAIM["searched"],
    "review": CLAIM["review"],
}


def write_advice(root, **pieces):
    (root / ADVICE).parent.mkdir(exist_ok=True)
    (root / ADVICE).write_text(yaml.safe_dump(pieces, allow_unicode=True), encoding="utf-8")


def test_a_page_passes_on_advice_in_its_language(tmp_path):
    write_advice(tmp_path, rest=ADVISED)
    page = registered("One.\n\n:::{advice} rest\n:::\n\nTwo.", tmp_path, "explainers/eat", "nl")
    assert page == "One.\n\nDe raad zegt: rust {cite:p}`known2020`.\n\nTwo."
    assert read_advice(tmp_path)["rest"].sources == ("known2020",)
    with pytest.raises(InputError, match="no such advice"):
        advice_text(tmp_path, "rust", "en")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"text": {"en": "Rest."}}, "both languages"),
        ({"text": {"en": "Rest.", "nl": "Rust."}}, "does not cite whose"),
        ({"text": {**ADVISED["text"], "nl": "Rust {cite:p}`other2020`."}}, "does not cite whose"),
        ({"review": date(2030, 1, 1)}, "within a year"),
        ({"whose": "ours"}, "not whole"),
    ],
)
def test_advice_that_is_not_right_fails(tmp_path, change, problem):
    write_advice(tmp_path, rest={**ADVISED, **change})
    with pytest.raises(InputErrors, match=problem):
        read_advice(tmp_path)


def test_the_handbooks_own_advice_is_right_and_passed_on():
    advice = read_advice(ROOT)
    known = set(re.findall(r"^@\w+\{([^,\s]+),", (ROOT / "book" / "references.bib").read_text("utf-8"), re.MULTILINE))
    assert {key for piece in advice.values() for key in piece.sources} <= known
    passed_on = set()
    for slug in Catalogue.read(ROOT).slugs:
        if slug.startswith("explainers/"):
            source = (ROOT / "notebooks" / f"{slug}.md").read_text(encoding="utf-8")
            passed_on |= set(re.findall(r"\{advice\} ([\w-]+)", source))
    assert passed_on == set(advice)

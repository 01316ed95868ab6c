"""What a professional needs of a condition: whole, dated, two sentences to say, a page each."""

import re
from datetime import date

import pytest
import yaml

from handbook_utils import datasets
from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.chapters.claims import claims_of, read_claims
from handbook_utils.chapters.conditions import CONDITIONS, PARTS, condition_text, read_conditions
from handbook_utils.errors import InputError, InputErrors

ROOT = handbook_root()
SAID = {"en": '- "One."\n- "Two."', "nl": "- 'Een.'\n- 'Twee.'"}
WHOLE = {
    "guideline": {"en": "Rest {cite:p}`known2020`.", "nl": "Rust {cite:p}`known2020`."},
    "act": {"en": "Rest.", "nl": "Rust."},
    "say": SAID,
    "unfit": {"en": "Nobody.", "nl": "Niemand."},
    "searched": {"what": "guidelines", "where": "a library", "date": date(2026, 1, 31)},
    "review": date(2027, 1, 31),
}


def write(root, **conditions):
    (root / CONDITIONS).parent.mkdir(exist_ok=True)
    (root / CONDITIONS).write_text(yaml.safe_dump(conditions, allow_unicode=True), encoding="utf-8")


def test_a_condition_is_told_in_its_order_and_language(tmp_path):
    write(tmp_path, cold=WHOLE)
    text = condition_text(tmp_path, "cold", "nl")
    assert [text.index(words["nl"]) for words in PARTS.values()] == sorted(
        text.index(words["nl"]) for words in PARTS.values()
    )
    assert "- 'Een.'\n- 'Twee.'" in text
    assert read_conditions(tmp_path)["cold"].sources == ("known2020",)
    with pytest.raises(InputError, match="no such condition"):
        condition_text(tmp_path, "colds", "nl")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"act": {"en": "Rest."}}, "both languages"),
        ({"guideline": {"en": "Rest.", "nl": "Rust."}}, "does not cite the same"),
        ({"act": {"en": "Rest {cite:p}`known2020`.", "nl": "Rust."}}, "does not cite the same"),
        ({"say": {**SAID, "en": '- "One."'}}, "not 2 sentences"),
        ({"say": {**SAID, "nl": "Een. Twee."}}, "not 2 sentences"),
        ({"review": date(2030, 1, 1)}, "within a year"),
        ({"extra": "more"}, "not whole"),
    ],
)
def test_a_condition_that_is_not_right_fails(tmp_path, change, problem):
    write(tmp_path, cold={**WHOLE, **change})
    with pytest.raises(InputErrors, match=problem):
        read_conditions(tmp_path)


def test_every_condition_of_the_manifest_has_its_page_with_claims_and_known_sources():
    conditions = read_conditions(ROOT)
    assert set(conditions) == set(datasets.frame("dutch-prevalence")["condition"])
    assert len(conditions) == 11
    files, claims = Catalogue.read(ROOT).files, read_claims(ROOT)
    known = set(re.findall(r"^@\w+\{([^,\s]+),", (ROOT / "book" / "references.bib").read_text("utf-8"), re.MULTILINE))
    for condition in conditions.values():
        (page,) = condition.pages
        assert page in files
        assert f"{{condition}} {condition.subject}\n" in (ROOT / f"{page}.md").read_text(encoding="utf-8")
        assert claims_of(claims, page), page
        assert set(condition.sources) <= known, page

"""Every chapter is what CONTRIBUTING.md says a chapter is."""

import pytest

from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.chapters.contract import violations
from handbook_utils.chapters.reference import reference_path

ROOT = handbook_root()
CATALOGUE = Catalogue.read(ROOT)


def test_every_notebook_is_in_the_table_of_contents_and_has_a_reference():
    there = {path.relative_to(ROOT / "notebooks").with_suffix("").as_posix() for path in ROOT.glob("notebooks/*/*.md")}
    assert there == set(CATALOGUE.slugs)
    assert [slug for slug in CATALOGUE.slugs if not reference_path(ROOT, slug).is_file()] == []


def test_every_reference_belongs_to_a_chapter():
    stored = ROOT / "tests" / "reference"
    assert {path.relative_to(stored).with_suffix("").as_posix() for path in stored.rglob("*.yml")} <= set(
        CATALOGUE.slugs
    )


@pytest.mark.parametrize("slug", CATALOGUE.slugs)
def test_chapter_meets_the_contract(slug):
    assert violations(CATALOGUE.get(slug), ROOT) == []

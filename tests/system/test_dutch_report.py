"""A run in Dutch leaves a report that is Dutch all through, however the language was given."""

import html
import re

import polib
import pytest

from handbook_utils.chapters import handbook_root
from handbook_utils.cli import main

_MARKUP = re.compile(r"\{[^}]*\}`[^`]*`|\[[^\]]*\]\([^)]*\)|[*`$]")


def text_of(page: str) -> str:
    """Return what a reader sees, without code."""
    page = re.sub(r"<style.*?</style>|<pre.*?</pre>|src=\"data:[^\"]*\"", "", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", page)).split())


def english_in(page: str, slug: str) -> list[str]:
    """Return the English texts of a chapter that stand in its report: pieces of five words or more between markup."""
    said = text_of(page)
    catalogue = polib.pofile(str(handbook_root() / f"locale/nl/LC_MESSAGES/notebooks/{slug}.po"))
    pieces = (" ".join(piece.split()) for entry in catalogue for piece in _MARKUP.split(entry.msgid))
    return [piece for piece in pieces if len(piece.split()) >= 5 and piece in said]


@pytest.mark.parametrize(
    ("slug", "given"),
    [
        ("explainers/my-microbiome-status", ["--lang", "nl"]),
        ("explainers/talk-between-gut-and-brain", ["-p", "lang", "nl"]),
    ],
)
def test_a_report_in_dutch_holds_no_english_prose(tmp_path, slug, given):
    with pytest.raises(SystemExit) as ended:
        main(["run", slug, *given, "-o", str(tmp_path / "run")])
    assert not ended.value.code
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert '<html lang="nl">' in page
    assert english_in(page, slug) == []
    assert "Uitwerking" in text_of(page)


def test_english_prose_would_be_found(tmp_path):
    slug = "explainers/my-microbiome-status"
    with pytest.raises(SystemExit):
        main(["run", slug, "-o", str(tmp_path / "run")])
    assert len(english_in((tmp_path / "run" / "report.html").read_text(encoding="utf-8"), slug)) > 50

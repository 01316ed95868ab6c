"""Drawings: small, in both languages, in colours that everyone tells apart."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from handbook_utils.chapters import handbook_root
from handbook_utils.figures.style import OKABE_ITO
from handbook_utils.publishing.pages.illustrations import DRAWINGS, read_drawing

PATHS = sorted((handbook_root() / DRAWINGS).glob("*.svg"))
#: Beside the palette: white (or the paper of the page, dark in the dark), black, and the brown of what is brown.
PLAIN = {"none", "currentColor", "#fff", "var(--paper, #fff)", "#8a5a2b"}
MOST_BYTES = 30_000


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_drawing_is_small_speaks_both_languages_and_keeps_to_the_palette(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.encode()) <= MOST_BYTES
    colours = set(re.findall(r'(?:fill|stroke)="([^"]+)"', source)) - PLAIN
    assert {colour.upper() for colour in colours} <= {colour.upper() for colour in OKABE_ITO}
    root = ET.fromstring(source)  # noqa: S314 - our own file
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert not names & {"image", "script", "a", "use", "foreignObject"}
    for text in root.iter("{http://www.w3.org/2000/svg}text"):
        languages = [one.get("lang") for one in text if (one.text or "").strip()]
        assert "en" in languages
        assert not (text.text or "").strip(), "words without a language"
    both = {lang: read_drawing(path, lang) for lang in ("en", "nl")}
    for drawing in both.values():
        assert len(drawing.alt.split()) > 8
        assert len(drawing.caption.split()) > 8
        assert "lang=" not in drawing.svg
        ET.fromstring(drawing.svg)  # noqa: S314
    assert both["en"].alt != both["nl"].alt
    assert both["en"].caption != both["nl"].caption


def test_every_drawing_is_shown_somewhere_and_there_is_one_for_every_explainer() -> None:
    root = handbook_root()
    pages = [*(root / "notebooks").rglob("*.md"), *(root / "book").glob("*.md")]
    shown = {name for page in pages for name in re.findall(r"\{drawing\} ([\w-]+)", page.read_text(encoding="utf-8"))}
    assert shown == {path.stem for path in PATHS}

"""The figures of a page for everyone can be read on a phone, in both editions: every letter is measured."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from handbook_utils.chapters import Catalogue, handbook_root

PHONE = {"width": 390, "height": 844}
#: In pixels.
LETTERS = 12

SHOWN = """[...document.querySelectorAll('main img.figure')].map((img) => ({
  source: img.src, wide: img.getBoundingClientRect().width, alt: img.alt}))"""
#: What is smaller than it may be where a figure is so wide, and what its frame cuts off.
UNREADABLE = """(wide) => {
  const svg = document.documentElement, frame = svg.getBoundingClientRect();
  const scale = wide / frame.width;
  const texts = [...svg.querySelectorAll('text')].filter((text) => text.textContent.trim());
  const letter = (one) => parseFloat(getComputedStyle(one).fontSize) *
    Math.hypot(one.getScreenCTM().a, one.getScreenCTM().b);
  const least = (text) => Math.min(...[text, ...text.querySelectorAll('tspan')].map(letter));
  const inside = (box) => box.left >= frame.left - 1 && box.right <= frame.right + 1
    && box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1;
  return {
    count: texts.length,
    small: texts.filter((text) => least(text) * scale < %d).map((text) => text.textContent),
    cut: texts.filter((text) => !inside(text.getBoundingClientRect())).map((text) => text.textContent),
  };
}"""


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_every_letter_of_every_figure_of_a_public_page_is_large_enough_on_a_phone(
    site: Path, browser: Browser, lang: str
) -> None:
    names = [
        name for name in Catalogue.read(handbook_root()).files if name.startswith(("notebooks/explainers/", "book/"))
    ]
    context = browser.new_context(viewport=PHONE)
    page, alone = context.new_page(), context.new_page()
    seen, wrong = 0, []
    for name in names:
        page.goto((site / lang / f"{name}.html").as_uri())
        for figure in page.evaluate(SHOWN):
            alone.goto(figure["source"])
            found = alone.evaluate(UNREADABLE % LETTERS, figure["wide"])
            seen += found["count"]
            wrong += [f"{name}, {figure['alt'][:50]}: small {found['small'][:4]}"] if found["small"] else []
            wrong += [f"{name}, {figure['alt'][:50]}: cut off {found['cut'][:4]}"] if found["cut"] else []
            wrong += [] if found["count"] else [f"{name}, {figure['alt'][:50]}: no text that is text"]
    context.close()
    assert wrong == []
    assert seen > 500

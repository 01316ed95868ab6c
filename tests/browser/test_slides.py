"""Slides in a real browser, from disk, as in a classroom without a network."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.execution import Request, execute
from handbook_utils.publishing.teaching.slides import slides_html

TOO_LARGE = """() => Reveal.getSlides().filter(slide => {
  const {h, v} = Reveal.getIndices(slide);
  Reveal.slide(h, v, 99);
  return slide.scrollHeight > 700 || slide.scrollWidth > 960;
}).map(slide => slide.innerText.slice(0, 80))"""


@pytest.fixture(scope="module", params=["en", "nl"])
def deck(request, tmp_path_factory) -> Path:
    root = handbook_root()
    chapter = Catalogue.read(root).get("explainers/what-is-the-gut-microbiome")
    [outcome] = execute([Request(chapter, {"lang": request.param})], root=root)
    path = tmp_path_factory.mktemp("slides") / f"{request.param}.html"
    path.write_text(slides_html(chapter, outcome.notebook, root), encoding="utf-8")
    return path


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def test_it_opens_from_disk_and_the_keyboard_goes_on(page: Page, deck: Path) -> None:
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(deck.as_uri())
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    assert page.evaluate("Reveal.getIndices().h") == 0
    page.keyboard.press("Space")
    assert page.evaluate("Reveal.getIndices().h") == 1
    assert page.locator("section.present:not(.stack) h2").is_visible()
    assert [url for url in asked if not url.startswith("data:")] == [deck.as_uri()]
    assert said == []
    assert page.evaluate("[...document.images].every(image => image.alt && image.naturalWidth > 0)")


def test_every_slide_fits(page: Page, deck: Path) -> None:
    page.goto(deck.as_uri())
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    assert page.evaluate(TOO_LARGE) == []


def test_the_speaker_has_notes(page: Page, deck: Path) -> None:
    page.goto(deck.as_uri())
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    assert page.locator("aside.notes table").count() == 1
    with page.context.expect_page() as opened:
        page.keyboard.press("s")
    speaker = opened.value
    speaker.locator(".speaker-controls-notes table").wait_for()


def test_an_answer_shows_only_when_it_is_asked_for(page: Page, deck: Path) -> None:
    page.goto(deck.as_uri())
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    page.evaluate("""() => {
      const {h, v} = Reveal.getIndices(document.querySelector('.fragment').closest('section'));
      Reveal.slide(h, v);
    }""")
    answer = page.locator("section.present .fragment").first
    assert "visible" not in (answer.get_attribute("class") or "")
    page.keyboard.press("Space")
    assert "visible" in (answer.get_attribute("class") or "")


def test_everyone_can_read_it(page: Page, deck: Path) -> None:
    page.goto(deck.as_uri())
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    for place in range(0, int(page.evaluate("Reveal.getHorizontalSlides().length")), 3):
        page.evaluate(f"Reveal.slide({place})")
        assert Axe().run(page).response["violations"] == []

"""Slides and sheets in a real browser, from disk, as in a classroom without a network."""

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.publishing.teaching.material import KINDS, file_of
from handbook_utils.publishing.teaching.slides import MOST

TOO_LARGE = """() => slides.flatMap((slide, place) => {
  show(place, true);
  const text = slide.querySelector('.text').getBoundingClientRect();
  const picture = slide.querySelector('.picture :is(svg, img)')?.getBoundingClientRect();
  const fits = picture && picture.width > 100 && slide.scrollHeight <= innerHeight && slide.scrollWidth <= innerWidth
    && text.bottom < innerHeight - 10;
  return fits ? [] : [slide.innerText.slice(0, 80)];
})"""


@pytest.fixture(scope="module")
def explainers() -> list[str]:
    return [one.slug.partition("/")[2] for one in Catalogue.read(handbook_root()).chapters if one.part == "explainers"]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_every_deck_fits_and_the_arrow_keys_go_through_all_of_it(
    site: Path, explainers: list[str], page: Page, lang: str
) -> None:
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for name in explainers:
        deck = site / lang / file_of(name, "slides")
        page.goto(deck.as_uri())
        count = page.evaluate("slides.length")
        assert count <= MOST, name
        later = page.locator(".later").count()
        for _ in range(count - 1 + later):
            page.keyboard.press("ArrowRight")
        assert page.evaluate("now") == count - 1, name
        for _ in range(count - 1):
            page.keyboard.press("ArrowLeft")
        assert page.evaluate("now") == 0, name
        assert page.evaluate(TOO_LARGE) == [], name
        assert page.evaluate("[...document.images].every(image => image.alt && image.naturalWidth > 0)"), name
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert said == []


def test_an_answer_shows_only_when_it_is_asked_for_and_the_speaker_has_notes(
    site: Path, explainers: list[str], page: Page
) -> None:
    page.goto((site / "en" / file_of(explainers[0], "slides")).as_uri())
    with page.context.expect_page() as opened:
        page.keyboard.press("s")
    opened.value.locator(".notes table").wait_for()
    page.evaluate("show(slides.findIndex(slide => slide.querySelector('.later')))")
    answer = page.locator(".slide.now .later")
    assert not answer.is_visible()
    page.keyboard.press("ArrowRight")
    assert answer.is_visible()


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_a_handout_is_one_page_a_pupils_sheet_two_and_the_answers_three(
    site: Path, explainers: list[str], page: Page, lang: str
) -> None:
    for name in explainers:
        for kind in KINDS[1:]:
            page.goto((site / lang / "lessons" / f"{name}-{kind}.html").as_uri())
            document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
            assert len(document) <= {"pupil": 2, "answers": 3}.get(kind, 1), f"{name}: {kind}"
            document.close()


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_from_the_first_page_two_clicks_lead_to_a_printed_lesson(site: Path, page: Page, lang: str) -> None:
    printed: list[str] = []
    page.context.expose_function("printed", lambda: printed.append(page.url))
    page.add_init_script("window.print = () => window.printed()")
    page.goto((site / lang / "book" / "index.html").as_uri())
    page.locator("article a[href$='for-educators.html']").first.click()
    page.locator("ul.lessons a[href$='-pupil.html#print']").first.click()
    page.wait_for_function("document.readyState === 'complete'")
    page.wait_for_timeout(200)
    assert len(printed) == 1


def test_everyone_can_read_slides_and_sheets(site: Path, explainers: list[str], page: Page) -> None:
    for kind in KINDS:
        page.goto((site / "nl" / "lessons" / f"{explainers[0]}-{kind}.html").as_uri())
        assert Axe().run(page).response["violations"] == [], kind
        if kind == "slides":
            for place in range(page.evaluate("slides.length")):
                page.evaluate(f"show({place}, true)")
                assert Axe().run(page).response["violations"] == [], place

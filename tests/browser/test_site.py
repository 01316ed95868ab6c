"""The whole book in a real browser, opened from disk: both editions, on a phone and on a desk."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page

from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.publishing.site import loaded_from_elsewhere

LANGUAGES = ("en", "nl")
WIDTHS = (390, 1280)
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
#: What can differ between light and dark.
COLOURS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
#: Axe takes a second or two for a page: all pages of one edition, and one page of each kind of the other.
KINDS = ("book/index", "book/for-everyone", "book/glossary", "book/checked", "search")

#: In points, and what issue and readers ask of a procedure.
A4 = (595, 842)
STEPS_SHEETS = 4

OVERFLOW = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
#: Pictures below the window are loaded when a reader comes near: here all at once.
ALL_LOADED = (
    "Promise.all([...document.images].map(one => { one.loading = 'eager'; return one.decode().catch(() => 0) }))"
)
UNSEEN = "[...document.images].filter(i => !(i.complete && i.naturalWidth > 0)).map(i => i.getAttribute('src'))"
UNSHOWN = """[...document.querySelectorAll('.admonition')]
  .filter(box => !box.closest('details:not([open])') && !box.getBoundingClientRect().height)
  .map(box => box.className)"""
BOXES = "[...document.querySelectorAll('article details')].filter(box => !box.closest('nav'))"
#: Code repeats few colours in thousands of words; axe looks at one word of each, and no longer at the others.
ONE_OF_A_COLOUR = """(() => {
  const seen = new Set();
  for (const word of document.querySelectorAll('.highlight pre span')) {
    const pair = `${word.className} in ${word.closest('.cell_input, .cell_output')?.className}`;
    if (seen.has(pair)) word.replaceWith(...word.childNodes);
    seen.add(pair);
  }
})()"""
ANSWERS_SEEN = """[...document.querySelectorAll('details.sd-dropdown > :not(summary)')]
  .filter(answer => answer.checkVisibility() && answer.innerText.trim()).length"""
#: The reason of a quiz's question is not there until it is answered, which test_quiz does.
NOT_REACHED = (
    f"{BOXES}.filter(box => !box.open && !box.matches('.waiting')).map(box => box.querySelector('summary').textContent)"
)
FOCUS = """(() => {
  const at = document.activeElement;
  if (at.closest('.actions, .provenance, .neighbours, footer')) return 'after';
  return at.matches('article details:not([open]) > summary') && !at.closest('nav') ? 'closed' : 'elsewhere';
})()"""
OPENED = """(() => {
  const box = document.activeElement.parentElement;
  return box.open && [...box.children].slice(1).every(part => part.checkVisibility({opacityProperty: true}));
})()"""
#: What a page says, piece by piece; a formula's letters are drawn in pieces that no reader of PDFs puts together.
SAID = """(() => {
  const apart = 'nav, script, style, math, button, .headerlink, .meaning, .citation > .label, .hide > summary, '
    + '.protocol .cell_input, details.computed, .explorable, .public .cell_input, .at-a-glance, section.desk, '
    + '.public .provenance, .reading, .about-page';
  const walk = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  const said = [];
  while (walk.nextNode()) if (!walk.currentNode.parentElement.closest(apart)) said.push(walk.currentNode.data);
  return said;
})()"""
#: Pixels of CSS between the margins of A4, as handbook.css sets them.
PAPER = {"width": 673, "height": 979}
CUT = f"""[...document.images].map(i => i.getBoundingClientRect())
  .filter(box => box.right > {PAPER["width"]} || box.height > {PAPER["height"]}).length"""
UNTOLD = """[...document.images].filter(i => i.closest('article')).map(i => i.alt)
  .filter(alt => !alt.trim() || /\\.(svg|png|jpe?g)$|[\\\\/]\\w+[\\\\/]/.test(alt))"""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_chapter_as_published_meets_the_contract(site: Path, names: tuple[str, ...], lang: str) -> None:
    for name in names:
        text = (site / lang / f"{name}.html").read_text(encoding="utf-8")
        article = text.partition("<article")[2].partition("</article>")[0]
        assert "<article" in text, name
        for image in re.findall(r"<img\b[^>]*>", article):
            alt = re.search(r'\balt="([^"]*)"', image)
            assert alt, f"{name}: {image[:80]}"
            assert len(alt[1].split()) > 2, f"{name}: {alt[1]}"
            assert not re.search(r"\.(svg|png)$", alt[1]), f"{name}: {alt[1]}"
        assert not re.search(r"(?<![\w:/.])/(home|root|tmp|work|Users)/\w", article), name
        for key in re.findall(r'class="bibtex-citation"[^>]*>(.*?)</span>', article, re.DOTALL):
            assert "<a " in key, f"{name}: a citation that leads nowhere"
        if name.startswith("notebooks/"):
            solution = re.search(r'<details class="solution.*?</details>', article, re.DOTALL)
            assert solution, f"{name}: no solution"
            following = article[solution.start() :]
            following = following.partition("<h2>")[0]
            assert "cell_output" in following or "pasted-text" in following, f"{name}: the solution was not executed"
            assert 'class="provenance"' in text, name
            for ending in ("ipynb", "md"):
                assert (site / lang / f"{name}.{ending}").is_file()


def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    assert list(loaded_from_elsewhere(site)) == []


@pytest.fixture(scope="session")
def names() -> tuple[str, ...]:
    return (*Catalogue.read(handbook_root()).files, "book/api/analysis-distance", "book/api/datasets")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def address(site: Path, lang: str, name: str) -> str:
    return (site / lang / f"{name}.html").as_uri()


def listen(page: Page) -> list[str]:
    """Collect everything that should not happen while pages are opened."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(f"console: {message.text}") if message.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(f"error: {error}"))
    # What was still under way when a page is left (its icon) is given up, not missing.
    page.on(
        "requestfailed",
        lambda request: (
            None
            if "ERR_ABORTED" in str(request.failure)
            else heard.append(f"not loaded: {request.url} {request.failure}")
        ),
    )
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith(("file:", "data:", "blob:"))
            else heard.append(f"sent to another host: {request.url}")
        ),
    )
    return heard


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_opens_without_error_request_or_sideways_scroll(
    site: Path, names: tuple[str, ...], page: Page, lang: str, width: int
) -> None:
    heard = listen(page)
    page.set_viewport_size({"width": width, "height": 900})
    for name in (*names, "search"):
        page.goto(address(site, lang, name))
        assert page.locator("h1").count() == 1, name
        assert not page.evaluate(OVERFLOW), f"{name} is wider than {width} px"
        page.evaluate(ALL_LOADED)
        assert page.evaluate(UNSEEN) == [], name
        assert page.evaluate(UNTOLD) == [], name
        assert page.evaluate(UNSHOWN) == [], name
        assert heard == [], name


@pytest.mark.parametrize(("lang", "width"), [("nl", 390), ("en", 1280)])
def test_axe_finds_nothing(site: Path, names: tuple[str, ...], page: Page, lang: str, width: int) -> None:
    parts = {name.split("/")[1]: name for name in reversed(names) if name.startswith("notebooks/")}
    page.set_viewport_size({"width": width, "height": 900})
    for name in (*names, "search") if lang == "nl" else (*KINDS, *parts.values()):
        page.goto(address(site, lang, name))
        page.evaluate(f"{BOXES}.forEach(box => {{ box.open = true; }})")
        page.evaluate(ONE_OF_A_COLOUR)
        if page.locator("button.menu").is_visible():
            page.locator("button.menu").click()
        for scheme, rules in (("light", RULES), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme)
            found: list[dict[str, Any]] = Axe().run(page, options=rules).response["violations"]
            told = [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"][:3]]
            assert told == [], f"{lang}/{name} at {width} px, {scheme}"
        page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_switch_leads_to_the_same_page_in_the_other_language(
    site: Path, names: tuple[str, ...], page: Page, lang: str
) -> None:
    other = next(one for one in LANGUAGES if one != lang)
    for name in names:
        page.goto(address(site, lang, name))
        assert page.locator("html").get_attribute("lang") == lang
        link = page.locator(f".languages a[hreflang={other}]")
        assert link.evaluate("a => a.href") == address(site, other, name)
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(address(site, other, names[-1]))
    assert page.locator("html").get_attribute("lang") == other


@pytest.mark.parametrize(("lang", "words"), [("en", "microbiome"), ("nl", "darmmicrobioom")])
def test_search_finds_from_every_page_and_from_disk(site: Path, page: Page, lang: str, words: str) -> None:
    heard = listen(page)
    page.goto(address(site, lang, "book/for-everyone"))
    page.get_by_role("searchbox").fill(words)
    page.keyboard.press("Enter")
    found = page.locator("#search-results ul.search li a")
    found.first.wait_for()
    assert words in " ".join(page.locator("#search-results mark").all_inner_texts()).casefold()  # excerpts show it
    found.first.click()
    page.locator("h1").wait_for()
    assert page.get_by_role("article").get_by_text(words[-10:]).count() > 0
    assert heard == []


def test_the_first_page_leads_to_the_readers_language(site: Path, browser: Browser) -> None:
    for locale, lang in (("nl-NL", "nl"), ("en-GB", "en"), ("fr-FR", "en")):
        context = browser.new_context(locale=locale)
        page = context.new_page()
        page.goto((site / "index.html").as_uri())
        page.wait_for_url(address(site, lang, "book/index"))
        context.close()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "index.html").as_uri())
    assert page.locator("a").count() == len(LANGUAGES)
    page.locator("a[hreflang=nl]").click()
    page.wait_for_url(address(site, "nl", "book/index"))
    assert page.locator("nav.contents a").first.is_visible()
    context.close()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_keyboard_alone_opens_every_quiz_solution_and_code(
    site: Path, names: tuple[str, ...], page: Page, lang: str
) -> None:
    first = {name.split("/")[1]: name for name in reversed(names) if name.startswith("notebooks/")}
    explainers = {name for name in names if name.startswith("notebooks/explainers/")}
    for name in sorted({*explainers, *first.values()}):
        page.goto(address(site, lang, name))
        quizzes = page.locator("details.sd-dropdown:not(.waiting)").count()
        assert page.locator("article details").count() > 0, name
        assert page.evaluate(ANSWERS_SEEN) == 0, name
        for key in ("Tab", "Enter"):  # to the content, by the link that skips what stands before it
            page.keyboard.press(key)
        presses = 0
        while (where := page.evaluate(FOCUS)) != "after":
            if where == "closed":
                page.keyboard.press("Enter" if presses % 2 else "Space")
                assert page.evaluate(OPENED), f"{name}: {page.evaluate('document.activeElement.textContent')}"
            page.keyboard.press("Tab")
            presses += 1
            assert presses < 1000, name
        assert page.evaluate(NOT_REACHED) == [], name
        assert page.evaluate(ANSWERS_SEEN) >= quizzes, name


def test_the_menu_of_a_phone_opens_by_keyboard(site: Path, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(address(site, "nl", "book/index"))
    contents = page.locator("nav.contents")
    assert not contents.is_visible()
    page.locator("button.menu").focus()
    page.keyboard.press("Enter")
    assert contents.is_visible()
    assert page.locator("button.menu").get_attribute("aria-expanded") == "true"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "table", "width"),
    [
        ("book/checked", "table.checked", 1280),
        ("book/conditions/ibd", "table.stacks", 390),
        ("notebooks/explainers/treat-through-the-microbiome", "table.stacks", 390),
        ("notebooks/explainers/what-is-the-gut-microbiome", "table.parameters", 390),
    ],
)
def test_a_table_is_seen_to_its_last_column(
    site: Path, page: Page, lang: str, name: str, table: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address(site, lang, name))
    beyond = page.locator(table).first.evaluate("table => table.offsetWidth - table.parentElement.clientWidth")
    assert beyond <= 0


def test_formulas_are_drawn(site: Path, names: tuple[str, ...], page: Page) -> None:
    for name in names:
        page.goto(address(site, "en", name))
        page.evaluate(f"{BOXES}.forEach(box => {{ box.open = true; }})")
        # What paper has on its last sheet is not on the screen.
        drawn = "[...document.querySelectorAll('math')].filter(one => !one.closest('.answers'))"
        boxes = page.evaluate(f"{drawn}.map(one => one.getBoundingClientRect().width)")
        assert all(width > 0 for width in boxes), name
        assert "$$" not in page.locator("article").inner_text(), name


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_is_as_wide_as_paper(site: Path, names: tuple[str, ...], page: Page, lang: str) -> None:
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print")
    for name in names:
        page.goto(address(site, lang, name))
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert page.locator("details:not([open])").count() == 0, name
        assert not page.evaluate(OVERFLOW), name
        assert page.evaluate(CUT) == 0, name
    assert not page.locator("nav.contents").is_visible()
    assert not page.locator("header.site form.search").is_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("article details[open]").count() == 0


@pytest.mark.parametrize(
    ("lang", "name"),
    [
        ("nl", "explainers/count-the-conditions"),
        ("en", "recipes/measure-alpha-diversity"),
        ("en", "protocols/record-metadata"),
    ],
)
def test_paper_loses_nothing(site: Path, page: Page, lang: str, name: str) -> None:
    page.goto(address(site, lang, f"notebooks/{name}"))
    said = page.evaluate(SAID)
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    sheets = [re.sub(r"^\d+ / \d+|\d+ / \d+\s*$", "", sheet.get_textpage().get_text_range()) for sheet in document]
    # The reader of PDFs marks the end of a line that ends in a hyphen.
    printed = re.sub(r"[\s\ufffe-]", "", "".join(sheets))
    pieces = {line for piece in said for line in piece.splitlines()}
    assert len(pieces) > 200
    # A line that goes on on the next sheet is found by its words.
    lost = [piece for piece in pieces if re.sub(r"[\s-]", "", piece) not in printed]
    assert sorted(word for piece in lost for word in re.split(r"[\s-]+", piece) if word not in printed) == []
    assert len(lost) < 5


def test_a_procedure_prints_without_code_and_its_steps_take_four_sheets_at_most(
    site: Path, names: tuple[str, ...], page: Page
) -> None:
    chapters = [name for name in names if name.startswith("notebooks/protocols/")]
    assert len(chapters) > 10
    for name in chapters:
        page.goto(address(site, "en", name))
        document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True, outline=True, tagged=True))
        assert {tuple(map(round, sheet.get_size())) for sheet in document} == {A4}, name
        headings = [(entry.get_title(), entry.get_dest().get_index()) for entry in document.get_toc()]
        texts = [_without_number(sheet.get_textpage().get_text_bounded()) for sheet in document]
        document.close()
        first, last = _sheets_of_steps(headings)
        assert last - first < STEPS_SHEETS, name
        for title, sheet in headings:
            assert not texts[sheet].endswith(_together(title)), f"{name}: {title} stands alone at the end of a sheet"
        assert not any(_together("out.value(") in text for text in texts), f"{name}: code"


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_each_condition_for_professionals_is_one_sheet(
    site: Path, names: tuple[str, ...], page: Page, lang: str
) -> None:
    conditions = [name for name in names if name.startswith("book/conditions/")]
    assert len(conditions) == 11
    for name in conditions:
        page.goto(address(site, lang, name))
        document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
        assert [tuple(map(round, sheet.get_size())) for sheet in document] == [A4], name
        document.close()


def _sheets_of_steps(headings: list[tuple[str, int]]) -> tuple[int, int]:
    """Return the first sheet of a procedure's steps and the one that the next heading is on."""
    place = next(place for place, (title, _) in enumerate(headings) if title.startswith("Steps"))
    return headings[place][1], headings[place + 1][1]


def _together(text: str) -> str:
    return re.sub(r"\W+", "", text)


def _without_number(text: str) -> str:
    return _together(re.sub(r"\s*\d+ / \d+\s*$", "", text))


@pytest.mark.parametrize(("lang", "width"), [("en", 1280), ("nl", 390)])
def test_a_term_shows_its_definition_to_pointer_and_keyboard(site: Path, page: Page, lang: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for name in ("notebooks/explainers/what-is-the-gut-microbiome", "book/for-everyone"):
        page.goto(address(site, lang, name))
        terms = page.locator("article a.term")
        assert 0 < terms.count() <= 12
        for place in range(terms.count()):
            term, tip = terms.nth(place), tip_of(page, terms.nth(place))
            if not term.is_visible():
                continue  # in a box that is closed
            assert not tip.is_visible()
            term.focus()
            assert tip.is_visible()
            assert len(tip.inner_text()) > 10
            assert not page.evaluate(OVERFLOW), tip.inner_text()
            page.keyboard.press("Escape")
            assert not tip.is_visible()
            term.evaluate("link => link.blur()")
        # The pointer can go from the word to the definition, which stays.
        term = next(one for one in terms.all() if one.is_visible())
        term.hover()
        tip = tip_of(page, term)
        assert tip.is_visible()
        word, box = term.bounding_box(), tip.bounding_box()
        assert word is not None
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert word["y"] < box["y"] < word["y"] + 2 * word["height"]
        across = word["x"] + word["width"] / 2
        page.mouse.move(across, box["y"] + box["height"] / 2, steps=20)
        assert tip.is_visible()
        found = Axe().run(page, options=RULES).response["violations"]
        assert [one["id"] for one in found] == []
        page.mouse.move(0, 0)
        assert not tip.is_visible()


def tip_of(page: Page, term: Locator) -> Locator:
    return page.locator(f"#{term.get_attribute('aria-describedby')}")

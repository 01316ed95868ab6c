"""A page for everyone, on a phone, in both editions: the answer and a drawing first, the code in one closed box."""

import html
import re
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser

from handbook_utils.chapters import Catalogue, handbook_root

PHONE = {"width": 390, "height": 844}
#: In screens of that phone: where answer and drawing end, and where what goes deeper begins.
ANSWERED, DEPTH = 1.3, 6
#: In pixels.
LETTERS = 12
#: Of A4, at most, of a page for everyone.
SHEETS = 8

#: Bytes of a page that a reader begins with: its text, its style and its scripts, without figures.
FIRST = 200_000
#: A hyphen in front of a number, where a minus is meant; code and what it reads are written with hyphens.
HYPHEN = re.compile(r"(?:^|(?<=[\s(\[;:]))-\d")
UNSAID = re.compile(r'<(script|style|pre|code)\b.*?</\1>|<details class="computed.*', re.DOTALL)

#: All or nothing of a hundred, and an interval of no width, in either language.
CERTAIN = re.compile(
    r"(?<![\d.,])(?:100|0) (?:of|in|out of|van|van de|van elke) (?:the |every |de |elke )?100\b"
    r"|(?<![\d.,])(\d+(?:[.,]\d+)?) ?%? ?(?:to|tot|–) ?\1 ?(?:%|(?:of|van) )"
)

WHERE = """(() => {
  const box = (one) => one.getBoundingClientRect();
  return {
    answer: box(document.querySelector('div.tip')).bottom,
    drawing: box(document.querySelector('figure.drawing')).bottom,
    depth: box(document.getElementById('in-depth')).top,
  };
})()"""
SMALL = """[...document.querySelectorAll('figure.drawing svg')].flatMap((svg) => {
  const scale = svg.getScreenCTM().a;
  return [...svg.querySelectorAll('text')].filter((text) => parseFloat(getComputedStyle(text).fontSize) * scale < %d)
    .map((text) => text.textContent);
})"""
CUT = """[...document.querySelectorAll('figure.drawing svg')].flatMap((svg) => {
  const frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter((text) => {
    const box = text.getBoundingClientRect();
    return box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 3;
  }).map((text) => text.textContent);
})"""
CODE = """[...document.querySelectorAll('.cell_input')]
  .filter((code) => !code.closest('details.computed, details.solution')).length"""


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_answer_and_drawing_come_first_and_the_code_last(site: Path, browser: Browser, lang: str) -> None:
    pages = [one.slug for one in Catalogue.read(handbook_root()).chapters if one.part == "explainers"]
    assert pages
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    for name in pages:
        page.goto((site / lang / "notebooks" / f"{name}.html").as_uri())
        where = page.evaluate(WHERE)
        assert max(where["answer"], where["drawing"]) <= ANSWERED * PHONE["height"], name
        assert where["drawing"] < where["depth"] <= DEPTH * PHONE["height"], name
        assert page.evaluate(SMALL % LETTERS) == [], name
        assert page.evaluate(CUT) == [], name
        assert page.evaluate(CODE) == 0, name
        box = page.locator("details.computed")
        assert box.count() == 1
        assert not box.evaluate("box => box.open")
        assert box.locator("#parameters, #check").count() == 2
        assert box.locator(".cell_input").count() > 4
        for link in page.locator("nav.audience a").all():
            target = link.get_attribute("href")
            assert page.locator(target).count() == 1, f"{name}: {target}"
        assert page.locator("nav.audience a").count() >= 3
        assert page.locator(".explorable .explorable").count() == 0, name
        assert page.locator("section section :is(.at-a-glance, .explorable)").count() == 0, name
    # A link into the box opens it.
    page.goto((site / lang / "notebooks" / f"{pages[0]}.html").as_uri() + "#check")
    assert page.locator("#check h2").is_visible()
    context.close()


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_every_page_says_what_it_is_about_and_which_editions_there_are(site: Path, lang: str) -> None:
    told = set()
    for name in Catalogue.read(handbook_root()).files:
        head = (site / lang / f"{name}.html").read_text(encoding="utf-8").partition("</head>")[0]
        [said] = re.findall(r'<meta name="description" content="([^"]+)">', head)
        assert 20 < len(html.unescape(said)) <= 202, name
        told.add(said)
        found = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', head))
        assert set(found) == {"en", "nl", "x-default"}
        for other, address in found.items():
            target = (site / lang / f"{name}.html").parent / address
            assert target.resolve() == site / (other if other != "x-default" else "en") / f"{name}.html"
    assert len(told) > 0.9 * len(Catalogue.read(handbook_root()).files)


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_a_public_page_prints_on_few_sheets_without_code_and_with_the_answers_last(
    site: Path, browser: Browser, lang: str
) -> None:
    page = browser.new_page()
    for name in Catalogue.read(handbook_root()).files:
        if not name.startswith(("notebooks/explainers/", "book/")):
            continue
        page.goto((site / lang / f"{name}.html").as_uri())
        document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
        texts = [together(sheet.get_textpage().get_text_range()) for sheet in document]
        document.close()
        assert len(texts) <= SHEETS, f"{name}: {len(texts)} sheets"
        if name.startswith("notebooks/"):
            answers = page.evaluate(
                "[...document.querySelectorAll('.answers li > :nth-child(2)')].map(p => p.textContent)"
            )
            assert len(answers) == page.locator("#quiz details.sd-dropdown").count() > 0, name
            for answer in answers:
                said = together(answer)[:60]
                assert said in texts[-1], f"{name}: {answer}"
                assert not any(said in text for text in texts[:-1]), f"{name}: {answer}"
            alone = page.locator("section > div.cell:has(a.narrow):not(:has(table)) + :is(p, div.admonition)")
            assert alone.count() == 0, f"{name}: a figure may be parted from what is said of it"
            assert not any("outvalue" in text or "importnumpy" in text for text in texts), f"{name}: code"
    page.close()


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_no_page_makes_a_certainty_by_rounding(site: Path, lang: str) -> None:
    told = []
    for path in sorted((site / lang).rglob("*.html")):
        article = path.read_text(encoding="utf-8").partition("<article")[2].partition("</article>")[0]
        plain = re.sub(r"<(pre|script|style)\b.*?</\1>", "", article, flags=re.DOTALL)
        # What `out.value` recorded is right by its own rule: a nothing that it says is one.
        plain = re.sub(r'<span class="pasted-text">.*?</span>', "…", plain)
        seen = " | ".join(re.findall(r'alt="([^"]*)"', plain))
        text = " ".join(html.unescape(f"{re.sub('<[^>]+>', ' ', plain)} | {seen}").split())
        told += [f"{path.stem}: {text[max(0, m.start() - 60) : m.end() + 40]}" for m in CERTAIN.finditer(text)]
    assert told == []


def together(text: str) -> str:
    return re.sub(r"\W+", "", text)


def test_an_explainer_prints_without_its_code(site: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.emulate_media(media="print")
    page.goto((site / "nl" / "notebooks" / "explainers" / "eat-for-your-microbes.html").as_uri())
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert not page.locator("#parameters").is_visible()
    assert page.locator("figure.drawing svg").first.is_visible()
    page.close()


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_a_number_below_nothing_has_a_minus_and_no_hyphen(site: Path, lang: str) -> None:
    pages = [*(site / lang / "book").rglob("*.html"), *(site / lang / "notebooks" / "explainers").glob("*.html")]
    pages += (site / lang / "lessons").glob("*.html")
    pages = [page for page in pages if page.parent.name != "api"]  # what docstrings say of code is code
    wrong, minus = [], 0
    for page in pages:
        text = UNSAID.sub(" ", page.read_text(encoding="utf-8"))
        said = html.unescape(" ".join([re.sub(r"<[^>]*>", " ", text), *re.findall(r'\balt="([^"]*)"', text)]))
        minus += len(re.findall(r"−\d", said))
        wrong += [f"{page.name}: {said[found.start() - 40 : found.end() + 10]}" for found in HYPHEN.finditer(said)]
    assert wrong == []
    assert minus > 20


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_a_page_that_somebody_begins_with_is_light(site: Path, lang: str) -> None:
    pages = [site / lang / "book" / "index.html", *(site / lang / "notebooks" / "explainers").glob("*.html")]
    assert len(pages) > 20
    for page in pages:
        text = re.sub(r"<svg.*?</svg>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        parts = {(page.parent / one).resolve() for one in re.findall(r'(?:src|href)="([^"#?:]+\.(?:js|css))"', text)}
        assert len(text.encode()) + sum(part.stat().st_size for part in parts) <= FIRST, page.name

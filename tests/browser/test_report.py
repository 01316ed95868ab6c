"""The report of a run in a real browser: it stands alone, everyone can read it, and it prints."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from handbook_utils.chapters import Catalogue
from handbook_utils.execution import Request, run_one
from handbook_utils.runs.folder import write_result_folder

ROOT = Path(__file__).parents[1] / "data" / "small-handbook"
OVERFLOW = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module", params=["en", "nl"])
def report(request, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    (folder / "lines.txt").write_text("<script>alert(1)</script>\n" + "long" * 60 + "\n", encoding="utf-8")
    chapter = Catalogue.read(ROOT).get("count-things")
    parameters = {"table": str(folder / "lines.txt"), "lang": request.param}
    outcome = run_one(Request(chapter, parameters, results=folder / "results"), root=ROOT)
    return write_result_folder(outcome, folder / "out", root=ROOT) / "report.html"


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    yield opened
    opened.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_it_stands_alone_and_fits(page, report, width):
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(report.as_uri())
    assert [url for url in asked if not url.startswith("data:")] == [report.as_uri()]
    assert said == []
    assert not page.evaluate(OVERFLOW)
    assert page.evaluate("[...document.images].every(image => image.naturalWidth > 0)")


def test_everyone_can_read_it(page, report):
    page.goto(report.as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.evaluate("document.querySelectorAll('details').forEach(box => box.open = true)")
    # axe is put into the page by the test; the page itself allows no script.
    assert Axe().run(page).response["violations"] == []


def test_it_prints_on_a4(page, report):
    page.goto(report.as_uri())
    printed = page.pdf(prefer_css_page_size=True)
    assert b"/MediaBox [0 0 594.95996 841.91998]" in printed or b"/MediaBox [0 0 595" in printed

"""The quiz in a browser: an answer is told right or wrong, its reason opens, and the right ones are counted."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from handbook_utils.chapters import handbook_root
from handbook_utils.publishing.pages.quiz import choices, read_quiz

SLUG = "explainers/read-a-self-test"


def opened(site: Path, browser: Browser, lang: str, *, script: bool = True) -> Page:
    page = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=script).new_page()
    page.goto((site / lang / "notebooks" / f"{SLUG}.html").as_uri())
    return page


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_an_answer_by_keyboard_opens_its_reason_and_the_score_comes_at_the_end(
    site: Path, browser: Browser, lang: str
) -> None:
    page = opened(site, browser, lang)
    questions = choices(read_quiz(handbook_root())[SLUG], lang)
    assert page.locator("fieldset.asked").count() == len(questions)
    assert page.locator(".quiz details:visible").count() == 0
    for number, question in enumerate(questions):
        right = number > 0  # the first is answered wrongly
        chosen = question["right"] if right else (question["right"] + 1) % len(question["options"])
        form = page.locator("fieldset.asked").nth(number)
        form.locator("input").nth(chosen).focus()
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        said = form.locator("[aria-live]").inner_text()
        assert (question["options"][question["right"]] in said) is not right
        reason = page.locator(".quiz details").nth(number)
        assert reason.is_visible()
        assert reason.evaluate("box => box.open && box === document.activeElement.closest('details')")
    score = page.locator(".quiz [role=status]").inner_text()
    assert str(len(questions) - 1) in score
    assert str(len(questions)) in score
    found = Axe().run(page)
    assert found.response["violations"] == []
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    page.locator(".quiz > button").click()
    assert page.locator(".quiz details:visible").count() == 0
    assert page.evaluate("document.activeElement.type") == "radio"
    page.context.close()


def test_without_a_script_the_boxes_are_there_and_on_paper_the_reasons_come_last(site: Path, browser: Browser) -> None:
    page = opened(site, browser, "nl", script=False)
    assert page.locator("fieldset.asked").count() == 0
    assert page.locator("#quiz details:visible").count() == len(read_quiz(handbook_root())[SLUG])
    page.context.close()
    page = opened(site, browser, "nl")
    page.emulate_media(media="print")
    assert page.locator("fieldset.asked:visible").count() == len(read_quiz(handbook_root())[SLUG])
    assert page.locator("#quiz details:visible").count() == 0
    assert page.locator(".answers li:visible").count() == len(read_quiz(handbook_root())[SLUG])
    page.context.close()

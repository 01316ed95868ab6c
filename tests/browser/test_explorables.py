"""Explorables: their models give Python's numbers, and a reader moves them by keyboard, without a request."""

import json
import random
import re
import runpy
import subprocess
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable
from playwright.sync_api import Browser

from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.publishing.pages.explorables import EXPLORE, FACTS, explorables, facts_of
from handbook_utils.recipes.explorables import KEPT, written

HERE = Path(__file__).parent
#: By its name, what Python computes where an explorable does.
MODELS = runpy.run_path(str(HERE / "explorable_models.py"))
INPUTS = 50
TOLERANCE = 1e-6
#: Bytes of all scripts of a site but the search.
MOST_SCRIPT = 80_000


def shown() -> dict[str, list[str]]:
    """Return the explorables of each explainer."""
    pages = [one for one in Catalogue.read(handbook_root()).chapters if one.part == "explainers"]
    return {
        one.slug: re.findall(r"^:::\{explorable\} ([\w-]+)$", one.path.read_text(encoding="utf-8"), re.MULTILINE)
        for one in pages
    }


PAGES = {name: slug for slug, names in shown().items() for name in names}


def run(name: str, inputs: list[dict[str, object]]) -> dict:
    node = compute_driver_executable()[0]
    given = json.dumps({"name": name, "facts": facts_of(handbook_root(), name), "inputs": inputs})
    command = [node, HERE / "explorables.js", EXPLORE]
    done = subprocess.run(command, input=given, capture_output=True, text=True, encoding="utf-8", check=True)
    return json.loads(done.stdout)


def test_every_explainer_has_an_explorable_and_every_explorable_a_page_and_a_model() -> None:
    assert [slug for slug, names in shown().items() if not names] == []
    assert sorted(PAGES) == explorables()
    assert [name for name in explorables() if name not in MODELS] == []


def test_what_they_need_of_the_data_is_what_the_data_give() -> None:
    assert KEPT == FACTS
    kept = (handbook_root() / KEPT).read_text(encoding="utf-8")
    assert kept == written(), "renew it: python -m handbook_utils.recipes.explorables"


@pytest.mark.parametrize("name", explorables())
def test_the_browser_computes_what_python_does(name: str) -> None:
    drawn = random.Random(name)  # noqa: S311
    knobs = run(name, [])["knobs"]

    def turned(knob: dict) -> object:
        if "options" in knob:
            return drawn.choice(knob["options"])
        return knob["min"] + drawn.randint(0, int((knob["max"] - knob["min"]) / knob["step"] + 0.5)) * knob["step"]

    inputs = [{knob["name"]: turned(knob) for knob in knobs} for _ in range(INPUTS)]
    inputs.append({knob["name"]: knob["start"] for knob in knobs})
    told = run(name, inputs)
    for given, found, said in zip(inputs, told["found"], told["said"], strict=True):
        expected = MODELS[name](**given)
        assert set(found) == set(expected)
        for part, value in expected.items():
            assert found[part] == pytest.approx(value, rel=TOLERANCE, abs=TOLERANCE), (part, given)
        assert said["en"] != said["nl"]
        assert not {"NaN", "undefined", "Infinity"} & set(re.findall(r"\w+", said["nl"] + said["en"]))
    for knob in knobs:
        assert knob["start"] in knob["options"] if "options" in knob else knob["min"] <= knob["start"] <= knob["max"]


def test_parts_that_are_told_add_up_to_the_whole_that_is_told() -> None:
    inputs = [{"change": change} for change in range(1, 61)]
    told = run("ordinary", inputs)
    for said, bars in zip(told["said"], told["bars"], strict=True):
        parts = [float(bar["en"]) for bar in bars]
        [whole] = re.findall(r"in ([\d.]+) of 100", said["en"])
        assert float(whole) == pytest.approx(sum(parts), abs=1e-9)
        assert [float(bar["nl"].replace(",", ".")) for bar in bars] == parts
        assert whole.replace(".", ",") in said["nl"]


@pytest.mark.parametrize(("lang", "shown", "typed"), [("nl", "2,40", "2,95"), ("en", "2.40", "2.95")])
def test_a_typed_number_is_written_as_its_language_writes_it(
    site: Path, browser: Browser, lang: str, shown: str, typed: str
) -> None:
    page = browser.new_page()
    page.goto((site / lang / "notebooks" / f"{PAGES['prices']}.html").as_uri())
    field = page.locator("[data-explorable=prices] [role=spinbutton]").first
    assert field.input_value() == shown
    field.fill(typed)
    assert "prices-bread-wholemeal=2.95" in page.evaluate("location.search")
    field.fill("2.5" if lang == "nl" else "2,5")  # the other mark is understood
    field.blur()
    assert field.input_value() == shown.replace("40", "50")
    assert "prices-bread-wholemeal=2.5" in page.evaluate("location.search")
    page.close()


def test_what_is_nearly_all_is_not_said_to_be_all() -> None:
    [said] = run("chance", [{"tests": 200, "level": 10}])["said"]
    assert "nearly 100 per cent" in said["en"]
    assert "bijna 100 procent" in said["nl"]


def test_what_is_not_nothing_is_not_written_as_none() -> None:
    inputs = [{"base": 1, "odds": 0.2}, {"base": 1, "odds": 1}]
    told = run("risk", inputs)
    assert [bars[1]["en"] for bars in told["bars"]] == ["0.2", "1"]
    assert "0,2: 1 minder" in told["said"][0]["nl"]
    assert "0 more" in told["said"][1]["en"]


@pytest.mark.parametrize("lang", ["en", "nl"])
@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_reader_moves_it_by_keyboard_and_the_address_keeps_it(
    site: Path, browser: Browser, name: str, lang: str
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    heard: list[str] = []
    page.on("request", lambda request: heard.append(request.url) if not request.url.startswith("file:") else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.goto((site / lang / "notebooks" / f"{PAGES[name]}.html").as_uri())
    place = page.locator(f"[data-explorable={name}]")
    sentence, drawn = place.locator("[aria-live=polite]"), place.locator(".drawn")
    before = (sentence.inner_text(), drawn.inner_html())
    knob = place.locator("input, select").first
    knob.focus()
    for _ in range(2):
        page.keyboard.press("ArrowUp" if knob.get_attribute("role") == "spinbutton" else "ArrowDown")
    after, value = (sentence.inner_text(), drawn.inner_html()), knob.input_value()
    assert after != before
    assert f"{name}-" in page.url
    page.reload()
    assert ((sentence.inner_text(), drawn.inner_html()), knob.input_value()) == (after, value)
    page.emulate_media(media="print")
    assert not knob.is_visible()
    assert all(one.is_visible() for one in place.locator("output").all())
    page.emulate_media(media="screen")
    place.locator("button").click()
    assert (sentence.inner_text(), drawn.inner_html()) == before
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert heard == []
    context.close()


def test_all_scripts_of_the_site_but_the_search_are_small(site: Path) -> None:
    loaded = set()
    for path in (site / "en").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        loaded |= {part.partition('"')[0].partition("?")[0] for part in text.split("_static/")[1:]}
    scripts = [one for one in loaded if one.endswith(".js") and not one.startswith("search")]
    assert sum((site / "en" / "_static" / one).stat().st_size for one in scripts) <= MOST_SCRIPT
    assert [one for one in loaded if one.endswith(".js") and not (EXPLORE.parent / one).is_file()] == [
        "search-index.js"
    ]

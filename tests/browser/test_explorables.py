"""Explorables: their models give Python's numbers, and a reader moves them by keyboard, without a request."""

import json
import random
import subprocess
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable
from playwright.sync_api import Browser
from scipy.stats import binom

from handbook_utils.analysis.models.fermentation import acids_a_day, acids_of_a_sugar
from handbook_utils.analysis.models.kinetics import Gut, follow_dose
from handbook_utils.analysis.models.trials import Arm
from handbook_utils.publishing.pages.illustrations import EXPLORE, explorables

HERE = Path(__file__).parent
INPUTS = 50
TOLERANCE = 1e-6
#: Bytes of all scripts of a site but the search.
MOST_SCRIPT = 80_000
PAGES = {
    "fibre": "eat-for-your-microbes",
    "trial": "treat-through-the-microbiome",
    "levodopa": "medicines-and-microbes",
    "chance": "tell-cause-from-association",
}


def fibre(fibre: float, fermentable: float, transit: float) -> dict[str, float]:
    acids = acids_of_a_sugar(60, 22, 18, growth=0.3)
    made = acids_a_day(fibre, fermentable=fermentable / 100, half_time=6, transit=transit, acids=acids)
    return {"acids": made}


def trial(treated: float, percent: float) -> dict[str, float]:
    cured = int(treated * percent / 100 + 0.5)
    low, high = Arm(cured, int(treated)).interval()
    return {"cured": cured, "low": low, "high": high}


def levodopa(vmax: float, emptying: float, dose: float) -> dict[str, float]:
    end = follow_dose(Gut(dose=dose, vmax=vmax, emptying=emptying), 2880, 2).iloc[-1]
    return {"absorbed": float(end["absorbed"]) / dose, "broken": float(end["broken"]) / dose}


def chance(tests: float, level: float) -> dict[str, float]:
    found = binom(int(tests), level / 100)
    return {"expected": float(found.mean()), "any": float(found.sf(0))}


MODELS = {"fibre": fibre, "trial": trial, "levodopa": levodopa, "chance": chance}


def run(name: str, inputs: list[dict[str, float]] | None) -> dict:
    node = compute_driver_executable()[0]
    given = json.dumps({"name": name, "inputs": inputs or []})
    command = [node, HERE / "explorables.js", EXPLORE]
    done = subprocess.run(command, input=given, capture_output=True, text=True, encoding="utf-8", check=True)
    return json.loads(done.stdout)


def test_every_explorable_is_checked() -> None:
    assert set(explorables()) == set(MODELS) == set(PAGES)


@pytest.mark.parametrize("name", MODELS)
def test_the_browser_computes_what_python_does(name: str) -> None:
    drawn = random.Random(name)  # noqa: S311
    knobs = run(name, None)["knobs"]
    steps = {knob["name"]: int((knob["max"] - knob["min"]) / knob["step"] + 0.5) for knob in knobs}
    inputs = [
        {knob["name"]: knob["min"] + drawn.randint(0, steps[knob["name"]]) * knob["step"] for knob in knobs}
        for _ in range(INPUTS)
    ]
    told = run(name, inputs)
    for given, found, said in zip(inputs, told["found"], told["said"], strict=True):
        expected = MODELS[name](**given)
        assert found == pytest.approx(expected, rel=TOLERANCE, abs=TOLERANCE), given
        assert said["en"] != said["nl"]
        assert "NaN" not in said["nl"] + said["en"]
    for knob in knobs:
        assert knob["min"] <= knob["start"] <= knob["max"]


@pytest.mark.parametrize("lang", ["en", "nl"])
@pytest.mark.parametrize("name", PAGES)
def test_a_reader_moves_it_by_keyboard_and_the_address_keeps_it(
    site: Path, browser: Browser, name: str, lang: str
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    heard: list[str] = []
    page.on("request", lambda request: heard.append(request.url) if not request.url.startswith("file:") else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.goto((site / lang / "notebooks" / "explainers" / f"{PAGES[name]}.html").as_uri())
    place = page.locator(f"[data-explorable={name}]")
    sentence = place.locator("[aria-live]")
    before = sentence.inner_text()
    knob = place.locator("input").first
    knob.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    after, value = sentence.inner_text(), knob.input_value()
    assert after != before
    assert f"{name}-" in page.url
    page.reload()
    assert (sentence.inner_text(), knob.input_value()) == (after, value)
    place.locator("button").click()
    assert sentence.inner_text() == before
    assert place.locator(".bar").count() >= 2
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

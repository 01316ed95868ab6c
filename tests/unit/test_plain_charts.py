"""The plain charts: what each says of its data, in both languages, with letters that a telephone shows at 12 px."""

import importlib
import inspect
import pkgutil
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from handbook_utils.figures import plain
from handbook_utils.figures.plain.bars import bars
from handbook_utils.figures.plain.change import change
from handbook_utils.figures.plain.chart import GROUND, PALE, inked, upon
from handbook_utils.figures.plain.curves import curves
from handbook_utils.figures.plain.diagram import diagram
from handbook_utils.figures.plain.dots import dots
from handbook_utils.figures.plain.histogram import histogram
from handbook_utils.figures.plain.marks import marks
from handbook_utils.figures.plain.parts import parts
from handbook_utils.figures.plain.people import people
from handbook_utils.figures.plain.spans import spans
from handbook_utils.figures.style import GREY, INK, OKABE_ITO, WIDTH, Drawn
from handbook_utils.figures.svg import svg_bytes

#: How wide a figure is on a telephone, in pixels: 390 less the margins of the page.
PHONE = 358
GENERATOR = np.random.default_rng(1)
TITLE = "A title that is a message of some length, with 12 of 30 in it"
COUNTED = pd.Series({"irritable bowel": 124.5, "a condition with a name that needs two lines to be told": 3.25})
SPANS = pd.DataFrame({"start": [0, 4.5, 30], "end": [4.5, 46, 30]}, index=["first", "second", "a moment"])
OWN = pd.DataFrame(
    {"start": [0, 1], "end": [56.5, 9], "at": [20, 4.5], "low": [18, 3], "high": [22, 6]}, index=["A", "B"]
)
X = np.arange(40)
LINES = pd.concat(
    pd.DataFrame({"panel": panel, "line": line, "x": X, "y": np.sin(X / 9 + shift) + 2, "low": 0.5, "high": 1.5})
    for panel in ("acids (mmol)", "sugars (mmol)")
    for shift, line in enumerate(("with", "without bacteria"))
)
DOTS = pd.DataFrame(
    {"panel": ["man A"] * 40 + ["man B"] * 40, "x": [*X, *X], "y": GENERATOR.uniform(1, 9, 80), "kind": ["a", "b"] * 40}
)
GRID = pd.DataFrame({"animal": ["yes", None], "trial": ["mixed", "no"]}, index=["stress", "depression"])
VALUES = {"two people": GENERATOR.normal(50, 9, 200), "one person": GENERATOR.normal(70, 9, 50)}

CHARTS = {
    "bars": lambda lang: bars(COUNTED, "of every 1,000", title=TITLE, notes={"irritable bowel": "estimate"}, lang=lang),
    "people": lambda lang: people(
        {"known": 13, "estimated to have it": 92, "others": 895}, title=TITLE, across=40, lang=lang
    ),
    "marks": lambda lang: marks(GRID, title=TITLE, kinds={"yes": "a link", "mixed": "weak", "no": "none"}, lang=lang),
    "spans": lambda lang: spans(SPANS, "days", title=TITLE, digits=1, lang=lang),
    "parts": lambda lang: parts(
        pd.DataFrame({"found": [11, 8.5], "missed": [9, 12]}, index=["a", "b"]),
        "people",
        title=TITLE,
        digits=1,
        lang=lang,
    ),
    "histogram": lambda lang: histogram(
        VALUES,
        "shared",
        title=TITLE,
        bins=np.arange(0, 101, 5),
        lines={"two people": (50.5, "middle")},
        counted="pairs",
        digits=1,
        lang=lang,
    ),
    "change": lambda lang: change(
        pd.DataFrame({"before": [50, 40.5], "after": [80, 45]}, index=["q 1", "q 2"]),
        "right (%)",
        title=TITLE,
        digits=1,
        lang=lang,
    ),
    "curves": lambda lang: curves(
        LINES, "day", title=TITLE, level=(1.5, "truth"), moments=[(12, "campaign")], shaded=(0, 4), digits=1, lang=lang
    ),
    "dots": lambda lang: dots(DOTS, "day", title=TITLE, level=(4, "limit"), digits=1, lang=lang),
    "diagram": lambda lang: diagram(
        {"age": (0, 1), "illness": (1, 0)},
        {("age", "illness"): "?"},
        title=TITLE,
        asked=[("age", "illness")],
        lang=lang,
    ),
}


def test_every_plain_chart_is_held_to_this():
    modules = {module.name for module in pkgutil.iter_modules(plain.__path__)} - {"chart"}
    for name in modules:
        function = getattr(importlib.import_module(f"{plain.__name__}.{name}"), name)
        assert inspect.get_annotations(function, eval_str=True)["return"] is Drawn
    assert modules == set(CHARTS)


@pytest.mark.parametrize("lang", ["en", "nl"])
@pytest.mark.parametrize("chart", CHARTS)
def test_the_text_begins_with_the_message_and_letters_are_12_px_on_a_telephone(chart, lang):
    drawn = CHARTS[chart](lang)
    assert drawn.alt.startswith(f"{TITLE}. ")
    assert len(drawn.alt) > len(TITLE) + 30
    assert not {"nan", "None"} & set(drawn.alt.replace(",", " ").split())
    assert drawn.figure.get_size_inches()[0] == WIDTH
    root = ElementTree.fromstring(svg_bytes(drawn.figure))  # noqa: S314 - our own drawing
    scale = PHONE / float(root.get("viewBox").split()[2])
    sizes = [
        float(part.split(":")[1].removesuffix("px"))
        for text in root.iter("{http://www.w3.org/2000/svg}text")
        for part in text.get("style").split(";")
        if part.strip().startswith("font-size")
    ]
    assert sizes
    assert min(sizes) * scale >= 12
    assert svg_bytes(CHARTS[chart](lang).figure) == svg_bytes(CHARTS[chart](lang).figure)


@pytest.mark.parametrize("chart", [chart for chart in CHARTS if chart not in ("marks", "people")])
def test_languages_differ(chart):
    assert CHARTS[chart]("en").alt != CHARTS[chart]("nl").alt


def test_a_point_with_its_interval_beside_a_band():
    alt = spans(OWN, "share (%)", title=TITLE, span="others", point="you").alt
    assert "A you 20 (18 to 22), others 0 to 56; B you 4 (3 to 6)" in alt


def test_what_is_counted_in_a_grid_is_told_as_numbers():
    row = pd.DataFrame([["cured"] * 3 + ["not"] * 2], index=["stool"], columns=range(1, 6))
    assert "stool: 3 cured, 2 not." in marks(row, title=TITLE, kinds={"cured": "cured", "not": "not"}).alt


def at_night(colour: str) -> np.ndarray:
    """Return a colour as the site's dark scheme shows it: invert(.92), then a hue turned by half."""
    turned = 0.92 - 0.84 * np.array(to_rgb(colour))
    red, green, blue = 0.213, 0.715, 0.072
    half = np.array(
        [[2 * red - 1, 2 * green, 2 * blue], [2 * red, 2 * green - 1, 2 * blue], [2 * red, 2 * green, 2 * blue - 1]]
    )
    return np.clip(half @ turned, 0, 1)


def contrast(one: np.ndarray, other: np.ndarray) -> float:
    def luminance(colour: np.ndarray) -> float:
        linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
        return float(linear @ np.array([0.2126, 0.7152, 0.0722]))

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", [*OKABE_ITO, inked(OKABE_ITO[5]), PALE, GROUND])
def test_a_number_upon_a_bar_is_read_by_day_and_at_night(colour):
    written = upon(colour)
    ground = "white" if "bbox" in written else colour
    for seen in (lambda name: np.array(to_rgb(name)), at_night):
        assert contrast(seen(written["color"]), seen(ground)) >= 4.5, colour


@pytest.mark.parametrize("colour", [PALE, GREY, INK])
def test_what_is_grey_stands_off_from_the_paper_by_day_and_at_night(colour):
    for seen in (lambda name: np.array(to_rgb(name)), at_night):
        assert contrast(seen(colour), seen("white")) >= 3, colour


def test_no_number_cuts_a_bar_in_two():
    drawn = bars(COUNTED, "of 1,000", title=TITLE, notes=dict.fromkeys(COUNTED.index, "a guess"), marked=COUNTED.index)
    upon_bars = [text for text in drawn.figure.axes[0].texts if text.get_color() == "white"]
    assert upon_bars
    assert all(text.get_bbox_patch() is None for text in upon_bars)


def test_every_value_asked_for_is_named_on_a_logarithmic_axis():
    drawn = dots(DOTS, "day", title=TITLE, log=True, values=[0.5, 2, 4, 8, 16], lang="nl")
    assert [label.get_text() for label in drawn.figure.axes[0].get_yticklabels()] == ["0,5", "2", "4", "8", "16"]

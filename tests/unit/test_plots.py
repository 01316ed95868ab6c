"""The named plots: what each says of its data, in both languages, and that its text can be read on a telephone."""

import importlib
import inspect
import pkgutil
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from handbook_utils import figures
from handbook_utils.chapters import handbook_root
from handbook_utils.figures.composition import shares_by_group
from handbook_utils.figures.course import course
from handbook_utils.figures.curves import curves
from handbook_utils.figures.distribution import distribution
from handbook_utils.figures.forest import forest
from handbook_utils.figures.heatmap import heatmap
from handbook_utils.figures.ordination import ordination
from handbook_utils.figures.paired import paired
from handbook_utils.figures.scatter import scatter
from handbook_utils.figures.stacked import stacked
from handbook_utils.figures.style import GREY, WIDTH, Drawn, colours_or_grey, marked
from handbook_utils.figures.svg import FONTS, svg_bytes

GENERATOR = np.random.default_rng(1)
#: How wide a figure is on a telephone, in pixels: 390 less the margins of the page.
PHONE = 358
NAMES = [f"s{number}" for number in range(30)]
GROUPS = pd.Series(["a", "b", "c"] * 10, index=NAMES)
POINTS = pd.DataFrame(GENERATOR.normal(size=(30, 2)), index=NAMES, columns=["PC1", "PC2"])
VALUES = pd.Series(GENERATOR.uniform(1, 9, 30), index=NAMES)
EFFECTS = pd.DataFrame({"size": [0.1, -2.0], "low": [-1, -3], "high": [1, -1.5]}, index=["a long name of a taxon", "b"])
SHARES = pd.DataFrame(GENERATOR.dirichlet(np.ones(12), 30), index=NAMES, columns=[f"taxon {n}" for n in range(12)])
SERIES = pd.DataFrame({"time": [0, 7, 14] * 10, "value": VALUES.to_numpy(), "line": np.repeat(range(10), 3)})
PAIRS = pd.DataFrame({"before": VALUES[:10].to_numpy(), "after": VALUES[10:20].to_numpy()})
RISING = pd.DataFrame({"line": np.repeat(["s1", "s2"], 4), "size": [1, 9, 50, 100] * 2, "value": [1.0, 5, 9, 10] * 2})
RISING = RISING.assign(low=0.9 * RISING["value"], high=1.1 * RISING["value"], read=50)

PLOTS = {
    "forest": lambda lang: forest(EFFECTS, "log2", lang=lang),
    "ordination": lambda lang: ordination(POINTS, GROUPS, shares={"PC1": 0.5, "PC2": 0.2}, lang=lang),
    "distribution": lambda lang: distribution(VALUES, GROUPS, "Shannon", lang=lang),
    "stacked": lambda lang: stacked(SHARES, GROUPS, lang=lang),
    "course": lambda lang: course(SERIES, "Shannon", lang=lang),
    "paired": lambda lang: paired(PAIRS, "Shannon", lang=lang),
    "scatter": lambda lang: scatter(VALUES, 2 * VALUES, ("reads", "taxa"), groups=GROUPS, log="x", lang=lang),
    "curves": lambda lang: curves(RISING, "expected taxa", log=True, beyond="more than was read", lang=lang),
    "heatmap": lambda lang: heatmap(SHARES.iloc[:8, :8], "aandeel", lang=lang),
}


def test_every_named_plot_is_held_to_this():
    modules = [module.name for module in pkgutil.iter_modules(figures.__path__)]
    named = {
        name
        for name in modules
        if Drawn
        in [
            inspect.get_annotations(function, eval_str=True).get("return")
            for function in vars(importlib.import_module(f"handbook_utils.figures.{name}")).values()
            if inspect.isfunction(function) and function.__name__ == name
        ]
    }
    assert named == set(PLOTS)


@pytest.mark.parametrize("plot", PLOTS)
@pytest.mark.parametrize("lang", ["en", "nl"])
def test_a_plot_has_a_text_of_its_own_and_letters_of_12_px_on_a_telephone(plot, lang):
    drawn = PLOTS[plot](lang)
    assert len(drawn.alt) > 60
    assert not {"nan", "None"} & set(drawn.alt.replace(",", " ").split())
    assert drawn.figure.get_size_inches()[0] == WIDTH
    view = ElementTree.fromstring(svg_bytes(drawn.figure)).get("viewBox").split()  # noqa: S314 - our own drawing
    scale = PHONE / float(view[2])
    texts = [text for text in drawn.figure.findobj(lambda artist: hasattr(artist, "get_fontsize")) if text.get_text()]
    assert min(text.get_fontsize() for text in texts) * scale >= 12


@pytest.mark.parametrize("plot", PLOTS)
def test_the_same_data_give_the_same_bytes(plot):
    assert svg_bytes(PLOTS[plot]("en").figure) == svg_bytes(PLOTS[plot]("en").figure)


def test_the_two_languages_differ_in_words_and_numbers():
    assert "0.10 (−1.00 to 1.00)" in PLOTS["forest"]("en").alt
    assert "0,10 (−1,00 tot 1,00)" in PLOTS["forest"]("nl").alt
    assert "1 of 2 intervals lie on one side of 0." in PLOTS["forest"]("en").alt


def test_more_groups_than_colours_are_grey_not_an_error():
    groups = pd.Series([f"g{number % 10}" for number in range(30)], index=NAMES)
    drawn = distribution(VALUES, groups, "Shannon")
    colours = [tuple(points.get_facecolor()[0][:3]) for points in drawn.figure.axes[0].collections[::2]]
    grey = tuple(int(GREY[place : place + 2], 16) / 255 for place in (1, 3, 5))
    assert colours.count(pytest.approx(grey)) == 3
    assert "g9" in drawn.alt


def test_what_is_missing_is_told():
    gone = VALUES.copy()
    gone.iloc[:2] = np.nan
    assert "2 without a value are not drawn." in distribution(gone, GROUPS, "Shannon").alt
    pairs = PAIRS.copy()
    pairs.iloc[0, 1] = np.nan
    assert "1 without both measurements are not drawn." in paired(pairs, "Shannon").alt


def test_parts_without_a_colour_are_one_grey_part():
    alt = stacked(SHARES).alt
    assert alt.count(" %") == 8
    assert "other taxa" in alt


def test_text_is_text_in_the_letters_of_the_site_and_stays_where_it_is_aligned():
    drawn = Figure(figsize=(4, 2))
    drawn.text(0.5, 0.5, "one longer line\ntwo", ha="right")
    drawn.text(0.2, 0.5, "above\nmuch below", ha="center", rotation=90)
    drawn.text(0.5, 0.2, "a\nb c")
    root = ElementTree.fromstring(svg_bytes(drawn))  # noqa: S314 - our own drawing
    lines = {one.text: one for one in root.iter("{http://www.w3.org/2000/svg}text")}
    assert [lines[text].get("x") for text in ("one longer line", "two")] == ["144", "144"]
    assert all("text-anchor: end" in lines[text].get("style") for text in ("one longer line", "two"))
    assert all("text-anchor: middle" in lines[text].get("style") for text in ("above", "much below"))
    assert lines["above"].get("y") == lines["much below"].get("y")
    assert lines["a"].get("x") == lines["b c"].get("x") == "144"
    site = (handbook_root() / "src/handbook_utils/publishing/theme/static/handbook.css").read_text(encoding="utf-8")
    assert f"--sans: {FONTS.replace(chr(39), chr(34))};" in site
    assert FONTS in root.find(".//{http://www.w3.org/2000/svg}style").text


def test_no_two_groups_look_alike_however_many_there_are() -> None:
    groups = pd.Series([f"g{n}" for n in range(20) for _ in range(3)])
    looks = marked(colours_or_grey(groups))
    assert len(set(looks.values())) == len(looks) == 20


def test_groups_too_many_to_draw_apart_are_said_to_be_together() -> None:
    shares = pd.DataFrame({"A": np.linspace(0.1, 1, 24), "B": np.linspace(0.9, 0, 24)})
    drawn = shares_by_group(shares, pd.Series([f"g{n % 12}" for n in range(24)]), 0.001)
    assert "24 samples, all 12 groups together" in drawn.alt
    assert "all 12 groups together" in drawn.figure.axes[0].get_title(loc="left").replace("\n", " ")


def test_the_end_of_an_arrow_is_on_the_map() -> None:
    points = pd.DataFrame({"PC1": [-1.0, 1.0, 0.0], "PC2": [0.0, 0.1, -0.1]}, index=[*"abc"])
    arrows = pd.DataFrame({"PC1": [0.0], "PC2": [-1.0]}, index=["Blautia"])
    figure = ordination(points, arrows=arrows).figure
    figure.canvas.draw()
    low, high = figure.axes[0].get_ylim()
    assert low <= -0.85 <= high


def test_a_label_that_is_wider_than_its_axes_is_broken_where_the_figure_ends() -> None:
    names = [f"A name of {number} letters" for number in range(10, 14)]
    effects = pd.DataFrame({"size": 1.0, "low": 0.0, "high": 2.0}, index=names)
    figure = forest(effects, "log2 fold change, 12 against 6 months (95 % interval)").figure
    figure.draw_without_rendering()
    label = figure.axes[0].xaxis.label
    box = label.get_window_extent()
    assert figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1
    label.set_wrap(False)
    assert label.get_window_extent().x1 > figure.bbox.x1


def test_arrows_of_a_map_are_numbered_and_named_in_a_key_and_no_number_lies_on_another():
    points = pd.DataFrame(np.random.default_rng(1).normal(0, 0.2, (30, 2)), columns=["PC1", "PC2"])
    ends = pd.DataFrame([[0.8, 0.0], [0.6, 0.0], [-0.5, 0.1], [0.0, 0.0]], index=list("wxyz"), columns=points.columns)
    figure = ordination(points, arrows=ends).figure
    svg_bytes(figure)
    [axes] = figure.axes
    assert [text.get_text() for text in figure.legends[0].get_texts()] == list("wxyz")
    numbers = {text.get_text(): text for text in axes.texts if text.get_text()}
    assert list(numbers) == ["1", "2", "3", "4"]
    boxes = [text.get_window_extent() for text in numbers.values()]
    assert not any(one.overlaps(other) for n, one in enumerate(boxes) for other in boxes[:n])

"""Numbers on the axes of a figure are written as in the text beside it."""

import datetime
import io
import re
from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from handbook_utils.figures import svg
from handbook_utils.figures.style import use_style, write_numbers
from handbook_utils.results import Results


def labels(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


@pytest.mark.parametrize(
    ("lang", "thousands", "halves"),
    [("nl", ["0", "2.000", "4.000"], ["−0,5", "0,0", "0,5"]), ("en", ["0", "2,000", "4,000"], ["−0.5", "0.0", "0.5"])],
)
def test_thousands_and_decimals_are_in_the_language_of_the_reader(lang, thousands, halves):
    axes = Figure().subplots()
    axes.set(xticks=[0, 2000, 4000], yticks=[-0.5, 0, 0.5])
    write_numbers(axes.figure, Results(lang).number)
    assert labels(axes.xaxis) == thousands
    assert labels(axes.yaxis) == halves


def test_logarithmic_axes_and_powers():
    Results("nl")  # sets the style, with which 1000 is written out
    axes = Figure().subplots()
    axes.set(xscale="log", xlim=(0.01, 1000), yscale="log", ylim=(1, 1e12))
    write_numbers(axes.figure, Results("nl").number)
    assert {"0,01", "1", "1.000"} <= set(labels(axes.xaxis))
    assert any("10^{6}" in text or "10^{8}" in text for text in labels(axes.yaxis))


def test_names_dates_and_own_numbers_stay():
    left, middle, right = Figure().subplots(1, 3)
    left.bar(["1000", "2000"], [1, 2])
    middle.plot([datetime.date(2020, 1, 1), datetime.date(2024, 1, 1)], [1, 2])
    right.set_xticks([1000, 2000], ["1000 reads", "2000"])
    before = [labels(axes.xaxis) for axes in (left, middle, right)]
    write_numbers(left.figure, Results("nl").number)
    assert [labels(axes.xaxis) for axes in (left, middle, right)] == before


def test_axes_that_are_shared_are_written_once():
    above, below = Figure().subplots(2, sharex=True)
    below.set(xlim=(0, 3000), xticks=[0, 1500, 3000])
    write_numbers(above.figure, Results("nl").number)
    write_numbers(above.figure, Results("nl").number)
    assert labels(below.xaxis) == ["0", "1.500", "3.000"]


def test_a_chapter_needs_to_do_nothing(tmp_path, monkeypatch, capsys):
    written = []
    monkeypatch.setattr(
        "handbook_utils.figures.svg.svg_bytes", lambda figure: written.append(labels(figure.axes[0].xaxis))
    )
    monkeypatch.setattr("handbook_utils.results.shown.base64.b64encode", lambda _: b"")
    axes = Figure().subplots()
    axes.set(xticks=[0, 2000])
    Results("nl").figure(axes.figure, "a", alt="A.")
    assert written == [["0", "2.000"]]


def test_counts_in_a_table_have_no_decimals(monkeypatch):
    shown: list[dict[str, str]] = []
    monkeypatch.setattr("handbook_utils.results.shown._display", lambda bundle, *_: shown.append(bundle))
    frame = pd.DataFrame(
        {"a": [55.0, 2151.0, 0.25], "n": [3.0, np.nan, 4.0], "p": [1.0, 0.5, 1.0]}, index=["samples", "reads", "share"]
    )
    Results("nl", folder=None).table(frame, "t", "T", digits=2)
    cells = re.findall(r"<td>([^<]*)</td>", shown[0]["text/html"])
    assert [cell for cell in cells if cell] == ["55", "3", "1", "2.151,00", "0,50", "0,25", "4", "1,00"]


def _of_all_kinds(kind):
    use_style()
    figure = Figure(figsize=(4, 5))
    if kind == "polar":
        figure.subplots(subplot_kw={"projection": "polar"}).plot([1, 2, 3])
        return figure
    above, below = figure.subplots(2, 1, sharex=kind == "shared")
    above.plot([1, 2000, 3], label="a name of two\nlines")
    above.set(title="a title that is longer than its axes are wide", ylabel="reads", yscale="log")
    below.scatter([1, 2], [3, 1e7])
    below.set_xlabel("a label")
    below.tick_params(axis="x", labelrotation=45)
    if kind == "wrapped":
        below.text(0.6, 0.5, "words that are broken where the figure ends, and so by where they stand", wrap=True)
    if kind == "twins":
        above.twinx().plot([3, 1, 2])
        figure.align_ylabels()
    if kind == "dates":
        above.set(yscale="linear")
        above.plot([datetime.date(2020, 1, 1), datetime.date(2024, 1, 1)], [1, 2])
    if kind == "minor":
        below.minorticks_on()
        below.grid(which="both")
    if kind == "arrow":
        below.annotate("here", (1, 3), (1.5, 5e6), arrowprops={"arrowstyle": "->"})
    figure.legend(loc="outside upper left")
    return figure


def _apart(one, other):
    """Return by how much the numbers of two figures differ that are the same otherwise, without ids made of numbers."""
    numbers = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
    texts = [re.sub(r'(?<=id=")\w+|(?<=#)[a-z]\w{10}\b', "", drawn.decode()) for drawn in (one, other)]
    assert numbers.sub("", texts[0]) == numbers.sub("", texts[1])
    return max(abs(float(a) - float(b)) for a, b in zip(*(numbers.findall(text) for text in texts), strict=True))


KINDS = ["plain", "shared", "wrapped", "twins", "arrow", "polar", "dates", "minor"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_worked_out_once_draws_the_same(kind, monkeypatch):
    spared = svg.svg_bytes(_of_all_kinds(kind))
    assert svg.svg_bytes(_of_all_kinds(kind)) == spared
    monkeypatch.setattr(svg, "_measured_once", lambda figure: nullcontext())
    assert _apart(svg.svg_bytes(_of_all_kinds(kind)), spared) < 0.001


@pytest.mark.parametrize("kind", KINDS)
def test_lines_measured_letter_by_letter_draw_the_same(kind, monkeypatch):
    spared = svg.svg_bytes(_of_all_kinds(kind))
    monkeypatch.delattr(svg._Renderer, "get_text_width_height_descent")
    assert _apart(svg.svg_bytes(_of_all_kinds(kind)), spared) < 0.1


@pytest.mark.filterwarnings("ignore:Glyph")
@pytest.mark.parametrize("weight", ["normal", "bold", 700])
@pytest.mark.parametrize("style", ["normal", "italic"])
def test_a_line_is_as_wide_as_matplotlib_has_it(weight, style):
    use_style()
    font = FontProperties(size=12, weight=weight, style=style)
    ours, theirs = (kind(1, 1, io.StringIO()) for kind in (svg._Renderer, RendererSVG))
    letters = [chr(number) for number in (*range(32, 127), *range(0xA0, 0x250), *range(0x370, 0x400), 0x2080, 0x2264)]
    lines = [f"{letter}{letter}a f{letter} T{letter}V" for letter in letters]
    lines += [
        "",
        "Effects of an efficient, affluent flow: ffi ffl fff fi fl",
        "e\u0301a\u200bb",
        "שלום",
        "日",
        "AVATAR\u20d7",
    ]
    for line in lines:
        assert ours.get_text_width_height_descent(line, font, False) == pytest.approx(
            theirs.get_text_width_height_descent(line, font, False), abs=0.01
        ), line


def test_drawing_leaves_the_figure_and_matplotlib_as_they_were():
    figure = _of_all_kinds("plain")
    canvas, make = figure.canvas, Axis._get_tick
    svg.svg_bytes(figure)
    assert (figure.canvas, figure.dpi, Axis._get_tick) == (canvas, 100, make)
    first, second, *_ = figure.axes[1].xaxis.get_major_ticks()
    first.label1.set(weight="bold", color="red")
    first.tick1line.set_markersize(9)
    assert (second.label1.get_weight(), second.label1.get_color()) == ("normal", "black")
    assert second.tick1line.get_markersize() < 9

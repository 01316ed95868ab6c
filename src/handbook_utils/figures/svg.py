"""A figure as SVG in which text is text: it can be searched, read out, and set in the reader's own letters.

The figure is laid out in DejaVu Sans, which is wider than what most machines have for :data:`FONTS`: what fits here
fits there. So that it also stays in its place there, every line is anchored where it is aligned, which matplotlib does
for a single line only.

A layout that gives every label its room asks each axis for its ticks a dozen times, and each text for its size as
often; matplotlib works both out anew every time, by another renderer than the one that draws, and makes each tick from
nothing. Here the renderer that draws is asked, what it said is remembered for each place, a line is as wide as its
letters are, and a tick is a copy of the first: the same layout within a hundredth of a point, in half the time
(measured on 202 figures of the handbook).
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from copy import copy
from functools import lru_cache
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis, XAxis, XTick, YAxis, YTick
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import Kerning, LoadFlags
from matplotlib.patches import FancyArrowPatch
from matplotlib.spines import Spine
from matplotlib.text import Text
from matplotlib.transforms import Bbox

#: The letters of the site (``--sans`` in its style sheet).
FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"
#: The font of :func:`handbook_utils.figures.style.use_style`.
LAID_OUT_IN = "DejaVu Sans"
#: What is as wide as its letters are: Latin, Greek and Cyrillic ones, and signs. Two may join, three are not looked at.
_ALONE = re.compile(
    r"(?!.*ff[fil])[ -~\u00a0-\u00ac\u00ae-\u02e4\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u2070-\u20bf"
    r"\u2100-\u2bff]+"
)
_LAID_OUT = re.compile(r" font-family: 'DejaVu Sans';?")
#: The part of a line's width that lies before the place that it is anchored to.
_BEFORE = {"left": 0.0, "center": 0.5, "right": 1.0}


class _Steps(dict[tuple[str, str], tuple[float, int, int]]):
    """How far a letter carries after another, kerned, and how high and low it reaches, in 1/6400 of the font's size."""

    def __init__(self, weight: str | int, style: str) -> None:
        self._path = findfont(FontProperties(family=LAID_OUT_IN, weight=weight, style=style))  # type: ignore[arg-type]

    def __missing__(self, pair: tuple[str, str]) -> tuple[float, int, int]:
        before, letter = pair
        font = get_font(self._path)
        number = font.get_char_index(ord(letter))
        if not number:
            raise KeyError(letter)  # another font has it
        if not before:
            font.set_size(100, 72)
            glyph = font.load_char(ord(letter), flags=LoadFlags.NO_HINTING)
            step: tuple[float, int, int] = glyph.horiAdvance, glyph.bbox[3], glyph.bbox[1]
        else:
            far, high, low = self["", letter]
            if before == "f" and letter in "fil":  # joined
                font.set_size(100, 72)
                font.set_text(before + letter, flags=LoadFlags.NO_HINTING)
                far = font.get_width_height()[0] - self["", before][0]
            else:
                units = font.get_kerning(font.get_char_index(ord(before)), number, Kerning.UNSCALED)
                far += units * 6400 / font.units_per_EM
            step = far, high, low
        self[pair] = step
        return step


_steps = lru_cache(maxsize=None)(_Steps)


class _Renderer(RendererSVG):
    """Measures a line letter by letter, and anchors the lines of a text of several lines, too.

    matplotlib loads the outlines of all letters anew to see how wide a line is. Where lines meet is how they are
    aligned.
    """

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> tuple[float, float, float]:
        if not ismath and prop.get_family() == [LAID_OUT_IN] and _ALONE.fullmatch(s):
            steps = _steps(prop.get_weight(), prop.get_style())
            with suppress(KeyError):
                far, high, low = zip(*(steps[pair] for pair in zip(("", *s), s, strict=False)), strict=True)
                scale = prop.get_size_in_points() / 6400
                return sum(far) * scale, (max(high) - min(low)) * scale, -min(low) * scale
        return super().get_text_width_height_descent(s, prop, ismath)  # type: ignore[no-any-return, no-untyped-call]

    def open_group(self, s: str, gid: str | None = None) -> None:
        self._lines: list[tuple[Any, float, float, str, Any, float, float]] = []
        super().open_group(s, gid)  # type: ignore[no-untyped-call]

    def draw_text(
        self,
        gc: Any,
        x: float,
        y: float,
        s: str,
        prop: Any,
        angle: float,
        ismath: Any = False,
        mtext: Text | None = None,
    ) -> None:
        if s != s.strip():  # blanks that make room; SVG drops them
            s = s.replace(" ", "\N{NO-BREAK SPACE}")
        if mtext is None and not ismath:
            width, _, _ = self.get_text_width_height_descent(s, prop, ismath)
            self._lines.append((gc, x, y, s, prop, angle, width))
        else:
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)  # type: ignore[no-untyped-call]

    def close_group(self, s: str) -> None:
        lines, self._lines = self._lines, []
        if lines:
            across, down = math.cos(math.radians(lines[0][5])), math.sin(math.radians(lines[0][5]))
            begins = [x * across - y * down for _, x, y, *_ in lines]

            def apart(aligned: str) -> float:
                places = [begin + _BEFORE[aligned] * line[-1] for begin, line in zip(begins, lines, strict=True)]
                return max(places) - min(places)

            aligned = min(_BEFORE, key=apart)
            for gc, x, y, text, prop, angle, width in lines:
                moved = _BEFORE[aligned] * width
                at = x + moved * across, self.height - (y - moved * down)
                anchor = Text(*at, ha=aligned, rotation_mode="anchor")
                super().draw_text(gc, x, y, text, prop, angle, False, anchor)  # type: ignore[no-untyped-call]
        super().close_group(s)  # type: ignore[no-untyped-call]


class _Canvas(FigureCanvasBase):
    """Has the figure laid out by the renderer that draws it: what is measured is what is drawn, and measured once."""

    renderer: Any

    def get_renderer(self) -> Any:
        return self.renderer


def svg_bytes(figure: Figure) -> bytes:
    """Return the figure as SVG, the same bytes for the same figure.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        It is laid out as it is drawn.

    Returns
    -------
    bytes
        UTF-8, without date and maker.

    Examples
    --------
    >>> drawn = Figure()
    >>> _ = drawn.text(0.5, 0.5, "one", ha="center")
    >>> b">one</text>" in svg_bytes(drawn)
    True
    """
    buffer, dpi, canvas = io.StringIO(), figure.dpi, figure.canvas
    figure.dpi = 72
    try:
        width, height = figure.get_size_inches()
        renderer: Any = _Renderer(  # type: ignore[no-untyped-call]
            72 * width, 72 * height, buffer, image_dpi=dpi, metadata={"Date": None, "Creator": None}
        )
        drawn = [artist for holder in (figure, *figure.axes) for artist in holder.get_children()]
        if any(artist.get_rasterized() for artist in drawn):
            renderer = MixedModeRenderer(figure, width, height, dpi, renderer)  # type: ignore[no-untyped-call]
        _Canvas(figure).renderer = renderer
        with _measured_once(figure):
            if _has_arrow(drawn):  # where an arrow ends depends on the boxes of texts that have been drawn before
                with renderer._draw_disabled():
                    figure.draw(renderer)
            figure.draw(renderer)
        renderer.finalize()
    finally:
        figure.dpi = dpi
        figure.set_canvas(canvas)
    written = _LAID_OUT.sub("", buffer.getvalue())
    return written.replace("*{", f"text{{font-family: {FONTS}}}\n*{{", 1).encode("utf-8")


def _has_arrow(drawn: list[Artist]) -> bool:
    return any(isinstance(one, FancyArrowPatch) or getattr(one, "arrow_patch", None) is not None for one in drawn)


@contextmanager
def _measured_once(figure: Figure) -> Iterator[None]:
    """Remember ticks, boxes, and how texts are laid out, and copy ticks; nothing else happens to the figure."""

    def place(axis: Axis) -> tuple[Any, ...]:
        return figure.dpi, axis.axes.bbox.bounds, tuple(axis.get_view_interval())

    def ticks(axis: Axis) -> tuple[Any, ...]:
        return axis.get_tick_space(), tuple(axis.get_view_interval())

    def of_labels(axis: Axis, ticks: list[Any], renderer: Any) -> tuple[Any, ...]:
        return *place(axis), ticks, renderer

    def of_text(text: Text, renderer: Any) -> tuple[Any, ...]:
        turned = text.get_rotation(), text.get_horizontalalignment(), text.get_verticalalignment()
        wraps = object() if text.get_wrap() else None  # where such a text breaks depends on where it stands
        return figure.dpi, renderer, text.get_text(), turned, wraps

    def of_spine(spine: Spine, *_renderer: Any) -> tuple[Any, ...]:
        return tuple((place(axis), axis.get_visible()) for axis in (spine.axes.xaxis, spine.axes.yaxis))

    methods: list[tuple[type, str, Callable[..., Any]]] = [
        (XAxis, "get_tick_space", place),
        (YAxis, "get_tick_space", place),
        (Axis, "_update_ticks", ticks),
        (Axis, "_get_ticklabel_bboxes", of_labels),
        (Spine, "get_window_extent", of_spine),
        (Text, "_get_layout", of_text),
    ]
    put = Axes._set_position  # type: ignore[attr-defined]

    def put_once(axes: Axes, place: Bbox, which: str = "both") -> None:
        put(axes, Bbox(place.get_points().round(12)), which)  # a place is the same again but for its last digits

    make, dress = Axis._get_tick, Axis._copy_tick_props  # type: ignore[attr-defined]

    def make_alike(axis: Axis, major: bool) -> Any:
        there = axis.majorTicks if major else axis.minorTicks
        return _twin(there[0]) if there and type(there[0]) in (XTick, YTick) else make(axis, major)

    def dress_once(axis: Axis, like: Any, tick: Any) -> None:
        if type(like) not in (XTick, YTick):
            dress(axis, like, tick)

    patched = [
        *((kind, name, _remembering(getattr(kind, name), condition)) for kind, name, condition in methods),
        (Axes, "_set_position", put_once),
        (Axis, "_get_tick", make_alike),
        (Axis, "_copy_tick_props", dress_once),
    ]
    with ExitStack() as stack:
        for kind, name, work in patched:
            stack.callback(setattr, kind, name, getattr(kind, name))
            setattr(kind, name, work)
        yield


def _twin(tick: Any) -> Any:
    """Copy a tick; to make one from nothing takes ten times as long."""
    twin = copy(tick)
    for name in ("tick1line", "tick2line", "gridline", "label1", "label2"):
        setattr(twin, name, copy(getattr(tick, name)))
    for label in (twin.label1, twin.label2):
        label.set_fontproperties(label.get_fontproperties())
    return twin


def _remembering(work: Callable[..., Any], condition: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method that works anew only where the condition of an artist is another than last time."""
    last: dict[Any, tuple[Any, Any]] = {}

    def remembered(artist: Any, *given: Any) -> Any:
        now = condition(artist, *given)
        known = last.get(artist)
        if known is None or known[0] != now:
            known = last[artist] = now, work(artist, *given)
        return known[1]

    return remembered

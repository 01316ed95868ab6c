"""The handbook's figure style."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, cast

import matplotlib as mpl
from cycler import cycler
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch
from matplotlib.ticker import Formatter, LogFormatter, ScalarFormatter

#: The colour-blind-safe palette of Okabe and Ito (2008), without black, in the order the handbook uses it.
OKABE_ITO: tuple[str, ...] = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")

_STYLE: dict[str, Any] = {
    "figure.figsize": (7.0, 4.2),
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "savefig.transparent": False,
    "axes.prop_cycle": cycler(color=list(OKABE_ITO)),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    # 0.8 and 2000 on logarithmic axes, not 8 x 10^-1.
    "axes.formatter.min_exponent": 5,
    "axes.titlesize": 12,
    "axes.labelsize": 11,
    "font.size": 11,
    "font.family": "DejaVu Sans",  # ships with matplotlib, so a figure is the same on every machine
    "image.cmap": "viridis",
    "legend.frameon": False,
    # Text is drawn as paths and ids come from a fixed salt: the same figure is the same file, byte for byte.
    "svg.fonttype": "path",
    "svg.hashsalt": "handbook",
}


def use_style() -> None:
    """Set the handbook's style for all figures that follow."""
    mpl.rcParams.update(cast(Any, _STYLE))


def colours_for(names: Iterable[Hashable]) -> dict[Hashable, str]:
    """Give every name its own colour-blind-safe colour, in the order given.

    Raises
    ------
    ValueError
        There are more names than colours that can be told apart: draw small multiples, or join the rare ones.

    Examples
    --------
    >>> colours_for(["lean", "obese"])
    {'lean': '#0072B2', 'obese': '#E69F00'}
    """
    unique = list(dict.fromkeys(names))
    if len(unique) > len(OKABE_ITO):
        raise ValueError(f"{len(unique)} names, but only {len(OKABE_ITO)} colours that everyone can tell apart")
    return dict(zip(unique, OKABE_ITO, strict=False))


#: A plain number as matplotlib writes it on an axis; on a logarithmic one within a command for its font.
_PLAIN = re.compile(r"(?:\$\\mathdefault\{)?(?P<number>[-\N{MINUS SIGN}]?\d+(\.\d+)?)(?:\}\$)?")


class _Written(Formatter):
    """What another formatter writes on an axis, with plain numbers as the reader's language has them."""

    def __init__(self, inner: Formatter, number: Callable[[float, int], str]) -> None:
        self.inner = inner
        self.number = number

    def __call__(self, x: float, pos: int | None = None) -> str:
        return self._written(self.inner(x, pos))

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        return [self._written(text) for text in self.inner.format_ticks(list(values))]

    def set_locs(self, locs: Any) -> None:
        self.inner.set_locs(locs)

    def get_offset(self) -> str:
        return self.inner.get_offset()

    def _written(self, text: str) -> str:
        found = _PLAIN.fullmatch(text)
        if found is None:
            return text
        plain = found["number"].replace("\N{MINUS SIGN}", "-")
        return self.number(float(plain), len(plain.partition(".")[2])).replace("-", "\N{MINUS SIGN}")


def write_numbers(figure: Figure, number: Callable[[float, int], str]) -> None:
    """Write the numbers of all axes as the reader's language has them.

    Axes with names, dates or numbers that the chapter formats itself stay as they are.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Before it is drawn.
    number : callable
        Writes a number with so many decimals, such as :meth:`handbook_utils.results.Results.number`.

    Examples
    --------
    >>> figure = Figure()
    >>> axes = figure.subplots()
    >>> _ = axes.set(xlim=(0, 4000), xticks=[0, 2000])
    >>> write_numbers(figure, lambda value, digits: f"{value:,.{digits}f}".replace(",", "."))
    >>> axes.xaxis.get_major_formatter().format_ticks([0, 2000])
    ['0', '2.000']
    """
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            for given, put in (
                (axis.get_major_formatter(), axis.set_major_formatter),
                (axis.get_minor_formatter(), axis.set_minor_formatter),
            ):
                if isinstance(given, (ScalarFormatter, LogFormatter)):
                    put(_Written(given, number))


def svg_bytes(figure: Figure) -> bytes:
    """Return the figure as SVG, the same bytes for the same figure."""
    buffer = io.BytesIO()
    without = {"Date": None, "Creator": None}
    if _has_arrow(figure):  # where an arrow ends depends on the boxes of texts that have been drawn before
        figure.savefig(buffer, format="svg", metadata=without)
    else:  # savefig would draw everything twice, the first time for the layout only; the canvas lays out as it draws
        before, dpi = figure.canvas, figure.dpi
        FigureCanvasSVG(figure).print_svg(buffer, metadata=without)  # type: ignore[no-untyped-call]
        figure.set_canvas(before)
        figure.dpi = dpi
    return buffer.getvalue()


def _has_arrow(figure: Figure) -> bool:
    # findobj would make every tick, and look into it: a twentieth of a chapter's time.
    drawn = [artist for holder in (figure, *figure.axes) for artist in holder.get_children()]
    return any(isinstance(one, FancyArrowPatch) or getattr(one, "arrow_patch", None) is not None for one in drawn)

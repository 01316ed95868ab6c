"""The handbook's figure style."""

from __future__ import annotations

import io
from collections.abc import Hashable, Iterable
from typing import Any, cast

import matplotlib as mpl
from cycler import cycler
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

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


def svg_bytes(figure: Figure) -> bytes:
    """Return the figure as SVG, the same bytes for the same figure."""
    buffer = io.BytesIO()
    without = {"Date": None, "Creator": None}
    if figure.findobj(FancyArrowPatch):  # where an arrow ends depends on the boxes of texts that have been drawn before
        figure.savefig(buffer, format="svg", metadata=without)
    else:  # savefig would draw everything twice, the first time for the layout only; the canvas lays out as it draws
        before, dpi = figure.canvas, figure.dpi
        FigureCanvasSVG(figure).print_svg(buffer, metadata=without)  # type: ignore[no-untyped-call]
        figure.set_canvas(before)
        figure.dpi = dpi
    return buffer.getvalue()

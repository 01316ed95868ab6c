"""The handbook's figure style."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import matplotlib as mpl
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import Formatter, LogFormatter, ScalarFormatter

from handbook_utils.text.numbers import MINUS

if TYPE_CHECKING:
    import pandas as pd

#: The colour-blind-safe palette of Okabe and Ito (2008), without black, in the order the handbook uses it.
OKABE_ITO: tuple[str, ...] = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")

#: Width of a named plot in inches, and the size of its text in points: 12 px or more on a telephone of 390 px, where a
#: figure is 358 px wide.
WIDTH, TEXT = 4.9, 12

#: For what is not in any group, or has no colour of its own.
GREY = "#767676"
INK = "#1b1b1b"
MARKERS = "osD^vPX"
#: Further shapes, for groups that have no colour of their own.
_MORE_MARKERS = "<>ph8*"

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
    "axes.titlesize": TEXT,
    "axes.labelsize": TEXT,
    "font.size": TEXT,
    "font.family": "DejaVu Sans",  # ships with matplotlib, so a figure is laid out alike on every machine
    "image.cmap": "viridis",
    "legend.frameon": False,
    "svg.fonttype": "none",  # text is text: see svg.py
    # Ids come from a fixed salt: the same figure is the same file, byte for byte.
    "svg.hashsalt": "handbook",
}


def use_style() -> None:
    """Set the handbook's style for all figures that follow."""
    mpl.rcParams.update(cast(Any, _STYLE))


def colours_for(names: Iterable[Hashable]) -> dict[Hashable, str]:
    """Give every name its own colour-blind-safe colour, in the order given.

    Parameters
    ----------
    names : iterable of hashable
        Each may occur more than once.

    Returns
    -------
    dict of hashable to str
        ``#RRGGBB`` of Okabe and Ito, by name.

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


def colours_or_grey(names: pd.Series) -> dict[Hashable, str]:
    """Give groups colours, the largest first where there are more groups than colours: the others are grey.

    Parameters
    ----------
    names : pandas.Series
        The group of each sample; missing values are no group.

    Returns
    -------
    dict
        A colour a group, in the order of the names.

    Examples
    --------
    >>> import pandas as pd
    >>> colours_or_grey(pd.Series(["b", "a", "b"]))
    {'a': '#0072B2', 'b': '#E69F00'}
    >>> list(colours_or_grey(pd.Series([*"aabbccddeeffggh"])).values())[-1]
    '#767676'
    """
    counts = names.dropna().value_counts(sort=True)
    largest = set(counts.index[: len(OKABE_ITO)])
    unique = sorted(counts.index, key=str)
    colours = colours_for(name for name in unique if name in largest)
    return {name: colours.get(name, GREY) for name in unique}


def marked(colours: Mapping[Hashable, str]) -> dict[Hashable, tuple[str, str]]:
    """Give groups a shape beside their colour; those that are grey differ by their shapes alone.

    Parameters
    ----------
    colours : mapping of hashable to str
        As :func:`colours_or_grey` gives them.

    Returns
    -------
    dict
        Colour and marker of each group, the same pair twice only where more than thirteen groups are grey.

    Examples
    --------
    >>> marked({"a": "#0072B2", "b": GREY, "c": GREY})
    {'a': ('#0072B2', 'o'), 'b': ('#767676', 'o'), 'c': ('#767676', 's')}
    """
    made: dict[Hashable, tuple[str, str]] = {}
    grey = 0
    for number, (name, colour) in enumerate(colours.items()):
        if colour == GREY:
            shapes = MARKERS + _MORE_MARKERS
            made[name] = colour, shapes[grey % len(shapes)]
            grey += 1
        else:
            made[name] = colour, MARKERS[number % len(MARKERS)]
    return made


def sheet(height: float) -> tuple[Figure, Axes]:
    """Return a figure of the handbook's width with one pair of axes.

    Parameters
    ----------
    height : float
        In inches.

    Returns
    -------
    tuple of matplotlib.figure.Figure and matplotlib.axes.Axes
        Empty, in the handbook's style.
    """
    use_style()
    figure = Figure(figsize=(WIDTH, height))
    axes = figure.subplots()
    axes.xaxis.label.set_wrap(True)  # where names beside the axes are long, they are narrower than their label
    return figure, axes


def legend_above(figure: Figure, *panels: Axes, columns: int = 2) -> None:
    """Put a legend above the axes, where it covers nothing and costs no width.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Whose legend it is.
    *panels : matplotlib.axes.Axes
        What is drawn in these is named, each name once.
    columns : int
        Names side by side.
    """
    _legend(figure, panels, "outside upper left", columns)


def legend_below(figure: Figure, *panels: Axes, columns: int = 2) -> None:
    """Put a legend below the axes, where a title stands above them.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Whose legend it is.
    *panels : matplotlib.axes.Axes
        What is drawn in these is named, each name once.
    columns : int
        Names side by side.
    """
    _legend(figure, panels, "outside lower left", columns)


def _legend(figure: Figure, panels: Sequence[Axes], place: Any, columns: int) -> None:
    named = {label: handle for axes in panels for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)}
    figure.legend([*named.values()], [*named], loc=place, ncols=columns, handletextpad=0.4, columnspacing=1.2)


def wrapped(text: object, width: int = 22) -> str:
    r"""Break a long name of a row or a group, so that it leaves room for the drawing.

    Parameters
    ----------
    text : object
        A name; what is no text is written as text.
    width : int
        Letters a line, at most; a single longer word is cut.

    Returns
    -------
    str
        Lines, joined by line ends.

    Examples
    --------
    >>> wrapped("Ruminococcaceae incertae sedis")
    'Ruminococcaceae\nincertae sedis'
    """
    return "\n".join(textwrap.wrap(str(text), width)) or str(text)


class Drawn(NamedTuple):
    """What a named plot returns.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
        Not yet shown.
    alt : str
        What a reader who cannot see the figure needs to know, computed from the same data.
    """

    figure: Figure
    alt: str


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
        plain = found["number"].replace(MINUS, "-")
        return self.number(float(plain), len(plain.partition(".")[2]))


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

"""A table as colours, with the names of its rows and columns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from handbook_utils.figures.style import Drawn, sheet, wrapped
from handbook_utils.text.numbers import written

#: Cells with this many rows and columns at most have their number written in them.
NUMBERED = 9


def heatmap(
    table: pd.DataFrame, label: str, *, diverging: bool = False, digits: int = 2, square: bool = False, lang: str = "en"
) -> Drawn:
    """Draw a table of numbers as colours; in a small one the numbers are written, too.

    Parameters
    ----------
    table : pandas.DataFrame
        Numbers; a missing one is left white.
    label : str
        What the colour means, with its unit.
    diverging : bool
        Blue below 0 and orange above it, white at 0.
    digits : int
        Decimals.
    square : bool
        Cells as high as they are wide.
    lang : {"en", "nl"}
        Language of the text.

    Returns
    -------
    Drawn
        The figure and its text.

    Examples
    --------
    >>> print(heatmap(pd.DataFrame({"x": [1.0, 0.2], "y": [0.2, 1.0]}, index=["x", "z"]), "correlation").alt)
    correlation, a table of 2 rows and 2 columns as colours. Highest: 1.00 (x, x); lowest: 0.20 (x, y).
    """
    values = table.to_numpy(dtype=float)
    rows, columns = values.shape
    figure, axes = sheet(min(9.0, 1.6 + 0.34 * rows) if not square else 5.0)
    reach = max(float(np.nanmax(np.abs(values))), 1e-12)
    limits = {"vmin": -reach, "vmax": reach, "cmap": "PuOr_r"} if diverging else {"cmap": "viridis"}
    image = axes.imshow(values, aspect="equal" if square else "auto", **limits)
    long = max((len(str(name)) for name in table.columns), default=0) * columns > 40
    axes.set_xticks(range(columns), [wrapped(name, 18) for name in table.columns], rotation=90 if long else 0)
    axes.set_yticks(range(rows), [wrapped(name, 26) for name in table.index])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    if max(rows, columns) <= NUMBERED:
        shades = np.asarray(image.to_rgba(values))[..., :3] @ [0.299, 0.587, 0.114]
        for row in range(rows):
            for column in range(columns):
                if pd.notna(values[row, column]):
                    ink = "black" if shades[row, column] > 0.55 else "white"
                    text = written(values[row, column], digits, lang)
                    axes.text(column, row, text, ha="center", va="center", color=ink)
    bar = figure.colorbar(image, ax=axes, location="top", shrink=0.7, aspect=30)
    bar.set_label(label)

    def told(place: int) -> str:
        row, column = divmod(place, columns)
        return f"{written(values[row, column], digits, lang)} ({table.index[row]}, {table.columns[column]})"

    most, least = told(int(np.nanargmax(values))), told(int(np.nanargmin(values)))
    if lang == "nl":
        alt = f"{label}, een tabel van {rows} rijen en {columns} kolommen als kleuren. Hoogst: {most}; laagst: {least}."
    else:
        alt = f"{label}, a table of {rows} rows and {columns} columns as colours. Highest: {most}; lowest: {least}."
    return Drawn(figure, alt)

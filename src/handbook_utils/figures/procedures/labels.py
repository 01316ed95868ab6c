"""Plots of codes and labels: which slips are noticed, and one label enlarged."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from handbook_utils.figures.style import OKABE_ITO, Drawn, use_style

__all__ = ["label_enlarged", "slips_noticed"]


def slips_noticed(shares: pd.DataFrame, title: str) -> Drawn:
    """Plot the share of slips that a check notices, beside a plainer check.

    Parameters
    ----------
    shares : pandas.DataFrame
        By kind of slip (%): ``caught`` and ``plain sum``.
    title : str
        Of the figure.

    Returns
    -------
    Drawn
        The figure, and a text with the same numbers.
    """
    use_style()
    figure, axes = plt.subplots(figsize=(7.0, 3.0))
    places = np.arange(len(shares))[::-1]
    for name, mark, colour, shift, label in (
        ("caught", "o", OKABE_ITO[0], 0.12, "this check"),
        ("plain sum", "s", OKABE_ITO[5], -0.12, "plain sum, to compare"),
    ):
        axes.plot(shares[name], places + shift, mark, color=colour, ms=8, label=label)
    axes.set_yticks(places, list(shares.index))
    axes.set(xlabel="slips that are noticed (%)", xlim=(-3, 103), ylim=(-0.6, len(shares) - 0.4), title=title)
    axes.legend(loc="center", bbox_to_anchor=(0.5, 0.45))
    ours, plain = (", ".join(f"{kind} {value:.1f} %" for kind, value in shares[name].items()) for name in shares)
    return Drawn(figure, f"{title}: share of slips noticed, by kind. This check: {ours}. A plain sum: {plain}.")


def label_enlarged(
    modules: Sequence[Sequence[bool]], lines: Sequence[str], size: tuple[float, float], title: str
) -> Drawn:
    """Draw a label: its QR symbol on the left, its letters on the right.

    Parameters
    ----------
    modules : sequence of sequence of bool
        Of the symbol, dark ones true, without the light border.
    lines : sequence of str
        The code first, then what is printed under it.
    size : tuple of float
        Width and height of the label (mm).
    title : str
        Of the figure.

    Returns
    -------
    Drawn
        The figure, and a text with what the label says.
    """
    use_style()
    wide, tall = size
    figure, axes = plt.subplots(figsize=(6.0, 6.0 * tall / wide + 0.5))
    side = min(tall - 2, 0.45 * wide)
    rim = side * 2 / (len(modules) + 4)
    axes.add_patch(Rectangle((0, 0), wide, tall, fill=False, ec="0.4", lw=1))
    low = (tall - side) / 2
    extent = (1 + rim, 1 + side - rim, low + rim, low + side - rim)
    axes.imshow(~np.array(modules), cmap="gray", extent=extent)
    axes.text(1.8 + side, tall * 0.62, lines[0], fontsize=17, fontweight="bold", va="center")
    axes.text(1.8 + side, tall * 0.4, "\n".join(lines[1:]), fontsize=13, va="center")
    axes.set(xlim=(-0.5, wide + 0.5), ylim=(-0.5, tall + 0.5), aspect="equal", title=title)
    axes.axis("off")
    alt = (
        f"{title}: a label of {wide:g} by {tall:g} mm, a QR code on the left, which reads {lines[0]}, and beside it "
        f"{', '.join(lines)} in letters. It names no person and no arm."
    )
    return Drawn(figure, alt)

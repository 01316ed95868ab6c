"""Figures of the cold chain: what the logger of every shipment recorded."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from handbook_utils.figures.style import Drawn
from handbook_utils.protocols.cold.chain import longest_gap, minutes_above
from handbook_utils.protocols.cold.reading import Log

#: More shipments than this do not fit on one figure; the warmest are drawn.
MOST_SHIPMENTS = 12


def shipments_figure(logs: Mapping[str, Log], limit: float, title: str, gap_minutes: float = 30.0) -> Drawn:
    """Draw the temperature of every shipment by time since its logger was started, a panel each.

    Parameters
    ----------
    logs : mapping of str to Log
        By shipment. Of more than :data:`MOST_SHIPMENTS` the warmest are drawn.
    limit : float
        Warmest allowed temperature (°C).
    title : str
        Stands above.
    gap_minutes : float
        Longer without a reading is drawn as a gap.

    Returns
    -------
    Drawn
        Above each panel the shipment's name and its minutes above the limit; the text names the warmest.
    """
    warmest = sorted(logs, key=lambda name: -float(logs[name].celsius.max()))[:MOST_SHIPMENTS]
    chosen = [name for name in logs if name in warmest]
    across = min(2, len(chosen))
    down = -(-len(chosen) // across)
    figure, panels = plt.subplots(
        down, across, figsize=(6.6, 1.7 * down + 0.9), sharex=True, sharey=True, squeeze=False
    )
    for axes, name in zip(panels.flat, chosen, strict=False):
        log = logs[name]
        hours = ((pd.DatetimeIndex(log.celsius.index) - log.celsius.index[0]).total_seconds() / 3600).to_numpy()
        after = np.flatnonzero(np.diff(hours) * 60 > gap_minutes) + 1  # no line where nothing was read
        axes.plot(np.insert(hours, after, np.nan), np.insert(log.celsius.to_numpy(), after, np.nan), lw=1.4)
        axes.axhline(limit, color="0.3", lw=1, ls="--")
        above = minutes_above(log, limit)
        gaps = f", gap {longest_gap(log):.0f} min" if len(after) else ""
        axes.set_title(f"{name}: {f'{above:.0f} min' if above else 'never'} above{gaps}", fontsize=11)
    for unused in panels.flat[len(chosen) :]:
        unused.set_visible(False)
    figure.suptitle(title, fontsize=12)
    figure.supxlabel("time since the logger started (hours)", fontsize=11)
    figure.supylabel(f"temperature (°C); dashed: {limit:g} °C", fontsize=11)
    hottest = max(logs, key=lambda name: float(logs[name].celsius.max()))
    alt = (
        f"{title}: temperature of {len(logs)} shipments by time since the logger started, a panel each, with the "
        "limit of "
        f"{limit:g} °C. The warmest, {hottest}, reached {float(logs[hottest].celsius.max()):.1f} °C and was above the "
        "limit for "
        f"{minutes_above(logs[hottest], limit):.0f} minutes."
    )
    return Drawn(figure, alt)

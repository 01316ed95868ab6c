"""Figures of the cold chain: what the logger of every shipment recorded."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from handbook_utils.figures.style import Drawn
from handbook_utils.protocols.cold.chain import longest_gap, minutes_outside
from handbook_utils.protocols.cold.reading import Log
from handbook_utils.protocols.kits.limits import Limits

#: More shipments than this do not fit on one figure; the warmest are drawn.
MOST_SHIPMENTS = 12


def shipments_figure(logs: Mapping[str, Log], limits: Limits, title: str) -> Drawn:
    """Draw the temperature of every shipment by time since its logger was started, a panel each.

    Parameters
    ----------
    logs : mapping of str to Log
        By shipment. Of more than :data:`MOST_SHIPMENTS` the warmest are drawn.
    limits : Limits
        Of the study; the warmest and the coldest are dashed.
    title : str
        Stands above.

    Returns
    -------
    Drawn
        Above each panel the shipment's name and its minutes outside the limits; the text names the warmest.
    """
    warmest = sorted(logs, key=lambda name: -float(logs[name].celsius.max()))[:MOST_SHIPMENTS]
    chosen = [name for name in logs if name in warmest]
    across = min(2, len(chosen))
    down = -(-len(chosen) // across)
    drawn = [limit for limit in (limits.coldest, limits.warmest) if limit is not None]
    dashed = f"; dashed: {' and '.join(f'{limit:g}' for limit in drawn)} °C" if drawn else "; no limit is known"
    figure, panels = plt.subplots(
        down, across, figsize=(6.6, 1.7 * down + 0.9), sharex=True, sharey=True, squeeze=False
    )
    for axes, name in zip(panels.flat, chosen, strict=False):
        log = logs[name]
        hours = ((pd.DatetimeIndex(log.celsius.index) - log.celsius.index[0]).total_seconds() / 3600).to_numpy()
        after = np.flatnonzero(np.diff(hours) * 60 > limits.gap_minutes) + 1  # no line where nothing was read
        axes.plot(np.insert(hours, after, np.nan), np.insert(log.celsius.to_numpy(), after, np.nan), lw=1.4)
        for limit in drawn:
            axes.axhline(limit, color="0.3", lw=1, ls="--")
        outside = minutes_outside(log, limits)
        gaps = f", gap {longest_gap(log):.0f} min" if len(after) else ""
        axes.set_title(f"{name}: {f'{outside:.0f} min' if outside else 'never'} outside{gaps}", fontsize=11)
    for unused in panels.flat[len(chosen) :]:
        unused.set_visible(False)
    figure.suptitle(title, fontsize=12)
    figure.supxlabel("time since the logger started (hours)", fontsize=11)
    figure.supylabel(f"temperature (°C){dashed}", fontsize=11)
    hottest = max(logs, key=lambda name: float(logs[name].celsius.max()))
    given = (
        f"with {'limits' if len(drawn) > 1 else 'the limit'} of {' and '.join(f'{limit:g}' for limit in drawn)} °C"
        if drawn
        else "without limits"
    )
    alt = (
        f"{title}: temperature of {len(logs)} shipments by time since the logger started, a panel each, {given}. "
        f"The warmest, {hottest}, reached {float(logs[hottest].celsius.max()):.1f} °C and was outside for "
        f"{minutes_outside(logs[hottest], limits):.0f} minutes."
    )
    return Drawn(figure, alt)

"""Shipments of the example study: logger files and a scan log, simulated, and labelled so.

Two boxes: one that stayed cold, and one that stood on a platform for an afternoon. The loggers are of two makes, which
write two layouts, as they do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import numpy as np

_START = dt.datetime(2026, 3, 3, 9, 0)
_STEP = dt.timedelta(minutes=10)
_HOURS = 30


def write_example_shipments(folder: Path, tubes: Sequence[str], seed: int) -> tuple[Path, Path]:
    """Write the logger files and the scan log of simulated shipments.

    Parameters
    ----------
    folder : pathlib.Path
        Where to write: ``loggers/*.csv`` and ``scans.csv``.
    tubes : sequence of str
        Codes on the tubes.
    seed : int
        The same seed gives the same files.

    Returns
    -------
    loggers, scans : pathlib.Path
        The folder of loggers, and the scan log.

    Examples
    --------
    >>> import tempfile
    >>> loggers, scans = write_example_shipments(Path(tempfile.mkdtemp()), ["7K3PXP"], seed=1)
    >>> sorted(path.name for path in loggers.iterdir()), scans.read_text().count("7K3PXP")
    (['box-1.csv', 'box-2.csv'], 3)
    """
    generator = np.random.default_rng(seed)
    loggers = folder / "loggers"
    loggers.mkdir(parents=True, exist_ok=True)
    steps = int(_HOURS * 60 / 10)
    cold = -72 + generator.normal(0, 0.8, steps)
    hours = np.arange(steps) / 6
    warmed = cold + 78 * np.exp(-(((hours - 14) / 4.4) ** 2))
    lines = ["Serial;A-1001", "Time;Temperature (°C)"]
    lines += [
        f"{_START + number * _STEP:%d-%m-%Y %H:%M};{value:.1f}".replace(".", ",") for number, value in enumerate(cold)
    ]
    (loggers / "box-1.csv").write_bytes(("\r\n".join(lines) + "\r\n").encode("cp1252"))
    lines = ["time,celsius"]
    lines += [f"{_START + number * _STEP:%Y-%m-%d %H:%M:%S},{value:.2f}" for number, value in enumerate(warmed)]
    (loggers / "box-2.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    rows = ["code,event,time,shipment"]
    arrived = _START + dt.timedelta(hours=_HOURS - 1)
    for number, tube in enumerate(tubes):
        taken = _START - dt.timedelta(days=int(generator.integers(1, 10)), minutes=int(generator.integers(0, 300)))
        frozen = taken + dt.timedelta(minutes=float(generator.lognormal(2.6, 0.9)))
        box = "box-1" if number % 2 == 0 else "box-2"
        rows += [
            f"{tube},collected,{taken:%Y-%m-%d %H:%M},",
            f"{tube},frozen,{frozen:%Y-%m-%d %H:%M},",
            f"{tube},received,{arrived:%Y-%m-%d %H:%M},{box}",
        ]
    scans = folder / "scans.csv"
    scans.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return loggers, scans

"""Shipments of the example study: logs of boxes and freezers, and a scan log, simulated, and labelled so.

Each centre sends a box at each time point. Two more boxes went by another courier: one stood on a platform for an
afternoon, the other's logger missed an hour. Loggers are of four makes, which write four layouts; one box travelled in
the night in which summer time began. Some tubes were never handed in.

``python -m handbook_utils.protocols.example.cold FOLDER`` writes the files that are stored in ``data/example-study``.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from handbook_utils.protocols.cold.chain import judge, verdict_table
from handbook_utils.protocols.cold.reading import read_log
from handbook_utils.protocols.cold.scans import read_scans
from handbook_utils.protocols.example.people import SEED, example_samples
from handbook_utils.protocols.kits import kit_of
from handbook_utils.protocols.kits.limits import limits_of

_ZONE = ZoneInfo("Europe/Amsterdam")
#: When the first boxes are packed, and how long after those of the next time point; summer time began on 29 March 2026
#: at two, when the second boxes were on their way.
_FIRST, _BETWEEN = dt.datetime(2026, 2, 10, 9, 0, tzinfo=_ZONE), dt.timedelta(days=46)
_STEP = dt.timedelta(minutes=10)
_READINGS = 181  # thirty hours
#: Tubes of the last time point: with the other courier in the warm box, in the one with the gap, and not handed in.
_IN_WARM, _IN_GAP, _UNSENT, _LOST = 5, 6, 3, 1
#: Freezers of the laboratory, which note a reading every four hours, from the day before the first boxes are packed.
_FREEZERS, _SELDOM, _DAYS = ("F1", "F2"), dt.timedelta(hours=4), 100
_WIDE = 9  # positions of a freezer box, across and down


def example_shipments(samples: pd.DataFrame, seed: int = SEED) -> dict[str, bytes]:
    """Simulate the files of a study's shipments.

    Parameters
    ----------
    samples : pandas.DataFrame
        Tubes: ``sample``, ``centre``, ``time_point``, as
        :func:`~handbook_utils.protocols.example.people.example_samples`
        returns them.
    seed : int
        The same seed gives the same files.

    Returns
    -------
    dict of str to bytes
        By file name: ``scans.csv``, ``loggers/box-*.csv`` and ``freezers/F*.csv``. All simulated.

    Examples
    --------
    >>> sorted(example_shipments(example_samples(20)))[:3]
    ['freezers/F1.csv', 'freezers/F2.csv', 'loggers/box-1.csv']
    """
    generator = np.random.default_rng([seed, 5])
    points, centres = list(dict.fromkeys(samples["time_point"])), sorted(samples["centre"].unique())
    boxes = {}
    for turn, (point, centre) in enumerate((point, centre) for point in points for centre in centres):
        of_box = samples.loc[(samples["time_point"] == point) & (samples["centre"] == centre), "sample"]
        boxes[f"box-{turn + 1}"] = (turn // len(centres), list(of_box))
    last = [tube for number, tubes in boxes.values() if number == len(points) - 1 for tube in tubes]
    drawn = [str(tube) for tube in generator.permutation(np.array(last, dtype=object))]
    ends = np.cumsum([_IN_WARM, _IN_GAP, _UNSENT, _LOST])
    warm, gap, unsent, lost = (drawn[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True))
    away = {*warm, *gap, *unsent, *lost}
    boxes = {name: (number, [tube for tube in tubes if tube not in away]) for name, (number, tubes) in boxes.items()}
    warm_box, gap_box = (f"box-{len(boxes) + more}" for more in (1, 2))
    boxes |= {warm_box: (len(points) - 1, warm), gap_box: (len(points) - 1, gap)}
    rows = ["code,event,time,shipment,freezer,rack,box,position"]
    made = _freezers(np.random.default_rng([seed, 5, 1]))
    for turn, (name, (number, tubes)) in enumerate(boxes.items()):
        start = _FIRST + number * _BETWEEN  # nine o'clock by the clock on the wall
        made[f"loggers/{name}.csv"] = _logged(turn % 4, start, generator, warm=name == warm_box, gap=name == gap_box)
        arrived = start.astimezone(dt.UTC) + dt.timedelta(hours=29)
        for place, tube in enumerate(tubes):
            box, left = divmod(place, _WIDE**2)
            position = f"{chr(ord('A') + left // _WIDE)}{left % _WIDE + 1}"
            at = (_FREEZERS[turn % 2], f"R{number + 1}", f"{name}{'' if box == 0 else f'-{box + 1}'}", position)
            rows += [
                *_at_home(tube, start, generator),
                _scan(tube, "packed", start),
                _scan(tube, "received", arrived, name),
                _scan(tube, "frozen", arrived + dt.timedelta(minutes=20 + place), "", *at),
            ]
    for tube in lost:
        rows += _at_home(tube, _FIRST + (len(points) - 1) * _BETWEEN, generator)
    made["scans.csv"] = ("\n".join(rows) + "\n").encode()
    return made


def write_example_shipments(folder: Path, samples: pd.DataFrame, seed: int = SEED) -> tuple[Path, Path]:
    """Write the files of :func:`example_shipments`; return the folder of loggers and the scan log.

    Parameters
    ----------
    folder : pathlib.Path
        Where; files of the same names are replaced.
    samples : pandas.DataFrame
        As :func:`example_shipments` takes them.
    seed : int
        The same seed gives the same files.

    Returns
    -------
    tuple of pathlib.Path
        Folder, file.
    """
    for name, content in example_shipments(samples, seed).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder / "loggers", folder / "scans.csv"


def example_verdicts(samples: pd.DataFrame, seed: int = SEED) -> pd.DataFrame:
    """Return what ``keep-it-cold`` says of the simulated shipments, by the limits of its kit.

    Parameters
    ----------
    samples : pandas.DataFrame
        As :func:`example_shipments` takes them.
    seed : int
        The same seed gives the same verdicts.

    Returns
    -------
    pandas.DataFrame
        As ``verdicts.csv``, a row a tube.

    Examples
    --------
    >>> example_verdicts(example_samples())["verdict"].value_counts()["missing"]
    np.int64(4)
    """
    with tempfile.TemporaryDirectory() as folder:
        loggers, scans = write_example_shipments(Path(folder), samples, seed)
        logs = {path.stem: read_log(path) for path in sorted(loggers.iterdir())}
        read = read_scans(scans, known=list(samples["sample"]))
        table = read.tubes.reindex(pd.Index(samples["sample"], name="code"))
    return verdict_table(judge(table.fillna({"shipment": ""}), logs, limits_of(kit_of("none")))).reset_index()


def _scan(tube: str, event: str, moment: dt.datetime, *where: str) -> str:
    cells = [*where, *[""] * (5 - len(where))]
    return f"{tube},{event},{moment.astimezone(_ZONE):%Y-%m-%d %H:%M},{','.join(cells)}"


def _at_home(tube: str, packed: dt.datetime, generator: np.random.Generator) -> list[str]:
    taken = packed - dt.timedelta(days=int(generator.integers(1, 10)), minutes=int(generator.integers(0, 300)))
    frozen = taken + dt.timedelta(minutes=float(generator.lognormal(2.3, 0.75)))
    return [_scan(tube, "collected", taken), _scan(tube, "frozen", frozen)]


def _freezers(generator: np.random.Generator) -> dict[str, bytes]:
    moments = [_FIRST - dt.timedelta(days=1) + turn * _SELDOM for turn in range(6 * _DAYS)]
    made = {}
    for turn, name in enumerate(_FREEZERS):
        heat = -80 + generator.normal(0, 0.6, len(moments))
        if turn:  # the door stood open in a night, and the freezer took until noon to be cold again
            heat[400:404] = [-46, -38, -55, -71]
        lines = ["time,celsius", *(f"{at.isoformat()},{value:.1f}" for at, value in zip(moments, heat, strict=True))]
        made[f"freezers/{name}.csv"] = ("\n".join(lines) + "\n").encode()
    return made


def _logged(layout: int, start: dt.datetime, generator: np.random.Generator, *, warm: bool, gap: bool) -> bytes:
    heat = -72 + generator.normal(0, 0.8, _READINGS)
    hours = np.arange(_READINGS) / 6
    if warm:
        heat = heat + 78 * np.exp(-(((hours - 14) / 4.4) ** 2))
    kept = [number for number in range(_READINGS) if not (gap and 60 <= number < 66)]
    moments = [(start.astimezone(dt.UTC) + number * _STEP) for number in kept]
    values = heat[kept]
    local = [moment.astimezone(_ZONE) for moment in moments]
    pairs = list(zip(moments, local, values, strict=True))
    if layout == 0:
        lines = ["Serial;A-1001", "Time;Temperature (°C)"]
        lines += [f"{here:%d-%m-%Y %H:%M};{value:.1f}".replace(".", ",") for _, here, value in pairs]
        return ("\r\n".join(lines) + "\r\n").encode("cp1252")
    if layout == 1:
        lines = ["time,celsius", *(f"{here:%Y-%m-%d %H:%M:%S},{value:.2f}" for _, here, value in pairs)]
    elif layout == 2:
        lines = ["no\tTime (UTC)\tTemp °C"]
        lines += [f"{turn}\t{utc:%Y-%m-%d %H:%M}\t{value:.1f}" for turn, (utc, _, value) in enumerate(pairs, 1)]
    else:
        lines = ["datum/tijd;temperatuur", *(f"{here.isoformat()};{value:.1f} °C" for _, here, value in pairs)]
    return ("\n".join(lines) + "\n").encode()


if __name__ == "__main__":
    write_example_shipments(Path(sys.argv[1]), example_samples())

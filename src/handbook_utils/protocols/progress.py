"""What a study's ledger is to remember of its tubes after the cold chain: plates, extraction, pool, run, archive."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import pandas as pd

from handbook_utils.protocols.ledger import Event, Ledger


def placed(wells: pd.DataFrame, layout: str, ledger: Ledger) -> list[Event]:
    """Return where each tube is to be extracted; a tube that was on a plate before, and is on none now, is told too.

    Parameters
    ----------
    wells : pandas.DataFrame
        Columns ``plate``, ``well``, ``content`` and ``sample``.
    layout : str
        Its id.
    ledger : Ledger
        What was said before.

    Returns
    -------
    list of Event
        ``placed``, one a tube; plate and well are empty for a tube that is on none now.
    """
    samples = wells[wells["content"] == "sample"]
    now = [
        Event("placed", str(tube), {"plate": str(plate), "well": str(well), "layout": layout})
        for tube, plate, well in samples[["sample", "plate", "well"]].itertuples(index=False)
    ]
    gone = sorted(ledger.subjects("placed") - set(samples["sample"].astype(str)))
    return [*now, *(Event("placed", tube, {"plate": "", "well": "", "layout": layout}) for tube in gone)]


def extracted(wells: pd.DataFrame, measured: pd.Series, run: str) -> list[Event]:
    """Return what was extracted and is pooled: every well that was measured, with its tube.

    Parameters
    ----------
    wells : pandas.DataFrame
        In use, by ``<plate>-<well>``: ``plate``, ``well``, ``content``, ``sample``, ``source``.
    measured : pandas.Series
        DNA of each, named by its unit.
    run : str
        For which they are pooled.

    Returns
    -------
    list of Event
        ``well`` for each well; ``extracted`` and ``pooled`` too for each that holds a sample.
    """
    made = []
    for place, row in wells.to_dict("index").items():
        made.append(Event("well", str(place), {name: str(row[name]) for name in ("content", "sample", "source")}))
        if row["content"] == "sample":
            at = {"plate": str(row["plate"]), "well": str(row["well"])}
            made.append(
                Event("extracted", str(row["sample"]), {**at, str(measured.name): f"{float(measured[str(place)]):g}"})
            )
            made.append(Event("pooled", str(row["sample"]), {**at, "run": run}))
    return made


def sequenced(wells: pd.DataFrame, reads: pd.Series, verdicts: pd.Series) -> list[Event]:
    """Return what came of the run: reads of each tube, and what was said of its plate.

    Parameters
    ----------
    wells : pandas.DataFrame
        In use, by ``<plate>-<well>``.
    reads : pandas.Series
        Of each well.
    verdicts : pandas.Series
        By plate.

    Returns
    -------
    list of Event
        ``sequenced``, one a well that holds a sample.
    """
    samples, said = wells[wells["content"] == "sample"], verdicts.to_dict()
    return [
        Event(
            "sequenced",
            str(row["sample"]),
            {
                "plate": str(row["plate"]),
                "well": str(row["well"]),
                "reads": str(int(reads[str(place)])),
                "reason": f"plate {row['plate']}: {said[row['plate']]}",
            },
        )
        for place, row in samples.to_dict("index").items()
    ]


def remember_shared(
    ledger: str, answers: Sequence[Event], samples: Collection[str], *, repository: str, access: str
) -> None:
    """Write into the ledger what was answered before anything left, and which tubes are in what leaves.

    Parameters
    ----------
    ledger : str
        Path; "" where there is none.
    answers : sequence of Event
        To findings, and exceptions.
    samples : collection of str
        Of the archive's sheet.
    repository, access : str
        Where they go, and who gets them.
    """
    if ledger:
        memory = Ledger(Path(ledger))
        left = shared(samples, memory, repository=repository, access=access)
        memory.append([*answers, *left], step="share-the-data")


def shared(samples: Collection[str], ledger: Ledger, *, repository: str, access: str) -> list[Event]:
    """Return which tubes are in what leaves; controls, which nobody was given, are none.

    Parameters
    ----------
    samples : collection of str
        Of the archive's sheet.
    ledger : Ledger
        Which tubes there are.
    repository, access : str
        Where they go, and who gets them.

    Returns
    -------
    list of Event
        ``shared``, one a tube, in the order of their names.
    """
    tubes = sorted(ledger.subjects("label") & {str(name) for name in samples})
    return [Event("shared", tube, {"repository": repository, "access": access}) for tube in tubes]

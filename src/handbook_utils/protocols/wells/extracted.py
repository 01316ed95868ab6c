"""Plates that were extracted stay as they are: what came since is laid out on plates after them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from handbook_utils.protocols.ledger import Ledger
from handbook_utils.protocols.wells.plates import Layout, layout, score
from handbook_utils.protocols.wells.requests import SHAPES

_CONTROLS = ("blank", "mock", "ntc")


def extracted_wells(ledger: str) -> pd.DataFrame:
    """Return the wells that were measured, as a study's ledger remembers them.

    Parameters
    ----------
    ledger : str
        Path; "" where there is none.

    Returns
    -------
    pandas.DataFrame
        ``plate``, ``well``, ``content``, ``sample``, ``source``; without rows where nothing was extracted.
    """
    columns = ["plate", "well", "content", "sample", "source"]
    if not ledger:
        return pd.DataFrame([], columns=columns)
    events = Ledger(Path(ledger)).events("well")
    rows = [
        (int(place.partition("-")[0]), place.partition("-")[2], detail["content"], detail["sample"], detail["source"])
        for place, detail in zip(events["subject"], events["detail"], strict=True)
    ]
    return pd.DataFrame(rows, columns=columns)


def still_to_extract(there: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Return the tubes that no extracted plate holds.

    Parameters
    ----------
    there : pandas.DataFrame
        Received and not rejected: ``sample``.
    before : pandas.DataFrame
        Of :func:`extracted_wells`.

    Returns
    -------
    pandas.DataFrame
        Their rows of `there`, numbered from 0.
    """
    done = set(before.loc[before["content"] == "sample", "sample"])
    return there[~there["sample"].isin(done)].reset_index(drop=True)


def varying(there: pd.DataFrame, covariates: Sequence[str]) -> list[str]:
    """Return the covariates that differ between tubes: at a first visit all are of one visit, and nothing is balanced.

    Parameters
    ----------
    there : pandas.DataFrame
        Tubes, with covariates as columns.
    covariates : sequence of str
        Names of columns that are asked for.

    Returns
    -------
    list of str
        In their order; those that are no column stay in, so that whoever uses them tells.

    Examples
    --------
    >>> varying(pd.DataFrame({"arm": ["a", "b"], "visit": ["T0", "T0"]}), ["arm", "visit"])
    ['arm']
    """
    return [name for name in covariates if name not in there or there[name].nunique() > 1]


def laid_out(
    there: pd.DataFrame,
    before: pd.DataFrame,
    given: pd.DataFrame,
    *,
    covariates: Sequence[str],
    plate: int,
    **wanted: Any,
) -> Layout:
    """Lay out the tubes that are still to be extracted, on plates after those that were.

    Parameters
    ----------
    there : pandas.DataFrame
        All that were received and not rejected.
    before : pandas.DataFrame
        Of :func:`extracted_wells`.
    given : pandas.DataFrame
        All tubes given out, with participant and covariates.
    covariates : sequence of str
        Columns to balance.
    plate : int
        Wells of a plate.
    **wanted : object
        As :func:`handbook_utils.protocols.wells.plates.layout` takes them.

    Returns
    -------
    Layout
        Extracted plates as they are, then new ones; the score is that of the new ones, where there are.
    """
    new = still_to_extract(there, before)
    if not len(before):
        return layout(new, covariates=varying(new, covariates), plate=plate, **wanted)
    kept = _whole(before, given, covariates, plate)
    if not len(new):
        differ = varying(kept[kept["content"] == "sample"], covariates)
        return Layout(kept, score(kept, differ, plate=plate), plate, int(wanted["seed"]), tuple(differ))
    made = layout(new, covariates=varying(new, covariates), plate=plate, **wanted)
    after = int(before["plate"].max())
    wells = _told(made.wells.assign(plate=made.wells["plate"] + after), given, covariates)
    control = wells["content"].isin(_CONTROLS)
    turn = wells.loc[control, "sample"].str.rpartition("-")[2]
    kind = wells.loc[control, "content"].str.upper()
    wells.loc[control, "sample"] = kind + "-" + wells.loc[control, "plate"].astype(str) + "-" + turn
    return replace(made, wells=pd.concat([kept, wells], ignore_index=True))


def _whole(before: pd.DataFrame, given: pd.DataFrame, covariates: Sequence[str], plate: int) -> pd.DataFrame:
    """Return whole plates, empty wells too, with what is known of each tube."""
    rows, columns = SHAPES[plate]
    letters = [chr(ord("A") + number) for number in range(rows)]
    grid = pd.DataFrame(
        [
            (number, f"{letter}{column}", letter, column)
            for number in sorted(before["plate"].unique())
            for column in range(1, columns + 1)
            for letter in letters
        ],
        columns=["plate", "well", "row", "column"],
    )
    made = grid.merge(before, on=["plate", "well"], how="left")
    made["content"] = made["content"].fillna("empty")
    made[["sample", "source"]] = made[["sample", "source"]].fillna("")
    return _told(made, given, covariates)


def _told(wells: pd.DataFrame, given: pd.DataFrame, covariates: Sequence[str]) -> pd.DataFrame:
    """Add what is known of the tube that each well was filled from."""
    known, made = given.set_index(given["sample"].astype(str)), wells.copy()
    made["participant"] = [known["participant"].get(source, "") for source in made["source"]]
    for name in covariates:
        made[name] = pd.array([known[name].get(source) for source in made["source"]], dtype=object)
    return made

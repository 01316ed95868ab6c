"""Numbers held against somebody else's: R, a paper's table.

``data/peers.csv`` holds theirs, with source and tolerance, and names in Dutch for chapters that have Dutch; a chapter
computes ours and shows both.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from handbook_utils import datasets
from handbook_utils.errors import InputError, listed


def held_against(chapter: str, ours: Mapping[str, float]) -> pd.DataFrame:
    """Hold a chapter's numbers against its peers'.

    Parameters
    ----------
    chapter : str
        Its slug.
    ours : mapping of str to float
        By the name the number has in ``data/peers.csv``.

    Returns
    -------
    pandas.DataFrame
        A row a number: chapter, name, ours, theirs, difference, tolerance (absolute), source, verdict ("agrees" or
        "differs"), and name_nl and source_nl, which are empty where the chapter is in English only.

    Raises
    ------
    InputError
        A number that no peer gives, or one that a peer gives and the chapter does not hold against it.
    """
    table = pd.read_csv(datasets.root() / "peers.csv", keep_default_na=False)
    rows = {str(row["name"]): row for row in table[table["chapter"] == chapter].to_dict("records")}
    unknown = sorted(set(ours) - set(rows))
    left = sorted(set(rows) - set(ours))
    if unknown or left:
        raise InputError(
            f"The numbers of {chapter} and those of its peers are not the same set.",
            where="data/peers.csv",
            expected=f"rows for {listed(sorted(ours), most=20)}",
            found=f"no row for {listed(unknown)}" if unknown else f"not held against: {listed(left)}",
        )
    shown = []
    for name, value in ours.items():
        theirs, tolerance = float(rows[name]["theirs"]), float(rows[name]["tolerance"])
        difference = float(value) - theirs
        # Half a unit more in the last place, for what floating point leaves of a rounded number.
        agrees = math.isfinite(difference) and abs(difference) <= tolerance * (1 + 1e-9)
        shown.append(
            {
                "chapter": chapter,
                "name": name,
                "ours": float(value),
                "theirs": theirs,
                "difference": difference,
                "tolerance": tolerance,
                "source": str(rows[name]["source"]),
                "verdict": "agrees" if agrees else "differs",
                "name_nl": str(rows[name]["name_nl"]),
                "source_nl": str(rows[name]["source_nl"]),
            }
        )
    return pd.DataFrame(shown)

"""Numbers held against somebody else's: R, a paper's table.

``data/peers.csv`` holds theirs, with source and tolerance; a chapter computes ours and shows both. What the names and
sources of a bilingual chapter are in Dutch stands in ``data/peers-nl.csv``.
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
    table = pd.read_csv(datasets.root() / "peers.csv")
    rows = {str(row["name"]): row for row in table[table["chapter"] == chapter].to_dict("records")}
    dutch = _dutch(chapter)
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
                "name_nl": dutch.get(name, ""),
                "source_nl": dutch.get(str(rows[name]["source"]), ""),
            }
        )
    return pd.DataFrame(shown)


def _dutch(chapter: str) -> dict[str, str]:
    table = pd.read_csv(datasets.root() / "peers-nl.csv")
    own = table[table["chapter"] == chapter]
    return dict(zip(own["english"], own["dutch"], strict=True))

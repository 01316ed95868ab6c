"""Simulations that are made once and stored: those of the bundled data, with the parameters of the handbook's pages.

What hundreds of simulated studies give takes longer than all the rest of a page, and comes out the same as long as data
and code do. So the data set ``simulated`` keeps each table beside the digest of what was asked: with the same data and
parameters the stored table is returned. With others, and so always with a reader's own files, the studies are
simulated. ``make trials`` makes all tables anew; ``tests/chapters/test_simulated.py`` makes the first studies of each
again, and compares.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from handbook_utils import datasets
from handbook_utils.study import Study
from handbook_utils.text.hash import sha256

__all__ = ["digest_of", "how_made", "packed", "simulated", "unpacked"]

Make = Callable[[int], pd.DataFrame]

#: Of what was asked for in this process: whether it was stored.
_ASKED: dict[str, bool] = {}


def simulated(name: str, make: Make, count: int, *asked: object) -> pd.DataFrame:
    """Return a table of simulated studies: the stored one where just this was asked, else one that is made now.

    Parameters
    ----------
    name : str
        Of the table among the stored ones.
    make : callable
        From a number of studies to a table, whose first rows do not change when more studies are asked for.
    count : int
        How many.
    *asked : object
        All else that the outcome hangs on: studies, tables, texts, numbers, and lists and mappings of these.

    Returns
    -------
    pandas.DataFrame
        With its rows numbered from 0.

    Examples
    --------
    >>> simulated("no such table", lambda count: pd.DataFrame({"p": [0.5] * count}), 2, "seed", 1)["p"].tolist()
    [0.5, 0.5]
    >>> how_made("no such table")
    'made in this run'
    """
    kept = _settled(name, make, count, digest_of([count, *asked]))
    _ASKED[name] = kept is not None
    return make(count).reset_index(drop=True) if kept is None else kept


def _settled(name: str, _make: Make, _count: int, digest: str) -> pd.DataFrame | None:
    """Return the stored table; what makes and tests the stored ones stands in for this."""
    stored = datasets.frame("simulated").set_index("name")
    if name not in stored.index or stored.loc[name, "asked"] != digest:
        return None
    return unpacked(str(stored.loc[name, "content"]))


def how_made(*names: str) -> str:
    """Say whether tables that were asked for came from the stored ones.

    Parameters
    ----------
    *names : str
        As :func:`simulated` was given them.

    Returns
    -------
    str
        Words for a sentence.
    """
    if all(_ASKED.get(name, False) for name in names):
        return "made once and stored with the handbook, whose tests make some of them again"
    return "made in this run"


def digest_of(asked: object) -> str:
    """Return a SHA-256 of data and parameters.

    Parameters
    ----------
    asked : object
        Studies, tables, arrays, texts, numbers, and lists and mappings of these.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    TypeError
        Something else is in it, of which nobody knows whether it is the same.

    Examples
    --------
    >>> digest_of({"seed": 1, "rate": 0.05}) == digest_of({"rate": 0.05, "seed": 1})
    True
    >>> digest_of(["a", 1]) == digest_of(["a", 2])
    False
    """
    return sha256(json.dumps(_plain(asked), sort_keys=True).encode())


def _plain(asked: object) -> Any:
    if isinstance(asked, Study):
        table = asked.table.tocoo()
        order = np.lexsort((table.col, table.row))
        numbers = [np.asarray(part)[order].astype(np.float64) for part in (table.row, table.col, table.data)]
        names = [list(map(str, asked.samples)), list(map(str, asked.features))]
        return [*names, *map(_plain, numbers), _plain(asked.metadata), asked.quantity]
    if isinstance(asked, pd.DataFrame):
        return asked.to_csv()
    if isinstance(asked, np.ndarray):
        return [list(asked.shape), str(asked.dtype), sha256(np.ascontiguousarray(asked).tobytes())]
    if isinstance(asked, Mapping):
        return {str(key): _plain(value) for key, value in asked.items()}
    if isinstance(asked, (list, tuple)):
        return [_plain(value) for value in asked]
    if asked is None or isinstance(asked, (str, int, float, bool)):
        return asked
    raise TypeError(f"{type(asked).__name__} has no digest")


def packed(table: pd.DataFrame) -> str:
    """Write a table as text, of which :func:`unpacked` makes the same table.

    Parameters
    ----------
    table : pandas.DataFrame
        Numbers, texts, and tuples of numbers; its rows numbered from 0.

    Returns
    -------
    str
        JSON: a list of values of each column.

    Examples
    --------
    >>> table = pd.DataFrame({"p": [0.1, float("nan")], "hits": [(1, 2), ()], "n": [3, 4]})
    >>> unpacked(packed(table)).equals(table)
    True
    """
    return json.dumps({str(name): _numbers(table[name].tolist()) for name in table}, separators=(",", ":"))


def _numbers(values: list[Any]) -> list[Any]:
    return [[int(one) for one in value] if isinstance(value, tuple) else value for value in values]


def unpacked(content: str) -> pd.DataFrame:
    """Read a table that :func:`packed` wrote.

    Parameters
    ----------
    content : str
        JSON.

    Returns
    -------
    pandas.DataFrame
        With its rows numbered from 0.
    """
    columns = json.loads(content)
    return pd.DataFrame(
        {name: [tuple(value) if isinstance(value, list) else value for value in own] for name, own in columns.items()}
    )

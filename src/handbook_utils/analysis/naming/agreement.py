"""Two references on the same sequences: where they give the same name, where they differ, and where one is silent."""

from __future__ import annotations

import pandas as pd

from handbook_utils.study.lineages import joined_phyla

#: What two references can say of a sequence at a rank.
VERDICTS = ("the same name", "different names", "only the first", "only the second", "neither")


def compared(first: pd.DataFrame, second: pd.DataFrame, weight: pd.Series) -> pd.DataFrame:
    """Hold the names from two references against each other, rank by rank.

    Parameters
    ----------
    first, second : pandas.DataFrame
        Names by sequence and rank, "" where there is none. Phyla that were renamed in 2021 count as the same, and so
        do names in Greengenes' brackets.
    weight : pandas.Series
        By sequence, what it counts for: its reads, or 1.

    Returns
    -------
    pandas.DataFrame
        By rank that both have, the share (%) of each of :data:`VERDICTS`.

    Examples
    --------
    >>> old = pd.DataFrame({"phylum": ["Firmicutes", "Firmicutes"], "genus": ["[Ruminococcus]", ""]}, index=["a", "b"])
    >>> new = pd.DataFrame({"phylum": ["Bacillota"] * 2, "genus": ["Mediterraneibacter", "Dorea"]}, index=["a", "b"])
    >>> compared(old, new, pd.Series(1.0, index=["a", "b"])).loc["genus"].tolist()
    [0.0, 50.0, 0.0, 50.0, 0.0]
    """
    one, other = plain(first), plain(second)
    ranks = [rank for rank in one.columns if rank in set(other.columns)]
    share = weight / weight.sum()
    rows = {}
    for rank in ranks:
        a, b = one[rank], other[rank].reindex(one.index)
        both = (a != "") & (b != "")
        kinds = (both & (a == b), both & (a != b), (a != "") & (b == ""), (a == "") & (b != ""), (a == "") & (b == ""))
        rows[rank] = [100 * float(share[kind].sum()) for kind in kinds]
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(VERDICTS)).rename_axis("rank")


def differing(first: pd.DataFrame, second: pd.DataFrame, weight: pd.Series, rank: str) -> pd.DataFrame:
    """Return the pairs of different names at a rank, and what share (%) of all each is of.

    Parameters
    ----------
    first, second, weight
        As for :func:`compared`.
    rank : str
        A column of both, such as ``genus``.

    Returns
    -------
    pandas.DataFrame
        ``first``, ``second``, ``share``, the largest first.
    """
    one, other = plain(first)[rank], plain(second)[rank].reindex(first.index)
    unlike = (one != "") & (other != "") & (one != other)
    pairs = pd.DataFrame({"first": one[unlike], "second": other[unlike], "share": 100 * weight[unlike] / weight.sum()})
    summed: pd.DataFrame = pairs.groupby(["first", "second"])["share"].sum().reset_index()
    order = summed.sort_values(["share", "first"], ascending=[False, True], kind="stable")
    return order.reset_index(drop=True)


def plain(names: pd.DataFrame) -> pd.DataFrame:
    """Return names without the brackets of what was only proposed, and phyla by one name.

    Parameters
    ----------
    names : pandas.DataFrame
        A row a feature, a column a rank; a column ``phylum`` among them or not.

    Returns
    -------
    pandas.DataFrame
        Of the same shape.

    Examples
    --------
    >>> plain(pd.DataFrame({"genus": ["[Ruminococcus]"]}))["genus"].tolist()
    ['Ruminococcus']
    """
    return joined_phyla(names.map(lambda name: str(name).strip("[]")))[0]

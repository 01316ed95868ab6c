"""What names were given to sequences, how sure each is at each rank, and where a name stops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

#: Prefixes of ranks in a lineage, as Greengenes, GTDB and QIIME 2 write them.
_PREFIX = {
    "kingdom": "k",
    "phylum": "p",
    "class": "c",
    "order": "o",
    "family": "f",
    "genus": "g",
    "species": "s",
    "strain": "t",
}


@dataclass(frozen=True)
class Names:
    """Names of sequences.

    Attributes
    ----------
    best : pandas.DataFrame
        One row a sequence, one column a rank: the likeliest name, however unsure; "" where there is none.
    confidence : pandas.DataFrame
        The same shape, 0 to 1: how much speaks for the name down to that rank.
    method : str
        How it was done, for a sentence.
    reference : str
        What the names were taken from.
    turned : tuple of str
        Sequences that were read from the other strand.
    notes : tuple of str
        What a reader must know of them, a sentence each.
    """

    best: pd.DataFrame
    confidence: pd.DataFrame
    method: str
    reference: str
    turned: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def at(self, least: float) -> pd.DataFrame:
        """Return the names that are sure enough: below a rank that is not, nothing is called.

        Parameters
        ----------
        least : float
            Confidence from which a name is told, 0 to 1.

        Returns
        -------
        pandas.DataFrame
            A row a feature, a column a rank; "" where nothing is told.

        Examples
        --------
        >>> best = pd.DataFrame({"family": ["Lachnospiraceae"], "genus": ["Blautia"]}, index=["a"])
        >>> sure = pd.DataFrame({"family": [0.99], "genus": [0.60]}, index=["a"])
        >>> Names(best, sure, "", "").at(0.8).iloc[0].tolist()
        ['Lachnospiraceae', '']
        """
        # A lineage may skip a rank (GTDB never, SILVA seldom): what is below a gap still counts.
        return self.best.where((self.confidence >= least - 1e-9).cummin(axis=1), "")

    def layout(self, least: float) -> pd.DataFrame:
        """Return the names as QIIME 2 writes them: Feature ID, Taxon, Confidence (of the last rank told).

        Parameters
        ----------
        least : float
            Confidence from which a name is told, 0 to 1.

        Returns
        -------
        pandas.DataFrame
            ``Taxon`` and ``Confidence`` by feature.

        Examples
        --------
        >>> best = pd.DataFrame({"family": ["Lachnospiraceae"], "genus": ["Blautia"]}, index=["a"])
        >>> sure = pd.DataFrame({"family": [0.99], "genus": [0.60]}, index=["a"])
        >>> [str(cell) for cell in Names(best, sure, "", "").layout(0.8).loc["a"]]
        ['f__Lachnospiraceae', '0.99']
        """
        told = self.at(least)
        ranks = [str(rank) for rank in told.columns]
        rows = []
        for names, sure in zip(told.to_numpy(), self.confidence.to_numpy(), strict=True):
            last = max((number for number, name in enumerate(names) if name), default=-1)
            lineage = "; ".join(f"{_PREFIX.get(rank, rank)}__{name}" for rank, name in zip(ranks, names, strict=True))
            cut = "; ".join(lineage.split("; ")[: last + 1])
            # Of what was left out whole, that of the broadest rank.
            rows.append((cut or "Unassigned", round(float(sure[max(last, 0)]), 4) if len(sure) else 0.0))
        made = pd.DataFrame(rows, index=told.index, columns=["Taxon", "Confidence"])
        return made.rename_axis("Feature ID")


def consensus(names: Sequence[Sequence[str]], least: float) -> tuple[list[str], list[float]]:
    """Return what most lineages have in common, rank by rank, and the share of them that have it.

    Parameters
    ----------
    names : sequence of sequence of str
        Lineages of the same ranks.
    least : float
        Share that must agree, over a half.

    Returns
    -------
    list of str, list of float
        The common names; from the first rank where fewer agree they are "".

    Examples
    --------
    >>> consensus([["Bacteria", "Blautia"], ["Bacteria", "Dorea"], ["Bacteria", "Blautia"]], 0.51)
    (['Bacteria', 'Blautia'], [1.0, 0.6666666666666666])
    """
    if not names:
        return [], []
    common, shares = [""] * len(names[0]), [0.0] * len(names[0])
    alive = [tuple(one) for one in names]
    for rank in range(len(names[0])):
        counts = pd.Series([one[: rank + 1] for one in alive]).value_counts()
        prefix, count = counts.index[0], int(counts.iloc[0])
        # Two lineages that are as frequent: neither is what most have.
        share = count / len(names)
        if share < least or (len(counts) > 1 and int(counts.iloc[1]) == count):
            break
        common[rank], shares[rank] = prefix[-1], share
        alive = [one for one in alive if one[: rank + 1] == prefix]
    return common, shares

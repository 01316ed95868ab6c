"""Samples before and after, paired by person; and who has only one of the two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from handbook_utils.analysis.design.terms import as_words
from handbook_utils.errors import InputError, listed

__all__ = ["Pairs", "pairs_of"]


@dataclass(frozen=True)
class Pairs:
    """Who has a sample before and a sample after.

    Attributes
    ----------
    first, second : pandas.Series
        Sample before and after, by person with both.
    person, moment : pandas.Series of str
        By sample, of all samples at one of the two moments.
    left_out : dict of str to list of str
        Reason to samples: other moments, and people with one of the two only.
    """

    first: pd.Series
    second: pd.Series
    person: pd.Series
    moment: pd.Series
    left_out: Mapping[str, list[str]]

    @property
    def people(self) -> int:
        """How many have both."""
        return len(self.first)


def pairs_of(person: pd.Series, moment: pd.Series, before: str, after: str, *, minimum: int = 3) -> Pairs:
    """Pair samples before and after.

    Parameters
    ----------
    person, moment : pandas.Series
        By sample.
    before, after : str
        What `moment` says of the two.
    minimum : int
        Least number of people with both.

    Returns
    -------
    Pairs
        With the samples that were left out, and why.

    Raises
    ------
    InputError
        Too few people with both, or a person with several samples at one moment.

    Examples
    --------
    >>> who, visit = pd.Series(list("aabbccd"), list("tuvwxyz")), pd.Series([1, 2, 1, 2, 2, 1, 1], list("tuvwxyz"))
    >>> made = pairs_of(who, visit, "1", "2")
    >>> made.second.to_dict(), dict(made.left_out)
    ({'a': 'u', 'b': 'w', 'c': 'x'}, {'only before': ['z']})
    """
    if before == after:
        raise InputError(
            "Before and after are the same moment.",
            where="parameters before and after",
            expected=f"two of the words in {moment.name}: {listed(sorted(as_words(moment).dropna().unique()), most=8)}",
            found=before,
            remedy="Give the word of the other moment.",
        )
    who, when = as_words(person).dropna(), as_words(moment).dropna()
    samples = [name for name in person.index if name in who.index and name in when.index]
    left_out = {"person or moment missing": [name for name in person.index if name not in set(samples)]}
    who, when = who[samples], when[samples]
    left_out["another moment"] = list(when.index[~when.isin([before, after])])
    of = {
        name: pd.Series(when.index[when == word], index=who[when == word])
        for name, word in (("before", before), ("after", after))
    }
    twice = sorted({str(one) for own in of.values() for one in own.index[own.index.duplicated()]})
    if twice:
        raise InputError(
            "A person has several samples at one moment.",
            where="parameters person and moment",
            expected="one sample before and one after",
            found=listed(twice),
            remedy="Leave one of them out: leave_out and the name of the sample.",
        )
    both = [name for name in of["before"].index if name in of["after"].index]
    if len(both) < minimum:
        raise InputError(
            "Too few people have a sample before and a sample after.",
            where=f"parameters before and after, column {moment.name}",
            expected=f"{minimum} people or more with both",
            found=f"{len(both)}; {moment.name} has {listed(sorted(when.unique()), most=8)}",
            remedy="Give before and after as the column writes them.",
        )
    for name, own in of.items():
        left_out[f"only {name}"] = list(own[[one for one in own.index if one not in set(both)]])
    inside = when.isin([before, after])
    gone = {reason: names for reason, names in left_out.items() if names}
    return Pairs(of["before"][both], of["after"][both], who[inside], when[inside], gone)

"""What is followed in people: one number a sample, made of its composition, and what to call it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from handbook_utils.analysis.distance.distances import distances
from handbook_utils.analysis.diversity.singletons import hill_of_shares
from handbook_utils.errors import InputError, listed, nearest
from handbook_utils.study import Study

__all__ = ["followed", "logarithms"]


def logarithms(study: Study, outcome: str) -> tuple[pd.Series, str]:
    """Return the natural logarithm of a number of each sample, and what to call the number.

    Parameters
    ----------
    study : Study
        Of counts or of shares.
    outcome : str
        ``shannon`` (the number is the Hill number of order 1), or the name of a feature, or of a taxon whose
        features are added up (its share; zeros become half of its least share).

    Returns
    -------
    tuple of pandas.Series and str
        The logarithms by sample, and the number's name for an axis.

    Raises
    ------
    InputError
        No such outcome.

    Examples
    --------
    >>> study = Study.from_frame(pd.DataFrame([[5, 5], [9, 1], [0, 10]], index=list("xyz"), columns=["a", "b"]))
    >>> logarithms(study, "a")[0].round(2).to_dict()
    {'x': -0.69, 'y': -0.11, 'z': -1.39}
    """
    if outcome == "shannon":
        return np.log(hill_of_shares(study)["q1"]).rename(outcome), "Hill number of order 1"
    named = _named(study, outcome)
    if not named:
        close = nearest(outcome, map(str, study.features))
        raise InputError(
            f"There is no feature '{outcome}' to follow.",
            where="parameter outcome",
            expected="shannon, distance, or a feature or taxon as the table names it",
            found=f"{outcome}, where features are {listed(list(map(str, study.features)), most=4)}",
            remedy=f"Did you mean '{close}'?" if close else "Name one of the features.",
        )
    shares = study.proportions().to_frame()[named].sum(axis=1)
    if not shares.any():
        raise InputError(
            f"No sample has '{outcome}'.",
            where="parameter outcome",
            expected="a feature that some have",
            remedy="Name another one, or compare the outcome shannon.",
        )
    filled = shares.where(shares > 0, shares[shares > 0].min() / 2)
    added = "" if named == [outcome] else f" ({len(named)} features added up)"
    return np.log(filled).rename(outcome), f"share of {outcome}{added}"


def _named(study: Study, outcome: str) -> list[str]:
    """Return the feature of a name, or else the features of the taxon of that name at the highest rank that has it."""
    if outcome in study.features:
        return [outcome]
    names = study.taxonomy if study.taxonomy is not None else pd.DataFrame()
    found = [names.index[names[rank] == outcome] for rank in names]
    return next(([str(name) for name in there] for there in found if len(there)), [])


def followed(study: Study, outcome: str, person: pd.Series, time: pd.Series) -> tuple[pd.Series, str]:
    """Return what is followed over time, by sample, and what to call it.

    Parameters
    ----------
    study : Study
        Counts or proportions.
    outcome : str
        ``shannon`` (natural logarithm), ``distance`` (Bray-Curtis, from the first sample of each person, which is left
        out), or the name of a feature (logarithm to base 2 of its share; zeros become half of its least share).
    person, time : pandas.Series
        By sample.

    Returns
    -------
    tuple of pandas.Series and str
        The numbers by sample, and their name for an axis.

    Raises
    ------
    InputError
        No such outcome.

    Examples
    --------
    >>> study = Study.from_frame(pd.DataFrame([[5, 5], [9, 1], [0, 10]], index=list("xyz"), columns=["a", "b"]))
    >>> who, day = pd.Series("Ann", index=list("xyz")), pd.Series([0, 1, 2], index=list("xyz"))
    >>> followed(study, "distance", who, day)[0].round(3).to_dict()
    {'y': 0.4, 'z': 0.5}
    >>> followed(study, "a", who, day)[0].round(2).to_dict()
    {'x': -1.0, 'y': -0.15, 'z': -2.0}
    """
    if outcome == "distance":
        square = distances(study.proportions(), "bray-curtis").to_data_frame()
        known = time.dropna().sort_values(kind="stable")
        first = pd.Series(known.index, index=known.index).groupby(person[known.index]).transform("first")
        later = known.index[(first != known.index).to_numpy()]
        values = square.to_numpy()[square.index.get_indexer(later), square.index.get_indexer(first[later])]
        return pd.Series(values, index=later, name=outcome), "Bray-Curtis distance from the first sample"
    logs, label = logarithms(study, outcome)
    if outcome == "shannon":
        return logs, "Shannon index (natural logarithm)"
    return logs / np.log(2), f"{label} (logarithm to base 2)"

"""What is followed in people: one number a sample, made of its composition, and what to call it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from handbook_utils.analysis.distance.distances import distances
from handbook_utils.analysis.diversity.alpha import alpha_table
from handbook_utils.errors import InputError, nearest
from handbook_utils.study import Study
from handbook_utils.study.readers import require_counts

__all__ = ["followed"]


def followed(study: Study, outcome: str, person: pd.Series, time: pd.Series) -> tuple[pd.Series, str]:
    """Return what is followed over time, by sample, and what to call it.

    Parameters
    ----------
    study : Study
    outcome : str
        ``shannon`` (natural logarithm), ``distance`` (Bray-Curtis, from the first sample of each person, which is left
        out), or the name of a feature (logarithm to base 2 of its share; zeros become half of its least share).
    person, time : pandas.Series
        By sample.

    Raises
    ------
    InputError
        No such outcome, or counts are needed.

    Examples
    --------
    >>> study = Study.from_frame(pd.DataFrame([[5, 5], [9, 1], [0, 10]], index=list("xyz"), columns=["a", "b"]))
    >>> who, day = pd.Series("Ann", index=list("xyz")), pd.Series([0, 1, 2], index=list("xyz"))
    >>> followed(study, "distance", who, day)[0].round(3).to_dict()
    {'y': 0.4, 'z': 0.5}
    >>> followed(study, "a", who, day)[0].round(2).to_dict()
    {'x': -1.0, 'y': -0.15, 'z': -2.0}
    """
    if outcome == "shannon":
        require_counts(study)
        return np.log(alpha_table(study)["q1"]).rename(outcome), "Shannon index (natural logarithm)"
    if outcome == "distance":
        square = distances(study.proportions(), "bray-curtis").to_data_frame()
        known = time.dropna().sort_values(kind="stable")
        first = pd.Series(known.index, index=known.index).groupby(person[known.index]).transform("first")
        later = known.index[(first != known.index).to_numpy()]
        values = [float(str(square.loc[sample, first[sample]])) for sample in later]
        return pd.Series(values, index=later, name=outcome), "Bray-Curtis distance from the first sample"
    if outcome not in study.features:
        close = nearest(outcome, map(str, study.features))
        raise InputError(
            f"There is no taxon '{outcome}' to follow.",
            where="parameter outcome",
            expected="shannon, distance, or a taxon as the table names it",
            found=outcome,
            remedy=f"Did you mean '{close}'?" if close else None,
        )
    shares = study.proportions().to_frame()[outcome]
    filled = shares.where(shares > 0, shares[shares > 0].min() / 2)
    return np.log2(filled).rename(outcome), f"share of {outcome} (logarithm to base 2)"

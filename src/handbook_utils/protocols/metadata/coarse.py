"""Records as archives get them: age bands, months and provinces, and less where a group of people would be small."""

from __future__ import annotations

import pandas as pd

from handbook_utils.protocols.disclosure.groups import SMALLEST, suppressed
from handbook_utils.protocols.privacy.examine import WITHHELD

#: What describes a person in the coarse records, in the order in which it is given up.
_GIVEN_UP = ("date", "region", "age_band", "sex")
#: Exact answers, which stay with the study.
_EXACT = ("age", "height_cm", "weight_kg", "bmi", "centre", "latitude", "longitude")


def coarsened(records: pd.DataFrame, smallest: int = SMALLEST) -> pd.DataFrame:
    """Leave out of records what is exact of a person, and hide what only few people share.

    Parameters
    ----------
    records : pandas.DataFrame
        Of :func:`handbook_utils.protocols.metadata.records.records`, dates cut as the study says.
    smallest : int
        People that a group must have.

    Returns
    -------
    pandas.DataFrame
        The same rows. No exact age, height, weight, body mass index, centre or coordinates; where fewer than `smallest`
        people share months, province, age band and sex, these are withheld one after another.

    Examples
    --------
    >>> one = {"sample": "A-1", "content": "sample", "participant": "A", "sex": "female", "age_band": "18-39"}
    >>> more = {"age": "30", "region": "Drenthe", "date": "2026-03", "centre": "Assen"}
    >>> row = coarsened(pd.DataFrame([one | more])).iloc[0]
    >>> row["age"], row["centre"], row["sex"]
    ('', '', 'missing: human-identifiable')
    """
    made = records.copy()
    there = [name for name in _EXACT if name in made.columns]
    made[there] = ""
    mine = made["content"] == "sample"
    kept = made.loc[mine, ["participant", *_GIVEN_UP]]
    people = kept.groupby("participant", sort=False).agg(_together)
    shown = suppressed(people, _GIVEN_UP, smallest)
    for column in _GIVEN_UP:
        lost = shown.index[shown[column] != people[column]]
        # A place has several fields, each of which knows by itself what to say where there is no region.
        made.loc[mine & made["participant"].isin(lost), column] = "" if column == "region" else WITHHELD
    return made


def _together(values: pd.Series) -> str:
    return " ".join(dict.fromkeys(map(str, values)))

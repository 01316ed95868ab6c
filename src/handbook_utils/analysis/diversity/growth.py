"""Children who were sampled several times as they grew: their kinds of bacteria, and what they were exposed to."""

from __future__ import annotations

import numpy as np
import pandas as pd

from handbook_utils.analysis.diversity.alpha import alpha_table
from handbook_utils.analysis.time.longitudinal import mixed_model
from handbook_utils.study import Study

__all__ = [
    "after_antibiotics",
    "age_groups",
    "clear_of_none",
    "exposure_effects",
    "exposures",
    "followed_children",
    "line_of_growth",
]

_EXPOSURES = {"delivery: vaginal": "birth", "diet: formula": "milk", "antibiotics: yes": "antibiotics"}


def followed_children(study: Study) -> tuple[Study, pd.DataFrame]:
    """Return the samples of a known age, and what is known of them.

    Parameters
    ----------
    study : Study
        With metadata ``month`` (age).

    Returns
    -------
    tuple of (Study, pandas.DataFrame)
        The dated samples; their metadata with ``month`` as a number, ``kinds`` (effective number, Hill number of order
        1) and ``shannon`` (its natural logarithm).

    Examples
    --------
    >>> from handbook_utils import datasets
    >>> followed_children(datasets.load("ecam"))[1]["child"].nunique()
    31
    """
    dated = study.choose_samples(study.column("month").notna())
    known = dated.metadata
    frame = known.assign(month=known["month"].astype(float), kinds=alpha_table(dated)["q1"])
    return dated, frame.assign(shannon=np.log(frame["kinds"]))


def line_of_growth(frame: pd.DataFrame, slope: float, points: int = 50) -> pd.Series:
    """Return the number of kinds of all children together by age, for a slope of its logarithm.

    Parameters
    ----------
    frame : pandas.DataFrame
        As :func:`followed_children` returns it.
    slope : float
        Change of the Shannon index a month.
    points : int
        How many ages there are in the line.

    Returns
    -------
    pandas.Series
        Effective number of kinds by month, from 0 to the oldest; every child counts once.
    """
    months = np.linspace(0, frame["month"].max(), points)
    level = (frame["shannon"] - slope * frame["month"]).groupby(frame["child"]).mean().mean()
    return pd.Series(np.exp(level + slope * months), index=months)


def age_groups(month: pd.Series, grown: int) -> pd.Series:
    """Sort ages into groups, the last of them from ``grown`` months.

    Parameters
    ----------
    month : pandas.Series
        Ages (months).
    grown : int
        Months, 20 or more.

    Returns
    -------
    pandas.Series
        Categories in order, by their names.

    Examples
    --------
    >>> age_groups(pd.Series([0.0, 5.0, 26.0]), 24).tolist()
    ['0', '4–6', '24–26']
    """
    oldest = month.max()
    edges = [-1, 0, 3, 6, 9, 12, 18, grown - 0.5, oldest]
    names = ["0", "1–3", "4–6", "7–9", "10–12", "13–18", f"19–{grown - 1}", f"{grown}–{oldest:.0f}"]
    return pd.cut(month, edges, labels=names)


def exposures(frame: pd.DataFrame) -> dict[str, int]:
    """Count the children by birth, feeding and antibiotics.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``child``, ``delivery``, ``diet`` and ``antibiotics``, a row a sample.

    Returns
    -------
    dict of str to int
        ``caesarean``, ``formula``, ``formula-vaginal`` (born vaginally and on mostly formula) and ``antibiotics`` (at
        any time).
    """
    children = frame.groupby("child").agg(
        vaginal=("delivery", lambda how: how.iloc[0] == "vaginal"),
        formula=("diet", lambda what: what.iloc[0] == "formula"),
        antibiotics=("antibiotics", lambda had: (had == "yes").any()),
    )
    return {
        "caesarean": int((~children["vaginal"].astype(bool)).sum()),
        "formula": int(children["formula"].sum()),
        "formula-vaginal": int((children["formula"] & children["vaginal"]).sum()),
        "antibiotics": int(children["antibiotics"].sum()),
    }


def exposure_effects(
    frame: pd.DataFrame, outcome: str, *, own_pace: bool = True, confidence: float = 0.95
) -> pd.DataFrame:
    """Compare children by birth, feeding and antibiotics, at the same age and with all three looked at together.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``child``, ``month``, ``delivery``, ``diet``, ``antibiotics`` and the outcome, a row a sample.
    outcome : str
        Column.
    own_pace : bool
        Every child has a slope of its own along age, and not only a level.
    confidence : float
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        ``birth`` (vaginal, not caesarean), ``milk`` (mostly formula, not breast milk) and ``antibiotics`` (had, not had
        none): estimate, error, df, low, high, p.
    """
    terms = ["month", "delivery", "diet", "antibiotics"]
    slopes = "month" if own_pace else None
    found = mixed_model(frame, outcome, terms, "child", slopes=slopes, confidence=confidence).table
    return found.loc[list(_EXPOSURES)].rename(index=_EXPOSURES)


def clear_of_none(effects: pd.DataFrame) -> int:
    """Count the intervals that do not hold 0.

    Parameters
    ----------
    effects : pandas.DataFrame
        ``low`` and ``high`` of each.

    Returns
    -------
    int
        How many.

    Examples
    --------
    >>> clear_of_none(pd.DataFrame({"low": [-1.0, 0.5], "high": [1.0, 2.0]}))
    1
    """
    return int(((effects["low"] > 0) | (effects["high"] < 0)).sum())


def after_antibiotics(study: Study, frame: pd.DataFrame) -> dict[str, pd.Series]:
    """Compare children's kinds of bacteria after antibiotics with those of children without, at the same age.

    Parameters
    ----------
    study, frame : Study and pandas.DataFrame
        As :func:`followed_children` returns them.

    Returns
    -------
    dict of str to pandas.Series
        Ratios of the number of kinds: ``estimate``, ``low``, ``high`` and ``p``. ``ratio``: of the effective number,
        every child with a level and a slope of its own along age on a logarithmic scale. ``level``: with a level only.
        ``plain`` and ``plain-level``: of the plain number of variants. ``month``, ``beside`` and ``reads``: as
        ``ratio``, with age in months, beside delivery and diet, and beside the number of reads.
    """
    known = frame.assign(
        doublings=np.log2(frame["kinds"]),
        variants=np.log2((study.table.toarray() > 0).sum(axis=1)),
        age=np.log2(frame["month"] + 1),
        reads=np.log2(study.depth.to_numpy()),
    )

    def ratio(outcome: str, terms: list[str], slopes: str | None) -> pd.Series:
        row = mixed_model(known, outcome, [*terms, "antibiotics"], "child", slopes=slopes).table.loc["antibiotics: yes"]
        return pd.Series({**{part: 2 ** row[part] for part in ("estimate", "low", "high")}, "p": row["p"]})

    return {
        "ratio": ratio("doublings", ["age"], "age"),
        "level": ratio("doublings", ["age"], None),
        "plain": ratio("variants", ["age"], "age"),
        "plain-level": ratio("variants", ["age"], None),
        "month": ratio("doublings", ["month"], "month"),
        "beside": ratio("doublings", ["age", "delivery", "diet"], "age"),
        "reads": ratio("doublings", ["age", "reads"], "age"),
    }

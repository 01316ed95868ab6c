"""Who has been studied: people of many studies counted, and how patients differ from the others of their own study."""

from __future__ import annotations

import pandas as pd

#: People with and without the condition that a study must have to be compared.
LEAST = 10


def by_country(people: pd.DataFrame) -> pd.DataFrame:
    """Count people and studies of each country, most people first.

    Parameters
    ----------
    people : pandas.DataFrame
        One row a person, with ``country`` and ``study``.

    Returns
    -------
    pandas.DataFrame
        Columns ``people`` and ``studies``, by country.

    Examples
    --------
    >>> people = pd.DataFrame({"country": ["NLD", "NLD", "USA"], "study": ["A", "B", "C"]})
    >>> by_country(people).loc["NLD"].tolist()
    [2, 2]
    """
    counted = people.groupby("country").agg(people=("study", "size"), studies=("study", "nunique"))
    return counted.sort_values(["people", "studies"], ascending=False)


def by_condition(people: pd.DataFrame) -> pd.DataFrame:
    """Count people, studies and countries of each condition, controls left out, most people first.

    Parameters
    ----------
    people : pandas.DataFrame
        One row a person, with ``condition``, ``study`` and ``country``.

    Returns
    -------
    pandas.DataFrame
        Columns ``people``, ``studies`` and ``countries``, by condition.
    """
    ill = people[people["condition"].notna() & (people["condition"] != "control")]
    counted = ill.groupby("condition").agg(
        people=("study", "size"), studies=("study", "nunique"), countries=("country", "nunique")
    )
    return counted.sort_values(["people", "studies"], ascending=False)


def patients_against_controls(people: pd.DataFrame, column: str, least: int = LEAST) -> pd.DataFrame:
    """Return, for each condition of each study, how much older (or heavier) patients are than controls.

    Parameters
    ----------
    people : pandas.DataFrame
        One row a person, with ``study``, ``condition`` and the column.
    column : str
        A number, such as ``age``; people without it are left out.
    least : int
        Patients and controls that a study must have with that number.

    Returns
    -------
    pandas.DataFrame
        Columns ``study``, ``condition``, ``patients``, ``controls`` and ``difference`` (of medians), smallest first.

    Examples
    --------
    >>> people = pd.DataFrame({"study": "A", "condition": ["control", "T2D", "T2D"], "age": [40.0, 60.0, 50.0]})
    >>> patients_against_controls(people, "age", least=1)[["patients", "difference"]].values.tolist()
    [[2.0, 15.0]]
    """
    known = people.dropna(subset=[column, "condition"])
    counted = known.groupby(["study", "condition"])[column].agg(["size", "median"]).reset_index()
    control = counted["condition"] == "control"
    found = counted[~control].merge(counted[control], on="study", suffixes=("", "_of_controls"))
    found = found[(found["size"] >= least) & (found["size_of_controls"] >= least)]
    found = found.assign(difference=found["median"] - found["median_of_controls"])
    found = found.rename(columns={"size": "patients", "size_of_controls": "controls"})
    return found[["study", "condition", "patients", "controls", "difference"]].sort_values(
        "difference", ignore_index=True
    )

"""Who has been studied: the counts of the bundled people, and patients against controls of the same study."""

import pandas as pd
import pytest

from handbook_utils import datasets
from handbook_utils.analysis.models.studied import by_condition, by_country, patients_against_controls


def test_the_bundled_people_are_those_of_the_package():
    people = datasets.frame("studied-people")
    assert len(people) == 12882
    assert people["study"].nunique() == 83
    assert people["samples"].sum() == 18975
    assert by_country(people)["people"].sum() == len(people)


def test_controls_and_unknown_are_no_condition():
    people = pd.DataFrame(
        {"condition": ["control", None, "IBD", "IBD"], "study": list("AABC"), "country": ["NLD", "NLD", "USA", "NLD"]}
    )
    assert by_condition(people).to_dict("index") == {"IBD": {"people": 2, "studies": 2, "countries": 2}}


def test_patients_are_held_against_controls_of_their_own_study_only():
    people = pd.DataFrame(
        {
            "study": ["A"] * 4 + ["B"] * 4,
            "condition": ["control", "control", "T2D", "T2D"] * 2,
            "age": [20.0, 30.0, 60.0, 70.0, 50.0, 52.0, 51.0, None],
        }
    )
    found = patients_against_controls(people, "age", least=2)
    assert found["study"].tolist() == ["A"]
    assert found["difference"].iloc[0] == pytest.approx(40)

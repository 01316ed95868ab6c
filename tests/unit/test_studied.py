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


def test_countries_and_conditions_with_most_people_come_first():
    people = pd.DataFrame(
        {
            "condition": ["T2D", "T2D", "IBD", "CRC", "CRC"],
            "study": ["A", "A", "A", "B", "C"],
            "country": ["NLD", "NLD", "NLD", "USA", "USA"],
        }
    )
    assert by_country(people).to_dict("index") == {
        "NLD": {"people": 3, "studies": 1},
        "USA": {"people": 2, "studies": 2},
    }
    assert by_country(people).index.to_list() == ["NLD", "USA"]
    # As many people: more studies come first.
    assert by_condition(people).index.to_list() == ["CRC", "T2D", "IBD"]


@pytest.mark.parametrize(("ill", "well", "compared"), [(10, 10, 1), (9, 10, 0), (10, 9, 0)])
def test_ten_patients_and_ten_controls_are_enough(ill, well, compared):
    people = pd.DataFrame({"study": "A", "condition": ["T2D"] * ill + ["control"] * well, "age": 50.0})
    assert len(patients_against_controls(people, "age")) == compared


def test_the_smallest_difference_comes_first():
    people = pd.DataFrame(
        {"study": "A", "condition": ["control", "IBD", "CRC", "T2D"], "age": [50.0, 40.0, 70.0, 52.0]}
    )
    found = patients_against_controls(people, "age", least=1)
    assert found["difference"].to_list() == [-10, 2, 20]
    assert found.index.to_list() == [0, 1, 2]

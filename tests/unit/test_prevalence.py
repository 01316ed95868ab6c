import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handbook_utils import datasets
from handbook_utils.analysis.models.prevalence import (
    COMPLAINTS,
    beside_other_sources,
    complaint_grid,
    condition_name,
    people_by_condition,
    prevalence_from_incidence,
    rate,
    union_bounds,
)


def test_rate_by_hand():
    assert rate(178, 17_800) == pytest.approx(10)
    assert rate(178, 17_800, per=100_000) == pytest.approx(1000)


@pytest.mark.parametrize(("number", "population"), [(1, 0), (1, -5), (-1, 10), (11, 10), (float("nan"), 10)])
def test_a_number_that_does_not_fit_is_refused(number, population):
    with pytest.raises(ValueError, match="population"):
        rate(number, population)


def test_bounds_by_hand():
    found = union_bounds([600, 500], 1000)
    assert (found.least, found.most) == (600, 1000)
    assert found.independent == pytest.approx(1000 * (1 - 0.4 * 0.5))
    with pytest.raises(ValueError, match="no numbers"):
        union_bounds([], 10)


@given(st.lists(st.lists(st.booleans(), min_size=12, max_size=12), min_size=1, max_size=5))
def test_the_truth_lies_within_the_bounds(members):
    """Whoever has what: people with at least one condition are never outside the bounds."""
    has = np.array(members)
    truth = has.any(axis=0).sum()
    bounds = union_bounds(has.sum(axis=1).tolist(), has.shape[1])
    assert bounds.least - 1e-9 <= truth <= bounds.most + 1e-9
    assert bounds.least - 1e-9 <= bounds.independent <= bounds.most + 1e-9


def test_both_bounds_are_reached():
    nested, apart = np.array([[1, 1, 0, 0], [1, 0, 0, 0]], bool), np.array([[1, 1, 0, 0], [0, 0, 1, 0]], bool)
    bounds = union_bounds([2, 1], 4)
    assert (nested.any(axis=0).sum(), apart.any(axis=0).sum()) == (bounds.least, bounds.most)


def test_living_with_it_follows_from_new_cases_and_duration():
    assert prevalence_from_incidence(13_145, 10) == 131_450
    with pytest.raises(ValueError, match="negative"):
        prevalence_from_incidence(-1, 2)


def test_every_complaint_of_the_data_has_a_place():
    frame = datasets.frame("dutch-prevalence").drop_duplicates("condition").set_index("condition")
    grid = complaint_grid(frame["complaints_en"])
    assert grid.shape == (11, len(COMPLAINTS))
    assert grid.any(axis=1).all()
    assert grid.loc["migraine"].sum() == 1
    assert set(itertools.compress(grid.columns, grid.loc["parkinson"])) == {"pain", "constipation", "bloating", "other"}


def test_an_unknown_complaint_is_not_dropped():
    with pytest.raises(ValueError, match="'itch' of 'ibs'"):
        complaint_grid({"ibs": "wind; itch"})


def test_nobody_everybody_and_no_population():
    assert (rate(0, 10), rate(10, 10), rate(1, 1)) == (0, 1000, 1000)
    with pytest.raises(ValueError, match="not above 0"):
        rate(0, 0)
    assert prevalence_from_incidence(0, 5) == prevalence_from_incidence(5, 0) == 0
    with pytest.raises(ValueError, match="negative"):
        prevalence_from_incidence(1, -2)


FIGURES = pd.DataFrame(
    {
        "measure": ["people", "people", "deaths", "people"],
        "condition": ["ibs", "adhd", "cancer", "ibs"],
        "basis": ["known-at-gp", "stated", "stated", "estimated"],
        "group": ["gut", "mind", "other", "gut"],
        "number": [20, 50, 7, 90],
    },
    index=["ibs-known", "adhd", "deaths", "ibs-estimated"],
)


@pytest.mark.parametrize(
    ("sort_by", "order"),
    [
        ("number", ["ibs-estimated", "adhd", "ibs-known"]),
        ("name", ["adhd", "ibs-estimated", "ibs-known"]),
        ("group", ["adhd", "ibs-estimated", "ibs-known"]),
    ],
)
def test_people_are_told_as_rates_in_the_order_and_language_that_was_asked(sort_by, order):
    found = people_by_condition(FIGURES, 1000, sort_by=sort_by, lang="en")
    assert found.index.to_list() == order
    assert found["rate"].to_dict() == {"ibs-known": 20, "adhd": 50, "ibs-estimated": 90}
    assert found.loc["ibs-known", ["name", "known"]].to_list() == [
        "irritable bowel (IBS), known at GP",
        "known at the GP",
    ]
    dutch = people_by_condition(FIGURES, 1000, sort_by=sort_by, lang="nl").loc["ibs-estimated", ["name", "known"]]
    assert dutch.to_list() == ["prikkelbare darm (PDS), schatting", "schatting"]


@pytest.mark.parametrize(("lang", "name", "said"), [("en", "cancer", "2010"), ("nl", "kanker", "Zuid-Limburg")])
def test_numbers_of_other_sources_are_made_rates_and_their_rates_stay(lang, name, said):
    table = datasets.frame("dutch-prevalence")
    rates = pd.Series(12.5, index=table["condition"].unique())
    told = dict.fromkeys(("coeliac-gp", "ibd-registry", "ibd-limburg", "mood-survey", "adhd-survey"), 4.0)
    told |= dict.fromkeys(("parkinsonism-number", "dementia-number", "dementia-gp-number"), 300)
    found = beside_other_sources(rates, pd.Series(told), 100_000, lang)
    assert found[1].eq(12.5).all()
    assert found[2].to_list() == [4.0] * 5 + [3.0] * 3
    assert said in found[3].iloc[2]
    assert condition_name("cancer", lang) == name

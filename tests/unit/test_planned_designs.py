"""Clusters and visits in a plan: what they are worth, what is refused, and that the plan counts by them."""

import pandas as pd
import pytest

from handbook_utils.analysis.sample_size import design_effect, visits_worth
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.plan.designs import Clusters, clusters_of, clusters_table, stopped_of, visits_table
from handbook_utils.protocols.plan.inputs import pilot_of
from handbook_utils.protocols.plan.trial import PlannedTrial

VISITS = ["start", "week 6", "week 12"]


def trial(clusters):
    start = pilot_of({"pilot": "throat", "table": "", "metadata": "", "reads": 500})
    sizes = [20, 40, 80, 160]
    return PlannedTrial(
        *(
            start,
            "throat",
            "A study",
            "",
            ["a", "b"],
            VISITS,
            128,
            "shannon",
            0.5,
            "",
            0.8,
            0.05,
            1,
            0.0,
            1.0,
            sizes,
            400,
        ),
        *(5, clusters),
    )


def test_clusters_need_more_people_and_none_changes_nothing():
    alone, together = trial(Clusters()), trial(Clusters(10, 0.1))
    assert together.clusters.effect == pytest.approx(1.9)
    assert together.included == pytest.approx(1.9 * alone.included, abs=1)
    assert together.planned["power"] < alone.planned["power"] - 0.1
    assert "design effect of 1.90" in together.statement
    assert "Everybody is assigned by themselves." in alone.statement
    pd.testing.assert_frame_equal(trial(Clusters(1, 0.3)).shannon, alone.shannon)


def test_sizes_that_differ_cost_more_and_tables_rise():
    assert design_effect(12, 0.05, 0.8) > design_effect(12, 0.05) > design_effect(2, 0.05) > 1
    table = clusters_table(Clusters(12, 0.05), 0.5, 0.05, 0.8, 0.1)
    assert table["clusters an arm"].is_monotonic_increasing
    by_visit = visits_table(VISITS, [0.05, 0.15], 0.5, 0.5, 0.05, 0.8)
    assert by_visit["people an arm"].is_monotonic_decreasing
    assert by_visit["worth of a person"].iloc[1] < 2 * by_visit["worth of a person"].iloc[0]


def test_people_who_stop_tell_less_and_samples_that_are_alike_add_less():
    assert visits_worth([0.0, 0.0], 0.5) > visits_worth([0.1, 0.3], 0.5)
    assert visits_worth([0.0], 0.0) == 1
    gains = [visits_worth([0.0] * 4, rho) / visits_worth([0.0], rho) for rho in (0.1, 0.5, 0.9)]
    assert gains == sorted(gains, reverse=True)


@pytest.mark.parametrize(
    ("said", "what"),
    [
        (["0.1"], "differ in number"),
        (["0.2", "0.1"], "Fewer have stopped"),
        (["x", "0.1"], "no shares"),
        (["0.1", "0.99"], "no shares"),
    ],
)
def test_wrong_shares_are_refused(said, what):
    with pytest.raises(InputErrors, match=what):
        stopped_of(said, VISITS, 0.1)


def test_clusters_without_a_correlation_are_refused():
    with pytest.raises(InputError, match="not said"):
        clusters_of({"cluster_size": 4.0, "cluster_icc": None, "cluster_spread": 0.0})
    assert clusters_of({"cluster_size": 1.0, "cluster_icc": None, "cluster_spread": 0.0}).effect == 1
    assert stopped_of([], VISITS, 0.1) == [0.0, 0.1]
    assert stopped_of([], ["once"], 0.2) == [0.2]

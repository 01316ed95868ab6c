"""Clusters and several visits against R: a t test of means of clusters, least squares, and lmer on simulated trials."""

import json
from pathlib import Path

import pytest
from scipy import stats

from handbook_utils.analysis.sample_size import cluster_t_power, visits_power, visits_worth

R = json.loads(Path(__file__).with_name("designs.json").read_text(encoding="utf-8"))


def rows(name):
    columns = R[name]
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def within(hits, trials, power):
    """Whether a power lies in the exact 99.9 % interval of what was counted."""
    low, high = stats.binomtest(hits, trials).proportion_ci(0.999)
    return low <= power <= high


@pytest.mark.parametrize("one", rows("clusters"), ids=lambda one: f"{one['clusters']}x{one['size']}")
def test_clusters(one):
    power = cluster_t_power(one["effect"], (one["clusters"], one["clusters"]), one["size"], one["icc"])
    assert power == pytest.approx(one["power"], abs=2e-5)
    assert within(one["hits"], one["trials"], power)


@pytest.mark.parametrize("one", rows("known"), ids=lambda one: f"{one['stopped']}, {one['rho']}")
def test_visits_tell_as_much_as_least_squares_with_the_true_covariance(one):
    stopped = [float(share) for share in one["stopped"].split()]
    assert visits_worth(stopped, one["rho"]) == pytest.approx(2 / one["people"] / one["variance"], rel=1e-9)


@pytest.mark.parametrize("one", rows("simulated"), ids=lambda one: one["stopped"])
def test_visits_against_a_mixed_model_on_simulated_trials(one):
    stopped = [float(share) for share in one["stopped"].split()]
    power = visits_power(one["effect"], one["people"], one["people"], stopped, one["rho"])
    assert within(one["hits"], one["trials"], power)

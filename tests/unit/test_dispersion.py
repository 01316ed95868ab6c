"""Dispersion: what it finds and what it does not, its errors of the first kind, the spatial median."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.spatial.distance import pdist, squareform
from skbio import DistanceMatrix

from handbook_utils.analysis.distance.dispersion import betadisper, spatial_median
from handbook_utils.errors import InputError


def of(points, **columns):
    names = [f"s{number}" for number in range(len(points))]
    return DistanceMatrix(squareform(pdist(points)), ids=names), pd.DataFrame(columns, index=names)


def two_groups(seed: int, shift: float = 0.0, spread: float = 1.0, count: int = 40):
    points = np.random.default_rng(seed).normal(size=(count, 3))
    arm = np.array(["x", "y"] * (count // 2))
    points[arm == "y"] *= spread
    points[arm == "y", 0] += shift
    return of(points, arm=arm)


def test_dispersion_finds_spread_and_not_location():
    assert betadisper(*two_groups(5, spread=4), "arm").p < 0.01
    assert betadisper(*two_groups(6, shift=5), "arm").p > 0.1


@pytest.mark.parametrize("centre", ["median", "centroid"])
def test_statistic_is_the_anova_of_distances_known_by_hand(centre):
    points = np.array([[0.0], [1.0], [2.0], [10.0], [14.0], [18.0]])
    distance, frame = of(points, arm=list("xxxyyy"))
    found = betadisper(distance, frame, "arm", centre=centre, permutations=0)
    assert found.to_centre.to_list() == pytest.approx([1, 0, 1, 4, 0, 4], abs=1e-9)
    assert found.statistic == pytest.approx(stats.f_oneway([1, 0, 1], [4, 0, 4]).statistic)
    assert found.df == (1, 4)
    assert np.isnan(found.p)


def test_error_of_the_first_kind_lies_within_its_binomial_interval():
    count = sum(betadisper(*two_groups(seed), "arm", permutations=99, seed=seed).p <= 0.05 for seed in range(200))
    low, high = stats.binom.interval(0.999, 200, 0.05)
    assert low <= count <= high


def test_power_rises_with_the_difference_in_spread():
    power = [
        sum(betadisper(*two_groups(seed, spread=spread), "arm", permutations=99).p <= 0.05 for seed in range(40))
        for spread in (1.0, 1.4, 2.0)
    ]
    assert power[0] < power[1] < power[2]


def test_a_person_counts_once():
    points = np.random.default_rng(7).normal(size=(12, 2))
    arm = np.array(["x", "y"] * 6)
    once = betadisper(*of(points, arm=arm), "arm", centre="centroid")
    people = np.repeat(np.arange(12), 3)
    distance, frame = of(points[people], arm=arm[people], person=people.astype(str))
    thrice = betadisper(distance, frame, "arm", centre="centroid", participant="person")
    assert thrice.statistic == pytest.approx(once.statistic)
    assert thrice.p == pytest.approx(once.p, abs=0.05)
    assert thrice.df == once.df
    assert betadisper(distance, frame, "arm", centre="centroid").statistic > 2 * once.statistic


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"sex": list("mmffmf")}, "no column 'arm'"),
        ({"arm": ["x", "x", None, "y", "y", "y"]}, "1 samples belong to no group"),
        ({"arm": ["x"] * 6}, "two groups or more"),
        ({"arm": ["x"] * 5 + ["y"]}, "y: 1"),
    ],
)
def test_mistakes(columns, said):
    distance, frame = of(np.random.default_rng(1).normal(size=(6, 2)), **columns)
    with pytest.raises(InputError) as found:
        betadisper(distance, frame, "arm")
    assert said in str(found.value)


@pytest.mark.parametrize("seed", range(5))
def test_no_point_is_nearer_to_all_than_the_spatial_median(seed):
    generator = np.random.default_rng(seed)
    points = generator.normal(size=(15, 3))
    middle = spatial_median(points)
    least = np.linalg.norm(points - middle, axis=1).sum()
    others = middle + generator.normal(scale=0.01, size=(200, 3))
    assert min(np.linalg.norm(points - other, axis=1).sum() for other in others) >= least - 1e-9


def test_spatial_median_at_one_of_the_points_and_of_points_that_are_one():
    cross = np.array([[0.0, 0.0], [1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    assert spatial_median(cross) == pytest.approx([0, 0], abs=1e-9)
    assert spatial_median(np.ones((4, 2))) == pytest.approx([1, 1])
    assert spatial_median(1e-6 * cross + 5) == pytest.approx([5, 5], abs=1e-12)

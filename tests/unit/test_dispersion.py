"""Dispersion: what it finds and what it does not, its errors of the first kind, the spatial median."""

from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.spatial.distance import pdist, squareform
from skbio import DistanceMatrix

from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.distance import dispersion
from handbook_utils.analysis.distance.dispersion import betadisper, spatial_median, unadjusted
from handbook_utils.errors import InputError


def of(points, **columns):
    names = [f"s{number}" for number in range(len(points))]
    return DistanceMatrix(squareform(pdist(points)), ids=names), pd.DataFrame(columns, index=names)


def two_groups(seed: int, shift: float = 0.0, spread: float = 1.0, count: int = 40):
    points = np.random.default_rng(seed).normal(size=(count, 3))
    arm = np.array(["x", "y"] * (count // 2))
    points[arm == "y"] *= spread
    points[arm == "y", 0] += shift
    distance, frame = of(points, arm=arm)
    return distance, design_of(frame, group="arm")


def test_dispersion_finds_spread_and_not_location():
    assert betadisper(*two_groups(5, spread=4)).p < 0.01
    assert betadisper(*two_groups(6, shift=5)).p > 0.1


@pytest.mark.parametrize("centre", ["median", "centroid"])
def test_statistic_is_the_anova_of_distances_known_by_hand(centre):
    points = np.array([[0.0], [1.0], [2.0], [10.0], [14.0], [18.0]])
    distance, frame = of(points, arm=list("xxxyyy"))
    found = betadisper(distance, design_of(frame, group="arm"), centre=centre, bias_adjust=False, permutations=0)
    assert found.to_centre.to_list() == pytest.approx([1, 0, 1, 4, 0, 4], abs=1e-9)
    assert found.statistic == pytest.approx(stats.f_oneway([1, 0, 1], [4, 0, 4]).statistic)
    assert found.df == (1, 4)
    assert np.isnan(found.p)


def test_error_of_the_first_kind_lies_within_its_binomial_interval():
    count = sum(betadisper(*two_groups(seed), permutations=99, seed=seed).p <= 0.05 for seed in range(120))
    low, high = stats.binom.interval(0.999, 120, 0.05)
    assert low <= count <= high


def test_power_rises_with_the_difference_in_spread():
    power = [
        sum(betadisper(*two_groups(seed, spread=spread), permutations=99).p <= 0.05 for seed in range(40))
        for spread in (1.0, 1.4, 2.0)
    ]
    assert power[0] < power[1] < power[2]


def test_a_person_counts_once():
    points = np.random.default_rng(7).normal(size=(12, 2))
    arm = np.array(["x", "y"] * 6)
    distance, frame = of(points, arm=arm)
    options = {"centre": "centroid", "bias_adjust": False}
    once = betadisper(distance, design_of(frame, group="arm"), **options)
    people = np.repeat(np.arange(12), 3)
    distance, frame = of(points[people], arm=arm[people], person=people.astype(str))
    thrice = betadisper(distance, design_of(frame, group="arm", person="person"), **options)
    assert thrice.statistic == pytest.approx(once.statistic)
    assert thrice.p == pytest.approx(once.p, abs=0.05)
    assert thrice.df == once.df
    assert betadisper(distance, design_of(frame, group="arm"), **options).statistic > 2 * once.statistic


def test_the_adjustment_is_that_of_stier():
    distance, frame = of(np.array([[0.0], [1.0], [2.0], [10.0], [14.0], [18.0], [14.0]]), arm=list("xxxyyyy"))
    plain, adjusted = (
        betadisper(distance, design_of(frame, group="arm"), bias_adjust=adjust, permutations=0).to_centre
        for adjust in (False, True)
    )
    factors = np.sqrt([3 / 2] * 3 + [4 / 3] * 4)
    assert adjusted.to_list() == pytest.approx(list(plain * factors))


def test_eight_against_sixty_rejects_as_often_as_it_says():
    count = 0
    for seed in range(120):
        generator = np.random.default_rng(seed)
        distance, frame = of(generator.dirichlet(np.full(30, 0.3), size=68), arm=["x"] * 8 + ["y"] * 60)
        count += betadisper(distance, design_of(frame, group="arm"), permutations=99, seed=seed).p <= 0.05
    low, high = stats.binom.interval(0.999, 120, 0.05)
    assert low <= count <= high


def test_within_people_each_is_compared_with_themselves():
    generator = np.random.default_rng(3)
    person = np.repeat(np.arange(12), 2)
    visit = np.tile(["before", "after"], 12)
    spread = np.exp(generator.normal(0, 1.5, 12))[person] * np.where(visit == "after", 1.6, 1.0)
    direction = generator.normal(size=(24, 12))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    distance, frame = of(spread[:, None] * direction, visit=visit, person=person.astype(str))
    paired = betadisper(distance, design_of(frame, group="visit", person="person"))
    assert paired.df == (1, 11)
    assert paired.p < betadisper(distance, design_of(frame, group="visit")).p


def test_all_arrangements_of_few_cages():
    generator = np.random.default_rng(4)
    cage = np.repeat(np.arange(6), 3)
    distance, frame = of(generator.normal(size=(18, 3)), arm=np.where(cage < 3, "x", "y"), cage=cage.astype(str))
    found = betadisper(distance, design_of(frame, group="arm", nested_in="cage"))
    assert found.df == (1, 4)
    assert found.p * 20 == pytest.approx(round(found.p * 20))
    assert found.p > 0


@pytest.mark.parametrize(("seed", "few"), [(3, 3), (4, 3), (5, 3), (6, 3), (3, 2), (4, 2)])
@pytest.mark.parametrize("adjust", [False, True])
def test_p_is_the_share_of_all_labellings_also_where_squares_are_below_zero(adjust, seed, few):
    """Some of the distance is imaginary, as of Bray-Curtis; what is around centres changes places, few against many."""
    generator = np.random.default_rng(seed)
    real, imaginary = generator.normal(size=(8, 4)), 0.3 * generator.normal(size=(8, 1))
    apart = np.sqrt(squareform(pdist(real)) ** 2 - squareform(pdist(imaginary)) ** 2)
    _, frame = of(real, arm=["x"] * few + ["y"] * (8 - few))
    found = betadisper(
        DistanceMatrix(apart, ids=frame.index), design_of(frame, group="arm"), centre="centroid", bias_adjust=adjust
    )

    def lengths(parts, two, power):
        squares = np.zeros(8)
        for sign, points in zip((1, -1), parts, strict=True):
            for group in (two, ~two):
                size = group.sum()
                around = (points[group] - points[group].mean(axis=0)) ** 2
                squares[group] += sign * around.sum(axis=1) * (size / (size - 1)) ** power
        return np.sqrt(np.maximum(squares, 0))

    def left(points, two):
        made = points.copy()
        for group in (two, ~two):
            made[group] = (points[group] - points[group].mean(axis=0)) * np.sqrt(group.sum() / (group.sum() - 1))
        return made

    seen = np.arange(8) >= few
    own = lengths((real, imaginary), seen, int(adjust))
    assert found.to_centre.to_list() == pytest.approx(list(own))
    statistic = stats.f_oneway(own[seen], own[~seen]).statistic
    assert found.statistic == pytest.approx(statistic)
    moved, beaten = (left(real, seen), left(imaginary, seen)), 1
    for some in combinations(range(8), few):
        two = ~np.isin(np.arange(8), some)
        if (two != seen).any():
            new = lengths(moved, two, int(adjust))
            beaten += stats.f_oneway(new[two], new[~two]).statistic >= statistic
    assert found.p == pytest.approx(beaten / comb(8, few))


@pytest.mark.parametrize(("centre", "samples"), [("centroid", 84), ("median", 20)])
def test_arms_that_swap_their_names_are_as_far_apart(centre, samples):
    """Three people an arm have 20 arrangements, each of which has a twin with the names of the arms swapped."""
    generator = np.random.default_rng(3)
    who = np.repeat(np.arange(6), samples)
    points = generator.normal(size=(6 * samples, 3)) * np.where(who < 3, 1.0, 4.0)[:, None]
    distance, frame = of(points, arm=np.where(who < 3, "x", "y"), who=who.astype(str))
    found = betadisper(distance, design_of(frame, group="arm", person="who"), centre=centre)
    assert found.p == pytest.approx(0.1)


def test_groups_of_one_have_no_spread():
    distance, frame = of(np.random.default_rng(1).normal(size=(6, 2)), arm=["x"] * 5 + ["y"], age=range(6))
    for asked in ({"group": "arm"}, {"exposure": "age"}):
        with pytest.raises(InputError, match="two groups or more"):
            betadisper(distance, design_of(frame, **asked))


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


def test_other_terms_are_named_since_they_are_left_out():
    frame = pd.DataFrame({"arm": list("xy") * 6, "age": np.arange(12.0), "site": list("ppqqrr") * 2})
    assert unadjusted(design_of(frame, group="arm", strata="site")) == ""
    told = unadjusted(design_of(frame, group="arm", covariates="age, C(site)"))
    assert told.startswith("The test of dispersion leaves age, C(site) out")


def test_a_step_of_newton_is_that_of_slope_and_curvature():
    """By differences of the summed distance, one way and the other."""
    generator = np.random.default_rng(3)
    points, middle, wide = generator.normal(size=(9, 3)), np.array([0.2, -0.1, 0.3]), 1e-4

    def summed(place):
        return np.linalg.norm(points - place, axis=1).sum()

    steps = wide * np.eye(3)
    slope = np.array([summed(middle + one) - summed(middle - one) for one in steps]) / (2 * wide)
    curvature = [
        [
            summed(middle + one + two)
            - summed(middle + one - two)
            - summed(middle - one + two)
            + summed(middle - one - two)
            for two in steps
        ]
        for one in steps
    ]
    expected = middle - np.linalg.solve(np.array(curvature) / (4 * wide**2), slope)
    assert dispersion._newton_step(points, middle) == pytest.approx(expected, abs=1e-5)
    assert dispersion._newton_step(points, points[2]) is None  # the sum has a corner there
    on_a_line = np.outer([0.0, 1, 2, 5], [1.0, 0])
    assert dispersion._newton_step(on_a_line, np.array([3.0, 0.0])) is None


def test_a_step_of_weiszfeld_by_hand():
    """Weights of 1 / distance; at a point (Vardi and Zhang) so much of the step as the pull of the others allows."""
    points = np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 4.0]])
    middle = np.array([0.0, 1.0])
    weights = np.array([1, 10**-0.5, 1 / 3])
    assert dispersion._weiszfeld_step(points, middle) == pytest.approx(weights @ points / weights.sum())
    # From (0, 0) the others pull with (1, 0) + (0, 1), and their weighted mean is (1, 1) / (1 / 3 + 1 / 4).
    moved = (1 - 1 / 2**0.5) * np.array([12 / 7, 12 / 7])
    assert dispersion._weiszfeld_step(points, points[0]) == pytest.approx(moved)
    twice = np.vstack([points, [[0.0, 0.0]]])  # two points there hold against a pull of the root of 2
    assert dispersion._weiszfeld_step(twice, points[0]) == pytest.approx([0, 0])
    even = np.array([[0.0, 0.0], [2.0, 0.0], [-2.0, 0.0]])
    assert dispersion._weiszfeld_step(even, even[0]) == pytest.approx([0, 0])


@pytest.mark.parametrize(("steps", "adjust"), [(0, False), (0, True), (400, True)])
def test_lengths_of_many_labellings_are_those_of_each(steps, adjust):
    generator = np.random.default_rng(8)
    parts = [generator.normal(size=(11, 3)), 0.4 * generator.normal(size=(11, 2))]
    labels = np.array([generator.permutation([0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]) for _ in range(4)])
    found = dispersion._lengths([part @ part.T for part in parts], labels, steps, adjust)
    for row, own in zip(labels, found, strict=True):
        squares = np.zeros(11)
        for part, sign in zip(parts, (1, -1), strict=True):
            for group in range(3):
                points = part[row == group]
                centre = spatial_median(points) if steps else points.mean(axis=0)
                squares[row == group] += sign * ((points - centre) ** 2).sum(axis=1)
        scale = np.sqrt([[3 / 2, 4 / 3, 4 / 3][group] for group in row]) if adjust else 1
        assert own == pytest.approx(np.sqrt(np.maximum(squares, 0)) * scale, abs=1e-5)


def test_of_one_alone_nothing_is_adjusted():
    found = dispersion._lengths([np.diag([0.0, 4.0, 4.0]), np.zeros((3, 3))], np.array([[0, 1, 1]]), 0, True)
    assert found.tolist() == [[0, pytest.approx(2), pytest.approx(2)]]


def test_labellings_with_the_same_samples_together_are_the_same():
    moved = np.array([[0, 0, 1, 1, 2], [1, 1, 0, 0, 2], [2, 2, 0, 0, 1], [0, 1, 0, 1, 2], [0, 0, 0, 1, 2]])
    assert dispersion._same_groups(moved, moved[0]).tolist() == [True, True, True, False, False]


def partial_f(values, groups, blocks):
    """F of groups beside blocks, by least squares."""

    def left(*columns):
        model = np.column_stack([np.ones(len(values)), *columns])
        return ((values - model @ np.linalg.lstsq(model, values, rcond=None)[0]) ** 2).sum()

    beside = [blocks == name for name in np.unique(blocks)[1:]]
    own = [groups == name for name in np.unique(groups)[1:]]
    free = len(values) - 1 - len(beside) - len(own)
    return (left(*beside) - left(*beside, *own)) / len(own) / (left(*beside, *own) / free), free


def test_within_strata_groups_are_compared_beside_them():
    generator = np.random.default_rng(6)
    arm, site = np.array(list("xyzxyzxyzxyzyz")), np.array(list("ppppppqqqqqqrr"))
    points = generator.normal(size=(14, 3)) * np.where(site == "q", 3, 1)[:, None]
    distance, frame = of(points, arm=arm, site=site)
    found = betadisper(distance, design_of(frame, group="arm", strata="site"), permutations=49)
    statistic, free = partial_f(found.to_centre.to_numpy(), arm, site)
    assert found.statistic == pytest.approx(statistic)
    assert found.df == (2, free)
    assert found.means.to_list() == pytest.approx(found.to_centre.groupby(arm).mean().to_list())


def test_in_single_precision_p_is_the_same(monkeypatch):
    distance, design = two_groups(4, spread=1.3)
    plain = betadisper(distance, design, permutations=199)
    monkeypatch.setattr(dispersion, "_MANY", 40)
    again = betadisper(distance, design, permutations=199)
    assert (plain.p, plain.statistic) == (pytest.approx(again.p, abs=0.006), again.statistic)
    monkeypatch.setattr(dispersion, "_ROWS", 7)
    assert betadisper(distance, design, permutations=199).p == again.p


def test_groups_whose_samples_are_all_the_same_are_not_scattered():
    distance, frame = of(np.repeat([[0.0], [3.0]], 4, axis=0), arm=list("xxxxyyyy"))
    found = betadisper(distance, design_of(frame, group="arm"))
    assert (found.statistic, found.p, found.to_centre.max()) == (0, 1, 0)
    assert np.isnan(betadisper(distance, design_of(frame, group="arm"), permutations=0).p)


def test_a_group_of_two_has_a_spread():
    distance, frame = of(np.array([[0.0], [2.0], [10.0], [13.0], [19.0]]), arm=list("xxyyy"))
    found = betadisper(distance, design_of(frame, group="arm"), centre="centroid", permutations=0)
    assert found.to_centre.iloc[:2].to_list() == pytest.approx([2**0.5] * 2)

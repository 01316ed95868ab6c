"""PERMANOVA, dispersion and effects: invariants, errors of the first kind, coverage."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.spatial.distance import pdist, squareform
from skbio import DistanceMatrix
from skbio.stats.distance import permanova as scikit_bio

from handbook_utils.analysis.dispersion import betadisper, spatial_median
from handbook_utils.analysis.effects import group_effect
from handbook_utils.analysis.ordination import pcoa
from handbook_utils.analysis.permanova import permanova
from handbook_utils.errors import InputError


def of(points, **columns):
    names = [f"s{number}" for number in range(len(points))]
    return DistanceMatrix(squareform(pdist(points)), ids=names), pd.DataFrame(columns, index=names)


def simulated(seed: int, shift: float = 0.0, spread: float = 1.0, count: int = 20):
    generator = np.random.default_rng(seed)
    points = generator.normal(size=(count, 3))
    arm = np.array(["x", "y"] * (count // 2))
    points[arm == "y"] *= spread
    points[arm == "y", 0] += shift
    return points, arm


def test_one_group_equals_scikit_bio():
    points, arm = simulated(1, shift=1)
    distance, frame = of(points, arm=arm)
    theirs = scikit_bio(distance, list(arm), permutations=0)["test statistic"]
    assert permanova(distance, frame, ["arm"], permutations=0).loc["arm", "F"] == pytest.approx(theirs)


def test_one_number_in_one_dimension_is_the_anova_of_a_line():
    generator = np.random.default_rng(2)
    x = generator.normal(size=30)
    y = 0.5 * x + generator.normal(size=30)
    distance, frame = of(y[:, None], x=x)
    table = permanova(distance, frame, ["x"], permutations=0)
    assert table.loc["x", "R2"] == pytest.approx(stats.pearsonr(x, y).statistic ** 2)


def test_type_one_error_lies_within_its_binomial_interval():
    low, high = stats.binom.interval(0.999, 300, 0.05)
    tests = {"permanova": 0, "strata": 0, "dispersion": 0}
    for seed in range(300):
        points, arm = simulated(seed)
        person = np.repeat(np.arange(10), 2)
        points = points + np.random.default_rng(1000 + seed).normal(size=(10, 3))[person]  # people differ
        distance, frame = of(points, arm=arm, person=person.astype(str))
        tests["strata"] += (
            permanova(distance, frame, ["arm"], strata="person", permutations=99, seed=seed).loc["arm", "p"] <= 0.05
        )
        independent, plain = of(simulated(5000 + seed)[0], arm=arm)
        tests["permanova"] += permanova(independent, plain, ["arm"], permutations=99, seed=seed).loc["arm", "p"] <= 0.05
        tests["dispersion"] += betadisper(independent, plain, "arm", permutations=99, seed=seed).p <= 0.05
    assert all(low <= count <= high for count in tests.values()), tests


def test_strata_find_what_differences_between_people_hide():
    generator = np.random.default_rng(4)
    person = np.repeat(np.arange(12), 2)
    arm = np.tile(["before", "after"], 12)
    points = 5 * generator.normal(size=(12, 3))[person] + generator.normal(size=(24, 3))
    points[arm == "after", 0] += 2
    distance, frame = of(points, arm=arm, person=person.astype(str))
    assert permanova(distance, frame, ["arm"]).loc["arm", "p"] > 0.2
    assert permanova(distance, frame, ["arm"], strata="person").loc["arm", "p"] < 0.01


def test_equal_seeds_give_equal_p():
    points, arm = simulated(3, shift=0.5)
    distance, frame = of(points, arm=arm)
    first, second, other = (permanova(distance, frame, ["arm"], seed=seed).loc["arm", "p"] for seed in (1, 1, 2))
    assert first == second
    assert other == pytest.approx(first, abs=0.1)


@pytest.mark.parametrize(
    ("columns", "terms", "options", "said"),
    [
        ({"arm": ["x", "y"] * 3}, ["arn"], {}, "no column 'arn'"),
        ({"arm": ["x", None] * 3}, ["arm"], {}, "lacks 3 values"),
        ({"arm": ["x"] * 6}, ["arm"], {}, "the same for all"),
        ({"arm": ["x", "y"] * 3, "same": ["p", "q"] * 3}, ["arm", "same"], {}, "follows from the others"),
        ({"arm": ["x", "y"] * 3, "person": list("abcdef")}, ["arm"], {"strata": "person"}, "nothing can be exchanged"),
        ({"site": list("abcdef")}, ["site"], {}, "as many columns in the model"),
    ],
)
def test_mistakes(columns, terms, options, said):
    distance, frame = of(np.random.default_rng(1).normal(size=(6, 2)), **columns)
    with pytest.raises(InputError, match=said):
        permanova(distance, frame, terms, **options)


def test_samples_without_metadata_are_named():
    distance, frame = of(np.random.default_rng(1).normal(size=(6, 2)), arm=["x", "y"] * 3)
    with pytest.raises(InputError, match="not in the metadata") as found:
        permanova(distance, frame.drop("s3"), ["arm"])
    assert "s3" in str(found.value)


def test_dispersion_finds_spread_and_not_location():
    points, arm = simulated(5, spread=4, count=40)
    distance, frame = of(points, arm=arm)
    assert betadisper(distance, frame, "arm").p < 0.01
    points, arm = simulated(6, shift=5, count=40)
    distance, frame = of(points, arm=arm)
    assert betadisper(distance, frame, "arm").p > 0.1


@pytest.mark.parametrize("seed", range(5))
def test_no_point_is_nearer_to_all_than_the_spatial_median(seed):
    generator = np.random.default_rng(seed)
    points = generator.normal(size=(15, 3))
    middle = spatial_median(points)
    least = np.linalg.norm(points - middle, axis=1).sum()
    others = middle + generator.normal(scale=0.01, size=(200, 3))
    assert min(np.linalg.norm(points - other, axis=1).sum() for other in others) >= least - 1e-9


def test_pcoa_gives_the_distances_back_and_one_denominator():
    points = np.random.default_rng(7).normal(size=(12, 4))
    distance, _ = of(points)
    found = pcoa(distance)
    assert squareform(pdist(found.coordinates)) == pytest.approx(distance.data)
    assert found.proportions.sum() == pytest.approx(1)
    assert found.negative_share == 0
    assert found.coordinates.shape[1] == 4


def test_interval_of_the_effect_covers_the_truth_as_often_as_it_says():
    # Two groups of one dimension, shifted by 1: of the variation of a large population 0.2 lies between them.
    truth = 0.25 / 1.25
    covered = 0
    for seed in range(300):
        generator = np.random.default_rng(seed)
        arm = np.repeat(["x", "y"], 25)
        points = generator.normal(size=(50, 1)) + (arm == "y")[:, None]
        distance, frame = of(points, arm=arm)
        effect = group_effect(distance, frame, "arm")["omega2"]
        covered += effect.low <= truth <= effect.high
    assert 0.90 <= covered / 300 <= 0.98


def test_omega_squared_is_unbiased_where_nothing_differs_and_r_squared_is_not():
    sizes = []
    for seed in range(200):
        points, arm = simulated(seed)
        distance, frame = of(points, arm=arm)
        effect = group_effect(distance, frame, "arm")
        sizes.append((effect["R2"].size, effect["omega2"].size))
    r2, omega2 = np.mean(sizes, axis=0)
    assert abs(omega2) < 0.006
    assert r2 == pytest.approx(1 / 19, abs=0.006)


def test_an_interval_leaves_out_people_not_samples():
    points, arm = simulated(8, shift=1, count=24)
    person = np.repeat(np.arange(12), 2).astype(str)
    arm = np.where(np.repeat(np.arange(12), 2) < 6, "x", "y")
    distance, frame = of(np.repeat(points[::2], 2, axis=0), arm=arm, person=person)
    naive, honest = (group_effect(distance, frame, "arm", participant=column)["R2"] for column in (None, "person"))
    assert honest.size == naive.size
    assert honest.high - honest.low > 1.2 * (naive.high - naive.low)
    with pytest.raises(InputError, match="three participants"):
        group_effect(distance, frame.assign(arm=["x"] * 2 + ["y"] * 22), "arm", participant="person")

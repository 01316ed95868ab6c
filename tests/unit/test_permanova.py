"""PERMANOVA: invariants, errors of the first kind with every kind of exchange, power, mistakes said clearly."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.spatial.distance import pdist, squareform
from skbio import DistanceMatrix
from skbio.stats.distance import permanova as scikit_bio

from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.distance.dispersion import betadisper
from handbook_utils.analysis.distance.permanova import PARTIAL, contrasts, pairwise, permanova
from handbook_utils.analysis.effects import group_effect, partial_effect
from handbook_utils.errors import InputError

STUDIES = 120


def of(points, **columns):
    names = [f"s{number}" for number in range(len(points))]
    return DistanceMatrix(squareform(pdist(points)), ids=names), pd.DataFrame(columns, index=names)


def simulated(seed: int, shift: float = 0.0, count: int = 20):
    points = np.random.default_rng(seed).normal(size=(count, 3))
    arm = np.array(["x", "y"] * (count // 2))
    points[arm == "y", 0] += shift
    return points, arm


def rejected(study, studies: int = STUDIES) -> int:
    """Count the studies in which a test at 5 % rejects; study(seed) gives a distance, metadata and options."""
    count = 0
    for seed in range(studies):
        distance, frame, options = study(seed)
        design = design_of(frame, group="arm", **options)
        count += permanova(distance, design, permutations=99, seed=seed).loc["arm", "p"] <= 0.05
    return count


def within_chance(count: int, studies: int = STUDIES) -> bool:
    low, high = stats.binom.interval(0.999, studies, 0.05)
    return low <= count <= high


def test_one_group_equals_scikit_bio():
    points, arm = simulated(1, shift=1)
    distance, frame = of(points, arm=arm)
    theirs = scikit_bio(distance, list(arm), permutations=0)["test statistic"]
    assert permanova(distance, design_of(frame, group="arm"), permutations=0).loc["arm", "F"] == pytest.approx(theirs)


def test_one_number_in_one_dimension_is_the_anova_of_a_line():
    generator = np.random.default_rng(2)
    x = generator.normal(size=30)
    y = 0.5 * x + generator.normal(size=30)
    distance, frame = of(y[:, None], x=x)
    table = permanova(distance, design_of(frame, exposure="x"))
    line = stats.linregress(x, y)
    assert table.loc["x", "R2"] == pytest.approx(line.rvalue**2)
    assert table.loc["x", "p"] == pytest.approx(line.pvalue, abs=0.03)


def test_sums_of_squares_of_terms_in_sequence_add_up_to_those_of_the_whole():
    points, arm = simulated(3, shift=1)
    age = np.random.default_rng(3).normal(40, 9, size=20)
    distance, frame = of(points, arm=arm, age=age, site=list("abcde") * 4)
    terms = ["age", "site", "arm"]
    design = design_of(frame, covariates="age, site", group="arm")
    sequence = permanova(distance, design, by="terms", permutations=0)
    whole = permanova(distance, design, by="whole", permutations=0)
    assert sequence.loc[terms, "SS"].sum() == pytest.approx(whole.loc["Model", "SS"])
    assert whole.loc["Model", "df"] == 6
    assert whole.loc[["Model", "Residual"], "R2"].sum() == pytest.approx(1)
    # The last term in sequence is after all others, so marginal.
    margin = permanova(distance, design, permutations=0)
    assert margin.loc["arm", "F"] == pytest.approx(sequence.loc["arm", "F"])


def test_units_of_a_number_do_not_matter():
    points, arm = simulated(4, shift=1)
    age = np.random.default_rng(4).normal(40, 9, size=20)
    distance, frame = of(points, arm=arm, age=age)
    other = frame.assign(age=1e6 + 365.25 * frame["age"])
    ours, theirs = (
        permanova(distance, design_of(metadata, covariates="age", group="arm")) for metadata in (frame, other)
    )
    pd.testing.assert_frame_equal(ours, theirs)


def plain(seed):
    points, arm = simulated(seed)
    distance, frame = of(points, arm=arm)
    return distance, frame, {}


def beside_a_strong_covariate(seed):
    generator = np.random.default_rng(seed)
    points, arm = simulated(seed)
    dose = (arm == "y") + generator.normal(size=20)  # goes with the arm, and moves the samples
    distance, frame = of(points + 3 * dose[:, None], arm=arm, dose=dose)
    return distance, frame, {"covariates": "dose"}


def within_persons(seed):
    generator = np.random.default_rng(seed)
    person = np.repeat(np.arange(10), 2)
    points = generator.normal(size=(20, 3)) + 3 * generator.normal(size=(10, 3))[person]
    distance, frame = of(points, arm=["x", "y"] * 10, person=person.astype(str))
    return distance, frame, {"strata": "person"}


def of_whole_persons(seed):
    generator = np.random.default_rng(seed)
    person = np.repeat(np.arange(14), generator.integers(1, 5, size=14))
    points = generator.normal(size=(len(person), 3)) + 3 * generator.normal(size=(14, 3))[person]
    arm = np.where(person % 2 == 0, "x", "y")
    age = generator.normal(size=14)[person]
    distance, frame = of(points, arm=arm, age=age, person=person.astype(str))
    return distance, frame, {"covariates": "age", "person": "person"}


@pytest.mark.parametrize("study", [plain, beside_a_strong_covariate, within_persons, of_whole_persons])
def test_error_of_the_first_kind_lies_within_its_binomial_interval(study):
    assert within_chance(rejected(study))


def test_repeats_taken_for_people_reject_far_too_often():
    def ignored(seed):
        distance, frame, _ = of_whole_persons(seed)
        return distance, frame, {}

    assert rejected(ignored, 40) > 8


def test_power_rises():
    def shifted(shift):
        def study(seed):
            points, arm = simulated(seed, shift)
            distance, frame = of(points, arm=arm)
            return distance, frame, {}

        return study

    power = [rejected(shifted(shift), 30) for shift in (0.0, 0.8, 1.6)]
    assert power[0] < power[1] < power[2]
    assert power[2] > 20


def test_strata_find_what_differences_between_people_hide():
    generator = np.random.default_rng(4)
    person = np.repeat(np.arange(12), 2)
    arm = np.tile(["before", "after"], 12)
    points = 5 * generator.normal(size=(12, 3))[person] + generator.normal(size=(24, 3))
    points[arm == "after", 0] += 2
    distance, frame = of(points, arm=arm, person=person.astype(str))
    assert permanova(distance, design_of(frame, group="arm")).loc["arm", "p"] > 0.2
    # Named as person, a term that varies within people is tested within them.
    by_strata, by_person = (
        permanova(distance, design_of(frame, group="arm", **{key: "person"})) for key in ("strata", "person")
    )
    assert by_strata.loc["arm", "p"] < 0.01
    pd.testing.assert_frame_equal(by_strata, by_person)


def test_whole_persons_with_one_sample_each_are_samples():
    points, arm = simulated(5, shift=0.8)
    distance, frame = of(points, arm=arm, person=[f"p{number}" for number in range(20)])
    ours = permanova(distance, design_of(frame, group="arm", person="person"), permutations=4999)
    theirs = permanova(distance, design_of(frame, group="arm"), permutations=4999)
    pd.testing.assert_frame_equal(ours.drop(columns="p"), theirs.drop(columns="p"))
    assert ours.loc["arm", "p"] == pytest.approx(theirs.loc["arm", "p"], abs=0.02)


def test_every_order_of_six_samples():
    # Of the 20 ways to make two groups of three, the observed one and its mirror are the most extreme.
    points = np.array([[0.0], [1.0], [2.0], [10.0], [11.0], [12.0]])
    distance, frame = of(points, arm=list("xxxyyy"))
    assert permanova(distance, design_of(frame, group="arm"), permutations=99).loc["arm", "p"] == 0.1


def test_equal_seeds_give_equal_p_and_terms_do_not_disturb_each_other():
    points, arm = simulated(3, shift=0.5)
    distance, frame = of(points, arm=arm)
    first, second, other = (
        permanova(distance, design_of(frame, group="arm"), seed=seed).loc["arm", "p"] for seed in (1, 1, 2)
    )
    assert first == second
    assert other == pytest.approx(first, abs=0.1)


def test_samples_without_distances_are_named():
    distance, frame = of(np.random.default_rng(1).normal(size=(6, 2)), arm=["x", "y"] * 3)
    with pytest.raises(InputError, match="no distances") as found:
        permanova(distance.filter(["s0", "s1", "s2", "s4", "s5"]), design_of(frame, group="arm"))
    assert "s3" in str(found.value)


def test_left_out_samples_are_left_out_of_the_distances():
    points, arm = simulated(3, shift=1)
    age = np.arange(20.0)
    age[4] = np.nan
    distance, frame = of(points, arm=arm, age=age)
    table = permanova(distance, design_of(frame, group="arm", covariates="age"), permutations=0)
    few = frame.drop("s4")
    pd.testing.assert_frame_equal(
        table, permanova(distance.filter(few.index), design_of(few, group="arm", covariates="age"), permutations=0)
    )
    assert table.loc["Total", "df"] == 18


def test_groups_written_as_numbers_are_groups():
    points, _ = simulated(7, count=30)
    arm = np.repeat([1, 2, 3], 10)
    points[arm == 2] += 3  # a slope over 1, 2, 3 sees nothing
    distance, frame = of(points, arm=arm)
    table = permanova(distance, design_of(frame, group="arm"))
    assert table.loc["arm", "df"] == 2
    assert table.loc["arm", "p"] == 0.001


def test_cages_move_as_a_whole_and_all_arrangements_are_listed():
    generator = np.random.default_rng(8)
    cage = np.repeat(np.arange(8), 4)
    points = generator.normal(size=(32, 3)) + 4 * generator.normal(size=(8, 3))[cage]
    distance, frame = of(points, arm=np.where(cage < 4, "x", "y"), cage=cage.astype(str))
    p = permanova(distance, design_of(frame, group="arm", nested_in="cage")).loc["arm", "p"]
    assert p * 70 == pytest.approx(round(p * 70))  # 8 cages in two groups of 4: 70 arrangements
    assert p >= 2 / 70
    assert permanova(distance, design_of(frame, group="arm")).loc["arm", "p"] < p


def test_a_main_effect_is_tested_without_the_interactions_that_contain_it():
    points, arm = simulated(5, shift=1)
    week = np.tile([0.0, 1, 2, 3, 4], 4)
    distance, frame = of(points, arm=arm, week=week)
    both = permanova(distance, design_of(frame, formula="~ arm * week"), permutations=0)
    main = permanova(distance, design_of(frame, group="arm", covariates="week"), permutations=0)
    assert both.loc["arm", "SS"] == pytest.approx(main.loc["arm", "SS"])
    assert both.loc["arm:week", "df"] == 1


def test_a_term_that_no_exchange_can_change_has_no_p():
    points, arm = simulated(5)
    distance, frame = of(points, arm=arm, site=np.repeat(["p", "q"], 10), height=np.repeat([1.0, 2.0], 10))
    table = permanova(distance, design_of(frame, group="arm", covariates="height", strata="site"))
    assert np.isnan(table.loc["height", "p"])
    assert 0 < table.loc["arm", "p"] <= 1


def test_pairs_are_tested_by_themselves_and_corrected():
    points, _ = simulated(9, count=30)
    arm = np.repeat(["a", "b", "c"], 10)
    points[arm == "c"] += 2
    distance, frame = of(points, arm=arm)
    table = pairwise(distance, design_of(frame, group="arm"))
    assert list(table.index) == ["b - a", "c - a", "c - b"]
    assert (table["samples"] == 20).all()
    pair = frame[arm != "c"]
    alone = permanova(distance.filter(pair.index), design_of(pair, group="arm")).loc["arm"]
    assert table.loc["b - a", "F"] == pytest.approx(alone["F"])
    assert table["p, corrected"].to_list() == pytest.approx([alone["p"], 0.003, 0.003], abs=1e-9)


@pytest.mark.parametrize("unit", [1e-7, 1e5])
def test_units_of_the_distance_do_not_matter(unit):
    points, _ = simulated(4, count=24)
    columns = {"arm": list("xy") * 12, "age": np.arange(24.0), "site": ["p", "p", "q", "q"] * 6}
    found = []
    for scale in (1.0, unit):
        distance, frame = of(scale * points, **columns)
        found.append(permanova(distance, design_of(frame, group="arm", covariates="age", strata="site")))
    assert found[1]["F"].to_list() == pytest.approx(found[0]["F"].to_list(), nan_ok=True)
    assert found[1]["p"].to_list() == pytest.approx(found[0]["p"].to_list(), nan_ok=True)


def test_contrasts_of_all_groups_add_up():
    points, _ = simulated(9, count=30)
    arm = np.repeat(["a", "b", "c"], 10)
    distance, frame = of(points, arm=arm)
    orthogonal = design_of(frame, group="arm", contrast="b - a; c - 0.5 a - 0.5 b")
    table = contrasts(distance, orthogonal)
    whole = permanova(distance, orthogonal, permutations=0)
    assert table["SS"].sum() == pytest.approx(whole.loc["arm", "SS"])
    pooled = frame.assign(arm=np.where(arm == "c", "c", "ab"))
    assert table["SS"].iloc[1] == pytest.approx(
        permanova(distance, design_of(pooled, group="arm"), permutations=0).loc["arm", "SS"]
    )
    assert table["p"].between(0.001, 1).all()


def test_a_contrast_rejects_as_often_as_it_says():
    count = 0
    for seed in range(100):
        generator = np.random.default_rng(seed)
        arm = np.repeat(["a", "b", "c"], 8)
        points = generator.normal(size=(24, 3))
        points[arm == "c"] += 2  # a difference elsewhere must not leak into b - a
        distance, frame = of(points, arm=arm)
        found = contrasts(distance, design_of(frame, group="arm", contrast="b - a"), permutations=99, seed=seed)
        count += found["p"].iloc[0] <= 0.05
    assert within_chance(count, 100)


# ---------------------------------------------------------------------- nothing to compare, or nothing but groups


@pytest.mark.filterwarnings("error")
def test_distances_of_0_are_told_and_not_divided_by():
    distance, frame = of(np.ones((6, 2)), arm=list("xxxyyy"))
    for ask in (permanova, contrasts, betadisper, group_effect, partial_effect):
        with pytest.raises(InputError, match="distance of 0"):
            ask(distance, design_of(frame, group="arm"))


@pytest.mark.filterwarnings("error")
def test_groups_without_scatter_are_as_far_apart_as_can_be():
    distance, frame = of(np.repeat([[0.0], [1.0]], 5, axis=0), arm=list("xxxxxyyyyy"))
    design = design_of(frame, group="arm")
    table = permanova(distance, design, permutations=999)
    assert table.loc["arm", ["R2", PARTIAL, "F"]].to_list() == pytest.approx([1.0, 1.0, np.inf])
    assert table.loc["arm", "p"] <= 0.01
    spread = betadisper(distance, design)
    assert (spread.statistic, spread.p, spread.means.to_list()) == (0.0, 1.0, [0.0, 0.0])


@pytest.mark.filterwarnings("error")
def test_a_pair_of_groups_that_are_the_same_has_no_test():
    distance, frame = of(np.repeat([[0.0], [0.0], [1.0]], 4, axis=0), arm=list("xxxxyyyyzzzz"))
    table = pairwise(distance, design_of(frame, group="arm"), permutations=99)
    assert table["R2"].isna().to_list() == [True, False, False]


def test_beside_a_covariate_p_is_the_share_of_all_exchanges_of_residuals():
    """Freedman and Lane, of six samples whose 720 orders are all listed: F of every one by least squares."""
    generator = np.random.default_rng(2)
    points, age, arm = generator.normal(size=(6, 2)), generator.normal(size=6), np.array([0.0, 1, 0, 1, 1, 0])
    points[:, 0] += arm + age
    one, both = (np.column_stack([np.ones(6), *more]) for more in ([age], [age, arm]))

    def left(model, rows):
        return ((rows - model @ np.linalg.lstsq(model, rows, rcond=None)[0]) ** 2).sum()

    def statistic(rows):
        return (left(one, rows) - left(both, rows)) / (left(both, rows) / 3)

    fitted = one @ np.linalg.lstsq(one, points, rcond=None)[0]
    orders = list(permutations(range(6)))
    beaten = sum(statistic(fitted + (points - fitted)[list(order)]) >= statistic(points) - 1e-9 for order in orders)
    distance, frame = of(points, arm=np.where(arm > 0, "y", "x"), age=age)
    design = design_of(frame, group="arm", covariates="age")
    row = permanova(distance, design).loc["arm"]
    assert row["F"] == pytest.approx(statistic(points))
    assert row["p"] == pytest.approx(beaten / 720)
    assert row["df"] == 1
    assert row["SS"] == pytest.approx(left(one, points) - left(both, points))
    assert row["R2"] == pytest.approx(row["SS"] / ((points - points.mean(axis=0)) ** 2).sum())
    assert row[PARTIAL] == pytest.approx((row["F"] - 1) / (row["F"] - 1 + 6))
    in_turn = permanova(distance, design, by="terms", permutations=0)
    whole = permanova(distance, design, by="whole", permutations=0)
    assert in_turn.loc["age", "SS"] == pytest.approx(left(np.ones((6, 1)), points) - left(one, points))
    assert whole.loc["Model", "SS"] == pytest.approx(in_turn.loc[["age", "arm"], "SS"].sum())
    assert whole.loc["Residual", ["df", "SS"]].to_list() == pytest.approx([3, left(both, points)])
    assert whole.loc["Total", ["df", "SS", "R2"]].to_list() == pytest.approx([5, left(np.ones((6, 1)), points), 1])

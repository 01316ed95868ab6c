"""PERMANOVA: invariants, errors of the first kind with every kind of exchange, power, mistakes said clearly."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.spatial.distance import pdist, squareform
from skbio import DistanceMatrix
from skbio.stats.distance import permanova as scikit_bio

from handbook_utils.analysis.distance.permanova import permanova
from handbook_utils.errors import InputError, InputErrors

STUDIES = 300


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
        count += permanova(distance, frame, **options, permutations=99, seed=seed)["p"].iloc[0] <= 0.05
    return count


def within_chance(count: int, studies: int = STUDIES) -> bool:
    low, high = stats.binom.interval(0.999, studies, 0.05)
    return low <= count <= high


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
    table = permanova(distance, frame, ["x"])
    line = stats.linregress(x, y)
    assert table.loc["x", "R2"] == pytest.approx(line.rvalue**2)
    assert table.loc["x", "p"] == pytest.approx(line.pvalue, abs=0.03)


def test_sums_of_squares_of_terms_in_sequence_add_up_to_those_of_the_whole():
    points, arm = simulated(3, shift=1)
    age = np.random.default_rng(3).normal(40, 9, size=20)
    distance, frame = of(points, arm=arm, age=age, site=list("abcde") * 4)
    terms = ["age", "site", "arm"]
    sequence = permanova(distance, frame, terms, by="terms", permutations=0)
    whole = permanova(distance, frame, terms, by="whole", permutations=0)
    assert sequence.loc[terms, "SS"].sum() == pytest.approx(whole.loc["Model", "SS"])
    assert whole.loc["Model", "df"] == 6
    assert whole.loc[["Model", "Residual"], "R2"].sum() == pytest.approx(1)
    # The last term in sequence is after all others, so marginal.
    margin = permanova(distance, frame, terms, permutations=0)
    assert margin.loc["arm", "F"] == pytest.approx(sequence.loc["arm", "F"])


def test_units_of_a_number_do_not_matter():
    points, arm = simulated(4, shift=1)
    age = np.random.default_rng(4).normal(40, 9, size=20)
    distance, frame = of(points, arm=arm, age=age)
    other = frame.assign(age=1e6 + 365.25 * frame["age"])
    ours, theirs = (permanova(distance, metadata, ["age", "arm"]) for metadata in (frame, other))
    pd.testing.assert_frame_equal(ours, theirs)


def plain(seed):
    points, arm = simulated(seed)
    distance, frame = of(points, arm=arm)
    return distance, frame, {"terms": ["arm"]}


def beside_a_strong_covariate(seed):
    generator = np.random.default_rng(seed)
    points, arm = simulated(seed)
    dose = (arm == "y") + generator.normal(size=20)  # goes with the arm, and moves the samples
    distance, frame = of(points + 3 * dose[:, None], arm=arm, dose=dose)
    return distance, frame, {"terms": ["arm", "dose"]}


def within_persons(seed):
    generator = np.random.default_rng(seed)
    person = np.repeat(np.arange(10), 2)
    points = generator.normal(size=(20, 3)) + 3 * generator.normal(size=(10, 3))[person]
    distance, frame = of(points, arm=["x", "y"] * 10, person=person.astype(str))
    return distance, frame, {"terms": ["arm"], "strata": "person"}


def of_whole_persons(seed):
    generator = np.random.default_rng(seed)
    person = np.repeat(np.arange(14), generator.integers(1, 5, size=14))
    points = generator.normal(size=(len(person), 3)) + 3 * generator.normal(size=(14, 3))[person]
    arm = np.where(person % 2 == 0, "x", "y")
    age = generator.normal(size=14)[person]
    distance, frame = of(points, arm=arm, age=age, person=person.astype(str))
    return distance, frame, {"terms": ["arm", "age"], "participant": "person"}


@pytest.mark.parametrize("study", [plain, beside_a_strong_covariate, within_persons, of_whole_persons])
def test_error_of_the_first_kind_lies_within_its_binomial_interval(study):
    assert within_chance(rejected(study))


def test_repeats_taken_for_people_reject_far_too_often():
    def ignored(seed):
        distance, frame, _ = of_whole_persons(seed)
        return distance, frame, {"terms": ["arm"]}

    assert rejected(ignored, 100) > 20


def test_power_rises():
    def shifted(shift):
        def study(seed):
            points, arm = simulated(seed, shift)
            distance, frame = of(points, arm=arm)
            return distance, frame, {"terms": ["arm"]}

        return study

    power = [rejected(shifted(shift), 60) for shift in (0.0, 0.8, 1.6)]
    assert power[0] < power[1] < power[2]
    assert power[2] > 40


def test_strata_find_what_differences_between_people_hide():
    generator = np.random.default_rng(4)
    person = np.repeat(np.arange(12), 2)
    arm = np.tile(["before", "after"], 12)
    points = 5 * generator.normal(size=(12, 3))[person] + generator.normal(size=(24, 3))
    points[arm == "after", 0] += 2
    distance, frame = of(points, arm=arm, person=person.astype(str))
    assert permanova(distance, frame, ["arm"]).loc["arm", "p"] > 0.2
    assert permanova(distance, frame, ["arm"], strata="person").loc["arm", "p"] < 0.01
    # Named as participant, a term that varies within persons is tested within persons.
    by_strata, by_person = (permanova(distance, frame, ["arm"], **{key: "person"}) for key in ("strata", "participant"))
    pd.testing.assert_frame_equal(by_strata, by_person)


def test_whole_persons_with_one_sample_each_are_samples():
    points, arm = simulated(5, shift=0.8)
    distance, frame = of(points, arm=arm, person=[f"p{number}" for number in range(20)])
    ours = permanova(distance, frame, ["arm"], participant="person")
    pd.testing.assert_frame_equal(ours, permanova(distance, frame, ["arm"]))


def test_every_order_of_six_samples():
    # Of the 20 ways to make two groups of three, the observed one and its mirror are the most extreme.
    points = np.array([[0.0], [1.0], [2.0], [10.0], [11.0], [12.0]])
    distance, frame = of(points, arm=list("xxxyyy"))
    assert permanova(distance, frame, ["arm"], permutations=9999).loc["arm", "p"] == pytest.approx(0.1, abs=0.01)


def test_equal_seeds_give_equal_p_and_terms_do_not_disturb_each_other():
    points, arm = simulated(3, shift=0.5)
    distance, frame = of(points, arm=arm)
    first, second, other = (permanova(distance, frame, ["arm"], seed=seed).loc["arm", "p"] for seed in (1, 1, 2))
    assert first == second
    assert other == pytest.approx(first, abs=0.1)


@pytest.mark.parametrize(
    ("columns", "terms", "options", "said"),
    [
        ({"arm": ["x", "y"] * 3}, ["arn"], {}, "no column 'arn'"),
        ({"arm": ["x", "y"] * 3}, [], {}, "at least one term"),
        ({"arm": ["x", None] * 3}, ["arm"], {}, "lacks 3 values"),
        ({"age": [1.0, 2.0, np.inf, 4.0, 5.0, 6.0]}, ["age"], {}, "lacks 1 values"),
        ({"arm": ["x"] * 6}, ["arm"], {}, "the same for all"),
        ({"arm": ["x", "y"] * 3, "same": ["p", "q"] * 3}, ["arm", "same"], {}, "follows from the others"),
        ({"arm": ["x", "y"] * 3, "site": list("abcdef")}, ["arm"], {"strata": "site"}, "no exchange within blocks"),
        ({"arm": list("xxyyxx"), "person": list("aabbcc")}, ["arm"], {"strata": "person"}, "name that column as part"),
        ({"site": list("abcdef")}, ["site"], {}, "as many columns as"),
        (
            {"arm": list("xxyyxx"), "person": list("aabbcc"), "site": list("pqpqpq")},
            ["arm"],
            {"participant": "person", "strata": "site"},
            "more than one block",
        ),
    ],
)
def test_mistakes(columns, terms, options, said):
    distance, frame = of(np.random.default_rng(1).normal(size=(6, 2)), **columns)
    with pytest.raises(InputError) as found:
        permanova(distance, frame, terms, **options)
    assert said in str(found.value)


def test_all_mistakes_of_the_columns_are_told_at_once():
    distance, frame = of(np.random.default_rng(1).normal(size=(6, 2)), arm=["x", None] * 3, sex=["m"] * 6)
    with pytest.raises(InputErrors) as found:
        permanova(distance, frame, ["arm", "sex", "agee"])
    assert len(found.value.errors) == 3
    assert "s1, s3, s5" in str(found.value)


def test_samples_without_metadata_are_named():
    distance, frame = of(np.random.default_rng(1).normal(size=(6, 2)), arm=["x", "y"] * 3)
    with pytest.raises(InputError, match="not in the metadata") as found:
        permanova(distance, frame.drop("s3"), ["arm"])
    assert "s3" in str(found.value)

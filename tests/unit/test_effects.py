"""Sizes of effects: unbiased where R² is not, and intervals that cover what they say they cover."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.spatial.distance import pdist, squareform
from skbio import DistanceMatrix

from handbook_utils.analysis import effects
from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.distance.permanova import PARTIAL, permanova
from handbook_utils.analysis.effects import group_effect, partial_effect
from handbook_utils.errors import InputError


def of(points, **columns):
    names = [f"s{number}" for number in range(len(points))]
    return DistanceMatrix(squareform(pdist(points)), ids=names), pd.DataFrame(columns, index=names)


def asked(distance, frame, **others):
    return distance, design_of(frame, group="arm", **others)


def two_groups(seed, sizes=(25, 25), shift=0.0, spread=1.0, dimensions=1):
    arm = np.repeat(["x", "y"], sizes)
    points = np.random.default_rng(seed).normal(size=(len(arm), dimensions))
    points[arm == "y"] *= spread
    points[arm == "y", 0] += shift
    return of(points, arm=arm)


@pytest.mark.parametrize(
    ("options", "least"),
    [
        ({"shift": 1.0}, 0.90),
        ({"sizes": (30, 30), "shift": 1.5, "dimensions": 20}, 0.92),
        ({"sizes": (40, 12), "shift": 2.0, "spread": 2.0, "dimensions": 20}, 0.92),
        ({"sizes": (6, 6), "shift": 2.0, "dimensions": 10}, 0.90),
        ({"sizes": (40, 12), "spread": 2.0, "dimensions": 20}, 0.95),  # nothing between the centres
    ],
)
def test_interval_covers_the_truth(options, least):
    shift, spread, dimensions = (
        options.get(key, default) for key, default in [("shift", 0), ("spread", 1), ("dimensions", 1)]
    )
    first, second = np.array(options.get("sizes", (25, 25))) / sum(options.get("sizes", (25, 25)))
    between, within = first * second * shift**2, dimensions * (first + second * spread**2)
    truth = between / (between + within)
    studies, covered = 200, 0
    for seed in range(studies):
        effect = group_effect(*asked(*two_groups(seed, **options)), resamples=399, seed=seed)["omega2"]
        covered += effect.low <= truth <= effect.high
    assert covered / studies >= least


def test_omega_squared_is_unbiased_where_nothing_differs_and_r_squared_is_not():
    sizes = []
    for seed in range(200):
        distance, frame = two_groups(seed, (10, 10), dimensions=3)
        table = permanova(*asked(distance, frame), permutations=0)
        omega2 = group_effect(*asked(distance, frame), resamples=1)["omega2"].size
        assert omega2 == pytest.approx(table.loc["arm", PARTIAL])  # equal groups: the same as in the table
        sizes.append((table.loc["arm", "R2"], omega2))
    r2, omega2 = np.mean(sizes, axis=0)
    assert abs(omega2) < 0.006
    assert r2 == pytest.approx(1 / 19, abs=0.006)


def test_distances_within_and_between_by_hand():
    distance, frame = of(np.array([[0.0], [1.0], [2.0], [10.0], [11.0], [12.0]]), arm=list("xxxyyy"))
    found = group_effect(*asked(distance, frame))
    assert found["within"].size == pytest.approx(4 / 3)
    assert found["between"].size == pytest.approx(10)
    assert found["difference"].size == pytest.approx(10 - 4 / 3)
    assert found["difference"].low <= found["difference"].size <= found["difference"].high


def test_people_are_drawn_not_samples():
    distance, frame = two_groups(8, (12, 12), shift=1, dimensions=3)
    once = group_effect(*asked(distance, frame))["omega2"]
    people = np.repeat(np.arange(24), 3)
    copies = DistanceMatrix(np.asarray(distance.data)[np.ix_(people, people)], ids=[f"c{row}" for row in range(72)])
    thrice = frame.iloc[people].set_axis(copies.ids).assign(person=people.astype(str))
    honest = group_effect(*asked(copies, thrice, person="person"))["omega2"]
    naive = group_effect(*asked(copies, thrice))["omega2"]
    assert (honest.size, honest.low, honest.high) == pytest.approx((once.size, once.low, once.high))
    assert naive.high - naive.low < 0.8 * (honest.high - honest.low)


def test_samples_of_one_person_are_not_compared():
    # Everybody sampled in both groups, and persons far apart: distances within persons would make "between" small.
    generator = np.random.default_rng(9)
    person = np.repeat(np.arange(10), 2)
    points = 10 * generator.normal(size=(10, 2))[person] + 0.01 * generator.normal(size=(20, 2))
    distance, frame = of(points, arm=["x", "y"] * 10, person=person.astype(str))
    found = group_effect(*asked(distance, frame, person="person"))
    assert found["difference"].size == pytest.approx(0, abs=0.01)
    assert group_effect(*asked(distance, frame))["difference"].size < -0.5


def test_equal_seeds_give_equal_intervals():
    distance, frame = two_groups(3, shift=0.5)
    first, second, other = (group_effect(*asked(distance, frame), seed=seed)["omega2"] for seed in (1, 1, 2))
    assert first == second
    assert first != other


def test_too_few_people():
    distance, frame = two_groups(1, (12, 4))
    frame["person"] = [f"p{number}" for number in range(12)] + ["a", "a", "b", "b"]
    with pytest.raises(InputError, match="3 people or more") as found:
        group_effect(*asked(distance, frame, person="person"))
    assert "y: 2" in str(found.value)


def beside_age(seed, shift, count=40):
    generator = np.random.default_rng(seed)
    arm = np.arange(count) % 2
    age = generator.normal(size=count) + 0.7 * arm
    points = generator.normal(size=(count, 4))
    points[:, 0] += shift * arm
    points[:, 1] += age
    return of(points, arm=arm, age=age)


@pytest.mark.parametrize(("shift", "least"), [(0.0, 0.9), (1.0, 0.84)])
def test_the_interval_beside_a_covariate_covers_the_truth(shift, least):
    # What is left of a group of half the people beside an age that goes with it.
    left = 0.25 * (1 - 0.7**2 * 0.25 / (0.7**2 * 0.25 + 1)) * shift**2
    covered = []
    for seed in range(60):
        distance, frame = beside_age(seed, shift)
        found = partial_effect(*asked(distance, frame, covariates="age"))
        covered.append(found.low <= left / (left + 4) <= found.high)
    assert np.mean(covered) >= least  # 90 % in 240 studies of the second kind, as the docstring says


def test_beside_covariates_it_is_the_omega_squared_of_the_table():
    distance, frame = beside_age(1, 1.0)
    table = permanova(*asked(distance, frame, covariates="age"), permutations=0)
    assert partial_effect(*asked(distance, frame, covariates="age")).size == pytest.approx(table.loc["arm", PARTIAL])
    by_age = design_of(frame, exposure="age", covariates="C(arm)")
    found = partial_effect(distance, by_age)
    assert found.size == pytest.approx(permanova(distance, by_age, permutations=0).loc["age", PARTIAL])
    assert found.low < found.size < found.high


def test_a_main_effect_beside_its_interaction_is_that_of_the_table():
    distance, frame = two_groups(3, shift=0.8)
    frame = frame.assign(dose=np.random.default_rng(5).normal(size=len(frame)))
    design = design_of(frame, formula="~ arm * dose")
    table = permanova(distance, design, permutations=0)
    assert design.taken_out == ["dose"]
    assert partial_effect(distance, design).size == pytest.approx(table.loc["arm", PARTIAL])


def test_beside_covariates_people_count_once():
    distance, frame = beside_age(2, 1.0)
    people = np.repeat(np.arange(40), 3)
    copies = DistanceMatrix(np.asarray(distance.data)[np.ix_(people, people)], ids=[f"c{row}" for row in range(120)])
    thrice = frame.iloc[people].set_axis(copies.ids).assign(person=people.astype(str))
    once = partial_effect(*asked(distance, frame, covariates="age"))
    again = partial_effect(*asked(copies, thrice, covariates="age", person="person"))
    assert (again.size, again.low, again.high) == pytest.approx((once.size, once.low, once.high))


def test_the_interval_beside_others_leaves_out_each_in_turn():
    """What is left out is left out of everything: as if that sample had never been."""
    generator = np.random.default_rng(8)
    points = generator.normal(size=(14, 3)) + np.repeat([[0.0], [1.2]], 7, axis=0)
    ids = [f"s{n:02d}" for n in range(14)]
    apart = np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))
    rows = pd.DataFrame({"arm": np.repeat(["a", "b"], 7), "age": generator.normal(40, 9, 14)}, index=ids)

    def size(kept: list[str]) -> float:
        places = [ids.index(name) for name in kept]
        design = design_of(rows.loc[kept], group="arm", covariates="age")
        return partial_effect(DistanceMatrix(apart[np.ix_(places, places)], ids=kept), design).size

    found = partial_effect(DistanceMatrix(apart, ids=ids), design_of(rows, group="arm", covariates="age"))
    without = np.array([size([name for name in ids if name != gone]) for gone in ids])
    error = np.sqrt(13 / 14 * ((without - without.mean()) ** 2).sum())
    assert found.size == pytest.approx(size(ids))
    assert found.high - found.size == pytest.approx(stats.t.ppf(0.975, 13) * error, rel=1e-9)
    assert found.size - found.low == pytest.approx(stats.t.ppf(0.975, 13) * error, rel=1e-9)


def test_sizes_of_three_groups_of_different_size_by_hand():
    """Means over pairs of samples of different people; each group weighs by its share of the samples."""
    generator = np.random.default_rng(3)
    arm, who = np.array(list("xxxxyyyyyzzz")), np.array(list("aabcdeffghij"))
    points = generator.normal(size=(12, 3)) + np.select([arm == "y", arm == "z"], [1.0, 3.0], 0.0)[:, None]
    distance, frame = of(points, arm=arm, who=who)
    found = group_effect(*asked(distance, frame, person="who"))
    plain = np.asarray(distance.data)

    def mean(values, one, other):
        return np.mean(
            [values[i, j] for i in np.flatnonzero(arm == one) for j in np.flatnonzero(arm == other) if who[i] != who[j]]
        )

    share = {name: (arm == name).mean() for name in "xyz"}
    pairs = [(one, other) for one in "xyz" for other in "xyz"]
    within = sum(share[name] * mean(plain, name, name) for name in "xyz")
    apart = [(share[one] * share[other], mean(plain, one, other)) for one, other in pairs if one != other]
    between = sum(weight * size for weight, size in apart) / sum(weight for weight, _ in apart)
    squares = plain**2
    omega2 = 1 - sum(share[name] * mean(squares, name, name) for name in "xyz") / sum(
        share[one] * share[other] * mean(squares, one, other) for one, other in pairs
    )
    sizes = {"within": within, "between": between, "difference": between - within, "omega2": omega2}
    assert {name: effect.size for name, effect in found.items()} == pytest.approx(sizes)


def test_an_interval_is_the_quantiles_of_draws_of_people_within_their_groups():
    """Each draw made at full length: a person drawn twice is two, who are not compared with each other."""
    distance, frame = two_groups(4, (5, 4), shift=1.0)
    plain, codes = np.asarray(distance.data), (frame["arm"] == "y").to_numpy().astype(int)
    draws = np.random.default_rng(7)
    patterns = [np.flatnonzero(codes == 1), np.flatnonzero(codes == 0)]  # in the order in which they are drawn
    counts = np.zeros((60, 9))
    for those in patterns:
        counts[:, those] = draws.multinomial(len(those), np.full(len(those), 1 / len(those)), size=60)
    differences = []
    for row in counts.astype(int):
        drawn = np.repeat(np.arange(9), row)
        pairs = [(i, j) for i in drawn for j in drawn if i != j]
        means = {
            kind: np.array([plain[i, j] for i, j in pairs if (codes[i], codes[j]) == kind])
            for kind in ((0, 0), (1, 1), (0, 1))
        }
        if all(len(values) for values in means.values()):
            within = (5 * means[0, 0].mean() + 4 * means[1, 1].mean()) / 9
            differences.append(means[0, 1].mean() - within)
    for confidence in (0.95, 0.6):
        found = group_effect(*asked(distance, frame), resamples=60, seed=7, confidence=confidence)["difference"]
        tail = (1 - confidence) / 2
        assert (found.low, found.high) == pytest.approx(tuple(np.quantile(differences, [tail, 1 - tail])))
        assert found.confidence == confidence
    assert group_effect(*asked(distance, frame))["within"].confidence == 0.95


def test_three_people_a_group_are_enough():
    distance, frame = two_groups(1, (3, 3))
    assert np.isfinite(group_effect(*asked(distance, frame))["omega2"].size)
    with pytest.raises(InputError, match="3 people or more"):
        group_effect(distance.filter(distance.ids[:5]), design_of(frame.iloc[:5], group="arm"))


def test_beside_covariates_an_interval_has_the_width_that_is_asked_for():
    distance, frame = beside_age(3, 1.0)
    wide, narrow = (
        partial_effect(*asked(distance, frame, covariates="age"), **more) for more in ({}, {"confidence": 0.5})
    )
    times = stats.t.ppf([0.975, 0.75], 39)
    assert (wide.high - wide.size) / (narrow.high - narrow.size) == pytest.approx(times[0] / times[1])
    assert (wide.confidence, narrow.confidence) == (0.95, 0.5)


def test_of_many_people_sets_are_left_out_that_tell_the_same(monkeypatch):
    distance, frame = beside_age(4, 1.0)
    design = design_of(frame, group="arm", covariates="age")
    each = partial_effect(distance, design)
    monkeypatch.setattr(effects, "_MOST", 20)
    pairs = partial_effect(distance, design)
    assert pairs.size == each.size
    # The spread of 20 estimates without two each is that of 40 without one.
    assert (pairs.high - pairs.low) / (each.high - each.low) == pytest.approx(1, abs=0.25)
    monkeypatch.setattr(effects, "_MOST", 40)
    assert partial_effect(distance, design) == each


def test_within_people_and_beside_blocks_it_is_the_omega_squared_beside_these():
    """Samples of people, exchanged within them: people are taken out first, and left out in turn as a whole."""
    generator = np.random.default_rng(5)
    who = np.repeat(np.arange(8), 3)
    diet = np.tile([0, 1, 1], 8)
    points = generator.normal(size=(8, 3))[who] + 0.5 * generator.normal(size=(24, 3))
    points[:, 0] += diet
    distance, frame = of(points, diet=np.where(diet, "b", "a"), who=who.astype(str))
    found = partial_effect(distance, design_of(frame, group="diet", person="who"))

    def size(kept):
        blocks = [who == number for number in np.unique(who[kept])]
        rows = points[kept]

        def left(*columns):
            model = np.column_stack([column[kept] for column in columns]).astype(float)
            return ((rows - model @ np.linalg.lstsq(model, rows, rcond=None)[0]) ** 2).sum()

        free = kept.sum() - len(blocks) - 1
        f = (left(*blocks) - left(*blocks, diet)) / (left(*blocks, diet) / free)
        return (f - 1) / (f - 1 + kept.sum())

    assert found.size == pytest.approx(size(np.ones(24, dtype=bool)))
    without = np.array([size(who != gone) for gone in range(8)])
    error = np.sqrt(7 / 8 * ((without - without.mean()) ** 2).sum())
    assert found.high - found.size == pytest.approx(stats.t.ppf(0.975, 7) * error)


@pytest.mark.parametrize(("arms", "ages"), [("aabb", [1, 4, 2, 3]), ("aaaaab", [1, 2, 3, 5, 4, 3.5])])
def test_where_too_few_are_left_an_effect_has_no_ends(arms, ages):
    """Without one of four beside an age nothing is left over; without the only one of a group, no group."""
    generator = np.random.default_rng(1)
    distance, frame = of(generator.normal(size=(len(arms), 2)), arm=list(arms), age=ages)
    found = partial_effect(*asked(distance, frame, covariates="age"))
    assert np.isfinite(found.size)
    assert np.isnan([found.low, found.high]).all()

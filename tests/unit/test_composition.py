import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from scipy.spatial.distance import pdist, squareform
from statsmodels.stats.proportion import proportion_confint

from handbook_utils import datasets
from handbook_utils.analysis.distance.similarity import (
    followed_people,
    median_intervals,
    nearest_is_own,
    renkonen_similarity,
    similarity_to_others,
    similarity_to_usual,
    within_and_between,
)
from handbook_utils.analysis.taxa.composition import (
    core_taxa,
    expected_prevalence,
    leading_taxa,
    least_shown,
    mean_interval,
    most_abundant,
    shares_of,
)
from handbook_utils.errors import InputError
from handbook_utils.study import Study


def study_of(counts) -> Study:
    frame = pd.DataFrame(counts)
    frame.index = [f"s{i}" for i in frame.index]
    frame.columns = [f"t{i}" for i in frame.columns]
    return Study.from_frame(frame)


@given(arrays(np.int64, (4, 5), elements=st.integers(0, 1000)).filter(lambda a: (a.sum(axis=1) > 0).all()))
def test_similarity_is_one_minus_bray_curtis_of_proportions(counts):
    study = study_of(counts)
    expected = 1 - squareform(pdist(counts / counts.sum(axis=1, keepdims=True), "braycurtis"))
    found = renkonen_similarity(study).to_numpy()
    np.testing.assert_allclose(found, expected, atol=1e-12)
    np.testing.assert_allclose(found, found.T)


@given(arrays(np.int64, (3, 4), elements=st.integers(1, 1000)), st.integers(2, 50))
def test_similarity_does_not_hang_on_depth(counts, factor):
    scaled = counts.copy()
    scaled[0] *= factor
    pd.testing.assert_frame_equal(renkonen_similarity(study_of(counts)), renkonen_similarity(study_of(scaled)))


def test_shares_add_up_to_one_and_the_rest_is_the_rest():
    twins = datasets.load("twins")
    taxa = most_abundant(twins, 5, apart_from=["Unknown"])
    assert taxa[:2] == ["Bacteroides", "Faecalibacterium"]
    shares = shares_of(twins, taxa, "others")
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    np.testing.assert_allclose(shares["Bacteroides"], twins.to_frame()["Bacteroides"] / twins.depth)


def test_every_pair_is_counted_once():
    twins = datasets.load("twins")
    pairs = within_and_between(renkonen_similarity(twins), twins.column("person"))
    assert len(pairs.within) == 124
    assert len(pairs.within) + len(pairs.between) == 278 * 277 / 2


def test_superiority_counts_pairs():
    twins = datasets.load("twins")
    pairs = within_and_between(renkonen_similarity(twins), twins.column("person"))
    within, between = pairs.within[:, None], pairs.between[None, :]
    assert pairs.superiority == pytest.approx((within > between).mean() + (within == between).mean() / 2)


def test_one_person_has_no_between():
    with pytest.raises(InputError, match="cannot both be made"):
        within_and_between(renkonen_similarity(study_of([[1, 2], [2, 1]])), pd.Series({"s0": "a", "s1": "a"}))


def test_intervals_hold_the_medians_and_follow_the_seed():
    twins = datasets.load("twins")
    similarity, person = renkonen_similarity(twins), twins.column("person")
    found = median_intervals(similarity, person, resamples=50, seed=7)
    pairs = within_and_between(similarity, person)
    assert found["within"][0] < np.median(pairs.within) < found["within"][1]
    assert found["between"][0] < np.median(pairs.between) < found["between"][1]
    assert found == median_intervals(similarity, person, resamples=50, seed=7)
    assert found != median_intervals(similarity, person, resamples=50, seed=8)


@pytest.mark.parametrize("level", [None, 0.5])
def test_intervals_are_those_of_medians_of_all_pairs_of_the_people_drawn(level):
    """All pairs listed: a person drawn twice makes no pairs with their own copy, and counts twice against others."""
    generator = np.random.default_rng(4)
    who = pd.Series(list("aaabbccd"), index=[f"s{n}" for n in range(8)])
    square = generator.uniform(0.2, 0.8, (8, 8)).round(2)
    similarity = pd.DataFrame(np.triu(square, 1) + np.triu(square, 1).T + np.eye(8), index=who.index, columns=who.index)
    draws, medians = np.random.default_rng(9), {"within": [], "between": []}
    for _ in range(60):
        drawn = draws.integers(4, size=4)
        samples = [(place, name) for place, code in enumerate(drawn) for name in who.index[who == "abcd"[code]]]
        pairs = [
            (who[one] == who[other], place == again, similarity.loc[one, other])
            for (place, one), (again, other) in itertools.combinations(samples, 2)
        ]
        for name, values in (
            ("within", [value for same, copy, value in pairs if same and copy]),
            ("between", [value for same, _, value in pairs if not same]),
        ):
            medians[name] += [np.median(values)] if values else []
    wanted = {"level": level} if level else {}
    found = median_intervals(similarity, who, resamples=60, seed=9, **wanted)
    tail = 50 * (1 - (level or 0.95))
    for name, values in medians.items():
        assert found[name] == pytest.approx(np.percentile(values, [tail, 100 - tail]))


def test_the_share_of_those_whose_nearest_is_their_own_leaves_people_with_one_sample_out():
    values = [[1, 0.3, 0.9, 0.1], [0.3, 1, 0.2, 0.1], [0.9, 0.2, 1, 0.1], [0.1, 0.1, 0.1, 1]]
    square = pd.DataFrame(values, index=list("wxyz"), columns=list("wxyz"))
    # w and x are Ann's: w is nearest to y, x to w; y is Bo's only sample, z Cy's.
    assert nearest_is_own(square, pd.Series({"w": "Ann", "x": "Ann", "y": "Bo", "z": "Cy"})) == 0.5


def test_two_usual_days_are_enough_and_every_person_is_followed_alone():
    study = study_of([[10, 0], [5, 5], [0, 10], [2, 8], [3, 7]])
    days = pd.Series([0, 1, 2, 3, 4], index=study.samples)
    found = similarity_to_usual(study, days, [True, True, False, True, False])
    shares = np.array([1, 0.5, 0, 0.2, 0.3])
    usual = {0: (0.5 + 0.2) / 2, 1: (1 + 0.2) / 2, 2: 1.7 / 3, 3: 0.75, 4: 1.7 / 3}
    assert found.to_list() == pytest.approx([1 - abs(shares[day] - usual[day]) for day in range(5)])
    known = pd.DataFrame(
        {"who": list("AABBB"), "day": [1, 0, 0, 1, 2], "phase": ["pre"] * 4 + ["trip"]}, index=study.samples
    )
    told = followed_people(study.with_metadata(known), person="who", day="day", phase="phase", usual="pre")
    assert told["person"].to_list() == list("AABBB")
    assert told["day"].to_list() == [0, 1, 0, 1, 2]
    assert told["phase"].to_list() == ["pre"] * 4 + ["trip"]
    assert told["shared"].to_list() == pytest.approx([50, 50, 80, 80, 80])


def test_nearest_is_chance_for_shuffled_people():
    twins = datasets.load("twins")
    similarity, person = renkonen_similarity(twins), twins.column("person")
    shuffled = pd.Series(np.random.default_rng(1).permutation(person.to_numpy(dtype=object)), index=person.index)
    assert nearest_is_own(similarity, person) > 10 * max(nearest_is_own(similarity, shuffled), 0.005)


def test_a_usual_day_is_not_compared_with_itself():
    study = study_of([[10, 0], [0, 10], [5, 5]])
    day = pd.Series({"s0": 0, "s1": 1, "s2": 2})
    assert similarity_to_usual(study, day, [True, True, False]).tolist() == [0.0, 0.0, 1.0]


def test_samples_of_one_day_are_averaged():
    study = study_of([[10, 0], [0, 10], [5, 5]])
    day = pd.Series({"s0": 0, "s1": 0, "s2": 1})
    assert similarity_to_usual(study, day, [True, True, True]).to_dict() == {0: 1.0, 1: 1.0}


def test_too_few_usual_days():
    with pytest.raises(InputError, match="too few"):
        similarity_to_usual(study_of([[1, 1], [1, 2]]), pd.Series({"s0": 0, "s1": 1}), [True, False])


@given(
    arrays(np.int64, (6, 4), elements=st.integers(1, 100)),
    st.lists(st.booleans(), min_size=6, max_size=6),
)
def test_similarity_to_others_leaves_the_own_samples_out(counts, reference):
    study = study_of(counts)
    owner = pd.Series(list("aabbcc"), index=study.samples)
    shares = counts / counts.sum(axis=1, keepdims=True)
    there = {name for name, chosen in zip(owner, reference, strict=True) if chosen}
    if len(there) < 2:
        with pytest.raises(InputError, match="too few people"):
            similarity_to_others(study, owner, reference)
        return
    found = similarity_to_others(study, owner, reference)
    for number, name in enumerate(owner):
        means = [
            np.mean([shares[i] for i in range(6) if reference[i] and owner.iloc[i] == other], axis=0)
            for other in there - {name}
        ]
        expected = np.minimum(shares[number], np.mean(means, axis=0)).sum()
        assert found.iloc[number] == pytest.approx(expected)


def test_taxa_are_ranked_by_mean_share_and_those_alike_stay_in_their_order():
    study = study_of([[1, 1, 6, 2], [10, 10, 60, 20]])
    assert most_abundant(study, 3) == ["t2", "t3", "t0"]
    assert most_abundant(study, 9, apart_from=["t2", "no such"]) == ["t3", "t0", "t1"]
    # Many samples have a little of the first, one has all of the second.
    leading = leading_taxa(study_of([[1, 0, 9], [1, 0, 9], [1, 9, 0], [0, 0, 10]]))
    assert leading.loc["t0"].tolist() == pytest.approx([0.75, 0.3 / 4, 0.75 * 0.3 / 4])
    assert list(leading.index) == ["t2", "t0", "t1"]


def test_a_core_is_at_least_the_share_and_its_interval_is_wilson_s():
    counts = np.array([[20, 80, 0], [19, 80, 1], [20, 79, 1], [0, 99, 1], [50, 50, 0]])
    found = core_taxa(study_of(counts), 0.2, 0.6)
    assert found["prevalence"].to_dict() == {"t1": 1.0, "t0": 0.6}
    for name, hits in (("t1", 5), ("t0", 3)):
        assert found.loc[name, ["low", "high"]].tolist() == pytest.approx(proportion_confint(hits, 5, method="wilson"))
    assert list(core_taxa(study_of(counts), 0.2, 0.61).index) == ["t1"]
    assert core_taxa(study_of(counts), 0.0, 0.0)["prevalence"].to_dict() == {"t1": 1.0, "t0": 0.8, "t2": 0.6}


@pytest.mark.parametrize("reads", [1, 4, 9, 10])
def test_expected_prevalence_is_hypergeometric(reads):
    counts = np.array([[1, 9, 0], [6, 3, 1], [2, 18, 0], [0, 10, 5]])
    found = expected_prevalence(study_of(counts), reads)
    seen = [[1 - stats.hypergeom.pmf(0, row.sum(), one, reads) for one in row] for row in counts]
    assert found.tolist() == pytest.approx(np.mean(seen, axis=0))


def test_more_reads_than_a_sample_has_are_refused_by_its_name():
    with pytest.raises(InputError, match="fewer reads") as told:
        expected_prevalence(study_of([[5, 5], [3, 6], [6, 6]]), 10)
    assert "s1" in str(told.value)


def test_what_was_not_seen_is_shown_below_all_that_was():
    assert least_shown(study_of([[1, 9], [30, 10]])) == 0.5 / 40
    shares = pd.DataFrame([[0.0, 0.1, 0.9], [0.3, 0.2, 0.5]], index=["a", "b"], columns=["x", "y", "z"])
    assert least_shown(Study.from_frame(shares, quantity="abundances")) == pytest.approx(0.05)


def test_the_interval_of_a_mean_is_that_of_draws():
    """Of twenty numbers of which half are 1, the mean of a draw is a binomial number of twenty."""
    mean, low, high = mean_interval(pd.Series([0.0, 1.0] * 10), resamples=4000)
    assert (mean, low, high) == (0.5, *(stats.binom.ppf([0.025, 0.975], 20, 0.5) / 20))

"""Alpha diversity: what must hold for any sample."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handbook_utils import datasets
from handbook_utils.analysis.diversity import estimates
from handbook_utils.analysis.diversity.alpha import (
    alpha_table,
    asymptotic_hill,
    common_coverage,
    hill_at_coverage,
    hill_at_size,
    hill_curve,
    rarefied_richness,
    sample_coverage,
    size_at_coverage,
)
from handbook_utils.analysis.diversity.chao import chao1
from handbook_utils.analysis.diversity.estimates import Sample, hill
from handbook_utils.errors import InputError
from handbook_utils.study import Study

COUNTS = st.lists(st.integers(0, 40), min_size=2, max_size=12).filter(lambda counts: sum(counts) > 2)


@given(COUNTS)
def test_hill_numbers_fall_with_order_and_lie_between_one_and_richness(counts):
    values = [hill(counts, order) for order in (0, 0.5, 1, 2, 5)]
    assert all(first >= second - 1e-9 for first, second in itertools.pairwise(values))
    assert values[-1] >= 1 - 1e-9
    assert values[0] == sum(count > 0 for count in counts)


@given(st.integers(1, 50), st.integers(1, 30))
def test_equal_taxa_have_a_hill_number_of_their_count(taxa, each):
    assert [hill([each] * taxa, order) for order in (0, 1, 2)] == pytest.approx([taxa] * 3)


@given(COUNTS)
def test_doubling_a_community_doubles_its_hill_numbers(counts):
    for order in (0, 1, 2):
        assert hill(counts + counts, order) == pytest.approx(2 * hill(counts, order))


def draws(counts, size):
    """Every way to draw `size` reads, by brute force."""
    reads = [taxon for taxon, count in enumerate(counts) for _ in range(count)]
    return [len(set(chosen)) for chosen in itertools.combinations(reads, size)]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=2, max_size=4), st.integers(1, 4))
def test_rarefied_richness_is_the_mean_and_variance_over_all_draws(counts, size):
    size = min(size, sum(counts))
    found = draws(counts, size)
    mean, variance = rarefied_richness(counts, size)
    assert mean == pytest.approx(np.mean(found))
    assert variance == pytest.approx(np.var(found), abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(COUNTS)
def test_curves_rise_and_meet_what_was_observed(counts):
    total = sum(counts)
    sizes = sorted({1, max(1, total // 2), total, 2 * total})
    for order in (0, 1, 2):
        values = [hill_at_size(counts, order, size) for size in sizes]
        assert all(second >= first - 1e-6 for first, second in itertools.pairwise(values))
        assert hill_at_size(counts, order, total) == pytest.approx(hill(counts, order), rel=1e-9)
        assert hill_at_size(counts, order, 1) == pytest.approx(1)


@settings(max_examples=40, deadline=None)
@given(COUNTS)
def test_size_and_coverage_are_inverse(counts):
    total = sum(counts)
    for size in (max(1, total // 2), total):
        coverage = sample_coverage(counts, size)
        if 0 < coverage < 1:
            again = size_at_coverage(counts, coverage)
            assert sample_coverage(counts, again) == pytest.approx(coverage, abs=1e-6)


def test_asymptotic_estimate_is_closer_to_the_truth_than_what_was_seen():
    generator = np.random.default_rng(1)
    shares = 1 / np.arange(1, 201)
    shares /= shares.sum()
    truth = float(np.exp(-(shares * np.log(shares)).sum()))
    seen, estimated = [], []
    for _ in range(50):
        counts = generator.multinomial(300, shares)
        seen.append(hill(counts, 1))
        estimated.append(asymptotic_hill(counts, 1))
    assert abs(np.mean(estimated) - truth) < abs(np.mean(seen) - truth) / 3


def test_bootstrap_interval_holds_the_estimate_and_is_seeded():
    counts = datasets.load("throat").table.toarray()[0].astype(int)
    first, second = (hill_curve(counts, sizes=[200], orders=[1], resamples=50, seed=3) for _ in range(2))
    assert first.equals(second)
    [row] = first.to_dict("records")
    values = [value for value in row.values() if isinstance(value, float)]
    assert all(np.isfinite(values))


def test_table_of_a_study():
    study = datasets.load("throat")
    table = alpha_table(study)
    assert list(table.index) == list(study.samples)
    assert (table["q0"] >= table["q1"]).all()
    assert (table["q1"] >= table["q2"]).all()
    assert table["coverage"].between(0, 1).all()


@settings(max_examples=40, deadline=None)
@given(COUNTS)
def test_table_agrees_with_the_estimators_of_one_sample(counts):
    names = [f"t{place}" for place in range(len(counts))]
    table = alpha_table(Study.from_frame(pd.DataFrame([counts, counts[::-1]], index=["s", "r"], columns=names)))
    for row in table.to_dict("records"):
        assert row["depth"] == sum(counts)
        assert row["coverage"] == pytest.approx(sample_coverage(counts), abs=1e-12)
        assert [row[f"q{order}"] for order in (0, 1, 2)] == pytest.approx([hill(counts, q) for q in (0, 1, 2)])


def test_equal_coverage_of_all_samples():
    study = datasets.load("throat").choose_samples(list(datasets.load("throat").samples[:6]))
    table = hill_at_coverage(study, 0.8, orders=[0])
    assert len(table) == 6


@pytest.mark.parametrize("counts", [[0, 0], [1.5, 2], [-1, 3]])
def test_what_is_not_counts_is_refused(counts):
    with pytest.raises((InputError, ValueError)):
        hill_at_size(counts, 0, 1)


def test_the_error_of_chao1_by_hand():
    """EstimateS 9, appendix B: equations 6 (corrected for bias) and 7 (no taxon seen twice)."""
    corrected = chao1([6, 2, 2, 1, 1, 1], bias_corrected=True)
    assert corrected.estimate == pytest.approx(6 + 1)
    assert corrected.se**2 == pytest.approx(1 + 3 * 25 / (4 * 9) + 9 * 2 * 4 / (4 * 81))
    four = chao1([6, 2, 2, 1, 1, 1, 1], bias_corrected=True)
    assert four.estimate == pytest.approx(7 + 4 * 3 / (2 * 3))
    assert four.se**2 == pytest.approx(2 + 4 * 49 / (4 * 9) + 16 * 2 * 9 / (4 * 81))
    none_twice = chao1([5, 1, 1, 1])
    assert none_twice.estimate == pytest.approx(4 + 7 / 8 * 3)
    a, whole = 7 / 8, 4 + 7 / 8 * 3
    assert none_twice.se**2 == pytest.approx(a * 3 + a**2 * 3 * 25 / 4 - a**2 * 81 / (4 * whole))
    width = np.exp(1.959964 * np.sqrt(np.log(1 + none_twice.se**2 / (a * 3) ** 2)))
    assert (none_twice.low, none_twice.high) == pytest.approx((4 + a * 3 / width, 4 + a * 3 * width))


def test_coverage_by_hand():
    """Chao and Jost 2012: equations 4a (of the sample), 4b (fewer reads) and 4c (more)."""
    assert sample_coverage([5, 1, 1, 1]) == pytest.approx(1 - 3 / 8 * 7 / 8)  # none seen twice: A = 2 / (7 * 2 + 2)
    assert sample_coverage([2, 1, 1], 1) == pytest.approx(1 - (2 / 4 * 2 / 3 + 2 * 1 / 4))
    assert sample_coverage([5, 1, 1, 1], 10) == pytest.approx(1 - 3 / 8 * (7 / 8) ** 3)
    for reads in (3, 8, 9, 15):
        assert size_at_coverage([5, 1, 1, 1], sample_coverage([5, 1, 1, 1], reads)) == pytest.approx(reads)


def test_coverage_of_many_samples_is_that_of_each():
    samples = [[5, 1, 1, 1], [4, 3, 0, 0], [2, 1, 0, 0], [3, 2, 2, 1], [6, 2, 2, 0], [1, 1, 0, 0], [5, 3, 1, 0]]
    frame = pd.DataFrame(samples, index=list("abcdefg"), columns=list("wxyz"))
    found = alpha_table(Study.from_frame(frame))["coverage"]
    assert found.to_list() == pytest.approx([sample_coverage(counts) for counts in samples])


def test_a_curve_tells_how_each_point_was_found_and_its_interval_is_of_normal_errors():
    table = hill_curve([50, 30, 10, 2, 2, 1, 1], [48, 96, 97, 192, 193], orders=[0], resamples=20, confidence=0.9)
    how = ["rarefaction", "observed", "extrapolation", "extrapolation", "beyond twice the depth"]
    assert table["method"].to_list() == how
    half = 1.644854 * table["se"]
    assert (table["high"] - table["diversity"]).to_list() == pytest.approx(half.to_list())
    assert table["low"].to_list() == pytest.approx((table["diversity"] - half).clip(lower=1).to_list())


def test_richness_beyond_the_sample_by_hand():
    """Chao and others 2014, equation 9: S + f0 (1 - (1 - f1 / (n f0 + f1))^m)."""
    unseen = 11 / 12 * 3**2 / (2 * 2)
    share = 3 / (12 * unseen + 3)
    for more in (1, 6, 12):
        expected = 6 + unseen * (1 - (1 - share) ** more)
        assert hill_at_size([5, 2, 2, 1, 1, 1], 0, 12 + more) == pytest.approx(expected)


def every_draw(counts, size):
    """Every way to draw `size` reads, as counts by taxon."""
    reads = [taxon for taxon, count in enumerate(counts) for _ in range(count)]
    return np.array([np.bincount(chosen, minlength=len(counts)) for chosen in itertools.combinations(reads, size)])


def entropy(shares):
    return -np.sum(np.where(shares > 0, shares * np.log(np.where(shares > 0, shares, 1)), 0), axis=-1)


@pytest.mark.parametrize("counts", [[4, 2, 1, 1], [3, 3, 1], [2, 2, 2, 1], [6, 1]])
def test_fewer_reads_have_the_hill_numbers_of_the_mean_over_all_draws(counts):
    """Chao and others 2014: of the entropy, and of Simpson's concentration; half a read more is half way."""
    for size in range(1, sum(counts) + 1):
        shares = every_draw(counts, size) / size
        assert hill_at_size(counts, 1, size) == pytest.approx(np.exp(entropy(shares).mean()))
        assert hill_at_size(counts, 2, size) == pytest.approx(1 / (shares**2).sum(axis=1).mean())
    three, four = (hill_at_size(counts, 1, size) for size in (3, 4))
    assert hill_at_size(counts, 1, 3.25) == pytest.approx(0.75 * three + 0.25 * four)


def test_more_reads_approach_the_whole_community():
    """Orders 1 and 2 of iNEXT 3, of nine reads; the step before is the mean over all draws of eight."""
    counts, n = [4, 2, 1, 1, 1], 9
    pairs = sum(x * (x - 1) for x in counts)
    for size in (10, 18, 30):
        assert hill_at_size(counts, 2, size) == pytest.approx(
            1 / (1 / size + (size - 1) / size * pairs / (n * (n - 1)))
        )
    assert hill_at_size(counts, 2, np.inf) == asymptotic_hill(counts, 2) == pytest.approx(n * (n - 1) / pairs)
    # Chao, Wang and Jost 2013, equation 3c, as it is written.
    a = 2 * 1 / ((n - 1) * 3 + 2 * 1)
    rest = -np.log(a) - sum((1 - a) ** r / r for r in range(1, n))
    seen = sum(x / n * sum(1 / k for k in range(x, n)) for x in counts)
    whole = np.exp(seen + 3 / n * (1 - a) ** (1 - n) * rest)
    assert asymptotic_hill(counts, 1) == pytest.approx(whole)
    here = np.exp(entropy(np.array(counts) / n))
    before = np.exp(entropy(every_draw(counts, 8) / 8).mean())
    rate = (here - before) / (whole - before)
    for more in (1, 5, 9):
        assert hill_at_size(counts, 1, n + more) == pytest.approx(here + (whole - here) * (1 - (1 - rate) ** more))
    assert asymptotic_hill(counts, 0) == pytest.approx(5 + 8 / 9 * 9 / 2)


@pytest.mark.parametrize("counts", [[1], [7]])
def test_one_taxon_is_one_at_any_depth(counts):
    assert [hill_at_size(counts, order, size) for order in (0, 1, 2) for size in (1, 3, 20)] == pytest.approx([1] * 9)


@pytest.mark.parametrize("counts", [[1, 1], [3, 3, 1, 1], [1, 1, 1, 1], [4, 2, 2, 1]])
def test_the_entropy_of_small_samples_is_that_of_the_equation(counts):
    n, f1, f2 = sum(counts), counts.count(1), counts.count(2)
    a = 2 * f2 / ((n - 1) * f1 + 2 * f2) if f2 else 2 / ((n - 1) * (f1 - 1) + 2)
    rest = -np.log(a) - sum((1 - a) ** r / r for r in range(1, n))
    seen = sum(x / n * sum(1 / k for k in range(x, n)) for x in counts)
    assert np.log(asymptotic_hill(counts, 1)) == pytest.approx(seen + f1 / n * (1 - a) ** (1 - n) * rest)


@pytest.mark.parametrize("counts", [[4, 2, 2], [3, 3, 1]])
def test_where_all_is_covered_no_entropy_is_unseen(counts):
    n = sum(counts)
    seen = sum(x / n * sum(1 / k for k in range(x, n)) for x in counts)
    assert np.log(asymptotic_hill(counts, 1)) == pytest.approx(seen)


def test_of_taxa_seen_once_alone_simpsons_number_has_no_end():
    assert asymptotic_hill([1, 1, 1], 2) == np.inf
    assert asymptotic_hill([2, 1, 1], 2) == pytest.approx(4 * 3 / 2)


def test_sizes_at_the_ends_of_coverage():
    counts = [5, 1, 1, 1]
    assert size_at_coverage(counts, sample_coverage(counts)) == 8
    assert size_at_coverage(counts, 1) == np.inf
    assert size_at_coverage([5, 3], 1) == 8  # all is covered
    assert size_at_coverage(counts, 0.01) == 1  # no smaller than one read
    first, second = sample_coverage(counts, 1), sample_coverage(counts, 2)
    assert size_at_coverage(counts, 0.75 * first + 0.25 * second) == pytest.approx(1.25)
    assert sample_coverage(counts, 0.5) == pytest.approx(first / 2)
    for share in (0, -0.1, 1.01):
        with pytest.raises(InputError, match="Coverage is a share"):
            size_at_coverage(counts, share)


def test_numbers_of_reads_at_their_ends():
    for size in (0, 5):
        with pytest.raises(InputError, match="at most the reads there are"):
            rarefied_richness([2, 1, 1], size)
    assert rarefied_richness([2, 1, 1], 1) == pytest.approx((1, 0))
    assert rarefied_richness([2, 1, 1], 4) == (3, 0)
    with pytest.raises(InputError, match="at least one read"):
        hill_at_size([2, 1], 0, 0.9)


def test_the_sizes_of_a_curve():
    few = hill_curve([3, 2], orders=[0], resamples=0)
    assert few["size"].to_list() == list(range(1, 11))
    many = hill_curve([60, 40], orders=[0], resamples=0)["size"].to_numpy()
    assert (len(many), many[0], many[-1]) == (20, 1, 200)
    assert np.diff(many).min() >= 9 and np.diff(many).max() <= 12
    assert 100 in many
    every = hill_curve([3, 2], [4, 5], resamples=0)
    assert every["se"].isna().all()
    assert every["order"].to_list() == [0, 1, 2, 0, 1, 2]
    for confidence in (0, 1):
        with pytest.raises(InputError, match="Confidence is a share"):
            hill_curve([3, 2], orders=[0], resamples=0, confidence=confidence)


class Asked:
    """A generator that keeps what it was asked for."""

    def multinomial(self, n, shares, size):
        self.asked = n, shares, size
        return np.ones((size, len(shares)), dtype=int)


def test_the_community_of_the_bootstrap():
    """Chao and others 2014, appendix G: what is not covered goes from the rare to the unseen, in equal parts."""
    rng = Asked()
    Sample([5, 0, 2, 1, 1, 1]).resampled(7, rng)
    n, shares, times = rng.asked
    missing = 3 / 10 * (1 - 2 * 1 / (9 * 3 + 2 * 1))
    own = np.array([5, 2, 1, 1, 1]) / 10
    rare = own * (1 - own) ** 10
    unseen = 5  # 9 / 10 * 9 / 2 = 4.05, rounded up
    assert (n, times) == (10, 7)
    assert shares == pytest.approx([*(own - missing * rare / rare.sum()), *[missing / unseen] * unseen])
    Sample([5, 3]).resampled(1, rng)
    assert rng.asked[1] == pytest.approx([5 / 8, 3 / 8])


def test_standard_errors_are_those_of_the_draws():
    counts = [9, 4, 2, 1, 1]
    rows = Sample(counts).resampled(12, np.random.default_rng(6))
    curve = hill_curve(counts, [8, 17], orders=[0, 1], resamples=12, seed=6)
    for place, (size, order) in enumerate(itertools.product((8, 17), (0, 1))):
        assert curve["se"][place] == pytest.approx(np.std([hill_at_size(row, order, size) for row in rows], ddof=1))
    frame = pd.DataFrame([counts], index=["s"], columns=list("abcde"))
    study = Study.from_frame(frame)
    found = hill_at_coverage(study, 0.7, orders=[0], resamples=12, seed=6).iloc[0]
    again = [hill_at_size(row, 0, size_at_coverage(row, 0.7)) for row in rows]
    assert found["se"] == pytest.approx(np.std(again, ddof=1))
    assert np.isnan(hill_at_coverage(study, 0.7, orders=[0]).loc[0, "se"])


def test_samples_are_compared_where_all_come_at_twice_their_depth():
    frame = pd.DataFrame([[8, 1, 1, 0], [5, 1, 1, 1]], index=["s", "r"], columns=list("abcd"))
    study = Study.from_frame(frame)
    least = min(sample_coverage([8, 1, 1], 20), sample_coverage([5, 1, 1, 1], 16))
    assert common_coverage(study) == least
    assert (hill_at_coverage(study, orders=[0])["coverage"] == least).all()
    assert hill_at_coverage(study)["order"].to_list() == [0, 1, 2, 0, 1, 2]
    assert hill_at_coverage(study, orders=[0])["size"].to_list() == pytest.approx(
        [size_at_coverage([8, 1, 1], least), size_at_coverage([5, 1, 1, 1], least)]
    )
    with pytest.raises(InputError, match="1 samples have no reads"):
        common_coverage(Study.from_frame(frame.assign(a=[0, 1], b=[0, 1], c=[0, 1])))
    with pytest.raises(InputError, match="raw counts"):
        common_coverage(study.proportions())


@pytest.mark.parametrize("counts", [[[1, 2]], [1, np.inf], [1, np.nan], [1, -1], [1, 0.5]])
def test_each_way_not_to_be_counts_is_told(counts):
    with pytest.raises(InputError, match="raw counts of one sample"):
        Sample(counts)


def test_a_narrower_interval_of_chao1():
    found = chao1([6, 2, 2, 1, 1, 1], confidence=0.8)
    width = np.exp(1.281552 * np.sqrt(np.log(1 + (found.se / (found.estimate - 6)) ** 2)))
    assert (found.low, found.high) == pytest.approx(
        (6 + (found.estimate - 6) / width, 6 + (found.estimate - 6) * width)
    )
    none = chao1([5, 3, 2])
    assert (none.estimate, none.se, none.low, none.high) == (3, 0, 3, 3)


@pytest.mark.parametrize("counts", [[1, -1], [1, np.inf]])
def test_hill_numbers_of_what_is_no_abundance_are_refused(counts):
    with pytest.raises(InputError, match="0 or more"):
        hill(counts, 1)


def test_factorials_that_are_looked_up_are_those_that_are_worked_out(monkeypatch):
    counts = np.random.default_rng(4).integers(0, 900, 60)
    looked_up = [
        estimates.Sample(counts).hill(order, size) for order in (0, 1) for size in (7, 1000.5, counts.sum() - 1)
    ]
    monkeypatch.setattr(estimates, "_MOST_LOOKED_UP", -1)
    worked_out = [
        estimates.Sample(counts).hill(order, size) for order in (0, 1) for size in (7, 1000.5, counts.sum() - 1)
    ]
    assert looked_up == worked_out

"""Alpha diversity: what must hold for any sample."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handbook_utils import datasets
from handbook_utils.analysis.diversity.alpha import (
    alpha_table,
    asymptotic_hill,
    hill_at_coverage,
    hill_at_size,
    hill_curve,
    rarefied_richness,
    sample_coverage,
    size_at_coverage,
)
from handbook_utils.analysis.diversity.chao import chao1
from handbook_utils.analysis.diversity.estimates import hill
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
    samples = [[5, 1, 1, 1], [4, 3, 0, 0], [2, 1, 0, 0], [3, 2, 2, 1], [6, 2, 2, 0], [1, 1, 0, 0]]
    frame = pd.DataFrame(samples, index=list("abcdef"), columns=list("wxyz"))
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

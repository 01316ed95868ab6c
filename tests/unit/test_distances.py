"""Distances: invariants, and mistakes said clearly."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import sparse
from skbio import TreeNode
from skbio.diversity import beta_diversity

from handbook_utils import datasets
from handbook_utils.analysis.distance import constrained, kernels
from handbook_utils.analysis.distance import distances as distances_module
from handbook_utils.analysis.distance.distances import (
    METRICS,
    ON_A_TREE,
    branches,
    centred_log_ratios,
    distances,
    tells_apart,
    unused,
    usable,
)
from handbook_utils.errors import InputError
from handbook_utils.study import Study

TREE = "((a:1,b:2):1,(c:0.5,(d:1,e:1):2):1);"
COUNTS = arrays.arrays(np.int64, (4, 5), elements=st.integers(0, 50)).filter(lambda x: (x.sum(axis=1) > 0).all())


def study_of(counts) -> Study:
    frame = pd.DataFrame(counts, index=[f"s{row}" for row in range(len(counts))], columns=list("abcde"))
    return Study.from_frame(frame, tree=TreeNode.read([TREE], convert_underscores=False))


@settings(max_examples=30)
@given(COUNTS, st.sampled_from(METRICS))
def test_distances_are_distances(counts, metric):
    square = distances(study_of(counts), metric).data
    assert np.allclose(square, square.T)
    assert (np.diag(square) == 0).all()
    assert (square >= 0).all()


@settings(max_examples=30)
@given(COUNTS, st.sampled_from(METRICS), st.integers(2, 9))
def test_depth_alone_makes_no_distance(counts, metric, times):
    deeper = counts.copy()
    deeper[0] *= times
    ours, other = (distances(study_of(table), metric).data for table in (counts, deeper))
    assert np.allclose(ours, other)


@settings(max_examples=20, deadline=None)
@given(COUNTS)
def test_unifrac_equals_scikit_bios(counts):
    study = study_of(counts)
    names = {"unweighted-unifrac": {}, "weighted-unifrac": {"normalized": True}}
    for metric, options in names.items():
        theirs = beta_diversity(
            metric.replace("-", "_"), counts, ids=list(study.samples), tree=study.tree, taxa=list("abcde"), **options
        )
        assert np.allclose(distances(study, metric).data, theirs.data)


def test_generalised_unifrac_by_hand():
    # Two samples, all of one on tip a, all of the other on tip b: branches a (1), b (2), and their parent (1) shared.
    study = study_of(np.array([[9, 0, 0, 0, 0], [0, 7, 0, 0, 0]]))
    expected = (1 + 2) / (1 + 2 + 1 * 2**0.5)
    assert distances(study, "generalised-unifrac", alpha=0.5)["s0", "s1"] == pytest.approx(expected)


def test_aitchison_is_euclidean_of_log_ratios():
    study = study_of(np.array([[1, 2, 3, 4, 5], [5, 4, 3, 2, 1]]))
    rows = centred_log_ratios(study)
    assert rows.mean(axis=1) == pytest.approx([0, 0])
    assert distances(study, "aitchison")["s0", "s1"] == pytest.approx(np.linalg.norm(rows[0] - rows[1]))


def test_mistakes():
    study = study_of(np.array([[1, 2, 3, 4, 5], [5, 4, 3, 2, 1]]))
    with pytest.raises(InputError, match="no distance") as found:
        distances(study, "bray-curtiss")
    assert "Did you mean 'bray-curtis'?" in str(found.value)
    with pytest.raises(InputError, match="without a single read"):
        distances(study_of(np.array([[1, 0, 0, 0, 0], [0, 0, 0, 0, 0]])), "jaccard")
    bare = Study.from_frame(study.to_frame())
    for metric in ON_A_TREE:
        with pytest.raises(InputError, match="needs a tree"):
            distances(bare, metric)


@pytest.mark.parametrize("metric", ["bray-curtis", "weighted-unifrac", "generalised-unifrac"])
@pytest.mark.parametrize("alpha", [0.0, 0.5, 0.7, 1.0])
def test_large_tables_get_the_same_distances_by_another_way(metric, alpha, monkeypatch):
    study = datasets.load("throat")
    plain = distances(study, metric, alpha=alpha).data
    monkeypatch.setattr(distances_module, "_WORTH_COMPILING", 0)
    np.testing.assert_allclose(distances(study, metric, alpha=alpha).data, plain, rtol=0, atol=1e-12)


@pytest.mark.parametrize("metric", ["aitchison", "robust-aitchison"])
def test_large_tables_get_the_same_log_ratios_some_features_at_a_time(metric, monkeypatch):
    counts = datasets.load("throat").to_frame()
    counts.loc["again"] = counts.iloc[0] * 3  # no further by ratios, but for the zeros that are replaced
    counts.loc["nearly"] = counts.iloc[0] + (counts.iloc[0] > 0) * 0.001
    study = Study.from_frame(counts, quantity="abundances")
    plain = distances(study, metric).data
    monkeypatch.setattr(distances_module, "_MANY", 0)
    monkeypatch.setattr(distances_module, "_AT_ONCE", 100 * len(counts))
    np.testing.assert_allclose(distances(study, metric).data, plain, rtol=1e-9, atol=1e-9)


def test_equal_rows_are_at_no_distance_in_large_tables_neither(monkeypatch):
    monkeypatch.setattr(distances_module, "_WORTH_COMPILING", 0)
    frame = pd.DataFrame([[1, 2, 4], [10, 20, 40], [0, 0, 1]], index=["a", "b", "c"], columns=["x", "y", "z"])
    found = distances(Study.from_frame(frame), "bray-curtis")
    assert found["a", "b"] == pytest.approx(0, abs=1e-15)
    assert (found.data >= 0).all()


def test_distances_of_two_samples_by_hand():
    study = study_of(np.array([[1, 1, 2, 0, 0], [0, 5, 5, 10, 0]]))
    first, second = np.array([0.25, 0.25, 0.5, 0, 0]), np.array([0, 0.25, 0.25, 0.5, 0])
    assert distances(study, "bray-curtis")["s0", "s1"] == pytest.approx(np.abs(first - second).sum() / 2)
    assert distances(study, "jaccard")["s0", "s1"] == pytest.approx(1 - 2 / 4)
    # Robust: log-ratios to the mean of what is there, and 0 of what is not.
    logs = [
        np.where(row > 0, np.log(np.where(row > 0, row, 1)) - np.log(row[row > 0]).mean(), 0) for row in (first, second)
    ]
    assert distances(study, "robust-aitchison")["s0", "s1"] == pytest.approx(np.linalg.norm(logs[0] - logs[1]))
    # Zeros become 1 / 25 of the whole, taken off the others in proportion.
    filled = [np.where(row > 0, row * (1 - (row == 0).sum() / 25), 1 / 25) for row in (first, second)]
    centred = [np.log(row) - np.log(row).mean() for row in filled]
    assert distances(study, "aitchison")["s0", "s1"] == pytest.approx(np.linalg.norm(centred[0] - centred[1]))


def test_unifrac_of_two_samples_by_hand():
    """Branches: a 1, b 2, their parent 1; c 0.5, d 1, e 1, the parent of these two 2, and that of all three 1."""
    study = study_of(np.array([[2, 1, 1, 0, 0], [0, 0, 1, 1, 0]]))
    lengths = np.array([1, 2, 1, 0.5, 1, 2, 1])
    first, second = np.array([0.5, 0.25, 0.75, 0.25, 0, 0, 0.25]), np.array([0, 0, 0, 0.5, 0.5, 0.5, 1])
    both, apart = first + second, np.abs(first - second)
    for alpha in (0.0, 0.3, 0.5, 1.0):
        expected = (lengths * both ** (alpha - 1) * apart).sum() / (lengths * both**alpha).sum()
        assert distances(study, "generalised-unifrac", alpha=alpha)["s0", "s1"] == pytest.approx(expected)
        if alpha == 0.5:  # unless it is said otherwise
            assert distances(study, "generalised-unifrac")["s0", "s1"] == pytest.approx(expected)
    assert distances(study, "weighted-unifrac")["s0", "s1"] == pytest.approx(
        (lengths * apart).sum() / (lengths * both).sum()
    )
    shared = (first > 0) & (second > 0)
    assert distances(study, "unweighted-unifrac")["s0", "s1"] == pytest.approx(
        1 - lengths[shared].sum() / lengths.sum()
    )


def test_branches_without_length_or_features_below_them_are_left_out():
    tree = TreeNode.read(["((a:1,b):0,(c:0.5,x:3):2,y:4);"], convert_underscores=False)
    lengths, below = branches(tree, ["c", "a", "b"])
    found = {float(length): row for length, row in zip(lengths, below.toarray().tolist(), strict=True)}
    assert found == {1.0: [0, 1, 0], 0.5: [1, 0, 0], 2.0: [1, 0, 0]}


def plain(counts) -> Study:
    frame = pd.DataFrame(counts, dtype=float)
    return Study.from_frame(frame.set_axis([f"s{n}" for n in frame.index]).add_prefix("t"), quantity="abundances")


@pytest.mark.parametrize(
    ("counts", "presence", "shares"),
    [
        ([[1, 9], [5, 5]], False, True),
        ([[1, 9], [2, 18]], False, False),
        ([[1, 9, 0], [2, 18, 0]], False, False),  # of what nobody has, nobody has more
        ([[1, 0], [5, 5]], True, True),
        ([[0, 3], [0, 9], [1, 9]], True, True),
        ([[1, 9], [1, 9 + 1e-9]], False, True),
        ([[1, 9], [1, 9 + 1e-13]], False, False),  # by rounding alone
    ],
)
def test_samples_are_told_apart_by_presence_or_by_shares(counts, presence, shares):
    study = plain(counts)
    for metric, apart in (("jaccard", presence), ("unweighted-unifrac", presence), ("bray-curtis", shares)):
        assert tells_apart(study, metric) == apart


def test_metrics_that_can_be_used_and_those_that_tell_nothing_apart():
    bare = plain([[1, 9], [5, 5]])
    assert usable(bare) == ("bray-curtis", "aitchison", "robust-aitchison")
    assert unused(bare) == ["By jaccard all samples are the same, so it was left out."]
    on_a_tree = study_of([[1, 9, 1, 1, 1], [5, 5, 1, 1, 0]])
    assert usable(on_a_tree) == METRICS
    assert unused(on_a_tree) == []


def test_what_two_rows_share_is_the_smaller_of_both_values():
    """The loop as it is written, before it is compiled."""
    rows = np.random.default_rng(3).poisson(0.8, (6, 9)) * np.linspace(0.5, 1.5, 9)
    table = sparse.csr_matrix(rows)
    expected = np.minimum(rows[:, None], rows).sum(axis=2)
    np.testing.assert_allclose(kernels._overlaps(table.data, table.indices, table.indptr, 9), expected)
    np.testing.assert_allclose(kernels.overlaps(table), expected)


@pytest.mark.parametrize("alpha", [0.0, 0.3, 0.5, 1.0])
def test_what_shared_branches_take_off_generalised_unifrac(alpha):
    """Of each pair, what both sums were without shared branches, less what Chen (2012) says they are."""
    generator = np.random.default_rng(4)
    rows = generator.poisson(0.9, (5, 8)) / 8
    lengths = generator.uniform(0.5, 2, 8)
    table = sparse.csr_matrix(rows)
    found = kernels._generalised(table.data, table.indices, table.indptr, lengths, alpha)
    own = np.where(rows > 0, np.where(rows > 0, rows, 1) ** alpha, 0) @ lengths
    for first, second in itertools.combinations(range(5), 2):
        both, apart = rows[first] + rows[second], np.abs(rows[first] - rows[second])
        there = both > 0
        above = (lengths[there] * both[there] ** (alpha - 1) * apart[there]).sum()
        under = (lengths[there] * both[there] ** alpha).sum()
        for square, expected in zip(found, (above, under), strict=True):
            assert own[first] + own[second] - square[first, second] == pytest.approx(expected)
            assert square[first, second] == square[second, first]
    assert not np.diag(found[0]).any()
    assert not np.diag(found[1]).any()


def test_loops_of_maps_are_those_that_are_not_compiled():
    generator = np.random.default_rng(5)
    points, each, (rows, columns) = generator.normal(size=(6, 3)), generator.normal(size=15), np.triu_indices(6, 1)
    for loops in ((kernels.lengths, kernels.pulls), (kernels.lengths.py_func, kernels.pulls.py_func)):
        np.testing.assert_allclose(loops[0](points, rows, columns), constrained._lengths(points, rows, columns))
        np.testing.assert_allclose(
            loops[1](points, rows, columns, each), constrained._pulls(points, rows, columns, each)
        )

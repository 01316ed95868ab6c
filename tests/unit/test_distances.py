"""Distances: invariants, and mistakes said clearly."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from skbio import TreeNode
from skbio.diversity import beta_diversity

from handbook_utils import datasets
from handbook_utils.analysis.distance import distances as distances_module
from handbook_utils.analysis.distance.distances import METRICS, ON_A_TREE, centred_log_ratios, distances
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

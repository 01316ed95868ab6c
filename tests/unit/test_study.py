"""The data model keeps its four members in step and refuses what is not a study."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse
from skbio import TreeNode

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.study import Study


def small(**parts: object) -> Study:
    counts = pd.DataFrame([[1, 0, 4], [0, 5, 2]], index=["s1", "s2"], columns=["a", "b", "c"])
    metadata = pd.DataFrame({"group": ["y", "x"]}, index=["s2", "s1"])
    taxonomy = pd.DataFrame({"Family": ["F1", "F1", "F2"], "Genus": ["G1", "", ""]}, index=["a", "b", "c"])
    tree = TreeNode.read(io.StringIO("((a:1,b:1):1,(c:1,d:1):1);"))
    return Study.from_frame(counts, metadata, taxonomy=taxonomy, tree=tree, **parts)


def test_metadata_follows_the_order_of_the_table() -> None:
    assert list(small().metadata["group"]) == ["x", "y"]


def test_choosing_keeps_all_members_in_step() -> None:
    study = small().choose_features(["c", "a"]).choose_samples(["s2"])
    assert list(study.features) == ["c", "a"]
    assert study.to_frame().to_numpy().tolist() == [[2.0, 0.0]]
    assert study.taxonomy is not None and list(study.taxonomy.index) == ["c", "a"]
    assert study.tree is not None and {tip.name for tip in study.tree.tips()} == {"a", "c"}
    assert list(study.metadata.index) == ["s2"]


def test_a_tree_that_is_made_later_is_made_once_and_checked() -> None:
    asked: list[str] = []

    def tree(text: str) -> TreeNode:
        asked.append(text)
        return TreeNode.read(io.StringIO(text))

    counts = pd.DataFrame([[1, 0]], index=["s1"], columns=["a", "b"])
    study = Study.from_frame(counts, tree=lambda: tree("((a:1,b:1):1,c:1);"))
    assert "tree" in repr(study) and not asked
    chosen = study.choose_features(["b", "a"]).tree
    assert chosen is not None and sorted(tip.name for tip in chosen.tips()) == ["a", "b"]
    assert study.tree is study.tree and len(asked) == 1
    with pytest.raises(InputErrors, match="not in the tree"):
        _ = Study.from_frame(counts, tree=lambda: tree("(a:1,c:1);")).tree


def test_a_study_cannot_be_changed() -> None:
    study = small()
    taken = study.metadata
    taken.loc["s1", "group"] = "changed"
    assert study.metadata.loc["s1", "group"] == "x"
    with pytest.raises(ValueError, match="read-only"):
        study.table.data[0] = 9


def test_agglomeration_loses_no_read_and_keeps_the_unnamed_apart() -> None:
    genus = small().agglomerate("Genus")
    assert set(genus.features) == {
        "F1 (unassigned)",
        "F2 (unassigned)",
        "G1",
    }
    assert genus.to_frame().loc["s2", "F1 (unassigned)"] == 5
    assert genus.depth.tolist() == small().depth.tolist()


@pytest.mark.parametrize(
    ("counts", "found"),
    [
        ([[1.0, -2.0]], "-2 (sample s, feature b)"),
        ([[1.0, 0.5]], "0.5 (sample s, feature b)"),
        ([[np.nan, 1.0]], "nan (sample s, feature a)"),
    ],
)
def test_values_that_are_not_counts_are_named(counts: list[list[float]], found: str) -> None:
    with pytest.raises(InputErrors) as caught:
        Study.from_sparse(np.array(counts), ["s"], ["a", "b"])
    assert found in str(caught.value)


def test_all_problems_of_the_ids_are_reported_at_once() -> None:
    with pytest.raises(InputErrors) as caught:
        Study.from_sparse(np.ones((2, 2)), ["s", "s"], ["f", ""])
    assert len(caught.value.errors) == 2
    assert "occur more than once" in str(caught.value) and "empty" in str(caught.value)


def test_ids_that_do_not_match_are_named() -> None:
    with pytest.raises(InputErrors, match="not there: s2"):
        Study.from_sparse(np.ones((2, 1)), ["s1", "s2"], ["f"], pd.DataFrame({"g": ["x"]}, index=["s1"]))


def test_an_unknown_column_suggests_the_nearest() -> None:
    with pytest.raises(InputError, match="Did you mean 'group'"):
        small().column("Groups")


def test_a_sample_without_reads_has_no_proportions() -> None:
    study = Study.from_sparse(np.array([[1, 1], [0, 0]]), ["s1", "s2"], ["a", "b"])
    with pytest.raises(InputError, match="s2"):
        study.proportions()


def test_a_hundred_thousand_samples_are_thinkable() -> None:
    table = sparse.random_array((100_000, 500), density=0.001, format="csr", rng=np.random.default_rng(1))
    table.data[:] = 1
    study = Study.from_sparse(table, [f"s{i}" for i in range(100_000)], [f"f{i}" for i in range(500)])
    assert study.choose_samples((study.depth > 0).to_numpy()).without_empty_features().table.nnz == table.nnz


@settings(max_examples=50, deadline=None)
@given(hnp.arrays(np.int64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=6), elements=st.integers(0, 9)))
def test_biom_there_and_back_is_the_same(counts: np.ndarray) -> None:
    study = Study.from_sparse(
        counts, [f"s{i}" for i in range(counts.shape[0])], [f"f{i}" for i in range(counts.shape[1])]
    )
    again = Study.from_biom(study.to_biom())
    pd.testing.assert_frame_equal(again.to_frame(), study.to_frame())


def test_made_from_the_matrix_of_another_study():
    first = Study.from_frame(pd.DataFrame([[1, 0], [2, 3]], index=["s1", "s2"], columns=["a", "b"]))
    second = Study.from_sparse(first.table, first.samples, first.features)
    assert second.to_frame().equals(first.to_frame())


def test_stored_zeros_go_without_a_change_to_what_was_handed_over():
    matrix = sparse.csr_matrix(([1.0, 0.0], ([0, 1], [0, 1])), shape=(2, 2))
    made = Study.from_sparse(matrix, ["s1", "s2"], ["a", "b"])
    assert (made.table.nnz, matrix.nnz) == (1, 2)

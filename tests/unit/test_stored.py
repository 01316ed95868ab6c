"""Simulations that are stored: returned where just the same was asked, and made anew otherwise."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from handbook_utils import datasets
from handbook_utils.analysis.stored import digest_of, how_made, packed, simulated
from handbook_utils.study import Study

KEPT = pd.DataFrame({"p": [0.25, 0.5], "hits": [(1, 2), ()]})


@pytest.fixture
def stored(monkeypatch):
    """Stand in for the data set of stored tables: one, asked for with 2 studies, seed 7."""
    table = pd.DataFrame({"name": ["kept"], "asked": [digest_of([2, "seed", 7])], "content": [packed(KEPT)]})
    monkeypatch.setattr(datasets, "frame", lambda _: table)


def make(count):
    return pd.DataFrame({"p": [1.0] * count}, index=range(5, 5 + count))


@pytest.mark.parametrize(
    ("name", "count", "seed", "is_stored"), [("kept", 2, 7, True), ("kept", 3, 7, False), ("kept", 2, 8, False)]
)
def test_only_what_was_asked_with_the_same_numbers_is_returned_from_the_stored(stored, name, count, seed, is_stored):
    found = simulated(name, make, count, "seed", seed)
    pd.testing.assert_frame_equal(found, KEPT if is_stored else pd.DataFrame({"p": [1.0] * count}))
    assert how_made(name) == (
        "made once and stored with the handbook, whose tests make some of them again"
        if is_stored
        else "made in this run"
    )


def test_of_several_tables_one_that_was_made_now_and_one_that_nobody_asked_for_are_told(stored):
    simulated("kept", make, 2, "seed", 7)
    simulated("another", make, 2, "seed", 7)
    assert how_made("kept", "another") == how_made("kept", "nobody asked") == "made in this run"


def test_a_digest_hangs_on_everything_of_a_study_and_on_nothing_else():
    frame = pd.DataFrame([[1, 0], [3, 4]], index=["x", "y"], columns=["a", "b"])
    study = Study.from_frame(frame, pd.DataFrame({"age": [1, 2]}, index=["x", "y"]))
    others = [
        frame.rename(index={"x": "z"}),
        frame.rename(columns={"a": "c"}),
        frame + 1,
        pd.DataFrame(frame[["b", "a"]].to_numpy(), index=frame.index, columns=frame.columns),
    ]
    digests = [digest_of(Study.from_frame(other, study.metadata.set_axis(other.index))) for other in others]
    digests += [digest_of(study.with_metadata(study.metadata + 1)), digest_of(study)]
    assert len(set(digests)) == len(digests)
    # The same numbers in another order of storage are the same study.
    turned = study.table.tocsc().tocsr()
    assert digest_of(Study.from_sparse(turned, study.samples, study.features, study.metadata)) == digest_of(study)


def test_arrays_are_told_apart_by_shape_kind_and_numbers_and_what_is_unknown_is_refused():
    numbers = np.arange(4.0)
    different = [numbers, numbers.reshape(2, 2), numbers.astype(int), numbers + 1, [0.0, 1.0, 2.0, 3.0]]
    assert len({digest_of(one) for one in different}) == len(different)
    assert digest_of(np.arange(8.0)[::2]) == digest_of(2 * numbers)
    assert digest_of((1, None, True)) == digest_of([1, None, True])
    with pytest.raises(TypeError, match="set has no digest"):
        digest_of({"seed": {1}})

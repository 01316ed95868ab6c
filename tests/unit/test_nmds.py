"""Of many samples a map by ranks is searched for less often, and says so."""

import numpy as np
import pytest
from skbio import DistanceMatrix

from handbook_utils.analysis.distance import constrained


def test_starts_are_fewer_where_there_are_many_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    points = np.random.default_rng(1).normal(size=(30, 4))
    apart = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    distance = DistanceMatrix(apart, ids=[f"s{number}" for number in range(30)])
    few = constrained.nmds(distance, starts=8)
    monkeypatch.setattr(constrained, "_PAIRS", 435 * 3)  # three times the pairs of 30 samples
    many = constrained.nmds(distance, starts=8)
    assert (few.starts, many.starts) == (8, 3)
    assert many.again <= many.starts
    assert many.stress == pytest.approx(few.stress, abs=0.02)

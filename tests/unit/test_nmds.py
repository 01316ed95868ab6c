"""Of many samples a map by ranks is searched for less often, and says so; compiled loops find the same map."""

import numpy as np
import pytest
from skbio import DistanceMatrix

from handbook_utils.analysis.distance import constrained
from handbook_utils.analysis.distance.ordination import first_axes, pcoa, shares_of_axes


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


def apart(samples: int) -> DistanceMatrix:
    points = np.random.default_rng(2).normal(size=(samples, 4))
    square = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    return DistanceMatrix(square, ids=[f"s{number}" for number in range(samples)])


def test_compiled_loops_find_the_same_map(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = constrained.nmds(apart(25), starts=3)
    monkeypatch.setattr(constrained, "_WORTH_COMPILING", 0)
    compiled = constrained.nmds(apart(25), starts=3)
    assert compiled.stress == pytest.approx(plain.stress, abs=1e-6)
    np.testing.assert_allclose(compiled.coordinates, plain.coordinates, atol=1e-3)


def test_axes_alone_are_those_of_the_whole_analysis() -> None:
    distance = apart(20)
    whole = pcoa(distance)
    np.testing.assert_allclose(first_axes(distance, 2), whole.coordinates.to_numpy()[:, :2], atol=1e-12)
    shares, negative = shares_of_axes(distance)
    np.testing.assert_allclose(shares, whole.proportions, atol=1e-12)
    assert negative == pytest.approx(whole.negative_share, abs=1e-12)

"""Principal coordinates: the distances come back, and there is one denominator."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform
from skbio import DistanceMatrix

from handbook_utils.analysis.distance.ordination import gower_centred, pcoa


def of(points) -> DistanceMatrix:
    return DistanceMatrix(squareform(pdist(points)), ids=[f"s{number}" for number in range(len(points))])


def test_pcoa_gives_the_distances_back_and_one_denominator():
    distance = of(np.random.default_rng(7).normal(size=(12, 4)))
    found = pcoa(distance)
    assert squareform(pdist(found.coordinates)) == pytest.approx(distance.data)
    assert found.proportions.sum() == pytest.approx(1)
    assert found.negative_share == 0
    assert found.coordinates.shape[1] == 4
    assert found.imaginary.shape[1] == 0


def test_squares_along_imaginary_axes_are_subtracted():
    # No four points of any space: three are 2 apart, the fourth is 1.1 from each (the circumradius is 1.15).
    square = np.array([[0, 2, 2, 1.1], [2, 0, 2, 1.1], [2, 2, 0, 1.1], [1.1, 1.1, 1.1, 0]])
    found = pcoa(DistanceMatrix(square, ids=list("abcd")))
    real, imaginary = (squareform(pdist(axes)) for axes in (found.coordinates, found.imaginary))
    assert real**2 - imaginary**2 == pytest.approx(square**2)
    assert 0 < found.negative_share < 1
    values = np.linalg.eigvalsh(gower_centred(square))
    assert found.negative_share == pytest.approx(-values[values < 0].sum() / np.abs(values).sum())


def test_the_largest_coordinate_of_each_axis_is_positive():
    found = pcoa(of(np.random.default_rng(8).normal(size=(9, 3)))).coordinates
    assert (found.max() >= -found.min()).all()


def test_trace_of_gowers_matrix_is_the_total_sum_of_squares():
    points = np.random.default_rng(9).normal(size=(10, 3))
    total = ((points - points.mean(axis=0)) ** 2).sum()
    assert np.trace(gower_centred(squareform(pdist(points)))) == pytest.approx(total)

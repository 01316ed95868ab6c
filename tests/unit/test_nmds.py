"""Maps by ranks and maps that metadata constrain: what they are by definition, and how far they are searched for."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.spatial.distance import pdist, squareform
from skbio import DistanceMatrix
from sklearn.isotonic import IsotonicRegression

from handbook_utils.analysis.design import design_of
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


def test_a_map_by_ranks_is_what_its_definition_says() -> None:
    """Kruskal's stress 1, of the distances on the map and the nearest ones that rise as those given do."""
    distance = apart(14)
    found = constrained.nmds(distance, starts=4)
    on_map, given = pdist(found.coordinates), distance.condensed_form()
    np.testing.assert_allclose(found.distances, on_map)
    order = np.argsort(given)
    assert (np.diff(found.fitted[order]) >= -1e-12).all()
    rising = IsotonicRegression().fit_transform(np.arange(len(given)), on_map[order])
    np.testing.assert_allclose(found.fitted[order], rising)
    assert found.stress == pytest.approx(np.sqrt(((on_map[order] - rising) ** 2).sum() / (on_map**2).sum()))
    points = found.coordinates.to_numpy()
    assert list(found.coordinates) == ["NMDS1", "NMDS2"]
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=1e-9)
    assert points[:, 0].var() > points[:, 1].var()
    assert points[:, 0] @ points[:, 1] == pytest.approx(0, abs=1e-9)
    assert (points.max(axis=0) >= -points.min(axis=0)).all()
    # No small move of a point keeps the order better.
    for step in 0.01 * np.random.default_rng(3).normal(size=(20, *points.shape)):
        moved = pdist(points + step)[order]
        nearest = IsotonicRegression().fit_transform(np.arange(len(given)), moved)
        assert np.sqrt(((moved - nearest) ** 2).sum() / (moved**2).sum()) >= found.stress - 1e-6


def test_the_search_goes_down_the_slope_of_the_squared_stress(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def kept(function: Any, begin: Any, **options: Any) -> Any:
        asked.append((function, begin))
        return minimize(function, begin, **options)

    monkeypatch.setattr(constrained, "minimize", kept)
    distance = apart(7)
    constrained.nmds(distance, starts=2, axes=3)
    function, begin = asked[0]
    np.testing.assert_allclose(begin.reshape(7, 3), pcoa(distance).coordinates.to_numpy()[:, :3], atol=1e-9)
    places = asked[1][1]
    slope = function(places)[1]
    numeric = [(function(places + step)[0] - function(places - step)[0]) / 2e-6 for step in 1e-6 * np.eye(21)]
    np.testing.assert_allclose(slope, numeric, atol=1e-7)


def test_ten_starts_of_a_plane_unless_it_is_said_otherwise_and_at_least_one(monkeypatch: pytest.MonkeyPatch) -> None:
    distance = apart(8)
    found = constrained.nmds(distance)
    assert (found.starts, found.coordinates.shape) == (10, (8, 2))
    assert 1 <= found.again <= 10
    assert constrained.nmds(distance, axes=3, starts=2).coordinates.shape == (8, 3)
    monkeypatch.setattr(constrained, "_PAIRS", 1)
    assert constrained.nmds(distance).starts == 1


def test_samples_on_a_line_have_a_map_of_two_axes() -> None:
    line = DistanceMatrix(np.abs(np.subtract.outer([0.0, 1, 3, 7], [0.0, 1, 3, 7])), ids=list("abcd"))
    found = constrained.nmds(line, starts=3)
    assert found.coordinates.shape == (4, 2)
    assert found.stress < 1e-3


@pytest.mark.parametrize(
    ("stress", "words"),
    [(0.0009, "is a warning"), (0.001, "keeps the order"), (0.149, "keeps the order"), (0.15, "do not read single")],
)
def test_how_far_a_map_may_be_read(stress: float, words: str) -> None:
    empty = np.empty(0)
    assert words in constrained.Nmds(pd.DataFrame(), stress, empty, empty, 1, 1).reading


def test_pulls_are_the_slope_of_the_distances() -> None:
    generator = np.random.default_rng(5)
    points, each, (rows, columns) = generator.normal(size=(5, 2)), generator.normal(size=10), np.triu_indices(5, 1)
    lengths = constrained._lengths(points, rows, columns)
    np.testing.assert_allclose(lengths, pdist(points))
    found = constrained._pulls(points, rows, columns, each / lengths)
    for place in np.ndindex(points.shape):
        step = np.zeros_like(points)
        step[place] = 1e-6
        slope = each @ (pdist(points + step) - pdist(points - step)) / 2e-6
        assert found[place] == pytest.approx(slope, abs=1e-6)


def test_arrows_are_correlations_of_the_roots_the_longest_first() -> None:
    generator = np.random.default_rng(6)
    shares = pd.DataFrame(generator.dirichlet(np.ones(5), size=9), columns=list("vwxyz")).assign(same=0.25)
    axes = pd.DataFrame(generator.normal(size=(9, 3)), columns=["one", "two", "three"])
    found = constrained.taxon_arrows(shares, axes, 9)
    expected = pd.DataFrame(
        {
            axis: {name: np.corrcoef(np.sqrt(shares[name]), axes[axis])[0, 1] for name in "vwxyz"}
            for axis in ("one", "two")
        }
    )
    pd.testing.assert_frame_equal(found.sort_index(), expected)
    lengths = (found**2).sum(axis=1)
    assert lengths.is_monotonic_decreasing
    assert constrained.taxon_arrows(shares, axes, 2).index.to_list() == found.index.to_list()[:2]


def test_what_metadata_explain_by_regression_of_each_axis() -> None:
    """RDA beside a condition: what is fitted of what the condition leaves, and Ezekiel's adjustment of both models."""
    generator = np.random.default_rng(4)
    points, dose, age = generator.normal(size=(12, 4)), generator.normal(size=12), generator.normal(size=12)
    points[:, 0] += dose
    names = [f"s{number}" for number in range(12)]
    distance = DistanceMatrix(squareform(pdist(points)), ids=names)
    rows = pd.DataFrame({"dose": dose, "age": age}, index=names)

    def left(*columns: npt.NDArray[np.float64]) -> float:
        model = np.column_stack([np.ones(12), *columns])
        return float(((points - model @ np.linalg.lstsq(model, points, rcond=None)[0]) ** 2).sum())

    found = constrained.constrained(distance, design_of(rows, exposure="dose", covariates="age"))
    total = left()
    assert found.total == pytest.approx(total)
    assert found.r2 == pytest.approx((left(age) - left(age, dose)) / total)
    whole, partly = (1 - rest / total * 11 / free for rest, free in ((left(age, dose), 9), (left(age), 10)))
    assert found.adjusted_r2 == pytest.approx(whole - partly)
    assert found.sums.to_list() == pytest.approx([left(age) - left(age, dose)])
    axis = found.coordinates["axis 1"]
    assert (axis**2).sum() == pytest.approx(found.sums.iloc[0])
    assert axis.max() == axis.abs().max()
    alone = constrained.constrained(distance, design_of(rows, exposure="dose", covariates="age"), terms=["age", "dose"])
    assert list(alone.coordinates) == ["axis 1", "axis 2"]
    assert alone.r2 == pytest.approx(1 - left(age, dose) / total)
    assert alone.sums.is_monotonic_decreasing


def test_hellinger_distances_are_those_of_roots() -> None:
    shares = pd.DataFrame(np.random.default_rng(2).dirichlet(np.ones(4), size=5), index=list("abcde"))
    np.testing.assert_allclose(constrained.hellinger_distance(shares).condensed_form(), pdist(np.sqrt(shares)))


@pytest.mark.parametrize("axes", [1, 3, 5, 9])
def test_no_more_axes_than_there_are(axes: int) -> None:
    distance = apart(4)
    found, whole = first_axes(distance, axes), pcoa(distance).coordinates.to_numpy()
    np.testing.assert_allclose(found, whole[:, :axes], atol=1e-12)


def test_one_axis_has_an_empty_one_beside_it() -> None:
    line = DistanceMatrix(np.abs(np.subtract.outer([0.0, 1, 3], [0.0, 1, 3])), ids=list("abc"))
    found = pcoa(line)
    assert found.proportions.to_dict() == {"PC1": 1.0, "PC2": 0.0}
    assert found.coordinates["PC2"].to_list() == [0, 0, 0]
    assert sorted(found.coordinates["PC1"]) == pytest.approx([-4 / 3, -1 / 3, 5 / 3])
    assert list(pcoa(apart(3)).proportions.index) == ["PC1", "PC2"]


def test_shares_of_axes_where_some_are_imaginary() -> None:
    square = np.array([[0, 2, 2, 1.1], [2, 0, 2, 1.1], [2, 2, 0, 1.1], [1.1, 1.1, 1.1, 0]])
    distance = DistanceMatrix(square / 10, ids=list("abcd"))
    shares, negative = shares_of_axes(distance)
    whole = pcoa(distance)
    np.testing.assert_allclose(shares, whole.proportions)
    assert negative == pytest.approx(whole.negative_share) != 0
    assert first_axes(distance, 4).shape == (4, 2)

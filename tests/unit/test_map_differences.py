"""What map-differences shows of distances, also where they leave only one axis."""

from __future__ import annotations

import numpy as np
import pytest
from skbio import DistanceMatrix

from handbook_utils.recipes.map_differences import two_axes


def test_groups_with_nothing_in_common_lie_on_one_axis():
    groups = np.repeat([0, 1], 4)
    apart = DistanceMatrix((groups[:, None] != groups).astype(float), [f"s{n}" for n in range(8)])
    row = two_axes({"jaccard": apart}).loc["jaccard"]
    assert row.to_dict() == pytest.approx({"axis 1 (%)": 100, "axis 2 (%)": 0, "negative (%)": 0})

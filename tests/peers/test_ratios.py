"""Ratios between groups held against base R (ratios.R, ratios.json)."""

import json
from pathlib import Path

import pandas as pd
import pytest

from handbook_utils.analysis.diversity.comparison import ratios

R = json.loads((Path(__file__).parent / "ratios.json").read_text(encoding="utf-8"))


def test_base_r():
    frame = pd.DataFrame({name: R[name] for name in ("breaks", "wool", "tension")})
    ours = ratios(frame, "breaks", "tension", covariates=["wool"], reference="L").loc[["M", "H"]]
    for name in ("ratio", "low", "high", "p"):
        assert ours[name].to_list() == pytest.approx(R[name], rel=1e-9)

"""PERMANOVA in strata and plots, beside covariates, and adjusted dispersion, held against R (mite.R, mite.json)."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import squareform
from skbio import DistanceMatrix

from handbook_utils.analysis.design import Design, design_of
from handbook_utils.analysis.distance.dispersion import betadisper
from handbook_utils.analysis.distance.permanova import permanova

R = json.loads((Path(__file__).parent / "mite.json").read_text(encoding="utf-8"))
EXACT = 1e-9
DRAWN = 9999


def mites(**asked: Any) -> tuple[DistanceMatrix, Design]:
    frame = pd.DataFrame(R["metadata"]).assign(side=R["side"]).set_axis([f"m{number:02d}" for number in range(70)])
    return DistanceMatrix(squareform(np.array(R["bray"])), ids=list(frame.index)), design_of(frame, **asked)


def same_table(ours: pd.DataFrame, theirs: dict[str, Any]) -> None:
    assert list(ours.loc[theirs["term"], "df"]) == theirs["df"]
    for name in ("SS", "R2"):
        assert ours.loc[theirs["term"], name].to_list() == pytest.approx(theirs[name], rel=EXACT)
    for term, statistic in zip(theirs["term"], theirs["F"], strict=True):
        assert statistic == "NA" or ours.loc[term, "F"] == pytest.approx(statistic, rel=EXACT)


def same_p(ours: float, theirs: float, room: float = 0.0) -> None:
    pooled = (ours + theirs) / 2
    assert abs(ours - theirs) < 4.5 * math.sqrt(2 * pooled * (1 - pooled) / DRAWN) + room


def test_terms_beside_each_other_within_strata() -> None:
    distance, design = mites(group="shrub", covariates="density, water", strata="topo")
    table = permanova(distance, design, permutations=DRAWN)
    same_table(table, R["strata"])
    # p is that of the model with the strata in it, as adonis2 gives it where they are written as a term.
    for term, p in zip(R["blocked"]["term"], R["blocked"]["p"], strict=True):
        if term in design.terms:
            same_p(table.loc[term, "p"], p, room=0.01)


def test_terms_in_sequence_and_interactions() -> None:
    same_table(permanova(*mites(group="shrub", covariates="density, water"), by="terms", permutations=0), R["sequence"])
    same_table(permanova(*mites(formula="~ water * shrub"), permutations=0), R["interaction"])


def test_whole_plots_are_exchanged() -> None:
    table = permanova(*mites(group="side", person="plot"), permutations=DRAWN)
    same_table(table, R["plots"])
    same_p(table.loc["side", "p"], R["plots"]["p"][0])


def test_samples_within_plots_are_exchanged() -> None:
    table = permanova(*mites(exposure="water", person="plot"), permutations=DRAWN)
    same_table(table, R["within"])
    # Ours compares beside the plots, which orders the permutations a little otherwise.
    same_p(table.loc["water", "p"], R["within"]["p"][0], room=0.02)


@pytest.mark.parametrize(("centre", "room"), [("centroid", EXACT), ("median", 1e-5)])
def test_dispersion_adjusted_for_sizes(centre: Any, room: float) -> None:
    found = betadisper(*mites(group="shrub"), centre=centre, permutations=0)
    assert found.statistic == pytest.approx(R["betadisper"][centre]["F"], rel=room)
    assert found.to_centre.to_list() == pytest.approx(R["betadisper"][centre]["distances"], rel=max(room, 1e-4))

"""One number a sample compared by a design, held against R: HC3 by base R, paces by lmerTest (numbers.R, .json)."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.diversity.comparison import compared
from handbook_utils.recipes.follow_over_time import People

R = json.loads((Path(__file__).parent / "numbers.json").read_text(encoding="utf-8"))


def rows(name: str) -> pd.DataFrame:
    frame = pd.DataFrame(R[name])
    return frame.set_axis([f"s{number}" for number in range(len(frame))])


@pytest.mark.parametrize("place", range(3))
def test_contrasts_beside_a_covariate_with_errors_that_suppose_no_equal_spread(place):
    looms, theirs = rows("warpbreaks"), R["hc3"][place]
    contrast = "" if place < 2 else theirs["name"]
    design = design_of(looms, group="tension", levels="L, M, H", covariates="wool", contrast=contrast)
    ours = compared(looms["logs"], design).loc[theirs["name"]]
    for what in ("estimate", "low", "high", "p"):
        assert ours[what] == pytest.approx(theirs[what], rel=1e-9)


@pytest.mark.parametrize("place", range(2))
def test_groups_and_their_paces_by_a_model_with_own_slopes(place):
    children, theirs = rows("orthodont"), R["paces"][place]
    design = design_of(children, group="Sex", time="age", interactions="Sex:age", person="Subject")
    found = compared(children["distance"], design)
    # The main effect beside an interaction says where it holds.
    [name] = [name for name in found.index if name in (theirs["name"], f"{theirs['name']}, at age 0")]
    for what in ("estimate", "low", "high", "p"):
        assert found.loc[name, what] == pytest.approx(theirs[what], rel=1e-3)


@pytest.mark.parametrize("place", [2, 3])
def test_the_pace_of_each_group(place):
    children, theirs = rows("orthodont"), R["paces"][place]
    design = design_of(children, group="Sex", time="age", interactions="Sex:age", person="Subject")
    study: Any = None  # of numbers that are no composition
    found = People(study, design, children["distance"], "distance", "age", {}, {}).paces.loc[theirs["name"]]
    for what in ("estimate", "error", "df", "low", "high"):
        assert found[what] == pytest.approx(theirs[what], rel=1e-3)
    assert np.log(found["p"]) == pytest.approx(np.log(theirs["p"]), rel=1e-2)

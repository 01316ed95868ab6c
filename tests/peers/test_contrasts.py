"""Contrasts of paces and of groups, held against emmeans (contrasts.R, .json), on the data of mixed.R and numbers.R."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.diversity.comparison import compared
from handbook_utils.recipes.follow_over_time import People

R, MIXED, NUMBERS = (
    json.loads((Path(__file__).parent / f"{name}.json").read_text("utf-8"))
    for name in ("contrasts", "mixed", "numbers")
)


def test_contrasts_of_paces_are_those_of_emtrends():
    frame, theirs = pd.DataFrame(MIXED["frame"]).rename(index=str), R["paces"]
    design = design_of(
        frame, group="arm", person="who", time="week", covariates="age", interactions="arm:week",
        contrast="; ".join(theirs["name"]),
    )  # fmt: skip
    study: Any = None  # of numbers that are no composition
    ours = People(study, design, frame["y"], "y", "week", {}, {}).paces.loc[theirs["name"]]
    for what in ("estimate", "error", "df", "p"):
        assert ours[what].to_list() == pytest.approx(theirs[what], rel=1e-4)


def test_contrasts_of_groups_are_those_of_emmeans():
    looms, theirs = pd.DataFrame(NUMBERS["warpbreaks"]).rename(index=str), R["groups"]
    design = design_of(looms, group="tension", levels="L, M, H", covariates="wool", contrast="; ".join(theirs["name"]))
    ours = compared(looms["logs"], design)
    assert list(ours.index) == [name.replace(" - ", " to ") if "0.5" not in name else name for name in theirs["name"]]
    assert ours["estimate"].to_list() == pytest.approx(theirs["estimate"], rel=1e-9)
    assert ours["p"].to_list() == pytest.approx(theirs["p"], rel=1e-9)

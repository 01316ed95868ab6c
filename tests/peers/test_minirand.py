"""Minimisation, held against the R package Minirand (minirand.R, minirand.json): the same arms, ties apart."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from handbook_utils.protocols.allocation.design import Design, imbalance

R = json.loads(Path(__file__).with_name("minirand.json").read_text(encoding="utf-8"))
FACTORS = ("centre", "sex", "band")


@pytest.mark.parametrize("run", R["runs"], ids=lambda run: f"{run['measure']} {run['ratio']}")
def test_the_arm_preferred_is_minirands(run):
    people = pd.DataFrame(R["people"], columns=FACTORS).astype(str)
    arms = tuple(str(arm) for arm in range(1, len(run["ratio"]) + 1))
    design = Design("minimisation", arms, FACTORS, tuple(run["ratio"]), probability=1.0, measure=run["measure"])
    told = people.assign(arm=[str(arm) for arm in run["given"]])
    alone = 0
    for number in range(1, len(told)):
        totals = imbalance(design.checked(), people.iloc[number].to_dict(), told.iloc[:number])
        preferred = {arms[place] for place in np.flatnonzero(np.isclose(totals, totals.min()))}
        assert told["arm"].iloc[number] in preferred
        alone += len(preferred) == 1
    assert alone > len(told) / 3

"""What the recipe says of diversity and a number: how many digits, and whether a line describes it."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.diversity.comparison import ratios_by
from handbook_utils.analysis.diversity.singletons import Comparable
from handbook_utils.recipes.measure_alpha_diversity import Diversity
from handbook_utils.study import Study

ROWS = pd.DataFrame(
    {"dose": np.linspace(0, 59, 60), "arm": np.resize(["a", "b"], 60)}, index=[f"s{n}" for n in range(60)]
)


def made(logarithm: pd.Series, **asked: str) -> Diversity:
    """Diversity of 60 samples (simulated numbers, the same of every order)."""
    hill = pd.DataFrame({order: np.exp(logarithm) for order in ("q0", "q1", "q2")})
    study = Study.from_frame(pd.DataFrame({"t1": 50, "t2": 50}, index=ROWS.index), ROWS)
    design = design_of(ROWS, **asked)
    return Diversity(study, design, Comparable(hill, None, float("nan")), ratios_by(hill, design), 1, False)


def test_a_bend_is_told_where_there_is_one():
    noise = pd.Series(np.random.default_rng(1).normal(0, 0.1, 60), index=ROWS.index)
    bent = made(3 - ((ROWS["dose"] - 30) / 30) ** 2 + noise, exposure="dose")
    assert "no more than chance may give" in bent.answer["found"]
    assert "A straight line does not describe how the Hill number of order 1 goes with dose" in bent.answer["found"]
    assert any("does not describe" in limit for limit in bent.limits)
    straight = made(3 + 0.01 * ROWS["dose"] + noise, exposure="dose")
    assert "straight line" not in straight.answer["found"]
    assert any(limit.startswith("A straight line was fitted") for limit in straight.limits)
    groups = made(noise, group="arm")
    assert not any("straight line" in limit for limit in groups.limits)


def test_a_ratio_has_the_digits_that_its_interval_shows():
    noise = pd.Series(np.random.default_rng(1).normal(0, 0.1, 60), index=ROWS.index)
    found = made(3 + 0.001 * ROWS["dose"] + noise, exposure="dose").answer["found"]
    assert re.search(r"dose, one more: 1\.00\d+ \(95 % interval (0\.99|1\.00)\d+ to 1\.00\d+\)", found)
    assert re.search(
        r"b to a: \d\.\d\d \(95 % interval \d\.\d\d to \d\.\d\d\)", made(noise, group="arm").answer["found"]
    )

"""Shares, paired answers and a line that jumps, held against base R and sandwich (tables.R, tables.json)."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from handbook_utils import datasets
from handbook_utils.analysis.models.answers import compare_answers, mcnemar_exact, score_change
from handbook_utils.analysis.models.trials import Arm, compare
from handbook_utils.analysis.power import with_power
from handbook_utils.analysis.time.trends import interrupted
from handbook_utils.analysis.time.trends_simulation import CAMPAIGN

R = json.loads((Path(__file__).parent / "tables.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", R["compared"], ids=lambda row: "-".join(map(str, row["counts"])))
def test_newcombe_and_fisher(row):
    first, in_first, second, in_second = row["counts"]
    found = compare(Arm(first, in_first), Arm(second, in_second))
    assert [found.low, found.high] == pytest.approx(row["difference"], rel=1e-9)
    assert found.p == pytest.approx(row["p"], rel=1e-9)


@pytest.mark.parametrize("row", R["alone"], ids=lambda row: "-".join(map(str, row["counts"])))
def test_wilson_and_clopper_pearson(row):
    hits, trials = row["counts"]
    assert Arm(hits, trials).interval() == pytest.approx(row["wilson"], rel=1e-9, abs=1e-12)
    curve = with_power([(10, 10, hits, trials)]).iloc[0]
    assert [curve["low"], curve["high"]] == pytest.approx(row["exact"], rel=1e-9, abs=1e-12)


def answers_of(rows: list[dict]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Answers in which so many people gain and lose each question, and the others keep what they had."""
    people = 24
    before, after = (pd.DataFrame(np.zeros((people, len(rows)), dtype=bool)) for _ in range(2))
    for column, row in enumerate(rows):
        gained, lost = row["counts"]
        after.iloc[:gained, column] = True
        before.iloc[gained : gained + lost, column] = True
    return before, after


def test_mcnemar_and_holm():
    for row in R["mcnemar"]:
        assert mcnemar_exact(*row["counts"]) == pytest.approx(row["p"], rel=1e-12)
    found = compare_answers(*answers_of(R["mcnemar"]))
    np.testing.assert_allclose(found["p"], [row["p"] for row in R["mcnemar"]], rtol=1e-12)
    np.testing.assert_allclose(found["p_holm"], R["holm"], rtol=1e-12)


def test_change_of_a_score():
    before, after = (
        pd.DataFrame([np.arange(8) < score for score in R["scores"][name]]) for name in ("before", "after")
    )
    found = score_change(before, after)
    assert [found.difference, found.low, found.high] == pytest.approx(R["change"], rel=1e-9)


def test_newey_and_west():
    frame = datasets.frame("synthetic-trends")
    series = pd.Series(frame["darmen"].to_numpy(dtype=float), pd.DatetimeIndex(frame["week"]))
    found = interrupted(series.where(series > 0), CAMPAIGN)
    assert found.lags == R["lags"]
    assert [found.level, found.level_low, found.level_high] == pytest.approx(R["level"], rel=1e-8)
    assert [found.slope, found.slope_low, found.slope_high] == pytest.approx(R["slope"], rel=1e-8)

"""Mixed models, paired and cross-over comparisons held against nlme and base R (time.R, time.csv, time.json)."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from handbook_utils import datasets
from handbook_utils.analysis.diversity.alpha import alpha_table
from handbook_utils.analysis.time.longitudinal import mixed_model
from handbook_utils.analysis.time.paired import crossover, paired_ratio

HERE = Path(__file__).parent
R = json.loads((HERE / "time.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def infants():
    study = datasets.load("ecam")
    study = study.choose_samples(study.metadata["month"].notna())
    return study.metadata.assign(shannon=np.log(alpha_table(study)["q1"]), month=study.metadata["month"].astype(float))


def test_the_table_given_to_r_is_that_of_the_data(infants):
    given = pd.read_csv(HERE / "time.csv")
    np.testing.assert_allclose(given["shannon"], infants["shannon"], rtol=1e-12)
    assert list(given["child"]) == list(infants["child"])


def test_one_term(infants):
    found = mixed_model(infants, "shannon", ["month"], "child")
    row = found.table.loc["month"]
    assert [row["estimate"], row["error"]] == pytest.approx(R["month"][:2], rel=2e-5)
    assert row["p"] == pytest.approx(R["month"][4], rel=1e-2)
    assert [found.between, found.within] == pytest.approx([R["between"], R["within"]], rel=2e-3)


def test_a_slope_of_each_child(infants):
    row = mixed_model(infants, "shannon", ["month"], "child", slopes="month").table.loc["month"]
    assert list(row[["estimate", "error"]]) == pytest.approx(R["own_slopes"][:2], rel=1e-5)
    assert row["df"] == pytest.approx(R["own_slopes"][2], rel=1e-3)


def test_two_terms(infants):
    found = mixed_model(infants, "shannon", ["month", "delivery"], "child").table
    assert list(found.loc["month", ["estimate", "error"]]) == pytest.approx(R["month_beside"][:2], rel=2e-5)
    assert list(found.loc["delivery: vaginal", ["estimate", "error"]]) == pytest.approx(R["delivery"][:2], rel=2e-4)
    for term, name in (("month", "month"), ("delivery: vaginal", "delivery")):
        freedom, p = (R["satterthwaite"][name][place] for place in (2, 4))
        assert list(found.loc[term, ["df", "p"]]) == pytest.approx([freedom, p], rel=1e-3)


def test_paired():
    found = paired_ratio(pd.Series(R["before"]), pd.Series(R["after"]))
    assert list(found[["ratio", "low", "high", "p"]]) == pytest.approx(R["ratio"], rel=1e-9)
    assert found["p_rank"] == pytest.approx(R["rank"], rel=1e-9)


def test_crossover():
    found = crossover(pd.Series(R["before"]), pd.Series(R["after"]), pd.Series(R["order"]))
    assert list(found.loc["treatment"]) == pytest.approx(R["treatment"], rel=1e-9)
    assert list(found.loc["carry-over"]) == pytest.approx(R["carry"], rel=1e-9)


def test_kenward_and_roger_are_a_little_more_careful():
    """What is given up by Satterthwaite's degrees of freedom, on the bundled infants with slopes of their own."""
    told = pd.read_csv(HERE / "kenward.csv", comment="#").pivot(index="term", columns="way")
    page = pd.read_csv(datasets.root() / "peers.csv").set_index("name")["theirs"]
    for column, name in (("error", "standard error"), ("df", "degrees of freedom"), ("p", "p")):
        ours = page[f"Own slopes, month by delivery: {name}"]  # held against our own by the chapter
        assert told[column, "Satterthwaite"]["month:deliveryvaginal"] == pytest.approx(ours, rel=1e-5)
    wider = told["error", "Kenward-Roger"] / told["error", "Satterthwaite"]
    assert 1.02 < wider.min() < wider.max() < 1.08
    p = told["p"].loc["month:deliveryvaginal"]
    assert p["Satterthwaite"] < p["Kenward-Roger"] < 0.05

"""Contaminants: known truth, sizes of tests, what a handful of blanks can show."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from handbook_utils import datasets
from handbook_utils.analysis.taxa.contaminants import (
    could_hide,
    dilutions,
    frequency,
    leak,
    plate_study,
    power_of_blanks,
    prevalence,
    smallest_p,
)
from handbook_utils.study import Study


def test_the_strongest_in_lung_are_acidovorax():
    lung = datasets.load("lung")
    found = prevalence(lung, lung.metadata["kind"] == "control").sort_values("p").head(4)
    assert lung.taxonomy.loc[found.index, "taxon"].str.startswith("Acidovorax").all()


def test_prevalence_keeps_its_size():
    generator = np.random.default_rng(1)
    chance = generator.uniform(0.1, 0.9, 4000)
    table = pd.DataFrame((generator.random((60, 4000)) < chance).astype(int), index=[f"w{n}" for n in range(60)])
    table.columns = [f"f{n}" for n in range(4000)]
    table["always"] = 1
    blanks = pd.Series(np.arange(60) < 12, index=table.index)
    p = prevalence(Study.from_frame(table), blanks)["p"].drop("always").dropna()
    assert (p <= 0.05).sum() <= binom.ppf(0.999, len(p), 0.05)
    assert (p <= 0.05).sum() > 0


def test_frequency_finds_the_truth():
    made = plate_study(seed=1)
    samples = made.choose_samples(~made.metadata["blank"])
    score = frequency(samples, samples.metadata["concentration"])["score"]
    truth = made.taxonomy["truth"]
    assert score[truth == "contaminant"].max() < 0.1
    assert (score[truth == "resident"].dropna() < 0.1).mean() <= 0.05


@given(st.integers(1, 12), st.integers(2, 60))
def test_smallest_p_is_what_the_test_gives(blanks, samples):
    wells = [f"w{n}" for n in range(blanks + samples)]
    seen = [int(n < blanks) for n in range(blanks + samples)]
    table = pd.DataFrame({"dust": seen, "other": 1}, index=wells)
    p = prevalence(Study.from_frame(table), pd.Series(seen, index=wells, dtype=bool)).loc["dust", "p"]
    if blanks == 1:
        assert np.isnan(p)
    else:
        assert p == pytest.approx(smallest_p(blanks, samples))


def test_power_rises_with_blanks_and_hiding_falls():
    power = [power_of_blanks(blanks, 66, 0.9, 0.3) for blanks in (2, 4, 8, 12)]
    assert power == sorted(power)
    power = [power_of_blanks(8, 66, in_blanks, 0.3) for in_blanks in (0.3, 0.5, 0.7, 0.9)]
    assert power == sorted(power)
    assert power[0] <= 0.05 < 0.8 < power[-1]
    assert could_hide(2) == pytest.approx(1 - 0.05**0.5)
    assert could_hide(12) < could_hide(2)
    assert power_of_blanks(12, 66, 0.3, 0.3) <= 0.05


def test_leaks_reach_neighbours_only():
    table = pd.DataFrame({"gut": [100_000, 0, 0], "dust": [0, 5, 5]}, index=list("abc"))
    plate = Study.from_frame(table, pd.DataFrame({"well": [0, 1, 50]}, index=list("abc")))
    after = leak(plate, 0.01).to_frame()
    assert after.loc["b", "gut"] == pytest.approx(1000, abs=150)
    assert after.loc["c"].tolist() == [0, 5]


def test_dilution_raises_the_share_from_outside():
    shares = list(dilutions(range(8)).values())
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] < 1


def test_what_cannot_be_tested():
    made = plate_study(seed=1)
    with pytest.raises(ValueError, match="needs both"):
        prevalence(made, ~made.metadata["blank"].astype(bool) | True)
    with pytest.raises(ValueError, match="above 0"):
        frequency(made, made.metadata["concentration"] * 0)
    with pytest.raises(ValueError, match="96 wells"):
        plate_study(samples=90)

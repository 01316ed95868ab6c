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
    judged,
    positive_controls,
    power_of_blanks,
    prevalence,
    shown_by_blanks,
    smallest_p,
)
from handbook_utils.analysis.taxa.leakage import leak, leaked_taxa, places_of, plate_study
from handbook_utils.analysis.taxa.wells import Wells
from handbook_utils.errors import InputError
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
    plate = Study.from_frame(table, pd.DataFrame({"well": ["A1", "A2", "E3"]}, index=list("abc")))
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


def test_combined_scores_find_what_two_blanks_alone_cannot():
    made = plate_study(samples=60, blanks=2, contaminants=15, seed=4)
    truth = made.taxonomy["truth"] == "contaminant"
    together = judged(made, blanks=made.metadata["blank"], concentration=made.metadata["concentration"])
    alone = judged(made, blanks=made.metadata["blank"])
    assert together.attrs["method"] == "combined"
    assert together["contaminant"][truth].all()
    assert not together["contaminant"][~truth].any()
    assert alone["contaminant"][truth].sum() < truth.sum()


def test_batches_are_judged_apart_and_the_least_score_counts():
    table = pd.DataFrame(1, index=[f"w{n}" for n in range(24)], columns=["dust", "gut"])
    blanks = pd.Series([n % 4 == 0 for n in range(24)], index=table.index)
    batches = pd.Series(["one"] * 12 + ["two"] * 12, index=table.index)
    # In the first batch the dust is in blanks only, in the second in samples only.
    table["dust"] = ((batches == "one") == blanks).astype(int)
    apart = judged(Study.from_frame(table), blanks=blanks, batches=batches)
    together = judged(Study.from_frame(table), blanks=blanks)
    first = judged(Study.from_frame(table[:12]), blanks=blanks[:12])
    assert apart.loc["dust", "score"] == first.loc["dust", "score"] < 0.1 < together.loc["dust", "score"]


def test_samples_without_a_concentration_and_wells_without_reads_are_left_out():
    made = plate_study(seed=2)
    dna = made.metadata["concentration"].copy()
    dna[made.samples[:5]] = [np.nan, 0, -1, np.nan, np.nan]
    fewer = made.choose_samples(list(made.samples[5:]))
    method = {"method": "frequency"}
    ours = judged(made, blanks=made.metadata["blank"], concentration=dna, **method)["frequency"]
    theirs = judged(fewer, blanks=fewer.metadata["blank"], concentration=dna, **method)["frequency"]
    pd.testing.assert_series_equal(ours, theirs)
    empty = pd.DataFrame(0, index=["empty"], columns=made.features)
    more = Study.from_frame(pd.concat([made.to_frame(), empty]))
    blanks = made.metadata["blank"].reindex(more.samples, fill_value=True).astype(bool)
    pd.testing.assert_frame_equal(judged(more, blanks=blanks), judged(made, blanks=made.metadata["blank"]))


@pytest.mark.parametrize("method", ["frequency", "combined", "both", "minimum"])
def test_a_method_without_its_numbers_is_refused(method):
    made = plate_study(seed=2)
    with pytest.raises(ValueError, match="needs concentrations"):
        judged(made, blanks=made.metadata["blank"], method=method)
    with pytest.raises(ValueError, match="needs blanks"):
        judged(made, concentration=made.metadata["concentration"], method="prevalence")


def test_leakage_is_told_from_what_the_kit_brings():
    clean = plate_study(samples=80, blanks=12, seed=5)
    blanks, wells = clean.metadata["blank"], clean.metadata["well"]
    leaking = leaked_taxa(leak(clean, 0.05, seed=2), blanks, wells)
    found = leaking.index[leaking["q"] <= 0.1]
    assert len(found) >= 5
    assert found.str.startswith("R").all()
    assert (leaking.loc[found, "beside"] > leaking.loc[found, "elsewhere"]).mean() > 0.7
    dry = leaked_taxa(clean, blanks, wells)
    assert (dry["q"] > 0.1).all()


def test_two_plates_are_looked_at_apart():
    one = leak(plate_study(samples=80, blanks=12, seed=5), 0.05, seed=2)
    two = plate_study(samples=80, blanks=12, seed=6)
    frames = [made.to_frame().rename(index=lambda name, at=at: f"{at}-{name}") for at, made in enumerate((one, two))]
    sheets = [made.metadata.assign(plate=str(at)) for at, made in enumerate((one, two))]
    metadata = pd.concat([sheet.set_axis(frame.index) for sheet, frame in zip(sheets, frames, strict=True)])
    both = Study.from_frame(pd.concat(frames), metadata)
    with pytest.raises(InputError, match="Two samples stand in one well"):
        leaked_taxa(both, metadata["blank"], metadata["well"])
    found = leaked_taxa(both, metadata["blank"], metadata["well"], metadata["plate"])
    assert (found["q"] <= 0.1).sum() >= 3


def test_wells_are_read_as_laboratories_write_them():
    assert places_of(pd.Series(["A1", "b02", " H12 ", "P24"])).tolist() == [[0, 0], [1, 1], [7, 11], [15, 23]]
    with pytest.raises(InputError, match="well cannot be read"):
        places_of(pd.Series(["A1", "Z9"], name="well"))


def test_positive_controls_tell_the_expected_from_the_rest():
    table = pd.DataFrame(
        [[6, 2, 1, 1], [0, 0, 5, 5]], index=["mock", "stool"], columns=["Listeria", "dust", "gut", "x"]
    )
    made = positive_controls(
        Study.from_frame(table), pd.Series({"mock": True, "stool": False}), ["Listeria"], ["dust", "Listeria"]
    )
    assert made.index.tolist() == ["mock"]
    assert made.loc["mock", ["reads", "expected", "contaminants", "others"]].tolist() == pytest.approx(
        [10, 0.6, 0.2, 0.2]
    )
    assert made.loc["mock", "largest_other"] == "gut"


def test_the_places_that_were_seen_count_among_those_tried():
    study = plate_study(seed=1)
    none = leaked_taxa(study, study.metadata["blank"], study.metadata["well"], permutations=0)
    assert (none["p"] == 1).all()
    some = leaked_taxa(study, study.metadata["blank"], study.metadata["well"], permutations=19)["p"] * 20
    assert some.to_list() == pytest.approx(some.round().to_list())
    assert 1 <= some.min() <= some.max() <= 20


@pytest.mark.parametrize(("blanks", "last"), [(3, 3), (0, 1)])
def test_what_blanks_show_is_of_as_many_as_the_row_says(blanks, last):
    table = shown_by_blanks(blanks, 60)
    assert list(table.index[:-1]) == ["2", "4", "8", "12"]
    numbers = [int(name) for name in table.index[:-1]] + [last]
    assert table["least p of one taxon"].to_list() == [smallest_p(number, 60) for number in numbers]
    hidden = [100 * (1 - 0.05 ** (1 / number)) for number in numbers]
    assert table.iloc[:, 1].to_list() == pytest.approx(hidden)


def test_wells_without_reads_are_not_judged_and_those_without_a_concentration_are_named():
    table = pd.DataFrame([[5, 1], [0, 9], [1, 0], [0, 0]], index=["b", "s1", "s2", "s3"], columns=["dust", "gut"])
    columns = {
        "kind": ["blank", "stool", "stool", "stool"],
        "dna": [0.0, 0.0, 0.5, 2.0],
        "well": ["A1", "A2", "B1", "B2"],
    }
    study = Study.from_frame(table, pd.DataFrame(columns, index=table.index))
    wells = Wells.of(study, kind="kind", blank="blank", concentration="dna")
    assert list(wells.study.samples) == ["b", "s1", "s2"]
    assert wells.blanks.to_list() == [True, False, False]
    assert wells.concentration.to_list() == pytest.approx([np.nan, np.nan, 0.5], nan_ok=True)
    assert wells.without_concentration == ["s1"]  # a blank may have none
    nothing = wells.leaked("", "", 1)
    assert (list(nothing.columns), len(nothing)) == (["q"], 0)
    assert len(Wells.of(study, kind="kind").leaked("well", "", 1)) == 0
    assert Wells.of(study, kind="kind", blank="blank", positive=["stool"]).study.samples.to_list() == ["b"]

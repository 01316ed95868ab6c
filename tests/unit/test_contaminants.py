"""Contaminants: known truth, sizes of tests, what a handful of blanks can show."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, chi2_contingency, f, fisher_exact, norm

from handbook_utils import datasets
from handbook_utils.analysis.taxa.contaminants import (
    chances_of_blanks,
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
from handbook_utils.analysis.taxa.leakage import (
    leak,
    leaked_taxa,
    places_of,
    plate_study,
    rules_of_leaking_wells,
    scores_of_a_plate,
)
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


@pytest.mark.parametrize("method", ["both", "minimum"])
def test_of_two_scores_one_that_is_missing_leaves_no_score(method):
    made = plate_study(seed=2)
    given = {"blanks": made.metadata["blank"], "concentration": made.metadata["concentration"]}
    one = made.to_frame()
    one.iloc[:, 0] = given["blanks"].astype(int)  # in no sample, so without a frequency score
    scores = judged(Study.from_frame(one), **given, method=method)
    assert scores["frequency"].isna().to_list() == scores["score"].isna().to_list()
    assert np.isnan(scores["score"].iloc[0])
    assert scores["prevalence"].notna().iloc[0]


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


@pytest.mark.parametrize("threshold", [0.02, 0.05, 0.3, 0.6])
def test_power_is_the_chance_of_all_tables_that_are_called(threshold):
    power = 0.0
    for a in range(4):
        for b in range(6):
            p = fisher_exact([[a, b], [3 - a, 5 - b]], alternative="greater").pvalue
            # A taxon in one well is not tested.
            power += (a + b >= 2 and p <= threshold) * binom.pmf(a, 3, 0.8) * binom.pmf(b, 5, 0.3)
    assert power_of_blanks(3, 5, 0.8, 0.3, threshold) == pytest.approx(power)
    if threshold == 0.05:
        assert power_of_blanks(3, 5, 0.8, 0.3) == pytest.approx(power)


def test_what_is_told_of_blanks_beforehand_by_hand():
    table = chances_of_blanks(20, 0.05)
    assert table.index.tolist() == list(range(1, 17))
    assert table.columns.tolist() == [0.1, 0.3, 0.5]
    assert table.loc[4, 0.3] == power_of_blanks(4, 20, 0.9, 0.3, 0.05)
    assert could_hide(3, 0.8) == pytest.approx(1 - 0.2 ** (1 / 3))
    assert dilutions([0, 1], 0.2) == pytest.approx({0: 0.2, 1: 2.5 / 3.5})
    assert dilutions([0])[0] == pytest.approx(0.001)


def wells_of(blanks: list[int], samples: list[int]) -> tuple[Study, pd.Series]:
    """Return a table of one taxon by wells, beside another that is everywhere."""
    names = [f"w{number}" for number in range(len(blanks) + len(samples))]
    table = pd.DataFrame({"taxon": blanks + samples, "all": 1}, index=names)
    return Study.from_frame(table), pd.Series([True] * len(blanks) + [False] * len(samples), index=names)


def test_five_wells_expected_in_each_cell_are_enough_for_chi_square():
    enough = prevalence(*wells_of([1] * 8 + [0] * 2, [1] * 2 + [0] * 8))["score"]
    square = chi2_contingency([[8, 2], [2, 8]], correction=True).statistic
    assert enough["taxon"] == pytest.approx(norm.sf(np.sqrt(square)))
    assert enough["all"] == 0.5
    # Less often in blanks: the other tail. Of nine blanks 4.5 are expected, which is too few.
    less = prevalence(*wells_of([1] * 2 + [0] * 8, [1] * 8 + [0] * 2))["score"]
    assert less["taxon"] == pytest.approx(norm.cdf(np.sqrt(square)))
    few = prevalence(*wells_of([1] * 7 + [0] * 2, [1] * 2 + [0] * 7))["score"]
    exact = [fisher_exact([[a, 9 - a], [9 - a, a]], alternative="greater").pvalue for a in (7, 8)]
    assert few["taxon"] == pytest.approx(np.mean(exact))
    # As often in both: nothing to correct, and a half.
    same = prevalence(*wells_of([1] * 5 + [0] * 5, [1] * 5 + [0] * 5))["score"]
    assert same["taxon"] == pytest.approx(0.5)
    # 8 of 20 where 8.4 are expected: less than half a well apart, all of it is corrected away.
    near = prevalence(*wells_of([1] * 8 + [0] * 12, [1] * 13 + [0] * 17))["score"]
    assert near["taxon"] == pytest.approx(0.5)


def test_scores_of_shares_that_fit_a_line_or_both_or_none():
    dna = pd.Series([1.0, 2, 4], index=list("abc"))
    shares = pd.DataFrame({"kit": [0.4, 0.2, 0.1], "own": [0.25] * 3, "once": [0.1, 0, 0]}, index=dna.index)
    shares["rest"] = 1 - shares.sum(axis=1)
    study = Study.from_frame(shares, quantity="abundances")
    found = frequency(study, dna)
    assert found["present"].tolist() == [3, 3, 1, 3]
    assert found["score"].tolist()[:2] == pytest.approx([0, 1], abs=1e-9)
    assert np.isnan(found.loc["once", "score"])
    same = frequency(study, pd.Series(2.0, index=dna.index))["score"]
    assert same[["kit", "own"]].tolist() == pytest.approx([0.5, 0.5])
    # Two samples: one degree of freedom each. Log shares fall by half as much as the logarithm of DNA rises.
    half = pd.DataFrame({"x": [0.4, 0.2], "rest": [0.6, 0.8]}, index=list("ab"))
    two = frequency(Study.from_frame(half, quantity="abundances"), pd.Series([1.0, 4.0], index=list("ab")))["score"]
    assert two["x"] == pytest.approx(f.cdf(1, 1, 1))


def test_a_score_at_the_threshold_is_no_contaminant_s_and_shares_are_of_samples():
    table = pd.DataFrame([[9, 1], [7, 0], [0, 8], [2, 2], [0, 6]], index=list("abcde"), columns=["dust", "gut"])
    blanks = pd.Series([True, True, False, False, False], index=table.index)
    study = Study.from_frame(table)
    made = judged(study, blanks=blanks)
    assert made["in_blanks"].tolist() == [2, 1]
    assert made["in_samples"].tolist() == [1, 3]
    assert made["share"].tolist() == pytest.approx([0.5 / 3, 2.5 / 3])
    score = float(made.loc["dust", "score"])
    assert 0.1 < score < 0.3
    assert not made.loc["dust", "contaminant"]
    assert not judged(study, blanks=blanks, threshold=score).loc["dust", "contaminant"]
    assert judged(study, blanks=blanks, threshold=score + 1e-9).loc["dust", "contaminant"]
    # One sample with a concentration is no line.
    dna = pd.Series([np.nan, np.nan, 2.0, np.nan, np.nan], index=table.index)
    assert judged(study, concentration=dna, blanks=blanks, method="frequency")["frequency"].isna().all()
    two = judged(study, concentration=dna.fillna({"d": 1.0}), blanks=blanks, method="frequency")["frequency"]
    assert two.notna().tolist() == [False, True]


def test_of_a_control_that_holds_what_it_should_nothing_is_the_largest_other():
    study = Study.from_frame(pd.DataFrame([[8, 2]], index=["mock"], columns=["Listeria", "Bacillus"]))
    made = positive_controls(study, pd.Series({"mock": True}), ["Listeria", "Bacillus"], [])
    assert made.loc["mock", ["expected", "contaminants", "others", "largest_other"]].tolist() == [1, 0, 0, ""]


def on_a_plate(shares: dict[str, tuple[str, float]]) -> Study:
    """Return wells with a share of taxon x, the rest y; a name that begins with b is a blank."""
    ids = list(shares)
    table = pd.DataFrame({"x": [1000 * share for _, share in shares.values()]}, index=ids)
    table["y"] = 1000 - table["x"]
    rows = pd.DataFrame({"well": [well for well, _ in shares.values()], "blank": [i[0] == "b" for i in ids]}, index=ids)
    return Study.from_frame(table.round().astype(int), rows)


def test_leakage_of_one_taxon_by_hand():
    """The well beside the blank has the most of what it holds, which one order of four gives."""
    wells = {"b1": ("B2", 0.5), "s1": ("C3", 0.4), "s2": ("B4", 0.1), "s3": ("D2", 0.2), "s4": ("H12", 0.3)}
    study = on_a_plate(wells)
    given = study.metadata["blank"], study.metadata["well"]
    found = leaked_taxa(study, *given, permutations=1999).loc["x"]
    assert found[["blanks", "beside", "elsewhere"]].tolist() == pytest.approx([1, 0.4, 0.2])
    assert found["p"] == pytest.approx(0.25, abs=4 * np.sqrt(0.1875 / 1999))
    # A second blank that holds none of it, and one that has no sample beside it, say nothing of it.
    more = on_a_plate(wells | {"b2": ("C4", 0.0), "b3": ("F8", 0.5)})
    again = leaked_taxa(more, more.metadata["blank"], more.metadata["well"], permutations=99).loc["x"]
    assert again[["blanks", "beside", "elsewhere"]].tolist() == pytest.approx([1, 0.4, 0.2])
    # One that holds it, beside two: the mean of what each blank has beside it.
    third = on_a_plate(wells | {"b2": ("C4", 0.1)})
    both = leaked_taxa(third, third.metadata["blank"], third.metadata["well"], permutations=99).loc["x"]
    assert both[["blanks", "beside", "elsewhere"]].tolist() == pytest.approx([2, (0.4 + 0.25) / 2, (0.2 + 0.25) / 2])


def test_simulated_plates_hold_what_they_say():
    made = plate_study(samples=80, blanks=16, residents=12, contaminants=4, reads=1005, seed=2)
    blank = made.metadata["blank"].to_numpy(dtype=bool)
    assert blank.sum() == 16 and not blank[:80].any()
    assert set(made.depth[~blank]) == {1005}
    assert set(made.depth[blank]) == {100}
    counts = made.to_frame()
    assert list(counts.columns) == [f"R{n:02}" for n in range(1, 13)] + [f"C{n:02}" for n in range(1, 5)]
    assert (counts.loc[blank].iloc[:, :12] == 0).all(axis=None)
    assert made.taxonomy["truth"].tolist() == ["resident"] * 12 + ["contaminant"] * 4
    assert made.samples[0] == "sample-01" and made.samples[-1] == "blank-96"
    places = places_of(made.metadata["well"])
    assert sorted(map(tuple, places.tolist())) == [(row, column) for row in range(8) for column in range(12)]
    # Own DNA from 1 to 1000 times that of the kit, which varies by a factor about 1.
    dna = made.metadata["concentration"].to_numpy()
    assert 0.3 < dna[blank].min() < np.median(dna[blank]) < dna[blank].max() < 3
    assert 1 < dna[~blank].min() < 4 and 500 < dna[~blank].max() < 1003
    # Shares of residents are as uneven as those of a Dirichlet distribution of 0.3: squares add up to 1.3 / 4.6.
    deep = counts[~blank & (dna > 50)].iloc[:, :12]
    assert (deep.div(deep.sum(axis=1), axis=0) ** 2).sum(axis=1).mean() == pytest.approx(1.3 / 4.6, abs=0.06)
    # So the kit's part falls as one over the concentration.
    part = counts.iloc[:, 12:].sum(axis=1)[~blank] / 1005
    assert (part * dna[~blank]).median() == pytest.approx(1, abs=0.4)
    with pytest.raises(ValueError, match="96 wells"):
        plate_study(samples=80, blanks=17)


def test_what_leaks_comes_from_all_eight_neighbours_and_not_from_the_well_itself():
    middle = [f"{row}{column}" for row in "BCD" for column in (4, 5, 6)]
    wells = [*middle, "B7", "E8"]
    table = pd.DataFrame({"gut": [100_000] * 11}, index=[f"s{n}" for n in range(11)])
    taken = leak(Study.from_frame(table, pd.DataFrame({"well": wells}, index=table.index)), 0.1).depth - 100_000
    neighbours = [3, 5, 4, 5, 8, 6, 3, 5, 3, 2, 0]
    assert taken.to_numpy() == pytest.approx(10_000 * np.array(neighbours), abs=1500)


def test_what_scores_and_rules_find_is_in_percent_of_the_taxa_and_of_the_reads():
    made = plate_study(samples=60, blanks=12, seed=4)
    blank, truth = made.metadata["blank"], (made.taxonomy["truth"] == "contaminant").to_numpy()
    scores = scores_of_a_plate(made)
    for way in ("prevalence", "frequency", "combined"):
        called = judged(made, blanks=blank, concentration=made.metadata["concentration"], method=way)
        share = [100 * called["contaminant"][which].sum() / which.sum() for which in (truth, ~truth)]
        assert scores.loc[way].tolist() == pytest.approx(share)
    rules = rules_of_leaking_wells(made, 0.1, 3)
    leaking = leak(made, 0.001, seed=3)
    counts = leaking.to_frame()
    seen = (counts[blank] > 0).any().to_numpy()
    shares = counts[~blank].div(counts[~blank].sum(axis=1), axis=0)
    lost = shares.loc[:, seen & ~truth].sum().sum() / shares.loc[:, ~truth].sum().sum()
    assert rules.iloc[0].tolist() == pytest.approx([100 * seen[truth].mean(), 100 * seen[~truth].mean(), 100 * lost])
    called = judged(leaking, blanks=blank, threshold=0.1)["contaminant"].to_numpy()
    assert rules.iloc[1, :2].tolist() == pytest.approx([100 * called[truth].mean(), 100 * called[~truth].mean()])
    assert rules.iloc[0, 1] > rules.iloc[1, 1]

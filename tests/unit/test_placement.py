"""One sample among a reference group: matching taxa, intervals, and what is said to files that do not fit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy, norm

from handbook_utils import datasets
from handbook_utils.analysis.effects import Effect
from handbook_utils.analysis.models.placement import (
    UNNAMED,
    Variety,
    part_below,
    place,
    reference_ranges,
    share_intervals,
    taxon_name,
    unusual_in_reference,
    unusual_taxa,
    variety_beside_others,
    within_person_sd,
)
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.recipes.my_microbiome_status import my_microbiome_status
from handbook_utils.study import Study

PARAMETERS = {
    "table": "",
    "metadata": "",
    "taxonomy": "",
    "sample": "TS107",
    "person": "person",
    "reference": "",
    "reference_metadata": "",
    "rank": "Genus",
    "least_reads": 500,
}


def group(people: int, taxa: int = 6, reads: int = 1000, seed: int = 1) -> Study:
    generator = np.random.default_rng(seed)
    shares = generator.dirichlet(np.full(taxa, 3.0), size=people)
    counts = np.array([generator.multinomial(reads, share) for share in shares])
    return Study.from_frame(
        pd.DataFrame(counts, index=[f"p{n}" for n in range(people)], columns=[f"g{n}" for n in range(taxa)])
    )


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Bacteroides", "Bacteroides"),
        ("d__Bacteria;p__Firmicutes;g__Blautia", "Blautia"),
        ("k__Bacteria|g__Blautia", "Blautia"),
        ("D_5__Blautia", "Blautia"),
        ("g__[Ruminococcus]", "Ruminococcus"),
        ("Escherichia-Shigella", "Escherichia/Shigella"),
        ("k__Bacteria;g__", UNNAMED),
        ("unclassified(f)", UNNAMED),
        ("Lachnospiraceae (unassigned)", UNNAMED),
        ("uncultured", UNNAMED),
    ],
)
def test_labels_of_other_programs(label, name):
    assert taxon_name(label) == name


def test_the_person_is_not_in_the_reference_and_nobody_is_there_twice():
    twins = datasets.load("twins")
    found = place(twins, twins, "TS107", person="person")
    assert list(found.own.samples) == ["TS107.2", "TS107"] or set(found.own.samples) == {"TS107", "TS107.2"}
    assert not {"TS107", "TS107.2"} & set(found.repeated.samples)
    assert not found.person[found.reference.samples].duplicated().any()
    assert found.shared == 1.0
    assert found.counts.sum() == twins.depth["TS107"]


def test_reads_are_kept_when_taxa_are_joined_and_aligned():
    twins = datasets.load("twins")
    table = pd.DataFrame([[300, 200, 100, 50]], index=["me"], columns=["g__Bacteroides", "Bacteroides", "g__", "Newia"])
    found = place(Study.from_frame(table), twins, "me")
    assert found.counts["Bacteroides"] == 500
    assert found.counts[UNNAMED] == 100
    assert found.counts["Newia"] == 50
    assert found.shared == pytest.approx(500 / 550)
    assert list(found.counts.index) == list(found.reference.features)
    assert found.reference.to_frame()["Newia"].sum() == 0
    assert (found.reference.depth >= 500).all()


@given(counts=st.lists(st.integers(0, 500), min_size=2, max_size=6).filter(lambda values: sum(values) > 0))
def test_an_interval_holds_its_share(counts):
    table = share_intervals(pd.Series(counts, index=[f"g{n}" for n in range(len(counts))]))
    assert (table["low"] <= table["share"] + 1e-9).all()
    assert (table["share"] <= table["high"] + 1e-9).all()


def test_a_deeper_sample_has_narrower_intervals():
    shallow, deep = (share_intervals(pd.Series({"a": 2 * n, "b": 8 * n})) for n in (10, 1000))
    assert (deep["high"] - deep["low"] < 0.2 * (shallow["high"] - shallow["low"])).all()


def test_ranges_hold_the_middle_part():
    study = group(400)
    shares = study.proportions().to_frame()
    ranges = reference_ranges(study, 0.9)
    inside = (shares.ge(ranges["low"]) & shares.le(ranges["high"])).mean()
    assert inside.to_numpy() == pytest.approx(0.9, abs=0.02)


def test_what_is_unusual_by_hand():
    ranges = pd.DataFrame({"low": [0.2, 0.2, 0.0, 0.0], "high": [0.4, 0.4, 0.0, 0.1]}, index=["a", "b", "c", UNNAMED])
    found = unusual_taxa(pd.Series({"a": 7000, "b": 100, "c": 20, UNNAMED: 2880}), ranges)
    # c lies above its range by less than the least share; reads without a name are no taxon.
    assert found["more"].to_dict() == {"a": True, "b": False}


def test_bad_luck_in_reading_is_not_unusual():
    ranges = pd.DataFrame({"low": [0.4, 0.4], "high": [0.6, 0.6]}, index=["a", "b"])
    assert unusual_taxa(pd.Series({"a": 14, "b": 6}), ranges).empty
    assert len(unusual_taxa(pd.Series({"a": 1400, "b": 600}), ranges)) == 2


def test_some_unusual_taxa_are_usual_and_a_stranger_has_more():
    study = group(120, taxa=12)
    usual = unusual_in_reference(study)
    assert 0 < usual.mean() < 2
    for name in study.samples[:10]:
        ranges = reference_ranges(study.choose_samples(study.samples != name))
        assert usual[name] == len(unusual_taxa(study.to_frame().loc[name], ranges))
    counts = pd.Series([0] * 12, index=study.features)
    counts.iloc[0] = 1000
    assert len(unusual_taxa(counts, reference_ranges(study))) > usual.quantile(0.95)


def test_within_person_sd_finds_what_was_simulated():
    generator = np.random.default_rng(1)
    people = np.repeat(np.arange(500), 2)
    logs = pd.Series(generator.normal(size=500)[people] + generator.normal(scale=0.3, size=1000))
    sd, count = within_person_sd(logs, pd.Series(people))
    assert sd == pytest.approx(0.3, abs=0.02)
    assert count == 500


def test_nobody_with_two_samples_gives_no_interval():
    logs = pd.Series({"s": 0.0, "t": 1.0})
    sd, count = within_person_sd(logs, pd.Series({"s": "Ann", "t": "Bo"}))
    assert np.isnan(sd)
    assert count == 0
    place_of = part_below(0.5, logs, sd)
    assert place_of.size == 0.5
    assert np.isnan(place_of.low)


def test_the_place_on_another_day_is_held_in_95_of_100():
    generator = np.random.default_rng(2)
    reference = generator.normal(size=300)
    held = []
    for seed in range(300):
        own = generator.normal()
        first, second = own + generator.normal(scale=0.4, size=2)
        found = part_below(first, reference, 0.4, draws=500, seed=seed)
        now = part_below(second, reference, 0.4, draws=2).size
        held.append(found.low <= now <= found.high)
    assert 0.9 < np.mean(held) <= 1.0


# ---------------------------------------------------------------------- files that do not fit


def check(**changed: object) -> None:
    my_microbiome_status(PARAMETERS | changed)


def written(folder, frame: pd.DataFrame, name: str = "mine.tsv") -> str:
    path = folder / name
    frame.to_csv(path, sep="\t", index_label="sample")
    return str(path)


@pytest.fixture
def mine() -> pd.DataFrame:
    return pd.DataFrame(
        [[800, 300, 100, 50], [500, 300, 200, 10]],
        index=["me", "me-again"],
        columns=["Bacteroides", "Faecalibacterium", "Blautia", "Roseburia"],
    )


def test_the_bundled_sample_fits():
    check()


def test_a_table_of_ones_own_fits(tmp_path, mine):
    check(table=written(tmp_path, mine), sample="me")


def test_a_sample_that_is_not_there_is_named_with_the_nearest(tmp_path, mine):
    with pytest.raises(InputError, match="no sample 'mee'") as caught:
        check(table=written(tmp_path, mine), sample="mee")
    assert "Did you mean 'me'" in str(caught.value)


def test_too_few_reads_are_told_with_the_number(tmp_path, mine):
    with pytest.raises(InputError, match="too few reads") as caught:
        check(table=written(tmp_path, (mine // 20)), sample="me")
    assert "500" in str(caught.value)
    assert "61" in str(caught.value) or "62" in str(caught.value)


def test_shares_are_refused_and_the_wrong_sample_told_in_one_go(tmp_path, mine):
    shares = mine.div(mine.sum(axis=1), axis=0)
    with pytest.raises(InputErrors) as caught:
        check(table=written(tmp_path, shares), sample="mine")
    assert "counts of reads" in str(caught.value)
    assert "no sample 'mine'" in str(caught.value)


def test_another_level_is_refused_and_both_are_shown(tmp_path, mine):
    species = mine.rename(columns=lambda name: f"{name} species")
    with pytest.raises(InputError, match="too few taxa in common") as caught:
        check(table=written(tmp_path, species), sample="me")
    assert "0%" in str(caught.value)
    assert "Bacteroides species" in str(caught.value)


def test_a_reference_of_a_few_people_is_refused(tmp_path, mine):
    with pytest.raises(InputError, match="too small") as caught:
        check(table=written(tmp_path, mine), sample="me", reference=written(tmp_path, mine, "others.tsv"))
    assert "1 people" in str(caught.value)


def test_metadata_without_a_table_is_refused(tmp_path, mine):
    with pytest.raises(InputError, match="no feature table"):
        check(metadata=written(tmp_path, mine))


# ---------------------------------------------------------------------- edges, and numbers reckoned by hand


def only(**counts: int) -> Study:
    return Study.from_frame(pd.DataFrame(counts, index=["me"]))


def test_twenty_people_with_reads_enough_are_a_group_and_nineteen_are_not():
    people = group(20, reads=500)
    mine = only(g0=250, g1=250)
    assert len(place(mine, people, "me").reference.samples) == 20
    with pytest.raises(InputError, match="too small"):
        place(mine, people.choose_samples(list(people.samples[1:])), "me")
    with pytest.raises(InputError, match="too small"):
        place(only(g0=300, g1=300), people, "me", least_reads=501)
    with pytest.raises(InputError, match="too few reads"):
        place(only(g0=250, g1=249), people, "me")


@pytest.mark.parametrize(("own", "shared"), [(300, 0.5), (302, None)])
def test_half_of_the_named_reads_in_common_are_enough(own, shared):
    mine = only(g0=300, other=own, g__=9000)
    if shared is None:
        with pytest.raises(InputError, match="too few taxa in common"):
            place(mine, group(20), "me")
    else:
        assert place(mine, group(20), "me").shared == shared


def test_a_sample_without_a_single_name_has_nothing_in_common():
    with pytest.raises(InputError, match="too few taxa in common"):
        place(only(g__=900), group(20), "me")


@pytest.mark.parametrize("rank", ["genus", "GENUS"])
def test_a_rank_is_found_however_it_is_written(rank):
    mine = only(x1=300, x2=400, x3=300)
    taxonomy = pd.DataFrame({"Genus": ["g0", "g0", "g1"]}, index=["x1", "x2", "x3"])
    made = Study.from_frame(mine.to_frame(), mine.metadata, taxonomy=taxonomy)
    assert place(made, group(20), "me", rank=rank).counts[["g0", "g1"]].to_list() == [700, 300]
    with pytest.raises(InputError, match="in common"):
        place(made, group(20), "me", rank="")


def test_the_interval_of_a_share_is_wilsons():
    share, n, z = 0.3, 50, 1.6448536
    centre, width = share + z**2 / (2 * n), z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    found = share_intervals(pd.Series({"a": 15, "b": 35}), 0.9).loc["a"]
    assert found.to_list() == pytest.approx([0.3, (centre - width) / (1 + z**2 / n), (centre + width) / (1 + z**2 / n)])


def test_without_being_asked_the_middle_95_of_100_are_the_range_and_half_a_per_cent_matters():
    steps = np.arange(41)  # shares of 0, 1/40, ... 1
    study = Study.from_frame(pd.DataFrame({"a": steps, "b": 40 - steps}, index=[f"p{n}" for n in steps]))
    assert reference_ranges(study).loc["a"].to_list() == pytest.approx([0.025, 0.5, 0.975])
    ranges = pd.DataFrame({"low": [0.5, 0.2], "high": [0.6, 0.3]}, index=["a", "b"])
    deep = 10**8
    assert unusual_taxa(pd.Series({"a": 0.6049 * deep, "b": 0.3951 * deep}), ranges).index.to_list() == ["b"]
    assert unusual_taxa(pd.Series({"a": 0.6055 * deep, "b": 0.3945 * deep}), ranges).index.to_list() == ["a", "b"]
    assert unusual_taxa(pd.Series({"a": 0.4955 * deep, "b": 0.1945 * deep, "c": 0.31 * deep}), ranges)[
        "more"
    ].to_dict() == {"b": False}


def test_days_within_people_are_pooled_by_hand():
    logs = pd.Series([0.0, 2, 1, 1, 4, 9], index=list("uvwxyz"))
    sd, people = within_person_sd(logs, pd.Series(list("AABBBC"), index=list("uvwxyz")))
    assert (sd, people) == (pytest.approx(np.sqrt((2 + 6) / 3)), 2)


def test_of_a_normal_group_the_part_below_on_another_day_is_that_of_the_normal_distribution():
    people = norm.ppf((np.arange(4000) + 0.5) / 4000)
    found = part_below(0.5, people, 0.3, draws=20_000)
    assert found.size == pytest.approx(norm.cdf(0.5), abs=0.001)
    day = norm(0.5, np.sqrt(2) * 0.3)
    assert (found.low, found.high) == pytest.approx((norm.cdf(day.ppf(0.025)), norm.cdf(day.ppf(0.975))), abs=0.01)


def test_another_day_lies_within_twice_the_standard_deviation_of_a_difference():
    whole = Variety(
        pd.Series({"me": 10.0}), pd.Series(dtype=float), np.log(2) / (1.96 * np.sqrt(2)), 3, Effect(0, 0, 0)
    )
    assert whole.another_day("me") == pytest.approx((5, 20))


def test_variety_is_of_named_reads_and_its_days_are_ones_own_from_three_samples_on():
    nameless = pd.DataFrame({"g0": 0, "g__": 1000}, index=["nameless"])  # is no variety of none
    people = Study.from_frame(pd.concat([group(24).to_frame(), nameless]).fillna(0))
    rows = pd.DataFrame({"g0": [300, 500, 100], "g1": [300, 100, 500], "g__": [400, 400, 400]}, index=["me", "x", "y"])
    for days in (2, 3):
        mine = Study.from_frame(rows.iloc[:days], pd.DataFrame({"who": "I"}, index=rows.index[:days]))
        found = place(mine, people, "me", person="who")
        seen = variety_beside_others(found, "me", 1000)
        # At their own depth these are the numbers of the shares among what has a name: 1/2, 1/2 and 5/6, 1/6.
        expected = [2.0, *[np.exp(entropy([5, 1]))] * (days - 1)]
        assert seen.own.to_list() == pytest.approx(expected)
        assert "nameless" in found.reference.samples
        shares = found.reference.to_frame().drop(columns=[UNNAMED], index="nameless")
        assert seen.others.to_numpy() == pytest.approx(np.exp(entropy(shares.to_numpy(), axis=1)))
        assert seen.standing.size == (seen.others < 2).mean() == 0
        # Of two days nothing is known of one's own pace, and nobody in the group came twice.
        assert np.isnan(seen.sd) if days == 2 else seen.sd == pytest.approx(np.log(expected).std(ddof=1))
    fewer = variety_beside_others(found, "me", 5)
    # Of three named reads of two groups one half each: all alike with 1/4, else two and one.
    assert fewer.own["me"] == pytest.approx(np.exp(0.75 * entropy([2, 1])), rel=0.01)


def test_where_people_of_the_group_came_again_their_days_are_those_that_count():
    people = group(24)
    again = people.to_frame() + 300
    both = pd.concat([people.to_frame(), again.set_axis([f"{name}-2" for name in again.index])])
    who = pd.DataFrame({"who": [*people.samples] * 2}, index=both.index)
    found = place(only(g0=500, g1=500), Study.from_frame(both, who), "me", person="who")
    seen = variety_beside_others(found, "me", 1000)
    assert (len(seen.others), seen.several) == (24, 24)
    # At 1,000 of 1,000 and of 2,800 reads the entropy of the shares is nearly met; two days differ by the root of 2 sd.
    days = entropy(both.to_numpy().reshape(2, 24, 6), axis=2)
    assert seen.sd == pytest.approx(np.sqrt((np.diff(days, axis=0) ** 2).mean() / 2), rel=0.05)

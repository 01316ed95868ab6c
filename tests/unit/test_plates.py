"""Plate layouts: the rules hold for whatever is asked, the score is what it says, and what does not fit is told."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats.contingency import association

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.example.people import example_samples
from handbook_utils.protocols.wells.balance import CONTENTS, SAMPLE, Features, broken_rules, totals
from handbook_utils.protocols.wells.plates import in_order, layout, plain_scores, randomised, score

COVARIATES = ("arm", "sex", "age_band", "centre", "time_point")
CONTROLS = ("blank", "mock", "ntc", "duplicate")


def positions(wells: pd.DataFrame) -> list[tuple[int, int]]:
    return [(ord(row) - ord("A"), column) for row, column in zip(wells["row"], wells["column"], strict=True)]


def touching(wells: pd.DataFrame) -> list[tuple[int, int]]:
    """Pairs of rows of ``wells`` (positions in it) that are neighbours on one plate, found the slow way."""
    at = list(zip(wells["plate"], positions(wells), strict=True))
    return [
        (one, other)
        for (one, (plate, a)), (other, (beside, b)) in itertools.combinations(enumerate(at), 2)
        if plate == beside and max(abs(a[0] - b[0]), abs(a[1] - b[1])) == 1
    ]


def hold_against_the_rules(made, samples, per_plate):
    wells = made.wells
    rows, columns = {96: (8, 12), 384: (16, 24)}[made.plate]
    assert len(wells) == made.plates * made.plate
    assert not wells.duplicated(["plate", "well"]).any()
    assert (wells["well"] == wells["row"] + wells["column"].astype(str)).all()
    # Every sample once, with what is known of it; every plate with its controls.
    placed = wells[wells["content"] == "sample"]
    assert sorted(placed["sample"]) == sorted(samples["sample"])
    known = samples.set_index("sample").loc[placed["sample"]]
    for name in ("participant", *made.covariates):
        assert (known[name].astype(str).to_numpy() == placed[name].astype(str).to_numpy()).all()
    for plate, there in wells.groupby("plate"):
        assert {kind: int((there["content"] == kind).sum()) for kind in CONTROLS} == per_plate, plate
    tubes = wells.loc[wells["content"] != "empty", "sample"]
    assert tubes.is_unique
    assert (tubes != "").all()
    # Duplicates repeat a sample of their own plate.
    repeats = wells[wells["content"] == "duplicate"].merge(placed, left_on="source", right_on="sample")
    assert (repeats["plate_x"] == repeats["plate_y"]).all()
    # A series on one plate, in wells that do not touch.
    assert (placed.groupby("participant")["plate"].nunique() == 1).all()
    filled = wells[wells["content"].isin(["sample", "duplicate"])].reset_index(drop=True)
    for _, series in filled.groupby("participant"):
        assert touching(series) == []
    # Controls that do not touch, in every quadrant no more than its share.
    controls = wells[wells["content"].isin(CONTROLS)]
    assert touching(controls) == []
    for _, there in controls.groupby("plate"):
        quadrants = pd.Series([(row >= rows // 2, column > columns // 2) for row, column in positions(there)])
        assert quadrants.value_counts().max() <= -(-len(there) // 4)
    assert made.score.broken == 0


@st.composite
def requests(draw):
    plate = draw(st.sampled_from([96, 96, 96, 384]))
    sizes = draw(st.lists(st.integers(1, 6), min_size=3, max_size=50))
    people = [f"P{number}" for number, size in enumerate(sizes) for _ in range(size)]
    generator = np.random.default_rng(draw(st.integers(0, 1000)))
    samples = pd.DataFrame(
        {
            "sample": [f"S{number}" for number in range(len(people))],
            "participant": people,
            "group": generator.choice(["a", "b", "c"], len(people)),
            "mass": generator.normal(70, 10, len(people)).round(1),
        }
    )
    samples.loc[0, "group"], samples.loc[1, "group"] = "a", "b"
    controls = {
        "blanks": draw(st.integers(2, 4)),
        "mocks": draw(st.integers(1, 2)),
        "ntc": draw(st.integers(0, 2)),
        "duplicates": draw(st.integers(0, 2)),
    }
    return samples, plate, controls, draw(st.integers(0, 2**31))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(requests())
def test_every_rule_holds_for_whatever_is_asked(asked):
    samples, plate, controls, seed = asked
    # Numbers that are few are categories, of which no more than half as many as rows can be balanced.
    covariates = ["group"] + (["mass"] if samples["mass"].nunique() > 8 else [])
    made = layout(samples, plate=plate, covariates=covariates, candidates=5, seed=seed, **controls)
    hold_against_the_rules(made, samples, dict(zip(CONTROLS, controls.values(), strict=True)))


@pytest.mark.parametrize("plate", [96, 384])
def test_the_example_study_keeps_the_rules(plate):
    samples = example_samples()
    made = layout(samples, plate=plate, covariates=COVARIATES, candidates=20, seed=3)
    assert made.plates == {96: 2, 384: 1}[plate]
    hold_against_the_rules(made, samples, {"blank": 2, "mock": 1, "ntc": 1, "duplicate": 1})


def test_long_series_on_a_full_plate_do_not_touch():
    samples = pd.DataFrame({"sample": [f"S{n}" for n in range(90)], "participant": [n // 15 for n in range(90)]})
    made = layout(samples, candidates=20, seed=1)
    assert made.plates == 1
    assert made.score.broken == 0


@pytest.mark.parametrize(("visits", "duplicates"), [(20, 1), (24, 0)])
def test_people_who_come_often_find_their_wells(visits, duplicates):
    rows = [(f"{who}-{visit}", who, f"T{visit}") for who in "ABCDEF" for visit in range(visits)]
    samples = pd.DataFrame(rows, columns=["sample", "participant", "time_point"])
    made = layout(samples, covariates=["time_point"], duplicates=duplicates, candidates=50, seed=1)
    hold_against_the_rules(made, samples, {"blank": 2, "mock": 1, "ntc": 1, "duplicate": duplicates})


def test_the_same_seed_gives_the_same_layout_and_another_gives_another():
    samples = example_samples()
    one, again, other = (layout(samples, covariates=COVARIATES, candidates=5, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one.wells, again.wells)
    assert one.id == again.id != other.id
    assert one.score.total == again.score.total


def test_the_order_of_the_covariates_columns_and_the_index_do_not_matter_to_the_rows():
    samples = example_samples().set_index(np.arange(180) + 2).rename_axis("line")
    made = layout(samples, covariates=COVARIATES, candidates=5, seed=1)
    assert made.id == layout(example_samples(), covariates=COVARIATES, candidates=5, seed=1).id


def test_balance_beats_plain_randomisation_whatever_the_seed():
    samples = example_samples()
    plain = plain_scores(samples, draws=500, covariates=COVARIATES, seed=1)
    for seed in range(5):
        ours = layout(samples, covariates=COVARIATES, candidates=5, seed=seed).score
        assert ours.total < plain["total"].min() / 2
        for part in ("plate", "row", "column", "neighbours"):
            assert getattr(ours, part) < plain[part].median()
    assert (plain[["split_series", "adjacent_series"]] > 0).all().all()


def test_plain_scores_are_the_scores_of_plain_layouts():
    samples = example_samples()
    found = randomised(samples, covariates=COVARIATES, seed=5).score
    first = plain_scores(samples, draws=1, covariates=COVARIATES, seed=5).iloc[0]
    assert first["total"] == pytest.approx(found.total)
    assert first[["split_series", "adjacent_series", "adjacent_controls", "crowded_controls"]].tolist() == [
        found.split_series,
        found.adjacent_series,
        found.adjacent_controls,
        found.crowded_controls,
    ]


def test_plates_as_they_were_filled_are_scored_again():
    made = layout(example_samples(), covariates=COVARIATES, candidates=5)
    wells = made.wells.copy()
    held = [name for name in wells.columns if name not in ("plate", "well", "row", "column")]
    series = wells.index[(wells["participant"] == wells.loc[wells["content"] == "sample", "participant"].iloc[0])]
    one, other = series[0], next(n for n in wells.index if wells.loc[n, "content"] == "blank")
    wells.loc[[one, other], held] = wells.loc[[other, one], held].to_numpy()
    again = score(wells, COVARIATES)
    assert again.total != made.score.total
    filled = wells[wells["content"] != "empty"]
    assert again.adjacent_controls == len(touching(filled[filled["content"].isin(CONTROLS)]))


@pytest.mark.parametrize("make", [randomised, in_order])
def test_broken_rules_are_counted(make):
    made = make(example_samples(), covariates=COVARIATES)
    filled = made.wells[made.wells["content"].isin(["sample", "duplicate"])].reset_index(drop=True)
    who = filled["participant"]
    assert made.score.adjacent_series == sum(who[a] == who[b] for a, b in touching(filled))
    controls = made.wells[made.wells["content"].isin(CONTROLS)]
    assert made.score.adjacent_controls == len(touching(controls))
    placed = filled[filled["content"] == "sample"]
    assert made.score.split_series == (filled.groupby("participant")["plate"].nunique() > 1).sum()
    assert len(placed) == 180


def test_shares_are_cramers_v_and_eta_squared_and_neighbours_are_morans_i():
    samples = example_samples(40).assign(mass=np.random.default_rng(1).normal(70, 9, 120).round(2))
    made = randomised(samples, covariates=["arm", "mass"], seed=4)
    wells = made.wells[made.wells["content"] == "sample"].reset_index(drop=True)
    found = made.score.by_covariate
    groups = {
        "plate": wells["plate"].astype(str),
        "row": wells["plate"].astype(str) + wells["row"],
        "column": wells["plate"].astype(str) + "-" + wells["column"].astype(str),
    }
    mass = wells["mass"].astype(float)
    for part, group in groups.items():
        cramer = association(pd.crosstab(wells["arm"], group).to_numpy(), method="cramer")
        assert found.loc["arm", part] == pytest.approx(cramer**2, abs=1e-12)
        between = ((mass.groupby(group).transform("mean") - mass.mean()) ** 2).sum()
        assert found.loc["mass", part] == pytest.approx(between / ((mass - mass.mean()) ** 2).sum(), abs=1e-12)
    pairs = touching(wells)
    away = mass - mass.mean()
    moran = np.mean([away[a] * away[b] for a, b in pairs]) / (away**2).mean()
    assert found.loc["mass", "neighbours"] == pytest.approx(moran, abs=1e-12)
    assert made.score.total == pytest.approx(found.abs().to_numpy().mean())


def test_a_file_in_order_of_participants_is_far_from_balanced():
    wrong = in_order(example_samples().sort_values(["arm", "participant"]), covariates=COVARIATES)
    right = layout(example_samples(), covariates=COVARIATES, candidates=5)
    assert wrong.score.by_covariate.loc["arm", "plate"] > 0.3
    assert right.score.by_covariate.loc["arm", "plate"] < 0.01
    assert wrong.score.adjacent_controls > 0
    assert wrong.score.crowded_controls > 0


# ---------------------------------------------------------------------- what does not fit


def told(error, **wanted):
    with pytest.raises(error) as caught:
        layout(**({"samples": example_samples()} | wanted))
    return str(caught.value)


def test_too_few_plates_says_how_many_wells_are_needed_and_found():
    message = told(InputError, plates=1)
    assert "2 plates or more" in message
    assert "180 samples" in message
    assert "1 x (96 wells - 5 controls) = 91 wells" in message


def test_series_that_are_kept_whole_may_need_a_plate_more():
    samples = pd.DataFrame({"sample": range(180), "participant": [n // 12 for n in range(180)]})
    assert "3 plates or more; 2 would do if series were split" in told(InputError, samples=samples, plates=2)
    assert layout(samples, candidates=20).plates == 3


def test_more_plates_than_participants():
    assert "at most 60" in told(InputError, plates=61)


def test_a_series_too_long_for_a_plate():
    samples = pd.DataFrame({"sample": range(30), "participant": ["P1"] * 25 + list("ABCDE")})
    message = told(InputError, samples=samples)
    assert "at most 24 samples of one participant" in message
    assert "25 samples" in message
    assert layout(samples, plate=384, candidates=5).score.broken == 0


def test_a_rule_that_no_arrangement_keeps_is_told():
    # Four series of 22 fit apart on an empty plate, but not around scattered controls.
    samples = pd.DataFrame({"sample": range(88), "participant": [n % 4 for n in range(88)]})
    message = told(InputError, samples=samples, candidates=1, covariates=[])
    assert "broken rules in the best of 1 arrangements" in message
    assert "at most 24 fit" in message


def test_a_series_that_fills_every_second_well_leaves_none_for_its_duplicate():
    samples = pd.DataFrame({"sample": range(48), "participant": [n % 2 for n in range(48)]})
    assert "Ask for plates of 384 wells, or for no duplicates" in told(InputError, samples=samples, covariates=[])


def test_more_duplicates_than_samples():
    samples = pd.DataFrame({"sample": ["a", "b"], "participant": ["P", "Q"]})
    assert "at most 2" in told(InputError, samples=samples, duplicates=3)
    assert layout(samples, duplicates=2, candidates=5).score.broken == 0


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"plate": 48}, "96 or 384"),
        ({"blanks": 1}, "too few blanks"),
        ({"mocks": 0}, "too few mocks"),
        ({"ntc": -1}, "too few ntc"),
        ({"candidates": 0}, "Candidates cannot be so small"),
        ({"seed": -1}, "Seed cannot be so small"),
        ({"plates": 0}, "There must be a plate"),
        ({"blanks": 30}, "at most 24 on a plate of 96"),
        ({"covariates": ["sxe"]}, "Did you mean 'sex'?"),
        ({"participant": "person"}, "There is no column 'person'"),
        ({"covariates": ["sex", "sex"]}, "named twice"),
        ({"covariates": ["participant"]}, "cannot be balanced"),
    ],
)
def test_a_request_that_cannot_be(wanted, message):
    assert message in told(InputError, **wanted)


def test_everything_that_is_wrong_is_told_at_once():
    samples = example_samples().assign(same="x", note=[f"n{n}" for n in range(180)])
    samples.loc[5, "sample"] = samples.loc[4, "sample"]
    samples.loc[[7, 8], "participant"] = ["", None]
    samples.loc[9, "sample"] = " "
    message = told(InputErrors, samples=samples, covariates=["same", "note", "armm"], blanks=0)
    for part in (
        "too few blanks",
        "row 5, 6",
        "2 rows have no participant",
        "row 8, 9",
        "1 rows have no sample id",
        "'same' has the same value in every row",
        "'note' has so many different values",
        "Did you mean 'arm'?",
    ):
        assert part in message


def test_ids_that_controls_will_have_are_refused():
    samples = example_samples()
    samples.loc[0, "sample"] = "BLANK-1-1"
    assert "Samples have ids that controls will have" in told(InputError, samples=samples)


def test_missing_values_of_covariates_are_no_hindrance():
    samples = example_samples().assign(mass=np.linspace(50, 90, 180))
    samples.loc[3, "sex"] = None
    samples.loc[4, "mass"] = np.nan
    found = layout(samples, covariates=["sex", "mass"], candidates=5).score
    assert np.isfinite(found.by_covariate.to_numpy()).all()
    assert found.broken == 0


def test_samples_without_participants_are_each_their_own():
    samples = example_samples().drop(columns="participant")
    made = layout(samples, participant="", candidates=5)
    assert made.score.broken == 0
    assert made.wells.loc[made.wells["content"] == "sample", "participant"].is_unique


def test_no_exchange_of_two_wells_would_help_any_more():
    samples = example_samples(10).assign(mass=np.random.default_rng(2).normal(70, 9, 30).round(2))
    made = layout(samples, covariates=["arm", "mass"], candidates=5, seed=1)
    where = samples.reset_index(drop=True).reset_index().set_index("sample")["index"]
    content = np.zeros((1, 8, 12), dtype=int)
    source = np.full((1, 8, 12), -1)
    for well in made.wells.itertuples():
        at = (0, ord(well.row) - ord("A"), well.column - 1)
        content[at] = CONTENTS.index(well.content)
        source[at] = where.get(well.source, -1)
    features = Features.of_samples(samples, ["arm", "mass"])
    person = pd.factorize(samples["participant"])[0]

    def cost(grid):
        return totals(features.parts(np.where(content == SAMPLE, grid, -1))) + broken_rules(content, grid, person).sum()

    now = cost(source)
    assert now == pytest.approx(made.score.total)
    for one, other in itertools.combinations(np.flatnonzero(content == SAMPLE), 2):
        exchanged = source.copy()
        exchanged.flat[[one, other]] = exchanged.flat[[other, one]]
        assert cost(exchanged) > now - 1e-8

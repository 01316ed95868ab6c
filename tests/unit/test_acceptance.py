"""The controls of a run: known deviations, known leakage found again, and verdicts that follow their limits."""

import numpy as np
import pandas as pd
import pytest

from handbook_utils import datasets
from handbook_utils.analysis.controls.crosstalk import hopping, leakage
from handbook_utils.analysis.controls.mock import mock_deviation, mock_of
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.sequencing.acceptance import Limits, duplicate_distances, judge_plate
from handbook_utils.protocols.sequencing.example import (
    MOCK,
    example_concentrations,
    example_counts,
    example_mock,
    example_wells,
)
from handbook_utils.protocols.sequencing.inputs import accept_the_run, read_counts, read_mock, read_wells
from handbook_utils.protocols.sequencing.run_verdict import RunVerdict

WELLS = read_wells("")
EXPECTED = read_mock("")
OWN = list(EXPECTED.index)


def plate(table: pd.DataFrame, number: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    part = WELLS[WELLS["plate"] == number]
    return table.loc[part.index], part


def simulated(seed: int, leak: float) -> pd.DataFrame:
    return example_counts(example_wells(), seed=seed, leakage={1: leak, 2: 0.0}).T.reindex(WELLS.index)


def test_stored_files_are_what_the_generators_make():
    made = {
        "concentrations.csv": example_concentrations(example_wells()).to_csv(index=False),
        "counts.csv": example_counts(example_wells()).to_csv(),
        "mock.csv": example_mock().to_csv(index=False),
    }
    for file, text in made.items():
        assert datasets.path("example-study", file).read_text(encoding="utf-8") == text
    pd.testing.assert_frame_equal(
        read_counts(str(datasets.path("example-study", "counts.csv")), WELLS), read_counts("", WELLS), check_names=False
    )


def test_the_default_mock_follows_from_equal_genomic_dna():
    # Operons over genome size; the maker's percentages, and they add up to 100.
    assert sum(MOCK.values()) == pytest.approx(100)
    assert EXPECTED.sum() == pytest.approx(1)
    # The same mixture as data/mocks has it.
    pd.testing.assert_series_equal(EXPECTED, mock_of("D6300").expected, check_names=False)


def test_deviation_of_a_mock_by_hand():
    expected = pd.Series({"a": 0.5, "b": 0.3, "c": 0.2})
    perfect = mock_deviation(pd.Series({"a": 500, "b": 300, "c": 200}), expected)
    assert perfect["deviation"] == pytest.approx(0)
    assert perfect["foreign"] == pytest.approx(0)
    # 0.6, 0.3, 0.1 of the mock's own: off by 20, 0 and 50 %.
    off = mock_deviation(pd.Series({"a": 600, "b": 300, "c": 100, "gut": 250}), expected)
    assert off["deviation"] == pytest.approx(70 / 3)
    assert off["largest"] == pytest.approx(50)
    assert off["foreign"] == pytest.approx(20)
    empty = mock_deviation(pd.Series({"gut": 5}), expected)
    assert empty["deviation"] == 100
    assert empty["missing"] == 3
    logs = np.log([1.2, 1.0, 0.5])
    apart = mock_deviation(pd.Series({"a": 6000, "b": 3000, "c": 1000}), expected)["aitchison"]
    assert apart == pytest.approx(np.linalg.norm(logs - logs.mean()), abs=1e-3)


@pytest.mark.parametrize("truth", [0.003, 0.01, 0.03])
@pytest.mark.parametrize("seed", [1, 2])
def test_known_leakage_is_found_again(truth, seed):
    table, part = plate(simulated(seed, truth), 1)
    found = leakage(table, part, OWN, permutations=199)
    assert found.p <= 0.01
    assert found.near > 5 * found.far
    assert found.rates.median() == pytest.approx(truth, rel=0.2)


def test_without_leakage_the_test_keeps_its_level():
    p = [
        leakage(*plate(simulated(seed, 0.0), number), OWN, permutations=99).p for seed in range(15) for number in (1, 2)
    ]
    assert np.mean(np.array(p) <= 0.05) <= 0.2  # 30 plates: more than 6 has a chance below 0.1 %
    assert np.mean(p) > 0.3


def test_a_seed_decides_the_test():
    table, part = plate(simulated(1, 0.001), 1)
    assert leakage(table, part, OWN, seed=3).p == leakage(table, part, OWN, seed=3).p


def test_a_plate_without_controls_cannot_be_judged():
    table, part = plate(read_counts("", WELLS), 2)
    alone = part[part["content"] == "sample"]
    found = leakage(table.loc[alone.index], alone, OWN)
    assert np.isnan(found.p)
    verdict, lines = judge_plate(table.loc[alone.index], alone, EXPECTED, Limits(), found)
    assert verdict == "reject"
    assert lines["reason"].str.contains("nothing to judge by").sum() == 3


def test_verdicts_follow_the_limits():
    table = read_counts("", WELLS)
    verdicts = {}
    for number in (1, 2):
        here, part = plate(table, number)
        verdicts[number] = judge_plate(here, part, EXPECTED, Limits(), leakage(here, part, OWN))
    assert [verdicts[number][0] for number in (1, 2)] == ["reject", "accept"]
    reasons = verdicts[1][1]["reason"]
    assert reasons["leakage from neighbours (%)"].startswith("leakage from neighbours (%): 0.9")
    here, part = plate(table, 2)
    leaks = leakage(here, part, OWN)
    for limits, worst in (
        (Limits(mock_percent=3.0), "flag"),
        (Limits(mock_percent=1.0), "reject"),
        (Limits(duplicate=0.08), "flag"),
        (Limits(depth=100_000), "reject"),
        (Limits(blank_reads=50), "flag"),
        (Limits(blank_reads=50, reject=1.0), "reject"),
    ):
        verdict, lines = judge_plate(here, part, EXPECTED, limits, leaks)
        assert verdict == worst, limits
        assert (lines["verdict"] != "accept").sum() >= 1


def test_an_empty_duplicate_is_as_far_as_can_be():
    table, part = plate(read_counts("", WELLS), 2)
    name = part.index[part["content"] == "duplicate"][0]
    table = table.copy()
    table.loc[name] = 0
    assert duplicate_distances(table, part).loc[name, "distance"] == 1.0


def test_hopping_is_bounded():
    table = read_counts("", WELLS)
    clean = hopping(table, WELLS, OWN)
    assert clean["reads"] == 0
    assert clean["high"] > 0
    generator = np.random.default_rng(1)
    hopped = table.copy()
    rate = 1e-4
    mocks = WELLS.index[WELLS["content"] == "mock"]
    hopped[OWN] += generator.poisson(rate * table.loc[mocks, OWN].sum().to_numpy(), size=(len(table), len(OWN)))
    found = hopping(hopped, WELLS, OWN)
    assert found["rate"] == pytest.approx(rate, rel=0.2)
    assert found["high"] > found["rate"]


def test_files_of_a_reader(tmp_path):
    wells, counts, lot = tmp_path / "wells.csv", tmp_path / "counts.csv", tmp_path / "lot.csv"
    example_wells().to_csv(wells, index=False)
    example_counts(example_wells()).to_csv(counts)
    lines = "taxon;percent;note\n" + "".join(f"{name};{share:.2f};Größe\n" for name, share in MOCK.items()).replace(
        ".", ","
    )
    lot.write_bytes(lines.encode("cp1252"))
    given = {"wells": str(wells), "counts": str(counts), "mock": str(lot)}
    accept_the_run(given)
    pd.testing.assert_series_equal(read_mock(str(lot)), EXPECTED, check_names=False, check_index_type=False)
    with pytest.raises(InputError, match="belong together"):
        accept_the_run(given | {"wells": ""})


def test_all_mistakes_at_once(tmp_path):
    wells, counts, lot = tmp_path / "wells.csv", tmp_path / "counts.csv", tmp_path / "lot.csv"
    example_wells().to_csv(wells, index=False)
    table = example_counts(example_wells())
    table.rename(columns={table.columns[0]: "9-A1"}).to_csv(counts)
    with pytest.raises(InputErrors) as found:
        read_counts(str(counts), read_wells(str(wells)))
    assert "Wells have no counts" in str(found.value)
    assert "9-A1" in str(found.value)
    table.drop(index=OWN).to_csv(counts)
    with pytest.raises(InputErrors, match="No taxon of the mock"):
        accept_the_run({"wells": str(wells), "counts": str(counts), "mock": ""})
    lot.write_text("taxon,percent\na,50\na,none\n", encoding="utf-8")
    with pytest.raises(InputErrors) as found:
        read_mock(str(lot))
    assert len(found.value.errors) == 2
    lot.write_text("taxon,percent\na,50\nb,20\n", encoding="utf-8")
    with pytest.raises(InputErrors, match="add up to 100"):
        read_mock(str(lot))


def test_a_run_is_gathered_plate_by_plate_and_its_answer_counts_every_plate():
    table = read_counts("", WELLS)
    run = RunVerdict(WELLS, table, EXPECTED, Limits(), 99, 1)
    assert list(run.by_plate) == [1, 2]
    assert sum(run.counts.values()) == 2
    assert run.verdicts["verdict"].to_dict() == {number: verdict for number, (verdict, _) in run.judged.items()}
    assert f"{run.counts['accept']} are accepted" in run.answer["found"]
    told = " ".join(run.answer["rests_on"])
    assert f"{len(WELLS)} wells" in told
    assert all(f"Plate {number}, {one}" in told for number, one in run.verdicts["verdict"].items() if one != "accept")
    assert run.mock_shares.drop(columns="expected").sum().to_numpy() == pytest.approx(100)


def test_a_plate_whose_leakage_cannot_be_looked_for_is_told():
    alone = WELLS[WELLS["content"] != "blank"].query("content != 'mock'")
    run = RunVerdict(alone, read_counts("", WELLS).loc[alone.index], EXPECTED, Limits(), 99, 1)
    assert [text.split(":")[0] for text in run.answer["left_out"]] == ["Leakage on plate 1", "Leakage on plate 2"]
    assert run.counts == {"accept": 0, "flag": 0, "reject": 2}


def test_swapped_labels_of_a_blank_are_noticed():
    run = RunVerdict(WELLS, read_counts("", WELLS), EXPECTED, Limits(), 99, 1).with_swapped_labels()
    assert all(lines["reason"].str.startswith("blank").any() for _, lines in run.judged.values())


def few_wells(**content: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Wells of one plate by place, such as ``C5="mock"``; of two features, the first is the mock's."""
    rows = [
        {"plate": 1, "row": place[0], "column": int(place[1:]), "content": what.partition(" ")[0]}
        | {"sample": what.partition(" ")[2] or place, "source": what.partition(" ")[2]}
        for place, what in content.items()
    ]
    wells = pd.DataFrame(rows, index=list(content))
    return pd.DataFrame({"m": 0.0, "other": 0.0}, index=wells.index), wells


def test_wells_that_touch_a_mock_say_nothing_of_hopping_and_all_others_do():
    beside = {place: f"sample {place}" for place in ("B4", "B5", "B6", "C4", "C6", "D4", "D5", "D6")}
    away = {place: f"sample {place}" for place in ("A5", "E5", "C3", "C7", "A3")}
    table, wells = few_wells(C5="mock", **beside, **away)
    table.loc["C5", "m"] = 1000.0
    table.loc[list(beside), "m"] = 50.0
    assert hopping(table, wells, ["m"])["reads"] == 0
    for place in away:
        one = table.copy()
        one.loc[place, "m"] = 3.0
        found = hopping(one, wells, ["m"])
        assert found["reads"] == 3
        assert found["rate"] == pytest.approx(3 / (1000 * len(away)))


def test_the_distance_of_a_duplicate_to_others_leaves_its_own_sample_out():
    table, wells = few_wells(A1="sample p", A2="sample q", A3="sample r", A4="duplicate p", A5="sample s")
    table.loc["A1"], table.loc["A2"], table.loc["A3"], table.loc["A4"] = [10, 0], [6, 4], [2, 8], [10, 0]
    table.loc["A5"] = [9, 1]
    found = duplicate_distances(table, wells).loc["A4"]
    assert found["distance"] == 0
    assert found["others"] == pytest.approx(0.4)  # the middle one of 0.1, 0.4 and 0.8, and not their mean


def test_a_duplicate_is_held_against_the_samples_of_its_own_plate():
    table, wells = few_wells(A1="sample p", A2="sample q", A3="duplicate p", B1="sample r", B2="sample s")
    table.loc["A1"], table.loc["A2"], table.loc["A3"] = [10, 0], [8, 2], [10, 0]
    table.loc[["B1", "B2"]] = [0, 10]
    assert duplicate_distances(table, wells).loc["A3", "others"] == pytest.approx(1.0)
    wells.loc[["B1", "B2"], "plate"] = 2
    assert duplicate_distances(table, wells).loc["A3", "others"] == pytest.approx(0.2)


def test_a_mock_touches_no_well_of_another_plate():
    table, wells = few_wells(C5="mock", C6="sample p", C4="sample q")
    table.loc["C5", "m"], table.loc["C6", "m"] = 1000.0, 3.0
    assert hopping(table, wells, ["m"])["reads"] == 0
    wells.loc["C6", "plate"] = 2
    found = hopping(table, wells, ["m"])
    assert found["reads"] == 3
    assert found["rate"] == pytest.approx(3 / 1000)
    # An exact upper limit of a Poisson number: of 3 it is 8.767 (Ulm 1990, American Journal of Epidemiology 131:373).
    assert found["high"] == pytest.approx(8.767 / 1000, rel=1e-4)


def test_of_leakage_the_order_that_was_seen_counts_as_one():
    """A blank beside the one sample that it holds: no order of wells gives more, and only the same gives as much."""
    names = {f"A{place}": f"sample s{place}" for place in range(2, 8)}
    _, wells = few_wells(A1="blank", **names)
    kinds = [f"f{place}" for place in range(2, 8)]
    table = pd.DataFrame(np.vstack([np.zeros(6), 100 * np.eye(6)]), index=wells.index, columns=kinds)
    table.loc["A1", "f2"] = 10.0
    found = leakage(table, wells, permutations=199, seed=1)
    assert found.attributed["A2"] == pytest.approx(10)
    assert found.near == pytest.approx(10)
    assert found.far == pytest.approx(0)
    assert found.rates["A1"] == pytest.approx(0.1)
    # The sample beside it stays there in one order of six.
    assert found.p == pytest.approx(1 / 6, abs=3 * np.sqrt(5 / 36 / 199))
    assert found.p * 200 == pytest.approx(round(found.p * 200))
    assert leakage(table, wells, permutations=0, seed=1).p == 1.0


@pytest.mark.parametrize("control", ["mock", "blank"])
def test_what_a_mock_has_by_itself_is_not_looked_at_in_mocks_though_samples_have_it(control):
    """A tenth of each neighbour reached A1, which as a mock has a thousand of a taxon that its neighbour has, too."""
    _, wells = few_wells(A1=control, A2="sample p", B2="sample q", A5="sample r", A6="sample s")
    kinds = ["m", "p", "q", "r", "s"]
    held = [[100, 100, 0, 0, 0], [0, 0, 300, 0, 0], [50, 0, 0, 200, 0], [0, 0, 0, 0, 400]]
    own = [1000 if control == "mock" else 10, 10, 30, 0, 0]
    table = pd.DataFrame([own, *held], index=wells.index, columns=kinds, dtype=float)
    found = leakage(table, wells, ["m"], permutations=0)
    assert found.attributed.to_dict() == pytest.approx({"A2": 20, "B2": 30, "A5": 0, "A6": 0}, abs=1e-9)
    assert found.rates["A1"] == pytest.approx(0.1)
    assert (found.near, found.far) == pytest.approx((25, 0), abs=1e-9)


def test_controls_weigh_large_counts_less_and_are_no_sources():
    """Two features of one source, of which 0 and 99 arrived: weights of 1 and 1/100 of their squares, by hand."""
    _, wells = few_wells(A1="blank", A2="sample p", A4="sample q", A3="mock", B1="ntc")
    table = pd.DataFrame(0.0, index=wells.index, columns=["x", "y", "z"])
    table.loc["A2", ["x", "y"]], table.loc["A4", "z"], table.loc["A1", "y"] = 100.0, 50.0, 99.0
    table.loc[["A3", "B1"], "x"] = 77.0
    found = leakage(table, wells, ["x"], permutations=0)
    assert list(found.attributed.index) == ["A2", "A4"]
    # (100 · 0 / 1 + 100 · 99 / 100) / (100² / 1 + 100² / 100) of its 200 reads; of the mock x is its own.
    assert found.attributed["A2"] == pytest.approx(200 * 99 / (10_000 + 100))
    assert found.far == pytest.approx(0, abs=1e-9)
    assert set(found.rates.index) == {"A1", "A3"}


@pytest.mark.parametrize("samples", [("A5", "A6"), ("A2", "B1")])
def test_where_all_wells_are_near_or_none_is_nothing_can_be_compared(samples):
    table, wells = few_wells(A1="blank", **{place: f"sample {place}" for place in samples})
    table["other"] = [5.0, 100.0, 100.0]
    found = leakage(table, wells, permutations=9)
    assert np.isnan([found.near, found.far, found.p]).all()
    assert list(found.attributed.index) == list(samples)

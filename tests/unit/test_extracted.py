"""Plates over several months: what was extracted stays where it is, and what came since goes on plates after it."""

import numpy as np
import pandas as pd
import pytest

from handbook_utils.errors import InputErrors
from handbook_utils.protocols.ledger import Event, Ledger, status
from handbook_utils.protocols.people.codes import draw_codes
from handbook_utils.protocols.progress import extracted, placed, sequenced, shared
from handbook_utils.protocols.sequencing.inputs import counted_plates, measured_plates, read_wells, with_unmeasured
from handbook_utils.protocols.wells.extracted import extracted_wells, laid_out, still_to_extract, varying

COVARIATES = ["arm", "visit"]
CONTROLS = {"blanks": 2, "mocks": 1, "ntc": 1, "duplicates": 1}
WANTED = {**CONTROLS, "covariates": COVARIATES, "plate": 96, "candidates": 3, "seed": 4}


def study(people: int, visits: int, portions: int = 1) -> pd.DataFrame:
    """Tubes of a study: of every visit one or more portions; a tube's number goes on from visit to visit."""
    rows = [
        (f"{code}-{number + 1}", code, ("fibre", "usual")[place % 2], f"T{number // portions}")
        for place, code in enumerate(draw_codes(people, seed=3))
        for number in range(visits * portions)
    ]
    return pd.DataFrame(rows, columns=["sample", "participant", "arm", "visit"])


def measured(layout, ledger: Ledger) -> None:
    """Extract and measure what is laid out."""
    used = layout.wells[layout.wells["content"] != "empty"]
    used = used.assign(plate=used["plate"].astype(int))
    used.index = used["plate"].astype(str) + "-" + used["well"]
    ledger.append(placed(layout.wells, layout.id, ledger), step="extract-and-plate")
    ledger.append(extracted(used, pd.Series(12.5, used.index, name="dna_ng_per_ul"), "run-1"), step="sequence")


def test_twelve_visits_and_twenty_four_samples_a_person_over_plates_of_many_months(tmp_path):
    tubes = study(8, visits=12, portions=2)
    assert tubes.groupby("participant").size().eq(24).all()
    ledger, path = Ledger(tmp_path / "ledger.sqlite"), str(tmp_path / "ledger.sqlite")
    labels = [(row.sample, {"participant": row.participant, "time_point": row.visit}) for row in tubes.itertuples()]
    ledger.append([Event("label", tube, detail) for tube, detail in labels], step="assign-codes-and-labels")
    known: dict[str, tuple[int, str]] = {}
    for month in range(0, 12, 3):  # a plate or two every three visits
        there = tubes[tubes["visit"].isin([f"T{number}" for number in range(month + 3)])].reset_index(drop=True)
        before = extracted_wells(path)
        assert set(still_to_extract(there, before)["sample"]) == set(there["sample"]) - set(known)
        made = laid_out(there, before, tubes, **WANTED)
        wells = made.wells
        samples = wells[wells["content"] == "sample"].set_index("sample")
        assert set(samples.index) == set(there["sample"])
        now = {name: (int(row["plate"]), row["well"]) for name, row in samples.iterrows()}
        assert {name: now[name] for name in known} == known, "no tube that was extracted moved"
        assert wells.loc[wells["content"] != "empty", "sample"].is_unique
        controls = wells["content"].isin(["blank", "mock", "ntc"])
        assert (wells[controls].groupby("plate").size() == 4).all()
        assert list(wells.groupby("plate").size().unique()) == [96]
        assert [name.rpartition("-")[0] for name in samples.index] == list(samples["participant"])
        known = now
        measured(made, ledger)
    where = status(ledger)
    assert set(where["state"]) == {"pooled"}
    assert len(where) == 192
    assert {name: (int(row["plate"]), row["well"]) for name, row in where.iterrows()} == known
    again = laid_out(tubes, extracted_wells(path), tubes, **WANTED)
    assert {row.sample: (row.plate, row.well) for row in again.wells.query("content == 'sample'").itertuples()} == known


def test_one_visit_has_nothing_to_balance_it_by_and_is_laid_out_all_the_same(tmp_path):
    tubes = study(10, visits=1)
    assert varying(tubes, COVARIATES) == ["arm"]
    made = laid_out(tubes, extracted_wells(""), tubes, **WANTED)
    assert made.covariates == ("arm",)


def test_a_layout_that_was_not_extracted_is_drawn_anew_and_the_ledger_follows(tmp_path):
    tubes = study(6, visits=2)
    first = tubes[tubes["visit"] == "T0"].reset_index(drop=True)
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ledger.append([Event("label", name, {"participant": name[:6]}) for name in tubes["sample"]], step="s")
    made = laid_out(first, extracted_wells(str(ledger.path)), tubes, **WANTED)
    ledger.append(placed(made.wells, made.id, ledger), step="s")
    gone = first["sample"].iloc[0]
    fewer = laid_out(tubes[tubes["sample"] != gone].reset_index(drop=True), extracted_wells(""), tubes, **WANTED)
    ledger.append(placed(fewer.wells, fewer.id, ledger), step="s")
    where = status(ledger)
    assert (where.loc[gone, "state"], where.loc[gone, "plate"]) == ("taken off the plates", "")
    at = fewer.wells.query("content == 'sample'").set_index("sample")
    assert [where.loc[name, "well"] for name in at.index] == list(at["well"])


def test_a_well_that_was_extracted_never_holds_another_tube(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ledger.append([Event("well", "1-A1", {"content": "sample", "sample": "A", "source": "A"})], step="s")
    with pytest.raises(InputErrors, match="means something else"):
        ledger.append([Event("well", "1-A1", {"content": "sample", "sample": "B", "source": "B"})], step="s")


def test_run_and_archive_are_remembered_and_a_tube_rejected_afterwards_says_so(tmp_path):
    wells = read_wells("")
    ledger = Ledger(tmp_path / "ledger.sqlite")
    tubes = list(wells.loc[wells["content"] == "sample", "sample"])
    ledger.append([Event("label", name, {"participant": name[:-2], "time_point": "T0"}) for name in tubes], step="s")
    reads = pd.Series(np.arange(len(wells)) + 100, wells.index)
    ledger.append(sequenced(wells, reads, pd.Series({1: "accept", 2: "flag"})), step="s")
    assert set(status(ledger)["state"]) == {"sequenced"}
    assert set(status(ledger)["detail"]) == {"plate 1: accept", "plate 2: flag"}
    leaves = [*tubes[:5], "BLANK-1-1"]
    assert ledger.append(shared(leaves, ledger, repository="ENA", access="controlled"), step="s") == 5
    ledger.append([Event("judged", tubes[0], {"verdict": "reject", "reason": "F2 failed"})], step="s")
    where = status(ledger)
    assert (where.loc[tubes[0], "state"], where.loc[tubes[0], "detail"]) == ("shared", "rejected since: F2 failed")
    assert where["state"].value_counts().to_dict() == {"sequenced": len(tubes) - 5, "shared": 5}


def test_plates_that_are_not_measured_or_sequenced_yet_wait_and_are_told(tmp_path):
    wells = read_wells("")
    one = wells[wells["plate"] == 1]
    path = tmp_path / "concentrations.csv"
    one.assign(dna_ng_per_ul=9.5)[["plate", "well", "dna_ng_per_ul"]].to_csv(path, index=False)
    used = measured_plates(str(path), wells)
    assert set(used["plate"]) == {1}
    assert with_unmeasured({"left_out": []}, wells, used, "measured")["left_out"] == [
        "1 plate(s) that were not measured yet: 2."
    ]
    assert with_unmeasured({"found": "x"}, wells, wells, "measured") == {"found": "x"}
    counts = tmp_path / "counts.csv"
    pd.DataFrame(5, index=one.index, columns=["g__A", "g__B"]).to_csv(counts)
    assert set(counted_plates(str(counts), wells)["plate"]) == {1}
    assert len(measured_plates("", wells)) == len(counted_plates("", wells)) == len(wells)

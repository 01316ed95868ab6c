"""Extraction: only what was received goes on a plate, everything is named, and the sheets say what the layout says."""

import io
from pathlib import Path

import pytest
from pypdf import PdfReader

from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.example.cold import example_verdicts
from handbook_utils.protocols.example.people import example_samples
from handbook_utils.protocols.people.codes import draw_codes
from handbook_utils.protocols.wells.batches import batch_pdf, batches, extract_and_plate, read_step, received, steps
from handbook_utils.protocols.wells.extraction import Extraction, bead_sizes, choices_wrong
from handbook_utils.protocols.wells.losses import fates, fates_figure
from handbook_utils.protocols.wells.plates import layout

TUBES = example_samples()
VERDICTS = example_verdicts(TUBES)
STRANGER = draw_codes(1, seed=99)[0] + "-1"
WAY = Extraction("Kit of one lot", "kit", "0.1 + 3", 200)
MADE = layout(received(TUBES, VERDICTS), covariates=["arm"], candidates=1)


@pytest.fixture
def files(tmp_path):
    TUBES.to_csv(tmp_path / "tubes.csv", index=False)
    VERDICTS.to_csv(tmp_path / "verdicts.csv", index=False)
    return {"tubes": str(tmp_path / "tubes.csv"), "verdicts": str(tmp_path / "verdicts.csv"), "bench": ""} | {
        "kit": "Kit", "protocol": "kit", "bead_mm": "0.1", "sample_mg": 200.0, "covariates": ["arm", "sex"],
        "plate": 96, "blanks": 2, "mocks": 1, "ntc": 1, "duplicates": 1, "candidates": 1, "seed": 1,
    }  # fmt: skip


def errors_of(parameters) -> list[str]:
    with pytest.raises((InputError, InputErrors)) as found:
        extract_and_plate(parameters)
    return [str(error) for error in getattr(found.value, "errors", [found.value])]


def test_received_and_not_rejected_goes_on_and_nothing_else(files):
    there = read_step(files["tubes"], files["verdicts"])
    out = set(VERDICTS.loc[VERDICTS["verdict"].isin(["reject", "missing"]), "tube"])
    assert len(there) == len(TUBES) - len(out) == 171
    assert not out & set(there["sample"])
    assert list(there.columns) == [*TUBES.columns, "verdict", "reasons"]
    assert set(there["verdict"]) == {"accept", "flag"}
    assert there.loc[there["verdict"] == "flag", "reasons"].ne("").all()
    assert set(MADE.wells.loc[MADE.wells["content"] == "sample", "sample"]) == set(there["sample"])
    extract_and_plate(files)


def test_the_example_study_needs_no_files_and_no_names():
    asked = Catalogue.read(handbook_root()).get("protocols/extract-and-plate")
    extract_and_plate(asked.defaults | {"candidates": 1})
    assert len(read_step("", "")) == 171


def test_what_does_not_agree_is_told_at_once(files, tmp_path):
    verdicts = VERDICTS.astype({"tube": str})
    verdicts.loc[3, "tube"] = STRANGER
    verdicts.to_csv(files["verdicts"], index=False)
    rejected, missing = (VERDICTS.loc[VERDICTS["verdict"] == name, "tube"].iloc[0] for name in ("reject", "missing"))
    bench = tmp_path / "bench.csv"
    bench.write_text(f"tube,time\n{TUBES['sample'][0]},9:00\n{rejected},\n{missing},\n{STRANGER},\n", encoding="utf-8")
    found = errors_of(files | {"bench": str(bench), "kit": "", "bead_mm": "100", "sample_mg": 0.0})
    text = "\n".join(found)
    assert len(found) == 8
    for said in (
        "The extraction kit is not named",
        "Is this in micrometres?",
        "The amount of stool is not said",
        f"Tube {STRANGER} was never given out",
        "verdicts.csv, line 5",
        "1 tubes have no verdict",
        f"Tube {rejected} is on the bench, and was rejected",
        f"Tube {missing} is on the bench, and was never received",
        "the scans at the bench, line 5",
    ):
        assert said in text


def test_tubes_that_occur_twice_and_words_that_are_no_verdict(files, tmp_path):
    tube = TUBES["sample"][0]
    with Path(files["tubes"]).open("a", encoding="utf-8") as more:
        more.write(",".join(map(str, TUBES.iloc[0])) + "\n")
    bench = tmp_path / "bench.csv"
    bench.write_text(f"tube;time\n{tube};09:00\n{tube.lower()};09:01\n", encoding="cp1252")
    VERDICTS.assign(verdict=["fine", *VERDICTS["verdict"][1:]]).to_csv(files["verdicts"], index=False)
    found = errors_of(files | {"bench": str(bench)})
    assert len(found) == 3
    assert sum(f"Tube {tube} occurs twice" in one for one in found) == 2
    assert any("This is no verdict" in one and "line 2" in one for one in found)


def test_tubes_that_are_not_on_the_bench_stay_out(files, tmp_path):
    few = read_step(files["tubes"], files["verdicts"])["sample"][:30]
    bench = tmp_path / "bench.csv"
    few.rename("tube").to_frame().assign(time="09:00").to_csv(bench, index=False)
    assert read_step(files["tubes"], files["verdicts"], str(bench))["sample"].tolist() == few.tolist()


def test_a_plate_over_full_and_a_list_without_verdicts(files):
    assert any("too few blanks" in one for one in errors_of(files | {"blanks": 1}))
    assert any(
        "cannot lie on a plate without touching" in one
        for one in errors_of(files | {"blanks": 12, "ntc": 8, "mocks": 8})
    )
    assert any("belong together" in one for one in errors_of(files | {"verdicts": ""}))
    long = TUBES.assign(participant=TUBES["participant"][0])
    long.to_csv(files["tubes"], index=False)
    assert any("too long for one plate" in one for one in errors_of(files))


def test_nobody_received_anything():
    with pytest.raises(InputErrors, match="No tube is left"):
        received(TUBES, VERDICTS.assign(verdict="missing"))


@pytest.mark.parametrize("text", ["", "0", "0.1 mm", "100", "0.1 and 3", "-0.1", "6"])
def test_beads_that_are_no_diameter(text):
    assert [error.where for error in choices_wrong(Extraction("Kit", "kit", text, 200))] == ["parameter bead_mm"]


def test_beads_of_several_sizes():
    assert bead_sizes("0,1 + 3.0") == [0.1, 3.0]
    assert choices_wrong(WAY) == []


def test_batches_count_what_the_layout_holds():
    frame = batches(MADE, WAY)
    held = MADE.counts()
    assert frame["samples"].tolist() == held["sample"].tolist()
    assert frame["controls"].tolist() == held[["blank", "mock", "ntc", "duplicate"]].sum(axis=1).tolist()
    assert frame.loc[:, ["kit_lot", "operator", "date"]].eq("").all(axis=None)


@pytest.mark.parametrize("made", [MADE, layout(example_samples(100), plate=384, blanks=12, mocks=4, candidates=1)])
def test_the_sheet_of_a_batch_says_where_its_controls_are_and_who_signs(made):
    pdf = batch_pdf(made, WAY, study="Vezels & één", version="1.2", date="2026-11-24")
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]
    assert len(pages) == made.plates
    for number, page in enumerate(pages, start=1):
        for said in (
            f"Extraction batch E{number} of {made.plates}",
            f"Layout {made.id}",
            "Vezels & één",
            "version 1.2 · date 2026-11-24",
            "Checked by, date, signature",
            "0.1 + 3 mm",
            *(text[:50] for text in steps(made, number, WAY)),
        ):
            assert said in page
        wells = made.wells[made.wells["plate"] == number]
        blanks = ", ".join(wells.loc[wells["content"] == "blank", "well"])
        assert blanks in page
        for well, source in wells.loc[wells["content"] == "duplicate", ["well", "source"]].itertuples(index=False):
            assert f"{well} (of {source})" in page
        assert not [arm for arm in ("fibre", "fermented") if arm in page]
    assert pdf == batch_pdf(made, WAY, study="Vezels & één", version="1.2", date="2026-11-24")


def test_a_protocol_is_named_and_its_numbers_are_not_invented():
    text = " ".join(steps(MADE, 1, Extraction("Reagents", "Q-like", "0.1", 200)))
    assert "your Q-like procedure with Reagents" in text
    assert not [unit for unit in (" °C", " µl", " rpm", " min ") if unit in text]


def test_fates_are_counted_and_drawn():
    counts = fates(TUBES, VERDICTS, "time_point")
    assert counts.sum().to_dict() == VERDICTS["verdict"].value_counts().to_dict()
    figure = fates_figure(counts, "time_point", "tubes").figure
    assert next(text.get_text() for text in figure.axes[0].texts) == ", ".join(
        f"{count} {name}" for name, count in counts.iloc[0].items() if count
    )
    assert counts.index.tolist() == ["baseline", "week-6", "week-12"]

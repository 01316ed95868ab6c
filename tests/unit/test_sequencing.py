"""From wells to a run: indices, colours, pooling, the sample sheet read back strictly, mistakes all at once."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.sequencing.example import example_concentrations, example_counts, example_wells
from handbook_utils.protocols.sequencing.indices import colours, distances_of, index_errors, make_indices
from handbook_utils.protocols.sequencing.inputs import read_concentrations, read_indices, read_wells, sequence
from handbook_utils.protocols.sequencing.sample_sheet import sample_sheet
from handbook_utils.protocols.wells.pooling import Pipetting, pooled, runs_needed

GIVEN = {
    "wells": "", "concentrations": "", "indices": "", "basis": "mass", "least_ul": 2.0, "most_ul": 15.0,
    "index_length": 10, "index_distance": 3, "seed": 1, "pilot": "",
}  # fmt: skip


def strict(sheet: bytes) -> dict[str, list[list[str]]]:
    """Read a sample sheet v2 and refuse whatever is not one."""
    text = sheet.decode("ascii")
    assert text.endswith("\r\n")
    sections: dict[str, list[list[str]]] = {}
    for line in text.split("\r\n")[:-1]:
        assert line == line.strip()
        if line.startswith("["):
            name = re.fullmatch(r"\[(Header|Reads|BCLConvert_Settings|BCLConvert_Data)\]", line).group(1)
            assert name not in sections
            sections[name] = []
        elif line:
            sections[name].append(line.split(","))
    assert list(sections) == ["Header", "Reads", "BCLConvert_Settings", "BCLConvert_Data"]
    header, reads = dict(sections["Header"]), dict(sections["Reads"])
    assert header["FileFormatVersion"] == "2"
    assert re.fullmatch(r"[A-Za-z0-9_-]+", header["RunName"])
    assert (
        {"Read1Cycles", "Index1Cycles", "Index2Cycles"}
        <= set(reads)
        <= {"Read1Cycles", "Read2Cycles", "Index1Cycles", "Index2Cycles"}
    )
    assert all(re.fullmatch(r"[1-9]\d*", cycles) for cycles in reads.values())
    assert all(len(row) == 2 for name in ("Header", "Reads", "BCLConvert_Settings") for row in sections[name])
    head, *rows = sections["BCLConvert_Data"]
    assert head == ["Sample_ID", "Index", "Index2"]
    for row in rows:
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,100}", row[0])
        for place, number in ((1, 1), (2, 2)):
            assert re.fullmatch(r"[ACGT]+", row[place])
            assert len(row[place]) == int(reads[f"Index{number}Cycles"])
    assert len({row[0] for row in rows}) == len({(row[1], row[2]) for row in rows}) == len(rows)
    return sections


def test_the_example_s_sheet_is_read_by_a_strict_reader():
    wells = read_wells("")
    pairs = read_indices("", wells, length=10, distance=3, seed=1)
    sheet = sample_sheet(
        wells[["sample"]].join(pairs),
        run="run-1",
        reads={"Read1Cycles": 151, "Read2Cycles": 151},
        mismatches=1,
        software="4.2.7",
    )
    assert len(strict(sheet)["BCLConvert_Data"]) == len(wells) + 1
    assert ["SoftwareVersion", "4.2.7"] in strict(sheet)["BCLConvert_Settings"]


def test_ids_a_sheet_cannot_hold_are_told_at_once():
    wells = pd.DataFrame({"sample": ["a b", "Undetermined", "c", "c"], "index": "ACGT", "index2": "ACGT"})
    with pytest.raises(InputErrors) as found:
        sample_sheet(wells, run="my run", reads={"Read1Cycles": 10}, mismatches=0)
    assert len(found.value.errors) == 4


@pytest.mark.parametrize(("length", "distance"), [(8, 3), (10, 3), (12, 5)])
def test_a_made_set_tells_its_members_apart(length, distance):
    made = make_indices(60, length, distance, seed=3)
    assert distances_of(made).min() >= distance
    assert make_indices(20, length, distance, seed=3) == made[:20]
    for text in made:
        assert 0.4 <= sum(base in "CG" for base in text) / length <= 0.6
        assert not re.search(r"(.)\1\1", text)
        assert not text.startswith("GG")
    with pytest.raises(InputError, match="was not found"):
        make_indices(500, 6, 4)


@given(st.lists(st.text("ACGT", min_size=5, max_size=5), min_size=2, max_size=8))
def test_distances_are_counted(indices):
    slow = [
        sum(a != b for a, b in zip(one, other, strict=True))
        for n, one in enumerate(indices)
        for other in indices[n + 1 :]
    ]
    assert distances_of(indices).tolist() == slow


def test_collisions_name_their_wells():
    pairs = pd.DataFrame(
        {"well": ["1-A1", "1-B1", "1-C1"], "index": ["ACGTA", "ACGTA", "ACGTC"], "index2": ["TTGCA"] * 3}
    )
    text = "\n".join(str(error) for error in index_errors(pairs, 3, "list"))
    assert "same pair" in text
    assert "1-A1 and 1-B1" in text
    assert "too much alike" in text
    assert "letters" not in text
    assert "A, C, G and T" in str(index_errors(pairs.assign(index="ACGN"), 3, "list")[0])
    assert "lengths" in str(index_errors(pairs.assign(index=["A", "AC", "ACG"]), 3, "list")[0])


def test_colours_of_known_bases():
    assert colours(["A", "C", "G", "T"], "two").iloc[0].to_dict() == {"red": 0.5, "green": 0.5}
    assert colours(["GG", "GG"], "two").to_numpy().sum() == 0
    assert colours(["A", "C", "G", "T"], "four").iloc[0].to_list() == [0.25] * 4


WELLS = pd.DataFrame(
    {
        "plate": 1,
        "well": list("ABCDEFG"),
        "content": ["sample"] * 4 + ["mock", "blank", "ntc"],
        "sample": list("abcdefg"),
    }
)


def test_pooling_gives_equal_amounts_where_the_pipette_can():
    values = pd.Series([50.0, 10.0, 2.0, 0.0, 8.0, 0.01, 0.5])
    made = pooled(WELLS, values, Pipetting(target=100.0, least=3.0, most=20.0, detection=0.1))
    assert made["volume"].to_list() == [3.0, 10.0, 20.0, 20.0, 12.5, 10.0, 10.0]
    assert [flag.split(":")[0].split(";")[0] for flag in made["flag"]] == [
        "more than wanted", "", "less than wanted", "below detection", "", "fixed volume", "fixed volume",
    ]  # fmt: skip
    assert "DNA in a control" in made["flag"].iloc[6]
    assert made["share"].sum() == pytest.approx(1)
    fixed = pooled(WELLS, values, Pipetting(target=100.0, blank=4.0))
    assert fixed["volume"].iloc[5:].to_list() == [4.0, 4.0]


@given(st.lists(st.floats(0, 1e4), min_size=7, max_size=7), st.floats(1, 1e4))
def test_volumes_stay_within_the_pipette(values, target):
    made = pooled(WELLS, pd.Series(values), Pipetting(target=target, least=2.0, most=15.0))
    assert made["volume"].between(2.0, 15.0).all()
    plain = made[(made["flag"] == "") & made["content"].isin(["sample", "mock"])]
    assert np.allclose(plain["amount"], target, rtol=0.03)


def test_runs_are_whole_and_enough():
    plan = runs_needed(190, 20_000, host=0.5, phix=0.1, passing=0.8, yielded=5e6)
    assert plan["sequenced"] == pytest.approx(50_000)
    assert plan["runs"] == 3
    assert plan["reads_a_well"] >= 20_000
    assert runs_needed(100, 9_000, host=0, phix=0.1, passing=1, yielded=1e6)["runs"] == 1


def test_the_examples_are_the_same_every_time():
    wells = example_wells()
    pd.testing.assert_frame_equal(example_concentrations(wells), example_concentrations(wells))
    pd.testing.assert_frame_equal(example_counts(wells), example_counts(wells))
    assert not example_counts(wells, seed=1).equals(example_counts(wells, seed=2))


def test_all_mistakes_in_concentrations_at_once(tmp_path):
    wells = example_wells()
    wells.to_csv(tmp_path / "wells.csv", index=False)
    made = example_concentrations(wells).astype(str)
    made["note"] = "café"
    made.loc[0, "dna_ng_per_ul"] = "-1"
    made.loc[1, "dna_ng_per_ul"] = "low"
    made.loc[2, "well"] = "Z99"
    made.loc[3, "well"] = made.loc[4, "well"]
    made.loc[5, "dna_ng_per_ul"] = "12,5"
    (tmp_path / "c.csv").write_bytes(made.to_csv(index=False, sep=";").encode("cp1252"))
    given_files = GIVEN | {"wells": str(tmp_path / "wells.csv"), "concentrations": str(tmp_path / "c.csv")}
    with pytest.raises(InputErrors) as found:
        sequence(given_files | {"least_ul": 20.0})
    text = str(found.value)
    for said in (
        "smallest volume",
        "'-1' (line 2), 'low' (line 3)",
        "'Z99' (line 4)",
        "Wells occur twice",
        "Wells have no concentration",
    ):
        assert said in text
    made = example_concentrations(wells).astype(str)
    made["dna_ng_per_ul"] = made["dna_ng_per_ul"].str.replace(".", ",")
    (tmp_path / "c.csv").write_bytes(made.to_csv(index=False, sep=";").encode("utf-16"))
    sequence(given_files)
    read = read_concentrations(str(tmp_path / "c.csv"), read_wells(str(tmp_path / "wells.csv")), "dna_ng_per_ul")
    pd.testing.assert_series_equal(read, read_concentrations("", read_wells(""), "dna_ng_per_ul"))


def test_all_mistakes_in_wells_at_once(tmp_path):
    wells = example_wells().astype(str)
    wells.loc[0, "content"] = "water"
    wells.loc[1, "plate"] = "one"
    wells.loc[2, "well"] = "A"
    wells.loc[3, "sample"] = "a b"
    wells.loc[wells["content"] == "duplicate", "source"] = "nobody"
    wells.to_csv(tmp_path / "w.csv", index=False)
    with pytest.raises(InputErrors) as found:
        read_wells(str(tmp_path / "w.csv"))
    text = str(found.value)
    for said in ("water", "'one' (line 3)", "'A' (line 4)", "'a b'", "repeat a sample"):
        assert said in text
    wells.rename(columns={"well": "wel"}).to_csv(tmp_path / "w.csv", index=False)
    with pytest.raises(InputErrors, match="Is it 'wel'"):
        read_wells(str(tmp_path / "w.csv"))


def test_files_belong_together_and_indices_are_checked(tmp_path):
    with pytest.raises(InputError, match="belong together"):
        sequence(GIVEN | {"concentrations": "c.csv"})
    wells = read_wells("")
    listed = wells[["plate", "well"]].assign(index="ACGTACGT", index2="ACGTACGT")
    listed.iloc[1:].to_csv(tmp_path / "i.csv", index=False)
    with pytest.raises(InputErrors) as found:
        sequence(GIVEN | {"indices": str(tmp_path / "i.csv")})
    assert "Wells have no indices" in str(found.value)
    assert "same pair" in str(found.value)
    good = read_indices("", wells, length=8, distance=3, seed=2)
    wells[["plate", "well"]].join(good).to_csv(tmp_path / "i.csv", index=False)
    pd.testing.assert_frame_equal(
        read_indices(str(tmp_path / "i.csv"), wells, length=0, distance=3, seed=0), good.astype(object)
    )

"""Ids that differ by one thing, and cells of metadata that may be two things: proposed, asked or told, never silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.recipes.checks import design_in
from handbook_utils.study import Study
from handbook_utils.study.choices import Choices
from handbook_utils.study.lineages import lineages
from handbook_utils.study.matching import pairs_by
from handbook_utils.study.readers import read_study


@pytest.fixture
def read(tmp_path: Path):
    """Read metadata beside a table of the same samples, with choices."""

    def reader(metadata: str, samples: str = "A B C D E F", **choices: object) -> Study:
        names = samples.split()
        rows = [f"f{k}\t" + "\t".join(str(1 + (k + n) % 5) for n in range(len(names))) for k in range(8)]
        (tmp_path / "t").write_text("\n".join(["#OTU ID\t" + "\t".join(names), *rows]) + "\n", encoding="utf-8")
        (tmp_path / "m").write_text(metadata, encoding="utf-8")
        return read_study(tmp_path / "t", tmp_path / "m", choices=Choices.of(choices)).study

    return reader


def column(values: list[str], name: str = "bmi", separator: str = "\t") -> str:
    lines = [f"sample-id{separator}{name}", *(f"{s}{separator}{v}" for s, v in zip("ABCDEF", values, strict=True))]
    return "\n".join(lines) + "\n"


# ---------------------------------------------------------------------- ids


@pytest.mark.parametrize(
    ("how", "table", "metadata"),
    [
        ("suffix", "P1 P2 P10", "P1_S1_L001 P2_S2_L001 P10_S3_L001"),
        ("suffix", "P1.fastq.gz P2.fastq.gz P10.fastq.gz", "P1 P2 P10"),
        ("suffix", "P1_profile P2_profile P10_profile", "P1_S1_L001 P2_S2_L001 P10_S3_L001"),
        ("prefix", "P1 P2 P10", "saP1 saP2 saP10"),
        ("r", "X1 X2 X10", "1 2 10"),
        ("prefix", "lab-1 lab-2 lab-10", "1 2 10"),
        ("capitals", "p1 p2 p10", "P1 P2 P10"),
        ("spelling", "PT-1 PT-2 PT-10", "pt_1 pt_02 pt_10"),
        ("spelling", "K01 K02 K10", "k-01 k-02 k-10"),
        ("spelling", "barcode01 barcode02 barcode10", "Barcode_1 Barcode_2 Barcode_10"),
        ("spreadsheet", "1-2 3-4 5-6", "2-jan 4-mrt 6-mei"),
    ],
)
def test_ids_that_differ_by_one_thing_are_proposed_and_taken_when_asked(how, table, metadata, read) -> None:
    ids = metadata.split()
    text = "sample-id\tarm\n" + "\n".join(f"{name}\ta{n}" for n, name in enumerate(ids)) + "\n"
    with pytest.raises(InputErrors) as raised:
        read(text, table)
    assert f"match_ids {how}" in str(raised.value)
    study = read(text, table, match_ids=how)
    assert list(study.samples) == table.split() and study.metadata["arm"].to_list() == ["a0", "a1", "a2"]
    assert any(f"matched but for {how}, as asked: 3" in note for note in study.notes)


def test_no_id_is_taken_for_two() -> None:
    assert pairs_by("suffix", ["P1"], ["P10", "P11"]) == {}
    assert pairs_by("suffix", ["P1"], ["P1_a", "P1_b"]) == {}
    assert pairs_by("spelling", ["1-12", "11-2"], ["1_12", "11.2"]) == {"1-12": "1_12", "11-2": "11.2"}
    assert pairs_by("spelling", ["s1"], ["S-1", "S01"]) == {}
    assert pairs_by("suffix", ["P1", "P1_2"], ["P1_2_L001", "P1_L001"]) == {"P1": "P1_L001", "P1_2": "P1_2_L001"}


def test_ids_like_dates_have_a_way_on(read) -> None:
    text = "sample\tg\n3-4\tx\n5-6\ty\n2-1\tz\n"
    with pytest.raises(InputErrors) as raised:
        read(text, "1-2 3-4 5-6")
    assert "go on with the 2 that match: keep_matched true" in str(raised.value)
    assert list(read(text, "1-2 3-4 5-6", keep_matched=True).samples) == ["3-4", "5-6"]


# ---------------------------------------------------------------------- values


@pytest.mark.parametrize(
    "word", ["NULL", "-", "n.a.", ".", "?", "unknown", "None", "missing: control sample", "#N/A", ""]
)
def test_words_for_missing_are_told(word: str, read) -> None:
    study = read(column(["20.5", "21", word, "22", "23", "24"]))
    assert study.metadata["bmi"].isna().sum() == 1 and study.metadata["bmi"].dtype.kind == "f"
    assert not word or any("Taken as missing in the metadata column 'bmi'" in note for note in study.notes)


def test_none_among_words_is_a_word(read) -> None:
    assert read(column(["none", "pill", "none", "pill", "NULL", "none"])).metadata["bmi"].to_list()[0] == "none"


def test_numbers_but_for_a_cell_are_never_words_in_silence(read) -> None:
    study = read(column(["20.5", "21", "22", "high", "23", "24"]))
    assert any("Numbers but for 1 cells" in note and "'high' at line 5" in note for note in study.notes)
    with pytest.raises(InputError, match="numbers but for 1 cell") as raised:
        study.column("bmi")
    assert "missing_words 'high'" in (raised.value.remedy or "")
    assert read(column(["20.5", "21", "22", "high", "23", "24"]), missing_words="high").column("bmi").isna().sum() == 1
    words = read(column(["20.5", "21", "22", "high", "23", "24"]), types="bmi categorical").column("bmi")
    assert words.nunique() == 6


def test_codes_for_missing_are_asked_about(read) -> None:
    values = ["20", "21.5", "-999", "23", "24", "25"]
    study = read(column(values))
    assert "may be a code for a missing value" in study.doubts["bmi"].problem
    assert any("Perhaps a code for missing in the metadata column 'bmi': -999" in note for note in study.notes)
    assert read(column(values), missing_words="-999").metadata["bmi"].isna().sum() == 1
    assert not read(column(values), types="bmi numeric").doubts
    assert not read(column(["-2", "21.5", "-9", "23", "24", "25"], "change")).doubts


def test_one_decimal_sign_a_file(read) -> None:
    text = "sample;bmi;depth\n" + "".join(f"{s};2{n},5;{n + 1}.234\n" for n, s in enumerate("ABCDEF"))
    study = read(text)
    assert study.metadata["depth"].to_list()[:2] == [1234, 2234] and study.metadata["bmi"].to_list()[0] == 20.5
    assert any("'.' was read as one between thousands" in note for note in study.notes)
    alone = column([f"{n}.234" for n in range(1, 7)], "depth", ";")
    with pytest.raises(InputError, match="may separate decimals or thousands"):
        read(alone).column("depth")
    assert read(alone, decimal_sign="comma").column("depth").to_list()[0] == 1234
    assert read(alone, decimal_sign="point").column("depth").to_list()[0] == 1.234
    assert read(column([f"{n}.234" for n in range(1, 7)], "depth")).column("depth").to_list()[0] == 1.234


def test_codes_dates_and_types(read) -> None:
    assert read(column(["06", "07", "12", "06", "07", "12"], "clinic")).metadata["clinic"].to_list()[0] == "06"
    assert (
        read(column(["1", "2", "1", "2", "1", "2"], "arm"), types="arm categorical").metadata["arm"].to_list()[0] == "1"
    )
    dates = ["2024-03-01", "2024-03-02", "2024-03-31", "", "2024-04-01", "2024-03-01"]
    assert any("holds dates" in note for note in read(column(dates, "visit")).notes)
    days = read(column(dates, "visit"), types="visit date").metadata["visit"]
    assert days.fillna(-1).to_list() == [0, 1, 30, -1, 31, 0]
    with pytest.raises(InputErrors, match="is to be dates"):
        read(column(["03-04-2024"] * 6, "visit"), types="visit date")
    days = read(column(["03-04-2024", "31-03-2024"] * 3, "visit"), types="visit date").metadata["visit"]
    assert days.to_list() == [3, 0, 3, 0, 3, 0]


# ---------------------------------------------------------------------- lineages


@pytest.mark.parametrize(
    ("lineage", "expected"),
    [
        ("Root;k__Bacteria;p__Firmicutes;c__Clostridia", ["Bacteria", "Firmicutes", "Clostridia"]),
        ("cellular organisms;Bacteria;Bacteroidota;Bacteroidia", ["Bacteria", "Bacteroidota", "Bacteroidia"]),
        ("d__Bacteria;p__Bacteroidota;g__Bacteroides", ["Bacteria", "Bacteroidota", "", "", "", "Bacteroides"]),
        ("d__Bacteria;k__Bacillati;p__Bacillota", ["Bacteria", "Bacillota"]),
        ("Bacteria;Bacillati;Bacillota;Clostridia", ["Bacteria", "Bacillota", "Clostridia"]),
        ("Bacteria;Bacillota;Lachnospiraceae;Blautia", ["Bacteria", "Bacillota", "", "", "Lachnospiraceae", "Blautia"]),
        ("Bacteria;Terrabacteria group;Bacillota;Clostridia", ["Bacteria", "Bacillota", "Clostridia"]),
        (
            "k__Fungi;p__Ascomycota;s__Candida_albicans;sh__SH1.1FU",
            ["Fungi", "Ascomycota", *[""] * 4, "Candida_albicans", "SH1.1FU"],
        ),
        ("D_0__Bacteria;D_1__Firmicutes;D_5__Blautia", ["Bacteria", "Firmicutes", "", "", "", "Blautia"]),
        ("d:Bacteria,p:Bacillota,g:Blautia", ["Bacteria", "Bacillota", "", "", "", "Blautia"]),
        ("k__Bacteria|p__Firmicutes|c__|o__", ["Bacteria", "Firmicutes"]),
        ("Bacteria(100);Bacteroidota(99);Bacteroidota_unclassified(99);", ["Bacteria", "Bacteroidota"]),
        ("Unassigned", []),
        ("k__Bacteria; p__unidentified; g__Blautia", ["Bacteria", "", "", "", "", "Blautia"]),
    ],
)
def test_lineages_go_by_prefix_and_name_not_by_place(lineage: str, expected: list[str]) -> None:
    assert lineages([lineage], ["x"]).iloc[0].to_list() == expected


def test_phyla_of_two_names_are_joined_when_asked(tmp_path: Path) -> None:
    (tmp_path / "t").write_text(
        "#OTU ID\tA\ttaxonomy\nx\t1\tk__B;p__Firmicutes\ny\t2\tk__B;p__Bacillota\n", encoding="utf-8"
    )
    assert read_study(tmp_path / "t").study.agglomerate("phylum").shape == (1, 2)
    study = read_study(tmp_path / "t", choices=Choices(phylum_names="joined")).study
    assert study.agglomerate("phylum").to_frame().to_dict() == {"Bacillota": {"A": 3}}
    assert "Phyla with two names were joined, as asked: Firmicutes is now Bacillota." in study.notes


def test_a_word_that_reads_as_missing_may_be_a_value_and_is_asked_about(read) -> None:
    moments = column(["voor", "na", "voor", "na", "voor", "na"], "moment")
    study = read(moments)
    assert any("Perhaps a value in the metadata column 'moment': 'na' (3 cells)" in note for note in study.notes)
    with pytest.raises(InputError, match="may be missing, or a value") as raised:
        study.column("moment")
    assert "present_words 'na'" in (raised.value.remedy or "")
    assert read(moments, present_words="na").column("moment").value_counts().to_dict() == {"voor": 3, "na": 3}
    assert read(moments, missing_words="na").column("moment").isna().sum() == 3
    later = column(["voor", "na", "voor", "na", "later", "na"], "moment")
    assert "moment" in read(later).doubts
    assert "test" in read(column(["+", "-", "+", "-", "+", "-"], "test")).doubts


@pytest.mark.parametrize("cells", ["yes no NA yes no NA", "vegan vegan unknown vegan vegan NA", "20 21 - 22 na 23"])
def test_what_can_only_be_missing_is_not_asked_about(cells: str, read) -> None:
    assert not read(column(cells.split())).doubts
    assert read(column(cells.split()), present_words="na, -").column("bmi").dropna().size >= 4


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        ("1.234,5 2.345,25 3.456,5", [1234.5, 2345.25, 3456.5]),
        ("1.234,5 12,5 7", [1234.5, 12.5, 7]),
    ],
)
def test_decimals_and_thousands_in_one_number_tell_the_sign(cells: str, numbers: list[float], read) -> None:
    text = "sample;bmi\n" + "".join(f"{s};{cell}\n" for s, cell in zip("ABC", cells.split(), strict=True))
    study = read(text, "A B C")
    assert study.metadata["bmi"].to_list() == numbers
    swapped = text.translate(str.maketrans({",": ".", ".": ","}))
    assert read(swapped, "A B C").metadata["bmi"].to_list() == numbers


def test_numbers_written_in_two_ways_are_no_words_in_silence(read) -> None:
    with pytest.raises(InputError) as raised:
        read("sample;bmi\nA;1.234,5\nB;12.5\nC;7\n", "A B C").column("bmi")
    assert "decimal_sign" in (raised.value.remedy or "")


def test_a_design_with_a_column_that_may_be_read_in_two_ways_is_refused(read) -> None:
    study = read(column([f"u\t{value}" for value in ["20.5", "21", "22", "high", "23", "24"]], "g\tbmi"))
    for asked in ({"exposure": "bmi"}, {"group": "g", "covariates": ["bmi"]}, {"formula": "~ g + log(bmi)"}):
        with pytest.raises(InputError, match="numbers but for 1 cell"):
            design_in(study, asked)

"""Cells as people and spreadsheets of other countries write them: read and told, or asked about, and never words."""

from pathlib import Path

import pytest

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.recipes.checks import design_in
from handbook_utils.study import Study
from handbook_utils.study.choices import Choices
from handbook_utils.study.inspection import inspect
from handbook_utils.study.readers import read_study

SAMPLES = ["A", "B", "C", "D", "E", "F", "G", "H"]
ROWS = [[f"f{n}", *(str(10 * n + k * k) for k in range(8))] for n in (1, 2)]
TABLE = "".join("\t".join(row) + "\n" for row in [["#OTU ID", *SAMPLES], *ROWS])


def described(tmp_path: Path, cells: list[str], name: str = "x", encoding: str = "utf-8", **choices: str) -> Study:
    """Read a table whose metadata have one column beside a group."""
    (tmp_path / "t.tsv").write_text(TABLE, encoding="utf-8")
    rows = [f"{s}\t{'uv'[n % 2]}\t{cell}" for n, (s, cell) in enumerate(zip(SAMPLES, cells, strict=True))]
    (tmp_path / "m.tsv").write_text("\n".join([f"sample\tg\t{name}", *rows]) + "\n", encoding=encoding)
    return read_study(tmp_path / "t.tsv", tmp_path / "m.tsv", choices=Choices.of(choices)).study


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        ("\u22121.5 2 \u22120.5 0 1 3 4 5", [-1.5, 2, -0.5, 0, 1, 3, 4, 5]),
        ("\u20131.5 2 3 4 5 6 7 8", [-1.5, 2, 3, 4, 5, 6, 7, 8]),
        ("1\u2019031.76 663.00 7 8 9 10 11 12", [1031.76, 663, 7, 8, 9, 10, 11, 12]),
        ("12'000 900 3'500 1 2 3 4 5", [12000, 900, 3500, 1, 2, 3, 4, 5]),
        ("1\u202f234,5 2,5 3 4 5 6 7 8", [1234.5, 2.5, 3, 4, 5, 6, 7, 8]),
    ],
)
def test_typeset_numbers_are_numbers_and_told(cells: str, numbers: list[float], tmp_path: Path) -> None:
    study = described(tmp_path, cells.split(" "))
    assert study.metadata["x"].to_list() == numbers
    assert any("read as such in the metadata column 'x'" in note for note in study.notes)


def test_a_table_with_typeset_thousands_is_read_and_told(tmp_path: Path) -> None:
    for sign in ("'", "\u2019", "\u00a0", "\u202f", " "):
        (tmp_path / "t.csv").write_text(
            f"#OTU ID;S1;S2;S3\nBlautia;1{sign}276;0;12{sign}345{sign}678\nRoseburia;5;6;7\n"
        )
        study = read_study(tmp_path / "t.csv").study
        assert study.table.toarray().tolist() == [[1276, 5], [0, 6], [12345678, 7]]
        assert any("is 1276" in note for note in study.notes)
        assert inspect(tmp_path / "t.csv").what == "feature table"


@pytest.mark.parametrize("unit", [" kg", "kg", " °C", "%", " jaar", "mg/L", " x10"])
def test_numbers_with_a_unit_are_asked_about_where_they_are_used(unit: str, tmp_path: Path) -> None:
    study = described(tmp_path, [f"{50 + n}{unit}" for n in range(8)], "weight")
    asked = {"group": "g", "covariates": ["weight"], "minimum": 3}
    if unit == " x10":
        assert not study.doubts
        return
    with pytest.raises(InputError, match="numbers with a unit") as raised:
        design_in(study, asked)
    assert raised.value.remedy is not None and "types 'weight categorical'" in raised.value.remedy
    assert design_in(study, {"group": "g", "minimum": 3}).n == 8


def test_groups_of_months_and_codes_of_people_have_no_unit(tmp_path: Path) -> None:
    assert not described(tmp_path, ["6 months", "12 months"] * 4).doubts
    assert not described(tmp_path, [f"{n}B" for n in range(101, 109)]).doubts
    assert not described(tmp_path, [f"{n}A" for n in range(1, 9)]).doubts


def test_days_in_several_styles_are_asked_about(tmp_path: Path) -> None:
    mixed = [
        "2023-03-01",
        "2 mrt 2023",
        "03/04/2023",
        "2023-03-04",
        "5 maart 2023",
        "06/04/2023",
        "7-Mar-23",
        "2023-03-08",
    ]
    study = described(tmp_path, mixed, "collected")
    with pytest.raises(InputError, match="days that are written in 3 ways"):
        study.column("collected")
    assert not described(tmp_path, [f"2023-03-0{n}" for n in range(1, 9)]).doubts
    assert not described(tmp_path, [f"0{n}/04/2023" for n in range(1, 9)]).doubts
    assert "written in 2 ways" in described(tmp_path, [*mixed[:1] * 7, "soon"]).doubts["x"].problem


@pytest.mark.parametrize("word", ["#N/B", "#NV", "#N/D", "k.A.", "nicht gemessen", "s/d", "non renseigné", "#PUUTTUU!"])
def test_missing_is_known_in_other_languages_and_told(word: str, tmp_path: Path) -> None:
    study = described(tmp_path, ["1.5", word, "3", "4", "5", "6", "7", "8"])
    assert study.metadata["x"].isna().tolist() == [False, True, *[False] * 6]
    assert f"Taken as missing in the metadata column 'x': {word!r}." in study.notes


@pytest.mark.parametrize("cell", ["#DEEL/0!", "#¡VALOR!", "#NAAM?", "#WERT!", "#REF!"])
def test_what_a_spreadsheet_reports_is_refused_in_every_language(cell: str, tmp_path: Path) -> None:
    with pytest.raises(InputErrors, match="reports errors"):
        described(tmp_path, [cell, "2", "3", "4", "5", "6", "7", "8"])


def test_empty_columns_are_left_out_and_told(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("OTU,A,,B,\nf1,1,,2,\nf2,3,,4,\n")
    (tmp_path / "m.csv").write_text("sample,g,,h\nA,u,,1\nB,v,,2\n")
    study = read_study(tmp_path / "t.csv", tmp_path / "m.csv").study
    assert study.table.toarray().tolist() == [[1, 3], [2, 4]] and list(study.metadata) == ["g", "h"]
    assert sum("empty" in note for note in study.notes) == 2


def test_a_cell_in_a_column_without_a_name_is_never_lost(tmp_path: Path) -> None:
    rows = [f"f{n},1,,2" for n in range(60)]
    (tmp_path / "t.csv").write_text("\n".join(["OTU,A,,B", *rows[:50], "f50,1,7,2", *rows[51:]]) + "\n")
    with pytest.raises(InputErrors) as raised:
        read_study(tmp_path / "t.csv")
    assert "'7' at line 52, column 3" in str(raised.value)
    (tmp_path / "t.tsv").write_text(TABLE)
    (tmp_path / "m.csv").write_text("sample,g,,h\nA,u,,1\nB,v,x,2\n")
    with pytest.raises(InputErrors, match="no name"):
        read_study(tmp_path / "t.tsv", tmp_path / "m.csv")


def test_a_metadata_column_that_is_there_twice_has_a_remedy_that_fits(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text(TABLE)
    (tmp_path / "m.csv").write_text("sample,age,age\nA,1,2\n")
    with pytest.raises(InputErrors) as raised:
        read_study(tmp_path / "t.tsv", tmp_path / "m.csv")
    assert "add the doubles up" not in str(raised.value) and "name of its own" in str(raised.value)


def test_a_doubtful_column_stops_only_a_design_that_uses_it(tmp_path: Path) -> None:
    # The doubtful column is called as a level of the group is.
    study = described(tmp_path, [f"{50 + n} kg" for n in range(8)], "u")
    assert "u" in study.doubts
    assert design_in(study, {"group": "g", "levels": ["u", "v"], "reference": "u", "contrast": "v - u"}).n == 8
    for asked in ({"group": "u"}, {"formula": "~ g + (1 | u)"}, {"group": "g", "strata": ["u"]}):
        with pytest.raises(InputError, match="numbers with a unit"):
            design_in(study, asked)


def test_words_that_differ_in_capitals_or_blanks_alone_are_asked_about(tmp_path: Path) -> None:
    cells = ["sham", "Sham", "fibre", "fibre", "sham", "SHAM", "fibre", "Fibre"]
    study = described(tmp_path, cells, "arm")
    with pytest.raises(InputError, match="differ in capitals or blanks alone") as raised:
        design_in(study, {"group": "arm"})
    assert "'sham' (2) and 'Sham' (1) and 'SHAM' (1)" in (raised.value.found or "")
    assert described(tmp_path, cells, "arm", types="arm categorical").column("arm").nunique() == 5
    assert not described(tmp_path, ["sham", "fibre"] * 4).doubts

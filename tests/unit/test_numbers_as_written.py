"""Numbers as people and spreadsheets write them are read right, or asked about."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from handbook_utils.errors import InputErrors
from handbook_utils.study.choices import Choices
from handbook_utils.study.readers import read_study

TAXA = ("Bacteroides", "Prevotella", "Roseburia", "Blautia")


@pytest.fixture
def read(tmp_path: Path):
    def reading(cells, **said):
        path = tmp_path / "table.csv"
        rows = [";".join([taxon, *row]) for taxon, row in zip(TAXA, cells, strict=False)]
        path.write_text("\n".join(["#OTU ID;s1;s2;s3", *rows]) + "\n", encoding="utf-8")
        return read_study(path, choices=Choices(**said)).study

    return reading


def test_points_that_may_separate_thousands_are_asked_about(read) -> None:
    cells = [("17.289", "7.237", "5.903"), ("0", "12", "1.449"), ("2.595", "0.0", "1")]
    with pytest.raises(InputErrors, match="a point that may separate decimals or thousands") as raised:
        read(cells)
    assert "decimal_sign comma" in str(raised.value)
    assert read(cells, decimal_sign="comma").table.sum() == 17289 + 7237 + 5903 + 12 + 1449 + 2595 + 1
    assert read(cells, decimal_sign="point").table.sum() == pytest.approx(47.473)


@pytest.mark.parametrize("other", ["0.125", "12.5", "1234.567", "1e-3"])
def test_one_point_that_can_only_separate_decimals_decides(read, other) -> None:
    study = read([("17.289", "7.237", "5.903"), ("0", "12", other)])
    assert study.table.max() == max(17.289, float(other))


def test_points_twice_in_a_number_are_no_decimals(read) -> None:
    with pytest.raises(InputErrors, match="a point that may separate"):
        read([("1.017.289", "7.237", "5.903")])
    assert read([("1.017.289", "7.237", "5")], decimal_sign="comma").table.sum() == 1017289 + 7237 + 5


def test_percent_signs_are_left_out_and_told(read) -> None:
    study = read([("58.1%", "52.7 %", "38.0%"), ("41.9%", "47.3%", "62.0%")])
    assert study.table.sum() == pytest.approx(300)
    assert any("% was taken off 6 numbers" in note for note in study.notes)


def test_percentages_with_decimal_commas(read) -> None:
    assert read([("58,1%", "52,7 %", "38,0%"), ("41,9%", "47,3%", "62%")]).table.sum() == pytest.approx(300)


def test_percent_signs_beside_bare_numbers_are_refused(read) -> None:
    with pytest.raises(InputErrors, match="Some numbers are percentages, and others are not"):
        read([("58.1%", "52.7%", "38.0%"), ("41", "47", "62")])


def test_words_for_missing_are_asked_about_and_taken_for_zero_when_said(read) -> None:
    cells = [("5", "NA", "3"), ("n.a.", "2", "1")]
    with pytest.raises(InputErrors, match="empty_cells zero") as raised:
        read(cells)
    assert "'NA' or 'n.a.'" in str(raised.value)
    study = read(cells, empty_cells="zero")
    assert study.table.sum() == 11
    assert any("2 empty cells were read as 0, as asked, 'NA' 1 times, 'n.a.' 1 times" in note for note in study.notes)


def test_a_workbook_with_names_over_several_columns_and_a_footnote(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Table S3. Counts per genus"])
    sheet.append([None, "Healthy", None, "IBS", None])
    sheet.append(["#OTU ID", "C01", "C02", "P01", "P02"])
    sheet.append(["Bacteroides", 10, 20, 30, 40])
    sheet.append(["Prevotella", 1, 2, 3, 0])
    sheet.append(["* one sample was sequenced again"])
    path = tmp_path / "supplement.xlsx"
    book.save(path)
    study = read_study(path).study
    assert list(study.samples) == ["C01", "C02", "P01", "P02"]
    assert study.table.sum() == 106
    told = " ".join(study.notes)
    assert "Skipped before the header: 'Table S3. Counts per genus'; 'Healthy'" in told
    assert "* one sample was sequenced again" in told


def test_points_twice_are_refused_beside_sure_decimals(read) -> None:
    with pytest.raises(InputErrors, match="a point that may separate"):
        read([("5", "1.234.567", "1"), ("12.5", "4", "0")])


def test_a_sign_that_was_said_is_the_only_one(read) -> None:
    with pytest.raises(InputErrors, match="not numbers"):
        read([("0,123", "1,234", "1")], decimal_sign="point")
    with pytest.raises(InputErrors, match="not numbers"):
        read([("0.123", "12", "1")], decimal_sign="comma")


def test_nan_is_a_word_for_missing(read) -> None:
    assert read([("5", "NaN", "3")], empty_cells="zero").table.sum() == 8

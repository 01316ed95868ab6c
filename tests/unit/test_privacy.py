"""The privacy guard finds what must not leave, and lets ordinary metadata pass."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handbook_utils import datasets
from handbook_utils.protocols.privacy.examine import WITHHELD, examine
from handbook_utils.protocols.privacy.identifiers import is_bsn

TODAY = dt.date(2026, 11, 24)


def kinds(column: str, value: object) -> list[str]:
    return [found.what for found in examine(pd.DataFrame({column: [value]}), today=TODAY)]


@pytest.mark.parametrize(
    ("column", "value", "what"),
    [
        ("note", "bsn 111222333 given", "citizen service number (BSN)"),
        ("note", "[BSN:111222333]", "citizen service number (BSN)"),
        ("note", "1112.22.333", "citizen service number (BSN)"),
        ("note", "mail jan.de.vries+x@voorbeeld.nl please", "e-mail address"),
        ("note", "06-12345678", "telephone number"),
        ("note", "+31 6 1234 5678", "telephone number"),
        ("note", "050 361 61 61", "telephone number"),
        ("where", "9713 GZ", "postal code"),
        ("where", "lives at 9713GZ", "postal code"),
        ("note", "mevrouw Jansen forgot the kit", "name"),
        ("note", "dhr. van der Berg", "name"),
        ("note", "by A.B. de Vries", "name"),
        ("date_of_birth", "1980-02-29", "date of birth"),
        ("geboortedatum", "29-02-1980", "date of birth"),
        ("lat_lon", "53.21940 6.56650", "exact coordinate"),
        ("longitude", "6.5665", "exact coordinate"),
    ],
)
def test_personal_data_is_found(column, value, what):
    assert what in kinds(column, value)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("sample_name", "NL-0001-T1"),
        ("geo_loc_name", "Netherlands: Groningen, Groningen"),
        ("lat_lon", "53.22 6.57"),
        ("lat_lon", WITHHELD),
        ("collection_date", "2026-03-03"),
        ("collection_date", "2026-02-10"),  # its digits satisfy the eleven-test
        ("collected", "2026-02-10 07:40"),
        ("collected", "31-01-2026"),
        ("year_of_birth", "1980"),
        ("host_age", "46 year"),
        ("env_broad_scale", "human-associated habitat [ENVO:00009003]"),  # its digits satisfy the eleven-test
        ("env_medium", "fecal material [ENVO:00002003]"),
        ("primer", "FWD:GTGYCAGCMGCCGCGGTAA;REV:GGACTACNVGGGTWTCTAAT"),
        ("doi", "doi:10.1038/nbt.3960"),
        ("reads", 123456),
        ("barcode", "ACGTACGTACGT"),
        ("weight", 71.25),
        ("nothing", None),
    ],
)
def test_ordinary_metadata_passes(column, value):
    assert kinds(column, value) == []


def test_the_message_does_not_repeat_the_secret():
    [found] = examine(pd.DataFrame({"note": ["ok", "jan@voorbeeld.nl"]}), today=TODAY)
    assert (found.row, found.column) == (2, "note")
    assert "voorbeeld" not in found.shown + found.remedy


def test_a_column_named_so_is_refused_as_a_whole():
    found = examine(pd.DataFrame({"Achternaam": ["Bakker"], "arm": ["fibre"]}), today=TODAY)
    assert [(entry.row, entry.column) for entry in found] == [(0, "Achternaam")]
    assert examine(pd.DataFrame({"Achternaam": [WITHHELD, ""]}), today=TODAY) == []


def test_the_index_is_looked_at():
    table = pd.DataFrame({"arm": ["a"]}, index=pd.Index(["111222333"], name="sample"))
    assert [found.column for found in examine(table, today=TODAY)] == ["sample"]


@given(st.integers(0, 999_999_999))
def test_eleven_test_catches_every_single_wrong_digit(number):
    digits = f"{number:09d}"
    if not is_bsn(digits):
        return
    for place in range(9):
        for other in "0123456789":
            if other != digits[place]:
                assert not is_bsn(digits[:place] + other + digits[place + 1 :])


def test_one_in_eleven_numbers_passes_the_eleven_test():
    passing = sum(is_bsn(f"{number:09d}") for number in range(100_000_000, 100_011_000))
    assert passing == pytest.approx(1000, abs=20)


@pytest.mark.parametrize("name", ["throat", "ecam", "david"])
def test_published_metadata_holds_nothing_personal(name):
    assert examine(datasets.load(name).metadata, today=TODAY) == []


# ---------------------------------------------------------------------------------------- measured on labelled values

LABELLED = Path(__file__).parents[1] / "data" / "privacy"


def labelled(name):
    lines = (LABELLED / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line.split("|", 1) for line in lines]


def test_of_nine_hundred_personal_values_nearly_all_are_found():
    values = labelled("personal")
    missed = [(column, value) for column, value in values if not kinds(column, value)]
    assert len(values) >= 900
    assert len(missed) <= 0.05 * len(values), missed


def test_of_nine_hundred_harmless_values_hardly_any_is_refused():
    values = labelled("harmless")
    refused = [(column, value, kinds(column, value)) for column, value in values if kinds(column, value)]
    assert len(values) >= 900
    assert len(refused) < 0.02 * len(values), refused


def test_nine_digits_are_weighed_with_their_column():
    people = ["123456782", "111222333", "123456782", "111222333", "111222333"]
    numbers = [str(123456782 + 7 * step) for step in range(40)]
    assert len(examine(pd.DataFrame({"given": people}), today=TODAY)) == 5
    assert examine(pd.DataFrame({"given": numbers}), today=TODAY) == []
    assert examine(pd.DataFrame({"reads": people}), today=TODAY) == []
    assert len([found for found in examine(pd.DataFrame({"bsn_reads": people}), today=TODAY) if found.row]) == 5


@pytest.mark.parametrize("start", ["/home", "/Users", "C:\\Users", r"\\server\homes"])
def test_a_user_name_in_a_path_is_found(start):
    path = start + ("\\" if "\\" in start else "/") + "jdevries" + "/stool.csv"
    assert "user name in a path" in kinds("file", path)


def test_a_name_of_an_illness_or_a_method_is_no_person():
    for value in ("M. Crohn", "Hashimoto", "Gram staining", "LinDA", "ELISA HRP, cat. no. 12"):
        assert kinds("note", value) == [], value


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("post_fmt", "day 14"),
        ("postpartum_week", "week 12"),
        ("compost", "pile 4"),
        ("note", "post FMT 2019 no change"),
        ("note", "postoperative sample 2019 in clinic"),
        ("lateral_flow", "0.123"),
        ("longitudinal", "0.12345"),
        ("latency_seconds", "3.14159"),
        ("days_since_birth", "12345"),
        ("gene_signature", "IFN high"),
        ("microbial_signature", "enterotype 2"),
    ],
)
def test_a_name_of_a_column_that_only_begins_so_is_another(column, value):
    assert kinds(column, value) == []


@pytest.mark.parametrize("piece", ["a", "1", "a.", "a b ", "1 ", "face ", "de ", "Jan ", "x at "])
def test_the_longest_cell_of_a_workbook_comes_to_an_end(piece):
    """A pattern that tries all ways to part it would not."""
    whole = (piece * (32_767 // len(piece) + 1))[:32_767]
    assert isinstance(kinds("note", whole), list)

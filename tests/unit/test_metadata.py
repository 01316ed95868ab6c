"""Metadata: every mistake at once with row, column, value, rule and remedy; our own files pass; nobody is named."""

import dataclasses
import datetime as dt
import io
import json
import re
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skbio.metadata import SampleMetadata

from handbook_utils import cli, datasets
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.example.people import example_samples
from handbook_utils.protocols.example.questionnaire import example_questionnaire
from handbook_utils.protocols.kits import kit_of
from handbook_utils.protocols.metadata.exports import all_standards, as_tsv, to_ena
from handbook_utils.protocols.metadata.inputs import coordinates, gathered, planned_controls, record_metadata
from handbook_utils.protocols.metadata.records import (
    Circumstances,
    controls,
    forms_and_scans,
    read_questionnaire,
    read_rejected,
    read_tubes,
    records,
)
from handbook_utils.protocols.metadata.rules import check
from handbook_utils.protocols.metadata.standards import INSDC_MISSING, STANDARDS, standard
from handbook_utils.protocols.metadata.validation import summary, validate, validate_table
from handbook_utils.protocols.metadata.workbook import workbook
from handbook_utils.protocols.people.codes import check_character
from handbook_utils.protocols.privacy.examine import examine
from handbook_utils.protocols.wells.extraction import Extraction, example_extraction
from handbook_utils.protocols.wells.plates import layout

TODAY = dt.date(2026, 11, 24)
STUDY = Circumstances(
    "Example (simulated)",
    "Netherlands",
    {"Groningen": "Groningen", "Wageningen": "Gelderland"},
    {"Groningen": (53.22, 6.57)},
    detail="exact",
)
PARAMETERS = {
    "questionnaire": "",
    "tubes": "",
    "verdicts": "",
    "project": "Example",
    "country": "Netherlands",
    "regions": {"Groningen": "Groningen", "Wageningen": "Gelderland"},
    "latitudes": {},
    "longitudes": {},
    "broad": STUDY.broad,
    "local": STUDY.local,
    "medium": STUDY.medium,
    "instrument": "Illumina MiSeq",
    "forward": STUDY.forward,
    "reverse": STUDY.reverse,
    "store_celsius": -80.0,
    "precision": "month",
    "detail": "exact",
    "method": "16S",
    "kit": "ethanol",
    "kit_file": "",
    "location": "freezer",
    "blank": "distilled water",
    "extraction_kit": "",
    "extraction_protocol": "kit",
    "bead_mm": "",
    "sample_mg": 0.0,
    "plate": 96,
    "plates": 0,
    "blanks": 2,
    "mocks": 1,
    "ntc": 1,
    "duplicates": 1,
}


@pytest.fixture(scope="module")
def written():
    table = records(example_questionnaire(), example_samples(), controls(2, 2, 1, 1), STUDY)
    return all_standards(table, STUDY)


def saved(tmp_path, frame, key, name="metadata.tsv"):
    path = tmp_path / name
    path.write_bytes(as_tsv(frame, key))
    return path


def told(validation):
    return [(one.row, one.column, one.value) for one in validation.errors]


# ------------------------------------------------------------------ the standards


def test_eleven_fields_of_mixs_and_eleven_of_ena_are_required():
    assert STANDARDS["mixs"].required == [
        *("samp_name", "project_name", "target_gene", "samp_taxon_id", "collection_date", "geo_loc_name"),
        *("lat_lon", "env_broad_scale", "env_local_scale", "env_medium", "seq_meth"),
    ]
    assert len(standard("ena").required) == 11
    assert set(standard("ncbi").required) == {
        *("sample_name", "organism", "collection_date", "env_broad_scale", "env_local_scale", "env_medium"),
        *("geo_loc_name", "host", "lat_lon"),
    }
    assert len(standard("qiita").required) == 12


@pytest.mark.parametrize("key", STANDARDS)
def test_every_example_of_every_field_passes_its_own_rule(key):
    for field in STANDARDS[key].fields:
        assert check(field.example, field) is None, field.name


def test_an_unknown_standard_suggests_the_nearest(tmp_path):
    with pytest.raises(InputError, match="no standard") as found:
        validate(tmp_path / "x.tsv", "mix")
    assert "'mixs'" in str(found.value)


# ------------------------------------------------------------------ our own files


@pytest.mark.parametrize("key", ["mixs", "ena", "ncbi", "qiime2", "qiita"])
def test_what_we_write_is_valid_when_read_back(key, written, tmp_path):
    found = validate(saved(tmp_path, written[key], key), key, today=TODAY)
    assert found.errors == []
    assert len(found.table) == 180 + 8


def test_ncbis_file_marks_what_is_required_as_its_template_does(written, tmp_path):
    head = as_tsv(written["ncbi"], "ncbi").decode().splitlines()[0].split("\t")
    marked = [name for name in head if name.startswith("*")]
    assert marked == [
        *("*sample_name", "*organism", "*collection_date", "*env_broad_scale", "*env_local_scale", "*env_medium"),
        *("*geo_loc_name", "*host", "*lat_lon"),
    ]
    assert set(written["ncbi"].columns) <= {field.name for field in STANDARDS["ncbi"].fields}


def test_templates_as_archives_hand_them_out_are_read(written, tmp_path):
    """ENA's workbook holds other sheets before that of samples; NCBI's text begins with advice."""
    book = openpyxl.Workbook()
    for name, head in (
        ("study", ["alias", "title", "study_type"]),
        ("run", ["alias", "experiment_alias", "file_name"]),
    ):
        sheet = book.create_sheet(name)
        sheet.append(head)
        sheet.append(["x", "y", "z"])
    sheet = book.create_sheet("sample")
    sheet.append(list(written["ena"].columns))
    sheet.append([f"(Mandatory) What {name} is, such as 1" for name in written["ena"].columns])
    sheet.append(["#units", *[""] * (len(written["ena"].columns) - 1)])
    for row in written["ena"].head(3).itertuples(index=False, name=None):
        sheet.append(list(row))
    del book["Sheet"]
    book.save(tmp_path / "template.xlsx")
    found = validate(tmp_path / "template.xlsx", "ena", today=TODAY)
    assert (len(found.table), found.errors) == (3, [])
    lines = as_tsv(written["ncbi"].head(3), "ncbi").decode()
    advice = "# Leave fields empty, if unknown; see (*), below.\n#     1. Complete the table,\ttypically in Excel.\n"
    (tmp_path / "template.tsv").write_text(advice + lines, encoding="utf-8")
    found = validate(tmp_path / "template.tsv", "ncbi", today=TODAY)
    assert (len(found.table), found.errors) == (3, [])


def test_shotgun_is_described_as_metagenomes_and_names_no_gene(tmp_path):
    study = dataclasses.replace(STUDY, method="shotgun", detail="band")
    made = all_standards(records(example_questionnaire(), example_samples(), controls(2, 2, 1, 1), study), study)
    assert list(made) == ["mims", "ena", "ncbi-mims", "qiime2", "qiita"]
    assert not [name for frame in made.values() for name in frame if "target" in name or "primer" in name]
    for key, frame in made.items():
        assert validate(saved(tmp_path, frame, key), key, today=TODAY).errors == []


def test_qiime2s_own_format_reader_takes_the_file(written, tmp_path):
    made = SampleMetadata.load(str(saved(tmp_path, written["qiime2"], "qiime2")))
    assert made.id_count == 188
    kinds = {name: made.columns[name].type for name in made.columns}
    assert kinds["bristol"] == kinds["age"] == "numeric"
    assert kinds["arm"] == kinds["sample_or_control"] == "categorical"


def test_units_and_forms_differ_between_the_files(written):
    first = {key: frame.iloc[0] for key, frame in written.items()}
    centimetres = float(written["qiime2"].iloc[0]["height_cm"])
    assert first["ena"]["host height"] == f"{centimetres * 10:.0f}"
    assert first["mixs"]["host_height"] == f"{centimetres:g} cm"
    assert first["mixs"]["lat_lon"] == "53.22 6.57"
    assert first["ncbi"]["lat_lon"] == "53.22 N 6.57 E"
    assert "-" not in first["qiita"]["sample_name"]
    wageningen = written["mixs"]["geo_loc_name"].str.contains("Wageningen")
    assert set(written["mixs"].loc[wageningen, "lat_lon"]) == {"missing: human-identifiable"}


def test_controls_have_rows_and_no_host(written):
    blank = written["mixs"].set_index("samp_name").loc["BLANK-1-1"]
    assert blank["collection_date"] == blank["lat_lon"] == blank["env_medium"] == "missing: control sample"
    assert blank["neg_cont_type"] == "empty collection tube"
    assert blank["host_subject_id"] == ""
    mock = written["ena"].set_index("alias").loc["MOCK-1-1"]
    assert mock["positive control type"] == "mock community"


def test_how_dna_is_taken_out_stands_in_the_files_for_mixs_and_ena():
    study = dataclasses.replace(STUDY, extraction=Extraction("Kit X", "kit", "0.1", 200.0))
    table = records(example_questionnaire(), example_samples(), controls(1, 2, 1, 1), study)
    files = all_standards(table, study)
    mixs, ena = files["mixs"].set_index("samp_name"), files["ena"].set_index("alias")["nucleic acid extraction"]
    first = example_samples()["sample"][0]
    assert mixs.loc[[first, "BLANK-1-1", "NTC-1-1"], "nucl_acid_ext_kit"].tolist() == [
        *2 * ["Kit X, beads of 0.1 mm"],
        "",
    ]
    assert mixs.loc[[first, "BLANK-1-1"], "samp_vol_we_dna_ext"].tolist() == ["200 milligram", ""]
    assert ena[[first, "MOCK-1-1"]].tolist() == 2 * [study.extraction.in_words]
    assert set(to_ena(table, STUDY)["nucleic acid extraction"]) == {""}


def test_kit_and_storage_stand_in_the_files_for_mixs_and_ena():
    study = dataclasses.replace(STUDY, kit=kit_of("ethanol"), location="freezer 3")
    files = all_standards(records(example_questionnaire(), example_samples(), controls(1, 2, 1, 1), study), study)
    first = example_samples()["sample"][0]
    mixs, ena = files["mixs"].set_index("samp_name"), files["ena"].set_index("alias")
    kept = ["samp_collect_device", "samp_mat_process", "samp_store_loc"]
    assert mixs.loc[first, kept].tolist() == ["a tube with 95 % ethanol", "stool in 95 % ethanol", "freezer 3"]
    assert mixs.loc["BLANK-1-1", kept].tolist() == ["", "", "freezer 3"]
    assert ena.loc[first, "sample collection device"] == "a tube with 95 % ethanol"


def test_the_extraction_of_a_study_is_the_studys_and_not_the_examples(files):
    files_only = PARAMETERS | dict(zip(("questionnaire", "tubes"), map(str, files), strict=True))
    assert gathered(files_only)[3].extraction is None
    said = {"extraction_kit": "Kit X", "extraction_protocol": "Q-like", "bead_mm": "0.5", "sample_mg": 180.0}
    assert gathered(files_only | said)[3].extraction == Extraction("Kit X", "Q-like", "0.5", 180.0)
    assert example_extraction() == Extraction("Example kit (invented)", "kit", "0.1", 200.0)


def test_free_text_stays():
    answers = example_questionnaire()
    answers["remarks"] = "asked for Jansen"
    table = records(answers, example_samples(), controls(1, 2, 1, 1), STUDY)
    for frame in all_standards(table, STUDY).values():
        assert not frame.map(lambda cell: "Jansen" in str(cell)).any().any()


def test_dates_can_be_made_coarser():
    coarse = Circumstances("P", "Netherlands", {}, {}, precision="month")
    table = records(example_questionnaire(), example_samples(), controls(0, 0, 0, 0), coarse)
    assert table["date"].str.fullmatch(r"\d{4}-\d{2}").all()


# ------------------------------------------------------------------ one wrong value after another


@pytest.mark.parametrize(
    ("key", "column", "value", "said"),
    [
        ("mixs", "pcr_primers", "FWD:GTGYCAGCMGCCGCGGTAA", "REV"),
        ("mixs", "pcr_primers", "FWD:gtgycag;REV:ggac", "capital"),
        ("mixs", "samp_store_temp", "-80", "-80 degree Celsius"),
        ("mixs", "host_height", "1.75", "1.75 cm"),
        ("mixs", "host_height", "1.75 cm", "another unit"),
        ("mixs", "host_tot_mass", "71,5 kilogram", "71.5"),
        ("mixs", "host_tot_mass", "71 kg", "not one of the units"),
        ("mixs", "host_sex", "F", "female"),
        ("mixs", "lib_layout", "pair", "paired"),
        ("mixs", "geo_loc_name", "Netherlands: Groningen", "three parts"),
        ("mixs", "lat_lon", "53.22 N 6.57 E", "without letters"),
        ("mixs", "lat_lon", "153.22 6.57", "-90 to 90"),
        ("mixs", "collection_date", "02-03-2026", "2026-03-02"),
        ("mixs", "collection_date", "46083", "2026-03-02"),
        ("mixs", "collection_date", "2026-02-30", "no such day"),
        ("mixs", "collection_date", "2031-01-01", "future"),
        ("mixs", "samp_taxon_id", "408170", "NCBITaxon"),
        ("mixs", "env_broad_scale", "human-associated habitat [ENVO:00009003]", "urban biome"),
        ("mixs", "env_medium", "ENVO:00002018", "fecal material"),
        ("mixs", "env_medium", "feces [ENVO:00002043]", "waste water"),
        ("mixs", "env_medium", "soil [ENVO:00002003]", "'fecal material'"),
        ("mixs", "env_medium", "ENVO:00002003", "fecal material [ENVO:00002003]"),
        ("mixs", "env_medium", "stool", "Such as"),
        ("mixs", "seq_meth", "", "Such as"),
        ("mixs", "seq_meth", "#REF!", "formula"),
        ("mixs", "seq_meth", "N/A", "'not collected'"),
        ("mixs", "target_gene", "1-mrt", "MARCH1"),
        ("ena", "host height", "175", "millimetres"),
        ("ena", "host height", "1750 mm", "number alone"),
        ("ena", "host age", "46 years", "number alone"),
        ("ena", "geographic location (country and/or sea)", "Nederland", "Netherlands"),
        ("ena", "geographic location (country and/or sea)", "Netherlands: Groningen", "region and locality"),
        ("ena", "geographic location (latitude)", "53,22", "53.22"),
        ("ena", "IHMC medication code", "8", "Write 08"),
        ("ena", "taxon_id", "human gut metagenome", "408170"),
        ("ncbi", "lat_lon", "53.22 6.57", "53.22 N 6.57 E"),
        ("ncbi", "host", "", "Homo sapiens"),
        ("qiita", "sample_name", "0VKMB4-1", "0VKMB4.1"),
        ("qiita", "dna_extracted", "yes", "TRUE"),
        ("qiita", "collection_timestamp", "2026-03-02T07:40", "2026-03-02"),
        ("qiime2", "sample-id", "#S1", "#"),
    ],
)
def test_a_wrong_value_is_found_with_its_row_column_rule_and_remedy(written, tmp_path, key, column, value, said):
    frame = written[key].head(3).copy()
    frame.iloc[1, frame.columns.get_loc(column)] = value
    if key == "qiime2":  # a row that begins with # would be read as a comment, so the table itself is held
        found = validate_table(frame.set_axis([3, 4, 5]), standard(key), today=TODAY)
        line = 4
    else:
        found, line = validate(saved(tmp_path, frame, key), key, today=TODAY), 3
    [one] = found.errors
    assert (one.row, one.column) == (line, column)
    assert said in f"{one.rule} {one.remedy} {one.value}"


@pytest.mark.parametrize("word", INSDC_MISSING)
def test_the_insdcs_words_pass_for_a_coordinate(written, tmp_path, word):
    frame = written["mixs"].head(2).copy()
    frame["lat_lon"] = word
    assert validate(saved(tmp_path, frame, "mixs"), "mixs", today=TODAY).errors == []


@pytest.mark.parametrize(
    ("value", "what", "said"),
    [
        ("bsn 111222333", "BSN", "Take it out"),
        ("jan.devries@voorbeeld.nl", "e-mail", "Take it out"),
        ("06-12345678", "telephone", "Take it out"),
        ("9713 GZ", "postal code", "province"),
        ("mevrouw Jansen", "name", "missing: human-identifiable"),
    ],
)
def test_the_privacy_guard_is_on_in_every_standard(written, tmp_path, value, what, said):
    for key, column in (("mixs", "host_diet"), ("ena", "host diet"), ("ncbi", "host_age"), ("qiita", "description")):
        frame = written[key].head(2).copy()
        frame.iloc[0, frame.columns.get_loc(column)] = value
        [one] = validate(saved(tmp_path, frame, key), key, today=TODAY).errors
        assert what in one.rule
        assert said in one.remedy
        assert value not in json.dumps(one.__dict__)


def test_birth_dates_and_exact_coordinates_are_refused_with_what_to_write(written, tmp_path):
    frame = written["qiime2"].head(2).copy()
    frame["date_of_birth"] = "1980-02-29"
    frame["latitude"] = "53.21940"
    found = validate(saved(tmp_path, frame, "qiime2"), "qiime2", today=TODAY)
    remedies = " ".join(one.remedy for one in found.errors)
    assert "year of birth, 1980" in remedies
    assert "2 decimals" in remedies


def test_no_message_repeats_a_value_that_names_somebody(written, tmp_path):
    frame = written["ena"].head(2).copy()
    frame.iloc[0, frame.columns.get_loc("geographic location (latitude)")] = "53.21940,6.5 call 06-12345678"
    found = validate(saved(tmp_path, frame, "ena"), "ena", today=TODAY)
    assert "12345678" not in json.dumps(summary(found))
    assert "12345678" not in str(found.as_input_errors())


def test_errors_of_one_cause_are_one_message_with_count_and_first_rows(written, tmp_path):
    frame = written["mixs"].head(60).copy()
    frame["collection_date"] = [f"{day % 28 + 1:02}-01-2026" for day in range(60)]
    frame.iloc[7, frame.columns.get_loc("collection_date")] = "2026-02-30"
    frame.iloc[3, frame.columns.get_loc("host_sex")] = "F"
    found = validate(saved(tmp_path, frame, "mixs"), "mixs", today=TODAY)
    assert len(found.errors) == 61
    dates, sex = found.as_input_errors().errors
    assert dates.problem == "60 values are refused for one cause."
    assert dates.where.endswith("lines 2, 3, 4, 5, 6 and 55 more, collection_date")
    assert dates.found == "01-01-2026, 02-01-2026, 03-01-2026, 04-01-2026, 05-01-2026 and 24 more"
    assert dates.remedy == "Write year, month, day; is it 2026-01-01? (of line 2)"
    assert (sex.problem, sex.found) == ("This value is refused.", "F")
    assert "line 5, host_sex, " in sex.where


def test_study_codes_that_look_like_postal_codes_pass(written, tmp_path):
    looks = (f"{number}B{check_character(f'{number}B')}" for number in range(1000, 1100))
    code = next(one for one in looks if one[-1].isalpha() and examine(pd.DataFrame({"x": [one]}), today=TODAY))
    frame = written["mixs"].head(1).copy()
    frame["host_subject_id"] = code
    assert validate(saved(tmp_path, frame, "mixs"), "mixs", today=TODAY).errors == []


# ------------------------------------------------------------------ the file as a whole


def test_all_mistakes_of_a_file_at_once(written, tmp_path):
    frame = written["mixs"].head(3).copy().drop(columns="seq_meth")
    frame.iloc[0, frame.columns.get_loc("samp_name")] = frame.iloc[1]["samp_name"]
    frame.iloc[2, frame.columns.get_loc("host_sex")] = "M"
    frame = frame.rename(columns={"env_medium": "env_mediun"})
    found = validate(saved(tmp_path, frame, "mixs"), "mixs", today=TODAY)
    assert [(one.row, one.column) for one in found.errors] == [
        *((0, "env_medium"), (0, "seq_meth")),
        *((3, "samp_name"), (4, "host_sex")),
    ]
    assert "'env_mediun'" in found.errors[0].remedy


def test_lost_zeros_blanks_and_powers_of_ten_in_ids(tmp_path):
    path = tmp_path / "q.tsv"
    path.write_text("sample-id\tx\n1.10\t1\n1.11\t1\n1.2\t1\n1.2E+04\t1\n 7K\t1\n", encoding="utf-8")
    found = validate(path, "qiime2", today=TODAY)
    assert [one.row for one in found.errors] == [4, 5, 6]
    assert "1.20" in found.errors[0].remedy
    path.write_text("sample-id\tx\nlong_name_with_underscores\t1\n", encoding="utf-8")
    found = validate(path, "qiime2", today=TODAY)
    assert (found.errors, len(found.advice)) == ([], 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sample-id\tx\tx\nS1\t1\t2\n", "same name"),
        ("sample-id\t\tx\nS1\t1\t2\n", "no name"),
        ("sample-id\tx\nS1\t1\t2\nS2\t1\n", "more cells"),
        ("sample-id\tx\n#q2:types\tnumber\nS1\t1\n", "types that QIIME 2 does not know"),
        ("", "empty"),
    ],
)
def test_what_is_not_a_table_is_said(tmp_path, text, said):
    path = tmp_path / "x.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises((InputError, InputErrors), match=said):
        validate(path, "qiime2")


def test_webins_own_layout_is_read_and_its_units_are_checked(written, tmp_path):
    body = as_tsv(written["ena"].head(2), "ena").decode().splitlines()
    header = body[0].replace("alias", "sample_alias").replace("taxon_id", "tax_id")
    path = tmp_path / "webin.tsv"
    units = ["#units", *["mm" if name == "host height" else "" for name in header.split("\t")[1:]]]
    path.write_text(
        "\n".join(["Checklist\tERC000015\tGSC MIxS human gut", header, "\t".join(units), *body[1:]]), "utf-8"
    )
    assert validate(path, "ena", today=TODAY).errors == []
    units = [unit.replace("mm", "cm") for unit in units]
    path.write_text(
        "\n".join(["Checklist\tERC000015\tGSC MIxS human gut", header, "\t".join(units), *body[1:]]), "utf-8"
    )
    with pytest.raises(InputErrors, match="host height in cm, where mm"):
        validate(path, "ena", today=TODAY)


def test_windows_1252_with_semicolons(tmp_path):
    path = tmp_path / "excel.csv"
    path.write_bytes("sample-id;centre\r\nS1;Zürich\r\n".encode("cp1252"))
    assert validate(path, "qiime2").table["centre"].tolist() == ["Zürich"]


@given(st.text(min_size=1, max_size=30))
def test_any_text_gives_a_verdict_and_no_crash(text):
    for asked in STANDARDS.values():
        for field in asked.fields:
            check(text, field)


# ------------------------------------------------------------------ Excel


def test_excel_in_with_a_date_that_was_an_id(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["sample-id", "arm"])
    book.active.append([dt.datetime(2026, 3, 1), "fibre"])
    book.active.append(["S2", "usual"])
    book.save(tmp_path / "m.xlsx")
    [one] = validate(tmp_path / "m.xlsx", "qiime2", today=TODAY).errors
    assert (one.row, one.value) == (2, "2026-03-01")
    assert "MARCH1" in one.remedy


def test_excel_out_marks_the_cells_and_holds_no_formula(written, tmp_path):
    frame = written["mixs"].head(3).copy()
    frame.iloc[1, frame.columns.get_loc("host_sex")] = "F"
    frame.iloc[2, frame.columns.get_loc("host_diet")] = '=HYPERLINK("x")'
    found = validate(saved(tmp_path, frame, "mixs"), "mixs", today=TODAY)
    content = workbook(found)
    assert content == workbook(found)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["metadata", "errors"]
    cells = [cell for row in book["metadata"].iter_rows() for cell in row]
    marked = [cell for cell in cells if cell.comment]
    assert [(cell.value, cell.font.bold, cell.fill.fgColor.rgb) for cell in marked] == [("F", True, "00FFE699")]
    assert "female" in marked[0].comment.text
    assert all(cell.data_type in "sn" for sheet in book for row in sheet.iter_rows() for cell in row)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if re.match(r"xl/worksheets/sheet", name)]
    assert not any(b"<f>" in text for text in sheets)
    assert book["errors"]["A2"].value == marked[0].coordinate


# ------------------------------------------------------------------ the command


def run(*arguments):
    try:
        cli.main(list(arguments))
    except SystemExit as stop:
        return stop.code
    return 0


def test_the_command_exits_2_and_tells_everything(written, tmp_path, capsys):
    frame = written["mixs"].head(3).copy()
    path = saved(tmp_path, frame, "mixs", "good.tsv")
    assert run("validate", str(path), "--standard", "mixs") == 0
    assert "3 samples, valid" in capsys.readouterr().out
    frame["host_sex"], frame["samp_store_temp"] = "F", "-80"
    path = saved(tmp_path, frame, "mixs", "bad.tsv")
    marked = tmp_path / "marked.xlsx"
    assert run("validate", str(path), "--standard", "mixs", "-o", str(marked)) == 2
    said = capsys.readouterr().err
    assert said.count("lines 2, 3, 4, host_sex") == said.count("lines 2, 3, 4, samp_store_temp") == 1
    assert said.count("3 values are refused for one cause.") == 2
    assert "Traceback" not in said
    assert marked.is_file()
    assert run("validate", str(path), "--standard", "mixs", "-o", str(marked)) == 2
    assert "not there yet" in capsys.readouterr().err
    assert run("validate", str(path), "--standard", "mixs", "--json") == 2
    plain = json.loads(capsys.readouterr().out)
    assert (plain["valid"], len(plain["errors"])) == (False, 6)
    assert set(plain["errors"][0]) == {"row", "sample", "column", "value", "rule", "remedy"}
    assert run("validate", str(path), "--standard", "mixxs") == 2
    assert run("validate", str(tmp_path / "absent.tsv"), "--standard", "mixs") == 2


# ------------------------------------------------------------------ questionnaires


def test_the_stored_questionnaires_are_what_the_generator_makes():
    stored = datasets.root() / "example-study" / "questionnaire.csv"
    assert stored.read_text(encoding="utf-8") == example_questionnaire().to_csv(index=False)


def test_the_example_is_answered_as_the_list_of_tubes_says():
    found, tubes, rejected, _ = gathered(PARAMETERS)
    assert (found.errors, len(tubes), rejected) == ([], 180, [])
    record_metadata(PARAMETERS)


@pytest.fixture
def files(tmp_path):
    answers, tubes = tmp_path / "answers.csv", tmp_path / "tubes.csv"
    example_questionnaire().to_csv(answers, index=False)
    example_samples().to_csv(tubes, index=False)
    return answers, tubes


def changed(path, **cells):
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    for column, (at, value) in cells.items():
        frame.loc[at, column] = value
    frame.to_csv(path, index=False)


def test_questionnaires_that_do_not_fit_all_at_once(files):
    answers, tubes = files
    changed(answers, tube=(0, "NEVER1-1"), bristol=(1, "8"), height_cm=(4, "1.75"), age=(7, "99"), sex=(9, "m"))
    frame = pd.read_csv(answers, dtype=str, keep_default_na=False)
    frame.loc[11, "sex"] = "male" if frame.loc[11, "sex"] == "female" else "female"
    frame.loc[13, "collected"] = "2025-01-01 08:00"
    frame.to_csv(answers, index=False)
    with pytest.raises(InputErrors) as found:
        read_questionnaire(answers, read_tubes(tubes), today=TODAY)
    text = str(found.value)
    for said in (
        *("NEVER1-1", "no questionnaire", "from 1 to 7", "Centimetres", "'male'", "Sex differs"),
        *("age differs between visits", "before earlier ones"),
    ):
        assert said in text


def test_a_tube_answered_twice(files):
    answers, tubes = files
    frame = pd.read_csv(answers, dtype=str, keep_default_na=False)
    pd.concat([frame, frame.head(1)]).to_csv(answers, index=False)
    with pytest.raises(InputErrors, match="every id once"):
        read_questionnaire(answers, read_tubes(tubes), today=TODAY)


def test_rejected_tubes_stay_out(files, tmp_path):
    answers, tubes = files
    first = example_samples()["sample"][0]
    verdicts = tmp_path / "verdicts.csv"
    verdicts.write_text(f"tube,verdict\n{first},reject\n", encoding="utf-8")
    given = PARAMETERS | {"questionnaire": str(answers), "tubes": str(tubes), "verdicts": str(verdicts)}
    _, kept, rejected, _ = gathered(given)
    assert (len(kept), rejected) == (179, [first])
    verdicts.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="verdicts lack columns"):
        read_rejected(verdicts)


def test_tubes_without_columns_or_twice(tmp_path):
    path = tmp_path / "tubes.csv"
    path.write_text("sample,participant,arm,sex,age_band,center,time_point\nA-1,A,x,male,1,G,t\n", encoding="utf-8")
    with pytest.raises(InputError, match="lacks columns") as found:
        read_tubes(path)
    assert "'center'" in str(found.value)
    frame = example_samples().head(2)
    pd.concat([frame, frame]).to_csv(path, index=False)
    with pytest.raises(InputError, match="twice"):
        read_tubes(path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"latitudes": {"Groningen": "53.2194"}, "longitudes": {"Groningen": "6.57"}}, "too exact"),
        ({"latitudes": {"Groningen": "north"}, "longitudes": {"Groningen": "6.57"}}, "not a number"),
        ({"latitudes": {"Groningen": "53.22"}}, "different centres"),
        ({"broad": "human-associated habitat [ENVO:00009003]"}, "obsolete"),
        ({"forward": "GTG-CAG"}, "IUPAC"),
        ({"blank": "water"}, "distilled water"),
        ({"plate": 96, "blanks": 90, "mocks": 5}, "no room"),
        ({"tubes": "tubes.csv"}, "no questionnaires"),
    ],
)
def test_what_the_study_says_is_held_against_the_standards(files, change, said):
    change = {name: str(files[1]) if name == "tubes" else value for name, value in change.items()}
    with pytest.raises((InputError, InputErrors), match=said):
        record_metadata(PARAMETERS | change)


def test_controls_are_named_as_the_layout_names_them():
    made = layout(example_samples(), candidates=1, seed=1)
    wells = made.wells
    named = set(wells.loc[wells["content"].isin(["blank", "mock", "ntc"]), "sample"])
    assert set(planned_controls(example_samples(), PARAMETERS)["sample"]) == named


def test_coordinates_of_the_south():
    assert coordinates({"A": "-33.9"}, {"A": "18.4"}) == {"A": (-33.9, 18.4)}


def test_the_tenth_visit_comes_after_the_second(tmp_path):
    answers = example_questionnaire().head(1)
    tubes = example_samples().head(1)
    code = str(tubes["participant"].iloc[0])
    names = [f"{code}-{visit}" for visit in range(1, 13)]
    visits = pd.concat([tubes] * 12, ignore_index=True).assign(sample=names)
    given = pd.concat([answers] * 12, ignore_index=True).assign(
        tube=names, collected=[f"2026-{visit:02d}-03 08:00" for visit in range(1, 10)] + ["2026-10-03 08:00"] * 3
    )
    given.to_csv(tmp_path / "answers.csv", index=False)
    visits.to_csv(tmp_path / "tubes.csv", index=False)
    listed = read_tubes(tmp_path / "tubes.csv")
    read_questionnaire(tmp_path / "answers.csv", listed, today=TODAY)
    given.loc[9, "collected"] = "2026-01-01 08:00"
    given.to_csv(tmp_path / "answers.csv", index=False)
    with pytest.raises((InputError, InputErrors), match="before earlier ones"):
        read_questionnaire(tmp_path / "answers.csv", listed, today=TODAY)


def test_a_visit_that_was_missed_needs_no_day(files, tmp_path):
    answers, tubes = files
    frame = pd.read_csv(answers, dtype=str, keep_default_na=False)
    never_came, not_filled = frame.loc[2, "tube"], frame.loc[5, "tube"]
    frame.loc[5, "collected"] = "not collected"
    frame.drop(index=2).to_csv(answers, index=False)
    given = PARAMETERS | {"questionnaire": str(answers), "tubes": str(tubes)}
    with pytest.raises(InputErrors, match="Tubes have no questionnaire"):
        gathered(given)
    verdicts = tmp_path / "verdicts.csv"
    verdicts.write_text(f"tube,verdict\n{never_came},missing\n", encoding="utf-8")
    found, kept, rejected, study = gathered(given | {"verdicts": str(verdicts)})
    made = records(found.table, kept, planned_controls(kept, PARAMETERS), study)
    assert rejected == [never_came]
    assert not {never_came, not_filled} & set(made["sample"])
    assert (made["content"] == "sample").sum() == 178
    assert made.loc[made["content"] == "sample", "date"].str.fullmatch(r"\d{4}-\d\d").all()
    verdicts.write_text(f"tube,verdict\n{never_came},missing\n{not_filled},accept\n", encoding="utf-8")
    with pytest.raises(InputErrors, match="said not to have been filled"):
        gathered(given | {"verdicts": str(verdicts)})


def test_the_forms_of_the_example_are_those_of_its_scans():
    scans = datasets.frame("example-study", "scans")
    scanned = scans[scans["event"] == "collected"].set_index("code")["time"]
    assert len(scanned) == 177
    assert forms_and_scans(example_questionnaire(), scanned) == []


def test_forms_filed_under_each_others_tubes_are_found(files, tmp_path):
    answers, tubes = files
    scans = datasets.frame("example-study", "scans")
    scanned = scans[scans["event"] == "collected"].rename(columns={"code": "tube", "time": "collected"})
    scanned[["tube", "collected"]].to_csv(tmp_path / "collected.csv", index=False)
    frame = pd.read_csv(answers, dtype=str, keep_default_na=False)
    generator = np.random.default_rng(4)
    when = pd.to_datetime(frame["collected"])
    people = frame["tube"].str.rpartition("-")[0]
    swaps = found = 0
    for _ in range(400):
        one, other = (int(place) for place in generator.choice(len(frame), 2, replace=False))
        # Two taken within an hour of each other may be exchanged, and no time can tell.
        if abs(when[one] - when[other]) <= pd.Timedelta(hours=1) or people[one] == people[other]:
            continue
        swapped = frame.copy()
        swapped.loc[[one, other], "collected"] = frame.loc[[other, one], "collected"].to_numpy()
        told = forms_and_scans(swapped, scanned.set_index("tube")["collected"])
        swaps += 1
        found += bool(told) and any(frame.loc[place, "tube"] in told[0].found for place in (one, other))
    assert swaps > 380
    assert found / swaps >= 0.99
    given = PARAMETERS | {
        "questionnaire": str(answers),
        "tubes": str(tubes),
        "collected": str(tmp_path / "collected.csv"),
    }
    gathered(given)
    swapped.to_csv(answers, index=False)
    with pytest.raises(InputErrors, match="not that of the scan"):
        gathered(given)


def test_two_forms_of_the_same_morning_are_told_by_fitting_each_other():
    days = pd.date_range("2026-01-10 07:00", periods=4, freq="2h")
    tubes = ["A-1", "B-1", "C-1", "D-1"]
    scans = pd.Series([f"{day:%Y-%m-%d %H:%M}" for day in days], index=tubes)
    forms = pd.DataFrame({"tube": tubes, "collected": list(scans)})
    assert forms_and_scans(forms, scans) == []
    forms["collected"] = scans[["B-1", "A-1", "C-1", "D-1"]].to_numpy()
    (told,) = forms_and_scans(forms, scans)
    assert told.found.count("its form fits") == 2
    assert "C-1" not in told.found
    # One that is off by two hours, as somebody writes it down later, fits nobody both ways.
    forms["collected"] = scans[["B-1", "B-1", "C-1", "D-1"]].to_numpy()
    assert forms_and_scans(forms, scans) == []


def test_forms_that_are_filled_in_from_memory_are_no_false_alarm():
    """Of 40 studies of 180 tubes with times half an hour off, and one in ten two hours: how many tubes are told."""
    generator = np.random.default_rng(6)
    told = 0
    for _ in range(40):
        day = generator.integers(0, 60, 180) * 24 + 7 + 2 * generator.random(180)
        wrong = np.where(generator.random(180) < 0.1, 2, 0.5) * generator.normal(size=180)
        tubes = [f"{number}-1" for number in range(180)]
        start = pd.Timestamp("2026-01-01")
        scans = pd.Series([str(start + pd.Timedelta(hours=float(hour))) for hour in day], index=tubes)
        forms = [str(start + pd.Timedelta(hours=float(hour))) for hour in day + wrong]
        found = forms_and_scans(pd.DataFrame({"tube": tubes, "collected": forms}), scans)
        told += found[0].found.count("(form") if found else 0
    assert told / (40 * 180) < 0.01


@pytest.mark.parametrize("key", ["ena", "mixs", "mims", "ncbi", "ncbi-mims", "qiita", "qiita-preparation"])
def test_every_field_of_the_official_list_is_known_and_as_needed_as_there(key):
    official = datasets.frame("standards").query("standard == @key").set_index("field")["need"]
    ours = STANDARDS[key]
    assert set(official.index) <= {field.name for field in ours.fields}
    assert set(official.index[official == "required"]) <= set(ours.required)


def test_ten_thousand_values_agree_with_the_official_lists():
    """Values of the lists pass; values with a letter changed, cut off or in another case do not."""
    generator = np.random.default_rng(5)
    lists = datasets.frame("standards", "lists")
    every = {key: set(part["value"]) for key, part in lists.groupby(["standard", "field"])}
    rows = lists.iloc[generator.integers(0, len(lists), 5000)]
    agreed = 0
    for key, name, value in zip(rows["standard"], rows["field"], rows["value"], strict=True):
        asked = STANDARDS[key]
        field = asked.field(name)
        place = int(generator.integers(0, len(value)))
        slips = (value[:place] + "q" + value[place + 1 :], value[:-1], value.swapcase())
        slip = slips[int(generator.integers(0, 3))]
        for written in (value, slip):
            allowed = written in every[key, name] or written in asked.missing
            found = None if written in asked.missing else check(written, field)
            agreed += (found is None) == allowed
    assert agreed == 10_000


#: The pattern of ERC000015 for "collection date", without the words for a missing value.
ENA_DATE = (
    r"[12][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01])(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?Z?([+-][0-9]{1,2})?)?)?)?"
    r"(/[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?Z?([+-][0-9]{1,2})?)?)?)?)?"
)


def _exists(text):
    for end in text.split("/"):
        numbers = [
            int(part) for part in re.split(r"[-T:]", re.sub(r"Z?([+-]\d{1,2})?$", "", end) if "T" in end else end)
        ]
        try:
            dt.datetime(*[*numbers, *(1, 1, 1)[len(numbers) :]][: max(3, len(numbers))])
        except ValueError:
            return False
    return True


def test_ten_thousand_dates_agree_with_enas_own_pattern():
    """Days, moments and ranges, half of them with a slip; one that the pattern takes must be a day that there is."""
    generator = np.random.default_rng(9)
    field = STANDARDS["ena"].field("collection date")
    agreed = passed = 0
    for _ in range(10_000):
        ends = []
        for _ in range(int(generator.integers(1, 3))):
            moment = dt.datetime(2000, 1, 1) + dt.timedelta(minutes=int(generator.integers(0, 13_000_000)))
            forms = ("%Y", "%Y-%m", "%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M+01")
            ends.append(moment.strftime(forms[int(generator.integers(0, len(forms)))]))
        text = "/".join(ends)
        if generator.random() < 0.5:
            place = int(generator.integers(0, len(text)))
            text = (
                text[:place]
                + str(generator.choice(list("0139-/: TZx")))
                + text[place + int(generator.integers(0, 2)) :]
            )
        official = bool(re.fullmatch(ENA_DATE, text)) and _exists(text)
        agreed += (check(text, field) is None) == official
        passed += official
    assert agreed == 10_000
    assert 4_000 < passed < 7_000


@pytest.mark.parametrize(
    "text", ["2026", "Mar-2026", "02-Mar-2026", "2026-03-02", "2026-03-02T10:00Z", "2026-03/2026-04"]
)
def test_ncbi_takes_days_in_words_too(text):
    field = STANDARDS["ncbi"].field("collection_date")
    assert check(text, field) is None
    assert check(text.replace("2026", "26"), field) is not None


@pytest.mark.parametrize(
    ("standard_key", "field", "wrong", "right"),
    [
        ("ena", "geographic location (country and/or sea)", "Holand", "Is it Netherlands?"),
        ("ena", "geographic location (country and/or sea)", "Nederland", "Netherlands"),
        ("ena", "geographic location (country and/or sea)", "Groningen", "a region has its own field"),
        ("mixs", "geo_loc_name", "Holand: Groningen, Groningen", "Is it Netherlands?"),
        ("ncbi", "geo_loc_name", "Groningen", "a region has its own field"),
        ("ena", "IHMC medication code", "8", "08=8=Antibiotics"),
    ],
)
def test_what_is_not_of_a_list_is_told_what_is_meant(standard_key, field, wrong, right):
    problem = check(wrong, STANDARDS[standard_key].field(field))
    assert problem is not None
    assert right in problem.remedy

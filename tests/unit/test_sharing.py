"""The crate of a study: valid by RO-Crate 1.2 and as a Data Package, the same bytes each time, and nobody in it."""

import io
import json
import zipfile

import frictionless
import pandas as pd
import pytest
from rocrate_validator.models import Severity
from rocrate_validator.services import ValidationSettings
from rocrate_validator.services import validate as validate_crate

from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.archive_sheets import platform_of, sheets
from handbook_utils.protocols.example import example_samples
from handbook_utils.protocols.metadata_validation import validate
from handbook_utils.protocols.reporting import OPEN, storms
from handbook_utils.protocols.study_crate import CRATE, DECISIONS, PACKAGE, collect, guard, packed, results_of, shared

ROOT = handbook_root()
DEFAULTS = {entry.name: entry.default for entry in Catalogue.read(ROOT).get("protocols/share-the-data").parameters}


@pytest.fixture(scope="module")
def made():
    return shared(DEFAULTS)


@pytest.fixture
def crate(made, tmp_path):
    with zipfile.ZipFile(io.BytesIO(packed(made.members))) as archive:
        archive.extractall(tmp_path / "crate")
    return tmp_path / "crate"


def required(folder):
    settings = ValidationSettings(
        rocrate_uri=str(folder),
        profile_identifier="ro-crate-1.2",
        requirement_severity=Severity.REQUIRED,
        abort_on_first=False,
    )
    return [f"{issue.check.identifier}: {issue.message}" for issue in validate_crate(settings).get_issues()]


# ------------------------------------------------------------------ the crate


def test_the_crate_is_valid_by_ro_crate_1_2(crate, offline):
    assert required(crate) == []
    path = crate / CRATE
    path.write_text(path.read_text(encoding="utf-8").replace("datePublished", "dateWhatever"), encoding="utf-8")
    assert required(crate) != []


def test_every_file_is_described_and_every_description_has_its_file(made, crate):
    graph = json.loads(made.members[CRATE])["@graph"]
    described = {entity["@id"] for entity in graph if entity["@type"] == "File"}
    assert described == set(made.members) - {CRATE}
    assert {path.relative_to(crate).as_posix() for path in crate.rglob("*") if path.is_file()} == set(made.members)
    assert all(entity["description"] != "File of the study" for entity in graph if entity["@type"] == "File")


def test_frictionless_reads_every_table_with_its_columns_and_checksum(crate):
    report = frictionless.Package(str(crate / PACKAGE)).validate()
    assert report.valid, report.flatten(["name", "type", "message"])
    package = json.loads((crate / PACKAGE).read_text(encoding="utf-8"))
    [samples] = [one for one in package["resources"] if one["name"] == "ena-samples"]
    units = {field["name"]: field.get("unit") for field in samples["schema"]["fields"]}
    assert units["host height"] == "mm"


def test_equal_studies_give_equal_bytes(made):
    assert packed(shared(DEFAULTS).members) == packed(made.members)


def test_a_simulated_study_says_so_everywhere(made):
    root = next(one for one in json.loads(made.members[CRATE])["@graph"] if one["@id"] == "./")
    assert "SIMULATED" in root["description"]
    assert b"SIMULATED" in made.members["data-management.md"]
    assert b"SIMULATED" in made.members["archive/ena-study.tsv"]


# ------------------------------------------------------------------ the archive


def test_the_sheets_belong_together(made, crate):
    samples, experiments, runs = (made.sheets[f"ena-{name}"] for name in ("samples", "experiments", "runs"))
    assert set(experiments["sample_alias"]) == set(samples["alias"])
    assert set(runs["experiment_alias"]) == set(experiments["alias"])
    assert set(experiments["study_alias"]) == set(made.sheets["ena-study"]["alias"])
    assert runs["file_name"].is_unique
    assert validate(crate / "archive" / "ena-samples.tsv", "ena").errors == []


def test_shotgun_and_instruments():
    made = sheets(pd.DataFrame({"alias": ["S"], "title": ["t"]}), "X", "n", "", "shotgun", "Illumina NovaSeq X", "")
    assert made["ena-experiments"].loc[0, ["library_strategy", "library_selection"]].tolist() == ["WGS", "RANDOM"]
    assert platform_of("MinION") == "OXFORD_NANOPORE"
    with pytest.raises(InputError) as found:
        platform_of("MiSeq")
    assert "Illumina MiSeq" in str(found.value)
    with pytest.raises(InputError, match="method"):
        sheets(pd.DataFrame({"alias": [], "title": []}), "X", "n", "", "18S", "Illumina MiSeq", "")


# ------------------------------------------------------------------ STORMS


def test_items_are_filled_from_the_study_and_open_where_it_says_nothing():
    filled = storms(DEFAULTS).set_index("item")["what the study says"]
    assert filled["extraction"] == OPEN
    assert "outside the WMO" in filled["ethics"]
    assert "180 days" in filled["antibiotics"]
    assert "no-template controls: 1" in filled["negative controls"]
    assert set(storms({})["what the study says"]) == {OPEN}
    within = storms({**DEFAULTS, "within_wmo": True, "kit": "ethanol", "access": "open"}).set_index("item")
    assert "approved by" in within.loc["ethics"].iloc[0]
    assert "95 % ethanol" in within.loc["collection"].iloc[0]
    assert "open" in within.loc["data access"].iloc[0]


# ------------------------------------------------------------------ what leaves, what stays


@pytest.fixture
def results(made, tmp_path):
    folder = tmp_path / "study" / "results"
    for name, content in made.members.items():
        if name.startswith("data/"):
            _, step, file = name.split("/")
            path = folder / step / "files" / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    for step, file, text in (
        ("include-participants", "included.csv", "screening_id\nS-0001\n"),
        ("collect-at-home", "sheet-nl.pdf", "%PDF"),
        ("keep-it-cold", "verdicts.csv", "tube,shipment,verdict,reasons\n0VKMB4-1,box-1,accept,\n"),
        ("keep-it-cold", "notes.csv", "note\nwarm\n"),
        ("sequence", "SampleSheet.csv", "[Header]\nFileFormatVersion,2\n\n[Data]\nSample_ID,index\n0VKMB4-1,ACGT\n"),
    ):
        path = folder / step / "files" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_what_nobody_decided_about_stays(results):
    members, decided = collect(results)
    leaves = decided.set_index("file")["leaves"]
    assert leaves[["included.csv", "sheet-nl.pdf", "notes.csv"]].tolist() == ["no"] * 3
    assert leaves[["verdicts.csv", "SampleSheet.csv", "tubes.csv"]].tolist() == ["yes"] * 3
    assert {name.rpartition("/")[2] for name in members} == set(leaves[leaves == "yes"].index)


def test_a_study_folder_becomes_a_valid_crate(results, tmp_path, offline):
    given = DEFAULTS | {"metadata": str(results / "record-metadata" / "files" / "metadata-ena.tsv")}
    study = shared(given)
    assert "data/sequence/SampleSheet.csv" in study.members
    assert not any("included" in name or "notes" in name for name in study.members)
    with zipfile.ZipFile(io.BytesIO(packed(study.members))) as archive:
        archive.extractall(tmp_path / "crate")
    assert required(tmp_path / "crate") == []
    assert frictionless.Package(str(tmp_path / "crate" / PACKAGE)).validate().valid


@pytest.mark.parametrize(
    ("step", "file", "text", "what"),
    [
        ("keep-it-cold", "verdicts.csv", "tube,reasons\nA,call 06-12345678\n", "telephone"),
        ("extract-and-plate", "wells.csv", "well,note\nA1,9713 GZ\n", "postal code"),
        ("assign-codes-and-labels", "tubes.csv", "sample,achternaam\nA-1,Bakker\n", "column of personal data"),
        ("sequence", "SampleSheet.csv", "[Header]\nInvestigator,jan@voorbeeld.nl\n", "e-mail"),
    ],
)
def test_the_guard_stops_a_crate_and_says_where(results, step, file, text, what):
    path = results / step / "files" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputErrors) as found:
        shared(DEFAULTS | {"metadata": str(results / "record-metadata" / "files" / "metadata-ena.tsv")})
    assert what in str(found.value)
    assert f"data/{step}/{file}" in str(found.value)
    assert "06-12345678" not in str(found.value)


def test_all_findings_of_all_tables_at_once():
    with pytest.raises(InputErrors) as found:
        guard(
            {"a.csv": b"x,y\n111222333,jan@voorbeeld.nl\n", "b.tsv": b"x\ty\n1\t06-12345678\n", "c.md": b"06-12345678"}
        )
    assert len(found.value.errors) == 3


def test_metadata_that_lie_elsewhere_or_are_not_valid(results, tmp_path):
    alone = tmp_path / "metadata-ena.tsv"
    alone.write_text("alias\nS1\n", encoding="utf-8")
    with pytest.raises(InputError, match="do not lie in a study's results"):
        shared(DEFAULTS | {"metadata": str(alone)})
    inside = results / "record-metadata" / "files" / "metadata-ena.tsv"
    assert results_of(inside) == results
    inside.write_text("alias\ttitle\nS1\tstool\n", encoding="utf-8")
    with pytest.raises(InputErrors, match="required column"):
        shared(DEFAULTS | {"metadata": str(inside)})
    with pytest.raises(InputError, match="licence"):
        shared(DEFAULTS | {"licence": "mine"})
    with pytest.raises(InputError, match="instrument"):
        shared(DEFAULTS | {"instrument": "HiSeq"})


def test_decisions_name_each_file_once():
    named = [(one.step, one.file) for one in DECISIONS]
    assert len(named) == len(set(named))
    assert example_samples().columns[0] == "sample"

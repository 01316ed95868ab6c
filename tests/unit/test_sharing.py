"""The crate of a study: valid by RO-Crate 1.2 and as a Data Package, the same bytes each time, and nobody in it."""

import gzip
import hashlib
import io
import json
import os
import zipfile

import frictionless
import pandas as pd
import pytest
from rocrate_validator.models import Severity
from rocrate_validator.services import ValidationSettings
from rocrate_validator.services import validate as validate_crate

from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.example.people import example_samples
from handbook_utils.protocols.metadata.validation import validate
from handbook_utils.protocols.sequencing.archive_sheets import platform_of, sheets
from handbook_utils.protocols.sequencing.read_files import read_files
from handbook_utils.protocols.share.crate import CRATE, DECISIONS, PACKAGE, collect, guard, packed
from handbook_utils.protocols.share.inputs import shared
from handbook_utils.protocols.share.reporting import NOT_STATED, storms

ROOT = handbook_root()
DEFAULTS = {entry.name: entry.in_book for entry in Catalogue.read(ROOT).get("protocols/share-the-data").parameters}


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


def test_without_reads_the_runs_have_no_checksums_and_the_crate_says_so(made):
    assert set(made.sheets["ena-runs"]["file_checksum"]) == {""}
    assert "checksums are empty" in made.told["ena-runs.tsv"]
    assert b"checksums are empty" in made.members["data-management.md"]


def test_how_dna_was_taken_out_is_told_in_full(made):
    method = "Example kit (invented), by its own procedure; beads of 0.1 mm; 200 mg of stool a well"
    assert made.items.set_index("item").loc["extraction", "what the study says"] == method
    samples = made.sheets["ena-samples"].set_index("alias")["nucleic acid extraction"]
    assert set(samples[~samples.index.str.startswith("NTC")]) == {method}
    assert set(samples[samples.index.str.startswith("NTC")]) == {""}
    other = {"extraction_kit": "Kit Y", "extraction_protocol": "Q-like", "bead_mm": "0.1 + 3", "sample_mg": 150.0}
    told = shared(DEFAULTS | other).items.set_index("item").loc["extraction", "what the study says"]
    assert told == "Kit Y, after IHMS protocol Q; beads of 0.1 + 3 mm; 150 mg of stool a well"


# ------------------------------------------------------------------ files of reads


def write_reads(folder, samples, name="{sample}_S{number}_L001_R{read}_001.fastq.gz"):
    folder.mkdir(exist_ok=True)
    for number, sample in enumerate(samples, start=1):
        for read in (1, 2):
            content = gzip.compress(f"@{sample}/{read}\nACGT\n+\nIIII\n".encode(), mtime=0)
            (folder / name.format(sample=sample, number=number, read=read)).write_bytes(content)
    return folder


def test_runs_take_names_and_checksums_from_the_files(made, tmp_path):
    aliases = list(made.sheets["ena-samples"]["alias"])
    folder = write_reads(tmp_path / "reads", [*aliases, f"{aliases[0]}-dup", "Undetermined"])
    (folder / "report.html").write_text("made by the demultiplexing", encoding="utf-8")
    (folder / f"{aliases[0]}_S1_L001_I1_001.fastq.gz").write_bytes(gzip.compress(b"index"))
    study = shared(DEFAULTS | {"reads": str(folder)})
    runs = study.sheets["ena-runs"]
    assert len(runs) == 2 * len(aliases)
    for row in runs.itertuples():
        content = (folder / row.file_name).read_bytes()
        assert row.file_checksum == hashlib.md5(content, usedforsecurity=False).hexdigest()
        assert f"@{row.experiment_alias.removeprefix('BUIK-')}/".encode() in gzip.decompress(content)
    assert "MD5 are those" in study.told["ena-runs.tsv"]
    assert b"MD5 are those" in study.members["data-management.md"]


def test_short_names_and_subfolders_will_do(tmp_path):
    write_reads(tmp_path / "one", ["7K3PXP-1"], "{sample}_R{read}.fq.gz")
    write_reads(tmp_path / "two", ["BLANK-1-1"], "{sample}_S9_R{read}_001.fastq.gz")
    found = read_files(tmp_path, ["BLANK-1-1", "7K3PXP-1"])
    assert found["7K3PXP-1", 2].name == "7K3PXP-1_R2.fq.gz"
    assert set(found) == {(sample, read) for sample in ("7K3PXP-1", "BLANK-1-1") for read in (1, 2)}


def test_all_that_is_wrong_with_files_of_reads_at_once(tmp_path):
    folder = write_reads(tmp_path / "reads", ["AAAAAA-1", "BBBBBB-1", "DDDDDD-1", "FFFFFF-1", "STRANG-1"])
    (folder / "BBBBBB-1_S2_L001_R2_001.fastq.gz").unlink()
    (folder / "DDDDDD-1_S3_L002_R1_001.fastq.gz").write_bytes(gzip.compress(b"another lane"))
    copied = (folder / "AAAAAA-1_S1_L001_R1_001.fastq.gz").read_bytes()
    (folder / "FFFFFF-1_S4_L001_R1_001.fastq.gz").write_bytes(copied)
    (folder / "FFFFFF-1_S4_L001_R2_001.fastq.gz").write_bytes(b"")
    (folder / "AAAAAA-1_R1.fastq").write_text("@not compressed", encoding="utf-8")
    with pytest.raises(InputErrors) as found:
        read_files(folder, ["AAAAAA-1", "BBBBBB-1", "CCCCCC-1", "DDDDDD-1", "FFFFFF-1"])
    told = str(found.value)
    for said in (
        "none for CCCCCC-1",
        "none for BBBBBB-1, CCCCCC-1",
        "DDDDDD-1 has several files of reads in direction 1",
        "an empty file",
        "the same, byte for byte",
        "STRANG-1",
        "AAAAAA-1_R1.fastq",
    ):
        assert said in told
    assert len(found.value.errors) == 8


# ------------------------------------------------------------------ STORMS


def test_items_are_filled_from_the_study_and_open_where_it_says_nothing():
    filled = storms(DEFAULTS).set_index("item")["what the study says"]
    assert filled["contaminants"] == NOT_STATED
    assert "outside the WMO" in filled["ethics"]
    assert "180 days" in filled["antibiotics"]
    assert "no-template controls: 1" in filled["negative controls"]
    assert set(storms({})["what the study says"]) == {NOT_STATED}
    unsaid = storms({**DEFAULTS, "within_wmo": None}).set_index("item").loc["ethics", "what the study says"]
    assert "whether the study falls under the WMO is not stated" in unsaid
    assert "outside" not in unsaid
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


def given(results):
    """What a study's results are given as."""
    files = sorted(path for path in results.glob("*/files/*"))
    metadata = results / "record-metadata" / "files" / "metadata-ena.tsv"
    return DEFAULTS | {"metadata": str(metadata), "left": os.pathsep.join(map(str, files))}


def test_what_nobody_decided_about_stays(results):
    members, decided = collect([*results.glob("*/files/*")])
    leaves = decided.set_index("file")["leaves"]
    assert leaves[["included.csv", "sheet-nl.pdf", "notes.csv"]].tolist() == ["no"] * 3
    assert leaves[["verdicts.csv", "SampleSheet.csv", "tubes.csv"]].tolist() == ["yes"] * 3
    assert {name.rpartition("/")[2] for name in members} == set(leaves[leaves == "yes"].index)


def test_a_study_folder_becomes_a_valid_crate(results, tmp_path, offline):
    study = shared(given(results))
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
        shared(given(results))
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
    with pytest.raises(InputError, match="not among what the steps of a study left"):
        shared(given(results) | {"metadata": str(alone)})
    inside = results / "record-metadata" / "files" / "metadata-ena.tsv"
    with pytest.raises(InputError, match="not among what the steps of a study left"):
        shared(DEFAULTS | {"metadata": str(inside)})
    inside.write_text("alias\ttitle\nS1\tstool\n", encoding="utf-8")
    with pytest.raises(InputErrors, match="required column"):
        shared(given(results))
    with pytest.raises(InputError, match="licence"):
        shared(DEFAULTS | {"licence": "mine"})
    with pytest.raises(InputError, match="instrument"):
        shared(DEFAULTS | {"instrument": "HiSeq"})


def test_decisions_name_each_file_once():
    named = [(one.step, one.file) for one in DECISIONS]
    assert len(named) == len(set(named))
    assert example_samples().columns[0] == "sample"


def test_qiitas_preparation_goes_along_and_is_valid(made, crate, tmp_path):
    frame = made.sheets["qiita-preparation"]
    assert set(frame["sample_name"]) == {name.replace("-", ".") for name in made.samples["alias"]}
    assert validate(crate / "archive" / "qiita-preparation.tsv", "qiita-preparation").errors == []
    assert set(frame["primer"]) == {DEFAULTS["forward"]}
    assert "qiita-preparation" not in shared(DEFAULTS | {"instrument": "MinION"}).sheets
    shotgun = shared(DEFAULTS | {"method": "shotgun", "human_reads": "removed with Hostile 1.1"})
    assert "primer" not in shotgun.sheets["qiita-preparation"]
    assert {"data/record-metadata/metadata-mims.tsv", "data/record-metadata/metadata-ncbi-mims.tsv"} <= set(
        shotgun.members
    )

"""The provenance of a run, held against the profiles by roc-validator."""

import hashlib
import json
from pathlib import Path

import pytest
from rocrate_validator.models import Severity
from rocrate_validator.services import ValidationSettings, validate

from handbook_utils.chapters import Catalogue
from handbook_utils.execution import Request, run_one
from handbook_utils.runs.crate import content_address, write_crate
from handbook_utils.runs.folder import input_files, write_result_folder

ROOT = Path(__file__).parents[1] / "data" / "small-handbook"
CONTEXT = "https://w3id.org/ro/crate/1.2/context"


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    place = tmp_path_factory.mktemp("run")
    (place / "my <table>.csv").write_text("a\nb\n", encoding="utf-8")
    chapter = Catalogue.read(ROOT).get("count-things")
    request = Request(chapter, {"table": str(place / "my <table>.csv")}, results=place / "results")
    return run_one(request, root=ROOT)


@pytest.fixture
def folder(outcome, tmp_path):
    return write_result_folder(outcome, tmp_path / "out", root=ROOT)


@pytest.fixture
def entities(folder):
    crate = json.loads((folder / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    assert crate["@context"] == CONTEXT
    return {entity["@id"]: entity for entity in crate["@graph"]}


def issues(folder, profile, **more):
    settings = ValidationSettings(
        rocrate_uri=str(folder),
        profile_identifier=profile,
        requirement_severity=Severity.RECOMMENDED,
        abort_on_first=False,
        **more,
    )
    found = validate(settings).get_issues()
    required = [f"{issue.check.identifier}: {issue.message}" for issue in found if issue.severity >= Severity.REQUIRED]
    return required, {issue.check.identifier for issue in found}


def test_valid_after_ro_crate_1_2(folder, offline):
    required, recommended = issues(folder, "ro-crate-1.2")
    assert required == []
    # Recommended, and not done: inputs are named by content and not to be fetched (61.1); whoever publishes the
    # results is not known yet (56.1) and chooses their licence (85.0).
    assert recommended == {f"ro-crate-1.2_{number}" for number in ("56.1", "61.1", "85.0")}


def test_valid_after_process_run_crate(folder, offline):
    required, recommended = issues(folder, "process-run-crate", disable_inherited_profiles_issue_reporting=True)
    assert required == []
    # Recommended, and not done: an address of the chapter (3.2), one for the type of each (5.1), and who ran
    # it (8.6), which is theirs to add.
    assert recommended == {f"process-run-crate-0.5_{number}" for number in ("3.2", "5.1", "8.6")}


def test_the_validator_would_notice(folder, offline):
    path = folder / "ro-crate-metadata.json"
    path.write_text(path.read_text(encoding="utf-8").replace("datePublished", "dateWhatever"), encoding="utf-8")
    assert issues(folder, "ro-crate-1.2")[0] != []


def test_the_run_is_described(folder, entities):
    run = entities["#run"]
    assert run["instrument"] == {"@id": "chapter.md"}
    assert entities["chapter.md"]["@type"] == ["File", "SoftwareSourceCode"]
    assert entities["chapter.md"]["identifier"] == "recipes/count-things"
    digest = hashlib.sha256(b"a\nb\n").hexdigest()
    given = [entities[thing["@id"]] for thing in run["object"]]
    assert given[0]["@id"] == content_address(digest)
    assert (given[0]["sha256"], given[0]["contentSize"]) == (digest, "4")
    values = {thing["name"]: thing["value"] for thing in given[1:]}
    assert values == {"table": "my <table>.csv", "factor": 1.5, "label": "lines", "lang": "en"}
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {thing["@id"] for thing in run["result"]} == files - {"ro-crate-metadata.json", "chapter.md"}
    for name in files - {"ro-crate-metadata.json"}:
        assert entities[name]["sha256"] == hashlib.sha256((folder / name).read_bytes()).hexdigest()


def test_no_path_of_the_readers_machine_is_handed_on(folder, outcome):
    home = str(outcome.request.results.parent)
    for name in ("ro-crate-metadata.json", "methods.md", "params.yml", "notebook.ipynb", "chapter.md", "report.html"):
        text = (folder / name).read_text(encoding="utf-8")
        assert "my " in text
        assert home not in text


def test_the_same_run_gives_the_same_bytes(folder, outcome):
    before = (folder / "ro-crate-metadata.json").read_bytes()
    run = outcome.notebook.metadata["handbook_run"]
    (folder / "ro-crate-metadata.json").unlink()
    chapter = outcome.request.chapter
    assert write_crate(folder, chapter, run, input_files(chapter, outcome.parameters)).read_bytes() == before

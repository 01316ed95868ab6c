"""The whole chain, from participant to archive: the example study, and another one without touching code."""

import hashlib
import json
import re
import shutil
import zipfile
from pathlib import Path

import frictionless
import numpy as np
import pandas as pd
import pypdfium2
import pytest
import zxingcpp

from handbook_utils import datasets
from handbook_utils.asking import written
from handbook_utils.asking.study import study_questions
from handbook_utils.asking.values import PATHS
from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.cli import main
from handbook_utils.protocols.example.cold import write_example_shipments
from handbook_utils.protocols.example.people import example_samples
from handbook_utils.protocols.example.questionnaire import example_questionnaire
from handbook_utils.protocols.example.screening import example_screening
from handbook_utils.protocols.metadata.validation import validate
from handbook_utils.protocols.people.codes import is_code
from handbook_utils.protocols.people.key_file import PASSPHRASE, read_key
from handbook_utils.protocols.sequencing.example import example_concentrations, example_counts
from handbook_utils.protocols.study_file import STEPS, read_study_file
from handbook_utils.protocols.study_template import example
from handbook_utils.runs.crate import SOURCE

STANDARDS = ("mixs", "ena", "ncbi", "qiime2", "qiita")
SECRET = "correct horse battery staple"  # noqa: S105 - of keys that the tests make
SECOND_SEED, SECOND_PEOPLE = 7, 200


def handbook(*arguments: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert not ended.value.code


def files_of(folder: Path, step: str) -> Path:
    return folder / "results" / step / "files"


def undated(folder: Path) -> tuple[dict[str, bytes], set[str]]:
    """Read every file of a study's results, and the moments at which its steps ran.

    Of each step three things are replaced, and nothing else: the moment that its own notebook names as the one it was
    executed at (with T or a blank between day and time), that moment's day where methods.md says "executed on", and in
    the step's crate the SHA-256 of each file by that of the file after these replacements.
    """
    read: dict[str, bytes] = {}
    moments = set()
    for step in sorted(folder.iterdir()):
        notebook = json.loads((step / "notebook.ipynb").read_text(encoding="utf-8"))
        moment = notebook["metadata"]["handbook_run"]["executed"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", moment)
        moments.add(moment)
        day, _, time = moment.partition("T")
        written = {
            moment: "RUN-DAY-AND-TIME",
            f"{day} {time}": "RUN-DAY AND TIME",
            f"executed on {day} with": "executed on RUN-DAY with",
        }
        checksums = {}
        files = sorted(path for path in step.rglob("*") if path.is_file())
        for path in sorted(files, key=lambda path: path.name == "ro-crate-metadata.json" and path.parent == step):
            content = path.read_bytes()
            replaced = content
            if path.parent == step:
                for text, instead in {**written, **checksums}.items():
                    replaced = replaced.replace(text.encode(), instead.encode())
            checksums[hashlib.sha256(content).hexdigest()] = hashlib.sha256(replaced).hexdigest()
            read[path.relative_to(folder).as_posix()] = replaced
    return read, moments


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Path:
    """The example study, run with one command."""
    folder = tmp_path_factory.mktemp("example") / "study"
    shutil.copytree(datasets.path("example-study", "study.yml").parent, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PASSPHRASE, SECRET)
        handbook("study", "run", str(folder / "study.yml"))
    return folder


@pytest.fixture(scope="module")
def second(tmp_path_factory) -> Path:
    """Another study: 200 people, ethanol, plates of 384 wells."""
    folder = tmp_path_factory.mktemp("second") / "study"
    folder.mkdir()
    text = example()
    for line, value in {
        "name": "Another study (simulated)",
        "acronym": "TWEEDE",
        "seed": SECOND_SEED,
        "participants": SECOND_PEOPLE,
        "kit": "ethanol",
        "plate": 384,
    }.items():
        text = re.sub(rf"(?m)^  {line}: .*?(  #.*)?$", f"  {line}: {value}", text, count=1)
    (folder / "study.yml").write_text(text, encoding="utf-8")
    tubes = example_samples(SECOND_PEOPLE, SECOND_SEED)
    example_screening(SECOND_PEOPLE, SECOND_SEED).to_csv(folder / "screening.csv", index=False)
    write_example_shipments(folder, tubes, SECOND_SEED)
    example_questionnaire(SECOND_SEED, tubes, SECOND_SEED).to_csv(folder / "questionnaire.csv", index=False)
    shutil.copy(datasets.path("example-study", "mock.csv"), folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(PASSPHRASE, raising=False)
        laid_out = STEPS.index("extract-and-plate") + 1
        handbook("study", "run", str(folder), *(word for step in STEPS[:laid_out] for word in ("--only", step)))
        wells = pd.read_csv(files_of(folder, "extract-and-plate") / "wells.csv", keep_default_na=False)
        example_concentrations(wells).to_csv(folder / "concentrations.csv", index=False)
        example_counts(wells).to_csv(folder / "counts.csv")
        handbook("study", "run", str(folder), *(word for step in STEPS[laid_out:] for word in ("--only", step)))
    return folder


@pytest.fixture(params=["first", "second"])
def study(request) -> Path:
    return request.getfixturevalue(request.param)


def test_every_step_leaves_its_result_folder(study):
    assert {path.name for path in (study / "results").iterdir()} == set(STEPS)


def test_a_report_of_a_study_holds_no_lesson(study):
    for step in STEPS:
        report = (study / "results" / step / "report.html").read_text(encoding="utf-8")
        headings = set(re.findall(r"<h2[^>]*>([^<]+)", report))
        assert "How this report was made" in headings
        assert not {"What you will learn", "Check", "Exercise", "Quiz", "Key takeaways"} & headings, step
        assert "beside the right one" not in report
        assert not re.search(r"example (study )?is (invented|simulated)", report)


def test_tubes_are_handed_on_from_step_to_step(study):
    tubes = pd.read_csv(files_of(study, "assign-codes-and-labels") / "tubes.csv")
    said = pd.read_csv(files_of(study, "keep-it-cold") / "verdicts.csv")
    wells = pd.read_csv(files_of(study, "extract-and-plate") / "wells.csv", keep_default_na=False)
    assert tubes["participant"].map(is_code).all()
    assert set(said["tube"]) == set(tubes["sample"])
    refused = set(said.loc[said["verdict"].isin(["reject", "missing"]), "tube"])
    placed = set(wells.loc[wells["content"] == "sample", "sample"])
    assert placed == set(tubes["sample"]) - refused
    assert refused


def test_labels_scan(study):
    folder = files_of(study, "assign-codes-and-labels")
    codes = [*pd.read_csv(folder / "tubes.csv")["sample"], *pd.read_csv(folder / "spares.csv")["spare"]]
    found = []
    document = pypdfium2.PdfDocument((folder / "labels.pdf").read_bytes())
    for number in range(len(document)):
        page = document[number]
        image = np.asarray(page.render(scale=300 / 72).to_pil().convert("L"))
        page.close()
        found += [code.text for code in zxingcpp.read_barcodes(image)]
    document.close()
    # One for the tube, and one for its form.
    assert sorted(found) == sorted(codes * 2)


@pytest.mark.parametrize("standard", STANDARDS)
def test_metadata_pass_every_standard(study, standard):
    assert validate(files_of(study, "record-metadata") / f"metadata-{standard}.tsv", standard).errors == []


def test_plates_satisfy_every_constraint(study):
    asked = read_study_file(study).values
    wells = pd.read_csv(files_of(study, "extract-and-plate") / "wells.csv", keep_default_na=False)
    wells["participant"] = wells["source"].str.rpartition("-")[0]
    for _, plate in wells.groupby("plate"):
        held = plate["content"].value_counts()
        assert len(plate) == asked["plates.plate"]
        wanted = {"blank": "blanks", "mock": "mocks", "ntc": "ntc", "duplicate": "duplicates"}
        assert {name: held[name] for name in wanted} == {name: asked[f"plates.{key}"] for name, key in wanted.items()}
        # A person's tubes touch nowhere, and neither do controls.
        for kind in (plate[plate["content"] == "sample"], plate[plate["content"].isin(["blank", "mock", "ntc"])]):
            at = kind.assign(row=kind["row"].map(_row_number))[["row", "column"]].to_numpy()
            near = np.abs(at[:, None] - at[None]).max(axis=2) == 1
            same = kind["participant"].to_numpy()[:, None] == kind["participant"].to_numpy()[None]
            assert not (near & same).any()
    samples = wells[wells["content"] == "sample"]
    assert samples.groupby("participant")["plate"].nunique().eq(1).all()


def _row_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def test_the_crate_holds_no_key_and_reads_as_a_data_package(study, tmp_path):
    with zipfile.ZipFile(files_of(study, "share-the-data") / "study-crate.zip") as archive:
        archive.extractall(tmp_path / "crate")
    report = frictionless.Package(str(tmp_path / "crate" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["message"])
    every = b"\n".join(path.read_bytes() for path in (tmp_path / "crate").rglob("*") if path.is_file())
    log = pd.read_csv(study / "screening.csv", dtype=str)["screening_id"]
    assert not any(re.search(rb"\b" + name.encode() + rb"\b", every) for name in log)


def test_the_key_lies_apart_and_opens(first, second):
    key = read_key(first / "key" / "key.enc", SECRET)
    codes = pd.read_csv(files_of(first, "assign-codes-and-labels") / "codes.csv")["participant"]
    assert sorted(key.codes.values()) == sorted(codes)
    assert not list((first / "results").rglob("key.enc*"))
    assert not any(SECRET.encode() in path.read_bytes() for path in first.rglob("*") if path.is_file())
    assert not (second / "key").exists()


@pytest.mark.parametrize(("step", "caption"), [("sequence", "Wells to decide on"), ("accept-the-run", "Verdicts")])
def test_tables_of_a_simulated_study_say_so(first, step, caption):
    assert f"{caption} (simulated)" in (first / "results" / step / "report.html").read_text(encoding="utf-8")


def test_no_path_of_this_machine_is_in_what_is_handed_on(study):
    handed_on = [
        path
        for path in (study / "results").rglob("*")
        if path.is_file() and path.name not in ("params.yml", "notebook.ipynb")
    ]
    assert [path for path in handed_on if str(study).encode() in path.read_bytes()] == []


def test_another_run_gives_the_same_bytes_in_every_file_but_for_the_date(first, monkeypatch):
    before, then = undated(first / "results")
    monkeypatch.setenv(PASSPHRASE, SECRET)
    handbook("study", "run", str(first), "--force")
    after, now = undated(first / "results")
    assert then.isdisjoint(now)
    assert set(before) == set(after)
    # Wells were measured meanwhile, and the page says how many plates stay as they are; the plates do.
    telling = ("notebook.ipynb", "report.html", "values.csv", "ro-crate-metadata.json")
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {f"extract-and-plate/{name}" for name in telling}
    dated = {"report.html", "notebook.ipynb", "log.txt", "ro-crate-metadata.json", "methods.md"}
    assert {name.partition("/")[2] for name in after if b"RUN-DAY" in after[name]} == dated


# ------------------------------------------------------------ a study that says no more than it must, and its results

#: What a step cannot do without, where the study leaves it out: not what the example says.
OWN = {"power.effect": 0.8}


def texts(folder: Path) -> dict[str, str]:
    """Read every file of a result folder as text, archives member by member; the chapter's source is the handbook's."""
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != SOURCE):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                found |= {
                    f"{path.name}/{name}": archive.read(name).decode(errors="replace") for name in archive.namelist()
                }
        elif path.suffix == ".pdf":
            document = pypdfium2.PdfDocument(path.read_bytes())
            found[path.name] = " ".join(document[n].get_textpage().get_text_range() for n in range(len(document)))
        else:
            found[path.relative_to(folder).as_posix()] = path.read_bytes().decode(errors="replace")
    return found


def test_what_a_study_does_not_say_is_nowhere_the_examples(first, tmp_path, monkeypatch):
    """Every line that may be left out is, and the people are real: no file says what the example says there."""
    monkeypatch.setenv(PASSPHRASE, SECRET)
    folder = tmp_path / "study"
    shutil.copytree(first, folder)
    left_out = [name for name, one in study_questions().items() if not one.needed and one.kind not in PATHS]
    text = example().replace("simulated: true", "simulated: false")
    for name in left_out:
        section, key = name.split(".")
        head, heading, rest = text.partition(f"\n{section}:\n")
        own = f"  {key}: {OWN[name]}\n" if name in OWN else ""
        text = head + heading + re.sub(rf"(?m)^  {key}:.*\n", own, rest, count=1)
    (folder / "study.yml").write_text(text, encoding="utf-8")
    assert set(read_study_file(folder).values) & set(left_out) == set(OWN)
    # Real people get other codes than the invented ones, whom the logs are of: in a folder of their own.
    apart = shutil.copytree(folder, tmp_path / "apart", ignore=shutil.ignore_patterns("key", "ledger.sqlite*"))
    folders = dict.fromkeys(STEPS, folder) | {"assign-codes-and-labels": apart}
    words: set[str] = set()
    for step in STEPS:
        handbook("run", f"protocols/{step}", "--study", str(folders[step]), "--force")
        chapter = Catalogue.read(handbook_root()).get(f"protocols/{step}")
        sources = {one.name: chapter.study.get(one.name, "").removeprefix("?") for one in chapter.parameters}
        examples = [one.example for one in chapter.parameters if sources[one.name] in left_out]
        examples += [one.example for name, one in study_questions().items() if name in left_out]
        words |= {part for value in examples if value for part in re.split(r", |: ", written(value)) if len(part) > 4}
    words = {word for word in words if word not in text}
    assert {"METC of the example (invented)", "EXAMPLE-2026-001", "53.22", "Gelderland"} <= words
    for step in STEPS:
        for name, content in texts(folders[step] / "results" / step).items():
            # A number may stand in a drawing by chance; in a table it is somebody's.
            told = {word for word in words if name.endswith((".csv", ".tsv", ".md")) or not word[0].isdecimal()}
            assert [word for word in sorted(told) if word in content] == [], (step, name)
    storms = pd.read_csv(files_of(folder, "share-the-data") / "storms.csv").set_index("item")["what the study says"]
    assert storms["ethics"] == "not stated"

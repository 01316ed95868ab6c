"""Every shell line of the README and of the book works as it stands there, and what is named in a sentence is there."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import typer

from handbook_utils import datasets
from handbook_utils.chapters import Catalogue
from handbook_utils.cli import app, main
from handbook_utils.study.writers import write_study

ROOT = Path(__file__).parents[2]
PAGES = sorted([*(ROOT / "book").rglob("*.md"), *(ROOT / "notebooks").rglob("*.md")])


def lines_of(*pages: Path) -> list[str]:
    """Return the shell lines of pages, each once, without what they say of themselves."""
    blocks = [
        block
        for page in pages
        for block in re.findall(r"^```(?:ba)?sh\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    ]
    lines = [line.partition(" # ")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]
    return list(dict.fromkeys(lines))


LINES = lines_of(ROOT / "README.md", *PAGES)
#: Lines that another test executes, and which does.
ELSEWHERE = {
    "handbook study run my-study/study.yml": "tests/system/test_study_chain.py",
    "handbook batch plan.csv -o results/ --scheduler tcp://head-node:8786": "tests/unit/test_batch.py",
}
COMMANDS = [line for line in LINES if line.startswith("handbook ") and line not in ELSEWHERE]


def test_the_readme_has_lines_and_exceptions_stand_in_it() -> None:
    assert len(COMMANDS) > 8
    assert set(lines_of(*PAGES)) <= {*COMMANDS, *ELSEWHERE}
    assert set(ELSEWHERE) <= set(LINES)
    assert all((ROOT / path).is_file() for path in ELSEWHERE.values())


def test_make_and_pip_lines_name_what_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    others = [line for line in LINES if not line.startswith("handbook ")]
    assert {line.split()[1] for line in others if line.startswith("make ")} <= targets
    for line in others:
        for name in re.findall(r"(?:-r|-f) (\S+)", line):
            assert (ROOT / name).is_file(), line


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Return a folder with the files that the README's reader has."""
    folder = tmp_path_factory.mktemp("reader")
    study = datasets.load("throat")
    generator = np.random.default_rng(1)
    treated = study.metadata.assign(treatment=generator.choice(["a", "b"], len(study.metadata)))
    write_study(study, folder / "my.biom")
    treated[["treatment"]].to_csv(folder / "my.tsv", sep="\t", index_label="sample")
    pd.DataFrame({"sample_name": ["S1"], "colour": ["red"]}).to_excel(folder / "answers.xlsx", index=False)
    shutil.copytree(ROOT / "data/reads/paired", folder / "my-fastq-folder")
    (folder / "plan.csv").write_text("chapter,seed\nprotocols/plate-layout,2\n", encoding="utf-8")
    return folder


#: Commands in sentences; what stands in them for something of the reader's is not looked for.
NAMED = sorted(
    {
        named
        for page in [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "MAINTENANCE.md"]
        for named in re.findall(r"`handbook ([a-z][^`]*)`", page.read_text(encoding="utf-8"))
    }
)


def test_pages_with_shell_lines_are_found() -> None:
    assert lines_of(*PAGES) and len(NAMED) > 40


@pytest.mark.parametrize("named", NAMED)
def test_a_command_in_a_sentence_has_its_options_and_its_parameters(named: str) -> None:
    words = shlex.split(named.partition(">")[0])
    command = typer.main.get_command(app)
    while words and hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("-")} <= options
    if command.name == "run" and "/" in "".join(words):
        asked = {parameter.name for parameter in Catalogue.read(ROOT).get(words[0]).parameters}
        assert {words[place + 1] for place, word in enumerate(words) if word == "-p"} <= asked


# One test, since a line needs what those before it left.
def test_every_line_of_readme_and_book_works(folder: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(folder)
    for line in COMMANDS:
        try:
            main(shlex.split(line)[1:])
        except SystemExit as ended:
            told = capsys.readouterr()
            # The invented answers fit no standard; that is told, and is what the line is for.
            right = 2 if line.startswith("handbook validate") else 0
            assert (ended.code or 0) == right, f"{line}\n{told.out}\n{told.err}"
        if line == "handbook new-study my-study":
            shutil.copytree(ROOT / "data/example-study", folder / "my-study", dirs_exist_ok=True)
        if line.startswith("handbook run recipes"):
            made = folder / re.findall(r"-o (\S+)", line)[0]
            assert (made / "report.html").is_file()
            shutil.rmtree(made)

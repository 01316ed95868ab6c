"""What pins the environment says the same thing everywhere, and leaks nothing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
#: conda-forge's names, where they differ from PyPI's.
CONDA_NAMES = {"matplotlib-base": "matplotlib", "jupyter_client": "jupyter-client", "frictionless-py": "frictionless"}


def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def needed(lines: list[str]) -> dict[str, str]:
    requirements = [Requirement(line) for line in lines]
    return {requirement.name: str(requirement.specifier) for requirement in requirements}


def test_conda_environment_is_in_step_with_pyproject() -> None:
    entries = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    pip = next(entry["pip"] for entry in entries if isinstance(entry, dict))
    plain = [entry for entry in entries if isinstance(entry, str) and entry not in ("pip", "python >=3.11")]
    given = needed([re.sub(r"^\S+", lambda m: CONDA_NAMES.get(m[0], m[0]), entry) for entry in plain])
    given |= needed([entry for entry in pip if not entry.startswith("--")])
    assert given == needed(project()["dependencies"])
    assert project()["requires-python"] == ">=3.11"


def test_every_dependency_is_locked_with_hashes_and_without_an_address() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    locked = {name.lower() for name in re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE)}
    optional = [line for group in project()["optional-dependencies"].values() for line in group]
    for name in needed([*project()["dependencies"], *optional]):
        assert name.lower() in locked
    pins = re.findall(r"^[A-Za-z0-9._-]+==.*?(?=^[A-Za-z0-9._-]+==|\Z)", lock, re.MULTILINE | re.DOTALL)
    assert pins and all("--hash=sha256:" in pin for pin in pins)
    assert "://" not in lock and "--index-url" not in lock and "--find-links" not in lock


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "CITATION.cff", "LICENSE"])
def test_the_papers_of_the_house_are_there(name: str) -> None:
    assert len((ROOT / name).read_text().splitlines()) > 5


def test_the_version_is_the_same_everywhere() -> None:
    from handbook_utils import __version__

    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    zenodo = json.loads((ROOT / ".zenodo.json").read_text())
    released = re.search(r"^## (\S+) \((\S+)\)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert released and released[1] == project()["version"] == __version__ == citation["version"] == zenodo["version"]
    assert released[2] == str(citation["date-released"])


FORMS = [path for path in sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml")) if path.name != "config.yml"]


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", sorted((ROOT / ".github/workflows").glob("*.yml"))),
        ("vendor.github-issue-forms", FORMS),
        ("vendor.github-issue-config", [ROOT / ".github/ISSUE_TEMPLATE/config.yml"]),
        ("vendor.dependabot", [ROOT / ".github/dependabot.yml"]),
        ("vendor.citation-file-format", [ROOT / "CITATION.cff"]),
    ],
    ids=["workflows", "forms", "form-config", "dependabot", "citation"],
)
def test_what_a_host_reads_is_what_the_host_takes(schema: str, files: list[Path]) -> None:
    assert files
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, files)]
    checked = subprocess.run(command, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="the lock has these programs for Linux")
@pytest.mark.parametrize(
    "command",
    [["actionlint"], ["zizmor", "--offline", "--quiet", "--no-progress", "."], ["hadolint", "Dockerfile"]],
    ids=lambda command: command[0],
)
def test_a_program_that_knows_the_host_finds_nothing_wrong(command: list[str]) -> None:
    program = Path(sys.executable).with_name(command[0])
    checked = subprocess.run([program, *command[1:]], cwd=ROOT, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_workflows_call_what_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for path in (ROOT / ".github/workflows").glob("*.yml"):
        for job in yaml.safe_load(path.read_text())["jobs"].values():
            commands = " ".join(step.get("run", "") for step in job["steps"])
            assert set(re.findall(r"make (\w+)", commands)) <= targets
            assert all((ROOT / name).exists() for name in re.findall(r"(?:tests|\.ci)/[\w./-]*\w", commands))


#: Folders of somebody's own machine, and what may follow them; put together here, so that this file has none.
_OWN_FOLDER = re.compile(rb"/(?:" + b"|".join([b"home", b"root", b"Users", b"tmp"]) + rb")/[A-Za-z]")


def belongs(path: Path) -> bool:
    """Say whether a file is one of the project, and not of an environment, a cache or a build."""
    parts = path.relative_to(ROOT).parts
    made = {"_build", "build", "__pycache__"} & set(parts) or any(part.endswith(".egg-info") for part in parts)
    return path.is_file() and not made and (parts[0] in {".ci", ".github", ".binder"} or parts[0][0] != ".")


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    files = [path for path in ROOT.rglob("*") if belongs(path)]
    assert len(files) > 1000
    assert [path.relative_to(ROOT).as_posix() for path in files if _OWN_FOLDER.search(path.read_bytes())] == []

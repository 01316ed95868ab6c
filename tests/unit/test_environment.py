"""What pins the environment says the same thing everywhere, and leaks nothing."""

from __future__ import annotations

import re
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
    assert project()["version"] == __version__ == citation["version"]

"""A reference is compared at every test run: a tampered value fails, one within the stated tolerance does not."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.chapters.reference import agrees, differences, read_reference, write_reference
from handbook_utils.errors import InputError
from handbook_utils.execution import Request, run_one

CHAPTER = """---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, language: python, name: python3}
handbook:
  part: recipes
  question: Does it add up?
  audience: [researchers]
  minutes: 1
  data: []
  languages: [en]
  needs: Nothing.
---
# Add two numbers

```{code-cell} python
:tags: [parameters]
first: int = 3  # a number [1..9]
```

```{code-cell} python
---
tags: [nbval-check-output, check]
handbook: {tolerance: 1e-3}
---
print(f"sum: {first + 4.0:.4f}")
```

```{code-cell} python
:tags: [nbval-check-output, check]
print(f"exact: {first}")
```
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A handbook of one chapter, with its reference accepted."""
    (tmp_path / "notebooks" / "recipes").mkdir(parents=True)
    (tmp_path / "notebooks" / "recipes" / "add.md").write_text(CHAPTER, encoding="utf-8")
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: notebooks/recipes/add\n", encoding="utf-8")
    (tmp_path / "tests").mkdir()
    shutil.copy(handbook_root() / "tests" / "conftest.py", tmp_path / "tests")
    shutil.copy(handbook_root() / "requirements.lock", tmp_path)
    chapter = Catalogue.read(tmp_path).get("add")
    outcome = run_one(Request(chapter), root=tmp_path)
    assert outcome.failure is None
    write_reference(tmp_path, chapter, outcome.notebook)
    return tmp_path


def run_tests(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "tests"]
    environment = {**os.environ, "HANDBOOK_ROOT": str(root)}
    environment.pop("PYTEST_XDIST_WORKER", None)
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def test_tampered_value_fails_and_tolerated_value_passes(root):
    stored = root / "tests" / "reference" / "recipes" / "add.yml"
    accepted = stored.read_text(encoding="utf-8")
    assert "sum: 7.0000" in accepted
    passed = run_tests(root)
    assert passed.returncode == 0, passed.stdout
    assert "3 passed" in passed.stdout
    stored.write_text(accepted.replace("7.0000", "7.0060"), encoding="utf-8")
    assert run_tests(root).returncode == 0
    stored.write_text(accepted.replace("7.0000", "7.0800"), encoding="utf-8")
    failed = run_tests(root)
    assert failed.returncode == 1
    assert "7.0800" in failed.stdout
    stored.write_text(accepted.replace("exact: 3", "exact: 3.0001"), encoding="utf-8")
    assert run_tests(root).returncode == 1


def test_differences_name_the_cell_and_show_both_texts(root):
    chapter = Catalogue.read(root).get("recipes/add")
    notebook = run_one(Request(chapter), root=root).notebook
    assert differences(root, chapter, notebook) == []
    stored = root / "tests" / "reference" / "recipes" / "add.yml"
    stored.write_text(stored.read_text(encoding="utf-8").replace("exact: 3", "exact: 4"), encoding="utf-8")
    [difference] = differences(root, chapter, notebook)
    assert difference.cell == 2
    assert "-exact: 4" in str(difference)
    assert "+exact: 3" in str(difference)


def test_reference_of_another_number_of_cells_says_how_to_renew_it(root):
    (root / "tests" / "reference" / "recipes" / "add.yml").write_text("- one\n", encoding="utf-8")
    with pytest.raises(InputError, match="does not belong") as found:
        read_reference(root, Catalogue.read(root).get("add"))
    assert "handbook accept recipes/add" in str(found.value)


@pytest.mark.parametrize(
    ("expected", "found", "tolerance", "same"),
    [
        ("p = 0.001", "p = 0.001", 0, True),
        ("p = 0.001", "p = 0.002", 0, False),
        ("x −1.50 y 2e-3", "x −1.51 y 2e-3", 0.01, True),
        ("x −1.50", "x 1.50", 0.01, False),
        ("a 1\nb 2", "a 1\nb 2\nc 3", 0.5, False),
        ("a 0", "a 0.0005", 1e-3, True),
        ("a 0", "a 0.005", 1e-3, False),
        ("nan", "1", 1e9, False),
    ],
)
def test_agrees(expected, found, tolerance, same):
    assert agrees(expected, found, tolerance) is same

"""A run is the same bytes in every file, wherever and however often it is done; but for the moment, which can be said.

So is a book whose chapters are executed by a fork server, by ordinary kernels, or taken from the cache.

``HANDBOOK_TWICE=all`` tries every recipe that takes these files; else two are tried, which write most kinds of files.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from handbook_utils.chapters import Catalogue, handbook_root

FORMATS = Path(__file__).parents[1] / "data" / "formats"
FILES = ["-p", "table", str(FORMATS / "throat.tsv"), "-p", "metadata", str(FORMATS / "throat-metadata.csv")]
CATALOGUE = Catalogue.read(handbook_root())
#: Recipes whose questions these files answer: one moment, one sample a person, no blanks, no sequences.
FIT = [
    chapter.slug
    for chapter in CATALOGUE.chapters
    if chapter.part == "recipes"
    and (asked := {one.name for one in chapter.parameters}) >= {"table"}
    and not asked & {"before", "time", "blank", "sequences"}
]
TRIED = FIT if os.environ.get("HANDBOOK_TWICE") == "all" else ["recipes/compare-groups", "recipes/import-and-inspect"]
HERE = {"TZ": "UTC", "PYTHONHASHSEED": "1", "OPENBLAS_NUM_THREADS": "1"}
THERE = {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", "OPENBLAS_NUM_THREADS": "2", "HANDBOOK_KERNEL": "ordinary"}
THERE |= {"LC_ALL": "C", "COLUMNS": "60"}
SPAWNED = {"TZ": "Africa/Cairo", "PYTHONHASHSEED": "5", "OPENBLAS_NUM_THREADS": "2", "HANDBOOK_KERNEL": "spawned"}
FORKED = {"TZ": "America/Lima", "PYTHONHASHSEED": "3", "OPENBLAS_NUM_THREADS": "2", "HANDBOOK_KERNEL": "forked"}
MOMENT = {"SOURCE_DATE_EPOCH": "1767225600"}
#: How a moment is written in a result: in words or as ISO has it.
WHEN = re.compile(rb"20\d\d-\d\d-\d\d([T ]\d\d:\d\d:\d\d(\+00:00)?)?")


def files_in(folder: Path) -> dict[str, bytes]:
    """Read every file of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def command(words: list[str], folder: Path, surroundings: dict[str, str]) -> None:
    """Execute a command of the handbook in a process of its own."""
    plain = {name: value for name, value in os.environ.items() if name not in {*THERE, *MOMENT}}
    given = [sys.executable, "-m", "handbook_utils.cli", *words]
    done = subprocess.run(given, cwd=folder, env={**plain, **surroundings}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def run(folder: Path, slug: str, surroundings: dict[str, str]) -> dict[str, bytes]:
    """Run a recipe as a command of its own, and read every file that it leaves."""
    folder.mkdir()
    asked = [
        word
        for one in CATALOGUE.get(slug).parameters
        if one.name in ("group", "permutations")
        for word in ("-p", one.name, {"group": "smoking", "permutations": "99"}[one.name])
    ]
    command(["run", slug, *FILES, *asked, "-o", "kept"], folder, surroundings)
    return files_in(folder / "kept")


@pytest.mark.parametrize("slug", TRIED)
def test_a_run_is_the_same_bytes_in_other_surroundings(slug: str, tmp_path: Path) -> None:
    here = run(tmp_path / "here", slug, HERE | MOMENT)
    there = run(tmp_path / "over there", slug, THERE | MOMENT)
    assert set(here) == set(there)
    assert [name for name in here if here[name] != there[name]] == []
    assert b"2026-01-01" in here["report.html"]


def test_a_run_is_the_same_bytes_by_fork_and_by_spawn(tmp_path: Path) -> None:
    slug = "recipes/describe-composition"
    here = run(tmp_path / "here", slug, HERE | MOMENT)
    assert run(tmp_path / "forked", slug, FORKED | MOMENT) == here
    assert run(tmp_path / "spawned", slug, SPAWNED | MOMENT) == here


def test_a_book_is_the_same_bytes_from_the_cache_and_from_any_kernel(tmp_path: Path) -> None:
    root = tmp_path / "handbook"
    shutil.copytree(FORMATS.parent / "small-handbook", root)
    (root / "book/_static").mkdir()
    for name in ("_config.yml", "requirements.lock", "book/_static/logo.svg"):
        shutil.copyfile(handbook_root() / name, root / name)
    (root / "notebooks/recipes/stumble.md").unlink()
    (root / "book/index.md").write_text("# Book\n\n```{bibliography}\n```\n")
    (root / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nchapters: [{file: notebooks/recipes/count-things}]\n"
    )
    other = shutil.copytree(root, tmp_path / "over there")
    command(["build", "--lang", "en"], root, FORKED | MOMENT | {"HANDBOOK_ROOT": str(root)})
    fresh = files_in(root / "_build/html")
    kept = files_in(root / "_build/cache")
    assert [name for name in kept if name.endswith(".sealed")]
    shutil.rmtree(root / "_build/html")
    command(["build", "--lang", "en"], root, HERE | MOMENT | {"HANDBOOK_ROOT": str(root)})
    assert files_in(root / "_build/cache") == kept
    cached = files_in(root / "_build/html")
    command(["build", "--lang", "en"], other, THERE | MOMENT | {"HANDBOOK_ROOT": str(other)})
    elsewhere = files_in(other / "_build/html")
    assert set(fresh) == set(cached) == set(elsewhere)
    assert [name for name in fresh if not fresh[name] == cached[name] == elsewhere[name]] == []


def test_without_a_moment_that_is_said_the_moment_is_all_that_differs(tmp_path: Path) -> None:
    slug = "recipes/describe-composition"
    one, other = run(tmp_path / "one", slug, HERE), run(tmp_path / "other", slug, HERE)
    dated = {"log.txt", "notebook.ipynb", "report.html", "methods.md", "ro-crate-metadata.json"}
    assert {name for name in one if one[name] != other[name]} <= dated
    for name in dated - {"ro-crate-metadata.json"}:  # which holds the checksums of the others
        assert WHEN.sub(b"", one[name]) == WHEN.sub(b"", other[name]), name

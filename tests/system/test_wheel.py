"""The wheel is the whole handbook: what it carries runs outside any checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST = 8_000_000


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Return the wheel, built from this checkout without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(ROOT)], check=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def handbook(wheel: Path, tmp_path_factory):
    """Return the command as it is where only the wheel is there."""
    site, work = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("elsewhere")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HANDBOOK_")}
    code = "from handbook_utils.cli import main; main()"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=work,
            env=kept | {"PYTHONPATH": str(site)},
            capture_output=True,
            text=True,
        )

    run.work = work
    return run


def test_the_wheel_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size < MOST


def test_the_wheel_carries_every_chapter(handbook) -> None:
    listed = handbook("list", "--json")
    assert listed.returncode == 0, listed.stderr
    slugs = [path.relative_to(ROOT / "notebooks").with_suffix("").as_posix() for path in ROOT.glob("notebooks/*/*.md")]
    assert [slug for slug in slugs if f'"{slug}"' not in listed.stdout] == []


def test_a_chapter_is_executed_and_agrees_outside_any_checkout(handbook) -> None:
    checked = handbook("check", "protocols/keep-it-cold")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert [entry.name for entry in handbook.work.iterdir()] == ["_build"]


def test_the_doctor_answers(handbook) -> None:
    assert handbook("doctor", "--json").returncode == 0

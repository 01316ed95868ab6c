"""Who may import whom stands in pyproject.toml, for import-linter; here is what holds it to the package."""

import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import handbook_utils

PACKAGE = Path(handbook_utils.__file__).parent
ROOT = Path(__file__).parents[2]
LINT = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"]


def lint(folder: Path, contracts: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*LINT, "--config", str(contracts)], cwd=folder, capture_output=True, text=True, check=False)


def test_the_contracts_hold():
    done = lint(ROOT, ROOT / "pyproject.toml")
    assert done.returncode == 0, done.stdout


def test_every_room_is_in_a_contract():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = " ".join(layer for contract in contracts for layer in contract.get("layers", []))
    rooms = {path.stem for path in PACKAGE.iterdir() if path.suffix in ("", ".py") and not path.name.startswith("_")}
    assert rooms == set(layers.replace("|", " ").split())


def test_no_module_is_called_utils_or_helpers():
    assert [path.name for path in PACKAGE.rglob("*.py") if path.stem in ("utils", "helpers", "misc", "common")] == []


def test_rooms_and_files_are_small():
    """At most 15 modules a folder and 500 lines a file: what grows beyond is two things, or a room of its own."""
    files = [path for path in PACKAGE.rglob("*.py") if "_handbook" not in path.parts]
    rooms = Counter(path.parent for path in files if path.name != "__init__.py")
    assert {room.relative_to(PACKAGE).as_posix(): number for room, number in rooms.items() if number > 15} == {}
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert {path.relative_to(PACKAGE).as_posix(): lines for path, lines in lengths.items() if lines > 500} == {}

"""What the README's speed figures come from: our build against the tools' own ways, same sources, same run.

The book is the handbook, in one edition. Ratios are what counts; seconds are those of one machine.

Run it with ``make bench``. It prints the ratios and writes ``benchmarks/results.json``.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
#: Every way gets the same two cores and no more threads than that.
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def copied(folder: Path) -> list[Path]:
    """Copy the project, but for its tests; return the paths of its chapters."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    for name in filter(None, tracked.split("\0")):
        if not (ROOT / name).is_file() or name.startswith("tests/"):
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    return sorted((folder / "notebooks").glob("*/*.md"))


def timed(command: list[str], folder: Path) -> float:
    """Run a command in the folder and return its wall seconds; a command that fails ends the benchmark."""
    start = time.perf_counter()
    environment = {**ENVIRONMENT, "HANDBOOK_ROOT": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(
            f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        )
    print(f"{seconds:8.1f} s  {' '.join(Path(part).name for part in command[:6])}", flush=True)
    return seconds


def edited(chapter: Path, old: str, new: str) -> None:
    """Change a chapter."""
    text = chapter.read_text(encoding="utf-8")
    if old not in text:
        raise SystemExit(f"{chapter.name} has no {old!r} to edit")
    chapter.write_text(text.replace(old, new, 1), encoding="utf-8")


def measure(folder: Path) -> tuple[int, dict[str, float]]:
    """Time every way on one copy of the book; return how many chapters it has, and seconds by name."""
    made = copied(folder)
    ours = [str(BIN / "handbook"), "build", "--lang", "en"]
    seconds = {"cold build": timed(ours, folder), "nothing changed": timed(ours, folder)}

    edited(made[-1], "## Write it up", "One more sentence.\n\n## Write it up")
    seconds["one prose edit"] = timed(ours, folder)
    edited(made[-2], "out = Results(", "more = 1\nout = Results(")
    seconds["one code edit"] = timed(ours, folder)

    notebooks = folder.with_name(f"{folder.name}-plain")  # beside it: pytest takes nothing from below _build
    notebooks.mkdir()
    plain = []
    for number, path in enumerate(made):
        target = notebooks / f"{number}.ipynb"
        subprocess.run(
            [str(BIN / "jupytext"), "--quiet", "--to", "ipynb", "-o", str(target), str(path)], check=True, cwd=folder
        )
        plain.append(target)
    start = time.perf_counter()
    for target in plain:
        timed([str(BIN / "papermill"), "--no-progress-bar", str(target), str(target.with_suffix(".out.ipynb"))], folder)
    seconds["papermill one by one"] = time.perf_counter() - start
    seconds["nbmake -n 2"] = timed([str(BIN / "pytest"), "-q", "-n", "2", "--nbmake", *map(str, plain)], notebooks)
    shutil.rmtree(notebooks)

    shutil.rmtree(folder / "_build")
    seconds["jupyter-book build (force)"] = timed([str(BIN / "jupyter-book"), "build", "--all", "."], folder)
    return len(made), seconds


def main() -> None:
    """Measure, print ratios, write ``benchmarks/results.json``."""
    with tempfile.TemporaryDirectory() as name:
        chapters, seconds = measure(Path(name))
    cold = seconds["cold build"]
    ratios = {
        f"{name} / cold build": round(seconds[name] / cold, 2)
        for name in ("jupyter-book build (force)", "papermill one by one", "nbmake -n 2")
    }
    results = {
        "chapters": chapters,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "seconds": {name: round(value, 1) for name, value in seconds.items()},
        "ratios": ratios,
    }
    (ROOT / "benchmarks" / "results.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    for name, ratio in ratios.items():
        print(f"{ratio:6.2f}  {name}")


if __name__ == "__main__":
    main()

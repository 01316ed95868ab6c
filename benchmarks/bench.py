"""What the README's speed figures come from: our build against the tools' own ways, same sources, same run.

A synthetic book of forty chapters is made from the model chapters: each copy has its own slug, its own labels and one
more line of code, so that no two copies share a cache entry. Ratios are what counts; seconds are those of one machine.

Run it with ``make bench``. It prints the ratios and writes ``benchmarks/results.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
#: Every way gets the same two cores and no more threads than that.
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def synthetic_book(folder: Path, chapters: int) -> list[Path]:
    """Copy the project with ``chapters`` chapters made from its own; return their paths."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    for name in filter(None, tracked.split("\0")):
        if not (ROOT / name).is_file() or name.startswith("tests/"):
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    models = sorted((folder / "notebooks").glob("*/*.md"))
    made = list(models)
    for number in range(chapters - len(models)):
        model = models[number % len(models)]
        slug, copy = model.stem, f"{model.stem}-{number + 1}"
        text = relabelled(model.read_text(encoding="utf-8"), f"-{number + 1}")
        text = text.replace("out = Results(", f"copy = {number}\nout = Results(", 1)
        target = model.with_name(f"{copy}.md")
        target.write_text(text, encoding="utf-8")
        made.append(target)
        catalogue = folder / "locale/nl/LC_MESSAGES/notebooks" / model.parent.name / f"{slug}.po"
        if catalogue.exists():
            shutil.copyfile(catalogue, catalogue.with_name(f"{copy}.po"))
    contents = yaml.safe_load((folder / "_toc.yml").read_text(encoding="utf-8"))
    for part in contents["parts"]:
        for page in part["chapters"]:
            kind = Path(page["file"]).name
            copies = [path for path in made if path.parent.name == kind]
            if copies:
                page["sections"] = [{"file": f"notebooks/{kind}/{path.stem}"} for path in copies]
    (folder / "_toc.yml").write_text(yaml.safe_dump(contents, sort_keys=False), encoding="utf-8")
    return made


def relabelled(text: str, ending: str) -> str:
    """Give every label of a chapter another ending, and what refers to it too."""
    labels = re.findall(r"^\(([\w-]+)\)=", text, re.MULTILINE) + re.findall(r"^:label: *([\w-]+)", text, re.MULTILINE)
    for label in labels:
        text = re.sub(rf"(?<![\w-]){re.escape(label)}(?![\w-])", label + ending, text)
    return text


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


def measure(folder: Path, chapters: int) -> dict[str, float]:
    """Time every way on one synthetic book; return seconds by name."""
    made = synthetic_book(folder, chapters)
    ours = [str(BIN / "handbook"), "build", "--lang", "en"]
    seconds = {"cold build": timed(ours, folder), "nothing changed": timed(ours, folder)}

    prose = made[-1]
    prose.write_text(prose.read_text(encoding="utf-8") + "\nOne more sentence.\n", encoding="utf-8")
    seconds["one prose edit"] = timed(ours, folder)
    code = made[-2]
    code.write_text(code.read_text(encoding="utf-8").replace("copy = ", "copy = 1000 + ", 1), encoding="utf-8")
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
    return seconds


def main() -> None:
    """Measure, print ratios, write ``benchmarks/results.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chapters", type=int, default=40)
    chapters = parser.parse_args().chapters
    with tempfile.TemporaryDirectory() as name:
        seconds = measure(Path(name), chapters)
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

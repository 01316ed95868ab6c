"""How much memory a large table takes: the most of inspect, and of runs, over all processes that take part.

``make bench`` runs it last; results go to ``benchmarks/memory.json``. Memory is the proportional set size (Linux), in
which a page that several processes share is counted once. A simulated table of 3,000 samples and 20,000 features, 2 %
of its cells filled, is read from BIOM and from TSV.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil
from scale import simulated

ROOT = Path(__file__).resolve().parents[1]
#: What is asked beside the table and its metadata. What a chapter is given is the same from either file, so only the
#: first is also run from TSV.
ASKED = {"import-and-inspect": [], "compare-groups": ["-p", "group=group", "-p", "permutations=99"]}


def most(command: Sequence[str], root: Path) -> dict[str, float]:
    """Run a command, and return the most memory (MB) that it and its children had together, and its seconds."""
    start, peak = time.perf_counter(), 0.0
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL)
    own = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            family = [own, *own.children(recursive=True)]
        except psutil.NoSuchProcess:
            break
        peak = max(peak, sum(map(_shared, family)))
        time.sleep(0.05)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return {"MB": round(peak), "seconds": round(time.perf_counter() - start, 1)}


def _shared(process: psutil.Process) -> float:
    try:
        text = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="utf-8")
    except OSError:  # it has just ended
        return 0.0
    return next((int(line.split()[1]) * 1024 / 1e6 for line in text.splitlines() if line.startswith("Pss:")), 0.0)


def main() -> None:
    """Measure, print, write ``benchmarks/memory.json``."""
    from handbook_utils.study.writers import write_metadata, write_study

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipes", nargs="*", default=list(ASKED), choices=list(ASKED))
    recipes = parser.parse_args().recipes
    study = simulated(3_000, 20_000, 0.02)
    results: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        write_metadata(study, place / "samples.tsv")
        sparse_size = sum(part.nbytes for part in (study.table.data, study.table.indices, study.table.indptr)) / 1e6
        for kind in ("biom", "tsv"):
            table = place / f"table.{kind}"
            write_study(study, table, kind)
            allowed = 3 * sparse_size + 300 if kind == "biom" else 2 * table.stat().st_size / 1e6
            handbook = [sys.executable, "-m", "handbook_utils.cli"]
            measured = {"inspect": most([*handbook, "inspect", str(table)], ROOT)}
            for recipe in recipes if kind == "biom" else recipes[:1]:
                given = ["-p", f"table={table}", "-p", f"metadata={place / 'samples.tsv'}", *ASKED[recipe]]
                out = ["-o", str(place / f"{kind}-{recipe}"), "--timeout", "3600"]
                measured[recipe] = most([*handbook, "run", f"recipes/{recipe}", *given, *out], ROOT)
                print(kind, recipe, measured[recipe], flush=True)
            results[f"from {kind.upper()}"] = {"asked for (MB)": round(allowed), **measured}
    (ROOT / "benchmarks" / "memory.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()

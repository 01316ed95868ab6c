"""From reads to a table: each engine beside vsearch and DADA2 alone, and memory against the number of samples.

``python benchmarks/reads.py`` makes 96 simulated samples of 20,000 pairs, then 48 to 384 of 500, where memory must not
grow with the number of samples, and prints, of each way, seconds by the clock and of processors, and the most memory
that one of its processes had. DADA2, by the handbook or alone, is given 12 samples of 20,000 (``--slow``): all 96 take
it hours. ``--samples``, ``--pairs``, ``--growth``, ``--few`` and ``--ways`` make it smaller; ``--folder`` keeps what
was simulated for the next time. What it printed is written into ``benchmarks/reads.json`` as soon as it is known, under
the samples that were given; ways that are not measured this time keep their numbers.

"Alone" are the programs as their makers' tutorials use them, without accounts, checks and resuming: vsearch's merging,
filter, dereplication, UNOISE3, UCHIME3 and search; DADA2's tutorial for pairs (``reads.R``). Both are given the same
lengths and expected errors as the engines choose.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from handbook_utils.reads.denoising.engines import ENGINES
from handbook_utils.reads.samples import files_in
from handbook_utils.reads.simulation import Mock, members, write_mock
from handbook_utils.recipes.lessons.reads import QUESTIONS
from handbook_utils.recipes.reads.steps import Steps

HERE = Path(__file__).parent
#: Lengths at which reads are cut, processes, and members that the simulated samples share.
CUT, WORKERS, MEMBERS = (200, 150), 2, 200


def simulate(folder: Path, samples: int, pairs: int) -> None:
    """Write samples that share their members, each in shares of its own, but those that are there."""
    sequences = members(MEMBERS, seed=1)
    random = np.random.default_rng(2)
    for at in range(samples):
        some = random.lognormal(0, 2, len(sequences))
        shares = dict(zip(sequences, some / some.sum(), strict=True))
        done = folder / f"S{at:03d}.done"
        if not done.is_file():
            write_mock(folder, f"S{at:03d}", shares, sequences, Mock(pairs=pairs), seed=at)
            done.touch()


def by_engine(folder: Path, engine: str) -> dict[str, float]:
    """Make the table with an engine of the handbook."""
    asked = {**QUESTIONS, "reads": str(folder), "engine": engine, "workers": WORKERS}
    steps = Steps.asked({**asked, "truncate_forward": CUT[0], "truncate_reverse": CUT[1]})
    steps.check()
    return {"sequences": len(steps.table), "pairs kept": int(steps.account["kept"].sum())}


def vsearch_alone(folder: Path) -> dict[str, float]:
    """Make the table with vsearch as its tutorial does."""
    with tempfile.TemporaryDirectory() as place:
        made = {name: Path(place, name) for name in ("all.fa", "unique.fa", "real.fa", "clean.fa", "table.tsv")}

        def vsearch(*arguments: object) -> None:
            subprocess.run(["vsearch", *map(str, arguments), "--quiet", "--threads", str(WORKERS)], check=True)

        with made["all.fa"].open("wb") as together:
            for one in files_in(folder):
                merged, passed = Path(place, "merged.fq"), Path(place, "passed.fa")
                pair = ("--fastq_mergepairs", one.forward, "--reverse", one.reverse)
                # The tool's own way to cut: after merging a read ends where what was copied does.
                vsearch(*pair, "--fastq_allowmergestagger", "--fastq_maxdiffs", 50, "--fastqout", merged)
                label = f"{one.sample}."
                vsearch("--fastq_filter", merged, "--fastq_maxee", 2, "--fastaout", passed, "--relabel", label)
                together.write(passed.read_bytes())
        vsearch("--derep_fulllength", made["all.fa"], "--sizeout", "--output", made["unique.fa"])
        vsearch("--cluster_unoise", made["unique.fa"], "--minsize", 8, "--sizeout", "--centroids", made["real.fa"])
        vsearch("--uchime3_denovo", made["real.fa"], "--nonchimeras", made["clean.fa"], "--relabel", "Z")
        search = ("--usearch_global", made["all.fa"], "--db", made["clean.fa"], "--id", 0.97)
        vsearch(*search, "--otutabout", made["table.tsv"])
        rows = [line.split("\t")[1:] for line in made["table.tsv"].read_text().splitlines()[1:]]
        return {"sequences": len(rows), "pairs kept": sum(int(cell) for row in rows for cell in row)}


def dada2_alone(folder: Path) -> dict[str, float]:
    """Make the table with DADA2 as its tutorial does."""
    with tempfile.TemporaryDirectory() as place:
        command = ["Rscript", "--vanilla", str(HERE / "reads.R"), str(folder), place, *map(str, (*CUT, WORKERS))]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        sequences, kept = done.stdout.split()[-2:]
        return {"sequences": int(sequences), "pairs kept": int(kept)}


WAYS: dict[str, Callable[[Path], dict[str, float]]] = {
    **{f"engine {name}": (lambda folder, name=name: by_engine(folder, name)) for name in ENGINES},
    "vsearch alone": vsearch_alone,
    "DADA2 alone": dada2_alone,
}
#: What takes DADA2's time.
SLOW = ("engine dada2", "DADA2 alone")


def measure(folder: str, way: str) -> None:
    """Do it in this process, and print what it took."""
    started = time.perf_counter()
    found = WAYS[way](Path(folder))
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    told = {
        "clock (s)": round(time.perf_counter() - started, 1),
        "processors (s)": round(sum(one.ru_utime + one.ru_stime for one in used), 1),
        "peak memory of a process (MB)": round(max(one.ru_maxrss for one in used) / 1024),
        **found,
    }
    print(json.dumps(told))


def measured(samples: int, pairs: int, ways: list[str], kept: Path | None) -> Iterator[tuple[str, dict[str, float]]]:
    """Simulate, and let each way run in a process of its own."""
    with tempfile.TemporaryDirectory() as made:
        folder = str(kept / f"{samples}x{pairs}") if kept else made
        Path(folder).mkdir(parents=True, exist_ok=True)
        simulate(Path(folder), samples, pairs)
        for way in ways:
            command = [sys.executable, __file__, "--measure", folder, way]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"{way}: {done.stderr.strip().splitlines()[-1]}", flush=True)
                continue
            found = json.loads(done.stdout.splitlines()[-1])
            # Other work on the machine makes the clock worthless, and leaves processors' seconds as they are.
            found["load at the end"] = round(os.getloadavg()[0], 1)
            print(f"{samples} x {pairs:,}, {way}: {found}", flush=True)
            yield way, found


def main() -> None:
    """Measure, print, write ``benchmarks/reads.json``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measure", nargs=2, metavar=("FOLDER", "WAY"), help=argparse.SUPPRESS)
    parser.add_argument("--samples", type=int, default=96)
    parser.add_argument("--pairs", type=int, default=20_000)
    parser.add_argument("--slow", type=int, default=12, help="samples of so many pairs that DADA2 is given at most")
    parser.add_argument("--growth", type=int, nargs="*", default=[48, 96, 192, 384], help="numbers of samples")
    parser.add_argument("--few", type=int, default=500, help="pairs of each sample, where memory is looked at")
    parser.add_argument("--ways", nargs="*", choices=list(WAYS), default=list(WAYS))
    parser.add_argument("--folder", type=Path, help="where simulated reads are kept; empty: nowhere")
    asked = parser.parse_args()
    if asked.measure:
        measure(*asked.measure)
        return
    path = HERE / "reads.json"
    results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    slow = [way for way in asked.ways if way in SLOW]
    quick = [way for way in asked.ways if way not in SLOW]
    todo = [
        (asked.samples, asked.pairs, quick),
        (min(asked.samples, asked.slow), asked.pairs, slow),
        *((number, asked.few, ways) for ways in (quick, slow) for number in asked.growth),
    ]
    for samples, pairs, ways in todo:
        if not (samples and ways):
            continue
        for way, found in measured(samples, pairs, ways, asked.folder):
            results.setdefault(f"{samples} samples x {pairs:,} pairs", {})[way] = found
            path.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

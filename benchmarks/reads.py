"""From reads to a table, with each engine: time by the clock and of processors, and the most memory of a process.

``python benchmarks/reads.py [samples] [pairs]``: simulated samples, 96 of 20,000 pairs by default, and a quarter of the
samples beside them, to see that memory does not grow with their number. Engines whose programs are not here are told.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from handbook_utils.errors import InputError
from handbook_utils.reads.denoising.engines import ENGINES, engine_named
from handbook_utils.reads.simulation import Mock, members, write_mock
from handbook_utils.recipes.lessons.reads import QUESTIONS
from handbook_utils.recipes.reads.steps import Steps


def simulate(folder: Path, samples: int, pairs: int) -> None:
    """Write samples that share 200 members, each in shares of its own."""
    sequences = members(200, seed=1)
    random = np.random.default_rng(2)
    for at in range(samples):
        some = random.lognormal(0, 2, len(sequences))
        shares = dict(zip(sequences, some / some.sum(), strict=True))
        write_mock(folder, f"S{at:03d}", shares, sequences, Mock(pairs=pairs), seed=at)


def measure(folder: str, engine: str) -> None:
    """Make the table in this process, and print what it took."""
    started = time.perf_counter()
    steps = Steps.asked({**QUESTIONS, "reads": folder, "engine": engine, "workers": 2})
    steps.check()
    table, account = steps.table, steps.account
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    told = {
        "seconds": time.perf_counter() - started,
        "CPU": sum(one.ru_utime + one.ru_stime for one in used),
        "MB": max(one.ru_maxrss for one in used) / 1024,
        "sequences": len(table),
        "kept": int(account["kept"].sum()),
    }
    print(json.dumps(told))


def main(samples: int, pairs: int) -> None:
    """Simulate, and let each engine run in a process of its own."""
    for number in (max(2, samples // 4), samples):
        with tempfile.TemporaryDirectory() as folder:
            simulate(Path(folder), number, pairs)
            for name in ENGINES:
                try:
                    version = engine_named(name).version()
                except InputError as error:
                    print(f"{name}: {error.problem}")
                    continue
                done = subprocess.run(
                    [sys.executable, __file__, "measure", folder, name], capture_output=True, text=True, check=True
                )
                told = json.loads(done.stdout.splitlines()[-1])
                print(
                    f"{number} samples x {pairs:,} pairs, {version}: {told['seconds']:.0f} s ({told['CPU']:.0f} s of "
                    f"processors), at most {told['MB']:.0f} MB a process; {told['sequences']} sequences, "
                    f"{told['kept']:,} pairs kept",
                    flush=True,
                )


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        measure(*sys.argv[2:4])
    else:
        main(*(int(one) for one in (sys.argv[1:] + ["96", "20000"][len(sys.argv) - 1 :])))

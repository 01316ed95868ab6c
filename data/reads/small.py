"""Write small.csv and apart.csv: what DADA2 and vsearch make of q2-dada2's small sets of reads, and read by read.

DADA2's answers are those that q2-dada2 ships (``tests/data/q2-dada2/expected``; of the nine samples of full-length
reads those of the four that are here). DADA2 with all samples together and vsearch run here, and DADA2 once more by
itself, to say of each read that the embedded engine keeps what it does with it:
``python data/reads/small.py``, then ``python data/describe.py``.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from handbook_utils import datasets
from handbook_utils.reads.denoising.embedded import Embedded
from handbook_utils.reads.denoising.engine import Denoising
from handbook_utils.reads.denoising.engines import engine_named
from handbook_utils.reads.denoising.kernels import edits
from handbook_utils.reads.fastq import blocks, columns
from handbook_utils.reads.kernels import merged_pairs
from handbook_utils.reads.preparing import Prepared
from handbook_utils.reads.sequences import asv_id
from handbook_utils.recipes.lessons.small_studies import ALONE, ASKED, TOGETHER, asked_of, denoised, prepared, table_of

SHIPPED = datasets.root().parent / "tests/data/q2-dada2/expected"


def shipped(name: str) -> pd.DataFrame:
    """Return DADA2's table of a set, as q2-dada2 ships it, of the samples that are here."""
    file = {"full-length": "ccs"}.get(name, name)
    table = pd.read_csv(SHIPPED / f"{file}-default.tsv", sep="\t", skiprows=1, index_col=0)
    return table.filter(regex="^R9_._P2C2$") if name == "full-length" else table


def in_r(script: str, name: str, folder: Path) -> Path:
    """Give the prepared reads of a set to a script here, and return what it wrote."""
    samples = [one for one in prepared(name, folder) if one.passed]
    rows = [(one.sample, one.forward, one.reverse or "") for one in samples]
    pd.DataFrame(rows, columns=["sample", "forward", "reverse"]).to_csv(folder / "samples.tsv", sep="\t", index=False)
    out, asked = folder / f"{script}.out", ASKED[name][1]
    more = ("yes" if asked.full_length else "no", f"{asked.fold:g}")
    command = ["Rscript", "--vanilla", Path(__file__).with_name(script), folder / "samples.tsv", out, *more]
    subprocess.run(command, check=True)
    return out


def together(name: str, folder: Path) -> pd.DataFrame:
    """Return DADA2's table where all samples are looked at together (pool = TRUE)."""
    return pd.read_csv(in_r("small.R", name, folder), sep="\t", index_col="sequence").rename(index=asv_id)


def merged(sample: Prepared, how: Denoising) -> list[str]:
    """Return each read of a sample, pairs merged as the embedded engine does; empty where a pair does not overlap."""
    found: list[str] = []
    if sample.reverse is None:
        for lines in blocks(sample.forward):
            found += [line.rstrip().decode("ascii") for line in lines[1::4]]
        return found
    for pair in zip(blocks(sample.forward), blocks(sample.reverse), strict=True):
        both = [columns(lines[1::4], lines[3::4]) for lines in pair]
        bases, ends = merged_pairs(*both[0], *both[1], least=how.overlap, differ=how.differ)
        whole = bases.tobytes()
        found += [whole[first:last].decode("ascii") for first, last in pairwise(ends.tolist())]
    return found


def ours(name: str, folder: Path) -> list[str]:
    """Return the sequence that the embedded engine counts each read of a set with; empty where with none."""
    engine, samples = Embedded(), prepared(name, folder)
    asked = asked_of(name, samples)
    kept = {sequence for counts in engine.denoise(samples, asked, folder, None).counts.values() for sequence in counts}
    reads = [read for one in samples if one.passed for read in merged(one, asked)]
    total = Counter(read for read in reads if read)
    often = sorted(
        ((one, number) for one, number in total.items() if number >= asked.least), key=lambda at: (-at[1], at[0])
    )
    real, _ = engine.real(often, asked, folder)
    owner = {}
    for read in total:
        found = engine.counted_back([(read, 1)], real, asked, folder)
        owner[read] = real[next(iter(found))] if found else ""
    return [owner[read] if read and owner[read] in kept else "" for read in reads]


def fate(own: str, other: str, known: set[str]) -> str:
    """Say what DADA2 does with a read that the embedded engine keeps."""
    if own in known:
        return "the same sequence" if own == other else "a sequence of both"
    if not other:
        return "dropped"
    away = edits(*(np.frombuffer(one.encode("ascii"), dtype=np.uint8) for one in (own, other)), 10)
    return "1 or 2 bases away" if away <= 2 else "3 to 10 bases away" if away <= 10 else "more than 10 bases away"


def apart() -> pd.DataFrame:
    """Return how many reads of each set DADA2 counts where, of those that the embedded engine keeps."""
    rows = []
    for name in ASKED:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            own = ours(name, folder)
            its = in_r("apart.R", name, folder).read_text(encoding="ascii").splitlines()
        fates = Counter(fate(one, other, set(its)) for one, other in zip(own, its, strict=True) if one)
        rows += [{"set": name, "fate": one, "reads": number} for one, number in sorted(fates.items())]
    return pd.DataFrame(rows)


def tables() -> pd.DataFrame:
    """Return the reads of each sequence by set, engine and sample."""
    rows = []
    for name in ASKED:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            found = {ALONE: shipped(name), TOGETHER: together(name, folder)}
            found["vsearch"] = table_of(denoised(name, engine_named("vsearch"), folder))
        rows += [
            {"set": name, "engine": engine, "sample": sample, "sequence": key, "reads": int(number)}
            for engine, table in found.items()
            for sample in sorted(table)
            for key, number in sorted(table[sample].items())
            if number
        ]
    return pd.DataFrame(rows)


if __name__ == "__main__":
    for made, name in ((tables(), "small.csv"), (apart(), "apart.csv")):
        made.to_csv(Path(__file__).with_name(name), index=False, lineterminator="\n")

"""Write small.csv: what DADA2 and vsearch make of q2-dada2's small sets of reads.

DADA2's answers are those that q2-dada2 ships (``tests/data/q2-dada2/expected``; of the nine samples of full-length
reads those of the four that are here). DADA2 with all samples together and vsearch run here:
``python data/reads/small.py``, then ``python data/describe.py``.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import pandas as pd

from handbook_utils import datasets
from handbook_utils.reads.denoising.engines import engine_named
from handbook_utils.reads.sequences import asv_id
from handbook_utils.recipes.lessons.small_studies import ALONE, ASKED, TOGETHER, denoised, prepared, table_of

SHIPPED = datasets.root().parent / "tests/data/q2-dada2/expected"


def shipped(name: str) -> pd.DataFrame:
    """Return DADA2's table of a set, as q2-dada2 ships it, of the samples that are here."""
    file = {"full-length": "ccs"}.get(name, name)
    table = pd.read_csv(SHIPPED / f"{file}-default.tsv", sep="\t", skiprows=1, index_col=0)
    return table.filter(regex="^R9_._P2C2$") if name == "full-length" else table


def together(name: str, folder: Path) -> pd.DataFrame:
    """Return DADA2's table where all samples are looked at together (pool = TRUE)."""
    samples = [one for one in prepared(name, folder) if one.passed]
    rows = [(one.sample, one.forward, one.reverse or "") for one in samples]
    pd.DataFrame(rows, columns=["sample", "forward", "reverse"]).to_csv(folder / "samples.tsv", sep="\t", index=False)
    script, out = Path(__file__).with_name("small.R"), folder / "together.tsv"
    asked = ASKED[name][1]
    more = ("yes" if asked.full_length else "no", f"{asked.fold:g}")
    subprocess.run(["Rscript", "--vanilla", script, folder / "samples.tsv", out, *more], check=True)
    table = pd.read_csv(out, sep="\t", index_col="sequence")
    return table.rename(index=asv_id)


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
    tables().to_csv(Path(__file__).with_name("small.csv"), index=False, lineterminator="\n")

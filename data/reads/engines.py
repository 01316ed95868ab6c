"""Write engines.csv: what vsearch and R's DADA2 make of the bundled pairs, prepared as the chapter prepares them.

Run it where both programs are: ``python data/reads/engines.py``, then ``python data/describe.py``.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from handbook_utils.reads.denoising.engines import engine_named
from handbook_utils.recipes.lessons.reads import bundled

NAMES = {"vsearch": "vsearch", "dada2": "DADA2"}


def tables() -> pd.DataFrame:
    """Return the reads of each sequence by engine and sample."""
    rows = []
    for name, told in NAMES.items():
        found = replace(bundled(), engine=engine_named(name)).table
        rows += [
            {"engine": told, "sample": sample, "sequence": key, "reads": int(number)}
            for sample in found
            for key, number in found[sample].items()
            if number
        ]
    return pd.DataFrame(rows)


if __name__ == "__main__":
    tables().to_csv(Path(__file__).with_name("engines.csv"), index=False, lineterminator="\n")

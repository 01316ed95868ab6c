"""The scores of contaminants, held against decontam in R (decontam.R, decontam.json)."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from handbook_utils.analysis.taxa.contaminants import judged
from handbook_utils.study import Study

R = json.loads((Path(__file__).parent / "decontam.json").read_text(encoding="utf-8"))
WELLS = [f"W{n + 1:02}" for n in range(len(R["dna"]))]
TABLE = Study.from_frame(pd.DataFrame(R["counts"], index=WELLS, columns=R["features"]))
NEG, DNA, BATCH = (pd.Series(R[name], index=WELLS) for name in ("neg", "dna", "batch"))


@pytest.mark.parametrize("run", R["runs"])
def test_scores_are_those_of_decontam(run):
    method = run.split()[0]
    given = {"batches": BATCH} if run.endswith("batches") else {}
    ours = judged(TABLE, blanks=NEG, concentration=DNA, method=method, **given)
    theirs = R["runs"][run]
    for name in ("frequency", "prevalence", "score"):
        # decontam gives no score where two thresholds decide, and leaves out the tests that a method does not use.
        if isinstance(theirs[name], list) and any(value is not None for value in theirs[name]):
            np.testing.assert_allclose(ours[name], np.array(theirs[name], dtype=float), rtol=0, atol=1e-9)
    assert ours["contaminant"].tolist() == theirs["contaminant"]


def test_without_blanks_the_concentrations_decide():
    ours = judged(TABLE, concentration=DNA)
    assert ours.attrs["method"] == R["alone"]["method"]
    assert ours["contaminant"].tolist() == R["alone"]["contaminant"]

"""The moderated t, held against limma with trend (limma.R, limma.json), on the counts of linda.json."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from handbook_utils.analysis.taxa.limma import log_per_million, moderated

HERE = Path(__file__).parent
R = json.loads((HERE / "limma.json").read_text(encoding="utf-8"))
DRAWN = json.loads((HERE / "linda.json").read_text(encoding="utf-8"))
FIRST = np.array(DRAWN["first"])
AGE = np.array(DRAWN["age"], dtype=float)[FIRST]


@pytest.mark.parametrize("run", R["runs"])
def test_the_moderated_t_is_limma_s(run):
    name, taxa = run.split()
    theirs = R["runs"][run]
    if taxa == "alike":
        place = np.arange(1, len(FIRST) + 1)
        values = np.column_stack([np.sin(k * place) + AGE * k / 100 for k in range(1, 31)])
    else:
        values = log_per_million(np.array(DRAWN[name], dtype=float)[FIRST])[:, : int(taxa)]
    arm = np.array(DRAWN["arm"])[FIRST]
    model = np.column_stack([np.ones(len(FIRST)), arm == "c", AGE, arm == "b"]).astype(float)
    ours = moderated(values, model)
    t = ours.slope / ours.error
    np.testing.assert_allclose(ours.slope, theirs["slope"], atol=1e-9)
    np.testing.assert_allclose(t, theirs["t"], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(2 * stats.t.sf(np.abs(t), ours.free), theirs["p"], rtol=1e-6)
    assert ours.free == pytest.approx(theirs["free"], rel=1e-6)
    assert (0 if np.isinf(ours.prior_free) else ours.prior_free) == pytest.approx(theirs["prior_free"], rel=1e-6)

"""LinDA, adaptive, with levels of people and on shares, held against the authors' program (linda.R, linda.json)."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from handbook_utils.analysis.taxa.differential import benjamini_hochberg
from handbook_utils.analysis.taxa.linda import linda

R = json.loads((Path(__file__).parent / "linda.json").read_text(encoding="utf-8"))
SAID = {"pseudocount": "Pseudo-count approach is used.", "reads": "Imputation approach is used.", "half the least": ""}


@pytest.mark.parametrize("run", R["runs"])
def test_linda_is_that_of_its_authors(run):
    name, what = run.split()
    theirs = R["runs"][run]
    rows = np.arange(len(R["arm"])) if what == "people" else np.array(R["first"])
    values = pd.DataFrame(R[name], columns=R["taxa"])[theirs["features"]].to_numpy(dtype=float)[rows]
    values = values / values.sum(axis=1, keepdims=True) if what == "shares" else values
    arm, age = np.array(R["arm"])[rows], np.array(R["age"], dtype=float)[rows]
    model = np.column_stack([np.ones(len(rows)), arm == "b", arm == "c", age])
    person = pd.factorize(np.array(R["who"])[rows])[0] if what == "people" else None
    ours = linda(values, model, person, counts=what != "shares")
    assert SAID[ours.zeros] == theirs["zeros"]
    for column, level in ((1, "b"), (2, "c")):
        estimate, error, free = ours.of(np.eye(4)[column])
        p = 2 * stats.t.sf(np.abs(estimate / error), free)
        assert ours.bias[column] == pytest.approx(theirs["bias"][column - 1], abs=1e-6)
        np.testing.assert_allclose(estimate, theirs[level]["log2FoldChange"], rtol=0, atol=1e-6)
        np.testing.assert_allclose(error, theirs[level]["lfcSE"], rtol=1e-6)
        np.testing.assert_allclose(free, theirs[level]["df"], rtol=1e-4)
        np.testing.assert_allclose(p, theirs[level]["pvalue"], rtol=1e-4)
        np.testing.assert_allclose(benjamini_hochberg(p), theirs[level]["padj"], rtol=1e-4)

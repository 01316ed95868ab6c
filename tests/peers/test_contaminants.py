"""The tests for contaminants, held against fisher.test, lm, pf and pchisq of R (contaminants.R, contaminants.json)."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from handbook_utils import datasets
from handbook_utils.analysis.taxa.contaminants import combined, frequency, prevalence
from handbook_utils.study import Study

R = json.loads((Path(__file__).parent / "contaminants.json").read_text(encoding="utf-8"))


def test_fisher_on_the_lung_data():
    lung = datasets.load("lung")
    ours = prevalence(lung, lung.metadata["kind"] == "control")
    np.testing.assert_allclose(ours.loc[R["ids"], "p"], R["p"], rtol=1e-9)


def test_two_lines():
    dna = pd.Series(R["dna"], index=[f"s{n}" for n in range(len(R["dna"]))])
    shares = pd.DataFrame(R["shares"], index=dna.index)
    shares["rest"] = 1 - shares.sum(axis=1)
    study = Study.from_frame(shares, quantity="abundances")
    np.testing.assert_allclose(frequency(study, dna)["score"].iloc[:3], R["score"], rtol=1e-9)


def test_fishers_method():
    ours = combined(pd.Series({"a": 0.1}), pd.Series({"a": 0.2}))
    assert ours["a"] == pytest.approx(R["combined"], rel=1e-12)

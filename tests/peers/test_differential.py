"""Differential abundance held against base R (differential.R, differential.json)."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.taxa.differential import differential
from handbook_utils.analysis.taxa.linda import mode_of
from handbook_utils.study import Study

R = json.loads((Path(__file__).parent / "differential.json").read_text(encoding="utf-8"))


def the_study() -> Study:
    counts = np.array(R["counts"])
    names = [f"s{row}" for row in range(len(counts))]
    table = pd.DataFrame(counts, index=names, columns=[f"t{place}" for place in range(counts.shape[1])])
    return Study.from_frame(table, pd.DataFrame({"group": R["group"], "age": R["age"]}, index=names))


def ours(method: str, covariates: str = "") -> pd.DataFrame:
    study = the_study()
    return differential(study, design_of(study.metadata, group="group", covariates=covariates), method=method)


def test_the_mode_of_the_slopes():
    # LinDA's slopes here are moved by the mode; R's slopes plus its mode are the slopes before.
    assert mode_of(np.array(R["linda"]) + R["mode"]) == pytest.approx(R["mode"], abs=1e-6)


def test_maaslin():
    found = ours("maaslin-like", "age")
    assert found["log2_fold"].to_list() == pytest.approx(R["maaslin"], abs=1e-9)
    assert found["p"].to_list() == pytest.approx(R["maaslin_p"], rel=1e-9)


def test_wilcoxon():
    found = ours("clr-wilcoxon")
    assert found["p"].to_list() == pytest.approx(R["wilcoxon_p"], rel=1e-9)
    assert found["log2_fold"].to_list() == pytest.approx(R["wilcoxon"], abs=1e-9)

"""What a study says of GlobalPatterns, held against phyloseq (inspect.R, inspect.json)."""

import json
from pathlib import Path

import pytest

from handbook_utils import datasets

R = json.loads((Path(__file__).parent / "inspect.json").read_text(encoding="utf-8"))


def test_phyloseq():
    study = datasets.load("globalpatterns")
    assert study.shape == (R["samples"], R["features"])
    depth = study.depth
    assert (depth.sum(), depth.min(), depth.max(), depth.median()) == (R["reads"], R["least"], R["most"], R["median"])
    assert (study.prevalence == 0).sum() == R["nowhere"]
    assert study.density == pytest.approx(R["filled"], abs=1e-12)
    named = study.taxonomy["genus"] != ""
    ranks = list(study.taxonomy.columns)
    lineages = study.taxonomy.loc[named, ranks[: ranks.index("genus") + 1]]
    assert len(lineages.drop_duplicates()) == R["genera"]
    assert study.choose_features(named).depth.sum() / depth.sum() == pytest.approx(R["named_reads"], abs=1e-12)

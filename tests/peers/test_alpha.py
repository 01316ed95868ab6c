"""Alpha diversity held against vegan (alpha.R, alpha.json) and against iNEXT's published tables."""

import json
from pathlib import Path

import numpy as np
import pytest

from handbook_utils import datasets
from handbook_utils.analysis.diversity.alpha import (
    asymptotic_hill,
    hill_at_size,
    rarefied_richness,
    sample_coverage,
)
from handbook_utils.analysis.diversity.chao import chao1
from handbook_utils.analysis.diversity.estimates import hill

R = json.loads((Path(__file__).parent / "alpha.json").read_text(encoding="utf-8"))
# Hsieh, Ma and Chao 2016 (doi:10.1111/2041-210X.12613), the spider example of the package's guide: sample size,
# coverage, and the observed and asymptotic Hill numbers of orders 0, 1 and 2.
INEXT = {
    "girdled": (168, 0.929, (26, 12.060, 7.840), (43.893, 13.826, 8.175)),
    "logged": (252, 0.945, (37, 14.421, 6.761), (61.403, 16.337, 6.920)),
}


@pytest.mark.parametrize("name", sorted(R))
def test_vegan(name):
    theirs = R[name]
    counts = np.array(theirs["counts"])
    for size, expected, se in zip(theirs["sizes"], theirs["expected"], theirs["se"], strict=True):
        richness, variance = rarefied_richness(counts, size)
        assert richness == pytest.approx(expected, rel=1e-9)
        assert variance == pytest.approx(se**2, rel=1e-6)
    for size, expected in zip(theirs["curve_sizes"], theirs["curve"], strict=True):
        assert hill_at_size(counts, 0, size) == pytest.approx(expected, rel=1e-7)
    assert [hill(counts, order) for order in (0, 0.5, 1, 2, 4)] == pytest.approx(theirs["hill"], rel=1e-10)
    # vegan's Chao1 is the bias-corrected one.
    assert chao1(counts, bias_corrected=True).estimate == pytest.approx(theirs["chao1"][0], rel=1e-10)


@pytest.mark.parametrize("name", sorted(INEXT))
def test_inext(name):
    size, coverage, observed, asymptotic = INEXT[name]
    counts = np.array(R[name]["counts"])
    assert counts.sum() == size
    assert sample_coverage(counts) == pytest.approx(coverage, abs=5e-4)
    assert [hill(counts, order) for order in (0, 1, 2)] == pytest.approx(observed, abs=5e-4)
    assert [asymptotic_hill(counts, order) for order in (0, 1, 2)] == pytest.approx(asymptotic, abs=6e-4)


def test_global_patterns():
    study = datasets.load("globalpatterns")
    counts = study.choose_samples(["CL3"]).table.toarray()[0].astype(int)
    assert hill(counts, 0) == 6964
    assert chao1(counts, bias_corrected=True).estimate == pytest.approx(8588.071, abs=5e-4)
    assert np.log(hill(counts, 1)) == pytest.approx(6.576517, abs=5e-7)

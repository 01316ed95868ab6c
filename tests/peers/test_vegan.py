"""Distances, PERMANOVA and dispersion held against R's vegan and GUniFrac; numbers by vegan.R, in vegan.json."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from skbio.stats.distance import anosim, permdisp

from handbook_utils import datasets
from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.distance.dispersion import betadisper
from handbook_utils.analysis.distance.distances import distances
from handbook_utils.analysis.distance.ordination import pcoa
from handbook_utils.analysis.distance.permanova import permanova

R = json.loads((Path(__file__).parent / "vegan.json").read_text(encoding="utf-8"))
EXACT = 1e-9


@pytest.fixture(scope="module")
def study():
    return datasets.load("throat").choose_samples(R["samples"])


def by_smoking(study):
    return design_of(study.metadata, group="smoking")


@pytest.fixture(scope="module")
def bray(study):
    return distances(study, "bray-curtis")


def test_bray_curtis(bray):
    assert bray.data[0] == pytest.approx(R["bray_first_row"], abs=1e-11)


@pytest.mark.parametrize(
    ("metric", "theirs"),
    [("unweighted-unifrac", "unweighted"), ("generalised-unifrac", "generalised"), ("weighted-unifrac", "weighted")],
)
def test_unifrac(study, metric, theirs):
    distance = distances(study, metric)
    assert distance.data[0] == pytest.approx(R["unifrac_first_row"][theirs], abs=1e-11)
    table = permanova(distance, design_of(study.metadata, group="smoking"), permutations=0)
    assert table.loc["smoking", "R2"] == pytest.approx(R["unifrac_R2"][theirs], rel=EXACT)


@pytest.mark.parametrize(
    ("key", "asked", "by"),
    [
        ("one_term", {}, "margin"),
        ("margin", {"covariates": "sex"}, "margin"),
        ("sequence", {"formula": "~ sex + smoking + age"}, "terms"),
        ("strata", {"strata": "sex"}, "margin"),
    ],
)
def test_permanova(study, bray, key, asked, by):
    theirs = R[key]
    count = 9999
    table = permanova(bray, design_of(study.metadata, group="smoking", **asked), by=by, permutations=count)
    assert list(table.index) == theirs["term"]
    assert list(table["df"]) == theirs["df"]
    assert table["SS"].to_list() == pytest.approx(theirs["SS"], rel=EXACT)
    assert table["R2"].to_list() == pytest.approx(theirs["R2"], rel=EXACT)
    for term, statistic, p in zip(theirs["term"], theirs["F"], theirs["p"], strict=True):
        if p == "NA":
            continue
        assert table.loc[term, "F"] == pytest.approx(statistic, rel=EXACT)
        # Two Monte Carlo estimates of one p differ by sqrt(2 p (1 - p) / N), four times out of five orders of luck.
        pooled = (p + table.loc[term, "p"]) / 2
        assert abs(table.loc[term, "p"] - p) < 4.5 * math.sqrt(2 * pooled * (1 - pooled) / count)


def test_betadisper_centroid_is_exact(study, bray):
    theirs = R["betadisper"]["centroid"]
    ours = betadisper(bray, by_smoking(study), centre="centroid", bias_adjust=False, permutations=9999)
    assert ours.to_centre.to_list() == pytest.approx(
        [theirs["distances"][name] for name in ours.to_centre.index], rel=EXACT
    )
    assert ours.statistic == pytest.approx(theirs["F"], rel=EXACT)
    # vegan exchanges distances to centres that stay; ours finds the centres anew in every permutation.
    assert ours.p == pytest.approx(theirs["p"], abs=0.05)


def test_betadisper_median_is_at_least_as_good_as_vegans(study, bray):
    # vegan finds the spatial median by nlm() to about 1e-6; ours is iterated to rounding.
    theirs = R["betadisper"]["median"]
    ours = betadisper(bray, by_smoking(study), bias_adjust=False, permutations=9999)
    assert ours.statistic == pytest.approx(theirs["F"], rel=1e-5)
    # vegan exchanges distances to centres that stay; ours finds the centres anew in every permutation.
    assert ours.p == pytest.approx(theirs["p"], abs=0.05)


def test_scikit_bios_permdisp_is_off_and_ours_is_not(study, bray):
    theirs = R["betadisper"]["median"]["F"]
    groups = study.metadata["smoking"].to_list()
    scikit_bio = permdisp(bray, groups, permutations=0, dimensions=10)["test statistic"]
    assert abs(scikit_bio - theirs) > 0.1
    assert abs(betadisper(bray, by_smoking(study), bias_adjust=False, permutations=0).statistic - theirs) < 1e-5


def test_eigenvalues_and_anosim(study, bray):
    found = pcoa(bray)
    squares = (found.coordinates**2).sum()
    theirs = [value for value in R["eigenvalues"] if value > 1e-9]
    assert squares.to_list() == pytest.approx(theirs, rel=1e-8)
    negative = [-value for value in R["eigenvalues"] if value < -1e-9]
    assert found.negative_share == pytest.approx(sum(negative) / (sum(negative) + sum(theirs)), rel=1e-8)
    ours = anosim(bray, study.metadata["smoking"].to_list(), permutations=0)["test statistic"]
    assert ours == pytest.approx(R["anosim_R"], rel=EXACT)


def test_shannon_of_smokers_does_not_differ(study):
    shares = study.proportions().table.toarray()
    shannon = -np.sum(np.where(shares > 0, shares * np.log(np.where(shares > 0, shares, 1)), 0), axis=1)
    groups = study.metadata["smoking"].to_numpy(dtype=object)
    result = stats.mannwhitneyu(shannon[groups == "NonSmoker"], shannon[groups == "Smoker"])
    assert result.statistic == R["shannon_W"]
    assert result.pvalue > 0.5

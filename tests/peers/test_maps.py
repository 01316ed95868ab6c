"""Constrained ordination, NMDS, rarefaction and filters held against vegan (maps.R, maps.json)."""

import json
from pathlib import Path

import numpy as np
import pytest
from skbio.stats.ordination import rda as skbio_rda

from handbook_utils import datasets
from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.distance.constrained import constrained, hellinger_distance, nmds
from handbook_utils.analysis.distance.distances import distances
from handbook_utils.analysis.distance.ordination import pcoa
from handbook_utils.analysis.distance.permanova import permanova
from handbook_utils.analysis.diversity.alpha import rarefied_richness
from handbook_utils.analysis.taxa.filters import keep_taxa

R = json.loads((Path(__file__).parent / "maps.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def throat():
    return datasets.load("throat")


def test_dbrda(throat):
    found = constrained(
        distances(throat, "bray-curtis"),
        design_of(throat.metadata, group="smoking", covariates="sex"),
        terms=["sex", "smoking"],
    )
    assert list(found.sums) == pytest.approx(R["dbrda"], rel=1e-9)
    assert found.total == pytest.approx(R["dbrda_total"], rel=1e-9)


def test_rda_is_right_where_scikit_bio_is_not(throat):
    shares = throat.proportions().to_frame()
    found = constrained(
        hellinger_distance(shares),
        design_of(throat.metadata, group="smoking", covariates="sex"),
        terms=["sex", "smoking"],
    )
    free = len(shares) - 1
    assert list(found.sums / free) == pytest.approx(R["rda"], rel=1e-9)
    assert found.total / free == pytest.approx(R["rda_total"], rel=1e-9)
    assert found.r2 == pytest.approx(R["r2"], rel=1e-9)
    assert found.adjusted_r2 == pytest.approx(R["adjusted"], rel=1e-9)
    design = throat.metadata.assign(a=throat.metadata["smoking"] == "Smoker", b=throat.metadata["sex"] == "Male")
    theirs = skbio_rda(np.sqrt(shares), design[["a", "b"]].astype(float))
    share_of_first = float(theirs.proportion_explained.iloc[0])
    assert share_of_first != pytest.approx(R["rda"][0] / R["rda_total"], rel=0.05)
    assert found.sums.iloc[0] / found.total == pytest.approx(R["rda"][0] / R["rda_total"], rel=1e-9)


def test_partial_rda(throat):
    found = constrained(
        hellinger_distance(throat.proportions().to_frame()),
        design_of(throat.metadata, group="smoking", covariates="sex"),
    )
    assert found.sums.iloc[0] / (len(throat.samples) - 1) == pytest.approx(R["partial"], rel=1e-9)
    assert found.r2 == pytest.approx(R["partial_r2"], rel=1e-9)
    assert found.adjusted_r2 == pytest.approx(R["partial_adjusted"], rel=1e-9)


def test_nmds_is_no_worse_than_vegan(throat):
    found = nmds(distances(throat, "bray-curtis"), starts=12)
    assert found.stress <= R["stress"] + 2e-3


def test_pca(throat):
    ours = pcoa(hellinger_distance(throat.proportions().to_frame())).proportions.head(3)
    assert list(ours) == pytest.approx(R["pca"], rel=1e-9)


def test_rarefied(throat):
    counts = throat.table.toarray().astype(int)
    found = [rarefied_richness(row, R["rarefied_to"]) for row in counts]
    assert [mean for mean, _ in found[:3]] == pytest.approx(R["rarefied"], rel=1e-9)
    assert [variance**0.5 for _, variance in found[:3]] == pytest.approx(R["rarefied_se"], rel=1e-6)
    assert sum(mean for mean, _ in found) == pytest.approx(R["rarefied_sum"], rel=1e-9)


def test_filters(throat):
    kept = keep_taxa(throat, prevalence=0.1, share=1e-4)
    assert len(kept.features) == R["kept"]
    found = permanova(distances(kept, "bray-curtis"), design_of(kept.metadata, group="smoking"), permutations=0)
    assert found.loc["smoking", "R2"] == pytest.approx(R["kept_R2"], rel=1e-9)

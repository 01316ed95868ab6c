"""Agglomeration, core and expected prevalence, held against phyloseq and vegan (composition.R, composition.json)."""

import json
from pathlib import Path

import pytest

from handbook_utils import datasets
from handbook_utils.analysis.taxa.composition import core_taxa, expected_prevalence, leading_taxa

R = json.loads((Path(__file__).parent / "composition.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def soils_and_skins():
    return datasets.load("globalpatterns")


def test_phyla(soils_and_skins):
    shares = soils_and_skins.agglomerate("phylum").proportions().to_frame().mean()
    for phylum, share in R["shares"].items():
        assert shares[phylum] == pytest.approx(share, rel=1e-12)


def test_core(soils_and_skins):
    assert sorted(core_taxa(soils_and_skins, 1e-4, 0.5).index) == R["core_ids"]


def test_leading(soils_and_skins):
    ours = leading_taxa(soils_and_skins)["product"].head(5)
    assert list(ours.index) == list(R["leading"])
    assert list(ours) == pytest.approx(list(R["leading"].values()), rel=1e-12)


def test_expected_prevalence(soils_and_skins):
    # Both take logarithms of factorials of up to two million, which leaves about 1e-8.
    ours = expected_prevalence(soils_and_skins, 1000)
    assert ours.sum() == pytest.approx(R["seen_sum"], rel=1e-7)
    for otu, seen in R["seen"].items():
        assert ours[otu] == pytest.approx(seen, rel=1e-7)

"""Names and confidences, held against dada2 in R (naming.R, data/gut-reference/dada2.csv), sequence by sequence."""

import numpy as np
import pandas as pd
import pytest

from handbook_utils import datasets
from handbook_utils.analysis.naming.bayes import NaiveBayes
from handbook_utils.analysis.naming.names import Names
from handbook_utils.analysis.naming.reference import bundled_reference
from handbook_utils.reads.sequences import read_fasta

R = pd.read_csv(datasets.path("gut-reference", "dada2.csv"), keep_default_na=False)


@pytest.fixture(scope="module")
def both() -> tuple[Names, Names]:
    wide = {part: R.pivot(index="id", columns="rank", values=part) for part in ("name", "confidence")}
    genes = read_fasta(datasets.path("mock-dilutions", "sequences.fasta.gz"))
    genes |= dict(datasets.frame("mock-strains").set_index("id")["sequence"])
    reference = bundled_reference()
    ours = NaiveBayes(reference).names({name: genes[name] for name in wide["name"].index}, seed=2)
    theirs = Names(wide["name"][reference.ranks], wide["confidence"][reference.ranks] / 100, "", "")
    return ours, theirs


def test_a_hundred_sequences_were_asked_of_both(both):
    assert len(both[0].best) == len(both[1].best) == R["id"].nunique() == 100


@pytest.mark.parametrize("rank", ["class", "order", "family", "genus", "species"])
def test_names_that_are_sure_are_those_of_dada2(both, rank):
    ours, theirs = both
    assert (ours.at(0.8)[rank] == theirs.at(0.8)[rank]).sum() >= 95
    # Where both are sure, they never differ.
    sure = (ours.at(0.8)[rank] != "") & (theirs.at(0.8)[rank] != "")
    assert (ours.best[rank] == theirs.best[rank])[sure].all()


def test_confidences_differ_as_random_draws_do(both):
    ours, theirs = both
    same = (ours.best["genus"] == theirs.best["genus"]) & (ours.best["genus"] != "")
    apart = (ours.confidence["genus"] - theirs.confidence["genus"])[same]
    # Two shares of a hundred draws each: a standard error of 0.07 at most, and no direction.
    assert np.sqrt((apart**2).mean()) < 0.07
    assert abs(apart.mean()) < 0.02

"""The engines beside the programs themselves: q2-dada2's shipped answers, R's own run, and what is stored of both."""

import json
import runpy
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from handbook_utils import datasets
from handbook_utils.reads.denoising.engine import Denoising
from handbook_utils.reads.denoising.engines import engine_named
from handbook_utils.reads.preparing import Preparation, prepare
from handbook_utils.reads.samples import files_in
from handbook_utils.reads.sequences import asv_id
from handbook_utils.recipes.lessons.reads import beside_peers, bundled, engines

R = json.loads((Path(__file__).parent / "dada2.json").read_text(encoding="utf-8"))
Q2 = Path(__file__).parents[1] / "data/q2-dada2"
PHIX = datasets.path("reads", "phix.fasta")
#: As q2-dada2's own tests ask for each answer.
ANSWERS = {
    "single-default": ("single", Preparation(truncate=(100, 0), phix=PHIX, offset=64), Denoising(fold=1.0)),
    "paired-default": ("paired", Preparation(truncate=(150, 150), phix=PHIX), Denoising(fold=1.0)),
    "ccs-default": (
        "full-length",
        Preparation(forward="AGRGTTYGATYMTGGCTCAG", reverse="RGYTACCTTGTTACGACTT", whole=True, least_quality=4),
        Denoising(fold=3.5, full_length=True),
    ),
}


@pytest.fixture(scope="module", params=ANSWERS)
def answer(request, tmp_path_factory):
    """Return one shipped answer: table, counts of steps, and the reads prepared here."""
    kind, how, denoising = ANSWERS[request.param]
    folder = tmp_path_factory.mktemp(kind)
    files = files_in(Q2 / kind)
    if kind == "full-length":
        own = datasets.path("reads", "full-length")
        files += [replace(one, sample=f"{one.sample.upper()}_P2C2") for one in files_in(own)]
        files.sort()
    prepared = [prepare(one, how, folder) for one in files]
    table = pd.read_csv(Q2 / f"expected/{request.param}.tsv", sep="\t", skiprows=1, index_col=0)
    steps = pd.read_csv(Q2 / f"expected/{request.param}-stats.tsv", sep="\t", index_col=0, skiprows=[1])
    return prepared, denoising, table, steps, folder


def test_as_many_reads_pass_as_in_dada2(answer):
    prepared, _, table, steps, _ = answer
    assert {one.sample for one in prepared} == set(table.columns)
    assert {one.sample: one.passed for one in prepared} == steps["filtered"].astype(int).to_dict()


def test_the_shipped_answer_comes_out(answer, needs_program):
    needs_program("dada2")
    prepared, denoising, theirs, _, folder = answer
    found = engine_named("dada2").denoise(prepared, replace(denoising, workers=2), folder, None)
    ours = pd.DataFrame({s: {asv_id(q): n for q, n in counts.items()} for s, counts in found.counts.items()}).fillna(0)
    assert len(set(ours.index) & set(theirs.index)) >= 0.99 * len(set(ours.index) | set(theirs.index))
    one, other = ours.align(theirs, fill_value=0)
    filled = ((one > 0) | (other > 0)).to_numpy()
    assert (one.to_numpy() == other.to_numpy())[filled].mean() >= 0.98


def test_the_pairs_pass_as_in_r_and_the_stored_table_is_rs():
    steps = bundled()
    assert list(steps.truncation.lengths) == R["cut"]
    assert {one.sample: one.passed for one in steps.result[0]} == R["passed"]
    stored = engines()["DADA2"]
    theirs = pd.DataFrame({s: {asv_id(q): n for q, n in rows.items()} for s, rows in R["table"].items()}).fillna(0)
    pd.testing.assert_frame_equal(stored, theirs, check_like=True, check_dtype=False, check_names=False)


def test_what_is_stored_of_the_engines_is_what_they_give(needs_program):
    for name in ("vsearch", "dada2"):
        needs_program(name)
    made = runpy.run_path(str(datasets.root() / "reads/engines.py"))["table"]()
    stored = datasets.frame("reads", "engines")
    key = ["engine", "sample", "sequence"]
    # Versions break ties in another order: a read in a thousand may move.
    one, other = made.set_index(key)["reads"].align(stored.set_index(key)["reads"], fill_value=0)
    assert (one - other).abs().sum() <= 0.001 * other.sum()


def test_most_reads_are_in_the_same_sequences_as_in_the_other_engines():
    steps = bundled()
    beside = beside_peers(steps)
    assert (beside["its reads in sequences of ours (%)"] >= 95).all()
    assert beside.loc["vsearch", "our reads in sequences of its (%)"] >= 95
    known = set().union(*(set(table.index) for table in engines().values()))
    shares = steps.table / steps.table.sum()
    assert not (shares.drop(index=list(known & set(shares.index))) > 0.01).any(axis=None)

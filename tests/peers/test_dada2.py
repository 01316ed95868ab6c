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
from handbook_utils.reads.samples import files_in
from handbook_utils.reads.sequences import asv_id
from handbook_utils.recipes.lessons.reads import beside_peers, bundled, engines
from handbook_utils.recipes.lessons.small_studies import (
    ALONE,
    ASKED,
    TOGETHER,
    apart,
    at_best,
    prepared,
    small_studies,
    table_of,
)

R = json.loads((Path(__file__).parent / "dada2.json").read_text(encoding="utf-8"))
Q2 = Path(__file__).parents[1] / "data/q2-dada2"


@pytest.fixture(scope="module", params=ASKED)
def answer(request, tmp_path_factory):
    """Return one shipped answer: table, counts of steps, and the reads prepared here."""
    name = request.param
    folder = tmp_path_factory.mktemp(name)
    stem = Q2 / "expected" / f"{'ccs' if name == 'full-length' else name}-default"
    table = pd.read_csv(f"{stem}.tsv", sep="\t", skiprows=1, index_col=0)
    steps = pd.read_csv(f"{stem}-stats.tsv", sep="\t", index_col=0, skiprows=[1])
    more = files_in(Q2 / "full-length") if name == "full-length" else ()
    return prepared(name, folder, more), ASKED[name][1], table, steps, folder


def test_as_many_reads_pass_as_in_dada2(answer):
    samples, _, table, steps, _ = answer
    assert {one.sample for one in samples} == set(table.columns)
    assert {one.sample: one.passed for one in samples} == steps["filtered"].astype(int).to_dict()


def test_the_shipped_answer_comes_out(answer, needs_program):
    needs_program("dada2")
    samples, denoising, theirs, _, folder = answer
    found = engine_named("dada2").denoise(samples, replace(denoising, workers=2), folder, None)
    ours = table_of(found)
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
    for part, script, makes, key in (
        ("engines", "engines.py", "tables", ["engine", "sample", "sequence"]),
        ("small", "small.py", "tables", ["set", "engine", "sample", "sequence"]),
        ("apart", "small.py", "apart", ["set", "fate"]),
    ):
        made = runpy.run_path(str(datasets.root() / "reads" / script))[makes]()
        # Versions break ties in another order: a read in a thousand may move.
        one, other = made.set_index(key)["reads"].align(
            datasets.frame("reads", part).set_index(key)["reads"], fill_value=0
        )
        assert (one - other).abs().sum() <= 0.001 * other.sum()


def test_most_reads_are_in_the_same_sequences_as_in_the_other_engines():
    steps = bundled()
    beside = beside_peers(steps)
    assert (beside["its reads in sequences of ours (%)"] >= 95).all()
    assert beside.loc["vsearch", "our reads in sequences of its (%)"] >= 95
    known = set().union(*(set(table.index) for table in engines().values()))
    shares = steps.table / steps.table.sum()
    assert not (shares.drop(index=list(known & set(shares.index))) > 0.01).any(axis=None)


def test_in_small_studies_the_reads_of_the_other_engines_are_in_sequences_of_ours():
    beside = small_studies()
    its = beside["other's reads in sequences of one (%)"]
    own = beside["one's reads in sequences of the other (%)"]
    for name in ASKED:
        assert its[name, "embedded", ALONE] >= 95
        assert its[name, "embedded", "vsearch"] >= 95
        assert own[name, "embedded", "vsearch"] >= 95
        # DADA2 that looks at all samples together does not find its own sequences again either.
        assert own[name, "embedded", ALONE] >= 55
        assert min(its[name, ALONE, TOGETHER], own[name, ALONE, TOGETHER]) < 95


def test_nothing_can_be_near_both_engines_in_small_studies():
    beside, fates = small_studies(), apart()
    own = beside["one's reads in sequences of the other (%)"]
    for name in ASKED:
        # vsearch is as far from DADA2 as the embedded engine is, and joining what is near would not mend it.
        assert own[name, "vsearch", ALONE] == pytest.approx(own[name, "embedded", ALONE], abs=1)
        assert at_best(fates)[name] < 95
        assert fates.loc[name].iloc[1:3].sum() == pytest.approx(own[name, "embedded", ALONE], abs=1)
        assert fates.loc[name].iloc[1:].sum() == pytest.approx(100)


def test_a_higher_least_number_of_reads_loses_what_dada2_has(tmp_path):
    samples = prepared("paired", tmp_path)
    asked = replace(Denoising.fitting(sum(one.passed for one in samples), 2.0, paired=True), fold=1.0)
    stored = datasets.frame("reads", "small")
    theirs = stored[(stored["set"] == "paired") & (stored["engine"] == ALONE)].groupby("sequence")["reads"].sum()
    parts = []
    for least in (asked.least, asked.least + 1):
        found = table_of(engine_named("embedded").denoise(samples, replace(asked, least=least), tmp_path, None))
        parts.append(theirs[theirs.index.isin(found.index)].sum() / theirs.sum())
    assert parts[0] >= 0.95 > parts[1]


def test_what_is_stored_of_dada2_is_what_was_shipped(answer):
    _, asked, shipped, _, _ = answer
    name = next(one for one in ASKED if ASKED[one][1] == asked)
    stored = datasets.frame("reads", "small")
    rows = stored[(stored["set"] == name) & (stored["engine"] == ALONE)]
    theirs = rows.pivot(index="sequence", columns="sample", values="reads").fillna(0)
    here = shipped[[sample for sample in shipped if name != "full-length" or sample in set(rows["sample"])]]
    full = here.loc[(here > 0).any(axis=1), (here > 0).any()]
    pd.testing.assert_frame_equal(theirs, full, check_like=True, check_dtype=False, check_names=False)

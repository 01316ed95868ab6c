"""Each method of single taxa, held against the test it is named after, and what each takes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from skbio.stats.composition import dirmult_ttest

from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.taxa.differential import differential, usable_methods
from handbook_utils.analysis.taxa.methods import METHODS
from handbook_utils.analysis.taxa.presence import presence
from handbook_utils.study import Study

COLUMNS = ["log2_fold", "low", "high", "p"]
GENERATOR = np.random.default_rng(12)
ARM = np.repeat([0.0, 1.0], [9, 12])
MODEL = np.column_stack([np.ones(21), ARM])
COUNTS = GENERATOR.poisson(
    GENERATOR.gamma(2.0, [30, 5, 60, 12, 20, 3], (21, 6)) * np.where(ARM == 1, 2.0, 1.0)[:, None]
).astype(float)
COUNTS[[0, 9], 1] = 0
SHARES = COUNTS / COUNTS.sum(axis=1, keepdims=True)
#: Zeros as half of the least share of a taxon, which is what methods do that take logarithms of shares.
FILLED = np.where(SHARES == 0, np.where(SHARES == 0, np.inf, SHARES).min(axis=0) / 2, SHARES)


def run(method: str, values: np.ndarray, model: np.ndarray = MODEL, *, counts: bool) -> pd.DataFrame:
    return METHODS[method].run(values, model, None, 1, counts)


def ratios(values: np.ndarray) -> np.ndarray:
    logs = np.log2(values)
    return logs - logs.mean(axis=1, keepdims=True)


@pytest.mark.parametrize(("values", "counts"), [(COUNTS, True), (SHARES, False)])
def test_logarithms_of_shares_are_compared_by_student_s_t(values, counts):
    found = run("maaslin-like", values, counts=counts)
    theirs = stats.ttest_ind(np.log2(FILLED)[ARM == 1], np.log2(FILLED)[ARM == 0])
    interval = theirs.confidence_interval(0.95)
    fold = np.log2(FILLED)[ARM == 1].mean(axis=0) - np.log2(FILLED)[ARM == 0].mean(axis=0)
    np.testing.assert_allclose(found[COLUMNS].T, [fold, interval.low, interval.high, theirs.pvalue], rtol=1e-9)


@pytest.mark.parametrize(("values", "counts"), [(COUNTS, True), (SHARES, False)])
def test_ranks_are_compared_by_wilcoxon_s_test(values, counts):
    of_shares, of_ratios = (run(name, values, counts=counts) for name in ("shares-wilcoxon", "clr-wilcoxon"))
    for found, own in ((of_shares, SHARES), (of_ratios, ratios(COUNTS + 0.5 if counts else FILLED))):
        for taxon in range(6):
            theirs = stats.mannwhitneyu(own[ARM == 0, taxon], own[ARM == 1, taxon], method="asymptotic")
            assert found["p"][taxon] == pytest.approx(theirs.pvalue)
    own = ratios(COUNTS + 0.5 if counts else FILLED)
    middle = [np.median(own[ARM == 1, taxon][:, None] - own[ARM == 0, taxon]) for taxon in range(6)]
    assert of_ratios["log2_fold"].tolist() == pytest.approx(middle)
    assert (of_ratios["low"] < of_ratios["log2_fold"]).all()
    assert (of_ratios["log2_fold"] < of_ratios["high"]).all()
    # The fold beside ranks of shares is that of their logarithms.
    pd.testing.assert_frame_equal(of_shares[COLUMNS[:3]], run("maaslin-like", values, counts=counts)[COLUMNS[:3]])
    # The quick way to p alone is the same p.
    np.testing.assert_allclose(METHODS["clr-wilcoxon"].p(values, MODEL, counts), of_ratios["p"])


def test_presence_looks_at_reads_where_they_are_known():
    found = run("presence", COUNTS, counts=True)
    beside = np.column_stack([np.ones(21), np.log2(COUNTS.sum(axis=1)), ARM])
    np.testing.assert_allclose(found[COLUMNS], presence(COUNTS > 0, beside))
    np.testing.assert_allclose(run("presence", SHARES, counts=False)[COLUMNS], presence(SHARES > 0, MODEL))


def test_limma_of_shares_is_that_of_their_logarithms():
    found = run("limma-trend", SHARES, counts=False)
    fold = np.log2(FILLED)[ARM == 1].mean(axis=0) - np.log2(FILLED)[ARM == 0].mean(axis=0)
    assert found["log2_fold"].tolist() == pytest.approx(fold.tolist())
    by_counts = np.log2((COUNTS + 0.5) / (COUNTS.sum(axis=1, keepdims=True) + 1))
    fold = by_counts[ARM == 1].mean(axis=0) - by_counts[ARM == 0].mean(axis=0)
    assert run("limma-trend", COUNTS, counts=True)["log2_fold"].tolist() == pytest.approx(fold.tolist())


def test_the_draws_are_those_of_scikit_bio():
    found = run("aldex2-like", COUNTS, counts=True)
    theirs = dirmult_ttest(COUNTS, np.where(ARM == 1, "x", "r"), "x", "r", draws=32, p_adjust="bh", seed=1)
    columns = ["Log2(FC)", "CI(2.5)", "CI(97.5)", "pvalue", "qvalue"]
    np.testing.assert_allclose(found[[*COLUMNS, "q"]], theirs[columns])


@pytest.mark.parametrize("method", ["deseq2", "ancom-bc2"])
def test_intervals_and_p_of_programs_belong_together(method):
    generator = np.random.default_rng(5)
    age = generator.normal(size=21)
    counts = generator.poisson(
        generator.gamma(8.0, 6.0, (21, 14)) * np.where(np.arange(14) < 3, 4.0, 1.0) ** ARM[:, None]
    )
    found = run(method, counts.astype(float), np.column_stack([np.ones(21), age, ARM]), counts=True)
    assert (found["high"] + found["low"]).tolist() == pytest.approx((2 * found["log2_fold"]).tolist())
    error = (found["high"] - found["low"]) / 2 / stats.norm.ppf(0.975)
    p = 2 * stats.norm.sf((found["log2_fold"] / error).abs())
    if method == "deseq2":
        np.testing.assert_allclose(found["p"], p, rtol=1e-6)
    else:  # the largest of three, of which this is one
        assert (found["p"] >= p - 0.02).all()
    # Three of fourteen were multiplied by four.
    assert found["log2_fold"][:3].mean() - found["log2_fold"][3:].mean() == pytest.approx(2, abs=0.4)
    assert found["p"][:3].max() < 0.01


def test_what_each_method_takes():
    assert {name for name, method in METHODS.items() if method.slow} == {"ancom-bc2", "deseq2"}
    rows = pd.DataFrame(
        {"arm": list("aabb") * 3, "who": list("aabbccddeeff"), "age": range(12)}, index=list("abcdefghijkl")
    )
    two = design_of(rows, group="arm")
    many = {"linda", "ancom-bc2", "deseq2", "limma-trend", "maaslin-like", "presence"}
    assert set(usable_methods(two)) == {*many, "aldex2-like", "clr-wilcoxon", "shares-wilcoxon"}
    shares = {"linda", "limma-trend", "maaslin-like", "presence", "clr-wilcoxon", "shares-wilcoxon"}
    assert set(usable_methods(two, counts=False)) == shares
    assert set(usable_methods(design_of(rows, group="arm", covariates="age"))) == many
    assert set(usable_methods(design_of(rows, group="arm", person="who"))) == {"linda", "maaslin-like"}


def test_repeated_samples_of_shares_have_levels_of_their_own():
    """In pairs that differ by one number each, the mean change is found, and by a mixed model as by the paired t."""
    generator = np.random.default_rng(6)
    change = generator.normal(1, 0.5, 8)
    first = generator.dirichlet(np.full(5, 3.0), 8)  # people differ more than they change
    second = first * np.column_stack([2**change, np.ones((8, 4))])
    values = np.vstack([first, second / second.sum(axis=1, keepdims=True)])
    names = [f"s{row}" for row in range(16)]
    rows = pd.DataFrame({"moment": np.repeat(["1", "2"], 8), "who": [*"abcdefgh"] * 2}, index=names)
    study = Study.from_frame(pd.DataFrame(values, names, list("vwxyz")), rows, quantity="abundances")
    found = differential(study, design_of(rows, group="moment", person="who"), method="maaslin-like").loc["v"]
    logs = np.log2(values / values.sum(axis=1, keepdims=True))[:, 0]
    theirs = stats.ttest_rel(logs[8:], logs[:8])
    assert found["p"] == pytest.approx(theirs.pvalue, rel=1e-4)
    assert [found["low"], found["high"]] == pytest.approx(list(theirs.confidence_interval(0.95)), rel=1e-4)

"""Each method of single taxa, held against the test it is named after, and what each takes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats
from scipy.interpolate import CubicSpline
from scipy.special import digamma, polygamma
from skbio.stats.composition import ancombc2, dirmult_ttest

from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.taxa.differential import differential, usable_methods
from handbook_utils.analysis.taxa.fits import fit_levels, fit_many, least_squares
from handbook_utils.analysis.taxa.limma import _learnt, log_per_million, moderated
from handbook_utils.analysis.taxa.linda import linda, zeros_replaced
from handbook_utils.analysis.taxa.methods import METHODS
from handbook_utils.analysis.taxa.presence import presence
from handbook_utils.analysis.time.mixed import fit_mixed
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


def test_half_a_read_of_a_million_is_minus_one():
    logs = log_per_million(np.array([[0.0, 999_999], [3, 4]]))
    np.testing.assert_allclose(logs, np.log2([[0.5, 999_999.5], [3.5e6 / 8, 4.5e6 / 8]]), rtol=1e-12)


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
    if method == "deseq2":
        np.testing.assert_allclose(found["p"], 2 * stats.norm.sf((found["log2_fold"] / error).abs()), rtol=1e-6)
    else:  # the largest of three: of zeros that are missing, and of pseudocounts of a half and of one
        names, frame = [f"s{row}" for row in range(21)], pd.DataFrame({"age": age, "arm": ARM})
        table = pd.DataFrame(counts, names, [f"t{number}" for number in range(14)])
        tried = [
            ancombc2(table, frame.set_axis(names), "age + arm", pseudocount=one, p_adjust=None).result
            for one in (0.0, 0.5, 1.0)
        ]
        theirs = [one.xs("arm", level="Covariate").loc[table.columns] for one in tried]
        np.testing.assert_allclose(found["p"], np.max([one["pvalue"] for one in theirs], axis=0))
        np.testing.assert_allclose(found["log2_fold"] * np.log(2), theirs[1]["Log(FC)"])
        np.testing.assert_allclose(error * np.log(2), theirs[1]["SE"])
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


@pytest.mark.parametrize("own", [0.0, 0.3, 1.0, 20.0])
def test_levels_of_many_taxa_are_those_of_one_mixed_model_each(own):
    """People with one to five samples, who are alike, differ, or differ far more than their samples do."""
    generator = np.random.default_rng(3)
    person = np.repeat(np.arange(12), [1, 2, 3, 4, 5, 3, 2, 2, 3, 4, 1, 3])
    model = np.column_stack([np.ones(33), generator.normal(size=33), person % 2])
    people = own * generator.normal(size=(12, 3))
    values = generator.normal(size=(33, 3)) + people[person] + (model @ [1.0, 0.5, 0.2])[:, None]
    fits = fit_many(values, model, person)
    for taxon in range(3):
        one = fit_mixed(pd.Series(values[:, taxon]), pd.DataFrame(model), pd.Series(person))
        there = one.random[0, 0] > 1e-6 * one.residual
        for contrast in (np.eye(3)[1], np.eye(3)[2], np.array([1.0, -1, 2])):
            estimate, error, free = (told[taxon] for told in fits.of(contrast))
            known = one.contrast(contrast)
            assert estimate == pytest.approx(known["estimate"], rel=1e-4, abs=1e-6)
            assert error == pytest.approx(known["error"], rel=1e-4)
            assert not there or free == pytest.approx(one.freedom(contrast), rel=2e-3)


def test_without_people_taxa_are_fitted_by_least_squares():
    generator = np.random.default_rng(3)
    model = np.column_stack([np.ones(9), generator.normal(size=(9, 2))])
    values = generator.normal(size=(9, 4))
    fits = fit_many(values, model, None)
    estimate, squares, *_ = np.linalg.lstsq(model, values, rcond=None)
    row = np.array([0.5, 1, -2])
    told = fits.of(row)
    np.testing.assert_allclose(told[0], row @ estimate)
    np.testing.assert_allclose(told[1], np.sqrt(squares / 6 * (row @ np.linalg.inv(model.T @ model) @ row)))
    assert told[2].tolist() == [6] * 4


def test_samples_that_are_alike_within_people_leave_no_variance_of_people():
    """Where two samples of each are as far apart as can be, people have no level: the fit is that of least squares."""
    values = np.array([[1.0], [-1], [2], [-2], [1.5], [-1.5], [1.1], [-1.1]]) + np.repeat([0.0, 0.3], 4)[:, None]
    model, person = np.column_stack([np.ones(8), np.repeat([0.0, 1.0], 4)]), np.repeat(np.arange(4), 2)
    one, other = fit_levels(values, model, person).of([0, 1]), least_squares(values, model).of([0, 1])
    assert one[0] == pytest.approx(other[0])
    assert one[1] == pytest.approx(other[1], rel=1e-6)


def test_taxa_that_vary_alike_share_the_mean_of_their_variances():
    shape = np.array([-1.0, 0, 1, -1, 0, 1])
    model = np.column_stack([np.ones(6), np.repeat([0.0, 1.0], 3)])
    for sizes in ([1.0, 1.1], [1.0, 1.1, 1.2]):
        values = shape[:, None] * np.sqrt(sizes) + np.repeat([0.0, 5.0], 3)[:, None]
        found = moderated(values, model)
        # As many means as taxa, but all of them 2.5: no trend. 2 σ² / 4 in each, and two groups of three.
        assert found.error == pytest.approx(np.sqrt(np.mean(sizes) * 2 / 3))
        assert found.slope == pytest.approx(5)
        assert np.isinf(found.prior_free)
        assert found.free == 4 * len(sizes)


def test_zeros_are_replaced_as_linda_s_paper_says():
    """In proportion to the reads where reads go with the model: one for the deepest sample that lacks the taxon."""
    counts = np.array([[0.0, 99, 1], [4, 95, 1], [0, 100, 2], [10, 990, 0], [0, 1000, 1], [3, 1047, 0]])
    model = np.column_stack([np.ones(6), np.repeat([0.0, 1.0], 3)])
    filled, how = zeros_replaced(counts, model, None, counts=True)
    assert how == "reads"
    added = [[100 / 1001, 0, 0], [0, 0, 0], [102 / 1001, 0, 0], [0, 0, 1000 / 1050], [1, 0, 0], [0, 0, 1]]
    np.testing.assert_allclose(filled - counts, added)
    # Reads that go with nothing in the model: half a read everywhere.
    mixed = np.column_stack([np.ones(6), [0.0, 1, 0, 1, 0, 1]])
    filled, how = zeros_replaced(counts[[0, 1, 3, 2, 5, 4]], mixed, None, counts=True)
    assert how == "pseudocount"
    np.testing.assert_array_equal(filled, counts[[0, 1, 3, 2, 5, 4]] + 0.5)
    shares, how = zeros_replaced(np.array([[0.0, 1], [0.2, 0.8], [0.4, 0.6]]), model[:3], None, counts=False)
    assert how == "half the least"
    assert shares[:, 0].tolist() == [0.1, 0.2, 0.4]
    assert zeros_replaced(counts + 1, model, None, counts=True)[1] == "none"


@pytest.mark.parametrize("far", [(0.0989, "reads"), (0.1011, "pseudocount")])
def test_reads_go_with_a_column_up_to_a_p_of_a_tenth(far):
    """Logarithms of the reads of two groups, moved so far apart that Student's t gives this p."""
    p, how = far
    spread = np.array([-1.0, 0, 1, -1, 0, 1])
    apart = stats.t.isf(p / 2, 4) * np.sqrt(2 / 3)
    reads = np.round(1e6 * np.exp(0.3 * (spread + np.repeat([0.0, apart], 3))))
    counts = np.column_stack([np.tile([0.0, 5], 3), reads - np.tile([0.0, 5], 3)])
    model = np.column_stack([np.ones(6), np.repeat([0.0, 1.0], 3)])
    assert stats.ttest_ind(np.log(reads[:3]), np.log(reads[3:])).pvalue == pytest.approx(p, abs=1e-4)
    assert linda(counts, model).zeros == how


@pytest.mark.parametrize(("taxa", "knots"), [(3, 2), (5, 2), (6, 3), (29, 3), (30, 4), (40, 4)])
def test_variances_follow_a_natural_spline_with_a_knot_more_from_6_and_from_30_taxa(taxa, knots):
    """What lies on such a curve is learnt as it is; on one with another knot more it is not."""
    generator = np.random.default_rng(taxa)
    mean, left = generator.normal(5, 2, taxa), 40.0
    bias = float(digamma(left / 2)) - np.log(left / 2)
    for more in (0, 1):
        at = np.quantile(mean, np.linspace(0, 1, knots + more))
        logs = CubicSpline(at, 3 * (-1.0) ** np.arange(len(at)), bc_type="natural")(mean)
        prior, free = _learnt(np.exp(logs + bias), left, mean)
        if more == 0:
            np.testing.assert_allclose(prior, np.exp(logs), rtol=1e-8)
            assert np.isinf(free)
        elif taxa > knots:
            assert np.abs(np.log(prior) - logs).max() > 0.1


@pytest.mark.parametrize("variance", [[0.0, 4.0], [0.5, 4.0], [0.0, 0.0, 0.0, 9.0], [1.0, 2.0, 8.0, 30.0]])
def test_variances_without_a_trend_are_learnt_by_smyth_s_moments(variance):
    """Of a scaled F distribution, with 1e-5 of the median as the least variance, or of 1 where that is 0."""
    left, given = 6.0, np.array(variance)
    least = 1e-5 * (np.median(given) or 1.0)
    logs = np.log(np.maximum(given, least)) - digamma(left / 2) + np.log(left / 2)
    wanted = logs.var(ddof=1) - polygamma(1, left / 2)
    half = optimize.brentq(lambda x: polygamma(1, x) - wanted, 1e-3, 1e3, xtol=1e-13)
    prior, free = _learnt(given, left, np.full(len(given), 5.0))
    assert free == pytest.approx(2 * half)
    assert prior == pytest.approx(np.exp(logs.mean() + digamma(half) - np.log(half)))

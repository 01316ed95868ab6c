"""Differential abundance: known truth, bad input, what moves and what does not."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from skbio.stats.composition import ancombc2

from handbook_utils import datasets
from handbook_utils.analysis.models.simulation import groups_with_known_difference
from handbook_utils.analysis.taxa.differential import METHODS, benjamini_hochberg, differential, mode_of
from handbook_utils.analysis.taxa.filters import keep_taxa
from handbook_utils.errors import InputError
from handbook_utils.study import Study

FAST = [name for name in METHODS if name not in ("deseq2", "ancom-bc2", "aldex2-like")]


@pytest.fixture(scope="module")
def people() -> Study:
    twins = datasets.load("twins")
    first = twins.choose_samples((twins.depth >= 200).to_numpy() & (twins.column("visit") == 1).to_numpy())
    return keep_taxa(first, prevalence=0.25)


def compare(study: Study, method: str) -> pd.DataFrame:
    return differential(study, "group", method=method, other="multiplied", reference="untouched")


@pytest.mark.parametrize("method", FAST)
def test_small_p_values_without_a_difference_are_as_rare_as_they_should_be(people, method):
    # One taxon a simulated study, so that the tests counted are independent of each other.
    taxon = "Bacteroides"
    times = 300
    small = sum(
        compare(groups_with_known_difference(people, 30, [], 1.0, seed), method).loc[taxon, "p"] <= 0.05
        for seed in range(times)
    )
    low, high = stats.binom.interval(0.999, times, 0.05)
    assert low <= small <= high


def drawn(method: str, generator: np.random.Generator, people: int, reads: tuple[int, int] = (0, 0)) -> Study:
    """Draw counts of 100 taxa in two groups that do not differ, as a method supposes counts come about.

    Taxa are drawn apart from each other (but for the shares of ``aldex2-like``, which add up to 1), so that their
    p-values are independent but for what a method estimates from all of them.
    """
    taxa, samples = 100, 2 * people
    if method == "deseq2":  # Negative binomial; dispersion falls with the mean, and taxa scatter about that line.
        mean = np.exp(generator.normal(4.5, 1.2, taxa))
        dispersion = (0.1 + 2 / mean) * np.exp(generator.normal(0, 0.4, taxa))
        amounts = np.exp(generator.normal(0, 0.4, samples))[:, None] * mean
        counts = generator.poisson(generator.gamma(1 / dispersion, amounts * dispersion))
    elif method == "ancom-bc2":  # Normal logarithms, and another part of every sample is read.
        mean, spread = generator.normal(7, 1, taxa), generator.uniform(0.5, 1.2, taxa)
        part = generator.normal(0, 0.7, samples)
        counts = np.round(np.exp(part[:, None] + mean + spread * generator.normal(size=(samples, taxa))))
    else:  # Multinomial reads of Dirichlet shares.
        shares = generator.dirichlet(np.exp(generator.normal(0.5, 1, taxa)), samples)
        depth = generator.integers(*reads, samples)
        counts = np.array([generator.multinomial(*one) for one in zip(depth, shares, strict=True)])
    names = [f"s{number}" for number in range(samples)]
    group = np.repeat(["untouched", "multiplied"], people)
    table = pd.DataFrame(counts, index=names, columns=[f"t{number}" for number in range(taxa)])
    return Study.from_frame(table, pd.DataFrame({"group": group}, index=names))


def small_p_values(method: str, studies: int, *model: object) -> tuple[int, int]:
    """Return how many p-values are at most 0.05, and how many there are."""
    generator = np.random.default_rng(11)
    p = np.concatenate([compare(drawn(method, generator, *model), method)["p"].dropna() for _ in range(studies)])
    return int((p <= 0.05).sum()), len(p)


@pytest.mark.parametrize(
    ("method", "studies", "model"), [("deseq2", 3, (30,)), ("aldex2-like", 10, (20, (20_000, 200_000)))]
)
def test_methods_that_hold_their_level_in_their_own_model(method, studies, model):
    """Studies of 100 taxa, one seed: within the 99.9 % interval about 5 %."""
    found, tests = small_p_values(method, studies, *model)
    low, high = stats.binom.interval(0.999, tests, 0.05)
    assert low <= found <= high


@pytest.mark.parametrize(
    ("method", "model", "rate"), [("aldex2-like", (20, (500, 2000)), 0.0105), ("ancom-bc2", (30,), 0.0115)]
)
def test_methods_that_stay_below_their_level_even_in_their_own_model(method, model, rate):
    """ALDEx2's average over draws, with few reads, and ANCOM-BC2's added variance give too few small p-values.

    Ten studies of 100 taxa, one seed: within the 99.9 % interval about the rate that was measured once in 6000
    (ALDEx2) and 2000 (ANCOM-BC2) other draws, and below that about 5 %.
    """
    found, tests = small_p_values(method, 10, *model)
    low, high = stats.binom.interval(0.999, tests, rate)
    assert low <= found <= high
    assert found < stats.binom.interval(0.999, tests, 0.05)[0]


@pytest.mark.parametrize(("method", "times"), [("deseq2", 3), ("ancom-bc2", 6), ("aldex2-like", 20)])
def test_slow_methods_do_not_find_too_much_among_real_people(people, method, times):
    # Over all taxa of real people put into groups by lot: not independent, and no method's own model. A wide bound.
    found = [compare(groups_with_known_difference(people, 30, [], 1.0, seed), method) for seed in range(times)]
    assert np.mean([(one["p"] <= 0.05).mean() for one in found]) < 0.12


def test_zeros_as_missing_alone_find_too_much(people):
    """scikit-bio's ANCOM-BC2 without the sensitivity analysis: why ours takes the largest of three p-values."""
    shares = []
    for seed in range(6):
        made = groups_with_known_difference(people, 30, [], 1.0, seed)
        frame = pd.DataFrame({"x": (made.column("group") == "multiplied").astype(float)}, index=made.samples)
        theirs = ancombc2(made.to_frame(), frame, "x", p_adjust=None).result.xs("x", level="Covariate")
        shares.append((theirs["pvalue"] <= 0.05).mean())
    assert np.mean(shares) > 0.12


@pytest.mark.parametrize("method", sorted(METHODS))
def test_a_larger_difference_is_found_more_often(people, method):
    taxa = ["Bacteroides", "Faecalibacterium", "Roseburia"]
    mean = [
        compare(groups_with_known_difference(people, 40, taxa, times, seed=3), method).loc[taxa, "log2_fold"].mean()
        for times in (1.0, 4.0, 16.0)
    ]
    assert mean[0] < mean[1] < mean[2]
    p = [
        np.median(compare(groups_with_known_difference(people, 40, taxa, times, seed=3), method).loc[taxa, "p"])
        for times in (1.0, 16.0)
    ]
    assert p[1] < p[0]


@pytest.mark.parametrize("method", sorted(METHODS))
def test_all_methods_give_one_kind_of_table(people, method):
    found = compare(groups_with_known_difference(people, 20, [], 1.0, seed=1), method)
    assert list(found.columns) == ["log2_fold", "low", "high", "p", "q"]
    known = found.dropna()
    assert (known["low"] <= known["high"]).all()
    assert known["p"].between(0, 1).all()
    assert (known["q"] >= known["p"] - 1e-12).all()


def test_covariates_take_a_confounder_away():
    generator = np.random.default_rng(5)
    age = np.repeat([30.0, 60.0], 60) + generator.normal(0, 4, 120)
    old = age + generator.normal(0, 12, 120) > 45
    amounts = np.exp(generator.normal(4, 0.4, (120, 12)))
    amounts[:, 0] *= np.exp((age - 45) / 15)
    names = [f"s{row}" for row in range(120)]
    table = pd.DataFrame(generator.poisson(amounts), index=names, columns=list("abcdefghijkl"))
    study = Study.from_frame(table, pd.DataFrame({"ill": np.where(old, "yes", "no"), "age": age}, index=names))
    alone = differential(study, "ill", method="linda", other="yes", reference="no").loc["a"]
    beside = differential(study, "ill", method="linda", other="yes", reference="no", covariates=["age"]).loc["a"]
    assert alone["low"] > 0.5
    assert beside["low"] < 0 < beside["high"]


def test_bad_input(people):
    study = groups_with_known_difference(people, 10, [], 1.0, seed=1)
    asked = {"other": "multiplied", "reference": "untouched"}
    with pytest.raises(InputError, match="no method 'lindy'") as caught:
        differential(study, "group", method="lindy", **asked)
    assert "linda" in str(caught.value.remedy)
    with pytest.raises(InputError, match="takes no covariates"):
        differential(study, "group", method="clr-wilcoxon", covariates=["group"], **asked)
    with pytest.raises(InputError, match="cannot be told from the covariates"):
        differential(study, "group", method="linda", covariates=["group"], **asked)
    with pytest.raises(InputError, match="too small"):
        differential(study, "group", method="linda", other="multiplied", reference="nobody")
    with pytest.raises(InputError, match="too few people"):
        groups_with_known_difference(people, 1000, [], 1.0, seed=1)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_corrected_p_values_keep_their_order(p):
    q = benjamini_hochberg(np.array(p))
    order = np.argsort(p, kind="stable")
    assert (np.diff(q[order]) >= -1e-15).all()
    assert (q <= 1).all()


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=30))
def test_the_mode_lies_among_the_numbers(values):
    assert min(values) - 2 <= mode_of(np.array(values)) <= max(values) + 2

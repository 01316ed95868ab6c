"""What every test we offer owes its reader: it seldom finds what is not there, and more often what is larger.

PERMANOVA, dispersion, mixed models, paired and cross-over comparisons, change-points and the differential methods have
theirs beside their other tests; here are those that had none.
"""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from handbook_utils.analysis.comparison import ratios
from handbook_utils.analysis.contaminants import combined, frequency, prevalence
from handbook_utils.study import Study

STUDIES = 300


def level(found: int, tries: int) -> bool:
    low, high = stats.binom.interval(0.999, tries, 0.05)
    return bool(low <= found <= high)


def test_ratios_find_more_the_larger_the_difference():
    found = []
    for effect in (0.0, 0.3, 0.8):
        generator = np.random.default_rng(1)
        small = 0
        for _ in range(STUDIES):
            arm = np.repeat(["a", "b"], 20)
            values = np.exp(generator.normal(2, 0.5, 40) + effect * (arm == "b"))
            frame = pd.DataFrame({"arm": arm, "q1": values})
            small += bool(ratios(frame, "q1", "arm", reference="a")["p"].iloc[0] <= 0.05)
        found.append(small)
    assert level(found[0], STUDIES)
    assert found[0] < found[1] < found[2]


def controls(generator: np.random.Generator, soiled: float) -> tuple[Study, pd.Series]:
    """Sixty samples and thirty blanks with one taxon, present more often in blanks by ``soiled`` (0: as often)."""
    blank = np.repeat([False, True], [60, 30])
    there = generator.random(90) < np.where(blank, 0.3 + soiled, 0.3)
    counts = pd.DataFrame({"t": there * 5, "rest": 100}, index=[f"s{number}" for number in range(90)])
    return Study.from_frame(counts), pd.Series(blank, index=counts.index)


def test_prevalence_finds_more_the_oftener_blanks_have_it():
    found = []
    for soiled in (0.0, 0.2, 0.5):
        generator = np.random.default_rng(2)
        found.append(sum(bool(prevalence(*controls(generator, soiled)).loc["t", "p"] <= 0.05) for _ in range(STUDIES)))
    # Fisher's test is exact and so keeps below its level; it must not lie above it.
    assert found[0] <= stats.binom.ppf(0.999, STUDIES, 0.05)
    assert found[0] < found[1] < found[2]


def diluted(generator: np.random.Generator, soil: float) -> tuple[Study, pd.Series]:
    """Forty samples in which a taxon comes from the kit by the share ``soil``, and from the samples otherwise."""
    dna = np.exp(generator.normal(0, 1, 40))
    shares = 0.05 * (soil / dna + (1 - soil)) * np.exp(generator.normal(0, 0.3, 40))
    taxon = generator.binomial(5000, np.clip(shares, 0, 0.9))
    counts = pd.DataFrame({"t": taxon, "rest": 5000 - taxon}, index=[f"s{number}" for number in range(40)])
    return Study.from_frame(counts), pd.Series(dna, index=counts.index)


def test_frequency_finds_more_the_more_comes_from_the_kit():
    found = []
    for soil in (0.0, 0.5, 1.0):
        generator = np.random.default_rng(3)
        # decontam's score is no p-value; its usual threshold is 0.1.
        found.append(sum(bool(frequency(*diluted(generator, soil)).loc["t", "score"] < 0.1) for _ in range(100)))
    assert found[0] <= stats.binom.ppf(0.999, 100, 0.05)
    assert found[0] < found[1] <= found[2]
    assert found[2] > 90


@pytest.mark.parametrize("seed", [4, 5])
def test_combined_keeps_its_level_on_independent_tests(seed):
    generator = np.random.default_rng(seed)
    first, second = (pd.Series(generator.random(4000)) for _ in range(2))
    assert level(int((combined(first, second) <= 0.05).sum()), 4000)

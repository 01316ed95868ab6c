"""Simulated trials and cross-over studies, of which the truth is known: how methods of analysing them do."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import ttest_1samp

from handbook_utils.analysis.diversity.alpha import alpha_table
from handbook_utils.analysis.diversity.comparison import ratios
from handbook_utils.analysis.models.simulation import samples_afterwards
from handbook_utils.analysis.stored import simulated
from handbook_utils.analysis.time.paired import crossover_effects, paired_ratio
from handbook_utils.study import Study

__all__ = [
    *("DIETS", "by_baseline", "crossovers_with_carry_over", "significant_in_one_arm_only"),
    *("simulated_trial", "three_ways"),
]

#: How much A raises the number in simulated cross-over studies, and how many people they have.
RAISE, CROSSED = 1.2, 24
#: Arms of a simulated trial: genera, and how often there is as much of them afterwards. Chosen, and not known.
DIETS: dict[str, dict[str, float]] = {
    "nothing": {},
    "fibre": dict.fromkeys(["Faecalibacterium", "Roseburia", "Bifidobacterium", "Eubacterium", "Coprococcus"], 2.0),
    "fermented": dict.fromkeys(["Lactobacillus", "Streptococcus", "Lactococcus"], 3.0),
}


def by_baseline(start: pd.Series, end: pd.Series) -> pd.DataFrame:
    """Measure the change of people in the lowest, middle and highest third of the beginning.

    Parameters
    ----------
    start, end : pandas.Series of float
        By person, above 0.

    Returns
    -------
    pandas.DataFrame
        By third: as :func:`handbook_utils.analysis.time.paired.paired_ratio`.

    Examples
    --------
    >>> start = pd.Series(np.arange(1.0, 16.0))
    >>> by_baseline(start, start * 1.1 + 0.01 * (start % 2))["people"].to_list()
    [5.0, 5.0, 5.0]
    """
    third = pd.qcut(start.rank(method="first"), 3, labels=["lowest third", "middle", "highest third"])
    return pd.DataFrame(
        {name: paired_ratio(start[third == name], end[third == name]) for name in third.cat.categories}
    ).T


def simulated_trial(
    before: Study, effects: Mapping[str, Mapping[str, float]], *, seed: int, number: int
) -> pd.DataFrame:
    """Draw people into arms at random, and a simulated sample after for each.

    Parameters
    ----------
    before : Study
        Counts, a sample a person.
    effects : mapping of str to mapping of str to float
        By arm: taxa and how often there is as much of them afterwards.
    seed, number : int
        Of the random numbers: the study's, and which simulated trial it is.

    Returns
    -------
    pandas.DataFrame
        By person: ``arm``, the Hill number of order 1 ``before`` and ``after``, their ratio ``change``, and
        ``log_before``.
    """
    generator = np.random.default_rng([seed, number])
    names = before.samples
    arms = pd.Series(generator.permutation(np.resize(list(effects), len(names))), index=names)
    parts = []
    for name, times in effects.items():
        chosen = before.choose_samples(list(arms.index[arms == name]))
        drawn = samples_afterwards(chosen, times, spread=0.8, seed=int(generator.integers(1 << 31)))
        parts.append(alpha_table(drawn)["q1"])
    begun = alpha_table(before)["q1"]
    made = pd.DataFrame({"arm": arms, "before": begun, "after": pd.concat(parts), "log_before": np.log(begun)})
    return made.assign(change=made["after"] / made["before"])


def three_ways(trial: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Compare the arms of a trial by the ends alone, by changes, and by the ends beside the beginnings.

    Parameters
    ----------
    trial : pandas.DataFrame
        Of :func:`simulated_trial`.
    reference : str
        The arm that others are compared with.

    Returns
    -------
    pandas.DataFrame
        By ``method`` and contrast, the ratio with its interval, and ``width``, the upper limit over the lower.
    """
    ways = {
        "after only": ratios(trial, "after", "arm", reference=reference),
        "change": ratios(trial, "change", "arm", reference=reference),
        "after beside before": ratios(trial, "after", "arm", covariates=["log_before"], reference=reference),
    }
    table = pd.concat(ways, names=["method"]).reset_index()
    return table.assign(width=table["high"] / table["low"])


def crossovers_with_carry_over(start: pd.Series, end: pd.Series, *, trials: int, seed: int) -> pd.DataFrame:
    """Simulate cross-over studies in which A raises a number, with more and more carried over into the second period.

    Parameters
    ----------
    start, end : pandas.Series of float
        By person: two numbers without a treatment between them, whose spread is used.
    trials, seed : int
        How many are simulated, and the seed of the random numbers.

    Returns
    -------
    pandas.DataFrame
        By part carried over: the mean estimate, and how often (%) the test of carry-over finds it.
    """
    log_start, log_end = np.log(start), np.log(end)
    order = np.resize(["AB", "BA"], CROSSED)
    found = {}
    for carry in (0.0, 0.5, 1.0):
        drawn = [np.random.default_rng([seed, 1, number]) for number in range(trials)]
        level = np.array([generator.choice(log_start.to_numpy(), CROSSED) for generator in drawn])
        spread = (log_end - log_start).std() / np.sqrt(2)
        noise = np.array([generator.normal(0, spread, (2, CROSSED)) for generator in drawn])
        treated = np.where(order == "AB", np.log(RAISE), 0.0)
        second = level + (np.log(RAISE) - treated) + carry * treated + noise[:, 1]
        periods = np.array([level + treated + noise[:, 0], second])
        effects = crossover_effects(periods[..., order == "AB"], periods[..., order == "BA"])
        found[f"{100 * carry:.0f} %"] = {
            f"mean estimate (truth {RAISE})": float(np.exp(np.log(effects["treatment"]["ratio"]).mean())),
            "carry-over test found (%)": float(100 * (effects["carry-over"]["p"] <= 0.05).mean()),
        }
    return pd.DataFrame(found).T.rename_axis("carried over")


def significant_in_one_arm_only(before: Study, *, trials: int, seed: int) -> tuple[int, int]:
    """Count simulated trials without any effect that claim one: by two tests against the beginning, and by comparing.

    Parameters
    ----------
    before : Study
        Counts, a sample a person.
    trials, seed : int
        How many are simulated, and the seed of the random numbers.

    Returns
    -------
    tuple of int
        Trials that are significant in one arm only; trials whose arms differ beside the baseline.
    """
    begun = np.log(alpha_table(before)["q1"])
    names = ["one", "other"]

    def tests(trials: int) -> pd.DataFrame:
        return pd.DataFrame([one_trial(number) for number in range(trials)])

    def one_trial(number: int) -> dict[str, float]:
        generator = np.random.default_rng([seed, number + 1])
        arms = generator.permutation(np.resize(names, len(begun)))
        # Nothing is done in either arm, so all are drawn at once.
        drawn = samples_afterwards(before, {}, spread=0.8, seed=int(generator.integers(1 << 31)))
        none = pd.DataFrame({"arm": arms, "after": alpha_table(drawn)["q1"], "log_before": begun})
        change = np.log(none["after"]) - begun
        p = [float(ttest_1samp(change[arms == name], 0).pvalue) for name in names]
        beside = float(ratios(none, "after", "arm", covariates=["log_before"])["p"].iloc[0])
        return {"one": p[0], "other": p[1], "beside the baseline": beside}

    found = simulated("significant-in-one-arm-only", tests, trials, before, seed) <= 0.05
    return int((found["one"] != found["other"]).sum()), int(found["beside the baseline"].sum())

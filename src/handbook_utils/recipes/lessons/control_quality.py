"""The lesson of ``recipes/control-quality``: rarefying once, filtering carelessly, and our numbers beside others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import mannwhitneyu

from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.distance.distances import distances
from handbook_utils.analysis.distance.permanova import permanova
from handbook_utils.analysis.diversity.alpha import rarefied_richness
from handbook_utils.analysis.peers import held_against
from handbook_utils.analysis.stored import simulated
from handbook_utils.analysis.taxa.filters import keep_taxa
from handbook_utils.recipes.control_quality import Quality
from handbook_utils.study import Study


@dataclass(frozen=True)
class Wrong:
    """How often two wrong ways find what is not there.

    Attributes
    ----------
    picked, blind : int
        Of `tries` shuffles of groups, those with p ≤ 0.05 with features picked by their difference, and picked blind.
    draws : list of float
        p-values of richness after single draws of reads.
    exact : float
        The p-value of its expectation.
    tries : int
        Shuffles.
    """

    picked: int
    blind: int
    draws: list[float]
    exact: float
    tries: int


def wrong_ways(found: Quality, *, tries: int, draws: int, seed: int) -> Wrong:
    """Try features picked by their difference, and single draws, on groups that are shuffled or as they are.

    Parameters
    ----------
    found : Quality
        Of counts and a design of groups.
    tries, draws, seed : int
        Shuffles, draws, and the seed of both.

    Returns
    -------
    Wrong
        How often each way finds what is not there, and the p-values of single draws.

    Raises
    ------
    ValueError
        There is no design.
    """
    if found.design is None:
        raise ValueError("shuffling needs groups")
    filtered, design = found.filtered, found.design
    groups, group, names = design.labels.astype(str), design.focus, sorted(design.groups)[:2]
    values, usual = filtered.proportions().to_frame(), distances(filtered, "bray-curtis")
    tenth = max(5, len(filtered.features) // 10)

    def shuffles(tries: int) -> pd.DataFrame:
        return pd.DataFrame([one_shuffle(number) for number in range(tries)])

    def one_shuffle(number: int) -> dict[str, float]:
        generator = np.random.default_rng([seed, number])
        shuffled = pd.Series(generator.permutation(groups.to_numpy()), index=groups.index)
        frame = filtered.metadata.assign(**{group: shuffled})
        inside = [(shuffled == name).to_numpy() for name in names]
        p = mannwhitneyu(values[inside[0]], values[inside[1]], axis=0).pvalue
        part = filtered.choose_features(list(values.columns[np.argsort(p)[:tenth]]))
        part = part.choose_samples((part.depth > 0).to_numpy())
        given = {
            "picked": (distances(part, "bray-curtis"), frame.loc[list(part.samples)]),
            "blind": (usual, frame),
        }
        tested = {
            name: permanova(distance, design_of(rows, group=group), permutations=99, seed=number)
            for name, (distance, rows) in given.items()
        }
        return {name: float(test["p"].to_dict()[group]) for name, test in tested.items()}

    found_in = simulated("shuffled-groups", shuffles, tries, filtered, design.asked, seed) <= 0.05
    dense, target = found.study.table.toarray().astype(int), int(found.study.depth.min())
    inside = [(groups == name).to_numpy() for name in names]

    def single_draws(draws: int) -> pd.DataFrame:
        generator, p_values = np.random.default_rng(seed), []
        for _ in range(draws):
            drawn = np.array([(generator.multivariate_hypergeometric(row, target) > 0).sum() for row in dense])
            p_values.append(float(mannwhitneyu(drawn[inside[0]], drawn[inside[1]]).pvalue))
        return pd.DataFrame({"p": p_values})

    p_values = simulated("single-draws", single_draws, draws, found.study, design.asked, seed)["p"].tolist()
    expected = np.array([rarefied_richness(row, target)[0] for row in dense])
    exact = float(mannwhitneyu(expected[inside[0]], expected[inside[1]]).pvalue)
    return Wrong(int(found_in["picked"].sum()), int(found_in["blind"].sum()), p_values, exact, tries)


def against_peers(throat: Study) -> pd.DataFrame:
    """Hold the numbers of the bundled study against R's vegan.

    Parameters
    ----------
    throat : Study
        The bundled study of the throats of smokers and others.

    Returns
    -------
    pandas.DataFrame
        As :func:`handbook_utils.analysis.peers.held_against`.
    """
    few = [rarefied_richness(row, 766) for row in throat.table.toarray().astype(int)[:3]]
    common = keep_taxa(throat, prevalence=0.1, share=1e-4)
    test = permanova(distances(common, "bray-curtis"), design_of(throat.metadata, group="smoking"), permutations=0)
    return held_against(
        "recipes/control-quality",
        {
            **{f"Throat, sample {n + 1}: expected taxa in 766 reads": mean for n, (mean, _) in enumerate(few)},
            **{
                f"Throat, sample {n + 1}: standard deviation of the taxa in 766 reads": variance**0.5
                for n, (_, variance) in enumerate(few)
            },
            "Throat: taxa in a tenth of the samples with a mean share of 0.01 %": len(common.features),
            "Throat, these taxa, Bray-Curtis by smoking: R2": float(test["R2"].to_dict()["smoking"]),
        },
    )

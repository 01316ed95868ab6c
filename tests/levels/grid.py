"""How often each test of groups cries wolf: studies without a difference, simulated in designs as they really are.

Run on demand, it measures the whole grid and writes ``measured.csv`` beside itself, with n, seed and date:
``python tests/levels/grid.py 400``. ``test_levels_of_designs.py`` measures a few cells in every run of the tests.
"""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.spatial.distance import pdist, squareform
from skbio import DistanceMatrix

from handbook_utils.analysis.depth import depth_warning
from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.distance.dispersion import betadisper
from handbook_utils.analysis.distance.permanova import permanova
from handbook_utils.analysis.diversity.comparison import ratios
from handbook_utils.analysis.diversity.singletons import comparable_hill
from handbook_utils.study import Study

HERE = Path(__file__).parent
TAXA = 60
Made = tuple[Study, dict[str, str]]


def community(generator: np.random.Generator, people: int, *, zeros: bool = False) -> np.ndarray:
    """Shares of taxa in so many people, who differ from each other and belong to one population."""
    mean = generator.lognormal(0, 3.0 if zeros else 1.5, TAXA)
    return generator.dirichlet(15 * mean / mean.sum() + 1e-4, size=people)


def read(generator: np.random.Generator, shares: np.ndarray, depth: np.ndarray, **columns: object) -> Study:
    """Reads of samples, with their metadata."""
    names = [f"s{number}" for number in range(len(shares))]
    counts = [generator.multinomial(int(total), own / own.sum()) for total, own in zip(depth, shares, strict=True)]
    frame = pd.DataFrame(columns, index=names)
    return Study.from_frame(pd.DataFrame(counts, names, [f"t{number}" for number in range(TAXA)]), frame)


def equal(generator: np.random.Generator) -> Made:
    """Twenty against twenty at one depth."""
    return read(generator, community(generator, 40), np.full(40, 3000), arm=["a", "b"] * 20), {"group": "arm"}


def ten_times_the_depth(generator: np.random.Generator) -> Made:
    """One group read ten times as deeply."""
    return read(generator, community(generator, 40), np.tile([800, 8000], 20), arm=["a", "b"] * 20), {"group": "arm"}


def eight_against_sixty(generator: np.random.Generator) -> Made:
    """A small group and a large one."""
    return read(generator, community(generator, 68), np.full(68, 3000), arm=["a"] * 8 + ["b"] * 60), {"group": "arm"}


def repeated_samples(generator: np.random.Generator) -> Made:
    """Two to four samples of each person; the group is the person's."""
    person = np.repeat(np.arange(24), generator.integers(2, 5, 24))
    drift = np.array([generator.dirichlet(300 * own + 1e-6) for own in community(generator, 24)[person]])
    arm = np.where(person % 2, "a", "b")
    return read(generator, drift, np.full(len(person), 3000), arm=arm, who=person.astype(str)), {
        "group": "arm",
        "person": "who",
    }


def strata_with_a_confounded_covariate(generator: np.random.Generator) -> Made:
    """Four hospitals that differ, and an age that goes with the group and moves the composition."""
    site, arm = np.repeat(np.arange(4), 12), generator.permuted(np.tile([0, 1], 24).reshape(4, 12), axis=1).ravel()
    age = generator.normal(size=48) + 0.8 * arm + 0.8 * site
    places, old = community(generator, 4), community(generator, 1)[0]
    weight = 1 / (1 + np.exp(-age))[:, None]
    shares = 0.4 * community(generator, 48) + 0.3 * places[site] + 0.3 * weight * old
    return read(generator, shares, np.full(48, 3000), arm=arm, age=age, site=site.astype(str)), {
        "group": "arm",
        "covariates": "age",
        "strata": "site",
    }


def denoised(generator: np.random.Generator) -> Made:
    """Singletons removed from every sample, five times the depth in one group."""
    study, asked = read(generator, community(generator, 40), np.tile([2000, 10000], 20), arm=["a", "b"] * 20), {}
    counts = study.to_frame()
    return Study.from_frame(counts.where(counts != 1, 0), study.metadata), {"group": "arm", **asked}


def heavy_zeros(generator: np.random.Generator) -> Made:
    """Most taxa absent from most samples."""
    shares = community(generator, 40, zeros=True)
    return read(generator, shares, np.full(40, 1000), arm=["a", "b"] * 20), {"group": "arm"}


def three_groups_coded_as_numbers(generator: np.random.Generator) -> Made:
    """Groups written 1, 2, 3."""
    return read(generator, community(generator, 45), np.full(45, 3000), arm=[1, 2, 3] * 15), {"group": "arm"}


def cages(generator: np.random.Generator) -> Made:
    """Six mice in each of ten cages, which differ; the treatment is the cage's."""
    cage = np.repeat(np.arange(10), 6)
    mice = np.array([generator.dirichlet(60 * own + 1e-6) for own in community(generator, 10)[cage]])
    return read(generator, mice, np.full(60, 3000), arm=np.where(cage % 2, "a", "b"), cage=cage.astype(str)), {
        "group": "arm",
        "nested_in": "cage",
    }


DESIGNS: tuple[Callable[[np.random.Generator], Made], ...] = (
    *(equal, ten_times_the_depth, eight_against_sixty, repeated_samples, strata_with_a_confounded_covariate),
    *(denoised, heavy_zeros, three_groups_coded_as_numbers, cages),
)


def bray(study: Study) -> DistanceMatrix:
    shares = study.proportions().table.toarray()
    return DistanceMatrix(squareform(pdist(shares, "braycurtis")), ids=list(study.samples))


def p_values(study: Study, asked: dict[str, str], seed: int) -> dict[str, float]:
    """The p of each test of one study."""
    design = design_of(study.metadata, **asked)
    apart = bray(study)
    found = {
        "PERMANOVA": permanova(apart, design, permutations=199, seed=seed).loc["arm", "p"],
        "dispersion": betadisper(apart, design, permutations=199, seed=seed).p,
    }
    if not asked.keys() - {"group"} and len(design.groups) == 2:
        values = comparable_hill(study).hill[["q0"]].assign(arm=study.metadata["arm"])
        found["richness ratio"] = ratios(values, "q0", "arm")["p"].iloc[0]
    return found


def cell(make: Callable[[np.random.Generator], Made], studies: int, first: int = 0) -> pd.DataFrame:
    """Rejections of each test at 5 % in so many studies of a design, and in how many depth was warned of."""
    found, warned = [], 0
    for seed in range(first, first + studies):
        study, asked = make(np.random.default_rng(seed))
        found.append(p_values(study, asked, seed))
        warned += bool(depth_warning(study, design_of(study.metadata, **asked)))
    rejected = (pd.DataFrame(found) <= 0.05).sum()
    return pd.DataFrame(
        {"design": make.__name__.replace("_", " "), "test": rejected.index, "rejected": rejected.to_numpy()}
    ).assign(studies=studies, warned=warned, first_seed=first)


if __name__ == "__main__":
    table = pd.concat([cell(make, int(sys.argv[1])) for make in DESIGNS])
    table["date"] = datetime.datetime.now(datetime.UTC).date().isoformat()
    table.to_csv(HERE / "measured.csv", index=False)
    print(table.to_string(index=False))

"""Write table.csv.gz: how methods that compare taxa did in simulated studies of known truth, a row a study and method.

Run it after a change of a method: ``make trials`` (two minutes of one processor that does nothing else), or ``make
trials STUDIES=200`` to rank more surely (seven minutes).

A study of two arms is made of the twins, one sample a person: as many people as are asked for, put into arms by lot, or
by a covariate; then studies like it are drawn and tried as the recipe does with a reader's own
(handbook_utils.analysis.taxa.judging). Methods that take half a second a study or more (ANCOM-BC2, DESeq2) are not.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from handbook_utils import datasets
from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.taxa.differential import METHODS, usable_methods
from handbook_utils.analysis.taxa.filters import keep_taxa
from handbook_utils.analysis.taxa.judging import Like, tried
from handbook_utils.study import Study

SEED, RATE = 1, 0.05
SIZES = (15, 45)
SITUATIONS = ("alike", "depth", "confounded", "adjusted")
#: Simulated studies with a difference, and as many without, in each cell.
STUDIES = 60
COLUMNS = ["people", "situation", "method", "number", "differs", "found", "false", "changed", "small", "same"]


def people() -> Study:
    """The deepest sample of each person, of 1,000 reads or more, in two kinds: obese and not."""
    twins = datasets.load("twins")
    twins = twins.choose_samples((twins.depth >= 1000).to_numpy())
    twins = twins.choose_samples(sorted(twins.depth.groupby(twins.column("person").astype(str)).idxmax()))
    obese = np.where(twins.column("group") == "obese", "yes", "no")
    return twins.with_metadata(pd.DataFrame({"obese": obese}, index=twins.samples))


def study_of(everyone: Study, size: int, situation: str) -> Study:
    """Make a study of two arms."""
    generator = np.random.default_rng([SEED, size])
    likely = np.ones(len(everyone.samples))
    if situation in ("confounded", "adjusted"):
        likely = np.where(everyone.column("obese") == "yes", 4.0, 1.0)
    one = generator.choice(len(likely), size, replace=False, p=likely / likely.sum())
    left = np.setdiff1d(np.arange(len(likely)), one)
    other = generator.choice(left, size, replace=False, p=(1 / likely[left]) / (1 / likely[left]).sum())
    rows = np.concatenate([one, other])
    chosen = everyone.choose_samples(list(everyone.samples[rows]))
    counts = chosen.to_frame()
    if situation == "depth":
        counts.iloc[:size] = generator.binomial(counts.iloc[:size].astype(int), 0.1)
    metadata = chosen.metadata.assign(arm=["a"] * size + ["b"] * size)
    return keep_taxa(Study.from_frame(counts, metadata), prevalence=0.25)


def trials_of(everyone: Study, size: int, situation: str, studies: int) -> pd.DataFrame:
    """Try the methods that take the design in one situation, all on the same studies."""
    study = study_of(everyone, size, situation)
    ignored = situation == "confounded"
    beside = "obese" if situation in ("confounded", "adjusted") else ""
    like = Like.of(study, design_of(study.metadata, group="arm", covariates=beside))
    usable = usable_methods(design_of(study.metadata, group="arm", covariates="" if ignored else beside))
    methods = [name for name in usable if not METHODS[name].slow]
    made = tried(like, methods, studies=studies, rate=RATE, unadjusted=ignored, seed=SEED)
    return made.assign(people=size, situation=situation, differs=made["differs"].astype(int))[COLUMNS]


def main(studies: int) -> pd.DataFrame:
    """Try them in all situations."""
    everyone, made = people(), []
    for size in SIZES:
        for situation in SITUATIONS:
            made.append(trials_of(everyone, size, situation, studies))
            print(size, situation, len(made[-1]), flush=True)
    return pd.concat(made).sort_values(COLUMNS[:5], kind="stable")


if __name__ == "__main__":
    table = main(*([int(number) for number in sys.argv[1:]] or [STUDIES]))
    packed = {"method": "gzip", "compresslevel": 9, "mtime": 0}  # no time of day in the file
    place = Path(__file__).with_name("table.csv.gz")
    table.to_csv(place, index=False, lineterminator="\n", compression=packed)

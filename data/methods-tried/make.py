"""Write table.csv: how methods that compare taxa did in simulated studies of known truth.

Run it after a change of a method: ``python data/methods-tried/make.py`` (a quarter of an hour of one processor), then
``python data/describe.py``. A study of two arms is made of the twins, one sample a person: as many people as are asked
for, put into arms by lot, or by a covariate; then studies like it are drawn and judged as the recipe does with a
reader's own (handbook_utils.analysis.taxa.judging).
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
from handbook_utils.analysis.taxa.judging import Like, judged, tried
from handbook_utils.study import Study

SEED, RATE = 1, 0.05
SIZES = (15, 45)
SITUATIONS = {
    "alike": "arms by lot, read equally deeply",
    "depth": "arms by lot, one read ten times less deeply",
    "confounded": "arms go with obesity, which is not in the model",
    "adjusted": "arms go with obesity, which is in the model",
}


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


def main(studies: int, slow_studies: int) -> None:
    """Try all methods in all situations, the slow ones in fewer studies."""
    everyone, rows = people(), []
    for size in SIZES:
        for situation in SITUATIONS:
            study = study_of(everyone, size, situation)
            beside = "obese" if situation in ("confounded", "adjusted") else ""
            like = Like.of(study, design_of(study.metadata, group="arm", covariates=beside))
            ignored = situation == "confounded"
            usable = usable_methods(design_of(study.metadata, group="arm", covariates="" if ignored else beside))
            for slow, times in ((False, studies), (True, slow_studies)):
                methods = [name for name in usable if METHODS[name].slow == slow]
                trials = tried(like, methods, studies=times, rate=RATE, unadjusted=ignored, seed=SEED)
                summed = judged(trials).rename_axis("method").reset_index()
                rows.append(summed.assign(people=size, situation=situation, features=like.values.shape[1]))
            print(size, situation, flush=True)
    table = pd.concat(rows)
    first = ["people", "situation", "method", "features", "studies"]
    table = table[[*first, *table.columns.difference(first, sort=False)]].sort_values(first[:3], kind="stable")
    table.to_csv(Path(__file__).with_name("table.csv"), index=False, float_format="%.2f")


if __name__ == "__main__":
    given = [int(number) for number in sys.argv[1:]] or [40, 10]
    main(*given)

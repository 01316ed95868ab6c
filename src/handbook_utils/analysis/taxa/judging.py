"""Which method to believe: studies of real people put into groups by lot, with a difference that is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.models.simulation import groups_with_known_difference
from handbook_utils.analysis.taxa.differential import differential
from handbook_utils.study import Study

__all__ = ["judged", "tried"]


def tried(
    people: Study,
    methods: Sequence[str],
    *,
    size: int,
    changed: int,
    times: float,
    studies: int,
    rate: float,
    seed: int,
) -> pd.DataFrame:
    """Try methods on simulated studies, half of them with nothing to find.

    Parameters
    ----------
    people : Study
        Counts, one sample a person; rare taxa left out.
    methods : sequence of str
        Of :data:`~handbook_utils.analysis.taxa.methods.METHODS`.
    size : int
        People in each group.
    changed, times : int, float
        How many taxa are multiplied in one group, and by what.
    studies : int
        Studies with, and as many without, a difference.
    rate : float
        False discovery rate asked for.
    seed : int

    Returns
    -------
    pandas.DataFrame
        A row a study and method: ``differs``, ``number``, ``method``; ``hits`` and ``truth`` (sets of taxa), ``small``
        (p-values of at most 0.05) of so many ``tested``.
    """
    rows = []
    for number in range(studies):
        generator = np.random.default_rng([seed, number])
        truth = sorted(generator.choice(people.features, changed, replace=False))
        for differs in (False, True):
            chosen = truth if differs else []
            made = groups_with_known_difference(people, size, chosen, times, seed=int(generator.integers(1 << 31)))
            design = design_of(made.metadata, group="group", reference="untouched")
            for method in methods:
                found = differential(made, design, method=method, seed=seed)
                rows.append(
                    {
                        "differs": differs,
                        "number": number,
                        "method": method,
                        "hits": set(found.index[found["q"] <= rate]),
                        "truth": set(chosen),
                        "small": int((found["p"] <= 0.05).sum()),
                        "tested": int(found["p"].notna().sum()),
                    }
                )
    return pd.DataFrame(rows)


def judged(trials: pd.DataFrame) -> pd.DataFrame:
    """Sum up trials by method.

    Parameters
    ----------
    trials : pandas.DataFrame
        Of :func:`tried`.

    Returns
    -------
    pandas.DataFrame
        By method, per cent: ``small`` (p-values of at most 0.05 where nothing differs), ``false`` (of what was found)
        and ``found`` (of what differs), with standard errors ``false_error`` and ``found_error`` over studies.
    """
    null, real = trials[~trials["differs"]], trials[trials["differs"]]
    summed = null.groupby("method", sort=False)[["small", "tested"]].sum()
    pairs: list[tuple[set[str], set[str]]] = list(zip(real["hits"], real["truth"], strict=True))
    false = [len(hits - truth) / max(len(hits), 1) for hits, truth in pairs]
    found = [len(hits & truth) / len(truth) for hits, truth in pairs]
    parts = real[["method"]].assign(false=false, found=found).groupby("method", sort=False)
    return 100 * pd.DataFrame(
        {
            "small": summed["small"] / summed["tested"],
            "false": parts["false"].mean(),
            "false_error": parts["false"].sem(),
            "found": parts["found"].mean(),
            "found_error": parts["found"].sem(),
        }
    )

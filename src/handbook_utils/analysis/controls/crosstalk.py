"""Reads that end in a wrong well: leakage between neighbours on a plate, and a bound on index hopping in a run.

Source: Minich and others 2019 (doi:10.1128/mSystems.00186-19), who find that wells leak mainly into their neighbours,
at extraction; so the test here asks whether what is found in a control comes from its neighbours more than from wells
elsewhere on the plate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize, stats

Array = npt.NDArray[np.float64]

#: Wells that should hold nothing of a sample and are extracted, so that leakage shows in them.
SINKS = ("blank", "mock")


@dataclass(frozen=True)
class Leakage:
    """What controls of a plate hold of other wells.

    Attributes
    ----------
    attributed : pandas.Series
        By well, reads found in controls that come from it, as far as its features tell.
    near, far : float
        Mean number of such reads of a pair of control and neighbour, and of control and distant well.
    p : float
        How often wells in a random order give as large a difference; the order seen counts as one.
    rates : pandas.Series
        By control, the share of each neighbour's reads that reached it.
    """

    attributed: pd.Series
    near: float
    far: float
    p: float
    rates: pd.Series


def leakage(
    table: pd.DataFrame, wells: pd.DataFrame, own: Sequence[str] = (), *, permutations: int = 999, seed: int = 1
) -> Leakage:
    """Look whether controls of one plate hold what their neighbours hold.

    A control is taken for a mixture of the samples of its plate (least squares, no share below 0, counts weighted as
    Poisson numbers); that gives the reads that came from each. The mean of neighbours is held against that of distant
    wells, and wells are put in random order, which says what difference chance makes. The rate is a fit, feature by
    feature, of a control's reads to the sum of its neighbours' and the sum of all samples' reads, neither below 0.

    Parameters
    ----------
    table : pandas.DataFrame
        Wells × features of the plate.
    wells : pandas.DataFrame
        ``row`` (letter), ``column``, ``content``; same index.
    own : sequence of str
        Features that a mock holds by itself: not looked at in mocks.
    permutations : int
        Random orders of the wells.
    seed : int
        Of the orders.

    Returns
    -------
    Leakage
        p is NaN where the plate has no control with a neighbour.
    """
    counts = table.to_numpy(dtype=float)
    content = wells["content"].to_numpy()
    row = wells["row"].map(ord).to_numpy(dtype=int)
    column = wells["column"].to_numpy(dtype=int)
    steps = np.maximum(np.abs(row[:, None] - row), np.abs(column[:, None] - column))
    sinks = np.flatnonzero(np.isin(content, SINKS))
    # No-template controls are filled after extraction, and controls are not what leaks into controls.
    sources = np.flatnonzero(np.isin(content, ("sample", "duplicate")))
    dealt = np.zeros((len(sinks), len(sources)))
    rates = {}
    foreign = ~table.columns.isin(list(own))
    for number, sink in enumerate(sinks):
        seen, held = counts[sink], counts[sources]
        total = held.sum(axis=0)
        # What a mock has by itself is left out and not taken for 0: samples may have it, too.
        known = (total > 0) & (foreign | (content[sink] != "mock"))
        # Counts vary as Poisson numbers do: large ones more, so they weigh less.
        weight = 1 / np.sqrt(seen[known] + 1)
        mixed, _ = optimize.nnls((held[:, known] * weight).T, seen[known] * weight)
        dealt[number] = mixed * held.sum(axis=1)
        beside = held[steps[sink, sources] == 1].sum(axis=0)
        if beside.any():
            fit, _ = optimize.nnls(np.column_stack([beside, total])[known], seen[known])
            rates[str(wells.index[int(sink)])] = float(fit[0])
    near = steps[np.ix_(sinks, sources)] == 1
    attributed = pd.Series(dealt.sum(axis=0), index=wells.index[sources])
    empty = float("nan")
    if not near.any() or near.all():
        return Leakage(attributed, empty, empty, empty, pd.Series(rates, dtype=float))

    def difference(values: Array) -> float:
        return float(values[near].mean() - values[~near].mean())

    observed = difference(dealt)
    generator = np.random.default_rng(seed)
    as_much = sum(
        difference(dealt[:, generator.permutation(len(sources))]) >= observed - 1e-9 * max(1.0, abs(observed))
        for _ in range(permutations)
    )
    return Leakage(
        attributed,
        float(dealt[near].mean()),
        float(dealt[~near].mean()),
        (1 + as_much) / (1 + permutations),
        pd.Series(rates, dtype=float),
    )


def hopping(table: pd.DataFrame, wells: pd.DataFrame, own: Sequence[str]) -> dict[str, float]:
    """Bound the share of reads that end in a wrong well anywhere: the mock's taxa in wells that touch no mock.

    Parameters
    ----------
    table, wells
        Of all plates of a run.
    own : sequence of str
        Features of the mock.

    Returns
    -------
    dict of str to float
        ``reads`` of the mock's taxa in such wells, ``rate``: that number for each read of the mocks and each well, and
        ``high``, its upper limit (exact, Poisson, 97.5 %). An upper bound: taxa of the mock may live in a gut.
    """
    known = [name for name in own if name in table.columns]
    mocks = wells[wells["content"] == "mock"]
    touched = pd.Series(False, index=wells.index)
    for mock in mocks.itertuples():
        rows = (wells["row"].map(ord) - ord(str(mock.row))).abs()
        columns = (wells["column"] - cast("int", mock.column)).abs()
        touched |= (wells["plate"] == mock.plate) & (rows <= 1) & (columns <= 1)
    away = table.loc[~touched, known]
    reads, source = float(away.to_numpy().sum()), float(table.loc[mocks.index, known].to_numpy().sum())
    trials = source * len(away)
    if not trials:
        return {"reads": reads, "rate": float("nan"), "high": float("nan")}
    return {"reads": reads, "rate": reads / trials, "high": float(stats.chi2.ppf(0.975, 2 * reads + 2) / 2) / trials}

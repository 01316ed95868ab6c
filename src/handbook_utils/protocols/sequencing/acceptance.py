"""What the controls of a run say: mock, blanks, duplicates, leakage between wells, depth, and a verdict with reasons.

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
class Limits:
    """What a plate must show; beyond a limit it is flagged, beyond `reject` times the limit rejected.

    Attributes
    ----------
    mock_percent : float
        Mean relative deviation of the mock community from its expectation (%).
    blank_reads : float
        Reads of a blank or no-template control.
    duplicate : float
        Bray-Curtis distance between two extractions of a sample.
    depth : int
        Reads of a sample.
    shallow_percent : float
        Samples that may have fewer (%).
    leakage_percent : float
        Share of a neighbour's reads that reaches a control (%), where the test finds leakage.
    alpha : float
        Of that test.
    reject : float
        Factor.
    """

    mock_percent: float = 20.0
    blank_reads: float = 500.0
    duplicate: float = 0.2
    depth: int = 2000
    shallow_percent: float = 5.0
    leakage_percent: float = 0.2
    alpha: float = 0.01
    reject: float = 2.0


def mock_deviation(counts: pd.Series, expected: pd.Series) -> dict[str, float]:
    """Compare a mock community with what it should hold.

    Parameters
    ----------
    counts : pandas.Series
        Reads of one mock well, by feature.
    expected : pandas.Series
        Expected shares by taxon, above 0.

    Returns
    -------
    dict of str to float
        ``deviation`` (%): the mean over taxa of |observed - expected| / expected, observed shares among the mock's own
        taxa; ``largest`` (%), of one taxon; ``aitchison``: the distance of the log-ratios, 0.5 added to counts;
        ``foreign`` (%): reads of anything else; ``missing``: taxa without reads.

    Examples
    --------
    >>> seen = mock_deviation(pd.Series({"a": 60, "b": 30, "dust": 10}), pd.Series({"a": 0.5, "b": 0.5}))
    >>> {name: round(value, 2) for name, value in seen.items()}
    {'deviation': 33.33, 'largest': 33.33, 'aitchison': 0.48, 'foreign': 10.0, 'missing': 0.0}
    """
    own = counts.reindex(expected.index, fill_value=0).astype(float)
    total, wanted = float(counts.sum()), expected / expected.sum()
    if own.sum() == 0:
        return {"deviation": 100.0, "largest": 100.0, "aitchison": float("nan"), "foreign": 100.0, "missing": len(own)}
    relative = 100 * (own / own.sum() - wanted).abs() / wanted
    logs = np.log((own + 0.5).to_numpy()) - np.log(wanted.to_numpy())
    return {
        "deviation": float(relative.mean()),
        "largest": float(relative.max()),
        "aitchison": float(np.linalg.norm(logs - logs.mean())),
        "foreign": 100 * (1 - float(own.sum()) / total),
        "missing": float((own == 0).sum()),
    }


def bray_curtis(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """Return the Bray-Curtis distance of two wells' shares.

    Parameters
    ----------
    one, other : array_like of float, shape (features,)
        Reads or shares of each well, not all 0.

    Returns
    -------
    float
        0 to 1, of the shares.

    Examples
    --------
    >>> bray_curtis([8, 2], [40, 60])
    0.4
    """
    first, second = (np.asarray(well, dtype=float) for well in (one, other))
    return float(np.round(0.5 * np.abs(first / first.sum() - second / second.sum()).sum(), 12))


def duplicate_distances(table: pd.DataFrame, wells: pd.DataFrame) -> pd.DataFrame:
    """Return how far each duplicate lies from its sample, and from the nearest other person's.

    Parameters
    ----------
    table : pandas.DataFrame
        Wells × features.
    wells : pandas.DataFrame
        ``plate``, ``content``, ``sample``, ``source``, same index.

    Returns
    -------
    pandas.DataFrame
        By well of the duplicate: ``plate``, ``source``, ``distance``, ``others`` (median distance to other samples of
        the plate).
    """
    rows = []
    samples = wells[wells["content"] == "sample"]
    place = dict(zip(samples["sample"], samples.index.astype(str), strict=True))
    repeats = wells[wells["content"] == "duplicate"]
    profiles = dict(zip(table.index.astype(str), table.to_numpy(dtype=float), strict=True))
    for name, number, source in zip(repeats.index.astype(str), repeats["plate"], repeats["source"], strict=True):
        well, twin = profiles[name], profiles[place[source]]
        if well.sum() == 0 or twin.sum() == 0:
            rows.append((name, number, source, 1.0, float("nan")))
            continue
        others = [str(one) for one in samples.index[(samples["plate"] == number) & (samples["sample"] != source)]]
        far = [bray_curtis(well, profiles[other]) for other in others if profiles[other].sum() > 0]
        rows.append((name, number, source, bray_curtis(well, twin), float(np.median(far)) if far else float("nan")))
    return pd.DataFrame(rows, columns=["place", "plate", "source", "distance", "others"]).set_index("place")


# ---------------------------------------------------------------------- leakage


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
        seen = counts[sink] * (foreign if content[sink] == "mock" else 1.0)
        held = counts[sources]
        total = held.sum(axis=0)
        known = total > 0
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


# ---------------------------------------------------------------------- the verdict


def judge_plate(
    table: pd.DataFrame, wells: pd.DataFrame, expected: pd.Series, limits: Limits, leaks: Leakage
) -> tuple[str, pd.DataFrame]:
    """Give one plate its verdict.

    Parameters
    ----------
    table : pandas.DataFrame
        Wells × features of the plate.
    wells : pandas.DataFrame
        ``plate``, ``content``, ``sample``, ``source``; same index.
    expected : pandas.Series
        Shares of the mock.
    limits : Limits
        Written down before.
    leaks : Leakage
        Of the plate.

    Returns
    -------
    verdict : {"accept", "flag", "reject"}
        The worst of all lines.
    lines : pandas.DataFrame
        By criterion: ``limit``, ``found``, ``verdict``, ``reason`` ("" where accepted).
    """
    depth = table.sum(axis=1)
    of = {kind: wells.index[wells["content"] == kind] for kind in ("sample", "blank", "mock", "ntc", "duplicate")}
    mocks = [mock_deviation(table.loc[name], expected)["deviation"] for name in of["mock"]]
    twins = duplicate_distances(table, wells)["distance"]
    shallow = 100 * float((depth[of["sample"]] < limits.depth).mean())
    found = bool(leaks.p <= limits.alpha)
    rate = 100 * float(leaks.rates.median()) if found and len(leaks.rates) else 0.0
    lines = [
        ("mock: mean relative deviation (%)", limits.mock_percent, max(mocks, default=np.nan), bool(mocks)),
        ("blank: most reads", limits.blank_reads, depth[of["blank"]].max(), len(of["blank"]) > 0),
        (
            "no-template control: most reads",
            limits.blank_reads,
            depth[of["ntc"]].max(),
            None if not len(of["ntc"]) else True,
        ),
        ("duplicate: Bray-Curtis", limits.duplicate, twins.max(), None if not len(twins) else True),
        (f"samples below {limits.depth} reads (%)", limits.shallow_percent, shallow, True),
        ("leakage from neighbours (%)", limits.leakage_percent, rate, not np.isnan(leaks.p)),
    ]
    rows = []
    for name, limit, value, there in lines:
        if there is None:
            continue
        if not there:
            rows.append((name, limit, float("nan"), "reject", f"{name.split(':')[0]}: nothing to judge by"))
            continue
        verdict = "accept" if value <= limit else "flag" if value <= limits.reject * limit else "reject"
        reason = "" if verdict == "accept" else f"{name}: {value:.3g}, limit {limit:g}"
        rows.append((name, limit, float(value), verdict, reason))
    made = pd.DataFrame(rows, columns=["criterion", "limit", "found", "verdict", "reason"]).set_index("criterion")
    worst = next((verdict for verdict in ("reject", "flag") if (made["verdict"] == verdict).any()), "accept")
    return worst, made

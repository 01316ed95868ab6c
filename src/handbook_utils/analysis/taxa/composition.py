"""Composition of samples: which features lead, which many samples have, and how much of each there is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import gammaln

from handbook_utils.errors import InputError
from handbook_utils.study import Study


def least_shown(study: Study) -> float:
    """Return the share that stands for "not seen" on a logarithmic axis: below every share that was seen.

    Parameters
    ----------
    study : Study
        Of counts: half a read of the deepest sample. Of shares: half of the least that is not zero.

    Returns
    -------
    float
        Above 0.

    Examples
    --------
    >>> least_shown(Study.from_frame(pd.DataFrame([[1, 9], [80, 20]], index=["s1", "s2"], columns=["a", "b"])))
    0.005
    >>> shares = pd.DataFrame([[0.25, 0.75]], index=["s1"], columns=["a", "b"])
    >>> least_shown(Study.from_frame(shares, quantity="abundances"))
    0.125
    """
    if study.are_counts:
        return float(0.5 / study.depth.max())
    values = study.proportions().table.data
    return float(0.5 * values[values > 0].min())


def most_abundant(study: Study, count: int, *, apart_from: Sequence[str] = ()) -> list[str]:
    """Name the taxa with the largest mean share.

    Parameters
    ----------
    study : Study
        Counts or proportions; every sample weighs the same, however many reads it has.
    count : int
        How many taxa, at most.
    apart_from : sequence of str
        Features that are no taxon, such as reads without a name.

    Returns
    -------
    list of str
        From large to small.

    Examples
    --------
    >>> import pandas as pd
    >>> study = Study.from_frame(pd.DataFrame([[1, 9], [80, 20]], index=["s1", "s2"], columns=["a", "b"]))
    >>> most_abundant(study, 1)
    ['b']
    """
    shares = study.proportions().to_frame().mean().drop(list(apart_from), errors="ignore")
    return [str(taxon) for taxon in shares.sort_values(ascending=False, kind="stable").index[:count]]


def leading_taxa(study: Study) -> pd.DataFrame:
    """Rank taxa by prevalence times mean share: those that many samples have much of.

    Parameters
    ----------
    study : Study
        Counts or proportions; every sample weighs the same, however many reads it has.

    Returns
    -------
    pandas.DataFrame
        By feature, from the first to the last: ``prevalence`` and ``mean_share`` (0 to 1), and their ``product``.

    Examples
    --------
    >>> import pandas as pd
    >>> study = Study.from_frame(pd.DataFrame([[1, 9], [0, 20]], index=["s1", "s2"], columns=["a", "b"]))
    >>> leading_taxa(study).round(3).loc["a"].to_dict()
    {'prevalence': 0.5, 'mean_share': 0.05, 'product': 0.025}
    """
    mean = np.asarray(study.proportions().table.mean(axis=0)).ravel()
    table = pd.DataFrame(
        {"prevalence": study.prevalence.to_numpy(dtype=float), "mean_share": mean}, index=study.features
    )
    table["product"] = table["prevalence"] * table["mean_share"]
    return table.sort_values("product", ascending=False, kind="stable")


def core_taxa(study: Study, share: float, prevalence: float) -> pd.DataFrame:
    """Find the taxa that have at least a share of the reads in at least a part of the samples.

    Parameters
    ----------
    study : Study
        Counts or proportions; one sample a person.
    share, prevalence : float
        The two thresholds, from 0 to 1. A share of 0 asks for presence.

    Returns
    -------
    pandas.DataFrame
        By taxon, from the most prevalent: ``prevalence`` at this share, and its Wilson 95 % interval ``low``, ``high``.

    References
    ----------
    Wilson 1927, Journal of the American Statistical Association 22:209, for the interval.

    Examples
    --------
    >>> import pandas as pd
    >>> study = Study.from_frame(pd.DataFrame([[1, 9], [0, 20]], index=["s1", "s2"], columns=["a", "b"]))
    >>> core_taxa(study, 0.2, 0.9).round(3).to_dict("index")
    {'b': {'prevalence': 1.0, 'low': 0.342, 'high': 1.0}}
    """
    shares = study.proportions().table.tocsc()
    kept = shares.copy()
    kept.data = (kept.data >= share).astype(float) if share > 0 else (kept.data > 0).astype(float)
    found = np.asarray(kept.sum(axis=0)).ravel()
    n, z = len(study.samples), 1.959963984540054
    part = found / n
    middle = (part + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(part * (1 - part) / n + z**2 / (4 * n**2))
    table = pd.DataFrame(
        {"prevalence": part, "low": middle - half, "high": np.minimum(middle + half, 1)}, index=study.features
    )
    return table[table["prevalence"] >= prevalence].sort_values("prevalence", ascending=False, kind="stable")


def expected_prevalence(study: Study, reads: int) -> pd.Series:
    """Expect in which part of the samples a taxon is seen when each gives so many reads (exact; nothing is drawn).

    Parameters
    ----------
    study : Study
        Counts; no sample with fewer reads.
    reads : int
        Reads a sample, drawn without replacement.

    Returns
    -------
    pandas.Series
        By feature, from 0 to 1.

    Raises
    ------
    InputError
        A sample with fewer reads.

    References
    ----------
    Hurlbert 1971, Ecology 52:577.

    Examples
    --------
    >>> import pandas as pd
    >>> study = Study.from_frame(pd.DataFrame([[1, 3], [0, 4]], index=["s1", "s2"], columns=["a", "b"]))
    >>> expected_prevalence(study, 2).round(3).to_dict()
    {'a': 0.25, 'b': 1.0}
    """
    depth = study.depth.to_numpy(dtype=np.int64)
    if reads > depth.min():
        raise InputError(
            "A sample has fewer reads than are asked of it.",
            where=str(study.samples[int(depth.argmin())]),
            expected=f"{reads} reads or more",
            found=f"{depth.min()}",
        )
    cells = study.table.tocoo()
    n, x = depth[cells.row].astype(float), cells.data.astype(float)
    left = n - x - reads
    possible = left >= 0
    missed = np.zeros(len(x))
    missed[possible] = np.exp(
        gammaln(n[possible] - x[possible] + 1)
        - gammaln(left[possible] + 1)
        - gammaln(n[possible] + 1)
        + gammaln(n[possible] - reads + 1)
    )
    seen = np.bincount(cells.col, weights=1 - missed, minlength=len(study.features))
    return pd.Series(seen / len(depth), index=study.features)


def shares_of(study: Study, taxa: Sequence[str], rest: str) -> pd.DataFrame:
    """Give the shares of some taxa, and of all the others together.

    Parameters
    ----------
    study : Study
        Counts or proportions.
    taxa : sequence of str
        Features of the study.
    rest : str
        What to call the others.

    Returns
    -------
    pandas.DataFrame, shape (samples, taxa + 1)
        Shares from 0 to 1; every row adds up to 1.

    Examples
    --------
    >>> import pandas as pd
    >>> study = Study.from_frame(pd.DataFrame([[1, 2, 1]], index=["s1"], columns=["a", "b", "c"]))
    >>> shares_of(study, ["b"], "others").loc["s1"].to_dict()
    {'b': 0.5, 'others': 0.5}
    """
    shares = study.proportions().to_frame()
    chosen = shares[list(taxa)]
    return chosen.assign(**{rest: shares.drop(columns=list(taxa)).sum(axis=1)})


def mean_interval(values: pd.Series, *, resamples: int = 2000, seed: int = 1) -> tuple[float, float, float]:
    """Return a mean with its 95 % interval, by a bootstrap: shares are too skewed for that of a normal distribution.

    Parameters
    ----------
    values : pandas.Series
        One a sample, or a person.
    resamples, seed : int
        Of the bootstrap (percentiles).

    Returns
    -------
    tuple of float
        Mean, lower and upper limit.

    Examples
    --------
    >>> [round(number, 3) for number in mean_interval(pd.Series([0.2, 0.2, 0.2]))]
    [0.2, 0.2, 0.2]
    """
    given = values.to_numpy(dtype=float)
    drawn = np.random.default_rng(seed).integers(len(given), size=(resamples, len(given)))
    low, high = np.percentile(given[drawn].mean(axis=1), [2.5, 97.5])
    return float(given.mean()), float(low), float(high)

"""Before and after: change within people, and cross-over studies, as ratios with intervals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special, stats

from handbook_utils.analysis.time.mixed import fit_mixed
from handbook_utils.errors import InputError

__all__ = ["crossover", "crossover_effects", "crossover_of", "paired_ratio"]

Array = npt.NDArray[np.float64]


def paired_ratio(before: pd.Series, after: pd.Series, *, confidence: float = 0.95) -> pd.Series:
    """Compare a positive number after with before, within people.

    Parameters
    ----------
    before, after : pandas.Series of float
        By person; people with only one of the two are left out.
    confidence : float
        Of the interval.

    Returns
    -------
    pandas.Series
        ``people``; ``ratio`` of after to before (geometric mean), ``low``, ``high``, ``p`` of the paired t test on
        logarithms; ``p_rank`` of Wilcoxon's signed rank test.

    Raises
    ------
    InputError
        Fewer than three people with both, or numbers that are not above 0.

    Examples
    --------
    >>> before, after = pd.Series({"a": 10.0, "b": 20, "c": 5}), pd.Series({"a": 12.0, "b": 22, "c": 6.5})
    >>> paired_ratio(before, after).round(2)[["people", "ratio", "low", "high"]].to_list()
    [3.0, 1.2, 0.97, 1.47]
    """
    both = pd.concat([before, after], axis=1, keys=["before", "after"]).dropna()
    if len(both) < 3 or (both <= 0).to_numpy().any():
        raise InputError(
            "Change within people needs people with both numbers, above 0.",
            expected="three people or more",
            found=f"{len(both)} with both, the least number {both.to_numpy().min() if len(both) else 'none'}",
        )
    change = np.log(both["after"]) - np.log(both["before"])
    width = stats.t.ppf(0.5 + confidence / 2, len(change) - 1) * change.sem()
    return pd.Series(
        {
            "people": float(len(both)),
            "ratio": np.exp(change.mean()),
            "low": np.exp(change.mean() - width),
            "high": np.exp(change.mean() + width),
            "p": stats.ttest_rel(np.log(both["after"]), np.log(both["before"])).pvalue,
            "p_rank": stats.wilcoxon(change).pvalue,
        }
    )


def crossover(first: pd.Series, second: pd.Series, sequence: pd.Series, *, confidence: float = 0.95) -> pd.DataFrame:
    """Analyse a cross-over study of two treatments and two periods.

    Parameters
    ----------
    first, second : pandas.Series of float
        By person, a number above 0 in the first and the second period.
    sequence : pandas.Series of str
        By person, the order of treatments: two different words, such as ``AB`` and ``BA``.
    confidence : float
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        ``ratio``, ``low``, ``high``, ``p`` of the ``treatment`` (the first letter's over the other's, for the sequence
        that comes first by name), of the ``period`` (second over first) and of ``carry-over`` (difference between
        sequences over both periods; a test between people, with little power, that should not decide about the others).

    Raises
    ------
    InputError
        Not two sequences with two people each.

    References
    ----------
    Hills and Armitage 1979, British Journal of Clinical Pharmacology 8:7; Senn 2002 on carry-over.

    Examples
    --------
    >>> first = pd.Series({"a": 12.0, "b": 11, "c": 10, "d": 9})
    >>> second = pd.Series({"a": 10.0, "b": 9.5, "c": 12, "d": 11})
    >>> order = pd.Series({"a": "AB", "b": "AB", "c": "BA", "d": "BA"})
    >>> round(float(crossover(first, second, order).loc["treatment", "ratio"]), 2)
    1.19
    """
    frame = pd.concat([np.log(first), np.log(second), sequence], axis=1, keys=["first", "second", "sequence"]).dropna()
    sizes = frame["sequence"].value_counts().sort_index()
    if len(sizes) != 2 or sizes.min() < 2:
        raise InputError(
            "A cross-over study has two sequences of treatments.",
            where="sequence",
            expected="two words, two people or more with each",
            found=", ".join(f"{name} ({size})" for name, size in sizes.items()),
        )
    one, other = (
        frame.loc[(frame["sequence"] == name).to_numpy(), ["first", "second"]].to_numpy(dtype=float).T
        for name in sizes.index
    )
    return pd.DataFrame(crossover_effects(one, other, confidence=confidence)).T


def crossover_of(values: pd.Series, person: pd.Series, period: pd.Series, treatment: pd.Series) -> pd.DataFrame:
    """Analyse a cross-over study from a row a sample, people with one period only among them.

    Parameters
    ----------
    values : pandas.Series of float
        By sample, above 0.
    person, period, treatment : pandas.Series
        By sample; two periods and two treatments.

    Returns
    -------
    pandas.DataFrame
        ``ratio``, ``low``, ``high``, ``p``, ``people`` and ``samples``: of the second treatment (by name) over the
        first, of people with both periods (Hills and Armitage) and of everybody (a level of each person's own, by
        REML); then of the period and the carry-over, as of :func:`crossover`.

    Raises
    ------
    InputError
        Not two periods and treatments, a person with the same treatment twice or two samples in a period, or too few.

    Examples
    --------
    >>> rows = pd.DataFrame({"who": list("aabbccdd"), "period": [1, 2] * 4, "drug": list("ABABBABA")})
    >>> values = pd.Series([12.0, 10, 11, 9.5, 10, 12, 9, 11])
    >>> made = crossover_of(values, rows["who"], rows["period"], rows["drug"])
    >>> made["ratio"].round(2).to_list()
    [0.84, 0.84, 1.01, 1.03]
    """
    frame = pd.DataFrame({"value": values, "person": person, "period": period, "treatment": treatment}).dropna()
    periods, treatments = sorted(frame["period"].unique()), sorted(frame["treatment"].unique())
    once = not (frame.duplicated(["person", "period"]).any() or frame.duplicated(["person", "treatment"]).any())
    if len(periods) != 2 or len(treatments) != 2 or not once:
        raise InputError(
            "This is no cross-over study of two treatments in two periods.",
            where="parameters moment and treatment",
            expected="each person once in each period, with another treatment in each",
            found=f"periods {', '.join(map(str, periods))}; treatments {', '.join(map(str, treatments))}"
            + ("" if once else "; people with two samples in a period or of a treatment"),
            remedy='Leave those people out, or run without: treatment "".',
        )
    wide = frame.pivot(index="person", columns="period", values=["value", "treatment"])
    both = wide.dropna()
    first, second = (both["value"][name].astype(float) for name in periods)
    order = both["treatment"][periods[0]].astype(str) + " first"
    found = crossover(first, second, order)
    # The first sequence by name begins with the first treatment, and its ratio is that of the first over the second.
    turned = found.loc["treatment"].rename({"low": "high", "high": "low"})
    turned[["ratio", "low", "high"]] = 1 / turned[["ratio", "low", "high"]]
    model = pd.DataFrame(
        {
            "1": 1.0,
            "treatment": (frame["treatment"] == treatments[1]).astype(float),
            "period": (frame["period"] == periods[1]).astype(float),
        }
    )
    row = fit_mixed(np.log(frame["value"]), model, frame["person"]).table().loc["treatment"]
    everybody = pd.Series(
        {"ratio": np.exp(row["estimate"]), "low": np.exp(row["low"]), "high": np.exp(row["high"]), "p": row["p"]}
    )
    name = f"{treatments[1]} over {treatments[0]}"
    table = pd.DataFrame({f"{name}, people with both periods": turned, f"{name}, everybody": everybody}).T
    table = pd.concat([table, found.loc[["period", "carry-over"]]])[["ratio", "low", "high", "p"]]
    everyone = table.index.str.endswith("everybody")
    return table.assign(
        people=np.where(everyone, frame["person"].nunique(), len(both)),
        samples=np.where(everyone, len(frame), 2 * len(both)),
    )


def crossover_effects(one: Array, other: Array, *, confidence: float = 0.95) -> dict[str, dict[str, Array]]:
    """Analyse cross-over studies, many at a time where there are many.

    Parameters
    ----------
    one, other : array of float, shape (2, ..., people)
        Logarithms of the first and of the second period, of the people of each sequence; axes between are studies.
    confidence : float
        Of the intervals.

    Returns
    -------
    dict of str to dict of str to array
        As the rows and columns of :func:`crossover`, a number a study.

    Examples
    --------
    >>> one, other = np.log([[[12.0, 11]], [[10.0, 9.5]]]), np.log([[[10.0, 9]], [[12.0, 11]]])
    >>> crossover_effects(one, other)["treatment"]["ratio"].round(2).tolist()
    [1.19]
    """
    found = {}
    for name, parts, scale in (
        ("treatment", (one[0] - one[1], other[0] - other[1]), 2.0),
        ("period", (one[1] - one[0], other[0] - other[1]), 2.0),
        ("carry-over", (one[0] + one[1], other[0] + other[1]), 1.0),
    ):
        middle, width, p = _student(*parts, confidence)
        found[name] = {
            "ratio": np.exp(middle / scale),
            "low": np.exp((middle - width) / scale),
            "high": np.exp((middle + width) / scale),
            "p": p,
        }
    return found


def _student(one: Array, other: Array, confidence: float) -> tuple[Array, Array, Array]:
    """Student's comparison of two means: difference, half width of its interval, p.

    As ``scipy.stats.ttest_ind``, which checks so much that a simulated study would spend its time there.
    """
    first, second = one.shape[-1], other.shape[-1]
    free = first + second - 2
    pooled = (one.var(axis=-1) * first + other.var(axis=-1) * second) / free
    error = np.sqrt(pooled * (1 / first + 1 / second))
    middle = one.mean(axis=-1) - other.mean(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * special.stdtr(free, -abs(middle / error))
    return middle, special.stdtrit(free, 0.5 + confidence / 2) * error, p

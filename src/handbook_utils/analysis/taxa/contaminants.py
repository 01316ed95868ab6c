"""Which features of a table are contaminants: by their prevalence in blanks, by their share at low DNA, by both.

Source: Davis and others (2018), Microbiome 6:226, doi:10.1186/s40168-018-0605-2. The scores are those of the authors'
program decontam, held against it in tests/peers; they run from 0 (contaminant) to 1 and are no p-values. Fisher's exact
test and its false discovery rate stand beside the score of prevalence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import binom, chi2, f, false_discovery_control, hypergeom, norm

from handbook_utils.study import Study

__all__ = [
    "METHODS",
    "chances_of_blanks",
    "combined",
    "could_hide",
    "dilutions",
    "frequency",
    "judged",
    "positive_controls",
    "power_of_blanks",
    "prevalence",
    "shown_by_blanks",
    "smallest_p",
]

#: Which scores decide, by the name of the method: what is said of a taxon whose score is under the threshold.
METHODS = {
    "frequency": "its share falls as the DNA concentration rises",
    "prevalence": "it is oftener in blanks than in samples",
    "combined": "its share falls as the DNA concentration rises and it is oftener in blanks, taken together",
    "minimum": "its share falls as the DNA concentration rises, or it is oftener in blanks",
    "both": "its share falls as the DNA concentration rises, and it is oftener in blanks",
}
#: From so few wells in a cell on, expected by chance, the score of prevalence is Fisher's and not chi-square's.
_FEW = 5


def prevalence(study: Study, blanks: pd.Series) -> pd.DataFrame:
    """Test of each feature whether it is present more often in blanks than in samples.

    Parameters
    ----------
    study : Study
        Samples and blanks; only presence matters.
    blanks : pandas.Series of bool
        By sample, whether it is a blank.

    Returns
    -------
    pandas.DataFrame
        By feature: ``in_blanks`` and ``in_samples`` (numbers of wells), ``p`` of Fisher's exact test, one-sided,
        ``q``, its false discovery rate (Benjamini-Hochberg over the features tested), and ``score``, decontam's: the
        tail of a chi-square with a correction for continuity, Fisher's mid-p where a cell is expected to hold fewer
        than five, a half for what is in every well. A feature in fewer than two wells is not tested: NaN.

    Raises
    ------
    ValueError
        All wells are blanks, or none.

    Examples
    --------
    >>> table = pd.DataFrame([[5, 9], [7, 0], [0, 8], [0, 4], [0, 6]], index=list("abcde"), columns=["dust", "gut"])
    >>> blanks = pd.Series([True, True, False, False, False], index=list("abcde"))
    >>> prevalence(Study.from_frame(table), blanks).round(3)
          in_blanks  in_samples    p    q  score
    dust          2           0  0.1  0.2   0.05
    gut           1           3  1.0  1.0   0.80
    """
    where = blanks.reindex(study.samples).to_numpy(dtype=bool)
    if where.all() or not where.any():
        raise ValueError("the test compares blanks with samples and needs both")
    present = (study.table > 0).astype(np.int64)
    in_blanks = np.asarray(present[np.flatnonzero(where)].sum(axis=0)).ravel()
    everywhere = np.asarray(present.sum(axis=0)).ravel()
    p = _fisher(in_blanks, everywhere, int(where.sum()), len(where))
    return pd.DataFrame(
        {
            "in_blanks": in_blanks,
            "in_samples": everywhere - in_blanks,
            "p": p,
            "q": _adjusted(p),
            "score": _prevalence_score(in_blanks, everywhere, int(where.sum()), len(where), p),
        },
        index=study.features,
    )


def frequency(study: Study, concentration: pd.Series) -> pd.DataFrame:
    """Score of each feature whether its share falls as the DNA concentration rises, as that of a contaminant does.

    A contaminant brings the same DNA into every well, so its log share falls by 1 where the log concentration rises
    by 1; what lives in the samples keeps its share. The score compares the residual sums of squares of the two lines,
    over the samples in which the feature is present, as an F ratio (lower tail). It is a score from 0 (contaminant) to
    1 and not a p-value: the two sums are not independent.

    Parameters
    ----------
    study : Study
        The samples, without blanks; counts or shares.
    concentration : pandas.Series of float
        By sample, DNA concentration in any one unit, above 0.

    Returns
    -------
    pandas.DataFrame
        By feature: ``present`` (number of samples) and ``score``; NaN where it is in fewer than two samples.

    Raises
    ------
    ValueError
        A concentration is missing, 0 or less.

    Examples
    --------
    >>> shares = pd.DataFrame({"dust": [80, 42, 19, 10], "gut": [20, 58, 81, 90]}, index=list("abcd"))
    >>> frequency(Study.from_frame(shares), pd.Series([1.0, 2, 4, 8], index=list("abcd"))).round(3)
          present  score
    dust        4  0.000
    gut         4  0.892
    """
    dna = concentration.reindex(study.samples).to_numpy(dtype=float)
    if not (np.isfinite(dna) & (dna > 0)).all():
        raise ValueError("every sample needs a DNA concentration above 0")
    shares = study.proportions().table.tocsc()
    present = np.diff(shares.indptr)
    feature = np.repeat(np.arange(len(present)), present)
    level = np.log(shares.data)
    falling = level + np.log(dna)[shares.indices]

    def squares(line: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        mean = np.bincount(feature, line, len(present)) / np.maximum(present, 1)
        return np.asarray(np.bincount(feature, (line - mean[feature]) ** 2, len(present)), dtype=float)

    contaminant, resident = squares(falling), squares(level)
    # Shares that are all alike leave nothing for the second line to miss: no contaminant, unless both lines fit.
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((contaminant == 0) & (resident == 0), 1.0, contaminant / resident)
    score = np.where(present >= 2, f.cdf(ratio, np.maximum(present - 1, 1), np.maximum(present - 1, 1)), np.nan)
    return pd.DataFrame({"present": present, "score": score}, index=study.features)


def combined(first: pd.Series, second: pd.Series) -> pd.Series:
    """Combine the two tests' values by Fisher's method.

    Parameters
    ----------
    first, second : pandas.Series of float
        ``score`` of :func:`frequency` and of :func:`prevalence`, by feature.

    Returns
    -------
    pandas.Series
        NaN where one of them is.

    Examples
    --------
    >>> combined(pd.Series({"dust": 0.1, "gut": 0.9}), pd.Series({"dust": 0.1, "gut": 1.0})).round(3).to_dict()
    {'dust': 0.056, 'gut': 0.995}
    """
    second = second.reindex(first.index)
    with np.errstate(divide="ignore"):
        statistic = -2 * (np.log(first) + np.log(second))
    return pd.Series(chi2.sf(statistic, 4), index=first.index)


def judged(
    study: Study,
    *,
    blanks: pd.Series | None = None,
    concentration: pd.Series | None = None,
    batches: pd.Series | None = None,
    method: str = "auto",
    threshold: float = 0.1,
) -> pd.DataFrame:
    """Judge each feature by decontam's scores, batch by batch.

    Parameters
    ----------
    study : Study
        Samples and blanks; wells without reads are left out.
    blanks : pandas.Series of bool, optional
        By sample, whether it is a blank.
    concentration : pandas.Series of float, optional
        By sample, its DNA concentration; samples without one are left out of the score of frequency, as are blanks.
    batches : pandas.Series, optional
        By sample. Each batch gets its own scores, and the least of them counts.
    method : str
        ``auto`` (combined with blanks and concentrations, else what there is) or one of ``METHODS``.
    threshold : float
        A score below this is a contaminant's.

    Returns
    -------
    pandas.DataFrame
        By feature: ``in_blanks`` and ``in_samples`` (numbers of wells), ``share`` (mean over the samples, 0 to 1),
        ``frequency`` and ``prevalence`` (scores, missing where not computed), ``score`` (the one that decides),
        ``contaminant``. The method used is in ``attrs["method"]``.

    Raises
    ------
    ValueError
        A method whose blanks or concentrations are not given.

    Examples
    --------
    >>> table = pd.DataFrame([[5, 9], [7, 0], [0, 8], [0, 4], [0, 6]], index=list("abcde"), columns=["dust", "gut"])
    >>> blanks = pd.Series([True, True, False, False, False], index=list("abcde"))
    >>> judged(Study.from_frame(table), blanks=blanks)["contaminant"].to_dict()
    {'dust': True, 'gut': False}
    """
    study = study.choose_samples(study.depth.to_numpy() > 0)
    where = np.zeros(len(study.samples), bool) if blanks is None else blanks.reindex(study.samples).to_numpy(bool)
    with_blanks, with_dna = bool(where.any() and not where.all()), concentration is not None
    if method == "auto":
        method = "combined" if with_blanks and with_dna else "prevalence" if with_blanks else "frequency"
    if (method != "prevalence" and not with_dna) or (method != "frequency" and not with_blanks):
        raise ValueError(f"the method {method} needs {'concentrations' if not with_dna else 'blanks'}")
    batch = np.zeros(len(where), int) if batches is None else pd.factorize(batches.reindex(study.samples))[0]
    found = {"frequency": np.full(len(study.features), np.nan), "prevalence": np.full(len(study.features), np.nan)}
    for one in np.unique(batch):
        rows = batch == one
        if method != "frequency" and where[rows].any() and not where[rows].all():
            part = study.choose_samples(rows)
            score = prevalence(part, pd.Series(where[rows], index=part.samples))["score"].to_numpy()
            found["prevalence"] = np.fmin(found["prevalence"], score)
        if method != "prevalence" and concentration is not None:
            dna = pd.to_numeric(concentration.reindex(study.samples), errors="coerce")
            known = rows & ~where & (dna > 0).to_numpy()
            if known.sum() >= 2:
                score = frequency(study.choose_samples(known), dna)["score"].to_numpy()
                found["frequency"] = np.fmin(found["frequency"], score)
    one, two = pd.Series(found["frequency"]), pd.Series(found["prevalence"])
    score = {
        "frequency": one,
        "prevalence": two,
        "combined": combined(one, two),
        "minimum": pd.concat([one, two], axis=1).min(axis=1, skipna=False),
        "both": pd.concat([one, two], axis=1).max(axis=1, skipna=False),
    }[method].to_numpy()
    present = (study.table > 0).astype(np.int64)
    in_blanks = np.asarray(present[np.flatnonzero(where)].sum(axis=0)).ravel()
    shares = study.choose_samples(~where).proportions().table
    made = pd.DataFrame(
        {
            "in_blanks": in_blanks,
            "in_samples": np.asarray(present.sum(axis=0)).ravel() - in_blanks,
            "share": np.asarray(shares.mean(axis=0)).ravel(),
            **found,
            "score": score,
            "contaminant": score < threshold,
        },
        index=study.features,
    )
    made.attrs["method"] = method
    return made


def positive_controls(
    study: Study, positive: pd.Series, expected: Sequence[str], called: Sequence[str]
) -> pd.DataFrame:
    """Say what positive controls hold that they should not.

    Parameters
    ----------
    study : Study
        With the positive controls among its samples.
    positive : pandas.Series of bool
        By sample, whether it is a positive control.
    expected : sequence of str
        The features of the community that was put in; none where it is not known.
    called : sequence of str
        The features that are called contaminants.

    Returns
    -------
    pandas.DataFrame
        By control: ``reads``; ``expected``, ``contaminants`` and ``others``, parts of its reads (0 to 1; what is
        expected is counted so first); ``largest_other``, the feature with most of the others.

    Examples
    --------
    >>> study = Study.from_frame(pd.DataFrame([[8, 1, 1]], index=["mock"], columns=["Listeria", "dust", "gut"]))
    >>> positive_controls(study, pd.Series({"mock": True}), ["Listeria"], ["dust"])
          reads  expected  contaminants  others largest_other
    mock   10.0       0.8           0.1     0.1           gut
    """
    chosen = study.choose_samples(positive.reindex(study.samples).to_numpy(dtype=bool))
    shares = chosen.proportions().to_frame()
    known = shares.columns.isin(list(expected))
    taken = shares.columns.isin(list(called)) & ~known
    others = shares.loc[:, ~known & ~taken]
    return pd.DataFrame(
        {
            "reads": chosen.depth.astype(float),
            "expected": shares.loc[:, known].sum(axis=1),
            "contaminants": shares.loc[:, taken].sum(axis=1),
            "others": others.sum(axis=1),
            "largest_other": others.idxmax(axis=1) if others.shape[1] else "",
        }
    )


def smallest_p(blanks: int, samples: int) -> float:
    """Return the least p that the prevalence test can give: a feature in every blank and in no sample.

    Parameters
    ----------
    blanks, samples : int
        Numbers of wells.

    Returns
    -------
    float
        One-sided.

    Examples
    --------
    >>> round(smallest_p(2, 10), 3)
    0.015
    """
    return float(hypergeom.pmf(blanks, blanks + samples, blanks, blanks))


def could_hide(blanks: int, confidence: float = 0.95) -> float:
    """Return how prevalent a contaminant may be in blanks and still be in none of these (exact upper limit).

    Parameters
    ----------
    blanks : int
        1 or more.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    float
        0 to 1.

    Examples
    --------
    >>> round(could_hide(2), 2)
    0.78
    """
    return float(1 - (1 - confidence) ** (1 / blanks))


def power_of_blanks(blanks: int, samples: int, in_blanks: float, in_samples: float, threshold: float = 0.05) -> float:
    """Return how often the prevalence test finds a contaminant, exactly.

    Parameters
    ----------
    blanks, samples : int
        Numbers of wells.
    in_blanks, in_samples : float
        The probability that the contaminant is seen in a blank, in a sample.
    threshold : float
        The largest p that is called a contaminant.

    Returns
    -------
    float
        0 to 1.

    Examples
    --------
    >>> [round(power_of_blanks(blanks, 60, 0.9, 0.3), 2) for blanks in (2, 6)]
    [0.05, 0.88]
    """
    a, b = np.meshgrid(np.arange(blanks + 1), np.arange(samples + 1), indexing="ij")
    p = _fisher(a.ravel(), (a + b).ravel(), blanks, blanks + samples)
    chance = binom.pmf(a, blanks, in_blanks) * binom.pmf(b, samples, in_samples)
    return float(chance.ravel()[np.nan_to_num(p, nan=1.0) <= threshold].sum())


def shown_by_blanks(blanks: int, samples: int) -> pd.DataFrame:
    """Return what so many blanks can show beside these samples: the least p, and what may hide from them (%).

    Parameters
    ----------
    blanks, samples : int
        Numbers of wells.

    Returns
    -------
    pandas.DataFrame
        By number of blanks; the last row is of those here.
    """
    numbers = [2, 4, 8, 12, blanks or 1]
    return pd.DataFrame(
        {
            "least p of one taxon": [smallest_p(number, samples) for number in numbers],
            "seen in none, may still be in (% of blanks)": [100 * could_hide(number) for number in numbers],
        },
        index=pd.Index(["2", "4", "8", "12", "as many as here, at least one"], name="blanks"),
    )


def chances_of_blanks(samples: int, threshold: float) -> pd.DataFrame:
    """Return the chance to find a contaminant that 90 % of blanks have, number of blanks × part of the samples.

    Parameters
    ----------
    samples : int
        Number of wells.
    threshold : float
        The largest p that is called a contaminant.

    Returns
    -------
    pandas.DataFrame
        0 to 1, for 1 to 16 blanks.
    """
    rows = {
        number: {part: power_of_blanks(number, samples, 0.9, part, threshold) for part in (0.1, 0.3, 0.5)}
        for number in range(1, 17)
    }
    return pd.DataFrame(rows).T


def dilutions(steps: Sequence[int], kit_share: float = 0.001) -> Mapping[int, float]:
    """Return the share of reads from outside in a positive control, by how often it was diluted ten times.

    ``kit_share`` is the share in the undiluted control. A calculation, not a measurement.

    Parameters
    ----------
    steps : sequence of int
        How often.
    kit_share : float
        Between 0 and 1.

    Returns
    -------
    mapping of int to float
        0 to 1.

    Examples
    --------
    >>> {step: round(share, 3) for step, share in dilutions([0, 3, 6]).items()}
    {0: 0.001, 3: 0.5, 6: 0.999}
    """
    odds = kit_share / (1 - kit_share)
    return {step: odds * 10.0**step / (1 + odds * 10.0**step) for step in steps}


def _fisher(
    in_blanks: npt.NDArray[np.int64], everywhere: npt.NDArray[np.int64], blanks: int, wells: int
) -> npt.NDArray[np.float64]:
    """Fisher's exact test, greater in blanks, once for each different table."""
    pairs, which = np.unique(np.column_stack([in_blanks, everywhere]), axis=0, return_inverse=True)
    p = np.minimum(hypergeom.sf(pairs[:, 0] - 1, wells, pairs[:, 1], blanks), 1.0)
    p[pairs[:, 1] < 2] = np.nan
    return np.asarray(p[which.ravel()], dtype=float)


def _prevalence_score(
    in_blanks: npt.NDArray[np.int64],
    everywhere: npt.NDArray[np.int64],
    blanks: int,
    wells: int,
    fisher: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    samples = wells - blanks
    pooled = everywhere / wells
    apart = in_blanks / blanks - (everywhere - in_blanks) / samples
    expected = np.stack([blanks * pooled, samples * pooled, blanks * (1 - pooled), samples * (1 - pooled)])
    correction = np.minimum(0.5, np.abs(apart) / (1 / blanks + 1 / samples))
    with np.errstate(divide="ignore", invalid="ignore"):
        # All four cells are as far from what is expected.
        square = ((np.abs(in_blanks - expected[0]) - correction) ** 2 / expected).sum(axis=0)
    tail = norm.sf(np.sign(apart) * np.sqrt(square))
    # Both exact tails count the table that was seen; the mid-p counts half of it.
    middle = fisher - hypergeom.pmf(in_blanks, wells, everywhere, blanks) / 2
    score = np.where((expected < _FEW).any(axis=0), middle, tail)
    score = np.where(everywhere == wells, 0.5, score)
    return np.asarray(np.where(np.isnan(fisher), np.nan, score))


def _adjusted(p: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    q = np.full(len(p), np.nan)
    tested = ~np.isnan(p)
    if tested.any():
        q[tested] = false_discovery_control(p[tested])
    return q

"""Composition of samples, and how much of it people share with each other and with themselves.

The measure is the percentage similarity of Renkonen (1938): the sum over taxa of the smaller of the two shares. It is
1 minus the Bray–Curtis dissimilarity of proportions, and it can be said in one sentence: of 100 bacteria of one
person, how many have a counterpart of the same taxon in the other.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial.distance import pdist, squareform
from scipy.stats import mannwhitneyu

from handbook_utils.errors import InputError
from handbook_utils.study import Study


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


def renkonen_similarity(study: Study) -> pd.DataFrame:
    """Compute how much of their composition every two samples share.

    Parameters
    ----------
    study : Study
        Counts or proportions.

    Returns
    -------
    pandas.DataFrame, shape (samples, samples)
        The sum over taxa of the smaller share: 0 (no taxon in common) to 1 (the same composition).

    References
    ----------
    Renkonen O (1938). Annales Zoologici Societatis Zoologicae-Botanicae Fennicae Vanamo 6:1–231.

    Examples
    --------
    >>> import pandas as pd
    >>> study = Study.from_frame(pd.DataFrame([[3, 1], [1, 1]], index=["s1", "s2"], columns=["a", "b"]))
    >>> float(renkonen_similarity(study).loc["s1", "s2"])
    0.75
    """
    shares = study.proportions().table.toarray()
    # For shares, the sum of the smaller ones is 1 minus half the sum of the differences.
    return pd.DataFrame(1 - squareform(pdist(shares, "cityblock")) / 2, index=study.samples, columns=study.samples)


@dataclass(frozen=True)
class WithinAndBetween:
    """Similarities of pairs of samples, apart for one person and for two.

    Parameters
    ----------
    within, between : numpy.ndarray
        Similarities of pairs from one person and of pairs from two people.
    """

    within: npt.NDArray[np.float64]
    between: npt.NDArray[np.float64]

    @property
    def superiority(self) -> float:
        """Probability that a pair from one person is more alike than a pair from two people (ties count half).

        The common language effect size of McGraw and Wong (1992), Psychological Bulletin 111:361, estimated without
        assuming a normal distribution.
        """
        statistic = mannwhitneyu(self.within, self.between, method="asymptotic").statistic
        return float(statistic / (len(self.within) * len(self.between)))


def within_and_between(similarity: pd.DataFrame, person: pd.Series) -> WithinAndBetween:
    """Part the pairs of samples into those of one person and those of two people.

    Parameters
    ----------
    similarity : pandas.DataFrame, shape (samples, samples)
        Symmetric.
    person : pandas.Series
        Whose sample it is, by sample id.

    Returns
    -------
    WithinAndBetween
        Every pair once.

    Raises
    ------
    InputError
        No person has two samples, or there is only one person.

    Examples
    --------
    >>> import pandas as pd
    >>> square = pd.DataFrame([[1, 0.8, 0.5], [0.8, 1, 0.6], [0.5, 0.6, 1]], index=list("xyz"), columns=list("xyz"))
    >>> pairs = within_and_between(square, pd.Series({"x": "Ann", "y": "Ann", "z": "Bo"}))
    >>> pairs.within.tolist(), pairs.between.tolist()
    ([0.8], [0.5, 0.6])
    """
    people = person.loc[similarity.index].to_numpy(dtype=object)
    rows, columns = np.triu_indices(len(people), 1)
    same = people[rows] == people[columns]
    if not same.any() or same.all():
        raise InputError(
            "Pairs within and between people cannot both be made.",
            expected="two people or more, of whom at least one with two samples",
            found=f"{len(set(people))} people, {len(people)} samples",
        )
    values = similarity.to_numpy(dtype=float)[rows, columns]
    return WithinAndBetween(values[same], values[~same])


def median_intervals(
    similarity: pd.DataFrame, person: pd.Series, *, resamples: int = 300, seed: int = 1, level: float = 0.95
) -> dict[str, tuple[float, float]]:
    """Bootstrap the medians within and between people, by drawing people with all their samples.

    Pairs are not independent, since a person is in many of them; people are drawn, not pairs. A person drawn twice
    does not make pairs with their own copy.

    Parameters
    ----------
    similarity : pandas.DataFrame, shape (samples, samples)
        Symmetric.
    person : pandas.Series
        Whose sample it is, by sample id.
    resamples, seed : int
        Number of bootstrap samples; seed of the random numbers.
    level : float
        Of the percentile interval, between 0 and 1.

    Returns
    -------
    dict of str to tuple of float
        Lower and upper bound of ``within`` and ``between``.

    Examples
    --------
    >>> import pandas as pd
    >>> square = pd.DataFrame([[1, 0.8, 0.5, 0.5], [0.8, 1, 0.5, 0.5], [0.5, 0.5, 1, 0.8], [0.5, 0.5, 0.8, 1]],
    ...                       index=list("wxyz"), columns=list("wxyz"))
    >>> median_intervals(square, pd.Series({"w": "Ann", "x": "Ann", "y": "Bo", "z": "Bo"}), resamples=20)
    {'within': (0.8, 0.8), 'between': (0.5, 0.5)}
    """
    people, names = pd.factorize(person.loc[similarity.index])
    samples_of = [np.flatnonzero(people == code) for code in range(len(names))]
    values = similarity.to_numpy(dtype=float)
    random = np.random.default_rng(seed)
    medians: dict[str, list[float]] = {"within": [], "between": []}
    own = [values[np.ix_(rows, rows)][np.triu_indices(len(rows), 1)] for rows in samples_of]
    for _ in range(resamples):
        drawn = random.integers(len(samples_of), size=len(samples_of))
        within = np.concatenate([own[k] for k in drawn])
        rows = np.concatenate([samples_of[k] for k in drawn])
        square = values[np.ix_(rows, rows)]
        between = square[people[rows][:, None] != people[rows][None, :]]
        for name, found in (("within", within), ("between", between)):
            if len(found):
                medians[name].append(float(np.median(found)))
    tails = (50 * (1 - level), 50 * (1 + level))
    return {name: (float(np.percentile(m, tails[0])), float(np.percentile(m, tails[1]))) for name, m in medians.items()}


def nearest_is_own(similarity: pd.DataFrame, person: pd.Series) -> float:
    """Compute how often the sample that is most alike comes from the same person.

    Parameters
    ----------
    similarity : pandas.DataFrame, shape (samples, samples)
        Symmetric.
    person : pandas.Series
        Whose sample it is, by sample id.

    Returns
    -------
    float
        Share (0 to 1) of the samples of people with more than one.

    Examples
    --------
    >>> import pandas as pd
    >>> square = pd.DataFrame([[1, 0.8, 0.5], [0.8, 1, 0.6], [0.5, 0.6, 1]], index=list("xyz"), columns=list("xyz"))
    >>> nearest_is_own(square, pd.Series({"x": "Ann", "y": "Ann", "z": "Bo"}))
    1.0
    """
    people = person.loc[similarity.index].to_numpy(dtype=object)
    values = similarity.to_numpy(dtype=float).copy()
    np.fill_diagonal(values, -np.inf)
    own = people[values.argmax(axis=1)] == people
    repeated = pd.Series(people).duplicated(keep=False).to_numpy()
    return float(own[repeated].mean())


def similarity_to_usual(study: Study, day: pd.Series, usual: Sequence[Hashable] | pd.Series) -> pd.Series:
    """Follow one person: how much every day shares with the mean composition of their usual days.

    Samples of one day are averaged first. A usual day is compared with the mean of the other usual days, so that it is
    not compared with itself.

    Parameters
    ----------
    study : Study
        Samples of one person.
    day : pandas.Series
        Day of each sample, by sample id.
    usual : pandas.Series of bool, or sequence of bool
        Which samples are of usual days.

    Returns
    -------
    pandas.Series
        Renkonen similarity, 0 to 1, by day in order.

    Raises
    ------
    InputError
        Fewer than two usual days.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame([[1, 1], [1, 1], [4, 0]], index=["s1", "s2", "s3"], columns=["a", "b"])
    >>> day = pd.Series({"s1": 0, "s2": 1, "s3": 2})
    >>> similarity_to_usual(Study.from_frame(counts), day, [True, True, False]).tolist()
    [1.0, 1.0, 0.5]
    """
    days = day.loc[study.samples].to_numpy()
    shares = study.proportions().to_frame().groupby(days).mean()
    is_usual = pd.Series(np.asarray(usual, dtype=bool)).groupby(days).all().loc[shares.index].to_numpy()
    count = int(is_usual.sum())
    if count < 2:
        raise InputError("There are too few usual days.", expected="2 or more", found=str(count))
    values = shares.to_numpy()
    total = values[is_usual].sum(axis=0)
    reference = np.where(is_usual[:, None], (total - values) / (count - 1), total / count)
    found = np.minimum(values, reference).sum(axis=1)
    return pd.Series(found, index=shares.index, name="similarity")

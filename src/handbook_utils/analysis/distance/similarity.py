"""How much of their composition people share with each other and with themselves.

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
import scipy
from scipy.spatial.distance import pdist, squareform

from handbook_utils.errors import InputError
from handbook_utils.study import Study


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
        statistic = scipy.stats.mannwhitneyu(self.within, self.between, method="asymptotic").statistic
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
    # Pairs of two people from the least alike on; each counts as often as both were drawn.
    one, other = np.triu_indices(len(values), 1)
    apart = people[one] != people[other]
    one, other = one[apart], other[apart]
    order = np.argsort(values[one, other])
    pairs, one, other = values[one, other][order], people[one][order], people[other][order]
    for _ in range(resamples):
        drawn = random.integers(len(samples_of), size=len(samples_of))
        within = np.concatenate([own[k] for k in drawn])
        if len(within):
            medians["within"].append(float(np.median(within)))
        times = np.bincount(drawn, minlength=len(samples_of))
        upto = np.cumsum(times[one] * times[other])
        if len(upto) and upto[-1]:
            middle = np.searchsorted(upto, [(upto[-1] - 1) // 2, upto[-1] // 2], side="right")
            medians["between"].append(float(pairs[middle].mean()))
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


def followed_people(study: Study, *, person: str, day: str, phase: str, usual: str) -> pd.DataFrame:
    """Follow several people: how much every day of each shares with the mean of their own usual days.

    Parameters
    ----------
    study : Study
        Samples of several people.
    person, day, phase : str
        Metadata columns: whose, when, and in what phase.
    usual : str
        The phase of usual days.

    Returns
    -------
    pandas.DataFrame
        A row a person and a day: ``person``, ``day``, ``phase`` and ``shared`` (of every 100).

    Raises
    ------
    InputError
        Somebody has fewer than two usual days.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame([[1, 1], [1, 1], [4, 0]], index=["s1", "s2", "s3"], columns=["a", "b"])
    >>> known = pd.DataFrame({"who": "A", "day": [0, 1, 2], "phase": ["pre", "pre", "travel"]}, index=counts.index)
    >>> study = Study.from_frame(counts, known)
    >>> followed_people(study, person="who", day="day", phase="phase", usual="pre")["shared"].tolist()
    [100.0, 100.0, 50.0]
    """
    followed = []
    for whose in study.metadata[person].dropna().unique():
        part = study.where(person, whose)
        when, what = part.metadata[day], part.metadata[phase]
        shared = 100 * similarity_to_usual(part, when, what == usual)
        known = {"person": whose, "day": shared.index, "phase": what.groupby(when).first(), "shared": shared}
        followed.append(pd.DataFrame(known))
    return pd.concat(followed, ignore_index=True)


def similarity_to_others(study: Study, person: pd.Series, reference: Sequence[bool] | pd.Series) -> pd.Series:
    """Compute how much every sample shares with the mean composition of other people's reference samples.

    A person is never compared with samples of their own, which would make them look alike for another reason. Every
    person weighs the same in the mean, however many reference samples they gave.

    Parameters
    ----------
    study : Study
        Counts or proportions.
    person : pandas.Series
        Whose sample it is, by sample id.
    reference : pandas.Series of bool, or sequence of bool
        Which samples the mean is made of, in the order of the study's samples.

    Returns
    -------
    pandas.Series
        Renkonen similarity, 0 to 1, by sample.

    Raises
    ------
    InputError
        The reference samples are of fewer than two people.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame([[1, 1], [1, 1], [4, 0]], index=["s1", "s2", "s3"], columns=["a", "b"])
    >>> owner = pd.Series({"s1": "Ann", "s2": "Bo", "s3": "Cy"})
    >>> similarity_to_others(Study.from_frame(counts), owner, [True, True, False]).tolist()
    [1.0, 1.0, 0.5]
    """
    people = person.loc[study.samples].to_numpy(dtype=object)
    shares = study.proportions().table.toarray()
    chosen = np.asarray(reference, dtype=bool)
    named = sorted(set(people[chosen]))
    if len(named) < 2:
        raise InputError(
            "There are too few people to compare with.",
            expected="reference samples of 2 people or more",
            found=str(len(named)),
        )
    means = np.array([shares[chosen & (people == name)].mean(axis=0) for name in named])
    total = means.sum(axis=0)
    own = dict(zip(named, means, strict=True))
    found = []
    for row, name in zip(shares, people, strict=True):
        others = (total - own[name]) / (len(named) - 1) if name in own else total / len(named)
        found.append(np.minimum(row, others).sum())
    return pd.Series(found, index=study.samples, name="similarity", dtype=float)

"""One person's sample among a reference group: where it lies, how unsure that is, and what is unusual about it.

Nothing here judges: a place among others is not a measure of health.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from statsmodels.stats.proportion import proportion_confint

from handbook_utils.analysis.diversity.alpha import hill_at_size
from handbook_utils.analysis.effects import Effect
from handbook_utils.errors import InputError, InputErrors, listed, nearest
from handbook_utils.study import Study
from handbook_utils.study.readers import require_counts

Shares = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

#: What reads without a name at this level are called.
UNNAMED = "Unknown"
#: A reference group is at least so many people.
FEWEST_PEOPLE = 20
#: A sample and a reference have at least this share of the sample's named reads in common taxa.
LEAST_SHARED = 0.5

_PREFIX = re.compile(r"^(?:[dkpcofgst]__|D_\d__)")
_NO_NAME = re.compile(r"^$|unclassified|unassigned|unknown|uncultured|uknown", re.IGNORECASE)


@dataclass(frozen=True)
class Placement:
    """A sample and a reference group with the same taxa.

    Parameters
    ----------
    counts : pandas.Series
        Reads of the sample by taxon.
    own : Study
        All samples of this person in their table with enough reads, the sample among them.
    reference : Study
        One sample of each person of the reference group, with enough reads; this person is not among them.
    repeated : Study
        All samples of the reference group with enough reads.
    person : pandas.Series
        Whose sample it is, by sample of ``repeated``.
    shared : float
        Which part (0 to 1) of the sample's named reads is in taxa that the reference has too.
    """

    counts: pd.Series
    own: Study
    reference: Study
    repeated: Study
    person: pd.Series
    shared: float


def taxon_name(label: str) -> str:
    """Reduce the label of a taxon to its own name, so that tables of different programs can be compared.

    Parameters
    ----------
    label : str
        A name, with or without the prefix of its rank, or a lineage.

    Returns
    -------
    str
        The last name; :data:`UNNAMED` where there is none.

    Examples
    --------
    >>> [taxon_name(label) for label in ("k__Bacteria;g__Blautia", "[Ruminococcus]", "Escherichia-Shigella", "g__")]
    ['Blautia', 'Ruminococcus', 'Escherichia/Shigella', 'Unknown']
    """
    last = re.split(r"[;|]", label.strip())[-1].strip()
    name = _PREFIX.sub("", last).strip().strip("[]")
    return UNNAMED if _NO_NAME.search(name) else name.replace("-", "/")


def place(
    mine: Study, reference: Study, sample: str, *, person: str = "", rank: str = "Genus", least_reads: int = 500
) -> Placement:
    """Bring a sample and a reference group to the same taxa, and check that they can be compared.

    Parameters
    ----------
    mine : Study
        Counts; one of its samples is looked at.
    reference : Study
        Counts of the group it is placed among. It may be the same study.
    sample : str
        Id in ``mine``.
    person : str
        Metadata column that tells whose sample it is; where a study does not have it, every sample is a person.
    rank : str
        Taxa are added up at this rank where a study has a taxonomy; else its features are taken as they are.
    least_reads : int
        Samples with fewer reads are refused, or left out of the reference.

    Returns
    -------
    Placement

    Raises
    ------
    InputError, InputErrors
        No such sample (the nearest is named), too few reads, values that are no counts, too few people in the
        reference, taxa that do not match.
    """
    errors: list[InputError] = []
    for study in (mine, reference) if mine is not reference else (mine,):
        try:
            require_counts(study)
        except InputError as error:
            errors.append(error)
    if sample not in mine.samples:
        close = nearest(sample, map(str, mine.samples))
        errors.append(
            InputError(
                f"There is no sample '{sample}'.",
                where=f"{mine.name or 'the table'}, parameter sample",
                expected=f"one of its {len(mine.samples)} samples",
                found=listed(list(mine.samples)),
                remedy=f"Did you mean '{close}'?" if close else "Give sample as the table writes it.",
            )
        )
    elif mine.depth[sample] < least_reads:
        errors.append(
            InputError(
                "The sample has too few reads to be compared.",
                where=f"{mine.name or 'the table'}, sample {sample}",
                expected=f"{least_reads} or more",
                found=f"{mine.depth[sample]:.0f}",
                remedy="Lower least_reads, down to 100, if you accept a less certain answer.",
            )
        )
    if errors:
        raise InputErrors(errors) if len(errors) > 1 else errors[0]
    ours, theirs = _named(mine, rank), _named(reference, rank)
    people = _people(theirs, person)
    my_person = _people(ours, person)
    me = my_person[sample]
    others = (people != me).to_numpy() & ~theirs.samples.isin([sample])
    deep = (theirs.depth >= least_reads).to_numpy() & others
    left = theirs.choose_samples(deep) if deep.any() else None
    count = 0 if left is None else people[left.samples].nunique()
    if left is None or count < FEWEST_PEOPLE:
        raise InputError(
            "The reference group is too small.",
            where=reference.name or "parameter reference",
            expected=f"{FEWEST_PEOPLE} people or more with {least_reads} reads or more",
            found=f"{count} people",
            remedy="Give a larger reference table, or leave reference empty for the bundled group.",
        )
    counts = ours.to_frame().T[sample]
    present = left.without_empty_features().features
    named = counts.drop(UNNAMED, errors="ignore")
    shared = float(named[named.index.isin(present)].sum() / max(named.sum(), 1))
    if shared < LEAST_SHARED:
        raise InputError(
            "The sample and the reference have too few taxa in common.",
            where=f"{mine.name or 'the table'} and {reference.name or 'the reference'}",
            expected=f"one level and one naming: {100 * LEAST_SHARED:.0f}% of the sample's reads or more in both",
            found=f"{100 * shared:.0f}%; in the sample {listed(list(named.index[named > 0]), most=3)}; "
            f"in the reference {listed(list(present), most=3)}",
            remedy="Give a table of genera, or a taxonomy and rank, or a reference of your own level.",
        )
    taxa = ours.features.union(theirs.features, sort=False)
    all_mine = ((my_person == me) & (ours.depth >= least_reads)).to_numpy()
    own, repeated = _aligned(ours.choose_samples(all_mine), taxa), _aligned(left, taxa)
    whose = people[repeated.samples]
    return Placement(
        counts=own.to_frame().T[sample],
        own=own,
        reference=repeated.choose_samples(~whose.duplicated().to_numpy()),
        repeated=repeated,
        person=whose,
        shared=shared,
    )


def share_intervals(counts: pd.Series, confidence: float = 0.95) -> pd.DataFrame:
    """Give the share of each taxon, with the interval that comes from reading only so many pieces of DNA.

    Parameters
    ----------
    counts : pandas.Series
        Reads by taxon.
    confidence : float
        Of the Wilson interval.

    Returns
    -------
    pandas.DataFrame
        ``share``, ``low`` and ``high`` (0 to 1) by taxon.

    References
    ----------
    Wilson 1927, Journal of the American Statistical Association 22:209.

    Examples
    --------
    >>> share_intervals(pd.Series({"a": 10, "b": 90})).round(3).loc["a"].to_dict()
    {'share': 0.1, 'low': 0.055, 'high': 0.174}
    """
    total = counts.sum()
    low, high = proportion_confint(counts.to_numpy(), total, alpha=1 - confidence, method="wilson")
    return pd.DataFrame({"share": counts / total, "low": low, "high": high}, index=counts.index)


def reference_ranges(reference: Study, central: float = 0.95) -> pd.DataFrame:
    """Give between which shares the middle part of a group lies, by taxon.

    Parameters
    ----------
    reference : Study
        One sample a person.
    central : float
        Which part lies between (0 to 1).

    Returns
    -------
    pandas.DataFrame
        ``low``, ``median`` and ``high`` (0 to 1) by taxon.

    Examples
    --------
    >>> study = Study.from_frame(pd.DataFrame({"a": [1, 2, 3], "b": [3, 2, 1]}, index=["s1", "s2", "s3"]))
    >>> float(reference_ranges(study).loc["a", "median"])
    0.5
    """
    shares = reference.proportions().table.toarray()
    return pd.DataFrame(_quantiles(shares, central), index=reference.features)


def unusual_taxa(counts: pd.Series, ranges: pd.DataFrame, least_share: float = 0.005) -> pd.DataFrame:
    """Find the taxa of a sample that lie outside the range of a group, also if reading was unlucky.

    Parameters
    ----------
    counts : pandas.Series
        Reads by taxon.
    ranges : pandas.DataFrame
        From :func:`reference_ranges`, with the same taxa.
    least_share : float
        Differences from the range that are smaller than this (0 to 1) are not counted.

    Returns
    -------
    pandas.DataFrame
        By taxon, from the largest share: ``share``, the range (``low``, ``high``), and ``more`` (True: above it).

    Examples
    --------
    >>> ranges = pd.DataFrame({"low": [0.4, 0.1], "high": [0.6, 0.3]}, index=["a", "b"])
    >>> unusual_taxa(pd.Series({"a": 800, "b": 200}), ranges)["more"].to_dict()
    {'a': True}
    """
    mine = share_intervals(counts).loc[ranges.index]
    limits = {name: ranges[name].to_numpy() for name in ("low", "high")}
    more, less = _outside(mine["low"].to_numpy(), mine["high"].to_numpy(), limits, least_share)
    found = pd.DataFrame({"share": mine["share"], "low": ranges["low"], "high": ranges["high"], "more": more})
    named = ranges.index != UNNAMED
    return found[(more | less) & named].sort_values("share", ascending=False, kind="stable")


def unusual_in_reference(reference: Study, central: float = 0.95, least_share: float = 0.005) -> pd.Series:
    """Count the unusual taxa of everyone in a group, each held against the others.

    Parameters
    ----------
    reference : Study
        Counts, one sample a person.
    central, least_share : float
        As for :func:`reference_ranges` and :func:`unusual_taxa`.

    Returns
    -------
    pandas.Series
        Number of taxa by sample. It says how many unusual taxa are usual.

    Examples
    --------
    >>> alike = Study.from_frame(pd.DataFrame({"a": [50] * 9 + [90], "b": [50] * 9 + [10]}, index=list("stuvwxyzpq")))
    >>> int(unusual_in_reference(alike)["q"])
    2
    """
    shares = reference.proportions().table.toarray()
    lows, highs = proportion_confint(
        reference.table.toarray(), reference.depth.to_numpy()[:, np.newaxis], alpha=0.05, method="wilson"
    )
    rows, named = np.arange(len(shares)), np.asarray(reference.features != UNNAMED)
    found = []
    for place in rows:
        more, less = _outside(lows[place], highs[place], _quantiles(shares[rows != place], central), least_share)
        found.append(int(((more | less) & named).sum()))
    return pd.Series(found, index=reference.samples)


def _outside(low: Shares, high: Shares, ranges: Mapping[str, Shares], least_share: float) -> tuple[Mask, Mask]:
    """Say which shares are above a range and which below it, by more than chance and by more than matters."""
    return low > ranges["high"] + least_share, high < ranges["low"] - least_share


def within_person_sd(logs: pd.Series, person: pd.Series) -> tuple[float, int]:
    """Pool how much one person differs from day to day, over those with two samples or more.

    Parameters
    ----------
    logs : pandas.Series
        A measure by sample, on the logarithm.
    person : pandas.Series
        Whose sample it is, by sample.

    Returns
    -------
    tuple of (float, int)
        Standard deviation within a person, and the number of people it rests on; missing and 0 where nobody has two.

    Examples
    --------
    >>> logs = pd.Series({"s": 0.0, "t": 2.0, "u": 5.0})
    >>> sd, people = within_person_sd(logs, pd.Series({"s": "Ann", "t": "Ann", "u": "Bo"}))
    >>> round(sd, 3), people
    (1.414, 1)
    """
    groups = logs.groupby(person.loc[logs.index])
    sizes = groups.size()
    several = sizes[sizes > 1]
    if several.empty:
        return float("nan"), 0
    squares = (groups.var()[several.index] * (several - 1)).sum()
    return float(np.sqrt(squares / (several - 1).sum())), len(several)


def part_below(value: float, reference: npt.ArrayLike, sd: float, *, draws: int = 4000, seed: int = 1) -> Effect:
    """Say which part of a group lies below a value, and where that would be on another day.

    Parameters
    ----------
    value : float
        Of the person, on the logarithm.
    reference : array_like of float, shape (people,)
        Of the group, on the logarithm.
    sd : float
        Standard deviation within a person from day to day; the difference of two days has √2 times as much.
    draws, seed : int
        Other days that are drawn, normally; seed of the random numbers.

    Returns
    -------
    Effect
        Part (0 to 1) below, ties by half; ``low`` and ``high`` hold 95 of 100 other days. Without ``sd`` they are
        missing.

    Examples
    --------
    >>> found = part_below(0.0, [-1, -1, 1, 1], 0.1)
    >>> found.size, found.low, found.high
    (0.5, 0.5, 0.5)
    """
    group = np.sort(np.asarray(reference, dtype=float))

    def below(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return (np.searchsorted(group, values, "left") + np.searchsorted(group, values, "right")) / (2 * len(group))

    size = float(below(np.array([value]))[0])
    if np.isnan(sd):
        return Effect(size, float("nan"), float("nan"))
    days = np.random.default_rng(seed).normal(value, np.sqrt(2) * sd, size=draws)
    low, high = np.quantile(below(days), [0.025, 0.975])
    return Effect(size, float(low), float(high))


def _quantiles(shares: Shares, central: float) -> dict[str, Shares]:
    tail = (1 - central) / 2
    low, median, high = np.quantile(shares, [tail, 0.5, 1 - tail], axis=0)
    return {"low": low, "median": median, "high": high}


def _named(study: Study, rank: str) -> Study:
    taxa = study
    if study.taxonomy is not None and rank:
        # Programs write Genus and genus.
        same = [str(one) for one in study.taxonomy.columns if str(one).casefold() == rank.casefold()]
        taxa = study.agglomerate(same[0] if same else rank)
    names = pd.Index([taxon_name(str(label)) for label in taxa.features], dtype=object)
    codes, unique = pd.factorize(names)
    joins = sparse.csr_array((np.ones(len(codes)), (range(len(codes)), codes)), shape=(len(codes), len(unique)))
    return Study.from_sparse(
        sparse.csr_array(taxa.table @ joins),
        study.samples,
        list(unique),
        study.metadata,
        quantity=study.quantity,
        name=study.name,
    )


def _people(study: Study, person: str) -> pd.Series:
    own = pd.Series(study.samples, index=study.samples, dtype=object)
    if not person or person not in study.metadata:
        return own
    return study.metadata[person].astype(object).where(study.metadata[person].notna(), own)


def _aligned(study: Study, taxa: pd.Index) -> Study:
    frame = study.to_frame().reindex(columns=taxa, fill_value=0)
    return Study.from_frame(frame, study.metadata, quantity=study.quantity, name=study.name)


@dataclass(frozen=True)
class Variety:
    """How varied a sample is, beside others.

    Attributes
    ----------
    own, others : pandas.Series
        Effective number of groups, by sample of this person, and of one sample of each person of the reference.
    sd : float
        Standard deviation of its logarithm within a person.
    several : int
        From how many people that was found who were measured more than once.
    standing : Effect
        Share of the others that have less, with its interval over days.
    """

    own: pd.Series
    others: pd.Series
    sd: float
    several: int
    standing: Effect

    def another_day(self, sample: str) -> tuple[float, float]:
        """Return between which numbers another day of the same person lies in 95 of 100 cases.

        Parameters
        ----------
        sample : str
            Of the person.

        Returns
        -------
        tuple of float
            Lower and upper number, around the sample's own.
        """
        low, high = (self.own[sample] * np.exp(sign * 1.96 * np.sqrt(2) * self.sd) for sign in (-1, 1))
        return float(low), float(high)


def variety_beside_others(found: Placement, sample: str, reads: int, *, seed: int = 1) -> Variety:
    """Compare how varied a sample is with others, all as if so many reads had been read.

    Parameters
    ----------
    found : Placement
        As :func:`place` returns it.
    sample : str
        Id of the sample.
    reads : int
        As if so many had been read of everyone.
    seed : int
        Of the days that are drawn by lot.

    Returns
    -------
    Variety
    """

    def variety(study: Study) -> pd.Series:
        counts = study.to_frame().drop(columns=UNNAMED, errors="ignore")
        counts = counts[counts.sum(axis=1) > 0]
        part = counts.sum(axis=1) / study.depth[counts.index]
        whole = counts.astype(int).to_numpy()
        found = [
            hill_at_size(row[row > 0], 1, max(1.0, share * reads))
            for row, share in zip(whole, part.to_numpy(), strict=True)
        ]
        return pd.Series(found, index=counts.index)

    everyone, own = variety(found.repeated), variety(found.own)
    others = everyone[found.reference.samples.intersection(everyone.index)]
    if len(own) > 2:
        sd, several = within_person_sd(np.log(own), pd.Series("me", index=own.index))
    else:
        sd, several = within_person_sd(np.log(everyone), found.person)
    standing = part_below(float(np.log(own[sample])), np.log(others), sd, seed=seed)
    return Variety(own, others, sd, several, standing)

"""``recipes/describe-composition``: what it asks of the reader's files, what it describes, and what it says of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd

from handbook_utils.analysis.design.members import Members, members_of
from handbook_utils.analysis.peers import held_against
from handbook_utils.analysis.taxa.composition import (
    core_taxa,
    expected_prevalence,
    leading_taxa,
    mean_interval,
    shares_of,
)
from handbook_utils.analysis.taxa.filters import named_for_people
from handbook_utils.errors import InputError, collect, listed
from handbook_utils.recipes.checks import column_checks, study_of
from handbook_utils.study import Study

#: Notes on what was read, belongs to no feature of the table, and is no part of its shares.
_LOST = re.compile(
    r"Left out[,:] .*?(?:no function|without a name|mapped to nothing|without any taxon|classified above)"
)
#: Names that programs give to what has no name; beside those that the reader gives.
_NAMELESS = frozenset(["unassigned", "unclassified", "unknown", "unmapped", "unidentified", "other", "others"])
#: Least prevalences of the surface that a core is a point of, and least shares.
_PARTS, _SHARES = (0.5, 0.75, 0.9, 1.0), tuple(np.geomspace(1e-4, 0.1, 13))


def describe_composition(parameters: Mapping[str, Any]) -> None:
    """Check the parameters of ``recipes/describe-composition`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        Columns that are not there, a rank that the taxonomy does not have.
    """
    study = study_of(parameters, "twins")
    rank = parameters["rank"]
    collect(
        *column_checks(study, parameters, [], ["group", "person"]),
        *([partial(study.agglomerate, rank)] if rank else []),
    )
    for name in ("group", "person"):
        column = parameters[name]
        if column and study.column(column).isna().all():
            raise InputError(
                f"No sample has a value in {column}.",
                where=f"parameter {name}, the sample metadata",
                expected="a value for each sample that is described",
                found=f"none of {len(study.samples)}",
                remedy=f'Choose another column. Or run without one: {name} "".',
            )


# ------------------------------------------------------------------------------------------------------ the analysis


@dataclass(frozen=True)
class Description:
    """What a table holds, one sample a person, and the sentences that say it.

    Attributes
    ----------
    whole : Study
        As it was read.
    study : Study
        What is described: one sample a person, added up to the rank.
    groups : pandas.Series or None
        The group of each sample.
    names : dict of str to str
        The parameters ``rank``, ``group`` and ``person``.
    nameless : tuple of str
        Features of the study that are no taxon.
    top : int
        How many are shown by name.
    core_share, core_prevalence : float
        The thresholds of the core.
    left_out : tuple of str
        What was left out, a sentence each.
    """

    whole: Study
    study: Study
    groups: pd.Series | None
    names: dict[str, str]
    nameless: tuple[str, ...]
    top: int
    core_share: float
    core_prevalence: float
    left_out: tuple[str, ...]

    @classmethod
    def of(
        cls,
        whole: Study,
        *,
        rank: str,
        group: str,
        person: str,
        nameless: Sequence[str],
        top: int,
        core_share: float,
        core_prevalence: float,
    ) -> Description:
        """Choose the samples, one a person, and add their features up.

        Parameters
        ----------
        whole : Study
            As it was read.
        rank, group, person : str
            Rank that features are added up to, and metadata columns; empty for none.
        nameless : sequence of str
            Features that are no taxon, beside those that programs call so.
        top : int
            How many taxa are shown by name.
        core_share, core_prevalence : float
            Least share of a sample, and least part of the samples, of the core; both 0 to 1.

        Returns
        -------
        Description
            Of the samples that have reads.
        """
        study, gone = whole.choose_samples((whole.depth > 0).to_numpy()), []
        for column in filter(None, (group, person)):
            lacking = study.column(column).isna()
            if lacking.any():
                gone.append(f"{column} missing: {listed([str(name) for name in study.samples[lacking]], most=20)}.")
                study = study.choose_samples(~lacking.to_numpy())
        study = study.agglomerate(rank) if rank else named_for_people(study)
        if person:
            owner = study.column(person).astype(str)
            # Totals of shares say nothing of how deeply a sample was read.
            chosen = study.depth.groupby(owner).idxmax() if study.are_counts else ~owner.duplicated().to_numpy()
            more = len(study.samples) - owner.nunique()
            if more:
                rule = "the deepest" if study.are_counts else "the first"
                gone.append(f"{more} further samples of the same people: of each person {rule} sample was taken.")
            study = study.choose_samples(list(chosen) if study.are_counts else chosen)
        known = {name.casefold() for name in nameless} | _NAMELESS
        return cls(
            whole,
            study,
            study.column(group).astype(str) if group else None,
            {"rank": rank, "group": group, "person": person},
            tuple(name for name in study.features if str(name).casefold() in known),
            top,
            core_share,
            core_prevalence,
            tuple(gone),
        )

    # ------------------------------------------------------------------ in words that are true of the data

    @property
    def _members(self) -> Members:
        return members_of(self.whole.metadata, self.names["person"])

    @property
    def unit(self) -> str:
        """What is counted: people where a column says whose a sample is, else samples."""
        return self._members.many if self.names["person"] else "samples"

    @property
    def kinds(self) -> str:
        """What a feature is."""
        return self.whole.features_are

    @property
    def _total(self) -> str:
        """What a share is a share of."""
        if any(_LOST.match(note) for note in self.whole.notes):
            return "the reads kept" if self.whole.are_counts else "what was kept"
        return "reads" if self.whole.are_counts else "the total"

    @property
    def _who(self) -> str:
        return f"{len(self.study.samples)} {self.unit}"

    # ------------------------------------------------------------------ what is found

    @cached_property
    def leading(self) -> pd.DataFrame:
        """Features by prevalence times mean share, without what has no name."""
        return leading_taxa(self.study).drop(list(self.nameless))

    @property
    def shown(self) -> list[str]:
        """Features shown by name."""
        return list(self.leading.index[: self.top])

    @property
    def rest(self) -> str:
        """What all other features are called."""
        return f"all other {self.kinds}"

    @cached_property
    def shares(self) -> pd.DataFrame:
        """Shares of what is shown, of what has no name, and of the rest."""
        return shares_of(self.study, [*self.shown, *self.nameless], self.rest)

    @property
    def listing(self) -> pd.DataFrame:
        """The fifteen that lead, in per cent."""
        first = 100 * self.leading.head(15)[["prevalence", "mean_share"]]
        return first.set_axis(
            [f"{self.unit} {'who' if self.names['person'] else 'that'} have it (%)", "mean share (%)"], axis=1
        ).rename_axis(self.kinds)

    @cached_property
    def core(self) -> pd.DataFrame:
        """Features of the core, with the interval of their prevalence."""
        found = core_taxa(self.study, self.core_share, self.core_prevalence)
        return found.drop(list(self.nameless), errors="ignore")

    @cached_property
    def core_by_threshold(self) -> pd.DataFrame:
        """Size of the core, least share × least prevalence."""

        def size(share: float, part: float) -> int:
            return len(core_taxa(self.study, share, part).index.difference(list(self.nameless)))

        return pd.DataFrame({part: [size(share, part) for share in _SHARES] for part in _PARTS}, index=list(_SHARES))

    @property
    def values(self) -> list[tuple[str, float | str, int]]:
        """Name, value and decimals of the numbers in the text."""
        first, sizes = self.shares[self.shown[0]], self.core_by_threshold.to_numpy(int)
        unseen = 100 * (self.shares[self.shown] == 0).mean()
        nameless = self.shares[list(self.nameless)].to_numpy().sum(axis=1).mean()
        return [
            ("who", self._who, 0),
            ("features", f"{len(self.leading):,} {self.kinds}", 0),
            ("first", self.shown[0], 0),
            ("first-share", 100 * self.leading["mean_share"].iloc[0], 0),
            ("others", 100 * self.shares[self.rest].mean(), 0),
            ("nameless", 100 * nameless, 0),
            ("lowest", 100 * first.min(), 0),
            ("highest", 100 * first.max(), 0),
            (
                "unseen",
                f"{unseen.idxmax()} is not seen in {unseen.max():.0f} % of them, more than any other of these"
                if unseen.max() > 0
                else f"All of these are seen in all {self._who}",
                0,
            ),
            ("core-size", f"{len(self.core) or 'no'} {self.kinds}", 0),
            ("core-wide", int(sizes[0, 0]), 0),
            ("core-narrow", int(sizes[-1, -1]), 0),
        ]

    # ------------------------------------------------------------------ what is said of it

    @property
    def answer(self) -> dict[str, Any]:
        """What :meth:`handbook_utils.results.Results.answer` is given."""
        first = self.shown[0]
        share, low, high = (100 * number for number in mean_interval(self.shares[first]))
        least, most = 100 * self.shares[first].min(), 100 * self.shares[first].max()
        seen = core_taxa(self.study, 0.0, 0.0).loc[first]
        added = f", added up to {self.names['rank']}" if self.names["rank"] else ""
        return {
            "asked": f"Which {self.kinds} are there, how much of each, and in how many {self.unit}?",
            "found": f"{first} leads, with {share:.1f} % of {self._total} on average (95 % interval {low:.1f} to "
            f"{high:.1f} %; from {least:.1f} to {most:.1f} %), in "
            f"{100 * seen['prevalence']:.0f} % of {self._who} ({100 * seen['low']:.0f} to {100 * seen['high']:.0f} %). "
            f"{len(self.core)} of {len(self.leading)} {self.kinds} have a share of at least "
            f"{100 * self.core_share:g} % in at least {100 * self.core_prevalence:g} % of them.",
            "rests_on": [
                f"{self._who}{self._in_groups}; {len(self.leading):,} {self.kinds}{added}.",
                f"Shares of {self._total}; {self._depth}.",
                "Intervals: of a mean share by a bootstrap, of a prevalence Wilson's.",
                *(
                    [f"What has no name ({listed(list(self.nameless))}) is drawn, and never ranked."]
                    if self.nameless
                    else []
                ),
            ],
            "left_out": [*(note for note in self.whole.notes if note.startswith("Left out")), *self.left_out],
        }

    @property
    def _in_groups(self) -> str:
        if self.groups is None:
            return ""
        sizes = self.groups.value_counts().sort_index()
        return f" ({self.names['group']}: {', '.join(f'{name} {size}' for name, size in sizes.items())})"

    @property
    def _depth(self) -> str:
        if not self.study.are_counts:
            return "the table holds shares or other amounts, so how deeply samples were read is not known"
        depth = self.study.depth
        return f"the median depth is {depth.median():,.0f} reads ({depth.min():,.0f} to {depth.max():,.0f})"

    @property
    def limits(self) -> list[str]:
        """What this description cannot say, true of these data."""
        number = len(self.study.samples)
        found = []
        if self.study.are_counts:
            # Of n reads none is of a taxon with the share s in (1 - s)^n of draws: 5 % where s is about 3 / n.
            missed = 100 * (1 - 0.05 ** (1 / self.study.depth.median()))
            found.append(
                f"A sample of the median depth misses, in one draw of twenty or more, what has a share below "
                f"{missed:.2g} %: not seen is not absent, and a core without a least share grows with the depth."
            )
        else:
            found.append("Without counts it is not known what was looked for too shallowly to be seen.")
        if self.kinds == "functions":
            predicted = any("PICRUSt2" in note for note in self.whole.notes)
            found.append(
                "These functions were predicted from who is there, not measured."
                if predicted
                else "A function that genes could serve need not be in use."
            )
        else:
            found.append(
                "Shares say nothing about how many cells there are, and extraction and sequencing favour some."
            )
        if not self.names["person"]:
            found.append("Every sample was taken as independent: this is wrong where several come from one individual.")
        # Wilson's lower limit of n of n.
        found.append(
            f"What all of {number} {self.unit} have may still be absent from {100 * 3.84 / (number + 3.84):.0f} % of "
            "others like them (95 % interval)."
        )
        if self.groups is not None:
            found.append("Groups are drawn side by side and not tested: compare-groups and find-differential-taxa do.")
        return found

    @property
    def methods(self) -> str:
        """The paragraph for a paper."""
        person, rank = self.names["person"], self.names["rank"]
        rule = "deepest" if self.study.are_counts else "first"
        chosen = f"the {rule} sample of each {self._members.one} ({person})" if person else "all samples"
        added = f" after adding features up to {rank}" if rank else ""
        return (
            f"Composition was described for {chosen} (n = {len(self.study.samples)}) as shares of {self._total}"
            f"{added}. {self.kinds.title()} were ranked by prevalence times mean share; the first {len(self.shown)} "
            "are shown by name and the others together. The core was defined as a share of at least "
            f"{100 * self.core_share:g} % in at least {100 * self.core_prevalence:g} % of {self.unit}, with Wilson "
            f"95 % intervals; {self._depth}."
        )


# -------------------------------------------------------------------------------------------------------- the lesson


def core_by_depth(made: Description) -> pd.DataFrame:
    """Return how the core grows with the reads that are looked at, seen against shared by a fixed part.

    Parameters
    ----------
    made : Description
        Of counts; its deeper half is used.

    Returns
    -------
    pandas.DataFrame
        Numbers of taxa by reads a sample, the wrong way beside the right one.
    """
    study, nameless = made.study, list(made.nameless)
    deep = study.choose_samples((study.depth >= study.depth.median()).to_numpy())
    depths = [depth for depth in (100, 200, 500, 1000, 2000) if depth <= deep.depth.min()] or [int(deep.depth.min())]
    by_depth = {depth: expected_prevalence(deep, depth).drop(nameless) for depth in depths}
    return pd.DataFrame(
        {
            "wrong: seen in 90 % of people": [int((seen >= 0.9).sum()) for seen in by_depth.values()],
            "right: a share of 1 % in 90 % of people": len(core_taxa(deep, 0.01, 0.9).index.difference(nameless)),
        },
        index=pd.Index([f"{depth:,}" for depth in depths], name="reads a sample"),
    )


def led_by_the_mean(made: Description) -> tuple[pd.DataFrame, float]:
    """Return, by group, the taxon that leads the mean and the part of people it leads; and that part of all.

    Parameters
    ----------
    made : Description
        With groups.

    Returns
    -------
    tuple of pandas.DataFrame and float
        The table by group, and the part of all people (%).

    Raises
    ------
    ValueError
        There are no groups.
    """
    if made.groups is None:
        raise ValueError("the means of groups are compared")
    groups, shares = made.groups.to_numpy(dtype=object), made.shares
    of_group = shares.groupby(groups).mean()[made.shown].idxmax(axis=1)
    match = shares[made.shown].idxmax(axis=1).to_numpy() == of_group.reindex(groups).to_numpy()
    led = pd.Series(100 * match).groupby(groups).mean()
    table = pd.DataFrame({"wrong: leading in the mean": of_group, "right: people whom it leads (%)": led})
    return table.rename_axis(made.names["group"]), float(100 * match.mean())


def added_up(study: Study) -> pd.DataFrame:
    """Return, by rank, how many taxa there are, which reads are kept, and which have no name.

    Parameters
    ----------
    study : Study
        With a taxonomy.

    Returns
    -------
    pandas.DataFrame
        By rank: ``taxa``, ``reads (%)``, ``reads without a name (%)``.
    """
    rows = {}
    for name in [] if study.taxonomy is None else study.taxonomy.columns:
        summed = study.agglomerate(name)
        names = pd.DataFrame() if summed.taxonomy is None else summed.taxonomy
        unnamed = names[name].astype(str).str.contains("unassigned").to_numpy()
        total = study.table.sum()
        rows[name] = {
            "taxa": len(summed.features),
            "reads (%)": 100 * summed.table.sum() / total,
            "reads without a name (%)": 100 * summed.table.tocsc()[:, np.flatnonzero(unnamed)].sum() / total,
        }
    return pd.DataFrame(rows).T.rename_axis("rank")


def core_by_group(twins: Study) -> pd.DataFrame:
    """Return people and core taxa of each group of the bundled study.

    Parameters
    ----------
    twins : Study
        The bundled one.

    Returns
    -------
    pandas.DataFrame
        ``people`` and ``core taxa`` by group, of one sample a person.
    """
    one_each = twins.choose_samples(list(twins.depth.groupby(twins.metadata["person"]).idxmax()))
    parts = {name: one_each.where("group", name) for name in ("lean", "obese", "overweight")}
    rows = {
        name: {"people": len(part.samples), "core taxa": len(core_taxa(part, 0.001, 0.9).index.difference(["Unknown"]))}
        for name, part in parts.items()
    }
    return pd.DataFrame(rows).T.rename_axis("group")


def against_peers(places: Study) -> pd.DataFrame:
    """Hold the numbers of samples from many places against R's phyloseq and vegan.

    Parameters
    ----------
    places : Study
        Counts of the study GlobalPatterns.

    Returns
    -------
    pandas.DataFrame
        As :func:`handbook_utils.analysis.peers.held_against`.
    """
    phyla = places.agglomerate("phylum").proportions().to_frame().mean()
    seen = expected_prevalence(places, 1000)
    names = ("Proteobacteria", "Firmicutes", "Bacteroidetes", "Cyanobacteria")
    ours = {f"GlobalPatterns: mean share of {name}": float(phyla[name]) for name in names}
    ours |= {
        "GlobalPatterns: OTUs with 0.01 % of the reads in half of the samples": len(core_taxa(places, 1e-4, 0.5)),
        "GlobalPatterns: largest prevalence times mean share": float(leading_taxa(places)["product"].iloc[0]),
        "GlobalPatterns: expected prevalence of OTU 549656 at 1,000 reads": float(seen["549656"]),
        "GlobalPatterns: expected OTUs a sample at 1,000 reads": float(seen.sum()),
    }
    return held_against("recipes/describe-composition", ours)

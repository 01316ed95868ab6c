"""``recipes/find-differential-taxa``: what it asks of the reader's files, what it compares, and what it says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import pandas as pd

from handbook_utils.analysis.depth import RATIO, depth_warning
from handbook_utils.analysis.design import Design, design_of
from handbook_utils.analysis.design.terms import fixed_part
from handbook_utils.analysis.stored import how_made, simulated
from handbook_utils.analysis.taxa.differential import METHODS, calls_too_much, differential, usable_methods
from handbook_utils.analysis.taxa.filters import keep_taxa, named_for_people, some_of
from handbook_utils.analysis.taxa.judging import Like, judged, placed, tried
from handbook_utils.errors import InputError, InputErrors, collect, listed
from handbook_utils.recipes.checks import column_checks, deep_design, study_of
from handbook_utils.recipes.wording import (
    association,
    left_out,
    like_these,
    notes_without_exchange,
    of_depth,
    of_the_design,
    with_interval,
)
from handbook_utils.study import Study
from handbook_utils.study.readers import require_counts

#: More features are not shown one by one.
SHOWN = 15
#: What the trials are called among the stored ones.
_TRIALS = "trials-of-methods"
#: The questions of the design that the parameters hold under their own names.
_ASKED = (
    *("other", "group", "reference", "exposure", "covariates", "person", "nested_in", "time", "interactions"),
    *("contrast", "formula", "missing", "minimum"),
)


def find_differential_taxa(parameters: Mapping[str, Any]) -> None:
    """Check the parameters of ``recipes/find-differential-taxa`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        A table that the method cannot compare, columns that are not there, a design that these samples cannot answer
        (with what shows it), filters that nothing passes, a method that does not take this design.
    """
    study = study_of(parameters, "twins")
    rank, method = str(parameters["rank"]), str(parameters["method"])
    checks: list[Callable[[], object]] = [partial(keep_taxa, study, prevalence=float(parameters["prevalence"]))]
    if not METHODS[method].shares:
        checks.append(partial(require_counts, study))
    if rank:
        checks.append(partial(study.agglomerate, rank))
    collect(*checks)
    plain = [name for name in parameters["covariates"] if "(" not in name]
    collect(
        *column_checks(study, {**parameters, "covariates": plain}, [], ["covariates", "person", "nested_in", "time"])
    )
    asked = {name: parameters[name] for name in _ASKED}
    deep, design = deep_design(_deep(study, 0), parameters, lambda of: asked_design(of, **asked))
    differential(keep_taxa(deep, prevalence=float(parameters["prevalence"])), design, method=method)


# ------------------------------------------------------------------------------------------------------ the analysis


def asked_design(study: Study, *, other: str = "", reference: str = "", **asked: Any) -> Design:
    """Make the design: of two groups where both are named, of all groups where not.

    Parameters
    ----------
    study : Study
        Whose metadata hold the groups.
    other, reference : str
        Groups; the others are compared with the reference.
    **asked
        As :func:`~handbook_utils.analysis.design.design_of`.

    Returns
    -------
    Design
        As :func:`~handbook_utils.analysis.design.design_of`.
    """
    levels = [reference, other] if other and reference else []
    return design_of(study.metadata, levels=levels, reference=reference, **asked)


def _deep(study: Study, least: float) -> Study:
    """Leave out samples with fewer reads; of shares, those without anything."""
    return study.choose_samples((study.depth >= (least if study.quantity == "counts" else 1e-300)).to_numpy())


@dataclass(frozen=True)
class Choice:
    """The samples and features that are compared, by rules that do not look at groups.

    Attributes
    ----------
    whole : Study
        As it was read.
    study : Study
        Added up to a rank; deep samples, features that are not rare.
    shallow : tuple of str
        Samples that were left out.
    rare : int
        How many features were left out.
    prevalence : float
        Least part of the samples that have a feature.
    """

    whole: Study
    study: Study
    shallow: tuple[str, ...]
    rare: int
    prevalence: float

    @classmethod
    def of(cls, whole: Study, *, rank: str, least_depth: int, prevalence: float) -> Choice:
        """Choose.

        Parameters
        ----------
        whole : Study
            As it was read.
        rank : str
            Rank features are added up to; empty: none.
        least_depth : int
            Samples of counts with fewer reads are left out.
        prevalence : float
            Least part of the samples that have a feature, 0 to 1.

        Returns
        -------
        Choice
            The samples and features that are compared, and how many were left out.
        """
        joined = whole.agglomerate(rank) if rank else whole
        deep = _deep(joined, least_depth)
        study = named_for_people(keep_taxa(deep, prevalence=prevalence))
        shallow = tuple(map(str, joined.samples.difference(deep.samples, sort=False)))
        return cls(whole, study, shallow, len(joined.features) - len(study.features), prevalence)

    @property
    def kinds(self) -> str:
        """What a feature is."""
        return self.whole.features_are

    def deepest(self, design: Design) -> list[str]:
        """Return one sample of each person (or of each unit that samples lie in): the deepest, of shares the first.

        Parameters
        ----------
        design : Design
            Of samples of this choice.

        Returns
        -------
        list of str
            Samples.
        """
        nests = design.asked["nested_in"]
        units = design.frame[nests].astype(str) if nests else design.people
        if self.study.quantity != "counts":
            return list(units.index[~units.duplicated().to_numpy()])
        return sorted(self.study.depth.loc[design.samples].groupby(units).idxmax())


@dataclass(frozen=True)
class Compared:
    """What was found, how far methods agree, how they did in studies like this one, and the sentences that say it.

    Attributes
    ----------
    choice : Choice
        The samples and features that are compared.
    design : Design
        What was asked, of which samples.
    method : str
        Of the analysis.
    rate : float
        False discovery rate asked for.
    simulations, seed : int
        Studies simulated with and without a difference, and the seed of their draws.
    assigned : bool
        Whether the groups were assigned by lot.
    """

    choice: Choice
    design: Design
    method: str
    rate: float
    simulations: int
    seed: int
    assigned: bool = False

    @property
    def _counts(self) -> bool:
        return self.choice.study.quantity == "counts"

    @property
    def kinds(self) -> str:
        """What a feature is."""
        return self.choice.kinds

    @cached_property
    def found(self) -> pd.DataFrame:
        """All features by the method, the smallest p first."""
        made = differential(self.choice.study, self.design, method=self.method, seed=self.seed)
        return made.sort_values("p", kind="stable")

    @property
    def fitted(self) -> pd.DataFrame:
        """Features with a fold change."""
        return self.found[self.found["log2_fold"].notna()]

    @property
    def contrast(self) -> str:
        """The first contrast: of the first two groups, or of the number."""
        return str(self.found["contrast"].mode().iloc[0] if self.fitted.empty else self.fitted["contrast"].iloc[0])

    @property
    def main(self) -> pd.DataFrame:
        """Features with a fold change, of the first contrast, as a forest is drawn."""
        rows = self.fitted[self.fitted["contrast"] == self.contrast]
        return rows.rename(columns={"log2_fold": "size"})

    @property
    def called(self) -> pd.Series:
        """Which rows have a q at or below the rate."""
        return self.found["q"] <= self.rate

    @property
    def zeros(self) -> str:
        """Features that a group lacks, with p."""
        rows = self.found[self.found["note"] != ""]
        told = [f"{name} ({row['note']}, p = {row['p']:.1g})" for name, row in rows.iterrows()]
        return listed(told, most=8) or "none"

    # ------------------------------------------------------------------ how far methods agree, and which to believe

    @cached_property
    def single(self) -> Design:
        """The same question with one sample a person, where it can be asked of one; else the design itself."""
        nests = self.design.asked["nested_in"] or self.design.asked["person"]
        if not nests or self.design.changes_within(self.design.focus, nests):
            return self.design
        rows = self.choice.study.metadata.loc[self.choice.deepest(self.design)]
        asked = {**self.design.asked, "person": "", "nested_in": "", "minimum": "1", "reference": ""}
        asked["levels"] = ", ".join(self.design.groups)
        asked["formula"] = fixed_part(asked["formula"])
        try:
            return design_of(rows, **asked)
        except (InputError, InputErrors):  # such as a term of time, of which one sample a person says nothing
            return self.design

    @cached_property
    def others(self) -> dict[str, pd.DataFrame]:
        """What every method says that takes this question, of the first contrast, with one sample a person."""
        names = usable_methods(self.single, counts=self._counts)
        one = partial(differential, self.choice.study, self.single, seed=self.seed, only=self.contrast)
        return {name: one(method=name) for name in names}

    @property
    def flagged(self) -> pd.DataFrame:
        """Which features which method calls."""
        named = {name: table["q"] <= self.rate for name, table in self.others.items()}
        return pd.DataFrame(named).reindex(self.choice.study.features.astype(str)).fillna(False).astype(bool)

    @property
    def by_method(self) -> pd.DataFrame:
        """How many features each method finds, and what it compares."""
        words = [METHODS[str(name)].words for name in self.flagged]
        return self.flagged.sum().rename("found").to_frame().assign(compares=words).rename_axis("method")

    @property
    def agreed(self) -> str:
        """How far the methods agree, in a sentence or two."""
        found, votes = self.flagged.sum(), self.flagged.sum(axis=1)
        fewest, largest, anyone = int(found.min()), int(found.max()), int((votes > 0).sum())
        if len(found) == 1:
            return f"One method alone takes this design, {found.index[0]}; it finds {fewest}"
        if not anyone:
            return f"None of the {len(found)} finds anything at this rate, and in that they agree"
        told = f"Each finds {fewest}" if fewest == largest else f"They find between {fewest} and {largest}"
        one, most = int((votes == 1).sum()), int((votes >= len(found) - 1).sum())
        alone = f"{one} {'is' if one == 1 else 'are'} found by one only" if len(found) > 2 else ""
        # Of two methods, all but one is one.
        both = f"{most} by all or all but one" if len(found) > 2 else f"{int((votes == 2).sum())} by both"
        return f"{told}; of the {anyone} that any of them finds, {' and '.join(filter(None, [alone, both]))}"

    @property
    def drawn(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Folds and calls of the features that most methods call, twenty at most."""
        votes = self.flagged.sum(axis=1)
        order = votes[votes > 0].sort_values(ascending=False, kind="stable").index[:20]
        order = order if len(order) else self.main.index[:5]
        folds = pd.DataFrame({name: table["log2_fold"] for name, table in self.others.items()})
        return folds.reindex(order), self.flagged.loc[order]

    @cached_property
    def trials(self) -> pd.DataFrame:
        """Trials on studies like this one, of the fast methods that take its design and of the one that was chosen."""
        usable = [name for name in usable_methods(self.design, counts=self._counts) if not METHODS[name].slow]
        methods = list(dict.fromkeys([self.method, *usable]))

        def trials(studies: int) -> pd.DataFrame:
            like = Like.of(*some_of(self.choice.study, self.design, self.seed))
            return tried(like, methods, studies=studies, rate=self.rate, seed=self.seed)

        whole = self.choice.study, self.design.asked
        return simulated(_TRIALS, trials, self.simulations, *whole, methods, self.rate, self.seed)

    @cached_property
    def summed(self) -> pd.DataFrame:
        """The trials by method."""
        return judged(self.trials)

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """The methods by what they find in the trials, and which cannot be told apart."""
        return placed(self.trials, self.rate)

    @property
    def evidence(self) -> str:
        """What the trials say of the method chosen, and of the others."""
        ranks, whole = self.ranks.to_dict("index"), (self.choice.study, self.design)
        own = ranks[self.method]
        like, asked = like_these(*whole, *some_of(*whole, self.seed)), 100 * self.rate
        verdict = "more than" if own["false_low"] > asked else "which leaves open whether it keeps to"
        verdict = "within" if own["false_high"] <= asked else verdict
        null = f"; where nothing differed it found something in {with_interval(own, 'any')}"
        said = (
            f"In {own['studies']:.0f} simulated studies {like} {self.method} had {with_interval(own, 'false')} false "
            f"discoveries, {verdict} the {asked:g} % asked for, and found {own['found']:.0f} % of what differed "
            f"four times{null if own['any_low'] > asked else ''}"
        )
        first = self.ranks.index[self.ranks["place"] == "first"]
        if not len(first):
            return f"{said}; of the methods not shown to find too much none found anything"
        best, tied = str(first[0]), self.ranks.index[self.ranks["place"] == "not told from the first"]
        names = listed([str(name) for name in tied], most=9)
        alike = f"; study by study these cannot be told from {best}: {names}" if names else ""
        most = f"{best} found most ({ranks[best]['found']:.0f} %, with {with_interval(ranks[best], 'false')} false)"
        if best == self.method:
            return f"{said}; of the methods not shown to find too much none found more{alike}"
        why = "" if self.method in tied else ": a reason to choose it in the next study, not to look again at this one"
        return f"{said}; of the methods not shown to find too much {most}{why}{alike}"

    @property
    def keeps(self) -> bool:
        """Whether the trials do not show that the method chosen finds too much."""
        return bool(self.ranks["place"].to_dict()[self.method] != "finds too much")

    # ------------------------------------------------------------------ what is said of it

    @property
    def depth(self) -> str:
        """Whether depth goes with what is asked."""
        if not self._counts:
            return "The table holds shares or other amounts, so whether samples were read equally deeply is not known"
        warning = depth_warning(self.choice.study, self.design)
        if not warning:
            return "Depth does not go with what is asked"
        if self.design.groups:
            middles = (
                self.choice.study.depth.loc[self.design.samples].groupby(self.design.labels, observed=True).median()
            )
            if middles.max() <= RATIO * middles.min():
                return warning
        return f"{warning}; methods that add one number to every count then find what is not there"

    @property
    def question(self) -> str:
        """What is compared, beside what; no test of these exchanges samples."""
        return self.design.what.partition("; a test exchanges")[0]

    @property
    def _beside(self) -> str:
        return f", beside {', '.join(self.design.beside)}" if self.design.beside else ""

    @property
    def values(self) -> list[tuple[str, float | str, int]]:
        """Name, value and decimals of the numbers in the text."""
        count = int(self.called.sum())
        return [
            ("smallest", self.smallest, 0),
            ("hits", f"{count} of {len(self.found)} comparisons {'has' if count == 1 else 'have'}", 0),
            ("zeros", self.zeros, 0),
            ("agreed", self.agreed, 0),
            ("evidence", self.evidence, 0),
            ("made", how_made(_TRIALS), 0),
        ]

    @property
    def smallest(self) -> str:
        """The feature with a fold and the smallest p, in a sentence."""
        if self.fitted.empty:
            return f"No fold can be told: of all {self.kinds} that are compared, a whole group lacks each"
        first = self.fitted.iloc[0]
        whose = "" if self.zeros == "none" else "Of those that no group lacks, "
        return (
            f"{whose}{self.fitted.index[0]} has the smallest p: log2 fold change {first['log2_fold']:.2f}"
            f"{'' if self.design.groups else ' for each unit'} ({first['contrast']}; 95 % interval {first['low']:.2f} "
            f"to {first['high']:.2f}; q = {first['q']:.2g}), from {first['n']:.0f} samples"
        )

    @property
    def answer(self) -> dict[str, Any]:
        """What :meth:`handbook_utils.results.Results.answer` is given."""
        design, kinds = self.design, self.kinds
        count, contrasts = int(self.called.sum()), list(self.found["contrast"].unique())
        goes = f"differ between the groups of {design.focus}" if design.groups else f"go with {design.focus}"
        none = (
            ""
            if count
            else " None of them was shown to differ, which does not show that they are equal: look at the intervals."
        )
        zeros = "" if self.zeros == "none" else f" A whole group lacks: {self.zeros}."
        half = int((self.flagged.sum(axis=1) * 2 >= self.flagged.shape[1]).sum())
        doubt = "" if self.keeps else " In simulated studies like this one the method found too much (see below)."
        return {
            "asked": f"Which {kinds} {goes}{self._beside}?",
            "found": f"{count} of {len(self.found)} comparisons ({', '.join(contrasts)}) at a false discovery rate of "
            f"{100 * self.rate:g} % by {self.method}, in {design.n} samples. {self.smallest}.{zeros}{none}{doubt}",
            "rests_on": [
                f"{design.who}; {len(self.choice.study.features)} {kinds}.",
                f"{self.method}: {METHODS[self.method].words}.",
                f"{self.evidence}.",
                f"{half} of {len(self.flagged)} {kinds} {'is' if half == 1 else 'are'} called by half or more of "
                f"{self.flagged.shape[1]} methods.",
                f"{self.depth}.",
                *notes_without_exchange(design),
            ],
            "left_out": self.left_out,
        }

    @property
    def left_out(self) -> list[str]:
        """What was left out, and why, a sentence each."""
        choice = self.choice
        few = [f"Too few reads: {listed(choice.shallow, most=20)}."] if choice.shallow else []
        rare = f"{choice.rare} {self.kinds} that less than {100 * choice.prevalence:g} % of the samples have."
        return [*left_out(choice.whole, self.design.left_out), *few, *([rare] if choice.rare else [])]

    @property
    def limits(self) -> list[str]:
        """What this comparison cannot say, true of these data."""
        design, kinds = self.design, self.kinds
        wide = float(((self.main["high"] - self.main["low"]) / 2).median())
        half = (
            f"Half of the intervals reach {wide:.1f} or more to either side: in half of the {kinds} this study does "
            f"not see differences of less than about {2**wide:.1f} times."
        )
        found = [
            f"{association(design, assigned=self.assigned)}.",
            *of_the_design(design),
            *([half] if wide >= 0 else []),  # without folds it is no number
            "A fold is told against what most others do: where most of them change in one direction, all are off.",
        ]
        found += [] if self.keeps else [f"{self.evidence}."]
        found += of_depth(depth_warning(self.choice.study, design), "what is rare is seen in deep samples only")
        found += [f"{uneven}."] if (uneven := calls_too_much(self.method, design)) else []
        if kinds == "functions" and any("PICRUSt2" in note for note in self.choice.whole.notes):
            found.append("These functions were predicted from who is there, not measured.")
        return found

    @property
    def methods(self) -> str:
        """The paragraph for a paper."""
        design, contrasts = self.design, ", ".join(self.found["contrast"].unique())
        nest = design.asked["nested_in"]
        level = f"each unit of {nest}" if nest else f"each {design.members.one}"
        random = (
            f", with a random level of {level} and Satterthwaite's degrees of freedom"
            if design.n_people < design.n or design.asked["nested_in"]
            else ""
        )
        how = (
            "linear models of centred log-ratios with correction for the commonest difference (LinDA, adaptive "
            "replacement of zeros)"
            if self.method == "linda"
            else f"{self.method} ({METHODS[self.method].words})"
        )
        return (
            f"{len(self.choice.study.features)} {self.kinds} present in at least {100 * self.choice.prevalence:g} % of "
            f"samples were compared ({contrasts}) in {design.who}{design.gone}, by {how}{random}{self._beside}; "
            f"q-values after Benjamini and Hochberg. {self.kinds.title()} absent from one group were compared by "
            f"Fisher's exact test of presence. {self.evidence}. Random seed {self.seed}."
        )

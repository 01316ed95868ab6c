"""The design of a comparison: the questions, the samples that answer them, and the model."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations

import numpy as np
import pandas as pd

from handbook_utils.analysis.design import checks, notes
from handbook_utils.analysis.design.contrasts import contrasts_of
from handbook_utils.analysis.design.exchange import Exchange, Order
from handbook_utils.analysis.design.members import Members, members_of
from handbook_utils.analysis.design.questions import QUESTIONS, as_text, factors_asked, named, used_columns
from handbook_utils.analysis.design.terms import Term, as_words, in_order, make_term, parts
from handbook_utils.errors import InputError, InputErrors, listed


@dataclass(frozen=True, eq=False)
class Design:
    """What is compared, with which samples.

    Attributes
    ----------
    asked : dict of str to str
        The questions with their answers.
    frame : pandas.DataFrame
        Metadata of the samples in the design, in the order given.
    terms : dict of str to Term
        The model, in the order of sequential tests.
    focus : str
        The term that is asked about.
    groups : tuple of str
        Groups in their order, the reference first; none where the question is about a number.
    left_out : dict of str to list of str
        Reason to samples.
    notes : tuple of str
        What a reader must know before believing an answer.
    metadata : pandas.DataFrame
        As it was given, of all samples.
    """

    asked: dict[str, str]
    frame: pd.DataFrame
    terms: dict[str, Term]
    focus: str
    groups: tuple[str, ...]
    left_out: dict[str, list[str]]
    metadata: pd.DataFrame
    notes: tuple[str, ...] = ()
    _numbers: dict[tuple[str, ...], Order] = field(default_factory=dict, repr=False)

    # ------------------------------------------------------------------ who is in it

    @property
    def samples(self) -> list[str]:
        """Samples in the design."""
        return list(self.frame.index)

    @property
    def n(self) -> int:
        """How many samples are fitted."""
        return len(self.frame)

    @cached_property
    def people(self) -> pd.Series:
        """The person of each sample; the sample itself where no person was named."""
        name = self.asked["person"]
        return as_words(self.frame[name]) if name else pd.Series(self.frame.index, index=self.frame.index).astype(str)

    @cached_property
    def members(self) -> Members:
        """What those who gave the samples are called."""
        return members_of(self.metadata, self.asked["person"])

    @property
    def n_people(self) -> int:
        """How many people they are of."""
        return int(self.people.nunique())

    @cached_property
    def labels(self) -> pd.Series:
        """The group of each sample, as an ordered category."""
        words = as_words(self.frame[self.terms[self.focus].columns[0]])
        return pd.Series(
            pd.Categorical(words, list(self.groups), ordered=True), index=self.frame.index, name=self.focus
        )

    @property
    def codes(self) -> Order:
        """The place of each sample's group among the groups."""
        return np.array(list(self.labels.cat.codes), dtype=np.intp)

    @property
    def sizes(self) -> pd.DataFrame:
        """Samples and people of each group."""
        together = pd.DataFrame({"group": self.labels.astype(str), "person": self.people})
        counted = together.groupby("group")["person"].agg(["size", "nunique"]).loc[list(self.groups)]
        return counted.set_axis(["samples", "people"], axis=1).rename_axis(self.focus)

    # ------------------------------------------------------------------ the model

    @property
    def matrix(self) -> pd.DataFrame:
        """Samples × columns of the model, the intercept first."""
        ones = pd.DataFrame({"Intercept": 1.0}, index=self.frame.index)
        return pd.concat([ones, *(term.block for term in self.terms.values())], axis=1)

    @property
    def beside(self) -> list[str]:
        """Names of the other terms."""
        return [name for name in self.terms if name != self.focus]

    @property
    def taken_out(self) -> list[str]:
        """Names of the other terms beside which it is tested: those that do not contain it, as an interaction does."""
        mine = set(self.focus.split(":"))
        return [name for name in self.beside if not mine < set(name.split(":"))]

    @property
    def formula(self) -> str:
        """The model in the field's notation."""
        return "~ " + " + ".join(self.terms)

    @cached_property
    def contrasts(self) -> pd.DataFrame:
        """Contrast × group: weights."""
        return contrasts_of(self.asked["contrast"], self.groups)

    def where(self, *own: str, given: Collection[str] = ()) -> str:
        """Say where an effect is told that is another elsewhere: at the first word, or at 0, of what goes with it.

        Parameters
        ----------
        *own : str
            Columns whose effect it is: of several, that of them together.
        given : collection of str
            Columns of which it is said already where it is told.

        Returns
        -------
        str
            Begins with a comma; empty where the effect is the same everywhere.

        Examples
        --------
        >>> rows = pd.DataFrame({"arm": list("aabb") * 3, "sex": list("fmmfmf") * 2, "age": range(20, 32)})
        >>> design_of(rows, formula="~ arm * log(age) + arm:sex").where("arm")
        ', at log(age) 0 and sex f'
        """
        told: dict[str, str] = {}
        for term in self.terms.values():
            if {*own} <= {*term.columns}:
                pairs = zip(term.columns, term.factors, strict=True)
                told |= {factor: self._first(name, factor) for name, factor in pairs if name not in {*own, *given}}
        return f", at {' and '.join(told.values())}" if told else ""

    def _first(self, column: str, factor: str) -> str:
        values = self.frame[column]
        numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
        alone = [term for term in self.terms.values() if term.kind == "words" and term.columns == (column,)]
        if alone or not numeric or factor.startswith("C("):
            return f"{column} {in_order(set(as_words(values)))[0]}"
        return f"{f'all columns of {factor}' if factor.startswith('poly(') else factor} 0"

    def changes_within(self, term: str | Sequence[str], column: str) -> bool:
        """Whether a term, or any of several, changes from sample to sample of one person, cage or block of a column.

        Parameters
        ----------
        term : str or sequence of str
            Of this design.
        column : str
            Metadata column: a person, cage or block.

        Returns
        -------
        bool
            Whether it changes in any of them.
        """
        block, codes = self.block(term).to_numpy(dtype=float), self._numbered(column)
        order = np.argsort(codes, kind="stable")
        starts = np.unique(codes[order], return_index=True)[1]
        spread = np.maximum.reduceat(block[order], starts) - np.minimum.reduceat(block[order], starts)
        return bool((spread > 1e-12 * max(1.0, float(np.abs(block).max()))).any())

    def _numbered(self, *columns: str) -> Order:
        """Give each value, or combination of values, of metadata columns a number."""
        if columns not in self._numbers:
            codes = np.zeros(self.n, dtype=np.intp)
            for name in columns:
                own = pd.factorize(as_words(self.frame[name]), sort=True)[0]
                codes = np.unique(codes * (own.max() + 1) + own, return_inverse=True)[1].astype(np.intp)
            self._numbers[columns] = codes
        return self._numbers[columns]

    def block(self, term: str | Sequence[str]) -> pd.DataFrame:
        """Return the columns of a term, or of several together.

        Parameters
        ----------
        term : str or sequence of str
            Of this design.

        Returns
        -------
        pandas.DataFrame, shape (samples, columns)
            Not centred.
        """
        if isinstance(term, str):
            return self.terms[term].block
        return pd.concat([pd.DataFrame(index=self.frame.index), *(self.terms[name].block for name in term)], axis=1)

    @property
    def _nests(self) -> list[tuple[str, str]]:
        """What samples lie in, from the widest, with the word for several of them."""
        asked = self.asked
        return [
            *([(asked["nested_in"], f"whole units of {asked['nested_in']}")] if asked["nested_in"] else []),
            *([(asked["person"], f"whole {self.members.many}")] if asked["person"] else []),
        ]

    def exchange(self, term: str | Sequence[str]) -> Exchange:
        """Return what a test of a term, or of several together, may exchange.

        The widest unit within which the term stays the same moves as a whole, within strata and within any wider unit
        in which the term does change.

        Parameters
        ----------
        term : str or sequence of str
            Of this design.

        Returns
        -------
        Exchange
            Units, their blocks, and what is said of them.
        """
        within = list(parts(self.asked["strata"]))
        for column, words in self._nests:
            if not self.changes_within(term, column):
                units = self._numbered(column)
                first = np.unique(units, return_index=True)[1]
                return Exchange(units, self._numbered(*within)[first], True, _told(words, within))
            within.append(column)
        return Exchange(np.arange(self.n), self._numbered(*within), False, _told("samples", within))

    def restriction(self, term: str | Sequence[str]) -> pd.DataFrame:
        """Return the columns of the blocks within which a term is exchanged; they belong in the reduced model.

        Residuals of a model without them differ between blocks, and are not alike within them: with strata and a
        covariate left out of it, such a test was wrong in 13 to 27 of 100 studies without a difference.

        Parameters
        ----------
        term : str or sequence of str
            Of this design.

        Returns
        -------
        pandas.DataFrame, shape (samples, blocks - 1)
            Membership (0 or 1) of all blocks but the first.
        """
        found = self.exchange(term)
        names = found.blocks[found.units]
        return pd.DataFrame({f"block {name}": (names == name) * 1.0 for name in np.unique(names)[1:]}, self.frame.index)

    # ------------------------------------------------------------------ others made from it

    def of_groups(self, *groups: str) -> Design:
        """Return the same design of some of the groups only."""
        return design_of(self.metadata, **{**self.asked, "levels": ", ".join(groups), "reference": "", "contrast": ""})

    def pairs(self) -> dict[str, Design]:
        """Return the design of each pair of groups."""
        return {f"{two} - {one}": self.of_groups(one, two) for one, two in combinations(self.groups, 2)}

    # ------------------------------------------------------------------ in words

    @property
    def who(self) -> str:
        """How many samples, of how many people."""
        nests = self.asked["nested_in"]
        within = f" in {as_words(self.frame[nests]).nunique()} units of {nests}" if nests else ""
        # Who is not said to be a person may be a mouse.
        people = f" of {self.members.count(self.n_people)}{within}"
        strata = " and ".join(parts(self.asked["strata"]))
        alone = ", each taken as independent" + (f" within its {strata}" if strata else "")
        return f"{self.n} samples{people if self.asked['person'] else within or alone}"

    @property
    def gone(self) -> str:
        """How many samples were left out and why, to stand behind :attr:`who`; empty where none was."""
        reasons = "; ".join(f"{reason}: {listed(samples, most=8)}" for reason, samples in self.left_out.items())
        return f"; {sum(map(len, self.left_out.values()))} left out ({reasons})" if reasons else ""

    @property
    def what(self) -> str:
        """One sentence: what is compared, beside what, and what is exchanged."""
        sizes = ", ".join(f"{name}: {row['people']}" for name, row in self.sizes.iterrows()) if self.groups else ""
        about = f"{self.focus} ({sizes}; compared with {self.groups[0]})" if self.groups else f"{self.focus} (a number)"
        others = ", ".join(str(self.terms[name]) for name in self.beside)
        return f"{about}{f', beside {others}' if others else ''}; a test exchanges {self.exchange(self.focus).words}"

    def __str__(self) -> str:
        return "\n".join(f"{line}." for line in (self.who + self.gone, self.what, *self.notes))


def design_of(
    metadata: pd.DataFrame,
    *,
    group: str = "",
    levels: str | Sequence[str] = "",
    reference: str = "",
    exposure: str = "",
    covariates: str | Sequence[str] = "",
    person: str = "",
    strata: str | Sequence[str] = "",
    nested_in: str = "",
    time: str = "",
    interactions: str | Sequence[str] = "",
    contrast: str = "",
    missing: str = "drop",
    formula: str = "",
    minimum: int | str = 1,
) -> Design:
    """Make a design, and refuse what no test can answer.

    Parameters
    ----------
    metadata : pandas.DataFrame
        A row a sample.
    group : str
        Column of groups: always words, also where they are written 1, 2, 3.
    levels : str or sequence of str
        Groups compared, in their order, separated by commas; others are left out. Empty: all, by name.
    reference : str
        Group the others are compared with; empty: the first.
    exposure : str
        Column of a number, where the question is about one and not about groups.
    covariates : str or sequence of str
        Terms adjusted for, listed or separated by commas: ``age`` is a number if its column is, ``C(clinic)`` are
        words.
    person : str
        Column that joins repeated samples.
    strata : str or sequence of str
        Columns within which alone exchange is allowed.
    nested_in : str
        Column of cages, families, wards: samples of one are not independent of each other.
    time : str
        Column of time, a term of the model: a number if its column is.
    interactions : str or sequence of str
        Such as ``arm:week``, separated by commas.
    contrast : str
        As of :func:`~handbook_utils.analysis.design.contrasts.contrasts_of`.
    missing : {"drop", "stop"}
        What happens with samples that lack a value.
    formula : str
        The same in one line: ``~ arm * week + age + (1 | person)``. `group` or `exposure` then says which term is
        asked about; where neither does, the first.
    minimum : int
        Least number of people in a group.

    Returns
    -------
    Design

    Raises
    ------
    InputError, InputErrors
        Columns that are not there; nothing asked; missing values where they stop; groups that are too small; terms
        that follow from others, with the table that shows it; an exchange that can change nothing.

    Examples
    --------
    >>> people = pd.DataFrame({"arm": [1, 1, 2, 2, 3, 3, 1], "age": [30.0, 41, 39, 52, 28, 60, None]}, list("abcdefg"))
    >>> print(design_of(people, group="arm", covariates="age"))
    6 samples, each taken as independent; 1 left out (age missing: g).
    arm (1: 2, 2: 2, 3: 2; compared with 1), beside age (a number); a test exchanges samples.
    There are only 90 different arrangements, so no p-value can be below 0.011.
    """
    answers = (group, levels, reference, exposure, covariates, person, strata, nested_in, time)
    further = (interactions, contrast, missing, formula, minimum)
    asked = {name: as_text(answer) for name, answer in zip(QUESTIONS, (*answers, *further), strict=True)}
    rows = metadata.set_axis(metadata.index.map(str))
    factors = factors_asked(asked, rows)
    words = asked["group"]
    frame, left_out = _complete(rows, used_columns(factors, asked), asked)
    groups: list[str] = []
    if words:
        groups = checks.groups_of(frame, asked)
        frame, left_out = _chosen(frame, left_out, words, groups)
    checks.enough(frame, asked, groups)
    steady, left_out = _steady(frame, left_out, asked, rows)
    if steady is not frame:
        frame = steady
        checks.enough(frame, asked, groups)
    terms = [make_term(term, frame, {words: groups} if words else {}) for term in factors]
    focus = words or named(factors, asked["exposure"])
    made = Design(asked, frame, {term.name: term for term in terms}, focus, tuple(groups), left_out, rows)
    checks.check(made)
    if words:
        _ = made.contrasts
    return replace(made, notes=tuple(notes.notes(made)))


def _complete(rows: pd.DataFrame, used: list[str], asked: dict[str, str]) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    gaps = rows[used].isna()
    for name in used:
        if pd.api.types.is_float_dtype(rows[name]):
            gaps[name] |= ~np.isfinite(rows[name])
    left_out = {f"{name} missing": list(rows.index[gaps[name]]) for name in used if gaps[name].any()}
    if left_out and asked["missing"] == "stop":
        raise InputErrors(
            InputError(
                f"Column '{reason.removesuffix(' missing')}' lacks {len(samples)} values.",
                where="the sample metadata",
                expected="a value for every sample",
                found=f"nothing for {listed(samples, most=8)}",
                remedy="Fill them in, leave the column out, or leave these samples out, told by name: missing drop.",
            )
            for reason, samples in left_out.items()
        )
    _filled(gaps, asked)
    # A sample that lacks several values is told once, with the first.
    told: set[str] = set()
    for reason, samples in left_out.items():
        left_out[reason] = [name for name in samples if name not in told]
        told.update(samples)
    return rows.loc[~gaps.any(axis=1)], {reason: samples for reason, samples in left_out.items() if samples}


def _filled(gaps: pd.DataFrame, asked: dict[str, str]) -> None:
    """Refuse a column without any value, and columns that no sample has values in all of."""
    empty = [str(name) for name in gaps if gaps[name].all()]
    if not empty and gaps.any(axis=1).all():
        empty = [", ".join(str(name) for name in gaps if gaps[name].any())]
    if len(gaps) and empty:
        raise InputErrors(
            InputError(
                f"No sample has a value in {'each of ' if ', ' in name else ''}{name}.",
                where="the sample metadata",
                expected="samples with all that the design asks about",
                found=f"none of {len(gaps)}",
                remedy=checks.way_without(asked, name.split(", ")[-1]),
            )
            for name in empty
        )


def _chosen(
    frame: pd.DataFrame, left_out: dict[str, list[str]], group: str, groups: list[str]
) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    inside = as_words(frame[group]).isin(groups)
    if inside.all():
        return frame, left_out
    return frame.loc[inside], {**left_out, f"{group} is another": list(frame.index[~inside])}


def _steady(
    frame: pd.DataFrame, left_out: dict[str, list[str]], asked: dict[str, str], rows: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Leave out who changes group, where few do: they have no group of their own, and often it is a slip of the pen.

    Where half or more of those with several samples change, the group is what changes within them. Otherwise a test
    within people would rest on the few alone, and one mistyped cell could hide what a whole study shows.
    """
    group, person = asked["group"], asked["person"]
    if not person or not group:
        return frame, left_out
    who = as_words(frame[person])
    labels = as_words(frame[group]).groupby(who)
    moved = labels.nunique() > 1
    if not moved.any() or 2 * moved.sum() >= (labels.size() > 1).sum():
        return frame, left_out
    gone = who.isin(list(moved.index[moved]))
    reason = f"{group} changes within the {members_of(rows, person).one}"
    if asked["missing"] == "stop":
        raise InputError(
            f"'{group}' changes within {int(moved.sum())} of {len(moved)} in the column {person}.",
            where=f"the sample metadata, column {group}",
            expected="one group for all samples of each, or several for most",
            found="; ".join(
                f"{one}: {listed(sorted(set(as_words(frame[group][who == one]))))}" for one in moved.index[moved][:8]
            ),
            remedy="Mend the metadata, or leave them out, told by name: missing drop.",
        )
    return frame.loc[~gone], {**left_out, reason: list(frame.index[gone])}


def _told(what: str, within: Sequence[str]) -> str:
    return f"{what} within {' and '.join(within)}" if within else what

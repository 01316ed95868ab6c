"""``recipes/compare-before-and-after``: what it asks of the reader's files, what it computes, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd

from handbook_utils.analysis.depth import depth_apart, depth_warning
from handbook_utils.analysis.design import Design, design_of
from handbook_utils.analysis.design.members import Members, members_of
from handbook_utils.analysis.design.questions import asked_in
from handbook_utils.analysis.design.terms import read_formula
from handbook_utils.analysis.distance.distances import distances
from handbook_utils.analysis.distance.permanova import permanova
from handbook_utils.analysis.diversity.comparison import compared, ratios_by, units_of
from handbook_utils.analysis.outcomes import logarithms
from handbook_utils.analysis.time.mixed import fit_mixed
from handbook_utils.analysis.time.paired import crossover_of, paired_ratio
from handbook_utils.analysis.time.pairs import Pairs, pairs_of
from handbook_utils.errors import InputError, collect
from handbook_utils.recipes.checks import check_own, column_checks, of_deep, study_of
from handbook_utils.recipes.wording import ALPHA, association, by_chance, left_out, of_depth, shown
from handbook_utils.study import Study

#: What the number before is called in a model of the number after.
BASELINE = "the number before (logarithm)"
#: What people moved is called in a table.
MOVED = "Bray-Curtis distance from before to after"


def compare_before_and_after(parameters: Mapping[str, Any]) -> None:
    """Check the parameters of ``recipes/compare-before-and-after`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        Columns that are not there, too few people with both samples, a person with several samples at one moment, a
        design of arms that these people cannot answer, an outcome that is not there, no cross-over study.
    """
    study = study_of(parameters, "twins")
    collect(
        *column_checks(
            study,
            {**parameters, "covariates": [name for name in parameters["covariates"] if "(" not in name]},
            ["person", "moment"],
            ["group", "exposure", "treatment", "covariates", "nested_in", "strata"],
        ),
        partial(_one_question, parameters),
    )
    found = of_deep(study, parameters["least_depth"], lambda deep: change_in(deep, parameters))
    if found.kind == "crossover":
        _ = found.crossed
    elif found.kind == "arms":
        _ = found.arms


def _one_question(parameters: Mapping[str, Any]) -> None:
    arms = parameters["group"] or parameters["exposure"] or parameters["formula"]
    if arms and parameters["treatment"]:
        raise InputError(
            "A study has arms, or it is a cross-over study.",
            where="parameters group, exposure, formula and treatment",
            expected="arms (group, exposure or formula), or the treatment of each sample (treatment)",
            found=f"{arms} and {parameters['treatment']}",
            remedy='Run without one of them: group "" and formula "", or treatment "".',
        )
    beside = [name for name in ("covariates", "interactions", "strata") if parameters[name]]
    if beside and not arms:
        raise InputError(
            "Within people there is nothing to adjust for: each is compared with themselves.",
            where=f"parameter {beside[0]}",
            expected="covariates where there are arms",
            found=", ".join(parameters[beside[0]]),
            remedy=f'Name the arms in group, or run without: {beside[0]} "".',
        )


# ------------------------------------------------------------------------------------------------------ the analysis


def change_in(study: Study, parameters: Mapping[str, Any]) -> Change:
    """Pair the samples, and make the design of arms where there are any.

    Parameters
    ----------
    study : Study
        Samples that were read deeply enough.
    parameters : mapping
        Those of the chapter: person, moment, before, after, outcome, and the questions of a design.

    Returns
    -------
    Change
        The pairs, what changes, and the design of arms, or None.

    Raises
    ------
    InputError, InputErrors
        As :func:`compare_before_and_after`.
    """
    person, moment = str(parameters["person"]), str(parameters["moment"])
    pairs = pairs_of(
        study.column(person),
        study.column(moment),
        str(parameters["before"]),
        str(parameters["after"]),
        minimum=max(3, int(parameters["minimum"])),
    )
    outcome = str(parameters["outcome"])
    logs, label = logarithms(study, "shannon" if outcome == "distance" else outcome)
    design = None
    asked = asked_in(parameters)
    if asked["group"] or asked["exposure"] or asked["formula"]:
        frame = study.metadata.loc[list(pairs.first)].assign(**{BASELINE: logs[list(pairs.first)]})
        check_own(study.metadata, pairs.first, pairs.second, str(asked["group"]))
        design = _arms_of(frame, asked, beside=outcome != "distance")
        # Which term of a formula is the arms is known once it was read.
        check_own(study.metadata, pairs.first, pairs.second, design.asked["group"], "formula")
    return Change(study, pairs, design, logs, label, dict(parameters))


def _arms_of(frame: pd.DataFrame, asked: Mapping[str, Any], *, beside: bool) -> Design:
    """Make the design of arms, a row a person, beside the number before where that is in the model."""
    if not asked["formula"]:
        # Without the number before first, so that what is refused is what was asked.
        plain = design_of(frame, **asked)
        return design_of(frame, **{**asked, "covariates": [BASELINE, *asked["covariates"]]}) if beside else plain
    whose = read_formula(asked["formula"])[1]
    if whose and whose != asked["person"]:
        raise InputError(
            f"A row of this model is a person, and the formula has a level for each {whose}.",
            where="parameter formula",
            expected=f"fixed terms alone, or (1 | {asked['person']})",
            found=asked["formula"],
            remedy=f'Take (1 | {whose}) out of the formula, and say nested_in "{whose}".',
        )
    # Without the number before first, so that what is refused is what was asked.
    design = design_of(frame, **asked)
    return design_of(frame, **{**asked, "formula": f"{asked['formula']} + `{BASELINE}`"}) if beside else design


@dataclass(frozen=True)
class Change:
    """Change within people, and the sentences that say it.

    Attributes
    ----------
    study : Study
        Whose samples are before and after.
    pairs : Pairs
        Who has a sample before and a sample after.
    design : Design or None
        Of the arms, a row a person: the sample before.
    logs : pandas.Series
        Logarithm of what is followed, by sample.
    label : str
        What it is called.
    asked : dict
        The parameters.
    """

    study: Study
    pairs: Pairs
    design: Design | None
    logs: pd.Series
    label: str
    asked: dict[str, Any]

    # ------------------------------------------------------------------ numbers

    @property
    def members(self) -> Members:
        """What those who gave the samples are called."""
        return members_of(self.study.metadata, self.asked["person"])

    @property
    def many(self) -> str:
        """Several of them."""
        return self.members.many

    @property
    def kind(self) -> str:
        """What study it is: ``arms``, ``crossover`` or ``single``."""
        return "arms" if self.design is not None else "crossover" if self.asked["treatment"] else "single"

    @property
    def of_distance(self) -> bool:
        """Whether it was asked how far people move."""
        return bool(self.asked["outcome"] == "distance")

    @cached_property
    def start(self) -> pd.Series:
        """The number before, by person."""
        return pd.Series(np.exp(self.logs[list(self.pairs.first)]).to_numpy(), index=self.pairs.first.index)

    @cached_property
    def end(self) -> pd.Series:
        """The number after, by person."""
        return pd.Series(np.exp(self.logs[list(self.pairs.second)]).to_numpy(), index=self.pairs.second.index)

    @cached_property
    def change(self) -> pd.Series:
        """Ratio of after to before within people; within what they are nested in, where that was said."""
        start, end = np.log(self.start), np.log(self.end)
        nest = self.asked["nested_in"]
        if nest:
            of = self.study.column(nest).astype(str)[list(self.pairs.first)].to_numpy()
            start, end = start.groupby(of).mean(), end.groupby(of).mean()
        return paired_ratio(np.exp(start), np.exp(end))

    @cached_property
    def changes(self) -> pd.DataFrame:
        """The change of those with both samples, and of everybody where some have one only."""
        table = self.change.to_frame(f"{self.many} with both").T
        alone = [name for reason, names in self.pairs.left_out.items() if reason.startswith("only") for name in names]
        if alone:
            samples = list(self.pairs.person.index)
            late = (self.pairs.moment[samples] == str(self.asked["after"])).astype(float).to_numpy()
            model = pd.DataFrame({"1": 1.0, "after": late}, index=samples)
            row = fit_mixed(self.logs[samples], model, self.pairs.person[samples].to_numpy()).contrast([0.0, 1.0])
            ends = np.exp(row[["estimate", "low", "high"]].to_numpy(dtype=float))
            numbers = np.array([self.pairs.person.nunique(), *ends, row["p"]], dtype=float)
            more = pd.DataFrame([numbers], ["everybody, by a mixed model"], ["people", "ratio", "low", "high", "p"])
            table = pd.concat([table, more])
        return table.rename(columns={"people": self.asked["nested_in"] or self.many})

    @cached_property
    def _square(self) -> pd.DataFrame:
        chosen = self.study.choose_samples([*self.pairs.first, *self.pairs.second])
        apart = distances(chosen, "bray-curtis")
        return pd.DataFrame(apart.data, list(apart.ids), list(apart.ids))

    @cached_property
    def own(self) -> pd.Series:
        """How far each person moved, by the sample before."""
        far = [self._square.loc[one, other] for one, other in zip(self.pairs.first, self.pairs.second, strict=True)]
        return pd.Series(np.array(far, dtype=float), index=list(self.pairs.first))

    @property
    def others(self) -> float:
        """Median distance between a sample before and a sample after of two different people."""
        square = self._square.loc[list(self.pairs.first), list(self.pairs.second)].to_numpy()
        return float(np.median(square[~np.eye(self.pairs.people, dtype=bool)]))

    @cached_property
    def arms(self) -> pd.DataFrame:
        """The comparison of arms: ratios of after beside before, or differences of how far people moved."""
        if self.design is None:
            raise ValueError("there are no arms")
        if self.of_distance:
            return compared(self.own, self.design).rename(columns={"estimate": "difference"})
        after = pd.Series(self.end.to_numpy(), index=list(self.pairs.first))
        return ratios_by(after.to_frame("after"), self.design).drop(columns="p, corrected").droplevel(0)

    @cached_property
    def crossed(self) -> pd.DataFrame:
        """The cross-over study."""
        samples = list(self.pairs.person.index)
        given = self.study.column(self.asked["treatment"])[samples].astype(str)
        return crossover_of(np.exp(self.logs[samples]), self.pairs.person, self.pairs.moment, given)

    def composition(self) -> tuple[str, pd.DataFrame]:
        """Return what is tested of overall composition: a caption and a table."""
        if self.design is not None:
            moved = _arms_of(self.design.metadata, asked_in(self.asked), beside=False)
            table = compared(self.own, moved).rename(columns={"estimate": "difference"})
            return f"How far {self.many} moved ({MOVED}), by {moved.focus}", table
        samples = [*self.pairs.first, *self.pairs.second]
        apart = distances(self.study.choose_samples(samples), "bray-curtis")
        moment, person = self.asked["moment"], self.asked["person"]
        questions: dict[str, Any] = {"group": moment, "levels": [str(self.asked["before"]), str(self.asked["after"])]}
        if self.kind == "crossover":
            questions = {"group": self.asked["treatment"], "covariates": f"C({moment})"}
        design = design_of(self.study.metadata.loc[samples], person=person, **questions)
        test = permanova(apart, design, permutations=int(self.asked["permutations"]), seed=int(self.asked["seed"]))
        return f"PERMANOVA of Bray-Curtis distances, exchanging {design.exchange(design.focus).words}", test

    @property
    def size(self) -> str:
        """What arms are compared by: a ratio or a difference."""
        return "difference" if self.of_distance else "ratio"

    @property
    def sizes(self) -> pd.DataFrame:
        """The comparison of arms, for a figure."""
        return self.arms.rename(columns={self.size: "size"})

    @property
    def compared(self) -> tuple[str, str, pd.DataFrame]:
        """Name, caption and table of what was asked; no name where nothing but the change is asked."""
        if self.design is not None:
            beside = "" if self.of_distance else "beside before, "
            return "arms", f"After, {beside}by {self.design.focus}, as a {self.size}", self.arms
        if self.kind == "crossover":
            of = f"{self.label} by {self.asked['treatment']}"
            return "crossover", f"{of}, in a cross-over study of two periods ({self.asked['moment']})", self.crossed
        return "", "", pd.DataFrame()

    @property
    def groups(self) -> pd.Series | None:
        """The arm of each person; none where there are no arms."""
        if self.design is None or not self.design.groups:
            return None
        return self.design.labels.astype(str).set_axis(self.design.people)

    @property
    def values(self) -> list[tuple[str, float | str, int]]:
        """Name, value and decimals of the numbers in the text."""
        return [
            ("pairs", self.members.count(self.pairs.people), 0),
            ("own", float(self.own.median()), 2),
            ("others", self.others, 2),
            ("own-told", _like_itself(float(self.own.median()), self.others), 0),
            ("change", _told(self.change, "ratio"), 0),
        ]

    # ------------------------------------------------------------------ sentences

    @cached_property
    def depth(self) -> str:
        """Whether depth goes with the moment, the treatment or the arm; empty where it does not."""
        samples = list(self.pairs.person.index)
        by = self.pairs.moment[samples].astype(str)
        told = [depth_apart(self.study, by, [str(self.asked["before"]), str(self.asked["after"])])]
        if self.kind == "crossover":
            given = self.study.column(self.asked["treatment"])[samples].astype(str)
            told.append(depth_apart(self.study, given, sorted(given.unique())))
        if self.design is not None:
            told.append(depth_warning(self.study, self.design))
        return "; ".join(dict.fromkeys(filter(None, told)))

    @property
    def missing(self) -> str:
        """Who has only one of the two samples, in a sentence."""
        counts = {name: len(self.pairs.left_out.get(f"only {name}", [])) for name in ("before", "after")}
        lacking = [
            f"{self.members.count(number)} {'has' if number == 1 else 'have'} a sample {name} only"
            for name, number in counts.items()
            if number
        ]
        return " and ".join(lacking) or f"All {self.many} have both samples"

    @property
    def reading(self) -> str:
        """What was found, in a sentence."""
        moment, before, after = (self.asked[name] for name in ("moment", "before", "after"))
        if self.design is not None:
            moved = f"How far {self.many} moved ({MOVED})"
            what = moved if self.of_distance else f"The {self.label} after, beside before,"
            size = self.size
            rows = "; ".join(f"{name}: {_told(row, size)}" for name, row in self.arms.iterrows())
            least = float(self.arms["p"].min())
            units = f"{int(self.arms['units'].iloc[0])} {units_of(self.design)}"
            return f"{what} compared by {self.design.focus}, as a {size}: {rows}, in {units}: {by_chance(least)}"
        if self.kind == "crossover":
            name, row = str(self.crossed.index[0]), self.crossed.iloc[0]
            return (
                f"The {self.label} by {self.asked['treatment']}, within {self.many}, {name}: {_told(row, 'ratio')}, in "
                f"{self.members.count(int(row['people']))}: {by_chance(row['p'])}"
            )
        if self.of_distance:
            return (
                f"{self.many.title()} moved by {self.own.median():.2f} (median Bray-Curtis distance; middle half "
                f"{self.own.quantile(0.25):.2f} to {self.own.quantile(0.75):.2f}) from {moment} {before} to {after}, "
                f"in {self.members.count(self.pairs.people)}; samples of two of them lie {self.others:.2f} apart"
            )
        nest = f"units of {self.asked['nested_in']}" if self.asked["nested_in"] else self.many
        return (
            f"The {self.label} at {moment} {after} is {_told(self.change, 'ratio')} times that at {before}, within "
            f"{self.change['people']:.0f} {nest} with both samples: {by_chance(self.change['p'])}"
        )

    @property
    def carried(self) -> str:
        """Whether orders of treatment differ, as they do where the first is at work in the second period; or empty."""
        if self.kind != "crossover":
            return ""
        row = self.crossed.iloc[-1]  # the carry-over is the last
        if row["p"] > ALPHA:
            return ""
        ratio = _told(row, "ratio")
        return (
            f"Orders of treatment differ over both periods together ({ratio}), as they do where the first treatment is "
            "still at work in the second period: the difference within them would then be off"
        )

    @property
    def answer(self) -> dict[str, Any]:
        """What :meth:`handbook_utils.results.Results.answer` is given."""
        what = MOVED if self.of_distance else self.label
        moment, before, after = (self.asked[name] for name in ("moment", "before", "after"))
        questions = {
            "arms": f"Do the arms differ in the {what}",
            "crossover": f"Does the {what} differ between treatments, within {self.many}",
            "single": (f"How far did {self.many} move" if self.of_distance else f"Did the {what} change")
            + f" from {moment} {before} to {after}",
        }
        beside = f" beside {', '.join(self.design.beside)}" if self.design is not None and self.design.beside else ""
        out = dict(self.design.left_out) if self.design is not None else {}
        notes = [f"{note}." for note in self.design.notes if "arrangements" not in note] if self.design else []
        return {
            "asked": f"{questions[self.kind]}{beside}?",
            "found": f"{self.reading}." + (f" {self.carried}." if self.carried else ""),
            "rests_on": [
                f"{self.members.count(self.pairs.people)} with a sample at {moment} {before} and at {after}. "
                f"{self.missing}.",
                f"{self.model}.",
                f"{self.may_be_read}.",
                *([f"{self.depth}."] if self.depth else []),
                *notes,
            ],
            "left_out": left_out(self.study, {**self.pairs.left_out, **out}),
        }

    @property
    def model(self) -> str:
        """How it was compared, in a sentence."""
        if self.design is not None:
            strata = self.asked["strata"]
            within = f", with a level of each {' and '.join(strata)}," if strata else ""
            return (
                f"Least squares of what comes after on {', '.join(self.design.terms)}{within or ','} with HC3 standard "
                f"errors; a row {self.members.one_of}"
            )
        if self.kind == "crossover":
            return (
                "Differences between the two periods, compared between orders of treatment; everybody by a mixed model"
            )
        if self.of_distance:
            return f"The median of {self.many}; whether compositions changed together was tested by PERMANOVA"
        return "A paired t test on logarithms, with its interval"

    @property
    def may_be_read(self) -> str:
        """Whether it may be put down to what was done, in a sentence."""
        if self.design is not None:
            return association(self.design, assigned=bool(self.asked["assigned"]))
        if self.kind == "crossover":
            if self.asked["assigned"]:
                return "The order was assigned by lot, so a difference is an effect, chance and carry-over apart"
            return "The order of treatments was not stated to be assigned by lot"
        return (
            "There are no arms and no second treatment: time and whatever was done cannot be told apart, and who was "
            "chosen for a low or high number changes by chance alone"
        )

    @property
    def limits(self) -> list[str]:
        """What this cannot say, true of these data."""
        found = [f"{self.may_be_read}."]
        alone = sum(len(names) for reason, names in self.pairs.left_out.items() if reason.startswith("only"))
        if alone:
            have = f"{self.members.count(alone)} {'has' if alone == 1 else 'have'} one of the two samples only"
            found.append(f"{have}: those who stay away are seldom like those who come.")
        if self.kind == "crossover":
            found.append("What the first treatment leaves behind is not told from its effect; a test has little power.")
            found += [f"{self.carried}."] if self.carried else []
        found += of_depth(self.depth, "what is rare is seen in deep samples only, and depth is not in the model")
        if self.pairs.people < 15:
            people = self.members.count(self.pairs.people)
            found.append(f"{people} are few: the interval is wide, and a change may be missed.")
        if not self.asked["nested_in"]:
            found.append(f"{self.many.title()} were taken as independent: families or cages would make them alike.")
        what = f"How far {self.many} move" if self.of_distance else f"The {self.label}"
        return [*found, f"{what} is one number; what it means for health is another question."]

    @property
    def methods(self) -> str:
        """The paragraph for a paper."""
        moment, before, after = (self.asked[name] for name in ("moment", "before", "after"))
        reads = f" of at least {self.asked['least_depth']} reads" if self.study.quantity == "counts" else ""
        what = MOVED if self.of_distance else self.label
        return (
            f"The {what} was compared in {self.members.count(self.pairs.people)} with samples{reads} at {moment} "
            f"{before} and {after} ({self.missing.lower()}). {self.model}. Random seed {self.asked['seed']}."
        )


def _like_itself(own: float, others: float) -> str:
    return (
        "So each is the best comparison for itself"
        if own < others
        else "So here each is no more like itself than like others"
    )


def _told(row: pd.Series, size: str) -> str:
    return f"{row[size]:.3f} (95 % interval {row['low']:.3f} to {row['high']:.3f}, {shown(float(row['p']))})"

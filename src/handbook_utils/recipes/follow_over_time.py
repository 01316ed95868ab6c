"""``recipes/follow-over-time``: what it asks of the reader's files, what it computes, and what it says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from handbook_utils.analysis.depth import depth_warning
from handbook_utils.analysis.design import Design, design_of
from handbook_utils.analysis.design.questions import asked_in
from handbook_utils.analysis.design.terms import as_words
from handbook_utils.analysis.distance.distances import distances
from handbook_utils.analysis.distance.permanova import permanova
from handbook_utils.analysis.outcomes import followed
from handbook_utils.analysis.time.course import Course, attendance, course, supposed
from handbook_utils.analysis.time.longitudinal import change_points, pairs_in_time
from handbook_utils.errors import InputError, collect, listed
from handbook_utils.recipes.checks import column_checks, of_deep, study_of
from handbook_utils.recipes.wording import association, by_chance, left_out, notes_without_exchange, of_depth, shown
from handbook_utils.study import Study

#: Samples of one person that a search for jumps needs.
SERIES = 20
#: With more times than these, no one of them is the last visit.
MOMENTS = 12
#: People with several samples that a model needs.
SEVERAL = 5
#: Units (cages, centres) below which it is told that they are few.
SEVERAL_UNITS = 8


def follow_over_time(parameters: Mapping[str, Any]) -> None:
    """Check the parameters of ``recipes/follow-over-time`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        Columns that are not there, times that are no numbers, an outcome that is not there, too few people with several
        samples, a design that these samples cannot answer, a series that is too short to be searched.
    """
    study = study_of(parameters, "ecam")
    plain = [name for name in parameters["covariates"] if "(" not in name]
    optional = ["group", "exposure", "covariates", "strata", "nested_in"]
    collect(*column_checks(study, {**parameters, "covariates": plain}, ["person", "time"], optional))
    found = of_deep(study, parameters["least_depth"], lambda deep: people_over_time(deep, parameters))
    _ = found.course
    series = str(parameters["series"])
    own = int((found.design.people == series).sum())
    if series and own < SERIES:
        longest = found.design.people.value_counts()
        raise InputError(
            "This series is too short to be searched for jumps.",
            where="parameter series",
            expected=f"{SERIES} samples or more of one {found.design.members.one}",
            found=f"{own} of '{series}'; the longest series, of '{longest.index[0]}', has {longest.iloc[0]}",
            remedy='Run without: series "".',
        )


# ------------------------------------------------------------------------------------------------------ the analysis


def people_over_time(study: Study, parameters: Mapping[str, Any]) -> People:
    """Make what is followed, and the design of who is followed.

    Parameters
    ----------
    study : Study
        Samples that were read deeply enough.
    parameters : mapping
        Those of the chapter: person, time, outcome, and the questions of a design.

    Returns
    -------
    People
        What is followed, whose it is, and the design.

    Raises
    ------
    InputError, InputErrors
        As :func:`follow_over_time`.
    """
    person, time = str(parameters["person"]), str(parameters["time"])
    cells = study.column(time)
    numbers = pd.to_numeric(cells, errors="coerce")
    if (numbers.isna() & cells.notna()).any():
        raise InputError(
            "Times must be numbers.",
            where=f"sample metadata, column {time}",
            expected="days, months or the like since a start",
            found=listed(sorted(cells[numbers.isna() & cells.notna()].astype(str).unique())),
            remedy="Turn dates into days since each person's start.",
        )
    asked = asked_in(parameters) | {"person": person}
    focus = asked["group"] or asked["exposure"]
    least = 2 if focus or asked["formula"] else 3
    if numbers.nunique() < least:
        raise InputError(
            f"There are too few times to follow anybody: {numbers.nunique()}.",
            where=f"sample metadata, column {time}",
            expected=f"{'two' if least == 2 else 'three'} times or more",
            found=listed([f"{value:g}" for value in numbers.dropna().unique()]) or "no values",
            remedy="Choose another column of times. For two moments there is compare-before-and-after, for one "
            "compare-groups.",
        )
    who = as_words(study.column(person))
    several = int((who[numbers.notna()].value_counts() > 1).sum())
    if several < SEVERAL:
        raise InputError(
            "Too few people have several samples.",
            where=f"sample metadata, columns {person} and {time}",
            expected=f"{SEVERAL} people or more with two samples or more",
            found=f"{several}",
            remedy=f"Does {person} name people, and not samples? For groups of single samples there is compare-groups.",
        )
    values, label = followed(study, str(parameters["outcome"]), who, numbers)
    if not asked["formula"]:
        asked |= {"time": time, "exposure": asked["exposure"] if focus else time}
        asked |= {"interactions": [f"{focus}:{time}", *asked["interactions"]] if focus else asked["interactions"]}
        asked |= {"time": time if focus else ""}
    else:
        asked["time"] = ""
    frame = study.metadata.assign(**{time: numbers}).loc[values.index]
    # Asked with its strata, a design that these cannot answer is refused; in the model they have levels of their own.
    design = design_of(frame, **asked)
    if asked["strata"]:
        design = design_of(frame, **_levels_of(asked, design))
    _one_pace(design, time, focus)
    begins = f"the first sample of {design.members.one_of}, from which distances are measured"
    first = {begins: _others(study, values, numbers, who)}
    return People(study, design, values, label, time, dict(parameters), {key: own for key, own in first.items() if own})


def _levels_of(asked: Mapping[str, Any], design: Design) -> dict[str, Any]:
    """Put the strata into the model, each with a level of its own, but for those that have it in the design."""
    there = {term.columns[0] for term in design.terms.values() if term.kind == "words"}
    strata = [name for name in asked["strata"] if name not in there]
    if asked["formula"]:
        formula = " + ".join([asked["formula"], *(f"C(`{name}`)" for name in strata)])
        return {**asked, "strata": "", "formula": formula}
    return {**asked, "strata": "", "covariates": [*asked["covariates"], *(f"C({name})" for name in strata)]}


def _one_pace(design: Design, time: str, focus: str) -> None:
    """Refuse a model without the time, or with a curve of it: a pace is the slope of a line."""
    of_time = [term.name for term in design.terms.values() if time in term.columns and term.kind != "interaction"]
    if of_time == [time] and design.terms[time].kind == "number":
        return
    raise InputError(
        f"In this model {' and '.join(of_time)} is no line along '{time}', so nobody has one pace."
        if of_time
        else f"The formula has no term '{time}'.",
        where="parameter formula",
        expected=f"the time by itself among its terms, for example ~ {focus or 'arm'} * {time}",
        found=design.asked["formula"],
        remedy=f"Write {time} by itself. For another scale, add its logarithm to the metadata as a column, and name "
        "that column in time; for single moments there is compare-before-and-after.",
    )


def _others(study: Study, values: pd.Series, numbers: pd.Series, who: pd.Series) -> list[str]:
    return [name for name in study.samples.difference(values.index) if pd.notna(numbers[name]) and pd.notna(who[name])]


@dataclass(frozen=True)
class People:
    """People over time, and the sentences that say what was found.

    Attributes
    ----------
    study : Study
        Whose people are followed.
    design : Design
        Of the samples that are modelled.
    values : pandas.Series
        What is followed, by sample.
    label : str
        What it is called.
    time : str
        Column of the time.
    asked : dict
        The parameters.
    first : dict of str to list of str
        Samples that the outcome takes for itself.
    """

    study: Study
    design: Design
    values: pd.Series
    label: str
    time: str
    asked: dict[str, Any]
    first: dict[str, list[str]]

    # ------------------------------------------------------------------ numbers

    @cached_property
    def course(self) -> Course:
        """The models."""
        return course(self.values, self.design, self.time)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """By sample: person, time, value and group."""
        design = self.design
        group = design.labels.astype(str) if design.groups else "all"
        when = design.frame[self.time].astype(float)
        return pd.DataFrame(
            {"person": design.people, "time": when, "value": self.values[design.samples], "group": group}
        )

    @property
    def attendance(self) -> pd.DataFrame:
        """How many people have a sample at each time (or part of the time), by group."""
        return attendance(self.frame, self.time)

    @property
    def paces(self) -> pd.DataFrame:
        """Change a unit of time: of each group and their contrasts; of everybody where there are none."""
        columns = list(self.design.matrix.columns)
        rows: dict[str, dict[str, float]] = {}
        crossed, focus = self._crossed, self.design.terms[self.design.focus].columns[0]
        of_groups = bool(crossed and self.design.groups)
        # With other interactions a pace, or a difference of paces, is another elsewhere.
        at = self.design.where(self.time, given=[focus] if of_groups else [])
        other = self.design.where(focus, self.time)
        if self.time in columns:
            name = f"{self.design.groups[0] if of_groups else 'all'}{at}"
            rows[at.removeprefix(", ") if crossed and not of_groups else name] = {self.time: 1.0}
        if of_groups:
            for group, own in zip(self.design.groups[1:], crossed, strict=True):
                rows[f"{group}{at}"] = {self.time: 1.0, own: 1.0}
            for contrast, own_weights in self.design.contrasts.iterrows():
                rows[f"{contrast}{other}"] = dict(zip(crossed, own_weights.to_list()[1:], strict=True))
        else:
            rows |= {f"{name}, one more{other}": {name: 1.0} for name in crossed}
        fit = self.course.fit
        found = {}
        for name, weights in rows.items():
            found[name] = fit.contrast([weights.get(column, 0.0) for column in columns])
        return pd.DataFrame(found).T.rename_axis(f"change a unit of {self.time}")

    @property
    def _crossed(self) -> list[str]:
        """Columns of the interaction of what is asked about with time."""
        focus = self.design.terms[self.design.focus].columns[0]
        for term in self.design.terms.values():
            if term.kind == "interaction" and set(term.columns) == {focus, self.time}:
                return [str(column) for column in term.block.columns]
        return []

    @property
    def spread(self) -> str:
        """How much paces differ, in a sentence: of people, and of the units that they lie in."""
        fit, nest = self.course.fit, self.design.asked["nested_in"]
        if len(fit.random) < 2:
            return "Nobody has a pace of their own in this model"
        inside, between = fit.random[-1, -1], fit.between[-1, -1] if fit.units else 0.0
        # What over the whole time is nothing beside the noise is how near to 0 the search came.
        nothing = 1e-4 * fit.residual**0.5 / float(np.ptp(self.frame["time"]))
        whole, own, of_units = (
            f"{size if size > nothing else 0:.3g}" for size in np.sqrt([inside + between, inside, between])
        )
        parted = f": {own} within one unit of {nest}, {of_units} between units" if fit.units else ""
        return f"The paces of {self.design.members.many} have a standard deviation of {whole}{parted}"

    @cached_property
    def _apart(self) -> Any:
        return distances(self.study.choose_samples(self.design.samples), "bray-curtis")

    @property
    def moved(self) -> pd.DataFrame:
        """By person: steps from one sample to the next, median gap and median distance."""
        own = pairs_in_time(self._apart, self.frame["person"], self.frame["time"])
        steps = own[own["next"]].groupby("person")
        return steps.agg(
            steps=("distance", "size"), median_gap=("gap", "median"), median_distance=("distance", "median")
        )

    def composition(self) -> tuple[str, pd.DataFrame]:
        """Return the test of overall composition by time and group: a caption and a table."""
        asked = {name: self.design.asked[name] for name in ("group", "levels", "reference", "person", "nested_in")}
        asked["strata"] = ", ".join(self.asked["strata"])
        beside = self.design.asked["covariates"]
        if asked["group"]:
            questions = {**asked, "covariates": ", ".join(filter(None, [beside, self.time]))}
        else:
            questions = {**asked, "exposure": self.time, "covariates": beside}
        design = design_of(self.design.frame, **questions)
        test = permanova(
            self._apart, design, permutations=int(self.asked["permutations"]), seed=int(self.asked["seed"])
        )
        exchanged = "; ".join(f"{name}: {design.exchange(name).words}" for name in design.terms)
        return f"PERMANOVA of Bray-Curtis distances (exchanged for {exchanged})", test

    @property
    def residuals(self) -> pd.Series:
        """What the line leaves within people, by sample."""
        line = self.design.matrix.to_numpy() @ self.course.fit.estimate.to_numpy()
        left = pd.Series(self.frame["value"].to_numpy() - line, index=self.frame.index)
        return pd.Series(left - left.groupby(self.frame["person"]).transform("mean"))

    def jumps(self) -> pd.DataFrame | None:
        """Return the jumps in the series that was named, with their times; None where none was named."""
        name = str(self.asked["series"])
        if not name:
            return None
        own = self.frame[self.frame["person"] == name].sort_values("time")
        ordered = self.study.choose_samples(list(own.index))
        asked = {"permutations": int(self.asked["permutations"]), "seed": int(self.asked["seed"])}
        found = change_points(distances(ordered, "bray-curtis"), **asked)
        return found.assign(**{self.time: own.loc[found.index, "time"].to_numpy()}).rename_axis("first sample after")

    # ------------------------------------------------------------------ sentences

    @cached_property
    def depth(self) -> str:
        """Whether depth goes with what is asked; empty where it does not."""
        return depth_warning(self.study, self.design)

    @property
    def counted(self) -> str:
        """How many were modelled."""
        return f"{self.design.members.count(self.course.fit.people)} ({self.course.fit.samples} samples)"

    @property
    def _end(self) -> tuple[float, str]:
        """From when on a sample is one of the end, and what that is called; of many times it is the last sixth."""
        times = self.frame["time"]
        first, last = float(times.min()), float(times.max())
        if times.nunique() <= MOMENTS:
            return last, f"at the last time, {self.time} {last:g}"
        from_then = last - (last - first) / 6
        return from_then, f"in the last sixth of the time, from {self.time} {from_then:.3g} to {last:g}"

    @property
    def gone(self) -> dict[str, int]:
        """How many people have no sample at the end, by group; nothing where all have."""
        last = self._end[0]
        ends = self.frame.groupby("person").agg(last=("time", "max"), group=("group", "first"))
        sizes = ends.loc[ends["last"] < last, "group"].value_counts().sort_index()
        return {str(name): int(size) for name, size in sizes.items()}

    @property
    def dropout(self) -> str:
        """Who is not there at the end, in a sentence."""
        by = ", ".join(f"{name}: {size}" for name, size in self.gone.items())
        where = f" ({by})" if self.design.groups and self.gone else ""
        people, gone, at = self.frame["person"].nunique(), sum(self.gone.values()), self._end[1]
        if not gone:
            return f"All {self.design.members.count(people)} have a sample {at}"
        have = "has" if gone == 1 else "have"
        return f"{gone} of {self.design.members.count(people)}{where} {have} no sample {at}"

    @property
    def of_jumps(self) -> str:
        """What the search of one series found, in a sentence."""
        found = self.jumps()
        if found is None:
            return "No one series was searched for jumps"
        if found.empty:
            return f"No jump was found in the series of {self.asked['series']}"
        at = f" ({self.time} {', '.join(f'{value:g}' for value in found[self.time])})"
        jumps = "1 jump was" if len(found) == 1 else f"{len(found)} jumps were"
        return f"{jumps} found in the series of {self.asked['series']}{at}"

    @property
    def reading(self) -> str:
        """What was found, in a sentence or two."""
        table = self.paces
        told = "; ".join(f"{name}: {_told(row)}" for name, row in table.iterrows())
        crossed = self._crossed
        if crossed:
            asked = table.iloc[len(self.design.groups) if self.design.groups else 1 :]
            least = float(asked["p"].min())
            return (
                f"Change of the {self.label} a unit of {self.time}: {told}, in {self.counted}. The difference of pace "
                f"is {by_chance(least)}. {self.averages}"
            )
        if self.design.focus == self.time:
            p = float(table["p"].iloc[0])
            of = f"Change of the {self.label} a unit of {self.time}: {told}, in {self.counted}: {by_chance(p)}."
            return f"{of} {self.averages}"
        own = self.course.table.loc[list(self.design.block(self.design.focus).columns)]
        at = self.design.where(self.design.terms[self.design.focus].columns[0])
        levels = "; ".join(f"{name}{at}: {_told(row)}" for name, row in own.iterrows())
        return f"Differences of the {self.label}: {levels}, in {self.counted}: {by_chance(float(own['p'].min()))}."

    @property
    def averages(self) -> str:
        """What the average over people says of the same, in a sentence."""
        others = self.course.others
        wanted = self._crossed or [self.time]
        rows = others[others.index.get_level_values("model").str.contains("GEE")].droplevel("model")
        nest = self.design.asked["nested_in"]
        if rows.empty:
            return f"There are too few units of {nest} for an average over them (GEE)."
        told = "; ".join(f"{name} {_told(row)}" for name, row in rows.iterrows() if name in wanted)
        return f"The average over {f'units of {nest}' if nest else self.design.members.many} (GEE) says: {told}."

    @property
    def others_told(self) -> str:
        """What stands above the other models: which of them find too much, where the reported one knows of paces."""
        told = "The same question to other models"
        more = "levels alone find too much where paces differ, or where samples near in time are alike"
        return f"{told}; {more}" if self.course.paced else told

    @property
    def model(self) -> str:
        """The model that is reported, in words."""
        return supposed(self.course.model, self.design.asked["nested_in"], self.design.members.many)

    @property
    def answer(self) -> dict[str, Any]:
        """What :meth:`handbook_utils.results.Results.answer` is given."""
        design = self.design
        others = [name for name in design.beside if self.time not in design.terms[name].columns]
        beside = f" beside {', '.join(others)}" if others else ""
        question = f"Does the {self.label} change with {self.time}"
        if self._crossed:
            question = f"Does the {self.label} change at another pace by {design.focus}"
        elif design.focus != self.time:
            question = f"Does the {self.label} over time differ by {design.focus}"
        return {
            "asked": f"{question}{beside}?",
            "found": self.reading,
            "rests_on": [
                f"{design.who}. {self.dropout}.",
                f"A linear mixed model in which {self.model}. {self.spread}.",
                *([f"{self.depth}."] if self.depth else []),
                # Here the time is a line, and C(time) is refused.
                *(note for note in notes_without_exchange(design) if not note.startswith(f"{self.time} has ")),
            ],
            "left_out": left_out(self.study, {**self.first, **design.left_out}),
        }

    @property
    def limits(self) -> list[str]:
        """What this cannot say, true of these data."""
        focus = self.design.focus
        found = [
            f"{association(self.design, assigned=bool(self.asked['assigned']))}."
            if focus != self.time
            else "What changes with time need not be caused by what was done meanwhile.",
            *([f"{self.dropout}: those who stay away are seldom like those who come."] if self.gone else []),
            "A straight line is the simplest description, and no forecast.",
        ]
        if not self.course.paced:
            found.append(
                f"There are too few samples a {self.design.members.one} for slopes of their own: where "
                f"{self.design.members.many} differ in pace, the interval is too narrow."
            )
        twice = self.frame[self.frame.duplicated(["person", "time"])]["person"].nunique()
        if twice:
            found.append(
                f"{self.design.members.count(twice)} gave several samples at one time, so no model in which "
                "samples near in time are alike was fitted."
            )
        if self.course.fit.people < 20:
            found.append(
                f"{self.design.members.count(self.course.fit.people)} are few, however many samples they gave."
            )
        units = self.course.fit.units
        if 0 < units < SEVERAL_UNITS:
            found.append(
                f"{units} units of {self.design.asked['nested_in']} are few: how much they differ is hardly known."
            )
        if self.depth:
            found += of_depth(self.depth, "what is rare is seen in deep samples only, and depth is not in the model")
        elif self.study.quantity == "counts" and self.asked["outcome"] == "shannon":
            found.append("A sample that was read less shows a little less diversity; depth is not in the model.")
        return found

    @property
    def methods(self) -> str:
        """The paragraph for a paper."""
        searched = f" {self.of_jumps}." if self.asked["series"] else ""
        others = [name for name in self.course.others.index.unique("model") if name != self.model]
        return (
            f"The {self.label} of {self.counted} was modelled by {', '.join(self.design.terms)} in a linear mixed "
            f"model by restricted maximum likelihood in which {self.model}, with Satterthwaite's degrees of freedom: "
            f"{self.design.who}{self.design.gone}. Other models are shown beside it: {'; '.join(others)}. Movement "
            f"within {self.design.members.many} was measured as Bray-Curtis distances between consecutive "
            f"samples.{searched} Seed {self.asked['seed']}."
        )


def _told(row: pd.Series) -> str:
    return f"{row['estimate']:.3g} (95 % interval {row['low']:.3g} to {row['high']:.3g}, {shown(float(row['p']))})"

"""``recipes/measure-alpha-diversity``: what it asks of the reader's files, what it computes, and what it says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import mannwhitneyu

from handbook_utils import datasets
from handbook_utils.analysis.depth import depth_warning
from handbook_utils.analysis.design import Design, design_of
from handbook_utils.analysis.diversity.alpha import (
    alpha_table,
    asymptotic_hill,
    common_coverage,
    hill_at_coverage,
    hill_curve,
    sample_coverage,
)
from handbook_utils.analysis.diversity.chao import chao1
from handbook_utils.analysis.diversity.comparison import compared, pace, ratios_by, units_of, within
from handbook_utils.analysis.diversity.estimates import hill
from handbook_utils.analysis.diversity.singletons import Comparable, hill_of_shares
from handbook_utils.analysis.peers import held_against
from handbook_utils.errors import InputError
from handbook_utils.figures.curves import curves
from handbook_utils.figures.style import Drawn
from handbook_utils.recipes.checks import deep_design, study_of
from handbook_utils.recipes.wording import (
    ALPHA,
    association,
    by_chance,
    left_out,
    notes_without_exchange,
    of_depth,
    of_the_design,
    shown,
)
from handbook_utils.study import Study

#: What each number is called in a sentence.
CALLED = {
    "q0": "richness (order 0)",
    "q1": "Hill number of order 1",
    "q2": "Hill number of order 2",
    "evenness": "evenness (q2/q1)",
}


def measure_alpha_diversity(parameters: Mapping[str, Any]) -> None:
    """Check the parameters of ``recipes/measure-alpha-diversity`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        Columns that are not there, groups that are too small, a design that these samples cannot answer, no sample
        with reads enough.
    """
    design = deep_design(study_of(parameters, "twins"), parameters)[1]
    # Any numbers will do to see whether the model can be fitted.
    compared(pd.Series(np.random.default_rng(1).normal(size=design.n), index=design.samples), design)


# ------------------------------------------------------------------------------------------------------ the analysis


def observed(study: Study, design: Design) -> pd.DataFrame:
    """Return the medians of the samples as they are: a row a group, or one for all.

    Parameters
    ----------
    study : Study
        The samples of the design.
    design : Design
        What is asked, of which samples, and beside what.

    Returns
    -------
    pandas.DataFrame
        ``samples``, then the median of each number, by group.
    """
    groups = design.labels.astype(str) if design.groups else pd.Series("all", index=design.samples)
    numbers = alpha_table(study) if study.quantity == "counts" else hill_of_shares(study)
    table = numbers.groupby(groups.loc[numbers.index]).median().loc[[*design.groups] or ["all"]]
    table.insert(0, "samples", groups.value_counts().loc[table.index])
    return table.rename_axis(design.focus if design.groups else "samples of")


def three_curves(study: Study, *, resamples: int, seed: int) -> Drawn:
    """Draw the expected taxa of the shallowest, a middle and the deepest sample, up to twice their reads.

    Parameters
    ----------
    study : Study
        Of counts.
    resamples, seed : int
        Of the intervals.

    Returns
    -------
    Drawn
        The figure and its text.
    """
    order = study.depth.sort_values(kind="stable").index
    points = []
    for name in dict.fromkeys(order[[0, len(order) // 2, -1]]):
        counts = study.choose_samples([name]).table.toarray()[0].astype(int)
        total = int(counts.sum())
        sizes = sorted({*np.geomspace(1, 2 * total, 25).round().astype(int).tolist(), total})
        curve = hill_curve(counts, sizes, orders=[0], resamples=resamples, seed=seed)
        points.append(curve.rename(columns={"diversity": "value"}).assign(line=name, read=total))
    return curves(pd.concat(points), "expected taxa (95 % interval)", log=True, beyond="beyond what was read")


def labelled(table: pd.DataFrame) -> pd.DataFrame:
    """Return ratios by one name a row, for a table or a figure.

    Parameters
    ----------
    table : pandas.DataFrame
        Of :func:`handbook_utils.analysis.diversity.comparison.ratios_by`.

    Returns
    -------
    pandas.DataFrame
        The same numbers.
    """
    return table.set_axis([f"{number}: {name}" for number, name in table.index]).rename_axis("comparison")


@dataclass(frozen=True)
class Diversity:
    """What was found, and the sentences that say it.

    Attributes
    ----------
    study : Study
        The samples of the design.
    design : Design
        What was asked, of which samples.
    comparable : Comparable
        Their Hill numbers, made comparable.
    ratios : pandas.DataFrame
        Of :func:`handbook_utils.analysis.diversity.comparison.ratios_by`.
    least_depth : int
        Samples with fewer reads were left out.
    assigned : bool
        Whether the groups were assigned by lot.
    """

    study: Study
    design: Design
    comparable: Comparable
    ratios: pd.DataFrame
    least_depth: int
    assigned: bool

    @property
    def depth(self) -> str:
        """Whether depth goes with what is asked; empty where it does not."""
        return depth_warning(self.study, self.design)

    @property
    def of_depth(self) -> str:
        """The same in a sentence, whatever it is."""
        if self.study.quantity != "counts":
            return "How deeply these samples were read is not known"
        return self.depth or "Depth does not go with what is asked, as far as these samples show"

    @property
    def counted(self) -> str:
        """How many of what were fitted."""
        units, samples = int(self.ratios["units"].iloc[0]), int(self.ratios["samples"].iloc[0])
        of = units_of(self.design)
        return f"{samples} samples" if of == "samples" else f"{units} {of} ({samples} samples)"

    @property
    def once(self) -> str:
        """What counts once, in a sentence."""
        design, of = self.design, units_of(self.design)
        if of == "samples":
            return "Every sample counts as independent"
        if not within(design):
            one = design.members.one if of == design.members.many else of.removeprefix("units of ")
            return f"Samples of one {one} are averaged on the logarithm, so that each counts once"
        one = design.members.one if design.asked["person"] else design.asked["nested_in"]
        own = f" and its own slope of {pace(design)}" if pace(design) else ""
        return f"Samples of one {one} are taken as alike, by a model in which each {one} has its own level{own}"

    @property
    def _apart(self) -> pd.DataFrame:
        return self.ratios[(self.ratios["low"] > 1) | (self.ratios["high"] < 1)]

    @cached_property
    def bend(self) -> str:
        """Whether a straight line describes how diversity goes with a number; empty where it may, or for groups."""
        if self.design.groups:
            return ""
        try:
            p = float(compared(np.log(self.comparable.hill["q1"]), self.design, bend=True)["p"].iloc[0])
        except InputError:  # too few samples for one more column
            return ""
        focus = self.design.focus
        return (
            f"A straight line does not describe how the {CALLED['q1']} goes with {focus}: it bends (the square of "
            f"{focus} beside it, {shown(p)}), so a ratio for one more is no answer"
            if p <= ALPHA
            else ""
        )

    @property
    def _coded(self) -> str:
        """What stands before groups that are called by numbers alone."""
        coded = self.design.groups and all(name.replace(".", "", 1).isdigit() for name in self.design.groups)
        return f"{self.design.focus} " if coded else ""

    @property
    def answer(self) -> dict[str, Any]:
        """What :meth:`handbook_utils.results.Results.answer` is given."""
        design, beside = self.design, f" beside {', '.join(self.design.beside)}" if self.design.beside else ""
        what = (
            f"Do the {len(design.groups)} groups of {design.focus} differ in diversity within samples"
            if design.groups
            else f"Does diversity within samples go with {design.focus}"
        )
        first = "; ".join(_told(f"{self._coded}{name}", row) for name, row in self.ratios.loc["q1"].head(6).iterrows())
        others = " and ".join(
            str(number) for number in dict.fromkeys(self.ratios.index.get_level_values(0)) if number != "q1"
        )
        least = float(self.ratios["p, corrected"].min())
        bend = f" {self.bend}." if self.bend else ""
        depth = f" {self.depth}; numbers of taxa are compared {self.comparable.how}." if self.depth else ""
        return {
            "asked": f"{what}{beside}?",
            "found": f"As ratios of the {CALLED['q1']}: {first}. With {others} too, {len(self._apart)} of "
            f"{len(self.ratios)} intervals leave out 1 (least corrected {shown(least)}): {by_chance(least)}. "
            f"This rests on {self.counted}.{bend}{depth}",
            "rests_on": [
                f"{design.who}; {self.study.shape[1]} features.",
                *([f"{self.once}."] if units_of(design) != "samples" else []),
                f"{self.comparable.reading}; so samples are compared {self.comparable.how}.",
                *notes_without_exchange(design),
            ],
            "left_out": left_out(self.study, design.left_out),
        }

    @property
    def limits(self) -> list[str]:
        """What this comparison cannot say, true of these data."""
        found = [f"{association(self.design, assigned=self.assigned)}.", *of_the_design(self.design)]
        if self.comparable.singletons is None:
            found.append(
                "Shares hide how deeply samples were read: a sample that was read less shows fewer features, and so a "
                "little less diversity of order 1."
            )
        elif not self.comparable.singletons.believable:
            found.append(
                "Features that are rarer than these reads show are not counted: richness is that of an equal number of "
                "reads, not of the community."
            )
        found += of_depth(self.depth, "numbers as observed must not be compared")
        if not self.design.groups:
            line = "A straight line was fitted to the logarithm: what rises and falls again is not described by one."
            found.append(f"{self.bend}." if self.bend else line)
        if within(self.design) and not pace(self.design) and not self.design.groups:
            found.append("There are too few samples of each for slopes of their own: the interval may be too narrow.")
        if len(self.design.terms) > 1 and any(term.kind == "interaction" for term in self.design.terms.values()):
            found.append("With an interaction, a ratio of groups holds where the other term is 0 or its first word.")
        return [*found, "More diverse is not healthier: diversity has no good value."]

    @property
    def methods(self) -> str:
        """The paragraph for a paper."""
        design = self.design
        counts = self.study.quantity == "counts"
        reads = f"; at least {self.least_depth} reads a sample" if counts else ""
        what = (
            "Hill numbers of orders 0, 1 and 2"
            if counts
            else "Hill numbers of orders 1 and 2 and their ratio (evenness)"
        )
        beside = f", adjusted for {', '.join(design.beside)}" if design.beside else ""
        asked = f"groups of {design.focus}" if design.groups else f"values of {design.focus}"
        once = f"{self.once}. " if units_of(design) != "samples" else ""
        strata = f" Blocks of {design.asked['strata']} were in the model." if design.asked["strata"] else ""
        fit = (
            "by a linear mixed model (restricted maximum likelihood, Satterthwaite's degrees of freedom)"
            if within(design)
            else "by least squares with HC3 standard errors"
        )
        return (
            f"Alpha diversity was measured by {what} {self.comparable.how}: {design.who}{design.gone}{reads}. "
            f"{once}The logarithms were compared between {asked}{beside} {fit} ({self.counted}), and are given "
            f"as ratios with 95 % intervals; p-values were corrected by the method of Benjamini and Hochberg over "
            f"{len(self.ratios)} comparisons.{strata}"
        )


def _told(name: str, row: pd.Series) -> str:
    half = (row["high"] - row["low"]) / 2
    # For one more of a fine unit a ratio lies near 1, and two digits would hide the whole of it.
    digits = int(np.clip(-np.floor(np.log10(half)), 2, 6)) if 0 < half < np.inf else 2
    return f"{name}: {row['ratio']:.{digits}f} (95 % interval {row['low']:.{digits}f} to {row['high']:.{digits}f})"


# -------------------------------------------------------------------------------------------------------- the lesson


def at_two_depths(study: Study, *, most: int, seed: int) -> pd.DataFrame:
    """Compare a half of the reads of samples with a tenth of them (simulated draws), as observed and at equal coverage.

    Parameters
    ----------
    study : Study
        Of counts.
    most : int
        How many of the deepest samples are taken.
    seed : int
        Of the draws.

    Returns
    -------
    pandas.DataFrame
        Mean richness of both, and their ratio; the wrong way first.
    """
    generator = np.random.default_rng(seed)
    deep = study.choose_samples(list(study.depth.sort_values().index[-most:]))
    thin: dict[str, list[Any]] = {"half": [], "tenth": []}
    for row in deep.table.toarray().astype(int):
        for name, share in (("half", 0.5), ("tenth", 0.1)):
            thin[name].append(generator.multivariate_hypergeometric(row, int(share * row.sum())))
    parts = {
        name: Study.from_frame(pd.DataFrame(rows, index=deep.samples, columns=deep.features))
        for name, rows in thin.items()
    }
    same = min(common_coverage(part) for part in parts.values())
    plain = {name: alpha_table(part)["q0"].mean() for name, part in parts.items()}
    equal = {name: hill_at_coverage(part, same, orders=[0])["diversity"].mean() for name, part in parts.items()}
    names = {"half": "richness, half of the reads", "tenth": "richness, a tenth"}
    table = pd.DataFrame([plain, equal], index=["wrong: as observed", "right: at equal coverage"]).rename(columns=names)
    return table.assign(ratio=table.iloc[:, 0] / table.iloc[:, 1])


def by_sample_and_by_person(found: Diversity) -> pd.DataFrame:
    """Compare the Hill number of order 1 by sample, as if each were another person, and by person.

    Parameters
    ----------
    found : Diversity
        Of a design with people.

    Returns
    -------
    pandas.DataFrame
        The ratio with its interval and units, both ways, and the width of the interval.
    """
    design = found.design
    alone = design_of(design.frame, **{**design.asked, "person": ""})
    both = {
        "wrong: every sample": ratios_by(found.comparable.hill[["q1"]], alone).loc["q1"],
        "right: every person": found.ratios.loc["q1"],
    }
    columns = ["ratio", "low", "high", "units"]
    table = pd.concat({way: rows[columns] for way, rows in both.items()})
    table["width of the interval"] = table["high"] / table["low"]
    return table.set_axis([f"{way}, {name}" for way, name in table.index])


def adjusted(study: Study, group: str, covariates: Sequence[str], orders: Sequence[int]) -> pd.DataFrame:
    """Compare Hill numbers at equal coverage between groups beside covariates.

    Parameters
    ----------
    study : Study
        Of counts, a sample a person.
    group : str
        Metadata column of the groups.
    covariates : sequence of str
        Metadata columns that are in the model beside them.
    orders : sequence of int
        Of the Hill numbers: some of 0, 1 and 2.

    Returns
    -------
    pandas.DataFrame
        The ratios of :func:`labelled`.
    """
    fair = hill_at_coverage(study, orders=[0, 1, 2]).pivot(index="sample", columns="order", values="diversity")
    design = design_of(study.metadata, group=group, covariates=list(covariates))
    return labelled(ratios_by(fair[list(orders)].set_axis([f"q{order}" for order in orders], axis=1), design))


def against_peers() -> pd.DataFrame:
    """Hold our numbers against a paper's and R's.

    Returns
    -------
    pandas.DataFrame
        As :func:`handbook_utils.analysis.peers.held_against`.
    """
    spiders = {
        "girdled": [46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12,
        "logged": [88, 22, 16, 15, 13, 10, 8, 8, 7, 7, 7, 5] + [4] * 3 + [3] * 4 + [2] * 4 + [1] * 14,
    }
    ours = {}
    for name, counts in spiders.items():
        ours[f"Spiders, {name} trees: coverage"] = sample_coverage(counts)
        ours[f"Spiders, {name} trees: richness estimated"] = asymptotic_hill(counts, 0)
        ours[f"Spiders, {name} trees: Hill number of order 1 estimated"] = asymptotic_hill(counts, 1)
    soil = datasets.load("globalpatterns").choose_samples(["CL3"]).table.toarray()[0].astype(int)
    throat = datasets.load("throat")
    shannon = np.log(alpha_table(throat)["q1"])
    smokes = throat.metadata["smoking"] == "Smoker"
    return held_against(
        "recipes/measure-alpha-diversity",
        {
            **ours,
            "GlobalPatterns CL3: observed richness": hill(soil, 0),
            "GlobalPatterns CL3: Chao1": chao1(soil, bias_corrected=True).estimate,
            "GlobalPatterns CL3: Shannon index": float(np.log(hill(soil, 1))),
            "Throat, Shannon by smoking: W": mannwhitneyu(shannon[~smokes], shannon[smokes]).statistic,
        },
    )

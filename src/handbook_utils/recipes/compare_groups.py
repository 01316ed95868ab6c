"""``recipes/compare-groups``: what it asks of the reader's files, what it computes, and what it says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from handbook_utils.analysis.depth import depth_warning, rarefied
from handbook_utils.analysis.design import Design
from handbook_utils.analysis.distance.dispersion import Dispersion, unadjusted
from handbook_utils.analysis.distance.distances import distances, unused, usable
from handbook_utils.analysis.distance.permanova import contrasts, pairwise, permanova
from handbook_utils.analysis.effects import FEWEST, Effect, group_effect, partial_effect
from handbook_utils.errors import collect
from handbook_utils.recipes.checks import check_differ, check_tree, design_in, study_of
from handbook_utils.recipes.wording import (
    ALPHA,
    association,
    beside_interval,
    by_chance,
    left_out,
    of_depth,
    of_the_design,
    shown,
    variation_of,
)
from handbook_utils.study import Study
from handbook_utils.study.readers import require_counts

if TYPE_CHECKING:
    from skbio import DistanceMatrix


def compare_groups(parameters: Mapping[str, Any]) -> None:
    """Check the parameters of ``recipes/compare-groups`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        Columns that are not there, groups that are too small, a tree that is needed and absent.
    """
    study = study_of(parameters, "iquitos")
    collect(
        lambda: check_differ(study, design_in(study, parameters), parameters["metric"]),
        partial(check_tree, study, parameters["metric"]),
        partial(require_counts, study) if parameters["reads"] == "rarefied" else study.proportions,
    )


# ------------------------------------------------------------------------------------------------------ the analysis


def chosen(study: Study, design: Design, reads: str, seed: int) -> Study:
    """Return the samples of a design, with the reads that distances are made of.

    Parameters
    ----------
    study : Study
        At least the samples of the design; counts where they are rarefied.
    design : Design
        What is asked, of which samples, and beside what.
    reads : {"proportions", "rarefied"}
        All reads, of which distances take the proportions; or as many of each sample as the shallowest has.
    seed : int
        Of the draw.

    Returns
    -------
    Study
        In the order of the design.
    """
    kept = study.choose_samples(design.samples)
    return rarefied(kept, seed=seed) if reads == "rarefied" else kept


def before_any_test(study: Study, design: Design) -> pd.DataFrame:
    """Describe what is compared: a column a group, or one for all where the question is about a number.

    Parameters
    ----------
    study : Study
        At least the samples of the design.
    design : Design
        Its covariates are described: numbers by medians, words by shares in %.

    Returns
    -------
    pandas.DataFrame
        Samples, people where the design says who they are, the median depth of counts, then the covariates.
    """
    groups = design.labels.astype(str) if design.groups else pd.Series("all", index=design.frame.index)
    rows: dict[str, pd.Series] = {"samples": groups.value_counts()}
    if design.asked["person"]:
        rows[design.members.many] = design.people.groupby(groups).nunique()
    if study.quantity == "counts":
        rows["median depth (reads)"] = study.depth.loc[design.samples].groupby(groups).median()
    for name in dict.fromkeys(column for term in design.beside for column in design.terms[term].columns):
        if name == design.focus:
            continue
        column = design.frame[name]
        if any(term.kind == "number" and name in term.columns for term in design.terms.values()):
            rows[f"median {name}"] = column.groupby(groups).median()
            continue
        for word in sorted(column.astype(str).unique()):
            rows[f"{name}: {word} (%)"] = (100 * (column.astype(str) == word).groupby(groups).mean()).round(9)
    order = list(design.groups) or ["all"]
    return pd.DataFrame(rows).T[order].rename_axis("before any test")


def effects_by_distance(study: Study, design: Design) -> pd.DataFrame:
    """Return ω² by every distance that these data allow, beside the other terms, each with a 95 % interval.

    Parameters
    ----------
    study : Study
        The samples of the design; without a tree, the distances on a tree are left out, and so are those by which
        all samples are the same.
    design : Design
        What is asked, of which samples, and beside what.

    Returns
    -------
    pandas.DataFrame
        A row a distance: ``omega2``, ``low``, ``high``.
    """
    rows = {}
    for name in usable(study):
        found = effect_of(distances(study, name), design)
        rows[name] = {"omega2": found.size, "low": found.low, "high": found.high}
    return pd.DataFrame(rows).T.rename_axis("distance")


def effect_of(distance: DistanceMatrix, design: Design) -> Effect:
    """Return ω²: of the groups by a bootstrap of people, or partial and by a jackknife where there are other terms.

    Parameters
    ----------
    distance : skbio.DistanceMatrix
        Between the samples of the design.
    design : Design
        With its focus.

    Returns
    -------
    Effect
        With an interval.
    """
    return group_effect(distance, design)["omega2"] if _drawn_anew(design) else partial_effect(distance, design)


def share_of_variation(omega2: float, design: Design) -> str:
    """Say how much of the variation something accounts for; below 0, ω² is less than chance gives.

    Parameters
    ----------
    omega2 : float
        The estimate.
    design : Design
        Which says of what it is a share.

    Returns
    -------
    str
        After "accounts for".
    """
    if omega2 <= 0:
        return f"no more of {variation_of(design)} than chance does"
    return f"{100 * omega2:.1f} % of {variation_of(design)}"


def beside_partial(design: Design) -> str:
    """Return how ω² stands to the partial ω² of a PERMANOVA table, which is another estimate of the same share.

    Parameters
    ----------
    design : Design
        With its focus.

    Returns
    -------
    str
        The end of a sentence.
    """
    exchange = design.exchange(design.focus)
    if _drawn_anew(design):
        unit = design.members.many if design.asked["person"] else "samples"
        return f"ω² above is made of pairs of different {unit}, and need not be the same where groups differ in size"
    if not exchange.whole and len(np.unique(exchange.blocks)) == 1:
        return f"for {design.focus} that is the ω² above"
    return f"ω² above is that of {exchange.words}, and need not be the same"


def _drawn_anew(design: Design) -> bool:
    """Tell whether the interval is a bootstrap: groups of enough people each, and nothing beside them."""
    simple = design.groups and not design.beside and not design.asked["strata"]
    large = simple and design.sizes["people"].min() >= FEWEST and not design.asked["nested_in"]
    person = design.asked["person"]
    return bool(large and (not person or not design.changes_within(design.focus, person)))


def interval_by(design: Design) -> str:
    """Say how the interval of :func:`effect_of` is made.

    Parameters
    ----------
    design : Design
        With its focus.

    Returns
    -------
    str
        bootstrap or jackknife.
    """
    return "bootstrap" if _drawn_anew(design) else "jackknife"


def further_tests(
    distance: DistanceMatrix, design: Design, *, permutations: int, seed: int
) -> list[tuple[str, str, pd.DataFrame]]:
    """Return what else is tested: contrasts that were asked for, pairs of more than two groups, terms in sequence.

    Parameters
    ----------
    distance : skbio.DistanceMatrix
        Between at least the samples of the design.
    design : Design
        What is asked, of which samples, and beside what.
    permutations, seed : int
        How many orders are drawn, and the seed of the draws.

    Returns
    -------
    list of (name, caption, table)
    """
    options = {"permutations": permutations, "seed": seed}
    made = []
    if design.asked["contrast"]:
        table = contrasts(distance, design, **options)
        made.append(("contrasts", "Contrasts of groups in the model of all, p corrected by Holm's method", table))
    if len(design.groups) > 2:
        table = pairwise(distance, design, **options)
        asked = design.asked["person"]
        table = table.rename(columns={"people": design.members.many}) if asked else table.drop(columns="people")
        made.append(("pairs", "Each two groups by themselves, p corrected by Holm's method", table))
    if len(design.terms) > 1:
        table = permanova(distance, design, by="terms", permutations=permutations, seed=seed)
        made.append(("sequence", "The same terms one after the other, in the order of the model", table))
    return made


@dataclass(frozen=True)
class Comparison:
    """What was found, and the sentences that say it.

    Attributes
    ----------
    study : Study
        What was compared.
    design : Design
        What was asked, of which samples.
    metric : str
        Distance of the main analysis.
    reads : {"proportions", "rarefied"}
        What distances were made of.
    effects : pandas.DataFrame
        What :func:`effects_by_distance` returned.
    test : pandas.DataFrame
        The PERMANOVA table.
    spread : Dispersion or None
        The test of dispersion; none where the question is about a number.
    permutations, seed : int
        Of the tests.
    assigned : bool
        Whether the groups were assigned by lot.
    """

    study: Study
    design: Design
    metric: str
    reads: str
    effects: pd.DataFrame
    test: pd.DataFrame
    spread: Dispersion | None
    permutations: int
    seed: int
    assigned: bool

    @property
    def _distance(self) -> str:
        return self.metric.title().replace("Unifrac", "UniFrac")

    @property
    def _beside(self) -> str:
        return f" beside {', '.join(self.design.taken_out)}" if self.design.taken_out else ""

    @property
    def _interactions(self) -> str:
        """What the table says of terms that hold what is asked about, which is told without them."""
        told = [
            f" This is its part on average; the interaction {name} is {by_chance(p)} ({shown(p)})."
            for name in self.design.beside
            if name not in self.design.taken_out
            for p in [_cell(self.test, name, "p")]
        ]
        return "".join(told)

    @property
    def _what(self) -> str:
        groups = self.design.groups
        return f"the {len(groups)} groups of {self.design.focus}" if groups else self.design.focus

    @property
    def _in_groups(self) -> str:
        word = self.design.members.many if self.design.asked["person"] else "samples"
        counted = "people" if self.design.asked["person"] else "samples"
        sizes = ", ".join(f"{name}: {row[counted]}" for name, row in self.design.sizes.iterrows())
        return f" ({word}: {sizes})"

    @property
    def _exchange(self) -> str:
        return self.design.exchange(self.design.focus).words

    @property
    def depth(self) -> str:
        """Whether depth goes with what is asked; empty where it does not, or was made equal."""
        return depth_warning(self.study, self.design)

    @property
    def p(self) -> float:
        """Of what is asked about, in the PERMANOVA table."""
        return _cell(self.test, self.design.focus, "p")

    @property
    def answer(self) -> dict[str, Any]:
        """What :meth:`handbook_utils.results.Results.answer` is given."""
        omega2, low, high = (_cell(self.effects, self.metric, name) for name in ("omega2", "low", "high"))
        r2 = _cell(self.test, self.design.focus, "R2")
        above = int((self.effects["low"] > 0).sum())
        dispersion = f" {self.dispersion}." if self.spread is not None and self.spread.p <= ALPHA else ""
        dispersion += f" {unadjusted(self.design)}." if dispersion and unadjusted(self.design) else ""
        depth = f" {self.depth}." if self.depth else ""
        groups = self.design.groups
        asked = f"Do {self._what} differ in overall composition" if groups else f"Does composition go with {self._what}"
        who = "The groups account" if groups else f"{self.design.focus} accounts"
        share = share_of_variation(omega2, self.design)
        return {
            "asked": f"{asked}{self._beside}?",
            "found": f"{who} for {share} (ω² {omega2:.3f}, 95 % interval {low:.3f} to {high:.3f}) in "
            f"{self.design.n} samples: {by_chance(self.p)} (PERMANOVA: R² {r2:.3f}, "
            f"p = {self.p:.3f}).{self._interactions}{dispersion}{depth}",
            "rests_on": [
                f"{self.design.who}{self._in_groups if groups else ''}; {self.study.shape[1]} features.",
                f"{self._distance} distances of {self._of}; {self.permutations} permutations at most; a test exchanges "
                f"{self._exchange}.",
                f"For {above} of {len(self.effects)} distances the interval of ω² lies above 0.",
                *beside_interval(self.p, low, interval_by(self.design)),
                *unused(self.study),
                *(f"{note}." for note in self.design.notes),
            ],
            "left_out": left_out(self.study, self.design.left_out),
        }

    @property
    def _of(self) -> str:
        if self.reads == "rarefied":
            return f"{int(self.study.depth.min())} reads drawn from every sample"
        if self.study.quantity == "counts":
            return "proportions of all reads"
        totals = self.study.depth
        whole = any(np.allclose(totals, total, rtol=0.01) for total in (1, 100))
        return "the shares given" if whole else "the amounts given, as shares of what each sample has of them"

    @property
    def dispersion(self) -> str:
        """What the test of dispersion lets one say of the location."""
        if self.spread is None:
            return "Dispersion is a question about groups, and was not asked of a number"
        if self.spread.p <= ALPHA:
            return "The groups differ in dispersion, so PERMANOVA alone does not show a difference in location"
        return "There is no evidence that dispersion differs, which is not proof that it does not"

    @property
    def dispersion_test(self) -> str:
        """The numbers of the test of dispersion."""
        if self.spread is None:
            return "no groups"
        gap = self.spread.means.max() - self.spread.means.min()
        return (
            f"mean distances to the centre differ by at most {gap:.3f}, F = {self.spread.statistic:.3f}, "
            f"{shown(self.spread.p)}"
        )

    @property
    def limits(self) -> list[str]:
        """What this comparison cannot say, true of these data."""
        above, design = int((self.effects["low"] > 0).sum()), self.design
        found = [f"{association(design, assigned=self.assigned)}.", *of_the_design(design)]
        if 0 < above < len(self.effects):
            found.append(f"The finding hangs on the distance: {above} of {len(self.effects)} give an interval above 0.")
        if self.spread is not None and self.spread.p <= ALPHA:
            found.append(f"{self.dispersion}.")
        if self.spread is not None and unadjusted(design):
            found.append(f"{unadjusted(design)}.")
        found += of_depth(self.depth, "what is rare is seen in deep samples only (reads rarefied draws them down)")
        if self.study.quantity == "counts":
            found.append("Shares of reads say nothing about how much there is of anything.")
        if self.study.tree is None and self.study.features_are == "taxa":
            found.append("Without a tree no distance could take kinship of taxa into account.")
        return [*found, f"Which {self.study.features_are} differ is another question, with other methods."]

    @property
    def methods(self) -> str:
        """The paragraph for a paper."""
        design = self.design
        groups = f" between {len(design.groups)} groups of {design.focus}{self._in_groups}" if design.groups else ""
        moved = design.exchange(design.focus)
        units = f"{'means of ' if moved.whole else ''}{moved.words.removeprefix('whole ')}"
        dispersion = (
            f" Dispersion was compared by the distances to the groups' spatial medians ({units}), adjusted for the "
            "sizes of the groups, with centres found anew in every permutation."
            if self.spread is not None
            else ""
        )
        nest = design.asked["nested_in"]
        drawn = design.members.many if design.asked["person"] else "samples"
        if nest and not design.changes_within(design.focus, nest):
            drawn = f"units of {nest}"
        several = any(len(np.unique(design.exchange(term).blocks)) > 1 for term in design.terms)
        blocks = ", with the blocks of exchange in the reduced model" if several else ""
        return (
            f"Overall composition was compared{groups} by {self._distance} distances of {self._of}: "
            f"{design.who}{design.gone}. PERMANOVA tested the model {design.formula}, each term marginally, exchanging "
            f"{self._exchange} in at most {self.permutations} permutations{blocks}. The share of variation is given as "
            f"omega squared with a 95 % interval over {drawn} ({interval_by(design)}).{dispersion} Random seed "
            f"{self.seed}."
        )


def _cell(frame: pd.DataFrame, row: str, column: str) -> float:
    return float(frame[column].to_dict()[row])

"""``recipes/control-quality``: what it asks of the reader's files, what it computes, and what it says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from handbook_utils.analysis.depth import deep_enough, depth_warning
from handbook_utils.analysis.design import Design, design_of
from handbook_utils.analysis.design.questions import asked_in
from handbook_utils.analysis.design.terms import as_words
from handbook_utils.analysis.distance.distances import distances
from handbook_utils.analysis.distance.permanova import permanova
from handbook_utils.analysis.diversity.alpha import rarefied_richness
from handbook_utils.analysis.diversity.singletons import singletons
from handbook_utils.analysis.effects import Effect
from handbook_utils.analysis.taxa.filters import depth_table, keep_taxa
from handbook_utils.errors import InputError, collect
from handbook_utils.figures.curves import curves
from handbook_utils.figures.style import Drawn
from handbook_utils.recipes.checks import check_column, deep_design, study_of
from handbook_utils.recipes.compare_groups import effect_of
from handbook_utils.recipes.wording import left_out, of_the_design
from handbook_utils.study import Study
from handbook_utils.study.writers import encoded
from handbook_utils.text.spreadsheets import safe_for_spreadsheets

#: Filters that are tried: least prevalence and least mean share.
PREVALENCES, SHARES = (0.0, 0.05, 0.1, 0.25, 0.5), (0.0, 1e-4, 1e-3)


def control_quality(parameters: Mapping[str, Any]) -> None:
    """Check the parameters of ``recipes/control-quality`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        A design that these samples cannot answer, filters that nothing passes, no sample with reads enough.
    """
    study = study_of(parameters, "throat")
    prevalence, share = parameters["least_prevalence"], parameters["least_share"]
    asked = asked_in(parameters)
    if asked["group"]:
        check_column(study, asked["group"], "group", may_be_empty=True)
    collect(
        lambda: deep_design(study, parameters) if _asks(asked) else deep_enough(study, parameters["least_depth"]),
        lambda: keep_taxa(study, prevalence=prevalence, share=share),
    )


# ------------------------------------------------------------------------------------------------------ the analysis


def _asks(asked: Mapping[str, Any]) -> bool:
    """Tell whether these questions of a design ask anything; quality can be looked at without.

    Parameters
    ----------
    asked : mapping
        Question to answer.
    """
    return bool(asked.get("group") or asked.get("exposure") or asked.get("formula"))


def designed(study: Study, asked: Mapping[str, Any]) -> Design | None:
    """Make the design that is asked for; none where nothing is asked.

    Parameters
    ----------
    study : Study
        With the metadata that are asked about.
    asked : mapping
        Questions of a design with their answers.

    Returns
    -------
    Design or None
        As :func:`~handbook_utils.analysis.design.design_of`.
    """
    return design_of(study.metadata, **asked) if _asks(asked) else None


def groups_in(study: Study, design: Design | None) -> pd.Series:
    """Return the group of every sample, as text; "all" where no groups are asked about.

    Parameters
    ----------
    study : Study
        With the metadata that are asked about.
    design : Design or None
        What is asked; None where nothing is.

    Returns
    -------
    pandas.Series
        By sample; "no group" for samples of none that is compared.
    """
    if design is None or not design.groups:
        return pd.Series("all", index=study.samples)
    words = as_words(study.metadata[design.terms[design.focus].columns[0]])
    return words.where(words.isin(design.groups), "no group").astype(str)


def price(study: Study, groups: pd.Series, least_depth: int) -> pd.DataFrame:
    """Say what each least depth would cost in samples, of each group, and what it would show of a community.

    Parameters
    ----------
    study : Study
        Of counts, with all samples.
    groups : pandas.Series of str
        By sample.
    least_depth : int
        The one that is asked for, beside others at quantiles of the depths.

    Returns
    -------
    pandas.DataFrame
        By depth, as :func:`handbook_utils.analysis.taxa.filters.depth_table`, with the samples kept of each group;
        without coverage where singletons cannot be believed.
    """
    quantiles = study.depth.quantile([0, 0.1, 0.25, 0.5, 0.75]).round()
    candidates = sorted({int(value) for value in np.unique(quantiles)} | {100, least_depth})
    table = depth_table(study, candidates)
    if not singletons(study).believable:
        table = table.drop(columns=["lowest", "median"])
    names = sorted(groups.unique())
    for name in names if len(names) > 1 else []:
        table[f"kept of {name}"] = [int(((study.depth >= depth) & (groups == name)).sum()) for depth in candidates]
    return table


def four_curves(study: Study) -> Drawn:
    """Draw the exact rarefaction curves of four samples, from the shallowest to the deepest.

    Parameters
    ----------
    study : Study
        Of counts.

    Returns
    -------
    Drawn
        The figure and its text.
    """
    order = study.depth.sort_values().index
    points = []
    for name in dict.fromkeys([order[0], order[len(order) // 4], order[len(order) // 2], order[-1]]):
        counts = study.choose_samples([name]).table.toarray()[0].astype(int)
        sizes = np.unique(np.linspace(1, counts.sum(), 40).astype(int))
        expected = np.array([rarefied_richness(counts, int(size)) for size in sizes])
        spread = 1.96 * np.sqrt(np.maximum(expected[:, 1], 0))
        own = {"size": sizes, "value": expected[:, 0], "low": expected[:, 0] - spread, "high": expected[:, 0] + spread}
        points.append(pd.DataFrame(own).assign(line=name, read=int(counts.sum())))
    return curves(pd.concat(points), "expected features (band: 95 % of draws)")


def seen(study: Study, filtered: Study) -> pd.DataFrame:
    """Return how common each feature is that any sample has: per cent of samples, mean share in per cent, what is done.

    Parameters
    ----------
    study, filtered : Study
        Before and after features were left out.

    Returns
    -------
    pandas.DataFrame
        By feature: ``samples that have it (%)``, ``mean share (%)``, ``done`` ("stays" or "is left out").
    """
    there = study.without_empty_features()
    table = pd.DataFrame(
        {
            "samples that have it (%)": 100 * there.prevalence,
            "mean share (%)": 100 * np.asarray(there.proportions().table.mean(axis=0)).ravel(),
        },
        index=there.features,
    )
    return table.assign(done=np.where(table.index.isin(filtered.features), "stays", "is left out"))


def under_filters(study: Study, design: Design | None) -> pd.DataFrame:
    """Say what fifteen filters do to what follows: to R² of a design, or to the distances where none is asked.

    Parameters
    ----------
    study : Study
        Samples that stay.
    design : Design or None
        Of these samples.

    Returns
    -------
    pandas.DataFrame
        A row a filter that anything passes; NaN where samples that a design needs have nothing left.
    """
    rows = []
    whole = {metric: distances(study, metric) for metric in ("bray-curtis", "jaccard")}
    for prevalence in PREVALENCES:
        for share in SHARES:
            try:
                part = keep_taxa(study, prevalence=prevalence, share=share)
            except InputError:
                continue
            part = part.choose_samples((part.depth > 0).to_numpy())
            row = {"prevalence (%)": 100 * prevalence, "mean share (%)": 100 * share, "features": len(part.features)}
            for metric, name in (("bray-curtis", "Bray-Curtis"), ("jaccard", "Jaccard")):
                own = distances(part, metric)
                if design is not None:
                    row[f"R², {name} (%)"] = 100 * _r2(own, part, design)
                else:
                    before = whole[metric].filter(own.ids)
                    row[f"rank correlation, {name}"] = spearmanr(
                        own.condensed_form(), before.condensed_form()
                    ).statistic
            rows.append(row)
    return pd.DataFrame(rows)


def _r2(distance: Any, part: Study, design: Design) -> float:
    """R² of what a design asks about; NaN where too few samples are left of it, or all distances are 0."""
    if not distance.condensed_form().any():
        return float("nan")
    if not set(design.samples) <= set(part.samples):
        try:
            design = design_of(design.frame.loc[[name in set(part.samples) for name in design.samples]], **design.asked)
        except InputError:
            return float("nan")
    return float(permanova(distance, design, permutations=0)["R2"].to_dict()[design.focus])


def _range(low: str, high: str) -> str:
    return low if low == high else f"from {low} to {high}"


@dataclass(frozen=True)
class Quality:
    """What stays, what that does, and the sentences that say it.

    Attributes
    ----------
    everything : Study
        All samples, before any was left out.
    study : Study
        Samples that stay, with all features.
    before, design : Design or None
        Of all samples, and of those that stay.
    least_depth : int
        Samples with fewer reads were left out.
    least_prevalence, least_share : float
        Part of the samples, and mean share, that a feature needs to stay; both 0 to 1.
    """

    everything: Study
    study: Study
    before: Design | None
    design: Design | None
    least_depth: int
    least_prevalence: float
    least_share: float

    @cached_property
    def filtered(self) -> Study:
        """Samples and features that stay, without samples that then have nothing."""
        kept = keep_taxa(self.study, prevalence=self.least_prevalence, share=self.least_share)
        return kept.choose_samples((kept.depth > 0).to_numpy())

    @cached_property
    def grid(self) -> pd.DataFrame:
        """What fifteen filters do."""
        return under_filters(self.study, self.design)

    @property
    def by_distance(self) -> tuple[pd.DataFrame, str]:
        """The grid with a row a filter and distance, and what its numbers are."""
        columns = list(self.grid.columns[-2:])
        long = self.grid.melt(id_vars="features", value_vars=columns)
        distance = long["variable"].str.partition(", ")[2].str.removesuffix(" (%)")
        return long.assign(distance=distance), "R² (%)" if self.design else "rank correlation"

    @cached_property
    def part_kept(self) -> pd.Series:
        """By sample, the part (0 to 1) of its reads, or of its total, that is in features that stay."""
        kept = self.filtered.depth.reindex(self.study.samples).fillna(0)
        return kept / self.study.depth

    @property
    def emptied(self) -> list[str]:
        """Samples of which no feature stays."""
        return list(self.study.samples[~self.study.samples.isin(self.filtered.samples)])

    @cached_property
    def sizes(self) -> dict[str, Effect]:
        """ω² of what is asked about, with all features and with those that stay; none without a design."""
        if self.design is None:
            return {}
        made = {"all": effect_of(distances(self.study, "bray-curtis"), self.design)}
        if set(self.design.samples) <= set(self.filtered.samples):
            made["filtered"] = effect_of(distances(self.filtered, "bray-curtis"), self.design)
        return made

    @property
    def of_depth(self) -> str:
        """Whether depth goes with what is asked, in a sentence."""
        if self.study.quantity != "counts":
            return (
                "These are shares, not counts of reads: how deeply samples were read is not known, so no sample is "
                "left out for its depth"
            )
        if self.before is None:
            return f"Samples have {self.everything.depth.min():,.0f} to {self.everything.depth.max():,.0f} reads"
        return (
            depth_warning(self.everything, self.before)
            or "Depth does not go with what is asked, as far as these samples show"
        )

    @property
    def of_singletons(self) -> str:
        """Whether coverage can be estimated, in a sentence."""
        return singletons(self.study).reading if self.study.quantity == "counts" else "Coverage needs counts of reads"

    @property
    def of_samples(self) -> str:
        """How many samples stay, in a sentence."""
        total = len(self.everything.samples)
        if self.study.quantity != "counts":
            return f"All {total} samples stay"
        return f"{len(self.study.samples)} of {total} samples have {self.least_depth} reads or more"

    @property
    def of_features(self) -> str:
        """How many features stay, in a sentence."""
        there = int((self.study.prevalence > 0).sum())
        unit = "reads" if self.study.quantity == "counts" else "total"
        if len(self.filtered.features) == there:
            return (
                f"All {there} features are in at least {100 * self.least_prevalence:g} % of the samples with a mean "
                f"share of at least {100 * self.least_share:g} %, so none is left out"
            )
        return (
            f"{len(self.filtered.features)} of {there} features are in at least {100 * self.least_prevalence:g} % of "
            f"the samples with a mean share of at least {100 * self.least_share:g} %; the median sample keeps "
            f"{100 * self.part_kept.median():.1f} % of its {unit}, the one that loses most "
            f"{100 * self.part_kept.min():.0f} %"
        )

    @property
    def of_filters(self) -> str:
        """What the filters do to what follows, in a sentence."""
        columns = [name for name in self.grid.columns[-2:] if self.grid[name].notna().any()]
        scale, digits, unit = ("", 1, " %") if self.design else (" with those of all features", 2, "")
        ends = {name: self.grid[name].agg(["min", "max"]) for name in columns}
        told = " and ".join(
            f"{_range(*(f'{end:.{digits}f}' for end in both))}{unit} ({name.partition(', ')[2].removesuffix(' (%)')})"
            for name, both in ends.items()
        )
        what = f"R² of {self.design.focus}" if self.design else "the rank correlation of distances"
        if not told:
            return "Under no filter can distances be compared: they are all alike, or too few samples are left"
        return f"Over {len(self.grid)} filters {what}{scale} is {told}"

    @property
    def of_sizes(self) -> str:
        """ω² with and without the filter, in a sentence."""
        named = {"all": "with all features", "filtered": "with those that stay"}
        sizes = dict(self.sizes)
        if len(self.filtered.features) == int((self.study.prevalence > 0).sum()):
            sizes.pop("filtered", None)  # the same
        told = " and ".join(
            f"{100 * one.size:.1f} % (95 % interval {100 * one.low:.1f} to {100 * one.high:.1f} %) {named[name]}"
            for name, one in sizes.items()
        )
        return f"ω² with Bray-Curtis distances is {told}" if told else "No groups were asked about"

    @property
    def answer(self) -> dict[str, Any]:
        """What :meth:`handbook_utils.results.Results.answer` is given."""
        design = self.design
        hangs = f", and does {design.focus} explain more or less of composition for it" if design else ""
        sizes = f" {self.of_sizes}, in {design.n} samples." if design else ""
        thin = self.everything.samples[~self.everything.samples.isin(self.study.samples)]
        gone = int((self.study.prevalence > 0).sum()) - len(self.filtered.features)
        return {
            "asked": f"Which samples and features stay{hangs}?",
            "found": f"{self.of_samples}. {self.of_features}. {self.of_filters}.{sizes}",
            "rests_on": [
                f"{len(self.study.samples)} samples that stay, {self.study.shape[1]} features.",
                f"{self.of_depth}.",
                f"{self.of_singletons}.",
                *([f"{design.who}{design.gone}."] if design else []),
            ],
            "left_out": [
                *left_out(self.study, {}),
                *([f"{gone} features by the filters (named in files/features.csv)."] if gone else []),
                *([f"Samples of which no feature stays: {', '.join(self.emptied)}."] if self.emptied else []),
                *(["No sample was left out for its depth."] if not len(thin) else []),
            ],
        }

    @property
    def files(self) -> dict[str, tuple[bytes, str]]:
        """Name to content and label of the tables that other programs go on with."""
        made = {}
        for name, study, what in (
            ("kept", self.study, "samples that stay, all features (for diversity)"),
            ("filtered", self.filtered, "samples and features that stay (for composition)"),
        ):
            made[f"{name}.biom"] = (encoded(study, "biom"), f"The {what}")
            made[f"{name}.tsv"] = (encoded(study, "tsv"), "The same")
        table = safe_for_spreadsheets(seen(self.study, self.filtered).rename_axis("feature"))
        listed = table.to_csv(lineterminator="\n").encode("utf-8")
        made["features.csv"] = (listed, "Every feature, how common it is, and whether it stays")
        return made

    @property
    def limits(self) -> list[str]:
        """What this cannot say, true of these data."""
        found = ["Whether a sample was swapped or mislabelled cannot be seen from depth or prevalence."]
        if self.study.quantity == "counts":
            if not singletons(self.study).believable:
                found.append("How much of a community the reads show cannot be said without believable singletons.")
            found.append("Depth says how much was read, not how much there was.")
        if self.design is None:
            found.append(
                "No groups were named, so whether they differ in depth, or lose more samples, was not looked at."
            )
        else:
            found += of_the_design(self.design)
        if self.design is not None and self.design.left_out:
            found.append(
                f"The comparison is of {self.design.n} samples; the tables keep the samples that it leaves out."
            )
        return [*found, "Features that contaminate are not found by how rare they are; that takes blanks."]

    @property
    def methods(self) -> str:
        """The paragraph for a paper."""
        depth = (
            f"Samples with fewer than {self.least_depth} reads were left out "
            f"({len(self.everything.samples) - len(self.study.samples)} of {len(self.everything.samples)}). "
            if self.study.quantity == "counts"
            else ""
        )
        return (
            f"{depth}For analyses of composition, features in fewer than {100 * self.least_prevalence:g} % of the "
            f"samples or with a mean share below {100 * self.least_share:g} % were left out, without regard to groups: "
            f"{self.of_features}. Diversity is measured before this filter. {self.of_filters}."
        )


# -------------------------------------------------------------------------------------------------------- the lesson

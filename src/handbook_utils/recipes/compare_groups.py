"""``recipes/compare-groups``: what it asks of the reader's files, what it computes, and what it says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.stats import mannwhitneyu
from skbio import DistanceMatrix

from handbook_utils.analysis.distance.dispersion import Dispersion, betadisper
from handbook_utils.analysis.distance.distances import METRICS, ON_A_TREE, distances
from handbook_utils.analysis.distance.permanova import permanova
from handbook_utils.analysis.effects import group_effect
from handbook_utils.analysis.models.simulation import groups_with_one_mean, repeated_samples
from handbook_utils.analysis.peers import held_against
from handbook_utils.errors import collect
from handbook_utils.recipes.checks import check_groups, check_tree, column_checks, study_of
from handbook_utils.study import Study

#: Below this a difference is told as more than chance would give.
ALPHA = 0.05
#: Groups smaller than this are named among the limits.
SMALL = 15


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
    study = study_of(parameters, "throat")
    collect(
        partial(check_groups, study, parameters, parameters["minimum"]),
        *column_checks(study, parameters, [], ["covariates", "strata"]),
        partial(check_tree, study, parameters["metric"]),
    )


# ------------------------------------------------------------------------------------------------------ the analysis


def per_group(study: Study, groups: pd.Series, covariates: Sequence[str]) -> pd.DataFrame:
    """Describe the groups before any test.

    Parameters
    ----------
    study : Study
        With the covariates in its metadata.
    groups : pandas.Series
        The group of each sample.
    covariates : sequence of str
        Numbers are given as medians, words as shares in %.

    Returns
    -------
    pandas.DataFrame
        A column a group.
    """
    rows: dict[str, pd.Series] = {
        "samples": groups.value_counts().sort_index(),
        "median depth (reads)": study.depth.groupby(groups).median(),
    }
    for name in covariates:
        column = study.column(name)
        if pd.api.types.is_numeric_dtype(column):
            rows[f"median {name}"] = column.groupby(groups).median()
            continue
        words = column.astype(str)
        rows |= {f"{name}: {word} (%)": 100 * (words == word).groupby(groups).mean() for word in sorted(words.unique())}
    return pd.DataFrame(rows).T.rename_axis("per group")


def effects_by_distance(study: Study, group: str) -> pd.DataFrame:
    """Return ω² of the groups with its 95 % bootstrap interval, by every distance that can be taken.

    Parameters
    ----------
    study : Study
        Without a tree, the distances on a tree are left out.
    group : str
        Column of the groups.

    Returns
    -------
    pandas.DataFrame
        A row a distance: ``omega2``, ``low``, ``high``.
    """
    rows = {}
    for name in METRICS:
        if study.tree is not None or name not in ON_A_TREE:
            found = group_effect(distances(study, name), study.metadata, group)["omega2"]
            rows[name] = {"omega2": found.size, "low": found.low, "high": found.high}
    return pd.DataFrame(rows).T.rename_axis("distance")


@dataclass(frozen=True)
class Comparison:
    """What was found, and the sentences that say it.

    Attributes
    ----------
    study : Study
        What was compared.
    group : str
        Column of the groups.
    sizes : pandas.Series
        Samples in each group.
    metric : str
        Distance of the main analysis.
    effects : pandas.DataFrame
        What :func:`effects_by_distance` returned.
    test : pandas.DataFrame
        The PERMANOVA table.
    spread : Dispersion
        The test of dispersion.
    covariates : sequence of str
        Columns beside which the groups were tested.
    strata : str
        Column within which samples were exchanged, or "".
    permutations, seed : int
        Of the tests.
    assigned : bool
        Whether the groups were assigned by lot.
    """

    study: Study
    group: str
    sizes: pd.Series
    metric: str
    effects: pd.DataFrame
    test: pd.DataFrame
    spread: Dispersion
    covariates: Sequence[str]
    strata: str
    permutations: int
    seed: int
    assigned: bool

    @property
    def _distance(self) -> str:
        return self.metric.title().replace("Unifrac", "UniFrac")

    @property
    def _beside(self) -> str:
        return f" beside {', '.join(self.covariates)}" if self.covariates else ""

    @property
    def _in_groups(self) -> str:
        return ", ".join(f"{name}: {size}" for name, size in self.sizes.items())

    @property
    def answer(self) -> dict[str, Any]:
        """What :meth:`handbook_utils.results.Results.answer` is given."""
        omega2, low, high = (_cell(self.effects, self.metric, name) for name in ("omega2", "low", "high"))
        r2, p = (_cell(self.test, self.group, name) for name in ("R2", "p"))
        chance = (
            "more than chance would give"
            if p <= ALPHA
            else "no more than chance may give, which does not show that the groups are alike"
        )
        above = int((self.effects["low"] > 0).sum())
        dispersion = f" {self.dispersion}." if self.spread.p <= ALPHA else ""
        return {
            "asked": f"Do the {len(self.sizes)} groups of {self.group} differ in overall composition{self._beside}?",
            "found": f"The groups account for {100 * omega2:.1f} % of the variation (ω² {omega2:.3f}, 95 % interval "
            f"{low:.3f} to {high:.3f}) in {int(self.sizes.sum())} samples: {chance} (PERMANOVA: R² {r2:.3f}, "
            f"p = {p:.3f}).{dispersion}",
            "rests_on": [
                f"{int(self.sizes.sum())} samples ({self._in_groups}) and {self.study.shape[1]} features.",
                f"{self._distance} distances; {self.permutations} permutations"
                + (f" within {self.strata}." if self.strata else ", every sample exchangeable with every other."),
                f"For {above} of {len(self.effects)} distances the interval of ω² lies above 0.",
            ],
            "left_out": [note for note in self.study.notes if note.startswith("Left out")],
        }

    @property
    def association(self) -> str:
        """Whether the difference may be read as an effect of the groups."""
        if self.assigned:
            return "The groups were assigned by lot, so a difference is an effect of the assignment, chance apart"
        return (
            "This is an association: the groups were not stated to be assigned by lot, and what else differs between "
            "them differs here too"
        )

    @property
    def dispersion(self) -> str:
        """What the test of dispersion lets one say of the location."""
        if self.spread.p <= ALPHA:
            return "The groups differ in dispersion, so PERMANOVA alone does not show a difference in location"
        return "There is no evidence that dispersion differs, which is not proof that it does not"

    @property
    def limits(self) -> list[str]:
        """What this comparison cannot say, true of these data."""
        above = int((self.effects["low"] > 0).sum())
        small = self.sizes[self.sizes < SMALL]
        found = [f"{self.association}."]
        if not self.covariates:
            found.append("The groups were compared without any covariate beside them.")
        if len(small):
            found.append(
                f"Small groups ({', '.join(f'{name}: {size}' for name, size in small.items())}): "
                "the interval is wide, and a difference may be missed."
            )
        if 0 < above < len(self.effects):
            found.append(f"The finding hangs on the distance: {above} of {len(self.effects)} give an interval above 0.")
        if self.spread.p <= ALPHA:
            found.append(f"{self.dispersion}.")
        if not self.strata:
            found.append("Every sample was taken as independent: this is wrong where several come from one person.")
        if self.study.quantity == "counts":
            found.append("Shares of reads say nothing about how many bacteria there are.")
        if self.study.tree is None:
            found.append("Without a tree no distance could take kinship of taxa into account.")
        return [*found, "Which taxa differ is another question, with other methods."]

    @property
    def methods(self) -> str:
        """The paragraph for a paper."""
        within = f", permuted within {self.strata}" if self.strata else ""
        return (
            f"Overall composition of {int(self.sizes.sum())} samples was compared between {len(self.sizes)} groups of "
            f"{self.group} ({self._in_groups}) by {self._distance} distances. "
            f"PERMANOVA tested {self.group}{self._beside}, each term marginally, with {self.permutations} permutations "
            f"of the residuals of the reduced model{within}. The share of variation is given as omega squared with a "
            "95 % bootstrap interval over samples (copies of a sample not compared). Dispersion was compared by the "
            f"distances to the groups' spatial medians, with {self.permutations} permutations. "
            f"Random seed {self.seed}."
        )


# -------------------------------------------------------------------------------------------------------- the lesson


def counted_three_times(study: Study, group: str, *, permutations: int, seed: int) -> pd.DataFrame:
    """Test the same people counted three times over (simulated repeats of one profile) and once.

    Parameters
    ----------
    study : Study
        One sample a person.
    group : str
        Column of the groups.
    permutations, seed : int
        Of the tests and the repeats.

    Returns
    -------
    pandas.DataFrame
        Samples, F and p: the wrong way first.
    """
    tried = {
        "wrong: every repeat counts (simulated)": repeated_samples(study, times=3, seed=seed),
        "right: one profile a person": study.proportions(),
    }
    rows = {}
    for name, counted in tried.items():
        apart = distances(counted, "bray-curtis")
        test = permanova(apart, counted.metadata, [group], permutations=permutations, seed=seed)
        rows[name] = {"samples": len(counted.samples), **test.loc[group, ["F", "p"]]}
    return pd.DataFrame(rows).T.astype({"samples": int})


def one_mean_two_dispersions(study: Study, *, studies: int, seed: int) -> dict[str, int]:
    """Count how often groups with one mean composition and two dispersions are told apart, in simulated studies.

    Parameters
    ----------
    study : Study
        Its mean composition is used.
    studies : int
        How many are simulated: 40 samples of one dispersion, 12 of a larger one.
    seed : int
        Of the first study.

    Returns
    -------
    dict of str to int
        Studies with p ≤ 0.05, by test.
    """
    significant = {"PERMANOVA": 0, "dispersion": 0}
    groups = {"calm": (40, 30.0), "scattered": (12, 15.0)}
    for number in range(studies):
        fake = groups_with_one_mean(study, groups, reads=1000, seed=seed + number)
        apart = distances(fake, "bray-curtis")
        test = permanova(apart, fake.metadata, ["group"], permutations=99, seed=number)
        spread = betadisper(apart, fake.metadata, "group", permutations=99, seed=number)
        significant["PERMANOVA"] += int(_cell(test, "group", "p") <= ALPHA)
        significant["dispersion"] += int(spread.p <= ALPHA)
    return significant


def against_peers(throat: Study, bray: DistanceMatrix) -> pd.DataFrame:
    """Hold the numbers of the bundled study against R's vegan and GUniFrac.

    Parameters
    ----------
    throat : Study
        The bundled study of smokers.
    bray : skbio.DistanceMatrix
        Its Bray-Curtis distances.

    Returns
    -------
    pandas.DataFrame
        As :func:`handbook_utils.analysis.peers.held_against`.
    """
    one = permanova(bray, throat.metadata, ["smoking"], permutations=0)
    two = permanova(bray, throat.metadata, ["sex", "smoking"], permutations=0)
    ours = {
        "Bray-Curtis, smoking: R2": _cell(one, "smoking", "R2"),
        "Bray-Curtis, smoking: F": _cell(one, "smoking", "F"),
        "Bray-Curtis, sex with smoking: marginal R2": _cell(two, "sex", "R2"),
        "Bray-Curtis, smoking with sex: marginal R2": _cell(two, "smoking", "R2"),
        "Bray-Curtis, smoking with sex: marginal F": _cell(two, "smoking", "F"),
    }
    on_tree = {
        "Unweighted UniFrac": "unweighted-unifrac",
        "Generalised UniFrac (0.5)": "generalised-unifrac",
        "Weighted UniFrac": "weighted-unifrac",
    }
    for label, name in on_tree.items():
        test = permanova(distances(throat, name), throat.metadata, ["smoking"], permutations=0)
        ours[f"{label}, smoking: R2"] = _cell(test, "smoking", "R2")
    centres: tuple[Literal["centroid", "median"], ...] = ("centroid", "median")
    for centre in centres:
        spread = betadisper(bray, throat.metadata, "smoking", centre=centre, permutations=0)
        ours[f"Dispersion about the {centre}: F"] = spread.statistic
    return held_against("recipes/compare-groups", ours)


def shannon_of_smokers(throat: Study) -> tuple[float, float, float, float]:
    """Compare the Shannon index of smokers and others by ranks, as the paper behind the bundled study did.

    Returns
    -------
    tuple of float
        Median of the others, median of the smokers, W, p.
    """
    shares = throat.proportions().to_frame()
    shannon = -(shares * np.log(shares.where(shares > 0, 1))).sum(axis=1)
    smokes = throat.metadata["smoking"] == "Smoker"
    test = mannwhitneyu(shannon[~smokes], shannon[smokes])
    return float(shannon[~smokes].median()), float(shannon[smokes].median()), float(test.statistic), float(test.pvalue)


def _cell(frame: pd.DataFrame, row: str, column: str) -> float:
    return float(frame[column].to_dict()[row])

"""``recipes/map-differences``: what it asks of the reader's files, what it draws, and what it says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from handbook_utils.analysis.depth import depth_warning
from handbook_utils.analysis.design import Design
from handbook_utils.analysis.distance.constrained import Constrained, Nmds
from handbook_utils.analysis.distance.distances import unused
from handbook_utils.analysis.distance.ordination import Ordination, shares_of_axes
from handbook_utils.analysis.effects import Effect
from handbook_utils.errors import collect
from handbook_utils.figures.style import INK, OKABE_ITO, Drawn, sheet
from handbook_utils.recipes.checks import check_differ, check_tree, design_in, study_of
from handbook_utils.recipes.compare_groups import interval_by
from handbook_utils.recipes.wording import beside_interval, left_out
from handbook_utils.study import Study
from handbook_utils.study.readers import require_counts

if TYPE_CHECKING:
    from skbio import DistanceMatrix


def map_differences(parameters: Mapping[str, Any]) -> None:
    """Check the parameters of ``recipes/map-differences`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        A design that these samples cannot answer, a tree that is needed and absent, shares that are to be rarefied.
    """
    study = study_of(parameters, "iquitos")
    collect(
        lambda: check_differ(study, design_in(study, parameters), parameters["metric"]),
        partial(check_tree, study, parameters["metric"]),
        partial(require_counts, study) if parameters["reads"] == "rarefied" else study.proportions,
    )


def ranked_alike(measured: Mapping[str, DistanceMatrix]) -> pd.DataFrame:
    """Return the rank correlations of the distances of all pairs of samples, distance × distance.

    Parameters
    ----------
    measured : mapping of str to skbio.DistanceMatrix
        By the distance's name, each between the same samples.

    Returns
    -------
    pandas.DataFrame
        -1 to 1.
    """
    return pd.DataFrame({name: found.condensed_form() for name, found in measured.items()}).corr("spearman")


def ends_of(agreement: pd.DataFrame) -> dict[str, str]:
    """Return the two distances that agree least, and the two that agree most, as text.

    Parameters
    ----------
    agreement : pandas.DataFrame
        Of :func:`ranked_alike`.

    Returns
    -------
    dict of str to str
        ``least`` and ``most``, with ``least-pair`` and ``most-pair``.
    """
    names = list(agreement.index)
    above = {
        f"{names[row]} and {names[column]}": float(value)
        for (row, column), value in np.ndenumerate(agreement.to_numpy())
        if row < column
    }
    least, most = min(above, key=above.__getitem__), max(above, key=above.__getitem__)
    return {"least": f"{above[least]:.2f}", "least-pair": least, "most": f"{above[most]:.2f}", "most-pair": most}


def agreement_figure(agreement: pd.DataFrame) -> Drawn:
    """Draw the rank correlations between distances.

    Parameters
    ----------
    agreement : pandas.DataFrame
        Distance × distance.

    Returns
    -------
    Drawn
        The figure and its text.
    """
    figure, axes = sheet(5.2)
    mesh = axes.imshow(agreement, cmap="viridis", vmin=0, vmax=1)
    for (row, column), value in np.ndenumerate(agreement.to_numpy()):
        axes.text(column, row, f"{value:.2f}", ha="center", va="center", color="white" if value < 0.6 else "black")
    names = list(agreement.index)
    axes.set(xticks=range(len(names)), yticks=range(len(names)), yticklabels=names)
    axes.set_xticklabels(names, rotation=40, ha="right")
    axes.grid(False)
    figure.colorbar(mesh, ax=axes, label="rank correlation of the pairs' distances")
    ends = ends_of(agreement)
    return Drawn(
        figure,
        f"Rank correlations between {len(names)} distances over all pairs of samples, from {ends['least']} "
        f"({ends['least-pair']}) to {ends['most']} ({ends['most-pair']}).",
    )


def two_axes(measured: Mapping[str, DistanceMatrix], mapped: Mapping[str, Ordination] | None = None) -> pd.DataFrame:
    """Return what two principal coordinates show, by distance, in %.

    Parameters
    ----------
    measured : mapping of str to skbio.DistanceMatrix
        By the distance's name, each between the same samples.
    mapped : mapping of str to Ordination, optional
        Those that are known already.

    Returns
    -------
    pandas.DataFrame
        By distance: both axes, and the part of negative eigenvalues.
    """
    rows = {}
    for name, distance in measured.items():
        known = (mapped or {}).get(name)
        shares, negative = (known.proportions, known.negative_share) if known else shares_of_axes(distance)
        # Where all samples of a group are the same, two groups lie on one axis, and there is no second.
        axes = {f"axis {n} (%)": 100 * float(np.sum(shares[n - 1 : n])) for n in (1, 2)}
        rows[name] = {**axes, "negative (%)": 100 * negative}
    return pd.DataFrame(rows).T


def shepard_figure(distance: DistanceMatrix, ranks: Nmds, metric: str) -> Drawn:
    """Draw distances on a map by ranks against those given.

    Parameters
    ----------
    distance : skbio.DistanceMatrix
        Between at least the samples of the design.
    ranks : Nmds
        The map made from it.
    metric : str
        Its name.

    Returns
    -------
    Drawn
        The figure and its text.
    """
    given = pd.Series(distance.condensed_form())
    order = np.argsort(given.to_numpy(), kind="stable")
    figure, axes = sheet(4)
    axes.scatter(given, ranks.distances, s=3, color="0.6", rasterized=True)
    axes.plot(given.to_numpy()[order], ranks.fitted[order], color=OKABE_ITO[1], lw=2)
    axes.set(xlabel=f"distance ({metric})", ylabel="distance on the map (no unit)")
    axes.xaxis.label.set_color(INK)
    fit = given.corr(pd.Series(ranks.distances), method="spearman")
    return Drawn(
        figure,
        "Distances on the map against the distances given, with the rising step line that fits best. "
        f"Rank correlation {fit:.2f}.",
    )


@dataclass(frozen=True)
class Maps:
    """What the maps and the test showed, and the sentences that say it."""

    study: Study
    design: Design
    metric: str
    reads: str
    ranks: Nmds
    explained: Constrained
    test: pd.DataFrame
    size: Effect
    permutations: int
    seed: int

    @property
    def p(self) -> float:
        """Of what is asked about."""
        return float(self.test["p"].to_dict()[self.design.focus])

    @property
    def values(self) -> list[tuple[str, float, int]]:
        """Name, value and decimals of the numbers in the text."""
        ends = {"omega2": self.size.size, "omega2-low": self.size.low, "omega2-high": self.size.high}
        return [
            ("r2", 100 * self.explained.r2, 1),
            ("adjusted", 100 * self.explained.adjusted_r2, 1),
            ("p", self.p, 3),
            *((name, 100 * value, 1) for name, value in ends.items()),
        ]

    @property
    def answer(self) -> dict[str, Any]:
        """What :meth:`handbook_utils.results.Results.answer` is given."""
        design = self.design
        beside = f" beside {', '.join(design.beside)}" if design.beside else ""
        return {
            "asked": f"Where do samples lie, and what does {design.focus} explain of it{beside}?",
            "found": f"{design.focus} explains {100 * self.explained.r2:.1f} % of all squared {self.metric} distances "
            f"(adjusted {100 * self.explained.adjusted_r2:.1f} %; ω² {self.size.size:.3f}, 95 % interval "
            f"{self.size.low:.3f} to {self.size.high:.3f}; p = {self.p:.3f}) in {design.n} samples.",
            "rests_on": [
                f"{design.who}.",
                f"{design.what}.",
                f"{self.ranks.reading}.",
                *beside_interval(self.p, self.size.low, interval_by(design)),
                *unused(self.study),
                *map("{}.".format, design.notes),
            ],
            "left_out": left_out(self.study, design.left_out),
        }

    @property
    def limits(self) -> list[str]:
        """What these maps cannot say."""
        depth = depth_warning(self.study, self.design)
        return [
            *(
                [f"{depth}; what is rare is seen in deep samples only (reads rarefied draws them down)."]
                if depth
                else []
            ),
            f"{self.ranks.reading}.",
            "Correlations of features with axes are made on shares, so a rise of one feature pulls others down.",
            "The search of the map by ranks may miss the best map; more starts make that less likely.",
        ]

    @property
    def methods(self) -> str:
        """The paragraph for a paper."""
        design = self.design
        of = "equal numbers of reads drawn from each sample" if self.reads == "rarefied" else "proportions"
        conditions = f", conditional on {', '.join(design.beside)}," if design.beside else ""
        distance, test = self.metric.title().replace("Unifrac", "UniFrac"), design.exchange(design.focus).words
        return (
            f"{design.who}{design.gone}. Differences were measured as {distance} distances of {of} and mapped by "
            "principal coordinates (shares of the sum of positive eigenvalues) and by non-metric scaling in two axes "
            f"(stress {self.ranks.stress:.3f}, {self.ranks.starts} starts). Distance-based redundancy analysis "
            f"constrained by {design.focus}{conditions} gave R2 {self.explained.r2:.3f} (adjusted "
            f"{self.explained.adjusted_r2:.3f}), tested by PERMANOVA exchanging {test} in at most {self.permutations} "
            f"permutations. Omega squared was {self.size.size:.3f} (95 % interval {self.size.low:.3f} to "
            f"{self.size.high:.3f}). Seed {self.seed}."
        )

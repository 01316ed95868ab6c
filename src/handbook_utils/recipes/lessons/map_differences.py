"""The lesson of ``recipes/map-differences``: what chance separates, an arch, and our numbers beside those of vegan."""

from __future__ import annotations

import numpy as np
import pandas as pd
from skbio import DistanceMatrix

from handbook_utils.analysis.design import Design, design_of
from handbook_utils.analysis.distance.constrained import constrained, hellinger_distance, nmds
from handbook_utils.analysis.distance.distances import distances
from handbook_utils.analysis.distance.ordination import pcoa
from handbook_utils.analysis.peers import held_against
from handbook_utils.figures.style import Drawn, sheet
from handbook_utils.recipes.lessons.infants import numbers_of_maps
from handbook_utils.study import Study


def explained_by_chance(distance: DistanceMatrix, design: Design, *, times: int, seed: int) -> pd.DataFrame:
    """Return what a column explains of distances after its values were shuffled at random, so many times.

    Parameters
    ----------
    distance : skbio.DistanceMatrix
        Between at least the samples of the design.
    design : Design
        Its column is shuffled, without the other terms.
    times, seed : int
        How many shuffles, and the seed of them.

    Returns
    -------
    pandas.DataFrame
        A row a shuffle: ``R² (%)`` and ``adjusted R² (%)``.
    """
    generator, column, rows = np.random.default_rng(seed), design.terms[design.focus].columns[0], []
    asked = {name: design.asked[name] for name in ("group", "levels", "exposure")}
    for _ in range(times):
        shuffled = design.frame.assign(**{column: generator.permutation(design.frame[column].to_numpy())})
        made = constrained(distance, design_of(shuffled, **asked))
        rows.append({"R² (%)": 100 * made.r2, "adjusted R² (%)": 100 * made.adjusted_r2})
    return pd.DataFrame(rows)


def arch_figure() -> tuple[float, Drawn]:
    """Draw simulated samples along one gradient, which form an arch.

    Returns
    -------
    tuple of float and Drawn
        How much of the second axis is the square of the place on the gradient, and the figure.
    """
    along, peaks = np.linspace(0, 1, 60), np.linspace(-0.1, 1.1, 40)
    expected = np.exp(-0.5 * ((along[:, None] - peaks) / 0.08) ** 2)
    shares = pd.DataFrame(expected / expected.sum(axis=1, keepdims=True), index=[f"s{n}" for n in range(60)])
    arch = pcoa(hellinger_distance(shares)).coordinates
    figure, axes = sheet(4)
    drawn = axes.scatter(arch["PC1"], arch["PC2"], c=along, cmap="viridis", s=28)
    figure.colorbar(drawn, ax=axes, label="place on the one gradient (0 to 1)")
    axes.set(xlabel="PC1", ylabel="PC2", title="Simulated: one gradient", aspect="equal")
    bent = float(np.corrcoef(arch["PC2"], (along - along.mean()) ** 2)[0, 1] ** 2)
    return bent, Drawn(
        figure,
        "Simulated data. Sixty samples along one gradient form an arch on two principal coordinates; the square of the "
        f"place on the gradient explains {100 * bent:.0f} % of PC2.",
    )


def against_peers(throat: Study, bray: DistanceMatrix, infants: Study) -> pd.DataFrame:
    """Hold the numbers of two bundled studies against R's vegan.

    Parameters
    ----------
    throat : Study
        The bundled study of the throats of smokers and others.
    bray : skbio.DistanceMatrix
        Its Bray-Curtis distances.
    infants : Study
        The bundled study of infants of Iquitos.

    Returns
    -------
    pandas.DataFrame
        As :func:`handbook_utils.analysis.peers.held_against`.
    """
    roots = hellinger_distance(throat.proportions().to_frame())
    free = len(throat.samples) - 1
    beside = design_of(throat.metadata, covariates="sex", group="smoking")
    both, plain = (constrained(found, beside, terms=["sex", "smoking"]) for found in (bray, roots))
    partial_map = constrained(roots, beside)
    jaccard = distances(throat, "jaccard")
    return held_against(
        "recipes/map-differences",
        {
            **{
                f"dbRDA, Bray-Curtis by smoking and sex: sum of squares of axis {n + 1}": both.sums.iloc[n]
                for n in (0, 1)
            },
            **{f"RDA, Hellinger by smoking and sex: eigenvalue {n + 1}": plain.sums.iloc[n] / free for n in (0, 1)},
            "RDA, Hellinger by smoking and sex: R2": plain.r2,
            "RDA, Hellinger by smoking and sex: adjusted R2": plain.adjusted_r2,
            "RDA, Hellinger by smoking beside sex: eigenvalue": partial_map.sums.iloc[0] / free,
            "PCA, Hellinger: share of axis 1": pcoa(roots).proportions.iloc[0],
            "NMDS, Bray-Curtis, two axes: stress": nmds(bray, starts=8, seed=1).stress,
            "Mantel correlation of Bray-Curtis and Jaccard": np.corrcoef(
                bray.condensed_form(), jaccard.condensed_form()
            )[0, 1],
            **numbers_of_maps(infants),
        },
    )

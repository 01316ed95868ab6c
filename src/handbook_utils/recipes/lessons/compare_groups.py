"""The lesson of ``recipes/compare-groups``: wrong ways, and our numbers beside those of vegan, GUniFrac and permute."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from skbio import DistanceMatrix

from handbook_utils.analysis.design import Exchange, design_of
from handbook_utils.analysis.distance.dispersion import betadisper
from handbook_utils.analysis.distance.distances import distances
from handbook_utils.analysis.distance.permanova import permanova
from handbook_utils.analysis.models.simulation import groups_with_one_mean, repeated_samples
from handbook_utils.analysis.peers import held_against
from handbook_utils.analysis.stored import simulated
from handbook_utils.recipes.lessons.infants import numbers_of_groups
from handbook_utils.recipes.wording import ALPHA
from handbook_utils.study import Study


def against_peers(throat: Study, bray: DistanceMatrix, infants: Study) -> pd.DataFrame:
    """Hold the numbers of two bundled studies against R's vegan and GUniFrac.

    Parameters
    ----------
    throat : Study
        The bundled study of smokers.
    bray : skbio.DistanceMatrix
        Its Bray-Curtis distances.
    infants : Study
        The bundled study of infants of Iquitos.

    Returns
    -------
    pandas.DataFrame
        As :func:`handbook_utils.analysis.peers.held_against`.
    """
    smoking = design_of(throat.metadata, group="smoking")
    one = permanova(bray, smoking, permutations=0)
    two = permanova(bray, design_of(throat.metadata, covariates="sex", group="smoking"), permutations=0)
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
        test = permanova(distances(throat, name), smoking, permutations=0)
        ours[f"{label}, smoking: R2"] = _cell(test, "smoking", "R2")
    centres: tuple[Literal["centroid", "median"], ...] = ("centroid", "median")
    for centre in centres:
        spread = betadisper(bray, smoking, centre=centre, bias_adjust=False, permutations=0)
        ours[f"Dispersion about the {centre}: F"] = spread.statistic
    return held_against(
        "recipes/compare-groups", {**ours, **_more_of_vegan(throat, bray), **numbers_of_groups(infants)}
    )


def _more_of_vegan(throat: Study, bray: DistanceMatrix) -> dict[str, float]:
    """Return sums of squares in several orders, dispersion adjusted for size, and counts of orders, by name.

    Parameters
    ----------
    throat : Study
    bray : skbio.DistanceMatrix
    """
    people = throat.metadata
    one = permanova(bray, design_of(people, group="smoking"), permutations=0)["SS"].to_dict()
    both = design_of(people, group="smoking", covariates="sex")
    ours = {
        "Bray-Curtis, smoking: sum of squares": one["smoking"],
        "Bray-Curtis, smoking: residual sum of squares": one["Residual"],
        "Bray-Curtis, all samples: sum of squares": one["Total"],
    }
    order = permanova(bray, both, by="terms", permutations=0)
    for term, name in (("sex", "sex first"), ("smoking", "smoking after sex")):
        row = order.loc[term].to_dict()
        ours |= {f"In sequence, {name}: sum of squares": row["SS"], f"In sequence, {name}: R2": row["R2"]}
        ours[f"In sequence, {name}: F"] = row["F"]
    whole = permanova(bray, both, by="whole", permutations=0).loc["Model"].to_dict()
    ours |= {"Sex and smoking together: R2": whole["R2"], "Sex and smoking together: F": whole["F"]}
    crossed = design_of(people, group="smoking", covariates="sex", interactions="sex:smoking")
    pair = permanova(bray, crossed, permutations=0).loc["sex:smoking"].to_dict()
    ours |= {"Sex by smoking: sum of squares": pair["SS"], "Sex by smoking: F": pair["F"]}
    age = permanova(bray, design_of(people, group="smoking", covariates="age"), permutations=0).loc["age"].to_dict()
    ours |= {"Age beside smoking: R2": age["R2"], "Age beside smoking: F": age["F"]}
    centres: tuple[Literal["centroid", "median"], ...] = ("centroid", "median")
    for centre in centres:
        spread = betadisper(bray, design_of(people, group="smoking"), centre=centre, permutations=0)
        ours[f"Adjusted for size, dispersion about the {centre}: F"] = spread.statistic
        for group, mean in spread.means.items():
            ours[f"Adjusted for size, mean distance to the {centre}: {group}"] = float(mean)
    four, all_alike = np.repeat(np.arange(4), 3), np.zeros(4, dtype=np.intp)
    ways = {
        "Orders of 8 samples in 2 blocks of 4": Exchange(np.arange(8), np.repeat([0, 1], 4), False, ""),
        "Orders of 4 whole people of 3 samples": Exchange(four, all_alike, True, ""),
        "Orders of 3 samples within each of 4 people": Exchange(np.arange(12), four, False, ""),
    }
    return ours | {name: float(exchange.arrangements()) for name, exchange in ways.items()}


def _cell(frame: pd.DataFrame, row: str, column: str) -> float:
    return float(frame[column].to_dict()[row])


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
        test = permanova(apart, design_of(counted.metadata, group=group), permutations=permutations, seed=seed)
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
    groups = {"calm": (40, 30.0), "scattered": (12, 15.0)}

    def tests(studies: int) -> pd.DataFrame:
        rows = []
        for number in range(studies):
            fake = groups_with_one_mean(study, groups, reads=1000, seed=seed + number)
            apart = distances(fake, "bray-curtis")
            design = design_of(fake.metadata, group="group")
            test = permanova(apart, design, permutations=99, seed=number)
            spread = betadisper(apart, design, permutations=99, seed=number)
            rows.append({"PERMANOVA": float(test["p"].to_dict()["group"]), "dispersion": spread.p})
        return pd.DataFrame(rows)

    made = simulated("one-mean-two-dispersions", tests, studies, study, groups, seed)
    return {str(name): int((made[name] <= ALPHA).sum()) for name in made}

"""The lesson of ``recipes/follow-over-time``: two adults, infants, and our numbers beside those of others."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import mannwhitneyu

from handbook_utils import datasets
from handbook_utils.analysis.distance.distances import distances
from handbook_utils.analysis.diversity.alpha import alpha_table
from handbook_utils.analysis.peers import held_against
from handbook_utils.analysis.time.course import marginal
from handbook_utils.analysis.time.longitudinal import change_points, mixed_model
from handbook_utils.analysis.time.mixed import fit_mixed
from handbook_utils.study import Study


def jumps_of_two(david: Study, *, permutations: int, seed: int) -> pd.DataFrame:
    """Search the series of the two adults for jumps.

    Parameters
    ----------
    david : Study
        Two adults, a sample a day, with metadata ``donor``, ``day`` and ``phase``.
    permutations, seed : int
        How many orders are drawn, and the seed of the draws.

    Returns
    -------
    pandas.DataFrame
        A row a jump: ``person``, ``day``, ``share`` (%), ``p``.
    """
    found = []
    for name in ("A", "B"):
        series = david.where("donor", name)
        days = series.metadata["day"].astype(float).sort_values(kind="stable")
        ordered = distances(series.choose_samples(list(days.index)), "bray-curtis")
        split = change_points(ordered, minimum=14, block=14, permutations=permutations, seed=seed)
        found.append(split.assign(person=name, day=days[split.index].to_numpy(), share=100 * split["share"]))
    return pd.concat(found)[["person", "day", "share", "p"]]


def between_phases(david: Study) -> dict[str, float]:
    """Return median distances within and between phases of the two adults.

    Parameters
    ----------
    david : Study
        Two adults, a sample a day, with metadata ``donor``, ``day`` and ``phase``.

    Returns
    -------
    dict of str to float
        Medians of Bray-Curtis distances by pair of phases.
    """
    apart = distances(david, "bray-curtis").to_data_frame()
    found = {}
    pairs = [("A", "pre", "pre"), ("A", "pre", "travel"), ("A", "pre", "post")]
    for name, first, second in [*pairs, ("B", "pre", "pre"), ("B", "pre", "post"), ("B", "post", "post")]:
        donor, phase = david.metadata["donor"], david.metadata["phase"]
        rows, columns = (list(david.samples[(donor == name) & (phase == one)]) for one in (first, second))
        square = apart.loc[rows, columns].to_numpy()
        own = square[np.triu_indices(len(rows), 1)] if first == second else square
        found[f"{name}: {first} to {second}"] = float(np.median(own))
    return found


def two_as_many(david: Study) -> float:
    """Return the p-value of comparing the diversity of two adults as if each of their samples were another person.

    Parameters
    ----------
    david : Study
        Two adults, a sample a day, with metadata ``donor``, ``day`` and ``phase``.

    Returns
    -------
    float
        Of the rank test of Mann and Whitney: wrong, and shown for that.
    """
    diversity, donor = alpha_table(david)["q1"], david.metadata["donor"]
    return float(mannwhitneyu(diversity[donor == "A"], diversity[donor == "B"]).pvalue)


def paces_alone(known: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, float]]:
    """Fit the pace of each kind of delivery by itself, and the difference of the two with its interval.

    Parameters
    ----------
    known : pandas.DataFrame
        Of :func:`known_infants`.

    Returns
    -------
    tuple of pandas.DataFrame and dict
        The fits by kind of delivery; ``gap``, ``low`` and ``high`` of the difference (95 %).
    """
    fits = {
        str(name): mixed_model(rows, "shannon", ["month"], "child", slopes="month").table.loc["month"]
        for name, rows in known.groupby("delivery")
    }
    table = pd.DataFrame(fits).T.rename_axis("delivery")
    one, other = table["estimate"].to_list()
    width = 1.96 * float(np.hypot(*table["error"]))
    return table, {"gap": one - other, "low": one - other - width, "high": one - other + width}


def known_infants() -> pd.DataFrame:
    """Return the children of the bundled study whose month is known, with the Shannon index."""
    infants = datasets.load("ecam")
    infants = infants.choose_samples(infants.metadata["month"].notna())
    shannon = np.log(alpha_table(infants)["q1"])
    return infants.metadata.assign(shannon=shannon, month=infants.metadata["month"].astype(float))


def against_peers(known: pd.DataFrame, phases: Mapping[str, float]) -> pd.DataFrame:
    """Hold the numbers of the bundled studies against R's nlme and vegan.

    Parameters
    ----------
    known : pandas.DataFrame
        Of :func:`known_infants`.
    phases : mapping of str to float
        Of :func:`between_phases`.

    Returns
    -------
    pandas.DataFrame
        As :func:`handbook_utils.analysis.peers.held_against`.
    """
    alone = mixed_model(known, "shannon", ["month"], "child").table
    beside = mixed_model(known, "shannon", ["month", "delivery"], "child").table
    estimates, errors = beside["estimate"].to_dict(), beside["error"].to_dict()
    return held_against(
        "recipes/follow-over-time",
        {
            "Infants, Shannon by month: slope": alone["estimate"].to_dict()["month"],
            "Infants, Shannon by month: standard error": alone["error"].to_dict()["month"],
            "Infants, Shannon by month beside delivery: slope": estimates["month"],
            "Infants, Shannon by month beside delivery: standard error": errors["month"],
            "Infants, Shannon by delivery: difference": estimates["delivery: vaginal"],
            **{f"Adult {name}: median distance": value for name, value in phases.items()},
            **_paces_of_their_own(known),
        },
    )


def _paces_of_their_own(known: pd.DataFrame) -> dict[str, float]:
    """Return what R's lmerTest, emmeans and geepack give of infants with a pace of their own, by kind of delivery."""
    used = known[["shannon", "month", "delivery", "child"]].dropna()
    vaginal, month = (used["delivery"] == "vaginal").astype(float), used["month"]
    columns = {"month": month, "delivery": vaginal, "month by delivery": month * vaginal}
    model = pd.DataFrame({"level": 1.0, **columns})
    fit = fit_mixed(used["shannon"], model, used["child"], slope=month)
    average = marginal(used["shannon"].to_numpy(), model, used["child"], plain=True)
    ours: dict[str, float] = {}
    names = {"estimate": "estimate", "error": "standard error", "df": "degrees of freedom", "p": "p"}
    for term, row in fit.table().drop(index="level").iterrows():
        ours |= {f"Own slopes, {term}: {name}": float(row[column]) for column, name in names.items()}
    ours["Own slopes: variance of the levels"] = float(fit.random[0, 0])
    ours["Own slopes: variance of the slopes"] = float(fit.random[1, 1])
    ours["Own slopes: residual variance"] = fit.residual
    for who, weights in (("caesarean", [0, 1, 0, 0]), ("vaginal", [0, 1, 0, 1])):
        pace = fit.contrast(weights)
        ours |= {f"Pace of {who} delivery: {names[name]}": float(pace[name]) for name in ("estimate", "error", "df")}
    for term in columns:
        ours[f"Averages, {term}: estimate"] = average["estimate"].to_dict()[term]
        ours[f"Averages, {term}: robust standard error"] = average["error"].to_dict()[term]
    return ours

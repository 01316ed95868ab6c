"""The lesson of the infants of Iquitos: a condition that shows nothing, beside an age that does, in three recipes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import mannwhitneyu
from skbio import DistanceMatrix

from handbook_utils.analysis.design import Design, design_of
from handbook_utils.analysis.distance.constrained import constrained, hellinger_distance
from handbook_utils.analysis.distance.dispersion import betadisper
from handbook_utils.analysis.distance.distances import distances
from handbook_utils.analysis.distance.ordination import pcoa
from handbook_utils.analysis.distance.permanova import permanova
from handbook_utils.analysis.taxa.differential import differential
from handbook_utils.analysis.taxa.filters import keep_taxa
from handbook_utils.recipes.compare_groups import effect_of
from handbook_utils.recipes.wording import ALPHA
from handbook_utils.study import Study

#: Infants of one age: with iron-deficiency anaemia, and with neither anaemia nor too little iron.
LEVELS = ("Normal at 12", "IDA at 12")
#: What else is known of the infants.
CONFOUNDERS = ("sex", "infection", "stunting", "supplement")
#: Genera of which the paper says that those with iron-deficiency anaemia have less, by sex (McClorry 2018).
REPORTED = (("Butyricicoccus", "female"), ("Coprococcus", "male"), ("Roseburia", "male"))


def by_status(infants: Study, covariates: Sequence[str] = ()) -> Design:
    """Return the design of status at 12 months beside covariates.

    Parameters
    ----------
    infants : Study
        The bundled one.
    covariates : sequence of str
        Columns.

    Returns
    -------
    Design
        Of the infants of whom all is known.
    """
    return design_of(infants.metadata, group="status_at", levels=LEVELS, covariates=covariates)


def by_age(infants: Study, covariates: Sequence[str] = ()) -> Design:
    """Return the design of age beside covariates.

    Parameters
    ----------
    infants : Study
        The bundled one.
    covariates : sequence of str
        Columns.

    Returns
    -------
    Design
        6 and 12 months as words.
    """
    return design_of(infants.metadata, group="age", covariates=covariates)


def what_else_differs(infants: Study) -> pd.DataFrame:
    """Describe what is known of the infants with and without the condition.

    Parameters
    ----------
    infants : Study
        The bundled one.

    Returns
    -------
    pandas.DataFrame
        A row a value of a column: the percentage of the infants of whom it is known, by status, and of how many in
        all it is not known.
    """
    rows = {}
    people = by_status(infants).frame
    for name in CONFOUNDERS:
        known = people[people[name].notna()]
        share = pd.crosstab(known[name], known["status_at"], normalize="columns") * 100
        for value, row in share.iterrows():
            rows[f"{name}: {value} (%)"] = {level: row[level] for level in LEVELS} | {
                "not known of": len(people) - len(known)
            }
    return pd.DataFrame(rows).T.rename_axis("infants of 12 months")


def of_each_group(differing: pd.DataFrame) -> dict[str, float]:
    """Return the numbers of the table above that the text tells, by name.

    Parameters
    ----------
    differing : pandas.DataFrame
        Of :func:`what_else_differs`.

    Returns
    -------
    dict of str to float
        Per cent, and a number of infants.
    """
    told = {"boys": "sex: male (%)", "stunted": "stunting: yes (%)", "free": "infection: none (%)"}
    found = {
        f"{name}-{short}": differing[level].to_dict()[row]
        for name, row in told.items()
        for short, level in zip(("normal", "ida"), LEVELS, strict=True)
    }
    return found | {"supplement-unknown": differing["not known of"].to_dict()["supplement: MNP (%)"]}


def beside_each(infants: Study, bray: DistanceMatrix, *, permutations: int, seed: int) -> pd.DataFrame:
    """Return what status accounts for by itself and beside what else differs, and what age does.

    Parameters
    ----------
    infants : Study
        The bundled one.
    bray : skbio.DistanceMatrix
        Bray-Curtis distances between all its samples.
    permutations, seed : int
        Of the tests.

    Returns
    -------
    pandas.DataFrame
        A row a model: ``samples``, ``size`` (ω²), ``low``, ``high``, ``R2``, ``F``, ``p``.
    """
    models = {
        "status": by_status(infants),
        "status beside sex": by_status(infants, ["sex"]),
        **{f"status beside sex and {name}": by_status(infants, ["sex", name]) for name in CONFOUNDERS[1:]},
        "age": by_age(infants),
        "age beside sex": by_age(infants, ["sex"]),
    }
    rows = {}
    for name, design in models.items():
        size = effect_of(bray, design)
        tested = permanova(bray, design, permutations=permutations, seed=seed).loc[design.focus].to_dict()
        rows[name] = {
            "samples": design.n,
            "size": size.size,
            "low": size.low,
            "high": size.high,
            **{column: tested[column] for column in ("R2", "F", "p")},
        }
    return pd.DataFrame(rows).T.astype({"samples": int}).rename_axis("model")


def of_models(sizes: pd.DataFrame) -> dict[str, tuple[float, int]]:
    """Return the numbers of the models that the text tells, by name, with their decimals.

    Parameters
    ----------
    sizes : pandas.DataFrame
        Of :func:`beside_each`.

    Returns
    -------
    dict of str to tuple of float and int
        ω² in %.
    """
    made: dict[str, tuple[float, int]] = {}
    for short in ("status", "age"):
        row = sizes.loc[f"{short} beside sex"].to_dict()
        ends = {"omega2": "size", "from": "low", "to": "high"}
        made |= {f"{short}-{name}": (100 * row[column], 1) for name, column in ends.items()}
        made |= {f"{short}-p": (row["p"], 3), f"{short}-samples": (row["samples"], 0)}
    status = sizes[sizes.index.str.startswith("status")]
    made |= {"models": (len(status), 0), "least-p": (status["p"].min(), 2)}
    return made | {"most-high": (100 * status["high"].max(), 1)}


def genera_by(infants: Study, design: Design, prevalence: float) -> pd.DataFrame:
    """Compare genera by LinDA.

    Parameters
    ----------
    infants : Study
        The bundled one.
    design : Design
        By status or by age.
    prevalence : float
        Genera that a smaller part of the samples have are left out, 0 to 1.

    Returns
    -------
    pandas.DataFrame
        As :func:`~handbook_utils.analysis.taxa.differential.differential`, the smallest p first; the fold as ``size``.
    """
    found = differential(keep_taxa(infants.agglomerate("genus"), prevalence=prevalence), design, method="linda")
    named = found.rename(columns={"log2_fold": "size"}, index=lambda name: str(name).rpartition(";")[2])
    return named.sort_values("p", kind="stable")


def as_reported(infants: Study) -> pd.DataFrame:
    """Compare the genera that the paper reports, in the sex of which it does, by ranks of shares as there.

    Parameters
    ----------
    infants : Study
        The bundled one.

    Returns
    -------
    pandas.DataFrame
        A row a genus and sex: how many infants have it, by status, and p; nothing where no variant has that name.
    """
    genera = infants.agglomerate("genus").proportions().to_frame()
    people, rows = by_status(infants).frame, {}
    for genus, sex in REPORTED:
        here = people[people["sex"] == sex]
        shares = genera.get(genus, pd.Series(np.nan, genera.index))
        of = {level: shares.loc[here.index[here["status_at"] == level]] for level in LEVELS}
        named = genus in genera
        rows[f"{genus}, {sex}"] = {
            **{f"in {level} (%)": 100 * float((own > 0).mean()) if named else np.nan for level, own in of.items()},
            "p": float(_ranks(of[LEVELS[1]], of[LEVELS[0]])) if named else np.nan,
        }
    return pd.DataFrame(rows).T.rename_axis("genus and sex")


def of_genera(
    condition: pd.DataFrame, months: pd.DataFrame, reported: pd.DataFrame, rate: float
) -> list[tuple[str, float | str, int]]:
    """Return the numbers of genera that the text tells: name, value and decimals.

    Parameters
    ----------
    condition, months : pandas.DataFrame
        Of :func:`genera_by`.
    reported : pandas.DataFrame
        Of :func:`as_reported`.
    rate : float
        False discovery rate asked for, 0 to 1.

    Returns
    -------
    list of tuple
    """
    made: list[tuple[str, float | str, int]] = []
    for label, found in (("condition", condition), ("months", months)):
        first = found.iloc[0].to_dict()
        made += [
            (f"{label}-hits", int((found["q"] <= rate).sum()), 0),
            (f"{label}-all", len(found), 0),
            (f"{label}-n", int(first["n"]), 0),
            (f"{label}-first", str(found.index[0]), 0),
            (f"{label}-fold", first["size"], 1),
            (f"{label}-low", first["low"], 1),
            (f"{label}-high", first["high"], 1),
            (f"{label}-q", first["q"], 2),
            (f"{label}-reach", float(((found["high"] - found["low"]) / 2).median()), 1),
        ]
    boys = reported.loc["Roseburia, male"].to_dict()
    of_boys = {"ida": f"in {LEVELS[1]} (%)", "normal": f"in {LEVELS[0]} (%)"}
    return [
        *made,
        *((f"boys-{short}", boys[column], 0) for short, column in of_boys.items()),
        ("boys-p", boys["p"], 3),
        ("reported-low", int((reported["p"] <= ALPHA).sum()), 0),
        ("not-named", int(reported["p"].isna().sum()), 0),
    ]


def shannon(infants: Study) -> pd.Series:
    """Return the Shannon index of each sample.

    Parameters
    ----------
    infants : Study
        The bundled one.

    Returns
    -------
    pandas.Series
        By sample, natural logarithms.
    """
    shares = infants.proportions().to_frame()
    return -(shares * np.log(shares.where(shares > 0, 1))).sum(axis=1)


# ---------------------------------------------------------------------- numbers held against R's


def numbers_of_groups(infants: Study) -> dict[str, float]:
    """Return what ``recipes/compare-groups`` holds against vegan.

    Parameters
    ----------
    infants : Study
        The bundled one.

    Returns
    -------
    dict of str to float
        By the name in ``data/peers.csv``.
    """
    bray = distances(infants, "bray-curtis")
    models = {
        "status alone": (by_status(infants), "status_at"),
        "sex beside status": (by_status(infants, ["sex"]), "sex"),
        "status beside sex": (by_status(infants, ["sex"]), "status_at"),
        **{
            f"status beside sex and {name}": (by_status(infants, ["sex", name]), "status_at")
            for name in CONFOUNDERS[1:]
        },
        "age alone": (by_age(infants), "age"),
        "age beside sex": (by_age(infants, ["sex"]), "age"),
    }
    ours: dict[str, float] = {}
    for name, (design, term) in models.items():
        tested = permanova(bray, design, permutations=0).loc[term].to_dict()
        ours |= {f"{name}: R2": tested["R2"], f"{name}: F": tested["F"]}
    for centre in ("centroid", "median"):
        spread = betadisper(bray, by_status(infants), centre=centre, bias_adjust=False, permutations=0)
        ours[f"dispersion of status about the {centre}: F"] = spread.statistic
    found, status = shannon(infants), infants.metadata["status_at"]
    of = {name: found[(status == f"{name} at 12").to_numpy()] for name in ("Normal", "IDA")}
    tested = mannwhitneyu(of["Normal"], of["IDA"], method="exact")
    ours |= {"Shannon index by status: W": tested.statistic, "Shannon index by status: p": tested.pvalue}
    ours |= {f"Shannon index, median of {name}": own.median() for name, own in of.items()}
    for months in (6, 12):
        at = (infants.metadata["age"] == months).to_numpy()
        ours[f"Shannon index, median at {months} months"] = found[at].median()
    return {f"Infants, {name}": float(value) for name, value in ours.items()}


def numbers_of_maps(infants: Study) -> dict[str, float]:
    """Return what ``recipes/map-differences`` holds against vegan.

    Parameters
    ----------
    infants : Study
        The bundled one.

    Returns
    -------
    dict of str to float
        By the name in ``data/peers.csv``.
    """
    status, age = by_status(infants, ["sex"]), by_age(infants, ["sex"])
    here = infants.choose_samples(status.samples)
    bray, roots = distances(here, "bray-curtis"), hellinger_distance(here.proportions().to_frame())
    of_status, of_roots = constrained(bray, status), constrained(roots, status)
    jaccard = distances(here, "jaccard")
    ours = {
        "dbRDA, status beside sex: sum of squares": of_status.sums.iloc[0],
        "dbRDA, status beside sex: share of all": of_status.r2,
        "dbRDA, age beside sex: sum of squares": constrained(distances(infants, "bray-curtis"), age).sums.iloc[0],
        "RDA, Hellinger, status beside sex: eigenvalue": of_roots.sums.iloc[0] / (status.n - 1),
        "RDA, Hellinger, status beside sex: adjusted R2": of_roots.adjusted_r2,
        "PCA, Hellinger: share of axis 1": pcoa(roots).proportions.iloc[0],
        "Mantel correlation of Bray-Curtis and Jaccard": np.corrcoef(bray.condensed_form(), jaccard.condensed_form())[
            0, 1
        ],
    }
    return {f"Infants, {name}": float(value) for name, value in ours.items()}


def numbers_of_taxa(infants: Study) -> dict[str, float]:
    """Return what ``recipes/find-differential-taxa`` holds against R's ``lm``, ``wilcox.test`` and LinDA's own program.

    Parameters
    ----------
    infants : Study
        The bundled one.

    Returns
    -------
    dict of str to float
        By the name in ``data/peers.csv``.
    """
    genera = infants.agglomerate("genus")
    ours: dict[str, float] = {}
    asked: dict[str, Any] = {"status": by_status(infants, ["sex"]), "age": by_age(infants, ["sex"])}
    for label, design in asked.items():
        for method, study, rows in (
            ("MaAsLin-like", genera, ("Blautia", "Faecalibacterium", "Roseburia")),
            ("LinDA", infants, ("Faecalibacterium_1", "Blautia_1", "Bifidobacterium_1")),
        ):
            found = differential(study, design, method=method.lower()).loc[list(rows)]
            for name, row in found.iterrows():
                ours[f"{method}, {label}: log2 fold change of {name}"] = float(row["log2_fold"])
                ours[f"{method}, {label}: log10 of p of {name}"] = float(np.log10(row["p"]))
    shares, people = genera.proportions().to_frame()["Roseburia"], by_status(infants).frame
    for sex in ("female", "male"):
        here = people[people["sex"] == sex]
        one, two = (shares.loc[here.index[here["status_at"] == level]] for level in LEVELS)
        ours[f"ranks of shares of Roseburia by status, {sex}: p"] = _ranks(one, two)
    return {f"Infants, {name}": value for name, value in ours.items()}


def _ranks(one: pd.Series, two: pd.Series) -> float:
    """Return p of Wilcoxon's rank sum test, from a normal distribution, as shares have ties."""
    return float(mannwhitneyu(one, two, method="asymptotic").pvalue)

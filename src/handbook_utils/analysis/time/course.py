"""One number over time, in people: which model of it to report, and what other models say of the same question."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.genmod.cov_struct import Exchangeable
from statsmodels.genmod.generalized_estimating_equations import GEE

from handbook_utils.analysis.design import Design
from handbook_utils.analysis.design.terms import as_words
from handbook_utils.analysis.distance.distances import distances
from handbook_utils.analysis.time.mixed import MixedFit, fit_mixed
from handbook_utils.errors import InputError
from handbook_utils.study import Study

__all__ = ["MODELS", "Course", "attendance", "course", "from_the_beginning", "marginal", "supposed"]

#: Models by name, from the one that supposes least, and what they suppose.
MODELS = {
    "slopes": "people have levels and slopes of their own",
    "slopes and neighbours": "people have levels and slopes of their own, and samples near in time are alike",
    "level and neighbours": "people have levels of their own, and samples near in time are alike",
    "level": "people have levels of their own, and differ in nothing else",
}


def supposed(model: str, unit: str = "", many: str = "people") -> str:
    """Say what a model supposes.

    Parameters
    ----------
    model : str
        Of ``MODELS``.
    unit : str
        Column of what people lie in, which has levels (and slopes) of its own, too; empty: none.
    many : str
        What those who gave samples are called.

    Returns
    -------
    str
        A part of a sentence.

    Examples
    --------
    >>> supposed("slopes", "ward")
    'people and units of ward have levels and slopes of their own'
    """
    return MODELS[model].replace("people", f"{many} and units of {unit}" if unit else many)


@dataclass(frozen=True)
class Course:
    """Models of one course over time.

    Attributes
    ----------
    fit : MixedFit
        The model that is reported: own slopes where there are samples enough for them.
    model : str
        Its name in ``MODELS``.
    table : pandas.DataFrame
        Its coefficients but the constant: estimate, error, df, low, high, p.
    others : pandas.DataFrame
        By coefficient and model: estimate, low, high, p; GEE, the average over people, among the models.
    """

    fit: MixedFit
    model: str
    table: pd.DataFrame
    others: pd.DataFrame

    @property
    def paced(self) -> bool:
        """Whether people have slopes of their own in the model that is reported."""
        return self.model.startswith("slopes")


def course(values: pd.Series, design: Design, time: str) -> Course:
    """Fit a course over time by a design.

    Where people differ in their pace, a model with levels alone takes that for chance within them: in such studies
    without a difference it called one in 15 to 26 of 100. So slopes of people's own are in the model that is reported
    whenever there are more than two samples a person on average; the others stand beside it. Slopes of people's own
    together with samples near in time that are alike need four samples a person on average.

    Where people lie in units (``nested_in``: cages, centres), these have levels, and slopes where people have, of their
    own: people of one cage may change alike, and with levels alone that would be taken for what was done to the cage.

    Parameters
    ----------
    values : pandas.Series of float
        By sample.
    design : Design
        With a person and the time.
    time : str
        Column of the time, a number.

    Returns
    -------
    Course

    Examples
    --------
    >>> from handbook_utils.analysis.design import design_of
    >>> rows = pd.DataFrame({"who": list("aaabbbcccddd"), "week": [0.0, 1, 2] * 4}, index=[f"s{n}" for n in range(12)])
    >>> y = pd.Series([1, 2.1, 3, 4, 4.9, 6.2, 0, 1.2, 2, 2, 2.8, 4.1], index=rows.index)
    >>> found = course(y, design_of(rows, exposure="week", person="who", minimum=3), "week")
    >>> found.model, round(float(found.table.loc["week", "estimate"]), 2)
    ('slopes', 1.04)
    """
    matrix, people = design.matrix, design.people
    nest = design.asked["nested_in"]
    unit = as_words(design.frame[nest]) if nest else None
    y = values.loc[design.samples].to_numpy(dtype=float)
    when = design.frame[time].to_numpy(dtype=float)
    asked = {
        "slopes": {"slope": when},
        "slopes and neighbours": {"slope": when, "when": when},
        "level and neighbours": {"when": when},
        "level": {},
    }
    fits: dict[str, MixedFit] = {}
    for name, given in asked.items():
        if "slope" in given and design.n <= 2 * design.n_people:
            continue
        if len(given) == 2 and design.n < 4 * design.n_people:
            continue
        if "when" in given and pd.DataFrame({"who": people, "when": when}).duplicated().any():
            continue  # two samples of one person at one time
        fits[name] = fit_mixed(y, matrix, people.to_numpy(), unit=unit, **given)
    chosen = next(iter(fits))
    many = design.members.many
    tables = {supposed(name, nest, many): fit.table().iloc[1:] for name, fit in fits.items()}
    independent = people if unit is None else unit
    # As few units as columns say nothing of an average over units.
    if unit is None or independent.nunique() > matrix.shape[1]:
        tables[f"averages over {f'units of {nest}' if nest else many} (GEE)"] = marginal(y, matrix, independent).iloc[
            1:
        ]
    others = pd.concat(tables, names=["model", "term"]).swaplevel().sort_index(level=0, sort_remaining=False)
    return Course(fits[chosen], chosen, fits[chosen].table().iloc[1:], others[["estimate", "low", "high", "p"]])


def marginal(values: np.ndarray, model: pd.DataFrame, person: pd.Series, *, plain: bool = False) -> pd.DataFrame:
    """Fit the average course over people by generalised estimating equations, exchangeable within people.

    statsmodels' fit, with the covariance of Mancl and DeRouen (2001), Biometrics 57:126, and a t distribution of as
    many degrees of freedom as people are more than columns: the plain one is too small where people are few.

    Parameters
    ----------
    values : array of float
        What is followed, a number a sample.
    model : pandas.DataFrame
        The constant first.
    person : pandas.Series
        Whose sample it is.
    plain : bool
        With the plain robust covariance, as other programs give it.

    Returns
    -------
    pandas.DataFrame
        By column: estimate, error, df, low, high, p.

    Raises
    ------
    InputError
        No more people than columns.

    Examples
    --------
    >>> model = pd.DataFrame({"1": 1.0, "week": [0.0, 1] * 4})
    >>> y = np.array([1.0, 2, 3, 4.2, 0, 0.9, 2, 3.1])
    >>> round(float(marginal(y, model, pd.Series(list("aabbccdd"))).loc["week", "estimate"]), 3)
    1.05
    """
    people = person.nunique()
    if people <= model.shape[1]:
        raise InputError(
            "Averages over people need more people than the model has columns.",
            where="parameters group, covariates and interactions",
            expected=f"{model.shape[1] + 1} people or more",
            found=str(people),
            remedy="Leave covariates out, or compare fewer groups: levels names them.",
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = GEE(values, model.to_numpy(dtype=float), groups=person.to_numpy(), cov_struct=Exchangeable()).fit(
            cov_type="robust" if plain else "bias_reduced"
        )
    estimate, error = np.asarray(fit.params, dtype=float), np.asarray(fit.bse, dtype=float)
    free = people - model.shape[1]
    width = stats.t.ppf(0.975, free) * error
    return pd.DataFrame(
        {
            "estimate": estimate,
            "error": error,
            "df": float(free),
            "low": estimate - width,
            "high": estimate + width,
            "p": 2 * stats.t.sf(np.abs(estimate / error), free),
        },
        index=model.columns,
    )


def attendance(frame: pd.DataFrame, time: str, *, most: int = 12, parts: int = 6) -> pd.DataFrame:
    """Count the people with a sample at each time, by group; of many times, in parts of equal length.

    Parameters
    ----------
    frame : pandas.DataFrame
        By sample: ``person``, ``time``, ``group``.
    time : str
        What the time is called.
    most : int
        As many times are shown one by one.
    parts : int
        Of more.

    Returns
    -------
    pandas.DataFrame
        People, a row a time or part, a column a group.

    Examples
    --------
    >>> rows = pd.DataFrame({"person": list("aabb"), "time": [0, 1, 0, 0], "group": "all"})
    >>> attendance(rows, "week")["all"].to_dict()
    {0: 2, 1: 1}
    """
    when = frame["time"]
    order = sorted(when.unique())
    if len(order) > most:
        cut = pd.cut(when, parts, precision=1, include_lowest=True)
        when, order = cut.astype(str), [str(part) for part in cut.cat.categories if (cut == part).any()]
    seen = frame.groupby([when, "group"])["person"].nunique().unstack(fill_value=0).loc[order]
    return seen.rename_axis(time).rename_axis(None, axis=1).astype(int)


def from_the_beginning(study: Study, times: pd.Series, *, first: int = 10) -> pd.Series:
    """Return the mean distance of each sample of a series to its first ones, by time.

    Parameters
    ----------
    study : Study
        Counts or proportions; at least the samples of the series.
    times : pandas.Series of float
        Of the samples of the series.
    first : int
        How many samples are the beginning.

    Returns
    -------
    pandas.Series
        Bray-Curtis distances, 0 to 1; a beginning sample's distance to itself counts.
    """
    order = times.sort_values(kind="stable")
    apart = distances(study.choose_samples(list(order.index)), "bray-curtis").data
    return pd.Series(apart[:, :first].mean(axis=1), index=order.to_numpy())

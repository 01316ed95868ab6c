"""Simulated people whose causes are known, and what a study that does not know them finds.

A model is a diagram: arrows from cause to effect, each with a strength. People are drawn from it, a study is done on
them, and its answer is held against the truth. Whatever shows it says that it is simulated; strengths are illustrative.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from handbook_utils.analysis.effects import Effect
from handbook_utils.errors import InputError, nearest

#: A cause and its effect, and how strong the effect is.
Arrows = Mapping[tuple[str, str], float]
Values = npt.NDArray[np.float64]


def simulate_people(
    arrows: Arrows, people: int, *, seed: int, yes_no: Collection[str] = (), genes: Collection[str] = ()
) -> pd.DataFrame:
    """Draw people from a causal diagram.

    Parameters
    ----------
    arrows : mapping of (str, str) to float
        By cause and effect: how much the effect rises when the cause rises by 1. What nothing points to is drawn from
        a normal distribution with mean 0 and standard deviation 1; the others are the sum of their causes, each times
        its strength, with such a normal deviate added.
    people : int
        How many, 1 or more.
    seed : int
        Of the random numbers.
    yes_no : collection of str
        Variables that are 0 or 1. Their causes add up on the logit, so that a strength is a log odds ratio.
    genes : collection of str
        Variables that nothing points to and that are 0, 1 or 2: copies of a variant that half of all copies are.

    Returns
    -------
    pandas.DataFrame, shape (people, variables)
        Simulated. Causes stand before their effects.

    Raises
    ------
    InputError
        Arrows that run in a circle, or no people.

    Examples
    --------
    >>> drawn = simulate_people({("medicine", "bacteria"): -2.0}, 1000, seed=1, yes_no=["medicine"])
    >>> drawn.groupby("medicine")["bacteria"].mean().round(0).to_dict()
    {0.0: -0.0, 1.0: -2.0}
    """
    return pd.DataFrame(_people(arrows, people, seed, yes_no, genes))


def _people(
    arrows: Arrows, people: int, seed: int, yes_no: Collection[str], genes: Collection[str] = ()
) -> dict[str, Values]:
    if people < 1:
        raise InputError("Nobody is simulated.", where="people", expected="1 or more", found=str(people))
    causes: dict[str, set[str]] = {}
    for cause, effect in arrows:
        causes.setdefault(cause, set())
        causes.setdefault(effect, set()).add(cause)
    try:
        order = list(TopologicalSorter(causes).static_order())
    except CycleError as error:
        raise InputError(
            "The arrows run in a circle.",
            expected="a diagram in which nothing is a cause of itself",
            found=" → ".join(reversed(error.args[1])),
        ) from error
    # One stream of random numbers a variable, so that a changed arrow changes nothing else.
    streams = dict(zip(sorted(causes), np.random.default_rng(seed).spawn(len(causes)), strict=True))
    drawn: dict[str, Values] = {}
    for name in order:
        generator = streams[name]
        level = sum((arrows[cause, name] * drawn[cause] for cause in sorted(causes[name])), np.zeros(people))
        if name in genes:
            drawn[name] = generator.binomial(2, 0.5, people).astype(float)
        elif name in yes_no:
            drawn[name] = (level + generator.logistic(size=people) > 0).astype(float)
        else:
            drawn[name] = level + generator.normal(size=people)
    return drawn


def slope(
    frame: pd.DataFrame, cause: str, outcome: str, adjust: Sequence[str] = (), confidence: float = 0.95
) -> Effect:
    """Estimate how much an outcome differs with one unit of a variable, among people who are alike in others.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a person.
    cause, outcome : str
        Columns: the supposed cause and what it is supposed to do.
    adjust : sequence of str
        Columns that are held equal (in a linear model).
    confidence : float
        Of the interval, which rests on the t distribution.

    Returns
    -------
    Effect
        In units of the outcome for one unit of the cause. It is an association; whether it is the effect depends on
        what was adjusted for.

    Raises
    ------
    InputError
        Too few people, a column that is not there, or columns that say the same.

    Examples
    --------
    >>> arrows = {("age", "bacteria"): 1.0, ("age", "complaints"): 1.0}
    >>> drawn = simulate_people(arrows, 4000, seed=1)
    >>> round(slope(drawn, "bacteria", "complaints").size, 1)
    0.5
    >>> round(abs(slope(drawn, "bacteria", "complaints", ["age"]).size), 1)
    0.0
    """
    value, error, left = _fitted({str(name): frame[name] for name in frame}, cause, outcome, adjust)
    half = float(stats.t.ppf((1 + confidence) / 2, left) * error)
    return Effect(value, value - half, value + half, confidence)


def _fitted(
    people: Mapping[str, npt.ArrayLike], cause: str, outcome: str, adjust: Sequence[str]
) -> tuple[float, float, int]:
    """Return the slope of a cause by least squares, its standard error and the degrees of freedom left."""
    columns = [cause, outcome, *adjust]
    for name in columns:
        if name not in people:
            close = nearest(name, map(str, people))
            raise InputError(
                f"There is no column '{name}'.",
                expected="one of " + ", ".join(map(str, people)),
                remedy=f"Did you mean '{close}'?" if close else None,
            )
    values = np.asarray(people[outcome], dtype=float)
    model = np.column_stack([np.ones(len(values)), *(np.asarray(people[name], float) for name in (cause, *adjust))])
    left = len(values) - model.shape[1]
    if left < 1 or np.linalg.matrix_rank(model) < model.shape[1]:
        raise InputError(
            "The effect cannot be told apart from what is adjusted for.",
            where=", ".join(columns),
            expected="more people than columns, and columns that are not made from one another",
            found=f"{len(values)} people",
        )
    inverse = np.linalg.inv(model.T @ model)
    found = inverse @ model.T @ values
    spread = float(np.sum((values - model @ found) ** 2)) / left
    return float(found[1]), float(np.sqrt(spread * inverse[1, 1])), left


def slope_by_gene(frame: pd.DataFrame, gene: str, cause: str, outcome: str, confidence: float = 0.95) -> Effect:
    """Estimate an effect from a gene that changes the cause: Mendelian randomisation with one variant.

    The difference in outcome per copy, divided by the difference in cause per copy (Wald's ratio). It is the effect
    if the gene changes the outcome only by way of the cause, and if nothing else goes with the gene.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a person.
    gene, cause, outcome : str
        Columns.
    confidence : float
        Of the interval, which is normal and too narrow where the gene changes the cause little.

    Returns
    -------
    Effect
        In units of the outcome for one unit of the cause.

    Raises
    ------
    InputError
        The gene does not go with the cause at all.

    References
    ----------
    Wald 1940, Annals of Mathematical Statistics 11:284.

    Examples
    --------
    >>> arrows = {("gene", "bacteria"): 1.0, ("age", "bacteria"): 1.0, ("age", "complaints"): 1.0}
    >>> drawn = simulate_people(arrows, 20000, seed=1, genes=["gene"])
    >>> round(abs(slope_by_gene(drawn, "gene", "bacteria", "complaints").size), 1)
    0.0
    """
    g, x, y = (frame[name].to_numpy(dtype=float) for name in (gene, cause, outcome))
    g, x, y = g - g.mean(), x - x.mean(), y - y.mean()
    together = float(g @ x)
    if abs(together) < 1e-12 * max(1.0, float(np.sqrt((g @ g) * (x @ x)))):
        raise InputError("The gene says nothing about the supposed cause.", where=f"{gene}, {cause}")
    value = float(g @ y) / together
    spread = float(np.sum((y - value * x) ** 2)) / (len(frame) - 2)
    half = float(stats.norm.ppf((1 + confidence) / 2) * np.sqrt(spread * float(g @ g)) / abs(together))
    return Effect(value, value - half, value + half, confidence)


def measured_badly(frame: pd.DataFrame, columns: Sequence[str], quality: float, *, seed: int) -> pd.DataFrame:
    """Replace columns by what a poor measurement of them gives.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a person.
    columns : sequence of str
        Which are measured badly. A column of 0 and 1 gets wrong answers, another one noise.
    quality : float
        From 0 (the answer has nothing to do with the truth) to 1 (the truth). For noise it is the reliability: the
        share of the variance that is true. Of yes-or-no answers (1 − quality) / 2 are wrong.
    seed : int
        Of the random numbers.

    Returns
    -------
    pandas.DataFrame
        A copy with these columns replaced; their means and variances stay about what they were.

    Raises
    ------
    InputError
        A quality below 0 or above 1.

    Examples
    --------
    >>> exact = pd.DataFrame({"medicine": [0.0, 1.0] * 5000})
    >>> poor = measured_badly(exact, ["medicine"], 0.5, seed=1)
    >>> float((poor["medicine"] != exact["medicine"]).mean().round(2))
    0.25
    """
    true = {name: frame[name].to_numpy(dtype=float) for name in columns}
    return frame.assign(**_poorly(true, [quality], np.random.default_rng(seed))[0])


def _poorly(
    true: Mapping[str, Values], qualities: Sequence[float], generator: np.random.Generator
) -> list[dict[str, Values]]:
    """Measure variables with each of several qualities, by the same draws."""
    wrong = [quality for quality in qualities if not 0 <= quality <= 1]
    if wrong:
        raise InputError("Quality is a share.", where="quality", expected="0 to 1", found=f"{wrong[0]:g}")
    measured: list[dict[str, Values]] = [{} for _ in qualities]
    for name, values in true.items():
        if ((values == 0) | (values == 1)).all():
            drawn = generator.random(len(values))
            for one, quality in zip(measured, qualities, strict=True):
                one[name] = np.where(drawn < (1 - quality) / 2, 1 - values, values)
        else:
            noise = generator.normal(scale=values.std(), size=len(values))
            middle = values.mean()
            for one, quality in zip(measured, qualities, strict=True):
                one[name] = middle + np.sqrt(quality) * (values - middle) + np.sqrt(1 - quality) * noise
    return measured


def many_studies(
    arrows: Arrows,
    people: int,
    adjust: Sequence[str],
    qualities: Sequence[float],
    *,
    cause: str = "bacteria",
    outcome: str = "complaints",
    exact: Collection[str] = (),
    yes_no: Collection[str] = (),
    studies: int = 200,
    seed: int = 1,
) -> pd.DataFrame:
    """Do the same study many times, with confounders that are measured well or badly.

    Parameters
    ----------
    arrows : mapping of (str, str) to float
        The diagram, as for :func:`simulate_people`.
    people : int
        In each study.
    adjust : sequence of str
        What every study adjusts for.
    qualities : sequence of float
        Of the measurement of these, as for :func:`measured_badly`.
    cause, outcome : str
        What is estimated.
    exact : collection of str
        Those of ``adjust`` that are always measured exactly.
    yes_no : collection of str
        Variables that are 0 or 1.
    studies : int
        How many.
    seed : int
        Of the random numbers.

    Returns
    -------
    pandas.DataFrame, shape (qualities, 3)
        Simulated. By quality: the ``median`` of the estimates, and between which values 95 of 100 lie (``low``,
        ``high``).

    Examples
    --------
    >>> arrows = {("age", "bacteria"): 1.0, ("age", "complaints"): 1.0}
    >>> many_studies(arrows, 400, ["age"], [0.0, 1.0], studies=40)["median"].round(1).abs().to_dict()
    {0.0: 0.5, 1.0: 0.0}
    """
    poor = [name for name in adjust if name not in exact]
    seeds = np.random.default_rng(seed).integers(1 << 31, size=(studies, 2))
    found = np.empty((studies, len(qualities)))
    for row, (draw, error) in enumerate(seeds):
        drawn = _people(arrows, people, int(draw), yes_no)
        true = {name: drawn[name] for name in poor}
        for column, measured in enumerate(_poorly(true, qualities, np.random.default_rng(int(error)))):
            found[row, column] = _fitted(drawn | measured, cause, outcome, adjust)[0]
    low, median, high = np.quantile(found, [0.025, 0.5, 0.975], axis=0)
    return pd.DataFrame(
        {"median": median, "low": low, "high": high}, index=pd.Index([float(q) for q in qualities], name="quality")
    )


def followed_until_ill(
    people: int,
    years: int,
    *,
    illness_on_bacteria: float,
    bacteria_on_illness: float = 0.0,
    risk: float = 0.1,
    seed: int = 1,
) -> pd.DataFrame:
    """Follow people who are all well at first, some of whom fall ill.

    Bacteria of a person are a normal deviate of their own that stays, another one for every year, and, from the year
    the illness begins, ``illness_on_bacteria``. The log odds of falling ill in a year are those of ``risk``, plus
    ``bacteria_on_illness`` for each unit of bacteria the year before.

    Parameters
    ----------
    people, years : int
        How many, and for how long after the year 0, in which nobody is ill.
    illness_on_bacteria, bacteria_on_illness : float
        The two arrows. One of them 0: cause and consequence are clear.
    risk : float
        Of falling ill in a year, for somebody with 0 units of bacteria; between 0 and 1.
    seed : int
        Of the random numbers.

    Returns
    -------
    pandas.DataFrame, shape (people * (years + 1), 5)
        Simulated; ``person``, ``year``, ``ill`` (this year), ``falls_ill`` (at any time), ``bacteria``.

    Examples
    --------
    >>> drawn = followed_until_ill(2000, 5, illness_on_bacteria=-1.0)
    >>> first = drawn[drawn["year"] == 0].groupby("falls_ill")["bacteria"].mean()
    >>> last = drawn[drawn["year"] == 5].groupby("falls_ill")["bacteria"].mean()
    >>> [round(float(year[True] - year[False]), 1) for year in (first, last)]
    [0.0, -1.0]
    """
    generator = np.random.default_rng(seed)
    own = generator.normal(scale=np.sqrt(0.75), size=people)
    base = float(np.log(risk / (1 - risk)))
    ill = np.zeros(people, dtype=bool)
    bacteria = own + generator.normal(scale=0.5, size=people)
    rows = [(ill.copy(), bacteria)]
    for _ in range(years):
        chance = 1 / (1 + np.exp(-(base + bacteria_on_illness * bacteria)))
        ill = ill | (generator.random(people) < chance)
        bacteria = own + generator.normal(scale=0.5, size=people) + illness_on_bacteria * ill
        rows.append((ill.copy(), bacteria))
    return pd.concat(
        [
            pd.DataFrame({"person": range(people), "year": year, "ill": now, "falls_ill": ill, "bacteria": values})
            for year, (now, values) in enumerate(rows)
        ],
        ignore_index=True,
    )

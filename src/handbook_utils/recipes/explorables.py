"""What explorables need of the data: small numbers, made here and kept in ``book/explorables.json``.

A browser gets them with the page, and no build needs the data for it. A test makes them again and compares;
``python -m handbook_utils.recipes.explorables`` renews them. Each function here is named as the explorable it is for.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from babel import Locale
from scipy import stats

from handbook_utils import datasets
from handbook_utils.analysis.depth import rarefied
from handbook_utils.analysis.diversity.alpha import alpha_table, hill_at_size
from handbook_utils.analysis.diversity.estimates import hill
from handbook_utils.analysis.models.placement import (
    UNNAMED,
    Placement,
    place,
    reference_ranges,
    unusual_in_reference,
    within_person_sd,
)
from handbook_utils.analysis.models.recovery import chances_of
from handbook_utils.analysis.models.retest import changes_between
from handbook_utils.home import handbook_root
from handbook_utils.study import Study
from handbook_utils.study.readers import open_study
from handbook_utils.text import durable

Facts = dict[str, Any]

#: Where they are kept, in the handbook's folder.
KEPT = Path("book") / "explorables.json"
#: As the chapters on these data have it: reads a sample has at least, and at which diversity is compared.
LEAST_READS = 500
#: Significant digits that are kept.
DIGITS = 10

#: Codes of countries (ISO 3166-1), of which a browser knows the names in every language: three letters, and two.
COUNTRIES = (
    "AUT AT, BGD BD, CAN CA, CHN CN, CMR CM, DEU DE, DNK DK, ESP ES, EST EE, ETH ET, FIN FI, FJI FJ, FRA FR, "
    "GBR GB, GHA GH, HUN HU, IDN ID, IND IN, IRL IE, ISL IS, ISR IL, ITA IT, JPN JP, KAZ KZ, KOR KR, LBR LR, "
    "LUX LU, MDG MG, MNG MN, NLD NL, NOR NO, PER PE, RUS RU, SLV SV, SVK SK, SWE SE, TZA TZ, USA US"
)


def country_name(code: str, lang: str) -> str:
    """Return the name of a country in a language.

    Parameters
    ----------
    code : str
        Three letters of ISO 3166-1, one of :data:`COUNTRIES`.
    lang : str
        Such as ``nl``.

    Returns
    -------
    str
        The code itself where the country is not one of them.

    Examples
    --------
    >>> country_name("GBR", "nl")
    'Verenigd Koninkrijk'
    """
    short = dict(pair.split() for pair in COUNTRIES.split(", ")).get(code, "")
    return str(Locale(lang).territories.get(short, code))


#: What is eaten in the place of wholemeal food, as in the chapter.
WHITE = {
    "bread-wholemeal": "bread-white",
    "bread-rye": "bread-white",
    "oats": "cornflakes",
    "pasta-wholemeal": "pasta-white",
    "rice-brown": "rice-white",
}

_MADE: dict[str, Callable[[], Facts]] = {}


def _for(explorable: str) -> Callable[[Callable[[], Facts]], Callable[[], Facts]]:
    def noted(make: Callable[[], Facts]) -> Callable[[], Facts]:
        _MADE[explorable] = make
        return make

    return noted


@_for("alike")
def alike(women: int = 12) -> Facts:
    """Return the bacteria of women who gave stool twice: names of groups, and reads by group of each visit.

    Parameters
    ----------
    women : int
        How many, at most.

    Returns
    -------
    dict
        ``groups``, names from the most reads down; ``women``, for each the reads of both visits.
    """
    twins = datasets.load("twins")
    twins = twins.choose_samples((twins.depth >= LEAST_READS).to_numpy())
    person, visit = twins.column("person"), twins.column("visit")
    visits = person.groupby(person).transform("size") == 2
    chosen = sorted(person[visits].unique())[:women]
    counts = twins.to_frame().loc[person.isin(chosen)].astype(int)
    counts = counts.loc[:, counts.sum() > 0]
    order = counts.sum().sort_values(ascending=False, kind="stable").index
    counts = counts[order]
    found = [
        [_sparse(counts.loc[sample]) for sample in visit[person == one].sort_values().index.intersection(counts.index)]
        for one in chosen
    ]
    return {"groups": list(order), "women": found}


@_for("age")
def age(edges: tuple[float, ...] = (-1, 0, 3, 6, 9, 12, 18, 24, 30)) -> Facts:
    """Return how many kinds of bacteria children have, by age: samples, mean month and three quantiles.

    Parameters
    ----------
    edges : tuple of float
        Months between which children are taken together.

    Returns
    -------
    dict
        ``children``, and by band ``samples``, ``month``, ``low``, ``middle`` and ``high``.
    """
    ecam = datasets.load("ecam")
    ecam = ecam.choose_samples(ecam.column("month").notna().to_numpy())
    frame = pd.DataFrame({"month": ecam.column("month").astype(float), "kinds": alpha_table(ecam)["q1"]})
    bands = frame.groupby(pd.cut(frame["month"], list(edges)), observed=True)
    quantiles = {part: bands["kinds"].quantile(part) for part in (0.1, 0.5, 0.9)}
    return {
        "children": int(ecam.column("child").nunique()),
        "samples": bands.size().tolist(),
        "month": _rounded(bands["month"].mean()),
        "low": _rounded(quantiles[0.1]),
        "middle": _rounded(quantiles[0.5]),
        "high": _rounded(quantiles[0.9]),
    }


@_for("conditions")
def conditions(population: int = 17_811_291) -> Facts:
    """Return how many people in the Netherlands have each condition, as the manifest tells it.

    Parameters
    ----------
    population : int
        People in the country.

    Returns
    -------
    dict
        ``population``, and ``rows`` with the names in both languages, ``people`` and ``basis``.
    """
    table = datasets.frame("dutch-prevalence")
    people = table[table["measure"] == "people"]
    rows = []
    for row in people.to_dict("records"):
        more = {lang: f" ({row[f'who_{lang}']})" if row["who_en"] != "all" else "" for lang in ("en", "nl")}
        names = {lang: row[f"condition_{lang}"].partition(" (")[0] + more[lang] for lang in ("en", "nl")}
        rows.append({**names, "people": int(row["number"]), "basis": row["basis"]})
    return {"population": population, "rows": rows}


@_for("studied")
def studied() -> Facts:
    """Return people of studies, added up by country, age and condition (or none), with the study they were in."""
    people = datasets.frame("studied-people").fillna({"condition": "?"})
    people["country"] = people["country"].map(dict(pair.split() for pair in COUNTRIES.split(", ")))
    counted = people.groupby(["country", "age_group", "condition", "study"]).size().reset_index(name="people")
    names: dict[str, list[str]] = {}
    for column in ("country", "age_group", "condition", "study"):
        counted[column], unique = pd.factorize(counted[column], sort=True)
        names[column] = list(unique) if column != "study" else []
    return {"names": names, "rows": counted.to_numpy().tolist()}


@_for("recover")
def recover(species: int = 40, arrivals: float = 0.01, last_day: float = 180.0, seed: int = 1) -> Facts:
    """Return the draws of one simulated gut: how sensitive each species is, and when cells of which arrive.

    Parameters
    ----------
    species : int
        In the gut.
    arrivals : float
        As :func:`~handbook_utils.analysis.models.recovery.chances_of`.
    last_day : float
        Days that are simulated.
    seed : int
        Of the draws.

    Returns
    -------
    dict
        ``sensitivity`` by species, and ``arrivals`` as step, species and cells.
    """
    sensitivity, came = chances_of(seed, species=species, arrivals=arrivals, last_day=last_day)
    steps, who = np.nonzero(came)
    return {
        "sensitivity": _rounded(sensitivity),
        "arrivals": [[int(step), int(one), int(came[step, one])] for step, one in zip(steps, who, strict=True)],
    }


@_for("selftest")
def selftest(reads: int = 1000, times: int = 200) -> Facts:
    """Return how much a score of variety differs, on the logarithm, if reads, day or person differ.

    Parameters
    ----------
    reads : int
        Of each draw from one stool.
    times : int
        Draws.

    Returns
    -------
    dict
        ``spread``, standard deviations of the logarithm for ``stool``, ``day`` and ``company``; and ``reads``.
    """
    usual = datasets.load("david").where("phase", "pre")
    named = usual.choose_features([name for name in usual.features if name != "unclassified(f)"])
    scores = np.log(named.to_frame().apply(lambda row: hill(row.to_numpy(), 1), axis=1))
    deepest = named.to_frame().loc[str(named.depth.idxmax())].to_numpy(dtype=np.int64)
    generator = np.random.default_rng(1)
    again = [np.log(hill(generator.multivariate_hypergeometric(deepest, reads), 1)) for _ in range(times)]
    donors = [scores[(usual.metadata["donor"] == donor).to_numpy()] for donor in ("A", "B")]
    squares = sum(float(((one - one.mean()) ** 2).sum()) for one in donors)
    people = np.log(varieties(twins().reference))
    spread = {
        "stool": np.std(again, ddof=1),
        "day": np.sqrt(squares / (len(scores) - len(donors))),
        "company": people.std(ddof=1),
    }
    return {"spread": {name: _round(value) for name, value in spread.items()}, "reads": reads}


@_for("status")
def status() -> Facts:
    """Return what one sample is placed among: varieties of the others, and how many have unusual groups by range."""
    found = twins()
    limits = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98]
    usual = [unusual_in_reference(found.reference, limit) for limit in limits]
    return {
        **_variety_of_others(found),
        "central": [round(100 * limit) for limit in limits],
        "any": [_round((counts > 0).mean()) for counts in usual],
        "mean": [_round(counts.mean()) for counts in usual],
    }


@_for("result")
def result() -> Facts:
    """Return the reference group that a reader's own result is held against."""
    found = twins(place_none=True)
    known = found.repeated.without_empty_features().features
    ranges = reference_ranges(found.reference).loc[known]
    usual = unusual_in_reference(found.reference)
    days = np.sort(np.random.default_rng(1).normal(size=4000))
    return {
        **_variety_of_others(found),
        "people": len(found.reference.samples),
        "taxa": {str(name): _rounded(ranges.loc[name, ["low", "median", "high"]]) for name in ranges.index},
        "unusual": [int((usual == count).sum()) for count in range(int(usual.max()) + 1)],
        # Between these lie 95 of 100 of the days that part_below draws; it takes quantiles between two of them.
        "days": [[_round(days[place]), _round(days[place + 1])] for place in (99, 3899)],
    }


@_for("prices")
def prices() -> Facts:
    """Return foods (names, fibre, part thrown away, price), how much of each a day has, and the white ones instead."""
    foods = datasets.frame("foods")
    week = datasets.frame("foods", "week")
    columns = ["name_en", "name_nl", "fibre", "refuse", "price"]
    return {
        "foods": dict(zip(foods["food"], foods[columns].to_numpy(dtype=object).tolist(), strict=True)),
        "day": {food: _round(grams) for food, grams in (week.groupby("food")["grams"].sum() / 7).items()},
        "white": WHITE,
    }


@_for("ordinary")
def ordinary(reads: int = 5000, apart: tuple[int, int] = (2, 4), seed: int = 1) -> Facts:
    """Return how much the number of kinds of two men changed between ordinary days, each pair of days a number.

    Parameters
    ----------
    reads : int
        As many of every day.
    apart : tuple of int
        Fewest and most days between two days.
    seed : int
        Of the draw of reads.

    Returns
    -------
    dict
        ``changes``, in order.
    """
    usual = rarefied(datasets.load("david").where("phase", "pre"), reads=reads, seed=seed)
    kinds = (usual.to_frame() > 0).sum(axis=1)
    changes = changes_between(kinds, usual.metadata["donor"], usual.metadata["day"], apart)
    return {"changes": sorted(_rounded(changes))}


@_for("power")
def power(fewest: int = 5, most: int = 150) -> Facts:
    """Return Student's t that a study with so many people in each of two groups must reach.

    Parameters
    ----------
    fewest, most : int
        People in each group.

    Returns
    -------
    dict
        ``critical``, for a two-sided p of 0.05, from the fewest people to the most.
    """
    return {"critical": [_round(stats.t.isf(0.025, 2 * people - 2)) for people in range(fewest, most + 1)]}


def twins(*, place_none: bool = False) -> Placement:
    """Place the woman of the chapter among the others of the bundled group, or a stranger among all of them.

    Parameters
    ----------
    place_none : bool
        Whether somebody is placed who does not belong to the group.

    Returns
    -------
    Placement
        The place among the others.
    """
    group = open_study("", "", bundled="twins")
    if not place_none:
        return place(group, group, "TS107", person="person", least_reads=LEAST_READS)
    # A stranger, who has the bacteria of somebody of the group, so that all of the group are others.
    stranger = group.choose_samples([name == "TS107" for name in group.samples])
    frame = stranger.to_frame().rename(index={"TS107": "stranger"})
    return place(
        Study.from_frame(frame, quantity=group.quantity), group, "stranger", person="person", least_reads=LEAST_READS
    )


def varieties(study: Study) -> pd.Series:
    """Return how many groups there would be, were all equally common, at the same number of reads.

    Parameters
    ----------
    study : Study
        Of counts.

    Returns
    -------
    pandas.Series
        Hill number of order 1 by sample, without what has no name.
    """
    counts = study.to_frame().drop(columns=UNNAMED, errors="ignore")
    counts = counts[counts.sum(axis=1) > 0]
    part = counts.sum(axis=1) / study.depth[counts.index]
    sizes = (part * LEAST_READS).clip(lower=1.0)
    rows = zip(counts.to_numpy(dtype=np.int64), sizes, strict=True)
    found = [hill_at_size(row[row > 0], 1, size) for row, size in rows]
    return pd.Series(found, index=counts.index)


def _variety_of_others(found: Placement) -> Facts:
    everyone = varieties(found.repeated)
    sd, several = within_person_sd(np.log(everyone), found.person)
    others = everyone[found.reference.samples.intersection(everyone.index)]
    return {"variety": sorted(_rounded(others)), "sd": _round(sd), "twice": several}


def _sparse(counts: pd.Series) -> list[int]:
    """Write counts as pairs: the place of a group that is there, and its reads."""
    return [int(number) for place, count in enumerate(counts.to_numpy()) if count for number in (place, count)]


def _round(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _rounded(values: Any) -> list[float]:
    return [_round(value) for value in values]


def written() -> str:
    """Make the facts of every explorable that needs some, as the text of the file, a line an explorable."""
    lines = (f" {json.dumps(name)}: {_compact(make())}" for name, make in sorted(_MADE.items()))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _compact(facts: Facts) -> str:
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    durable.write(handbook_root() / KEPT, written().encode(), replace=True)

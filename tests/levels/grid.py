"""How often each test cries wolf, and how often it finds what is there: simulated studies in designs as they are.

``make levels`` measures the whole grid and writes ``data/error-rates.csv``, which a page of the book shows; with names
of recipes, only their rows are measured anew. ``test_levels_of_designs.py`` measures a few cells in every run.
"""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))

from studies import EFFECTS, SITUATIONS, Made, Situation, simulated

import handbook_utils
from handbook_utils.analysis.depth import depth_apart, depth_warning
from handbook_utils.analysis.design import Design, design_of
from handbook_utils.analysis.design.terms import as_words
from handbook_utils.analysis.distance.dispersion import betadisper, unadjusted
from handbook_utils.analysis.distance.distances import distances
from handbook_utils.analysis.distance.permanova import permanova
from handbook_utils.analysis.diversity.comparison import ratios_by
from handbook_utils.analysis.diversity.singletons import comparable_hill
from handbook_utils.analysis.outcomes import followed, logarithms
from handbook_utils.analysis.taxa.differential import (
    METHODS,
    benjamini_hochberg,
    calls_too_much,
    first_p_values,
    usable_methods,
)
from handbook_utils.analysis.taxa.filters import keep_taxa
from handbook_utils.analysis.time.course import MODELS, course, marginal
from handbook_utils.analysis.time.mixed import fit_mixed
from handbook_utils.analysis.time.paired import crossover_of, paired_ratio
from handbook_utils.analysis.time.pairs import pairs_of
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.study import Study

Generators = tuple[np.random.Generator, np.random.Generator]
TABLE = Path(__file__).parents[2] / "data" / "error-rates.csv"
#: With 99 orders a permutation test is wrong in 5 of 100 exactly, and seldom as long as with 999.
PERMUTATIONS = 99
LEVEL = 0.05
#: So many studies have the same people with other bacteria and reads; one of them is asked whether the recipe warns.
EVERY = 10
SLOW = [name for name, method in METHODS.items() if method.slow]


@dataclass(frozen=True)
class Told:
    """What a recipe says of one study: p of each test that was not refused, and of which tests it warns."""

    p: dict[str, float]
    warnings: Callable[[], Iterable[str]] = tuple


@dataclass(frozen=True)
class Family:
    """Tests that are made of the same study.

    Attributes
    ----------
    recipe : str
    tests : dict of str to (str, str)
        Name of each test to its name in Dutch and what differs where power is measured.
    run : callable
        From a study, its design and a seed to what is told.
    make : callable
        From generators of people and of their reads, a situation and what differs to a study and its questions.
    design : callable
        From these to a design.
    """

    recipe: str
    tests: dict[str, tuple[str, str]]
    run: Callable[[Study, Design, int], Told]
    make: Callable[[Generators, Situation, str], Made]
    design: Callable[[Made], Design]


def _once(generators: Generators, situation: Situation, effect: str) -> Made:
    return simulated(*generators, situation, effect=effect)


def _as_asked(made: Made) -> Design:
    return design_of(made[0].metadata, **made[1])


def _sites_as_covariates(made: Made) -> Design:
    study, asked = made
    if "strata" in asked:
        asked = {**asked, "covariates": "age, C(site)", "strata": ""}
    return design_of(study.metadata, **asked)


def _composition(study: Study, design: Design, seed: int) -> Told:
    apart = distances(study, "bray-curtis")
    p = {
        "PERMANOVA (Bray-Curtis)": permanova(apart, design, permutations=PERMUTATIONS, seed=seed).loc["arm", "p"],
        "dispersion (betadisper)": betadisper(apart, design, permutations=PERMUTATIONS, seed=seed).p,
    }
    spread = [list(p)[1]] if unadjusted(design) else []
    return Told(p, lambda: p if depth_warning(study, design) else spread)


def _diversity(study: Study, design: Design, _: int) -> Told:
    found = ratios_by(comparable_hill(study).hill[["q0", "q1"]], design)["p"]
    p = {"richness (Hill number of order 0)": found["q0"].iloc[0], "Hill number of order 1": found["q1"].iloc[0]}
    return Told(p, lambda: p if depth_warning(study, design) else ())


def _taxa(slow: bool) -> Callable[[Study, Design, int], Told]:
    def run(study: Study, design: Design, seed: int) -> Told:
        values = keep_taxa(study, prevalence=0.25).table.toarray().astype(float)
        p = {}
        for name in usable_methods(design):
            if METHODS[name].slow == slow:
                q = benjamini_hochberg(first_p_values(values, design, name, counts=True, seed=seed))
                p[name] = float(np.nanmin(q)) if np.isfinite(q).any() else 1.0
        return Told(p, lambda: [name for name in p if depth_warning(study, design) or calls_too_much(name, design)])

    return run


def _over_time(generators: Generators, situation: Situation, effect: str) -> Made:
    moments = situation.moments if situation.moments[0] > 1 else (4, 4)
    sizes = tuple(min(size, 40 if 8 in situation.sizes else 12) for size in situation.sizes)
    return simulated(*generators, replace(situation, sizes=sizes), moments=moments, effect=effect, of="pace")


def _crossed_with_time(made: Made) -> Design:
    return _sites_as_covariates((made[0], {**made[1], "time": "week", "interactions": "arm:week"}))


def _pace(study: Study, design: Design, seed: int) -> Told:
    values, _ = followed(study, "shannon", design.frame["who"], design.frame["week"])
    y, when, people = values.loc[design.samples].to_numpy(), design.frame["week"].to_numpy(float), design.people
    place = len(design.matrix.columns) - len(design.groups) + 1
    row = np.eye(len(design.matrix.columns))[place]
    p = {
        SLOPES: float(fit_mixed(y, design.matrix, people.to_numpy(), slope=when).contrast(row)["p"]),
        GEE: float(marginal(y, design.matrix, people)["p"].iloc[place]),
    }
    asked = {name: design.asked[name] for name in ("group", "person", "covariates")}
    moved = design_of(design.frame, **{**asked, "covariates": ", ".join(filter(None, [asked["covariates"], "week"]))})
    test = permanova(distances(study, "bray-curtis"), moved, permutations=PERMUTATIONS, seed=seed)
    p[MOVED] = float(test["p"].to_dict()["arm"])
    return Told(p, lambda: p if depth_warning(study, moved) else ())


def _paces(study: Study, design: Design, _: int) -> Told:
    values = followed(study, "shannon", design.frame["who"], design.frame["week"])[0]
    term = next(iter(design.terms["arm:week"].block.columns))
    rows = course(values, design, "week").others["p"][term]
    p = {OTHERS[name]: float(rows[words]) for name, words in MODELS.items() if name in OTHERS and words in rows.index}
    # Of those without slopes it is said above their table, and among the limits where slopes cannot be had.
    doubted = [words for name, words in OTHERS.items() if not name.startswith("slopes")]
    return Told(p, lambda: p if depth_warning(study, design) else doubted)


SLOPES, GEE, MOVED = "pace by group", "pace by group, averages (GEE)", "composition by group, over time (PERMANOVA)"
OTHERS = {name: f"pace by group, {name}" for name in MODELS if name != "slopes"}


def _twice(of: str) -> Callable[[Generators, Situation, str], Made]:
    def make(generators: Generators, situation: Situation, effect: str) -> Made:
        again = situation.moments[1] > 1 and not (situation.pace or situation.neighbours)
        study, asked = simulated(*generators, situation, moments=(4, 4) if again else (2, 2), effect=effect, of=of)
        if again:  # two samples at each of the two moments
            study = study.with_metadata(study.metadata.assign(week=study.metadata["week"] // 2))
        return study, asked

    return make


def _change(study: Study, _: Design, __: int) -> Told:
    frame = study.metadata
    pairs = pairs_of(frame["who"], frame["week"], "0", "1")
    logs, _ = logarithms(study, "shannon")
    start, end = (np.exp(logs[list(own)]).set_axis(own.index) for own in (pairs.first, pairs.second))
    p = {"change within people (paired)": float(paired_ratio(start, end)["p"])}
    return Told(p, lambda: p if depth_apart(study, as_words(frame["week"]), ["0", "1"]) else ())


def _arms(study: Study, whole: Design, _: int) -> Told:
    frame = study.metadata
    pairs = pairs_of(frame["who"], frame["week"], "0", "1")
    logs = logarithms(study, "shannon")[0]
    first = list(pairs.first)
    rows = frame.loc[first].assign(start=logs[first])
    covariates = ", ".join(filter(None, ["start", whole.asked["covariates"]]))
    design = design_of(rows, **{**whole.asked, "covariates": covariates})
    after = pd.DataFrame({"after": np.exp(logs[list(pairs.second)]).to_numpy()}, index=first)
    p = {"arms beside the number before": float(ratios_by(after, design)["p"].iloc[0])}
    return Told(p, lambda: p if depth_apart(study, as_words(frame["arm"]), design.groups) else ())


def _crossed(study: Study, _: Design, __: int) -> Told:
    frame = study.metadata
    values = np.exp(logarithms(study, "shannon")[0])
    table = crossover_of(values, frame["who"], frame["week"], frame["treatment"])["p"]
    p = {
        "cross-over, people with both periods": float(table.iloc[0]),
        "cross-over, everybody (mixed model)": float(table.iloc[1]),
    }
    return Told(p, lambda: p if depth_apart(study, frame["treatment"], ["A", "B"]) else ())


def _named(names: list[str]) -> dict[str, tuple[str, str]]:
    return {name: (f"{name}: een taxon, bij 5 % valse vondsten", "common") for name in names}


FAMILIES = {
    "composition": Family(
        "compare-groups",
        {
            "PERMANOVA (Bray-Curtis)": ("PERMANOVA (Bray-Curtis)", "common"),
            "dispersion (betadisper)": ("spreiding (betadisper)", "spread"),
        },
        _composition,
        _once,
        _as_asked,
    ),
    "diversity": Family(
        "measure-alpha-diversity",
        {
            "richness (Hill number of order 0)": ("soortenrijkdom (Hill-getal van orde 0)", "lost"),
            "Hill number of order 1": ("Hill-getal van orde 1", "common"),
        },
        _diversity,
        _once,
        _as_asked,
    ),
    "taxa": Family(
        "find-differential-taxa",
        _named([n for n in METHODS if n not in SLOW]),
        _taxa(False),
        _once,
        _sites_as_covariates,
    ),
    "change": Family(
        "compare-before-and-after",
        {"change within people (paired)": ("verandering binnen mensen (gepaard)", "common")},
        _change,
        _twice("moment"),
        _as_asked,
    ),
    "arms": Family(
        "compare-before-and-after",
        {"arms beside the number before": ("armen, naast het getal vooraf", "common")},
        _arms,
        _twice("pace"),
        _as_asked,
    ),
    "cross-over": Family(
        "compare-before-and-after",
        {
            "cross-over, people with both periods": ("cross-over, mensen met beide perioden", "common"),
            "cross-over, everybody (mixed model)": ("cross-over, iedereen (gemengd model)", "common"),
        },
        _crossed,
        _twice("treatment"),
        _as_asked,
    ),
    "pace": Family(
        "follow-over-time",
        {
            SLOPES: ("tempo per groep", "common"),
            GEE: ("tempo per groep, gemiddelden (GEE)", "common"),
            MOVED: ("samenstelling per groep, in de tijd (PERMANOVA)", "common"),
        },
        _pace,
        _over_time,
        _crossed_with_time,
    ),
    "other paces": Family(
        "follow-over-time",
        {
            OTHERS["slopes and neighbours"]: ("tempo per groep, hellingen en buren", "common"),
            OTHERS["level and neighbours"]: ("tempo per groep, niveau en buren", "common"),
            OTHERS["level"]: ("tempo per groep, alleen een niveau", "common"),
        },
        _paces,
        _over_time,
        _crossed_with_time,
    ),
    "slow taxa": Family("find-differential-taxa", _named(SLOW), _taxa(True), _once, _sites_as_covariates),
}


def cell(family: Family, situation: Situation, studies: int, *, effect: str = "", first: int = 0) -> pd.DataFrame:
    """Count, of so many studies of a situation, in how many each test of a family rejects, warns, or is refused."""
    counted = pd.DataFrame(0, index=list(family.tests), columns=["rejected", "looked", "warned", "refused"])
    design: Design | None = None
    for seed in range(first, first + studies):
        people, reads = np.random.default_rng([seed // EVERY, 7]), np.random.default_rng([seed, bool(effect)])
        study, asked = family.make((people, reads), situation, effect)
        try:
            if design is None or seed % EVERY == 0:
                design = family.design((study, asked))
            told = family.run(study, design, seed)
        except (InputError, InputErrors):
            told = Told({})
        for name in family.tests:
            counted.loc[name, "rejected"] += told.p.get(name, 1.0) <= LEVEL
            counted.loc[name, "refused"] += name not in told.p
        if seed % EVERY == 0:
            counted["looked"] += 1
            counted.loc[[name for name in told.warnings() if name in counted.index], "warned"] += 1
    return counted


def power(family: Family, situation: Situation, studies: int) -> dict[str, int]:
    """Count, of so many studies in which something differs, in how many each test of a family finds it."""
    found: dict[str, int] = {}
    for effect in dict.fromkeys(effect for _, effect in family.tests.values()):
        counted = cell(family, situation, studies, effect=effect)["rejected"].to_dict()
        found |= {name: counted[name] for name, (_, wanted) in family.tests.items() if wanted == effect}
    return found


def described(family: Family, situation: Situation) -> pd.DataFrame:
    """Return the words of the rows of a family in a situation, by test."""
    rows = {
        name: {
            "recipe": family.recipe,
            "test": name,
            "toets": toets,
            "design": situation.words,
            "ontwerp": situation.woorden,
            "effect": EFFECTS[effect][0],
            "uitwerking": EFFECTS[effect][1],
        }
        for name, (toets, effect) in family.tests.items()
    }
    return pd.DataFrame(rows).T


COUNTED = ["studies", "rejected", "looked", "warned", "refused", "with_effect", "found", "version", "date"]


def main() -> None:
    """Measure what the table lacks, and write it after each cell: what was measured is kept if the rest is not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("studies", type=int, help="without a difference, in each cell")
    parser.add_argument("with_effect", type=int, help="studies in which something differs, in each cell")
    parser.add_argument("families", nargs="*", help=f"by default all of {', '.join(FAMILIES)}")
    parser.add_argument("--table", type=Path, default=TABLE, help="where it is kept")
    parser.add_argument("--anew", action="store_true", help="also what the table has")
    given = parser.parse_args()
    wanted = given.families or list(FAMILIES)
    table = pd.concat([described(FAMILIES[name], situation) for name in FAMILIES for situation in SITUATIONS])
    table = table.set_index(["test", "design"], drop=False).reindex(columns=[*table.columns, *COUNTED])
    table = table.astype({"version": object, "date": object})
    if given.table.exists():
        table = table.combine_first(pd.read_csv(given.table).set_index(["test", "design"], drop=False))[
            list(table)
        ].loc[table.index]
    for what, name, situation in product(("studies", "with_effect"), wanted, SITUATIONS):
        family, number = FAMILIES[name], getattr(given, what)
        own = [(test, situation.words) for test in family.tests]
        if not given.anew and (table.loc[own, what] >= number).all():
            continue
        if what == "studies":
            counted = cell(family, situation, number)
            table.loc[own, list(counted.columns)] = counted.to_numpy()
            table.loc[own, "version"] = handbook_utils.__version__
            table.loc[own, "date"] = datetime.datetime.now(datetime.UTC).date().isoformat()
        elif (table.loc[own, "refused"] == table.loc[own, "studies"]).all():
            table.loc[own, "found"] = 0
        else:
            table.loc[own, "found"] = list(power(family, situation, number).values())
        table.loc[own, what] = number
        table.astype(dict.fromkeys(COUNTED[:-2], "Int64")).to_csv(given.table, index=False)
        print(table.loc[own, ["studies", "rejected", "warned", "refused", "found"]].to_string(), flush=True)


if __name__ == "__main__":
    main()

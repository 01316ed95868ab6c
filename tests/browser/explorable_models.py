"""What each explorable must compute, by the handbook's own Python: a function a model, named as the explorable.

Its arguments are the knobs, and what it returns has the names that the script's model returns.
"""

from functools import cache

import numpy as np
import pandas as pd
from scipy import optimize, stats
from statsmodels.stats.contingency_tables import Table2x2

from handbook_utils import datasets
from handbook_utils.analysis.depth import rarefied
from handbook_utils.analysis.distance.similarity import renkonen_similarity
from handbook_utils.analysis.diversity.alpha import alpha_table
from handbook_utils.analysis.models.answers import compare_answers
from handbook_utils.analysis.models.causality import slope
from handbook_utils.analysis.models.fermentation import acids_a_day, acids_of_a_sugar
from handbook_utils.analysis.models.kinetics import Gut, follow_dose
from handbook_utils.analysis.models.menu import by_day, priced
from handbook_utils.analysis.models.placement import part_below, unusual_in_reference
from handbook_utils.analysis.models.prevalence import rate
from handbook_utils.analysis.models.recovery import Course, compared_with_before, simulate_recovery
from handbook_utils.analysis.models.retest import changes_between
from handbook_utils.analysis.models.screening import tested
from handbook_utils.analysis.models.trials import Arm, compare
from handbook_utils.analysis.sample_size import t_power
from handbook_utils.recipes import explorables as facts

Numbers = dict[str, object]

load = cache(datasets.load)
frame_of = cache(datasets.frame)
group = cache(facts.twins)
spread = cache(lambda: facts.selftest()["spread"])
within_day = cache(lambda: facts.status()["sd"])
varieties = cache(lambda: facts.varieties(group().reference))
ordinary_days = cache(lambda: rarefied(load("david").where("phase", "pre"), reads=5000, seed=1))
kinds = cache(lambda: alpha_table(load("ecam"))["q1"])


def fibre(fibre: float, fermentable: float, transit: float) -> Numbers:
    acids = acids_of_a_sugar(60, 20, 20, growth=0.3)
    return {"acids": acids_a_day(fibre, fermentable=fermentable / 100, half_time=6, transit=transit, acids=acids)}


def trial(treated: float, percent: float) -> Numbers:
    cured = int(treated * percent / 100 + 0.5)
    low, high = Arm(cured, int(treated)).interval()
    return {"cured": cured, "low": low, "high": high}


def levodopa(vmax: float, emptying: float, dose: float) -> Numbers:
    end = follow_dose(Gut(dose=dose, vmax=vmax, emptying=emptying), 2880, 2).iloc[-1]
    return {"absorbed": float(end["absorbed"]) / dose, "broken": float(end["broken"]) / dose}


def chance(tests: float, level: float) -> Numbers:
    found = stats.binom(int(tests), level / 100)
    return {"expected": float(found.mean()), "any": float(found.sf(0))}


def alike(one: str, when: str, other: str, then: str) -> Numbers:
    twins = load("twins")
    twins = twins.choose_samples((twins.depth >= facts.LEAST_READS).to_numpy())
    person, visit = twins.column("person"), twins.column("visit")
    women = sorted(person.groupby(person).filter(lambda own: len(own) == 2).unique())
    names = [
        twins.samples[(person == women[int(woman) - 1]) & (visit == int(number))][0]
        for woman, number in ((one, when), (other, then))
    ]
    chosen = twins.choose_samples(twins.samples.isin(names))
    return {"shared": 100 * float(renkonen_similarity(chosen).loc[names[0], names[1]])}


def selftest(what: str, score: float, limit: float) -> Numbers:
    sd = spread()[what]
    days = stats.norm(np.log(score), sd)
    good = float(days.sf(np.log(limit)))
    low, high = np.exp(days.interval(0.95))
    return {"good": good, "differ": 2 * good * (1 - good), "low": float(low), "high": float(high)}


def recover(days: float, strength: float, outside: str) -> Numbers:
    course = Course(days=days, strength=strength)
    cells = simulate_recovery(course, arrivals=0.01 if outside == "yes" else 0.0, seed=1)
    found = compared_with_before(cells)
    shared = (100 * found["shared"]).tolist()
    seen = found["seen"].tolist()
    told = {"least": min(shared), "end": shared[-1], "before": seen[0], "species": seen[-1]}
    return {**told, "shared": shared, "seen": seen}


def conditions(town: float, order: str) -> Numbers:
    people = frame_of("dutch-prevalence").query("measure == 'people'")["number"]
    rates = [rate(number, 17_811_291) for number in people]
    return {"rates": rates, "here": [town * one / 1000 for one in rates]}


def age(month: float) -> Numbers:
    ecam = load("ecam")
    ecam = ecam.choose_samples(ecam.column("month").notna().to_numpy())
    frame = pd.DataFrame({"month": ecam.column("month").astype(float), "kinds": kinds()[ecam.samples]})
    bands = frame.groupby(pd.cut(frame["month"], [-1, 0, 3, 6, 9, 12, 18, 24, 30]))
    return {
        name: float(np.interp(month, bands["month"].mean(), bands["kinds"].quantile(part)))
        for name, part in (("low", 0.1), ("middle", 0.5), ("high", 0.9))
    }


def awareness(pupils: float, known: float, learnt: float, forgot: float) -> Numbers:
    people = int(pupils)
    right = int(people * known / 100 + 0.5)
    gained, lost = int((people - right) * learnt / 100 + 0.5), int(right * forgot / 100 + 0.5)
    before = pd.DataFrame({"q": [True] * right + [False] * (people - right)})
    after = pd.DataFrame({"q": [False] * lost + [True] * (right - lost + gained) + [False] * (people - right - gained)})
    row = compare_answers(before, after).loc["q"]
    same = {name: float(row[name]) for name in ("gained", "lost", "low", "high", "p")}
    return {"before": right, "after": people * float(row["after"]), **same}


def status(variety: float, central: str) -> Numbers:
    found = group()
    others = np.log(varieties())
    times = np.sqrt(2) * stats.norm.ppf(0.975) * within_day()
    usual = unusual_in_reference(found.reference, int(central) / 100)
    return {
        **{
            name: part_below(np.log(variety) + step, others, 0.0, draws=1).size
            for name, step in (("below", 0), ("low", -times), ("high", times))
        },
        "any": float((usual > 0).mean()),
        "mean": float(usual.mean()),
    }


def confounding(bacteria: float, symptoms: float, truth: float, quality: float) -> Numbers:
    """Make a study in which nothing is left to chance: every combination as often as it should be."""
    rows = []
    for medicine in (0, 1):
        for known in (0, 1):
            often = round(1000 * (1 + quality / 100 if known == medicine else 1 - quality / 100) / 2)
            rows += [(medicine, known, one, other) for one in (-1, 1) for other in (-1, 1)] * often
    people = pd.DataFrame(rows, columns=["medicine", "known", "one", "other"], dtype=float)
    people["bacteria"] = bacteria * people["medicine"] + people["one"]
    people["symptoms"] = symptoms * people["medicine"] + truth * people["bacteria"] + people["other"]
    return {
        "plain": slope(people, "bacteria", "symptoms").size,
        "adjusted": slope(people, "bacteria", "symptoms", ["known"]).size,
    }


def studied(country: str, age: str, illness: str) -> Numbers:
    people = frame_of("studied-people")
    letters = {pair.split()[1]: pair.split()[0] for pair in facts.COUNTRIES.split(", ")}
    chosen = people
    for column, asked in (("country", letters.get(country, country)), ("age_group", age), ("condition", illness)):
        chosen = chosen if asked == "any" else chosen[chosen[column] == asked]
    return {"people": len(chosen), "studies": chosen["study"].nunique(), "all": len(people)}


def breath(share: float, sensitivity: float, specificity: float) -> Numbers:
    found = tested(100, share / 100, sensitivity / 100, specificity / 100)
    right = 100 * found.right_when_positive if found.positive else 0
    parts = {name: getattr(found, name) for name in ("found", "missed", "alarmed", "cleared")}
    return {**parts, "right": right}


def prices(kind: str, **prices: float) -> Numbers:
    week, foods = (
        frame_of("foods", "week"),
        priced(frame_of("foods"), {food: str(price) for food, price in prices.items()}),
    )
    days = by_day(week, foods, facts.WHITE if kind == "white" else None)
    return {
        "fibre": float(days["fibre"].mean()),
        "euros": float(days["cost"].mean()),
        "ten": foods.loc[list(prices), "fibre_cost"].tolist(),
    }


def ordinary(change: float) -> Numbers:
    usual = ordinary_days()
    kinds = (usual.to_frame() > 0).sum(axis=1)
    changes = changes_between(kinds, usual.metadata["donor"], usual.metadata["day"], (2, 4))
    least = change / 100 - 1e-9  # eight after ten is a fifth fewer, and not a little less than that
    return {"more": float((changes >= least).mean()), "fewer": float((changes <= -least).mean())}


def power(people: float, effect: float) -> Numbers:
    return {"chance": t_power(effect, int(people), int(people))}


def twoarms(treated: float, first: float, second: float) -> Numbers:
    counts = [int(treated * one / 100 + 0.5) for one in (first, second)]
    found = compare(*(Arm(one, int(treated)) for one in counts))
    same = {name: getattr(found, name) for name in ("difference", "low", "high")}
    return {"one": counts[0], "other": counts[1], **same}


def risk(base: float, odds: float) -> Numbers:
    def apart(share: float) -> float:
        people = np.array([[share, 1 - share], [base / 1000, 1 - base / 1000]])
        return Table2x2(people).oddsratio - odds

    other = optimize.brentq(apart, 1e-9, 1 - 1e-9, xtol=1e-15)
    return {"with": 1000 * other, "more": 1000 * other - base}


def surface(length: float, width: float, folds: float, villi: float) -> Numbers:
    tube = np.pi * (width / 100) * length
    return {"tube": tube, "wall": tube * folds * villi}


def overlap(apart: float) -> Numbers:
    ill, well = stats.norm(-apart / 2, 1), stats.norm(apart / 2, 1)
    grid = np.linspace(-12, 12, 240_001)
    shared = np.trapezoid(np.minimum(ill.pdf(grid), well.pdf(grid)), grid)
    return {"pairs": float(stats.norm(apart, np.sqrt(2)).sf(0)), "shared": float(shared), "right": float(ill.cdf(0))}

"""Simulated studies in which nothing differs, or one stated thing does, in designs as they really are.

Logarithms of amounts are the sum of a mean of the taxon, what is a person's own, perhaps a pace of their own, a
hospital, an age, and chance (perhaps like that of the moment before); reads are drawn from the shares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from handbook_utils.study import Study

TAXA = 30
Array = npt.NDArray[np.float64]
Made = tuple[Study, dict[str, str]]


@dataclass(frozen=True)
class Situation:
    """A design as studies have it.

    Attributes
    ----------
    words, woorden : str
        What it is called, in English and Dutch.
    sizes : tuple of int
        People in each group.
    depth : tuple of int
        Reads of a sample of each group.
    moments : tuple of int
        From how many to how many samples a person has, where the test does not say it.
    rare : float
        Standard deviation of the logarithms of the taxa's means: how many of them are rare.
    denoised : bool
        Whether what was seen once in a sample is taken out of it.
    hospitals : int
        That differ; more than one brings an age, too, which goes with group and hospital and moves the composition.
    pace, neighbours : float
        Standard deviation of people's own paces, and correlation of chance from one moment to the next.
    numbered : bool
        Whether groups are written 1, 2, 3.
    """

    words: str
    woorden: str
    sizes: tuple[int, ...] = (20, 20)
    depth: tuple[int, ...] = (3000, 3000)
    moments: tuple[int, int] = (1, 1)
    rare: float = 1.5
    denoised: bool = False
    hospitals: int = 1
    pace: float = 0.0
    neighbours: float = 0.0
    numbered: bool = False


SITUATIONS = (
    Situation("equal groups", "gelijke groepen"),
    Situation("one group read ten times as deeply", "één groep tien keer zo diep gelezen", depth=(800, 8000)),
    Situation("8 people against 60", "8 mensen tegen 60", sizes=(8, 60)),
    Situation("repeated samples of people", "herhaalde monsters van mensen", sizes=(12, 12), moments=(2, 4)),
    Situation(
        "strata and a confounded covariate", "strata en een verstorende covariabele", sizes=(24, 24), hospitals=4
    ),
    Situation("no singletons, unequal depth", "geen singletons, ongelijke diepte", depth=(2000, 10000), denoised=True),
    Situation("people have a pace of their own", "mensen met een eigen tempo", (12, 12), moments=(5, 5), pace=0.3),
    Situation(
        "each moment is like the one before", "elk moment lijkt op het vorige", (12, 12), moments=(5, 5), neighbours=0.8
    ),
    Situation("most taxa absent from most samples", "de meeste taxa afwezig in de meeste monsters", rare=4.0),
    Situation(
        "three groups written 1, 2, 3", "drie groepen, geschreven als 1, 2, 3", (15, 15, 15), (3000,) * 3, numbered=True
    ),
)
#: What differs where something does: in words of both languages.
EFFECTS = {
    "common": (
        "the four commonest taxa are three times as abundant in one group",
        "de vier meest voorkomende taxa zijn in één groep drie keer zo talrijk",
    ),
    "spread": ("people of one group differ twice as much", "mensen in één groep verschillen twee keer zo veel"),
    "lost": ("one group lacks every fifth taxon", "één groep mist elk vijfde taxon"),
}


def simulated(
    drawn: np.random.Generator,
    generator: np.random.Generator,
    situation: Situation,
    *,
    moments: tuple[int, int] | None = None,
    effect: str = "",
    of: str = "arm",
) -> Made:
    """Return a study, and the answers to the questions of its design.

    Parameters
    ----------
    drawn : numpy.random.Generator
        Of who is in the study: groups, times, hospitals and ages.
    generator : numpy.random.Generator
        Of their bacteria, and of reads.
    situation : Situation
    moments : tuple of int, optional
        From how many to how many samples each person has; else as the situation has them.
    effect : str
        Of EFFECTS; empty: nothing differs.
    of : {"arm", "pace", "moment", "treatment"}
        What it belongs to, and depth with it: a group, how a group changes (whole at the last moment), the second
        moment, or one treatment of a cross-over study, whose order is the group's.
    """
    arm = np.repeat(np.arange(len(situation.sizes)), situation.sizes)
    drawn.shuffle(arm)
    people = len(arm)
    low, high = moments or situation.moments
    times = drawn.integers(low, high + 1, people)
    who = np.repeat(np.arange(people), times)
    week = np.concatenate([np.arange(number) for number in times]).astype(float)
    second = {"moment": week > 0, "treatment": (arm[who] + week) % 2 == 1}.get(of, (arm == 1)[who])
    other = second.astype(float)
    mean = generator.normal(0, situation.rare, TAXA)
    own = generator.normal(0, 0.8, (people, TAXA))
    chance = _chance(generator, who, situation.neighbours)
    if effect == "spread":
        own[arm == 1], chance = own[arm == 1] * 2, chance * (1 + other)[:, None]
    logs = mean + own[who] + chance
    if situation.pace:
        logs += generator.normal(0, situation.pace, (people, TAXA))[who] * week[:, None]
    columns: dict[str, object] = {"arm": arm[who] + 1 if situation.numbered else np.array(list("abc"))[arm][who]}
    asked = {"group": "arm"}
    if situation.hospitals > 1:
        site = _hospitals(drawn, arm, situation.hospitals)
        age = drawn.normal(size=people) + 0.8 * arm + 0.4 * site
        logs += generator.normal(0, 0.7, (situation.hospitals, TAXA))[site[who]]
        logs += age[who, None] * generator.normal(0, 0.3, TAXA)
        columns |= {"age": age[who], "site": np.array(list("pqrstu"))[site[who]]}
        asked |= {"covariates": "age", "strata": "site"}
    if effect in ("common", "lost"):
        weight = other * (week / max(week.max(), 1) if of == "pace" else 1.0)
        if effect == "common":
            logs[:, np.argsort(-mean)[:4]] += np.log(3) * weight[:, None]
        else:
            logs[:, np.argsort(-mean)[::5]] -= 50 * weight[:, None]
    if high > 1:
        columns |= {"who": np.char.add("p", who.astype(str)), "week": week}
        asked |= {"person": "who"}
    if of == "treatment":
        columns["treatment"] = np.where(second, "B", "A")
    shares = np.exp(logs - logs.max(axis=1, keepdims=True))
    read = arm[who] if of in ("arm", "pace") else second.astype(int)
    depth = generator.lognormal(np.log(np.array(situation.depth)[read]), 0.2).astype(int)
    counts = generator.multinomial(depth, shares / shares.sum(axis=1, keepdims=True))
    if situation.denoised:
        counts[counts == 1] = 0
    names = [f"s{number}" for number in range(len(who))]
    there = counts.sum(axis=0) > 0
    table = pd.DataFrame(counts[:, there], names, [f"t{place}" for place in np.flatnonzero(there)])
    return Study.from_frame(table, pd.DataFrame(columns, index=names)), asked


def _chance(generator: np.random.Generator, who: npt.NDArray[np.intp], neighbours: float) -> Array:
    chance = generator.normal(0, 0.5, (len(who), TAXA))
    for row in np.flatnonzero(np.diff(who) == 0) + 1:
        chance[row] = neighbours * chance[row - 1] + np.sqrt(1 - neighbours**2) * chance[row]
    return chance


def _hospitals(generator: np.random.Generator, arm: npt.NDArray[np.intp], hospitals: int) -> npt.NDArray[np.intp]:
    """Put as many people of each group into each hospital, in random order."""
    site = np.empty(len(arm), dtype=np.intp)
    for group in np.unique(arm):
        rows = np.flatnonzero(arm == group)
        site[rows] = generator.permutation(np.arange(len(rows)) % hospitals)
    return site

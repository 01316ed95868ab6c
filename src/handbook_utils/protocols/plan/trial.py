"""A planned trial: its power by simulation from a pilot, by outcome and by design, and the statement that follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.distance.distances import distances
from handbook_utils.analysis.distance.permanova import PARTIAL, permanova
from handbook_utils.analysis.pilot import baseline_residuals, changes, residuals
from handbook_utils.analysis.power import parallel_power, permanova_power, separation, taxon_power, tilted
from handbook_utils.analysis.sample_size import size_reaching, t_power, t_size
from handbook_utils.analysis.stored import how_made, simulated
from handbook_utils.protocols.plan.designs import Clusters
from handbook_utils.protocols.plan.inputs import Pilot, effects_of, named_taxon

#: Why what is balanced over plates is recorded.
_REASONS = {
    "arm": "the comparison",
    "sex": "differs in composition; balanced over plates",
    "age_band": "as sex; age itself stays with the key",
    "centre": "site, freezer and courier",
    "time_point": "when the sample was taken",
}
#: What is recorded of every sample, whatever is compared.
_USUAL = {
    "antibiotics (date, kind)": "recorded of everyone, whatever the wash-out",
    "stool consistency (Bristol, 1–7)": "a major covariate of stool profiles",
    "diet (questionnaire)": "what the arms change, and what they change without meaning to",
    "medication": "acid blockers, laxatives, metformin and others",
    "date and time of the sample, of freezing": "the cold chain",
    "extraction batch, plate, run": "known before analysis, so that it can be accounted for",
}
#: Works a statement rests on, by its primary outcome.
_CITES = {"shannon": [], "permanova": ["anderson2001", "kelly2015"], "taxon": ["gloor2017"]}


def recorded(covariates: list[str]) -> pd.DataFrame:
    """Return what is recorded of every sample and why.

    Parameters
    ----------
    covariates : list of str
        The study's own, which go first.

    Returns
    -------
    pandas.DataFrame
        ``why``, by what is recorded.

    Examples
    --------
    >>> recorded(["sex"])["why"].iloc[0]
    'differs in composition; balanced over plates'
    """
    why = {name: _REASONS.get(name, "named in the study file") for name in covariates} | _USUAL
    return pd.DataFrame({"why": why}).rename_axis("what is recorded")


@dataclass(frozen=True)
class PlannedTrial:
    """What a study means to compare, and the pilot that says how much people spread.

    Attributes
    ----------
    pilot : Pilot
        Opened and checked.
    named : str
        What the pilot is called.
    study, comparison : str
        As stated; may be empty.
    arms, moments : list of str
        Of the study.
    participants : int
        Planned, all arms together.
    outcome : {"shannon", "permanova", "taxon"}
        The primary one.
    effect : float
        The smallest worth finding, in the outcome's own measure.
    taxon : str
        The one looked at; empty: the most abundant.
    power, alpha : float
        Wanted; the level of all comparisons together.
    comparisons : int
        That share the level; 0 where none is stated, which is taken for one.
    dropout, ratio : float
        Share that stops; participants of the second group for each of the first.
    ladder : list of int
        Sizes of the first group that are simulated.
    simulations, seed : int
        Trials of each size; a quarter of them for distances and taxa.
    clusters : Clusters
        What is assigned to an arm as one: people of it count as fewer.
    """

    pilot: Pilot
    named: str
    study: str
    comparison: str
    arms: list[str]
    moments: list[str]
    participants: int
    outcome: str
    effect: float
    taxon: str
    power: float
    alpha: float
    comparisons: int
    dropout: float
    ratio: float
    ladder: list[int]
    simulations: int
    seed: int
    clusters: Clusters = field(default_factory=Clusters)

    # ------------------------------------------------------------------ what follows from the numbers asked

    @property
    def shared(self) -> int:
        """Comparisons that share the level: a study that states no number has one."""
        return self.comparisons or 1

    @property
    def level(self) -> float:
        """Level of each comparison (Bonferroni)."""
        return self.alpha / self.shared

    @property
    def few(self) -> int:
        """Simulated trials where each takes long."""
        return max(100, self.simulations // 4)

    @property
    def per_arm(self) -> int:
        """Participants included in each arm."""
        return self.participants // len(self.arms)

    @property
    def aim(self) -> str:
        """The comparison, or that it is not stated."""
        return self.comparison or "the comparison is not stated"

    @cached_property
    def effects(self) -> dict[str, float]:
        """The effect looked for in each outcome."""
        return effects_of(self.outcome, self.effect)

    @cached_property
    def taxa(self) -> tuple[str, str]:
        """The taxon that changes, and one that does not."""
        return named_taxon(self.pilot, self.taxon)

    @property
    def _common(self) -> dict[str, Any]:
        # People of clusters are worth fewer people: so many are simulated.
        lost = 1 - (1 - self.dropout) / self.clusters.effect
        return {"ratio": self.ratio, "dropout": lost, "alpha": self.level, "seed": self.seed}

    def enrolled(self, size: int) -> int:
        """Return how many people of a group are left on average, at the least two; of clusters, what they are worth.

        Parameters
        ----------
        size : int
            People who begin.

        Returns
        -------
        int
            After those who stop (``dropout``).
        """
        return max(2, round(size * (1 - self.dropout) / self.clusters.effect))

    # ------------------------------------------------------------------ diversity

    @cached_property
    def _noise(self) -> Any:
        return residuals(self.pilot.shannon, self.pilot.groups)

    @cached_property
    def shannon(self) -> pd.DataFrame:
        """Power for a difference in Shannon entropy, by size."""
        return parallel_power(
            self._noise, self.effects["shannon"], self.ladder, simulations=self.simulations, **self._common
        )

    @cached_property
    def formula(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The same by the closed form."""
        sizes = [(self.enrolled(size), self.enrolled(round(self.ratio * size))) for size in self.ladder]
        return np.array([t_power(self.effects["shannon"], one, other, self.level) for one, other in sizes])

    @property
    def needed(self) -> int:
        """People of the first group that the closed form wants analysed."""
        return t_size(self.effects["shannon"], self.power, self.level, self.ratio)

    @property
    def included(self) -> int:
        """People of the first group to include, so that as many are left."""
        return int(np.ceil(self.needed * self.clusters.effect / (1 - self.dropout)))

    @cached_property
    def shannon_null(self) -> pd.Series:
        """How often a trial without any effect finds one: ``power``, ``low``, ``high``."""
        nothing = self._common | {"dropout": 0.0, "ratio": 1.0}
        return parallel_power(self._noise, 0.0, [self.per_arm], simulations=10 * self.simulations, **nothing).iloc[0]

    # ------------------------------------------------------------------ composition

    @cached_property
    def _weights(self) -> tuple[Any, Any]:
        return tilted(self.pilot.squared, self.effects["permanova"])

    @property
    def true_share(self) -> float:
        """ω² of the two populations that are drawn from."""
        return separation(self.pilot.squared, *self._weights)

    @cached_property
    def composition(self) -> dict[str, pd.DataFrame]:
        """Power of PERMANOVA by size, for the effect and for one three times as large."""
        return {f"ω² = {share:g}": self._permanova_power(share, self.ladder, self.few) for share in self._shares}

    @property
    def _shares(self) -> list[float]:
        least = self.effects["permanova"]
        return [share for share in dict.fromkeys((least, min(3 * least, 0.4))) if share >= least]

    @cached_property
    def composition_null(self) -> pd.Series:
        """How often PERMANOVA at 5 % finds an effect where there is none, in groups of 20."""
        nothing = {"alpha": 0.05, "dropout": 0.0}
        return self._permanova_power(0.0, [20], 2 * self.few, **nothing).iloc[0]

    @property
    def made(self) -> str:
        """Whether the trials of composition and of one taxon are all stored ones."""
        _ = self.composition, self.composition_null, self.one_taxon, self.four_times
        composition = [f"power-permanova-{share:g}" for share in (0.0, *self._shares)]
        return how_made(*composition, *(f"power-taxon-{effect:g}" for effect in (self.effects["taxon"], 4.0)))

    def _permanova_power(self, share: float, sizes: list[int], simulations: int, **changed: float) -> pd.DataFrame:
        given = self._common | changed | {"simulations": simulations}

        def power(_: int) -> pd.DataFrame:
            return permanova_power(self.pilot.squared, *tilted(self.pilot.squared, share), sizes, **given)

        return simulated(f"power-permanova-{share:g}", power, 1, self.pilot.people, share, sizes, given)

    @cached_property
    def pilot_groups(self) -> pd.Series:
        """R², partial ω² and p of the pilot's own groups; no numbers where it has none."""
        if len(set(self.pilot.groups)) < 2:
            return pd.Series({"R2": np.nan, PARTIAL: np.nan, "p": np.nan})
        people = self.pilot.people
        design = design_of(people.metadata.assign(pilot_group=self.pilot.groups), group="pilot_group")
        tested = permanova(distances(people, "bray-curtis"), design, seed=self.seed)
        return tested.iloc[list(tested.index).index("pilot_group")]

    # ------------------------------------------------------------------ one taxon

    @cached_property
    def _counts(self) -> pd.DataFrame:
        return self.pilot.people.to_frame()[self.pilot.taxa]

    def _taxon_power(self, effect: float, sizes: list[int], alpha: float | list[float]) -> pd.DataFrame:
        changed, bystander = (self.pilot.taxa.index(name) for name in self.taxa)
        reads = int(self.pilot.people.depth.median())
        given = self._common | {"alpha": alpha, "reads": reads, "simulations": self.few}

        def power(_: int) -> pd.DataFrame:
            return taxon_power(self._counts, changed, bystander, effect, sizes, **given)

        asked = [self.pilot.people, self.pilot.taxa, changed, bystander, effect, sizes, given]
        return simulated(f"power-taxon-{effect:g}", power, 1, *asked)

    @cached_property
    def one_taxon(self) -> dict[str, pd.DataFrame]:
        """Power for the taxon by size: named beforehand, and as one of all that are tested."""
        made = self._taxon_power(self.effects["taxon"], self.ladder, [self.level, self.level / len(self.pilot.taxa)])
        names = ("named beforehand", f"one of {len(self.pilot.taxa)} tested")
        return {name: made.iloc[turn::2].reset_index(drop=True) for turn, name in enumerate(names)}

    @cached_property
    def four_times(self) -> pd.Series:
        """How often an unchanged taxon is called changed when the other becomes four times as abundant."""
        return self._taxon_power(4.0, [self.ladder[-1]], 0.05).iloc[0]

    # ------------------------------------------------------------------ designs

    @property
    def correlation(self) -> float | None:
        """Of the two samples of a person; None where fewer than ten people have two."""
        return float(np.asarray(np.corrcoef(self.pilot.visits.T))[0, 1]) if len(self.pilot.visits) >= 10 else None

    @cached_property
    def designs(self) -> dict[str, pd.DataFrame]:
        """Power for Shannon entropy by design."""
        made = {"one sample each, two groups": self.shannon}
        if self.correlation is not None:
            change, gain = changes(self.pilot.visits)
            adjusted, better = baseline_residuals(self.pilot.visits)
            effect, given = self.effects["shannon"], {"simulations": self.simulations, **self._common}
            made |= {
                "change from baseline, two groups": parallel_power(change, effect * gain, self.ladder, **given),
                "adjusted for baseline, two groups": parallel_power(adjusted, effect * better, self.ladder, **given),
                "before and after, one group": parallel_power(change, effect * gain, self.ladder, paired=True, **given),
            }
        return made

    @property
    def smallest(self) -> pd.DataFrame:
        """The smallest size tried of each design whose lower limit reaches the power wanted."""
        reach = {name: size_reaching(curve, self.power) for name, curve in self.designs.items()}
        told = {name: "more than tried" if size is None else str(size) for name, size in reach.items()}
        return pd.DataFrame({"first group, included": told}).rename_axis("design")

    @property
    def unequal(self) -> pd.DataFrame:
        """Power of the same people in unequal groups, by the closed form."""
        total = 2 * self.enrolled(self.included)
        rows = []
        for share in (1, 1.5, 2, 3, 4):
            first = round(total / (1 + share))
            shown = t_power(self.effects["shannon"], first, total - first, self.level)
            rows.append((f"1 : {share:g}", first, total - first, shown))
        return pd.DataFrame(rows, columns=["groups", "first", "second", "power"]).set_index("groups")

    def detectable(self, arms: int) -> tuple[int, float]:
        """Return what as many arms can find with one comparison.

        Parameters
        ----------
        arms : int
            That the participants planned are parted over.

        Returns
        -------
        tuple of int and float
            People analysed of each arm, and the smallest difference in Shannon entropy (standard deviations, to .01)
            that has the power wanted; NaN above 5.
        """
        left = self.enrolled(self.participants // arms)
        found = (x for x in np.arange(0.05, 5.0, 0.01) if t_power(float(x), left, left, self.alpha) >= self.power)
        return left, float(next(found, np.nan))

    # ------------------------------------------------------------------ the plan

    @cached_property
    def planned(self) -> pd.Series:
        """Power for the primary outcome at the number planned: ``power``, ``low``, ``high``."""
        if self.outcome == "shannon":
            made = parallel_power(
                self._noise, self.effects["shannon"], [self.per_arm], simulations=self.simulations, **self._common
            )
        elif self.outcome == "permanova":
            one, other = self._weights
            made = permanova_power(self.pilot.squared, one, other, [self.per_arm], simulations=self.few, **self._common)
        else:
            made = self._taxon_power(self.effects["taxon"], [self.per_arm], self.level)
        return made.iloc[0]

    @property
    def enough(self) -> int | None:
        """Smallest size tried of the first group with the power wanted for the primary outcome."""
        first = {
            "shannon": lambda: self.shannon,
            "permanova": lambda: next(iter(self.composition.values())),
            "taxon": lambda: next(iter(self.one_taxon.values())),
        }[self.outcome]()
        return size_reaching(first, self.power)

    @property
    def verdict(self) -> str:
        """Whether the number planned is enough, by the interval of its power."""
        if self.planned["low"] >= self.power:
            return "enough"
        return "about enough" if self.planned["high"] >= self.power else "too few"

    @property
    def trials(self) -> int:
        """Simulated trials of each size, of the primary outcome."""
        return self.simulations if self.outcome == "shannon" else self.few

    @property
    def smallest_effect(self) -> str:
        """The smallest effect worth finding, in words."""
        effect = self.effects[self.outcome]
        return {
            "shannon": f"a difference of {effect:g} standard deviations in Shannon entropy",
            "permanova": f"a difference in composition of ω² = {effect:g} (Bray-Curtis, PERMANOVA)",
            "taxon": f"a factor of {effect:g} in the abundance of {self.taxa[0]}",
        }[self.outcome]

    @property
    def _wanted(self) -> str:
        if self.enough:
            return f"{self.enough} participants included in the first group"
        return f"more than the {self.ladder[-1]} that were simulated"

    @property
    def statement(self) -> str:
        """The paragraph for the ethics committee."""
        low, high = 100 * self.planned["low"], 100 * self.planned["high"]
        return (
            f"{self.study + ': ' if self.study else ''}{self.aim}. Primary outcome: {self.outcome}; smallest effect "
            f"worth finding: {self.smallest_effect}. Two-sided type I error {self.alpha:g} over {self.shared} "
            f"comparison(s), so {self.level:g} each (Bonferroni); power wanted {100 * self.power:g} %; drop-out "
            f"{100 * self.dropout:g} %; {self.ratio:g} participant(s) in the second group for each in the first. "
            f"{self.clusters.told} "
            f"By simulation from {len(self.pilot.groups)} people of the pilot ({self.named}), {self.trials} simulated "
            f"trials of each size, seed {self.seed}, this asks for {self._wanted} (the smallest size tried at which "
            f"the lower 95 % Clopper-Pearson limit reaches the power wanted). With the {self.participants} "
            f"participants planned, {self.per_arm} in each of {len(self.arms)} arms, power is "
            f"{100 * self.planned['power']:.0f} % (95 % interval {low:.0f} to {high:.0f}): {self.verdict}. Samples "
            f"are taken at {len(self.moments)} time point(s) ({', '.join(self.moments)}); power counts participants, "
            "not samples."
        )

    @property
    def cites(self) -> list[str]:
        """Works the statement rests on."""
        return ["cohen1988", "clopper1934", *_CITES[self.outcome]]

    @property
    def plan(self) -> dict[str, object]:
        """The plan, by quantity."""
        return {
            "study": self.study or "not stated",
            "comparison": self.comparison or "not stated",
            "arms": len(self.arms),
            "time points": len(self.moments),
            "outcome": self.outcome,
            "effect": self.effects[self.outcome],
            "alpha": self.alpha,
            "comparisons": self.shared,
            "level": self.level,
            "power wanted": self.power,
            "dropout": self.dropout,
            "people of a cluster": self.clusters.size,
            "design effect": f"{self.clusters.effect:.3f}",
            "ratio": self.ratio,
            "pilot": self.named,
            "pilot people": len(self.pilot.groups),
            "simulations": self.trials,
            "seed": self.seed,
            "first group included": self.enough or f"more than {self.ladder[-1]}",
            "participants planned": self.participants,
            "participants planned per arm": self.per_arm,
            "power at the planned number": f"{self.planned['power']:.3f}",
            "power lower limit": f"{self.planned['low']:.3f}",
            "power upper limit": f"{self.planned['high']:.3f}",
            "verdict": self.verdict,
        }

    @property
    def answer(self) -> dict[str, Any]:
        """What :meth:`handbook_utils.results.Results.answer` shows."""
        low, high = 100 * self.planned["low"], 100 * self.planned["high"]
        return {
            "asked": f"How many participants does this comparison need: {self.aim}?",
            "found": f"It asks for {self._wanted}. With the {self.participants} planned, {self.per_arm} in each of "
            f"{len(self.arms)} arms, power is {100 * self.planned['power']:.0f} % ({low:.0f} to {high:.0f} %): "
            f"{self.verdict}.",
            "rests_on": [
                f"The primary outcome, {self.outcome}, and {self.smallest_effect} as the smallest effect worth "
                "finding.",
                f"{len(self.pilot.groups)} people of the pilot ({self.named}), one sample each, with "
                f"{self.pilot.reads} reads or more; {self.trials} simulated trials of each size.",
                f"A level of {self.level:g} for each of {self.shared} comparison(s), drop-out of "
                f"{100 * self.dropout:g} %. {self.clusters.told}",
            ],
            "left_out": []
            if self.correlation is not None
            else ["Designs with two samples a person: fewer than ten people of the pilot were sampled twice."],
        }

    @property
    def limits(self) -> list[str]:
        """What these numbers cannot say."""
        return [
            "Power is a property of assumptions, and all of them are printed above.",
            "A pilot of other people, another kit or another country may spread less or more than your participants "
            "will.",
            f"Drawn with replacement, people of the pilot ({self.named}) are taken to be independent; if some are of "
            "one family or household, it understates the spread.",
            "Samples that are drawn twice in one simulated trial are identical, which real samples never are.",
            "The tilt of composition follows the pilot's main axis; an effect of the same ω² along many small axes is "
            "found somewhat less or more often.",
            "Reads are drawn anew from counts that hold noise of reading already, so power for one taxon is, if "
            "anything, understated.",
            "Drop-out is taken to be chance; people who leave because of what is studied are another problem, which no "
            "number of others mends.",
        ]

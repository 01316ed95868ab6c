"""Recruitment so far: who was screened and included, whether it is as planned, and the sentences that say so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from handbook_utils.protocols.criteria import Criteria
from handbook_utils.protocols.people.conditions import Meant, decided, folded
from handbook_utils.protocols.people.recruitment import balance, flow, reach
from handbook_utils.protocols.people.rules import Rules
from handbook_utils.protocols.people.screening import INCLUDED, NOT_INCLUDED, UNDECIDED, WAITING, decide


@dataclass(frozen=True)
class Recruitment:
    """A screening log, held against the rules and the plan.

    Attributes
    ----------
    log : pandas.DataFrame
        As :func:`handbook_utils.protocols.people.screening.chapter_log` returns it.
    rules : Rules
        Of the study.
    participants : int
        Planned.
    wanted : float
        Share, 0 to 1, of included people that is to be in a low socio-economic position.
    """

    log: pd.DataFrame
    rules: Rules
    participants: int
    wanted: float

    @cached_property
    def decisions(self) -> pd.DataFrame:
        """The decision on everybody, with every reason."""
        return decide(self.log, self.rules)

    @cached_property
    def counts(self) -> dict[str, int]:
        """The flow of people."""
        return flow(self.log, self.decisions)

    @cached_property
    def balance(self) -> pd.DataFrame:
        """Included people by arm."""
        return balance(self.log, self.decisions, self.rules.arms)

    @cached_property
    def reach(self) -> dict[str, tuple[int, int, float, float, float]]:
        """Those in a low position, among the screened and the included."""
        return reach(self.log, self.decisions)

    @property
    def told(self) -> pd.DataFrame:
        """The decisions as they are written, by screening id: reasons are one text."""
        shown = self.decisions[["screening_id", "decision", "reasons", "deviation"]]
        return shown.assign(reasons=shown["reasons"].map("; ".join)).set_index("screening_id")

    @property
    def understood(self) -> pd.DataFrame:
        """How each text about conditions was read, so that a person can see it; the most frequent first."""
        texts = [text for said in self.log["conditions"] if said for text in said]
        rows = {}
        for text in dict.fromkeys(sorted(texts, key=lambda text: (-texts.count(text), text))):
            told = self.rules.read(decided(text)[0])
            excluded, unknown = self.rules.against(decided(text)[0])
            rows[text] = {
                "people": texts.count(text),
                "read as": _listed(told.conditions) or ("" if unknown else "none"),
                "said not to be there": _listed(told.denied),
                "not recognised": "; ".join(unknown),
                "excludes as": "; ".join(excluded),
            }
        columns = ["people", "read as", "said not to be there", "not recognised", "excludes as"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("as the log writes it")

    @property
    def verdict(self) -> str:
        """Whether the share in a low position is what the study set itself."""
        *_, share, _, highest = self.reach[INCLUDED]
        if share >= self.wanted:
            return "is met"
        return (
            "is not met, and the interval lies below it"
            if highest < self.wanted
            else "is not met; the interval still holds it"
        )

    @property
    def criteria(self) -> Criteria:
        """What recruitment must show."""
        counts, share = self.counts, self.reach[INCLUDED][2]
        late, unknown = int((self.decisions["deviation"] != "").sum()), int((self.log["ses"] == "").sum())
        wait, armless, there = counts[UNDECIDED], counts[WAITING], counts[INCLUDED]
        return Criteria(
            (
                ("people included", self.participants, there, there == self.participants),
                ("people whose condition waits for a decision", 0, wait, wait == 0),
                ("eligible people without an arm", 0, armless, armless == 0),
                (
                    "deviations (consent after screening, arm without eligibility)",
                    "0, or each reported",
                    late,
                    late == 0,
                ),
                ("socio-economic position not recorded", 0, unknown, unknown == 0),
                (
                    "share in a low position",
                    f"at least {100 * self.wanted:.0f} %",
                    f"{100 * share:.1f} %",
                    share >= self.wanted,
                ),
            )
        )

    @property
    def answer(self) -> dict[str, Any]:
        """What :meth:`handbook_utils.results.Results.answer` shows."""
        counts = self.counts
        low, known, share, lowest, highest = self.reach[INCLUDED]
        return {
            "asked": "Who is included, who is not, and is recruitment as planned?",
            "found": f"Of {counts['screened']} people screened {counts[INCLUDED]} are included, "
            f"{counts[NOT_INCLUDED]} are not, "
            f"{counts[WAITING]} are eligible without an arm and {counts[UNDECIDED]} wait for a decision; "
            f"{self.participants} are planned.",
            "rests_on": [
                self.criteria.sentence,
                f"{low} of {known} included people whose position is known are in a low one: {100 * share:.1f} % "
                f"(95 % interval {100 * lowest:.1f} to {100 * highest:.1f} %); the target {self.verdict}.",
            ],
            "left_out": [
                f"From the share in a low position: {counts[INCLUDED] - known} people whose position was not recorded."
            ]
            if known < counts[INCLUDED]
            else [],
        }

    @property
    def methods(self) -> str:
        """The methods paragraph."""
        rules, counts = self.rules, self.counts
        *_, share, lowest, highest = self.reach[INCLUDED]
        return (
            f"People aged {rules.age_min} to {rules.age_max} years were eligible if they had used no antibiotics for "
            f"{rules.antibiotics_days} days and no probiotics for {rules.probiotics_days} days"
            + (", were not pregnant" if rules.exclude_pregnant else "")
            + (f", and had none of: {', '.join(rules.conditions)}" if rules.conditions else "")
            + f". Of {counts['screened']} people screened, {counts[NOT_INCLUDED]} were not included and "
            f"{counts[INCLUDED]} were. "
            f"{100 * share:.1f} % of those included (95 % interval {100 * lowest:.1f} to {100 * highest:.1f} %) were "
            "in a low "
            f"socio-economic position; the target was {100 * self.wanted:.0f} %."
        )


def _listed(meant: Iterable[Meant]) -> str:
    """Tell what pieces of a text mean, each with the piece where it has another name."""
    told = [(one.text, " or ".join(one.either)) for one in meant]
    return "; ".join(dict.fromkeys(name if folded(text) == folded(name) else f"{name} ({text})" for text, name in told))

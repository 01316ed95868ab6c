"""Is a layout accepted: its rules, its balance beside plain randomisation, and the sentences that say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from handbook_utils.protocols.criteria import Criteria
from handbook_utils.protocols.wells.balance import Score
from handbook_utils.protocols.wells.plates import Layout

__all__ = ["RULES", "JudgedLayout", "scores_compared"]

#: What a layout must not hold, by the name of its count in :class:`Score`.
RULES = {
    "participants on two or more plates": "split_series",
    "neighbouring wells of one participant": "adjacent_series",
    "neighbouring controls": "adjacent_controls",
    "crowded quadrants": "crowded_controls",
}


def scores_compared(scores: Mapping[str, Score]) -> pd.DataFrame:
    """Return the score and the broken rules of layouts, a column each.

    Parameters
    ----------
    scores : mapping of str to Score
        By name of the layout.

    Returns
    -------
    pandas.DataFrame
        By measure.
    """
    made = {
        name: {"score": score.total} | {text: float(getattr(score, rule)) for text, rule in RULES.items()}
        for name, score in scores.items()
    }
    return pd.DataFrame(made).rename_axis("measure")


@dataclass(frozen=True)
class JudgedLayout:
    """A layout, held against the rules and against chance.

    Attributes
    ----------
    layout : Layout
        Made with rules.
    tubes, people : int
        On the list.
    controls : mapping of str to int
        Wanted on every plate: ``blanks``, ``mocks``, ``ntc``, ``duplicates``.
    candidates : int
        Random arrangements drawn of each plate.
    plain : pandas.DataFrame
        Scores of plain randomisations.
    seed : int
        Of the layout.
    """

    layout: Layout
    tubes: int
    people: int
    controls: Mapping[str, int]
    candidates: int
    plain: pd.DataFrame
    seed: int

    @property
    def criteria(self) -> Criteria:
        """What a layout must show before a well is filled."""
        made = self.layout
        kinds = {"blank": "blanks", "mock": "mocks", "ntc": "ntc", "duplicate": "duplicates"}
        wanted = {kind: self.controls[name] for kind, name in kinds.items()}
        whole = int((made.counts()[list(wanted)] == wanted).all(axis=1).sum())
        placed = made.wells.loc[made.wells["content"] == "sample", "sample"].nunique()
        rows: list[tuple[str, object, object, bool]] = [
            ("every tube of the list has one well", self.tubes, placed, self.tubes == placed),
            ("every plate has all its controls (plates)", made.plates, whole, made.plates == whole),
        ]
        for text, rule in RULES.items():
            broken = getattr(made.score, rule)
            rows.append((f"{text} (count)", 0, broken, broken == 0))
        if made.covariates:
            best = float(self.plain["total"].quantile(0.01))
            below = made.score.total < best
            rows.append(
                (
                    "the score is below that of 99 % of plain randomisations",
                    f"< {best:.4f}",
                    f"{made.score.total:.4f}",
                    below,
                )
            )
        return Criteria(tuple(rows))

    @property
    def answer(self) -> dict[str, Any]:
        """What :meth:`handbook_utils.results.Results.answer` shows."""
        made = self.layout
        return {
            "asked": "Which sample goes into which well, and is that layout balanced?",
            "found": f"{self.tubes} samples of {self.people} participants lie on {made.plates} plate(s) of "
            f"{made.plate} wells. {self.criteria.sentence}",
            "rests_on": [
                f"Balanced for {', '.join(made.covariates)}: the score is {made.score.total:.4f} (0 is perfect "
                "balance), where "
                f"{len(self.plain)} plain randomisations have median {self.plain['total'].median():.4f}."
                if made.covariates
                else "Nothing was named to balance for, so positions are random within the rules.",
                f"Seed {self.seed}, layout {made.id}.",
            ],
        }

    @property
    def methods(self) -> str:
        """The methods paragraph."""
        made, controls = self.layout, self.controls
        balanced = (
            f"Of {self.candidates} random arrangements a plate the best were improved by exchanges, such that "
            f"{', '.join(made.covariates)} were balanced over plates, rows, columns and neighbouring wells; the score "
            "(mean of "
            f"Cramér's V squared or eta squared, and the size of Moran's I) is {made.score.total:.4f}, where "
            f"{len(self.plain)} "
            f"plain randomisations have median {self.plain['total'].median():.4f}. "
            if made.covariates
            else ""
        )
        return (
            f"{self.tubes} samples of {self.people} participants were laid out over {made.plates} plate(s) of "
            f"{made.plate} wells at "
            "random, with the samples of a participant on one plate in wells that do not touch. Every plate held "
            "extraction "
            f"blanks ({controls['blanks']}), mock communities ({controls['mocks']}), no-template controls "
            f"({controls['ntc']}) and "
            f"samples extracted twice ({controls['duplicates']}), scattered over its quadrants. {balanced}The seed "
            f"was {self.seed}, "
            f"the layout id {made.id}."
        )

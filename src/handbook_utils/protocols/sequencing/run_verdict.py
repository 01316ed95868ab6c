"""May the plates of a run be analysed: everything that the controls say of all its plates, gathered for the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from handbook_utils.analysis.controls.crosstalk import Leakage, hopping, leakage
from handbook_utils.analysis.controls.mock import mock_deviation
from handbook_utils.protocols.sequencing.acceptance import Limits, bray_curtis, duplicate_distances, judge_plate
from handbook_utils.study import Study

#: What a mock's statistics are called in its table.
_MOCK = {
    "deviation": "mean deviation (%)",
    "largest": "largest (%)",
    "aitchison": "Aitchison distance",
    "foreign": "foreign reads (%)",
    "missing": "taxa missing",
}


@dataclass(frozen=True)
class RunVerdict:
    """The controls of a run, plate by plate, held against limits that were written down before.

    Parameters
    ----------
    wells : pandas.DataFrame
        As of :func:`handbook_utils.protocols.sequencing.inputs.read_wells`.
    table : pandas.DataFrame
        Reads, wells × features.
    expected : pandas.Series
        Shares of the mock's taxa.
    limits : Limits
        What a plate must show.
    permutations : int
        Random orders of the wells, in the test for leakage.
    seed : int
        Of those orders.
    """

    wells: pd.DataFrame
    table: pd.DataFrame
    expected: pd.Series
    limits: Limits
    permutations: int
    seed: int

    @cached_property
    def by_plate(self) -> dict[int, pd.DataFrame]:
        """Wells of each plate."""
        return {number: self.wells[self.wells["plate"] == number] for number in dict.fromkeys(self.wells["plate"])}

    @cached_property
    def leaks(self) -> dict[int, Leakage]:
        """What the controls of each plate hold of other wells."""
        own = list(self.expected.index)
        return {
            number: leakage(self.table.loc[part.index], part, own, permutations=self.permutations, seed=self.seed)
            for number, part in self.by_plate.items()
        }

    @cached_property
    def judged(self) -> dict[int, tuple[str, pd.DataFrame]]:
        """Verdict and criteria of each plate."""
        return {
            number: judge_plate(self.table.loc[part.index], part, self.expected, self.limits, self.leaks[number])
            for number, part in self.by_plate.items()
        }

    @cached_property
    def mocks(self) -> pd.DataFrame:
        """Statistics of :func:`mock_deviation`, by well of a mock."""
        names = self.wells.index[self.wells["content"] == "mock"]
        made = {name: mock_deviation(self.table.loc[name], self.expected) for name in names}
        return pd.DataFrame(made, index=list(_MOCK)).T.rename_axis("well")

    @property
    def mocks_named(self) -> pd.DataFrame:
        """The same, with headings for readers."""
        return self.mocks.rename(columns=_MOCK)

    @property
    def mock_shares(self) -> pd.DataFrame:
        """Shares (%) among the mock's own taxa, by taxon: ``expected`` and a column a mock well."""
        seen = self.table.reindex(columns=self.expected.index, fill_value=0).loc[self.mocks.index]
        shares = seen.div(seen.sum(axis=1).clip(lower=1), axis=0).T
        return 100 * pd.concat([self.expected.rename("expected"), shares], axis=1)

    @property
    def blanks(self) -> pd.DataFrame:
        """Reads of blanks and no-template controls, the feature they have most of, and the median of their samples."""
        controls = self.wells[self.wells["content"].isin(["blank", "ntc"])]
        depth = self.table.sum(axis=1)
        median = depth[self.wells["content"] == "sample"].groupby(self.wells["plate"]).median()
        return (
            controls[["plate", "content", "sample"]]
            .assign(
                **{
                    "reads": depth[controls.index],
                    "most reads of": self.table.loc[controls.index].idxmax(axis=1),
                    "samples' median": controls["plate"].map(median),
                }
            )
            .rename_axis("well")
        )

    @cached_property
    def twins(self) -> pd.DataFrame:
        """How far samples that were extracted twice lie from themselves."""
        return duplicate_distances(self.table, self.wells)

    @property
    def leakage(self) -> pd.DataFrame:
        """By plate: reads in a control from one neighbour and from one distant well, p, and rates (%)."""
        made = {
            number: {
                "neighbours": one.near,
                "distant wells": one.far,
                "p": one.p,
                "rate, median (%)": 100 * one.rates.median(),
                "rate, most (%)": 100 * one.rates.max(),
            }
            for number, one in self.leaks.items()
        }
        return pd.DataFrame(made).T.rename_axis("plate")

    @property
    def leakiest(self) -> list[int]:
        """At most four plates, those where leakage is least like chance first."""
        return sorted(self.by_plate, key=lambda number: (float(np.nan_to_num(self.leaks[number].p, nan=1.0)), number))[
            :4
        ]

    @property
    def stray(self) -> dict[str, float]:
        """The bound of :func:`hopping` over all plates."""
        return hopping(self.table, self.wells, list(self.expected.index))

    @property
    def verdicts(self) -> pd.DataFrame:
        """By plate: ``verdict`` and ``reasons``."""
        rows = [
            (number, verdict, "; ".join(lines.loc[lines["reason"] != "", "reason"]))
            for number, (verdict, lines) in self.judged.items()
        ]
        return pd.DataFrame(rows, columns=["plate", "verdict", "reasons"]).set_index("plate")

    @property
    def counts(self) -> dict[str, int]:
        """How many plates got which verdict."""
        return {name: int((self.verdicts["verdict"] == name).sum()) for name in ("accept", "flag", "reject")}

    @property
    def answer(self) -> dict[str, Any]:
        """What :meth:`handbook_utils.results.Results.answer` shows."""
        content = self.wells["content"].value_counts()
        doubtful = self.verdicts[self.verdicts["verdict"] != "accept"]
        counts = self.counts
        return {
            "asked": "May these plates be analysed, and if not, why?",
            "found": f"Of {len(self.by_plate)} plate(s) {counts['accept']} are accepted, {counts['flag']} flagged and "
            f"{counts['reject']} rejected.",
            "rests_on": [
                f"{len(self.wells)} wells: " + ", ".join(f"{number} {kind}" for kind, number in content.items()) + ".",
                *(f"Plate {number}, {row['verdict']}: {row['reasons']}." for number, row in doubtful.iterrows()),
            ],
            "left_out": [
                f"Leakage on plate {number}: no control there has a sample beside it, so it was not looked for."
                for number, one in self.leaks.items()
                if np.isnan(one.p)
            ],
        }

    def methods(self, study: str) -> str:
        """Return the methods paragraph, the study's name first.

        Parameters
        ----------
        study : str
            Its name.

        Returns
        -------
        str
            English.
        """
        limits, counts = self.limits, self.counts
        return (
            f"{study}: before groups were compared, {len(self.by_plate)} plate(s) were judged by their controls. A "
            f"mock community was to deviate by at most {limits.mock_percent:g} % on average from its expectation and "
            f"to hold at most {limits.foreign_percent:g} % of other reads, "
            f"blanks and no-template controls to hold at most {limits.blank_reads:g} reads, samples at least "
            f"{limits.depth} reads "
            f"but for {limits.shallow_percent:g} %, two extractions of a sample to lie within {limits.duplicate:g} "
            f"(Bray-Curtis), and, where reads in controls came from neighbouring wells more than chance gives "
            f"({self.permutations} permutations, level {limits.alpha:g}), leakage to stay within "
            f"{limits.leakage_percent:g} % of a neighbour's reads. Accepted: {counts['accept']}; flagged: "
            f"{counts['flag']}; rejected: {counts['reject']}."
        )

    @property
    def limits_told(self) -> list[str]:
        """What this verdict cannot say."""
        blanks = int((self.wells["content"] == "blank").sum())
        return [
            "The limits are choices of this handbook, or yours, not of a standard; your kit and your laboratory's "
            "history give better ones.",
            "Leakage is seen where controls are; samples leak into samples unseen, and "
            f"{blanks} blank(s) on {len(self.by_plate)} plate(s) look clean by luck now and then.",
            "The fit takes all neighbours alike; spills that go along a row or over a whole plate are understated.",
            "The bound on hopping takes every taxon of the mock for absent elsewhere, which is true of no gut.",
        ]

    def with_swapped_labels(self) -> RunVerdict:
        """Return the run as if the first blank of each plate had changed labels with its first sample."""
        wells = self.wells.copy()
        for part in self.by_plate.values():
            blank, sample = (part.index[part["content"] == kind][:1] for kind in ("blank", "sample"))
            wells.loc[blank.append(sample), "content"] = ["sample"] * len(blank) + ["blank"] * len(sample)
        return RunVerdict(wells, self.table, self.expected, self.limits, self.permutations, self.seed)


def furthest_and_nearest(study: Study, kinds: Mapping[str, str]) -> tuple[int, float, float]:
    """Compare the mocks of a published run with its samples of different people.

    Parameters
    ----------
    study : Study
        With a column ``sample_type``.
    kinds : mapping of str to str
        The types that stand for ``mock`` and ``stool``.

    Returns
    -------
    tuple
        How many mocks there are, the largest Bray-Curtis distance of two of them, and the least of two of the others.
    """
    mocks, stool = (study.where("sample_type", kinds[name]).to_frame() for name in ("mock", "stool"))

    def between(shares: pd.DataFrame) -> list[float]:
        return [bray_curtis(shares.iloc[a], shares.iloc[b]) for a in range(len(shares)) for b in range(a)]

    return len(mocks), max(between(mocks)), min(between(stool))

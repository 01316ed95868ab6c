"""Which tubes are extracted, in which batch and with what: gathered for the page, with the sentences that say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from handbook_utils.protocols.criteria import Criteria
from handbook_utils.protocols.wells.batches import TAKEN
from handbook_utils.protocols.wells.extraction import Extraction
from handbook_utils.protocols.wells.losses import fates
from handbook_utils.protocols.wells.plates import Layout


@dataclass(frozen=True)
class PlannedExtraction:
    """Tubes, what the cold chain said of them, and where they go.

    Attributes
    ----------
    given : pandas.DataFrame
        Tubes given out.
    said : pandas.DataFrame
        Their verdicts: ``tube``, ``verdict``.
    there : pandas.DataFrame
        Tubes that are extracted, with their ``verdict``.
    way : Extraction
        Kit, beads, amount.
    layout : Layout
        Of `there`.
    controls : mapping of str to int
        Wanted on every plate, by content: ``blank``, ``mock``, ``ntc``, ``duplicate``.
    seed : int
        Of the layout.
    """

    given: pd.DataFrame
    said: pd.DataFrame
    there: pd.DataFrame
    way: Extraction
    layout: Layout
    controls: Mapping[str, int]
    seed: int

    @property
    def verdicts(self) -> dict[str, int]:
        """How many tubes were flagged, rejected and missing."""
        told = self.said["verdict"].value_counts()
        flagged = int((self.there["verdict"] == "flag").sum())
        return {"flagged": flagged, "reject": int(told.get("reject", 0)), "missing": int(told.get("missing", 0))}

    def losses(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return the tubes given out, extracted and lost, by the levels of columns.

        Parameters
        ----------
        columns : sequence of str
            Those that the list of tubes does not have are passed over.

        Returns
        -------
        pandas.DataFrame
            Tubes: ``given out``, ``extracted`` and ``lost``, by ``column`` and ``level``.
        """
        rows = [
            (name, level, row.sum(), row[list(TAKEN)].sum(), row[["reject", "missing"]].sum())
            for name in dict.fromkeys(columns)
            if name in self.given
            for level, row in fates(self.given, self.said, name).iterrows()
        ]
        return pd.DataFrame(rows, columns=["column", "level", "given out", "extracted", "lost"])

    def worst(self, by: str) -> tuple[str, int, int]:
        """Return the level of a column that lost the largest share: its name, tubes lost, tubes given out.

        Parameters
        ----------
        by : str
            Column of the list of tubes.

        Returns
        -------
        tuple of str, int and int
            Of the first one where several lost as much.
        """
        counts = fates(self.given, self.said, by)
        lost, total = counts[["reject", "missing"]].sum(axis=1), counts.sum(axis=1)
        place = int((lost / total).to_numpy().argmax())
        return str(counts.index[place]), int(lost.iloc[place]), int(total.iloc[place])

    @property
    def criteria(self) -> Criteria:
        """What must hold before a tube is thawed."""
        wells, held = self.layout.wells, self.layout.counts()
        placed = set(wells.loc[wells["content"] == "sample", "sample"])
        out_of = set(self.said.loc[~self.said["verdict"].isin(TAKEN), "tube"])
        whole = int((held[list(self.controls)] == dict(self.controls)).all(axis=1).sum())
        return Criteria.equal(
            [
                ("every tube to extract has one well", len(self.there), len(placed & set(self.there["sample"]))),
                ("rejected or missing tubes on a plate", 0, len(placed & out_of)),
                ("plates with all their controls", self.layout.plates, whole),
                ("rules of the layout broken", 0, self.layout.score.broken),
            ]
        )

    @property
    def answer(self) -> dict[str, Any]:
        """What :meth:`handbook_utils.results.Results.answer` shows."""
        told = self.verdicts
        return {
            "asked": "Which received tubes are extracted together, in which wells, and with what?",
            "found": f"{len(self.there)} of {len(self.given)} tubes given out are extracted, in {self.layout.plates} "
            "batch(es) of one "
            f"{self.layout.plate}-well plate each. {self.criteria.sentence}",
            "rests_on": [
                f"Extraction: {self.way.in_words}.",
                f"{told['flagged']} of the tubes that are extracted bear a flag.",
                f"Layout {self.layout.id}, seed {self.seed}, score {self.layout.score.total:.4f} (0 is perfect "
                "balance).",
            ],
            "left_out": [
                f"{told[name]} tubes {words}."
                for name, words in (("reject", "rejected"), ("missing", "missing"))
                if told[name]
            ],
        }

    @property
    def methods(self) -> str:
        """The methods paragraph."""
        controls, way = self.controls, self.way
        return (
            f"Of {len(self.given)} tubes given out, {len(self.there)} that were received and not rejected were "
            "extracted in "
            f"{self.layout.plates} batches of one {self.layout.plate}-well plate each, following {way.followed}, with "
            "beads of "
            f"{way.bead_mm} mm and {way.sample_mg:g} mg of stool a well. Every plate held {controls['blank']} "
            "extraction blanks, "
            f"{controls['mock']} mock communities, {controls['ntc']} no-template controls and {controls['duplicate']} "
            "samples extracted "
            "twice. Samples of one participant were in one batch, in wells that do not touch; positions were "
            "randomised and balanced "
            f"(seed {self.seed}, layout {self.layout.id})."
        )

"""``recipes/remove-contaminants``: what it asks of the reader's files, what it removes, and what it says of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from handbook_utils.analysis.taxa.composition import mean_interval
from handbook_utils.analysis.taxa.contaminants import (
    METHODS,
    could_hide,
    positive_controls,
)
from handbook_utils.analysis.taxa.wells import Wells
from handbook_utils.errors import InputError, collect, listed
from handbook_utils.figures.procedures.wells import prevalence_by_kind, share_and_concentration
from handbook_utils.figures.style import Drawn
from handbook_utils.recipes.checks import check_words, column_checks, study_of
from handbook_utils.study import Study

#: Words that laboratories write for wells without a sample.
_BLANK = re.compile(
    r"(extraction|negative|neg|pcr|reagent|kit|field|library)?[ _.-]*(blank|control|ctrl|ntc|negative|neg|water|h2o)s?"
    r"[ _.-]*\d*",
    re.IGNORECASE,
)


def remove_contaminants(parameters: Mapping[str, Any]) -> None:
    """Check the parameters of ``recipes/remove-contaminants`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        Columns that are not there; neither blanks nor DNA concentrations, or not those that the method asks for; too
        few samples; a taxon of the positive control that is not there; wells that cannot be read.
    """
    study = study_of(parameters, "lung")
    collect(
        *column_checks(
            study,
            parameters,
            ["kind"] if parameters["kind"] else [],
            ["concentration", "batch", "well", "plate"],
        )
    )
    if parameters["kind"]:
        for name, words in (("blank", [parameters["blank"]]), ("positive", list(parameters["positive"]))):
            check_words(study, parameters["kind"], name, words)
    else:
        _ask_about_blanks(study)
    given = {name: parameters[name] for name in ("kind", "blank", "concentration", "batch", "rank")}
    wells = Wells.of(study, positive=parameters["positive"], **given)
    kind, blank, method = given["kind"], given["blank"], parameters["method"]
    samples = int((~wells.blanks).sum())
    known = samples - len(wells.without_concentration) if wells.concentration is not None else 0
    differ = wells.concentration is not None and wells.concentration[~wells.blanks].nunique() > 1
    there = {"blanks": bool(wells.blanks.any()), "concentrations": known >= 4 and differ}
    needed = {"auto": [], "frequency": ["concentrations"], "prevalence": ["blanks"]}.get(method, list(there))
    if samples < 2 or not any(there.values()) or not all(there[name] for name in needed):
        kinds = [f"{name} ({count})" for name, count in study.column(kind).value_counts().items()] if kind else []
        raise InputError(
            "Nothing tells contaminants from what lives in the samples.",
            where=f"sample metadata, columns {kind or 'kind'} and {parameters['concentration'] or 'concentration'}",
            expected=f"two samples or more, and {' and '.join(needed) or 'blanks or concentrations'}: wells called "
            f"'{blank}', DNA concentrations above 0 of at least four samples, that differ",
            found=f"{listed(kinds) or 'no column of kinds'}; {known} concentrations"
            f"{'' if differ or not known else ', all of them the same'}",
            remedy="Give kind and blank (the column that tells blanks, and its word for them), or concentration.",
        )
    if wells.batches is not None and there["blanks"] and method != "frequency":
        both = wells.blanks.groupby(wells.batches).nunique() > 1
        if not both.any():
            raise InputError(
                "No batch has both blanks and samples, so nothing can be held against its blanks.",
                where=f"parameter batch, column {parameters['batch']}",
                expected="blanks and samples in a batch",
                found=f"{len(both)} batches of the one or the other: {listed(list(map(str, both.index)))}",
                remedy='Run without batches: batch "".'
                + (" Or by concentrations alone: method frequency." if there["concentrations"] else ""),
            )
    absent = sorted(set(parameters["expected"]) - set(map(str, wells.study.features)))
    if absent:
        raise InputError(
            "Taxa of the positive control are not in the table.",
            where="parameter expected",
            expected="taxa as the table names them, at the rank that is judged",
            found=listed(absent),
            remedy='Write them as the table does, or run without: expected "".',
        )
    wells.leaked(parameters["well"], parameters["plate"], seed=1)


def _ask_about_blanks(study: Study) -> None:
    """Ask about a column that seems to tell blanks from samples; wells without a sample are not samples unasked."""
    for column in study.metadata.columns:
        counts = study.metadata[column].astype("string").value_counts()
        words = [str(word) for word in counts.index if _BLANK.fullmatch(str(word).strip())]
        # Half of a case-control study is called control, too; blanks are few.
        if words and counts[words].sum() * 5 <= counts.sum():
            raise InputError(
                "Some of these samples seem to be blanks, and nothing says whether they are.",
                where=f"sample metadata, column {column}",
                expected="kind and blank: the column that tells blanks, and its word for them",
                found=listed([f"{word} ({counts[word]})" for word in words]),
                remedy=f"Blanks: -p kind {column} -p blank {words[0]!r}. "
                f"Samples like the others: -p kind {column} -p blank none.",
            )


# ------------------------------------------------------------------------------------------------------ the analysis
_LEAK_RATE = 0.1  # false discovery rate of the test for leakage
_BASIS = {
    "combined": "blanks and DNA concentrations together",
    "prevalence": "blanks alone",
    "frequency": "DNA concentrations alone",
    "minimum": "blanks or DNA concentrations",
    "both": "blanks, and DNA concentrations as well",
}


@dataclass(frozen=True)
class Cleaning:
    """What is removed and why, and the sentences that say it.

    Attributes
    ----------
    wells : Wells
        The table's wells, by what they hold.
    judged : pandas.DataFrame
        Of :func:`~handbook_utils.analysis.taxa.contaminants.judged`.
    leaking : pandas.DataFrame
        Of :func:`~handbook_utils.analysis.taxa.leakage.leaked_taxa`; empty without a plate map.
    threshold : float
        Below which a score makes a feature a contaminant.
    batch : str
        Column of batches; empty for one.
    expected : tuple of str
        Features of the positive control.
    """

    wells: Wells
    judged: pd.DataFrame
    leaking: pd.DataFrame
    threshold: float
    batch: str
    expected: tuple[str, ...]

    @classmethod
    def of(
        cls,
        given: Study,
        *,
        method: str,
        threshold: float,
        well: str,
        plate: str,
        expected: Sequence[str],
        seed: int,
        **kinds: Any,
    ) -> Cleaning:
        """Judge a table.

        Parameters
        ----------
        given : Study
            Every well, with metadata that say what it holds.
        method, threshold : str, float
            Scores that decide, and below what.
        well, plate : str
            Metadata columns of the plate map; empty without one.
        expected : sequence of str
            Features of the positive control.
        seed : int
            Of the permutations.
        **kinds
            As :meth:`~handbook_utils.analysis.taxa.wells.Wells.of`.

        Returns
        -------
        Cleaning
            With what was found and what leaked.
        """
        wells = Wells.of(given, **kinds)
        found, leaking = wells.judged(method, threshold), wells.leaked(well, plate, seed)
        return cls(wells, found, leaking, threshold, str(kinds.get("batch") or ""), tuple(expected))

    # ------------------------------------------------------------------ what is found

    @property
    def kinds(self) -> str:
        """What a feature is."""
        return self.wells.whole.features_are

    def _above(self, above: int, blanks: int) -> str:
        if not blanks:
            return "There are no blanks"
        if self.wells.study.quantity != "counts":
            return "These are no counts of reads, so how much was read of a well is not known"
        return f"{above} of {blanks} blanks have more than the median sample"

    @property
    def unit(self) -> str:
        """What a part is a part of."""
        return "reads" if self.wells.whole.quantity == "counts" else "total"

    @property
    def used(self) -> str:
        """The method that decided."""
        return str(self.judged.attrs["method"])

    @property
    def sizes(self) -> tuple[int, int]:
        """How many blanks, and how many samples."""
        return int(self.wells.blanks.sum()), int((~self.wells.blanks).sum())

    @property
    def from_neighbours(self) -> pd.Series:
        """Features that blanks have from the wells beside them."""
        known = self.leaking.index[self.leaking["q"] <= _LEAK_RATE]
        return pd.Series(self.judged.index.isin(known), index=self.judged.index)

    @property
    def called(self) -> pd.Series:
        """Features that are removed."""
        return self.judged["contaminant"] & ~self.from_neighbours

    @property
    def spared(self) -> int:
        """How many have a score below the threshold and are kept, since blanks have them from their neighbours."""
        return int((self.judged["contaminant"] & self.from_neighbours).sum())

    @property
    def decisions(self) -> pd.DataFrame:
        """Features whose score is below the threshold, the least first, with what is done and why."""
        rows = self.judged[self.judged["contaminant"]].sort_values("score", kind="stable")
        why = METHODS[self.used] + (" (in one batch or more)" if self.batch else "")
        kept = self.from_neighbours[rows.index]
        said = np.where(kept, "kept: blanks have it from the wells beside them", f"removed: {why}")
        return rows.assign(decision=said).rename_axis(self.kinds)

    @property
    def first(self) -> pd.DataFrame:
        """The eight with the least scores."""
        return self.judged.sort_values(["score", "in_samples"], kind="stable").head(8)

    @property
    def drawing(self) -> Drawn:
        """Presence in blanks and samples; without blanks, shares against concentrations."""
        blanks, samples = self.sizes
        if blanks or self.wells.concentration is None:
            return prevalence_by_kind(self.judged.assign(contaminant=self.called), blanks, samples, self.kinds)
        ends = self.judged["score"].dropna().sort_values(kind="stable").index[[0, -1]]
        scores = self.judged["score"].to_dict()
        labels = [f"{name} (score {scores[name]:.3f})" for name in ends]
        shares = self.wells.study.proportions().to_frame()[ends]
        return share_and_concentration(shares, self.wells.concentration, labels, "Least and greatest score")

    @cached_property
    def removed(self) -> pd.Series:
        """Part of each well that goes (%)."""
        shares = self.wells.study.proportions().table.tocsc()
        gone = np.asarray(shares[:, np.flatnonzero(self.called)].sum(axis=1)).ravel()
        return pd.Series(100 * gone, index=self.wells.study.samples)

    @property
    def own(self) -> pd.Series:
        """Part of each sample that goes (%)."""
        return self.removed[~self.wells.blanks]

    @property
    def losers(self) -> pd.DataFrame:
        """The fifteen samples that lose most."""
        table = pd.DataFrame({self.unit: self.wells.study.depth[self.own.index], "removed (%)": self.own})
        return table.sort_values("removed (%)", ascending=False, kind="stable").head(15).rename_axis("sample")

    @property
    def overview(self) -> pd.DataFrame:
        """Each well: total, features seen, and whether it is one of the samples or of the blanks."""
        study = self.wells.study
        seen = np.diff(study.table.tocsr().indptr)
        kind = self.wells.blanks.map({True: "blanks", False: "samples"})
        return pd.DataFrame({"depth": study.depth, "taxa": seen, "blank": self.wells.blanks, "kind": kind})

    @property
    def by_kind(self) -> pd.DataFrame:
        """Number, total and features seen, of blanks and of samples."""
        made = self.overview.groupby("kind").agg(
            wells=("depth", "size"), median=("depth", "median"), least=("depth", "min"), seen=("taxa", "median")
        )
        words = ["wells", f"median {self.unit}", f"least {self.unit}", f"median {self.kinds} seen"]
        return made.set_axis(words, axis=1).rename_axis("kind")

    @cached_property
    def controls(self) -> pd.DataFrame:
        """What the positive controls hold."""
        study = self.wells.positive
        every = pd.Series(True, index=study.samples)
        return positive_controls(study, every, self.expected, list(self.judged.index[self.called]))

    @cached_property
    def cleaned(self) -> Study:
        """Samples without contaminants, blanks and positive controls, as they were in the table given."""
        return self.wells.cleaned(self.judged.index[self.called])

    # ------------------------------------------------------------------ what is said of it

    @property
    def _positive(self) -> str:
        count = len(self.controls)
        if not count:
            return "No positive control was given, so nothing says what this laboratory does to a known community"
        if not self.expected:
            return f"{count} positive controls; what they should hold was not given"
        middle = 100 * float(self.controls["expected"].median())
        return f"{count} positive controls hold a median of {middle:.1f} % that is expected"

    @property
    def _leak(self) -> str:
        if not len(self.leaking):
            without = "blanks" if not self.wells.blanks.any() else "a plate map"
            return f"Leakage between wells was not looked at, for want of {without}"
        found = int((self.leaking["q"] <= _LEAK_RATE).sum())
        return (
            f"{found} of {len(self.leaking)} {self.kinds} in blanks come from the wells beside them (false discovery "
            f"rate {_LEAK_RATE:g}); {self.spared} of them had a score below the threshold and were kept"
        )

    @property
    def _without(self) -> str:
        without = self.wells.without_concentration
        if not without:
            return ""
        return f"Samples without a DNA concentration are not used for that score: {listed(without, most=20)}."

    @property
    def _kept_in_blanks(self) -> list[str]:
        """What blanks hold most of, where no score calls most of what they hold: in samples and blanks alike."""
        blanks = self.wells.blanks
        if not blanks.any() or len(self.leaking) or self.used == "frequency" or self.removed[blanks].median() >= 50:
            return []
        shares = self.wells.study.proportions().to_frame().loc[blanks.to_numpy()].median()
        most = shares[~self.called.reindex(shares.index)].sort_values(ascending=False, kind="stable").head(3)
        told = ", ".join(f"{name} ({100 * share:.0f} %)" for name, share in most.items() if share >= 0.05)
        held = f": the median blank holds {told}" if told else ""
        return [
            f"Most of what is in the blanks is not called, and stays in the samples{held}. What samples have as often "
            "as blanks do gets no low score by presence; look at these yourself."
        ]

    @property
    def _blanks(self) -> str:
        removed = self.removed[self.wells.blanks]
        return f"of the median blank {removed.median():.0f} %" if len(removed) else "there are no blanks"

    @property
    def values(self) -> list[tuple[str, float | str, int]]:
        """Name, value and decimals of the numbers in the text."""
        blanks, samples = self.sizes
        overview = self.overview
        middle = overview.loc[~overview["blank"], "depth"].median()
        above = int((overview.loc[overview["blank"], "depth"] > middle).sum())
        names = [str(name) for name in self.first.index[: int(self.called.sum())][:4]]
        return [
            ("method", _BASIS[self.used], 0),
            ("called", int(self.called.sum()), 0),
            ("judged", f"{int(self.judged['score'].notna().sum())} {self.kinds}", 0),
            ("unscored", int(self.judged["score"].isna().sum()), 0),
            ("wells", f"{blanks} blanks and {samples} samples", 0),
            ("first-ones", ", ".join(names) or "none", 0),
            ("removed-samples", float(self.own.median()), 1),
            ("removed-most", float(self.own.max()), 0),
            ("mostly-gone", int((self.own > 50).sum()), 0),
            ("removed-blanks", self._blanks, 0),
            ("above", self._above(above, blanks), 0),
            ("positive", self._positive, 0),
            ("leak", self._leak, 0),
        ]

    @property
    def answer(self) -> dict[str, Any]:
        """What :meth:`handbook_utils.results.Results.answer` is given."""
        blanks, samples = self.sizes
        mean, low, high = mean_interval(self.own)
        scored, unscored = int(self.judged["score"].notna().sum()), int(self.judged["score"].isna().sum())
        empty = int((self.own > 50).sum())
        gone = f" {empty} samples lose more than half and are empty rather than cleaned." if empty else ""
        kept, features = self.cleaned.shape
        hidden = (
            [
                f"With {blanks} blanks, what is in none of them may still be in {100 * could_hide(blanks):.0f} % of "
                "all blanks (95 % confidence)."
            ]
            if blanks
            else []
        )
        return {
            "asked": f"Which {self.kinds} came with the reagents, and what is left without them?",
            "found": f"{int(self.called.sum())} of {scored} {self.kinds} are called contaminants, by "
            f"{_BASIS[self.used]}. On average {mean:.1f} % of the {self.unit} of a sample goes (95 % interval "
            f"{low:.1f} to {high:.1f} %, {samples} samples; at most {self.own.max():.0f} %).{gone} {kept} samples and "
            f"{features} features are left.",
            "rests_on": [
                f"{blanks} blanks and {samples} samples; scores below {self.threshold:g} decide ({self.used}): "
                f"{METHODS[self.used]}{', in one batch or more' if self.batch else ''}.",
                *hidden,
                *self._kept_in_blanks,
                f"{self._positive}.",
                f"{self._leak}.",
            ],
            "left_out": [
                *(note for note in self.wells.whole.notes if note.startswith("Left out")),
                *([self._without] if self._without else []),
                *(
                    [f"{unscored} {self.kinds} in too few wells for a score are kept: not called is not clean."]
                    if unscored
                    else []
                ),
            ],
        }

    @property
    def limits(self) -> list[str]:
        """What these scores cannot say, true of these data."""
        blanks, _ = self.sizes
        found = [
            f"A score is no p-value, and {self.threshold:g} is no error rate but a threshold, chosen before looking.",
            "Samples are taken as independent: what one source has in many samples looks more prevalent than it is.",
        ]
        if not blanks:
            found.append(
                "Without blanks a contaminant is known by its share alone; what goes with little DNA for another "
                "reason is called, too."
            )
        elif blanks < 6:
            found.append(
                f"{blanks} blanks are few: a contaminant may be in most blanks of a laboratory, and in none of these."
            )
        if blanks and self.wells.concentration is None:
            found.append("Without DNA concentrations, what is in every blank and in every sample cannot be called.")
        if not len(self.leaking) and blanks:
            found.append(
                "Without a plate map, what blanks have from their neighbours is not told from what a kit brings."
            )
        if self.kinds == "functions":
            found.append("Many organisms share a function: to remove one removes that of the residents, too.")
        return found

    @property
    def methods(self) -> str:
        """The paragraph for a paper."""
        blanks, samples = self.sizes
        known = samples - len(self.wells.without_concentration)
        ways = {
            "prevalence": f"presence in {blanks} blanks against {samples} samples",
            "frequency": f"the fall of its share with the DNA concentration in {known} samples",
        }
        tests = ways.get(self.used) or f"{ways['frequency']}, and by {ways['prevalence']} ({self.used})"
        batches = f"Batches ({self.batch}) were scored apart, and the least score counted. " if self.batch else ""
        spared = (
            f"{self.spared} that blanks had from neighbouring wells by a permutation test (false discovery rate "
            f"{_LEAK_RATE:g}) were kept. "
            if len(self.leaking)
            else ""
        )
        return (
            f"Each of {int(self.judged['score'].notna().sum())} {self.kinds} got a score by {tests}, after Davis and "
            f"others (2018). {batches}Those with a score below {self.threshold:g} were removed: "
            f"{int(self.called.sum())}, a median of {self.own.median():.1f} % of the {self.unit} of a sample. {spared}"
            "The decisions are in the table of decisions."
        )

"""``recipes/from-reads-to-table``: what it asks of the reader's files, and what it says of what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from handbook_utils.errors import listed
from handbook_utils.reads.accounting import INPUT, KEPT, LOSSES
from handbook_utils.reads.primers import PRIMERS, common_beginning
from handbook_utils.reads.sequences import reverse_complement
from handbook_utils.recipes.reads.steps import NONE, Steps
from handbook_utils.text.numbers import spoken

#: Reads left over by which a sample is told to be nearly empty.
_FEW = 100


def from_reads_to_table(parameters: Mapping[str, Any]) -> None:
    """Check the parameters of ``recipes/from-reads-to-table`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        No files of reads, a broken one, pairs that do not belong together, a program that is not there, primers that
        are none, or filters that no read passes.
    """
    Steps.asked(parameters).check()


@dataclass(frozen=True)
class Told:
    """The sentences about reads that became a table.

    Attributes
    ----------
    steps : Steps
        Reads on their way to a table.
    """

    steps: Steps

    @property
    def _by_sample(self) -> bool:
        return self.steps.engine.name == "dada2"

    @cached_property
    def _bases(self) -> frozenset[str]:
        return frozenset(self.steps.sequences.values())

    @property
    def primers_told(self) -> str:
        """What was done about primers."""
        forward, reverse = self.steps.primer_bases
        if not forward and not reverse:
            looked = (
                "none was asked for"
                if NONE in [one.lower() for one in self.steps.primers]
                else f"none of {listed([one.name for one in PRIMERS], most=12)} was found at the beginning of the reads"
            )
            return f"No primer was taken off: {looked}"
        named = listed(list(self.steps.survey.names)) or listed([one for one in (forward, reverse) if one])
        share = len(self.steps.seen_trimmed) / max(1, len(self.steps.survey.picked))
        told = f"{_part(share)} of the {self.steps.unit} looked at have what is needed"
        return f"Primers were taken off: {named}; {told}"

    @property
    def cut_told(self) -> str:
        """Where reads were cut, and why."""
        cut = self.steps.truncation
        if not any(cut.lengths):
            return f"Reads were not cut: {cut.reason}"
        lengths = " and ".join(str(one) for one in cut.lengths if one)
        return (
            f"Reads were cut at {lengths} bases, where {_part(cut.passing)} of the {self.steps.unit} looked at "
            f"pass ({_part(cut.uncut)} uncut): {cut.reason}"
        )

    @property
    def worst_loss(self) -> tuple[str, int]:
        """The way in which most reads were lost, and how many."""
        lost = self.steps.account[list(LOSSES)].sum()
        return str(lost.idxmax()), int(lost.max())

    @property
    def doubts(self) -> list[str]:
        """What to look into before going on."""
        found = []
        for side, direction in enumerate(("forward", "reverse")[: 1 + self.steps.paired]):
            if not self.steps.primer_bases[side] and self.steps.primers[side].lower() != NONE:
                same = common_beginning([one[side][0] for one in self.steps.survey.picked])
                if same:
                    found.append(
                        f"Nearly all {direction} reads begin with {same}: if that is a primer, it is still in the "
                        f"sequences; give it (-p {direction}_primer)."
                    )
        account = self.steps.account
        none = account.index[account[INPUT] == 0]
        if len(none):
            found.append(f"The files of {listed([str(one) for one in none], most=12)} hold no {self.steps.unit}.")
        share = account[KEPT] / account[INPUT]
        few = account.index[(account[KEPT] < _FEW) & (account[INPUT] > 0)]
        if len(few):
            found.append(
                f"Fewer than {_FEW} {self.steps.unit} are left of {listed([str(one) for one in few], most=12)}."
            )
        odd = share[share < share.median() / 2]
        if len(odd):
            told = listed([f"{name} ({100 * part:.0f} %)" for name, part in odd.items()], most=8)
            found.append(f"Less than half as much as of most samples is left of {told}.")
        back = [key for key, one in self.steps.sequences.items() if reverse_complement(one) in self._bases]
        if back:
            part = self.steps.table.loc[back].to_numpy().sum() / self.steps.table.to_numpy().sum()
            found.append(
                f"{len(back)} sequences ({_part(part)} of the {self.steps.unit}) are there in both directions, so each "
                f"bacterium counts as two: {self.steps.unit} lie either way round, which only primers tell. Ask the "
                "centre for files from which primers were not removed."
            )
        if self.steps.survey.steps <= 8:
            found.append(f"Qualities have {self.steps.survey.steps} steps only, so expected errors are rough.")
        phix = int(account["phiX"].sum())
        if phix:
            found.append(f"{phix:,} {self.steps.unit} are of phiX, the sequencer's control.")
        length = pd.Series({key: len(one) for key, one in self.steps.sequences.items()})
        middle = float(length.median())
        strange = length.index[(length - middle).abs() > 0.1 * middle]
        reads = int(self.steps.table.loc[strange].to_numpy().sum())
        if reads and (self.steps.paired or self.steps.whole):
            found.append(
                f"{len(strange)} sequences ({reads:,} reads) are more than a tenth longer or shorter than most."
            )
        return found

    @property
    def values(self) -> list[tuple[str, float | str, int]]:
        """Name, value and decimals of the numbers in the text."""
        total, kept = int(self.steps.account[INPUT].sum()), int(self.steps.account[KEPT].sum())
        why, lost = self.worst_loss
        return [
            ("samples", len(self.steps.files), 0),
            ("unit", self.steps.unit, 0),
            ("input", total, 0),
            ("kept", kept, 0),
            ("kept-share", 100 * kept / total, 0),
            ("sequences", len(self.steps.sequences), 0),
            ("worst", why, 0),
            ("worst-share", 100 * lost / total, 0),
            ("least", self.steps.denoising.least, 0),
            ("engine", self.steps.engine.version(), 0),
            ("doubts", " ".join(self.doubts) or "Nothing stands out.", 0),
        ]

    @property
    def answer(self) -> dict[str, Any]:
        """What :meth:`handbook_utils.results.Results.answer` is given."""
        total, kept = int(self.steps.account[INPUT].sum()), int(self.steps.account[KEPT].sum())
        why, lost = self.worst_loss
        empty = [str(name) for name in self.steps.account.index[self.steps.account[KEPT] == 0]]
        others = self.steps.others
        most = f" Most were lost as: {why} ({_part(lost / total)})." if lost else ""
        return {
            "asked": "Which sequences are in these reads, and where did every read go?",
            "found": f"{kept:,} of {total:,} {self.steps.unit} ({_part(kept / total)}) of "
            f"{len(self.steps.files)} samples are in {len(self.steps.sequences):,} sequences.{most} "
            f"{' '.join(self.doubts)}".strip(),
            "rests_on": [
                f"Engine: {self.steps.engine.version()}"
                + (
                    "."
                    if self._by_sample
                    else f"; a sequence needs {self.steps.denoising.least} reads in all samples together."
                ),
                f"{self.primers_told}. {self.cut_told}.",
                "In every sample the reads that came in are those kept and each loss, exactly.",
            ],
            "left_out": [
                *([f"Samples without a read left: {listed(empty, most=12)}."] if empty else []),
                *([f"Files that the sample sheet does not name: {listed(others, most=12)}."] if others else []),
            ],
        }

    @property
    def limits(self) -> list[str]:
        """What these sequences cannot say, true of these data."""
        found = [
            "A read is not a bacterium: genomes hold the gene once or many times, and primers copy some better.",
            "What was read once in a sample was not looked for."
            if self._by_sample
            else "What is rarer than the least number of reads was not looked for.",
            "Reads of the host were taken out where half of their words are in the sequences given."
            if self.steps.host
            else "Reads of the host were not looked for: no sequences of it were given.",
        ]
        if not self.steps.paired and not self.steps.whole:
            found.append("Sequences end where reads were cut, so they cannot be joined with those of another length.")
        if self._by_sample and sum(self.steps.survey.reads.values()) < 100_000:
            found.append("DADA2 learnt its errors from few reads, by which it takes rare variants for errors.")
        if not self._by_sample:
            found.append(
                "Variants with less than an eighth of the reads of one that differs in one base are taken for errors."
            )
        return found

    @property
    def methods(self) -> str:
        """The paragraph for a paper."""
        steps, account = self.steps, self.steps.account
        lengths = " and ".join(str(one) for one in steps.how.truncate if one)
        off = "Primers were removed with cutadapt. " if any(steps.primer_bases) else ""
        cut = f"Reads were cut at {lengths} bases. " if lengths else ""
        done = steps.engine.told(steps.denoising, steps.paired)
        return (
            f"Reads of {len(steps.files)} samples ({steps.lengths_told}) were processed with "
            f"{steps.engine.version()}. {off}{cut}Reads with more than {steps.expected_errors:g} expected errors, with "
            f"an unclear base or of phiX were removed. {done} Of {int(account[INPUT].sum()):,} {steps.unit} "
            f"{int(account[KEPT].sum()):,} are in the table."
        )

    @property
    def cites(self) -> list[str]:
        """Keys of the works that the methods rest on."""
        cutting = ["martin2011"] if any(self.steps.primer_bases) else []
        return list(dict.fromkeys([*cutting, "edgar2015", *self.steps.engine.cites()]))


def _part(share: float) -> str:
    """Write a part in percent, in which some is never none and most never all."""
    return f"{spoken(100 * share, 0, 'en')} %"

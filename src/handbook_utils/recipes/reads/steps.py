"""The steps from files of reads to a table, each done when it is asked for, and once."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from handbook_utils import datasets
from handbook_utils.errors import InputError, listed
from handbook_utils.reads.accounting import INPUT, KEPT, accounted
from handbook_utils.reads.denoising.engine import Denoised, Denoising, Engine, each
from handbook_utils.reads.denoising.engines import engine_named
from handbook_utils.reads.preparing import Preparation, Prepared, prepare
from handbook_utils.reads.primers import cutters, primer_of
from handbook_utils.reads.processes import Processes
from handbook_utils.reads.samples import SampleFiles, files_in
from handbook_utils.reads.screening import words_of
from handbook_utils.reads.sequences import as_fasta, asv_id
from handbook_utils.reads.sheets import files_of
from handbook_utils.reads.survey import Survey, survey_once, trimmed
from handbook_utils.reads.truncation import NEEDED, Truncation, choose_truncation
from handbook_utils.study import Study
from handbook_utils.text import durable

#: Fewer reads than this are worked on by one process: others would take longer to start.
_ALONE = 40_000
#: Full-length 16S genes are this long without primers.
_GENE = (1_000, 1_700)
#: What is answered where no primer is to be looked for.
NONE = "none"


@dataclass(frozen=True)
class Steps:
    """Reads on their way to a table.

    Attributes
    ----------
    files : list of SampleFiles
        Of each sample.
    engine : Engine
        What tells errors from differences.
    primers : tuple of str
        As they were asked for: name or bases, empty (looked for) or "none".
    truncate : tuple of int
        As asked for; 0: chosen.
    expected_errors : float
        Errors that a read may have at most, by its qualities.
    least_asked, overlap, workers : int
        As asked for; least_asked 0 and workers 0: chosen.
    host : pathlib.Path or None
        Genome of the host, whose reads are left out; None: none is looked for.
    keep : pathlib.Path or None
        Where the results of samples are kept.
    others : tuple of str
        Files of reads that the sample sheet does not name.
    """

    files: list[SampleFiles]
    engine: Engine
    primers: tuple[str, str]
    truncate: tuple[int, int]
    expected_errors: float
    least_asked: int
    overlap: int
    workers: int
    host: Path | None
    keep: Path | None
    others: tuple[str, ...] = ()

    @classmethod
    def asked(cls, parameters: Mapping[str, Any]) -> Steps:
        """Read the parameters of the chapter.

        Parameters
        ----------
        parameters : mapping
            All of them.

        Returns
        -------
        Steps
            Checked; nothing has been read but names of files.

        Raises
        ------
        InputError, InputErrors
            A folder without reads, a sheet that does not fit it, or an engine that is not there.
        """
        given = str(parameters["reads"])
        folder = Path(given) if given else datasets.path("reads", "paired")
        sheet = files_of(Path(parameters["sheet"]), folder) if parameters["sheet"] else None
        files = sheet.files if sheet else files_in(folder)
        if parameters["use"] == "forward":
            files = [SampleFiles(one.sample, one.forward) for one in files]
        primers = (str(parameters["forward_primer"]).strip(), str(parameters["reverse_primer"]).strip())
        for text, direction in zip(primers, ("forward", "reverse"), strict=True):
            if text and text.lower() != NONE:
                primer_of(text, direction, f"{direction}_primer")  # type: ignore[arg-type]
        host, keep = str(parameters["host"]), str(parameters["keep"])
        return cls(
            files=files,
            engine=engine_named(str(parameters["engine"])),
            primers=primers,
            truncate=(int(parameters["truncate_forward"]), int(parameters["truncate_reverse"])),
            expected_errors=float(parameters["expected_errors"]),
            least_asked=int(parameters["least"]),
            overlap=int(parameters["overlap"]),
            workers=int(parameters["workers"]),
            host=Path(host) if host else None,
            keep=Path(keep) if keep else None,
            others=tuple(path.name for path in sheet.others) if sheet else (),
        )

    def check(self) -> None:
        """See that something comes of these reads, before anything is executed.

        Raises
        ------
        InputError
            A file is broken, or no read passes.
        """
        if self.host is not None:
            words_of(self.host)
        if self.keep is not None and self.keep.exists() and not self.keep.is_dir():
            raise InputError("This is not a folder.", where="parameter keep", found=self.keep.name)
        if not self.seen_trimmed:
            raise InputError(
                "No read begins with the primers given.",
                where="parameters forward_primer and reverse_primer",
                expected=f"{listed([one for one in self.primer_bases if one])} at the beginning of reads",
                found=f"reads that begin with {self.survey.picked[0][0][0][:30]}",
                remedy=f'Look for primers: handbook inspect {self.files[0].forward.name}; or say "{NONE}".',
            )
        cut = self.truncation
        if self.paired and len(self.seen_trimmed) < NEEDED:
            raise InputError(
                "There are too few pairs to tell how far the two reads of a pair overlap.",
                where=f"{len(self.files)} samples",
                expected=f"{NEEDED} pairs or more",
                found=f"{len(self.seen_trimmed)}",
                remedy="Give all samples of the run together, or use forward reads alone: -p use forward.",
            )
        if self.paired and not cut.insert:
            raise InputError(
                "The two reads of a pair do not overlap.",
                where=f"{len(self.files)} samples",
                expected=f"an overlap of {self.overlap} bases or more in most pairs",
                found=f"{100 * cut.merging:.0f} % of the pairs tried can be merged",
                remedy="Use forward reads alone: -p use forward. Or give the primers, where they are still on.",
            )
        if not cut.passing:
            raise InputError(
                "No read passes these filters.",
                where="parameters truncate_forward, truncate_reverse and expected_errors",
                expected="lengths that reads have, and errors that they stay below",
                found=f"reads of {self.lengths_told}",
                remedy="Leave the lengths at 0, which chooses them; or allow more expected errors.",
            )

    # ------------------------------------------------------------------------------------------- what was seen

    @property
    def paired(self) -> bool:
        """Whether reads are pairs."""
        return self.files[0].reverse is not None

    @property
    def long(self) -> bool:
        """Whether single reads span the gene."""
        return self.survey.long

    @property
    def unit(self) -> str:
        """What is counted."""
        return "pairs" if self.paired else "reads"

    @cached_property
    def survey(self) -> Survey:
        """What was seen when all reads were looked at."""
        return survey_once(self.files)

    @cached_property
    def primer_bases(self) -> tuple[str, str]:
        """Forward and reverse primer as bases; empty where none is taken off."""
        found = []
        for text, direction in zip(self.primers, ("forward", "reverse"), strict=True):
            if text.lower() == NONE:
                found.append("")
            elif text:
                found.append(primer_of(text, direction, f"{direction}_primer"))  # type: ignore[arg-type]
            else:
                found.append(getattr(self.survey, direction))
        return found[0], found[1]

    @cached_property
    def seen_trimmed(self) -> list[list[tuple[str, str]]]:
        """The reads looked at, without primers."""
        return trimmed(self.survey.picked, cutters(*self.primer_bases, whole=self.whole))

    @property
    def whole(self) -> bool:
        """Whether both primers are there at the ends of every read that goes on."""
        return self.long and all(self.primer_bases)

    @property
    def lengths_told(self) -> str:
        """How long reads are, as they came."""
        sides = zip(*[[len(bases) for bases, _ in one] for one in self.survey.picked], strict=True)
        told = [f"{min(one)} to {max(one)}" if min(one) < max(one) else f"{one[0]}" for one in sides]
        return " and ".join(told) + " bases"

    @cached_property
    def truncation(self) -> Truncation:
        """Where reads are cut."""
        found = choose_truncation(self.seen_trimmed, self.expected_errors, self.overlap, self.survey.offset)
        if self.long and not any(self.truncate):
            passing = found.uncut
            return Truncation((0, 0), passing, passing, 0, 0.0, pd.DataFrame(), "reads span the gene and are not cut")
        if not any(self.truncate):
            return found
        lengths = self.truncate if self.paired else (self.truncate[0], 0)
        passing = float(np.mean([self._passes(one, lengths) for one in self.seen_trimmed]))
        return Truncation(
            lengths,
            passing,
            found.uncut,
            found.insert,
            found.merging,
            found.tried,
            "these lengths were asked for",
        )

    def _passes(self, one: list[tuple[str, str]], lengths: tuple[int, int]) -> bool:
        for (bases, signs), length in zip(one, lengths, strict=False):
            values = np.frombuffer(signs[: length or None].encode(), dtype=np.uint8) - float(self.survey.offset)
            if len(bases) < length or (10 ** (-values / 10)).sum() > self.expected_errors:
                return False
        return True

    def quality(self) -> dict[str, pd.DataFrame]:
        """Return the quality by position of the reads looked at, without primers: median and lowest tenth."""
        found = {}
        for side, name in enumerate(("forward", "reverse") if self.paired else ("forward",)):
            signs = [one[side][1] for one in self.seen_trimmed]
            longest = int(np.percentile([len(one) for one in signs], 90))
            values = np.full((len(signs), longest), np.nan)
            for row, one in enumerate(signs):
                taken = np.frombuffer(one[:longest].encode(), dtype=np.uint8) - float(self.survey.offset)
                values[row, : len(taken)] = taken
            low, middle = np.nanpercentile(values, [10, 50], axis=0)
            place = pd.RangeIndex(1, longest + 1, name="base")
            found[name] = pd.DataFrame({"median": middle, "lowest tenth": low}, index=place)
        return found

    def tried(self) -> pd.DataFrame:
        """Return some of the lengths that were tried, with what passes."""
        tried = self.truncation.tried
        if tried.empty:
            return tried
        best = tried.sort_values("passing", ascending=False, kind="stable").groupby("forward", sort=True).head(1)
        best = best.sort_values("forward").iloc[:: max(1, len(best) // 8)]
        chosen = tried[(tried["forward"] == self.truncation.lengths[0])]
        if "reverse" in tried:
            chosen = chosen[chosen["reverse"] == self.truncation.lengths[1]]
        shown = pd.concat([best, chosen]).drop_duplicates().sort_values("forward", kind="stable")
        shown = shown.rename(
            columns={"forward": "forward (bases)", "reverse": "reverse (bases)", "overlap": "overlap (bases)"}
        )
        return shown.assign(passing=100 * shown["passing"]).rename(columns={"passing": f"{self.unit} that pass (%)"})

    # ------------------------------------------------------------------------------------------- what is done

    @cached_property
    def how(self) -> Preparation:
        """How reads are prepared."""
        forward, reverse = self.primer_bases
        return Preparation(
            forward=forward,
            reverse=reverse,
            whole=self.whole,
            truncate=self.truncation.lengths,
            expected_errors=self.expected_errors,
            shortest=_GENE[0] if self.long else 50,
            longest=_GENE[1] if self.whole else 0,
            offset=self.survey.offset,
            phix=datasets.path("reads", "phix.fasta"),
            host=self.host,
        )

    @property
    def denoising(self) -> Denoising:
        """How reads are denoised; how many reads a sequence needs follows from how many passed the filters."""
        return self._denoising(sum(one.passed for one in self.result[0]))

    def _denoising(self, passing: int) -> Denoising:
        fitting = Denoising.fitting(passing, self.expected_errors, paired=self.paired)
        return replace(
            fitting,
            least=self.least_asked or fitting.least,
            overlap=self.overlap,
            full_length=self.long,
            ends_alike=self.paired or self.whole,
            workers=self._workers,
        )

    @cached_property
    def result(self) -> tuple[list[Prepared], Denoised]:
        """The reads prepared, and what the engine made of them.

        Raises
        ------
        InputError
            No read is left after filtering, or no sequence after denoising.
        """
        with self._place() as folder:
            pool = self._pool
            prepared = each(pool, partial(prepare, how=self.how, folder=folder), self.files)
            passing = sum(one.passed for one in prepared)
            if not passing:
                raise InputError(
                    f"None of the {self.unit} is left after filtering.",
                    where=f"{len(prepared)} samples",
                    expected=f"{self.unit} that pass the filters",
                    found=self._went([one.account for one in prepared]),
                    remedy="Look what is lost most, and ask less: other primers or lengths, or more expected errors.",
                )
            how = self._denoising(passing)
            found = self.engine.denoise(prepared, how, folder, pool)
        if not any(found.counts.values()):
            raise InputError(
                "No sequence is left after denoising.",
                where=f"{len(prepared)} samples, {passing:,} {self.unit} that passed the filters",
                expected="a sequence that is no error of another"
                if self.engine.name == "dada2"
                else f"a sequence with {how.least} reads or more",
                found=self._went([*(one.account for one in prepared), *found.losses.values()]),
                remedy="Give all samples of the run together: from few reads nothing can be told from errors.",
            )
        return prepared, found

    def _went(self, accounts: Iterable[Mapping[str, int]]) -> str:
        """Say where reads went, most first."""
        lost: Counter[str] = Counter()
        for one in accounts:
            lost.update({step: number for step, number in one.items() if number})
        told = [f"{number:,} {step}" for step, number in lost.most_common() if step != INPUT]
        return f"{lost[INPUT]:,} {self.unit} came in: {listed(told, most=8)}"

    @property
    def _workers(self) -> int:
        return self.workers or (os.cpu_count() or 1 if sum(self.survey.reads.values()) >= _ALONE else 1)

    @property
    def _pool(self) -> Processes | None:
        return Processes(self._workers) if self._workers > 1 else None

    @contextmanager
    def _place(self) -> Iterator[Path]:
        if self.keep is not None:
            self.keep.mkdir(parents=True, exist_ok=True)
            with durable.locked(self.keep / ".lock", "Another run is at work in the folder given as keep."):
                durable.clear(self.keep)  # what a run that was killed left half written
                yield self.keep
            return
        with tempfile.TemporaryDirectory(prefix="handbook-reads-") as folder:
            yield Path(folder)

    # ------------------------------------------------------------------------------------------- what came of it

    @cached_property
    def account(self) -> pd.DataFrame:
        """Where every read went, a row a sample."""
        prepared, found = self.result
        return accounted(
            {
                one.sample: {
                    **one.account,
                    **found.losses[one.sample],
                    KEPT: sum(found.counts[one.sample].values()),
                }
                for one in prepared
            }
        )

    @cached_property
    def sequences(self) -> dict[str, str]:
        """The sequences by their ids, those with most reads first."""
        total: dict[str, int] = {}
        for counts in self.result[1].counts.values():
            for sequence, number in counts.items():
                total[sequence] = total.get(sequence, 0) + number
        return {asv_id(one): one for one in sorted(total, key=lambda one: (-total[one], one))}

    @cached_property
    def table(self) -> pd.DataFrame:
        """The feature table: a row a sequence, a column a sample that has any."""
        columns = {
            sample: {asv_id(sequence): number for sequence, number in counts.items()}
            for sample, counts in self.result[1].counts.items()
            if counts
        }
        return pd.DataFrame(columns).reindex(list(self.sequences)).fillna(0).astype(int)

    @property
    def study(self) -> Study:
        """The table as a study."""
        notes = [f"{len(self.files)} samples of {self.unit}, {int(self.account[INPUT].sum()):,} together."]
        empty = [str(name) for name in self.account.index[self.account[KEPT] == 0]]
        if empty:
            notes.append(f"Left out, because no read was kept: {listed(empty, most=12)}.")
        if self.others:
            notes.append(f"Left out, because the sample sheet does not name them: {listed(self.others, most=12)}.")
        made = Study.from_frame(self.table.T, name="reads")
        return replace(made, notes=tuple(notes))

    @property
    def files_made(self) -> dict[str, tuple[bytes, str]]:
        """Files for other programs: name to content and label."""
        table = self.table.to_csv(sep="\t", index_label="#OTU ID", lineterminator="\n").encode()
        account = self.account.to_csv(sep="\t", lineterminator="\n").encode()
        return {
            "feature-table.tsv": (table, "The feature table: a row a sequence, a column a sample"),
            "sequences.fasta": (as_fasta(self.sequences), "The sequences, by the ids of the table"),
            "read-accounting.tsv": (account, "Where every read went, a row a sample"),
        }

    @property
    def shown_account(self) -> pd.DataFrame:
        """The account without the ways in which no read was lost."""
        return self.account.loc[:, (self.account != 0).any()]

    @property
    def lost_shares(self) -> pd.DataFrame:
        """Of each sample with reads the part kept and the parts lost, 0 to 1."""
        some = self.account[self.account[INPUT] > 0]
        shares = some.drop(columns=INPUT).div(some[INPUT], axis=0)
        return shares.loc[:, (shares != 0).any()]

    @property
    def lengths(self) -> pd.DataFrame:
        """How long sequences are: sequences and reads by length."""
        length = pd.Series({key: len(one) for key, one in self.sequences.items()})
        reads = self.table.sum(axis=1).groupby(length).sum()
        found = pd.DataFrame({"sequences": length.value_counts().reindex(reads.index), "reads": reads})
        return found.rename_axis("length (bases)").sort_values("reads", ascending=False).head(10).sort_index()

    @property
    def commonest(self) -> pd.DataFrame:
        """The ten sequences with most reads."""
        top = self.table.loc[list(self.sequences)[:10]]
        found = pd.DataFrame(
            {
                "begins with": [f"{self.sequences[key][:24]}…" for key in top.index],
                "bases": [len(self.sequences[key]) for key in top.index],
                "reads": top.sum(axis=1),
                "samples": (top > 0).sum(axis=1),
            }
        )
        return found.rename_axis("sequence")

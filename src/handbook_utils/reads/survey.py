"""All reads are looked at once, and some of each file, evenly spaced, are kept to choose by."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from handbook_utils.asking.kept import kept_in
from handbook_utils.errors import InputError
from handbook_utils.reads.fastq import read_fastq
from handbook_utils.reads.inspection import are_interleaved
from handbook_utils.reads.preparing import pairs_of
from handbook_utils.reads.primers import Primer, primers_seen
from handbook_utils.reads.samples import SampleFiles
from handbook_utils.text.hash import sha256

#: Reads (or pairs) that are kept of all samples together.
_KEPT = 20_000
#: Reads whose names tell whether pairs lie in one file.
_NAMES = 200
#: Reads this long span the gene.
_LONG = 1_000
#: Share of the reads that begin with a primer from which on it is taken off all.
_THERE = 0.2


@dataclass(frozen=True)
class Survey:
    """What was seen in the reads of a study.

    Attributes
    ----------
    reads : dict of str to int
        Of each sample the reads (or pairs).
    picked : list of tuple
        Reads (or pairs), as (bases, qualities) of each direction, evenly spaced over all files.
    offset : int
        33 or 64: how qualities are written.
    forward, reverse : str
        Bases of the primers seen; empty where none was.
    names : tuple of str
        What the primers are called, with the share of reads that begin with them.
    long : bool
        Whether single reads span the gene.
    steps : int
        Different qualities.
    """

    reads: dict[str, int]
    picked: list[tuple[tuple[str, str], ...]]
    offset: int
    forward: str
    reverse: str
    names: tuple[str, ...]
    long: bool
    steps: int


def survey_once(samples: Sequence[SampleFiles]) -> Survey:
    """Do as :func:`survey`, or return what the check of this run has seen of the same files.

    Parameters
    ----------
    samples : sequence of SampleFiles
        Files of every sample, one at least.

    Returns
    -------
    Survey
        It lies beside what else the run keeps until it ends; outside of a run nothing is kept.

    Raises
    ------
    InputError
        As :func:`survey`.
    """
    folder = kept_in()
    if folder is None:
        return survey(samples)
    asked = json.dumps([[one.sample, str(one.forward), str(one.reverse)] for one in samples])
    path = folder / f"{sha256(asked.encode())}.json"
    if not path.is_file():
        path.write_text(json.dumps(vars(survey(samples))), encoding="utf-8")
    told = json.loads(path.read_text(encoding="utf-8"))
    picked = [tuple((bases, signs) for bases, signs in one) for one in told.pop("picked")]
    return Survey(picked=picked, names=tuple(told.pop("names")), **told)


def survey(samples: Sequence[SampleFiles]) -> Survey:
    """Look at all reads of a study: whether they can be read, how qualities are written, and with what they begin.

    Parameters
    ----------
    samples : sequence of SampleFiles
        Files of every sample, one at least.

    Returns
    -------
    Survey

    Raises
    ------
    InputError
        A file is broken, files of a pair do not belong together, no sample has a read, or qualities say nothing.
    """
    most = max(1, _KEPT // len(samples))
    counts: dict[str, int] = {}
    picked: list[tuple[tuple[str, str], ...]] = []
    signs: set[str] = set()
    for files in samples:
        kept, number, stride, names = [], 0, 1, []
        for number, pair in enumerate(pairs_of(files), 1):
            if files.reverse is None and number <= _NAMES:
                names.append(pair[0].id.removesuffix("/1").removesuffix("/2"))
            ends = [one for one in pair if one is not None]
            if (number - 1) % stride == 0:
                kept.append(tuple((one.sequence.upper(), one.qualities) for one in ends))
                if len(kept) > 2 * most:
                    kept, stride = kept[::2], 2 * stride
        if are_interleaved(names):
            raise _of_interleaved(files.forward)
        counts[files.sample] = number
        kept = kept[:: max(1, round(len(kept) / most))]
        picked += kept
        for one in kept:
            signs.update(*(qualities for _, qualities in one))
    if not picked:
        list(read_fastq(samples[0].forward))  # tells that it holds none
    _check_qualities(signs, samples[0].forward)
    paired = samples[0].reverse is not None
    long = not paired and float(np.median([len(one[0][0]) for one in picked])) >= _LONG
    seen = _seen(picked, long)
    best: dict[str, tuple[Primer, float]] = {}
    for primer, share in seen.items():
        if share >= _THERE and primer.direction not in best:
            best[primer.direction] = (primer, share)
    bases = {side: primer.sequence for side, (primer, _) in best.items()}
    return Survey(
        counts,
        picked,
        # Illumina before 1.8 wrote 64 to 105; all qualities of accurate long reads may be higher still.
        offset=64 if min(signs) >= "@" and "K" < max(signs) < "n" else 33,
        forward=bases.get("forward", ""),
        reverse=bases.get("reverse", ""),
        names=tuple(f"{primer.name} ({100 * share:.0f} % of reads)" for primer, share in best.values()),
        long=long,
        steps=len(signs),
    )


def _seen(picked: list[tuple[tuple[str, str], ...]], long: bool) -> dict[Primer, float]:
    """Count primers at the beginning of either direction; of long reads and turned pairs each read has one of both."""
    shares: Counter[Primer] = Counter()
    for side in range(len(picked[0]) if picked else 0):
        shares.update(primers_seen(one[side][0][:60] for one in picked[:4_000]))
    if long:
        return {primer: min(1.0, 2 * share) for primer, share in shares.most_common()}
    return dict(shares.most_common())


def _of_interleaved(path: Path) -> InputError:
    return InputError(
        "Both reads of each pair stand in one file, one after the other.",
        where=path.name,
        expected="a file of forward reads, and one of reverse reads",
        found="pairs of reads with the same name",
        remedy="Split it first: cutadapt --interleaved -o A_R1.fastq.gz -p A_R2.fastq.gz A.fastq.gz",
    )


def _check_qualities(signs: set[str], path: Path) -> None:
    if len(signs) == 1:
        raise InputError(
            "Every base has the same quality, so errors cannot be told from differences.",
            where=path.name,
            expected="qualities as the sequencer wrote them",
            found=f"nothing but {next(iter(signs))!r}",
            remedy="Fetch the FASTQ as it was made: an archive or a conversion lost the qualities.",
        )


def trimmed(picked: Sequence[tuple[tuple[str, str], ...]], trim: Any) -> list[list[tuple[str, str]]]:
    """Take primers off picked reads.

    Parameters
    ----------
    picked : sequence of tuple
        As :class:`Survey` has them.
    trim : callable
        As :func:`handbook_utils.reads.primers.cutters` makes it.

    Returns
    -------
    list of list of tuple
        Those that have their primers.
    """
    return [found for one in picked if (found := trim(list(one))) is not None]

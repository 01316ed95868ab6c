"""The way of UNOISE: samples are merged and counted apart, denoised together, and every read is counted back.

Only what must be is held at once: each sample's distinct sequences lie on the disk in alphabetical order, and are read
side by side, so memory grows with the number of sequences that are kept and not with that of samples.
"""

from __future__ import annotations

import gzip
import heapq
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import IO, Protocol

from handbook_utils.reads.denoising.engine import Denoised, Denoising, Pool, each
from handbook_utils.reads.preparing import Prepared
from handbook_utils.text import durable
from handbook_utils.text.hash import sealed, sha256, unsealed

#: Files that are open at once at most: a system allows a process about 1,000.
_OPEN = 200


class Steps(Protocol):
    """What differs between engines of this kind.

    Attributes
    ----------
    name : str
        As it is chosen.
    """

    name: str

    def version(self) -> str:
        """Return the program and its version."""

    def distinct(self, sample: Prepared, how: Denoising, folder: Path) -> dict[str, int]:
        """Merge pairs, and count each distinct sequence of a sample.

        Parameters
        ----------
        sample : Prepared
            Its reads, filtered.
        how : Denoising
            What is asked.
        folder : pathlib.Path
            For what is temporary.

        Returns
        -------
        dict of str to int
            Reads by sequence.
        """

    def real(self, counted: Sequence[tuple[str, int]], how: Denoising, folder: Path) -> tuple[list[str], set[str]]:
        """Return the sequences that are no errors, in falling order of reads, and those of them that are chimeras.

        Parameters
        ----------
        counted : sequence of (str, int)
            Distinct sequences with their reads in all samples together, in falling order.
        how : Denoising
            What is asked.
        folder : pathlib.Path
            For what is temporary.

        Returns
        -------
        tuple of list of str and set of str
            Sequences, chimeras among them, and the chimeras.
        """

    def counted_back(
        self, distinct: Sequence[tuple[str, int]], real: Sequence[str], how: Denoising, folder: Path
    ) -> dict[int, int]:
        """Return how many reads of a sample belong to each sequence, by its place in `real`.

        Parameters
        ----------
        distinct : sequence of (str, int)
            Sequences of one sample with their reads.
        real : sequence of str
            Of :meth:`real`.
        how : Denoising
            What is asked.
        folder : pathlib.Path
            For what is temporary.

        Returns
        -------
        dict of int to int
            Reads; those near to none are left out.
        """


@dataclass(frozen=True)
class _Counted:
    """A sample's distinct sequences, on the disk."""

    sample: str
    path: Path
    reads: int
    merged: int


def denoise_together(
    steps: Steps, samples: Sequence[Prepared], how: Denoising, folder: Path, pool: Pool | None
) -> Denoised:
    """Denoise samples together by the steps of an engine.

    Parameters
    ----------
    steps : Steps
        Of the engine.
    samples : sequence of Prepared
        Prepared reads of each sample.
    how : Denoising
        What is asked.
    folder : pathlib.Path
        Where the results of samples are kept.
    pool : Pool, optional
        What works on several samples at once; one after another without it.

    Returns
    -------
    Denoised
    """
    counted = each(pool, partial(_count, steps, how, folder), samples)
    kept = _often(counted, how.least, folder)
    real, chimeras = steps.real(kept, how, folder) if kept else ([], set())
    back = each(pool, partial(_back, steps, how, folder, real), counted)
    counts: dict[str, dict[str, int]] = {}
    losses: dict[str, dict[str, int]] = {}
    for one, found in zip(counted, back, strict=True):
        counts[one.sample] = {real[at]: number for at, number in found.items() if real[at] not in chimeras}
        losses[one.sample] = {
            "not merged": one.reads - one.merged,
            "not like a kept sequence": one.merged - sum(found.values()),
            "chimeric": sum(number for at, number in found.items() if real[at] in chimeras),
        }
    return Denoised(counts, losses)


def _key(steps: Steps, how: Denoising, *more: str) -> str:
    rest = {key: value for key, value in asdict(how).items() if key != "workers"}
    return sha256(json.dumps([steps.name, steps.version(), rest, *more, 1], sort_keys=True).encode())[:20]


def _count(steps: Steps, how: Denoising, folder: Path, sample: Prepared) -> _Counted:
    path = folder / f"{sample.mark}-{_key(steps, how)}.distinct.gz"
    if _head(path) is None:
        distinct = steps.distinct(sample, how, folder) if sample.passed else {}
        lines = [
            f"{sum(distinct.values())}\n",
            *(f"{sequence}\t{distinct[sequence]}\n" for sequence in sorted(distinct)),
        ]
        durable.write(path, gzip.compress("".join(lines).encode("ascii"), 1, mtime=0), replace=True)
    merged = _head(path)
    return _Counted(sample.sample, path, sample.passed, merged or 0)


def _head(path: Path) -> int | None:
    """Return how many reads a file of distinct sequences holds; it is there whole or not at all."""
    if not path.is_file():
        return None
    with gzip.open(path, "rt", encoding="ascii") as file:
        return int(file.readline())


def _distinct(path: Path) -> Iterator[tuple[str, int]]:
    with gzip.open(path, "rt", encoding="ascii") as file:
        file.readline()
        yield from _pairs(file)


def _pairs(file: IO[str]) -> Iterator[tuple[str, int]]:
    for line in file:
        sequence, _, number = line.partition("\t")
        yield sequence, int(number)


def _joined(paths: Sequence[Path]) -> Iterator[tuple[str, int]]:
    """Read files side by side, and add up what each has of a sequence."""
    merged = heapq.merge(*(_distinct(path) for path in paths))
    for sequence, group in itertools.groupby(merged, key=lambda pair: pair[0]):
        yield sequence, sum(number for _, number in group)


def _often(counted: Sequence[_Counted], least: int, folder: Path) -> list[tuple[str, int]]:
    """Return the sequences with so many reads in all samples together, in falling order."""
    paths = [one.path for one in counted]
    made: list[Path] = []
    try:
        while len(paths) > _OPEN:
            rounds = [paths[at : at + _OPEN] for at in range(0, len(paths), _OPEN)]
            paths = []
            for number, some in enumerate(rounds):
                path = folder / f".joined-{len(made)}-{number}{durable.PART}"
                made.append(path)
                with gzip.open(path, "wt", compresslevel=1, encoding="ascii") as file:
                    file.write("0\n")
                    file.writelines(f"{sequence}\t{number}\n" for sequence, number in _joined(some))
                paths.append(path)
        kept = [(sequence, number) for sequence, number in _joined(paths) if number >= least]
    finally:
        for path in made:
            path.unlink(missing_ok=True)
    return sorted(kept, key=lambda pair: (-pair[1], pair[0]))


def _back(steps: Steps, how: Denoising, folder: Path, real: Sequence[str], counted: _Counted) -> dict[int, int]:
    if not real or not counted.merged:
        return {}
    path = folder / f"{counted.path.name.split('.')[0]}-{_key(steps, how, *real)}.counts"
    content = unsealed(path.read_bytes()) if path.is_file() else None
    if content is None:
        found = steps.counted_back(list(_distinct(counted.path)), real, how, folder)
        content = json.dumps(sorted((int(at), int(number)) for at, number in found.items())).encode()
        durable.write(path, sealed(content), replace=True)
    return dict(json.loads(content))

"""The engine that needs no other program: merging, UNOISE2's rule, exact two-parent chimeras.

Sources: Edgar and Flyvbjerg 2015, doi:10.1093/bioinformatics/btv401 (merging and expected errors); Edgar 2016,
doi:10.1101/081257 (UNOISE2); Callahan and others 2016, doi:10.1038/nmeth.3869 (chimeras from two parents, exactly).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from handbook_utils.reads.denoising.engine import Denoised, Denoising, Pool
from handbook_utils.reads.denoising.pooled import denoise_together
from handbook_utils.reads.fastq import blocks, columns
from handbook_utils.reads.preparing import Prepared

#: Edits beyond which nothing is taken for an error, however abundant the other sequence is.
_FURTHEST = 10
#: Edits that a chimera is away from every more abundant sequence at least: one edit is an error or a strain.
_APART = 2
#: By how many bases the cut end of a chimera may be moved against that of its parent.
_SHIFTS = 16
#: The algorithm; a change of what it gives is another number.
_EDITION = "2"


class Embedded:
    """The engine that comes with the handbook."""

    name = "embedded"

    def version(self) -> str:
        """Return the program and its version."""
        return f"the handbook's embedded engine {_EDITION}"

    def told(self, how: Denoising, paired: bool) -> str:
        """Say it, as :meth:`handbook_utils.reads.denoising.engine.Engine.told` says."""
        merged = (
            f"Pairs were merged where they overlap by {how.overlap} bases or more, with posterior qualities (Edgar and "
            f"Flyvbjerg 2015). "
            if paired
            else ""
        )
        return (
            f"{merged}Distinct sequences with {how.least} reads or more in all samples together were denoised by the "
            f"rule of UNOISE2 (alpha {how.alpha:g}); sequences that are put together from two with at least "
            f"{how.fold:g} times their reads were removed as chimeras; all reads were then counted with the nearest "
            f"sequence at {100 * (1 - how.near):g} % identity or more and {how.most} edits or fewer."
        )

    def cites(self) -> list[str]:
        """Return the keys of the works that it rests on."""
        return ["edgar2015", "edgar2016"]

    def denoise(self, samples: Sequence[Prepared], how: Denoising, folder: Path, pool: Pool | None) -> Denoised:
        """Denoise prepared reads, as :class:`handbook_utils.reads.denoising.engine.Engine` says."""
        return denoise_together(self, samples, how, folder, pool)

    def distinct(self, sample: Prepared, how: Denoising, folder: Path) -> dict[str, int]:  # noqa: ARG002
        """Count, as :meth:`handbook_utils.reads.denoising.pooled.Steps.distinct` says."""
        from handbook_utils.reads.kernels import merged_pairs

        counts: Counter[bytes] = Counter()
        if sample.reverse is None:
            for lines in blocks(sample.forward):
                counts.update(line.rstrip() for line in lines[1::4])
            return _decoded(counts)
        for forward, reverse in zip(blocks(sample.forward), blocks(sample.reverse), strict=True):
            both = [columns(lines[1::4], lines[3::4]) for lines in (forward, reverse)]
            merged, ends = merged_pairs(*both[0], *both[1], least=how.overlap, differ=how.differ)
            whole = merged.tobytes()
            counts.update(whole[first:last] for first, last in pairwise(ends.tolist()) if last > first)
        return _decoded(counts)

    def real(self, counted: Sequence[tuple[str, int]], how: Denoising, folder: Path) -> tuple[list[str], set[str]]:  # noqa: ARG002
        """Denoise, as :meth:`handbook_utils.reads.denoising.pooled.Steps.real` says."""
        from handbook_utils.reads.denoising.kernels import centroids, chimeras

        sequences, reads = [pair[0] for pair in counted], np.array([pair[1] for pair in counted], dtype=np.int64)
        flat, starts = _flat(sequences)
        owner = centroids(flat, starts, reads, _profiles(flat, starts), how.alpha, _FURTHEST)
        total = np.bincount(owner, weights=reads, minlength=len(sequences)).astype(np.int64)
        places = [int(at) for at in np.flatnonzero(owner == np.arange(len(sequences)))]
        places.sort(key=lambda at: (-int(total[at]), sequences[at]))
        found = [sequences[at] for at in places]
        shifts = 0 if how.ends_alike else _SHIFTS
        marked = chimeras(*_flat(found), total[places], how.fold, _APART, shifts)
        return found, {sequence for sequence, chimeric in zip(found, marked, strict=True) if chimeric}

    def counted_back(
        self,
        distinct: Sequence[tuple[str, int]],
        real: Sequence[str],
        how: Denoising,
        folder: Path,  # noqa: ARG002
    ) -> dict[int, int]:
        """Count, as :meth:`handbook_utils.reads.denoising.pooled.Steps.counted_back` says."""
        from handbook_utils.reads.denoising.kernels import nearest

        exact = {sequence: at for at, sequence in enumerate(real)}
        found: Counter[int] = Counter()
        others = []
        for sequence, number in distinct:
            if sequence in exact:
                found[exact[sequence]] += number
            else:
                others.append((sequence, number))
        if others:
            flat, starts = _flat([sequence for sequence, _ in others])
            to_flat, to_starts = _flat(real)
            where = nearest(
                *(flat, starts, _profiles(flat, starts)),
                *(to_flat, to_starts, _profiles(to_flat, to_starts)),
                how.near,
                how.most,
            )
            for at, (_, number) in zip(where, others, strict=True):
                if at >= 0:
                    found[int(at)] += number
        return dict(found)


def _decoded(counts: Counter[bytes]) -> dict[str, int]:
    return {sequence.decode("ascii"): number for sequence, number in counts.items()}


def _flat(sequences: Sequence[str]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Put sequences into one array, with where each begins."""
    starts = np.concatenate([[0], np.cumsum([len(sequence) for sequence in sequences])]).astype(np.int64)
    return np.frombuffer("".join(sequences).encode("ascii"), dtype=np.uint8), starts


def _profiles(flat: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64]) -> Any:
    from handbook_utils.reads.denoising.kernels import profile

    return np.array([profile(flat[first:last]) for first, last in pairwise(starts)])

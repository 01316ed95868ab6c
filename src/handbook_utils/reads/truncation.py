"""Where reads are cut: chosen from how many pass and how far pairs overlap, and shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from handbook_utils.reads.preparing import turned

#: Bases between candidates, and the least length that is tried.
_STEP, _LEAST = 5, 50
#: Bases by which pairs overlap beyond what is asked, for amplicons longer than the longest seen.
_SPARE = 8
#: Pairs that are merged to learn how long what was copied is, and those needed of them.
_MERGED, NEEDED = 600, 20
#: Of choices that pass nearly as many reads the one with most overlap, or the longest, is taken.
_NEARLY = 0.01


@dataclass(frozen=True)
class Truncation:
    """Where reads are cut, and why.

    Attributes
    ----------
    lengths : tuple of int
        Of forward and reverse reads; 0: not cut.
    passing : float
        Part of the reads (or pairs) seen that passes, 0 to 1.
    uncut : float
        Part that would pass if nothing was cut.
    insert : int
        Length of what was copied, as the merged pairs have it (99th percentile); 0 where it is not known.
    merging : float
        Part of the pairs tried that merge, uncut.
    tried : pandas.DataFrame
        A row a candidate: forward, reverse, passing, overlap.
    reason : str
        Why they are cut so, in words.
    """

    lengths: tuple[int, int]
    passing: float
    uncut: float
    insert: int
    merging: float
    tried: pd.DataFrame
    reason: str


def choose_truncation(
    reads: Sequence[Sequence[tuple[str, str]]], expected_errors: float, overlap: int, offset: int = 33
) -> Truncation:
    """Choose where reads are cut.

    Of pairs the two lengths at which most pairs pass the filter of expected errors and still overlap; of single reads
    the length at which most bases are kept.

    Parameters
    ----------
    reads : sequence of sequence of tuple
        Bases and qualities of one direction or two, without primers.
    expected_errors : float
        Most errors that a read is expected to have.
    overlap : int
        Bases by which pairs must overlap.
    offset : int
        Of the qualities.

    Returns
    -------
    Truncation

    Examples
    --------
    >>> found = choose_truncation([[("A" * 100, "I" * 80 + "#" * 20)]] * 30, 1.0, 12)
    >>> found.lengths, found.passing, found.uncut
    ((80, 0), 1.0, 0.0)
    """
    paired = bool(reads) and len(reads[0]) == 2
    passes = [_passes([one[side][1] for one in reads], expected_errors, offset) for side in range(2 if paired else 1)]
    uncut = float(np.mean([_whole(one, expected_errors, offset) for one in reads])) if reads else 0.0
    if not paired:
        return _single(passes[0], uncut)
    insert, merging = _insert(reads, overlap, offset)
    longest = [matrix.shape[1] - 1 for matrix in passes]
    if not insert:
        reason = "too few pairs overlap to tell how long what was copied is, so reads are not cut"
        return Truncation((0, 0), uncut, uncut, 0, merging, pd.DataFrame(), reason)
    needed = insert + overlap + _SPARE
    rows = []
    for forward in _candidates(longest[0], insert):
        for reverse in _candidates(longest[1], insert):
            if forward + reverse >= needed:
                passing = float(np.mean(passes[0][:, forward] & passes[1][:, reverse]))
                rows.append((forward, reverse, passing, forward + reverse - insert))
    tried = pd.DataFrame(rows, columns=["forward", "reverse", "passing", "overlap"])
    if tried.empty:
        reason = f"pairs overlap by less than {overlap + _SPARE} bases"
        return Truncation((0, 0), uncut, uncut, insert, merging, tried, reason)
    best = tried[tried["passing"] >= tried["passing"].max() - _NEARLY].sort_values(
        ["overlap", "passing", "forward"], ascending=[False, False, False], kind="stable"
    )
    chosen = best.iloc[0]
    reason = (
        f"what was copied is {insert} bases long, so two reads that overlap by {overlap + _SPARE} need {needed} "
        f"together; of the lengths that leave so many, these pass most pairs, or within 1 % of that and overlap further"
    )
    return Truncation(
        (int(chosen["forward"]), int(chosen["reverse"])),
        float(chosen["passing"]), uncut, insert, merging, tried, reason,
    )  # fmt: skip


def _single(passes: npt.NDArray[np.bool_], uncut: float) -> Truncation:
    lengths = list(_candidates(passes.shape[1] - 1, 0))
    if not lengths:
        return Truncation((0, 0), 1.0, 1.0, 0, 0.0, pd.DataFrame(), "reads are too short to be cut")
    share = [float(passes[:, length].mean()) for length in lengths]
    tried = pd.DataFrame({"forward": lengths, "passing": share})
    kept = tried["forward"] * tried["passing"]
    chosen = tried[kept >= (1 - _NEARLY) * kept.max()].iloc[-1]
    reason = "at this length most bases are kept: longer reads have more, and fewer of them pass"
    return Truncation((int(chosen["forward"]), 0), float(chosen["passing"]), uncut, 0, 0.0, tried, reason)


def _candidates(longest: int, insert: int) -> range | list[int]:
    # A read need not go on beyond the other end of what was copied.
    end = min(longest, insert) if insert else longest
    found = list(range(end - (end - _LEAST) // _STEP * _STEP, end + 1, _STEP)) if end >= _LEAST else []
    return found or ([end] if end > 0 else [])


def _passes(qualities: Sequence[str], expected_errors: float, offset: int) -> npt.NDArray[np.bool_]:
    """Tell of each read and each length whether the read has so many bases and passes when it is cut there."""
    longest = max((len(one) for one in qualities), default=0)
    passes = np.zeros((len(qualities), longest + 1), dtype=bool)
    for at, one in enumerate(qualities):
        errors = np.cumsum(10.0 ** (-(np.frombuffer(one.encode("ascii"), dtype=np.uint8) - float(offset)) / 10))
        passes[at, 1 : len(one) + 1] = errors <= expected_errors
    return passes


def _whole(one: Sequence[tuple[str, str]], expected_errors: float, offset: int) -> bool:
    return all(bool(_passes([signs], expected_errors, offset)[0, -1]) for _, signs in one)


def _insert(reads: Sequence[Sequence[tuple[str, str]]], overlap: int, offset: int) -> tuple[int, float]:
    """Merge some pairs to learn how long what was copied is; 0 where too few overlap."""
    from handbook_utils.reads.kernels import merged_pair

    some = reads[:: max(1, len(reads) // _MERGED)][:_MERGED]
    lengths = []
    for (bases, signs), second in some:
        back, back_signs = turned(second)
        found = merged_pair(
            *(_bytes(bases), _phred33(signs, offset), _bytes(back), _phred33(back_signs, offset)), overlap, 0.25
        )
        if found is not None:
            lengths.append(len(found[0]))
    share = len(lengths) / max(1, len(some))
    return (int(np.percentile(lengths, 99)) if len(lengths) >= NEEDED else 0), share


def _bytes(text: str) -> npt.NDArray[np.uint8]:
    return np.frombuffer(text.encode("ascii"), dtype=np.uint8)


def _phred33(signs: str, offset: int) -> npt.NDArray[np.uint8]:
    values: npt.NDArray[np.uint8] = np.maximum(_bytes(signs).astype(int) - offset + 33, 33).astype(np.uint8)
    return values

"""Loops over bases and qualities that are compiled when they are first used. Bases are bytes, qualities Phred + 33."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
from numba import njit

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_Loop = TypeVar("_Loop", bound=Callable[..., Any])


def compiled(loop: _Loop, **options: Any) -> _Loop:
    """Compile a loop when it is first called, and keep what was compiled where there is a place for it.

    Parameters
    ----------
    loop : callable
        Of arrays and numbers.
    **options : object
        What numba's ``njit`` takes besides.

    Returns
    -------
    callable
    """
    try:
        made = njit(nogil=True, cache=True, **options)(loop)
    except RuntimeError:  # neither the package's folder nor the user's may be written in
        made = njit(nogil=True, **options)(loop)
    return cast("_Loop", made)


#: Highest quality that a merged base is given, as vsearch and USEARCH do.
_HIGHEST = 41
#: Evidence for an overlap, as the natural logarithm of how much likelier it is than chance, and by how much the best
#: place must beat every other one.
_EVIDENCE, _LEAD = 10.0, 5.0
#: More than two bases that agree can add to it, log(4).
_SURE = 1.387
_Q = np.arange(128, dtype=float)
_ERROR = np.minimum(10.0 ** (-np.maximum(_Q - 33.0, 0.0) / 10.0), 0.75)


def _qualities(probability: Floats) -> Bytes:
    quality = np.clip(np.rint(-10.0 * np.log10(np.clip(probability, 1e-9, 1.0))), 2, _HIGHEST)
    return (quality + 33.0).astype(np.uint8)


def _tables() -> tuple[Floats, Floats, Bytes, Bytes]:
    """Evidence and merged qualities of two bases that agree and of two that differ (Edgar and Flyvbjerg 2015)."""
    one, other = _ERROR[:, None], _ERROR[None, :]
    both = one * other
    agree = 1.0 - one - other + 4.0 * both / 3.0
    low, high = np.minimum(one, other), np.maximum(one, other)
    same = _qualities((both / 3.0) / agree)
    differ = _qualities(low * (1.0 - high / 3.0) / (one + other - 4.0 * both / 3.0))
    return np.log(4.0 * agree), np.log(np.maximum(4.0 / 3.0 * (1.0 - agree), 1e-6)), same, differ


_AGREE, _DIFFER, _SAME_Q, _DIFFER_Q = _tables()
#: The other strand's letter, of every byte.
_OTHER = np.arange(256, dtype=np.uint8)
_OTHER[np.frombuffer(b"ACGT", dtype=np.uint8)] = np.frombuffer(b"TGCA", dtype=np.uint8)
#: By which pairs are merged where none was before.
_NOWHERE = -(2**40)


@compiled
def passing(
    bases: Bytes, signs: Bytes, starts: Integers, cut: int, least: int, longest: int, worst: int, least_sign: int,
    most_errors: float, wrong: Any,
) -> tuple[Integers, Bytes]:  # fmt: skip
    """Tell of reads where each ends when it is cut, and why it is left out.

    Parameters
    ----------
    bases, signs : numpy.ndarray of uint8
        Letters and qualities of all reads, one after another.
    starts : numpy.ndarray of int, shape (reads + 1,)
        Where each begins, and the end of the last.
    cut : int
        Bases at which reads are cut; shorter ones are left out. 0: not cut.
    least, longest : int
        Bases that a read has, before it is cut at most; longest 0: any.
    worst, least_sign : int
        Reads are cut before the first sign like `worst` or lower; those with one lower than `least_sign` are left out.
    most_errors : float
        Errors that a read is expected to have at most.
    wrong : numpy.ndarray of float, shape (128,)
        Of each sign the probability that the base is wrong.

    Returns
    -------
    ends : numpy.ndarray of int
        Bases of each read that go on.
    why : numpy.ndarray of uint8
        0 where it goes on; else 1 too long, 2 too short, 3 unclear base, 4 low quality, 5 expected errors.
    """
    total = len(starts) - 1
    ends, why = np.zeros(total, dtype=np.int64), np.zeros(total, dtype=np.uint8)
    for read in range(total):
        first, length = starts[read], starts[read + 1] - starts[read]
        if longest and length > longest:
            why[read] = 1
            continue
        end = 0
        while end < length and signs[first + end] > worst and not (cut and end == cut):
            end += 1
        if end < max(least, cut, 1):
            why[read] = 2
            continue
        unclear, lowest, errors = False, 255, 0.0
        for at in range(first, first + end):
            base = bases[at]
            unclear |= base != 65 and base != 67 and base != 71 and base != 84
            lowest = min(lowest, signs[at])
            errors += wrong[signs[at]]
        if unclear:
            why[read] = 3
        elif lowest < least_sign:
            why[read] = 4
        elif errors > most_errors:
            why[read] = 5
        else:
            ends[read] = end
    return ends, why


@compiled
def _overlap(
    forward: Bytes, forward_q: Bytes, reverse: Bytes, reverse_q: Bytes, least: int, differ: float, guess: int,
    agree_score: Any, differ_score: Any,
) -> tuple[int, bool]:  # fmt: skip
    """Find where the reverse read begins on the forward one, and whether that is clear.

    Where the last pair overlapped is tried first: a place that can no longer come near the best one is left at once.
    """
    best, second, place = -1e9, -1e9, 0
    n, m = len(forward), len(reverse)
    first, last = least - m, n - least
    for step in range(first - 1, last + 1):
        offset = guess if step < first else step
        if offset < first or offset > last or (step >= first and step == guess):
            continue
        start, end = max(0, offset), min(n, offset + m)
        length = end - start
        if length < least:
            continue
        allowed = int(differ * length)
        score, wrong = 0.0, 0
        hopeless = length * _SURE < best - _LEAD - 1.0
        for at in range(start, end):
            if hopeless:
                break
            x, y = forward_q[at], reverse_q[at - offset]
            if forward[at] == reverse[at - offset]:
                score += agree_score[x, y]
            else:
                wrong += 1
                score += differ_score[x, y]
                hopeless = wrong > allowed or score + (end - at) * _SURE < best - _LEAD - 1.0
        if hopeless:
            continue
        if score > best:
            best, second, place = score, best, offset
        elif score > second:
            second = score
    return place, best >= _EVIDENCE and best >= second + _LEAD


@compiled
def _merged(
    forward: Bytes, forward_q: Bytes, reverse: Bytes, reverse_q: Bytes, offset: int, same_q: Any, differ_q: Any
) -> tuple[Bytes, Bytes]:
    """Put two reads together; what hangs out beyond the other read's beginning is no part of what was copied."""
    n, m = len(forward), len(reverse)
    length = offset + m
    bases = np.empty(length, dtype=np.uint8)
    qualities = np.empty(length, dtype=np.uint8)
    for at in range(length):
        back = at - offset
        if back < 0:
            bases[at], qualities[at] = forward[at], forward_q[at]
        elif at >= n:
            bases[at], qualities[at] = reverse[back], reverse_q[back]
        elif forward[at] == reverse[back]:
            bases[at], qualities[at] = forward[at], same_q[forward_q[at], reverse_q[back]]
        else:
            bases[at] = forward[at] if forward_q[at] >= reverse_q[back] else reverse[back]
            qualities[at] = differ_q[forward_q[at], reverse_q[back]]
    return bases, qualities


def merged_pair(
    forward: Bytes, forward_q: Bytes, reverse: Bytes, reverse_q: Bytes, least: int, differ: float
) -> tuple[Bytes, Bytes] | None:
    """Merge a pair of reads where they overlap, with the probabilities of what both saw.

    Parameters
    ----------
    forward, forward_q, reverse, reverse_q : numpy.ndarray of uint8
        Bases and qualities; the reverse read already turned to the forward strand.
    least : int
        Bases that must overlap.
    differ : float
        Share of the overlap that may differ at most.

    Returns
    -------
    tuple of numpy.ndarray or None
        Bases and qualities; None where there is no overlap, or more than one that is as good.
    """
    place, clear = _overlap(forward, forward_q, reverse, reverse_q, least, differ, _NOWHERE, _AGREE, _DIFFER)
    if not clear:
        return None
    bases, qualities = _merged(forward, forward_q, reverse, reverse_q, place, _SAME_Q, _DIFFER_Q)
    return bases, qualities


@compiled
def _merged_all(
    forward: Bytes, forward_q: Bytes, starts: Integers, reverse: Bytes, reverse_q: Bytes, back_starts: Integers,
    least: int, differ: float, agree_score: Any, differ_score: Any, same_q: Any, differ_q: Any, other: Bytes,
) -> tuple[Bytes, Integers]:  # fmt: skip
    pairs = len(starts) - 1
    made = np.empty(len(forward) + len(reverse), dtype=np.uint8)
    ends = np.zeros(pairs + 1, dtype=np.int64)
    guess = _NOWHERE
    for pair in range(pairs):
        one, one_q = forward[starts[pair] : starts[pair + 1]], forward_q[starts[pair] : starts[pair + 1]]
        back = other[reverse[back_starts[pair] : back_starts[pair + 1]][::-1]]
        back_q = reverse_q[back_starts[pair] : back_starts[pair + 1]][::-1].copy()
        place, clear = _overlap(one, one_q, back, back_q, least, differ, guess, agree_score, differ_score)
        ends[pair + 1] = ends[pair]
        if clear:
            guess = place
            bases, _ = _merged(one, one_q, back, back_q, place, same_q, differ_q)
            ends[pair + 1] += len(bases)
            made[ends[pair] : ends[pair + 1]] = bases
    return made, ends


def merged_pairs(
    forward: Bytes, forward_q: Bytes, starts: Integers, reverse: Bytes, reverse_q: Bytes, back_starts: Integers,
    least: int, differ: float,
) -> tuple[Bytes, Integers]:  # fmt: skip
    """Merge many pairs, each as :func:`merged_pair` does.

    Parameters
    ----------
    forward, forward_q, reverse, reverse_q : numpy.ndarray of uint8
        Bases and qualities of all reads, one after another, as the sequencer wrote them: A, C, G, T.
    starts, back_starts : numpy.ndarray of int, shape (pairs + 1,)
        Where each forward and reverse read begins, and the end of the last.
    least : int
        Bases that must overlap.
    differ : float
        Share of the overlap that may differ at most.

    Returns
    -------
    merged : numpy.ndarray of uint8
        Bases of the merged pairs, one after another.
    ends : numpy.ndarray of int, shape (pairs + 1,)
        Where each begins, and the end of the last; a pair that is not merged has none.
    """
    tables = (_AGREE, _DIFFER, _SAME_Q, _DIFFER_Q, _OTHER)
    merged, ends = _merged_all(forward, forward_q, starts, reverse, reverse_q, back_starts, least, differ, *tables)
    return merged, ends

"""Compiled loops of the embedded engine: how far sequences are apart, errors of others, and chimeras."""

from __future__ import annotations

from typing import Any

import numpy as np

from handbook_utils.reads.kernels import Bytes, Integers, compiled


@compiled
def profile(sequence: Bytes) -> Bytes:
    """Count the words of four bases, up to 255 of each; a word with another letter than A, C, G, T is left out.

    Parameters
    ----------
    sequence : numpy.ndarray of uint8
        Letters, ASCII.

    Returns
    -------
    numpy.ndarray of uint8, shape (256,)
        By word, read as a number to base 4.
    """
    counts = np.zeros(256, dtype=np.uint8)
    word, since = 0, 0
    for base in sequence:
        code = -1
        if base == 65:
            code = 0
        elif base == 67:
            code = 1
        elif base == 71:
            code = 2
        elif base == 84:
            code = 3
        if code < 0:
            since = 0
            continue
        word = ((word << 2) | code) & 255
        since += 1
        if since >= 4 and counts[word] < 255:
            counts[word] += 1
    return counts


@compiled
def _apart(first: Bytes, second: Bytes) -> int:
    total = 0
    for at in range(256):
        total += abs(int(first[at]) - int(second[at]))
    return total


@compiled
def edits(first: Bytes, second: Bytes, most: int) -> int:
    """Count the bases changed, put in or left out between two sequences; more than `most` is told as `most` + 1.

    The diagonals within `most` of the main one are worked out (Ukkonen 1985).

    Parameters
    ----------
    first, second : numpy.ndarray of uint8
        Letters, ASCII.
    most : int
        What is still told.

    Returns
    -------
    int
        0 to `most` + 1.
    """
    n, m = len(first), len(second)
    if abs(n - m) > most:
        return most + 1
    if n == m:
        wrong = 0
        for at in range(n):
            if first[at] != second[at]:
                wrong += 1
            if wrong > 1:
                break
        if wrong <= 1:
            return min(wrong, most + 1)
    width = 2 * most + 1
    row = np.empty(width + 2, dtype=np.int64)
    row[:] = most + 1
    for j in range(most + 1):
        row[most + j + 1] = j
    for i in range(1, n + 1):
        lowest = most + 1
        left = most + 1
        for band in range(width):
            j = i + band - most
            at = band + 1
            if j < 0 or j > m:
                value = most + 1
            elif j == 0:
                value = i
            else:
                value = row[at] + (first[i - 1] != second[j - 1])
                value = min(value, row[at + 1] + 1, left + 1)
            row[at] = value
            left = value
            lowest = min(lowest, value)
        row[width + 1] = most + 1
        if lowest > most:
            return most + 1
    return int(min(row[m - n + most + 1], most + 1))


@compiled
def centroids(flat: Bytes, starts: Integers, counts: Integers, profiles: Any, alpha: float, furthest: int) -> Integers:
    """Tell of sequences in falling order of reads which one each is an erroneous copy of (UNOISE2, Edgar 2016).

    A sequence with a reads is a copy of one with A reads at d edits where a / A <= 1 / 2 ** (alpha d + 1).

    Parameters
    ----------
    flat : numpy.ndarray of uint8
        Letters of all sequences, one after another.
    starts : numpy.ndarray of int, shape (sequences + 1,)
        Where each begins, and the end of the last.
    counts : numpy.ndarray of int
        Reads of each, in falling order.
    profiles : numpy.ndarray, shape (sequences, 256)
        As :func:`profile` makes them.
    alpha : float
        Of the rule.
    furthest : int
        Edits beyond which nothing is a copy.

    Returns
    -------
    numpy.ndarray
        Of each sequence the place of its centroid: its own where it is one.
    """
    total = len(counts)
    owner = np.empty(total, dtype=np.int64)
    real = np.empty(total, dtype=np.int64)
    found = 0
    for one in range(total):
        owner[one] = one
        this = flat[starts[one] : starts[one + 1]]
        nearest = furthest + 1
        for place in range(found):
            other = real[place]
            # The largest distance at which these two numbers of reads allow an error.
            most = int(np.floor((np.log2(counts[other] / counts[one]) - 1.0) / alpha + 1e-9))
            most = min(most, nearest - 1, furthest)
            if most < 1:
                if counts[other] < 2 * counts[one]:
                    break
                continue
            if _apart(profiles[one], profiles[other]) > 8 * most:
                continue
            distance = edits(this, flat[starts[other] : starts[other + 1]], most)
            if distance <= most:
                nearest = distance
                owner[one] = other
        if owner[one] == one:
            real[found] = one
            found += 1
    return owner


@compiled
def nearest(
    flat: Bytes,
    starts: Integers,
    profiles: Any,
    to_flat: Bytes,
    to_starts: Integers,
    to_profiles: Any,
    share: float,
    furthest: int,
) -> Integers:
    """Tell of each sequence which of others, in falling order of reads, is the nearest; -1 where none is near.

    Near is at most `share` edits a base, and at most `furthest` edits.

    Parameters
    ----------
    flat, to_flat : numpy.ndarray of uint8
        Letters of all sequences, and of those they are held against, one after another.
    starts, to_starts : numpy.ndarray of int
        Where each begins, and the end of the last.
    profiles, to_profiles : numpy.ndarray, shape (sequences, 256)
        As :func:`profile` makes them.
    share : float
        Edits a base, at most.
    furthest : int
        Edits, at most.

    Returns
    -------
    numpy.ndarray of int, shape (sequences,)
        Places among the others.
    """
    total = len(starts) - 1
    found = np.full(total, -1, dtype=np.int64)
    for one in range(total):
        this = flat[starts[one] : starts[one + 1]]
        most = min(int(share * len(this)), furthest)
        for other in range(len(to_starts) - 1):
            if most < 0:
                break
            if _apart(profiles[one], to_profiles[other]) > 8 * most:
                continue
            distance = edits(this, to_flat[to_starts[other] : to_starts[other + 1]], most)
            if distance <= most:
                found[one] = other
                most = distance - 1
    return found


@compiled
def _shared(query: Bytes, parent: Bytes, shift: int) -> tuple[int, int]:
    """Count the bases that are the same from the left, and from the right end moved by `shift`."""
    n, m = len(query), len(parent)
    left = 0
    while left < n and left < m and query[left] == parent[left]:
        left += 1
    right = 0
    while right < n and m - 1 - right - shift >= 0 and query[n - 1 - right] == parent[m - 1 - right - shift]:
        right += 1
    return left, right


@compiled
def chimeras(flat: Bytes, starts: Integers, counts: Integers, fold: float, apart: int, shifts: int) -> Any:
    """Tell which sequences are put together from the left of one and the right of another with `fold` its reads.

    Parameters
    ----------
    flat, starts, counts : numpy.ndarray
        Sequences in falling order of reads.
    fold : float
        How many times the reads of a chimera its parents have at least.
    apart : int
        Edits that a chimera is away from every possible parent at least.
    shifts : int
        By how much the right end may be moved: 0 where sequences end at a primer.

    Returns
    -------
    numpy.ndarray of bool
    """
    total = len(counts)
    marked = np.zeros(total, dtype=np.bool_)
    for one in range(total):
        this = flat[starts[one] : starts[one + 1]]
        left = right = 0
        for other in range(one):
            if counts[other] < fold * counts[one]:
                break
            if marked[other]:
                continue
            parent = flat[starts[other] : starts[other + 1]]
            for shift in range(shifts + 1):
                one_left, one_right = _shared(this, parent, shift)
                left, right = max(left, one_left), max(right, one_right)
        if left + right < len(this) or left == len(this) or right == len(this):
            continue
        alone = False
        for other in range(one):
            if counts[other] < fold * counts[one]:
                break
            parent = flat[starts[other] : starts[other + 1]]
            if not marked[other] and edits(this, parent, apart - 1) < apart:
                alone = True
                break
        marked[one] = not alone
    return marked

"""Simulated reads of which the truth is known: a mock community, copied with chimeras and read with errors."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from handbook_utils.reads.samples import SampleFiles

_LETTERS = np.frombuffer(b"ACGT", dtype=np.uint8)
_TURN = np.array([3, 2, 1, 0], dtype=np.uint8)
Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Mock:
    """How simulated reads are made.

    Attributes
    ----------
    pairs : int
        Of each sample.
    length : int
        Bases of a read.
    best, worst : float
        Quality at the beginning and at the end of a read, on average.
    chimeras : float
        Part of the pairs that come from two members.
    forward, reverse : str
        Primers that reads begin with, without ambiguous bases; empty: none.
    """

    pairs: int = 2_000
    length: int = 250
    best: float = 38.0
    worst: float = 24.0
    chimeras: float = 0.01
    forward: str = ""
    reverse: str = ""


def members(number: int, seed: int, *, length: int = 253, close: int = 2) -> dict[str, str]:
    """Make sequences like those of one region: most far from each other, the last one near the first.

    Parameters
    ----------
    number : int
        Of sequences, 2 at least.
    seed : int
        Of the random numbers.
    length : int
        Bases.
    close : int
        Bases in which the last one differs from the first.

    Returns
    -------
    dict of str to str
        Made-up name to bases.

    Examples
    --------
    >>> made = members(3, seed=1)
    >>> list(made), {len(one) for one in made.values()}
    (['member 1', 'member 2', 'member 3'], {253})
    >>> sum(a != b for a, b in zip(made["member 1"], made["member 3"]))
    2
    """
    random = np.random.default_rng(seed)
    common = random.integers(0, 4, length)
    found = []
    for _ in range(number - 1):
        one = common.copy()
        changed = random.choice(length, size=length // 4, replace=False)
        one[changed] = (one[changed] + random.integers(1, 4, len(changed))) % 4
        found.append(one)
    near = found[0].copy()
    places = random.choice(length, size=close, replace=False)
    near[places] = (near[places] + 1) % 4
    found.append(near)
    return {f"member {at}": _LETTERS[one].tobytes().decode("ascii") for at, one in enumerate(found, 1)}


def write_mock(
    folder: Path, sample: str, shares: Mapping[str, float], sequences: Mapping[str, str], how: Mock, seed: int
) -> SampleFiles:
    """Write the reads of one simulated sample.

    Parameters
    ----------
    folder : pathlib.Path
        Where the two files go.
    sample : str
        Its name.
    shares : mapping of str to float
        Of each member, adding up to 1.
    sequences : mapping of str to str
        Of each member, all of one length.
    how : Mock
        How many reads, how long, and with which errors.
    seed : int
        Of the random numbers.

    Returns
    -------
    SampleFiles
    """
    random = np.random.default_rng(seed)
    names = list(shares)
    codes = np.array(
        [np.searchsorted(_LETTERS, np.frombuffer(sequences[one].encode(), dtype=np.uint8)) for one in names]
    )
    drawn = random.choice(len(names), size=how.pairs, p=np.array([shares[one] for one in names]))
    copied = codes[drawn]
    chimeric = np.flatnonzero(random.random(how.pairs) < how.chimeras)
    for at in chimeric:
        cut = int(random.integers(copied.shape[1] // 5, copied.shape[1] * 4 // 5))
        copied[at, cut:] = codes[random.integers(len(names)), cut:]
    paths = (folder / f"{sample}_R1.fastq.gz", folder / f"{sample}_R2.fastq.gz")
    ends = (copied, _TURN[copied[:, ::-1]])
    for number, (path, end, primer) in enumerate(zip(paths, ends, (how.forward, how.reverse), strict=True), 1):
        whole = np.concatenate([np.tile(_codes(primer), (how.pairs, 1)), end], axis=1)[:, : how.length]
        path.write_bytes(gzip.compress(_read(whole, how, random, sample, number), 1, mtime=0))
    return SampleFiles(sample, *paths)


def _codes(sequence: str) -> Codes:
    return np.searchsorted(_LETTERS, np.frombuffer(sequence.encode("ascii"), dtype=np.uint8)).astype(np.uint8)


def _read(codes: Codes, how: Mock, random: np.random.Generator, sample: str, direction: int) -> bytes:
    """Read bases with errors as often as the qualities say."""
    pairs, length = codes.shape
    course = how.best - (how.best - how.worst) * (np.arange(length) / max(1, how.length - 1)) ** 2
    quality = np.clip(np.rint(course + random.normal(0, 2, (pairs, 1)) + random.normal(0, 2, (pairs, length))), 2, 40)
    wrong = random.random((pairs, length)) < 10 ** (-quality / 10)
    read = np.where(wrong, (codes + random.integers(1, 4, (pairs, length))) % 4, codes)
    bases, signs = _LETTERS[read], (quality + 33).astype(np.uint8)
    return b"".join(
        b"@%s:%d %d:N:0:1\n%s\n+\n%s\n" % (sample.encode(), at, direction, bases[at].tobytes(), signs[at].tobytes())
        for at in range(pairs)
    )

"""What every engine is given: reads without primers, turned the same way, cut and filtered, each loss counted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from handbook_utils.errors import InputError
from handbook_utils.reads.fastq import read_fastq
from handbook_utils.reads.primers import cutters
from handbook_utils.reads.samples import SampleFiles
from handbook_utils.reads.screening import is_host, is_phix, words_of
from handbook_utils.reads.sequences import reverse_complement
from handbook_utils.text import durable
from handbook_utils.text.hash import sha256, sha256_of


@dataclass(frozen=True)
class Preparation:
    """How reads are prepared.

    Attributes
    ----------
    forward, reverse : str
        Primers, 5' to 3'; empty where reads begin behind them.
    whole : bool
        Whether single reads span the gene from primer to primer, and may be of either strand.
    truncate : tuple of int
        Length at which forward and reverse reads are cut, after the primer; shorter ones are left out. 0: not cut.
    expected_errors : float
        Most errors that a read is expected to have (Edgar and Flyvbjerg 2015).
    cut_at : int
        Reads are cut before the first base of this quality or less.
    least_quality : int
        Reads with a base of a lower quality are left out.
    shortest, longest : int
        Bases of reads that go on; longest 0: any.
    offset : int
        What is taken off a sign to give its quality, 33 or 64.
    phix, host : pathlib.Path or None
        Sequences whose reads are taken out.
    """

    forward: str = ""
    reverse: str = ""
    whole: bool = False
    truncate: tuple[int, int] = (0, 0)
    expected_errors: float = 2.0
    cut_at: int = 2
    least_quality: int = 0
    shortest: int = 20
    longest: int = 0
    offset: int = 33
    phix: Path | None = None
    host: Path | None = None


@dataclass(frozen=True)
class Prepared:
    """The reads of one sample that an engine is given.

    Attributes
    ----------
    sample : str
        Its name.
    forward : pathlib.Path
        FASTQ (gzip), Phred + 33.
    reverse : pathlib.Path or None
        The same of the other direction; None of single reads.
    account : dict of str to int
        Input, and each loss so far.
    passed : int
        Reads (or pairs) in the files.
    mark : str
        Of what the files were made: another input or preparation has another mark.
    """

    sample: str
    forward: Path
    reverse: Path | None
    account: dict[str, int]
    passed: int
    mark: str


def prepare(files: SampleFiles, how: Preparation, folder: Path) -> Prepared:
    """Prepare the reads of one sample, or find them prepared by an earlier run of the same.

    Parameters
    ----------
    files : SampleFiles
        Plain or gzip.
    how : Preparation
        What is cut off, and what is left out.
    folder : pathlib.Path
        Where prepared reads are kept; what is there whole, from the same files in the same way, is not made again.

    Returns
    -------
    Prepared

    Raises
    ------
    InputError
        A file is broken, or the two files of a pair do not belong together.
    """
    mark = _mark(files, how)
    names = [folder / f"{mark}_{direction}.fastq.gz" for direction in ((1, 2) if files.reverse else (1,))]
    told = folder / f"{mark}.json"
    if not (told.is_file() and all(name.is_file() for name in names)):
        account = _written(files, how, names)
        durable.write(told, json.dumps(account).encode(), replace=True)
    account = json.loads(told.read_bytes())
    passed = account.pop("passed")
    return Prepared(files.sample, names[0], names[1] if files.reverse else None, account, passed, mark)


def pairs_of(files: SampleFiles) -> Iterator[tuple[Any, Any]]:
    """Read both files of a sample side by side.

    Parameters
    ----------
    files : SampleFiles
        One of single reads, two of pairs.

    Yields
    ------
    tuple
        Forward and reverse read; the second is None of single reads.

    Raises
    ------
    InputError
        A file is broken, one is shorter, or two reads have different names.
    """
    if files.reverse is None:
        yield from ((record, None) for record in read_fastq(files.forward))
        return
    for number, (first, second) in enumerate(zip_longest(read_fastq(files.forward), read_fastq(files.reverse)), 1):
        if first is None or second is None:
            shorter = files.forward if first is None else files.reverse
            raise InputError(
                f"The two files of sample {files.sample} have different numbers of reads.",
                where=f"{files.forward.name} and {files.reverse.name}",
                expected="a pair for every read, in the same order",
                found=f"{shorter.name} ends after {number - 1:,} reads",
                remedy="Fetch both files again; filters must be applied to both at once.",
            )
        if not first.is_mate(second) and _bare(first.name) != _bare(second.name):
            raise InputError(
                f"The two files of sample {files.sample} do not belong together.",
                where=f"{files.forward.name} and {files.reverse.name}, read {number:,}",
                expected="the same names in the same order",
                found=f"{first.name.split()[0][:60]} and {second.name.split()[0][:60]}",
                remedy="Give the two files of one sample, sorted alike.",
            )
        yield first, second


def _bare(name: str) -> str:
    word = name.split(maxsplit=1)[0] if name.strip() else ""
    return word[:-2] if word[-2:] in ("/1", "/2") else word


def _mark(files: SampleFiles, how: Preparation) -> str:
    inputs = [sha256_of(path) for path in (files.forward, files.reverse) if path is not None]
    screens = [sha256_of(path) for path in (how.phix, how.host) if path is not None]
    rest = {key: value for key, value in asdict(how).items() if key not in ("phix", "host")}
    return sha256(json.dumps([files.sample, inputs, rest, screens, 1], sort_keys=True).encode())[:20]


class Filter:
    """The filters of a preparation, ready for reads.

    Parameters
    ----------
    how : Preparation
        What is cut off, and what is left out.
    """

    def __init__(self, how: Preparation) -> None:
        self.how = how
        self.trim = cutters(how.forward, how.reverse, whole=how.whole)
        self.phix = words_of(how.phix) if how.phix else frozenset()
        self.host = words_of(how.host) if how.host else frozenset()

    def __call__(self, first: Any, second: Any) -> tuple[str, list[tuple[str, str]]]:
        """Return why a read (or pair) is lost, or "" and its bases and qualities (Phred + 33)."""
        there = [one for one in (first, second) if one is not None]  # a read without bases counts as false
        ends = [(one.sequence.upper().replace("U", "T"), self._phred33(one.qualities)) for one in there]
        trimmed = self.trim(ends)
        if trimmed is None:
            return "without primer", []
        kept = []
        for (bases, signs), length in zip(trimmed, self.how.truncate, strict=False):
            why, read = self._one(bases, signs, length)
            if why:
                return why, []
            kept.append(read)
        if self.phix and any(is_phix(bases, self.phix) for bases, _ in kept):
            return "phiX", []
        if self.host and any(is_host(bases, self.host) for bases, _ in kept):
            return "host", []
        return "", kept

    def _phred33(self, signs: str) -> str:
        if self.how.offset == 33:
            return signs
        return "".join(chr(max(33, ord(sign) - self.how.offset + 33)) for sign in signs)

    def _one(self, bases: str, signs: str, length: int) -> tuple[str, tuple[str, str]]:
        from handbook_utils.reads.kernels import expected_errors

        how = self.how
        if how.longest and len(bases) > how.longest:
            return "too long", ("", "")
        values = np.frombuffer(signs.encode("ascii"), dtype=np.uint8)
        low = np.flatnonzero(values <= how.cut_at + 33)
        end = int(low[0]) if len(low) else len(bases)
        end = min(end, length) if length and end >= length else (0 if length else end)
        bases, signs, values = bases[:end], signs[:end], values[:end]
        if len(bases) < max(how.shortest, length, 1):
            return "too short", ("", "")
        if bases.translate(_NO_BASES):
            return "unclear base", ("", "")
        if how.least_quality and int(values.min()) - 33 < how.least_quality:
            return "low quality", ("", "")
        if expected_errors(values) > how.expected_errors:
            return "expected errors", ("", "")
        return "", (bases, signs)


_NO_BASES = str.maketrans("", "", "ACGT")


def _written(files: SampleFiles, how: Preparation, names: list[Path]) -> dict[str, int]:
    """Write the prepared reads of a sample beside their places, then give them their names."""
    import dnaio

    account: Counter[str] = Counter()
    chosen = Filter(how)
    parts = [name.with_name(f".{name.name}{durable.PART}") for name in names]
    try:
        with dnaio.open(*parts, mode="w", fileformat="fastq", compression_level=1, open_threads=0) as out:
            for first, second in pairs_of(files):
                account["input"] += 1
                why, kept = chosen(first, second)
                if why:
                    account[why] += 1
                    continue
                account["passed"] += 1
                name = f"{account['passed']}"
                out.write(*(dnaio.SequenceRecord(name, bases, signs) for bases, signs in kept))
        for part, place in zip(parts, names, strict=True):
            durable.place(part, place, replace=True)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
    return {"passed": 0, **account}


def turned(read: tuple[str, str]) -> tuple[str, str]:
    """Return a read of the other strand: bases complemented, and both turned round.

    Parameters
    ----------
    read : tuple of str
        Bases and qualities.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> turned(("AAC", "IH#"))
    ('GTT', '#HI')
    """
    bases, signs = read
    return reverse_complement(bases), signs[::-1]

"""What every engine is given: reads without primers, turned the same way, cut and filtered, each loss counted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from handbook_utils.errors import InputError
from handbook_utils.reads.fastq import columns, holds_nothing, packed, read_fastq
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
        Forward and reverse read; the second is None of single reads. None where all files are gzip of nothing.

    Raises
    ------
    InputError
        A file is broken, one is shorter, or two reads have different names.
    """
    if all(holds_nothing(path) for path in (files.forward, files.reverse) if path is not None):
        return
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


#: Why a read is left out, by the numbers of :func:`handbook_utils.reads.kernels.passing`.
_WHY = ("", "too long", "too short", "unclear base", "low quality", "expected errors")
#: Of each sign (Phred + 33) the probability that the base is wrong.
_WRONG = 10.0 ** (-(np.arange(128) - 33.0) / 10.0)
#: Pairs that are filtered at once.
_AT_ONCE = 2_000


class _Filter:
    """The filters of a preparation, ready for reads."""

    def __init__(self, how: Preparation) -> None:
        self.how = how
        self.trim = cutters(how.forward, how.reverse, whole=how.whole)
        self.phix = words_of(how.phix) if how.phix else frozenset()
        self.host = words_of(how.host) if how.host else frozenset()
        self.signs = {sign: max(33, sign - how.offset + 33) for sign in range(128)}

    def __call__(self, pairs: Sequence[tuple[Any, Any]]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """Yield of each read (or pair) why it is lost, or "" and its bases and qualities (Phred + 33)."""
        ends = [
            self.trim(
                [
                    (one.sequence.upper().replace("U", "T"), self._phred33(one.qualities))
                    for one in pair
                    if one is not None
                ]
            )
            for pair in pairs
        ]
        there = iter(self._cut([one for one in ends if one is not None]))
        for one in ends:
            yield ("without primer", []) if one is None else next(there)

    def _phred33(self, signs: str) -> str:
        return signs if self.how.offset == 33 else signs.translate(self.signs)

    def _cut(self, reads: list[list[tuple[str, str]]]) -> list[tuple[str, list[tuple[str, str]]]]:
        """Cut and filter reads that have their primers."""
        from handbook_utils.reads.kernels import passing

        how, found = self.how, []
        for side, length in zip(range(len(reads[0]) if reads else 0), how.truncate, strict=False):
            bases, signs = ([one[side][part].encode("ascii") for one in reads] for part in (0, 1))
            found.append(
                passing(
                    *columns(bases, signs),
                    cut=length,
                    least=how.shortest,
                    longest=how.longest,
                    worst=how.cut_at + 33,
                    least_sign=how.least_quality + 33 if how.least_quality else 0,
                    most_errors=how.expected_errors,
                    wrong=_WRONG,
                )
            )
        sides = [(ends.tolist(), why.tolist()) for ends, why in found]
        return [self._screened(one, [(ends[at], why[at]) for ends, why in sides]) for at, one in enumerate(reads)]

    def _screened(self, read: list[tuple[str, str]], cut: list[tuple[int, int]]) -> tuple[str, list[tuple[str, str]]]:
        for _, why in cut:
            if why:
                return _WHY[why], []
        kept = [(bases[:end], signs[:end]) for (bases, signs), (end, _) in zip(read, cut, strict=True)]
        if self.phix and any(is_phix(bases, self.phix) for bases, _ in kept):
            return "phiX", []
        if self.host and any(is_host(bases, self.host) for bases, _ in kept):
            return "host", []
        return "", kept


def _written(files: SampleFiles, how: Preparation, names: list[Path]) -> dict[str, int]:
    """Write the prepared reads of a sample beside their places, then give them their names."""
    account: Counter[str] = Counter()
    chosen = _Filter(how)
    parts = [name.with_name(f".{name.name}{durable.PART}") for name in names]
    pairs = pairs_of(files)
    try:
        with ExitStack() as stack:
            out = [stack.enter_context(packed(part)) for part in parts]
            while some := list(islice(pairs, _AT_ONCE)):
                account["input"] += len(some)
                texts: list[list[str]] = [[] for _ in out]
                for why, kept in chosen(some):
                    account[why or "passed"] += 1
                    for text, (bases, signs) in zip(texts, kept, strict=False):
                        text.append(f"@{account['passed']}\n{bases}\n+\n{signs}\n")
                for file, text in zip(out, texts, strict=True):
                    file.write("".join(text).encode("ascii"))
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

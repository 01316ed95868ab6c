"""FASTQ as it is: plain or gzip, read by dnaio, with one clear message for each way in which a file can be broken.

The format: Cock and others (2010), doi:10.1093/nar/gkp1137. Four lines a read: ``@name``, bases, ``+``, qualities.
"""

from __future__ import annotations

import ast
import gzip
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import numpy as np

from handbook_utils.errors import InputError

_Packed: Any = gzip.GzipFile
_damaged: Any = zlib.error
with suppress(ImportError):  # three times as fast, and comes with cutadapt on the usual processors
    from isal import igzip, isal_zlib

    _Packed, _damaged = igzip.IGzipFile, isal_zlib.error
_DAMAGED: tuple[type[Exception], ...] = (gzip.BadGzipFile, zlib.error, _damaged)
#: What a file that cannot be unpacked raises.
_UNPACKED = (OSError, EOFError) + _DAMAGED  # noqa: RUF005 - mypy takes no unpacked tuple of exceptions

#: Letters of a read: bases and IUPAC's codes for several (Cornish-Bowden 1985), with N.
BASES = frozenset("ACGTURYSWKMBDHVN")
_LETTERS = "".join(BASES | {letter.lower() for letter in BASES}).encode("ascii")
_GZIP = b"\x1f\x8b"
_OTHERS = {
    b"BZh": ("bzip2", "bunzip2"),
    b"\xfd7zXZ": ("xz", "unxz"),
    b"\x28\xb5\x2f\xfd": ("zstd", "unzstd"),
    b"PK\x03\x04": ("a zip archive", "unzip"),
    b"\x89HDF": ("HDF5, as of Oxford Nanopore's fast5", "basecall it first: dorado"),
    b"BAM\x01": ("BAM", "samtools fastq"),
    b"CRAM": ("CRAM", "samtools fastq"),
    b".snd": ("sound", ""),
    b"\xff\xfe": ("text in UTF-16", "save it as plain text"),
    b"\xfe\xff": ("text in UTF-16", "save it as plain text"),
    b"NCBI.sra": ("an archive of the SRA", "fasterq-dump --split-files"),
}
_SAM = re.compile(rb"@(HD|SQ|RG|PG|CO)\t")
#: Lines that are read at once of files that were written here.
_LINES = 16_000
_HOW = "four lines a read: @name, bases, +, one quality a base"


class BrokenReadsError(InputError):
    """A file of reads that cannot be read as such."""


def is_fastq(path: Path) -> bool:
    r"""Tell whether a file holds reads, by its content: its first sign is that of a read's name.

    Parameters
    ----------
    path : pathlib.Path
        Plain or gzip.

    Returns
    -------
    bool
        Also true of a file of reads that is broken further on.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "reads.fq"
    >>> _ = path.write_text("@r1\nACGT\n+\nIIII\n")
    >>> is_fastq(path)
    True
    """
    if not path.is_file():
        return False
    try:
        with _unpacked(path) as file:
            start = file.read(4096)
    except _UNPACKED:
        return False
    lines = start.lstrip(b"\r\n").split(b"\n")
    # A tree of QIIME, a spreadsheet or SAM's header may begin with @, too; the third line of a read begins with +.
    return lines[0].startswith(b"@") and not _SAM.match(lines[0]) and (len(lines) < 3 or lines[2].startswith(b"+"))


def read_fastq(path: Path) -> Iterator[Any]:
    r"""Read a file of reads, one read at a time.

    Parameters
    ----------
    path : pathlib.Path
        Plain or gzip, whatever its name says; several gzip members one after another, too.

    Yields
    ------
    dnaio.SequenceRecord
        With ``name``, ``sequence`` (capitals) and ``qualities`` (characters, as written).

    Raises
    ------
    InputError
        What is wrong, with the number of the read (from 1) and of its first line.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "reads.fq"
    >>> _ = path.write_text("@r1\nACGT\n+\nIIII\n@r2\nAC\n+\nII\n")
    >>> [(read.name, len(read)) for read in read_fastq(path)]
    [('r1', 4), ('r2', 2)]
    """
    import dnaio

    _check_kind(path)
    number = 0
    try:
        with _unpacked(path) as file, dnaio.FastqReader(file) as records:
            for record in records:
                number += 1
                _check_read(record, number, path)
                yield record
    except EOFError:
        raise _broken(path, number, "The compressed file ends too early.", "its end is missing", "") from None
    except _DAMAGED as error:
        raise _broken(path, number, "The compressed file is damaged.", str(error), "") from None
    except dnaio.FastqFormatError as error:
        if not _is_only_blank(error):
            raise _of_dnaio(path, number, error) from None
    except OSError as error:
        raise _broken(path, number, "The file of reads cannot be read.", str(error.strerror or error), "") from None
    if not number:
        raise BrokenReadsError(
            "This file holds no reads.",
            where=path.name,
            expected=_HOW,
            found="nothing but empty lines" if path.stat().st_size else "an empty file",
            remedy="Among others a sample without a read may stay, as gzip of nothing; otherwise fetch the file again.",
        )


def holds_nothing(path: Path) -> bool:
    """Tell whether a file is gzip of nothing, as demultiplexing leaves it of a sample without a read.

    Parameters
    ----------
    path : pathlib.Path
        Of a file that may also be cut off, or no gzip: then it is not.

    Returns
    -------
    bool

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "blank_R1.fastq.gz"
    >>> _ = path.write_bytes(gzip.compress(b""))
    >>> holds_nothing(path)
    True
    """
    try:
        with path.open("rb") as file:
            if file.read(2) != _GZIP:
                return False
        with _unpacked(path) as unpacked:
            return not unpacked.read(1)
    except _UNPACKED:
        return False


def packed(path: Path) -> IO[bytes]:
    """Open a file to write reads into it, packed quickly (gzip).

    Parameters
    ----------
    path : pathlib.Path
        Of the file.

    Returns
    -------
    file
        Takes bytes.
    """
    return cast("IO[bytes]", _Packed(path, "wb", compresslevel=1))


def blocks(path: Path) -> Iterator[list[bytes]]:
    r"""Read a file of reads that was written here, many lines at once: nothing is checked.

    Parameters
    ----------
    path : pathlib.Path
        Four lines a read, gzip.

    Yields
    ------
    list of bytes
        Lines with their ends, four a read.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "reads.fq.gz"
    >>> with packed(path) as file:
    ...     _ = file.write(b"@1\nAC\n+\nII\n")
    >>> list(blocks(path))
    [[b'@1\n', b'AC\n', b'+\n', b'II\n']]
    """
    with _unpacked(path) as file:
        lines = iter(file.readline, b"")
        while some := list(islice(lines, _LINES)):
            yield some


def columns(bases: Sequence[bytes], signs: Sequence[bytes]) -> tuple[Any, Any, Any]:
    """Put reads into arrays, one after another.

    Parameters
    ----------
    bases, signs : sequence of bytes
        Of each read, with or without the end of the line.

    Returns
    -------
    tuple of numpy.ndarray
        Bases, qualities, and where each read begins, with the end of the last.

    Examples
    --------
    >>> columns([b"ACG", b"T"], [b"III", b"I"])[2].tolist()
    [0, 3, 4]
    """
    there = [b"".join(lines).replace(b"\n", b"") for lines in (bases, signs)]
    lengths = [len(line) for line in bases]
    ends = np.cumsum([0, *(lengths if not bases or bases[0][-1:] != b"\n" else [one - 1 for one in lengths])])
    letters, qualities = (np.frombuffer(text, dtype=np.uint8) for text in there)
    return letters, qualities, ends


@contextmanager
def _unpacked(path: Path) -> Iterator[BinaryIO]:
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
        file.seek(0)
        if not packed:
            yield file
            return
        with _Packed(fileobj=file, mode="rb") as unpacked:
            yield cast("BinaryIO", unpacked)


def _check_kind(path: Path) -> None:
    if not path.is_file():
        raise BrokenReadsError(
            "There is no such file of reads." if not path.exists() else "This is not a file.",
            where=path.name,
            expected="a file in FASTQ format, plain or gzip",
            found="a folder" if path.is_dir() else "nothing" if not path.exists() else "a pipe or a device",
            remedy="Check the path; a pipe is saved as a file first.",
        )
    with path.open("rb") as file:
        start = file.read(64)
    _check_beginning(path, start)
    try:
        with _unpacked(path) as unpacked:
            first = unpacked.read(4096)
    except _UNPACKED:
        return  # told with its place when it is read
    if start.startswith(_GZIP):
        if first.startswith(_GZIP):
            raise _no_fastq(path, found="gzip within gzip", remedy="It was packed twice: gunzip it once.")
        if first[257:262] == b"ustar":
            raise _no_fastq(path, found="a tar archive", remedy="Unpack it, and give the files in it: tar xzf")
        _check_beginning(path, first)
    if b"\0" in first:
        raise _no_fastq(path, found="bytes that are no text", remedy="Fetch it again.")
    text = first.lstrip()
    if _SAM.match(text):
        remedy = "Turn them into FASTQ first: samtools fastq"
        raise BrokenReadsError(
            "These are aligned reads (SAM).", where=path.name, expected=_HOW, found="SAM", remedy=remedy
        )
    if text.startswith(b">"):
        raise BrokenReadsError(
            "These are sequences without qualities (FASTA).",
            where=path.name,
            expected=_HOW,
            found=text.split(b"\n")[0][:60].decode("ascii", "replace"),
            remedy="Give the FASTQ that they were made from: without qualities errors cannot be told from differences.",
        )
    if text and not text.startswith(b"@"):
        raise BrokenReadsError(
            "This is not FASTQ.",
            where=f"{path.name}, line 1",
            expected="@ and the name of a read",
            found=text.split(b"\n")[0][:60].decode("ascii", "replace"),
            remedy="Give files of reads (.fastq.gz), not tables or reports.",
        )


def _check_beginning(path: Path, start: bytes) -> None:
    for magic, (name, how) in _OTHERS.items():
        if start.startswith(magic):
            remedy = f"Turn it into FASTQ first: {how}" if how else "Give the file of reads."
            raise _no_fastq(path, found=name, remedy=remedy)


def _no_fastq(path: Path, found: str, remedy: str) -> InputError:
    return BrokenReadsError("This is not FASTQ.", where=path.name, expected=_HOW, found=found, remedy=remedy)


def _check_read(record: Any, number: int, path: Path) -> None:
    strange = record.sequence.encode("ascii", "replace").translate(None, _LETTERS)
    if strange:
        raise _broken(
            path,
            number - 1,
            "A read has letters that are no bases.",
            " ".join(sorted(repr(sign) for sign in set(strange.decode("ascii").upper())))[:60],
            "Take out or mend this read; gaps (-) belong to alignments, not to reads.",
        )
    signs = record.qualities
    if not signs.isprintable() or " " in signs:
        low = next(sign for sign in signs if sign == " " or not sign.isprintable())
        raise _broken(path, number - 1, "A quality is no printable sign.", repr(low), "")


def _is_only_blank(error: Any) -> bool:
    """Tell whether what stands where a read should begin is nothing but empty lines at the end of the file."""
    _, quoted, rest = str(error).partition("The incomplete final record was: ")
    return bool(quoted) and not ast.literal_eval(rest.strip()).strip()


def _of_dnaio(path: Path, number: int, error: Any) -> InputError:
    text = str(error).split("\n")[0]
    known = {
        "premature": ("The file ends in the middle of a read.", "The transfer was cut off: fetch it again."),
        "Length of sequence and qualities differ": (
            "A read has more or fewer qualities than bases.",
            "The file was damaged or edited: fetch it again.",
        ),
        "Line expected to start with '@'": (
            "A read does not begin with @.",
            "A line is missing or too many; bases on several lines are put on one first.",
        ),
        "Line expected to start with '+'": (
            "The third line of a read does not begin with +.",
            "A line is missing or too many; bases on several lines are put on one first.",
        ),
        "descriptions don't match": ("The two names of a read differ.", "The file was put together from others."),
        "Non-ASCII": ("A read has signs that are no ASCII.", "The file is damaged: fetch it again."),
    }
    for part, (problem, remedy) in known.items():
        if part.lower() in text.lower():
            return _broken(path, number, problem, text, remedy)
    return _broken(path, number, "This read cannot be read.", text, "")


def _broken(path: Path, before: int, problem: str, found: str, remedy: str) -> InputError:
    return BrokenReadsError(
        problem,
        where=f"{path.name}, after {before:,} whole reads ({4 * before:,} lines)",
        expected=_HOW,
        found=found,
        remedy=remedy or "Fetch the file again, and compare its MD5 with that of the sequencing centre.",
    )

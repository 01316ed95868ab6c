"""Sequences without qualities: what a feature is made of, how it is called, and FASTA read and written with limits."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, cast

from handbook_utils.errors import InputError
from handbook_utils.reads.fastq import BASES

#: A file that unpacks to more is no file of marker genes: a letter is a byte.
MOST_BYTES = 4 * 1024**3
#: No gene of a ribosome is longer; a longer record is a genome, or a file without ends of lines.
LONGEST = 100_000
_GZIP = b"\x1f\x8b"
_HOW = "FASTA: >name, and the bases on the lines under it"
_OPPOSITE = str.maketrans("ACGTURYSWKMBDHVNacgturyswkmbdhvn", "TGCAAYRSWMKVHDBNtgcaayrswmkvhdbn")


def asv_id(sequence: str) -> str:
    """Name a sequence by itself, so that the same one has the same name in every study.

    Parameters
    ----------
    sequence : str
        Bases.

    Returns
    -------
    str
        MD5 of the bases in capitals, in hexadecimal, as QIIME 2 names features.

    Examples
    --------
    >>> asv_id("acgt"), asv_id("ACGT") == asv_id("acgt")
    ('f1f8f4bf413b16ad135722aa4591043e', True)
    """
    return hashlib.md5(sequence.upper().encode("ascii"), usedforsecurity=False).hexdigest()


def reverse_complement(sequence: str) -> str:
    """Return the other strand, 5' to 3'.

    Parameters
    ----------
    sequence : str
        Bases, with IUPAC's letters for several.

    Returns
    -------
    str

    Examples
    --------
    >>> reverse_complement("AACGR")
    'YCGTT'
    """
    return sequence.translate(_OPPOSITE)[::-1]


def fasta_records(path: Path, *, most_bytes: int = MOST_BYTES, longest: int = LONGEST) -> Iterator[tuple[str, str]]:
    r"""Read a file of sequences, one at a time.

    Parameters
    ----------
    path : pathlib.Path
        Plain or gzip, whatever its name says. Gaps (``-`` and ``.``) of an alignment are taken out.
    most_bytes : int
        Unpacked size at which reading stops.
    longest : int
        Bases of the longest record that is taken.

    Yields
    ------
    header : str
        The line after ``>``, whole: the id is its first word.
    sequence : str
        In capitals, U written as T.

    Raises
    ------
    InputError
        It is no FASTA, broken, or larger than the limits; with the line.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "two.fasta"
    >>> _ = path.write_text(">a first\nAC\ngu\n>b\nTT-A\n")
    >>> list(fasta_records(path))
    [('a first', 'ACGT'), ('b', 'TTA')]
    """
    header: str | None = None
    parts: list[bytes] = []
    length = number = seen = 0
    try:
        with ExitStack() as stack:
            for number, line in enumerate(_lines(path, stack, longest), 1):
                seen += len(line)
                if seen > most_bytes:
                    raise _wrong(path, number, "This file is too large.", f"more than {most_bytes:,} bytes unpacked")
                if line.startswith(b">"):
                    if header is not None:
                        yield header, _sequence(parts, path, number - 1, header)
                    header, parts, length = _header(line, path, number), [], 0
                elif line.strip():
                    if header is None:
                        found = line.strip()[:60].decode("ascii", "replace")
                        raise _wrong(path, number, "This is not FASTA.", found)
                    length += len(line)
                    if length > longest:
                        found = f"{header[:60]}: more than {longest:,} letters"
                        raise _wrong(path, number, "A sequence is too long for a marker gene.", found)
                    parts.append(line.strip())
    except EOFError:
        raise _wrong(path, number, "The compressed file ends too early.", "its end is missing") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise _wrong(path, number, "The compressed file is damaged.", str(error)) from None
    except OSError as error:
        raise _wrong(path, number, "The file cannot be read.", str(error.strerror or error)) from None
    if header is None:
        raise _wrong(path, number, "This file holds no sequences.", "nothing" if not seen else "empty lines")
    yield header, _sequence(parts, path, number, header)


def read_fasta(path: Path) -> dict[str, str]:
    r"""Read all sequences of a file by their ids.

    Parameters
    ----------
    path : pathlib.Path
        As :func:`fasta_records`.

    Returns
    -------
    dict of str to str
        Id (the first word of the header) to sequence, in the order of the file.

    Raises
    ------
    InputError
        As :func:`fasta_records`, or an id stands for two sequences.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "two.fasta"
    >>> _ = path.write_text(">a first\nACGT\n")
    >>> read_fasta(path)
    {'a': 'ACGT'}
    """
    found: dict[str, str] = {}
    for header, sequence in fasta_records(path):
        name = header.split(maxsplit=1)[0]
        if name in found:
            raise InputError(
                "Two sequences have the same id.",
                where=str(path),
                expected="each id once",
                found=name,
                remedy="Give every sequence its own id: the word after >.",
            )
        found[name] = sequence
    return found


def as_fasta(sequences: Mapping[str, str]) -> bytes:
    r"""Write sequences, one line each.

    Parameters
    ----------
    sequences : mapping of str to str
        Header to bases.

    Returns
    -------
    bytes

    Examples
    --------
    >>> as_fasta({"a": "ACGT"})
    b'>a\nACGT\n'
    """
    return "".join(f">{header}\n{sequence}\n" for header, sequence in sequences.items()).encode("utf-8")


def _lines(path: Path, stack: ExitStack, longest: int) -> Iterator[bytes]:
    """Yield lines; one that is too long comes in parts, so that memory does not grow with it."""
    raw = stack.enter_context(path.open("rb"))
    packed = raw.read(2) == _GZIP
    raw.seek(0)
    file = cast("IO[bytes]", stack.enter_context(gzip.GzipFile(fileobj=raw))) if packed else raw
    while line := file.readline(longest + 2):
        yield line


def _header(line: bytes, path: Path, number: int) -> str:
    header = line[1:].decode("utf-8", "replace").strip()
    if not header:
        raise _wrong(path, number, "A sequence has no name.", ">")
    return header


def _sequence(parts: list[bytes], path: Path, number: int, header: str) -> str:
    sequence = b"".join(parts).decode("ascii", "replace").upper().replace("U", "T").replace("-", "").replace(".", "")
    strange = set(sequence) - BASES
    if strange:
        found = f"{header[:60]}: " + " ".join(sorted(repr(sign) for sign in strange))[:60]
        raise _wrong(path, number, "A sequence has letters that are no bases.", found)
    if not sequence:
        raise _wrong(path, number, "A sequence has no bases.", header[:60])
    return sequence


def _wrong(path: Path, number: int, problem: str, found: str) -> InputError:
    where = f"{path}, line {number:,}" if number else str(path)
    remedy = "Give the file of sequences as the program wrote it; fetch it again if it was cut off."
    return InputError(problem, where=where, expected=_HOW, found=found, remedy=remedy)

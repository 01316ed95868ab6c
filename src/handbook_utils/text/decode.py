"""Bytes become text in one way, and the encoding is said."""

from __future__ import annotations

import codecs
import io
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from handbook_utils.errors import InputError, listed

#: Bytes that are looked at together.
_STEP = 1024**2


#: The most (bytes) that is read of a text that people write: answers, a plan, a study file.
MOST = 100_000_000


def bytes_of(path: Path) -> bytes:
    """Read a file of text whole, within a limit; what never ends is not begun.

    Parameters
    ----------
    path : pathlib.Path
        A file.

    Returns
    -------
    bytes
        At most :data:`MOST`.

    Raises
    ------
    InputError
        A pipe or a device; larger than the limit.
    OSError
        It cannot be opened.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        raise InputError(
            "This is a pipe or a device, where a file is needed.",
            where=str(path),
            expected="a file, which can be looked at more than once",
            found="something that is read once, or never ends",
            remedy="Save it as a file first.",
        )
    with path.open("rb") as opened:
        content = opened.read(MOST + 1)
    if len(content) > MOST:
        raise InputError(
            "This text is larger than anybody writes.",
            where=str(path),
            expected=f"at most {MOST:,} bytes",
            found="more",
            remedy="Is this the right file?",
        )
    return content


def read_text(path: Path) -> tuple[str, str]:
    """Read a text file in the encoding it is in.

    Parameters
    ----------
    path : pathlib.Path
        UTF-8 (with or without mark), UTF-16, or else Windows-1252.

    Returns
    -------
    text : str
    encoding : str
        As :func:`decode`.

    Raises
    ------
    InputError
        It cannot be opened, is empty, or is no text.
    """
    try:
        content = bytes_of(path)
    except OSError as error:
        raise InputError("The file cannot be read.", where=str(path), found=error.strerror or str(error)) from error
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise InputError("The file is empty.", where=str(path), expected="text")
    return decode(content, str(path))


def decode(content: bytes, where: str, expected: str = "text") -> tuple[str, str]:
    r"""Turn bytes into text and say which encoding they have.

    UTF-16 is known by its mark or by its zero bytes; what is not UTF-8 is read as Windows-1252, which is said; a file
    that is partly the one and partly the other is refused, because its ids would not match.

    Parameters
    ----------
    content : bytes
        Of a file.
    where : str
        The file, for messages.
    expected : str
        What the file should be, for the message where it is no text.

    Returns
    -------
    text : str
    encoding : str
        ``"UTF-8"``, ``"UTF-8 with BOM"``, ``"UTF-16"`` or ``"Windows-1252"``.

    Raises
    ------
    InputError
        No text, cut off, or two encodings in one file.

    Examples
    --------
    >>> decode("café".encode("cp1252"), "a.csv")
    ('café', 'Windows-1252')
    """
    codec, start, named = sniffed(io.BytesIO(content), where, expected)
    return content[start:].decode(codec), named


def sniffed(source: BinaryIO, where: str, expected: str = "text") -> tuple[str, int, str]:
    """Find out which encoding bytes have, piece by piece: a large file is never in memory.

    Parameters
    ----------
    source : BinaryIO
        In which one can seek; all of it is looked at.
    where, expected : str, str
        As :func:`decode`.

    Returns
    -------
    codec : str
        For Python.
    start : int
        Where the text begins, after a mark.
    encoding : str
        For people: ``"UTF-8"``, ``"UTF-8 with BOM"``, ``"UTF-16"`` or ``"Windows-1252"``.

    Raises
    ------
    InputError
        As :func:`decode`.
    """
    begins = source.read(4003)
    if begins.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        _checked(source, "utf-16", where)
        return "utf-16", 0, "UTF-16"
    start, named = (3, "UTF-8 with BOM") if begins.startswith(codecs.BOM_UTF8) else (0, "UTF-8")
    head = begins[start : start + 4000]
    if b"\x00" in head:
        even, odd = head[::2].count(0), head[1::2].count(0)
        if min(even, odd) == 0 and max(even, odd) > len(head) // 4:
            codec = "utf-16-be" if even else "utf-16-le"
            _checked(source, codec, where)
            return codec, 0, "UTF-16"
    for at, piece in _pieces(source):
        if b"\x00" in piece:
            raise InputError(
                "This is not a text file.",
                where=where,
                expected=expected,
                found=f"a zero byte at position {at + piece.index(0) + 1}",
                remedy="Export it as TSV.",
            )
    try:
        _steps(source, "utf-8", start)
    except UnicodeDecodeError:
        _legacy(source, start, where)
        return "cp1252", start, "Windows-1252"
    return "utf-8", start, named


def _pieces(source: BinaryIO, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """Yield bytes and where they stand."""
    source.seek(start)
    while piece := source.read(_STEP):
        yield start, piece
        start += len(piece)


def _steps(source: BinaryIO, codec: str, start: int = 0) -> None:
    """Decode all of it; of what is wrong the place is told from the begin of the file."""
    decoder = codecs.getincrementaldecoder(codec)()
    for at, piece in itertools.chain(_pieces(source, start), [(0, b"")]):
        before = (at if piece else source.tell()) - len(decoder.getstate()[0])
        try:
            decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            error.start += before
            raise


def _checked(source: BinaryIO, encoding: str, where: str) -> None:
    try:
        _steps(source, encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            "This file is cut off or damaged.",
            where=where,
            expected="UTF-16 text",
            found=f"{error.reason} at byte {error.start + 1}",
            remedy="Save it again as UTF-8.",
        ) from None


def _legacy(source: BinaryIO, start: int, where: str) -> None:
    utf8, other = [], []
    unknown: tuple[int, int] | None = None
    source.seek(start)
    for number, line in enumerate(source, start=1):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            utf8.append(number)
        except UnicodeDecodeError:
            other.append(number)
            try:
                line.decode("cp1252")
            except UnicodeDecodeError as error:
                unknown = unknown or (number, line[error.start])
    if utf8:
        raise InputError(
            "This file mixes two text encodings.",
            where=f"{where}, line {listed(other)}",
            expected=f"UTF-8, as in line {listed(utf8, most=3)}",
            found="bytes that are not UTF-8",
            remedy="Two files were probably pasted together: save both as UTF-8 first.",
        )
    if unknown:
        raise InputError(
            "The text encoding of this file is not known.",
            where=f"{where}, line {unknown[0]}",
            expected="UTF-8, UTF-16 or Windows-1252",
            found=f"the byte {unknown[1]:#04x}",
            remedy="Save it as UTF-8.",
        )

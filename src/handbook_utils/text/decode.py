"""Bytes become text in one way, and the encoding is said."""

from __future__ import annotations

import codecs
from pathlib import Path

from handbook_utils.errors import InputError, listed


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
        content = path.read_bytes()
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
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded(content, "utf-16", where), "UTF-16"
    if content.startswith(codecs.BOM_UTF8):
        content, named = content[3:], "UTF-8 with BOM"
    else:
        named = "UTF-8"
    head = content[:4000]
    if b"\x00" in head:
        even, odd = head[::2].count(0), head[1::2].count(0)
        if min(even, odd) == 0 and max(even, odd) > len(head) // 4:
            return _decoded(content, "utf-16-be" if even else "utf-16-le", where), "UTF-16"
    if b"\x00" in content:
        raise InputError(
            "This is not a text file.",
            where=where,
            expected=expected,
            found=f"a zero byte at position {content.index(0) + 1}",
            remedy="Export it as TSV.",
        )
    try:
        return content.decode("utf-8"), named
    except UnicodeDecodeError:
        return _legacy(content, where), "Windows-1252"


def _decoded(content: bytes, encoding: str, where: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            "This file is cut off or damaged.",
            where=where,
            expected="UTF-16 text",
            found=f"{error.reason} at byte {error.start + 1}",
            remedy="Save it again as UTF-8.",
        ) from None


def _legacy(content: bytes, where: str) -> str:
    utf8, other = [], []
    for number, line in enumerate(content.split(b"\n"), start=1):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            utf8.append(number)
        except UnicodeDecodeError:
            other.append(number)
    if utf8:
        raise InputError(
            "This file mixes two text encodings.",
            where=f"{where}, line {listed(other)}",
            expected=f"UTF-8, as in line {listed(utf8, most=3)}",
            found="bytes that are not UTF-8",
            remedy="Two files were probably pasted together: save both as UTF-8 first.",
        )
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            "The text encoding of this file is not known.",
            where=f"{where}, line {row}",
            expected="UTF-8, UTF-16 or Windows-1252",
            found=f"the byte {content[error.start]:#04x}",
            remedy="Save it as UTF-8.",
        ) from None

"""Bytes from disk and back: clear messages, unpacked within limits, decoded, written whole or not at all."""

from __future__ import annotations

import codecs
import errno
import gzip
import io
import os
import tempfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from handbook_utils.errors import InputError, listed, nearest

#: The most that is ever unpacked or read into memory from one file (bytes).
MOST = 2 * 1024**3
#: Below this size (bytes) nothing is taken for a bomb: tables of zeros compress well.
HARMLESS = 64 * 1024**2
#: Above it, more than this many times its packed size is refused. Deflate reaches 1032.
RATIO = 200
_STEP = 1024**2

GZIP, ZIP, HDF5, OLD_EXCEL = b"\x1f\x8b", b"PK\x03\x04", b"\x89HDF\r\n\x1a\n", b"\xd0\xcf\x11\xe0"


def read(path: Path) -> bytes:
    r"""Read a file whole, unpacked where it is gzip.

    Parameters
    ----------
    path : pathlib.Path
        Must be a file of 1 byte or more.

    Raises
    ------
    InputError
        Not there, a folder, no permission, empty, too large, a gzip file that is cut off or a bomb.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = Path(folder, "a.tsv.gz")
    ...     _ = written.write_bytes(gzip.compress(b"id\tS1"))
    ...     read(written)
    b'id\tS1'
    """
    where = str(path)
    try:
        with path.open("rb") as opened:
            content = opened.read(MOST + 1)
    except FileNotFoundError:
        raise _not_there(path) from None
    except IsADirectoryError:
        raise InputError(
            "This is a folder, where a file is needed.",
            where=where,
            expected="a file; a folder only where it holds reports of Kraken 2 or Bracken",
            found=f"a folder with {listed(sorted(os.listdir(path))) or 'nothing in it'}",  # noqa: PTH208
            remedy="Name a file in it.",
        ) from None
    except PermissionError:
        raise InputError(
            "This file may not be read by you.",
            where=where,
            expected="permission to read",
            found="none",
            remedy=f"Ask its owner, or: chmod u+r {path.name}",
        ) from None
    except OSError as error:
        raise InputError(
            "This file could not be read.", where=where, found=error.strerror or str(error), remedy="Copy it anew."
        ) from None
    if len(content) > MOST:
        raise _too_large(where)
    if content[:2] == GZIP:
        content = _gunzip(content, where)
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise InputError(
            "This file is empty.",
            where=where,
            expected="a table",
            found=f"{len(content)} bytes" + (", all of them blank" if content else ""),
            remedy="Export or copy it again.",
        )
    return content


def head(path: Path, size: int = 5000) -> str:
    """Return how a file begins (bytes as Latin letters), unpacked where it is gzip; "" where it cannot be read."""
    try:
        with path.open("rb") as opened:
            packed = opened.read(2) == GZIP
            opened.seek(0)
            content = gzip.GzipFile(fileobj=opened).read(size) if packed else opened.read(size)
    except (OSError, EOFError, zlib.error):
        return ""
    return content.decode("latin-1")


def _not_there(path: Path) -> InputError:
    beside = sorted(other.name for other in path.parent.iterdir()) if path.parent.is_dir() else []
    close = nearest(path.name, beside)
    return InputError(
        "There is no such file.",
        where=str(path),
        found=f"the folder {path.parent} is not there either" if not path.parent.is_dir() else None,
        remedy=f"Did you mean {close!r}?" if close else "Check the name and the folder.",
    )


def _too_large(where: str) -> InputError:
    return InputError(
        "This file is larger than can be read into memory safely.",
        where=where,
        expected=f"at most {MOST // 1024**3} GiB",
        remedy="Convert the table to BIOM 2.1 (HDF5), or choose its samples first.",
    )


def _bomb(where: str, unpacked: int, packed: int) -> InputError:
    return InputError(
        "This archive unpacks to far more than it should, so it is not unpacked.",
        where=where,
        expected=f"at most {RATIO} times its packed size, and {MOST // 1024**3} GiB",
        found=f"more than {unpacked // 1024**2} MiB from {packed // 1024} KiB",
        remedy="If you trust it, unpack it yourself and give the unpacked file.",
    )


def _gunzip(content: bytes, where: str) -> bytes:
    made = io.BytesIO()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            while step := stream.read(_STEP):
                made.write(step)
                size = made.tell()
                if size > MOST or (size > HARMLESS and size > RATIO * len(content)):
                    raise _bomb(where, size, len(content))
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(
            "This gzip file is cut off or damaged.", where=where, found=str(error), remedy="Copy or download it again."
        ) from None
    return made.getvalue()


class Archive:
    """A zip file read in memory, never unpacked to disk, within limits.

    Parameters
    ----------
    content : bytes
        The zip file.
    where : str
        What messages call it.

    Raises
    ------
    InputError
        Damaged; a member whose path climbs out of the archive; a bomb.
    """

    def __init__(self, content: bytes, where: str) -> None:
        self.where = where
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise InputError(
                "This zip archive is cut off or damaged.",
                where=where,
                found=str(error),
                remedy="Copy or download it again.",
            ) from None
        self.names = self._zip.namelist()
        outside = [name for name in self.names if _climbs(name)]
        if outside:
            raise InputError(
                "This archive has members whose paths lead out of it, so it is not opened.",
                where=where,
                expected="paths inside the archive",
                found=listed([repr(name) for name in outside]),
                remedy="Do not trust this file; ask its maker for another.",
            )
        size = sum(member.file_size for member in self._zip.infolist())
        if size > MOST or (size > HARMLESS and size > RATIO * len(content)):
            raise _bomb(where, size, len(content))

    def read(self, name: str) -> bytes:
        """Return one member, or an InputError that names it where it is missing, damaged or locked."""
        if name not in self.names:
            close = nearest(name, self.names)
            raise InputError(
                "This archive lacks a member.",
                where=self.where,
                expected=name,
                found=f"the nearest is {close}" if close else f"{len(self.names)} others",
                remedy="Export it again from the program that made it.",
            )
        try:
            # Python stops at the size the archive states, which was checked when it was opened.
            return self._zip.read(name)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise InputError(
                "A member of this archive is damaged or locked.",
                where=f"{self.where}, {name}",
                found=str(error),
                remedy="Copy or download it again.",
            ) from None


def _climbs(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in (path.parts[0] if path.parts else "")


def decode(content: bytes, where: str) -> tuple[str, str]:
    r"""Turn bytes into text and say which encoding they have.

    Returns
    -------
    text : str
    encoding : str
        As :func:`sniffed` calls it.

    Examples
    --------
    >>> decode("café".encode("cp1252"), "a.csv")
    ('café', 'Windows-1252')
    """
    codec, start, named = sniffed(content, where)
    return content[start:].decode(codec), named


def sniffed(content: bytes, where: str) -> tuple[str, int, str]:
    """Find out which encoding bytes have, without making a text of them all.

    UTF-16 is known by its mark or by its zero bytes; what is not UTF-8 is read as Windows-1252, which is said; a file
    that is partly the one and partly the other is refused, because its ids would not match.

    Returns
    -------
    codec : str
        For Python.
    start : int
        Where the text begins, after a mark.
    encoding : str
        For people: ``"UTF-8"``, ``"UTF-8 with BOM"``, ``"UTF-16"`` or ``"Windows-1252"``.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        _checked(content, "utf-16", where)
        return "utf-16", 0, "UTF-16"
    start, named = (3, "UTF-8 with BOM") if content.startswith(codecs.BOM_UTF8) else (0, "UTF-8")
    head = content[start : start + 4000]
    if b"\x00" in head:
        even, odd = head[::2].count(0), head[1::2].count(0)
        if min(even, odd) == 0 and max(even, odd) > len(head) // 4:
            codec = "utf-16-be" if even else "utf-16-le"
            _checked(content, codec, where)
            return codec, 0, "UTF-16"
    if b"\x00" in content:
        raise InputError(
            "This is not a text file.",
            where=where,
            expected="a table as text, BIOM, Excel (.xlsx) or QIIME 2 (.qza)",
            found=f"a zero byte at position {content.index(0) + 1}",
            remedy="Export it as TSV.",
        )
    try:
        _steps(content, "utf-8", start)
    except UnicodeDecodeError:
        _legacy(content[start:], where)
        return "cp1252", start, "Windows-1252"
    return "utf-8", start, named


def _steps(content: bytes, codec: str, start: int = 0) -> None:
    """Decode piece by piece, so that a large file is not in memory twice only to know that it can be."""
    decoder, view = codecs.getincrementaldecoder(codec)(), memoryview(content)
    for at in range(start, len(content), _STEP):
        decoder.decode(bytes(view[at : at + _STEP]))
    decoder.decode(b"", final=True)


def _checked(content: bytes, encoding: str, where: str) -> None:
    try:
        _steps(content, encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            "This file is cut off or damaged.",
            where=where,
            expected="UTF-16 text",
            found=f"{error.reason} at byte {error.start + 1}",
            remedy="Save it again as UTF-8.",
        ) from None


def _legacy(content: bytes, where: str) -> None:
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
        content.decode("cp1252")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            "The text encoding of this file is not known.",
            where=f"{where}, line {row}",
            expected="UTF-8, UTF-16 or Windows-1252",
            found=f"the byte {content[error.start]:#04x}",
            remedy="Save it as UTF-8.",
        ) from None


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: to a temporary file beside it, which then takes its name.

    Raises
    ------
    InputError
        The folder is not there, may not be written, or the disk is full; nothing is left behind.
    """
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=".handbook-", dir=path.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
        # A temporary file is private; what takes its place has the permissions a new file would have had.
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        temporary.replace(path)
    except OSError as error:
        remedies = {
            errno.ENOSPC: "Make room on the disk, or choose another folder.",
            errno.EACCES: "Choose a folder you may write to.",
            errno.ENOENT: "Make the folder first.",
            errno.EISDIR: "Choose another name: there is a folder of this one.",
        }
        raise InputError(
            "This file could not be written; nothing was changed.",
            where=str(path),
            found=error.strerror or str(error),
            remedy=remedies.get(error.errno or 0, "Choose another place."),
        ) from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)

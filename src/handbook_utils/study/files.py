"""Bytes from disk: clear messages, unpacked within limits; a text stays there, and is read line by line."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from handbook_utils.errors import InputError, listed, nearest

#: The most that is ever unpacked or read into memory from one file (bytes).
MOST = 2 * 1024**3
#: Below this size (bytes) nothing is taken for a bomb: tables of zeros compress well.
HARMLESS = 64 * 1024**2
#: Above it, more than this many times its packed size is refused. Deflate reaches 1032.
RATIO = 200
_STEP = 1024**2
_BLANK = b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"

GZIP, ZIP, HDF5, OLD_EXCEL = b"\x1f\x8b", b"PK\x03\x04", b"\x89HDF\r\n\x1a\n", b"\xd0\xcf\x11\xe0"


@contextmanager
def opened(path: Path, *, raw: bool = False) -> Iterator[BinaryIO]:
    """Open a file that may be looked at more than once, and is no larger than may be read; unpacked where it is gzip.

    A packed text is unpacked as it is read, each time anew, so that it is never in memory; :func:`read` has looked
    through it before.

    Parameters
    ----------
    path : pathlib.Path
        Any.
    raw : bool
        Whether what is packed stays packed.

    Yields
    ------
    BinaryIO
        At its begin.

    Raises
    ------
    InputError
        Not there, a folder, no permission, a pipe, too large; or it fails while it is read.
    """
    where = str(path)
    try:
        if _is_stream(path):
            raise InputError(
                "This is a pipe or a device, where a file is needed.",
                where=where,
                expected="a file, which can be looked at more than once",
                found="something that is read once, or never ends",
                remedy="Save it as a file first.",
            )
        with path.open("rb") as held:
            if held.seek(0, os.SEEK_END) > MOST:
                raise _too_large(where)
            held.seek(0)
            packed = held.read(len(GZIP)) == GZIP
            held.seek(0)
            yield cast(BinaryIO, gzip.GzipFile(fileobj=held)) if packed and not raw else held
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


def read(path: Path) -> bytes | None:
    r"""Read what is an archive or HDF5, unpacked where it is gzip; what is none of these stays on the disk.

    Parameters
    ----------
    path : pathlib.Path
        Must be a file of 1 byte or more.

    Returns
    -------
    bytes or None
        Of 1 or more, at most :data:`MOST`; None where it may be text, which is read line by line.

    Raises
    ------
    InputError
        As :func:`opened`; it is empty; a gzip file that is cut off or a bomb.

    Examples
    --------
    >>> import gzip, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = Path(folder, "a.tsv.gz")
    ...     _ = written.write_bytes(gzip.compress(HDF5 + b"and more"))
    ...     read(written)[-8:]
    b'and more'
    """
    where = str(path)
    with opened(path, raw=True) as held:
        packed = held.read(len(GZIP)) == GZIP
        held.seek(0)
        steps = _unpacked(held, where) if packed else iter(lambda: held.read(_STEP), b"")
        first = next(steps, b"")
        pieces: Iterable[bytes] = chain([first], steps)
        content = None
        if first.startswith((GZIP, ZIP, HDF5)):
            content = b"".join(pieces)
            pieces = (content[at : at + _STEP] for at in range(0, len(content), _STEP))
        size, filled = 0, False
        for piece in pieces:
            size += len(piece)
            filled = filled or bool(piece.strip(_BLANK))
    if not filled:
        raise InputError(
            "This file is empty.",
            where=where,
            expected="a table",
            found=f"{size} bytes" + (", all of them blank" if size else ""),
            remedy="Export or copy it again.",
        )
    return content


def head(path: Path, size: int = 5000) -> str:
    """Return how a file begins (bytes as Latin letters), unpacked where it is gzip; "" where it cannot be read.

    Parameters
    ----------
    path : pathlib.Path
        Any.
    size : int
        Bytes.

    Returns
    -------
    str
        As many letters, or fewer.
    """
    try:
        if _is_stream(path):
            return ""
        with path.open("rb") as opened:
            packed = opened.read(2) == GZIP
            opened.seek(0)
            content = gzip.GzipFile(fileobj=opened).read(size) if packed else opened.read(size)
    except (OSError, EOFError, zlib.error):
        return ""
    return content.decode("latin-1")


def _is_stream(path: Path) -> bool:
    return path.exists() and not path.is_file() and not path.is_dir()


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


def _unpacked(packed: BinaryIO, where: str) -> Iterator[bytes]:
    """Yield what a gzip file holds, within limits.

    Raises
    ------
    InputError
        Cut off, damaged, or a bomb.
    """
    length, size = packed.seek(0, os.SEEK_END), 0
    packed.seek(0)
    try:
        with gzip.GzipFile(fileobj=packed) as stream:
            while step := stream.read(_STEP):
                size += len(step)
                if size > MOST or (size > HARMLESS and size > RATIO * length):
                    raise _bomb(where, size, length)
                yield step
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(
            "This gzip file is cut off or damaged.", where=where, found=str(error), remedy="Copy or download it again."
        ) from None


def gunzip(content: bytes, where: str) -> bytes:
    """Unpack gzip within limits.

    Parameters
    ----------
    content : bytes
        Packed.
    where : str
        What messages call it.

    Returns
    -------
    bytes
        At most :data:`MOST`.

    Raises
    ------
    InputError
        Cut off, damaged, or a bomb.

    Examples
    --------
    >>> gunzip(gzip.compress(b"id"), "a.gz")
    b'id'
    """
    return b"".join(_unpacked(io.BytesIO(content), where))


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
        """Return one member, or an InputError that names it where it is missing, damaged or locked.

        Parameters
        ----------
        name : str
            Of the member.

        Returns
        -------
        bytes
            Unpacked.

        Raises
        ------
        InputError
            There is no such member, or it cannot be unpacked.
        """
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
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
            ValueError,
            OSError,
        ) as error:
            raise InputError(
                "A member of this archive is damaged or locked.",
                where=f"{self.where}, {name}",
                found=str(error),
                remedy="Copy or download it again.",
            ) from None


def _climbs(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in (path.parts[0] if path.parts else "")

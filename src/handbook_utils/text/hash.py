"""The one SHA-256 of the handbook: of bytes, of files, and of what must be found out when it was cut or changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

_MARK = b"sha256 "
_HEAD = len(_MARK) + 64 + 1


def sha256(content: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal.

    Parameters
    ----------
    content : bytes
        Any.

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> sha256(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(content).hexdigest()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces.

    Parameters
    ----------
    path : pathlib.Path
        Of a size that need not fit into memory.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sealed(content: bytes) -> bytes:
    r"""Put its own SHA-256 before a content, on a line of its own.

    Parameters
    ----------
    content : bytes
        What is to be kept.

    Returns
    -------
    bytes
        What :func:`unsealed` takes.

    Examples
    --------
    >>> unsealed(sealed(b"all of it")), unsealed(sealed(b"all of it")[:-1])
    (b'all of it', None)
    """
    return _MARK + sha256(content).encode("ascii") + b"\n" + content


def unsealed(kept: bytes) -> bytes | None:
    """Return what was sealed, or None where it is cut, changed, or was never sealed.

    Parameters
    ----------
    kept : bytes
        What :func:`sealed` returned, or what a disk made of it.

    Returns
    -------
    bytes or None
        The content, verified.
    """
    content = kept[_HEAD:]
    return content if kept[:_HEAD] == _MARK + sha256(content).encode("ascii") + b"\n" else None

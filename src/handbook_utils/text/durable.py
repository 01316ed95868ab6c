"""Files that are there whole or not at all, whatever kills the writer, and locks that its death gives back.

A file is written beside its place under a name of its own (``.<name>.<random>.part``, locked as long as its writer
lives), brought to the disk (fsync of the file, then of the folder) and takes its name by one step, which replaces
nothing unless asked. What a killed writer left is found unlocked, and cleared by :func:`clear`.
"""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from handbook_utils.errors import InputError

#: How what is not yet whole is named, and a folder that makes room for its successor.
PART, OLD = ".part", ".old"
#: Others may make the same folder at the same time; so often it is tried again.
_ATTEMPTS = 5
#: Files that are brought to the disk at once, which waits for many as long as for one (a book: 5 s, and 0.3 s so).
_AT_ONCE = 16
_LOCK = ".lock"
_PRIVATE = 0o600
_REMEDIES = {
    errno.ENOSPC: "Make room on the disk, or choose another folder.",
    errno.EDQUOT: "Make room on the disk, or choose another folder.",
    errno.EACCES: "Choose a folder you may write to.",
    errno.EROFS: "Choose a folder you may write to.",
    errno.ENOENT: "Make the folder first.",
    errno.EISDIR: "Choose another name: there is a folder of this one.",
}
#: File systems that have no hard links say so in one of these ways.
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


def lock(path: Path) -> IO[bytes]:
    """Lock a file as long as it is open; the system takes the lock back when the process ends, however it ends.

    Parameters
    ----------
    path : pathlib.Path
        Made where it is not there; its content stays.

    Returns
    -------
    file
        Closing it gives the lock back.

    Raises
    ------
    OSError
        Somebody else holds it (``BlockingIOError`` on POSIX), or it cannot be opened.
    """
    file = path.open("ab")
    try:
        _take(file)
    except OSError:
        file.close()
        raise
    return file


def _take(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def locked(path: Path, busy: str, *, patience: float = 0.0) -> Iterator[None]:
    """Hold a lock, or say who else must be waited for.

    Parameters
    ----------
    path : pathlib.Path
        The lock's own file, which stays.
    busy : str
        What is told where somebody else holds it.
    patience : float
        Seconds to wait for it.

    Raises
    ------
    InputError
        Somebody else holds it still, or it cannot be made there.
    """
    until = time.monotonic() + patience
    while True:
        try:
            held = lock(path)
            break
        except (BlockingIOError, PermissionError) as error:
            if isinstance(error, PermissionError) and not os.access(path, os.W_OK):
                raise _unwritten(path, error) from None
            if time.monotonic() >= until:
                raise InputError(
                    busy, where=str(path.parent), remedy="Wait until it is done, or end the other one."
                ) from None
            time.sleep(0.05)
        except OSError as error:
            raise _unwritten(path, error) from None
    try:
        yield
    finally:
        held.close()


def write(path: Path, content: bytes, *, replace: bool = False, private: bool = False) -> None:
    """Write a file whole or not at all, and bring it to the disk before it is seen.

    Parameters
    ----------
    path : pathlib.Path
        In a folder that is there.
    content : bytes
        All of it.
    replace : bool
        Whether what is there already may be replaced.
    private : bool
        Whether only its owner may read it.

    Raises
    ------
    InputError
        There is such a file already; the folder is not there, may not be written, or the disk is full. Nothing is left
        behind, and what was there is as it was.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(Path(folder, "a.txt"), b"all of it")
    ...     Path(folder, "a.txt").read_bytes(), len(list(Path(folder).iterdir()))
    (b'all of it', 1)
    """
    part = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}{PART}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE if private else 0o666), "wb") as to:
            with contextlib.suppress(OSError):  # where there are no locks, nothing is cleared either
                _take(to)
            to.write(content)
            to.flush()
            place(part, path, replace=replace)
    except OSError as error:
        raise _unwritten(path, error) from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def place(made: Path, path: Path, *, replace: bool = False) -> None:
    """Bring something that is whole to the disk, give it its name by one step, and bring that to the disk, too.

    Parameters
    ----------
    made : pathlib.Path
        A file or a folder on the same disk.
    path : pathlib.Path
        Its name.
    replace : bool
        Whether what is there already may be replaced. No system replaces a folder by one step: the old one moves aside
        first and is removed last, and :func:`mend` puts it back where a kill came in between.

    Raises
    ------
    OSError
        ``FileExistsError`` where there is something already and it may not be replaced.
    """
    _sync(made)
    if made.is_dir():
        if path.exists() and not replace:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        _place_folder(made, path)
    elif replace:
        os.replace(made, path)  # noqa: PTH105 - the one rename of the handbook
    else:
        _link(made, path)
    _sync_folder(path.parent)


def _place_folder(made: Path, path: Path) -> None:
    for attempt in range(_ATTEMPTS):
        aside = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}{OLD}")
        there = path.exists()
        if there:
            with contextlib.suppress(FileNotFoundError):  # somebody else has just moved it
                path.rename(aside)
        try:
            made.rename(path)  # the system refuses where somebody else has placed a folder meanwhile
        except OSError:
            if attempt < _ATTEMPTS - 1 and path.exists():
                continue
            if aside.exists():
                aside.rename(path)
            raise
        _sync_folder(path.parent)
        shutil.rmtree(aside, ignore_errors=True)
        return


def mend(path: Path) -> None:
    """Put right what a kill left of a folder that was being made or replaced; nobody may be at work on it.

    Parameters
    ----------
    path : pathlib.Path
        The folder. Where it is not there and an older one had moved aside, that is put back; all else is removed.
    """
    aside = sorted(path.parent.glob(f".{glob.escape(path.name[:100])}.*{OLD}"), key=lambda one: one.stat().st_mtime)
    if aside and not path.exists():
        aside.pop().rename(path)
        _sync_folder(path.parent)
    for left in [*aside, *path.parent.glob(f".{glob.escape(path.name[:100])}.*{PART}")]:
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)


def _link(made: Path, path: Path) -> None:
    try:
        os.link(made, path)  # unlike a rename, it never replaces
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        os.replace(made, path)  # noqa: PTH105
    else:
        made.unlink()


def _sync(path: Path) -> None:
    """Bring a file, or a folder with all that is in it, to the disk."""
    if path.is_dir():
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(_sync_one, path.rglob("*")))
    _sync_one(path)


def _sync_one(path: Path) -> None:
    if path.is_dir():
        _sync_folder(path)
        return
    # Not to be changed, or a file that is nobody's to change could not be brought there; Windows wants it so.
    handle = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return  # a folder cannot be opened there
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def clear(folder: Path) -> list[Path]:
    """Remove what killed writers left in a folder; what is still being written is left alone.

    Parameters
    ----------
    folder : pathlib.Path
        Not its subfolders; it need not be there.

    Returns
    -------
    list of pathlib.Path
        What was removed.
    """
    removed = []
    for part in sorted(folder.glob(f".*{PART}")):
        try:
            held = lock(part)
        except OSError:
            continue
        part.unlink(missing_ok=True)
        held.close()
        removed.append(part)
    return removed


@contextmanager
def working_folder(above: Path, prefix: str) -> Iterator[Path]:
    """Make a folder to work in, locked as long as its maker lives, and remove it when the work is done.

    Parameters
    ----------
    above : pathlib.Path
        Where it lies.
    prefix : str
        How its name begins; :func:`clear_folders` clears those of makers that were killed.

    Yields
    ------
    pathlib.Path
        The folder.

    Raises
    ------
    OSError
        It cannot be made there.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as above:
    ...     with working_folder(Path(above), ".work-") as folder:
    ...         found = clear_folders(Path(above), ".work-"), folder.is_dir()
    ...     found, folder.exists()
    (([], True), False)
    """
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=above))
        try:
            held = lock(folder / _LOCK)
        except (BlockingIOError, FileNotFoundError):
            continue  # somebody who clears up has taken it for one that was left
        if (folder / _LOCK).exists():
            break
        held.close()
    try:
        yield folder
    finally:
        remove(folder)
        held.close()


def clear_folders(above: Path, prefix: str) -> list[Path]:
    """Remove folders whose makers live no more.

    Parameters
    ----------
    above : pathlib.Path
        Where they lie.
    prefix : str
        How their names begin; nothing else may have such a name.

    Returns
    -------
    list of pathlib.Path
        What was removed. Folders of makers that are at work, and those with something in them but a lock, are left
        alone.
    """
    removed = []
    for folder in sorted(above.glob(f"{prefix}*")):
        locked = folder / _LOCK
        if folder.is_symlink() or not os.access(folder, os.W_OK):
            continue
        if not locked.is_file():
            with contextlib.suppress(OSError):
                folder.rmdir()  # of one that was killed before anything was in it
                removed.append(folder)
            continue
        try:
            held = lock(locked)
        except OSError:
            continue  # somebody's, who is still there
        remove(folder)
        held.close()
        removed.append(folder)
    return removed


def remove(folder: Path) -> None:
    """Remove a working folder, into which processes that are just ending may still write; its lock goes last.

    Parameters
    ----------
    folder : pathlib.Path
        With all that is in it. Who is killed here leaves a folder that can still be told to be nobody's.
    """
    for _ in range(3):
        for path in folder.glob("*") if folder.is_dir() else ():
            if path.name == _LOCK:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return


def _unwritten(path: Path, error: OSError) -> InputError:
    if isinstance(error, FileExistsError):
        return InputError(
            "There is something of this name already, and it is not replaced.",
            where=str(path),
            remedy="Choose another name, or remove it first.",
        )
    return InputError(
        "This file could not be written; nothing was changed.",
        where=str(path),
        found=error.strerror or str(error),
        remedy=_REMEDIES.get(error.errno or 0, "Choose another place."),
    )

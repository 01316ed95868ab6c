"""The paths among the answers: those that must be there are looked for before anything runs."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from handbook_utils.asking.values import PATHS, WORDS, Value
from handbook_utils.errors import InputError, listed, nearest


def paths_of(value: str) -> list[Path]:
    """Return the paths in the value of a parameter: one, or several with the system's sign between paths.

    Parameters
    ----------
    value : str
        One path, or several as :func:`joined` writes them.

    Returns
    -------
    list of pathlib.Path
        In the order given; none is looked for.

    Examples
    --------
    >>> [path.name for path in paths_of(os.pathsep.join(["a.report", "b.report"]))]
    ['a.report', 'b.report']
    >>> paths_of("")
    []
    """
    # A file may have that sign in its own name; several together may be longer than any name.
    if value and os.path.exists(value):  # noqa: PTH110 - a Path of a name that is too long raises
        return [Path(value).expanduser()]
    return [Path(part.replace(os.pathsep * 2, os.pathsep)).expanduser() for part in _PART.findall(value)]


#: A path of several: the sign between paths stands in it only twice in a row, which means once.
_PART = re.compile(rf"(?:[^{os.pathsep}]|{os.pathsep * 2})+")


def joined(paths: Iterable[Path | str]) -> str:
    """Write paths as one text, of which :func:`paths_of` makes the same paths again.

    Parameters
    ----------
    paths : iterable of pathlib.Path or str
        One is written as it is.

    Returns
    -------
    str
        The system's sign between paths; where a path of several has it in a name, it is written twice.

    Examples
    --------
    >>> several = ["/my:study/a.csv", "/my:study/b.csv"]
    >>> [str(path) for path in paths_of(joined(several))] == several
    True
    """
    given = [str(path) for path in paths]
    if len(given) == 1:
        return given[0]
    return os.pathsep.join(path.replace(os.pathsep, os.pathsep * 2) for path in given)


def found_from(folder: Path, kind: str, value: Any) -> Any:
    """Make the paths in an answer ones from the folder of the file that gives it: a plan, a file of parameters.

    Parameters
    ----------
    folder : pathlib.Path
        Where that file lies.
    kind : str
        Of the answer; what is no path stays as it is.
    value : object
        The answer, of several files also a list.

    Returns
    -------
    object
        Paths as text, several with ``os.pathsep`` between them; anything else as it was.

    Examples
    --------
    >>> found_from(Path("/study"), "file", "../my.biom"), found_from(Path("/study"), "str", "../a")
    ('/my.biom', '../a')
    """
    if kind not in PATHS or not value:
        return value
    folder = folder.resolve()
    if isinstance(value, list):
        paths = [Path(str(path)).expanduser() for path in value]
    elif kind == "files" and not os.path.exists(folder / str(value)):  # noqa: PTH110 - likewise
        paths = paths_of(str(value))
    else:
        paths = [Path(str(value)).expanduser()]
    return joined(os.path.normpath(folder / path) for path in paths)


def without_folders(kinds: Mapping[str, str], values: Mapping[str, Value]) -> dict[str, Value]:
    """Cut the paths of the reader's files down to their names.

    What is handed on needs no more: a path on somebody's machine says nothing to others, and often tells more than it
    should about its owner. The files are known by their checksums.

    Parameters
    ----------
    kinds : mapping of str to str
        The kind of each answer.
    values : mapping
        The answers.

    Returns
    -------
    dict
        The same answers, in the same order.

    Examples
    --------
    >>> without_folders({"table": "file", "group": "str"}, {"table": "data/my.biom", "group": "a/b"})
    {'table': 'my.biom', 'group': 'a/b'}
    """
    return {
        name: ", ".join(path.name for path in _meant(kind, str(value))) if value and kind in PATHS else value
        for name, value in values.items()
        for kind in [kinds[name]]
    }


def _meant(kind: str, value: str) -> list[Path]:
    """Return the paths of an answer that is no list by its kind: a place that is not there yet is one all the same."""
    return paths_of(value) if kind == "files" else [Path(value)]


def found_paths(given: str, name: str, kind: str) -> list[Path]:
    """Return the files or the folder that a parameter names, all of them there and readable.

    Parameters
    ----------
    given : str
        One path; of ``files`` also a folder, a pattern, or several paths with the system's sign between them.
    name : str
        The parameter, for messages.
    kind : {"file", "files", "folder"}
        What is asked for.

    Returns
    -------
    list of pathlib.Path
        In alphabetical order where they come from a folder or a pattern.

    Raises
    ------
    InputError
        Something is not there, is of the other kind, or cannot be read.
    """
    asked = _Asked(name, kind)
    if kind != "files":
        return [asked.right(Path(given).expanduser())]
    found: list[Path] = []
    for path in paths_of(given):
        if not path.exists() and glob.has_magic(str(path)):
            found += asked.matching(path)
        elif path.is_dir():
            found += asked.inside(path)
        else:
            found.append(path)
    return [asked.right(path) for path in found]


class _Asked:
    """What a path is asked for, for messages."""

    def __init__(self, name: str, kind: str) -> None:
        self.name = name
        self.kind = kind
        self.one = "folder" if kind == "folder" else "file"

    def error(self, problem: str, found: str, remedy: str) -> InputError:
        return InputError(
            f"Parameter '{self.name}' {problem}.",
            where=f"parameter {self.name}",
            expected=WORDS[self.kind],
            found=found,
            remedy=remedy,
        )

    def matching(self, pattern: Path) -> list[Path]:
        folder = next(above for above in pattern.parents if above.is_dir())
        found = sorted(folder.glob(str(pattern.relative_to(folder))))
        files = [path for path in found if path.is_file() and not path.name.startswith(".")]
        if not files:
            there = f"{folder} holds {listed(_names(folder)) or 'nothing'}"
            raise self.error("is a pattern that no file matches", f"{pattern}; {there}", "Check folder and pattern.")
        return files

    def inside(self, folder: Path) -> list[Path]:
        files = [folder / name for name in _names(folder) if (folder / name).is_file()]
        if not files:
            raise self.error("names a folder without files", str(folder), "Name the folder that holds them.")
        return files

    def right(self, path: Path) -> Path:
        try:
            if not path.exists():
                folder = path.parent if path.parent.is_dir() else Path()
                close = nearest(path.name, _names(folder))
                remedy = f"Did you mean {folder / close}?" if close else "Check the path."
                raise self.error(f"names a {self.one} that is not there", str(path), remedy)
            if self.kind == "folder":
                if not path.is_dir():
                    raise self.error("names a file, where a folder is needed", str(path), "Name the folder it is in.")
            elif path.is_dir():
                inside = f"a folder with {listed(_names(path)) or 'nothing in it'}"
                raise self.error("names a folder, where a file is needed", f"{path}: {inside}", "Name a file in it.")
            elif not path.is_file():
                raise self.error("names something that is no file", str(path), "Save it as a file first.")
            else:
                path.open("rb").close()
        except OSError as error:
            remedy = (
                f"Ask its owner, or: chmod u+r {path.name}" if isinstance(error, PermissionError) else "Copy it anew."
            )
            raise self.error(
                f"names a {self.one} that cannot be read", f"{path}: {error.strerror or error}", remedy
            ) from None
        return path


def _names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))

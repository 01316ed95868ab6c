"""Parameters of a chapter: read from its parameters cell, checked before anything runs.

A line of the cell is ``name: type = default  # help``, the usual papermill form. The help may end in a range
``[1..1000]``, a choice ``{a | b}``, ``(file)``, ``(files)`` or ``(folder)``; these are checked, too. A ``(place)`` is
where a file is to be, whether it is there or not.
"""

from __future__ import annotations

import ast
import glob
import importlib
import logging
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handbook_utils.errors import InputError, InputErrors, listed, nearest

if TYPE_CHECKING:
    from handbook_utils.chapters.catalogue import Chapter

Value = int | float | str | bool

_TYPES: dict[str, type] = {"int": int, "float": float, "str": str, "bool": bool}
_WORDS = {"int": "a whole number", "float": "a number", "str": "text", "bool": "true or false"}
_RANGE = re.compile(r"\s*\[(?P<low>[^\[\]]*)\.\.(?P<high>[^\[\]]*)\]$")
_CHOICE = re.compile(r"\s*\{(?P<choices>[^{}]+)\}$")
_PATH = re.compile(r"\s*\((?P<kind>files?|folder|place)\)$")

#: The types that are paths, in words; where they lie is nobody's business in what is handed on.
PATHS = {
    "file": "a file that exists",
    "files": "a file that exists; or several: a folder of them, or a pattern in quotes, as 'reports/*.kreport'",
    "folder": "a folder that exists",
    "place": "the path of a file, which need not exist",
}
#: Those among them that are read by a run.
READ = frozenset(PATHS) - {"place"}


@dataclass(frozen=True)
class Parameter:
    """One parameter of a chapter.

    Attributes
    ----------
    name : str
        As in the chapter.
    type : {"int", "float", "str", "bool", "file", "files", "folder", "place"}
        ``file``, ``files`` and ``folder`` are paths that must exist, or "" for the bundled data. ``files`` is one file
        or several (reports of several samples), which :func:`paths_of` takes apart. A ``place`` need not exist.
    default : int, float, str or bool
        What the book's own chapter runs with.
    help : str
        What it means, without the range or choice.
    low, high : float or None
        Both ends belong to the range.
    choices : tuple of str
        Empty where anything goes.
    """

    name: str
    type: str
    default: Value
    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()

    @property
    def allowed(self) -> str:
        """The values it may take, in words."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.type in PATHS:
            return PATHS[self.type]
        words = _WORDS[self.type]
        if self.low is not None and self.high is not None:
            return f"{words} from {self.low:.15g} to {self.high:.15g}"
        if self.low is not None:
            return f"{words}, at least {self.low:.15g}"
        if self.high is not None:
            return f"{words}, at most {self.high:.15g}"
        return words

    def checked(self, given: object) -> Value:
        """Return ``given`` as this parameter's type.

        Parameters
        ----------
        given : object
            A value, or the text of one as it stands on a command line; of ``files`` also a list.

        Returns
        -------
        int, float, str or bool
            A path comes back absolute, since a chapter runs in a folder of its own; a folder or pattern of ``files``
            comes back as the files it means today.

        Raises
        ------
        InputError
            Where it is of another type, out of range, or not there.

        Examples
        --------
        >>> Parameter("depth", "int", 1000, "reads", low=1).checked("250")
        250
        >>> Parameter("depth", "int", 1000, "reads", low=1).checked("0")
        Traceback (most recent call last):
        ...
        handbook_utils.errors.InputError: Parameter 'depth' cannot be '0'.
          where:    parameter depth
          expected: a whole number, at least 1
          found:    0
          remedy:   Leave it out for the default, 1000.
        """
        if self.type == "place":
            return str(Path(str(given)).expanduser().resolve()) if given else ""
        if self.type in READ:
            text = os.pathsep.join(map(str, given)) if isinstance(given, list) else str(given)
            return os.pathsep.join(str(path.resolve()) for path in self._paths(text)) if text else ""
        value = _as_type(given, self.type)
        if value is None or not self._fits(value):
            close = nearest(str(given), self.choices)
            meant = f"Did you mean '{close}'? " if close else ""
            raise InputError(
                f"Parameter '{self.name}' cannot be '{given}'.",
                where=f"parameter {self.name}",
                expected=self.allowed,
                found=str(given) or "nothing",
                remedy=f"{meant}Leave it out for the default, {self.default!r}.",
            )
        return value

    def _fits(self, value: Value) -> bool:
        if self.choices and str(value) not in self.choices:
            return False
        if isinstance(value, str):
            return True
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def _paths(self, given: str) -> list[Path]:
        if self.type != "files":
            return [self._right(Path(given).expanduser())]
        found: list[Path] = []
        for path in paths_of(given):
            if not path.exists() and glob.has_magic(str(path)):
                found += self._matching(path)
            elif path.is_dir():
                found += self._inside(path)
            else:
                found.append(path)
        return [self._right(path) for path in found]

    def _matching(self, pattern: Path) -> list[Path]:
        folder = next(above for above in pattern.parents if above.is_dir())
        found = sorted(folder.glob(str(pattern.relative_to(folder))))
        files = [path for path in found if path.is_file() and not path.name.startswith(".")]
        if not files:
            there = f"{folder} holds {listed(_names(folder)) or 'nothing'}"
            raise self._error("is a pattern that no file matches", f"{pattern}; {there}", "Check folder and pattern.")
        return files

    def _inside(self, folder: Path) -> list[Path]:
        files = [folder / name for name in _names(folder) if (folder / name).is_file()]
        if not files:
            raise self._error("names a folder without files", str(folder), "Name the folder that holds them.")
        return files

    def _right(self, path: Path) -> Path:
        try:
            if not path.exists():
                folder = path.parent if path.parent.is_dir() else Path()
                close = nearest(path.name, _names(folder))
                remedy = f"Did you mean {folder / close}?" if close else "Check the path."
                raise self._error(f"names a {self._one} that is not there", str(path), remedy)
            if self.type == "folder":
                if not path.is_dir():
                    raise self._error("names a file, where a folder is needed", str(path), "Name the folder it is in.")
            elif path.is_dir():
                inside = f"a folder with {listed(_names(path)) or 'nothing in it'}"
                raise self._error("names a folder, where a file is needed", f"{path}: {inside}", "Name a file in it.")
            elif not path.is_file():
                raise self._error("names something that is no file", str(path), "Save it as a file first.")
            else:
                path.open("rb").close()
        except OSError as error:
            remedy = (
                f"Ask its owner, or: chmod u+r {path.name}" if isinstance(error, PermissionError) else "Copy it anew."
            )
            raise self._error(
                f"names a {self._one} that cannot be read", f"{path}: {error.strerror or error}", remedy
            ) from None
        return path

    @property
    def _one(self) -> str:
        return "folder" if self.type == "folder" else "file"

    def _error(self, problem: str, found: str, remedy: str) -> InputError:
        return InputError(
            f"Parameter '{self.name}' {problem}.",
            where=f"parameter {self.name}",
            expected=self.allowed,
            found=found,
            remedy=remedy,
        )


def paths_of(value: str) -> list[Path]:
    """Return the paths in the value of a parameter: one, or several with the system's sign between paths.

    Examples
    --------
    >>> [path.name for path in paths_of(os.pathsep.join(["a.report", "b.report"]))]
    ['a.report', 'b.report']
    """
    # A file may have that sign in its own name.
    parts = [value] if Path(value).exists() else value.split(os.pathsep)
    return [Path(part).expanduser() for part in parts if part]


def without_folders(parameters: Iterable[Parameter], values: Mapping[str, Value]) -> dict[str, Value]:
    """Cut the paths of the reader's files down to their names.

    What is handed on needs no more: a path on somebody's machine says nothing to others, and often tells more than it
    should about its owner. The files are known by their checksums.

    Parameters
    ----------
    parameters : iterable of Parameter
        They say which values are paths.
    values : mapping
        All parameters of a run.

    Returns
    -------
    dict
        The same values, in the same order.
    """
    paths = {parameter.name for parameter in parameters if parameter.type in PATHS}
    return {
        name: ", ".join(path.name for path in paths_of(str(value))) if name in paths else value
        for name, value in values.items()
    }


def _names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))


def _as_type(given: object, kind: str) -> Value | None:
    if kind == "bool":
        words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        return given if isinstance(given, bool) else words.get(str(given).strip().lower())
    if kind == "str":
        return given if isinstance(given, str) else str(given)
    if isinstance(given, bool) or not isinstance(given, (int, float, str)):
        return None
    try:
        number = float(given)
        if kind == "int":
            return int(str(given)) if isinstance(given, str) else (int(given) if number.is_integer() else None)
        return number if number == number else None
    except ValueError:
        return None


def read_parameters(cell: Any, where: str) -> tuple[Parameter, ...]:
    """Read the parameters of a parameters cell.

    Parameters
    ----------
    cell : nbformat.NotebookNode
        The cell tagged ``parameters``.
    where : str
        Named in error messages.

    Raises
    ------
    InputError
        A line that is not ``name: type = default  # help``.
    """
    # Slow to import, and only needed when chapters are read.
    from papermill.translators import PythonTranslator

    logging.getLogger("papermill").setLevel(logging.ERROR)
    found = PythonTranslator.inspect(cell)
    lines = [line for line in cell.source.splitlines() if line.strip() and not line.strip().startswith("#")]
    if len(found) != len(lines):
        raise InputError(
            "A line of the parameters cell cannot be read.",
            where=where,
            expected="name: type = default  # help, on one line, without another = or # in it",
            found=f"{len(lines)} lines, of which {len(found)} are read",
        )
    return tuple(_parameter(entry, where) for entry in found)


def _parameter(entry: Any, where: str) -> Parameter:
    kind, text = entry.inferred_type_name, entry.help
    if kind not in _TYPES:
        raise InputError(
            f"Parameter '{entry.name}' has no known type.",
            where=where,
            expected=f"one of {', '.join(_TYPES)}",
            found=kind,
            remedy=f"Write {entry.name}: int = …",
        )
    low = high = None
    choices: tuple[str, ...] = ()
    if match := _RANGE.search(text):
        low, high = (float(end) if end.strip() else None for end in (match["low"], match["high"]))
    elif match := _CHOICE.search(text):
        choices = tuple(choice.strip() for choice in match["choices"].split("|"))
    elif match := _PATH.search(text):
        kind = match["kind"]
    if match:
        text = text[: match.start()]
    if not text:
        raise InputError(f"Parameter '{entry.name}' has no help.", where=where, expected="# what it means")
    return Parameter(entry.name, kind, ast.literal_eval(entry.default), text.strip(), low, high, choices)


def check_parameters(chapter: Chapter, given: Mapping[str, object]) -> dict[str, Value]:
    """Complete and check the parameters of a run, before anything is executed.

    Parameters
    ----------
    chapter : Chapter
        What is to be run.
    given : mapping of str to object
        Values, or their text; what is left out keeps its default.

    Returns
    -------
    dict
        Every parameter of the chapter, in its order.

    Raises
    ------
    InputErrors
        All that is wrong at once: unknown names (with the nearest), wrong types, values out of range, missing files.
    """
    known = {parameter.name: parameter for parameter in chapter.parameters}
    errors = []
    checked: dict[str, Value] = {name: parameter.default for name, parameter in known.items()}
    for name, value in given.items():
        if name not in known:
            close = nearest(name, known)
            errors.append(
                InputError(
                    f"Chapter {chapter.slug} has no parameter '{name}'.",
                    expected=f"one of {', '.join(known)}" if known else "none: the chapter takes no parameters",
                    found=name,
                    remedy=f"Did you mean '{close}'?" if close else f"See: handbook describe {chapter.slug}",
                )
            )
            continue
        try:
            checked[name] = known[name].checked(value)
        except InputError as error:
            errors.append(error)
    if errors:
        raise InputErrors(errors)
    return checked


def check_inputs(chapter: Chapter, effective: dict[str, Value]) -> None:
    """Let the chapter's own check look at the reader's files, before anything is executed.

    Parameters
    ----------
    chapter : Chapter
        Its front matter may name a function ``inputs: package.module:function``.
    effective : dict
        What :func:`check_parameters` returned.

    Raises
    ------
    InputError, InputErrors
        As the chapter's function finds.
    """
    if not chapter.inputs:
        return
    module, _, name = chapter.inputs.partition(":")
    check: Callable[[dict[str, Value]], None] = getattr(importlib.import_module(module), name)
    check(effective)

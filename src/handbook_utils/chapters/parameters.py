"""Parameters of a chapter: read from its parameters cell, checked before anything runs.

A line of the cell is ``name: type = default  # help``, the usual papermill form. The help may end in a range
``[1..1000]``, a choice ``{a | b}``, ``(file)`` or ``(folder)``; these are checked, too. A ``(place)`` is where a file
is to be, whether it is there or not.
"""

from __future__ import annotations

import ast
import importlib
import logging
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handbook_utils.errors import InputError, InputErrors, nearest

if TYPE_CHECKING:
    from handbook_utils.chapters.catalogue import Chapter

Value = int | float | str | bool

_TYPES: dict[str, type] = {"int": int, "float": float, "str": str, "bool": bool}
_WORDS = {"int": "a whole number", "float": "a number", "str": "text", "bool": "true or false"}
_RANGE = re.compile(r"\s*\[(?P<low>[^\[\]]*)\.\.(?P<high>[^\[\]]*)\]$")
_CHOICE = re.compile(r"\s*\{(?P<choices>[^{}]+)\}$")
_PATH = re.compile(r"\s*\((?P<kind>file|folder|place)\)$")
#: Types whose values are paths: where they lie is nobody's business in what is handed on.
PATHS = ("file", "folder", "place")


@dataclass(frozen=True)
class Parameter:
    """One parameter of a chapter.

    Attributes
    ----------
    name : str
        As in the chapter.
    type : {"int", "float", "str", "bool", "file", "folder", "place"}
        ``file`` and ``folder`` are paths that must exist, or "" for the bundled data; a ``place`` need not exist.
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
        if self.type in ("file", "folder"):
            return f"a {self.type} that exists"
        if self.type == "place":
            return "the path of a file, which need not exist"
        words = _WORDS[self.type]
        if self.low is not None and self.high is not None:
            return f"{words} from {self.low:g} to {self.high:g}"
        if self.low is not None:
            return f"{words}, at least {self.low:g}"
        if self.high is not None:
            return f"{words}, at most {self.high:g}"
        return words

    def checked(self, given: object) -> Value:
        """Return ``given`` as this parameter's type.

        Parameters
        ----------
        given : object
            A value, or the text of one as it stands on a command line.

        Returns
        -------
        int, float, str or bool
            A path comes back absolute, since a chapter runs in a folder of its own.

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
        if self.type in ("file", "folder"):
            return self._path(given)
        if self.type == "place":
            return str(Path(str(given)).expanduser().resolve()) if given else ""
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

    def _path(self, given: object) -> str:
        if given == "":
            return ""
        # Several files (Kraken reports of several samples) are separated as the system separates paths.
        paths = [path for part in str(given).split(os.pathsep) for path in _matching(Path(part).expanduser())]
        for path in paths:
            right = path.is_dir() if self.type == "folder" else path.exists()
            if not right:
                folder = path.parent if path.parent.is_dir() else Path()
                close = nearest(path.name, [entry.name for entry in folder.iterdir()])
                raise InputError(
                    f"Parameter '{self.name}' names a {self.type} that is not there.",
                    where=f"parameter {self.name}",
                    expected=self.allowed,
                    found=str(path),
                    remedy=f"Did you mean {folder / close}?" if close else "Check the path.",
                )
        return os.pathsep.join(str(path.resolve()) for path in paths)


def _matching(path: Path) -> list[Path]:
    """Return the files a pattern such as ``reports/*.txt`` means, sorted; a path that is no pattern is itself."""
    if path.exists() or not any(sign in path.name for sign in "*?"):
        return [path]
    return sorted(path.parent.glob(path.name)) or [path]


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

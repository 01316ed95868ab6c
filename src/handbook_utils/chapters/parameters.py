"""Parameters of a chapter: questions read from its parameters cell, answered before anything runs.

A line of the cell is ``name: type = value  # help``, the usual papermill form. The help may end in a range
``[1..1000]``, a choice ``{a | b}``, ``(file)``, ``(files)``, ``(folder)`` or ``(place)`` (where a file is to be,
whether it is there or not), and then in ``(example)`` or ``(example or none)``: the value is the bundled study's, and
is used for nobody else. What is not marked is a default. Types are int, float, str, bool, ``list[str]`` and
``dict[str, str]``.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from handbook_utils.asking import Answers, Question, Value, answered
from handbook_utils.asking.paths import found_from
from handbook_utils.asking.study import study_questions
from handbook_utils.asking.values import Kind
from handbook_utils.errors import InputError, InputErrors, nearest
from handbook_utils.text import yaml_text
from handbook_utils.text.decode import read_text

if TYPE_CHECKING:
    from handbook_utils.chapters.catalogue import Chapter

_KINDS: dict[str, Kind] = {
    "int": "int",
    "float": "float",
    "str": "str",
    "bool": "bool",
    "list[str]": "list",
    "dict[str, str]": "mapping",
}
#: What papermill reads, too: a test holds the two against each other.
_LINE = re.compile(
    r"(?P<name>\w+)\s*(?::\s*(?P<type>\w[\w\[\], ]*?)\s*)?=\s*(?P<value>[^=]*?)(?:\s*#\s*(?P<help>[^=]*))?"
)
_RANGE = re.compile(r"\s*\[(?P<low>[^\[\]]*)\.\.(?P<high>[^\[\]]*)\]$")
_CHOICE = re.compile(r"\s*\{(?P<choices>[^{}]+)\}$")
_PATH = re.compile(r"\s*\((?P<kind>files?|folder|place)\)$")
_MARK = re.compile(r"\s*\((?P<mark>example|example or none)\)$")


def read_parameters(cell: str, where: str, help_nl: Mapping[str, str] | None = None) -> tuple[Question, ...]:
    """Read the parameters of a parameters cell.

    Parameters
    ----------
    cell : str
        Code of the cell tagged ``parameters``.
    where : str
        Named in error messages.
    help_nl : mapping of str to str, optional
        Dutch help, by name.

    Returns
    -------
    tuple of Question
        In the order of the lines.

    Raises
    ------
    InputError
        A line that is not ``name: type = default  # help``.
    """
    lines = [line.rstrip() for line in cell.splitlines() if line.strip() and not line.strip().startswith("#")]
    found = [match for line in lines if (match := _LINE.fullmatch(line))]
    if len(found) != len(lines):
        raise InputError(
            "A line of the parameters cell cannot be read.",
            where=where,
            expected="name: type = default  # help, on one line, without another = or # in it",
            found=f"{len(lines)} lines, of which {len(found)} are read",
        )
    return tuple(_question(entry, (help_nl or {}).get(entry["name"], ""), where) for entry in found)


def _question(entry: re.Match[str], help_nl: str, where: str) -> Question:
    name, kind, text = entry["name"], _KINDS.get(entry["type"] or ""), entry["help"] or ""
    if kind is None:
        raise InputError(
            f"Parameter '{name}' has no known type.",
            where=where,
            expected=f"one of {', '.join(_KINDS)}",
            found=entry["type"] or "none",
            remedy=f"Write {name}: int = …",
        )
    more: dict[str, Any] = {}
    mark = _MARK.search(text)
    if mark:
        text = text[: mark.start()]
    if match := _RANGE.search(text):
        more["low"], more["high"] = (float(end) if end.strip() else None for end in (match["low"], match["high"]))
    elif match := _CHOICE.search(text):
        more["choices"] = tuple(choice.strip() for choice in match["choices"].split("|"))
    elif match := _PATH.search(text):
        kind = cast(Kind, match["kind"])
    if match:
        text = text[: match.start()]
    if not text.strip():
        raise InputError(f"Parameter '{name}' has no help.", where=where, expected="# what it means")
    more["example" if mark else "default"] = ast.literal_eval(entry["value"])
    if mark:
        more["optional"] = mark["mark"] == "example or none"
    return Question(name=name, kind=kind, help=text.strip(), help_nl=help_nl, **more)


def of_study(parameters: Iterable[Question], study: Mapping[str, str], where: str) -> tuple[Question, ...]:
    """Give the parameters that a study file answers the questions of the study file.

    Type, range, choices, help and default stand in :mod:`handbook_utils.asking.study` alone; the line in the cell says
    the same, for whoever reads the notebook, or the chapter is refused. An example is the chapter's own, and so is
    whether it can do without an answer.

    Parameters
    ----------
    parameters : iterable of Question
        As read from the cell.
    study : mapping of str to str
        By parameter, the key of the study file, or the file of an earlier step (which has no question).
    where : str
        Named in error messages.

    Returns
    -------
    tuple of Question
        In the order of the parameters.

    Raises
    ------
    InputErrors
        Keys that a study file does not have; lines that say another thing.
    """
    asked = study_questions()
    found: list[Question] = []
    errors: list[InputError] = []
    for parameter in parameters:
        key = study.get(parameter.name, "@").removeprefix("?")
        if key.startswith("@"):
            found.append(parameter)
            continue
        if key not in asked:
            close = nearest(key, asked)
            remedy = f"Did you mean '{close}'?" if close else "Add it to asking/study.yml."
            errors.append(InputError(f"A study file has no key {key}.", where=where, found=key, remedy=remedy))
            continue
        own: dict[str, object] = {"name": parameter.name, "help_nl": parameter.help_nl or asked[key].help_nl}
        if asked[key].default is None and parameter.example is not None:
            own |= {"example": parameter.example, "optional": parameter.optional}
        question = asked[key].model_copy(update=own)
        if question.line() != parameter.line():
            errors.append(
                InputError(
                    f"Parameter '{parameter.name}' is not what the study file asks as {key}.",
                    where=where,
                    expected=question.line(),
                    found=parameter.line(),
                    remedy="Write the expected line, or change the question in asking/study.yml.",
                )
            )
        found.append(question)
    if errors:
        raise InputErrors(errors)
    return tuple(found)


def answers(chapter: Chapter, given: Mapping[str, object]) -> Answers:
    """Complete and check the parameters of a run, before anything is executed.

    Parameters
    ----------
    chapter : Chapter
        What is to be run.
    given : mapping of str to object
        Values, or their text; None where one is told to be none. With a file of the reader's among them, an example is
        never used.

    Returns
    -------
    Answers
        Every parameter of the chapter, in its order, and where each value comes from; and how files are to be read, as
        far as that was said.

    Raises
    ------
    InputErrors
        All that is wrong at once: unknown names (with the nearest), wrong types, values out of range, missing files,
        questions without an answer.
    """
    dotted = {name: source.removeprefix("?").split(".") for name, source in chapter.study.items() if "@" not in source}
    lines = {name: f"under {section}: the line  {key}: …" for name, (section, key) in dotted.items()}
    found = answered(chapter.questions, given, asked_by=chapter.slug, lines=lines)
    # How files are read is asked everywhere, and only told where it was answered.
    told = [question.name for question in chapter.questions if question in chapter.parameters or question.name in given]
    return Answers({name: found.values[name] for name in told}, {name: found.states[name] for name in told})


def from_file(chapter: Chapter, path: Path | None) -> dict[str, object]:
    """Read parameters from a YAML file, such as the ``params.yml`` of an earlier run.

    Parameters
    ----------
    chapter : Chapter
        Whose they are.
    path : pathlib.Path or None
        The file; its own paths are meant from its folder.

    Returns
    -------
    dict of str to object
        By name, unchecked; empty where there is no file.

    Raises
    ------
    InputError
        No YAML, or no mapping.
    """
    if path is None:
        return {}
    content = yaml_text.read(read_text(path)[0], str(path))
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise InputError(
            "The parameters file does not name parameters.",
            where=str(path),
            expected="lines of the form  name: value",
            found=type(content).__name__,
        )
    kinds = {question.name: question.kind for question in chapter.questions}
    return {name: found_from(path.parent, kinds.get(name, ""), value) for name, value in content.items()}


def check_parameters(chapter: Chapter, given: Mapping[str, object]) -> dict[str, Value]:
    """Return the values of :func:`answers`, by name.

    Parameters
    ----------
    chapter : Chapter
        What is to be run.
    given : mapping of str to object
        Values, or their text.

    Returns
    -------
    dict
        All parameters.

    Raises
    ------
    InputErrors
        As :func:`answers`.
    """
    return answers(chapter, given).values


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
    check: Callable[[Mapping[str, Any]], None] = getattr(importlib.import_module(module), name)
    check(effective)

"""The study file: one ``study.yml`` that holds what the steps of a study share.

What may stand in it is asked by :mod:`handbook_utils.asking.study`, and nowhere else; here a file is read and checked.
A unit is part of a key's name: who writes hours where minutes are meant writes an unknown key.

All values are read as text and then taken for what the key says they are, so that ``no`` is a centre, ``1.10`` a
version and ``06`` a number as it was typed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import starmap
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

import yaml

from handbook_utils.asking import Question
from handbook_utils.asking.study import sections, study_questions
from handbook_utils.asking.values import PATHS, MisfitError
from handbook_utils.errors import InputError, InputErrors, nearest
from handbook_utils.protocols.kits import LIMITS
from handbook_utils.protocols.kits.limits import kit_with
from handbook_utils.protocols.label_formats import label_format
from handbook_utils.text import yaml_text
from handbook_utils.text.decode import bytes_of, decode

#: The steps of a study, in their order: chapters of the part ``protocols``.
STEPS = (
    "plan-the-study",
    "include-participants",
    "assign-codes-and-labels",
    "collect-at-home",
    "keep-it-cold",
    "record-metadata",
    "extract-and-plate",
    "sequence",
    "accept-the-run",
    "share-the-data",
)

NAME = "study.yml"


@dataclass(frozen=True)
class StudyFile:
    """A study file that has been read and fits.

    Attributes
    ----------
    path : pathlib.Path
        The file.
    values : mapping of str to object
        By ``section.key``, only what the file says: text, whole numbers, numbers, truth values, paths (absolute), lists
        and mappings of text; a date is text.
    """

    path: Path
    values: Mapping[str, Any]

    @property
    def folder(self) -> Path:
        """The study's folder, in which the file lies."""
        return self.path.parent

    @property
    def name(self) -> str:
        """The study's name."""
        return str(self.values["study.name"])


def read_study_file(path: Path) -> StudyFile:
    """Read and check a study file.

    Parameters
    ----------
    path : pathlib.Path
        The file, or the study's folder.

    Returns
    -------
    StudyFile
        With the paths of its folder.

    Raises
    ------
    InputError
        It is not there, not UTF-8, or not YAML.
    InputErrors
        Everything that is wrong in it, each with its line: unknown sections and keys (with the nearest), keys that
        stand twice, what is needed and missing, values of another kind or out of range, and what does not go together.

    Examples
    --------
    >>> import tempfile
    >>> from handbook_utils.protocols.study_template import example
    >>> path = Path(tempfile.mkdtemp(), "study.yml")
    >>> _ = path.write_text(example(), encoding="utf-8")
    >>> read_study_file(path).values["design.arms"]
    ['fibre', 'fermented', 'usual']
    """
    path = (path / NAME if path.is_dir() else path).absolute()
    root = _parsed(path)
    errors: list[InputError] = []
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    parts = {section.name: section for section in sections()}
    for name, node in _entries(root, path, "", tuple(parts), errors):
        section = parts.get(name)
        if section is None or yaml_text.is_empty(node):
            continue
        known = {key.name: key for key in section.questions}
        for key_name, value_node in _entries(node, path, name, tuple(known), errors):
            key = known.get(key_name)
            if key is None or yaml_text.is_empty(value_node) or (key.kind in PATHS and value_node.value == ""):
                continue
            dotted = f"{name}.{key_name}"
            lines[dotted] = value_node.start_mark.line + 1
            try:
                values[dotted] = _value(key, value_node, path.parent)
            except MisfitError as wrong:
                errors.append(_wrong(key, dotted, wrong, _at(path, value_node, dotted)))
    wrong_ones = {error.where for error in errors}
    errors += [
        InputError(
            f"The study file does not say {dotted}.",
            where=path.name,
            expected=f"{key.help}: {key.allowed}",
            found="nothing",
            remedy=f"Write it under {dotted.partition('.')[0]}:",
        )
        for dotted, key in study_questions().items()
        if key.needed and dotted not in values and not any(str(where).endswith(f" {dotted}") for where in wrong_ones)
    ]
    errors += [
        InputError(problem, where=f"{path.name}, line {lines[at]}, {at}", expected=expected, found=found, remedy=remedy)
        for at, problem, expected, found, remedy in starmap(_Contradiction, _contradictions(values, path.parent))
    ]
    if errors:
        raise InputErrors(errors)
    # A study that does not say where remembers all the same.
    values.setdefault("codes.ledger", path.parent / "ledger.sqlite")
    return StudyFile(path, values)


def _parsed(path: Path) -> yaml.Node | None:
    try:
        raw = bytes_of(path)
    except OSError as error:
        raise InputError(
            "The study file cannot be read.",
            where=str(path),
            expected=f"{NAME}, or the folder it lies in",
            found=str(error.strerror),
            remedy="Begin one with: handbook new-study DIR",
        ) from None
    return yaml_text.compose(decode(raw, path.name)[0], path.name)


def _at(path: Path, node: yaml.Node, dotted: str) -> str:
    return f"{path.name}, line {node.start_mark.line + 1}, {dotted}"


def _entries(
    node: yaml.Node | None, path: Path, section: str, known: tuple[str, ...], errors: list[InputError]
) -> Iterator[tuple[str, yaml.Node]]:
    """Yield what stands under a section, or the sections themselves; note what is unknown or stands twice."""
    if not isinstance(node, yaml.MappingNode):
        errors.append(
            InputError(
                f"Under {section} there are no keys." if section else "The study file has no sections.",
                where=_at(path, node, section) if node else path.name,
                expected="lines of the form  name: value" if section else f"sections {', '.join(known)}",
                found="nothing" if node is None else type(node).__name__.removesuffix("Node").lower(),
            )
        )
        return
    seen = set()
    for name_node, value in node.value:
        name = str(name_node.value)
        dotted = f"{section}.{name}" if section else name
        if name in seen:
            errors.append(InputError(f"{dotted} stands twice.", where=_at(path, name_node, dotted), expected="once"))
            continue
        seen.add(name)
        if name not in known:
            errors.append(_unknown(section, name, known, _at(path, name_node, dotted)))
        yield name, value


def _unknown(section: str, name: str, known: tuple[str, ...], where: str) -> InputError:
    close = nearest(name, known)
    elsewhere = next((dotted for dotted in study_questions() if section and dotted.endswith(f".{name}")), None)
    if elsewhere:
        remedy: str | None = f"It belongs under {elsewhere.partition('.')[0]}:"
    elif close and close.rpartition("_")[0] == name.rpartition("_")[0] != "":
        remedy = f"Did you mean '{close}'? The unit is part of the name."
    else:
        remedy = f"Did you mean '{close}'?" if close else "Take the line out."
    return InputError(
        f"The study file has no key '{name}' under {section}." if section else f"There is no section '{name}'.",
        where=where,
        expected=f"of {', '.join(known)}" if known else "nothing yet",
        found=name,
        remedy=remedy,
    )


def _wrong(key: Question, dotted: str, wrong: MisfitError, where: str) -> InputError:
    close = nearest(wrong.found, key.choices)
    return InputError(
        f"{dotted} cannot be that.",
        where=where,
        expected=key.allowed,
        found=wrong.found,
        remedy=wrong.remedy or (f"Did you mean '{close}'?" if close else None),
    )


def _value(key: Question, node: yaml.Node, folder: Path) -> Any:
    if key.kind == "list" and isinstance(node, yaml.SequenceNode):
        if not node.value and key.default != []:
            raise MisfitError("an empty list")
        return key.fitting([_scalar(entry) for entry in node.value])
    if key.kind == "mapping" and isinstance(node, yaml.MappingNode):
        return key.fitting({_scalar(name): _scalar(entry) for name, entry in node.value})
    if key.kind in PATHS:
        # An absolute path stays what it is.
        return Path(os.path.normpath(folder / Path(_scalar(node)).expanduser()))
    return key.fitting(_scalar(node))


def _scalar(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise MisfitError("a list" if isinstance(node, yaml.SequenceNode) else "a mapping")
    return str(node.value).strip()


# ------------------------------------------------------------------------------------------- what does not go together

_Said = tuple[str, str, str, str] | tuple[str, str, str, str, str | None]


class _Contradiction(NamedTuple):
    at: str
    problem: str
    expected: str
    found: str
    remedy: str | None = None


def _contradictions(values: Mapping[str, Any], folder: Path) -> Iterator[_Said]:
    """Yield key, problem, expected and found of what is right by itself and wrong beside something else."""
    defaults = {name: key.default for name, key in study_questions().items()}

    def both(low: str, high: str) -> Iterator[_Said]:
        if (low in values or high in values) and (start := values.get(low, defaults[low])) > (
            end := values.get(high, defaults[high])
        ):
            at = high if high in values else low
            yield at, f"{high} is below {low}.", f"{low} at most {high}", f"{start} and {end}"

    yield from both("eligibility.age_min", "eligibility.age_max")
    yield from _kit_contradictions(values, defaults)
    yield from _band_contradictions(values, defaults)
    centres = values.get("design.centres", [])
    for name in ("region", "latitude", "longitude"):
        dotted = f"metadata.{name}_by_centre"
        named = values.get(dotted, {})
        if named and centres and set(named) != set(centres):
            yield dotted, f"{dotted} is not one for each centre.", ", ".join(centres), ", ".join(named)
    key_file = values.get("codes.key_file")
    if key_file is not None and key_file.parts[: len(folder.parts) + 1] == (*folder.parts, "results"):
        yield "codes.key_file", "The key must not lie among results.", "a path outside results/", str(key_file)
    yield from _label_contradictions(values, defaults)
    zone = values.get("cold.zone")
    if zone is not None and not _is_zone(zone):
        close = nearest(zone, available_timezones())
        yield "cold.zone", "There is no such time zone.", f"one such as {close or 'Europe/Amsterdam'}", zone


def _kit_contradictions(values: Mapping[str, Any], defaults: Mapping[str, Any]) -> Iterator[_Said]:
    said = {name: values.get(f"cold.{name}") for name in LIMITS}
    file = values.get("collection.kit_file")
    said |= {"kit": values.get("collection.kit", defaults["collection.kit"]), "kit_file": str(file or "")}
    if file is not None and not file.is_file():
        return  # the step that needs it says so
    at = next((f"cold.{name}" for name in LIMITS if f"cold.{name}" in values), None)
    named = next((name for name in ("collection.kit_file", "collection.kit") if name in values), at)
    try:
        kit_with(said)
    except (InputError, InputErrors) as wrong:
        for error in wrong.errors if isinstance(wrong, InputErrors) else [wrong]:
            of_limits = str(error.where).startswith("parameters") and at
            yield (
                (at if of_limits else named) or "",
                error.problem,
                f"{error.expected}",
                error.found or "nothing",
                error.remedy,
            )


def _band_contradictions(values: Mapping[str, Any], defaults: Mapping[str, Any]) -> Iterator[_Said]:
    names = [f"eligibility.{name}" for name in ("age_bands", "age_min", "age_max")]
    bands, low, high = (values.get(name, defaults[name]) for name in names)
    at = next((name for name in names if name in values), None)
    if at is None:
        return
    ends = sorted((int(first), int(last)) for first, _, last in (band.partition("-") for band in bands))
    covered = [age for first, last in ends for age in range(first, last + 1)]
    missing = sorted(set(range(low, high + 1)) - set(covered))
    if missing:
        yield at, "The age bands leave ages out.", f"bands for all of {low} to {high}", f"none for {missing[0]}"
    if len(covered) != len(set(covered)):
        yield at, "The age bands overlap.", "each age in one band", ", ".join(bands)


def _label_contradictions(values: Mapping[str, Any], defaults: Mapping[str, Any]) -> Iterator[_Said]:
    names = ("codes.label_format", "codes.label_grid")
    at = next((name for name in reversed(names) if name in values), None)
    if at is None:
        return
    form, grid = (values.get(name, defaults[name]) for name in names)
    try:
        label_format(form, grid)
    except InputErrors as wrong:
        for error in wrong.errors:
            yield at, f"{error.problem} ({error.where})", error.expected or "", error.found or form


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True

"""Plans of a batch: which chapters to run, with which parameters.

A CSV has a row a run and a column a parameter; ``chapter`` is needed, ``name`` may be there, an empty cell keeps the
chapter's default, and ``none`` is none. A YAML, where null is none, lists runs, or spans a grid, or both::

    runs:
      - {chapter: recipes/compare-groups, name: cohort-a, parameters: {table: a.biom, metadata: a.tsv}}
    grid:
      chapter: [recipes/compare-groups, recipes/measure-alpha-diversity]
      parameters: {seed: [1, 2, 3], group: smoker}

Files are looked for from the plan's own folder, so that a plan and its data can be moved together.
"""

from __future__ import annotations

import csv
import io
import itertools
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handbook_utils.asking import Answers, Question, Value
from handbook_utils.asking.paths import found_from
from handbook_utils.chapters.catalogue import Catalogue, Chapter
from handbook_utils.chapters.parameters import answers
from handbook_utils.errors import InputError, InputErrors, nearest
from handbook_utils.text import sniff, yaml_text
from handbook_utils.text.decode import read_text

#: More runs than this are a slip in a grid rather than a wish.
MOST = 100_000

_NAME = re.compile(r"\w[\w.+-]{0,99}")
_OWN = ("chapter", "name", "parameters")


@dataclass(frozen=True)
class Run:
    """One run of a plan.

    Attributes
    ----------
    name : str
        Of its result folder; its number in the plan and the chapter's name where the plan gives none.
    chapter : Chapter
        What to run.
    parameters : dict
        What the plan gives, checked and of the parameters' types; None of what it tells to be none.
    answers : Answers
        All parameters of the run, which are not checked again.
    """

    name: str
    chapter: Chapter
    parameters: dict[str, Value]
    answers: Answers

    @property
    def effective(self) -> dict[str, Value]:
        """All parameters of the run, by name."""
        return self.answers.values


@dataclass(frozen=True)
class _Row:
    """A run as the plan has it, and where to point when something is wrong with it."""

    where: str
    chapter: str
    name: str
    given: Mapping[str, Any]
    place: str = "{where}, parameter {name}"

    def at(self, name: str) -> str:
        return self.place.format(where=self.where, name=name)


def read_plan(path: Path, *, root: Path) -> list[Run]:
    """Read a plan and check all of it, before anything is run.

    Parameters
    ----------
    path : pathlib.Path
        A ``.yml``, ``.yaml`` or ``.json`` file; anything else is read as CSV, with commas, semicolons or tabs.
    root : pathlib.Path
        The handbook's folder.

    Returns
    -------
    list of Run
        In the order of the plan.

    Raises
    ------
    InputError
        The file cannot be read as a plan.
    InputErrors
        Everything that is wrong in it at once, by row and column.
    """
    text = read_text(path)[0]
    rows = _yaml_rows(text, path) if path.suffix.lower() in (".yml", ".yaml", ".json") else _csv_rows(text, path)
    if not rows:
        raise InputError("The plan has no runs.", where=path.name, expected="a row a run, with a chapter")
    catalogue = Catalogue.read(root)
    chapters: dict[str, Chapter | InputError | InputErrors] = {}
    errors: list[InputError] = []
    runs: list[Run] = []
    names: list[str] = []
    for number, row in enumerate(rows, start=1):
        if row.chapter not in chapters:
            try:
                chapters[row.chapter] = catalogue.get(row.chapter)
            except (InputError, InputErrors) as error:
                chapters[row.chapter] = error
        chapter = chapters[row.chapter]
        if not isinstance(chapter, Chapter):
            errors += _placed(chapter, row.at("chapter"))
            continue
        name = row.name or f"{number:04d}-{chapter.slug.rpartition('/')[2]}"
        names.append(name)
        try:
            runs.append(_run(name, chapter, row, path.parent))
        except InputErrors as found:
            errors += found.errors
    errors += _name_errors(names, path)
    if errors:
        raise InputErrors(errors)
    return runs


def _run(name: str, chapter: Chapter, row: _Row, folder: Path) -> Run:
    questions = {question.name: question for question in chapter.questions}
    errors: list[InputError] = []
    checked: dict[str, Value] = {}
    for asked, value in row.given.items():
        try:
            if asked not in questions:
                answers(chapter, {asked: value})
            elif value is not None or questions[asked].may_be_none:
                checked[asked] = _answer(questions[asked], value, folder)
        except (InputError, InputErrors) as error:
            errors += _placed(error, row.at(asked))
    if errors:
        raise InputErrors(errors)
    try:
        return Run(name, chapter, checked, answers(chapter, checked))
    except InputErrors as found:
        raise InputErrors(_placed(found, row.where)) from None


def _answer(question: Question, value: Any, folder: Path) -> Value:
    none = value is None or (str(value).casefold() == "none" and "none" not in question.choices)
    if none and question.may_be_none:
        return None
    if isinstance(value, (list, dict)) and question.kind not in ("list", "mapping"):
        raise InputError(
            f"Parameter '{question.name}' has several values.",
            expected="one value",
            found=str(value),
            remedy="Several values of a parameter belong in a grid.",
        )
    return question.checked(found_from(folder, question.kind, value))


def _csv_rows(text: str, path: Path) -> list[_Row]:
    separator = sniff.separator(text) or ","
    try:
        table = [(line, [cell.strip() for cell in row]) for line, row in _numbered(text, separator) if any(row)]
    except csv.Error as error:
        raise InputError("The plan cannot be read as CSV.", where=path.name, found=str(error)) from None
    if not table:
        return []
    header = table[0][1]
    errors = []
    if "chapter" not in header:
        close = nearest("chapter", header)
        errors.append(
            InputError(
                "The plan has no column 'chapter'.",
                where=f"{path.name}, row {table[0][0]}",
                expected="a column chapter, and a column for each parameter",
                found=", ".join(header),
                remedy=f"Is it '{close}'?" if close else None,
            )
        )
    twice = sorted({name for name in header if name and header.count(name) > 1})
    errors += [InputError(f"The plan has the column '{name}' twice.", where=path.name) for name in twice]
    errors += [
        InputError(
            "A row of the plan does not have the cells of the header.",
            where=f"{path.name}, row {line}",
            expected=f"{len(header)} cells",
            found=f"{len(row)} cells",
            remedy="Put a cell that holds the separator between double quotes.",
        )
        for line, row in table[1:]
        if len(row) != len(header)
    ]
    if errors:
        raise InputErrors(errors)
    rows = []
    for line, row in table[1:]:
        cells = dict(zip(header, row, strict=True))
        given = {name: cell for name, cell in cells.items() if cell and name not in ("chapter", "name")}
        where = f"{path.name}, row {line}"
        rows.append(_Row(where, cells["chapter"], cells.get("name", ""), given, "{where}, column {name}"))
    return rows


def _numbered(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    before = 0
    for row in reader:
        yield before + 1, row  # the line it begins on; a quoted cell may span several
        before = reader.line_num


def _yaml_rows(text: str, path: Path) -> list[_Row]:
    plan = yaml_text.read(text, path.name)
    if plan is None:
        return []
    if isinstance(plan, list):
        plan = {"runs": plan}
    if not isinstance(plan, dict) or not plan.keys() <= {"runs", "grid"}:
        other = sorted(map(str, plan.keys() - {"runs", "grid"})) if isinstance(plan, dict) else []
        raise InputError(
            "The plan is neither a list of runs nor a grid.",
            where=path.name,
            expected="runs: a list; grid: chapter and parameters",
            found=", ".join(other) if other else type(plan).__name__,
        )
    errors: list[InputError] = []
    rows: list[_Row] = []
    runs = plan.get("runs") or []
    if not isinstance(runs, list):
        raise InputError("'runs' is not a list.", where=path.name, expected="- chapter: …", found=type(runs).__name__)
    for number, entry in enumerate(runs, start=1):
        where = f"{path.name}, run {number}"
        found = _entry_errors(entry, where, _OWN)
        if not found:
            given = {str(name): value for name, value in (entry.get("parameters") or {}).items()}
            rows.append(_Row(where, str(entry["chapter"]), str(entry.get("name") or ""), given))
        errors += found
    if plan.get("grid") is not None:
        where = f"{path.name}, grid"
        found = _entry_errors(plan["grid"], where, ("chapter", "parameters"))
        errors += found
        if not found:
            rows += _grid_rows(plan["grid"], where)
    if errors:
        raise InputErrors(errors)
    return rows


def _entry_errors(entry: Any, where: str, known: tuple[str, ...]) -> list[InputError]:
    if not isinstance(entry, dict) or not entry.get("chapter"):
        return [InputError("A run has no chapter.", where=where, expected="chapter: …", found=str(entry))]
    errors = []
    for name in sorted(map(str, entry.keys() - set(known))):
        close = nearest(name, known)
        errors.append(
            InputError(
                f"A run has no '{name}'.",
                where=where,
                expected=f"only {', '.join(known)}",
                found=name,
                remedy=f"Did you mean '{close}'?" if close else "Parameters stand under parameters.",
            )
        )
    if not isinstance(entry.get("parameters") or {}, dict):
        errors.append(InputError("'parameters' is not a mapping.", where=where, expected="parameters: {name: value}"))
    return errors


def _grid_rows(grid: Mapping[str, Any], where: str) -> list[_Row]:
    chapters = _several(grid["chapter"])
    axes = {str(name): _several(value) for name, value in (grid.get("parameters") or {}).items()}
    size = len(chapters) * math.prod(len(values) for values in axes.values())
    if size > MOST:
        raise InputError(
            "The grid is too large.",
            where=where,
            expected=f"at most {MOST:,} runs",
            found=f"{size:,}: {' × '.join(f'{len(values)} {name}' for name, values in axes.items())}",
        )
    return [
        _Row(
            where,
            str(chapter),
            "",
            dict(zip(axes, values, strict=True)),
        )
        for chapter in chapters
        for values in itertools.product(*axes.values())
    ]


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _placed(error: InputError | InputErrors, where: str) -> list[InputError]:
    errors = error.errors if isinstance(error, InputErrors) else (error,)
    return [
        InputError(each.problem, where=where, expected=each.expected, found=each.found, remedy=each.remedy)
        for each in errors
    ]


def _name_errors(names: list[str], path: Path) -> list[InputError]:
    errors = [
        InputError(
            f"A run cannot be called '{name}'.",
            where=path.name,
            expected="letters, digits, and _ . + - between, at most 100: it names a folder",
            found=name,
        )
        for name in names
        if not _NAME.fullmatch(name) or name.endswith((".", "-failed"))
    ]
    # Some file systems do not tell a from A.
    seen: dict[str, str] = {}
    for name in names:
        if name.casefold() in seen:
            errors.append(
                InputError(
                    "Two runs have the same name.",
                    where=path.name,
                    expected="a name for each run, or none",
                    found=f"{seen[name.casefold()]} and {name}",
                )
            )
        seen[name.casefold()] = name
    return errors

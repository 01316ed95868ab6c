"""The steps of a study, run one after another: each takes what it needs from the study file and from the steps before.

Every step leaves an ordinary result folder under ``results/`` beside the study file. A study is run many times while it
goes on: steps whose results are there and still true are kept, those that rest on something that has changed are run
again (what they had left before is kept under ``earlier/``), and those whose input is not there yet wait.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple

from handbook_utils.asking.values import PATHS, READ
from handbook_utils.chapters.catalogue import Catalogue, Chapter
from handbook_utils.chapters.parameters import check_parameters
from handbook_utils.chapters.sources import needed_steps, result_folder, study_parameters
from handbook_utils.errors import InputError, InputErrors, collect, nearest
from handbook_utils.execution.asked import Failure, Request
from handbook_utils.execution.run import Progress, execute
from handbook_utils.runs.crate import NAME as CRATE
from handbook_utils.runs.folder import PARAMS, being_made, check_target, input_files, is_complete, write_result_folder
from handbook_utils.text import yaml_text

#: The folder, beside the study file, where results lie that a later run took the place of.
EARLIER = "earlier"
#: How much of a value is told.
_SHOWN = 60


class State(NamedTuple):
    """How a step stands.

    Attributes
    ----------
    name : {"waiting", "ready", "stale", "done"}
        Waiting for something that is not there; ready to run; done, but what it rests on has changed since; done.
    why : tuple of str
        What it waits for, or what has changed.
    """

    name: Literal["waiting", "ready", "stale", "done"]
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """A step that has been looked at, and run where it had to be.

    Attributes
    ----------
    chapter : Chapter
        Which.
    folder : pathlib.Path
        Its result folder, or what a failed run left; not there where the step waits.
    state : State
        As the run found it: done ones were kept, waiting ones were not run.
    failure : Failure or None
        None where it ended well.
    """

    chapter: Chapter
    folder: Path
    state: State
    failure: Failure | None = None


def chosen_steps(
    catalogue: Catalogue, steps: Sequence[str], only: Collection[str] = ()
) -> tuple[list[Chapter], dict[str, str]]:
    """Choose the chapters to run.

    Parameters
    ----------
    catalogue : Catalogue
        Every chapter there is.
    steps : sequence of str
        Slugs of a study's steps, in order.
    only : collection of str
        Names of the steps wanted; empty: all.

    Returns
    -------
    chapters : list of Chapter
        In order.
    left_out : dict of str to str
        Steps that the handbook does not have, and steps that need those, each with the reason.

    Raises
    ------
    InputErrors
        A wanted step is none.
    """
    names = [step.rpartition("/")[2] for step in steps]
    errors = []
    for wanted in only:
        if wanted.rpartition("/")[2] not in names:
            close = nearest(wanted, names)
            errors.append(
                InputError(
                    f"'{wanted}' is not a step of a study.",
                    expected="of " + ", ".join(names),
                    found=wanted,
                    remedy=f"Did you mean '{close}'?" if close else None,
                )
            )
    if errors:
        raise InputErrors(errors)
    wanted_names = {wanted.rpartition("/")[2] for wanted in only} or set(names)
    chapters: list[Chapter] = []
    left_out: dict[str, str] = {}
    for step, name in zip(steps, names, strict=True):
        if name not in wanted_names:
            continue
        if step not in catalogue.slugs:
            left_out[name] = "the handbook has no such chapter yet"
            continue
        chapter = catalogue.get(step)
        without = [needed for needed in needed_steps(chapter) if needed in left_out]
        if not chapter.study:
            left_out[name] = "the chapter takes nothing from a study file"
        elif without:
            left_out[name] = f"it needs what {', '.join(without)} leaves"
        else:
            chapters.append(chapter)
    return chapters, left_out


def state_of(chapter: Chapter, values: Mapping[str, object], study: Path) -> State:
    """Say how a step of a study stands.

    Parameters
    ----------
    chapter : Chapter
        The step.
    values : mapping of str to object
        What the study file holds, by ``section.key``.
    study : pathlib.Path
        The study file.

    Returns
    -------
    State
        A step is stale since a question is answered otherwise now, or a file it was given is another one.

    Raises
    ------
    InputError, InputErrors
        The study file's values do not fit the chapter.
    """
    folder = result_folder(study.parent, chapter.slug)
    try:
        given = study_parameters(chapter, values, study)
    except InputErrors as missing:
        return State("waiting", tuple(error.problem for error in missing.errors))
    if not is_complete(folder):
        return State("ready")
    changed = _changes(folder, chapter, check_parameters(chapter, given))
    return State("stale", tuple(changed)) if changed else State("done")


def _changes(folder: Path, chapter: Chapter, now: Mapping[str, Any]) -> list[str]:
    """Return what has changed since a result folder was made: answers, and files."""
    before = yaml_text.typed((folder / PARAMS).read_text(encoding="utf-8"), str(folder / PARAMS)) or {}
    told = []
    for question in chapter.parameters:
        name = question.name
        was, value = before.get(name), now.get(name)
        if question.kind not in PATHS and was != value and not (was is None and not value):
            told.append(f"{name} was {_short(was)} and is {_short(value)}")
    crate = json.loads((folder / CRATE).read_text(encoding="utf-8"))["@graph"]
    names = tuple(f"{question.name}: " for question in chapter.parameters if question.kind in READ)
    had = {
        name: one["sha256"]
        for one in crate
        if "sha256" in one
        for name in (str(one.get("name", "")), *one.get("alternateName", ()))
        if name.startswith(names)
    }
    has = {name: file.sha256 for name, file in input_files(chapter, now).items()}
    for name in sorted(had.keys() | has.keys()):
        if had.get(name) != has.get(name):
            how = "is gone" if name not in has else "is new" if name not in had else "is another file now"
            told.append(f"{name} {how}")
    return told


def _short(value: object) -> str:
    text = (
        "none"
        if value is None or value in ("", [], {})
        else ", ".join(value)
        if isinstance(value, list)
        else str(value)
    )
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def run_steps(
    chapters: Sequence[Chapter],
    values: Mapping[str, object],
    study: Path,
    *,
    root: Path,
    wanted: bool = False,
    force: bool = False,
    timeout: float = 600,
    memory: float | None = None,
    progress: Progress | None = None,
) -> list[Step]:
    """Run the steps of a study that are to be run, in order.

    Parameters
    ----------
    chapters : sequence of Chapter
        As :func:`chosen_steps` returned them.
    values : mapping of str to object
        What the study file holds, by ``section.key``.
    study : pathlib.Path
        The study file.
    root : pathlib.Path
        The handbook's folder.
    wanted : bool
        These steps were asked for by name: none of them may wait.
    force : bool
        Run those that are done too; earlier result folders are replaced.
    timeout : float
        Seconds a step may take.
    memory : float, optional
        GB that reading a step's files, and its kernel, may take.
    progress : callable, optional
        Told the slug and the state of each step.

    Returns
    -------
    list of Step
        All of them; where one failed, up to that one, since what follows may rest on it.

    Raises
    ------
    InputError, InputErrors
        Before anything is run: values that do not fit a chapter's parameters, a step asked for by name whose input
        neither is there nor is left by a step before it. Later: a step's input that does not fit; the results of the
        steps before it stay.
    """
    _check_all(chapters, values, study, wanted=wanted)
    tell: Progress = progress or (lambda _slug, _state: None)
    for chapter in chapters:
        tell(chapter.slug, "queued")
    done: list[Step] = []
    for chapter in chapters:
        target = result_folder(study.parent, chapter.slug)
        state = state_of(chapter, values, study)
        if state.name == "waiting" or (state.name == "done" and not force):
            done.append(Step(chapter, target, state))
            tell(chapter.slug, "done")
            continue
        given = study_parameters(chapter, values, study)
        with being_made(target), tempfile.TemporaryDirectory(prefix="handbook-study-") as results:
            request = Request(chapter, given, Path(results), study=True)
            outcome = execute([request], root=root, workers=1, timeout=timeout, memory=memory)[0]
            if outcome.failure is None and state.name == "stale" and not force:
                _keep(target, study.parent / EARLIER)
            folder = write_result_folder(outcome, target, root=root, force=force or state.name == "stale")
        done.append(Step(chapter, folder, state, outcome.failure))
        tell(chapter.slug, "failed" if outcome.failure else "done")
        if outcome.failure:
            break
    return done


def _keep(folder: Path, earlier: Path) -> None:
    """Copy a result folder to where earlier ones are kept, under a number of its own."""
    taken = len([*earlier.glob(f"{folder.name}-*")]) if earlier.is_dir() else 0
    shutil.copytree(folder, earlier / f"{folder.name}-{taken + 1}")


def _check_all(chapters: Sequence[Chapter], values: Mapping[str, object], study: Path, *, wanted: bool) -> None:
    left = {chapter.slug.rpartition("/")[2] for chapter in chapters}

    def checked(chapter: Chapter) -> None:
        # Files may not be there yet, being what an earlier step leaves; the rest can be told now.
        plain = {parameter.name for parameter in chapter.parameters if parameter.kind not in PATHS}
        later = {name for name, source in chapter.study.items() if name not in plain or "@" in source}
        check_parameters(chapter, study_parameters(chapter, values, study, given=later))
        check_target(result_folder(study.parent, chapter.slug), force=True)
        if wanted:
            of_these = {name for name, source in chapter.study.items() if source.strip("?@").partition("/")[0] in left}
            study_parameters(chapter, values, study, given=of_these)

    collect(*(partial(checked, chapter) for chapter in chapters))

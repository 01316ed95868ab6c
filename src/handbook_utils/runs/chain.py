"""The steps of a study, run one after another: each takes what it needs from the study file and from the steps before.

Every step leaves an ordinary result folder under ``results/`` beside the study file. A step that fails, or whose input
is not there, ends the chain, since what follows rests on it; the folders of the steps before it stay.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from handbook_utils.asking.values import PATHS
from handbook_utils.chapters.catalogue import Catalogue, Chapter
from handbook_utils.chapters.parameters import check_parameters
from handbook_utils.chapters.sources import needed_steps, result_folder, study_parameters
from handbook_utils.errors import InputError, InputErrors, collect, nearest
from handbook_utils.execution.run import Failure, Progress, Request, execute
from handbook_utils.runs.folder import being_made, check_target, write_result_folder


@dataclass(frozen=True)
class Step:
    """A step that has been run.

    Attributes
    ----------
    chapter : Chapter
        What was run.
    folder : pathlib.Path
        Its result folder, or what a failed run left.
    failure : Failure or None
        None where it ended well.
    """

    chapter: Chapter
    folder: Path
    failure: Failure | None


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


def run_steps(
    chapters: Sequence[Chapter],
    values: Mapping[str, object],
    study: Path,
    *,
    root: Path,
    force: bool = False,
    timeout: float = 600,
    progress: Progress | None = None,
) -> list[Step]:
    """Run steps of a study, in order.

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
    force : bool
        Replace earlier result folders.
    timeout : float
        Seconds a step may take.
    progress : callable, optional
        Told the slug and the state of each step.

    Returns
    -------
    list of Step
        Of each step that was run; the last one has a failure where the chain ended early.

    Raises
    ------
    InputError, InputErrors
        Before anything is run: results that are there already, values that do not fit a chapter's parameters. Later:
        a step's input that is not there or does not fit; the results of the steps before it stay.
    """
    _check_all(chapters, values, study, force)
    tell: Progress = progress or (lambda _slug, _state: None)
    for chapter in chapters:
        tell(chapter.slug, "queued")
    done: list[Step] = []
    for chapter in chapters:
        given = study_parameters(chapter, values, study)
        target = result_folder(study.parent, chapter.slug)
        with being_made(target), tempfile.TemporaryDirectory(prefix="handbook-study-") as results:
            request = Request(chapter, given, Path(results), study=True)
            outcome = execute([request], root=root, workers=1, timeout=timeout)[0]
            folder = write_result_folder(outcome, target, root=root, force=force)
        done.append(Step(chapter, folder, outcome.failure))
        tell(chapter.slug, "failed" if outcome.failure else "done")
        if outcome.failure:
            break
    return done


def _check_all(chapters: Sequence[Chapter], values: Mapping[str, object], study: Path, force: bool) -> None:
    def checked(chapter: Chapter) -> None:
        # Files may not be there yet, being what an earlier step leaves; the rest can be told now.
        plain = {parameter.name for parameter in chapter.parameters if parameter.kind not in PATHS}
        later = {name for name, source in chapter.study.items() if name not in plain or "@" in source}
        check_parameters(chapter, study_parameters(chapter, values, study, given=later))
        check_target(result_folder(study.parent, chapter.slug), force=force)

    collect(*(partial(checked, chapter) for chapter in chapters))

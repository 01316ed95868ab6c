"""The reader's files are read and checked in a child, before a kernel is given what was read."""

from __future__ import annotations

from pathlib import Path

from handbook_utils.asking.kept import keeping
from handbook_utils.asking.paths import paths_of
from handbook_utils.asking.values import READ, Value
from handbook_utils.chapters.catalogue import Chapter
from handbook_utils.chapters.parameters import check_inputs
from handbook_utils.execution import lean
from handbook_utils.text.untrusted import Limits, Start, apart


def check_apart(
    chapter: Chapter, effective: dict[str, Value], folder: Path, limits: Limits, start: Start, sparing: bool
) -> None:
    """Let the chapter's own check look at the reader's files, in a process with limits.

    Parameters
    ----------
    chapter : Chapter
        Whose check it is.
    effective : dict
        All parameters.
    folder : pathlib.Path
        Where what was read is kept for the kernel.
    limits : Limits
        Of its memory and time.
    start : callable
        How the process is started.
    sparing : bool
        Whether it is to take as little memory as it can.

    Raises
    ------
    InputError, InputErrors
        What the check finds; or that reading takes too much, or crashed.
    """
    if not chapter.inputs:
        return
    named = {question.name for question in chapter.questions if question.kind in READ}
    files = [path.name for name in named for path in paths_of(str(effective.get(name) or ""))]
    call = f"{__name__}:checked_here"
    apart(call, chapter, effective, folder, sparing, files=files, limits=limits, start=start)


def checked_here(chapter: Chapter, effective: dict[str, Value], folder: Path, sparing: bool) -> None:
    """Check, and keep what was read; what the child does.

    Parameters
    ----------
    chapter : Chapter
        Whose check it is.
    effective : dict
        All parameters.
    folder : pathlib.Path
        Where what was read is kept.
    sparing : bool
        Whether this process is to take as little memory as it can.
    """
    if sparing:
        lean.import_pandas()
    with keeping(folder):
        check_inputs(chapter, effective)

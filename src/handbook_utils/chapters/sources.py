"""Where a step of a study takes its parameters from: the study file, and what earlier steps wrote.

A chapter's front matter says so, one line a parameter::

    study:
      flag_minutes: cold.flag_minutes                  # a key of the study file
      scans: files.scans                               # a file, named in the study file
      tubes: "@assign-codes-and-labels/tubes.csv"      # a file that an earlier step left for those after it
      left: "?@"                                       # every file that the other steps left, as many as there are
      concentrations: "?files.concentrations"          # may be absent; the parameter then keeps its default

A key that the study file leaves out leaves the parameter's default. Where the parameter has an example instead, it is
none, or is asked for: a study must not run on the book's example because a line is missing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from handbook_utils.asking.paths import joined
from handbook_utils.asking.values import READ
from handbook_utils.chapters.catalogue import Chapter
from handbook_utils.errors import InputError, InputErrors, nearest

#: The folder, beside the study file, in which each step leaves its result folder.
RESULTS = "results"


def result_folder(folder: Path, step: str) -> Path:
    """Return where a step of a study leaves its results.

    Parameters
    ----------
    folder : pathlib.Path
        The study's folder.
    step : str
        The chapter's slug, or its name alone.

    Returns
    -------
    pathlib.Path
        Whether it is there or not.

    Examples
    --------
    >>> result_folder(Path("my-study"), "protocols/keep-it-cold").as_posix()
    'my-study/results/keep-it-cold'
    """
    return folder / RESULTS / step.rpartition("/")[2]


def needed_steps(chapter: Chapter) -> tuple[str, ...]:
    """Return the names of the steps whose files a chapter cannot do without.

    Parameters
    ----------
    chapter : Chapter
        A step of a study.

    Returns
    -------
    tuple of str
        In the order of its parameters.
    """
    sources = [source for source in chapter.study.values() if source.startswith("@")]
    return tuple(dict.fromkeys(source[1:].partition("/")[0] for source in sources if source != "@"))


def study_parameters(
    chapter: Chapter, values: Mapping[str, object], study: Path, given: Collection[str] = ()
) -> dict[str, object]:
    """Take a chapter's parameters from a study.

    Parameters
    ----------
    chapter : Chapter
        Its front matter says where each parameter's value stands.
    values : mapping of str to object
        What the study file holds, by ``section.key``: text, numbers, truth values, paths, lists and mappings.
    study : pathlib.Path
        The study file; results of steps lie in ``results`` beside it.
    given : collection of str
        Parameters that are given otherwise, and are not taken from the study.

    Returns
    -------
    dict of str to object
        Parameter values, as :func:`handbook_utils.chapters.check_parameters` takes them; None of what the study does
        not say and the book has only an example of.

    Raises
    ------
    InputError
        The chapter takes nothing from a study.
    InputErrors
        Every file that is not there.
    """
    if not chapter.study:
        raise InputError(
            f"Chapter {chapter.slug} takes nothing from a study file.",
            found="--study",
            remedy=f"Leave it out; see: handbook describe {chapter.slug}",
        )
    kinds = {parameter.name: parameter.kind for parameter in chapter.parameters}
    found: dict[str, object] = {}
    errors: list[InputError] = []
    for name, place in chapter.study.items():
        if name in given:
            continue
        source, optional = place.removeprefix("?"), place.startswith("?")
        try:
            if source == "@":
                value: object = joined(_of_all_steps(study, chapter))
            elif source.startswith("@"):
                value = str(_of_step(source[1:], study, chapter))
            elif source in values:
                value = values[source]
                if kinds[name] in READ:
                    _check_there(Path(str(value)), kinds[name], source, study)
                value = str(value) if isinstance(value, Path) else value
            elif kinds[name] in READ:
                raise _without(source, study, chapter)
            else:
                continue
        except InputError as error:
            if not optional or (not source.startswith("@") and source in values):
                errors.append(error)
            continue
        found[name] = value
    if errors:
        raise InputErrors(errors)
    # An example is no study's answer: what the study does not say is told to be none, and asked for where it cannot be.
    unsaid = [one.name for one in chapter.parameters if one.default is None and one.name not in {*found, *given}]
    return {**found, **dict.fromkeys(unsaid)}


def _of_step(source: str, study: Path, chapter: Chapter) -> Path:
    step, _, file = source.partition("/")
    path = result_folder(study.parent, step) / "files" / file
    if not path.is_file():
        raise InputError(
            f"{chapter.slug} needs {file}, which the step {step} leaves.",
            where=str(path),
            expected="the file, from an earlier run of that step",
            remedy=f"Run that step first: handbook run {step} --study {study}",
        )
    return path


def _of_all_steps(study: Path, chapter: Chapter) -> list[Path]:
    own = result_folder(study.parent, chapter.slug)
    found = sorted(own.parent.glob("*/files/*")) if own.parent.is_dir() else []
    files = [path for path in found if path.is_file() and path.parents[1] != own]
    if not files:
        raise InputError(
            f"{chapter.slug} needs what the steps before it leave.",
            where=str(own.parent),
            expected="result folders of other steps",
            found="none with files",
            remedy=f"Run them first: handbook study run {study}",
        )
    return files


def _check_there(path: Path, kind: str, source: str, study: Path) -> None:
    if path.is_dir() if kind == "folder" else path.is_file():
        return
    around = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    close = nearest(path.name, around)
    raise InputError(
        f"The study file names a {kind} that is not there.",
        where=f"{study.name}, {source}",
        expected=f"a {kind}; its path counts from the study file's folder",
        found=str(path),
        remedy=f"Did you mean {close}?" if close else f"Put the {kind} there, or mend its path.",
    )


def _without(source: str, study: Path, chapter: Chapter) -> InputError:
    section, _, key = source.partition(".")
    return InputError(
        f"{chapter.slug} needs a file that the study file does not name.",
        where=study.name,
        expected=f"{section}: {key}: the path, from the study file's folder",
        found="nothing",
    )

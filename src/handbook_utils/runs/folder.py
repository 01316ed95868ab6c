"""The result folder of one run: what a reader keeps, sends on, or puts beside a paper.

It is written under another name beside its place and moved there whole, so what stands under its name is complete:
nothing half-written is ever seen there, whatever stops the program. A run that failed leaves ``<name>-failed`` instead,
with as much as there is to find out why: log, parameters, and the notebook as far as it came.
"""

from __future__ import annotations

import copy
import csv
import errno
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from handbook_utils.asking.paths import paths_of
from handbook_utils.asking.values import READ
from handbook_utils.chapters.catalogue import Chapter
from handbook_utils.errors import InputError
from handbook_utils.execution import Failure, Outcome
from handbook_utils.runs.crate import NAME as CRATE
from handbook_utils.runs.crate import SOURCE, InputFile, write_crate
from handbook_utils.runs.methods import methods_text, read_paragraphs, read_references
from handbook_utils.runs.records import Told, log_text, params_text, read_records, read_values
from handbook_utils.runs.report import report_html
from handbook_utils.text import durable
from handbook_utils.text.guard import inert
from handbook_utils.text.hash import sha256_of

#: What a run may leave for the reader, in folders of these names.
_KEPT = ("figures", "tables", "files")
#: The file with which a run is repeated.
PARAMS = "params.yml"
_OF_FAILED = frozenset(["log.txt", PARAMS, "notebook.ipynb", "report.html"])


def check_target(target: Path, *, force: bool = False) -> None:
    """Refuse a place for a result folder that would cost the reader something; best asked before the run.

    Parameters
    ----------
    target : pathlib.Path
        Where the result folder is to be.
    force : bool
        Whether an earlier result folder may be replaced.

    Raises
    ------
    InputError
        There is something already, or the place cannot be written to.
    """
    if target.exists() and not force:
        raise InputError(
            "The result folder is already there, and is not overwritten.",
            where=str(target),
            expected="a new name",
            remedy="Name another folder with -o, or replace this one with --force.",
        )
    # With force only what a run made is replaced: a slip of the keyboard must not cost somebody's home folder.
    if target.exists() and not is_complete(target) and (not target.is_dir() or any(target.iterdir())):
        raise InputError(
            "What is there is not a result folder, and is not overwritten, with --force neither.",
            where=str(target),
            expected=f"a folder with {CRATE}",
            found="a file" if target.is_file() else "a folder with other things",
            remedy="Name another folder with -o.",
        )
    _check_failed(failed_folder(target))
    above = target.absolute().parent
    while not above.exists():
        above = above.parent
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise InputError(
            "The result folder cannot be made there.",
            where=str(target),
            expected="a folder you may write in",
            found=f"{above} is not",
            remedy="Name another folder with -o.",
        )


@contextmanager
def being_made(target: Path) -> Iterator[None]:
    """Keep a second run out of a result folder while a first one makes it, from before it begins to its end.

    Parameters
    ----------
    target : pathlib.Path
        Where the result folder is to be; the lock lies beside it, and goes with the run.

    Raises
    ------
    InputError
        Another run is at work on this folder.
    """
    made = [folder for folder in target.absolute().parents if not folder.exists()]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise explained(error, target) from error
    mark = target.with_name(f".{target.name}.lock")
    with durable.locked(mark, f"Another run is making the result folder {target.name}."):
        for place in (target, failed_folder(target)):
            durable.mend(place)  # what a run that was killed left
        try:
            yield
        finally:
            mark.unlink(missing_ok=True)
            for folder in made:  # a run that was refused leaves no empty folders
                with suppress(OSError):
                    folder.rmdir()


def is_complete(folder: Path) -> bool:
    """Tell whether a folder is a whole result folder; one has its crate, since it is moved into place whole.

    Parameters
    ----------
    folder : pathlib.Path
        Which need not be there.

    Returns
    -------
    bool
        False of what is not there.
    """
    return (folder / CRATE).is_file()


def _is_of_failed_run(folder: Path) -> bool:
    return folder.is_dir() and {entry.name for entry in folder.iterdir()} <= _OF_FAILED


def _check_failed(folder: Path) -> None:
    # What a failed run left is written over; what somebody else put there is not.
    if folder.exists() and not _is_of_failed_run(folder):
        raise InputError(
            "Where a failed run would leave its log, there is something else.",
            where=str(folder),
            expected="nothing, or what an earlier failed run left",
            remedy="Name another folder with -o.",
        )


def failed_folder(target: Path) -> Path:
    """Return where a failed run leaves what there is, beside where its result folder would be.

    Parameters
    ----------
    target : pathlib.Path
        Where its result folder would be.

    Returns
    -------
    pathlib.Path
        Its name ends in ``-failed``.

    Examples
    --------
    >>> failed_folder(Path("results/one")).as_posix()
    'results/one-failed'
    """
    return target.with_name(f"{target.name}-failed")


def write_result_folder(outcome: Outcome, target: Path, *, root: Path, force: bool = False) -> Path:
    """Write the result folder of one run.

    Parameters
    ----------
    outcome : Outcome
        Of a request with `results`: its figures, tables, files, values and methods are taken over from there.
    target : pathlib.Path
        The folder to make.
    root : pathlib.Path
        The handbook's folder, for its references and translations.
    force : bool
        Replace an earlier result folder; it stays until the new one is complete.

    Returns
    -------
    pathlib.Path
        `target`, or ``<target>-failed`` (always written anew) where the run failed.

    Raises
    ------
    InputError
        The folder is already there, cannot be written, or the disk is full; nothing half-written is left.
    """
    if outcome.failure is not None:
        return _write_failed(outcome, outcome.failure, failed_folder(target), root)
    if outcome.request.results is None or outcome.notebook is None:
        raise ValueError("a result folder is made of a run that kept its results")
    check_target(target, force=force)
    chapter, run, results = outcome.request.chapter, outcome.notebook.metadata["handbook_run"], outcome.request.results
    with _moved_whole(target) as folder:
        references = read_references(root / "book" / "references.bib", str(run["parameters"].get("lang", "en")))
        inputs, told = input_files(chapter, outcome.parameters), Told.of(results)
        for name in _KEPT:
            _copy(results / name, folder / name)
        _write(folder / SOURCE, source_text(outcome))
        _write_values(results / "values.jsonl", folder / "values.csv")
        checksums = {name: file.sha256 for name, file in inputs.items()}
        _write(
            folder / "methods.md",
            methods_text(chapter, run, read_paragraphs(results), checksums, references, told.lines),
        )
        _write(folder / PARAMS, params_text(chapter, outcome.parameters, run["answers"], target))
        _write(folder / "log.txt", log_text(outcome, told.lines))
        if told.read:
            _write(folder / "read.json", told.as_json())
        _write_notebook(folder / "notebook.ipynb", outcome.notebook)
        report = report_html(
            outcome.notebook,
            references=references,
            source=chapter.path,
            inputs=inputs,
            translations=_translations(chapter, run["parameters"], root),
        )
        _write(folder / "report.html", report)
        write_crate(folder, chapter, run, inputs, found=read_found(results))
    if _is_of_failed_run(failed_folder(target)):
        shutil.rmtree(failed_folder(target))  # of an earlier try; it is mended now
    return target


def _write_failed(outcome: Outcome, failure: Failure, target: Path, root: Path) -> Path:
    chapter = outcome.request.chapter
    _check_failed(target)
    with _moved_whole(target) as folder:
        told = Told.of(outcome.request.results).lines if outcome.request.results else []
        _write(folder / "log.txt", log_text(outcome, told))
        _write(folder / PARAMS, params_text(chapter, failure.parameters, _states(outcome), target))
        if outcome.notebook is not None:
            _write_notebook(folder / "notebook.ipynb", outcome.notebook)
            references = read_references(root / "book" / "references.bib")
            page = report_html(outcome.notebook, references=references, source=chapter.path, failed=str(failure))
            _write(folder / "report.html", page)
    return target


@contextmanager
def _moved_whole(target: Path) -> Iterator[Path]:
    """Give a folder to fill, and put it under its name in one step once it is full and on the disk."""
    folder: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}{durable.PART}")
        folder.mkdir()
        yield folder
        durable.place(folder, target, replace=True)
    except OSError as error:
        raise explained(error, target) from error
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def explained(error: OSError, target: Path) -> Exception:
    """Return what a person can do something about, or else the error itself.

    Parameters
    ----------
    error : OSError
        Of writing results.
    target : pathlib.Path
        Where they were to be.

    Returns
    -------
    Exception
        An InputError where the disk is full or the place may not be written in.

    Examples
    --------
    >>> print(explained(OSError(errno.ENOSPC, "No space left on device"), Path("out")).problem)
    The disk is full; the results could not be written.
    """
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return InputError(
            "The disk is full; the results could not be written.",
            where=str(target),
            remedy="Make room, or name a folder on another disk with -o, and run it again.",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR):
        return InputError(
            "The results cannot be written there.",
            where=str(target),
            found=str(error.strerror),
            remedy="Name another folder with -o.",
        )
    return error


def input_files(chapter: Chapter, parameters: Mapping[str, Any]) -> dict[str, InputFile]:
    """Return size and SHA-256 of the reader's own files.

    Parameters
    ----------
    chapter : Chapter
        Says which parameters are files or folders.
    parameters : mapping
        All parameters of the run.

    Returns
    -------
    dict of str to InputFile
        By parameter and file name, ``table: my.biom``; of a folder every file. Files of one parameter and one name are
        told apart by the folders they lie in.
    """
    found = {}
    for parameter in chapter.parameters:
        given = str(parameters.get(parameter.name) or "")
        if parameter.kind not in READ or not given:
            continue
        paths = paths_of(given)
        alike = len({path.name for path in paths}) < len(paths)
        for path in paths:
            above = Path(os.path.commonpath([one.parent for one in paths])) if alike else path.parent
            files = sorted(entry for entry in path.rglob("*") if entry.is_file()) if path.is_dir() else [path]
            for file in files:
                inside = file.relative_to(above).as_posix()
                found[f"{parameter.name}: {inside}"] = InputFile(sha256_of(file), file.stat().st_size)
    return found


def source_text(outcome: Outcome) -> str:
    """Return the source of what was executed: the whole chapter, or its analysis with the parameters of the run.

    Parameters
    ----------
    outcome : Outcome
        Of a run.

    Returns
    -------
    str
        MyST Markdown.
    """
    chapter = outcome.request.chapter
    if not outcome.request.own or outcome.notebook is None:
        return chapter.path.read_text(encoding="utf-8")
    import jupytext

    executed = copy.deepcopy(outcome.notebook)
    executed.metadata = {
        "jupytext": {"text_representation": {"extension": ".md", "format_name": "myst"}},
        "kernelspec": executed.metadata["kernelspec"],
    }
    return str(jupytext.writes(executed, fmt="md:myst"))


def read_found(results: Path) -> list[str]:
    """Return what a run answered, a sentence or two for each answer.

    Parameters
    ----------
    results : pathlib.Path
        The folder that the run wrote its results in.

    Returns
    -------
    list of str
        Empty where a run answered nothing.
    """
    return list(dict.fromkeys(str(answer["found"]) for answer in read_records(results / "answers.jsonl")))


def _states(outcome: Outcome) -> Mapping[str, str]:
    run = outcome.notebook.metadata.get("handbook_run", {}) if outcome.notebook is not None else {}
    states: Mapping[str, str] = run.get("answers", {})
    return states


def _copy(source: Path, target: Path) -> None:
    # shutil.copytree goes on at an error, and does not say that the disk is full.
    for path in sorted(source.rglob("*")):
        if path.is_file():
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)


def _write_values(recorded: Path, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("name", "value"))
        writer.writerows((inert(name), inert(value)) for name, value in read_values(recorded))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_notebook(path: Path, notebook: Any) -> None:
    import nbformat

    _write(path, nbformat.writes(notebook))


def _translations(chapter: Chapter, parameters: Mapping[str, Any], root: Path) -> dict[str, str]:
    """Read the Dutch prose of a chapter that is complete in both languages, where the run is in Dutch."""
    path = root / "locale" / "nl" / "LC_MESSAGES" / "notebooks" / f"{chapter.slug}.po"
    if parameters.get("lang") != "nl" or "nl" not in chapter.languages or not path.is_file():
        return {}
    import polib

    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(path)) if entry.translated()}

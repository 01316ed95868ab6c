"""The catalogue: every chapter of the handbook, in the order of its table of contents."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any

from handbook_utils.asking import Question, Value, reading
from handbook_utils.chapters.front import read_front
from handbook_utils.chapters.parameters import of_study, read_parameters
from handbook_utils.errors import InputError, InputErrors, collect, nearest
from handbook_utils.text import yaml_text

_SOURCE = re.compile(r"\??(?:[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*|@(?:[a-z][a-z0-9-]*/[\w.-]+)?)")
PARTS = ("explainers", "protocols", "recipes")
AUDIENCES = ("researchers", "students", "teachers", "professionals", "public")


@dataclass(frozen=True)
class Chapter:
    """One notebook of the handbook.

    Attributes
    ----------
    slug : str
        Part and name, ``recipes/compare-groups``; it never changes once published.
    path : pathlib.Path
        The MyST Markdown source.
    title, part, question, audience, minutes, data, languages, needs, inputs, serves
        What the front matter says (CONTRIBUTING.md); `inputs` is "" where there is none, `serves` is empty.
    parameters : tuple of Question
        In the order of the parameters cell.
    help_nl : mapping of str to str
        Dutch help of the parameters, of chapters that are in both languages.
    study : mapping of str to str
        Of a step of a study: where in the study file, or in what an earlier step left, a parameter's value stands
        (:mod:`handbook_utils.chapters.sources`).
    """

    slug: str
    path: Path
    title: str
    part: str
    question: str
    audience: tuple[str, ...]
    minutes: int
    data: tuple[str, ...]
    languages: tuple[str, ...]
    needs: str
    inputs: str
    parameters: tuple[Question, ...]
    help_nl: Mapping[str, str] = field(default_factory=dict)
    study: Mapping[str, str] = field(default_factory=dict)
    serves: tuple[str, ...] = ()

    def notebook(self) -> Any:
        """Return the chapter as a fresh notebook without outputs; cell ids say where a cell stands."""
        return read_notebook(self.path)

    @property
    def questions(self) -> tuple[Question, ...]:
        """The parameters, and of a chapter that takes a table how it is to be read."""
        names = {parameter.name for parameter in self.parameters}
        takes_table = any(parameter.name == "table" and parameter.kind == "files" for parameter in self.parameters)
        more = tuple(question for question in reading.QUESTIONS if question.name not in names)
        return self.parameters + (more if takes_table else ())

    @property
    def defaults(self) -> dict[str, Value]:
        """The parameters of the book's own run: defaults, and the examples of the bundled study."""
        return {parameter.name: parameter.in_book for parameter in self.parameters}


def read_notebook(path: Path) -> Any:
    """Read a MyST Markdown notebook.

    jupytext gives random ids at each reading; these are made from the cell's place, so that equal sources give equal
    notebooks.

    Parameters
    ----------
    path : pathlib.Path
        A file under ``notebooks/``.

    Returns
    -------
    nbformat.NotebookNode
        Version 4.5.
    """
    return copy.deepcopy(_parsed(path.read_text(encoding="utf-8")))


# Parsed several times in one build: for the front matter, the key, the run and the prose around kept results.
@lru_cache(maxsize=128)
def _parsed(text: str) -> Any:
    import jupytext

    notebook = jupytext.reads(text, fmt="md:myst")
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:03d}"
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return notebook


def tagged(notebook: Any, tag: str) -> list[Any]:
    """Return the code cells that carry a tag.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        A chapter.
    tag : str
        As in ``:tags:``.

    Returns
    -------
    list of nbformat.NotebookNode
        In their order.
    """
    return [cell for cell in notebook.cells if cell.cell_type == "code" and tag in cell.metadata.get("tags", [])]


def read_chapter(path: Path, root: Path) -> Chapter:
    """Read one chapter's front matter and parameters.

    Parameters
    ----------
    path : pathlib.Path
        A file under ``notebooks/``.
    root : pathlib.Path
        The handbook's folder.

    Returns
    -------
    Chapter
        Without its cells, which are read where it is run.

    Raises
    ------
    InputErrors
        What is missing or of the wrong kind in the front matter or the parameters cell.
    """
    where = path.relative_to(root).as_posix()
    slug = path.relative_to(root / "notebooks").with_suffix("").as_posix()
    text = read_front(path.read_text(encoding="utf-8"), where)
    front = text.matter
    errors: list[InputError] = []

    def wrong(name: str, expected: str) -> None:
        found = repr(front.get(name, "nothing"))
        errors.append(InputError(f"Front matter: '{name}' is wrong.", where=where, expected=expected, found=found))

    kinds: dict[str, tuple[type, str]] = {
        "part": (str, f"one of {', '.join(PARTS)}"),
        "question": (str, "a sentence"),
        "audience": (list, f"a list of {', '.join(AUDIENCES)}"),
        "minutes": (int, "a whole number"),
        "data": (list, "a list of data set names, or []"),
        "languages": (list, "[en] or [en, nl]"),
        "needs": (str, "a sentence"),
    }
    for name, (kind, expected) in kinds.items():
        if not isinstance(front.get(name), kind):
            wrong(name, expected)
    if not errors:
        if front["part"] != slug.partition("/")[0]:
            wrong("part", f"the folder it stands in, {slug.partition('/')[0]}")
        if set(front["audience"]) - set(AUDIENCES):
            wrong("audience", kinds["audience"][1])
        if front["languages"] not in (["en"], ["en", "nl"]):
            wrong("languages", kinds["languages"][1])
    if text.title is None:
        errors.append(
            InputError("The chapter does not begin with a title.", where=where, expected="# Title with a verb")
        )
    if len(text.cells) != 1:
        errors.append(
            InputError(
                "A chapter has one parameters cell.",
                where=where,
                expected="one cell tagged parameters",
                found=str(len(text.cells)),
            )
        )
    if errors or text.title is None:
        raise InputErrors(errors)
    help_nl = dict(front.get("help_nl", {}))
    parameters = read_parameters(text.cells[0], where, help_nl)
    study = _sources(front.get("study", {}), parameters, where)
    return Chapter(
        slug=slug,
        path=path,
        title=text.title,
        part=front["part"],
        question=front["question"],
        audience=tuple(front["audience"]),
        minutes=front["minutes"],
        data=tuple(front["data"]),
        languages=tuple(front["languages"]),
        needs=front["needs"],
        inputs=front.get("inputs", ""),
        parameters=of_study(parameters, study, where),
        help_nl=help_nl,
        study=study,
        serves=tuple(front.get("serves", ())),
    )


def _sources(given: Any, parameters: Iterable[Question], where: str) -> dict[str, str]:
    """Check ``study:`` of the front matter: parameters of the chapter, each with the place its value comes from."""
    names = [parameter.name for parameter in parameters]
    if not isinstance(given, dict):
        raise InputError(
            "Front matter: 'study' is wrong.",
            where=where,
            expected="lines of the form  parameter: section.key",
            found=repr(given),
        )
    errors = []
    for name, source in given.items():
        if name not in names:
            close = nearest(str(name), names)
            errors.append(
                InputError(
                    f"Front matter: 'study' names a parameter that the chapter does not have: {name}",
                    where=where,
                    expected=f"one of {', '.join(names)}",
                    remedy=f"Did you mean '{close}'?" if close else None,
                )
            )
        if not isinstance(source, str) or not _SOURCE.fullmatch(source):
            errors.append(
                InputError(
                    f"Front matter: 'study' does not say where '{name}' comes from.",
                    where=where,
                    expected='section.key of the study file, or "@step/file" that an earlier step wrote, or "@"',
                    found=repr(source),
                )
            )
    if errors:
        raise InputErrors(errors)
    return dict(given)


@dataclass(frozen=True)
class Catalogue:
    """Every chapter of the handbook.

    Attributes
    ----------
    root : pathlib.Path
        The handbook's folder.
    levels : dict of str to int
        All pages of the table of contents, without ending, in its order: prose and chapters; of each, under how many
        others it lies.
    """

    root: Path
    levels: dict[str, int]

    @classmethod
    def read(cls, root: Path) -> Catalogue:
        """Read the table of contents.

        Parameters
        ----------
        root : pathlib.Path
            The handbook's folder.

        Returns
        -------
        Catalogue
            Whose chapters are read when they are asked for.

        Raises
        ------
        InputErrors
            Entries without a file, files named twice, notebooks that are not in it.
        """
        toc = yaml_text.typed((root / "_toc.yml").read_text(encoding="utf-8"), "_toc.yml")
        entries = list(_files(toc))
        files = [name for name, _ in entries]
        errors = [
            InputError(
                f"The table of contents names a page that is not there: {name}",
                where="_toc.yml",
                expected=f"{name}.md",
                remedy=_meant(name, root),
            )
            for name in files
            if not (root / f"{name}.md").is_file()
        ]
        errors += [
            InputError(
                f"The table of contents has {key}: with no list of pages under it.",
                where="_toc.yml",
                expected="pages, each as: - file: book/a-page",
                remedy="List its pages, or take the line out.",
            )
            for key in _bare(toc)
        ]
        errors += [
            InputError(f"The table of contents names a page twice: {name}", where="_toc.yml")
            for name in dict.fromkeys(name for name in files if files.count(name) > 1)
        ]
        if errors:
            raise InputErrors(errors)
        return cls(root, dict(entries))

    @property
    def files(self) -> tuple[str, ...]:
        """All pages, in order."""
        return tuple(self.levels)

    @property
    def slugs(self) -> tuple[str, ...]:
        """Slugs of the chapters, in order."""
        return tuple(name.removeprefix("notebooks/") for name in self.files if name.startswith("notebooks/"))

    @cached_property
    def chapters(self) -> tuple[Chapter, ...]:
        """Every chapter, in the order of the table of contents.

        Raises
        ------
        InputErrors
            What is wrong in any of them.
        """
        return tuple(collect(*(partial(self.get, slug) for slug in self.slugs)))

    def get(self, slug: str) -> Chapter:
        """Return one chapter by its slug; the part may be left out where the name says enough.

        Parameters
        ----------
        slug : str
            Part and name, or the name alone.

        Returns
        -------
        Chapter
            Read anew.

        Raises
        ------
        InputError
            There is none; the nearest is suggested.
        """
        wanted = slug.removeprefix("notebooks/").removesuffix(".md")
        same = [known for known in self.slugs if wanted in (known, known.partition("/")[2])]
        if len(same) != 1:
            names = {known.partition("/")[2]: known for known in self.slugs}
            close = nearest(wanted, self.slugs) or names.get(nearest(wanted.rpartition("/")[2], names) or "")
            raise InputError(
                f"There is no chapter '{slug}'.",
                expected="a chapter that `handbook list` names",
                found=slug,
                remedy=f"Did you mean '{close}'?" if close else "See: handbook list",
            )
        return read_chapter(self.root / "notebooks" / f"{same[0]}.md", self.root)


#: What holds pages in a table of contents.
_LISTS = ("parts", "chapters", "sections")


def _files(node: Any, level: int = 0) -> Iterator[tuple[str, int]]:
    if isinstance(node, list):
        for entry in node:
            yield from _files(entry, level)
    elif isinstance(node, dict):
        for key in ("root", "file"):
            if key in node:
                yield str(node[key]).removesuffix(".md"), level
        for key in _LISTS:
            yield from _files(node.get(key, []), level + (key == "sections"))


def _bare(node: Any) -> Iterator[str]:
    """Yield the keys that should hold a list and do not."""
    if isinstance(node, list):
        for entry in node:
            yield from _bare(entry)
    elif isinstance(node, dict):
        for key in filter(node.__contains__, _LISTS):
            if not isinstance(node[key], list) or not node[key]:
                yield key
            yield from _bare(node[key])


def _meant(name: str, root: Path) -> str:
    pages = [path.relative_to(root).with_suffix("").as_posix() for path in sorted(root.glob("[bn]*/**/*.md"))]
    close = nearest(name, pages)
    return f"Did you mean {close}?" if close else "Write the page, or take the line out."

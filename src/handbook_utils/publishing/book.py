"""The book: every chapter executed, every edition rendered, published in one step or not at all."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handbook_utils.errors import InputError, InputErrors, listed, nearest
from handbook_utils.execution.run import AT_ONCE
from handbook_utils.home import build_folder
from handbook_utils.publishing.chromium import check_chromium, remembered_files
from handbook_utils.publishing.web.address import site_address
from handbook_utils.publishing.web.root import write_root
from handbook_utils.publishing.whole.files import add_whole
from handbook_utils.text import durable, yaml_text
from handbook_utils.text.hash import sha256, sha256_of
from handbook_utils.text.moment import moment

if TYPE_CHECKING:
    from handbook_utils.chapters import Catalogue, Chapter
    from handbook_utils.execution import Failure, Outcome
    from handbook_utils.execution.run import Progress
    from handbook_utils.publishing.api.pages import ApiPage
    from handbook_utils.publishing.render import Edition
    from handbook_utils.publishing.stage import Stage

#: What the book is made of, in the handbook's folder.
_SOURCES = ("_config.yml", "_toc.yml", "requirements.lock", "CONTRIBUTING.md", "book", "data", "locale", "notebooks")

_PREFIX = ".book-"
#: Seconds in which another build has long placed its book.
_PATIENCE = 60.0

#: How many problems are told at once.
_MOST = 12


@dataclass(frozen=True)
class BuildReport:
    """What a build made.

    Attributes
    ----------
    index : pathlib.Path
        The page to open.
    outcomes : tuple of Outcome
        Of every chapter and language that was asked to run; empty where nothing had changed.
    failures : tuple of Failure
        Chapters that did not run to their end; a notice stands in their place.
    seconds : float
        How long it took.
    pages : int
        How many pages all editions together have.
    unchanged : bool
        The book was there already, made from the same sources.
    """

    index: Path
    outcomes: tuple[Outcome, ...] = field(repr=False)
    failures: tuple[Failure, ...]
    seconds: float
    pages: int
    unchanged: bool = False


def build_book(
    root: Path,
    languages: Sequence[str] = ("en", "nl"),
    *,
    workers: int = AT_ONCE,
    executor: Executor | None = None,
    timeout: float = 600,
    memory: float | None = None,
    progress: Progress | None = None,
    address: str = "",
    whole: Sequence[str] = (),
) -> BuildReport:
    """Execute all chapters and publish the book under ``_build/html``.

    Nothing is done where nothing changed since the last build. The old book stays until the new one is whole.

    Parameters
    ----------
    root : pathlib.Path
        The handbook's folder.
    languages : sequence of {"en", "nl"}
        Editions to make; the first is the one for readers of other languages.
    workers : int
        How many chapters run at once.
    executor : concurrent.futures.Executor, optional
        Where they run instead of in this process' own pool.
    timeout : float
        Seconds a chapter may take.
    memory : float, optional
        GB that a chapter's kernel may take.
    progress : callable, optional
        Told the slug and the state of each run.
    address : str
        Where the site will be published; by default what ``_config.yml`` says, which may be nowhere.
    whole : sequence of {"pdf", "epub"}
        Files of each whole edition to make as well; a PDF needs Chromium.

    Returns
    -------
    BuildReport
        What was made. Chapters that failed are in it; the others are published.

    Raises
    ------
    InputError, InputErrors
        Pages that are not right: a table of contents that names no file, a reference that leads nowhere, a bilingual
        page without its Dutch. The book that was there stays.
    """
    from handbook_utils.chapters import Catalogue

    began = time.perf_counter()
    languages = _checked_languages(languages)
    address = site_address(root, address)
    catalogue = Catalogue.read(root)
    build = build_folder(root)
    site, record = build / "html", build / "book.json"
    index = site / "index.html"
    _clear_leftovers(build)
    if "pdf" in whole:
        check_chromium("--pdf")
    print_ = fingerprint(root, languages, address, whole)
    if index.is_file() and record.is_file():
        told = json.loads(record.read_text(encoding="utf-8"))
        # `jupyter-book build .` writes to the same place; what it left is not our book.
        if told["fingerprint"] == print_ and told["index"] == sha256_of(index):
            return BuildReport(index, (), (), time.perf_counter() - began, told["pages"], unchanged=True)

    if not (build / "cache").is_dir():
        from handbook_utils.execution.kernel import prepare

        prepare(workers)
    chapters = catalogue.chapters
    build.mkdir(exist_ok=True)
    with _placing(build):
        durable.mend(site)  # what a build that was killed left
    with durable.working_folder(build, _PREFIX) as folder, _renderers(folder, languages) as renderers:
        editions = _Editions(folder, catalogue, renderers, address, whole)
        outcomes = _executed(
            chapters,
            languages,
            root,
            arrived=editions.add,
            workers=workers,
            executor=executor,
            timeout=timeout,
            memory=memory,
            progress=progress,
        )
        once = {id(outcome): outcome for edition in outcomes.values() for outcome in edition.values()}.values()
        failures = tuple(outcome.failure for outcome in once if outcome.failure is not None)
        made = folder / "html"
        made.mkdir()
        found = editions.close(outcomes)
        if any(found.values()) and not failures:  # a missing chapter leaves references open
            raise InputErrors(_together(found))
        _collect(catalogue, folder, languages, made, address)
        for lang in languages:
            add_whole(made / lang, catalogue, lang, whole, moment().date().isoformat())
        pages = sum(1 for _ in made.glob("*/**/*.html"))
        with _placing(build):
            record.unlink(missing_ok=True)
            durable.place(made, site, replace=True)
            if not failures:
                told = {"fingerprint": print_, "index": sha256_of(index), "pages": pages}
                durable.write(record, f"{json.dumps(told)}\n".encode())
    return BuildReport(index, tuple(once), failures, time.perf_counter() - began, pages)


def _clear_leftovers(build: Path) -> None:
    """Remove what builds that were killed left, and nothing of one that is at work."""
    durable.clear_folders(build, _PREFIX)
    durable.clear(build)


def _placing(build: Path) -> AbstractContextManager[None]:
    """Keep other builds from placing their book meanwhile: one comes after the other, and the last one stays."""
    return durable.locked(build / ".placing.lock", "Another build is placing its book.", patience=_PATIENCE)


def _checked_languages(languages: Sequence[str]) -> tuple[str, ...]:
    from handbook_utils.publishing.words import LANGUAGES

    for lang in languages:
        if lang not in LANGUAGES:
            close = nearest(lang, LANGUAGES)
            raise InputError(
                f"There is no edition in the language {lang!r}.",
                where="--lang",
                expected="one or more of " + ", ".join(LANGUAGES),
                remedy=f"Did you mean {close!r}?" if close else None,
            )
    if not languages:
        raise InputError("No edition was asked for.", where="--lang", expected="one or more of " + ", ".join(LANGUAGES))
    return tuple(dict.fromkeys(languages))


_MADE = frozenset(["__pycache__", ".ipynb_checkpoints"])


def fingerprint(root: Path, languages: Sequence[str], address: str = "", whole: Sequence[str] = ()) -> str:
    """Name everything that a built book depends on.

    Parameters
    ----------
    root : pathlib.Path
        The handbook's folder.
    languages : sequence of str
        Editions.
    address : str
        Where the site will be published.
    whole : sequence of str
        Files of each whole edition.

    Returns
    -------
    str
        A SHA-256.
    """
    parts = [json.dumps([list(languages), list(sys.version_info[:3]), str(root), address, sorted(whole)])]
    package = Path(__file__).resolve().parents[1]
    for base, names in ((root, _SOURCES), (package.parent, (package.name,))):
        for name in names:
            start = base / name
            for path in sorted(start.rglob("*")) if start.is_dir() else [start]:
                inside = path.relative_to(base)
                # What Python and numba compile is no source: it comes while the chapters run.
                if path.is_file() and path.suffix != ".mo" and _MADE.isdisjoint(inside.parts):
                    parts.append(f"{inside.as_posix()}\0{sha256_of(path)}\n")
    return sha256("".join(parts).encode())


def _executed(
    chapters: Sequence[Chapter],
    languages: Sequence[str],
    root: Path,
    *,
    arrived: Callable[[str, Outcome], None],
    workers: int,
    executor: Executor | None,
    timeout: float,
    memory: float | None,
    progress: Progress | None,
) -> dict[str, dict[str, Outcome]]:
    """Run every chapter once for each language it is written in; English ones serve both editions.

    The last chapters first: those are the recipes, which take longest, and what is left for the end is short.
    """
    from handbook_utils.execution import Request, execute

    wanted: dict[tuple[str, str], Request] = {}
    serves: dict[tuple[str, str], list[str]] = {}
    for chapter in reversed(chapters):
        for lang in languages:
            own = lang if lang in chapter.languages else "en"
            given = {"lang": own} if own != "en" and "lang" in chapter.defaults else {}
            wanted[chapter.slug, own] = Request(chapter, given)
            serves.setdefault((chapter.slug, own), []).append(lang)
    keys = list(wanted)

    def one_more(place: int, outcome: Outcome) -> None:
        for lang in serves[keys[place]]:
            arrived(lang, outcome)

    done = execute(
        list(wanted.values()),
        root=root,
        workers=workers,
        executor=executor,
        timeout=timeout,
        memory=memory,
        progress=progress,
        arrived=one_more,
    )
    outcomes: dict[str, dict[str, Outcome]] = {lang: {} for lang in languages}
    for key, outcome in zip(keys, done, strict=True):
        for lang in serves[key]:
            outcomes[lang][key[0]] = outcome
    return outcomes


@contextmanager
def _renderers(folder: Path, languages: Sequence[str]) -> Iterator[dict[str, Edition]]:
    """Start a Sphinx for each edition, to do its imports while chapters are executed."""
    from handbook_utils.publishing.render import end, start

    # Sphinx leaves its own things beside the pages; those go with the temporary folder.
    # The one that shares pages out mostly waits for those that write them.
    each = (os.cpu_count() or 1) // len(languages)
    each = each + 1 if each > 1 else 1
    running = start({lang: (folder / "stage" / lang, _pages(folder, lang)) for lang in languages}, each)
    try:
        yield running
    finally:
        end(running)


class _Editions:
    """The editions in the making: each chapter is staged for its Sphinx as soon as it has been executed."""

    def __init__(
        self,
        folder: Path,
        catalogue: Catalogue,
        renderers: dict[str, Edition],
        address: str,
        whole: Sequence[str],
    ) -> None:
        from handbook_utils.publishing.render import BEGIN, tell
        from handbook_utils.publishing.stage import Stage

        self._folder, self._catalogue, self._renderers, self._address = folder, catalogue, renderers, address
        self._stages: dict[str, Stage] = {}
        # In the order they come in, so that Sphinx waits for one only when it has read all before it.
        chapters, languages = catalogue.chapters[::-1], tuple(renderers)
        api = _api(catalogue, folder.parent / "cache" / "api")
        for lang, process in renderers.items():
            stage = folder / "stage" / lang
            self._stages[lang] = Stage(
                stage, catalogue, chapters, lang, languages, address=address, whole=whole, api=api
            )
            tell(process, BEGIN)

    def add(self, lang: str, outcome: Outcome) -> None:
        """Stage a chapter of an edition."""
        from handbook_utils.publishing.render import tell

        tell(self._renderers[lang], self._stages[lang].add(outcome))

    def close(self, outcomes: dict[str, dict[str, Outcome]]) -> dict[str, list[InputError]]:
        """Wait for the pages, put downloads beside them, and return what Sphinx warned about in each edition."""
        from handbook_utils.publishing.render import ALL, finish, tell
        from handbook_utils.publishing.search import add_search
        from handbook_utils.publishing.site import add_downloads
        from handbook_utils.publishing.teaching.material import add_lessons
        from handbook_utils.publishing.web.pictures import add_pictures
        from handbook_utils.publishing.web.unused import drop_unused

        for lang, process in self._renderers.items():
            self._stages[lang].close()
            tell(process, ALL)
        for lang, stage in self._stages.items():  # while Sphinx is at work
            add_downloads(stage.folder, _pages(self._folder, lang), self._catalogue, outcomes[lang])
        found = {lang: finish(process) for lang, process in self._renderers.items()}
        made: dict[Path, str] = {}
        for lang, stage in self._stages.items():
            add_search(stage.folder, _pages(self._folder, lang), self._catalogue.root)
            titles = _configured(self._catalogue.root)["handbook_titles"]
            made |= add_pictures(self._catalogue.root, _pages(self._folder, lang), lang, str(titles[lang]))
            drop_unused(_pages(self._folder, lang))
            executed = outcomes[lang].values()
            made |= add_lessons(_pages(self._folder, lang), self._catalogue.root, executed, address=self._address)
        remembered_files(made, self._folder.parent / "cache" / "made")
        return found


def _api(catalogue: Catalogue, cache: Path) -> list[ApiPage]:
    """Return the pages on what can be imported; none where the contents of the book have no place for them."""
    from handbook_utils.publishing.api.pages import ABOVE, api_pages

    if ABOVE not in catalogue.files:
        return []
    config = yaml_text.typed((catalogue.root / "_config.yml").read_text(encoding="utf-8"), "_config.yml")
    where = config.get("repository", {})
    source = f"{where['url']}/blob/{where.get('branch', 'main')}/src/" if where.get("url") else ""
    return api_pages(catalogue.chapters, source, cache)


def _collect(catalogue: Catalogue, folder: Path, languages: Sequence[str], made: Path, address: str) -> None:
    """Put the editions' pages together, and what stands at the root of the site."""
    for lang in languages:
        _pages(folder, lang).rename(made / lang)
        for left in (".buildinfo", "objects.inv"):
            (made / lang / left).unlink(missing_ok=True)
    write_root(made, languages, _configured(catalogue.root)["handbook_titles"], catalogue.files[0], address)


def _configured(root: Path) -> dict[str, Any]:
    """Return what the configuration says to Sphinx."""
    given = yaml_text.typed((root / "_config.yml").read_text(encoding="utf-8"), "_config.yml")
    return dict(given["sphinx"]["config"])


def _pages(folder: Path, lang: str) -> Path:
    return folder / lang / "pages"


def _together(found: dict[str, list[InputError]]) -> list[InputError]:
    """Say each problem once, with the editions it is in where it is not in all; no more than fit on a screen."""
    editions: dict[tuple[str, str], list[str]] = {}
    for lang, problems in found.items():
        for problem in problems:
            editions.setdefault((problem.problem, problem.where or "the book"), []).append(lang)
    errors = [
        InputError(text, where=where if len(langs) == len(found) else f"{where} ({', '.join(langs)})")
        for (text, where), langs in editions.items()
    ]
    if len(errors) > _MOST:
        pages = list(dict.fromkeys(str(error.where).partition(",")[0] for error in errors[_MOST:]))
        errors[_MOST:] = [InputError(f"And {len(errors) - _MOST} more.", where=listed(pages))]
    return errors

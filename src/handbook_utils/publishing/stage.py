"""The stage: what Sphinx gets to see of one edition, under ``_build/stage/<language>``.

Prose as it is, chapters as executed notebooks, and ``handbook.json`` with what the pages show around them. Figures are
taken out of the notebooks into files of their own, so that a page stays small and a figure can be opened by itself.
"""

from __future__ import annotations

import base64
import copy
import html
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handbook_utils.chapters.advice import advice_in
from handbook_utils.chapters.claims import claims_of, public_words, read_claims
from handbook_utils.chapters.public_text import public_pages, public_texts
from handbook_utils.publishing.api.pages import ABOVE
from handbook_utils.publishing.dutch import catalogue_of
from handbook_utils.publishing.order import answer_first, parted
from handbook_utils.publishing.pages.staged import RATES, TERMS
from handbook_utils.publishing.parts import is_lesson
from handbook_utils.publishing.words import WORDS
from handbook_utils.readability import Readability, readability
from handbook_utils.text import yaml_text
from handbook_utils.text.hash import sha256

if TYPE_CHECKING:
    from handbook_utils.chapters import Catalogue, Chapter
    from handbook_utils.execution import Failure, Outcome
    from handbook_utils.publishing.api.pages import ApiPage

PEERS = "application/vnd.handbook.peers+json"
#: What a page says about itself, read by :mod:`handbook_utils.publishing.extension`.
MANIFEST = "handbook.json"
FIGURES = "figures"

#: Output kinds of which a page shows only the first it finds; the rest would be carried along for nothing.
_SHOWN = ("text/html", "image/svg+xml", "image/png", "text/markdown", "text/latex", "text/plain")
#: Points of width below which a figure is for a telephone.
_NARROW = 400
_IMAGE = re.compile(r'src="data:image/(svg\+xml|png);base64,([A-Za-z0-9+/=\s]+)"')


def _bilingual_prose(path: Path) -> bool:
    """Tell whether a prose page must be in both languages; it may say ``handbook: {languages: [en]}`` if not.

    Examples
    --------
    >>> import tempfile
    >>> page = Path(tempfile.mkdtemp()) / "page.md"
    >>> _ = page.write_text("# Title", encoding="utf-8")
    >>> _bilingual_prose(page)
    True
    """
    front = re.match(r"---\n(.*?)\n---\n", path.read_text(encoding="utf-8"), re.DOTALL)
    told = (yaml_text.typed(front[1], str(path)) or {}) if front else {}
    return "nl" in told.get("handbook", {}).get("languages", ["en", "nl"])


class Stage:
    """Everything one edition is made of, written while its chapters are executed.

    What needs no chapter is written at once, and empty files stand where chapters will come, so that Sphinx can begin
    to read: :meth:`add` brings each chapter, :meth:`close` what the pages show around them.

    Parameters
    ----------
    folder : pathlib.Path
        Emptied first.
    catalogue : Catalogue
        Which pages there are.
    chapters : sequence of Chapter
        All chapters of the catalogue, in the order they will come in.
    lang : str
        The edition's language.
    languages : sequence of str
        All editions of this build, for the switch between them.
    executed : bool
        Whether chapters will come; without, they are staged as their sources.
    address : str
        Where the site will be published; empty where that is not known.
    whole : sequence of str
        Files of the whole edition that there will be, for the links to them.
    api : sequence of ApiPage
        Pages on what can be imported, which stand under :data:`handbook_utils.publishing.api.pages.ABOVE`.
    """

    def __init__(
        self,
        folder: Path,
        catalogue: Catalogue,
        chapters: Sequence[Chapter],
        lang: str,
        languages: Sequence[str],
        *,
        executed: bool = True,
        address: str = "",
        whole: Sequence[str] = (),
        api: Sequence[ApiPage] = (),
    ) -> None:
        self.folder, self._catalogue, self._lang, self._languages = folder, catalogue, lang, tuple(languages)
        self._address, self._whole = address, tuple(whole)
        self._peers: dict[str, list[dict[str, Any]]] = {}
        self._pages: dict[str, Any] = {}
        root = catalogue.root
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in ("_config.yml", "_toc.yml", "CONTRIBUTING.md"):
            if (root / name).is_file():
                shutil.copyfile(root / name, folder / name)
        shutil.copytree(root / "book", folder / "book", ignore=shutil.ignore_patterns(".*"))
        if (root / "locale").is_dir():  # a copy, for Sphinx compiles catalogues where they lie
            shutil.copytree(root / "locale", folder / "locale")
        for name in (TERMS, RATES):
            if (table := root / "data" / name).is_file():
                shutil.copyfile(table, folder / name)
        for name in catalogue.files:
            if not name.startswith("notebooks/"):
                both = _bilingual_prose(root / f"{name}.md")
                self._pages[name] = {
                    "kind": "prose",
                    "languages": ["en", "nl"] if both else ["en"],
                    "source": f"{name}.md",
                }
        self._stage_api(api)
        for chapter in chapters:
            name = f"notebooks/{chapter.slug}"
            self._pages[name] = {
                "kind": "chapter",
                "languages": list(chapter.languages),
                "source": f"{name}.md",
                "slug": chapter.slug,
            }
            target = folder / f"{name}.ipynb"
            target.parent.mkdir(parents=True, exist_ok=True)
            # The source lies beside the executed notebook, excluded from the book, so that links to it are known.
            shutil.copyfile(chapter.path, target.with_suffix(".md"))
            if executed:
                target.touch()
        self._write_manifest()

    def _stage_api(self, api: Sequence[ApiPage]) -> None:
        """Write the pages on what can be imported, and put them into the contents of this edition."""
        if not api:
            return
        for page in api:
            self._pages[page.name] = {"kind": "api", "languages": ["en"], "about": page.package, "says": page.summary}
            target = self.folder / f"{page.name}.md"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(page.text, encoding="utf-8")
        toc = yaml_text.typed((self.folder / "_toc.yml").read_text(encoding="utf-8"), "_toc.yml")
        for part in toc["parts"]:
            for entry in part["chapters"]:
                if entry["file"] == ABOVE:
                    entry["sections"] = [{"file": page.name} for page in api]
        (self.folder / "_toc.yml").write_text(json.dumps(toc), encoding="utf-8")

    def add(self, outcome: Outcome) -> str:
        """Write an executed chapter, or the notice that stands in its place where it failed; return the page's name.

        Parameters
        ----------
        outcome : Outcome
            Of a chapter of the book.

        Returns
        -------
        str
            From the stage, without ending.
        """
        chapter = outcome.request.chapter
        name = f"notebooks/{chapter.slug}"
        if outcome.failure is not None:
            self._pages[name] |= {"kind": "failed", "languages": list(self._languages)}
            notebook = _notice(failure_page(chapter, outcome.failure, self._lang))
        else:
            self._pages[name]["run"] = outcome.notebook.metadata["handbook_run"]  # type: ignore[union-attr]
            self._pages[name]["lesson"] = chapter.part == "explainers" and is_lesson(outcome.notebook)
            if rows := list(_peers(outcome.notebook)):
                self._peers[chapter.slug] = rows
            notebook = _for_sphinx(outcome.notebook, chapter, self.folder, depth=name.count("/"))
        (self.folder / f"{name}.ipynb").write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
        return name

    def close(self) -> None:
        """Write what the pages show around them, of which a part is known only when all chapters are there."""
        for name in public_pages(self._catalogue):
            if name in self._pages and (found := reading_ease(self._catalogue.root, name, self._lang)):
                reading = {"score": round(found.score), "words": round(found.words_per_sentence, 1)}
                self._pages[name]["reading"] = reading
        self._write_manifest()

    def _write_manifest(self) -> None:
        manifest = {
            "lang": self._lang,
            "languages": list(self._languages),
            "address": self._address,
            "whole": list(self._whole),
            "pages": self._pages,
            "peers": {
                page.slug: self._peers[page.slug] for page in self._catalogue.chapters if page.slug in self._peers
            },
        }
        (self.folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")


def _notice(text: str) -> dict[str, Any]:
    return {"cells": [{"cell_type": "markdown", "metadata": {}, "source": text}], "metadata": {}} | {
        "nbformat": 4,
        "nbformat_minor": 4,
    }


def reading_ease(root: Path, name: str, lang: str) -> Readability | None:
    """Score what a page says to the public in one language.

    Parameters
    ----------
    root : pathlib.Path
        The handbook's folder.
    name : str
        The page.
    lang : {"en", "nl"}
        Flesch's score, or Douma's.

    Returns
    -------
    Readability or None
        None where the page says nothing that has been translated.
    """
    dutch = catalogue_of(root / "locale", name)
    said = dutch if lang == "nl" else {text: text for text in dutch}
    source = (root / f"{name}.md").read_text(encoding="utf-8")
    texts = public_texts(source, said) + advice_in(source, root, lang)
    texts += public_words(claims_of(read_claims(root), name.removeprefix("notebooks/")), lang)
    return readability(texts, lang) if texts else None


def failure_page(chapter: Chapter, failure: Failure, lang: str) -> str:
    """Write the notice that stands where a failed chapter would have stood.

    Parameters
    ----------
    chapter : Chapter
        The chapter.
    failure : Failure
        What went wrong.
    lang : str
        Language of the notice.

    Returns
    -------
    str
        Markdown.
    """
    words = WORDS[lang]
    where = words["failed_cell"].format(cell=failure.cell) if failure.cell else words["failed_start"]
    told = "\n".join(f"    {line}" for line in f"{failure.error}: {failure.message}".splitlines()[:20])
    title = words["failed_title"].format(title=chapter.title)
    return f"# {title}\n\n{words['failed']}\n\n{where} (`{chapter.slug}`):\n\n{told}\n"


def _peers(notebook: Any) -> Iterator[dict[str, Any]]:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            rows = output.get("data", {}).get(PEERS, [])
            yield from json.loads(rows) if isinstance(rows, str) else rows


def _for_sphinx(executed: Any, chapter: Chapter, stage: Path, depth: int) -> Any:
    notebook = copy.deepcopy(executed)
    kept = ("kernelspec", "language_info")
    notebook.metadata = {key: executed.metadata[key] for key in kept if key in executed.metadata}
    # With it, a warning names the line of the source rather than one of the notebook; MyST-NB and MyST both add one.
    public = chapter.part == "explainers"
    if public:
        notebook.cells = parted(notebook.cells)
    lines = _line_numbers(chapter.path.read_text(encoding="utf-8"), notebook)
    order = answer_first(notebook.cells) if public else list(range(len(notebook.cells)))
    notebook.cells = [notebook.cells[place] for place in order]
    notebook.metadata["source_map"] = [lines[place] - 1 for place in order]
    for number, cell in enumerate(notebook.cells):
        # A cell without a name, or with another's, is warned of so often that Sphinx waited for who should read it.
        cell["id"] = f"cell-{number}"
        for output in cell.get("outputs", []):
            data = output.get("data")
            if data is None:
                continue
            shown = next((kind for kind in _SHOWN if kind in data), None)
            record = [kind for kind in data if kind.startswith("application/papermill.record/")]
            output["data"] = {kind: data[kind] for kind in ([shown] if shown else []) + record}
            if shown == "text/html":
                output["data"][shown] = figures_as_files("".join(data[shown]), stage, depth)
        cell.outputs = [output for output in cell.get("outputs", []) if output.get("data", True)]
        if cell.cell_type != "code":
            del cell["outputs"]
        elif public:
            # An explainer is read by people who came for the answer; the code is one click away.
            cell.metadata["tags"] = list(dict.fromkeys([*cell.metadata.get("tags", []), "hide-input"]))
    return notebook


def figures_as_files(page: str, stage: Path, depth: int) -> str:
    """Put the images that stand inside a page's HTML into files beside it.

    Parameters
    ----------
    page : str
        HTML with ``data:`` images.
    stage : pathlib.Path
        Where the folder of figures is.
    depth : int
        How many folders deep the page stands.

    Returns
    -------
    str
        The HTML with relative addresses; each image also is a link to itself, to see it large.
    """

    def filed(match: re.Match[str]) -> str:
        content = base64.b64decode(match[2])
        name = f"{sha256(content)[:16]}.{match[1].partition('+')[0]}"
        folder = stage / FIGURES
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
        return f'src="{"../" * depth}{FIGURES}/{name}"'

    linked = _IMAGE.sub(filed, page)

    def large(match: re.Match[str]) -> str:
        # On paper, text goes around a figure that is no wider than a telephone.
        narrow = " narrow" if 0 < _width_of(stage / FIGURES / match[2].rpartition("/")[2]) < _NARROW else ""
        return f'<a class="figure{narrow}" href="{match[2]}">{match[1]}</a>'

    return re.sub(r'(<img class="figure"[^>]* src="([^"]+)">)', large, linked)


def _width_of(figure: Path) -> float:
    """Return the width that an SVG states, in points; 0 where it states none."""
    if figure.suffix != ".svg":
        return 0
    found = re.search(rb'<svg[^>]* width="([\d.]+)pt"', figure.read_bytes()[:2000])
    return float(found[1]) if found else 0


def _line_numbers(source: str, notebook: Any) -> list[int]:
    r"""Find the line at which each cell begins in the chapter's Markdown, counted from 0.

    Examples
    --------
    >>> from types import SimpleNamespace as Cell
    >>> _line_numbers("# One\n\n+++\n\nTwo", Cell(cells=[Cell(source="# One"), Cell(source="Two")]))
    [0, 4]
    """
    lines, place = [], 0
    for cell in notebook.cells:
        found = source.find(cell.source, place)
        if found >= 0:
            place = found
        lines.append(source.count("\n", 0, place))
        place += len(cell.source) if found >= 0 else 0
    return lines


def escaped(value: object) -> str:
    """Write a value as HTML text.

    Parameters
    ----------
    value : object
        Is written as text first.

    Returns
    -------
    str
        With ``&``, ``<``, ``>`` and quotation marks replaced.
    """
    return html.escape(str(value))

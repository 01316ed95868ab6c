"""The index of the search: the text of an edition's pages, section by section, and words that mean the same.

No word is stemmed here. ``theme/static/search.js`` makes of the text, in the browser, what it makes of what the
reader types, so that both cannot differ, whatever is upgraded; and since the text is there, results show it, also where
pages are opened from disk.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handbook_utils.publishing.pages.staged import TERMS, staged_rows
from handbook_utils.publishing.pages.terms import names_of
from handbook_utils.publishing.stage import MANIFEST
from handbook_utils.publishing.words import LANGUAGES, WORDS
from handbook_utils.text import yaml_text

#: The file of a page's folder, and the groups of words that mean the same, in the handbook's folder.
INDEX = "_static/search-index.js"
SYNONYMS = Path("book") / "synonyms.yml"
#: What people ask that a page answers, by the page's name and by language.
ASKED = Path("book") / "asked.yml"

#: A page for everyone goes before one for researchers; what only lists pages or terms goes after what explains. Of what
#: can be imported, names and first sentences are found.
_WEIGHTS = {"explainers": 1.0, "book": 0.8, "protocols": 0.35, "recipes": 0.35, "api": 0.06}
_LISTS = {
    "book/index": 0.35,
    "book/explainers": 0.35,
    "book/protocols": 0.25,
    "book/recipes": 0.25,
    "book/checked": 0.3,
    "book/api": 0.2,
    "book/contributing": 0.2,
}

_LEFT_OUT = re.compile(
    r"<(?P<tag>script|style|pre|math|nav)\b.*?</(?P=tag)>|<!--.*?-->"
    r'|<div class="(?:meanings|told)".*?</div>|<a class="headerlink".*?</a>'
    r"|<summary>\s*(?:<span>[^<]*</span>\s*)+</summary>",
    re.DOTALL,
)
_PART = re.compile(
    r'<(?:section|dt)\b[^>]*\bid="(?P<anchor>[^"]+)"[^>]*>(?:\s*<span[^>]*></span>)*\s*(?P<head><h[1-3][^>]*>.*?</h[1-3]>)?',
    re.DOTALL,
)
#: The title of a box is followed by its text, as by another sentence.
_TITLE = re.compile(r'(class="admonition-title">[^<]*[^<\s.?!:])(\s*</p>)')
_BLOCK = re.compile(r"</(?:p|li|td|th|dt|dd|h\d|text|summary|figcaption|caption|div)>|<br\s*/?>")


@dataclass(frozen=True)
class Section:
    """A piece of a page: where it stands, its heading, and all it says."""

    anchor: str
    heading: str
    text: str


def sections_of(page: str) -> list[Section]:
    """Part a page's article at its headings, and a glossary at its terms; the first section has no anchor.

    Parameters
    ----------
    page : str
        HTML of a whole page.

    Returns
    -------
    list of Section
        At least one.

    Examples
    --------
    >>> body = '<article><section id="gut"><h1>Gut</h1><p>All.</p><section id="more"><h2>More</h2><p>It &amp; you.</p>'
    >>> for section in sections_of(body + "</section></section></article>"):
    ...     print(section)
    Section(anchor='', heading='Gut', text='All.')
    Section(anchor='more', heading='More', text='It & you.')
    """
    article = page.partition("<article")[2].partition(">")[2].partition("</article>")[0]
    article = _TITLE.sub(r"\1:\2", _LEFT_OUT.sub(" ", article))
    starts = [match for match in _PART.finditer(article) if match["head"] or match[0].startswith("<dt")]
    found: list[Section] = []
    ends = [match.start() for match in starts[1:]] + [len(article)]
    for place, (match, end) in enumerate(zip(starts, ends, strict=True)):
        text = article[match.end() : end]
        heading = match["head"] or ""
        if match[0].startswith("<dt"):
            heading, _, text = text.partition("</dt>")
        found.append(Section(match["anchor"] if place else "", _plain(heading), _plain(text)))
    return found or [Section("", "", _plain(article))]


def _plain(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", _BLOCK.sub(" ", markup))).split())


def synonyms(root: Path, terms: Sequence[Mapping[str, str]]) -> dict[str, list[list[str]]]:
    """Return the groups of words that mean the same, by language: those of people, and those of the glossary.

    Parameters
    ----------
    root : pathlib.Path
        The handbook's folder, with ``book/synonyms.yml`` in it where people's words were gathered.
    terms : sequence of mapping
        The rows of ``data/terms.csv``.

    Returns
    -------
    dict of str to list of list of str
        Each group's words and phrases.
    """
    told: dict[str, list[str]] = _read(root / SYNONYMS)
    found = {lang: [[one.strip() for one in group.split(",")] for group in told.get(lang, [])] for lang in LANGUAGES}
    for lang, groups in found.items():
        groups += [names for row in terms if len(names := list(dict.fromkeys(names_of(row, lang)))) > 1]
    return found


def _read(path: Path) -> Any:
    return yaml_text.typed(path.read_text(encoding="utf-8"), path.name) if path.is_file() else {}


def asked(root: Path) -> dict[str, dict[str, str]]:
    """Return what people ask that pages answer, in words that the pages seldom use.

    Parameters
    ----------
    root : pathlib.Path
        The handbook's folder, with ``book/asked.yml`` in it where questions were gathered.

    Returns
    -------
    dict of str to dict of str to str
        Of the last part of a page's name, by language, words and phrases with commas between them.
    """
    found: dict[str, dict[str, str]] = _read(root / ASKED)
    return found


def index_of(
    pages: Path,
    manifest: Mapping[str, Any],
    groups: Mapping[str, list[list[str]]],
    questions: Mapping[str, Mapping[str, str]],
) -> str:
    """Write the index of an edition as a script, which a browser loads from disk too.

    Parameters
    ----------
    pages : pathlib.Path
        The edition's pages.
    manifest : mapping
        What the stage says of the edition.
    groups : mapping of str to list of list of str
        Words that mean the same, as :func:`synonyms` gives them.
    questions : mapping of str to mapping
        What people ask of pages, as :func:`asked` gives it.

    Returns
    -------
    str
        JavaScript.
    """
    lang = manifest["lang"]
    index: dict[str, Any] = {"lang": lang, "synonyms": groups, "pages": [], "sections": []}
    for name, told in manifest["pages"].items():
        sections = sections_of((pages / f"{name}.html").read_text(encoding="utf-8"))
        part = (
            told["kind"] if told["kind"] == "api" else name.split("/")[1] if name.startswith("notebooks/") else "book"
        )
        index["sections"] += [
            {"page": len(index["pages"]), "anchor": one.anchor, "heading": one.heading, "text": one.text}
            for one in sections
        ]
        own = lang if lang in told["languages"] else "en"
        words = questions.get(name.rpartition("/")[2], {})
        # A page in English answers to Dutch words as well, and is then as near as one in Dutch.
        index["pages"].append(
            {
                "name": name,
                "title": sections[0].heading,
                "lang": own,
                "asked": ", ".join(words[one] for one in dict.fromkeys((lang, own)) if one in words),
                "near": own == lang or lang in words,
                "apart": part == "api",
                "part": WORDS[lang][f"part_{part}"],
                "weight": _LISTS.get(name, _WEIGHTS[part]),
            }
        )
    return f"globalThis.handbookIndex = {json.dumps(index, ensure_ascii=False, separators=(',', ':'))};\n"


def add_search(stage: Path, pages: Path, root: Path) -> None:
    """Put the index of an edition beside its pages.

    Parameters
    ----------
    stage : pathlib.Path
        What the edition is made of.
    pages : pathlib.Path
        The edition's pages.
    root : pathlib.Path
        The handbook's folder.
    """
    manifest = json.loads((stage / MANIFEST).read_text(encoding="utf-8"))
    _, terms = staged_rows(stage, TERMS)
    (pages / INDEX).write_text(index_of(pages, manifest, synonyms(root, terms), asked(root)), encoding="utf-8")

"""Terms in running text: the first time a page uses one, it leads to the glossary and shows its definition.

This is done on the finished HTML of a page, so that translations never see it. Only sentences are looked at: headings,
links, code, tables, captions and boxes' titles stay as they are.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from handbook_utils.publishing.pages.senses import Senses

#: How many terms of a page are linked, so that it stays a text and does not become a list of links.
MOST = 12

#: Words of a plain description of a term; a longer one is a sentence rather than a name.
_WORDS_OF_NAME = 3
# Code has the most tags and no prose: a block of it goes by as one.
_TAG = re.compile(r"<!--.*?-->|<pre\b[^>]*>.*?</pre>|<[^>]*>", re.DOTALL)
_NAME = re.compile(r"</?\s*([a-zA-Z][\w-]*)")
_CLASS = re.compile(r'\bclass="([^"]*)"')
_VOID = frozenset(["area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
_PROSE = frozenset(["p", "li"])
_NOT_WITHIN = frozenset(
    [
        "a",
        "abbr",
        "button",
        "caption",
        "code",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "kbd",
        "label",
        "math",
        "nav",
        "pre",
        "samp",
        "script",
        "style",
        "summary",
        "svg",
        "table",
    ]
)
_NOT_IN_CLASS = frozenset(
    ["admonition-title", "cell_output", "citation", "pasted-text", "rubric", "sd-card", "caption", "math", "term-notes"]
)


@dataclass(frozen=True)
class Term:
    """An entry of the glossary: where it stands on that page, and what it says."""

    anchor: str
    definition: str


@dataclass(frozen=True)
class Glossary:
    """What to look for in a text of one language.

    Attributes
    ----------
    pattern : re.Pattern
        Finds the names, as whole words, of two that begin at the same place the longer one.
    terms : dict of str to Term
        By name in small letters.
    senses : Senses
        Which uses of these words are not meant.
    """

    pattern: re.Pattern[str]
    terms: Mapping[str, Term]
    senses: Senses = field(default_factory=Senses)


def anchor_of(row: Mapping[str, str]) -> str:
    """Return the anchor of an entry in the glossary; it is the same in every edition.

    Parameters
    ----------
    row : mapping of str to str
        Of the term list.

    Returns
    -------
    str
        ``term-`` and the English term.
    """
    from docutils import nodes

    return f"term-{nodes.make_id(row['en'])}"


def folded(name: str) -> str:
    """Return by what a name is put in order: small letters, without their accents.

    Parameters
    ----------
    name : str
        A term.

    Returns
    -------
    str
        Only to compare with another.

    Examples
    --------
    >>> sorted(["butyraat", "bètadiversiteit", "Bacterie"], key=folded)
    ['Bacterie', 'bètadiversiteit', 'butyraat']
    """
    return "".join(one for one in unicodedata.normalize("NFD", name) if not unicodedata.combining(one)).casefold()


def names_of(row: Mapping[str, str], lang: str) -> Iterator[str]:
    """Yield the names under which a text may use a term, with the plurals that the list gives.

    Parameters
    ----------
    row : mapping of str to str
        Of the term list.
    lang : {"en", "nl"}
        Language of the text.

    Yields
    ------
    str
        A name; those for the public come last.

    Examples
    --------
    >>> row = {"en": "cause, causal", "nl": "fecestransplantatie (FMT)", "nl_public": "poep van een ander, in je darm"}
    >>> list(names_of(row, "en"))
    ['cause', 'causal']
    >>> list(names_of({**row, "plural_nl": "fecestransplantaties"}, "nl"))
    ['fecestransplantatie', 'FMT', 'fecestransplantaties']
    """
    column = row[lang]
    yield from _parted(re.sub(r"\s*\(.*?\)", "", column))
    yield from (text for text in re.findall(r"\((.*?)\)", column) if _is_abbreviation(text))
    yield from _parted(row.get(f"plural_{lang}") or "")
    if lang == "nl":
        plain = re.sub(r"\s*\(.*?\)", "", row.get("nl_public", ""))
        # "butter acid, a substance that ...": what stands behind the comma describes, and names nothing.
        name = re.split(r"[,;:]", plain)[0].strip()
        if name and len(name.split()) <= _WORDS_OF_NAME:
            yield name


def _parted(text: str) -> Iterator[str]:
    yield from (part.strip() for part in re.split(r"[,;]| / ", text) if part.strip())


def _is_abbreviation(text: str) -> bool:
    return re.fullmatch(r"\w{2,7}", text) is not None and sum(letter.isupper() for letter in text) > 1


def glossary_of(rows: Sequence[Mapping[str, str]], lang: str, senses: Senses | None = None) -> Glossary | None:
    """Prepare the search for terms.

    Parameters
    ----------
    rows : sequence of mapping
        As :func:`handbook_utils.publishing.pages.staged.staged_rows` gives them.
    lang : {"en", "nl"}
        The language of the text.
    senses : Senses, optional
        Which words, and which uses of words, are not the glossary's.

    Returns
    -------
    Glossary or None
        None where there is nothing to look for.
    """
    senses = senses or Senses()
    terms: dict[str, Term] = {}
    found: list[str] = []
    for row in rows:
        term = Term(anchor_of(row), row[f"definition_{lang}"])
        for name in names_of(row, lang):
            if name.casefold() not in senses.never and name.casefold() not in terms:
                terms[name.casefold()] = term
                found.append(name)
    if not found:
        return None
    plural = "s?" if lang == "en" else ""
    parts = []
    for name in sorted(found, key=len, reverse=True):
        words = r"\s+".join(re.escape(html.escape(word, quote=False)) for word in name.split())
        parts.append(f"{words}{plural}" if _is_abbreviation(name) else f"(?i:{words}){plural}")
    return Glossary(re.compile(rf"(?<![\w&-])(?:{'|'.join(parts)})(?![\w-])"), terms, senses)


def with_terms(body: str, glossary: Glossary, address: str, most: int = MOST, page: str = "") -> str:
    """Link the first use of each term in the sentences of a page.

    Parameters
    ----------
    body : str
        HTML.
    glossary : Glossary
        In the language of the page.
    address : str
        Where the glossary is, seen from this page.
    most : int
        How many terms to link.
    page : str
        Its name: some words have another sense on some pages.

    Returns
    -------
    str
        HTML, in which a term is a link that is described by a tooltip. Those stand at the end of the page, so that a
        sentence stays a sentence for who has it read out or copies it.

    Examples
    --------
    >>> row = {"en": "sum", "nl": "som", "nl_public": "", "definition_en": "What adding gives.", "definition_nl": ""}
    >>> made = with_terms("<p>A sum.</p>", glossary_of([row], "en"), "g.html")
    >>> '<a class="term" href="g.html#term-sum" aria-describedby="tip-term-sum">sum</a>' in made
    True
    """
    linked: dict[str, str] = {}

    def link(match: re.Match[str]) -> str:
        said = html.unescape(" ".join(match[0].split())).casefold()
        name = said if said in glossary.terms else said.removesuffix("s")
        term = glossary.terms.get(name)
        if term is None or term.anchor in linked or len(linked) >= most:
            return match[0]
        if glossary.senses.is_other(name, match.string[: match.start()], match.string[match.end() :], page):
            return match[0]
        linked[term.anchor] = html.escape(term.definition, quote=False)
        return f'<a class="term" href="{address}#{term.anchor}" aria-describedby="tip-{term.anchor}">{match[0]}</a>'

    made: list[str] = []
    opened: list[tuple[str, bool]] = []
    place = 0
    for tag in _TAG.finditer(body):
        if len(linked) >= most:
            break
        text = body[place : tag.start()]
        if text and not any(barred for _, barred in opened) and any(name in _PROSE for name, _ in opened):
            text = glossary.pattern.sub(link, text)
        made.append(text)
        made.append(tag[0])
        place = tag.end()
        _follow(tag[0], opened)
    made.append(body[place:])
    tips = "".join(
        f'<span class="meaning" role="tooltip" id="tip-{anchor}" hidden>{definition}</span>'
        for anchor, definition in linked.items()
    )
    return "".join(made) + (f'<div class="meanings">{tips}</div>' if tips else "")


def _follow(tag: str, opened: list[tuple[str, bool]]) -> None:
    """Keep what is open, with whether terms are left alone in it."""
    name, begins, barred = _read_tag(tag)
    if begins:
        opened.append((name, barred))
    elif any(one == name for one, _ in opened):
        while opened.pop()[0] != name:
            pass


@lru_cache(maxsize=4096)  # most tags of a book are alike
def _read_tag(tag: str) -> tuple[str, bool, bool]:
    """Return what a tag ends, or what it begins and whether terms are left alone in that; no name where neither."""
    named = _NAME.match(tag)
    if named is None or (tag.endswith("</pre>") and not tag.startswith("</")):
        return "", False, False
    name = named[1].lower()
    if tag.startswith("</"):
        return name, False, False
    if name in _VOID or tag.endswith("/>"):
        return "", False, False
    classes = _CLASS.search(tag)
    return name, True, name in _NOT_WITHIN or bool(classes and _NOT_IN_CLASS & set(classes[1].split()))

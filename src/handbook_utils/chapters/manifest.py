"""What the Buikbelang manifest speaks of, and which page serves it: ``book/manifest.yml`` and the pages' front matter.

Each subject, piece of advice, goal and figure stands once in the register, in our own words. A page says in its front
matter what it serves; the table is computed from that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handbook_utils.chapters.claims import Words, read_named
from handbook_utils.errors import InputError, InputErrors, nearest
from handbook_utils.text import yaml_text

#: Where the register is, in the handbook's folder and in the stage of an edition.
MANIFEST_REGISTER = Path("book") / "manifest.yml"

#: What the manifest's items are, in the order of the page.
KINDS: dict[str, Words] = {
    "subject": {"en": "Subjects", "nl": "Onderwerpen"},
    "advice": {"en": "Advice", "nl": "Adviezen"},
    "goal": {"en": "Goals", "nl": "Doelen"},
    "figure": {"en": "Figures", "nl": "Cijfers"},
}
_HEAD: dict[str, tuple[str, str]] = {"en": ("In the manifest", "Here"), "nl": ("In het manifest", "Hier")}
_NONE: Words = {"en": "no page yet", "nl": "nog geen pagina"}
_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)


@dataclass(frozen=True)
class Item:
    """Something that the manifest speaks of.

    Attributes
    ----------
    name : str
        By which pages say that they serve it.
    kind : str
        One of :data:`KINDS`.
    said : dict of str to str
        What it is, in English and Dutch.
    words : dict of str to tuple of str
        Of which at least one stands on a page that serves it, in each language.
    """

    name: str
    kind: str
    said: Words
    words: dict[str, tuple[str, ...]]


def read_manifest(root: Path) -> dict[str, Item]:
    """Read the register by name.

    Parameters
    ----------
    root : pathlib.Path
        The handbook's folder, or the stage of an edition.

    Returns
    -------
    dict of str to Item
        Empty where there is none.

    Raises
    ------
    InputErrors
        An item lacks something or has more.
    """
    return {
        name: Item(
            name,
            row["kind"],
            {lang: row[lang] for lang in ("en", "nl")},
            {lang: tuple(words) for lang, words in row["words"].items()},
        )
        for name, row in read_named(root, MANIFEST_REGISTER, _mistakes).items()
    }


def _mistakes(name: str, row: Any) -> Iterator[InputError]:
    if set(row) != {"kind", "en", "nl", "words"} or row["kind"] not in KINDS or set(row["words"]) != {"en", "nl"}:
        yield InputError(
            "An item of the manifest is not whole.",
            where=f"{MANIFEST_REGISTER.as_posix()}, {name}",
            expected=f"kind ({' | '.join(KINDS)}), en, nl, words of both",
        )


def serves_of(source: str) -> tuple[str, ...]:
    r"""Return what a page says that it serves, from its front matter.

    Parameters
    ----------
    source : str
        Markdown of the page.

    Returns
    -------
    tuple of str
        Names of items.

    Examples
    --------
    >>> serves_of("---\nhandbook: {serves: [schools]}\n---\n# Title")
    ('schools',)
    """
    front = _FRONT.match(source)
    told = (yaml_text.typed(front[1], "front matter") or {}) if front else {}
    return tuple(told.get("handbook", {}).get("serves", ()))


def served(items: dict[str, Item], sources: dict[str, str]) -> dict[str, list[str]]:
    """Return the pages that serve each item, in the order of the pages.

    Parameters
    ----------
    items : dict of str to Item
        The register.
    sources : dict of str to str
        Markdown of every page, by its name in the table of contents.

    Returns
    -------
    dict of str to list of str
        Pages, by item.

    Raises
    ------
    InputErrors
        A page serves something that the register does not have.
    """
    pages: dict[str, list[str]] = {name: [] for name in items}
    errors = []
    for page, source in sources.items():
        for name in serves_of(source):
            if name in pages:
                pages[name].append(page)
            else:
                close = nearest(name, items)
                errors.append(
                    InputError(
                        f"A page serves what is not in the register: {name}",
                        where=f"{page}.md",
                        expected=f"a name of {MANIFEST_REGISTER.as_posix()}",
                        remedy=f"Did you mean '{close}'?" if close else None,
                    )
                )
    if errors:
        raise InputErrors(errors)
    return pages


def manifest_table(items: dict[str, Item], pages: dict[str, list[str]], lang: str) -> str:
    """Write how many items are served, and by which page, as Markdown.

    Parameters
    ----------
    items : dict of str to Item
        By name.
    pages : dict of str to list of str
        Of :func:`served`.
    lang : {"en", "nl"}
        Language.

    Returns
    -------
    str
        A sentence with the counts and a table for each kind, with links to the pages.
    """
    have = sum(bool(found) for found in pages.values())
    told = {
        "en": f"{have} of {len(items)} items have a page that says something about them.",
        "nl": f"Van de {len(items)} punten hebben er {have} een pagina die er iets over zegt.",
    }
    lines = [told[lang]]
    for kind, words in KINDS.items():
        lines += ["", f"**{words[lang]}**", "", "| " + " | ".join(_HEAD[lang]) + " |", "|---|---|"]
        for item in (one for one in items.values() if one.kind == kind):
            links = ", ".join(f"{{doc}}`/{page}`" for page in pages[item.name]) or _NONE[lang]
            lines.append(f"| {item.said[lang]} | {links} |")
    return "\n".join(lines)

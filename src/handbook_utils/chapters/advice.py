"""Advice of Dutch bodies, named as theirs: ``book/advice.yml``, the one home of each piece.

The handbook gives no medical advice of its own. Pages pass on a piece where they say ``{advice} name``; it carries its
sources in its text, and was looked up on a day as a claim is (:mod:`handbook_utils.chapters.claims`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from handbook_utils.chapters.claims import (
    CITATION,
    Dated,
    claims_of,
    claims_table,
    keys_cited,
    read_claims,
    read_named,
    undated,
)
from handbook_utils.chapters.conditions import read_conditions
from handbook_utils.errors import InputError, nearest

#: Where the advice is, in the handbook's folder and in the stage of an edition.
ADVICE = Path("book") / "advice.yml"

_DIRECTIVE = re.compile(
    r"^(?P<marks>:{3,}|`{3,})\{(?P<kind>advice|claims)\}[ \t]*(?P<name>[\w-]*)[ \t]*\n(?P=marks)[ \t]*$", re.MULTILINE
)


@dataclass(frozen=True)
class Advice:
    """A piece of advice.

    Attributes
    ----------
    subject : str
        Its name, by which pages ask for it.
    text : dict of str to str
        MyST Markdown in English and Dutch; it names whose advice it is, and cites it.
    searched : dict
        What was looked up, where, and on which ``date``.
    review : datetime.date
        When it must be looked up again.
    pages : tuple of str
        Always empty, as pages ask for advice, and it names none.
    """

    subject: str
    text: dict[str, str]
    searched: dict[str, Any]
    review: date
    pages: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """Keys of the works that the text cites."""
        return keys_cited(self.text["en"])


def read_advice(root: Path) -> dict[str, Advice]:
    """Read the advice by its name.

    Parameters
    ----------
    root : pathlib.Path
        The handbook's folder, or the stage of an edition.

    Returns
    -------
    dict of str to Advice
        Empty where there is none.

    Raises
    ------
    InputErrors
        A piece lacks something, or cites nothing, or not the same in both languages.
    """
    return {name: Advice(name, **row) for name, row in read_named(root, ADVICE, _mistakes).items()}


def _mistakes(name: str, row: Any) -> Iterator[InputError]:
    where = f"{ADVICE.as_posix()}, {name}"
    if not isinstance(row, dict) or set(row) != {"text", "searched", "review"}:
        yield InputError("A piece of advice is not whole.", where=where, expected="text, searched, review")
        return
    if not isinstance(row["text"], dict) or set(row["text"]) != {"en", "nl"}:
        yield InputError("Advice is not said in both languages.", where=where, expected="en and nl")
        return
    cited = {lang: sorted(CITATION.findall(text)) for lang, text in row["text"].items()}
    if not cited["en"] or cited["en"] != cited["nl"]:
        yield InputError("Advice does not cite whose it is, the same in both languages.", where=where)
    yield from undated(where, row)


def dated(root: Path) -> list[Dated]:
    """Return all that is looked up again: claims, advice, and what is said of conditions.

    Parameters
    ----------
    root : pathlib.Path
        The handbook's folder.

    Returns
    -------
    list of Dated
        In the order of the files.
    """
    return [*read_claims(root), *read_advice(root).values(), *read_conditions(root).values()]


def advice_text(root: Path, name: str, lang: str) -> str:
    """Return a piece of advice as Markdown.

    Parameters
    ----------
    root : pathlib.Path
        The handbook's folder.
    name : str
        Of the piece.
    lang : {"en", "nl"}
        Language.

    Returns
    -------
    str
        A box.

    Raises
    ------
    InputError
        There is no such piece.
    """
    known = read_advice(root)
    if name not in known:
        raise InputError("There is no such advice.", where=f"{{advice}} {name}", expected=nearest(name, known))
    return known[name].text[lang].strip()


def registered(source: str, root: Path, page: str, lang: str) -> str:
    """Put what the registers hold into a page's Markdown, in the place of each ``{claims}`` and ``{advice}``.

    Parameters
    ----------
    source : str
        Markdown of a page, or of one of its cells.
    root : pathlib.Path
        The handbook's folder.
    page : str
        The page, as the register of claims names it.
    lang : {"en", "nl"}
        Language.

    Returns
    -------
    str
        Markdown.
    """

    def put(match: re.Match[str]) -> str:
        if match["kind"] == "advice":
            return advice_text(root, match["name"], lang)
        return claims_table(claims_of(read_claims(root), page), lang)

    return _DIRECTIVE.sub(put, source)


def advice_in(source: str, root: Path, lang: str) -> list[str]:
    """Return the texts of all advice that a page passes on.

    Parameters
    ----------
    source : str
        Markdown of the page.
    root : pathlib.Path
        The handbook's folder.
    lang : {"en", "nl"}
        Language.

    Returns
    -------
    list of str
        In the order of the page.
    """
    names = [match["name"] for match in _DIRECTIVE.finditer(source) if match["kind"] == "advice"]
    return [advice_text(root, name, lang) for name in names]

"""How works are cited and listed: in words that are the same in every edition.

The tools' own styles join names by an English "and". Here names are joined by "&", and a shortened list of authors ends
in "et al."; where a work was found, and what we call one without a title, is said in Dutch by a field of its own
(``howpublished_nl``, ``note_nl``, ``title_nl``). So a Dutch page holds no English but the titles of works.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, cast

import pybtex.plugin
import sphinxcontrib.bibtex.plugin
from pybtex.style.formatting.plain import Style as PlainStyle
from pybtex.style.template import join, node, sentence
from sphinx.application import Sphinx
from sphinxcontrib.bibtex.domain import BibtexDomain
from sphinxcontrib.bibtex.style.referencing import BracketStyle, PersonStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle

from handbook_utils.runs.methods import say_in

NAME = "handbook"

_CITED = re.compile(r'(?P<link><a class="reference internal" href="(?P<work>#id\d+)") title="[^"]*"')


def _brackets() -> BracketStyle:
    return BracketStyle(left="(", right=")", sep="; ")


_OTHERS = " & others"


@node  # type: ignore[untyped-decorator]
def _et_al(children: Any, context: dict[str, Any]) -> Any:
    """Write one author "and others" as any longer list is written: Doe et al."""
    text = join[children].format_data(context)
    return text[: -len(_OTHERS)] + context["style"].person.other if str(text).endswith(_OTHERS) else text


class _Persons(PersonStyle):
    def names(self, role: str, full: bool) -> Any:
        return _et_al[super().names(role, full)]

    def author_or_editor_or_title(self, full: bool) -> Any:
        return _et_al[super().author_or_editor_or_title(full)]


def _persons() -> PersonStyle:
    return _Persons(sep2=" & ", last_sep=" & ")


@dataclass
class Reference(AuthorYearReferenceStyle):
    """In the text: (Sender et al., 2016; Morrison & Preston, 2016)."""

    bracket_textual: BracketStyle = field(default_factory=_brackets)
    bracket_parenthetical: BracketStyle = field(default_factory=_brackets)
    bracket_author: BracketStyle = field(default_factory=_brackets)
    bracket_label: BracketStyle = field(default_factory=_brackets)
    bracket_year: BracketStyle = field(default_factory=_brackets)
    person: PersonStyle = field(default_factory=_persons)


@node  # type: ignore[untyped-decorator]
def _names(_children: Any, context: dict[str, Any], role: str) -> Any:
    """Format names; BibTeX's "and others" becomes "et al."."""
    persons = context["entry"].persons.get(role, [])
    style = context["style"]
    known = [style.format_name(person, style.abbreviate_names) for person in persons if str(person) != "others"]
    if len(known) < len(persons):
        return join(sep=", ")[[*known, "et al."]].format_data(context)
    return join(sep=", ", sep2=" & ", last_sep=" & ")[known].format_data(context)


class Bibliography(PlainStyle):  # type: ignore[misc]
    """The list under a chapter: authors, title, where it was published."""

    def format_names(self, role: str, as_sentence: bool = True) -> Any:
        """Format the authors or editors of a work.

        Parameters
        ----------
        role : {"author", "editor"}
            Whose names.
        as_sentence : bool
            Whether a full stop ends them.

        Returns
        -------
        pybtex.style.template.Node
            What pybtex writes the names from.
        """
        formatted = _names(role)
        return sentence[formatted] if as_sentence else formatted


def translate(app: Sphinx) -> None:
    """Say in the edition's language what all works say beside their titles.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        Whose bibliography has been read.
    """
    lang = "nl" if app.config.language == "nl" else "en"
    for entry in cast(BibtexDomain, app.env.get_domain("cite")).bibdata.data.entries.values():
        say_in(lang, entry.fields)


def told_once(body: str) -> str:
    """Keep what a work is in full at the first place of a page that cites it: the list below holds it, too.

    Parameters
    ----------
    body : str
        HTML of a page.

    Returns
    -------
    str
        HTML, with one title for each work that is cited.

    Examples
    --------
    >>> cited = '<a class="reference internal" href="#id7" title="Doe. One. 2020.">Doe, 2020</a>'
    >>> told_once(cited + cited).count("title=")
    1
    """
    told: set[str] = set()

    def kept(match: re.Match[str]) -> str:
        first = match["work"] not in told
        told.add(match["work"])
        return match[0] if first else match["link"]

    return _CITED.sub(kept, body)


def register() -> None:
    """Make both styles known under the name ``handbook``, for ``_config.yml``."""
    pybtex.plugin.register_plugin("pybtex.style.formatting", NAME, Bibliography, force=True)
    sphinxcontrib.bibtex.plugin.register_plugin("sphinxcontrib.bibtex.style.referencing", NAME, Reference, force=True)

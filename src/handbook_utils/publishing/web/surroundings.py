"""What stands around a page for the web: its addresses, its picture, the way back, how to cite it, whom to tell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from handbook_utils import __version__
from handbook_utils.chapters.dates import spelled
from handbook_utils.publishing.pages.illustrations import DRAWINGS, read_drawing
from handbook_utils.publishing.web.pictures import CARD, card_of
from handbook_utils.publishing.whole.files import file_name
from handbook_utils.publishing.words import WORDS

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: Pages that every page's foot leads to, where the book has them.
_FOOT = ("book/about", "book/accessibility")
#: Style sheets of tools, whose few rules that pages need stand in handbook.css, and scripts that no page uses.
_UNUSED = re.compile(
    r"(?:^|/)(?:sphinx-design\.min|mystnb\.\w+|exercise|copybutton|design-tabs|doctools|sphinx_highlight)\.(?:css|js)"
)
#: Scripts that only pages with code need.
_FOR_CODE = re.compile(r"(?:^|/)(?:documentation_options|clipboard\.min|copybutton)\.js")
#: The form that GitHub opens for a remark on a page (.github/ISSUE_TEMPLATE).
_FORM = "page.yml"


@dataclass(frozen=True)
class Crumb:
    """A page on the way from the first page to this one."""

    name: str
    title: str
    english: bool


def crumbs_to(navigation: list[dict[str, Any]], name: str) -> list[Crumb]:
    """Return the pages that lead to a page, without the first page and itself.

    Parameters
    ----------
    navigation : list of dict
        The parts of the contents: ``pages``, of which each has ``name``, ``title``, ``english`` and pages
        ``below``.
    name : str
        Of the page.

    Returns
    -------
    list of Crumb
        From the top; empty where the page is not among them.

    Examples
    --------
    >>> inner = {"name": "a/b", "title": "B", "below": [], "english": False}
    >>> crumbs_to([{"pages": [{"name": "a", "title": "A", "below": [inner], "english": False}]}], "a/b")
    [Crumb(name='a', title='A', english=False)]
    """

    def within(entries: list[dict[str, Any]]) -> list[Crumb] | None:
        for one in entries:
            if one["name"] == name:
                return []
            if (found := within(one["below"])) is not None:
                return [Crumb(one["name"], one["title"], one["english"]), *found]
        return None

    return next((found for part in navigation if (found := within(part["pages"])) is not None), [])


def alternates(told: dict[str, Any], pagename: str) -> list[tuple[str, str]]:
    """Return the languages of a page with their addresses, itself included, and the one for all other languages.

    Without an address of the site they are relative to the page.

    Parameters
    ----------
    told : dict of str to object
        The manifest of the edition: ``lang``, ``languages``, ``address``.
    pagename : str
        The page, from the edition's folder.

    Returns
    -------
    list of tuple of str
        Language and address; empty where there is one language.

    Examples
    --------
    >>> alternates({"lang": "nl", "languages": ["en", "nl"], "address": ""}, "book/a")
    [('en', '../../en/book/a.html'), ('nl', 'a.html'), ('x-default', '../../en/book/a.html')]
    """
    up = "../" * pagename.count("/")

    def to(lang: str) -> str:
        if told["address"]:
            return f"{told['address']}/{lang}/{pagename}.html"
        own = lang == told["lang"]
        return f"{pagename.rpartition('/')[2]}.html" if own else f"{up}../{lang}/{pagename}.html"

    languages = told["languages"]
    return [*((lang, to(lang)) for lang in languages), ("x-default", to(languages[0]))] if len(languages) > 1 else []


def surround(app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    """Tell a page's template what stands around it; called when the page itself is known.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        With the manifest of the edition.
    pagename : str
        The page, from the edition's folder.
    context : dict of str to object
        Of the template, to which it is added.
    """
    told = app.config["handbook_manifest"]
    lang, address = told["lang"], told["address"]
    words = WORDS[lang]
    page = told["pages"].get(pagename, {})
    # A page without a translation is the same in every edition, and is found in the one whose language it has.
    home = lang if lang in page.get("languages", [lang]) else page["languages"][0]
    canonical = f"{address}/{home}/{pagename}.html" if address and page else ""
    url = str(app.config.html_theme_options.get("repository_url", "")).rstrip("/")
    title = re.sub(r"<[^>]+>", "", str(context.get("title", "")))
    made = str(context.get("last_updated") or "")
    code = '<div class="highlight' in str(context.get("body", ""))
    context.update(
        canonical=canonical,
        alternates=alternates(told, pagename),
        card=_card(app, pagename),
        card_alt=_card_alt(app, pagename),
        crumbs=crumbs_to(context.get("navigation", []), pagename),
        feedback=f"{url}/issues/new?"
        + urlencode({"template": _FORM, "page": f"{lang}/{pagename}", "title": f"{title}: "})
        if url
        else "",
        citation=words["citation"].format(
            authors=app.config.author,
            year=made[:4],
            title=title,
            book=context.get("site_title", ""),
            version=__version__,
            address=canonical or url,
        )
        if page
        else "",
        version=words["made"].format(version=__version__, date=made and spelled(date.fromisoformat(made), lang)),
        whole=[
            (kind.upper(), "../" * pagename.count("/") + file_name(str(context.get("site_title", "")), kind))
            for kind in told.get("whole", [])
        ],
        foot={name: app.env.titles[name].astext() for name in _FOOT if name in app.env.titles},
        css_files=[one for one in context["css_files"] if not _UNUSED.search(_file(one))],
        script_files=[
            one
            for one in context["script_files"]
            if (code and _FOR_CODE.search(_file(one)))
            or not (_UNUSED.search(_file(one)) or _FOR_CODE.search(_file(one)))
        ],
    )


def _card(app: Sphinx, pagename: str) -> str:
    """Return the address of the picture that a preview of the page shows; empty where there is none."""
    told = app.config["handbook_manifest"]
    if not (Path(app.srcdir) / "book" / "_static" / CARD).is_file():
        return ""
    place = f"_static/{card_of(_drawing(app, pagename))}"
    return f"{told['address']}/{told['lang']}/{place}" if told["address"] else "../" * pagename.count("/") + place


def _card_alt(app: Sphinx, pagename: str) -> str:
    drawing = _drawing(app, pagename)
    path = Path(app.srcdir) / DRAWINGS / f"{drawing}.svg"
    return read_drawing(path, app.config["handbook_manifest"]["lang"]).alt if drawing else ""


def _drawing(app: Sphinx, pagename: str) -> str:
    return str(app.env.domaindata["handbook"]["drawings"].get(pagename, ""))


def _file(one: Any) -> str:
    return str(getattr(one, "filename", one) or "")


def setup_surroundings(app: Sphinx) -> None:
    """Let pages be surrounded, after all else is known of them.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        What is set up.
    """
    app.connect("html-page-context", surround, priority=900)

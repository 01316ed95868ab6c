"""Cards: the chapters under a page of the contents, each with its question and its drawing, to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from handbook_utils.publishing.pages.illustrations import DRAWINGS, read_drawing
from handbook_utils.publishing.stage import escaped
from handbook_utils.publishing.web.pictures import DRAWN

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class cards(nodes.General, nodes.Element):  # type: ignore[misc]  # noqa: N801 - as docutils names its own
    """Where the cards will stand: titles are known when all pages have been read."""


class _Cards(SphinxDirective):
    """``{cards} page``: a card for every page that the contents of the book have under that one."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        return [cards(under=self.arguments[0])]


def pages_under(site_map: Any, page: str) -> list[str]:
    """Return the pages that the contents of the book have under a page, in their order.

    Parameters
    ----------
    site_map : sphinx_external_toc.parsing.SiteMap
        The contents of the book.
    page : str
        Its name there.

    Returns
    -------
    list of str
        Names.
    """
    return [str(item) for tree in site_map[page].subtrees for item in tree.items]


def _show_cards(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for place in list(doctree.findall(cards)):
        shown = [_card(app, docname, page) for page in pages_under(app.config.external_site_map, place["under"])]
        place.replace_self(nodes.raw("", f'<ul class="cards">{"".join(shown)}</ul>', format="html"))


def _card(app: Sphinx, docname: str, page: str) -> str:
    drawing = app.env.domaindata["handbook"]["drawings"].get(page, "")
    up, name = "../" * docname.count("/"), nodes.make_id(f"card-{page}")
    picture = ""
    if drawing and app.config.html_theme == "handbook":  # which has the drawings as files
        alt = read_drawing(Path(app.srcdir) / DRAWINGS / f"{drawing}.svg", str(app.config.language)).alt
        picture = f'<img src="{up}_static/{DRAWN}/{drawing}.svg" alt="{escaped(alt)}" loading="lazy">'
    title = f'<span id="{name}">{escaped(app.env.titles[page].astext())}</span>'
    return f'<li><a href="{up}{page}.html" aria-labelledby="{name}">{picture}{title}</a></li>'


def setup_cards(app: Sphinx) -> None:
    """Make the directive known to Sphinx.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        What is set up.
    """
    app.add_node(cards)
    app.add_directive("cards", _Cards)
    app.connect("doctree-resolved", _show_cards)

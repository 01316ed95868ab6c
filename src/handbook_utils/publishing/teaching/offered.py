"""Links to slides and sheets: under each explainer, and of all lessons together where a page says ``{lessons}``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from handbook_utils.publishing.stage import escaped
from handbook_utils.publishing.teaching.material import KINDS, file_of
from handbook_utils.publishing.teaching.words import WORDS
from handbook_utils.publishing.web.cards import pages_under

if TYPE_CHECKING:
    from sphinx.application import Sphinx


@dataclass(frozen=True)
class Offered:
    """A link to slides or to a sheet."""

    address: str
    said: str


def _offered_with(app: Sphinx, pagename: str) -> list[Offered]:
    """Return links from a page to what can be taught with; none where it is no lesson."""
    told = app.config["handbook_manifest"]
    if not told["pages"].get(pagename, {}).get("lesson"):
        return []
    up, name = "../" * pagename.count("/"), pagename.rpartition("/")[2]
    return [Offered(f"{up}{file_of(name, kind)}", WORDS[told["lang"]][kind]) for kind in KINDS]


class lessons(nodes.General, nodes.Element):  # type: ignore[misc]  # noqa: N801 - as docutils names its own
    """Where the list of lessons will stand: which there are is known when all pages have been read."""


class _Lessons(SphinxDirective):
    """``{lessons} page``: what can be taught with, of every page that the contents have under that one."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        return [lessons(under=self.arguments[0])]


def _show_lessons(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for place in list(doctree.findall(lessons)):
        rows = [_row(app, docname, page) for page in pages_under(app.config.external_site_map, place["under"])]
        place.replace_self(nodes.raw("", f'<ul class="lessons">{"".join(rows)}</ul>', format="html"))


def _row(app: Sphinx, docname: str, page: str) -> str:
    told = app.config["handbook_manifest"]
    words, up, name = WORDS[told["lang"]], "../" * docname.count("/"), page.rpartition("/")[2]
    title = escaped(app.env.titles[page].astext())
    shown = f'<a href="{up}{page}.html">{title}</a>'
    if told["pages"].get(page, {}).get("lesson") and app.config.html_theme == "handbook":
        links = [
            (
                file_of(name, kind) + ("#print" if kind == "pupil" else ""),
                words["print_now" if kind == "pupil" else kind],
            )
            for kind in KINDS
        ]
        named = "".join(
            f'<a href="{up}{address}" aria-label="{escaped(said)}: {title}">{escaped(said)}</a> '
            for address, said in links
        )
        shown += f'<span class="offered">{named}</span>'
    return f"<li>{shown}</li>"


def _offer(app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    context.update(
        offered=_offered_with(app, pagename),
        teach=WORDS[app.config["handbook_manifest"]["lang"]]["teach"],
    )


def setup_lessons(app: Sphinx) -> None:
    """Make the directive and the links under a page known to Sphinx.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        What is set up.
    """
    app.add_node(lessons)
    app.add_directive("lessons", _Lessons)
    app.connect("doctree-resolved", _show_lessons)
    app.connect("html-page-context", _offer)

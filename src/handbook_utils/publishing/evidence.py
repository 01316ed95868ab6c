"""``{claims}``: what a page claims about health, how sure that is and how it is known, from the register.

The words of the register are in both languages, so the table is made in the language of the edition, and no catalogue
holds it. Claims that should have been looked up again are named under the table; Sphinx warns of nothing: a book can be
built when nobody has looked for a year, but it says so (and so does ``handbook build``).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from handbook_utils.chapters.claims import CLAIMS, claims_of, claims_table, read_claims

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class _Claims(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        root = Path(self.env.srcdir)
        page = self.env.docname.removeprefix("notebooks/")
        claims = claims_of(read_claims(root), page)
        if not claims:
            raise self.error(f"There are no claims of {page} in {CLAIMS.as_posix()}.")
        self.env.note_dependency(str(root / CLAIMS))
        lines = claims_table(claims, self.env.config["handbook_manifest"]["lang"], date.today()).split("\n")
        made = nodes.container()
        self.state.nested_parse(StringList(lines, CLAIMS.as_posix()), self.content_offset, made)
        for node in made.findall(nodes.TextElement):
            node["translatable"] = False
        return list(made.children)


def setup(app: Sphinx) -> None:
    """Make the directive known to Sphinx."""
    app.add_directive("claims", _Claims)

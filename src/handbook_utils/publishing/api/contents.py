"""``{api-pages}``: the pages on what can be imported, with the first sentence of each."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class _ApiPages(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        """List the pages that this edition has; a plain `jupyter-book build` has none."""
        up = "../" * self.env.docname.count("/")
        rows = []
        for name, page in self.env.config["handbook_manifest"]["pages"].items():
            if page["kind"] == "api":
                link = f'<a href="{up}{html.escape(name)}.html"><code>{html.escape(page["about"])}</code></a>'
                rows.append(f"<dt>{link}</dt><dd>{page['says']}</dd>")
        return [nodes.raw("", f'<dl class="api-pages" lang="en">{"".join(rows)}</dl>', format="html")] if rows else []


def setup_api(app: Sphinx) -> None:
    """Make the directive known to Sphinx.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        What is set up.
    """
    app.add_directive("api-pages", _ApiPages)

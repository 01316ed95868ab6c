"""Explorables: small models that a reader moves, each a script that a directive names.

What one needs of the data stands in ``book/explorables.json``, which the field makes
(``python -m handbook_utils.recipes.explorables``), and comes with the page.
"""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from handbook_utils.publishing.words import WORDS

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: Where they are: a script each, and the one with what all have; and the file with what they need of the data.
EXPLORE = Path(__file__).parents[1] / "theme" / "static" / "explore"
FACTS = Path("book") / "explorables.json"
_FRAME = "frame.js"


def explorables() -> list[str]:
    """Return the names of the explorables that there are."""
    return sorted(path.stem for path in EXPLORE.glob("*.js") if path.name != _FRAME)


def facts_of(root: str | Path, name: str) -> object:
    """Return what an explorable needs of the data; None where it needs nothing.

    Parameters
    ----------
    root : str or pathlib.Path
        A handbook's folder, or the stage of an edition.
    name : str
        Of the explorable.

    Returns
    -------
    object
        Whatever its function in ``recipes/explorables.py`` gave.
    """
    path = Path(root) / FACTS
    return json.loads(path.read_text(encoding="utf-8")).get(name) if path.is_file() else None


def _facts_html(root: str | Path, name: str) -> str:
    """Return it as a part of a page, which a script reads there: a browser loads no file from disk."""
    facts = facts_of(root, name)
    if facts is None:
        return ""
    told = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return f'<script type="application/json">{told}</script>'


class _Explorable(SphinxDirective):
    """``{explorable} name``: a small model that a reader moves; without a script the page's figures say the same."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        if name not in explorables():
            raise self.error(f"There is no explorable {name!r}; there are: {', '.join(explorables())}")
        words = WORDS[str(self.env.config.language)]
        up = "../" * self.env.docname.count("/")
        scripts = "".join(
            f'<script defer src="{up}_static/explore/{file}"></script>' for file in (_FRAME, f"{name}.js")
        )
        self.env.note_dependency(str(Path(self.env.srcdir) / FACTS))
        title = f'<p class="admonition-title">{html.escape(words["explorable"])}</p>'
        place = (
            f'<div class="explorable" role="group" aria-label="{html.escape(words["explorable"])}" '
            f'data-explorable="{name}" data-back="{html.escape(words["explorable_back"])}">{title}'
            f"<noscript><p>{html.escape(words['explorable_script'])}</p></noscript>"
            f"{_facts_html(self.env.srcdir, name)}</div>"
        )
        return [nodes.raw("", place + scripts, format="html", classes=["movable"])]


def setup_explorables(app: Sphinx) -> None:
    """Make the directive known to Sphinx.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        What is set up.
    """
    app.add_directive("explorable", _Explorable)

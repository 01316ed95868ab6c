"""``{own-result}``: the part of a page in which a reader looks at a file of their own, in the browser and nowhere else.

What it says stands in ``book/own-result.yml`` in both languages; what it compares with, in ``book/explorables.json``.
"""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from handbook_utils.publishing.pages.explorables import FACTS, facts_of
from handbook_utils.publishing.words import WORDS
from handbook_utils.text import yaml_text

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: What the page says, in the handbook's folder and in the stage of an edition.
SAID = Path("book") / "own-result.yml"
#: Its scripts, in the order in which they need each other.
SCRIPTS = ("explore/frame.js", "own/read.js", "own/compare.js", "own/page.js")


def own_result_words(root: str | Path, lang: str) -> dict[str, Any]:
    """Return what the page says in one language: ``words``, ``notes`` and ``why``.

    Parameters
    ----------
    root : str or pathlib.Path
        A handbook's folder, or the stage of an edition.
    lang : {"en", "nl"}
        Language.

    Returns
    -------
    dict of str to object
        Text, or lists and mappings of text.
    """
    said: Any = yaml_text.typed((Path(root) / SAID).read_text(encoding="utf-8"), SAID.as_posix())

    def chosen(part: Any) -> Any:
        if isinstance(part, list):
            return [chosen(one) for one in part]
        return part[lang] if lang in part else {name: chosen(one) for name, one in part.items()}

    found: dict[str, Any] = chosen(said)
    return found


class _OwnResult(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        lang = str(self.env.config.language)
        root = Path(self.env.srcdir)
        for register in (SAID, FACTS):
            self.env.note_dependency(str(root / register))
        told = own_result_words(root, lang) | {"facts": facts_of(root, "result")}
        written = json.dumps(told, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
        up = "../" * self.env.docname.count("/")
        scripts = "".join(f'<script defer src="{up}_static/{name}"></script>' for name in SCRIPTS)
        place = (
            f"<noscript><p>{html.escape(WORDS[lang]['own_script'])}</p></noscript>"
            f'<div class="own-result"><script type="application/json">{written}</script></div>'
        )
        return [nodes.raw("", place + scripts, format="html")]


def setup_own_result(app: Sphinx) -> None:
    """Make the directive known to Sphinx.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        What is set up.
    """
    app.add_directive("own-result", _OwnResult)

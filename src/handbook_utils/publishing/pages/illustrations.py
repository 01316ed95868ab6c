"""Drawings: what a page for everyone shows, each named by a directive.

A drawing is one SVG file under ``book/_static/drawings``. It holds its words in both languages: ``<title lang>`` is the
caption, ``<desc lang>`` what somebody who does not see it is told, ``<tspan lang>`` the labels. It goes into the page
itself, so that its text is text, in the reader's font, and its lines take the colour of the page, light or dark.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from handbook_utils.errors import nearest

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: Where the drawings are, in the handbook's folder and in the stage of an edition.
DRAWINGS = Path("book") / "_static" / "drawings"

_WORDS = re.compile(r'<(?P<tag>title|desc|tspan) lang="(?P<lang>\w+)">(?P<text>[^<]*)</(?P=tag)>\s*')


@dataclass(frozen=True)
class Drawing:
    """A drawing in one language.

    Attributes
    ----------
    svg : str
        The picture with its labels, without caption and description.
    caption : str
        What stands under it.
    alt : str
        What it shows, for who does not see it.
    """

    svg: str
    caption: str
    alt: str


def read_drawing(path: Path, lang: str) -> Drawing:
    """Read a drawing in one language.

    Parameters
    ----------
    path : pathlib.Path
        An SVG file that holds its words in every language.
    lang : {"en", "nl"}
        Whose words are kept.

    Returns
    -------
    Drawing
        What a page shows.

    Raises
    ------
    KeyError
        The drawing has no caption or no description in the language.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "gut.svg"
    >>> words = '<title lang="en">Gut</title><title lang="nl">Darm</title><desc lang="nl">Een darm.</desc>'
    >>> _ = path.write_text(f'<svg>{words}<text><tspan lang="nl">mond</tspan></text></svg>', encoding="utf-8")
    >>> read_drawing(path, "nl")
    Drawing(svg='<svg><text>mond</text></svg>', caption='Darm', alt='Een darm.')
    """
    said: dict[str, str] = {}

    def in_language(match: re.Match[str]) -> str:
        if match["lang"] != lang:
            return ""
        if match["tag"] == "tspan":
            return match["text"]
        said[match["tag"]] = html.unescape(match["text"])
        return ""

    # The style hides all languages but one where the file is opened by itself.
    source = re.sub(r"<style>.*?</style>\s*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    svg = _WORDS.sub(in_language, source).strip()
    return Drawing(svg, said["title"], said["desc"])


def _drawing_html(path: Path, lang: str) -> str:
    """Return a drawing with its caption as a figure of a page, in one language."""
    return figure_of(read_drawing(path, lang))


def figure_of(drawing: Drawing) -> str:
    """Return a drawing with its caption as a figure of a page.

    Parameters
    ----------
    drawing : Drawing
        With its text in one language.

    Returns
    -------
    str
        HTML.
    """
    shown = drawing.svg.replace("<svg", f'<svg role="img" aria-label="{html.escape(drawing.alt)}"', 1)
    return f'<figure class="drawing">{shown}<figcaption>{html.escape(drawing.caption)}</figcaption></figure>'


class _Drawing(SphinxDirective):
    """``{drawing} name``: a drawing with its caption, in the language of the edition."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        folder = Path(self.env.srcdir) / DRAWINGS
        path = folder / f"{self.arguments[0]}.svg"
        if not path.is_file():
            known = sorted(one.stem for one in folder.glob("*.svg"))
            close = nearest(self.arguments[0], known)
            hint = f"; did you mean {close!r}?" if close else f"; there are: {', '.join(known)}"
            raise self.error(f"There is no drawing {self.arguments[0]!r}{hint}")
        self.env.note_dependency(str(path))
        self.env.domaindata["handbook"]["drawings"].setdefault(self.env.docname, path.stem)
        return [nodes.raw("", _drawing_html(path, str(self.env.config.language)), format="html")]


def setup_illustrations(app: Sphinx) -> None:
    """Make the directive known to Sphinx.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        What is set up.
    """
    app.add_directive("drawing", _Drawing)

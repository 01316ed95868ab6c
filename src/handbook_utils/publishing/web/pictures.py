"""Pictures of an edition: its drawings as files in its language, and the picture that previews of its pages show."""

from __future__ import annotations

import shutil
from pathlib import Path

from handbook_utils.publishing.pages.illustrations import DRAWINGS, read_drawing

#: The picture of a page that has none of its own, in ``book/_static`` and in an edition's ``_static``.
CARD = "card.png"

#: Where the drawings of an edition lie in its ``_static``.
DRAWN = "drawings"

_DARK = "<style>@media (prefers-color-scheme: dark) { svg { color: #e6eaed } }</style>"


def add_pictures(root: Path, out: Path, lang: str) -> None:
    """Put the drawings, with the words of one language, and the picture for previews beside an edition's pages.

    Parameters
    ----------
    root : pathlib.Path
        The handbook's folder.
    out : pathlib.Path
        The edition's pages.
    lang : {"en", "nl"}
        Whose words are kept.
    """
    static = out / "_static"
    if (card := root / "book" / "_static" / CARD).is_file():
        static.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(card, static / CARD)
    for path in sorted((root / DRAWINGS).glob("*.svg")):
        (static / DRAWN).mkdir(parents=True, exist_ok=True)
        svg = read_drawing(path, lang).svg
        opened = svg.index(">") + 1
        (static / DRAWN / path.name).write_text(svg[:opened] + _DARK + svg[opened:], encoding="utf-8")

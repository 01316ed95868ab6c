"""Pictures of an edition: its drawings as files in its language, and the pictures that previews of its pages show."""

from __future__ import annotations

import html
import shutil
from pathlib import Path

from handbook_utils.publishing.chromium import HEIGHT, WIDTH, chromium
from handbook_utils.publishing.pages.illustrations import DRAWINGS, read_drawing

#: The picture of a page that has none of its own, in ``book/_static`` and in an edition's ``_static``.
CARD = "card.png"

#: Where the drawings of an edition lie in its ``_static``.
DRAWN = "drawings"

#: Where the pictures for previews of pages with a drawing lie in its ``_static``.
CARDS = "cards"

#: Letters by night, and no letters where the picture is too small for them: the width is that at which a page shows it.
_STYLE = (
    "<style>@media (prefers-color-scheme: dark) { svg { color: #e6eaed } } "
    "@media (max-width: 300px) { text { display: none } }</style>"
)
_CARD_PAGE = """<!DOCTYPE html><html lang="{lang}"><meta charset="utf-8"><style>
* {{ box-sizing: border-box; }}
body {{ margin: 0; background: #fff; color: #1b1f23; font: 17px system-ui, "DejaVu Sans", sans-serif; }}
b {{ font-size: 34px; font-weight: 600; }}
div {{ width: {width}px; height: {height}px; padding: 24px 40px 20px; border-bottom: 14px solid #0b5f8a; }}
div {{ display: flex; flex-direction: column; align-items: center; gap: 12px; overflow: hidden; }}
svg {{ flex: 1 1 auto; min-height: 0; max-width: 100%; overflow: visible; }}
</style><div>{drawing}<b>{title}</b></div></html>"""


def card_of(drawing: str) -> str:
    """Return where the preview of a page with a drawing lies in ``_static``; of one without, the book's.

    Parameters
    ----------
    drawing : str
        Its name; empty where the page has none.

    Returns
    -------
    str
        Without Chromium, the book's for every page.

    Examples
    --------
    >>> card_of("")
    'card.png'
    """
    return f"{CARDS}/{drawing}.png" if drawing and chromium() else CARD


def add_pictures(root: Path, out: Path, lang: str, title: str) -> dict[Path, str]:
    """Put the drawings, with the words of one language, beside an edition's pages.

    Parameters
    ----------
    root : pathlib.Path
        The handbook's folder.
    out : pathlib.Path
        The edition's pages.
    lang : {"en", "nl"}
        Whose words are kept.
    title : str
        Of the edition: it stands under each drawing in a preview.

    Returns
    -------
    dict of pathlib.Path to str
        HTML of the previews that are still to be made, by the picture it becomes; none without Chromium.
    """
    static = out / "_static"
    static.mkdir(parents=True, exist_ok=True)
    if (card := root / "book" / "_static" / CARD).is_file():
        shutil.copyfile(card, static / CARD)
    previews = {}
    for path in sorted((root / DRAWINGS).glob("*.svg")):
        svg = read_drawing(path, lang).svg
        (static / DRAWN).mkdir(exist_ok=True)
        opened = svg.index(">") + 1
        (static / DRAWN / path.name).write_text(svg[:opened] + _STYLE + svg[opened:], encoding="utf-8")
        previews[static / CARDS / f"{path.stem}.png"] = _CARD_PAGE.format(
            lang=lang, width=WIDTH, height=HEIGHT, drawing=svg, title=html.escape(title)
        )
    return previews if chromium() else {}

"""Pictures of an edition: its drawings as files in its language, and the pictures that previews of its pages show."""

from __future__ import annotations

import html
import shutil
from pathlib import Path

from handbook_utils.publishing.chromium import chromium, pictures_of
from handbook_utils.publishing.pages.illustrations import DRAWINGS, read_drawing
from handbook_utils.text import durable
from handbook_utils.text.hash import sha256

#: The picture of a page that has none of its own, in ``book/_static`` and in an edition's ``_static``.
CARD = "card.png"

#: Where the drawings of an edition lie in its ``_static``.
DRAWN = "drawings"

#: How the folder is named in which those are made.
_PREFIX = ".cards-"

#: Where the pictures for previews of pages with a drawing lie in its ``_static``.
CARDS = "cards"

#: Pixels of a picture for a preview, as those who show one ask for.
WIDTH, HEIGHT = 1200, 630

#: Letters by night, and no letters where the picture is too small for them: the width is that at which a page shows it.
_STYLE = (
    "<style>@media (prefers-color-scheme: dark) { svg { color: #e6eaed } } "
    "@media (max-width: 300px) { text { display: none } }</style>"
)
_CARDS = """<!DOCTYPE html><html lang="{lang}"><meta charset="utf-8"><style>
* {{ box-sizing: border-box; }}
body {{ margin: 0; background: #fff; color: #1b1f23; font: 17px system-ui, "DejaVu Sans", sans-serif; }}
b {{ font-size: 34px; font-weight: 600; }}
div {{ width: {width}px; height: {height}px; padding: 24px 40px 20px; border-bottom: 14px solid #0b5f8a; }}
div {{ display: flex; flex-direction: column; align-items: center; gap: 12px; overflow: hidden; }}
svg {{ flex: 1 1 auto; min-height: 0; max-width: 100%; overflow: visible; }}
</style>{cards}</html>"""


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


def add_pictures(root: Path, out: Path, lang: str, title: str, cache: Path) -> None:
    """Put the drawings, with the words of one language, and the pictures for previews beside an edition's pages.

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
    cache : pathlib.Path
        The folder that remembers previews; made where it is not there.
    """
    static = out / "_static"
    static.mkdir(parents=True, exist_ok=True)
    if (card := root / "book" / "_static" / CARD).is_file():
        shutil.copyfile(card, static / CARD)
    drawn = {path.stem: read_drawing(path, lang).svg for path in sorted((root / DRAWINGS).glob("*.svg"))}
    for name, svg in drawn.items():
        (static / DRAWN).mkdir(exist_ok=True)
        opened = svg.index(">") + 1
        (static / DRAWN / f"{name}.svg").write_text(svg[:opened] + _STYLE + svg[opened:], encoding="utf-8")
    if drawn and chromium():
        _add_cards(drawn, static / CARDS, lang, title, cache)


def _add_cards(drawn: dict[str, str], target: Path, lang: str, title: str, cache: Path) -> None:
    """Make all previews at once, for a browser takes longer to start than to draw them."""
    cards = "".join(f"<div>{svg}<b>{html.escape(title)}</b></div>" for svg in drawn.values())
    page = _CARDS.format(lang=lang, width=WIDTH, height=HEIGHT, cards=cards)
    kept = cache / sha256(page.encode())
    if not kept.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        durable.clear_folders(cache, _PREFIX)
        with durable.working_folder(cache, _PREFIX) as folder:
            source, made = folder / "cards.html", folder / "made"
            source.write_text(page, encoding="utf-8")
            made.mkdir()
            pictures_of(source, [made / f"{drawing}.png" for drawing in drawn], WIDTH, HEIGHT)
            durable.place(made, kept, replace=True)
    shutil.copytree(kept, target, dirs_exist_ok=True)

"""Which files hold a whole edition, and making them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from handbook_utils import __version__
from handbook_utils.chapters.dates import spelled
from handbook_utils.publishing.whole.epub import write_epub
from handbook_utils.publishing.whole.pdf import write_pdf
from handbook_utils.publishing.words import WORDS
from handbook_utils.text import yaml_text

if TYPE_CHECKING:
    from handbook_utils.chapters import Catalogue

#: The kinds there are; a PDF needs Chromium.
KINDS = ("pdf", "epub")


def file_name(title: str, kind: str) -> str:
    """Return the name of the file of an edition.

    Parameters
    ----------
    title : str
        Of the book.
    kind : {"pdf", "epub"}
        What it is.

    Returns
    -------
    str
        Letters a to z, digits and hyphens, with its ending.

    Examples
    --------
    >>> file_name("Handboek Darmmicrobioom", "epub")
    'handboek-darmmicrobioom.epub'
    """
    return f"{re.sub(r'[^a-z0-9]+', '-', title.lower()).strip('-')}.{kind}"


def add_whole(edition: Path, catalogue: Catalogue, lang: str, kinds: Sequence[str], day: str) -> None:
    """Write the files that hold a whole edition beside its pages.

    Parameters
    ----------
    edition : pathlib.Path
        Its finished pages.
    catalogue : Catalogue
        Which pages there are, and where the configuration is.
    lang : str
        The edition's language.
    kinds : sequence of {"pdf", "epub"}
        What to write.
    day : str
        When it is made, as 2026-11-29.
    """
    config = yaml_text.typed((catalogue.root / "_config.yml").read_text(encoding="utf-8"), "_config.yml")
    title = str(config["sphinx"]["config"]["handbook_titles"][lang])
    if "epub" in kinds:
        target = edition / file_name(title, "epub")
        author = str(config.get("author", ""))
        write_epub(edition, target, catalogue.levels, lang=lang, title=title, author=author, day=day)
    if "pdf" in kinds:
        made = WORDS[lang]["made"].format(version=__version__, date=spelled(date.fromisoformat(day), lang))
        write_pdf(edition, edition / file_name(title, "pdf"), catalogue.levels, lang=lang, title=title, made=made)

"""An edition as one PDF: all its pages in one HTML file, with a table of contents, printed by Chromium."""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path

from handbook_utils.publishing.chromium import files_of
from handbook_utils.publishing.whole.article import Article, article_of, contents_of
from handbook_utils.publishing.words import WORDS

_PAGE = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<title>{title}</title>
<link rel="stylesheet" href="_static/pygments.css">
<link rel="stylesheet" href="_static/handbook.css">
<link rel="stylesheet" href="_static/paper.css">
<style>
.chapter {{ break-before: page; }}
.cover {{ padding-top: 60mm; }}
.cover h1 {{ font-size: 30pt; }}
.list {{ break-before: page; columns: 1; font-size: 10pt; }}
.list ol {{ list-style: none; padding: 0; }}
.list ol ol {{ padding-left: 6mm; margin: 0 0 1.5mm; }}
.list li {{ break-inside: auto; }}
</style>
</head>
<body>
<section class="cover"><h1>{title}</h1><p>{made}</p><p>{licence}</p><p>{advice}</p></section>
<nav class="list"><h2>{contents}</h2>{entries}</nav>
{chapters}
</body>
</html>
"""


def write_pdf(edition: Path, target: Path, pages: Mapping[str, int], *, lang: str, title: str, made: str) -> None:
    """Print an edition.

    Parameters
    ----------
    edition : pathlib.Path
        Its finished pages; a file is put beside them while Chromium prints.
    target : pathlib.Path
        The PDF.
    pages : mapping of str to int
        Its pages, in the order of the book, each with under how many others it lies.
    lang, title : str
        Of the edition.
    made : str
        Which version it is, and when it was made.

    Raises
    ------
    InputError
        There is no Chromium, or it could not print.
    """
    page = edition / "whole.html"
    page.write_text(whole_html(edition, pages, lang=lang, title=title, made=made), encoding="utf-8")
    try:
        files_of({target: page})
    finally:
        page.unlink()


def whole_html(edition: Path, pages: Mapping[str, int], *, lang: str, title: str, made: str) -> str:
    """Put all pages of an edition into one, whose links lead within it.

    Parameters
    ----------
    edition : pathlib.Path
        The folder of the edition.
    pages : mapping of str to int
        Pages, in the order of the contents, each with under how many others it lies.
    lang : {"en", "nl"}
        Of the edition.
    title : str
        Of the book.
    made : str
        Version and day, for the first page.

    Returns
    -------
    str
        HTML.
    """
    marks = {name: name.replace("/", "-") for name in pages}

    def address_of(page: str, place: str) -> str:
        mark = marks.get(page, "")
        return f"#{mark}--{place}" if mark and place else f"#{mark}" if mark else ""

    articles = [article_of(edition, name, lang, address_of, lambda file: file) for name in pages]
    words = WORDS[lang]
    return _PAGE.format(
        lang=lang,
        title=html.escape(title),
        made=html.escape(made),
        licence=html.escape(words["licence"]),
        advice=html.escape(words["no_advice"]),
        contents=html.escape(words["contents"]),
        entries=contents_of(
            (f'<a href="#{marks[one.name]}">{html.escape(one.title)}</a>', pages[one.name]) for one in articles
        ),
        chapters="\n".join(_chapter(one, marks[one.name]) for one in articles),
    )


def _chapter(article: Article, mark: str) -> str:
    said = f'class="chapter {article.kind}" id="{mark}" lang="{article.lang}"'
    return f"<section {said}><article>{article.body}</article></section>"

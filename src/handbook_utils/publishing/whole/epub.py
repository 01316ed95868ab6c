"""An edition as an EPUB 3: a file a page, the figures, and a table of contents."""

from __future__ import annotations

import html
import mimetypes
import re
import uuid
import zipfile
from collections.abc import Mapping
from pathlib import Path

from handbook_utils import __version__
from handbook_utils.publishing.whole.article import Article, article_of, contents_of
from handbook_utils.publishing.words import WORDS

_CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book/content.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
_STYLE = """body { line-height: 1.5; }
h1, h2, h3 { line-height: 1.25; }
img, svg { max-width: 100%; height: auto; }
.admonition, details { margin: 1em 0; padding: .3em .8em; border-left: 4px solid #0b5f8a; }
.admonition-title, summary { font-weight: bold; }
table { border-collapse: collapse; font-size: .85em; }
th, td { border: 1px solid #c8d3da; padding: .2em .5em; text-align: left; vertical-align: top; }
pre { white-space: pre-wrap; font-size: .8em; }
.public .sd-dropdown > :not(summary) { display: none; } /* its answers come last */
ul.cards { list-style: none; padding: 0; }
ul.cards img { max-height: 8em; }
"""
_PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="{lang}" xml:lang="{lang}">
<head><title>{title}</title><link rel="stylesheet" type="text/css" href="style.css"/></head>
<body class="{kind}">{body}</body>
</html>
"""
_OPF = """<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="{lang}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{uuid}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:language>{lang}</dc:language>
<dc:creator>{author}</dc:creator>
<dc:rights>CC BY 4.0</dc:rights>
<meta property="dcterms:modified">{modified}T00:00:00Z</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityFeature">MathML</meta>
<meta property="schema:accessibilityHazard">none</meta>
</metadata>
<manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="style" href="style.css" media-type="text/css"/>
{items}
</manifest>
<spine>{spine}</spine>
</package>
"""

_DOCTYPE = re.compile(rb"<!DOCTYPE[^>]*>\s*")


def write_epub(
    edition: Path, target: Path, pages: Mapping[str, int], *, lang: str, title: str, author: str, day: str
) -> None:
    """Write an edition as an EPUB.

    Parameters
    ----------
    edition : pathlib.Path
        Its finished pages.
    target : pathlib.Path
        The EPUB.
    pages : mapping of str to int
        Its pages, in the order of the book, each with under how many others it lies.
    lang, title, author : str
        Of the edition.
    day : str
        When it was made, as 2026-11-29.
    """
    files = {name: f"{name.replace('/', '-')}.xhtml" for name in pages}

    def address_of(page: str, place: str) -> str:
        file = files.get(page, "")
        return f"{file}#{place}" if file and place else file

    articles = [article_of(edition, name, lang, address_of, lambda file: file) for name in pages]
    pictures = list(dict.fromkeys(picture for one in articles for picture in one.pictures))
    items = [
        f'<item id="p{place}" href="{files[one.name]}" media-type="application/xhtml+xml"{_properties(one)}/>'
        for place, one in enumerate(articles)
    ]
    items += [
        f'<item id="i{place}" href="{html.escape(file)}" media-type="{mimetypes.guess_type(file)[0]}"/>'
        for place, file in enumerate(pictures)
    ]
    contents = contents_of(
        (f'<a href="{files[one.name]}">{html.escape(one.title)}</a>', pages[one.name]) for one in articles
    )
    nav = f'<nav epub:type="toc"><h1>{html.escape(WORDS[lang]["contents"])}</h1>{contents}</nav>'
    package = _OPF.format(
        lang=lang,
        uuid=uuid.uuid5(uuid.NAMESPACE_URL, f"{title} {__version__} {day}"),
        title=html.escape(title),
        author=html.escape(author),
        modified=day,
        items="\n".join(items),
        spine="".join(f'<itemref idref="p{place}"/>' for place in range(len(articles))),
    )
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        # Readers look for it at a fixed place, which takes that it is first and as it is.
        book.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        book.writestr("META-INF/container.xml", _CONTAINER)
        book.writestr("book/content.opf", package)
        book.writestr("book/nav.xhtml", _PAGE.format(lang=lang, title=html.escape(title), kind="prose", body=nav))
        book.writestr("book/style.css", _STYLE)
        for one in articles:
            page = _PAGE.format(lang=one.lang, title=html.escape(one.title), kind=one.kind, body=one.body)
            book.writestr(f"book/{files[one.name]}", page)
        for file in pictures:
            content = (edition / file).read_bytes()
            # A document type leads to entities elsewhere, which a book may not hold.
            book.writestr(f"book/{file}", _DOCTYPE.sub(b"", content, count=1) if file.endswith(".svg") else content)


def _properties(article: Article) -> str:
    found = [name for name, mark in (("mathml", "<math"), ("svg", "<svg")) if mark in article.body]
    return f' properties="{" ".join(found)}"' if found else ""

"""The files at the root of the site: the choice of a language, the page for addresses that are none, and for robots."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from handbook_utils.publishing.words import LANGUAGES, WORDS

_PAGE = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
{head}
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1.2rem/1.5 system-ui, sans-serif; color: #1b1f23; background: #fff; max-width: 40rem; margin: 12vh auto;
  padding: 0 1.5rem; }}
ul {{ list-style: none; padding: 0; }}
a {{ color: #0b5f8a; }}
li a {{ display: block; margin: 1rem 0; padding: 1rem 1.5rem; border: 2px solid; border-radius: 6px; }}
:focus-visible {{ outline: 3px solid #9a4a00; outline-offset: 2px; }}
h1 {{ font-size: 1.3rem; }}
@media (prefers-color-scheme: dark) {{
  body {{ color: #e6eaed; background: #14181c; }}
  a {{ color: #8cc8ec; }}
  :focus-visible {{ outline-color: #f0a860; }}
}}
</style>
{script}
</head>
<body><main>{body}</main></body>
</html>
"""

_CHOOSE = """<script>
const pages = {pages};
const wanted = (navigator.languages || [navigator.language || ""]).map((name) => name.slice(0, 2));
location.replace(pages[wanted.find((name) => name in pages) || "{first}"]);
</script>"""

#: A host shows one page for every address that is none, however deep: what leads home must begin at the site's root.
_FROM_ROOT = """<script>
const base = document.createElement("base");
base.href = {base} || location.pathname.replace(/(\\/(?:{languages})\\/.*|\\/[^/]*)$/, "/");
document.head.prepend(base);
</script>"""


def write_root(site: Path, languages: Sequence[str], titles: dict[str, str], root_doc: str, address: str = "") -> None:
    """Write what stands at the root of a site beside its editions.

    Parameters
    ----------
    site : pathlib.Path
        The folder with the editions.
    languages : sequence of str
        Editions there are; the first is the one for readers of other languages.
    titles : dict of str to str
        The book's title in each language.
    root_doc : str
        The first page of an edition.
    address : str
        Where the site is published; empty where that is not known.
    """
    made = {
        "index.html": chooser(languages, titles, root_doc, address),
        "404.html": not_found(languages, titles, root_doc, address),
        "robots.txt": robots(address),
        ".nojekyll": "",
    }
    if address:
        made["sitemap.xml"] = sitemap(site, languages, address)
    for name, text in made.items():
        (site / name).write_text(text, encoding="utf-8")


def chooser(languages: Sequence[str], titles: dict[str, str], root_doc: str, address: str = "") -> str:
    """Write the page at the top of the site, which leads to the reader's language, with a script or without.

    Parameters
    ----------
    languages : sequence of str
        Editions there are; the first is the one for readers of other languages.
    titles : dict of str to str
        The book's title in each language.
    root_doc : str
        The first page of an edition.
    address : str
        Where the site is published; empty where that is not known.

    Returns
    -------
    str
        HTML.
    """
    addresses = _first_pages(languages, root_doc)
    links = "".join(
        f'<li><a lang="{lang}" hreflang="{lang}" href="{target}">{html.escape(titles[lang])}<br>'
        f"<small>{LANGUAGES[lang]}</small></a></li>"
        for lang, target in addresses.items()
    )
    title = html.escape(" · ".join(titles[lang] for lang in languages))
    head = f'<link rel="icon" type="image/svg+xml" href="{languages[0]}/_static/logo.svg">'
    if address:
        head += f'\n<link rel="canonical" href="{html.escape(address)}/">'
    return _PAGE.format(
        lang=languages[0],
        title=title,
        head=head,
        script=_CHOOSE.format(pages=json.dumps(addresses), first=languages[0]),
        body=f"<h1>{title}</h1><ul>{links}</ul>",
    )


def not_found(languages: Sequence[str], titles: dict[str, str], root_doc: str, address: str = "") -> str:
    """Write the page that a host shows for an address that is none, in every language.

    Parameters
    ----------
    languages : sequence of str
        Editions there are.
    titles : dict of str to str
        The book's title in each language.
    root_doc : str
        The first page of an edition.
    address : str
        Where the site is published; where that is not known, the page finds its root from its own address.

    Returns
    -------
    str
        HTML.
    """
    said = []
    for lang, target in _first_pages(languages, root_doc).items():
        words = WORDS[lang]
        links = f'<li><a href="{target}">{html.escape(titles[lang])}</a></li>' + (
            f'<li><a href="{lang}/search.html">{html.escape(words["search_hint"])}</a></li>'
        )
        said.append(
            f'<section lang="{lang}"><h1>{html.escape(words["not_found"])}</h1>'
            f"<p>{html.escape(words['not_found_more'])}</p><ul>{links}</ul></section>"
        )
    base = f"{urlsplit(address).path}/" if address else ""
    return _PAGE.format(
        lang=languages[0],
        title=html.escape(" · ".join(WORDS[lang]["not_found"] for lang in languages)),
        head='<meta name="robots" content="noindex">',
        script=_FROM_ROOT.format(base=json.dumps(base), languages="|".join(languages)),
        body="".join(said),
    )


def _first_pages(languages: Sequence[str], root_doc: str) -> dict[str, str]:
    return {lang: f"{lang}/{root_doc}.html" for lang in languages}


def robots(address: str) -> str:
    r"""Write what robots may read: all of it; and where the sitemap is, where the site has an address.

    Parameters
    ----------
    address : str
        Of the site; empty where it has none.

    Returns
    -------
    str
        The text of ``robots.txt``.

    Examples
    --------
    >>> robots("https://example.org")
    'User-agent: *\nAllow: /\nSitemap: https://example.org/sitemap.xml\n'
    """
    return "User-agent: *\nAllow: /\n" + (f"Sitemap: {address}/sitemap.xml\n" if address else "")


def sitemap(site: Path, languages: Sequence[str], address: str) -> str:
    """List every page that names its own address as the canonical one, with its languages.

    Parameters
    ----------
    site : pathlib.Path
        The folder with the editions.
    languages : sequence of str
        Editions there are; the first is the one for readers of other languages.
    address : str
        Where the site is published.

    Returns
    -------
    str
        XML, as sitemaps.org has it.
    """
    entries = []
    for lang in languages:
        for path in sorted((site / lang).rglob("*.html")):
            name = path.relative_to(site / lang).as_posix()
            own = html.escape(f"{address}/{lang}/{name}")
            if f'<link rel="canonical" href="{own}">' not in path.read_text(encoding="utf-8"):
                continue  # no page to be found, or the same as one of another edition
            others = [(one, one) for one in languages if (site / one / name).is_file()]
            links = "".join(
                f'<xhtml:link rel="alternate" hreflang="{called}" href="{html.escape(f"{address}/{one}/{name}")}"/>'
                for called, one in [*others, ("x-default", others[0][1])]
            )
            entries.append(f"<url><loc>{own}</loc>{links}</url>")
    body = "\n".join(entries)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n{body}\n</urlset>\n'
    )

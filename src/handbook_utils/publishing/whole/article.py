"""What a finished page says, as well-formed XHTML: its article without what only a browser needs."""

from __future__ import annotations

import html
import json
import posixpath
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

_VOID = frozenset(["area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
_LEFT_OUT = frozenset(["nav", "script", "noscript", "button", "form", "style"])
_LEFT_OUT_CLASSES = frozenset(
    ["headerlink", "meanings", "explorable", "where", "teach", "lessons", "sd-summary-state-marker"]
)
#: Names of SVG that have capitals, which a parser of HTML does not keep.
_CAPITALS = {
    name.lower(): name
    for name in ("viewBox", "preserveAspectRatio", "linearGradient", "radialGradient", "clipPath", "textPath")
}
#: Where HTML needs no word of it, XHTML does.
_NAMESPACES = {"svg": "http://www.w3.org/2000/svg", "math": "http://www.w3.org/1998/Math/MathML"}
#: Characters that an address holds as they are; a DOI may have others.
_PLAIN = "%/:?#@!$&'()*+,;=-._~"
#: Addresses of other places than the book's pages.
_ELSEWHERE = re.compile(r"^(?:[a-z][a-z+.-]*:|//)", re.IGNORECASE)


#: What a page is, by how its name begins, as the style sheets call it.
_KINDS = {"notebooks/explainers/": "public", "notebooks/protocols/": "protocol", "notebooks/": "recipe"}
#: What can be answered to the questions of a quiz, which a script shows on a page.
_QUIZ = re.compile(r'<script type="application/json" class="quiz">(.*?)</script>', re.DOTALL)


@dataclass(frozen=True)
class Article:
    """A page of an edition.

    Attributes
    ----------
    name : str
        The page, as ``book/index``.
    kind : {"public", "protocol", "recipe", "prose"}
        What it is.
    lang : str
        Its language, which may be another than the edition's.
    title : str
        Plain text.
    body : str
        XHTML.
    pictures : tuple of str
        Files that it shows, seen from the edition's folder.
    """

    name: str
    kind: str
    lang: str
    title: str
    body: str
    pictures: tuple[str, ...]


def article_of(
    edition: Path, name: str, lang: str, address_of: Callable[[str, str], str], picture_of: Callable[[str], str]
) -> Article:
    """Read a finished page.

    Parameters
    ----------
    edition : pathlib.Path
        The edition's folder.
    name : str
        The page.
    lang : str
        The edition's language.
    address_of : callable
        Given a page and a place on it (empty for the page itself), where a link to it leads; of a page that is not in
        the book, empty.
    picture_of : callable
        Given a file seen from the edition's folder, where a picture is.

    Returns
    -------
    Article
        Its links and pictures as the two say.
    """
    text = (edition / f"{name}.html").read_text(encoding="utf-8")
    _, _, rest = text.partition("<article")
    attributes, _, body = rest.partition(">")
    own = re.search(r'lang="(\w+)"', attributes)
    quiz = _QUIZ.search(body)
    asked = json.loads(quiz[1])["questions"] if quiz else []
    writer = _Writer(name, address_of, picture_of, [one["options"] for one in asked])
    writer.feed(body.partition("</article>")[0])
    writer.close()
    title = re.search(r"<h1[^>]*>(.*?)</h1>", body, re.DOTALL)
    said = re.sub(r'<a class="headerlink".*?</a>|<[^>]+>', "", title[1], flags=re.DOTALL) if title else name
    return Article(
        name=name,
        kind=next((kind for start, kind in _KINDS.items() if name.startswith(start)), "prose"),
        lang=own[1] if own else lang,
        title=" ".join(html.unescape(said).split()),
        body="".join(writer.written),
        pictures=tuple(dict.fromkeys(writer.pictures)),
    )


def contents_of(entries: Iterable[tuple[str, int]]) -> str:
    """Return a list of contents in which pages stand under the page that they belong to.

    Parameters
    ----------
    entries : iterable of (str, int)
        Of each page, in order, its markup and under how many pages it lies.

    Returns
    -------
    str
        A list in XHTML.

    Examples
    --------
    >>> contents_of([("a", 0), ("b", 1), ("c", 1), ("d", 0)])
    '<ol><li>a<ol><li>b</li><li>c</li></ol></li><li>d</li></ol>'
    """
    written: list[str] = []
    last = -1
    for markup, level in entries:
        deep = min(level, last + 1)
        written += ["<ol>"] if deep > last else ["</li>", "</ol></li>" * (last - deep)]
        written.append(f"<li>{markup}")
        last = deep
    return "".join([*written, "</li></ol>" * (last + 1)])


class _Writer(HTMLParser):
    """Writes HTML as XHTML, without what is left out, and with what can be chosen under each question of a quiz."""

    def __init__(
        self,
        name: str,
        address_of: Callable[[str, str], str],
        picture_of: Callable[[str], str],
        choices: list[list[str]],
    ) -> None:
        super().__init__(convert_charrefs=True)
        self.name, self.address_of, self.picture_of = name, address_of, picture_of
        self._choices = iter(choices)
        self.written: list[str] = []
        self.pictures: list[str] = []
        self._open: list[tuple[str, str]] = []  # as in HTML, and as written
        self._ids: set[str] = set()
        self._skipped = 0
        self._asking = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        left_out = tag in _LEFT_OUT or bool(_LEFT_OUT_CLASSES & set(given.get("class", "").split()))
        if self._skipped or left_out:
            self._skipped += tag not in _VOID
            return
        name = _CAPITALS.get(tag, tag)
        if tag == "details":
            given["open"] = "open"  # not every reader of books can open one
        if tag in _NAMESPACES:
            given["xmlns"] = _NAMESPACES[tag]
        if tag == "p" and any(outer == "summary" for outer, _ in self._open):
            name = "span"  # a summary holds no paragraph
        written = "".join(
            f' {_CAPITALS.get(key, key)}="{html.escape(value)}"' for key, value in self._led(tag, given).items()
        )
        self.written.append(f"<{name}{written}{'/' if tag in _VOID else ''}>")
        if tag not in _VOID:
            self._open.append((tag, name))
        self._asking |= tag == "details" and "sd-dropdown" in given.get("class", "").split()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if self._skipped:
            self._skipped -= 1
        elif any(tag == opened for opened, _ in self._open):
            while self._open:
                last, name = self._open.pop()
                self.written.append(f"</{name}>")
                if last == tag:
                    break
            if tag == "details" and self._asking:
                self._asking = False
                listed = "".join(f"<li>{html.escape(one)}</li>" for one in next(self._choices, []))
                self.written.append(f'<ul class="choices">{listed}</ul>' if listed else "")

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.written.append(html.escape(data, quote=False))

    def close(self) -> None:
        """End what is still open."""
        super().close()
        while self._open:
            self.written.append(f"</{self._open.pop()[1]}>")

    def _led(self, tag: str, given: dict[str, str]) -> dict[str, str]:
        """Lead links, places and pictures to where they are in the book."""
        here = posixpath.dirname(self.name)
        if "id" in given:
            given["id"] = self.address_of(self.name, given["id"]).rpartition("#")[2]
            if given["id"] in self._ids:
                del given["id"]  # the first has it
            self._ids.add(given.get("id", ""))
        for key in ("aria-labelledby", "aria-describedby"):
            given.pop(key, None)  # what they name may be left out
        if tag == "img" and "src" in given and not _ELSEWHERE.match(given["src"]):
            file = posixpath.normpath(posixpath.join(here, given["src"]))
            self.pictures.append(file)
            given["src"] = self.picture_of(file)
            given.pop("loading", None)
        if tag == "a" and _ELSEWHERE.match(given.get("href", "")):
            given["href"] = quote(given["href"], safe=_PLAIN)
        elif tag == "a" and "href" in given:
            path, _, place = given["href"].partition("#")
            page = posixpath.normpath(posixpath.join(here, path)) if path else f"{self.name}.html"
            led = self.address_of(page.removesuffix(".html"), place) if page.endswith(".html") else ""
            given = {**given, "href": led} if led else {key: value for key, value in given.items() if key != "href"}
            given.pop("download", None)
        return given

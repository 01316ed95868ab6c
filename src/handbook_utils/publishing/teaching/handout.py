"""A handout of an explainer: one page of A4 with its question, its answer, its first figure, and how sure we are.

Letters never get smaller than they can be read; where a chapter says more than a page holds, rows of the table are left
out, evenly from what is sure, likely and unknown, and the page says so.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handbook_utils.errors import InputError
from handbook_utils.publishing.parts import (
    Part,
    answer_of,
    cells_of,
    figures_in,
    page_of,
    parts_of,
    table_rows,
)
from handbook_utils.publishing.words import WORDS
from handbook_utils.text import yaml_text

if TYPE_CHECKING:
    from handbook_utils.chapters import Chapter
    from handbook_utils.runs.page import Page

_TAKEAWAYS, _SURE = "Key takeaways", "What is sure, what is likely, what is unknown?"
_FONT = "HandoutSans"
_FACES = {
    _FONT: "DejaVuSans.ttf",
    f"{_FONT}-Bold": "DejaVuSans-Bold.ttf",
    f"{_FONT}-Italic": "DejaVuSans-Oblique.ttf",
    f"{_FONT}-BoldItalic": "DejaVuSans-BoldOblique.ttf",
}
_MARGIN_MM = 14.0
#: The sizes of letters that are tried, in points, and of the figure, in millimetres.
_LETTERS = (10.5, 10.0, 9.5, 9.0)
_FIGURES = (82.0, 70.0, 58.0)
_BRAND, _DEEP, _TINT, _LINE = "#0b5f8a", "#0b3d57", "#eef5f9", "#c8d3da"


@dataclass(frozen=True)
class _Content:
    title: str
    answer: tuple[str, str]
    figure: Path | None
    caption: str
    takeaways: tuple[str, list[str]]
    sure: str
    head: list[str]
    rows: list[list[str]]
    closing: list[str]


@dataclass(frozen=True)
class _Try:
    letters: float
    figure: float
    captioned: bool
    rows: list[list[str]]


def handout_pdf(chapter: Chapter, notebook: Any, results: Path, root: Path) -> bytes:
    """Make the handout of an executed explainer.

    Parameters
    ----------
    chapter : Chapter
        An explainer.
    notebook : nbformat.NotebookNode
        Executed and normalised, with ``handbook_run`` in its metadata.
    results : pathlib.Path
        Where that run kept its figures.
    root : pathlib.Path
        The handbook's folder, for its references, translations and addresses.

    Returns
    -------
    bytes
        PDF of one page.

    Raises
    ------
    InputError
        The chapter has no short answer, or says more than a page holds in letters that can be read.
    """
    page = page_of(chapter, notebook, root)
    content = _content(page, notebook, results, root)
    for trial in _trials(content.rows):
        made = _drawn(content, trial, page.lang)
        if made is not None:
            return made
    raise InputError(
        "The handout does not fit on one page.",
        where=chapter.slug,
        expected="a shorter answer, or shorter key takeaways",
    )


def _content(page: Page, notebook: Any, results: Path, root: Path) -> _Content:

    words = WORDS[page.lang]
    run = notebook.metadata["handbook_run"]
    parts = parts_of(notebook, page.expanded)
    by_name = {part.name: part for part in parts}
    answer = answer_of(parts)
    drawn = next((found for part in parts for block in part.blocks for found in _figures(block)), None)
    figure = results / "figures" / f"{drawn[0]}.png" if drawn else None
    table = next((rows for piece in by_name.get(_SURE, Part("")).prose if (rows := table_rows(piece))), [])
    config = yaml_text.typed((root / "_config.yml").read_text(encoding="utf-8"), "_config.yml")
    book = config["sphinx"]["config"]["handbook_titles"][page.lang]
    version = words["printed"].format(source=str(run.get("source", ""))[:12], date=str(run.get("executed", ""))[:10])
    address = config.get("repository", {}).get("url", "")
    return _Content(
        title=html.escape(page.said(str(run["title"]))),
        answer=(printable(page.inline(answer.title)), printable(page.render(answer.body))),
        figure=figure if figure is not None and figure.is_file() else None,
        caption=drawn[1] if drawn else "",
        takeaways=(page.inline(_TAKEAWAYS), _takeaways(page, by_name.get(_TAKEAWAYS, Part("")))),
        sure=page.inline(_SURE),
        head=[printable(page.inline(cell)) for cell in cells_of(table[0])] if table else [],
        rows=[[printable(page.inline(cell)) for cell in cells_of(row)] for row in table[2:]],
        closing=[
            f"<b>{html.escape(words['no_advice'])}</b>",
            html.escape(words["read_more"].format(book=book, slug=run["slug"], address=address)),
            html.escape(f"{run['slug']} · {version} · {words['licence']}"),
        ],
    )


def _figures(block: Any) -> Iterator[tuple[str, str, str]]:
    return iter(()) if isinstance(block, str) else figures_in(block)


def _takeaways(page: Page, part: Part) -> list[str]:
    items = re.findall(r"<li>(.*?)</li>", page.render("\n\n".join(part.prose)), re.DOTALL)
    # On paper a link within the page leads nowhere.
    within = re.compile(r':\s*<a href="#(?!ref-)[^"]*">[^<]*</a>(?=\s*\.?\s*$)')
    return [printable(within.sub("", item.strip())) for item in items]


class _Printable(HTMLParser):
    """Writes HTML in the few marks that reportlab's paragraphs know."""

    _KNOWN: dict[str, str] = {"strong": "b", "b": "b", "em": "i", "i": "i", "sub": "sub", "sup": "super"}  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - as its base class has it
        self.written += f"<{self._KNOWN[tag]}>" if tag in self._KNOWN else ""

    def handle_endtag(self, tag: str) -> None:
        self.written += f"</{self._KNOWN[tag]}>" if tag in self._KNOWN else " " if tag in ("p", "li") else ""

    def handle_data(self, data: str) -> None:
        self.written += html.escape(data, quote=False)


def printable(content: str) -> str:
    """Write HTML of a sentence in the marks that reportlab's paragraphs know; links become their text.

    Examples
    --------
    >>> printable('<p>As <em>seen</em> (<a href="#ref-x">A &amp; B, 2020</a>).</p>')
    'As <i>seen</i> (A &amp; B, 2020).'
    """
    parser = _Printable()
    parser.feed(content)
    parser.close()
    return " ".join(parser.written.split())


def _trials(rows: list[list[str]]) -> Iterator[_Try]:
    """Yield what to try, from the roomiest page on."""
    for letters in _LETTERS:
        yield _Try(letters, _FIGURES[0], True, rows)
    yield _Try(_LETTERS[-1], _FIGURES[1], True, rows)
    least = min(len(rows), 5)
    while len(rows) > least:
        rows = fewer(rows)
        yield _Try(_LETTERS[-1], _FIGURES[1], True, rows)
    yield _Try(_LETTERS[-1], _FIGURES[1], False, rows)
    while rows:
        yield _Try(_LETTERS[-1], _FIGURES[-1], False, rows)
        rows = fewer(rows)
    yield _Try(_LETTERS[-1], _FIGURES[-1], False, [])


def fewer(rows: Sequence[list[str]]) -> list[list[str]]:
    """Leave one row out: the last of those with the verdict (second cell) that most rows have.

    Examples
    --------
    >>> fewer([["a", "sure"], ["b", "sure"], ["c", "unknown"]])
    [['a', 'sure'], ['c', 'unknown']]
    """

    def verdict(row: list[str]) -> str:
        # "sure, give or take a quarter" is sure.
        return re.split(r"\W", row[1] if len(row) > 1 else "")[0].casefold()

    counted = [verdict(row) for row in rows]
    most = max(dict.fromkeys(counted), key=counted.count)
    last = len(counted) - 1 - counted[::-1].index(most)
    return [row for place, row in enumerate(rows) if place != last]


def _register_fonts() -> None:
    import matplotlib as mpl
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    # reportlab's own fonts know Western European letters only; matplotlib brings one that knows more.
    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    if _FONT not in pdfmetrics.getRegisteredFontNames():
        for name, file in _FACES.items():
            pdfmetrics.registerFont(TTFont(name, str(folder / file)))
        pdfmetrics.registerFontFamily(_FONT, *_FACES)


def _drawn(content: _Content, trial: _Try, lang: str) -> bytes | None:
    """Draw the page; nothing where it does not fit."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import Frame

    _register_fonts()
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=A4, invariant=1, lang=lang)
    canvas.setTitle(html.unescape(content.title))
    width, height = A4
    margin = _MARGIN_MM * mm
    inside = width - 2 * margin
    closing = _closing(content)
    below = sum(paragraph.wrap(inside, height)[1] + 2 for paragraph in closing)
    canvas.setStrokeColor(_LINE)
    canvas.line(margin, margin + below + 4, width - margin, margin + below + 4)
    at = margin + below
    for paragraph in closing:
        at -= paragraph.height + 2
        paragraph.drawOn(canvas, margin, at)
    bottom = margin + below + 8
    frame = Frame(margin, bottom, inside, height - margin - bottom, 0, 0, 0, 0)
    story = _story(content, trial, lang, inside)
    frame.addFromList(story, canvas)
    if story:
        return None
    canvas.showPage()
    canvas.save()
    return made.getvalue()


def _style(name: str, size: float, **more: Any) -> Any:
    from reportlab.lib.styles import ParagraphStyle

    return ParagraphStyle(name, fontName=_FONT, fontSize=size, leading=1.32 * size, **more)


def _closing(content: _Content) -> list[Any]:
    from reportlab.platypus import Paragraph

    return [Paragraph(text, _style("closing", 8)) for text in content.closing]


def _story(content: _Content, trial: _Try, lang: str, inside: float) -> list[Any]:
    from reportlab.lib.units import mm
    from reportlab.lib.utils import ImageReader
    from reportlab.platypus import Image, Paragraph, Spacer, Table

    size = trial.letters
    text = _style("text", size)
    heading = _style("heading", size + 2, textColor=_DEEP, spaceBefore=0.7 * size, spaceAfter=0.35 * size)
    item = _style("item", size, leftIndent=1.2 * size, bulletIndent=0.2 * size, spaceAfter=0.2 * size)
    answer = Table(
        [[[Paragraph(f"<b>{content.answer[0]}</b>", text), Spacer(0, 0.2 * size), Paragraph(content.answer[1], text)]]],
        colWidths=[inside],
        style=[
            ("BACKGROUND", (0, 0), (-1, -1), _TINT),
            ("LINEBEFORE", (0, 0), (0, -1), 3, _BRAND),
            ("LEFTPADDING", (0, 0), (-1, -1), 9),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 7),
        ],
    )
    story = [
        Paragraph(content.title, _style("title", size + 8, textColor=_DEEP, spaceAfter=0.7 * size)),
        answer,
        Spacer(0, 0.7 * size),
    ]
    if content.figure is not None:
        across, down = ImageReader(str(content.figure)).getSize()
        scale = min(inside / across, trial.figure * mm / down)
        story.append(Image(str(content.figure), across * scale, down * scale))
        if trial.captioned:
            story.append(Paragraph(content.caption, _style("caption", 9, textColor="#3f5561", spaceBefore=2)))
    if content.takeaways[1]:
        story.append(Paragraph(f"<b>{content.takeaways[0]}</b>", heading))
        story += [Paragraph(said, item, bulletText="•") for said in content.takeaways[1]]
    if trial.rows:
        story.append(Paragraph(f"<b>{content.sure}</b>", heading))
        story.append(_table(content.head, trial.rows, inside))
    if left := len(content.rows) - len(trial.rows):
        words = WORDS[lang]["rows_left" if left > 1 else "row_left"]
        story.append(Paragraph(words.format(count=left), _style("left", 9, spaceBefore=2)))
    return story


def _table(head: list[str], rows: list[list[str]], inside: float) -> Any:
    from reportlab.platypus import Paragraph, Table

    cell = _style("cell", 9)
    shares = (0.45, 0.2, 0.35) if len(head) == 3 else tuple(1 / len(head) for _ in head)
    lines = [[Paragraph(f"<b>{text}</b>", cell) for text in head], *([Paragraph(t, cell) for t in row] for row in rows)]
    return Table(
        lines,
        colWidths=[share * inside for share in shares],
        style=[
            ("GRID", (0, 0), (-1, -1), 0.5, _LINE),
            ("BACKGROUND", (0, 0), (-1, 0), _TINT),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
            ("LEFTPADDING", (0, 0), (-1, -1), 4),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ],
    )

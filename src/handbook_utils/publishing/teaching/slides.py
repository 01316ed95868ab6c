"""Slides of an explainer: one HTML file that shows itself with reveal.js, from disk, in a room without a network.

nbconvert makes the slides; what stands on them is rendered as for a report, in the language of the run. The teacher's
notes are the speaker's notes. reveal.js comes with the package ``sphinx_revealjs``.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handbook_utils.publishing.pages.illustrations import DRAWINGS, drawing_html
from handbook_utils.publishing.parts import (
    Part,
    answer_of,
    box_of,
    figures_in,
    page_of,
    parts_of,
    pieces,
    table_rows,
)
from handbook_utils.publishing.words import WORDS

if TYPE_CHECKING:
    from handbook_utils.chapters import Chapter
    from handbook_utils.runs.page import Page

#: Sections that are not for a room; the teacher's notes are for the speaker.
_LEFT_OUT = frozenset(["Parameters", "Check", "Exercise", "Limits", "References", "Teacher's notes"])
_NOTES, _QUIZ = "Teacher's notes", "Quiz"

#: How many words a slide takes, of text, and of a table.
_WORDS_ON_SLIDE = 80
_WORDS_IN_FULL_SIZE, _WORDS_IN_NEXT_SIZE = 95, 125
_WORDS_IN_TABLE = 110
_WORKS_ON_SLIDE = 7

_STYLE = """
.reveal { color: #1b1b1b; font: 27px/1.4 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
html, body, main { height: 100%; }
body { background: #fff; }
.reveal .slides { text-align: left; }
.reveal h1, .reveal h2 { color: #0b3d57; line-height: 1.2; margin: 0 0 .6em; }
.reveal h1 { font-size: 2em; margin-top: 3.2em; }
.reveal h2 { font-size: 1.35em; }
.reveal h2.again { font-size: .85em; font-weight: 500; color: #3f5561; }
.reveal p, .reveal ul, .reveal ol { margin: 0 0 .7em; }
.reveal ul, .reveal ol { padding-left: 1.2em; }
.reveal li { margin-bottom: .4em; }
.reveal strong { font-weight: 700; }
.reveal em { font-style: italic; }
.reveal a { color: #0b5f8a; }
.reveal a:focus-visible, .reveal [tabindex]:focus-visible, .reveal button:focus-visible { outline: 3px solid #b35900; }
.reveal img.figure { display: block; margin: 0 auto; width: 100%; height: 590px; object-fit: contain; }
.reveal .question { font-size: 1.25em; }
.reveal figure.drawing { margin: 0; text-align: center; }
.reveal figure.drawing svg { height: 540px; max-width: 100%; }
.reveal figcaption { font-size: .85em; }
.reveal .made { font-size: .7em; color: #3f5561; }
.reveal .admonition { padding: .7em 1em .2em; border-left: 6px solid #0b5f8a; background: #eef5f9; }
.reveal .warning { border-color: #b35900; background: #fdf3e8; }
.reveal .admonition-title { font-weight: 700; }
.reveal table { border-collapse: collapse; font-size: .74em; margin: 0 0 .7em; }
.reveal th, .reveal td { border: 1px solid #c8d3da; padding: .3em .6em; text-align: left; vertical-align: top; }
.reveal thead th { background: #e8eff3; }
.reveal caption { text-align: left; font-weight: 600; padding-bottom: .3em; }
.reveal .scroll { max-height: 580px; overflow: auto; }
.reveal .long { font-size: .85em; }
.reveal .longest { font-size: .72em; }
.reveal .works { font-size: .65em; }
.reveal .works li { overflow-wrap: anywhere; }
.reveal .controls, .reveal .progress { color: #0b5f8a; }
.reveal .slide-number { color: #1b1b1b; background: #fff; }
"""


@dataclass(frozen=True)
class Slide:
    """One slide.

    Attributes
    ----------
    heading : str
        HTML.
    body : str
        HTML; what is seen at once.
    first : bool
        It begins a section; others stand below the one before.
    later : str
        HTML that is seen after the next press of a key.
    notes : str
        HTML for the speaker.
    """

    heading: str
    body: str
    first: bool
    later: str = ""
    notes: str = ""


def slides_html(chapter: Chapter, notebook: Any, root: Path) -> str:
    """Make the slides of an executed explainer.

    Parameters
    ----------
    chapter : Chapter
        An explainer.
    notebook : nbformat.NotebookNode
        Executed and normalised, with ``handbook_run`` in its metadata.
    root : pathlib.Path
        The handbook's folder, for its references and translations.

    Returns
    -------
    str
        HTML, with everything it needs in it.

    Raises
    ------
    InputError
        The chapter has no short answer.
    """
    from nbconvert import SlidesExporter
    from nbformat.v4 import new_notebook

    page = page_of(chapter, notebook, root)
    run = notebook.metadata["handbook_run"]
    title = page.said(str(run["title"]))
    cells = [cell for slide in _slides(page, run, title, parts_of(notebook, page.expanded)) for cell in _cells(slide)]
    template = Path(__file__).with_name("slides.html.j2").read_text(encoding="utf-8")
    exporter = SlidesExporter(raw_template=template, language_code=page.lang)  # type: ignore[no-untyped-call]
    words = WORDS[page.lang]
    labels = {
        side: words[name]
        for side, name in (("left", "previous"), ("up", "previous"), ("right", "next"), ("down", "next"))
    }
    deck = {"title": html.escape(title), "style": _styles(), "labels": labels, **_scripts()}
    made, _ = exporter.from_notebook_node(new_notebook(cells=cells), {"deck": deck, "metadata": {"name": chapter.slug}})
    return str(made)


def _revealjs() -> Path:
    import sphinx_revealjs

    return Path(sphinx_revealjs.__file__).parent / "_static" / "revealjs"


def _styles() -> str:
    folder = _revealjs() / "dist"
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in ("reset.css", "reveal.css")) + _STYLE


def _scripts() -> dict[str, str]:
    found = {"reveal": "dist/reveal.js", "notes": "plugin/notes/notes.js"}
    # A script inside a page ends where it says so, also in a string; the maps of its sources are not there.
    return {
        name: re.sub(r"//# sourceMappingURL=.*", "", (_revealjs() / path).read_text(encoding="utf-8")).replace(
            "</script", r"<\/script"
        )
        for name, path in found.items()
    }


def _cells(slide: Slide) -> Iterator[Any]:
    from nbformat.v4 import new_raw_cell

    def cell(content: str, kind: str) -> Any:
        return new_raw_cell(content, metadata={"raw_mimetype": "text/html", "slideshow": {"slide_type": kind}})

    again = "" if slide.first else ' class="again"'
    heading = f"<h2{again}>{slide.heading}</h2>\n" if slide.heading else ""
    yield cell(heading + slide.body, "slide" if slide.first else "subslide")
    if slide.notes:
        yield cell(slide.notes, "notes")
    if slide.later:
        yield cell(slide.later, "fragment")


def _slides(page: Page, run: dict[str, Any], title: str, parts: list[Part]) -> Iterator[Slide]:
    words = WORDS[page.lang]
    notes = next((part for part in parts if part.name == _NOTES), Part(_NOTES))
    spoken = page.render("\n\n".join(notes.prose))
    version = words["printed"].format(source=str(run.get("source", ""))[:12], date=str(run.get("executed", ""))[:10])
    source = html.escape(f"{run['slug']} · {version}")
    made = f'<p class="made">{source}<br>{html.escape(words["no_advice"])}</p>'
    yield Slide("", f"<h1>{html.escape(title)}</h1>{made}", first=True, notes=spoken)

    answer = answer_of(parts)
    yield Slide(page.inline(answer.title), _fitting(page.render(answer.body)), first=True)
    for piece in parts[0].prose:
        box = box_of(piece)
        if box != answer and not (box is not None and "at-a-glance" in box.classes):
            for body in _bodies(page, piece):
                yield Slide("", body, first=False)
    for part in parts[1:]:
        if part.name not in _LEFT_OUT:
            yield from _quiz(page, part) if part.name == _QUIZ else _section(page, part)
    works = page.works()
    for place in range(0, len(works), _WORKS_ON_SLIDE):
        listed = "".join(works[place : place + _WORKS_ON_SLIDE])
        yield Slide(page.inline("References"), f'<ul class="works">{listed}</ul>', first=place == 0)


def _section(page: Page, part: Part) -> Iterator[Slide]:
    heading = page.inline(part.name)
    first = True
    target = f'<span id="{html.escape(part.target)}"></span>' if part.target else ""
    for body, notes in _gathered(page, part.blocks):
        yield Slide(heading, (target if first else "") + body, first=first, notes=notes)
        first = False


def _gathered(page: Page, blocks: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Yield what goes on each slide, with what is to be said: short paragraphs together, all else by itself."""
    waiting = ""
    for block in blocks:
        if isinstance(block, str) and box_of(block) is None and not table_rows(block):
            made = page.render(block)
            if waiting and _length(waiting + made) > _WORDS_ON_SLIDE:
                yield _fitting(waiting), ""
                waiting = ""
            waiting += made
            continue
        shown = [(body, "") for body in _bodies(page, block)] if isinstance(block, str) else list(_outputs(page, block))
        if shown and waiting:
            yield _fitting(waiting), ""
            waiting = ""
        yield from shown
    if waiting:
        yield _fitting(waiting), ""


def _bodies(page: Page, piece: str) -> Iterator[str]:
    """Part a box or a table that is too long for a slide; head and title are on every part."""
    box, rows = box_of(piece), table_rows(piece)
    if box is not None and box.name == "admonition":
        for body, _ in _gathered(page, pieces(box.body)):
            classes = html.escape(" ".join(["admonition", *box.classes]))
            yield f'<div class="{classes}"><p class="admonition-title">{page.inline(box.title)}</p>{body}</div>'
    elif box is not None and box.name == "drawing" and page.source is not None:
        yield drawing_html(page.source.parents[2] / DRAWINGS / f"{box.title}.svg", page.lang)
    elif rows:
        taken: list[str] = []
        for row in rows[2:]:
            if taken and _length(page.render("\n".join([*rows[:2], *taken, row]))) > _WORDS_IN_TABLE:
                yield page.render("\n".join([*rows[:2], *taken]))
                taken = []
            taken.append(row)
        yield page.render("\n".join([*rows[:2], *taken]))
    else:
        yield page.render(piece)


def _outputs(page: Page, cell: Any) -> Iterator[tuple[str, str]]:
    tags = cell.metadata.get("tags", [])
    if "remove-cell" in tags or "remove-output" in tags:
        return
    for _, alt, shown in figures_in(cell):
        # What the figure shows is also what the speaker says of it.
        yield re.sub(r' id="[^"]*"', "", shown, count=1), f"<p>{alt}</p>"
    for output in cell.get("outputs", []):
        shown = "".join(output.get("data", {}).get("text/html", ""))
        if "<table" in shown:
            label = html.escape(WORDS[page.lang]["table"])
            yield f'<div class="scroll" role="group" aria-label="{label}" tabindex="0">{shown}</div>', ""


def _quiz(page: Page, part: Part) -> Iterator[Slide]:
    heading = page.inline(part.name)
    first = True
    for piece in part.prose:
        box = box_of(piece)
        if box is None or box.name != "dropdown":
            continue
        asked = f'<p class="question">{page.inline(box.title)}</p>'
        yield Slide(heading, asked, first=first, later=_fitting(page.render(box.body)))
        first = False


def _length(made: str) -> int:
    return len(re.sub(r"<[^>]+>", " ", made).split())


def _fitting(made: str) -> str:
    words = _length(made)
    if words <= _WORDS_IN_FULL_SIZE:
        return made
    return f'<div class="{"long" if words <= _WORDS_IN_NEXT_SIZE else "longest"}">{made}</div>'

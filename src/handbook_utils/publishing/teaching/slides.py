"""Slides of a lesson: one HTML file that shows itself, from disk, in a room without a network.

At most :data:`MOST` slides, a picture on each. What a speaker says stands in notes, which S opens in a window of their
own. Without a script, and on paper, the slides stand one below the other.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from handbook_utils.publishing.pages.illustrations import Drawing
from handbook_utils.publishing.teaching.lesson import Asked, Lesson, beginning, words_in
from handbook_utils.publishing.teaching.qr import qr_svg
from handbook_utils.publishing.teaching.words import WORDS
from handbook_utils.publishing.words import WORDS as PAGE_WORDS

#: Slides of a deck, and those of them that can be questions.
MOST = 15
_QUESTIONS = 4
#: Slides that every deck has: title, answer, what to do, what to remember, where to read on.
_ALWAYS = 5

_WORDS_BESIDE_FIGURE, _WORDS_TO_DO = 40, 60
#: Words from which letters are smaller.
_LONG, _LONGEST = 60, 95

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Slide:
    """A slide: its heading, text and picture, what the next press of a key shows, and what is said; all HTML."""

    heading: str
    text: str
    picture: str
    later: str = ""
    notes: str = ""
    kind: str = ""


def slides_html(lesson: Lesson, address: str) -> str:
    """Make the slides of a lesson.

    Parameters
    ----------
    lesson : Lesson
        As :func:`handbook_utils.publishing.teaching.lesson.lesson_of` takes it from a chapter.
    address : str
        Where the page is to be read, for the last slide; empty where that is not known.

    Returns
    -------
    str
        HTML, with everything it needs in it.
    """
    words = WORDS[lesson.lang]
    made = list(slides_of(lesson, address))
    shown = "\n".join(_slide(number, len(made), slide, lesson.lang) for number, slide in enumerate(made, 1))
    buttons = "".join(
        f'<button type="button" data-to="{to}" aria-label="{html.escape(words[name])}">{sign}</button>'
        for to, name, sign in ((-1, "previous", "‹"), (1, "next", "›"))
    )
    template = (_FOLDER / "slides.html").read_text(encoding="utf-8")
    fields = {
        "lang": lesson.lang,
        "title": lesson.title,
        "slides": shown,
        "buttons": buttons,
        "keys": html.escape(words["keys"]),
        "notes": html.escape(words["notes"]),
        "none": html.escape(words["notes_none"]),
    }
    for name, value in fields.items():
        template = template.replace("{{" + name + "}}", value)
    return template


def slides_of(lesson: Lesson, address: str) -> Iterator[Slide]:
    """Yield the slides of a lesson, in their order.

    Parameters
    ----------
    lesson : Lesson
        Of an explainer.
    address : str
        Of its page, for the last slide; may be empty.

    Yields
    ------
    Slide
        At most :data:`MOST` of them.
    """
    words, said = WORDS[lesson.lang], PAGE_WORDS[lesson.lang]
    drawing = _drawing(lesson.drawing)
    source = f"{html.escape(lesson.slug)} · {html.escape(lesson.version)}"
    made = f'<p class="made">{html.escape(lesson.book)}<br>{source}<br>{html.escape(said["no_advice"])}</p>'
    yield Slide(lesson.title, made, drawing, notes=lesson.notes, kind="title")
    yield Slide(lesson.answer[0], lesson.answer[1], drawing)
    questions = lesson.questions[:_QUESTIONS]
    for figure in lesson.figures[: MOST - _ALWAYS - len(questions)]:
        text = beginning(figure.said, _WORDS_BESIDE_FIGURE)
        yield Slide(figure.heading, text, figure.picture, notes=f"<p>{figure.alt}</p>{figure.said}", kind="figure")
    for question in questions:
        yield Slide(words["quiz"], _asked(question), drawing, later=_answered(question), kind="asked")
    if lesson.todo[1]:
        yield Slide(lesson.todo[0], beginning(lesson.todo[1], _WORDS_TO_DO), drawing, notes=lesson.todo[1])
    yield Slide(lesson.takeaways[0], lesson.takeaways[1], drawing)
    works = f"<p>{html.escape(words['sources'])}</p><ul>{''.join(lesson.works)}</ul>" if lesson.works else ""
    where, code = f"<p>{html.escape(words['read_in'].format(book=lesson.book))}</p>", drawing
    if address:
        where = f'<p>{html.escape(words["read_at"])}</p><p class="made">{html.escape(address)}</p>'
        code = qr_svg(address, lesson.lang)
    yield Slide(words["read_on"], where, code, notes=works, kind="last")


def _drawing(drawing: Drawing | None) -> str:
    if drawing is None:
        return ""
    return drawing.svg.replace("<svg", f'<svg role="img" aria-label="{html.escape(drawing.alt)}"', 1)


def _asked(question: Asked) -> str:
    options = "".join(f"<li>{html.escape(option)}</li>" for option in question.options)
    return f'<p class="question">{question.question}</p>' + (f'<ol type="A">{options}</ol>' if options else "")


def _answered(question: Asked) -> str:
    chosen = f"<p><strong>{chr(ord('A') + question.right)}.</strong></p>" if question.options else ""
    return f"{chosen}{question.answer}"


def _slide(number: int, count: int, slide: Slide, lang: str) -> str:
    words = words_in(slide.text + slide.later)
    size = " longest" if words > _LONGEST else " long" if words > _LONG else ""
    # One slide is seen at a time, so that what stands above it is the first heading of what is there.
    level, first = ("h1", "") if number == 1 else ("h2", ' role="heading" aria-level="1"')
    later = f'<div class="later">{slide.later}</div>' if slide.later else ""
    notes = f'<aside class="notes" hidden>{slide.notes}</aside>' if slide.notes else ""
    told = WORDS[lang]["slide"].format(number=number, count=count)
    return (
        f'<section class="slide {slide.kind}{size}" id="s{number}" aria-label="{told}">'
        f'<{level}{first}>{slide.heading}</{level}><div class="text">{slide.text}{later}</div>'
        f'<div class="picture">{slide.picture}</div>{notes}<p class="count">{number} / {count}</p></section>'
    )

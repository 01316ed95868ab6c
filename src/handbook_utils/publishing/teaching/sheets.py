"""Sheets of A4 for a lesson: a hand-out, a pupil's sheet, its answers, and the quiz without answers.

Each is one HTML file that prints as it is seen; :mod:`handbook_utils.publishing.chromium` makes a PDF of it. An
address that ends in ``#print`` opens the dialogue to print.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from pathlib import Path

from handbook_utils.publishing.pages.illustrations import Drawing, figure_of
from handbook_utils.publishing.teaching.lesson import Asked, Lesson, Shown, beginning, plain, words_in
from handbook_utils.publishing.teaching.qr import qr_svg
from handbook_utils.publishing.teaching.words import WORDS
from handbook_utils.publishing.words import WORDS as PAGE_WORDS

#: Figures of a pupil's sheet, and words of a hand-out, of which rows of its table are left out.
_FIGURES, _WORDS_OF_HANDOUT = 1, 250
_WORDS_READ = 120

_TEMPLATE = (Path(__file__).parent / "sheets.html").read_text(encoding="utf-8")


def handout_html(lesson: Lesson, address: str) -> str:
    """Make one page to hand out: the question, the answer, the drawing, what to remember, and how sure that is.

    Parameters
    ----------
    lesson : Lesson
        Of an explainer.
    address : str
        Of its page, for the code; empty where that is not known.

    Returns
    -------
    str
        A whole page of HTML; claims are left out until it fits, and the sheet says so.
    """
    words = WORDS[lesson.lang]
    body = (
        f'<div class="answer"><h2>{lesson.answer[0]}</h2>{lesson.answer[1]}</div>{_drawn(lesson.drawing)}'
        f"<h2>{lesson.takeaways[0]}</h2>{lesson.takeaways[1]}"
    )
    rows = list(lesson.sure[1:])
    while rows and words_in(body) + sum(words_in(" ".join(row)) for row in rows) > _WORDS_OF_HANDOUT:
        rows = fewer(rows)
    if rows:
        body += _table(lesson.sure[0], rows)
        if len(rows) < len(lesson.sure) - 1:
            body += f'<p class="small">{html.escape(words["sure_left"])}</p>'
    return _sheet(lesson, address, "handout", body)


def pupil_html(lesson: Lesson, address: str) -> str:
    """Make what a pupil works on: think first, look, read, look at a figure, answer the questions.

    Parameters
    ----------
    lesson : Lesson
        Of an explainer.
    address : str
        Of its page, for the code; empty where that is not known.

    Returns
    -------
    str
        A whole page of HTML.
    """
    words = WORDS[lesson.lang]
    body = _for_whom(words)
    body += _task(1, words["before"], words["before_ask"], lines=2)
    number = 2
    if lesson.drawing is not None:
        body += _task(number, words["drawing"], words["drawing_ask"], _drawn(lesson.drawing), lines=5, beside=True)
        number += 1
    body += _task(number, words["read"], words["read_ask"], f'<div class="answer">{lesson.answer[1]}</div>', lines=3)
    for shown in lesson.figures[:_FIGURES]:
        number += 1
        body += _task(number, words["figure"], words["figure_ask"], shown.picture, lines=6, beside=True)
    body += f"<h2>{words['quiz']}</h2>" + _questions(lesson.questions, words)
    return _sheet(lesson, address, "pupil", body)


def answers_html(lesson: Lesson, address: str) -> str:
    """Make the answers to a pupil's sheet, with the notes for the teacher and the sources.

    Parameters
    ----------
    lesson : Lesson
        Of an explainer.
    address : str
        Of its page, for the code; empty where that is not known.

    Returns
    -------
    str
        A whole page of HTML.
    """
    words = WORDS[lesson.lang]
    body = _task(1, words["before"], "", f"<p>{html.escape(words['open_answer'])}</p>")
    number = 2
    if lesson.drawing is not None:
        told = f"<p>{html.escape(lesson.drawing.alt)}</p><p>{html.escape(lesson.drawing.caption)}</p>"
        body += _task(number, words["drawing"], "", told)
        number += 1
    body += _task(number, words["read"], "", lesson.answer[1])
    for shown in lesson.figures[:_FIGURES]:
        number += 1
        body += _task(number, words["figure"], "", _seen(shown, words))
    asked = "".join(
        f"<li><p><strong>{one.question}</strong></p>{_right(one)}{one.answer}</li>" for one in lesson.questions
    )
    body += f'<h2>{words["quiz"]}</h2><ol class="quiz">{asked}</ol>'
    if lesson.notes:
        body += f"<h2>{words['for_teacher']}</h2>{plain(lesson.notes)}"
    if lesson.works:
        body += f'<h2>{words["sources"]}</h2><ul class="works">{"".join(lesson.works)}</ul>'
    return _sheet(lesson, address, "answers", body)


def quiz_html(lesson: Lesson, address: str) -> str:
    """Make the questions without their answers.

    Parameters
    ----------
    lesson : Lesson
        Of an explainer.
    address : str
        Of its page, for the code; empty where that is not known.

    Returns
    -------
    str
        A whole page of HTML.
    """
    words = WORDS[lesson.lang]
    return _sheet(lesson, address, "quiz", _for_whom(words) + _questions(lesson.questions, words))


#: The sheets of a lesson by name: the order in which a page offers them.
SHEETS = {"pupil": pupil_html, "answers": answers_html, "handout": handout_html, "quiz": quiz_html}


def fewer(rows: Sequence[list[str]]) -> list[list[str]]:
    """Leave one row out: the last of those with the verdict (second cell) that most rows have.

    Parameters
    ----------
    rows : sequence of list of str
        Cells of a table; at least one row.

    Returns
    -------
    list of list of str
        One row fewer, in their order.

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


def _sheet(lesson: Lesson, address: str, kind: str, body: str) -> str:
    words = WORDS[lesson.lang]
    code, where = "", html.escape(words["read_in"].format(book=lesson.book))
    if address:
        code = qr_svg(address, lesson.lang)
        where = f'{html.escape(words["read_at"])} <a href="{html.escape(address)}">{html.escape(address)}</a>'
    foot = (
        f"<footer>{code}<div><p>{where}</p>"
        f"<p><strong>{html.escape(PAGE_WORDS[lesson.lang]['no_advice'])}</strong></p>"
        f"<p>{html.escape(lesson.book)} · {html.escape(lesson.slug)} · {html.escape(lesson.version)} · "
        f"{html.escape(PAGE_WORDS[lesson.lang]['licence'])}</p></div></footer>"
    )
    fields = {
        "lang": lesson.lang,
        "title": f"{html.escape(words[kind])}: {lesson.title}",
        "kind": kind,
        "name": html.escape(words[kind]),
        "heading": lesson.title,
        "print": html.escape(words["print"]),
        "body": body,
        "foot": foot,
    }
    made = _TEMPLATE
    for name, value in fields.items():
        made = made.replace("{{" + name + "}}", value)
    return made


def _for_whom(words: dict[str, str]) -> str:
    return (
        f'<p class="who">{"".join(f"<span>{html.escape(words[one])}:</span>" for one in ("name", "group", "date"))}</p>'
    )


def _task(number: int, title: str, asked: str, body: str = "", lines: int = 0, *, beside: bool = False) -> str:
    """Return a task: what is looked at, and below or beside it what is asked, with lines to write on."""
    question = (f"<p>{html.escape(asked)}</p>" if asked else "") + _lines(lines)
    if beside:
        body, question = f"<div>{body}</div>", f"<div>{question}</div>"
    kind = "task beside" if beside else "task"
    return f'<section class="{kind}"><h2>{number}. {html.escape(title)}</h2>{body}{question}</section>'


def _lines(count: int) -> str:
    return '<div class="line"></div>' * count


def _drawn(drawing: Drawing | None) -> str:
    return "" if drawing is None else figure_of(drawing)


def _seen(shown: Shown, words: dict[str, str]) -> str:
    return (
        f"<p><strong>{html.escape(words['shows'])}.</strong> {shown.alt}</p>"
        f"<p><strong>{html.escape(words['says'])}.</strong></p>{beginning(shown.said, _WORDS_READ)}"
    )


def _questions(questions: Sequence[Asked], words: dict[str, str]) -> str:
    made = []
    for one in questions:
        options = "".join(f"<li>{html.escape(option)}</li>" for option in one.options)
        why = f'<ol type="A">{options}</ol><p class="why">{html.escape(words["why"])}:</p>' if options else _lines(2)
        made.append(f"<li><p><strong>{one.question}</strong></p>{why}</li>")
    return f'<ol class="quiz">{"".join(made)}</ol>'


def _right(question: Asked) -> str:
    if not question.options:
        return ""
    return f"<p>{chr(ord('A') + question.right)}. {html.escape(question.options[question.right])}</p>"


def _table(head: list[str], rows: Sequence[list[str]]) -> str:
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"

"""The sheet for collecting at home as PDF, A4 on two sides, and the form that goes with the tube, on two.

The form asks all that the questionnaire requires: its back is made from the questionnaire's own fields.

Everything people read is set in 11 points or more. What does not fit is an error, never smaller print.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TypeVar

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from handbook_utils.errors import InputError
from handbook_utils.protocols.fonts import BOLD, FONT, register_fonts
from handbook_utils.protocols.home.bristol import DRAWINGS
from handbook_utils.protocols.home.pictograms import INK, PALE, PICTOGRAMS, draw_in_pdf
from handbook_utils.protocols.home.texts import FormWords, Home, Language, Words, form_words, words
from handbook_utils.protocols.metadata.standards import QUESTIONNAIRE

#: Size of the body, in points.
BODY = 11.5
_SMALL = 11.0
_LEAD = 15.0
_SIDE = 40.0
_WIDE, _TALL = A4
_Said = TypeVar("_Said", Words, FormWords)
_RULE = HexColor("#9aa7b1")


class _Page:
    """A page that is filled from above."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.y = _TALL - 38

    def lines(self, text: str, wide: float, *, font: str = FONT, size: float = BODY) -> list[str]:
        return list(simpleSplit(text, font, size, wide))

    def write(
        self, text: str, x: float, y: float, wide: float, *, font: str = FONT, size: float = BODY, lead: float = _LEAD
    ) -> float:
        """Write a text from a first base line, and return the base line below the last."""
        self.canvas.setFont(font, size)
        self.canvas.setFillColor(HexColor(INK))
        for one in self.lines(text, wide, font=font, size=size):
            self.canvas.drawString(x, y, one)
            y -= lead
        return y

    def heading(self, text: str, size: float = 15) -> None:
        self.canvas.setFillColor(HexColor(INK))
        self.canvas.setFont(BOLD, size)
        self.canvas.drawString(_SIDE, self.y - size, text)
        self.y -= size + 8


def sheet_pdf(home: Home, lang: Language) -> bytes:
    """Draw the participant's sheet: what to do on one side, the card and what if on the other.

    Parameters
    ----------
    home : Home
        What the study asks.
    lang : {"en", "nl"}
        Language of the text.

    Returns
    -------
    bytes
        A PDF of two pages A4, the same bytes for the same arguments.

    Raises
    ------
    InputError
        It does not fit: :func:`~handbook_utils.protocols.home.inputs.problems` says beforehand why.

    Examples
    --------
    >>> from handbook_utils.protocols.kits import kits
    >>> sheet_pdf(Home(kits()["none"]), "nl")[:5]
    b'%PDF-'
    """
    return _drawn(words(home, lang), home, lang, _front, _back)


def form_pdf(home: Home, lang: Language) -> bytes:
    """Draw the form that is filled in at home, A4 on two sides.

    Parameters
    ----------
    home : Home
        What the study asks.
    lang : {"en", "nl"}
        Language of the text.

    Returns
    -------
    bytes
        A PDF of two pages.

    Raises
    ------
    InputError
        It does not fit.

    Examples
    --------
    >>> from handbook_utils.protocols.kits import kits
    >>> form_pdf(Home(kits()["fit"]), "en")[:5]
    b'%PDF-'
    """
    return _drawn(form_words(home, lang), home, lang, _form, _form_back)


def _drawn(said: _Said, home: Home, lang: Language, *sides: Callable[[_Page, _Said, Home, Language], None]) -> bytes:
    register_fonts()
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=A4, invariant=1, lang=lang)
    canvas.setTitle(f"{said.title}, {home.study}" if home.study else said.title)
    canvas.setSubject(said.title)
    for side in sides:
        side(_Page(canvas), said, home, lang)
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def _head(page: _Page, title: str, home: Home) -> None:
    page.canvas.setFillColor(HexColor(PALE))
    page.canvas.rect(0, page.y - 42, _WIDE, _TALL - page.y + 42, stroke=0, fill=1)
    page.heading(title, 20)
    page.y -= 8
    name = home.study or "_" * 30
    page.write(name, _SIDE, page.y, _WIDE - 2 * _SIDE, size=_SMALL)
    page.y -= 30


def _foot(page: _Page, home: Home, lang: Language, number: int, pages: int, turn: str = "") -> None:
    version = {"nl": "versie", "en": "version"}[lang]
    side = {"nl": "kant", "en": "side"}[lang]
    of = {"nl": "van", "en": "of"}[lang]
    page.canvas.setFont(FONT, 9)
    page.canvas.setFillColor(HexColor(INK))
    page.canvas.drawString(_SIDE, 24, f"{version} {home.version or '______'}   {home.date or '__________'}")
    page.canvas.drawRightString(_WIDE - _SIDE, 24, f"{side} {number} {of} {pages}")
    if turn:
        page.canvas.setFont(BOLD, _SMALL)
        page.canvas.drawCentredString(_WIDE / 2, 24, f"{turn} \u2192")


def _front(page: _Page, said: Words, home: Home, lang: Language) -> None:
    wide = _WIDE - 2 * _SIDE
    _head(page, said.title, home)
    page.y = page.write(said.intro, _SIDE, page.y, wide, size=BODY) - 2
    label = pdfmetrics.stringWidth(said.ready + " ", BOLD, BODY)
    page.write(said.ready, _SIDE, page.y, wide, font=BOLD)
    page.y = page.write(said.needs, _SIDE + label, page.y, wide - label) + 4
    picture, left = 52.0, 66.0 + 34
    heights = [max(picture, _LEAD * (1 + len(page.lines(step.text, wide - left)))) for step in said.steps]
    room = page.y - 44
    space = (room - sum(heights)) / len(heights)
    if space < 4:
        raise InputError("The steps do not fit on one side.", where="the sheet", found=f"{-space:.0f} points too much")
    for number, (step, tall) in enumerate(zip(said.steps, heights, strict=True), start=1):
        page.canvas.setStrokeColor(_RULE)
        page.canvas.setLineWidth(0.6)
        page.canvas.line(_SIDE, page.y, _WIDE - _SIDE, page.y)
        top = page.y - space / 2
        page.canvas.setFillColor(HexColor(INK))
        page.canvas.circle(_SIDE + 13, top - tall / 2, 13, stroke=0, fill=1)
        page.canvas.setFillColor(HexColor("#ffffff"))
        page.canvas.setFont(BOLD, 15)
        page.canvas.drawCentredString(_SIDE + 13, top - tall / 2 - 5.3, str(number))
        draw_in_pdf(page.canvas, PICTOGRAMS[step.picture], _SIDE + 36, top - (tall + picture) / 2, picture)
        used = _LEAD * (1 + len(page.lines(step.text, wide - left)))
        base = top - (tall - used) / 2 - 11
        below = page.write(step.title, _SIDE + left, base, wide - left, font=BOLD)
        page.write(step.text, _SIDE + left, below, wide - left)
        page.y -= tall + space
    _foot(page, home, lang, 1, 2, said.turn)


def _back(page: _Page, said: Words, home: Home, lang: Language) -> None:
    wide = _WIDE - 2 * _SIDE
    page.heading(said.card)
    cell, picture = wide / 4, 70.0
    for number, (drawing, text) in enumerate(zip(DRAWINGS, said.types, strict=True)):
        x, y = _SIDE + number % 4 * cell, page.y - number // 4 * 132
        page.canvas.setStrokeColor(_RULE)
        page.canvas.setLineWidth(0.8)
        page.canvas.roundRect(x + 2, y - 128, cell - 4, 126, 5)
        page.canvas.setFillColor(HexColor(INK))
        page.canvas.setFont(BOLD, 16)
        page.canvas.drawString(x + 9, y - 22, str(number + 1))
        draw_in_pdf(page.canvas, drawing, x + (cell - picture) / 2 + 8, y - picture - 4, picture)
        page.write(text, x + 9, y - 84, cell - 16, size=_SMALL, lead=13.5)
    x, y = _SIDE + 3 * cell, page.y - 132
    page.write(said.doubt, x + 9, y - 40, cell - 16, size=_SMALL, font=BOLD, lead=14)
    page.y -= 2 * 132 + 10
    page.heading(said.wrong_title)
    left, right = wide * 0.36, wide * 0.64 - 10
    rows = [
        max(len(page.lines(what, left, font=BOLD, size=_SMALL)), len(page.lines(do, right, size=_SMALL)))
        for what, do in said.wrong
    ]
    contact = 26 + _LEAD * sum(len(page.lines(text, wide - 84)) for text in said.contact)
    room = page.y - 44 - contact - 12
    space = (room - 14 * sum(rows)) / len(rows)
    if space < 4:
        raise InputError(
            "The back of the sheet is too full.",
            where="the sheet",
            found=f"{-space:.0f} points a row too much",
            remedy="Shorten the telephone number and the e-mail address.",
        )
    space = min(space, 16)
    for (what, do), tall in zip(said.wrong, rows, strict=True):
        page.canvas.setStrokeColor(_RULE)
        page.canvas.setLineWidth(0.6)
        page.canvas.line(_SIDE, page.y, _WIDE - _SIDE, page.y)
        base = page.y - space / 2 - 10.5
        page.write(what, _SIDE, base, left, font=BOLD, size=_SMALL, lead=14)
        page.write(do, _SIDE + left + 10, base, right, size=_SMALL, lead=14)
        page.y -= 14 * tall + space
    bottom = 42.0
    page.canvas.setFillColor(HexColor(PALE))
    page.canvas.roundRect(_SIDE, bottom, wide, contact, 6, stroke=0, fill=1)
    draw_in_pdf(page.canvas, PICTOGRAMS["phone"], _SIDE + 8, bottom + contact / 2 - 26, 52)
    y = page.write(said.contact_title, _SIDE + 70, bottom + contact - 18, wide - 84, font=BOLD)
    for text in said.contact:
        y = page.write(text, _SIDE + 70, y, wide - 84)
    _foot(page, home, lang, 2, 2)


def _form(page: _Page, said: FormWords, home: Home, lang: Language) -> None:
    wide = _WIDE - 2 * _SIDE
    canvas = page.canvas
    _head(page, said.title, home)
    page.y = page.write(said.intro, _SIDE, page.y, wide) - 4
    canvas.setStrokeColor(HexColor(INK))
    canvas.setLineWidth(1.2)
    canvas.roundRect(_SIDE, page.y - 62, wide, 68, 6)
    page.write(said.code, _SIDE + 10, page.y - 14, 200, font=BOLD)
    page.write(said.code_hint, _SIDE + 10, page.y - 31, 170, size=_SMALL)
    for place in range(8):
        canvas.rect(_SIDE + 200 + place * 37, page.y - 46, 31, 36)
    page.y -= 86
    number = _question(page, 1, said.pooped)
    _moment(page, said, _SIDE + 20, page.y - 4)
    page.y -= 32
    number = _question(page, number, said.card)
    cell = wide / 7
    for type_, drawing in enumerate(DRAWINGS):
        x = _SIDE + type_ * cell
        draw_in_pdf(canvas, drawing, x + 4, page.y - 48, cell - 12)
        canvas.setLineWidth(1)
        canvas.rect(x + 14, page.y - 66, 16, 16)
        canvas.setFont(BOLD, 13)
        canvas.setFillColor(HexColor(INK))
        canvas.drawString(x + 38, page.y - 63, str(type_ + 1))
    page.y -= 92
    number = _question(page, number, said.stored)
    _moment(page, said, _SIDE + 20, page.y - 4)
    page.y -= 32
    number = _question(page, number, said.mixed)
    _boxes(page, said.answers, page.y - 2)
    page.y -= 30
    number = _question(page, number, said.antibiotics)
    _boxes(page, said.answers, page.y - 2)
    page.y -= 30
    page.write(said.which, _SIDE + 20, page.y, 80)
    canvas.line(_SIDE + 75, page.y - 2, _SIDE + 270, page.y - 2)
    page.write(said.last_day, _SIDE + 285, page.y, 110)
    canvas.line(_SIDE + 372, page.y - 2, _WIDE - _SIDE, page.y - 2)
    page.y -= 30
    for text, lines in ((said.medicines, 3), (said.differently, 2)):
        number = _question(page, number, text)
        for turn in range(lines):
            canvas.line(_SIDE + 20, page.y - 10 - 23 * turn, _WIDE - _SIDE, page.y - 10 - 23 * turn)
        page.y -= 23 * lines + 14
    tall = 46.0
    canvas.setFillColor(HexColor(PALE))
    canvas.rect(_SIDE, 42, wide, tall, stroke=0, fill=1)
    page.write(said.laboratory, _SIDE + 10, 42 + tall - 16, 150, font=BOLD, size=_SMALL)
    for turn, text in enumerate(said.laboratory_asks):
        page.write(f"{text} ______________", _SIDE + 10 + turn * wide / 2, 50, wide / 2, size=_SMALL)
    if page.y < 42 + tall:
        raise InputError("The form does not fit on one side.", where="the form", found=f"{88 - page.y:.0f} points more")
    _foot(page, home, lang, 1, 2, said.turn)


def _form_back(page: _Page, said: FormWords, home: Home, lang: Language) -> None:
    canvas = page.canvas
    _head(page, said.back_title, home)
    page.y = page.write(said.back_intro, _SIDE, page.y, _WIDE - 2 * _SIDE) - 26
    page.write(said.code, _SIDE, page.y, 200, font=BOLD)
    canvas.setStrokeColor(HexColor(INK))
    canvas.setLineWidth(1.2)
    for place in range(8):
        canvas.rect(_SIDE + 200 + place * 37, page.y - 16, 31, 36)
    page.y -= 56
    number = 1
    for field in QUESTIONNAIRE.fields:
        if field.name not in said.questions:
            continue
        number = _question(page, number, said.questions[field.name])
        if field.choices:
            labels = [said.choices[field.name][one] for one in field.choices]
            for turn in range(0, len(labels), 2):
                _boxes(page, tuple(labels[turn : turn + 2]), page.y - 4, 220)
                page.y -= 22
            page.y += 22
        else:
            canvas.line(_SIDE + 20, page.y - 8, _SIDE + 120, page.y - 8)
            page.write(said.units[field.name], _SIDE + 128, page.y - 5, 100)
        page.y -= 46
    if page.y < 60:
        raise InputError("The form does not fit on its back.", where="the form", found=f"{60 - page.y:.0f} points more")
    _foot(page, home, lang, 2, 2)


def _question(page: _Page, number: int, text: str) -> int:
    page.write(f"{number}.", _SIDE, page.y, 20, font=BOLD)
    page.y = page.write(text, _SIDE + 20, page.y, _WIDE - 2 * _SIDE - 20, font=BOLD) - 4
    return number + 1


def _moment(page: _Page, said: FormWords, x: float, y: float) -> None:
    canvas = page.canvas
    canvas.setLineWidth(1)
    date, time = said.date_time
    page.write(date, x, y, 60)
    start = x + 46
    for group, count in enumerate((2, 2, 4)):
        for place in range(count):
            canvas.rect(start + place * 15, y - 5, 15, 19)
        start += count * 15 + (8 if group < 2 else 0)
    page.write(time, start + 14, y, 40)
    start += 14 + 34
    for group in range(2):
        for place in range(2):
            canvas.rect(start + place * 15, y - 5, 15, 19)
        start += 30
        if group == 0:
            page.write(":", start + 3, y, 10, font=BOLD)
            start += 10


def _boxes(page: _Page, answers: tuple[str, ...], y: float, apart: float = 100) -> None:
    x = _SIDE + 20
    for answer in answers:
        page.canvas.setLineWidth(1)
        page.canvas.rect(x, y - 3, 14, 14)
        page.write(answer, x + 21, y, 200)
        x += apart

"""Paper for the study's own people as PDF, one side of A4 each, in Dutch and English.

The chain of custody travels with a box; the form for a deviation is filled in when something went otherwise than was
written down. The words stand in ``words.en.yml`` and ``words.nl.yml``. What does not fit is an error, never smaller
print.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from handbook_utils.errors import InputError
from handbook_utils.protocols.fonts import BOLD, FONT, register_fonts
from handbook_utils.text import yaml_text

Language = Literal["en", "nl"]
#: Printed points; of the words beside a line that is filled in by hand.
_SIZE, _SMALL, _LEAD = 10.0, 9.0, 12.5
_SIDE, _BOTTOM = 40.0, 44.0
_WIDE, _TALL = A4
_INK, _RULE, _PALE = HexColor("#1d2b36"), HexColor("#9aa7b1"), HexColor("#eef2f5")


@dataclass(frozen=True)
class Head:
    """What stands on every sheet.

    Attributes
    ----------
    study, version, date : str
        Of the study and its protocol; "" leaves a line to write it on.
    """

    study: str = ""
    version: str = ""
    date: str = ""


@lru_cache
def words(lang: Language) -> dict[str, Any]:
    """Return what the sheets say.

    Parameters
    ----------
    lang : {"en", "nl"}
        Language.

    Returns
    -------
    dict
        As in ``words.<lang>.yml``.
    """
    path = Path(__file__).with_name(f"words.{lang}.yml")
    read: dict[str, Any] = yaml_text.typed(path.read_text(encoding="utf-8"), path.name)
    return read


class _Sheet:
    """A sheet that is filled from above."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.y: float = _TALL - 40.0
        self.wide: float = _WIDE - 2 * _SIDE

    def write(self, text: str, x: float, wide: float, *, font: str = FONT, size: float = _SIZE) -> float:
        """Write a text from the present line on, and return the base line below it."""
        y = float(self.y)
        self.canvas.setFillColor(_INK)
        self.canvas.setFont(font, size)
        for line in simpleSplit(text, font, size, wide):
            self.canvas.drawString(x, y, line)
            y -= size * 1.25
        return y

    def rule(self, y: float, x: float, end: float) -> None:
        self.canvas.setStrokeColor(_RULE)
        self.canvas.setLineWidth(0.8)
        self.canvas.line(x, y, end, y)

    def fields(self, names: Sequence[str], columns: int = 2) -> None:
        """Ask for something on a line each, several beside each other."""
        wide = self.wide / columns
        for turn in range(0, len(names), columns):
            below = self.y
            for place, name in enumerate(names[turn : turn + columns]):
                x = _SIDE + place * wide
                below = min(below, self.write(name, x, wide - 14, size=_SMALL))
            for place in range(len(names[turn : turn + columns])):
                self.rule(below - 12, _SIDE + place * wide, _SIDE + (place + 1) * wide - 14)
            self.y = below - 28

    def grid(self, heads: Sequence[str], rows: int, shares: Sequence[float], tall: float) -> None:
        """Draw a table to be filled in."""
        edges = [_SIDE + self.wide * sum(shares[:place]) for place in range(len(shares) + 1)]
        lines = [
            simpleSplit(text, BOLD, _SMALL, end - start - 8)
            for text, start, end in zip(heads, edges[:-1], edges[1:], strict=True)
        ]
        top, head = self.y + _SMALL, max(map(len, lines)) * _SMALL * 1.25 + 8
        self.canvas.setFillColor(_PALE)
        self.canvas.rect(_SIDE, top - head, self.wide, head, stroke=0, fill=1)
        for text, start, end in zip(heads, edges[:-1], edges[1:], strict=True):
            self.write(text, start + 4, end - start - 8, font=BOLD, size=_SMALL)
        bottom = top - head - rows * tall
        self.canvas.setStrokeColor(_RULE)
        self.canvas.setLineWidth(0.8)
        for row in range(rows + 1):
            self.canvas.line(_SIDE, top - head - row * tall, _WIDE - _SIDE, top - head - row * tall)
        for edge in edges:
            self.canvas.line(edge, top, edge, bottom)
        self.canvas.line(_SIDE, top, _WIDE - _SIDE, top)
        self.y = bottom - 22

    def choices(self, title: str, answers: Sequence[str], columns: int) -> None:
        self.y = self.write(title, _SIDE, self.wide, font=BOLD) - 6
        wide = self.wide / columns
        for turn in range(0, len(answers), columns):
            for place, answer in enumerate(answers[turn : turn + columns]):
                x = _SIDE + place * wide
                self.canvas.setStrokeColor(_INK)
                self.canvas.rect(x, self.y - 2, 11, 11)
                self.write(answer, x + 17, wide - 20)
                if answer.endswith((" on", " op")):
                    self.rule(self.y - 2, x + 20 + self.canvas.stringWidth(answer, FONT, _SIZE), _WIDE - _SIDE)
            self.y -= 21
        self.y -= 4


def custody_pdf(head: Head, lang: Language) -> bytes:
    """Draw the sheet that travels with a box: who handed it to whom, when, and how it was.

    Parameters
    ----------
    head : Head
        Of the study.
    lang : {"en", "nl"}
        Language.

    Returns
    -------
    bytes
        A PDF of one page A4, the same bytes for the same arguments.

    Raises
    ------
    InputError
        It does not fit.

    Examples
    --------
    >>> custody_pdf(Head("A study"), "nl")[:5]
    b'%PDF-'
    """
    return _drawn(head, lang, "custody", _custody)


def deviation_pdf(head: Head, lang: Language) -> bytes:
    """Draw the form for a deviation; it asks what the ledger asks, and more.

    Parameters
    ----------
    head : Head
        Of the study.
    lang : {"en", "nl"}
        Language.

    Returns
    -------
    bytes
        A PDF of one page A4.

    Raises
    ------
    InputError
        It does not fit.

    Examples
    --------
    >>> deviation_pdf(Head(), "en")[:5]
    b'%PDF-'
    """
    return _drawn(head, lang, "deviation", _deviation)


def _drawn(head: Head, lang: Language, name: str, draw: Callable[[_Sheet, dict[str, Any], str], None]) -> bytes:
    register_fonts()
    every = words(lang)
    said = every[name]
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=A4, invariant=1, lang=lang)
    canvas.setTitle(f"{said['title']}, {head.study}" if head.study else said["title"])
    canvas.setSubject(said["title"])
    sheet = _Sheet(canvas)
    sheet.y = sheet.write(said["title"], _SIDE, sheet.wide, font=BOLD, size=18) - 2
    sheet.y = sheet.write(head.study or "_" * 40, _SIDE, sheet.wide) - 4
    sheet.y = sheet.write(said["intro"], _SIDE, sheet.wide) - 10
    draw(sheet, said, every["sign"])
    sheet.y = sheet.write(said["note"], _SIDE, sheet.wide, font=BOLD, size=_SMALL)
    if sheet.y < _BOTTOM - 10:
        raise InputError(
            "The sheet does not fit on one side.", where=said["title"], found=f"{_BOTTOM - sheet.y:.0f} points"
        )
    canvas.setFillColor(_INK)
    canvas.setFont(FONT, _SMALL)
    version = f"{every['version']} {head.version or '______'}   {head.date or '__________'}"
    canvas.drawString(_SIDE, 24, version)
    canvas.drawRightString(_WIDE - _SIDE, 24, f"{every['sheet']} ____ {every['of']} ____")
    canvas.showPage()
    canvas.save()
    return made.getvalue()


def _custody(sheet: _Sheet, said: dict[str, Any], _sign: str) -> None:
    sheet.fields(said["fields"])
    sheet.y -= 2
    sheet.grid(said["columns"], int(said["rows"]), (0.15, 0.25, 0.25, 0.14, 0.21), 40)
    sheet.y = sheet.write(said["ends_title"], _SIDE, sheet.wide, font=BOLD) - 6
    sheet.fields(said["ends"])


def _deviation(sheet: _Sheet, said: dict[str, Any], sign: str) -> None:
    sheet.fields(said["fields"])
    for title, lines in said["boxes"]:
        sheet.y = sheet.write(title, _SIDE, sheet.wide, font=BOLD) - 10
        for _ in range(int(lines)):
            sheet.rule(sheet.y, _SIDE, _WIDE - _SIDE)
            sheet.y -= 19
    sheet.y -= 2
    sheet.choices(said["choices_title"], said["choices"], 4)
    sheet.choices(said["choices_people_title"], said["choices_people"], 1)
    sheet.fields([f"{who} ({sign[0].lower()}{sign[1:]})" for who in said["signs"]], 3)

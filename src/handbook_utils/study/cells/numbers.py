"""Cells turned into numbers, and what was odd about them: decimal signs, thousands, blanks, words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from handbook_utils.errors import InputError, listed
from handbook_utils.study.cells.delimited import Sheet
from handbook_utils.study.cells.written import plain
from handbook_utils.study.choices import Choices

_COMMA_NUMBER = re.compile(r"^[+-]?\d*,\d+(?:[eE][+-]?\d+)?$")
_THOUSANDS = re.compile(r"^[+-]?[1-9]\d{0,2}(?:,\d{3})+$")
#: As numbers are written everywhere but in Python: no 1_000, and only the digits 0 to 9.
_PLAIN = re.compile(r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$", re.ASCII)
_ZEROS = re.compile(r"^[+-]?0*\.0*$")
_NO_NUMBER = re.compile(r"^[+-]?(?:nan|inf|infinity)$", re.IGNORECASE)
#: What stands for a missing value: an empty cell, what programs and people write for one, the INSDC's terms.
MISSING = {
    *("", "na", "n/a", "nan", "#n/a", "<na>", "null", "nil", "nd", "n.a.", "n.d.", "n/d", "-", "--", ".", "?", "*"),
    *("missing", "missing value", "unknown", "not known", "onbekend", "not applicable", "not collected"),
    *("n.v.t.", "nvt", "onb.", "n.b.", "niet bekend", "niet ingevuld", "niet bepaald", "niet gemeten", "ontbreekt"),
    *("not provided", "not available", "not recorded", "not determined", "restricted access", "not done"),
    # #N/A as spreadsheets write it in Dutch, German, French or Spanish, Swedish, Turkish, Finnish.
    *("#n/b", "#nv", "#n/d", "#i/t", "#yok", "#puuttuu!", "k.a.", "k. a.", "keine angabe", "keine angaben"),
    *(
        "unbekannt",
        "nicht bekannt",
        "nicht gemessen",
        "nicht erhoben",
        "fehlt",
        "inconnu",
        "manquant",
        "non disponible",
    ),
    *(
        "non renseigné",
        "s/d",
        "sin dato",
        "sin datos",
        "desconocido",
        "no disponible",
        "non disponibile",
        "sconosciuto",
    ),
}
_POINTS = re.compile(r"^[+-]?[1-9]\d{0,2}(?:\.\d{3})+$", re.ASCII)
#: How many mistakes of a file are told before reading stops.
ENOUGH = 100


class Numbers:
    """Turns cells into numbers, and remembers what was odd about them.

    Parameters
    ----------
    source : Sheet
        Where the cells stand, for messages.
    kept : sequence of int
        The columns (from 0) that the cells stand in.
    columns : sequence of str
        Their names.
    choices : Choices
        What was answered about the file.
    """

    def __init__(self, source: Sheet, kept: Sequence[int], columns: Sequence[str], choices: Choices) -> None:
        self._source, self._kept, self._columns, self._choices = source, kept, columns, choices
        self.wrong: list[str] = []
        self._commas: list[str] = []
        #: The first number with a typeset minus sign, or a blank or apostrophe between thousands.
        self._typeset: list[str] = []
        self._blanks: Counter[str] = Counter()
        self._only_blanks = True
        self._certain = self._thousands = self._point = False
        #: Numbers with a point that may separate thousands, while no other has one that separates decimals.
        self._points: list[str] = []
        self._points_certain = self._points_twice = False
        #: Numbers with and without a sign of percent.
        self.percent = self._bare = 0

    def row(self, line: int, cells: Sequence[str]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
        """Return the positions and values that are not zero.

        Parameters
        ----------
        line : int
            In the file, for messages.
        cells : sequence of str
            Those that hold numbers.

        Returns
        -------
        tuple of numpy.ndarray
            Positions among the cells, and their values; a cell that is no number is kept as wrong, and told later.
        """
        try:
            # Python takes 1_000 for a number, and the digits of every script; and so does numpy.
            text = "".join(cells).casefold()
            if self._choices.decimal_sign == "comma" or "_" in text or not text.isascii() or "nan" in text:
                raise ValueError
            values = np.array(cells, dtype=float)
            # Not a number is not equal to zero, so it is kept and refused with the other values that are not counts.
            at = np.flatnonzero(values)
            self._point = self._point or bool(np.any(values[at] != np.round(values[at])))
            if not self._points_certain and ("." in text or "e" in text):
                for column, cell in enumerate(cells):
                    self._look_at_point(line, column, cell.strip())
            self._bare += len(at)
        except ValueError:
            values = np.array([self._cell(line, n, cell.strip()) for n, cell in enumerate(cells)], dtype=float)
            at = np.flatnonzero(values)
        return at, values[at]

    def _look_at_point(self, line: int, column: int, text: str) -> None:
        """Keep a number such as 1.234, until one comes whose point can only separate decimals."""
        if self._points_certain or (("." not in text or _ZEROS.match(text)) and "e" not in text.casefold()):
            return
        if self._choices.decimal_sign != "auto" or not _POINTS.match(text):
            self._points_certain = True
        elif len(self._points) < ENOUGH:
            self._points.append(f"{text!r} at {self._place(line, column)}")

    def _cell(self, line: int, column: int, text: str) -> float:
        sign = self._choices.decimal_sign
        if (made := plain(text)) != text:
            self._typeset = self._typeset or [f"{text!r} at {self._place(line, column)} is {made}"]
            text = made
        if re.fullmatch(r"[+-]?[\d.,]+ ?%", text, re.ASCII):
            self.percent += 1
            text = text[:-1].rstrip()
        elif re.search("[1-9]", text) and re.fullmatch(r"[+-]?[\d.,]+(?:[eE][+-]?\d+)?", text, re.ASCII):
            self._bare += 1
        if sign == "comma" and re.fullmatch(r"[+-]?[\d.]*,?\d*(?:[eE][+-]?\d+)?", text):
            # Said by the reader: the comma is the decimal sign, so points stand between thousands.
            if "." not in text or re.match(r"^[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,|$)", text):
                text = text.replace(".", "").replace(",", ".")
            elif _ZEROS.match(text):
                return 0.0
            else:
                return self._refused(line, column, text)
        elif sign == "point" and "," in text:
            if not _THOUSANDS.match(text.partition(".")[0]):
                return self._refused(line, column, text)
            text = text.replace(",", "")
        if sign == "auto" and text.count(".") > 1 and _POINTS.match(text):
            self._points_twice = True
            if len(self._points) < ENOUGH:
                self._points.append(f"{text!r} at {self._place(line, column)}")
            return 1.0
        if _PLAIN.match(text) or (_NO_NUMBER.match(text) and text.casefold() not in MISSING):
            self._look_at_point(line, column, text)
            value = float(text)
            self._point = self._point or not value.is_integer()
            return value
        if text.casefold() in MISSING:
            self._blanks[text] += 1
            if self._choices.empty_cells == "zero":
                return 0.0
        elif _COMMA_NUMBER.match(text) or _THOUSANDS.match(text):
            self._commas.append(f"{text!r} at {self._place(line, column)}")
            if not _THOUSANDS.match(text):
                self._certain = True
            elif text.count(",") > 1:
                self._thousands = True
            return float(text.replace(",", ".")) if text.count(",") == 1 else 1.0
        return self._refused(line, column, text)

    def _place(self, line: int, column: int) -> str:
        return f"{self._source.place(line, self._kept[column] + 1)} ({self._columns[column]!r})"

    def _refused(self, line: int, column: int, text: str) -> float:
        self._only_blanks = self._only_blanks and text.casefold() in MISSING
        if len(self.wrong) < ENOUGH:
            place = self._place(line, column)
            self.wrong.append(f"{text[:40]!r} at {place}" if text else f"an empty cell at {place}")
        return 0.0

    def errors(self) -> list[InputError]:
        """Return what is wrong with the numbers."""
        errors = []
        if self.wrong:
            several = "at least " if len(self.wrong) >= ENOUGH else ""
            words = " or ".join(repr(word) if word else "empty" for word in sorted(self._blanks))
            blank = f" Are cells that are {words} features that were not seen? Then: empty_cells zero."
            blank = blank if self._blanks else ""
            other = (
                ""
                if self._only_blanks
                else " Keep columns about samples in the metadata file, or name them in leave_out."
            )
            errors.append(
                InputError(
                    f"{several}{len(self.wrong)} cells of the feature table are not numbers.".capitalize(),
                    where=self._source.where,
                    expected="a number in every cell but those of the ids",
                    found=listed(self.wrong),
                    remedy=f"Write 0 for a feature that was not seen.{blank}{other}",
                )
            )
        if self._commas and (self._point or self._thousands or not self._certain):
            errors.append(
                InputError(
                    "Numbers have a comma that may separate decimals or thousands.",
                    where=self._source.where,
                    expected="1234.5 or 1234,5 throughout, and no separator between thousands",
                    found=listed(self._commas, most=3),
                    remedy="Say which: decimal_sign comma, or decimal_sign point (then commas separate thousands).",
                )
            )
        if self._points and (self._points_twice or not self._points_certain):
            errors.append(
                InputError(
                    "Numbers have a point that may separate decimals or thousands.",
                    where=self._source.where,
                    expected="1234.5 or 1234,5 throughout, and no separator between thousands",
                    found=listed(self._points, most=3),
                    remedy="Say which: decimal_sign point, or decimal_sign comma (then points separate thousands).",
                )
            )
        if self.percent and self._bare:
            errors.append(
                InputError(
                    "Some numbers are percentages, and others are not.",
                    where=self._source.where,
                    expected="% after every number that is not 0, or after none",
                    found=f"% after {self.percent} numbers, and none after {self._bare}",
                    remedy="Write all of them in the same way.",
                )
            )
        return errors

    def notes(self) -> list[str]:
        """Return what was done to the numbers."""
        notes = [
            f"Minus signs, and blanks or apostrophes between thousands, were read as such: {one}."
            for one in self._typeset
        ]
        if self._commas:
            notes.append(f"Decimal commas were read as such: {self._commas[0]}.")
        elif self._choices.decimal_sign != "auto":
            notes.append(f"Decimal sign: {self._choices.decimal_sign}, as asked.")
        if self._blanks and self._choices.empty_cells == "zero":
            words = "".join(f", {word!r} {count} times" for word, count in self._blanks.items() if word)
            notes.append(f"{self._blanks.total()} empty cells were read as 0, as asked{words}.")
        if self.percent:
            notes.append(f"Percentages were read as such: % was taken off {self.percent} numbers.")
        return notes

"""What the sheet and the form for collecting at home say, in Dutch at level B1 and in English, by kit.

The sentences stand in ``words.en.yml`` and ``words.nl.yml``, for a translator; here is how they are filled in.

Amounts, and what a maker says of its kit, are not here: the sheet sends people to the leaflet of the kit they hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter

from handbook_utils.protocols.home.bristol import TYPES
from handbook_utils.protocols.kits import SHEETS, Kit
from handbook_utils.text import yaml_text

Language = Literal["en", "nl"]


@dataclass(frozen=True)
class Home:
    """What a study asks of people at home.

    Attributes
    ----------
    kit : Kit
        One method a study; its sheet is the one that is filled in.
    study, version, date : str
        Printed at the head; "" leaves a line to write it on.
    phone, email : str
        Where people reach the study; "" leaves a line.
    freezer_minutes : int
        Within how many minutes the tube lies in the freezer (a kit that is frozen at home).
    return_days : int
        Within how many days the tube is posted (the other kits).
    antibiotics_days : int
        How far back the form asks for antibiotics.
    """

    kit: Kit
    study: str = ""
    version: str = ""
    date: str = ""
    phone: str = ""
    email: str = ""
    freezer_minutes: int = 15
    return_days: int = 2
    antibiotics_days: int = 180


@dataclass(frozen=True)
class Step:
    """A step on the sheet: a picture, what to do in a few words, and how."""

    picture: str
    title: str
    text: str


@dataclass(frozen=True)
class Words:
    """All that stands on the sheet."""

    title: str
    intro: str
    ready: str
    needs: str
    steps: tuple[Step, ...]
    card: str
    types: tuple[str, ...]
    doubt: str
    wrong_title: str
    wrong: tuple[tuple[str, str], ...]
    contact_title: str
    contact: tuple[str, ...]
    turn: str

    def texts(self) -> list[str]:
        """Return every sentence people have to read; headings of steps are short orders, and count."""
        steps = [text for step in self.steps for text in (step.title + ".", step.text)]
        wrong = [text for pair in self.wrong for text in pair]
        return [self.intro, self.needs, *steps, self.card, *self.types, self.doubt, *wrong, *self.contact]


@dataclass(frozen=True)
class FormWords:
    """All that stands on the form."""

    title: str
    intro: str
    code: str
    code_hint: str
    pooped: str
    date_time: tuple[str, str]
    card: str
    stored: str
    mixed: str
    antibiotics: str
    which: str
    last_day: str
    medicines: str
    differently: str
    answers: tuple[str, str, str]
    laboratory: str
    laboratory_asks: tuple[str, str]
    turn: str
    back_title: str
    back_intro: str
    questions: Mapping[str, str]
    choices: Mapping[str, Mapping[str, str]]
    units: Mapping[str, str]

    def texts(self) -> list[str]:
        """Return every sentence people have to read."""
        asked = (self.pooped, self.card, self.stored, self.mixed, self.antibiotics, self.medicines, self.differently)
        return [self.intro, self.code_hint, *asked, self.back_intro, *self.questions.values()]


def about(days: int, lang: Language) -> str:
    """Return a number of days in everyday words, rounded where that is what people say.

    Parameters
    ----------
    days : int
        1 or more.
    lang : {"en", "nl"}
        Language.

    Returns
    -------
    str
        Months of 30 days from 60 days on, weeks where they are whole ones, otherwise days.

    Examples
    --------
    >>> about(180, "nl"), about(28, "en"), about(90, "en"), about(2, "nl"), about(1, "en")
    ('6 maanden', '4 weeks', '3 months', '2 dagen', '1 day')
    """
    if days >= 60:
        number, one, many = round(days / 30), *(("month", "months") if lang == "en" else ("maand", "maanden"))
    elif days >= 14 and days % 7 == 0:
        number, one, many = days // 7, *(("week", "weeks") if lang == "en" else ("week", "weken"))
    else:
        number, one, many = days, *(("day", "days") if lang == "en" else ("dag", "dagen"))
    return f"{number} {one if number == 1 else many}"


def minutes(number: int, lang: Language) -> str:
    """Return a number of minutes in words.

    Parameters
    ----------
    number : int
        0 or more.
    lang : {"en", "nl"}
        Language.

    Returns
    -------
    str
        The number and its word.

    Examples
    --------
    >>> minutes(15, "nl"), minutes(1, "en")
    ('15 minuten', '1 minute')
    """
    one, many = ("minute", "minutes") if lang == "en" else ("minuut", "minuten")
    return f"{number} {one if number == 1 else many}"


_LINE = "________________"


def words(home: Home, lang: Language) -> Words:
    """Return the sheet's text.

    Parameters
    ----------
    home : Home
        What the study asks.
    lang : {"en", "nl"}
        Language of the text.

    Returns
    -------
    Words
        Checked against the parts that a sheet has.

    Examples
    --------
    >>> from handbook_utils.protocols.kits import kits
    >>> words(Home(kits()["none"], freezer_minutes=20), "nl").steps[6].text.split(". ")[0]
    'Doe dit binnen 20 minuten na het poepen'
    """
    return TypeAdapter(Words).validate_python({**_said("sheet", home, lang), "types": TYPES[lang]})


def form_words(home: Home, lang: Language) -> FormWords:
    """Return the form's text.

    Parameters
    ----------
    home : Home
        What the study asks.
    lang : {"en", "nl"}
        Language.

    Returns
    -------
    FormWords
        Checked against the parts that a form has.

    Examples
    --------
    >>> from handbook_utils.protocols.kits import kits
    >>> form_words(Home(kits()["none"]), "en").stored
    'When did you put the tube in the freezer?'
    """
    return TypeAdapter(FormWords).validate_python(_said("form", home, lang))


@lru_cache(maxsize=2)
def _file(lang: Language) -> Any:
    path = Path(__file__).with_name(f"words.{lang}.yml")
    return yaml_text.read(path.read_text(encoding="utf-8"), path.name)


def _said(part: str, home: Home, lang: Language) -> Any:
    filled = {
        "freezer": minutes(home.freezer_minutes, lang),
        "days": about(home.return_days, lang),
        "antibiotics": about(home.antibiotics_days, lang),
        "phone": home.phone or _LINE,
        "email": home.email or _LINE,
    }

    def of_kit(node: Any) -> Any:
        if isinstance(node, list):
            return [of_kit(entry) for entry in node]
        if isinstance(node, dict):
            # What differs from sheet to sheet stands under their names.
            if set(node) <= {*SHEETS, "others"}:
                return of_kit(node.get(home.kit.sheet, node.get("others")))
            return {name: of_kit(entry) for name, entry in node.items()}
        return node.format(**filled)

    return of_kit(_file(lang)[part])

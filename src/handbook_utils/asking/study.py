"""What a study file may say: the one home of its questions, which chapters and study files read (``study.yml``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from handbook_utils.asking.question import Question
from handbook_utils.text import yaml_text

#: Names that become columns, file names and entries of a list.
_PLAIN = {
    "pattern": r"[^\s,;=:#\"'][^,;=:#\"']*",
    "form": "words without , ; : = # and quotation marks",
}


@dataclass(frozen=True)
class Section:
    """A part of the study file, what it is about, and what it asks."""

    name: str
    help: str
    help_nl: str
    questions: tuple[Question, ...]


@lru_cache(maxsize=1)
def sections() -> tuple[Section, ...]:
    """Return the parts of a study file, in order.

    Examples
    --------
    >>> [section.name for section in sections()][:3]
    ['study', 'people', 'ethics']
    """
    content = yaml_text.typed(Path(__file__).with_name("study.yml").read_text(encoding="utf-8"), "study.yml")
    return tuple(
        Section(
            name, told["help"], told["help_nl"], tuple(_question(key, one) for key, one in told["questions"].items())
        )
        for name, told in content.items()
    )


def _question(name: str, told: Mapping[str, object]) -> Question:
    plain = _PLAIN if told.get("pattern") == "plain" else {}
    return Question.model_validate({"name": name, **told, **plain})


@lru_cache(maxsize=1)
def study_questions() -> Mapping[str, Question]:
    """Return every question of a study file, by ``section.key``.

    Examples
    --------
    >>> study_questions()["cold.flag_minutes"].allowed
    'a number from 0 to 100000'
    """
    return MappingProxyType({f"{one.name}.{key.name}": key for one in sections() for key in one.questions})

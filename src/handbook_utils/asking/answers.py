"""Answers to questions: what was given, what holds by default, what is an example's, and what is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from handbook_utils.asking.question import Question
from handbook_utils.asking.values import PATHS, READ, Value, none_of, written
from handbook_utils.errors import InputError, InputErrors, nearest

State = Literal["given", "default", "example", "none"]


@dataclass(frozen=True)
class Answers:
    """The answers of one run, in the order of the questions.

    Attributes
    ----------
    values : dict of str to value
        By name.
    states : dict of str to {"given", "default", "example", "none"}
        Where each comes from; "none" is what was told to be none, or may be and was not told.
    """

    values: dict[str, Value]
    states: dict[str, State]


def is_own(questions: Iterable[Question], given: Mapping[str, object]) -> bool:
    """Tell whether these answers are about a reader's own study.

    They are where a file or folder of theirs is among them; and, where nothing that is asked for is a file, as soon as
    anything is answered that the book has only an example of.

    Parameters
    ----------
    questions : iterable of Question
        What is asked.
    given : mapping of str to object
        What was answered, by name.

    Returns
    -------
    bool
        Whether no example may be used.
    """
    asked = list(questions)
    if any(question.kind in READ and given.get(question.name) for question in asked):
        return True
    examples = [question for question in asked if question.example is not None]
    if any(question.kind in READ for question in examples):
        return False
    return any(given.get(question.name) not in (None, "", [], {}) for question in examples)


def answered(
    questions: Sequence[Question], given: Mapping[str, object], *, asked_by: str, lines: Mapping[str, str] | None = None
) -> Answers:
    """Complete and check the answers to questions.

    Parameters
    ----------
    questions : sequence of Question
        What is asked.
    given : mapping of str to object
        Values, or their text; None where it is told to be none. With a file or folder of the reader's among them, no
        example is used.
    asked_by : str
        Who asks, for messages: a chapter's slug.
    lines : mapping of str to str, optional
        By question, the line of a study file that answers it, for messages.

    Returns
    -------
    Answers
        A value for every question, and where it comes from.

    Raises
    ------
    InputErrors
        All that is wrong at once: unknown names (with the nearest), wrong kinds, values out of range, missing files,
        and questions without an answer.

    Examples
    --------
    >>> table = Question(name="table", kind="file", example="", help="feature table")
    >>> group = Question(name="group", kind="str", example="smoking", help="column of the groups")
    >>> answered([table, group], {}, asked_by="recipes/compare").values
    {'table': '', 'group': 'smoking'}
    >>> answered([table, group], {"table": __file__}, asked_by="recipes/compare")
    Traceback (most recent call last):
    ...
    handbook_utils.errors.InputErrors: 1. recipes/compare asks for group, which is not given.
      where:    parameter group
      expected: column of the groups: text; for example smoking
      found:    nothing
      remedy:   Give it: -p group …
    """
    known = {question.name: question for question in questions}
    own = is_own(questions, given)
    errors = [_unknown(name, tuple(known), asked_by) for name in given if name not in known]
    values: dict[str, Value] = {}
    states: dict[str, State] = {}
    for name, question in known.items():
        try:
            values[name], states[name] = _answer(question, given, own=own)
        except _MissingError:
            errors.append(_missing(question, asked_by, (lines or {}).get(name, "")))
        except InputError as error:
            errors.append(error)
    if errors:
        raise InputErrors(errors)
    return Answers(values, states)


class _MissingError(Exception):
    """A question that wants an answer has none."""


def _answer(question: Question, given: Mapping[str, object], *, own: bool) -> tuple[Value, State]:
    none = none_of(question.kind)
    value = given.get(question.name, _LEFT_OUT)
    # A path that is "" is one that nobody gave: so the parameters of the book's own run can be given again.
    if value is _LEFT_OUT or (value == "" and question.kind in PATHS):
        if question.default is None and question.example is not None and not own:
            return question.example, "example"
        value = None
    if value is None and question.default is not None:
        return question.default, "none" if question.default == none else "default"
    if value is None or (value in ("", none) and question.default is None):
        if not question.may_be_none:
            raise _MissingError
        return none, "none"
    checked = question.checked(value)
    return checked, "none" if checked == none and question.may_be_none else "given"


_LEFT_OUT = object()


def _unknown(name: str, known: tuple[str, ...], asked_by: str) -> InputError:
    close = nearest(name, known)
    return InputError(
        f"Chapter {asked_by} has no parameter '{name}'.",
        expected=f"one of {', '.join(known)}" if known else "none: the chapter takes no parameters",
        found=name,
        remedy=f"Did you mean '{close}'?" if close else f"See: handbook describe {asked_by}",
    )


def _missing(question: Question, asked_by: str, line: str) -> InputError:
    illustration = written(question.example)
    study = f", or in the study file, {line}" if line else ""
    return InputError(
        f"{asked_by} asks for {question.name}, which is not given.",
        where=f"parameter {question.name}",
        expected=f"{question.help}: {question.allowed}" + (f"; for example {illustration}" if illustration else ""),
        found="nothing",
        remedy=f"Give it: -p {question.name} …{study}",
    )

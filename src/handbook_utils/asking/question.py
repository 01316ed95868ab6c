"""One question: what may be answered, and what holds where nobody answers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator

from handbook_utils.asking.paths import found_paths, joined
from handbook_utils.asking.values import PATHS, READ, WORDS, Kind, MisfitError, Value, converted, none_of, written
from handbook_utils.errors import InputError, nearest


class Question(BaseModel):
    """Something that is asked of a person.

    Attributes
    ----------
    name : str
        As it is asked for, with its unit where that keeps mistakes away: ``flag_minutes``.
    kind : str
        Of :data:`handbook_utils.asking.values.Kind`. ``file``, ``files`` and ``folder`` are paths that must exist;
        ``files`` is one file or several; a ``place`` need not exist.
    help, help_nl : str
        What it means, in a few words; Dutch where the page is in both languages.
    default : bool, int, float, str, list, dict or None
        What holds wherever no other answer is given; "", [] and {} are none.
    example : bool, int, float, str, list, dict or None
        The answer of the book's own study, which is used for nobody else. None where there is a default.
    optional : bool
        Whether a question with an example may go without an answer, and is none then.
    needed : bool
        Whether a study file must hold an answer, though a default may be at hand.
    unit : str
        Of a number, as it is written behind one.
    low, high : float or None
        Both ends belong to the range.
    choices : tuple of str
        Of a value, or of each entry of a list; empty where anything goes.
    pattern, form : str
        A regular expression that the whole text (or each entry) fits, and what it says, in words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: Kind
    help: str
    help_nl: str = ""
    default: Value = None
    example: Value = None
    optional: bool = False
    needed: bool = False
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    pattern: str = ""
    form: str = ""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.default is not None and self.example is not None:
            raise ValueError(f"{self.name} has a default and an example: one value cannot be both")
        return self

    @property
    def in_book(self) -> Value:
        """What the book's own page runs with."""
        return self.example if self.default is None and self.example is not None else self._or_none(self.default)

    @property
    def unanswered(self) -> Value:
        """What holds for a reader who gives no answer; an example never does."""
        return self._or_none(self.default)

    @property
    def may_be_none(self) -> bool:
        """Whether "none" is an answer."""
        return self.optional or (self.default is not None and self.default == none_of(self.kind))

    def _or_none(self, value: Value) -> Value:
        return none_of(self.kind) if value is None else value

    @property
    def allowed(self) -> str:
        """The values it may take, in words."""
        if self.choices:
            return ("of " if self.kind == "list" else "one of ") + ", ".join(self.choices)
        words = self.form or WORDS[self.kind]
        unit = f", in {self.unit}" if self.unit else ""
        if self.low is not None and self.high is not None:
            return f"{words} from {self.low:.15g} to {self.high:.15g}{unit}"
        if self.low is not None:
            return f"{words}, at least {self.low:.15g}{unit}"
        return words + unit if self.high is None else f"{words}, at most {self.high:.15g}{unit}"

    def fitting(self, given: object) -> Value:
        """Return ``given`` as this question's kind; paths are text, and need not be there.

        Parameters
        ----------
        given : object
            A value, or the text of one as it is typed.

        Returns
        -------
        bool, int, float, str, list, dict or None
            The value.

        Raises
        ------
        MisfitError
            It is of another kind, out of range, or none of the choices.
        """
        value = converted(given, self.kind)
        for entry in value if isinstance(value, list) else [value]:
            if self.choices and str(entry) not in self.choices:
                raise MisfitError(str(entry))
            if self.pattern and not re.fullmatch(self.pattern, str(entry)):
                raise MisfitError(str(entry) or "nothing")
        if isinstance(value, (int, float)) and not self.within(value):
            raise MisfitError(written(given))
        return value

    def within(self, value: float) -> bool:
        """Tell whether a number is in the range; an end that is not given is none.

        Parameters
        ----------
        value : float
            In the question's unit.

        Returns
        -------
        bool
            Both ends belong to the range.
        """
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def checked(self, given: object) -> Value:
        """Return ``given`` as this question's kind, a path as one that is there.

        Parameters
        ----------
        given : object
            A value, or the text of one as it stands on a command line; None, or "" of what may be none, is none.

        Returns
        -------
        bool, int, float, str, list, dict or None
            A path comes back absolute, since a chapter runs in a folder of its own; a folder or pattern of ``files``
            comes back as the files it means today, with the system's sign between them.

        Raises
        ------
        InputError
            Where it is of another kind, out of range, or not there.

        Examples
        --------
        >>> depth = Question(name="depth", kind="int", default=1000, help="reads", low=1)
        >>> depth.checked("250")
        250
        >>> Question(name="person", kind="str", default="", help="metadata column of the person").checked("none")
        ''
        >>> depth.checked("0")
        Traceback (most recent call last):
        ...
        handbook_utils.errors.InputError: Parameter 'depth' cannot be '0'.
          where:    parameter depth
          expected: a whole number, at least 1
          found:    0
          remedy:   Leave it out for the default, 1000.
        """
        if given is None or (given == "" and (self.may_be_none or self.kind in PATHS)) or self._is_word_none(given):
            return none_of(self.kind)
        if self.kind == "place":
            return str(Path(str(given)).expanduser().resolve())
        if self.kind in READ:
            text = joined(map(str, given)) if isinstance(given, list) else str(given)
            return joined(path.resolve() for path in found_paths(text, self.name, self.kind))
        try:
            return self.fitting(given)
        except MisfitError as wrong:
            close = nearest(wrong.found, self.choices)
            meant = [wrong.remedy or "", f"Did you mean '{close}'?" if close else "", self._otherwise]
            raise InputError(
                f"Parameter '{self.name}' cannot be '{written(given)}'.",
                where=f"parameter {self.name}",
                expected=self.allowed,
                found=wrong.found or "nothing",
                remedy=" ".join(filter(None, meant)) or None,
            ) from None

    def _is_word_none(self, given: object) -> bool:
        """Whether the word "none" is meant: of a file or a column, but not of a group, which may be called so."""
        if str(given).strip() != "none" or not self.may_be_none:
            return False
        return not Path("none").exists() if self.kind in READ else self.help.startswith(("metadata column", "rank "))

    @property
    def _otherwise(self) -> str:
        if self.default is not None:
            return f"Leave it out for the default, {self.default!r}."
        return "Leave it out for none." if self.optional else ""

    def line(self) -> str:
        """Write the question as a line of a parameters cell.

        Examples
        --------
        >>> Question(name="depth", kind="int", default=1000, help="reads", low=1).line()
        'depth: int = 1000  # reads [1..]'
        >>> Question(name="group", kind="str", example="smoking", help="column of the groups").line()
        'group: str = "smoking"  # column of the groups (example)'
        """
        marks = []
        if self.choices and self.kind != "list":
            marks.append("{" + " | ".join(self.choices) + "}")
        if self.low is not None or self.high is not None:
            marks.append(f"[{_end(self.low)}..{_end(self.high)}]")
        if self.kind in PATHS:
            marks.append(f"({self.kind})")
        if self.example is not None or self.optional:
            marks.append("(example or none)" if self.optional else "(example)")
        return f"{self.name}: {ANNOTATIONS[self.kind]} = {_literal(self.in_book)}  # {' '.join([self.help, *marks])}"


#: How each kind is annotated in a parameters cell.
ANNOTATIONS: dict[str, str] = {
    **dict.fromkeys(["str", "date", *PATHS], "str"),
    "int": "int",
    "float": "float",
    "bool": "bool",
    "list": "list[str]",
    "mapping": "dict[str, str]",
}


def _end(number: float | None) -> str:
    return "" if number is None else f"{number:.15g}"


def _literal(value: Any) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_literal(name)}: {_literal(entry)}" for name, entry in value.items()) + "}"
    return repr(value)

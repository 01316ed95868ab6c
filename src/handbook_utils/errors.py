"""How the handbook tells a person that their input is wrong.

Every mistake a user can make ends as one :class:`InputError`, or as one :class:`InputErrors` that holds all the
mistakes of a file at once. The command line prints them and exits with code 2; nothing is written.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

_T = TypeVar("_T")


class InputError(ValueError):
    """Something in the user's input is wrong, and this says what, where and how to mend it.

    Parameters
    ----------
    problem : str
        One sentence: what is wrong.
    where : str, optional
        The file, line, cell, column or parameter.
    expected : str, optional
        What would have been right.
    found : str, optional
        What was there instead.
    remedy : str, optional
        What the user can do now.

    Examples
    --------
    >>> print(InputError("Sample ids are not unique.", where="my.tsv, column 1", found="S1 twice",
    ...                  remedy="Give every sample its own id."))
    Sample ids are not unique.
      where:    my.tsv, column 1
      found:    S1 twice
      remedy:   Give every sample its own id.
    """

    def __init__(
        self,
        problem: str,
        *,
        where: str | None = None,
        expected: str | None = None,
        found: str | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.where = where
        self.expected = expected
        self.found = found
        self.remedy = remedy

    def __str__(self) -> str:
        parts = {"where": self.where, "expected": self.expected, "found": self.found, "remedy": self.remedy}
        return "\n".join([self.problem, *(f"  {key + ':':<9} {text}" for key, text in parts.items() if text)])

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions with keyword-only arguments do not pickle by themselves, and these cross process borders.
        return (_rebuild, (self.problem, self.where, self.expected, self.found, self.remedy))


def _rebuild(
    problem: str, where: str | None, expected: str | None, found: str | None, remedy: str | None
) -> InputError:
    return InputError(problem, where=where, expected=expected, found=found, remedy=remedy)


#: More mistakes of one cause than this are one message.
MOST_ALIKE = 3
#: What differs between two mistakes of one cause: codes, numbers, and what was quoted.
_DIFFERS = re.compile(r"'[^']*'|\b\w*\d[\w.:-]*|\b[A-Z]{4,}\b")


def _cause(text: str) -> str:
    return _DIFFERS.sub("…", text)


def _counted(alike: Sequence[InputError]) -> str:
    """Write many mistakes of one cause as one message: the first whole, and where the others are."""
    places = list(dict.fromkeys(error.where for error in alike[1:] if error.where))
    begins = "".join(places[0].rpartition(", ")[:2]) if places else ""
    shared = begins if len(places) > 1 and all(place.startswith(begins) for place in places) else ""
    where = shared + "; ".join(place.removeprefix(shared) for place in places[:_PLACES])
    if len(places) > _PLACES:
        where += f" and {len(places) - _PLACES} more"
    return f"{alike[0]}\n  and {len(alike) - 1} more of this kind" + (f": {where}" if where else "")


#: Places of mistakes of one cause that are written out.
_PLACES = 5


class InputErrors(ValueError):  # noqa: N818 - it holds several InputError
    """All the mistakes found in one input, so that they can be mended in one go.

    Parameters
    ----------
    errors : iterable of InputError
        At least one.

    Examples
    --------
    >>> print(InputErrors([InputError("First."), InputError("Second.")]))
    1. First.
    2. Second.
    """

    def __init__(self, errors: Iterable[InputError]) -> None:
        self.errors = tuple(errors)
        super().__init__(self.errors)

    def __str__(self) -> str:
        return "\n".join(f"{number}. {error}" for number, error in enumerate(self.errors, start=1))

    def counted(self) -> str:
        """Write them for a person: mistakes of one cause are one message with a count.

        Examples
        --------
        >>> every = [InputError(f"Tube T-{n} is unknown.", where=f"log.csv, line {n}") for n in range(2, 573)]
        >>> print(InputErrors(every).counted())
        1. Tube T-2 is unknown.
          where:    log.csv, line 2
          and 570 more of this kind: log.csv, line 3; line 4; line 5; line 6; line 7 and 565 more
        """
        causes: dict[tuple[str, str], list[InputError]] = {}
        for error in self.errors:
            causes.setdefault((_cause(error.problem), _cause(error.where or "")), []).append(error)
        told = []
        for alike in causes.values():
            told += [str(error) for error in alike] if len(alike) <= MOST_ALIKE else [_counted(alike)]
        return "\n".join(f"{number}. {text}" for number, text in enumerate(told, start=1))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like ``name``, or None where nothing is like it.

    Parameters
    ----------
    name : str
        What was written.
    known : iterable of str
        What could have been meant.

    Returns
    -------
    str or None
        One of `known`.

    Examples
    --------
    >>> nearest("twinz", ["twins", "david"])
    'twins'
    >>> nearest("xyz", ["twins", "david"]) is None
    True
    """
    names = list(known)
    folded = {other.casefold(): other for other in names}
    match = difflib.get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.5)
    return folded[match[0]] if match else None


def listed(items: Sequence[object], most: int = 5) -> str:
    """Join the first few items for a message, and say how many more there are.

    Parameters
    ----------
    items : sequence
        Anything that can be written.
    most : int
        How many are written out.

    Returns
    -------
    str
        Commas between them.

    Examples
    --------
    >>> listed(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    shown = ", ".join(str(item) for item in items[:most])
    return shown if len(items) <= most else f"{shown} and {len(items) - most} more"


def collect(*checks: Callable[[], _T]) -> list[_T]:
    """Run every check, so that a reader is told of all mistakes at once.

    Parameters
    ----------
    *checks : callable
        Each raises InputError or InputErrors, or returns something.

    Returns
    -------
    list
        What they returned, in their order.

    Raises
    ------
    InputErrors
        What the checks found.

    Examples
    --------
    >>> collect(lambda: 1, lambda: 2)
    [1, 2]
    """
    errors: list[InputError] = []
    returned: list[_T] = []
    for check in checks:
        try:
            returned.append(check())
        except InputErrors as found:
            errors.extend(found.errors)
        except InputError as found:
            errors.append(found)
    if errors:
        raise InputErrors(errors)
    return returned

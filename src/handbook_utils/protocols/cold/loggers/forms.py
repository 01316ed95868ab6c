"""How loggers of each make write their files: each form is a file in ``forms``, found by its name.

A form says by what it is known (`sign`), and what cannot be read from the file itself. Its `sample` was written by
hand after what is documented or seen of that form, as `source` says; no file of a device was at hand unless it says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from handbook_utils.text import yaml_text

#: Lines at the beginning of a file in which a form's sign is looked for.
_HEAD = 40
Order = Literal["day-month-year", "month-day-year", "year-month-day"]


class Form(BaseModel):
    """A form of loggers' files.

    Attributes
    ----------
    name : str
        The file's name.
    make, program : str
        Whose loggers, and what writes the file.
    source : str
        Where its form is described, and what the sample rests on.
    sign : str
        A regular expression that its first lines hold, capitals or not.
    order : {"day-month-year", "month-day-year", "year-month-day"} or None
        Of its dates, where the maker always writes them so; else it is found in the file, or asked.
    sample : str
        How such a file begins.
    reads : mapping of str to str
        What the sample must give: ``first`` (moment in UTC and °C) and ``readings``; or ``refused``, words of the
        message; ``zone``, ``sensor`` and ``date_order`` where they are asked for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    make: str
    program: str
    source: str
    sign: str
    order: Order | None = None
    sample: str
    reads: Mapping[str, str]

    def fits(self, text: str) -> bool:
        """Say whether a file is of this form.

        Parameters
        ----------
        text : str
            The file's.

        Returns
        -------
        bool
            Whether the sign of the form stands in its first lines.
        """
        head = "\n".join(text.splitlines()[:_HEAD])
        return re.search(self.sign, head, re.IGNORECASE | re.MULTILINE) is not None


@lru_cache(maxsize=1)
def forms() -> tuple[Form, ...]:
    """Return every form, in alphabetical order.

    Examples
    --------
    >>> [form.name for form in forms() if form.make == "iButton"]
    ['ibutton', 'ibutton-comma']
    """
    files = sorted((Path(__file__).parent / "forms").glob("*.yml"), key=lambda path: path.stem)
    return tuple(Form(name=path.stem, **yaml_text.read(path.read_text(encoding="utf-8"), path.name)) for path in files)


def form_of(text: str) -> Form | None:
    r"""Return the form of a file; None where it is none of those that are known by name.

    Of two the one with the longer sign is meant, which says more.

    Parameters
    ----------
    text : str
        The file's.

    Returns
    -------
    Form or None
        Of those in :func:`forms`.

    Examples
    --------
    >>> form_of("Date/Time,Unit,Value\n2026-03-03 09:00:00,C,-18.5\n").make
    'iButton'
    """
    fitting = [form for form in forms() if form.fits(text)]
    return max(fitting, key=lambda form: len(form.sign), default=None)

"""Text that a spreadsheet would run as a formula is kept as text (OWASP, CSV Injection)."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"^[=+\-@\t\r]")
# A number is none, with a decimal point or with the comma of a Dutch spreadsheet.
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?%?|[+-]?(inf|nan)")


def inert(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run as a formula.

    Parameters
    ----------
    text : str
        Of a cell.

    Returns
    -------
    str
        The same, where it is a number or harmless.

    Examples
    --------
    >>> inert("=cmd()"), inert("-1.5"), inert("-1,5"), inert("-1+cmd()"), inert("lean")
    ("'=cmd()", '-1.5', '-1,5', "'-1+cmd()", 'lean')
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text

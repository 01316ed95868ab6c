"""What is warned of while a figure is drawn, and how a warning is written."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence

#: What matplotlib warns of where a reader's names have letters that its font does not.
_GLYPH = re.compile(r"Glyph (\d+) ")


def letters_lacking(raised: Sequence[warnings.WarningMessage]) -> str:
    """Return the letters that were drawn as boxes; what else was warned of is warned of again.

    Parameters
    ----------
    raised : sequence of warnings.WarningMessage
        Caught while a figure was drawn.

    Returns
    -------
    str
        Each once, with blanks between them; empty where none is lacking.

    Examples
    --------
    >>> with warnings.catch_warnings(record=True) as raised:
    ...     warnings.warn("Glyph 33740 (CJK) missing from font(s) DejaVu Sans.", stacklevel=1)
    >>> letters_lacking(raised)
    '菌'
    """
    lacking: dict[str, None] = {}
    for one in raised:
        if found := _GLYPH.match(str(one.message)):
            lacking[chr(int(found[1]))] = None
        else:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    return " ".join(lacking)


def without_path(message: Warning | str, category: type[Warning], *_: object, **__: object) -> str:
    """Write a warning without the folder of this machine that it comes from: what is printed may stand in a report.

    Parameters
    ----------
    message : Warning or str
        What is warned of.
    category : type
        Of the warning.

    Returns
    -------
    str
        A line.

    Examples
    --------
    >>> print(without_path("Few samples.", UserWarning).strip())
    UserWarning: Few samples.
    """
    return f"{category.__name__}: {message}\n"

"""Tables that a spreadsheet cannot take for formulas."""

from __future__ import annotations

from typing import Any

import pandas as pd

from handbook_utils.text.guard import inert


def safe_for_spreadsheets(frame: pd.DataFrame, index: bool = True) -> pd.DataFrame:
    """Put an apostrophe before every text that a spreadsheet would run as a formula.

    Source: OWASP, CSV Injection.

    Parameters
    ----------
    frame : pandas.DataFrame
        Any values; only text is looked at.
    index : bool
        Whether the names of the rows are written, too.

    Returns
    -------
    pandas.DataFrame
        A copy, in which names of columns and rows are safe as well.

    Examples
    --------
    >>> safe_for_spreadsheets(pd.DataFrame({"=a": ["=cmd()", "-1.5", "b"]}))
           '=a
    0  '=cmd()
    1     -1.5
    2        b
    """

    def safe(value: Any) -> Any:
        return inert(value) if isinstance(value, str) else value

    made = frame.map(safe)
    made.columns = pd.Index([safe(name) for name in frame.columns])
    if index:
        made.index = pd.Index([safe(label) for label in frame.index], name=safe(frame.index.name))
    return made

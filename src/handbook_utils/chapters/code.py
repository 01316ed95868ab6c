"""Code of chapters, as a tree to look at."""

from __future__ import annotations

import ast
import threading

# Python 3.11 counts the depth of trees for all threads together, and fails when two parse at once.
_alone = threading.Lock()


def parsed(source: str) -> ast.Module:
    """Parse Python, in one thread at a time.

    Parameters
    ----------
    source : str
        Python.

    Returns
    -------
    ast.Module
        The tree.

    Raises
    ------
    SyntaxError
        It is none.

    Examples
    --------
    >>> type(parsed("1 + 1").body[0]).__name__
    'Expr'
    """
    with _alone:
        return ast.parse(source)

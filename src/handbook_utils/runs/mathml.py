"""Formulas as MathML, written at build time: browsers draw it and screen readers read it, without a script."""

from __future__ import annotations

import re
from functools import lru_cache

#: Environments that differ only in where LaTeX numbers them; the converter knows one of them.
_ALIGNED = re.compile(r"\\(begin|end)\{(?:aligned|split|align)\}")


@lru_cache(maxsize=4096)
def mathml(latex: str, *, display: bool) -> str:
    r"""Render a LaTeX formula as MathML.

    Parameters
    ----------
    latex : str
        Without dollar signs.
    display : bool
        On a line of its own.

    Returns
    -------
    str
        A ``math`` element, which browsers draw without a script.

    Raises
    ------
    ValueError
        The formula has a command the converter does not know.

    Examples
    --------
    >>> mathml("x", display=False)
    '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline"><mrow><mi>x</mi></mrow></math>'
    >>> mathml(r"\unheard{x}", display=False)
    Traceback (most recent call last):
    ...
    ValueError: \unheard cannot be written as MathML
    """
    from latex2mathml.converter import convert

    known = _ALIGNED.sub(r"\\\1{align*}", latex.strip())
    try:
        made = str(convert(known, display="block" if display else "inline"))
    except Exception as error:  # the converter raises whatever its parser stumbles on
        raise ValueError(f"{latex.strip()!r} cannot be written as MathML: {type(error).__name__} {error}") from error
    # What it does not know, it writes as an identifier.
    if unknown := re.search(r"<m[io]>(\\[A-Za-z]+|&)</m[io]>", made):
        raise ValueError(f"{unknown[1]} cannot be written as MathML")
    return made

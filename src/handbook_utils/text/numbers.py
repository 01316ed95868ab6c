"""Numbers as people read them, in two languages."""

from __future__ import annotations

import re

#: What a number below 0 begins with where it is read; a hyphen is for data.
MINUS = "\N{MINUS SIGN}"
_NEGATIVE = re.compile(r"(?<![\w.\-\u2013\u2212)\]'\"])-(?=\.?\d)")

#: How many decimals more a number may get that would be rounded to a certainty.
MORE_DECIMALS = 3


def written(value: float, digits: int, lang: str) -> str:
    """Write a number in the reader's language.

    Parameters
    ----------
    value : float
        The number.
    digits : int
        Decimals.
    lang : {"en", "nl"}
        Whose marks of thousands and decimals.

    Returns
    -------
    str
        The number in figures.

    Examples
    --------
    >>> written(1234.5, 1, "nl"), written(-2, 0, "en")
    ('1.234,5', '−2')
    """
    text = f"{value:,.{digits}f}".replace("-", MINUS)
    return text.translate(str.maketrans(",.", ".,")) if lang == "nl" else text


def with_minus(text: str) -> str:
    """Return a sentence with minus signs before its negative numbers, as tables and figures have them.

    Parameters
    ----------
    text : str
        With hyphens. One after a letter, a number or a quotation mark is no minus sign: P-1, 2024-05-31, '-9'.

    Returns
    -------
    str
        Of the same length.

    Examples
    --------
    >>> with_minus("ω² -0.010 (95 % interval -0.2 to 0.1) of P-1 since 2024-05-31, '-9' apart")
    "ω² −0.010 (95 % interval −0.2 to 0.1) of P-1 since 2024-05-31, '-9' apart"
    """
    return _NEGATIVE.sub(MINUS, text)


def spoken(value: float, digits: int, lang: str) -> str:
    """Write a number so that rounding never makes it a nothing, an all, or a certainty that it is not.

    What would be rounded to 0, up to 100, or (with decimals) up to 1 gets more decimals, and where these do not help,
    words.

    Parameters
    ----------
    value : float
        The number.
    digits : int
        Decimals that are wanted.
    lang : {"en", "nl"}
        Language of marks and words.

    Returns
    -------
    str
        The number in figures, or "less than" or "more than" one.

    Examples
    --------
    >>> spoken(99.6, 0, "en"), spoken(0.3, 0, "nl"), spoken(0.00001, 0, "en")
    ('99.6', '0,3', 'less than 0.001')
    """
    nl = lang == "nl"
    wholes = [100.0, *([1.0] if digits else [])]

    def misleads(places: int) -> bool:
        rounded = round(value, places)
        return (rounded == 0) != (value == 0) or any(value < whole == rounded for whole in wholes)

    for more in range(MORE_DECIMALS + 1):
        if not misleads(digits + more):
            return written(value, digits + more, lang)
    step = 10.0 ** -(digits + MORE_DECIMALS)
    if rounded := round(value, digits):
        return ("meer dan " if nl else "more than ") + written(rounded - step, digits + MORE_DECIMALS, lang)
    near = written(step, digits + MORE_DECIMALS, lang)
    if value < 0:
        return f"tussen {MINUS}{near} en 0" if nl else f"between {MINUS}{near} and 0"
    return f"minder dan {near}" if nl else f"less than {near}"

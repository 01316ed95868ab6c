"""Where a person lives: streets, postal codes, and coordinates finer than a kilometre."""

from __future__ import annotations

import re

from handbook_utils.protocols.privacy.columns import PLACE, WHERE_LIVES
from handbook_utils.protocols.privacy.identifiers import first

#: Decimals of a degree that may be shared: two are about a kilometre.
DECIMALS = 2

_UNITS = "SA|SD|SS|ML|MG|KG|KM|CM|MM|NM|NG|PG|UG|UL|BP|KB|MB|GB|NT|AA|IU|IE|HZ|KV|XG|UM|MW|PM|AM"
# Behind a blank two letters may be a unit; without one they are none.
_POSTCODE = re.compile(rf"(?<![\w-])[1-9]\d{{3}}(?: (?!{_UNITS})|(?!SA|SD|SS))[A-Z]{{2}}(?![\w-])")
_LOWER_POSTCODE = re.compile(rf"(?<![\w-])[1-9]\d{{3}} ?(?!(?i:{_UNITS})\b)[A-Za-z]{{2}}(?![\w-])")
_FOREIGN_POSTCODE = re.compile(r"(?<!\w)(?:[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|[BDF]-\d{4,5})(?!\w)")
_STREET = re.compile(
    r"(?<!\w)[^\W\d_][\w'.-]{0,40}(?:[ -][^\W\d_][\w'.-]{0,40}){0,3}?"
    r"(?:straat|str\.|laan|weg|plein|gracht|kade|singel|dijk|hof|plantsoen|steeg|dreef|pad|park|markt|wal|"
    r"stra[sß]+e|platz|allee)\s+(?:nr\.?\s*)?\d{1,5}(?:\s?[a-zA-Z]|-\d+)?(?!\w)|"
    r"(?<!\w)\d{1,5}[a-z]?,? (?:[A-Z][\w']+ ){1,3}(?:Street|St\.|Road|Rd\.?|Avenue|Ave\.?|Lane|Drive|Court|Square|"
    r"Close|Terrace|Crescent|Way)\b|"
    r"(?<!\w)(?:postbus|p\.?\s?o\.?\s?box|antwoordnummer)\s*\d{1,6}|"
    r"(?<!\w)(?:rue|avenue|boulevard) [\w' -]{3,30},? \d{1,4}(?!\w)|"
    r"(?<!\w)\d{1,4}(?: bis| ter)?,? (?:rue|avenue|boulevard) [\w' -]{3,30}",
    re.IGNORECASE,
)
#: A street that is only a name is one where a number and a town follow it, or where somebody lives there.
_NAMED_STREET = re.compile(
    r"(?<!\w)(?:(?:Am|Im|Zum|Zur|An der|An den|Auf dem|Op de|Aan de|Achter de|Bij de|Het|De|Van|Burg\.|Prof\.|"
    r"Dr\.) )?"
    r"[A-Z][\w'-]{2,}(?: [A-Z][\w'-]+){0,2} \d{1,4} ?[a-z]?(?:-\d+)?, ?"
    r"(?:\d{4,5}(?: ?[A-Z]{2})? )?[A-Z][a-zà-ÿ]{2,}\b(?! \d)"
)
_LIVES_AT = re.compile(
    r"\b(?i:woont|woonachtig|wonend|adres|address|lives|living|resides|wohnt|wohnhaft|habite|moved to|"
    r"verhuisd naar)\b"
    r"(?: (?i:op|aan|in|at|on|de|het|am|an|is|nu|now|:))*:? ?[^\W\d_][\w' .-]{2,40}? \d{1,4} ?[a-zA-Z]?(?!\w)"
)
#: A house: its postal code and its number.
_HOUSE = re.compile(
    rf"(?<![\w-])[1-9]\d{{3}} ?(?!(?i:{_UNITS})\b)[A-Za-z]{{2}}(?: ?- ?|, ?| )\d{{1,4}} ?[a-z]?(?![\w.,%])"
)
_LINE = re.compile(r"(?<!\w)[^\W\d_]{3,40}[^\d,;]{0,25} \d{1,4} ?[a-zA-Z]?(?!\w)")
_DEGREES = re.compile(r"[-+]?\d{1,3}[.,](\d+)")
_PAIR = re.compile(
    r"(?<![\d.])[-+]?\d{1,2}\.\d{3,}°?\s*[NSns]?\s*[,; ]\s*[-+]?\d{1,3}\.\d{3,}°?\s*[EWOewo]?(?![\d.])|"
    r"(?<![\d,])[-+]?\d{1,2},\d{4,}°?\s*[NSns]?\s*[/; ]\s*[-+]?\d{1,3},\d{4,}(?![\d,])|"
    r"\d{1,3}\s*°\s*\d{1,2}\s*['′]\s*\d{1,2}(?:[.,]\d+)?\s*(?:[\"″]|'')?\s*[NSEWO]?|"
    r"\d{1,3}°\s*\d{1,2}[.,]\d{2,}\s*['′]?\s*[NSEWO]|@-?\d{1,2}\.\d{3,},-?\d{1,3}\.\d{3,}|"
    r"\b[NS] ?\d{1,2}[ °]+\d{1,2}[ '′.]+\d{1,2}(?:[.,]\d+)?|\b\d{1,2} \d{1,2} \d{1,2}(?:[.,]\d+)? ?[NS]\b|"
    r"(?<!\w)[23456789CFGHJMPQRVWX]{8}\+[23456789CFGHJMPQRVWX]{2,3}(?!\w)|///[a-z]+\.[a-z]+\.[a-z]+|"
    r"\b(?:goo\.gl/maps|maps\.app\.goo\.gl)/\w+"
)


def address(text: str, column: str) -> str:
    """Return the street that a text names, or nothing.

    Parameters
    ----------
    text : str
        A cell.
    column : str
        The plain name of its column.

    Returns
    -------
    str
        With its number.

    Examples
    --------
    >>> address("woont Brink 12", "note"), address("box 12, rack 3", "note")
    ('woont Brink 12', '')
    """
    lives = first(_LINE, text) if WHERE_LIVES.search(column) else ""
    return lives or first(_STREET, text) or first(_LIVES_AT, text) or first(_NAMED_STREET, text) or first(_HOUSE, text)


def postal_code(text: str, column: str, *, bare: bool) -> str:
    """Return the postal code that a text holds, or nothing.

    Parameters
    ----------
    text : str
        A cell.
    column : str
        The plain name of its column.
    bare : bool
        The column holds numbers of things.

    Returns
    -------
    str
        Four digits alone are none: they may be shared.

    Examples
    --------
    >>> postal_code("9713 GZ", "note", bare=False), postal_code("9713", "postcode", bare=False)
    ('9713 GZ', '')
    """
    lives = WHERE_LIVES.search(column) or WHERE_LIVES.search(text)
    if lives:
        found = first(_LOWER_POSTCODE, text) or first(_FOREIGN_POSTCODE, text)
        return found or (text if WHERE_LIVES.search(column) and re.fullmatch(r"\d{5}", text) else "")
    return "" if bare else first(_POSTCODE, text)


def coordinate(text: str, column: str, *, harmless: bool) -> str:
    """Return a coordinate with more than two decimals, or nothing.

    Parameters
    ----------
    text : str
        A cell.
    column : str
        The plain name of its column.
    harmless : bool
        The column holds numbers of things.

    Returns
    -------
    str
        As it stands.

    Examples
    --------
    >>> coordinate("53.21940", "lat", harmless=False), coordinate("53.21940", "shannon", harmless=False)
    ('53.21940', '')
    """
    if PLACE.search(column):
        for found in _DEGREES.finditer(text):
            if len(found[1].rstrip("0")) > DECIMALS:
                return found[0]
    return "" if harmless else first(_PAIR, text)

"""Dates of birth, in every writing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handbook_utils.protocols.privacy.columns import BIRTH, HARMLESS

_MONTHS = (
    "jan(?:uari|uary|uar)?|feb(?:ruari|ruary|ruar)?|m(?:aart|rt|arch|ar|ärz)|apr(?:il)?|mei|may|mai|jun[ei]?|jul[iy]?|"
    "janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[uû]t|septembre|octobre|novembre|d[ée]cembre|"
    "aug(?:ustus|ust)?|sep(?:t(?:ember)?)?|o[kc]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?"
)
_TIME = r"(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_DATE = re.compile(
    rf"(?<![\w.])(?:(?P<y1>\d{{4}})[-/.](?:\d{{1,2}})[-/.](?:\d{{1,2}}){_TIME}|"
    rf"(?:\d{{1,2}})[-/. ]+(?:\d{{1,2}})[-/. ]+(?P<y2>\d{{4}}|'?\d{{2}}){_TIME}|"
    rf"\d{{1,2}}(?:e|st|nd|rd|th|\.)?[ .-]*(?:of )?(?:{_MONTHS})\.?[ ,.-]*(?P<y3>\d{{4}}|'?\d{{2}})|"
    rf"(?:{_MONTHS})\.? \d{{1,2}}(?:st|nd|rd|th)?,? (?P<y4>\d{{4}})|"
    r"(?P<y5>(?:19|20)\d{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|"
    r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?P<y6>(?:19|20)\d{2})|"
    rf"\d{{1,2}}[-. ](?:I|II|III|IV|V|VI|VII|VIII|IX|X|XI|XII)[-. ](?P<y8>\d{{4}})|"
    r"(?<=geb )(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?P<y7>\d{2}))(?![\w-]|[.,]\d)",
    re.IGNORECASE,
)
_BORN = re.compile(
    r"\bgeb(?:oren|oorte\w*|urts\w*|\.|dat\w*|dd)?\b|\bborn\b|\bdob\b|\bd\.o\.b\.|\bbirth|"
    r"\bg(?:e)?b\.?d(?:at)?\b|verjaar|"
    r"\bjarig\b|\bgeboren|\bn[ée]e? le\b|[*°]\s*\d",
    re.IGNORECASE,
)
#: A day of birth without a year, or told by a feast.
_DAY = re.compile(
    rf"\b(?:geboren|born|jarig|verjaar\w*|birthday)\b[^.;]{{0,25}}?(?:\b\d{{1,2}}(?:e|st|nd|rd|"
    rf"th)? (?:of )?(?:{_MONTHS})\b|"
    r"(?:kerst|nieuwjaar|pasen|paas|pinkster|christmas|easter|new year)\w*)",
    re.IGNORECASE,
)
_SIX_SAID = re.compile(
    r"(?:birth|geboortedatum|geboren|\bborn|\bdob|\bgeb\w*)\b[^.;\d]{0,25}\b(?:[0-3]\d[01]\d{3}|\d{2}[01]\d[0-3]\d)\b",
    re.IGNORECASE,
)
#: Not a day, but how many of them.
_COUNTED = re.compile(r"\b(?:days?|dagen|weeks?|weken|months?|maanden|hours?|since|sinds|age|weight|gewicht|length)\b")
_SERIAL = re.compile(r"[1-4]\d{4}(?:\.0+)?")
_SIX = re.compile(r"(?:[0-3]\d[01]\d{3}|\d{2}[01]\d[0-3]\d)")


def dates_of_birth(text: str, column: str, year: int) -> Iterator[tuple[str, str, str]]:
    """Find dates of birth: complete dates that are said to be one, or older than a study's.

    Parameters
    ----------
    text : str
        A cell.
    column : str
        The plain name of its column.
    year : int
        This year.

    Yields
    ------
    tuple of str
        What it looks like, where it stands, and what to do.

    Examples
    --------
    >>> [remedy for _, _, remedy in dates_of_birth("geb. 3-3-'61", "note", 2026)]
    ['Write the year of birth, 1961: that is enough as a rule.']
    """
    of_birth = bool(BIRTH.search(column))
    told = of_birth or bool(_BORN.search(text))
    for found in _DATE.finditer(text):
        digits = next(group for group in found.groups() if group).strip("'")
        born = int(digits) if len(digits) == 4 else int(digits) + (1900 if int(digits) > year % 100 else 2000)
        old = len(digits) == 4 and born < 2005 and not HARMLESS.search(column)
        if year - 120 <= born <= year and (told or old):
            yield "date of birth", found[0], f"Write the year of birth, {born}: that is enough as a rule."
            return
    if of_birth and not _COUNTED.search(column) and _SERIAL.fullmatch(text):
        yield (
            "date of birth",
            text,
            "A spreadsheet's number of a day: write the year of birth, that is enough as a rule.",
        )
    elif (of_birth and _SIX.fullmatch(text)) or _DAY.search(text) or _SIX_SAID.search(text):
        yield "date of birth", text, "Write the year of birth: that is enough as a rule."

"""The privacy guard: what must not leave in a shared file, found before it leaves.

A guard of patterns finds what has a form, however it was written: citizen service numbers (BSN), bank accounts (IBAN),
telephone numbers, e-mail and street addresses, postal codes, dates of birth, patient numbers, exact coordinates, and
names behind titles, initials or common first names. The column and the value are weighed together: nine digits are a
number of reads in one column and a BSN in another. It cannot find a name that stands alone in free text: a person must
read free text before it leaves. How much it finds and how often it is wrong is measured on two lists in its tests.

Sources: AVG (GDPR) art. 4(1) on what is personal data; UAVG art. 46 on the BSN, whose eleven-test is in its logical
design; ISO 13616 and ISO 7064 for IBAN; INSDC's missing value terms for what to write instead.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from handbook_utils.protocols.people.first_names import FIRST_NAMES

#: What to write where a value must not be shared (INSDC controlled vocabulary).
WITHHELD = "missing: human-identifiable"

#: Decimals of a degree that may be shared: two are about a kilometre.
DECIMALS = 2


@dataclass(frozen=True)
class Finding:
    """One value that must not leave.

    Attributes
    ----------
    row : int
        Row of the table, from 1; 0 where the whole column is meant.
    column : str
        Its column.
    what : str
        What kind of personal data it looks like.
    shown : str
        The value with its middle hidden, so that the message itself gives nothing away.
    remedy : str
        What to do.
    """

    row: int
    column: str
    what: str
    shown: str
    remedy: str


def is_bsn(text: str) -> bool:
    """Say whether nine digits satisfy the eleven-test of the Dutch citizen service number.

    Parameters
    ----------
    text : str
        Eight or nine digits; dots, blanks and hyphens between them do not count.

    Returns
    -------
    bool
        True where 9a + 8b + … + 2h − i is a multiple of 11, and the digits are not all 0.

    Examples
    --------
    >>> is_bsn("111222333")
    True
    >>> is_bsn("111222334")
    False
    """
    digits = re.sub(r"[ .\-]", "", text)
    if not re.fullmatch(r"\d{8,9}", digits):
        return False
    numbers = [int(digit) for digit in digits.zfill(9)]
    total = sum(weight * number for weight, number in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), numbers, strict=True))
    return any(numbers) and total % 11 == 0


def _is_iban(text: str) -> bool:
    """Say whether a text is a bank account number whose check holds (ISO 7064, mod 97).

    Examples
    --------
    >>> _is_iban("NL91 ABNA 0417 1643 00"), _is_iban("NL92 ABNA 0417 1643 00")
    (True, False)
    """
    plain = re.sub(r"[^0-9A-Za-z]", "", text).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", plain):
        return False
    return int("".join(str(int(character, 36)) for character in plain[4:] + plain[:4])) % 97 == 1


# ---------------------------------------------------------------------------------------------------- what columns hold

#: Numbers and marks that say nothing of a person, by their column; a part of its name is enough.
_HARMLESS = re.compile(
    r"read|count|depth|lot|batch|catalog|barcode|index|primer|sequence|accession|\brun\b|biosample|bioproject|doi|pmid|"
    r"version|volume|conc|weight|gewicht|mass|length|height|lengte|plate|well|rack|box|position|checksum|md5|sha|bytes|"
    r"size|taxid|tax_id|otu|asv|feature|abundance|ratio|quality|score|percent|dilution|kit|serial|device|"
    r"instrument|flowcell|flow_cell|chip|order|invoice|protocol|temperature|duration|seed|term|ontology|env_|ean|gtin",
    re.IGNORECASE,
)
_BIRTH = re.compile(r"birth|geboort|geb[._ ]?(?:dat|dd)|\bdob\b|\bgeb\b", re.IGNORECASE)
_PLACE = re.compile(r"\blat|\blon|lat_lon|coord|latitude|longitude|gps|location|locatie", re.IGNORECASE)
_NUMBER_OF = re.compile(r"bsn|sofi|burgerservice|citizen[ _]service|ssn|social[ _]security", re.IGNORECASE)
_CALL = re.compile(r"phone|telefoon|\btel\b|mobile|mobiel|gsm|contact", re.IGNORECASE)
_PATIENT = re.compile(
    r"(?:pati[eë]nt|pat|client|cli[eë]nt|dossier|hospital|ziekenhuis|zis|his|epd|opname|polis|verzekerde?n?|insurance)"
    r"[ _.-]*(?:nr|no|nummer|number|num|id)\b|\bmrn\b|\bzis\b|medical[ _]record",
    re.IGNORECASE,
)
_WHERE_LIVES = re.compile(r"post(?:al)?[ _-]?(?:code)?|zip|plz|woon|adres|address|\bhome\b|residence", re.IGNORECASE)
_PERSONAL = re.compile(
    r"^(?:(?:first|last|sur|full|given|family|maiden|nick|voor|achter|roep|meisjes|gezins|participant|patient|deelnemer|"
    r"subject|contact|mother|father|partner|parent|huisarts|gp|doctor|arts|physician|nurse|relative|next[ _]of[ _]kin)"
    r"[ _-]?(?:name|naam|s[ _]name)|naam|initialen|initials|voorletters|tussenvoegsel|surname|"
    r"address|adres|street|straat|straatnaam|huisnummer|house[ _-]?number|e-?mail(?:[ _-]?ad(?:d?res)s?)?|phone.*|"
    r"telefoon.*|mobiel.*|mobile.*|bsn|zip|postcode|postal.*|iban|rekeningnummer|bank[ _]?account|huisarts|woonadres)$",
    re.IGNORECASE,
)

# ----------------------------------------------------------------------------------------------------- how values look

_BETWEEN = (
    r"(?:van\s+der|van\s+den|van\s+de|van\s+'t|van\s+het|in\s+'t|van|de|den|der|het|ter|ten|te|von|el|al|la|le|'t)"
)
_WORD = r"[^\W\d_][^\W\d_'’-]+"
_EMAIL = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.-]*\w|"
    r"[\w.+-]+\s*(?:\(at\)|\[at\]|\{at\}|\bat\b|\(a\)|apenstaartje)\s*[\w-]+(?:\s*(?:\.|\bpunt\b|\bdot\b|\(dot\)|\[dot\])\s*[\w-]+)*"
    r"\s*(?:\.|\bpunt\b|\bdot\b|\(dot\)|\[dot\])\s*(?:nl|com|org|net|be|de|eu|uk|fr)\b",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<![\w.,+])(?:"
    r"(?:\+|00)[1-9]\d{0,2}[ ./-]*(?:\(0\d{0,4}\)|\(\d{1,4}\))?(?:[ ./-]*\d){7,12}|"
    r"0[1-9]\d?(?:[ ./()-]*\d){7,8}|\(0\d{1,3}\)(?:[ ./-]*\d){6,8}|"
    r"\(\d{3}\) ?\d{3}[ -]\d{4}"
    r")(?![\w,]|\.\d)"
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ .-]?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])")
_UNITS = "SA|SD|SS|ML|MG|KG|KM|CM|MM|NM|NG|PG|UG|UL|BP|KB|MB|GB|NT|AA|IU|IE|HZ|KV|XG|UM|MW|PM|AM"
# Behind a blank two letters may be a unit; without one they are none.
_POSTCODE = re.compile(rf"(?<![\w-])[1-9]\d{{3}}(?: (?!{_UNITS})|(?!SA|SD|SS))[A-Z]{{2}}(?![\w-])")
_LOWER_POSTCODE = re.compile(rf"(?<![\w-])[1-9]\d{{3}} ?(?!(?i:{_UNITS})\b)[A-Za-z]{{2}}(?![\w-])")
_FOREIGN_POSTCODE = re.compile(r"(?<!\w)(?:[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|[BDF]-\d{4,5})(?!\w)")
_STREET = re.compile(
    r"(?<!\w)[^\W\d_][\w'.-]*(?:[ -][^\W\d_][\w'.-]*){0,3}?"
    r"(?:straat|str\.|laan|weg|plein|gracht|kade|singel|dijk|hof|plantsoen|steeg|dreef|pad|park|markt|wal|"
    r"stra[sß]+e|platz|allee)\s+(?:nr\.?\s*)?\d{1,5}(?:\s?[a-zA-Z]|-\d+)?(?!\w)|"
    r"(?<!\w)\d{1,5}[a-z]?,? (?:[A-Z][\w']+ ){1,3}(?:Street|St\.|Road|Rd\.?|Avenue|Ave\.?|Lane|Drive|Court|Square)\b|"
    r"(?<!\w)(?:postbus|p\.?\s?o\.?\s?box|antwoordnummer)\s*\d{1,6}|"
    r"(?<!\w)(?:rue|avenue|boulevard) [\w' -]{3,30},? \d{1,4}(?!\w)|"
    r"(?<!\w)\d{1,4},? (?:rue|avenue|boulevard) [\w' -]{3,30}",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(?<![\w.,-])\d(?:[ .\-]?\d){7,8}(?![ .\-]?\d|\w)")
_TITLE = (
    r"mevr(?:ouw)?|mw|mej|dhr|de\s+heer|meneer|mijnheer|heer|mrs|mr|ms|miss|sir|madam|dr[s]?|prof|ds|ir|frau|herr|"
    r"mme|monsieur|zuster|broeder|dokter|doctor|huisarts|professor|nurse"
)
_NAMED = (
    r"naam|name|heet|genaamd|called|getekend|ondertekend|handtekening|signed(?: by)?|betreft|t\.a\.v\.|attn|i\.o\.v\."
)
_NAME = re.compile(
    rf"\b(?:(?i:{_TITLE})\b\.?|(?i:{_NAMED})(?:\b|(?<=\.)))[.:]?\s+(?:(?:[A-Z]\.?\s*){{1,4}}(?=\s|[A-Z]))?"
    rf"(?:(?i:{_BETWEEN})\s+)*[A-Z][^\W\d_]*[\w'’-]+"
)
_SURE_TITLE = re.compile(
    rf"\b(?:mevr\.|mevrouw|dhr\.?|de\s+heer|meneer|mijnheer|mw\.|mej\.|frau|herr|mrs\.?)\s+(?:{_BETWEEN}\s+)*"
    rf"(?!die\b|die\b|heeft|is\b|was\b|kan\b|en\b|of\b|zegt|belt|wil\b|niet\b)[^\W\d_]{{3,}}",
    re.IGNORECASE,
)
_INITIALS = re.compile(
    rf"\b(?:[A-Z]\.\s?){{1,4}}\s*(?:{_BETWEEN}\s+)*[A-Z][a-zà-ÿ][\w'’-]+(?!\s+[a-z]{{4,}}(?:us|um|is|ii|ens|a|e)?\b)|"
    rf"\b[A-Z][a-zà-ÿ]{{2,}},\s*(?:[A-Z]\.\s?){{1,4}}(?:\s*{_BETWEEN})?",
)
_FULL_NAME = re.compile(rf"\b(?=({_WORD})\s+(?:{_BETWEEN}\s+)*({_WORD}))", re.IGNORECASE)
_COORDINATE = re.compile(r"[-+]?\d{1,3}\.(\d+)")
_PAIR = re.compile(
    r"(?<![\d.])[-+]?\d{1,2}\.\d{3,}°?\s*[NSns]?\s*[,; ]\s*[-+]?\d{1,3}\.\d{3,}°?\s*[EWOewo]?(?![\d.])|"
    r"\d{1,3}\s*°\s*\d{1,2}\s*['′]\s*\d{1,2}(?:[.,]\d+)?\s*(?:[\"″]|'')\s*[NSEWO]?|"
    r"\d{1,3}°\s*\d{1,2}[.,]\d{2,}\s*['′]\s*[NSEWO]|@-?\d{1,2}\.\d{3,},-?\d{1,3}\.\d{3,}|"
    r"(?<!\w)[23456789CFGHJMPQRVWX]{8}\+[23456789CFGHJMPQRVWX]{2,3}(?!\w)|///[a-z]+\.[a-z]+\.[a-z]+"
)
_MONTHS = (
    "jan(?:uari|uary)?|feb(?:ruari|ruary)?|m(?:aart|rt|arch|ar)|apr(?:il)?|mei|may|jun[ei]?|jul[iy]?|"
    "aug(?:ustus|ust)?|sep(?:t(?:ember)?)?|o[kc]t(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_DATE = re.compile(
    r"(?<![\w.])(?:(?P<y1>\d{4})[-/.](?:\d{1,2})[-/.](?:\d{1,2})|(?:\d{1,2})[-/. ](?:\d{1,2})[-/. ](?P<y2>\d{4}|\d{2})|"
    rf"\d{{1,2}}(?:e|st|nd|rd|th)?[ .-]*(?:{_MONTHS})\.?[ ,.-]*(?P<y3>\d{{4}}|'?\d{{2}})|"
    rf"(?:{_MONTHS})\.? \d{{1,2}}(?:st|nd|rd|th)?,? (?P<y4>\d{{4}})|"
    r"(?P<y5>(?:19|20)\d{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|"
    r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?P<y6>(?:19|20)\d{2}))(?![\w-]|[.,]\d)",
    re.IGNORECASE,
)
_BORN = re.compile(
    r"\bgeb(?:oren|oortedatum|oortedag|\.|dat)?\b|\bborn\b|\bdob\b|\bd\.o\.b\.|\bbirth|\bg(?:e)?b\.?d(?:at)?\b|verjaar|[*°]\s*\d",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"[1-4]\d{4}(?:\.0+)?")
_PATIENT_IN_TEXT = re.compile(
    r"(?:pati[eë]nt(?:en)?[ .-]*(?:nr|no|nummer|number|id)|pat\.?\s?nr|\bmrn\b|\bzis\b|zisnr|zis-?nummer|"
    r"dossier(?:nr|nummer)?|"
    r"cli[eë]ntnummer|cli[eë]nt[ -]?nr|opnamenummer|polisnummer|verzekerdennummer|hospital number|"
    r"medical record(?: number)?|"
    r"nhs(?: number| no)?|paspoort(?:nr|nummer)?|passport(?: no| number)?|rijbewijs(?:nr|nummer)?|kenteken|v-nummer)"
    r"\.?\s*[:#=]?\s*(?=[A-Z0-9-]*\d)[A-Z0-9][A-Z0-9 .-]{3,}",
    re.IGNORECASE,
)
#: One date in eleven satisfies the eleven-test by chance.
_A_DATE = re.compile(
    r"(?:19|20)\d{2}[-. ]?(?:0[1-9]|1[0-2])[-. ]?(?:0[1-9]|[12]\d|3[01])|"
    r"(?:0?[1-9]|[12]\d|3[01])[-. ](?:0?[1-9]|1[0-2])[-. ](?:19|20)\d{2}"
)
#: The numbers of ontologies' terms and of identifiers are long, and some satisfy the eleven-test, too.
_A_TERM = re.compile(
    r"\b(?:ENVO|UBERON|DOID|EFO|OBI|PATO|CHEBI|FMA|GAZ|MIXS|NCBITaxon|FOODON|HP|MONDO|SNOMED|PMID|GO)[:_ ]+\d+|"
    r"\b(?:doi:|https?://)\S+|\b10\.\d{4,}/\S+|\b(?:SAM[NED]A?|[ESD]R[RSXP]|PRJ[END][AB]|GC[AF]_)\d+|"
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?|\b\d{4}-\d{4}-\d{4}-\d{3}[\dX]\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=20_000)
def _normalised(text: str) -> str:
    """Return a value as it is looked at: Unicode's twins, odd blanks and dashes, and a spreadsheet's ``.0`` made plain.

    Examples
    --------
    >>> _normalised("０６–12345678\u200b"), _normalised("111222333.0"), _normalised("6.12345678E+08")
    ('06-12345678', '111222333', '612345678')
    """
    plain = text
    if not text.isascii():
        plain = unicodedata.normalize("NFKC", text)
        plain = "".join(character for character in plain if unicodedata.category(character) != "Cf")
        plain = re.sub(r"[\u2010-\u2015\u2212]", "-", re.sub(r"[\u2018\u2019\u201b\u02bc]", "'", plain))
    plain = " ".join(plain.split())
    if re.fullmatch(r"\d\.\d+E\+\d{1,2}", plain):
        plain = str(int(float(plain)))
    return re.sub(r"^(\d{6,})\.0+$", r"\1", plain)


def number_form(form: str) -> str:
    """Return the regular expression of a hospital's patient numbers: 9 stands for a digit, A for a letter.

    Parameters
    ----------
    form : str
        As the study file gives it, such as ``A999.999``.

    Returns
    -------
    str
        Anything else stands for itself.

    Examples
    --------
    >>> [bool(re.search(number_form("A999.999"), text)) for text in ("seen as P123.456", "P1234.56")]
    [True, False]
    """
    parts = {"9": r"\d", "A": "[A-Za-z]"}
    return rf"(?<![\w.])(?:{''.join(parts.get(sign, re.escape(sign)) for sign in form)})(?!\w|\.\d)"


def examine(table: pd.DataFrame, *, today: dt.date | None = None, patient_numbers: Sequence[str] = ()) -> list[Finding]:
    """Look for personal data in every cell of a table.

    Parameters
    ----------
    table : pandas.DataFrame
        Values as they stand in the file, best read as text; the index is looked at as a column, too.
    today : datetime.date, optional
        A complete date that is neither of this age nor of the last two centuries is no date of birth.
    patient_numbers : sequence of str
        Forms of the hospitals' own patient numbers, as :func:`number_form` reads them.

    Returns
    -------
    list of Finding
        By row and column; columns whose name says what they hold come first.

    Examples
    --------
    >>> import pandas as pd
    >>> for found in examine(pd.DataFrame({"note": ["fine", "call 06-12345678"]})):
    ...     print(found.row, found.column, found.what, found.shown)
    2 note telephone number 06…78
    """
    frame = table.reset_index() if table.index.name else table
    year = (today or dt.date.today()).year
    return [*_columns(frame), *_cells(frame, year, "|".join(map(number_form, patient_numbers)))]


def _columns(frame: pd.DataFrame) -> Iterator[Finding]:
    for column in frame.columns:
        if _PERSONAL.match(_normalised(str(column))) and _filled(frame[column]):
            yield Finding(
                0, str(column), "column of personal data", "", f"Leave the column out, or write {WITHHELD} in it."
            )


def _filled(values: pd.Series) -> bool:
    return any(_text(value) not in ("", WITHHELD) for value in values)


def _text(value: object) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value).strip()


def _cells(frame: pd.DataFrame, year: int, numbers: str) -> Iterator[Finding]:
    chance = {str(column): _by_chance(frame.iloc[:, place]) for place, column in enumerate(frame.columns)}
    for number, row in enumerate(frame.itertuples(index=False, name=None), start=1):
        for column, value in zip(frame.columns, row, strict=True):
            text = _text(value)
            if not text or text == WITHHELD:
                continue
            for what, shown, remedy in _looks_like(text, str(column), year, chance[str(column)], numbers):
                yield Finding(number, str(column), what, hidden(shown), remedy)


def _by_chance(values: pd.Series) -> bool:
    """Tell whether a column of bare numbers satisfies the eleven-test as seldom as numbers do by chance."""
    bare = [text for text in map(_normalised, map(_text, values)) if re.fullmatch(r"\d{8,9}", text)]
    return len(bare) >= 5 and sum(map(is_bsn, bare)) < 0.5 * len(bare)


@lru_cache(maxsize=20_000)
def _looks_like(text: str, column: str, year: int, chance: bool, numbers: str) -> tuple[tuple[str, str, str], ...]:
    """Remembered, for most values stand in a table many times."""
    return tuple(_likenesses(_normalised(text), _normalised(column), year, chance, numbers))


def _likenesses(text: str, column: str, year: int, chance: bool, forms: str) -> Iterator[tuple[str, str, str]]:
    plain = _A_TERM.sub(" ", text)
    harmless = bool(_HARMLESS.search(column)) and not _NUMBER_OF.search(column)
    apart = "Take it out; keep it with the key file."
    bare = bool(re.fullmatch(r"[\d.,\s-]+", text))
    numbers = [*_numbers(plain, column, harmless=harmless and bare, chance=chance and bare)]
    yield from numbers
    if match := _first(_EMAIL, text):
        yield "e-mail address", match, apart
    if match := _postcode(text, column, bare=harmless):
        yield "postal code", match, "Keep the four digits at most, better the province."
    if not harmless and (match := _first(_STREET, text)):
        yield "address", match, "Keep the province at most."
    if match := _name(text):
        yield "name", match, f"Take the name out, or write {WITHHELD}."
    own = _first(re.compile(forms), text) if forms and not (harmless and bare) else ""
    if match := own or _patient(text, column):
        yield "patient number", match, apart
    yield from _births(text, column, year)
    exact = [found[0] for found in _COORDINATE.finditer(text) if len(found[1].rstrip("0")) > DECIMALS]
    exact = exact if _PLACE.search(column) else []
    if not exact and not harmless:
        exact = [found[0] for found in _PAIR.finditer(text)]
    if exact:
        yield "exact coordinate", exact[0], f"Round to {DECIMALS} decimals (about 1 km), or write {WITHHELD}."


def _numbers(text: str, column: str, *, harmless: bool, chance: bool) -> Iterator[tuple[str, str, str]]:
    apart = "Take it out; keep it with the key file."
    if match := _first(_IBAN, text, _is_iban):
        yield "bank account (IBAN)", match, apart
        return
    said = _NUMBER_OF.search(column) or _NUMBER_OF.search(text)
    if not harmless and not chance and (match := _first(_DIGITS, text, lambda d: is_bsn(d) and (said or _plainly(d)))):
        yield "citizen service number (BSN)", match, "Take it out: outside care a BSN may not be used (UAVG art. 46)."
    elif not harmless and (match := _first(_PHONE, text, lambda found: not _A_DATE.fullmatch(found.strip()))):
        yield "telephone number", match, apart
    elif _CALL.search(column) and re.fullmatch(r"[\d ().+/-]{7,}", text) and len(re.sub(r"\D", "", text)) >= 7:
        yield "telephone number", text, apart


def _plainly(digits: str) -> bool:
    return not _A_DATE.fullmatch(digits) and not re.fullmatch(r"(?:19|20)\d{6}", digits)


def _postcode(text: str, column: str, *, bare: bool) -> str:
    lives = _WHERE_LIVES.search(column) or _WHERE_LIVES.search(text)
    if lives:
        found = _first(_LOWER_POSTCODE, text) or _first(_FOREIGN_POSTCODE, text)
        return found or (text if _WHERE_LIVES.search(column) and re.fullmatch(r"\d{5}", text) else "")
    return "" if bare else _first(_POSTCODE, text)


def _name(text: str) -> str:
    found = _first(_NAME, text) or _first(_SURE_TITLE, text) or _first(_INITIALS, text)
    if found:
        return found
    for match in _FULL_NAME.finditer(text):
        first, last = match[1], match[2]
        shaped = last[0].isupper() or text.isupper() or text.islower()
        if first.casefold() in FIRST_NAMES and shaped and (first[0].isupper() or text.islower()) and len(last) > 2:
            return f"{first} {last}"
    return ""


def _patient(text: str, column: str) -> str:
    if _PATIENT.search(column) and re.fullmatch(r"(?=.*\d)[A-Za-z]{0,4}[ .-]?\d[\d .-]{3,}\d", text):
        return text
    return _first(_PATIENT_IN_TEXT, text)


def _births(text: str, column: str, year: int) -> Iterator[tuple[str, str, str]]:
    of_birth = bool(_BIRTH.search(column))
    told = of_birth or bool(_BORN.search(text))
    for found in _DATE.finditer(text):
        digits = next(group for group in found.groups() if group).strip("'")
        born = int(digits) if len(digits) == 4 else int(digits) + (1900 if int(digits) > year % 100 else 2000)
        old = len(digits) == 4 and born < 2005 and not _HARMLESS.search(column)
        if year - 120 <= born <= year and (told or old):
            yield "date of birth", found[0], f"Write the year of birth, {born}: that is enough as a rule."
            return
    if of_birth and _SERIAL.fullmatch(text):
        yield (
            "date of birth",
            text,
            "A spreadsheet's number of a day: write the year of birth, that is enough as a rule.",
        )


def _first(pattern: re.Pattern[str], text: str, also: Callable[[str], object] = bool) -> str:
    return next((found[0] for found in pattern.finditer(text) if also(found[0])), "")


def hidden(text: str) -> str:
    """Return a value by its ends, so that a message gives nothing away.

    Parameters
    ----------
    text : str
        What stands in a cell.

    Returns
    -------
    str
        Two characters of each end; of five or fewer none.

    Examples
    --------
    >>> hidden("06-12345678"), hidden("Ada")
    ('06…78', '…')
    """
    return text[:2] + "…" + text[-2:] if len(text) > 5 else "…"

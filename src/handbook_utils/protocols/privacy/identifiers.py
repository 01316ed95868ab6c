"""Numbers and addresses that are one person's: of the state, the bank, the telephone, the hospital, the internet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from handbook_utils.protocols.privacy.columns import CALL, NUMBER_OF

APART = "Take it out; keep it with the key file."
_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64} ?@ ?[\w-]+(?: ?\. ?[\w-]+)*? ?\. ?[a-z]{2,}\b|"
    r"(?<![\w.+-])[\w.+-]{1,64}\s{0,3}(?:\(at\)|\[at\]|\{at\}|<at>|\bat\b|\(a\)|apenstaartje|arobase)\s*"
    r"[\w-]+(?:\s*(?:\.|\bpunk?t\b|[\[(]punk?t[\])]|\bdot\b|\(dot\)|\[dot\])\s*[\w-]+)*"
    r"\s*(?:\.|\bpunk?t\b|[\[(]punk?t[\])]|\bdot\b|\(dot\)|\[dot\])\s*(?:nl|com|org|net|be|de|eu|uk|fr)\b",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<![\w.,+])(?:"
    r"(?:\(?\+|00)[1-9]\d{0,2}\)?[ ./-]*(?:\(0\d{0,4}\)|\(\d{1,4}\))?(?:[ ./-]*\d){7,12}|"
    r"(?!0\d\d\.\d{3}\.\d{3}(?!\d))0[1-9]\d?(?:[ ./()-]*\d){7,8}|\(0\d{1,3}\)(?:[ ./-]*\d){6,8}|"
    r"\(\d{3}\) ?\d{3}[ -]\d{4}|[2-9]\d{2}[.-][2-9]\d{2}[.-]\d{4}"
    r")(?!\w|[.,]\d)"
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ .-]?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])")
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"(?<![\w.,-])\d(?:[ .\-]?\d){7,8}(?![ .\-]?\d|\w)")
#: A number that is joined to a word: its neighbour says what it is.
_JOINED = re.compile(r"(?:(?<=[_#/:])|(?<=bsn)|(?<=nl-))\d{9}(?!\d)|(?<![\w.,-])\d{9}(?=_)", re.IGNORECASE)
_NUMBER = r"(?:nr|no|nummer|number|num|id|code)"
#: Who gives people numbers, and what the numbers are on.
_HOLDERS = (
    r"pati[eë]nt(?:en)?|pat|client|cli[eë]nt(?:en)?|dossier|hospital|ziekenhuis|zis|his|hix|epd|ehr|opname|polis|"
    r"verzekerde?n?|verzekerings?|vers(?:icher(?:ten|ungs))?|insurance|insured|member|lid|lidmaatschaps|relatie|"
    r"klant|customer|pers(?:oneels)?|ead|zkv|inami|riziv|employee|staff|"
    r"student(?:en)?|medewerkers?|nhs|paspoort|passport|rijbewijs|driving licen[cs]e|account|driver'?s licen[cs]e|"
    r"[spuzx]|id[ -]?kaart|id[ -]?card|identiteits(?:kaart|bewijs)?|identity|national|v|agb|"
    r"big|umcg|lumc|amc|vumc|umcu|mumc|mumc\+|radboudumc|erasmus ?mc|amsterdam ?umc|isala|ozg|mzh|zkh"
)
#: Numbers that states give to people, by the words for them.
_OF_STATES = (
    r"niss|insz|rijksregister(?:nummer|nr)?|registre national|numero national|personnummer|cpr(?:[ -]?nr)?|"
    r"pesel|dni|nie|codice fiscale|steuer[ -]?id(?:nr)?|n° ?s[ée]cu\w*|num(?:[ée]ro)? (?:de )?s[ée]cu\w*|"
    r"s[ée]curit[ée] sociale|sozialversicherungsnummer|svnr|versichertennummer|kvnr|"
    r"ahv(?:-nr)?|nino|national insurance(?: number| no)?|ni number|nhs(?: number| no)?|hetu|ssn|chi|"
    r"social security(?: number| no)?|medicare(?: number| no)?|reisdocument|pas ?nr|pass ?nummer"
)
_HOLDER = re.compile(
    rf"\b(?:{_HOLDERS})[ _.-]*{_NUMBER}\b|\bmrn\b|\bzis\b|medical record|\b(?:{_OF_STATES})\b", re.IGNORECASE
)
_HELD = re.compile(
    rf"\b(?:(?:{_HOLDERS})[ .-]*{_NUMBER}|pat\.?\s?nr|mrn|zis|zisnr|dossier|medical record(?: number| no)?|"
    rf"paspoort|big|agb|account|login|"
    rf"passport|rijbewijs|driving licen[cs]e|driver'?s licen[cs]e|id[ -]?kaart|id[ -]card|{_OF_STATES})(?![a-z])"
    r"\.?\s*(?:is|was|of|van)?\s*[:#=]?\s*(?=(?:[A-Z]{1,4} )?[A-Z0-9-]*\d)[A-Z0-9][A-Z0-9 ./-]{3,}",
    re.IGNORECASE,
)
#: A number behind the name of a hospital, as on its labels.
_LABEL = re.compile(
    r"\b(?:UMCG|LUMC|AMC|VUmc|UMCU|MUMC\+?|Radboudumc|Erasmus ?MC|MCL|Isala|OZG|WZA|Martini)[ :#-]{1,2}\d{6,8}(?!\d)",
    re.IGNORECASE,
)
_CARD = re.compile(r"(?<!\d)\d{4}(?:[ -]?\d{4}){3}(?!\d)")
_CALLED = re.compile(
    r"\b(?:mob\w*|tel|gsm|phone|bel(?:len)?|call)\b[^.;\d]{0,20}\b\d[\d -]{6,11}\d(?!\d)", re.IGNORECASE
)
_GIVEN = re.compile(r"(?<!\w)(?=\S*\d)(?:[A-Za-z]{0,4}[ .-]?\d[\d ./-]{3,}[\dA-Za-z]|[A-Z0-9]{8,10})(?!\w)")
_CAR = re.compile(
    r"kenteken|number ?plate|licen[cs]e plate|nummerplaat|kennzeichen|\bauto\b|\bcar\b|parking|parke(?:er|ren)|"
    r"vehicle|"
    r"voertuig",
    re.IGNORECASE,
)
_PLATE = re.compile(r"(?<![\w-])(?=[A-Z -]*\d)[A-Z0-9]{1,4}(?:[- ][A-Z0-9]{1,4}){1,2}(?![\w-])")
_PICTURE = re.compile(r"\.(?:jpe?g|png|heic|tiff?)\b", re.IGNORECASE)
_FACE = re.compile(r"\b(?:selfie|pasfoto|gezicht|face|portret|portrait|headshot|mugshot)\b", re.IGNORECASE)
#: Forms that nothing else has: United States, Belgium, Finland, Italy, United Kingdom, Sweden, Denmark.
_STATE_FORM = re.compile(
    r"(?<![\w-])(?:(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}|\d{2}\.\d{2}\.\d{2}-\d{3}[.-]\d{2}|"
    r"[0-3]\d[01]\d{3}[-+A]\d{3}[0-9A-Y]|[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]|"
    r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]|\d{2}[01]\d[0-3]\d[-+]\d{4}|"
    r"[0-3]\d[01]\d{3}-\d{4})"
    r"(?![\w-])"
)
_ONLINE = re.compile(
    r"\b(?:linkedin\.com/in|facebook\.com|fb\.com|instagram\.com|twitter\.com|x\.com|tiktok\.com/@?|m\.me|t\.me|"
    r"wa\.me)/?"
    r"[\w.@%-]+|(?<![\w./])@(?!\w*:)[A-Za-z_][\w.]{3,}|"
    r"\b(?:instagram|insta|facebook|twitter|snap(?:chat)?|skype|tiktok|telegram|discord|signal|ig|fb)\b ?(?:naam|"
    r"name|id|account)?[:=] ?@?\w[\w.]{2,}",
    re.IGNORECASE,
)
_PATH = re.compile(
    r"(?:/homes?/|\\\\[\w.-]+\\(?:homes?|users?)\$?\\|/Users/|[A-Z]:\\(?:Users|"
    r"Documents and Settings)\\)(?!Public|public|Shared)[\w.-]+",
    re.IGNORECASE,
)
# The first part of an address is 8 or more here: EC numbers of enzymes have four parts as well, from 1 to 7.
_PART = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_INTERNET = re.compile(
    rf"(?<![\w.])(?!0)(?:[89]|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])\.{_PART}\.{_PART}\.{_PART}(?![\w]|\.\d)|"
    r"(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])|(?<![\w:])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![\w:])",
    re.IGNORECASE,
)
#: One date in eleven satisfies the eleven-test by chance.
_A_DATE = re.compile(
    r"(?:19|20)\d{2}[-. ]?(?:0[1-9]|1[0-2])[-. ]?(?:0[1-9]|[12]\d|3[01])|"
    r"(?:0?[1-9]|[12]\d|3[01])[-. ](?:0?[1-9]|1[0-2])[-. ](?:19|20)\d{2}"
)
_A_DAY = re.compile(
    r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])[-./](?:0?[1-9]|1[0-2])[-./](?:19|20)\d{2}(?:[ T]\d{1,2}[:.]\d{2})?(?!\d)"
)
#: The numbers of ontologies' terms and of identifiers are long, and some satisfy the eleven-test, too.
_A_TERM = re.compile(
    r"\b(?:ENVO|UBERON|DOID|EFO|OBI|PATO|CHEBI|FMA|GAZ|MIXS|NCBITaxon|FOODON|HP|MONDO|SNOMED|PMID|GO)[:_ ]+\d+|"
    r"\b(?:doi:|https?://)\S+|\b10\.\d{4,}/\S+|\b(?:SAM[NED]A?|[ESD]R[RSXP]|PRJ[END][AB]|GC[AF]_)\d+|"
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?|\b\d{4}-\d{4}-\d{4}-\d{3}[\dX]\b",
    re.IGNORECASE,
)
#: What stands before a number of a thing in free text.
_OF_A_THING = re.compile(
    r"\b(?:lot|batch|kit|cat(?:alog)?|art(?:ikel)?|order|bestel|serie|serial|barcode|ean|gtin|run|metc|"
    r"nl(?=\d{5}\.)|cas|ref|sn|s/n)"
    r"[ .:#-]*(?:nr|no|nummer|number)?\.?[ .:#-]*[A-Z]{0,3}-?\d[\d .-]*",
    re.IGNORECASE,
)


def first(pattern: re.Pattern[str], text: str, also: Callable[[str], object] = bool) -> str:
    r"""Return the first place of a text that a pattern matches and that satisfies a test, or nothing.

    Parameters
    ----------
    pattern : re.Pattern
        What to look for.
    text : str
        A cell.
    also : callable
        What the place must satisfy, too.

    Returns
    -------
    str
        As it stands.

    Examples
    --------
    >>> first(re.compile(r"\d+"), "box 3, rack 14", lambda found: int(found) > 9)
    '14'
    """
    for found in pattern.finditer(text):
        if also(found[0]):
            return found[0]
    return ""


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
    """Say whether a text is a bank account number: its check holds (ISO 7064, mod 97), or it has the Dutch form.

    Examples
    --------
    >>> [_is_iban(f"{start} 0532 0130 00") for start in ("DE89 3704 0044", "DE88 3704 0044")]
    [True, False]
    >>> _is_iban("NL92 ABNA 0417 1643 00")
    True
    """
    plain = re.sub(r"[^0-9A-Za-z]", "", text).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", plain):
        return False
    # Of the Netherlands one is known by its form alone: a slip of the pen does not make it nobody's.
    return bool(re.fullmatch(r"NL\d\d[A-Z]{4}\d{10}", plain)) or (
        int("".join(str(int(character, 36)) for character in plain[4:] + plain[:4])) % 97 == 1
    )


def _account(text: str) -> str:
    """Return a bank account in a text, whatever follows it."""
    for found in _IBAN.finditer(text):
        ends = [end.start() for end in re.finditer(r"[ .-]|$", found[0])]
        for end in reversed(ends):
            if _is_iban(found[0][:end]):
                return found[0][:end]
    return ""


def without_terms(text: str) -> str:
    """Return a text without identifiers of ontologies, archives and papers, and without numbers of lots and orders.

    Parameters
    ----------
    text : str
        A cell.

    Returns
    -------
    str
        A blank for each of them.

    Examples
    --------
    >>> without_terms("lot 1234567890 of ENVO:00002003")
    ' of  '
    """
    return _OF_A_THING.sub(" ", _A_TERM.sub(" ", text))


def numbers(text: str, column: str, *, harmless: bool, chance: bool) -> Iterator[tuple[str, str, str]]:
    """Find numbers of the bank, the state and the telephone.

    Parameters
    ----------
    text : str
        A cell, as :func:`without_terms` gives it.
    column : str
        The plain name of its column.
    harmless : bool
        The cell is a number of things.
    chance : bool
        The column satisfies the eleven-test as seldom as numbers do by chance.

    Yields
    ------
    tuple of str
        What it looks like, where it stands, and what to do.

    Examples
    --------
    >>> [what for what, *_ in numbers("rekening NL91ABNA0417164300", "note", harmless=False, chance=False)]
    ['bank account (IBAN)']
    """
    if not _DIGIT.search(text):  # as of most cells, and every form below has some
        return
    if match := _account(text):
        yield "bank account (IBAN)", match, APART
        return
    said = NUMBER_OF.search(column) or NUMBER_OF.search(text)
    if not harmless and not chance and (match := first(_DIGITS, text, lambda d: is_bsn(d) and (said or _plainly(d)))):
        yield "citizen service number (BSN)", match, "Take it out: outside care a BSN may not be used (UAVG art. 46)."
        return
    if not harmless and (match := first(_JOINED, text, is_bsn)):
        yield "citizen service number (BSN)", match, "Take it out: outside care a BSN may not be used (UAVG art. 46)."
        return
    called = _A_DAY.sub(" ", text)
    if not harmless and (match := first(_PHONE, called, lambda found: not _A_DATE.fullmatch(found.strip()))):
        yield "telephone number", match, APART
    elif CALL.search(column) and re.fullmatch(r"[\d ().+/-]{7,}", text) and len(re.sub(r"\D", "", text)) >= 7:
        yield "telephone number", text, APART
    elif not harmless and (match := first(_CALLED, called)):
        yield "telephone number", match, APART
    elif re.search(r"credit|\bcard\b|visa\b|betaalpas", f"{column} {text}", re.IGNORECASE) and (
        match := first(_CARD, text)
    ):
        yield "number of a card", match, APART
    elif not harmless and (match := first(_STATE_FORM, text)):
        yield "number of a state's register", match, APART


def _plainly(digits: str) -> bool:
    return not _A_DATE.fullmatch(digits) and not re.fullmatch(r"(?:19|20)\d{6}", digits)


def others(text: str, column: str, forms: str, *, harmless: bool) -> Iterator[tuple[str, str, str]]:
    """Find e-mail addresses, accounts, user names in paths, addresses of machines, and numbers that an office gives.

    Parameters
    ----------
    text : str
        A cell.
    column : str
        The plain name of its column.
    forms : str
        A pattern of the hospitals' own patient numbers, or nothing.
    harmless : bool
        The cell is a number of things.

    Yields
    ------
    tuple of str
        What it looks like, where it stands, and what to do.

    Examples
    --------
    >>> [what for what, *_ in others("seen from 145.97.12.44 by jan@voorbeeld.nl", "note", "", harmless=False)]
    ['e-mail address', 'address of a machine']
    """
    if match := first(_EMAIL, text):
        yield "e-mail address", match, APART
    elif match := first(_ONLINE, text):
        yield "account of a person", match, APART
    if match := first(_PATH, text):
        yield "user name in a path", match, "Write the name of the file alone."
    if "version" not in column and (match := first(_INTERNET, text)):
        yield "address of a machine", match, "Take it out."
    own = first(re.compile(forms), text) if forms and not harmless else ""
    if match := own or _held(text, column):
        yield "patient number", match, APART
    if _CAR.search(f"{column} {text}") and (match := first(_PLATE, text)):
        yield "number plate", match, APART
    if _PICTURE.search(text) and (match := first(_FACE, text.replace("_", " "))):
        yield "picture of a person", match, "Leave the picture out."


def _held(text: str, column: str) -> str:
    if _HOLDER.search(column) and (match := first(_GIVEN, text)):
        return match
    return first(_HELD, text) or first(_LABEL, text)

"""Names of people: behind titles, relations, initials, first names, or in a column of people."""

from __future__ import annotations

import re

from handbook_utils import datasets
from handbook_utils.protocols.privacy.columns import NOTES, OF_PEOPLE, THINGS
from handbook_utils.protocols.privacy.identifiers import first
from handbook_utils.text.letters import without_accents

#: Read with the module: what a procedure opens later is its own data.
_FIRST_NAMES = frozenset(datasets.frame("first-names")["name"])

_UPPER = "[" + "".join(chr(code) for code in range(0x41, 0x250) if chr(code).isupper()) + "]"
_BETWEEN = (
    r"(?:van\s+der|van\s+den|van\s+de|van\s+'t|van\s+het|in\s+'t|van|de|den|der|het|ter|ten|te|von|el|al|la|le|'t|"
    r"da|di|dos|bin|ben|bint|op\s+de|op\s+'t|uit\s+de)"
)
_WORD = r"[^\W\d_][^\W\d_'’-]+"
_CAPITAL = rf"{_UPPER}[^\W\d_]*[\w'’-]+"
_TITLE = (
    r"mevr(?:ouw)?|mw|mej|vpk|verpleegk(?:undige)?|ass(?:istente?)?|lab(?:orante?)?|dhr|de\s+heer|meneer|"
    r"mijnheer|heer|mrs|mr|ms|miss|mx|sir|madam|dr[s]?|prof|ds|ir|ing|"
    r"frau|herr|"
    r"mme|monsieur|zuster|broeder|dokter|doctor|huisarts|professor|nurse|fam|familie|oma|opa|tante|oom|aunt|"
    r"uncle|granny|sister|hr|fr|dr\.? med"
)
_NAMED = (
    r"naam|name|heet|genaamd|called|getekend|ondertekend|handtekening|signed(?: by)?|betreft|t\.a\.v\.|attn|i\.o\.v\."
)
_NAME = re.compile(
    rf"\b(?:(?i:{_TITLE})\b\.?(?:\s+(?i:dr|prof|ir|ing|drs|med)\b\.?)*|(?i:{_NAMED})(?:\b|"
    rf"(?<=\.)))[.:]?\s+(?:(?i:nu|now)\s+)?(?:(?:{_UPPER}\.?\s*){{1,4}}(?=\s|{_UPPER}))?"
    rf"(?:(?i:{_BETWEEN})\s+){{0,3}}{_CAPITAL}"
)
_SURE_TITLE = re.compile(
    rf"\b(?:mevr\.|mevrouw|dhr\.?|de\s+heer|meneer|mijnheer|mw\.|mej\.|frau|herr|mrs\.?)\s+(?:{_BETWEEN}\s+){{0,3}}"
    rf"(?!die\b|die\b|heeft|is\b|was\b|kan\b|en\b|of\b|zegt|belt|wil\b|niet\b)[^\W\d_]{{3,}}",
    re.IGNORECASE,
)
#: Behind a relation one capital is a name, but for the first word of what follows it.
_RELATION = re.compile(
    r"\b(?i:zoon(?:tje)?|dochter(?:tje)?|jongen|meisje|man|vrouw|echtgeno(?:ot|te)|partner|moeder|vader|broer|"
    r"zus(?:je)?|buurvrouw|buurman|"
    r"vriendin?|"
    r"son|daughter|wife|husband|mother|father|brother|sister|neighbou?r|mum|mom|dad|friend|spouse|caretaker|"
    r"mantelzorger|"
    r"(?:klein|schoon|stief)(?:zoon|dochter|zoontje|moeder|vader|kind)|ouders|parents|kinderen|children|grandson|"
    r"granddaughter|stepson|opa|oma|child|kind|baby|collega|colleague|deelnemer|deelneemster|participant|"
    r"pati[eë]nte?)"
    r"(?:,| is| heet| named| genaamd| -)?[ (]+"
    rf"({_UPPER}[a-zà-ÿ]{{2,}})\b"
)
_DOES = re.compile(
    rf"\b({_UPPER}[a-zà-ÿ]{{2,}}) (?:(?:heeft|has) )?(?:gebeld|belde|belt|phoned|called|calls|rang|zei|zegt|said|"
    rf"says|"
    r"bracht|brought|vroeg|asked|mailde|emailed|gemaild|gesproken|haalt|haalde|geholpen|helped|afgenomen|opgehaald|wil|wilde|kan|kon|komt|kwam|stopt|wants|wanted|stopped)\b"
)
_THEIR = re.compile(
    rf"\b(?i:zijn|haar|hun|mijn|his|her|their|my) (?i:zus|broer|moeder|vader|zoon|dochter|vrouw|man|partner|oma|"
    rf"opa|sister|"
    rf"brother|mother|father|son|daughter|wife|husband|friend|vriendin?) {_UPPER}[a-zà-ÿ]{{3,}}\b"
)
_SHORT = re.compile(rf"\b({_UPPER}[a-zà-ÿ]{{2,}}) {_UPPER}\.(?![\w.])")
#: In a name of a file or a sample two names stand without a blank.
_JOINED = re.compile(r"(?<![A-Za-z])([A-Z][a-z]{2,})(?=(?:[Vv]an|[Dd]e|[Dd]er)*[A-Z][a-z]{3,})")
_WITH = re.compile(
    r"\b(?i:gesproken met|gezien(?: door)?|seen by|gebeld met|spoke (?:to|with)|talked to|overlegd? met|via|door|"
    r"by|met|with|van|of|from) "
    rf"({_UPPER}[a-zà-ÿ]{{2,}})\b"
)
_WHOSE = re.compile(
    rf"\b({_UPPER}[a-zà-ÿ]{{2,}}?)(?:'?s| zijn| haar) (?i:moeder|vader|zoon|dochter|broer|zus|man|vrouw|partner|"
    rf"ouders|"
    r"mother|father|son|daughter|brother|sister|husband|wife|parents|mum|mom|dad)\b"
)
_FAMILY = re.compile(rf"\b(?:the|de) ({_UPPER}[a-zà-ÿ]{{2,}}) (?:family|familie|gezin)\b")
_INITIALS = re.compile(
    r"\b(?:(?:DE|VAN|VAN DEN|VAN DER|VAN DE|VANDEN|VER) )?[A-Z]{5,} [A-Z]\.(?![\w.])|"
    rf"\b(?:{_UPPER}\.\s?){{1,4}}\s*(?:(?i:{_BETWEEN})\s+){{0,3}}{_UPPER}[a-zà-ÿ][\w'’-]+(?!\s+[a-z]{{4,}}(?:us|um|is|ii|"
    rf"ens|a|e)?\b)|"
    rf"\b{_UPPER}[^\W\d_]{{2,}}(?:[ -]{_UPPER}[^\W\d_]+)*,\s*(?:{_UPPER}\.\s?){{1,4}}(?:\s*{_BETWEEN}\b|"
    rf"(?!\s*[a-z]{{4}}))",
)
#: Behind M., morbus, stands an illness that bears a name.
_MORBUS = re.compile(
    r"\bM\. ?(?:Addison|Alzheimer|Barrett|Basedow|Bechterew|Beh[cç]et|Crohn|Cushing|Dupuytren|Fabry|Gaucher|Graves|"
    r"Hashimoto|Hirschsprung|Hodgkin|Huntington|Kahler|M[eé]ni[eè]re|Osler|Paget|Parkinson|Perthes|Pfeiffer|Pompe|"
    r"Raynaud|Scheuermann|Sj[oö]gren|Still|Waldenstr[oö]m|Whipple|Wilson)\b"
)
#: Institutes bear the names of people.
_INSTITUTE = re.compile(r"ziekenhuis|hospita|klinie|clinic|universi|institut|stud[iy]|fonds|foundation|stichting", re.I)
_FULL_NAME = re.compile(rf"\b(?=({_WORD})\s+((?:{_BETWEEN}\s+){{0,3}})({_WORD}))", re.IGNORECASE)
#: In the name of a picture or a document a name stands in lower case.
_FILE = re.compile(r"\.(?:jpe?g|png|heic|pdf|docx?|xlsx?|msg|eml)\b", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_REVERSED = re.compile(rf"\b({_UPPER}[\w'’-]+), ({_UPPER}[a-zà-ÿ]{{2,}})\b")


def name(text: str, column: str) -> str:
    """Return the name of a person that a text holds, or nothing.

    Parameters
    ----------
    text : str
        A cell.
    column : str
        The plain name of its column: in one of places or things two capitals are no person's.

    Returns
    -------
    str
        As it stands.

    Examples
    --------
    >>> name("dhr. van der Berg", "note"), name("his wife Ellen phoned", "note"), name("Prevotella copri", "note")
    ('dhr. van der Berg', 'wife Ellen', '')
    """
    if not _LETTER.search(text):
        return ""
    found = first(_NAME, text) or first(_SURE_TITLE, text)
    if found:
        return found
    if THINGS.search(column) and not OF_PEOPLE.search(column) and not NOTES.search(column):
        return ""
    found = first(_INITIALS, _MORBUS.sub(" ", text)) or _by_first_name(text, column)
    if found:
        return found
    if match := first(_THEIR, text):
        return match
    for family in _FAMILY.finditer(text):
        if not family[1].endswith(("ceae", "ales", "ella", "ium", "ides", "us", "ia")):
            return family[0]
    return ""


def _by_first_name(text: str, column: str) -> str:
    words = re.sub(r"_", " ", text)
    for match in _FULL_NAME.finditer(words):
        given, between, surname = match[1], match[2], match[3]
        if not _given(given) or len(surname) < 3 or _INSTITUTE.match(surname):
            continue
        shaped = given[0].isupper() and surname[0].isupper() and not text.isupper()
        plainly = given.islower() or text.isupper()
        if (
            shaped
            or (plainly and len(text.split()) == 1 + len(between.split()) + 1)
            or (between and _FILE.search(text))
        ):
            return f"{given} {between}{surname}"
    for pattern in (_RELATION, _DOES, _WITH, _WHOSE, _REVERSED, _SHORT, _JOINED):
        for match in pattern.finditer(text):
            if _given(match[match.re.groups]):
                return match[0]
    whole = text.split()
    named = [word for part in whole for word in part.split("-") if word[:1].isupper() and _given(word)]
    if OF_PEOPLE.search(column) and len(whole) <= 4 and named:
        return text
    return ""


def _given(word: str) -> bool:
    return without_accents(word.casefold()) in _FIRST_NAMES

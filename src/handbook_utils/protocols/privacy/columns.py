"""What the name of a column says of its values: personal data, numbers of things, or neither."""

from __future__ import annotations

import re


def plain(column: str) -> str:
    """Return the words of a column's name, as they are compared.

    Parameters
    ----------
    column : str
        As a file has it.

    Returns
    -------
    str
        Lower case, one blank between words.

    Examples
    --------
    >>> plain("patientNumber"), plain("e-mail_adres"), plain("Date.of.birth")
    ('patient number', 'e mail adres', 'date of birth')
    """
    apart = re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z][a-z])", " ", column)
    return " ".join(re.sub(r"[\W_]+", " ", apart).casefold().split())


def _words(starts: str) -> re.Pattern[str]:
    """Return a pattern of words that begin so."""
    return re.compile(rf"\b(?:{starts})")


#: Numbers and marks that say nothing of a person.
HARMLESS = _words(
    r"read|count(?!r)|depth|lot|batch|catalog|\w*barcode|index|primer|sequence|accession|run|"
    r"biosample|bioproject|doi|pmid|version|volume|conc|weight|gewicht|mass|length|height|"
    r"lengte|plate|well|rack|box|position|checksum|md5|sha|bytes|size|tax|otu|asv|feature|"
    r"abundance|ratio|quality|score|percent|dilution|kit|serial|device|instrument|flow ?cell|"
    r"chip|order|invoice|protocol|temp|duration|seed|term|ontology|env|ean|gtin|n\d|"
    r"num(?:ber)? of|aantal|total|totaal|grant|funding|ethics|metc|orcid|subsid|bases|yield|lib"
)
NUMBER_OF = re.compile(r"bsn|b\.s\.n|sofi|burgerservice|citizen[ _]service|ssn|social[ _]security", re.IGNORECASE)
BIRTH = re.compile(
    r"birth|geboort|geburt|naissance|nacimiento|nascita|födelse|fødsel|\bn[ée]e? le\b|\bgeb(?:oren)?\b|"
    r"\bgeb ?(?:dat|dd)|\bdob\b|\bborn\b|\bbday\b"
)
PLACE = re.compile(
    r"\b(?:lat|lon|lng|latitude|longitude|latlon|latlng)\b|^long$|breedtegraad|lengtegraad|coord|gps|location|locatie|\bmaps?\b|positie"
)
CALL = re.compile(r"phone|telefoon|\btel\b|mobile|mobiel|\bgsm\b|contact|whats ?app")
WHERE_LIVES = re.compile(
    r"\bpost(?:al)? ?codes?\b|\bpostadres|zip|\bplz\b|\bpc ?[46]?\b|woon|adres|address|\bhome\b|residence",
    re.IGNORECASE,
)
#: Columns of places and things, whose two capitals are no person's.
THINGS = _words(
    r"tax|species|genus|organism|strain|stud|cohort|isol|sero|stam\b|bacter|paras|cent(?:re|er)|institu|instell|"
    r"universit|hospital|"
    r"ziekenhuis|city|plaats|town|region|country|land|provin|geo|manufactur|vendor|fabrikant|"
    r"company|product|kit|instrument|model|primer|software|reference|diagnos|disease|condition|"
    r"aandoening|medic|drug|project|rapid|site|lab|platform|chemistry|buffer|reagent|md5|env|"
    r"protocol|method|funding|diet|food"
)
#: Free text.
NOTES = _words("note|remark|opm|comment|bemerk|vrij|free|toelicht|afwijk|deviat|info|memo|report|extra|bijz")
#: Columns of people by what they do; one first name in them is enough.
OF_PEOPLE = _words(
    r"name|naam|person|persoon|contact|collector|operator|technician|analist|laborant|nurse|"
    r"physician|doctor|gp|huisarts|arts|investigator|coordinator|partner|mother|father|moeder|"
    r"vader|signed|getekend|door|(?:collected|sampled|performed|done) by"
)
_WHO = (
    "first|last|sur|full|given|family|maiden|nick|voor|achter|roep|meisjes|gezins|familie|participant|patient|deelnemer|"
    "subject|contact|mother|father|partner|parent|huisarts|gp|doctor|arts|physician|nurse|relative|next of kin|user|"
    "gebruikers|moeder|vader|child|kind"
)
#: A column of this name holds personal data whatever its values look like.
PERSONAL = re.compile(
    rf"\b(?:(?:{_WHO}) ?(?:name|naam|s name|names|namen)|nachname|vorname|nom de famille|nom(?: du)? patient|"
    rf"pr[ée]nom|apellidos?|cognome|initialen|initials|voorletters|tussenvoegsel|surname|"
    rf"forename|"
    r"street(?: ?name)?|straat(?:naam)?|huis ?nummer|house ?number|e ?mail(?: ?ad(?:d?res)s?)?|telefoon(?: ?nummer)?|"
    r"(?:tele)?phone(?: ?(?:number|no|nr))?|(?:mobile|mobiel) ?(?:number|nummer|no|nr|phone)|bsn|iban|"
    r"rekening ?nummer|bank ?account|woonadres|(?:home|postal|street) ?address|zip ?code|post ?code|postal ?code|"
    r"passport(?: ?(?:number|no|nr))?|paspoort(?: ?(?:nummer|nr))?|rijbewijs(?: ?(?:nummer|nr))?|"
    r"driv(?:ing|er s|ers) licen[cs]e|kenteken|(?:number|licen[cs]e) plate|ssn|social security(?: number)?|"
    r"nhs(?: ?(?:number|no))?|nummerplaat|kennzeichen|personalausweis|reisepass|id ?kaart|national ?(?:id|"
    r"insurance|number)|rijks ?register(?: ?nummer)?|person ?nummer|"
    r"pasfoto|employer|werkgever|handtekening|^signature$|facebook|instagram|linked ?in|ip ?adres|ip ?address)\b|"
    r"^(?:naam|namen|address|adres|mobiel|mobile|zip|huisarts)$"
)


def bare_numbers(column: str) -> bool:
    """Say whether a number in a column of this name is a number of things.

    Parameters
    ----------
    column : str
        As :func:`plain` gives it.

    Returns
    -------
    bool
        False, too, where the column is said to hold numbers of people.

    Examples
    --------
    >>> bare_numbers("read count"), bare_numbers("bsn reads"), bare_numbers("country")
    (True, False, False)
    """
    return bool(HARMLESS.search(column)) and not NUMBER_OF.search(column) and not NOTES.search(column)

"""What a value of a metadata field must look like, one rule a kind of field.

Four defects of the published patterns of MIxS are not copied: primers, barcodes and adapters take the whole IUPAC
alphabet; a unit must be written; the INSDC's words for missing values pass where a coordinate is asked; and lists of
allowed values are enforced.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches

from handbook_utils.errors import nearest
from handbook_utils.protocols.metadata.dates import DATES, Problem
from handbook_utils.protocols.metadata.standards import CONTROL, COUNTRIES, Field

#: Letters of nucleotides and of their mixtures (IUPAC).
_BASES = "[ACGTRYSWKMBDHVNI]+"
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?")
_TERM = re.compile(r"(\S.*\S|\S) \[([A-Za-z]+):([A-Za-z0-9_]+)\]")
#: A date as spreadsheets write it where somebody typed an id such as MARCH1 or 1-2.
_AS_DATE = re.compile(
    r"\d{1,2}[-/ ](?:jan|feb|mar|mrt|apr|may|mei|jun|jul|aug|sep|oct|okt|nov|dec)[a-z]*(?:[-/ ]\d{2,4})?|"
    r"(?:jan|feb|mar|mrt|apr|may|mei|jun|jul|aug|sep|oct|okt|nov|dec)[a-z]*[-/ ]\d{2,4}|"
    r"\d{4}-\d{2}-\d{2}(?:T00:00:00)?",
    re.IGNORECASE,
)
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?E[+-]?\d+", re.IGNORECASE)
_BROKEN = re.compile(r"#(?:REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|N/A)")
_COMMA = re.compile(r"[+-]?\d+,\d+")

#: Ids of the Environment Ontology that stand in many public files and are not what they were meant to be.
WRONG_TERMS = {
    "ENVO:00009003": (
        "obsolete, without a replacement (it was 'human-associated habitat')",
        "Write 'urban biome [ENVO:01000249]' as broad environment and 'intestine environment [ENVO:2100002]' as local.",
    ),
    "ENVO:00002018": ("sewage, not stool", "Stool is 'fecal material [ENVO:00002003]' or 'feces [UBERON:0001988]'."),
    "ENVO:00002043": (
        "a waste water treatment plant",
        "Stool is 'fecal material [ENVO:00002003]', its place 'intestine environment [ENVO:2100002]'.",
    ),
}
#: What the ids that a study of stool needs are called.
KNOWN_TERMS = {
    "ENVO:01000249": "urban biome",
    "ENVO:01001033": "digestive tract environment",
    "ENVO:2100002": "intestine environment",
    "ENVO:00002003": "fecal material",
    "UBERON:0001988": "feces",
}


def check(value: str, field: Field) -> Problem | None:
    """Hold one value against the rule of its field.

    Parameters
    ----------
    value : str
        As it stands in the file; neither empty nor one of the standard's words for a missing value.
    field : Field
        Of a standard.

    Returns
    -------
    Problem or None
        None where it passes.

    Examples
    --------
    >>> from handbook_utils.protocols.metadata.standards import STANDARDS
    >>> check("-80", STANDARDS["mixs"].field("samp_store_temp")).remedy
    'Write the unit: -80 degree Celsius.'
    >>> check("175", STANDARDS["ena"].field("host height")).rule
    'a number in mm, from 300 to 2500'
    >>> check("ENVO:00002018", STANDARDS["mixs"].field("env_medium")).rule
    'an environment by its right id: ENVO:00002018 is sewage, not stool'
    """
    if _BROKEN.fullmatch(value):
        return Problem("no errors of a spreadsheet", "Mend the formula, and give values.")
    return _RULES[field.rule](value, field) or _mangled(value, field)


# ---------------------------------------------------------------------- what spreadsheets do


def _mangled(value: str, field: Field) -> Problem | None:
    if field.rule in ("id", "qiime_id", "qiita_id", "text"):
        if _AS_DATE.fullmatch(value):
            return Problem(
                "an id or a text, not a date",
                "A spreadsheet probably made a date of it (MARCH1 becomes 1-Mar): make the column Text, type it anew.",
            )
        if _SCIENTIFIC.fullmatch(value):
            return Problem(
                "an id or a text, not a power of ten",
                "A spreadsheet probably made a number of it (12E3 becomes 1.2E+04): make the column Text.",
            )
    return None


# ---------------------------------------------------------------------- rules


def _anything(_value: str, _field: Field) -> Problem | None:
    return None


def _qiime_id(value: str, _field: Field) -> Problem | None:
    if value.startswith("#"):
        return Problem("an id does not begin with #", "QIIME 2 takes the row for a comment: leave the # out.")
    return None


def _qiita_id(value: str, _field: Field) -> Problem | None:
    if not re.fullmatch(r"[A-Za-z0-9.]+", value):
        return Problem("letters, digits and full stops only", f"Write {re.sub('[^A-Za-z0-9.]+', '.', value)}.")
    return None


def _choice(value: str, field: Field) -> Problem | None:
    if value in field.choices:
        return None
    numbered = [choice for choice in field.choices if value.isdigit() and choice.split("=")[0] == value.zfill(2)]
    if numbered:
        return Problem(f"one of {_listed(field.choices)}", f"Write {numbered[0]}; {field.trap}".rstrip("; "))
    begun = [choice for choice in field.choices if choice.casefold().startswith(value.casefold())]
    close = nearest(value, field.choices) or (begun[0] if len(begun) == 1 else None)
    remedy = f"Did you mean {close!r}?" if close else f"Such as {field.example}."
    return Problem(f"one of {_listed(field.choices)}", remedy)


def _listed(choices: tuple[str, ...]) -> str:
    return ", ".join(choices) if len(choices) < 10 else f"{choices[0]}, {choices[1]}, … {choices[-1]}"


def _codes(value: str, field: Field) -> Problem | None:
    return next((found for one in value.split(";") if (found := _choice(one.strip(), field))), None)


def _boolean(value: str, _field: Field) -> Problem | None:
    if value.casefold() in ("true", "false"):
        return None
    return Problem("true or false", "Write true or false.")


def _span(field: Field) -> str:
    if field.low is None or field.high is None:
        return ""
    return f", from {field.low:g} to {field.high:g}"


def _number(value: str, field: Field) -> Problem | None:
    unit = f" in {field.units[0]}" if field.units else ""
    wanted = f"a number{unit}{_span(field)}"
    if _COMMA.fullmatch(value):
        return Problem(wanted, f"Write a decimal point: {value.replace(',', '.')}.")
    if not _NUMBER.fullmatch(value):
        with_unit = re.fullmatch(rf"({_NUMBER.pattern})\s*[A-Za-z°/0-9]+", value)
        if with_unit:
            return Problem(wanted, f"Write the number alone; the unit is fixed{unit}.")
        return Problem(wanted, f"Such as {field.example}.")
    if not field.within(float(value)):
        return Problem(wanted, field.trap or "Was another unit meant?")
    return None


def _integer(value: str, field: Field) -> Problem | None:
    if found := _number(value, field):
        return found
    if not re.fullmatch(r"[+-]?\d+", value):
        return Problem(f"a whole number{_span(field)}", f"Such as {field.example}.")
    return None


def _integers(value: str, field: Field) -> Problem | None:
    return next((found for one in value.split("|") if (found := _integer(one.strip(), field))), None)


def _quantity(value: str, field: Field) -> Problem | None:
    wanted = f"a number, a blank and a unit: {' or '.join(field.units)}"
    found = re.fullmatch(rf"({_NUMBER.pattern})\s*(.*)", value.replace(",", ".", 1) if _COMMA.match(value) else value)
    if not found:
        return Problem(wanted, f"Such as {field.example}.")
    if _COMMA.match(value):
        return Problem(wanted, f"Write a decimal point: {value.replace(',', '.', 1)}.")
    unit = found[2].strip()
    if not unit:
        return Problem(wanted, f"Write the unit: {found[1]} {field.units[0]}.")
    if unit not in field.units:
        close = nearest(unit, field.units) or field.units[0]
        return Problem(wanted, f"{unit!r} is not one of the units; write it in {close}.")
    # What is plausible is stated in the first unit; in others only the sign can be judged.
    if (unit == field.units[0] and not field.within(float(found[1]))) or (
        field.low is not None and field.low >= 0 and float(found[1]) < 0
    ):
        return Problem(f"{wanted}{_span(field)} {field.units[0]}", field.trap or "Was another unit meant?")
    return None


def _lat_lon(value: str, field: Field) -> Problem | None:
    wanted = "latitude and longitude in decimal degrees, at most 8 decimals"
    found = re.fullmatch(r"([+-]?\d+(?:\.\d{1,8})?)\s+([+-]?\d+(?:\.\d{1,8})?)", value)
    if found:
        return _on_earth(float(found[1]), float(found[2]), wanted)
    if re.search(r"[NSEW°'\"]", value):
        return Problem(wanted, "Write decimal degrees with a sign and without letters, such as 53.22 6.57.")
    if "," in value:
        return Problem(wanted, "Write decimal points, and a blank between the two, such as 53.22 6.57.")
    return Problem(wanted, f"Write like {field.example}, or 'missing: human-identifiable'.")


def _lat_lon_letters(value: str, field: Field) -> Problem | None:
    wanted = "latitude and longitude as d.d N d.d E"
    found = re.fullmatch(r"(\d+(?:\.\d{1,8})?) ([NS]) (\d+(?:\.\d{1,8})?) ([EW])", value)
    if found:
        return _on_earth(float(found[1]), float(found[3]), wanted)
    plain = re.fullmatch(r"([+-]?\d+(?:\.\d+)?)[\s,]+([+-]?\d+(?:\.\d+)?)", value)
    if plain:
        return Problem(wanted, f"Write {as_letters(float(plain[1]), float(plain[2]))}; plain numbers are MIxS's form.")
    return Problem(wanted, f"Write like {field.example}, or 'missing: human-identifiable'.")


def as_letters(latitude: float, longitude: float) -> str:
    """Write coordinates as NCBI has them.

    Parameters
    ----------
    latitude, longitude : float
        Decimal degrees, WGS 84.

    Returns
    -------
    str
        Both with their letter.

    Examples
    --------
    >>> as_letters(53.22, -6.57)
    '53.22 N 6.57 W'
    """
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    return f"{abs(latitude):g} {north} {abs(longitude):g} {east}"


def _on_earth(latitude: float, longitude: float, wanted: str) -> Problem | None:
    if abs(latitude) > 90 or abs(longitude) > 180:
        return Problem(wanted, "Latitude comes first (-90 to 90), then longitude (-180 to 180).")
    return None


def _place(value: str, _field: Field) -> Problem | None:
    if re.fullmatch(r"[^:]+: [^:,]+, [^:]+", value) and value.partition(":")[0] in COUNTRIES:
        return None
    country = value.partition(":")[0].strip()
    if country not in COUNTRIES:
        return _unlisted(country)
    return Problem("Country: region, locality", f"Such as {country}: Groningen, Groningen; all three parts are needed.")


def _place_ncbi(value: str, field: Field) -> Problem | None:
    country = value.partition(":")[0].strip()
    if re.fullmatch(r"[^:]+(?::\s?[^:]+)?", value) and country in COUNTRIES:
        return None
    if country not in COUNTRIES and not value.startswith("GAZ"):
        return _unlisted(country)
    return Problem("a country, and after a colon a region", f"Such as {field.example}.")


def _country(value: str, _field: Field) -> Problem | None:
    if value in COUNTRIES:
        return None
    if ":" in value or "," in value:
        return Problem("a country of the INSDC's list, alone", "The region has its own field: region and locality.")
    return _unlisted(value)


#: Names that are none of the INSDC's list, and what is meant by them.
_MEANT = {
    "nederland": "Netherlands",
    "the netherlands": "Netherlands",
    "holland": "Netherlands",
    "nl": "Netherlands",
    "uk": "United Kingdom",
    "us": "USA",
    "united states": "USA",
    "belgië": "Belgium",
    "duitsland": "Germany",
}


def _unlisted(country: str) -> Problem:
    # Closer than a slip of the pen is asked for: Groningen is not Niger.
    names = {name.casefold(): name for name in COUNTRIES} | _MEANT
    close = get_close_matches(country.casefold(), names, n=1, cutoff=0.8)
    remedy = f"Is it {names[close[0]]}?" if close else "Such as Netherlands; a town or a region has its own field."
    return Problem("a country as the INSDC's list writes it", remedy)


def _environment(value: str, field: Field) -> Problem | None:
    for wrong, (why, remedy) in WRONG_TERMS.items():
        if wrong in value.replace("ENVO_", "ENVO:"):
            return Problem(f"an environment by its right id: {wrong} is {why}", remedy)
    found = _TERM.fullmatch(value)
    if not found:
        if re.fullmatch(r"(?:ENVO|UBERON)[:_]\d+", value):
            label = KNOWN_TERMS.get(value.replace("_", ":"), "its label")
            return Problem("a label and an id: label [ENVO:number]", f"Write {label} [{value.replace('_', ':')}].")
        return Problem("a label and an id: label [ENVO:number]", f"Such as {field.example}.")
    identifier = f"{found[2]}:{found[3]}"
    known = KNOWN_TERMS.get(identifier)
    if known and found[1].casefold() != known:
        return Problem("a label that belongs to its id", f"{identifier} is {known!r}.")
    return None


def _taxon(value: str, field: Field) -> Problem | None:
    if re.fullmatch(r"\S.*\S \[NCBITaxon:\d+\]", value):
        return None
    return Problem("name [NCBITaxon:number]", f"Such as {field.example}.")


def _disease(value: str, field: Field) -> Problem | None:
    if re.fullmatch(r"\S.* \[DOID:\d+\]", value):
        return None
    return Problem("label [DOID:number]", f"Such as {field.example}.")


def _primers(value: str, field: Field) -> Problem | None:
    if re.fullmatch(rf"FWD:{_BASES};\s?REV:{_BASES}", value):
        return None
    if re.fullmatch(rf"FWD:{_BASES};\s?REV:{_BASES}", value.upper()):
        return Problem("primers in capital letters", f"Write {value.upper()}.")
    return Problem("FWD:…;REV:… in the letters of IUPAC", f"Such as {field.example}.")


def _dna(value: str, field: Field) -> Problem | None:
    if re.fullmatch(_BASES, value):
        return None
    return Problem("letters of IUPAC, in capitals", f"Such as {field.example}.")


def _adapters(value: str, field: Field) -> Problem | None:
    if re.fullmatch(rf"{_BASES};\s?{_BASES}", value):
        return None
    return Problem("two adapters in the letters of IUPAC, a semicolon between", f"Such as {field.example}.")


def _resource(value: str, field: Field) -> Problem | None:
    if re.fullmatch(r"(?:PMID:\s?\d+|doi:\s?10\.\S+/\S+|https?://\S+)", value, re.IGNORECASE):
        return None
    return Problem("PMID:…, doi:… or an address", f"Such as {field.example}.")


def _chimera(value: str, field: Field) -> Problem | None:
    if re.fullmatch(r"[^;]+;\s?[^;]+;\s?[^;]+", value):
        return None
    return Problem("software;version;parameters", f"Such as {field.example}.")


def _duration(value: str, field: Field) -> Problem | None:
    if re.fullmatch(r"P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?", value):
        return None
    return Problem("a duration in ISO 8601", f"Such as {field.example} (half a year); P1D is a day, PT2H two hours.")


def _meal(value: str, field: Field) -> Problem | None:
    food, _, duration = value.partition(";")
    if food.strip() and not _duration(duration.strip(), field):
        return None
    return Problem("food;duration in ISO 8601", f"Such as {field.example}.")


_RULES: dict[str, Callable[[str, Field], Problem | None]] = {
    "text": _anything,
    "id": _anything,
    "qiime_id": _qiime_id,
    "qiita_id": _qiita_id,
    "choice": _choice,
    "codes": _codes,
    "boolean": _boolean,
    "number": _number,
    "number_id": _integer,
    "integer": _integer,
    "integers": _integers,
    "quantity": _quantity,
    **DATES,
    "lat_lon": _lat_lon,
    "lat_lon_letters": _lat_lon_letters,
    "place": _place,
    "place_ncbi": _place_ncbi,
    "country": _country,
    "environment": _environment,
    "taxon": _taxon,
    "disease": _disease,
    "primers": _primers,
    "dna": _dna,
    "adapters": _adapters,
    "resource": _resource,
    "chimera": _chimera,
    "duration": _duration,
    "meal": _meal,
}


def missing_remedy(allowed: tuple[str, ...]) -> str:
    """Say what to write instead of a word for a missing value that the standard does not know.

    Parameters
    ----------
    allowed : tuple of str
        The standard's words for a missing value.

    Returns
    -------
    str
        A sentence.

    Examples
    --------
    >>> missing_remedy(("not collected", "missing: control sample"))
    "Write one of the standard's words: 'not collected', or for a control 'missing: control sample'."
    """
    words = [word for word in ("not collected", "not provided") if word in allowed]
    if not words:
        return "Leave the cell empty."
    control = f", or for a control {CONTROL!r}" if CONTROL in allowed else ""
    return f"Write one of the standard's words: {', '.join(map(repr, words))}{control}."

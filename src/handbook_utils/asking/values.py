"""From text to a value, by one rule for command lines, YAML and CSV; and back to text."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Mapping
from typing import Literal

#: What an answer may be. None is "none": not known, not measured, not decided.
Value = bool | int | float | str | list[str] | dict[str, str] | None

Kind = Literal["str", "int", "float", "bool", "date", "list", "mapping", "file", "files", "folder", "place"]

#: Each kind in words; where a path lies is nobody's business in what is handed on.
WORDS: Mapping[str, str] = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "date": "a date, 2026-03-31",
    "list": "several, separated by commas",
    "mapping": "name: value, several separated by commas",
    "file": "a file that exists",
    "files": "a file that exists; or several: a folder of them, or a pattern in quotes, as 'reports/*.kreport'",
    "folder": "a folder that exists",
    "place": "the path of a file, which need not exist",
}
#: The kinds that are paths.
PATHS = frozenset(["file", "files", "folder", "place"])
#: Those among them that are read by a run.
READ = PATHS - {"place"}


class MisfitError(Exception):
    """A value that is not of its kind: what was found, and perhaps what to do."""

    def __init__(self, found: str, remedy: str | None = None) -> None:
        super().__init__(found)
        self.found = found
        self.remedy = remedy


def none_of(kind: str) -> Value:
    """Return what stands for "none" in a parameters cell: nothing, written as this kind.

    Parameters
    ----------
    kind : str
        Of :data:`Kind`.

    Returns
    -------
    bool, int, float, str, list, dict or None
        An empty text, list or mapping; None of numbers and truth values.

    Examples
    --------
    >>> none_of("list"), none_of("str"), none_of("float")
    ([], '', None)
    """
    if kind == "list":
        return []
    if kind == "mapping":
        return {}
    return None if kind in ("int", "float", "bool") else ""


def converted(given: object, kind: str) -> Value:
    """Return a value, or the text of one, as a kind; paths are text here.

    Parameters
    ----------
    given : object
        Text as it is typed, or what YAML made of it.
    kind : str
        Of :data:`Kind`.

    Returns
    -------
    bool, int, float, str, list, dict or None
        The value.

    Raises
    ------
    MisfitError
        It is not of this kind.

    Examples
    --------
    >>> converted("sex, age", "list"), converted("Groningen: 53.22", "mapping"), converted("3.0", "int")
    (['sex', 'age'], {'Groningen': '53.22'}, 3)
    """
    if kind == "list":
        entries = [_text(entry) for entry in given] if isinstance(given, (list, tuple)) else _split(_text(given))
        twice = sorted({entry for entry in entries if entries.count(entry) > 1})
        if twice or "" in entries:
            raise MisfitError(f"{twice[0]} twice" if twice and twice[0] else "an empty entry")
        return entries
    if kind == "mapping":
        if isinstance(given, Mapping):
            return {_text(name): _text(entry) for name, entry in given.items()}
        return dict(_pair(entry) for entry in _split(_text(given)))
    if kind == "bool":
        words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        word = given if isinstance(given, bool) else words.get(_text(given).lower())
        if word is None:
            raise MisfitError(_text(given))
        return word
    if kind in ("int", "float"):
        return _number(given, kind)
    return _date(_text(given)) if kind == "date" else _text(given)


def written(value: object) -> str:
    """Write a value as the text that :func:`converted` reads.

    Parameters
    ----------
    value : object
        Of any kind.

    Returns
    -------
    str
        Empty for None.

    Examples
    --------
    >>> written(["sex", "age, in years"]), written({"Groningen": "53.22"}), written(None), written(0.5)
    ('sex, "age, in years"', 'Groningen: 53.22', '', '0.5')
    """
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return ", ".join(_quoted(f"{name}: {entry}") for name, entry in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(_quoted(str(entry)) for entry in value)
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"' if "," in text or text.startswith('"') else text


def _text(given: object) -> str:
    if isinstance(given, (list, tuple, Mapping)):
        raise MisfitError("a mapping" if isinstance(given, Mapping) else f"several: {written(given)}")
    if isinstance(given, (dt.date, dt.datetime)):
        return given.isoformat()
    return str(given).strip()


def _split(text: str) -> list[str]:
    # As in a row of a CSV file: what holds a comma stands between double quotes.
    rows = list(csv.reader([text.replace("\n", " ")], skipinitialspace=True))
    return [entry.strip() for row in rows for entry in row] if text else []


def _pair(entry: str) -> tuple[str, str]:
    match = re.fullmatch(r"([^:=]+)[:=](.*)", entry)
    if match is None:
        raise MisfitError(entry or "an empty entry", "Write name: value, several separated by commas.")
    return match[1].strip(), match[2].strip()


def _number(given: object, kind: str) -> int | float:
    if isinstance(given, bool) or not isinstance(given, (int, float, str)):
        raise MisfitError(_text(given))
    if isinstance(given, (int, float)) and kind == "float":
        if given != given:
            raise MisfitError("not a number")
        return float(given)
    text = _text(given)
    if re.fullmatch(r"[-+]?\d+,\d+", text):
        raise MisfitError(text, f"Write a decimal point: {text.replace(',', '.')}")
    if unit := re.fullmatch(r"([-+]?\d+(?:\.\d+)?)\s*([^\W\d]+|%|°C)", text):
        raise MisfitError(text, f"Write the number alone, {unit[1]}, in the unit that is asked for.")
    if kind == "int":
        if not re.fullmatch(r"[-+]?\d+(?:\.0+)?", text):
            raise MisfitError(text)
        return int(text.partition(".")[0])
    if not re.fullmatch(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", text):
        raise MisfitError(text)
    return float(text)


def _date(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        raise MisfitError(text, "Write year, month, day: 2026-03-31.")
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise MisfitError(text, "There is no such day.") from None

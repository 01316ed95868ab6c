"""The map from an export to the columns of this handbook: proposed once, looked through by a person, kept as a file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from handbook_utils.errors import InputError, InputErrors, listed, nearest
from handbook_utils.protocols.forms.export import Asked, Export
from handbook_utils.protocols.metadata.standards import QUESTIONNAIRE
from handbook_utils.protocols.people import screening
from handbook_utils.text import yaml_text
from handbook_utils.text.decode import read_text

#: What an export can become: columns, and the values of those that have a list.
TARGETS: Mapping[str, tuple[str, ...]] = {
    "questionnaire": tuple(one.name for one in QUESTIONNAIRE.fields),
    "screening": screening.COLUMNS,
}
_CHOICES = {
    "sex": screening.SEXES,
    "diet": QUESTIONNAIRE.field("diet").choices,  # type: ignore[union-attr]
    "pregnant": ("yes", "no", "unknown"),
    "ses": screening.POSITIONS,
}
_MOMENTS = {"collected": True, "screened": False, "consent": False}
#: Asked of a person once, at whatever visit.
_ONCE = ("sex", "age", "height_cm", "diet", "year_of_birth")
#: Words by which a field is recognised in its name or label, English and Dutch.
_WORDS = {
    "tube": "tube|buis|sample code|barcode|monster code",
    "collected": "collect|sample date|date of sample|afname|monstername",
    "bristol": "bristol|stool type|stool form|ontlasting type",
    "antibiotics_days": "antibiotic|antibiotica",
    "probiotics_days": "probiotic|probiotica",
    "diet": "diet|dieet|voedingspatroon|eetpatroon",
    "sex": "sex|gender|geslacht",
    "age": "age|leeftijd",
    "height_cm": "height|lengte",
    "weight_kg": "weight|gewicht",
    "medication": "medication|medicatie|medicijn",
    "last_meal_hours": "last meal|laatste maaltijd",
    "remarks": "remark|opmerking|comment",
    "screening_id": "screening id|screening number|screeningsnummer",
    "screened": "screening date|date of screening|datum screening|screened",
    "centre": "centre|center|site|centrum",
    "year_of_birth": "year of birth|birth year|geboortejaar",
    "pregnant": "pregnan|zwanger",
    "conditions": "condition|diagnos|aandoening|ziekte",
    "ses": "socio|ses|sociaal",
    "consent": "consent|toestemming",
    "arm": "arm|group|groep|randomi",
}
_SAME = {
    "female": ("female", "woman", "vrouw", "vrouwelijk", "f", "v"),
    "male": ("male", "man", "mannelijk", "m"),
    "other": ("other", "anders", "overig", "x"),
    "yes": ("yes", "ja", "1", "true"),
    "no": ("no", "nee", "0", "false"),
    "unknown": ("unknown", "onbekend", "weet ik niet", "don't know"),
    "omnivore": ("omnivore", "alles", "eats everything", "mixed", "omnivoor"),
    "vegetarian": ("vegetarian", "vegetarisch", "vegetariër"),
    "vegan": ("vegan", "veganistisch", "veganist", "plant-based"),
    "low": ("low", "laag"),
    "middle": ("middle", "midden", "middel", "medium"),
    "high": ("high", "hoog"),
}
_TICKED = ("1", "checked", "yes", "ja", "true", "aangevinkt")
_ORDERS = {"ymd": "%Y-%m-%d", "dmy": "%d-%m-%Y", "mdy": "%m-%d-%Y"}


@dataclass(frozen=True)
class Column:
    """Where a column comes from.

    Attributes
    ----------
    fields : tuple of str
        Of the export: one, or several of which the texts are joined by a blank (a day and a time).
    by_visit : mapping of str to str
        Instead of it, a field for each visit's number, where visits lie side by side.
    boxes : mapping of str to str
        Instead of it, the value that each ticked box stands for; several are joined by ``;``.
    values : mapping of str to str
        What stands in the export, and what is to stand here.
    order : str
        Of a date: ymd, dmy or mdy; "" where it is none, "?" where a person must say.
    once : bool
        Whether it was asked of a person once, at any visit.
    """

    fields: tuple[str, ...] = ()
    by_visit: Mapping[str, str] = field(default_factory=dict)
    boxes: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    order: str = ""
    once: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Every field of the export that is used."""
        return (*self.fields, *self.by_visit.values(), *self.boxes)


@dataclass(frozen=True)
class Map:
    """How an export becomes a table.

    Attributes
    ----------
    target : str
        Of :data:`TARGETS`.
    person, event : str
        Columns of the export.
    visits : mapping of str to str
        The number of the visit of each event.
    columns : mapping of str to Column
        Where each column of the target comes from.
    """

    target: str
    person: str
    event: str
    visits: Mapping[str, str]
    columns: Mapping[str, Column]

    def as_yaml(self) -> str:
        """Return the map as it is kept."""
        told: dict[str, Any] = {"target": self.target, "person": self.person, "event": self.event}
        told["visits"] = dict(self.visits)
        told["columns"] = {name: _plain(column) for name, column in self.columns.items()}
        head = (
            "# Which field of the export becomes which column. Look through it, mend it, and keep it with the study.\n"
            "# A column without fields stays empty. order: ? is to be said: ymd, dmy or mdy.\n"
        )
        return head + yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=110)


def _plain(column: Column) -> dict[str, Any]:
    made: dict[str, Any] = {"fields": list(column.fields)}
    for name in ("by_visit", "boxes", "values"):
        if told := dict(getattr(column, name)):
            made[name] = told
    if column.order:
        made["order"] = column.order
    if column.once:
        made["once"] = True
    return made


def read_map(path: Path) -> Map:
    """Read a map that was kept.

    Parameters
    ----------
    path : pathlib.Path
        YAML, as :meth:`Map.as_yaml` writes it.

    Returns
    -------
    Map
        Of a known target, with none but its columns.

    Raises
    ------
    InputError
        It is no map.
    """
    told = yaml_text.read(read_text(path)[0], str(path))
    try:
        columns = {str(name): _column(one) for name, one in told["columns"].items()}
        visits = {str(event): str(number) for event, number in (told.get("visits") or {}).items()}
        made = Map(str(told["target"]), str(told["person"]), str(told.get("event") or ""), visits, columns)
    except (AttributeError, KeyError, TypeError):
        raise InputError(
            "This is no map of an export.",
            where=str(path),
            expected="target, person, event, visits and columns, as the proposal has them",
        ) from None
    if made.target not in TARGETS or set(made.columns) - set(TARGETS[made.target]):
        strange = sorted(set(made.columns) - set(TARGETS.get(made.target, ())))
        raise InputError(
            "The map names columns that are not known.",
            where=str(path),
            expected=listed(list(TARGETS.get(made.target, TARGETS))),
            found=listed(strange) or made.target,
        )
    return made


def _column(told: Mapping[str, Any]) -> Column:
    by_visit, boxes, values = (
        {str(key): str(value) for key, value in (told.get(part) or {}).items()}
        for part in ("by_visit", "boxes", "values")
    )
    once = told.get("once") in (True, "true")
    return Column(
        tuple(map(str, told.get("fields") or ())), by_visit, boxes, values, str(told.get("order") or ""), once
    )


# ------------------------------------------------------------------ a proposal


def proposed(export: Export, target: str) -> Map:
    """Propose a map by the names and labels of the fields; what is not recognised stays open.

    Parameters
    ----------
    export : Export
        As :func:`handbook_utils.protocols.forms.export.read_export` reads it.
    target : str
        Of :data:`TARGETS`.

    Returns
    -------
    Map
        A column for which no field was found has none; "?" stands where a person must say.

    Raises
    ------
    InputError
        There is no such target.
    """
    if target not in TARGETS:
        raise InputError("An export cannot become that.", expected=" or ".join(TARGETS), found=target)
    events = list(dict.fromkeys(export.table[export.event])) if export.event else []
    columns = {name: _found(name, export) for name in TARGETS[target]}
    first = TARGETS[target][0]
    if not columns[first].fields:
        columns[first] = Column((export.person,))
    return Map(target, export.person, export.event, {event: str(n) for n, event in enumerate(events, 1)}, columns)


def _found(name: str, export: Export) -> Column:
    words = re.compile(rf"(?<![a-zà-ÿ])(?:{_WORDS.get(name, re.escape(name))})", re.IGNORECASE)
    seen = [one for one in export.table.columns if one not in (export.person, export.event, export.instance)]
    exact = [one for one in seen if one.casefold() == name]
    boxes = {}
    for column in seen:
        question, choice = _box(column, export)
        if choice and words.search(question):
            boxes[column] = _code(name, choice)
    fitting = exact or [
        one
        for one in seen
        if not _box(one, export)[1]
        and words.search(f"{one.replace('_', ' ')} {export.fields.get(one, Asked(one)).label}")
        and not (name == "age" and re.search("average|manage|dosage|image|page", one, re.IGNORECASE))
    ]
    if boxes and not exact:
        return Column(boxes=boxes)
    once = name in _ONCE
    numbered = {re.sub(r"\D", "", one[-2:]): one for one in fitting if re.search(r"(?:_v|_t|_visit)\d{1,2}$", one)}
    if len(numbered) > 1:
        return Column(
            by_visit=numbered, values=_values(name, fitting[0], export), order=_order(name, numbered.values(), export)
        )
    fields = tuple(fitting[:1])
    if name == "collected" and len(fitting) > 1:
        fields = tuple(fitting[:2])
    return Column(
        fields, values=_values(name, fields[0], export) if fields else {}, order=_order(name, fields, export), once=once
    )


def _box(column: str, export: Export) -> tuple[str, str]:
    """Return the question and the choice of a column that is a box to tick; "" twice where it is none."""
    if found := re.fullmatch(r"(.*?)\s*\(choice=(.*)\)", column):
        return found[1], found[2]
    name, _, code = column.rpartition("___")
    asked = export.fields.get(name, Asked(name))
    return (f"{name.replace('_', ' ')} {asked.label}", asked.choices.get(code, code)) if name else ("", "")


def _code(name: str, label: str) -> str:
    """Return the two digits that a medicine's box begins with, or ? where a person must say; of others the label."""
    if name != "medication":
        return label.strip()
    digits = re.match(r"\s*(\d{1,2})\b", label)
    return digits[1].zfill(2) if digits else "?"


def _values(name: str, column: str, export: Export) -> dict[str, str]:
    if name not in _CHOICES:
        return {}
    asked = export.fields.get(column, Asked(column))
    made: dict[str, str] = {}
    for code, label in (asked.choices or {one: one for one in dict.fromkeys(export.table[column]) if one}).items():
        meant = next((word for word in _CHOICES[name] if label.strip().casefold() in _SAME.get(word, (word,))), "?")
        made[code] = meant
        made.setdefault(label, meant)
    return made


def _order(name: str, columns: Any, export: Export) -> str:
    if name not in _MOMENTS:
        return ""
    texts = [text for column in columns for text in export.table[column] if text]
    if not texts or all(re.match(r"\d{4}-\d{2}-\d{2}", text) for text in texts if re.search(r"\d{4}", text)):
        return "ymd"
    parts = [found for text in texts if (found := re.match(r"(\d{1,2})[-/.](\d{1,2})[-/.]\d{4}", text))]
    day_first, month_first = any(int(one[1]) > 12 for one in parts), any(int(one[2]) > 12 for one in parts)
    return "?" if day_first == month_first else "dmy" if day_first else "mdy"


# ------------------------------------------------------------------ the table


def applied(chosen: Map, export: Export) -> pd.DataFrame:
    """Bring an export into the columns of this handbook.

    Parameters
    ----------
    chosen : Map
        Looked through by a person.
    export : Export
        As :func:`handbook_utils.protocols.forms.export.read_export` reads it.

    Returns
    -------
    pandas.DataFrame
        Text; rows in which nothing was answered are left out.

    Raises
    ------
    InputErrors
        Everything that the map does not say, each once with how often: fields that are not there, values and events
        that are in no list, dates that are none, answers of one person that differ.
    """
    errors = _lacking(chosen, export)
    if errors:
        raise InputErrors(errors)
    told: dict[tuple[str, str, str], list[int]] = {}
    once = _once(chosen, export, told)
    rows = []
    visits = sorted({number for column in chosen.columns.values() for number in column.by_visit}, key=int)
    for line, row in zip(export.table.index, export.table.to_dict("records"), strict=True):
        person = str(row[chosen.person])
        for visit in visits or [chosen.visits.get(str(row.get(chosen.event, "")), "")]:
            made = {
                name: once[person].get(name, "")
                if column.once and name in once[person]
                else _cell(name, column, row, visit, line, told)
                for name, column in chosen.columns.items()
            }
            answered = [
                made[name] for name, column in chosen.columns.items() if name != next(iter(made)) and not column.once
            ]
            if not any(answered):
                continue
            first = next(iter(made))
            if chosen.target == "questionnaire" and chosen.columns[first].fields == (chosen.person,) and visit:
                made[first] = f"{person}-{visit}"
            rows.append(made)
    errors = [_error(what, name, value, lines) for (what, name, value), lines in told.items()]
    if errors:
        raise InputErrors(errors)
    return pd.DataFrame(rows, columns=list(TARGETS[chosen.target])).fillna("")


def _lacking(chosen: Map, export: Export) -> list[InputError]:
    used = {chosen.person, *filter(None, [chosen.event]), *(n for c in chosen.columns.values() for n in c.names)}
    gone = sorted(used - set(export.table.columns))
    errors = []
    if gone:
        close = nearest(gone[0], list(export.table.columns))
        errors.append(
            InputError(
                "The map names fields that the export does not have.",
                found=listed(gone),
                remedy=f"Is it {close!r}?" if close else None,
            )
        )
    if chosen.event and not gone:
        strange = sorted(set(export.table[chosen.event]) - set(chosen.visits))
        if strange:
            errors.append(InputError("The map has no visit for events of the export.", found=listed(strange)))
    open_ones = [name for name, column in chosen.columns.items() if column.order == "?"]
    open_ones += [
        f"{name}: {value}"
        for name, column in chosen.columns.items()
        for value, to in column.values.items()
        if to == "?"
    ]
    if open_ones:
        errors.append(
            InputError("The map is still open.", expected="a word in the place of every ?", found=listed(open_ones))
        )
    return errors


def _once(chosen: Map, export: Export, told: dict[tuple[str, str, str], list[int]]) -> dict[str, dict[str, str]]:
    """Return what was asked of each person once, from whatever event holds it."""
    known: dict[str, dict[str, str]] = {}
    for line, row in zip(export.table.index, export.table.to_dict("records"), strict=True):
        mine = known.setdefault(str(row[chosen.person]), {})
        for name, column in chosen.columns.items():
            value = _cell(name, column, row, "", line, told) if column.once else ""
            if value and mine.setdefault(name, value) != value:
                told.setdefault(("differs", name, ""), []).append(line)
    return known


def _cell(
    name: str,
    column: Column,
    row: Mapping[Any, Any],
    visit: str,
    line: int,
    told: dict[tuple[str, str, str], list[int]],
) -> str:
    if column.boxes:
        return ";".join(to for box, to in column.boxes.items() if str(row[box]).strip().casefold() in _TICKED)
    names: Sequence[str] = [column.by_visit[visit]] if visit in column.by_visit else column.fields
    text = " ".join(filter(None, (str(row[one]).strip() for one in names)))
    if not text:
        return ""
    if column.values:
        if text not in column.values:
            told.setdefault(("value", name, text), []).append(line)
        return column.values.get(text, "")
    if column.order:
        made = _moment(text, column.order)
        if not made:
            told.setdefault(("date", name, text), []).append(line)
        return made
    return text.replace(",", ".") if re.fullmatch(r"\d+,\d+", text) else text


def _moment(text: str, order: str) -> str:
    day, _, time = text.replace("T", " ").partition(" ")
    day = re.sub(r"[/.]", "-", day)
    found = pd.to_datetime(day, format=_ORDERS.get(order, "%Y-%m-%d"), errors="coerce")
    clock = re.match(r"\s*(\d{1,2}):(\d{2})", time)
    if pd.isna(found):
        return ""
    return f"{found:%Y-%m-%d}" + (f" {int(clock[1]):02d}:{clock[2]}" if clock else "")


def _error(what: str, name: str, value: str, lines: Sequence[int]) -> InputError:
    problem, expected = {
        "value": ("A value is in no list of the map.", "the value in the map, and what it means"),
        "date": ("A date is none.", "the order of the map: ymd, dmy or mdy"),
        "differs": ("One person's answer differs between events.", "one answer a person, or once: false"),
    }[what]
    return InputError(problem, where=f"{name}, line {listed(lines)}", expected=expected, found=value or None)

"""Exports of electronic forms, and what their dictionaries say of each field.

REDCap writes one row for each person and event, in codes or in labels, with ``redcap_event_name`` and, for what is
repeated, ``redcap_repeat_instance``; a question with boxes has a column for each, ``field___code``. Its data dictionary
holds the choices as ``1, Female | 2, Male``. Castor writes one row a person, with semicolons; its variables and option
groups are two lists. Castor's names of columns are as its exports have had them; none of a real study was tried here:
where one differs, the map says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from handbook_utils.errors import InputError, listed
from handbook_utils.protocols.inputs import read_samples

_EVENTS = ("redcap_event_name", "event name")
_INSTANCES = ("redcap_repeat_instance", "repeat instance")
_IDS = {
    "redcap": ("record_id", "record id", "study_id", "participant_id"),
    "castor": ("participant id", "record id", "castor participant id"),
}
_OF_CASTOR = ("participant status", "record status", "site abbreviation", "institute abbreviation", "castor record id")


@dataclass(frozen=True)
class Asked:
    """A field as its dictionary describes it.

    Attributes
    ----------
    name, label : str
        The field's name, and what is asked; the label is empty where it is not known.
    choices : mapping of str to str
        Label of each code; {} where anything may be written.
    """

    name: str
    label: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Export:
    """An export.

    Attributes
    ----------
    system : {"redcap", "castor", "other"}
        Where it comes from, by its columns.
    table : pandas.DataFrame
        Text, one row a person and event; the index is the line in the file.
    person, event, instance : str
        Its columns; "" where there is none.
    fields : mapping of str to Asked
        What its dictionary says; of every column its name at least.
    """

    system: str
    table: pd.DataFrame
    person: str
    event: str
    instance: str
    fields: Mapping[str, Asked]


def read_export(path: Path, dictionaries: Sequence[Path] = ()) -> Export:
    r"""Read an export, and what its dictionary says of the fields.

    Parameters
    ----------
    path : pathlib.Path
        CSV or Excel.
    dictionaries : sequence of pathlib.Path
        REDCap's data dictionary, or Castor's lists of variables and of option groups.

    Returns
    -------
    Export
        The table as text; where the dictionary does not tell a field, its name is all that is known of it.

    Raises
    ------
    InputError, InputErrors
        It is no table; a dictionary is none that is known.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "export.csv")
    ...     _ = path.write_text("record_id,redcap_event_name,stool\nA,baseline_arm_1,4\n", encoding="utf-8")
    ...     read_export(path).system
    'redcap'
    """
    table = read_samples(path)
    if table.empty:
        raise InputError("The export has no rows.", where=str(path))
    names = {str(name).strip().casefold(): str(name) for name in table.columns}
    event = next((names[one] for one in _EVENTS if one in names), "")
    instance = next((names[one] for one in _INSTANCES if one in names), "")
    system = "redcap" if event or instance or "record_id" in names else "other"
    if system == "other" and any(one in names for one in _OF_CASTOR):
        system = "castor"
    person = next((names[one] for one in _IDS.get(system, ()) if one in names), str(table.columns[0]))
    asked = {str(name): Asked(str(name)) for name in table.columns}
    for one in _dictionary(dictionaries):
        asked[one.name] = one
        # An export in labels has the labels as its header.
        asked[one.label or one.name] = one
    return Export(system, table, person, event, instance, asked)


def _dictionary(paths: Sequence[Path]) -> list[Asked]:
    fields: list[Asked] = []
    groups: dict[str, dict[str, str]] = {}
    variables: list[tuple[str, str, str]] = []
    for path in paths:
        table = read_samples(path)
        columns = {str(name).strip().casefold(): str(name) for name in table.columns}
        if "variable / field name" in columns:
            fields += [_of_redcap(dict(row), columns) for _, row in table.iterrows()]
        elif group := _column(columns, "option group name", "option group", "optiongroup name"):
            if value := _column(columns, "option value", "option group option value", "value"):
                label = _column(columns, "option name", "option group option name", "name") or value
                for row in table.to_dict("records"):
                    groups.setdefault(row[group], {})[row[value]] = row[label]
            else:
                variables += _variables(table, columns, group)
        else:
            raise InputError(
                "The dictionary is none that is known.",
                where=str(path),
                expected="REDCap's data dictionary (Variable / Field Name, …), or Castor's lists of variables and of "
                "option groups (Option Group Name, …)",
                found=listed(list(table.columns)),
            )
    return fields + [Asked(name, label, groups.get(group, {})) for name, label, group in variables]


def _of_redcap(row: Mapping[str, str], columns: Mapping[str, str]) -> Asked:
    label = row[columns.get("field label", columns["variable / field name"])]
    choices = row.get(next((columns[one] for one in columns if one.startswith("choices")), ""), "")
    kind = row.get(columns.get("field type", ""), "")
    pairs = [part.split(",", 1) for part in choices.split("|") if "," in part] if kind != "calc" else []
    # Labels may hold markup, which nobody sees.
    plain = re.sub(r"<[^>]+>", "", label).strip()
    made = {code.strip(): re.sub(r"<[^>]+>", "", text).strip() for code, text in pairs}
    if kind in ("yesno", "truefalse"):
        made = {"1": "Yes", "0": "No"}
    return Asked(row[columns["variable / field name"]].strip(), plain, made)


def _variables(table: pd.DataFrame, columns: Mapping[str, str], group: str) -> list[tuple[str, str, str]]:
    name = _column(columns, "field variable name", "variable name", "variable")
    label = _column(columns, "field label", "label") or name
    return [(row[name], row[label], row[group]) for row in table.to_dict("records") if name and row[name]]


def _column(columns: Mapping[str, str], *names: str) -> str:
    return next((columns[name] for name in names if name in columns), "")

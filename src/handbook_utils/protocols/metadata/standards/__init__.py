"""The metadata standards of human gut samples, as tables of fields: what each asks, and what goes wrong with it.

A standard is a file beside this one, and is found here by its name. Sources: MIxS 7.0.1, combination MimarksSHumanGut
(MIXS:0010008_0016004), Genomic Standards Consortium; ENA checklist ERC000015 (GSC MIxS human gut); NCBI BioSample
packages MIMARKS.survey.human-gut and MIMS.me.human-gut; "Metadata file format" of QIIME 2; "Sample information file"
and "Prepare information files" of Qiita; INSDC, "Missing value reporting"; the Environment Ontology (ENVO, 2025-10-20).
Fields that a study of human stool fills in are described in the file; all others, and every list of values, are taken
over from the standards' own files (``data/standards``), so that no field of the official lists is unknown and no value
of theirs refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from handbook_utils import datasets
from handbook_utils.asking import Question
from handbook_utils.asking.values import Kind
from handbook_utils.errors import InputError, nearest
from handbook_utils.text import yaml_text

#: INSDC's controlled vocabulary for a value that is missing, which archives take in place of a value.
INSDC_MISSING = (
    "not applicable",
    "not collected",
    "not provided",
    "restricted access",
    "missing: control sample",
    "missing: data agreement established pre-2023",
    "missing: endangered species",
    "missing: human-identifiable",
    "missing: lab stock",
    "missing: sample group",
    "missing: synthetic construct",
    "missing: third party data",
)
#: Qiita's documentation writes three of them with "missing: " before them; both forms are in use.
QIITA_MISSING = (*INSDC_MISSING, "missing: not collected", "missing: not provided", "missing: restricted access")
#: What to write for a blank, a mock community or a no-template control.
CONTROL = "missing: control sample"
_MISSING = {"insdc": INSDC_MISSING, "qiita": QIITA_MISSING}


class Field(Question):
    """A field of a standard: a question whose answer is the text of a cell.

    Attributes
    ----------
    rule : str
        Name of the rule in :mod:`handbook_utils.protocols.metadata.rules` that its values follow.
    need : {"required", "recommended", "optional"}
        Whether a row may lack it.
    units : tuple of str
        Units one of which must be written after the number; for bare numbers the one unit that is meant. `low` and
        `high` are what is plausible in the first; outside it a unit was probably mistaken.
    trap : str
        What is often mistaken about it.
    """

    kind: Kind = "str"
    rule: str
    need: Literal["required", "recommended", "optional"]
    units: tuple[str, ...] = ()
    trap: str = ""


@dataclass(frozen=True)
class Standard:
    """A standard: its fields, and what it makes of ids and missing values.

    Parameters
    ----------
    key, title, source : str
        How the command line calls it, its full name, and where it is published.
    fields : tuple of Field
        The first names the sample.
    missing : tuple of str
        Words it takes for a missing value.
    empty : bool
        Whether an empty cell of a required field is a missing value, and not an error.
    others : bool
        Whether columns of one's own belong in the file.
    starred : bool
        Whether its templates mark the names of required columns with an asterisk.
    """

    key: str
    title: str
    source: str
    fields: tuple[Field, ...]
    missing: tuple[str, ...] = INSDC_MISSING
    empty: bool = False
    others: bool = False
    starred: bool = False

    def field(self, name: str) -> Field | None:
        """Return the field of this name, or None.

        Parameters
        ----------
        name : str
            As the standard writes it.

        Returns
        -------
        Field or None
            None where it has no such field.
        """
        return next((one for one in self.fields if one.name == name), None)

    @property
    def required(self) -> list[str]:
        """Names of the fields that no row may lack."""
        return [one.name for one in self.fields if one.need == "required"]


def _read(path: Path) -> Standard:
    told: dict[str, Any] = yaml_text.typed(path.read_text(encoding="utf-8"), path.name)
    missing = told.pop("missing")
    words = _MISSING[missing] if isinstance(missing, str) else tuple(missing)
    described = {field["name"]: field for field in told.pop("fields", ())}
    if elsewhere := told.pop("described_in", ""):
        described = _of_another(path.with_name(f"{elsewhere}.yml"), path.stem)
    fields = tuple(Field.model_validate(field) for field in _with_official(path.stem, described, words).values())
    return Standard(path.stem, fields=fields, missing=words, **told)


def _of_another(path: Path, key: str) -> dict[str, dict[str, Any]]:
    """Return the fields that another standard describes and this one has, as this one needs them."""
    described = yaml_text.typed(path.read_text(encoding="utf-8"), path.name)["fields"]
    needs = _OFFICIAL[0].loc[_OFFICIAL[0]["standard"] == key].set_index("field")["need"]
    return {field["name"]: {**field, "need": needs[field["name"]]} for field in described if field["name"] in needs}


def _with_official(
    key: str, described: Mapping[str, Mapping[str, Any]], missing: tuple[str, ...]
) -> dict[str, dict[str, Any]]:
    """Add what the standard's own file says: fields that are not described here, and the lists of values."""
    official, lists = (frame[frame["standard"] == key] for frame in _OFFICIAL)
    values = {
        str(name): [value for value in part["value"] if value not in missing]
        for name, part in lists.groupby("field", sort=False)
    }
    made = {name: dict(field) for name, field in described.items()}
    for name, need, unit in zip(official["field"], official["need"], official["unit"].fillna(""), strict=True):
        rule = "choice" if name in values else "number" if unit and key == "ena" else "text"
        example = values[name][0] if name in values else "1" if rule == "number" else "text"
        asked = {
            "name": name,
            "rule": rule,
            "need": need,
            "help": "A field of the standard's list.",
            "example": example,
        }
        made.setdefault(name, {**asked, "units": [unit] if rule == "number" else []})
    for name, allowed in values.items():
        made[name]["choices"] = allowed
    return made


#: Fields, and lists of values, of the standards' own files.
_OFFICIAL = (datasets.frame("standards"), datasets.frame("standards", "lists"))
#: Every standard, by the name of its file.
STANDARDS: Mapping[str, Standard] = {path.stem: _read(path) for path in sorted(Path(__file__).parent.glob("*.yml"))}
#: Countries and seas as the INSDC writes them.
COUNTRIES = STANDARDS["ena"].field("geographic location (country and/or sea)").choices  # type: ignore[union-attr]
#: What a study asks the people that take part, which becomes the records of the others.
QUESTIONNAIRE = STANDARDS["questionnaire"]


def standard(key: str) -> Standard:
    """Return the standard that the command line calls so.

    Parameters
    ----------
    key : str
        Such as ``mixs``.

    Returns
    -------
    Standard
        With its fields.

    Raises
    ------
    InputError
        There is none; the message suggests the nearest.

    Examples
    --------
    >>> len(standard("mixs").required), standard("ena").field("host height").units
    (11, ('mm',))
    """
    if key not in STANDARDS:
        close = nearest(key, STANDARDS)
        raise InputError(
            f"There is no standard {key!r}.",
            expected="one of " + ", ".join(STANDARDS),
            remedy=f"Did you mean {close!r}?" if close else None,
        )
    return STANDARDS[key]

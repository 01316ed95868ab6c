"""The study file: one ``study.yml`` that holds what the steps of a study share.

:data:`SECTIONS` is the one list of what may stand in it. The commented file that a new study begins with, the check of
a file and the table of keys are all made of it, so to add a key is to add a line there (then ``python -m
handbook_utils.protocols.study_file`` prints the example study's file anew, for ``data/example-study``). A unit is part
of a key's name: who writes hours where minutes are meant writes an unknown key.

All values are read as text and then taken for what the key says they are, so that ``no`` is a centre, ``1.10`` a
version and ``06`` a number as it was typed.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

import pandas as pd
import yaml

from handbook_utils.errors import InputError, InputErrors, nearest
from handbook_utils.text import yaml_text
from handbook_utils.text.decode import decode

Kind = Literal["text", "int", "number", "bool", "date", "list", "mapping", "path"]

#: The steps of a study, in their order: chapters of the part ``protocols``.
STEPS = (
    "plan-the-study",
    "include-participants",
    "assign-codes-and-labels",
    "collect-at-home",
    "keep-it-cold",
    "record-metadata",
    "extract-and-plate",
    "sequence",
    "accept-the-run",
    "share-the-data",
)

NAME = "study.yml"


@dataclass(frozen=True)
class Key:
    """One thing a study file may say.

    Attributes
    ----------
    name : str
        With its unit, where it has one: ``flag_minutes``.
    kind : {"text", "int", "number", "bool", "date", "list", "mapping", "path"}
        A list is one of texts, a mapping one of text to text; a path counts from the study file's folder.
    help : str
        What it means, in a few words.
    default : object
        What stands in a new study's file; None where the study must say it itself, or may leave it out.
    needed : bool
        Whether a study file without it is refused.
    low, high : float or None
        Both ends belong to the range.
    choices : tuple of str
        Of a text, or of each entry of a list; empty where anything goes.
    pattern, form : str
        A regular expression that the whole text (or each entry) fits, and what it says, in words.
    example : object
        What the example study says where that is not the default.
    """

    name: str
    kind: Kind
    help: str
    default: Any = None
    needed: bool = False
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    pattern: str = ""
    form: str = ""
    example: Any = None

    @property
    def allowed(self) -> str:
        """What it may be, in words."""
        if self.choices:
            return ("of " if self.kind == "list" else "one of ") + ", ".join(self.choices)
        words = self.form or _WORDS[self.kind]
        if self.low is not None and self.high is not None:
            return f"{words} from {self.low:.12g} to {self.high:.12g}"
        if self.low is not None:
            return f"{words}, at least {self.low:.12g}"
        return words if self.high is None else f"{words}, at most {self.high:.12g}"


_WORDS: dict[Kind, str] = {
    "text": "text",
    "int": "a whole number",
    "number": "a number",
    "bool": "true or false",
    "date": "a date, 2026-03-31",
    "list": "a list, [one, two]",
    "mapping": "lines of the form  name: value",
    "path": "a path, from this file's folder",
}
#: Names that become columns, file names and comma-separated parameters.
_PLAIN = r"[^\s,;=:#\"'][^,;=:#\"']*"
_PLAIN_FORM = "words without , ; : = # and quotation marks"


@dataclass(frozen=True)
class Section:
    """A part of the study file, and what it is about."""

    name: str
    help: str
    keys: tuple[Key, ...]


SECTIONS: tuple[Section, ...] = (
    Section(
        "study",
        "what is printed on every page, and what makes every draw repeatable",
        (
            Key("name", "text", "full name", needed=True, example="Buikbelang: fibre and fermented food (simulated)"),
            Key(
                "acronym",
                "text",
                "short name, on labels",
                needed=True,
                pattern=r"[A-Z0-9]{1,12}",
                form="1 to 12 capitals and digits",
                example="BUIK",
            ),
            Key("version", "text", "version of the protocol", "1.0"),
            Key("date", "date", "date of that version", needed=True, example="2026-01-12"),
            Key("language", "text", "language of what participants read", "nl", choices=("nl", "en")),
            Key(
                "seed",
                "int",
                "seed of everything random; write it down once",
                needed=True,
                low=0,
                high=4294967295,
                example=20230214,
            ),
            Key(
                "simulated",
                "bool",
                "true: nobody in it exists, and everything printed says so",
                False,
                needed=True,
                example=True,
            ),
        ),
    ),
    Section(
        "people",
        "who answers for what",
        (
            Key(
                "principal_investigator", "text", "who leads the study", needed=True, example="A. Voorbeeld (invented)"
            ),
            Key("data_manager", "text", "who keeps the key file", needed=True, example="B. Voorbeeld (invented)"),
            Key("laboratory", "text", "where the tubes go", "", example="Laboratory of the example study (invented)"),
            Key("phone", "text", "number that participants may call", "", example="050 000 0000"),
            Key(
                "email",
                "text",
                "address that participants may write to",
                "",
                pattern=r"|[^@\s]+@[^@\s]+\.[^@\s]+",
                form="an e-mail address",
                example="study@example.org",
            ),
        ),
    ),
    Section(
        "ethics",
        "what the committee decided",
        (
            Key("committee", "text", "its name", "", example="METC of the example (invented)"),
            Key("number", "text", "number of its letter", "", example="EXAMPLE-2026-001"),
            Key("within_wmo", "bool", "whether the study falls under the WMO", False),
            Key("consent_version", "text", "version of information letter and consent form", "1.0"),
        ),
    ),
    Section(
        "design",
        "who is compared, when and where",
        (
            Key(
                "arms",
                "list",
                "groups",
                needed=True,
                pattern=_PLAIN,
                form=_PLAIN_FORM,
                example=["fibre", "fermented", "usual"],
            ),
            Key(
                "time_points",
                "list",
                "moments of sampling, in order",
                needed=True,
                pattern=_PLAIN,
                form=_PLAIN_FORM,
                example=["baseline", "week-6", "week-12"],
            ),
            Key(
                "participants",
                "int",
                "people to include, all arms together",
                needed=True,
                low=2,
                high=100000,
                example=60,
            ),
            Key(
                "centres",
                "list",
                "places that include people",
                needed=True,
                pattern=_PLAIN,
                form=_PLAIN_FORM,
                example=["Groningen", "Wageningen"],
            ),
            Key(
                "comparison",
                "text",
                "the one comparison that the study is for",
                "",
                example="change from baseline to week-12, fibre and fermented food each against usual diet",
            ),
        ),
    ),
    Section(
        "power",
        "what the sample size rests on",
        (
            Key(
                "pilot",
                "text",
                "real data that the simulation starts from",
                "twins",
                choices=("twins", "throat", "ecam"),
            ),
            Key("outcome", "text", "what is compared", "shannon", choices=("shannon", "permanova", "taxon")),
            Key("effect", "number", "difference worth finding, in the outcome's own measure", low=0),
            Key("dropout", "number", "share of people expected to stop", 0.1, low=0, high=0.9),
            Key("power", "number", "wanted power", 0.8, low=0.5, high=0.99),
            Key("alpha", "number", "two-sided type I error", 0.05, low=0.0001, high=0.2),
        ),
    ),
    Section(
        "eligibility",
        "who may take part",
        (
            Key("age_min", "int", "youngest, in years", 18, low=0, high=120),
            Key("age_max", "int", "oldest, in years", 79, low=0, high=120),
            Key(
                "age_bands",
                "list",
                "age bands, which are handed on instead of ages",
                ["18-39", "40-59", "60-79"],
                pattern=r"\d{1,3}-\d{1,3}",
                form="bands such as 18-39",
            ),
            Key("antibiotics_washout_days", "int", "days without antibiotics before inclusion", 180, low=90, high=3650),
            Key("probiotics_washout_days", "int", "days without probiotics before inclusion", 28, low=0, high=3650),
            Key("exclude_pregnant", "bool", "whether pregnant people are left out", True),
            Key(
                "excluded_conditions",
                "list",
                "diagnoses that exclude, as the screening log writes them",
                ["inflammatory bowel disease", "coeliac disease", "bowel resection", "immunosuppressive treatment"],
                pattern=_PLAIN,
                form=_PLAIN_FORM,
            ),
            Key(
                "ses_share_min", "number", "wanted share of people in a low socio-economic position", 0.2, low=0, high=1
            ),
        ),
    ),
    Section(
        "codes",
        "codes on the tubes, labels and the key",
        (
            Key("length", "int", "characters of a participant's code, the check character included", 6, low=4, high=12),
            Key("label_format", "text", "sheet of labels, as the chapter lists them, or own", "a4-38x21"),
            Key(
                "label_grid",
                "mapping",
                "own sheet of labels: columns, rows, width_mm, height_mm, left_mm, top_mm, gap_across_mm, gap_down_mm",
                {},
            ),
            Key(
                "replacements_percent", "number", "spare labels, for tubes that break or get lost", 10, low=0, high=100
            ),
            Key(
                "key_file",
                "path",
                "encrypted file that links people to codes; keep it on another disk if you can",
                "key/key.enc",
            ),
        ),
    ),
    Section(
        "collection",
        "what happens at home",
        (
            Key("kit", "text", "how stool is kept", "none", choices=("none", "ethanol", "omnigene", "fit")),
            Key(
                "freezer_minutes",
                "int",
                "minutes from toilet to home freezer, where the kit is none",
                15,
                low=1,
                high=1440,
            ),
            Key("return_days", "int", "days within which a tube is posted, where there is a kit", 2, low=1, high=60),
        ),
    ),
    Section(
        "cold",
        "limits of the cold chain",
        (
            Key("zone", "text", "time zone of clocks that do not name theirs", "Europe/Amsterdam"),
            Key("warmest_celsius", "number", "warmest temperature at which a tube may stay", -10.0, low=-90, high=25),
            Key("flag_minutes", "number", "minutes above it from which a tube is flagged", 30.0, low=0, high=10000),
            Key("reject_minutes", "number", "minutes above it from which a tube is rejected", 240.0, low=0, high=10000),
            Key(
                "freezer_hours",
                "number",
                "hours from collection to freezer from which a tube is flagged",
                1.0,
                low=0,
                high=72,
            ),
            Key(
                "gap_minutes",
                "number",
                "minutes without a reading from which a tube is flagged",
                30.0,
                low=1,
                high=1440,
            ),
        ),
    ),
    Section(
        "metadata",
        "what is the same for all samples",
        (
            Key("country", "text", "country, as INSDC writes it", "Netherlands"),
            Key(
                "region_by_centre",
                "mapping",
                "province of each centre",
                {},
                example={"Groningen": "Groningen", "Wageningen": "Gelderland"},
            ),
            Key(
                "latitude_by_centre",
                "mapping",
                "degrees north, two decimals at most",
                {},
                example={"Groningen": "53.22", "Wageningen": "51.97"},
            ),
            Key(
                "longitude_by_centre",
                "mapping",
                "degrees east, two decimals at most",
                {},
                example={"Groningen": "6.57", "Wageningen": "5.66"},
            ),
            Key("env_broad_scale", "text", "broad environment, with its ENVO id", "urban biome [ENVO:01000249]"),
            Key(
                "env_local_scale", "text", "local environment, with its ENVO id", "intestine environment [ENVO:2100002]"
            ),
            Key("env_medium", "text", "medium, with its ENVO or UBERON id", "fecal material [ENVO:00002003]"),
            Key("storage_celsius", "number", "temperature of the laboratory's freezer", -80.0, low=-196, high=30),
            Key(
                "date_precision",
                "text",
                "how exact dates of sampling leave",
                "day",
                choices=("day", "month", "year"),
            ),
        ),
    ),
    Section(
        "plates",
        "extraction and PCR plates",
        (
            Key("plate", "int", "wells of a plate", 96, choices=("96", "384")),
            Key(
                "covariates",
                "list",
                "columns to balance",
                ["arm", "sex", "age_band", "centre", "time_point"],
                pattern=_PLAIN,
                form=_PLAIN_FORM,
            ),
            Key("blanks", "int", "extraction blanks on every plate", 2, low=2, high=12),
            Key("mocks", "int", "mock communities on every plate", 1, low=1, high=8),
            Key("ntc", "int", "no-template controls on every plate", 1, low=0, high=8),
            Key("duplicates", "int", "samples of every plate that are extracted twice", 1, low=0, high=8),
            Key("candidates", "int", "random arrangements drawn for every plate", 100, low=1, high=10000),
        ),
    ),
    Section(
        "extraction",
        "DNA extraction, the same for every tube",
        (
            Key("kit", "text", "name of the kit or reagents", needed=True, example="Example kit (invented)"),
            Key("protocol", "text", "what is followed", "kit", choices=("kit", "Q-like")),
            Key(
                "bead_mm",
                "text",
                "diameter of the beads in millimetres",
                needed=True,
                pattern=r"\d+([.,]\d+)?( ?\+ ?\d+([.,]\d+)?)*",
                form="millimetres, such as 0.1 or 0.1 + 3",
                example="0.1",
            ),
            Key(
                "sample_mg", "number", "stool in each well in milligrams", needed=True, low=1, high=2000, example=200.0
            ),
        ),
    ),
    Section(
        "sequencing",
        "library and run",
        (
            Key("method", "text", "what is sequenced", "16S", choices=("16S", "shotgun")),
            Key("target_reads", "int", "reads wanted of each well, host not counted", 20000, low=100, high=1e9),
            Key("host_share", "number", "share of reads that is human", 0.01, low=0, high=0.99),
            Key("instrument", "text", "sequencing machine, as archives write it", "Illumina MiSeq"),
            Key("chemistry", "text", "colours of the instrument", "four", choices=("two", "four")),
            Key("run_reads", "number", "reads of one run that pass its filter", 10000000, low=1000, high=1e11),
            Key("phix_share", "number", "share of PhiX", 0.1, low=0, high=0.9),
            Key("cycles", "int", "cycles of each read", 150, low=25, high=1000),
            Key(
                "forward_primer",
                "text",
                "forward primer, 5' to 3'",
                "GTGYCAGCMGCCGCGGTAA",
                pattern=r"[ACGTRYSWKMBDHVNI]+",
                form="letters of IUPAC, in capitals",
            ),
            Key(
                "reverse_primer",
                "text",
                "reverse primer, 5' to 3'",
                "GGACTACNVGGGTWTCTAAT",
                pattern=r"[ACGTRYSWKMBDHVNI]+",
                form="letters of IUPAC, in capitals",
            ),
        ),
    ),
    Section(
        "acceptance",
        "what a run must show",
        (
            Key("mock_file", "path", "certificate of the mock's lot, as a table of taxon and percent", "mock.csv"),
            Key(
                "mock_max_deviation_percent",
                "number",
                "largest mean relative deviation of the mock",
                20,
                low=0,
                high=1000,
            ),
            Key("blank_max_reads", "int", "most reads of a blank or no-template control", 500, low=0, high=1e9),
            Key("min_depth", "int", "reads of a sample", 2000, low=1, high=1e9),
            Key("shallow_max_percent", "number", "samples that may have fewer", 5, low=0, high=100),
            Key(
                "duplicate_max_bray_curtis",
                "number",
                "largest distance of two extractions of a sample",
                0.2,
                low=0,
                high=1,
            ),
            Key(
                "leakage_max_percent",
                "number",
                "largest share of a neighbour's reads in a control",
                0.2,
                low=0,
                high=100,
            ),
        ),
    ),
    Section(
        "sharing",
        "what leaves, and how",
        (
            Key("licence", "text", "licence of what is shared openly", "CC-BY-4.0", choices=("CC-BY-4.0", "CC0-1.0")),
            Key("repository", "text", "archive of the sequences", "European Nucleotide Archive"),
            Key("access", "text", "who gets the data of each person", "controlled", choices=("open", "controlled")),
            Key("contact", "text", "role or address that decides on requests", "", example="data access committee"),
        ),
    ),
    Section(
        "files",
        "what the study's own people record; paths count from this file's folder",
        (
            Key("screening", "path", "screening log", "screening.csv"),
            Key("scans", "path", "log of scans", "scans.csv"),
            Key("loggers", "path", "folder of temperature loggers' files, one a shipment", "loggers"),
            Key("bench", "path", "tubes scanned at extraction, where that is done"),
            Key("questionnaire", "path", "answers of participants", "questionnaire.csv"),
            Key("concentrations", "path", "DNA of every well", "concentrations.csv"),
            Key("counts", "path", "reads of every feature in every well", "counts.csv"),
            Key("reads", "path", "folder of files of reads (FASTQ), two for each sample, once they are there"),
        ),
    ),
)


@dataclass(frozen=True)
class StudyFile:
    """A study file that has been read and fits.

    Attributes
    ----------
    path : pathlib.Path
        The file.
    values : mapping of str to object
        By ``section.key``, only what the file says: text, whole numbers, numbers, truth values, paths (absolute), lists
        and mappings of text; a date is text.
    """

    path: Path
    values: Mapping[str, Any]

    @property
    def folder(self) -> Path:
        """The study's folder, in which the file lies."""
        return self.path.parent

    @property
    def name(self) -> str:
        """The study's name."""
        return str(self.values["study.name"])


def keys() -> dict[str, Key]:
    """Return every key, by ``section.key``.

    Examples
    --------
    >>> keys()["cold.flag_minutes"].allowed
    'a number from 0 to 10000'
    """
    return {f"{section.name}.{key.name}": key for section in SECTIONS for key in section.keys}


def keys_table() -> pd.DataFrame:
    """Return what may stand in a study file, as a table for a page.

    Returns
    -------
    pandas.DataFrame
        One row a key: ``key``, ``meaning``, ``allowed``, ``default``.
    """
    rows = [
        (name, key.help, key.allowed, "needed" if key.needed else "" if key.default is None else _yaml(key.default))
        for name, key in keys().items()
    ]
    return pd.DataFrame(rows, columns=["key", "meaning", "allowed", "default"])


# --------------------------------------------------------------------------------------------------------- writing one


def template() -> str:
    r"""Write the commented study file that a new study begins with.

    Returns
    -------
    str
        YAML. What only the study knows is left empty, and named by the check until it is filled in.

    Examples
    --------
    >>> print(template().splitlines()[-2].strip())
    counts: counts.csv  # reads of every feature in every well (a path, from this file's folder)
    """
    return _text({name: key.default for name, key in keys().items()})


def example() -> str:
    """Write the study file of the example study, which is simulated and says so."""
    head = "# SIMULATED: the example study of the Gut Microbiome Handbook. Nobody in it exists.\n"
    values = {name: key.default if key.example is None else key.example for name, key in keys().items()}
    return head + _text(values)


def _text(values: Mapping[str, Any]) -> str:
    lines = [
        "# The study file: what all steps of the study share. Run them with: handbook study run study.yml",
        "# Indent by two spaces. What is marked (needed) must be filled in; every other line may be left out.",
    ]
    for section in SECTIONS:
        if not section.keys:
            continue
        lines += ["", f"# {section.help}", f"{section.name}:"]
        for key in section.keys:
            value = values[f"{section.name}.{key.name}"]
            written = "" if value is None else f" {_yaml(value)}"
            needed = "(needed) " if key.needed else ""
            lines.append(f"  {key.name}:{written}  # {needed}{key.help} ({key.allowed})")
    return "\n".join(lines) + "\n"


def _yaml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_yaml(entry) for entry in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_yaml(entry)}" for name, entry in value.items()) + "}"
    text = str(value)
    plain = re.fullmatch(r"[\w/(<][\w /().<>-]*", text) or isinstance(value, (int, float))
    return text if plain else json.dumps(text, ensure_ascii=False)


# --------------------------------------------------------------------------------------------------------- reading one


def read_study_file(path: Path) -> StudyFile:
    """Read and check a study file.

    Parameters
    ----------
    path : pathlib.Path
        The file, or the study's folder.

    Raises
    ------
    InputError
        It is not there, not UTF-8, or not YAML.
    InputErrors
        Everything that is wrong in it, each with its line: unknown sections and keys (with the nearest), keys that
        stand twice, what is needed and missing, values of another kind or out of range, and what does not go together.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "study.yml")
    >>> _ = path.write_text(example(), encoding="utf-8")
    >>> read_study_file(path).values["design.arms"]
    ['fibre', 'fermented', 'usual']
    """
    path = (path / NAME if path.is_dir() else path).absolute()
    root = _parsed(path)
    errors: list[InputError] = []
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    sections = {section.name: section for section in SECTIONS}
    for name, node in _entries(root, path, "", tuple(sections), errors):
        section = sections.get(name)
        if section is None or yaml_text.is_empty(node):
            continue
        known = {key.name: key for key in section.keys}
        for key_name, value_node in _entries(node, path, name, tuple(known), errors):
            key = known.get(key_name)
            if key is None or yaml_text.is_empty(value_node):
                continue
            dotted = f"{name}.{key_name}"
            lines[dotted] = value_node.start_mark.line + 1
            try:
                values[dotted] = _value(key, value_node, path.parent)
            except _WrongError as wrong:
                errors.append(_wrong(key, dotted, wrong, _at(path, value_node, dotted)))
    wrong_ones = {error.where for error in errors}
    errors += [
        InputError(
            f"The study file does not say {dotted}.",
            where=path.name,
            expected=f"{key.help}: {key.allowed}",
            found="nothing",
            remedy=f"Write it under {dotted.partition('.')[0]}:",
        )
        for dotted, key in keys().items()
        if key.needed and dotted not in values and not any(str(where).endswith(f" {dotted}") for where in wrong_ones)
    ]
    errors += [
        InputError(problem, where=f"{path.name}, line {lines[dotted]}, {dotted}", expected=expected, found=found)
        for dotted, problem, expected, found in _contradictions(values, path.parent)
    ]
    if errors:
        raise InputErrors(errors)
    return StudyFile(path, values)


def _parsed(path: Path) -> yaml.Node | None:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(
            "The study file cannot be read.",
            where=str(path),
            expected=f"{NAME}, or the folder it lies in",
            found=str(error.strerror),
            remedy="Begin one with: handbook new-study DIR",
        ) from None
    return yaml_text.compose(decode(raw, path.name)[0], path.name)


def _at(path: Path, node: yaml.Node, dotted: str) -> str:
    return f"{path.name}, line {node.start_mark.line + 1}, {dotted}"


def _entries(
    node: yaml.Node | None, path: Path, section: str, known: tuple[str, ...], errors: list[InputError]
) -> Iterator[tuple[str, yaml.Node]]:
    """Yield what stands under a section, or the sections themselves; note what is unknown or stands twice."""
    if not isinstance(node, yaml.MappingNode):
        errors.append(
            InputError(
                f"Under {section} there are no keys." if section else "The study file has no sections.",
                where=_at(path, node, section) if node else path.name,
                expected="lines of the form  name: value" if section else f"sections {', '.join(known)}",
                found="nothing" if node is None else type(node).__name__.removesuffix("Node").lower(),
            )
        )
        return
    seen = set()
    for name_node, value in node.value:
        name = str(name_node.value)
        dotted = f"{section}.{name}" if section else name
        if name in seen:
            errors.append(InputError(f"{dotted} stands twice.", where=_at(path, name_node, dotted), expected="once"))
            continue
        seen.add(name)
        if name not in known:
            errors.append(_unknown(section, name, known, _at(path, name_node, dotted)))
        yield name, value


def _unknown(section: str, name: str, known: tuple[str, ...], where: str) -> InputError:
    close = nearest(name, known)
    elsewhere = next((dotted for dotted in keys() if section and dotted.endswith(f".{name}")), None)
    if elsewhere:
        remedy: str | None = f"It belongs under {elsewhere.partition('.')[0]}:"
    elif close and close.rpartition("_")[0] == name.rpartition("_")[0] != "":
        remedy = f"Did you mean '{close}'? The unit is part of the name."
    else:
        remedy = f"Did you mean '{close}'?" if close else "Take the line out."
    return InputError(
        f"The study file has no key '{name}' under {section}." if section else f"There is no section '{name}'.",
        where=where,
        expected=f"of {', '.join(known)}" if known else "nothing yet",
        found=name,
        remedy=remedy,
    )


class _WrongError(Exception):
    """A value that does not fit: what was found, and perhaps what to do."""

    def __init__(self, found: str, remedy: str | None = None) -> None:
        super().__init__(found)
        self.found = found
        self.remedy = remedy


def _wrong(key: Key, dotted: str, wrong: _WrongError, where: str) -> InputError:
    close = nearest(wrong.found, key.choices)
    return InputError(
        f"{dotted} cannot be that.",
        where=where,
        expected=key.allowed,
        found=wrong.found,
        remedy=wrong.remedy or (f"Did you mean '{close}'?" if close else None),
    )


def _value(key: Key, node: yaml.Node, folder: Path) -> Any:
    if key.kind == "list":
        if not isinstance(node, yaml.SequenceNode):
            raise _WrongError(_shown(node), "Write it between brackets, separated by commas: [one, two].")
        entries = [_fitting(key, _scalar(entry)) for entry in node.value]
        twice = sorted({entry for entry in entries if entries.count(entry) > 1})
        if twice or not entries:
            raise _WrongError(f"{twice[0]} twice" if twice else "an empty list")
        return entries
    if key.kind == "mapping":
        if not isinstance(node, yaml.MappingNode):
            raise _WrongError(_shown(node))
        return {_scalar(name): _scalar(entry) for name, entry in node.value}
    text = _scalar(node)
    if key.kind == "bool":
        words = {"true": True, "yes": True, "false": False, "no": False}
        if text.lower() not in words:
            raise _WrongError(text)
        return words[text.lower()]
    if key.kind in ("int", "number"):
        return _number(key, text)
    if key.kind == "date":
        return _date(text)
    if key.kind == "path":
        # An absolute path stays what it is.
        return Path(os.path.normpath(folder / Path(text).expanduser()))
    return _fitting(key, text)


def _scalar(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise _WrongError(_shown(node))
    return str(node.value).strip()


def _shown(node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    return "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"


def _fitting(key: Key, text: str) -> str:
    if (key.choices and text not in key.choices) or (key.pattern and not re.fullmatch(key.pattern, text)):
        raise _WrongError(text or "nothing")
    return text


def _number(key: Key, text: str) -> int | float:
    if re.fullmatch(r"[-+]?\d+,\d+", text):
        raise _WrongError(text, f"Write a decimal point: {text.replace(',', '.')}")
    if unit := re.fullmatch(r"([-+]?\d+(?:\.\d+)?)\s*([^\W\d]+|%|°C)", text):
        raise _WrongError(text, f"Write the number alone, {unit[1]}, in the unit that the key's name says.")
    whole = r"[-+]?\d+(?:\.0+)?" if key.kind == "int" else r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
    if not re.fullmatch(whole, text):
        raise _WrongError(text)
    value = int(float(text)) if key.kind == "int" and "." in text else int(text) if key.kind == "int" else float(text)
    if (key.low is not None and value < key.low) or (key.high is not None and value > key.high):
        raise _WrongError(text)
    if key.choices and str(value) not in key.choices:
        raise _WrongError(text)
    return value


def _date(text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat() if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else _no_date(text)
    except ValueError:
        raise _WrongError(text, "There is no such day.") from None


def _no_date(text: str) -> str:
    raise _WrongError(text, "Write year, month, day: 2026-03-31.")


# ------------------------------------------------------------------------------------------- what does not go together

_Contradiction = tuple[str, str, str, str]


def _contradictions(values: Mapping[str, Any], folder: Path) -> Iterator[_Contradiction]:
    """Yield key, problem, expected and found of what is right by itself and wrong beside something else."""
    defaults = {name: key.default for name, key in keys().items()}

    def both(low: str, high: str) -> Iterator[_Contradiction]:
        if (low in values or high in values) and (start := values.get(low, defaults[low])) > (
            end := values.get(high, defaults[high])
        ):
            at = high if high in values else low
            yield at, f"{high} is below {low}.", f"{low} at most {high}", f"{start} and {end}"

    yield from both("eligibility.age_min", "eligibility.age_max")
    yield from both("cold.flag_minutes", "cold.reject_minutes")
    yield from _band_contradictions(values, defaults)
    centres = values.get("design.centres", [])
    for name in ("region", "latitude", "longitude"):
        dotted = f"metadata.{name}_by_centre"
        named = values.get(dotted, {})
        if named and centres and set(named) != set(centres):
            yield dotted, f"{dotted} is not one for each centre.", ", ".join(centres), ", ".join(named)
    key_file = values.get("codes.key_file")
    if key_file is not None and key_file.parts[: len(folder.parts) + 1] == (*folder.parts, "results"):
        yield "codes.key_file", "The key must not lie among results.", "a path outside results/", str(key_file)
    yield from _label_contradictions(values, defaults)
    zone = values.get("cold.zone")
    if zone is not None and not _is_zone(zone):
        close = nearest(zone, available_timezones())
        yield "cold.zone", "There is no such time zone.", f"one such as {close or 'Europe/Amsterdam'}", zone


def _band_contradictions(values: Mapping[str, Any], defaults: Mapping[str, Any]) -> Iterator[_Contradiction]:
    names = [f"eligibility.{name}" for name in ("age_bands", "age_min", "age_max")]
    bands, low, high = (values.get(name, defaults[name]) for name in names)
    at = next((name for name in names if name in values), None)
    if at is None:
        return
    ends = sorted((int(first), int(last)) for first, _, last in (band.partition("-") for band in bands))
    covered = [age for first, last in ends for age in range(first, last + 1)]
    missing = sorted(set(range(low, high + 1)) - set(covered))
    if missing:
        yield at, "The age bands leave ages out.", f"bands for all of {low} to {high}", f"none for {missing[0]}"
    if len(covered) != len(set(covered)):
        yield at, "The age bands overlap.", "each age in one band", ", ".join(bands)


def _label_contradictions(values: Mapping[str, Any], defaults: Mapping[str, Any]) -> Iterator[_Contradiction]:
    from handbook_utils.protocols.people.labels import label_format

    names = ("codes.label_format", "codes.label_grid")
    at = next((name for name in reversed(names) if name in values), None)
    if at is None:
        return
    form, grid = (values.get(name, defaults[name]) for name in names)
    try:
        label_format(form, ", ".join(f"{name}={value}" for name, value in grid.items()))
    except InputErrors as wrong:
        for error in wrong.errors:
            yield at, f"{error.problem} ({error.where})", error.expected or "", error.found or form


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True


if __name__ == "__main__":
    sys.stdout.write(example())

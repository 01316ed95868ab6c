"""Everything of a study that may leave, in one crate: an RO-Crate 1.2 that is a Data Package, too.

What leaves stands on a list; what does not stand on it stays. Every table on the list is looked at by the privacy guard
before it is put in, and one finding stops all.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.disclosure.groups import quasi_identifier
from handbook_utils.protocols.disclosure.guard import Guard
from handbook_utils.protocols.metadata.standards import INSDC_MISSING, STANDARDS
from handbook_utils.protocols.metadata.validation import personal
from handbook_utils.study.cells import delimited
from handbook_utils.text.decode import decode
from handbook_utils.text.hash import sha256

#: Licences, by their SPDX name: address and title.
LICENCES = {
    "CC-BY-4.0": ("https://creativecommons.org/licenses/by/4.0/", "Creative Commons Attribution 4.0"),
    "CC0-1.0": ("https://creativecommons.org/publicdomain/zero/1.0/", "Creative Commons Zero 1.0"),
}
_KINDS = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "md": "text/markdown",
    "json": "application/json",
}
_GUARD = Guard()
_NUMBERS = ("number", "integer", "number_id")
CRATE = "ro-crate-metadata.json"
PACKAGE = "datapackage.json"


@dataclass(frozen=True)
class Decision:
    """Whether a file of a step leaves.

    Parameters
    ----------
    step, file : str
        Name of the step and of the file it wrote.
    leaves : bool
        Whether it goes into the crate.
    why : str
        The reason, in words.
    """

    step: str
    file: str
    leaves: bool
    why: str

    @property
    def described(self) -> bool:
        """Whether it says of people what may leave; from every other file that is left out."""
        return self.step == "record-metadata"


DECISIONS = (
    Decision("plan-the-study", "plan.csv", True, "says how the sample size came about"),
    Decision("include-participants", "screening-decisions.csv", False, "people who never consented are in it"),
    Decision("include-participants", "included.csv", False, "its screening numbers lead to names"),
    Decision(
        "assign-codes-and-labels", "tubes.csv", True, "the list of samples, by code and without what describes a person"
    ),
    Decision("assign-codes-and-labels", "codes.csv", False, "the list of tubes says the same"),
    Decision("assign-codes-and-labels", "labels.pdf", False, "who has labels can make tubes"),
    Decision("assign-codes-and-labels", "kits.csv", False, "it went along with addresses"),
    Decision("keep-it-cold", "verdicts.csv", True, "says which samples stood warm"),
    *(
        Decision("record-metadata", f"metadata-{key}.tsv", True, f"metadata for {STANDARDS[key].title}")
        for key in ("mixs", "mims", "ena", "ncbi", "ncbi-mims", "qiita")
    ),
    Decision("record-metadata", "metadata-qiime2.tsv", False, "holds exact answers, for the study's own analysis"),
    Decision("record-metadata", "wrong-checked.xlsx", False, "an example of mistakes, made on purpose"),
    Decision("extract-and-plate", "wells.csv", True, "says which sample lay beside which"),
    Decision("extract-and-plate", "batches.csv", True, "says what was extracted together"),
    Decision("sequence", "pooling.csv", True, "says how libraries were pooled"),
    Decision("sequence", "SampleSheet.csv", True, "says which index belongs to which sample"),
    Decision("accept-the-run", "run-verdict.csv", True, "says which plates passed, and why"),
)


@dataclass(frozen=True)
class About:
    """What a crate says of itself.

    Parameters
    ----------
    name, description, licence, date, author, access : str
        Licence by its SPDX name, date in ISO 8601; access in words.
    """

    name: str
    description: str
    licence: str
    date: str
    author: str
    access: str


def check_among(metadata: Path, left: Sequence[Path]) -> None:
    """Check that the metadata are among the files that the steps of a study left.

    Parameters
    ----------
    metadata : pathlib.Path
        ``metadata-ena.tsv``.
    left : sequence of pathlib.Path
        Files in results/<step>/files.

    Raises
    ------
    InputError
        They are not, or do not lie in results/record-metadata/files.

    Examples
    --------
    >>> check_among(made := Path("study/results/record-metadata/files/metadata-ena.tsv"), [made])
    """
    if metadata not in left or [part.name for part in list(metadata.parents)[:2]] != ["files", "record-metadata"]:
        raise InputError(
            "The metadata are not among what the steps of a study left.",
            where=str(metadata),
            expected="results/record-metadata/files/metadata-ena.tsv, given as metadata and among left",
            found=f"{len(left)} files as left",
            remedy="Run record-metadata first, and this with --study, which gives both.",
        )


def collect(
    left: Sequence[Path], looking: Guard = _GUARD, quasi_identifiers: Sequence[str] = ()
) -> tuple[dict[str, bytes], pd.DataFrame]:
    """Gather what the steps of a study left and may leave.

    Parameters
    ----------
    left : sequence of pathlib.Path
        Files that the steps left, in results/<step>/files.
    looking : Guard
        What looks for personal data.
    quasi_identifiers : sequence of str
        What describes a person; it leaves in the metadata alone.

    Returns
    -------
    members : dict of str to bytes
        By path in the crate: data/<step>/<file>.
    decided : pandas.DataFrame
        step, file, leaves (yes, no), why: a row for every file.

    Raises
    ------
    InputErrors
        A table that would leave holds personal data.
    """
    known = {(one.step, one.file): one for one in DECISIONS}
    members: dict[str, bytes] = {}
    rows = []
    for path in sorted(left):
        step = path.parents[1].name
        one = known.get((step, path.name))
        why = one.why if one else "nobody decided about it"
        rows.append((step, path.name, "yes" if one and one.leaves else "no", why))
        if one and one.leaves:
            content = path.read_bytes()
            if not one.described:
                content = without(path.name, content, quasi_identifiers)
            members[f"data/{step}/{path.name}"] = content
    guard(members, looking)
    return members, pd.DataFrame(rows, columns=["step", "file", "leaves", "why"])


def without(name: str, content: bytes, quasi_identifiers: Sequence[str]) -> bytes:
    r"""Leave columns that describe a person out of a CSV file; what has none stays as it is.

    Parameters
    ----------
    name : str
        Of the file.
    content : bytes
        UTF-8.
    quasi_identifiers : sequence of str
        As the study file names them.

    Returns
    -------
    bytes
        UTF-8.

    Examples
    --------
    >>> without("tubes.csv", b"sample,sex,arm\nA-1,female,usual\n", ["sex"])
    b'sample,arm\nA-1,usual\n'
    """
    if not name.endswith(".csv") or name == "SampleSheet.csv":
        return content
    table = _table(name, content)
    gone = [one for one in table.columns if quasi_identifier(str(one), quasi_identifiers)]
    # A table that is not of people, such as one of batches with their days, has no tube or code in front.
    if not gone or str(table.columns[0]) not in ("sample", "participant", "tube"):
        return content
    return table.drop(columns=gone).to_csv(index=False, lineterminator="\n").encode("utf-8")


def tables(members: Mapping[str, bytes]) -> dict[str, pd.DataFrame]:
    """Read the tables of a crate, by their names in it.

    Parameters
    ----------
    members : mapping of str to bytes
        Files of the crate.

    Returns
    -------
    dict of str to pandas.DataFrame
        Cells as text; sample sheets are left out.
    """
    return {
        name: _table(name, content)
        for name, content in members.items()
        if name.rpartition(".")[2] in ("csv", "tsv") and not name.endswith("SampleSheet.csv")
    }


def guard(members: Mapping[str, bytes], looking: Guard = _GUARD, *, today: dt.date | None = None) -> None:
    """Look for personal data in every table of a crate.

    Parameters
    ----------
    members : mapping of str to bytes
        CSV and TSV are looked at; generated texts and JSON are not.
    looking : Guard
        With what was answered.
    today : datetime.date, optional
        By which it is told whether a date may be one of birth; without it, the day on which this is called.

    Raises
    ------
    InputErrors
        Every finding in every table, with what to do.
    """
    errors = []
    for name, content in members.items():
        if name.rpartition(".")[2] not in ("csv", "tsv"):
            continue
        table = _table(name, content)
        ids = [str(cell) for cell in table.iloc[:, 0]] if len(table.columns) else []
        for one in personal(table, ids, today or dt.date.today(), looking):
            at = ", ".join(filter(None, [f"line {one.row}" if one.row else "", one.column]))
            errors.append(
                InputError(
                    "This must not leave.",
                    where=f"{name}, {at}",
                    expected=one.rule,
                    found=one.value or None,
                    remedy=one.remedy,
                )
            )
    if errors:
        raise InputErrors(errors)


def _table(name: str, content: bytes) -> pd.DataFrame:
    """Read every line as cells, also of an Illumina sample sheet, whose lines differ in length."""
    text, _ = decode(content, name)
    if name.endswith("SampleSheet.csv"):
        lines = text.splitlines()
        return pd.DataFrame({"line": lines}, index=pd.RangeIndex(1, len(lines) + 1), dtype=object)
    made = delimited.sheet(text, name)
    rows = [(line, cells) for line, cells in made.rows if not cells[0].startswith("#q2:")]
    width = len(made.header)
    cells = [[*cells[:width], *[""] * (width - len(cells))] for _, cells in rows]
    return pd.DataFrame(cells, columns=made.header, index=pd.Index([line for line, _ in rows]), dtype=object)


def data_package(members: Mapping[str, bytes], about: About) -> bytes:
    """Describe the tables of a crate as a Data Package (version 2).

    Parameters
    ----------
    members : mapping of str to bytes
        Files of the crate.
    about : About
        Title, licence and who made it.

    Returns
    -------
    bytes
        ``datapackage.json``: every table with size, SHA-256, columns and, where a standard gives them, their units.
    """
    address, title = LICENCES[about.licence]
    resources = []
    for name, content in sorted(members.items()):
        ending = name.rpartition(".")[2]
        if ending not in ("csv", "tsv") or name.endswith("SampleSheet.csv"):
            continue
        table = _table(name, content)
        plain = Path(name).stem.lower()
        tab = ending == "tsv"
        dialect: dict[str, Any] = {"delimiter": "\t"} if tab else {}
        if plain == "metadata-qiime2":
            dialect["commentChar"] = "#"
        resources.append(
            {
                "name": plain,
                "path": name,
                "type": "table",
                "format": ending,
                "mediatype": _KINDS[ending],
                "encoding": "utf-8",
                "bytes": len(content),
                "hash": f"sha256:{sha256(content)}",
                **({"dialect": dialect} if dialect else {}),
                "schema": {"fields": _fields(plain, list(table.columns)), "missingValues": ["", *INSDC_MISSING]},
            }
        )
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "study-crate",
        "title": about.name,
        "description": about.description,
        "created": f"{about.date}T00:00:00Z",
        "licenses": [{"name": about.licence, "path": address, "title": title}],
        "contributors": [{"title": about.author, "roles": ["creator"]}],
        "resources": resources,
    }
    return _json(package)


def _fields(name: str, columns: Sequence[str]) -> list[dict[str, str]]:
    asked = STANDARDS.get({"ena-samples": "ena"}.get(name, name.removeprefix("metadata-")))
    made = []
    for column in columns:
        field = asked.field(str(column).lstrip("*")) if asked else None
        described = {"name": str(column), "type": "number" if field and field.rule in _NUMBERS else "string"}
        if field:
            described["description"] = field.help
            if field.units and field.rule in _NUMBERS:
                described["unit"] = field.units[0]
        made.append(described)
    return made


def crate_metadata(members: Mapping[str, bytes], told: Mapping[str, str], about: About) -> bytes:
    """Describe a crate's files as an RO-Crate 1.2.

    Parameters
    ----------
    members : mapping of str to bytes
        All files but this one.
    told : mapping of str to str
        What each file is, by its name without folder.
    about : About
        What it says of the study.

    Returns
    -------
    bytes
        ``ro-crate-metadata.json``; the same bytes for the same input.
    """
    address, title = LICENCES[about.licence]
    graph: list[dict[str, Any]] = [
        {
            "@id": CRATE,
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
            "about": {"@id": "./"},
        },
        {
            "@id": "./",
            "@type": "Dataset",
            "name": about.name,
            "description": about.description,
            "datePublished": about.date,
            "license": {"@id": address},
            "author": {"@id": "#study"},
            "publisher": {"@id": "#study"},
            "conditionsOfAccess": about.access,
            "hasPart": [{"@id": name} for name in sorted(members)],
        },
        {
            "@id": address,
            "@type": "CreativeWork",
            "name": title,
            "description": f"Licence {about.licence} of what is shared in this crate",
        },
        {"@id": "#study", "@type": "Organization", "name": about.author, "description": "Who made the study"},
    ]
    graph += [
        {
            "@id": name,
            "@type": "File",
            "name": Path(name).name,
            "description": told.get(Path(name).name, "File of the study"),
            "encodingFormat": _KINDS.get(name.rpartition(".")[2], "application/octet-stream"),
            "contentSize": str(len(content)),
            "sha256": sha256(content),
        }
        for name, content in sorted(members.items())
    ]
    return _json({"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": graph})


def _json(content: object) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


def packed(members: Mapping[str, bytes]) -> bytes:
    """Pack a crate as a zip archive: the same bytes for the same members, whatever the clock says.

    Parameters
    ----------
    members : mapping of str to bytes
        Files of the crate.

    Returns
    -------
    bytes
        ZIP, with dates of 1 January 2020.

    Examples
    --------
    >>> packed({"a.csv": b"1"}) == packed({"a.csv": b"1"})
    True
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(members.items()):
            entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()

"""The provenance of a run as an RO-Crate 1.2: what was run, with what, on what, and what came out.

The crate also follows the Process Run Crate profile 0.5: the run is a ``CreateAction`` whose instrument is the chapter,
whose objects are the input files and the parameters, and whose results are the files of the folder.
"""

from __future__ import annotations

import base64
import json
import mimetypes
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from handbook_utils.asking import written
from handbook_utils.chapters.catalogue import Chapter
from handbook_utils.text.hash import sha256_of

NAME = "ro-crate-metadata.json"
SOURCE = "chapter.md"
_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
#: What the files of a result folder are, by name or by the folder they lie in.
_ABOUT = {
    "report.html": "Report: text, figures and tables of the run, in one file",
    "notebook.ipynb": "The executed notebook",
    "methods.md": "Methods text, parameters, versions, checksums, references",
    "params.yml": "The parameters; the run is repeated with them by: handbook run {slug} -f params.yml",
    "values.csv": "The numbers that the chapter recorded, by name",
    SOURCE: "The chapter's source",
    "log.txt": "What the run read, left out and printed, and how it ended",
    "read.json": "What was read of each table, what was left out, and why",
    "figures": "Figure of the run",
    "tables": "Table of the run",
    "files": "File that the run made",
}
_BUNDLED = "File of the handbook that the run opened"
#: Where the platform's own list differs from machine to machine, or has no entry.
_KINDS = {".ipynb": "application/x-ipynb+json", ".md": "text/markdown", ".yml": "application/yaml", ".csv": "text/csv"}


class InputFile(NamedTuple):
    """What is known of a reader's own file."""

    sha256: str
    size: int


def content_address(digest: str) -> str:
    """Name a file by its content, after RFC 6920.

    Inputs are named so: a crate is made to be handed on, and the path of a file on somebody's machine says nothing to
    others and often more than it should about its owner.

    Parameters
    ----------
    digest : str
        A SHA-256, in hexadecimal.

    Returns
    -------
    str
        A URI of the scheme ``ni``.

    Examples
    --------
    >>> content_address("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
    'ni:///sha-256;n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg'
    """
    encoded = base64.urlsafe_b64encode(bytes.fromhex(digest)).decode("ascii").rstrip("=")
    return f"ni:///sha-256;{encoded}"


def write_crate(
    folder: Path,
    chapter: Chapter,
    run: Mapping[str, Any],
    inputs: Mapping[str, InputFile],
    *,
    found: Sequence[str] = (),
) -> Path:
    """Write ``ro-crate-metadata.json`` over all that lies in a result folder.

    Parameters
    ----------
    folder : pathlib.Path
        A complete result folder but for this file.
    chapter : Chapter
        What was run.
    run : mapping
        ``handbook_run`` of the executed notebook.
    inputs : mapping of str to InputFile
        The reader's own files, by name.
    found : sequence of str
        What the run answered.

    Returns
    -------
    pathlib.Path
        The file written; the same bytes for the same folder and run.
    """
    from rocrate.model import ContextEntity
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version="1.2")

    def about(address: str, kind: str | list[str], **properties: Any) -> Any:
        return crate.add(ContextEntity(crate, address, properties={"@type": kind, **properties}))

    root = crate.root_dataset
    root["name"] = f"{chapter.title}: results of a run"
    about_it = f"{chapter.question} Answered by the chapter {chapter.slug} of the Gut Microbiome Handbook."
    root["description"] = " ".join([about_it, *found])
    root["datePublished"] = run["executed"]
    root["license"] = about(
        "#licence",
        "CreativeWork",
        name="To be stated by whoever publishes these results",
        description="The results belong to whoever ran the chapter on their data. Text of the handbook that the "
        "report repeats is CC BY 4.0, its code BSD-3-Clause.",
    )
    root["conformsTo"] = about(_PROFILE, ["CreativeWork", "Profile"], name="Process Run Crate", version="0.5")
    packages = [
        about(
            _purl(name, version),
            "SoftwareApplication",
            name=name,
            version=version,
            url=_homepage(name) or _purl(name, version),
        )
        for name, version in run["versions"].items()
    ]
    python = about("#python", "ComputerLanguage", name="Python", version=run["python"], url="https://www.python.org/")
    made = {path.relative_to(folder).as_posix(): _file(crate, path, folder, chapter) for path in _files(folder)}
    source = made.pop(SOURCE)
    source["version"] = run["versions"]["handbook-utils"]
    source["programmingLanguage"] = python
    source["softwareRequirements"] = packages
    files = {name: {"sha256": digest} for name, digest in run["data"].items()}
    files |= {name: {"sha256": file.sha256, "contentSize": str(file.size)} for name, file in inputs.items()}
    # Files of one content are one to a crate, under all the names that they were given by.
    alike: dict[str, list[str]] = {}
    for name, known in files.items():
        alike.setdefault(known["sha256"], []).append(name)
    given = [
        crate.add_file(
            content_address(files[name]["sha256"]),
            fetch_remote=False,
            properties={
                "name": name,
                **({"alternateName": others} if others else {}),
                "description": "Input file of the reader" if name in inputs else _BUNDLED,
                "encodingFormat": _kind(Path(name)),
                **files[name],
            },
        )
        for name, *others in alike.values()
    ]
    given += [
        about(f"#parameter-{name}", "PropertyValue", name=name, value=_value(value))
        for name, value in run["parameters"].items()
    ]
    root["mentions"] = about(
        "#run",
        "CreateAction",
        name=f"Run of {chapter.slug}",
        description=f"Execution of the chapter {chapter.title} with the parameters in params.yml.",
        endTime=run["executed"],
        actionStatus="http://schema.org/CompletedActionStatus",
        instrument=source,
        object=given,
        result=list(made.values()),
    )
    path = folder / NAME
    path.write_text(json.dumps(crate.metadata.generate(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _purl(name: str, version: str) -> str:
    return f"pkg:pypi/{name}@{version}"


def _homepage(distribution: str) -> str | None:
    """Return what a package says of itself; it need not be installed where a crate is written."""
    try:
        stated = metadata.metadata(distribution).get_all("Project-URL") or []
    except metadata.PackageNotFoundError:
        return None
    addresses = {label.strip().casefold(): address.strip() for label, _, address in (x.partition(",") for x in stated)}
    return addresses.get("homepage")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != NAME)


def _file(crate: Any, path: Path, folder: Path, chapter: Chapter) -> Any:
    inside = path.relative_to(folder)
    is_source = inside.as_posix() == SOURCE
    what = _ABOUT.get(inside.parts[0], "File of the run").format(slug=chapter.slug)
    return crate.add_file(
        path,
        inside.as_posix(),
        properties={
            **({"@type": ["File", "SoftwareSourceCode"], "identifier": chapter.slug} if is_source else {}),
            "name": chapter.title if is_source else path.name,
            "description": what,
            "encodingFormat": _kind(path),
            "contentSize": str(path.stat().st_size),
            "sha256": sha256_of(path),
        },
    )


def _kind(path: Path) -> str:
    return _KINDS.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def _value(value: object) -> object:
    # An empty text would not be a value.
    return value if isinstance(value, (bool, int, float)) else written(value) or "(none)"

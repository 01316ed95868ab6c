"""The bundled data sets: real, small, checked before they are read.

They lie in ``data/`` of the checkout, a Data Package (version 2, datapackage.org): ``datapackage.json`` says of every
file its size, SHA-256, columns with units, the paper, the software package it was taken from, that package's licence
and what was changed. Elsewhere than in a checkout, the environment variable ``HANDBOOK_DATA`` names that folder.
"""

from __future__ import annotations

import gzip
import io
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handbook_utils.errors import InputError, InputErrors, nearest
from handbook_utils.home import data_folder
from handbook_utils.text.hash import sha256

# A build only asks for checksums: the libraries that read the tables are imported by the functions that do.
if TYPE_CHECKING:
    import pandas as pd

    from handbook_utils.study import Study

__all__ = ["DataSet", "checksums", "describe", "frame", "load", "names", "path", "published", "root", "verify"]


@dataclass(frozen=True)
class DataSet:
    """What is known about a bundled data set.

    Parameters
    ----------
    name, title, description : str
        What it is.
    paper, doi : str
        Who made it, and the address of the paper ("" where it has none).
    package : str
        The software package it was taken from, with its version.
    licence : str
        The licence of that package, or of the data where the package states one.
    changes : str
        What we changed.
    columns : dict of str to str
        The meaning of each metadata column (or column of a plain table), with its unit.
    checksums : dict of str to str
        The SHA-256 of each file, by its path in the data folder.
    """

    name: str
    title: str
    description: str
    paper: str
    doi: str
    package: str
    licence: str
    changes: str
    columns: dict[str, str]
    checksums: dict[str, str]


def root() -> Path:
    """Return the data folder: what ``HANDBOOK_DATA`` names, or else ``data/`` of the handbook.

    Raises
    ------
    InputError
        There is no datapackage.json in it.
    """
    folder = data_folder()
    if not (folder / "datapackage.json").is_file():
        raise InputError(
            "The folder with the bundled data is not there.",
            expected="a folder with datapackage.json",
            found=str(folder),
            remedy="Set HANDBOOK_DATA to the data/ folder of a checkout of the handbook.",
        )
    return folder


def names() -> list[str]:
    """Return the names of the bundled data sets, in alphabetical order.

    Examples
    --------
    >>> "throat" in names()
    True
    """
    return sorted({resource["dataset"] for resource in _resources()})


def describe(name: str) -> DataSet:
    """Tell what a data set is, where it comes from and what was changed.

    Parameters
    ----------
    name : str
        As ``datapackage.json`` names it.

    Returns
    -------
    DataSet
        What is known of it.

    Raises
    ------
    InputError
        There is no data set of this name; the message suggests the nearest.

    Examples
    --------
    >>> describe("throat").doi
    'https://doi.org/10.1371/journal.pone.0015216'
    >>> describe("throat").columns["age"]
    'Age (years). Age in the package.'
    """
    resources = _parts(name)
    shown = resources["metadata"] if "metadata" in resources else resources["table"]
    paper, package = shown["sources"]
    return DataSet(
        name=name,
        title=shown["title"].rpartition(": ")[0],
        description=shown["description"],
        paper=paper["title"],
        doi=paper.get("path", ""),
        package=" ".join(filter(None, [package["title"], package.get("version")])),
        licence=shown["licenses"][0]["name"],
        changes=shown["changes"],
        columns={field["name"]: _meaning(field) for field in shown["schema"]["fields"]},
        checksums={resource["path"]: _sha256(resource) for resource in resources.values()},
    )


def load(name: str) -> Study:
    """Read a bundled study, after checking that its files are what they were.

    A second call in the same process gives the same object; a study does not change. (Copy its tree before changing
    that: ``study.tree.copy()``.)

    Parameters
    ----------
    name : str
        As ``datapackage.json`` names it.

    Returns
    -------
    Study
        With its metadata, and taxonomy and tree where it has these.

    Raises
    ------
    InputError
        There is no study of this name, or a file is missing or has changed.

    Examples
    --------
    >>> load("throat").shape
    (60, 856)
    """
    resources = _parts(name)
    if "metadata" not in resources:
        raise InputError(
            f"The data set {name!r} is a plain table, not a study.",
            expected="one with a feature table and sample metadata",
            remedy=f"Read it with datasets.frame({name!r}).",
        )
    for resource in resources.values():  # also where an earlier call, or the process this one is forked from, read it
        _note(resource["path"])
    return _load(root(), name, tuple(_sha256(resource) for resource in resources.values()))


@lru_cache(maxsize=32)
def _load(folder: Path, name: str, _hashes: tuple[str, ...]) -> Study:
    import pandas as pd
    from scipy import sparse
    from skbio import TreeNode

    from handbook_utils.study import Study

    resources = _parts(name)
    content = {part: _checked(folder, resource) for part, resource in resources.items()}
    metadata = _read(content["metadata"], resources["metadata"]).set_index("sample")
    features = _read(content["features"], resources["features"]).set_index("feature")
    value = resources["table"]["schema"]["fields"][2]["name"]
    # Read as categories of the known ids, each id becomes its position.
    axes = {"sample": metadata.index, "feature": features.index}
    cells = pd.read_csv(
        io.BytesIO(content["table"]),
        dtype={axis: pd.CategoricalDtype(ids) for axis, ids in axes.items()},
        keep_default_na=False,
    )
    at = tuple(cells[axis].cat.codes for axis in axes)

    def phylogeny() -> TreeNode:
        text = io.StringIO(content["tree"].decode())
        # Underscores in ids are underscores, not the blanks that old Newick means by them.
        return TreeNode.read(text, format="newick", verify=False, convert_underscores=False)

    return Study.from_sparse(
        sparse.coo_array((cells[value].to_numpy(dtype=float), at), shape=(len(metadata), len(features))),
        metadata.index,
        features.index,
        metadata,
        taxonomy=features if len(features.columns) else None,
        tree=phylogeny if "tree" in content else None,
        quantity="counts" if value == "count" else "abundances",
        name=name,
    )


def frame(name: str, part: str | None = None) -> pd.DataFrame:
    """Read a plain table, such as ``dutch-prevalence``, or one part of a study as it is stored.

    Parameters
    ----------
    name : str
        Name of the data set.
    part : {"table", "metadata", "features"}, optional
        By default the table.

    Returns
    -------
    pandas.DataFrame
        Of the types that its schema says.

    Raises
    ------
    InputError
        There is no such table, or its file is missing or has changed.

    Examples
    --------
    >>> list(frame("throat", "metadata").columns)
    ['sample', 'smoking', 'sex', 'age', 'pack_years']
    """
    tables = {key: resource for key, resource in _parts(name).items() if "schema" in resource}
    wanted = part or "table"
    if wanted not in tables:
        close = nearest(wanted, tables)
        raise InputError(
            f"The data set {name!r} has no table {wanted!r}.",
            expected="one of " + ", ".join(tables),
            remedy=f"Did you mean {close!r}?" if close else None,
        )
    return _read(_checked(root(), tables[wanted]), tables[wanted])


def published(chapter: str) -> pd.DataFrame:
    """Read the numbers that a page takes from papers, each with its source.

    Parameters
    ----------
    chapter : str
        Its slug.

    Returns
    -------
    pandas.DataFrame
        By the name that the number has on the page: ``value``, ``digits`` (decimals it is told with), ``source`` (key
        in ``book/references.bib``) and ``note`` (what it is, and where in the source).

    Raises
    ------
    InputError
        No number of this chapter is kept.

    Examples
    --------
    >>> float(published("explainers/treat-through-the-microbiome").loc["fodmap-rr", "value"])
    0.67
    """
    known = _by_chapter((root() / "published.csv").read_bytes())
    if chapter not in known:
        raise InputError(
            f"There are no published numbers of {chapter!r}.",
            where="data/published.csv",
            expected="one of " + ", ".join(known),
        )
    return known[chapter].copy()


@lru_cache(maxsize=1)
def _by_chapter(content: bytes) -> dict[str, pd.DataFrame]:
    rows = _parsed(content, ("note",), ()).groupby("chapter")
    return {str(chapter): mine.set_index("name").drop(columns="chapter") for chapter, mine in rows}


def path(name: str, file: str) -> Path:
    """Return where a file of a data set lies, or a folder of its files, after checking that it is what it was.

    Parameters
    ----------
    name : str
        Name of the data set.
    file : str
        A file as the data set names it, ``scans.csv``, or a folder of several, ``loggers``.

    Returns
    -------
    pathlib.Path
        In the data folder.

    Raises
    ------
    InputError, InputErrors
        There is no such file in the data set, or it is missing or has changed.

    Examples
    --------
    >>> path("example-study", "study.yml").name
    'study.yml'
    """
    inside = {resource["path"].partition("/")[2]: resource for resource in _parts(name).values()}
    wanted = [resource for known, resource in inside.items() if known == file or known.startswith(f"{file}/")]
    if not wanted:
        close = nearest(file, inside)
        raise InputError(
            f"The data set {name!r} has no file {file!r}.",
            expected="one of " + ", ".join(inside),
            remedy=f"Did you mean {close!r}?" if close else None,
        )
    _check_all(root(), wanted)
    return root() / name / file


def checksums(names: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of every file of these data sets, by its path in the data folder.

    Parameters
    ----------
    names : iterable of str
        Data sets.

    Returns
    -------
    dict of str to str
        Hexadecimal digits, by path.

    Examples
    --------
    >>> sorted(checksums(["throat"]))[0]
    'throat/features.csv.gz'
    """
    return {resource["path"]: _sha256(resource) for name in names for resource in _parts(name).values()}


def verify(names: Iterable[str] | None = None) -> None:
    """Check every file of these data sets (by default of all) against its SHA-256.

    Parameters
    ----------
    names : iterable of str, optional
        Data sets.

    Raises
    ------
    InputError, InputErrors
        Files that are missing or have changed: each named.

    Examples
    --------
    >>> verify(["throat"])
    """
    known = [resource["dataset"] for resource in _resources()]
    wanted = dict.fromkeys(known if names is None else names)
    _check_all(root(), [resource for name in wanted for resource in _parts(name).values()])


def _check_all(folder: Path, resources: Iterable[dict[str, Any]]) -> None:
    errors = []
    for resource in resources:
        try:
            _checked(folder, resource)
        except InputError as error:
            errors.append(error)
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise InputErrors(errors)


# ---------------------------------------------------------------------- the data package


def _resources() -> list[dict[str, Any]]:
    path = root() / "datapackage.json"
    return _package(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _package(path: Path, _changed: int) -> list[dict[str, Any]]:
    resources: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["resources"]
    return resources


def _parts(name: str) -> dict[str, dict[str, Any]]:
    found = {resource["part"]: resource for resource in _resources() if resource["dataset"] == name}
    if not found:
        known = names()
        close = nearest(name, known)
        raise InputError(
            f"There is no data set {name!r}.",
            expected="one of " + ", ".join(known),
            remedy=f"Did you mean {close!r}?" if close else None,
        )
    return found


def _sha256(resource: dict[str, Any]) -> str:
    return str(resource["hash"]).removeprefix("sha256:")


def _meaning(field: dict[str, Any]) -> str:
    unit = f" ({field['unit']})" if "unit" in field else ""
    return " ".join(filter(None, [f"{field.get('title', field['name'])}{unit}.", field.get("description")]))


def _checked(folder: Path, resource: dict[str, Any]) -> bytes:
    path, expected = folder / resource["path"], _sha256(resource)
    remedy = f"Put the file back from the repository: git checkout -- data/{resource['path']}"
    try:
        content = path.read_bytes()
        _note(resource["path"])
    except FileNotFoundError:
        raise InputError(
            "A data file is missing.", where=str(path), expected=f"a file with sha256 {expected}", remedy=remedy
        ) from None
    found = sha256(content)
    if found != expected:
        raise InputError(
            "A data file is not what it was: its checksum differs.",
            where=str(path),
            expected=f"sha256 {expected}",
            found=f"sha256 {found} ({len(content)} bytes, where {resource['bytes']} were expected)",
            remedy=remedy,
        )
    return gzip.decompress(content) if resource.get("compression") == "gz" else content


def _note(name: str) -> None:
    """Tell the run that a bundled file was opened, where it asks to be told (``HANDBOOK_OPENED``)."""
    if record := os.environ.get("HANDBOOK_OPENED"):
        with Path(record).open("a", encoding="utf-8") as lines:
            lines.write(f"{name}\n")


def _read(content: bytes, resource: dict[str, Any]) -> pd.DataFrame:
    # Only text is forced: an id such as 4695 is text. An empty cell is a missing value; "NA" would be a word.
    text = tuple(field["name"] for field in resource["schema"]["fields"] if field["type"] == "string")
    return _parsed(content, text, ("",)).copy()


@lru_cache(maxsize=32)
def _parsed(content: bytes, text: tuple[str, ...], missing: tuple[str, ...]) -> pd.DataFrame:
    """Read a table once in this process and those forked from it; whoever changes it takes a copy."""
    import pandas as pd

    return pd.read_csv(
        io.BytesIO(content), dtype=dict.fromkeys(text, "str"), keep_default_na=False, na_values=list(missing)
    )

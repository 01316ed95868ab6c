"""BIOM 1.0 (JSON) and 2.1 (HDF5), checked field by field before anything is allocated or indexed."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from handbook_utils.errors import InputError, listed
from handbook_utils.study import files
from handbook_utils.study.cells.abundances import RANK_WORDS, name_by_ids
from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content
from handbook_utils.study.formats.format import Format
from handbook_utils.study.formats.functions.humann import TOOL as HUMANN
from handbook_utils.study.formats.functions.humann import apart
from handbook_utils.study.lineages import lineages, name_of
from handbook_utils.study.tables import KNOWN, RANKS, Table

#: How a global heap begins: its name, its version, three zeros.
_HEAP = b"GCOL\x01\x00\x00\x00"
#: Values of the second matrix that are read at once; and bytes of each dataset that HDF5 may keep (8 MB if not told).
_PART = 2**18
_AGAIN = "Copy or download it again; `biom validate-table -i` tells more."
_LINEAGES = ("taxonomy", "taxon", "lineage", "consensuslineage", "consensus lineage")


def _from_hdf5(content: Content, choices: Choices) -> Table:
    """Read BIOM 2.x. The matrix stays sparse throughout.

    Source: biom-format.org, "The biom file format: Version 2.1".

    Raises
    ------
    InputError
        Cut off, or HDF5 that is not BIOM; an index out of range; two matrices that differ; data in another file.
    """
    if _loops(content.data):
        raise _damaged("BIOM 2.1 (HDF5)", content.where, "what holds its texts has no end")
    try:
        with h5py.File(io.BytesIO(content.data), "r", rdcc_nbytes=_PART) as held:
            table = _hdf5(held, content.where)
    except (InputError, MemoryError):
        raise
    except Exception as error:  # a damaged file fails anywhere inside h5py, with any error
        raise _damaged("BIOM 2.1 (HDF5)", content.where, f"{type(error).__name__}: {error}") from None
    return _finished(table, choices)


def _loops(data: bytes) -> bool:
    """Whether a global heap, which holds the ids, has an object without an end: HDF5 1.14 reads that for ever.

    What is free in a heap is an object numbered 0, whose size counts its head (16 bytes); that of others does not.

    Source: HDF5 File Format Specification, III.E, Disk Format: Level 1E, Global Heap.
    """
    at = data.find(_HEAP)
    while at >= 0:
        end = at + int.from_bytes(data[at + 8 : at + 16], "little")
        place = at + 16
        while place + 16 <= end <= len(data):
            free = not any(data[place : place + 2])
            size = int.from_bytes(data[place + 8 : place + 16], "little") + (0 if free else 16)
            if size == 0 or size > end - place:
                return True
            place += (size + 7) // 8 * 8
        at = data.find(_HEAP, at + 1)
    return False


def _hdf5(held: h5py.File, where: str) -> Table:
    needed = ("observation/ids", "sample/ids", "sample/matrix/data", "sample/matrix/indices", "sample/matrix/indptr")
    for name in needed:
        if name not in held:
            raise InputError(
                "This HDF5 file is not a BIOM table.",
                where=where,
                expected=f"BIOM 2.1, with {name}",
                found=f"the groups {', '.join(list(held)[:8]) or 'none'}",
                remedy="Export the table as BIOM 2.1.",
            )
    features, samples = (_texts(_dataset(held, f"{side}/ids", where)) for side in ("observation", "sample"))
    matrix = _matrix(held, "sample", len(samples), len(features), where)
    if "observation/matrix/data" in held and not _agrees(held, matrix, where):
        raise _damaged("BIOM 2.1 (HDF5)", where, "the table by samples is not the table by features")
    table = Table("BIOM 2.1 (HDF5)", matrix, samples, features, "samples", KNOWN, notes=["Format: BIOM 2.1 (HDF5)."])
    about = {
        side: _metadata(held, side, len(ids), where) for side, ids in (("observation", features), ("sample", samples))
    }
    table.taxonomy = _taxonomy(about["observation"], features)
    table.metadata = _of_samples(about["sample"], samples)
    return table


def _dataset(held: h5py.File, name: str, where: str) -> h5py.Dataset:
    """Return a dataset that lies in the file itself and is not larger than what may be read."""
    at: Any = held
    for part in name.split("/"):
        link = at.get(part, getlink=True)
        if isinstance(link, (h5py.ExternalLink, h5py.SoftLink)):
            raise _damaged("BIOM 2.1 (HDF5)", where, f"{name} is a link to another place")
        at = at[part]
    if not isinstance(at, h5py.Dataset) or at.external or at.is_virtual:
        raise _damaged("BIOM 2.1 (HDF5)", where, f"{name} holds no data of its own")
    if at.size * max(at.dtype.itemsize, 1) > files.MOST:
        raise _damaged("BIOM 2.1 (HDF5)", where, f"{name} has {at.size} values, more than can be read")
    return at


def _texts(dataset: h5py.Dataset) -> list[str]:
    if not dataset.size:
        return []
    return [value.decode("utf-8") if isinstance(value, bytes) else str(value) for value in dataset[:].ravel()]


def _matrix(held: h5py.File, side: str, length: int, width: int, where: str) -> sparse.csr_array:
    values, at, begins = _places(held, side, length, width, where)
    if not len(at):
        return sparse.csr_array((length, width), dtype=float)
    return _once(np.asarray(values[:], dtype=float), at, begins, (length, width), f"{side}/matrix", where)


def _once(
    values: npt.NDArray[np.generic],
    at: npt.NDArray[np.integer],
    begins: npt.NDArray[np.integer],
    shape: tuple[int, int],
    name: str,
    where: str,
) -> sparse.csr_array:
    """Return a matrix of these values, in which no cell is there twice; columns of a row are put in order."""
    kind = np.int32 if max(len(at), shape[1]) < 2**31 else np.int64
    made = sparse.csr_array((values, at.astype(kind, copy=False), begins.astype(kind)), shape=shape)
    before = made.nnz
    made.sum_duplicates()
    if made.nnz != before:
        raise _damaged("BIOM 2.1 (HDF5)", where, f"{name}: a cell that is there twice")
    return made


def _places(
    held: h5py.File, side: str, length: int, width: int, where: str
) -> tuple[h5py.Dataset, npt.NDArray[np.integer], npt.NDArray[np.integer]]:
    """Return the values of a matrix, which are not read yet, and where they stand: columns, and where rows begin."""
    values, indices, pointers = (
        _dataset(held, f"{side}/matrix/{part}", where) for part in ("data", "indices", "indptr")
    )
    at, begins = np.asarray(indices[:]), np.asarray(pointers[:])
    for array in (at, begins):
        if array.dtype.kind not in "iu" and array.size:
            raise _damaged("BIOM 2.1 (HDF5)", where, f"{side}/matrix: places that are no whole numbers")
    count, wrong = values.size, ""
    if len(begins) != length + 1 and not (len(begins) <= 1 and not count):
        wrong = f"indptr has {len(begins)} values for {length} ids"
    elif len(at) != count or (len(begins) and int(begins[-1]) != count):
        wrong = f"{count} values have {len(at)} places"
    elif len(begins) and (int(begins[0]) != 0 or bool(np.any(begins[1:] < begins[:-1]))):
        wrong = "indptr does not rise from 0"
    elif len(at) and (int(at.min()) < 0 or int(at.max()) >= width):
        wrong = f"an index of {int(at.max() if at.max() >= width else at.min())}, where there are {width}"
    if wrong:
        raise _damaged("BIOM 2.1 (HDF5)", where, f"{side}/matrix: {wrong}")
    return values, at, begins


def _agrees(held: h5py.File, matrix: sparse.csr_array, where: str) -> bool:
    """Whether the table by features has as many cells, and the same sums, as that by samples.

    Its values are read a part at a time: the second matrix is never in memory beside the first.
    """
    samples, features = matrix.shape
    values, at, begins = _places(held, "observation", features, samples, where)
    sums = np.zeros(samples), np.zeros(features)
    for start in range(0, len(at), _PART):
        part = slice(start, start + _PART)
        data, own = np.asarray(values[part], dtype=float), at[part]
        rows = np.searchsorted(begins, np.arange(start, start + len(own)), side="right") - 1
        for total, place in zip(sums, (own, rows), strict=True):
            total += np.bincount(place, data, len(total))
    if len(at):  # of a byte each: whether a cell is there twice hangs on no value
        _once(np.ones(len(at), dtype=np.int8), at, begins, (features, samples), "observation/matrix", where)
    return len(at) == matrix.nnz and all(
        np.allclose(np.asarray(matrix.sum(axis=axis)).ravel(), total, equal_nan=True)
        for axis, total in zip((1, 0), sums, strict=True)
    )


def _metadata(held: h5py.File, side: str, length: int, where: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [{} for _ in range(length)]
    group = held.get(f"{side}/metadata")
    for name in group if isinstance(group, h5py.Group) else []:
        dataset = _dataset(held, f"{side}/metadata/{name}", where)
        if not dataset.shape or dataset.shape[0] != length:
            raise _damaged("BIOM 2.1 (HDF5)", where, f"{side}/metadata/{name} has not a row for each id")
        for row, value in zip(rows, dataset[:], strict=True):
            row[name.replace("@@SLASH@@", "/")] = _plain(value)
    return rows


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, np.ndarray):
        return [_plain(part) for part in value.tolist()]
    return value.item() if isinstance(value, np.generic) else value


def _from_json(content: Content, choices: Choices) -> Table:
    """Read BIOM 1.0.

    Source: biom-format.org, "The biom file format: Version 1.0".

    Raises
    ------
    InputError
        Cut off, or JSON that is not BIOM; a place that is not in the table.
    """
    where = content.where
    try:
        held = json.loads(content.text, object_pairs_hook=_keyed)
    except (ValueError, RecursionError) as error:
        at = f", line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise InputError(
            "This JSON file is cut off or damaged.",
            where=where + at,
            expected="BIOM 1.0",
            found=str(error),
            remedy="Copy or download it again.",
        ) from None
    needed = {"rows", "columns", "data", "shape", "matrix_type"}
    if not isinstance(held, dict) or not needed <= held.keys():
        lacks = ", ".join(sorted(needed - held.keys())) if isinstance(held, dict) else "everything"
        raise InputError(
            "This JSON file is not a BIOM table.",
            where=where,
            expected="BIOM 1.0",
            found=f"it lacks {lacks}",
            remedy="Give the table itself, as BIOM or TSV.",
        )
    try:
        table = _json(held, where)
    except (InputError, MemoryError):
        raise
    except Exception as error:  # nothing in it need be what the format says
        raise _damaged("BIOM 1.0 (JSON)", where, f"{type(error).__name__}: {error}") from None
    return _finished(table, choices)


def _keyed(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of JSON; of a key that is there twice, readers take one or the other."""
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(name for name in names if names.count(name) > 1)!r} is there twice")
    return made


def _json(held: Mapping[str, Any], where: str) -> Table:
    sizes = [len(held["rows"]), len(held["columns"])]
    if held["shape"] != sizes:
        raise InputError(
            "This BIOM table is not as large as it says.",
            where=where,
            expected=f"{held['shape']} rows and columns",
            found=f"{sizes} ids",
            remedy=_AGAIN,
        )
    if held["matrix_type"] == "dense":
        matrix = sparse.csr_array(np.array(held["data"], dtype=float).reshape(sizes))
    else:
        cells = np.array(held["data"], dtype=float).reshape(-1, 3)
        if not np.isfinite(cells[:, :2]).all() or (cells[:, :2] != np.round(cells[:, :2])).any():
            raise _damaged("BIOM 1.0 (JSON)", where, "places that are no whole numbers")
        at = cells[:, :2].astype(np.int64)
        outside = np.flatnonzero(((at < 0) | (at >= sizes)).any(axis=1))
        if len(outside):
            raise _damaged("BIOM 1.0 (JSON)", where, f"a cell at {at[outside[0]].tolist()} in a table of {sizes}")
        if len(np.unique(at, axis=0)) < len(at):
            raise _damaged("BIOM 1.0 (JSON)", where, "a cell that is there twice")
        matrix = sparse.csr_array(sparse.coo_array((cells[:, 2], (at[:, 0], at[:, 1])), shape=tuple(sizes)))
    ids = [[str(one["id"]) for one in held[side]] for side in ("rows", "columns")]
    about = []
    for side in ("rows", "columns"):
        rows = [one.get("metadata") or {} for one in held[side]]
        # biomformat (R) writes lineages as lists without a name.
        about.append([row if isinstance(row, dict) else {"taxonomy": row} for row in rows])
    name = "BIOM 1.0 (JSON)"
    table = Table(name, matrix, ids[0], ids[1], "features", KNOWN, notes=[f"Format: {name}."])
    table.taxonomy, table.metadata = _taxonomy(about[0], ids[0]), _of_samples(about[1], ids[1])
    return table


def _damaged(what: str, where: str, found: str) -> InputError:
    return InputError(
        "This file is cut off or damaged.",
        where=where,
        expected=f"a whole {what} file",
        found=found,
        remedy=_AGAIN,
    )


def _finished(table: Table, choices: Choices) -> Table:
    """Take the lineages from the ids where there are no others, and the species apart where HUMAnN wrote it."""
    if table.metadata is not None:
        table.notes.append(f"Sample metadata in the file: the columns {listed(list(table.metadata.columns))}.")
    features = table.oriented()[2]
    if any("|g__" in name or HUMANN.match(name) for name in features):
        return apart(table, choices)
    if table.taxonomy is None:
        name_by_ids(table)
    return table


def _taxonomy(rows: Sequence[Mapping[str, Any]], features: Sequence[str]) -> pd.DataFrame | None:
    """Take the lineages from the observation metadata: a list, a text, or (as phyloseq has it) a key for each rank."""
    keys = {str(key).casefold(): key for row in rows for key in row}
    for key in _LINEAGES:
        if key in keys:
            return lineages([_parts(row.get(keys[key])) for row in rows], features)
    ranks = {RANK_WORDS[key]: keys[key] for key in sorted(keys) if key in RANK_WORDS}
    used = [(rank, ranks[rank]) for rank in RANKS if rank in ranks]
    if not used and (numbered := sorted(key for key in keys if key.startswith("taxonomy") and key[8:].isdigit())):
        return lineages([[str(row.get(keys[key]) or "") for key in numbered] for row in rows], features)
    if not used:
        return None
    names = [[name_of(row.get(key)) for _, key in used] for row in rows]
    return pd.DataFrame(
        names, index=pd.Index(list(features), dtype=object), columns=[rank for rank, _ in used], dtype=object
    )


def _of_samples(rows: Sequence[Mapping[str, Any]], samples: Sequence[str]) -> pd.DataFrame | None:
    columns = list(dict.fromkeys(str(key) for row in rows for key in row))
    if not columns:
        return None
    cells = [["" if row.get(name) is None else _text(row[name]) for name in columns] for row in rows]
    return pd.DataFrame(cells, index=pd.Index(list(samples), dtype=object), columns=columns, dtype=object)


def _text(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _parts(value: Any) -> str | list[str]:
    if isinstance(value, (list, tuple)):
        parts = [str(part) for part in value]
        return parts[0] if len(parts) == 1 else parts
    return str(value or "")


def _is_json(content: Content) -> bool:
    """Whether a content begins as JSON does."""
    return content.head[:200].lstrip().startswith(("{", "["))


FORMATS = [
    Format(
        "BIOM 2.1",
        "biom-format, QIIME 2, Qiita, phyloseq",
        "2.0 and 2.1",
        "HDF5 with sample/matrix and observation/ids",
        "biom-format.org, The biom file format: Version 2.1",
        "",
        lambda content: content.data.startswith(files.HDF5),
        _from_hdf5,
        order=0,
    ),
    Format(
        "BIOM 1.0",
        "biom-format, biomformat (R), MG-RAST, kraken-biom",
        "1.0",
        "JSON with rows, columns and data",
        "biom-format.org, The biom file format: Version 1.0",
        '{"rows": [{"id": "a", "metadata": null}], "columns": [{"id": "S1", "metadata": null}], "data": [[0, 0, 3]], '
        '"shape": [1, 1], "matrix_type": "sparse"}',
        _is_json,
        _from_json,
        order=0,
    ),
]

"""BIOM 1.0 (JSON) and 2.1 (HDF5), read by biom-format, with messages that say what is wrong with a damaged file."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import biom
import h5py
import numpy as np
import pandas as pd
from scipy import sparse

from handbook_utils.errors import InputError
from handbook_utils.study.tables import RANKS, Table, lineages, name_of

_AGAIN = "Copy or download it again; `biom validate-table -i` tells more."


def from_hdf5(content: bytes, where: str) -> Table:
    """Read BIOM 2.x. The matrix stays sparse throughout.

    Raises
    ------
    InputError
        Cut off, or HDF5 that is not BIOM.
    """
    try:
        with h5py.File(io.BytesIO(content), "r") as opened:
            missing = [name for name in ("observation/ids", "sample/ids", "sample/matrix/data") if name not in opened]
            if missing:
                raise InputError(
                    "This HDF5 file is not a BIOM table.",
                    where=where,
                    expected=f"BIOM 2.1, with {missing[0]}",
                    found=f"the groups {', '.join(list(opened)[:8]) or 'none'}",
                    remedy="Export the table as BIOM 2.1.",
                )
            made = biom.Table.from_hdf5(opened)
    except InputError:
        raise
    except Exception as error:  # a damaged file fails anywhere inside h5py, with any error
        raise _damaged("BIOM 2.1 (HDF5)", where, error) from None
    return _table(made, "BIOM 2.1 (HDF5)")


def from_json(content: str, where: str) -> Table:
    """Read BIOM 1.0.

    Raises
    ------
    InputError
        Cut off, or JSON that is not BIOM.
    """
    try:
        held = json.loads(content)
    except (json.JSONDecodeError, RecursionError) as error:
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
            "This JSON file is not a BIOM table.", where=where, expected="BIOM 1.0", found=f"it lacks {lacks}"
        )
    sizes = [len(held["rows"]), len(held["columns"])]
    if held["shape"] != sizes:
        raise InputError(
            "This BIOM table is not as large as it says.",
            where=where,
            expected=f"{held['shape']} rows and columns",
            found=f"{sizes} ids",
            remedy=_AGAIN,
        )
    for row in held["rows"]:
        # biomformat (R) writes lineages as lists without a name, which biom-format does not expect.
        if isinstance(row, dict) and isinstance(row.get("metadata"), (list, str)):
            row["metadata"] = {"taxonomy": row["metadata"]}
    try:
        made = biom.Table.from_json(held)
    except Exception as error:  # biom-format checks little, so a wrong file fails anywhere
        raise _damaged("BIOM 1.0 (JSON)", where, error) from None
    return _table(made, "BIOM 1.0 (JSON)")


def _damaged(what: str, where: str, error: Exception) -> InputError:
    return InputError(
        "This file is cut off or damaged.",
        where=where,
        expected=f"a whole {what} file",
        found=f"{type(error).__name__}: {error}",
        remedy=_AGAIN,
    )


def _table(made: biom.Table, name: str) -> Table:
    features = [str(text) for text in made.ids("observation")]
    return Table(
        name,
        sparse.csr_array(made.matrix_data, dtype=float),
        features,
        [str(text) for text in made.ids("sample")],
        "features",
        "the format says so",
        taxonomy=_taxonomy(made.metadata(axis="observation"), features),
        notes=[f"Format: {name}."],
    )


def _taxonomy(metadata: Sequence[Mapping[str, Any] | None] | None, features: Sequence[str]) -> pd.DataFrame | None:
    """Take the lineages from the observation metadata: a list, a text, or (as phyloseq has it) a key for each rank."""
    rows = [row or {} for row in metadata or []]
    keys = {key.casefold(): key for row in rows[:1] for key in row}
    for key in ("taxonomy", "taxon", "lineage", "consensuslineage"):
        if key in keys:
            found = [row.get(keys[key]) for row in rows]
            return lineages([_parts(value) for value in found], features)
    ranks = [(rank, keys.get(rank, keys.get("domain") if rank == "kingdom" else None)) for rank in RANKS]
    used = [(rank, key) for rank, key in ranks if key]
    if not used and (numbered := sorted(key for key in keys if key.startswith("taxonomy") and key[8:].isdigit())):
        return lineages([[str(row.get(keys[key]) or "") for key in numbered] for row in rows], features)
    if not used:
        return None
    names = [[name_of(row.get(key)) for _, key in used] for row in rows]
    return pd.DataFrame(
        names, index=pd.Index(list(features), dtype=object), columns=[rank for rank, _ in used], dtype=object
    )


def _parts(value: Any) -> str | list[str]:
    if isinstance(value, (list, tuple, np.ndarray)):
        parts = [str(part) for part in value]
        return parts[0] if len(parts) == 1 else parts
    return str(value or "")

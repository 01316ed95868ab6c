"""A study as one file of numbers and text: what the check of a run has read, handed on to the kernel.

No format of other programs holds all of a study (types of columns, what was found out, doubts), and pickles are not
read here. The file lives as long as its run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse

from handbook_utils.errors import InputError
from handbook_utils.study.checks import Phylogeny
from handbook_utils.study.model import Study
from handbook_utils.text.hash import sha256

if TYPE_CHECKING:
    from skbio import TreeNode


def path_for(folder: Path, asked: Mapping[str, Any]) -> Path:
    """Return where a study lies that was read from these files in this way.

    Parameters
    ----------
    folder : pathlib.Path
        Of the run.
    asked : mapping
        Paths and choices, as JSON can write them.

    Returns
    -------
    pathlib.Path
        Named by the SHA-256 of what was asked.
    """
    return folder / f"{sha256(json.dumps(asked, sort_keys=True).encode())}.npz"


def keep(study: Study, path: Path) -> None:
    """Write a study.

    Parameters
    ----------
    study : Study
        What is kept, whole.
    path : pathlib.Path
        Of :func:`path_for`.
    """
    metadata, taxonomy, tree = study.metadata, study.taxonomy, study.tree
    words = {name: metadata[name].tolist() for name in metadata if metadata[name].dtype == "str"}
    nodes = list(tree.preorder()) if tree is not None else []
    at = {id(node): n for n, node in enumerate(nodes)}
    text = {
        "samples": study.samples.tolist(),
        "features": study.features.tolist(),
        "columns": metadata.columns.tolist(),
        "words": {name: [None if word != word else word for word in column] for name, column in words.items()},
        "taxonomy": None if taxonomy is None else taxonomy.to_dict("list"),
        "nodes": [node.name for node in nodes],
        "quantity": study.quantity,
        "name": study.name,
        "notes": study.notes,
        "features_are": study.features_are,
        "doubts": {name: vars(error) for name, error in study.doubts.items()},
    }
    numbers = {f"column {name}": metadata[name].to_numpy() for name in metadata if name not in words}
    np.savez(
        path,
        allow_pickle=False,
        text=np.frombuffer(json.dumps(text).encode(), np.uint8),
        data=study.table.data,
        indices=study.table.indices,
        indptr=study.table.indptr,
        above=np.array([-1 if node.parent is None else at[id(node.parent)] for node in nodes], dtype=int),
        lengths=np.array([np.nan if node.length is None else node.length for node in nodes], dtype=float),
        **numbers,
    )


def kept(path: Path) -> Study:
    """Read a study back.

    Parameters
    ----------
    path : pathlib.Path
        What :func:`keep` wrote.

    Returns
    -------
    Study
        As it was kept.

    Examples
    --------
    >>> import tempfile
    >>> told = pd.DataFrame({"arm": ["x", None], "age": [31, 44]}, index=["s", "t"]).astype({"arm": "str"})
    >>> study = Study.from_frame(pd.DataFrame({"a": [1, 0], "b": [4, 5]}, index=["s", "t"]), told)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     keep(study, path_for(Path(folder), {"table": "my.biom"}))
    ...     again = kept(path_for(Path(folder), {"table": "my.biom"}))
    >>> again, again.metadata.equals(study.metadata)
    (<Study: 2 samples x 2 features, counts, metadata: arm, age>, True)
    """
    with np.load(path, allow_pickle=False) as file:
        arrays = dict(file)
    text = json.loads(arrays["text"].tobytes())
    samples, features = pd.Index(text["samples"], dtype=object), pd.Index(text["features"], dtype=object)
    words = {name: pd.Series(column, index=samples, dtype="str") for name, column in text["words"].items()}
    columns = {
        name: words[name] if name in words else pd.Series(arrays[f"column {name}"], index=samples)
        for name in text["columns"]
    }
    taxonomy = None if text["taxonomy"] is None else pd.DataFrame(text["taxonomy"], index=features, dtype=object)
    tree = _tree(text["nodes"], arrays["above"].tolist(), arrays["lengths"].tolist()) if text["nodes"] else None
    shape = (len(samples), len(features))
    return Study(
        sparse.csr_array((arrays["data"], arrays["indices"], arrays["indptr"]), shape=shape),
        samples,
        features,
        pd.DataFrame(columns, index=samples),
        taxonomy,
        None if tree is None else Phylogeny(lambda: tree),
        text["quantity"],
        text["name"],
        tuple(text["notes"]),
        text["features_are"],
        {name: InputError(error.pop("problem"), **error) for name, error in text["doubts"].items()},
    )


def _tree(names: list[str | None], above: list[int], lengths: list[float]) -> TreeNode:
    from skbio import TreeNode

    nodes = [TreeNode(name, None if length != length else length) for name, length in zip(names, lengths, strict=True)]
    for node, place in zip(nodes, above, strict=True):
        if place >= 0:
            node.parent = nodes[place]
            nodes[place].children.append(node)
    return nodes[0]

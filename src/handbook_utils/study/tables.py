"""What every reader of a feature table returns, before samples are matched with their metadata."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from scipy import sparse

from handbook_utils.errors import InputError, listed
from handbook_utils.study.checks import FeatureKind, Quantity

Axis = Literal["samples", "features"]

RANKS = ("kingdom", "phylum", "class", "order", "family", "genus", "species", "strain")
_SEQUENCE = re.compile(r"^[ACGTN]{40,}$")
#: Ids of KEGG, enzyme numbers, Pfam, COG, TIGRFAM, Gene Ontology, UniRef, MetaCyc (as far as they tell themselves).
_FUNCTION = re.compile(
    r"(?:ko:)?K\d{5}|(?:ko|map|M)\d{5}|EC[:_ ]?\d+(?:\.[\dn-]+){1,3}|(?:PF|pfam)\d{5}|COG\d{4}|TIGR\d{5}|GO:\d{7}"
    r"|M[FG]B?\d{3,4}|UniRef\d+_\w+|PWY\w*-\d+|[\w+-]+-PWY(?:-\d+)?|\w+-RXN",
    re.IGNORECASE,
)

#: How an orientation is known where the format fixes it.
KNOWN = "the format says so"


@dataclass
class Table:
    """A matrix with two lists of ids, as a file holds them.

    Parameters
    ----------
    format : str
        What the file is, for people.
    matrix : scipy.sparse.csr_array, shape (rows, columns)
        Values as they lie in the file.
    rows, columns : list of str
        The ids.
    rows_are : {"samples", "features"}, optional
        None where the format does not say.
    how : str
        How that is known.
    taxonomy : pandas.DataFrame, optional
        One row a feature, one column a rank.
    quantity : {"counts", "abundances"}, optional
        None where only the values can tell.
    notes : list of str
        What was found out on the way.
    metadata : pandas.DataFrame, optional
        Of the samples, where the file holds some: one row a sample.
    left_out : list of str
        Names that were left out because that was asked.
    features_are : {"taxa", "functions"}, optional
        None where only the ids can tell.
    remarks : list of str
        Rows that were taken for footnotes.
    shorter : dict of str to str
        Sample ids as the file has them, and without what its program puts to them.
    """

    format: str
    matrix: sparse.csr_array
    rows: list[str]
    columns: list[str]
    rows_are: Axis | None
    how: str = ""
    taxonomy: pd.DataFrame | None = None
    quantity: Quantity | None = None
    notes: list[str] = field(default_factory=list)
    metadata: pd.DataFrame | None = None
    left_out: list[str] = field(default_factory=list)
    features_are: FeatureKind | None = None
    remarks: list[str] = field(default_factory=list)
    shorter: dict[str, str] = field(default_factory=dict)

    def oriented(self) -> tuple[sparse.csr_array, list[str], list[str]]:
        """Return matrix (samples x features), sample ids, feature ids."""
        if self.rows_are == "samples":
            return self.matrix, self.rows, self.columns
        return sparse.csr_array(self.matrix.T), self.columns, self.rows

    @property
    def of(self) -> FeatureKind:
        """Functions where the format says so, or nearly all ids are those of a database of functions; else taxa."""
        return self.features_are or ("functions" if are_functions(self.oriented()[2]) else "taxa")

    @property
    def kind(self) -> Quantity:
        """Counts where all values are whole, abundances otherwise, unless the format says."""
        if self.quantity is not None:
            return self.quantity
        values = self.matrix.data
        whole = bool(np.all(values == np.round(values))) if np.isfinite(values).all() else True
        return "counts" if whole else "abundances"


def duplicates(ids: Sequence[str], what: str, places: Iterable[str], where: str) -> list[InputError]:
    """Name the ids that occur twice, with the places where they do.

    Parameters
    ----------
    ids : sequence of str
        In the order of the file.
    what : str
        What has them, such as ``sample``.
    places : iterable of str
        Where each stands.
    where : str
        The file, for messages.

    Returns
    -------
    list of InputError
        One at most.
    """
    seen: dict[str, list[str]] = {}
    if len(set(ids)) == len(ids):
        return []
    for name, place in zip(ids, places, strict=True):
        seen.setdefault(name, []).append(place)
    twice = {name: at for name, at in seen.items() if len(at) > 1}
    remedy = f"Give every {what} its own id, or add the doubles up first."
    if any(re.fullmatch(r"\d+\.\d+", name) for name in twice):
        remedy = "Did a spreadsheet turn 1.10 into 1.1? Take the ids from the original file, as text."
    return [
        InputError(
            f"{len(twice)} {what} ids occur more than once.",
            where=where,
            expected="unique ids",
            found=listed([f"{name!r} ({' and '.join(at[:3])})" for name, at in twice.items()], most=3),
            remedy=remedy,
        )
    ]


def are_sequences(ids: Sequence[str]) -> bool:
    """Whether ids are DNA sequences, as DADA2 names its features.

    Parameters
    ----------
    ids : sequence of str
        Of features; the first and last 20 are looked at.

    Returns
    -------
    bool
        False where there are none.
    """
    return bool(ids) and all(_SEQUENCE.match(name) for name in (*ids[:20], *ids[-20:]))


def are_functions(ids: Sequence[str]) -> bool:
    """Whether nine of ten ids are those of genes, enzymes, reactions or pathways, also with a name after a colon.

    Parameters
    ----------
    ids : sequence of str
        Of features.

    Returns
    -------
    bool
        False where there are none.

    Examples
    --------
    >>> are_functions(["K00001", "EC:1.1.1.1", "PWY-7219: biosynthesis"]), are_functions(["Bacteroides", "K"])
    (True, False)
    """
    known = sum(bool(re.fullmatch(rf"(?:{_FUNCTION.pattern})(?:[:|].*)?", name, re.IGNORECASE)) for name in ids)
    return bool(ids) and known >= 0.9 * len(ids)

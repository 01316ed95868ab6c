"""What every reader of a feature table returns, before samples are matched with their metadata."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

import numpy as np
import pandas as pd
from scipy import sparse

from handbook_utils.errors import InputError, listed
from handbook_utils.study.model import Quantity

Axis = Literal["samples", "features"]

RANKS = ("kingdom", "phylum", "class", "order", "family", "genus", "species", "strain")
_PREFIX = re.compile(r"^(?:[dkpcofgst]|D_\d+)__")
_NOTHING = re.compile(r"(?i)^(?:na|nan|none|unassigned|unclassified|unknown|__|)$")
_CONFIDENCE = re.compile(r"\(\d+(?:\.\d+)?\)$")
_SEQUENCE = re.compile(r"^[ACGTN]{40,}$")


@dataclass
class Table:
    """A matrix with two lists of ids, as a file holds them.

    Parameters
    ----------
    format : str
        What the file is, for people.
    matrix : scipy.sparse.csr_array, shape (rows, columns)
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

    def oriented(self) -> tuple[sparse.csr_array, list[str], list[str]]:
        """Return matrix (samples x features), sample ids, feature ids."""
        if self.rows_are == "samples":
            return self.matrix, self.rows, self.columns
        return sparse.csr_array(self.matrix.T), self.columns, self.rows

    @property
    def kind(self) -> Quantity:
        """Counts where all values are whole, abundances otherwise, unless the format says."""
        if self.quantity is not None:
            return self.quantity
        values = self.matrix.data
        whole = bool(np.all(values == np.round(values))) if np.isfinite(values).all() else True
        return "counts" if whole else "abundances"


def duplicates(ids: Sequence[str], what: str, places: Iterable[str], where: str) -> list[InputError]:
    """Name the ids that occur twice, with the places where they do."""
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
    """Whether ids are DNA sequences, as DADA2 names its features."""
    return bool(ids) and all(_SEQUENCE.match(name) for name in (*ids[:20], *ids[-20:]))


def lineages(texts: Iterable[str | Sequence[str]], ids: Iterable[str], separator: str = ";") -> pd.DataFrame:
    """Split lineages such as ``k__Bacteria; p__Firmicutes`` into ranks.

    Prefixes (``k__``, ``D_0__``), mothur's confidences and words for "not known" are taken off.

    Returns
    -------
    pandas.DataFrame
        One row a feature; columns kingdom to species (or strain), as many as are used.

    Examples
    --------
    >>> lineages(["k__Bacteria; p__Firmicutes", "Bacteria(100);unclassified(97);"], ["a", "b"]).to_dict("list")
    {'kingdom': ['Bacteria', 'Bacteria'], 'phylum': ['Firmicutes', '']}
    """
    # Many features have the same lineage: each is looked at once.
    given = [text if isinstance(text, str) else tuple(text) for text in texts]
    split = {
        text: [name_of(part) for part in (text.split(separator) if isinstance(text, str) else text)]
        for text in set(given)
    }
    named = (n for names in split.values() for n, name in enumerate(names, 1) if name)
    width = min(max(named, default=0), 8)
    padded = {text: [*names[:width], *[""] * (width - len(names))] for text, names in split.items()}
    rows = [padded[text] for text in given]
    return pd.DataFrame(rows, index=pd.Index(list(ids), dtype=object), columns=list(RANKS[:width]), dtype=object)


def name_of(taxon: object) -> str:
    """Return a taxon's name without prefix and confidence; "" for what is not known."""
    return _named(str(taxon or ""))


@lru_cache(maxsize=1 << 16)  # a table repeats the names of its higher ranks on every line
def _named(taxon: str) -> str:
    name = _PREFIX.sub("", _CONFIDENCE.sub("", taxon.strip()).strip('"')).strip()
    return "" if _NOTHING.match(name) else name

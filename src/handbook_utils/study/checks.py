"""What must hold of a table, its ids, metadata and tree, with every mistake at once."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from handbook_utils.errors import InputError, listed

Quantity = Literal["counts", "abundances"]


def id_errors(ids: pd.Index, length: int, what: str, line: str, name: str) -> list[InputError]:
    """Return what is wrong with the ids of a table's rows or columns.

    Parameters
    ----------
    ids : pandas.Index
        Of samples or features.
    length : int
        How many the table has.
    what, line : str
        What they are ids of, and of which lines of the table, for messages.
    name : str
        The table, for messages.

    Returns
    -------
    list of InputError
        Empty where they are fit: text, unique, as many as there are lines.
    """
    if len(ids) != length:
        return [
            InputError(
                f"The number of {what} ids is not that of the table's {line}s.",
                where=name,
                expected=f"{length} ids",
                found=f"{len(ids)} ids",
            )
        ]
    errors = []
    bad = [position + 1 for position, value in enumerate(ids) if not isinstance(value, str) or not value.strip()]
    if bad:
        errors.append(
            InputError(
                f"{len(bad)} {what} ids are empty or not text.",
                where=f"{name}, {line} {listed(bad)}",
                expected="a text id for each",
                found=listed([repr(ids[position - 1]) for position in bad]),
                remedy="Read ids as text, so that 1.10 does not become 1.1.",
            )
        )
    twice = ids[ids.duplicated()].unique()
    if len(twice):
        errors.append(
            InputError(
                f"{len(twice)} {what} ids occur more than once.",
                where=name,
                expected="unique ids",
                found=listed(list(twice)),
                remedy=f"Give every {what} its own id, or add the doubles up first.",
            )
        )
    return errors


def value_errors(
    matrix: sparse.csr_array, samples: pd.Index, features: pd.Index, quantity: Quantity, name: str
) -> list[InputError]:
    """Return what is wrong with the values of a feature table.

    Parameters
    ----------
    matrix : scipy.sparse.csr_array, shape (samples, features)
        The values.
    samples, features : pandas.Index
        Their ids.
    quantity : {"counts", "abundances"}
        Whole reads, or any amount.
    name : str
        The table, for messages.

    Returns
    -------
    list of InputError
        Empty where all are finite, not negative, and whole if they are counts.
    """
    cells = matrix.tocoo()
    problems: list[tuple[str, npt.NDArray[np.bool_], str]] = [
        ("are missing (NaN) or infinite", ~np.isfinite(cells.data), "Write 0 for a feature that was not seen."),
        ("are negative", cells.data < 0, "Counts start at 0; was the table transformed (clr, log ratio)?"),
    ]
    if quantity == "counts":
        with np.errstate(invalid="ignore"):
            fractional = np.isfinite(cells.data) & (cells.data != np.round(cells.data))
        problems.append(
            (
                "are fractions, where whole reads are needed",
                fractional,
                "Give the raw counts, or say that these are abundances (quantity='abundances').",
            )
        )
    errors = []
    for what, wrong, remedy in problems:
        at = np.flatnonzero(wrong)
        if len(at):
            found = [
                f"{cells.data[i]:g} (sample {samples[cells.row[i]]}, feature {features[cells.col[i]]})" for i in at[:3]
            ]
            more = f" and {len(at) - 3} more" if len(at) > 3 else ""
            errors.append(
                InputError(
                    f"{len(at)} values of the feature table {what}.",
                    where=name,
                    expected="whole numbers of 0 or more" if quantity == "counts" else "numbers of 0 or more",
                    found=", ".join(found) + more,
                    remedy=remedy,
                )
            )
    return errors


def match_errors(needed: pd.Index, there: pd.Index, what: str, place: str, name: str) -> list[InputError]:
    """Return which ids of a table another file lacks, or has twice.

    Parameters
    ----------
    needed, there : pandas.Index
        Ids of the table, and of the other file.
    what, place : str
        What they are ids of, and what the other file is, for messages.
    name : str
        The table, for messages.

    Returns
    -------
    list of InputError
        Empty where each is there once.
    """
    errors = []
    twice = there[there.duplicated()].unique()
    if len(twice):
        errors.append(
            InputError(
                f"{len(twice)} {what} ids occur more than once in {place}.", where=name, found=listed(list(twice))
            )
        )
    missing = needed.difference(there, sort=False)
    if len(missing):
        errors.append(
            InputError(
                f"{len(missing)} of {len(needed)} {what}s of the feature table are not in {place}.",
                where=name,
                expected=f"every {what} id of the table in {place}",
                found=f"not there: {listed(list(missing))}; there: {listed(list(there), most=3)}",
                remedy=f"Make the ids equal, or leave these {what}s out.",
            )
        )
    return errors

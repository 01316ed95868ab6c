"""What must hold of a table, its ids, metadata and tree, with every mistake at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from handbook_utils.errors import InputError, InputErrors, listed, nearest

if TYPE_CHECKING:
    from skbio import TreeNode

Quantity = Literal["counts", "abundances"]
FeatureKind = Literal["taxa", "functions"]


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


class Phylogeny:
    """A tree that is made when it is asked for: most analyses never ask, and large trees take a second."""

    def __init__(self, make: Callable[[], TreeNode]) -> None:
        self._make = make

    @cached_property
    def tree(self) -> TreeNode:
        """The tree, made at the first call."""
        return self._make()


def phylogeny_of(tree: TreeNode | Callable[[], TreeNode] | None, features: pd.Index, name: str) -> Phylogeny | None:
    """Hold a tree, or what makes one; what is made is checked when it is first asked for.

    Parameters
    ----------
    tree : skbio.TreeNode or callable, optional
        A tree that is given has been checked.
    features : pandas.Index
        Ids, which are its tips.
    name : str
        What messages call the study.

    Returns
    -------
    Phylogeny or None
        None where there is no tree.

    Raises
    ------
    InputErrors
        At the first look: as of :func:`tree_errors`.
    """
    if tree is None:
        return None

    def checked() -> TreeNode:
        if not callable(tree):  # checked with the rest of the study
            return tree
        made = tree()
        if errors := tree_errors(features, made, name):
            raise InputErrors(errors)
        return made

    return Phylogeny(checked)


def tree_errors(features: pd.Index, tree: TreeNode, name: str) -> list[InputError]:
    """Find features that are no tips of a tree.

    Parameters
    ----------
    features : pandas.Index
        Ids.
    tree : skbio.TreeNode
        Which may have more tips.
    name : str
        What messages call the study.

    Returns
    -------
    list of InputError
        None where all are tips.
    """
    tips = pd.Index([tip.name for tip in tree.tips()], dtype=object)
    return match_errors(features, tips, "feature", "the tree", name)


def positions_of(chosen: Any, ids: pd.Index, what: str, name: str) -> npt.NDArray[np.intp]:
    """Return the places of samples or features that are asked for.

    Parameters
    ----------
    chosen : sequence of hashable, or array of bool
        Ids, which set the order, or one truth value for each.
    ids : pandas.Index
        All that there are.
    what : str
        What they are, for messages.
    name : str
        What messages call the study.

    Returns
    -------
    numpy.ndarray of int
        Each once.

    Raises
    ------
    InputError
        A mask of another length; ids that there are not, or twice.
    """
    values = np.asarray(chosen)
    if values.dtype == bool:
        if len(values) != len(ids):
            raise InputError(
                f"The mask is not as long as the list of {what}s.", expected=str(len(ids)), found=str(len(values))
            )
        return np.flatnonzero(values)
    at = ids.get_indexer(pd.Index(list(chosen), dtype=object))
    if (at < 0).any():
        unknown = [value for value, position in zip(chosen, at, strict=True) if position < 0]
        close = nearest(str(unknown[0]), map(str, ids))
        raise InputError(
            f"{len(unknown)} {what} ids are not in this study.",
            where=name,
            found=listed(unknown),
            remedy=f"Did you mean {close!r}?" if close else None,
        )
    if len(set(at)) != len(at):
        raise InputError(f"A {what} id was asked for more than once.", where=name)
    return at

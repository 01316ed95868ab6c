"""PERMANOVA with several terms, marginal, in sequence or together, with strata and repeated samples.

Sums of squares, F and R² are those of vegan's ``adonis2``. Two things differ, and both are about what is exchanged.
Where there are other terms, the residuals of the model without the term are exchanged (Freedman and Lane), as Anderson
and Legendre advise; ``adonis2`` exchanges the samples themselves. And a person with several samples can be named, which
``adonis2`` does not know.

Source: Anderson 2001 (doi:10.1111/j.1442-9993.2001.01070.pp.x); McArdle and Anderson 2001
(doi:10.1890/0012-9658(2001)082[0290:FMMTCD]2.0.CO;2) for any design; Anderson and Legendre 1999
(doi:10.1080/00949659908811936) for the residuals; Winkler 2015 (doi:10.1016/j.neuroimage.2015.05.092) for whole
persons.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from skbio import DistanceMatrix

from handbook_utils.analysis.distance.ordination import gower_centred
from handbook_utils.errors import InputError, InputErrors, listed, nearest

Matrix = npt.NDArray[np.float64]
Order = npt.NDArray[np.intp]
By = Literal["margin", "terms", "whole"]

#: Rows of one matrix product: large enough for BLAS, small enough for memory at thousands of samples.
_ROWS = 256
#: Statistics that differ by less than rounding are equal, and equal ones count.
_EQUAL = 1e-9


def permanova(
    distance: DistanceMatrix,
    metadata: pd.DataFrame,
    terms: Sequence[str],
    *,
    by: By = "margin",
    strata: str | None = None,
    participant: str | None = None,
    permutations: int = 999,
    seed: int = 1,
) -> pd.DataFrame:
    """Test whether the centres of samples move with metadata, term by term.

    Parameters
    ----------
    distance : skbio.DistanceMatrix
        Between n samples.
    metadata : pandas.DataFrame
        A row a sample, at least the samples of `distance`.
    terms : sequence of str
        Columns; words are groups, numbers are taken as linear.
    by : {"margin", "terms", "whole"}
        Each term after all others, each after those before it, or all together.
    strata : str, optional
        Column of blocks (a hospital, a batch): exchange happens within a block only.
    participant : str, optional
        Column that joins the samples of one person. A term that is the same for all samples of a person is then tested
        by exchanging whole persons; one that varies within persons, by exchanging samples within a person.
    permutations : int
        0 gives no p.
    seed : int
        Of the permutations.

    Returns
    -------
    pandas.DataFrame
        A row a term, then Residual and Total; columns df, SS, R2, omega2 (partial ω²), F, p. p counts the observed
        order as one of the permutations.

    Raises
    ------
    InputError, InputErrors
        What :func:`design` finds; samples without metadata.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from skbio import DistanceMatrix
    >>> points = np.array([0.0, 1.0, 2.0, 10.0, 11.0, 12.0])
    >>> distance = DistanceMatrix(np.abs(points[:, None] - points), ids=list("abcdef"))
    >>> groups = pd.DataFrame({"arm": list("xxxyyy")}, index=list("abcdef"))
    >>> permanova(distance, groups, ["arm"], permutations=0)["F"].round(1).to_dict()["arm"]
    150.0
    """
    frame = aligned(metadata, distance)
    columns = design(frame, terms, by=by, strata=strata, participant=participant)
    gower = gower_centred(np.asarray(distance.data))
    count, total = len(gower), float(np.trace(gower))
    whole_model = _basis(np.hstack(list(columns.values())))
    free = count - 1 - whole_model.shape[1]
    residual = total - _explained(gower, whole_model)
    names = list(columns)
    rows = []
    for number, (term, own) in enumerate(columns.items()):
        before = names[:number] if by == "terms" else [name for name in names if name != term]
        reduced = _basis(_joined(columns, before, count))
        block = _basis(own, reduced)
        later = _basis(_joined(columns, names, count), np.hstack([reduced, block]))
        freedom, explained = block.shape[1], _explained(gower, block)
        statistic = (explained / freedom) / (residual / free)
        omega2 = freedom * (statistic - 1) / (freedom * (statistic - 1) + count)
        p = float("nan")
        if permutations:
            generator = np.random.default_rng(seed)  # one seed a term: its p does not hang on the terms beside it
            left = _without(gower, reduced)
            units, whole = _exchanged(frame, own, strata, participant)
            orders = _orders(units, permutations, generator)
            if whole is None:
                as_much = _residuals_exchanged(left, block, np.hstack([reduced, later]), free, statistic, orders)
            else:
                as_much = _persons_exchanged(left, own, reduced, whole, explained, orders)
            p = (1 + as_much) / (1 + permutations)
        rows.append((term, freedom, explained, explained / total, omega2, statistic, p))
    empty = float("nan")
    rows.append(("Residual", free, residual, residual / total, empty, empty, empty))
    rows.append(("Total", count - 1, total, 1.0, empty, empty, empty))
    return pd.DataFrame(rows, columns=["term", "df", "SS", "R2", "omega2", "F", "p"]).set_index("term")


def aligned(metadata: pd.DataFrame, distance: DistanceMatrix) -> pd.DataFrame:
    """Return the metadata of a distance matrix' samples, in its order.

    Raises
    ------
    InputError
        Samples without a row.
    """
    rows = metadata.copy()
    rows.index = rows.index.map(str)
    absent = [name for name in distance.ids if name not in rows.index]
    if absent:
        raise InputError(
            "Samples are not in the metadata.",
            found=listed(absent),
            remedy="Give the metadata of every sample, or leave these samples out.",
        )
    return rows.loc[list(distance.ids)]


# ---------------------------------------------------------------------- the design


def design(
    frame: pd.DataFrame,
    terms: Sequence[str],
    *,
    by: By = "margin",
    strata: str | None = None,
    participant: str | None = None,
) -> dict[str, Matrix]:
    """Make the centred columns of each term, and find everything that is wrong with a model before it is fitted.

    Parameters
    ----------
    frame : pandas.DataFrame
        A row a sample.
    terms, by, strata, participant
        As of :func:`permanova`.

    Returns
    -------
    dict of str to numpy.ndarray
        Samples × columns of each term; of ``Model`` for all together.

    Raises
    ------
    InputErrors
        Columns that are not there, lack values or do not vary.
    InputError
        A term that follows from the others, a model with as many columns as samples, or an exchange that cannot change
        a term.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"site": list("aabbcc"), "age": [30, 41, 52, 39, 60, 28]})
    >>> {term: columns.shape[1] for term, columns in design(frame, ["site", "age"]).items()}
    {'site': 2, 'age': 1}
    """
    if not terms:
        raise InputError("A model needs at least one term.", where="terms")
    named = [*terms, *(name for name in (strata, participant) if name)]
    errors = [error for name in dict.fromkeys(named) if (error := _column_error(frame, name)) is not None]
    if errors:
        raise InputErrors(errors) if len(errors) > 1 else errors[0]
    columns = {term: columns_of(frame[term]) for term in terms}
    rank = _basis(np.hstack(list(columns.values()))).shape[1]
    if rank >= len(frame) - 1:
        raise InputError(
            "The model has as many columns as there are samples.",
            expected=f"fewer than {len(frame) - 1} columns",
            found=f"{rank} columns of {listed(list(terms), most=8)}",
            remedy="Leave terms out. Is one of them the name of a sample or person?",
        )
    if by == "whole":
        columns = {"Model": np.hstack(list(columns.values()))}
    names = list(columns)
    for number, (term, own) in enumerate(columns.items()):
        others = names[:number] if by == "terms" else [name for name in names if name != term]
        if not _basis(own, _basis(_joined(columns, others, len(frame)))).shape[1]:
            raise InputError(
                f"The term '{term}' follows from the others.",
                expected="a term that says something the others do not",
                found=f"'{term}' can be computed from {listed(others)}",
                remedy=f"Leave '{term}' or another one out: these data cannot tell them apart.",
            )
        _check_exchange(frame, term, own, strata, participant)
    return columns


def columns_of(column: pd.Series) -> Matrix:
    """Return the centred columns of a term: a number as it is, words as membership of all groups but the first.

    Examples
    --------
    >>> import pandas as pd
    >>> columns_of(pd.Series(["a", "b", "c"])).shape, columns_of(pd.Series([1.0, 2.0, 3.5])).shape
    ((3, 2), (3, 1))
    """
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        made = column.to_numpy(dtype=float)[:, None]
    else:
        codes, groups = pd.factorize(column.astype(str), sort=True)
        made = np.eye(len(groups))[codes][:, 1:]
    centred: Matrix = made - made.mean(axis=0)
    return centred


def _column_error(frame: pd.DataFrame, name: str) -> InputError | None:
    if name not in frame.columns:
        known = [str(column) for column in frame.columns]
        close = nearest(name, known)
        return InputError(
            f"The metadata has no column '{name}'.",
            expected=f"one of {listed(known, most=12)}",
            found=name,
            remedy=f"Did you mean '{close}'?" if close else None,
        )
    column = frame[name]
    gaps = column.isna()
    if pd.api.types.is_float_dtype(column):
        gaps |= ~np.isfinite(column)
    if gaps.any():
        return InputError(
            f"Column '{name}' lacks {gaps.sum()} values.",
            where=f"samples {listed(list(frame.index[gaps]))}",
            expected="a value for every sample",
            remedy="Leave these samples out, and say so.",
        )
    if column.nunique() < 2:
        return InputError(
            f"Column '{name}' is the same for all samples.",
            expected="two values or more",
            found=str(column.iloc[0]) if len(column) else "no samples",
        )
    return None


# ---------------------------------------------------------------------- what is exchanged


def _codes(frame: pd.DataFrame, names: Sequence[str | None]) -> Order:
    used = [name for name in names if name]
    if not used:
        return np.zeros(len(frame), dtype=np.intp)
    return np.asarray(frame.groupby(used, sort=False).ngroup(), dtype=np.intp)


def _exchanged(
    frame: pd.DataFrame, own: Matrix, strata: str | None, participant: str | None
) -> tuple[Order, Order | None]:
    """Return the block of each unit that is exchanged, and of each sample its unit where that is a whole person."""
    if participant is None:
        return _codes(frame, [strata]), None
    person = _codes(frame, [participant])
    if _varies_within(own, person):
        return _codes(frame, [strata, participant]), None
    first = np.unique(person, return_index=True)[1]
    return _codes(frame, [strata])[first], person


def _varies_within(own: Matrix, blocks: Order) -> bool:
    order = np.argsort(blocks, kind="stable")
    starts, sorted_by_block = np.unique(blocks[order], return_index=True)[1], own[order]
    spread = np.maximum.reduceat(sorted_by_block, starts) - np.minimum.reduceat(sorted_by_block, starts)
    return bool((spread > 1e-12 * np.abs(own).max()).any())


def _check_exchange(frame: pd.DataFrame, term: str, own: Matrix, strata: str | None, participant: str | None) -> None:
    blocks, person = _exchanged(frame, own, strata, participant)
    if person is not None:
        if strata and (frame.groupby(participant)[strata].nunique() > 1).any():
            raise InputError(
                f"A person of '{participant}' is in more than one block of '{strata}'.",
                expected=f"one value of '{strata}' a person, since '{term}' is tested by exchanging whole persons",
                remedy=f"Leave strata out, or put '{strata}' into the model as a term.",
            )
        own = own[np.unique(person, return_index=True)[1]]
    if not _varies_within(own, blocks):
        within = f"Within each block of '{strata or participant}'"
        raise InputError(
            f"{within} the term '{term}' is the same, so no exchange within blocks can change it.",
            expected="a term that varies within at least one block",
            found=f"{len(np.unique(blocks))} blocks of {len(blocks)} {'samples' if person is None else 'persons'}",
            remedy="If the blocks are persons with several samples, name that column as participant, not as strata.",
        )


def _orders(blocks: Order, permutations: int, generator: np.random.Generator) -> Order:
    """Draw orders that exchange units within their block; one a row."""
    count = len(blocks)
    if not blocks.any():
        orders: Order = generator.permuted(np.tile(np.arange(count), (permutations, 1)), axis=1)
        return orders
    # Sorted by block and, within it, by chance: the place of a unit goes to another unit of its block.
    sorted_by_block = np.argsort(blocks, kind="stable")
    orders = np.empty((permutations, count), dtype=np.intp)
    orders[:, sorted_by_block] = np.argsort(blocks + generator.random((permutations, count)), axis=1)
    return orders


def _residuals_exchanged(left: Matrix, block: Matrix, others: Matrix, free: int, observed: float, orders: Order) -> int:
    """Count orders of the residuals whose F is at least the one observed."""
    total, freedom = float(np.trace(left)), block.shape[1]
    moved = np.hstack([block, others]).T
    count = 0
    for start in range(0, len(orders), _ROWS):
        batch = orders[start : start + _ROWS]
        sums = _sums(left, moved[:, batch].reshape(-1, len(left))).reshape(len(moved), len(batch))
        explained, rest = sums[:freedom].sum(axis=0), total - sums.sum(axis=0)
        count += int(((explained / freedom) / (rest / free) >= observed - _EQUAL * max(1.0, observed)).sum())
    return count


def _persons_exchanged(
    left: Matrix, own: Matrix, reduced: Matrix, person: Order, observed: float, orders: Order
) -> int:
    """Count orders of whole persons whose term explains at least the sum of squares observed.

    Persons may have different numbers of samples, so the term moves and the residuals stay. What the term and the rest
    add up to is then the same in every order, and so the sum of squares orders them as F does.
    """
    of_person = own[np.unique(person, return_index=True)[1]]
    total, width = float(np.trace(left)), own.shape[1]
    count = 0
    for start in range(0, len(orders), _ROWS):
        moved = of_person[orders[start : start + _ROWS]][:, person]
        moved = moved - moved.mean(axis=1, keepdims=True)
        moved = moved - reduced @ (reduced.T @ moved)
        vectors, values = np.linalg.qr(moved)
        # In a rare order a column follows from the others; its direction is then rounding, and counts for nothing.
        size = np.abs(np.diagonal(values, axis1=1, axis2=2))
        vectors = vectors * (size > 1e-9 * np.linalg.norm(own))[:, None, :]
        rows = vectors.transpose(0, 2, 1).reshape(-1, len(left))
        sums = _sums(left, rows).reshape(-1, width).sum(axis=1)
        count += int((sums >= observed - _EQUAL * total).sum())
    return count


# ---------------------------------------------------------------------- linear algebra


def _joined(columns: dict[str, Matrix], names: Sequence[str], count: int) -> Matrix:
    return np.hstack([np.empty((count, 0)), *(columns[name] for name in names)])


def _basis(columns: Matrix, against: Matrix | None = None) -> Matrix:
    """Return an orthonormal basis of centred columns, without what follows from others or from those in `against`."""
    if not columns.shape[1]:
        return columns
    scaled = columns / np.linalg.norm(columns, axis=0)
    if against is not None and against.shape[1]:
        scaled = scaled - against @ (against.T @ scaled)
    left, values, _ = np.linalg.svd(scaled, full_matrices=False)
    basis: Matrix = left[:, values > 1e-9]
    return basis


def _explained(gower: Matrix, basis: Matrix) -> float:
    return float(_sums(gower, basis.T).sum())


def _sums(symmetric: Matrix, rows: Matrix) -> Matrix:
    """Return x·S·x of each row x, all in one matrix product."""
    sums: Matrix = np.einsum("ij,ij->i", rows @ symmetric, rows)
    return sums


def _without(gower: Matrix, basis: Matrix) -> Matrix:
    """Take a model out of both sides of Gower's matrix."""
    if not basis.shape[1]:
        return gower
    half = gower - basis @ (basis.T @ gower)
    return half - (half @ basis) @ basis.T

"""PERMANOVA with several terms, marginal or in sequence, with strata: what vegan's ``adonis2`` does.

Source: Anderson 2001 (doi:10.1111/j.1442-9993.2001.01070.pp.x); McArdle and Anderson 2001
(doi:10.1890/0012-9658(2001)082[0290:FMMTCD]2.0.CO;2) for any design; residuals of the reduced model are permuted, as
Legendre and Anderson advise and vegan does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import patsy
from skbio import DistanceMatrix

from handbook_utils.analysis.ordination import gower_centred
from handbook_utils.errors import InputError, listed, nearest

_BATCH = 64


def permanova(
    distance: DistanceMatrix,
    metadata: pd.DataFrame,
    terms: Sequence[str],
    *,
    by: Literal["margin", "terms"] = "margin",
    strata: str | None = None,
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
    by : {"margin", "terms"}
        Each term after all others, or each after those before it.
    strata : str, optional
        Column of blocks (a person, a hospital): samples are only exchanged within a block. This is what repeated
        samples need.
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
    InputError
        A column that is not there, missing values, a term that does not vary or follows from the others, or strata
        that leave nothing to exchange.

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
    _check(frame, [*terms, *([strata] if strata else [])])
    designs = {term: design_of(frame[term]) for term in terms}
    centred = gower_centred(np.asarray(distance.data))
    count = len(centred)
    total = float(np.trace(centred))
    full = _basis(np.column_stack([np.ones(count), *designs.values()]))
    residual = total - float(np.trace(full.T @ centred @ full))
    free = count - full.shape[1]
    if free < 1:
        raise InputError(
            "There are as many columns in the model as samples.",
            expected=f"fewer than {count} columns",
            found=str(full.shape[1]),
            remedy="Leave terms out.",
        )
    orders = _orders(frame[strata] if strata else None, count, permutations, seed)
    rows = []
    for number, term in enumerate(terms):
        others = [designs[other] for other in (terms[:number] if by == "terms" else terms) if other != term]
        reduced = _basis(np.column_stack([np.ones(count), *others]))
        upper = _basis(np.column_stack([np.ones(count), *others, designs[term]])) if by == "terms" else full
        freedom = upper.shape[1] - reduced.shape[1]
        if freedom == 0:
            raise InputError(
                f"The term '{term}' follows from the others.",
                expected="a term that says something the others do not",
                found=", ".join(terms),
                remedy=f"Leave '{term}' or another one out.",
            )
        explained = float(np.trace(upper.T @ centred @ upper) - np.trace(reduced.T @ centred @ reduced))
        statistic = (explained / freedom) / (residual / free)
        share = freedom * (statistic - 1) / (freedom * (statistic - 1) + count)
        p = _p_value(centred, upper, reduced, full, statistic, freedom, free, orders)
        rows.append((term, freedom, explained, explained / total, share, statistic, p))
    empty = float("nan")
    rows.append(("Residual", free, residual, residual / total, empty, empty, empty))
    rows.append(("Total", count - 1, total, 1.0, empty, empty, empty))
    table = pd.DataFrame(rows, columns=["term", "df", "SS", "R2", "omega2", "F", "p"])
    return table.set_index("term")


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


def _check(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    for name in columns:
        if name not in frame.columns:
            close = nearest(name, [str(column) for column in frame.columns])
            raise InputError(
                f"The metadata has no column '{name}'.",
                expected=f"one of {listed([str(column) for column in frame.columns], most=12)}",
                found=name,
                remedy=f"Did you mean '{close}'?" if close else None,
            )
        gaps = frame.index[frame[name].isna()]
        if len(gaps):
            raise InputError(
                f"Column '{name}' lacks {len(gaps)} values.",
                where=f"samples {listed(list(gaps))}",
                expected="a value for every sample",
                remedy="Leave these samples out, and say so.",
            )
        if frame[name].nunique() < 2:
            raise InputError(
                f"Column '{name}' is the same for all samples.",
                found=str(frame[name].iloc[0]),
                expected="two values or more",
            )


def design_of(column: pd.Series) -> npt.NDArray[np.float64]:
    """Return the columns of a term: a number as it is, words as contrasts of groups.

    Examples
    --------
    >>> import pandas as pd
    >>> design_of(pd.Series(["a", "b", "c"])).shape, design_of(pd.Series([1.0, 2.0, 3.5])).shape
    ((3, 2), (3, 1))
    """
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return column.to_numpy(dtype=float)[:, None]
    words = pd.DataFrame({"x": column.astype(str).to_numpy(dtype=object)})
    return np.asarray(patsy.dmatrix("C(x)", words), dtype=float)[:, 1:]


def _basis(design: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return an orthonormal basis of the columns, dropping what follows from others."""
    scaled = design / np.linalg.norm(design, axis=0)
    left, values, _ = np.linalg.svd(scaled, full_matrices=False)
    basis: npt.NDArray[np.float64] = left[:, values > values[0] * 1e-9]
    return basis


def _orders(blocks: pd.Series | None, count: int, permutations: int, seed: int) -> npt.NDArray[np.intp]:
    generator = np.random.default_rng(seed)
    if blocks is None:
        return np.array([generator.permutation(count) for _ in range(permutations)], dtype=np.intp).reshape(-1, count)
    members = [np.flatnonzero(blocks.to_numpy(dtype=object) == name) for name in blocks.unique()]
    if all(len(block) < 2 for block in members):
        raise InputError(
            f"Within the strata '{blocks.name}' nothing can be exchanged.",
            expected="blocks of two samples or more",
            found=f"{len(members)} blocks of one sample",
            remedy="Name the column that joins samples of one person or place.",
        )
    orders = np.tile(np.arange(count), (permutations, 1))
    for order in orders:
        for block in members:
            order[block] = generator.permutation(block)
    return orders


def _p_value(
    centred: npt.NDArray[np.float64],
    upper: npt.NDArray[np.float64],
    reduced: npt.NDArray[np.float64],
    full: npt.NDArray[np.float64],
    observed: float,
    freedom: int,
    free: int,
    orders: npt.NDArray[np.intp],
) -> float:
    if not len(orders):
        return float("nan")
    # Residuals of the model without the term are what is exchangeable if the term does nothing.
    half = centred - reduced @ (reduced.T @ centred)
    residuals = half - (half @ reduced) @ reduced.T
    total = float(np.trace(residuals))
    as_much = 1
    for start in range(0, len(orders), _BATCH):
        batch = orders[start : start + _BATCH]
        sums = [_trace(residuals, basis, batch) for basis in (upper, reduced, full)]
        statistic = ((sums[0] - sums[1]) / freedom) / ((total - sums[2]) / free)
        # vegan counts what is equal but for rounding.
        as_much += int((statistic >= observed - 1e-9 * max(1.0, abs(observed))).sum())
    return as_much / (len(orders) + 1)


def _trace(
    residuals: npt.NDArray[np.float64], basis: npt.NDArray[np.float64], orders: npt.NDArray[np.intp]
) -> npt.NDArray[np.float64]:
    """Trace of H·R for each order of the samples, all in one matrix product."""
    count, columns = basis.shape
    moved = basis[orders].transpose(1, 0, 2).reshape(count, -1)
    products: npt.NDArray[np.float64] = ((residuals @ moved) * moved).sum(axis=0)
    traces: npt.NDArray[np.float64] = products.reshape(len(orders), columns).sum(axis=1)
    return traces

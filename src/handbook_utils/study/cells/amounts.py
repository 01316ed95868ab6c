"""Whether whole numbers are counts of reads, or shares that were rounded, in a table that does not say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from handbook_utils.errors import InputError
from handbook_utils.study.checks import Quantity
from handbook_utils.study.choices import Choices
from handbook_utils.study.tables import Table

#: Rounded percentages of a whole sample add up to 100, but for what rounding takes or gives.
_PERCENT = (97, 103)
#: To less than this nobody rarefies, and fewer are no whole; and of so few samples an equal total may be chance.
_LEAST_RAREFIED, _LEAST_WHOLE, _SEVERAL = 500, 20, 3
#: So many amounts are told one by one.
_FEW = 6
#: Parts of 1,000 and of 1,000,000 add up to these but for rounding (a share of the whole).
_WHOLES, _ROUNDING = (1000, 10_000, 100_000, 1_000_000), 0.005


def spread(amounts: Sequence[float], unit: str = "") -> str:
    """Tell amounts of samples: each where they are few, else between which they lie.

    Parameters
    ----------
    amounts : sequence of float
        One a sample.
    unit : str
        Behind them.

    Returns
    -------
    str
        In a line.

    Examples
    --------
    >>> spread([100, 120], " reads"), spread(range(1, 25), " percent")
    ('100, 120 reads', '1 to 24 percent in 24 samples')
    """
    if len(amounts) <= _FEW:
        return f"{', '.join(f'{amount:g}' for amount in amounts)}{unit}"
    return f"{min(amounts):g} to {max(amounts):g}{unit} in {len(amounts)} samples"


def settle(table: Table, choices: Choices, where: str) -> None:
    """Say what the values of a table are where its format does not, and stop where they can be read in two ways.

    Whole numbers are counts, unless all samples add up to about 100, as rounded percentages do and depths do not.

    Parameters
    ----------
    table : Table
        It is changed: ``quantity``, and a note. Its samples are known.
    choices : Choices
        What was answered about the file.
    where : str
        The file, for messages.

    Raises
    ------
    InputError
        Whole numbers that may be counts as well as shares.
    """
    if choices.values != "auto":
        table.quantity = "counts" if choices.values == "counts" else "abundances"
        table.notes.append(f"Values: {choices.values}, as asked.")
    elif table.quantity is None and table.kind == "counts":
        sums = np.asarray(table.oriented()[0].sum(axis=1), dtype=float).ravel()
        sums = sums[sums > 0]
        table.quantity = whole_numbers(sums, where) if len(sums) and not (table.matrix.data == 1).all() else None
        if table.quantity == "abundances":
            table.notes.append(
                f"Whole numbers, read as rounded percentages: samples add up to {sums.min():g} to {sums.max():g}. "
                "If they are counts of reads: values counts."
            )
        elif len(sums) >= _SEVERAL and sums.min() == sums.max():
            table.notes.append(f"Every sample adds up to {sums[0]:g}, as a rarefied table does; read as counts.")


def whole_numbers(sums: npt.NDArray[np.float64], where: str) -> Quantity:
    """Tell by the totals of samples whether whole numbers are counts or rounded percentages.

    Parameters
    ----------
    sums : numpy.ndarray
        Totals of the samples, above 0.
    where : str
        The file, for messages.

    Returns
    -------
    {"counts", "abundances"}
        Shares where all totals lie about 100, and not all at it.

    Raises
    ------
    InputError
        Both are possible: totals of exactly 100, equal ones below what anybody rarefies to, all of them from 60 to
        103, or about a million.

    Examples
    --------
    >>> whole_numbers(np.array([99.0, 101.0, 100.0]), "a.tsv"), whole_numbers(np.array([5000.0] * 3), "a.tsv")
    ('abundances', 'counts')
    """
    least, most = sums.min(), sums.max()
    within = _PERCENT[0] <= least and most <= _PERCENT[1]
    if within and least < most:
        return "abundances"
    several = len(sums) >= _SEVERAL
    alike = most == 100 or (several and _LEAST_WHOLE <= least == most < _LEAST_RAREFIED)
    some_left_out = several and least >= 60 and most <= _PERCENT[1]
    near = (np.all(abs(sums - whole) <= _ROUNDING * whole) for whole in _WHOLES)
    of_a_whole = several and least < most and any(near)
    if not (alike or some_left_out or of_a_whole):
        return "counts"
    shown = f"{least:g}" if least == most else f"{least:g} to {most:g}"
    raise InputError(
        "Whole numbers in this table may be counts of reads, or shares that were rounded.",
        where=where,
        expected="counts of reads, which hardly ever add up alike, or shares with their decimals",
        found=f"{len(sums)} samples that add up to {shown}",
        remedy="Say which: values shares (then nothing that needs depth is computed), or values counts.",
    )

"""What a reader must know of a design before believing an answer, though it is not refused."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from handbook_utils.analysis.design.checks import crossed
from handbook_utils.analysis.design.terms import as_words, parts
from handbook_utils.errors import listed

if TYPE_CHECKING:
    from handbook_utils.analysis.design.model import Design

#: With a variance inflation of more, the covariates tell nearly all there is to tell about the groups.
INFLATED = 10.0
#: Names that columns of people often have.
_PEOPLE = re.compile(
    r"(^|_|host)(person|subject|participant|patient|individual|donor|resident|infant|who)(_?id)?$", re.I
)
#: Names that columns of what people, animals or samples lie in often have.
_NESTS = re.compile(
    r"(^|_)(cage|litter|pen|tank|family|household|ward|room|centre|center|clinic|hospital|site|village|school)(_?id)?$",
    re.I,
)


def notes(design: Design) -> list[str]:
    """Return what a reader must know before believing an answer, a sentence each, without the full stop.

    Parameters
    ----------
    design : Design
        As it was made.

    Returns
    -------
    list of str
        Nothing where nothing need be known.
    """
    made = []
    for term in design.terms.values():
        if term.kind == "number" and term.name != design.focus:
            values = design.frame[term.columns[0]]
            if 2 < values.nunique() <= 5 and (values % 1 == 0).all():
                made.append(
                    f"{term.name} has {values.nunique()} values and is taken as a number; write C({term.name}) if they "
                    "are names"
                )
    inflation = _inflation(design)
    if inflation > INFLATED:
        made.append(
            f"The other terms tell most of what there is to tell about {design.focus} (variance inflation "
            f"{inflation:.0f}), so little is known of it beside them"
        )
    made += _empty_cells(design)
    if design.asked["person"] and design.changes_within(design.focus, design.asked["person"]):
        block, many = design.terms[design.focus].block, design.members.many
        moved = (block.groupby(design.people).nunique() > 1).any(axis=1)
        made.append(
            f"{design.focus} changes within {int(moved.sum())} of {design.n_people} {many} and is compared within "
            "them; the others say little or nothing about it"
            if not moved.all()
            else f"{design.focus} changes within {many} and is compared within them"
        )
    exchange = design.exchange(design.focus)
    rows = design.terms[design.focus].block.to_numpy()[exchange.first]
    ways = exchange.arrangements(rows)
    if ways < 200:
        made.append(f"There are only {ways} different arrangements, so no p-value can be below {1 / ways:.3f}")
    if not design.asked["person"]:
        made += _maybe_people(design)
    if not design.asked["nested_in"]:
        made += _maybe_nests(design)
    return made


def _inflation(design: Design) -> float:
    """Return the variance inflation of the focus beside the others (Fox and Monette 1992), for one column."""
    own = design.terms[design.focus].block.to_numpy()
    terms = [name for name, term in design.terms.items() if design.focus not in (name, *term.columns)]
    others = design.block(terms).to_numpy(dtype=float)
    if not others.shape[1]:
        return 1.0

    def size(columns: npt.NDArray[np.float64]) -> float:
        return float(np.linalg.slogdet(np.atleast_2d(np.corrcoef(columns, rowvar=False)))[1])

    return float(np.exp((size(own) + size(others) - size(np.hstack([own, others]))) / own.shape[1]))


def _empty_cells(design: Design) -> list[str]:
    found = []
    words = [term for term in design.terms.values() if term.kind == "words"]
    for one, other in combinations(words, 2):
        table = crossed(design, one.columns[0], other.columns[0])
        gaps = np.argwhere(table.to_numpy() == 0)
        empty = [f"{table.index[row]} with {table.columns[column]}" for row, column in gaps]
        if empty and design.focus in (one.name, other.name):
            found.append(f"No samples of {listed(empty, most=4)} ({one.name}, {other.name})")
    return found


def _maybe_people(design: Design) -> list[str]:
    """Name columns that look like people with several samples each, since nobody said which samples belong together."""
    taken = {column for term in design.terms.values() for column in term.columns}
    taken |= {*parts(design.asked["strata"]), design.asked["nested_in"]}
    found = []
    for name in map(str, design.frame.columns):
        column = design.frame[name]
        if name not in taken and _PEOPLE.search(name) and 1 < column.nunique() < column.notna().sum():
            found.append(
                f"The column {name} has {column.nunique()} values for {design.n} samples; if they are people, say so: "
                f"person {name}"
            )
    return found


def _maybe_nests(design: Design) -> list[str]:
    """Name columns that look like cages or wards: what is asked is the same in all of one, and several lie in it."""
    taken = {column for term in design.terms.values() for column in term.columns}
    taken |= {*parts(design.asked["strata"]), design.asked["person"]}
    who = design.members.many if design.asked["person"] else "samples"
    found = []
    for name in map(str, design.frame.columns):
        column = design.frame[name]
        if name in taken or not _NESTS.search(name) or column.isna().any():
            continue
        units = as_words(column)
        members = design.people.groupby(units).nunique()
        several = len(members) > max(2, len(design.groups)) and design.n_people > len(members)
        if (
            several
            and not design.changes_within(design.focus, name)
            and units.groupby(design.people).nunique().max() == 1
        ):
            found.append(
                f"All {who} of one {name} have the same {design.focus}; if those of one {name} are alike, as mice of a "
                f"cage are, its {len(members)} are what there is to compare and not {design.n_people} {who}, and p is "
                f"too small: where the recipe asks it, say nested_in {name}"
            )
    return found

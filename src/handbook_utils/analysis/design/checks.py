"""What is wrong with a design, found before anything is fitted, and refused with the table that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from handbook_utils.analysis.design.members import members_of
from handbook_utils.analysis.design.terms import as_words, in_order, parts
from handbook_utils.errors import InputError, InputErrors, listed, nearest

if TYPE_CHECKING:
    from handbook_utils.analysis.design.model import Design


def groups_of(frame: pd.DataFrame, asked: dict[str, str]) -> list[str]:
    """Return the groups in their order, the reference first.

    Parameters
    ----------
    frame : pandas.DataFrame
        Sample metadata.
    asked : dict of str to str
        Questions with their answers: ``group``, ``levels``, ``reference``.

    Returns
    -------
    list of str
        Names, as words.

    Raises
    ------
    InputError
        Groups or a reference that are not there, fewer than two groups.
    """
    name = asked["group"]
    there = in_order(set(as_words(frame[name]).dropna()))
    chosen = parts(asked["levels"]) or there
    first = asked["reference"]
    for parameter, wanted, known in (("levels", chosen, there), ("reference", [first] if first else [], chosen)):
        absent = [word for word in wanted if word not in known]
        if absent:
            raise InputError(
                f"There is no group '{absent[0]}' in '{name}'.",
                where=f"parameter {parameter}",
                expected=f"of {listed(known, most=12)}",
                found=listed(absent),
                remedy=f"Did you mean '{close}'?"
                if (close := nearest(absent[0], known))
                else f'Choose of those expected, or take all: {parameter} "".',
            )
    if len(chosen) < 2:
        raise InputError(
            "There are no groups to compare.",
            where=f"parameter group, column {name}",
            expected="two or more groups",
            found=f"only '{chosen[0]}'" if chosen else "no values",
            remedy="Choose another column.",
        )
    return [first, *(word for word in chosen if word != first)] if first else chosen


def enough(frame: pd.DataFrame, asked: dict[str, str], groups: list[str]) -> None:
    """Check that no group is too small, in people and in what they are nested in.

    Parameters
    ----------
    frame : pandas.DataFrame
        Sample metadata of the samples that are used.
    asked : dict of str to str
        Questions with their answers: ``group``, ``person``, ``nested_in``, ``minimum``.
    groups : list of str
        Those that are compared; empty where the question is about a number.

    Raises
    ------
    InputError
        Each group that is too small, with the number found and needed.
    """
    least = int(asked["minimum"])
    if not groups:
        _enough_of_a_number(frame, asked, least)
        return
    words = as_words(frame[asked["group"]])
    members = as_words(frame[asked["person"]]) if asked["person"] else pd.Series(frame.index, index=frame.index)
    sizes = members.groupby(words).nunique().reindex(groups, fill_value=0)
    small = {name: int(sizes[name]) for name in groups if sizes[name] < least}
    if small:
        what = members_of(frame, asked["person"]).many if asked["person"] else "samples"
        rest = [name for name in groups if name not in small]
        many = len(groups) > len(frame) / 2
        raise InputError(
            f"{len(small)} of {len(groups)} groups have too few {what}.",
            where=f"parameter group, column {asked['group']}",
            expected=f"{least} or more {what} in each group",
            found=listed([f"'{name}' has {size}" for name, size in small.items()], most=8),
            remedy=(f'Leave them out: levels "{", ".join(rest)}".' if len(rest) > 1 else "Add samples, or join groups.")
            + (" Is this a measurement rather than a group? Then name it in exposure." if many else ""),
        )
    if asked["nested_in"]:
        units = as_words(frame[asked["nested_in"]]).groupby(words).nunique().reindex(groups, fill_value=0)
        alone = [name for name in groups if units[name] < 2]
        if alone:
            raise InputError(
                f"A group with one {asked['nested_in']} cannot be told from it.",
                where=f"parameter nested_in, column {asked['nested_in']}",
                expected=f"two or more of {asked['nested_in']} in each group",
                found=listed([f"'{name}' has {units[name]}" for name in groups]),
                remedy="No analysis of these samples can tell them apart; say so, or compare groups that have more.",
            )


def _enough_of_a_number(frame: pd.DataFrame, asked: dict[str, str], least: int) -> None:
    name = asked["exposure"]
    values = frame[name]
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        raise InputError(
            f"The exposure '{name}' is not a number.",
            where="parameter exposure",
            expected="a column of numbers",
            found=listed([str(value) for value in values.unique()]),
            remedy=f'For groups: group "{name}" and exposure "".',
        )
    if values.nunique() < 3 or len(values) < least:
        two = f'For two groups: group "{name}" and exposure "".'
        raise InputError(
            f"The exposure '{name}' has {values.nunique()} different values in {len(values)} samples.",
            where="parameter exposure",
            expected=f"three values or more, and {least} samples or more",
            remedy=two if values.nunique() == 2 else "Choose another column.",
        )


def check(design: Design) -> None:
    """Refuse a model that these samples cannot answer.

    Parameters
    ----------
    design : Design
        As it was made.

    Raises
    ------
    InputError, InputErrors
        Columns that do not vary, terms that follow from others, cells without samples, groups that a covariate tells
        apart, an exchange that cannot change the term, more columns than samples.
    """
    errors = [
        _constant(design, name, term.columns[0])
        for name, term in design.terms.items()
        if term.kind != "interaction" and not _varies(term.block)
    ]
    # A pair of groups may lie in one stratum; the whole study may not.
    errors += [_constant(design, n, n) for n in parts(design.asked["strata"]) if design.metadata[n].nunique() == 1]
    if errors:
        raise InputErrors(errors) if len(errors) > 1 else errors[0]
    for name in design.terms:
        _check_cells(design, name)
    _check_nests(design)
    _check_exchange(design)
    for name in [design.focus, *design.beside]:
        _check_alias(design, name)
    _check_separation(design)
    everything = np.hstack([design.matrix.to_numpy(), design.restriction(design.focus).to_numpy()])
    columns = int(np.linalg.matrix_rank(everything))
    if columns >= design.n:
        raise InputError(
            "The model has as many columns as there are samples.",
            where="parameters group, covariates and strata",
            expected=f"fewer than {design.n} columns",
            found=f"{columns} columns of {listed(list(design.terms), most=8)}",
            remedy="Leave terms out. Is one of them the name of a sample or person?",
        )


def way_without(asked: dict[str, str], term: str) -> str:
    """Say how to run without a term, by a parameter that exists.

    Parameters
    ----------
    asked : dict of str to str
        Questions with their answers.
    term : str
        As a question names it.

    Returns
    -------
    str
        A remedy.
    """
    if asked["formula"]:
        return f"Take {term} out of the formula."
    if term == asked["time"]:
        return 'Run without it: time "".'
    for question in ("interactions", "covariates", "strata"):
        names = parts(asked[question])
        if term in names:
            return f'Run without it: {question} "{", ".join(name for name in names if name != term)}".'
    return f"Choose another column than {term}."


# ---------------------------------------------------------------------- one check each


def _varies(block: pd.DataFrame) -> bool:
    values = block.to_numpy()
    return bool((values.max(axis=0) > values.min(axis=0)).any())


def _constant(design: Design, name: str, column: str) -> InputError:
    return InputError(
        f"'{name}' is the same for all {design.n} samples of the design.",
        where=f"column {column}",
        expected="two values or more",
        found=str(design.frame[column].iloc[0]),
        remedy=way_without(design.asked, name),
    )


def _check_cells(design: Design, name: str) -> None:
    term = design.terms[name]
    if term.kind != "interaction" or (term.block.abs().to_numpy() > 0).any(axis=0).all():
        return
    table = crossed(design, *term.columns[:2])
    raise InputError(
        f"The interaction '{name}' has cells without samples.",
        where="parameter interactions",
        expected="samples of every combination",
        found=_shown(table),
        remedy=way_without(design.asked, name),
    )


def _check_nests(design: Design) -> None:
    person, unit = design.asked["person"], design.asked["nested_in"]
    if not person or not unit:
        return
    several = as_words(design.frame[unit]).groupby(design.people).nunique()
    crossed = list(several.index[several > 1])
    if crossed:
        raise InputError(
            f"{len(crossed)} {design.members.many} are in more than one {unit}.",
            where="parameter nested_in",
            expected=f"every {design.members.one} in one {unit}",
            found=listed(crossed),
            remedy=f'Take it as a term: nested_in "", and C({unit}) among the covariates.',
        )


def _check_exchange(design: Design) -> None:
    found, strata = design.exchange(design.focus), parts(design.asked["strata"])
    if found.whole and strata:
        blocks = design.frame.groupby([as_words(design.frame[name]) for name in strata]).ngroup().to_numpy()
        several = pd.Series(blocks).groupby(found.units).nunique()
        if (several > 1).any():
            raise InputError(
                f"{int((several > 1).sum())} units ({found.words}) are in more than one stratum.",
                where="parameter strata",
                expected=f"one value of {' and '.join(strata)} for all samples of a unit that is exchanged as a whole",
                remedy=f'Run without strata, and take it as a term: strata "", and C({strata[0]}) in covariates.',
            )
    own = design.terms[design.focus].block.to_numpy()[found.first]
    if any((own[found.blocks == block] != own[found.blocks == block][0]).any() for block in np.unique(found.blocks)):
        return
    name = " and ".join(strata) or design.asked["person"] or design.asked["nested_in"]
    table = crossed(design, design.terms[design.focus].columns[0], name) if name in design.frame else pd.DataFrame()
    repeated = len(strata) == 1 and not design.asked["person"]
    raise InputError(
        f"Within every {name}, '{design.focus}' is the same, so no exchange within {name} can change it.",
        where="parameter strata" if strata else "parameters person and nested_in",
        expected=f"at least one {name} in which {design.focus} differs",
        found=_shown(table) if not table.empty else f"{len(np.unique(found.blocks))} blocks",
        remedy=(f'If a {name} is one person with several samples: person "{name}" and strata "". ' if repeated else "")
        + (
            f'If samples lie in it like mice in a cage: nested_in "{name}" and strata "".'
            if repeated
            else 'Run without strata: strata "".'
        ),
    )


def _check_alias(design: Design, name: str) -> None:
    told = [other for other in design.terms if other != name]
    others = [design.block(told).to_numpy(dtype=float)]
    if name == design.focus:
        others.append(design.restriction(name).to_numpy(dtype=float))
        told += parts(design.asked["strata"])
    before, own = np.hstack(others), design.terms[name].block.to_numpy()
    fresh = _rank(np.hstack([before, own])) - _rank(before)
    if fresh == own.shape[1]:
        return
    if name == design.focus and design.groups:
        _check_shared(design)
    culprit, table = _confounder(design, name)
    remedy = way_without(design.asked, culprit if culprit and name == design.focus else name)
    if culprit and table is not None and table.shape[1] > table.shape[0] and not design.asked["nested_in"]:
        column = design.terms[culprit].columns[0]
        remedy += f' If samples lie in {column} like mice in a cage, say nested_in "{column}" as well.'
    what = "follows from the others" if fresh == 0 else "cannot be told from the others in part"
    raise InputError(
        f"The term '{name}' {what}.",
        where="parameters group, covariates, strata and interactions",
        expected="a term that says something the others do not",
        found=_shown(table) if table is not None else f"'{name}' can be computed from {listed(told)}",
        remedy=f"{remedy} These samples cannot tell the two apart.",
    )


def _check_shared(design: Design) -> None:
    """Refuse groups of which some lie beside no other in any block: what is compared within blocks skips them."""
    found = design.exchange(design.focus)
    table = pd.crosstab(found.blocks[found.units], design.codes).to_numpy() > 0
    sets = connected_components(sparse.csr_array(table.T.astype(int) @ table), directed=False)[1]
    together = [[name for name, own in zip(design.groups, sets, strict=True) if own == one] for one in np.unique(sets)]
    largest = max(together, key=len)
    if len(together) == 1 or len(largest) == 1:
        return
    block = found.words.partition(" within ")[2]
    raise InputError(
        f"Not all groups of '{design.focus}' can be compared within {block}, where they change.",
        where="parameters group, person, strata and nested_in",
        expected=f"every group beside another one in at least one {block}",
        found=f"groups that never share a {block} with the others: {'; '.join(map(listed, together))}",
        remedy=f'Compare those that do: levels "{", ".join(largest)}".',
    )


def _confounder(design: Design, name: str) -> tuple[str | None, pd.DataFrame | None]:
    """Return the one other term of words that a term goes with entirely, and the table that shows it."""
    own = design.terms[name]
    for other, term in design.terms.items():
        if other == name or term.kind != "words" or own.kind != "words":
            continue
        table = crossed(design, own.columns[0], term.columns[0])
        if ((table > 0).sum(axis=0) == 1).all() or ((table > 0).sum(axis=1) == 1).all():
            return other, table
    return None, None


def _check_separation(design: Design) -> None:
    if len(design.groups) != 2:
        return
    for name in design.beside:
        term = design.terms[name]
        if term.kind != "number" or design.asked["time"] in term.columns:
            continue
        values, codes = term.block.to_numpy()[:, 0], design.codes
        (low, high), (others_low, others_high) = (
            (own.min(), own.max()) for own in (values[codes == 0], values[codes == 1])
        )
        if high < others_low or others_high < low:
            raise InputError(
                f"'{name}' tells the groups of '{design.focus}' apart: their values do not overlap.",
                where="parameters group and covariates",
                expected=f"groups that share values of {name}",
                found=f"{design.groups[0]} {low:g} to {high:g}, {design.groups[1]} {others_low:g} to {others_high:g}",
                remedy=way_without(design.asked, name)
                + " What is found is then about both at once, and must be said so.",
            )


def crossed(design: Design, one: str, other: str) -> pd.DataFrame:
    """Count the samples of a design by the words of two columns.

    Parameters
    ----------
    design : Design
        With its samples.
    one, other : str
        Names of columns.

    Returns
    -------
    pandas.DataFrame
        Words of the one × words of the other.
    """
    # What pandas' crosstab does in ten times the time; every pair of terms of every design is counted.
    (rows, of_one), (columns, of_other) = (
        pd.factorize(as_words(design.frame[name]), sort=True) for name in (one, other)
    )
    table = np.zeros((len(of_one), len(of_other)), dtype=int)
    np.add.at(table, (rows, columns), 1)
    return pd.DataFrame(table, pd.Index(of_one, name=one), pd.Index(of_other, name=other))


def _rank(columns: npt.NDArray[np.float64]) -> int:
    """Return how many of some columns, all of which vary, say something that the others do not."""
    centred = columns - columns.mean(axis=0)
    scaled = centred / np.linalg.norm(centred, axis=0)
    return int((np.linalg.svd(scaled, compute_uv=False) > 1e-9).sum()) if columns.shape[1] else 0


def _shown(table: pd.DataFrame, most: int = 8) -> str:
    cut = table.iloc[:most, :most]
    more = [
        f"{size - most} more {what}" for size, what in zip(table.shape, ("rows", "columns"), strict=True) if size > most
    ]
    lines = cut.to_string().splitlines()
    return "\n".join(["", *(f"    {line}" for line in lines), *([f"    and {listed(more)}"] if more else [])])

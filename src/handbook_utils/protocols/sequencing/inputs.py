"""Files that speak of wells: the robot's table, concentrations, indices and counts; read and checked before a step."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from handbook_utils.analysis.controls.mock import read_certificate
from handbook_utils.errors import InputError, InputErrors, collect, listed, nearest
from handbook_utils.protocols.inputs import read_samples
from handbook_utils.protocols.sequencing.example import MOCK, example_concentrations, example_counts, example_wells
from handbook_utils.protocols.sequencing.indices import index_errors, make_indices
from handbook_utils.protocols.sequencing.pool import read_pilot
from handbook_utils.protocols.sequencing.sample_sheet import id_errors, sheet_ids
from handbook_utils.study.formats import read_table

CONTENTS = ("sample", "blank", "mock", "ntc", "duplicate", "empty")
_WELL = re.compile(r"([A-P])0?([1-9]|1\d|2[0-4])")


def _columns(frame: pd.DataFrame, needed: tuple[str, ...], where: str) -> None:
    errors = []
    for name in needed:
        if name not in frame.columns:
            close = nearest(name, map(str, frame.columns))
            errors.append(
                InputError(
                    f"There is no column '{name}'.",
                    where=f"{where}, header",
                    expected=", ".join(needed),
                    found=listed(list(frame.columns)),
                    remedy=f"Is it '{close}'?" if close else None,
                )
            )
    if errors:
        raise InputErrors(errors)


def _placed(frame: pd.DataFrame, where: str) -> tuple[pd.DataFrame, list[InputError]]:
    """Read plate and well of each row; return what is wrong with them beside it."""
    made, errors = frame.copy(), []
    found = [_WELL.fullmatch(str(text).upper()) for text in made["well"]]
    wrong = [
        f"{text!r} (line {line})"
        for line, text, match in zip(made.index, made["well"], found, strict=True)
        if not match
    ]
    if wrong:
        errors.append(
            InputError("Wells are not wells.", where=f"{where}, column well", expected="A1 to P24", found=listed(wrong))
        )
    made["well"] = [match.group(1) + match.group(2) if match else "" for match in found]
    bad = [
        f"{text!r} (line {line})"
        for line, text in made["plate"].items()
        if not re.fullmatch(r"[1-9]\d{0,3}", str(text))
    ]
    if bad:
        errors.append(
            InputError("Plates are not numbers.", where=f"{where}, column plate", expected="1, 2, …", found=listed(bad))
        )
    twice = made.loc[made.duplicated(["plate", "well"]) & (made["well"] != "")]
    if len(twice):
        named = [f"{row.plate}-{row.well} (line {row.Index})" for row in twice.itertuples()]
        errors.append(InputError("Wells occur twice.", where=where, found=listed(named), remedy="Keep one row a well."))
    return made, errors


def read_wells(path: str) -> pd.DataFrame:
    """Read the robot's table of wells; the example's where no file is given.

    Parameters
    ----------
    path : str
        CSV, TSV or workbook; empty: none.

    Returns
    -------
    pandas.DataFrame
        Wells in use: ``plate`` (int), ``well``, ``row``, ``column`` (int), ``content``, ``sample``, ``source``, by
        ``<plate>-<well>``.

    Raises
    ------
    InputErrors
        Everything that is wrong in it.

    Examples
    --------
    >>> len(read_wells(""))
    181
    """
    frame = read_samples(Path(path)) if path else example_wells().astype(str)
    where = path or "the example study"
    _columns(frame, ("plate", "well", "content", "sample", "source"), where)
    made, errors = _placed(frame, where)
    unknown = sorted(set(made["content"]) - set(CONTENTS))
    if unknown:
        errors.append(
            InputError(
                "The content of wells is not known.",
                where=f"{where}, column content",
                expected=", ".join(CONTENTS),
                found=listed(unknown),
            )
        )
    used = made[made["content"] != "empty"]
    errors += id_errors(sheet_ids(used["sample"]), f"{where}, column sample")
    placed = set(used.loc[used["content"] == "sample", "sample"])
    lost = used.loc[(used["content"] == "duplicate") & ~used["source"].isin(placed), "sample"]
    if len(lost):
        errors.append(
            InputError("Duplicates repeat a sample that is not there.", where=where, found=listed(list(lost)))
        )
    if not len(placed):
        errors.append(InputError("No well holds a sample.", where=where))
    if errors:
        raise InputErrors(errors)
    used = used.assign(
        plate=used["plate"].astype(int), row=used["well"].str[0], column=used["well"].str[1:].astype(int)
    )
    used.index = pd.Index(used["plate"].astype(str) + "-" + used["well"], name="place")
    return used[["plate", "well", "row", "column", "content", "sample", "source"]].sort_values(
        ["plate", "column", "row"]
    )


def read_concentrations(path: str, wells: pd.DataFrame, column: str) -> pd.Series:
    """Read the concentration of every well in use; the example's where no file is given.

    Parameters
    ----------
    path : str
        CSV, TSV or workbook with ``plate``, ``well`` and `column`; decimal commas are understood.
    wells : pandas.DataFrame
        As of :func:`read_wells`.
    column : str
        ``dna_ng_per_ul`` or ``copies_16s_per_ul``.

    Returns
    -------
    pandas.Series
        Of each well in use, in their order.

    Raises
    ------
    InputErrors
        Wells that are missing, unknown or twice there; what is not a number of 0 or more.
    """
    frame = read_samples(Path(path)) if path else example_concentrations(example_wells()).astype(str)
    where = path or "the example study"
    _columns(frame, ("plate", "well", column), where)
    made, errors = _placed(frame, where)
    # 1.234,5 and 1,234.5 cannot be told apart from one cell, so only one kind of mark is taken.
    numbers = pd.to_numeric(made[column].astype(str).str.replace(",", ".", regex=False), errors="coerce")
    wrong = [f"{text!r} (line {line})" for line, text in made.loc[~(numbers >= 0), column].items()]
    if wrong:
        errors.append(
            InputError(
                "Concentrations are numbers of 0 or more.",
                where=f"{where}, column {column}",
                found=listed(wrong),
                remedy="Write 0 where nothing was found, and say so in the deviations.",
            )
        )
    made.index = pd.Index(made["plate"].astype(str) + "-" + made["well"])
    errors += _both(made.index, wells, where, "a concentration", extra=bool(path))
    if errors:
        raise InputErrors(errors)
    numbers.index = made.index
    return numbers.reindex(wells.index).rename(column)


def measured_plates(path: str, wells: pd.DataFrame) -> pd.DataFrame:
    """Return the wells of plates of which anything was measured; a plate that is not extracted yet can wait.

    Parameters
    ----------
    path : str
        Concentrations, as :func:`read_concentrations` reads them; "" for the example's.
    wells : pandas.DataFrame
        As of :func:`read_wells`.

    Returns
    -------
    pandas.DataFrame
        All of them, where no plate was measured: what is missing is then told.
    """
    frame = read_samples(Path(path)) if path else None
    if frame is None or "plate" not in frame.columns:
        return wells
    return _of_plates(wells, set(frame["plate"].astype(str).str.strip()))


def counted_plates(path: str, wells: pd.DataFrame) -> pd.DataFrame:
    """Return the wells of plates of which anything was counted; arguments as of :func:`measured_plates`.

    Parameters
    ----------
    path : str
        Feature table, as :func:`read_counts` reads it; "" for the example's.
    wells : pandas.DataFrame
        As of :func:`read_wells`.

    Returns
    -------
    pandas.DataFrame
        All of them, where no plate was counted: what is missing is then told.
    """
    if not path:
        return wells
    held = read_table(Path(path))
    return _of_plates(wells, {str(name).partition("-")[0] for name in (*held.rows, *held.columns)})


def _of_plates(wells: pd.DataFrame, plates: set[str]) -> pd.DataFrame:
    there = wells[wells["plate"].astype(str).isin(plates)]
    return there if len(there) else wells


def with_unmeasured(answer: Mapping[str, Any], laid: pd.DataFrame, used: pd.DataFrame, what: str) -> dict[str, Any]:
    """Return a step's answer with the plates that it could not use yet.

    Parameters
    ----------
    answer : mapping of str to object
        What :meth:`handbook_utils.results.Results.answer` shows.
    laid, used : pandas.DataFrame
        Wells of all plates, and of those that were used.
    what : str
        What the others were not.

    Returns
    -------
    dict of str to object
        The same answer where every plate was used; or else with one sentence more in ``left_out``.
    """
    waiting = sorted(set(laid["plate"]) - set(used["plate"]))
    if not waiting:
        return dict(answer)
    told = f"{len(waiting)} plate(s) that were not {what} yet: {listed(waiting)}."
    return {**answer, "left_out": [*answer.get("left_out", []), told]}


def _both(there: pd.Index, wells: pd.DataFrame, where: str, what: str, *, extra: bool) -> list[InputError]:
    errors = []
    lost = [name for name in wells.index if name not in there]
    if lost:
        errors.append(
            InputError(
                f"Wells have no {what.split()[-1]}.",
                where=where,
                expected=f"{what} of each well in use",
                found=listed(lost),
            )
        )
    unknown = [name for name in there if name not in wells.index]
    if unknown and extra:
        errors.append(
            InputError(
                "Wells are not on the plates.",
                where=where,
                expected="wells that the table of wells has in use",
                found=listed(unknown),
                remedy="Do the two files belong to one layout?",
            )
        )
    return errors


def read_indices(path: str, wells: pd.DataFrame, *, length: int, distance: int, seed: int) -> pd.DataFrame:
    """Read the pair of indices of every well, or make a set where no file is given.

    Parameters
    ----------
    path : str
        CSV, TSV or workbook with ``plate``, ``well``, ``index`` and ``index2``; empty: none.
    wells : pandas.DataFrame
        As of :func:`read_wells`.
    length : int
        Bases of an index that is made.
    distance : int
        Places in which two wells must differ.
    seed : int
        Of the set that is made.

    Returns
    -------
    pandas.DataFrame
        ``index`` and ``index2`` of each well in use, in their order.

    Raises
    ------
    InputError, InputErrors
        Wells without indices, indices that are not, pairs that are the same or too much alike.
    """
    if not path:
        made = make_indices(2 * len(wells), length, distance, seed)
        return pd.DataFrame({"index": made[: len(wells)], "index2": made[len(wells) :]}, index=wells.index)
    frame = read_samples(Path(path))
    _columns(frame, ("plate", "well", "index", "index2"), path)
    given, errors = _placed(frame, path)
    given.index = pd.Index(given["plate"].astype(str) + "-" + given["well"])
    errors += _both(given.index, wells, path, "a pair of indices", extra=False)
    given["index"], given["index2"] = given["index"].str.upper(), given["index2"].str.upper()
    used = given[given.index.isin(wells.index)]
    errors += index_errors(used.assign(well=used.index), distance, path)
    if errors:
        raise InputErrors(errors)
    return given.reindex(wells.index)[["index", "index2"]]


def read_counts(path: str, wells: pd.DataFrame) -> pd.DataFrame:
    """Read the feature table of a run; the example's, simulated, where no file is given.

    Parameters
    ----------
    path : str
        A feature table of any format that is read; empty: none.
    wells : pandas.DataFrame
        As of :func:`read_wells`.

    Returns
    -------
    pandas.DataFrame
        Wells × features, wells named ``<plate>-<well>``, in the order of `wells`.

    Raises
    ------
    InputErrors
        Wells that are missing or unknown, what is not a whole number of 0 or more.
    """
    if path:
        held = read_table(Path(path))
        matrix, rows, columns = held.matrix, list(held.rows), list(held.columns)
        frame = pd.DataFrame(matrix.toarray(), index=rows, columns=columns)
        named = [sum(bool(re.fullmatch(r"\d+-[A-Pa-p]\d+", name)) for name in names) for names in (rows, columns)]
        table = frame if named[0] > named[1] else frame.T
    else:
        table = example_counts(example_wells()).T
    where = path or "the example study"
    table.index = pd.Index([str(name).upper() for name in table.index])
    errors = _both(table.index, wells, where, "counts", extra=bool(path))
    values = table.to_numpy(dtype=float)
    if (values < 0).any() or (values != values.round()).any():
        errors.append(
            InputError("Counts are whole numbers of 0 or more.", where=where, remedy="Give reads, not shares.")
        )
    if errors:
        raise InputErrors(errors)
    return table.reindex(wells.index).astype(int)


def read_mock(path: str) -> pd.Series:
    """Read the expected shares of a mock community; those of D6300's maker where no file is given.

    Parameters
    ----------
    path : str
        CSV, TSV or workbook with the columns ``taxon`` and ``percent``: the certificate of your lot.

    Returns
    -------
    pandas.Series
        Shares by taxon, adding up to 1.

    Raises
    ------
    InputError, InputErrors
        As :func:`handbook_utils.analysis.controls.mock.read_certificate`.
    """
    if not path:
        expected = pd.Series(MOCK)
        return expected / expected.sum()
    return read_certificate(path)


def _belong(parameters: Mapping[str, Any], first: str, second: str) -> None:
    if bool(parameters[first]) != bool(parameters[second]):
        raise InputError(
            f"{first} and {second} belong together.",
            expected="both files, or neither for the simulated example",
            found=f"only {first if parameters[first] else second}",
        )


def sequence(parameters: Mapping[str, Any]) -> None:
    """Check the files and numbers of ``protocols/sequence`` before it runs.

    Parameters
    ----------
    parameters : mapping of str to object
        Of the chapter.

    Raises
    ------
    InputError, InputErrors
        Everything that is wrong, at once.
    """
    _belong(parameters, "wells", "concentrations")
    wells = measured_plates(parameters["concentrations"], read_wells(parameters["wells"]))
    column = "dna_ng_per_ul" if parameters["basis"] == "mass" else "copies_16s_per_ul"
    length, distance, seed = (parameters[name] for name in ("index_length", "index_distance", "seed"))

    def volumes() -> None:
        least, most = parameters["least_ul"], parameters["most_ul"]
        if least >= most:
            raise InputError(
                "The smallest volume is not below the largest.",
                where="parameters least_ul and most_ul",
                found=f"{least:g} and {most:g}",
            )

    checks: list[Callable[[], object]] = [
        volumes,
        partial(read_concentrations, parameters["concentrations"], wells, column),
        partial(read_indices, parameters["indices"], wells, length=length, distance=distance, seed=seed),
        partial(read_pilot, parameters["pilot"]),
    ]
    collect(*checks)


def accept_the_run(parameters: Mapping[str, Any]) -> None:
    """Check the files of ``protocols/accept-the-run`` before it runs.

    Parameters
    ----------
    parameters : mapping of str to object
        Of the chapter.

    Raises
    ------
    InputError, InputErrors
        Everything that is wrong, at once.
    """
    _belong(parameters, "wells", "counts")
    wells = counted_plates(parameters["counts"], read_wells(parameters["wells"]))

    def mock_is_there() -> None:
        expected = read_mock(parameters["mock"])
        table = read_counts(parameters["counts"], wells)
        lost = [name for name in expected.index if name not in table.columns]
        if len(lost) == len(expected):
            raise InputError(
                "No taxon of the mock community is in the counts.",
                where=parameters["mock"] or "the default, D6300",
                found=f"features such as {listed(list(table.columns))}",
                remedy="Name the mock's features in the counts as the table of the mock does.",
            )

    collect(mock_is_there)

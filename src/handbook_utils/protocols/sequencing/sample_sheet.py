"""Illumina's sample sheet, version 2.

Source: Illumina, BCL Convert, "Sample Sheet v2": sections [Header], [Reads], [BCLConvert_Settings], [BCLConvert_Data].
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from handbook_utils.errors import InputError, InputErrors, listed

_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
#: Words that demultiplexing uses for folders and files of its own.
_RESERVED = ("all", "default", "none", "unknown", "undetermined", "stats", "reports", "logs")


def id_errors(ids: pd.Series, where: str) -> list[InputError]:
    """Find sample ids that a sample sheet cannot hold.

    Parameters
    ----------
    ids : pandas.Series
        As they would stand in the sheet.
    where : str
        The file, for messages.

    Returns
    -------
    list of InputError
        None where they are right.

    Examples
    --------
    >>> [error.problem for error in id_errors(pd.Series(["c", "c", "all"]), "wells")]
    ['Sample ids are reserved words.', 'Sample ids are not unique.']
    """
    errors = []
    for problem, wrong, remedy in (
        (
            "Sample ids hold what a sample sheet does not allow.",
            ids[[_ID.fullmatch(str(text)) is None for text in ids]],
            "Use letters, digits, - and _, at most 100 of them.",
        ),
        ("Sample ids are reserved words.", ids[ids.astype(str).str.lower().isin(_RESERVED)], "Choose other names."),
        ("Sample ids are not unique.", ids[ids.duplicated()], "Give every well its own id."),
    ):
        if len(wrong):
            errors.append(
                InputError(problem, where=where, found=listed([repr(text) for text in wrong.unique()]), remedy=remedy)
            )
    return errors


def sheet_ids(samples: pd.Series) -> pd.Series:
    """Return the ids of a sample sheet: dots, which some versions of the software refuse, become hyphens.

    Parameters
    ----------
    samples : pandas.Series
        Names of samples.

    Returns
    -------
    pandas.Series
        Text, with the same index.

    Examples
    --------
    >>> sheet_ids(pd.Series(["2WGX5F-1.dup"])).to_list()
    ['2WGX5F-1-dup']
    """
    return samples.astype(str).str.replace(".", "-", regex=False)


def sample_sheet(
    wells: pd.DataFrame, *, run: str, reads: Mapping[str, int], mismatches: int, software: str = ""
) -> bytes:
    r"""Write the sample sheet of a run.

    Parameters
    ----------
    wells : pandas.DataFrame
        One row a well: ``sample``, ``index``, ``index2`` (in the direction your instrument and software expect).
    run : str
        Name of the run: letters, digits, - and _.
    reads : mapping of str to int
        ``Read1Cycles`` and, for paired reads, ``Read2Cycles``.
    mismatches : int
        Wrong bases that are forgiven in each index.
    software : str
        Version of BCL Convert; left out where empty.

    Returns
    -------
    bytes
        ASCII, for BCL Convert: sections Header, Reads, BCLConvert_Settings and BCLConvert_Data.

    Raises
    ------
    InputErrors
        Ids that do not fit.

    Examples
    --------
    >>> wells = pd.DataFrame({"sample": ["a"], "index": ["ACGT"], "index2": ["GGTA"]})
    >>> sample_sheet(wells, run="r1", reads={"Read1Cycles": 151}, mismatches=1).decode().splitlines()[-2:]
    ['Sample_ID,Index,Index2', 'a,ACGT,GGTA']
    """
    named = wells.assign(sample=sheet_ids(wells["sample"]))
    errors = id_errors(named["sample"], "the wells") + id_errors(pd.Series([run]), "the name of the run")
    if errors:
        raise InputErrors(errors)
    lengths = {f"Index{number}Cycles": len(wells[name].iloc[0]) for number, name in ((1, "index"), (2, "index2"))}
    lines = ["[Header]", "FileFormatVersion,2", f"RunName,{run}", "", "[Reads]"]
    lines += [f"{key},{value}" for key, value in {**reads, **lengths}.items()]
    lines += ["", "[BCLConvert_Settings]", *([f"SoftwareVersion,{software}"] if software else [])]
    lines += [f"BarcodeMismatchesIndex{number},{mismatches}" for number in (1, 2)]
    lines += ["", "[BCLConvert_Data]", "Sample_ID,Index,Index2"]
    lines += [",".join(row) for row in named[["sample", "index", "index2"]].astype(str).itertuples(index=False)]
    return ("\r\n".join(lines) + "\r\n").encode("ascii")

"""What a protocol is given, read and checked before it runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from handbook_utils.errors import InputError, InputErrors, listed, nearest
from handbook_utils.study import formats


def read_samples(path: Path) -> pd.DataFrame:
    r"""Read a list of samples: CSV or TSV, with commas, semicolons or tabs, or the first sheet of a workbook.

    Encoding and separator are found from the content: UTF-8 with or without mark, UTF-16, Windows-1252. All cells stay
    text, so that an id such as 007 or 1E5 is what the label says.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    pandas.DataFrame
        One row a sample, blanks around cells removed; the index, named ``line``, is the line in the file.

    Raises
    ------
    InputError, InputErrors
        No such file, not a table, lines of another length than the header, columns without or with the same name.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "samples.csv")
    ...     _ = path.write_bytes("sample;participant;centre\r\n007;P1;Zürich\r\n".encode("cp1252"))
    ...     read_samples(path).to_dict("list")
    {'sample': ['007'], 'participant': ['P1'], 'centre': ['Zürich']}
    """
    sheet = formats.sheet(formats.opened(path))
    header = [name.strip() for name in sheet.header]
    while header and not header[-1]:
        header.pop()
    errors = []
    nameless = [str(number) for number, name in enumerate(header, start=1) if not name]
    if nameless:
        errors.append(
            InputError("Columns have no name.", where=f"{sheet.where}, header", found=f"column {listed(nameless)}")
        )
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        errors.append(InputError("Columns have the same name.", where=f"{sheet.where}, header", found=listed(twice)))
    lines, rows, ragged = [], [], []
    for line, cells in sheet.rows:
        filled = [cell.strip() for cell in cells]
        while len(filled) > len(header) and not filled[-1]:
            filled.pop()
        if len(filled) > len(header):
            ragged.append(line)
        lines.append(line)
        rows.append([*filled[: len(header)], *[""] * (len(header) - len(filled))])
    if ragged:
        errors.append(
            InputError(
                "Rows have more cells than the header.",
                where=f"{sheet.where}, line {listed(ragged)}",
                expected=f"{len(header)} cells",
                remedy="Does a value hold the separator? Put quotation marks around it.",
            )
        )
    if errors:
        raise InputErrors(errors)
    return pd.DataFrame(rows, index=pd.Index(lines, name="line"), columns=header, dtype=object)


def check_columns(table: pd.DataFrame, needed: Sequence[str], path: Path, problem: str, remedy: str = "") -> None:
    """Check that a list has its columns.

    Parameters
    ----------
    table : pandas.DataFrame
        Of :func:`read_samples`.
    needed : sequence of str
        Names of columns.
    path : pathlib.Path
        The file, for the message.
    problem : str
        What to say where one lacks.
    remedy : str
        What to do where no other column has nearly that name.

    Raises
    ------
    InputError
        A column lacks.

    Examples
    --------
    >>> check_columns(pd.DataFrame({"tubes": []}), ["tube"], Path("a.csv"), "The list lacks columns.")
    Traceback (most recent call last):
        ...
    handbook_utils.errors.InputError: The list lacks columns.
      where:    a.csv, header
      expected: tube
      found:    tubes
      remedy:   Is 'tubes' the column 'tube'?
    """
    lacking = [name for name in needed if name not in table.columns]
    if lacking:
        close = nearest(lacking[0], [str(name) for name in table.columns])
        raise InputError(
            problem,
            where=f"{path}, header",
            expected=", ".join(needed),
            found=listed(list(table.columns), most=12),
            remedy=f"Is '{close}' the column '{lacking[0]}'?" if close else remedy or None,
        )

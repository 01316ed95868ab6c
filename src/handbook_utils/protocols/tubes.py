"""The lists that steps hand on: tubes given out, and what became of each."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.protocols.inputs import check_columns, read_samples
from handbook_utils.protocols.people.codes import tube_code

#: What the cold chain says of a tube.
VERDICTS = ("accept", "flag", "reject", "missing")


def read_tubes(path: Path) -> pd.DataFrame:
    r"""Read the list of tubes that were given out, as ``assign-codes-and-labels`` writes it.

    Parameters
    ----------
    path : pathlib.Path
        Columns ``sample`` (the code on the tube) and ``participant``; others are kept.

    Returns
    -------
    pandas.DataFrame
        A row a tube, codes as they are stored.

    Raises
    ------
    InputErrors
        All at once: columns that lack, codes that are none, a tube or barcode that is there twice.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "tubes.csv")
    ...     _ = path.write_text("sample,participant,arm\n7k3pxp-1,7K3PXP,fibre\n", encoding="utf-8")
    ...     read_tubes(path)["sample"].tolist()
    ['7K3PXP-1']
    """
    return _listed(path, "sample", ("sample", "participant"), "a list of tubes")


def read_verdicts(path: Path) -> pd.DataFrame:
    r"""Read what ``keep-it-cold`` says of every tube.

    Parameters
    ----------
    path : pathlib.Path
        Columns ``tube`` and ``verdict``; others are kept.

    Returns
    -------
    pandas.DataFrame
        A row a tube.

    Raises
    ------
    InputErrors
        All at once: columns that lack, codes that are none, a tube that is there twice, words that are no verdict.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "verdicts.csv")
    ...     _ = path.write_text("tube,verdict,reasons\n7K3PXP-1,accept,\n", encoding="utf-8")
    ...     read_verdicts(path)["verdict"].tolist()
    ['accept']
    """
    frame = _listed(path, "tube", ("tube", "verdict"), "verdicts")
    frame["verdict"] = frame["verdict"].str.lower()
    wrong = frame[~frame["verdict"].isin(VERDICTS)]
    if len(wrong):
        raise InputErrors(
            InputError(
                "This is no verdict.",
                where=f"{path}, line {line}",
                expected=listed(VERDICTS),
                found=str(found) or "nothing",
            )
            for line, found in wrong["verdict"].items()
        )
    return frame


def read_bench(path: Path) -> pd.DataFrame:
    r"""Read the tubes scanned when they were taken out of the freezer: columns ``tube``, ``time``.

    Parameters
    ----------
    path : pathlib.Path
        CSV, TSV or workbook.

    Returns
    -------
    pandas.DataFrame
        Codes as they are stored, and times as they were written.

    Raises
    ------
    InputErrors
        All at once: a column that lacks, codes that are none, a tube that was scanned twice.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "bench.csv")
    ...     _ = path.write_text("tube,time\n7K3PXP-1,09:00\n", encoding="utf-8")
    ...     read_bench(path)["tube"].tolist()
    ['7K3PXP-1']
    """
    return _listed(path, "tube", ("tube", "time"), "scans at the bench")


def _listed(path: Path, code: str, columns: tuple[str, ...], what: str) -> pd.DataFrame:
    frame = read_samples(path)
    check_columns(frame, columns, path, f"This is not {what}: columns lack.")
    errors: list[InputError] = []
    seen: dict[str, object] = {}
    codes = []
    for line, text in frame[code].items():
        at = f"{path}, line {line}"
        try:
            tube = tube_code(str(text), at)
        except InputError as error:
            errors.append(error)
            continue
        codes.append(tube)
        if tube in seen:
            errors.append(
                InputError(
                    f"Tube {tube} occurs twice.",
                    where=at,
                    expected="every code once: was it scanned twice?",
                    found=f"also in line {seen[tube]}",
                    remedy="Two tubes with one code cannot be told apart: find out which is which, or leave both out.",
                )
            )
        seen.setdefault(tube, line)
    if not len(frame):
        errors.append(InputError(f"There are no {what} in the file.", where=str(path), expected="a row for every tube"))
    if errors:
        raise InputErrors(errors)
    return frame.assign(**{code: codes})
